// Products of arrays: matmul, dot, tensordot, einsum, outer, and the linear algebra whose shapes follow from them.
// It must not know any library but through `ArrayLibrary`.
import { addDims, type Dim, dimEquals, multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { einsumShapes } from '../../tensors/einsum.ts';
import { rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { matmulShapes, normalizeAxes, type Shape, shapeOf, shapeOfRank, type ShapeResult, unknownShape } from '../../tensors/shape.ts';
import { derivedOrigin, message } from '../../values/place.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { tuple, unknown } from '../../values/value.ts';
import { countOf, elementsOf, knownSizes, makeArray, numberFromValue } from './contents.ts';
import { castElements, numbersFromValue, operandOf, tensorOf } from './conversion.ts';
import { binary } from './elementwise.ts';
import { countMultiplyAdds } from './costs.ts';
import type { ArrayContext, ArrayOperation } from './library.ts';
import { refuse, refuseConflict } from './library.ts';

function product(context: ArrayContext, operands: readonly TensorValue[], result: ShapeResult, elements?: readonly Dim[], rank?: number): Value {
  if (!result.ok)
    return refuseConflict(
      context,
      result.reason,
      operands.map((operand) => operand.shape),
      rank,
    );
  const dtype = context.library.promote(...operands.map((operand) => operand.dtype));
  return makeArray({
    cls: context.cls,
    shape: result.shape,
    dtype,
    range: productRange(operands),
    origin: derivedOrigin(...operands.map((operand) => operand.origin)),
    elements: dtype === undefined ? undefined : castElements(elements, dtype),
  });
}

/** Sums of products: of numbers that are not negative they are not negative. */
function productRange(operands: readonly TensorValue[]): ValueRange | undefined {
  const integral = operands.every((operand) => operand.range?.integral === true);
  return operands.every((operand) => operand.range !== undefined && operand.range.low >= 0)
    ? rangeBetween(0, Number.POSITIVE_INFINITY, { integral })
    : undefined;
}

export function matmul(context: ArrayContext, left: Value, right: Value): Value {
  const [one, other] = [operandOf(context, left)?.tensor, operandOf(context, right)?.tensor];
  if (one === undefined || other === undefined) return unknown();
  const shape = matmulShapes(one.shape, other.shape);
  const ranks = [one.shape.dims?.length, other.shape.dims?.length];
  if (shape.ok) countMultiplyAdds(context, shape.shape, one.shape.dims?.at(-1));
  return product(
    context,
    [one, other],
    shape,
    multiplyMatrices(one, other),
    ranks.every((rank) => rank !== undefined && rank > 1) ? Math.max(ranks[0] ?? 0, ranks[1] ?? 0) : undefined,
  );
}

/** Known matrices and vectors without further axes. */
function multiplyMatrices(left: TensorValue, right: TensorValue): readonly Dim[] | undefined {
  const [sizes, otherSizes] = [knownSizes(left.shape), knownSizes(right.shape)];
  const [a, b] = [elementsOf(left), elementsOf(right)];
  if (sizes === undefined || otherSizes === undefined || a === undefined || b === undefined || sizes.length > 2 || otherSizes.length > 2)
    return undefined;
  const inner = sizes.at(-1) ?? 1;
  const rows = sizes.length === 2 ? (sizes[0] ?? 1) : 1;
  const columns = otherSizes.length === 2 ? (otherSizes[1] ?? 1) : 1;
  if (rows * columns > 4096 || rows * columns * inner > 65536) return undefined;
  const result: Dim[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      result.push(addDims(...Array.from({ length: inner }, (_, at) => multiplyDims(a[row * inner + at] ?? 0, b[at * columns + column] ?? 0))));
    }
  }
  return result;
}

/** numpy's `dot`: an inner product over the last axis of the one and the last but one of the other; with a number, a product. */
export function dot(context: ArrayContext, left: Value, right: Value): Value {
  const [one, other] = [operandOf(context, left)?.tensor, operandOf(context, right)?.tensor];
  if (one === undefined || other === undefined) return unknown();
  const [dims, others] = [one.shape.dims, other.shape.dims];
  if (dims?.length === 0 || others?.length === 0) return binary(context, 'multiply', left, right);
  if (dims === undefined || others === undefined) return product(context, [one, other], { ok: true, shape: unknownShape });
  if (dims.length <= 2 && others.length <= 2) return matmul(context, left, right);
  const inner = others.length === 1 ? 0 : others.length - 2;
  return contract(context, one, other, [dims.length - 1], [inner]);
}

function contract(context: ArrayContext, left: TensorValue, right: TensorValue, leftAxes: readonly number[], rightAxes: readonly number[]): Value {
  const [dims, others] = [left.shape.dims ?? [], right.shape.dims ?? []];
  const [one, other] = [normalizeAxes(leftAxes, dims.length), normalizeAxes(rightAxes, others.length)];
  if (!one.ok) return refuseConflict(context, one.reason, [left.shape]);
  if (!other.ok) return refuseConflict(context, other.reason, [right.shape]);
  for (const [at, axis] of one.axes.entries()) {
    const [size, otherSize] = [dims[axis] ?? 1, others[other.axes[at] ?? 0] ?? 1];
    // torch takes an axis of size 1 with any other one.
    const isStretched = context.library.axisName === 'dim' && (size === 1 || otherSize === 1);
    if (dimEquals(size, otherSize) === false && !isStretched)
      return refuseConflict(
        context,
        { kind: 'inner', left: size, right: otherSize },
        [left.shape, right.shape],
        dims.length + others.length - 2 * one.axes.length,
      );
  }
  const shape = { dims: [...dims.filter((_, axis) => !one.axes.includes(axis)), ...others.filter((_, axis) => !other.axes.includes(axis))] };
  countMultiplyAdds(context, shape, ...one.axes.map((axis) => dims[axis]));
  return product(context, [left, right], { ok: true, shape });
}

/** `axes`: a number of axes, or two lists of them. */
export function tensordot(context: ArrayContext, left: Value, right: Value, axes: Value): Value {
  const [one, other] = [tensorOf(context, left), tensorOf(context, right)];
  if (one === undefined || other === undefined) return unknown();
  const count = numberFromValue(axes);
  const rank = one.shape.dims?.length;
  if (rank === undefined || other.shape.dims === undefined) return product(context, [one, other], { ok: true, shape: unknownShape });
  if (count !== undefined) {
    return contract(
      context,
      one,
      other,
      Array.from({ length: count }, (_, at) => rank - count + at),
      Array.from({ length: count }, (_, at) => at),
    );
  }
  if (axes.kind !== 'tuple' && axes.kind !== 'list') return product(context, [one, other], { ok: true, shape: unknownShape });
  const [first, second] = axes.items.map((item) => numbersFromValue(context.interpreter, item));
  if (first === undefined || second === undefined || first.length !== second.length)
    return product(context, [one, other], { ok: true, shape: unknownShape });
  return contract(context, one, other, first, second);
}

export function einsum(context: ArrayContext, equation: Value, operands: readonly Value[]): Value {
  const tensors = operands.map((operand) => tensorOf(context, operand));
  const known = tensors.filter((tensor) => tensor !== undefined);
  if (equation.kind !== 'str') return known.length < tensors.length ? unknown() : product(context, known, { ok: true, shape: unknownShape });
  const shapes = tensors.map((tensor) => tensor?.shape ?? unknownShape);
  const result = einsumShapes(equation.value, shapes);
  if (!result.ok) return refuseConflict(context, result.reason, shapes);
  // With all axes at once, as a loop would: libraries that go through three operands in pairs may need less.
  if (known.length > 1) countMultiplyAdds(context, allAxes(equation.value, known, result.shape));
  return product(context, known, result, undefined);
}

/** The sizes of the axes that an equation names, each once; unknown with an ellipsis. */
function allAxes(equation: string, operands: readonly TensorValue[], result: Shape): Shape {
  const inputs = (equation.split('->')[0] ?? '').replaceAll(' ', '').split(',');
  const sizes = new Map<string, Dim>();
  for (const [at, names] of inputs.entries()) {
    const dims = operands[at]?.shape.dims;
    if (dims === undefined || names.includes('.') || dims.length !== names.length) return unknownShape;
    for (const [axis, name] of [...names].entries()) {
      const size = dims[axis] ?? 1;
      if (sizes.get(name) === undefined || sizes.get(name) === 1) sizes.set(name, size);
    }
  }
  return result.dims === undefined ? unknownShape : { dims: [...sizes.values()] };
}

/** Every element of the one with every element of the other. */
export function outer(context: ArrayContext, left: Value, right: Value): Value {
  const [one, other] = [tensorOf(context, left), tensorOf(context, right)];
  if (one === undefined || other === undefined) return unknown();
  const count = (shape: Shape): Dim => (shape.dims === undefined ? unknownDim() : multiplyDims(...shape.dims));
  const [a, b] = [elementsOf(one), elementsOf(other)];
  const elements =
    a === undefined || b === undefined || a.length * b.length > 4096
      ? undefined
      : a.flatMap((element) => b.map((factor) => multiplyDims(element, factor)));
  return product(context, [one, other], { ok: true, shape: shapeOf(count(one.shape), count(other.shape)) }, elements);
}

/** Square matrices in, their inverse or the like out: the shape stays and the last two sizes must agree. */
export function squareMatrix(context: ArrayContext, value: Value, result: 'same' | 'batch' | 'vector'): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const { dims } = tensor.shape;
  const dtype =
    tensor.dtype === undefined
      ? undefined
      : tensor.dtype.startsWith('float') || tensor.dtype.startsWith('complex')
        ? tensor.dtype
        : context.library.floatOf(tensor.dtype);
  if (dims === undefined) return makeArray({ cls: context.cls, shape: unknownShape, dtype });
  if (dims.length < 2) return refuseConflict(context, { kind: 'rank', operand: 0, expected: 2, actual: dims.length, atLeast: true }, [tensor.shape]);
  const [rows, columns] = [dims.at(-2) ?? 0, dims.at(-1) ?? 0];
  if (dimEquals(rows, columns) === false) {
    return refuse(
      context,
      'shape-mismatch',
      message('{operation}: the last two sizes must be equal, got {rows} and {columns}', {
        operation: context.name,
        rows: typeof rows === 'number' ? rows : '?',
        columns: typeof columns === 'number' ? columns : '?',
      }),
      result === 'same' ? dims.length : dims.length - (result === 'batch' ? 2 : 1),
    );
  }
  return makeArray({ cls: context.cls, shape: { dims: result === 'same' ? dims : dims.slice(0, result === 'batch' ? -2 : -1) }, dtype });
}

/** Matrix above (`triu`) or below (`tril`) its diagonal, the rest 0. */
export function triangle(context: ArrayContext, value: Value, diagonal: number | undefined, keep: 'upper' | 'lower'): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const sizes = knownSizes(tensor.shape),
    elements = elementsOf(tensor);
  const columns = sizes?.at(-1) ?? 1,
    rows = sizes?.at(-2) ?? 1;
  const kept = (row: number, column: number): boolean => (keep === 'upper' ? column - row >= (diagonal ?? 0) : column - row <= (diagonal ?? 0));
  return makeArray({
    cls: context.cls,
    shape: tensor.shape,
    dtype: tensor.dtype,
    origin: tensor.origin,
    range:
      tensor.range === undefined
        ? undefined
        : rangeBetween(Math.min(0, tensor.range.low), Math.max(0, tensor.range.high), { integral: tensor.range.integral }),
    elements:
      sizes === undefined || elements === undefined || diagonal === undefined || sizes.length < 2 || countOf(sizes) !== elements.length
        ? undefined
        : elements.map((element, at) => (kept(Math.floor(at / columns) % rows, at % columns) ? element : 0)),
  });
}

/** `diag` of a vector makes a matrix, of a matrix its diagonal. */
export function diagonal(context: ArrayContext, value: Value, offset: number | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const { dims } = tensor.shape;
  const range = tensor.range === undefined ? undefined : { ...tensor.range, attained: false };
  if (dims?.length === 1) {
    const size = offset === undefined ? unknownDim() : addDims(dims[0] ?? 0, Math.abs(offset));
    const count = knownSizes(tensor.shape)?.[0],
      elements = elementsOf(tensor);
    return makeArray({
      cls: context.cls,
      shape: shapeOf(size, size),
      dtype: tensor.dtype,
      origin: tensor.origin,
      range: range === undefined ? undefined : { ...range, low: Math.min(0, range.low), high: Math.max(0, range.high) },
      elements:
        offset === 0 && count !== undefined && elements !== undefined && count <= 64
          ? Array.from({ length: count * count }, (_, at) => (Math.floor(at / count) === at % count ? (elements[at % count] ?? 0) : 0))
          : undefined,
    });
  }
  const sizes = knownSizes(tensor.shape);
  const length =
    sizes?.length === 2 && offset !== undefined
      ? Math.max(0, Math.min(offset >= 0 ? (sizes[0] ?? 0) : (sizes[0] ?? 0) + offset, offset >= 0 ? (sizes[1] ?? 0) - offset : (sizes[1] ?? 0)))
      : unknownDim();
  return makeArray({
    cls: context.cls,
    shape: dims?.length === 2 ? shapeOf(length) : unknownShape,
    dtype: tensor.dtype,
    origin: tensor.origin,
    range,
  });
}

/** The identity matrix and its like. */
export function identity(
  context: ArrayContext,
  rows: Dim | undefined,
  columns: Dim | undefined,
  offset: number | undefined,
  dtype: TensorValue['dtype'],
): Value {
  const [height, width] = [rows ?? unknownDim(), columns ?? rows ?? unknownDim()];
  return makeArray({
    cls: context.cls,
    shape: shapeOf(height, width),
    dtype,
    range: rangeBetween(0, 1, { integral: true }),
    elements:
      typeof height === 'number' && typeof width === 'number' && offset !== undefined && height * width <= 4096
        ? Array.from({ length: height * width }, (_, at) => ((at % width) - Math.floor(at / width) === offset ? 1 : 0))
        : undefined,
  });
}

/** Singular values and the like are not followed: shapes of what comes with them. */
export function singularValues(context: ArrayContext, value: Value, full: boolean | undefined): Value {
  const tensor = tensorOf(context, value);
  const dims = tensor?.shape.dims;
  if (tensor === undefined || dims === undefined || dims.length < 2) return tuple([unknown(), unknown(), unknown()]);
  const batch = dims.slice(0, -2),
    rows = dims.at(-2) ?? 0,
    columns = dims.at(-1) ?? 0;
  const order = typeof rows === 'number' && typeof columns === 'number' ? Math.min(rows, columns) : unknownDim();
  const make = (...sizes: readonly Dim[]): Value =>
    makeArray({
      cls: context.cls,
      shape: full === undefined ? shapeOfRank(batch.length + sizes.length) : { dims: [...batch, ...sizes] },
      dtype: tensor.dtype,
    });
  return tuple([make(rows, full === false ? order : rows), make(order), make(full === false ? order : columns, columns)]);
}

// ---- For declarations.

export const matmulOperation: ArrayOperation = (call) => matmul(call, call.operand(0), call.operand(1));
export const dotOperation: ArrayOperation = (call) => dot(call, call.operand(0), call.operand(1));
export const tensordotOperation: ArrayOperation = (call) => tensordot(call, call.operand(0), call.operand(1), call.argument('axes', 'dims'));
export const einsumOperation: ArrayOperation = (call) =>
  einsum(
    call,
    call.operand(0),
    call.args.rest.map((argument) => argument.value),
  );
export const outerOperation: ArrayOperation = (call) => outer(call, call.operand(0), call.operand(1));
export function triangleOperation(keep: 'upper' | 'lower'): ArrayOperation {
  return (call) => triangle(call, call.operand(0), numberFromValue(call.operand(1)), keep);
}
