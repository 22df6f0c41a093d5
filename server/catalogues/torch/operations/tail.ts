// Operations that few programs use: scatters of slices, special functions, copies of views, and functions that are methods in place.
// It must not know modules.
import { type Dim, isKnown, subtractDims, unknownDim } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import type { Value } from '../../../values/value.ts';
import { tuple, unknown } from '../../../values/value.ts';
import { dimFromValue, makeArray } from '../../arrays/contents.ts';
import { numbersFromValue, sizesFromValue } from '../../arrays/conversion.ts';
import { broadcasting } from '../../arrays/elementwise.ts';
import type { ArrayOperation } from '../../arrays/library.ts';
import { declareAliases, declareOperations, declareSubmodule } from '../library.ts';
import { axisOf, isFractional, namedResult, onTensor, rankOf, resultOf, tensorAt } from './support.ts';

/** The same shape; of the elements nothing is known. */
const likeInput: ArrayOperation = onTensor((call, tensor) => resultOf(call, tensor, tensor.shape));
const floatLikeInput: ArrayOperation = onTensor((call, tensor) =>
  resultOf(call, tensor, tensor.shape, { dtype: tensor.dtype === undefined || isFractional(tensor.dtype) ? tensor.dtype : 'float32' }),
);
const floatPair: ArrayOperation = (call) => {
  const result = broadcasting(call, [call.operand(0), call.operand(1)], 'promoted');
  return result.kind === 'tensor' && result.dtype !== undefined && !isFractional(result.dtype) ? makeArray({ ...result, dtype: 'float32' }) : result;
};
/** `polygamma(n, input)`: as a function the tensor is the second. */
const second: ArrayOperation = (call) => {
  const tensor = tensorAt(call, 1);
  return tensor === undefined
    ? unknown()
    : resultOf(call, tensor, tensor.shape, { dtype: tensor.dtype === undefined || isFractional(tensor.dtype) ? tensor.dtype : 'float32' });
};

const strided: ArrayOperation = onTensor((call, tensor) => {
  const sizes = sizesFromValue(call.interpreter, call.argument('size'));
  return resultOf(call, tensor, sizes === undefined ? unknownShape : { dims: sizes }, {
    range: tensor.range === undefined ? undefined : { ...tensor.range, attained: false },
  });
});
const mantissa: ArrayOperation = onTensor((call, tensor) =>
  namedResult(
    'frexp',
    ['mantissa', 'exponent'],
    [resultOf(call, tensor, tensor.shape, { range: rangeBetween(-1, 1) }), resultOf(call, tensor, tensor.shape, { dtype: 'int32' })],
  ),
);
const runningArea: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const dims = tensor.shape.dims;
  const size: Dim | undefined = axis === undefined ? undefined : dims?.[axis.at];
  return resultOf(
    call,
    tensor,
    axis === undefined || dims === undefined || size === undefined
      ? unknownShape
      : { dims: dims.with(axis.at, isKnown(size) ? Math.max(0, size - 1) : subtractDims(size, 1)) },
    { dtype: undefined },
  );
});
const gradient: ArrayOperation = onTensor((call, tensor) => {
  const dim = call.argument('dim');
  const axes =
    dim.kind === 'none'
      ? rankOf(tensor) === undefined
        ? undefined
        : Array.from({ length: rankOf(tensor) ?? 0 }, (_, at) => at)
      : numbersFromValue(call.interpreter, dim);
  return axes === undefined
    ? unknown(undefined, 'tuple')
    : tuple(
        axes.map(() =>
          resultOf(call, tensor, tensor.shape, { dtype: tensor.dtype === undefined || isFractional(tensor.dtype) ? tensor.dtype : 'float32' }),
        ),
      );
});
const histogram: ArrayOperation = onTensor((call, tensor) => {
  const bins = dimFromValue(call.argument('bins'));
  const size = bins ?? unknownDim();
  return namedResult(
    'histogram',
    ['hist', 'bin_edges'],
    [
      resultOf(call, tensor, shapeOf(size), { range: rangeBetween(0, Number.POSITIVE_INFINITY) }),
      resultOf(call, tensor, isKnown(size) ? shapeOf(size + 1) : shapeOfRank(1)),
    ],
  );
});
const unravel: ArrayOperation = (call) => {
  const tensor = tensorAt(call, 0);
  const sizes = sizesFromValue(call.interpreter, call.argument('shape'));
  return tensor === undefined || sizes === undefined
    ? unknown(undefined, 'tuple')
    : tuple(
        sizes.map(
          (size): Value =>
            resultOf(call, tensor, tensor.shape, {
              dtype: 'int64',
              range: rangeBetween(0, typeof size === 'number' ? Math.max(0, size - 1) : Number.POSITIVE_INFINITY, { integral: true }),
            }),
        ),
      );
};

declareOperations({
  diagonal_scatter: ['input, src, offset=0, dim1=0, dim2=1', likeInput],
  select_scatter: ['input, src, dim, index', likeInput],
  slice_scatter: ['input, src, dim=0, start=None, end=None, step=1', likeInput],
  as_strided_scatter: ['input, src, size, stride, storage_offset=None', likeInput],
  as_strided: ['input, size, stride, storage_offset=None', strided],
  frexp: ['input, *, out=None', mantissa],
  histogram: ['input, bins, *, range=None, weight=None, density=False, out=None', histogram],
  cholesky_solve: ['B, L, upper=False, *, out=None', likeInput],
});
declareOperations(
  {
    put: ['input, index, source, accumulate=False', likeInput],
    igamma: ['input, other, *, out=None', floatPair],
    igammac: ['input, other, *, out=None', floatPair],
  },
  { inPlace: true },
);
declareOperations(
  {
    polygamma: ['input, n', floatLikeInput],
    map_: ['input, tensor, callable', onTensor((_, tensor) => tensor)],
    chalf: ['input, memory_format=None', onTensor((call, tensor) => resultOf(call, tensor, tensor.shape, { dtype: undefined }))],
  },
  { function: false },
);
declareOperations(
  {
    polygamma: ['n, input, *, out=None', second],
    cumulative_trapezoid: ['y, x=None, *, dx=None, dim=-1', runningArea],
    gradient: ['input, *, spacing=1, dim=None, edge_order=1', gradient],
    unravel_index: ['indices, shape', unravel],
  },
  { method: false },
);

const one = 'input, *, out=None',
  pair = 'input, other, *, out=None';
const bessel = [
  'i0e',
  'i1',
  'i1e',
  'bessel_j0',
  'bessel_j1',
  'bessel_y0',
  'bessel_y1',
  'erfcx',
  'log_ndtr',
  'ndtr',
  'ndtri',
  'entr',
  'airy_ai',
  'spherical_bessel_j0',
];
declareSubmodule('torch.special', {
  ...Object.fromEntries(bessel.map((name) => [name, [one, floatLikeInput] as const])),
  xlog1py: [pair, floatPair],
  zeta: [pair, floatPair],
  gammainc: [pair, floatPair],
  gammaincc: [pair, floatPair],
  multigammaln: ['input, p, *, out=None', floatLikeInput],
  polygamma: ['n, input, *, out=None', second],
});
declareAliases('torch.special', {
  expit: 'sigmoid',
  gammaln: 'lgamma',
  digamma: 'digamma',
  psi: 'digamma',
  erf: 'erf',
  erfc: 'erfc',
  erfinv: 'erfinv',
  exp2: 'exp2',
  expm1: 'expm1',
  i0: 'i0',
  log1p: 'log1p',
  log_softmax: 'log_softmax',
  softmax: 'softmax',
  logit: 'logit',
  logsumexp: 'logsumexp',
  round: 'round',
  sinc: 'sinc',
  xlogy: 'xlogy',
});
