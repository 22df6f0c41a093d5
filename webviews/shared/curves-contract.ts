// What the extension and the curves panel say to each other, and the readers that both ends use on what comes in. Points travel as
// typed arrays: a million of them are one copy, not text.
import { isCount, isOneOf, readList, readObject, readText, readTexts, readWords } from './reading.ts';

export const curvesVersion = 1;

export const runStateNames = ['queued', 'running', 'stopped', 'failed', 'finished', 'lost'] as const;
export type RunStateName = (typeof runStateNames)[number];
export const markKinds = ['best', 'over-fitting', 'under-fitting', 'plateau', 'non-finite'] as const;
export type MarkKind = (typeof markKinds)[number];
export const axes = ['epoch', 'step', 'time'] as const;
export type Axis = (typeof axes)[number];

export interface MarkRow {
  readonly kind: MarkKind;
  readonly chart: string;
  /** Where it stands on each axis; NaN where it has no place. Time in seconds since 1970. */
  readonly at: Readonly<Record<Axis, number>>;
  /** One sentence. */
  readonly text: string;
  /** `train.py:12`, where the source of its advice is known. */
  readonly place?: string;
}

export interface RunHead {
  /** What the page calls it by: the run's folder, or the log's path. */
  readonly id: string;
  readonly title: string;
  /** Undefined for logs of other tools. */
  readonly state?: RunStateName;
  readonly stateText: string;
  /** `keras 3.15.1 (torch) · cuda:0`. */
  readonly detail: string;
  /** From 0 to 1 while it runs. */
  readonly progress?: number;
  readonly progressText: string;
  readonly message?: string;
  readonly marks: readonly MarkRow[];
}

export interface SeriesPart {
  readonly key: string;
  readonly name: string;
  readonly kind: 'step' | 'epoch' | 'device';
  readonly chart: string;
  readonly role: 'training' | 'validation' | 'test';
  readonly step: Float64Array;
  readonly epoch: Float64Array;
  readonly time: Float64Array;
  readonly value: Float64Array;
}

export const curvesWords = [
  'epoch', 'step', 'time', 'axis', 'logarithmic', 'smoothing', 'reset', 'stop', 'table', 'savePng', 'saveSvg', 'saveCsv', 'goTo', 'runs', 'marks', 'noRuns', 'waiting', 'training', 'validation', 'test', 'devices',
  'show', 'minimum', 'maximum', 'last', 'series', 'chartHelp', 'best', 'over-fitting', 'under-fitting', 'plateau', 'non-finite', 'seconds', 'loading', 'value', 'start',
] as const;
export type CurvesWord = (typeof curvesWords)[number];

export type ToCurves =
  | { readonly version: typeof curvesVersion; readonly type: 'state'; readonly runs: readonly RunHead[]; readonly sources: readonly string[]; readonly words: Readonly<Record<CurvesWord, string>> }
  /** More points of a run; `reset`: all that the page has of it goes first. */
  | { readonly version: typeof curvesVersion; readonly type: 'points'; readonly run: string; readonly reset: boolean; readonly series: readonly SeriesPart[] };

export type FromCurves =
  | { readonly version: typeof curvesVersion; readonly type: 'ready' }
  | { readonly version: typeof curvesVersion; readonly type: 'stop'; readonly run: string }
  | { readonly version: typeof curvesVersion; readonly type: 'reveal'; readonly run: string; readonly mark: number }
  | { readonly version: typeof curvesVersion; readonly type: 'save'; readonly name: string; readonly bytes: Uint8Array };

/** What the page keeps over a reload: whose curves it shows, and how. */
export interface CurvesViewState {
  readonly sources: readonly string[];
  readonly axis?: Axis;
  readonly logarithmic?: boolean;
  readonly smoothing?: number;
}

export function readToCurves(given: unknown): ToCurves | undefined {
  const message = readObject(given);
  if (message === undefined || message['version'] !== curvesVersion) return undefined;
  if (message['type'] === 'points') {
    const { run, reset } = message;
    if (typeof run !== 'string' || typeof reset !== 'boolean') return undefined;
    return { version: curvesVersion, type: 'points', run, reset, series: readList(message['series']).flatMap(readSeries) };
  }
  const words = readWords(message['words'], curvesWords);
  if (message['type'] !== 'state' || words === undefined) return undefined;
  return { version: curvesVersion, type: 'state', runs: readList(message['runs']).flatMap(readHead), sources: readTexts(message['sources']), words };
}

const longestName = 200, mostBytes = 200_000_000;

export function readFromCurves(given: unknown): FromCurves | undefined {
  const message = readObject(given);
  if (message === undefined || message['version'] !== curvesVersion) return undefined;
  const { type, run, mark, name, bytes } = message;
  if (type === 'ready') return { version: curvesVersion, type };
  if (type === 'save') {
    // Only a file name: where it goes the person says.
    const isName = typeof name === 'string' && name.length <= longestName && /^[^\\/:*?"<>|]+\.(png|svg|csv)$/.test(name);
    return isName && bytes instanceof Uint8Array && bytes.length <= mostBytes ? { version: curvesVersion, type, name, bytes } : undefined;
  }
  if (typeof run !== 'string') return undefined;
  if (type === 'stop') return { version: curvesVersion, type, run };
  return type === 'reveal' && isCount(mark) ? { version: curvesVersion, type, run, mark } : undefined;
}

export function readCurvesViewState(given: unknown): CurvesViewState | undefined {
  const state = readObject(given);
  if (state === undefined) return undefined;
  const { axis, logarithmic, smoothing } = state;
  return {
    sources: readTexts(state['sources']), ...(isOneOf(axis, axes) ? { axis } : {}), ...(typeof logarithmic === 'boolean' ? { logarithmic } : {}),
    ...(isCount(smoothing) && smoothing < 1 ? { smoothing } : {}),
  };
}

function readHead(given: unknown): RunHead[] {
  const head = readObject(given);
  if (head === undefined || typeof head['id'] !== 'string') return [];
  const { state, progress, message } = head;
  return [{
    id: head['id'], title: readText(head['title']), ...(isOneOf(state, runStateNames) ? { state } : {}), stateText: readText(head['stateText']), detail: readText(head['detail']),
    ...(isCount(progress) ? { progress: Math.min(1, progress) } : {}), progressText: readText(head['progressText']), ...(typeof message === 'string' ? { message } : {}), marks: readList(head['marks']).flatMap(readMark),
  }];
}

function readMark(given: unknown): MarkRow[] {
  const mark = readObject(given), at = readObject(mark?.['at']);
  if (mark === undefined || at === undefined || !isOneOf(mark['kind'], markKinds)) return [];
  const number = (axis: Axis): number => { const value = at[axis]; return typeof value === 'number' ? value : Number.NaN; };
  const { place } = mark;
  return [{ kind: mark['kind'], chart: readText(mark['chart']), at: { epoch: number('epoch'), step: number('step'), time: number('time') }, text: readText(mark['text']), ...(typeof place === 'string' ? { place } : {}) }];
}

function readSeries(given: unknown): SeriesPart[] {
  const series = readObject(given);
  if (series === undefined || typeof series['key'] !== 'string') return [];
  const { step, epoch, time, value, kind, role } = series;
  if (!(step instanceof Float64Array && epoch instanceof Float64Array && time instanceof Float64Array && value instanceof Float64Array)) return [];
  if (step.length !== value.length || epoch.length !== value.length || time.length !== value.length || !isOneOf(kind, ['step', 'epoch', 'device']) || !isOneOf(role, ['training', 'validation', 'test'])) return [];
  return [{ key: series['key'], name: readText(series['name']), kind, chart: readText(series['chart']), role, step, epoch, time, value }];
}
