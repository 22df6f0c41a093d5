// `left <operator> right` on Python's own types, and the unary operators. It must not know user-defined operator methods:
// undefined means that the evaluator has to look further. TypeErrors are raised only between plain built-in types.
import type { BinaryOperator } from '../../syntax/ast.ts';
import { addDims, floorDivideDims, moduloDims, multiplyDims, negateDim, subtractDims } from '../../tensors/dim.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { message, type Origin, type Place, derivedOrigin } from '../../values/place.ts';
import type { FloatValue, IntValue, Value } from '../../values/value.ts';
import { bool, float, int, list, originOf, unknown } from '../../values/value.ts';
import { onContainers } from './container-arithmetic.ts';
import { unionMembers, unionOf } from './union-types.ts';
import {
  addFractions,
  dimOf,
  fractionOf,
  largestExactInteger,
  multiplyFractions,
  negateFraction,
  operatorNames,
  overrides,
  raiseText,
  realOf,
  symbolicFloat,
  typeNameOf,
  underlying,
  unknownInt,
  unknownOf,
} from './support.ts';

export function binaryOnBuiltins(
  interpreter: Interpreter,
  operator: BinaryOperator,
  leftValue: Value,
  rightValue: Value,
  place: Place,
): Value | undefined {
  const name = operatorNames[operator];
  if (overrides(leftValue, `__${name}__`) || overrides(rightValue, `__r${name}__`)) return undefined;
  const left = underlying(leftValue),
    right = underlying(rightValue);
  const origin = derivedOrigin(originOf(left), originOf(right));
  if (isNumeric(left) && isNumeric(right)) return keepClass(onNumbers(interpreter, operator, left, right, place, origin), left, right);
  if (left.kind === 'unknown' || right.kind === 'unknown') return onUnknown(operator, left, right);
  if (operator === '|' && (isType(left) || isType(right))) {
    const union = unionOf([left, right]);
    if (union !== undefined) return union;
  }
  const result = onContainers(interpreter, operator, left, right, place, origin);
  if (result !== undefined) return result;
  if (isPlain(left) && isPlain(right)) {
    interpreter.raise(
      'TypeError',
      message("unsupported operand type(s) for {operator}: '{left}' and '{right}'", {
        operator,
        left: typeNameOf(left),
        right: typeNameOf(right),
      }),
      place,
    );
  }
  return undefined;
}

type Numeric = IntValue | FloatValue | Extract<Value, { kind: 'bool' }>;
function isNumeric(value: Value): value is Numeric {
  return value.kind === 'int' || value.kind === 'float' || value.kind === 'bool';
}

/** A class without operators of its own, or a union of such. */
function isType(value: Value): boolean {
  return (value.kind === 'class' && !value.namespace.has('__metaclass__')) || unionMembers(value) !== undefined;
}

/** Types whose operators cannot have been extended. */
function isPlain(value: Value): boolean {
  switch (value.kind) {
    case 'none':
    case 'bool':
    case 'str':
    case 'bytes':
    case 'set':
      return true;
    case 'int':
    case 'float':
    case 'tuple':
    case 'list':
    case 'dict':
      return value.cls === undefined;
    default:
      return false;
  }
}

/** What numpy's scalars give has their methods too. */
function keepClass(result: Value | undefined, left: Numeric, right: Numeric): Value | undefined {
  const cls = (left.kind === 'bool' ? undefined : left.cls) ?? (right.kind === 'bool' ? undefined : right.cls);
  return cls !== undefined && (result?.kind === 'int' || result?.kind === 'float') ? { ...result, cls } : result;
}

function onNumbers(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Numeric,
  right: Numeric,
  place: Place,
  origin: Origin | undefined,
): Value | undefined {
  // numpy's scalars give infinity and a warning.
  if (
    realOf(right) === 0 &&
    (operator === '/' || operator === '//' || operator === '%') &&
    [left, right].some((one) => 'cls' in one && one.cls !== undefined)
  )
    return unknown();
  if (left.kind === 'float' || right.kind === 'float') {
    const a = left.kind === 'float' ? left.value : dimOf(left),
      b = right.kind === 'float' ? right.value : dimOf(right);
    if (typeof a === 'number' && typeof b === 'number') return onFloats(interpreter, operator, a, b, left, right, place, origin);
    return onFractions(operator, left, right) ?? (floatOperators.has(operator) ? unknownOf('float') : undefined);
  }
  return onIntegers(interpreter, operator, left, right, place, origin);
}

const floatOperators: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(['+', '-', '*', '/', '//', '%', '**']);

function onFloats(
  interpreter: Interpreter,
  operator: BinaryOperator,
  a: number,
  b: number,
  left: Value,
  right: Value,
  place: Place,
  origin: Origin | undefined,
): Value | undefined {
  switch (operator) {
    case '+':
      return float(a + b, origin);
    case '-':
      return float(a - b, origin);
    case '*':
      return float(a * b, origin);
    case '/':
      if (b === 0) raiseText(interpreter, 'ZeroDivisionError', 'float division by zero', place);
      return float(a / b, origin);
    case '//':
      if (b === 0) raiseText(interpreter, 'ZeroDivisionError', 'float floor division by zero', place);
      return float(floorDivideFloats(a, b), origin);
    case '%':
      if (b === 0) raiseText(interpreter, 'ZeroDivisionError', 'float modulo', place);
      return float(moduloFloats(a, b), origin);
    case '**':
      return powerOfFloats(interpreter, a, b, place, origin);
    default:
      interpreter.raise(
        'TypeError',
        message("unsupported operand type(s) for {operator}: '{left}' and '{right}'", {
          operator,
          left: typeNameOf(left),
          right: typeNameOf(right),
        }),
        place,
      );
  }
}

/** As CPython does it: the remainder first, then the quotient from it. */
export function moduloFloats(a: number, b: number): number {
  let remainder = a % b;
  if (remainder !== 0 && remainder < 0 !== b < 0) remainder += b;
  if (remainder === 0) remainder = b < 0 ? -0 : 0;
  return remainder;
}
export function floorDivideFloats(a: number, b: number): number {
  let remainder = a % b;
  let quotient = (a - remainder) / b;
  if (remainder !== 0 && remainder < 0 !== b < 0) {
    remainder += b;
    quotient -= 1;
  }
  if (quotient === 0) return a < 0 !== b < 0 ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function powerOfFloats(interpreter: Interpreter, a: number, b: number, place: Place, origin: Origin | undefined): Value {
  if (a === 0 && b < 0) raiseText(interpreter, 'ZeroDivisionError', '0.0 cannot be raised to a negative power', place);
  if (a < 0 && !Number.isInteger(b)) return unknownOf('complex');
  // C gives 1 where JavaScript gives NaN.
  if (a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b))) return float(1, origin);
  const result = a ** b;
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) return unknownOf('float');
  return float(result, origin);
}

function onIntegers(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Numeric,
  right: Numeric,
  place: Place,
  origin: Origin | undefined,
): Value | undefined {
  const a = dimOf(left) ?? 0,
    b = dimOf(right) ?? 0;
  switch (operator) {
    case '+':
      return exact(addDims(a, b), origin);
    case '-':
      return exact(subtractDims(a, b), origin);
    case '*':
      return exact(multiplyDims(a, b), origin);
    case '/': {
      if (b === 0) raiseText(interpreter, 'ZeroDivisionError', 'division by zero', place);
      if (typeof a === 'number' && typeof b === 'number') return float(a / b, origin);
      return symbolicFloat(a, b);
    }
    case '//':
      if (b === 0) raiseText(interpreter, 'ZeroDivisionError', 'integer division or modulo by zero', place);
      return typeof a === 'number' && typeof b === 'number' ? int(floorDivideIntegers(a, b), origin) : exact(floorDivideDims(a, b), origin);
    case '%':
      if (b === 0) raiseText(interpreter, 'ZeroDivisionError', 'integer modulo by zero', place);
      return exact(moduloDims(a, b), origin);
    case '**': {
      if (typeof b !== 'number') return a === 2 || a === 1 ? unknownInt(1) : unknown();
      if (b < 0) {
        if (a === 0) raiseText(interpreter, 'ZeroDivisionError', '0.0 cannot be raised to a negative power', place);
        return typeof a === 'number' ? float(a ** b, origin) : unknownOf('float');
      }
      if (typeof a === 'number') return exactNumber(a ** b, origin);
      return b <= 8 ? exact(multiplyDims(...Array.from({ length: b }, () => a)), origin) : unknownInt();
    }
    case '<<':
    case '>>': {
      if (typeof b !== 'number') return unknownInt();
      if (b < 0) raiseText(interpreter, 'ValueError', 'negative shift count', place);
      if (b > 60) return a === 0 ? int(0, origin) : unknownInt();
      return exact(operator === '<<' ? multiplyDims(a, 2 ** b) : floorDivideDims(a, 2 ** b), origin);
    }
    case '&':
    case '|':
    case '^': {
      if (typeof a !== 'number' || typeof b !== 'number') return unknownInt();
      const [x, y] = [BigInt(a), BigInt(b)];
      const result = Number(operator === '&' ? x & y : operator === '|' ? x | y : x ^ y);
      return left.kind === 'bool' && right.kind === 'bool' ? bool(result === 1) : int(result, origin);
    }
    case '@':
      interpreter.raise(
        'TypeError',
        message("unsupported operand type(s) for @: '{left}' and '{right}'", { left: typeNameOf(left), right: typeNameOf(right) }),
        place,
      );
  }
}

/** A quotient of doubles may round up to the next whole number; the remainder is exact. */
export function floorDivideIntegers(a: number, b: number): number {
  const remainder = a % b;
  const quotient = (a - remainder) / b;
  return (remainder !== 0 && remainder < 0 !== b < 0 ? quotient - 1 : quotient) + 0;
}

function exact(dim: ReturnType<typeof addDims>, origin: Origin | undefined): Value {
  return typeof dim === 'number' ? exactNumber(dim, origin) : int(dim, origin);
}
function exactNumber(value: number, origin: Origin | undefined): Value {
  return Math.abs(value) <= largestExactInteger ? int(value + 0, origin) : unknownOf('int');
}

function onFractions(operator: BinaryOperator, left: Value, right: Value): Value | undefined {
  const a = fractionOf(left),
    b = fractionOf(right);
  if (a === undefined || b === undefined) return undefined;
  const result =
    operator === '+'
      ? addFractions(a, b)
      : operator === '-'
        ? addFractions(a, negateFraction(b))
        : operator === '*'
          ? multiplyFractions(a, b)
          : operator === '/'
            ? multiplyFractions(a, { numerator: b.denominator, denominator: b.numerator })
            : operator === '//'
              ? {
                  numerator: floorDivideDims(
                    multiplyFractions(a, { numerator: b.denominator, denominator: 1 }).numerator,
                    multiplyFractions(b, { numerator: a.denominator, denominator: 1 }).numerator,
                  ),
                  denominator: 1,
                }
              : undefined;
  return result === undefined || result.denominator === 0 ? undefined : symbolicFloat(result.numerator, result.denominator);
}

/** What can be said though an operand is unknown: fractions of sizes, and the result's type. */
function onUnknown(operator: BinaryOperator, left: Value, right: Value): Value | undefined {
  const fraction = onFractions(operator, left, right);
  if (fraction !== undefined) return fraction;
  const types = [numberType(left), numberType(right)];
  if (!types.includes(undefined) && floatOperators.has(operator)) {
    if (types.includes('float') || operator === '/') return operator === '**' ? unknown() : unknownOf('float');
    return operator === '**' ? unknown() : unknownInt();
  }
  if (operator === '+' && typeNameOf(left) === 'str' && typeNameOf(right) === 'str') return unknownOf('str');
  if (operator === '%' && (left.kind === 'str' || typeNameOf(left) === 'str')) return unknownOf('str');
  if (operator === '*' && left.kind === 'list' && numberType(right) === 'int') return list([...left.items], true);
  if (operator === '+' && left.kind === 'list' && typeNameOf(right) === 'list') return list([...left.items], true);
  return undefined;
}

function numberType(value: Value): 'int' | 'float' | undefined {
  const name = typeNameOf(value);
  return name === 'float' ? 'float' : name === 'int' || name === 'bool' ? 'int' : undefined;
}

const unaryNames = { '-': '__neg__', '+': '__pos__', '~': '__invert__' } as const;

/** `-x`, `+x`, `~x` on numbers. */
export function unaryOnBuiltins(interpreter: Interpreter, operator: '-' | '+' | '~', operandValue: Value, place: Place): Value | undefined {
  if (overrides(operandValue, unaryNames[operator])) return undefined;
  const operand = underlying(operandValue);
  if (operand.kind === 'int' || operand.kind === 'bool') {
    const value = dimOf(operand) ?? 0;
    const result = operator === '-' ? negateDim(value) : operator === '~' ? subtractDims(negateDim(value), 1) : value;
    return int(typeof result === 'number' ? result + 0 : result, derivedOrigin(originOf(operand)));
  }
  if (operand.kind === 'float' && operator !== '~') return float(operator === '-' ? -operand.value : operand.value, operand.origin);
  if (operand.kind === 'unknown') {
    const fraction = fractionOf(operand);
    if (fraction !== undefined && operator === '-') return symbolicFloat(negateDim(fraction.numerator), fraction.denominator);
    return operand.typeName === 'int' || operand.typeName === 'float' ? unknownOf(operand.typeName) : undefined;
  }
  if (isPlain(operand)) {
    interpreter.raise('TypeError', message("bad operand type for unary {operator}: '{type}'", { operator, type: typeNameOf(operand) }), place);
  }
  return undefined;
}
