// A model's graph while it is being drawn up: boxes within boxes, and what flows from one to another. What follows the values of a run
// (graph-flow.ts) and what reads a declared graph (graph-steps.ts) both write it. It must not know how it is shown.
import { formatShape } from '../tensors/shape.ts';
import type { ParameterCount } from '../trace/counts.ts';
import { countParameters } from '../trace/counts.ts';
import type { Layer, LayerCall } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import type { TensorValue, Value } from '../values/value.ts';

export type DraftKind = 'input' | 'output' | 'layer' | 'module' | 'operation' | 'function' | 'repeat' | 'range';

export interface Draft {
  kind: DraftKind;
  /** What its holder calls it: `layers.0`, `conv2d_1`, `add`. */
  name: string;
  className: string;
  layer: Layer | undefined;
  call: LayerCall | undefined;
  /** Where the operation stands, for what no layer does. */
  place: Place | undefined;
  output: Value | undefined;
  parent: Draft | undefined;
  children: Draft[];
  /** Earlier ones come first among the children of one parent. */
  time: number;
  /** How many a 'repeat' or a 'range' holds. */
  count?: number;
}

export interface Flow {
  readonly from: Draft;
  readonly to: Draft;
  readonly shape: string | undefined;
  /** False where only the order of the calls suggests it. */
  readonly certain: boolean;
}

export interface DraftGraph {
  readonly root: Draft;
  readonly flows: Flow[];
  /** How many boxes may still be made: a model without end is shown in part. */
  room: number;
  /** The parameters of a layer with all it holds, counted once. */
  readonly countOf: (layer: Layer) => ParameterCount;
}

export function addDraft(graph: DraftGraph, parent: Draft, facts: Partial<Draft> & Pick<Draft, 'kind' | 'name' | 'className'>): Draft {
  const made: Draft = { layer: undefined, call: undefined, place: undefined, output: undefined, children: [], time: parent.children.length, ...facts, parent };
  parent.children.push(made);
  graph.room -= 1;
  return made;
}

export function makeDraftGraph(layer: Layer, room: number): DraftGraph {
  const root: Draft = { kind: 'module', name: layer.name, className: layer.className, layer, call: undefined, place: undefined, output: undefined, parent: undefined, children: [], time: 0 };
  const counts = new Map<Layer, ParameterCount>();
  const countOf = (one: Layer): ParameterCount => {
    let count = counts.get(one);
    if (count === undefined) {
      count = countParameters(one);
      counts.set(one, count);
    }
    return count;
  };
  return { root, flows: [], room, countOf };
}

export function addFlow(graph: DraftGraph, from: Draft | undefined, to: Draft, tensor: TensorValue | undefined, certain = true): void {
  if (from === undefined || from === to) return;
  graph.flows.push({ from, to, shape: tensor === undefined ? undefined : formatShape(tensor.shape), certain });
}

const deepestStructure = 5, mostTensors = 256;

/** The tensors of a structure in order, each once; undefined where some part of it is not known. */
export function tensorsOf(values: readonly (Value | undefined)[]): { readonly tensors: readonly TensorValue[]; readonly isWhole: boolean } {
  const tensors = new Set<TensorValue>();
  let isWhole = true;
  const visit = (value: Value | undefined, depth: number): void => {
    if (value === undefined || tensors.size >= mostTensors) return;
    if (value.kind === 'tensor') tensors.add(value);
    else if (value.kind === 'unknown') isWhole = false;
    else if (depth > deepestStructure) return;
    else if (value.kind === 'tuple' || value.kind === 'list') for (const item of value.items) visit(item, depth + 1);
    else if (value.kind === 'dict') for (const entry of value.entries.values()) visit(entry.value, depth + 1);
  };
  for (const value of values) visit(value, 0);
  return { tensors: [...tensors], isWhole };
}

/** A module without boxes inside is a layer; the first and last of its boxes stand for it where nothing more is known. */
export function firstLeaf(draft: Draft): Draft {
  let at = draft;
  for (let next = at.children[0]; next !== undefined; next = at.children[0]) at = next;
  return at;
}
export function lastLeaf(draft: Draft): Draft {
  let at = draft;
  for (let next = at.children.at(-1); next !== undefined; next = at.children.at(-1)) at = next;
  return at;
}
