// Writing a run: its folder, its record (replaced as a whole, so that no reader sees half of one) and lines appended to its files.
// Used by the window that starts a run, by its supervisor and by training processes in Node. Knows no editor.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { MetricLine, MetricValues, RunRecord, SourcePlace } from './format.ts';
import { formatVersion, metricText, readRunRecord, runFiles, runFolderVariable, runId, runsFolder } from './format.ts';

/** What is known of a run when it is asked for. */
export type RunRequest = Omit<RunRecord, 'version' | 'id' | 'state' | 'createdAt' | 'startedAt' | 'endedAt' | 'supervisor' | 'process' | 'exitCode' | 'signal' | 'message' | 'failedAt'>;

/** Makes the folder of a new run, state `queued`, under a workspace folder. Throws what the file system throws. */
export function createRun(workspaceFolder: string, request: RunRequest): { readonly folder: string; readonly record: RunRecord } {
  const runs = path.join(workspaceFolder, runsFolder), createdAt = Date.now();
  mkdirSync(runs, { recursive: true });
  keepOutOfGit(path.dirname(runs));
  for (let attempt = 0; ; attempt += 1) {
    const id = runId(attempt === 0 ? request.name : `${request.name}-${attempt + 1}`, createdAt), folder = path.join(runs, id);
    try {
      mkdirSync(folder);
    } catch (error) {
      // Two runs within one second.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST' && attempt < 1000) continue;
      throw error;
    }
    const record: RunRecord = { version: formatVersion, id, state: 'queued', createdAt, ...request };
    try {
      writeRecord(folder, record);
    } catch (error) {
      // A disk that takes a folder and no file: nothing is left behind.
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    return { folder, record };
  }
}

export function readRecord(folder: string): RunRecord | undefined {
  try {
    return readRunRecord(readFileSync(path.join(folder, runFiles.record), 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeRecord(folder: string, record: RunRecord): void {
  const target = path.join(folder, runFiles.record), temporary = `${target}.${process.pid}.new`;
  const file = openSync(temporary, 'w');
  try {
    writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  replaceFile(temporary, target);
}

export function changeRecord(folder: string, changes: Partial<RunRecord>): RunRecord | undefined {
  const record = readRecord(folder);
  if (record === undefined) return undefined;
  const changed = { ...record, ...changes };
  writeRecord(folder, changed);
  return changed;
}

/** Appends whole lines, each batch by one write. Lines that cannot be written (disk full) wait and are tried again with the next. */
export interface LineAppender {
  readonly append: (text: string) => void;
  /** Writes what waits; false where the disk does not take it. */
  readonly flush: () => boolean;
  readonly close: () => void;
}

export function openAppender(file: string, { waitMilliseconds = 100, mostWaiting = 4_000_000 } = {}): LineAppender {
  const descriptor = openSync(file, 'a');
  let waiting = '', broken = false;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): boolean => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === '') return true;
    // After half a line (a disk that filled up) the next text begins on a line of its own: readers drop the half one.
    const bytes = Buffer.from(broken ? `\n${waiting}` : waiting);
    try {
      const written = writeSync(descriptor, bytes);
      broken = written < bytes.length;
      if (!broken) { waiting = ''; return true; }
      // The line that was cut is written again.
      waiting = bytes.subarray(bytes.lastIndexOf(10, Math.max(0, written - 1)) + 1).toString();
      return false;
    } catch {
      if (waiting.length > mostWaiting) waiting = waiting.slice(waiting.indexOf('\n', waiting.length - mostWaiting / 2) + 1);
      return false;
    }
  };
  return {
    append: (text) => {
      waiting += text;
      if (timer === undefined) timer = setTimeout(flush, waitMilliseconds).unref();
    },
    flush,
    close: () => {
      flush();
      closeSync(descriptor);
    },
  };
}

/** For training processes in Node. Lines are buffered and written ten times a second; `end` and `close` write at once. */
export interface MetricsWriter {
  readonly plan: (plan: Omit<Extract<MetricLine, { type: 'plan' }>, 'type' | 'time'>) => void;
  readonly step: (step: number, values: MetricValues, where?: { readonly epoch?: number; readonly phase?: number }) => void;
  readonly epoch: (epoch: number, values: MetricValues, where?: { readonly step?: number; readonly phase?: number }) => void;
  readonly note: (note: Omit<Extract<MetricLine, { type: 'note' }>, 'type' | 'time'>) => void;
  /** The last line; `message` says in one sentence why it failed. */
  readonly end: (exitCode: number, message?: string, place?: SourcePlace) => void;
  readonly close: () => void;
}

export function openMetrics(folder: string): MetricsWriter {
  const file = openAppender(path.join(folder, runFiles.metrics));
  const write = (line: MetricLine): void => file.append(metricText(line));
  const time = (): number => Date.now() / 1000;
  return {
    plan: (plan) => write({ type: 'plan', time: time(), ...plan }),
    step: (step, values, where) => write({ type: 'step', time: time(), step, ...where, values }),
    epoch: (epoch, values, where) => write({ type: 'epoch', time: time(), epoch, ...where, values }),
    note: (note) => write({ type: 'note', time: time(), ...note }),
    end: (exitCode, message, place) => {
      write({ type: 'end', time: time(), exitCode, message, place });
      file.flush();
    },
    close: file.close,
  };
}

/** The run's folder that this process trains for, as its supervisor named it. */
export function runFolderOfProcess(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment[runFolderVariable];
}

/** Runs are no part of a project's history. */
function keepOutOfGit(folder: string): void {
  try {
    writeFileSync(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there already.
  }
}

/** Windows refuses to replace a file which another process has open at this moment. */
function replaceFile(from: string, to: string): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (process.platform !== 'win32' || attempt >= 20) { rmSync(from, { force: true }); throw error; }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
}
