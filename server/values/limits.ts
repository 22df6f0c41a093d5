// How large a value may grow before it is no longer kept: no model needs texts or lists of this size, and a loop that doubles one
// would eat all memory. What is larger is unknown, or open with the first of its items. It must not know the evaluator.
import { keptItems, mostItems, openContainer, replaceEntries, replaceItems, replaceSet } from './heap.ts';
import type { Value } from './value.ts';
import { unknown } from './value.ts';

export const longestText = 1_000_000;

/** The value, or what is kept of one that is too large. */
export function bounded(value: Value): Value {
  switch (value.kind) {
    case 'str': case 'bytes': return value.value.length > longestText ? unknown(undefined, value.kind) : value;
    case 'tuple': return value.items.length > mostItems ? unknown(undefined, 'tuple') : value;
    case 'list':
      if (value.items.length > mostItems) replaceItems(value, value.items, true);
      return value;
    case 'dict':
      if (value.entries.size > mostItems) replaceEntries(value, firstOf(value.entries), true);
      return value;
    case 'set':
      if (value.entries.size > mostItems) {
        if (value.frozen) return unknown(undefined, 'frozenset');
        replaceSet(value, firstOf(value.entries));
        openContainer(value);
      }
      return value;
    default: return value;
  }
}

function firstOf<T>(entries: ReadonlyMap<string, T>): Map<string, T> {
  const kept = new Map<string, T>();
  for (const [key, entry] of entries) {
    if (kept.size >= keptItems) break;
    kept.set(key, entry);
  }
  return kept;
}
