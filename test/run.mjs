// Bundles every test/**/*.test.ts with esbuild into out/test and runs them under Node's own runner.
//   node test/run.mjs [FILTER…]     only files whose path holds one of the filters
// The last line is `N passed, N failed`; exit 1 when something failed or nothing ran.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
await build({
  entryPoints: files.map((name) => path.join(root, 'test', name)),
  outdir, outbase: path.join(root, 'test'), bundle: true, platform: 'node', format: 'esm', target: 'node20',
  packages: 'external', sourcemap: 'inline', outExtension: { '.js': '.mjs' }, logLevel: 'warning',
  loader: { '.md': 'text', '.py': 'text', '.csv': 'text' },
});

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
