// The functions of the numpy module besides random numbers, linear algebra and files: one line each. It must not know the evaluator.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf, shapeOfRank } from '../../tensors/shape.ts';
import type { Value } from '../../values/value.ts';
import { tuple, unknown } from '../../values/value.ts';
import { dimFromValue, elementsOf, makeArray, numberFromValue } from '../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { binaryOperation, broadcasting, clipOperation, unary, unaryOperation } from '../arrays/elementwise.ts';
import {
  arangeOperation,
  concatOperation,
  filledLikeOperation,
  filledOperation,
  linspace,
  linspaceOperation,
  operandsOf,
  splitOperation,
  stackAsOperation,
  stackOperation,
} from '../arrays/joining.ts';
import type { ArrayCall, ArrayDeclarations } from '../arrays/library.ts';
import { arrayFunctions } from '../arrays/library.ts';
import { gatherOperation, nonzeroOperation, takeAlongOperation } from '../arrays/lookup.ts';
import {
  diagonal,
  dotOperation,
  einsumOperation,
  matmulOperation,
  outerOperation,
  tensordotOperation,
  triangleOperation,
} from '../arrays/products.ts';
import { alongOperation, argOperation, reduction } from '../arrays/reductions.ts';
import {
  broadcastToOperation,
  expandOperation,
  flatten,
  flip,
  flipOperation,
  moveAxisOperation,
  reordered,
  repeatOperation,
  reshape,
  reshapeOperation,
  squeezeOperation,
  swapOperation,
  tileOperation,
  transposeOperation,
} from '../arrays/reshaping.ts';
import { dtypeOr, numpyLibrary } from './library.ts';
import { deviation, roundOperation } from './ndarray.ts';

import {
  arrayOperation,
  likeFirst,
  vector,
  uniqueOperation,
  whereFunction,
  padOperation,
  appendOperation,
  resizedOperation,
  rollOperation,
  rotateOperation,
  differenceOperation,
  binCountOperation,
  digitizeOperation,
  percentileOperation,
  averageOperation,
  atLeast,
  sameElementsOperation,
  broadcastShapesOperation,
  indicesOperation,
  meshgridOperation,
  isScalarOperation,
  shapeOperation,
  sizeOperation,
  ndimOperation,
  identityOperation,
  emptyOperation,
  emptyLikeOperation,
  triOperation,
  argwhereOperation,
} from './operations.ts';

const ufuncDtype = ', /, out=None, *, where=True, casting="same_kind", order="K", dtype=None, subok=True, **kwargs';
const unaryNames = {
  sqrt: 'sqrt',
  exp: 'exp',
  exp2: 'exp2',
  expm1: 'expm1',
  log: 'log',
  log2: 'log2',
  log10: 'log10',
  log1p: 'log1p',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  arcsin: 'arcsin',
  arccos: 'arccos',
  arctan: 'arctan',
  asin: 'arcsin',
  acos: 'arccos',
  atan: 'arctan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
  arcsinh: 'arcsinh',
  arccosh: 'arccosh',
  arctanh: 'arctanh',
  abs: 'absolute',
  absolute: 'absolute',
  fabs: 'absolute',
  negative: 'negative',
  positive: 'identity',
  sign: 'sign',
  square: 'square',
  cbrt: 'cbrt',
  reciprocal: 'reciprocal',
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  rint: 'round',
  fix: 'trunc',
  deg2rad: 'deg2rad',
  radians: 'deg2rad',
  rad2deg: 'rad2deg',
  degrees: 'rad2deg',
  isnan: 'isnan',
  isinf: 'isinf',
  isfinite: 'isfinite',
  logical_not: 'logical_not',
  invert: 'invert',
  bitwise_not: 'invert',
  conjugate: 'identity',
  conj: 'identity',
} as const;
const binaryNames = {
  add: 'add',
  subtract: 'subtract',
  multiply: 'multiply',
  divide: 'divide',
  true_divide: 'divide',
  floor_divide: 'floor_divide',
  mod: 'mod',
  remainder: 'mod',
  fmod: 'fmod',
  power: 'power',
  pow: 'power',
  float_power: 'power',
  maximum: 'maximum',
  minimum: 'minimum',
  fmax: 'maximum',
  fmin: 'minimum',
  arctan2: 'arctan2',
  atan2: 'arctan2',
  hypot: 'hypot',
  logaddexp: 'logaddexp',
  equal: 'equal',
  not_equal: 'not_equal',
  less: 'less',
  less_equal: 'less_equal',
  greater: 'greater',
  greater_equal: 'greater_equal',
  logical_and: 'logical_and',
  logical_or: 'logical_or',
  logical_xor: 'logical_xor',
  bitwise_and: 'bitwise_and',
  bitwise_or: 'bitwise_or',
  bitwise_xor: 'bitwise_xor',
  left_shift: 'left_shift',
  right_shift: 'right_shift',
} as const;

const reductionTail = 'axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True';
const plainTail = 'axis=None, out=None, keepdims=False, initial=None, where=True';

const declarations: ArrayDeclarations = {
  ...Object.fromEntries(Object.entries(unaryNames).map(([name, rule]) => [name, [`x${ufuncDtype}`, unaryOperation(rule)] as const])),
  ...Object.fromEntries(Object.entries(binaryNames).map(([name, rule]) => [name, [`x1, x2${ufuncDtype}`, binaryOperation(rule)] as const])),
  // Making arrays.
  array: ['object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, ndmax=0, like=None', arrayOperation(true)],
  asarray: ['a, dtype=None, order=None, *, device=None, copy=None, like=None', arrayOperation(false)],
  asanyarray: ['a, dtype=None, order=None, *, device=None, copy=None, like=None', arrayOperation(false)],
  ascontiguousarray: ['a, dtype=None, *, like=None', arrayOperation(false)],
  asfortranarray: ['a, dtype=None, *, like=None', arrayOperation(false)],
  copy: ['a, order="K", subok=False', arrayOperation(true)],
  zeros: ['shape, dtype=None, order="C", *, device=None, like=None', filledOperation(0)],
  ones: ['shape, dtype=None, order="C", *, device=None, like=None', filledOperation(1)],
  full: ['shape, fill_value, dtype=None, order="C", *, device=None, like=None', filledOperation(undefined, 'value')],
  empty: ['shape, dtype=None, order="C", *, device=None, like=None', emptyOperation],
  zeros_like: ['a, dtype=None, order="K", subok=True, shape=None, *, device=None', filledLikeOperation(0)],
  ones_like: ['a, dtype=None, order="K", subok=True, shape=None, *, device=None', filledLikeOperation(1)],
  full_like: ['a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None', filledLikeOperation(undefined)],
  empty_like: ['prototype, dtype=None, order="K", subok=True, shape=None, *, device=None', emptyLikeOperation],
  arange: ['start=None, stop=None, step=None, dtype=None, *, device=None, like=None', arangeOperation],
  linspace: [
    'start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None',
    (call) =>
      call.argument('retstep').kind === 'bool' && (call.argument('retstep') as { value: boolean }).value ? unknown() : linspaceOperation(call),
  ],
  logspace: [
    'start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0',
    (call) =>
      linspace(
        call,
        call.operand(0),
        call.operand(1),
        call.operand(2),
        true,
        dtypeFromValue(call.argument('dtype')),
        numberFromValue(call.argument('base')),
      ),
  ],
  geomspace: ['start, stop, num=50, endpoint=True, dtype=None, axis=0', (call) => vector(call, dimFromValue(call.operand(2)), 'float64')],
  eye: ['N, M=None, k=0, dtype=None, order="C", *, device=None, like=None', identityOperation],
  identity: ['n, dtype=None, *, like=None', identityOperation],
  tri: ['N, M=None, k=0, dtype=None, *, like=None', triOperation],
  diag: ['v, k=0', (call) => diagonal(call, call.operand(0), numberFromValue(call.operand(1)))],
  diagflat: ['v, k=0', (call) => diagonal(call, flatten(call, call.operand(0)), numberFromValue(call.operand(1)))],
  meshgrid: [
    '*xi, copy=True, sparse=False, indexing="xy"',
    (call) =>
      call.argument('sparse').kind === 'bool' && !(call.argument('sparse') as { value: boolean }).value ? meshgridOperation(call) : unknown(),
  ],
  indices: ['dimensions, dtype=int, sparse=False', indicesOperation],
  fromfunction: [
    'function, shape, *, dtype=float, like=None, **kwargs',
    (call) => makeArray({ cls: call.cls, shape: { dims: sizesFromValue(call.interpreter, call.operand(1)) }, dtype: undefined }),
  ],
  fromiter: ['iter, dtype, count=-1, *, like=None', (call) => vector(call, undefined, dtypeFromValue(call.operand(1)))],
  frombuffer: [
    'buffer, dtype=None, count=-1, offset=0, *, like=None',
    (call) => vector(call, frombufferLength(call), dtypeOr(call.operand(1), 'float64')),
  ],
  fromstring: ['string, dtype=None, count=-1, *, sep, like=None', (call) => vector(call, undefined, dtypeOr(call.operand(1), 'float64'))],
  asmatrix: ['data, dtype=None', () => unknown()],
  // Elements.
  clip: ['a, a_min=None, a_max=None, out=None, *, min=None, max=None, **kwargs', clipOperation],
  where: ['condition, x=None, y=None, /', whereFunction],
  select: [
    'condlist, choicelist, default=0',
    (call) => {
      const [first] = operandsOf(call, call.operand(0)) ?? [];
      return first === undefined ? unknown() : makeArray({ cls: call.cls, shape: first.shape, dtype: undefined });
    },
  ],
  round: ['a, decimals=0, out=None', roundOperation],
  around: ['a, decimals=0, out=None', roundOperation],
  nan_to_num: ['x, copy=True, nan=0.0, posinf=None, neginf=None', likeFirst('same')],
  angle: ['z, deg=False', likeFirst('float64')],
  real: ['val', (call) => unary(call, 'identity', call.operand(0))],
  imag: ['val', likeFirst('same')],
  sinc: ['x', likeFirst('float', rangeBetween(-1, 1))],
  interp: ['x, xp, fp, left=None, right=None, period=None', likeFirst('float64')],
  isclose: [
    'a, b, rtol=1e-05, atol=1e-08, equal_nan=False',
    (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'bool', rangeBetween(0, 1, { integral: true })),
  ],
  heaviside: [`x1, x2${ufuncDtype}`, (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'float64', rangeBetween(0, 1))],
  isin: ['element, test_elements, assume_unique=False, invert=False, *, kind=None', likeFirst('bool', rangeBetween(0, 1, { integral: true }))],
  in1d: ['ar1, ar2, assume_unique=False, invert=False', likeFirst('bool', rangeBetween(0, 1, { integral: true }))],
  gradient: [
    'f, *varargs, axis=None, edge_order=1',
    (call) => {
      const tensor = tensorOf(call, call.operand(0));
      return tensor?.shape.dims?.length === 1 ? likeFirst('float')(call) : unknown();
    },
  ],
  // Along axes.
  sum: [`a, ${reductionTail}`, reduction('sum')],
  prod: [`a, ${reductionTail}`, reduction('prod')],
  product: [`a, ${reductionTail}`, reduction('prod')],
  nansum: [`a, ${reductionTail}`, reduction('sum')],
  nanprod: [`a, ${reductionTail}`, reduction('prod')],
  mean: ['a, axis=None, dtype=None, out=None, keepdims=False, *, where=True', reduction('mean')],
  nanmean: ['a, axis=None, dtype=None, out=None, keepdims=False, *, where=True', reduction('mean')],
  average: ['a, axis=None, weights=None, returned=False, *, keepdims=False', averageOperation],
  median: ['a, axis=None, out=None, overwrite_input=False, keepdims=False', reduction('median')],
  nanmedian: ['a, axis=None, out=None, overwrite_input=False, keepdims=False', reduction('median')],
  std: ['a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0', deviation('std')],
  var: ['a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0', deviation('var')],
  nanstd: ['a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0', deviation('std')],
  nanvar: ['a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None, correction=0', deviation('var')],
  max: [`a, ${plainTail}`, reduction('max')],
  amax: [`a, ${plainTail}`, reduction('max')],
  nanmax: [`a, ${plainTail}`, reduction('max')],
  min: [`a, ${plainTail}`, reduction('min')],
  amin: [`a, ${plainTail}`, reduction('min')],
  nanmin: [`a, ${plainTail}`, reduction('min')],
  ptp: ['a, axis=None, out=None, keepdims=False', reduction('ptp')],
  all: ['a, axis=None, out=None, keepdims=False, *, where=True', reduction('all')],
  any: ['a, axis=None, out=None, keepdims=False, *, where=True', reduction('any')],
  count_nonzero: ['a, axis=None, *, keepdims=False', reduction('count_nonzero')],
  argmax: ['a, axis=None, out=None, *, keepdims=False', argOperation('argmax')],
  argmin: ['a, axis=None, out=None, *, keepdims=False', argOperation('argmin')],
  nanargmax: ['a, axis=None, out=None, *, keepdims=False', argOperation('argmax')],
  percentile: ['a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None', percentileOperation],
  quantile: ['a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, *, weights=None', percentileOperation],
  cumsum: ['a, axis=None, dtype=None, out=None', alongOperation('cumsum')],
  cumprod: ['a, axis=None, dtype=None, out=None', alongOperation('cumprod')],
  sort: ['a, axis=-1, kind=None, order=None, *, stable=None', alongOperation('sort')],
  argsort: ['a, axis=-1, kind=None, order=None, *, stable=None', alongOperation('argsort')],
  partition: ['a, kth, axis=-1, kind="introselect", order=None', (call) => reordered(call, call.operand(0))],
  argpartition: ['a, kth, axis=-1, kind="introselect", order=None', likeFirst('int64')],
  diff: ['a, n=1, axis=-1, prepend=None, append=None', differenceOperation],
  trapz: ['y, x=None, dx=1.0, axis=-1', () => unknown()],
  trapezoid: ['y, x=None, dx=1.0, axis=-1', () => unknown()],
  // Moving elements.
  reshape: [
    'a, /, shape=None, order="C", *, newshape=None, copy=None',
    (call) => (call.argument('newshape').kind === 'none' ? reshapeOperation(call) : reshape(call, call.operand(0), call.argument('newshape'))),
  ],
  ravel: ['a, order="C"', (call) => flatten(call, call.operand(0), true)],
  transpose: ['a, axes=None', transposeOperation],
  permute_dims: ['a, axes=None', transposeOperation],
  swapaxes: ['a, axis1, axis2', swapOperation],
  moveaxis: ['a, source, destination', moveAxisOperation],
  rollaxis: [
    'a, axis, start=0',
    (call) => {
      const tensor = tensorOf(call, call.operand(0));
      return tensor?.shape.dims === undefined ? unknown() : makeArray({ ...tensor, cls: call.cls, shape: shapeOfRank(tensor.shape.dims.length) });
    },
  ],
  expand_dims: ['a, axis', expandOperation],
  squeeze: ['a, axis=None', squeezeOperation],
  broadcast_to: ['array, shape, subok=False', broadcastToOperation],
  broadcast_shapes: ['*args', broadcastShapesOperation],
  broadcast_arrays: [
    '*args, subok=False',
    (call) => {
      const result = broadcasting(
        call,
        call.args.rest.map((argument) => argument.value),
        undefined,
      );
      return result.kind !== 'tensor'
        ? unknown()
        : tuple(call.args.rest.map((argument) => ({ ...result, dtype: tensorOf(call, argument.value)?.dtype })));
    },
  ],
  tile: ['A, reps', tileOperation],
  repeat: ['a, repeats, axis=None', repeatOperation],
  flip: ['m, axis=None', flipOperation],
  fliplr: ['m', (call) => flip(call, call.operand(0), [1])],
  flipud: ['m', (call) => flip(call, call.operand(0), [0])],
  roll: ['a, shift, axis=None', rollOperation],
  rot90: ['m, k=1, axes=(0, 1)', rotateOperation],
  pad: ['array, pad_width, mode="constant", **kwargs', padOperation],
  append: ['arr, values, axis=None', appendOperation],
  insert: ['arr, obj, values, axis=None', resizedOperation],
  delete: ['arr, obj, axis=None', resizedOperation],
  resize: [
    'a, new_shape',
    (call) => {
      const tensor = tensorOf(call, call.operand(0));
      return makeArray({
        cls: call.cls,
        shape: { dims: sizesFromValue(call.interpreter, call.operand(1)) },
        dtype: tensor?.dtype,
        range: tensor?.range,
      });
    },
  ],
  atleast_1d: ['*arys', atLeast(1)],
  atleast_2d: ['*arys', atLeast(2)],
  atleast_3d: ['*arys', atLeast(3)],
  // Joining and splitting.
  concatenate: ['arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind"', concatOperation],
  concat: ['arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind"', concatOperation],
  stack: ['arrays, axis=0, out=None, *, dtype=None, casting="same_kind"', stackOperation],
  vstack: ['tup, *, dtype=None, casting="same_kind"', stackAsOperation('vertical')],
  row_stack: ['tup, *, dtype=None, casting="same_kind"', stackAsOperation('vertical')],
  hstack: ['tup, *, dtype=None, casting="same_kind"', stackAsOperation('horizontal')],
  dstack: ['tup', stackAsOperation('depth')],
  column_stack: ['tup', stackAsOperation('columns')],
  split: ['ary, indices_or_sections, axis=0', splitOperation('cuts')],
  array_split: ['ary, indices_or_sections, axis=0', splitOperation('cuts', true)],
  vsplit: ['ary, indices_or_sections, axis=0', splitOperation('cuts')],
  hsplit: ['ary, indices_or_sections, axis=1', splitOperation('cuts')],
  // Looking up.
  take: ['a, indices, axis=None, out=None, mode="raise"', gatherOperation({ countsFromEnd: true })],
  take_along_axis: ['arr, indices, axis=-1', takeAlongOperation],
  nonzero: ['a', nonzeroOperation('tuple')],
  argwhere: ['a', argwhereOperation],
  flatnonzero: ['a', nonzeroOperation('flat')],
  unique: ['ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True', uniqueOperation],
  bincount: ['x, /, weights=None, minlength=0', binCountOperation],
  digitize: ['x, bins, right=False', digitizeOperation],
  searchsorted: [
    'a, v, side="left", sorter=None',
    (call) => {
      const tensor = tensorOf(call, call.operand(1));
      return tensor === undefined ? unknown() : makeArray({ cls: call.cls, shape: tensor.shape, dtype: 'int64' });
    },
  ],
  histogram: [
    'a, bins=10, range=None, density=None, weights=None',
    (call) => {
      const bins = dimFromValue(call.operand(1));
      return tuple([vector(call, bins, undefined), vector(call, bins !== undefined && isKnown(bins) ? bins + 1 : undefined, 'float64')]);
    },
  ],
  unravel_index: [
    'indices, shape, order="C"',
    (call) => {
      const sizes = sizesFromValue(call.interpreter, call.operand(1));
      const tensor = tensorOf(call, call.operand(0));
      return sizes === undefined || tensor === undefined
        ? unknown()
        : tuple(sizes.map(() => makeArray({ cls: call.cls, shape: tensor.shape, dtype: 'int64' })));
    },
  ],
  ix_: [
    '*args',
    (call) => {
      const count = call.args.rest.length;
      return tuple(
        call.args.rest.map((argument, at) => {
          const tensor = tensorOf(call, argument.value);
          return tensor === undefined
            ? unknown()
            : makeArray({
                cls: call.cls,
                shape: { dims: Array.from({ length: count }, (_, axis) => (axis === at ? (tensor.shape.dims?.[0] ?? unknownDim()) : 1)) },
                dtype: 'int64',
                range: tensor.range,
                elements: elementsOf(tensor),
              });
        }),
      );
    },
  ],
  union1d: ['ar1, ar2', (call) => vector(call, undefined, undefined)],
  intersect1d: ['ar1, ar2, assume_unique=False, return_indices=False', () => unknown()],
  setdiff1d: ['ar1, ar2, assume_unique=False', (call) => vector(call, undefined, undefined)],
  tril: ['m, k=0', triangleOperation('lower')],
  triu: ['m, k=0', triangleOperation('upper')],
  tril_indices: ['n, k=0, m=None', () => unknown()],
  triu_indices: ['n, k=0, m=None', () => unknown()],
  // Products.
  matmul: ['x1, x2, /, out=None, *, dtype=None, **kwargs', matmulOperation],
  dot: ['a, b, out=None', dotOperation],
  inner: [
    'a, b, /',
    (call) => {
      const other = tensorOf(call, call.operand(1));
      return other?.shape.dims?.length === 1 ? dotOperation(call) : unknown();
    },
  ],
  vdot: [
    'a, b, /',
    (call) =>
      makeArray({
        cls: call.cls,
        shape: shapeOf(),
        dtype: call.library.promote(tensorOf(call, call.operand(0))?.dtype, tensorOf(call, call.operand(1))?.dtype),
      }),
  ],
  tensordot: ['a, b, axes=2', tensordotOperation],
  einsum: ['subscripts, *operands, out=None, optimize=False, **kwargs', einsumOperation],
  outer: ['a, b, out=None', outerOperation],
  cross: ['a, b, axisa=-1, axisb=-1, axisc=-1, axis=None', (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'promoted')],
  kron: ['a, b', () => unknown()],
  trace: ['a, offset=0, axis1=0, axis2=1, dtype=None, out=None', () => unknown()],
  convolve: ['a, v, mode="full"', () => unknown()],
  cov: ['m, *args, **kwargs', () => unknown()],
  corrcoef: ['x, *args, **kwargs', () => unknown()],
  // Asking.
  shape: ['a', shapeOperation],
  size: ['a, axis=None', sizeOperation],
  ndim: ['a', ndimOperation],
  isscalar: ['element', isScalarOperation],
  allclose: ['a, b, rtol=1e-05, atol=1e-08, equal_nan=False', sameElementsOperation],
  array_equal: ['a1, a2, equal_nan=False', sameElementsOperation],
  may_share_memory: ['a, b, /, max_work=0', () => unknown(undefined, 'bool')],
};

function frombufferLength(call: ArrayCall): Dim | undefined {
  const count = dimFromValue(call.argument('count'));
  return count === undefined || count === -1 ? undefined : count;
}

/** Functions whose effect is none, and that give nothing. */
export const silentNames = [
  'set_printoptions',
  'seterr',
  'savetxt',
  'save',
  'savez',
  'savez_compressed',
  'copyto',
  'put',
  'fill_diagonal',
  'disp',
] as const;

export const functionMembers: Readonly<Record<string, Value>> = arrayFunctions(numpyLibrary, declarations);
