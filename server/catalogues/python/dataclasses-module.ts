// The module dataclasses. Fields come from the annotations of a class and its bases; `__init__`, `__repr__`, comparisons are made
// from them as native methods. It must not know other ways to declare fields.
import type { Catalogue } from '../catalogue.ts';
import type { CallArguments, Signature, SignatureParameter } from '../../values/arguments.ts';
import { argumentsOf, bindArguments } from '../../values/arguments.ts';
import { lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setClassAttribute, setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, DictValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, instance, maybeBool, none, notImplemented, str, tuple, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { deepCopy } from './copying.ts';
import { raiseText, textValue, unknownInt, unknownOf } from './support.ts';

interface Field {
  readonly name: string;
  readonly type: Value;
  readonly default: Value | undefined;
  readonly factory: Value | undefined;
  readonly init: boolean;
  readonly shown: boolean;
  readonly compared: boolean;
  readonly keywordOnly: boolean;
  /** `InitVar`: given to `__post_init__`, not kept. */
  readonly initOnly: boolean;
}
type Options = Readonly<Record<'init' | 'repr' | 'eq' | 'order' | 'frozen' | 'kw_only', boolean | undefined>>;

const fieldsOf = new WeakMap<ClassValue, readonly Field[]>();
const fieldSlot = defineSlot<Pick<Field, 'default' | 'factory' | 'init' | 'shown' | 'compared'> & { readonly keywordOnly: boolean | undefined }>(
  'dataclass field',
);

/** The fields of a dataclass, those of its bases first; undefined when it is none. */
export function dataclassFields(cls: ClassValue): readonly Field[] | undefined {
  for (const base of cls.mro) {
    const fields = fieldsOf.get(base);
    if (fields !== undefined) return fields;
  }
  return undefined;
}

const missing = instance(nativeClass({ name: '_MISSING_TYPE', qualifiedName: 'dataclasses._MISSING_TYPE' }));
const keywordOnlyMark = nativeClass({ name: 'KW_ONLY', qualifiedName: 'dataclasses.KW_ONLY' });
const initVarClass = nativeClass({ name: 'InitVar', qualifiedName: 'dataclasses.InitVar' });
const fieldClass = nativeClass({ name: 'Field', qualifiedName: 'dataclasses.Field' });
const attributeError = builtinClasses['AttributeError'];
const frozenInstanceError = nativeClass({
  name: 'FrozenInstanceError',
  qualifiedName: 'dataclasses.FrozenInstanceError',
  ...(attributeError === undefined ? {} : { bases: [attributeError] }),
});

function isAnnotation(annotation: Value, cls: ClassValue | string): boolean {
  const name = typeof cls === 'string' ? cls : cls.name;
  if (annotation.kind === 'class') return annotation.name === name && annotation.native;
  const text = textValue(annotation);
  return text !== undefined && (text === name || text.startsWith(`${name}[`) || text.includes(`.${name}[`) || text.endsWith(`.${name}`));
}

const fieldFunction = nativeFunction(
  'field',
  '*, default=None, default_factory=None, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=None',
  ({ args }) => {
    const made = instance(fieldClass);
    fieldSlot.set(made, {
      default: args.given('default') === false || args.get('default') === missing ? undefined : args.get('default'),
      factory: args.given('default_factory') === false || args.get('default_factory') === missing ? undefined : args.get('default_factory'),
      init: args.flag('init') !== false,
      shown: args.flag('repr') !== false,
      compared: args.flag('compare') !== false,
      keywordOnly: args.flag('kw_only'),
    });
    for (const name of ['default', 'default_factory', 'metadata']) made.attributes.set(name, args.given(name) === false ? missing : args.get(name));
    return made;
  },
);

/** The fields that a class body adds to those of its bases. */
function collect(cls: ClassValue, options: Options): Field[] {
  const fields = new Map<string, Field>();
  for (const base of cls.mro.slice(1).toReversed()) for (const field of fieldsOf.get(base) ?? []) fields.set(field.name, field);
  const annotations = cls.namespace.get('__annotations__');
  let keywordOnly = options.kw_only === true;
  for (const entry of annotations?.kind === 'dict' ? annotations.entries.values() : []) {
    const name = textValue(entry.key);
    if (name === undefined || isAnnotation(entry.value, 'ClassVar')) continue;
    if (isAnnotation(entry.value, keywordOnlyMark)) {
      keywordOnly = true;
      continue;
    }
    const given = cls.namespace.get(name),
      special = fieldSlot.get(given);
    fields.set(name, {
      name,
      type: entry.value,
      initOnly: isAnnotation(entry.value, initVarClass),
      default: special === undefined ? given : special.default,
      factory: special?.factory,
      init: special?.init ?? true,
      shown: special?.shown ?? true,
      compared: special?.compared ?? true,
      keywordOnly: special?.keywordOnly ?? keywordOnly,
    });
    // What `field(...)` stood for takes its place in the class.
    if (special !== undefined) setClassAttribute(cls, name, special.default ?? unknown());
  }
  return [...fields.values()];
}

function signatureOf(fields: readonly Field[]): Signature {
  const parameter = (field: Field): SignatureParameter => ({
    name: field.name,
    kind: field.keywordOnly ? 'keyword-only' : 'positional-or-keyword',
    default: field.default ?? (field.factory === undefined ? undefined : missing),
  });
  const given = fields.filter((field) => field.init);
  return {
    text: given.map((field) => field.name).join(', '),
    parameters: [...given.filter((field) => !field.keywordOnly), ...given.filter((field) => field.keywordOnly)].map(parameter),
  };
}

function initialise(
  interpreter: Interpreter,
  self: InstanceValue,
  fields: readonly Field[],
  given: CallArguments,
  frozen: boolean,
  place: Place,
): void {
  const binding = bindArguments(signatureOf(fields), given, `${self.cls.name}()`);
  if (!binding.ok) interpreter.raise('TypeError', binding.problem.message, binding.problem.place ?? place);
  const initOnly: Value[] = [];
  for (const field of fields) {
    let value = field.init ? binding.args.get(field.name) : (field.default ?? missing);
    if (value === missing) {
      if (field.factory === undefined) continue;
      value = interpreter.call(field.factory, argumentsOf([]), place);
    }
    if (field.initOnly) initOnly.push(value);
    else if (frozen) setInstanceAttribute(self, field.name, value);
    else interpreter.setAttribute(self, field.name, value, binding.args.place(field.name) ?? place);
  }
  if (lookUpInClass(self.cls, '__post_init__') !== undefined) interpreter.callMethod(self, '__post_init__', initOnly, place);
}

function values(self: Value, fields: readonly Field[]): Value[] | undefined {
  return self.kind === 'instance'
    ? fields.filter((field) => field.compared && !field.initOnly).map((field) => self.attributes.get(field.name) ?? unknown())
    : undefined;
}

function comparison(name: string, operator: '==' | '<' | '<=' | '>' | '>=', fields: readonly Field[]): Value {
  return nativeMethod(name, 'self, other, /', ({ interpreter, args, place }) => {
    const [self, other] = [args.get('self'), args.get('other')];
    if (self.kind !== 'instance' || other.kind !== 'instance' || self.cls !== other.cls) return notImplemented;
    const [left, right] = [values(self, fields), values(other, fields)];
    return left === undefined || right === undefined ? unknownOf('bool') : interpreter.compare(operator, tuple(left), tuple(right), place);
  });
}

function process(cls: ClassValue, options: Options): Value {
  const fields = collect(cls, options);
  fieldsOf.set(cls, fields);
  const frozen = options.frozen === true;
  const add = (name: string, value: Value): void => {
    if (!cls.namespace.has(name)) setClassAttribute(cls, name, value);
  };
  if (options.init !== false) {
    add(
      '__init__',
      nativeMethod('__init__', undefined, ({ interpreter, args: { raw }, place }) => {
        const [self, ...others] = raw.positional;
        if (self?.value.kind === 'instance') initialise(interpreter, self.value, fields, { ...raw, positional: others }, frozen, place);
        return none;
      }),
    );
  }
  if (options.repr !== false) {
    add(
      '__repr__',
      nativeMethod('__repr__', 'self', ({ interpreter, args, place }) => {
        const self = args.get('self');
        if (self.kind !== 'instance') return unknownOf('str');
        const texts = fields
          .filter((field) => field.shown && !field.initOnly)
          .map((field) => {
            const text = interpreter.representation(self.attributes.get(field.name) ?? unknown(), place);
            return text === undefined ? undefined : `${field.name}=${text}`;
          });
        return texts.includes(undefined) ? unknownOf('str') : str(`${self.cls.name}(${texts.join(', ')})`);
      }),
    );
  }
  if (options.eq !== false) {
    add('__eq__', comparison('__eq__', '==', fields));
    if (!cls.namespace.has('__hash__')) setClassAttribute(cls, '__hash__', frozen ? nativeMethod('__hash__', 'self', () => unknownInt()) : none);
  }
  if (options.order === true)
    for (const [name, operator] of [
      ['__lt__', '<'],
      ['__le__', '<='],
      ['__gt__', '>'],
      ['__ge__', '>='],
    ] as const)
      add(name, comparison(name, operator, fields));
  if (frozen) {
    add(
      '__setattr__',
      nativeMethod('__setattr__', 'self, name, value', ({ interpreter, args, place }) =>
        raiseText(interpreter, 'AttributeError', `cannot assign to field '${textValue(args.get('name')) ?? ''}'`, place),
      ),
    );
  }
  setClassAttribute(cls, '__dataclass_fields__', dictOf(fields.map((field) => [field.name, fieldObject(field)])));
  add('__match_args__', tuple(fields.filter((field) => field.init && !field.keywordOnly).map((field) => str(field.name))));
  return cls;
}

function dictOf(pairs: readonly (readonly [string, Value])[]): DictValue {
  return { kind: 'dict', entries: new Map(pairs.map(([name, value]) => [`s:${name}`, { key: str(name), value }])), open: false };
}

function fieldObject(field: Field): InstanceValue {
  const made = instance(fieldClass);
  const attributes: Record<string, Value> = {
    name: str(field.name),
    type: field.type,
    default: field.default ?? missing,
    default_factory: field.factory ?? missing,
    init: bool(field.init),
    repr: bool(field.shown),
    compare: bool(field.compared),
    kw_only: bool(field.keywordOnly),
    metadata: dictOf([]),
  };
  for (const [name, value] of Object.entries(attributes)) made.attributes.set(name, value);
  return made;
}

/** `@dataclass`, `@dataclass(frozen=True)`, `dataclass(cls)`. */
function decorate(call: NativeCall): Value {
  const { args } = call;
  const options = Object.fromEntries(['init', 'repr', 'eq', 'order', 'frozen', 'kw_only'].map((name) => [name, args.flag(name)])) as Options;
  const cls = args.get('cls');
  if (cls.kind === 'class') return process(cls, options);
  if (cls.kind !== 'none') return cls;
  return nativeFunction('dataclass', 'cls', (inner) => {
    const decorated = inner.args.get('cls');
    return decorated.kind === 'class' ? process(decorated, options) : decorated;
  });
}
/** As `dataclasses.dataclass`; other libraries' decorators of the same kind may use it. */
export const dataclassDecorator = nativeFunction(
  'dataclass',
  'cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False',
  decorate,
);

function fieldsOfValue(value: Value): readonly Field[] | undefined {
  return value.kind === 'class' ? dataclassFields(value) : value.kind === 'instance' ? dataclassFields(value.cls) : undefined;
}

function plain(interpreter: Interpreter, value: Value, asTuple: boolean, place: Place): Value {
  const fields = value.kind === 'instance' ? fieldsOfValue(value) : undefined;
  if (value.kind === 'instance' && fields !== undefined) {
    const kept = fields
      .filter((field) => !field.initOnly)
      .map((field) => [field.name, plain(interpreter, value.attributes.get(field.name) ?? unknown(), asTuple, place)] as const);
    return asTuple ? tuple(kept.map(([, one]) => one)) : dictOf(kept);
  }
  switch (value.kind) {
    case 'list':
      return { ...value, items: value.items.map((item) => plain(interpreter, item, asTuple, place)) };
    case 'tuple':
      return { ...value, items: value.items.map((item) => plain(interpreter, item, asTuple, place)) };
    case 'dict':
      return {
        ...value,
        entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: plain(interpreter, entry.value, asTuple, place) }])),
      };
    default:
      return deepCopy(interpreter, value, place);
  }
}

export const dataclassesModules: Catalogue['modules'] = {
  dataclasses: () => ({
    dataclass: dataclassDecorator,
    field: fieldFunction,
    MISSING: missing,
    KW_ONLY: keywordOnlyMark,
    InitVar: initVarClass,
    Field: fieldClass,
    FrozenInstanceError: frozenInstanceError,
    fields: nativeFunction('fields', 'class_or_instance', ({ args }) => {
      const fields = fieldsOfValue(args.get('class_or_instance'));
      return fields === undefined ? unknownOf('tuple') : tuple(fields.filter((field) => !field.initOnly).map(fieldObject));
    }),
    asdict: nativeFunction('asdict', 'obj, *, dict_factory=None', ({ interpreter, args, place }) =>
      fieldsOfValue(args.get('obj')) === undefined || !args.isNone('dict_factory')
        ? unknownOf('dict')
        : plain(interpreter, args.get('obj'), false, place),
    ),
    astuple: nativeFunction('astuple', 'obj, *, tuple_factory=None', ({ interpreter, args, place }) =>
      fieldsOfValue(args.get('obj')) === undefined || !args.isNone('tuple_factory')
        ? unknownOf('tuple')
        : plain(interpreter, args.get('obj'), true, place),
    ),
    is_dataclass: nativeFunction('is_dataclass', 'obj', ({ args }) => {
      const value = args.get('obj');
      return maybeBool(value.kind === 'unknown' ? undefined : fieldsOfValue(value) !== undefined);
    }),
    replace: nativeFunction('replace', 'obj, /, **changes', ({ interpreter, args, place }) => {
      const value = args.get('obj'),
        fields = fieldsOfValue(value);
      if (value.kind !== 'instance' || fields === undefined) return unknown();
      const kept = fields.filter((field) => field.init && !field.initOnly && !args.restKeywords.some((keyword) => keyword.name === field.name));
      return interpreter.call(
        value.cls,
        {
          positional: [],
          openPositional: false,
          openKeywords: args.openKeywords,
          keywords: [
            ...args.restKeywords,
            ...kept.map((field) => ({
              name: field.name,
              value: args.openKeywords ? unknown() : (value.attributes.get(field.name) ?? unknown()),
              place: undefined,
            })),
          ],
        },
        place,
      );
    }),
    make_dataclass: nativeFunction('make_dataclass', undefined, () => unknownOf('type')),
  }),
};
