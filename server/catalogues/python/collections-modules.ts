// The module collections: OrderedDict, defaultdict, Counter, deque, ChainMap. They are dicts and lists that carry their class.
// namedtuple stands in namedtuple.ts, the abstract classes in typing-modules.ts.
import type { Catalogue } from '../catalogue.ts';
import { lookUpInClass, nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import { appendItem, openContainer, replaceEntries, replaceItems, setEntry } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, DictValue, ListValue, NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { int, list, none, tuple, unknown } from '../../values/value.ts';
import { builtinType } from './constructing.ts';
import { storeEntry } from './items.ts';
import { makeIterator } from './iterating.ts';
import { dictClass, makeDict, updateDict } from './mappings.ts';
import { namedtupleFunction } from './namedtuple.ts';
import { extendList, listClass } from './sequences.ts';
import { sortValues } from './sorting.ts';
import { indexOf, raiseText, unfollowedMethods, unknownInt } from './support.ts';

function onDict(name: string, signature: string | undefined, body: (self: DictValue, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.raw.positional[0]?.value;
    return self?.kind === 'dict' ? body(self, call) : unknown();
  });
}

export const orderedDictClass: ClassValue = builtinType({
  name: 'OrderedDict',
  module: 'collections',
  bases: [dictClass],
  keepsClass: true,
  make: (making) => {
    const made = makeDict(making);
    made.cls ??= orderedDictClass;
    return made;
  },
  members: {
    move_to_end: onDict('move_to_end', 'self, key, last=True', (self, { interpreter, args, place }) => {
      const key = dictKey(args.get('key')),
        last = interpreter.truth(args.get('last'), place);
      const entry = key === undefined ? undefined : self.entries.get(key);
      if (key === undefined || entry === undefined || last === undefined) {
        if (key !== undefined && entry === undefined && !self.open)
          raiseText(interpreter, 'KeyError', interpreter.text(args.get('key'), place) ?? 'key', place);
        return none;
      }
      const others = [...self.entries].filter(([other]) => other !== key);
      replaceEntries(self, new Map(last ? [...others, [key, entry]] : [[key, entry], ...others]));
      return none;
    }),
  },
});

export const defaultdictClass: ClassValue = builtinType({
  name: 'defaultdict',
  module: 'collections',
  bases: [dictClass],
  keepsClass: true,
  make: (making) => {
    const [factory, ...others] = making.given.positional;
    const made = makeDict({ ...making, given: { ...making.given, positional: others } });
    made.cls ??= defaultdictClass;
    if (factory !== undefined) made.factory = factory.value;
    return made;
  },
  members: {
    default_factory: nativeProperty('default_factory', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'dict' ? (self.factory ?? none) : unknown();
    }),
    // Asked only where there is no factory: getItemBuiltin calls that itself.
    __missing__: onDict('__missing__', 'self, key, /', (_, { interpreter, args, place }) =>
      raiseText(interpreter, 'KeyError', interpreter.text(args.get('key'), place) ?? 'key', place),
    ),
  },
});

/** Adds counts: of a mapping's values or of an iterable's items. */
function count(
  interpreter: Interpreter,
  target: DictValue,
  source: Value | undefined,
  keywords: readonly { name: string; value: Value }[],
  sign: 1 | -1,
  place: Place,
): void {
  const add = (key: Value, amount: Value): void => {
    const text = dictKey(key);
    if (text === undefined) {
      openContainer(target);
      return;
    }
    const before = target.entries.get(text)?.value ?? int(0);
    setEntry(target, text, { key: target.entries.get(text)?.key ?? key, value: interpreter.binary(sign === 1 ? '+' : '-', before, amount, place) });
  };
  if (source?.kind === 'dict') {
    for (const entry of source.entries.values()) add(entry.key, entry.value);
    if (source.open) openContainer(target);
  } else if (source !== undefined && source.kind !== 'none') {
    const iteration = interpreter.iterate(source, place);
    if (iteration.exact) for (const item of iteration.items) add(item, int(1));
    else {
      for (const [key, entry] of target.entries) setEntry(target, key, { key: entry.key, value: unknownInt() });
      openContainer(target);
    }
  }
  for (const keyword of keywords) add({ kind: 'str', value: keyword.name }, keyword.value);
}

function newCounter(): DictValue {
  return { kind: 'dict', entries: new Map(), open: false, cls: counterClass };
}

/** `+`, `-`, `&`, `|` of counters: only counts above zero are kept. */
function combined(name: string, combine: (interpreter: Interpreter, left: Value, right: Value, place: Place) => Value): NativeFunction {
  return onDict(name, 'self, other, /', (self, { interpreter, args, place }) => {
    const other = args.get('other');
    if (other.kind !== 'dict' || other.open || self.open) return unknown(undefined, 'Counter');
    const made = newCounter();
    for (const [key, entry] of [...self.entries, ...[...other.entries].filter(([one]) => !self.entries.has(one))]) {
      const value = combine(interpreter, self.entries.get(key)?.value ?? int(0), other.entries.get(key)?.value ?? int(0), place);
      const positive = interpreter.truth(interpreter.compare('>', value, int(0), place), place);
      if (positive === undefined) made.open = true;
      else if (positive) made.entries.set(key, { key: entry.key, value });
    }
    return made;
  });
}

function ordered(interpreter: Interpreter, self: DictValue, place: Place): Value[] {
  const pairs = [...self.entries.values()].map((entry) => tuple([entry.key, entry.value]));
  const second = nativeMethod('count', 'pair', (call) => {
    const pair = call.args.get('pair');
    return pair.kind === 'tuple' ? (pair.items[1] ?? none) : unknown();
  });
  return sortValues(interpreter, pairs, second, { kind: 'bool', value: true }, place);
}

const larger =
  (operator: '<' | '>') =>
  (interpreter: Interpreter, left: Value, right: Value, place: Place): Value => {
    const answer = interpreter.truth(interpreter.compare(operator, left, right, place), place);
    return answer === undefined ? unknownInt() : answer ? left : right;
  };

export const counterClass: ClassValue = builtinType({
  name: 'Counter',
  module: 'collections',
  bases: [dictClass],
  keepsClass: true,
  make: ({ interpreter, given, place, subclass }) => {
    const made = newCounter();
    made.cls = subclass ?? counterClass;
    made.open = given.openKeywords || given.openPositional;
    count(interpreter, made, given.positional[0]?.value, given.keywords, 1, place);
    return made;
  },
  members: {
    __missing__: onDict('__missing__', 'self, key, /', () => int(0)),
    most_common: onDict('most_common', 'self, n=None', (self, { interpreter, args, place }) => {
      const limit = args.isNone('n') ? self.entries.size : indexOf(args.get('n'));
      if (self.open || limit === undefined) return list([], true);
      return list(ordered(interpreter, self, place).slice(0, limit));
    }),
    elements: onDict('elements', 'self', (self) =>
      makeIterator('chain', () => {
        const counts = [...self.entries.values()].map((entry) => ({ key: entry.key, times: indexOf(entry.value) }));
        if (self.open || counts.some((one) => one.times === undefined || one.times > 10_000)) return { items: [unknown()], exact: false };
        return { items: counts.flatMap((one) => Array.from({ length: Math.max(0, one.times ?? 0) }, () => one.key)), exact: true };
      }),
    ),
    update: onDict('update', 'self, iterable=None, /, **kwds', (self, { interpreter, args, place }) => {
      count(interpreter, self, args.get('iterable'), args.restKeywords, 1, place);
      return none;
    }),
    subtract: onDict('subtract', 'self, iterable=None, /, **kwds', (self, { interpreter, args, place }) => {
      count(interpreter, self, args.get('iterable'), args.restKeywords, -1, place);
      return none;
    }),
    total: onDict('total', 'self', (self, { interpreter, place }) =>
      self.open ? unknownInt() : [...self.entries.values()].reduce<Value>((sum, entry) => interpreter.binary('+', sum, entry.value, place), int(0)),
    ),
    __add__: combined('__add__', (interpreter, left, right, place) => interpreter.binary('+', left, right, place)),
    __sub__: combined('__sub__', (interpreter, left, right, place) => interpreter.binary('-', left, right, place)),
    __and__: combined('__and__', larger('<')),
    __or__: combined('__or__', larger('>')),
  },
});

/** How many items a deque keeps. */
const longest = new WeakMap<ListValue, number>();

function trim(self: ListValue, dropLeft: boolean): void {
  const limit = longest.get(self);
  if (limit === undefined || self.items.length <= limit) return;
  replaceItems(self, dropLeft ? self.items.slice(self.items.length - limit) : self.items.slice(0, limit));
}

function onDeque(name: string, signature: string, body: (self: ListValue, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.get('self');
    return self.kind === 'list' ? body(self, call) : unknown();
  });
}

const inherited = (names: string): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, lookUpInClass(listClass, name)?.value ?? none]));

export const dequeClass: ClassValue = builtinType({
  name: 'deque',
  module: 'collections',
  keepsClass: true,
  make: ({ interpreter, given, place, subclass }) => {
    const made: ListValue = { kind: 'list', items: [], open: given.openPositional, cls: subclass ?? dequeClass };
    const iterable = given.positional[0]?.value ?? given.keywords.find((keyword) => keyword.name === 'iterable')?.value;
    const limit = given.positional[1]?.value ?? given.keywords.find((keyword) => keyword.name === 'maxlen')?.value;
    if (iterable !== undefined) extendList(interpreter, made, iterable, place);
    if (limit !== undefined && limit.kind !== 'none') {
      const size = indexOf(limit);
      if (size === undefined) made.open = true;
      else longest.set(made, size);
      trim(made, true);
    }
    return made;
  },
  members: {
    ...inherited('count index __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __reversed__ clear remove reverse insert'),
    append: onDeque('append', 'self, x, /', (self, { args }) => {
      appendItem(self, args.get('x'));
      trim(self, true);
      return none;
    }),
    appendleft: onDeque('appendleft', 'self, x, /', (self, { args }) => {
      replaceItems(self, [args.get('x'), ...self.items]);
      trim(self, false);
      return none;
    }),
    extend: onDeque('extend', 'self, iterable, /', (self, { interpreter, args, place }) => {
      extendList(interpreter, self, args.get('iterable'), place);
      trim(self, true);
      return none;
    }),
    extendleft: onDeque('extendleft', 'self, iterable, /', (self, { interpreter, args, place }) => {
      const iteration = interpreter.iterate(args.get('iterable'), place);
      replaceItems(self, [...[...iteration.items].reverse(), ...self.items], self.open || !iteration.exact);
      trim(self, false);
      return none;
    }),
    pop: onDeque('pop', 'self', (self, { interpreter, place }) => taken(interpreter, self, -1, place)),
    popleft: onDeque('popleft', 'self', (self, { interpreter, place }) => taken(interpreter, self, 0, place)),
    rotate: onDeque('rotate', 'self, n=1, /', (self, { args }) => {
      const steps = indexOf(args.get('n')),
        size = self.items.length;
      if (steps === undefined || self.open) {
        replaceItems(self, [], true);
        return none;
      }
      if (size > 0) {
        const cut = (((size - steps) % size) + size) % size;
        replaceItems(self, [...self.items.slice(cut), ...self.items.slice(0, cut)]);
      }
      return none;
    }),
    copy: onDeque('copy', 'self', (self) => {
      const made: ListValue = { ...self, items: [...self.items] };
      const limit = longest.get(self);
      if (limit !== undefined) longest.set(made, limit);
      return made;
    }),
    maxlen: nativeProperty('maxlen', ({ args }) => {
      const self = args.get('self');
      const limit = self.kind === 'list' ? longest.get(self) : undefined;
      return limit === undefined ? none : int(limit);
    }),
    __hash__: none,
    __iadd__: onDeque('__iadd__', 'self, value, /', (self, { interpreter, args, place }) => {
      extendList(interpreter, self, args.get('value'), place);
      trim(self, true);
      return self;
    }),
    ...unfollowedMethods('__copy__ __imul__'),
    __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
  },
});

function taken(interpreter: Interpreter, self: ListValue, at: 0 | -1, place: Place): Value {
  if (self.open) return unknown();
  const item = self.items.at(at);
  if (item === undefined) return raiseText(interpreter, 'IndexError', 'pop from an empty deque', place);
  replaceItems(self, at === 0 ? self.items.slice(1) : self.items.slice(0, -1));
  return item;
}

/** A chain is flattened into one dict when it is made; writes go to its first map as well. */
const chainMapClass: ClassValue = nativeClass({
  name: 'ChainMap',
  qualifiedName: 'collections.ChainMap',
  bases: [dictClass],
  construct: ({ interpreter, args: { raw }, place }, cls) => {
    const made: DictValue = { kind: 'dict', entries: new Map(), open: raw.openPositional, cls };
    for (const one of raw.positional.toReversed()) updateDict(interpreter, made, one.value, { restKeywords: [], openKeywords: false }, place);
    return made;
  },
  members: {
    __setitem__: onDict('__setitem__', 'self, key, value, /', (self, { interpreter, args, place }) => {
      storeEntry(interpreter, self, args.get('key'), args.get('value'), place);
      return none;
    }),
    maps: unknown(),
    ...unfollowedMethods('new_child'),
  },
});

export const collectionsModules: Catalogue['modules'] = {
  collections: () => ({
    OrderedDict: orderedDictClass,
    defaultdict: defaultdictClass,
    Counter: counterClass,
    deque: dequeClass,
    ChainMap: chainMapClass,
    namedtuple: namedtupleFunction,
  }),
};
