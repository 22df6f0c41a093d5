// What feeds what in a Keras model, as the trace tells it: the nodes of its graph, or its stack, each with the steps that it reads.
// It must not know how models are built, or how any of it is shown.
import type { Layer, ModelStep, Trace } from '../../trace/trace.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { tensorsIn } from '../arrays/library.ts';
import type { GraphNode } from './layer-state.ts';
import { historySlot, layerOf, layerSlot, waysOf } from './layer-state.ts';
import type { Graph, ModelState, StackEntry } from './model-state.ts';
import { modelSlot } from './model-state.ts';

/** The steps of a functional or Sequential model; undefined for the program's own `call`. */
export function stepsOf(self: InstanceValue, trace: Trace): readonly ModelStep[] | undefined {
  const model = modelSlot.get(self);
  if (model?.graph !== undefined) return graphSteps(model.graph, trace);
  return model?.kind === 'sequential' ? stackSteps(model) : undefined;
}

function graphSteps(graph: Graph, trace: Trace): readonly ModelStep[] {
  const outputs = tensorsIn([graph.outputs]);
  const isCutShort = outputs.length === 0 || outputs.some((output) => historySlot.get(output) === undefined);
  const nodes = isCutShort ? nodesBehindInputs(graph, trace) : graph.nodes;
  const positions = new Map(nodes.map((node, at) => [node, at]));
  const sourceOf = (tensor: TensorValue): { step: number; output: number } | undefined => {
    const standIn = graph.standIns?.get(tensor);
    for (const way of standIn === undefined ? waysOf(historySlot.get(tensor)) : [{ node: standIn, index: 0 }]) {
      const step = positions.get(way.node);
      if (step !== undefined) return { step, output: way.index };
    }
    return undefined;
  };
  const given = outputs.map((output) => sourceOf(output));
  return nodes.map((node, at) => ({
    layer: node.layer, call: node.call, isInput: node.isInput, outputs: node.outputs,
    inputs: node.inputs.flatMap((tensor) => {
      const source = sourceOf(tensor);
      return source === undefined ? [] : [{ ...source, tensor }];
    }),
    gives: given.flatMap((source, modelOutput) => (source?.step === at ? [{ output: source.output, modelOutput }] : [])),
  }));
}

/** Some layer failed, so that no way leads back from the outputs: all that was computed from the inputs. */
function nodesBehindInputs(graph: Graph, trace: Trace): readonly GraphNode[] {
  const reached = new Set<GraphNode>(graph.nodes);
  for (const input of tensorsIn([graph.inputs])) for (const way of waysOf(historySlot.get(input))) reached.add(way.node);
  const known = trace.layers.flatMap((layer) => layerSlot.get(layer.instance)?.nodes ?? []);
  // Operations stand in no layer's list, but behind what reads them.
  const sourcesOf = (node: GraphNode): GraphNode[] => node.inputs.flatMap((tensor) => waysOf(historySlot.get(tensor)).map((way) => way.node));
  const all = new Set(known);
  for (const node of all) for (const source of sourcesOf(node)) all.add(source);
  const ordered = [...all].sort((left, right) => left.id - right.id);
  for (const node of ordered) if (sourcesOf(node).some((source) => reached.has(source))) reached.add(node);
  return [...reached].sort((left, right) => left.id - right.id);
}

function stackSteps(model: ModelState): readonly ModelStep[] {
  const last = model.stack.length - 1;
  return model.stack.flatMap((entry, at): ModelStep[] => {
    const layer = layerOf(entry.layer);
    if (layer === undefined) return [];
    const before = model.stack[at - 1];
    return [{
      layer, call: entry.call ?? layer.calls[0], isInput: isInput(layer), outputs: outputsOf(entry),
      inputs: before === undefined ? [] : [{ step: at - 1, output: 0, tensor: tensorsIn([outputsOf(before)])[0] }],
      gives: at === last ? tensorsIn([outputsOf(entry)]).map((_, output) => ({ output, modelOutput: output })) : [],
    }];
  });
}

function outputsOf(entry: StackEntry): Value {
  return entry.value.kind === 'unknown' ? (entry.call?.output ?? unknown()) : entry.value;
}

function isInput(layer: Layer | undefined): boolean {
  return layer?.className === 'InputLayer';
}
