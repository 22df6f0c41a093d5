// What a person should see in the curves: the best epoch, over-fitting, under-fitting, numbers that are not finite, a plateau. Each
// mark is data with its reasons; the sentence is made where the language is known. Certain cases only: a short run says nothing.
import type { NonFiniteCause, SourcePlace } from '../runs/format.ts';
import type { Curves, SeriesPoints } from './curves.ts';

export type Mark =
  | { readonly kind: 'best'; readonly chart: string; readonly x: MarkPlace; readonly value: number; readonly place?: SourcePlace }
  /** Since `x` validation rises by `amount` (relative) while training falls. */
  | { readonly kind: 'over-fitting'; readonly chart: string; readonly x: MarkPlace; readonly amount: number; readonly place?: SourcePlace }
  | { readonly kind: 'under-fitting'; readonly chart: string; readonly x: MarkPlace; readonly reason: 'flat' | 'validation-better'; readonly place?: SourcePlace }
  | { readonly kind: 'plateau'; readonly chart: string; readonly x: MarkPlace; readonly epochs: number; readonly place?: SourcePlace }
  | { readonly kind: 'non-finite'; readonly chart: string; readonly x: MarkPlace; readonly name: string; readonly isGradient: boolean; readonly cause?: NonFiniteCause; readonly place?: SourcePlace };

/** Where on each of the axes it stands; NaN where that axis has no place for it. */
export interface MarkPlace { readonly step: number; readonly epoch: number; readonly time: number }

const leastEpochs = 5;

export function findMarks(curves: Curves): Mark[] {
  const series = curves.all().filter(({ kind }) => kind !== 'device'), knobs = Object.assign({}, ...curves.plans().map((plan) => plan.knobs ?? {})) as Readonly<Record<string, SourcePlace | undefined>>;
  const callPlace = curves.plans().at(-1)?.place, marks: Mark[] = [];
  marks.push(...nonFinite(curves, series, knobs['learningRate'] ?? callPlace));
  const loss = lossPair(series);
  if (loss === undefined) return marks;
  const { training, validation } = loss, chart = loss.head.chart;
  const points = validation ?? training;
  if (points === undefined || points.length < 2) return marks;
  if (validation !== undefined && validation.length >= 2) {
    const best = argmin(validation), at = validation[best];
    if (at !== undefined) marks.push({ kind: 'best', chart, x: at.x, value: at.value, place: knobs['epochs'] ?? callPlace });
  }
  if (points.length < leastEpochs) return marks;
  const over = validation === undefined || training === undefined ? undefined : overFitting(training, validation);
  if (over !== undefined) {
    marks.push({ kind: 'over-fitting', chart, ...over, place: knobs['epochs'] ?? callPlace });
    return marks;
  }
  const under = training === undefined ? undefined : underFitting(training, validation);
  if (under !== undefined) marks.push({ kind: 'under-fitting', chart, ...under, place: knobs['learningRate'] ?? knobs['model'] ?? callPlace });
  const flat = under?.reason === 'flat' ? undefined : plateau(points);
  if (flat !== undefined) marks.push({ kind: 'plateau', chart, ...flat, place: knobs['learningRate'] ?? callPlace });
  return marks;
}

interface Point { readonly x: MarkPlace; readonly value: number }

/** The loss to judge by, at the places where validation was measured (or at epochs' ends): training as its mean up to there. */
function lossPair(series: readonly SeriesPoints[]): { readonly head: SeriesPoints; readonly training?: Point[]; readonly validation?: Point[] } | undefined {
  const losses = series.filter(({ chart }) => chart === 'loss' || chart.endsWith('_loss') || chart.startsWith('loss_'));
  const validation = losses.find(({ role, kind }) => role === 'validation' && kind === 'epoch') ?? losses.find(({ role }) => role === 'validation');
  const sameChart = losses.filter(({ role, chart }) => role === 'training' && (validation === undefined || chart === validation.chart));
  const training = sameChart.find(({ kind }) => kind === 'epoch') ?? sameChart[0];
  const head = validation ?? training;
  if (head === undefined) return undefined;
  const validationPoints = validation === undefined ? undefined : pointsOf(validation);
  return { head, validation: validationPoints, training: training === undefined ? undefined : training.kind === 'epoch' && validation?.kind !== 'step' ? pointsOf(training) : meansUpTo(training, validationPoints) };
}

function pointsOf(series: SeriesPoints): Point[] {
  return Array.from(series.value, (value, at) => ({ x: placeOf(series, at), value })).filter(({ value }) => Number.isFinite(value));
}

function placeOf(series: SeriesPoints, at: number): MarkPlace {
  return { step: series.step[at] ?? Number.NaN, epoch: series.epoch[at] ?? Number.NaN, time: series.time[at] ?? Number.NaN };
}

/** The mean of the training loss since the validation before; without validation, of each whole epoch. */
function meansUpTo(series: SeriesPoints, at: readonly Point[] | undefined): Point[] {
  const ends = at?.map(({ x }) => x.step) ?? epochEnds(series), points: Point[] = [];
  let from = 0;
  for (const end of ends) {
    let sum = 0, count = 0, to = from;
    for (; to < series.value.length && (series.step[to] ?? 0) <= end; to += 1) {
      const value = series.value[to] ?? Number.NaN;
      if (Number.isFinite(value)) { sum += value; count += 1; }
    }
    if (count > 0) points.push({ x: placeOf(series, to - 1), value: sum / count });
    from = to;
  }
  return points;
}

function epochEnds(series: SeriesPoints): number[] {
  const ends: number[] = [];
  for (let at = 1; at < series.epoch.length; at += 1) {
    const before = wholeEpoch(series.epoch[at - 1] ?? Number.NaN), now = wholeEpoch(series.epoch[at] ?? Number.NaN);
    if (now > before) ends.push(series.step[at - 1] ?? Number.NaN);
  }
  return ends;
}

/** 0.5 and 1 lie in the first epoch, 1.2 in the second. */
function wholeEpoch(epoch: number): number { return Number.isInteger(epoch) && epoch > 0 ? epoch - 1 : Math.floor(epoch); }

function overFitting(training: readonly Point[], validation: readonly Point[]): { readonly x: MarkPlace; readonly amount: number } | undefined {
  const best = argmin(validation), lowest = validation[best], last = validation.slice(-3);
  if (lowest === undefined || validation.length - 1 - best < 3) return undefined;
  const end = mean(last.map(({ value }) => value)), rise = end - lowest.value;
  // Noise is how much it jumps from one epoch to the next.
  const noise = median(validation.slice(1).map(({ value }, at) => Math.abs(value - (validation[at]?.value ?? value))));
  const trainingThen = nearest(training, lowest.x), trainingNow = training.at(-1);
  if (trainingThen === undefined || trainingNow === undefined || trainingNow.value >= trainingThen.value) return undefined;
  if (rise <= Math.abs(lowest.value) * 0.03 || rise <= noise * 1.5) return undefined;
  return { x: lowest.x, amount: lowest.value === 0 ? rise : rise / Math.abs(lowest.value) };
}

function underFitting(training: readonly Point[], validation: readonly Point[] | undefined): { readonly x: MarkPlace; readonly reason: 'flat' | 'validation-better' } | undefined {
  const first = training[0], last = training.at(-1);
  if (first === undefined || last === undefined || training.length < leastEpochs) return undefined;
  const recent = training.slice(-Math.max(3, Math.ceil(training.length / 3)));
  const isFlat = Math.abs((recent[0]?.value ?? 0) - last.value) <= Math.abs(first.value) * 0.01;
  const isPoor = last.value > first.value * 0.8;
  if (isFlat && isPoor && first.value > 0) return { x: recent[0]?.x ?? last.x, reason: 'flat' };
  if (validation !== undefined && validation.length >= leastEpochs) {
    const better = validation.every((point) => {
      const then = nearest(training, point.x);
      return then !== undefined && point.value < then.value * 0.95;
    });
    if (better) return { x: last.x, reason: 'validation-better' };
  }
  return undefined;
}

function plateau(points: readonly Point[]): { readonly x: MarkPlace; readonly epochs: number } | undefined {
  if (points.length < leastEpochs * 2) return undefined;
  const first = points[0]?.value ?? 0, best = Math.min(...points.map(({ value }) => value)), drop = first - best;
  if (drop <= 0) return undefined;
  // From where on it came no further than a hundredth of all that it fell.
  const since = points.findIndex(({ value }) => value <= best + drop * 0.01), length = points.length - 1 - since, at = points[since];
  return length >= Math.max(leastEpochs, points.length / 4) && at !== undefined ? { x: at.x, epochs: length } : undefined;
}

function nonFinite(curves: Curves, series: readonly SeriesPoints[], fallback: SourcePlace | undefined): Mark[] {
  const notes = curves.notes().filter(({ kind }) => kind === 'non-finite-loss' || kind === 'non-finite-gradient');
  if (notes.length > 0) {
    const first = notes[0], gradient = notes.find(({ kind }) => kind === 'non-finite-gradient');
    if (first === undefined) return [];
    const chart = series.find(({ name }) => name === first.name)?.chart ?? 'loss', x = { step: first.step ?? Number.NaN, epoch: first.epoch ?? Number.NaN, time: first.time };
    // A cause that was seen says more than where it showed.
    const explained = notes.find(({ cause }) => cause !== undefined);
    if (explained !== undefined) return [{ kind: 'non-finite', chart, x, name: explained.name, isGradient: false, cause: explained.cause, place: explained.place ?? fallback }];
    return [{ kind: 'non-finite', chart, x, name: gradient?.name ?? first.name, isGradient: gradient !== undefined, place: gradient?.place ?? first.place ?? fallback }];
  }
  for (const one of series) {
    const at = one.value.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) return [{ kind: 'non-finite', chart: one.chart, x: placeOf(one, at), name: one.name, isGradient: false, place: fallback }];
  }
  return [];
}

function argmin(points: readonly Point[]): number {
  let best = 0;
  points.forEach((point, at) => { if (point.value < (points[best]?.value ?? Number.POSITIVE_INFINITY)) best = at; });
  return best;
}

function nearest(points: readonly Point[], x: MarkPlace): Point | undefined {
  const axis = Number.isFinite(x.step) && points.every((point) => Number.isFinite(point.x.step)) ? 'step' : Number.isFinite(x.epoch) ? 'epoch' : 'time';
  let found: Point | undefined;
  for (const point of points) if (point.x[axis] <= x[axis] + 1e-9 || found === undefined) found = point;
  return found;
}

function mean(values: readonly number[]): number { return values.reduce((sum, value) => sum + value, 0) / values.length; }

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
