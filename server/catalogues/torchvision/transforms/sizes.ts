// Sizes that transforms are given and what they make of a picture's: resizing by the shorter side, cropping, padding.
// Source of the arithmetic: torchvision 0.29. It must not know classes of transforms.
import { addDims, compareDims, type Dim, dimBounds, dimEquals, isKnown, maximumDims, symbol, unknownDim } from '../../../tensors/dim.ts';
import type { Value } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';

export type Size = readonly [height: Dim, width: Dim];

/** The numbers of a sequence; undefined where there is none. */
export function numbersOf(value: Value): readonly Dim[] | undefined {
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.open)) return undefined;
  return value.items.map((item) => dimFromValue(item) ?? unknownDim());
}

/** What `size=` says: one number, or height and width. */
export type SizeArgument = { readonly kind: 'short'; readonly side: Dim } | { readonly kind: 'both'; readonly size: Size } | undefined;

export function sizeArgument(value: Value): SizeArgument {
  const single = dimFromValue(value);
  if (single !== undefined) return { kind: 'short', side: single };
  const [first, second, third] = numbersOf(value) ?? [];
  if (first === undefined || third !== undefined) return undefined;
  return second === undefined ? { kind: 'short', side: first } : { kind: 'both', size: [first, second] };
}

/** A crop's size: one number makes a square. */
export function cropSize(value: Value): Size {
  const size = sizeArgument(value);
  return size === undefined ? [unknownDim(), unknownDim()] : size.kind === 'both' ? size.size : [size.side, size.side];
}

/** The size after `resize`. With one number it is the shorter side's, and the longer one keeps the proportions, rounded down. */
export function resizedSize(size: Size, argument: SizeArgument, maximum: Dim | undefined): Size {
  if (argument === undefined) return [unknownDim(), unknownDim()];
  if (argument.kind === 'both') return argument.size;
  const { side } = argument;
  const [height, width] = size;
  if (dimEquals(height, width) === true && maximum === undefined) return [side, side];
  if (!isKnown(height) || !isKnown(width) || !isKnown(side) || (maximum !== undefined && !isKnown(maximum))) {
    // One side is as asked for, the other one is longer: nobody knows which.
    const options = maximum === undefined ? { minimum: Math.max(1, dimBounds(side).low) } : { minimum: 1, maximum: dimBounds(maximum).high };
    return [symbol('H', options), symbol('W', options)];
  }
  const [short, long] = width <= height ? [width, height] : [height, width];
  let [newShort, newLong] = [side, Math.trunc((side * long) / short)];
  if (maximum !== undefined && isKnown(maximum) && newLong > maximum) [newShort, newLong] = [Math.trunc((maximum * newShort) / newLong), maximum];
  return width <= height ? [newLong, newShort] : [newShort, newLong];
}

/** `padding=`: one number, (left and right, top and bottom), or left, top, right, bottom. Undefined where it is not known. */
export function paddingOf(value: Value): readonly [left: Dim, top: Dim, right: Dim, bottom: Dim] | undefined {
  const single = dimFromValue(value);
  if (single !== undefined) return [single, single, single, single];
  const numbers = numbersOf(value);
  const [first, second, third, fourth] = numbers ?? [];
  if (first === undefined || numbers === undefined) return undefined;
  if (numbers.length === 1) return [first, first, first, first];
  if (numbers.length === 2 && second !== undefined) return [first, second, first, second];
  return second === undefined || third === undefined || fourth === undefined ? undefined : [first, second, third, fourth];
}

export function paddedSize(size: Size, value: Value): Size {
  const padding = paddingOf(value);
  if (padding === undefined) return [unknownDim(), unknownDim()];
  const [left, top, right, bottom] = padding;
  return [addDims(size[0], top, bottom), addDims(size[1], left, right)];
}

/** `pad_if_needed`: both sides of each axis are padded by what is missing, so that the crop fits. */
export function grownSize(size: Size, crop: Size): Size {
  const grow = (side: Dim, wanted: Dim): Dim => (isKnown(side) && isKnown(wanted) ? (side < wanted ? side + 2 * (wanted - side) : side) : maximumDims(side, wanted));
  return [grow(size[0], crop[0]), grow(size[1], crop[1])];
}

/** Whether a crop of this size certainly does not fit. */
export function isTooLarge(size: Size, crop: Size): boolean {
  return compareDims(crop[0], size[0]) === 1 || compareDims(crop[1], size[1]) === 1;
}
