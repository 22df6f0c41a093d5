// What is kept behind every Keras layer object: its record in the trace, its constructor's arguments, its weights and the
// nodes of the graphs it stands in. It must not know what any layer computes.
import type { DType } from '../../tensors/dtype.ts';
import type { Shape } from '../../tensors/shape.ts';
import type { Layer, LayerArgument, LayerCall, Weight } from '../../trace/trace.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { noArguments } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { isInstanceOf } from '../../values/value.ts';
import { sortedEntries } from '../arrays/library.ts';
import { variableClass } from './array-library.ts';
import type { DTypePolicy } from './run-state.ts';
import { floatPolicy, kerasRun } from './run-state.ts';

/** A weight whose `trainable` follows its layer's, as Keras' variables do. */
export interface LayerWeight extends Weight {
  trainable: boolean;
  readonly canTrain: boolean;
}

/** One use of a layer or operation in a graph. */
export interface GraphNode {
  readonly id: number;
  readonly layer: Layer;
  readonly call: LayerCall | undefined;
  /** The arguments' tensors, in order. */
  readonly inputs: readonly TensorValue[];
  /** The first argument as it was given. */
  readonly input: Value;
  /** Replays the node on other inputs; undefined for operations that cannot be replayed. */
  readonly replay: ((inputs: readonly Value[]) => Value) | undefined;
  /** What it gave, in its structure. */
  outputs: Value;
  readonly isInput: boolean;
}

export interface LayerState {
  readonly layer: Layer;
  /** The constructor's arguments, as they are now. */
  args: BoundArguments;
  /** Whether the constructor of Layer itself has run. */
  initialised: boolean;
  /** The constructor's arguments were refused: nothing more is said of the layer. */
  refused: boolean;
  policy: DTypePolicy;
  /** Made by the declaration or by `add_weight`. */
  ownWeights: LayerWeight[];
  weightsUnknown: boolean;
  /** `input_shape=` and the like, with the batch axis. */
  declaredInput: Shape | undefined;
  readonly nodes: GraphNode[];
  /** What the layer holds instead of what its attributes hold. */
  childValues: (() => readonly Value[]) | undefined;
  losses: Value[];
}

export const layerSlot = defineSlot<LayerState>('keras layer');
/** Every layer and variable that an attribute was ever given, in order: Keras tracks them so. */
export const trackedSlot = defineSlot<readonly Value[]>('keras tracked');
/** The weight behind a variable object. */
export const weightSlot = defineSlot<LayerWeight>('keras weight');
/** The node that made a KerasTensor, and which of its outputs it is. */
export const historySlot = defineSlot<{ readonly node: GraphNode; readonly index: number }>('keras history');

export function layerOf(value: Value | undefined): Layer | undefined {
  return layerSlot.get(value)?.layer;
}

/** No arguments at all: what a layer has whose constructor was not understood. */
export const unboundArguments: BoundArguments = {
  get: () => ({ kind: 'unknown', typeName: undefined, reason: undefined }),
  given: () => undefined,
  place: () => undefined,
  rest: [],
  restKeywords: [],
  openPositional: true,
  openKeywords: true,
  int: () => undefined,
  number: () => undefined,
  real: () => undefined,
  str: () => undefined,
  flag: () => undefined,
  isNone: () => false,
  raw: noArguments,
};

/** The record of a layer that a class's constructor is making. */
export function createLayerState(interpreter: Interpreter, instance: InstanceValue, place: Place): LayerState {
  const run = kerasRun(interpreter);
  run.layerCount += 1;
  const layer = makeLayerRecord(interpreter, instance, instance.cls, '', place);
  const state: LayerState = {
    layer,
    args: unboundArguments,
    initialised: false,
    refused: false,
    policy: floatPolicy,
    ownWeights: [],
    weightsUnknown: false,
    declaredInput: undefined,
    nodes: [],
    childValues: undefined,
    losses: [],
  };
  layerSlot.set(instance, state);
  if (!interpreter.isQuiet) interpreter.trace.layers.push(layer);
  return state;
}

function makeLayerRecord(interpreter: Interpreter, instance: InstanceValue, cls: ClassValue, name: string, place: Place): Layer {
  const state = (): LayerState | undefined => layerSlot.get(instance);
  return {
    id: kerasRun(interpreter).layerCount,
    framework: 'keras',
    className: cls.name,
    classNames: cls.mro.slice(0, -1).map((one) => one.name),
    name,
    place,
    callers: interpreter.callers().filter((caller) => !(caller.source === place.source && caller.start === place.start && caller.end === place.end)),
    arguments: new Map<string, LayerArgument>(),
    get weights() {
      return weightsOf(instance);
    },
    set weights(weights) {
      const own = state();
      if (own !== undefined) own.ownWeights = weights.map((weight) => ({ ...weight, canTrain: weight.trainable }));
    },
    built: false,
    trainable: true,
    children: () => childInstances(instance).flatMap((child) => layerOf(child) ?? []),
    instance,
    calls: [],
    model: undefined,
    get incomplete() {
      return state()?.weightsUnknown === true || hasUnknownMembers(instance);
    },
    set incomplete(value) {
      const own = state();
      if (own !== undefined) own.weightsUnknown = value;
    },
  };
}

function weightsOf(instance: InstanceValue): Weight[] {
  const own: LayerWeight[] = [...(layerSlot.get(instance)?.ownWeights ?? [])];
  for (const value of trackedValues(instance)) {
    const weight = weightSlot.get(value);
    if (weight !== undefined && !own.includes(weight)) own.push(weight);
  }
  return [...own.filter((weight) => weight.canTrain), ...own.filter((weight) => !weight.canTrain)];
}

/** The layers that a layer holds, each once, in the order in which Keras lists them. */
export function childInstances(instance: InstanceValue): InstanceValue[] {
  const values = layerSlot.get(instance)?.childValues?.() ?? trackedValues(instance);
  const found: InstanceValue[] = [];
  for (const value of flattened(values, 0, false))
    if (value.kind === 'instance' && value !== instance && layerSlot.get(value) !== undefined && !found.includes(value)) found.push(value);
  return found;
}

function trackedValues(instance: InstanceValue): readonly Value[] {
  return flattened(trackedSlot.get(instance) ?? [], 0, false);
}

/** The values inside lists, tuples and dicts; dicts by key, as Keras flattens structures, or in their own order, as it tracks layers. */
export function flattened(values: Iterable<Value>, depth = 0, byKey = true): Value[] {
  const found: Value[] = [];
  for (const value of values) {
    if (depth < 6 && (value.kind === 'list' || value.kind === 'tuple')) found.push(...flattened(value.items, depth + 1, byKey));
    else if (depth < 6 && value.kind === 'dict')
      found.push(
        ...flattened(
          (byKey ? sortedEntries(value) : [...value.entries.values()]).map((entry) => entry.value),
          depth + 1,
          byKey,
        ),
      );
    else if (depth < 6 && value.kind === 'set') found.push(...flattened(value.entries.values(), depth + 1, byKey));
    else found.push(value);
  }
  return found;
}

/** Whether an attribute may hold a layer that is not known: something unknown, or a list that may have more in it. */
function hasUnknownMembers(instance: InstanceValue): boolean {
  const state = layerSlot.get(instance);
  if (state?.childValues !== undefined) return false;
  const visit = (value: Value, depth: number): boolean => {
    if (value.kind === 'unknown') return value.typeName === undefined;
    if (depth > 4) return false;
    if (value.kind === 'list')
      return (value.open && value.items.some((item) => layerOf(item) !== undefined)) || value.items.some((item) => visit(item, depth + 1));
    if (value.kind === 'tuple') return value.items.some((item) => visit(item, depth + 1));
    return false;
  };
  return [...instance.attributes.values()].some((value) => visit(value, 0));
}

/** Makes a weight of the layer; it is frozen when the layer is. */
export function makeWeight(
  state: LayerState,
  facts: { name: string; shape: Shape; dtype?: DType | undefined; trainable?: boolean | undefined },
): LayerWeight {
  const canTrain = facts.trainable ?? true;
  return {
    name: facts.name,
    shape: facts.shape,
    dtype: facts.dtype ?? state.policy.variable,
    trainable: canTrain && state.layer.trainable,
    canTrain,
  };
}

const variables = new WeakMap<LayerWeight, TensorValue>();
/** The object of the program that stands for a weight. */
export function variableOf(weight: Weight): TensorValue {
  const key = weight as LayerWeight;
  let variable = variables.get(key);
  if (variable === undefined) {
    variable = weightSlot.on(tensor({ cls: variableClass, shape: weight.shape, dtype: weight.dtype }), key);
    variables.set(key, variable);
  }
  return variable;
}

/** All weights of a layer and what it holds, each once. */
export function allWeights(layer: Layer, seen: Set<Layer> = new Set()): Weight[] {
  if (seen.has(layer)) return [];
  seen.add(layer);
  return [...new Set([...layer.weights, ...layer.children().flatMap((child) => allWeights(child, seen))])];
}

/** Sets `trainable` as Keras does: on the layer, its weights and all it holds. */
export function setTrainable(instance: InstanceValue, value: boolean, seen: Set<InstanceValue> = new Set()): void {
  const state = layerSlot.get(instance);
  if (state === undefined || seen.has(instance)) return;
  seen.add(instance);
  state.layer.trainable = value;
  for (const weight of state.layer.weights as LayerWeight[]) if (weight.canTrain) weight.trainable = value;
  for (const child of childInstances(instance)) setTrainable(child, value, seen);
}

/** An instance of the class or a subclass that is a layer. */
export function layerInstance(value: Value | undefined, cls: ClassValue): InstanceValue | undefined {
  return value !== undefined && isInstanceOf(value, cls) && layerSlot.get(value) !== undefined ? value : undefined;
}
