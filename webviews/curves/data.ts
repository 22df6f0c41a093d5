// The points of all runs as the page holds them, and what drawing needs of them: places on an axis, smoothing, and a decimation that
// keeps every peak. Pure: knows no document, so that it is tested without one.
import type { Axis, SeriesPart } from '../shared/curves-contract.ts';
import { axes } from '../shared/curves-contract.ts';

export interface Series {
  readonly run: string;
  readonly key: string;
  readonly name: string;
  readonly kind: SeriesPart['kind'];
  readonly chart: string;
  readonly role: SeriesPart['role'];
  readonly length: number;
  readonly column: (name: 'step' | 'epoch' | 'time' | 'value') => Float64Array;
}

export interface Store {
  /** True where a curve came that was not there before. */
  readonly add: (run: string, reset: boolean, parts: readonly SeriesPart[]) => boolean;
  readonly keepOnly: (runs: readonly string[]) => void;
  readonly series: () => readonly Series[];
  /** The first moment that a run reported of, in seconds. */
  readonly start: (run: string) => number;
}

const columnNames = ['step', 'epoch', 'time', 'value'] as const;

export function makeStore(): Store {
  const held = new Map<string, Growing>(), starts = new Map<string, number>();
  return {
    add: (run, reset, parts) => {
      if (reset) {
        for (const [key, one] of held) if (one.run === run) held.delete(key);
        starts.delete(run);
      }
      const before = held.size;
      for (const part of parts) {
        const key = `${run}\n${part.key}`;
        let one = held.get(key);
        if (one === undefined) {
          one = makeGrowing(run, part);
          held.set(key, one);
        }
        one.append(part);
        const first = part.time.find((time) => Number.isFinite(time));
        if (first !== undefined) starts.set(run, Math.min(starts.get(run) ?? first, first));
      }
      return held.size > before;
    },
    keepOnly: (runs) => {
      for (const [key, one] of held) if (!runs.includes(one.run)) held.delete(key);
    },
    series: () => [...held.values()],
    start: (run) => starts.get(run) ?? 0,
  };
}

interface Growing extends Series { readonly append: (part: SeriesPart) => void }

function makeGrowing(run: string, head: SeriesPart): Growing {
  const whole: Record<(typeof columnNames)[number], Float64Array> = { step: new Float64Array(0), epoch: new Float64Array(0), time: new Float64Array(0), value: new Float64Array(0) };
  let length = 0;
  return {
    run, key: head.key, name: head.name, kind: head.kind, chart: head.chart, role: head.role,
    get length() { return length; },
    column: (name) => whole[name].subarray(0, length),
    append: (part) => {
      const needed = length + part.value.length;
      for (const name of columnNames) {
        if (whole[name].length < needed) {
          const wider = new Float64Array(Math.max(needed, whole[name].length * 2));
          wider.set(whole[name].subarray(0, length));
          whole[name] = wider;
        }
        whole[name].set(part[name], length);
      }
      length = needed;
    },
  };
}

/** The axis that a chart can be drawn on: the wanted one if all its curves have places there. */
export function axisOf(series: readonly Series[], wanted: Axis): Axis | 'order' {
  if (series.every(({ kind }) => kind === 'device')) return 'time';
  return [wanted, ...axes].find((axis) => series.every((one) => hasPlaces(one, axis))) ?? 'order';
}

function hasPlaces(series: Series, axis: Axis): boolean {
  const column = series.column(axis);
  return column.length > 0 && Number.isFinite(column[0]) && Number.isFinite(column[column.length - 1]);
}

/** The places of a curve's points, ascending. */
export function placesOf(series: Series, axis: Axis | 'order', start: number): Float64Array {
  if (axis === 'order') return Float64Array.from({ length: series.length }, (_, at) => at + 1);
  const column = series.column(axis);
  const places = axis === 'time' ? column.map((time) => time - start) : axis === 'epoch' && series.kind === 'step' ? spreadEpochs(column, series.column('step')) : column.slice();
  // A log that was begun again goes back; a curve cannot.
  for (let at = 1; at < places.length; at += 1) if (!((places[at] ?? 0) >= (places[at - 1] ?? 0))) places[at] = places[at - 1] ?? 0;
  return places;
}

/** Where only whole epochs are known, points of one epoch are laid out over it by their steps. */
function spreadEpochs(epochs: Float64Array, steps: Float64Array): Float64Array {
  if (epochs.some((epoch) => !Number.isInteger(epoch))) return epochs.slice();
  const spread = epochs.slice();
  let perEpoch = 0;
  for (let from = 0; from < epochs.length;) {
    let to = from;
    while (to < epochs.length && epochs[to] === epochs[from]) to += 1;
    const first = steps[from] ?? 0, isLast = to >= epochs.length, count = isLast ? Math.max(perEpoch, (steps[to - 1] ?? first) - first + 1) : (steps[to] ?? first) - first;
    perEpoch = count;
    if (to - from > 1 || count > 1) for (let at = from; at < to; at += 1) spread[at] = (epochs[from] ?? 0) + ((steps[at] ?? first) - first + 1) / count;
    from = to;
  }
  return spread;
}

/** A running mean that forgets, without its start's pull to zero; what is not finite is passed over. */
export function smooth(values: Float64Array, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let mean = 0, share = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (Number.isFinite(value)) {
      mean = mean * weight + value * (1 - weight);
      share = share * weight + (1 - weight);
    }
    smoothed[at] = share === 0 ? Number.NaN : mean / share;
  }
  return smoothed;
}

/** The first place at or after `x`. */
export function lowerBound(places: Float64Array, x: number): number {
  let low = 0, high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The point nearest to `x` whose value is finite; undefined where the curve has none near. */
export function nearestPoint(places: Float64Array, values: Float64Array, x: number): number | undefined {
  const after = lowerBound(places, x);
  let best: number | undefined;
  for (const at of [after - 1, after, after + 1]) {
    if (!Number.isFinite(values[at] ?? Number.NaN)) continue;
    if (best === undefined || Math.abs((places[at] ?? 0) - x) < Math.abs((places[best] ?? 0) - x)) best = at;
  }
  return best;
}

const blockLength = 64, blocksFrom = 20_000;

/** Of each block of points the place of the lowest and the highest, so that long curves need not be looked at point by point. */
export interface Extrema { readonly lowest: Int32Array; readonly highest: Int32Array }

export function findExtrema(values: Float64Array): Extrema | undefined {
  if (values.length < blocksFrom) return undefined;
  const blocks = Math.floor(values.length / blockLength), lowest = new Int32Array(blocks), highest = new Int32Array(blocks);
  for (let block = 0; block < blocks; block += 1) {
    let low = -1, high = -1;
    for (let at = block * blockLength; at < (block + 1) * blockLength; at += 1) {
      const value = values[at] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      if (low < 0 || value < (values[low] ?? 0)) low = at;
      if (high < 0 || value > (values[high] ?? 0)) high = at;
    }
    lowest[block] = low;
    highest[block] = high;
  }
  return { lowest, highest };
}

/**
 * The points between two places, at most four for each of `columns`: the first, the lowest, the highest and the last, so that no
 * peak is lost. One point beyond each end is kept, for the line that leads there.
 */
export function decimate(places: Float64Array, values: Float64Array, from: number, to: number, columns: number, extrema?: Extrema): { readonly x: number[]; readonly y: number[] } {
  const first = Math.max(0, lowerBound(places, from) - 1), last = Math.min(places.length - 1, lowerBound(places, to));
  const x: number[] = [], y: number[] = [];
  const push = (at: number): void => {
    x.push(places[at] ?? 0);
    y.push(values[at] ?? 0);
  };
  if (last - first + 1 <= columns * 4) {
    for (let at = first; at <= last; at += 1) if (Number.isFinite(values[at])) push(at);
    return { x, y };
  }
  const width = (to - from) / columns || 1;
  for (let at = first; at <= last;) {
    // The column that this point lies in; the points beyond the ends have columns of their own.
    const end = from + (Math.floor(((places[at] ?? 0) - from) / width) + 1) * width, stop = Math.max(at + 1, Math.min(last + 1, lowerBound(places, end)));
    pushColumn(values, at, stop, extrema, push);
    at = stop;
  }
  return { x, y };
}

function pushColumn(values: Float64Array, from: number, stop: number, extrema: Extrema | undefined, push: (at: number) => void): void {
  let lowest = -1, highest = -1, begin = from, finish = stop - 1;
  while (begin < stop && !Number.isFinite(values[begin])) begin += 1;
  if (begin === stop) return;
  while (!Number.isFinite(values[finish])) finish -= 1;
  const look = (at: number): void => {
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) return;
    if (lowest < 0 || value < (values[lowest] ?? 0)) lowest = at;
    if (highest < 0 || value > (values[highest] ?? 0)) highest = at;
  };
  for (let at = begin; at <= finish;) {
    const block = at / blockLength;
    if (extrema !== undefined && Number.isInteger(block) && at + blockLength <= finish + 1 && block < extrema.lowest.length) {
      look(extrema.lowest[block] ?? -1);
      look(extrema.highest[block] ?? -1);
      at += blockLength;
    } else {
      look(at);
      at += 1;
    }
  }
  let before = -1;
  for (const one of [begin, Math.min(lowest, highest), Math.max(lowest, highest), finish]) if (one !== before) { push(one); before = one; }
}

/** Curves over one common row of places: a number, or null where a curve has no point. */
export function align(curves: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[]): [number[], ...(number | null)[][]] {
  // Drawn anew in each frame while it is moved: typed arrays sort many times faster than a set is filled.
  const sorted = Float64Array.from(curves.flatMap(({ x }) => x)).sort(), all: number[] = [];
  for (const place of sorted) if (all.length === 0 || place !== all[all.length - 1]) all.push(place);
  return [all, ...curves.map(({ x, y }) => {
    const row: (number | null)[] = new Array<number | null>(all.length).fill(null);
    let at = 0;
    for (let point = 0; point < x.length; point += 1) {
      const place = x[point] ?? 0;
      while (at < all.length - 1 && (all[at] ?? 0) < place) at += 1;
      row[at] = y[point] ?? null;
    }
    return row;
  })];
}
