// Ratios and times, measured in one run on one machine:  npm run bench [-- --environment FOLDER] [-- --pyrefly FILE] [-- --check]
//   warm keystroke → hints against the bare parse of a 1,000-line model file (p95, bound 5)
//   warm keystroke → hints of a transformer in one file (p95, bound 16 ms)
//   the command line printing a summary against Python importing Keras and printing it (bound 20; needs INLAYER_ORACLE_PYTHON or .venv-oracle)
//   the same summary from a running engine against the same Python process (bound 500)
//   summaries of torchvision's models from its source, the engine running, and the command line on a file that imports torchvision (needs
//   --environment or VIRTUAL_ENV, a virtual environment that holds torchvision)
//   the last two beside Pyrefly, another reader of Python (needs --pyrefly or INLAYER_PYREFLY, its program)
//   torchinfo printing the summary of a small network against the command line (bound 5; the same Python)
//   a step of the training without Python against a bare loop of TensorFlow.js (bound 1.1)
//   a workspace of ten thousand files (places.mjs): memory (200 MB), first hints (1 s), files read at the start (none)
// The processes take turns, so that what else the machine does meets both; its load is printed. `--check` exits 1 when a value misses its
// bound by more than half.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundledTensorFlow } from '../../esbuild.mjs';
import { measurePlaces } from './places.mjs';
import { measurePyreflyKeystrokes } from './pyrefly.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const given = (name, variable) => { const value = option(name) ?? process.env[variable]; return value === undefined || value === '' ? undefined : path.resolve(value); };
const environment = given('--environment', 'VIRTUAL_ENV'), pyrefly = given('--pyrefly', 'INLAYER_PYREFLY');
// As the extension starts the server (extension/client.ts).
const memoryFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64'];
if (!memoryFlags.every((flag) => process.execArgv.includes(flag))) {
  const again = spawnSync(process.execPath, [...memoryFlags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(again.status ?? 1);
}
process.chdir(root);
mkdirSync('out/bench', { recursive: true });
await build({ entryPoints: ['test/bench/engine.ts', 'test/bench/torch.ts'], outdir: 'out/bench', outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'warning' });
await build({ entryPoints: ['test/bench/training.ts'], outfile: 'out/bench/training.mjs', bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error', ...bundledTensorFlow, banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url), __filename = require('node:url').fileURLToPath(import.meta.url), __dirname = require('node:path').dirname(__filename);" } });
const engine = await import(pathToFileURL(path.resolve('out/bench/engine.mjs')).href);
const torch = await import(pathToFileURL(path.resolve('out/bench/torch.mjs')).href);

const rows = [], notes = [];
const add = (what, value, bound, atLeast, unit = '') => rows.push({ what, value, bound, atLeast, unit, holds: atLeast ? value >= bound : value <= bound });
const median = (values) => values.sort((left, right) => left - right)[Math.floor(values.length / 2)];

const keystroke = engine.measureKeystrokes();
add(`keystroke → hints ÷ bare parse, ${keystroke.lines} lines, p95 (${keystroke.hints.toFixed(1)} ms ÷ ${keystroke.parse.toFixed(1)} ms)`, keystroke.hints / keystroke.parse, 5, false);

const transformerFile = path.resolve('test/bench/transformer.py'), transformer = readFileSync(transformerFile, 'utf8');
const typed = torch.measureTransformer(transformer);
add(`keystroke → hints, a transformer of ${typed.lines} lines, p95 (median ${typed.median.toFixed(1)} ms; bare parse ${typed.parse.toFixed(1)} ms)`, typed.hints, 16, false, ' ms');

for (const [builder, total, bound] of [['resnet152', '60,192,808', 20], ['efficientnet_b7', '66,347,960', 40]]) {
  const summary = environment === undefined ? undefined : torch.measureBuilder(environment, builder, total);
  if (summary === undefined) notes.push(`No environment with torchvision (--environment, VIRTUAL_ENV): ${builder} from its source is left out.`);
  else add(`summary of torchvision's ${builder} from its source, the engine running`, summary, bound, false, ' ms');
}

const built = path.resolve('out/bench/built');
spawnSync(process.execPath, ['esbuild.mjs', '--production', '--only', 'command-line', '--to', built], { stdio: 'ignore' });

/** Milliseconds until the process has printed and ended. */
function time(command, args, expected, more = {}) {
  const started = performance.now();
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', KERAS_BACKEND: 'tensorflow', ...more } });
  if (expected !== undefined && (result.status !== 0 || !result.stdout.includes(expected))) throw new Error(result.stderr);
  return performance.now() - started;
}
const commandLine = path.join(built, 'cli.js');

if (environment !== undefined && !notes.some((note) => note.includes('torchvision'))) {
  const library = path.resolve('test/bench/library.py');
  const ours = () => time(process.execPath, [commandLine, 'hints', library], '23,528,522', { VIRTUAL_ENV: environment });
  const theirs = () => time(pyrefly, ['check', library, '--python-interpreter-path', path.join(environment, 'bin/python')], undefined);
  ours();
  if (pyrefly !== undefined) theirs();
  const [own, other] = [[], []];
  for (let round = 0; round < 7; round += 1) {
    own.push(ours());
    if (pyrefly !== undefined) other.push(theirs());
  }
  add(`command line on a file that imports torchvision, whole process${pyrefly === undefined ? '' : ` (pyrefly check: ${median(other).toFixed(0)} ms)`}`, median(own), 700, false, ' ms');
}
if (pyrefly === undefined) notes.push('No Pyrefly (--pyrefly, INLAYER_PYREFLY): the comparison with it is left out.');
else {
  const at = transformer.indexOf('dropout: float = 0.0') + 'dropout: float = 0.0'.length;
  const { times, hints } = await measurePyreflyKeystrokes(pyrefly, transformerFile, transformer, at, 80);
  times.sort((left, right) => left - right);
  notes.push(`Pyrefly's language server on the transformer, keystroke → its ${hints} inlay hints: p95 ${times[Math.floor(times.length * 0.95)].toFixed(1)} ms, median ${median(times).toFixed(1)} ms.`);
}

const python = [process.env.INLAYER_ORACLE_PYTHON, '.venv-oracle/bin/python'].find((name) => name !== undefined && existsSync(name));
const program = readFileSync('test/bench/introductory.py', 'utf8');
writeFileSync('out/bench/introductory.py', program);
const timeCommandLine = () => time(process.execPath, [commandLine, 'summary', 'out/bench/introductory.py'], '13,132,322');
const timePython = () => time(python, ['test/bench/keras_summary.py'], '13,132,322');
const warm = engine.measureSummary(program);
if (python === undefined) notes.push('No Python with Keras (INLAYER_ORACLE_PYTHON, .venv-oracle): the comparison with model.summary() is left out.');
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
const torchinfo = python === undefined ? 1 : spawnSync(python, ['-c', 'import torch, torchinfo']).status;
if (torchinfo !== 0) notes.push('No Python with PyTorch and torchinfo: the comparison with it is left out.');
else {
  const ours = () => time(process.execPath, [commandLine, 'summary', 'test/bench/network.py'], '545,098');
  const theirs = () => time(python, ['test/bench/torchinfo_summary.py'], '545,098');
  ours();
  const own = [], other = [];
  for (let round = 0; round < 5; round += 1) { own.push(ours(), ours()); other.push(theirs()); }
  add(`torchinfo.summary() ÷ inlayer summary of the same network, whole processes (${median(other).toFixed(0)} ms ÷ ${median(own).toFixed(0)} ms)`, median(other) / median(own), 5, true);
}
const { measureTraining } = await import(pathToFileURL(path.resolve('out/bench/training.mjs')).href);
const trained = await measureTraining();
add(`a step of the trainer ÷ a bare TensorFlow.js trainOnBatch, ${trained.parameters.toLocaleString('en')} parameters, wasm (${trained.ours.toFixed(1)} ms ÷ ${trained.bare.toFixed(1)} ms)`, trained.ours / trained.bare, 1.1, false);
const places = await measurePlaces(environment);
add(`files read at the start, a workspace of 10,000`, places.readAtStart, 0, false);
add(`megabytes in use with ${places.open} model files of it open (${places.residentMegabytes.toFixed(0)} resident)`, places.usedMegabytes, 200, false, ' MB');
add(`from opening the first file to its hints, the server just started (the slowest of ${places.open}: ${places.slowest.toFixed(0)} ms)`, places.first, 1000, false, ' ms');
console.log(`${availableParallelism()} cores, load ${loadavg().map((load) => load.toFixed(1)).join(', ')} (1, 5, 15 minutes), Node ${process.version}`);
for (const note of notes) console.log(note);
for (const row of rows) console.log(`${row.holds ? 'holds' : 'misses'}  ${row.value.toFixed(1)}${row.unit} ${row.atLeast ? '≥' : '≤'} ${row.bound}${row.unit}  ${row.what}`);
if (process.argv.includes('--check')) process.exit(rows.some((row) => (row.atLeast ? row.value < row.bound / 1.5 : row.value > row.bound * 1.5)) ? 1 : 0);
