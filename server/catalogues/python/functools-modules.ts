// The modules functools and operator. Partial objects keep their arguments with their places, so that a finding about one points
// to where it was written. It must not know what is called.
import { markReplayable } from '../../values/recorder.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Argument, CallArguments, KeywordArgument } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setFunctionAttribute, setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { BinaryOperator, CompareOperator } from '../../syntax/ast.ts';
import type { ClassValue, DictValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { instance, int, maybeBool, none, str, tuple, unknown } from '../../values/value.ts';
import { isInstance } from './builtins.ts';
import { deleteItemBuiltin } from './items.ts';
import { raiseText, textValue, unknownInt } from './support.ts';

interface PartialContent {
  readonly callee: Value;
  readonly positional: readonly Argument[];
  readonly keywords: readonly KeywordArgument[];
  readonly open: Pick<CallArguments, 'openPositional' | 'openKeywords'>;
}
const partialSlot = defineSlot<PartialContent>('partial', undefined, {
  matches: (recorded, actual, matcher) =>
    matcher.value(recorded.callee, actual.callee) && matcher.arguments({ ...recorded, ...recorded.open }, { ...actual, ...actual.open }, true),
  copy: ({ callee, positional, keywords, open }, copier) => {
    const args = copier.arguments({ positional, keywords, openPositional: open.openPositional, openKeywords: open.openKeywords });
    return { callee: copier.value(callee), positional: args.positional, keywords: args.keywords, open };
  },
});

/** The call that a partial object stands for; undefined when the value is none. */
export function partialContent(value: Value): PartialContent | undefined {
  return partialSlot.get(value);
}

function extended(content: PartialContent, more: CallArguments): CallArguments {
  const given = new Set(more.keywords.map((keyword) => keyword.name));
  return {
    positional: [...content.positional, ...more.positional],
    keywords: [...content.keywords.filter((keyword) => !given.has(keyword.name)), ...more.keywords],
    openPositional: content.open.openPositional || more.openPositional,
    openKeywords: content.open.openKeywords || more.openKeywords,
  };
}

function keywordDict(keywords: readonly KeywordArgument[], open: boolean): DictValue {
  return { kind: 'dict', entries: new Map(keywords.map((keyword) => [`s:${keyword.name}`, { key: str(keyword.name), value: keyword.value }])), open };
}

/** `self` and what stands behind it in a raw call. */
function behindSelf(call: NativeCall): { self: Value; given: CallArguments } {
  const [self, ...others] = call.args.raw.positional;
  return { self: self?.value ?? none, given: { ...call.args.raw, positional: others } };
}

export const partialClass: ClassValue = nativeClass({
  name: 'partial',
  qualifiedName: 'functools.partial',
  hasUnknownBase: false,
  members: {
    __call__: nativeMethod('__call__', undefined, (call) => {
      const { self, given } = behindSelf(call);
      const content = partialSlot.get(self);
      return content === undefined ? unknown() : call.interpreter.call(content.callee, extended(content, given), call.place);
    }),
    __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
  },
  construct: (call, cls) => {
    const [first, ...others] = call.args.raw.positional;
    if (first === undefined) return unknown();
    const given: CallArguments = { ...call.args.raw, positional: others };
    const inner = partialSlot.get(first.value);
    // A partial object of a partial object is one, as in Python.
    const all = inner === undefined ? given : extended(inner, given);
    const made = instance(cls, { place: call.place });
    const content: PartialContent = { callee: inner?.callee ?? first.value, positional: all.positional, keywords: all.keywords, open: all };
    partialSlot.set(made, content);
    made.attributes.set('func', content.callee);
    made.attributes.set('args', content.open.openPositional ? unknown(undefined, 'tuple') : tuple(content.positional.map((one) => one.value)));
    made.attributes.set('keywords', keywordDict(content.keywords, content.open.openKeywords));
    return made;
  },
});

markReplayable(partialClass, partialClass.namespace.get('__call__'));

const partialMethod = nativeFunction('partialmethod', undefined, ({ args: { raw } }) => {
  const [first, ...others] = raw.positional;
  if (first === undefined) return unknown();
  const content: PartialContent = { callee: first.value, positional: others, keywords: raw.keywords, open: raw };
  return nativeMethod('partialmethod', undefined, (call) => {
    const { self, given } = behindSelf(call);
    const all = extended(content, given);
    return call.interpreter.call(content.callee, { ...all, positional: [{ value: self, place: undefined }, ...all.positional] }, call.place);
  });
});

const reduce = nativeFunction('reduce', 'function, iterable, initial=None, /', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('iterable'), place);
  if (!iteration.exact) return unknown();
  const items = [...iteration.items];
  let result = args.given('initial') === false ? items.shift() : args.get('initial');
  if (result === undefined) return raiseText(interpreter, 'TypeError', 'reduce() of empty iterable with no initial value', place);
  for (const item of items) result = interpreter.call(args.get('function'), argumentsOf([result, item]), place);
  return result;
});

/** A decorator that gives the function back: what it adds does not matter here. */
const identity = (name: string): Value => nativeFunction(name, undefined, ({ args: { raw } }) => raw.positional[0]?.value ?? unknown());

/** The wrapper looks like what it wraps: its names and what was set on it. */
function wrap(interpreter: Interpreter, wrapper: Value, wrapped: Value, place: Place): Value {
  if (wrapper.kind !== 'function') return wrapper;
  for (const name of ['__name__', '__qualname__', '__module__']) {
    const value = wrapped.kind === 'unknown' ? undefined : interpreter.lookUpAttribute(wrapped, name, place);
    if (value !== undefined) setFunctionAttribute(wrapper, name, value);
  }
  if (wrapped.kind === 'function') for (const [name, value] of wrapped.attributes) if (!name.startsWith('__')) setFunctionAttribute(wrapper, name, value);
  setFunctionAttribute(wrapper, '__wrapped__', wrapped);
  return wrapper;
}
const wraps = nativeFunction('wraps', 'wrapped, assigned=(), updated=()', ({ args }) =>
  nativeFunction('wraps', 'wrapper', (call) => wrap(call.interpreter, call.args.get('wrapper'), args.get('wrapped'), call.place)),
);

/** `@lru_cache` and `@lru_cache(maxsize=…)`. */
const cacheDecorator = (name: string): Value =>
  nativeFunction(name, undefined, ({ args: { raw } }) => {
    const first = raw.positional[0]?.value;
    const isFunction =
      first?.kind === 'function' ||
      first?.kind === 'native' ||
      first?.kind === 'bound-method' ||
      first?.kind === 'class' ||
      first?.kind === 'staticmethod';
    return isFunction ? first : identity(name);
  });

/** A property whose value is kept under the same name once it has been computed. */
const cachedProperty = nativeFunction('cached_property', 'func', ({ args }) => {
  const callee = args.get('func');
  const name = callee.kind === 'function' || callee.kind === 'native' ? callee.name : undefined;
  return {
    kind: 'property',
    setter: undefined,
    getter: nativeMethod(name ?? 'cached_property', 'self', (call) => {
      const self = call.args.get('self');
      const kept = self.kind === 'instance' && name !== undefined ? self.attributes.get(name) : undefined;
      if (kept !== undefined) return kept;
      const value = call.interpreter.call(callee, argumentsOf([self]), call.place);
      if (self.kind === 'instance' && name !== undefined) setInstanceAttribute(self, name, value);
      return value;
    }),
  };
});

interface Dispatch {
  readonly fallback: Value;
  readonly cases: readonly { readonly cls: Value; readonly callee: Value }[];
}
const dispatchSlot = defineSlot<Dispatch>('singledispatch');
const dispatchClass: ClassValue = nativeClass({
  name: 'singledispatch',
  qualifiedName: 'functools._SingleDispatchCallable',
  members: {
    __call__: nativeMethod('__call__', undefined, (call) => {
      const { self, given } = behindSelf(call);
      const dispatch = dispatchSlot.get(self),
        first = given.positional[0]?.value;
      if (dispatch === undefined || first === undefined) return unknown();
      for (const one of dispatch.cases.toReversed()) {
        const fits = isInstance(call.interpreter, first, one.cls);
        if (fits === undefined) return unknown();
        if (fits) return call.interpreter.call(one.callee, given, call.place);
      }
      return call.interpreter.call(dispatch.fallback, given, call.place);
    }),
    register: nativeMethod('register', 'self, cls, func=None', ({ args }) => {
      const self = args.get('self'),
        cls = args.get('cls');
      const add = (type: Value, callee: Value): Value => {
        const dispatch = dispatchSlot.get(self);
        if (self.kind === 'instance' && dispatch !== undefined)
          dispatchSlot.set(self, { ...dispatch, cases: [...dispatch.cases, { cls: type, callee }] });
        return callee;
      };
      // `@f.register` on a function takes the type from its annotation, which is not kept.
      if (cls.kind === 'function') return add(unknown(), cls);
      return args.isNone('func') ? nativeFunction('register', 'func', (call) => add(cls, call.args.get('func'))) : add(cls, args.get('func'));
    }),
  },
});

const singleDispatch = nativeFunction('singledispatch', 'func', ({ args }) => {
  const made = instance(dispatchClass);
  dispatchSlot.set(made, { fallback: args.get('func'), cases: [] });
  return made;
});

const keyClass: ClassValue = nativeClass({
  name: 'K',
  qualifiedName: 'functools.K',
  members: Object.fromEntries(
    (['__lt__', '__gt__', '__le__', '__ge__', '__eq__'] as const).map((name) => [
      name,
      nativeMethod(name, 'self, other', ({ interpreter, args, place }) => {
        const [self, other] = [args.get('self'), args.get('other')];
        if (self.kind !== 'instance' || other.kind !== 'instance') return unknown();
        const difference = interpreter.call(
          self.attributes.get('compare') ?? unknown(),
          argumentsOf([self.attributes.get('obj') ?? unknown(), other.attributes.get('obj') ?? unknown()]),
          place,
        );
        return interpreter.compare(
          ({ __lt__: '<', __gt__: '>', __le__: '<=', __ge__: '>=', __eq__: '==' } as const)[name],
          difference,
          int(0),
          place,
        );
      }),
    ]),
  ),
});
const comparisonKey = nativeFunction('cmp_to_key', 'mycmp', ({ args }) => {
  const compare = args.get('mycmp');
  return nativeFunction('K', 'obj', (call) => {
    const made: InstanceValue = instance(keyClass);
    made.attributes.set('compare', compare);
    made.attributes.set('obj', call.args.get('obj'));
    return made;
  });
});

const binaryFunctions: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  and_: '&',
  or_: '|',
  xor: '^',
  lshift: '<<',
  rshift: '>>',
  concat: '+',
  iadd: '+',
  isub: '-',
  imul: '*',
  itruediv: '/',
};
const compareFunctions: Readonly<Record<string, CompareOperator>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  is_: 'is',
  is_not: 'is not',
};

function getters(name: string, read: (call: NativeCall, object: Value, key: Value) => Value): Value {
  return nativeFunction(name, '*items', ({ args }) => {
    const keys = args.rest.map((one) => one.value);
    if (args.openPositional || keys.length === 0) return unknown();
    return nativeFunction(name, 'obj, /', (call) => {
      const found = keys.map((key) => read(call, call.args.get('obj'), key));
      return found.length === 1 ? (found[0] ?? unknown()) : tuple(found);
    });
  });
}

const operatorMembers = (): Record<string, Value> => ({
  ...Object.fromEntries(
    Object.entries(binaryFunctions).map(([name, operator]) => [
      name,
      nativeFunction(name, 'a, b, /', ({ interpreter, args, place }) => interpreter.binary(operator, args.get('a'), args.get('b'), place)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(compareFunctions).map(([name, operator]) => [
      name,
      nativeFunction(name, 'a, b, /', ({ interpreter, args, place }) => interpreter.compare(operator, args.get('a'), args.get('b'), place)),
    ]),
  ),
  neg: nativeFunction('neg', 'a, /', ({ interpreter, args, place }) => interpreter.unary('-', args.get('a'), place)),
  pos: nativeFunction('pos', 'a, /', ({ interpreter, args, place }) => interpreter.unary('+', args.get('a'), place)),
  invert: nativeFunction('invert', 'a, /', ({ interpreter, args, place }) => interpreter.unary('~', args.get('a'), place)),
  not_: nativeFunction('not_', 'a, /', ({ interpreter, args, place }) => interpreter.unary('not', args.get('a'), place)),
  truth: nativeFunction('truth', 'a, /', ({ interpreter, args, place }) => maybeBool(interpreter.truth(args.get('a'), place))),
  index: nativeFunction('index', 'a, /', ({ args }) => {
    const value = args.get('a');
    return value.kind === 'int' || value.kind === 'bool' ? value : unknownInt();
  }),
  contains: nativeFunction('contains', 'a, b, /', ({ interpreter, args, place }) => interpreter.compare('in', args.get('b'), args.get('a'), place)),
  getitem: nativeFunction('getitem', 'a, b, /', ({ interpreter, args, place }) => interpreter.getItem(args.get('a'), args.get('b'), place)),
  setitem: nativeFunction('setitem', 'a, b, c, /', ({ interpreter, args, place }) => {
    interpreter.setItem(args.get('a'), args.get('b'), args.get('c'), place);
    return none;
  }),
  delitem: nativeFunction('delitem', 'a, b, /', ({ interpreter, args, place }) => {
    deleteItemBuiltin(interpreter, args.get('a'), args.get('b'), place);
    return none;
  }),
  itemgetter: getters('itemgetter', ({ interpreter, place }, object, key) => interpreter.getItem(object, key, place)),
  attrgetter: getters('attrgetter', ({ interpreter, place }, object, key) => {
    const path = textValue(key);
    return path === undefined ? unknown() : path.split('.').reduce((at, name) => interpreter.getAttribute(at, name, place), object);
  }),
  methodcaller: nativeFunction('methodcaller', undefined, ({ args: { raw } }) => {
    const [first, ...others] = raw.positional;
    const name = first === undefined ? undefined : textValue(first.value);
    if (name === undefined) return unknown();
    return nativeFunction('methodcaller', 'obj, /', ({ interpreter, args, place }) =>
      interpreter.call(interpreter.getAttribute(args.get('obj'), name, place), { ...raw, positional: others }, place),
    );
  }),
});

export const functoolsModules: Catalogue['modules'] = {
  functools: () => ({
    partial: partialClass,
    partialmethod: partialMethod,
    reduce,
    wraps,
    lru_cache: cacheDecorator('lru_cache'),
    cache: cacheDecorator('cache'),
    cached_property: cachedProperty,
    singledispatch: singleDispatch,
    total_ordering: identity('total_ordering'),
    cmp_to_key: comparisonKey,
    update_wrapper: nativeFunction('update_wrapper', 'wrapper, wrapped, assigned=(), updated=()', ({ interpreter, args, place }) =>
      wrap(interpreter, args.get('wrapper'), args.get('wrapped'), place),
    ),
    WRAPPER_ASSIGNMENTS: tuple(['__module__', '__name__', '__qualname__', '__doc__', '__annotations__'].map((name) => str(name))),
    WRAPPER_UPDATES: tuple([str('__dict__')]),
  }),
  operator: operatorMembers,
};
