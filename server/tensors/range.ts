// Which values a tensor's elements have: an interval, and whether they are whole numbers. Labels, token ids and pixel scales are followed
// with it through arithmetic and activations. It must not know tensors, data sets or frameworks.
import { addIntervals, divideIntervals, type Interval, multiplyIntervals, negateInterval } from './interval.ts';
import { type DType, dtypeCategory, integerLimits } from './dtype.ts';

export interface ValueRange {
  /** Both ends belong to it; they may be infinite. */
  readonly low: number;
  readonly high: number;
  readonly integral: boolean;
  /** Elements with the value of each end certainly occur. False: the ends are only bounds. */
  readonly attained: boolean;
}

const infinity = Number.POSITIVE_INFINITY;

export const anyNumber: ValueRange = { low: -infinity, high: infinity, integral: false, attained: false };
export const anyInteger: ValueRange = { low: -infinity, high: infinity, integral: true, attained: false };
const zeroOrOne: ValueRange = { low: 0, high: 1, integral: true, attained: false };

/** Every element has this value. */
export function constantRange(value: number): ValueRange {
  return { low: value, high: value, integral: Number.isInteger(value), attained: true };
}

export function rangeBetween(low: number, high: number, facts: { readonly integral?: boolean; readonly attained?: boolean } = {}): ValueRange {
  return { low, high, integral: facts.integral ?? false, attained: facts.attained ?? false };
}

/** Labels 0 … count - 1, all of which occur. */
export function labelRange(count: number): ValueRange {
  return { low: 0, high: count - 1, integral: true, attained: true };
}

/** The range of the values themselves. Undefined for none. */
export function rangeOfValues(values: Iterable<number>): ValueRange | undefined {
  const numbers: readonly number[] = Array.isArray(values) ? values : [...values];
  let low = infinity, high = -infinity, integral = true;
  // By their position: an iterator would cost more than all that is done here.
  for (let at = 0; at < numbers.length; at += 1) {
    const value = numbers[at] ?? Number.NaN;
    if (Number.isNaN(value)) return undefined;
    if (value < low) low = value;
    if (value > high) high = value;
    integral &&= Number.isInteger(value);
  }
  return low > high ? undefined : { low, high, integral, attained: true };
}

/** What the type alone says. Undefined for strings and objects. */
export function rangeOfDType(dtype: DType): ValueRange | undefined {
  const limits = integerLimits(dtype);
  if (limits !== undefined) return { ...limits, integral: true, attained: false };
  return dtypeCategory(dtype) === 'float' ? anyNumber : undefined;
}

export function isConstant(range: ValueRange): boolean {
  return range.low === range.high;
}

/**
 * The values come from one of two places, it is not known which. An end that differs is given up: for a loop, whose body is run once and joined
 * with what was before, the hull of both would not hold for later passes.
 */
export function joinRanges(left: ValueRange, right: ValueRange): ValueRange {
  const low = left.low === right.low ? left.low : -infinity;
  const high = left.high === right.high ? left.high : infinity;
  return make({ low, high }, left.integral && right.integral, left.attained && right.attained);
}

/** The values come from both places, as in a concatenation. */
export function uniteRanges(left: ValueRange, right: ValueRange): ValueRange {
  const lowAttained = left.low < right.low ? left.attained : right.low < left.low ? right.attained : left.attained || right.attained;
  const highAttained = left.high > right.high ? left.attained : right.high > left.high ? right.attained : left.attained || right.attained;
  return { ...hull(left, right), integral: left.integral && right.integral, attained: lowAttained && highAttained };
}

function hull(left: Interval, right: Interval): Interval {
  return { low: Math.min(left.low, right.low), high: Math.max(left.high, right.high) };
}

function make(interval: Interval | undefined, integral: boolean, attained: boolean): ValueRange {
  if (interval === undefined || Number.isNaN(interval.low) || Number.isNaN(interval.high)) return { ...anyNumber, integral };
  // Adding 0 turns -0 into 0.
  return { low: interval.low + 0, high: interval.high + 0, integral, attained: attained && Number.isFinite(interval.low) && Number.isFinite(interval.high) };
}

/** Two tensors' extremes need not meet in one element; beside a constant they do. */
function attainedTogether(left: ValueRange, right: ValueRange): boolean {
  return left.attained && right.attained && (isConstant(left) || isConstant(right));
}

export function addRanges(left: ValueRange, right: ValueRange): ValueRange {
  return make(addIntervals(left, right), left.integral && right.integral, attainedTogether(left, right));
}

export function subtractRanges(left: ValueRange, right: ValueRange): ValueRange {
  return addRanges(left, negateRange(right));
}

export function multiplyRanges(left: ValueRange, right: ValueRange): ValueRange {
  return make(multiplyIntervals(left, right), left.integral && right.integral, attainedTogether(left, right));
}

/** `/`; where the divisor may be 0 the result can be anything. */
export function divideRanges(left: ValueRange, right: ValueRange): ValueRange {
  return make(divideIntervals(left, right), false, left.attained && right.attained && isConstant(right));
}

/** Python's `//`: rounds down. */
export function floorDivideRanges(left: ValueRange, right: ValueRange): ValueRange {
  return floorRange(divideRanges(left, right));
}

/** Python's `%`, with the divisor's sign. */
export function moduloRanges(left: ValueRange, right: ValueRange): ValueRange {
  const integral = left.integral && right.integral;
  if (right.low <= 0 && right.high >= 0) return { ...anyNumber, integral };
  if (right.low > 0 && left.low >= 0 && left.high < right.low) return { ...left, integral };
  const margin = integral ? 1 : 0;
  return right.low > 0 ? { low: 0, high: right.high - margin, integral, attained: false } : { low: right.low + margin, high: 0, integral, attained: false };
}

/** `range ** exponent` for a number. */
export function powerRange(range: ValueRange, exponent: number): ValueRange {
  if (exponent === 0) return constantRange(1);
  if (!Number.isInteger(exponent) || exponent < 0) {
    if (range.low < 0 || (exponent < 0 && range.low === 0)) return anyNumber;
    const ends = [range.low ** exponent, range.high ** exponent];
    return make({ low: Math.min(...ends), high: Math.max(...ends) }, false, range.attained);
  }
  if (exponent % 2 === 1) return monotone(range, (value) => value ** exponent, range.integral);
  return monotone(absoluteRange(range), (value) => value ** exponent, range.integral);
}

export function negateRange(range: ValueRange): ValueRange {
  return make(negateInterval(range), range.integral, range.attained);
}

export function absoluteRange(range: ValueRange): ValueRange {
  if (range.low >= 0) return range;
  if (range.high <= 0) return negateRange(range);
  // 0 lies between the ends but need not occur.
  return make({ low: 0, high: Math.max(-range.low, range.high) }, range.integral, false);
}

/** A function that keeps the order maps ends to ends, and what is attained stays attained. */
export function monotone(range: ValueRange, apply: (value: number) => number, integral: boolean): ValueRange {
  return make({ low: apply(range.low), high: apply(range.high) }, integral, range.attained);
}

/** Undefined limits do not clip. */
export function clipRange(range: ValueRange, low: number | undefined, high: number | undefined): ValueRange {
  const clip = (value: number): number => Math.min(Math.max(value, low ?? -infinity), high ?? infinity);
  const limitsIntegral = [low, high].every((limit) => limit === undefined || Number.isInteger(limit));
  const clipped = monotone(range, clip, range.integral && limitsIntegral);
  // All elements lie beyond one limit: they become that limit.
  return isConstant(clipped) ? constantRange(clipped.low) : clipped;
}

export function floorRange(range: ValueRange): ValueRange { return monotone(range, Math.floor, true); }
export function ceilRange(range: ValueRange): ValueRange { return monotone(range, Math.ceil, true); }

/** numpy, tf and torch round halves to the even number. */
export function roundRange(range: ValueRange): ValueRange {
  return monotone(range, (value) => {
    const below = Math.floor(value);
    return value - below === 0.5 ? (below % 2 === 0 ? below : below + 1) : Math.round(value);
  }, true);
}

export function truncateRange(range: ValueRange): ValueRange { return monotone(range, Math.trunc, true); }
export function squareRootRange(range: ValueRange): ValueRange { return range.low < 0 ? anyNumber : monotone(range, Math.sqrt, false); }
export function exponentialRange(range: ValueRange): ValueRange { return monotone(range, Math.exp, false); }
export function logarithmRange(range: ValueRange): ValueRange { return range.low < 0 ? anyNumber : monotone(range, Math.log, false); }

/** A cast. Floats lose their fraction on the way to integers; what does not fit wraps around, so that all of the type's values are possible. */
export function castRange(range: ValueRange, dtype: DType): ValueRange | undefined {
  if (dtype === 'bool') {
    if (range.low === 0 && range.high === 0) return constantRange(0);
    if (range.low > 0 || range.high < 0) return constantRange(1);
    return { ...zeroOrOne, attained: range.attained && range.integral && range.low === 0 && range.high > 0 };
  }
  const limits = integerLimits(dtype);
  if (limits === undefined) return dtypeCategory(dtype) === 'float' ? range : undefined;
  const whole = truncateRange(range);
  return whole.low >= limits.low && whole.high <= limits.high ? whole : { ...limits, integral: true, attained: false };
}

/** Elementwise. */
export function maximumRanges(left: ValueRange, right: ValueRange): ValueRange {
  return make({ low: Math.max(left.low, right.low), high: Math.max(left.high, right.high) }, left.integral && right.integral, attainedTogether(left, right));
}

export function minimumRanges(left: ValueRange, right: ValueRange): ValueRange {
  return make({ low: Math.min(left.low, right.low), high: Math.min(left.high, right.high) }, left.integral && right.integral, attainedTogether(left, right));
}

/** Maxima along some axes; `whole`: the single maximum of all elements. */
export function reduceMaximumRange(range: ValueRange, whole: boolean): ValueRange {
  return whole && range.attained ? { ...constantRange(range.high), integral: range.integral } : { ...range, attained: false };
}

export function reduceMinimumRange(range: ValueRange, whole: boolean): ValueRange {
  return whole && range.attained ? { ...constantRange(range.low), integral: range.integral } : { ...range, attained: false };
}

/** A mean, a median, a resized or blurred image: between the ends, no longer whole. */
export function averageRange(range: ValueRange): ValueRange {
  return isConstant(range) ? { ...range, attained: true } : { ...range, integral: false, attained: false };
}

/** Sums of `count` elements, where the count is known. */
export function sumRange(range: ValueRange, count: number | undefined): ValueRange {
  if (count !== undefined) return make(multiplyIntervals(range, { low: count, high: count }), range.integral, isConstant(range));
  return { low: range.low >= 0 ? 0 : -infinity, high: range.high <= 0 ? 0 : infinity, integral: range.integral, attained: false };
}

export function reluRange(range: ValueRange = anyNumber): ValueRange { return clipRange(range, 0, undefined); }
export function sigmoidRange(): ValueRange { return rangeBetween(0, 1); }
export function softmaxRange(): ValueRange { return rangeBetween(0, 1); }
export function tanhRange(): ValueRange { return rangeBetween(-1, 1); }

/** The result of comparisons and logic. */
export function booleanRange(): ValueRange { return zeroOrOne; }

/** Positions along an axis of `size`. */
export function argmaxRange(size: number | undefined): ValueRange {
  return { low: 0, high: size === undefined ? infinity : Math.max(0, size - 1), integral: true, attained: false };
}

/** One-hot rows hold a 1; with more than one column also zeros, if every label lies inside. */
export function oneHotRange(size: number | undefined): ValueRange {
  return { ...zeroOrOne, attained: size !== undefined && size > 1 };
}

/**
 * Whether all elements lie in [low, high]: true for certain, false where some element certainly lies outside, undefined where the
 * bounds alone cannot tell.
 */
export function liesWithin(range: ValueRange, low: number, high: number): boolean | undefined {
  if (range.low >= low && range.high <= high) return true;
  const endOutside = range.attained && (range.low < low || range.high > high);
  return endOutside || range.high < low || range.low > high ? false : undefined;
}

/** `[0, 5)` for whole numbers, with the upper end left out as `range` does; `[-1, 1]` for others. */
export function formatRange(range: ValueRange): string {
  if (isConstant(range)) return formatNumber(range.low);
  const open = Number.isFinite(range.low) ? '[' : '(';
  if (!Number.isFinite(range.high)) return `${open}${formatNumber(range.low)}, inf)`;
  return range.integral ? `${open}${formatNumber(range.low)}, ${formatNumber(range.high + 1)})` : `${open}${formatNumber(range.low)}, ${formatNumber(range.high)}]`;
}

/** Four significant digits, and whole numbers in full. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
