// The inside of a model that says itself what feeds what: its steps as boxes, steps that one function of the program made in a box of
// their own. It must not know frameworks.
import type { FunctionCall, Layer, LayerCall, ModelStep } from '../trace/trace.ts';
import type { TensorValue } from '../values/value.ts';
import type { Draft, DraftGraph } from './graph-draft.ts';
import { addDraft, addFlow, tensorsOf } from './graph-draft.ts';
import type { CallIndex, DrawDeclared, Ports } from './graph-flow.ts';
import { drawCall } from './graph-flow.ts';

/** Nested deeper than this nothing is drawn. */
const deepest = 24;

/** Draws the steps into the box. */
export function drawSteps(graph: DraftGraph, box: Draft, steps: readonly ModelStep[], index: CallIndex, depth = 0): Ports {
  const holder = functionBoxes(graph, box, steps);
  const exits: ((output: number) => Draft | undefined)[] = [];
  const inputs: Draft[] = [];
  const outputs: (Draft | undefined)[] = [];
  const drawDeclared: DrawDeclared = (draft, layer) => nested(graph, draft, layer, index, depth + 1);
  let previous: Draft | undefined;
  for (const [at, step] of steps.entries()) {
    if (graph.room <= 0) break;
    const { layer, call } = step;
    const made = addDraft(graph, holder(step, at), { kind: step.isInput ? 'input' : isOperation(layer) ? 'operation' : 'layer', name: layer.name, className: layer.className, layer, call, output: step.outputs, time: at });
    if (step.isInput) inputs.push(made);
    const ports = step.isInput ? undefined : drawDeclared(made, layer);
    const sourceOf = (input: ModelStep['inputs'][number]): Draft | undefined => exits[input.step]?.(input.output);
    if (ports !== undefined) {
      made.kind = 'module';
      for (const [position, port] of ports.inputs.entries()) addFlow(graph, step.inputs[position] === undefined ? previous : sourceOf(step.inputs[position]), port, step.inputs[position]?.tensor, step.inputs[position] !== undefined);
      exits.push((output) => ports.outputs[output] ?? ports.outputs[0]);
    } else if (call !== undefined && index.childrenOf(call).length > 0) {
      made.kind = 'module';
      const results = drawCall(graph, made, call, index, receivedFrom(call, step, sourceOf), drawDeclared);
      if (made.children.length === 0) made.kind = 'layer';
      const last = results.find((one) => one !== undefined);
      exits.push((output) => results[output] ?? last ?? made.children.at(-1) ?? made);
      if (made.kind === 'layer') connect(graph, step, made, sourceOf, previous);
    } else {
      connect(graph, step, made, sourceOf, previous);
      exits.push(() => made);
    }
    for (const { output, modelOutput } of step.gives) outputs[modelOutput] = exits.at(-1)?.(output);
    previous = made;
  }
  return { inputs, outputs };
}

function connect(graph: DraftGraph, step: ModelStep, made: Draft, sourceOf: (input: ModelStep['inputs'][number]) => Draft | undefined, previous: Draft | undefined): void {
  const sources = step.inputs.map((input) => ({ source: sourceOf(input), tensor: input.tensor }));
  for (const { source, tensor } of sources) addFlow(graph, source, made, tensor);
  if (!step.isInput && sources.every(({ source }) => source === undefined)) addFlow(graph, previous, made, undefined, false);
}

function nested(graph: DraftGraph, draft: Draft, layer: Layer, index: CallIndex, depth: number): Ports | undefined {
  const steps = depth > deepest ? undefined : layer.model?.steps?.();
  return steps === undefined || steps.length === 0 ? undefined : drawSteps(graph, draft, steps, index, depth);
}

/** The boxes behind the tensors that a method of the program got: they are copies of what the graph's steps gave. */
function receivedFrom(call: LayerCall, step: ModelStep, sourceOf: (input: ModelStep['inputs'][number]) => Draft | undefined): Map<TensorValue, Draft> {
  const received = tensorsOf(call.received ?? [call.input, ...(call.others ?? [])]).tensors;
  const found = new Map<TensorValue, Draft>();
  for (const [at, tensor] of received.entries()) {
    const input = step.inputs[at];
    const source = input === undefined ? undefined : sourceOf(input);
    if (source !== undefined) found.set(tensor, source);
  }
  return found;
}

function isOperation(layer: Layer): boolean {
  return layer.classNames.includes('Operation') && !layer.classNames.includes('Layer');
}

/**
 * Where a step's box goes: steps that one run of a function of the program made stand in a box of its name. What all of them share (the
 * function that builds the whole model) makes no box, nor does a function that made a single step.
 */
function functionBoxes(graph: DraftGraph, box: Draft, steps: readonly ModelStep[]): (step: ModelStep, time: number) => Draft {
  const inner = steps.filter((step) => !step.isInput);
  const chainOf = (step: ModelStep): readonly FunctionCall[] => step.call?.within ?? [];
  let shared = 0;
  const first = inner[0] === undefined ? [] : chainOf(inner[0]);
  while (first[shared] !== undefined && inner.every((step) => chainOf(step)[shared]?.serial === first[shared]?.serial)) shared += 1;
  const sizes = new Map<number, number>();
  for (const step of inner) for (const { serial } of chainOf(step).slice(shared)) sizes.set(serial, (sizes.get(serial) ?? 0) + 1);
  const boxes = new Map<number, Draft>();
  return (step, time) => {
    let holder = box;
    if (step.isInput) return holder;
    let size = inner.length;
    for (const { name, serial } of chainOf(step).slice(shared)) {
      const count = sizes.get(serial) ?? 0;
      // A function that only calls another one adds nothing.
      if (count < 2 || count === size) continue;
      size = count;
      let made = boxes.get(serial);
      if (made === undefined) {
        made = addDraft(graph, holder, { kind: 'function', name, className: name, time });
        boxes.set(serial, made);
      }
      holder = made;
    }
    return holder;
  };
}
