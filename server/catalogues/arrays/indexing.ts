// `x[...]` and `x[...] = y`: whole numbers, slices, ellipsis, None, masks and arrays of positions, as numpy defines them.
// It must not know any library but through `ArrayLibrary`.
import { type Dim, dimBounds, dimEquals, isKnown, unknownDim } from '../../tensors/dim.ts';
import { standsForAll } from '../../tensors/occurring.ts';
import { liesWithin, type ValueRange } from '../../tensors/range.ts';
import { broadcast, broadcastAll, formatShape, type Shape, sliceLength, unknownShape } from '../../tensors/shape.ts';
import { derivedOrigin, message } from '../../values/place.ts';
import { keepDraws } from '../../values/draws.ts';
import { defineSlot, plainContent } from '../../values/slots.ts';
import type { SliceValue, TensorValue, Value } from '../../values/value.ts';
import { none, originOf, unknown } from '../../values/value.ts';
import { contiguous, countOf, dimFromValue, elementsOf, knownSizes, makeArray, positionsOf, readView, type View } from './contents.ts';
import { tensorOf } from './conversion.ts';
import type { ArrayContext, ArrayOperation } from './library.ts';
import { refuse, refuseConflict } from './library.ts';
import { shareMemory, writeArray } from './memory.ts';

/** An array of positions that holds each of 0 … n - 1 once: taking them reorders and drops nothing. */
export const permutationSlot = defineSlot<true>('permutation', undefined, plainContent);

type IndexItem =
  | { readonly kind: 'position'; readonly at: Dim; readonly value: Value }
  | { readonly kind: 'slice'; readonly slice: SliceValue }
  | { readonly kind: 'new-axis' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'array'; readonly tensor: TensorValue }
  | { readonly kind: 'mask'; readonly tensor: TensorValue };

function itemsOf(context: ArrayContext, index: Value): readonly IndexItem[] | undefined {
  const parts = index.kind === 'tuple' ? index.items : [index];
  const items: IndexItem[] = [];
  for (const part of parts) {
    const item = itemOf(context, part);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function itemOf(context: ArrayContext, part: Value): IndexItem | undefined {
  switch (part.kind) {
    case 'none':
      return { kind: 'new-axis' };
    case 'ellipsis':
      return { kind: 'rest' };
    case 'slice':
      return { kind: 'slice', slice: part };
    case 'bool':
      return undefined;
    case 'int':
      return { kind: 'position', at: part.value, value: part };
    case 'unknown':
      return part.typeName === 'int' ? { kind: 'position', at: unknownDim({ minimum: Number.NEGATIVE_INFINITY }), value: part } : undefined;
    case 'list':
    case 'tuple':
    case 'tensor':
    case 'range':
    case 'instance': {
      const tensor = tensorOf(context, part);
      if (tensor === undefined || tensor.shape.dims === undefined || tensor.dtype === undefined) return undefined;
      if (tensor.dtype === 'bool') return tensor.shape.dims.length === 0 ? undefined : { kind: 'mask', tensor };
      if (tensor.shape.dims.length === 0) {
        const at =
          dimFromValue(tensor) ??
          unknownDim({ minimum: tensor.range?.low ?? Number.NEGATIVE_INFINITY, maximum: tensor.range?.high ?? Number.POSITIVE_INFINITY });
        return { kind: 'position', at, value: tensor };
      }
      return { kind: 'array', tensor };
    }
    default:
      return undefined;
  }
}

function axesTaken(item: IndexItem): number {
  switch (item.kind) {
    case 'new-axis':
    case 'rest':
      return 0;
    case 'mask':
      return item.tensor.shape.dims?.length ?? 1;
    default:
      return 1;
  }
}

/** One result axis or a group of them, with what it reads from the operand. */
interface Piece {
  readonly dims: readonly Dim[];
  /** Basic indexing: how far one step along the axis goes; undefined when it cannot be told. */
  readonly strides: readonly number[] | undefined;
  readonly offset: number | undefined;
  /** All elements along the axes stay. */
  readonly keepsAll: boolean;
}

/** `x[index]`. */
export function getItem(context: ArrayContext, value: Value, index: Value): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const partRange = tensor.range === undefined ? undefined : { ...tensor.range, attained: false };
  const items = itemsOf(context, index);
  if (items === undefined || tensor.shape.dims === undefined) {
    return makeArray({ cls: context.cls, shape: unknownShape, dtype: tensor.dtype, range: partRange, origin: tensor.origin });
  }
  const dims = tensor.shape.dims;
  const taken = items.reduce((count, item) => count + axesTaken(item), 0);
  // Elements of numpy arrays may be objects with items of their own.
  const holdsObjects = context.library.scalar !== undefined && (tensor.dtype === undefined || tensor.dtype === 'object');
  if (taken > dims.length) {
    if (holdsObjects) return unknown();
    return refuse(
      context,
      'invalid-axis',
      message('{count} indices for an array with shape {shape}', { count: taken, shape: formatShape(tensor.shape) }),
      undefined,
      'IndexError',
    );
  }
  const whole: readonly IndexItem[] = items.some((item) => item.kind === 'rest') ? items : [...items, { kind: 'rest' }];
  const hasArrays = items.some((item) => item.kind === 'array' || item.kind === 'mask');
  const sizes = knownSizes(tensor.shape);
  const base = sizes === undefined ? undefined : contiguous(sizes);
  const pieces: Piece[] = [];
  const advanced: { readonly shape: Shape; readonly position: number }[] = [];
  let axis = 0;
  for (const item of whole) {
    switch (item.kind) {
      case 'new-axis':
        pieces.push({ dims: [1], strides: [0], offset: 0, keepsAll: true });
        break;
      case 'rest': {
        const count = dims.length - taken;
        const passed = dims.slice(axis, axis + count);
        pieces.push({ dims: passed, strides: base?.strides.slice(axis, axis + count), offset: 0, keepsAll: true });
        axis += count;
        break;
      }
      case 'slice': {
        pieces.push(slicePiece(item.slice, dims[axis] ?? unknownDim(), base?.strides[axis]));
        axis += 1;
        break;
      }
      case 'position': {
        const size = dims[axis] ?? unknownDim();
        if (isOutside(item.at, size)) return refuseIndex(context, tensor, item, axis, size, items);
        if (hasArrays) advanced.push({ shape: { dims: [] }, position: pieces.length });
        const stride = base?.strides[axis];
        const at = isKnown(item.at) && isKnown(size) ? (item.at < 0 ? item.at + size : item.at) : undefined;
        pieces.push({ dims: [], strides: [], offset: at === undefined || stride === undefined ? undefined : at * stride, keepsAll: size === 1 || standsForAll(item.at, size) });
        axis += 1;
        break;
      }
      case 'array': {
        const size = dims[axis] ?? unknownDim();
        const range = item.tensor.range;
        if (range !== undefined && isKnown(size) && liesWithin(range, -size, size - 1) === false)
          return refuseRange(context, tensor, range, axis, size);
        advanced.push({ shape: item.tensor.shape, position: pieces.length });
        pieces.push({
          dims: [],
          strides: undefined,
          offset: undefined,
          keepsAll: permutationSlot.get(item.tensor) === true && item.tensor.shape.dims?.[0] === size,
        });
        axis += 1;
        break;
      }
      case 'mask': {
        const maskDims = item.tensor.shape.dims ?? [];
        for (const [at, dim] of maskDims.entries()) {
          const size = dims[axis + at] ?? unknownDim();
          if (dimEquals(dim, size) === false) {
            return refuse(
              context,
              'shape-mismatch',
              message('a mask of shape {mask} does not fit an array of shape {shape}', {
                mask: formatShape(item.tensor.shape),
                shape: formatShape(tensor.shape),
              }),
              undefined,
              'IndexError',
            );
          }
        }
        const chosen = item.tensor.contents?.filter((element) => element !== 0).length;
        advanced.push({ shape: { dims: [chosen ?? unknownDim()] }, position: pieces.length });
        pieces.push({ dims: [], strides: undefined, offset: undefined, keepsAll: false });
        axis += maskDims.length;
        break;
      }
    }
  }
  const keepsAll = pieces.every((piece) => piece.keepsAll);
  const dimsOfResult = arrangedDims(context, pieces, advanced);
  if (dimsOfResult === 'refused')
    return makeArray({ cls: context.cls, shape: unknownShape, dtype: tensor.dtype, range: partRange, origin: tensor.origin });
  if (holdsObjects && dimsOfResult?.length === 0) return unknown();
  const elements = elementsOf(tensor);
  const view = hasArrays ? undefined : viewOf(pieces);
  const result = keepDraws(
    tensor,
    makeArray({
      cls: context.cls,
      shape: dimsOfResult === undefined ? unknownShape : { dims: dimsOfResult },
      dtype: tensor.dtype,
      range: keepsAll ? tensor.range : partRange,
      elements: elements === undefined ? undefined : view !== undefined ? readView(view, elements) : takenElements(tensor, items, elements),
      origin: derivedOrigin(tensor.origin, ...items.flatMap((item) => (item.kind === 'position' ? [originOf(item.value)] : []))),
    }),
  );
  return context.library.isMutable && !hasArrays && result.shape.dims?.length !== 0 ? shareMemory(tensor, result) : result;
}

function isOutside(at: Dim, size: Dim): boolean {
  const [position, length] = [dimBounds(at), dimBounds(size)];
  if (position.low >= length.high) return isKnown(at) ? isKnown(size) && at >= size : false;
  return isKnown(at) && isKnown(size) && at < -size;
}

function refuseIndex(
  context: ArrayContext,
  tensor: TensorValue,
  item: Extract<IndexItem, { kind: 'position' }>,
  axis: number,
  size: Dim,
  items: readonly IndexItem[],
): Value {
  const rank = (tensor.shape.dims?.length ?? 0) - items.filter((one) => one.kind === 'position').length;
  return refuse(
    context,
    'index-range',
    message('index {index} lies outside axis {axis} of size {size}', {
      index: isKnown(item.at) ? item.at : '?',
      axis,
      size: isKnown(size) ? size : '?',
    }),
    items.every((one) => one.kind === 'position') ? rank : undefined,
    'IndexError',
  );
}

export function refuseRange(context: ArrayContext, tensor: TensorValue, range: ValueRange, axis: number, size: number): Value {
  const index = range.high >= size && Number.isFinite(range.high) ? range.high : range.low;
  return refuse(
    context,
    'index-range',
    message('index {index} lies outside axis {axis} of size {size} of an array of shape {shape}', {
      index,
      axis,
      size,
      shape: formatShape(tensor.shape),
    }),
    undefined,
    'IndexError',
  );
}

function slicePiece(slice: SliceValue, size: Dim, stride: number | undefined): Piece {
  const [start, stop, step] = [slice.start, slice.stop, slice.step].map((bound) => (bound.kind === 'none' ? 'none' : dimFromValue(bound)));
  if (start === 'none' && stop === 'none' && (step === 'none' || step === -1)) {
    const backward = step === -1;
    const isPlain = stride !== undefined && isKnown(size);
    return {
      dims: [size],
      strides: isPlain ? [backward ? -stride : stride] : undefined,
      offset: isPlain ? (backward ? Math.max(0, size - 1) * stride : 0) : undefined,
      keepsAll: true,
    };
  }
  if (start === undefined || stop === undefined || step === undefined || (step !== 'none' && !isKnown(step))) {
    return { dims: [unknownDim({ maximum: dimBounds(size).high })], strides: undefined, offset: undefined, keepsAll: false };
  }
  const hop = step === 'none' ? 1 : step;
  const length = sliceLength(start === 'none' ? undefined : start, stop === 'none' ? undefined : stop, hop, size);
  if (stride === undefined || !isKnown(size) || !isKnown(length) || (start !== 'none' && !isKnown(start))) {
    return { dims: [length], strides: undefined, offset: undefined, keepsAll: dimEquals(length, size) === true };
  }
  const first =
    start === 'none' ? (hop > 0 ? 0 : size - 1) : start < 0 ? Math.max(hop > 0 ? 0 : -1, start + size) : Math.min(start, hop > 0 ? size : size - 1);
  return { dims: [length], strides: [hop * stride], offset: first * stride, keepsAll: length === size };
}

function viewOf(pieces: readonly Piece[]): View | undefined {
  const sizes: number[] = [],
    strides: number[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const known = knownSizes({ dims: piece.dims });
    if (known === undefined || piece.strides === undefined || piece.offset === undefined || known.length !== piece.strides.length) return undefined;
    sizes.push(...known);
    strides.push(...piece.strides);
    offset += piece.offset;
  }
  return { sizes, strides, offset: countOf(sizes) === 0 ? 0 : offset };
}

/** Where the axes of arrays of positions go: in their place when they stand side by side, else in front. */
function arrangedDims(
  context: ArrayContext,
  pieces: readonly Piece[],
  advanced: readonly { readonly shape: Shape; readonly position: number }[],
): readonly Dim[] | undefined | 'refused' {
  const plain = pieces.map((piece) => piece.dims);
  const [first] = advanced;
  if (first === undefined) return plain.flat();
  const together = broadcastAll(advanced.map((item) => item.shape));
  if (!together.ok) {
    refuseConflict(
      context,
      together.reason,
      advanced.map((item) => item.shape),
    );
    return 'refused';
  }
  if (together.shape.dims === undefined) return undefined;
  const isAdjacent = advanced.every((item, at) => at === 0 || item.position === (advanced[at - 1]?.position ?? 0) + 1);
  return isAdjacent
    ? [...plain.slice(0, first.position).flat(), ...together.shape.dims, ...plain.slice(first.position).flat()]
    : [...together.shape.dims, ...plain.flat()];
}

/** The usual case of known positions or a known mask along the first axis. */
function takenElements(tensor: TensorValue, items: readonly IndexItem[], elements: readonly Dim[]): readonly Dim[] | undefined {
  const [item] = items;
  const sizes = knownSizes(tensor.shape);
  if (items.length !== 1 || item === undefined || sizes === undefined) return undefined;
  if (item.kind === 'array' && item.tensor.contents !== undefined) return takeElements(elements, sizes, 0, item.tensor.contents);
  if (item.kind === 'mask' && item.tensor.contents !== undefined) {
    const step = countOf(sizes.slice(item.tensor.shape.dims?.length ?? 1));
    return item.tensor.contents.flatMap((flag, at) => (flag === 0 ? [] : elements.slice(at * step, (at + 1) * step)));
  }
  return undefined;
}

/** The elements at known positions of an axis, in the order of the axes. */
export function takeElements(
  elements: readonly Dim[],
  sizes: readonly number[],
  axis: number,
  positions: readonly number[],
): readonly Dim[] | undefined {
  const size = sizes[axis] ?? 1;
  const inner = countOf(sizes.slice(axis + 1));
  const outer = countOf(sizes.slice(0, axis));
  if (outer * positions.length * inner > 4096) return undefined;
  const taken: Dim[] = [];
  for (let row = 0; row < outer; row += 1) {
    for (const position of positions) {
      const at = position < 0 ? position + size : position;
      if (at < 0 || at >= size) return undefined;
      const start = (row * size + at) * inner;
      taken.push(...elements.slice(start, start + inner));
    }
  }
  return taken;
}

/** `x[index] = value` on an array that can be changed. */
export function setItem(context: ArrayContext, target: Value, index: Value, value: Value): Value {
  if (target.kind !== 'tensor') return none;
  const written = tensorOf(context, value);
  // The part that is written, without sharing its elements: only its shape and positions are of interest.
  const part = getItem({ ...context, library: { ...context.library, isMutable: false } }, target, index);
  const sizes = knownSizes(target.shape);
  if (part.kind === 'tensor' && written !== undefined && part.shape.dims !== undefined) {
    const shape = broadcast(part.shape, written.shape);
    // What is assigned may have more axes of size 1 in front, but nothing larger than the part.
    if (!shape.ok || grows(part.shape, written.shape, context.library.scalar === undefined)) {
      refuse(
        context,
        'shape-mismatch',
        message('an array of shape {given} cannot be assigned to a part of shape {part}', {
          given: formatShape(written.shape),
          part: formatShape(part.shape),
        }),
      );
    }
  }
  const isWhole =
    part.kind === 'tensor' &&
    part.shape.dims !== undefined &&
    target.shape.dims !== undefined &&
    part.shape.dims.length === target.shape.dims.length &&
    part.shape.dims.every((dim, axis) => dimEquals(dim, target.shape.dims?.[axis] ?? 0) === true) &&
    !hasArrayIndex(index);
  writeArray(target, {
    range: written?.range,
    elements: sizes === undefined ? undefined : writtenElements(context, target, sizes, index, written),
    whole: isWhole,
  });
  return none;
}

function hasArrayIndex(index: Value): boolean {
  const parts = index.kind === 'tuple' ? index.items : [index];
  return parts.some((part) => part.kind === 'tensor' || part.kind === 'list');
}

/** `strict`: axes in front must be of size 1 (elements of numpy arrays may hold arrays). */
function grows(part: Shape, written: Shape, strict: boolean): boolean {
  if (part.dims === undefined || written.dims === undefined) return false;
  const offset = written.dims.length - part.dims.length;
  return written.dims.some((dim, axis) => isKnown(dim) && dim > 1 && (axis - offset >= 0 ? part.dims?.[axis - offset] === 1 : strict));
}

/** The array's elements after an assignment whose positions and values are known. */
function writtenElements(
  context: ArrayContext,
  target: TensorValue,
  sizes: readonly number[],
  index: Value,
  written: TensorValue | undefined,
): readonly number[] | undefined {
  if (target.contents === undefined || written?.contents === undefined) return undefined;
  // One element of an array with one axis, as loops write them.
  if (sizes.length === 1 && index.kind === 'int' && typeof index.value === 'number' && written.contents.length === 1) {
    const at = index.value < 0 ? index.value + (sizes[0] ?? 0) : index.value;
    return at >= 0 && at < (sizes[0] ?? 0) ? target.contents.with(at, written.contents[0] ?? 0) : undefined;
  }
  // Positions are read as if they were the elements.
  const numbered = makeArray({ cls: target.cls, shape: target.shape, dtype: 'int64', elements: positionsOf(contiguous(sizes)) });
  const places = getItem({ ...context, library: { ...context.library, isMutable: false } }, numbered, index);
  if (places.kind !== 'tensor' || places.contents === undefined) return undefined;
  const result = [...target.contents];
  const values = written.contents;
  const writtenSizes = knownSizes(written.shape);
  const step = writtenSizes === undefined ? 0 : values.length;
  // Known values of a broadcast shape repeat; only the simple forms are followed.
  if (step === 0 || places.contents.length % step !== 0 || (step > 1 && writtenSizes?.at(-1) !== knownSizes(places.shape)?.at(-1))) return undefined;
  for (const [order, place] of places.contents.entries()) result[place] = values[order % step] ?? 0;
  return result;
}

export const getItemOperation: ArrayOperation = (call) => getItem(call, call.operand(0), call.operand(1));
export const setItemOperation: ArrayOperation = (call) => setItem(call, call.operand(0), call.operand(1), call.operand(2));
