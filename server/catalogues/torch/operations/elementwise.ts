// Operations on each element: functions of one variable, arithmetic, comparisons, logic, bits, limits, choosing.
// Types as PyTorch 2.13 gives them. It must not know modules.
import { dtypeCategory, isFloating } from '../../../tensors/dtype.ts';
import { booleanRange, rangeBetween } from '../../../tensors/range.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { elementsOf, makeArray, numberFromValue } from '../../arrays/contents.ts';
import { castArray, operandOf, tensorOf } from '../../arrays/conversion.ts';
import { binary, type BinaryName, binaryOperation, broadcasting, choose, clip, unary, type UnaryName } from '../../arrays/elementwise.ts';
import type { ArrayCall, ArrayContext, ArrayDeclarations, ArrayOperation } from '../../arrays/library.ts';
import { refuse } from '../../arrays/library.ts';
import { nonzeroOperation } from '../../arrays/lookup.ts';
import { declareOperations } from '../library.ts';
import { complexType, isFractional, onTensor, realType, refuseType, resultOf, tensorAt, unlessFractional } from './support.ts';

// ---- One operand.

/** Only numbers and tensors: what PyTorch takes where it says Tensor must be one; a Python number is refused there. */
function unaryAs(name: UnaryName, takes: 'all' | 'no bool' | 'real' | 'integers' | 'float result' = 'all'): ArrayOperation {
  return onTensor((call, tensor) => {
    const category = tensor.dtype === undefined ? undefined : dtypeCategory(tensor.dtype);
    if (takes === 'no bool' && category === 'bool') return refuseType(call, tensor, 'a tensor of numbers');
    if ((takes === 'real' || takes === 'no bool') && name !== 'negative' && category === 'complex' && takes === 'real') return refuseType(call, tensor, 'a real tensor');
    if (takes === 'integers' && category !== undefined && category !== 'bool' && category !== 'integer') return refuseType(call, tensor, 'a tensor of integers or booleans');
    if (takes === 'float result' && category !== undefined && category !== 'float' && category !== 'complex') return unary(call, name, castArray(tensor, 'float32'));
    return unary(call, name, tensor);
  });
}

/** Keeps the shape; nothing else is known. */
function likeIt(kind: 'float' | 'same' | 'bool'): ArrayOperation {
  return onTensor((call, tensor) => (kind === 'bool' ? resultOf(call, tensor, tensor.shape, { dtype: 'bool', range: booleanRange() }) : unary(call, kind === 'float' ? 'any_float' : 'same', tensor)));
}

const absolute: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.dtype === 'bool') return refuseType(call, tensor, 'a tensor of numbers');
  const result = unary(call, 'absolute', tensor);
  return result.kind === 'tensor' && tensor.dtype !== undefined && dtypeCategory(tensor.dtype) === 'complex' ? resultOf(call, tensor, tensor.shape, { dtype: realType(tensor.dtype), range: rangeBetween(0, Number.POSITIVE_INFINITY) }) : result;
});

const angle: ArrayOperation = onTensor((call, tensor) => resultOf(call, tensor, tensor.shape, {
  dtype: tensor.dtype === undefined ? undefined : isFractional(tensor.dtype) ? realType(tensor.dtype) : 'float32', range: rangeBetween(-Math.PI, Math.PI),
}));

const round: ArrayOperation = onTensor((call, tensor) => {
  if (numberFromValue(call.argument('decimals')) === 0) return unaryAs('round', 'real')(call);
  return resultOf(call, tensor, tensor.shape, { range: tensor.range === undefined ? undefined : { ...tensor.range, attained: false } });
});

const one = 'input, *, out=None';
declareOperations({
  abs: [one, absolute], absolute: [one, absolute], acos: [one, unaryAs('arccos')], arccos: [one, unaryAs('arccos')], acosh: [one, unaryAs('arccosh')], arccosh: [one, unaryAs('arccosh')],
  asin: [one, unaryAs('arcsin')], arcsin: [one, unaryAs('arcsin')], asinh: [one, unaryAs('arcsinh')], arcsinh: [one, unaryAs('arcsinh')],
  atan: [one, unaryAs('arctan')], arctan: [one, unaryAs('arctan')], atanh: [one, unaryAs('arctanh')], arctanh: [one, unaryAs('arctanh')],
  ceil: [one, unaryAs('ceil', 'real')], cos: [one, unaryAs('cos')], cosh: [one, unaryAs('cosh')], deg2rad: [one, unaryAs('deg2rad')], rad2deg: [one, unaryAs('rad2deg')],
  digamma: [one, likeIt('float')], erf: [one, unaryAs('erf')], erfc: [one, likeIt('float')], erfinv: [one, likeIt('float')], exp: [one, unaryAs('exp')], exp2: [one, unaryAs('exp2')],
  expm1: [one, unaryAs('expm1')], floor: [one, unaryAs('floor', 'real')], frac: [one, likeIt('same')], i0: [one, likeIt('float')], lgamma: [one, likeIt('float')],
  log: [one, unaryAs('log')], log10: [one, unaryAs('log10')], log1p: [one, unaryAs('log1p')], log2: [one, unaryAs('log2')], logit: ['input, eps=None, *, out=None', likeIt('float')],
  nan_to_num: ['input, nan=None, posinf=None, neginf=None, *, out=None', onTensor((call, tensor) => unary(call, 'identity', tensor))],
  neg: [one, unaryAs('negative', 'no bool')], negative: [one, unaryAs('negative', 'no bool')], reciprocal: [one, unaryAs('reciprocal', 'float result')],
  relu: ['input', unaryAs('relu', 'no bool')], round: ['input, *, decimals=0, out=None', round], rsqrt: [one, unaryAs('rsqrt')], sigmoid: [one, unaryAs('sigmoid')], sgn: [one, unaryAs('sign')],
  sign: [one, unaryAs('sign', 'real')], sin: [one, unaryAs('sin')], sinc: [one, likeIt('float')], sinh: [one, unaryAs('sinh')], sqrt: [one, unaryAs('sqrt')], square: [one, square],
  tan: [one, unaryAs('tan')], tanh: [one, unaryAs('tanh')], trunc: [one, unaryAs('trunc', 'real')], fix: [one, unaryAs('trunc', 'real')],
  logical_not: [one, unaryAs('logical_not')], bitwise_not: [one, unaryAs('invert', 'integers')], mvlgamma: ['input, p, *, out=None', likeIt('float')],
}, { inPlace: true });
declareOperations({
  isnan: ['input', unaryAs('isnan')], isinf: ['input', unaryAs('isinf')], isfinite: ['input', unaryAs('isfinite')], isposinf: [one, likeIt('bool')], isneginf: [one, likeIt('bool')],
  isreal: ['input', likeIt('bool')], signbit: [one, likeIt('bool')], angle: [one, angle], positive: ['input', unaryAs('identity', 'no bool')],
  conj: ['input', onTensor((call, tensor) => (tensor.dtype !== undefined && dtypeCategory(tensor.dtype) !== 'complex' ? tensor : resultOf(call, tensor, tensor.shape)))],
  resolve_conj: ['input', onTensor((_, tensor) => tensor)], resolve_neg: ['input', onTensor((_, tensor) => tensor)], conj_physical: [one, unaryAs('identity')],
});
declareOperations({ selu: ['input, inplace=False', likeIt('same')], celu: ['input, alpha=1.0, inplace=False', likeIt('same')], rrelu: ['input, lower=0.125, upper=0.3333, training=False, inplace=False', likeIt('same')], threshold: ['input, threshold, value, inplace=False', likeIt('same')], dropout: ['input, p, train', likeIt('same')], feature_dropout: ['input, p, train', likeIt('same')], alpha_dropout: ['input, p, train', likeIt('same')] }, { method: false });
declareOperations({ prelu: ['input, weight', likeIt('same')], hardshrink: ['input, lambd=0.5', likeIt('same')] });

function square(call: ArrayCall): Value {
  const tensor = tensorAt(call, 0);
  if (tensor === undefined) return unknown();
  return unary(call, 'square', tensor.dtype === 'bool' ? castArray(tensor, 'int64') : tensor);
}

// ---- Two operands.

/** Two tensors, or a tensor and a Python number. */
function two(name: BinaryName, takes: 'all' | 'integers' = 'all'): ArrayOperation {
  if (takes === 'all') return binaryOperation(name);
  return (call) => {
    for (const at of [0, 1]) {
      const operand = operandOf(call, call.operand(at));
      if (operand?.tensor.dtype !== undefined && isFractional(operand.tensor.dtype)) return refuseType(call, operand.tensor, 'integers or booleans');
    }
    return binary(call, name, call.operand(0), call.operand(1));
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

function subtract(context: ArrayContext, left: Value, right: Value): Value {
  const [one, other] = [tensorOf(context, left), tensorOf(context, right)];
  if (one?.dtype === 'bool' && other?.dtype === 'bool' && one.shape.dims !== undefined) {
    return refuse(context, 'invalid-argument', message('{operation}: two tensors of booleans cannot be subtracted; use ^ or logical_xor()', { operation: context.name }), one.shape.dims.length);
  }
  return binary(context, 'subtract', left, right);
}

const divide: ArrayOperation = (call) => {
  const mode = call.argument('rounding_mode');
  if (mode.kind === 'none') return binary(call, 'divide', call.operand(0), call.operand(1));
  if (mode.kind === 'str' && mode.value === 'floor') return binary(call, 'floor_divide', call.operand(0), call.operand(1));
  if (mode.kind === 'str' && mode.value !== 'trunc') {
    return refuse(call, 'invalid-argument', message("{operation}: rounding_mode is None, 'trunc' or 'floor', not '{given}'", { operation: call.name, given: mode.value }));
  }
  const same = binary(call, 'add', call.operand(0), call.operand(1));
  return same.kind === 'tensor' ? makeArray({ ...same, range: undefined }) : same;
};

const pair = 'input, other, *, out=None';
const arithmetic: ArrayDeclarations = {
  add: ['input, other, *, alpha=1, out=None', scaled('add')], sub: ['input, other, *, alpha=1, out=None', scaled('subtract')], subtract: ['input, other, *, alpha=1, out=None', scaled('subtract')],
  mul: [pair, two('multiply')], multiply: [pair, two('multiply')], div: ['input, other, *, rounding_mode=None, out=None', divide], divide: ['input, other, *, rounding_mode=None, out=None', divide],
  true_divide: [pair, two('divide')], floor_divide: [pair, two('floor_divide')], remainder: [pair, two('mod')], fmod: [pair, two('fmod')], pow: ['input, exponent, *, out=None', two('power')],
  atan2: [pair, two('arctan2')], arctan2: [pair, two('arctan2')], hypot: [pair, likeBoth], copysign: [pair, floatPair], nextafter: [pair, likeBoth], ldexp: [pair, floatPair], xlogy: [pair, floatPair],
  float_power: ['input, exponent, *, out=None', (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'float64')],
  gcd: [pair, two('maximum', 'integers')], lcm: [pair, two('left_shift', 'integers')], heaviside: ['input, values, *, out=None', likeBoth],
  eq: [pair, two('equal')], ne: [pair, two('not_equal')], not_equal: [pair, two('not_equal')], lt: [pair, two('less')], less: [pair, two('less')], le: [pair, two('less_equal')],
  less_equal: [pair, two('less_equal')], gt: [pair, two('greater')], greater: [pair, two('greater')], ge: [pair, two('greater_equal')], greater_equal: [pair, two('greater_equal')],
  logical_and: [pair, two('logical_and')], logical_or: [pair, two('logical_or')], logical_xor: [pair, two('logical_xor')],
  bitwise_and: [pair, two('bitwise_and', 'integers')], bitwise_or: [pair, two('bitwise_or', 'integers')], bitwise_xor: [pair, two('bitwise_xor', 'integers')],
  bitwise_left_shift: [pair, two('left_shift')], bitwise_right_shift: [pair, two('right_shift')],
};
declareOperations(arithmetic, { inPlace: true });
declareOperations({
  maximum: [pair, two('maximum')], minimum: [pair, two('minimum')], fmax: [pair, two('maximum')], fmin: [pair, two('minimum')], logaddexp: [pair, two('logaddexp')], logaddexp2: [pair, two('logaddexp')],
  isclose: ['input, other, rtol=1e-05, atol=1e-08, equal_nan=False', (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'bool', booleanRange())],
});
declareOperations({ rsub: ['input, other, *, alpha=1', scaled('subtract', true)], complex: ['real, imag, *, out=None', toComplex], polar: ['abs, angle, *, out=None', toComplex] }, { method: false });

function likeBoth(call: ArrayCall): Value {
  return broadcasting(call, [call.operand(0), call.operand(1)], 'promoted');
}
function floatPair(call: ArrayCall): Value {
  const result = broadcasting(call, [call.operand(0), call.operand(1)], 'promoted');
  return result.kind === 'tensor' && result.dtype !== undefined && !isFractional(result.dtype) ? makeArray({ ...result, dtype: 'float32' }) : result;
}

/** `torch.complex(real, imag)`, `torch.polar(abs, angle)`. */
function toComplex(call: ArrayCall): Value {
  const [real, imaginary] = [tensorAt(call, 0), tensorAt(call, 1)];
  for (const tensor of [real, imaginary]) if (tensor?.dtype !== undefined && !isFloating(tensor.dtype)) return refuseType(call, tensor, 'a floating-point tensor');
  if (real?.dtype !== undefined && imaginary?.dtype !== undefined && real.dtype !== imaginary.dtype) return refuseType(call, imaginary, `the type ${real.dtype}`);
  return broadcasting(call, [call.operand(0), call.operand(1)], complexType(real?.dtype));
}

// ---- Limits, choosing, combinations of three.

const clamp: ArrayOperation = (call) => {
  const [low, high] = [call.argument('min'), call.argument('max')];
  if (low.kind === 'none' && high.kind === 'none') {
    return refuse(call, 'invalid-argument', message('{operation}: at least one of min and max must be given', { operation: call.name }), tensorAt(call, 0)?.shape.dims?.length);
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
  if (mask.dtype !== undefined && mask.dtype !== 'bool') return refuseType(call, mask, 'a mask of booleans', input.shape.dims?.length);
  const value = tensorOf(call, call.operand(2));
  const rank = value?.shape.dims?.length;
  if (call.operand(2).kind === 'tensor' && rank !== undefined && rank > 0) {
    return refuse(call, 'shape-mismatch', message('{operation}: the value must be one number, got a tensor with {rank} axes', { operation: call.name, rank }), input.shape.dims?.length);
  }
  const result = value === undefined ? broadcasting(call, [mask, input], undefined) : choose(call, mask, value, input);
  if (result.kind !== 'tensor' || result.dtype === input.dtype) return result;
  return makeArray({ cls: call.cls, shape: result.shape, dtype: input.dtype, origin: input.origin, range: result.range, elements: elementsOf(result) });
}

const where: ArrayOperation = (call) => {
  if (call.operand(1).kind === 'none' && call.operand(2).kind === 'none') return nonzeroOperation('tuple')(call);
  const condition = tensorAt(call, 0);
  if (condition?.dtype !== undefined && condition.dtype !== 'bool' && condition.dtype !== 'uint8') return refuseType(call, condition, 'a condition of booleans', undefined);
  return choose(call, call.operand(0), call.operand(1), call.operand(2));
};

const limits = 'input, min=None, max=None, *, out=None';
declareOperations({
  clamp: [limits, clamp], clip: [limits, clamp], clamp_min: ['input, min, *, out=None', (call) => clip(call, call.operand(0), call.argument('min'), { kind: 'none' })],
  clamp_max: ['input, max, *, out=None', (call) => clip(call, call.operand(0), { kind: 'none' }, call.argument('max'))],
  lerp: ['input, end, weight, *, out=None', lerp],
  addcmul: ['input, tensor1, tensor2, *, value=1, out=None', (call) => combined(call, [call.operand(0), call.operand(1), call.operand(2)])],
  addcdiv: ['input, tensor1, tensor2, *, value=1, out=None', addcdiv],
  masked_fill: ['input, mask, value', maskedFill],
}, { inPlace: true });
declareOperations({ where: ['condition, input=None, other=None, *, out=None', where] }, { method: false });
declareOperations({
  // As a method the tensor is the second one.
  where: ['input, condition, other', (call) => where({ ...call, operand: (at) => call.operand(at === 0 ? 1 : at === 1 ? 0 : at) })],
}, { function: false });

function addcdiv(call: ArrayCall): Value {
  const [numerator, denominator] = [tensorAt(call, 1), tensorAt(call, 2)];
  if ([numerator, denominator].every((tensor): tensor is TensorValue => tensor?.dtype !== undefined && !isFractional(tensor.dtype))) {
    return refuse(call, 'invalid-argument', message('{operation}: division of integer tensors is not supported', { operation: call.name }), tensorAt(call, 0)?.shape.dims?.length);
  }
  return combined(call, [call.operand(0), call.operand(1), call.operand(2)]);
}

/** The operators' versions of what has rules of its own. */
export const operatorRules = { sub: ['-', subtract] } as const;
