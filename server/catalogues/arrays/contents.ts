// The elements of small arrays: where they are kept, how views read them, and how a tensor is made from what is known of it.
// Elements are sizes, so that `np.prod((H, W, 3))` and `tf.shape(x)[1] // 2` stay symbolic. It must not know any library.
import type { Dim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { rangeOfDim } from '../../tensors/occurring.ts';
import { isConstant, uniteRanges, rangeOfValues, type ValueRange } from '../../tensors/range.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { Origin } from '../../values/place.ts';
import { defineSlot, plainContent } from '../../values/slots.ts';
import { largestKnownContents, tensor } from '../../values/tensor.ts';
import type { ClassValue, TensorValue, Value } from '../../values/value.ts';

/** Elements of which some are symbolic sizes; those that are all numbers stand in `contents`. */
const symbolicElements = defineSlot<readonly Dim[]>('symbolic elements', undefined, plainContent);

/** All elements in row-major order, where they are few and known. */
export function elementsOf(value: TensorValue): readonly Dim[] | undefined {
  return value.contents ?? symbolicElements.get(value);
}

/** The distinct values of an array of strings, or of one with too many elements to keep them (a column of a table). */
export interface Distinct {
  readonly texts?: readonly string[] | undefined;
  readonly numbers?: readonly number[] | undefined;
}
export const distinctSlot = defineSlot<Distinct>('distinct values', undefined, plainContent);

export interface ArrayFacts {
  readonly cls: ClassValue;
  readonly shape: Shape;
  readonly dtype: DType | undefined;
  /** When absent, it is that of the elements. */
  readonly range?: ValueRange | undefined;
  readonly elements?: readonly Dim[] | undefined;
  readonly origin?: Origin | undefined;
}

/** A tensor; elements whose number does not fit the shape, or that are too many, are dropped. */
export function makeArray(facts: ArrayFacts): TensorValue {
  const sizes = knownSizes(facts.shape);
  // All elements alike and only one of them: the maximum of labels of which the largest certainly occurs.
  const single =
    facts.elements === undefined && facts.range !== undefined && facts.range.attained && isConstant(facts.range) && sizes?.length === 0
      ? [facts.range.low]
      : undefined;
  const fits =
    facts.elements !== undefined && sizes !== undefined && facts.elements.length === countOf(sizes) && facts.elements.length <= largestKnownContents;
  const elements = fits ? facts.elements : single;
  const numbers = elements === undefined || !elements.every((element) => typeof element === 'number') ? undefined : elements;
  const range = numbers !== undefined && numbers.length > 0 ? rangeOfValues(numbers) : (facts.range ?? rangeOfElements(elements));
  const made = tensor({
    cls: facts.cls,
    shape: facts.shape,
    dtype: facts.dtype,
    contents: numbers,
    origin: facts.origin,
    // A float array of whole numbers stays whole: labels are often kept as floats.
    range,
  });
  return elements !== undefined && numbers === undefined ? symbolicElements.on(made, elements) : made;
}

function rangeOfElements(elements: readonly Dim[] | undefined): ValueRange | undefined {
  if (elements === undefined || elements.length === 0) return undefined;
  return elements
    .map((element): ValueRange => (typeof element === 'number' ? { low: element, high: element, integral: Number.isInteger(element), attained: false } : rangeOfDim(element)))
    .reduce(uniteRanges);
}

/** The sizes, where all are known numbers. */
export function knownSizes(shape: Shape): readonly number[] | undefined {
  return shape.dims?.every((dim) => typeof dim === 'number') ? shape.dims : undefined;
}

export function countOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** A whole number that Python takes as a size or an index: an int, or an integer array without axes whose element is known. */
export function dimFromValue(value: Value | undefined): Dim | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'int') return value.value;
  if (value.kind === 'bool') return Number(value.value);
  if (value.kind !== 'tensor' || value.dtype === undefined || isFloating(value.dtype) || value.shape.dims?.length !== 0) return undefined;
  return elementsOf(value)?.[0];
}

/** The known number that a Python number or an array without axes is. */
export function numberFromValue(value: Value | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'float') return value.value;
  const element = value.kind === 'tensor' ? (value.shape.dims?.length === 0 ? elementsOf(value)?.[0] : undefined) : dimFromValue(value);
  return typeof element === 'number' ? element : undefined;
}

/** How an array's elements lie in a flat list: transposing, slicing, flipping and broadcasting only change this. */
export interface View {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

export function contiguous(sizes: readonly number[]): View {
  const strides: number[] = new Array<number>(sizes.length).fill(1);
  for (let axis = sizes.length - 2; axis >= 0; axis -= 1) strides[axis] = (strides[axis + 1] ?? 1) * (sizes[axis + 1] ?? 1);
  return { sizes, strides, offset: 0 };
}

/** The positions of a view's elements in row-major order. */
export function positionsOf(view: View): number[] {
  let positions = [view.offset];
  for (const [axis, size] of view.sizes.entries()) {
    const stride = view.strides[axis] ?? 0;
    const next: number[] = [];
    for (const position of positions) for (let at = 0; at < size; at += 1) next.push(position + at * stride);
    positions = next;
  }
  return positions;
}

/** The elements a view shows; undefined where it would be more than are kept. */
export function readView<T>(view: View, elements: readonly T[]): T[] | undefined {
  if (countOf(view.sizes) > largestKnownContents) return undefined;
  const read: T[] = [];
  for (const position of positionsOf(view)) {
    const element = elements[position];
    if (element === undefined) return undefined;
    read.push(element);
  }
  return read;
}

/** The view of an array of the first sizes, repeated to the second as broadcasting does. */
export function broadcastView(sizes: readonly number[], target: readonly number[]): View {
  const view = contiguous(sizes);
  const offset = target.length - sizes.length;
  return {
    sizes: target,
    offset: 0,
    strides: target.map((_, axis) => (axis < offset || sizes[axis - offset] === 1 ? 0 : (view.strides[axis - offset] ?? 0))),
  };
}

/** Splits elements along an axis: for each combination of the other axes, in order, the positions along it. */
export function lanesOf(sizes: readonly number[], axes: readonly number[]): number[][] {
  const view = contiguous(sizes);
  const pick = (wanted: boolean): View => {
    const kept = sizes.map((_, axis) => axis).filter((axis) => axes.includes(axis) === wanted);
    return { sizes: kept.map((axis) => sizes[axis] ?? 1), strides: kept.map((axis) => view.strides[axis] ?? 0), offset: 0 };
  };
  const inside = positionsOf(pick(true));
  return positionsOf(pick(false)).map((start) => inside.map((position) => start + position));
}
