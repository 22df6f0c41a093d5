// What the methods of tf.data.Dataset do to its element and its number of elements, each declared in one line with its signature.
// It must not know where data come from.
import { addDims, ceilDivideDims, type Dim, floorDivideDims, isKnown, maximumDims, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { anyInteger, rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeMethod } from '../../values/classes.ts';
import { tensor } from '../../values/tensor.ts';
import type { NativeCall, NativeFunction, TensorValue, Value } from '../../values/value.ts';
import { bool, int, none, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray, numberFromValue } from '../arrays/contents.ts';
import { tensorClass } from '../tensorflow/tensor.ts';
import {
  batchCardinality, callOnElement, type Cardinality, type DatasetFacts, datasetFacts, derivedDataset, elementOfSome, makeDataset, mapCardinality,
  repeatCardinality, restCardinality, smallerCardinality,
} from './dataset.ts';
import { asElement, mapTensors, openBatchDim, sliceElement, someOf, stackElement, uniteElements, withShape } from './elements.ts';
import { shapeFromValue } from './tensor-spec.ts';

type Transformation = (call: NativeCall, facts: DatasetFacts) => Value;

const same: Transformation = (_, facts) => derivedDataset(facts, {});
/** The same elements, in another order. */
const mixed: Transformation = (_, facts) => derivedDataset(facts, { mixed: true });
const lost: Transformation = (_, facts) => derivedDataset(facts, { element: unknown(), cardinality: undefined, batchSize: undefined });

/** `num_parallel_calls`, `name` and others change nothing here. */
const transformations: Readonly<Record<string, readonly [signature: string, apply: Transformation]>> = {
  map: ['map_func, num_parallel_calls=None, deterministic=None, synchronous=None, use_unbounded_threadpool=None, name=None', (call, facts) => derivedDataset(facts, {
    element: asElement(call.interpreter, callOnElement(call, call.args.get('map_func'), facts.element)),
  })],
  batch: ['batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None, name=None', (call, facts) => batched(call, facts, (element, size) => stackElement(element, size))],
  padded_batch: ['batch_size, padded_shapes=None, padding_values=None, drop_remainder=False, name=None', (call, facts) => {
    const shapes = call.args.get('padded_shapes');
    return batched(call, facts, (element, size) => stackElement(padElement(call, element, shapes), size));
  }],
  ragged_batch: ['batch_size, drop_remainder=False, row_splits_dtype=None, name=None', (call, facts) => batched(call, facts, () => unknown())],
  sparse_batch: ['batch_size, row_shape, name=None', (call, facts) => batched(call, facts, () => unknown())],
  rebatch: ['batch_size, drop_remainder=False, name=None', (call, facts) => {
    const examples = facts.examples;
    const loose: DatasetFacts = { ...facts, element: sliceElement(facts.element).element, cardinality: examples, batchSize: 1 };
    return batched(call, loose, (element, size) => stackElement(element, size));
  }],
  unbatch: ['name=None', (_, facts) => derivedDataset(facts, {
    element: sliceElement(facts.element).element, batchSize: 1, cardinality: facts.cardinality === 'infinite' ? 'infinite' : facts.examples,
  })],
  shuffle: ['buffer_size, seed=None, reshuffle_each_iteration=True, name=None', mixed],
  repeat: ['count=None, name=None', (call, facts) => {
    const count = call.args.get('count');
    return derivedDataset(facts, { cardinality: repeatCardinality(facts.cardinality, count.kind === 'none' ? -1 : numberFromValue(count)) });
  }],
  cache: ['filename="", name=None', same],
  prefetch: ['buffer_size, name=None', same],
  snapshot: ['path, compression="AUTO", reader_func=None, shard_func=None, name=None', same],
  with_options: ['options, name=None', same],
  ignore_errors: ['log_warning=False, name=None', (_, facts) => derivedDataset(facts, { cardinality: undefined })],
  take: ['count, name=None', (call, facts) => {
    const count = dimFromValue(call.args.get('count'));
    if (count !== undefined && isKnown(count) && count < 0) return derivedDataset(facts, {});
    const kept = count === undefined ? undefined : smallerCardinality(facts.cardinality, count);
    // Where it is not known how many there are, either `count` are taken or all.
    const element = elementOfSome(facts, kept ?? count);
    return derivedDataset(facts, { element, cardinality: kept, examples: count === undefined ? undefined : examplesOf(facts, kept) });
  }],
  skip: ['count, name=None', (call, facts) => {
    const count = dimFromValue(call.args.get('count'));
    const kept = count === undefined || (isKnown(count) && count < 0) ? undefined : restCardinality(facts.cardinality, count);
    return derivedDataset(facts, { element: elementOfSome(facts, kept), cardinality: kept, examples: examplesOf(facts, kept) });
  }],
  shard: ['num_shards, index, name=None', (call, facts) => {
    const [shards, index] = [dimFromValue(call.args.get('num_shards')), dimFromValue(call.args.get('index'))];
    const kept = shards === undefined || index === undefined || shards === 0 ? undefined
      : mapCardinality(facts.cardinality, (size) => maximumDims(0, ceilDivideDims(subtractDims(size, index), shards)));
    return derivedDataset(facts, { element: elementOfSome(facts, kept), cardinality: kept, examples: examplesOf(facts, kept) });
  }],
  filter: ['predicate, name=None', (call, facts) => {
    callOnElement(call, call.args.get('predicate'), facts.element);
    return derivedDataset(facts, { element: someOf(facts.element, undefined), cardinality: undefined, examples: undefined });
  }],
  take_while: ['predicate, name=None', (call, facts) => {
    callOnElement(call, call.args.get('predicate'), facts.element);
    return derivedDataset(facts, { element: someOf(facts.element, undefined), cardinality: undefined, examples: undefined });
  }],
  unique: ['name=None', (_, facts) => derivedDataset(facts, { cardinality: undefined, examples: undefined })],
  concatenate: ['dataset, name=None', (call, facts) => {
    const other = datasetFacts(call.args.get('dataset'));
    if (other === undefined) return lost(call, facts);
    return derivedDataset(facts, {
      element: uniteElements(facts.element, other.element), cardinality: sumOf(facts.cardinality, other.cardinality),
      examples: facts.examples === undefined || other.examples === undefined ? undefined : facts.examples + other.examples,
      batchSize: facts.batchSize === other.batchSize ? facts.batchSize : undefined, mixed: false,
    });
  }],
  enumerate: ['start=0, name=None', (call, facts) => {
    const start = call.args.number('start') ?? 0;
    const last = typeof facts.cardinality === 'number' && facts.cardinality > 0 ? start + facts.cardinality - 1 : undefined;
    return derivedDataset(facts, { element: tuple([countScalar(start, last), facts.element]) });
  }],
  flat_map: ['map_func, name=None', (call, facts) => flattened(call, facts, callOnElement(call, call.args.get('map_func'), facts.element))],
  interleave: ['map_func, cycle_length=None, block_length=None, num_parallel_calls=None, deterministic=None, name=None', (call, facts) =>
    flattened(call, facts, callOnElement(call, call.args.get('map_func'), facts.element))],
  window: ['size, shift=None, stride=1, drop_remainder=False, name=None', window],
  apply: ['transformation_func', (call) => {
    const result = call.interpreter.call(call.args.get('transformation_func'), argumentsOf([call.args.get('self')]), call.place);
    return result;
  }],
  group_by_window: ['key_func, reduce_func, window_size=None, window_size_func=None, name=None', (call, facts) => {
    const key = callOnElement(call, call.args.get('key_func'), facts.element);
    const group = derivedDataset(facts, { element: someOf(facts.element, undefined), cardinality: undefined });
    return flattened(call, facts, call.interpreter.call(call.args.get('reduce_func'), argumentsOf([asElement(call.interpreter, key), group]), call.place));
  }],
  bucket_by_sequence_length: [
    'element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None, padding_values=None, pad_to_bucket_boundary=False, no_padding=False, drop_remainder=False, name=None',
    (call, facts) => {
      const element = padElement(call, facts.element, call.args.get('padded_shapes'));
      return derivedDataset(facts, { element: stackElement(element, openBatchDim(element)), cardinality: undefined, batchSize: undefined });
    },
  ],
  scan: ['initial_state, scan_func, name=None', (call, facts) => {
    const state = withoutValues(asElement(call.interpreter, call.args.get('initial_state')));
    const result = call.interpreter.call(call.args.get('scan_func'), argumentsOf([state, facts.element]), call.place);
    return derivedDataset(facts, { element: result.kind === 'tuple' ? withoutValues(asElement(call.interpreter, result.items[1] ?? none)) : unknown() });
  }],
  rejection_resample: ['class_func, target_dist, initial_dist=None, seed=None, name=None', (_, facts) => derivedDataset(facts, {
    element: tuple([unknown(), someOf(facts.element, undefined)]), cardinality: undefined, examples: undefined,
  })],
};

/** Questions about a data set. */
const questions: Readonly<Record<string, readonly [signature: string, answer: Transformation]>> = {
  cardinality: ['name=None', (_, facts) => cardinalityTensor(facts.cardinality)],
  __len__: ['', (_, facts) => (facts.cardinality === undefined || facts.cardinality === 'infinite' ? unknown(undefined, 'int') : int(facts.cardinality))],
  __bool__: ['', () => bool(true)],
  options: ['', () => unknown()],
  get_single_element: ['name=None', (_, facts) => facts.element],
  reduce: ['initial_state, reduce_func, name=None', (call, facts) => {
    const state = withoutValues(asElement(call.interpreter, call.args.get('initial_state')));
    return withoutValues(asElement(call.interpreter, call.interpreter.call(call.args.get('reduce_func'), argumentsOf([state, facts.element]), call.place)));
  }],
};

export const datasetMethods: Readonly<Record<string, NativeFunction>> = Object.fromEntries(Object.entries({ ...transformations, ...questions }).map(([name, [signature, apply]]) => [
  name, nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
    const facts = datasetFacts(call.args.get('self'));
    return facts === undefined ? unknown() : apply(call, facts);
  }),
]));

function examplesOf(facts: DatasetFacts, kept: Cardinality): number | undefined {
  if (typeof kept !== 'number' || typeof facts.batchSize !== 'number') return undefined;
  return Math.min(kept * facts.batchSize, facts.examples ?? Number.POSITIVE_INFINITY);
}

function sumOf(left: Cardinality, right: Cardinality): Cardinality {
  if (left === 'infinite' || right === 'infinite') return 'infinite';
  return left === undefined || right === undefined ? undefined : addDims(left, right);
}

/** The batch axis has a known size only where a smaller last batch is dropped. */
function batched(call: NativeCall, facts: DatasetFacts, stack: (element: Value, size: Dim) => Value): Value {
  const size = dimFromValue(call.args.get('batch_size'));
  const drop = call.args.given('drop_remainder') === false ? false : call.interpreter.truth(call.args.get('drop_remainder'), call.place);
  const axis = drop === true && size !== undefined ? size : openBatchDim(facts.element);
  const cardinality = batchCardinality(facts.cardinality, size, drop);
  const batchSize = size !== undefined && typeof size === 'number' && typeof facts.batchSize === 'number' ? size * facts.batchSize : facts.batchSize === 1 ? size : undefined;
  return derivedDataset(facts, { element: stack(facts.element, axis), cardinality, batchSize });
}

/** Axes whose size is not known may be of any size in each batch; `padded_shapes` fixes some. */
function padElement(call: NativeCall, element: Value, shapes: Value): Value {
  if (shapes.kind !== 'none' && element.kind === 'tuple' && (shapes.kind === 'tuple' || shapes.kind === 'list') && element.items.length === shapes.items.length && element.items.some((item) => item.kind !== 'unknown')) {
    return { ...element, items: element.items.map((item, at) => padElement(call, item, shapes.items[at] ?? none)) };
  }
  if (shapes.kind === 'dict' && element.kind === 'dict') {
    return { ...element, entries: new Map([...element.entries].map(([key, entry]) => [key, { key: entry.key, value: padElement(call, entry.value, shapes.entries.get(key)?.value ?? none) }])) };
  }
  return mapTensors(element, (one) => {
    if (shapes.kind !== 'none') {
      const wanted = shapeFromValue(call.interpreter, shapes);
      return withShape(one, wanted.dims === undefined ? one.shape : wanted, { range: padded(one) });
    }
    if (one.shape.dims === undefined) return one;
    return withShape(one, { dims: one.shape.dims.map((dim) => (isKnown(dim) ? dim : unknownDim({ minimum: 0, prints: 'None' }))) }, { range: one.shape.dims.every(isKnown) ? one.range : padded(one) });
  });
}

/** Padding is 0 unless a value is given; the ends of the range are then bounds. */
function padded(one: TensorValue): TensorValue['range'] {
  return one.range === undefined ? undefined : { ...one.range, low: Math.min(0, one.range.low), high: Math.max(0, one.range.high), attained: one.range.attained && one.range.low <= 0 && one.range.high >= 0 };
}

/** The data set that a function gave for each element, end to end. */
function flattened(call: NativeCall, facts: DatasetFacts, result: Value): Value {
  const inner = datasetFacts(result);
  if (inner === undefined) return lost(call, facts);
  const whole = typeof facts.cardinality === 'number' && typeof inner.cardinality === 'number' ? facts.cardinality * inner.cardinality : undefined;
  return derivedDataset(inner, { cardinality: whole, examples: undefined, mixed: facts.mixed, origin: inner.origin ?? facts.origin });
}

function window(call: NativeCall, facts: DatasetFacts): Value {
  const { args } = call;
  const size = dimFromValue(args.get('size'));
  const shift = args.isNone('shift') ? size : dimFromValue(args.get('shift'));
  const stride = args.number('stride');
  const drop = args.flag('drop_remainder');
  const length = drop === true ? size : undefined;
  const span = size === undefined || stride === undefined ? undefined : addDims(1, typeof size === 'number' ? (size - 1) * stride : subtractDims(size, 1));
  const cardinality = shift === undefined || shift === 0 || span === undefined || drop === undefined ? undefined
    : mapCardinality(facts.cardinality, (count) => (drop ? maximumDims(0, addDims(1, floorDivideDims(subtractDims(count, span), shift))) : ceilDivideDims(count, shift)));
  return derivedDataset(facts, {
    element: mapTensors(facts.element, (one) => makeDataset({ element: one, cardinality: length, examples: undefined })),
    cardinality, batchSize: typeof size === 'number' ? size : undefined,
  });
}

/** A count as `enumerate` gives it. */
export function countScalar(first: number, last: number | undefined): TensorValue {
  return tensor({
    cls: tensorClass, shape: shapeOf(), dtype: 'int64',
    range: last === undefined ? { ...anyInteger, low: first } : rangeBetween(first, Math.max(first, last), { integral: true, attained: true }),
  });
}

/** -1 is endless; -2, which TensorFlow gives for "not known", may be known to it where it is not to us. */
export function cardinalityTensor(cardinality: Cardinality): Value {
  return makeArray({ cls: tensorClass, shape: shapeOf(), dtype: 'int64', elements: cardinality === undefined ? undefined : [cardinality === 'infinite' ? -1 : cardinality] });
}

/** Structure, shapes and types of a value that changes from step to step. */
function withoutValues(value: Value): Value {
  return mapTensors(value, (one) => withShape(one, one.shape, { range: undefined }));
}

