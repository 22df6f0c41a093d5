// A run's life with real processes: states, exit codes, arguments, the end of a whole process tree, what survives a kill.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { deleteRun, startRun, stopRun } from '../../extension/training/runs/control.ts';
import { fileSentence, isDiskFull } from '../../extension/training/runs/file-errors.ts';
import type { LaunchRequest } from '../../extension/training/runs/format.ts';
import { readMetricLine, runFiles, runsFolder } from '../../extension/training/runs/format.ts';
import { isAlive } from '../../extension/training/runs/processes.ts';
import { pythonLaunch } from '../../extension/training/runs/python-launch.ts';
import { openRunIndex } from '../../extension/training/runs/run-index.ts';
import type { Run } from '../../extension/training/runs/run-index.ts';
import { createRun, openMetrics } from '../../extension/training/runs/write.ts';
import { ended, findPython, launcher, stateOf, supervisor, temporaryFolder, until } from './support.ts';

const python = findPython();
const needsPython = { skip: python === undefined ? 'no Python here' : false };

async function start(workspace: string, script: string, given: readonly string[] = [], more: Partial<LaunchRequest> = {}): Promise<string> {
  const file = path.join(workspace, 'my train.py');
  writeFileSync(file, script);
  const { folder } = createRun(workspace, { name: 'train', runner: 'python', program: file, arguments: given, workingDirectory: workspace });
  const launch = pythonLaunch({ interpreter: python ?? 'python3', program: file, arguments: given, workingDirectory: workspace }, folder, launcher);
  startRun(folder, { ...launch, ...more }, await supervisor());
  return folder;
}

/** Two seconds; on a machine with far more to do than it can, the processes themselves are late. */
const allowedMilliseconds = (os.loadavg()[0] ?? 0) > 2 * os.cpus().length ? 6_000 : 2_000;

const output = (folder: string): string => readFileSync(path.join(folder, runFiles.output), 'utf8');

test('a script runs as it does alone: arguments, name, path, output, exit code', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  const given = ['two words', 'quote\'s "and" `more`', 'semi;colon && echo $HOME', '한글', '*', ''];
  const folder = await start(workspace, `
import sys, os, json
print(json.dumps([sys.argv[1:], __name__, os.path.basename(__file__), sys.path[0], os.getcwd(), 'inlayer_launcher' in os.listdir(sys.path[0])], ensure_ascii=False))
print('to the other stream', file=sys.stderr)
sys.exit(3)
`, given);
  const record = await ended(folder);
  assert.deepEqual([record.state, record.exitCode], ['failed', 3]);
  assert.deepEqual(JSON.parse(output(folder).split('\n')[0] ?? ''), [given, '__main__', 'my train.py', workspace, workspace, false]);
  assert.match(output(folder), /to the other stream\n/);
});

test('a traceback is Python\'s own, and its last line in the workspace is known', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, 'import json\n\ndef load():\n  return json.loads("{")\n\nload()\n');
  const record = await ended(folder);
  assert.equal(record.state, 'failed');
  assert.deepEqual(record.failedAt, { file: path.join(workspace, 'my train.py'), line: 4 });
  assert.match(record.message ?? '', /^JSONDecodeError: /);
  assert.match(output(folder), /^Traceback \(most recent call last\):\n {2}File ".*my train\.py", line 6, in <module>\n/);
  assert.doesNotMatch(output(folder), /inlayer_launcher|run\.py/);
});

test('a syntax error names its line', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  const record = await ended(await start(workspace, 'x = 1\ndef broken(:\n'));
  assert.deepEqual([record.state, record.exitCode, record.failedAt?.line], ['failed', 1, 2]);
  assert.match(record.message ?? '', /^SyntaxError: /);
});

test('a missing interpreter, script or folder is one sentence', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  const interpreter = await ended(await start(workspace, '', [], { command: path.join(workspace, 'no', 'python') }));
  assert.match(`${interpreter.state}: ${interpreter.message}`, /^failed: .*python was not found\.$/);
  const directory = await ended(await start(workspace, '', [], { workingDirectory: path.join(workspace, 'gone') }));
  assert.match(`${directory.state}: ${directory.message}`, /^failed: The working directory .*gone does not exist\.$/);
});

test('stop asks first, and a program that listens gets its checkpoint', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, `
import time
try:
    print('started', flush=True)
    while True: time.sleep(0.05)
except KeyboardInterrupt:
    open('checkpoint', 'w').write('saved')
    raise
`);
  await until('the start', () => existsSync(path.join(folder, runFiles.output)) && output(folder).includes('started'));
  const began = Date.now(), record = await stopRun(folder);
  assert.equal(record?.state, 'stopped');
  assert.ok(Date.now() - began < allowedMilliseconds, `${Date.now() - began} ms`);
  assert.equal(readFileSync(path.join(workspace, 'checkpoint'), 'utf8'), 'saved');
});

test('stop ends the whole tree in two seconds, workers that left the group too', { skip: needsPython.skip || (process.platform === 'win32' && 'POSIX') }, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, `
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
deaf = 'import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)'
workers = [subprocess.Popen([sys.executable, '-c', deaf], start_new_session=own) for own in (False, True)]
time.sleep(0.3)
print('workers', os.getpid(), *[one.pid for one in workers], flush=True)
time.sleep(60)
`);
  const pids = await until('the workers', () => /workers (.*)\n/.exec(existsSync(path.join(folder, runFiles.output)) ? output(folder) : '')?.[1]?.split(' ').map(Number));
  const began = Date.now(), record = await stopRun(folder);
  assert.equal(record?.state, 'stopped');
  assert.ok(Date.now() - began < allowedMilliseconds, `${Date.now() - began} ms`);
  await until('the end of all', () => pids.every((pid) => !lives(pid)), 1_000);
});

test('the supervisor killed: the program goes on and is still found; it can be stopped', { skip: needsPython.skip || (process.platform === 'win32' && 'POSIX') }, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, 'import time\nfor i in range(600):\n  print(i, flush=True)\n  time.sleep(0.1)\n');
  const record = await until('the program', () => {
    const state = stateOf(folder);
    return state?.process !== undefined && state.supervisor !== undefined && existsSync(path.join(folder, runFiles.output)) && output(folder) !== '' && state;
  });
  process.kill(record.supervisor?.pid ?? 0, 'SIGKILL');
  await until('the supervisor\'s end', () => !isAlive(record.supervisor));
  const before = output(folder).length;
  await until('more output', () => output(folder).length > before);
  assert.equal(stateOf(folder)?.state, 'running');
  assert.equal((await stopRun(folder))?.state, 'stopped');
  assert.equal(isAlive(record.process), false);
});

test('all processes killed: the run is lost, and its whole lines are kept', { skip: needsPython.skip || (process.platform === 'win32' && 'POSIX') }, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, 'import time\nprint("here", flush=True)\ntime.sleep(60)\n');
  const record = await until('the program', () => {
    const state = stateOf(folder);
    return state?.process !== undefined && existsSync(path.join(folder, runFiles.output)) && output(folder) !== '' && state;
  });
  const metrics = openMetrics(folder);
  for (let step = 1; step <= 100; step += 1) metrics.step(step, { loss: 1 / step });
  metrics.close();
  for (const one of [record.supervisor, record.process]) process.kill(one?.pid ?? 0, 'SIGKILL');
  await until('lost', () => stateOf(folder)?.state === 'lost');
  assert.equal(readFileSync(path.join(folder, runFiles.metrics), 'utf8').trim().split('\n').length, 100);
  deleteRun(folder);
  assert.equal(existsSync(folder), false);
});

test('the program alone killed: failed, with the reason', { skip: needsPython.skip || (process.platform === 'win32' && 'POSIX') }, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n');
  const record = await ended(folder);
  assert.deepEqual([record.state, record.signal], ['failed', 'SIGKILL']);
  assert.match(record.message ?? '', /killed/);
});

/** A disk of this size, where the system lets us have one. */
function smallDisk(context: TestContext, options: string): string | undefined {
  if (process.platform !== 'linux') { context.skip('Linux'); return undefined; }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inlayer disk '));
  const isThere = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  context.after(() => {
    if (isThere) spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  if (!isThere) context.skip('needs the right to mount');
  return isThere ? folder : undefined;
}

test('the disk fills up: the program goes on, and all lines are there once there is room again', needsPython, async (context) => {
  const workspace = smallDisk(context, 'size=1m');
  if (workspace === undefined) return;
  mkdirSync(path.join(workspace, 'wandb', 'sdk'), { recursive: true });
  for (const [name, text] of Object.entries({ 'wandb/__init__.py': '', 'wandb/sdk/__init__.py': '', 'wandb/sdk/wandb_run.py': 'class Run:\n  def log(self, data=None, step=None, commit=None): pass\n' })) writeFileSync(path.join(workspace, name), text);
  const folder = await start(workspace, `
import os, time
from wandb.sdk.wandb_run import Run
run = Run()
ballast = os.open('ballast', os.O_WRONLY | os.O_CREAT)
try:
    while True: os.write(ballast, bytes(4096))
except OSError: pass
for step in range(20000): run.log({'loss': 1 / (step + 1)}, step=step)
while not os.path.exists('go'): time.sleep(0.05)
`);
  await until('a full disk', () => existsSync(path.join(workspace, 'ballast')) && isDiskFull(folder));
  // Several tries of writing fail.
  await new Promise((resolve) => { setTimeout(resolve, 1_500); });
  assert.equal(stateOf(folder)?.state, 'running');
  spawnSync('mount', ['-o', 'remount,size=8m', workspace]);
  writeFileSync(path.join(workspace, 'go'), '');
  assert.equal((await ended(folder)).state, 'finished', output(folder));
  const steps = readFileSync(path.join(folder, runFiles.metrics), 'utf8').split('\n').flatMap((line) => { const read = readMetricLine(line); return read?.type === 'step' ? [read.step] : []; });
  assert.deepEqual(steps, Array.from({ length: 20_000 }, (_, at) => at));
});

test('a folder that takes no files, a disk without room: one sentence, and nothing is left behind', (context) => {
  const workspace = smallDisk(context, 'size=64k');
  if (workspace === undefined) return;
  const request = { name: 'train', runner: 'python' as const, program: '/a.py', arguments: [], workingDirectory: workspace };
  const refusal = (): string => { try { createRun(workspace, request); return ''; } catch (error) { return fileSentence(error); } };
  mkdirSync(path.join(workspace, runsFolder), { recursive: true });
  try { writeFileSync(path.join(workspace, 'ballast'), Buffer.alloc(100_000)); } catch { /* as full as it gets */ }
  assert.match(refusal(), /^the disk is full/);
  assert.deepEqual(readdirSync(path.join(workspace, runsFolder)), []);
  spawnSync('mount', ['-o', 'remount,ro', workspace]);
  assert.match(refusal(), /^it may not be written or read \(.*\)$/);
});

test('what a program logs through wandb and mlflow is reported under its names and steps', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  // Their packages are not here: these keep what is used of them where they keep it.
  mkdirSync(path.join(workspace, 'wandb', 'sdk'), { recursive: true });
  for (const [name, text] of Object.entries({
    'wandb/__init__.py': 'from .sdk.wandb_run import Run\nrun = Run()\nlog = run.log\n', 'wandb/sdk/__init__.py': '',
    'wandb/sdk/wandb_run.py': 'class Run:\n  def log(self, data=None, step=None, commit=None): return "logged"\n', 'mlflow.py': 'def log_metric(key, value, step=None): pass\ndef log_metrics(metrics, step=None): pass\n',
  })) writeFileSync(path.join(workspace, name), text);
  const folder = await start(workspace, `
import wandb, mlflow
assert wandb.log({'loss': 0.5, 'name': 'a', 'deep': {'accuracy': 1, 'flag': True}}) == 'logged'
wandb.log({'loss': float('nan')})
mlflow.log_metric('f1', 0.25, step=7)
mlflow.log_metrics({'loss': 2}, step=20)
`);
  assert.equal((await ended(folder)).state, 'finished', output(folder));
  const lines = readFileSync(path.join(folder, runFiles.metrics), 'utf8').split('\n').flatMap((line) => readMetricLine(line) ?? []);
  assert.deepEqual(lines.flatMap((line) => (line.type === 'step' ? [[line.step, line.values]] : [])), [[0, { loss: 0.5, 'deep/accuracy': 1 }], [1, { loss: Number.NaN }], [7, { f1: 0.25 }], [20, { loss: 2 }]]);
  assert.deepEqual(lines.at(-1)?.type, 'end');
});

test('two windows see the same runs', needsPython, async (context) => {
  const workspace = temporaryFolder(context);
  const seen: Record<string, readonly Run[]> = {};
  for (const window of ['one', 'two']) {
    const index = openRunIndex([workspace], (runs) => { seen[window] = runs; });
    context.after(() => index.dispose());
  }
  mkdirSync(path.join(workspace, '.inlayer'), { recursive: true });
  const folder = await start(workspace, 'import time\ntime.sleep(4.5)\n');
  for (const window of ['one', 'two']) await until(`running in ${window}`, () => seen[window]?.[0]?.record.state === 'running');
  await ended(folder);
  for (const window of ['one', 'two']) await until(`finished in ${window}`, () => seen[window]?.[0]?.record.state === 'finished');
  assert.deepEqual(seen['one'], seen['two']);
});

test('output that grows is rotated, and no line is lost', { skip: needsPython.skip || (process.platform === 'win32' && 'POSIX') }, async (context) => {
  const workspace = temporaryFolder(context);
  const folder = await start(workspace, `
import time, sys
for i in range(400):
    print('line', i, 'x' * 100)
    if i % 2: print('error', i, file=sys.stderr)
    time.sleep(0.008)
`, [], { environment: { INLAYER_OUTPUT_LIMIT: '20000' } });
  await ended(folder, 30_000);
  const older = readFileSync(path.join(folder, runFiles.olderOutput), 'utf8'), newer = output(folder);
  const lines = `${older}${newer}`.split('\n').filter((line) => line.startsWith('line'));
  const first = Number(lines[0]?.split(' ')[1]);
  assert.ok(lines.length > 50);
  assert.deepEqual(lines.map((line) => Number(line.split(' ')[1])), Array.from({ length: 400 - first }, (_, at) => first + at));
});

function lives(pid: number): boolean {
  try {
    // A zombie whose parent is gone is reaped at once; one whose parent lives has a state.
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
