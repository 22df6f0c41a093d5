// The classes list and tuple. Every change goes through the heap. It must not know the other containers.
import { nativeMethod } from '../../values/classes.ts';
import { joinValues } from '../../values/equality.ts';
import { appendItem, openContainer, replaceItems } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, ListValue, NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { int, list, maybeBool, none, tuple, unknown } from '../../values/value.ts';
import { builtinType } from './constructing.ts';
import { containsBuiltin } from './comparison.ts';
import { deleteItemBuiltin, getItemBuiltin, setItemBuiltin } from './items.ts';
import { sortValues } from './sorting.ts';
import { bindRaw, dimOf, indexOf, raiseText, unfollowedMethods, unknownLength, unknownOf } from './support.ts';

type Sequence = Extract<Value, { kind: 'list' | 'tuple' }>;

/** A method of lists; on anything else that a subclass may be, nothing is known. */
function listMethod(name: string, signature: string, body: (self: ListValue, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.get('self');
    return self.kind === 'list' ? body(self, call) : unknown();
  });
}

function sequenceMethod(name: string, signature: string, body: (self: Sequence, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.get('self');
    return self.kind === 'list' || self.kind === 'tuple' ? body(self, call) : unknown();
  });
}

function isOpen(sequence: Sequence): boolean {
  return sequence.kind === 'list' && sequence.open;
}

function sameItem(interpreter: Interpreter, item: Value, wanted: Value, place: Place): boolean | undefined {
  return item === wanted && item.kind !== 'unknown' ? true : interpreter.truth(interpreter.compare('==', item, wanted, place), place);
}

/** Adds all items of an iterable at the end. */
export function extendList(interpreter: Interpreter, target: ListValue, iterable: Value, place: Place): void {
  const iteration = interpreter.iterate(iterable, place);
  replaceItems(target, [...target.items, ...iteration.items], target.open || !iteration.exact);
}

const count = sequenceMethod('count', 'self, value, /', (self, { interpreter, args, place }) => {
  let found = 0;
  for (const item of self.items) {
    const same = sameItem(interpreter, item, args.get('value'), place);
    if (same === undefined) return unknownLength();
    if (same) found += 1;
  }
  return isOpen(self) ? unknownLength(found) : int(found);
});

const index = sequenceMethod('index', 'self, value, start=0, stop=9223372036854775807, /', (self, { interpreter, args, place }) => {
  const start = indexOf(args.get('start')),
    stop = args.given('stop') === false ? Number.POSITIVE_INFINITY : indexOf(args.get('stop'));
  if (isOpen(self) || start === undefined || stop === undefined) return unknownLength();
  const length = self.items.length;
  const from = Math.max(0, start < 0 ? start + length : start),
    to = Math.min(length, stop < 0 ? stop + length : stop);
  for (let at = from; at < to; at += 1) {
    const same = sameItem(interpreter, self.items[at] ?? unknown(), args.get('value'), place);
    if (same === undefined) return unknownLength();
    if (same) return int(at);
  }
  const shown = interpreter.representation(args.get('value'), place);
  return raiseText(interpreter, 'ValueError', self.kind === 'list' ? `${shown ?? 'value'} is not in list` : 'tuple.index(x): x not in tuple', place);
});

const sharedMembers: Readonly<Record<string, Value>> = {
  count,
  index,
  __len__: sequenceMethod('__len__', 'self, /', (self) => (isOpen(self) ? unknownLength(self.items.length) : int(self.items.length))),
  __getitem__: sequenceMethod(
    '__getitem__',
    'self, key, /',
    (self, { interpreter, args, place }) => getItemBuiltin(interpreter, withoutClass(self), args.get('key'), place) ?? unknown(),
  ),
  __contains__: sequenceMethod('__contains__', 'self, key, /', (self, { interpreter, args, place }) => {
    const answer = containsBuiltin(interpreter, self, args.get('key'), place);
    return maybeBool(answer === 'not a container' ? undefined : answer);
  }),
  __iter__: sequenceMethod('__iter__', 'self, /', (self) => ({
    kind: 'iterator',
    typeName: `${self.kind}_iterator`,
    taken: undefined,
    position: 0,
    source: () => ({ items: [...self.items], exact: !isOpen(self) }),
  })),
  ...unfollowedMethods('__reduce__ __reduce_ex__ __getnewargs__'),
};

/** As the type itself would see it: a subclass's own `__getitem__` must not be asked again. */
function withoutClass(self: Sequence): Sequence {
  return self.cls === undefined ? self : { ...self, cls: undefined };
}

export const listClass: ClassValue = builtinType({
  name: 'list',
  keepsClass: true,
  operators: '+ *',
  make: ({ interpreter, given, place, subclass }) => {
    const made: ListValue = { kind: 'list', items: [], open: given.openPositional, cls: subclass };
    const iterable = given.positional[0]?.value;
    if (iterable !== undefined) {
      const iteration = interpreter.iterate(iterable, place);
      made.items = iteration.exact || iteration.items.some((item) => item.kind !== 'unknown') ? [...iteration.items] : [];
      made.open ||= !iteration.exact;
    }
    return made;
  },
  members: {
    ...sharedMembers,
    __hash__: none,
    append: listMethod('append', 'self, object, /', (self, { args }) => {
      appendItem(self, args.get('object'));
      return none;
    }),
    extend: listMethod('extend', 'self, iterable, /', (self, { interpreter, args, place }) => {
      extendList(interpreter, self, args.get('iterable'), place);
      return none;
    }),
    insert: listMethod('insert', 'self, index, object, /', (self, { args }) => {
      const at = indexOf(args.get('index'));
      if (self.open || at === undefined) {
        replaceItems(self, [...self.items, args.get('object')], true);
        return none;
      }
      const from = at < 0 ? Math.max(0, at + self.items.length) : Math.min(at, self.items.length);
      replaceItems(self, self.items.toSpliced(from, 0, args.get('object')));
      return none;
    }),
    pop: listMethod('pop', 'self, index=-1, /', (self, { interpreter, args, place }) => {
      if (self.open) return unknown();
      if (self.items.length === 0) raiseText(interpreter, 'IndexError', 'pop from empty list', place);
      const given = dimOf(args.get('index'));
      if (typeof given !== 'number') {
        const [first, ...others] = self.items;
        const joined = others.reduce<Value>((one, other) => joinValues(one, other), first ?? unknown());
        replaceItems(
          self,
          self.items.slice(1).map(() => joined),
        );
        return joined;
      }
      const at = given < 0 ? given + self.items.length : given;
      const item = self.items[at];
      if (item === undefined) return raiseText(interpreter, 'IndexError', 'pop index out of range', place);
      replaceItems(self, self.items.toSpliced(at, 1));
      return item;
    }),
    remove: listMethod('remove', 'self, value, /', (self, { interpreter, args, place }) => {
      if (self.open) return none;
      for (const [at, item] of self.items.entries()) {
        const same = sameItem(interpreter, item, args.get('value'), place);
        if (same === undefined) {
          replaceItems(
            self,
            self.items.slice(1).map(() => unknown()),
          );
          return none;
        }
        if (same) {
          replaceItems(self, self.items.toSpliced(at, 1));
          return none;
        }
      }
      return raiseText(interpreter, 'ValueError', 'list.remove(x): x not in list', place);
    }),
    sort: listMethod('sort', 'self, *, key=None, reverse=False', (self, { interpreter, args, place }) => {
      if (!self.open) replaceItems(self, sortValues(interpreter, self.items, args.get('key'), args.get('reverse'), place));
      return none;
    }),
    reverse: listMethod('reverse', 'self, /', (self) => {
      replaceItems(self, [...self.items].reverse());
      return none;
    }),
    copy: listMethod('copy', 'self, /', (self) => list([...self.items], self.open)),
    clear: listMethod('clear', 'self, /', (self) => {
      replaceItems(self, [], false);
      return none;
    }),
    __setitem__: listMethod('__setitem__', 'self, key, value, /', (self, { interpreter, args, place }) => {
      const cls = self.cls;
      self.cls = undefined;
      try {
        setItemBuiltin(interpreter, self, args.get('key'), args.get('value'), place);
      } finally {
        self.cls = cls;
      }
      return none;
    }),
    __delitem__: listMethod('__delitem__', 'self, key, /', (self, { interpreter, args, place }) => {
      deleteItemBuiltin(interpreter, self, args.get('key'), place);
      return none;
    }),
    __iadd__: listMethod('__iadd__', 'self, value, /', (self, { interpreter, args, place }) => {
      extendList(interpreter, self, args.get('value'), place);
      return self;
    }),
    __imul__: listMethod('__imul__', 'self, value, /', (self, { args }) => {
      const times = indexOf(args.get('value'));
      if (times === undefined || self.items.length * times > 100_000) {
        openContainer(self);
        return self;
      }
      replaceItems(self, Array.from({ length: Math.max(0, times) }, () => self.items).flat());
      return self;
    }),
    __reversed__: listMethod('__reversed__', 'self, /', (self) => ({
      kind: 'iterator',
      typeName: 'list_reverseiterator',
      taken: undefined,
      position: 0,
      source: () => ({ items: [...self.items].reverse(), exact: !self.open }),
    })),
    __init__: listMethod('__init__', 'self, iterable=(), /', (self, { interpreter, args, place }) => {
      if (args.given('iterable') === true) {
        replaceItems(self, [], false);
        extendList(interpreter, self, args.get('iterable'), place);
      }
      return none;
    }),
    __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
  },
});

export const tupleClass: ClassValue = builtinType({
  name: 'tuple',
  keepsClass: true,
  operators: '+ *',
  make: ({ interpreter, given, place, subclass }) => {
    const args = bindRaw(given, 'iterable=(), /', 'tuple');
    if (args === undefined || given.openPositional) return unknownOf(subclass?.name ?? 'tuple');
    const iteration = interpreter.iterate(args.get('iterable'), place);
    if (!iteration.exact) return unknownOf(subclass?.name ?? 'tuple');
    return subclass === undefined ? tuple([...iteration.items]) : { kind: 'tuple', items: [...iteration.items], cls: subclass };
  },
  members: {
    ...sharedMembers,
    __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
  },
});
