// The series of a run, whoever wrote them: for each name its points with step, epoch and time. Grows by lines; what was added since
// the last look is taken in one piece. Pure; knows no file.
import type { DeviceLine, MetricLine } from '../runs/format.ts';

/** What a point stands for: a step, a whole epoch, a sample of a device. */
export type SeriesKind = 'step' | 'epoch' | 'device';
export type SeriesRole = 'training' | 'validation' | 'test';

export interface SeriesHead {
  /** Unique within the run. */
  readonly key: string;
  readonly name: string;
  readonly kind: SeriesKind;
  /** Series of one chart are drawn together: `loss` and `val_loss` are. */
  readonly chart: string;
  readonly role: SeriesRole;
}

/** Points of one series; all arrays are equally long. NaN stands for an unknown epoch, or a value that is none. */
export interface SeriesPoints extends SeriesHead {
  readonly step: Float64Array;
  readonly epoch: Float64Array;
  readonly time: Float64Array;
  readonly value: Float64Array;
}

export type Plan = Extract<MetricLine, { type: 'plan' }>;
export type Note = Extract<MetricLine, { type: 'note' }>;

export interface Curves {
  readonly add: (line: MetricLine) => void;
  readonly addDevices: (line: DeviceLine) => void;
  /** One point, from a log of another tool. */
  readonly addPoint: (name: string, kind: SeriesKind, step: number, epoch: number, time: number, value: number, role?: SeriesRole) => void;
  /** Everything so far. */
  readonly all: () => readonly SeriesPoints[];
  /** What came since the last call. */
  readonly take: () => readonly SeriesPoints[];
  readonly plans: () => readonly Plan[];
  readonly notes: () => readonly Note[];
  readonly points: () => number;
}

interface Growing {
  readonly head: SeriesHead;
  readonly columns: [Float64Array, Float64Array, Float64Array, Float64Array];
  length: number;
  taken: number;
}

export function makeCurves(): Curves {
  const series = new Map<string, Growing>(), plans: Plan[] = [], notes: Note[] = [];
  let points = 0;
  const addPoint: Curves['addPoint'] = (name, kind, step, epoch, time, value, role) => {
    const key = `${kind === 'step' ? '' : `${kind}:`}${role === undefined ? '' : `${role}:`}${name}`;
    let one = series.get(key);
    if (one === undefined) {
      const meaning = meaningOf(name);
      one = { head: { key, name, kind, chart: kind === 'device' ? 'device' : meaning.chart, role: role ?? meaning.role }, columns: [column(64), column(64), column(64), column(64)], length: 0, taken: 0 };
      series.set(key, one);
    }
    if (one.length === one.columns[0].length) one.columns.forEach((old, at) => { const wider = column(old.length * 2); wider.set(old); (one as Growing).columns[at as 0] = wider; });
    const [steps, epochs, times, values] = one.columns;
    steps[one.length] = step;
    epochs[one.length] = epoch;
    times[one.length] = time;
    values[one.length] = value;
    one.length += 1;
    points += 1;
  };
  const pointsOf = (one: Growing, from: number): SeriesPoints => {
    const [step, epoch, time, value] = one.columns.map((whole) => whole.slice(from, one.length)) as [Float64Array, Float64Array, Float64Array, Float64Array];
    return { ...one.head, step, epoch, time, value };
  };
  return {
    addPoint,
    add: (line) => {
      if (line.type === 'plan') plans.push(line);
      else if (line.type === 'note') notes.push(line);
      else if (line.type === 'step') for (const name of Object.keys(line.values)) addPoint(name, 'step', line.step, line.epoch ?? Number.NaN, line.time, line.values[name] ?? Number.NaN);
      else if (line.type === 'epoch') for (const name of Object.keys(line.values)) addPoint(name, 'epoch', line.step ?? Number.NaN, line.epoch, line.time, line.values[name] ?? Number.NaN);
    },
    addDevices: (line) => {
      for (const { id, utilisation, memoryUsed, memoryTotal } of line.devices) {
        if (utilisation !== undefined) addPoint(`${id} utilisation`, 'device', Number.NaN, Number.NaN, line.time, utilisation);
        if (memoryUsed !== undefined && memoryTotal !== undefined && memoryTotal > 0) addPoint(`${id} memory`, 'device', Number.NaN, Number.NaN, line.time, memoryUsed / memoryTotal);
      }
    },
    all: () => [...series.values()].map((one) => pointsOf(one, 0)),
    take: () => [...series.values()].filter((one) => one.taken < one.length).map((one) => {
      const given = pointsOf(one, one.taken);
      one.taken = one.length;
      return given;
    }),
    plans: () => plans, notes: () => notes, points: () => points,
  };
}

function column(length: number): Float64Array<ArrayBuffer> { return new Float64Array(length); }

const validationWords = new Set(['val', 'valid', 'validation', 'eval', 'dev']), trainingWords = new Set(['train', 'training']), testWords = new Set(['test']);

/** `val_loss`, `Loss/val`, `eval_loss`, `train/loss` and `loss` belong into one chart, each with its role. */
export function meaningOf(name: string): { readonly chart: string; readonly role: SeriesRole } {
  const words = name.split(/[/_\-. ]+/).filter((word) => word !== '');
  let role: SeriesRole = 'training';
  const rest = words.filter((word, at) => {
    const lower = word.toLowerCase();
    // `epoch_loss`, as Keras calls it in TensorBoard's files.
    if (lower === 'epoch' && at === 0 && words.length > 1) return false;
    if (validationWords.has(lower)) { role = 'validation'; return false; }
    if (testWords.has(lower)) { role = 'test'; return false; }
    return !trainingWords.has(lower);
  });
  return { chart: rest.join('_').toLowerCase() || name.toLowerCase(), role };
}
