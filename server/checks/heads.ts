// What makes a prediction: the layer that sets its width, and the activation it ends in, found backwards through layer calls and operations.
// It must not know losses or data.
import type { Layer, LayerCall, Trace } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import { type Operation, operationOf } from '../values/provenance.ts';
import type { TensorValue, Value } from '../values/value.ts';

/** What a prediction comes out of. */
export interface Head {
  /** The layer that sets the number of outputs (Dense, a convolution, a recurrent layer); undefined where operations alone are known. */
  readonly layer: Layer | undefined;
  /** The place of the argument that sets it: `units`, `filters`, `out_features`. */
  readonly unitsPlace: Place | undefined;
  readonly units: Value | undefined;
  /** `softmax`, `sigmoid`, `linear`, …; undefined where it is not known. */
  readonly activation: string | undefined;
  /** The layer in which the activation stands; undefined for an operation. */
  readonly activationLayer: Layer | undefined;
  readonly activationPlace: Place | undefined;
  /** The operation that the activation is (`F.softmax(x, dim=1)`). */
  readonly activationOperation?: Operation | undefined;
  /** What the activation gave. */
  readonly activated?: TensorValue | undefined;
}

export type Producers = ReadonlyMap<TensorValue, LayerCall>;

const cache = new WeakMap<Trace, { readonly calls: number; readonly producers: Producers }>();

/** Which layer call gave a tensor; of nested calls that give the same one, the innermost. */
export function producersOf(trace: Trace): Producers {
  const known = cache.get(trace);
  if (known !== undefined && known.calls === trace.calls.length) return known.producers;
  const producers = new Map<TensorValue, LayerCall>();
  const add = (value: Value, call: LayerCall): void => {
    if (value.kind === 'tensor') {
      const before = producers.get(value);
      // The input handed on unchanged (Dropout, Identity) is not the input's producer.
      if (before === undefined || (call.layer.framework === 'torch' ? isInside(call, before) : before.layer.model !== undefined)) producers.set(value, call);
    } else if (value.kind === 'tuple' || value.kind === 'list') for (const item of value.items) add(item, call);
    else if (value.kind === 'dict') for (const entry of value.entries.values()) add(entry.value, call);
  };
  for (const layer of trace.layers) for (const call of layer.calls) add(call.output, call);
  cache.set(trace, { calls: trace.calls.length, producers });
  return producers;
}

/** Whether the call happened inside the other one. */
function isInside(call: LayerCall, other: LayerCall): boolean {
  for (let at = call.parent, depth = 0; at !== undefined && depth < 200; at = at.parent, depth += 1) if (at === other) return true;
  return false;
}

export function lastCall(model: Layer): LayerCall | undefined {
  const row = model.model?.layers.at(-1);
  return row?.undecided === true ? undefined : row?.call;
}

/** Layers that hand on what they get, position by position. */
const transparent = new Set([
  'Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'Identity', 'ActivityRegularization', 'GaussianNoise', 'GaussianDropout', 'Reshape', 'Flatten', 'Squeeze',
  'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout', 'Unflatten',
]);
const activationClasses: Readonly<Record<string, string>> = {
  Softmax: 'softmax', Sigmoid: 'sigmoid', ReLU: 'relu', LeakyReLU: 'leaky_relu', PReLU: 'prelu', ELU: 'elu', LogSoftmax: 'log_softmax', Tanh: 'tanh', GELU: 'gelu',
  Softmax2d: 'softmax', LogSigmoid: 'logsigmoid', SELU: 'selu', CELU: 'celu', SiLU: 'silu', Mish: 'mish', ReLU6: 'relu6', Hardtanh: 'hardtanh', Hardsigmoid: 'hardsigmoid', Softplus: 'softplus',
};
const unitArguments = ['units', 'filters', 'out_features', 'out_channels'];

/** Operations that give the same numbers in another arrangement, or fewer of them. */
const arranging = new Set([
  'view', 'reshape', 'flatten', 'unflatten', 'squeeze', 'unsqueeze', 'contiguous', 'clone', 'float', 'double', 'half', 'bfloat16', 'to', 'type', 'cpu', 'cuda', 'permute', 'transpose', 'movedim', 'swapaxes',
  'view_as', 'reshape_as', 'ravel', '__getitem__', 'getitem', 'select', 'narrow', 'chunk', 'split', 'unbind', 'dropout', 'expand', 'T', 'mT', 't', 'requires_grad_', 'identity', 'detach',
]);
const activationOperations: Readonly<Record<string, string>> = {
  softmax: 'softmax', log_softmax: 'log_softmax', sigmoid: 'sigmoid', sigmoid_: 'sigmoid', softmin: 'softmax', logsigmoid: 'logsigmoid', tanh: 'tanh', tanh_: 'tanh', relu: 'relu', relu_: 'relu', leaky_relu: 'leaky_relu', elu: 'elu', gelu: 'gelu',
  silu: 'silu', softplus: 'softplus', expit: 'sigmoid', gumbel_softmax: 'softmax', hardsigmoid: 'hardsigmoid', selu: 'selu', mish: 'mish', relu6: 'relu6', hardtanh: 'hardtanh',
};

/** How a message names a layer: those in a Sequential have only a number. */
export function layerName(layer: Layer): string {
  return /^\d+$/.test(layer.name) ? `${layer.className} ${layer.name}` : layer.name;
}

interface Found { readonly name: string | undefined; readonly layer: Layer | undefined; readonly place: Place | undefined; readonly operation?: Operation | undefined; readonly activated?: TensorValue | undefined }

/** What a tensor comes out of, through operations as well as layers. Behind anything else than an activation and a new arrangement nothing is said. */
export function headOfTensor(start: TensorValue, producers: Producers): Head | undefined {
  let value: TensorValue | undefined = start;
  let activation: Found | undefined;
  for (let depth = 0; value !== undefined && depth < 64; depth += 1) {
    const operation = operationOf(value);
    if (operation !== undefined) {
      const name = activationOperations[operation.name];
      if (name !== undefined) activation ??= { name, layer: undefined, place: operation.place, operation, activated: value };
      else if (!arranging.has(operation.name)) return withoutLayer(activation);
      value = operation.inputs[0];
      continue;
    }
    const call = producers.get(value);
    // A module of the program gave it, by operations that are not known.
    if (call === undefined || (call.layer.framework === 'torch' && !isNative(call.layer))) return withoutLayer(activation);
    const step = stepThrough(call, activation);
    if ('head' in step) return step.head;
    activation = activation ?? (step.activation === undefined ? undefined : { ...step.activation, activated: value });
    value = call.input.kind === 'tensor' ? call.input : undefined;
  }
  return withoutLayer(activation);
}

function isNative(layer: Layer): boolean {
  return layer.instance.cls.native && layer.model === undefined;
}

function withoutLayer(activation: Found | undefined): Head | undefined {
  return activation === undefined ? undefined : {
    layer: undefined, unitsPlace: undefined, units: undefined, activation: activation.name, activationLayer: activation.layer, activationPlace: activation.place, activationOperation: activation.operation,
    activated: activation.activated,
  };
}

export function headOf(start: LayerCall | undefined, producers: Producers): Head | undefined {
  let call = start;
  let activation: Found | undefined;
  for (let depth = 0; call !== undefined && depth < 32; depth += 1) {
    const { layer } = call;
    if (layer.model !== undefined && layer.model.outputs !== undefined) {
      // A model used as a layer: what its own output comes out of.
      const inner: LayerCall | undefined = (layer.model.outputs.kind === 'tensor' ? producers.get(layer.model.outputs) : undefined) ?? lastCall(layer);
      if (inner === undefined || inner === call) return undefined;
      call = inner;
      continue;
    }
    const step = stepThrough(call, activation);
    if ('head' in step) return step.head;
    activation = step.activation;
    call = call.input.kind === 'tensor' ? producers.get(call.input) : undefined;
  }
  return undefined;
}

/** One layer call backwards: the activation it adds, or that it is the head. */
function stepThrough(call: LayerCall, before: Found | undefined): { readonly activation: Found | undefined } | { readonly head: Head | undefined } {
  const { layer } = call;
  let activation = before;
  const own = activationClasses[layer.className];
  if (own !== undefined) activation ??= { name: own, layer, place: layer.place };
  else if (layer.className === 'Activation' && activationName(layer.arguments.get('activation')?.value) === 'linear') {
    // Changes nothing (a cast to float32 behind mixed precision): what stands in front of it decides.
  } else if (layer.className === 'Activation') activation ??= { name: activationName(layer.arguments.get('activation')?.value), layer, place: layer.arguments.get('activation')?.place ?? layer.place };
  else if (!transparent.has(layer.className)) {
    const unitsName = unitArguments.find((name) => layer.arguments.has(name));
    const argument = layer.arguments.get('activation');
    if (unitsName === undefined) {
      return { head: activation === undefined ? undefined : { layer, unitsPlace: undefined, units: undefined, activation: activation.name, activationLayer: activation.layer, activationPlace: activation.place, activationOperation: activation.operation, activated: activation.activated } };
    }
    activation ??= { name: argument === undefined ? (layer.framework === 'torch' ? 'linear' : undefined) : activationName(argument.value), layer, place: argument?.place };
    const units = layer.arguments.get(unitsName);
    return { head: { layer, unitsPlace: units?.place, units: units?.value, activation: activation.name, activationLayer: activation.layer, activationPlace: activation.place, activationOperation: activation.operation, activated: activation.activated } };
  }
  return { activation };
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
