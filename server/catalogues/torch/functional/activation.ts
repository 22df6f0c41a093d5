// Activations of torch.nn.functional, each one a rule for a tensor and named arguments, so that the function and the module of it share it.
// Sources: PyTorch 2.13 documentation of torch.nn, torch/nn/functional.py. It must not know modules.
import { dimEquals, divides, floorDivideDims, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { anyNumber, clipRange, constantRange, monotone, rangeBetween, softmaxRange, uniteRanges, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, normalizeAxis, unknownShape } from '../../../tensors/shape.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import { withOperationAxis } from '../../../values/provenance.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { clip, unary, type UnaryName } from '../../arrays/elementwise.ts';
import type { ArrayContext, ArrayDeclarations, ArrayOperation } from '../../arrays/library.ts';
import { refuseConflict } from '../../arrays/library.ts';
import { changeInPlace } from '../in-place.ts';
import { dtypeArgument, torchTensor } from '../library.ts';
import { expectFloats, expectSize, refuseRank, refuseShape } from './sizes.ts';
import { meetingWeights } from './types.ts';
import { refuseArgument, shown } from './windows.ts';

/** `args` are those of the function or, of the same names, those of the module. */
export type Activation = (context: ArrayContext, input: TensorValue, args: BoundArguments) => Value;

const infinity = Number.POSITIVE_INFINITY;

/** A tensor of the same shape and type with values in the range. */
function like(input: TensorValue, range?: ValueRange): TensorValue {
  return torchTensor({ shape: input.shape, dtype: input.dtype, range, origin: input.origin });
}

function shared(name: UnaryName): Activation {
  return (context, input) => unary(context, name, input);
}

/** Of floats alone, with what is always known of the results. */
function floats(range: (args: BoundArguments, input: ValueRange) => ValueRange | undefined): Activation {
  return (context, input, args) => (expectFloats(context, input) ? like(input, range(args, input.range ?? anyNumber)) : like(input));
}

/** What the results never fall below, given the least value of the function; none exceeds the greatest input that is positive. */
function above(least: number | ((args: BoundArguments) => number | undefined)): Activation {
  return floats((args, input) => {
    const low = typeof least === 'number' ? least : least(args);
    return rangeBetween(input.low >= 0 ? 0 : (low ?? -infinity), Math.max(0, input.high));
  });
}

/** The argument's number; undefined where it is not known. */
function numberOf(args: BoundArguments, name: string): number | undefined {
  return numberFromValue(args.get(name));
}

const negated = (args: BoundArguments): number | undefined => {
  const alpha = numberOf(args, 'alpha');
  return alpha === undefined || alpha < 0 ? undefined : -alpha;
};

/** The axis that `dim=None` stands for, with a warning of PyTorch's: the first for 0, 1 or 3 axes, else the second. */
function implicitAxis(rank: number): number {
  return rank === 0 || rank === 1 || rank === 3 ? 0 : 1;
}

/** Softmax and its kin: the shape stays, the axis must be there. */
function softmax(range: ValueRange): Activation {
  return (context, input, args) => {
    const dtype = dtypeArgument(args.get('dtype'));
    const result = torchTensor({ shape: input.shape, dtype: args.isNone('dtype') ? input.dtype : dtype, range, origin: input.origin });
    if (args.isNone('dtype') && !expectFloats(context, input)) return result;
    const rank = input.shape.dims?.length;
    if (rank === undefined) return result;
    const axis = args.isNone('dim') ? implicitAxis(rank) : args.number('dim');
    if (axis !== undefined && normalizeAxis(axis, Math.max(rank, 1)) === undefined)
      return refuseConflict(context, { kind: 'axis', axis, rank }, [input.shape], rank);
    if (args.get('dim').kind === 'float' || args.get('dim').kind === 'str' || args.get('dim').kind === 'tuple') {
      refuseArgument(
        context,
        args,
        'dim',
        message('{layer}: dim must be a whole number, got {value}', { layer: context.name, value: shown(context, args.get('dim')) }),
        'TypeError',
      );
    }
    return withOperationAxis(result, axis === undefined || args.isNone('dim') ? undefined : normalizeAxis(axis, Math.max(rank, 1)));
  };
}

/** It runs on the negated input, which booleans have not. */
const softmin: Activation = (context, input, args) => {
  if (input.dtype === 'bool') {
    expectFloats(context, input);
    return like(input, softmaxRange());
  }
  return softmax(softmaxRange())(context, input, args);
};

/** Halves an axis: one half gates the other. */
const glu: Activation = (context, input, args) => {
  const { dims } = input.shape;
  if (!expectFloats(context, input) || dims === undefined) return torchTensor({ shape: unknownShape, dtype: input.dtype });
  const axis = args.number('dim');
  if (axis === undefined) return torchTensor({ shape: { dims: dims.map(() => unknownDim()) }, dtype: input.dtype });
  const at = normalizeAxis(axis, dims.length);
  if (at === undefined) return refuseConflict(context, { kind: 'axis', axis, rank: dims.length }, [input.shape], dims.length);
  const size = dims[at] ?? unknownDim();
  if (divides(2, size) === false) {
    refuseShape(
      context,
      message('{layer} halves axis {axis}, whose size {size} is odd: the input is {shape}', {
        layer: context.name,
        axis: at,
        size: formatDim(size),
        shape: formatShape(input.shape),
      }),
    );
  }
  return torchTensor({ shape: { dims: dims.map((one, index) => (index === at ? floorDivideDims(one, 2) : one)) }, dtype: input.dtype });
};

/** `prelu(input, weight)`: one slope for all, or one for each channel. */
export function prelu(context: ArrayContext, given: TensorValue, weight: TensorValue): Value {
  const input = meetingWeights(context, given, [weight]);
  const [dims, slopes] = [input.shape.dims, weight.shape.dims];
  if (!expectFloats(context, input) || dims === undefined || slopes === undefined) return like(input);
  if (slopes.length > 1) {
    refuseShape(context, message('{layer}: the slopes must be one axis, got {shape}', { layer: context.name, shape: formatShape(weight.shape) }));
    return like(input);
  }
  const count = slopes[0] ?? 1;
  if (dimEquals(count, 1) !== false) return like(input);
  const channels = dims.length > 1 ? (dims[1] ?? 1) : 1;
  expectSize(context, count, channels, 'channels', input.shape, 'num_parameters');
  return like(input);
}

/** A limit that is below the other one is refused. */
const hardtanh: Activation = (context, input, args) => {
  const [low, high] = [numberOf(args, 'min_val'), numberOf(args, 'max_val')];
  if (input.dtype === 'bool') {
    expectFloats(context, input);
    return like(input);
  }
  if (input.dtype === 'uint8' && (low ?? 0) < 0) {
    refuseArgument(
      context,
      args,
      'min_val',
      message('{layer}: a tensor of uint8 has no negative limit, got {low}', { layer: context.name, low: low ?? 0 }),
    );
    return like(input);
  }
  if (low !== undefined && high !== undefined && low > high) {
    refuseArgument(
      context,
      args,
      'min_val',
      message('{layer}: min_val {low} is greater than max_val {high}', { layer: context.name, low, high }),
      'ValueError',
    );
    return like(input);
  }
  // Integers stay integers whatever the limits are.
  return input.dtype !== undefined && expectsWhole(input) ? like(input) : clip(context, input, args.get('min_val'), args.get('max_val'));
};

function expectsWhole(input: TensorValue): boolean {
  return input.dtype?.startsWith('int') === true || input.dtype === 'uint8';
}

const leakyRelu: Activation = floats((args, input) => {
  const slope = numberOf(args, 'negative_slope');
  if (slope === undefined) return undefined;
  if (slope < 0) return input.low >= 0 ? input : rangeBetween(0, infinity);
  return monotone(input, (value) => (value >= 0 ? value : value === -infinity && slope === 0 ? 0 : value * slope), false);
});

const threshold: Activation = (context, input, args) => {
  if (input.dtype === 'bool') {
    expectFloats(context, input);
    return like(input);
  }
  const [limit, value] = [numberOf(args, 'threshold'), numberOf(args, 'value')];
  if (limit === undefined || value === undefined) return like(input);
  const kept = clipRange(input.range ?? anyNumber, limit, undefined);
  return like(input, { ...uniteRanges(kept, constantRange(value)), integral: false, attained: false });
};

const rrelu: Activation = (context, input, args) => {
  const [lower, upper] = [numberOf(args, 'lower'), numberOf(args, 'upper')];
  if (!expectFloats(context, input)) return like(input);
  if (lower !== undefined && upper !== undefined && lower > upper) {
    refuseArgument(
      context,
      args,
      'lower',
      message('{layer}: lower {low} is greater than upper {high}', { layer: context.name, low: lower, high: upper }),
    );
  }
  return like(input, input.range !== undefined && input.range.low >= 0 ? { ...input.range, attained: false } : undefined);
};

const gelu: Activation = (context, input, args) => {
  const approximate = args.str('approximate');
  if (approximate !== undefined && approximate !== 'none' && approximate !== 'tanh') {
    refuseArgument(
      context,
      args,
      'approximate',
      message("{layer}: approximate must be 'none' or 'tanh', got '{value}'", { layer: context.name, value: approximate }),
    );
    return like(input);
  }
  return above(-0.17)(context, input, args);
};

const softsign: Activation = (context, input) => {
  if (input.dtype === 'bool') {
    expectFloats(context, input);
    return like(input);
  }
  return torchTensor({ shape: input.shape, dtype: expectsWhole(input) ? 'float32' : input.dtype, range: rangeBetween(-1, 1), origin: input.origin });
};
const tanhshrink: Activation = (context, input) => {
  if (input.dtype === 'bool') {
    expectFloats(context, input);
    return like(input);
  }
  return torchTensor({ shape: input.shape, dtype: expectsWhole(input) ? 'float32' : input.dtype, origin: input.origin });
};

/** Negative shrinkage is refused. */
const softshrink: Activation = (context, input, args) => {
  const amount = numberOf(args, 'lambd');
  if (amount !== undefined && amount < 0)
    refuseArgument(context, args, 'lambd', message('{layer}: lambd must not be negative, got {value}', { layer: context.name, value: amount }));
  expectFloats(context, input);
  return like(input);
};

const celu: Activation = (context, input, args) => {
  if (numberOf(args, 'alpha') === 0) {
    refuseArgument(context, args, 'alpha', message('{layer}: alpha must not be 0', { layer: context.name }), 'ZeroDivisionError');
    return like(input);
  }
  return above(negated)(context, input, args);
};

function notBool(name: UnaryName): Activation {
  return (context, input) => {
    if (input.dtype !== 'bool') return unary(context, name, input);
    expectFloats(context, input);
    return like(input);
  };
}

/** By the function's name. */
export const activations = {
  relu: notBool('relu'),
  relu6: notBool('relu6'),
  sigmoid: shared('sigmoid'),
  tanh: shared('tanh'),
  hardtanh,
  leaky_relu: leakyRelu,
  rrelu,
  threshold,
  gelu,
  glu,
  softsign,
  tanhshrink,
  softshrink,
  celu,
  elu: above(negated),
  selu: above(-1.7580993408473766),
  silu: above(-0.2784645427610738),
  mish: above(-0.30884),
  hardswish: above(-0.375),
  hardsigmoid: floats(() => rangeBetween(0, 1)),
  hardshrink: floats(() => undefined),
  softplus: floats(() => rangeBetween(0, infinity)),
  logsigmoid: floats(() => rangeBetween(-infinity, 0)),
  softmax: softmax(softmaxRange()),
  softmin,
  log_softmax: softmax(rangeBetween(-infinity, 0)),
  gumbel_softmax: softmax(softmaxRange()),
} as const satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

/** Softmax over the channels of (N, C, H, W) or (C, H, W). */
export function softmaxOverChannels(context: ArrayContext, input: TensorValue): Value {
  const rank = input.shape.dims?.length;
  if (rank !== undefined && rank !== 3 && rank !== 4) refuseRank(context, '(N, C, H, W) or (C, H, W)', input.shape, 'ValueError');
  else expectFloats(context, input);
  return like(input, softmaxRange());
}

function declared(name: ActivationName, isInPlace: boolean): ArrayOperation {
  return (call) => {
    const input = tensorOf(call, call.operand(0));
    if (input === undefined) return unknown();
    const result = activations[name](call, input, call.args);
    return isInPlace || call.args.flag('inplace') === true ? changeInPlace(call, call.operand(0), result, name) : result;
  };
}

/** The second form is that of the function ending in an underscore, where there is one. */
const signatures: Readonly<Record<ActivationName, string | readonly [string, string]>> = {
  relu: ['input, inplace=False', 'input'],
  relu6: 'input, inplace=False',
  sigmoid: 'input',
  tanh: 'input',
  hardtanh: ['input, min_val=-1.0, max_val=1.0, inplace=False', 'input, min_val=-1.0, max_val=1.0'],
  leaky_relu: ['input, negative_slope=0.01, inplace=False', 'input, negative_slope=0.01'],
  rrelu: [
    'input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False',
    'input, lower=0.125, upper=0.3333333333333333, training=False',
  ],
  threshold: ['input, threshold, value, inplace=False', 'input, threshold, value'],
  gelu: "input, approximate='none'",
  glu: 'input, dim=-1',
  softsign: 'input',
  tanhshrink: 'input',
  softshrink: 'input, lambd=0.5',
  celu: ['input, alpha=1.0, inplace=False', 'input, alpha=1.0'],
  elu: ['input, alpha=1.0, inplace=False', 'input, alpha=1.0'],
  selu: ['input, inplace=False', 'input'],
  silu: 'input, inplace=False',
  mish: 'input, inplace=False',
  hardswish: 'input, inplace=False',
  hardsigmoid: 'input, inplace=False',
  hardshrink: 'input, lambd=0.5',
  softplus: 'input, beta=1, threshold=20',
  logsigmoid: 'input',
  softmax: 'input, dim=None, _stacklevel=3, dtype=None',
  softmin: 'input, dim=None, _stacklevel=3, dtype=None',
  log_softmax: 'input, dim=None, _stacklevel=3, dtype=None',
  gumbel_softmax: 'logits, tau=1, hard=False, eps=1e-10, dim=-1',
};

export const activationFunctions: ArrayDeclarations = {
  ...Object.fromEntries(
    Object.entries(signatures).flatMap(([name, signature]): [string, ArrayDeclarations[string]][] => {
      const [plain, inPlace] = typeof signature === 'string' ? [signature, undefined] : signature;
      const own: [string, ArrayDeclarations[string]] = [name, [plain, declared(name as ActivationName, false)]];
      return inPlace === undefined ? [own] : [own, [`${name}_`, [inPlace, declared(name as ActivationName, true)]]];
    }),
  ),
  prelu: [
    'input, weight',
    (call) => {
      const [input, weight] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
      return input === undefined || weight === undefined ? unknown() : prelu(call, input, weight);
    },
  ],
};
