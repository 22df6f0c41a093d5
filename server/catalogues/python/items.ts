// `x[i]`, `x[i] = v` and `del x[i]` on Python's own containers. Exceptions are raised only where the container is closed and the
// index known. It must not know `__getitem__` of user classes.
import { type Dim, addDims, ceilDivideDims, dimBounds, multiplyDims, subtractDims } from '../../tensors/dim.ts';
import { standsForAll } from '../../tensors/occurring.ts';
import { dictKey, joinValues } from '../../values/equality.ts';
import { deleteEntry, openContainer, replaceItems, setEntry, setItem } from '../../values/heap.ts';
import { mirrorDeletion, mirrorEntry } from '../../values/attribute-dict.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { representativeOf } from '../../values/representative.ts';
import { lookUpInClass } from '../../values/classes.ts';
import { argumentsOf } from '../../values/arguments.ts';
import type { DictValue, ListValue, SliceValue, Value } from '../../values/value.ts';
import { int, list, str, tuple, unknown } from '../../values/value.ts';
import { dimOf, indexOf, overrides, raiseText, textValue, typeNameOf, underlying, unknownInt, unknownOf } from './support.ts';

/** The item; undefined when the object is no built-in container. */
export function getItemBuiltin(interpreter: Interpreter, object: Value, index: Value, place: Place): Value | undefined {
  if (overrides(object, '__getitem__')) return undefined;
  const container = underlying(object);
  switch (container.kind) {
    case 'str': {
      const characters = [...container.value];
      if (index.kind === 'slice') {
        const picked = slicePositions(index, characters.length);
        return picked === undefined ? unknownOf('str') : str(picked.map((at) => characters[at] ?? '').join(''));
      }
      const at = position(interpreter, index, characters.length, 'string', place);
      return at === undefined ? unknownOf('str') : str(characters[at] ?? '');
    }
    case 'bytes': {
      if (index.kind === 'slice') {
        const picked = slicePositions(index, container.value.length);
        return picked === undefined ? unknownOf('bytes') : { kind: 'bytes', value: picked.map((at) => container.value[at] ?? '').join('') };
      }
      const at = position(interpreter, index, container.value.length, 'index', place);
      return at === undefined ? unknownInt(0, 255) : int(container.value.charCodeAt(at));
    }
    case 'tuple': {
      if (index.kind === 'slice') {
        const picked = slicePositions(index, container.items.length);
        return picked === undefined ? unknownOf('tuple') : tuple(picked.map((at) => container.items[at] ?? unknown()));
      }
      const at = position(interpreter, index, container.items.length, 'tuple', place);
      return at === undefined ? anyOf(container.items, index) : (container.items[at] ?? unknown());
    }
    case 'list': {
      if (index.kind === 'slice') {
        const picked = container.open ? undefined : slicePositions(index, container.items.length);
        return picked === undefined ? list([], true) : list(picked.map((at) => container.items[at] ?? unknown()));
      }
      // Where an item of an open list stands is not known.
      if (container.open) return isForAll(index, container.items.length) ? representativeOf(container.items, false) : unknown();
      const at = position(interpreter, index, container.items.length, 'list', place);
      return at === undefined ? anyOf(container.items, index) : (container.items[at] ?? unknown());
    }
    case 'dict':
      return dictItem(interpreter, container, index, place);
    case 'range': {
      if (index.kind === 'slice') return rangeSlice(container, index);
      const length = rangeLength(container);
      if (typeof length === 'number') {
        const at = position(interpreter, index, length, 'range object', place);
        return at === undefined ? unknownInt() : int(addDims(container.start, at * container.step));
      }
      const at = indexOf(index);
      return at === undefined
        ? unknownInt()
        : int(addDims(at < 0 ? addDims(container.start, multiplyDims(length, container.step)) : container.start, at * container.step));
    }
    case 'none':
    case 'int':
    case 'float':
    case 'bool':
      if ('cls' in container && container.cls !== undefined) return undefined;
      return raiseText(interpreter, 'TypeError', `'${typeNameOf(container)}' object is not subscriptable`, place);
    case 'set':
      return raiseText(interpreter, 'TypeError', `'${typeNameOf(container)}' object is not subscriptable`, place);
    default:
      return undefined;
  }
}

/** One of the items, nobody knows which: what they have in common. */
function anyOf(items: readonly Value[], index: Value): Value {
  if (isForAll(index, items.length)) return representativeOf(items, true);
  const [first, ...others] = items;
  if (first === undefined || items.length > 64) return unknown();
  // A size that is one of two must not be taken for a third one: only values that are all alike are kept.
  return others.reduce<Value>((joined, item) => (joined === item ? joined : joinValues(joined, item)), first);
}

/** The index stands for every one: what a data set of the program is asked with. */
function isForAll(index: Value, length: number): boolean {
  const dim = dimOf(index);
  return dim !== undefined && standsForAll(dim, length);
}

/** The index counted from the front; undefined when not known. Raises when it certainly lies outside or is no index. */
function position(interpreter: Interpreter, index: Value, length: number, what: string, place: Place): number | undefined {
  const dim = dimOf(index);
  if (dim === undefined) {
    const plain = underlying(index);
    if (plain.kind === 'str' || plain.kind === 'none' || plain.kind === 'float' || plain.kind === 'tuple') {
      raiseText(interpreter, 'TypeError', `${what === 'index' ? 'byte' : what} indices must be integers or slices, not ${typeNameOf(plain)}`, place);
    }
    return undefined;
  }
  if (typeof dim !== 'number') return undefined;
  const at = dim < 0 ? dim + length : dim;
  if (at < 0 || at >= length)
    raiseText(interpreter, 'IndexError', what === 'index' || what === 'range object' ? `${what} out of range` : `${what} index out of range`, place);
  return at;
}

/** The positions that a slice picks; undefined when not known. */
export function slicePositions(slice: SliceValue, length: number): number[] | undefined {
  const bounds = sliceBounds(slice, length);
  if (bounds === undefined) return undefined;
  const picked: number[] = [];
  for (let at = bounds.start; bounds.step > 0 ? at < bounds.stop : at > bounds.stop; at += bounds.step) picked.push(at);
  return picked;
}

/** As `slice.indices(length)`. */
export function sliceBounds(slice: SliceValue, length: number): { start: number; stop: number; step: number } | undefined {
  const part = (value: Value): number | undefined | 'absent' => (value.kind === 'none' ? 'absent' : indexOf(value));
  const [start, stop, stepValue] = [part(slice.start), part(slice.stop), part(slice.step)];
  if (start === undefined || stop === undefined || stepValue === undefined || stepValue === 0) return undefined;
  const step = stepValue === 'absent' ? 1 : stepValue;
  const clip = (value: number): number => {
    const at = value < 0 ? value + length : value;
    return step > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1);
  };
  return {
    start: start === 'absent' ? (step > 0 ? 0 : length - 1) : clip(start),
    stop: stop === 'absent' ? (step > 0 ? length : -1) : clip(stop),
    step,
  };
}

type Range = Extract<Value, { kind: 'range' }>;

/** `len(range)`. */
export function rangeLength(range: Range): Dim {
  const { start, stop, step } = range;
  if (typeof start === 'number' && typeof stop === 'number') return Math.max(0, Math.ceil((stop - start) / step));
  const distance = step > 0 ? subtractDims(stop, start) : subtractDims(start, stop);
  const length = ceilDivideDims(distance, Math.abs(step));
  return dimBounds(length).low >= 0 ? length : (dimOf(unknownInt(0)) ?? 0);
}

function rangeSlice(range: Range, slice: SliceValue): Value {
  const length = rangeLength(range);
  if (typeof length !== 'number') return unknownOf('range');
  const bounds = sliceBounds(slice, length);
  if (bounds === undefined) return unknownOf('range');
  return {
    kind: 'range',
    start: addDims(range.start, bounds.start * range.step),
    stop: addDims(range.start, bounds.stop * range.step),
    step: range.step * bounds.step,
  };
}

function dictItem(interpreter: Interpreter, dict: DictValue, index: Value, place: Place): Value | undefined {
  const key = dictKey(underlying(index));
  if (key === undefined) {
    if (index.kind === 'list' || index.kind === 'dict') raiseText(interpreter, 'TypeError', `unhashable type: '${typeNameOf(index)}'`, place);
    if (dict.open) return unknown();
    return dict.entries.size === 0 ? unknown() : anyOf([...dict.entries.values()].map((entry) => entry.value), index);
  }
  const entry = dict.entries.get(key);
  if (entry !== undefined) return entry.value;
  if (dict.open) return unknown();
  if (dict.factory !== undefined && dict.factory.kind !== 'none') {
    const made = interpreter.call(dict.factory, argumentsOf([]), place);
    setEntry(dict, key, { key: index, value: made });
    return made;
  }
  const missing = dict.cls === undefined ? undefined : lookUpInClass(dict.cls, '__missing__');
  if (missing !== undefined) return interpreter.callMethod(dict, '__missing__', [index], place);
  const isSomeNumber = index.kind === 'int' && typeof index.value !== 'number', mayEqual = index.kind === 'instance' || index.kind === 'tensor';
  // A number that is not known is one of the keys, or the lookup ends here.
  const numbered = isSomeNumber ? [...dict.entries.values()].filter((one) => one.key.kind === 'int' || one.key.kind === 'bool') : [];
  if (numbered.length > 0) return anyOf(numbered.map((one) => one.value), index);
  if (isSomeNumber || mayEqual || dict.cls?.mro.some((base) => base.hasUnknownBase && !base.native)) return unknown();
  return raiseText(interpreter, 'KeyError', keyText(interpreter, index, place), place);
}

function keyText(interpreter: Interpreter, index: Value, place: Place): string {
  return textValue(index) ?? interpreter.representation(index, place) ?? 'key';
}

/** Assigns the item; false when the object is no built-in container. */
export function setItemBuiltin(interpreter: Interpreter, object: Value, index: Value, value: Value, place: Place): boolean {
  if (overrides(object, '__setitem__')) return false;
  switch (object.kind) {
    case 'list': {
      if (index.kind === 'slice') {
        setSlice(interpreter, object, index, value, place);
        return true;
      }
      const dim = dimOf(index);
      if (object.open || dim === undefined || typeof dim !== 'number') {
        if (!object.open && index.kind === 'str')
          raiseText(interpreter, 'TypeError', `list indices must be integers or slices, not ${typeNameOf(index)}`, place);
        // Any item may be the one that was replaced.
        replaceItems(object, object.open ? [...object.items, value] : object.items.map((item) => joinValues(item, value)), object.open);
        return true;
      }
      const at = dim < 0 ? dim + object.items.length : dim;
      if (at < 0 || at >= object.items.length) raiseText(interpreter, 'IndexError', 'list assignment index out of range', place);
      setItem(object, at, value);
      return true;
    }
    case 'dict': {
      storeEntry(interpreter, object, index, value, place);
      return true;
    }
    case 'tuple':
    case 'str':
    case 'bytes':
    case 'none':
    case 'bool':
    case 'range':
      if (object.kind === 'tuple' && object.cls !== undefined) return false;
      return raiseText(interpreter, 'TypeError', `'${typeNameOf(object)}' object does not support item assignment`, place);
    case 'int':
    case 'float':
      return object.cls === undefined
        ? raiseText(interpreter, 'TypeError', `'${object.kind}' object does not support item assignment`, place)
        : false;
    default:
      return false;
  }
}

/** `dict[key] = value`. An equal key stays as it was first written. */
export function storeEntry(interpreter: Interpreter, dict: DictValue, key: Value, value: Value, place: Place): void {
  const text = dictKey(underlying(key));
  mirrorEntry(dict, key, value);
  if (text === undefined) {
    if ((key.kind === 'list' || key.kind === 'dict') && key.cls === undefined)
      raiseText(interpreter, 'TypeError', `unhashable type: '${typeNameOf(key)}'`, place);
    // Any entry may be the one that was replaced.
    for (const [other, entry] of dict.entries) setEntry(dict, other, { key: entry.key, value: joinValues(entry.value, value) });
    openContainer(dict);
    return;
  }
  setEntry(dict, text, { key: dict.entries.get(text)?.key ?? key, value });
}

function setSlice(interpreter: Interpreter, target: ListValue, slice: SliceValue, value: Value, place: Place): void {
  const iteration = interpreter.iterate(value, place);
  const bounds = target.open || !iteration.exact ? undefined : sliceBounds(slice, target.items.length);
  if (bounds === undefined) {
    replaceItems(target, [...target.items, ...iteration.items], true);
    return;
  }
  const items = [...target.items];
  if (bounds.step === 1) {
    items.splice(bounds.start, Math.max(0, bounds.stop - bounds.start), ...iteration.items);
    replaceItems(target, items);
    return;
  }
  const picked = slicePositions(slice, items.length) ?? [];
  if (picked.length !== iteration.items.length) {
    raiseText(
      interpreter,
      'ValueError',
      `attempt to assign sequence of size ${iteration.items.length} to extended slice of size ${picked.length}`,
      place,
    );
  }
  for (const [at, position] of picked.entries()) items[position] = iteration.items[at] ?? unknown();
  replaceItems(target, items);
}

/** Deletes the item; false when the object is no built-in container. */
export function deleteItemBuiltin(interpreter: Interpreter, object: Value, index: Value, place: Place): boolean {
  switch (object.kind) {
    case 'list': {
      if (index.kind === 'slice') {
        const picked = object.open ? undefined : slicePositions(index, object.items.length);
        if (picked === undefined) replaceItems(object, [], true);
        else
          replaceItems(
            object,
            object.items.filter((_, at) => !picked.includes(at)),
          );
        return true;
      }
      const dim = dimOf(index);
      if (object.open || typeof dim !== 'number') {
        replaceItems(object, [], true);
        return true;
      }
      const at = dim < 0 ? dim + object.items.length : dim;
      if (at < 0 || at >= object.items.length) raiseText(interpreter, 'IndexError', 'list assignment index out of range', place);
      replaceItems(object, object.items.toSpliced(at, 1));
      return true;
    }
    case 'dict': {
      mirrorDeletion(object, index);
      const key = dictKey(underlying(index));
      if (key === undefined) {
        forgetEntries(object);
        return true;
      }
      if (
        !deleteEntry(object, key) &&
        !object.open &&
        object.cls === undefined &&
        index.kind !== 'instance' &&
        !(index.kind === 'int' && typeof index.value !== 'number')
      ) {
        raiseText(interpreter, 'KeyError', keyText(interpreter, index, place), place);
      }
      return true;
    }
    case 'tuple':
    case 'str':
    case 'range':
      if (object.kind === 'tuple' && object.cls !== undefined) return false;
      return raiseText(interpreter, 'TypeError', `'${typeNameOf(object)}' object doesn't support item deletion`, place);
    default:
      return false;
  }
}

/** Some entry is gone, nobody knows which. */
export function forgetEntries(dict: DictValue): void {
  for (const key of [...dict.entries.keys()]) deleteEntry(dict, key);
  openContainer(dict);
}
