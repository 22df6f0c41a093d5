// A training from a request: data, split, epochs, validation, what callbacks of the program ask for, and saving. Reports through a `Report`;
// knows neither the run's files nor the backends.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ObjectConfiguration } from '../../../server/trace/configuration.ts';
import { readDigits } from './data/digits.ts';
import { listPictures, readPictures } from './data/pictures.ts';
import type { Samples, Scaling } from './data/samples.ts';
import { fitSamples, product, scalingBetween } from './data/samples.ts';
import { readCsv, readNpz } from './data/tables.ts';
import type { Targets } from './data/targets.ts';
import { targetsFor } from './data/targets.ts';
import { listOf, objectOf } from './dialect.ts';
import type { Batch, Engine, EngineFacts, LayerWeights } from './engine.ts';
import { TrainingError } from './engine.ts';
import type { Metric } from './metrics.ts';
import { metricNamed } from './metrics.ts';
import { learningRateAt, optimizerProblem } from './optimizers.ts';
import type { DataChoice, TrainingRequest } from './request.ts';

export interface Report {
  readonly plan: (facts: { readonly epochs: number; readonly stepsPerEpoch: number; readonly samples: number; readonly validation: number; readonly parameters: number; readonly epochSeconds: number | undefined }) => void;
  readonly step: (step: number, epoch: number, values: Readonly<Record<string, number>>) => void;
  readonly epoch: (epoch: number, step: number, values: Readonly<Record<string, number>>) => void;
  readonly note: (kind: 'message' | 'checkpoint' | 'non-finite-loss', name: string, message: string, at?: { readonly step: number; readonly epoch: number }) => void;
  readonly isStopped: () => boolean;
  /** Weights to be kept: at the end, when stopped, and now and then. */
  readonly save: (weights: readonly LayerWeights[]) => Promise<void>;
}

export interface TrainingFolders {
  /** Where the decoders and the packaged data lie. */
  readonly files: string;
  readonly script: string;
}

export interface Outcome { readonly epochs: number; readonly stopped: boolean; readonly values: Readonly<Record<string, number>> }

const saveSeconds = 30;
const defaultSplit = 0.2;

export async function train(request: TrainingRequest, engine: Engine, folders: TrainingFolders, report: Report): Promise<Outcome> {
  const { plan, settings } = request;
  const optimizer = chosenOptimizer(request), loss = chosenLoss(request);
  const { facts, samples } = await buildFor(request, engine, optimizer, loss, folders, report);
  const where = outputPlace(request);
  const targets = targetsFor(samples, facts.target, facts.outputShape, where);
  const scaling = scalingBetween(samples.range, wantedRange(request, samples));
  const random = makeRandom(settings.seed ?? 1337);
  const { training, validation } = split(request, samples.count, random);
  const batchSize = Math.max(1, settings.batchSize ?? plan.fit?.batchSize ?? 32), epochs = Math.max(1, settings.epochs ?? plan.fit?.epochs ?? 10);
  const stepsPerEpoch = Math.ceil(training.length / batchSize);
  const metrics = chosenMetrics(request, facts, report);
  const read = (indices: Uint32Array): Batch => batchOf(samples, targets, scaling, indices);
  report.plan({ epochs, stepsPerEpoch, samples: training.length, validation: validation.length, parameters: facts.parameters, epochSeconds: undefined });
  const rate = makeLearningRate(request, optimizer), callbacks = makeCallbacks(plan.fit?.callbacks ?? [], report);
  let step = 0, lastSave = Date.now(), values: Readonly<Record<string, number>> = {}, epoch = 0;
  while (epoch < epochs && !report.isStopped() && !callbacks.isEnded()) {
    epoch += 1;
    if (plan.fit?.shuffle !== false) shuffle(training, random);
    const averages = makeAverages(metrics);
    for (let from = 0; from < training.length && !report.isStopped(); from += batchSize) {
      const batch = read(training.subarray(from, from + batchSize));
      const learningRate = rate.at(step);
      const result = await engine.step(batch, learningRate);
      step += 1;
      if (!Number.isFinite(result.loss)) {
        report.note('non-finite-loss', 'loss', `the loss is ${result.loss} at step ${step} (${epochText(epoch, epochs)}); the learning rate is ${learningRate}`, { step, epoch });
        if (callbacks.endsOnNaN) throw new TrainingError(`the loss is ${result.loss} at step ${step}`);
      }
      averages.add(batch, result.loss, result.prediction, facts);
      report.step(step, epoch - 1 + Math.min(1, (from + batchSize) / training.length), { loss: result.loss });
      // Requests to stop are heard between batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
    values = { ...averages.result(), ...(report.isStopped() ? {} : await validate(engine, read, validation, batchSize, metrics, facts, report)), learning_rate: rate.at(Math.max(0, step - 1)) };
    report.epoch(epoch, step, values);
    if (await callbacks.epochEnded(epoch, values, rate, engine)) break;
    if (Date.now() - lastSave > saveSeconds * 1000 && epoch < epochs) {
      await report.save(await engine.weights());
      lastSave = Date.now();
    }
  }
  callbacks.restore(engine);
  await report.save(await engine.weights());
  return { epochs: epoch, stopped: report.isStopped(), values };
}

const epochText = (epoch: number, epochs: number): string => `epoch ${epoch} of ${epochs}`;

// ---- Before the first step.

function chosenOptimizer({ plan }: TrainingRequest): ObjectConfiguration {
  const optimizer = plan.compile?.optimizer ?? { name: 'Adam', arguments: { learning_rate: 0.001 } };
  const problem = optimizerProblem(optimizer);
  if (problem !== undefined) throw new TrainingError(`${problem} (line ${plan.compile?.line ?? 1})`);
  return optimizer;
}

function chosenLoss({ plan }: TrainingRequest): ObjectConfiguration {
  const losses = plan.compile?.losses ?? [];
  const [loss] = losses;
  if (plan.compile === undefined) return { name: 'sparse_categorical_crossentropy', arguments: {} };
  if (loss === undefined || losses.length > 1) throw new TrainingError(losses.length > 1 ? `the model has ${losses.length} losses: without Python only one can be trained` : `the model is compiled without a loss that is known (line ${plan.compile.line})`);
  return loss;
}

function chosenMetrics({ plan }: TrainingRequest, facts: EngineFacts, report: Report): readonly Metric[] {
  return (plan.compile?.metrics ?? [{ name: 'accuracy', arguments: {} }]).flatMap((given) => {
    const metric = metricNamed(given, facts.target, facts.outputShape.at(-1) ?? 1);
    if (metric === undefined) report.note('message', given.name, `the metric ${given.name} is not counted: it is not available without Python`);
    return metric ?? [];
  });
}

async function buildFor(request: TrainingRequest, engine: Engine, optimizer: ObjectConfiguration, loss: ObjectConfiguration, folders: TrainingFolders, report: Report): Promise<{ readonly facts: EngineFacts; readonly samples: Samples }> {
  const { plan, data } = request;
  const [problem] = plan.problems;
  if (plan.model.config === null || plan.model.config === undefined) throw new TrainingError(problem === undefined ? `the model ${plan.model.name} is not known` : `${problem.message}${problem.line === undefined ? '' : ` (line ${problem.line})`}`);
  const stated = plan.data.imageFolder === undefined ? plan.data.input?.shape?.slice(1) : [plan.data.imageFolder.height, plan.data.imageFolder.width, plan.data.imageFolder.channels];
  // Tables are read first: their width is what a model that does not say its input takes.
  const table = data.kind === 'images' ? undefined : readTable(data, folders);
  const inputShape = (stated ?? []).length > 0 && stated?.every((size) => size !== null) === true ? (stated as readonly number[]) : (table?.shape ?? [160, 160, 3]);
  const facts = await engine.build({ config: plan.model.config, optimizer, loss, inputShape });
  return { facts, samples: fitSamples(table ?? await pictures(request, facts.inputShape, folders, report), facts.inputShape) };
}

function readTable(data: Exclude<DataChoice, { kind: 'images' }>, folders: TrainingFolders): Samples {
  const file = data.kind === 'packaged' ? folders.files : data.file;
  if (!existsSync(file)) throw new TrainingError(`${file} does not exist`);
  switch (data.kind) {
    case 'csv': return readCsv(data.file, data.label);
    case 'npz': return readNpz(data.file, data.input, data.target);
    case 'packaged': return readDigits(folders.files);
  }
}

async function pictures({ data, plan }: TrainingRequest, shape: readonly number[], folders: TrainingFolders, report: Report): Promise<Samples> {
  const [height, width, channels = 1] = shape;
  if (data.kind !== 'images' || height === undefined || width === undefined || shape.length > 3) throw new TrainingError(`the model takes (${shape.join(', ')}), which is no picture`);
  if (!existsSync(data.folder)) throw new TrainingError(`the folder ${data.folder} does not exist`);
  const list = listPictures(data.folder, plan.data.imageFolder?.classNames);
  if (list.unread.length > 0) report.note('message', 'pictures', `${list.unread.length} pictures are left out, being neither JPEG nor PNG: ${path.relative(data.folder, list.unread[0] ?? '')}`);
  const samples = await readPictures(list, { height, width, channels }, { script: folders.script, wasmFolder: folders.files, nearest: plan.data.imageFolder?.interpolation === 'nearest', isStopped: report.isStopped });
  report.note('message', 'pictures', `${list.files.length} pictures of ${list.classes.length} classes, decoded by ${samples.decoder}`);
  return { ...samples, shape };
}

/** What the program feeds: the range that it is known to have, else 0 to 1 unless the model itself begins by scaling. */
function wantedRange({ plan }: TrainingRequest, samples: Samples): readonly [number, number] | undefined {
  const { range } = plan.data.input ?? {};
  if (range !== undefined) return range;
  const layers = listOf(objectOf(objectOf(plan.model.config)['config'])['layers']).map((layer) => objectOf(layer)['class_name']);
  const isScaled = layers.slice(0, 3).includes('Rescaling');
  return isScaled || samples.range === undefined ? samples.range : [0, 1];
}

function outputPlace({ plan }: TrainingRequest): string {
  const config = objectOf(objectOf(plan.model.config)['config']), outputs = config['output_layers'];
  const name = Array.isArray(outputs) ? String(outputs.flat(3)[0] ?? '') : String(objectOf(objectOf(listOf(config['layers']).at(-1))['config'])['name'] ?? '');
  const line = plan.layerLines[name];
  return `the last layer ${name}${line === undefined ? '' : ` (line ${line})`}`;
}

/** As `fit` does: the last part is held back. Where the program holds none back, a fifth drawn at random is. */
function split({ plan, settings, data }: TrainingRequest, count: number, random: () => number): { readonly training: Uint32Array; readonly validation: Uint32Array } {
  const all = Uint32Array.from({ length: count }, (_, at) => at);
  const own = settings.validationSplit ?? plan.fit?.validationSplit;
  const isOrdered = own !== undefined && own > 0 && data.kind !== 'images';
  if (!isOrdered) shuffle(all, random);
  const part = own !== undefined && own > 0 && own < 1 ? own : defaultSplit;
  const border = Math.floor(count * (1 - part));
  if (border < 1) throw new TrainingError(`${count} samples are too few to train on`);
  return { training: all.slice(0, border), validation: all.slice(border) };
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffle(items: Uint32Array, random: () => number): void {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1)), held = items[at] ?? 0;
    items[at] = items[other] ?? 0;
    items[other] = held;
  }
}

function batchOf(samples: Samples, targets: Targets, { factor, offset }: Scaling, indices: Uint32Array): Batch {
  const size = product(samples.shape), input = new Float32Array(indices.length * size), target = new Float32Array(indices.length * targets.width);
  for (const [at, sample] of indices.entries()) {
    const part = samples.values.subarray(sample * size, (sample + 1) * size);
    if (factor === 1 && offset === 0) input.set(part, at * size);
    else for (let index = 0; index < size; index += 1) input[at * size + index] = (part[index] ?? 0) * factor + offset;
    target.set(targets.values.subarray(sample * targets.width, (sample + 1) * targets.width), at * targets.width);
  }
  return { size: indices.length, input, target };
}

// ---- Within an epoch.

interface Averages { readonly add: (batch: Batch, loss: number, prediction: Float32Array, facts: EngineFacts) => void; readonly result: () => Record<string, number> }

function makeAverages(metrics: readonly Metric[]): Averages {
  let sum = 0, count = 0;
  for (const metric of metrics) metric.reset();
  return {
    add: (batch, loss, prediction, facts) => {
      sum += loss * batch.size;
      count += batch.size;
      for (const metric of metrics) metric.update({ target: batch.target, prediction, width: facts.outputShape.at(-1) ?? 1 });
    },
    result: () => ({ loss: count === 0 ? Number.NaN : sum / count, ...Object.fromEntries(metrics.map((metric) => [metric.name, metric.result()])) }),
  };
}

async function validate(engine: Engine, read: (indices: Uint32Array) => Batch, indices: Uint32Array, batchSize: number, metrics: readonly Metric[], facts: EngineFacts, report: Report): Promise<Record<string, number>> {
  if (indices.length === 0) return {};
  const averages = makeAverages(metrics);
  for (let from = 0; from < indices.length && !report.isStopped(); from += batchSize) {
    const batch = read(indices.subarray(from, from + batchSize)), { loss, prediction } = await engine.evaluate(batch);
    averages.add(batch, loss, prediction, facts);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return report.isStopped() ? {} : Object.fromEntries(Object.entries(averages.result()).map(([name, value]) => [`val_${name}`, value]));
}

interface LearningRate { readonly at: (step: number) => number; readonly multiply: (factor: number, least: number) => number }

function makeLearningRate({ settings }: TrainingRequest, optimizer: ObjectConfiguration): LearningRate {
  const given = settings.learningRate ?? optimizer.arguments['learning_rate'] ?? 0.001;
  let scale = 1, floor = 0;
  const at = (step: number): number => Math.max(floor, (learningRateAt(given, step) ?? 0.001) * scale);
  return { at, multiply: (factor, least) => { scale *= factor; floor = least; return at(0); } };
}

// ---- Callbacks of the program.

interface Callbacks {
  readonly endsOnNaN: boolean;
  readonly isEnded: () => boolean;
  /** True: the training ends here. */
  readonly epochEnded: (epoch: number, values: Readonly<Record<string, number>>, rate: LearningRate, engine: Engine) => Promise<boolean>;
  readonly restore: (engine: Engine) => void;
}

/** EarlyStopping, ReduceLROnPlateau and TerminateOnNaN as Keras does them; weights are saved and curves drawn anyway. Others are told. */
function makeCallbacks(given: readonly ObjectConfiguration[], report: Report): Callbacks {
  const anyway: ReadonlySet<string> = new Set(['ModelCheckpoint', 'TensorBoard', 'CSVLogger', 'ProgbarLogger', 'History', 'BackupAndRestore']);
  const known: ReadonlySet<string> = new Set(['EarlyStopping', 'ReduceLROnPlateau', 'TerminateOnNaN']);
  for (const one of given) if (!anyway.has(one.name) && !known.has(one.name)) report.note('message', one.name, `the callback ${one.name} is left out: it needs Python`);
  let ended = false, best: readonly LayerWeights[] | undefined;
  const watchers = given.filter((one) => one.name === 'EarlyStopping' || one.name === 'ReduceLROnPlateau').map((one) => {
    const number = (name: string, otherwise: number): number => (typeof one.arguments[name] === 'number' ? one.arguments[name] : otherwise);
    const monitor = typeof one.arguments['monitor'] === 'string' ? one.arguments['monitor'] : 'val_loss';
    const mode = one.arguments['mode'], isUp = mode === 'max' || (mode !== 'min' && /acc|auc|precision|recall|f1/i.test(monitor));
    const state = { best: isUp ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, waited: 0, cooling: 0 };
    return { one, number, monitor, isUp, state };
  });
  return {
    endsOnNaN: given.some((one) => one.name === 'TerminateOnNaN'),
    isEnded: () => ended,
    restore: (engine) => { if (best !== undefined) engine.setWeights(best); },
    epochEnded: async (epoch, values, rate, engine) => {
      for (const { one, number, monitor, isUp, state } of watchers) {
        const value = values[monitor];
        if (value === undefined) continue;
        const isStopping = one.name === 'EarlyStopping', delta = number('min_delta', isStopping ? 0 : 1e-4);
        if (isStopping && epoch <= number('start_from_epoch', 0)) continue;
        if (state.cooling > 0) { state.cooling -= 1; state.waited = 0; }
        if (isUp ? value - delta > state.best : value + delta < state.best) {
          state.best = value;
          state.waited = 0;
          if (isStopping && one.arguments['restore_best_weights'] === true) best = await engine.weights();
          continue;
        }
        if (state.cooling > 0) continue;
        state.waited += 1;
        if (state.waited < number('patience', isStopping ? 0 : 10)) continue;
        if (isStopping) {
          ended = true;
          report.note('message', one.name, `${monitor} has not got better for ${state.waited} epochs: EarlyStopping ends the training behind epoch ${epoch}`);
        } else {
          state.waited = 0;
          state.cooling = number('cooldown', 0);
          report.note('message', one.name, `${monitor} stays where it is: the learning rate goes down to ${rate.multiply(number('factor', 0.1), number('min_lr', 0))}`);
        }
      }
      return ended;
    },
  };
}
