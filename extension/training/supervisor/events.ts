// Keeps a run's TensorBoard event file: follows metrics.jsonl and writes its scalars. Values at epochs' ends go under `epoch_NAME`
// counted in epochs, as Keras' own TensorBoard callback does; all others under their name, counted in steps.
import { closeSync, openSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eventFileHeader, eventFileName, scalarRecord } from '../runs/event-file.ts';
import type { MetricLine } from '../runs/format.ts';
import { readMetricLine, runFiles } from '../runs/format.ts';
import { eachNewLine, followLines } from '../runs/read.ts';

const intervalMilliseconds = 1_000;

export function startEventFile(folder: string): { readonly stop: () => void } {
  const follow = followLines(path.join(folder, runFiles.metrics)), tags = new Set<string>();
  let file: number | undefined;
  const write = (line: MetricLine): Uint8Array[] => {
    if (line.type !== 'step' && line.type !== 'epoch') return [];
    return Object.entries(line.values).map(([name, value]) => {
      const tag = line.type === 'epoch' ? `epoch_${name}` : name, first = !tags.has(tag);
      tags.add(tag);
      return scalarRecord({ time: line.time, step: line.type === 'epoch' ? line.epoch : line.step, tag, value }, first);
    });
  };
  const look = (): void => {
    try {
      const records: Uint8Array[] = [];
      eachNewLine(follow, (text) => {
        const line = readMetricLine(text);
        if (line !== undefined) records.push(...write(line));
      });
      if (records.length === 0) return;
      if (file === undefined) {
        const now = Date.now() / 1000;
        file = openSync(path.join(folder, eventFileName(now, os.hostname(), process.pid)), 'a');
        writeSync(file, eventFileHeader(now));
      }
      writeSync(file, Buffer.concat(records));
    } catch {
      // The event file is a copy: metrics.jsonl is the truth.
    }
  };
  const timer = setInterval(look, intervalMilliseconds);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      if (file !== undefined) closeSync(file);
    },
  };
}
