// Shapes and what array operations do to them: broadcasting, concatenation, products, reshaping, reductions, indexing.
// An operation refuses only what is certain for every value of the symbols; whatever it cannot tell becomes an unknown size or rank.
// It must not know Python values, messages or a framework; where frameworks differ, the caller says which behaviour it wants.
//
// Two different symbolic sizes that must agree are taken to be equal, and a symbolic size is taken not to be 1, as torch.export
// and JAX's shape polymorphism do: that chooses the result, it never makes a conflict.
import {
  addDims, ceilDivideDims, type Dim, dimBounds, dimEquals, divides, formatDim, isAnonymous, isKnown, joinDims, maximumDims, minimumDims,
  multiplyDims, quotientAssumingExact, subtractDims, symbolsOf, unknownDim,
} from './dim.ts';

/** `dims` undefined: not even the rank is known. */
export interface Shape { readonly dims: readonly Dim[] | undefined }

export type ShapeResult = { readonly ok: true; readonly shape: Shape } | { readonly ok: false; readonly reason: ShapeConflict };

/** Why an operation certainly cannot be done. `operand` counts the shapes given, from 0. */
export type ShapeConflict =
  /** Sizes that do not broadcast; the axis is that of the result. */
  | { readonly kind: 'broadcast'; readonly axis: number; readonly left: Dim; readonly right: Dim }
  /** Sizes along an axis that must agree with those of the first operand. */
  | { readonly kind: 'size'; readonly axis: number; readonly operand: number; readonly left: Dim; readonly right: Dim }
  /** The contracted sizes of a matrix product. */
  | { readonly kind: 'inner'; readonly left: Dim; readonly right: Dim }
  | { readonly kind: 'rank'; readonly operand: number; readonly expected: number; readonly actual: number; readonly atLeast: boolean }
  | { readonly kind: 'axis'; readonly axis: number; readonly rank: number }
  | { readonly kind: 'repeated-axis'; readonly axis: number }
  /** A first axis behind the last one. */
  | { readonly kind: 'axis-order'; readonly start: number; readonly end: number }
  /** A permutation that does not name every axis once. */
  | { readonly kind: 'permutation'; readonly axes: readonly number[]; readonly rank: number }
  /** Reshaping `from` elements into `to`; with `inferred`, `to` is the product of the sizes besides the -1, which does not divide. */
  | { readonly kind: 'elements'; readonly from: Dim; readonly to: Dim; readonly inferred: boolean }
  /** More than one -1. */
  | { readonly kind: 'several-inferred' }
  | { readonly kind: 'negative-size'; readonly size: number }
  | { readonly kind: 'not-one'; readonly axis: number; readonly size: Dim }
  /** einsum: the equation itself, the number of operands, or a label with two sizes. */
  | { readonly kind: 'equation'; readonly problem: 'syntax' | 'output-label' | 'operands'; readonly detail: string }
  | { readonly kind: 'label'; readonly label: string; readonly operand: number; readonly left: Dim; readonly right: Dim };

export const unknownShape: Shape = { dims: undefined };

export function shapeOf(...dims: readonly Dim[]): Shape {
  return { dims };
}

/** Known rank, nothing else. */
export function shapeOfRank(size: number): Shape {
  return { dims: Array.from({ length: size }, () => unknownDim()) };
}

export function rank(shape: Shape): number | undefined {
  return shape.dims?.length;
}

/** As Python prints the tuple: `(None, 80, 80, 16)`, `(3,)`, `()`; `?` for unknown rank. */
export function formatShape(shape: Shape): string {
  if (shape.dims === undefined) return '?';
  let text = texts.get(shape);
  if (text === undefined) {
    const inner = shape.dims.map(shortDim).join(', ');
    text = shape.dims.length === 1 ? `(${inner},)` : `(${inner})`;
    texts.set(shape, text);
  }
  return text;
}
/** What a layer gives is printed by its call, by the names that it is given, and for each view. */
const texts = new WeakMap<Shape, string>();

/** A size that nobody can read says no more than `?`. */
const longestDim = 32;
function shortDim(dim: Dim): string {
  const text = formatDim(dim);
  return text.length > longestDim ? '?' : text;
}

export function shapesEqual(left: Shape, right: Shape): boolean | undefined {
  const [one, other] = [left.dims, right.dims];
  if (one === undefined || other === undefined) return undefined;
  if (one.length !== other.length) return false;
  return one.reduce<boolean | undefined>((equal, dim, axis) => {
    const same = dimEquals(dim, other[axis] ?? 0);
    return equal === false || same === false ? false : equal === undefined || same === undefined ? undefined : true;
  }, true);
}

export function elementCount(shape: Shape): Dim | undefined {
  return shape.dims === undefined ? undefined : multiplyDims(...shape.dims);
}

/** The axis counted from the front; undefined where it lies outside the rank. */
export function normalizeAxis(axis: number, size: number): number | undefined {
  const normal = axis < 0 ? axis + size : axis;
  return normal >= 0 && normal < size ? normal : undefined;
}

/** What is known after either of two: equal sizes are kept, others become unknown. */
export function joinShapes(left: Shape, right: Shape): Shape {
  const [one, other] = [left.dims, right.dims];
  if (one === undefined || other === undefined || one.length !== other.length) return unknownShape;
  return { dims: one.map((dim, axis) => joinDims(dim, other[axis] ?? dim)) };
}

/** Of two sizes that must be the same, the one that says more. */
export function preferredDim(left: Dim, right: Dim): Dim {
  const vagueness = (dim: Dim): number => (isKnown(dim) ? 0 : isAnonymous(dim) ? 3 : symbolsOf(dim)[0] === dim ? 1 : 2);
  const [one, other] = [vagueness(left), vagueness(right)];
  if (one !== other) return other < one ? right : left;
  // Of `2*(H//16)` and `H//8` the second needs no belief in even sizes.
  return one === 2 && formatDim(right).length < formatDim(left).length ? right : left;
}

export function broadcast(left: Shape, right: Shape): ShapeResult {
  const [one, other] = [left.dims, right.dims];
  if (one === undefined || other === undefined) return success(unknownShape);
  const size = Math.max(one.length, other.length);
  const dims: Dim[] = [];
  for (let axis = 0; axis < size; axis += 1) {
    const leftDim = one[axis - size + one.length] ?? 1;
    const rightDim = other[axis - size + other.length] ?? 1;
    const dim = broadcastDims(leftDim, rightDim);
    if (dim === undefined) return failure({ kind: 'broadcast', axis, left: leftDim, right: rightDim });
    dims.push(dim);
  }
  return success({ dims });
}

export function broadcastAll(shapes: readonly Shape[]): ShapeResult {
  let result: ShapeResult = success(shapeOf());
  for (const shape of shapes) {
    if (!result.ok) return result;
    result = broadcast(result.shape, shape);
  }
  return result;
}

/** Undefined where the sizes certainly do not fit. */
export function broadcastDims(left: Dim, right: Dim): Dim | undefined {
  if (left === right || right === 1) return left;
  if (left === 1) return right;
  const equal = dimEquals(left, right);
  if (equal === false && dimEquals(left, 1) === false && dimEquals(right, 1) === false) return undefined;
  // One of them is 1 for certain if they differ for certain, but which one is not known when both may be.
  if (equal === false) return dimEquals(left, 1) === false ? left : dimEquals(right, 1) === false ? right : unknownDim();
  return isAnonymous(left) && isAnonymous(right) ? joinDims(left, right) : preferredDim(left, right);
}

/** `broadcast_to` and `expand`: the target's sizes are binding; -1 keeps the size that is there. */
export function broadcastTo(shape: Shape, target: readonly Dim[]): ShapeResult {
  if (shape.dims === undefined) return success({ dims: target.map((dim) => (dim === -1 ? unknownDim() : dim)) });
  if (shape.dims.length > target.length) {
    return failure({ kind: 'rank', operand: 0, expected: target.length, actual: shape.dims.length, atLeast: false });
  }
  const offset = target.length - shape.dims.length;
  const dims: Dim[] = [];
  for (const [axis, wanted] of target.entries()) {
    const present = shape.dims[axis - offset] ?? 1;
    if (wanted !== -1 && dimEquals(present, 1) === false && dimEquals(present, wanted) === false) {
      return failure({ kind: 'broadcast', axis, left: present, right: wanted });
    }
    dims.push(wanted === -1 ? present : wanted);
  }
  return success({ dims });
}

/** Operands of shape (0,) are passed over, as torch.cat does. */
export function concatShapes(shapes: readonly Shape[], axis: number): ShapeResult {
  const joined = agreeingDims(shapes, axis, shapes.map((shape) => shape.dims?.length === 1 && shape.dims[0] === 0));
  if (!joined.ok || joined.dims === undefined) return joined.ok ? success(unknownShape) : joined;
  const normal = normalizeAxis(axis, joined.dims.length) ?? 0;
  const pieces = shapes.map((shape) => (shape.dims === undefined ? unknownDim() : shape.dims.length === joined.dims?.length ? shape.dims[normal] ?? 0 : 0));
  return success({ dims: joined.dims.map((dim, index) => (index === normal ? addDims(...pieces) : dim)) });
}

/** The operands' common sizes; the new axis is counted in the result. */
export function stackShapes(shapes: readonly Shape[], axis: number): ShapeResult {
  const joined = agreeingDims(shapes, undefined, []);
  if (!joined.ok || joined.dims === undefined) return joined.ok ? success(unknownShape) : joined;
  const normal = normalizeAxis(axis, joined.dims.length + 1);
  if (normal === undefined) return failure({ kind: 'axis', axis, rank: joined.dims.length + 1 });
  return success({ dims: joined.dims.toSpliced(normal, 0, shapes.length) });
}

type Agreement = { readonly ok: true; readonly dims: readonly Dim[] | undefined } | { readonly ok: false; readonly reason: ShapeConflict };

function agreeingDims(shapes: readonly Shape[], freeAxis: number | undefined, skipped: readonly boolean[]): Agreement {
  let dims: readonly Dim[] | undefined;
  let free: number | undefined;
  const counted = shapes.some((_, operand) => skipped[operand] !== true) ? skipped : [];
  for (const [operand, shape] of shapes.entries()) {
    if (shape.dims === undefined || counted[operand] === true) continue;
    if (dims === undefined) {
      dims = shape.dims;
      free = freeAxis === undefined ? undefined : normalizeAxis(freeAxis, dims.length);
      if (freeAxis !== undefined && free === undefined) return failure({ kind: 'axis', axis: freeAxis, rank: dims.length });
      continue;
    }
    if (shape.dims.length !== dims.length) {
      return failure({ kind: 'rank', operand, expected: dims.length, actual: shape.dims.length, atLeast: false });
    }
    const agreed: Dim[] = [];
    for (const [axis, left] of dims.entries()) {
      const right = shape.dims[axis] ?? left;
      if (axis !== free && dimEquals(left, right) === false) return failure({ kind: 'size', axis, operand, left, right });
      agreed.push(preferredDim(left, right));
    }
    dims = agreed;
  }
  return { ok: true, dims };
}

/** numpy's and torch's `matmul`: 1-D operands are vectors, axes before the last two broadcast. */
export function matmulShapes(left: Shape, right: Shape): ShapeResult {
  for (const [operand, shape] of [left, right].entries()) {
    if (shape.dims?.length === 0) return failure({ kind: 'rank', operand, expected: 1, actual: 0, atLeast: true });
  }
  const leftInner = left.dims?.at(-1);
  const rightInner = right.dims?.at(right.dims.length === 1 ? -1 : -2);
  if (leftInner !== undefined && rightInner !== undefined && dimEquals(leftInner, rightInner) === false) {
    return failure({ kind: 'inner', left: leftInner, right: rightInner });
  }
  if (left.dims === undefined || right.dims === undefined) return success(unknownShape);
  const batch = broadcast({ dims: left.dims.slice(0, -2) }, { dims: right.dims.slice(0, -2) });
  if (!batch.ok || batch.shape.dims === undefined) return batch;
  const rows = left.dims.length > 1 ? left.dims.slice(-2, -1) : [];
  const columns = right.dims.length > 1 ? right.dims.slice(-1) : [];
  return success({ dims: [...batch.shape.dims, ...rows, ...columns] });
}

/** The target may hold one -1. */
export function reshapeShape(from: Shape, target: readonly Dim[]): ShapeResult {
  const inferredAxis = target.indexOf(-1);
  const others = target.filter((_, axis) => axis !== inferredAxis);
  if (others.includes(-1)) return failure({ kind: 'several-inferred' });
  for (const size of others) {
    if (isKnown(size) && size < 0) return failure({ kind: 'negative-size', size });
  }
  const count = elementCount(from);
  const product = multiplyDims(...others);
  if (inferredAxis < 0) {
    if (count !== undefined && dimEquals(count, product) === false) return failure({ kind: 'elements', from: count, to: product, inferred: false });
    return success({ dims: target });
  }
  if (count !== undefined && product !== 0 && divides(product, count) === false) {
    return failure({ kind: 'elements', from: count, to: product, inferred: true });
  }
  const inferred = count === undefined || product === 0 ? unknownDim() : quotientAssumingExact(count, product);
  return success({ dims: target.with(inferredAxis, inferred) });
}

/** `torch.flatten`: the axes from `start` to `end`, both included, become one. A scalar becomes (1,). */
export function flattenShape(shape: Shape, start = 0, end = -1): ShapeResult {
  if (shape.dims === undefined) return success(start === 0 && end === -1 ? shapeOf(unknownDim()) : unknownShape);
  const size = Math.max(shape.dims.length, 1);
  const [first, last] = [normalizeAxis(start, size), normalizeAxis(end, size)];
  if (first === undefined) return failure({ kind: 'axis', axis: start, rank: size });
  if (last === undefined) return failure({ kind: 'axis', axis: end, rank: size });
  if (last < first) return failure({ kind: 'axis-order', start, end });
  return success({ dims: shape.dims.toSpliced(first, last - first + 1, multiplyDims(...shape.dims.slice(first, last + 1))) });
}

/** `axes` undefined: all of them. */
export function reduceShape(shape: Shape, axes: readonly number[] | undefined, keepdims: boolean): ShapeResult {
  if (shape.dims === undefined) return success(axes === undefined && !keepdims ? shapeOf() : unknownShape);
  const normal = normalizeAxes(axes ?? shape.dims.map((_, axis) => axis), shape.dims.length);
  if (!normal.ok) return normal;
  const reduced = new Set(normal.axes);
  return success({
    dims: keepdims ? shape.dims.map((dim, axis) => (reduced.has(axis) ? 1 : dim)) : shape.dims.filter((_, axis) => !reduced.has(axis)),
  });
}

export type AxesResult = { readonly ok: true; readonly axes: readonly number[] } | { readonly ok: false; readonly reason: ShapeConflict };

export function normalizeAxes(axes: readonly number[], size: number): AxesResult {
  const normal: number[] = [];
  for (const axis of axes) {
    const position = normalizeAxis(axis, size);
    if (position === undefined) return failure({ kind: 'axis', axis, rank: size });
    if (normal.includes(position)) return failure({ kind: 'repeated-axis', axis });
    normal.push(position);
  }
  return { ok: true, axes: normal };
}

/** `axes` undefined: reversed, as numpy's `transpose` does. */
export function transposeShape(shape: Shape, axes?: readonly number[]): ShapeResult {
  if (shape.dims === undefined) return success(axes === undefined ? unknownShape : shapeOfRank(axes.length));
  const dims = shape.dims;
  if (axes === undefined) return success({ dims: dims.toReversed() });
  if (axes.length !== dims.length) return failure({ kind: 'permutation', axes, rank: dims.length });
  const normal = normalizeAxes(axes, dims.length);
  return normal.ok ? success({ dims: normal.axes.map((axis) => dims[axis] ?? unknownDim()) }) : normal;
}

export function swapAxes(shape: Shape, first: number, second: number): ShapeResult {
  if (shape.dims === undefined) return success(unknownShape);
  const [one, other] = [normalizeAxis(first, shape.dims.length), normalizeAxis(second, shape.dims.length)];
  if (one === undefined) return failure({ kind: 'axis', axis: first, rank: shape.dims.length });
  if (other === undefined) return failure({ kind: 'axis', axis: second, rank: shape.dims.length });
  const [left, right] = [shape.dims[one] ?? 0, shape.dims[other] ?? 0];
  return success({ dims: shape.dims.with(one, right).with(other, left) });
}

/** A new axis of size 1; the axis is counted in the result. */
export function expandDims(shape: Shape, axis: number): ShapeResult {
  if (shape.dims === undefined) return success(unknownShape);
  const normal = normalizeAxis(axis, shape.dims.length + 1);
  return normal === undefined ? failure({ kind: 'axis', axis, rank: shape.dims.length + 1 }) : success({ dims: shape.dims.toSpliced(normal, 0, 1) });
}

/** `strict`: a named axis must have size 1 (numpy, tf, Keras); torch leaves other sizes alone. */
export function squeezeShape(shape: Shape, axes: readonly number[] | undefined, strict: boolean): ShapeResult {
  if (shape.dims === undefined) return success(unknownShape);
  const dims = shape.dims;
  // numpy and torch let axis 0 of a scalar pass.
  const size = Math.max(dims.length, 1);
  if (axes === undefined || !strict) {
    const named = axes === undefined ? undefined : normalizeAxes(axes, size);
    if (named !== undefined && !named.ok) return named;
    const isCandidate = (axis: number): boolean => named === undefined || named.axes.includes(axis);
    if (dims.some((dim, axis) => isCandidate(axis) && isAnonymous(dim) && dimEquals(dim, 1) === undefined)) return success(unknownShape);
    return success({ dims: dims.filter((dim, axis) => !isCandidate(axis) || dim !== 1) });
  }
  const normal = normalizeAxes(axes, size);
  if (!normal.ok) return normal;
  for (const axis of normal.axes) {
    const present = dims[axis] ?? 1;
    if (dimEquals(present, 1) === false) return failure({ kind: 'not-one', axis, size: present });
  }
  return success({ dims: dims.filter((_, axis) => !normal.axes.includes(axis)) });
}

/** `numpy.tile`: the shorter of shape and repeats is filled up with ones in front. */
export function tileShape(shape: Shape, repeats: readonly Dim[]): Shape {
  if (shape.dims === undefined) return unknownShape;
  const size = Math.max(shape.dims.length, repeats.length);
  const fill = (dims: readonly Dim[]): readonly Dim[] => [...Array.from({ length: size - dims.length }, () => 1), ...dims];
  const filled = fill(repeats);
  return { dims: fill(shape.dims).map((dim, axis) => multiplyDims(dim, filled[axis] ?? 1)) };
}

/** The length of `sequence[start:stop:step]` for a sequence of `size`. Undefined stands for None. */
export function sliceLength(start: Dim | undefined, stop: Dim | undefined, step: number | undefined, size: Dim): Dim {
  const stride = step ?? 1;
  const forward = stride > 0;
  // Going backward, positions run from size - 1 down to -1, which stands for "before the first".
  const [least, most] = forward ? [0, size] : [-1, subtractDims(size, 1)];
  const first = start === undefined ? (forward ? least : most) : clampPosition(start, size, least, most);
  const last = stop === undefined ? (forward ? most : least) : clampPosition(stop, size, least, most);
  if (stride === 0 || first === undefined || last === undefined) return unknownDim({ maximum: dimBounds(size).high });
  const distance = forward ? subtractDims(last, first) : subtractDims(first, last);
  return maximumDims(0, ceilDivideDims(distance, Math.abs(stride)));
}

/** Undefined where it is not known whether the position counts from the end. */
function clampPosition(position: Dim, size: Dim, least: number, most: Dim): Dim | undefined {
  const { low, high } = dimBounds(position);
  if (low < 0 && high >= 0) return undefined;
  return high < 0 ? maximumDims(least, addDims(position, size)) : minimumDims(most, position);
}

export function success(shape: Shape): ShapeResult {
  return { ok: true, shape };
}

export function failure(reason: ShapeConflict): { readonly ok: false; readonly reason: ShapeConflict } {
  return { ok: false, reason };
}
