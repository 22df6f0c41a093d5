// Finds the size that makes an equation over symbolic sizes true: `Linear(400, …)` behind a flatten says 16*(H//4 - 3)*(W//4 - 3) = 400.
// It must not know where the equation comes from.
import { type Dim, dimBounds, dimEquals, dimFunction, substituteDim, symbolsOf } from './dim.ts';

export interface SizeEquation { readonly left: Dim; readonly right: Dim }

/**
 * The values of `unknown`, between the bounds, for which no equation is certainly false and all of them are decided.
 * Several values are normal: floor divisions map several inputs to one output.
 */
export function solveSize(equations: readonly SizeEquation[], unknown: Dim, bounds: { readonly low: number; readonly high: number }): readonly number[] {
  return solutions({ equations, unknowns: [unknown], bounds });
}

export interface SquareProblem {
  readonly equations: readonly SizeEquation[];
  /** Symbols that all stand for the one size: height and width of a picture. */
  readonly unknowns: readonly Dim[];
  /** Sizes along the way, each of which must be at least 1: no window may leave nothing. */
  readonly positive?: readonly Dim[] | undefined;
  readonly bounds?: { readonly low: number; readonly high: number } | undefined;
}

export interface SquareSolution {
  /** Rising. Empty where nothing solves the equations, or where they do not depend on the unknowns. */
  readonly candidates: readonly number[];
  /** The most usual of them, else the smallest. */
  readonly preferred: number | undefined;
  /** Whether the equations depend on the unknowns at all: behind adaptive pooling they do not. */
  readonly isConstrained: boolean;
}

const usualBounds = { low: 1, high: 1024 };

/** Sizes of pictures that people use, the most usual first. Of several solutions the first of these is taken. */
const usualSizes = [224, 256, 32, 28, 64, 96, 128, 299, 384, 512, 227, 112, 16, 48, 84, 100, 150, 160, 192, 200, 240, 300, 320, 416, 448, 608, 640, 1024];

/** The natural size that solves the equations when every unknown has it. */
export function solveSquareSize(problem: SquareProblem): SquareSolution {
  const unknowns = new Set(problem.unknowns);
  const isConstrained = problem.equations.some(({ left, right }) => [left, right].some((side) => symbolsOf(side).some((one) => unknowns.has(one))));
  const candidates = isConstrained ? solutions(problem) : [];
  return { candidates, preferred: usualSizes.find((size) => candidates.includes(size)) ?? candidates[0], isConstrained };
}

function solutions({ equations, unknowns, positive, bounds = usualBounds }: SquareProblem): readonly number[] {
  const found: number[] = [];
  const others = [...new Set(equations.flatMap(({ left, right }) => [...symbolsOf(left), ...symbolsOf(right)]))].filter((one) => !unknowns.includes(one));
  // An equation that holds for every batch holds for two of them: that leaves few values for the exact answer.
  const probes = others.length === 0 ? [[]] : [others.map((_, index) => 2 + index), others.map((_, index) => 7 + 3 * index)];
  const symbols = [...unknowns, ...others];
  const sides = equations.map(({ left, right }) => [dimFunction(left, symbols), dimFunction(right, symbols)] as const);
  for (let value = bounds.low; value <= bounds.high; value += 1) {
    const mayHold = probes.every((probe) => {
      const values = [...unknowns.map(() => value), ...probe];
      return sides.every(([left, right]) => {
        const [one, other] = [left(values), right(values)];
        return one === undefined || other === undefined || one === other;
      });
    });
    if (mayHold && holds(equations, positive ?? [], new Map(unknowns.map((unknown) => [unknown, value])))) found.push(value);
  }
  return found;
}

function holds(equations: readonly SizeEquation[], positive: readonly Dim[], replacement: ReadonlyMap<Dim, Dim>): boolean {
  return positive.every((size) => dimBounds(substituteDim(size, replacement)).high >= 1)
    && equations.every(({ left, right }) => dimEquals(substituteDim(left, replacement), substituteDim(right, replacement)) === true);
}
