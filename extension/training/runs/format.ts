// A run on disk: the folder `.inlayer/runs/<time>-<name>/` and what its files say. The types, and readers which check what other
// processes (or another version) wrote. Knows no file system, no process and no editor.
//
//   run.json       one RunRecord, replaced as a whole. Written by whoever starts the run, then by its supervisor only.
//   metrics.jsonl  MetricLines as the program reports them; appended in whole lines by the training process alone.
//   devices.jsonl  DeviceLines, appended by the supervisor alone.
//   output.log     what the program printed; when it grows too big it becomes output.1.log and begins again.
//   events.out.tfevents.*  the same scalars for TensorBoard.
//   launch.json    what the supervisor starts: a LaunchRequest.
//   stop           its existence asks the supervisor to end the run.

export const formatVersion = 1;
export const runsFolder = '.inlayer/runs';
export const runFiles = { record: 'run.json', metrics: 'metrics.jsonl', devices: 'devices.jsonl', output: 'output.log', olderOutput: 'output.1.log', launch: 'launch.json', stop: 'stop' } as const;

/** The training process finds its folder under this name in its environment. */
export const runFolderVariable = 'INLAYER_RUN';

/** `lost`: its processes are gone and nobody said how it ended. Never stored: readers conclude it from the processes. */
export const runStates = ['queued', 'running', 'stopped', 'failed', 'finished', 'lost'] as const;
export type RunState = (typeof runStates)[number];

/** A process, told apart from a later one which got the same number. `startTime` is whatever the system says of its start. */
export interface ProcessIdentity { readonly pid: number; readonly startTime: string }

/** A command as a list, never a shell's line. It inherits the supervisor's environment; null takes a name out of it. */
export interface LaunchRequest {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | null>>;
  /** From the polite request to end (SIGINT) until the whole process tree is ended. */
  readonly stopMilliseconds?: number;
  /** Whether the training process keeps output.log small itself (the Python launcher does). */
  readonly rotatesOutput?: boolean;
}

export interface SourcePlace { readonly file: string; readonly line: number; readonly column?: number }

export interface RunRecord {
  readonly version: typeof formatVersion;
  /** The folder's name. */
  readonly id: string;
  readonly name: string;
  readonly runner: 'python' | 'tfjs';
  readonly state: RunState;
  /** Times are milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The program or model file, absolute. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  /** The interpreter, for Python. */
  readonly interpreter?: string;
  /** What was added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The device asked for: `cpu`, `cuda:0`, … Undefined: whatever the program takes. */
  readonly device?: string;
  /** The backend that really computes, where the runner knows it: `tensorflow.js wasm`, `keras 3.15.1 (torch)`. */
  readonly backend?: string;
  readonly supervisor?: ProcessIdentity;
  readonly process?: ProcessIdentity;
  readonly exitCode?: number;
  readonly signal?: string;
  /** One sentence: why it failed, or could not start. */
  readonly message?: string;
  /** Where in the user's files it failed. */
  readonly failedAt?: SourcePlace;
}

/** Scalars by name. Numbers that are not finite are written as the strings `NaN`, `Infinity`, `-Infinity`. */
export type MetricValues = Readonly<Record<string, number>>;

/**
 * What a training process reports. `time` is seconds since 1970; `step` counts optimizer steps (batches) from 1 over the whole
 * run; `epoch` is how many epochs are done, over the whole run: whole numbers at their ends, a fraction within one (1.25) or its
 * whole part where the fraction is not known; `phase` from 0 is the number of the training call (`fit`) that it belongs to.
 */
export type MetricLine =
  /** Announces what comes: once at the start of each training call. `place`: where the program calls it. */
  | {
    readonly type: 'plan'; readonly time: number; readonly phase: number; readonly source: MetricSource;
    readonly epochs?: number; readonly stepsPerEpoch?: number; readonly backend?: string; readonly place?: SourcePlace; readonly knobs?: Knobs;
  }
  | { readonly type: 'step'; readonly time: number; readonly step: number; readonly epoch?: number; readonly phase?: number; readonly values: MetricValues }
  /** At an epoch's end: its averages, validation (`val_` before the name) and learning rate. `step`: of its last batch. */
  | { readonly type: 'epoch'; readonly time: number; readonly epoch: number; readonly step?: number; readonly phase?: number; readonly values: MetricValues }
  /** Something a person should see: numbers that are not finite, a gradient that is, a message of the runner. */
  | { readonly type: 'note'; readonly time: number; readonly kind: NoteKind; readonly name: string; readonly message?: string; readonly step?: number; readonly epoch?: number; readonly cause?: NonFiniteCause; readonly place?: SourcePlace }
  | { readonly type: 'end'; readonly time: number; readonly exitCode: number; readonly message?: string; readonly place?: SourcePlace };

export const metricSources = ['keras', 'lightning', 'transformers', 'tensorboard', 'wandb', 'torch', 'tfjs'] as const;
export type MetricSource = (typeof metricSources)[number];

export const noteKinds = ['non-finite-loss', 'non-finite-gradient', 'checkpoint', 'message'] as const;
export type NoteKind = (typeof noteKinds)[number];

/** What the graph of a loss says about it; `weights` and `data`: they were no sound numbers before. */
export const nonFiniteCauses = ['logarithm', 'division', 'root', 'exponential', 'weights', 'data'] as const;
export type NonFiniteCause = (typeof nonFiniteCauses)[number];

/** Where the program sets what a mark's advice is about. */
export type Knobs = Readonly<Partial<Record<'optimizer' | 'epochs' | 'loss' | 'model' | 'learningRate', SourcePlace>>>;

/** A sample of the devices while a run lasts. Memory in bytes, utilisation from 0 to 1. */
export interface DeviceLine {
  readonly time: number;
  readonly devices: readonly { readonly id: string; readonly utilisation?: number; readonly memoryUsed?: number; readonly memoryTotal?: number; readonly temperature?: number }[];
}

/** One line with its line end. */
export function metricText(line: MetricLine): string {
  return `${JSON.stringify(line, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))}\n`;
}

export function readMetricLine(text: string): MetricLine | undefined {
  const line = parseObject(text);
  if (line === undefined || !isNumber(line['time'])) return undefined;
  const { type, time } = line;
  const common = { ...pick(line, 'epoch', isNumber), ...pick(line, 'phase', isNumber) };
  switch (type) {
    case 'step': {
      const { step } = line;
      return isNumber(step) ? { type, time, step, ...common, values: readValues(line['values']) } : undefined;
    }
    case 'epoch': {
      const { epoch } = line;
      return isNumber(epoch) ? { type, time, ...common, epoch, ...pick(line, 'step', isNumber), values: readValues(line['values']) } : undefined;
    }
    case 'plan': {
      const source = metricSources.find((one) => one === line['source']);
      if (source === undefined) return undefined;
      return {
        type, time, source, phase: isNumber(line['phase']) ? line['phase'] : 0, ...pick(line, 'epochs', isNumber), ...pick(line, 'stepsPerEpoch', isNumber), ...pick(line, 'backend', isText),
        place: readPlace(line['place']), knobs: readKnobs(line['knobs']),
      };
    }
    case 'note': {
      const kind = noteKinds.find((one) => one === line['kind']), { name } = line;
      if (kind === undefined || !isText(name)) return undefined;
      const cause = nonFiniteCauses.find((one) => one === line['cause']);
      return { type, time, kind, name, ...pick(line, 'message', isText), ...pick(line, 'step', isNumber), ...pick(line, 'epoch', isNumber), ...(cause === undefined ? {} : { cause }), place: readPlace(line['place']) };
    }
    case 'end':
      return { type, time, exitCode: isNumber(line['exitCode']) ? line['exitCode'] : 1, ...pick(line, 'message', isText), place: readPlace(line['place']) };
    default:
      return undefined;
  }
}

export function readDeviceLine(text: string): DeviceLine | undefined {
  const line = parseObject(text);
  if (line === undefined || !isNumber(line['time']) || !Array.isArray(line['devices'])) return undefined;
  const devices = line['devices'].flatMap((given: unknown) => {
    const one = readObject(given);
    if (one === undefined || !isText(one['id'])) return [];
    return [{ id: one['id'], ...pick(one, 'utilisation', isNumber), ...pick(one, 'memoryUsed', isNumber), ...pick(one, 'memoryTotal', isNumber), ...pick(one, 'temperature', isNumber) }];
  });
  return { time: line['time'], devices };
}

/** The record, or undefined where the text is none: half written, or of a later version. */
export function readRunRecord(text: string): RunRecord | undefined {
  const given = parseObject(text);
  if (given === undefined || given['version'] !== formatVersion) return undefined;
  const { id, name, createdAt, program, workingDirectory } = given;
  const state = runStates.find((one) => one === given['state']);
  const runner = given['runner'] === 'tfjs' ? 'tfjs' : 'python';
  if (!isText(id) || !isText(name) || !isNumber(createdAt) || !isText(program) || !isText(workingDirectory) || state === undefined) return undefined;
  const environment = readObject(given['environment']);
  return {
    version: formatVersion, id, name, runner, state, createdAt, program, workingDirectory,
    arguments: Array.isArray(given['arguments']) ? given['arguments'].filter(isText) : [],
    ...pick(given, 'startedAt', isNumber), ...pick(given, 'endedAt', isNumber), ...pick(given, 'interpreter', isText), ...pick(given, 'device', isText), ...pick(given, 'backend', isText),
    ...pick(given, 'exitCode', isNumber), ...pick(given, 'signal', isText), ...pick(given, 'message', isText),
    ...(environment === undefined ? {} : { environment: Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => isText(entry[1]))) }),
    supervisor: readIdentity(given['supervisor']), process: readIdentity(given['process']), failedAt: readPlace(given['failedAt']),
  };
}

/** `20261125-093000-train`: sorts by time, and is a file name everywhere. */
export function runId(name: string, milliseconds: number): string {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[^0-9]/g, '').slice(0, 14);
  const word = name.normalize('NFC').replaceAll(/[^\p{Letter}\p{Number}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '').slice(0, 60);
  return `${digits.slice(0, 8)}-${digits.slice(8)}-${word || 'run'}`;
}

function readValues(given: unknown): MetricValues {
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(readObject(given) ?? {})) {
    if (typeof value === 'number') values[name] = value;
    else if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') values[name] = Number(value);
  }
  return values;
}

function readKnobs(given: unknown): Knobs | undefined {
  const knobs = readObject(given);
  if (knobs === undefined) return undefined;
  return Object.fromEntries(Object.entries(knobs).flatMap(([name, place]) => {
    const read = readPlace(place);
    return read === undefined ? [] : [[name, read]];
  }));
}

function readPlace(given: unknown): SourcePlace | undefined {
  const place = readObject(given);
  if (place === undefined || !isText(place['file']) || !isNumber(place['line'])) return undefined;
  return { file: place['file'], line: place['line'], ...pick(place, 'column', isNumber) };
}

function readIdentity(given: unknown): ProcessIdentity | undefined {
  const identity = readObject(given);
  return identity !== undefined && isNumber(identity['pid']) && isText(identity['startTime']) ? { pid: identity['pid'], startTime: identity['startTime'] } : undefined;
}

function pick<Name extends string, Value>(object: Readonly<Record<string, unknown>>, name: Name, is: (given: unknown) => given is Value): { readonly [Key in Name]?: Value } {
  const value = object[name];
  return (is(value) ? { [name]: value } : {}) as { readonly [Key in Name]?: Value };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return readObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function readObject(given: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Readonly<Record<string, unknown>>) : undefined;
}
function isText(given: unknown): given is string { return typeof given === 'string'; }
function isNumber(given: unknown): given is number { return typeof given === 'number' && Number.isFinite(given); }
