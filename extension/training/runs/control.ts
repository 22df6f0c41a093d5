// Starting, stopping and deleting runs from any window: what they ask for goes through the run's folder or to its processes, never
// through the window that started it. Knows no editor.
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LaunchRequest, RunRecord } from './format.ts';
import { runFiles, runFolderVariable } from './format.ts';
import { identify, interrupt, isAlive, killTree, processTree } from './processes.ts';
import { trueRecord } from './read.ts';
import { changeRecord, readRecord, writeRecord } from './write.ts';

const stopMilliseconds = 1_500;

/** Starts the supervisor of a run that was made by `createRun`; it goes on without this process. Throws what the file system throws. */
export function startRun(folder: string, launch: LaunchRequest, supervisorModule: string): void {
  writeFileSync(path.join(folder, runFiles.launch), `${JSON.stringify(launch, undefined, 2)}\n`);
  // The editor's own program is Node when it is told so.
  const child = spawn(process.execPath, [supervisorModule, folder], {
    cwd: folder, detached: true, stdio: 'ignore', windowsHide: true, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  child.on('error', (error) => { changeRecord(folder, { state: 'failed', endedAt: Date.now(), message: `The run could not be started (${error.message}).` }); });
  child.unref();
}

/** Asks the run to end; resolves once its state says so, or after `patienceMilliseconds`. */
export async function stopRun(folder: string, patienceMilliseconds = 5_000): Promise<RunRecord | undefined> {
  const record = readRecord(folder);
  if (record === undefined || !isActive(trueRecord(folder, record))) return record;
  try {
    writeFileSync(path.join(folder, runFiles.stop), '');
  } catch {
    // The folder takes no file: the processes are told themselves.
    if (isAlive(record.supervisor) && record.supervisor !== undefined) process.kill(record.supervisor.pid, 'SIGTERM');
  }
  if (!isAlive(record.supervisor) && isAlive(record.process)) await stopWithoutSupervisor(folder, record);
  const until = Date.now() + patienceMilliseconds;
  for (;;) {
    const now = readRecord(folder);
    if (now === undefined || !isActive(trueRecord(folder, now)) || Date.now() > until) return now === undefined ? undefined : trueRecord(folder, now);
    await wait(50);
  }
}

async function stopWithoutSupervisor(folder: string, record: RunRecord): Promise<void> {
  const child = record.process;
  if (child === undefined) return;
  const mark = `${runFolderVariable}=${folder}`, seen = processTree(child.pid, mark).flatMap((pid) => identify(pid) ?? []);
  interrupt(child.pid);
  for (let waited = 0; waited < stopMilliseconds && isAlive(child); waited += 50) await wait(50);
  killTree(child.pid, seen, mark);
  writeRecord(folder, { ...record, state: 'stopped', endedAt: Date.now() });
}

/** Removes a run that has ended, with all its files. */
export function deleteRun(folder: string): void {
  const record = readRecord(folder);
  if (record !== undefined && isActive(trueRecord(folder, record))) throw new Error('The run has not ended.');
  rmSync(folder, { recursive: true, force: true });
}

export function isActive(record: RunRecord): boolean {
  return record.state === 'queued' || record.state === 'running';
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
