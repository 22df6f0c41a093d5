// The runs of a workspace as their folders tell them: every window reads the same files, so that all see the same truth. Watches the
// folders, and looks at the processes of active runs now and then, since a killed process changes no file. Knows no editor.
import type { FSWatcher } from 'node:fs';
import { existsSync, readdirSync, statSync, watch } from 'node:fs';
import path from 'node:path';
import { isActive } from './control.ts';
import type { RunRecord } from './format.ts';
import { runFiles, runsFolder } from './format.ts';
import { trueRecord } from './read.ts';
import { readRecord } from './write.ts';

export interface Run {
  readonly folder: string;
  readonly record: RunRecord;
}

export interface RunIndex {
  /** Newest first. */
  readonly runs: () => readonly Run[];
  readonly refresh: () => void;
  readonly dispose: () => void;
}

const idleMilliseconds = 3_000, activeMilliseconds = 1_000, settleMilliseconds = 50;

/** All runs below the given workspace folders. */
export function listRuns(workspaceFolders: readonly string[], known: ReadonlyMap<string, Known> = new Map()): Map<string, Known> {
  const found = new Map<string, Known>();
  for (const workspaceFolder of workspaceFolders) {
    const runs = path.join(workspaceFolder, runsFolder);
    for (const name of namesIn(runs)) {
      const folder = path.join(runs, name), changed = statSync(path.join(folder, runFiles.record), { throwIfNoEntry: false })?.mtimeMs;
      if (changed === undefined) continue;
      const before = known.get(folder), record = before !== undefined && before.changed === changed ? before.stored : readRecord(folder);
      // Half written on a file system without atomic renames: what was known stays.
      const stored = record ?? before?.stored;
      if (stored !== undefined) found.set(folder, { changed, stored, record: trueRecord(folder, stored) });
    }
  }
  return found;
}

export interface Known {
  readonly changed: number;
  readonly stored: RunRecord;
  readonly record: RunRecord;
}

export function openRunIndex(workspaceFolders: readonly string[], tell: (runs: readonly Run[]) => void): RunIndex {
  const watchers = new Map<string, FSWatcher>();
  let known = new Map<string, Known>(), told = '', runs: readonly Run[] = [];
  let timer: NodeJS.Timeout | undefined, soon: NodeJS.Timeout | undefined, disposed = false;
  const refresh = (): void => {
    clearTimeout(timer);
    clearTimeout(soon);
    soon = undefined;
    if (disposed) return;
    known = listRuns(workspaceFolders, known);
    runs = [...known].map(([folder, { record }]) => ({ folder, record })).sort((left, right) => right.record.createdAt - left.record.createdAt || (left.folder < right.folder ? 1 : -1));
    keepWatching();
    const text = JSON.stringify(runs);
    if (text !== told) {
      told = text;
      tell(runs);
    }
    timer = setTimeout(refresh, runs.some(({ record }) => isActive(record)) ? activeMilliseconds : idleMilliseconds);
    timer.unref();
  };
  const refreshSoon = (): void => { if (!disposed) soon ??= setTimeout(refresh, settleMilliseconds); };
  // The folder of runs tells of new ones, the folders of active runs of their changes.
  const keepWatching = (): void => {
    const wanted = new Set([
      ...workspaceFolders.map((folder) => path.join(folder, runsFolder)).filter((folder) => existsSync(folder)),
      ...runs.filter(({ record }) => isActive(record)).map(({ folder }) => folder),
    ]);
    for (const [folder, watcher] of watchers) if (!wanted.has(folder)) { watcher.close(); watchers.delete(folder); }
    for (const folder of wanted) {
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, (_, name) => { if (name === null || !/\.(jsonl|log)$|tfevents/.test(String(name))) refreshSoon(); });
        watcher.on('error', () => { watcher.close(); watchers.delete(folder); });
        watchers.set(folder, watcher);
      } catch {
        // Watches are used up, or the file system has none: the timer looks.
      }
    }
  };
  refresh();
  return {
    runs: () => runs, refresh,
    dispose: () => {
      disposed = true;
      clearTimeout(timer);
      clearTimeout(soon);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
