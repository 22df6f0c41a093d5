// Offsets and (line, column) pairs of a text. Lines and columns count from 0, columns in UTF-16 code units, as the
// editor protocol does. It must not know what the text means.

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The offset of the first character of each line. `\n`, `\r\n` and a lone `\r` end a line, as in Python. */
export function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 13) {
      if (text.charCodeAt(index + 1) === 10) index += 1;
      starts.push(index + 1);
    } else if (code === 10) {
      starts.push(index + 1);
    }
  }
  return starts;
}

/** The line that holds the offset. An offset before the text counts as line 0, one after it as the last line. */
export function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function positionAt(lineStarts: readonly number[], offset: number): Position {
  const line = lineAt(lineStarts, offset);
  return { line, column: Math.max(0, offset - (lineStarts[line] ?? 0)) };
}

/** The offset of a position. A column beyond the end of its line stops at the start of the next one, which needs `textLength`. */
export function offsetAt(lineStarts: readonly number[], position: Position, textLength: number): number {
  if (position.line < 0) return 0;
  const start = lineStarts[position.line];
  if (start === undefined) return textLength;
  const next = lineStarts[position.line + 1] ?? textLength;
  return Math.min(start + Math.max(0, position.column), next);
}

/** The text of a line without its line end. */
export function lineText(text: string, lineStarts: readonly number[], line: number): string {
  const start = lineStarts[line];
  if (start === undefined) return '';
  let end = lineStarts[line + 1] ?? text.length;
  while (end > start && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end -= 1;
  return text.slice(start, end);
}
