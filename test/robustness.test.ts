// Bad input: programs that would run for ever or eat all memory, texts that are no programs, and files that cannot be read. What
// is asked for: a clear line or silence, never a crash, never much more than the budget.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { nodeHost } from '../server/node-host.ts';
import { analyseText } from '../server/workspace/analysis.ts';
import { hostilePrograms, hostileTexts } from './hostile/programs.ts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inlayer-robustness-')));
const built = path.join('out', `robustness-${process.pid}`);
before(async () => {
  await build({
    entryPoints: { child: 'test/support/hostile-child.ts', cli: 'server/cli.ts' }, outdir: built, bundle: true, platform: 'node', format: 'cjs', target: 'node20',
    packages: 'external', outExtension: { '.js': '.cjs' }, loader: { '.md': 'text', '.py': 'text', '.csv': 'text' }, logLevel: 'warning', define: { VERSION: '"0"' },
  });
});
after(() => { rmSync(folder, { recursive: true, force: true }); rmSync(built, { recursive: true, force: true }); });

interface Report { readonly begins?: string; readonly name: string; readonly cpu: number; readonly views: number; readonly fault?: string; readonly heap: number }

const budgetMilliseconds = 300;

test('hostile programs and texts within the budget and 512 MB', () => {
  const count = Object.keys(hostilePrograms).length + Object.keys(hostileTexts).length;
  const failures: string[] = [];
  let done = 0;
  while (done < count && failures.length < 5) {
    const child = spawnSync(process.execPath, ['--max-old-space-size=512', path.join(built, 'child.cjs'), String(done), String(budgetMilliseconds)], { encoding: 'utf8', timeout: 180_000, maxBuffer: 64 * 1024 * 1024 });
    let running: string | undefined;
    for (const line of child.stdout.split('\n').filter((one) => one !== '')) {
      const report = JSON.parse(line) as Report;
      if (report.begins !== undefined) { running = report.begins; done += 1; continue; }
      running = undefined;
      if (report.fault !== undefined) failures.push(`${report.name}: ${report.fault}`);
      // The clock of the processor: others may use the machine. What one step costs, and reading the text, comes on top.
      if (report.cpu > budgetMilliseconds + 3_000) failures.push(`${report.name}: ${report.cpu} ms`);
    }
    if (running !== undefined || child.status !== 0) failures.push(`${running ?? 'the start'}: ended by ${child.signal ?? child.status}: ${child.stderr.slice(0, 300)}`);
    if (running === undefined) break;
  }
  assert.deepEqual(failures, []);
});

const faulty = 'import keras\nmodel = keras.Sequential([keras.layers.Dense(0)])\n';

function cli(...args: readonly string[]): { status: number | null; stdout: string; errors: string[] } {
  const child = spawnSync(process.execPath, ['--max-old-space-size=512', path.resolve(built, 'cli.cjs'), ...args], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  return { status: child.status, stdout: child.stdout, errors: child.stderr.split('\n').filter((line) => line !== '') };
}

function makePipe(name: string): boolean {
  try { execFileSync('mkfifo', [name]); return true; } catch { return false; }
}

test('files that cannot be read are one line each, the others are done', () => {
  const inside = (name: string): string => path.join(folder, name);
  writeFileSync(inside('faulty.py'), faulty);
  writeFileSync(inside('fine.py'), 'x = 1\n');
  writeFileSync(inside('binary.py'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 2, 0xff]));
  writeFileSync(inside('broken.ipynb'), '{"cells": [');
  writeFileSync(inside('list.ipynb'), '[1, 2]');
  mkdirSync(inside('folder.ipynb'));
  mkdirSync(inside('folder.py'));
  closeSync(openSync(inside('huge.py'), 'w'));
  truncateSync(inside('huge.py'), 50 * 1024 * 1024);
  symlinkSync(inside('nowhere.py'), inside('dangling.py'));
  symlinkSync(inside('circle.py'), inside('circle.py'));
  const bad = ['binary.py', 'broken.ipynb', 'list.ipynb', 'huge.py', 'dangling.py', 'circle.py', 'missing.py'];
  if (makePipe(inside('pipe.py'))) bad.push('pipe.py');
  if (process.getuid?.() !== 0) { writeFileSync(inside('secret.py'), faulty); chmodSync(inside('secret.py'), 0); bad.push('secret.py'); }
  const result = cli('check', '--format', 'json', ...bad, 'folder.py', 'fine.py', 'faulty.py');
  assert.equal(result.status, 2);
  assert.equal(result.errors.length, bad.length, result.errors.join('\n'));
  for (const [at, name] of bad.entries()) assert.ok(result.errors[at]?.startsWith(`inlayer: ${name} cannot be read: `), result.errors[at]);
  const { findings } = JSON.parse(result.stdout) as { findings: { file: string; rule: string }[] };
  assert.deepEqual(findings.map((finding) => [finding.file, finding.rule]), [['faulty.py', 'invalid-argument']]);
  for (const command of ['hints', 'summary']) {
    const single = cli(command, 'folder.ipynb');
    assert.deepEqual([single.status, single.errors], [2, ['inlayer: folder.ipynb cannot be read: it is not a file']]);
  }
  assert.deepEqual([cli('check', 'fine.py').status, cli('check', 'faulty.py').status, cli('check').status, cli('no-such-command', 'fine.py').status], [0, 1, 2, 2]);
});

test('a folder is looked through; what is in it and no file is left out', () => {
  const inside = path.join(folder, 'tree');
  mkdirSync(path.join(inside, 'deep', 'deeper.py'), { recursive: true });
  mkdirSync(path.join(inside, '.hidden'));
  writeFileSync(path.join(inside, 'deep', 'faulty.py'), faulty);
  writeFileSync(path.join(inside, '.hidden', 'faulty.py'), faulty);
  symlinkSync(inside, path.join(inside, 'deep', 'again'));
  makePipe(path.join(inside, 'pipe.py'));
  const result = cli('check', '--format', 'json', 'tree');
  assert.deepEqual([result.status, result.errors], [1, []]);
  assert.equal((JSON.parse(result.stdout) as { findings: unknown[] }).findings.length, 1);
});

test('programs that read pipes, folders, devices and links out of the workspace', () => {
  const outside = path.join(folder, 'outside'), inside = path.join(folder, 'inside');
  mkdirSync(outside);
  mkdirSync(path.join(inside, 'package.py'), { recursive: true });
  writeFileSync(path.join(outside, 'widths.py'), 'width = 5\n');
  writeFileSync(path.join(inside, 'binary.py'), Buffer.from([0, 1, 2, 0xff]));
  symlinkSync(path.join(outside, 'widths.py'), path.join(inside, 'widths.py'));
  const hasPipe = makePipe(path.join(inside, 'pipe.py')) && makePipe(path.join(inside, 'pipe.npy')) && makePipe(path.join(inside, 'pipe.csv'));
  const text = `import keras, json, os, glob
import numpy as np
import pandas as pd
from widths import width
import pipe, package, binary, missing
for name in ["pipe.npy", "pipe.csv", ".", "/dev/zero", "/dev/stdin", "/proc/self/mem", "../outside/widths.py", "/etc/passwd", "\\0", "", "a" * 5000]:
    for read in [np.load, np.loadtxt, pd.read_csv, open, os.listdir, glob.glob]:
        x = read(name)
with open("pipe.csv") as f:
    y = json.load(f)
layer = keras.layers.Dense(width)
z = layer(keras.Input((3,)))
reveal_type(width)
`;
  const host = nodeHost([inside], inside);
  const started = performance.now();
  const analysis = analyseText(path.join(inside, 'main.py'), text, { host, folders: [inside], maximumMilliseconds: 5_000 });
  assert.ok(performance.now() - started < 10_000);
  assert.equal(analysis.fault, undefined);
  assert.equal(host.readText('widths.py'), undefined, 'a link that leads out of the workspace is not followed');
  assert.deepEqual([host.readText('binary.py'), host.readText('package.py'), host.readText('../outside/widths.py'), host.readBytes('/dev/zero', 10)], [undefined, undefined, undefined, undefined]);
  if (hasPipe) assert.deepEqual([host.readText('pipe.py'), host.readBytes('pipe.npy', 100)], [undefined, undefined]);
});

test('cyclic imports, and files that vanish while they are read', () => {
  const inside = path.join(folder, 'cycle');
  mkdirSync(inside);
  writeFileSync(path.join(inside, 'a.py'), 'from b import *\nimport c\nfrom b import width\n');
  writeFileSync(path.join(inside, 'b.py'), 'import c\nfrom a import *\nwidth = 5\n');
  writeFileSync(path.join(inside, 'c.py'), 'import c\nimport a, b\nfrom main import x\n');
  const program = 'import keras\nimport a\nfrom a import width\nx = keras.layers.Dense(width)(keras.Input((3,)))\nreveal_type(width)\n';
  const host = nodeHost([inside], inside);
  const main = path.join(inside, 'main.py');
  const analysis = analyseText(main, program, { host, folders: [inside] });
  assert.equal(analysis.fault, undefined);
  const seen = analysis.trace.events.flatMap((event) => (event.kind === 'reveal' ? [event.value] : []));
  assert.deepEqual(seen.map((value) => (value.kind === 'int' ? value.value : value.kind)), [5]);
  // Listed, and gone when it is asked for; and a host that fails itself.
  const vanishing = { ...host, listFolder: () => [{ name: 'a.py', isFolder: false }], readText: () => undefined, readBytes: () => undefined };
  assert.equal(analyseText(main, program, { host: vanishing, folders: [inside] }).fault, undefined);
});
