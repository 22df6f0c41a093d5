// Cuts the prose of comments and docstrings into words, numbers, arrows and signs, each with its place. It must not know what a shape is.

export interface Token {
  readonly kind: 'word' | 'number' | 'arrow' | 'sign' | 'newline';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether nothing stands between it and the token before. */
  readonly glued: boolean;
  /** Whether a quotation mark stands before it. */
  readonly quoted: boolean;
}

/** Marks that say nothing here: quotes and backticks. The marks of mathematical text are handled apart. */
const silent = new Set(['`', '"', "'", '$', '\u201c', '\u201d', '\u2018', '\u2019']);
const pairs = new Set(['//', '**', '==', '!=', '<=', '>=', ':=']);
const brackets: Readonly<Record<string, string>> = { '\uff08': '(', '\uff09': ')', '\uff0c': ',', '\uff1a': ':',  '\u2308': '(', '\u230a': '(', '\u2309': ')', '\u230b': ')' };

export function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

export function isLetter(character: string | undefined): boolean {
  return character !== undefined && (character === '_' || character.toLowerCase() !== character.toUpperCase());
}

function isWordPart(character: string | undefined): boolean {
  return isLetter(character) || isDigit(character);
}

export function cutTokens(text: string, from = 0, to = text.length): readonly Token[] {
  const tokens: Token[] = [];
  let index = from;
  let gap = true;
  const push = (kind: Token['kind'], end: number, shown = text.slice(index, end)): void => {
    tokens.push({ kind, text: shown, start: index, end, glued: !gap, quoted: text[index - 1] === '"' || text[index - 1] === "'" });
    index = end;
    gap = false;
  };
  while (index < to) {
    const character = text[index] ?? '';
    const next = text[index + 1];
    if (character === '\n') { push('newline', index + 1); gap = true; }
    else if (character <= ' ' || character === '\u00a0') { index += 1; gap = true; }
    else if (character === '\\') index = afterCommand(text, index, push);
    else if (text.startsWith(':math:', index)) index += ':math:'.length;
    else if (silent.has(character)) index += 1;
    else if (isLetter(character)) push('word', wordEnd(text, index, to), readWord(text, index, wordEnd(text, index, to)));
    else if (isDigit(character)) push('number', numberEnd(text, index, to));
    else if (text.startsWith('...', index)) push('sign', index + 3);
    else if (character === '\u2026') push('sign', index + 1, '...');
    else if (arrowEnd(text, index) > index) push('arrow', arrowEnd(text, index), '->');
    else if (character === '\u00d7' || character === '\u2a2f' || character === '\u2217') push('sign', index + 1, '×');
    else if (character === '\u00b7' || character === '\u22c5') push('sign', index + 1, '*');
    else if (brackets[character] !== undefined) push('sign', index + 1, brackets[character]);
    else if (character === '{' || character === '}') { index += 1; gap = true; }
    else if (next !== undefined && pairs.has(character + next)) push('sign', index + 2);
    else push('sign', index + 1);
  }
  return splitCrosses(tokens);
}

/** `\times`, `\ldots`, `\text{in}`: what mathematical text writes for signs. */
function afterCommand(text: string, start: number, push: (kind: Token['kind'], end: number, shown?: string) => void): number {
  let end = start + 1;
  while (isLetter(text[end]) && text[end] !== '_') end += 1;
  const command = text.slice(start + 1, end);
  if (command === 'times') push('sign', end, '×');
  else if (command === 'cdot') push('sign', end, '*');
  else if (command === 'ldots' || command === 'dots' || command === 'cdots') push('sign', end, '...');
  else if (command === 'to' || command === 'rightarrow') push('arrow', end, '->');
  else if (command === 'text' || command === 'mathrm' || command === 'texttt') return end;
  else return Math.max(end, start + 1);
  return end;
}

/** A name with dots (`x.shape`), a prime (`H'`) or a subscript in braces (`C_{in}`). */
function wordEnd(text: string, start: number, to: number): number {
  let end = start;
  for (;;) {
    while (end < to && isWordPart(text[end])) end += 1;
    if (text[end] === '.' && isLetter(text[end + 1]) && end + 1 < to) { end += 1; continue; }
    // `num\_layers` in mathematical text.
    if (text[end] === '\\' && text[end + 1] === '_') { end += 2; continue; }
    if (text[end] === '{' && text[end - 1] === '_') {
      const close = text.indexOf('}', end);
      if (close > 0 && close < to && close - end < 24 && !text.slice(end, close).includes('\n')) { end = close + 1; continue; }
    }
    break;
  }
  if (text[end] === "'" && !isWordPart(text[end + 1]) && text[start - 1] !== "'" && end - start <= 3) end += 1;
  return end;
}

function readWord(text: string, start: number, end: number): string {
  const raw = text.slice(start, end);
  if (!raw.includes('{') && !raw.includes('\\')) return raw;
  let word = '';
  for (let index = 0; index < raw.length; index += 1) {
    const character = raw[index] ?? '';
    if (character === '\\') {
      while (isLetter(raw[index + 1]) && raw[index + 1] !== '_') index += 1;
      continue;
    }
    if (isWordPart(character) || character === '.') word += character;
  }
  return word;
}

function numberEnd(text: string, start: number, to: number): number {
  let end = start;
  while (end < to && (isDigit(text[end]) || (text[end] === '_' && isDigit(text[end + 1])))) end += 1;
  if (text[end] === '.' && isDigit(text[end + 1])) {
    end += 1;
    while (isDigit(text[end])) end += 1;
  }
  return end;
}

/** `->`, `-->`, `=>`, `==>`, `→` and its kin. */
function arrowEnd(text: string, start: number): number {
  const character = text[start] ?? '';
  if ('\u2192\u21d2\u27f6\u279c\u27a1\u21a6'.includes(character)) return start + 1;
  if (character !== '-' && character !== '=') return start;
  let end = start;
  while (text[end] === character) end += 1;
  return text[end] === '>' ? end + 1 : start;
}

/** `HxWxC`, `64x32` and `Nx3` are written without spaces around the cross. */
function splitCrosses(tokens: readonly Token[]): readonly Token[] {
  const result: Token[] = [];
  for (const [index, token] of tokens.entries()) {
    const afterNumber = token.glued && tokens[index - 1]?.kind === 'number';
    const pieces = token.kind === 'word' ? crossPieces(token.text, afterNumber) : undefined;
    if (pieces === undefined) { result.push(token); continue; }
    let start = token.start;
    for (const piece of pieces) {
      const kind = piece === '×' ? 'sign' : isDigit(piece[0]) ? 'number' : 'word';
      result.push({ kind, text: piece, start, end: start + piece.length, glued: start > token.start || token.glued, quoted: false });
      start += piece.length;
    }
  }
  return result;
}

const sizeLetters = new Set('bchwntdlsmkp');

function crossPieces(word: string, afterNumber: boolean): readonly string[] | undefined {
  if (word.length < (afterNumber ? 1 : 3) || !(word.includes('x') || word.includes('X'))) return undefined;
  const pieces: string[] = [];
  let operand = '';
  // Behind a number the word starts with the cross itself: `64` `x32x32`.
  let wantsCross = afterNumber;
  for (const character of word) {
    const isCross = character === 'x' || character === 'X';
    if (isCross && (operand !== '' || wantsCross)) {
      if (operand !== '') pieces.push(operand);
      pieces.push('×');
      operand = '';
      wantsCross = false;
      continue;
    }
    if (wantsCross) return undefined;
    operand += character;
  }
  // `3x` alone is "three times"; the sign itself is left for the reader to judge.
  if (operand !== '') pieces.push(operand);
  else if (pieces.length > 1 || !afterNumber) return undefined;
  const operands = pieces.filter((piece) => piece !== '×');
  const isOperand = (piece: string): boolean => isNumeral(piece) || (piece.length === 1 && (isCapital(piece) || sizeLetters.has(piece)))
    || (isCapital(piece[0]) && (piece[1] === '_' || isNumeral(piece.slice(1))))
    || (piece.length === 2 && [...piece].every(isCapital) && operands.length > 2 && !word.includes('X'));
  if (word.includes('X') && !operands.every(isNumeral)) return undefined;
  // `Exp`: two letters around a cross are axes where both are capitals.
  const areFew = operands.length === 2 && !operands.some(isNumeral) && !afterNumber;
  return operands.every(isOperand) && !(areFew && !operands.every((piece) => isCapital(piece[0]))) ? pieces : undefined;
}

function isNumeral(text: string): boolean {
  return [...text].every(isDigit);
}

export function isCapital(character: string | undefined): boolean {
  return character !== undefined && character >= 'A' && character <= 'Z';
}
