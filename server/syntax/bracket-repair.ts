// Closes the brackets that a text under way leaves open, guided by its layout, blanks the closing ones that match nothing
// and fills in what is missing: commas between operands that stand side by side inside brackets, a name where an operand has yet
// to be typed, the quote of a string that its line leaves open. It knows strings, comments, brackets and indentation, and nothing else of Python. To be used on a text that
// failed to parse: an odd but valid layout could be taken for a mistake.

export interface Insertion {
  /** The offset in the original text before which the characters go. */
  readonly offset: number;
  /** Closing brackets, a comma, a quote, or `_` for an operand. */
  readonly characters: string;
}

export interface RepairProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface BracketRepair {
  /** The repaired text: the original one when there was nothing to repair. */
  readonly text: string;
  readonly changed: boolean;
  /** Offsets in the repaired text of the inserted characters. */
  readonly inserted: ReadonlySet<number>;
  /** From an offset in the repaired text to the original one. An inserted bracket lies where it was inserted. */
  readonly toOriginal: (offset: number) => number;
  readonly problems: readonly RepairProblem[];
}

export interface LayoutLine {
  /** The offset of the first character of the line that is no space. */
  readonly start: number;
  readonly indentation: number;
}

interface OpenBracket {
  readonly character: string;
  readonly offset: number;
  readonly indentation: number;
  /** Whether the line that opened it starts with a keyword that ends in a colon and a block. */
  readonly opensBlock: boolean;
}

interface ScanOptions {
  /** Whether open brackets are closed where the layout says so, or only counted. */
  readonly useLayout: boolean;
  /** Brackets that plain counting finds open at the end: on these, weaker signs suffice. */
  readonly neverClosed: ReadonlySet<number>;
}

interface ScanResult {
  readonly insertions: Insertion[];
  readonly blanks: number[];
  readonly problems: RepairProblem[];
  readonly leftOpen: Set<number>;
  readonly logicalLines: LayoutLine[];
}

const openers = '([{';
const closers = ')]}';

/** Keywords that begin a statement and occur nowhere inside brackets. */
const statementKeywords = new Set([
  'def', 'class', 'return', 'import', 'from', 'while', 'with', 'try', 'except', 'finally', 'raise', 'pass', 'break', 'continue', 'del',
  'assert', 'global', 'nonlocal', 'elif',
]);
const blockKeywords = new Set(['def', 'class', 'if', 'elif', 'else', 'for', 'while', 'with', 'async', 'match', 'case', 'try', 'except', 'finally']);
/** Keywords that an operand must follow. */
const operatorKeywords = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'await', 'lambda', 'for']);
/** Characters that an operand must follow. `*` and `/` may stand alone among parameters, `:` in subscripts. */
const operatorCharacters = '=+-%@|&^<>~.';
const expressionKeywords = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'for', 'async', 'await', 'lambda', 'yield', 'as', 'from']);

export function repairBrackets(text: string): BracketRepair {
  const plain = scan(text, { useLayout: false, neverClosed: new Set() });
  if (plain.leftOpen.size === 0 && plain.blanks.length === 0 && plain.insertions.length === 0) return unchanged(text);
  return apply(text, scan(text, { useLayout: true, neverClosed: plain.leftOpen }));
}

/** The lines that begin a statement by layout: not inside brackets or strings, not the continuation of a `\` line. */
export function findLogicalLines(text: string): readonly LayoutLine[] {
  return scan(text, { useLayout: false, neverClosed: new Set() }).logicalLines;
}

function unchanged(text: string): BracketRepair {
  return { text, changed: false, inserted: new Set(), toOriginal: (offset) => offset, problems: [] };
}

function apply(text: string, result: ScanResult): BracketRepair {
  const { insertions, blanks, problems } = result;
  if (insertions.length === 0 && blanks.length === 0) return unchanged(text);
  const pieces: string[] = [];
  const inserted = new Set<number>();
  /** For each insertion, where it ends in the repaired text and how many characters were inserted up to there. */
  const marks: { readonly start: number; readonly end: number; readonly total: number; readonly origin: number }[] = [];
  let at = 0;
  let length = 0;
  let total = 0;
  let nextBlank = 0;
  const copy = (until: number): void => {
    for (let blank = blanks[nextBlank]; blank !== undefined && blank < until; blank = blanks[nextBlank]) {
      pieces.push(text.slice(at, blank), ' ');
      length += blank + 1 - at;
      at = blank + 1;
      nextBlank += 1;
    }
    pieces.push(text.slice(at, until));
    length += until - at;
    at = until;
  };
  for (const insertion of insertions) {
    copy(insertion.offset);
    for (let index = 0; index < insertion.characters.length; index += 1) inserted.add(length + index);
    pieces.push(insertion.characters);
    total += insertion.characters.length;
    marks.push({ start: length, end: length + insertion.characters.length, total, origin: insertion.offset });
    length += insertion.characters.length;
  }
  copy(text.length);
  const toOriginal = (offset: number): number => {
    let low = 0;
    let high = marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((marks[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    const mark = marks[low - 1];
    if (mark === undefined) return offset;
    return offset <= mark.end ? mark.origin : offset - mark.total;
  };
  return { text: pieces.join(''), changed: true, inserted, toOriginal, problems };
}

function scan(text: string, options: ScanOptions): ScanResult {
  const stack: OpenBracket[] = [];
  const insertions: Insertion[] = [];
  const blanks: number[] = [];
  const problems: RepairProblem[] = [];
  const logicalLines: LayoutLine[] = [];
  let index = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let lastEnd = index;
  let lastIsOperand = false;
  let lastIsString = false;
  let wantsOperand = false;
  let lineStart = true;
  let continued = false;
  let indentation = 0;
  let opensBlock = false;

  const insert = (offset: number, characters: string): void => {
    const previous = insertions[insertions.length - 1];
    if (previous?.offset === offset) insertions[insertions.length - 1] = { offset, characters: previous.characters + characters };
    else insertions.push({ offset, characters });
  };

  /** A string in single quotes ends with its line. Its quote is put there, so that what follows stays outside. */
  const endString = (start: number): void => {
    const quote = text[start] ?? '"';
    if (text.startsWith(quote.repeat(3), start) || (index > start + 1 && text[index - 1] === quote && !endsEscaped(text, start, index))) return;
    insert(index, quote);
    problems.push({ start, end: index, message: 'String literal is unterminated' });
  };

  /** Before a comma, a closing bracket or the end: the operand that the last token asks for has yet to be typed. */
  const supplyOperand = (): void => {
    if (!wantsOperand || stack.length === 0) return;
    insert(lastEnd, isIdentifierCharacter(text[lastEnd - 1] ?? '') ? ' _' : '_');
    problems.push({ start: lastEnd, end: lastEnd, message: 'Expected expression' });
    wantsOperand = false;
    lastIsOperand = true;
  };

  const close = (count: number): void => {
    supplyOperand();
    const taken = stack.splice(stack.length - count);
    const last = taken[0];
    if (last === undefined) return;
    const brackets = taken.reverse().map((bracket) => closers[openers.indexOf(bracket.character)] ?? '').join('');
    // `def f(a, b:` was meant as `def f(a, b):`.
    const beforeColon = last.opensBlock && text[lastEnd - 1] === ':' && stack.length === 0;
    const offset = beforeColon ? lastEnd - 1 : lastEnd;
    insert(offset, brackets);
    for (const bracket of taken) problems.push({ start: bracket.offset, end: bracket.offset + 1, message: `"${bracket.character}" was not closed` });
  };

  /** Inside brackets two operands never stand side by side, strings apart: the comma between them is missing. */
  const separate = (isString: boolean): void => {
    if (stack.length === 0 || !lastIsOperand || (isString && lastIsString)) return;
    insert(lastEnd, ',');
    problems.push({ start: lastEnd, end: lastEnd, message: '"," is missing' });
  };

  while (index < text.length) {
    const character = text[index] ?? '';
    if (lineStart) {
      indentation = 0;
      while (index < text.length && (text[index] === ' ' || text[index] === '\t' || text[index] === '\f')) {
        indentation = text[index] === '\t' ? indentation + 8 - (indentation % 8) : text[index] === '\f' ? 0 : indentation + 1;
        index += 1;
      }
      lineStart = false;
      const first = text[index];
      if (first === undefined) break;
      if (first === '#' || first === '\n' || first === '\r') continue;
      if (stack.length > 0 && options.useLayout && beginsStatement(text, index, indentation, stack, lastIsOperand, text[lastEnd - 1] ?? '', options)) {
        close(stack.length);
      }
      if (stack.length === 0 && !continued) {
        logicalLines.push({ start: index, indentation });
        opensBlock = blockKeywords.has(wordAt(text, index));
        lastIsOperand = false;
      }
      continued = false;
      continue;
    }
    if (character === '\n' || character === '\r') {
      lineStart = true;
      index += 1;
    } else if (character === '#') {
      while (index < text.length && text[index] !== '\n' && text[index] !== '\r') index += 1;
    } else if (character === '\\' && isLineEnd(text[index + 1])) {
      index += text[index + 1] === '\r' && text[index + 2] === '\n' ? 3 : 2;
      lineStart = true;
      continued = stack.length === 0;
    } else if (character === '"' || character === "'") {
      separate(true);
      const quoteAt = index;
      index = skipString(text, index);
      endString(quoteAt);
      lastEnd = index;
      lastIsOperand = true;
      lastIsString = true;
      wantsOperand = false;
    } else if (isIdentifierCharacter(character)) {
      const word = wordAt(text, index);
      const quote = text[index + word.length];
      const isString = (quote === '"' || quote === "'") && isStringPrefix(word);
      const isOperand = isString || !expressionKeywords.has(word);
      if (isOperand) separate(isString);
      const quoteAt = index + word.length;
      if (isString && (word.toLowerCase().includes('f') || word.toLowerCase().includes('t'))) {
        const { end, missing } = skipFormatString(text, quoteAt);
        if (missing > 0) {
          const braceAt = end - (text.startsWith(quote.repeat(3), quoteAt) ? 3 : 1);
          insert(braceAt, '}'.repeat(missing));
          problems.push({ start: braceAt, end: braceAt, message: '"{" was not closed' });
        }
        index = end;
      } else {
        index = isString ? skipString(text, quoteAt) : quoteAt;
      }
      if (isString) endString(quoteAt);
      lastEnd = index;
      lastIsOperand = isOperand;
      lastIsString = isString;
      wantsOperand = operatorKeywords.has(word);
    } else if (openers.includes(character)) {
      stack.push({ character, offset: index, indentation: stack[0]?.indentation ?? indentation, opensBlock: stack[0]?.opensBlock ?? opensBlock });
      index += 1;
      lastEnd = index;
      lastIsOperand = false;
      wantsOperand = false;
    } else if (closers.includes(character)) {
      const opener = openers[closers.indexOf(character)];
      let depth = stack.length - 1;
      while (depth >= 0 && stack[depth]?.character !== opener) depth -= 1;
      if (depth < 0) {
        blanks.push(index);
        problems.push({ start: index, end: index + 1, message: `"${character}" matches no opening bracket` });
      } else {
        supplyOperand();
        if (depth < stack.length - 1) close(stack.length - 1 - depth);
        stack.pop();
        lastEnd = index + 1;
        lastIsOperand = true;
        lastIsString = false;
        wantsOperand = false;
      }
      index += 1;
    } else {
      if (character !== ' ' && character !== '\t' && character !== '\f') {
        const afterBracketOrComma = lastEnd > 0 && ('([{,'.includes(text[lastEnd - 1] ?? ' ') && !lastIsOperand);
        if (character === ',' && stack.length > 0) {
          if (afterBracketOrComma) wantsOperand = true;
          supplyOperand();
        }
        wantsOperand = operatorCharacters.includes(character) && !endsNumberOrEllipsis(text, index);
        lastEnd = index + 1;
        lastIsOperand = false;
      }
      index += 1;
    }
  }
  const leftOpen = new Set(stack.map((bracket) => bracket.offset));
  if (stack.length > 0) close(stack.length);
  return { insertions, blanks, problems, leftOpen, logicalLines };
}

/** Whether the character is the point of `1.` or belongs to `...`. */
function endsNumberOrEllipsis(text: string, index: number): boolean {
  if (text[index] !== '.') return false;
  if (text[index - 1] === '.' || text[index + 1] === '.') return true;
  let start = index;
  while (start > 0 && isIdentifierCharacter(text[start - 1] ?? '')) start -= 1;
  return start < index && !isIdentifierStart(text[start] ?? '');
}

/** Whether the line that starts at `start`, inside open brackets, must be a new statement. */
function beginsStatement(
  text: string, start: number, indentation: number, stack: readonly OpenBracket[], lastIsOperand: boolean, lastCharacter: string, options: ScanOptions,
): boolean {
  const outermost = stack[0];
  if (outermost === undefined) return false;
  const word = wordAt(text, start);
  const outdented = indentation <= outermost.indentation;
  const neverClosed = options.neverClosed.has(outermost.offset);
  // `class A(B:` with its docstring below.
  if (outermost.opensBlock && neverClosed && lastCharacter === ':' && !outdented && !closers.includes(text[start] ?? '')) return true;
  // An `@` that applies matrix multiplication stands apart from its operand.
  if (text[start] === '@') return isIdentifierStart(text[start + 1] ?? '');
  if (statementKeywords.has(word)) return true;
  if (word === '' || !isIdentifierStart(word[0] ?? '')) return false;
  if (word === 'if' || word === 'for' || word === 'else') return outdented && lastOfLine(text, start) === ':';
  if (expressionKeywords.has(word)) return false;
  if (outdented && isAssignmentLine(text, start)) return true;
  if (!neverClosed) return false;
  if (outdented) return true;
  // Neither subscripts nor lists and dictionaries hold a bare `=`; calls and parameter lists do.
  if (stack[stack.length - 1]?.character !== '(' && isAssignmentLine(text, start)) return true;
  return outermost.opensBlock && lastIsOperand;
}

/** Whether `name… =` stands on the line, outside brackets, and the line does not end in a comma as an argument's would. */
function isAssignmentLine(text: string, start: number): boolean {
  let depth = 0;
  let assigns = false;
  let last = '';
  let index = start;
  while (index < text.length && !isLineEnd(text[index])) {
    const character = text[index] ?? '';
    if (character === '#') break;
    if (character === '"' || character === "'") {
      const end = skipString(text, index);
      last = '"';
      index = end;
      continue;
    }
    if (openers.includes(character)) depth += 1;
    else if (closers.includes(character)) depth -= 1;
    else if (character === '=' && depth === 0) {
      const next = text[index + 1];
      if (next !== '=' && !'=<>!:'.includes(last)) assigns = true;
      else if (next === '=') index += 1;
    }
    if (character !== ' ' && character !== '\t') last = character;
    index += 1;
  }
  return assigns && last !== ',';
}

function lastOfLine(text: string, start: number): string {
  let last = '';
  let index = start;
  while (index < text.length && !isLineEnd(text[index])) {
    const character = text[index] ?? '';
    if (character === '#') break;
    if (character === '"' || character === "'") {
      index = skipString(text, index);
      last = '"';
      continue;
    }
    if (character !== ' ' && character !== '\t') last = character;
    index += 1;
  }
  return last;
}

/** The offset after the string whose quote stands at `start`. A string in single quotes that is not closed ends with its line. */
function skipString(text: string, start: number): number {
  const quote = text[start] ?? '"';
  const triple = text.startsWith(quote + quote + quote, start);
  let index = start + (triple ? 3 : 1);
  while (index < text.length) {
    const character = text[index];
    if (character === '\\') {
      index += text[index + 1] === '\r' && text[index + 2] === '\n' ? 3 : 2;
    } else if (triple) {
      if (character === quote && text.startsWith(quote + quote + quote, index)) return index + 3;
      index += 1;
    } else if (character === quote) {
      return index + 1;
    } else if (isLineEnd(character)) {
      return index;
    } else {
      index += 1;
    }
  }
  return text.length;
}

/** The same for a string with replacement fields; `missing` counts the braces to be put before its closing quote. */
function skipFormatString(text: string, start: number): { readonly end: number; readonly missing: number } {
  const quote = text[start] ?? '"';
  const triple = text.startsWith(quote.repeat(3), start);
  // Since Python 3.12 a field may hold the quote of its own string. If reading it so does not come out even, an older Python's reading may.
  let depth = 0;
  let index = start + (triple ? 3 : 1);
  while (index < text.length) {
    const character = text[index] ?? '';
    if (isLineEnd(character) && !triple) break;
    if (depth === 0 && (triple ? text.startsWith(quote.repeat(3), index) : character === quote)) return { end: index + (triple ? 3 : 1), missing: 0 };
    if (depth === 0 && character === '\\') index += 2;
    else if (depth === 0 && (character === '{' || character === '}') && text[index + 1] === character) index += 2;
    else if (depth > 0 && (character === '"' || character === "'")) index = skipString(text, index);
    else {
      if (character === '{') depth += 1;
      else if (character === '}' && depth > 0) depth -= 1;
      index += 1;
    }
  }
  const end = skipString(text, start);
  if (!text.startsWith(triple ? quote.repeat(3) : quote, end - (triple ? 3 : 1)) || end < start + (triple ? 6 : 2)) return { end, missing: 0 };
  let missing = 0;
  for (let at = start; at < end; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\' || (missing === 0 && (character === '{' || character === '}') && text[at + 1] === character)) at += 1;
    else if (character === '{') missing += 1;
    else if (character === '}' && missing > 0) missing -= 1;
  }
  return { end, missing };
}

/** Whether the last character before `end` is escaped by a backslash of the string that starts at `start`. */
function endsEscaped(text: string, start: number, end: number): boolean {
  let backslashes = 0;
  while (end - 2 - backslashes > start && text[end - 2 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function isStringPrefix(word: string): boolean {
  if (word.length > 2) return false;
  for (const character of word) {
    if (!'rRbBuUfFtT'.includes(character)) return false;
  }
  return true;
}

/** The run of letters, digits and underscores that starts at the offset, empty when there is none. */
export function wordAt(text: string, start: number): string {
  let end = start;
  while (end < text.length && isIdentifierCharacter(text[end] ?? '')) end += 1;
  return text.slice(start, end);
}

function isLineEnd(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}

function isIdentifierStart(character: string): boolean {
  return isIdentifierCharacter(character) && !(character >= '0' && character <= '9');
}

function isIdentifierCharacter(character: string): boolean {
  return (
    (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9') ||
    character === '_' || character > '\x7f'
  );
}
