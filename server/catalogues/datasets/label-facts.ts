// What is known of labels beside their shape: the classes that one-hot rows were made for and the labels they came from, and where a number
// of classes is stated. Checks read it; to_categorical, one_hot and the data sets write it. It must not know any one library.
import type { Dim } from '../../tensors/dim.ts';
import { isKnown } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { labelRange, oneHotRange, type ValueRange } from '../../tensors/range.ts';
import { normalizeAxis, unknownShape } from '../../tensors/shape.ts';
import type { Message, Origin, Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, TensorValue, Value } from '../../values/value.ts';

export interface OneHotFacts {
  /** The width of the rows. */
  readonly classes: Dim | undefined;
  /** The labels that were encoded. */
  readonly labels: ValueRange | undefined;
  readonly origin: Origin | undefined;
}

/** Set on tensors whose last axis (or the encoded one) holds one-hot rows. */
export const oneHotSlot = defineSlot<OneHotFacts>('one-hot');

export function oneHotFacts(value: Value | undefined): OneHotFacts | undefined {
  return oneHotSlot.get(value);
}

/** One-hot rows of labels: an axis more, of `classes`. */
export function oneHotTensor(facts: {
  readonly cls: ClassValue;
  readonly labels: TensorValue;
  readonly classes: Dim | undefined;
  readonly dtype: DType | undefined;
  readonly axis?: number;
}): TensorValue {
  const { labels, classes } = facts;
  const dims = labels.shape.dims;
  const axis = dims === undefined ? undefined : normalizeAxis(facts.axis ?? -1, dims.length + 1);
  const encoded = tensor({
    cls: facts.cls, dtype: facts.dtype, origin: labels.origin,
    shape: dims === undefined || axis === undefined || classes === undefined ? unknownShape : { dims: dims.toSpliced(axis, 0, classes) },
    range: oneHotRange(classes !== undefined && isKnown(classes) ? classes : undefined),
  });
  return oneHotSlot.on(encoded, { classes, labels: labels.range, origin: labels.origin });
}

/** `5 classes: tfds tf_flowers`. */
export function classesMessage(count: number, source: string | Message): Message {
  return message('{count} classes: {source}', { count, source });
}

export interface LabelSource {
  readonly classes: number;
  /** What states the number, for people: `tfds tf_flowers`, `keras.datasets.cifar10`. */
  readonly source: string | Message;
  readonly place: Place | undefined;
}

export function labelOrigin(facts: LabelSource): Origin {
  return { place: facts.place, says: classesMessage(facts.classes, facts.source) };
}

/** With fewer examples than this for each class, it is not taken for certain that every class occurs. */
const examplesForEachClass = 20;

/** Labels 0 … classes - 1; their ends are attained where enough examples are looked at. */
export function labelsOf(classes: number, examples: number | undefined): ValueRange {
  return { ...labelRange(classes), attained: examples !== undefined && examples >= examplesForEachClass * classes };
}

/** The range after only some of the examples were kept, `kept` of them where that is known. */
export function rangeOfSome(range: ValueRange | undefined, kept: number | undefined): ValueRange | undefined {
  if (range === undefined || !range.attained || range.low === range.high) return range;
  const values = range.integral ? range.high - range.low + 1 : 1;
  return kept !== undefined && kept >= examplesForEachClass * values ? range : { ...range, attained: false };
}
