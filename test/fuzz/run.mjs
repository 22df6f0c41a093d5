// Broken programs and typed files in many processes:  npm run fuzz [-- --rounds N] [--typed N] [--seed N] [--environment FOLDER]
// --rounds  broken programs (100,000); --typed  files typed character by character, each process (20); --environment  (VIRTUAL_ENV, .venv-oracle) gives
// the model files of installed torchvision, timm, keras, transformers … besides those of the cases and specifications.
// The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
process.chdir(root);
const option = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const rounds = Number(option('--rounds', 100_000)), typed = Number(option('--typed', 20)), seed = Number(option('--seed', 20_260));
const environment = option('--environment', process.env['VIRTUAL_ENV'] ?? (existsSync('.venv-oracle') ? '.venv-oracle' : undefined));
const shares = availableParallelism();
const bundle = path.join(root, 'out', 'fuzz', `${process.pid}.mjs`);
await build({ entryPoints: ['test/fuzz/worker.ts'], outfile: bundle, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: 'inline', logLevel: 'warning' });

let passed = 0, failed = 0;
const started = Date.now();
for (const kind of ['break', 'type']) {
  const results = await Promise.all(Array.from({ length: shares }, (_, share) => work({ kind, rounds: kind === 'break' ? Math.ceil(rounds / shares) : typed, seed, share, shares, environment })));
  for (const result of results) {
    passed += result.rounds - result.failures.length;
    failed += result.failures.length;
    for (const failure of result.failures) console.log(failure.slice(0, 20_000));
  }
  const done = results.reduce((sum, result) => sum + result.rounds, 0), slowest = results.flatMap((result) => result.slowest ?? []).sort((left, right) => right.milliseconds - left.milliseconds)[0];
  if (kind === 'break') console.log(`${done} broken programs, made of ${results[0]?.programs} (seed ${seed}); the slowest took ${slowest?.milliseconds.toFixed(0)} ms of the processor (${slowest?.name})`);
  else console.log(`${done} files typed character by character`);
}
console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function work(task) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', bundle, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data) => { output += data; });
    child.on('close', (code) => {
      try { resolve(JSON.parse(output)); } catch { resolve({ rounds: 0, failures: [`a process ended with ${code}: ${output.slice(-2_000)}`], programs: 0 }); }
    });
  });
}
