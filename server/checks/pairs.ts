// Predictions and the targets they are compared with: from `fit` and its kin, and from losses called in a training loop.
// Also what makes a prediction: the layer that sets its width and the activation it ends in. Shared by the rules on labels and losses.
import { isKnown } from '../tensors/dim.ts';
import type { CompileEvent, DataEvent, Layer, LayerCall, LossEvent, LossFacts, RelatedPlace, Trace } from '../trace/trace.ts';
import type { Origin, Place } from '../values/place.ts';
import { originPlaces } from '../values/place.ts';
import type { DictEntry, TensorValue, Value } from '../values/value.ts';
import { originOf } from '../values/value.ts';

export interface LossPair {
  readonly prediction: TensorValue;
  readonly target: TensorValue;
  readonly loss: LossFacts;
  /** Where data and model meet: the `fit` call or the loss call. */
  readonly place: Place;
  readonly targetPlace: Place | undefined;
  readonly compile: CompileEvent | undefined;
  readonly head: Head | undefined;
  readonly framework: 'keras' | 'torch';
}

/** What a prediction comes out of. */
export interface Head {
  /** The layer that sets the number of outputs (Dense, a convolution, a recurrent layer). */
  readonly layer: Layer;
  /** The place of the argument that sets it: `units`, `filters`, `out_features`. */
  readonly unitsPlace: Place | undefined;
  readonly units: Value | undefined;
  /** `softmax`, `sigmoid`, `linear`, …; undefined where it is not known. */
  readonly activation: string | undefined;
  /** The layer in which the activation stands. */
  readonly activationLayer: Layer;
  readonly activationPlace: Place | undefined;
}

/** All pairs of a run whose tensors and loss are known. */
export function lossPairs(trace: Trace): LossPair[] {
  const cached = pairsOfTrace.get(trace);
  if (cached !== undefined) return cached;
  const producers = producersOf(trace);
  const pairs: LossPair[] = [];
  for (const event of trace.events) {
    if (event.kind === 'data') pairs.push(...pairsOfData(event, producers));
    else if (event.kind === 'loss') pairs.push(...pairsOfLoss(event, producers));
  }
  pairsOfTrace.set(trace, pairs);
  return pairs;
}

const pairsOfTrace = new WeakMap<Trace, LossPair[]>();

function pairsOfData(event: DataEvent, producers: Producers): LossPair[] {
  if (event.compile === undefined || event.method === 'predict') return [];
  const targets = tensorsByKey(event.target), outputs = tensorsByKey(event.output);
  if (targets === undefined || outputs === undefined || targets.length !== outputs.length) return [];
  const symbolic = tensorsByKey(event.model.model?.outputs ?? event.output);
  return outputs.flatMap(([key, prediction], at) => {
    const made = symbolic?.length === outputs.length ? symbolic[at]?.[1] : undefined;
    // Targets in a dict go by the names of the outputs' layers where the outputs stand in a list.
    const name = made === undefined ? undefined : producers.get(made)?.layer.name;
    const target = targets.find(([other]) => other === key || (name !== undefined && other === `s:${name}`))?.[1] ?? (isPositional(key) && targets.every(([other]) => isPositional(other)) ? targets[at]?.[1] : undefined);
    const loss = event.compile?.losses.length === 1 ? event.compile.losses[0] : event.compile?.losses[at];
    if (target === undefined || loss === undefined) return [];
    const head = headOf(producers.get(made ?? prediction) ?? producers.get(prediction) ?? lastCall(event.model), producers);
    return [{ prediction, target, loss, place: event.place, targetPlace: event.targetPlace, compile: event.compile, head, framework: 'keras' as const }];
  });
}

function pairsOfLoss(event: LossEvent, producers: Producers): LossPair[] {
  if (event.prediction.kind !== 'tensor' || event.target.kind !== 'tensor') return [];
  const call = producers.get(event.prediction);
  const framework = call?.layer.framework ?? (event.prediction.cls.qualifiedName.startsWith('torch') ? 'torch' : 'keras');
  return [{ prediction: event.prediction, target: event.target, loss: event.loss, place: event.place, targetPlace: undefined, compile: undefined, head: headOf(call, producers), framework }];
}

/** The tensors of a structure with their keys; undefined where something in it is no tensor. */
function tensorsByKey(value: Value): [string, TensorValue][] | undefined {
  switch (value.kind) {
    case 'tensor': return [['0', value]];
    case 'tuple': case 'list': {
      if (value.kind === 'list' && value.open) return undefined;
      const found: [string, TensorValue][] = [];
      for (const [at, item] of value.items.entries()) { if (item.kind !== 'tensor') return undefined; found.push([String(at), item]); }
      return found;
    }
    case 'dict': {
      if (value.open) return undefined;
      const found: [string, TensorValue][] = [];
      // Keras flattens dicts by key.
      const key = (entry: DictEntry): string => (entry.key.kind === 'str' ? entry.key.value : '');
      for (const entry of [...value.entries.values()].sort((left, right) => (key(left) < key(right) ? -1 : 1))) { if (entry.key.kind !== 'str' || entry.value.kind !== 'tensor') return undefined; found.push([`s:${entry.key.value}`, entry.value]); }
      return found;
    }
    default: return undefined;
  }
}

function isPositional(key: string): boolean { return !key.startsWith('s:'); }

type Producers = ReadonlyMap<TensorValue, LayerCall>;

/** Which layer call gave a tensor; of nested calls that give the same one, the innermost. */
export function producersOf(trace: Trace): Producers {
  const producers = new Map<TensorValue, LayerCall>();
  const add = (value: Value, call: LayerCall): void => {
    if (value.kind === 'tensor') {
      const known = producers.get(value);
      // The input handed on unchanged (Dropout, Identity) is not the input's producer.
      if (known === undefined || known.layer.model !== undefined) producers.set(value, call);
    } else if (value.kind === 'tuple' || value.kind === 'list') for (const item of value.items) add(item, call);
    else if (value.kind === 'dict') for (const entry of value.entries.values()) add(entry.value, call);
  };
  for (const layer of trace.layers) for (const call of layer.calls) add(call.output, call);
  return producers;
}

function lastCall(model: Layer): LayerCall | undefined {
  return model.model?.layers.at(-1)?.call;
}

/** Layers that hand on what they get, position by position. */
const transparent = new Set(['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'Identity', 'ActivityRegularization', 'GaussianNoise', 'GaussianDropout', 'Reshape', 'Flatten', 'Squeeze']);
const activationClasses: Readonly<Record<string, string>> = {
  Softmax: 'softmax', Sigmoid: 'sigmoid', ReLU: 'relu', LeakyReLU: 'leaky_relu', PReLU: 'prelu', ELU: 'elu', LogSoftmax: 'log_softmax', Tanh: 'tanh', GELU: 'gelu',
};
const unitArguments = ['units', 'filters', 'out_features', 'out_channels'];

function headOf(start: LayerCall | undefined, producers: Producers): Head | undefined {
  let call = start;
  let activation: { name: string | undefined; layer: Layer; place: Place | undefined } | undefined;
  for (let depth = 0; call !== undefined && depth < 32; depth += 1) {
    const { layer } = call;
    if (layer.model !== undefined && layer.model.outputs !== undefined) {
      // A model used as a layer: what its own output comes out of.
      const inner: LayerCall | undefined = (layer.model.outputs.kind === 'tensor' ? producers.get(layer.model.outputs) : undefined) ?? lastCall(layer);
      if (inner === undefined || inner === call) return undefined;
      call = inner;
      continue;
    }
    const own = activationClasses[layer.className];
    if (own !== undefined) activation ??= { name: own, layer, place: layer.place };
    else if (layer.className === 'Activation' && activationName(layer.arguments.get('activation')?.value) === 'linear') {
      // Changes nothing (a cast to float32 behind mixed precision): what stands in front of it decides.
    } else if (layer.className === 'Activation') activation ??= { name: activationName(layer.arguments.get('activation')?.value), layer, place: layer.arguments.get('activation')?.place ?? layer.place };
    else if (!transparent.has(layer.className)) {
      const unitsName = unitArguments.find((name) => layer.arguments.has(name));
      if (unitsName === undefined) return activation === undefined ? undefined : { layer, unitsPlace: undefined, units: undefined, activation: activation.name, activationLayer: activation.layer, activationPlace: activation.place };
      const argument = layer.arguments.get('activation');
      activation ??= { name: argument === undefined ? (layer.framework === 'torch' ? 'linear' : undefined) : activationName(argument.value), layer, place: argument?.place };
      const units = layer.arguments.get(unitsName);
      return { layer, unitsPlace: units?.place, units: units?.value, activation: activation.name, activationLayer: activation.layer, activationPlace: activation.place };
    }
    call = call.input.kind === 'tensor' ? producers.get(call.input) : undefined;
  }
  return undefined;
}

/** `softmax` for the string, the function and the class; `linear` for None. */
function activationName(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  switch (value.kind) {
    case 'none': return 'linear';
    case 'str': return value.value;
    case 'native': return value.name;
    case 'instance': return activationClasses[value.cls.name];
    case 'class': return activationClasses[value.name];
    default: return undefined;
  }
}

/** The axis of a prediction that holds the classes: the last one in Keras, the second in PyTorch. */
export function classAxis(pair: LossPair): number | undefined {
  const rank = pair.prediction.shape.dims?.length;
  if (rank === undefined || rank === 0) return undefined;
  return pair.framework === 'torch' ? (rank === 1 ? 0 : 1) : rank - 1;
}

/** How many classes the prediction has room for. */
export function classCount(pair: LossPair): number | undefined {
  const axis = classAxis(pair);
  const dim = axis === undefined ? undefined : pair.prediction.shape.dims?.[axis];
  return dim !== undefined && isKnown(dim) ? dim : undefined;
}

/** Related places for a fact: each place behind it that says something. */
export function relatedOf(origin: Origin | undefined): RelatedPlace[] {
  return originPlaces(origin).flatMap(({ place, says }) => (says === undefined ? [] : [{ place, message: says }]));
}

/** The literal that a value is, where it is one literal only: replacing it changes the value. */
export function literalPlace(value: Value | undefined): Place | undefined {
  const origin = value === undefined ? undefined : originOf(value);
  return origin?.literal === true ? origin.place : undefined;
}

/** The last axis as a number; undefined where it is not known. */
export function lastAxis(tensor: TensorValue): number | undefined {
  const dim = tensor.shape.dims?.at(-1);
  return dim !== undefined && isKnown(dim) ? dim : undefined;
}

