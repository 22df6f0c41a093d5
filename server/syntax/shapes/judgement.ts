// Decides which lists of sizes in a sentence are meant as shapes: by the words they are made of, by what announces them, and by what else they
// could be (ranges, windows, colours, coordinates, states). A list in doubt is no shape. It must not know names and roles.
import type { DimList } from './dimensions.ts';
import type { ListPart, Part } from './sentence.ts';
import type { DimExpression } from './statement.ts';
import { batchLetters, isConnector, isPairOfOtherThings, isRangeWord, isShapeWord, isWindowNoun, senseOf } from './words.ts';

/** What stands around a list. */
export interface Surroundings {
  readonly arrow: boolean;
  /** The arrow stands directly beside the list. */
  readonly arrowBeside: boolean;
  readonly announced: boolean;
  /** The announcing word itself, in small letters. */
  readonly shapeWord: string | undefined;
  readonly windowNoun: boolean;
  /** The word directly before is that of a window: `kernel (K, K)`. */
  readonly kernelWord: boolean;
  readonly rangeWord: boolean;
  /** Named by a word and a colon or an equals sign, and the word is one of the caller's. */
  readonly namedAsKnown: boolean;
  readonly arithmetic: boolean;
  /** Nothing else is said. */
  readonly isAlone: boolean;
}

const sentenceEnds = new Set([';', '.', '|']);

/** The words and signs before a part, nearest last, up to the part before it or the end of the sentence. */
export function leadOf(parts: readonly Part[], position: number, accepted: (part: ListPart) => boolean): readonly Part[] {
  const lead: Part[] = [];
  for (let index = position - 1; index >= 0; index -= 1) {
    const part = parts[index];
    if (part === undefined || (part.kind === 'list' && accepted(part))) break;
    if (part.kind === 'token' && sentenceEnds.has(part.token.text)) break;
    lead.unshift(part);
  }
  return lead;
}

export function surroundingsOf(parts: readonly Part[], position: number, names: ReadonlySet<string>, owner?: string): Surroundings {
  const before = leadOf(parts, position, () => true).filter((part) => part.kind !== 'edge');
  const words = before.flatMap((part) => (part.kind === 'token' && part.token.kind === 'word' ? [part.token.text] : []));
  const shapeIndex = before.findLastIndex((part) => part.kind === 'token' && part.token.kind === 'word' && isShapeWord(part.token.text));
  const between = before.slice(shapeIndex + 1);
  // A shape word announces at some distance: `shape of the padded input: (…)`, `has size (…)`.
  const reaches = shapeIndex >= 0 && between.length <= 6
    && between.every((part) => part.kind === 'token' && (isConnector(part.token.text) || part.token.kind !== 'word' || between.some(isColon)));
  const shapeWord = before[shapeIndex];
  const last = before.findLast((part) => part.kind === 'token' && part.token.kind !== 'newline');
  const next = following(parts, position);
  const afterWord = next?.kind === 'token' && next.token.kind === 'word' ? next.token.text.toLowerCase() : '';
  const announcedAfter = ['shape', 'shaped', 'tensor', 'tensors', 'matrix', 'array', 'dimensional'].includes(afterWord);
  const nameBefore = before.at(-2);
  const ownerIsKnown = owner !== undefined && names.has(owner) && !isWindowNoun(owner);
  return {
    arrow: before.slice(-5).some((part) => part.kind === 'token' && part.token.kind === 'arrow') || arrowFollows(parts, position),
    arrowBeside: [last, next].some((part) => part?.kind === 'token' && part.token.kind === 'arrow'),
    announced: reaches || announcedAfter,
    shapeWord: reaches && shapeWord?.kind === 'token' ? shapeWord.token.text.toLowerCase() : announcedAfter ? 'shape' : undefined,
    windowNoun: words.slice(-4).some(isWindowNoun) || isWindowNoun(afterWord),
    kernelWord: ['kernel', 'kernels', 'stride', 'strides', 'padding', 'dilation', 'window', 'crop', 'kernel_size'].includes(words.at(-1)?.toLowerCase() ?? ''),
    // `from (B, T) to (B, T, C)` is no range.
    rangeWord: words.length > 0 && isRangeWord(words.at(-1) ?? '') && !(afterWord === 'to' && parts[position + 2]?.kind === 'list'),
    namedAsKnown: isColon(before.at(-1)) && (nameBefore?.kind === 'token' ? names.has(withoutShape(nameBefore.token.text)) : ownerIsKnown),
    arithmetic: isArithmetic(last) || isArithmetic(next),
    isAlone: parts.length === 1,
  };
}

export function withoutShape(word: string): string {
  for (const ending of ['.shape', '.size', '_shape']) if (word.endsWith(ending)) return word.slice(0, -ending.length);
  return word;
}

export function isColon(part: Part | undefined): boolean {
  return part?.kind === 'token' && [':', '=', '=='].includes(part.token.text);
}

function isArithmetic(part: Part | undefined): boolean {
  return part?.kind === 'token' && ['*', '/', '//', '+', '-', '%', '**', '^', '×'].includes(part.token.text);
}

function following(parts: readonly Part[], position: number): Part | undefined {
  return parts[position + 1];
}

/** An arrow behind the list, with at most a few words before it: `(B, T) by embedding -> (B, T, C)`. */
function arrowFollows(parts: readonly Part[], position: number): boolean {
  for (let index = position + 1; index < parts.length && index <= position + 5; index += 1) {
    const part = parts[index];
    if (part?.kind !== 'token') return false;
    if (part.token.kind === 'arrow') return true;
    if (part.token.kind !== 'word') return false;
  }
  return false;
}

export function isShape(part: ListPart, around: Surroundings): boolean {
  const { list } = part;
  if (part.isCertain) return part.brackets === 'none' || !list.words.some((word) => senseOf(word) === 'other');
  const zero = list.dims.some((dim) => dim.kind === 'number' && dim.value === 0);
  if ((zero && !around.announced) || list.dims.some(isFraction)) return false;
  const words = list.words.filter((word) => word !== 'None');
  if (words.length === 0) return isNumberShape(part, around);
  const senses = words.map(senseOf);
  const sizes = senses.filter((sense) => sense === 'size').length;
  const letters = senses.filter((sense) => sense === 'letter').length;
  const others = senses.filter((sense) => sense === 'other').length;
  const plain = senses.length - sizes - letters - others;
  const strong = around.announced && !around.windowNoun;
  if (others > 0 && !(strong && sizes + letters > 0 && around.shapeWord !== undefined && others <= sizes + letters)) return false;
  if (isPairOfOtherThings(words) && !strong) return false;
  // `k k k k | a b c d`: an example of values.
  if (list.separator === 'space' && words.length > 1 && new Set(words).size === 1) return false;
  if (around.rangeWord && list.dims.length === 2 && part.brackets !== 'none' && !around.announced && !around.arrow) return false;
  if (list.dims.length === 1) return isSingleShape(part, list, around, sizes + letters);
  if (around.windowNoun && list.dims.length <= 2 && !around.arrow && (sizes === 0 || around.kernelWord)) return false;
  if (part.brackets === 'none') return true;
  if (list.separator === 'space' && (plain > 0 || (list.dims.length === 2 && words.some((word) => word.length > 1)))) return false;
  if (sizes > 0) return plain === 0 || (plain <= sizes && list.dims.length > 2) || strong || (around.arrow && plain <= 2 * sizes) || around.namedAsKnown;
  if (letters > 0 && plain === 0) {
    if (strong || around.arrow || around.namedAsKnown) return true;
    return list.dims.length > 2 || words.some((word) => batchLetters.has(word));
  }
  // Names that say nothing: only what is called a shape is one.
  return strong && plain > 0 && list.separator !== 'space';
}

/** `1/3` is no size. */
function isFraction(dim: DimExpression): boolean {
  return dim.kind === 'operation' && dim.operator === '//' && dim.left.kind === 'number' && dim.right.kind === 'number' && dim.left.value % dim.right.value !== 0;
}

function isSingleShape(part: ListPart, list: DimList, around: Surroundings, sizes: number): boolean {
  if (around.arithmetic || sizes === 0) return false;
  const [dim] = list.dims;
  if (dim === undefined || dim.kind === 'ellipsis' || dim.kind === 'number') return false;
  if (list.trailingComma || (part.brackets === '[]' && around.isAlone)) return true;
  const shapeWord = around.shapeWord ?? '';
  return part.brackets !== 'none' && (around.arrowBeside || around.namedAsKnown || (shapeWord.includes('shape') && !around.windowNoun) || shapeWord === 'torch.size');
}

/** Numbers alone are a shape behind an arrow or a shape word, or with None; else a list of widths, a kernel, an index. */
function isNumberShape(part: ListPart, around: Surroundings): boolean {
  const { list } = part;
  const numbers = list.dims.filter((dim) => dim.kind === 'number').length;
  const open = list.dims.filter((dim) => dim.kind === 'unknown').length;
  const isRange = list.dims.length === 2 && part.brackets === '[]' && around.rangeWord;
  if (isRange || list.separator === 'space') return false;
  if (part.brackets === 'none') return (numbers >= 3 || around.arrow || around.announced) && !(numbers < 3 && around.windowNoun);
  if (list.dims.length === 1) return (around.arrow || around.shapeWord === 'shape' || around.shapeWord?.endsWith('.shape') === true) && !around.windowNoun && numbers === 1;
  // `[-1, 1]` is a range of values.
  if (open > 0 && numbers > 0 && (list.words.length > 0 || around.announced || around.arrow)) return true;
  if (list.dims[0]?.kind === 'ellipsis' && numbers > 0 && !list.dims.some((dim) => dim.kind === 'unknown')) return true;
  if (open + numbers < list.dims.length) return around.announced;
  if (around.arrow) return !around.windowNoun || list.dims.length > 2;
  if (around.namedAsKnown && list.dims.length >= 2 && !around.windowNoun) return true;
  if (!around.announced || around.windowNoun) return false;
  const word = around.shapeWord ?? '';
  const isShapeProper = word.includes('shape') || word === 'torch.size' || word.endsWith('.size');
  // `size (224, 224)` is that of an image, `dims [64, 128]` are widths.
  return isShapeProper || (word === 'size' && list.dims.length > 2) || (word.startsWith('dimension') && list.dims.length > 2 && part.brackets === '()');
}
