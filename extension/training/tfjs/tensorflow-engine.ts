// An Engine on TensorFlow.js: the model from Keras' configuration, gradients from its core, updates by Keras' own formulas.
// It must not know data, runs or how a backend is found.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { LayersModel, layers as layersNamespace } from '@tensorflow/tfjs-layers';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, dispose, engine, getBackend, keep, tensor, tidy, variableGrads, version_core } from '@tensorflow/tfjs-core';
import type { Json } from '../../../server/trace/configuration.ts';
import { objectOf, translateModel } from './dialect.ts';
import type { Batch, BatchResult, Engine, EngineFacts, EngineModel, LayerWeights, SavedModel } from './engine.ts';
import { TrainingError } from './engine.ts';
import type { WeightPath } from './keras-paths.ts';
import { weightPaths } from './keras-paths.ts';
import type { Loss } from './losses.ts';
import { lossNamed } from './losses.ts';
import type { Optimizer, Trained } from './optimizers.ts';
import { makeOptimizer, optimizerProblem } from './optimizers.ts';

type Layer = ReturnType<typeof layersNamespace.dense>;
/** What the classes of TensorFlow.js hold and its types do not show. */
type LayerVariable = Layer['weights'][number] & { readonly val: Variable };
type ComputedModel = LayersModel & { readonly calculateLosses: () => Scalar[] };

export function makeTensorFlowEngine(device: string): Engine {
  let model: ComputedModel | undefined, optimizer: Optimizer | undefined, loss: Loss | undefined, config: Json = null, facts: EngineFacts | undefined;
  const built = (): { model: ComputedModel; optimizer: Optimizer; loss: Loss; facts: EngineFacts } => {
    if (model === undefined || optimizer === undefined || loss === undefined || facts === undefined) throw new Error('nothing is built');
    return { model, optimizer, loss, facts };
  };
  return {
    backend: `tensorflow.js ${version_core} ${getBackend()}`, device,
    build: async (given) => {
      const problem = optimizerProblem(given.optimizer);
      if (problem !== undefined) throw new TrainingError(problem);
      loss = lossNamed(given.loss);
      if (loss === undefined) throw new TrainingError(`the loss ${given.loss.name} is not available without Python`);
      config = given.config;
      model = await buildModel(given);
      optimizer = makeOptimizer(given.optimizer);
      facts = factsOf(model, given, loss);
      return facts;
    },
    step: async (batch, learningRate) => {
      const now = built();
      const { prediction, cost, grads } = tidy(() => {
        const [input, target] = tensorsOf(batch, now.facts);
        let output: Tensor | undefined;
        const trained = trainedWeights(now.model).map((weight) => weight.val);
        const { value, grads: found } = variableGrads(() => {
          output = outputOf(now.model, input, true);
          // The tape's scope ends with this function; the predictions are still wanted.
          keep(output);
          return withPenalties(now.model, now.loss.compute(target, output));
        }, trained);
        return { prediction: output ?? input, cost: value, grads: found as NamedTensorMap };
      });
      const weights = trainedWeights(now.model);
      const used = weights.filter((weight) => grads[weight.val.name] !== undefined);
      now.optimizer.apply(used.map(trainedOf), used.map((weight) => grads[weight.val.name] as Tensor), learningRate);
      const result = await resultOf(cost, prediction);
      dispose([cost, prediction]);
      dispose(grads);
      return result;
    },
    evaluate: async (batch) => {
      const now = built();
      const { prediction, cost } = tidy(() => {
        const [input, target] = tensorsOf(batch, now.facts);
        const output = outputOf(now.model, input, false);
        return { prediction: output, cost: withPenalties(now.model, now.loss.compute(target, output)) };
      });
      const result = await resultOf(cost, prediction);
      dispose([cost, prediction]);
      return result;
    },
    weights: () => readWeights(built().model.layers as Layer[], weightPaths(config)),
    setWeights: (weights) => writeWeights(built().model.layers as Layer[], weightPaths(config), new Map(weights.map((one) => [one.path, one]))),
    save: async () => {
      let saved: SavedModel | undefined;
      await built().model.save({
        save: ({ modelTopology, weightSpecs, weightData }) => {
          const parts = weightData === undefined ? [] : Array.isArray(weightData) ? weightData : [weightData];
          const json = { format: 'layers-model', generatedBy: 'inlayer', convertedBy: null, modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] };
          saved = { json: json as unknown as Json, weights: Buffer.concat(parts.map((part) => Buffer.from(part))) };
          return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
        },
      });
      return saved;
    },
    dispose: () => {
      optimizer?.dispose();
      model?.dispose();
      model = undefined;
    },
  };
}

async function buildModel(given: EngineModel): Promise<ComputedModel> {
  const { topology, unsupported, inference } = translateModel(withInput(given));
  const [first] = unsupported;
  if (first !== undefined) throw new TrainingError(unsupported.map(({ layer, reason }) => `${layer}: ${reason}`).join('; '), first.layer);
  let model: LayersModel;
  try {
    model = await loadLayersModel({ load: () => Promise.resolve({ modelTopology: topology as object }) });
  } catch (error) {
    throw new TrainingError(`TensorFlow.js cannot build the model: ${error instanceof Error ? error.message : String(error)}`);
  }
  freeze(model.layers as Layer[], inference);
  return model as ComputedModel;
}

/** A Sequential model that does not say its input gets that of the data. */
function withInput({ config, inputShape }: EngineModel): Json {
  const model = objectOf(config), own = objectOf(model['config']), layers = own['layers'];
  if (model['class_name'] !== 'Sequential' || !Array.isArray(layers)) return config;
  const [first] = layers as readonly Json[];
  const isStated = ['InputLayer', 'Sequential', 'Functional'].includes(String(objectOf(first)['class_name']));
  if (isStated) return config;
  const input: Json = { module: 'keras.layers', class_name: 'InputLayer', registered_name: null, config: { batch_shape: [null, ...inputShape], dtype: 'float32', sparse: false, name: 'input_layer' } };
  return { ...model, config: { ...own, layers: [input, ...(layers as readonly Json[])] } };
}

function freeze(layers: readonly Layer[], inference: ReadonlySet<string>): void {
  for (const layer of layers) {
    if (inference.has(layer.name)) neverTrains(layer);
    freeze(layersOf(layer as unknown as Holder), inference);
  }
}

/** TensorFlow.js hands `training` on to every layer, Keras not to normalisation that is frozen. */
function neverTrains(layer: Layer): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false });
}

function factsOf(model: LayersModel, given: EngineModel, loss: Loss): EngineFacts {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) throw new TrainingError(`the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs: without Python only one of each can be trained`);
  const declared = (model.inputs[0]?.shape ?? []).slice(1);
  const inputShape = declared.map((size, at) => size ?? given.inputShape[at] ?? 1);
  const outputShape = tidy(() => outputOf(model as ComputedModel, tensor(new Float32Array(inputShape.reduce((product, size) => product * size, 1)), [1, ...inputShape]), false).shape.slice(1));
  return { inputShape, outputShape, target: loss.target, parameters: model.countParams() };
}

function tensorsOf({ size, input, target }: Batch, facts: EngineFacts): [Tensor, Tensor] {
  const rows = facts.target === 'classes' ? facts.outputShape.slice(0, -1) : facts.outputShape;
  return [tensor(input, [size, ...facts.inputShape]), tensor(target, [size, ...rows])];
}

function outputOf(model: ComputedModel, input: Tensor, training: boolean): Tensor {
  const output = model.call(input, { training });
  const [first] = Array.isArray(output) ? output : [output];
  if (first === undefined) throw new Error('the model gives nothing');
  return first;
}

function withPenalties(model: ComputedModel, cost: Scalar): Scalar {
  return model.calculateLosses().reduce((sum, penalty) => add(sum, penalty) as Scalar, cost);
}

async function resultOf(cost: Tensor, prediction: Tensor): Promise<BatchResult> {
  const [[loss = Number.NaN], values] = await Promise.all([cost.data(), prediction.data()]);
  return { loss, prediction: values as Float32Array };
}

function trainedWeights(model: LayersModel): LayerVariable[] {
  return model.trainableWeights as LayerVariable[];
}

function trainedOf(weight: LayerVariable): Trained {
  return { read: () => weight.val, write: (value) => weight.write(value) };
}

// ---- Weights, by their places in Keras' file.

interface Holder { readonly weights: readonly LayerVariable[]; readonly layers?: readonly Layer[]; readonly layer?: Holder; readonly name: string }

function pairs(layers: readonly Layer[], paths: readonly WeightPath[]): readonly (readonly [WeightPath, Holder])[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer as unknown as Holder]));
  return paths.flatMap((path) => {
    const layer = byName.get(path.layer);
    return layer === undefined ? [] : [[path, layer] as const];
  });
}

async function readWeights(layers: readonly Layer[], paths: readonly WeightPath[]): Promise<LayerWeights[]> {
  const found: LayerWeights[] = [];
  for (const [path, layer] of pairs(layers, paths)) {
    if (path.inner !== undefined) { found.push(...(await readWeights(layersOf(layer), path.inner))); continue; }
    for (const [group, weights] of groupsOf(path, layer)) {
      const read = await Promise.all(weights.map(async (weight) => ({ shape: weight.shape as number[], values: Float32Array.from(await weight.val.data()) })));
      found.push({ layer: path.layer, path: group, weights: read });
    }
    if (path.hasSeed) found.push({ layer: path.layer, path: seedPath(path), weights: [{ shape: [2], values: Float32Array.from([0, 0]) }] });
  }
  return found;
}

/** The generator behind a Dropout; Keras wants its state, two whole numbers, in the file. */
export function seedPath(path: WeightPath): string {
  return (path.paths[0] ?? '').replace(/vars$/, 'seed_generator/vars');
}

function writeWeights(layers: readonly Layer[], paths: readonly WeightPath[], given: ReadonlyMap<string, LayerWeights>): void {
  for (const [path, layer] of pairs(layers, paths)) {
    if (path.inner !== undefined) { writeWeights(layersOf(layer), path.inner, given); continue; }
    for (const [group, weights] of groupsOf(path, layer)) {
      for (const [at, weight] of weights.entries()) {
        const stored = given.get(group)?.weights[at];
        // Not `write`: constraints hold behind updates only.
        if (stored !== undefined) tidy(() => { weight.val.assign(tensor(stored.values, [...stored.shape])); });
      }
    }
  }
}

/** A TimeDistributed stands for the model that it holds. */
function layersOf(layer: Holder): readonly Layer[] {
  return layer.layers ?? layer.layer?.layers ?? [];
}

function groupsOf(path: WeightPath, layer: Holder): readonly (readonly [string, readonly LayerVariable[]])[] {
  const each = layer.weights.length / Math.max(1, path.paths.length);
  return path.paths.map((group, at) => [group, layer.weights.slice(at * each, (at + 1) * each)] as const);
}

/** Bytes that the backend holds. */
export function heldTensors(): number {
  return engine().memory().numTensors;
}
