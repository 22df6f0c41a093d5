// All that a run left, as text: two runs that give the same text are the same to every view. Objects are numbered as they are met, so that
// what is one object in one run has to be one in the other. It must not know how programs are evaluated.
import { hintsOf } from '../../server/features/hints.ts';
import { summarize, summaryText } from '../../server/features/summary.ts';
import { formatDim } from '../../server/tensors/dim.ts';
import { formatShape } from '../../server/tensors/shape.ts';
import type { Layer, LayerCall } from '../../server/trace/trace.ts';
import type { Origin, Place } from '../../server/values/place.ts';
import { originPlaces, renderMessage } from '../../server/values/place.ts';
import { lastOperation, operationAxisOf, operationOf } from '../../server/values/provenance.ts';
import type { Value } from '../../server/values/value.ts';
import type { Analysis } from '../../server/workspace/analysis.ts';

const deepest = 12;

/** One line for each thing that a run leaves. Operations are counted from its beginning. */
export function wholeTrace(run: () => Analysis): string[] {
  const firstOperation = lastOperation(), analysis = run();
  const { trace } = analysis;
  const numbers = new Map<object, number>();
  /** The object's number, and whether it is met for the first time. */
  const numbered = (object: object, kind: string): readonly [name: string, isNew: boolean] => {
    const known = numbers.get(object);
    if (known !== undefined) return [`${kind}#${known}`, false];
    numbers.set(object, numbers.size);
    return [`${kind}#${numbers.size - 1}`, true];
  };
  const at = (place: Place | undefined): string => (place === undefined ? 'nowhere' : `${place.source.path.split('/').at(-1)}:${place.start}-${place.end}`);
  const from = (origin: Origin | undefined): string => {
    const places = originPlaces(origin).map(({ place, says }) => `${at(place)}${says === undefined ? '' : ` ${renderMessage(says)}`}`);
    return places.length === 0 ? '' : ` from ${places.join(', ')}`;
  };
  const callName = (call: LayerCall | undefined): string => (call === undefined ? 'none' : numbered(call, 'call')[0]);
  const show = (value: Value | undefined, depth = 0): string => {
    if (value === undefined) return 'undefined';
    switch (value.kind) {
      case 'none': case 'ellipsis': case 'not-implemented': return value.kind;
      case 'bool': case 'str': case 'float': case 'bytes': return `${value.kind} ${String(value.value)}${value.kind === 'bytes' ? '' : from(value.origin)}`;
      case 'int': return `int ${formatDim(value.value)}${from(value.origin)}`;
      case 'range': return `range ${formatDim(value.start)} ${formatDim(value.stop)} ${value.step}`;
      case 'unknown': return `unknown ${value.typeName ?? ''} ${value.reason === undefined ? '' : renderMessage(value.reason)}${(value.alternatives ?? []).map((one) => show(one, depth + 1)).join(' | ')}`;
      case 'function': return `function ${value.name}`;
      case 'native': return `native ${value.name}`;
      case 'class': return `class ${value.qualifiedName}`;
      case 'module': return `module ${value.name}`;
      default:
    }
    const list = (items: readonly Value[]): string => items.map((item) => show(item, depth + 1)).join(', ');
    // Nobody can tell whether two equal tuples are one.
    if (value.kind === 'tuple') return depth > deepest ? 'tuple' : `tuple(${list(value.items)}) ${value.cls?.name ?? ''}${from(value.origin)}`;
    const [name, isNew] = numbered(value, value.kind);
    if (!isNew || depth > deepest) return name;
    switch (value.kind) {
      case 'list': return `${name}[${list(value.items)}]${value.open ? ' open' : ''}${from(value.origin)}`;
      case 'dict': return `${name}{${[...value.entries].map(([key, entry]) => `${key.startsWith('o:') ? 'object' : key}: ${show(entry.value, depth + 1)}`).join(', ')}}${value.open ? ' open' : ''}`;
      case 'set': return `${name}{${list([...value.entries.values()])}}${value.open ? ' open' : ''}`;
      case 'bound-method': return `${name} ${show(value.callable, depth + 1)} of ${show(value.self, depth + 1)}`;
      case 'tensor': {
        const operation = operationOf(value), { range } = value;
        const limits = range === undefined ? '' : ` in ${range.low}..${range.high} ${range.integral} ${range.attained}`;
        const done = operation === undefined ? '' : ` by ${operation.name} at ${at(operation.place)} during ${callName(operation.during)} after ${operation.callCount} as ${operation.serial - firstOperation} on ${list(operation.inputs)}`;
        return `${name} ${value.cls.name} ${formatShape(value.shape)} ${value.dtype ?? '?'}${limits} ${value.contents?.join(' ') ?? ''} axis ${operationAxisOf(value) ?? ''}${from(value.origin)} slots ${[...value.slots.keys()].map((key) => (key as { name?: string }).name).join()}${done}`;
      }
      case 'instance': return `${name} ${value.cls.qualifiedName}${from(value.origin)} {${[...value.attributes].map(([key, one]) => `${key}: ${show(one, depth + 1)}`).join(', ')}} slots ${[...value.slots.keys()].map((key) => (key as { name?: string }).name).join()}`;
      default: return name;
    }
  };
  const layerName = (layer: Layer): string => numbered(layer, 'layer')[0];
  const lines: string[] = [];
  for (const layer of trace.layers) {
    lines.push([
      layerName(layer), layer.id, layer.className, layer.name, at(layer.place), `called from ${layer.callers.map(at).join(' ')}`, layer.built, layer.trainable, layer.incomplete,
      `arguments ${[...layer.arguments].map(([name, { value, place }]) => `${name}=${show(value)}@${at(place)}`).join(', ')}`,
      `weights ${layer.weights.map((weight) => `${numbered(weight, 'weight')[0]} ${weight.name} ${formatShape(weight.shape)} ${weight.dtype} ${weight.trainable} ${weight.isBuffer === true} ${weight.isSwitched === true}`.replace(/weight#\d+ /, weight.isBuffer === true ? '' : '$&')).join(', ')}`,
      `children ${layer.children().map(layerName).join(' ')}`, `model ${layer.model === undefined ? 'none' : numbered(layer.model, 'model')[0]}`, `calls ${layer.calls.map(callName).join(' ')}`, show(layer.instance),
    ].join('; '));
  }
  for (const call of trace.calls) {
    const costs = [call.multiplyAdds, call.operationMultiplyAdds].map((cost) => (cost === undefined ? '' : formatDim(cost))).join(' ');
    lines.push(`${callName(call)} ${call.id} of ${layerName(call.layer)} at ${at(call.place)} in ${callName(call.parent)} on ${show(call.input)} and ${(call.others ?? []).map((one) => show(one)).join(', ')} gives ${show(call.output)} costs ${costs}`);
  }
  for (const model of trace.models) lines.push(`${numbered(model, 'model')[0]} of ${layerName(model.layer)} ${model.kind} ${model.complete} rows ${model.layers.map((row) => `${row.layer.name} ${callName(row.call)}`).join(', ')}`);
  for (const refusal of trace.refusals) lines.push(`refusal ${refusal.rule} ${renderMessage(refusal.message)} at ${at(refusal.place)} during ${callName(refusal.during)} after ${refusal.callCount}`);
  for (const event of trace.events) lines.push(`event ${event.kind} at ${at(event.place)}${'callCount' in event ? ` after ${event.callCount} ${event.certain} ${event.method}` : ''}${event.kind === 'loss' ? ` ${show(event.prediction)} ${show(event.target)}` : ''}${event.kind === 'reveal' ? show(event.value) : ''}`);
  for (const loss of trace.losses) lines.push(`lost ${renderMessage(loss.reason)} at ${at(loss.place)} in ${callName(loss.call)}`);
  for (const record of trace.values) lines.push(`value ${record.role} ${record.name} at ${at(record.place)} in ${record.inFunction ?? 'no function'}, ${callName(record.call)}: ${show(record.value)}`);
  lines.push(`notes ${trace.notes.map((note) => renderMessage(note.message)).join()}; supposed ${JSON.stringify(trace.supposedFrom)}; read ${[...trace.filesRead].sort().join()}`);
  for (const finding of [...analysis.findings, ...analysis.quietFindings()]) lines.push(`finding ${finding.rule} ${finding.severity} ${renderMessage(finding.message)} at ${at(finding.place)}; ${finding.related.map((one) => `${renderMessage(one.message)} at ${at(one.place)}`).join(', ')}; ${finding.fixes.map((fix) => renderMessage(fix.title)).join()}`);
  for (const hint of hintsOf(trace, analysis.source.path)) lines.push(`hint ${JSON.stringify(hint)}`);
  for (const summary of summarize(trace, analysis.source.path)) lines.push(summaryText(summary));
  lines.push(`exceeded ${analysis.exceeded ?? ''}; fault ${String(analysis.fault)}`);
  return lines;
}

/** Where two texts begin to differ; undefined where they are the same. */
export function firstDifference(left: readonly string[], right: readonly string[]): string | undefined {
  for (let line = 0; line < Math.max(left.length, right.length); line += 1) {
    const [one = '(nothing)', other = '(nothing)'] = [left[line], right[line]];
    if (one === other) continue;
    let from = 0;
    while (from < one.length && one[from] === other[from]) from += 1;
    return `line ${line} of ${left.length} and ${right.length}, at ${from}: ${one.slice(0, 60)} … ${one.slice(Math.max(0, from - 120), from + 160)}\n  but with reuse: ${other.slice(Math.max(0, from - 120), from + 160)}`;
  }
  return undefined;
}
