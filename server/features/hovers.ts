// What a hover says: a layer with its weights and how its count comes about, a value with its shape, range and origin.
// Plain data with Markdown text. It knows no LSP.
import { lineAt } from '../syntax/lines.ts';
import { isKnown } from '../tensors/dim.ts';
import { elementCount, formatShape } from '../tensors/shape.ts';
import { countOwnParameters, countParameters, formatOutput, groupDigits } from '../trace/counts.ts';
import type { Layer, LayerCall, Trace, ValueRecord } from '../trace/trace.ts';
import type { Message, Origin, Place, Translate } from '../values/place.ts';
import { message, originPlaces, placelessReasons, renderMessage } from '../values/place.ts';
import { presentationOf } from '../values/presentation.ts';
import type { Value } from '../values/value.ts';
import { originOf } from '../values/value.ts';
import { describeTensor, describeValue } from './describe.ts';

export interface Hover {
  readonly place: Place;
  readonly markdown: string;
}

/** The hover at an offset of a file, the innermost thing first. */
export function hoverAt(trace: Trace, path: string, offset: number, translate?: Translate): Hover | undefined {
  const at = (place: Place | undefined): boolean => place !== undefined && place.source.path === path && place.start <= offset && offset <= place.end;
  const records = trace.values.filter((record) => at(record.place));
  if (records.length > 0) return hoverOfValues(trace, narrowest(records, (record) => record.place), translate);
  const layers = trace.layers.filter((layer) => at(layer.place));
  if (layers.length === 0) return undefined;
  const innermost = narrowest(layers, (layer) => layer.place);
  const [first] = innermost;
  return first?.place === undefined ? undefined : { place: first.place, markdown: layersMarkdown(innermost, translate) };
}

const mostShown = 6;

/** The layers that one expression builds: equal ones once, with their number. */
function layersMarkdown(layers: readonly Layer[], translate: Translate | undefined): string {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const text = layerMarkdown(layer, translate);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const parts = [...counts].map(([text, count]) => (count === 1 ? text : text.replace(/\n\n|$/, ` × ${count}$&`)));
  return [...parts.slice(0, mostShown), ...(parts.length > mostShown ? ['…'] : [])].join('\n\n---\n\n');
}

function narrowest<T>(things: readonly T[], placeOf: (thing: T) => Place | undefined): T[] {
  const size = (thing: T): number => { const place = placeOf(thing); return place === undefined ? Number.POSITIVE_INFINITY : place.end - place.start; };
  const smallest = Math.min(...things.map(size));
  return things.filter((thing) => size(thing) === smallest);
}

function hoverOfValues(trace: Trace, records: readonly ValueRecord[], translate: Translate | undefined): Hover | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  const texts = new Set(records.map((record) => valueMarkdown(trace, record, translate)));
  return { place: first.place, markdown: [...texts].slice(0, 8).join('\n\n') };
}

function valueMarkdown(trace: Trace, record: ValueRecord, translate: Translate | undefined): string {
  const { value, name } = record;
  if (value.kind === 'instance') {
    const layer = trace.layers.find((one) => one.instance === value);
    if (layer !== undefined) return layerMarkdown(layer, translate);
    const presentation = presentationOf(value);
    const lines = [code(`${name}: ${presentation?.text ?? value.cls.name}`)];
    if (presentation?.element !== undefined) lines.push(...elementLines(presentation.element));
    return [...lines, ...originLines(value.origin, undefined, translate)].join('\n\n');
  }
  return [code(`${name}: ${valueText(value)}`), ...originLines(originOf(value), record.place.source.path, translate), ...callingLines(record.call, record.place.source.path, translate)].join('\n\n');
}

function valueText(value: Value): string {
  if (value.kind === 'tensor') return describeTensor(value);
  if ((value.kind === 'tuple' || value.kind === 'list') && formatOutput(value) !== undefined) {
    return `(${value.items.map((item) => valueText(item)).join(', ')})`;
  }
  return describeValue(value);
}

function elementLines(element: Value): string[] {
  if (element.kind === 'tuple' || element.kind === 'list') return element.items.map((item, at) => `- \`${at}\`: \`${valueText(item)}\``).length > 0 ? [element.items.map((item, at) => `- \`[${at}]\` \`${valueText(item)}\``).join('\n')] : [];
  if (element.kind === 'dict') return [[...element.entries.values()].map((entry) => `- \`${describeValue(entry.key)}\` \`${valueText(entry.value)}\``).join('\n')];
  return [`- \`${valueText(element)}\``];
}

/** The call of another file that leads here: "from train.py line 31". */
function callingLines(call: LayerCall | undefined, path: string, translate: Translate | undefined): string[] {
  let outermost = call;
  while (outermost?.parent !== undefined) outermost = outermost.parent;
  const place = outermost?.place;
  return place === undefined || place.source.path === path ? [] : [fromText(placeName(place, path, translate), translate)];
}

/** What a fact comes from; `from` is set in italics. */
function fromText(source: string, translate: Translate | undefined): string {
  return renderMessage(message('*from* {source}', { source }), translate);
}

/** `line 31`, or `train.py line 31` of another file. */
function placeName(place: Place, path: string | undefined, translate: Translate | undefined): string {
  const line = renderMessage(message('line {line}', { line: lineAt(place.source.parsed.lineStarts, place.start) + 1 }), translate);
  return path === undefined || place.source.path === path ? line : `${escape(place.source.path.slice(place.source.path.replaceAll('\\', '/').lastIndexOf('/') + 1))} ${line}`;
}

/** Where a fact comes from, as a list of lines. `path`: the file in which that is said. */
export function originLines(origin: Origin | undefined, path?: string, translate?: Translate): string[] {
  const places = originPlaces(origin).flatMap(({ place, says }) => (says === undefined ? [] : [{ place, says }]));
  const reasons = placelessReasons(origin);
  const parts = [
    ...places.map(({ place, says }) => `${escape(renderMessage(says, translate))} (${placeName(place, path, translate)})`),
    ...reasons.map((says) => escape(renderMessage(says, translate))),
  ];
  // What is supposed says itself how it came about: "inferred from fc1", "from the comment".
  const first: Message | undefined = places[0]?.says ?? reasons[0];
  if (first === undefined) return [];
  return [first.template.startsWith('from ') ? `*${parts.join(', ')}*` : fromText(parts.join(', '), translate)];
}

export function layerMarkdown(layer: Layer, translate?: Translate): string {
  const say = (text: Message): string => renderMessage(text, translate);
  const count = countParameters(layer);
  const lines = [`**${escape(layer.name)}**${layer.name === layer.className ? '' : ` · ${escape(layer.className)}`}${layer.trainable ? '' : ` · ${say(message('frozen'))}`}`];
  const calls = new Map(layer.calls.map((call) => [`${formatOutput(call.input) ?? '?'} → ${formatOutput(call.output) ?? '?'}`, call]));
  // One needs no list.
  if (calls.size === 1) lines.push([...calls.keys()].map((text) => `\`${text}\``).join(''));
  else if (calls.size > 1) lines.push([...calls.keys()].slice(0, 12).map((text) => `- \`${text}\``).join('\n'));
  if (layer.place !== undefined) lines.push(...callingLines(layer.calls[0], layer.place.source.path, translate));
  if (layer.model !== undefined) lines.push(say(message('{layers} layers, {count} parameters, {trainable} trainable', { layers: layer.model.layers.length, count: groupDigits(count.total), trainable: groupDigits(count.trainable) })));
  else if (layer.weights.length > 0) lines.push(weightsTable(layer, say), say(message('{sum} = {count} parameters', { sum: sumText(layer), count: groupDigits(countOwnParameters(layer).total) })));
  else if (count.total > 0) lines.push(say(message('{count} parameters, {trainable} trainable', { count: groupDigits(count.total), trainable: groupDigits(count.trainable) })));
  else if (layer.built) lines.push(say(message('no parameters')));
  const cost = layer.calls[0]?.multiplyAdds;
  if (cost !== undefined && isKnown(cost)) lines.push(say(message(layer.framework === 'keras' ? '{count} multiply-adds for one sample' : '{count} multiply-adds', { count: groupDigits(cost) })));
  return lines.join('\n\n');
}

function weightsTable(layer: Layer, say: (text: Message) => string): string {
  const rows = layer.weights.map((weight) => {
    const size = elementCount(weight.shape);
    return `| ${escape(weight.name)} | \`${formatShape(weight.shape)}\` | ${size !== undefined && isKnown(size) ? groupDigits(size) : '?'} | ${weight.trainable && layer.trainable ? '' : say(message('not trained'))} |`;
  });
  return [`| ${say(message('weight'))} | ${say(message('shape'))} | ${say(message('count'))} | |`, '|---|---|--:|---|', ...rows].join('\n');
}

/** `3 × 3 × 3 × 16 + 16`. */
function sumText(layer: Layer): string {
  const parts = layer.weights.map((weight) => {
    const dims = weight.shape.dims;
    return dims === undefined ? '?' : dims.length === 0 ? '1' : dims.map((dim) => (isKnown(dim) ? String(dim) : '?')).join(' × ');
  });
  return parts.join(' + ');
}

function code(text: string): string {
  return `\`\`\`python\n${text.replaceAll('```', "'''")}\n\`\`\``;
}

/** Names of the program are text, never Markdown. */
function escape(text: string): string {
  return text.length > 200 ? escape(`${text.slice(0, 197)}…`) : text.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, (character) => (character === '_' || character === '.' || character === '-' || character === '(' || character === ')' ? character : `\\${character}`));
}
