// Keras' helpers for labels and sequences: to_categorical, pad_sequences, and the classes that programs derive their own data from.
// It must not know models.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { dtypeOfName } from '../../tensors/dtype.ts';
import { castRange, constantRange, uniteRanges, type ValueRange } from '../../tensors/range.ts';
import type { Shape } from '../../tensors/shape.ts';
import { lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { ClassValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { int, none, originOf, unknown } from '../../values/value.ts';
import { makeArray, numberFromValue } from '../arrays/contents.ts';
import { asTensor } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { registerDataSource } from '../keras/data-source.ts';
import { ndarrayClass, numpyLibrary } from '../numpy/library.ts';
import { oneHotTensor } from './label-facts.ts';

/** A column of labels is encoded as a row of them: (n, 1) gives (n, classes). */
function withoutColumn(labels: TensorValue): TensorValue {
  const dims = labels.shape.dims;
  return dims === undefined || dims.length < 2 || dims.at(-1) !== 1 ? labels : { ...labels, shape: { dims: dims.slice(0, -1) } };
}

function toCategorical(call: NativeCall): Value {
  const { args, interpreter } = call;
  const given = asTensor(interpreter, args.get('x'), numpyLibrary);
  if (given === undefined) return unknown();
  const isArray = given.cls.mro.includes(ndarrayClass);
  const labels = withoutColumn({ ...given, range: given.range === undefined ? undefined : castRange(given.range, 'int64') });
  const range = labels.range;
  const highest = range?.attained ? range.high : undefined;
  const stated = args.get('num_classes');
  const classes: Dim = stated.kind === 'none' ? (highest === undefined ? unknownDim() : Math.max(0, highest) + 1) : args.int('num_classes') ?? unknownDim();
  if (stated.kind !== 'none' && range !== undefined && range.attained && isKnown(classes) && (range.high >= classes || range.low < -classes)) {
    const index = range.high >= classes ? range.high : range.low;
    interpreter.refuse({
      rule: 'label-range', place: args.place('num_classes') ?? call.place, exception: 'IndexError',
      message: message('labels run from {low} to {high}, but to_categorical() is told of {classes} classes: index {index} is out of bounds', { low: range.low, high: range.high, classes, index }),
      related: labels.origin?.place === undefined ? [] : [{ place: labels.origin.place, message: labels.origin.says ?? message('the labels') }],
    });
  }
  return oneHotTensor({ cls: given.cls, labels, classes, dtype: isArray ? 'float64' : 'float32' });
}

function padSequences(call: NativeCall): Value {
  const { args } = call;
  const sequences = args.get('sequences');
  const length = args.isNone('maxlen') ? undefined : args.int('maxlen');
  const value = numberFromValue(args.get('value'));
  const named = args.str('dtype');
  const dtype = named === undefined ? dtypeFromValue(args.get('dtype')) : dtypeOfName(named);
  const facts = sequenceFacts(call, sequences);
  const range = facts.range === undefined || value === undefined ? undefined : paddedRange(facts.range, value);
  const longest = args.isNone('maxlen') ? facts.longest ?? unknownDim({ minimum: 0 }) : length ?? unknownDim({ minimum: 0 });
  const shape: Shape = { dims: [facts.count ?? unknownDim({ minimum: 0 }), longest, ...facts.rest] };
  return makeArray({ cls: ndarrayClass, shape, dtype, range: range === undefined || dtype === undefined ? undefined : castRange(range, dtype), origin: originOf(sequences) });
}

/** The padding need not occur; the highest value stays attained, as only its presence can be a fault. */
function paddedRange(range: ValueRange, value: number): ValueRange {
  const whole = uniteRanges(range, constantRange(value));
  return { ...whole, attained: range.attained && whole.high === range.high };
}

interface SequenceFacts { readonly count: Dim | undefined; readonly longest: Dim | undefined; readonly range: ValueRange | undefined; readonly rest: readonly Dim[] }

function sequenceFacts(call: NativeCall, sequences: Value): SequenceFacts {
  if (sequences.kind === 'tensor') {
    const [count, longest, ...rest] = sequences.shape.dims ?? [];
    return { count, longest, range: sequences.range, rest };
  }
  if ((sequences.kind !== 'list' || sequences.open) && sequences.kind !== 'tuple') return { count: undefined, longest: undefined, range: undefined, rest: [] };
  let longest: number | undefined = 0;
  let range: ValueRange | undefined;
  let isRangeKnown = true;
  for (const one of sequences.items) {
    const row = asTensor(call.interpreter, one, numpyLibrary);
    const [size] = row?.shape.dims ?? [];
    longest = longest === undefined || size === undefined || !isKnown(size) ? undefined : Math.max(longest, size);
    if (row?.range === undefined) { if (size !== 0) isRangeKnown = false; }
    else range = range === undefined ? row.range : uniteRanges(range, row.range);
  }
  return { count: sequences.items.length, longest, range: isRangeKnown ? range : undefined, rest: [] };
}

/** `keras.utils.PyDataset`, `Sequence` before Keras 3: a class of the program gives batches by position. */
export const pyDatasetClass: ClassValue = nativeClass({
  name: 'PyDataset', qualifiedName: 'keras.utils.PyDataset',
  members: {
    __init__: nativeMethod('__init__', 'self, workers=1, use_multiprocessing=False, max_queue_size=10, **kwargs', () => none),
    on_epoch_begin: nativeMethod('on_epoch_begin', 'self', () => none),
    on_epoch_end: nativeMethod('on_epoch_end', 'self', () => none),
  },
});
registerDataSource(pyDatasetClass, (interpreter, value, place) => {
  if (lookUpInClass(value.cls, '__getitem__') === undefined) return { element: unknown() };
  return { element: interpreter.getItem(value, int(0), place) };
});

const padding = nativeFunction('pad_sequences', 'sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0', padSequences);

export const labelModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  'keras.utils': () => ({
    to_categorical: nativeFunction('to_categorical', 'x, num_classes=None', toCategorical), pad_sequences: padding, PyDataset: pyDatasetClass, Sequence: pyDatasetClass,
  }),
  'keras.preprocessing.sequence': () => ({ pad_sequences: padding }),
};

