// Reads what stands between two brackets, or between two words, as a list of sizes: numbers, names, arithmetic, `...`, `None`.
// It says what the list is made of, not whether it is meant as a shape: that is for the reader of the sentence.
import { anyAxes, type DimExpression, type DimOperator, unknownSize } from './statement.ts';
import { isDigit, type Token } from './tokens.ts';
import { joinsToSize, senseOf } from './words.ts';

export type Separator = 'comma' | 'cross' | 'space' | 'single';

export interface DimList {
  readonly dims: readonly DimExpression[];
  readonly separator: Separator;
  /** `(B,)`. */
  readonly trailingComma: boolean;
  /** The words in it, in order. */
  readonly words: readonly string[];
  /** Whether an operator was used, or several words were read as one size. */
  readonly isComposed: boolean;
}

interface Reader { readonly tokens: readonly Token[]; index: number; readonly words: string[]; isComposed: boolean }

/** Undefined where the tokens, all of them, are no list of sizes. */
export function readDimList(tokens: readonly Token[]): DimList | undefined {
  const content = tokens.filter((token) => token.kind !== 'newline');
  if (content.length === 0 || content.length > 80) return undefined;
  const parts = splitAtDepthZero(content, (token) => token.text === ',');
  const reader: Reader = { tokens: [], index: 0, words: [], isComposed: false };
  const finish = (dims: readonly (DimExpression | undefined)[], separator: Separator, trailingComma = false): DimList | undefined => {
    const known = dims.filter((dim) => dim !== undefined);
    if (known.length !== dims.length || known.length === 0 || known.length > 12) return undefined;
    return { dims: known, separator, trailingComma, words: reader.words, isComposed: reader.isComposed };
  };
  if (parts.length > 1) {
    const trailingComma = parts.at(-1)?.length === 0;
    const items = trailingComma ? parts.slice(0, -1) : parts;
    return finish(items.map((item) => readItem(item, reader)), items.length === 1 ? 'single' : 'comma', trailingComma);
  }
  const crossed = splitAtDepthZero(content, (token, before, after) => isCross(token) && endsOperand(before) && startsOperand(after));
  if (crossed.length > 1) return finish(crossed.map((item) => readItem(item, reader)), 'cross');
  const starred = splitAtDepthZero(content, (token) => token.text === '*');
  // `B * C * H * W` is a list where its first factor is the batch; otherwise it is one product.
  if (starred.length > 2 && starred[0]?.length === 1 && ['B', 'N', 'batch', 'batch_size', 'bs'].includes(starred[0][0]?.text ?? '')) {
    return finish(starred.map((item) => readItem(item, reader)), 'cross');
  }
  const single = readItem(content, reader);
  if (single !== undefined) return finish([single], 'single');
  reader.words.length = 0;
  const spaced = splitAtSpaces(content);
  return spaced === undefined ? undefined : finish(spaced.map((item) => readItem(item, reader)), 'space');
}

function splitAtDepthZero(tokens: readonly Token[], isSeparator: (token: Token, before: Token | undefined, after: Token | undefined) => boolean): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(' || token.text === '[') depth += 1;
    if (token.text === ')' || token.text === ']') depth -= 1;
    if (depth === 0 && isSeparator(token, tokens[index - 1], tokens[index + 1])) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

export function isCross(token: Token | undefined): boolean {
  return token !== undefined && (token.text === '×' || (token.kind === 'word' && (token.text === 'x' || token.text === 'X')));
}

function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && (token.kind === 'word' || token.kind === 'number' || [')', ']', '?', '...', '*'].includes(token.text));
}

function startsOperand(token: Token | undefined): boolean {
  return token !== undefined && (token.kind === 'word' || token.kind === 'number' || ['(', '[', '?', '...', '*', '-'].includes(token.text));
}

/** `b n (h d)`: single tokens and bracket groups, at least two. */
function splitAtSpaces(tokens: readonly Token[]): readonly (readonly Token[])[] | undefined {
  const items: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    const continues = depth > 0;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (continues) { items.at(-1)?.push(token); continue; }
    // `b v? h w`: an axis that may be there or not.
    if (token.text === '?' && token.glued) return undefined;
    if (depth === 0 && token.kind !== 'word' && token.kind !== 'number' && token.text !== '...' && token.text !== '?') return undefined;
    items.push([token]);
  }
  return items.length > 1 ? items : undefined;
}

function readItem(tokens: readonly Token[], context: Reader): DimExpression | undefined {
  const [first, second] = tokens;
  if (first === undefined) return undefined;
  if (tokens.length === 1 && (first.text === '...' || first.text === '*')) return anyAxes;
  if (tokens.length === 1 && (first.text === '?' || first.text === '_')) return unknownSize;
  if (tokens.length === 2 && first.text === '-' && second?.text === '1') return unknownSize;
  if (tokens.length === 2 && (first.text === '*' || first.text === '...') && second?.kind === 'word' && second.glued) { context.words.push(second.text); return anyAxes; }
  // `B=32`, `n = h*w`: what stands behind the sign says more than the name, unless it is a name itself.
  if (tokens.length >= 3 && first.kind === 'word' && second?.text === '=' && senseOf(first.text) === 'size') {
    const value = readItem(tokens.slice(2), context);
    if (value !== undefined) context.words.push(first.text);
    return value?.kind === 'name' ? { kind: 'name', name: first.text } : value;
  }
  const joined = joinWords(tokens, context);
  if (joined !== undefined) return joined;
  const reader: Reader = { tokens, index: 0, words: [], isComposed: false };
  const value = readSum(reader);
  if (value === undefined || reader.index < tokens.length) return undefined;
  context.words.push(...reader.words);
  context.isComposed ||= reader.isComposed;
  return value;
}

/** `(batch size, sequence length)`. */
function joinWords(tokens: readonly Token[], context: Reader): DimExpression | undefined {
  if (tokens.length < 2 || !tokens.every((token) => token.kind === 'word' && !isCross(token))) return undefined;
  const words = tokens.map((token) => token.text);
  if (!joinsToSize(words)) return undefined;
  const name = words.join('_');
  context.words.push(name);
  context.isComposed = true;
  return { kind: 'name', name };
}

function readSum(reader: Reader): DimExpression | undefined {
  let left = readProduct(reader);
  for (;;) {
    const sign = reader.tokens[reader.index]?.text;
    if (left === undefined || (sign !== '+' && sign !== '-')) return left;
    reader.index += 1;
    const right = readProduct(reader);
    left = right === undefined ? undefined : operation(reader, sign, left, right);
  }
}

const productSigns: Readonly<Record<string, DimOperator>> = { '*': '*', '×': '*', x: '*', X: '*', '/': '//', '//': '//', '%': '%' };

function readProduct(reader: Reader): DimExpression | undefined {
  let left = readPower(reader);
  for (;;) {
    const token = reader.tokens[reader.index];
    const sign = token === undefined ? undefined : productSigns[token.text];
    if (left === undefined || token === undefined) return left;
    if (sign !== undefined) {
      reader.index += 1;
      const right = readPower(reader);
      left = right === undefined ? undefined : operation(reader, sign, left, right);
    } else if (left.kind === 'number' && token.glued && (token.kind === 'word' || token.text === '(')) {
      // `2C`, `4(h + 1)`.
      const right = readPower(reader);
      left = right === undefined ? undefined : operation(reader, '*', left, right);
    } else return left;
  }
}

function readPower(reader: Reader): DimExpression | undefined {
  const base = readPrimary(reader);
  const sign = reader.tokens[reader.index]?.text;
  if (base === undefined) return undefined;
  if (sign === '\u00b2' || sign === '\u00b3') {
    reader.index += 1;
    return operation(reader, '**', base, { kind: 'number', value: sign === '\u00b2' ? 2 : 3 });
  }
  if (sign !== '**' && sign !== '^') return base;
  reader.index += 1;
  const exponent = readPrimary(reader);
  return exponent === undefined ? undefined : operation(reader, '**', base, exponent);
}

function readPrimary(reader: Reader): DimExpression | undefined {
  const token = reader.tokens[reader.index];
  if (token === undefined) return undefined;
  reader.index += 1;
  if (token.kind === 'number') return numberOf(token);
  if (token.kind === 'word') return readName(reader, token);
  if (token.text !== '(') return undefined;
  const close = closingIndex(reader.tokens, reader.index - 1);
  if (close === undefined) return undefined;
  const inner = reader.tokens.slice(reader.index, close);
  reader.index = close + 1;
  const nested: Reader = { tokens: inner, index: 0, words: [], isComposed: false };
  const sum = readSum(nested);
  if (sum !== undefined && nested.index === inner.length) {
    reader.words.push(...nested.words);
    reader.isComposed = true;
    return sum;
  }
  // einops: `(h d)` is the product of its axes.
  const factors = inner.map((item) => (item.kind === 'word' ? { kind: 'name', name: item.text } as const : item.kind === 'number' ? numberOf(item) : undefined));
  if (factors.length < 2 || factors.some((factor) => factor === undefined)) return undefined;
  reader.words.push(...inner.filter((item) => item.kind === 'word').map((item) => item.text));
  return factors.reduce((left, right) => (left === undefined || right === undefined ? undefined : operation(reader, '*', left, right)));
}

function readName(reader: Reader, token: Token): DimExpression | undefined {
  const lower = token.text.toLowerCase();
  if (lower === 'none') { reader.words.push('None'); return unknownSize; }
  const open = reader.tokens[reader.index];
  if (open?.glued === true && (open.text === '(' || open.text === '[')) {
    const close = closingIndex(reader.tokens, reader.index);
    if (close === undefined) return undefined;
    const inner = reader.tokens.slice(reader.index + 1, close);
    reader.index = close + 1;
    reader.isComposed = true;
    // A rounded fraction says the same as `//`; another call, or an item, is a size that is not followed.
    if (lower === 'floor' || lower === 'int' || lower === 'ceil' || lower === 'round') {
      const nested: Reader = { tokens: inner, index: 0, words: [], isComposed: false };
      const value = readSum(nested);
      if (value === undefined || nested.index < inner.length) return undefined;
      reader.words.push(...nested.words);
      return lower === 'floor' || lower === 'int' ? value : unknownSize;
    }
    reader.words.push(`${token.text}()`);
    return unknownSize;
  }
  // `n layers * n directions`.
  const joined = [token.text];
  while (reader.tokens[reader.index]?.kind === 'word' && !isCross(reader.tokens[reader.index])) {
    joined.push(reader.tokens[reader.index]?.text ?? '');
    reader.index += 1;
  }
  if (joined.length > 1) {
    if (!joinsToSize(joined)) return undefined;
    reader.words.push(joined.join('_'));
    return { kind: 'name', name: joined.join('_') };
  }
  const name = token.text.startsWith('self.') ? token.text.slice('self.'.length) : token.text;
  reader.words.push(name);
  return { kind: 'name', name };
}

export function closingIndex(tokens: readonly Token[], open: number): number | undefined {
  const stack: string[] = [];
  for (let index = open; index < tokens.length; index += 1) {
    const text = tokens[index]?.text;
    if (text === '(') stack.push(')');
    else if (text === '[') stack.push(']');
    else if (text === ')' || text === ']') {
      // `[0, n)` is an interval.
      if (stack.pop() !== text) return undefined;
      if (stack.length === 0) return index;
    }
  }
  return undefined;
}

function numberOf(token: Token): DimExpression | undefined {
  const digits = token.text.replaceAll('_', '');
  const value = Number(digits);
  return [...digits].every((character) => isDigit(character)) && Number.isSafeInteger(value) ? { kind: 'number', value } : undefined;
}

function operation(reader: Reader, operator: DimOperator, left: DimExpression, right: DimExpression): DimExpression {
  reader.isComposed = true;
  return { kind: 'operation', operator, left, right };
}
