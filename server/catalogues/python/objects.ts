// The classes that describe Python itself: object, type, functions, modules, properties, slices, ranges and iterators.
// It must not know the data types.
import { argumentsOf } from '../../values/arguments.ts';
import { builtinObject, lookUpInClass, nativeClass, nativeFunction, nativeMethod, nativeProperty, resolutionOrder } from '../../values/classes.ts';
import { deleteInstanceAttribute, moveIterator, setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, IteratorValue, NativeCall, Value } from '../../values/value.ts';
import { bool, instance, int, maybeBool, none, notImplemented, str, tuple, unknown } from '../../values/value.ts';
import { containsBuiltin } from './comparison.ts';
import { getItemBuiltin, rangeLength, sliceBounds } from './items.ts';
import { bindRaw, dimOf, indexOf, raiseText, typeNameOf, unfollowedMethods, unknownInt, unknownOf } from './support.ts';

/** A class without more members than are listed here. */
function plainClass(
  name: string,
  members: Record<string, Value> = {},
  construct?: (call: NativeCall, cls: ClassValue) => Value,
  module = 'builtins',
): ClassValue {
  return nativeClass({ name, qualifiedName: `${module}.${name}`, hasUnknownBase: false, members, ...(construct === undefined ? {} : { construct }) });
}

const refuseNew =
  (name: string) =>
  (call: NativeCall): Value =>
    raiseText(call.interpreter, 'TypeError', `cannot create '${name}' instances`, call.place);

/** Members of `object`. They are added to the class that exists already, because every class stands on it. */
function defineObject(): void {
  const members: Record<string, Value> = {
    __new__: {
      kind: 'staticmethod',
      callable: nativeFunction('__new__', undefined, ({ args: { raw }, place }) => {
        const cls = raw.positional[0]?.value;
        return cls?.kind === 'class' ? instance(cls, { place }) : unknown();
      }),
    },
    __init__: nativeMethod('__init__', undefined, ({ interpreter, args: { raw }, place }) => {
      const self = raw.positional[0]?.value;
      const tooMany = raw.positional.length > 1 || raw.keywords.length > 0;
      if (
        tooMany &&
        self?.kind === 'instance' &&
        !self.cls.mro.some((base) => base.hasUnknownBase) &&
        lookUpInClass(self.cls, '__init__')?.owner === builtinObject &&
        lookUpInClass(self.cls, '__new__')?.owner === builtinObject
      ) {
        raiseText(interpreter, 'TypeError', `${self.cls.name}() takes no arguments`, place);
      }
      return none;
    }),
    __setattr__: nativeMethod('__setattr__', 'self, name, value, /', ({ args }) => {
      const self = args.get('self'),
        name = args.str('name');
      if (self.kind === 'instance' && name !== undefined) setInstanceAttribute(self, name, args.get('value'));
      return none;
    }),
    __getattribute__: nativeMethod('__getattribute__', 'self, name, /', ({ interpreter, args, place }) => {
      const name = args.str('name');
      return name === undefined ? unknown() : interpreter.getAttribute(args.get('self'), name, place);
    }),
    __delattr__: nativeMethod('__delattr__', 'self, name, /', ({ args }) => {
      const self = args.get('self'),
        name = args.str('name');
      if (self.kind === 'instance' && name !== undefined) deleteInstanceAttribute(self, name);
      return none;
    }),
    __init_subclass__: { kind: 'classmethod', callable: nativeMethod('__init_subclass__', undefined, () => none) },
    __eq__: nativeMethod('__eq__', 'self, value, /', ({ args }) => (args.get('self') === args.get('value') ? bool(true) : notImplemented)),
    __ne__: nativeMethod('__ne__', 'self, value, /', ({ interpreter, args, place }) => {
      const same = interpreter.callMethod(args.get('self'), '__eq__', [args.get('value')], place);
      return same.kind === 'bool' ? bool(!same.value) : same.kind === 'not-implemented' ? same : unknownOf('bool');
    }),
    __hash__: nativeMethod('__hash__', 'self, /', () => unknownInt()),
    __repr__: nativeMethod('__repr__', 'self, /', () => unknownOf('str')),
    __str__: nativeMethod('__str__', 'self, /', ({ interpreter, args, place }) => {
      const text = interpreter.representation(args.get('self'), place);
      return text === undefined ? unknownOf('str') : str(text);
    }),
    __format__: nativeMethod('__format__', 'self, format_spec, /', () => unknownOf('str')),
    __dir__: nativeMethod('__dir__', 'self, /', () => unknownOf('list')),
    __doc__: unknownOf('str'),
    ...unfollowedMethods('__reduce__ __reduce_ex__ __sizeof__ __subclasshook__ __getstate__'),
  };
  for (const [name, value] of Object.entries(members)) builtinObject.namespace.set(name, value);
}
defineObject();

/** `type(name, bases, namespace)`. */
function makeClass(interpreter: Interpreter, name: string, bases: readonly Value[], members: Value, place: Place): Value {
  const classes = bases.filter((base) => base.kind === 'class');
  const effective = classes.length === 0 ? [builtinObject] : classes;
  const order = resolutionOrder(effective);
  const mro: ClassValue[] = [];
  const entries =
    members.kind === 'dict'
      ? [...members.entries.values()].flatMap((entry) => (entry.key.kind === 'str' ? [[entry.key.value, entry.value] as const] : []))
      : [];
  const cls: ClassValue = {
    kind: 'class',
    name,
    qualifiedName: `__main__.${name}`,
    bases: effective,
    mro,
    namespace: new Map(entries),
    native: false,
    place,
    hasUnknownBase:
      order === undefined ||
      classes.length < bases.length ||
      members.kind !== 'dict' ||
      members.open ||
      effective.some((base) => !base.native && base.hasUnknownBase),
  };
  mro.push(cls, ...(order ?? effective.flatMap((base) => base.mro)));
  const hook = mro
    .slice(1)
    .map((base) => base.namespace.get('__init_subclass__'))
    .find((value) => value !== undefined);
  if (hook !== undefined) interpreter.call(hook.kind === 'classmethod' ? hook.callable : hook, argumentsOf([cls]), place);
  return cls;
}

export const typeClass: ClassValue = plainClass(
  'type',
  {
    mro: nativeMethod('mro', 'self', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'class' ? { kind: 'list', items: [...self.mro], open: false } : unknown();
    }),
    ...unfollowedMethods('__subclasses__ __instancecheck__ __subclasscheck__ __call__ __prepare__'),
  },
  ({ interpreter, args: { raw }, place }) => {
    const [first, bases, members] = raw.positional;
    if (first === undefined || raw.openPositional) return unknown();
    if (raw.positional.length === 1) return interpreter.typeOf(first.value) ?? unknown(undefined, 'type');
    if (first.value.kind !== 'str' || bases?.value.kind !== 'tuple' || members === undefined) return unknown(undefined, 'type');
    return makeClass(interpreter, first.value.value, bases.value.items, members.value, place);
  },
);

export const functionClass: ClassValue = plainClass(
  'function',
  {
    __defaults__: unknown(),
    __kwdefaults__: unknown(),
    __code__: unknown(),
    __globals__: unknown(),
    __closure__: unknown(),
    __annotations__: unknownOf('dict'),
    __module__: unknownOf('str'),
    __dict__: unknownOf('dict'),
    ...unfollowedMethods('__get__'),
    __call__: nativeMethod('__call__', undefined, ({ interpreter, args: { raw }, place }) => {
      const [self, ...others] = raw.positional;
      return self === undefined ? unknown() : interpreter.call(self.value, { ...raw, positional: others }, place);
    }),
  },
  refuseNew('function'),
);
export const methodClass: ClassValue = nativeClass({
  name: 'method',
  qualifiedName: 'builtins.method',
  bases: [functionClass],
  hasUnknownBase: false,
});
export const nativeFunctionClass: ClassValue = nativeClass({
  name: 'builtin_function_or_method',
  qualifiedName: 'builtins.builtin_function_or_method',
  bases: [functionClass],
  hasUnknownBase: false,
});

export const moduleClass: ClassValue = nativeClass({ name: 'module', qualifiedName: 'builtins.module', hasUnknownBase: true });
export const noneClass: ClassValue = plainClass('NoneType', { __bool__: nativeMethod('__bool__', 'self', () => bool(false)) }, () => none);
export const ellipsisClass: ClassValue = plainClass('ellipsis', {}, () => ({ kind: 'ellipsis' }));
export const notImplementedClass: ClassValue = plainClass('NotImplementedType', {}, () => notImplemented);

export const sliceClass: ClassValue = plainClass(
  'slice',
  {
    start: nativeProperty('start', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'slice' ? self.start : unknown();
    }),
    stop: nativeProperty('stop', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'slice' ? self.stop : unknown();
    }),
    step: nativeProperty('step', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'slice' ? self.step : unknown();
    }),
    indices: nativeMethod('indices', 'self, length, /', ({ args }) => {
      const self = args.get('self'),
        length = indexOf(args.get('length'));
      const bounds = self.kind === 'slice' && length !== undefined ? sliceBounds(self, length) : undefined;
      return bounds === undefined
        ? tuple([unknownInt(), unknownInt(), unknownInt()])
        : tuple([int(bounds.start), int(bounds.stop), int(bounds.step)]);
    }),
  },
  ({ args: { raw } }) => {
    const [first, second, third] = raw.positional.map((argument) => argument.value);
    if (first === undefined || raw.openPositional) return unknownOf('slice');
    return second === undefined
      ? { kind: 'slice', start: none, stop: first, step: none }
      : { kind: 'slice', start: first, stop: second, step: third ?? none };
  },
);

export const rangeClass: ClassValue = plainClass(
  'range',
  {
    start: nativeProperty('start', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'range' ? int(self.start) : unknownInt();
    }),
    stop: nativeProperty('stop', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'range' ? int(self.stop) : unknownInt();
    }),
    step: nativeProperty('step', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'range' ? int(self.step) : unknownInt();
    }),
    index: nativeMethod('index', 'self, value, /', ({ interpreter, args, place }) => {
      const self = args.get('self'),
        value = indexOf(args.get('value'));
      if (self.kind !== 'range' || value === undefined || typeof self.start !== 'number') return unknownInt(0);
      const inside = containsBuiltin(interpreter, self, args.get('value'), place);
      if (inside === false) return raiseText(interpreter, 'ValueError', `${value} is not in range`, place);
      return inside === true ? int((value - self.start) / self.step) : unknownInt(0);
    }),
    count: nativeMethod('count', 'self, value, /', ({ interpreter, args, place }) => {
      const inside = containsBuiltin(interpreter, args.get('self'), args.get('value'), place);
      return typeof inside === 'boolean' ? int(Number(inside)) : unknownInt(0);
    }),
    __len__: nativeMethod('__len__', 'self', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'range' ? int(rangeLength(self)) : unknownInt(0);
    }),
    __contains__: nativeMethod('__contains__', 'self, key, /', ({ interpreter, args, place }) => {
      const inside = containsBuiltin(interpreter, args.get('self'), args.get('key'), place);
      return maybeBool(typeof inside === 'boolean' ? inside : undefined);
    }),
    __getitem__: nativeMethod(
      '__getitem__',
      'self, key, /',
      ({ interpreter, args, place }) => getItemBuiltin(interpreter, args.get('self'), args.get('key'), place) ?? unknown(),
    ),
    __iter__: nativeMethod('__iter__', 'self', ({ interpreter, args, place }) =>
      iteratorOver(interpreter, args.get('self'), place, 'range_iterator'),
    ),
    ...unfollowedMethods('__reversed__ __reduce__ __bool__'),
  },
  ({ interpreter, args: { raw }, place }) => makeRange(interpreter, raw, place),
);

function makeRange(interpreter: Interpreter, raw: NativeCall['args']['raw'], place: Place): Value {
  const args = bindRaw(raw, 'start, stop=None, step=1, /', 'range');
  if (args === undefined || raw.openPositional) return unknownOf('range');
  const single = args.given('stop') === false;
  const values = single ? [int(0), args.get('start'), int(1)] : [args.get('start'), args.get('stop'), args.get('step')];
  for (const value of values) {
    if (
      value.kind === 'float' ||
      value.kind === 'str' ||
      value.kind === 'none' ||
      ((value.kind === 'list' || value.kind === 'tuple') && value.cls === undefined)
    ) {
      raiseText(interpreter, 'TypeError', `'${typeNameOf(value)}' object cannot be interpreted as an integer`, place);
    }
  }
  const [start, stop, step] = values.map(dimOf);
  if (step === 0) raiseText(interpreter, 'ValueError', 'range() arg 3 must not be zero', place);
  if (start === undefined || stop === undefined || typeof step !== 'number') return unknownOf('range');
  const source = values.find((value) => value.kind === 'int' && value.origin !== undefined);
  return { kind: 'range', start, stop, step, ...(single && source?.kind === 'int' ? { origin: source.origin } : {}) };
}

/** A new iterator over a value's items, which are asked for when the first is taken. */
export function iteratorOver(interpreter: Interpreter, value: Value, place: Place, typeName = 'iterator'): IteratorValue {
  return { kind: 'iterator', typeName, taken: undefined, position: 0, source: () => interpreter.iterate(value, place) };
}

/** The next item: undefined at the end, unknown where it is not known which one it is. */
export function nextItem(iterator: IteratorValue): Value | undefined {
  const taken = iterator.taken ?? iterator.source();
  const item = taken.items[iterator.position];
  if (!taken.exact) {
    moveIterator(iterator, taken, iterator.position);
    return taken.items.length === 1 ? taken.items[0] : unknown();
  }
  moveIterator(iterator, taken, iterator.position + 1);
  return item;
}

export const iteratorClass: ClassValue = nativeClass({
  name: 'iterator',
  qualifiedName: 'builtins.iterator',
  hasUnknownBase: true,
  members: {
    __iter__: nativeMethod('__iter__', 'self', ({ args }) => args.get('self')),
    __next__: nativeMethod('__next__', 'self', ({ interpreter, args, place }) => {
      const self = args.get('self');
      return self.kind === 'iterator' ? (nextItem(self) ?? raiseText(interpreter, 'StopIteration', '', place)) : unknown();
    }),
    send: nativeMethod('send', 'self, value, /', ({ interpreter, args, place }) => {
      const self = args.get('self');
      return self.kind === 'iterator' ? (nextItem(self) ?? raiseText(interpreter, 'StopIteration', '', place)) : unknown();
    }),
    close: nativeMethod('close', 'self', () => none),
    throw: nativeMethod('throw', undefined, () => unknown()),
  },
});

function functionOf(call: NativeCall, name: string): Value {
  const { raw } = call.args;
  return raw.positional[0]?.value ?? raw.keywords.find((keyword) => keyword.name === name)?.value ?? none;
}

function propertyParts(): Record<string, Value> {
  return {
    fget: nativeProperty('fget', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'property' ? (self.getter ?? none) : unknown();
    }),
    fset: nativeProperty('fset', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'property' ? (self.setter ?? none) : unknown();
    }),
    fdel: none,
    getter: nativeMethod('getter', 'self, fget, /', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'property' ? { ...self, getter: args.get('fget') } : unknown();
    }),
    setter: nativeMethod('setter', 'self, fset, /', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'property' ? { ...self, setter: args.get('fset') } : unknown();
    }),
    deleter: nativeMethod('deleter', 'self, fdel, /', ({ args }) => args.get('self')),
    ...unfollowedMethods('__get__ __set__ __delete__ __set_name__'),
  };
}

export const propertyClass: ClassValue = plainClass('property', propertyParts(), (call) => {
  const { raw } = call.args;
  const at = (index: number, name: string): Value | undefined => {
    const value = raw.positional[index]?.value ?? raw.keywords.find((keyword) => keyword.name === name)?.value;
    return value?.kind === 'none' ? undefined : value;
  };
  return { kind: 'property', getter: at(0, 'fget'), setter: at(1, 'fset') };
});
export const staticmethodClass: ClassValue = plainClass(
  'staticmethod',
  {
    __func__: nativeProperty('__func__', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'staticmethod' ? self.callable : unknown();
    }),
    ...unfollowedMethods('__get__ __call__ __wrapped__'),
  },
  (call) => ({ kind: 'staticmethod', callable: functionOf(call, 'function') }),
);
export const classmethodClass: ClassValue = plainClass(
  'classmethod',
  {
    __func__: nativeProperty('__func__', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'classmethod' ? self.callable : unknown();
    }),
    ...unfollowedMethods('__get__ __wrapped__'),
  },
  (call) => ({ kind: 'classmethod', callable: functionOf(call, 'function') }),
);
/** The evaluator makes `super()` itself; the class stands here for its name. */
export const superClass: ClassValue = plainClass('super', unfollowedMethods('__get__'), () => unknown());
