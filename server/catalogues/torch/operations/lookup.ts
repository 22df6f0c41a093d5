// Reading and writing by position: gather, scatter, index_select and their kin, masks, positions of what is not zero, buckets, histograms.
// It must not know modules.
import { type Dim, compareDims, dimEquals, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { dtypeCategory, isInteger } from '../../../tensors/dtype.ts';
import { argmaxRange, booleanRange, liesWithin, rangeBetween, uniteRanges } from '../../../tensors/range.ts';
import { broadcastAll, elementCount, formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { dimFromValue, elementsOf, knownSizes, makeArray, numberFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { refuseRange } from '../../arrays/indexing.ts';
import { type ArrayCall, type ArrayContext, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { gather as gatherRows, positionsOfNonzero } from '../../arrays/lookup.ts';
import { declareOperations } from '../library.ts';
import { nonzeroTuple } from './elementwise.ts';
import { refuseTypes } from './products.ts';
import { axisOf, onTensor, partRange, rankOf, refuseRank, refuseType, resultOf, tensorAt } from './support.ts';

function refuseIndexType(call: ArrayContext, index: TensorValue | undefined, rank: number | undefined): Value | undefined {
  return index?.dtype !== undefined && index.dtype !== 'int64' && index.dtype !== 'int32'
    ? refuseType(call, index, message('positions of type int64'), rank)
    : undefined;
}

/** The tensor's elements together with others put among them. */
function withOthers(call: ArrayContext, tensor: TensorValue, others: Value): Value {
  const source = tensorOf(call, others);
  const range =
    tensor.range === undefined || source?.range === undefined ? undefined : { ...uniteRanges(tensor.range, source.range), attained: false };
  return resultOf(call, tensor, tensor.shape, { range });
}

/** Positions along one axis with the result's shape: every other axis of the positions is at most as long. */
function checkedPositions(
  call: ArrayCall,
  tensor: TensorValue,
  index: TensorValue,
  dim: Value,
  needsRoom: boolean,
): { readonly failed: Value } | { readonly axis: number | undefined } {
  const rank = index.shape.dims?.length;
  const wrong = refuseIndexType(call, index, rank);
  if (wrong !== undefined) return { failed: wrong };
  const axis = axisOf(call, tensor, dim);
  if (axis !== undefined && 'failed' in axis) return { failed: axis.failed };
  const [dims, others] = [tensor.shape.dims, index.shape.dims];
  if (dims === undefined || others === undefined) return { axis: axis?.at };
  const isEmpty = others.includes(0);
  if (Math.max(1, dims.length) !== Math.max(1, others.length))
    return isEmpty
      ? { axis: axis?.at }
      : {
          failed: refuseConflict(
            call,
            { kind: 'rank', operand: 1, expected: dims.length, actual: others.length, atLeast: false },
            [tensor.shape, index.shape],
            others.length,
          ),
        };
  if (axis === undefined || isEmpty) return { axis: axis?.at };
  if (needsRoom) {
    for (const [at, size] of others.entries()) {
      const room = dims[at] ?? 1;
      if (at !== axis.at && compareDims(size, room) === 1) {
        return {
          failed: refuse(
            call,
            'shape-mismatch',
            message('{operation}: positions of shape {index} reach beyond {shape} on axis {axis}', {
              operation: call.name,
              index: formatShape(index.shape),
              shape: formatShape(tensor.shape),
              axis: at,
            }),
            others.length,
          ),
        };
      }
    }
  }
  const size = dims[axis.at] ?? 1;
  if (index.range !== undefined && isKnown(size) && liesWithin(index.range, 0, size - 1) === false)
    return { failed: refuseRange(call, tensor, index.range, axis.at, size) };
  return { axis: axis.at };
}

const gather: ArrayOperation = (call) => {
  const [tensor, index] = [tensorAt(call, 0), tensorOf(call, call.argument('index'))];
  if (tensor === undefined || index === undefined) return unknown();
  const checked = checkedPositions(call, tensor, index, call.argument('dim'), true);
  return 'failed' in checked ? checked.failed : resultOf(call, tensor, index.shape, { range: partRange(tensor) });
};

const scatter: ArrayOperation = (call) => {
  const [tensor, index] = [tensorAt(call, 0), tensorOf(call, call.argument('index'))];
  if (tensor === undefined || index === undefined) return tensor === undefined ? unknown() : resultOf(call, tensor, tensor.shape);
  const checked = checkedPositions(call, tensor, index, call.argument('dim'), true);
  if ('failed' in checked) return checked.failed.kind === 'tensor' ? resultOf(call, tensor, tensor.shape) : checked.failed;
  const source = call.argument('src').kind === 'none' ? call.argument('value') : call.argument('src');
  if (
    source.kind === 'tensor' &&
    index.shape.dims !== undefined &&
    source.shape.dims !== undefined &&
    source.shape.dims.length > 0 &&
    !index.shape.dims.includes(0)
  ) {
    const mixed = refuseTypes(call, tensor, source, rankOf(tensor));
    if (mixed !== undefined) return mixed;
    const large = index.shape.dims.findIndex((size, at) => compareDims(size, source.shape.dims?.[at] ?? 1) === 1);
    if (large >= 0 || index.shape.dims.length !== source.shape.dims.length) {
      return refuse(
        call,
        'shape-mismatch',
        message('{operation}: positions of shape {index} need a source at least as large, got {source}', {
          operation: call.name,
          index: formatShape(index.shape),
          source: formatShape(source.shape),
        }),
        rankOf(tensor),
      );
    }
  }
  return call.argument('reduce').kind === 'none' && !call.name.includes('add')
    ? withOthers(call, tensor, source)
    : resultOf(call, tensor, tensor.shape);
};

const indexSelect: ArrayOperation = (call) => {
  const [tensor, index] = [tensorAt(call, 0), tensorOf(call, call.argument('index'))];
  if (tensor === undefined || index === undefined) return unknown();
  const wrong = refuseIndexType(call, index, rankOf(tensor));
  if (wrong !== undefined) return wrong;
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const rank = rankOf(index);
  if (rank !== undefined && rank > 1)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects positions with one axis, got {shape}', { operation: call.name, shape: formatShape(index.shape) }),
      rankOf(tensor),
    );
  if (axis === undefined) return resultOf(call, tensor, { dims: undefined }, { range: partRange(tensor) });
  if (rankOf(tensor) === 0) return resultOf(call, tensor, tensor.shape, { range: partRange(tensor) });
  const size = tensor.shape.dims?.[axis.at];
  if (size !== undefined && isKnown(size) && index.range !== undefined && liesWithin(index.range, 0, size - 1) === false)
    return refuseRange(call, tensor, index.range, axis.at, size);
  return gatherRows(
    call,
    tensor,
    rank === 0 ? makeArray({ ...index, shape: shapeOf(1), elements: elementsOf(index) }) : index,
    { kind: 'int', value: axis.at },
    { countsFromEnd: false },
  );
};

/** index_add, index_copy, index_fill: rows of an axis are changed. */
function indexed(hasSource: boolean): ArrayOperation {
  return (call) => {
    const [tensor, index] = [tensorAt(call, 0), tensorOf(call, call.argument('index'))];
    if (tensor === undefined) return unknown();
    const wrong = refuseIndexType(call, index, rankOf(tensor));
    if (wrong !== undefined) return wrong;
    const axis = axisOf(call, tensor, call.argument('dim'));
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    const size = axis === undefined ? undefined : tensor.shape.dims?.[axis.at];
    if (
      axis !== undefined &&
      index !== undefined &&
      size !== undefined &&
      isKnown(size) &&
      tensor.shape.dims?.includes(0) !== true &&
      index.range !== undefined &&
      liesWithin(index.range, hasSource ? 0 : -size, size - 1) === false
    ) {
      refuseRange(call, tensor, index.range, axis.at, size);
      return resultOf(call, tensor, tensor.shape);
    }
    if (index !== undefined && (rankOf(index) ?? 0) > 1) return refuseRank(call, index, 1, 1, rankOf(tensor));
    const source = tensorOf(call, call.argument('source', 'value'));
    if (hasSource && source !== undefined && index !== undefined && axis !== undefined) {
      const [dims, given] = [tensor.shape.dims, source.shape.dims];
      const count = index.shape.dims === undefined ? undefined : (index.shape.dims[0] ?? 1);
      const fits =
        dims === undefined ||
        given === undefined ||
        count === undefined ||
        (dims.length === 0 && given.length <= 1) ||
        (dims.length === given.length && given.every((one, at) => dimEquals(one, at === axis.at ? count : (dims[at] ?? 1)) !== false));
      if (!fits)
        return refuse(
          call,
          'shape-mismatch',
          message('{operation}: a source of shape {source} does not fit {count} rows of {shape} along axis {axis}', {
            operation: call.name,
            source: formatShape(source.shape),
            count: isKnown(count ?? unknownDim()) ? Number(count) : '?',
            shape: formatShape(tensor.shape),
            axis: axis.at,
          }),
          rankOf(tensor),
        );
      const mixed = refuseTypes(call, tensor, source, rankOf(tensor));
      if (mixed !== undefined) return mixed;
    }
    return call.name.includes('add') ? resultOf(call, tensor, tensor.shape) : withOthers(call, tensor, call.argument('source', 'value'));
  };
}

const take: ArrayOperation = (call) => {
  const [tensor, index] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (tensor === undefined || index === undefined) return unknown();
  const wrong = refuseIndexType(call, index, rankOf(index));
  if (wrong !== undefined) return wrong;
  const count = elementCount(tensor.shape);
  if (
    index.range !== undefined &&
    count !== undefined &&
    isKnown(count) &&
    !(index.shape.dims?.includes(0) ?? true) &&
    liesWithin(index.range, -count, count - 1) === false
  )
    return refuseRange(call, tensor, index.range, 0, count);
  return resultOf(call, tensor, index.shape, { range: partRange(tensor) });
};

const takeAlongDim: ArrayOperation = (call) => {
  const [tensor, index] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (tensor === undefined || index === undefined) return unknown();
  const wrong = index.dtype !== undefined && index.dtype !== 'int64' ? refuseType(call, index, message('positions of type int64'), rankOf(index)) : undefined;
  if (wrong !== undefined) return wrong;
  if (call.argument('dim').kind === 'none')
    return resultOf(call, tensor, shapeOf(elementCount(index.shape) ?? unknownDim()), { range: partRange(tensor) });
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const [dims, others] = [tensor.shape.dims, index.shape.dims];
  if (axis === undefined || dims === undefined || others === undefined) return resultOf(call, tensor, unknownShape, { range: partRange(tensor) });
  if (dims.length !== others.length)
    return refuseConflict(
      call,
      { kind: 'rank', operand: 1, expected: dims.length, actual: others.length, atLeast: false },
      [tensor.shape, index.shape],
      others.length,
    );
  const size = others[axis.at] ?? 1;
  const shape = broadcastAll([{ dims: dims.with(axis.at, size) }, index.shape]);
  return shape.ok
    ? resultOf(call, tensor, shape.shape, { range: partRange(tensor) })
    : refuseConflict(call, shape.reason, [tensor.shape, index.shape], dims.length);
};

const maskedSelect: ArrayOperation = (call) => {
  const [tensor, mask] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (tensor === undefined || mask === undefined) return unknown();
  if (mask.dtype !== undefined && mask.dtype !== 'bool') return refuseType(call, mask, message('a mask of booleans'), 1);
  const shape = broadcastAll([tensor.shape, mask.shape]);
  if (!shape.ok) return refuseConflict(call, shape.reason, [tensor.shape, mask.shape], 1);
  const chosen = mask.contents?.filter((flag) => flag !== 0).length;
  const [sizes, all] = [knownSizes(mask.shape), knownSizes(shape.shape)];
  const times =
    sizes === undefined || all === undefined || chosen === undefined
      ? undefined
      : all.reduce((product, size) => product * size, 1) /
        Math.max(
          1,
          sizes.reduce((product, size) => product * size, 1),
        );
  return resultOf(call, tensor, shapeOf(chosen === undefined || times === undefined ? unknownDim() : chosen * times), { range: partRange(tensor) });
};

const maskedScatter: ArrayOperation = (call) => {
  const [tensor, mask] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (tensor === undefined || mask === undefined) return unknown();
  if (mask.dtype !== undefined && mask.dtype !== 'bool') return refuseType(call, mask, message('a mask of booleans'), rankOf(tensor));
  const shape = broadcastAll([tensor.shape, mask.shape]);
  return shape.ok ? resultOf(call, tensor, shape.shape) : refuseConflict(call, shape.reason, [tensor.shape, mask.shape], rankOf(tensor));
};

const nonzero: ArrayOperation = onTensor((call, tensor) => {
  const form = call.argument('as_tuple');
  if (form.kind !== 'bool' && form.kind !== 'none') return unknown();
  if (form.kind === 'bool' && form.value) return nonzeroTuple(call, tensor);
  return positionsOfNonzero(call, tensor, 'rows');
});

function positionsAmong(call: ArrayCall, edges: TensorValue | undefined, values: Value): Value {
  const isNumber = values.kind !== 'tensor' && values.kind !== 'list' && values.kind !== 'tuple';
  const given = tensorOf(call, values);
  const shape: Shape = isNumber && values.kind !== 'unknown' ? shapeOf() : (given?.shape ?? unknownShape);
  const last = edges?.shape.dims?.at(-1);
  const narrow = call.argument('out_int32');
  return makeArray({
    cls: call.cls,
    shape,
    dtype: narrow.kind !== 'bool' ? undefined : narrow.value ? 'int32' : 'int64',
    origin: given?.origin,
    range: argmaxRange(last !== undefined && isKnown(last) ? last + 1 : undefined),
  });
}

const bucketize: ArrayOperation = (call) => {
  const edges = tensorAt(call, 1);
  const rank = edges === undefined ? undefined : rankOf(edges);
  if (edges !== undefined && rank !== undefined && rank !== 1) return refuseRank(call, edges, 1, 1);
  return positionsAmong(call, edges, call.operand(0));
};
const searchsorted: ArrayOperation = (call) => {
  const [edges, values] = [tensorAt(call, 0), tensorAt(call, 1)];
  const [sorted, given] = [edges?.shape.dims, call.operand(1).kind === 'tensor' ? values?.shape.dims : []];
  if (sorted !== undefined && given !== undefined && sorted.length > 1) {
    const fits = sorted.length === given.length && sorted.slice(0, -1).every((size, at) => dimEquals(size, given[at] ?? 0) !== false);
    if (!fits)
      return refuse(
        call,
        'shape-mismatch',
        message('{operation}: sorted sequences of shape {edges} and values of shape {values} must agree but for the last axis', {
          operation: call.name,
          edges: formatShape({ dims: sorted }),
          values: formatShape({ dims: given }),
        }),
        given.length,
      );
  }
  return positionsAmong(call, edges, call.operand(1));
};

const histogram: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.dtype !== undefined && dtypeCategory(tensor.dtype) !== 'float') return refuseType(call, tensor, message('a floating-point tensor'), 1);
  const bins = dimFromValue(call.argument('bins')) ?? unknownDim();
  if (isKnown(bins) && bins <= 0)
    return refuse(call, 'invalid-argument', message('{operation}: bins must be positive, got {bins}', { operation: call.name, bins }), 1);
  return resultOf(call, tensor, shapeOf(bins), { range: rangeBetween(0, Number.POSITIVE_INFINITY) });
});

const bincount: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.dtype !== undefined && !isInteger(tensor.dtype)) return refuseType(call, tensor, message('a tensor of whole numbers'), 1);
  const rank = rankOf(tensor);
  if (rank !== undefined && rank !== 1) return refuseRank(call, tensor, 1, 0, 1);
  if (tensor.range !== undefined && tensor.range.high < 0)
    return refuse(call, 'invalid-argument', message('{operation}: negative numbers cannot be counted', { operation: call.name }), 1);
  const least = numberFromValue(call.argument('minlength')) ?? 0;
  const { range } = tensor;
  const length: Dim =
    range?.attained === true
      ? Math.max(least, range.high + 1)
      : range !== undefined && Number.isFinite(range.high) && range.high + 1 <= least
        ? least
        : tensor.shape.dims?.[0] === 0
          ? least
          : unknownDim({ minimum: least });
  const weights = call.argument('weights');
  return resultOf(call, tensor, shapeOf(length), {
    dtype: weights.kind === 'none' ? 'int64' : weights.kind === 'tensor' && weights.dtype === 'float32' ? 'float32' : 'float64',
  });
});

const isin: ArrayOperation = (call) => {
  const given = call.operand(0);
  const tensor = tensorOf(call, given);
  return tensor === undefined ? unknown() : resultOf(call, tensor, tensor.shape, { dtype: 'bool', range: booleanRange() });
};

const scattered = 'input, dim, index, src=None, *, value=None, reduce=None, out=None';
declareOperations(
  {
    scatter: [scattered, scatter],
    scatter_add: ['input, dim, index, src, *, out=None', scatter],
    scatter_reduce: ['input, dim, index, src, reduce, *, include_self=True, out=None', scatter],
    index_add: ['input, dim, index, source, *, alpha=1, out=None', indexed(true)],
    index_copy: ['input, dim, index, source, *, out=None', indexed(true)],
    index_fill: ['input, dim, index, value', indexed(false)],
    index_reduce: ['input, dim, index, source, reduce, *, include_self=True, out=None', indexed(true)],
    masked_scatter: ['input, mask, source', maskedScatter],
    index_put: ['input, indices, values, accumulate=False', onTensor((call, tensor) => resultOf(call, tensor, tensor.shape))],
  },
  { inPlace: true },
);
declareOperations({
  gather: ['input, dim, index, *, sparse_grad=False, out=None', gather],
  index_select: ['input, dim, index, *, out=None', indexSelect],
  take: ['input, index', take],
  take_along_dim: ['input, indices, dim=None, *, out=None', takeAlongDim],
  masked_select: ['input, mask, *, out=None', maskedSelect],
  nonzero: ['input, *, out=None, as_tuple=False', nonzero],
  argwhere: ['input', onTensor((call, tensor) => positionsOfNonzero(call, tensor, 'rows'))],
  histc: ['input, bins=100, min=0, max=0, *, out=None', histogram],
  bincount: ['input, weights=None, minlength=0', bincount],
});
declareOperations(
  {
    bucketize: ['input, boundaries, *, out_int32=False, right=False, out=None', bucketize],
    isin: ['elements, test_elements, *, assume_unique=False, invert=False', isin],
    searchsorted: ['sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None, out=None', searchsorted],
  },
  { method: false },
);
