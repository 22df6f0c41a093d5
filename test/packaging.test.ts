// What the package for users holds, and how large the editor's half of it is.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import type { BuildOptions, PluginBuild } from 'esbuild';
import { build } from 'esbuild';
import { changes, compareWords, summaryWords, tableColumns } from '../webviews/shared/contract.ts';

test('what is packaged is listed, and what the manifest names is packaged', () => {
  const [everything, ...allowed] = readFileSync('.vscodeignore', 'utf8').trim().split('\n');
  assert.equal(everything, '**');
  assert.deepEqual(allowed.filter((line) => !line.startsWith('!')), []);
  const files = allowed.map((line) => line.slice(1));
  const matches = (file: string): boolean => files.some((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`).test(file));
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { main: string; browser: string; icon: string; l10n: string };
  // What server/launcher.ts starts, and what makes Node read both as CommonJS.
  const started = ['dist/trainer.cjs', 'dist/trainer/digits.gz', 'dist/trainer/mozjpeg_dec.wasm', 'dist/trainer/tfjs-backend-wasm-simd.wasm', 'dist/server-main.cjs', 'dist/package.json'];
  const named = [manifest.main, manifest.browser, 'dist/server.worker.js', manifest.icon, ...started, ...readdirSync('server/languages').map((name) => path.posix.join(manifest.l10n, `bundle.l10n.${name}.json`))].map((file) => path.posix.normalize(file));
  assert.deepEqual(named.filter((file) => !matches(file)), [], 'not packaged');
  assert.deepEqual(files.filter((file) => !file.includes('*') && !file.startsWith('dist/') && !existsSync(file)), [], 'does not exist');
  for (const file of ['server/cli.ts', 'dist/server.cjs.map', 'dist/cli-v20.0.0-linux-x64.cache', 'dist/webviews/summary.js.map', 'test/run.mjs', 'node_modules/esbuild/package.json', 'package-lock.json']) assert.ok(!matches(file), file);
});

test('every text of the extension is translated', () => {
  const korean = JSON.parse(readFileSync('extension/l10n/bundle.l10n.ko.json', 'utf8')) as Record<string, string>;
  const used = new Set(readdirSync('extension', { recursive: true }).map(String).filter((name) => name.endsWith('.ts')).flatMap((name) =>
    [...readFileSync(path.join('extension', name), 'utf8').matchAll(/l10n\.t\('((?:[^'\\]|\\.)*)'/g)].map((match) => match[1] ?? '')));
  assert.deepEqual([...used].filter((text) => korean[text] === undefined), [], 'not translated');
  assert.deepEqual(Object.keys(korean).filter((text) => !used.has(text)), [], 'not used');
});

test('every word that a page is sent is used there', () => {
  for (const [panel, words] of [['summary', summaryWords], ['compare', compareWords]] as const) {
    const source = readdirSync(path.join('webviews', panel)).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(path.join('webviews', panel, name), 'utf8')).join('\n');
    // Columns and changes are named by what they are of.
    const computed: readonly string[] = panel === 'summary' ? tableColumns : changes;
    assert.deepEqual(words.filter((word) => !computed.includes(word) && !new RegExp(`words\\.${word}\\b|word\\('${word}'\\)`).test(source)), [], panel);
  }
});

test('the extension host loads less than 500 kB of ours', async () => {
  // As in esbuild.mjs: what trains is a bundle of its own.
  const apart = { name: 'apart', setup: (one: PluginBuild) => one.onResolve({ filter: /^\.\/training\/training\.ts$/ }, () => ({ path: './training.cjs', external: true })) };
  const { outputFiles } = await build({
    entryPoints: ['extension/activate.ts'], bundle: true, minify: true, platform: 'node', format: 'cjs', external: ['vscode'], plugins: [apart], legalComments: 'none', write: false, logLevel: 'silent',
  });
  const size = outputFiles.reduce((sum, file) => sum + file.contents.length, 0);
  assert.ok(0 < size && size < 500_000, `${size} bytes`);
});

test('the trainer, which is started on its own, stays below 900 kB', async () => {
  const { buildOptions } = (await import(path.resolve('esbuild.mjs'))) as { buildOptions: (production: boolean, target: string) => BuildOptions[] };
  const options = buildOptions(true, 'out/size').find(({ outfile }) => outfile?.endsWith('trainer.cjs'));
  const { outputFiles } = await build({ ...options, plugins: options?.plugins?.filter(({ name }) => name !== 'trainer-files'), write: false, logLevel: 'silent' });
  const size = outputFiles?.reduce((sum, file) => sum + file.contents.length, 0) ?? 0;
  assert.ok(0 < size && size < 900_000, `${size} bytes`);
});
