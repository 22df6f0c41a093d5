// Finds the size that makes an equation over symbolic sizes true: `Linear(400, …)` behind a flatten says 16*(H//4)*(W//4) = 400.
// It must not know where the equation comes from.
import { type Dim, dimEquals, substituteDim } from './dim.ts';

export interface SizeEquation { readonly left: Dim; readonly right: Dim }

/**
 * The values of `unknown`, between the bounds, for which no equation is certainly false and all of them are decided.
 * Several values are normal: floor divisions map several inputs to one output.
 */
export function solveSize(equations: readonly SizeEquation[], unknown: Dim, bounds: { readonly low: number; readonly high: number }): readonly number[] {
  const solutions: number[] = [];
  for (let value = bounds.low; value <= bounds.high; value += 1) {
    const replacement = new Map<Dim, Dim>([[unknown, value]]);
    const holds = equations.every(({ left, right }) => dimEquals(substituteDim(left, replacement), substituteDim(right, replacement)) === true);
    if (holds) solutions.push(value);
  }
  return solutions;
}
