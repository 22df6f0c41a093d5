// What functions of numpy do that are numpy's alone: its ways of making, counting, padding and comparing arrays. Their signatures stand in
// functions.ts. It must not know the evaluator.
import { type Dim, isKnown, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { constantRange, rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { elementCount, normalizeAxis, rank, type Shape, shapeOf, shapeOfRank, shapesEqual, unknownShape } from '../../tensors/shape.ts';
import type { DType } from '../../tensors/dtype.ts';
import type { Value } from '../../values/value.ts';
import { bool, int, maybeBool, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, distinctSlot, elementsOf, makeArray, numberFromValue } from '../arrays/contents.ts';
import { castArray, numbersFromValue, shapeTuple, sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { broadcasting, whereOperation } from '../arrays/elementwise.ts';
import { concatenate, meshgrid } from '../arrays/joining.ts';
import type { ArrayContext, ArrayOperation } from '../arrays/library.ts';
import { refuseConflict, withoutScalar } from '../arrays/library.ts';
import { countsOf, distinct, nonzeroOperation, positionsOfNonzero } from '../arrays/lookup.ts';
import { identity } from '../arrays/products.ts';
import { reduction } from '../arrays/reductions.ts';
import { pad, padAmounts, reordered, reshapeTo } from '../arrays/reshaping.ts';
import { dtypeOr } from './library.ts';

/** `np.array(x)`: always an array, whatever `x` is. */
export function arrayOperation(copies: boolean): ArrayOperation {
  return (call) => {
    const given = call.operand(0);
    const asked = call.argument('dtype');
    const tensor = tensorOf(call, given);
    if (tensor === undefined) return makeArray({ cls: call.cls, shape: unknownShape, dtype: dtypeOr(asked, undefined) });
    const minimum = numberFromValue(call.argument('ndmin')) ?? 0;
    const dtype = dtypeOr(asked, tensor.dtype);
    const cast = dtype === undefined ? { ...tensor, dtype: undefined, contents: undefined } : castArray(tensor, dtype);
    if (!copies && cast === given && cast.cls.mro.includes(call.cls)) return cast;
    const dims = cast.shape.dims;
    const shape: Shape =
      dims !== undefined && dims.length < minimum ? { dims: [...Array.from({ length: minimum - dims.length }, () => 1), ...dims] } : cast.shape;
    const made = makeArray({ cls: call.cls, shape, dtype, range: cast.range, elements: elementsOf(cast), origin: cast.origin });
    const known = distinctSlot.get(tensor);
    return withoutScalar(known === undefined ? made : distinctSlot.on(made, known));
  };
}

/** The same shape, nothing known of the elements but what is said. */
export function likeFirst(dtype: DType | 'same' | 'float', range?: ValueRange): ArrayOperation {
  return (call) => {
    const tensor = tensorOf(call, call.operand(0));
    if (tensor === undefined) return unknown();
    const type =
      dtype === 'same' ? tensor.dtype : dtype === 'float' ? (tensor.dtype === undefined ? undefined : call.library.floatOf(tensor.dtype)) : dtype;
    return makeArray({ cls: call.cls, shape: tensor.shape, dtype: type, range, origin: tensor.origin });
  };
}

export function vector(call: ArrayContext, length: Dim | undefined, dtype: DType | undefined, range?: ValueRange): Value {
  return makeArray({ cls: call.cls, shape: shapeOf(length ?? unknownDim()), dtype, range });
}

/** `np.unique(x, return_index, return_inverse, return_counts)`. */
export const uniqueOperation: ArrayOperation = (call) => {
  const found = call.argument('axis').kind === 'none' ? distinct(call, call.operand(0)) : undefined;
  const tensor = tensorOf(call, call.operand(0));
  const values: Value =
    found ??
    makeArray({
      cls: call.cls,
      shape: tensor?.shape.dims === undefined ? shapeOfRank(1) : shapeOfRank(tensor.shape.dims.length),
      dtype: tensor?.dtype,
      range: tensor?.range,
    });
  const length = found?.shape.dims?.[0];
  const extras = (['return_index', 'return_inverse', 'return_counts'] as const)
    .map((name) => call.argument(name))
    .map((flag) => (flag.kind === 'bool' ? flag.value : undefined));
  if (extras.includes(undefined)) return unknown();
  if (!extras.includes(true)) return values;
  const [withIndex, withInverse, withCounts] = extras;
  const total = tensor === undefined ? undefined : elementCount(tensor.shape);
  return tuple([
    values,
    ...(withIndex ? [vector(call, length, 'int64')] : []),
    ...(withInverse
      ? [
          makeArray({
            cls: call.cls,
            shape: tensor?.shape.dims?.length === 1 ? shapeOf(total ?? unknownDim()) : (tensor?.shape ?? unknownShape),
            dtype: 'int64',
            range: length !== undefined && isKnown(length) ? rangeBetween(0, length - 1, { integral: true, attained: true }) : undefined,
          }),
        ]
      : []),
    ...(withCounts
      ? [
          makeArray({
            cls: call.cls,
            shape: shapeOf(length ?? unknownDim()),
            dtype: 'int64',
            range: rangeBetween(1, Number.POSITIVE_INFINITY, { integral: true }),
            elements: tensor === undefined ? undefined : countsOf(tensor),
          }),
        ]
      : []),
  ]);
};

export const whereFunction: ArrayOperation = (call) =>
  call.operand(1).kind === 'none' && call.operand(2).kind === 'none' ? positionsOfNonzero(call, call.operand(0), 'tuple') : whereOperation(call);

export const padOperation: ArrayOperation = (call) => {
  const mode = call.argument('mode');
  const constant =
    call.args.given('constant_values') === true ? call.args.restKeywords.find((keyword) => keyword.name === 'constant_values')?.value : undefined;
  const fill =
    mode.kind !== 'str'
      ? undefined
      : mode.value === 'constant'
        ? constantRange(constant === undefined ? 0 : (numberFromValue(constant) ?? Number.NaN))
        : mode.value === 'edge' || mode.value === 'reflect' || mode.value === 'symmetric' || mode.value === 'wrap'
          ? ('inside' as const)
          : undefined;
  return pad(call, call.operand(0), padAmounts(call, call.operand(1)), typeof fill === 'object' && Number.isNaN(fill.low) ? undefined : fill);
};

export const appendOperation: ArrayOperation = (call) =>
  concatenate(call, [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))], call.argument('axis'));

/** `np.insert`, `np.delete`: the axis gets a size that is not followed, the others stay. */
export const resizedOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  if (tensor?.shape.dims === undefined)
    return tensor === undefined ? unknown() : makeArray({ cls: call.cls, shape: unknownShape, dtype: tensor.dtype });
  const axis = call.argument('axis');
  const at = axis.kind === 'none' ? 0 : numberFromValue(axis);
  const range = tensor.range === undefined ? undefined : { ...tensor.range, attained: false };
  if (axis.kind === 'none' && tensor.shape.dims.length !== 1) return makeArray({ cls: call.cls, shape: shapeOfRank(1), dtype: tensor.dtype });
  const normal = at === undefined ? undefined : normalizeAxis(at, tensor.shape.dims.length);
  if (normal === undefined) return makeArray({ cls: call.cls, shape: shapeOfRank(tensor.shape.dims.length), dtype: tensor.dtype });
  const single = dimFromValue(call.operand(1));
  const many = sizesFromValue(call.interpreter, call.operand(1));
  const size = tensor.shape.dims[normal] ?? unknownDim();
  const isDelete = call.name.endsWith('delete');
  const length =
    isDelete && single !== undefined
      ? subtractDims(size, 1)
      : isDelete && many !== undefined && new Set(many).size === many.length && many.every(isKnown) && many.every((one) => isKnown(one) && one >= 0)
        ? subtractDims(size, many.length)
        : unknownDim();
  return makeArray({
    cls: call.cls,
    shape: { dims: tensor.shape.dims.with(normal, length) },
    dtype: tensor.dtype,
    range: isDelete ? range : undefined,
    origin: tensor.origin,
  });
};

/** Rolls along an axis: the elements stay, their order not known unless small. */
export const rollOperation: ArrayOperation = (call) => reordered(call, call.operand(0));

export const rotateOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const dims = tensor?.shape.dims;
  const times = numberFromValue(call.argument('k')),
    axes = numbersFromValue(call.interpreter, call.argument('axes'));
  if (tensor === undefined || dims === undefined || times === undefined || axes?.length !== 2)
    return tensor === undefined
      ? unknown()
      : reordered(call, makeArray({ ...tensor, shape: dims === undefined ? unknownShape : shapeOfRank(dims.length) }));
  const [one, other] = axes.map((axis) => normalizeAxis(axis, dims.length));
  if (one === undefined || other === undefined)
    return refuseConflict(call, { kind: 'axis', axis: axes[one === undefined ? 0 : 1] ?? 0, rank: dims.length }, [tensor.shape], dims.length);
  const swapped = Math.abs(times) % 2 === 1 ? dims.with(one, dims[other] ?? 0).with(other, dims[one] ?? 0) : dims;
  return makeArray({ cls: call.cls, shape: { dims: swapped }, dtype: tensor.dtype, range: tensor.range, origin: tensor.origin });
};

/** The shape of differences, histograms and the like along an axis. */
export const differenceOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const dims = tensor?.shape.dims;
  const order = numberFromValue(call.argument('n')),
    at = numberFromValue(call.argument('axis'));
  if (tensor === undefined) return unknown();
  if (dims === undefined || at === undefined) return makeArray({ cls: call.cls, shape: unknownShape, dtype: tensor.dtype });
  const normal = normalizeAxis(at, dims.length);
  if (normal === undefined) return refuseConflict(call, { kind: 'axis', axis: at, rank: dims.length }, [tensor.shape], dims.length);
  return makeArray({
    cls: call.cls,
    shape: { dims: dims.with(normal, order === undefined ? unknownDim() : subtractDims(dims[normal] ?? 0, order)) },
    dtype: tensor.dtype,
  });
};

export const binCountOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const contents = tensor?.contents;
  const least = numberFromValue(call.argument('minlength')) ?? 0;
  if (contents !== undefined && contents.length > 0 && call.argument('weights').kind === 'none') {
    const length = Math.max(least, Math.max(...contents) + 1);
    if (length <= 4096)
      return makeArray({
        cls: call.cls,
        shape: shapeOf(length),
        dtype: 'int64',
        elements: Array.from({ length }, (_, at) => contents.filter((element) => element === at).length),
      });
  }
  const range = tensor?.range;
  return vector(
    call,
    range?.attained && range.integral ? Math.max(least, range.high + 1) : undefined,
    'int64',
    rangeBetween(0, Number.POSITIVE_INFINITY, { integral: true }),
  );
};

export const digitizeOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const [bins] = tensorOf(call, call.operand(1))?.shape.dims ?? [];
  return tensor === undefined
    ? unknown()
    : makeArray({
        cls: call.cls,
        shape: tensor.shape,
        dtype: 'int64',
        range: rangeBetween(0, bins !== undefined && isKnown(bins) ? bins : Number.POSITIVE_INFINITY, { integral: true }),
      });
};

/** `np.percentile(x, q, axis)`: the axes of q come first. */
export const percentileOperation: ArrayOperation = (call) => {
  const reduced = reduction('between')(call);
  const points = tensorOf(call, call.operand(1));
  if (reduced.kind !== 'tensor' || points?.shape.dims === undefined || reduced.shape.dims === undefined) return unknown();
  return makeArray({
    ...reduced,
    shape: { dims: [...points.shape.dims, ...reduced.shape.dims] },
    dtype: points.shape.dims.length === 0 ? reduced.dtype : 'float64',
    elements: undefined,
  });
};

export const averageOperation: ArrayOperation = (call) =>
  call.argument('weights').kind === 'none' ? reduction('mean')(call) : reduction('between')(call);

export function atLeast(axes: number): ArrayOperation {
  return (call) => {
    if (call.args.rest.length !== 1) return unknown();
    const tensor = tensorOf(call, call.args.rest[0]?.value ?? unknown());
    const dims = tensor?.shape.dims;
    if (tensor === undefined || dims === undefined) return unknown();
    if (dims.length >= axes) return tensor;
    const grown: readonly Dim[] =
      axes === 3 && dims.length === 2
        ? [...dims, 1]
        : axes === 3 && dims.length === 1
          ? [1, ...dims, 1]
          : [...Array.from({ length: axes - dims.length }, () => 1), ...dims];
    return reshapeTo(call, tensor, grown);
  };
}

/** `broadcast_arrays` and comparisons of whole arrays. */
export const sameElementsOperation: ArrayOperation = (call) => {
  const [one, other] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
  if (one === undefined || other === undefined) return unknown(undefined, 'bool');
  if (shapesEqual(one.shape, other.shape) === false && call.name.endsWith('equal')) return bool(false);
  if (one.contents === undefined || other.contents === undefined || !call.name.endsWith('equal')) return unknown(undefined, 'bool');
  return maybeBool(one.contents.every((element, at) => element === other.contents?.[at]));
};

export const broadcastShapesOperation: ArrayOperation = (call) => {
  const shapes = call.args.rest.map((argument) => sizesFromValue(call.interpreter, argument.value));
  const arrays = shapes.map((shape) => makeArray({ cls: call.cls, shape: { dims: shape }, dtype: 'float64' }));
  const result = broadcasting(call, arrays, 'float64');
  return result.kind === 'tensor' ? shapeTuple(result.shape) : unknown(undefined, 'tuple');
};

export const indicesOperation: ArrayOperation = (call) => {
  const sizes = sizesFromValue(call.interpreter, call.operand(0));
  return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: [sizes.length, ...sizes] }, dtype: 'int64' });
};

export const meshgridOperation: ArrayOperation = (call) => {
  const indexing = call.args.restKeywords.find((keyword) => keyword.name === 'indexing')?.value ?? call.argument('indexing');
  return meshgrid(
    call,
    call.args.rest.map((argument) => argument.value),
    indexing.kind === 'str' && (indexing.value === 'ij' || indexing.value === 'xy') ? indexing.value : undefined,
  );
};

export const isScalarOperation: ArrayOperation = (call) => {
  const value = call.operand(0);
  if (value.kind === 'unknown') return unknown(undefined, 'bool');
  return bool(value.kind === 'int' || value.kind === 'float' || value.kind === 'bool' || value.kind === 'str');
};

export const shapeOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  return tensor === undefined ? unknown(undefined, 'tuple') : shapeTuple(tensor.shape, tensor.origin);
};
export const sizeOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const axis = call.argument('axis');
  const at = numberFromValue(axis);
  if (tensor === undefined) return unknown(undefined, 'int');
  if (axis.kind === 'none') return int(elementCount(tensor.shape) ?? unknownDim(), tensor.origin);
  const dims = tensor.shape.dims;
  return at === undefined || dims === undefined ? unknown(undefined, 'int') : int(dims.at(at) ?? unknownDim(), tensor.origin);
};
export const ndimOperation: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const axes = tensor === undefined ? undefined : rank(tensor.shape);
  return axes === undefined ? unknown(undefined, 'int') : int(axes);
};

/** `np.full` takes its fill's type, `np.zeros` floats. */
export const identityOperation: ArrayOperation = (call) => {
  const columns = call.argument('M');
  return identity(
    call,
    dimFromValue(call.operand(0)),
    columns.kind === 'none' ? undefined : (dimFromValue(columns) ?? unknownDim()),
    numberFromValue(call.argument('k')) ?? 0,
    dtypeOr(call.argument('dtype'), 'float64'),
  );
};
/** Not initialised: nothing is known of the elements. */
export const emptyOperation: ArrayOperation = (call) => {
  const sizes = sizesFromValue(call.interpreter, call.operand(0));
  return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: dtypeOr(call.argument('dtype'), 'float64') });
};
export const emptyLikeOperation: ArrayOperation = (call) => {
  const like = tensorOf(call, call.operand(0));
  return makeArray({ cls: call.cls, shape: like?.shape ?? unknownShape, dtype: dtypeOr(call.argument('dtype'), like?.dtype) });
};
export const triOperation: ArrayOperation = (call) => {
  const rows = dimFromValue(call.operand(0)),
    columns = call.argument('M').kind === 'none' ? rows : dimFromValue(call.argument('M'));
  return makeArray({
    cls: call.cls,
    shape: shapeOf(rows ?? unknownDim(), columns ?? unknownDim()),
    dtype: dtypeOr(call.argument('dtype'), 'float64'),
    range: rangeBetween(0, 1, { integral: true }),
  });
};

export const argwhereOperation = nonzeroOperation('rows');
