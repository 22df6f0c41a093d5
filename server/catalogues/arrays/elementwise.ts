// Operations on each element: arithmetic, comparisons, functions of one variable, choosing, clipping, casting. Shapes broadcast; value
// ranges and small contents follow. It must not know any library but through `ArrayLibrary`.
import {
  addDims,
  compareDims,
  type Dim,
  dimEquals,
  floorDivideDims,
  maximumDims,
  minimumDims,
  moduloDims,
  multiplyDims,
  negateDim,
  subtractDims,
} from '../../tensors/dim.ts';
import { type DType, dtypeCategory, isFloating } from '../../tensors/dtype.ts';
import {
  absoluteRange,
  addRanges,
  anyNumber,
  booleanRange,
  castRange,
  ceilRange,
  clipRange,
  constantRange,
  divideRanges,
  exponentialRange,
  floorDivideRanges,
  floorRange,
  isConstant,
  logarithmRange,
  maximumRanges,
  minimumRanges,
  moduloRanges,
  monotone,
  multiplyRanges,
  negateRange,
  powerRange,
  rangeBetween,
  reluRange,
  roundRange,
  sigmoidRange,
  squareRootRange,
  subtractRanges,
  tanhRange,
  truncateRange,
  uniteRanges,
  type ValueRange,
} from '../../tensors/range.ts';
import { broadcast, broadcastAll, type Shape } from '../../tensors/shape.ts';
import { derivedOrigin } from '../../values/place.ts';
import { largestKnownContents } from '../../values/tensor.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { broadcastView, countOf, elementsOf, knownSizes, makeArray, numberFromValue, readView } from './contents.ts';
import { type ArrayOperand, castArray, castElements, operandOf, typeOfOperands } from './conversion.ts';
import { dtypeFromValue } from './dtypes.ts';
import type { ArrayCall, ArrayContext, ArrayOperation } from './library.ts';
import { refuseConflict } from './library.ts';

// ---- Two operands.

interface BinaryRule {
  readonly range: (left: ValueRange, right: ValueRange) => ValueRange | undefined;
  /** Undefined: not to be computed (division by zero, a symbolic size that does not allow it). */
  readonly compute: (left: Dim, right: Dim) => Dim | undefined;
  /** `same`: the promoted type; `quotient`: a float for integers; `float`: always floating; `bool`. */
  readonly result: 'same' | 'quotient' | 'float' | 'bool';
}

function onNumbers(apply: (left: number, right: number) => number): (left: Dim, right: Dim) => Dim | undefined {
  return (left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number') return undefined;
    const result = apply(left, right);
    return Number.isNaN(result) ? undefined : result + 0;
  };
}

/** Where a size decides: only if it holds for all values of its symbols. */
function comparison(
  apply: (left: number, right: number) => boolean,
  symbolic: (order: -1 | 0 | 1 | undefined, equal: boolean | undefined) => boolean | undefined,
): BinaryRule {
  return {
    result: 'bool',
    range: (left, right) => {
      if (isConstant(left) && isConstant(right)) return constantRange(Number(apply(left.low, right.low)));
      return booleanRange();
    },
    compute: (left, right) => {
      if (typeof left === 'number' && typeof right === 'number') return Number(apply(left, right));
      const holds = symbolic(compareDims(left, right), dimEquals(left, right));
      return holds === undefined ? undefined : Number(holds);
    },
  };
}

function floorModulo(left: number, right: number): number {
  return left - right * Math.floor(left / right);
}

const anyRange = (): ValueRange => anyNumber;

const binaryRules = {
  add: { result: 'same', range: addRanges, compute: addDims },
  subtract: { result: 'same', range: subtractRanges, compute: subtractDims },
  multiply: { result: 'same', range: multiplyRanges, compute: multiplyDims },
  divide: {
    result: 'quotient',
    range: divideRanges,
    compute: (left, right) => (typeof left === 'number' && typeof right === 'number' && right !== 0 ? left / right : undefined),
  },
  floor_divide: {
    result: 'same',
    range: floorDivideRanges,
    compute: (left, right) =>
      right === 0 ? undefined : typeof left === 'number' && typeof right === 'number' ? Math.floor(left / right) : floorDivideDims(left, right),
  },
  mod: {
    result: 'same',
    range: moduloRanges,
    compute: (left, right) =>
      right === 0 ? undefined : typeof left === 'number' && typeof right === 'number' ? floorModulo(left, right) : moduloDims(left, right),
  },
  fmod: { result: 'same', range: anyRange, compute: onNumbers((left, right) => (right === 0 ? Number.NaN : left % right)) },
  power: {
    result: 'same',
    range: (left, right) => (isConstant(right) ? powerRange(left, right.low) : anyNumber),
    compute: onNumbers((left, right) => left ** right),
  },
  maximum: { result: 'same', range: maximumRanges, compute: (left, right) => maximumDims(left, right) },
  minimum: { result: 'same', range: minimumRanges, compute: (left, right) => minimumDims(left, right) },
  arctan2: { result: 'float', range: () => rangeBetween(-Math.PI, Math.PI), compute: onNumbers(Math.atan2) },
  hypot: { result: 'float', range: () => rangeBetween(0, Number.POSITIVE_INFINITY), compute: onNumbers(Math.hypot) },
  logaddexp: {
    result: 'float',
    range: anyRange,
    compute: onNumbers((left, right) => Math.max(left, right) + Math.log1p(Math.exp(-Math.abs(left - right)))),
  },
  squared_difference: {
    result: 'same',
    range: (left, right) => powerRange(subtractRanges(left, right), 2),
    compute: onNumbers((left, right) => (left - right) ** 2),
  },
  divide_no_nan: { result: 'quotient', range: anyRange, compute: onNumbers((left, right) => (right === 0 ? 0 : left / right)) },
  equal: comparison(
    (left, right) => left === right,
    (_, equal) => equal,
  ),
  not_equal: comparison(
    (left, right) => left !== right,
    (_, equal) => (equal === undefined ? undefined : !equal),
  ),
  less: comparison(
    (left, right) => left < right,
    (order) => (order === undefined ? undefined : order < 0),
  ),
  less_equal: comparison(
    (left, right) => left <= right,
    (order) => (order === undefined ? undefined : order <= 0),
  ),
  greater: comparison(
    (left, right) => left > right,
    (order) => (order === undefined ? undefined : order > 0),
  ),
  greater_equal: comparison(
    (left, right) => left >= right,
    (order) => (order === undefined ? undefined : order >= 0),
  ),
  logical_and: { result: 'bool', range: booleanRange, compute: onNumbers((left, right) => Number(left !== 0 && right !== 0)) },
  logical_or: { result: 'bool', range: booleanRange, compute: onNumbers((left, right) => Number(left !== 0 || right !== 0)) },
  logical_xor: { result: 'bool', range: booleanRange, compute: onNumbers((left, right) => Number((left !== 0) !== (right !== 0))) },
  bitwise_and: { result: 'same', range: bitRange, compute: onNumbers((left, right) => (isSmall(left, right) ? left & right : Number.NaN)) },
  bitwise_or: { result: 'same', range: bitRange, compute: onNumbers((left, right) => (isSmall(left, right) ? left | right : Number.NaN)) },
  bitwise_xor: { result: 'same', range: bitRange, compute: onNumbers((left, right) => (isSmall(left, right) ? left ^ right : Number.NaN)) },
  left_shift: { result: 'same', range: () => ({ ...anyNumber, integral: true }), compute: onNumbers((left, right) => left * 2 ** right) },
  right_shift: {
    result: 'same',
    range: () => ({ ...anyNumber, integral: true }),
    compute: onNumbers((left, right) => Math.floor(left / 2 ** right)),
  },
} as const satisfies Readonly<Record<string, BinaryRule>>;

export type BinaryName = keyof typeof binaryRules;

function isSmall(left: number, right: number): boolean {
  return Number.isInteger(left) && Number.isInteger(right) && Math.abs(left) < 2 ** 31 && Math.abs(right) < 2 ** 31;
}

/** Of numbers that are not negative: below the next power of two. */
function bitRange(left: ValueRange, right: ValueRange): ValueRange {
  const highest = Math.max(left.high, right.high);
  if (left.low < 0 || right.low < 0 || !Number.isFinite(highest)) return { ...anyNumber, integral: true };
  return rangeBetween(0, 2 ** Math.ceil(Math.log2(highest + 1)) - 1, { integral: true });
}

/** `left <operation> right`, elementwise. */
export function binary(context: ArrayContext, name: BinaryName, left: Value, right: Value): Value {
  const rule: BinaryRule = binaryRules[name];
  const [one, other] = [operandOf(context, left), operandOf(context, right)];
  if (one === undefined || other === undefined) return beside(context, rule, one ?? other);
  const shape = broadcast(one.tensor.shape, other.tensor.shape);
  if (!shape.ok && context.library.laxEquality && (name === 'equal' || name === 'not_equal')) return unknown();
  if (!shape.ok)
    return refuseConflict(
      context,
      shape.reason,
      [one.tensor.shape, other.tensor.shape],
      Math.max(one.tensor.shape.dims?.length ?? 0, other.tensor.shape.dims?.length ?? 0),
    );
  context.library.demandSame?.(context, one.tensor.shape, other.tensor.shape);
  const dtype = binaryType(context, rule, one, other);
  const elements = combine([one.tensor, other.tensor], shape.shape, ([a, b]) =>
    a === undefined || b === undefined ? undefined : rule.compute(a, b),
  );
  const [leftRange, rightRange] = [one.tensor.range, other.tensor.range];
  const range =
    leftRange !== undefined && rightRange !== undefined ? rule.range(leftRange, rightRange) : rule.result === 'bool' ? booleanRange() : undefined;
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    dtype,
    range: range === undefined || dtype === undefined || isFloating(dtype) ? range : castRange(range, dtype),
    elements: dtype === undefined ? elements : castElements(elements, dtype),
    origin: derivedOrigin(one.tensor.origin, other.tensor.origin),
  });
}

/** One operand is not known: it may be of any rank, or an object with operators of its own. */
function beside(context: ArrayContext, rule: BinaryRule, known: ArrayOperand | undefined): Value {
  if (known === undefined || context.library.scalar !== undefined || known.tensor.shape.dims?.length === 0) return unknown();
  return makeArray({
    cls: context.cls,
    shape: { dims: undefined },
    dtype: rule.result === 'bool' ? 'bool' : undefined,
    range: rule.result === 'bool' ? booleanRange() : undefined,
  });
}

function binaryType(context: ArrayContext, rule: BinaryRule, left: ArrayOperand, right: ArrayOperand): DType | undefined {
  if (rule.result === 'bool') return 'bool';
  const promoted = typeOfOperands(context.library, [left, right]);
  if (promoted === undefined) return undefined;
  if (rule.result === 'same') return promoted;
  const category = dtypeCategory(promoted);
  if (category === 'float' || category === 'complex') return promoted;
  return rule.result === 'quotient' ? context.library.quotientOf(promoted) : context.library.floatOf(promoted);
}

/** Computes each element of the broadcast shape; undefined where one cannot be. */
function combine(
  tensors: readonly TensorValue[],
  shape: Shape,
  compute: (elements: readonly (Dim | undefined)[]) => Dim | undefined,
): readonly Dim[] | undefined {
  const target = knownSizes(shape);
  if (target === undefined || countOf(target) > largestKnownContents) return undefined;
  const columns: (readonly Dim[])[] = [];
  for (const tensor of tensors) {
    const [elements, sizes] = [elementsOf(tensor), knownSizes(tensor.shape)];
    const read = elements === undefined || sizes === undefined ? undefined : readView(broadcastView(sizes, target), elements);
    if (read === undefined) return undefined;
    columns.push(read);
  }
  const results: Dim[] = [];
  for (let at = 0; at < countOf(target); at += 1) {
    const result = compute(columns.map((column) => column[at]));
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}

// ---- One operand.

interface UnaryRule {
  readonly range: (range: ValueRange) => ValueRange | undefined;
  readonly compute: (element: Dim) => Dim | undefined;
  /** `float`: floating for integers too. */
  readonly result: 'same' | 'float' | 'bool';
  /** Known of the result even where nothing is known of the operand. */
  readonly always?: ValueRange;
}

function ofNumber(apply: (element: number) => number): (element: Dim) => Dim | undefined {
  return (element) => {
    if (typeof element !== 'number') return undefined;
    const result = apply(element);
    return Number.isNaN(result) ? undefined : result + 0;
  };
}

function floating(apply: (element: number) => number, range: UnaryRule['range'] = anyRange, always?: ValueRange): UnaryRule {
  return { result: 'float', range, compute: ofNumber(apply), ...(always === undefined ? {} : { always }) };
}
function rising(apply: (element: number) => number, always?: ValueRange): UnaryRule {
  return floating(apply, (range) => monotone(range, apply, false), always);
}
function test(apply: (element: number) => boolean): UnaryRule {
  return { result: 'bool', range: booleanRange, compute: ofNumber((element) => Number(apply(element))), always: booleanRange() };
}

const unit = rangeBetween(-1, 1);
const positive = rangeBetween(0, Number.POSITIVE_INFINITY);

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? (below % 2 === 0 ? below : below + 1) : Math.round(value);
}
function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
function softplus(value: number): number {
  return value > 30 ? value : Math.log1p(Math.exp(value));
}

const unaryRules = {
  identity: { result: 'same', range: (range) => range, compute: (element) => element },
  negative: { result: 'same', range: negateRange, compute: negateDim },
  absolute: {
    result: 'same',
    range: absoluteRange,
    compute: (element) => (typeof element === 'number' ? Math.abs(element) : maximumDims(element, negateDim(element))),
    always: positive,
  },
  sign: { result: 'same', range: (range) => monotone(range, Math.sign, true), compute: ofNumber(Math.sign), always: { ...unit, integral: true } },
  square: { result: 'same', range: (range) => powerRange(range, 2), compute: (element) => multiplyDims(element, element), always: positive },
  sqrt: floating(Math.sqrt, squareRootRange, positive),
  rsqrt: floating(
    (element) => 1 / Math.sqrt(element),
    (range) => powerRange(range, -0.5),
    positive,
  ),
  cbrt: rising(Math.cbrt),
  reciprocal: {
    result: 'same',
    range: (range) => divideRanges(constantRange(1), range),
    compute: ofNumber((element) => (element === 0 ? Number.NaN : 1 / element)),
  },
  exp: floating(Math.exp, exponentialRange, positive),
  exp2: rising((element) => 2 ** element, positive),
  expm1: rising(Math.expm1, rangeBetween(-1, Number.POSITIVE_INFINITY)),
  log: floating(safe(Math.log), logarithmRange),
  log2: floating(safe(Math.log2), (range) => (range.low < 0 ? anyNumber : monotone(range, Math.log2, false))),
  log10: floating(safe(Math.log10), (range) => (range.low < 0 ? anyNumber : monotone(range, Math.log10, false))),
  log1p: floating(safe(Math.log1p), (range) => (range.low < -1 ? anyNumber : monotone(range, Math.log1p, false))),
  sin: floating(Math.sin, () => unit, unit),
  cos: floating(Math.cos, () => unit, unit),
  tan: floating(Math.tan),
  arcsin: floating(Math.asin),
  arccos: floating(Math.acos, () => rangeBetween(0, Math.PI)),
  arctan: rising(Math.atan, rangeBetween(-Math.PI / 2, Math.PI / 2)),
  sinh: rising(Math.sinh),
  cosh: floating(Math.cosh, () => rangeBetween(1, Number.POSITIVE_INFINITY)),
  tanh: floating(Math.tanh, (range) => monotone(range, Math.tanh, false), tanhRange()),
  arcsinh: rising(Math.asinh),
  arccosh: floating(Math.acosh),
  arctanh: floating(Math.atanh),
  deg2rad: rising((element) => (element * Math.PI) / 180),
  rad2deg: rising((element) => (element * 180) / Math.PI),
  floor: { result: 'same', range: floorRange, compute: whole(Math.floor), always: { ...anyNumber, integral: true } },
  ceil: { result: 'same', range: ceilRange, compute: whole(Math.ceil), always: { ...anyNumber, integral: true } },
  trunc: { result: 'same', range: truncateRange, compute: whole(Math.trunc), always: { ...anyNumber, integral: true } },
  round: { result: 'same', range: roundRange, compute: whole(roundHalfEven), always: { ...anyNumber, integral: true } },
  sigmoid: floating(sigmoid, (range) => monotone(range, sigmoid, false), sigmoidRange()),
  relu: { result: 'same', range: (range) => reluRange(range), compute: ofNumber((element) => Math.max(0, element)), always: positive },
  relu6: {
    result: 'same',
    range: (range) => clipRange(range, 0, 6),
    compute: ofNumber((element) => Math.min(6, Math.max(0, element))),
    always: rangeBetween(0, 6),
  },
  softplus: rising(softplus, positive),
  erf: floating(
    () => Number.NaN,
    () => unit,
    unit,
  ),
  logical_not: test((element) => element === 0),
  isnan: test(Number.isNaN),
  isinf: test((element) => Math.abs(element) === Number.POSITIVE_INFINITY),
  isfinite: test(Number.isFinite),
  invert: { result: 'same', range: () => undefined, compute: () => undefined },
  /** Functions that keep the shape, of which nothing else is known. */
  same: { result: 'same', range: () => undefined, compute: () => undefined },
  any_float: { result: 'float', range: () => undefined, compute: () => undefined },
} as const satisfies Readonly<Record<string, UnaryRule>>;

export type UnaryName = keyof typeof unaryRules;

function safe(apply: (element: number) => number): (element: number) => number {
  return (element) => {
    const result = apply(element);
    return Number.isFinite(result) ? result : Number.NaN;
  };
}
/** Sizes are whole already. */
function whole(apply: (element: number) => number): (element: Dim) => Dim | undefined {
  return (element) => (typeof element === 'number' ? apply(element) + 0 : element);
}

export function unary(context: ArrayContext, name: UnaryName, value: Value): Value {
  const rule: UnaryRule = unaryRules[name];
  const operand = operandOf(context, value);
  if (operand === undefined) return unknown();
  const { tensor } = operand;
  if (name === 'invert') return invert(context, tensor);
  const dtype =
    rule.result === 'bool'
      ? 'bool'
      : rule.result === 'same' || tensor.dtype === undefined
        ? tensor.dtype
        : dtypeCategory(tensor.dtype) === 'float' || dtypeCategory(tensor.dtype) === 'complex'
          ? tensor.dtype
          : context.library.floatOf(tensor.dtype);
  const elements = mapElements(elementsOf(tensor), rule.compute);
  const range = tensor.range === undefined ? rule.always : rule.range(tensor.range);
  return makeArray({
    cls: context.cls,
    shape: tensor.shape,
    dtype,
    origin: tensor.origin,
    range: range !== undefined && dtype !== undefined && !isFloating(dtype) ? castRange(range, dtype) : range,
    elements: dtype === undefined ? undefined : castElements(elements, dtype),
  });
}

function invert(context: ArrayContext, tensor: TensorValue): Value {
  if (tensor.dtype === 'bool') return unary(context, 'logical_not', tensor);
  return makeArray({
    cls: context.cls,
    shape: tensor.shape,
    dtype: tensor.dtype,
    origin: tensor.origin,
    elements: tensor.dtype?.startsWith('int') ? mapElements(elementsOf(tensor), (element) => subtractDims(negateDim(element), 1)) : undefined,
  });
}

function mapElements(elements: readonly Dim[] | undefined, compute: (element: Dim) => Dim | undefined): readonly Dim[] | undefined {
  if (elements === undefined) return undefined;
  const results: Dim[] = [];
  for (const element of elements) {
    const result = compute(element);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}

// ---- Others.

/** `where(condition, x, y)`. */
export function choose(context: ArrayContext, condition: Value, onTrue: Value, onFalse: Value): Value {
  const operands = [condition, onTrue, onFalse].map((value) => operandOf(context, value));
  const [test, one, other] = operands;
  if (test === undefined || one === undefined || other === undefined) return unknown();
  const shapes = [test.tensor.shape, one.tensor.shape, other.tensor.shape];
  const shape = broadcastAll(shapes);
  if (!shape.ok) return refuseConflict(context, shape.reason, shapes);
  const dtype = typeOfOperands(context.library, [one, other]);
  const elements = combine([test.tensor, one.tensor, other.tensor], shape.shape, ([flag, a, b]) =>
    typeof flag === 'number' ? (flag !== 0 ? a : b) : undefined,
  );
  const [left, right] = [one.tensor.range, other.tensor.range];
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    dtype,
    origin: derivedOrigin(one.tensor.origin, other.tensor.origin),
    range: left !== undefined && right !== undefined ? { ...uniteRanges(left, right), attained: false } : undefined,
    elements,
  });
}

/** `clip(x, low, high)`; limits that are None or not known numbers do not narrow what is known. */
export function clip(context: ArrayContext, value: Value, low: Value, high: Value): Value {
  const operand = operandOf(context, value);
  if (operand === undefined) return unknown();
  const { tensor } = operand;
  const [least, most] = [numberFromValue(low), numberFromValue(high)];
  const isDecided = (least !== undefined || low.kind === 'none') && (most !== undefined || high.kind === 'none');
  const limits = [operandOf(context, low), operandOf(context, high)].filter((limit) => limit !== undefined);
  const dtype = typeOfOperands(context.library, [operand, ...limits]);
  const bounded =
    tensor.range === undefined
      ? rangeBetween(least ?? Number.NEGATIVE_INFINITY, most ?? Number.POSITIVE_INFINITY)
      : clipRange(tensor.range, least, most);
  const shape = broadcastAll([tensor.shape, ...limits.map((limit) => limit.tensor.shape)]);
  if (!shape.ok) return refuseConflict(context, shape.reason, [tensor.shape, ...limits.map((limit) => limit.tensor.shape)]);
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    dtype,
    origin: tensor.origin,
    range: isDecided ? bounded : limits.length === 0 ? tensor.range : undefined,
    elements: isDecided
      ? mapElements(elementsOf(tensor), (element) =>
          typeof element === 'number' ? Math.min(most ?? Number.POSITIVE_INFINITY, Math.max(least ?? Number.NEGATIVE_INFINITY, element)) : undefined,
        )
      : undefined,
  });
}

/** A cast; the type is that of the array where it is not known. */
export function cast(context: ArrayContext, value: Value, dtype: DType | undefined): Value {
  const operand = operandOf(context, value);
  if (operand === undefined) return unknown();
  const { tensor } = operand;
  if (dtype === undefined) return makeArray({ cls: context.cls, shape: tensor.shape, dtype: undefined, origin: tensor.origin });
  const converted = castArray(tensor, dtype);
  return converted.cls === context.cls && converted !== tensor
    ? converted
    : makeArray({
        cls: context.cls,
        shape: converted.shape,
        dtype,
        range: converted.range,
        elements: elementsOf(converted),
        origin: converted.origin,
      });
}

/** The result of broadcasting several operands with nothing known of its elements (a function of a library's tail). */
export function broadcasting(context: ArrayContext, values: readonly Value[], dtype: DType | undefined | 'promoted', range?: ValueRange): Value {
  const operands = values.map((value) => operandOf(context, value));
  const known = operands.filter((operand) => operand !== undefined);
  if (known.length < operands.length) return unknown();
  const shapes = known.map((operand) => operand.tensor.shape);
  const shape = broadcastAll(shapes);
  if (!shape.ok) return refuseConflict(context, shape.reason, shapes);
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    range,
    origin: derivedOrigin(...known.map((operand) => operand.tensor.origin)),
    dtype: dtype === 'promoted' ? typeOfOperands(context.library, known) : dtype,
  });
}

// ---- For declarations.

/** `cast(x, dtype)`: the first parameter to the type the second names. */
export const castOperation: ArrayOperation = (call: ArrayCall) =>
  cast(call, call.operand(0), dtypeFromValue(call.operand(1), call.library.defaultFloat));

/** The first two parameters. */
export function binaryOperation(name: BinaryName): ArrayOperation {
  return (call) => binary(call, name, call.operand(0), call.operand(1));
}
/** The first parameter. */
export function unaryOperation(name: UnaryName): ArrayOperation {
  return (call) => unary(call, name, call.operand(0));
}
export const clipOperation: ArrayOperation = (call: ArrayCall) => clip(call, call.operand(0), call.operand(1), call.operand(2));
export const whereOperation: ArrayOperation = (call: ArrayCall) => choose(call, call.operand(0), call.operand(1), call.operand(2));

/** The methods behind Python's operators, for `arrayOperators`; `/` and others as the library has them. */
export const operatorTable: Readonly<
  Record<string, readonly [symbol: string, operation: (context: ArrayContext, left: Value, right: Value) => Value]>
> = Object.fromEntries(
  (
    [
      ['add', '+', 'add'],
      ['sub', '-', 'subtract'],
      ['mul', '*', 'multiply'],
      ['truediv', '/', 'divide'],
      ['floordiv', '//', 'floor_divide'],
      ['mod', '%', 'mod'],
      ['pow', '**', 'power'],
      ['and', '&', 'bitwise_and'],
      ['or', '|', 'bitwise_or'],
      ['xor', '^', 'bitwise_xor'],
      ['lshift', '<<', 'left_shift'],
      ['rshift', '>>', 'right_shift'],
      ['eq', '==', 'equal'],
      ['ne', '!=', 'not_equal'],
      ['lt', '<', 'less'],
      ['le', '<=', 'less_equal'],
      ['gt', '>', 'greater'],
      ['ge', '>=', 'greater_equal'],
    ] as const
  ).map(([dunder, symbol, name]) => [dunder, [symbol, (context, left, right) => binary(context, name, left, right)]]),
);
