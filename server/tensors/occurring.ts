// A whole number that stands for all of several: the position of any row, the label of any example. Unlike a size that is not known,
// each value between its ends does occur somewhere. It must not know where such numbers come from.
import { type Dim, dimBounds, subtractDims, unknownDim } from './dim.ts';
import { constantOf } from './polynomial.ts';
import { addRanges, constantRange, type ValueRange } from './range.ts';

// Sizes without a name exist once for as long as they are held.
const ranges = new WeakMap<object, ValueRange>();

/** A number of which the range is known; one value alone is that number. */
export function occurringDim(range: ValueRange): Dim {
  if (range.low === range.high && Number.isFinite(range.low)) return range.low;
  const dim = unknownDim({ minimum: range.low, maximum: range.high });
  if (typeof dim !== 'number') ranges.set(dim, { ...range, integral: true });
  return dim;
}

/** Which values a number has; ends that it certainly reaches are attained. A constant that was added moves them. */
export function rangeOfDim(dim: Dim): ValueRange {
  if (typeof dim === 'number') return constantRange(dim);
  const own = ranges.get(dim);
  if (own !== undefined) return own;
  const constant = constantOf(dim);
  const rest = constant === 0 ? undefined : subtractDims(dim, constant);
  const moved = rest === undefined || typeof rest === 'number' ? undefined : ranges.get(rest);
  return moved === undefined ? { ...dimBounds(dim), integral: true, attained: false } : addRanges(moved, constantRange(constant));
}

/** Whether a position stands for every position of an axis. */
export function standsForAll(position: Dim, size: Dim): boolean {
  const range = typeof position === 'number' ? undefined : ranges.get(position);
  return range?.attained === true && range.low <= 0 && range.high >= dimBounds(size).high - 1;
}
