// Operations that take axes away or run along them: sums, means, extremes, argmax, norms, cumulative sums, sorting.
// It must not know any library but through `ArrayLibrary`.
import { addDims, type Dim, maximumDims, minimumDims, multiplyDims } from '../../tensors/dim.ts';
import { type DType, dtypeCategory, isFloating } from '../../tensors/dtype.ts';
import {
  argmaxRange,
  averageRange,
  booleanRange,
  castRange,
  constantRange,
  isConstant,
  powerRange,
  rangeBetween,
  reduceMaximumRange,
  reduceMinimumRange,
  sumRange,
  type ValueRange,
} from '../../tensors/range.ts';
import { elementCount, normalizeAxis, reduceShape, type Shape, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { derivedOrigin } from '../../values/place.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { elementsOf, knownSizes, lanesOf, makeArray } from './contents.ts';
import { castElements, numbersFromValue, tensorOf } from './conversion.ts';
import { dtypeFromValue } from './dtypes.ts';
import type { ArrayCall, ArrayContext, ArrayLibrary, ArrayOperation } from './library.ts';
import { refuseConflict } from './library.ts';

/** Axes as an argument gives them: those numbers, all of them (None), or not known. */
export type Axes = readonly number[] | 'all' | undefined;

export function axesOf(context: ArrayContext, value: Value): Axes {
  if (value.kind === 'none') return 'all';
  return numbersFromValue(context.interpreter, value);
}

/** `axis`, `axes` or `dim` of the call. */
export function axisArgument(call: ArrayCall): Value {
  return call.argument('axis', 'dim', 'axes', 'reduction_indices');
}

/** True only where it is certain. */
export function keepsDims(call: ArrayCall): boolean | undefined {
  const value = call.argument('keepdims', 'keepdim', 'keep_dims');
  if (value.kind === 'none') return false;
  if (value.kind === 'bool') return value.value;
  return value.kind === 'int' && typeof value.value === 'number' ? value.value !== 0 : undefined;
}

interface Reduction {
  readonly dtype: (library: ArrayLibrary, dtype: DType) => DType | undefined;
  /** `count`: elements that go into one result; `whole`: into the only one. */
  readonly range: (range: ValueRange, count: number | undefined, whole: boolean) => ValueRange | undefined;
  readonly compute: (elements: readonly Dim[]) => Dim | undefined;
  /** What holds whatever the operand is. */
  readonly always?: ValueRange;
}

const same = (_: ArrayLibrary, dtype: DType): DType => dtype;
const floatType = (library: ArrayLibrary, dtype: DType): DType | undefined =>
  isFloating(dtype) || dtypeCategory(dtype) === 'complex' ? dtype : library.meanOf(dtype);
const truth = (): DType => 'bool';

function ofNumbers(apply: (elements: readonly number[]) => number): (elements: readonly Dim[]) => Dim | undefined {
  return (elements) => {
    if (!elements.every((element) => typeof element === 'number')) return undefined;
    const result = apply(elements);
    return Number.isNaN(result) ? undefined : result + 0;
  };
}

function average(elements: readonly number[]): number {
  return elements.reduce((sum, element) => sum + element, 0) / elements.length;
}
function variance(elements: readonly number[]): number {
  const mean = average(elements);
  return average(elements.map((element) => (element - mean) ** 2));
}
function median(elements: readonly number[]): number {
  const sorted = [...elements].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** A variance lies between 0 and a quarter of the square of the width. */
function varianceRange(range: ValueRange): ValueRange {
  return isConstant(range) ? constantRange(0) : rangeBetween(0, ((range.high - range.low) / 2) ** 2);
}

const reductions = {
  sum: {
    dtype: (library, dtype) => library.sumOf(dtype),
    range: (range, count) => sumRange(range, count),
    compute: (elements) => addDims(...elements),
  },
  prod: {
    dtype: (library, dtype) => library.sumOf(dtype),
    compute: (elements) => multiplyDims(...elements),
    range: (range, count) =>
      count !== undefined && isConstant(range)
        ? powerRange(range, count)
        : range.low >= 1
          ? rangeBetween(1, Number.POSITIVE_INFINITY, { integral: range.integral })
          : undefined,
  },
  mean: {
    dtype: floatType,
    range: (range) => averageRange(range),
    compute: ofNumbers((elements) => (elements.length === 0 ? Number.NaN : average(elements))),
  },
  median: { dtype: floatType, range: (range) => averageRange(range), compute: ofNumbers(median) },
  max: {
    dtype: same,
    range: (range, _, whole) => reduceMaximumRange(range, whole),
    compute: (elements) => (elements.length === 0 ? undefined : maximumDims(...elements)),
  },
  min: {
    dtype: same,
    range: (range, _, whole) => reduceMinimumRange(range, whole),
    compute: (elements) => (elements.length === 0 ? undefined : minimumDims(...elements)),
  },
  ptp: {
    dtype: same,
    range: (range) => rangeBetween(0, range.high - range.low, { integral: range.integral }),
    compute: ofNumbers((elements) => Math.max(...elements) - Math.min(...elements)),
  },
  std: {
    dtype: floatType,
    range: (range) => powerRange(varianceRange(range), 0.5),
    compute: ofNumbers((elements) => Math.sqrt(variance(elements))),
    always: rangeBetween(0, Number.POSITIVE_INFINITY),
  },
  var: { dtype: floatType, range: varianceRange, compute: ofNumbers(variance), always: rangeBetween(0, Number.POSITIVE_INFINITY) },
  all: {
    dtype: truth,
    range: booleanRange,
    compute: ofNumbers((elements) => Number(elements.every((element) => element !== 0))),
    always: booleanRange(),
  },
  any: {
    dtype: truth,
    range: booleanRange,
    compute: ofNumbers((elements) => Number(elements.some((element) => element !== 0))),
    always: booleanRange(),
  },
  count_nonzero: {
    dtype: (library) => library.indexType,
    range: (_, count) => argmaxRange(count === undefined ? undefined : count + 1),
    compute: ofNumbers((elements) => elements.filter((element) => element !== 0).length),
    always: argmaxRange(undefined),
  },
  norm: {
    dtype: floatType,
    range: () => rangeBetween(0, Number.POSITIVE_INFINITY),
    compute: ofNumbers((elements) => Math.hypot(...elements)),
    always: rangeBetween(0, Number.POSITIVE_INFINITY),
  },
  logsumexp: {
    dtype: floatType,
    range: () => undefined,
    compute: ofNumbers((elements) => {
      const most = Math.max(...elements);
      return most + Math.log(elements.reduce((sum, element) => sum + Math.exp(element - most), 0));
    }),
  },
  /** Percentiles and others: between the ends, not computed. */
  between: { dtype: floatType, range: (range) => averageRange(range), compute: () => undefined },
} as const satisfies Readonly<Record<string, Reduction>>;

export type ReductionName = keyof typeof reductions;

export interface ReductionFacts {
  readonly axes: Axes;
  /** Undefined: not known. */
  readonly keepdims: boolean | undefined;
  /** The type asked for. */
  readonly dtype?: DType | undefined;
}

export function reduce(context: ArrayContext, name: ReductionName, value: Value, facts: ReductionFacts): Value {
  const rule: Reduction = reductions[name];
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const shape = reducedShape(context, tensor.shape, facts);
  if ('failed' in shape) return shape.failed;
  const dtype = facts.dtype ?? (tensor.dtype === undefined ? (rule.dtype === truth ? 'bool' : undefined) : rule.dtype(context.library, tensor.dtype));
  const axes = axesWithin(tensor.shape, facts.axes);
  const count =
    axes === undefined || tensor.shape.dims === undefined ? undefined : elementCount({ dims: axes.map((axis) => tensor.shape.dims?.[axis] ?? 1) });
  const whole = facts.axes === 'all' || (axes !== undefined && axes.length === tensor.shape.dims?.length);
  const range = tensor.range === undefined ? rule.always : rule.range(tensor.range, typeof count === 'number' ? count : undefined, whole);
  const sizes = knownSizes(tensor.shape),
    elements = elementsOf(tensor);
  let results: Dim[] | undefined =
    axes !== undefined && sizes !== undefined && elements !== undefined && facts.keepdims !== undefined ? [] : undefined;
  if (results !== undefined && axes !== undefined && sizes !== undefined && elements !== undefined) {
    for (const lane of lanesOf(sizes, axes)) {
      const result = rule.compute(lane.map((at) => elements[at] ?? 0));
      if (result === undefined) {
        results = undefined;
        break;
      }
      results.push(result);
    }
  }
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    dtype,
    origin: tensor.origin,
    range: range !== undefined && dtype !== undefined && !isFloating(dtype) ? castRange(range, dtype) : range,
    elements: results === undefined || dtype === undefined ? undefined : castElements(results, dtype),
  });
}

function axesWithin(shape: Shape, axes: Axes): readonly number[] | undefined {
  if (shape.dims === undefined || axes === undefined) return undefined;
  const rank = shape.dims.length;
  if (axes === 'all') return shape.dims.map((_, axis) => axis);
  return axes.map((axis) => normalizeAxis(axis, rank) ?? 0);
}

function reducedShape(
  context: ArrayContext,
  shape: Shape,
  facts: Pick<ReductionFacts, 'axes' | 'keepdims'>,
): { readonly shape: Shape } | { readonly failed: Value } {
  if (facts.axes === undefined || facts.keepdims === undefined) {
    // With the axes checked even where it is not known whether they stay.
    if (facts.axes === undefined) return { shape: facts.keepdims === true && shape.dims !== undefined ? { dims: undefined } : unknownShape };
    const checked = reduceShape(shape, facts.axes === 'all' ? undefined : facts.axes, false);
    return checked.ok ? { shape: unknownShape } : { failed: refuseConflict(context, checked.reason, [shape]) };
  }
  const result = reduceShape(shape, facts.axes === 'all' ? undefined : facts.axes, facts.keepdims);
  return result.ok ? { shape: result.shape } : { failed: refuseConflict(context, result.reason, [shape]) };
}

/** argmax and argmin: the position along an axis, or in the flattened array. */
export function argExtremum(context: ArrayContext, name: 'argmax' | 'argmin', value: Value, facts: ReductionFacts): Value {
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const shape = reducedShape(context, tensor.shape, facts);
  if ('failed' in shape) return shape.failed;
  const axes = axesWithin(tensor.shape, facts.axes);
  const size = axes === undefined ? undefined : elementCount({ dims: axes.map((axis) => tensor.shape.dims?.[axis] ?? 1) });
  const sizes = knownSizes(tensor.shape),
    elements = tensor.contents;
  const best = (lane: readonly number[]): number => {
    const values = lane.map((at) => elements?.[at] ?? 0);
    return values.indexOf(name === 'argmax' ? Math.max(...values) : Math.min(...values));
  };
  return makeArray({
    cls: context.cls,
    shape: shape.shape,
    dtype: facts.dtype ?? context.library.indexType,
    origin: derivedOrigin(tensor.origin),
    range: argmaxRange(typeof size === 'number' ? size : undefined),
    elements: sizes !== undefined && elements !== undefined && axes !== undefined && elements.length > 0 ? lanesOf(sizes, axes).map(best) : undefined,
  });
}

const alongAxis = {
  cumsum: {
    dtype: (library: ArrayLibrary, dtype: DType) => library.sumOf(dtype),
    range: (range: ValueRange): ValueRange =>
      rangeBetween(range.low >= 0 ? range.low : Number.NEGATIVE_INFINITY, range.high <= 0 ? range.high : Number.POSITIVE_INFINITY, {
        integral: range.integral,
      }),
    compute: (lane: readonly Dim[]): Dim[] => {
      let sum: Dim = 0;
      return lane.map((element) => (sum = addDims(sum, element)));
    },
  },
  cumprod: {
    dtype: (library: ArrayLibrary, dtype: DType) => library.sumOf(dtype),
    range: () => undefined,
    compute: (lane: readonly Dim[]): Dim[] => {
      let product: Dim = 1;
      return lane.map((element) => (product = multiplyDims(product, element)));
    },
  },
  sort: {
    dtype: same,
    range: (range: ValueRange) => range,
    compute: (lane: readonly Dim[]) =>
      lane.every((element) => typeof element === 'number') ? [...lane].sort((left, right) => left - right) : undefined,
  },
  argsort: {
    dtype: (library: ArrayLibrary) => library.indexType,
    range: () => undefined,
    compute: (lane: readonly Dim[]) =>
      lane.every((element) => typeof element === 'number')
        ? lane
            .map((element, at) => ({ element, at }))
            .sort((left, right) => left.element - right.element || left.at - right.at)
            .map(({ at }) => at)
        : undefined,
  },
} as const;

/** Cumulative sums, sorting: the shape stays; without an axis numpy flattens first. */
export function along(context: ArrayContext, name: keyof typeof alongAxis, value: Value, axis: Value): Value {
  const rule = alongAxis[name];
  const tensor = tensorOf(context, value);
  if (tensor === undefined) return unknown();
  const axes = axesOf(context, axis);
  const dims = tensor.shape.dims;
  const dtype = tensor.dtype === undefined ? undefined : rule.dtype(context.library, tensor.dtype);
  const count = elementCount(tensor.shape);
  const flat = axes === 'all' ? { ...tensor, shape: count === undefined ? { dims: undefined } : shapeOf(count) } : tensor;
  const [at] = axes === 'all' ? [0] : (axes ?? []);
  let size: Dim | undefined;
  if (at !== undefined && flat.shape.dims !== undefined) {
    const normal = normalizeAxis(at, Math.max(flat.shape.dims.length, 1));
    if (normal === undefined) return refuseConflict(context, { kind: 'axis', axis: at, rank: flat.shape.dims.length }, [tensor.shape], dims?.length);
    size = flat.shape.dims[normal];
  }
  const range =
    name === 'argsort' ? argmaxRange(typeof size === 'number' ? size : undefined) : tensor.range === undefined ? undefined : rule.range(tensor.range);
  return makeArray({
    cls: context.cls,
    shape: flat.shape,
    dtype,
    range,
    elements: at === undefined ? undefined : computeAlong(flat, at, rule.compute),
    origin: tensor.origin,
  });
}

function computeAlong(tensor: TensorValue, axis: number, compute: (lane: readonly Dim[]) => readonly Dim[] | undefined): readonly Dim[] | undefined {
  const sizes = knownSizes(tensor.shape),
    elements = elementsOf(tensor);
  if (sizes === undefined || elements === undefined || sizes.length === 0) return undefined;
  const results: Dim[] = [...elements];
  for (const lane of lanesOf(sizes, [normalizeAxis(axis, sizes.length) ?? 0])) {
    const computed = compute(lane.map((at) => elements[at] ?? 0));
    if (computed === undefined) return undefined;
    for (const [order, at] of lane.entries()) results[at] = computed[order] ?? 0;
  }
  return results;
}

// ---- For declarations: first parameter, `axis`/`dim`, `keepdims`/`keepdim`, `dtype` of the signature.

export function factsOf(call: ArrayCall): ReductionFacts {
  return { axes: axesOf(call, axisArgument(call)), keepdims: keepsDims(call), dtype: dtypeFromValue(call.argument('dtype', 'output_type')) };
}
export function reduction(name: ReductionName): ArrayOperation {
  return (call) => reduce(call, name, call.operand(0), factsOf(call));
}
export function argOperation(name: 'argmax' | 'argmin'): ArrayOperation {
  return (call) => argExtremum(call, name, call.operand(0), factsOf(call));
}
export function alongOperation(name: keyof typeof alongAxis): ArrayOperation {
  return (call) => along(call, name, call.operand(0), axisArgument(call));
}
