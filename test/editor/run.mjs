// Runs the suites in the extension host and the journeys in a browser: `npm run test:editor [FILTER...]`.
// Sets up what is missing, builds, copies the example workspace so that edits spare it, and prints `N passed, N failed` last.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { build } from 'esbuild';
import { buildOptions } from '../../esbuild.mjs';
import { editorFolder, installHost, repository, requireChromium } from './setup.mjs';

const filters = process.argv.slice(2);
/** The README's pictures are taken when they are asked for only. */
const takesPictures = filters.includes('pictures');
const output = path.join(repository, 'out', 'editor');
const temporary = mkdtempSync(path.join(tmpdir(), 'inlayer-journeys-'));
try {
  console.log(`Chromium: ${requireChromium()}`);
  installHost();
  await buildAll();
  const suites = await runSuites();
  const journeys = await runJourneys();
  const passed = suites.passed + journeys.passed, failed = suites.failed + journeys.failed;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function buildAll() {
  // INLAYER_EXTENSION names an extension folder that is built already.
  if (process.env.INLAYER_EXTENSION === undefined) {
    await Promise.all(buildOptions(true).map((options) => build({ ...options, logLevel: 'warning' })));
  }
  rmSync(output, { recursive: true, force: true });
  const shared = { outdir: output, bundle: true, platform: 'node', target: 'node20', packages: 'external', sourcemap: 'inline', logLevel: 'warning' };
  await build({ ...shared, entryPoints: named('.suite.ts'), format: 'cjs', external: ['vscode'], outExtension: { '.js': '.cjs' } });
  // The rig's own modules stay where they are: they find their files by their own place.
  const rig = { name: 'rig', setup: (builder) => { builder.onResolve({ filter: /\.mjs$/ }, (args) => ({ path: path.resolve(args.resolveDir, args.path), external: true })); } };
  await build({ ...shared, entryPoints: [...named('.journey.ts'), ...(takesPictures ? named('.pictures.ts') : [])], format: 'esm', outExtension: { '.js': '.mjs' }, plugins: [rig] });
}

function named(ending) {
  return readdirSync(editorFolder).filter((name) => name.endsWith(ending)).map((name) => path.join(editorFolder, name));
}

function copyExample(name) {
  const folder = path.join(temporary, name);
  cpSync(path.join(editorFolder, 'example'), folder, { recursive: true });
  return folder;
}

async function runSuites() {
  if (filters.length > 0 && !filters.some((filter) => 'extension.suite'.includes(filter))) return { passed: 0, failed: 0 };
  const done = path.join(temporary, 'suites-done');
  const args = [path.join(repository, 'node_modules', '@vscode', 'test-cli', 'out', 'bin.mjs'), '--config', path.join(editorFolder, 'vscode-test.mjs')];
  const environment = { ...process.env, INLAYER_DONE_FILE: done, INLAYER_WORKSPACE: copyExample('suites'), INLAYER_PROFILE: path.join(temporary, 'profile') };
  const code = await new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: repository, stdio: 'inherit', env: environment });
    child.on('exit', (status) => resolve(status ?? 1));
  });
  if (!existsSync(done)) {
    console.error(`The suites did not come to their end (exit code ${code}).`);
    return { passed: 0, failed: 1 };
  }
  const counts = JSON.parse(readFileSync(done, 'utf8'));
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function runJourneys() {
  const files = readdirSync(output).filter((name) => /\.(journey|pictures)\.mjs$/.test(name) && (filters.length === 0 || filters.some((filter) => name.includes(filter)))).sort();
  if (files.length === 0) return { passed: 0, failed: filters.length === 0 ? 1 : 0 };
  process.env.INLAYER_WORKSPACE = copyExample('journeys');
  const counts = { passed: 0, failed: 0 };
  const stream = run({ files: files.map((name) => path.join(output, name)), concurrency: 1, timeout: 300_000 });
  stream.on('test:pass', (event) => { if (event.details.type !== 'suite') counts.passed += 1; });
  stream.on('test:fail', (event) => { if (event.details.type !== 'suite') counts.failed += 1; });
  const ended = new Promise((resolve) => { stream.on('end', resolve); });
  stream.compose(new spec()).pipe(process.stdout);
  await ended;
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  return counts;
}
