// Where the things of one level stand from left to right. Their ranks and their order within each rank are given (dagre's); dagre's own places
// make trunks run in zigzags beside straight detours. Here what stands alone in its rank stands on one axis, branches stand evenly around
// it, and long flows run straight beside it. Pure arithmetic: it knows no page and no graph library.

/** A box, an end of a signal at the border, or the point of a flow in a rank that it passes. */
export interface Item {
  /** The middle of its rank: items of equal `y` are neighbours. */
  readonly y: number;
  /** Where it stands; only the order within a rank counts. */
  readonly x: number;
  /** How far it reaches to both sides of its place, which need not be its middle. */
  readonly left: number;
  readonly right: number;
  readonly isPoint: boolean;
}

/** The positions of items that a flow connects, in order from its source to its target. */
export type Chain = readonly number[];

const betweenBoxes = 26, betweenPoints = 16;
const relaxations = 20, alignments = 12;

/** The new place of each item; the axis is at 0. */
export function straighten(items: readonly Item[], chains: readonly Chain[]): number[] {
  const ranks = ranksOf(items);
  const neighbours: { readonly at: number; readonly weight: number }[][] = items.map(() => []);
  for (const chain of chains) {
    for (const [position, at] of chain.entries()) {
      const next = chain[position + 1];
      if (next === undefined) continue;
      const weight = items[at]?.isPoint === true && items[next]?.isPoint === true ? 4 : 1;
      neighbours[at]?.push({ at: next, weight });
      neighbours[next]?.push({ at, weight });
    }
  }
  const pinned = new Set<number>();
  for (const rank of ranks) {
    const boxes = rank.filter((at) => items[at]?.isPoint === false);
    if (boxes.length === 1 && boxes[0] !== undefined) pinned.add(boxes[0]);
  }
  // Between two things on the axis the flow stays on it, where nothing else has to pass there.
  for (const chain of chains) {
    const [first, middle, last] = chain;
    if (chain.length === 3 && first !== undefined && middle !== undefined && last !== undefined && pinned.has(first) && pinned.has(last)) pinned.add(middle);
  }
  const middle = items.length === 0 ? 0 : items.reduce((sum, { x }) => sum + x, 0) / items.length;
  const places = items.map(({ x }, at) => (pinned.has(at) ? 0 : x - middle));
  const settle = (wish: (at: number) => number): void => {
    for (const rank of ranks) spread(rank, items, places, (at) => (pinned.has(at) ? 0 : wish(at)), (at) => (pinned.has(at) ? 1_000 : items[at]?.isPoint === true ? 1 : 2));
  };
  const mean = (at: number): number => {
    let sum = 0, weights = 0;
    for (const { at: other, weight } of neighbours[at] ?? []) { sum += weight * (places[other] ?? 0); weights += weight; }
    return weights === 0 ? places[at] ?? 0 : sum / weights;
  };
  for (let round = 0; round < relaxations; round += 1) {
    settle(mean);
    ranks.reverse();
  }
  // A long flow keeps the place that its widest neighbour leaves it.
  const long = chains.map((chain) => chain.filter((at) => items[at]?.isPoint === true)).filter((chain) => chain.length > 1);
  for (let round = 0; round < alignments; round += 1) {
    const wishes = new Map<number, number>();
    for (const chain of long) {
      const all = chain.map((at) => places[at] ?? 0), least = Math.min(...all), most = Math.max(...all);
      const wish = least >= 0 ? most : most <= 0 ? least : undefined;
      if (wish !== undefined) for (const at of chain) wishes.set(at, wish);
    }
    settle((at) => wishes.get(at) ?? mean(at));
    ranks.reverse();
  }
  return places;
}

function ranksOf(items: readonly Item[]): number[][] {
  const ranks = new Map<number, number[]>();
  for (const [at, { y }] of items.entries()) {
    const key = Math.round(y);
    const rank = ranks.get(key);
    if (rank === undefined) ranks.set(key, [at]);
    else rank.push(at);
  }
  return [...ranks].sort(([above], [below]) => above - below).map(([, rank]) => rank.sort((one, other) => (items[one]?.x ?? 0) - (items[other]?.x ?? 0)));
}

/** As near to their wishes as the order and the room between them let them (isotonic regression by pooling neighbours that are in each other's way). */
function spread(rank: readonly number[], items: readonly Item[], places: number[], wish: (at: number) => number, weightOf: (at: number) => number): void {
  let offset = 0;
  const offsets: number[] = [];
  for (const [position, at] of rank.entries()) {
    const before = rank[position - 1];
    const [left, right] = [before === undefined ? undefined : items[before], items[at]];
    if (left !== undefined && right !== undefined) offset += left.right + right.left + (left.isPoint || right.isPoint ? betweenPoints : betweenBoxes);
    offsets.push(offset);
  }
  const pools: { place: number; weight: number; size: number }[] = [];
  for (const [position, at] of rank.entries()) {
    let pool = { place: wish(at) - (offsets[position] ?? 0), weight: weightOf(at), size: 1 };
    for (let last = pools.at(-1); last !== undefined && last.place > pool.place; last = pools.at(-1)) {
      pools.pop();
      const weight = last.weight + pool.weight;
      pool = { place: (last.place * last.weight + pool.place * pool.weight) / weight, weight, size: last.size + pool.size };
    }
    pools.push(pool);
  }
  let position = 0;
  for (const { place, size } of pools) {
    for (let step = 0; step < size; step += 1, position += 1) {
      const at = rank[position];
      if (at !== undefined) places[at] = place + (offsets[position] ?? 0);
    }
  }
}
