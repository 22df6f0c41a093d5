// `node test/training/run.mjs [FILTER…]`, a part of `npm run oracle`: what needs Python and its frameworks. Bundles test/training/*.real.ts
// and runs them under Node's own runner. INLAYER_TEST_PYTHON names the interpreter; a framework that it lacks is said and left out. The
// last line is `N passed, N failed`.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = path.dirname(fileURLToPath(import.meta.url)), root = path.dirname(path.dirname(folder));
process.chdir(root);
const filters = process.argv.slice(2), files = readdirSync(folder).filter((name) => name.endsWith('.real.ts') && (filters.length === 0 || filters.some((filter) => name.includes(filter))));
const outdir = path.join(root, 'out', 'training', String(process.pid));
await build({
  entryPoints: files.map((name) => path.join(folder, name)), outdir, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: 'inline', outExtension: { '.js': '.mjs' }, logLevel: 'warning',
});
const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files: files.map((name) => path.join(outdir, name.replace(/\.ts$/, '.mjs'))), concurrency: 1, timeout: 1_800_000 });
stream.on('test:pass', (event) => {
  if (event.skip !== undefined) counts.skipped += 1;
  else if (event.details.type !== 'suite') counts.passed += 1;
});
stream.on('test:fail', (event) => { if (event.details.type !== 'suite') counts.failed += 1; });
stream.on('end', () => {
  rmSync(outdir, { recursive: true, force: true });
  setTimeout(() => {
    if (counts.skipped > 0) console.log(`${counts.skipped} skipped: their frameworks are not here`);
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    process.exitCode = counts.failed > 0 || counts.passed + counts.skipped === 0 ? 1 : 0;
  }, 100);
});
stream.compose(new spec()).pipe(process.stdout);
