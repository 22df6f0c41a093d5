// keras.datasets: the arrays that `load_data` gives. Their sizes and classes stand in facts/; element types and ranges here.
import { type Dim, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { labelRange, rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { Origin } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { NativeCall, NativeFunction, TensorValue, Value } from '../../values/value.ts';
import { tuple, unknown } from '../../values/value.ts';
import { kerasDataset, type KerasDataset } from '../facts/tables.ts';
import '../numpy/ndarray.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { sourceOrigin } from './dataset.ts';
import { labelOrigin } from './label-facts.ts';

interface LoaderFacts {
  readonly signature: string;
  readonly input: DType;
  readonly target: DType;
  readonly range: (call: NativeCall) => ValueRange | undefined;
  /** The parameter that chooses among the rows of the table. */
  readonly variant?: string;
}

const pixels = (): ValueRange => rangeBetween(0, 255, { integral: true, attained: true });
const textSignature = 'num_words=None, skip_top=0, maxlen=None';

/**
 * Words are numbered by frequency, so that with `num_words` the largest number below it occurs, as long as there are that many words. 0 is kept for
 * padding, 1 starts a text, 2 is an unknown word, and the words themselves are moved by `index_from`.
 */
function wordRange(words: number): (call: NativeCall) => ValueRange | undefined {
  return ({ args }) => {
    const limit = args.number('num_words');
    const [start, missing, first] = [args.number('start_char'), args.isNone('oov_char') ? 0 : args.number('oov_char'), args.number('index_from')];
    if (start === undefined || missing === undefined || first === undefined) return undefined;
    const low = Math.min(start, missing, first);
    if (limit === undefined) return rangeBetween(low, Number.POSITIVE_INFINITY, { integral: true });
    return rangeBetween(low, Math.max(limit - 1, missing, start), { integral: true, attained: low === start && limit > 10 && limit <= words && args.number('skip_top') === 0 });
  };
}

const loaders: Readonly<Record<string, LoaderFacts>> = {
  mnist: { signature: 'path="mnist.npz"', input: 'uint8', target: 'uint8', range: pixels },
  fashion_mnist: { signature: '', input: 'uint8', target: 'uint8', range: pixels },
  cifar10: { signature: '', input: 'uint8', target: 'uint8', range: pixels },
  cifar100: { signature: 'label_mode="fine"', input: 'uint8', target: 'int64', range: pixels, variant: 'label_mode' },
  imdb: { signature: `path="imdb.npz", ${textSignature}, seed=113, start_char=1, oov_char=2, index_from=3, **kwargs`, input: 'object', target: 'int64', range: wordRange(80_000) },
  reuters: { signature: `path="reuters.npz", ${textSignature}, test_split=0.2, seed=113, start_char=1, oov_char=2, index_from=3`, input: 'object', target: 'int64', range: wordRange(30_000) },
  boston_housing: { signature: 'path="boston_housing.npz", test_split=0.2, seed=113', input: 'float64', target: 'float64', range: () => undefined },
  california_housing: { signature: 'version="large", path="california_housing.npz", test_split=0.2, seed=113', input: 'float32', target: 'float32', range: () => undefined, variant: 'version' },
};

/** Rows of the training and the test arrays; `test_split` moves the border between them, `maxlen` drops texts. */
function rowCounts(call: NativeCall, row: KerasDataset): readonly [Dim, Dim] {
  const [train = 0, test = 0] = [row.xTrain[0], row.xTest[0]];
  if (!call.args.isNone('maxlen')) return [unknownDim(), unknownDim()];
  if (call.args.given('test_split') === false || call.args.given('test_split') === undefined) return [train, test];
  const split = call.args.real('test_split');
  // Loaders without the parameter have a fixed border.
  if (call.args.isNone('test_split')) return [train, test];
  if (split === undefined) return [unknownDim(), unknownDim()];
  const border = Math.trunc((train + test) * (1 - split));
  return [border, train + test - border];
}

function load(call: NativeCall, name: string, facts: LoaderFacts): Value {
  const variant = facts.variant === undefined ? undefined : call.args.str(facts.variant);
  if (facts.variant !== undefined && variant === undefined) return unknown();
  const row = kerasDataset(name, variant);
  if (row === undefined) return unknown();
  const source = `keras.datasets.${name}`;
  const array = (shape: readonly Dim[], dtype: DType, range: ValueRange | undefined, origin: Origin): TensorValue => tensor({ cls: ndarrayClass, shape: { dims: shape }, dtype, range, origin });
  const inputOrigin = sourceOrigin(source, call.place);
  const targetOrigin = row.classes === undefined ? inputOrigin : labelOrigin({ classes: row.classes, source, place: call.place });
  const inputRange = facts.range(call);
  const targetRange = row.classes === undefined ? undefined : labelRange(row.classes);
  const pair = (rows: Dim, input: readonly number[], target: readonly number[]): Value => tuple([
    array([rows, ...input.slice(1)], facts.input, inputRange, inputOrigin), array([rows, ...target.slice(1)], facts.target, targetRange, targetOrigin),
  ]);
  const [train, test] = rowCounts(call, row);
  return tuple([pair(train, row.xTrain, row.yTrain), pair(test, row.xTest, row.yTest)]);
}

function wordIndex(name: string): NativeFunction {
  return nativeFunction('get_word_index', `path="${name}_word_index.json"`, () => ({ kind: 'dict', entries: new Map(), open: true }));
}

export const kerasArrayModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = Object.fromEntries(Object.entries(loaders).map(([name, facts]) => [
  `keras.datasets.${name}`, (): Readonly<Record<string, Value>> => ({
    load_data: nativeFunction('load_data', facts.signature, (call) => load(call, name, facts)),
    ...(facts.input === 'object' ? { get_word_index: wordIndex(name) } : {}),
  }),
]));
