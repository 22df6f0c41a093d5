// Operations that make one tensor of several: cat, stack and their kin, grids, combinations, broadcasting together.
// It must not know modules.
import { addDims, type Dim, isKnown, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { broadcastAll, elementCount, formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue } from '../../../values/value.ts';
import { list, tuple, unknown } from '../../../values/value.ts';
import { makeArray } from '../../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { concatenate, meshgrid, operandsOf, stack, stackAs } from '../../arrays/joining.ts';
import { type ArrayCall, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { broadcastArray } from '../../arrays/reshaping.ts';
import { declareOperations, torchLibrary } from '../library.ts';
import { torchSize } from '../tensor.ts';
import { onTensor, rankOf, refuseRank, resultOf } from './support.ts';

/** The tensors of a list argument; a tensor itself is refused where PyTorch wants a tuple of tensors. */
function tensorsOf(call: ArrayCall): readonly (TensorValue | undefined)[] | undefined {
  return operandsOf(call, call.operand(0));
}

const concatenateOperation: ArrayOperation = (call) => {
  const [given] = [call.operand(0)];
  if (given.kind === 'tensor')
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: expects a list or tuple of tensors, got one tensor', { operation: call.name }),
      undefined,
      'TypeError',
    );
  const arrays = tensorsOf(call);
  const scalar = arrays?.findIndex((array) => array?.shape.dims?.length === 0) ?? -1;
  if (scalar >= 0)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: a tensor without axes (at position {position}) cannot be joined', { operation: call.name, position: scalar }),
    );
  // Vectors without elements are passed over whatever the axis is.
  const empty = arrays !== undefined && arrays.length > 0 && arrays.every((array) => array?.shape.dims?.length === 1 && array.shape.dims[0] === 0);
  return concatenate(call, arrays, empty ? { kind: 'int', value: 0 } : call.argument('dim'));
};

const stackOperation: ArrayOperation = (call) => stack(call, tensorsOf(call), call.argument('dim'));

function grown(kind: 'vertical' | 'horizontal' | 'depth' | 'columns'): ArrayOperation {
  return (call) => stackAs(call, tensorsOf(call), kind);
}

/** Tensors given one by one or as one list. */
function severalTensors(call: ArrayCall): readonly (TensorValue | undefined)[] | undefined {
  if (call.args.openPositional) return undefined;
  const { rest } = call.args;
  const [first] = rest;
  if (rest.length === 1 && first !== undefined && first.value.kind !== 'tensor') return operandsOf(call, first.value);
  return rest.map((argument) => tensorOf(call, argument.value));
}

const blockDiagonal: ArrayOperation = (call) => {
  const tensors = severalTensors(call);
  if (tensors === undefined || tensors.includes(undefined)) return unknown();
  const known = tensors.filter((tensor) => tensor !== undefined);
  const large = known.find((tensor) => (rankOf(tensor) ?? 0) > 2);
  if (large !== undefined) return refuseRank(call, large, 2, 0, 2);
  const sizes = known.map((tensor): readonly Dim[] => {
    const dims = tensor.shape.dims ?? [unknownDim(), unknownDim()];
    return dims.length === 2 ? dims : [1, dims[0] ?? 1];
  });
  return makeArray({
    cls: call.cls,
    dtype: torchLibrary.promote(...known.map((tensor) => tensor.dtype)),
    shape: shapeOf(addDims(...sizes.map((one) => one[0] ?? 0)), addDims(...sizes.map((one) => one[1] ?? 0))),
  });
};

const cartesianProduct: ArrayOperation = (call) => {
  const tensors = severalTensors(call);
  if (tensors === undefined || tensors.includes(undefined)) return unknown();
  const known = tensors.filter((tensor) => tensor !== undefined);
  for (const tensor of known) if (rankOf(tensor) !== undefined && rankOf(tensor) !== 1) return refuseRank(call, tensor, 1);
  const [first] = known;
  if (first === undefined) return unknown();
  if (known.length === 1) return first;
  return resultOf(call, first, shapeOf(multiplyDims(...known.map((tensor) => elementCount(tensor.shape) ?? unknownDim())), known.length), {
    dtype: torchLibrary.promote(...known.map((tensor) => tensor.dtype)),
  });
};

const combinations: ArrayOperation = onTensor((call, tensor) => {
  const [size] = tensor.shape.dims ?? [];
  if (tensor.shape.dims !== undefined && rankOf(tensor) !== 1) return refuseRank(call, tensor, 1, 0, 2);
  const count = call.args.number('r'),
    repeats = call.args.flag('with_replacement');
  if (count === undefined || repeats === undefined || size === undefined || !isKnown(size))
    return resultOf(call, tensor, shapeOf(unknownDim(), count ?? unknownDim()), { range: tensor.range });
  const from = repeats ? size + count - 1 : size;
  let rows = 1;
  for (let at = 0; at < count; at += 1) rows = (rows * (from - at)) / (at + 1);
  return resultOf(call, tensor, count === 0 ? shapeOf(0) : shapeOf(Math.max(0, Math.round(rows)), count), { range: tensor.range });
});

/** Every tensor over the grid of all; PyTorch's own order is 'ij'. */
const grid: ArrayOperation = (call) => {
  const tensors = severalTensors(call);
  const indexing = call.argument('indexing');
  if (tensors === undefined) return unknown(undefined, 'tuple');
  const large = tensors.find((tensor) => (tensor === undefined ? 0 : (rankOf(tensor) ?? 0)) > 1);
  if (large !== undefined) return refuseRank(call, large, 1, 0, tensors.length);
  const result = meshgrid(
    call,
    tensors.map((tensor) => tensor ?? unknown()),
    indexing.kind === 'none' ? 'ij' : indexing.kind === 'str' && (indexing.value === 'ij' || indexing.value === 'xy') ? indexing.value : undefined,
  );
  return result.kind === 'list' ? tuple(result.items) : result;
};

const broadcastTensors: ArrayOperation = (call) => {
  const tensors = severalTensors(call);
  if (tensors === undefined || tensors.includes(undefined)) return unknown(undefined, 'tuple');
  const known = tensors.filter((tensor) => tensor !== undefined);
  const shape = broadcastAll(known.map((tensor) => tensor.shape));
  if (!shape.ok)
    return refuseConflict(
      call,
      shape.reason,
      known.map((tensor) => tensor.shape),
    );
  return list(known.map((tensor) => broadcastArray(call, tensor, shape.shape.dims)));
};

const broadcastShapes: ArrayOperation = (call) => {
  const shapes = call.args.rest.map((argument): Shape => ({ dims: sizesFromValue(call.interpreter, argument.value) }));
  if (call.args.openPositional) return unknown(undefined, 'tuple');
  const shape = broadcastAll(shapes);
  if (!shape.ok)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: shapes {shapes} do not broadcast', { operation: call.name, shapes: shapes.map(formatShape).join(', ') }),
    );
  return torchSize(shape.shape.dims === undefined ? unknownShape : shape.shape);
};

const joined = 'tensors, dim=0, *, out=None';
declareOperations(
  {
    cat: [joined, concatenateOperation],
    concat: [joined, concatenateOperation],
    concatenate: [joined, concatenateOperation],
    stack: [joined, stackOperation],
    hstack: ['tensors, *, out=None', grown('horizontal')],
    vstack: ['tensors, *, out=None', grown('vertical')],
    row_stack: ['tensors, *, out=None', grown('vertical')],
    dstack: ['tensors, *, out=None', grown('depth')],
    column_stack: ['tensors, *, out=None', grown('columns')],
    block_diag: ['*tensors', blockDiagonal],
    cartesian_prod: ['*tensors', cartesianProduct],
    combinations: ['input, r=2, with_replacement=False', combinations],
    meshgrid: ['*tensors, indexing=None', grid],
    broadcast_tensors: ['*tensors', broadcastTensors],
    broadcast_shapes: ['*shapes', broadcastShapes],
  },
  { method: false },
);
