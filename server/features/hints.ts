// What stands at the ends of lines: output shapes and parameter counts, as plain data. It knows no LSP.
import { lineAt } from '../syntax/lines.ts';
import { countParameters, formatOutput, groupDigits } from '../trace/counts.ts';
import type { ChosenCalls } from './shared-calls.ts';
import { callFilter } from './shared-calls.ts';
import type { Layer, LayerCall, Trace, ValueRecord } from '../trace/trace.ts';
import { message, type Place, renderMessage, type Translate } from '../values/place.ts';
import type { InstanceValue, Value } from '../values/value.ts';

export type HintKind = 'layer' | 'call' | 'operation' | 'data';

export interface HintCall {
  /** `(None, 80, 80, 16)`; undefined while the layer has not been called. */
  readonly output: string | undefined;
  /** Parameters of the layer that the line builds; undefined for a call or an operation. */
  readonly params: number | undefined;
}

export interface Hint {
  readonly kind: HintKind;
  /** From 1, both. The column is that behind the line's last character. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly calls: readonly HintCall[];
}

const mostListed = 20;

/** Of a line that runs many times: each of its results, as Markdown. */
export function hintMarkdown({ calls }: Hint, translate?: Translate): string | undefined {
  if (calls.length < 2) return undefined;
  const lines = calls.slice(0, mostListed).map(({ output, params }) =>
    `- \`${output ?? '?'}\`${params === undefined || params === 0 ? '' : ` · ${renderMessage(message('{count} params', { count: groupDigits(params) }), translate)}`}`);
  return [...lines, ...(calls.length > mostListed ? ['- …'] : [])].join('\n');
}

interface Entry {
  readonly kind: HintKind;
  readonly calls: HintCall[];
  readonly layers: (Layer | undefined)[];
  /** Where the names stand that the line gives values to; more than one for `out, state = self.lstm(x)`. */
  readonly places: Map<number, Set<string>>;
  /** The layer calls that it shows, by where they stand; undefined for one that is shown for something else. */
  readonly sites: Map<number, (Site | undefined)[]>;
}
interface Site { readonly call: LayerCall; readonly params: number | undefined }
type Line = Map<HintKind, Entry>;

/** Which kinds are wanted. */
export interface HintSwitches { readonly outputShape: boolean; readonly parameterCount: boolean; readonly operations: boolean; readonly data: boolean }
export const allHints: HintSwitches = { outputShape: true, parameterCount: true, operations: true, data: true };

/** The hints of a file, one a line at most, in the order of lines. */
export function hintsOf(trace: Trace, path: string, wanted: HintSwitches = allHints, chosen: ChosenCalls = new Map(), translate?: Translate): Hint[] {
  const filter = callFilter(trace, path, chosen);
  const byLine = new Map<number, Line>();
  let lineStarts: readonly number[] | undefined, text = '';
  const add = (place: Place, kind: HintKind, call: HintCall, layer?: Layer, site?: LayerCall): void => {
    lineStarts ??= place.source.parsed.lineStarts;
    text ||= place.source.parsed.text;
    const at = lineAt(place.source.parsed.lineStarts, place.start) + 1;
    let line = byLine.get(at);
    if (line === undefined) byLine.set(at, (line = new Map()));
    const entry = line.get(kind), shownSite = site === undefined ? undefined : { call: site, params: call.params };
    if (entry === undefined) { line.set(kind, { kind, calls: [call], layers: [layer], places: new Map([[place.start, new Set([call.output ?? '?'])]]), sites: new Map([[place.start, [shownSite]]]) }); return; }
    const sites = entry.sites.get(place.start);
    if (sites === undefined) entry.sites.set(place.start, [shownSite]);
    else sites.push(shownSite);
    entry.places.set(place.start, (entry.places.get(place.start) ?? new Set()).add(call.output ?? '?'));
    const same = entry.calls.findIndex((other) => other.output === call.output && other.params === call.params);
    if (same < 0) { entry.calls.push(call); entry.layers.push(layer); }
    else if (isInput(entry.layers[same]) || (layer?.framework === 'torch' && holds(layer, entry.layers[same]))) entry.layers[same] = layer;
  };
  const named = namePlaces(trace, path);
  const supposed = supposedRecords(trace, path);
  for (const layer of trace.layers) {
    const place = layer.place;
    if (place === undefined || isBareModel(layer) || !filter.showsLayer(layer) || supposed.hides(layer)) continue;
    const places = [...(place.source.path === path ? [place] : []), ...(named.get(layer.instance) ?? []).filter((name) => isBuiltOn(layer, name))];
    if (places.length === 0) continue;
    const count = countParameters(layer);
    const params = count.complete ? count.total : undefined;
    const calls = supposed.callsOf(layer).filter((call) => filter.showsCall(call.parent));
    const outputs = calls.map((call) => knownOutput(call.output)).filter((output) => output !== undefined);
    // Losses, and what prepares data: a number, or nothing that was called, without parameters says nothing.
    if (layer.framework === 'torch' && params === 0 && outputs.every((output) => output === '()')) continue;
    if (outputs.length === 0) {
      const own = knownOutput(layer.model?.outputs);
      if (params !== undefined) for (const one of places) add(one, 'layer', { output: own, params }, layer);
    }
    for (const output of new Set(outputs)) for (const one of places) add(one, 'layer', { output, params }, layer, calls.length === 1 ? calls[0] : undefined);
  }
  for (const call of trace.calls) {
    const output = knownOutput(call.output);
    if (call.place !== undefined && !supposed.hides(call) && call.place.source.path === path && output !== undefined && filter.showsCall(call.parent)) add(call.place, 'call', { output, params: undefined }, undefined, call);
  }
  for (const record of trace.values) {
    if ((record.role !== 'target' && record.role !== 'return') || supposed.hides(record) || record.place.source.path !== path || !filter.showsCall(record.call)) continue;
    // A loop over a model's parameters says nothing about data.
    if (isParameter(record.value) && record.inFunction !== '__init__') continue;
    const output = knownOutput(record.value);
    const isShown = isSymbolic(record.value) || isForward(record.inFunction);
    if (output !== undefined && (isShown || record.role === 'target')) add(record.place, isShown ? 'operation' : 'data', { output, params: undefined });
  }
  const hints: Hint[] = [];
  for (const [at, line] of [...byLine].sort((left, right) => left[0] - right[0])) {
    const entry = shownEntry(line);
    if (entry === undefined || (entry.kind === 'operation' && !wanted.operations) || (entry.kind === 'data' && !wanted.data)) continue;
    const shown = wanted.outputShape ? (namesText(entry) ?? sitesText(entry, wanted, translate) ?? hintText(shownCalls(entry), wanted, translate)) : hintText(shownCalls(entry), wanted, translate);
    if (shown !== '') hints.push({ kind: entry.kind, line: at, column: lineLength(text, lineStarts ?? [], at) + 1, text: shown, calls: knownCalls(entry, line) });
  }
  return hints;
}

/** As `formatOutput`; undefined where not even the number of axes is known, of which nothing is to be said. */
function knownOutput(value: Value | undefined): string | undefined {
  return value === undefined || saysNothing(value) ? undefined : formatOutput(value);
}

const deepestOutput = 8;

function saysNothing(value: Value, depth = 0): boolean {
  switch (value.kind) {
    case 'tensor': return value.shape.dims === undefined;
    // A list may hold itself.
    case 'tuple': case 'list': return depth < deepestOutput && value.items.length > 0 && value.items.every((item) => saysNothing(item, depth + 1));
    default: return false;
  }
}

interface SupposedRecords {
  /** What ran on arguments that are supposed, where the program itself said something on the same line. */
  readonly hides: (record: Layer | LayerCall | ValueRecord) => boolean;
  readonly callsOf: (layer: Layer) => readonly LayerCall[];
}

function supposedRecords(trace: Trace, path: string): SupposedRecords {
  const from = trace.supposedFrom;
  const isNothing = from === undefined || (trace.layers.length <= from.layers && trace.calls.length <= from.calls && trace.values.length <= from.values);
  if (isNothing) return { hides: () => false, callsOf: (layer) => layer.calls };
  const lineOf = (place: Place | undefined): number | undefined => (place?.source.path === path ? lineAt(place.source.parsed.lineStarts, place.start) : undefined);
  const linesOf = (records: readonly { readonly place: Place | undefined }[]): ReadonlySet<number | undefined> => new Set(records.map((record) => lineOf(record.place)));
  const shown = trace.values.slice(0, from.values).filter((record) => (record.role === 'target' || record.role === 'return') && knownOutput(record.value) !== undefined);
  const built = linesOf(trace.layers.slice(0, from.layers)), run = linesOf([...trace.calls.slice(0, from.calls).filter((call) => knownOutput(call.output) !== undefined), ...shown]);
  const layers = new Set<unknown>(trace.layers.slice(from.layers)), calls = new Set<unknown>(trace.calls.slice(from.calls)), values = new Set<unknown>(trace.values.slice(from.values));
  const called = linesOf(trace.layers.filter((layer) => layer.calls.some((call) => !calls.has(call) && knownOutput(call.output) !== undefined)));
  return {
    hides: (record) => (layers.has(record) ? built.has(lineOf(record.place)) : (calls.has(record) || values.has(record)) && run.has(lineOf(record.place))),
    callsOf(layer) {
      const own = layer.calls.filter((call) => !calls.has(call) && knownOutput(call.output) !== undefined);
      return own.length > 0 || called.has(lineOf(layer.place)) ? own : layer.calls;
    },
  };
}

/** Where objects are given a name or become an attribute. */
function namePlaces(trace: Trace, path: string): ReadonlyMap<InstanceValue, Place[]> {
  const found = new Map<InstanceValue, Place[]>();
  for (const { role, value, place } of trace.values) {
    if (role !== 'target' || value.kind !== 'instance' || place.source.path !== path) continue;
    const places = found.get(value);
    if (places === undefined) found.set(value, [place]);
    else places.push(place);
  }
  return found;
}

/** The line of the name calls a function that builds the layer elsewhere: `self.down = two_convolutions(3, 8)`. */
function isBuiltOn(layer: Layer, name: Place): boolean {
  const { lineStarts } = name.source.parsed;
  const line = lineAt(lineStarts, name.start);
  const isOnLine = (place: Place): boolean => place.source.path === name.source.path && lineAt(lineStarts, place.start) === line;
  return layer.place !== undefined && !isOnLine(layer.place) && layer.callers.some(isOnLine);
}

/** A layer that the line builds comes first; else what the line gives a name, which is what all the calls on it come to; else a layer's call. */
function shownEntry(line: Line): Entry | undefined {
  const [layer, operation, call] = [line.get('layer'), line.get('operation'), line.get('call')];
  if (layer !== undefined) return layer;
  // Several names share the parts of one result, which the call shows whole.
  if (operation !== undefined && (call === undefined || operation.places.size === 1 || (namesText(operation) !== undefined && !call.calls.some((one) => one.output?.startsWith('(('))))) return operation;
  return call ?? line.get('data');
}

/** Several names on one line: their shapes in the order in which they stand. */
function namesText(entry: Entry): string | undefined {
  if ((entry.kind !== 'operation' && entry.kind !== 'data') || entry.places.size < 2 || entry.places.size > 4) return undefined;
  const outputs = [...entry.places].sort((left, right) => left[0] - right[0]).map(([, texts]) => [...texts]);
  return outputs.every((texts) => texts.length === 1) ? outputs.map(([text]) => text).join(', ') : undefined;
}

/** So many calls of one line are shown one by one. */
const mostSites = 3;

/** Different layers of one line, each called once and not all alike, in the order in which they are: `(None, 32) → (None, 10) · 330 params`. An arrow leads to a call around the one before. */
function sitesText(entry: Entry, wanted: HintSwitches, translate: Translate | undefined): string | undefined {
  if ((entry.kind !== 'layer' && entry.kind !== 'call') || entry.calls.length < 2 || entry.sites.size < 2 || entry.sites.size > mostSites || shownCalls(entry).length !== entry.calls.length) return undefined;
  const sites: Site[] = [];
  for (const [site, ...others] of entry.sites.values()) {
    if (site === undefined || others.length > 0) return undefined;
    sites.push(site);
  }
  sites.sort((left, right) => left.call.id - right.call.id);
  let text = '', last: string | undefined;
  for (const [at, { call }] of sites.entries()) {
    const output = formatOutput(call.output) ?? '?';
    if (output === last) continue;
    if (last !== undefined) text += isAround(call.place, sites[at - 1]?.call.place) ? ' → ' : ', ';
    text += last = output;
  }
  const params = wanted.parameterCount ? sites.flatMap((site) => (site.params === undefined || site.params === 0 ? [] : groupDigits(site.params))) : [];
  return params.length === 0 ? text : `${text} · ${renderMessage(message('{count} params', { count: params.join(' + ') }), translate)}`;
}

function isAround(outer: Place | undefined, inner: Place | undefined): boolean {
  return outer !== undefined && inner !== undefined && outer.source === inner.source && outer.start <= inner.start && inner.end <= outer.end;
}

/** What is shown, and the outputs of the layers that are called on the line besides. */
function knownCalls(entry: Entry, line: Line): readonly HintCall[] {
  const others = entry.kind === 'operation' ? (line.get('call')?.calls ?? []) : [];
  return [...entry.calls, ...others.filter((other) => !entry.calls.some((one) => one.output === other.output))];
}

/** Of a wrapper and what it wraps on one line the wrapper is shown, of a layer and its Input the layer; `calls` keeps them all. */
function shownCalls(entry: Entry): readonly HintCall[] {
  const layers = new Set(entry.layers.filter((layer) => layer !== undefined));
  if (layers.size < 2) return entry.calls;
  const held = new Set([...layers].filter((layer) => layer.model === undefined || layer.framework === 'torch').flatMap(descendants));
  const outer = [...layers].filter((layer) => !held.has(layer));
  const [container] = outer;
  // A list of modules is never called itself: its members' outputs stand for it, with the count of all.
  if (container?.framework === 'torch' && outer.length === 1 && container.calls.length === 0) {
    const params = entry.calls[entry.layers.indexOf(container)]?.params;
    const members = new Set(container.children());
    const outputs = entry.calls.filter((call, at) => call.output !== undefined && members.has(entry.layers[at] as Layer));
    if (outputs.length > 0) return outputs.map((call) => ({ output: call.output, params }));
  }
  const hasOthers = [...layers].some((layer) => !isInput(layer));
  const shown = entry.calls.filter((_, at) => { const layer = entry.layers[at]; return layer === undefined || !(held.has(layer) || (hasOthers && isInput(layer))); });
  return shown.length === 0 ? entry.calls : shown;
}

function holds(layer: Layer, inner: Layer | undefined): boolean {
  return inner !== undefined && layer.children().includes(inner);
}

function descendants(layer: Layer): Layer[] {
  return layer.children().flatMap((child) => [child, ...descendants(child)]);
}

function isInput(layer: Layer | undefined): boolean {
  return layer?.className === 'InputLayer';
}

/** A model of the program has its own lens; its line shows nothing. A ready-made one (VGG16) is shown like a layer. */
function isBareModel(layer: Layer): boolean {
  // Made for the look of it: nothing in the program builds it.
  if (layer.place !== undefined && layer.place === layer.instance.cls.place) return true;
  return layer.model !== undefined && (layer.className === 'Sequential' || layer.className === 'Functional' || layer.className === 'Model') && layer.calls.length === 0 && layer.model.layers.every((row) => row.layer.place !== undefined && row.layer.place !== layer.place);
}

function isSymbolic(value: Value, depth = 0): boolean {
  return value.kind === 'tensor' ? value.cls.name === 'KerasTensor' : depth < 4 && (value.kind === 'tuple' || value.kind === 'list') ? value.items.some((item) => isSymbolic(item, depth + 1)) : false;
}

function isParameter(value: Value): boolean {
  return value.kind === 'tensor' && value.cls.name === 'Parameter';
}

function isForward(name: string | undefined): boolean {
  return name === 'call' || name === 'forward';
}

function hintText(calls: readonly HintCall[], wanted: HintSwitches, translate: Translate | undefined): string {
  // A layer of the line that was never called has no output, one of unknown size no count.
  const outputs = calls.flatMap((call) => call.output ?? []);
  const params = wanted.parameterCount ? calls.flatMap((call) => call.params ?? []) : [];
  const parts: string[] = [];
  if (outputs.length > 0 && wanted.outputShape) parts.push(fromTo(outputs));
  if (new Set(params).size > 1 || (params[0] !== undefined && (params[0] > 0 || outputs.length === 0))) parts.push(renderMessage(message('{count} params', { count: fromTo(params.map(groupDigits)) }), translate));
  if (outputs.length > 1) parts.push(renderMessage(message('{count} calls', { count: outputs.length }), translate));
  return parts.join(' · ');
}

function fromTo(texts: readonly string[]): string {
  const [first, last] = [texts[0] ?? '', texts.at(-1) ?? ''];
  return new Set(texts).size === 1 ? first : `${first} … ${last}`;
}

function lineLength(text: string, lineStarts: readonly number[], line: number): number {
  const start = lineStarts[line - 1] ?? 0;
  const next = lineStarts[line];
  const end = next === undefined ? text.length : next;
  return text.slice(start, end).replace(/[\r\n]+$/, '').length;
}

/** The file's text with the hints at the line ends, as a comment. */
export function annotate(text: string, hints: readonly Hint[]): string {
  const byLine = new Map(hints.map((hint) => [hint.line, hint.text]));
  return text.split('\n').map((line, at) => { const hint = byLine.get(at + 1); return hint === undefined ? line : `${line.replace(/\r$/, '')}  # ${hint}`; }).join('\n');
}
