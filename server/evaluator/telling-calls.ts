// Which calls of models say something: those on, or giving, a tensor of known rank. It must not know any library.
import type { LayerCall, Trace } from '../trace/trace.ts';
import type { ClassValue, Value } from '../values/value.ts';

function isTold(value: Value, depth = 0): boolean {
  if (value.kind === 'tensor') return value.shape.dims !== undefined;
  if (depth > 3) return false;
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.some((item) => isTold(item, depth + 1));
  return value.kind === 'dict' && [...value.entries.values()].some((entry) => isTold(entry.value, depth + 1));
}

function isTelling(call: LayerCall): boolean {
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
