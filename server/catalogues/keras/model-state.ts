// What is kept of a model beside what every layer has: its graph or its stack, its last `compile`, and its rows for a summary.
// It must not know how models are built or called.
import type { Configuration } from '../../trace/configuration.ts';
import type { CompileEvent, Layer, LayerCall, Model, ModelKind, ModelRow } from '../../trace/trace.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { joinValues } from '../../values/equality.ts';
import { defineSlot } from '../../values/slots.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { tensorsIn } from '../arrays/library.ts';
import type { GraphNode, LayerState } from './layer-state.ts';
import { childInstances, historySlot, layerOf, layerSlot } from './layer-state.ts';
import { stepsOf } from './model-steps.ts';

export interface Graph {
  /** As they were given: a tensor, or a list, tuple or dict of them. */
  readonly inputs: Value;
  readonly outputs: Value;
  /** In an order in which they can be computed. */
  readonly nodes: readonly GraphNode[];
  /** Layers and operations, in Keras' order. */
  readonly operations: readonly Layer[];
  /** Layers of Keras' own making, for inputs that are other layers' outputs. */
  readonly complete: boolean;
  /** Operations that stand in it on some path of an undecided condition only. */
  readonly undecided?: ReadonlySet<Layer> | undefined;
  /** Layers in front of inputs that are other layers' outputs. */
  readonly standIns?: StandIns | undefined;
}
export interface StandIns { readonly get: (tensor: TensorValue) => GraphNode | undefined }

export interface StackEntry {
  readonly layer: InstanceValue;
  readonly output: TensorValue | undefined;
  readonly value: Value;
  readonly node: GraphNode | undefined;
  readonly call: LayerCall | undefined;
  /** It was added on some path of an undecided condition only. */
  readonly undecided?: boolean | undefined;
}

export interface ModelState {
  readonly kind: ModelKind;
  readonly graph: Graph | undefined;
  /** A Sequential model's layers; the first one may be an InputLayer, which `layers` does not list. */
  readonly stack: readonly StackEntry[];
  /** Something was added that is not known. */
  readonly unknownMembers: boolean;
  readonly compiled: CompileEvent | undefined;
}

export const modelSlot = defineSlot<ModelState>('keras model', joinModels);

export const emptyModel: ModelState = { kind: 'subclassed', graph: undefined, stack: [], unknownMembers: false, compiled: undefined };

/** A model as two paths left it. Where its structure cannot be told it has members that are not known. */
function joinModels(left: ModelState | undefined, right: ModelState | undefined): ModelState | undefined {
  if (left === undefined || right === undefined) return undefined;
  const unknownMembers = left.unknownMembers || right.unknownMembers;
  // Where only one path compiled it, the other cannot go on to train it.
  const compiled = left.compiled === right.compiled || right.compiled === undefined ? left.compiled : left.compiled === undefined ? right.compiled : undefined;
  if (left.kind !== right.kind || left.graph !== right.graph) return { ...right, unknownMembers: true, compiled };
  const stack = joinStacks(left.stack, right.stack);
  return { ...right, stack: stack ?? right.stack, unknownMembers: unknownMembers || stack === undefined, compiled };
}

function joinStacks(left: readonly StackEntry[], right: readonly StackEntry[]): readonly StackEntry[] | undefined {
  if (left === right) return left;
  const common = left.findIndex((entry, at) => entry.layer !== right[at]?.layer);
  const shared = left.slice(0, common < 0 ? left.length : common);
  if (shared.some((entry, at) => entry.value !== right[at]?.value)) return undefined;
  const [one, other] = [left.slice(shared.length), right.slice(shared.length)];
  const rest = one.length >= other.length ? one : other;
  const last = rest.at(-1);
  const ends = [left.at(-1), right.at(-1)].flatMap((entry) => entry ?? []);
  if (last === undefined) return shared;
  // Without an input there are no outputs yet; two different ends cannot be built later.
  const isBuilt = layerOf(left[0]?.layer)?.className === 'InputLayer';
  if (ends.length < 2 || (!isBuilt && one.length > 0 && other.length > 0)) return undefined;
  const value = joinValues(ends[0]?.value ?? unknown(), ends[1]?.value ?? unknown());
  // What is added next goes on from what either path gives.
  const joined: StackEntry = { ...last, value, output: value.kind === 'tensor' ? value : undefined };
  return [...shared, ...[...rest.slice(0, -1), joined].map((entry) => ({ ...entry, undecided: true }))];
}

export function updateModel(self: InstanceValue, change: Partial<ModelState>): ModelState {
  const next = { ...(modelSlot.get(self) ?? emptyModel), ...change };
  modelSlot.set(self, next);
  return next;
}

/** The record of a model in the trace, made once. Everything in it is read when it is looked at. */
export function recordModel(interpreter: Interpreter, self: InstanceValue, state: LayerState): void {
  if (state.layer.model !== undefined) return;
  const current = (): ModelState => modelSlot.get(self) ?? emptyModel;
  const model: Model = {
    layer: state.layer,
    get kind() {
      return current().kind;
    },
    set kind(_) {
      /* it follows the object */
    },
    get layers() {
      return rowsOf(self);
    },
    set layers(_) {
      /* they follow the object */
    },
    get inputs() {
      const inputs = modelInputs(self);
      return inputs === undefined ? [] : tensorsIn([inputs]);
    },
    get outputs() {
      return modelOutputs(self);
    },
    set outputs(_) {
      /* they follow the object */
    },
    get complete() {
      const now = current();
      return !now.unknownMembers && (now.graph?.complete ?? true);
    },
    set complete(_) {
      /* it follows the object */
    },
    variableNames: [],
    configuration: () => configuring.describe?.(self) ?? { config: undefined, problems: [] },
    steps: () => stepsOf(self, interpreter.trace),
  };
  state.layer.model = model;
  if (!interpreter.isQuiet) interpreter.trace.models.push(model);
}

/** Whether the model has weights and shapes. */
export function isModelBuilt(self: InstanceValue): boolean {
  const model = modelSlot.get(self);
  if (model?.kind === 'functional') return true;
  if (model?.kind === 'sequential') return model.stack.length > 1 && layerOf(model.stack[0]?.layer)?.className === 'InputLayer';
  return layerSlot.get(self)?.layer.built === true;
}

/** What the model was declared for; undefined while that is not known. */
export function modelInputs(self: InstanceValue): Value | undefined {
  const model = modelSlot.get(self);
  if (model?.graph !== undefined) return model.graph.inputs;
  if (model?.kind === 'sequential') {
    const first = model.stack[0];
    return first !== undefined && layerOf(first.layer)?.className === 'InputLayer' ? first.value : undefined;
  }
  const call = layerSlot.get(self)?.layer.calls[0];
  return call?.input;
}

export function modelOutputs(self: InstanceValue): Value | undefined {
  const model = modelSlot.get(self);
  if (model?.graph !== undefined) return model.graph.outputs;
  if (model?.kind === 'sequential') return isModelBuilt(self) ? model.stack.at(-1)?.value : layerSlot.get(self)?.layer.calls[0]?.output;
  return layerSlot.get(self)?.layer.calls[0]?.output;
}

/** The layers as `model.layers` lists them. */
export function modelLayers(self: InstanceValue): InstanceValue[] {
  const model = modelSlot.get(self);
  if (model?.graph !== undefined)
    return model.graph.operations.map((operation) => operation.instance).filter((one) => layerSlot.get(one) !== undefined);
  if (model?.kind === 'sequential') return visibleStack(model).map((entry) => entry.layer);
  return childInstances(self);
}

/** Whether the model's layers are all known, and stand in it whichever way the program took. */
export function hasCertainLayers(self: InstanceValue): boolean {
  const model = modelSlot.get(self);
  return model?.unknownMembers !== true && (model?.graph?.undecided?.size ?? 0) === 0 && model?.stack.some((entry) => entry.undecided === true) !== true;
}

export function visibleStack(model: ModelState): readonly StackEntry[] {
  return layerOf(model.stack[0]?.layer)?.className === 'InputLayer' ? model.stack.slice(1) : model.stack;
}

function rowsOf(self: InstanceValue): readonly ModelRow[] {
  const model = modelSlot.get(self);
  if (model === undefined) return [];
  if (model.graph !== undefined) return graphRows(model.graph);
  if (model.kind === 'sequential') {
    return visibleStack(model).flatMap((entry, at) => {
      const layer = layerOf(entry.layer);
      return layer === undefined ? [] : [{ layer, call: entry.call ?? layer.calls[0], inbound: at === 0 ? [] : [at - 1], ...(entry.undecided ? { undecided: true } : {}) }];
    });
  }
  return childInstances(self).flatMap((child) => {
    const layer = layerOf(child);
    return layer === undefined ? [] : [{ layer, call: layer.calls[0], inbound: [] }];
  });
}

function graphRows(graph: Graph): readonly ModelRow[] {
  return graph.operations.map((layer) => {
    const nodes = graph.nodes.filter((node) => node.layer === layer);
    const sources = nodes.flatMap((node) => node.inputs.flatMap((input) => historySlot.get(input)?.node.layer ?? []));
    return {
      layer,
      call: nodes[0]?.call ?? layer.calls[0],
      ...(nodes.length > 1 ? { calls: nodes.flatMap((node) => node.call ?? []) } : {}),
      inbound: [...new Set(sources.map((source) => graph.operations.indexOf(source)).filter((at) => at >= 0))],
      ...(graph.undecided?.has(layer) ? { undecided: true } : {}),
    };
  });
}

/** Handed in by configuration.ts, which reads models that hold models. */
export const configuring: { describe: ((model: InstanceValue) => Configuration) | undefined } = { describe: undefined };

/** `clone_model`, handed in by model-functions.ts: a model's configuration is turned into a model again by it. */
export const cloning: { clone: ((interpreter: Interpreter, model: Value, place: Place) => Value) | undefined } = { clone: undefined };
