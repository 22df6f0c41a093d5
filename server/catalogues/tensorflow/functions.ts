// Functions of the tensorflow module and of tf.math, tf.nn, tf.linalg on tensors: one line each. Operations stand in ../arrays.
// It must not know data sets or Keras.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { booleanRange, rangeBetween, softmaxRange } from '../../tensors/range.ts';
import { shapeOf, shapeOfRank, unknownShape } from '../../tensors/shape.ts';
import type { Value } from '../../values/value.ts';
import { int, list, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray, numberFromValue } from '../arrays/contents.ts';
import { castArray, sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { type BinaryName, binary, binaryOperation, broadcasting, castOperation, clipOperation, type UnaryName, unaryOperation, whereOperation } from '../arrays/elementwise.ts';
import { arangeOperation, concatOperation, filledLikeOperation, filledOperation, linspaceOperation, meshgrid, splitOperation, stackOperation } from '../arrays/joining.ts';
import type { ArrayCall, ArrayDeclarations, ArrayOperation } from '../arrays/library.ts';
import { arrayFunctions } from '../arrays/library.ts';
import { distinct, gather, nonzeroOperation, positionsOfNonzero } from '../arrays/lookup.ts';
import { diagonal, einsumOperation, identity, matmulOperation, squareMatrix, tensordotOperation, triangleOperation } from '../arrays/products.ts';
import { alongOperation, argOperation, reduction, type ReductionName } from '../arrays/reductions.ts';
import {
  broadcastToOperation, expandOperation, flipOperation, pad, padAmounts, repeatOperation, reshapeOperation, reordered, squeezeOperation, tileOperation, transposeOperation,
} from '../arrays/reshaping.ts';
import { oneHotTensor } from '../datasets/label-facts.ts';
import { asTensorflowTensor, tensorflowLibrary } from './tensor.ts';

/** `tf.constant`, `tf.convert_to_tensor`, `tf.Variable`: the value as a tensor. */
const constantOperation: ArrayOperation = (call) => {
  const asked = call.argument('dtype');
  const dtype = asked.kind === 'none' ? undefined : dtypeFromValue(asked, 'float32');
  const made = asTensorflowTensor(call.interpreter, call.operand(0), dtype);
  if (made === undefined) return makeArray({ cls: call.cls, shape: unknownShape, dtype });
  const target = call.argument('shape');
  if (target.kind === 'none') return made;
  const sizes = sizesFromValue(call.interpreter, target);
  return makeArray({ ...made, cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, elements: undefined });
};

/** The same shape; `range` holds of every element. */
export function keeping(dtype: DType | 'same' | undefined, range?: ReturnType<typeof rangeBetween>): ArrayOperation {
  return (call) => {
    const tensor = tensorOf(call, call.operand(0));
    if (tensor === undefined) return unknown();
    return makeArray({ cls: call.cls, shape: tensor.shape, dtype: dtype === 'same' ? tensor.dtype : dtype, range, origin: tensor.origin });
  };
}

/** A tensor of the shape that an argument states. */
export function ofShape(dtype: DType, range?: ReturnType<typeof rangeBetween>): ArrayOperation {
  return (call) => {
    const sizes = sizesFromValue(call.interpreter, call.argument('shape'));
    const asked = call.argument('dtype');
    return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: asked.kind === 'none' ? dtype : dtypeFromValue(asked), range });
  };
}

const uniformOperation: ArrayOperation = (call) => {
  const sizes = sizesFromValue(call.interpreter, call.argument('shape'));
  const asked = call.argument('dtype');
  const dtype = asked.kind === 'none' ? 'float32' : dtypeFromValue(asked);
  const low = numberFromValue(call.argument('minval')) ?? 0;
  const high = call.argument('maxval').kind === 'none' ? 1 : numberFromValue(call.argument('maxval'));
  const isInteger = dtype?.includes('int') === true;
  const range = high === undefined || dtype === undefined ? undefined : rangeBetween(low, isInteger ? high - 1 : high, { integral: isInteger });
  return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype, range });
};

const gatherOperation: ArrayOperation = (call) => {
  const batch = numberFromValue(call.argument('batch_dims')) ?? 0;
  const axis = call.argument('axis');
  return gather(call, call.operand(0), call.operand(1), axis.kind === 'none' ? int(batch) : axis, { countsFromEnd: false, batchAxes: batch });
};

const oneHotOperation: ArrayOperation = (call) => {
  const labels = tensorOf(call, call.operand(0));
  if (labels === undefined) return unknown();
  const asked = call.argument('dtype');
  const axis = call.argument('axis');
  const at = axis.kind === 'none' ? -1 : numberFromValue(axis);
  if (at === undefined) return unknown();
  return oneHotTensor({ cls: call.cls, labels, classes: dimFromValue(call.operand(1)), dtype: asked.kind === 'none' ? 'float32' : dtypeFromValue(asked), axis: at });
};

const shapeOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  if (tensor === undefined) return unknown();
  const dims = tensor.shape.dims;
  return makeArray({ cls: call.cls, shape: dims === undefined ? shapeOfRank(1) : shapeOf(dims.length), dtype: 'int32', elements: dims, origin: tensor.origin });
};

const unstackOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const at = numberFromValue(call.argument('axis'));
  const dims = tensor?.shape.dims;
  if (tensor === undefined || dims === undefined || at === undefined) return unknown(undefined, 'list');
  const axis = at < 0 ? at + dims.length : at;
  const count = dims[axis];
  if (count === undefined || !isKnown(count) || count > 256) return list([], true);
  return list(Array.from({ length: count }, () => makeArray({ cls: call.cls, shape: { dims: dims.toSpliced(axis, 1) }, dtype: tensor.dtype, range: tensor.range, origin: tensor.origin })));
};

const padOperation: ArrayOperation = (call) => {
  const mode = call.args.str('mode');
  return pad(call, call.operand(0), padAmounts(call, call.operand(1)), mode?.toUpperCase() === 'CONSTANT' ? undefined : 'inside');
};

const sizeOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  return tensor === undefined ? unknown() : makeArray({ cls: call.cls, shape: shapeOf(), dtype: 'int32' });
};
const rankOperation: ArrayOperation = (call) => {
  const axes = tensorOf(call, call.operand(0))?.shape.dims?.length;
  return makeArray({ cls: call.cls, shape: shapeOf(), dtype: 'int32', elements: axes === undefined ? undefined : [axes] });
};

const topKOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const count = dimFromValue(call.operand(1));
  const dims = tensor?.shape.dims;
  if (tensor === undefined || dims === undefined || dims.length === 0) return unknown();
  const shape = { dims: [...dims.slice(0, -1), count ?? unknownDim()] };
  return tuple([makeArray({ cls: call.cls, shape, dtype: tensor.dtype, range: tensor.range && { ...tensor.range, attained: false } }), makeArray({ cls: call.cls, shape, dtype: 'int32' })]);
};

/** A loss for each sample: the class axis goes. */
const perSample: ArrayOperation = (call) => {
  const logits = tensorOf(call, call.argument('logits'));
  const dims = logits?.shape.dims;
  return dims === undefined || dims.length === 0 ? unknown() : makeArray({ cls: call.cls, shape: { dims: dims.slice(0, -1) }, dtype: logits?.dtype });
};

const sliceOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const [begin, size] = [sizesFromValue(call.interpreter, call.operand(1)), sizesFromValue(call.interpreter, call.operand(2))];
  const dims = tensor?.shape.dims;
  if (tensor === undefined || dims === undefined || begin === undefined || size === undefined || size.length !== dims.length) return unknown();
  const result = dims.map((dim, at): Dim => { const wanted = size[at] ?? unknownDim(), from = begin[at]; return wanted === -1 ? (isKnown(dim) && from !== undefined && isKnown(from) ? dim - from : unknownDim()) : wanted; });
  return makeArray({ cls: call.cls, shape: { dims: result }, dtype: tensor.dtype, range: tensor.range && { ...tensor.range, attained: false }, origin: tensor.origin });
};

const sequenceMaskOperation: ArrayOperation = (call) => {
  const lengths = tensorOf(call, call.operand(0));
  const dims = lengths?.shape.dims;
  const asked = call.argument('dtype');
  return dims === undefined ? unknown() : makeArray({ cls: call.cls, shape: { dims: [...dims, dimFromValue(call.argument('maxlen')) ?? unknownDim()] }, dtype: asked.kind === 'none' ? 'bool' : dtypeFromValue(asked), range: booleanRange() });
};

const unaryNames: Readonly<Record<string, UnaryName>> = {
  abs: 'absolute', negative: 'negative', sign: 'sign', square: 'square', sqrt: 'sqrt', rsqrt: 'rsqrt', exp: 'exp', expm1: 'expm1', log: 'log', log1p: 'log1p', sin: 'sin', cos: 'cos', tan: 'tan',
  asin: 'arcsin', acos: 'arccos', atan: 'arctan', sinh: 'sinh', cosh: 'cosh', tanh: 'tanh', asinh: 'arcsinh', acosh: 'arccosh', atanh: 'arctanh', floor: 'floor', ceil: 'ceil', round: 'round', rint: 'round',
  reciprocal: 'reciprocal', sigmoid: 'sigmoid', softplus: 'softplus', erf: 'erf', is_nan: 'isnan', is_inf: 'isinf', is_finite: 'isfinite', logical_not: 'logical_not', identity: 'identity',
  stop_gradient: 'identity', lgamma: 'any_float', digamma: 'any_float', conj: 'identity', real: 'identity', log_sigmoid: 'any_float',
};
const binaryNames: Readonly<Record<string, BinaryName>> = {
  add: 'add', subtract: 'subtract', multiply: 'multiply', divide: 'divide', truediv: 'divide', floordiv: 'floor_divide', mod: 'mod', floormod: 'mod', pow: 'power', maximum: 'maximum', minimum: 'minimum',
  atan2: 'arctan2', squared_difference: 'squared_difference', equal: 'equal', not_equal: 'not_equal', less: 'less', less_equal: 'less_equal', greater: 'greater', greater_equal: 'greater_equal',
  logical_and: 'logical_and', logical_or: 'logical_or', logical_xor: 'logical_xor', divide_no_nan: 'divide_no_nan', multiply_no_nan: 'multiply',
};
const reductionNames: Readonly<Record<string, ReductionName>> = {
  reduce_sum: 'sum', reduce_mean: 'mean', reduce_max: 'max', reduce_min: 'min', reduce_prod: 'prod', reduce_any: 'any', reduce_all: 'all', reduce_std: 'std', reduce_variance: 'var', reduce_logsumexp: 'logsumexp',
  reduce_euclidean_norm: 'norm', count_nonzero: 'count_nonzero',
};

const mathDeclarations: ArrayDeclarations = {
  ...Object.fromEntries(Object.entries(unaryNames).map(([name, rule]) => [name, ['x, name=None', unaryOperation(rule)] as const])),
  ...Object.fromEntries(Object.entries(binaryNames).map(([name, rule]) => [name, ['x, y, name=None', binaryOperation(rule)] as const])),
  ...Object.fromEntries(Object.entries(reductionNames).map(([name, rule]) => [name, ['input_tensor, axis=None, keepdims=False, name=None, **kwargs', reduction(rule)] as const])),
  argmax: ['input, axis=0, output_type=None, name=None, **kwargs', argOperation('argmax')],
  argmin: ['input, axis=0, output_type=None, name=None, **kwargs', argOperation('argmin')],
  add_n: ['inputs, name=None', (call) => { const items = call.operand(0); return items.kind === 'list' || items.kind === 'tuple' ? broadcasting(call, items.items, 'promoted') : unknown(); }],
  accumulate_n: ['inputs, name=None, **kwargs', (call) => { const items = call.operand(0); return items.kind === 'list' || items.kind === 'tuple' ? broadcasting(call, items.items, 'promoted') : unknown(); }],
  cumsum: ['x, axis=0, exclusive=False, reverse=False, name=None', alongOperation('cumsum')],
  cumprod: ['x, axis=0, exclusive=False, reverse=False, name=None', alongOperation('cumprod')],
  top_k: ['input, k=1, sorted=True, index_type=None, name=None', topKOperation],
  l2_normalize: ['x, axis=None, epsilon=1e-12, name=None, dim=None', keeping('same', rangeBetween(-1, 1))],
  softmax: ['logits, axis=-1, name=None', keeping('same', softmaxRange())],
  confusion_matrix: ['labels, predictions, num_classes=None, weights=None, dtype=None, name=None', (call) => { const classes = dimFromValue(call.argument('num_classes')) ?? unknownDim(); return makeArray({ cls: call.cls, shape: shapeOf(classes, classes), dtype: 'int32' }); }],
  in_top_k: ['targets, predictions, k, name=None', keeping('bool', booleanRange())],
  bincount: ['arr, *args, **kwargs', (call) => makeArray({ cls: call.cls, shape: shapeOfRank(1), dtype: 'int32' })],
  unsorted_segment_sum: ['data, segment_ids, num_segments, name=None', () => unknown()], segment_sum: ['data, segment_ids, name=None', () => unknown()],
};

const coreDeclarations: ArrayDeclarations = {
  ...mathDeclarations,
  constant: ['value, dtype=None, shape=None, name="Const", **kwargs', constantOperation],
  convert_to_tensor: ['value, dtype=None, dtype_hint=None, name=None', constantOperation],
  Variable: ['initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None, variable_def=None, dtype=None, *args, **kwargs', constantOperation],
  cast: ['x, dtype, name=None', castOperation], saturate_cast: ['value, dtype, name=None', castOperation],
  to_float: ['x, name=None', (call) => { const tensor = tensorOf(call, call.operand(0)); return tensor === undefined ? unknown() : castArray(tensor, 'float32'); }],
  zeros: ['shape, dtype=None, name=None, **kwargs', filledOperation(0)], ones: ['shape, dtype=None, name=None, **kwargs', filledOperation(1)],
  fill: ['dims, value, name=None, **kwargs', filledOperation(undefined, 'value')],
  zeros_like: ['input, dtype=None, name=None, **kwargs', filledLikeOperation(0)], ones_like: ['input, dtype=None, name=None, **kwargs', filledLikeOperation(1)],
  range: ['start, limit=None, delta=1, dtype=None, name="range"', arangeOperation],
  linspace: ['start, stop, num, name=None, axis=0, endpoint=True', linspaceOperation],
  eye: ['num_rows, num_columns=None, batch_shape=None, dtype=None, name=None', (call) => identity(call, dimFromValue(call.operand(0)), call.operand(1).kind === 'none' ? undefined : dimFromValue(call.operand(1)), 0, call.argument('dtype').kind === 'none' ? 'float32' : dtypeFromValue(call.argument('dtype')))],
  reshape: ['tensor, shape, name=None', reshapeOperation], transpose: ['a, perm=None, conjugate=False, name="transpose"', transposeOperation],
  expand_dims: ['input, axis, name=None', expandOperation], squeeze: ['input, axis=None, name=None', squeezeOperation],
  concat: ['values, axis, name="concat"', concatOperation], stack: ['values, axis=0, name="stack"', stackOperation], unstack: ['value, num=None, axis=0, name="unstack"', unstackOperation],
  split: ['value, num_or_size_splits, axis=0, num=None, name="split"', splitOperation('sizes')],
  tile: ['input, multiples, name=None', tileOperation], repeat: ['input, repeats, axis=None, name=None', repeatOperation], broadcast_to: ['input, shape, name=None', broadcastToOperation],
  pad: ['tensor, paddings, mode="CONSTANT", constant_values=0, name=None', padOperation], reverse: ['tensor, axis, name=None', flipOperation], roll: ['input, shift, axis, name=None', (call) => reordered(call, call.operand(0))],
  slice: ['input_, begin, size, name=None', sliceOperation], gather: ['params, indices, validate_indices=None, axis=None, batch_dims=0, name=None', gatherOperation],
  gather_nd: ['params, indices, batch_dims=0, name=None, bad_indices_policy=""', () => unknown()], boolean_mask: ['tensor, mask, axis=None, name="boolean_mask"', (call) => { const tensor = tensorOf(call, call.operand(0)); const mask = tensorOf(call, call.operand(1)); const [dims, masked] = [tensor?.shape.dims, mask?.shape.dims]; return tensor === undefined || dims === undefined || masked === undefined ? unknown() : makeArray({ cls: call.cls, shape: { dims: [unknownDim(), ...dims.slice(masked.length)] }, dtype: tensor.dtype, range: tensor.range && { ...tensor.range, attained: false } }); }],
  one_hot: ['indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None', oneHotOperation],
  where: ['condition, x=None, y=None, name=None', (call) => (call.operand(1).kind === 'none' ? positionsOfNonzero(call, call.operand(0), 'rows') : whereOperation(call))],
  clip_by_value: ['t, clip_value_min, clip_value_max, name=None', clipOperation], clip_by_norm: ['t, clip_norm, axes=None, name=None', keeping('same')],
  shape: ['input, out_type=None, name=None', shapeOperation], size: ['input, out_type=None, name=None', sizeOperation], rank: ['input, name=None', rankOperation],
  matmul: ['a, b, transpose_a=False, transpose_b=False, *args, **kwargs', (call) => (call.args.flag('transpose_a') === false && call.args.flag('transpose_b') === false ? matmulOperation(call) : transposedProduct(call))],
  tensordot: ['a, b, axes, name=None', tensordotOperation], einsum: ['equation, *inputs, **kwargs', einsumOperation], norm: ['tensor, ord="euclidean", axis=None, keepdims=False, name=None', reduction('norm')],
  sort: ['values, axis=-1, direction="ASCENDING", name=None', alongOperation('sort')], argsort: ['values, axis=-1, direction="ASCENDING", stable=False, name=None', alongOperation('argsort')],
  meshgrid: ['*args, **kwargs', (call) => meshgrid(call, call.args.rest.map((argument) => argument.value), call.args.restKeywords.length === 0 ? 'xy' : undefined)],
  sequence_mask: ['lengths, maxlen=None, dtype=None, name=None', sequenceMaskOperation], ensure_shape: ['x, shape, name=None', (call) => call.operand(0)],
  unique: ['x, out_idx=None, name=None', (call) => { const found = distinct(call, call.operand(0)); return tuple([found ?? makeArray({ cls: call.cls, shape: shapeOfRank(1), dtype: tensorOf(call, call.operand(0))?.dtype }), makeArray({ cls: call.cls, shape: shapeOfRank(1), dtype: 'int32' })]); }],
  reduce_join: ['inputs, *args, **kwargs', () => unknown()], searchsorted: ['sorted_sequence, values, *args, **kwargs', () => unknown()], grad_pass_through: ['f', (call) => call.operand(0)],
  scatter_nd: ['indices, updates, shape, bad_indices_policy="", name=None', (call) => { const sizes = sizesFromValue(call.interpreter, call.operand(2)); return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: tensorOf(call, call.operand(1))?.dtype }); }],
  tensor_scatter_nd_update: ['tensor, indices, updates, name=None', keeping('same')], dynamic_partition: ['*args, **kwargs', () => unknown()], space_to_batch: ['*args, **kwargs', () => unknown()],
  random_normal: ['shape, *args, dtype=None, **kwargs', ofShape('float32')], truncated_normal: ['shape, *args, dtype=None, **kwargs', ofShape('float32')], random_uniform: ['shape, minval=0, maxval=None, dtype=None, **kwargs', uniformOperation],
};

/** A product with one side transposed first. */
function transposedProduct(call: ArrayCall): Value {
  const turned = (at: number, name: string): Value => {
    const flag = call.args.flag(name);
    const tensor = tensorOf(call, call.operand(at));
    const dims = tensor?.shape.dims;
    if (flag === false) return call.operand(at);
    if (tensor === undefined || dims === undefined || flag === undefined || dims.length < 2) return unknown();
    return { ...tensor, contents: undefined, shape: { dims: [...dims.slice(0, -2), dims.at(-1) ?? unknownDim(), dims.at(-2) ?? unknownDim()] } };
  };
  const [left, right] = [turned(0, 'transpose_a'), turned(1, 'transpose_b')];
  return matmulOperation({ ...call, operand: (at) => (at === 0 ? left : right) });
}

const nnDeclarations: ArrayDeclarations = {
  relu: ['features, name=None', unaryOperation('relu')], relu6: ['features, name=None', unaryOperation('relu6')], sigmoid: ['x, name=None', unaryOperation('sigmoid')], tanh: ['x, name=None', unaryOperation('tanh')],
  softplus: ['features, name=None', unaryOperation('softplus')], elu: ['features, name=None', unaryOperation('any_float')], selu: ['features, name=None', unaryOperation('any_float')],
  leaky_relu: ['features, alpha=0.2, name=None', unaryOperation('any_float')], gelu: ['features, approximate=False, name=None', unaryOperation('any_float')], swish: ['features, beta=1.0', unaryOperation('any_float')], silu: ['features, beta=1.0', unaryOperation('any_float')],
  softmax: ['logits, axis=-1, name=None, **kwargs', keeping('same', softmaxRange())], log_softmax: ['logits, axis=-1, name=None, **kwargs', keeping('same', rangeBetween(Number.NEGATIVE_INFINITY, 0))],
  dropout: ['x, rate=None, noise_shape=None, seed=None, name=None, **kwargs', keeping('same')], l2_normalize: ['x, axis=None, epsilon=1e-12, name=None, dim=None', keeping('same', rangeBetween(-1, 1))],
  l2_loss: ['t, name=None', (call) => makeArray({ cls: call.cls, shape: shapeOf(), dtype: tensorOf(call, call.operand(0))?.dtype })], top_k: ['input, k=1, sorted=True, index_type=None, name=None', topKOperation], in_top_k: ['targets, predictions, k, name=None', keeping('bool', booleanRange())],
  sparse_softmax_cross_entropy_with_logits: ['labels, logits, name=None, **kwargs', perSample], softmax_cross_entropy_with_logits: ['labels, logits, axis=-1, name=None, **kwargs', perSample],
  softmax_cross_entropy_with_logits_v2: ['labels, logits, axis=-1, name=None, **kwargs', perSample], sigmoid_cross_entropy_with_logits: ['labels=None, logits=None, name=None, **kwargs', (call) => { const logits = tensorOf(call, call.argument('logits')); return logits === undefined ? unknown() : makeArray({ cls: call.cls, shape: logits.shape, dtype: logits.dtype }); }],
  bias_add: ['value, bias, data_format=None, name=None', (call) => binary(call, 'add', call.operand(0), call.operand(1))], embedding_lookup: ['params, ids, max_norm=None, name=None', (call) => gather(call, call.operand(0), call.operand(1), int(0), { countsFromEnd: false })],
  conv2d: ['input, filters, strides, padding, data_format="NHWC", dilations=None, name=None', () => unknown()], max_pool: ['input, ksize, strides, padding, data_format=None, name=None', () => unknown()],
  avg_pool: ['input, ksize, strides, padding, data_format=None, name=None', () => unknown()], max_pool2d: ['input, ksize, strides, padding, data_format="NHWC", name=None', () => unknown()], moments: ['x, axes, shift=None, keepdims=False, name=None', (call) => tuple([reduction('mean')(call), reduction('var')(call)])],
  batch_normalization: ['x, mean, variance, offset, scale, variance_epsilon, name=None', keeping('same')], depth_to_space: ['*args, **kwargs', () => unknown()], space_to_depth: ['*args, **kwargs', () => unknown()],
  conv1d: ['*args, **kwargs', () => unknown()], conv2d_transpose: ['*args, **kwargs', () => unknown()], depthwise_conv2d: ['*args, **kwargs', () => unknown()], local_response_normalization: ['input, *args, **kwargs', keeping('same')], lrn: ['input, *args, **kwargs', keeping('same')],
  nce_loss: ['*args, **kwargs', () => unknown()], ctc_loss: ['*args, **kwargs', () => unknown()], zero_fraction: ['value, name=None', () => unknown()], sampled_softmax_loss: ['*args, **kwargs', () => unknown()], crelu: ['*args, **kwargs', () => unknown()],
};

const linalgDeclarations: ArrayDeclarations = {
  matmul: coreDeclarations['matmul'] ?? ['*args', () => unknown()], einsum: ['equation, *inputs, **kwargs', einsumOperation], norm: ['tensor, ord="euclidean", axis=None, keepdims=False, name=None', reduction('norm')],
  inv: ['input, adjoint=False, name=None', (call) => squareMatrix(call, call.operand(0), 'same')], det: ['input, name=None', (call) => squareMatrix(call, call.operand(0), 'batch')], diag: ['diagonal, *args, **kwargs', (call) => diagonal(call, call.operand(0), 0)],
  band_part: ['input, num_lower, num_upper, name=None', keeping('same')], trace: ['x, name=None', (call) => squareMatrix(call, call.operand(0), 'batch')], tensordot: ['a, b, axes, name=None', tensordotOperation], transpose: ['a, perm=None, **kwargs', () => unknown()],
  svd: ['tensor, full_matrices=False, compute_uv=True, name=None', () => unknown()], diag_part: ['input, *args, **kwargs', () => unknown()], set_diag: ['input, *args, **kwargs', keeping('same')], matrix_transpose: ['a, *args, **kwargs', () => unknown()], l2_normalize: ['x, axis=None, **kwargs', keeping('same', rangeBetween(-1, 1))],
  tril: ['m, k=0', triangleOperation('lower')], nonzero: ['x', nonzeroOperation('rows')],
};

const randomDeclarations: ArrayDeclarations = {
  uniform: ['shape, minval=0, maxval=None, dtype=None, seed=None, name=None', uniformOperation], normal: ['shape, mean=0.0, stddev=1.0, dtype=None, seed=None, name=None', ofShape('float32')],
  truncated_normal: ['shape, mean=0.0, stddev=1.0, dtype=None, seed=None, name=None', ofShape('float32')], gamma: ['shape, alpha, beta=None, dtype=None, seed=None, name=None', ofShape('float32')], poisson: ['shape, lam, dtype=None, seed=None, name=None', ofShape('float32')],
  stateless_uniform: ['shape, seed, minval=0, maxval=None, dtype=None, name=None, **kwargs', uniformOperation], stateless_normal: ['shape, seed, mean=0.0, stddev=1.0, dtype=None, name=None, **kwargs', ofShape('float32')],
  shuffle: ['value, seed=None, name=None', (call) => reordered(call, call.operand(0))],
  categorical: ['logits, num_samples, dtype=None, seed=None, name=None', (call) => { const logits = tensorOf(call, call.operand(0)); const classes = logits?.shape.dims?.at(-1); return makeArray({ cls: call.cls, shape: shapeOf(logits?.shape.dims?.[0] ?? unknownDim(), dimFromValue(call.operand(1)) ?? unknownDim()), dtype: 'int64', range: classes !== undefined && isKnown(classes) ? rangeBetween(0, classes - 1, { integral: true }) : undefined }); }],
};

export function coreMembers(): Record<string, Value> {
  return { ...arrayFunctions(tensorflowLibrary, coreDeclarations) };
}
export function mathMembers(): Record<string, Value> { return arrayFunctions(tensorflowLibrary, mathDeclarations); }
export function nnMembers(): Record<string, Value> { return arrayFunctions(tensorflowLibrary, nnDeclarations); }
export function linalgMembers(): Record<string, Value> { return arrayFunctions(tensorflowLibrary, linalgDeclarations); }
export function randomMembers(): Record<string, Value> { return arrayFunctions(tensorflowLibrary, randomDeclarations); }

