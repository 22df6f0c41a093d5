// Reads one sentence of prose into its parts: bracket groups that list sizes, lists of sizes without brackets (`N x C`, `B, T, C`, `NCHW`), and the
// words, arrows and signs between them. Whether a list is meant as a shape is judged in judgement.ts; this file must not know names and roles.
import { closingIndex, type DimList, isCross, readDimList } from './dimensions.ts';
import type { DimExpression } from './statement.ts';
import { isCapital, isDigit, type Token } from './tokens.ts';
import { isShapeWord, layoutOf, senseOf } from './words.ts';

export type Part =
  | { readonly kind: 'token'; readonly token: Token }
  | ListPart
  /** A bracket whose inside was read as a sentence of its own. */
  | { readonly kind: 'edge'; readonly opens: boolean }
  /** A call, an item, a bracket group that lists no sizes: passed over. */
  | { readonly kind: 'noise'; readonly isCall: boolean };

export interface ListPart {
  readonly kind: 'list';
  readonly list: DimList;
  readonly brackets: '()' | '[]' | 'none';
  readonly start: number;
  readonly end: number;
  /** `Tensor[B, C]`, `torch.Size([1, 2])`, `NCHW`: a shape whatever stands before it. */
  readonly isCertain: boolean;
  readonly elementType: string | undefined;
}

export function readParts(tokens: readonly Token[]): readonly Part[] {
  return findBareLists(bracketParts(tokens, 0));
}

/** What the text does not even pretend to nest this deep. */
const deepestNesting = 6;

function bracketParts(tokens: readonly Token[], depth: number): readonly Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text !== '(' && token.text !== '[') { parts.push({ kind: 'token', token }); continue; }
    const close = closingIndex(tokens, index);
    const last = close === undefined ? undefined : tokens[close];
    // An interval such as `[0, n)` is passed over whole, a bracket that never closes is a sign like others.
    if (close === undefined || last === undefined) { parts.push({ kind: 'noise', isCall: false }); continue; }
    const inner = tokens.slice(index + 1, close);
    const before = tokens[index - 1];
    // `(n*8) x 4 x 4`, `b (h w) c`: the bracket is one size of a list that has no brackets itself.
    if (token.text === '(' && isOperandOfBareList(tokens, index, close, inner)) {
      parts.push(...tokens.slice(index, close + 1).map(tokenPart));
      index = close;
      continue;
    }
    const glued = token.glued && before !== undefined && (before.kind === 'word' || before.text === ')' || before.text === ']');
    const range = { start: token.start, end: last.end };
    index = close;
    if (glued) {
      const word = before.kind === 'word' ? before.text : '';
      if (isTensorType(word) || (isShapeWord(word) && inner.length > 0)) {
        const list = readDimList(unwrapped(inner));
        const elementType = elementTypeOf(word);
        // `x.shape[0]` is one size, `tensor(s)` more than one tensor, `Tensor([1, 2])` holds values.
        const holdsValues = token.text === '(' && word.endsWith('Tensor') && list?.words.length === 0;
        if (holdsValues || (list?.dims.length === 1 && !list.trailingComma && unwrapped(inner) === inner)) { parts.push({ kind: 'noise', isCall: true }); continue; }
        if (list !== undefined) { parts.push({ kind: 'list', list, brackets: token.text === '(' ? '()' : '[]', ...range, isCertain: true, elementType }); continue; }
        // `Tensor[batch, ...] or …`: read what is inside as prose.
        parts.push({ kind: 'edge', opens: true }, ...bracketParts(inner, depth + 1), { kind: 'edge', opens: false });
        continue;
      }
      if (!(isShapeWord(word) && inner.length === 0)) parts.push({ kind: 'noise', isCall: true });
      continue;
    }
    // Strings are names of things: `["batch", "model"]`.
    if (inner[0]?.quoted === true) { parts.push({ kind: 'noise', isCall: false }); continue; }
    const list = isTupleOfGroups(inner) ? undefined : readDimList(inner);
    if (list !== undefined) parts.push(...listParts(list, token, range));
    else if (inner.length > 0 && depth < deepestNesting) parts.push({ kind: 'edge', opens: true }, ...bracketParts(inner, depth + 1), { kind: 'edge', opens: false });
    else parts.push({ kind: 'noise', isCall: false });
  }
  return parts;
}

function isOperandOfBareList(tokens: readonly Token[], open: number, close: number, inner: readonly Token[]): boolean {
  const [before, after] = [tokens[open - 1], tokens[close + 1]];
  if (tokens[open]?.glued === true && before?.kind === 'word' && !isCross(before)) return false;
  if (inner.some((token) => token.text === ',' || token.text === ')')) return false;
  if ((isCross(after) && tokens[close + 2] !== undefined) || (isCross(before) && open > 1)) return true;
  const isAxis = (token: Token | undefined): boolean => token?.kind === 'word' && token.text.length <= 2 && !isCross(token);
  return inner.length > 1 && inner.every((token) => token.kind === 'word' || token.kind === 'number') && (isAxis(before) || before?.kind === 'arrow' || before === undefined)
    && (isAxis(after) || (isAxis(before) && (after === undefined || after.kind === 'arrow')));
}

function listParts(list: DimList, open: Token, range: { readonly start: number; readonly end: number }): readonly Part[] {
  const [word] = list.words;
  const layout = list.dims.length === 1 && word !== undefined && !list.isComposed ? layoutOf(word) : undefined;
  const brackets = open.text === '(' ? '()' : '[]';
  const part: ListPart = { kind: 'list', list, brackets, ...range, isCertain: false, elementType: undefined };
  return [layout === undefined ? part : { ...part, list: layoutList(layout), isCertain: true }];
}

function layoutList(letters: readonly string[]): DimList {
  return { dims: letters.map((name): DimExpression => ({ kind: 'name', name })), separator: 'comma', trailingComma: false, words: letters, isComposed: false };
}

/** `torch.Size([1, 2])` holds one list. */
function unwrapped(tokens: readonly Token[]): readonly Token[] {
  return tokens[0]?.text === '[' && closingIndex(tokens, 0) === tokens.length - 1 ? tokens.slice(1, -1) : tokens;
}

function isTensorType(word: string): boolean {
  const last = word.slice(word.lastIndexOf('.') + 1);
  return last.endsWith('Tensor') || last === 'Size' || last === 'TensorShape' || last === 'ndarray' || last === 'Array';
}

function elementTypeOf(word: string): string | undefined {
  const last = word.slice(word.lastIndexOf('.') + 1);
  const prefix = last.endsWith('Tensor') ? last.slice(0, -'Tensor'.length) : '';
  return ['Float', 'Long', 'Int', 'Bool', 'Double', 'Half', 'Byte', 'Short'].includes(prefix) ? prefix : undefined;
}

/** `((B, T, C), (B, T))`: a tuple of shapes, not one shape with products. */
function isTupleOfGroups(tokens: readonly Token[]): boolean {
  let groups = 0;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.text !== '(' && token?.text !== '[') continue;
    const close = closingIndex(tokens, index);
    if (close === undefined) return false;
    if (tokens.slice(index + 1, close).some((inner) => inner.text === ',')) groups += 1;
    index = close;
  }
  return groups > 0;
}

// ---- Lists without brackets.

/** Signs that end a stretch of words. */
const stops = new Set([':', '=', '==', ';', '|', '@', '.', '!', '&', '<', '>', '~', '#', '->']);

function isStop(token: Token): boolean {
  return token.kind === 'arrow' || token.kind === 'newline' || stops.has(token.text);
}

function findBareLists(parts: readonly Part[]): readonly Part[] {
  const result: Part[] = [];
  let chunk: Token[] = [];
  let before: Part | undefined;
  const flush = (after: Part | undefined): void => {
    // `shape: B, T, C`.
    const word = result.at(-2);
    const announcedBefore = isSign(before, ':', '=') && word?.kind === 'token' && word.token.kind === 'word' && isShapeWord(word.token.text);
    result.push(...bareParts(chunk, before, after, announcedBefore));
    chunk = [];
  };
  for (const part of parts) {
    if (part.kind === 'token' && !isStop(part.token)) { chunk.push(part.token); continue; }
    flush(part);
    result.push(part);
    before = part;
  }
  flush(undefined);
  return result;
}

const tokenPart = (token: Token): Part => ({ kind: 'token', token });

function barePart(list: DimList, tokens: readonly Token[], isCertain: boolean): ListPart {
  return { kind: 'list', list, brackets: 'none', start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0, isCertain, elementType: undefined };
}

function isSign(part: Part | undefined, ...texts: readonly string[]): boolean {
  return part?.kind === 'token' && texts.includes(part.token.text);
}

function bareParts(chunk: readonly Token[], before: Part | undefined, after: Part | undefined, announcedBefore: boolean): readonly Part[] {
  if (chunk.length === 0) return [];
  // Behind a bracket or a call the words go on with what stood there.
  const opensSentence = before === undefined || before.kind === 'token' || (before.kind === 'edge' && before.opens);
  const closesSentence = after === undefined || after.kind === 'token' || (after.kind === 'edge' && !after.opens);
  // `B, T, C = x.shape` and `q, k, v: …` bind names.
  const namesSomething = isSign(after, '=', ':', '==');
  const shapeAt = chunk.findLastIndex((token) => token.kind === 'word' && isShapeWord(token.text));
  const announced = shapeAt >= 0 || announcedBefore;
  const from = shapeAt >= 0 ? skipConnectors(chunk, shapeAt + 1) : 0;
  const tail = chunk.slice(from);
  if (closesSentence && !namesSomething && (announced || opensSentence) && tail.length > 1) {
    const list = readDimList(withoutFinalMark(tail));
    const isProduct = isSign(before, '=') && tail.some((token) => token.text === '*') && !tail.some((token) => token.text === ',');
    if (list !== undefined && !isProduct && isBareList(list, tail, announced)) return [...chunk.slice(0, from).map(tokenPart), barePart(list, withoutFinalMark(tail), announced)];
  }
  const byArrow = (before?.kind === 'token' && before.token.kind === 'arrow') || (after?.kind === 'token' && after.token.kind === 'arrow');
  return crossRuns(chunk, announced, byArrow);
}

function skipConnectors(chunk: readonly Token[], from: number): number {
  let index = from;
  while (['of', 'is', 'are', 'as', '-', 'be', 'in'].includes(chunk[index]?.text ?? '')) index += 1;
  return index;
}

function withoutFinalMark(tokens: readonly Token[]): readonly Token[] {
  return [',', '.', '?'].includes(tokens.at(-1)?.text ?? '') ? tokens.slice(0, -1) : tokens;
}

/** What two letters without brackets must hold one of. */
const usualAxes = new Set('BNTCDLH');

/** Whether a stretch of words that parses as a list is one: letters and short names, or many names of sizes. */
function isBareList(list: DimList, tokens: readonly Token[], announced: boolean): boolean {
  if (list.dims.length < 2 || list.words.length === 0) return announced && list.dims.length >= 2 && list.separator !== 'single';
  const senses = list.words.filter((word) => word !== 'None').map(senseOf);
  if (senses.includes('other')) return false;
  const sizes = senses.filter((sense) => sense === 'size').length;
  const letters = senses.filter((sense) => sense === 'letter').length;
  const short = list.words.every((word) => word.length <= 4 && (isCapital(word[0]) || [...word].some(isCapital) || senseOf(word) === 'letter'));
  switch (list.separator) {
    case 'single': return false;
    case 'cross':
      // `8 x N layers`: two words that were read as one size.
      if (list.words.some((word) => word.includes('_') && !tokens.some((token) => token.text.endsWith(word)))) return false;
      return sizes > 0 || (letters === senses.length && letters >= 2);
    case 'comma':
      if (announced) return sizes + letters > 0 && senses.every((sense) => sense !== 'plain');
      if (short) return list.dims.length >= 3 ? sizes + letters > 0 : sizes >= 1 && letters === 0 && list.words.some((word) => usualAxes.has(word[0] ?? ''));
      return list.dims.length >= 3 && sizes === senses.length;
    case 'space': {
      if (announced) return sizes + letters === senses.length && senses.length > 0;
      const single = list.words.every((word) => word.length <= 2 || (word.length === 3 && isDigit(word[2])));
      const capital = list.words.every((word) => isCapital(word[0]));
      const small = list.words.every((word) => !isCapital(word[0]));
      return single && list.dims.length >= 3 && sizes + letters === senses.length && (capital || small) && list.words.length >= list.dims.length - 1;
    }
  }
}

/** What makes a number with crosses the size of a window and no shape. */
const windowWords = ['conv', 'convs', 'convolution', 'convolutions', 'convolutional', 'kernel', 'kernels', 'filter', 'filters', 'pool', 'pooling', 'maxpool', 'avgpool', 'stride', 'strides',
  'patch', 'patches', 'window', 'windows', 'grid', 'cell', 'cells', 'block', 'blocks', 'max', 'average', 'avg', 'depthwise', 'pointwise', 'separable', 'deconv', 'dilated', 'cross', 'times'];

/** `B x C x H x W` and `NCHW` within other words. */
function crossRuns(chunk: readonly Token[], announced: boolean, byArrow: boolean): readonly Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < chunk.length; index += 1) {
    const token = chunk[index];
    if (token === undefined) break;
    const end = crossRunEnd(chunk, index);
    if (end > index + 1) {
      const tokens = chunk.slice(index, end);
      const list = readDimList(tokens);
      if (list !== undefined && list.separator === 'cross' && isCrossShape(list, chunk, index, end, announced || byArrow)) parts.push(barePart(list, tokens, false));
      else parts.push(...tokens.map(tokenPart));
      index = end - 1;
      continue;
    }
    const layout = token.kind === 'word' ? layoutOf(token.text) : undefined;
    const directed = byArrow || ['to', 'from', 'into', 'as', 'is', ','].includes(chunk[index - 1]?.text ?? '');
    if (layout !== undefined && (chunk.length === 1 || announced || (directed && layout.length > 3))) parts.push(barePart(layoutList(layout), [token], true));
    else parts.push(tokenPart(token));
  }
  return parts;
}

/** Behind the last token of `operand x operand …` that starts at `from`; `from` where none does. */
function crossRunEnd(chunk: readonly Token[], from: number): number {
  let end = operandEnd(chunk, from);
  if (end === from) return from;
  let crosses = 0;
  while (isCross(chunk[end])) {
    const next = operandEnd(chunk, end + 1);
    if (next === end + 1) break;
    end = next;
    crosses += 1;
  }
  return crosses === 0 ? from : end;
}

function operandEnd(chunk: readonly Token[], from: number): number {
  const token = chunk[from];
  if (token?.text === '(') {
    const close = closingIndex(chunk, from);
    return close === undefined ? from : close + 1;
  }
  if (token === undefined || (token.kind !== 'word' && token.kind !== 'number' && token.text !== '?') || isCross(token)) return from;
  let end = from + 1;
  while (chunk[end]?.glued === true && ['/', '//', '*', '+', '-'].includes(chunk[end]?.text ?? '') && chunk[end + 1]?.glued === true) end += 2;
  if (token.kind === 'number' && chunk[end]?.glued === true && chunk[end]?.kind === 'word' && !isCross(chunk[end])) end += 1;
  return end;
}

function isCrossShape(list: DimList, chunk: readonly Token[], from: number, end: number, announced: boolean): boolean {
  const next = chunk[end]?.text.toLowerCase() ?? '';
  const previous = chunk[from - 1]?.text.toLowerCase() ?? '';
  if (list.words.length === 0) {
    // Two numbers are the size of an image or a window; with three it is a tensor, unless a window is spoken of.
    if (windowWords.includes(next) || windowWords.includes(previous) || chunk[from - 1]?.kind === 'number') return false;
    return list.dims.length >= 3 || announced;
  }
  const senses = list.words.filter((word) => word !== 'None').map(senseOf);
  const sizes = senses.filter((sense) => sense === 'size').length;
  if (senses.includes('other') || sizes + senses.filter((sense) => sense === 'letter').length < senses.length) return false;
  if (windowWords.includes(next) && list.dims.length < 3) return false;
  // `8 rows x 16 chars` is prose.
  if (list.dims.length === 2 && list.words.some((word) => word.length > 2) && !announced && !(from === 0 && end === chunk.length)) return false;
  // `2 x N layers`, `3 x C`: so many of something.
  if (list.dims.length === 2 && list.dims[0]?.kind === 'number' && !announced) return end === chunk.length && from === 0;
  return sizes > 0 || list.dims.length > 2 || (from === 0 && end === chunk.length);
}
