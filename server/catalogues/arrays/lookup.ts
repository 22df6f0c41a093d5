// Looking rows up by position: gather, take, embeddings, one-hot vectors, the positions of what is not zero, distinct values.
// It must not know any library but through `ArrayLibrary`.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { argmaxRange, liesWithin, oneHotRange } from '../../tensors/range.ts';
import { elementCount, normalizeAxis, rank, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { derivedOrigin, message } from '../../values/place.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { tuple, unknown } from '../../values/value.ts';
import { dimFromValue, distinctSlot, elementsOf, knownSizes, makeArray, numberFromValue } from './contents.ts';
import { tensorOf } from './conversion.ts';
import { permutationSlot, refuseRange, takeElements } from './indexing.ts';
import type { ArrayContext, ArrayOperation } from './library.ts';
import { refuse, refuseConflict } from './library.ts';
import { axisArgument } from './reductions.ts';

export interface GatherFacts {
  /** Axes in front that both share (`batch_dims`). */
  readonly batchAxes?: number;
  /** Negative positions count from the end (numpy, torch); TensorFlow refuses them. */
  readonly countsFromEnd: boolean;
}

/** Rows of an axis by position: the axis is replaced by the axes of the positions. `axis` None: of the flattened array. */
export function gather(context: ArrayContext, value: Value, positions: Value, axis: Value, facts: GatherFacts): Value {
  const operand = tensorOf(context, value);
  const indices = tensorOf(context, positions);
  if (operand === undefined || indices === undefined) return unknown();
  const flat: TensorValue = axis.kind === 'none' ? { ...operand, shape: shapeOf(elementCount(operand.shape) ?? unknownDim()) } : operand;
  const at = axis.kind === 'none' ? 0 : numberFromValue(axis);
  const { dims } = flat.shape;
  const partRange = flat.range === undefined ? undefined : { ...flat.range, attained: false };
  if (dims === undefined || at === undefined)
    return makeArray({ cls: context.cls, shape: unknownShape, dtype: flat.dtype, range: partRange, origin: flat.origin });
  const normal = normalizeAxis(at, dims.length);
  if (normal === undefined) return refuseConflict(context, { kind: 'axis', axis: at, rank: dims.length }, [flat.shape]);
  const size = dims[normal] ?? unknownDim();
  if (indices.range !== undefined && isKnown(size) && liesWithin(indices.range, facts.countsFromEnd ? -size : 0, size - 1) === false) {
    return refuseRange(context, flat, indices.range, normal, size);
  }
  const shared = facts.batchAxes ?? 0;
  const sizes = knownSizes(flat.shape),
    elements = elementsOf(flat);
  return makeArray({
    cls: context.cls,
    dtype: flat.dtype,
    origin: derivedOrigin(flat.origin, indices.origin),
    shape:
      indices.shape.dims === undefined
        ? unknownShape
        : { dims: [...dims.slice(0, normal), ...indices.shape.dims.slice(shared), ...dims.slice(normal + 1)] },
    range: permutationSlot.get(indices) === true && indices.shape.dims?.[0] === size ? flat.range : partRange,
    elements:
      sizes === undefined || elements === undefined || indices.contents === undefined || shared > 0
        ? undefined
        : takeElements(elements, sizes, normal, indices.contents),
  });
}

/** `take_along_axis`: the positions have the result's shape. */
export function takeAlong(context: ArrayContext, value: Value, positions: Value): Value {
  const [operand, indices] = [tensorOf(context, value), tensorOf(context, positions)];
  if (operand === undefined || indices === undefined) return unknown();
  return makeArray({
    cls: context.cls,
    shape: indices.shape,
    dtype: operand.dtype,
    range: operand.range === undefined ? undefined : { ...operand.range, attained: false },
    origin: derivedOrigin(operand.origin, indices.origin),
  });
}

export interface OneHotFacts {
  readonly depth: Dim | undefined;
  /** Where the new axis goes; -1 for last. */
  readonly axis: number | undefined;
  readonly dtype: DType | undefined;
  /** Labels outside give an error (`to_categorical`); elsewhere they give rows of zeros. */
  readonly refusesOutside?: boolean;
}

/** One-hot vectors of whole numbers. */
export function oneHot(context: ArrayContext, value: Value, facts: OneHotFacts): Value {
  const labels = tensorOf(context, value);
  if (labels === undefined) return unknown();
  const depth = facts.depth ?? unknownDim();
  if (facts.refusesOutside && labels.range !== undefined && isKnown(depth) && liesWithin(labels.range, -depth, depth - 1) === false) {
    return refuse(
      context,
      'label-range',
      message('{operation}: label {label} does not fit {depth} classes', {
        operation: context.name,
        label: labels.range.high >= depth ? labels.range.high : labels.range.low,
        depth,
      }),
      labels.shape.dims === undefined ? undefined : labels.shape.dims.length + 1,
      'IndexError',
    );
  }
  const { dims } = labels.shape;
  const at = dims === undefined || facts.axis === undefined ? undefined : normalizeAxis(facts.axis, dims.length + 1);
  if (dims !== undefined && facts.axis !== undefined && at === undefined)
    return refuseConflict(context, { kind: 'axis', axis: facts.axis, rank: dims.length + 1 }, [labels.shape], dims.length + 1);
  const contents = labels.contents;
  return makeArray({
    cls: context.cls,
    dtype: facts.dtype,
    origin: labels.origin,
    shape: dims === undefined || at === undefined ? unknownShape : { dims: dims.toSpliced(at, 0, depth) },
    range: hasInside(labels, depth) ? oneHotRange(isKnown(depth) ? depth : undefined) : { ...oneHotRange(undefined), attained: false },
    elements:
      contents !== undefined && isKnown(depth) && dims !== undefined && at === dims.length && contents.length * depth <= 4096
        ? contents.flatMap((label) => Array.from({ length: depth }, (_, column) => (column === label ? 1 : 0)))
        : undefined,
  });
}

function hasInside(labels: TensorValue, depth: Dim): boolean {
  return labels.range !== undefined && isKnown(depth) && liesWithin(labels.range, 0, depth - 1) === true && labels.shape.dims?.includes(0) === false;
}

/** Positions of what is not zero: one row for each, a column for each axis. */
export function positionsOfNonzero(context: ArrayContext, value: Value, form: 'rows' | 'tuple' | 'columns' | 'flat'): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return form === 'tuple' ? unknown(undefined, 'tuple') : unknown();
  const axes = rank(tensor.shape);
  const found = tensor.contents?.flatMap((element, at) => (element === 0 ? [] : [at]));
  const count = found?.length ?? unknownDim();
  const column = (size: Dim | undefined, elements?: readonly number[]): Value =>
    makeArray({
      cls: context.cls,
      shape: shapeOf(count),
      dtype: context.library.indexType,
      range: argmaxRange(typeof size === 'number' ? size : undefined),
      elements,
    });
  if (form === 'flat') return column(elementCount(tensor.shape), found);
  if (form === 'tuple')
    return axes === undefined
      ? unknown(undefined, 'tuple')
      : tuple(Array.from({ length: axes }, (_, axis) => column(tensor.shape.dims?.[axis], axes === 1 ? found : undefined)));
  if (axes === undefined) return makeArray({ cls: context.cls, shape: unknownShape, dtype: context.library.indexType });
  return makeArray({
    cls: context.cls,
    shape: form === 'rows' ? shapeOf(count, axes) : shapeOf(axes, count),
    dtype: context.library.indexType,
    range: argmaxRange(undefined),
  });
}

/** The distinct values in order: known of small arrays, and of whole numbers of which all between two ends occur (labels). */
export function distinct(context: ArrayContext, value: Value): TensorValue | undefined {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return undefined;
  const values = distinctValues(tensor);
  const texts = distinctSlot.get(tensor)?.texts;
  const result = makeArray({
    cls: context.cls,
    shape: shapeOf(values?.length ?? texts?.length ?? unknownDim({ minimum: 0 })),
    dtype: tensor.dtype,
    range: tensor.range,
    elements: values,
    origin: tensor.origin,
  });
  return texts === undefined ? result : distinctSlot.on(result, { texts });
}

/** Says that every whole number between the ends of the range occurs: class labels of a data set. */
export function distinctValues(tensor: TensorValue): readonly number[] | undefined {
  if (tensor.contents !== undefined) return [...new Set(tensor.contents)].sort((left, right) => left - right);
  const known = distinctSlot.get(tensor);
  if (known !== undefined) return known.numbers;
  const { range } = tensor;
  if (range === undefined || !range.attained || !range.integral || range.high - range.low >= 4096) return undefined;
  return Array.from({ length: range.high - range.low + 1 }, (_, at) => range.low + at);
}

/** How often each distinct value occurs. */
export function countsOf(tensor: TensorValue): readonly number[] | undefined {
  const values = tensor.contents === undefined ? undefined : distinctValues(tensor);
  return values?.map((value) => tensor.contents?.filter((element) => element === value).length ?? 0);
}

// ---- For declarations.

/** numpy's and Keras' take: array, positions, axis. */
export function gatherOperation(facts: GatherFacts): ArrayOperation {
  return (call) => gather(call, call.operand(0), call.operand(1), axisArgument(call), facts);
}
export const takeAlongOperation: ArrayOperation = (call) => takeAlong(call, call.operand(0), call.operand(1));
export function nonzeroOperation(form: 'rows' | 'tuple' | 'columns' | 'flat'): ArrayOperation {
  return (call) => positionsOfNonzero(call, call.operand(0), form);
}
/** `one_hot(labels, depth, axis=-1, dtype=…)`, by the names that libraries give them. */
export function oneHotOperation(readDtype: (value: Value) => DType | undefined, fallback: DType): ArrayOperation {
  return (call) => {
    const axis = call.argument('axis');
    const dtype = call.argument('dtype');
    return oneHot(call, call.operand(0), {
      depth: dimFromValue(call.argument('depth', 'num_classes')),
      axis: axis.kind === 'none' ? -1 : numberFromValue(axis),
      dtype: dtype.kind === 'none' ? fallback : readDtype(dtype),
    });
  };
}
