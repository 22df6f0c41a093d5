// A model as a graph in plain data: boxes within boxes, repeats folded, and what flows between the innermost ones with its shape.
// Views decide what is open. It knows no LSP and no view.
import { formatOutput } from '../trace/counts.ts';
import type { Layer, LayerCall, Model, Refusal, Trace } from '../trace/trace.ts';
import type { Message, Place } from '../values/place.ts';
import type { TensorValue } from '../values/value.ts';
import type { Draft, DraftGraph } from './graph-draft.ts';
import { addDraft, addFlow, firstLeaf, lastLeaf, makeDraftGraph, tensorsOf } from './graph-draft.ts';
import { foldRepeats } from './graph-folding.ts';
import type { CallIndex } from './graph-flow.ts';
import { drawCall, indexCalls, parameterNames } from './graph-flow.ts';
import { drawSteps } from './graph-steps.ts';
import { modelsOf } from './summary.ts';

/** 'function': what one run of a function of the program made; 'repeat': boxes that are alike; 'range': some of very many. */
export type GraphNodeKind = 'input' | 'output' | 'layer' | 'module' | 'operation' | 'function' | 'repeat' | 'range';

export interface GraphNode {
  /** Stays the same while the file is edited elsewhere. */
  readonly id: string;
  /** The box around it; -1 for none. */
  readonly parent: number;
  readonly kind: GraphNodeKind;
  readonly name: string;
  readonly class: string;
  /** `(None, 80, 80, 16)`; undefined where it is not known or has no meaning. */
  readonly output: string | undefined;
  readonly params: number;
  readonly trainable: number;
  /** Whether `params` is all of it. */
  readonly complete: boolean;
  /** Where it is built, or where the operation stands; nearest first. */
  readonly places: readonly Place[];
  /** How its construction is written: `nn.Conv2d(3, 64, 3)`. */
  readonly source: string | undefined;
  /** Why it fails. */
  readonly error: Message | undefined;
  /** In how many places of the graph the layer is used, where it is more than one. */
  readonly uses: number;
  /** How many boxes a 'repeat' or a 'range' holds, and how many layers stand in each. */
  readonly count: number;
}

export interface GraphEdge {
  /** Positions of boxes that hold no others. */
  readonly from: number;
  readonly to: number;
  readonly shape: string | undefined;
  /** False: only the order of the calls says so. */
  readonly certain: boolean;
}

export interface ModelGraph {
  readonly name: string;
  readonly class: string;
  readonly framework: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly params: { readonly total: number; readonly trainable: number };
  readonly complete: boolean;
  /** The model has more boxes than are shown. */
  readonly isCut: boolean;
}

/** The largest graph that is drawn. */
const mostNodes = 20_000;

/** The graph of one of the models that `summarize` lists, by its position there. */
export function graphOf(trace: Trace, path: string, modelIndex: number): ModelGraph | undefined {
  const model = modelsOf(trace, path)[modelIndex];
  return model === undefined ? undefined : graphOfModel(trace, model);
}

export function graphOfModel(trace: Trace, model: Model): ModelGraph {
  const graph = makeDraftGraph(model.layer, mostNodes);
  const index = indexCalls(trace);
  const steps = model.steps?.();
  if (steps !== undefined && steps.length > 0) {
    const { outputs } = drawSteps(graph, graph.root, steps, index);
    const tensors = tensorsOf([model.outputs]).tensors;
    if (!isStack(model)) for (const [at, source] of outputs.entries()) addOutput(graph, source, tensors[at], at, outputs.length);
  } else {
    drawProgram(graph, model, index);
  }
  if (graph.root.children.length === 0) drawStructure(graph, graph.root, model.layer, new Set([model.layer]));
  const isCut = graph.room <= 0;
  foldRepeats(graph);
  return finish(graph, model, trace, isCut);
}

function isStack(model: Model): boolean { return model.kind === 'sequential'; }

function addOutput(graph: DraftGraph, source: Draft | undefined, tensor: TensorValue | undefined, at: number, count: number): void {
  if (source === undefined) return;
  const made = addDraft(graph, graph.root, { kind: 'output', name: count > 1 ? `output ${at + 1}` : 'output', className: '', output: tensor, time: Number.POSITIVE_INFINITY });
  addFlow(graph, source, made, tensor);
}

/** The model's own method, as it ran on the first input of which something came out. */
function drawProgram(graph: DraftGraph, model: Model, index: CallIndex): void {
  const calls = index.callsOf(model.layer);
  const call = calls.find((one) => one.output.kind !== 'unknown') ?? calls.find((one) => index.childrenOf(one).length > 0) ?? calls[0];
  if (call === undefined) return;
  const names = parameterNames(model.layer);
  const outside = new Map<TensorValue, Draft>();
  const handed = [call.input, ...(call.others ?? [])];
  for (const [position, value] of handed.entries()) {
    const { tensors } = tensorsOf([value]);
    const received = tensorsOf([call.received?.[position]]).tensors;
    for (const [at, tensor] of tensors.entries()) {
      const name = names[position] ?? 'input';
      const made = addDraft(graph, graph.root, { kind: 'input', name: tensors.length > 1 ? `${name}[${at}]` : name, className: '', output: tensor, time: -1 + 0.001 * graph.root.children.length });
      outside.set(tensor, made);
      const copy = received[at];
      if (copy !== undefined) outside.set(copy, made);
    }
  }
  const results = drawCall(graph, graph.root, call, index, outside, (draft, layer) => {
    const steps = layer.model?.steps?.();
    return steps === undefined || steps.length === 0 ? undefined : drawSteps(graph, draft, steps, index);
  });
  const inner = graph.root.children.filter((child) => child.kind !== 'input');
  if (inner.length === 0) { graph.root.children.length = 0; graph.flows.length = 0; return; }
  const { tensors } = tensorsOf([call.output]);
  for (const [at, tensor] of tensors.entries()) {
    const source = results[at];
    if (source !== undefined) addOutput(graph, source, tensor, at, tensors.length);
    else if (at === 0) {
      const last = inner.at(-1);
      const made = addDraft(graph, graph.root, { kind: 'output', name: 'output', className: '', output: tensor, time: Number.POSITIVE_INFINITY });
      addFlow(graph, last === undefined ? undefined : lastLeaf(last), made, tensor, false);
    }
  }
}

/** A model that never ran: what it holds, in order. */
function drawStructure(graph: DraftGraph, box: Draft, layer: Layer, around: Set<Layer>): void {
  const names = new Map<Layer['instance'], string>();
  for (const [name, value] of layer.instance.attributes) if (value.kind === 'instance' && !names.has(value)) names.set(value, name);
  let previous: Draft | undefined;
  for (const child of layer.children()) {
    if (graph.room <= 0 || around.has(child)) continue;
    const made = addDraft(graph, box, { kind: 'layer', name: layer.framework === 'torch' ? names.get(child.instance) ?? child.name : child.name, className: child.className, layer: child });
    drawStructure(graph, made, child, new Set([...around, child]));
    if (made.children.length > 0) made.kind = 'module';
    if (previous !== undefined) addFlow(graph, lastLeaf(previous), firstLeaf(made), undefined, false);
    previous = made;
  }
}

function finish(graph: DraftGraph, model: Model, trace: Trace, isCut: boolean): ModelGraph {
  const nodes: GraphNode[] = [];
  const positions = new Map<Draft, number>();
  const failures = failuresOf(trace.refusals);
  const uses = new Map<Layer, number>();
  const countUses = (draft: Draft): void => {
    if (draft.layer !== undefined && draft.kind !== 'operation') uses.set(draft.layer, (uses.get(draft.layer) ?? 0) + 1);
    for (const child of draft.children) countUses(child);
  };
  for (const child of graph.root.children) countUses(child);
  const add = (draft: Draft, parent: number, parentId: string, taken: Map<string, number>): void => {
    const plain = `${parentId}/${draft.name}`;
    const times = (taken.get(plain) ?? 0) + 1;
    taken.set(plain, times);
    const id = times === 1 ? plain : `${plain}#${times}`;
    const at = nodes.length;
    positions.set(draft, at);
    const counted = countOf(graph, draft);
    nodes.push({
      id, parent, kind: draft.kind, name: draft.name, class: classOf(draft), output: outputOf(draft), ...counted,
      places: placesOf(draft), source: sourceText(draft), error: failures(draft), uses: draft.layer === undefined ? 1 : uses.get(draft.layer) ?? 1, count: draft.count ?? 0,
    });
    const inside = new Map<string, number>();
    for (const child of draft.children) add(child, at, id, inside);
  };
  const taken = new Map<string, number>();
  for (const child of graph.root.children) add(child, -1, '', taken);
  const edges: GraphEdge[] = [];
  const seen = new Set<string>();
  for (const { from, to, shape, certain } of graph.flows) {
    const [start, end] = [positions.get(from.children.length > 0 ? lastLeaf(from) : from), positions.get(to.children.length > 0 ? firstLeaf(to) : to)];
    const key = `${start} ${end} ${shape}`;
    if (start === undefined || end === undefined || start === end || seen.has(key)) continue;
    seen.add(key);
    edges.push({ from: start, to: end, shape, certain });
  }
  const total = graph.countOf(model.layer);
  return {
    name: model.layer.name, class: model.layer.className, framework: model.layer.framework, nodes, edges,
    params: { total: total.total, trainable: total.trainable }, complete: total.complete && model.complete, isCut,
  };
}

/** A container that holds nothing but equals is called after them: `Block × 12` says more than `Sequential × 12`. */
function classOf({ className, kind, count, children }: Draft): string {
  const [first] = children;
  return kind === 'module' && count !== undefined && first !== undefined && first.className !== '' && children.every((child) => child.className === first.className) ? first.className : className;
}

function countOf(graph: DraftGraph, draft: Draft): { params: number; trainable: number; complete: boolean } {
  if (draft.kind === 'input' || draft.kind === 'output' || draft.kind === 'operation') return { params: 0, trainable: 0, complete: true };
  if (draft.layer !== undefined) {
    const count = graph.countOf(draft.layer);
    return { params: count.total, trainable: count.trainable, complete: count.complete };
  }
  // What a layer that is used twice holds counts once.
  const layers = new Set<Layer>();
  const collect = (one: Draft): void => {
    if (one.layer !== undefined && one.kind !== 'operation') layers.add(one.layer);
    else for (const child of one.children) collect(child);
  };
  collect(draft);
  const counts = [...layers].map((layer) => graph.countOf(layer));
  return { params: counts.reduce((sum, one) => sum + one.total, 0), trainable: counts.reduce((sum, one) => sum + one.trainable, 0), complete: counts.every((one) => one.complete) };
}

function outputOf(draft: Draft): string | undefined {
  if (draft.kind === 'repeat' || draft.kind === 'range' || draft.kind === 'function') {
    const last = draft.children.findLast((child) => child.kind !== 'operation' || child.output !== undefined);
    return last === undefined ? undefined : outputOf(last);
  }
  return formatOutput(draft.output) ?? undefined;
}

function placesOf(draft: Draft): readonly Place[] {
  if (draft.place !== undefined) return [draft.place];
  const { layer, call } = draft;
  if (layer === undefined) return draft.children.slice(0, 1).flatMap((child) => (child.layer === undefined ? placesOf(child) : draft.kind === 'function' ? child.layer.callers : placesOf(child)));
  return [layer.place, ...layer.callers, call?.place].flatMap((place) => place ?? []);
}

const longestSource = 160;

function sourceText(draft: Draft): string | undefined {
  const place = draft.place ?? draft.layer?.place;
  if (place === undefined || draft.kind === 'input' || draft.kind === 'output') return undefined;
  const text = place.source.parsed.text.slice(place.start, Math.min(place.end, place.start + 4 * longestSource)).replaceAll(/\s+/g, ' ');
  return text.length > longestSource ? `${text.slice(0, longestSource - 1)}…` : text;
}

/** What was refused where: by the layer itself, by the operation at the place, or else within the innermost module. */
function failuresOf(refusals: readonly Refusal[]): (draft: Draft) => Message | undefined {
  if (refusals.length === 0) return () => undefined;
  const byLayer = new Map<Layer, Refusal>(), byCall = new Map<LayerCall, Refusal>();
  for (const refusal of refusals) {
    if (refusal.layer !== undefined && !byLayer.has(refusal.layer)) byLayer.set(refusal.layer, refusal);
    else if (refusal.during !== undefined && !byCall.has(refusal.during)) byCall.set(refusal.during, refusal);
  }
  const within = (refusal: Refusal, place: Place): boolean => refusal.place.source.path === place.source.path && place.start <= refusal.place.start && refusal.place.end <= place.end;
  return (draft) => {
    if (draft.layer !== undefined && byLayer.has(draft.layer)) return byLayer.get(draft.layer)?.message;
    const { place, call } = draft;
    if (place !== undefined) return refusals.find((refusal) => refusal.layer === undefined && within(refusal, place))?.message;
    return call === undefined ? undefined : byCall.get(call)?.message;
  };
}

