// tf.data.Dataset: what is kept of one, and how one is made, counted and looked at. The class's own members stand in dataset-class.ts,
// transformations in dataset-methods.ts, sources in dataset-sources.ts. It must not know any one collection of data.
import { ceilDivideDims, type Dim, floorDivideDims, formatDim, isKnown, maximumDims, minimumDims, multiplyDims, subtractDims } from '../../tensors/dim.ts';
import type { ImageFolder } from '../../trace/configuration.ts';
import { groupDigits } from '../../trace/counts.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { Origin } from '../../values/place.ts';
import { registerPresentation } from '../../values/presentation.ts';
import { defineSlot } from '../../values/slots.ts';
import type { InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { instance, unknown } from '../../values/value.ts';
import { registerDataSource } from '../keras/data-source.ts';
import { someOf } from './elements.ts';

export type Cardinality = Dim | 'infinite' | undefined;

export interface DatasetFacts {
  /** One element that stands for all: a structure of tensors, or unknown. */
  readonly element: Value;
  /** How many elements; undefined where it is not known. */
  readonly cardinality: Cardinality;
  /** How many examples an element holds: the size of the last batch; 1 before. */
  readonly batchSize: Dim | undefined;
  /** How many examples there are before batching, where it is known. */
  readonly examples: number | undefined;
  /** The order has nothing to do with the classes, so that a part holds as many classes as the whole. */
  readonly mixed: boolean;
  readonly origin: Origin | undefined;
  /** The folder of pictures that it reads. */
  readonly imageFolder?: ImageFolder | undefined;
}

export const datasetSlot = defineSlot<DatasetFacts>('tf.data.Dataset');

export const datasetClass = nativeClass({ name: 'Dataset', qualifiedName: 'tensorflow.data.Dataset' });

export function makeDataset(facts: Pick<DatasetFacts, 'element' | 'cardinality'> & Partial<DatasetFacts>, cls = datasetClass): InstanceValue {
  const made = instance(cls, facts.origin);
  const examples = 'examples' in facts ? facts.examples : typeof facts.cardinality === 'number' ? facts.cardinality : undefined;
  datasetSlot.set(made, { batchSize: 1, mixed: false, origin: undefined, ...facts, examples });
  return made;
}

/** Another data set made from one, with some facts changed. */
export function derivedDataset(from: DatasetFacts, changes: Partial<DatasetFacts>): InstanceValue {
  return makeDataset({ ...from, ...changes });
}

export function datasetFacts(value: Value | undefined): DatasetFacts | undefined {
  return datasetSlot.get(value);
}

export function mapCardinality(cardinality: Cardinality, change: (size: Dim) => Cardinality): Cardinality {
  return cardinality === undefined || cardinality === 'infinite' ? cardinality : change(cardinality);
}

export function smallerCardinality(left: Cardinality, right: Cardinality): Cardinality {
  if (left === 'infinite') return right;
  if (right === 'infinite') return left;
  return left === undefined || right === undefined ? undefined : minimumDims(left, right);
}

export function repeatCardinality(cardinality: Cardinality, count: number | undefined): Cardinality {
  if (count === undefined || cardinality === undefined) return undefined;
  return cardinality === 'infinite' || count < 0 ? 'infinite' : multiplyDims(cardinality, count);
}

export function batchCardinality(cardinality: Cardinality, size: Dim | undefined, dropRemainder: boolean | undefined): Cardinality {
  return mapCardinality(cardinality, (count) => (size === undefined || dropRemainder === undefined || size === 0 ? undefined
    : dropRemainder ? floorDivideDims(count, size) : ceilDivideDims(count, size)));
}

/** What is left after `count` elements. */
export function restCardinality(cardinality: Cardinality, count: Dim): Cardinality {
  return mapCardinality(cardinality, (size) => maximumDims(0, subtractDims(size, count)));
}

/** How many examples lie in so many elements. */
export function examplesIn(facts: DatasetFacts, elements: Cardinality): number | undefined {
  if (elements === undefined || elements === 'infinite' || facts.batchSize === undefined) return elements === 'infinite' ? facts.examples : undefined;
  const product = multiplyDims(elements, facts.batchSize);
  return isKnown(product) ? Math.min(product, facts.examples ?? product) : undefined;
}

/** One element of a data set of which only `kept` elements are used. */
export function elementOfSome(facts: DatasetFacts, kept: Cardinality): Value {
  return someOf(facts.element, facts.mixed ? examplesIn(facts, kept) : undefined);
}

/** Calls a function given to `map`, `filter` and others on an element: a tuple is spread over its parameters. */
export function callOnElement(call: NativeCall, callee: Value, element: Value): Value {
  if (element.kind === 'unknown' && callee.kind === 'function') {
    // An unknown element may be a tuple: each parameter gets something unknown.
    const parameters = callee.node.parameters.all.filter((one) => one.kind !== 'star' && one.kind !== 'double-star' && one.default === undefined);
    return call.interpreter.call(callee, argumentsOf(parameters.map(() => unknown())), call.place);
  }
  const spread = element.kind === 'tuple' && element.cls === undefined ? element.items : [element];
  return call.interpreter.call(callee, argumentsOf(spread), call.place);
}

registerDataSource(datasetClass, (_, value) => {
  const facts = datasetFacts(value);
  if (facts === undefined) return undefined;
  return { element: facts.element, batchSize: typeof facts.batchSize === 'number' ? facts.batchSize : undefined, imageFolder: facts.imageFolder };
});

/** `3,670 elements`. */
function countText(cardinality: Cardinality): string | undefined {
  if (cardinality === undefined) return undefined;
  if (cardinality === 'infinite') return 'endless';
  return cardinality === 1 ? '1 element' : `${isKnown(cardinality) ? groupDigits(cardinality) : formatDim(cardinality)} elements`;
}

registerPresentation(datasetClass, (value) => {
  const facts = datasetFacts(value);
  if (facts === undefined) return undefined;
  return { text: ['tf.data.Dataset', countText(facts.cardinality)].filter((part) => part !== undefined).join(', '), element: facts.element };
});

/** The origin of a data set that is no list of classes: `tfds cats_vs_dogs`. */
export function sourceOrigin(source: string, place: Origin['place']): Origin {
  return { place, says: message('{source}', { source }) };
}
