// Operations on each element: functions of one variable, arithmetic, comparisons, logic, bits, limits, choosing.
// Types as PyTorch 2.13 gives them. It must not know modules.
import { type DTypeCategory, dtypeCategory, isFloating } from '../../../tensors/dtype.ts';
import { booleanRange, rangeBetween } from '../../../tensors/range.ts';
import { broadcastAll, shapeOf } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { elementsOf, makeArray, numberFromValue } from '../../arrays/contents.ts';
import { castArray, operandOf, tensorOf } from '../../arrays/conversion.ts';
import { binary, type BinaryName, broadcasting, choose, clip, unary, type UnaryName } from '../../arrays/elementwise.ts';
import type { ArrayCall, ArrayContext, ArrayOperation } from '../../arrays/library.ts';
import { refuse } from '../../arrays/library.ts';
import { positionsOfNonzero } from '../../arrays/lookup.ts';
import { declareOperations, resultType } from '../library.ts';
import { complexType, isFractional, onTensor, realType, refuseType, resultOf, tensorAt, unlessFractional } from './support.ts';

// ---- One operand.

/** Kinds of types that an operation is not implemented for. */
type Kinds = readonly DTypeCategory[];
const anyKind: Kinds = [];
const noBool: Kinds = ['bool'];
const noComplex: Kinds = ['complex'];
const realNumbers: Kinds = ['bool', 'complex'];
const integersOnly: Kinds = ['float', 'complex'];
const floatsOnly: Kinds = ['bool', 'integer', 'complex'];

/** The failure where the tensor's type is certainly not supported. */
export function unlessSupported(context: ArrayContext, tensor: TensorValue, lacks: Kinds, rank = tensor.shape.dims?.length): Value | undefined {
  if (tensor.dtype === undefined || !lacks.includes(dtypeCategory(tensor.dtype))) return undefined;
  return refuse(
    context,
    'invalid-argument',
    message('{operation}: not implemented for {dtype}', { operation: context.name, dtype: tensor.dtype }),
    rank,
    'NotImplementedError',
  );
}

function unaryAs(name: UnaryName, lacks: Kinds = anyKind, floatsForIntegers = false): ArrayOperation {
  return onTensor(
    (call, tensor) =>
      unlessSupported(call, tensor, lacks) ??
      unary(call, name, floatsForIntegers && tensor.dtype !== undefined && !isFractional(tensor.dtype) ? castArray(tensor, 'float32') : tensor),
  );
}

/** Keeps the shape; nothing else is known. */
function likeIt(kind: 'float' | 'same' | 'bool', lacks: Kinds = anyKind): ArrayOperation {
  return onTensor(
    (call, tensor) =>
      unlessSupported(call, tensor, lacks) ??
      (kind === 'bool'
        ? resultOf(call, tensor, tensor.shape, { dtype: 'bool', range: booleanRange() })
        : unary(call, kind === 'float' ? 'any_float' : 'same', tensor)),
  );
}

const absolute: ArrayOperation = onTensor((call, tensor) => {
  const failed = unlessSupported(call, tensor, noBool);
  if (failed !== undefined) return failed;
  const result = unary(call, 'absolute', tensor);
  return result.kind === 'tensor' && tensor.dtype !== undefined && dtypeCategory(tensor.dtype) === 'complex'
    ? resultOf(call, tensor, tensor.shape, { dtype: realType(tensor.dtype), range: rangeBetween(0, Number.POSITIVE_INFINITY) })
    : result;
});

const angle: ArrayOperation = onTensor((call, tensor) =>
  resultOf(call, tensor, tensor.shape, {
    dtype: tensor.dtype === undefined ? undefined : isFractional(tensor.dtype) ? realType(tensor.dtype) : 'float32',
    range: rangeBetween(-Math.PI, Math.PI),
  }),
);

const round: ArrayOperation = onTensor((call, tensor) => {
  if (numberFromValue(call.argument('decimals')) === 0) return unaryAs('round', realNumbers)(call);
  return resultOf(call, tensor, tensor.shape, { range: tensor.range === undefined ? undefined : { ...tensor.range, attained: false } });
});

/** Functions of every type. */
const plain: Readonly<Record<string, UnaryName>> = {
  acos: 'arccos',
  arccos: 'arccos',
  acosh: 'arccosh',
  arccosh: 'arccosh',
  asin: 'arcsin',
  arcsin: 'arcsin',
  asinh: 'arcsinh',
  arcsinh: 'arcsinh',
  atan: 'arctan',
  arctan: 'arctan',
  atanh: 'arctanh',
  arctanh: 'arctanh',
  cos: 'cos',
  cosh: 'cosh',
  exp: 'exp',
  exp2: 'exp2',
  expm1: 'expm1',
  log: 'log',
  log10: 'log10',
  log1p: 'log1p',
  log2: 'log2',
  rsqrt: 'rsqrt',
  sigmoid: 'sigmoid',
  sgn: 'sign',
  sin: 'sin',
  sinh: 'sinh',
  sqrt: 'sqrt',
  tan: 'tan',
  tanh: 'tanh',
  logical_not: 'logical_not',
};
const one = 'input, *, out=None';
declareOperations(
  {
    ...Object.fromEntries(Object.entries(plain).map(([name, operation]) => [name, [one, unaryAs(operation)] as const])),
    abs: [one, absolute],
    absolute: [one, absolute],
    ceil: [one, unaryAs('ceil', realNumbers)],
    deg2rad: [one, unaryAs('deg2rad', noComplex)],
    rad2deg: [one, unaryAs('rad2deg', noComplex)],
    digamma: [one, likeIt('float', noComplex)],
    erf: [one, unaryAs('erf', noComplex)],
    erfc: [one, likeIt('float', noComplex)],
    erfinv: [one, likeIt('float', noComplex)],
    floor: [one, unaryAs('floor', realNumbers)],
    frac: [one, likeIt('same', floatsOnly)],
    i0: [one, likeIt('float', noComplex)],
    lgamma: [one, likeIt('float', noComplex)],
    logit: ['input, eps=None, *, out=None', likeIt('float', noComplex)],
    nan_to_num: ['input, nan=None, posinf=None, neginf=None, *, out=None', onTensor((call, tensor) => unary(call, 'identity', tensor))],
    neg: [one, unaryAs('negative', noBool)],
    negative: [one, unaryAs('negative', noBool)],
    reciprocal: [one, unaryAs('reciprocal', anyKind, true)],
    relu: ['input', unaryAs('relu', realNumbers)],
    round: ['input, *, decimals=0, out=None', round],
    sign: [one, unaryAs('sign', noComplex)],
    sinc: [one, likeIt('float')],
    square: [one, square],
    trunc: [one, unaryAs('trunc', realNumbers)],
    fix: [one, unaryAs('trunc', realNumbers)],
    bitwise_not: [one, unaryAs('invert', integersOnly)],
    mvlgamma: ['input, p, *, out=None', likeIt('float', noComplex)],
  },
  { inPlace: true },
);
declareOperations({
  isnan: ['input', unaryAs('isnan')],
  isinf: ['input', unaryAs('isinf')],
  isfinite: ['input', unaryAs('isfinite')],
  isposinf: [one, likeIt('bool', noComplex)],
  isneginf: [one, likeIt('bool', noComplex)],
  isreal: ['input', likeIt('bool')],
  signbit: [one, likeIt('bool', noComplex)],
  angle: [one, angle],
  positive: ['input', unaryAs('identity', noBool)],
  conj: [
    'input',
    onTensor((call, tensor) =>
      tensor.dtype !== undefined && dtypeCategory(tensor.dtype) !== 'complex' ? tensor : resultOf(call, tensor, tensor.shape),
    ),
  ],
  resolve_conj: ['input', onTensor((_, tensor) => tensor)],
  resolve_neg: ['input', onTensor((_, tensor) => tensor)],
  conj_physical: [one, unaryAs('identity')],
  prelu: ['input, weight', likeIt('same')],
  hardshrink: ['input, lambd=0.5', likeIt('same')],
});
declareOperations(
  {
    selu: ['input, inplace=False', likeIt('same')],
    celu: ['input, alpha=1.0, inplace=False', likeIt('same')],
    rrelu: ['input, lower=0.125, upper=0.3333, training=False, inplace=False', likeIt('same')],
    threshold: ['input, threshold, value, inplace=False', likeIt('same')],
    dropout: ['input, p, train', likeIt('same')],
    feature_dropout: ['input, p, train', likeIt('same')],
    alpha_dropout: ['input, p, train', likeIt('same')],
  },
  { method: false },
);

function square(call: ArrayCall): Value {
  const tensor = tensorAt(call, 0);
  if (tensor === undefined) return unknown();
  return unary(call, 'square', tensor.dtype === 'bool' ? castArray(tensor, 'int64') : tensor);
}

// ---- Two operands.

type Pair = (context: ArrayContext, left: Value, right: Value) => Value;

/** An operation on two that is not implemented for the type they make together. `tensors`: a Python number as the second is refused. */
function two(name: BinaryName, lacks: Kinds = anyKind, tensors = false): ArrayOperation {
  return pairOperation((context, left, right) => checkedPair(context, name, left, right, lacks), tensors);
}
function checkedPair(context: ArrayContext, name: BinaryName, left: Value, right: Value, lacks: Kinds): Value {
  const failed = lacks.length === 0 ? undefined : unlessPair(context, left, right, lacks);
  if (failed !== undefined) return failed;
  const result = binary(context, name, left, right);
  // A negative Python number beside bytes is another number there.
  const wraps =
    result.kind === 'tensor' &&
    result.dtype === 'uint8' &&
    [left, right].some((value) => value.kind === 'int' && typeof value.value === 'number' && value.value < 0);
  return wraps ? makeArray({ cls: result.cls, shape: result.shape, dtype: result.dtype, origin: result.origin }) : result;
}
function unlessPair(context: ArrayContext, left: Value, right: Value, lacks: Kinds): Value | undefined {
  const operands = [operandOf(context, left), operandOf(context, right)].filter((operand) => operand !== undefined);
  const dtype = operands.length < 2 ? undefined : resultType(operands);
  if (dtype === undefined || !lacks.includes(dtypeCategory(dtype))) return undefined;
  const shape = broadcastAll(operands.map((operand) => operand.tensor.shape));
  return refuse(
    context,
    'invalid-argument',
    message('{operation}: not implemented for {dtype}', { operation: context.name, dtype }),
    shape.ok ? shape.shape.dims?.length : undefined,
    'NotImplementedError',
  );
}
function pairOperation(run: Pair, tensors: boolean): ArrayOperation {
  return (call) => {
    const second = call.operand(1);
    if (tensors && (second.kind === 'int' || second.kind === 'float' || second.kind === 'bool')) {
      return refuse(
        call,
        'invalid-argument',
        message('{operation}: the second argument must be a tensor, not a Python number', { operation: call.name }),
        tensorAt(call, 0)?.shape.dims?.length,
        'TypeError',
      );
    }
    return run(call, call.operand(0), second);
  };
}

/** `input + alpha * other`. */
function scaled(name: 'add' | 'subtract', swapped = false): ArrayOperation {
  return (call) => {
    const [input, other] = swapped ? [call.operand(1), call.operand(0)] : [call.operand(0), call.operand(1)];
    const alpha = call.argument('alpha');
    const second = alpha.kind === 'int' && alpha.value === 1 ? other : binary(call, 'multiply', other, alpha);
    return name === 'subtract' ? subtract(call, input, second) : binary(call, name, input, second);
  };
}

/** Booleans are not subtracted, whatever the other operand is. */
function subtract(context: ArrayContext, left: Value, right: Value): Value {
  const known = [left, right].map((value) => tensorOf(context, value)).filter((tensor) => tensor !== undefined);
  const result = binary(context, 'subtract', left, right);
  if (known.length < 2 || !known.some((tensor) => tensor.dtype === 'bool') || result.kind !== 'tensor') return result;
  return refuse(
    context,
    'invalid-argument',
    message('{operation}: booleans cannot be subtracted; use ^ or logical_xor(), or ~ to invert a mask', { operation: context.name }),
    result.shape.dims?.length,
  );
}

const divide: ArrayOperation = (call) => {
  const mode = call.argument('rounding_mode');
  if (mode.kind === 'none') return binary(call, 'divide', call.operand(0), call.operand(1));
  if (mode.kind === 'str' && mode.value === 'floor') return binary(call, 'floor_divide', call.operand(0), call.operand(1));
  if (mode.kind === 'str' && mode.value !== 'trunc') {
    return refuse(
      call,
      'invalid-argument',
      message("{operation}: rounding_mode is None, 'trunc' or 'floor', not '{given}'", { operation: call.name, given: mode.value }),
    );
  }
  const same = binary(call, 'add', call.operand(0), call.operand(1));
  return same.kind === 'tensor' ? makeArray({ ...same, range: undefined }) : same;
};

const pair = 'input, other, *, out=None';
const notForBool: Kinds = ['bool', 'complex'];
/** Those that Python's operators stand for, too. */
const operators = {
  sub: subtract,
  floordiv: (context, left, right) => checkedPair(context, 'floor_divide', left, right, notForBool),
  mod: (context, left, right) => checkedPair(context, 'mod', left, right, notForBool),
  pow: (context, left, right) => checkedPair(context, 'power', left, right, left.kind === 'tensor' && right.kind === 'tensor' ? noBool : anyKind),
  and: (context, left, right) => checkedPair(context, 'bitwise_and', left, right, integersOnly),
  or: (context, left, right) => checkedPair(context, 'bitwise_or', left, right, integersOnly),
  xor: (context, left, right) => checkedPair(context, 'bitwise_xor', left, right, integersOnly),
  lshift: (context, left, right) => checkedPair(context, 'left_shift', left, right, ['bool', 'float', 'complex']),
  rshift: (context, left, right) => checkedPair(context, 'right_shift', left, right, ['bool', 'float', 'complex']),
} as const satisfies Readonly<Record<string, Pair>>;
const as = (run: Pair): ArrayOperation => pairOperation(run, false);
declareOperations(
  {
    add: ['input, other, *, alpha=1, out=None', scaled('add')],
    sub: ['input, other, *, alpha=1, out=None', scaled('subtract')],
    subtract: ['input, other, *, alpha=1, out=None', scaled('subtract')],
    mul: [pair, two('multiply')],
    multiply: [pair, two('multiply')],
    div: ['input, other, *, rounding_mode=None, out=None', divide],
    divide: ['input, other, *, rounding_mode=None, out=None', divide],
    true_divide: [pair, two('divide')],
    floor_divide: [pair, as(operators.floordiv)],
    remainder: [pair, as(operators.mod)],
    fmod: [pair, two('fmod', notForBool)],
    pow: ['input, exponent, *, out=None', as(operators.pow)],
    atan2: [pair, two('arctan2', noComplex, true)],
    arctan2: [pair, two('arctan2', noComplex, true)],
    hypot: [pair, likeBoth('promoted', floatsOnly)],
    copysign: [pair, likeBoth('float')],
    nextafter: [pair, likeBoth('promoted', floatsOnly)],
    ldexp: [pair, likeBoth('float', anyKind, true)],
    xlogy: [pair, likeBoth('float', anyKind, false)],
    float_power: ['input, exponent, *, out=None', (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'float64')],
    gcd: [pair, two('maximum', ['bool', 'float', 'complex'], true)],
    lcm: [pair, likeBoth('promoted', ['bool', 'float', 'complex'])],
    heaviside: ['input, values, *, out=None', heaviside],
    eq: [pair, two('equal')],
    ne: [pair, two('not_equal')],
    not_equal: [pair, two('not_equal')],
    lt: [pair, two('less')],
    less: [pair, two('less')],
    le: [pair, two('less_equal')],
    less_equal: [pair, two('less_equal')],
    gt: [pair, two('greater')],
    greater: [pair, two('greater')],
    ge: [pair, two('greater_equal')],
    greater_equal: [pair, two('greater_equal')],
    logical_and: [pair, two('logical_and', anyKind, true)],
    logical_or: [pair, two('logical_or', anyKind, true)],
    logical_xor: [pair, two('logical_xor', anyKind, true)],
    bitwise_and: [pair, as(operators.and)],
    bitwise_or: [pair, as(operators.or)],
    bitwise_xor: [pair, as(operators.xor)],
    bitwise_left_shift: [pair, as(operators.lshift)],
    bitwise_right_shift: [pair, as(operators.rshift)],
  },
  { inPlace: true },
);
declareOperations({
  maximum: [pair, two('maximum', noComplex, true)],
  minimum: [pair, two('minimum', noComplex, true)],
  fmax: [pair, two('maximum', noComplex, true)],
  fmin: [pair, two('minimum', noComplex, true)],
  logaddexp: [pair, two('logaddexp', ['bool', 'integer'], true)],
  logaddexp2: [pair, likeBoth('promoted', floatsOnly)],
  isclose: ['input, other, rtol=1e-05, atol=1e-08, equal_nan=False', isClose],
});
declareOperations(
  {
    rsub: ['input, other, *, alpha=1', scaled('subtract', true)],
    complex: ['real, imag, *, out=None', toComplex],
    polar: ['abs, angle, *, out=None', toComplex],
  },
  { method: false },
);

/** Broadcast together; of the elements nothing is known. */
function likeBoth(type: 'promoted' | 'float', lacks: Kinds = anyKind, tensors = type === 'promoted'): ArrayOperation {
  return pairOperation((context, left, right) => {
    const failed = unlessPair(context, left, right, lacks);
    if (failed !== undefined) return failed;
    const result = broadcasting(context, [left, right], 'promoted');
    return type === 'float' && result.kind === 'tensor' && result.dtype !== undefined && !isFractional(result.dtype)
      ? makeArray({ ...result, dtype: 'float32' })
      : result;
  }, tensors);
}
function sameTypes(call: ArrayCall): Value | undefined {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  return left?.dtype !== undefined && right?.dtype !== undefined && left.dtype !== right.dtype
    ? refuseType(call, right, message('the type {type}', { type: left.dtype }), undefined)
    : undefined;
}
function heaviside(call: ArrayCall): Value {
  return call.operand(1).kind === 'tensor' ? (sameTypes(call) ?? likeBoth('promoted', noComplex)(call)) : likeBoth('promoted')(call);
}
function isClose(call: ArrayCall): Value {
  return pairOperation((context, left, right) => sameTypes(call) ?? broadcasting(context, [left, right], 'bool', booleanRange()), true)(call);
}

/** `torch.complex(real, imag)`, `torch.polar(abs, angle)`. */
function toComplex(call: ArrayCall): Value {
  const [real, imaginary] = [tensorAt(call, 0), tensorAt(call, 1)];
  for (const tensor of [real, imaginary])
    if (tensor?.dtype !== undefined && !isFloating(tensor.dtype)) return refuseType(call, tensor, message('a floating-point tensor'));
  if (real?.dtype !== undefined && imaginary?.dtype !== undefined && real.dtype !== imaginary.dtype)
    return refuseType(call, imaginary, message('the type {type}', { type: real.dtype }));
  return broadcasting(call, [call.operand(0), call.operand(1)], complexType(real?.dtype));
}

// ---- Limits, choosing, combinations of three.

const clamp: ArrayOperation = (call) => {
  const [low, high] = [call.argument('min'), call.argument('max')];
  if (low.kind === 'none' && high.kind === 'none') {
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: at least one of min and max must be given', { operation: call.name }),
      tensorAt(call, 0)?.shape.dims?.length,
    );
  }
  return clip(call, call.operand(0), low, high);
};

/** `input + weight * (end - input)` and its like: shapes broadcast, types must agree. */
function combined(call: ArrayCall, values: readonly Value[]): Value {
  return broadcasting(call, values, 'promoted');
}

const lerp: ArrayOperation = (call) => {
  const input = tensorAt(call, 0);
  return input === undefined ? unknown() : (unlessFractional(call, input) ?? combined(call, [call.operand(0), call.operand(1), call.operand(2)]));
};

/** Elements under the mask become the value; the type stays. */
export function maskedFill(call: ArrayCall): Value {
  const [input, mask] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (input === undefined || mask === undefined) return unknown();
  if (mask.dtype !== undefined && mask.dtype !== 'bool') return refuseType(call, mask, message('a mask of booleans'), input.shape.dims?.length);
  const value = tensorOf(call, call.operand(2));
  const fill = call.operand(2);
  if (fill.kind === 'float' && !Number.isFinite(fill.value) && input.dtype !== undefined && dtypeCategory(input.dtype) === 'integer')
    return refuseType(call, input, message('a floating-point tensor for this value'));
  const rank = value?.shape.dims?.length;
  if (call.operand(2).kind === 'tensor' && rank !== undefined && rank > 0) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: the value must be one number, got a tensor with {rank} axes', { operation: call.name, rank }),
      input.shape.dims?.length,
    );
  }
  const result = value === undefined ? broadcasting(call, [mask, input], undefined) : choose(call, mask, value, input);
  if (result.kind !== 'tensor' || result.dtype === input.dtype) return result;
  return makeArray({
    cls: call.cls,
    shape: result.shape,
    dtype: input.dtype,
    origin: input.origin,
    range: result.range,
    elements: elementsOf(result),
  });
}

/** Positions for each axis; a tensor without axes counts as one with a single element. */
export function nonzeroTuple(context: ArrayContext, tensor: TensorValue | undefined): Value {
  if (tensor === undefined) return unknown(undefined, 'tuple');
  return positionsOfNonzero(
    context,
    tensor.shape.dims?.length === 0 ? makeArray({ ...tensor, shape: shapeOf(1), elements: elementsOf(tensor) }) : tensor,
    'tuple',
  );
}

const where: ArrayOperation = (call) => {
  if (call.operand(1).kind === 'none' && call.operand(2).kind === 'none') return nonzeroTuple(call, tensorAt(call, 0));
  const condition = tensorAt(call, 0);
  if (condition?.dtype !== undefined && condition.dtype !== 'bool' && condition.dtype !== 'uint8')
    return refuseType(call, condition, message('a condition of booleans'), undefined);
  return choose(call, call.operand(0), call.operand(1), call.operand(2));
};

const limits = 'input, min=None, max=None, *, out=None';
declareOperations(
  {
    clamp: [limits, clamp],
    clip: [limits, clamp],
    clamp_min: ['input, min, *, out=None', (call) => clip(call, call.operand(0), call.argument('min'), { kind: 'none' })],
    clamp_max: ['input, max, *, out=None', (call) => clip(call, call.operand(0), { kind: 'none' }, call.argument('max'))],
    lerp: ['input, end, weight, *, out=None', lerp],
    addcmul: ['input, tensor1, tensor2, *, value=1, out=None', (call) => combined(call, [call.operand(0), call.operand(1), call.operand(2)])],
    addcdiv: ['input, tensor1, tensor2, *, value=1, out=None', addcdiv],
    masked_fill: ['input, mask, value', maskedFill],
  },
  { inPlace: true },
);
declareOperations({ where: ['condition, input=None, other=None, *, out=None', where] }, { method: false });
declareOperations(
  {
    // As a method the tensor is the second one.
    where: ['input, condition, other', (call) => where({ ...call, operand: (at) => call.operand(at === 0 ? 1 : at === 1 ? 0 : at) })],
  },
  { function: false },
);

function addcdiv(call: ArrayCall): Value {
  const [numerator, denominator] = [tensorAt(call, 1), tensorAt(call, 2)];
  if ([numerator, denominator].every((tensor): tensor is TensorValue => tensor?.dtype !== undefined && !isFractional(tensor.dtype))) {
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: division of integer tensors is not supported', { operation: call.name }),
      tensorAt(call, 0)?.shape.dims?.length,
    );
  }
  return combined(call, [call.operand(0), call.operand(1), call.operand(2)]);
}

/** What Python's operators do where PyTorch has rules of its own. */
export const operatorRules = Object.fromEntries(
  (
    [
      ['sub', '-'],
      ['floordiv', '//'],
      ['mod', '%'],
      ['pow', '**'],
      ['and', '&'],
      ['or', '|'],
      ['xor', '^'],
      ['lshift', '<<'],
      ['rshift', '>>'],
    ] as const
  ).map(([name, symbol]) => [name, [symbol, operators[name]] as const]),
);
