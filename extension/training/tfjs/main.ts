// The trainer: a process of its own that trains what `training.json` in a run's folder asks for and writes metrics.jsonl as it goes.
//   node trainer.cjs RUN_FOLDER            trains; SIGINT or SIGTERM stops it behind the batch, with the weights saved
//   node trainer.cjs --probe NAME FOLDER…  tries a backend and says what is wrong with it
// Under a supervisor it leaves run.json to that; alone it keeps the record itself.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileSentence } from '../runs/file-errors.ts';
import { changeRecord, openAppender, readRecord } from '../runs/write.ts';
import type { MetricLine, SourcePlace } from '../runs/format.ts';
import { metricText, runFiles } from '../runs/format.ts';
import type { BackendFolders } from './backends.ts';
import { chooseEngine, startEngine } from './backends.ts';
import { isDecodeWorker, runDecodeWorker } from './data/decode-worker.ts';
import { convolutionCost } from './cost.ts';
import { TrainingError } from './engine.ts';
import type { BackendName, TrainingRequest } from './request.ts';
import { backendNames, readRequest, requestFile } from './request.ts';
import { saveModel } from './saving.ts';
import type { Report } from './train.ts';
import { train } from './train.ts';

/** Beside the bundle: WebAssembly files and the packaged data. */
const filesFolder = path.join(__dirname, 'trainer');

async function main(args: readonly string[]): Promise<number> {
  const [first, ...others] = args;
  if (first === '--probe') return probe(others[0] ?? '', others.slice(1));
  if (first === undefined) {
    process.stderr.write('trainer.cjs RUN_FOLDER\n');
    return 2;
  }
  return run(path.resolve(first));
}

async function probe(name: string, packages: readonly string[]): Promise<number> {
  const known = backendNames.find((one): one is Exclude<BackendName, 'auto'> => one === name && one !== 'auto');
  const result = known === undefined ? 'it is not known' : await startEngine(known, { wasm: filesFolder, packages, script: __filename });
  if (typeof result === 'string') process.stdout.write(`problem: ${result}\n`);
  return typeof result === 'string' ? 1 : 0;
}

async function run(folder: string): Promise<number> {
  let stops = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stops += 1; });
  const recordIsOurs = (): boolean => readRecord(folder)?.supervisor === undefined;
  let request: TrainingRequest | undefined;
  try {
    request = readRequest(readFileSync(path.join(folder, requestFile), 'utf8'));
  } catch (error) {
    process.stderr.write(`inlayer: ${path.join(folder, requestFile)} cannot be read: ${fileSentence(error)}\n`);
    return 2;
  }
  if (request === undefined) {
    process.stderr.write(`inlayer: ${path.join(folder, requestFile)} is no request\n`);
    return 2;
  }
  let appender: ReturnType<typeof openAppender>;
  try {
    appender = openAppender(path.join(folder, runFiles.metrics));
  } catch (error) {
    process.stderr.write(`inlayer: ${folder} cannot be written: ${fileSentence(error)}\n`);
    return 1;
  }
  const write = (line: MetricLine): void => appender.append(metricText(line));
  if (recordIsOurs()) changeRecord(folder, { state: 'running', startedAt: Date.now() });
  const finish = (exitCode: number, message: string | undefined, place: SourcePlace | undefined): number => {
    write({ type: 'end', time: now(), exitCode, ...(message === undefined ? {} : { message }), ...(place === undefined ? {} : { place }) });
    const isWritten = appender.flush();
    appender.close();
    if (!isWritten) process.stderr.write('inlayer: the curves are not all on the disk: it is full, or the folder is read-only\n');
    if (recordIsOurs()) {
      try {
        changeRecord(folder, { state: exitCode !== 0 ? 'failed' : stops > 0 ? 'stopped' : 'finished', endedAt: Date.now(), exitCode, ...(message === undefined ? {} : { message }), ...(place === undefined ? {} : { failedAt: place }) });
      } catch { /* the disk's fault was told above */ }
    }
    return exitCode;
  };
  try {
    const outcome = await trainInto(folder, request, write, () => stops > 0, (backend) => { if (recordIsOurs()) changeRecord(folder, { backend }); });
    return finish(0, outcome, undefined);
  } catch (error) {
    const message = fileSentence(error), place = placeOf(error, request);
    process.stderr.write(`inlayer: ${message}\n`);
    if (!(error instanceof TrainingError) && (error as NodeJS.ErrnoException).code === undefined) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    return finish(1, message, place);
  }
}

/** Gives a message about how it ended. */
async function trainInto(folder: string, request: TrainingRequest, write: (line: MetricLine) => void, isStopped: () => boolean, tellBackend: (backend: string) => void): Promise<string | undefined> {
  const { plan, settings } = request;
  const folders: BackendFolders = { wasm: filesFolder, packages: [path.dirname(plan.file), process.cwd()].filter((one) => existsSync(one)), script: __filename };
  const { engine, name, passed } = await chooseEngine(settings.backend ?? 'auto', folders);
  const backend = `${engine.backend} on ${engine.device}`;
  process.stdout.write(`${plan.model.name} (${path.basename(plan.file)}), ${backend}\n`);
  for (const one of passed) process.stdout.write(`  not used: ${one}\n`);
  tellBackend(backend);
  if (name === 'cpu') refuseSlow(request);
  const place = (line: number | undefined): SourcePlace | undefined => (line === undefined ? undefined : { file: plan.file, line });
  const knobs = { ...named('optimizer', place(plan.compile?.line)), ...named('loss', place(plan.compile?.line)), ...named('learningRate', place(plan.compile?.line)), ...named('epochs', place(plan.fit?.line)), ...named('model', place(plan.model.line)) };
  let epochs = 1, started = Date.now();
  const report: Report = {
    plan: (facts) => {
      epochs = facts.epochs;
      started = Date.now();
      write({ type: 'plan', time: now(), phase: 0, source: 'tfjs', epochs: facts.epochs, stepsPerEpoch: facts.stepsPerEpoch, backend, knobs, ...named('place', place(plan.fit?.line)) });
      process.stdout.write(`${facts.parameters} parameters, ${facts.samples} samples to train on, ${facts.validation} held back, ${facts.stepsPerEpoch} steps an epoch\n`);
    },
    step: (step, epoch, values) => write({ type: 'step', time: now(), step, epoch, phase: 0, values }),
    epoch: (epoch, step, values) => {
      write({ type: 'epoch', time: now(), epoch, step, phase: 0, values });
      const text = Object.entries(values).map(([key, value]) => `${key}: ${Number(value.toPrecision(4))}`).join(' - ');
      process.stdout.write(`Epoch ${epoch}/${epochs} ${((Date.now() - started) / 1000).toFixed(1)}s - ${text}\n`);
    },
    note: (kind, about, message, at) => {
      write({ type: 'note', time: now(), kind, name: about, message, ...at, ...(kind === 'non-finite-loss' ? named('place', place(plan.compile?.line)) : {}) });
      process.stdout.write(`${message}\n`);
    },
    isStopped,
    save: async (weights) => {
      const saved = await engine.save();
      const files = saveModel(folder, { config: plan.model.config ?? null, weights, saved });
      write({ type: 'note', time: now(), kind: 'checkpoint', name: 'model.keras', message: files.join(', ') });
    },
  };
  try {
    const outcome = await train(request, engine, { files: filesFolder, script: __filename }, report);
    process.stdout.write(outcome.stopped ? `stopped in epoch ${outcome.epochs}; the weights are in ${folder}\n` : `finished; the weights are in ${folder}\n`);
    return outcome.stopped ? `stopped in epoch ${outcome.epochs}` : undefined;
  } finally {
    engine.dispose();
  }
}

function named<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}

/** TensorFlow.js' cpu backend takes half a minute for a step that wasm does in a tenth of a second. */
function refuseSlow({ plan, settings }: TrainingRequest): void {
  const cost = convolutionCost(plan.model.config ?? null);
  if (cost === 0 || settings.backend === 'cpu') return;
  throw new TrainingError(`only TensorFlow.js' cpu backend runs here, which takes about ${Math.max(1, Math.round(cost))} s a step for ${plan.model.name}: choose a Python environment with Keras, or ask for the backend "cpu" all the same`);
}

const now = (): number => Date.now() / 1000;

function placeOf(error: unknown, { plan }: TrainingRequest): SourcePlace | undefined {
  const layer = error instanceof TrainingError ? error.layer : undefined;
  const line = layer === undefined ? undefined : plan.layerLines[layer];
  return line === undefined ? undefined : { file: plan.file, line };
}

if (isDecodeWorker()) void runDecodeWorker();
// WebGPU's process does not end by itself.
else void main(process.argv.slice(2)).then((code) => process.exit(code), (error: unknown) => { process.stderr.write(`inlayer: ${fileSentence(error)}\n`); process.exit(1); });
