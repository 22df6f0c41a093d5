// Arrays of independent draws from a range of whole numbers: which values practically always occur among so many draws.
// It must not know any library.
import { isKnown } from '../tensors/dim.ts';
import { elementCount } from '../tensors/shape.ts';
import { defineSlot, plainContent } from './slots.ts';
import type { TensorValue } from './value.ts';

export interface Draws {
  /** Both ends inclusive, each value as likely as another. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

const drawsSlot = defineSlot<Draws>('uniform draws', undefined, plainContent);

/** Marks an array's elements as independent draws; nothing where their number is not known. */
export function markDraws(tensor: TensorValue, low: number, high: number): TensorValue {
  const count = elementCount(tensor.shape);
  return count !== undefined && isKnown(count) && count > 0 ? drawsSlot.on(tensor, { low, high, count }) : tensor;
}

/** A part of an array of draws holds draws, too, as many as it has elements. */
export function keepDraws(from: TensorValue, part: TensorValue): TensorValue {
  const draws = drawsSlot.get(from);
  return draws === undefined ? part : markDraws(part, draws.low, draws.high);
}

/** So rarely do all draws stay inside the ends that are told. */
const negligible = 1e-6;

/** Ends that the draws reach or pass but for one case in a million; undefined for an array of which that is not known. */
export function practicallyReached(tensor: TensorValue): { readonly low: number; readonly high: number } | undefined {
  const draws = drawsSlot.get(tensor);
  if (draws === undefined) return undefined;
  // No draw passes high - k with probability (1 - k / values) ** n; what passes it is high - k + 1 at least.
  const values = draws.high - draws.low + 1;
  const margin = Math.ceil(values * (1 - negligible ** (1 / draws.count))) - 1;
  return margin >= values - 1 ? undefined : { low: draws.low + margin, high: draws.high - margin };
}
