// Operations that make one array of several, or several of one: concatenate, stack, split. Also arrays made of numbers: arange, linspace.
// It must not know any library but through `ArrayLibrary`.
import { addDims, ceilDivideDims, type Dim, dimEquals, divides, floorDivideDims, moduloDims, subtractDims, unknownDim } from '../../tensors/dim.ts';
import type { DType, Operand } from '../../tensors/dtype.ts';
import { constantRange, rangeBetween, uniteRanges, type ValueRange } from '../../tensors/range.ts';
import { concatShapes, elementCount, normalizeAxis, type Shape, shapeOf, shapeOfRank, stackShapes, unknownShape } from '../../tensors/shape.ts';
import { derivedOrigin, message } from '../../values/place.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { list, tuple, unknown } from '../../values/value.ts';
import { contiguous, countOf, dimFromValue, elementsOf, knownSizes, makeArray, numberFromValue, readView } from './contents.ts';
import { castElements, operandOf, sizesFromValue, tensorOf } from './conversion.ts';
import { dtypeFromValue } from './dtypes.ts';
import type { ArrayCall, ArrayContext, ArrayOperation } from './library.ts';
import { refuse, refuseConflict } from './library.ts';
import { reshapeTo } from './reshaping.ts';
import { axisArgument } from './reductions.ts';

/** The arrays of a sequence argument. An entry is undefined where it is not known; the whole, where not even their number is. */
export function operandsOf(context: ArrayContext, value: Value): readonly (TensorValue | undefined)[] | undefined {
  if (value.kind === 'tensor') {
    const [first] = value.shape.dims ?? [];
    if (typeof first !== 'number' || first > 256) return undefined;
    const row: Shape = { dims: value.shape.dims?.slice(1) };
    const sizes = knownSizes(row),
      elements = elementsOf(value);
    const step = sizes === undefined ? 0 : countOf(sizes);
    return Array.from({ length: first }, (_, at) =>
      makeArray({
        cls: value.cls,
        shape: row,
        dtype: value.dtype,
        range: value.range === undefined ? undefined : { ...value.range, attained: false },
        origin: value.origin,
        elements: sizes === undefined ? undefined : elements?.slice(at * step, (at + 1) * step),
      }),
    );
  }
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.open)) {
    if (value.kind !== 'iterator' && value.kind !== 'range') return undefined;
    const iteration = context.interpreter.iterate(value, context.place);
    return iteration.exact ? iteration.items.map((item) => tensorOf(context, item)) : undefined;
  }
  return value.items.map((item) => tensorOf(context, item));
}

function joinedFacts(
  context: ArrayContext,
  arrays: readonly (TensorValue | undefined)[],
): { dtype: DType | undefined; range: ValueRange | undefined; origin: TensorValue['origin'] } {
  let range: ValueRange | undefined;
  let isKnown = true;
  for (const array of arrays) {
    // Arrays without elements add nothing.
    if (array?.shape.dims?.includes(0)) continue;
    if (array?.range === undefined) {
      isKnown = false;
      break;
    }
    range = range === undefined ? array.range : uniteRanges(range, array.range);
  }
  const types: (Operand | undefined)[] = arrays.map((array) => array?.dtype);
  return {
    dtype: types.every((type) => type === 'string') ? 'string' : context.library.promote(...types),
    range: isKnown ? range : undefined,
    origin: derivedOrigin(...arrays.slice(0, 4).map((array) => array?.origin)),
  };
}

/** `axis` None: everything flattened first (numpy). */
export function concatenate(context: ArrayContext, arrays: readonly (TensorValue | undefined)[] | undefined, axis: Value): Value {
  if (arrays === undefined) return unknownJoined(context);
  if (arrays.length === 0) return refuse(context, 'invalid-argument', message('{operation}: there is nothing to join', { operation: context.name }));
  const whole = axis.kind === 'none';
  const at = whole ? 0 : numberFromValue(axis);
  const facts = joinedFacts(context, arrays);
  const shapes = arrays.map((array) =>
    array === undefined ? unknownShape : whole ? shapeOf(elementCount(array.shape) ?? unknownDim()) : array.shape,
  );
  if (at === undefined) {
    const known = shapes.find((shape) => shape.dims !== undefined);
    return makeArray({ cls: context.cls, shape: known?.dims === undefined ? unknownShape : shapeOfRank(known.dims.length), ...facts });
  }
  // Passing over arrays of shape (0,) is torch's way; numpy and tf refuse other ranks.
  const strict =
    context.library.axisName === 'axis' &&
    shapes.some((shape) => shape.dims?.length === 1) &&
    shapes.some((shape) => shape.dims !== undefined && shape.dims.length > 1);
  if (strict) {
    const first = shapes.find((shape) => shape.dims !== undefined)?.dims?.length ?? 0;
    const operand = shapes.findIndex((shape) => shape.dims !== undefined && shape.dims.length !== first);
    return refuseConflict(
      context,
      { kind: 'rank', operand, expected: first, actual: shapes[operand]?.dims?.length ?? 0, atLeast: false },
      shapes,
      first,
    );
  }
  const shape = concatShapes(shapes, at);
  const rank = shapes.find((one) => one.dims !== undefined)?.dims?.length;
  if (!shape.ok) return refuseConflict(context, shape.reason, shapes, rank);
  for (const one of shapes.slice(1)) context.library.demandSame?.(context, shapes[0] ?? unknownShape, one, at);
  return makeArray({ cls: context.cls, shape: shape.shape, ...facts, elements: castJoined(joinElements(arrays, shapes, at), facts.dtype) });
}

function castJoined(elements: readonly Dim[] | undefined, dtype: DType | undefined): readonly Dim[] | undefined {
  return dtype === undefined ? undefined : castElements(elements, dtype);
}

function unknownJoined(context: ArrayContext): Value {
  return context.library.scalar === undefined ? unknown() : makeArray({ cls: context.cls, shape: unknownShape, dtype: undefined });
}

function joinElements(arrays: readonly (TensorValue | undefined)[], shapes: readonly Shape[], axis: number): readonly Dim[] | undefined {
  const pieces: { readonly elements: readonly Dim[]; readonly sizes: readonly number[] }[] = [];
  for (const [at, array] of arrays.entries()) {
    const sizes = knownSizes(shapes[at] ?? unknownShape);
    const elements = array === undefined ? undefined : elementsOf(array);
    if (sizes === undefined || elements === undefined) return undefined;
    pieces.push({ elements, sizes });
  }
  const rank = pieces[0]?.sizes.length ?? 0;
  const normal = normalizeAxis(axis, rank);
  if (normal === undefined) return undefined;
  const outer = countOf(pieces[0]?.sizes.slice(0, normal) ?? []);
  const joined: Dim[] = [];
  for (let row = 0; row < outer; row += 1) {
    for (const piece of pieces) {
      const step = countOf(piece.sizes.slice(normal));
      for (let inside = 0; inside < step; inside += 1) joined.push(piece.elements[row * step + inside] ?? 0);
    }
    if (joined.length > 4096) return undefined;
  }
  return joined;
}

/** Joins along a new axis. */
export function stack(context: ArrayContext, arrays: readonly (TensorValue | undefined)[] | undefined, axis: Value): Value {
  if (arrays === undefined) return unknownJoined(context);
  if (arrays.length === 0) return refuse(context, 'invalid-argument', message('{operation}: there is nothing to join', { operation: context.name }));
  const at = numberFromValue(axis);
  const facts = joinedFacts(context, arrays);
  const shapes = arrays.map((array) => array?.shape ?? unknownShape);
  const rank = shapes.find((one) => one.dims !== undefined)?.dims?.length;
  if (at === undefined) return makeArray({ cls: context.cls, shape: rank === undefined ? unknownShape : shapeOfRank(rank + 1), ...facts });
  const shape = stackShapes(shapes, at);
  if (!shape.ok) return refuseConflict(context, shape.reason, shapes, rank === undefined ? undefined : rank + 1);
  const normal = rank === undefined ? undefined : normalizeAxis(at, rank + 1);
  const widened = normal === undefined ? shapes : shapes.map((one) => ({ dims: one.dims?.toSpliced(normal, 0, 1) }));
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    ...facts,
    elements: normal === undefined ? undefined : castJoined(joinElements(arrays, widened, normal), facts.dtype),
  });
}

/** vstack, hstack, dstack, column_stack: arrays get at least so many axes, then they are joined. */
export function stackAs(
  context: ArrayContext,
  arrays: readonly (TensorValue | undefined)[] | undefined,
  kind: 'vertical' | 'horizontal' | 'depth' | 'columns',
): Value {
  if (arrays === undefined) return unknownJoined(context);
  const grown = arrays.map((array) => {
    const dims = array?.shape.dims;
    if (array === undefined || dims === undefined) return undefined;
    const wanted: readonly Dim[] =
      kind === 'horizontal'
        ? dims.length === 0
          ? [1]
          : dims
        : kind === 'vertical'
          ? dims.length === 0
            ? [1, 1]
            : dims.length === 1
              ? [1, ...dims]
              : dims
          : kind === 'columns'
            ? dims.length === 0
              ? [1, 1]
              : dims.length === 1
                ? [...dims, 1]
                : dims
            : dims.length === 0
              ? [1, 1, 1]
              : dims.length === 1
                ? [1, ...dims, 1]
                : dims.length === 2
                  ? [...dims, 1]
                  : dims;
    const result = reshapeTo(context, array, wanted);
    return result.kind === 'tensor' ? result : undefined;
  });
  const rank = grown.find((array) => array !== undefined)?.shape.dims?.length ?? 2;
  const axis = kind === 'vertical' ? 0 : kind === 'depth' ? 2 : kind === 'columns' ? 1 : rank === 1 ? 0 : 1;
  return concatenate(context, grown, { kind: 'int', value: axis });
}

/** `sections`: a number of equal parts, or where to cut (numpy), or the parts' sizes (`sizes`). `uneven`: array_split. */
export function split(
  context: ArrayContext,
  value: Value,
  sections: Value,
  axis: Value,
  meaning: 'cuts' | 'sizes',
  uneven = false,
  container: 'list' | 'tuple' = 'list',
): Value {
  const tensor = tensorOf(context, value);
  const count = dimFromValue(sections);
  if (tensor === undefined) {
    return typeof count === 'number' && count > 0 && count < 1024
      ? list(Array.from({ length: count }, () => unknown()))
      : unknown(undefined, container);
  }
  const wrap = (items: Value[]): Value => (container === 'list' ? list(items) : tuple(items));
  const at = numberFromValue(axis);
  const { dims } = tensor.shape;
  const lengths = dims === undefined || at === undefined ? undefined : dims[normalizeAxis(at, dims.length) ?? -1];
  if (dims !== undefined && at !== undefined && lengths === undefined) {
    refuseConflict(context, { kind: 'axis', axis: at, rank: dims.length }, [tensor.shape]);
    return unknown(undefined, container);
  }
  const parts = partSizes(context, sections, lengths ?? unknownDim(), meaning, uneven);
  if (parts === 'refused') {
    refuse(
      context,
      'shape-mismatch',
      message('{operation}: axis {axis} of size {size} cannot be split into {parts} equal parts', {
        operation: context.name,
        axis: at ?? 0,
        size: typeof lengths === 'number' ? lengths : '?',
        parts: typeof count === 'number' ? count : '?',
      }),
    );
    return unknown(undefined, container);
  }
  if (parts === undefined || parts.length > 1024) return unknown(undefined, container);
  const sizes = knownSizes(tensor.shape),
    elements = elementsOf(tensor);
  let start: Dim = 0;
  return wrap(
    parts.map((part) => {
      const from = start;
      start = addDims(start, part);
      const shape: Shape =
        dims === undefined || at === undefined
          ? dims === undefined
            ? unknownShape
            : shapeOfRank(dims.length)
          : { dims: dims.with(normalizeAxis(at, dims.length) ?? 0, part) };
      const known = knownSizes(shape);
      const base = sizes === undefined ? undefined : contiguous(sizes);
      return makeArray({
        cls: context.cls,
        shape,
        dtype: tensor.dtype,
        origin: tensor.origin,
        range: tensor.range === undefined ? undefined : { ...tensor.range, attained: false },
        elements:
          elements === undefined || known === undefined || base === undefined || typeof from !== 'number' || at === undefined
            ? undefined
            : readView({ sizes: known, strides: base.strides, offset: from * (base.strides[normalizeAxis(at, known.length) ?? 0] ?? 0) }, elements),
      });
    }),
  );
}

function partSizes(
  context: ArrayContext,
  sections: Value,
  size: Dim,
  meaning: 'cuts' | 'sizes',
  uneven: boolean,
): readonly Dim[] | 'refused' | undefined {
  const count = dimFromValue(sections);
  if (count !== undefined) {
    if (typeof count !== 'number' || count < 1) return undefined;
    if (uneven) {
      const [least, more] = [floorDivideDims(size, count), moduloDims(size, count)];
      return Array.from({ length: count }, (_, at) =>
        typeof least === 'number' && typeof more === 'number' ? (at < more ? least + 1 : least) : unknownDim(),
      );
    }
    if (divides(count, size) === false) return 'refused';
    return Array.from({ length: count }, () => floorDivideDims(size, count));
  }
  const given = sizesFromValue(context.interpreter, sections);
  if (given === undefined) return undefined;
  if (meaning === 'sizes') {
    const hole = given.indexOf(-1);
    if (hole >= 0) return given.with(hole, subtractDims(size, addDims(...given.filter((_, at) => at !== hole))));
    return dimEquals(addDims(...given), size) === false ? undefined : given;
  }
  const cuts: Dim[] = [];
  for (const cut of given) {
    if (typeof cut !== 'number' || typeof size !== 'number') {
      cuts.push(unknownDim());
      continue;
    }
    cuts.push(Math.min(size, Math.max(0, cut < 0 ? cut + size : cut)));
  }
  return [...cuts, size].map((cut, at) => {
    const before = at === 0 ? 0 : (cuts[at - 1] ?? 0);
    return typeof cut === 'number' && typeof before === 'number' ? Math.max(0, cut - before) : unknownDim();
  });
}

/** An array of one value everywhere. */
export function filled(context: ArrayContext, shape: readonly Dim[] | undefined, value: number | undefined, dtype: DType | undefined): Value {
  const sizes = shape === undefined ? undefined : knownSizes({ dims: shape });
  const count = sizes === undefined ? undefined : countOf(sizes);
  return makeArray({
    cls: context.cls,
    shape: shape === undefined ? unknownShape : { dims: shape },
    dtype,
    range: value === undefined || Number.isNaN(value) ? undefined : constantRange(value),
    elements: value === undefined || count === undefined || count > 4096 || Number.isNaN(value) ? undefined : new Array<number>(count).fill(value),
  });
}

/** `arange(stop)`, `arange(start, stop, step)`. */
export function arange(context: ArrayContext, start: Value, stop: Value, step: Value, dtype: DType | undefined): Value {
  const zero = { kind: 'int', value: 0 } as const;
  const bounds = stop.kind === 'none' ? ([zero, start] as const) : start.kind === 'none' ? ([zero, stop] as const) : ([start, stop] as const);
  const [from, to] = [dimFromValue(bounds[0]), dimFromValue(bounds[1])];
  const stride = step.kind === 'none' ? 1 : numberFromValue(step);
  const [low, high] = [numberFromValue(bounds[0]), numberFromValue(bounds[1])];
  const isFloat = [bounds[0], bounds[1], step].some(
    (value) =>
      value.kind === 'float' ||
      (value.kind === 'unknown' && value.typeName === 'float') ||
      (value.kind === 'tensor' && value.dtype?.startsWith('float')),
  );
  const isInt =
    [bounds[0], bounds[1]].every((value) => dimFromValue(value) !== undefined) && (step.kind === 'none' || dimFromValue(step) !== undefined);
  const type = dtype ?? (isFloat ? context.library.defaultFloat : isInt ? context.library.defaultInt : undefined);
  if (stride === undefined || stride === 0) return makeArray({ cls: context.cls, shape: shapeOfRank(1), dtype: type });
  if (low !== undefined && high !== undefined) {
    const length = Math.max(0, Math.ceil((high - low) / stride));
    const elements = length <= 4096 ? Array.from({ length }, (_, at) => low + at * stride) : undefined;
    const last = low + (length - 1) * stride;
    return makeArray({
      cls: context.cls,
      shape: shapeOf(length),
      dtype: type,
      elements,
      origin: derivedOrigin(originOfNumber(bounds[0]), originOfNumber(bounds[1])),
      range:
        length === 0
          ? undefined
          : rangeBetween(Math.min(low, last), Math.max(low, last), { integral: Number.isInteger(low) && Number.isInteger(stride), attained: true }),
    });
  }
  if (from === undefined || to === undefined || !Number.isInteger(stride)) return makeArray({ cls: context.cls, shape: shapeOfRank(1), dtype: type });
  const length = stride > 0 ? ceilDivideDims(subtractDims(to, from), stride) : ceilDivideDims(subtractDims(from, to), -stride);
  return makeArray({
    cls: context.cls,
    shape: shapeOf(length),
    dtype: type,
    range: { low: from === 0 && stride > 0 ? 0 : Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, integral: true, attained: false },
  });
}

function originOfNumber(value: Value): TensorValue['origin'] {
  return value.kind === 'int' || value.kind === 'float' ? value.origin : undefined;
}

/** `linspace(start, stop, num)`; also logspace with `base`. */
export function linspace(
  context: ArrayContext,
  start: Value,
  stop: Value,
  count: Value,
  endpoint: boolean | undefined,
  dtype: DType | undefined,
  base?: number,
): Value {
  const length = dimFromValue(count);
  const [low, high] = [numberFromValue(start), numberFromValue(stop)];
  const tensors = [tensorOf(context, start), tensorOf(context, stop)];
  const isScalar = tensors.every((tensor) => tensor?.shape.dims?.length === 0);
  const shape = isScalar ? shapeOf(length ?? unknownDim()) : unknownShape;
  const type = dtype ?? context.library.defaultFloat;
  if (low === undefined || high === undefined || endpoint === undefined) return makeArray({ cls: context.cls, shape, dtype: type });
  const apply = (value: number): number => (base === undefined ? value : base ** value);
  const steps = typeof length === 'number' ? (endpoint ? length - 1 : length) : 0;
  const elements =
    typeof length === 'number' && length <= 4096
      ? Array.from({ length: Math.max(0, length) }, (_, at) => apply(steps === 0 ? low : at === steps ? high : low + (at * (high - low)) / steps))
      : undefined;
  const ends = [apply(low), apply(high)];
  return makeArray({
    cls: context.cls,
    shape,
    dtype: type,
    elements: castJoined(elements, type),
    range: rangeBetween(Math.min(...ends), Math.max(...ends), { integral: false, attained: endpoint && typeof length === 'number' && length > 1 }),
  });
}

/** Vectors spread over a grid: one array for each, of all their lengths. */
export function meshgrid(context: ArrayContext, values: readonly Value[], indexing: 'xy' | 'ij' | undefined): Value {
  const vectors = values.map((value) => tensorOf(context, value));
  const lengths = vectors.map((vector) => (vector === undefined ? unknownDim() : (elementCount(vector.shape) ?? unknownDim())));
  const order = lengths.map((_, at) => at);
  if (indexing === undefined)
    return list(vectors.map((vector) => makeArray({ cls: context.cls, shape: shapeOfRank(values.length), dtype: vector?.dtype })));
  if (indexing === 'xy' && order.length > 1) order.splice(0, 2, 1, 0);
  const dims = order.map((at) => lengths[at] ?? unknownDim());
  return list(
    vectors.map((vector, which) => {
      const sizes = knownSizes({ dims });
      const elements = vector === undefined ? undefined : elementsOf(vector);
      return makeArray({
        cls: context.cls,
        shape: { dims },
        dtype: vector?.dtype,
        range: vector?.range,
        origin: vector?.origin,
        elements:
          sizes === undefined || elements === undefined || countOf(sizes) > 4096
            ? undefined
            : readView({ sizes, offset: 0, strides: order.map((at) => (at === which ? 1 : 0)) }, elements),
      });
    }),
  );
}

// ---- For declarations.

export const concatOperation: ArrayOperation = (call: ArrayCall) => concatenate(call, operandsOf(call, call.operand(0)), axisArgument(call));
export const stackOperation: ArrayOperation = (call: ArrayCall) => stack(call, operandsOf(call, call.operand(0)), axisArgument(call));
export function stackAsOperation(kind: 'vertical' | 'horizontal' | 'depth' | 'columns'): ArrayOperation {
  return (call) => stackAs(call, operandsOf(call, call.operand(0)), kind);
}
/** `full`, `zeros`, `ones`: shape first; `value` undefined: the second parameter. */
export function filledOperation(value: number | undefined, fallback: 'float' | 'value' = 'float'): ArrayOperation {
  return (call) => {
    const shape = sizesFromValue(call.interpreter, call.operand(0));
    const asked = call.argument('dtype');
    const dtype = dtypeFromValue(asked);
    if (value !== undefined) return filled(call, shape, value, asked.kind === 'none' ? call.library.defaultFloat : dtype);
    const given = operandOf(call, call.operand(1));
    const own = fallback === 'value' && asked.kind === 'none' ? given?.tensor.dtype : asked.kind === 'none' ? call.library.defaultFloat : dtype;
    const result = filled(call, shape, numberFromValue(call.operand(1)), own);
    return result.kind === 'tensor' && given !== undefined && result.range === undefined ? { ...result, range: given.tensor.range } : result;
  };
}
/** `zeros_like`, `ones_like`. */
export function filledLikeOperation(value: number | undefined): ArrayOperation {
  return (call) => {
    const like = tensorOf(call, call.operand(0));
    const asked = call.argument('dtype');
    const dtype = asked.kind === 'none' ? like?.dtype : dtypeFromValue(asked);
    return filled(call, like?.shape.dims, value ?? numberFromValue(call.operand(1)), dtype);
  };
}
export const arangeOperation: ArrayOperation = (call) =>
  arange(call, call.operand(0), call.operand(1), call.operand(2), dtypeFromValue(call.argument('dtype')));
export const linspaceOperation: ArrayOperation = (call) =>
  linspace(
    call,
    call.operand(0),
    call.operand(1),
    call.operand(2),
    call.argument('endpoint').kind === 'bool' ? (call.argument('endpoint') as { value: boolean }).value : true,
    dtypeFromValue(call.argument('dtype')),
  );
/** numpy's and Keras' split: parts or cuts; the axis defaults in the signature. */
export function splitOperation(meaning: 'cuts' | 'sizes', uneven = false): ArrayOperation {
  return (call) => split(call, call.operand(0), call.operand(1), axisArgument(call), meaning, uneven);
}
