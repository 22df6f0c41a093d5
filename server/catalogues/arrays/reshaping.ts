// Operations that move elements without computing with them: reshape, transpose, new and dropped axes, repeating, padding, flipping.
// It must not know any library but through `ArrayLibrary`.
import { addDims, type Dim, multiplyDims, unknownDim } from '../../tensors/dim.ts';
import { uniteRanges, type ValueRange } from '../../tensors/range.ts';
import {
  broadcastTo,
  elementCount,
  expandDims,
  normalizeAxes,
  normalizeAxis,
  rank,
  reshapeShape,
  type Shape,
  shapeOf,
  shapeOfRank,
  type ShapeResult,
  squeezeShape,
  swapAxes,
  tileShape,
  transposeShape,
  unknownShape,
} from '../../tensors/shape.ts';
import { keepDraws } from '../../values/draws.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { broadcastView, contiguous, dimFromValue, elementsOf, knownSizes, makeArray, numberFromValue, readView, type View } from './contents.ts';
import { numbersFromValue, sizesFromValue, tensorOf } from './conversion.ts';
import type { ArrayCall, ArrayContext, ArrayOperation } from './library.ts';
import { refuseConflict, withoutScalar } from './library.ts';
import { shareMemory } from './memory.ts';
import { axesOf, axisArgument } from './reductions.ts';

interface Move {
  readonly shape: Shape;
  /** How the known elements are read; a list: they are these. */
  readonly view?: View | undefined;
  readonly elements?: readonly Dim[] | undefined;
  /** Stays that of the operand unless given; `undefined` must be said by `loses`. */
  readonly range?: ValueRange | undefined;
  readonly loses?: 'range' | 'attained';
  /** The result shares its elements with the operand where the library has views. */
  readonly isView?: boolean;
}

/** The operand's elements in another arrangement. */
function moved(context: ArrayContext, tensor: TensorValue, move: Move): Value {
  const elements = elementsOf(tensor);
  const kept =
    move.loses === 'range'
      ? undefined
      : move.loses === 'attained' && tensor.range !== undefined
        ? { ...tensor.range, attained: false }
        : tensor.range;
  const made = makeArray({
    cls: context.cls,
    shape: move.shape,
    dtype: tensor.dtype,
    range: move.range ?? kept,
    origin: tensor.origin,
    elements: move.elements ?? (move.view === undefined || elements === undefined ? undefined : readView(move.view, elements)),
  });
  const [before, after] = [elementCount(tensor.shape), elementCount(move.shape)];
  // The same elements in another order are as many independent draws.
  const result = before !== undefined && before === after ? keepDraws(tensor, made) : made;
  return withoutScalar(move.isView === true && context.library.isMutable ? shareMemory(tensor, result) : result);
}

function refused(context: ArrayContext, result: ShapeResult, tensor: TensorValue, resultRank?: number): Value | undefined {
  return result.ok ? undefined : refuseConflict(context, result.reason, [tensor.shape], resultRank);
}

/** The view of a known array after changing its strides. */
function restride(tensor: TensorValue, change: (view: View) => View): View | undefined {
  const sizes = knownSizes(tensor.shape);
  return sizes === undefined ? undefined : change(contiguous(sizes));
}

export function reshape(context: ArrayContext, value: Value, shape: Value): Value {
  const tensor = tensorOf(context, value);
  const target = sizesFromValue(context.interpreter, shape);
  if (tensor === undefined) return target === undefined ? unknown() : unknownReshaped(context, value, target);
  return reshapeTo(context, tensor, target);
}

/** What is not known may still be no array at all. */
function unknownReshaped(context: ArrayContext, value: Value, target: readonly Dim[]): Value {
  if (value.kind !== 'unknown') return unknown();
  return makeArray({ cls: context.cls, shape: { dims: target.map((dim) => (dim === -1 ? unknownDim() : dim)) }, dtype: undefined });
}

export function reshapeTo(context: ArrayContext, tensor: TensorValue, target: readonly Dim[] | undefined): Value {
  if (target === undefined) return moved(context, tensor, { shape: unknownShape });
  const shape = reshapeShape(tensor.shape, target);
  if (!shape.ok) return refuseConflict(context, shape.reason, [tensor.shape], target.length);
  return moved(context, tensor, { shape: shape.shape, elements: elementsOf(tensor), isView: true });
}

export function flatten(context: ArrayContext, value: Value, isView = false): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const count = elementCount(tensor.shape);
  return moved(context, tensor, { shape: shapeOf(count ?? unknownDim()), elements: elementsOf(tensor), isView });
}

/** `axes` undefined: reversed; 'unknown': not known. */
export function transpose(context: ArrayContext, value: Value, axes: readonly number[] | undefined | 'unknown'): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  if (axes === 'unknown')
    return moved(context, tensor, { shape: tensor.shape.dims === undefined ? unknownShape : shapeOfRank(tensor.shape.dims.length) });
  const shape = transposeShape(tensor.shape, axes);
  return (
    refused(context, shape, tensor, axes?.length ?? rank(tensor.shape)) ??
    moved(context, tensor, {
      shape: shape.ok ? shape.shape : unknownShape,
      isView: true,
      view: restride(tensor, (view) => {
        const order = axes?.map((axis) => normalizeAxis(axis, view.sizes.length) ?? 0) ?? view.sizes.map((_, axis) => view.sizes.length - 1 - axis);
        return { sizes: order.map((axis) => view.sizes[axis] ?? 1), strides: order.map((axis) => view.strides[axis] ?? 0), offset: 0 };
      }),
    })
  );
}

export function swap(context: ArrayContext, value: Value, first: number | undefined, second: number | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const size = rank(tensor.shape);
  if (first === undefined || second === undefined || size === undefined)
    return moved(context, tensor, { shape: size === undefined ? unknownShape : shapeOfRank(size) });
  const shape = swapAxes(tensor.shape, first, second);
  const failed = refused(context, shape, tensor, size);
  if (failed !== undefined) return failed;
  const [one, other] = [normalizeAxis(first, size) ?? 0, normalizeAxis(second, size) ?? 0];
  return transpose(
    context,
    tensor,
    Array.from({ length: size }, (_, axis) => (axis === one ? other : axis === other ? one : axis)),
  );
}

export function moveAxis(context: ArrayContext, value: Value, from: readonly number[] | undefined, to: readonly number[] | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const size = rank(tensor.shape);
  if (from === undefined || to === undefined || size === undefined || from.length !== to.length) return transpose(context, tensor, 'unknown');
  const [sources, targets] = [normalizeAxes(from, size), normalizeAxes(to, size)];
  if (!sources.ok) return refuseConflict(context, sources.reason, [tensor.shape], size);
  if (!targets.ok) return refuseConflict(context, targets.reason, [tensor.shape], size);
  const rest = Array.from({ length: size }, (_, axis) => axis).filter((axis) => !sources.axes.includes(axis));
  const order = Array.from({ length: size }, (_, axis) => {
    const moving = targets.axes.indexOf(axis);
    return moving >= 0 ? (sources.axes[moving] ?? 0) : (rest.shift() ?? 0);
  });
  return transpose(context, tensor, order);
}

/** New axes of size 1; the axes count in the result. */
export function expand(context: ArrayContext, value: Value, axes: readonly number[] | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  if (axes === undefined)
    return moved(context, tensor, { shape: tensor.shape.dims === undefined ? unknownShape : shapeOfRank(tensor.shape.dims.length + 1) });
  const size = rank(tensor.shape);
  const ordered = size === undefined ? axes : axes.map((axis) => (axis < 0 ? axis + size + axes.length : axis)).sort((left, right) => left - right);
  let shape: Shape = tensor.shape;
  for (const axis of ordered) {
    const next = expandDims(shape, axis);
    if (!next.ok) return refuseConflict(context, next.reason, [tensor.shape], size === undefined ? undefined : size + axes.length);
    shape = next.shape;
  }
  return moved(context, tensor, { shape, elements: elementsOf(tensor), isView: true });
}

/** `axes` 'all': every axis of size 1. */
export function squeeze(context: ArrayContext, value: Value, axes: readonly number[] | 'all' | undefined, strict = true): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  if (axes === undefined) return moved(context, tensor, { shape: unknownShape });
  const shape = squeezeShape(tensor.shape, axes === 'all' ? undefined : axes, strict);
  return (
    refused(context, shape, tensor) ??
    moved(context, tensor, { shape: shape.ok ? shape.shape : unknownShape, elements: elementsOf(tensor), isView: true })
  );
}

export function broadcastArray(context: ArrayContext, value: Value, target: readonly Dim[] | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return target === undefined ? unknown() : unknownReshaped(context, value, target);
  if (target === undefined) return moved(context, tensor, { shape: unknownShape });
  const shape = broadcastTo(tensor.shape, target);
  if (!shape.ok) return refuseConflict(context, shape.reason, [tensor.shape, { dims: target }], target.length);
  const [from, to] = [knownSizes(tensor.shape), knownSizes(shape.shape)];
  return moved(context, tensor, { shape: shape.shape, view: from === undefined || to === undefined ? undefined : broadcastView(from, to) });
}

export function tile(context: ArrayContext, value: Value, repeats: readonly Dim[] | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  if (repeats === undefined) return moved(context, tensor, { shape: unknownShape });
  const shape = tileShape(tensor.shape, repeats);
  const sizes = knownSizes(tensor.shape),
    target = knownSizes(shape),
    elements = elementsOf(tensor);
  let read: readonly Dim[] | undefined;
  if (sizes !== undefined && target !== undefined && elements !== undefined && target.every((size) => size > 0)) {
    // Every position of the result taken modulo the operand's sizes.
    const padded = [...Array.from({ length: target.length - sizes.length }, () => 1), ...sizes];
    const view = contiguous(target);
    const source = contiguous(padded);
    const total = target.reduce((product, size) => product * size, 1);
    if (total <= 4096) {
      read = Array.from({ length: total }, (_, position) => {
        let at = 0;
        for (const [axis, stride] of view.strides.entries()) {
          const coordinate = Math.floor(position / stride) % (target[axis] ?? 1);
          at += (coordinate % (padded[axis] ?? 1)) * (source.strides[axis] ?? 0);
        }
        return elements[at] ?? 0;
      });
    }
  }
  return moved(context, tensor, { shape, elements: read });
}

/** Each element several times along an axis; without an axis numpy flattens first. */
export function repeat(context: ArrayContext, value: Value, repeats: Value, axis: Value): Value {
  const operand = tensorOf(context, value);
  if (operand === undefined) return unknown();
  const [at] = axis.kind === 'none' ? [0] : axesOf(context, axis) === 'all' ? [] : (numbersFromValue(context.interpreter, axis) ?? []);
  const flat = axis.kind === 'none' ? flattened(operand) : operand;
  const counts = sizesFromValue(context.interpreter, repeats);
  if (flat.shape.dims === undefined || at === undefined)
    return moved(context, operand, { shape: flat.shape.dims === undefined ? unknownShape : shapeOfRank(flat.shape.dims.length) });
  const normal = normalizeAxis(at, flat.shape.dims.length);
  if (normal === undefined)
    return refuseConflict(context, { kind: 'axis', axis: at, rank: flat.shape.dims.length }, [operand.shape], flat.shape.dims.length);
  const size = flat.shape.dims[normal] ?? unknownDim();
  const length = counts === undefined ? unknownDim() : counts.length === 1 ? multiplyDims(size, counts[0] ?? 1) : addDims(...counts);
  const sizes = knownSizes(flat.shape),
    elements = elementsOf(flat);
  const [count] = counts ?? [];
  let read: Dim[] | undefined;
  if (sizes !== undefined && elements !== undefined && counts?.length === 1 && typeof count === 'number' && elements.length * count <= 4096) {
    const inner = sizes.slice(normal + 1).reduce((product, one) => product * one, 1);
    read = [];
    for (let start = 0; start < elements.length; start += inner)
      for (let again = 0; again < count; again += 1) read.push(...elements.slice(start, start + inner));
  }
  return moved(context, flat, { shape: { dims: flat.shape.dims.with(normal, length) }, elements: read });
}

function flattened(tensor: TensorValue): TensorValue {
  const count = elementCount(tensor.shape);
  return { ...tensor, shape: shapeOf(count ?? unknownDim()) };
}

/** Reverses axes; 'all': every one. */
export function flip(context: ArrayContext, value: Value, axes: readonly number[] | 'all' | undefined): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const size = rank(tensor.shape);
  if (axes === undefined || size === undefined) return moved(context, tensor, { shape: tensor.shape });
  const normal = normalizeAxes(axes === 'all' ? Array.from({ length: size }, (_, axis) => axis) : axes, size);
  if (!normal.ok) return refuseConflict(context, normal.reason, [tensor.shape], size);
  return moved(context, tensor, {
    shape: tensor.shape,
    isView: true,
    view: restride(tensor, (view) => ({
      sizes: view.sizes,
      strides: view.strides.map((stride, axis) => (normal.axes.includes(axis) ? -stride : stride)),
      offset: normal.axes.reduce((offset, axis) => offset + (view.strides[axis] ?? 0) * Math.max(0, (view.sizes[axis] ?? 1) - 1), 0),
    })),
  });
}

/** The same elements in another order that is not known: shuffled, rolled, rotated by nothing known. */
export function reordered(context: ArrayContext, value: Value): Value {
  const tensor = tensorOf(context, value);
  return tensor === undefined ? unknown() : moved(context, tensor, { shape: tensor.shape });
}

/** Amounts in front of and behind each axis; undefined: not known. `fill`: the values put there; 'inside': copies of elements. */
export function pad(
  context: ArrayContext,
  value: Value,
  amounts: readonly (readonly [Dim, Dim])[] | undefined,
  fill: ValueRange | 'inside' | undefined,
): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const { dims } = tensor.shape;
  const range = fill === 'inside' ? tensor.range : fill === undefined || tensor.range === undefined ? undefined : uniteRanges(tensor.range, fill);
  const facts: Pick<Move, 'range' | 'loses'> =
    range === undefined ? { loses: 'range' } : { range: fill === 'inside' ? range : { ...range, attained: false } };
  if (dims === undefined) return moved(context, tensor, { shape: unknownShape, ...facts });
  if (amounts === undefined) return moved(context, tensor, { shape: shapeOfRank(dims.length), ...facts });
  const each = amounts.length === 1 && dims.length !== 1 ? dims.map(() => amounts[0] ?? ([0, 0] as const)) : amounts;
  if (each.length !== dims.length)
    return refuseConflict(
      context,
      { kind: 'rank', operand: 0, expected: each.length, actual: dims.length, atLeast: false },
      [tensor.shape],
      dims.length,
    );
  return moved(context, tensor, { shape: { dims: dims.map((dim, axis) => addDims(dim, each[axis]?.[0] ?? 0, each[axis]?.[1] ?? 0)) }, ...facts });
}

/** Padding as numpy, TensorFlow and Keras write it: a number, (before, after), or a pair for each axis. */
export function padAmounts(context: ArrayContext, value: Value): readonly (readonly [Dim, Dim])[] | undefined {
  const single = dimFromValue(value);
  if (single !== undefined) return [[single, single]];
  if (value.kind === 'tensor') {
    const [sizes, elements] = [knownSizes(value.shape), elementsOf(value)];
    if (sizes === undefined || elements === undefined || sizes.at(-1) !== 2 || sizes.length > 2) return undefined;
    return Array.from({ length: elements.length / 2 }, (_, at) => [elements[2 * at] ?? 0, elements[2 * at + 1] ?? 0] as const);
  }
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.open)) return undefined;
  const pairs: (readonly [Dim, Dim])[] = [];
  if (value.items.every((item) => dimFromValue(item) !== undefined || (item.kind === 'unknown' && item.typeName === 'int'))) {
    const sizes = value.items.map((item) => dimFromValue(item) ?? unknownDim());
    if (sizes.length === 2) return [[sizes[0] ?? 0, sizes[1] ?? 0]];
    return sizes.length === 1 ? [[sizes[0] ?? 0, sizes[0] ?? 0]] : undefined;
  }
  for (const item of value.items) {
    const sizes = sizesFromValue(context.interpreter, item);
    if (sizes === undefined) return undefined;
    const [before = 0, after = before] = sizes;
    pairs.push([before, after]);
  }
  return pairs;
}

// ---- For declarations.

/** Axes given one by one or as one tuple, behind the array: `x.transpose(0, 2, 1)`, `x.reshape(3, -1)`. */
export function restOrOne(call: ArrayCall, name: string): Value {
  const { rest } = call.args;
  if (rest.length > 1) return { kind: 'tuple', items: rest.map((argument) => argument.value) };
  return rest[0]?.value ?? call.args.restKeywords.find((keyword) => keyword.name === name)?.value ?? none;
}

export const reshapeOperation: ArrayOperation = (call) => reshape(call, call.operand(0), call.argument('shape', 'newshape', 'target_shape'));
export const transposeOperation: ArrayOperation = (call) => {
  const axes = call.argument('axes', 'perm', 'dims');
  return transpose(call, call.operand(0), axes.kind === 'none' ? undefined : (numbersFromValue(call.interpreter, axes) ?? 'unknown'));
};
export const expandOperation: ArrayOperation = (call) => expand(call, call.operand(0), numbersFromValue(call.interpreter, axisArgument(call)));
export const squeezeOperation: ArrayOperation = (call) =>
  squeeze(call, call.operand(0), axesOf(call, axisArgument(call)), call.library.axisName === 'axis');
export const flipOperation: ArrayOperation = (call) => flip(call, call.operand(0), axesOf(call, axisArgument(call)));
export const tileOperation: ArrayOperation = (call) => tile(call, call.operand(0), sizesFromValue(call.interpreter, call.operand(1)));
export const repeatOperation: ArrayOperation = (call) => repeat(call, call.operand(0), call.operand(1), axisArgument(call));
export const flattenOperation: ArrayOperation = (call) => flatten(call, call.operand(0));
export const broadcastToOperation: ArrayOperation = (call) =>
  broadcastArray(call, call.operand(0), sizesFromValue(call.interpreter, call.operand(1)));
export const swapOperation: ArrayOperation = (call) =>
  swap(call, call.operand(0), numberFromValue(call.operand(1)), numberFromValue(call.operand(2)));
export const moveAxisOperation: ArrayOperation = (call) =>
  moveAxis(call, call.operand(0), numbersFromValue(call.interpreter, call.operand(1)), numbersFromValue(call.interpreter, call.operand(2)));
export const reorderedOperation: ArrayOperation = (call) => reordered(call, call.operand(0));
