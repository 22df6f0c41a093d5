// Tensors from nothing or from Python's and numpy's data: zeros, full, arange, tensor, eye, windows, and `torch.Tensor(…)` itself.
// It must not know modules.
import { type Dim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import type { DType } from '../../../tensors/dtype.ts';
import { argmaxRange, rangeBetween } from '../../../tensors/range.ts';
import { shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { nativeFunction } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { dimFromValue, elementsOf, makeArray, numberFromValue } from '../../arrays/contents.ts';
import { castArray, castElements, sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { arange, filled, linspace } from '../../arrays/joining.ts';
import { type ArrayCall, type ArrayOperation, refuse } from '../../arrays/library.ts';
import { shareMemory } from '../../arrays/memory.ts';
import { identity } from '../../arrays/products.ts';
import { asTorchTensor, constructTensor, declareMembers, declareOperations, defaultDType, dtypeArgument, tensorClass } from '../library.ts';
import { tensorTypes } from './conversion.ts';
import { onTensor, refuseRank, resultOf, sizesArgument } from './support.ts';

/** The type a `dtype=` argument names, else what the program's default is. */
export function typeOr(call: ArrayCall, fallback: DType | undefined | 'default' = 'default'): DType | undefined {
  const asked = call.argument('dtype');
  if (asked.kind !== 'none') return dtypeArgument(asked);
  return fallback === 'default' ? defaultDType(call.interpreter).dtype : fallback;
}

/** Sizes that are negative are refused. */
export function checkedSizes(call: ArrayCall, sizes: readonly Dim[] | undefined): { readonly failed: Value } | undefined {
  const negative = sizes?.find((size) => isKnown(size) && size < 0);
  return negative === undefined
    ? undefined
    : {
        failed: refuse(
          call,
          'invalid-argument',
          message('{operation}: a size cannot be {size}', { operation: call.name, size: Number(negative) }),
          sizes?.length,
        ),
      };
}

function filling(value: number | undefined): ArrayOperation {
  return (call) => {
    const sizes = sizesArgument(call);
    return checkedSizes(call, sizes)?.failed ?? filled(call, sizes, value, typeOr(call));
  };
}
function fillingLike(value: number | undefined): ArrayOperation {
  return onTensor((call, tensor) => filled(call, tensor.shape.dims, value, typeOr(call, tensor.dtype)));
}
/** The type of the value that fills: PyTorch takes Python's kinds. */
function typeOfFill(call: ArrayCall, value: Value): DType | undefined {
  switch (value.kind) {
    case 'bool':
      return 'bool';
    case 'int':
      return 'int64';
    case 'float':
      return defaultDType(call.interpreter).dtype;
    case 'tensor':
      return value.dtype;
    case 'unknown':
      return value.typeName === 'bool'
        ? 'bool'
        : value.typeName === 'int'
          ? 'int64'
          : value.typeName === 'float'
            ? defaultDType(call.interpreter).dtype
            : undefined;
    default:
      return undefined;
  }
}
const full: ArrayOperation = (call) => {
  const sizes = sizesFromValue(call.interpreter, call.argument('size'));
  const value = call.argument('fill_value');
  return (
    checkedSizes(call, sizes)?.failed ??
    withRangeOf(
      call,
      filled(call, sizes, numberFromValue(value) ?? (value.kind === 'bool' ? Number(value.value) : undefined), typeOr(call, typeOfFill(call, value))),
      value,
    )
  );
};
function withRangeOf(call: ArrayCall, result: Value, value: Value): Value {
  return result.kind === 'tensor' && result.range === undefined ? { ...result, range: tensorOf(call, value)?.range } : result;
}
const fullLike: ArrayOperation = onTensor((call, tensor) =>
  filled(call, tensor.shape.dims, numberFromValue(call.argument('fill_value')), typeOr(call, tensor.dtype)),
);

/** `new_zeros(…)`: sizes one by one or together, the type of the tensor. */
function fillingNew(value: number | undefined): ArrayOperation {
  return onTensor((call, tensor) => {
    const sizes = sizesArgument(call);
    return checkedSizes(call, sizes)?.failed ?? filled(call, sizes, value, typeOr(call, tensor.dtype));
  });
}
const newFull: ArrayOperation = onTensor((call, tensor) =>
  filled(call, sizesFromValue(call.interpreter, call.argument('size')), numberFromValue(call.argument('fill_value')), typeOr(call, tensor.dtype)),
);

// ---- From data.

/** Data as a tensor with the type PyTorch infers: Python's floats have the default one, arrays keep theirs. */
export function tensorFrom(call: ArrayCall, data: Value, dtype: DType | undefined): Value {
  const found = asTorchTensor(call.interpreter, data);
  if (found === undefined)
    return data.kind === 'unknown' || data.kind === 'instance' || data.kind === 'list' || data.kind === 'tuple'
      ? makeArray({ cls: call.cls, shape: unknownShape, dtype })
      : unknown();
  if (found.dtype === 'string')
    return refuse(call, 'invalid-argument', message('{operation}: text cannot be a tensor', { operation: call.name }), undefined, 'ValueError');
  const inferred = dtype ?? (found.dtype === 'float32' && data.kind !== 'tensor' ? defaultDType(call.interpreter).dtype : found.dtype);
  const cast = inferred === undefined ? found : castArray(found, inferred);
  const elements = elementsOf(cast);
  return makeArray({
    cls: call.cls,
    shape: found.shape,
    dtype: inferred,
    range: cast.range,
    origin: found.origin,
    elements:
      inferred === 'float32' && elements?.every((element) => typeof element === 'number')
        ? elements.map((element) => Math.fround(Number(element)))
        : inferred === undefined
          ? elements
          : castElements(elements, inferred),
  });
}
const tensor: ArrayOperation = (call) => tensorFrom(call, call.operand(0), dtypeArgument(call.argument('dtype')));
/** A tensor of this type stays as it is; an array's elements are shared. */
const asTensorOperation: ArrayOperation = (call) => {
  const [data, dtype] = [call.operand(0), dtypeArgument(call.argument('dtype'))];
  if (data.kind === 'tensor' && data.cls.mro.includes(tensorClass) && (call.argument('dtype').kind === 'none' || data.dtype === dtype)) return data;
  const result = tensorFrom(call, data, dtype);
  return data.kind === 'tensor' && result.kind === 'tensor' && data.dtype === result.dtype ? shareMemory(data, result) : result;
};
const fromNumpy: ArrayOperation = (call) => {
  const data = call.operand(0);
  if (
    data.kind === 'list' ||
    data.kind === 'tuple' ||
    data.kind === 'int' ||
    data.kind === 'float' ||
    (data.kind === 'tensor' && data.cls.mro.includes(tensorClass))
  ) {
    return refuse(call, 'invalid-argument', message('{operation}: expects a numpy array', { operation: call.name }), undefined, 'TypeError');
  }
  const result = tensorFrom(call, data, undefined);
  return data.kind === 'tensor' && result.kind === 'tensor' ? shareMemory(data, result) : result;
};
const newTensor: ArrayOperation = onTensor((call, own) => tensorFrom(call, call.argument('data'), typeOr(call, own.dtype)));
/** The rank of a nested list decides, so PyTorch wants rows of one length. */
const scalarTensor: ArrayOperation = (call) => {
  const result = tensorFrom(call, call.operand(0), typeOr(call));
  return result.kind === 'tensor' && result.shape.dims?.length === 0 ? result : unknown();
};

// ---- Sequences of numbers.

const arangeOperation: ArrayOperation = (call) => {
  const [start, end, step] = [call.argument('start'), call.argument('end'), call.argument('step')];
  const result = arange(call, start, end, step, dtypeArgument(call.argument('dtype')));
  if (result.kind !== 'tensor') return result;
  const [low, high, stride] = [
    end.kind === 'none' ? 0 : (numberFromValue(start) ?? (start.kind === 'none' ? 0 : undefined)),
    numberFromValue(end.kind === 'none' ? start : end),
    numberFromValue(step),
  ];
  if (stride === 0) return refuse(call, 'invalid-argument', message('{operation}: step must not be 0', { operation: call.name }), 1);
  if (low !== undefined && high !== undefined && stride !== undefined && ((stride > 0 && high < low) || (stride < 0 && high > low))) {
    return refuse(
      call,
      'invalid-argument',
      message('{operation}: from {low} to {high} does not go with step {step}', { operation: call.name, low, high, step: stride }),
      1,
    );
  }
  const asked = call.argument('dtype');
  return asked.kind === 'none' && result.dtype === 'float32'
    ? makeArray({ ...result, dtype: defaultDType(call.interpreter).dtype, elements: elementsOf(result) })
    : result;
};
const inclusiveRange: ArrayOperation = (call) => {
  const [low, high, step] = ['start', 'end', 'step'].map((name) => numberFromValue(call.argument(name)));
  const length =
    low === undefined || high === undefined || step === undefined || step === 0 ? unknownDim() : Math.max(0, Math.floor((high - low) / step) + 1);
  return makeArray({ cls: call.cls, shape: shapeOf(length), dtype: typeOr(call) });
};
function spaced(base?: number): ArrayOperation {
  return (call) => {
    const steps = dimFromValue(call.argument('steps'));
    if (steps !== undefined && isKnown(steps) && steps < 0)
      return refuse(call, 'invalid-argument', message('{operation}: the number of steps cannot be {steps}', { operation: call.name, steps }), 1);
    const radix = base === undefined ? undefined : (numberFromValue(call.argument('base')) ?? base);
    return linspace(call, call.argument('start'), call.argument('end'), call.argument('steps'), true, typeOr(call), radix);
  };
}
const eye: ArrayOperation = (call) => {
  const [rows, columns] = [dimFromValue(call.argument('n')), dimFromValue(call.argument('m'))];
  return (
    checkedSizes(call, [rows ?? 0, columns ?? 0])?.failed ??
    identity(call, rows, call.argument('m').kind === 'none' ? rows : (columns ?? unknownDim()), 0, typeOr(call))
  );
};

/** Positions of a triangle: two rows. */
function trianglePositions(lower: boolean): ArrayOperation {
  return (call) => {
    const [rows, columns] = [numberFromValue(call.argument('row')), numberFromValue(call.argument('col'))];
    const offset = numberFromValue(call.argument('offset'));
    let count: Dim = unknownDim();
    if (rows !== undefined && columns !== undefined && offset !== undefined) {
      count = 0;
      for (let row = 0; row < Math.min(rows, 100_000); row += 1)
        count += lower ? Math.min(columns, Math.max(0, row + offset + 1)) : columns - Math.min(columns, Math.max(0, row + offset));
    }
    return makeArray({
      cls: call.cls,
      shape: shapeOf(2, count),
      dtype: typeOr(call, 'int64'),
      range: argmaxRange(rows === undefined || columns === undefined ? undefined : Math.max(rows, columns)),
    });
  };
}

/** Windows of a length. */
const windowOperation: ArrayOperation = (call) => {
  const length = dimFromValue(call.argument('window_length')) ?? unknownDim();
  return (
    checkedSizes(call, [length])?.failed ?? makeArray({ cls: call.cls, shape: shapeOf(length), dtype: typeOr(call), range: rangeBetween(-1, 1) })
  );
};
const vander: ArrayOperation = onTensor((call, given) => {
  const [size] = given.shape.dims ?? [];
  if (given.shape.dims !== undefined && given.shape.dims.length !== 1) return refuseRank(call, given, 1, 0, 2);
  const columns = call.argument('N');
  return resultOf(
    call,
    given,
    shapeOf(size ?? unknownDim(), columns.kind === 'none' ? (size ?? unknownDim()) : (dimFromValue(columns) ?? unknownDim())),
  );
});

// ---- The old types.

/** `torch.FloatTensor` and its like: no classes of tensors, since whether a tensor is an instance depends on type and device. */
export function legacyTensors(): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(tensorTypes).map(([name, dtype]) => [name, nativeFunction(name, '*args, device=None', (call) => constructTensor(call, dtype))]),
  );
}
declareMembers(legacyTensors());

const options = 'out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False, memory_format=None, names=None';
const likeOptions = 'dtype=None, layout=None, device=None, requires_grad=False, memory_format=None, pin_memory=False';
const windowOptions = 'dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False';
declareOperations(
  {
    zeros: [`*size, ${options}`, filling(0)],
    ones: [`*size, ${options}`, filling(1)],
    empty: [`*size, ${options}`, filling(undefined)],
    full: [`size, fill_value, *, ${options}`, full],
    zeros_like: [`input, *, ${likeOptions}`, fillingLike(0)],
    ones_like: [`input, *, ${likeOptions}`, fillingLike(1)],
    empty_like: [`input, *, ${likeOptions}`, fillingLike(undefined)],
    full_like: [`input, fill_value, *, ${likeOptions}`, fullLike],
    tensor: ['data, *, dtype=None, device=None, requires_grad=False, pin_memory=False, names=None', tensor],
    as_tensor: ['data, dtype=None, device=None', asTensorOperation],
    asarray: ['obj, *, dtype=None, device=None, copy=None, requires_grad=False', asTensorOperation],
    from_numpy: ['ndarray', fromNumpy],
    scalar_tensor: [`s, *, ${windowOptions}`, scalarTensor],
    frombuffer: [
      'buffer, *, dtype, count=-1, offset=0, requires_grad=False',
      (call) => makeArray({ cls: call.cls, shape: shapeOf(unknownDim()), dtype: dtypeArgument(call.argument('dtype')) }),
    ],
    arange: [`start=None, end=None, step=1, *, ${options}`, arangeOperation],
    range: [`start=0, end=None, step=1, *, ${options}`, inclusiveRange],
    linspace: [`start, end, steps, *, ${options}`, spaced()],
    logspace: [`start, end, steps, base=10.0, *, ${options}`, spaced(10)],
    eye: [`n, m=None, *, ${options}`, eye],
    tril_indices: [`row, col, offset=0, *, ${windowOptions}`, trianglePositions(true)],
    triu_indices: [`row, col, offset=0, *, ${windowOptions}`, trianglePositions(false)],
    hann_window: [`window_length, periodic=True, *, ${windowOptions}`, windowOperation],
    hamming_window: [`window_length, periodic=True, alpha=0.54, beta=0.46, *, ${windowOptions}`, windowOperation],
    blackman_window: [`window_length, periodic=True, *, ${windowOptions}`, windowOperation],
    bartlett_window: [`window_length, periodic=True, *, ${windowOptions}`, windowOperation],
    kaiser_window: [`window_length, periodic=True, beta=12.0, *, ${windowOptions}`, windowOperation],
    vander: ['x, N=None, increasing=False', vander],
    empty_strided: [
      `size, stride, *, ${windowOptions}`,
      (call) => filled(call, sizesFromValue(call.interpreter, call.operand(0)), undefined, typeOr(call)),
    ],
    sparse_coo_tensor: [
      'indices, values, size=None, *, dtype=None, device=None, requires_grad=False, check_invariants=None, is_coalesced=None, pin_memory=False',
      () => unknown(),
    ],
  },
  { method: false },
);
declareOperations(
  {
    new_zeros: [`input, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False`, fillingNew(0)],
    new_ones: ['input, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False', fillingNew(1)],
    new_empty: ['input, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False', fillingNew(undefined)],
    new_full: ['input, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False', newFull],
    new_tensor: ['input, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False', newTensor],
    new: [
      'input, *size, device=None',
      onTensor((call, own) => {
        const sizes = sizesArgument(call);
        const [first] = call.args.rest;
        if (call.args.rest.length === 1 && first !== undefined && (first.value.kind === 'list' || first.value.kind === 'tensor'))
          return tensorFrom(call, first.value, own.dtype);
        return filled(call, sizes !== undefined && sizes.length === 0 ? [0] : sizes, undefined, own.dtype);
      }),
    ],
  },
  { function: false },
);
