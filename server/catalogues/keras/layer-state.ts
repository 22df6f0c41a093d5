// What is kept behind every Keras layer object: its record in the trace, its constructor's arguments, its weights and the
// nodes of the graphs it stands in. It must not know what any layer computes.
import type { DType } from '../../tensors/dtype.ts';
import type { Shape } from '../../tensors/shape.ts';
import { formatShape } from '../../tensors/shape.ts';
import type { Layer, LayerArgument, LayerCall, Weight } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments } from '../../values/arguments.ts';
import { noArguments } from '../../values/arguments.ts';
import type { RecordHolder } from '../../values/heap.ts';
import { makeRecord, touchRecord } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { isInstanceOf, none } from '../../values/value.ts';
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
  /** All arguments of the layer's call, for its configuration. */
  readonly given?: CallArguments | undefined;
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
  /** Its weights were made on one path of an undecided condition: the next certain call decides. */
  uncertain: boolean;
  /** Layers that it lists but holds on some path only. */
  mayHold: ((child: InstanceValue) => boolean) | undefined;
  /** `input_shape=` and the like, with the batch axis. */
  declaredInput: Shape | undefined;
  readonly nodes: GraphNode[];
  /** What the layer holds instead of what its attributes hold. */
  childValues: (() => readonly Value[]) | undefined;
  losses: Value[];
}

export const layerSlot = defineSlot<LayerState>('keras layer');
/** Every layer and variable that an attribute was ever given, in order: Keras tracks them so. */
export const trackedSlot = defineSlot<readonly Value[]>('keras tracked', (left = [], right = []) => {
  const maybe = (value: Value): Value => ({ kind: 'unknown', typeName: undefined, reason: undefined, alternatives: [value, none] });
  const shared = left.filter((value) => right.includes(value));
  return [...shared, ...[...left, ...right].filter((value) => !shared.includes(value)).map(maybe)];
});
/** The weight behind a variable object. */
export const weightSlot = defineSlot<LayerWeight>('keras weight');
/** The node that made a KerasTensor, and which of its outputs it is. */
export const historySlot = defineSlot<History>('keras history', joinHistories);

export interface History {
  readonly node: GraphNode;
  readonly index: number;
  /** It is one of these, nobody knows which; `node` is then the one whose way is the longest. */
  readonly alternatives?: readonly History[] | undefined;
}

/** More ways than these are not followed. */
const mostWays = 8;

function joinHistories(left: History | undefined, right: History | undefined): History | undefined {
  if (left === undefined || right === undefined) return undefined;
  const ways = [...(left.alternatives ?? [left]), ...(right.alternatives ?? [right])];
  const alternatives = ways.filter((way, at) => ways.findIndex((other) => other.node === way.node && other.index === way.index) === at);
  const [first] = alternatives;
  if (first === undefined || alternatives.length === 1) return first;
  if (alternatives.length > mostWays) return undefined;
  const longest = alternatives.reduce((best, way) => (wayTo(way.node).has(best.node) ? way : best));
  return { ...longest, alternatives };
}

/** All nodes from which a node is computed, and itself. */
function wayTo(node: GraphNode): Set<GraphNode> {
  const way = new Set<GraphNode>();
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (way.has(at)) continue;
    way.add(at);
    for (const input of at.inputs) for (const history of waysOf(historySlot.get(input))) open.push(history.node);
  }
  return way;
}

/** Each node that a tensor may come from. */
export function waysOf(history: History | undefined): readonly History[] {
  return history === undefined ? [] : (history.alternatives ?? [history]);
}

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
  mapped: () => unboundArguments,
};

/** The record of a layer that a class's constructor is making. */
export function createLayerState(interpreter: Interpreter, instance: InstanceValue, place: Place): LayerState {
  const run = kerasRun(interpreter);
  run.layerCount += 1;
  const fields = joinedFields(instance);
  const layer = new LayerRecord(interpreter, instance, '', place, fields);
  const state = new RecordedState(layer, fields);
  layerSlot.set(instance, state);
  if (!interpreter.isQuiet) interpreter.trace.layers.push(layer);
  return state;
}

/** What changes of a layer after it is made; branches of an undecided condition each have their own. */
interface LayerFields {
  readonly built: boolean;
  readonly trainable: boolean;
  readonly ownWeights: LayerWeight[];
  readonly weightsUnknown: boolean;
  readonly uncertain: boolean;
}
interface ChangingFields {
  content: LayerFields;
  readonly record: RecordHolder;
  readonly change: (changed: Partial<LayerFields>) => void;
}

function joinedFields(instance: InstanceValue): ChangingFields {
  interface Captured { readonly content: LayerFields; readonly frozen: readonly (readonly [LayerWeight, boolean])[] }
  const record = makeRecord<Captured>(
    instance,
    () => ({ content: fields.content, frozen: fields.content.ownWeights.map((weight) => [weight, weight.trainable]) }),
    ({ content, frozen }) => {
      fields.content = content;
      for (const [weight, trainable] of frozen) weight.trainable = trainable;
    },
    (left, right) => ({ content: joinFields(left.content, right.content), frozen: [...left.frozen, ...right.frozen] }),
  );
  const fields: ChangingFields = {
    content: { built: false, trainable: true, ownWeights: [], weightsUnknown: false, uncertain: false },
    record,
    change: (changed) => { touchRecord(record); fields.content = { ...fields.content, ...changed }; },
  };
  return fields;
}

function joinFields(left: LayerFields, right: LayerFields): LayerFields {
  const weightsUnknown = left.weightsUnknown || right.weightsUnknown;
  const trainable = right.trainable;
  if (left.built !== right.built) {
    const built = left.built ? left : right;
    return { ...built, trainable, weightsUnknown, uncertain: built.uncertain || built.ownWeights.length > 0 };
  }
  const shapes = (fields: LayerFields): string => fields.ownWeights.map((weight) => formatShape(weight.shape)).join();
  if (shapes(left) === shapes(right)) return { ...right, weightsUnknown, uncertain: left.uncertain || right.uncertain };
  // Built for other sizes on each path: how it is built is not known.
  return { built: false, trainable, ownWeights: [], weightsUnknown, uncertain: true };
}

const classNamesByClass = new WeakMap<ClassValue, readonly string[]>();
function classNamesOf(cls: ClassValue): readonly string[] {
  let names = classNamesByClass.get(cls);
  if (names === undefined) {
    names = cls.mro.slice(0, -1).map((one) => one.name);
    classNamesByClass.set(cls, names);
  }
  return names;
}

/** A layer as the trace shows it. A class, as its state is, since an object with accessors of its own takes ten times as long to make. */
class LayerRecord implements Layer {
  readonly id: number;
  readonly framework = 'keras';
  readonly className: string;
  readonly classNames: readonly string[];
  name: string;
  readonly place: Place;
  readonly callers: readonly Place[];
  readonly arguments = new Map<string, LayerArgument>();
  readonly instance: InstanceValue;
  readonly calls: Layer['calls'] = [];
  model: Layer['model'] = undefined;
  private readonly fields: ChangingFields;

  constructor(interpreter: Interpreter, instance: InstanceValue, name: string, place: Place, fields: ChangingFields) {
    this.id = kerasRun(interpreter).layerCount;
    this.className = instance.cls.name;
    this.classNames = classNamesOf(instance.cls);
    this.name = name;
    this.place = place;
    this.callers = interpreter.callers().filter((caller) => !(caller.source === place.source && caller.start === place.start && caller.end === place.end));
    this.instance = instance;
    this.fields = fields;
  }

  private get state(): LayerState | undefined { return layerSlot.get(this.instance); }

  get weights(): Layer['weights'] { return weightsOf(this.instance); }
  set weights(weights: Layer['weights']) {
    const own = this.state;
    if (own !== undefined) own.ownWeights = weights.map((weight) => ({ ...weight, canTrain: weight.trainable }));
  }

  get built(): boolean { return this.fields.content.built; }
  set built(built: boolean) { if (built !== this.fields.content.built) this.fields.change({ built }); }
  get trainable(): boolean { return this.fields.content.trainable; }
  set trainable(trainable: boolean) { this.fields.change({ trainable }); }

  mayHold(child: Layer): boolean {
    return layerSlot.get(child.instance)?.uncertain === true || this.state?.mayHold?.(child.instance) === true || mayBeTracked(this.instance, child.instance);
  }

  children(): readonly Layer[] { return childInstances(this.instance).flatMap((child) => layerOf(child) ?? []); }

  get incomplete(): boolean { return this.state?.weightsUnknown === true || hasUnknownMembers(this.instance); }
  set incomplete(value: boolean) {
    const own = this.state;
    if (own !== undefined) own.weightsUnknown = value;
  }
}

class RecordedState implements LayerState {
  readonly layer: Layer;
  args: BoundArguments = unboundArguments;
  initialised = false;
  refused = false;
  policy: DTypePolicy = floatPolicy;
  mayHold: LayerState['mayHold'] = undefined;
  declaredInput: LayerState['declaredInput'] = undefined;
  readonly nodes: GraphNode[] = [];
  childValues: LayerState['childValues'] = undefined;
  losses: Value[] = [];
  private readonly fields: ChangingFields;

  constructor(layer: Layer, fields: ChangingFields) {
    this.layer = layer;
    this.fields = fields;
  }

  get ownWeights(): LayerWeight[] { return this.fields.content.ownWeights; }
  set ownWeights(weights: LayerWeight[]) { this.fields.change({ ownWeights: weights }); }
  get weightsUnknown(): boolean { return this.fields.content.weightsUnknown; }
  set weightsUnknown(unknown: boolean) { this.fields.change({ weightsUnknown: unknown }); }
  get uncertain(): boolean { return this.fields.content.uncertain; }
  set uncertain(uncertain: boolean) { this.fields.change({ uncertain }); }
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
  for (const value of flattened(values, 0, false).flatMap((one) => (one.kind === 'unknown' ? (one.alternatives ?? []) : [one])))
    if (value.kind === 'instance' && value !== instance && layerSlot.get(value) !== undefined && !found.includes(value)) found.push(value);
  return found;
}

/** Whether an attribute holds the child on some path only. */
function mayBeTracked(instance: InstanceValue, child: InstanceValue): boolean {
  const tracked = trackedSlot.get(instance);
  if (tracked?.some((value) => value.kind === 'unknown') !== true || layerSlot.get(instance)?.childValues !== undefined) return false;
  return !trackedValues(instance).includes(child);
}

/** Whether a value has, or may get, weights. */
function mayHoldWeights(value: Value): boolean {
  const layer = layerOf(value);
  return value.kind === 'unknown' || (layer !== undefined && (!layer.built || layer.weights.length > 0 || layer.incomplete || layer.children().length > 0));
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
    if (value.kind === 'unknown') return value.alternatives?.some(mayHoldWeights) ?? value.typeName === undefined;
    if (depth > 4) return false;
    if (value.kind === 'list')
      return (value.open && value.items.some((item) => layerOf(item) !== undefined)) || value.items.some((item) => visit(item, depth + 1));
    if (value.kind === 'tuple') return value.items.some((item) => visit(item, depth + 1));
    return false;
  };
  const tracked = trackedSlot.get(instance)?.filter((value) => value.kind === 'unknown') ?? [];
  return [...instance.attributes.values(), ...tracked].some((value) => visit(value, 0));
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
  // Before its weights are changed: branches remember them with it.
  state.layer.trainable = value;
  for (const weight of state.layer.weights as LayerWeight[]) if (weight.canTrain) weight.trainable = value;
  for (const child of childInstances(instance)) setTrainable(child, value, seen);
}

/** An instance of the class or a subclass that is a layer. */
export function layerInstance(value: Value | undefined, cls: ClassValue): InstanceValue | undefined {
  return value !== undefined && isInstanceOf(value, cls) && layerSlot.get(value) !== undefined ? value : undefined;
}

const perhapsBuilt = new WeakSet<InstanceValue>();

/** A model met data, a shape or a function of which nothing is known: that may have built it. */
export function notePerhapsBuilt(model: InstanceValue): void { perhapsBuilt.add(model); }

export function isPerhapsBuilt(model: InstanceValue): boolean { return perhapsBuilt.has(model); }
