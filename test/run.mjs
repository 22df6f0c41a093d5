// Bundles every test/**/*.test.ts with esbuild into out/test and runs them under Node's own runner.
//   node test/run.mjs [FILTER…]     only files whose path holds one of the filters
// The last line is `N passed, N failed`; exit 1 when something failed or nothing ran.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledTensorFlow } from '../esbuild.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = readdirSync(path.join(root, 'test'), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith(`editor${path.sep}`) && !name.startsWith(`bench${path.sep}`))
  .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)))
  .sort();
// One output folder a run, so that two runs at once do not delete each other's bundles.
const outdir = path.join(root, 'out', 'test', String(process.pid));
rmSync(outdir, { recursive: true, force: true });
const shared = {
  outdir, outbase: path.join(root, 'test'), bundle: true, platform: 'node', format: 'esm', target: 'node20', sourcemap: 'inline', outExtension: { '.js': '.mjs' }, logLevel: 'warning',
  loader: { '.md': 'text', '.py': 'text', '.csv': 'text' },
};
const entries = (some) => some.map((name) => path.join(root, 'test', name));
// TensorFlow.js is bundled as in the trainer: its modules name each other in a way that Node does not read.
const isBundled = (name) => name.startsWith(`training${path.sep}tfjs${path.sep}`);
await build({ ...shared, entryPoints: entries(files.filter((name) => !isBundled(name))), packages: 'external' });
await build({ ...shared, entryPoints: entries(files.filter(isBundled)), ...bundledTensorFlow, banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url), __filename = require('node:url').fileURLToPath(import.meta.url), __dirname = require('node:path').dirname(__filename);" } });

let passed = 0, failed = 0;
const stream = run({ files: files.map((name) => path.join(outdir, name.replace(/\.ts$/, '.mjs'))), concurrency: 2, timeout: 600_000 });
stream.on('test:pass', (event) => { if (event.details.type !== 'suite') passed += 1; });
stream.on('test:fail', (event) => { if (event.details.type !== 'suite') failed += 1; });
stream.on('end', () => {
  rmSync(outdir, { recursive: true, force: true });
  setTimeout(() => {
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed > 0 || passed === 0 ? 1 : 0);
  }, 100);
});
stream.compose(new spec()).pipe(process.stdout);
