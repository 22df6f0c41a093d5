// The process that stands over a run: starts the training process, keeps run.json true, samples devices, writes TensorBoard's event
// file and ends everything when asked to. It is no child of the editor, so that a run outlives windows. Knows no editor.
//   node supervisor.cjs FOLDER
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { startDeviceSamples } from '../devices/sample.ts';
import type { LaunchRequest, ProcessIdentity, RunRecord } from '../runs/format.ts';
import { runFiles, runFolderVariable } from '../runs/format.ts';
import { identify, interrupt, killTree, processTree } from '../runs/processes.ts';
import { firstPlan, lastEnd } from '../runs/read.ts';
import { readRecord, writeRecord } from '../runs/write.ts';
import { startEventFile } from './events.ts';

const defaultStopMilliseconds = 1_500;
const pollMilliseconds = 100;

function main(folder: string): void {
  const found = readRecord(folder);
  if (found === undefined) { process.exitCode = 2; return; }
  let record: RunRecord = { ...found, supervisor: identify(process.pid), state: 'running', startedAt: Date.now() };
  let unsaved = false;
  const change = (changes: Partial<RunRecord>): void => {
    record = { ...record, ...changes };
    try {
      writeRecord(folder, record);
      unsaved = false;
    } catch {
      // Disk full: it is tried again with the next look.
      unsaved = true;
    }
  };
  const launch = readLaunch(folder);
  if (launch === undefined) { change({ state: 'failed', endedAt: Date.now(), message: 'launch.json cannot be read.' }); return; }
  if (!isFolder(launch.workingDirectory)) { change({ state: 'failed', endedAt: Date.now(), message: `The working directory ${launch.workingDirectory} does not exist.` }); return; }

  const mark = `${runFolderVariable}=${folder}`;
  const output = openSync(path.join(folder, runFiles.output), 'a');
  const child = spawn(launch.command, launch.arguments, {
    cwd: launch.workingDirectory, env: environmentOf(launch, folder), stdio: ['ignore', output, output], detached: process.platform !== 'win32', windowsHide: true, shell: false,
  });
  closeSync(output);
  change(child.pid === undefined ? {} : { process: identify(child.pid) });

  const events = startEventFile(folder), devices = startDeviceSamples(folder);
  const stopping = makeStopping(child, mark, launch.stopMilliseconds ?? defaultStopMilliseconds);
  const poll = setInterval(() => {
    if (unsaved) change({});
    if (existsSync(path.join(folder, runFiles.stop))) stopping.begin();
    noteBackend();
  }, pollMilliseconds);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => { if (signal !== 'SIGHUP') stopping.begin(); });

  /** What computes is known once the training process has said it. */
  const noteBackend = (): void => {
    const backend = record.backend === undefined ? firstPlan(folder)?.backend : undefined;
    if (backend !== undefined) change({ backend });
  };
  const finish = (changes: Partial<RunRecord>): void => {
    noteBackend();
    clearInterval(poll);
    devices.stop();
    events.stop();
    change({ endedAt: Date.now(), ...changes });
    for (let attempt = 0; unsaved && attempt < 50; attempt += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      change({});
    }
    process.exit(0);
  };
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (child.pid !== undefined) return;
    const reason = error.code === 'ENOENT' ? 'was not found' : error.code === 'EACCES' ? 'may not be run' : `could not be started (${error.code ?? error.message})`;
    finish({ state: 'failed', message: `${launch.command} ${reason}.` });
  });
  child.on('exit', (code, signal) => {
    stopping.ended();
    const end = lastEnd(folder);
    const wasStopped = stopping.began();
    finish({
      state: wasStopped ? 'stopped' : code === 0 ? 'finished' : 'failed',
      ...(code === null ? {} : { exitCode: code }), ...(signal === null ? {} : { signal }),
      ...(wasStopped || code === 0 ? {} : { message: end?.message ?? endMessage(code, signal), failedAt: end?.place }),
    });
  });
}

/** Ends the training process and all that came from it: SIGINT to its group, then, when its time is over, SIGKILL. */
function makeStopping(child: ChildProcess, mark: string, milliseconds: number) {
  let began = false, timer: NodeJS.Timeout | undefined, seen: ProcessIdentity[] = [];
  return {
    began: () => began,
    begin: () => {
      const { pid } = child;
      if (began || pid === undefined) return;
      began = true;
      // Whoever is left by its parent later is still known.
      seen = processTree(pid, mark).flatMap((one) => identify(one) ?? []);
      interrupt(pid);
      timer = setTimeout(() => killTree(pid, seen, mark), milliseconds);
    },
    ended: () => {
      clearTimeout(timer);
      if (began && child.pid !== undefined) killTree(child.pid, seen, mark);
    },
  };
}

function readLaunch(folder: string): LaunchRequest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, runFiles.launch), 'utf8')) as LaunchRequest;
  } catch {
    return undefined;
  }
}

/** What the editor set for itself does not reach the program. */
function environmentOf(launch: LaunchRequest, folder: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  for (const name of Object.keys(environment)) if (/^(ELECTRON_|VSCODE_|APPLICATION_INSIGHTS_)/.test(name)) delete environment[name];
  for (const [name, value] of Object.entries(launch.environment)) {
    if (value === null) delete environment[name];
    else environment[name] = value;
  }
  environment[runFolderVariable] = folder;
  return environment;
}

function endMessage(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'The process was killed, as the system does when memory runs out.';
  if (signal !== null) return `The process ended by ${signal}.`;
  return `The process ended with exit code ${code}.`;
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

const folder = process.argv[2];
if (folder === undefined) process.exitCode = 2;
else main(path.resolve(folder));
