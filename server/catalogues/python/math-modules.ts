// The modules math and cmath. Known numbers are computed as C does; sizes stay symbolic through floor, ceil, prod, gcd and trunc.
// It must not know arrays.
import { replayable } from '../../values/recorder.ts';
import { dimBounds } from '../../tensors/dim.ts';
import type { Catalogue } from '../catalogue.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { bool, float, int, maybeBool, tuple, unknown } from '../../values/value.ts';
import { toInteger } from './numbers.ts';
import {
  ceilingOfFraction,
  dimOf,
  floorOfFraction,
  fractionOf,
  indexOf,
  largestExactInteger,
  raiseText,
  realOf,
  typeNameOf,
  underlying,
  unknownInt,
  unknownOf,
} from './support.ts';

/** A known argument as a number; a certainly wrong type raises. */
function numberOf(call: NativeCall, name: string): number | undefined {
  const value = underlying(call.args.get(name));
  const known = realOf(value);
  if (known !== undefined) return known;
  if (value.kind === 'tensor') return value.contents?.length === 1 ? value.contents[0] : undefined;
  if (value.kind === 'str' || value.kind === 'none' || value.kind === 'list' || value.kind === 'tuple' || value.kind === 'dict') {
    raiseText(call.interpreter, 'TypeError', `must be real number, not ${typeNameOf(value)}`, call.place);
  }
  return undefined;
}

/** A function of one float. Outside its domain Python raises ValueError. */
function real(name: string, compute: (x: number) => number): Value {
  return nativeFunction(name, 'x, /', (call) => {
    const x = numberOf(call, 'x');
    if (x === undefined) return unknownOf('float');
    const result = compute(x);
    if (Number.isNaN(result) && !Number.isNaN(x)) raiseText(call.interpreter, 'ValueError', 'math domain error', call.place);
    if (!Number.isFinite(result) && Number.isFinite(x)) {
      return raiseText(
        call.interpreter,
        name.startsWith('log') || name === 'atanh' || name === 'gamma' || name === 'lgamma' ? 'ValueError' : 'OverflowError',
        name.startsWith('log') || name === 'atanh' ? 'math domain error' : 'math range error',
        call.place,
      );
    }
    return float(result);
  });
}

function real2(name: string, compute: (x: number, y: number) => number): Value {
  return nativeFunction(name, 'x, y, /', (call) => {
    const x = numberOf(call, 'x'),
      y = numberOf(call, 'y');
    if (x === undefined || y === undefined) return unknownOf('float');
    const result = compute(x, y);
    return Number.isNaN(result) && !Number.isNaN(x) && !Number.isNaN(y) ? unknownOf('float') : float(result);
  });
}

/** floor, ceil, trunc: whole numbers of floats and of fractions of sizes. */
function whole(name: string, compute: (x: number) => number, ofFraction: typeof floorOfFraction | undefined): Value {
  return nativeFunction(name, 'x, /', (call) => {
    const given = call.args.get('x'),
      value = underlying(given);
    if (value.kind === 'int' || value.kind === 'bool') return int(dimOf(value) ?? 0);
    const method = value.kind === 'instance' ? call.interpreter.lookUpAttribute(value, `__${name}__`, call.place) : undefined;
    if (method !== undefined) return call.interpreter.callMethod(value, `__${name}__`, [], call.place);
    const fraction = value.kind === 'unknown' ? fractionOf(value) : undefined;
    if (fraction !== undefined && ofFraction !== undefined) return int(ofFraction(fraction));
    if (name === 'trunc') return toInteger(call.interpreter, given, call.place);
    const x = numberOf(call, 'x');
    if (x === undefined) return unknownInt();
    if (!Number.isFinite(x))
      return raiseText(
        call.interpreter,
        Number.isNaN(x) ? 'ValueError' : 'OverflowError',
        `cannot convert float ${Number.isNaN(x) ? 'NaN' : 'infinity'} to integer`,
        call.place,
      );
    return integer(compute(x));
  });
}

function integer(value: number): Value {
  return Math.abs(value) <= largestExactInteger ? int(value + 0) : unknownOf('int');
}

function predicate(name: string, test: (x: number) => boolean): Value {
  return nativeFunction(name, 'x, /', (call) => {
    const x = numberOf(call, 'x');
    return maybeBool(x === undefined ? undefined : test(x));
  });
}

function gcd(left: number, right: number): number {
  return right === 0 ? Math.abs(left) : gcd(right, left % right);
}

function integers(name: string, start: number, combine: (left: number, right: number) => number): Value {
  return nativeFunction(name, '*integers', ({ interpreter, args, place }) => {
    let result = start;
    for (const [at, { value }] of args.rest.entries()) {
      const plain = underlying(value);
      if (plain.kind === 'float') raiseText(interpreter, 'TypeError', "'float' object cannot be interpreted as an integer", place);
      const number = indexOf(value);
      if (number === undefined) return unknownInt(0);
      result = at === 0 ? Math.abs(number) : combine(result, number);
    }
    return args.openPositional ? unknownInt(0) : integer(result);
  });
}

function integerFunction(name: string, signature: string, compute: (call: NativeCall, ...values: number[]) => number | undefined): Value {
  const names = signature
    .split(',')
    .map((one) => one.trim().split('=')[0] ?? '')
    .filter((one) => one !== '/');
  return nativeFunction(name, signature, (call) => {
    const values: number[] = [];
    for (const parameter of names) {
      const value = underlying(call.args.get(parameter));
      if (value.kind === 'float') raiseText(call.interpreter, 'TypeError', "'float' object cannot be interpreted as an integer", call.place);
      const number = value.kind === 'none' ? Number.NaN : indexOf(value);
      if (number === undefined) return unknownInt(0);
      values.push(number);
    }
    const result = compute(call, ...values);
    return result === undefined ? unknownInt(0) : integer(result);
  });
}

function notNegative(call: NativeCall, ...values: number[]): void {
  if (values.some((value) => value < 0)) raiseText(call.interpreter, 'ValueError', `${call.name}() not defined for negative values`, call.place);
}

const log = nativeFunction('log', 'x, base=None, /', (call) => {
  const x = numberOf(call, 'x'),
    base = call.args.isNone('base') ? undefined : numberOf(call, 'base');
  if (x === undefined) {
    const dim = dimOf(call.args.get('x'));
    if (dim !== undefined && dimBounds(dim).high <= 0) raiseText(call.interpreter, 'ValueError', 'math domain error', call.place);
    return unknownOf('float');
  }
  if (x <= 0) raiseText(call.interpreter, 'ValueError', 'math domain error', call.place);
  if (call.args.given('base') === false) return float(Math.log(x));
  if (base === undefined) return unknownOf('float');
  if (base <= 0) raiseText(call.interpreter, 'ValueError', 'math domain error', call.place);
  if (base === 1) raiseText(call.interpreter, 'ZeroDivisionError', 'float division by zero', call.place);
  return float(Math.log(x) / Math.log(base));
});

const prod = nativeFunction('prod', 'iterable, /, *, start=1', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('iterable'), place);
  if (!iteration.exact) return unknown();
  let product = args.get('start');
  for (const item of iteration.items) product = interpreter.binary('*', product, item, place);
  return product;
});

const isclose = nativeFunction('isclose', 'a, b, *, rel_tol=1e-09, abs_tol=0.0', (call) => {
  const [a, b, relative, absolute] = ['a', 'b', 'rel_tol', 'abs_tol'].map((name) => numberOf(call, name));
  if (a === undefined || b === undefined || relative === undefined || absolute === undefined) return unknownOf('bool');
  return bool(
    a === b || (Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= Math.max(relative * Math.max(Math.abs(a), Math.abs(b)), absolute)),
  );
});

/** Sums exactly, as CPython's fsum does, by keeping the parts that rounding loses. */
const fsum = nativeFunction('fsum', 'seq, /', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('seq'), place);
  const numbers = iteration.items.map(realOf);
  if (!iteration.exact || numbers.includes(undefined)) return unknownOf('float');
  let parts: number[] = [];
  for (const number of numbers) {
    let x = number ?? 0;
    const next: number[] = [];
    for (let y of parts) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y,
        low = y - (high - x);
      if (low !== 0) next.push(low);
      x = high;
    }
    parts = [...next, x];
  }
  return float(parts.reduceRight((sum, one) => sum + one, 0));
});

const unfollowed = (names: string): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeFunction(name, undefined, () => unknownOf('float'))]));

export const mathModules: Catalogue['modules'] = {
  math: () => replayable({
    pi: float(Math.PI),
    e: float(Math.E),
    tau: float(2 * Math.PI),
    inf: float(Number.POSITIVE_INFINITY),
    nan: float(Number.NaN),
    floor: whole('floor', Math.floor, floorOfFraction),
    ceil: whole('ceil', Math.ceil, ceilingOfFraction),
    trunc: whole('trunc', Math.trunc, undefined),
    sqrt: real('sqrt', Math.sqrt),
    exp: real('exp', Math.exp),
    expm1: real('expm1', Math.expm1),
    exp2: real('exp2', (x) => 2 ** x),
    cbrt: real('cbrt', Math.cbrt),
    log,
    log2: real('log2', Math.log2),
    log10: real('log10', Math.log10),
    log1p: real('log1p', Math.log1p),
    sin: real('sin', Math.sin),
    cos: real('cos', Math.cos),
    tan: real('tan', Math.tan),
    asin: real('asin', Math.asin),
    acos: real('acos', Math.acos),
    atan: real('atan', Math.atan),
    sinh: real('sinh', Math.sinh),
    cosh: real('cosh', Math.cosh),
    tanh: real('tanh', Math.tanh),
    asinh: real('asinh', Math.asinh),
    acosh: real('acosh', Math.acosh),
    atanh: real('atanh', Math.atanh),
    fabs: real('fabs', Math.abs),
    degrees: real('degrees', (x) => x * (180 / Math.PI)),
    radians: real('radians', (x) => x * (Math.PI / 180)),
    atan2: real2('atan2', Math.atan2),
    fmod: real2('fmod', (x, y) => x % y),
    copysign: real2('copysign', (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x))),
    pow: real2('pow', (x, y) => (x === 1 ? 1 : x ** y)),
    hypot: nativeFunction('hypot', '*coordinates', ({ args }) => {
      const numbers = args.rest.map((one) => realOf(one.value));
      return numbers.includes(undefined) || args.openPositional ? unknownOf('float') : float(Math.hypot(...numbers.map((one) => one ?? 0)));
    }),
    isnan: predicate('isnan', Number.isNaN),
    isinf: predicate('isinf', (x) => !Number.isFinite(x) && !Number.isNaN(x)),
    isfinite: predicate('isfinite', Number.isFinite),
    isclose,
    gcd: integers('gcd', 0, gcd),
    lcm: integers('lcm', 1, (left, right) => (left === 0 || right === 0 ? 0 : Math.abs((left / gcd(left, right)) * right))),
    factorial: integerFunction('factorial', 'x, /', (call, x) => {
      notNegative(call, x ?? 0);
      let result = 1;
      for (let at = 2; at <= (x ?? 0) && result <= largestExactInteger; at += 1) result *= at;
      return result;
    }),
    isqrt: integerFunction('isqrt', 'n, /', (call, n = 0) => {
      notNegative(call, n);
      let root = Math.floor(Math.sqrt(n));
      while (root * root > n) root -= 1;
      while ((root + 1) ** 2 <= n) root += 1;
      return root;
    }),
    comb: integerFunction('comb', 'n, k, /', (call, n = 0, k = 0) => {
      notNegative(call, n, k);
      if (k > n) return 0;
      let result = 1n;
      for (let at = 1; at <= Math.min(k, n - k); at += 1) result = (result * BigInt(n - at + 1)) / BigInt(at);
      return Number(result);
    }),
    perm: integerFunction('perm', 'n, k=None, /', (call, n = 0, k = Number.NaN) => {
      const count = Number.isNaN(k) ? n : k;
      notNegative(call, n, count);
      let result = 1;
      for (let at = 0; at < count && result <= largestExactInteger; at += 1) result *= n - at;
      return result;
    }),
    prod,
    fsum,
    modf: nativeFunction('modf', 'x, /', (call) => {
      const x = numberOf(call, 'x');
      return x === undefined || !Number.isFinite(x) ? tuple([unknownOf('float'), unknownOf('float')]) : tuple([float(x % 1), float(Math.trunc(x))]);
    }),
    frexp: nativeFunction('frexp', 'x, /', () => tuple([unknownOf('float'), unknownInt()])),
    ldexp: nativeFunction('ldexp', 'x, i, /', (call) => {
      const x = numberOf(call, 'x'),
        i = indexOf(call.args.get('i'));
      return x === undefined || i === undefined || Math.abs(i) > 1000 ? unknownOf('float') : float(x * 2 ** i);
    }),
    dist: nativeFunction('dist', 'p, q, /', () => unknownOf('float')),
    ...unfollowed('erf erfc gamma lgamma nextafter ulp remainder sumprod fma'),
  }),
  cmath: () => ({ pi: float(Math.PI), e: float(Math.E), ...unfollowed('sqrt exp log phase polar rect sin cos') }),
};
