// What all files of this room share: Python's type names, numbers behind values, raising, binding of raw arguments, and the
// bookkeeping of fractions of symbolic sizes (`H / 2`), which a float value cannot hold. It must not know the evaluator.
import type { BinaryOperator } from '../../syntax/ast.ts';
import type { BoundArguments, CallArguments } from '../../values/arguments.ts';
import { bindArguments } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import { parseSignature } from '../../values/signature.ts';
import type { NativeCall, NativeFunction, UnknownValue, Value } from '../../values/value.ts';
import { int, notImplemented, unknown } from '../../values/value.ts';
import { lookUpInClass, nativeMethod } from '../../values/classes.ts';
import { type Dim, addDims, ceilDivideDims, dimBounds, floorDivideDims, multiplyDims, negateDim, unknownDim } from '../../tensors/dim.ts';

/** Python's name of a value's type: what `type(x).__name__` gives. */
export function typeNameOf(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'NoneType';
    case 'not-implemented':
      return 'NotImplementedType';
    case 'set':
      return value.frozen ? 'frozenset' : 'set';
    case 'list':
    case 'dict':
    case 'tuple':
      return value.cls?.name ?? value.kind;
    case 'iterator':
      return value.typeName;
    case 'native':
      return 'builtin_function_or_method';
    case 'bound-method':
      return 'method';
    case 'class':
      return 'type';
    case 'instance':
    case 'tensor':
      return value.cls.name;
    case 'unknown':
      return value.typeName ?? '?';
    default:
      return value.kind;
  }
}

/** The plain value that an instance of a user's subclass of int, float or str (or a member of an IntEnum) stands for. */
export const underlyingSlot = defineSlot<Value>('plain value');

export function underlying(value: Value): Value {
  return value.kind === 'instance' ? (underlyingSlot.get(value) ?? value) : value;
}

/** Python's names of the operators, without underscores. */
export const operatorNames: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '<<': 'lshift',
  '>>': 'rshift',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

/** Whether a user's subclass of a built-in type has a method of its own under one of the names. */
export function overrides(value: Value, ...names: readonly string[]): boolean {
  const cls = value.kind === 'instance' || value.kind === 'list' || value.kind === 'tuple' || value.kind === 'dict' ? value.cls : undefined;
  return cls !== undefined && !cls.native && names.some((name) => lookUpInClass(cls, name)?.owner.native === false);
}

/** Whole numbers beyond this are not exact here, so they are unknown. */
export const largestExactInteger = Number.MAX_SAFE_INTEGER;

/** A whole number of which at most the least value is known. */
export function unknownInt(minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY): Value {
  return int(unknownDim({ minimum, maximum }));
}
/** A length that is not known. */
export function unknownLength(atLeast = 0): Value {
  return unknownInt(atLeast);
}
export function unknownOf(typeName: string): Value {
  return unknown(undefined, typeName);
}

/** A whole number as a dimension; booleans are numbers too. */
export function dimOf(value: Value): Dim | undefined {
  const plain = underlying(value);
  return plain.kind === 'int' ? plain.value : plain.kind === 'bool' ? Number(plain.value) : undefined;
}

/** A known whole number. */
export function indexOf(value: Value): number | undefined {
  const dim = dimOf(value);
  return typeof dim === 'number' ? dim : undefined;
}

/** A known int, float or bool as a number. */
export function realOf(value: Value): number | undefined {
  const plain = underlying(value);
  return plain.kind === 'float' ? plain.value : indexOf(plain);
}

export function textValue(value: Value): string | undefined {
  const plain = underlying(value);
  return plain.kind === 'str' ? plain.value : undefined;
}

/** Raises with a text that is already complete. */
export function raiseText(interpreter: Interpreter, exceptionClass: string, text: string, place?: Place): never {
  return interpreter.raise(exceptionClass, message('{text}', { text }), place);
}

/** Binds a call's raw arguments, for classes whose constructor has no signature of its own; undefined when it cannot be bound. */
export function bindRaw(raw: CallArguments, signature: string, callee: string): BoundArguments | undefined {
  const binding = bindArguments(parseSignature(signature), raw, callee);
  return binding.ok ? binding.args : undefined;
}

/** A method that exists but whose result is not followed. */
export function unfollowedMethod(name: string, typeName?: string): NativeFunction {
  return nativeMethod(name, undefined, (call) => {
    const other = call.args.raw.positional[1]?.value;
    // `1 - array`: the array's own operator decides.
    return name.startsWith('__') && other?.kind === 'tensor' ? notImplemented : unknown(undefined, typeName);
  });
}

export function unfollowedMethods(names: string, typeName?: string): Record<string, Value> {
  return Object.fromEntries(
    names
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => [name, unfollowedMethod(name, typeName)]),
  );
}

/** The first positional argument of a raw call. */
export function firstArgument(call: NativeCall): Value | undefined {
  return call.args.raw.positional[0]?.value;
}

/** `numerator / denominator`, not yet divided. */
export interface Fraction {
  readonly numerator: Dim;
  readonly denominator: Dim;
}
const fractions = new WeakMap<UnknownValue, Fraction>();

/** A float that is a fraction of symbolic sizes; `int`, `math.floor`, `math.ceil` and `round` make sizes of it again. */
export function symbolicFloat(numerator: Dim, denominator: Dim): Value {
  const value: UnknownValue = { kind: 'unknown', typeName: 'float', reason: undefined };
  fractions.set(value, { numerator, denominator });
  return value;
}

/** A number as a fraction: sizes, fractions made before, and floats that are a small binary fraction (0.5, 0.25, 1.75). */
export function fractionOf(value: Value): Fraction | undefined {
  const plain = underlying(value);
  if (plain.kind === 'unknown') return fractions.get(plain);
  if (plain.kind === 'float') {
    for (let denominator = 1; denominator <= 1024; denominator *= 2) {
      const numerator = plain.value * denominator;
      if (Number.isInteger(numerator) && Math.abs(numerator) <= 2 ** 31) return { numerator, denominator };
    }
    return undefined;
  }
  const dim = dimOf(plain);
  return dim === undefined ? undefined : { numerator: dim, denominator: 1 };
}

export function addFractions(left: Fraction, right: Fraction): Fraction {
  return {
    numerator: addDims(multiplyDims(left.numerator, right.denominator), multiplyDims(right.numerator, left.denominator)),
    denominator: multiplyDims(left.denominator, right.denominator),
  };
}
export function multiplyFractions(left: Fraction, right: Fraction): Fraction {
  return { numerator: multiplyDims(left.numerator, right.numerator), denominator: multiplyDims(left.denominator, right.denominator) };
}
export function negateFraction(value: Fraction): Fraction {
  return { numerator: negateDim(value.numerator), denominator: value.denominator };
}

export function floorOfFraction(value: Fraction): Dim {
  return floorDivideDims(value.numerator, value.denominator);
}
export function ceilingOfFraction(value: Fraction): Dim {
  return ceilDivideDims(value.numerator, value.denominator);
}
/** `int(x)`: towards zero; a fresh size where the sign is not known. */
export function truncateFraction(value: Fraction): Dim {
  const numerator = dimBounds(value.numerator),
    denominator = dimBounds(value.denominator);
  if (denominator.low > 0 && numerator.low >= 0) return floorOfFraction(value);
  if (denominator.low > 0 && numerator.high <= 0) return ceilingOfFraction(value);
  return unknownDim({ minimum: Number.NEGATIVE_INFINITY });
}
