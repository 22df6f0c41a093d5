// The class dict. Keys keep their order of insertion; an open dict may hold more than is listed. It must not know the classes of
// `collections`, which build on it.
import type { BoundArguments } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeMethod } from '../../values/classes.ts';
import { dictKey, joinValues } from '../../values/equality.ts';
import { mirrorDeletion, mirrorUnknown } from '../../values/attribute-dict.ts';
import { deleteEntry, openContainer, replaceEntries, setEntry, setOptionalEntry } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, DictValue, NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { int, list, maybeBool, none, str, tuple, unknown } from '../../values/value.ts';
import { containsBuiltin } from './comparison.ts';
import { builtinType, type Making } from './constructing.ts';
import { deleteItemBuiltin, forgetEntries, getItemBuiltin, storeEntry } from './items.ts';
import { raiseText, textValue, underlying, unfollowedMethods, unknownLength } from './support.ts';

function dictMethod(name: string, signature: string | undefined, body: (self: DictValue, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.raw.positional[0]?.value;
    return self?.kind === 'dict' ? body(self, call) : unknown();
  });
}

/** Fills a dict as `dict(...)` and `update` do: a mapping or pairs, then keywords. */
export function updateDict(
  interpreter: Interpreter,
  target: DictValue,
  source: Value | undefined,
  args: Pick<BoundArguments, 'restKeywords' | 'openKeywords'>,
  place: Place,
): void {
  if (source !== undefined && source.kind !== 'none') mergeFrom(interpreter, target, source, place);
  for (const keyword of args.restKeywords) storeEntry(interpreter, target, str(keyword.name), keyword.value, place);
  if (args.openKeywords) mayChangeAny(target);
}

/** Any entry may have been replaced, and others may have come. */
function mayChangeAny(target: DictValue): void {
  mirrorUnknown(target);
  for (const [key, entry] of target.entries) setEntry(target, key, { key: entry.key, value: unknown() });
  openContainer(target);
}

function mergeFrom(interpreter: Interpreter, target: DictValue, source: Value, place: Place): void {
  if (source.kind === 'dict') {
    if (source.open && source.isBounded !== true) mayChangeAny(target);
    for (const [key, entry] of source.entries) {
      const own = target.entries.get(key);
      if (source.optional?.has(key) !== true) storeEntry(interpreter, target, entry.key, entry.value, place);
      else setOptionalEntry(target, key, own === undefined ? entry : { key: entry.key, value: joinValues(own.value, entry.value) });
    }
    return;
  }
  if (source.kind === 'unknown') {
    mayChangeAny(target);
    return;
  }
  if (source.kind === 'instance' && interpreter.lookUpAttribute(source, 'keys', place) !== undefined) {
    const keys = interpreter.iterate(interpreter.callMethod(source, 'keys', [], place), place);
    if (!keys.exact) {
      mayChangeAny(target);
      return;
    }
    for (const key of keys.items) storeEntry(interpreter, target, key, interpreter.getItem(source, key, place), place);
    return;
  }
  const pairs = interpreter.iterate(source, place);
  if (!pairs.exact) mayChangeAny(target);
  for (const pair of pairs.items) {
    const parts = pair.kind === 'unknown' ? undefined : interpreter.iterate(pair, place);
    const [key, value] = parts?.items ?? [];
    if (parts?.exact !== true || key === undefined || value === undefined || parts.items.length !== 2) {
      if (pairs.exact) mayChangeAny(target);
      continue;
    }
    storeEntry(interpreter, target, key, value, place);
  }
}

/** A new dict for `dict(...)` or a subclass of it. */
export function makeDict({ interpreter, given, place, subclass }: Making): DictValue {
  const made: DictValue = { kind: 'dict', entries: new Map(), open: given.openPositional || given.openKeywords };
  if (subclass !== undefined) made.cls = subclass;
  updateDict(interpreter, made, given.positional[0]?.value, { restKeywords: given.keywords, openKeywords: false }, place);
  return made;
}

/** `keys()` as a set in order of insertion: it has a set's operators. */
export function keysOf(dict: DictValue): Value {
  return { kind: 'set', entries: new Map([...dict.entries].map(([key, entry]) => [key, entry.key])), open: dict.open, frozen: true };
}
export function valuesOf(dict: DictValue): Value {
  return view(
    dict,
    [...dict.entries.values()].map((entry) => entry.value),
  );
}
export function itemsOf(dict: DictValue): Value {
  return view(
    dict,
    [...dict.entries.values()].map((entry) => tuple([entry.key, entry.value])),
  );
}
function view(dict: DictValue, items: Value[]): Value {
  return dict.open ? list(items, true) : tuple(items);
}

function look(interpreter: Interpreter, dict: DictValue, key: Value, place: Place): Value | 'absent' | 'unknown' {
  const inside = containsBuiltin(interpreter, dict, key, place);
  if (inside === false) return 'absent';
  const text = dictKey(underlying(key));
  return (text === undefined ? undefined : dict.entries.get(text)?.value) ?? 'unknown';
}

/** What an entry gives that is there on some paths only. */
function perhaps(dict: DictValue, key: Value, found: Value, otherwise: Value): Value {
  return dict.optional?.has(dictKey(underlying(key)) ?? '') === true ? joinValues(found, otherwise) : found;
}

export const dictMembers: Readonly<Record<string, Value>> = {
  get: dictMethod('get', 'self, key, default=None, /', (self, { interpreter, args, place }) => {
    const found = look(interpreter, self, args.get('key'), place);
    return found === 'absent' ? args.get('default') : found === 'unknown' ? unknown() : perhaps(self, args.get('key'), found, args.get('default'));
  }),
  setdefault: dictMethod('setdefault', 'self, key, default=None, /', (self, { interpreter, args, place }) => {
    const found = look(interpreter, self, args.get('key'), place);
    if (found === 'absent') {
      storeEntry(interpreter, self, args.get('key'), args.get('default'), place);
      return args.get('default');
    }
    return found === 'unknown' ? unknown() : perhaps(self, args.get('key'), found, args.get('default'));
  }),
  pop: dictMethod('pop', 'self, key, default=None, /', (self, { interpreter, args, place }) => {
    const key = args.get('key');
    const found = look(interpreter, self, key, place);
    if (found === 'absent') {
      if (args.given('default') === false)
        raiseText(interpreter, 'KeyError', textValue(key) ?? interpreter.representation(key, place) ?? 'key', place);
      return args.get('default');
    }
    if (found === 'unknown') {
      if (dictKey(underlying(key)) === undefined) forgetEntries(self);
      return unknown();
    }
    const given = args.given('default') === false ? found : perhaps(self, key, found, args.get('default'));
    deleteEntry(self, dictKey(underlying(key)) ?? '');
    mirrorDeletion(self, key);
    return given;
  }),
  popitem: dictMethod('popitem', 'self, last=True', (self, { interpreter, args, place }) => {
    if (self.open) return unknownOfPair();
    const keys = [...self.entries.keys()];
    const key = interpreter.truth(args.get('last'), place) === false ? keys[0] : keys.at(-1);
    const entry = key === undefined ? undefined : self.entries.get(key);
    if (key === undefined || entry === undefined) return raiseText(interpreter, 'KeyError', 'popitem(): dictionary is empty', place);
    deleteEntry(self, key);
    mirrorDeletion(self, entry.key);
    return tuple([entry.key, entry.value]);
  }),
  update: dictMethod('update', 'self, other=None, /, **kwargs', (self, { interpreter, args, place }) => {
    updateDict(interpreter, self, args.given('other') === false ? undefined : args.get('other'), args, place);
    return none;
  }),
  keys: dictMethod('keys', 'self, /', keysOf),
  values: dictMethod('values', 'self, /', valuesOf),
  items: dictMethod('items', 'self, /', itemsOf),
  copy: dictMethod('copy', 'self, /', (self) => ({ ...self, entries: new Map(self.entries), attributes: undefined })),
  clear: dictMethod('clear', 'self, /', (self) => {
    for (const { key } of self.entries.values()) mirrorDeletion(self, key);
    replaceEntries(self, new Map(), false);
    return none;
  }),
  fromkeys: {
    kind: 'classmethod',
    callable: nativeMethod('fromkeys', 'cls, iterable, value=None, /', ({ interpreter, args, place }) => {
      const cls = args.get('cls');
      const made =
        cls.kind === 'class' && cls !== dictClass
          ? interpreter.call(cls, argumentsOf([]), place)
          : makeDict({ interpreter, given: argumentsOf([]), place, subclass: undefined });
      if (made.kind !== 'dict') return unknown();
      const keys = interpreter.iterate(args.get('iterable'), place);
      for (const key of keys.items) storeEntry(interpreter, made, key, args.get('value'), place);
      if (!keys.exact) openContainer(made);
      return made;
    }),
  },
  __len__: dictMethod('__len__', 'self, /', (self) => (self.open ? unknownLength(self.entries.size) : int(self.entries.size))),
  __contains__: dictMethod('__contains__', 'self, key, /', (self, { interpreter, args, place }) => {
    const answer = containsBuiltin(interpreter, plain(self), args.get('key'), place);
    return maybeBool(answer === 'not a container' ? undefined : answer);
  }),
  __getitem__: dictMethod('__getitem__', 'self, key, /', (self, { interpreter, args, place }) => {
    const own = { ...self, cls: undefined };
    // A missing entry that the factory makes goes into the real one.
    const value = getItemBuiltin(interpreter, own, args.get('key'), place) ?? unknown();
    for (const [key, entry] of own.entries) if (!self.entries.has(key)) setEntry(self, key, entry);
    return value;
  }),
  __setitem__: dictMethod('__setitem__', 'self, key, value, /', (self, { interpreter, args, place }) => {
    storeEntry(interpreter, self, args.get('key'), args.get('value'), place);
    return none;
  }),
  __delitem__: dictMethod('__delitem__', 'self, key, /', (self, { interpreter, args, place }) => {
    deleteItemBuiltin(interpreter, self, args.get('key'), place);
    return none;
  }),
  __iter__: dictMethod('__iter__', 'self, /', (self) => ({
    kind: 'iterator',
    typeName: 'dict_keyiterator',
    taken: undefined,
    position: 0,
    source: () => ({ items: [...self.entries.values()].map((entry) => entry.key), exact: !self.open }),
  })),
  __ior__: dictMethod('__ior__', 'self, value, /', (self, { interpreter, args, place }) => {
    mergeFrom(interpreter, self, args.get('value'), place);
    return self;
  }),
  __init__: dictMethod('__init__', undefined, (self, { interpreter, args: { raw }, place }) => {
    if (self.open && self.entries.size === 0) replaceEntries(self, new Map(), false);
    updateDict(
      interpreter,
      self,
      raw.positional[1]?.value,
      { restKeywords: raw.keywords, openKeywords: raw.openKeywords || raw.openPositional },
      place,
    );
    return none;
  }),
  __hash__: none,
  __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
  ...unfollowedMethods('__reversed__ __reduce__ __reduce_ex__'),
};

function plain(self: DictValue): DictValue {
  return self.cls === undefined ? self : { ...self, cls: undefined };
}
function unknownOfPair(): Value {
  return tuple([unknown(), unknown()]);
}

export const dictClass: ClassValue = builtinType({ name: 'dict', keepsClass: true, operators: '|', make: makeDict, members: dictMembers });
