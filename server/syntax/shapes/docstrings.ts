// Shapes stated in a docstring: sections of the Google and numpy styles, `:param x:` fields, "Shape:" blocks and plain lines such as
// `x: (B, T, C)`. Examples are passed over. It must not know whose docstring it is.
import { isCodeOrTool, type ReadingOptions, readShapes } from './comments.ts';
import { closingIndex } from './dimensions.ts';
import type { ShapeRole, ShapeStatement } from './statement.ts';
import { cutTokens, isCapital, type Token } from './tokens.ts';
import { isShapeWord } from './words.ts';

type Section = 'arguments' | 'returns' | 'prose' | 'passed-over';

const headings: Readonly<Record<string, Section>> = {
  args: 'arguments', arg: 'arguments', arguments: 'arguments', argument: 'arguments', parameters: 'arguments', parameter: 'arguments', params: 'arguments', inputs: 'arguments',
  input: 'arguments', 'keyword args': 'arguments', 'keyword arguments': 'arguments', 'other parameters': 'arguments', 'call arguments': 'arguments', kwargs: 'arguments',
  'forward args': 'arguments', attributes: 'passed-over',
  returns: 'returns', return: 'returns', outputs: 'returns', output: 'returns', yields: 'returns',
  shape: 'prose', shapes: 'prose', 'input shape': 'arguments', 'output shape': 'returns', note: 'prose', notes: 'prose', description: 'prose',
  example: 'passed-over', examples: 'passed-over', usage: 'passed-over', raises: 'passed-over', references: 'passed-over', reference: 'passed-over', todo: 'passed-over',
};

interface Line { readonly start: number; readonly end: number; readonly indent: number; readonly isBlank: boolean }

/** One entry of a section, or a line of prose with what follows it. */
interface Entry { readonly start: number; end: number; lastLine: number; readonly section: Section }

export interface DocstringOptions {
  readonly names?: ReadonlySet<string> | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const longestDocstring = 20_000;

/** Offsets are those of `text`, of which the part from `from` to `to` is read. */
export function readDocstring(text: string, options: DocstringOptions = {}): readonly ShapeStatement[] {
  const from = options.from ?? 0;
  const to = options.to ?? text.length;
  if (to - from > longestDocstring) return [];
  const entries = findEntries(text, findLines(text, from, to));
  return entries.flatMap((entry) => (entry.section === 'passed-over' ? [] : readEntry(text, entry, options.names)));
}

function findLines(text: string, from: number, to: number): readonly Line[] {
  const lines: Line[] = [];
  let start = from;
  while (start <= to) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 || newline > to ? to : newline;
    let first = start;
    while (first < end && (text[first] === ' ' || text[first] === '\t' || text[first] === '\r')) first += 1;
    lines.push({ start: first, end, indent: first - start, isBlank: first >= end });
    start = end + 1;
  }
  return lines;
}

function findEntries(text: string, lines: readonly Line[]): readonly Entry[] {
  const entries: Entry[] = [];
  let section: Section = 'prose';
  let sectionIndent = -1;
  let entryIndent: number | undefined;
  let current: Entry | undefined;
  let inExample = false;
  for (const [index, line] of lines.entries()) {
    if (line.isBlank) { inExample = false; if (section === 'prose') current = undefined; continue; }
    const content = text.slice(line.start, line.end).trim();
    if (content.startsWith('>>>') || content.startsWith('```')) { inExample = true; current = undefined; continue; }
    if (inExample || isRule(content)) continue;
    const heading = headingOf(content, lines[index + 1], text);
    if (heading !== undefined) {
      section = heading.section;
      sectionIndent = heading.isUnderlined ? line.indent - 1 : line.indent;
      entryIndent = undefined;
      current = undefined;
      continue;
    }
    // Some write the entries at the heading's own indentation.
    if (line.indent === sectionIndent && entryIndent === undefined && (section === 'returns' || (section === 'arguments' && looksLikeEntry(text, line)))) sectionIndent -= 1;
    // The first line starts behind the quotes, so its indentation says nothing.
    if (line.indent <= sectionIndent && index > 0) { section = 'prose'; sectionIndent = -1; entryIndent = undefined; current = undefined; }
    entryIndent ??= line.indent;
    const startsEntry = isField(content)
      || (section === 'prose' ? !continuesLine(text, current) : line.indent <= entryIndent)
      || (section !== 'prose' && current === undefined);
    if (startsEntry || current === undefined) {
      current = { start: line.start, end: line.end, lastLine: line.start, section };
      entries.push(current);
    } else {
      current.end = line.end;
      current.lastLine = line.start;
    }
  }
  return entries;
}

/** `x (Tensor): …`, `x: …`. */
function looksLikeEntry(text: string, line: Line): boolean {
  const [first, second] = cutTokens(text, line.start, line.end);
  return first?.kind === 'word' && (second?.text === ':' || second?.text === '(');
}

/** The underline of a numpy heading. */
function isRule(content: string): boolean {
  return content.length >= 3 && [...content].every((character) => character === '-' || character === '=' || character === '~');
}

function headingOf(content: string, next: Line | undefined, text: string): { readonly section: Section; readonly isUnderlined: boolean } | undefined {
  const isUnderlined = next !== undefined && !next.isBlank && isRule(text.slice(next.start, next.end).trim());
  const isColoned = content.endsWith(':');
  if (!isUnderlined && !isColoned) return undefined;
  let name = content.toLowerCase();
  while (name.endsWith(':') || name.startsWith('*') || name.endsWith('*')) name = name.startsWith('*') ? name.slice(1) : name.slice(0, -1);
  if (name.startsWith('.. ')) return { section: 'passed-over', isUnderlined };
  const section = headings[name.trim()];
  return section === undefined ? (isUnderlined ? { section: 'prose', isUnderlined } : undefined) : { section, isUnderlined };
}

/** `:param x:`, `@return:`. */
function isField(content: string): boolean {
  const first = content[0];
  if (first !== ':' && first !== '@') return false;
  return ['param', 'arg', 'type', 'return', 'rtype', 'parameter', 'keyword'].some((word) => content.startsWith(word, 1));
}

const longestSentence = 600;

/** Whether a line of prose goes on in the next: its bracket is open, or it ends with what announces a shape. */
function continuesLine(text: string, entry: Entry | undefined): boolean {
  if (entry === undefined || entry.end - entry.start > longestSentence) return false;
  const last = cutTokens(text, entry.lastLine, entry.end).at(-1);
  if (last === undefined) return false;
  let depth = 0;
  for (let index = entry.start; index < entry.end; index += 1) {
    const character = text[index];
    if (character === '(' || character === '[') depth += 1;
    else if (character === ')' || character === ']') depth -= 1;
  }
  return depth > 0 || last.text === ',' || (last.kind === 'word' && (isShapeWord(last.text) || ['of', 'is', 'with', 'to', 'are'].includes(last.text)));
}

function readEntry(text: string, entry: Entry, known: ReadonlySet<string> | undefined): readonly ShapeStatement[] {
  if (!mayStateShape(text, entry)) return [];
  const tokens = cutTokens(text, entry.start, entry.end).filter((token) => token.kind !== 'newline');
  const head = readHead(tokens, entry.section, known ?? new Set());
  if (head === undefined) {
    if (entry.section === 'prose' && isCodeOrTool(tokens)) return [];
    return readShapes(tokens, { names: known, role: roleOf(entry.section) });
  }
  const rest = tokens.slice(head.length);
  const statements = readShapes(rest, { names: known, role: head.role, owner: head.names[0] } satisfies ReadingOptions);
  // What `:param q, k:` says, it says of each.
  return statements.flatMap((statement) => (statement.name === head.names[0] && head.names.length > 1
    ? head.names.map((name) => ({ ...statement, name })) : [statement]));
}

/** Most lines of a docstring hold no bracket, no comma, no cross and no three capitals in a row. */
function mayStateShape(text: string, entry: Entry): boolean {
  let capitals = 0;
  for (let index = entry.start; index < entry.end; index += 1) {
    const character = text[index] ?? '';
    if ('([,×'.includes(character) || ((character === 'x' || character === 'X') && !isPlainLetter(text[index - 1]))) return true;
    capitals = isCapital(character) ? capitals + 1 : 0;
    if (capitals === 3) return true;
  }
  return false;
}

function isPlainLetter(character: string | undefined): boolean {
  return character !== undefined && character >= 'a' && character <= 'z';
}

function roleOf(section: Section): ShapeRole | undefined {
  return section === 'arguments' ? 'input' : section === 'returns' ? 'output' : undefined;
}

interface Head { readonly names: readonly string[]; readonly role: ShapeRole | undefined; readonly length: number }

/** The names that an entry starts with, and how many tokens they take. */
function readHead(tokens: readonly Token[], section: Section, known: ReadonlySet<string>): Head | undefined {
  let index = 0;
  const textAt = (at: number): string => tokens[at]?.text ?? '';
  if ((textAt(0) === ':' || textAt(0) === '@') && tokens[1]?.kind === 'word') {
    const field = textAt(1);
    if (field.startsWith('return') || field === 'rtype') return { names: [], role: 'output', length: 2 };
    const colon = tokens.findIndex((token, at) => at > 1 && token.text === ':');
    const end = colon > 0 ? colon : 3;
    const words = tokens.slice(2, end).filter((token) => token.kind === 'word');
    const name = (textAt(0) === '@' ? words[0] : words.at(-1))?.text;
    return name === undefined ? undefined : { names: [name], role: 'input', length: textAt(0) === '@' && colon < 0 ? 3 : end };
  }
  while (['*', '-', '•', '**', '+'].includes(textAt(index))) index += 1;
  const names: string[] = [];
  for (;;) {
    const token = tokens[index];
    if (token?.kind !== 'word') return undefined;
    names.push(token.text);
    index += 1;
    if (textAt(index) !== ',' || tokens[index + 1]?.kind !== 'word') break;
    index += 1;
  }
  const isKnown = names.every((name) => known.has(name));
  const next = textAt(index);
  let after = index;
  if (next === '(' || next === '[') {
    const close = closingIndex(tokens, index);
    if (close === undefined) return undefined;
    after = close + 1;
  }
  const isHead = [':', '-', '–', '—', '='].includes(textAt(after));
  // Outside of a section `Input: (…)` may be a heading, which the reader of the sentence judges.
  if (section === 'arguments' ? !(isHead || (isKnown && next !== '')) : !(isKnown && (isHead || next === '('))) return undefined;
  return { names, role: section === 'returns' ? 'output' : section === 'arguments' ? 'input' : undefined, length: index };
}
