// Arithmetic of closed intervals whose ends may be infinite: the bounds of symbolic dimensions and of value ranges.
// It must not know what the numbers stand for.

export interface Interval { readonly low: number; readonly high: number }

/** A product in which an infinite bound times zero is zero: an infinite bound means "as large as you like", never a value. */
function product(left: number, right: number): number {
  return left === 0 || right === 0 ? 0 : left * right;
}

function quotient(left: number, right: number): number {
  return Number.isFinite(right) ? left / right : 0;
}

export function addIntervals(left: Interval, right: Interval): Interval {
  return { low: left.low + right.low, high: left.high + right.high };
}

export function negateInterval(interval: Interval): Interval {
  return { low: 0 - interval.high, high: 0 - interval.low };
}

export function scaleInterval(interval: Interval, factor: number): Interval {
  const ends = [product(interval.low, factor), product(interval.high, factor)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

export function multiplyIntervals(left: Interval, right: Interval): Interval {
  const corners = [
    product(left.low, right.low), product(left.low, right.high), product(left.high, right.low), product(left.high, right.high),
  ];
  return { low: Math.min(...corners), high: Math.max(...corners) };
}

/** Division by an interval that does not hold zero; undefined where it may. */
export function divideIntervals(left: Interval, right: Interval): Interval | undefined {
  if (right.low <= 0 && right.high >= 0) return undefined;
  // Not by reciprocals: 49 * (1/49) is below 1, and bounds of floor divisions must be exact.
  const corners = [quotient(left.low, right.low), quotient(left.low, right.high), quotient(left.high, right.low), quotient(left.high, right.high)];
  return { low: Math.min(...corners), high: Math.max(...corners) };
}
