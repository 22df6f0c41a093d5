// Reading runs: whole lines of growing files, how a run ended, and its true state, which run.json alone cannot know when its
// supervisor was killed. Knows no editor.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { MetricLine, RunRecord, RunState } from './format.ts';
import { readMetricLine, runFiles } from './format.ts';
import { isAlive } from './processes.ts';

const chunkBytes = 2_000_000;
/** A supervisor that has not shown itself by then does not come. */
const startMilliseconds = 20_000;

/**
 * Each call gives the whole lines that were added since the last, a piece of some megabytes at most: none are left once it gives
 * none. What begins a line waits. A file that shrank is read anew.
 */
export function followLines(file: string): () => string[] {
  let at = 0, rest: Buffer = Buffer.alloc(0);
  return () => {
    let descriptor: number;
    try {
      descriptor = openSync(file, 'r');
    } catch {
      return [];
    }
    try {
      const { size } = fstatSync(descriptor);
      if (size < at) { at = 0; rest = Buffer.alloc(0); }
      const part = Buffer.allocUnsafe(Math.min(chunkBytes, size - at)), count = readSync(descriptor, part, 0, part.length, at);
      at += count;
      const whole = Buffer.concat([rest, part.subarray(0, count)]), end = whole.lastIndexOf(10) + 1;
      rest = Buffer.from(whole.subarray(end));
      return end === 0 ? [] : whole.toString('utf8', 0, end - 1).split('\n').filter((line) => line !== '');
    } catch {
      return [];
    } finally {
      closeSync(descriptor);
    }
  };
}

/** The program's own last word, if it came to one. */
export function lastEnd(folder: string): Extract<MetricLine, { type: 'end' }> | undefined {
  const lines = lastText(path.join(folder, runFiles.metrics), 64_000).split('\n');
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = readMetricLine(lines[at] ?? '');
    if (line?.type === 'end') return line;
  }
  return undefined;
}

/** What the first training call announced; looked for at the beginning of the file only. */
export function firstPlan(folder: string): Extract<MetricLine, { type: 'plan' }> | undefined {
  for (const text of firstText(path.join(folder, runFiles.metrics), 4_000).split('\n')) {
    const line = readMetricLine(text);
    if (line?.type === 'plan') return line;
  }
  return undefined;
}

/** Calls `use` with every whole line that was added since the last look. */
export function eachNewLine(follow: () => string[], use: (text: string) => void): void {
  for (let lines = follow(); lines.length > 0; lines = follow()) lines.forEach(use);
}

export function firstText(file: string, bytes: number): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const part = Buffer.alloc(bytes);
      return part.toString('utf8', 0, readSync(descriptor, part, 0, bytes, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

export function lastText(file: string, bytes: number): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor), part = Buffer.alloc(Math.min(bytes, size));
      readSync(descriptor, part, 0, part.length, size - part.length);
      return part.toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}

/** The record with its true state: what says it is queued or running may have lost its processes. */
export function trueRecord(folder: string, record: RunRecord, now = Date.now()): RunRecord {
  const state = trueState(record, now);
  if (state !== 'lost') return state === record.state ? record : { ...record, state };
  const end = lastEnd(folder);
  if (end === undefined) return { ...record, state: 'lost' };
  return { ...record, state: end.exitCode === 0 ? 'finished' : 'failed', exitCode: end.exitCode, endedAt: end.time * 1000, ...(end.message === undefined ? {} : { message: end.message, failedAt: end.place }) };
}

function trueState(record: RunRecord, now: number): RunState {
  if (record.state !== 'queued' && record.state !== 'running') return record.state;
  if (isAlive(record.supervisor) || isAlive(record.process)) return 'running';
  return record.supervisor === undefined && now - record.createdAt < startMilliseconds ? 'queued' : 'lost';
}
