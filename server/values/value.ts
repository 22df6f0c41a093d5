// What Python values are here. A value is plain data; what can be done with it stands in the evaluator and the catalogues.
// This file must not know the evaluator, the trace or any library.
//
// `unknown` is a value like any other. Containers may be `open`: they hold at least what is listed, and maybe more.
// Containers, instances, classes, modules and scopes change in place, but only through heap.ts, so that both branches of an
// undecided `if` can be run and joined.
import type { Expression, FunctionDef, Lambda } from '../syntax/ast.ts';
import type { Dim } from '../tensors/dim.ts';
import type { DType } from '../tensors/dtype.ts';
import type { ValueRange } from '../tensors/range.ts';
import type { Shape } from '../tensors/shape.ts';
import type { Interpreter } from './interpreter.ts';
import type { Message, Origin, Place, SourceFile } from './place.ts';
import type { BoundArguments, Signature } from './arguments.ts';

export type Value =
  | UnknownValue | NoneValue | BoolValue | IntValue | FloatValue | StrValue | BytesValue | EllipsisValue | NotImplementedValue
  | TupleValue | ListValue | DictValue | SetValue | SliceValue | RangeValue | IteratorValue
  | FunctionValue | NativeFunction | BoundMethod | PropertyValue | StaticMethodValue | ClassMethodValue | SuperValue
  | ClassValue | InstanceValue | ModuleValue | TensorValue;

/** Nothing is known but, maybe, the Python type's name. Never a reason for a finding. */
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly typeName: string | undefined;
  /** Why, for the `inference-lost` rule and for hovers. */
  readonly reason: Message | undefined;
  readonly origin?: Origin | undefined;
  /** It is one of these, nobody knows which: what an undecided condition left. */
  readonly alternatives?: readonly Value[] | undefined;
}
export interface NoneValue { readonly kind: 'none' }
export interface EllipsisValue { readonly kind: 'ellipsis' }
export interface NotImplementedValue { readonly kind: 'not-implemented' }
export interface BoolValue { readonly kind: 'bool'; readonly value: boolean; readonly origin?: Origin | undefined }
/** A whole number, maybe symbolic (an axis of unknown size). */
export interface IntValue { readonly kind: 'int'; readonly value: Dim; readonly origin?: Origin | undefined; readonly cls?: ClassValue | undefined }
/** `cls` is set for a scalar of another class that behaves like the number (`numpy.int64`): its attributes are looked up there. */
export interface FloatValue { readonly kind: 'float'; readonly value: number; readonly origin?: Origin | undefined; readonly cls?: ClassValue | undefined }
export interface StrValue { readonly kind: 'str'; readonly value: string; readonly origin?: Origin | undefined }
export interface BytesValue { readonly kind: 'bytes'; readonly value: string }
export interface TupleValue { readonly kind: 'tuple'; readonly items: readonly Value[]; readonly cls?: ClassValue | undefined; readonly origin?: Origin | undefined }
export interface ListValue { readonly kind: 'list'; items: Value[]; open: boolean; cls?: ClassValue | undefined; origin?: Origin | undefined }
/** Keys are looked up by `dictKey` (equality.ts); insertion order is kept. */
export interface DictValue {
  readonly kind: 'dict';
  entries: Map<string, DictEntry>;
  open: boolean;
  /** Of an open one: the keys of `entries` that are there on some paths only. */
  optional?: ReadonlySet<string> | undefined;
  /** Of an open one: no keys but those of `entries` can be there. */
  isBounded?: boolean | undefined;
  /** OrderedDict, defaultdict, Counter, a user's subclass of dict. */
  cls?: ClassValue | undefined;
  attributes?: Map<string, Value> | undefined;
  /** What makes a missing entry (defaultdict). */
  factory?: Value | undefined;
}
export interface DictEntry { readonly key: Value; readonly value: Value }
export interface SetValue { readonly kind: 'set'; entries: Map<string, Value>; open: boolean; readonly frozen: boolean }
export interface SliceValue { readonly kind: 'slice'; readonly start: Value; readonly stop: Value; readonly step: Value }
export interface RangeValue { readonly kind: 'range'; readonly start: Dim; readonly stop: Dim; readonly step: number; readonly origin?: Origin | undefined }
/** An iterator or a generator: its items come from `source` when first asked for; `position` counts those taken. */
export interface IteratorValue {
  readonly kind: 'iterator';
  readonly typeName: string;
  /** Runs at most once. `exact` false: the items stand for an unknown number of items. */
  readonly source: () => Iteration;
  taken: Iteration | undefined;
  position: number;
}
export interface Iteration {
  readonly items: readonly Value[];
  readonly exact: boolean;
  /** The last item, where it has another size than the others: the rest of a data set. Made when asked for. */
  readonly last?: (() => Value) | undefined;
}

/** A function of the program: `def` or `lambda`, with the scope it closes over. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly node: FunctionDef | Lambda;
  readonly source: SourceFile;
  readonly scope: Scope;
  readonly defaults: ReadonlyMap<string, Value>;
  /** The class whose body holds this function: what `super()` without arguments starts from. */
  definingClass: ClassValue | undefined;
  attributes: Map<string, Value>;
}

/** A function written in TypeScript. */
export interface NativeFunction {
  readonly kind: 'native';
  readonly name: string;
  /** Undefined: `call` binds its raw arguments itself. */
  readonly signature: Signature | undefined;
  readonly call: (call: NativeCall) => Value;
  /** A method: bound to the instance when it is read from one. */
  readonly isMethod: boolean;
}

/** What a native function is given. */
export interface NativeCall {
  readonly interpreter: Interpreter;
  /** The arguments bound to the signature; `self` is a parameter like any other. */
  readonly args: BoundArguments;
  /** The whole call expression. */
  readonly place: Place;
  /** What was called, for messages: `layers.Dense`. */
  readonly name: string;
}

export interface BoundMethod { readonly kind: 'bound-method'; readonly self: Value; readonly callable: Value }
export interface PropertyValue { readonly kind: 'property'; readonly getter: Value | undefined; readonly setter: Value | undefined }
export interface StaticMethodValue { readonly kind: 'staticmethod'; readonly callable: Value }
export interface ClassMethodValue { readonly kind: 'classmethod'; readonly callable: Value }
export interface SuperValue { readonly kind: 'super'; readonly after: ClassValue; readonly self: InstanceValue | ClassValue | DictValue | ListValue | TupleValue }

/** A class, of the program or of a catalogue. */
export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  /** `keras.layers.Dense`, `__main__.Net`. */
  readonly qualifiedName: string;
  readonly bases: readonly ClassValue[];
  /** Method resolution order, this class first. */
  readonly mro: readonly ClassValue[];
  readonly namespace: Map<string, Value>;
  /** Some base is unknown: attributes that are not found are unknown, not missing. */
  readonly hasUnknownBase: boolean;
  /** Where a user's class is defined. */
  readonly place: Place | undefined;
  readonly native: boolean;
  /** Calling the class runs this instead of the usual `__new__`/`__init__` (`int`, `tuple`, enums). */
  readonly construct?: ((call: NativeCall, cls: ClassValue) => Value) | undefined;
  /** Signature for `construct`; undefined when `__init__` holds it. */
  readonly constructSignature?: Signature | undefined;
  /** An instance's attribute that neither it nor the class has: undefined means AttributeError, unless `hasUnknownBase`. */
  readonly missingAttribute?: ((interpreter: Interpreter, self: InstanceValue, name: string, place: Place) => Value | undefined) | undefined;
}

export interface InstanceValue {
  readonly kind: 'instance';
  readonly id: number;
  readonly cls: ClassValue;
  readonly attributes: Map<string, Value>;
  /** What a catalogue keeps of it, by slot (slots.ts). */
  readonly slots: Map<object, unknown>;
  origin?: Origin | undefined;
}

export interface ModuleValue {
  readonly kind: 'module';
  readonly name: string;
  /** Members that were read or written so far; a native module makes the others on demand. */
  readonly members: Map<string, Value>;
  readonly load: ((name: string) => Value | undefined) | undefined;
  /** Whether a missing member is certainly an error. Always false for catalogues. */
  readonly complete: boolean;
  readonly source: SourceFile | undefined;
}

/** An array of any library: `cls` says which (numpy.ndarray, tf.Tensor, keras.KerasTensor, torch.Tensor). */
export interface TensorValue {
  readonly kind: 'tensor';
  readonly cls: ClassValue;
  readonly shape: Shape;
  readonly dtype: DType | undefined;
  readonly range: ValueRange | undefined;
  /** All elements in row-major order, where they are few and known. */
  readonly contents: readonly number[] | undefined;
  readonly origin: Origin | undefined;
  /** What a catalogue keeps of it: the layer call that produced it, whether it is a Parameter. */
  readonly slots: TensorSlots;
}

/** What is asked of slots that are never changed in place. */
export interface TensorSlots extends Iterable<readonly [object, unknown]> {
  get(key: object): unknown;
  has(key: object): boolean;
  keys(): Iterable<object>;
}

/** Names and their values; functions see the enclosing ones through `parent`. */
export interface Scope {
  readonly variables: Map<string, Value>;
  readonly parent: Scope | undefined;
  readonly kind: 'module' | 'function' | 'class' | 'comprehension' | 'builtins';
  /** Names declared `global` or `nonlocal` here. */
  readonly declared: Map<string, 'global' | 'nonlocal'> | undefined;
  /** A statement could not be read, or `import *` of something unknown: a missing name is unknown, not an error. */
  open: boolean;
  /** Of a function's call or a comprehension: when it came into being (heap.ts). */
  readonly birth: number | undefined;
}

export type ArgumentExpression = Expression;

export const none: NoneValue = { kind: 'none' };
export const ellipsis: EllipsisValue = { kind: 'ellipsis' };
export const notImplemented: NotImplementedValue = { kind: 'not-implemented' };
const trueValue: BoolValue = { kind: 'bool', value: true };
const falseValue: BoolValue = { kind: 'bool', value: false };
const plainUnknown: UnknownValue = { kind: 'unknown', typeName: undefined, reason: undefined };

export function unknown(reason?: Message, typeName?: string, origin?: Origin): UnknownValue {
  return reason === undefined && typeName === undefined && origin === undefined ? plainUnknown : { kind: 'unknown', reason, typeName, origin };
}
export function bool(value: boolean): BoolValue { return value ? trueValue : falseValue; }
/** `undefined` gives an unknown of type bool. */
export function maybeBool(value: boolean | undefined): Value { return value === undefined ? unknown(undefined, 'bool') : bool(value); }
export function int(value: Dim, origin?: Origin): IntValue { return { kind: 'int', value, origin }; }
export function float(value: number, origin?: Origin): FloatValue { return { kind: 'float', value, origin }; }
export function str(value: string, origin?: Origin): StrValue { return { kind: 'str', value, origin }; }
export function tuple(items: readonly Value[], origin?: Origin): TupleValue { return { kind: 'tuple', items, origin }; }
export function list(items: Value[], open = false): ListValue { return { kind: 'list', items, open }; }
export function iterator(source: () => Iteration, typeName = 'iterator'): IteratorValue {
  return { kind: 'iterator', typeName, source, taken: undefined, position: 0 };
}

let instanceCount = 0;
/** Objects made later have higher numbers. */
export function lastInstanceId(): number { return instanceCount; }
/** Numbers for so many objects that are about to be made: those behind the number given. */
export function reserveInstanceIds(count: number): number { instanceCount += count; return instanceCount - count; }
export function instance(cls: ClassValue, origin?: Origin): InstanceValue {
  instanceCount += 1;
  return { kind: 'instance', id: instanceCount, cls, attributes: new Map(), slots: new Map(), origin };
}

export function isInstanceOf(value: Value, cls: ClassValue): value is InstanceValue {
  return value.kind === 'instance' && value.cls.mro.includes(cls);
}

/** The value with an origin, where its kind keeps one and it has none yet. */
export function withOrigin<T extends Value>(value: T, origin: Origin | undefined): T {
  if (origin === undefined) return value;
  switch (value.kind) {
    case 'int': case 'float': case 'str': case 'tensor': case 'tuple': case 'bool':
      return value.origin === undefined ? { ...value, origin } : value;
    default:
      return value;
  }
}

export function originOf(value: Value): Origin | undefined {
  switch (value.kind) {
    case 'int': case 'float': case 'str': case 'tensor': case 'tuple': case 'bool': case 'list': case 'range': case 'instance': case 'unknown':
      return value.origin;
    default:
      return undefined;
  }
}
