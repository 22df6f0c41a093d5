// Order: sort, topk, kthvalue, argsort, distinct values. It must not know modules.
import { type Dim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { argmaxRange, rangeBetween } from '../../../tensors/range.ts';
import { shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { int, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue, makeArray } from '../../arrays/contents.ts';
import { type ArrayCall, type ArrayOperation, refuse } from '../../arrays/library.ts';
import { countsOf, distinct, distinctValues } from '../../arrays/lookup.ts';
import { along } from '../../arrays/reductions.ts';
import { flip } from '../../arrays/reshaping.ts';
import { declareOperations } from '../library.ts';
import { withPositions } from './reductions.ts';
import { axisOf, namedResult, onTensor, partRange, rankOf, refuseType, resultOf } from './support.ts';

function refuseComplex(call: ArrayCall, tensor: TensorValue): Value | undefined {
  return tensor.dtype?.startsWith('complex') ? refuseType(call, tensor, message('a real tensor'), undefined) : undefined;
}

/** Sorted values or positions along an axis, known where the elements are few. */
function ordered(call: ArrayCall, tensor: TensorValue, kind: 'sort' | 'argsort'): Value {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const descending = call.argument('descending');
  if (rankOf(tensor) === 0)
    return resultOf(call, tensor, tensor.shape, kind === 'sort' ? { range: tensor.range } : { dtype: 'int64', range: argmaxRange(1) });
  const isDown = descending.kind === 'bool' ? descending.value : descending.kind === 'none' ? false : undefined;
  const rising = along(call, kind, tensor, call.argument('dim'));
  if (isDown === false || rising.kind !== 'tensor') return rising;
  // Positions of equal elements are in another order when everything is turned round.
  if (isDown === undefined || kind === 'argsort' || axis === undefined) return makeArray({ ...rising });
  return flip(call, rising, [axis.at]);
}

const sort: ArrayOperation = onTensor((call, tensor) => {
  const failed = refuseComplex(call, tensor);
  if (failed !== undefined) return failed;
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  return namedResult('sort', ['values', 'indices'], [ordered(call, tensor, 'sort'), ordered(call, tensor, 'argsort')]);
});

const topk: ArrayOperation = onTensor((call, tensor) => {
  const failed = refuseComplex(call, tensor);
  if (failed !== undefined) return failed;
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const dims = tensor.shape.dims;
  const count: Dim = dimFromValue(call.argument('k')) ?? unknownDim();
  const size = axis === undefined ? undefined : (dims?.[axis.at] ?? 1);
  if (isKnown(count) && (count < 0 || (size !== undefined && isKnown(size) && count > size))) {
    return refuse(
      call,
      'index-range',
      message('{operation}: k={k} lies outside the {size} elements of the axis', {
        operation: call.name,
        k: count,
        size: typeof size === 'number' ? size : '?',
      }),
      undefined,
    );
  }
  const shape =
    axis === undefined || dims === undefined
      ? dims === undefined
        ? unknownShape
        : shapeOfRank(dims.length)
      : dims.length === 0
        ? tensor.shape
        : { dims: dims.with(axis.at, count) };
  return withPositions(call, tensor, 'topk', resultOf(call, tensor, shape, { range: partRange(tensor) }), shape, size);
});

const kthvalue: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const dims = tensor.shape.dims;
  const keeps = call.args.flag('keepdim');
  const count = dimFromValue(call.argument('k'));
  const size = axis === undefined ? undefined : (dims?.[axis.at] ?? 1);
  if (count !== undefined && isKnown(count) && (count < 1 || (size !== undefined && isKnown(size) && count > size))) {
    return refuse(
      call,
      'index-range',
      message('{operation}: k={k} lies outside the {size} elements of the axis', {
        operation: call.name,
        k: count,
        size: typeof size === 'number' ? size : '?',
      }),
      undefined,
    );
  }
  const shape =
    axis === undefined || dims === undefined || keeps === undefined
      ? unknownShape
      : dims.length === 0
        ? tensor.shape
        : { dims: keeps ? dims.with(axis.at, 1) : dims.toSpliced(axis.at, 1) };
  return withPositions(call, tensor, 'kthvalue', resultOf(call, tensor, shape, { range: partRange(tensor) }), shape, size);
});

/** Equal neighbours taken together. */
function runsOf(
  contents: readonly number[] | undefined,
): { readonly values: number[]; readonly counts: number[]; readonly positions: number[] } | undefined {
  if (contents === undefined) return undefined;
  const values: number[] = [],
    counts: number[] = [],
    positions: number[] = [];
  for (const element of contents) {
    const last = values.length - 1;
    if (last >= 0 && values[last] === element) counts[last] = (counts[last] ?? 0) + 1;
    else {
      values.push(element);
      counts.push(1);
    }
    positions.push(values.length - 1);
  }
  return { values, counts, positions };
}

/** Distinct values; along an axis the distinct slices. With positions and counts a tuple. */
function uniqueAs(neighbours: boolean): ArrayOperation {
  return onTensor((call, tensor) => {
    const failed = refuseComplex(call, tensor);
    if (failed !== undefined) return failed;
    const [inverse, counts] = [call.args.flag('return_inverse'), call.args.flag('return_counts')];
    const dim = call.argument('dim');
    const axis = dim.kind === 'none' ? undefined : axisOf(call, tensor, dim);
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    const dims = tensor.shape.dims;
    const whole = dim.kind === 'none';
    const runs = neighbours && whole ? runsOf(tensor.contents) : undefined;
    const found = !whole
      ? undefined
      : !neighbours
        ? distinct(call, tensor)
        : runs === undefined
          ? undefined
          : resultOf(call, tensor, shapeOf(runs.values.length), { range: tensor.range, elements: runs.values });
    const values =
      found ??
      resultOf(
        call,
        tensor,
        whole ? shapeOf(unknownDim()) : dims === undefined || axis === undefined ? unknownShape : { dims: dims.with(axis.at, unknownDim()) },
        { range: tensor.range },
      );
    if (inverse === undefined || counts === undefined) return unknown();
    if (!inverse && !counts) return values;
    const length = whole
      ? (values.shape.dims?.[0] ?? unknownDim())
      : axis === undefined
        ? unknownDim()
        : (values.shape.dims?.[axis.at] ?? unknownDim());
    const known = whole && !neighbours && tensor.contents !== undefined ? distinctValues(tensor) : undefined;
    const position = makeArray({
      cls: call.cls,
      dtype: 'int64',
      shape: whole ? tensor.shape : axis === undefined ? unknownShape : shapeOf(dims?.[axis.at] ?? unknownDim()),
      range: argmaxRange(isKnown(length) ? length : undefined),
      elements: runs?.positions ?? (known === undefined ? undefined : tensor.contents?.map((element) => known.indexOf(element))),
    });
    const count = makeArray({
      cls: call.cls,
      dtype: 'int64',
      shape: shapeOf(length),
      range: rangeBetween(1, Number.POSITIVE_INFINITY, { integral: true }),
      elements: runs?.counts ?? (known === undefined ? undefined : countsOf(tensor)),
    });
    return tuple([values, ...(inverse ? [position] : []), ...(counts ? [count] : [])]);
  });
}

const msort: ArrayOperation = onTensor((call, tensor) =>
  rankOf(tensor) === 0 ? resultOf(call, tensor, tensor.shape, { range: tensor.range }) : along(call, 'sort', tensor, int(0)),
);

declareOperations({
  sort: ['input, dim=-1, descending=False, stable=False, *, out=None', sort],
  argsort: [
    'input, dim=-1, descending=False, stable=False',
    onTensor((call, tensor) => refuseComplex(call, tensor) ?? ordered(call, tensor, 'argsort')),
  ],
  topk: ['input, k, dim=-1, largest=True, sorted=True, *, out=None', topk],
  kthvalue: ['input, k, dim=-1, keepdim=False, *, out=None', kthvalue],
  msort: ['input, *, out=None', msort],
  unique: ['input, sorted=True, return_inverse=False, return_counts=False, dim=None', uniqueAs(false)],
  unique_consecutive: ['input, return_inverse=False, return_counts=False, dim=None', uniqueAs(true)],
});
