// Models, optimizers, losses and `fit`'s arguments as Keras 3's own JSON. What is not known is told with its place, never guessed.
// It must not know any runner; single layers only by what their declarations say.
import type { CompileConfiguration, Configuration, ConfigurationProblem, FitConfiguration, Json, ObjectConfiguration } from '../../trace/configuration.ts';
import type { CompileEvent, LossFacts } from '../../trace/trace.ts';
import { formatShape } from '../../tensors/shape.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { sortedEntries } from '../arrays/library.ts';
import { declarationOf } from './construction.ts';
import type { DataSourceElement } from './data-source.ts';
import { activationName } from './layers/identifiers.ts';
import type { GraphNode, LayerState } from './layer-state.ts';
import { historySlot, layerSlot } from './layer-state.ts';
import type { ModelState } from './model-state.ts';
import { configuring, hasCertainLayers, modelSlot } from './model-state.ts';
import { objectSlot } from './objects.ts';
import { policySlot } from './policy.ts';

/** `written`: the layers that stand in the configuration already. */
type Problems = ConfigurationProblem[] & { written?: Set<InstanceValue> };

/** Arguments that say where a layer stands or what only Keras 2 took: the configuration has other places for them. */
const placedElsewhere: ReadonlySet<string> = new Set([
  'name', 'trainable', 'dtype', 'autocast', 'input_shape', 'input_dim', 'batch_input_shape', 'batch_size', 'input_length', 'input_dtype', 'weights', 'implementation', 'dynamic', 'kwargs',
]);

/** A model as Keras writes it into `config.json`. */
function describeModel(model: InstanceValue): Configuration {
  const problems: Problems = [];
  const config = modelJson(model, problems);
  return { config: problems.length > 0 ? undefined : config, problems };
}
configuring.describe = describeModel;

function modelJson(self: InstanceValue, problems: Problems): Json {
  const [model, state] = [modelSlot.get(self), layerSlot.get(self)];
  if (model === undefined || state === undefined) return null;
  const { name, trainable, place } = state.layer;
  if (model.kind === 'subclassed' || !self.cls.native) {
    problems.push({ message: message('{model} is a class of the program: only Sequential and functional models can be told as a configuration', { model: name }), place });
    return null;
  }
  if (!hasCertainLayers(self) || (model.graph !== undefined && !model.graph.complete)) {
    problems.push({ message: message('not all layers of {model} are known', { model: name }), place });
    return null;
  }
  const config: Readonly<Record<string, Json>> = model.graph === undefined
    ? { name, trainable, dtype: 'float32', layers: model.stack.map((entry) => layerJson(entry.layer, problems)) }
    : { name, trainable, ...graphJson(model, problems) };
  // Keras itself names the module of functional models so.
  return model.graph === undefined ? plainObject('keras', 'Sequential', config) : { ...(plainObject('keras.src.models.functional', 'Functional', config) as object), registered_name: 'Functional' };
}

// ---- Graphs.

function graphJson(model: ModelState, problems: Problems): Readonly<Record<string, Json>> {
  const graph = model.graph;
  if (graph === undefined) return {};
  const nodesOf = (layer: LayerState['layer']): readonly GraphNode[] =>
    graph.nodes.filter((node) => node.layer === layer).sort((left, right) => left.id - right.id);
  const history = (tensor: TensorValue): Json[] => {
    const found = historySlot.get(tensor);
    return found === undefined ? ['', 0, 0] : [found.node.layer.name, Math.max(0, nodesOf(found.node.layer).indexOf(found.node)), found.index];
  };
  const tensorJson = (tensor: TensorValue): Json =>
    ({ class_name: '__keras_tensor__', config: { shape: shapeJson(tensor.shape), dtype: tensor.dtype ?? 'float32', keras_history: history(tensor) } });
  const layers = graph.operations.map((layer): Json => {
    const instance = layer.instance;
    if (layerSlot.get(instance) === undefined) {
      const merged = mergeOf(layer.className, nodesOf(layer)[0]);
      if (merged !== undefined) {
        return { module: 'keras.layers', class_name: merged.className, config: { name: layer.name, trainable: true, dtype: 'float32' }, registered_name: null, name: layer.name,
          inbound_nodes: [{ args: [merged.inputs.map(tensorJson)], kwargs: {} }] };
      }
      problems.push({ message: message('{operation} is an operation and no layer', { operation: layer.className }), place: layer.place });
      return null;
    }
    const described = layerJson(instance, problems) as Readonly<Record<string, Json>>;
    const inbound = nodesOf(layer).filter((node) => !node.isInput).map((node): Json => {
      const convert = (value: Value, place: Place | undefined): Json => toJson(value, problems, { what: layer.name, place: place ?? layer.place }, tensorJson);
      const given = node.given;
      return {
        args: (given?.positional ?? [{ value: node.input, place: layer.place }]).map(({ value, place }) => convert(value, place)),
        kwargs: Object.fromEntries((given?.keywords ?? []).map(({ name, value, place }) => [name, convert(value, place)])),
      };
    });
    return { ...described, name: layer.name, inbound_nodes: inbound };
  });
  const structure = (value: Value): Json => {
    if (value.kind === 'tensor') return history(value);
    if (value.kind === 'list' || value.kind === 'tuple') return value.items.map(structure);
    if (value.kind === 'dict') return Object.fromEntries(sortedEntries(value).map((entry) => [entry.key.kind === 'str' ? entry.key.value : '', structure(entry.value)]));
    return null;
  };
  return { layers, input_layers: structure(graph.inputs), output_layers: structure(graph.outputs) };
}

/** Python's operators between the outputs of two layers, as the layer that does the same. */
function mergeOf(className: string, node: GraphNode | undefined): { readonly className: string; readonly inputs: readonly TensorValue[] } | undefined {
  if (!['Add', 'Subtract', 'Multiply'].includes(className) || node === undefined || node.inputs.length !== 2) return undefined;
  const [left, right] = node.inputs;
  const same = left !== undefined && right !== undefined && left.shape.dims !== undefined && formatShape(left.shape) === formatShape(right.shape);
  return same ? { className, inputs: node.inputs } : undefined;
}

function shapeJson(shape: Shape): Json {
  return shape.dims === undefined ? null : shape.dims.map((dim) => (typeof dim === 'number' ? dim : null));
}

// ---- Layers.

function layerJson(self: InstanceValue, problems: Problems): Json {
  const state = layerSlot.get(self);
  if (state === undefined) return null;
  const { layer } = state;
  problems.written ??= new Set();
  if (problems.written.has(self)) problems.push({ message: message('{layer} stands in more than one place: Keras writes and reads it as two layers', { layer: layer.name }), place: layer.place });
  problems.written.add(self);
  if (modelSlot.get(self) !== undefined) return modelJson(self, problems);
  if (layer.className === 'InputLayer') {
    const output = state.nodes[0]?.outputs;
    const tensor = output?.kind === 'tensor' ? output : undefined;
    if (tensor?.shape.dims === undefined) problems.push({ message: message('the shape of the input {layer} is not known', { layer: layer.name }), place: layer.place });
    return plainObject('keras.layers', 'InputLayer', { batch_shape: shapeJson(tensor?.shape ?? { dims: undefined }), dtype: tensor?.dtype ?? 'float32', sparse: false, name: layer.name });
  }
  const declaration = declarationOf(self.cls);
  if (declaration === undefined || !self.cls.native) {
    problems.push({ message: message('{layer} is a layer of the program itself', { layer: layer.name }), place: layer.place });
    return null;
  }
  const own = new Set(parseSignature(declaration.signature).parameters.map((parameter) => parameter.name));
  const config: Record<string, Json> = { name: layer.name, trainable: layer.trainable };
  if (state.policy.name !== undefined && state.policy.name !== 'float32') config['dtype'] = state.policy.name;
  for (const [name, { value, place }] of layer.arguments) {
    if (placedElsewhere.has(name) && !(own.has(name) && name !== 'name' && name !== 'trainable' && name !== 'dtype')) continue;
    config[name] = toJson(state.args.get(name).kind === 'none' ? value : state.args.get(name), problems, { what: `${layer.name}: ${name}`, place: place ?? layer.place });
  }
  const name = self.cls.qualifiedName;
  return plainObject(name.slice(0, name.lastIndexOf('.')), self.cls.name, config);
}

function plainObject(module: string, className: string, config: Readonly<Record<string, Json>>): Json {
  return { module, class_name: className, config, registered_name: null };
}

/** A value as Keras' JSON has it. `tensorJson` stands for the outputs of layers. */
function toJson(value: Value, problems: Problems, about: { readonly what: string; readonly place: Place | undefined }, tensorJson?: (tensor: TensorValue) => Json): Json {
  const inner = (one: Value): Json => toJson(one, problems, about, tensorJson);
  switch (value.kind) {
    case 'none': return null;
    case 'bool': case 'float': case 'str': return value.value;
    case 'int': if (typeof value.value === 'number') return value.value; break;
    case 'tuple': return value.items.map(inner);
    case 'list': if (!value.open) return value.items.map(inner); break;
    case 'dict': if (!value.open) return Object.fromEntries([...value.entries.values()].map((entry) => [keyText(entry.key), inner(entry.value)])); break;
    case 'native': {
      const name = activationName(value);
      if (name !== undefined) return name;
      break;
    }
    case 'tensor':
      if (tensorJson !== undefined && historySlot.get(value) !== undefined) return tensorJson(value);
      if (value.shape.dims?.length === 0 && value.contents?.[0] !== undefined) return value.contents[0];
      break;
    case 'instance': {
      if (layerSlot.get(value) !== undefined) return layerJson(value, problems);
      const policy = policySlot.get(value);
      if (policy?.name !== undefined) return policy.name;
      const held = objectSlot.get(value);
      if (held !== undefined && value.cls.native) {
        const name = value.cls.qualifiedName;
        return plainObject(name.slice(0, name.lastIndexOf('.')), held.name, argumentsJson(held.args, value, problems, about));
      }
      break;
    }
    default:
  }
  problems.push({ message: message('the value of {what} is not known', { what: about.what }), place: about.place });
  return null;
}

function keyText(key: Value): string {
  return key.kind === 'str' ? key.value : key.kind === 'int' ? String(key.value) : '';
}

/** The arguments of an object by name, those that are None left out. */
function argumentsJson(args: BoundArguments, owner: InstanceValue, problems: Problems, about: { readonly what: string; readonly place: Place | undefined }): Readonly<Record<string, Json>> {
  const names = new Set([...(signatureNames(owner)), ...args.raw.keywords.map((keyword) => keyword.name)]);
  const found: Record<string, Json> = {};
  for (const name of names) {
    const value = args.get(name);
    if (value.kind === 'none') continue;
    found[name] = toJson(value, problems, { what: `${owner.cls.name}: ${name}`, place: args.place(name) ?? about.place });
  }
  return found;
}

/** The parameters of an object's constructor. */
function signatureNames(owner: InstanceValue): readonly string[] {
  return (objectSlot.get(owner)?.parameters ?? []).filter((name) => name !== 'self');
}

// ---- compile and fit.

/** What `compile` was given. */
export function describeCompile(event: Pick<CompileEvent, 'optimizer' | 'losses' | 'metrics' | 'place' | 'argumentPlaces'>): CompileConfiguration {
  const problems: Problems = [];
  const at = (name: string): Place => event.argumentPlaces.get(name) ?? event.place;
  const optimizer = objectOf(event.optimizer, problems, { what: 'optimizer', place: at('optimizer') });
  if (optimizer === undefined) problems.push({ message: message('the value of {what} is not known', { what: 'optimizer' }), place: at('optimizer') });
  return { optimizer, losses: event.losses.map((loss) => lossOf(loss, problems, at('loss'))), metrics: metricsOf(event.metrics, problems, at('metrics')), problems };
}

function objectOf(value: Value, problems: Problems, about: { readonly what: string; readonly place: Place | undefined }): ObjectConfiguration | undefined {
  if (value.kind === 'str') return { name: value.value, arguments: {} };
  if (value.kind === 'native') return { name: value.name.slice(value.name.lastIndexOf('.') + 1), arguments: {} };
  const held = objectSlot.get(value);
  return value.kind !== 'instance' || held === undefined || !value.cls.native ? undefined : { name: held.name, arguments: argumentsJson(held.args, value, problems, about) };
}

function lossOf(loss: LossFacts | undefined, problems: Problems, place: Place): ObjectConfiguration | undefined {
  if (loss === undefined) {
    problems.push({ message: message('the value of {what} is not known', { what: 'loss' }), place });
    return undefined;
  }
  const given = [...loss.arguments].flatMap(([name, value]) => (value.kind === 'none' || value.kind === 'unknown' || value.kind === 'tensor' || value.kind === 'instance' ? [] : [[name, toJson(value, problems, { what: name, place })] as const]));
  return { name: loss.name, arguments: Object.fromEntries(given) };
}

function metricsOf(value: Value, problems: Problems, place: Place): readonly ObjectConfiguration[] {
  if (value.kind === 'none') return [];
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.flatMap((item) => metricsOf(item, problems, place));
  if (value.kind === 'dict') return [...value.entries.values()].flatMap((entry) => metricsOf(entry.value, problems, place));
  const found = objectOf(value, problems, { what: 'metrics', place });
  return found === undefined ? [] : [found];
}

/** What `fit` was given besides the data. Callbacks that are not known are left out: a runner has its own. */
export function describeFit(bound: BoundArguments, source: DataSourceElement | undefined): FitConfiguration {
  const callbacks = bound.get('callbacks');
  const items = callbacks.kind === 'list' || callbacks.kind === 'tuple' ? callbacks.items : [callbacks];
  const imageFolder = source?.imageFolder;
  return {
    epochs: bound.number('epochs'), batchSize: bound.number('batch_size') ?? source?.batchSize,
    validationSplit: bound.real('validation_split') || imageFolder?.validationSplit, shuffle: bound.flag('shuffle'), imageFolder,
    callbacks: items.flatMap((item) => objectOf(item, [], { what: 'callbacks', place: bound.place('callbacks') }) ?? []),
  };
}
