// Shapes stated in a comment: `# (B, T, C)`, `# x: [b, c, h, w] -> [b, h*w, c]`, `# N x C x H x W`, `# shape: (batch, 3, 224, 224)`.
// Commented-out code, messages to tools, ranges, kernels and indices are not read. It must not know where the comment stands.
import { isColon, isShape, leadOf, surroundingsOf, withoutShape } from './judgement.ts';
import { type ListPart, type Part, readParts } from './sentence.ts';
import type { ShapeRole, ShapeStatement } from './statement.ts';
import { cutTokens, isCapital, type Token } from './tokens.ts';
import { canBeName, isConnector, isShapeWord, isToolWord, roleOfWord } from './words.ts';

export interface ReadingOptions {
  /** Names that the text may speak of: a function's parameters, a statement's targets. */
  readonly names?: ReadonlySet<string> | undefined;
  /** For whom a shape is that names nobody, and its role. */
  readonly owner?: string | undefined;
  readonly role?: ShapeRole | undefined;
  /** The part of the text to read; offsets still count from its start. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Longer texts are licences and tables. */
const longestText = 4000;

/** The text of a comment, without its `#`. */
export function readShapeComment(text: string, options: ReadingOptions = {}): readonly ShapeStatement[] {
  const tokens = cutTokens(text, options.from, options.to);
  if (text.length > longestText || isCodeOrTool(tokens)) return [];
  return readShapes(tokens.filter((token, index) => index > 0 || !['#', '!', '%'].includes(token.text)), options);
}

/** More than this is a table of numbers or junk. */
const mostBrackets = 48;

/** Prose, not checked for being code. */
export function readShapes(tokens: readonly Token[], options: ReadingOptions): readonly ShapeStatement[] {
  if (tokens.filter((token) => token.text === '(' || token.text === '[').length > mostBrackets) return [];
  const parts = readParts(tokens);
  const names = options.names ?? new Set<string>();
  const accepted = new Set<ListPart>();
  for (const [position, part] of parts.entries()) {
    if (part.kind === 'list' && isShape(part, surroundingsOf(parts, position, names, options.owner))) accepted.add(part);
  }
  const arrows = arrowRoles(parts, accepted);
  const statements: ShapeStatement[] = [];
  for (const [position, part] of parts.entries()) {
    if (part.kind !== 'list' || !accepted.has(part)) continue;
    const lead = leadOf(parts, position, (one) => accepted.has(one));
    // Within somebody's entry other words are prose: only names that are known speak of somebody else.
    const found = namesIn(lead, names).filter((name) => options.owner === undefined || names.has(name));
    const role = arrows.get(part) ?? options.role ?? leadRole(lead) ?? 'unspecified';
    const base = { dims: part.list.dims, role, start: part.start, end: part.end, brackets: part.brackets, elementType: part.elementType };
    if (found.length > 0) statements.push(...found.map((name) => ({ ...base, name })));
    else statements.push({ ...base, name: nameAlongArrow(parts, position, accepted, names) ?? options.owner });
  }
  return statements;
}

// ---- Arrows.

/** What may stand between shapes that share a side of the arrow: `(B, T), (B, S) -> …`, `(B, T, C) @ (B, C, S) -> …`. */
const joints = new Set([',', '@', '+', '*', '×', 'x', 'and', '&', '·', '-']);

function arrowRoles(parts: readonly Part[], accepted: ReadonlySet<ListPart>): ReadonlyMap<ListPart, ShapeRole> {
  const lists = parts.flatMap((part, position) => (part.kind === 'list' && accepted.has(part) ? [{ part, position }] : []));
  const between = (from: number, to: number): 'arrow' | 'joint' | 'apart' => {
    const inner = parts.slice(from, to).filter((part) => part.kind === 'token');
    if (inner.some((part) => part.kind === 'token' && (part.token.text === ';' || part.token.text === '.'))) return 'apart';
    if (inner.some((part) => part.kind === 'token' && part.token.kind === 'arrow')) return 'arrow';
    const [only] = inner;
    if (inner.length === 1 && only?.kind === 'token' && (only.token.text === 'to' || only.token.text === 'into') && from > 0 && to < parts.length) return 'arrow';
    return inner.every((part) => part.kind === 'token' && joints.has(part.token.text)) ? 'joint' : 'apart';
  };
  const gaps = lists.map(({ position }, index) => between(position + 1, lists[index + 1]?.position ?? parts.length));
  const leading = between(0, lists[0]?.position ?? 0) === 'arrow';
  const before = lists.map(() => false);
  const after = lists.map(() => false);
  for (const index of lists.keys()) before[index] = index === 0 ? leading : gaps[index - 1] === 'arrow' || (gaps[index - 1] === 'joint' && before[index - 1] === true);
  for (const index of [...lists.keys()].reverse()) after[index] = gaps[index] === 'arrow' || (gaps[index] === 'joint' && after[index + 1] === true);
  return new Map(lists.flatMap(({ part }, index): [ListPart, ShapeRole][] => {
    if (before[index] === after[index]) return before[index] === true ? [[part, 'unspecified']] : [];
    return [[part, after[index] === true ? 'input' : 'output']];
  }));
}

/** `x: (B, T) -> (B, T, C)`: both shapes are x's. */
function nameAlongArrow(parts: readonly Part[], position: number, accepted: ReadonlySet<ListPart>, names: ReadonlySet<string>): string | undefined {
  for (let index = position - 1; index >= 0; index -= 1) {
    const part = parts[index];
    if (part?.kind === 'token' && part.token.kind !== 'arrow') return undefined;
    if (part?.kind !== 'list' || !accepted.has(part)) continue;
    const found = namesIn(leadOf(parts, index, (one) => accepted.has(one)), names);
    return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

// ---- Names and roles.

function leadRole(lead: readonly Part[]): ShapeRole | undefined {
  const words = wordsOf(lead);
  if (words.length > 6) return undefined;
  for (const word of words) {
    const role = roleOfWord(withoutShape(word));
    if (role !== undefined) return role;
  }
  return undefined;
}

function wordsOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => (part.kind === 'token' && part.token.kind === 'word' ? [part.token.text] : []));
}

function namesIn(lead: readonly Part[], known: ReadonlySet<string>): readonly string[] {
  const colon = lead.findLastIndex(isColon);
  // `n = 1, so the shape is (n, 1)`: an equals sign is followed by the shape itself.
  const isEquation = colon >= 0 && lead[colon]?.kind === 'token' && !lead.slice(colon + 1).every(saysNothing);
  if (isEquation && !isSignOf(lead[colon], ':')) return [];
  if (colon >= 0) return namesBeforeColon(lead.slice(0, colon), known);
  const rest = [...lead];
  while (rest.length > 0 && saysNothing(rest.at(-1))) rest.pop();
  // `convert to (B, T)` names nobody.
  const moves = wordsOf(lead.slice(rest.length)).some((word) => ['to', 'into', 'from', 'with', 'in', 'for', 'as', 'like'].includes(word.toLowerCase()));
  const listed = moves ? undefined : nameList(rest);
  if (listed !== undefined) return listed.filter((name) => canBeName(name) && !isGenericName(name));
  const words = wordsOf(rest);
  const [first] = words;
  if (first !== undefined && known.has(first)) return [first];
  const last = words.at(-1);
  if (last === undefined) return [];
  return known.has(last) || (words.at(-2) === 'of' && words.some(isShapeWord) && canBeName(last)) ? [last] : [];
}

/** `Input:` in documentation is a heading, `input` in code a variable. */
function isGenericName(word: string): boolean {
  return isCapital(word[0]) && roleOfWord(word) !== undefined;
}

function isSignOf(part: Part | undefined, text: string): boolean {
  return part?.kind === 'token' && part.token.text === text;
}

function saysNothing(part: Part | undefined): boolean {
  if (part === undefined || part.kind !== 'token') return true;
  if (part.token.kind !== 'word') return part.token.kind !== 'number' && part.token.text !== ',';
  // A word such as `x.shape` still names x.
  return isConnector(part.token.text) && withoutShape(part.token.text) === part.token.text;
}

function namesBeforeColon(before: readonly Part[], known: ReadonlySet<string>): readonly string[] {
  const start = before.findLastIndex(isColon);
  const nearest = before.slice(start + 1);
  const rest = [...nearest];
  // `x (Tensor)`, `x shape`, `x, of shape`.
  while (rest.length > 0 && saysNothing(rest.at(-1))) rest.pop();
  const listed = nameList(rest);
  if (listed !== undefined) return listed.filter((name) => canBeName(name) && !isGenericName(name));
  const words = wordsOf(rest);
  const last = words.at(-1);
  if (last === undefined) return start >= 0 ? namesBeforeColon(before.slice(0, start), known) : [];
  if (known.has(last)) return [last];
  // `shape of x:`, `param x:`, `param Tensor x:`.
  const previous = words.at(-2)?.toLowerCase() ?? '';
  if (previous === 'of' && wordsOf(nearest).some(isShapeWord)) return canBeName(last) ? [last] : [];
  const [first] = words;
  return first !== undefined && ['param', 'parameter', 'arg', 'argument', 'keyword'].includes(first) && words.length <= 3 ? [last] : [];
}

/** `x`, `x, y and z`, `- x`: nothing but names; undefined for other words. */
function nameList(parts: readonly Part[]): readonly string[] | undefined {
  const names: string[] = [];
  let wantsName = true;
  for (const part of parts) {
    if (part.kind !== 'token' || part.token.kind === 'newline') continue;
    const { text } = part.token;
    if (part.token.kind === 'word' && text !== 'and' && text !== 'or') {
      if (!wantsName) return undefined;
      const name = withoutShape(text);
      names.push(name.startsWith('self.') ? name.slice('self.'.length) : name);
      wantsName = false;
    } else if ([',', '/', '&', 'and', 'or'].includes(text)) wantsName = true;
    else if (names.length === 0 && ['*', '-', '•', '->', '@', ':'].includes(text)) continue;
    else return undefined;
  }
  return names.length > 0 && names.length <= 6 ? names : undefined;
}

// ---- Code.

/** Commented-out code tells of a program that does not run; `type:` and its kind speak to tools. */
export function isCodeOrTool(tokens: readonly Token[]): boolean {
  const [first, second, third] = tokens;
  if (first === undefined) return true;
  if (first.kind === 'word' && isToolWord(first.text) && (second === undefined || second.text === ':' || second.text === '=' || second.text === '(')) return true;
  const hash = tokens.findIndex((token, index) => index > 0 && token.text === '#');
  if (hash > 0 && tokens.slice(0, hash).some((token, index) => token.text === '=' || isCallBracket(tokens, index))) return true;
  const last = tokens.at(-1)?.text;
  switch (first.text) {
    case 'import': case 'assert': case 'raise': case 'del': case 'yield': return second?.kind === 'word' || second?.text === '(';
    case 'from': return tokens.some((token) => token.text === 'import');
    case 'def': case 'class': return second?.kind === 'word' && (third?.text === '(' || third?.text === ':');
    case 'print': return second?.text === '(' && second.glued;
    case 'return': return tokens.some((_, index) => index > 0 && isCallBracket(tokens, index)) && !tokens.some((token) => token.kind === 'arrow');
    case 'for': case 'if': case 'elif': case 'while': case 'with': case 'else': case 'try': return last === ':';
    case '@': case '>': return second?.kind === 'word';
    default: return isAssignment(tokens);
  }
}

function isCallBracket(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  const before = tokens[index - 1];
  return token?.glued === true && (token.text === '(' || token.text === '[') && before?.kind === 'word' && !isShapeWord(before.text) && !before.text.endsWith('Tensor');
}

/** `x = self.conv(x)`, `B, T = x.shape`, `x = x + pos`; not `x = (B, T)`. */
function isAssignment(tokens: readonly Token[]): boolean {
  const equals = tokens.findIndex((token) => ['=', '+', '*', '-'].includes(token.text) && (token.text === '=' || tokens.some((next) => next.text === '=' && next.start === token.end)));
  const sign = tokens[equals]?.text === '=' ? equals : tokens.findIndex((token) => token.text === '=');
  if (sign <= 0) return false;
  const left = tokens.slice(0, sign);
  if (!left.every((token) => token.kind === 'word' || [',', '+', '-', '*', '(', ')', '[', ']'].includes(token.text) || token.kind === 'number')) return false;
  // Words of prose before the sign: `the output shape = (B, T)`.
  if (left.some((token, index) => index > 0 && token.kind === 'word' && left[index - 1]?.kind === 'word')) return false;
  const right = tokens.slice(sign + 1);
  return right.some((token, index) => isCallBracket(right, index) || (token.kind === 'word' && token.text.includes('.')));
}
