// Operations that move elements without computing with them: views and reshapes, axes that come, go and move, repeats, parts.
// It must not know modules.
import {
  addDims,
  ceilDivideDims,
  type Dim,
  divides,
  floorDivideDims,
  formatDim,
  isKnown,
  multiplyDims,
  subtractDims,
  unknownDim,
} from '../../../tensors/dim.ts';
import { itemSize } from '../../../tensors/dtype.ts';
import { elementCount, flattenShape, formatShape, normalizeAxes, shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { int, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue, elementsOf, numberFromValue } from '../../arrays/contents.ts';
import { numbersFromValue, sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { dtypeFromValue } from '../../arrays/dtypes.ts';
import { getItem } from '../../arrays/indexing.ts';
import { type ArrayCall, type ArrayContext, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { split as splitEvenly } from '../../arrays/joining.ts';
import {
  broadcastArray,
  expand as insertAxes,
  flip,
  moveAxis,
  reordered,
  repeat,
  reshapeTo,
  squeeze,
  swap,
  tile,
  transpose,
} from '../../arrays/reshaping.ts';
import { demandEqual } from '../equations.ts';
import { reshapeInPlace } from '../in-place.ts';
import { declareOperations } from '../library.ts';
import {
  axesArgument,
  axisOf,
  complexType,
  copyOf,
  onTensor,
  part,
  partRange,
  rankOf,
  realType,
  refuseAxis,
  refuseRank,
  refuseType,
  resultOf,
  sizesArgument,
  tensorAt,
} from './support.ts';

// ---- Sizes.

function reshapeInto(call: ArrayCall, sizes: readonly Dim[] | undefined): Value {
  const operand = call.operand(0);
  const tensor = tensorOf(call, operand);
  if (tensor !== undefined) {
    demandSizes(call, tensor, sizes);
    return reshapeTo(call, tensor, sizes);
  }
  return operand.kind !== 'unknown' || sizes === undefined ? unknown() : resultUnknown(call, sizes);
}
/** Every element has to find its place; a first axis of -1 is meant to stay the batch. */
function demandSizes(call: ArrayCall, tensor: TensorValue, sizes: readonly Dim[] | undefined): void {
  const dims = tensor.shape.dims;
  if (dims === undefined || sizes === undefined) return;
  const [first, ...rest] = sizes;
  if (first === -1 && rest.length > 0 && !rest.includes(-1))
    demandEqual(call.interpreter, multiplyDims(...dims.slice(1)), multiplyDims(...rest), call.layer);
  else if (first !== undefined && !sizes.includes(-1)) demandEqual(call.interpreter, multiplyDims(...dims), multiplyDims(...sizes), call.layer);
}
function resultUnknown(call: ArrayCall, sizes: readonly Dim[]): Value {
  return {
    kind: 'tensor',
    cls: call.cls,
    shape: { dims: sizes.map((size) => (size === -1 ? unknownDim() : size)) },
    dtype: undefined,
    range: undefined,
    contents: undefined,
    origin: undefined,
    slots: new Map(),
  };
}

/** `x.view(2, -1)`; `x.view(torch.int32)` reads the bytes as another type. */
const view: ArrayOperation = (call) => {
  const [first] = call.args.rest;
  const dtype = first?.value.kind === 'instance' ? dtypeFromValue(first.value) : undefined;
  if (dtype === undefined) return reshapeInto(call, sizesArgument(call));
  const tensor = tensorAt(call, 0);
  if (tensor === undefined) return unknown();
  const dims = tensor.shape.dims;
  const [from, to] = [tensor.dtype === undefined ? 0 : itemSize(tensor.dtype), itemSize(dtype)];
  const last = dims?.at(-1);
  if (last !== undefined && from !== 0 && to > from && divides(to / from, last) === false) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: {size} elements of {from} bytes in the last axis are no multiple of {to} bytes', {
        operation: call.name,
        size: formatDim(last),
        from,
        to,
      }),
      dims?.length,
    );
  }
  const size =
    last === undefined || from === 0 ? undefined : from === to ? last : from > to ? multiplyDims(last, from / to) : floorDivideDims(last, to / from);
  return resultOf(
    call,
    tensor,
    from === to && from !== 0 ? tensor.shape : dims === undefined || size === undefined ? unknownShape : { dims: dims.with(-1, size) },
    { dtype },
  );
};

const reshape: ArrayOperation = (call) =>
  reshapeInto(
    call,
    call.parameters.includes('shape') && !call.args.rest.length && !call.args.isNone('shape')
      ? sizesFromValue(call.interpreter, call.argument('shape'))
      : sizesArgument(call),
  );

const flatten: ArrayOperation = onTensor((call, tensor) => {
  const [start, end] = [numberFromValue(call.argument('start_dim')), numberFromValue(call.argument('end_dim'))];
  if (start === undefined || end === undefined) return resultOf(call, tensor, unknownShape, { range: tensor.range });
  const shape = flattenShape(tensor.shape, start, end);
  return shape.ok
    ? resultOf(call, tensor, shape.shape, { range: tensor.range, elements: elementsOf(tensor) })
    : refuseConflict(call, shape.reason, [tensor.shape]);
});

const unflatten: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const rest = call.args.rest.length > 0;
  const sizes = rest ? sizesArgument(call) : sizesFromValue(call.interpreter, call.argument('sizes'));
  const dims = tensor.shape.dims;
  const size = axis === undefined ? undefined : dims?.[axis.at];
  if (axis === undefined || dims === undefined || sizes === undefined || size === undefined)
    return resultOf(call, tensor, unknownShape, { range: tensor.range });
  const hole = sizes.indexOf(-1);
  const others = multiplyDims(...sizes.filter((_, at) => at !== hole));
  const fits = hole < 0 ? !(isKnown(others) && isKnown(size)) || others === size : others === 0 || divides(others, size) !== false;
  if (!fits) {
    return refuse(
      call,
      'reshape-size',
      message('{operation}: axis {axis} of size {size} cannot become ({sizes}) in {shape}', {
        operation: call.name,
        axis: axis.at,
        size: formatDim(size),
        sizes: sizes.map(formatDim).join(', '),
        shape: formatShape(tensor.shape),
      }),
      dims.length + sizes.length - 1,
    );
  }
  const filled = hole < 0 ? sizes : sizes.with(hole, others === 0 ? unknownDim() : floorDivideDims(size, others));
  return reshapeLike(call, tensor, dims.toSpliced(axis.at, 1, ...filled));
});

/** A view of other sizes that is known to fit. */
function reshapeLike(context: ArrayContext, tensor: TensorValue, dims: readonly Dim[]): Value {
  return resultOf(context, tensor, { dims }, { range: tensor.range, elements: elementsOf(tensor) });
}

const ravel: ArrayOperation = onTensor((call, tensor) =>
  resultOf(call, tensor, shapeOf(elementCount(tensor.shape) ?? unknownDim()), { range: tensor.range, elements: elementsOf(tensor) }),
);
const viewAs: ArrayOperation = (call) => reshapeInto(call, tensorAt(call, 1)?.shape.dims);

// ---- Axes.

const squeezeOperation: ArrayOperation = onTensor((call, tensor) => {
  const dim = call.argument('dim');
  const axes = dim.kind === 'none' ? 'all' : numbersFromValue(call.interpreter, dim);
  return squeeze(call, tensor, axes, false);
});
const unsqueeze: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'), 1);
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  return insertAxes(call, tensor, axis === undefined ? undefined : [axis.at]);
});

const transposeTwo: ArrayOperation = onTensor((call, tensor) => {
  const [first, second] = [axisOf(call, tensor, call.operand(1)), axisOf(call, tensor, call.operand(2))];
  for (const axis of [first, second]) if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (rankOf(tensor) === 0) return copyOf(call, tensor);
  return swap(
    call,
    tensor,
    first !== undefined && 'at' in first ? first.at : undefined,
    second !== undefined && 'at' in second ? second.at : undefined,
  );
});

const matrixTranspose: ArrayOperation = onTensor((call, tensor) => {
  const rank = rankOf(tensor);
  if (rank !== undefined && rank > 2)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects a tensor with at most 2 axes, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
      2,
    );
  return rank === 2 ? transpose(call, tensor, undefined) : rank === undefined ? resultOf(call, tensor, unknownShape) : copyOf(call, tensor);
});
const adjoint: ArrayOperation = onTensor((call, tensor) => {
  const rank = rankOf(tensor);
  return rank === undefined
    ? resultOf(call, tensor, unknownShape)
    : rank === 0
      ? copyOf(call, tensor)
      : rank < 2
        ? refuseRank(call, tensor, 2)
        : swap(call, tensor, -2, -1);
});

const permute: ArrayOperation = onTensor((call, tensor) => transpose(call, tensor, axesArgument(call) ?? 'unknown'));
const movedim: ArrayOperation = onTensor((call, tensor) => {
  const [from, to] = [1, 2].map((at) => numbersFromValue(call.interpreter, call.operand(at)));
  if (from !== undefined && to !== undefined && from.length !== to.length)
    return refuse(
      call,
      'invalid-axis',
      message('{operation}: source and destination name different numbers of axes', { operation: call.name }),
      rankOf(tensor),
    );
  return rankOf(tensor) === 0 ? copyOf(call, tensor) : moveAxis(call, tensor, from, to);
});

// ---- Repeats.

const expand: ArrayOperation = (call) => expandTo(call, sizesArgument(call));
function expandTo(call: ArrayCall, sizes: readonly Dim[] | undefined): Value {
  const tensor = tensorAt(call, 0);
  const rank = tensor === undefined ? undefined : rankOf(tensor);
  if (tensor !== undefined && rank !== undefined && sizes !== undefined) {
    if (rank > sizes.length) {
      return refuse(
        call,
        'shape-mismatch',
        message('{operation}: {count} sizes are fewer than the axes of {shape}', {
          operation: call.name,
          count: sizes.length,
          shape: formatShape(tensor.shape),
        }),
        sizes.length,
      );
    }
    if (sizes.slice(0, sizes.length - rank).includes(-1)) {
      return refuse(
        call,
        'shape-mismatch',
        message('{operation}: a new axis in front of {shape} cannot have size -1', { operation: call.name, shape: formatShape(tensor.shape) }),
        sizes.length,
      );
    }
  }
  return broadcastArray(call, call.operand(0), sizes);
}

const repeatSizes: ArrayOperation = onTensor((call, tensor) => {
  const repeats = sizesArgument(call);
  const rank = rankOf(tensor);
  if (repeats !== undefined && rank !== undefined && repeats.length < rank) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: {count} repeats are fewer than the axes of {shape}', {
        operation: call.name,
        count: repeats.length,
        shape: formatShape(tensor.shape),
      }),
      rank,
    );
  }
  return tile(call, tensor, repeats);
});
const tileSizes: ArrayOperation = onTensor((call, tensor) =>
  tile(
    call,
    tensor,
    call.parameters.includes('dims') && call.args.rest.length === 0 && call.argument('dims').kind !== 'none'
      ? sizesFromValue(call.interpreter, call.argument('dims'))
      : sizesArgument(call),
  ),
);
const repeatInterleave: ArrayOperation = onTensor((call, tensor) => {
  const repeats = call.argument('repeats');
  const dim = call.argument('dim');
  if (repeats.kind === 'none') {
    // `repeat_interleave(counts)`: each position as often as its count says.
    const counts = elementsOf(tensor);
    return resultOf(call, tensor, shapeOf(counts === undefined ? unknownDim() : addDims(...counts)), { dtype: 'int64' });
  }
  const axis = dim.kind === 'none' ? undefined : axisOf(call, tensor, dim);
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const counts = sizesFromValue(call.interpreter, repeats);
  const size = axis === undefined ? (dim.kind === 'none' ? elementCount(tensor.shape) : undefined) : tensor.shape.dims?.[axis.at];
  if (counts !== undefined && repeats.kind === 'tensor' && counts.length > 1 && isKnown(size ?? unknownDim()) && size !== counts.length) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: {count} repeats for {size} elements', { operation: call.name, count: counts.length, size: formatDim(size ?? 0) }),
      rankOf(tensor),
    );
  }
  if (repeats.kind === 'tensor' && counts === undefined) {
    const dims = tensor.shape.dims;
    return resultOf(
      call,
      tensor,
      dim.kind === 'none'
        ? shapeOf(unknownDim())
        : dims === undefined || axis === undefined
          ? unknownShape
          : { dims: dims.with(axis.at, unknownDim()) },
      { range: partRange(tensor) },
    );
  }
  if (rankOf(tensor) === 0)
    return dim.kind === 'none'
      ? repeat(call, { ...tensor, shape: shapeOf(1) }, repeats, int(0))
      : refuseAxis(call, tensor, numberFromValue(dim) ?? 0, 0);
  return repeat(
    call,
    tensor,
    repeats,
    axis === undefined && dim.kind !== 'none' ? unknown(undefined, 'int') : axis === undefined ? dim : int(axis.at),
  );
});

const roll: ArrayOperation = onTensor((call, tensor) => {
  const [shifts, dims] = [sizesFromValue(call.interpreter, call.argument('shifts')), numbersFromValue(call.interpreter, call.argument('dims'))];
  if (
    dims !== undefined &&
    shifts !== undefined &&
    !(dims.length === 0 && shifts.length === 1) &&
    dims.length !== shifts.length &&
    call.argument('dims').kind !== 'none'
  ) {
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: {shifts} shifts for {dims} axes', { operation: call.name, shifts: shifts.length, dims: dims.length }),
      rankOf(tensor),
    );
  }
  const rank = rankOf(tensor);
  if (tensor.shape.dims?.includes(0)) return copyOf(call, tensor);
  if (rank === 0 && dims !== undefined && dims.length > 0) return refuseAxis(call, tensor, dims[0] ?? 0, 0);
  const outside = rank === undefined ? undefined : dims?.find((axis) => axis >= Math.max(rank, 1) || axis < -Math.max(rank, 1));
  return outside === undefined || rank === undefined ? reordered(call, tensor) : refuseAxis(call, tensor, outside, rank);
});

const flipAxes: ArrayOperation = onTensor((call, tensor) => {
  const axes = axesArgument(call);
  if (rankOf(tensor) === 0 && axes !== undefined && axes.length > 1)
    return refuseConflict(call, { kind: 'repeated-axis', axis: axes[1] ?? 0 }, [tensor.shape]);
  if (rankOf(tensor) !== 0) return flip(call, tensor, axes);
  const [axis = 0] = axes ?? [];
  return axis === 0 || axis === -1 ? copyOf(call, tensor) : refuseAxis(call, tensor, axis, 0);
});
function flipOne(axis: number, least: number): ArrayOperation {
  return onTensor((call, tensor) => {
    const rank = rankOf(tensor);
    return rank !== undefined && rank < least ? refuseRank(call, tensor, least, 0, rank) : flip(call, tensor, [axis]);
  });
}
const rotate: ArrayOperation = onTensor((call, tensor) => {
  const [k, axes] = [numberFromValue(call.argument('k')), numbersFromValue(call.interpreter, call.argument('dims'))];
  const rank = rankOf(tensor);
  if (rank === undefined || axes === undefined)
    return resultOf(call, tensor, rank === undefined ? unknownShape : shapeOfRank(rank), { range: tensor.range });
  if (axes.length !== 2 || rank < 2)
    return refuse(
      call,
      'invalid-axis',
      message('{operation}: expects two axes of a tensor with at least 2, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
      rank,
    );
  const normal = normalizeAxes(axes, rank);
  if (!normal.ok) return refuseConflict(call, normal.reason, [tensor.shape], rank);
  const turned = reordered(call, tensor);
  return k === undefined
    ? resultOf(call, tensor, shapeOfRank(rank), { range: tensor.range })
    : k % 2 === 0
      ? turned
      : swap(call, resultOf(call, tensor, tensor.shape, { range: tensor.range }), axes[0], axes[1]);
});

// ---- Parts.

const narrow: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const [start, length] = [dimFromValue(call.argument('start')), dimFromValue(call.argument('length'))];
  const dims = tensor.shape.dims;
  if (axis === undefined || dims === undefined || length === undefined)
    return resultOf(call, tensor, dims === undefined ? unknownShape : shapeOfRank(dims.length), { range: partRange(tensor) });
  const size = dims[axis.at] ?? 0;
  if (dims.length === 0) return refuseRank(call, tensor, 1);
  if (isKnown(size) && isKnown(length) && start !== undefined && isKnown(start)) {
    const from = start < 0 ? start + size : start;
    if (length < 0 || from < 0 || from + length > size) {
      return refuse(
        call,
        'index-range',
        message('{operation}: start {start} and length {length} exceed the {size} elements of axis {axis}', {
          operation: call.name,
          start,
          length,
          size,
          axis: axis.at,
        }),
        dims.length,
      );
    }
    return part(call, tensor, axis.at, from, length);
  }
  return part(call, tensor, axis.at, start ?? unknownDim(), length);
});

const select: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (axis === undefined)
    return resultOf(call, tensor, tensor.shape.dims === undefined ? unknownShape : shapeOfRank(tensor.shape.dims.length - 1), {
      range: partRange(tensor),
    });
  if (rankOf(tensor) === 0) return refuseRank(call, tensor, 1);
  const whole: Value = { kind: 'slice', start: { kind: 'none' }, stop: { kind: 'none' }, step: { kind: 'none' } };
  return getItem(call, tensor, tuple([...Array.from({ length: axis.at }, () => whole), call.argument('index')]));
});

/** Windows along an axis: their number stands in its place, their elements in a new last axis. */
const unfold: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dimension'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const [size, step] = [dimFromValue(call.argument('size')), dimFromValue(call.argument('step'))];
  const dims = tensor.shape.dims;
  if (axis === undefined || dims === undefined || size === undefined || step === undefined)
    return resultOf(call, tensor, dims === undefined ? unknownShape : shapeOfRank(dims.length + 1), { range: partRange(tensor) });
  const length = dims[axis.at] ?? 1;
  if (isKnown(size) && isKnown(length) && size > length) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: windows of {size} do not fit axis {axis} of size {length}', { operation: call.name, size, axis: axis.at, length }),
      dims.length + 1,
    );
  }
  const windows = addDims(floorDivideDims(subtractDims(length, size), step), 1);
  return resultOf(call, tensor, { dims: [...dims.map((dim, at) => (at === axis.at ? windows : dim)), size] }, { range: partRange(tensor) });
});

/** `unbind`: the slices along an axis, without it. */
const unbind: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (rankOf(tensor) === 0) return refuseRank(call, tensor, 1);
  const size = axis === undefined ? undefined : tensor.shape.dims?.[axis.at];
  if (axis === undefined || size === undefined || !isKnown(size) || size > 1024) return unknown(undefined, 'tuple');
  const whole: Value = { kind: 'slice', start: { kind: 'none' }, stop: { kind: 'none' }, step: { kind: 'none' } };
  return tuple(Array.from({ length: size }, (_, at) => getItem(call, tensor, tuple([...Array.from({ length: axis.at }, () => whole), int(at)]))));
});

/** Parts of these sizes along an axis. */
function parts(call: ArrayCall, tensor: TensorValue, axis: number, sizes: readonly Dim[]): Value {
  let start: Dim = 0;
  return tuple(
    sizes.map((size) => {
      const from = start;
      start = addDims(start, size);
      return part(call, tensor, axis, from, size);
    }),
  );
}
const mostParts = 1024;

/** Equal parts, the last one maybe smaller: at most `chunks` of them. */
const chunk: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (rankOf(tensor) === 0) return refuseRank(call, tensor, 1);
  const count = numberFromValue(call.argument('chunks'));
  const size = axis === undefined ? undefined : tensor.shape.dims?.[axis.at];
  if (count !== undefined && count < 1)
    return refuse(call, 'invalid-argument', message('{operation}: chunks must be greater than 0, got {count}', { operation: call.name, count }));
  if (axis === undefined || size === undefined || count === undefined || count > mostParts) return unknown(undefined, 'tuple');
  if (isKnown(size)) {
    const each = Math.max(1, Math.ceil(size / count));
    const number = size === 0 ? count : Math.ceil(size / each);
    return parts(
      call,
      tensor,
      axis.at,
      Array.from({ length: number }, (_, at) => Math.max(0, Math.min(each, size - at * each))),
    );
  }
  // A size that is a multiple is cut evenly; of another one the last part is what is left.
  if (divides(count, size) === true)
    return parts(
      call,
      tensor,
      axis.at,
      Array.from({ length: count }, () => floorDivideDims(size, count)),
    );
  const each = ceilDivideDims(size, count);
  return parts(call, tensor, axis.at, [...Array.from({ length: count - 1 }, () => each), subtractDims(size, multiplyDims(each, count - 1))]);
});

const split: ArrayOperation = onTensor((call, tensor) => {
  const axis = axisOf(call, tensor, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (rankOf(tensor) === 0) return refuseRank(call, tensor, 1);
  const size = axis === undefined ? undefined : tensor.shape.dims?.[axis.at];
  const wanted = call.operand(1);
  if (axis === undefined || size === undefined) return unknown(undefined, 'tuple');
  const each = dimFromValue(wanted);
  if (each !== undefined) {
    if (isKnown(each) && each < 0)
      return refuse(call, 'invalid-argument', message('{operation}: a part cannot have {size} elements', { operation: call.name, size: each }));
    if (isKnown(each) && isKnown(size)) {
      if (each === 0)
        return size === 0
          ? parts(call, tensor, axis.at, [0])
          : refuse(call, 'invalid-argument', message('{operation}: parts of 0 elements do not make up {size}', { operation: call.name, size }));
      const number = Math.max(1, Math.ceil(size / each));
      return number > mostParts
        ? unknown(undefined, 'tuple')
        : parts(
            call,
            tensor,
            axis.at,
            Array.from({ length: number }, (_, at) => Math.min(each, size - at * each)),
          );
    }
    const number = floorDivideDims(size, each);
    return divides(each, size) === true && isKnown(number) && number <= mostParts
      ? parts(
          call,
          tensor,
          axis.at,
          Array.from({ length: number }, () => each),
        )
      : unknown(undefined, 'tuple');
  }
  const sizes = sizesFromValue(call.interpreter, wanted);
  if (sizes === undefined || sizes.length > mostParts) return unknown(undefined, 'tuple');
  const total = addDims(...sizes);
  if (isKnown(total) && isKnown(size) && total !== size) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: parts of ({sizes}) are {total} together, axis {axis} of {shape} has {size}', {
        operation: call.name,
        sizes: sizes.map(formatDim).join(', '),
        total,
        axis: axis.at,
        shape: formatShape(tensor.shape),
        size,
      }),
    );
  }
  return parts(call, tensor, axis.at, sizes);
});

/** Parts as nearly equal as may be, or cut at these positions. `axisFor`: the axis of hsplit and its like. */
function cutting(axisFor?: (rank: number) => number, least = 0): ArrayOperation {
  return onTensor((call, tensor) => {
    const rank = rankOf(tensor);
    if (axisFor !== undefined && rank !== undefined && rank < least) return refuseRank(call, tensor, least);
    const axis = axisFor === undefined ? axisOf(call, tensor, call.argument('dim')) : rank === undefined ? undefined : { at: axisFor(rank) };
    if (axis !== undefined && 'failed' in axis) return axis.failed;
    if (rank === 0) return refuseRank(call, tensor, 1);
    const sections = call.operand(1);
    const count = numberFromValue(sections);
    const size = axis === undefined ? undefined : tensor.shape.dims?.[axis.at];
    if (count !== undefined && count < 1)
      return refuse(call, 'invalid-argument', message('{operation}: expects at least 1 section, got {count}', { operation: call.name, count }));
    if (axisFor !== undefined && count !== undefined && size !== undefined && divides(count, size) === false) {
      return refuse(
        call,
        'shape-mismatch',
        message('{operation}: {size} elements cannot be split into {count} equal parts', { operation: call.name, size: formatDim(size), count }),
      );
    }
    return axis === undefined
      ? unknown(undefined, 'tuple')
      : splitEvenly(call, tensor, sections, int(axis.at), 'cuts', axisFor === undefined, 'tuple');
  });
}

// ---- Complex numbers as pairs.

const viewAsReal: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.dtype !== undefined && !tensor.dtype.startsWith('complex')) return refuseType(call, tensor, message('a complex tensor'), undefined);
  return resultOf(call, tensor, tensor.shape.dims === undefined ? unknownShape : { dims: [...tensor.shape.dims, 2] }, {
    dtype: realType(tensor.dtype),
  });
});
const viewAsComplex: ArrayOperation = onTensor((call, tensor) => {
  const dims = tensor.shape.dims;
  if (tensor.dtype !== undefined && tensor.dtype !== 'float32' && tensor.dtype !== 'float64' && tensor.dtype !== 'float16')
    return refuseType(call, tensor, message('a floating-point tensor'), undefined);
  if (dims !== undefined && (dims.length === 0 || (isKnown(dims.at(-1) ?? 0) && dims.at(-1) !== 2))) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: the last axis must have size 2, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
      Math.max(0, dims.length - 1),
    );
  }
  return resultOf(call, tensor, dims === undefined ? unknownShape : { dims: dims.slice(0, -1) }, { dtype: complexType(tensor.dtype) });
});
const realPart: ArrayOperation = onTensor((call, tensor) =>
  tensor.dtype === undefined || tensor.dtype.startsWith('complex') ? resultOf(call, tensor, tensor.shape, { dtype: realType(tensor.dtype) }) : tensor,
);
const imaginaryPart: ArrayOperation = onTensor((call, tensor) =>
  tensor.dtype !== undefined && !tensor.dtype.startsWith('complex')
    ? refuseType(call, tensor, message('a complex tensor'))
    : resultOf(call, tensor, tensor.shape, { dtype: realType(tensor.dtype) }),
);

function atLeast(count: 1 | 2 | 3): ArrayOperation {
  const grow = (call: ArrayCall, value: Value): Value => {
    const tensor = tensorOf(call, value);
    const dims = tensor?.shape.dims;
    if (tensor === undefined || dims === undefined) return unknown();
    if (dims.length >= count) return tensor;
    const grown: readonly Dim[] =
      count === 3 && dims.length === 1
        ? [1, ...dims, 1]
        : count === 3 && dims.length === 2
          ? [...dims, 1]
          : [...Array.from({ length: count - dims.length }, () => 1), ...dims];
    return reshapeLike(call, tensor, grown);
  };
  return (call) => {
    const given = call.args.rest.map((argument) => argument.value);
    const [first] = given;
    if (given.length === 1 && first !== undefined && (first.kind === 'tuple' || first.kind === 'list'))
      return tuple(first.items.map((item) => grow(call, item)));
    return given.length === 1 && first !== undefined ? grow(call, first) : tuple(given.map((value) => grow(call, value)));
  };
}

declareOperations(
  {
    view: ['input, *shape', view],
    view_as: ['input, other', viewAs],
    reshape_as: ['input, other', viewAs],
    expand: ['input, *size, implicit=False', expand],
    expand_as: ['input, other', (call) => expandTo(call, tensorAt(call, 1)?.shape.dims)],
    repeat: ['input, *repeats', repeatSizes],
    unfold: ['input, dimension, size, step', unfold],
    reshape: ['input, *shape', reshape],
    tile: ['input, *dims', tileSizes],
    permute: ['input, *dims', permute],
    flip: ['input, *dims', flipAxes],
    unflatten: ['input, dim, sizes', unflatten],
  },
  { function: false },
);
declareOperations(
  {
    reshape: ['input, shape', reshape],
    tile: ['input, dims', tileSizes],
    permute: ['input, *dims', permute],
    flip: ['input, *dims', flipAxes],
    unflatten: ['input, dim, sizes', unflatten],
    atleast_1d: ['*tensors', atLeast(1)],
    atleast_2d: ['*tensors', atLeast(2)],
    atleast_3d: ['*tensors', atLeast(3)],
  },
  { method: false },
);
declareOperations({
  flatten: ['input, start_dim=0, end_dim=-1', flatten],
  ravel: ['input', ravel],
  adjoint: ['input', adjoint],
  movedim: ['input, source, destination', movedim],
  moveaxis: ['input, source, destination', movedim],
  broadcast_to: ['input, size', (call) => expandTo(call, sizesFromValue(call.interpreter, call.argument('size')))],
  repeat_interleave: ['input, repeats=None, dim=None, *, output_size=None', repeatInterleave],
  roll: ['input, shifts, dims=()', roll],
  fliplr: ['input', flipOne(1, 2)],
  flipud: ['input', flipOne(0, 1)],
  rot90: ['input, k=1, dims=(0, 1)', rotate],
  narrow: ['input, dim, start, length', narrow],
  select: ['input, dim, index', select],
  unbind: ['input, dim=0', unbind],
  chunk: ['input, chunks, dim=0', chunk],
  unsafe_chunk: ['input, chunks, dim=0', chunk],
  tensor_split: ['input, indices_or_sections, dim=0', cutting()],
  hsplit: ['input, indices_or_sections', cutting((rank) => (rank === 1 ? 0 : 1), 1)],
  vsplit: ['input, indices_or_sections', cutting(() => 0, 2)],
  dsplit: ['input, indices_or_sections', cutting(() => 2, 3)],
  clone: ['input, *, memory_format=None', onTensor(copyOf)],
});
declareOperations({ split_with_sizes: ['input, split_sizes, dim=0', split] });
declareOperations({ split: ['tensor, split_size_or_sections, dim=0', split] }, { method: false });
declareOperations({ split: ['tensor, split_size, dim=0', split] }, { function: false });
declareOperations(
  { view_as_real: ['input', viewAsReal], view_as_complex: ['input', viewAsComplex], real: ['input', realPart], imag: ['input', imaginaryPart] },
  { method: false },
);

const shapeChanging = {
  squeeze: ['input, dim=None', squeezeOperation],
  unsqueeze: ['input, dim', unsqueeze],
  transpose: ['input, dim0, dim1', transposeTwo],
  swapaxes: ['input, axis0, axis1', transposeTwo],
  swapdims: ['input, dim0, dim1', transposeTwo],
  t: ['input', matrixTranspose],
} as const satisfies Parameters<typeof declareOperations>[0];
declareOperations(shapeChanging);
// In place these change the tensor's shape.
declareOperations(
  Object.fromEntries(
    Object.entries(shapeChanging).map(([name, [signature, operation]]): [string, readonly [string, ArrayOperation]] => [
      `${name}_`,
      [signature, (call) => reshapeInPlace(call, call.operand(0), operation({ ...call, library: { ...call.library, isMutable: false } }), name)],
    ]),
  ),
  { function: false },
);
declareOperations(
  {
    resize: ['input, *sizes', onTensor((call, tensor) => resultOf(call, tensor, { dims: sizesArgument(call) }))],
    resize_as: ['input, other', onTensor((call, tensor) => resultOf(call, tensor, tensorAt(call, 1)?.shape ?? unknownShape))],
    resize_: [
      'input, *sizes, memory_format=None',
      onTensor((call, tensor) => {
        const sizes = sizesArgument(call);
        return reshapeInPlace(call, tensor, resultOf(call, tensor, { dims: sizes }), 'resize');
      }),
    ],
    resize_as_: [
      'input, other, memory_format=None',
      onTensor((call, tensor) => reshapeInPlace(call, tensor, resultOf(call, tensor, tensorAt(call, 1)?.shape ?? unknownShape), 'resize')),
    ],
    set_: [
      'input, source=None, storage_offset=0, size=None, stride=None',
      onTensor((call, tensor) => reshapeInPlace(call, tensor, resultOf(call, tensor, tensorAt(call, 1)?.shape ?? unknownShape), 'resize')),
    ],
  },
  { function: false },
);
