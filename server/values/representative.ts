// One value that stands for each of several: the item of a list at a position that may be any. Whole numbers keep their range and tensors
// theirs, which joining two outcomes of a condition does not. It must not know any library.
import { joinDims } from '../tensors/dim.ts';
import { occurringDim, rangeOfDim } from '../tensors/occurring.ts';
import { uniteRanges, type ValueRange } from '../tensors/range.ts';
import { unknownShape } from '../tensors/shape.ts';
import { joinValues } from './equality.ts';
import { derivedOrigin } from './place.ts';
import type { DictEntry, TensorValue, Value } from './value.ts';
import { int, originOf, unknown } from './value.ts';

/** Of more items than this only as many are looked at, where they are no numbers. */
const mostJoined = 64;

/** `complete`: the items are all there are, so that what occurs among them occurs. */
export function representativeOf(items: readonly Value[], complete: boolean, depth = 0): Value {
  const [first] = items;
  if (first === undefined || depth > 8) return unknown();
  if (items.every((item) => item === first)) return first;
  if (items.every((item) => item.kind === 'int')) {
    let range: ValueRange | undefined;
    for (const item of items) range = range === undefined ? rangeOfDim(item.value) : uniteRanges(range, rangeOfDim(item.value));
    const origins = new Set(items.slice(0, mostJoined).map((item) => item.origin));
    return range === undefined ? unknown() : int(occurringDim(complete ? range : { ...range, attained: false }), derivedOrigin(...origins));
  }
  if (items.every((item) => item.kind === 'tuple') && first.kind === 'tuple') {
    if (items.some((item) => item.items.length !== first.items.length)) return unknown(undefined, 'tuple');
    return { ...first, items: first.items.map((_, at) => representativeOf(items.map((item) => item.items[at] ?? unknown()), complete, depth + 1)) };
  }
  if (items.every((item) => item.kind === 'dict') && first.kind === 'dict') {
    const entries = new Map<string, DictEntry>();
    for (const [key, { key: name }] of first.entries) {
      const found = items.map((item) => item.entries.get(key)?.value);
      entries.set(key, { key: name, value: found.every((one) => one !== undefined) ? representativeOf(found, complete, depth + 1) : unknown() });
    }
    return { kind: 'dict', entries, open: items.some((item) => item.open || item.entries.size !== first.entries.size), cls: first.cls };
  }
  const kinds = new Set(items.map((item) => (item.kind === 'unknown' ? item.typeName : item.kind)));
  const [kind] = kinds;
  if (kinds.size === 1 && (kind === 'str' || kind === 'float' || kind === 'bool') && items.length > 4) return unknown(undefined, kind, originOf(first));
  if (items.every((item) => item.kind === 'tensor') && first.kind === 'tensor') return uniteTensors(items, complete) ?? unknown();
  return items.slice(0, mostJoined).reduce(joinValues);
}

function uniteTensors(tensors: readonly TensorValue[], complete: boolean): TensorValue | undefined {
  const [first] = tensors;
  if (first === undefined || tensors.some((one) => one.cls !== first.cls)) return undefined;
  const dims = first.shape.dims;
  const sameRank = tensors.every((one) => one.shape.dims?.length === dims?.length);
  const range = tensors.every((one) => one.range !== undefined) ? tensors.flatMap((one) => one.range ?? []).reduce(uniteRanges) : undefined;
  return {
    ...first, contents: undefined, slots: new Map(),
    shape: dims === undefined || !sameRank ? unknownShape : { dims: dims.map((dim, axis) => tensors.reduce((joined, one) => joinDims(joined, one.shape.dims?.[axis] ?? joined), dim)) },
    dtype: tensors.every((one) => one.dtype === first.dtype) ? first.dtype : undefined,
    range: range === undefined || complete ? range : { ...range, attained: false },
  };
}
