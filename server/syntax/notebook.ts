// Notebooks: the code cells of a notebook as one program, and the way between the places of both. What IPython adds to
// Python (magics, shell lines, help) is covered over, character for character, so that offsets hold. It knows no editor.
import { findLogicalLines } from './bracket-repair.ts';
import { findLineStarts } from './lines.ts';

export interface NotebookCell {
  /** The cell's place among all cells of the notebook, text cells counted. */
  readonly index: number;
  /** The cell's range in the program. */
  readonly start: number;
  readonly end: number;
}

export interface NotebookProgram {
  /** The program to parse: the code cells in order, each on lines of its own, with IPython's additions covered over. */
  readonly text: string;
  /** The same text, character for character, as the author wrote it. */
  readonly source: string;
  readonly cells: readonly NotebookCell[];
}

export interface CellPlace {
  readonly cell: number;
  readonly offset: number;
}

export interface CodeCell {
  readonly index: number;
  readonly source: string;
}

/** Cell magics that run the cell as Python in the notebook's own namespace. */
const pythonCellMagics = new Set(['time', 'timeit', 'capture', 'prun', 'memit', 'debug', 'px']);
/** Line magics that run the rest of their line so. */
const pythonLineMagics = new Set(['time', 'timeit', 'prun', 'memit']);

export function joinCells(cells: readonly CodeCell[]): NotebookProgram {
  const places: NotebookCell[] = [];
  let text = '';
  let source = '';
  for (const cell of cells) {
    const start = text.length;
    text += coverMagics(cell.source);
    source += cell.source;
    places.push({ index: cell.index, start, end: text.length });
    text += '\n';
    source += '\n';
  }
  return { text, source, cells: places };
}

/** Reads the text of an .ipynb file. Undefined when it is none, or when its language is not Python. */
export function readNotebook(json: string): NotebookProgram | undefined {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return undefined;
  }
  const cells = property(content, 'cells');
  if (!Array.isArray(cells)) return undefined;
  const metadata = property(content, 'metadata');
  const language = property(property(metadata, 'language_info'), 'name') ?? property(property(metadata, 'kernelspec'), 'language');
  if (typeof language === 'string' && !language.toLowerCase().includes('python')) return undefined;
  const code: CodeCell[] = [];
  for (const [index, cell] of cells.entries()) {
    if (property(cell, 'cell_type') !== 'code') continue;
    const lines = property(cell, 'source');
    const source = Array.isArray(lines) ? lines.map(String).join('') : typeof lines === 'string' ? lines : '';
    code.push({ index, source });
  }
  return joinCells(code);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** The cell, by its index in the notebook, and the offset in it of an offset of the program. */
export function toCell(program: NotebookProgram, offset: number): CellPlace | undefined {
  for (const cell of program.cells) {
    if (offset <= cell.end) return { cell: cell.index, offset: Math.max(0, offset - cell.start) };
  }
  return undefined;
}

/** The offset in the program of a place in a cell; undefined when the cell is no code cell. */
export function toProgram(program: NotebookProgram, place: CellPlace): number | undefined {
  const cell = program.cells.find((candidate) => candidate.index === place.cell);
  return cell === undefined ? undefined : Math.min(cell.start + Math.max(0, place.offset), cell.end);
}

/** One cell's text with IPython's additions replaced by comments and placeholders of the same length. */
export function coverMagics(source: string): string {
  const lines = findLogicalLines(source);
  const first = lines[0];
  if (first !== undefined && source.startsWith('%%', first.start)) {
    const name = wordAfter(source, first.start + 2);
    const end = lineEnd(source, first.start);
    if (!pythonCellMagics.has(name)) return source.slice(0, first.start) + coverLines(source.slice(first.start));
    const rest = coverMagics(source.slice(end));
    return source.slice(0, first.start) + coverLines(source.slice(first.start, end)) + rest;
  }
  let result = '';
  let at = 0;
  for (const line of lines) {
    if (line.start < at) continue;
    const cover = coverLine(source, line.start, line.indentation > 0);
    if (cover === undefined) continue;
    result += source.slice(at, line.start) + cover;
    at = line.start + cover.length;
  }
  return result + source.slice(at);
}

/** What replaces the statement that starts at `start`, or undefined when it is Python's own. */
function coverLine(source: string, start: number, indented: boolean): string | undefined {
  const character = source[start];
  const end = lineEnd(source, start);
  const line = source.slice(start, end);
  if (character === '%') {
    const name = wordAfter(source, start + 1);
    const codeStart = start + 1 + name.length;
    const code = source.slice(codeStart, end).trimStart();
    if (pythonLineMagics.has(name) && code !== '' && !code.startsWith('-')) return `0;${' '.repeat(codeStart - start - 2)}${source.slice(codeStart, end)}`;
  }
  if (character === '%' || character === '!' || character === '?' || isHelp(line)) {
    const whole = source.slice(start, continuedEnd(source, start));
    // A block must hold a statement, not only a comment.
    return indented && line.length > 1 ? `0#${coverLines(whole).slice(2)}` : coverLines(whole);
  }
  const value = findShellValue(line);
  if (value === undefined) return undefined;
  // `_`, IPython's last result, is as unknown as what a shell or a magic gives.
  const covered = source.slice(start + value, continuedEnd(source, start));
  return `${line.slice(0, value)}_#${coverLines(`#${covered.slice(1)}`).slice(2)}`;
}

/** `name?` and `module.name??` ask for help. */
function isHelp(line: string): boolean {
  let end = line.trimEnd().length;
  if (line[end - 1] !== '?') return false;
  while (line[end - 1] === '?') end -= 1;
  for (const character of line.slice(0, end)) {
    const isWord = character === '_' || character === '.' || character === '%' || character === '*' || character > '\x7f' ||
      (character >= '0' && character <= '9') || (character.toLowerCase() >= 'a' && character.toLowerCase() <= 'z');
    if (!isWord) return false;
  }
  return true;
}

/** Where the `!` or `%` stands in `name = !command` and `name = %magic`: neither can follow `=` in Python. */
function findShellValue(line: string): number | undefined {
  const equals = line.indexOf('=');
  if (equals < 1) return undefined;
  const target = line.slice(0, equals);
  if (target.includes('(') || target.includes('"') || target.includes("'") || target.includes('#')) return undefined;
  let index = equals + 1;
  while (line[index] === ' ' || line[index] === '\t') index += 1;
  const character = line[index];
  return (character === '!' || character === '%') && index + 1 < line.length && line[index + 1] !== '=' ? index : undefined;
}

function wordAfter(source: string, start: number): string {
  let end = start;
  while (end < source.length && !' \t\r\n'.includes(source[end] ?? ' ')) end += 1;
  return source.slice(start, end);
}

function lineEnd(source: string, start: number): number {
  let end = start;
  while (end < source.length && source[end] !== '\n' && source[end] !== '\r') end += 1;
  return end;
}

/** The end of the line and of those that `\` joins to it. */
function continuedEnd(source: string, start: number): number {
  let end = lineEnd(source, start);
  while (source[end - 1] === '\\' && end < source.length) {
    const next = end + (source[end] === '\r' && source[end + 1] === '\n' ? 2 : 1);
    end = lineEnd(source, next);
  }
  return end;
}

/** Makes each line that holds anything a comment. */
function coverLines(text: string): string {
  const starts = findLineStarts(text);
  let result = '';
  for (const [index, start] of starts.entries()) {
    const line = text.slice(start, starts[index + 1] ?? text.length);
    result += line === '' || line[0] === '\n' || line[0] === '\r' ? line : `#${line.slice(1)}`;
  }
  return result;
}
