// The names under which Keras 3.15 finds activations, initializers, regularizers and constraints, and the values that activations leave.
// It must not know layers.
import {
  anyNumber,
  clipRange,
  exponentialRange,
  monotone,
  rangeBetween,
  reluRange,
  sigmoidRange,
  softmaxRange,
  tanhRange,
  type ValueRange,
} from '../../../tensors/range.ts';
import type { Value } from '../../../values/value.ts';

const infinity = Number.POSITIVE_INFINITY;

/** What each activation makes of a range. Minima of gelu, silu and mish are rounded down. */
const activationRanges: Readonly<Record<string, (range: ValueRange) => ValueRange>> = {
  celu: (range) => atLeast(range, -1),
  elu: (range) => atLeast(range, -1),
  exponential: exponentialRange,
  gelu: (range) => atLeast(range, -0.171),
  glu: (range) => shrunk(range),
  hard_shrink: (range) => shrunk(range),
  hard_sigmoid: () => sigmoidRange(),
  hard_silu: (range) => atLeast(range, -0.376),
  hard_swish: (range) => atLeast(range, -0.376),
  hard_tanh: (range) => clipRange(range, -1, 1),
  leaky_relu: (range) => shrunk(range),
  linear: (range) => range,
  log_sigmoid: () => rangeBetween(-infinity, 0),
  log_softmax: () => rangeBetween(-infinity, 0),
  mish: (range) => atLeast(range, -0.309),
  relu: reluRange,
  relu6: (range) => clipRange(range, 0, 6),
  selu: (range) => (range.low >= 0 ? monotone(range, (value) => value * 1.0507009873554805, false) : rangeBetween(-1.7581, infinity)),
  sigmoid: () => sigmoidRange(),
  silu: (range) => atLeast(range, -0.279),
  soft_shrink: (range) => shrunk(range),
  softmax: () => softmaxRange(),
  softplus: () => rangeBetween(0, infinity),
  softsign: () => tanhRange(),
  sparse_plus: () => rangeBetween(0, infinity),
  sparse_sigmoid: () => sigmoidRange(),
  sparsemax: () => softmaxRange(),
  squareplus: () => rangeBetween(0, infinity),
  swish: (range) => atLeast(range, -0.279),
  tanh: () => tanhRange(),
  tanh_shrink: (range) => (range.low >= 0 ? rangeBetween(0, range.high) : anyNumber),
  threshold: (range) => shrunk(range),
};

export const activationNames: ReadonlySet<string> = new Set(Object.keys(activationRanges));

/** Between the given bound and the range's own upper end (never below 0, which these functions keep). */
function atLeast(range: ValueRange, bound: number): ValueRange {
  return range.low >= 0 ? rangeBetween(0, range.high) : rangeBetween(bound, Math.max(0, range.high));
}

/** Values move towards 0 and keep their sign. */
function shrunk(range: ValueRange): ValueRange {
  return rangeBetween(Math.min(0, range.low), Math.max(0, range.high));
}

/** The name of an activation given by name, as a function of keras.activations, or as None; undefined when it is something else. */
export function activationName(value: Value): string | undefined {
  if (value.kind === 'none') return 'linear';
  if (value.kind === 'str') return activationNames.has(value.value) ? value.value : undefined;
  if (value.kind !== 'native') return undefined;
  const name = value.name.slice(value.name.lastIndexOf('.') + 1);
  return activationNames.has(name) ? name : undefined;
}

/** The values that an activation leaves; undefined when nothing is known of it. */
export function activationRange(activation: Value, range: ValueRange | undefined): ValueRange | undefined {
  const name = activationName(activation);
  if (name === undefined) return undefined;
  if (name === 'linear') return range;
  return activationRanges[name]?.(range ?? anyNumber);
}

const initializerClasses = [
  'Constant',
  'GlorotNormal',
  'GlorotUniform',
  'HeNormal',
  'HeUniform',
  'Identity',
  'Initializer',
  'LecunNormal',
  'LecunUniform',
  'Ones',
  'Orthogonal',
  'RandomNormal',
  'RandomUniform',
  'STFT',
  'TruncatedNormal',
  'VarianceScaling',
  'Zeros',
];

export const initializerNames: ReadonlySet<string> = new Set([
  ...initializerClasses,
  'IdentityInitializer',
  'OrthogonalInitializer',
  'STFTInitializer',
  'constant',
  'glorot_normal',
  'glorot_uniform',
  'he_normal',
  'he_uniform',
  'identity',
  'initializer',
  'lecun_normal',
  'lecun_uniform',
  'normal',
  'one',
  'ones',
  'orthogonal',
  'random_normal',
  'random_uniform',
  'stft',
  'truncated_normal',
  'uniform',
  'variance_scaling',
  'zero',
  'zeros',
]);

/** `l1_l2` was a name in Keras 2; Keras 3 writes `l1l2`. */
export const regularizerNames: ReadonlySet<string> = new Set([
  'L1',
  'L1L2',
  'L2',
  'OrthogonalRegularizer',
  'Regularizer',
  'l1',
  'l1l2',
  'l2',
  'orthogonal_regularizer',
  'regularizer',
]);

export const constraintNames: ReadonlySet<string> = new Set([
  'Constraint',
  'MaxNorm',
  'MinMaxNorm',
  'NonNeg',
  'UnitNorm',
  'constraint',
  'max_norm',
  'min_max_norm',
  'non_neg',
  'unit_norm',
]);
