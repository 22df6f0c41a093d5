// Layers that turn categories, words and numbers into indices or indicator vectors. It must not know how layers become classes.
import { type Dim, dimEquals, isKnown, unknownDim } from '../../../tensors/dim.ts';
import type { DType } from '../../../tensors/dtype.ts';
import { oneHotRange, rangeBetween, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { valuesEqual } from '../../../values/equality.ts';
import { message, type Message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import type { Construction, LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { flag, integerOf, isNoInteger, itemsOf, sizeOf } from './arguments.ts';
import { fromTensor, isUndefinedAxis } from './outputs.ts';
import { type Check, checks, isNoNumber, oneOf, positiveInteger, refuseArgument, shown } from './refusals.ts';

const infinity = Number.POSITIVE_INFINITY;

/** `output_mode`, with the former names that Keras still reads. */
function outputMode(construction: Construction): string | undefined {
  const name = construction.args.str('output_mode');
  return name === 'binary' ? 'multi_hot' : name === 'tf-idf' ? 'tf_idf' : name;
}

function refuses(construction: Construction, argument: string, text: Message): true {
  return refuseArgument(
    construction,
    argument,
    message('{layer}: {problem}, got {actual}', {
      problem: text,
      layer: construction.className,
      actual: shown(construction, construction.args.get(argument)),
    }),
  );
}

/** A salt is one whole number or two. */
const salt: Check = (construction) => {
  const value = construction.args.get('salt');
  const items = itemsOf(value);
  const wrong =
    items === undefined ? (isNoNumber(value) && value.kind !== 'none' && value.kind !== 'list') || value.kind === 'float' : items.length !== 2;
  return wrong && refuses(construction, 'salt', message('the argument "salt" must be an integer or two integers'));
};

const sparseNeedsVectors: Check = (construction) =>
  flag(construction.args, 'sparse') === true &&
  outputMode(construction) === 'int' &&
  refuses(construction, 'sparse', message('sparse=True needs an output_mode of vectors'));

/** Counts and indicators stand in a new last axis, or in the last one where that has size 1. */
function oneHotShape(dims: readonly Dim[], depth: Dim): Shape {
  return dims.length > 1 && dims.at(-1) === 1 ? { dims: [...dims.slice(0, -1), depth] } : { dims: [...dims, depth] };
}

function vectorRange(mode: string | undefined, depth: Dim): ValueRange | undefined {
  if (mode === 'one_hot' || mode === 'multi_hot') return { ...oneHotRange(isKnown(depth) ? depth : undefined), attained: false };
  return mode === 'count' ? rangeBetween(0, infinity, { integral: true }) : undefined;
}

/** Indices 0 … size - 1. */
function indexRange(size: Dim, attained: boolean): ValueRange {
  return rangeBetween(0, isKnown(size) ? size - 1 : infinity, { integral: true, attained: attained && isKnown(size) });
}

const categoryEncoding: LayerDeclaration = {
  name: 'CategoryEncoding',
  signature: "num_tokens=None, output_mode='multi_hot', sparse=False, **kwargs",
  callSignature: 'inputs, count_weights=None',
  check: checks(oneOf('output_mode', ['count', 'one_hot', 'multi_hot', 'binary']), positiveInteger('num_tokens')),
  output: fromTensor((_, dims, invocation) => {
    const [mode, depth] = [outputMode(invocation), sizeOf(invocation.args, 'num_tokens')];
    const facts = { range: vectorRange(mode, depth) };
    if (dims === undefined || mode === undefined) return invocation.result(unknownShape, facts);
    if (dims.length === 0) return invocation.result(shapeOf(depth), facts);
    return invocation.result(mode === 'one_hot' ? oneHotShape(dims, depth) : { dims: [...dims.slice(0, -1), depth] }, facts);
  }),
};

const binsOrBoundaries: Check = (construction) => {
  const { args } = construction;
  const [bins, boundaries] = [args.get('num_bins'), args.get('bin_boundaries')];
  if (bins.kind === 'none' && boundaries.kind === 'none')
    return refuses(construction, 'bin_boundaries', message('either "num_bins" or "bin_boundaries" must be given'));
  if (bins.kind !== 'none' && boundaries.kind !== 'none' && bins.kind !== 'unknown' && boundaries.kind !== 'unknown') {
    return refuses(construction, 'num_bins', message('"num_bins" and "bin_boundaries" cannot both be given'));
  }
  const number = integerOf(bins);
  const wrong = typeof number === 'number' ? number < 0 : isNoNumber(bins) && bins.kind !== 'none';
  return wrong && refuses(construction, 'num_bins', message('the argument "num_bins" must not be negative'));
};

const discretization: LayerDeclaration = {
  name: 'Discretization',
  signature: "bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode='int', sparse=False, dtype=None, name=None",
  check: checks(sparseNeedsVectors, oneOf('output_mode', ['int', 'one_hot', 'multi_hot', 'count']), binsOrBoundaries),
  output: fromTensor((_, dims, invocation) => {
    const { args } = invocation;
    const mode = outputMode(invocation);
    const boundaries = itemsOf(args.get('bin_boundaries'));
    const depth = boundaries !== undefined ? boundaries.length + 1 : args.isNone('bin_boundaries') ? sizeOf(args, 'num_bins') : unknownDim();
    if (mode === 'int') return invocation.result(dims === undefined ? unknownShape : { dims }, { dtype: 'int32', range: indexRange(depth, false) });
    const facts = { range: vectorRange(mode, depth) };
    if (mode === undefined || dims === undefined) return invocation.result(unknownShape, facts);
    if (mode === 'one_hot') return invocation.result(oneHotShape(dims, depth), facts);
    // Keras leaves out axis 1, not the last one.
    return invocation.result({ dims: dims.length >= 2 ? [dims[0] ?? unknownDim(), ...dims.slice(2), depth] : [depth] }, facts);
  }),
};

/** The type these layers have unless `dtype` says otherwise: int64 for indices. */
function indexType(invocation: LayerInvocation): { readonly dtype?: DType } {
  const given = invocation.args.given('dtype') === true && !invocation.args.isNone('dtype');
  return given || outputMode(invocation) !== 'int' ? {} : { dtype: 'int64' };
}

const hashing: LayerDeclaration = {
  name: 'Hashing',
  signature: "num_bins, mask_value=None, salt=None, output_mode='int', sparse=False, **kwargs",
  // Keras 3.15 asks for more than 0 and takes fractions.
  check: checks((construction) => construction.args.get('num_bins').kind !== 'float' && positiveInteger('num_bins')(construction), oneOf('output_mode', ['int', 'one_hot', 'multi_hot', 'count']), sparseNeedsVectors, salt),
  output: fromTensor((_, dims, invocation) => {
    const [mode, bins] = [outputMode(invocation), sizeOf(invocation.args, 'num_bins')];
    if (mode === 'int')
      return invocation.result(dims === undefined ? unknownShape : { dims }, { ...indexType(invocation), range: indexRange(bins, false) });
    if (mode === undefined || dims === undefined) return invocation.result(unknownShape, { range: vectorRange(mode, bins) });
    return invocation.result({ dims: [...dims.slice(0, -1), bins] }, { range: vectorRange(mode, bins) });
  }),
};

const hashedCrossing: LayerDeclaration = {
  name: 'HashedCrossing',
  signature: "num_bins, output_mode='int', sparse=False, name=None, dtype=None, **kwargs",
  extraKeywords: 'any',
  check: checks(oneOf('output_mode', ['int', 'one_hot']), sparseNeedsVectors),
  output: (invocation): Value => {
    const { tensors, input } = invocation;
    if (tensors === undefined) return unknown();
    const [left, right] = tensors.map((tensor) => tensor.shape.dims?.at(-1));
    const differ = left !== undefined && right !== undefined && !isUndefinedAxis(left) && !isUndefinedAxis(right) && dimEquals(left, right) === false;
    if (input.kind === 'tensor' || tensors.length !== 2 || differ || (left === undefined) !== (right === undefined)) {
      invocation.refuse(
        message('{layer} crosses two tensors of the same shape, got {shapes}', {
          layer: invocation.layer.name,
          shapes: tensors.map((tensor) => formatShape(tensor.shape)).join(' and '),
        }),
        { rule: 'shape-mismatch' },
      );
      return unknown();
    }
    const [dims, mode, bins] = [tensors[0]?.shape.dims, outputMode(invocation), sizeOf(invocation.args, 'num_bins')];
    if (mode === undefined || dims === undefined) return invocation.result(unknownShape);
    if (mode === 'int') return invocation.result({ dims }, { ...indexType(invocation), range: indexRange(bins, false) });
    const shape = dims.at(-1) === 1 ? { dims: [...dims.slice(0, -1), bins] } : { dims: [...dims, bins] };
    return invocation.result(shape, { range: vectorRange(mode, bins) });
  },
};

interface Lookup {
  /** Entries before the words: the mask and the unknown words. */
  readonly reserved: number;
  readonly words: readonly Value[];
}

/** The vocabulary as it is kept; undefined where it is not known, learned from data, or in a file. */
function lookupOf(construction: Construction): Lookup | undefined {
  const { args } = construction;
  const [items, unknownWords] = [
    itemsOf(args.get('vocabulary')),
    args.number('num_oov_indices') ?? (args.given('num_oov_indices') === false ? 1 : undefined),
  ];
  if (items === undefined || unknownWords === undefined) return undefined;
  const mask = construction.className === 'TextVectorization' ? ({ kind: 'str', value: '' } as const) : args.get('mask_token');
  const masked = mask.kind !== 'none' && outputMode(construction) === 'int' ? 1 : 0;
  const special: Value[] = [...Array.from({ length: masked }, () => mask), ...Array.from({ length: unknownWords }, () => oovToken(construction))];
  const startsWithSpecial =
    special.length > 0 && special.every((token, index) => items[index] !== undefined && valuesEqual(token, items[index]) === true);
  return { reserved: special.length, words: startsWithSpecial ? items.slice(special.length) : items };
}

function oovToken(construction: Construction): Value {
  return construction.className === 'TextVectorization' ? { kind: 'str', value: '[UNK]' } : construction.args.get('oov_token');
}

const vocabularyFits: Check = (construction) => {
  const lookup = lookupOf(construction);
  if (lookup === undefined) return false;
  if (lookup.words.length === 0 && lookup.reserved === 0) return refuses(construction, 'vocabulary', message('the vocabulary must not be empty'));
  const keys = lookup.words.map((word) =>
    word.kind === 'str' ? `s${word.value}` : word.kind === 'int' && typeof word.value === 'number' ? `i${word.value}` : undefined,
  );
  if (keys.every((key) => key !== undefined) && new Set(keys).size !== keys.length)
    return refuses(construction, 'vocabulary', message('each word must stand in the vocabulary once'));
  const [most, size] = [construction.args.number('max_tokens'), lookup.reserved + lookup.words.length];
  return (
    most !== undefined &&
    size > most &&
    refuseArgument(
      construction,
      'max_tokens',
      message('{layer}: the vocabulary has {size} entries with those for unknown words, more than max_tokens={most}', {
        layer: construction.className,
        size,
        most,
      }),
    )
  );
};

const lookupArguments: Check = (construction) => {
  const { args } = construction;
  const mode = outputMode(construction);
  const most = args.get('max_tokens');
  const number = integerOf(most);
  if (typeof number === 'number' ? number <= 1 : most.kind !== 'none' && isNoNumber(most))
    return refuses(construction, 'max_tokens', message('the argument "max_tokens" must be more than 1'));
  if (flag(args, 'pad_to_max_tokens') === true && most.kind === 'none')
    return refuses(construction, 'pad_to_max_tokens', message('pad_to_max_tokens=True needs "max_tokens"'));
  const unknownWords = args.get('num_oov_indices');
  const count = integerOf(unknownWords);
  if (args.given('num_oov_indices') !== false && (typeof count === 'number' ? count < 0 : isNoInteger(unknownWords)))
    return refuses(construction, 'num_oov_indices', message('the argument "num_oov_indices" must not be negative'));
  if (flag(args, 'invert') === true && mode !== undefined && mode !== 'int')
    return refuses(construction, 'output_mode', message("invert=True needs output_mode='int'"));
  const weights = args.get('idf_weights');
  if (weights.kind !== 'none' && weights.kind !== 'unknown' && mode !== undefined && mode !== 'tf_idf')
    return refuses(construction, 'output_mode', message("idf_weights need output_mode='tf_idf'"));
  return (
    mode === 'tf_idf' &&
    weights.kind === 'none' &&
    itemsOf(args.get('vocabulary')) !== undefined &&
    refuses(construction, 'idf_weights', message("a vocabulary with output_mode='tf_idf' needs idf_weights"))
  );
};

const lookupModes = oneOf('output_mode', ['int', 'one_hot', 'multi_hot', 'count', 'tf_idf', 'binary', 'tf-idf']);

/** How many entries the table has; what is learned from data is not known here. */
function lookupSize(construction: Construction): Dim {
  const lookup = lookupOf(construction);
  if (flag(construction.args, 'pad_to_max_tokens') === true) return sizeOf(construction.args, 'max_tokens');
  return lookup === undefined ? unknownDim() : lookup.reserved + lookup.words.length;
}

function lookupShape(dims: readonly Dim[], mode: string, depth: Dim): Shape {
  return mode === 'one_hot' ? oneHotShape(dims, depth) : { dims: [...dims.slice(0, -1), depth] };
}

function indexLookup(name: string, signature: string, extra: readonly Check[]): LayerDeclaration {
  return {
    name,
    signature,
    extraKeywords: ['vocabulary_size', 'has_input_vocabulary'],
    check: checks(lookupArguments, ...extra, lookupModes, sparseNeedsVectors, vocabularyFits),
    output: fromTensor((_, dims, invocation) => {
      const [mode, depth] = [outputMode(invocation), lookupSize(invocation)];
      if (mode === undefined) return invocation.result(unknownShape, { dtype: undefined });
      const inverted = flag(invocation.args, 'invert');
      if (mode === 'int') {
        const range = inverted === false && lookupOf(invocation) !== undefined ? indexRange(depth, true) : undefined;
        return invocation.result(dims === undefined ? unknownShape : { dims }, { dtype: 'int64', range });
      }
      return invocation.result(dims === undefined ? unknownShape : lookupShape(dims, mode, depth), {
        dtype: 'float32',
        range: vectorRange(mode, depth),
      });
    }),
  };
}

const integerLookup = indexLookup(
  'IntegerLookup',
  "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None, vocabulary_dtype='int64', idf_weights=None, invert=False, output_mode='int', " +
    "sparse=False, pad_to_max_tokens=False, oov_method='floormod', salt=None, name=None, **kwargs",
  [oneOf('vocabulary_dtype', ['int64'], { others: true }), oneOf('oov_method', ['floormod', 'farmhash']), salt],
);

const stringLookup = indexLookup(
  'StringLookup',
  "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token='[UNK]', vocabulary=None, idf_weights=None, invert=False, output_mode='int', pad_to_max_tokens=False, " +
    "sparse=False, encoding='utf-8', name=None, salt=None, **kwargs",
  [salt],
);

const ngrams: Check = (construction) => {
  const value = construction.args.get('ngrams');
  const wrong = value.kind === 'tuple' ? value.items.some(isNoInteger) : value.kind !== 'none' && isNoInteger(value);
  return wrong && refuses(construction, 'ngrams', message('the argument "ngrams" must be an integer or a tuple of integers'));
};

const sequenceLength: Check = (construction) => {
  const [value, mode] = [construction.args.get('output_sequence_length'), outputMode(construction)];
  if (value.kind === 'none' || value.kind === 'unknown') return false;
  if (mode !== undefined && mode !== 'int') return refuses(construction, 'output_sequence_length', message("output_sequence_length needs output_mode='int'"));
  const length = integerOf(value);
  const wrong = typeof length === 'number' ? length < 0 : isNoInteger(value);
  return wrong && refuses(construction, 'output_sequence_length', message('the argument "output_sequence_length" must be an integer'));
};

const textVectorization: LayerDeclaration = {
  name: 'TextVectorization',
  signature:
    "max_tokens=None, standardize='lower_and_strip_punctuation', split='whitespace', ngrams=None, output_mode='int', output_sequence_length=None, " +
    "pad_to_max_tokens=False, vocabulary=None, idf_weights=None, sparse=False, ragged=False, encoding='utf-8', name=None, **kwargs",
  extraKeywords: ['vocabulary_size', 'has_input_vocabulary'],
  check: checks(
    oneOf('standardize', ['lower_and_strip_punctuation', 'lower', 'strip_punctuation'], { optional: true }),
    oneOf('split', ['whitespace', 'character'], { optional: true }),
    lookupModes,
    ngrams,
    sequenceLength,
    lookupArguments,
    sparseNeedsVectors,
    vocabularyFits,
  ),
  output: fromTensor((_, dims, invocation) => {
    const { args } = invocation;
    const [mode, depth] = [outputMode(invocation), lookupSize(invocation)];
    if (mode === undefined || dims === undefined) return invocation.result(unknownShape, { dtype: undefined });
    if (mode === 'int') {
      const length = args.isNone('output_sequence_length') ? unknownDim({ prints: 'None' }) : sizeOf(args, 'output_sequence_length');
      const most = lookupOf(invocation) === undefined ? args.number('max_tokens') : undefined;
      // Unsplit texts are looked up as they are; a text without axes gives one row of words.
      const isWhole = args.isNone('split') && args.isNone('output_sequence_length') && args.flag('ragged') === false;
      return invocation.result(isWhole ? { dims } : shapeOf(...dims.slice(0, 1), length), { dtype: 'int64', range: indexRange(most ?? depth, false) });
    }
    const words = args.isNone('split') ? (dims.length <= 1 ? [...dims, 1] : dims) : [...dims, unknownDim({ prints: 'None' })];
    return invocation.result(lookupShape(words, mode, depth), { dtype: 'float32', range: vectorRange(mode, depth) });
  }),
};

export const encodingLayers: readonly LayerDeclaration[] = [
  textVectorization,
  stringLookup,
  integerLookup,
  categoryEncoding,
  discretization,
  hashing,
  hashedCrossing,
];
