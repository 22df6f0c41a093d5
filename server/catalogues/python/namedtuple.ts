// Named tuples: `collections.namedtuple(...)` and classes that inherit from `typing.NamedTuple`. A value is a tuple that carries its
// class; the fields are properties of it. It must not know other classes of these modules.
import type { CallArguments, Signature } from '../../values/arguments.ts';
import { bindArguments } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { setClassAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { message, type Place } from '../../values/place.ts';
import type { ClassValue, DictValue, Value } from '../../values/value.ts';
import { none, str, tuple, unknown } from '../../values/value.ts';
import { splitText } from './strings.ts';
import { tupleClass } from './sequences.ts';
import { raiseText, textValue } from './support.ts';

interface Field {
  readonly name: string;
  readonly default: Value | undefined;
}

function construct(interpreter: Interpreter, cls: ClassValue, fields: readonly Field[], given: CallArguments, place: Place): Value {
  const signature: Signature = {
    text: fields.map((field) => field.name).join(', '),
    parameters: fields.map((field) => ({ name: field.name, kind: 'positional-or-keyword', default: field.default })),
  };
  const binding = bindArguments(signature, given, cls.name);
  if (!binding.ok) return interpreter.raise('TypeError', binding.problem.message, binding.problem.place ?? place);
  return { kind: 'tuple', cls, items: fields.map((field) => binding.args.get(field.name)) };
}

/** What every named tuple has, for its fields. */
function members(fields: readonly Field[]): Record<string, Value> {
  const names = fields.map((field) => str(field.name));
  return {
    _fields: tuple(names),
    _field_defaults: dictOf(fields.flatMap((field) => (field.default === undefined ? [] : [[field.name, field.default] as const]))),
    __match_args__: tuple(names),
    ...Object.fromEntries(
      fields.map((field, at) => [
        field.name,
        nativeProperty(field.name, ({ args }) => {
          const self = args.get('self');
          return self.kind === 'tuple' ? (self.items[at] ?? unknown()) : unknown();
        }),
      ]),
    ),
    __new__: {
      kind: 'staticmethod',
      callable: nativeFunction('__new__', undefined, ({ interpreter, args: { raw }, place }) => {
        const [cls, ...others] = raw.positional;
        return cls?.value.kind === 'class' ? construct(interpreter, cls.value, fields, { ...raw, positional: others }, place) : unknown();
      }),
    },
    _make: {
      kind: 'classmethod',
      callable: nativeMethod('_make', 'cls, iterable', ({ interpreter, args, place }) => {
        const cls = args.get('cls'),
          iteration = interpreter.iterate(args.get('iterable'), place);
        if (cls.kind !== 'class' || !iteration.exact) return unknown();
        if (iteration.items.length !== fields.length)
          return interpreter.raise(
            'TypeError',
            message('Expected {expected} arguments, got {actual}', { expected: fields.length, actual: iteration.items.length }),
            place,
          );
        return { kind: 'tuple', cls, items: iteration.items };
      }),
    },
    _asdict: nativeMethod('_asdict', 'self', ({ args }) => {
      const self = args.get('self');
      return self.kind === 'tuple'
        ? dictOf(fields.map((field, at) => [field.name, self.items[at] ?? unknown()] as const))
        : unknown(undefined, 'dict');
    }),
    _replace: nativeMethod('_replace', 'self, /, **kwds', ({ interpreter, args, place }) => {
      const self = args.get('self');
      if (self.kind !== 'tuple') return unknown();
      for (const keyword of args.restKeywords)
        if (!fields.some((field) => field.name === keyword.name))
          raiseText(interpreter, 'ValueError', `Got unexpected field names: ['${keyword.name}']`, place);
      return {
        ...self,
        items: fields.map(
          (field, at) =>
            args.restKeywords.find((keyword) => keyword.name === field.name)?.value ??
            (args.openKeywords ? unknown() : (self.items[at] ?? unknown())),
        ),
      };
    }),
  };
}

function dictOf(pairs: Iterable<readonly [string, Value]>): DictValue {
  return { kind: 'dict', entries: new Map([...pairs].map(([name, value]) => [`s:${name}`, { key: str(name), value }])), open: false };
}

function namedTupleClass(name: string, fields: readonly Field[]): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `__main__.${name}`,
    bases: [tupleClass],
    hasUnknownBase: false,
    members: members(fields),
    construct: (call, cls) => construct(call.interpreter, cls, fields, call.args.raw, call.place),
  });
}

/** Field names from a list of names, a list of (name, type) pairs, or one text. */
function fieldNames(interpreter: Interpreter, given: Value, place: Place): string[] | undefined {
  const text = textValue(given);
  if (text !== undefined) return splitText(text.replaceAll(',', ' '), undefined, -1, false);
  const iteration = interpreter.iterate(given, place);
  const names = iteration.items.map((item) => textValue(item.kind === 'tuple' ? (item.items[0] ?? none) : item));
  return iteration.exact && !names.includes(undefined) ? names.flatMap((one) => one ?? []) : undefined;
}

export const namedtupleFunction = nativeFunction(
  'namedtuple',
  'typename, field_names, *, rename=False, defaults=None, module=None',
  ({ interpreter, args, place }) => {
    const name = textValue(args.get('typename')),
      names = fieldNames(interpreter, args.get('field_names'), place);
    const defaults = args.isNone('defaults') ? { items: [], exact: true } : interpreter.iterate(args.get('defaults'), place);
    if (name === undefined || names === undefined || !defaults.exact || args.flag('rename') === true) return unknown(undefined, 'type');
    const first = names.length - defaults.items.length;
    return namedTupleClass(
      name,
      names.map((field, at) => ({ name: field, default: defaults.items[at - first] })),
    );
  },
);

/** `typing.NamedTuple`: a base whose annotations are the fields, or `NamedTuple('P', [('x', int)])`. */
export const namedTupleBase: ClassValue = nativeClass({
  name: 'NamedTuple',
  qualifiedName: 'typing.NamedTuple',
  bases: [tupleClass],
  hasUnknownBase: false,
  members: {
    __init_subclass__: {
      kind: 'classmethod',
      callable: nativeMethod('__init_subclass__', undefined, ({ args: { raw } }) => {
        const cls = raw.positional[0]?.value;
        if (cls?.kind !== 'class' || cls.namespace.has('_fields')) return none;
        // A subclass of a named tuple keeps the fields of its base.
        if (!cls.bases.some((base) => base === namedTupleBase)) return none;
        const annotations = cls.namespace.get('__annotations__');
        const names = annotations?.kind === 'dict' ? [...annotations.entries.values()].flatMap((entry) => textValue(entry.key) ?? []) : [];
        const fields = names.map((name) => ({ name, default: cls.namespace.get(name) }));
        for (const [name, value] of Object.entries(members(fields))) setClassAttribute(cls, name, value);
        return none;
      }),
    },
  },
  construct: ({ interpreter, args: { raw }, place }) => {
    const [name, fields] = raw.positional;
    const text = name === undefined ? undefined : textValue(name.value),
      names = fields === undefined ? undefined : fieldNames(interpreter, fields.value, place);
    return text === undefined || names === undefined
      ? unknown(undefined, 'type')
      : namedTupleClass(
          text,
          names.map((one) => ({ name: one, default: undefined })),
        );
  },
});
