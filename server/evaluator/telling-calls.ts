// Which calls of models say something: those on, or giving, a tensor of known rank. A model that was only called on data of which nothing is
// known is run once more on what is supposed of its input. It must not know any library.
import type { Layer, LayerCall, Trace } from '../trace/trace.ts';
import { entryPointsOf } from '../values/entry-points.ts';
import type { ClassValue, Value } from '../values/value.ts';
import { definedFunctions } from './classes.ts';
import type { Run } from './run.ts';

function isTold(value: Value, depth = 0): boolean {
  if (value.kind === 'tensor') return value.shape.dims !== undefined;
  if (depth > 3) return false;
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.some((item) => isTold(item, depth + 1));
  return value.kind === 'dict' && [...value.entries.values()].some((entry) => isTold(entry.value, depth + 1));
}

export function isTelling(call: LayerCall): boolean {
  return isTold(call.input) || isTold(call.output);
}

/** Classes of whose objects some call tells something, with their bases. */
export function toldClasses(trace: Trace): ReadonlySet<ClassValue> {
  const told = new Set<ClassValue>();
  for (const call of trace.calls) {
    const { cls } = call.layer.instance;
    if (!told.has(cls) && isTelling(call)) for (const one of cls.mro) told.add(one);
  }
  return told;
}

/** Takes back that the program has called models of which no call tells anything, so that they are run as if it had not. */
export function forgetEmptyCalls(run: Run): void {
  const empty: Layer[] = [];
  for (const { layer } of run.trace.models) if (layer.calls.length > 0 && !layer.calls.some(isTelling) && entryPointsOf(layer.instance.cls) !== undefined) empty.push(layer);
  if (empty.length === 0) return;
  const told = toldClasses(run.trace);
  const forget = (layer: Layer, seen: Set<Layer>): void => {
    if (seen.has(layer) || layer.calls.some(isTelling)) return;
    seen.add(layer);
    layer.calls.length = 0;
    for (const cls of layer.instance.cls.mro) {
      if (cls.native || told.has(cls)) continue;
      const points = entryPointsOf(cls);
      for (const method of definedFunctions(cls)) if (points?.covers(method) === true) run.reached.delete(method.node);
    }
    for (const child of layer.children()) forget(child, seen);
  };
  const seen = new Set<Layer>();
  for (const layer of empty) forget(layer, seen);
}
