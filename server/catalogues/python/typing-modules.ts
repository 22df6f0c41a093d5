// The modules typing, typing_extensions, collections.abc, abc and numbers: names that stand in annotations and base classes.
// Subscripting gives the class itself; annotations mean nothing to the evaluator. It must not know values' operators.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { bool, none, unknown } from '../../values/value.ts';
import { abstractClass } from './abstract.ts';
import { builtinClasses } from './classes.ts';
import { counterClass, defaultdictClass, dequeClass, orderedDictClass } from './collections-modules.ts';
import { dictClass, makeDict } from './mappings.ts';
import { namedTupleBase } from './namedtuple.ts';
import { unfollowedMethods, unknownOf } from './support.ts';
import { optionalOf, unionOf } from './union-types.ts';

const itself: Value = { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) };

/** `Union[int, str]` and `Optional[int]`, where all of it are types. */
function unionForm(name: string, make: (items: readonly Value[]) => Value | undefined): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `typing.${name}`,
    hasUnknownBase: false,
    members: {
      __class_getitem__: {
        kind: 'classmethod',
        callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => {
          const item = call.args.get('item');
          return make(item.kind === 'tuple' ? item.items : [item]) ?? call.args.get('cls');
        }),
      },
    },
  });
}

/** A form of annotations: subscriptable, harmless as a base class, of no use as a value. */
function form(name: string): ClassValue {
  return nativeClass({ name, qualifiedName: `typing.${name}`, hasUnknownBase: false, members: { __class_getitem__: itself } });
}

const identity = (name: string): Value => nativeFunction(name, undefined, ({ args: { raw } }) => raw.positional[0]?.value ?? unknown());

const typedDict: ClassValue = nativeClass({
  name: 'TypedDict',
  qualifiedName: 'typing.TypedDict',
  bases: [dictClass],
  hasUnknownBase: false,
  members: { __class_getitem__: itself },
  construct: ({ interpreter, args: { raw }, place }, cls) => {
    if (cls === typedDict) return unknownOf('type');
    return makeDict({ interpreter, given: raw, place, subclass: undefined });
  },
});

const newType = nativeFunction('NewType', 'name, tp', () => identity('NewType'));
const typeVariable = (name: string): ClassValue => nativeClass({ name, qualifiedName: `typing.${name}` });

/** Abstract classes: the built-in types that belong to each, and the methods that any class may have instead. */
const abstractDeclarations: readonly (readonly [name: string, types: string, methods: string, bases?: readonly string[]])[] = [
  ['Hashable', 'int float str bytes tuple frozenset bool NoneType function method range', '__hash__'],
  ['Callable', 'function method builtin_function_or_method type', '__call__'],
  ['Sized', 'list tuple dict set frozenset str bytes range bytearray deque', '__len__'],
  ['Container', 'list tuple dict set frozenset str bytes range bytearray deque', '__contains__'],
  ['Iterable', 'list tuple dict set frozenset str bytes range bytearray deque iterator', '__iter__'],
  ['Iterator', 'iterator', '__iter__ __next__', ['Iterable']],
  ['Generator', '', 'send throw close __iter__ __next__', ['Iterator']],
  ['Reversible', 'list tuple dict str bytes range deque', '__reversed__ __iter__', ['Iterable']],
  [
    'Collection',
    'list tuple dict set frozenset str bytes range bytearray deque',
    '__len__ __iter__ __contains__',
    ['Sized', 'Iterable', 'Container'],
  ],
  ['Sequence', 'list tuple str bytes range bytearray memoryview deque', '', ['Collection']],
  ['MutableSequence', 'list bytearray deque', '', ['Sequence']],
  ['ByteString', 'bytes bytearray', '', ['Sequence']],
  ['Set', 'set frozenset', '', ['Collection']],
  ['MutableSet', 'set', '', ['Set']],
  ['Mapping', 'dict', '', ['Collection']],
  ['MutableMapping', 'dict', '', ['Mapping']],
  ['MappingView', '', '', ['Sized']],
  ['KeysView', '', '', ['MappingView']],
  ['ItemsView', '', '', ['MappingView']],
  ['ValuesView', '', '', ['MappingView']],
  ['Awaitable', '', '__await__'],
  ['Coroutine', '', '__await__ send throw close', ['Awaitable']],
  ['AsyncIterable', '', '__aiter__'],
  ['AsyncIterator', '', '__aiter__ __anext__', ['AsyncIterable']],
  ['AsyncGenerator', '', '__aiter__ __anext__ asend athrow aclose', ['AsyncIterator']],
  ['Buffer', 'bytes bytearray memoryview', '__buffer__'],
];
const abstractClasses: Record<string, ClassValue> = {};
/** What an abstract class gives to those that inherit from it; it is not followed. */
const mixins: Readonly<Record<string, string>> = {
  Sequence: 'index count __contains__ __iter__ __reversed__',
  MutableSequence: 'append clear reverse extend pop remove __iadd__',
  Set: 'isdisjoint _from_iterable __and__ __or__ __sub__ __xor__ __le__ __lt__ __ge__ __gt__',
  MutableSet: 'clear pop remove __ior__ __iand__ __ixor__ __isub__',
  Mapping: 'get keys items values __contains__',
  MutableMapping: 'pop popitem clear update setdefault',
  Iterator: '__iter__',
  Generator: '__iter__ __next__ close',
  Coroutine: 'close',
  AsyncIterator: '__aiter__',
  AsyncGenerator: '__aiter__ __anext__ aclose',
};
for (const [name, types, methods, bases] of abstractDeclarations) {
  abstractClasses[name] = abstractClass(
    `collections.abc.${name}`,
    types,
    methods,
    (bases ?? []).flatMap((base) => abstractClasses[base] ?? []),
  );
  for (const [member, value] of Object.entries(unfollowedMethods(mixins[name] ?? ''))) abstractClasses[name]?.namespace.set(member, value);
}

const numberClasses: Record<string, ClassValue> = {};
for (const [name, types, base] of [
  ['Number', 'int float bool complex', ''],
  ['Complex', 'int float bool complex', 'Number'],
  ['Real', 'int float bool', 'Complex'],
  ['Rational', 'int bool', 'Real'],
  ['Integral', 'int bool', 'Rational'],
] as const)
  numberClasses[name] = abstractClass(`numbers.${name}`, types, '', base === '' ? [] : [numberClasses[base]].flatMap((one) => one ?? []));

const forms =
  'Any Literal Final ClassVar Annotated Type Concatenate TypeGuard TypeIs Required NotRequired ReadOnly Unpack Self Never NoReturn LiteralString TypeAlias ' +
  'Text AnyStr ParamSpec TypeVarTuple ParamSpecArgs ParamSpecKwargs IO TextIO BinaryIO Pattern Match ContextManager AsyncContextManager SupportsInt SupportsFloat SupportsIndex SupportsAbs ' +
  'SupportsRound SupportsBytes SupportsComplex ForwardRef Doc NoDefault TypeAliasType';
const plainTypes: Readonly<Record<string, string>> = { List: 'list', Dict: 'dict', Tuple: 'tuple', Set: 'set', FrozenSet: 'frozenset' };
const decorators = 'overload final runtime_checkable runtime no_type_check override reveal_type assert_type';

function typingMembers(): Record<string, Value> {
  return {
    ...Object.fromEntries(forms.split(' ').map((name) => [name, form(name)])),
    Union: unionForm('Union', unionOf),
    Optional: unionForm('Optional', ([item]) => (item === undefined ? undefined : optionalOf(item))),
    ...abstractClasses,
    AbstractSet: abstractClasses['Set'] ?? unknown(),
    ...Object.fromEntries(Object.entries(plainTypes).map(([name, type]) => [name, builtinClasses[type] ?? unknown()])),
    Text: builtinClasses['str'] ?? unknown(),
    Type: builtinClasses['type'] ?? unknown(),
    OrderedDict: orderedDictClass,
    DefaultDict: defaultdictClass,
    Counter: counterClass,
    Deque: dequeClass,
    Generic: form('Generic'),
    Protocol: form('Protocol'),
    NamedTuple: namedTupleBase,
    TypedDict: typedDict,
    TypeVar: typeVariable('TypeVar'),
    ParamSpec: typeVariable('ParamSpec'),
    TypeVarTuple: typeVariable('TypeVarTuple'),
    NewType: newType,
    ...Object.fromEntries(decorators.split(' ').map((name) => [name, identity(name)])),
    deprecated: nativeFunction('deprecated', undefined, () => identity('deprecated')),
    dataclass_transform: nativeFunction('dataclass_transform', undefined, () => identity('dataclass_transform')),
    cast: nativeFunction('cast', 'typ, val', ({ args }) => args.get('val')),
    TYPE_CHECKING: bool(false),
    get_type_hints: nativeFunction('get_type_hints', undefined, () => unknownOf('dict')),
    get_args: nativeFunction('get_args', undefined, () => unknownOf('tuple')),
    get_origin: nativeFunction('get_origin', undefined, () => unknown()),
    assert_never: nativeFunction('assert_never', undefined, () => none),
  };
}

const abcClass: ClassValue = nativeClass({
  name: 'ABC',
  qualifiedName: 'abc.ABC',
  hasUnknownBase: false,
  members: { register: { kind: 'classmethod', callable: nativeMethod('register', 'cls, subclass', (call) => call.args.get('subclass')) } },
});
const abcMeta: ClassValue = nativeClass({
  name: 'ABCMeta',
  qualifiedName: 'abc.ABCMeta',
  bases: [builtinClasses['type']].flatMap((one) => one ?? []),
  members: { register: nativeMethod('register', 'cls, subclass', (call) => call.args.get('subclass')) },
});

export const typingModules: Catalogue['modules'] = {
  typing: typingMembers,
  typing_extensions: typingMembers,
  'collections.abc': () => abstractClasses,
  numbers: () => numberClasses,
  abc: () => ({
    ABC: abcClass,
    ABCMeta: abcMeta,
    abstractmethod: identity('abstractmethod'),
    abstractproperty: builtinClasses['property'] ?? unknown(),
    abstractclassmethod: builtinClasses['classmethod'] ?? unknown(),
    abstractstaticmethod: builtinClasses['staticmethod'] ?? unknown(),
  }),
};
