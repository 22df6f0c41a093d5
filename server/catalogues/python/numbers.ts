// The classes int, bool, float and complex. Whole numbers may be symbolic; complex numbers are not followed.
// It must not know the operators on numbers.
import { nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { isKnown } from '../../tensors/dim.ts';
import type { ClassValue, NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { bool, float, int, maybeBool, originOf, str, tuple, unknown } from '../../values/value.ts';
import { builtinType } from './constructing.ts';
import {
  bindRaw,
  dimOf,
  floorOfFraction,
  ceilingOfFraction,
  fractionOf,
  indexOf,
  largestExactInteger,
  raiseText,
  realOf,
  symbolicFloat,
  textValue,
  truncateFraction,
  typeNameOf,
  underlying,
  unfollowedMethods,
  unknownInt,
  unknownOf,
} from './support.ts';

/** A method of numbers: the numbers themselves come from `self`. */
function numberMethod(name: string, signature: string, body: (self: Value, call: NativeCall) => Value): NativeFunction {
  return nativeMethod(name, signature, (call) => body(underlying(call.args.get('self')), call));
}

function integerOf(value: number): Value {
  return Math.abs(value) <= largestExactInteger ? int(value + 0) : unknownOf('int');
}

/** `int(x)`: of numbers, fractions of sizes, texts and objects with `__int__`. */
export function toInteger(interpreter: Interpreter, given: Value, place: Place): Value {
  const value = underlying(given);
  switch (value.kind) {
    case 'int':
      return value.cls === undefined ? value : int(value.value, value.origin);
    case 'bool':
      return int(Number(value.value));
    case 'float':
      if (Number.isNaN(value.value)) return raiseText(interpreter, 'ValueError', 'cannot convert float NaN to integer', place);
      if (!Number.isFinite(value.value)) return raiseText(interpreter, 'OverflowError', 'cannot convert float infinity to integer', place);
      return integerOf(Math.trunc(value.value));
    case 'str':
    case 'bytes':
      return parseInteger(interpreter, value.value, 10, value.kind, place);
    case 'unknown': {
      const fraction = fractionOf(value);
      return fraction === undefined ? unknownInt() : int(truncateFraction(fraction));
    }
    case 'tensor':
      return value.contents?.length === 1 && value.contents[0] !== undefined && Number.isFinite(value.contents[0])
        ? integerOf(Math.trunc(value.contents[0]))
        : unknownInt();
    case 'instance': {
      for (const method of ['__int__', '__index__', '__trunc__']) {
        const found = interpreter.lookUpAttribute(value, method, place);
        if (found !== undefined) {
          const result = interpreter.callMethod(value, method, [], place);
          return result.kind === 'unknown' ? unknownInt() : result;
        }
      }
      return unknownInt();
    }
    case 'none':
    case 'list':
    case 'dict':
    case 'tuple':
    case 'set':
    case 'range':
      if ('cls' in value && value.cls !== undefined) return unknownInt();
      return raiseText(
        interpreter,
        'TypeError',
        `int() argument must be a string, a bytes-like object or a real number, not '${typeNameOf(value)}'`,
        place,
      );
    default:
      return unknownInt();
  }
}

function parseInteger(interpreter: Interpreter, text: string, base: number, kind: string, place: Place): Value {
  const shown = kind === 'bytes' ? `b'${text}'` : (interpreter.representation(str(text), place) ?? text);
  const fail = (): never => raiseText(interpreter, 'ValueError', `invalid literal for int() with base ${base}: ${shown}`, place);
  const match = /^([+-]?)(0[xX]|0[oO]|0[bB])?(_?[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(text.trim());
  if (match === null) {
    // Other scripts' digits are digits too.
    return /^[\x20-\x7e\s]*$/.test(text) ? fail() : unknownInt();
  }
  const [, sign = '', prefix = '', written = ''] = match;
  const prefixed = prefix === '' ? undefined : { x: 16, o: 8, b: 2 }[prefix[1]?.toLowerCase() ?? ''];
  let digits = written.replaceAll('_', '').toLowerCase();
  let actual = base;
  if (prefixed !== undefined) {
    if (base === 0 || base === prefixed) actual = prefixed;
    // `0b1` may be plain hexadecimal digits.
    else digits = prefix.toLowerCase() + digits;
  } else if (base === 0) {
    actual = 10;
    if (/^0+[1-9]/.test(digits)) return fail();
  }
  if (prefix === '' && written.startsWith('_')) return fail();
  let value = 0;
  for (const digit of digits) {
    const amount = Number.parseInt(digit, 36);
    if (Number.isNaN(amount) || amount >= actual) return fail();
    value = value * actual + amount;
  }
  return integerOf(sign === '-' ? -value : value);
}

/** `float(x)`. */
export function toFloat(interpreter: Interpreter, given: Value, place: Place): Value {
  const value = underlying(given);
  switch (value.kind) {
    case 'float':
      return value.cls === undefined ? value : float(value.value, value.origin);
    case 'int':
    case 'bool': {
      const dim = dimOf(value) ?? 0;
      return isKnown(dim) ? float(dim, originOf(value)) : symbolicFloat(dim, 1);
    }
    case 'str':
    case 'bytes':
      return parseFloatText(interpreter, value.value, place);
    case 'unknown':
      return fractionOf(value) === undefined ? unknownOf('float') : value;
    case 'tensor':
      return value.contents?.length === 1 && value.contents[0] !== undefined ? float(value.contents[0]) : unknownOf('float');
    case 'instance': {
      if (interpreter.lookUpAttribute(value, '__float__', place) === undefined) return unknownOf('float');
      const result = interpreter.callMethod(value, '__float__', [], place);
      return result.kind === 'unknown' ? unknownOf('float') : result;
    }
    case 'none':
    case 'list':
    case 'dict':
    case 'tuple':
    case 'set':
    case 'range':
      if ('cls' in value && value.cls !== undefined) return unknownOf('float');
      return raiseText(interpreter, 'TypeError', `float() argument must be a string or a real number, not '${typeNameOf(value)}'`, place);
    default:
      return unknownOf('float');
  }
}

function parseFloatText(interpreter: Interpreter, text: string, place: Place): Value {
  const trimmed = text
    .trim()
    .toLowerCase()
    .replaceAll(/(\d)_(?=\d)/g, '$1');
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(trimmed)) return float(Number(trimmed));
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(trimmed);
  if (special !== null) return float(special[2] === 'nan' ? Number.NaN : special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  if (!/^[\x20-\x7e\s]*$/.test(text)) return unknownOf('float');
  return raiseText(interpreter, 'ValueError', `could not convert string to float: ${interpreter.representation(str(text), place) ?? text}`, place);
}

/** `round(x)` and `round(x, digits)`: halves to even, decimals as CPython rounds them. */
export function roundNumber(given: Value, digits: Value): Value {
  const value = underlying(given);
  if (digits.kind === 'none') {
    if (value.kind === 'float') return Number.isFinite(value.value) ? integerOf(roundHalfEven(value.value)) : unknownInt();
    if (value.kind === 'int') return value;
    if (value.kind === 'bool') return int(Number(value.value));
    const fraction = fractionOf(value);
    if (fraction !== undefined) {
      const [down, up] = [floorOfFraction(fraction), ceilingOfFraction(fraction)];
      if (down === up) return int(down);
    }
    return unknownInt();
  }
  const count = indexOf(digits);
  const number = realOf(value);
  if (count === undefined || number === undefined) return unknown(undefined, value.kind === 'int' ? 'int' : 'float');
  if (value.kind !== 'float') {
    if (count >= 0) return integerOf(number);
    const unit = 10 ** -count;
    return count < -15 ? unknownOf('int') : integerOf(roundHalfEven(number / unit) * unit);
  }
  if (!Number.isFinite(number) || count > 300) return float(number);
  // Number's toFixed works from the exact value, as CPython's does; an exact half is the one case where they differ.
  if (count < 0 || count > 100) return unknownOf('float');
  const scaled = number * 10 ** count;
  if (Math.abs(scaled % 1) === 0.5 && Number.isInteger(number * 2 ** 20)) return float(roundHalfEven(scaled) / 10 ** count);
  return Math.abs(number) < 1e21 ? float(Number(number.toFixed(count))) : float(number);
}

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value),
    rest = value - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) + 0;
}

const unaryMembers: Readonly<Record<string, Value>> = {
  __neg__: nativeMethod('__neg__', 'self', ({ interpreter, args, place }) => interpreter.unary('-', underlying(args.get('self')), place)),
  __pos__: nativeMethod('__pos__', 'self', ({ args }) => underlying(args.get('self'))),
  __abs__: nativeMethod('__abs__', 'self', ({ interpreter, args, place }) => {
    const self = args.get('self'),
      negative = interpreter.truth(interpreter.compare('<', self, int(0), place), place);
    return negative === undefined ? unknown() : negative ? interpreter.unary('-', underlying(self), place) : underlying(self);
  }),
  __bool__: nativeMethod('__bool__', 'self', ({ interpreter, args, place }) => maybeBool(interpreter.truth(underlying(args.get('self')), place))),
  __int__: nativeMethod('__int__', 'self', ({ interpreter, args, place }) => toInteger(interpreter, underlying(args.get('self')), place)),
  __float__: nativeMethod('__float__', 'self', ({ interpreter, args, place }) => toFloat(interpreter, underlying(args.get('self')), place)),
  __trunc__: nativeMethod('__trunc__', 'self', ({ interpreter, args, place }) => toInteger(interpreter, underlying(args.get('self')), place)),
  ...unfollowedMethods('__divmod__ __rdivmod__ __getnewargs__ __ceil__ __floor__ __round__'),
};

const integerMembers: Readonly<Record<string, Value>> = {
  bit_length: numberMethod('bit_length', 'self', (self) => {
    const value = indexOf(self);
    return value === undefined ? unknownInt(0) : int(value === 0 ? 0 : BigInt(Math.abs(value)).toString(2).length);
  }),
  bit_count: numberMethod('bit_count', 'self', (self) => {
    const value = indexOf(self);
    return value === undefined ? unknownInt(0) : int([...BigInt(Math.abs(value)).toString(2)].filter((bit) => bit === '1').length);
  }),
  conjugate: numberMethod('conjugate', 'self', (self) => self),
  as_integer_ratio: numberMethod('as_integer_ratio', 'self', (self) => tuple([self, int(1)])),
  is_integer: numberMethod('is_integer', 'self', () => bool(true)),
  to_bytes: nativeMethod('to_bytes', 'self, length=1, byteorder="big", *, signed=False', () => unknownOf('bytes')),
  from_bytes: { kind: 'classmethod', callable: nativeMethod('from_bytes', 'cls, bytes, byteorder="big", *, signed=False', () => unknownInt()) },
  real: nativeProperty('real', (call) => underlying(call.args.get('self'))),
  imag: nativeProperty('imag', () => int(0)),
  numerator: nativeProperty('numerator', (call) => underlying(call.args.get('self'))),
  denominator: nativeProperty('denominator', () => int(1)),
  __index__: numberMethod('__index__', 'self', (self) => self),
  __invert__: nativeMethod('__invert__', 'self', ({ interpreter, args, place }) => interpreter.unary('~', underlying(args.get('self')), place)),
  ...unaryMembers,
};

export const intClass: ClassValue = builtinType({
  name: 'int',
  members: integerMembers,
  operators: '+ - * / // % ** << >> & | ^',
  make: ({ interpreter, given, place }) => {
    if (given.openPositional || given.openKeywords) return unknownInt();
    const [first] = given.positional;
    if (first === undefined) return given.keywords.length === 0 ? int(0) : unknownInt();
    const baseValue = given.positional[1]?.value ?? given.keywords.find((keyword) => keyword.name === 'base')?.value;
    if (baseValue === undefined) return toInteger(interpreter, first.value, place);
    const text = textValue(first.value),
      base = indexOf(baseValue);
    return text === undefined || base === undefined ? unknownInt() : parseInteger(interpreter, text, base, 'str', place);
  },
});

export const boolClass: ClassValue = builtinType({
  name: 'bool',
  bases: [intClass],
  members: {},
  make: ({ interpreter, given, place }) => {
    const [first] = given.positional;
    if (first === undefined) return given.openPositional ? unknownOf('bool') : bool(false);
    return maybeBool(interpreter.truth(first.value, place));
  },
});

export const floatClass: ClassValue = builtinType({
  name: 'float',
  operators: '+ - * / // % **',
  members: {
    is_integer: numberMethod('is_integer', 'self', (self) => {
      const value = realOf(self);
      return maybeBool(value === undefined ? undefined : Number.isInteger(value));
    }),
    conjugate: numberMethod('conjugate', 'self', (self) => self),
    as_integer_ratio: nativeMethod('as_integer_ratio', 'self', () => tuple([unknownInt(), unknownInt(1)])),
    hex: nativeMethod('hex', 'self', () => unknownOf('str')),
    fromhex: { kind: 'classmethod', callable: nativeMethod('fromhex', 'cls, string, /', () => unknownOf('float')) },
    real: nativeProperty('real', (call) => underlying(call.args.get('self'))),
    imag: nativeProperty('imag', () => float(0)),
    ...unaryMembers,
    ...unfollowedMethods('__getformat__ __setformat__'),
  },
  make: ({ interpreter, given, place }) => {
    const args = bindRaw(given, 'x=0.0, /', 'float');
    return args === undefined || given.openPositional ? unknownOf('float') : toFloat(interpreter, args.get('x'), place);
  },
});

export const complexClass: ClassValue = builtinType({
  name: 'complex',
  operators: '+ - * / **',
  members: {
    real: nativeProperty('real', () => unknownOf('float')),
    imag: nativeProperty('imag', () => unknownOf('float')),
    ...unfollowedMethods('conjugate __complex__'),
    ...unaryMembers,
  },
  make: () => unknownOf('complex'),
});
