// A model as the table that the summary panel shows: its layers as a tree in reading order, with shapes, weights and costs, repeats folded,
// and the reason of a failure where it happened. Plain data; it knows no LSP and no panel.
import { lineAt } from '../syntax/lines.ts';
import { isKnown } from '../tensors/dim.ts';
import { itemSize } from '../tensors/dtype.ts';
import { formatShape } from '../tensors/shape.ts';
import { formatOutput, visitWeights } from '../trace/counts.ts';
import type { Layer, LayerCall, Model, ModelRow, Refusal, Trace, Weight } from '../trace/trace.ts';
import { renderMessage, type Translate } from '../values/place.ts';
import type { Place } from '../values/place.ts';
import type { Value } from '../values/value.ts';
import type { Amount, Costs } from './cost.ts';
import { addAmounts, batchOf, costsOf, nothing, notKnown, tensorsOf } from './cost.ts';
import { modelsOf, placeIn, placeLine } from './summary.ts';

export interface RowParameters {
  readonly total: number;
  readonly trainable: number;
  /** Elements of state that is no parameter; they are not in `total`. */
  readonly buffers: number;
  /** False: there are more, of a size that is not known. */
  readonly complete: boolean;
}

/** 'group': equal neighbours folded into one row. 'failure': no layer, but why the model is not known from here on. */
export type RowKind = 'layer' | 'group' | 'failure';

export interface TableRow {
  readonly kind: RowKind;
  /** Names the row among all of its model, also after an edit elsewhere. */
  readonly key: string;
  readonly name: string;
  readonly class: string;
  /** From 1. The rows of a tree stand in reading order, each behind the one that holds it. */
  readonly level: number;
  /** How many neighbours a group stands for. */
  readonly repeat: number;
  readonly place: Place | undefined;
  readonly line: number | undefined;
  readonly input: string;
  readonly output: string;
  /** How often it is called while the model is called once. */
  readonly calls: number;
  readonly params: RowParameters;
  /** Bytes of parameters and buffers. */
  readonly weightBytes: number;
  readonly multiplyAdds: Amount;
  readonly activation: Amount;
  /** Of a failure: why. */
  readonly reason: string;
}

export interface WeightType { readonly dtype: string; readonly count: number; readonly bytes: number }

export interface ModelTable {
  readonly name: string;
  readonly class: string;
  readonly framework: string;
  readonly place: Place | undefined;
  readonly line: number | undefined;
  readonly rows: readonly TableRow[];
  readonly params: RowParameters;
  /** Parameters and buffers by their type, the largest share first. */
  readonly weights: readonly WeightType[];
  readonly multiplyAdds: Amount;
  readonly activation: Amount;
  /** The batch that the program itself states. */
  readonly batch: number | undefined;
  readonly complete: boolean;
}

/** The models of a file, in the order of `summarize`. */
export function tablesOf(trace: Trace, path: string, translate?: Translate): ModelTable[] {
  return modelsOf(trace, path).map((model) => tableOf(trace, model, path, translate));
}

/** A row before it has its place in the list. */
interface Node extends Omit<TableRow, 'level' | 'kind' | 'repeat'> {
  readonly kind: RowKind;
  readonly repeat: number;
  /** The layer's, to find its row by; undefined for a failure. */
  readonly layerId: number | undefined;
  readonly children: readonly Node[];
}

interface Work {
  readonly path: string;
  readonly costs: Costs;
  readonly framework: string;
  /** Layers that have their row already: what is held twice is shown once. */
  readonly shown: Set<number>;
  readonly refusals: readonly Refusal[];
  readonly told: Set<Refusal>;
  readonly callsOf: (layer: Layer, root: LayerCall | undefined) => readonly LayerCall[];
  readonly translate: Translate | undefined;
}

export function tableOf(trace: Trace, model: Model, path: string, translate?: Translate): ModelTable {
  const batch = batchOf(model);
  const work: Work = {
    path, costs: costsOf(trace, batch), framework: model.layer.framework, shown: new Set([model.layer.id]), refusals: trace.refusals, told: new Set(), callsOf: callFinder(), translate,
  };
  const root = model.layer.framework === 'torch' ? model.layer.calls.find((call) => formatOutput(call.output) !== undefined) ?? model.layer.calls[0] : undefined;
  const { rows, reached } = rowsUpToFailure(trace, model);
  const nodes = withFailures(work, model.layer, root, membersOf(work, model.layer, rows, root, ''));
  const weights = weightsOf([model.layer, ...reached]);
  const ownCost = root === undefined ? addAmounts(nodes.map((node) => node.multiplyAdds)) : work.costs.multiplyAdds(root);
  return {
    name: model.layer.name, class: model.layer.className, framework: model.layer.framework, place: placeIn(model.layer, path), line: placeLine(model.layer, path),
    rows: flatten(foldRepeats(nodes)), params: weights.params, weights: weights.types,
    multiplyAdds: ownCost, activation: addAmounts(nodes.map((node) => node.activation)),
    batch: batch !== undefined && isKnown(batch) ? batch : undefined,
    complete: weights.params.complete && model.complete && nodes.every((node) => node.kind !== 'failure'),
  };
}

/** A graph whose outputs are not known lists its inputs only: then also the layers that were called on them, as far as that goes. */
function rowsUpToFailure(trace: Trace, model: Model): { readonly rows: readonly ModelRow[]; readonly reached: readonly Layer[] } {
  const rows = model.layers;
  if (model.complete || model.kind !== 'functional' || model.layer.framework !== 'keras') return { rows, reached: [] };
  const known = new Set<Value>(model.inputs);
  const more = new Map<Layer, ModelRow>();
  for (const call of trace.calls) {
    if (call.parent !== undefined || !tensorsOf(call.input).some((tensor) => known.has(tensor))) continue;
    for (const tensor of tensorsOf(call.output)) known.add(tensor);
    if (call.layer !== model.layer && !more.has(call.layer)) more.set(call.layer, { layer: call.layer, call, inbound: [] });
  }
  const added = [...more.values()].filter((row) => rows.every((other) => other.layer !== row.layer));
  return { rows: [...rows, ...added], reached: added.map((row) => row.layer) };
}

/** The calls of a layer while the model is called once: those inside the model's own call, else the first. */
function callFinder(): Work['callsOf'] {
  const isInside = (call: LayerCall, root: LayerCall): boolean => {
    for (let around = call.parent; around !== undefined; around = around.parent) if (around === root) return true;
    return false;
  };
  return (layer, root) => {
    const inside = root === undefined ? [] : layer.calls.filter((call) => isInside(call, root));
    return inside.length > 0 || layer.calls.length === 0 ? inside : layer.calls.slice(0, 1);
  };
}

/** What a layer holds, as rows: a Keras model's graph or stack, a module's members by their names, else what the layer says it holds. */
function membersOf(work: Work, layer: Layer, rows: readonly ModelRow[] | undefined, root: LayerCall | undefined, prefix: string): Node[] {
  if (layer.framework === 'torch') {
    const nodes: Node[] = [];
    for (const [name, child] of namedChildren(layer)) {
      if (work.shown.has(child.id)) continue;
      work.shown.add(child.id);
      nodes.push(nodeOf(work, child, name, `${prefix}${name}`, work.callsOf(child, root), root));
    }
    // A module that computes with its own parameters alone is its own row.
    if (nodes.length === 0 && prefix === '' && rows !== undefined && rows.length > 0) nodes.push(leafOf(work, layer, layer.name, layer.name, work.callsOf(layer, undefined)));
    return nodes;
  }
  const named = new Map<string, number>();
  const keyOf = (name: string): string => {
    const count = (named.get(name) ?? 0) + 1;
    named.set(name, count);
    return `${prefix}${name}${count === 1 ? '' : `#${count}`}`;
  };
  const members = rows ?? layer.children().map((child): ModelRow => ({ layer: child, call: child.calls[0], inbound: [] }));
  return members.flatMap((row) => {
    if (row.layer.id === layer.id || (rows === undefined && work.shown.has(row.layer.id))) return [];
    work.shown.add(row.layer.id);
    const inside = root === undefined ? [] : work.callsOf(row.layer, root);
    const calls = inside.length > 0 ? inside : row.calls ?? (row.call === undefined ? row.layer.calls.slice(0, 1) : [row.call]);
    return [nodeOf(work, row.layer, row.layer.name, keyOf(row.layer.name), calls, calls[0])];
  });
}

/** A module's members under the names of its attributes, in the order of registration. */
function namedChildren(layer: Layer): (readonly [string, Layer])[] {
  const byInstance = new Map(layer.children().map((child) => [child.instance, child]));
  const named: [string, Layer][] = [];
  for (const [name, value] of layer.instance.attributes) {
    const child = value.kind === 'instance' ? byInstance.get(value) : undefined;
    if (child === undefined) continue;
    byInstance.delete(child.instance);
    named.push([name, child]);
  }
  for (const child of byInstance.values()) named.push([child.name, child]);
  return named;
}

function nodeOf(work: Work, layer: Layer, name: string, key: string, calls: readonly LayerCall[], root: LayerCall | undefined): Node {
  const leaf = leafOf(work, layer, name, key, calls);
  const members = membersOf(work, layer, layer.model?.layers.filter((row) => row.layer.id !== layer.id), layer.framework === 'torch' ? root : calls[0], `${key}.`);
  if (members.length === 0) return leaf;
  const inner = withFailures(work, layer, calls[0], members);
  const isOwnRow = inner.length === 1 && inner[0]?.key === key;
  if (isOwnRow) return leaf;
  // A nested model that was called as a whole does not always run its layers anew; then it costs what they do.
  const isCounted = calls.some((call) => work.costs.callsIn(call).length > 0 || call.multiplyAdds !== undefined);
  // A layer may hold others for their weights only (the projections of an attention): what they do is its own doing.
  const isOpaque = calls.length > 0 && inner.every((node) => node.calls === 0);
  const children = isOpaque ? inner.map((node): Node => ({ ...node, output: '', multiplyAdds: nothing, activation: nothing })) : inner;
  // A nested Keras model does not run its layers anew for each call.
  const timesCalls = (amounts: readonly Amount[]): Amount => addAmounts(Array.from({ length: isCounted ? 1 : Math.max(1, calls.length) }, () => amounts).flat());
  return {
    ...leaf, children, output: calls.length === 0 ? '' : leaf.output,
    activation: isOpaque ? leaf.activation : timesCalls(children.map((node) => node.activation)),
    multiplyAdds: isCounted ? leaf.multiplyAdds : timesCalls(children.map((node) => node.multiplyAdds)),
  };
}

function leafOf(work: Work, layer: Layer, name: string, key: string, calls: readonly LayerCall[]): Node {
  const { params, bytes } = weightsOf([layer]);
  const shownCall = calls.find((call) => formatParts(call.output) !== undefined) ?? calls[0];
  const isInput = layer.className === 'InputLayer';
  return {
    kind: 'layer', key, name, class: layer.className, repeat: 1, layerId: layer.id, place: placeIn(layer, work.path) ?? layer.place, line: placeLine(layer, work.path),
    input: isInput ? '' : formatParts(shownCall?.input) ?? '', output: formatParts(shownCall?.output) ?? '?', calls: calls.length, params, weightBytes: bytes,
    multiplyAdds: calls.length === 0 ? (params.total > 0 ? notKnown : nothing) : addAmounts(calls.map(work.costs.multiplyAdds)),
    // What a model is given is no activation of it.
    activation: isInput ? nothing : calls.length === 0 ? notKnown : addAmounts(calls.map(work.costs.outputBytes)),
    reason: '', children: [],
  };
}

/** As Python prints the shapes; of a structure that holds other things too, its tensors' (`(x, None)`). */
function formatParts(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const whole = formatOutput(value);
  if (whole !== undefined) return whole;
  const parts = tensorsOf(value).map((tensor) => formatShape(tensor.shape));
  return parts.length === 0 ? undefined : parts.slice(0, 8).join(', ') + (parts.length > 8 ? ', …' : '');
}

interface Weights { readonly params: RowParameters; readonly bytes: number; readonly types: readonly WeightType[] }

function weightsOf(layers: readonly Layer[]): Weights {
  let total = 0, trainable = 0, buffers = 0, complete = true;
  const types = new Map<string, WeightType>();
  const counted = new Set<Weight>();
  for (const layer of layers) complete = visitWeights(layer, true, (weight, size, isTrained) => {
    if (counted.has(weight)) return;
    counted.add(weight);
    if (weight.isBuffer === true) buffers += size;
    else { total += size; if (isTrained) trainable += size; }
    const dtype = weight.dtype ?? '?';
    const before = types.get(dtype);
    types.set(dtype, { dtype, count: (before?.count ?? 0) + size, bytes: (before?.bytes ?? 0) + size * (weight.dtype === undefined ? 0 : itemSize(weight.dtype)) });
  }) && complete;
  const sorted = [...types.values()].sort((left, right) => right.bytes - left.bytes);
  return { params: { total, trainable, buffers, complete }, bytes: sorted.reduce((sum, type) => sum + type.bytes, 0), types: sorted };
}

/** Puts the reasons of what failed in this layer behind the members that came before. */
function withFailures(work: Work, layer: Layer, call: LayerCall | undefined, nodes: readonly Node[]): Node[] {
  const result = [...nodes];
  const insert = (refusal: Refusal, at: number): void => {
    work.told.add(refusal);
    result.splice(at, 0, failureNode(work, refusal));
  };
  for (const refusal of work.refusals) {
    if (work.told.has(refusal)) continue;
    // A layer that refuses what it is given: the reason stands behind its row.
    const own = result.findIndex((node) => node.layerId !== undefined && (node.layerId === refusal.layer?.id || (node.children.length === 0 && node.layerId === refusal.during?.layer.id)));
    if (own >= 0) { insert(refusal, own + 1); continue; }
    if (refusal.during === undefined || refusal.during !== call || refusal.layer !== undefined && refusal.layer.id !== layer.id) continue;
    // An operation of the layer itself: behind the last member that it had called.
    const before = work.costs.callsIn(call).filter((inner) => inner.id <= (refusal.callCount ?? Number.POSITIVE_INFINITY)).map((inner) => inner.layer.id);
    insert(refusal, result.findLastIndex((node) => node.layerId !== undefined && before.includes(node.layerId)) + 1);
  }
  return result;
}

function failureNode({ path, told, translate }: Work, refusal: Refusal): Node {
  const { place } = refusal;
  return {
    kind: 'failure', key: `!${told.size}:${refusal.rule}`, name: refusal.rule, class: '', repeat: 1, layerId: undefined, place, line: place.source.path === path ? lineAt(place.source.parsed.lineStarts, place.start) + 1 : undefined, input: '', output: '', calls: 0,
    params: { total: 0, trainable: 0, buffers: 0, complete: true }, weightBytes: 0, multiplyAdds: nothing, activation: nothing, reason: renderMessage(refusal.message, translate), children: [],
  };
}

/** Blocks that stand twice or more behind one another, and single layers that do so four times, become one row that holds them. */
const leastBlocks = 2, leastLeaves = 4;

function foldRepeats(nodes: readonly Node[]): Node[] {
  const folded = nodes.map((node) => ({ ...node, children: foldRepeats(node.children) }));
  const result: Node[] = [];
  for (let at = 0; at < folded.length;) {
    const first = folded[at];
    if (first === undefined) break;
    const signature = signatureOf(first);
    let end = at + 1;
    while (end < folded.length && folded[end]?.kind === 'layer' && signatureOf(folded[end] as Node) === signature) end += 1;
    const run = folded.slice(at, end);
    if (first.kind === 'layer' && run.length >= (first.children.length > 0 ? leastBlocks : leastLeaves)) result.push(groupOf(run, first));
    else result.push(...run);
    at = end;
  }
  return result;
}

function groupOf(run: readonly Node[], first: Node): Node {
  const last = run.at(-1) ?? first;
  return {
    ...first, kind: 'group', key: `${first.key}…`, name: `${first.name} … ${last.name}`, repeat: run.length, children: run, output: last.output,
    params: {
      total: sum(run, (node) => node.params.total), trainable: sum(run, (node) => node.params.trainable), buffers: sum(run, (node) => node.params.buffers),
      complete: run.every((node) => node.params.complete),
    },
    calls: sum(run, (node) => node.calls), weightBytes: sum(run, (node) => node.weightBytes),
    multiplyAdds: addAmounts(run.map((node) => node.multiplyAdds)), activation: addAmounts(run.map((node) => node.activation)),
  };
}

function sum(nodes: readonly Node[], read: (node: Node) => number): number {
  return nodes.reduce((total, node) => total + read(node), 0);
}

/** What makes neighbours equal: everything but their names and places. */
const signatures = new WeakMap<Node, string>();
function signatureOf(node: Node): string {
  let signature = signatures.get(node);
  if (signature === undefined) {
    const { kind, class: className, repeat, input, output, params, multiplyAdds, activation, reason } = node;
    signature = JSON.stringify([kind, className, repeat, input, output, params, multiplyAdds, activation, reason, node.children.map((child) => [child.kind === 'layer' ? child.name : '', signatureOf(child)])]);
    signatures.set(node, signature);
  }
  return signature;
}

function flatten(nodes: readonly Node[]): TableRow[] {
  const rows: TableRow[] = [];
  const visit = (node: Node, level: number): void => {
    const { children, layerId: _layerId, ...row } = node;
    rows.push({ ...row, level });
    for (const child of children) visit(child, level + 1);
  };
  for (const node of nodes) visit(node, 1);
  return rows;
}
