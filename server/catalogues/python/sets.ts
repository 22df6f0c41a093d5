// The classes set and frozenset. A set may be open; members whose equality is not known make it so.
// It must not know the operators on sets beyond calling them.
import { nativeMethod } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import { openContainer, replaceSet } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, NativeCall, NativeFunction, SetValue, Value } from '../../values/value.ts';
import { bool, int, maybeBool, none, unknown } from '../../values/value.ts';
import type { BinaryOperator } from '../../syntax/ast.ts';
import { onSets } from './container-arithmetic.ts';
import { compareBuiltins, containsBuiltin } from './comparison.ts';
import { builtinType } from './constructing.ts';
import { raiseText, typeNameOf, underlying, unfollowedMethods, unknownLength } from './support.ts';

/** A set of all items of an iterable. */
export function setOf(interpreter: Interpreter, iterable: Value | undefined, frozen: boolean, place: Place): SetValue {
  const made: SetValue = { kind: 'set', entries: new Map(), open: false, frozen };
  if (iterable === undefined) return made;
  if (iterable.kind === 'set') return { ...iterable, entries: new Map(iterable.entries), frozen };
  const iteration = interpreter.iterate(iterable, place);
  made.open = !iteration.exact;
  for (const item of iteration.items) {
    const key = memberKey(interpreter, item, place);
    if (key === undefined) made.open = true;
    else if (!made.entries.has(key)) made.entries.set(key, item);
  }
  return made;
}

function memberKey(interpreter: Interpreter, item: Value, place: Place): string | undefined {
  const key = dictKey(underlying(item));
  if (key === undefined && (item.kind === 'list' || item.kind === 'dict') && item.cls === undefined)
    raiseText(interpreter, 'TypeError', `unhashable type: '${typeNameOf(item)}'`, place);
  return key;
}

function setMethod(name: string, signature: string | undefined, body: (self: SetValue, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.raw.positional[0]?.value;
    return self?.kind === 'set' ? body(self, call) : unknown();
  });
}

function combining(name: string, operator: BinaryOperator): NativeFunction {
  return setMethod(name, 'self, *others', (self, { interpreter, args, place }) => {
    let result: Value = { ...self, entries: new Map(self.entries) };
    for (const other of args.rest)
      if (result.kind === 'set') result = onSets(operator, result, setOf(interpreter, other.value, false, place)) ?? unknown();
    if (args.openPositional && result.kind === 'set') result = { ...result, open: true };
    return result;
  });
}

function changing(name: string, operator: BinaryOperator, returnsSelf = false): NativeFunction {
  return setMethod(name, 'self, *others', (self, { interpreter, args, place }) => {
    for (const other of args.rest) {
      const result = onSets(operator, self, setOf(interpreter, other.value, false, place));
      if (result?.kind === 'set') replaceSet(self, result.entries, result.open);
    }
    if (args.openPositional) openContainer(self);
    return returnsSelf ? self : none;
  });
}

const relation = (name: string, operator: '<=' | '>='): NativeFunction =>
  setMethod(
    name,
    'self, other, /',
    (self, { interpreter, args, place }) =>
      compareBuiltins(interpreter, operator, self, setOf(interpreter, args.get('other'), false, place), place) ?? unknown(undefined, 'bool'),
  );

const sharedMembers: Readonly<Record<string, Value>> = {
  union: combining('union', '|'),
  intersection: combining('intersection', '&'),
  difference: combining('difference', '-'),
  symmetric_difference: combining('symmetric_difference', '^'),
  issubset: relation('issubset', '<='),
  issuperset: relation('issuperset', '>='),
  isdisjoint: setMethod('isdisjoint', 'self, other, /', (self, { interpreter, args, place }) => {
    const common = onSets('&', self, setOf(interpreter, args.get('other'), false, place));
    if (common?.kind !== 'set') return unknown(undefined, 'bool');
    return common.entries.size > 0 ? bool(false) : maybeBool(common.open ? undefined : true);
  }),
  copy: setMethod('copy', 'self, /', (self) => (self.frozen ? self : { ...self, entries: new Map(self.entries) })),
  __len__: setMethod('__len__', 'self, /', (self) => (self.open ? unknownLength() : int(self.entries.size))),
  __contains__: setMethod('__contains__', 'self, key, /', (self, { interpreter, args, place }) => {
    const answer = containsBuiltin(interpreter, self, args.get('key'), place);
    return maybeBool(answer === 'not a container' ? undefined : answer);
  }),
  __iter__: setMethod('__iter__', 'self, /', (self) => ({
    kind: 'iterator',
    typeName: 'set_iterator',
    taken: undefined,
    position: 0,
    source: () => ({ items: [...self.entries.values()], exact: !self.open }),
  })),
  __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
  ...unfollowedMethods('__reduce__ __reduce_ex__'),
};

function removal(name: string, mustExist: boolean): NativeFunction {
  return setMethod(name, 'self, element, /', (self, { interpreter, args, place }) => {
    const element = args.get('element');
    const key = memberKey(interpreter, element, place);
    if (key === undefined) {
      replaceSet(self, new Map(), true);
      return none;
    }
    if (!self.entries.has(key)) {
      if (mustExist && !self.open && element.kind !== 'instance')
        raiseText(interpreter, 'KeyError', interpreter.representation(element, place) ?? 'element', place);
      return none;
    }
    const entries = new Map(self.entries);
    entries.delete(key);
    replaceSet(self, entries);
    return none;
  });
}

const changingMembers: Readonly<Record<string, Value>> = {
  add: setMethod('add', 'self, element, /', (self, { interpreter, args, place }) => {
    const key = memberKey(interpreter, args.get('element'), place);
    if (key === undefined) openContainer(self);
    else if (!self.entries.has(key)) replaceSet(self, new Map(self.entries).set(key, args.get('element')));
    return none;
  }),
  remove: removal('remove', true),
  discard: removal('discard', false),
  pop: setMethod('pop', 'self, /', (self, { interpreter, place }) => {
    if (self.open) return unknown();
    const [first] = self.entries;
    if (first === undefined) return raiseText(interpreter, 'KeyError', 'pop from an empty set', place);
    if (self.entries.size === 1) {
      replaceSet(self, new Map());
      return first[1];
    }
    // Which one goes depends on hashes.
    replaceSet(self, new Map(), true);
    return unknown();
  }),
  clear: setMethod('clear', 'self, /', (self) => {
    replaceSet(self, new Map(), false);
    return none;
  }),
  update: changing('update', '|'),
  intersection_update: changing('intersection_update', '&'),
  difference_update: changing('difference_update', '-'),
  symmetric_difference_update: changing('symmetric_difference_update', '^'),
  __ior__: changing('__ior__', '|', true),
  __iand__: changing('__iand__', '&', true),
  __isub__: changing('__isub__', '-', true),
  __ixor__: changing('__ixor__', '^', true),
  __hash__: none,
};

const make =
  (frozen: boolean): Parameters<typeof builtinType>[0]['make'] =>
  ({ interpreter, given, place, subclass }) => {
    // A set does not carry its class: what a subclass adds is not known.
    if (subclass !== undefined) return unknown(undefined, subclass.name);
    const made = setOf(interpreter, given.positional[0]?.value, frozen, place);
    return given.openPositional ? { ...made, open: true } : made;
  };

export const setClass: ClassValue = builtinType({
  name: 'set',
  keepsClass: true,
  operators: '| & - ^',
  make: make(false),
  members: { ...sharedMembers, ...changingMembers },
});
export const frozensetClass: ClassValue = builtinType({
  name: 'frozenset',
  keepsClass: true,
  operators: '| & - ^',
  make: make(true),
  members: sharedMembers,
});
