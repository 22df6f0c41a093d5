// A class whose code runs many times (a block used at each stage): which of its calls the hints inside it show.
// Plain data. It knows no LSP.
import { formatOutput } from '../trace/counts.ts';
import type { Layer, LayerCall, Trace } from '../trace/trace.ts';
import type { Message, Place } from '../values/place.ts';
import { message } from '../values/place.ts';
import type { ClassValue } from '../values/value.ts';

export interface SharedClass {
  readonly cls: ClassValue;
  /** The class's name where it is defined. */
  readonly place: Place;
  readonly calls: readonly LayerCall[];
}

/** Class name → position of the call that is shown, from 0. A class that is missing shows all its calls. */
export type ChosenCalls = ReadonlyMap<string, number>;

/** The classes of the file whose objects are called more than once with different results. */
export function sharedClassesOf(trace: Trace, path: string): SharedClass[] {
  const byClass = new Map<ClassValue, LayerCall[]>();
  for (const layer of trace.layers) {
    const { cls } = layer.instance;
    if (cls.native || cls.place?.source.path !== path) continue;
    // An object that is called again on the same shapes (each pass of a training loop) shows nothing new.
    const seen = new Set<string>();
    const calls = layer.calls.filter((call) => { const result = resultOf(call); return !seen.has(result) && seen.add(result); });
    const known = byClass.get(cls);
    if (known === undefined) byClass.set(cls, calls);
    else known.push(...calls);
  }
  return [...byClass].flatMap(([cls, calls]) => {
    const { place } = cls;
    return place === undefined || new Set(calls.map(resultOf)).size < 2 ? [] : [{ cls, place, calls: calls.sort((left, right) => left.id - right.id) }];
  });
}

function resultOf(call: LayerCall): string {
  return `${formatOutput(call.input) ?? '?'} ${formatOutput(call.output) ?? '?'}`;
}

/** `4 calls, showing all`; `4 calls, showing call 2: (8, 64, 56, 56) → …`. */
export function sharedTitle(shared: SharedClass, chosen: ChosenCalls): Message {
  const at = chosen.get(shared.cls.name);
  const call = at === undefined ? undefined : shared.calls[at];
  if (at === undefined || call === undefined) return message('{count} calls, showing all', { count: shared.calls.length });
  return message('{count} calls, showing call {at}: {shapes}', { count: shared.calls.length, at: at + 1, shapes: `${formatOutput(call.input) ?? '?'} → ${formatOutput(call.output) ?? '?'}` });
}

/** The next one behind the present choice; undefined: all of them again. */
export function nextChoice(shared: SharedClass, chosen: ChosenCalls): number | undefined {
  const at = chosen.get(shared.cls.name);
  const next = at === undefined ? 0 : at + 1;
  return next < shared.calls.length ? next : undefined;
}

export interface CallFilter {
  /** Whether something inside these calls is shown. */
  readonly showsCall: (call: LayerCall | undefined) => boolean;
  readonly showsLayer: (layer: Layer) => boolean;
}

export const showsEverything: CallFilter = { showsCall: () => true, showsLayer: () => true };

/** What the choices leave of the hints. */
export function callFilter(trace: Trace, path: string, chosen: ChosenCalls): CallFilter {
  if (chosen.size === 0) return showsEverything;
  const shown = new Map<ClassValue, LayerCall>();
  for (const shared of sharedClassesOf(trace, path)) {
    const at = chosen.get(shared.cls.name);
    const call = at === undefined ? undefined : shared.calls[at];
    if (call !== undefined) shown.set(shared.cls, call);
  }
  if (shown.size === 0) return showsEverything;
  return {
    showsCall(call) {
      // The nearest of the chosen classes decides, whose code it stands in.
      for (let around = call; around !== undefined; around = around.parent) {
        const own = shown.get(around.layer.instance.cls);
        if (own !== undefined) return own === around;
      }
      return true;
    },
    showsLayer(layer) {
      for (const [cls, call] of shown) {
        if (layer.place === undefined || !isWithin(cls, layer.place)) continue;
        return holds(call.layer, layer);
      }
      return true;
    },
  };
}

function isWithin(cls: ClassValue, place: Place): boolean {
  return [...cls.namespace.values()].some((value) => value.kind === 'function' && value.source === place.source && value.node.start <= place.start && place.end <= value.node.end);
}

function holds(owner: Layer, layer: Layer, depth = 0): boolean {
  return depth < 20 && owner.children().some((child) => child === layer || holds(child, layer, depth + 1));
}
