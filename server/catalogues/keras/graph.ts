// The graph of a functional model: which layers lie between inputs and outputs, in which order Keras lists them, and what the graph
// gives for other inputs. It must not know classes or attributes.
import { batchDim, dimEquals, substituteDim } from '../../tensors/dim.ts';
import type { Dim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import { broadcastAll, formatShape, unknownShape } from '../../tensors/shape.ts';
import type { Layer } from '../../trace/trace.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { joinValues } from '../../values/equality.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { tensorsIn } from '../arrays/library.ts';
import { backendTensorClass, kerasTensorClass } from './array-library.ts';
import { mapTensors } from './construction.ts';
import type { GraphNode, History } from './layer-state.ts';
import { historySlot, layerSlot, waysOf } from './layer-state.ts';
import { makeInputLayer } from './keras-tensor.ts';
import type { Graph } from './model-state.ts';

/** Walks from the outputs to the inputs, and orders layers as Keras does: by their distance from the outputs, then by when the walk met them. */
export function mapGraph(interpreter: Interpreter, inputs: Value, outputs: Value, place: Place): Graph {
  const inputTensors = tensorsIn([inputs]);
  const inputKeys = new Set(inputTensors.map(keyOf));
  const finished = new Set<GraphNode>();
  const running = new Set<GraphNode>();
  const order: GraphNode[] = [];
  const indices = new Map<Layer, number>();
  let complete = true,
    stray: GraphNode | undefined;
  // Inputs that are no Input's output get a layer in front, as Keras clones them.
  const standIns = new Map<string, GraphNode>();
  for (const tensor of inputTensors) {
    const history = historySlot.get(tensor);
    const key = keyOf(tensor);
    if (history === undefined || history.node.isInput || key === undefined) continue;
    const made = makeInputLayer(interpreter, tensor.shape, tensor.dtype, place, { kind: 'str', value: `${history.node.layer.name}CLONE` });
    const node = layerSlot.get(made.layer)?.nodes[0];
    if (node !== undefined) standIns.set(key, node);
  }
  const visit = (tensor: TensorValue): void => {
    const standIn = standIns.get(keyOf(tensor) ?? '');
    const history = historySlot.get(tensor);
    if (standIn !== undefined) visitNode(standIn, true, keyOf(tensor));
    else if (history === undefined) complete = false;
    else for (const way of waysOf(history)) visitNode(way.node, false, keyOfHistory(way));
  };
  const visitNode = (node: GraphNode, isStandIn: boolean, key: string | undefined): void => {
    if (finished.has(node) || running.has(node)) return;
    if (node.isInput && !isStandIn && !inputKeys.has(key)) stray ??= node;
    if (!indices.has(node.layer)) indices.set(node.layer, indices.size);
    running.add(node);
    if (!node.isInput) {
      if (node.inputs.length === 0) complete = false;
      for (const input of node.inputs) visit(input);
    }
    running.delete(node);
    finished.add(node);
    order.push(node);
  };
  for (const output of tensorsIn([outputs])) visit(output);
  if (stray !== undefined) {
    interpreter.refuse({
      rule: 'invalid-argument',
      place,
      layer: stray.layer,
      message: message('the outputs also need the input {input}, which is not among the inputs of the model', { input: stray.layer.name }),
    });
  }
  const certain = certainNodes(tensorsIn([outputs]), standIns);
  const chosen = certain === undefined ? undefined : chosenNodes(tensorsIn([outputs]), standIns);
  const depths = new Map<GraphNode, number>();
  const layerDepths = new Map<Layer, number>();
  for (const node of order.toReversed()) {
    if (chosen !== undefined && !chosen.has(node)) continue;
    const depth = Math.max(depths.get(node) ?? 0, layerDepths.get(node.layer) ?? 0);
    depths.set(node, depth);
    layerDepths.set(node.layer, depth);
    for (const input of node.inputs) {
      const source = sourceOf(input, standIns);
      if (source !== undefined && finished.has(source)) depths.set(source, Math.max(depth + 1, depths.get(source) ?? 0));
    }
  }
  for (const input of inputTensors) {
    const node = sourceOf(input, standIns);
    if (node === undefined || !node.isInput || layerDepths.has(node.layer)) continue;
    layerDepths.set(node.layer, 0);
    indices.set(node.layer, -1);
    order.unshift(node);
  }
  const operations = [...layerDepths.keys()].sort(
    (left, right) => (layerDepths.get(right) ?? 0) - (layerDepths.get(left) ?? 0) || (indices.get(left) ?? 0) - (indices.get(right) ?? 0),
  );
  const names = operations.map((operation) => operation.name);
  const repeated = complete ? operations.find((operation, at) => operation.name !== '' && names.indexOf(operation.name) !== at) : undefined;
  if (repeated !== undefined) {
    interpreter.refuse({
      rule: 'invalid-argument',
      place: repeated.arguments.get('name')?.place ?? place,
      layer: repeated,
      message: message('the name "{name}" is used for more than one layer of the model', { name: repeated.name }),
    });
  }
  const certainLayers = certain === undefined ? undefined : new Set([...certain].map((node) => node.layer));
  const undecided = new Set(certainLayers === undefined ? [] : operations.filter((operation) => !certainLayers.has(operation)));
  return { inputs, outputs, nodes: order, operations, complete, undecided, ...(standIns.size === 0 ? {} : { standIns: { get: (tensor: TensorValue) => standIns.get(keyOf(tensor) ?? '') } }) };
}

/** The nodes that are computed whichever way the program took; undefined where there is only one way. */
function certainNodes(outputs: readonly TensorValue[], standIns: ReadonlyMap<string, GraphNode>): ReadonlySet<GraphNode> | undefined {
  const known = new Map<GraphNode, ReadonlySet<GraphNode>>();
  let isUndecided = false;
  const behindNode = (node: GraphNode): ReadonlySet<GraphNode> => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const found = new Set([node]);
    known.set(node, found);
    for (const input of node.inputs) for (const one of behind(input)) found.add(one);
    return found;
  };
  const behind = (tensor: TensorValue): ReadonlySet<GraphNode> => {
    const source = sourceOf(tensor, standIns);
    const ways = standIns.has(keyOf(tensor) ?? '') ? [] : waysOf(historySlot.get(tensor));
    if (ways.length < 2) return source === undefined ? new Set() : behindNode(source);
    isUndecided = true;
    const [first, ...others] = ways.map((way) => behindNode(way.node));
    return new Set([...(first ?? [])].filter((one) => others.every((other) => other.has(one))));
  };
  if (!hasWays(outputs)) return undefined;
  const all = new Set(outputs.flatMap((output) => [...behind(output)]));
  return isUndecided ? all : undefined;
}

/** Whether some tensor behind these comes from one of several nodes: a quick look before sets are made. */
function hasWays(outputs: readonly TensorValue[]): boolean {
  const seen = new Set<GraphNode>();
  const open = [...outputs];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const history = historySlot.get(tensor);
    if (history?.alternatives !== undefined) return true;
    if (history === undefined || seen.has(history.node)) continue;
    seen.add(history.node);
    open.push(...history.node.inputs);
  }
  return false;
}

/** The nodes on one way, which a summary shows. */
function chosenNodes(outputs: readonly TensorValue[], standIns: ReadonlyMap<string, GraphNode>): ReadonlySet<GraphNode> {
  const found = new Set<GraphNode>();
  const open = [...outputs];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const node = sourceOf(tensor, standIns);
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs);
  }
  return found;
}

function sourceOf(tensor: TensorValue, standIns: ReadonlyMap<string, GraphNode>): GraphNode | undefined {
  const key = keyOf(tensor);
  return (key === undefined ? undefined : standIns.get(key)) ?? historySlot.get(tensor)?.node;
}

/** Tensors are copied when they get an origin; what made them tells them apart. */
export function keyOf(tensor: TensorValue): string | undefined {
  const history = historySlot.get(tensor);
  return history === undefined ? undefined : waysOf(history).map(keyOfHistory).join('|');
}

function keyOfHistory(way: History): string {
  return `${way.node.id}:${way.index}`;
}

/** What a tensor is in a run of the graph: one that may come from several nodes is what they give together. */
export function resultAmong(values: ReadonlyMap<string, Value>, tensor: TensorValue): Value {
  const whole = values.get(keyOf(tensor) ?? '');
  if (whole !== undefined) return whole;
  const [first, ...others] = waysOf(historySlot.get(tensor)).map((way) => values.get(keyOfHistory(way)) ?? unknown());
  return others.reduce(joinValues, first ?? unknown());
}

/** More nodes than this are not replayed only because the values' range is known. */
const mostReplayedForRanges = 24;

/** What the graph gives for other inputs, given in the order of its own. */
export function runGraph(interpreter: Interpreter, graph: Graph, given: readonly Value[], isSymbolic: boolean): Value {
  const declared = tensorsIn([graph.inputs]);
  const cls = isSymbolic ? kerasTensorClass : backendTensorClass();
  const tensors = given.flatMap((value) => (value.kind === 'tensor' ? [value] : []));
  if (tensors.length !== declared.length) return mapTensors(graph.outputs, () => unknown());
  const batch = tensors[0]?.shape.dims?.[0];
  const same = declared.every((tensor, at) => sameButBatch(tensor.shape, tensors[at]?.shape ?? unknownShape));
  const hasRanges = tensors.some((tensor) => tensor.range !== undefined);
  if (same && !(hasRanges && graph.nodes.length <= mostReplayedForRanges)) {
    return mapTensors(graph.outputs, (output) => ({
      ...output,
      cls,
      shape: withBatch(output.shape, batch),
      slots: new Map(),
      contents: undefined,
      origin: undefined,
    }));
  }
  // A large model on the same sizes gives the same again.
  const seen = graph.nodes.length <= mostReplayedForRanges ? undefined : (replays.get(graph) ?? new Map<string, Value>());
  const sizes = `${isSymbolic ? 's' : 'a'} ${tensors.map((tensor) => `${tensor.dtype} ${tensor.shape.dims?.map((dim) => (typeof dim === 'number' ? dim : dim.key)).join(',') ?? '?'}`).join('; ')}`;
  const before = seen?.get(sizes);
  if (before !== undefined) return before;
  const values = new Map<string, Value>();
  for (const [at, tensor] of declared.entries()) {
    const key = keyOf(tensor);
    const value = tensors[at];
    if (key !== undefined && value !== undefined) values.set(key, { ...value, cls, slots: new Map() });
  }
  const resultOf = (tensor: TensorValue): Value => resultAmong(values, tensor);
  const { refusals } = interpreter.quietly(() => {
    for (const node of graph.nodes) {
      if (node.isInput) continue;
      const inputs = node.inputs.map(resultOf);
      const result = node.replay === undefined ? replayOperation(node, inputs, batch) : node.replay(inputs);
      const results = tensorsIn([result]);
      for (const [at, output] of tensorsIn([node.outputs]).entries()) {
        const key = keyOf(output);
        if (key !== undefined) values.set(key, results[at] ?? unknown());
      }
    }
  });
  for (const refusal of refusals) interpreter.refuse({ ...refusal, place: interpreter.place });
  const result = mapTensors(graph.outputs, (output) => {
    const value = resultOf(output);
    return value.kind === 'tensor' ? { ...value, cls, slots: new Map() } : value;
  });
  if (seen !== undefined && refusals.length === 0) replays.set(graph, seen.set(sizes, result));
  return result;
}

const replays = new WeakMap<Graph, Map<string, Value>>();

function sameButBatch(left: Shape, right: Shape): boolean {
  return (
    left.dims !== undefined &&
    right.dims !== undefined &&
    left.dims.length === right.dims.length &&
    left.dims.every((dim, at) => at === 0 || dimEquals(dim, right.dims?.[at] ?? 0) === true)
  );
}

export function withBatch(shape: Shape, batch: Dim | undefined): Shape {
  if (batch === undefined || batch === batchDim || shape.dims === undefined) return shape;
  const replacements = new Map<Dim, Dim>([[batchDim, batch]]);
  return { dims: shape.dims.map((dim) => substituteDim(dim, replacements)) };
}

/** An operation on other inputs, where its result's shape follows from theirs. */
function replayOperation(node: GraphNode, inputs: readonly Value[], batch: Dim | undefined): Value {
  const tensors = inputs.flatMap((input) => (input.kind === 'tensor' ? [input] : []));
  return mapTensors(node.outputs, (output) => {
    const before = node.inputs.map((input) => input.shape);
    const now = tensors.map((tensor) => tensor.shape);
    if (now.length !== before.length) return unknown();
    const plain: TensorValue = { ...output, range: undefined, contents: undefined, slots: new Map() };
    if (before.every((shape, at) => sameButBatch(shape, now[at] ?? unknownShape))) return { ...plain, shape: withBatch(output.shape, batch) };
    const broadcastBefore = broadcastAll(before);
    const broadcastNow = broadcastAll(now);
    if (broadcastBefore.ok && broadcastNow.ok && formatShape(broadcastBefore.shape) === formatShape(output.shape))
      return { ...plain, shape: broadcastNow.shape };
    return { ...plain, shape: unknownShape };
  });
}
