// Ratios, measured in one run on one machine:  npm run bench
//   warm keystroke → hints against the bare parse of a 1,000-line model file (p95, bound 5)
//   the command line printing a summary against Python importing Keras and printing it (bound 20; needs INLAYER_ORACLE_PYTHON or .venv-oracle)
//   the same summary from a running engine against the same Python process (bound 500)
// The two processes take turns, so that what else the machine does meets both; its load is printed. `--check` exits 1 when a ratio
// misses its bound by more than half.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
process.chdir(root);
mkdirSync('out/bench', { recursive: true });
await build({ entryPoints: ['test/bench/engine.ts'], outfile: 'out/bench/engine.mjs', bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'warning' });
// As the extension starts the server (extension/client.ts).
const memoryFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64'];
if (!memoryFlags.every((flag) => process.execArgv.includes(flag))) {
  const again = spawnSync(process.execPath, [...memoryFlags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(again.status ?? 1);
}
const engine = await import(pathToFileURL(path.resolve('out/bench/engine.mjs')).href);

const program = readFileSync('test/bench/introductory.py', 'utf8');
const rows = [];
const add = (what, value, bound, atLeast) => rows.push({ what, value, bound, atLeast, holds: atLeast ? value >= bound : value <= bound });

const keystroke = engine.measureKeystrokes();
add(`keystroke → hints ÷ bare parse, ${keystroke.lines} lines, p95 (${keystroke.hints.toFixed(1)} ms ÷ ${keystroke.parse.toFixed(1)} ms)`, keystroke.hints / keystroke.parse, 5, false);

const python = [process.env.INLAYER_ORACLE_PYTHON, '.venv-oracle/bin/python'].find((name) => name !== undefined && existsSync(name));
const built = path.resolve('out/bench/built');
spawnSync(process.execPath, ['esbuild.mjs', '--production', '--only', 'command-line', '--to', built], { stdio: 'ignore' });
writeFileSync('out/bench/introductory.py', program);

/** Milliseconds until the process has printed and ended. */
function time(command, args) {
  const started = performance.now();
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', KERAS_BACKEND: 'tensorflow' } });
  if (result.status !== 0 || !result.stdout.includes('13,132,322')) throw new Error(result.stderr);
  return performance.now() - started;
}
const median = (values) => values.sort((left, right) => left - right)[Math.floor(values.length / 2)];
const timeCommandLine = () => time(process.execPath, [path.join(built, 'cli.js'), 'summary', 'out/bench/introductory.py']);
const timePython = () => time(python, ['test/bench/keras_summary.py']);
const warm = engine.measureSummary(program);
if (python === undefined) console.log('No Python with Keras (INLAYER_ORACLE_PYTHON, .venv-oracle): the comparison with model.summary() is left out.');
else {
  // The first of each finds its files on the disk.
  timeCommandLine();
  timePython();
  const commandLines = [], pythons = [];
  for (let round = 0; round < 5; round += 1) {
    commandLines.push(timeCommandLine(), timeCommandLine(), timeCommandLine());
    pythons.push(timePython());
  }
  const [cli, keras] = [median(commandLines), median(pythons)];
  add(`Python model.summary() ÷ inlayer summary, whole processes (${keras.toFixed(0)} ms ÷ ${cli.toFixed(0)} ms)`, keras / cli, 20, true);
  add(`Python model.summary() ÷ the same from a running engine (${keras.toFixed(0)} ms ÷ ${warm.toFixed(2)} ms)`, keras / warm, 500, true);
}
console.log(`${availableParallelism()} cores, load ${loadavg().map((load) => load.toFixed(1)).join(', ')} (1, 5, 15 minutes), Node ${process.version}`);
for (const row of rows) console.log(`${row.holds ? 'holds' : 'misses'}  ${row.value.toFixed(1)} ${row.atLeast ? '≥' : '≤'} ${row.bound}  ${row.what}`);
if (process.argv.includes('--check')) process.exit(rows.some((row) => (row.atLeast ? row.value < row.bound / 1.5 : row.value > row.bound * 1.5)) ? 1 : 0);
