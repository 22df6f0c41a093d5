// What `fit`, `evaluate` and `predict` may be given besides arrays: data sets, iterators, sequences and generators. Each catalogue says for its
// own classes what one batched element is. It must not know Keras' models or any one data set.
import type { ImageFolder } from '../../trace/configuration.ts';
import { joinValues } from '../../values/equality.ts';
import { moveIterator } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';

/** What a source of data gives for each step. */
export interface DataSourceElement {
  /** One batched element: a tensor, an `(x, y)` or `(x, y, sample_weight)` tuple, a dict of inputs; unknown where it is not known. */
  readonly element: Value;
  /** Examples in a batch, where it is known. */
  readonly batchSize?: number | undefined;
  /** The folder of pictures behind it. */
  readonly imageFolder?: ImageFolder | undefined;
}

export type DataSourceResolver = (interpreter: Interpreter, value: InstanceValue, place: Place) => DataSourceElement | undefined;

/** So many of a generator's batches are compared: the others are like them. */
const mostCompared = 4;

const resolvers = new Map<ClassValue, DataSourceResolver>();

/** Says what instances of the class, and of classes of the program that inherit from it, give when a model is fitted on them. */
export function registerDataSource(cls: ClassValue, resolve: DataSourceResolver): void {
  resolvers.set(cls, resolve);
}

/** One batched element of what `fit` was given as `x`; undefined where the value is no such source (an array, a list). */
export function resolveDataSource(interpreter: Interpreter, value: Value, place: Place): DataSourceElement | undefined {
  if (value.kind === 'iterator') {
    // A generator of the program gives batches; looking at them does not use it up.
    const taken = value.taken ?? value.source();
    moveIterator(value, taken, value.position);
    const [first, ...others] = taken.items.slice(0, mostCompared);
    return first === undefined ? undefined : { element: others.reduce(joinValues, first) };
  }
  if (value.kind !== 'instance') return undefined;
  for (const cls of value.cls.mro) {
    const resolve = resolvers.get(cls);
    if (resolve !== undefined) return resolve(interpreter, value, place);
  }
  return undefined;
}

/** The inputs and targets of an element as `fit` unpacks it. A list or another tuple than a pair or a triple is one input. */
export function unpackElement(element: Value): {
  readonly input: Value;
  readonly target: Value | undefined;
  readonly sampleWeight: Value | undefined;
} {
  if (element.kind !== 'tuple') return { input: element, target: undefined, sampleWeight: undefined };
  const [input, target, sampleWeight] = element.items;
  return input === undefined || element.items.length > 3
    ? { input: element, target: undefined, sampleWeight: undefined }
    : { input, target, sampleWeight };
}
