// Operations that take axes away or run along one: sums, means, extremes, norms, cumulative sums, softmax. Results with several parts are
// named tuples. Types and refusals as PyTorch 2.13. It must not know modules.
import { type Dim, isKnown, subtractDims } from '../../../tensors/dim.ts';
import { type DType, dtypeCategory } from '../../../tensors/dtype.ts';
import { argmaxRange, rangeBetween, softmaxRange } from '../../../tensors/range.ts';
import { reduceShape, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import { withOperationAxis } from '../../../values/provenance.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { tuple, unknown } from '../../../values/value.ts';
import { elementsOf, knownSizes, lanesOf, makeArray, numberFromValue } from '../../arrays/contents.ts';
import { castArray, numbersFromValue, tensorOf } from '../../arrays/conversion.ts';
import { binary } from '../../arrays/elementwise.ts';
import { type ArrayCall, type ArrayContext, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { along, argExtremum, type Axes, keepsDims, reduce, type ReductionFacts, type ReductionName } from '../../arrays/reductions.ts';
import { declareOperations, dtypeArgument } from '../library.ts';
import { unlessSupported } from './elementwise.ts';
import { axisOf, isFractional, namedResult, onTensor, partRange, realType, refuseType, resultOf, unlessFractional } from './support.ts';

/** Axes of a reduction: None and an empty tuple mean all of them; of a tensor without axes 0 and -1 are its whole. */
export function reducedAxes(call: ArrayCall, tensor: TensorValue, name = 'dim'): Axes {
  const value = call.argument(name);
  if (value.kind === 'none') return 'all';
  const axes = numbersFromValue(call.interpreter, value);
  if (axes === undefined) return undefined;
  if (axes.length === 0) return 'all';
  return tensor.shape.dims?.length === 0 && axes.length === 1 && (axes[0] === 0 || axes[0] === -1) ? 'all' : axes;
}

function factsOf(call: ArrayCall, tensor: TensorValue): ReductionFacts {
  return { axes: reducedAxes(call, tensor), keepdims: keepsDims(call), dtype: dtypeArgument(call.argument('dtype')) };
}

/** The reduced shape, or the refusal. */
function shapeAfter(
  call: ArrayCall,
  tensor: TensorValue,
  axes: Axes,
  keeps: boolean | undefined,
): { readonly shape: Shape } | { readonly failed: Value } {
  if (axes === undefined) return { shape: unknownShape };
  const result = reduceShape(tensor.shape, axes === 'all' ? undefined : axes, keeps ?? false);
  if (!result.ok) return { failed: refuseConflict(call, result.reason, [tensor.shape]) };
  return { shape: keeps === undefined ? unknownShape : result.shape };
}

function reduction(name: ReductionName, takes: 'all' | 'fractional' | 'one axis' = 'all'): ArrayOperation {
  return onTensor((call, tensor) => {
    const facts = factsOf(call, tensor);
    const dim = call.argument('dim');
    if (takes === 'one axis' && (dim.kind === 'tuple' || dim.kind === 'list'))
      return refuse(call, 'invalid-argument', message('{operation}: dim must be one axis', { operation: call.name }), undefined, 'TypeError');
    if (name === 'max' || name === 'min') {
      const failed = refuseEmpty(call, tensor, facts.axes);
      if (failed !== undefined) return failed;
    }
    if (takes === 'fractional' && facts.dtype !== undefined && !isFractional(facts.dtype))
      return refuseType(call, { ...tensor, dtype: facts.dtype }, message('a floating-point or complex type'), undefined);
    if (takes === 'fractional' && facts.dtype === undefined && call.argument('dtype').kind === 'none') {
      const failed = unlessFractional(call, tensor);
      if (failed !== undefined) return failed;
    }
    return reduce(call, name, facts.dtype === undefined ? tensor : castArray(tensor, facts.dtype), facts);
  });
}

/** `all` and `any` of bytes are bytes. */
function truth(name: 'all' | 'any'): ArrayOperation {
  return onTensor((call, tensor) => {
    const result = reduce(call, name, tensor, factsOf(call, tensor));
    return tensor.dtype === 'uint8' && result.kind === 'tensor' ? castArray(result, 'uint8') : result;
  });
}

/** There is no largest of no elements: along the axes, or of all. */
function refuseEmpty(call: ArrayCall, tensor: TensorValue, axes: Axes): Value | undefined {
  const dims = tensor.shape.dims;
  const reduced = dims === undefined || axes === undefined ? [] : axes === 'all' ? dims : axes.map((axis) => dims.at(axis) ?? 1);
  return reduced.includes(0)
    ? refuse(
        call,
        'shape-mismatch',
        message('{operation}: there are no elements along the axis', { operation: call.name }),
        undefined,
        axes === 'all' ? 'RuntimeError' : 'IndexError',
      )
    : undefined;
}

const pairFields = ['values', 'indices'] as const;

/** Values along an axis with their positions; the axis goes unless it is kept. `keep`: the result's size of the axis. */
export function withPositions(call: ArrayCall, tensor: TensorValue, name: string, values: Value, shape: Shape, size: Dim | undefined): Value {
  return namedResult(name, pairFields, [
    values,
    makeArray({
      cls: call.cls,
      shape,
      dtype: 'int64',
      origin: tensor.origin,
      range: argmaxRange(typeof size === 'number' ? size : undefined),
    }),
  ]);
}

/** `max(input)`, `max(input, other)`, `max(input, dim, keepdim=False)`. */
function extreme(name: 'max' | 'min'): ArrayOperation {
  return onTensor((call, tensor) => {
    const second = call.argument('dim');
    const other = call.argument('other');
    if (other.kind !== 'none') return binary(call, name === 'max' ? 'maximum' : 'minimum', tensor, other);
    if (second.kind === 'tensor') return binary(call, name === 'max' ? 'maximum' : 'minimum', tensor, second);
    const empty = refuseEmpty(call, tensor, reducedAxes(call, tensor));
    if (empty !== undefined) return empty;
    if (second.kind === 'none') return reduce(call, name, tensor, { axes: 'all', keepdims: false });
    if (second.kind === 'unknown' && second.typeName !== 'int') return unknown();
    if (tensor.dtype !== undefined && dtypeCategory(tensor.dtype) === 'complex') return refuseType(call, tensor, message('a real tensor'), undefined);
    const axis = axisOf(call, tensor, second);
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    const facts: ReductionFacts = { axes: reducedAxes(call, tensor), keepdims: keepsDims(call) };
    const values = reduce(call, name, tensor, facts);
    const places = argExtremum(call, name === 'max' ? 'argmax' : 'argmin', tensor, facts);
    return namedResult(name, pairFields, [values, places]);
  });
}

function argument(name: 'argmax' | 'argmin'): ArrayOperation {
  return onTensor((call, tensor) => {
    if (tensor.dtype === 'bool' || (tensor.dtype !== undefined && dtypeCategory(tensor.dtype) === 'complex'))
      return refuseType(call, tensor, message('a tensor of real numbers'), undefined);
    return (
      refuseEmpty(call, tensor, reducedAxes(call, tensor)) ??
      argExtremum(call, name, tensor, { axes: reducedAxes(call, tensor), keepdims: keepsDims(call) })
    );
  });
}

/** Medians and modes are elements; with an axis their positions come along. */
function chosenElement(name: string, without: 'whole' | 'last axis'): ArrayOperation {
  return onTensor((call, tensor) => {
    const dim = call.argument('dim');
    const unsupported = unlessSupported(call, tensor, name === 'mode' ? ['complex'] : ['bool', 'complex'], undefined);
    if (unsupported !== undefined) return unsupported;
    const asked = dim.kind === 'none' && without === 'last axis' ? ({ kind: 'int', value: -1 } as const) : dim;
    const middle = (shape: Shape): Value => resultOf(call, tensor, shape, { range: partRange(tensor) });
    if (asked.kind === 'none') return middle({ dims: [] });
    const axis = axisOf(call, tensor, asked);
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    const empty = axis === undefined || tensor.shape.dims?.length === 0 ? undefined : refuseEmpty(call, tensor, [axis.at]);
    if (empty !== undefined) return empty;
    const keeps = keepsDims(call);
    const shape =
      axis === undefined || keeps === undefined
        ? { shape: unknownShape }
        : tensor.shape.dims?.length === 0
          ? { shape: tensor.shape }
          : shapeAfter(call, tensor, [axis.at], keeps);
    if ('failed' in shape) return shape.failed;
    return withPositions(call, tensor, name, middle(shape.shape), shape.shape, axis === undefined ? undefined : tensor.shape.dims?.[axis.at]);
  });
}

/** Standard deviations and variances: with PyTorch's correction they are not bounded by the width of the data alone. */
function spread(name: 'std' | 'var', withMean = false): ArrayOperation {
  return onTensor((call, given) => {
    const failed = unlessFractional(call, given);
    if (failed !== undefined) return failed;
    const tensor =
      given.dtype === undefined || dtypeCategory(given.dtype) !== 'complex'
        ? given
        : makeArray({ ...given, dtype: realType(given.dtype), range: undefined });
    // `std(x, False)` is the old `unbiased`.
    const dim = call.argument('dim');
    const axes: Axes = dim.kind === 'bool' ? 'all' : reducedAxes(call, tensor);
    const keepdims = keepsDims(call);
    const result = reduce(call, name, tensor, { axes, keepdims });
    const deviation =
      result.kind === 'tensor'
        ? makeArray({
            cls: result.cls,
            shape: result.shape,
            dtype: result.dtype,
            origin: result.origin,
            range: rangeBetween(0, Number.POSITIVE_INFINITY),
          })
        : result;
    return withMean ? tuple([deviation, reduce(call, 'mean', given, { axes, keepdims })]) : deviation;
  });
}

const normOperation: ArrayOperation = onTensor((call, tensor) => {
  const asked = dtypeArgument(call.argument('dtype'));
  const failed = asked === undefined && call.argument('dtype').kind === 'none' ? unlessFractional(call, tensor) : undefined;
  if (failed !== undefined) return failed;
  const result = reduce(call, 'norm', tensor, { axes: reducedAxes(call, tensor), keepdims: keepsDims(call) });
  const p = call.argument('p');
  if (result.kind !== 'tensor') return result;
  const isPlain = p.kind === 'none' || (p.kind === 'str' && p.value === 'fro') || numberFromValue(p) === 2;
  const dtype = realType(asked ?? tensor.dtype);
  return isPlain && dtype === result.dtype
    ? result
    : makeArray({ cls: result.cls, shape: result.shape, dtype, origin: result.origin, range: rangeBetween(0, Number.POSITIVE_INFINITY) });
});

const quantile: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.dtype !== undefined && tensor.dtype !== 'float32' && tensor.dtype !== 'float64')
    return refuseType(call, tensor, message('a tensor of type float32 or float64'), undefined);
  const points = tensorOf(call, call.operand(1));
  if (call.operand(1).kind === 'tensor' && points?.dtype !== undefined && tensor.dtype !== undefined && points.dtype !== tensor.dtype)
    return refuseType(call, points, message('the type {type} of the input', { type: tensor.dtype }), undefined);
  const shape = shapeAfter(call, tensor, reducedAxes(call, tensor), keepsDims(call));
  if ('failed' in shape) return shape.failed;
  const front = call.operand(1).kind === 'float' || call.operand(1).kind === 'int' ? [] : points?.shape.dims;
  if (front !== undefined && front.length > 1)
    return refuse(call, 'shape-mismatch', message('{operation}: q must be a number or a tensor with one axis', { operation: call.name }));
  return resultOf(call, tensor, front === undefined || shape.shape.dims === undefined ? unknownShape : { dims: [...front, ...shape.shape.dims] }, {
    range: partRange(tensor),
  });
});

/** Both ends at once. */
const bothEnds: ArrayOperation = onTensor((call, tensor) => {
  const facts: ReductionFacts = { axes: reducedAxes(call, tensor), keepdims: keepsDims(call) };
  const empty = refuseEmpty(call, tensor, facts.axes);
  if (empty !== undefined) return empty;
  return namedResult('aminmax', ['min', 'max'], [reduce(call, 'min', tensor, facts), reduce(call, 'max', tensor, facts)]);
});

const logSumExp: ArrayOperation = onTensor((call, tensor) =>
  reduce(call, 'logsumexp', tensor.dtype !== undefined && !isFractional(tensor.dtype) ? castArray(tensor, 'float32') : tensor, factsOf(call, tensor)),
);

const countNonzero: ArrayOperation = onTensor((call, tensor) =>
  reduce(call, 'count_nonzero', tensor, { axes: reducedAxes(call, tensor), keepdims: false }),
);

// ---- Along an axis.

function running(name: 'cumsum' | 'cumprod'): ArrayOperation {
  return onTensor((call, tensor) => {
    const axis = axisOf(call, tensor, call.argument('dim'));
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    const dtype = dtypeArgument(call.argument('dtype'));
    const result =
      tensor.shape.dims?.length === 0
        ? reduce(call, 'sum', tensor, { axes: 'all', keepdims: false })
        : along(call, name, tensor, call.argument('dim'));
    return dtype !== undefined && result.kind === 'tensor' ? castArray(result, dtype) : result;
  });
}

/** Keeps the shape and the type. */
function keeping(range: 'part' | 'none'): ArrayOperation {
  return onTensor((call, tensor) => {
    const axis = axisOf(call, tensor, call.argument('dim'));
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    return unlessFractional(call, tensor) ?? resultOf(call, tensor, tensor.shape, range === 'part' ? { range: partRange(tensor) } : {});
  });
}

function runningExtreme(name: string): ArrayOperation {
  return onTensor((call, tensor) => {
    if (tensor.shape.dims?.includes(0)) return withPositions(call, tensor, name, tensor, tensor.shape, undefined);
    const axis = axisOf(call, tensor, call.argument('dim'));
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    return withPositions(
      call,
      tensor,
      name,
      resultOf(call, tensor, tensor.shape, { range: partRange(tensor) }),
      tensor.shape,
      axis === undefined ? undefined : tensor.shape.dims?.[axis.at],
    );
  });
}

/** Probabilities along an axis, or their logarithms. */
export function softmaxAlong(context: ArrayContext, tensor: TensorValue, dim: Value, dtype: DType | undefined, logarithm: boolean): Value {
  const axis = dim.kind === 'none' ? undefined : axisOf(context, tensor, dim);
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (dtype === undefined && tensor.dtype !== undefined && !isFractional(tensor.dtype)) return refuseType(context, tensor, message('a floating-point tensor'));
  const result = resultOf(context, tensor, tensor.shape, {
    dtype: dtype ?? tensor.dtype,
    range: logarithm ? rangeBetween(Number.NEGATIVE_INFINITY, 0) : softmaxRange(),
  });
  return result.kind === 'tensor' ? withOperationAxis(result, axis?.at) : result;
}
const softmax = (logarithm: boolean): ArrayOperation =>
  onTensor((call, tensor) => softmaxAlong(call, tensor, call.argument('dim'), dtypeArgument(call.argument('dtype')), logarithm));

const difference: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  const dims = tensor.shape.dims;
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (dims?.length === 0)
    return refuse(call, 'shape-mismatch', message('{operation}: expects a tensor with at least one axis', { operation: call.name }));
  const count = numberFromValue(call.argument('n'));
  const ends = ['prepend', 'append'].map((name) => call.argument(name));
  if (axis === undefined || dims === undefined || count === undefined || ends.some((end) => end.kind !== 'none')) {
    return resultOf(call, tensor, dims === undefined ? unknownShape : { dims: undefined }, { dtype: tensor.dtype });
  }
  const size = dims[axis.at];
  if (size === undefined || !isKnown(size)) return resultOf(call, tensor, unknownShape);
  return resultOf(
    call,
    tensor,
    { dims: dims.with(axis.at, Math.max(0, size - count)) },
    { elements: axis.at === dims.length - 1 ? differencesOf(tensor, axis.at, count) : undefined },
  );
});

/** What each element along the last axis is more than the one before, so many times over. */
function differencesOf(tensor: TensorValue, axis: number, count: number): readonly Dim[] | undefined {
  const [elements, sizes] = [elementsOf(tensor), knownSizes(tensor.shape)];
  if (elements === undefined || sizes === undefined || tensor.dtype === 'bool') return undefined;
  const results: Dim[] = [];
  for (const lane of lanesOf(sizes, [axis])) {
    let row = lane.map((position) => elements[position] ?? Number.NaN);
    for (let times = 0; times < count; times += 1) row = row.slice(1).map((element, at) => subtractDims(element, row[at] ?? Number.NaN));
    results.push(...row);
  }
  return results.some((element) => Number.isNaN(element)) ? undefined : results;
}

/** The area under points: the axis goes. */
const area: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const dims = tensor.shape.dims;
  if (dims?.length === 0)
    return refuse(
      call,
      'invalid-axis',
      message('{operation}: expects a tensor with at least one axis', { operation: call.name }),
      undefined,
      'IndexError',
    );
  if (axis === undefined || dims === undefined || call.argument('x').kind !== 'none')
    return resultOf(call, tensor, unknownShape, { dtype: undefined });
  return resultOf(
    call,
    tensor,
    { dims: dims.toSpliced(axis.at, 1) },
    { dtype: tensor.dtype === undefined || isFractional(tensor.dtype) || dims[axis.at] === 0 ? tensor.dtype : 'float32' },
  );
});

const tail = 'dim=None, keepdim=False, *, dtype=None, out=None';
declareOperations({
  sum: [`input, ${tail}`, reduction('sum')],
  nansum: [`input, ${tail}`, reduction('sum')],
  prod: [`input, ${tail}`, reduction('prod', 'one axis')],
  mean: [`input, ${tail}`, reduction('mean', 'fractional')],
  nanmean: [`input, ${tail}`, reduction('mean', 'fractional')],
  amax: ['input, dim=(), keepdim=False, *, out=None', reduction('max')],
  amin: ['input, dim=(), keepdim=False, *, out=None', reduction('min')],
  aminmax: ['input, *, dim=None, keepdim=False, out=None', bothEnds],
  all: ['input, dim=None, keepdim=False, *, out=None', truth('all')],
  any: ['input, dim=None, keepdim=False, *, out=None', truth('any')],
  max: ['input, dim=None, keepdim=False, *, other=None, out=None', extreme('max')],
  min: ['input, dim=None, keepdim=False, *, other=None, out=None', extreme('min')],
  argmax: ['input, dim=None, keepdim=False', argument('argmax')],
  argmin: ['input, dim=None, keepdim=False', argument('argmin')],
  median: ['input, dim=None, keepdim=False, *, out=None', chosenElement('median', 'whole')],
  nanmedian: ['input, dim=None, keepdim=False, *, out=None', chosenElement('nanmedian', 'whole')],
  mode: ['input, dim=-1, keepdim=False, *, out=None', chosenElement('mode', 'last axis')],
  std: ['input, dim=None, unbiased=True, keepdim=False, *, correction=1, out=None', spread('std')],
  var: ['input, dim=None, unbiased=True, keepdim=False, *, correction=1, out=None', spread('var')],
  logsumexp: ['input, dim, keepdim=False, *, out=None', logSumExp],
  norm: ['input, p="fro", dim=None, keepdim=False, out=None, dtype=None', normOperation],
  quantile: ['input, q, dim=None, keepdim=False, *, interpolation="linear", out=None', quantile],
  nanquantile: ['input, q, dim=None, keepdim=False, *, interpolation="linear", out=None', quantile],
  count_nonzero: ['input, dim=None', countNonzero],
  cummax: ['input, dim, *, out=None', runningExtreme('cummax')],
  cummin: ['input, dim, *, out=None', runningExtreme('cummin')],
  logcumsumexp: ['input, dim, *, out=None', keeping('none')],
  softmax: ['input, dim, dtype=None, *, out=None', softmax(false)],
  log_softmax: ['input, dim, dtype=None, *, out=None', softmax(true)],
  diff: ['input, n=1, dim=-1, prepend=None, append=None, *, out=None', difference],
  renorm: ['input, p, dim, maxnorm, *, out=None', keeping('none')],
});
declareOperations(
  { cumsum: ['input, dim, *, dtype=None, out=None', running('cumsum')], cumprod: ['input, dim, *, dtype=None, out=None', running('cumprod')] },
  { inPlace: true },
);
declareOperations(
  {
    std_mean: ['input, dim=None, unbiased=True, keepdim=False, *, correction=1, out=None', spread('std', true)],
    var_mean: ['input, dim=None, unbiased=True, keepdim=False, *, correction=1, out=None', spread('var', true)],
    trapezoid: ['y, x=None, *, dx=None, dim=-1', area],
    trapz: ['y, x=None, *, dx=None, dim=-1', area],
  },
  { method: false },
);
