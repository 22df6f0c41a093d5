// The command line as it is built: it starts from stored compiled code, without it, with another's, and it prints the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { Script } from 'node:vm';

const folder = path.resolve('out', `command-line-${process.pid}`);
const built = path.join(folder, 'built');

before(() => {
  const result = spawnSync(process.execPath, ['esbuild.mjs', '--production', '--only', 'command-line', '--to', built], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
});
after(() => { rmSync(folder, { recursive: true, force: true }); });

function run(args: readonly string[], from = built): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(from, 'cli.js'), ...args], { encoding: 'utf8', cwd: folder });
  return { status, stdout, stderr };
}

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const program = 'import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n';

test('the build stores compiled code, and this Node takes it', () => {
  const [stored, ...others] = readdirSync(built).filter((name) => name.endsWith('.cache'));
  assert.deepEqual(others, []);
  const file = path.join(built, 'cli.cjs');
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), { filename: file, cachedData: readFileSync(path.join(built, stored ?? '')) });
  assert.equal(script.cachedDataRejected, false);
});

test('it runs the same without stored code and with code that V8 refuses', () => {
  const file = write('model.py', program);
  const expected = run(['summary', file]);
  assert.match(expected.stdout, /Total params: 15/);
  for (const change of ['gone', 'foreign', 'cut']) {
    const other = path.join(folder, change);
    mkdirSync(other);
    cpSync(built, other, { recursive: true });
    const stored = path.join(other, readdirSync(other).find((name) => name.endsWith('.cache')) ?? '');
    if (change === 'gone') rmSync(stored);
    else if (change === 'foreign') writeFileSync(stored, Buffer.alloc(50_000, 7));
    else writeFileSync(stored, readFileSync(stored).subarray(0, 10_000));
    assert.deepEqual(run(['summary', file], other), expected, change);
  }
});

test('long output arrives whole', () => {
  const file = write('long.py', program + '# é\n'.repeat(60_000));
  const { stdout, status } = run(['hints', file]);
  assert.equal(status, 0);
  assert.equal(stdout.split('# é\n').length, 60_001);
});
