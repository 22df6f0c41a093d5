// Finds the size that makes an equation over symbolic sizes true: `Linear(400, …)` behind a flatten says 16*(H//4 - 3)*(W//4 - 3) = 400.
// It must not know where the equation comes from.
import { type Dim, dimBounds, dimEquals, dimFunction, substituteDim, symbolsOf } from './dim.ts';

export interface SizeEquation { readonly left: Dim; readonly right: Dim }

/**
 * The values of `unknown`, between the bounds, for which no equation is certainly false and all of them are decided.
 * Several values are normal: floor divisions map several inputs to one output.
 */
export function solveSize(equations: readonly SizeEquation[], unknown: Dim, bounds: { readonly low: number; readonly high: number }): readonly number[] {
  const solves = solver({ equations, unknowns: [unknown] });
  return sizesBetween(bounds).filter(solves);
}

export interface SquareProblem {
  readonly equations: readonly SizeEquation[];
  /** Symbols that all stand for the one size: height and width of a picture. */
  readonly unknowns: readonly Dim[];
  /** Sizes along the way, each of which must be at least 1: no window may leave nothing. */
  readonly positive?: readonly Dim[] | undefined;
  readonly bounds?: { readonly low: number; readonly high: number } | undefined;
}

/** What is asked for is found when it is asked for: proofs over long equations take their time. */
export interface SquareSolution {
  /** Rising. Empty where nothing solves the equations, or where they do not depend on the unknowns. */
  readonly candidates: readonly number[];
  /** The most usual of them, else the smallest. */
  readonly preferred: number | undefined;
  /** The candidate, where there is one and no other. */
  readonly only: number | undefined;
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
  const solves = isConstrained ? solver(problem) : () => false;
  const { low, high } = problem.bounds ?? usualBounds, all = sizesBetween({ low, high });
  return {
    isConstrained,
    get candidates() { return all.filter(solves); },
    get preferred() { return usualSizes.find((size) => size >= low && size <= high && solves(size)) ?? all.find(solves); },
    get only() {
      const first = all.findIndex(solves);
      return first < 0 || all.slice(first + 1).some(solves) ? undefined : all[first];
    },
  };
}

function sizesBetween({ low, high }: { readonly low: number; readonly high: number }): readonly number[] {
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => low + at);
}

/** What cannot be shown for so many sizes, though numbers speak for them, is not shown for others either. */
const mostProofsInVain = 32;

/** Whether a value solves the equations, each answer kept. */
function solver({ equations, unknowns, positive = [] }: SquareProblem): (value: number) => boolean {
  const others = [...new Set(equations.flatMap(({ left, right }) => [...symbolsOf(left), ...symbolsOf(right)]))].filter((one) => !unknowns.includes(one));
  // An equation that holds for every batch holds for two of them: that leaves few values for the exact answer.
  const probes = others.length === 0 ? [[]] : [others.map((_, index) => 2 + index), others.map((_, index) => 7 + 3 * index)];
  const symbols = [...unknowns, ...others];
  const sides = equations.map(({ left, right }) => [dimFunction(left, symbols), dimFunction(right, symbols)] as const);
  const lengths = positive.map((size) => dimFunction(size, symbols));
  const answers = new Map<number, boolean>();
  let inVain = 0;
  const decide = (value: number): boolean => {
    let isCertain = others.length === 0;
    for (const probe of probes) {
      const values = [...unknowns.map(() => value), ...probe];
      for (const [left, right] of sides) {
        const [one, other] = [left(values), right(values)];
        if (one === undefined || other === undefined) isCertain = false;
        else if (one !== other) return false;
      }
      if (!isCertain) continue;
      for (const length of lengths) {
        const found = length(values);
        if (found === undefined) isCertain = false;
        else if (found < 1) return false;
      }
    }
    if (isCertain) return true;
    if (inVain >= mostProofsInVain) return false;
    const isShown = holds(equations, positive, new Map(unknowns.map((unknown) => [unknown, value])));
    if (!isShown) inVain += 1;
    return isShown;
  };
  return (value) => {
    const known = answers.get(value);
    if (known !== undefined) return known;
    const answer = decide(value);
    answers.set(value, answer);
    return answer;
  };
}

function holds(equations: readonly SizeEquation[], positive: readonly Dim[], replacement: ReadonlyMap<Dim, Dim>): boolean {
  return positive.every((size) => dimBounds(substituteDim(size, replacement)).high >= 1)
    && equations.every(({ left, right }) => dimEquals(substituteDim(left, replacement), substituteDim(right, replacement)) === true);
}
