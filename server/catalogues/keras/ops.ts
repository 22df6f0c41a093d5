// keras.ops: one line a function, over the operations of ../arrays; and the array functions of Keras 2's backend under their old names.
// It must not know layers.
import { type Dim, isKnown, multiplyDims } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { booleanRange, rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { shapeOf, unknownShape } from '../../tensors/shape.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { Value } from '../../values/value.ts';
import { bool, int, list, none, str, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray, numberFromValue } from '../arrays/contents.ts';
import { castArray, sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import {
  type BinaryName,
  binaryOperation,
  broadcasting,
  castOperation,
  choose,
  clipOperation,
  type UnaryName,
  unaryOperation,
  whereOperation,
} from '../arrays/elementwise.ts';
import { getItemOperation } from '../arrays/indexing.ts';
import {
  arangeOperation,
  concatOperation,
  filledLikeOperation,
  filledOperation,
  linspaceOperation,
  meshgrid,
  splitOperation,
  stackAsOperation,
  stackOperation,
} from '../arrays/joining.ts';
import type { ArrayCall, ArrayDeclarations, ArrayOperation } from '../arrays/library.ts';
import { arrayFunctions } from '../arrays/library.ts';
import { gatherOperation, nonzeroOperation, oneHotOperation, takeAlongOperation } from '../arrays/lookup.ts';
import {
  diagonal,
  dotOperation,
  einsumOperation,
  identity,
  matmulOperation,
  outerOperation,
  squareMatrix,
  tensordotOperation,
  triangleOperation,
} from '../arrays/products.ts';
import { alongOperation, argOperation, reduction, type ReductionName } from '../arrays/reductions.ts';
import {
  broadcastToOperation,
  expandOperation,
  flattenOperation,
  flipOperation,
  moveAxisOperation,
  pad,
  padAmounts,
  repeatOperation,
  reordered,
  reshapeOperation,
  reshapeTo,
  squeezeOperation,
  swapOperation,
  tileOperation,
  transposeOperation,
} from '../arrays/reshaping.ts';
import { kerasLibrary, kerasTensorClass, shapeValue } from './array-library.ts';
import { activationMembers } from './activations.ts';

const readDType = (value: Value): DType | undefined => dtypeFromValue(value, 'float32');

/** The same shape, of which only the range is known. */
function keeping(range?: ValueRange, dtype: DType | 'same' = 'same'): ArrayOperation {
  return (call) => {
    const tensor = tensorOf(call, call.operand(0));
    return tensor === undefined
      ? unknown()
      : makeArray({ cls: call.cls, shape: tensor.shape, dtype: dtype === 'same' ? tensor.dtype : dtype, range, origin: tensor.origin });
  };
}

function table<Name extends string>(
  names: readonly Name[],
  signature: string,
  operation: (name: Name) => ArrayOperation,
): Record<string, readonly [string, ArrayOperation]> {
  return Object.fromEntries(names.map((name) => [name, [signature, operation(name)] as const]));
}

const toTensor: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  if (tensor === undefined) return unknown();
  const asked = call.argument('dtype');
  const dtype = asked.kind === 'none' ? tensor.dtype : readDType(asked);
  return { ...(dtype === undefined ? { ...tensor, dtype } : castArray(tensor, dtype)), cls: call.cls };
};

const topK: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const dims = tensor?.shape.dims;
  const k = dimFromValue(call.argument('k'));
  if (tensor === undefined || dims === undefined || dims.length === 0 || k === undefined) return unknown();
  const shape = { dims: [...dims.slice(0, -1), k] };
  const last = dims.at(-1);
  return tuple([
    makeArray({ cls: call.cls, shape, dtype: tensor.dtype, range: tensor.range }),
    makeArray({
      cls: call.cls,
      shape,
      dtype: 'int32',
      range: last !== undefined && isKnown(last) ? rangeBetween(0, last - 1, { integral: true }) : undefined,
    }),
  ]);
};

const unstack: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const axis = numberFromValue(call.argument('axis')) ?? 0;
  const dims = tensor?.shape.dims;
  const at = dims === undefined ? -1 : axis < 0 ? axis + dims.length : axis;
  const size = numberFromValue(call.argument('num')) ?? dims?.[at];
  if (tensor === undefined || dims === undefined || typeof size !== 'number' || size > 64) return unknown(undefined, 'list');
  return list(
    Array.from({ length: size }, () =>
      makeArray({ cls: call.cls, shape: { dims: dims.filter((_, other) => other !== at) }, dtype: tensor.dtype, range: tensor.range }),
    ),
  );
};

const slice: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const sizes = sizesFromValue(call.interpreter, call.argument('shape'));
  return tensor === undefined
    ? unknown()
    : makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: tensor.dtype, range: tensor.range });
};

const moments: ArrayOperation = (call) => tuple([reduction('mean')(call), reduction('var')(call)]);

const unaryNames: readonly UnaryName[] = [
  'negative',
  'absolute',
  'sign',
  'square',
  'sqrt',
  'rsqrt',
  'cbrt',
  'reciprocal',
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'sin',
  'cos',
  'tan',
  'arcsin',
  'arccos',
  'arctan',
  'sinh',
  'cosh',
  'tanh',
  'arcsinh',
  'arccosh',
  'arctanh',
  'deg2rad',
  'rad2deg',
  'floor',
  'ceil',
  'trunc',
  'erf',
  'logical_not',
  'isnan',
  'isinf',
  'isfinite',
];
const binaryNames: readonly BinaryName[] = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'floor_divide',
  'mod',
  'fmod',
  'power',
  'maximum',
  'minimum',
  'arctan2',
  'hypot',
  'logaddexp',
  'divide_no_nan',
  'equal',
  'not_equal',
  'less',
  'less_equal',
  'greater',
  'greater_equal',
  'logical_and',
  'logical_or',
  'logical_xor',
];
const reductionNames: readonly ReductionName[] = ['sum', 'mean', 'median', 'max', 'min', 'ptp', 'std', 'var', 'all', 'any', 'logsumexp'];

const declarations: ArrayDeclarations = {
  ...table(unaryNames, 'x', unaryOperation),
  abs: ['x', unaryOperation('absolute')],
  fabs: ['x', unaryOperation('absolute')],
  round: ['x, decimals=0', unaryOperation('round')],
  ...table(binaryNames, 'x1, x2', binaryOperation),
  true_divide: ['x1, x2', binaryOperation('divide')],
  fmax: ['x1, x2', binaryOperation('maximum')],
  fmin: ['x1, x2', binaryOperation('minimum')],
  ...table(['bitwise_and', 'bitwise_or', 'bitwise_xor', 'left_shift', 'right_shift'], 'x, y', binaryOperation),
  ...table(reductionNames, 'x, axis=None, keepdims=False, initial=None', reduction),
  amax: ['x, axis=None, keepdims=False', reduction('max')],
  amin: ['x, axis=None, keepdims=False', reduction('min')],
  prod: ['x, axis=None, keepdims=False, dtype=None', reduction('prod')],
  count_nonzero: ['x, axis=None', reduction('count_nonzero')],
  norm: ['x, ord=None, axis=None, keepdims=False', reduction('norm')],
  average: ['x, axis=None, weights=None', reduction('mean')],
  nanmean: ['x, axis=None, keepdims=False', reduction('mean')],
  nansum: ['x, axis=None, keepdims=False', reduction('sum')],
  nanmax: ['x, axis=None, keepdims=False', reduction('max')],
  nanmin: ['x, axis=None, keepdims=False', reduction('min')],
  moments: ['x, axes, keepdims=False, synchronized=False', moments],
  argmax: ['x, axis=None, keepdims=False', argOperation('argmax')],
  argmin: ['x, axis=None, keepdims=False', argOperation('argmin')],
  cumsum: ['x, axis=None, dtype=None', alongOperation('cumsum')],
  cumprod: ['x, axis=None, dtype=None', alongOperation('cumprod')],
  sort: ['x, axis=-1', alongOperation('sort')],
  argsort: ['x, axis=-1', alongOperation('argsort')],
  reshape: ['x, newshape', reshapeOperation],
  transpose: ['x, axes=None', transposeOperation],
  expand_dims: ['x, axis', expandOperation],
  squeeze: ['x, axis=None', squeezeOperation],
  flip: ['x, axis=None', flipOperation],
  tile: ['x, repeats', tileOperation],
  repeat: ['x, repeats, axis=None', repeatOperation],
  ravel: ['x', flattenOperation],
  broadcast_to: ['x, shape', broadcastToOperation],
  swapaxes: ['x, axis1, axis2', swapOperation],
  moveaxis: ['x, source, destination', moveAxisOperation],
  roll: ['x, shift, axis=None', (call) => reordered(call, call.operand(0))],
  pad: ["x, pad_width, mode='constant', constant_values=None", (call) => pad(call, call.operand(0), padAmounts(call, call.operand(1)), undefined)],
  concatenate: ['xs, axis=0', concatOperation],
  stack: ['x, axis=0', stackOperation],
  vstack: ['xs', stackAsOperation('vertical')],
  hstack: ['xs', stackAsOperation('horizontal')],
  dstack: ['xs', stackAsOperation('depth')],
  append: ['x1, x2, axis=None', () => unknown()],
  split: ['x, indices_or_sections, axis=0', splitOperation('cuts')],
  array_split: ['x, indices_or_sections, axis=0', splitOperation('cuts', true)],
  unstack: ['x, num=None, axis=0', unstack],
  zeros: ['shape, dtype=None', filledOperation(0)],
  ones: ['shape, dtype=None', filledOperation(1)],
  empty: ['shape, dtype=None', filledOperation(undefined)],
  full: ['shape, fill_value, dtype=None', filledOperation(undefined, 'value')],
  zeros_like: ['x, dtype=None', filledLikeOperation(0)],
  ones_like: ['x, dtype=None', filledLikeOperation(1)],
  empty_like: ['x, dtype=None', filledLikeOperation(undefined)],
  full_like: ['x, fill_value, dtype=None', filledLikeOperation(undefined)],
  arange: ['start, stop=None, step=None, dtype=None', arangeOperation],
  linspace: ['start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0', linspaceOperation],
  meshgrid: [
    "*x, indexing='xy'",
    (call) => {
      const indexing = call.args.str('indexing');
      return meshgrid(
        call,
        call.args.rest.map((one) => one.value),
        indexing === 'xy' || indexing === 'ij' ? indexing : undefined,
      );
    },
  ],
  eye: [
    'N, M=None, k=0, dtype=None',
    (call) =>
      identity(
        call,
        dimFromValue(call.operand(0)),
        dimFromValue(call.operand(1)) ?? dimFromValue(call.operand(0)),
        numberFromValue(call.operand(2)) ?? 0,
        readDType(call.argument('dtype')) ?? 'float32',
      ),
  ],
  identity: [
    'n, dtype=None',
    (call) => identity(call, dimFromValue(call.operand(0)), dimFromValue(call.operand(0)), 0, readDType(call.argument('dtype')) ?? 'float32'),
  ],
  tril: ['x, k=0', triangleOperation('lower')],
  triu: ['x, k=0', triangleOperation('upper')],
  diagonal: ['x, offset=0, axis1=0, axis2=1', (call) => diagonal(call, call.operand(0), numberFromValue(call.operand(1)))],
  inv: ['x', (call) => squareMatrix(call, call.operand(0), 'same')],
  cholesky: ['x, upper=False', (call) => squareMatrix(call, call.operand(0), 'same')],
  det: ['x', (call) => squareMatrix(call, call.operand(0), 'batch')],
  matmul: ['x1, x2', matmulOperation],
  dot: ['x1, x2', dotOperation],
  tensordot: ['x1, x2, axes=2', tensordotOperation],
  einsum: ['subscripts, *operands, **kwargs', einsumOperation],
  outer: ['x1, x2', outerOperation],
  cast: ['x, dtype', castOperation],
  saturate_cast: ['x, dtype', castOperation],
  clip: ['x, x_min, x_max', clipOperation],
  where: ['condition, x1=None, x2=None', whereOperation],
  take: ['x, indices, axis=None', gatherOperation({ countsFromEnd: true })],
  take_along_axis: ['x, indices, axis=None', takeAlongOperation],
  get_item: ['x, key', getItemOperation],
  one_hot: ['x, num_classes, axis=-1, dtype=None, sparse=False', oneHotOperation(readDType, 'float32')],
  nonzero: ['x', nonzeroOperation('tuple')],
  top_k: ['x, k, sorted=True', topK],
  slice: ['inputs, start_indices, shape', slice],
  slice_update: ['inputs, start_indices, updates', keeping()],
  scatter_update: ['inputs, indices, updates, reduction=None', keeping()],
  convert_to_tensor: ['x, dtype=None, sparse=None, ragged=None', toTensor],
  array: ['x, dtype=None', toTensor],
  copy: ['x', toTensor],
  stop_gradient: ['variable', toTensor],
  nan_to_num: ['x, nan=0.0, posinf=None, neginf=None', keeping()],
  normalize: ['x, axis=-1, order=2, epsilon=None', keeping(rangeBetween(-1, 1))],
  isclose: [
    'x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False',
    (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'bool', booleanRange()),
  ],
  batch_normalization: ['x, mean, variance, axis, offset=None, scale=None, epsilon=0.001', keeping()],
  layer_normalization: ['x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs', keeping()],
  rms_normalization: ['x, scale=None, axis=-1, epsilon=None', keeping()],
  in_top_k: ['targets, predictions, k', keeping(booleanRange(), 'bool')],
  erfinv: ['x', keeping()],
};

/** Activations are functions of keras.ops too. */
const activationNames = [
  'relu',
  'relu6',
  'sigmoid',
  'softmax',
  'log_softmax',
  'softplus',
  'softsign',
  'silu',
  'swish',
  'gelu',
  'elu',
  'selu',
  'celu',
  'leaky_relu',
  'hard_sigmoid',
  'hard_silu',
  'hard_swish',
  'hard_tanh',
  'hard_shrink',
  'soft_shrink',
  'log_sigmoid',
  'squareplus',
  'sparsemax',
  'sparse_plus',
  'sparse_sigmoid',
  'tanh_shrink',
  'threshold',
];

export const opsMembers: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(
    activationNames.flatMap((name) => {
      const value = activationMembers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  ),
  ...arrayFunctions(kerasLibrary, declarations),
  shape: nativeFunction('shape', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind !== 'tensor'
      ? unknown(undefined, 'tuple')
      : x.cls === kerasTensorClass
        ? shapeValue(x.shape)
        : x.shape.dims === undefined
          ? unknown(undefined, 'tuple')
          : tuple(x.shape.dims.map((dim) => int(dim)));
  }),
  ndim: nativeFunction('ndim', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' && x.shape.dims !== undefined ? int(x.shape.dims.length) : unknown(undefined, 'int');
  }),
  size: nativeFunction('size', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' && x.shape.dims !== undefined ? int(multiplyDims(...x.shape.dims)) : unknown(undefined, 'int');
  }),
  dtype: nativeFunction('dtype', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' && x.dtype !== undefined ? str(x.dtype) : unknown(undefined, 'str');
  }),
  is_tensor: nativeFunction('is_tensor', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'unknown' ? unknown(undefined, 'bool') : bool(x.kind === 'tensor');
  }),
  convert_to_numpy: nativeFunction('convert_to_numpy', 'x', (call) => call.args.get('x')),
};

const batchFlatten: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const dims = tensor?.shape.dims;
  if (tensor === undefined || dims === undefined || dims.length === 0) return unknown();
  const [batch = 1 as Dim, ...rest] = dims;
  return reshapeTo(call, tensor, [batch, multiplyDims(...rest)]);
};

const drawn: ArrayOperation = (call) => {
  const sizes = sizesFromValue(call.interpreter, call.operand(0));
  return makeArray({
    cls: call.library.cls,
    shape: sizes === undefined ? unknownShape : { dims: sizes },
    dtype: readDType(call.argument('dtype')) ?? 'float32',
  });
};

/** keras.backend of Keras 2 (and of tf.keras): array functions under their old names. */
export const formerBackendMembers: Readonly<Record<string, Value>> = arrayFunctions(
  {
    ...kerasLibrary,
    name: 'K',
    get cls() {
      return kerasLibrary.cls;
    },
  },
  {
    ...table(['square', 'sqrt', 'exp', 'log', 'sign', 'sin', 'cos'], 'x', unaryOperation),
    abs: ['x', unaryOperation('absolute')],
    round: ['x', unaryOperation('round')],
    ...table(['sum', 'mean', 'max', 'min', 'prod', 'std', 'var', 'any', 'all', 'logsumexp'], 'x, axis=None, keepdims=False', reduction),
    argmax: ['x, axis=-1', argOperation('argmax')],
    argmin: ['x, axis=-1', argOperation('argmin')],
    cumsum: ['x, axis=0', alongOperation('cumsum')],
    cumprod: ['x, axis=0', alongOperation('cumprod')],
    pow: ['x, a', binaryOperation('power')],
    maximum: ['x, y', binaryOperation('maximum')],
    minimum: ['x, y', binaryOperation('minimum')],
    ...table(['equal', 'not_equal', 'greater', 'greater_equal', 'less', 'less_equal'], 'x, y', binaryOperation),
    clip: ['x, min_value, max_value', clipOperation],
    cast: ['x, dtype', castOperation],
    dot: ['x, y', dotOperation],
    transpose: ['x', transposeOperation],
    permute_dimensions: ['x, pattern', transposeOperation],
    reshape: ['x, shape', reshapeOperation],
    flatten: ['x', flattenOperation],
    batch_flatten: ['x', batchFlatten],
    expand_dims: ['x, axis=-1', expandOperation],
    squeeze: ['x, axis', squeezeOperation],
    tile: ['x, n', tileOperation],
    concatenate: ['tensors, axis=-1', concatOperation],
    stack: ['x, axis=0', stackOperation],
    repeat_elements: ['x, rep, axis', repeatOperation],
    reverse: ['x, axes', (call) => reordered(call, call.operand(0))],
    gather: [
      'reference, indices',
      (call) =>
        gatherOperation({ countsFromEnd: true })({ ...call, argument: (...names) => (names.includes('axis') ? int(0) : call.argument(...names)) }),
    ],
    one_hot: ['indices, num_classes', oneHotOperation(readDType, 'float32')],
    switch: ['condition, then_expression, else_expression', (call) => choose(call, call.operand(0), call.operand(1), call.operand(2))],
    zeros: ['shape, dtype=None, name=None', filledOperation(0)],
    ones: ['shape, dtype=None, name=None', filledOperation(1)],
    zeros_like: ['x, dtype=None, name=None', filledLikeOperation(0)],
    ones_like: ['x, dtype=None, name=None', filledLikeOperation(1)],
    constant: ['value, dtype=None, shape=None, name=None', toTensor],
    variable: ['value, dtype=None, name=None, constraint=None', toTensor],
    random_normal: ['shape, mean=0.0, stddev=1.0, dtype=None, seed=None', drawn],
    random_uniform: ['shape, minval=0.0, maxval=1.0, dtype=None, seed=None', drawn],
    truncated_normal: ['shape, mean=0.0, stddev=1.0, dtype=None, seed=None', drawn],
    random_bernoulli: ['shape, p=0.0, dtype=None, seed=None', drawn],
    relu: ['x, alpha=0.0, max_value=None, threshold=0.0', unaryOperation('relu')],
    sigmoid: ['x', unaryOperation('sigmoid')],
    tanh: ['x', unaryOperation('tanh')],
    softplus: ['x', unaryOperation('softplus')],
    softmax: ['x, axis=-1', keeping(rangeBetween(0, 1))],
    l2_normalize: ['x, axis=None', keeping(rangeBetween(-1, 1))],
    stop_gradient: ['variables', toTensor],
    dropout: ['x, level, noise_shape=None, seed=None', keeping()],
    elu: ['x, alpha=1.0', keeping()],
    hard_sigmoid: ['x', keeping(rangeBetween(0, 1))],
    identity: ['x, name=None', toTensor],
    shape: [
      'x',
      (call: ArrayCall) => {
        const tensor = tensorOf(call, call.operand(0));
        return tensor?.shape.dims === undefined
          ? unknown()
          : makeArray({ cls: call.library.cls, shape: shapeOf(tensor.shape.dims.length), dtype: 'int32', elements: tensor.shape.dims });
      },
    ],
    binary_crossentropy: ['target, output, from_logits=False', keeping()],
    categorical_crossentropy: [
      'target, output, from_logits=False, axis=-1',
      (call) => reduction('sum')({ ...call, argument: (...names) => (names.includes('axis') ? int(-1) : none) }),
    ],
  },
);
