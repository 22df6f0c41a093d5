// Sizes of inputs from what a run demands of them: names of one size become one, `Linear(400, …)` behind a flatten gives height and width.
// It must not know modules, nor where inputs come from.
import { type Dim, dimEquals, isKnown, substituteDim, symbol, symbolsOf } from '../../tensors/dim.ts';
import { solveSquareSize } from '../../tensors/solve.ts';
import type { Layer } from '../../trace/trace.ts';
import type { Demand } from './equations.ts';
import { isBatch } from './expected.ts';

export interface Settled {
  readonly replacement: ReadonlyMap<Dim, Dim>;
  /** The module that decided first. */
  readonly layer: Layer | undefined;
  /** How often the batch would have to be of one size, or an axis of size 1: the number of axes is supposed wrongly then. */
  readonly conflicts: number;
}

const rounds = 12;
/** Pictures of one pixel are what generators begin with. */
const mayBeOne: readonly Dim[] = [symbol('H'), symbol('W')];
const pictureAxes: readonly Dim[] = ['D', 'H', 'W'].map((name) => symbol(name));

/** `sizes`: the symbols of the inputs' axes, in order; other symbols are not decided. */
export function settle(demands: readonly Demand[], sizes: readonly Dim[]): Settled {
  const replacement = new Map<Dim, Dim>();
  const free = new Set(sizes.filter((size) => !isBatch(size)));
  let layer: Layer | undefined,
    open: readonly Demand[] = demands;
  const decide = (size: Dim, value: Dim, by: Layer | undefined): void => {
    const one = new Map([[size, value]]);
    for (const [name, present] of replacement) replacement.set(name, substituteDim(present, one));
    replacement.set(size, value);
    free.delete(size);
    if (isKnown(value)) layer ??= by;
  };
  for (let round = 0; round < rounds; round += 1) {
    open = open
      .map((demand) => ({ ...demand, left: substituteDim(demand.left, replacement), right: substituteDim(demand.right, replacement) }))
      .filter((demand) => dimEquals(demand.left, demand.right) === undefined);
    const plain = plainEquality(open, free) ?? equationOfOne(open, free) ?? equationOfPicture(open, free);
    if (plain === undefined) break;
    for (const size of plain.sizes) decide(size, plain.value, plain.layer);
  }
  const conflicts =
    open.filter(({ left, right }) => isBatchSize(left, right, free) || isBatchSize(right, left, free) || wantsOnes(left, right, free)).length +
    [...replacement].filter(([size, value]) => value === 1 && !mayBeOne.includes(size)).length;
  return { replacement, layer, conflicts };
}

/** The batch would have to be a size of its own. */
function isBatchSize(one: Dim, other: Dim, free: ReadonlySet<Dim>): boolean {
  return isBatch(one) && (isKnown(other) || isOver(other, free));
}

/** Sizes of 1 alone make it true: axes that are too many. */
function wantsOnes(left: Dim, right: Dim, free: ReadonlySet<Dim>): boolean {
  const own = [...new Set([...symbolsOf(left), ...symbolsOf(right)])].filter((one) => free.has(one) && !mayBeOne.includes(one));
  if (own.length < 2) return false;
  const holdsFor = (sizes: (at: number) => number): boolean | undefined => {
    const all = new Map<Dim, Dim>(own.map((one, at) => [one, sizes(at)]));
    return dimEquals(substituteDim(left, all), substituteDim(right, all));
  };
  return holdsFor(() => 1) === true && holdsFor((at) => 2 + at) === false;
}

function isOver(dim: Dim, sizes: ReadonlySet<Dim>): boolean {
  const symbols = symbolsOf(dim);
  return symbols.length > 0 && symbols.every((one) => sizes.has(one));
}

interface Decision {
  readonly sizes: readonly Dim[];
  readonly value: Dim;
  readonly layer: Layer | undefined;
}

/** A size is a number, another size, or said by others. */
function plainEquality(demands: readonly Demand[], free: ReadonlySet<Dim>): Decision | undefined {
  for (const wants of [isKnown, (dim: Dim) => free.has(dim), () => true]) {
    for (const { left, right, layer } of demands) {
      // Of two names the one that comes first stays.
      const order = [...free];
      const pairs: readonly (readonly [Dim, Dim])[] =
        order.indexOf(left) > order.indexOf(right)
          ? [
              [left, right],
              [right, left],
            ]
          : [
              [right, left],
              [left, right],
            ];
      for (const [size, value] of pairs) {
        if (!free.has(size) || !wants(value) || symbolsOf(value).includes(size) || (isKnown(value) && value < 1)) continue;
        if (isKnown(value) || isOver(value, free)) return { sizes: [size], value, layer };
      }
    }
  }
  return undefined;
}

/** Equations over one of the inputs' sizes. Without a number on one side, as `C*patch**2 = 3*patch**2`, one value alone must solve it. */
function equationOfOne(demands: readonly Demand[], free: ReadonlySet<Dim>): Decision | undefined {
  for (const demand of demands) {
    const own = new Set([...symbolsOf(demand.left), ...symbolsOf(demand.right)].filter((one) => free.has(one)));
    const [size] = own;
    if (size === undefined || own.size > 1) continue;
    const hasNumber = isKnown(demand.left) || isKnown(demand.right);
    const found = hasNumber ? solve(demands, [size]) : solveSquareSize({ equations: [demand], unknowns: [size] }).only;
    if (found !== undefined) return { sizes: [size], value: found, layer: demand.layer };
  }
  return undefined;
}

/** Equations over height and width: pictures are mostly square. */
function equationOfPicture(demands: readonly Demand[], free: ReadonlySet<Dim>): Decision | undefined {
  const axes = pictureAxes.filter((axis) => free.has(axis));
  if (axes.length < 2) return undefined;
  for (const demand of demands) {
    if (!isKnown(demand.left) && !isKnown(demand.right)) continue;
    const own = new Set([...symbolsOf(demand.left), ...symbolsOf(demand.right)].filter((one) => !isBatch(one)));
    if (own.size < 2 || ![...own].every((one) => axes.includes(one))) continue;
    const found = solve(demands, axes);
    if (found !== undefined) return { sizes: axes, value: found, layer: demand.layer };
  }
  return undefined;
}

function solve(demands: readonly Demand[], unknowns: readonly Dim[]): number | undefined {
  const about = demands.filter(({ left, right }) => {
    const symbols = [...symbolsOf(left), ...symbolsOf(right)].filter((one) => !isBatch(one));
    return symbols.length > 0 && symbols.every((one) => unknowns.includes(one));
  });
  const strict = solveSquareSize({ equations: about, unknowns }).preferred;
  // Sizes that only have to agree with each other may hang on paths that are not taken.
  return strict ?? solveSquareSize({ equations: about.filter(({ left, right }) => isKnown(left) || isKnown(right)), unknowns }).preferred;
}
