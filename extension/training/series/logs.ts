// Curves of runs that were started elsewhere: TensorBoard event files, Keras' CSVLogger, Lightning's metrics.csv, Hugging Face's
// trainer_state.json, and runs of our own from another place. Finds them below a folder; what cannot be read is left out.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readEventFile } from '../runs/event-file.ts';
import { readMetricLine, runFiles } from '../runs/format.ts';
import type { Curves, SeriesRole } from './curves.ts';
import { makeCurves } from './curves.ts';

export interface Log {
  /** The file, or the folder of event files. */
  readonly path: string;
  readonly title: string;
  readonly curves: Curves;
}

const deepest = 5, mostFiles = 2_000;

export function readLogs(start: string): Log[] {
  const files = statSync(start).isFile() ? [start] : filesBelow(start);
  const base = statSync(start).isFile() ? path.dirname(start) : start;
  const groups = new Map<string, { readonly role?: SeriesRole; readonly file: string }[]>();
  const logs: Log[] = [];
  // A folder of one of our runs holds its scalars twice: the event file is a copy.
  const ours = new Set(files.filter((file) => path.basename(file) === runFiles.metrics).map((file) => path.dirname(file)));
  for (const file of files) {
    const name = path.basename(file);
    if (name.includes('.tfevents.') && !ours.has(path.dirname(file))) {
      // Keras writes training and validation into two folders of one run.
      const folder = path.dirname(file), role = roles[path.basename(folder)], run = role === undefined ? folder : path.dirname(folder);
      groups.set(run, [...(groups.get(run) ?? []), { role, file }]);
      continue;
    }
    const curves = readQuietly(() => readOne(file, name));
    if (curves !== undefined && curves.points() > 0) logs.push({ path: file, title: titleOf(base, name === runFiles.metrics || name === 'metrics.csv' ? path.dirname(file) : file), curves });
  }
  for (const [folder, members] of groups) {
    const curves = makeCurves();
    for (const { role, file } of members.sort((left, right) => (left.file < right.file ? -1 : 1))) readQuietly(() => addEventFile(curves, readFileSync(file), role));
    if (curves.points() > 0) logs.push({ path: folder, title: titleOf(base, folder), curves });
  }
  return logs;
}

const roles: Readonly<Record<string, SeriesRole | undefined>> = { train: 'training', validation: 'validation', val: 'validation', test: 'test' };

function readOne(file: string, name: string): Curves | undefined {
  if (name === runFiles.metrics) return readMetrics(readFileSync(file, 'utf8'));
  if (name.endsWith('.csv') || name.endsWith('.tsv')) return readCsv(readFileSync(file, 'utf8'));
  if (name === 'trainer_state.json') return readTrainerState(readFileSync(file, 'utf8'));
  return undefined;
}

function readMetrics(text: string): Curves {
  const curves = makeCurves();
  for (const line of text.split('\n')) {
    const read = readMetricLine(line);
    if (read !== undefined) curves.add(read);
  }
  return curves;
}

export function addEventFile(curves: Curves, bytes: Uint8Array, role?: SeriesRole): void {
  for (const { time, step, tag, value } of readEventFile(bytes).scalars) {
    // Keras counts epochs from 0 here; tags with this word count epochs.
    const isEpoch = /^epoch_/.test(tag);
    curves.addPoint(tag, isEpoch ? 'epoch' : 'step', isEpoch ? Number.NaN : step, isEpoch ? step + (role === undefined ? 0 : 1) : Number.NaN, time, value, role);
  }
}

/** Keras' CSVLogger has a row an epoch; Lightning's has steps, and each row only what was logged then. */
export function readCsv(text: string): Curves | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== ''), first = lines[0] ?? '';
  const separator = [',', ';', '\t'].find((one) => first.split(one).includes('epoch') || first.split(one).includes('step'));
  if (separator === undefined) return undefined;
  const names = first.split(separator).map((name) => name.trim().replaceAll(/^"|"$/g, '')), stepColumn = names.indexOf('step'), epochColumn = names.indexOf('epoch');
  const curves = makeCurves();
  lines.slice(1).forEach((line, row) => {
    const cells = line.split(separator), number = (at: number): number => (at < 0 || (cells[at] ?? '').trim() === '' ? Number.NaN : Number(cells[at]));
    const step = number(stepColumn), epoch = number(epochColumn);
    names.forEach((name, at) => {
      const cell = (cells[at] ?? '').trim();
      if (at === stepColumn || at === epochColumn || cell === '' || (Number.isNaN(Number(cell)) && !/^nan$/i.test(cell))) return;
      if (stepColumn < 0) curves.addPoint(name, 'epoch', Number.NaN, (Number.isNaN(epoch) ? row : epoch) + 1, Number.NaN, Number(cell));
      else if (name.endsWith('_epoch')) curves.addPoint(name.slice(0, -6), 'epoch', step + 1, epoch + 1, Number.NaN, Number(cell));
      else curves.addPoint(name.endsWith('_step') ? name.slice(0, -5) : name, 'step', step + 1, epoch, Number.NaN, Number(cell));
    });
  });
  return curves;
}

const summaries = new Set(['epoch', 'step', 'total_flos', 'train_loss', 'train_runtime', 'train_samples_per_second', 'train_steps_per_second']);

export function readTrainerState(text: string): Curves | undefined {
  const state = JSON.parse(text.replaceAll(/\b(?:NaN|-?Infinity)\b/g, (word) => `"${word}"`)) as { log_history?: unknown };
  if (!Array.isArray(state.log_history)) return undefined;
  const curves = makeCurves();
  for (const entry of state.log_history as readonly Readonly<Record<string, unknown>>[]) {
    const step = Number(entry['step'] ?? Number.NaN), epoch = Number(entry['epoch'] ?? Number.NaN);
    for (const [name, value] of Object.entries(entry)) {
      if (summaries.has(name) || name.endsWith('_runtime') || name.endsWith('_per_second') || (typeof value !== 'number' && value !== 'NaN' && value !== 'Infinity' && value !== '-Infinity')) continue;
      curves.addPoint(name, 'step', step, epoch, Number.NaN, Number(value));
    }
  }
  return curves;
}

function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const look = (at: string, depth: number): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (found.length >= mostFiles) return;
      const file = path.join(at, entry.name);
      if (entry.isDirectory() && depth < deepest && entry.name !== 'node_modules' && entry.name !== '.git') readQuietly(() => { look(file, depth + 1); return undefined; });
      else if (entry.isFile() && (entry.name.includes('.tfevents.') || /\.(csv|tsv)$/.test(entry.name) || entry.name === 'trainer_state.json' || entry.name === runFiles.metrics)) found.push(file);
    }
  };
  look(folder, 0);
  return found.sort();
}

function titleOf(base: string, file: string): string {
  const relative = path.relative(base, file);
  return relative === '' ? path.basename(base) : relative.startsWith('..') ? path.basename(file) : relative;
}

function readQuietly<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
