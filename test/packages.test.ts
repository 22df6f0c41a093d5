// The two packages as users get them: what they hold, how large they are, and that the command line works from a folder that knows nothing
// of this repository. The .vsix is tried in the editor by a journey.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';

const outer = mkdtempSync(path.join(tmpdir(), 'inlayer-packages-'));
const vsix = path.join(outer, 'inlayer.vsix'), tarball = path.join(outer, 'inlayer.tgz');
before(() => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/editor/package.mjs', outer], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
});
after(() => rmSync(outer, { recursive: true, force: true }));

interface Entry { readonly name: string; readonly size: number; readonly packed: number; readonly content: () => Buffer }

/** The entries of a ZIP archive, from its directory at the end. */
function entriesOf(file: string): Entry[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const found: Entry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed, size, nameLength, extra, comment, start] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const content = (): Buffer => { const part = bytes.subarray(from, from + packed); return method === 0 ? part : inflateRawSync(part); };
    found.push({ name: bytes.toString('utf8', at + 46, at + 46 + nameLength), size, packed, content });
    at += 46 + nameLength + extra + comment;
  }
  return found;
}

test('the .vsix holds what it should and nothing else', () => {
  const names = entriesOf(vsix).map(({ name }) => name).filter((name) => !name.endsWith('/')).sort();
  const launcher = readdirSync('extension/training/python/inlayer_launcher').filter((name) => name.endsWith('.py')).map((name) => `extension/extension/training/python/inlayer_launcher/${name}`);
  const walkthrough = readdirSync('extension/media/walkthrough').map((name) => `extension/extension/media/walkthrough/${name}`);
  assert.deepEqual(names, [
    '[Content_Types].xml', 'extension.vsixmanifest', 'extension/LICENSE.txt', 'extension/changelog.md', 'extension/readme.md', 'extension/package.json', 'extension/package.nls.json', 'extension/package.nls.ko.json',
    ...['extension.cjs', 'extension.web.cjs', 'package.json', 'server.worker.js', 'server-main.cjs', 'server.cjs', 'supervisor.cjs', 'trainer.cjs', 'training.cjs', 'l10n/bundle.l10n.ko.json'].map((name) => `extension/dist/${name}`),
    ...['digits.gz', 'mozjpeg_dec.wasm', 'tfjs-backend-wasm-simd.wasm'].map((name) => `extension/dist/trainer/${name}`),
    ...['compare', 'curves', 'graph', 'summary'].flatMap((name) => [`extension/dist/webviews/${name}.css`, `extension/dist/webviews/${name}.js`]),
    'extension/extension/media/activity.svg', 'extension/extension/media/example.py', 'extension/extension/media/icon.png', ...walkthrough,
    'extension/extension/third-party-notices.txt', 'extension/extension/training/python/run.py', ...launcher,
  ].sort());
});

test('the .vsix is small: 2 MB at most without what trains', () => {
  const entries = entriesOf(vsix);
  const trains = entries.filter(({ name }) => /dist\/(trainer\.cjs|trainer\/)/.test(name)).reduce((sum, { packed }) => sum + packed, 0);
  const size = statSync(vsix).size;
  console.log(`    .vsix ${Math.round(size / 1024)} KB, ${Math.round((size - trains) / 1024)} KB of them without the trainer; npm package ${Math.round(statSync(tarball).size / 1024)} KB`);
  assert.ok(size - trains <= 2 * 1024 * 1024, `${size - trains} bytes`);
});

test('what the .vsix holds is whole: its manifest installs nothing, names no path of this machine, and its notices are there', () => {
  const entries = new Map(entriesOf(vsix).map((entry) => [entry.name, entry]));
  const textOf = (name: string): string => entries.get(`extension/${name}`)?.content().toString('utf8') ?? '';
  const manifest = JSON.parse(textOf('package.json')) as Readonly<Record<string, unknown>>;
  for (const absent of ['scripts', 'dependencies', 'devDependencies']) assert.equal(manifest[absent], undefined, absent);
  assert.equal(textOf('extension/third-party-notices.txt'), readFileSync('extension/third-party-notices.txt', 'utf8'));
  assert.match(textOf('LICENSE.txt'), /MIT/);
  for (const [name, entry] of entries) if (/\.(cjs|js|json|css|py|md)$/.test(name)) assert.ok(!entry.content().includes(process.cwd()), name);
});

test('the command line installs from its package into an empty folder and works there', () => {
  const folder = path.join(outer, 'clean');
  mkdirSync(folder);
  copyFileSync(tarball, path.join(folder, 'inlayer.tgz'));
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  writeFileSync(path.join(folder, 'model.py'), 'import keras\nmodel = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4), keras.layers.Reshape((3, 3))])\n');
  // Of the surroundings nothing that leads back here.
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, npm_config_cache: path.join(outer, 'cache'), npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  const npm = (...args: readonly string[]) => spawnSync('npm', args, { cwd: folder, env: environment, encoding: 'utf8', shell: process.platform === 'win32' });
  const installed = npm('install', '--no-audit', '--no-fund', './inlayer.tgz');
  assert.equal(installed.status, 0, installed.stderr);
  assert.deepEqual(readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.')), ['inlayer'], 'it depends on nothing');
  assert.deepEqual(readdirSync(path.join(folder, 'node_modules', 'inlayer'), { recursive: true }).map((name) => String(name).replaceAll('\\', '/')).sort(), [
    'CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'dist/cli.cjs', 'dist/cli.js', 'dist/l10n', 'dist/l10n/bundle.l10n.ko.json', 'dist/package.json', 'package.json', 'third-party-notices.txt',
  ]);
  const run = (...args: readonly string[]) => npm('exec', '--no', '--', 'inlayer', ...args);
  assert.match(run('summary', 'model.py').stdout, /Total params: 36/);
  const checked = run('check', 'model.py');
  assert.equal(checked.status, 1);
  assert.match(checked.stdout, /\[reshape-size\] .*9 elements/);
  assert.match(run('check', 'model.py', '--language', 'ko').stdout, /샘플마다 요소가 9개 필요/);
  assert.equal(run('--version').stdout.trim(), (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
});
