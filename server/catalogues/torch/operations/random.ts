// Random tensors, and the methods that fill a tensor in place. It must not know modules.
import { dimEquals, unknownDim } from '../../../tensors/dim.ts';
import { dtypeCategory, isFloating } from '../../../tensors/dtype.ts';
import { rangeBetween, type ValueRange } from '../../../tensors/range.ts';
import { broadcastTo, formatShape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { markDraws } from '../../../values/draws.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { none, unknown } from '../../../values/value.ts';
import { dimFromValue, elementsOf, makeArray, numberFromValue } from '../../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { broadcasting } from '../../arrays/elementwise.ts';
import { permutationSlot } from '../../arrays/indexing.ts';
import { filled } from '../../arrays/joining.ts';
import { type ArrayCall, type ArrayOperation, refuse } from '../../arrays/library.ts';
import { overwriteArray } from '../../arrays/memory.ts';
import { takeOver } from '../in-place.ts';
import { declareOperations } from '../library.ts';
import { checkedSizes, typeOr } from './creation.ts';
import { onTensor, rankOf, refuseType, resultOf, sizesArgument, tensorAt } from './support.ts';

const unit = rangeBetween(0, 1);

function random(range: ValueRange | undefined): ArrayOperation {
  return (call) => {
    const sizes = sizesArgument(call);
    return (
      checkedSizes(call, sizes)?.failed ??
      makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: typeOr(call), range })
    );
  };
}
function randomLike(range: ValueRange | undefined): ArrayOperation {
  return onTensor((call, tensor) => {
    const dtype = typeOr(call, tensor.dtype);
    return dtype !== undefined && !isFloating(dtype) && dtypeCategory(dtype) !== 'complex'
      ? refuseType(call, { ...tensor, dtype }, message('a floating-point type'))
      : resultOf(call, tensor, tensor.shape, { dtype, range });
  });
}

/** Whole numbers from `low` up to `high - 1`. */
function whole(low: Value, high: Value): ValueRange {
  const [least, most] = [numberFromValue(low), numberFromValue(high)];
  return rangeBetween(least ?? Number.NEGATIVE_INFINITY, most === undefined ? Number.POSITIVE_INFINITY : most - 1, { integral: true });
}
/** `randint(high, size)` or `randint(low, high, size)`, by name or position. */
const randint: ArrayOperation = (call) => {
  const given = call.args.rest.map((argument) => argument.value);
  if (call.args.openPositional) return makeArray({ cls: call.cls, shape: unknownShape, dtype: typeOr(call, 'int64') });
  const named = { low: call.argument('low'), high: call.argument('high'), size: call.argument('size') };
  const size = named.size.kind !== 'none' ? named.size : (given.pop() ?? none);
  const [first, second] = given;
  const high = named.high.kind !== 'none' ? named.high : (second ?? first ?? none);
  const low: Value =
    named.low.kind !== 'none'
      ? named.low
      : second !== undefined || (named.high.kind !== 'none' && first !== undefined)
        ? (first ?? none)
        : { kind: 'int', value: 0 };
  const sizes = sizesFromValue(call.interpreter, size);
  const [least, most] = [numberFromValue(low), numberFromValue(high)];
  if (least !== undefined && most !== undefined && least >= most)
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: from {low} up to {high} there is no number', { operation: call.name, low: least, high: most }),
      sizes?.length,
    );
  const made = makeArray({
    cls: call.cls,
    shape: sizes === undefined ? unknownShape : { dims: sizes },
    dtype: typeOr(call, 'int64'),
    range: whole(low, high),
  });
  return checkedSizes(call, sizes)?.failed ?? (least === undefined || most === undefined ? made : markDraws(made, least, most - 1));
};
const randintLike: ArrayOperation = onTensor((call, tensor) => {
  const [first, second] = [call.argument('low'), call.argument('high')];
  const range = second.kind === 'none' ? whole({ kind: 'int', value: 0 }, first) : whole(first, second);
  return resultOf(call, tensor, tensor.shape, { dtype: typeOr(call, tensor.dtype), range });
});
const randperm: ArrayOperation = (call) => {
  const count = dimFromValue(call.argument('n')) ?? unknownDim();
  const failed = checkedSizes(call, [count]);
  return (
    failed?.failed ??
    permutationSlot.on(
      makeArray({
        cls: call.cls,
        shape: shapeOf(count),
        dtype: typeOr(call, 'int64'),
        range:
          typeof count === 'number'
            ? rangeBetween(0, Math.max(0, count - 1), { integral: true, attained: true })
            : rangeBetween(0, Number.POSITIVE_INFINITY, { integral: true }),
      }),
      true,
    )
  );
};
const normal: ArrayOperation = (call) => {
  const size = call.argument('size');
  if (size.kind !== 'none') {
    const sizes = sizesFromValue(call.interpreter, size);
    return makeArray({ cls: call.cls, shape: sizes === undefined ? unknownShape : { dims: sizes }, dtype: typeOr(call) });
  }
  const [mean, deviation] = [call.operand(0), call.operand(1)];
  const tensor = mean.kind === 'tensor' ? mean : deviation.kind === 'tensor' ? deviation : undefined;
  return tensor === undefined ? unknown() : broadcasting(call, [mean, deviation], tensor.dtype);
};
const bernoulli: ArrayOperation = onTensor((call, tensor) => {
  const p = call.argument('p');
  if (p.kind === 'none' && tensor.dtype !== undefined && !isFloating(tensor.dtype)) return refuseType(call, tensor, message('a floating-point tensor'));
  if (p.kind === 'none' && tensor.range !== undefined && tensor.range.low > 1)
    return refuse(call, 'invalid-argument', message('{operation}: probabilities lie between 0 and 1', { operation: call.name }), rankOf(tensor));
  return resultOf(call, tensor, tensor.shape, { range: { ...unit, integral: true } });
});
/** Positions drawn from rows of weights: the last axis becomes the number of draws. */
const multinomial: ArrayOperation = onTensor((call, tensor) => {
  const dims = tensor.shape.dims;
  const count = dimFromValue(call.argument('num_samples')) ?? unknownDim();
  if (tensor.dtype !== undefined && !isFloating(tensor.dtype)) return refuseType(call, tensor, message('a floating-point tensor'));
  if (dims !== undefined && (dims.length === 0 || dims.length > 2))
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects weights with 1 or 2 axes, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
    );
  const size = dims?.at(-1);
  const replaces = call.args.flag('replacement');
  if (typeof count === 'number' && (count <= 0 || (replaces === false && typeof size === 'number' && count > size))) {
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: {count} draws without replacement from {size} weights', {
        operation: call.name,
        count,
        size: typeof size === 'number' ? size : '?',
      }),
      dims?.length,
    );
  }
  return resultOf(call, tensor, dims === undefined ? unknownShape : { dims: [...dims.slice(0, -1), count] }, {
    dtype: 'int64',
    range: rangeBetween(0, typeof size === 'number' ? Math.max(0, size - 1) : Number.POSITIVE_INFINITY, { integral: true }),
  });
});
const like: ArrayOperation = onTensor((call, tensor) => resultOf(call, tensor, tensor.shape, { range: rangeBetween(0, Number.POSITIVE_INFINITY) }));

// ---- In place: the tensor's shape and type stay.

/** The tensor after every element was replaced by something within the range. */
function refill(call: ArrayCall, tensor: TensorValue, range: ValueRange | undefined, element?: number): Value {
  const made = filled(call, tensor.shape.dims, element, tensor.dtype);
  if (element !== undefined && made.kind === 'tensor') return takeOver(call, tensor, made, call.name);
  return takeOver(call, tensor, makeArray({ cls: call.cls, shape: tensor.shape, dtype: tensor.dtype, range }), call.name);
}
function drawing(range: (call: ArrayCall) => ValueRange | undefined, floatsOnly = true): ArrayOperation {
  return onTensor((call, tensor) => {
    if (
      floatsOnly &&
      tensor.shape.dims?.includes(0) !== true &&
      tensor.dtype !== undefined &&
      !isFloating(tensor.dtype) &&
      dtypeCategory(tensor.dtype) !== 'complex'
    )
      return refuseType(call, tensor, message('a floating-point tensor'));
    return refill(call, tensor, range(call));
  });
}
const fill: ArrayOperation = onTensor((call, tensor) => {
  const value = call.operand(1);
  const given = tensorOf(call, value);
  if (value.kind === 'tensor' && given?.shape.dims !== undefined && given.shape.dims.length > 0) {
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects one number, got a tensor of shape {shape}', { operation: call.name, shape: formatShape(given.shape) }),
      rankOf(tensor),
    );
  }
  return refill(call, tensor, given?.range, numberFromValue(value) ?? (value.kind === 'bool' ? Number(value.value) : undefined));
});
const copy: ArrayOperation = onTensor((call, tensor) => {
  const source = tensorAt(call, 1);
  if (source === undefined) {
    overwriteArray(tensor, { range: undefined, contents: undefined });
    return tensor;
  }
  if (tensor.shape.dims !== undefined && source.shape.dims !== undefined) {
    const fits = broadcastTo(source.shape, tensor.shape.dims);
    if (!fits.ok)
      return refuse(
        call,
        'shape-mismatch',
        message('{operation}: {source} does not fit into {own}', {
          operation: call.name,
          source: formatShape(source.shape),
          own: formatShape(tensor.shape),
        }),
        rankOf(tensor),
      );
  }
  const isWhole = source.shape.dims?.length === tensor.shape.dims?.length;
  return takeOver(
    call,
    tensor,
    makeArray({ cls: call.cls, shape: tensor.shape, dtype: source.dtype, range: source.range, elements: isWhole ? elementsOf(source) : undefined }),
    call.name,
  );
});
function between(call: ArrayCall, from: string, upTo: string): ValueRange | undefined {
  const [low, high] = [numberFromValue(call.argument(from)), numberFromValue(call.argument(upTo))];
  return low === undefined || high === undefined ? undefined : rangeBetween(low, high);
}
const fillDiagonal: ArrayOperation = onTensor((call, tensor) => {
  if (tensor.shape.dims !== undefined && tensor.shape.dims.length < 2)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects at least 2 axes, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
      rankOf(tensor),
    );
  const sizes = tensor.shape.dims ?? [];
  if (sizes.length > 2 && sizes.some((size) => dimEquals(size, sizes[0] ?? size) === false))
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: more than 2 axes must be of one size, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
      rankOf(tensor),
    );
  return takeOver(call, tensor, resultOf(call, tensor, tensor.shape), call.name);
});

const options =
  'generator=None, out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False, names=None, memory_format=None';
const likeOptions = 'dtype=None, layout=None, device=None, requires_grad=False, memory_format=None, generator=None, pin_memory=False';
declareOperations(
  {
    rand: [`*size, ${options}`, random(unit)],
    randn: [`*size, ${options}`, random(undefined)],
    randint: [`*args, low=None, high=None, size=None, ${options}`, randint],
    randperm: [`n, *, ${options}`, randperm],
    rand_like: [`input, *, ${likeOptions}`, randomLike(unit)],
    randn_like: [`input, *, ${likeOptions}`, randomLike(undefined)],
    randint_like: [`input, low, high=None, *, ${likeOptions}`, randintLike],
    normal: [`mean=0.0, std=1.0, size=None, *, ${options}`, normal],
    poisson: ['input, generator=None', like],
    binomial: ['count, prob, generator=None', like],
  },
  { method: false },
);
declareOperations({
  bernoulli: ['input, p=None, *, generator=None, out=None', bernoulli],
  multinomial: ['input, num_samples, replacement=False, *, generator=None, out=None', multinomial],
});
declareOperations(
  {
    uniform_: ['input, from_=0.0, to=1.0, *, generator=None', drawing((call) => between(call, 'from_', 'to'))],
    normal_: ['input, mean=0.0, std=1.0, *, generator=None', drawing(() => undefined)],
    random_: ['input, from_=0, to=None, *, generator=None', drawing(() => undefined, false)],
    bernoulli_: ['input, p=0.5, *, generator=None', drawing(() => ({ ...unit, integral: true }), false)],
    exponential_: ['input, lambd=1.0, *, generator=None', drawing(() => rangeBetween(0, Number.POSITIVE_INFINITY))],
    cauchy_: ['input, median=0.0, sigma=1.0, *, generator=None', drawing(() => undefined)],
    log_normal_: ['input, mean=1.0, std=2.0, *, generator=None', drawing(() => rangeBetween(0, Number.POSITIVE_INFINITY))],
    geometric_: ['input, p, *, generator=None', drawing(() => rangeBetween(0, Number.POSITIVE_INFINITY), false)],
    zero_: ['input', onTensor((call, tensor) => refill(call, tensor, undefined, 0))],
    fill_: ['input, value', fill],
    copy_: ['input, src, non_blocking=False', copy],
    fill_diagonal_: ['input, fill_value, wrap=False', fillDiagonal],
  },
  { function: false },
);
declareOperations(
  { fill: ['input, value', onTensor((call, tensor) => filled(call, tensor.shape.dims, numberFromValue(call.operand(1)), tensor.dtype))] },
  { method: false },
);
