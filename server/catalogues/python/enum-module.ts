// The module enum. A class's members are made when its body has run: single objects with `name` and `value`; those of an IntEnum
// or of a class that mixes in str stand for their value. It must not know where members are used.
import type { Catalogue } from '../catalogue.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { valuesEqual } from '../../values/equality.ts';
import { setClassAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, DictValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { instance, int, maybeBool, none, notImplemented, str, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { makeIterator } from './iterating.ts';
import { indexOf, raiseText, textValue, typeNameOf, underlyingSlot, unknownInt, unknownOf } from './support.ts';

const autoClass: ClassValue = nativeClass({ name: 'auto', qualifiedName: 'enum.auto', construct: (_, cls) => instance(cls) });

function members(cls: ClassValue): DictValue | undefined {
  const map = cls.namespace.get('_member_map_');
  return map?.kind === 'dict' ? map : undefined;
}
/** Members without aliases, in order. */
function distinct(cls: ClassValue): Value[] {
  return [...new Set([...(members(cls)?.entries.values() ?? [])].map((entry) => entry.value))];
}

/** Whether a name of the class body is a member: functions, descriptors and names with underscores are not. */
function isMember(name: string, value: Value): boolean {
  if (name.startsWith('_')) return false;
  switch (value.kind) {
    case 'function':
    case 'property':
    case 'staticmethod':
    case 'classmethod':
    case 'bound-method':
      return false;
    case 'native':
      return !value.isMethod;
    case 'instance':
      return lookUpInClass(value.cls, '__get__') === undefined;
    default:
      return true;
  }
}

function nextValue(cls: ClassValue, name: string, previous: readonly Value[]): Value {
  const isFlag = cls.mro.includes(flagClass),
    isText = cls.mro.includes(strEnumClass);
  if (lookUpInClass(cls, '_generate_next_value_')?.owner.native === false) return unknown();
  if (isText) return str(name.toLowerCase());
  const numbers = previous.map(indexOf);
  if (numbers.includes(undefined)) return unknownInt();
  const known = numbers.map((one) => one ?? 0);
  if (isFlag) return int(known.length === 0 ? 1 : 2 ** (Math.floor(Math.log2(Math.max(...known))) + 1));
  return int((known.at(-1) ?? 0) + 1);
}

function defineMembers(interpreter: Interpreter, cls: ClassValue, place: Place): void {
  const map: DictValue = { kind: 'dict', entries: new Map(), open: false };
  const values: Value[] = [];
  const mixesPlain = cls.mro.some((base) => base === builtinClasses['int'] || base === builtinClasses['str'] || base === builtinClasses['float']);
  const init = lookUpInClass(cls, '__init__');
  for (const [name, given] of [...cls.namespace]) {
    if (!isMember(name, given)) continue;
    const value = given.kind === 'instance' && given.cls === autoClass ? nextValue(cls, name, values) : given;
    values.push(value);
    const twin = [...map.entries.values()].find(
      (entry) => entry.value.kind === 'instance' && valuesEqual(entry.value.attributes.get('value') ?? unknown(), value) === true,
    )?.value;
    const member = twin ?? instance(cls, { place });
    if (twin === undefined && member.kind === 'instance') {
      for (const [attribute, content] of [
        ['name', str(name)],
        ['_name_', str(name)],
        ['value', value],
        ['_value_', value],
      ] as const)
        member.attributes.set(attribute, content);
      if (mixesPlain && value.kind !== 'tuple') underlyingSlot.set(member, value);
      if (init !== undefined && !init.owner.native) {
        interpreter.call(
          { kind: 'bound-method', self: member, callable: init.value },
          argumentsOf(value.kind === 'tuple' ? value.items : [value]),
          place,
        );
      }
    }
    map.entries.set(`s:${name}`, { key: str(name), value: member });
    setClassAttribute(cls, name, member);
  }
  setClassAttribute(cls, '_member_map_', map);
  setClassAttribute(cls, '__members__', map);
  // The call looks a member up; an `__init__` of the class has run for each member already and must not run again.
  if (map.entries.size > 0) Object.assign(cls, { construct: byValue });
}

/** `Color(1)`. */
function byValue(call: NativeCall, cls: ClassValue): Value {
  const value = call.args.raw.positional[0]?.value;
  const map = members(cls);
  if (value === undefined || call.args.raw.positional.length > 1 || map === undefined || map.entries.size === 0) return unknownOf('type');
  let uncertain = false;
  for (const member of distinct(cls)) {
    if (member === value) return member;
    const own = member.kind === 'instance' ? (member.attributes.get('value') ?? unknown()) : unknown();
    const same = call.interpreter.truth(call.interpreter.compare('==', own, value, call.place), call.place);
    if (same === true) return member;
    if (same === undefined) uncertain = true;
  }
  const missing = lookUpInClass(cls, '_missing_');
  if (uncertain || cls.mro.includes(flagClass)) return unknown(undefined, cls.name);
  if (missing !== undefined)
    return call.interpreter.call(
      missing.value.kind === 'classmethod' ? missing.value.callable : missing.value,
      argumentsOf([cls, value]),
      call.place,
    );
  return raiseText(
    call.interpreter,
    'ValueError',
    `${call.interpreter.representation(value, call.place) ?? 'value'} is not a valid ${cls.name}`,
    call.place,
  );
}

function classMethod(name: string, signature: string, body: (cls: ClassValue, call: NativeCall) => Value): Value {
  return {
    kind: 'classmethod',
    callable: nativeMethod(name, signature, (call) => {
      const cls = call.args.get('cls');
      return cls.kind === 'class' ? body(cls, call) : unknown();
    }),
  };
}

function textOf(self: Value, what: 'name' | 'value'): Value | undefined {
  return self.kind === 'instance' ? self.attributes.get(what) : undefined;
}

const enumMembers: Readonly<Record<string, Value>> = {
  __init_subclass__: classMethod('__init_subclass__', 'cls, **kwargs', (cls, { interpreter, place }) => {
    defineMembers(interpreter, cls, place);
    return none;
  }),
  _convert_: classMethod('_convert_', 'cls, name, module, filter, source=None, *, boundary=None, as_global=False', () => unknown()),
  __class_iter__: classMethod('__class_iter__', 'cls', (cls) => makeIterator('iterator', () => ({ items: distinct(cls), exact: true }))),
  __class_len__: classMethod('__class_len__', 'cls', (cls) => int(distinct(cls).length)),
  __class_getitem__: classMethod('__class_getitem__', 'cls, name, /', (cls, { interpreter, args, place }) => {
    const name = textValue(args.get('name'));
    if (name === undefined) return unknown(undefined, cls.name);
    return members(cls)?.entries.get(`s:${name}`)?.value ?? raiseText(interpreter, 'KeyError', name, place);
  }),
  __str__: nativeMethod('__str__', 'self', ({ args }) => {
    const self = args.get('self'),
      name = textOf(self, 'name');
    return self.kind === 'instance' && name?.kind === 'str' ? str(`${self.cls.name}.${name.value}`) : unknownOf('str');
  }),
  __repr__: nativeMethod('__repr__', 'self', ({ interpreter, args, place }) => {
    const self = args.get('self'),
      name = textOf(self, 'name');
    const value = interpreter.representation(textOf(self, 'value') ?? unknown(), place);
    return self.kind === 'instance' && name?.kind === 'str' && value !== undefined
      ? str(`<${self.cls.name}.${name.value}: ${value}>`)
      : unknownOf('str');
  }),
  __hash__: nativeMethod('__hash__', 'self', () => unknownInt()),
  __eq__: nativeMethod('__eq__', 'self, other', ({ interpreter, args, place }) => {
    const [self, other] = [args.get('self'), args.get('other')];
    if (self === other) return maybeBool(true);
    const plain = underlyingSlot.get(self);
    if (plain === undefined) return notImplemented;
    return interpreter.compare('==', plain, underlyingSlot.get(other) ?? other, place);
  }),
};

export const enumClass: ClassValue = nativeClass({
  name: 'Enum',
  qualifiedName: 'enum.Enum',
  hasUnknownBase: false,
  members: enumMembers,
  construct: byValue,
});

/** The text of members that stand for their value is the value's. */
const plainText: Readonly<Record<string, Value>> = {
  __str__: nativeMethod('__str__', 'self', ({ interpreter, args, place }) => {
    const text = interpreter.text(textOf(args.get('self'), 'value') ?? unknown(), place);
    return text === undefined ? unknownOf('str') : str(text);
  }),
};
function mixed(name: string, plain: string, bases: readonly ClassValue[] = [enumClass]): ClassValue {
  const cls = builtinClasses[plain];
  return nativeClass({
    name,
    qualifiedName: `enum.${name}`,
    hasUnknownBase: false,
    bases: cls === undefined ? bases : [cls, ...bases],
    members: { ...enumMembers, ...plainText },
    construct: byValue,
  });
}

/** A combination of flags: a member where one has this value, else a new object. */
function combination(operator: '|' | '&' | '^') {
  return ({ interpreter, args, place }: NativeCall): Value => {
    const [self, other] = [args.get('self'), args.get('other')];
    if (self.kind !== 'instance') return unknown();
    const right = other.kind === 'instance' ? other.attributes.get('value') : other;
    if (right === undefined || (typeNameOf(right) !== 'int' && other.kind !== 'instance')) return notImplemented;
    const value = interpreter.binary(operator, self.attributes.get('value') ?? unknown(), right, place);
    const known = distinct(self.cls).find(
      (member): member is InstanceValue => member.kind === 'instance' && valuesEqual(member.attributes.get('value') ?? unknown(), value) === true,
    );
    if (known !== undefined) return known;
    const made = instance(self.cls);
    for (const [name, content] of [
      ['name', none],
      ['_name_', none],
      ['value', value],
      ['_value_', value],
    ] as const)
      made.attributes.set(name, content);
    return made;
  };
}
const flagMembers: Readonly<Record<string, Value>> = {
  ...enumMembers,
  __or__: nativeMethod('__or__', 'self, other', combination('|')),
  __and__: nativeMethod('__and__', 'self, other', combination('&')),
  __xor__: nativeMethod('__xor__', 'self, other', combination('^')),
  __contains__: nativeMethod('__contains__', 'self, other', ({ interpreter, args, place }) => {
    const [own, other] = ['self', 'other'].map((name) => {
      const value = args.get(name);
      return value.kind === 'instance' ? (value.attributes.get('value') ?? unknown()) : unknown();
    });
    return own === undefined || other === undefined
      ? unknownOf('bool')
      : interpreter.compare('==', interpreter.binary('&', own, other, place), other, place);
  }),
  __bool__: nativeMethod('__bool__', 'self', ({ interpreter, args, place }) =>
    maybeBool(interpreter.truth(textOf(args.get('self'), 'value') ?? unknown(), place)),
  ),
};

export const strEnumClass: ClassValue = mixed('StrEnum', 'str');
export const flagClass: ClassValue = nativeClass({
  name: 'Flag',
  qualifiedName: 'enum.Flag',
  hasUnknownBase: false,
  bases: [enumClass],
  members: flagMembers,
  construct: byValue,
});

const identity = (name: string): Value => nativeFunction(name, 'enumeration', ({ args }) => args.get('enumeration'));

export const enumModules: Catalogue['modules'] = {
  enum: () => ({
    Enum: enumClass,
    IntEnum: mixed('IntEnum', 'int'),
    StrEnum: strEnumClass,
    ReprEnum: enumClass,
    Flag: flagClass,
    IntFlag: nativeClass({
      name: 'IntFlag',
      qualifiedName: 'enum.IntFlag',
      hasUnknownBase: false,
      bases: [flagClass],
      members: flagMembers,
      construct: byValue,
    }),
    auto: autoClass,
    unique: identity('unique'),
    property: builtinClasses['property'] ?? unknown(),
    member: identity('member'),
    nonmember: unknown(),
    EnumMeta: unknown(),
    EnumType: unknown(),
  }),
};
