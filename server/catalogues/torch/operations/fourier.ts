// torch.fft, and the short-time transforms. It must not know modules.
import { addDims, type Dim, floorDivideDims, isKnown, multiplyDims, subtractDims, unknownDim } from '../../../tensors/dim.ts';
import type { DType } from '../../../tensors/dtype.ts';
import { normalizeAxes, formatShape, shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { dimFromValue, makeArray } from '../../arrays/contents.ts';
import { numbersFromValue, sizesFromValue } from '../../arrays/conversion.ts';
import { type ArrayCall, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { declareOperations, declareSubmodule } from '../library.ts';
import { typeOr } from './creation.ts';
import { complexType, onTensor, rankOf, realType, refuseType, resultOf } from './support.ts';

/** What becomes of the last transformed axis, and of the type. */
type Kind = 'complex' | 'to half' | 'from half';

function resultType(kind: Kind, dtype: DType | undefined): DType | undefined {
  if (dtype === undefined) return undefined;
  const complex = dtype.startsWith('complex') || dtype.startsWith('float') ? complexType(dtype) : 'complex64';
  return kind === 'from half' ? realType(complex) : complex;
}

function transformed(
  call: ArrayCall,
  tensor: TensorValue,
  kind: Kind,
  axes: readonly number[] | undefined,
  sizes: readonly Dim[] | undefined,
): Value {
  const dims = tensor.shape.dims;
  if (kind === 'to half' && tensor.dtype?.startsWith('complex')) return refuseType(call, tensor, message('a real tensor'));
  const dtype = resultType(kind, tensor.dtype);
  if (dims === undefined || axes === undefined)
    return resultOf(call, tensor, dims === undefined ? unknownShape : shapeOfRank(dims.length), { dtype });
  const normal = normalizeAxes(axes, dims.length);
  if (!normal.ok) return refuseConflict(call, normal.reason, [tensor.shape], dims.length);
  const result = [...dims];
  for (const [order, axis] of normal.axes.entries()) {
    const asked = sizes?.[order];
    if (asked !== undefined && isKnown(asked) && asked < 1 && asked !== -1)
      return refuse(
        call,
        'invalid-argument',
        message('{operation}: {size} data points cannot be transformed', { operation: call.name, size: asked }),
        dims.length,
      );
    const size = asked === undefined || asked === -1 ? (dims[axis] ?? 1) : asked;
    if (isKnown(size) && size < 1)
      return refuse(
        call,
        'invalid-argument',
        message('{operation}: {size} data points cannot be transformed', { operation: call.name, size }),
        dims.length,
      );
    const isLast = order === normal.axes.length - 1;
    const given = asked !== undefined && asked !== -1;
    result[axis] =
      !isLast || kind === 'complex'
        ? size
        : kind === 'to half'
          ? addDims(floorDivideDims(size, 2), 1)
          : given
            ? size
            : multiplyDims(2, subtractDims(size, 1));
    const made = result[axis];
    if (made !== undefined && isKnown(made) && made < 1)
      return refuse(
        call,
        'invalid-argument',
        message('{operation}: {size} data points cannot be transformed', { operation: call.name, size: made }),
        dims.length,
      );
  }
  return resultOf(call, tensor, { dims: result }, { dtype });
}

function along(kind: Kind): ArrayOperation {
  return onTensor((call, tensor) => {
    const n = call.argument('n');
    return transformed(
      call,
      tensor,
      kind,
      numbersFromValue(call.interpreter, call.argument('dim')),
      n.kind === 'none' ? undefined : [dimFromValue(n) ?? unknownDim()],
    );
  });
}
/** Over several axes: the named ones, else as many last ones as there are sizes, else all. */
function over(kind: Kind): ArrayOperation {
  return onTensor((call, tensor) => {
    const [s, dim] = [call.argument('s'), call.argument('dim')];
    const sizes = s.kind === 'none' ? undefined : sizesFromValue(call.interpreter, s);
    const rank = rankOf(tensor);
    const all = rank === undefined ? undefined : Array.from({ length: rank }, (_, at) => at);
    const axes =
      dim.kind !== 'none'
        ? numbersFromValue(call.interpreter, dim)
        : s.kind === 'none'
          ? all
          : sizes === undefined || all === undefined
            ? undefined
            : all.slice(Math.max(0, all.length - sizes.length));
    if (sizes !== undefined && axes !== undefined && axes.length !== sizes.length)
      return refuse(
        call,
        'invalid-argument',
        message('{operation}: {sizes} sizes for {axes} axes', { operation: call.name, sizes: sizes.length, axes: axes.length }),
        rank,
      );
    return transformed(call, tensor, kind, axes, sizes);
  });
}
const shift: ArrayOperation = onTensor((call, tensor) => {
  const axes = call.argument('dim').kind === 'none' ? [] : numbersFromValue(call.interpreter, call.argument('dim'));
  const normal = axes === undefined || tensor.shape.dims === undefined ? undefined : normalizeAxes(axes, tensor.shape.dims.length);
  return normal !== undefined && !normal.ok
    ? refuseConflict(call, normal.reason, [tensor.shape], rankOf(tensor))
    : resultOf(call, tensor, tensor.shape, { range: tensor.range });
});
function frequencies(half: boolean): ArrayOperation {
  return (call) => {
    const count = dimFromValue(call.argument('n')) ?? unknownDim();
    return makeArray({ cls: call.cls, shape: shapeOf(half ? addDims(floorDivideDims(count, 2), 1) : count), dtype: typeOr(call) });
  };
}

const one = 'input, n=None, dim=-1, norm=None, *, out=None',
  two = 'input, s=None, dim=(-2, -1), norm=None, *, out=None',
  many = 'input, s=None, dim=None, norm=None, *, out=None';
const frequency = 'n, d=1.0, *, out=None, dtype=None, layout=None, device=None, requires_grad=False';
declareSubmodule('torch.fft', {
  fft: [one, along('complex')],
  ifft: [one, along('complex')],
  rfft: [one, along('to half')],
  irfft: [one, along('from half')],
  hfft: [one, along('from half')],
  ihfft: [one, along('to half')],
  fft2: [two, over('complex')],
  ifft2: [two, over('complex')],
  rfft2: [two, over('to half')],
  irfft2: [two, over('from half')],
  hfft2: [two, over('from half')],
  ihfft2: [two, over('to half')],
  fftn: [many, over('complex')],
  ifftn: [many, over('complex')],
  rfftn: [many, over('to half')],
  irfftn: [many, over('from half')],
  hfftn: [many, over('from half')],
  ihfftn: [many, over('to half')],
  fftshift: ['input, dim=None', shift],
  ifftshift: ['input, dim=None', shift],
  fftfreq: [frequency, frequencies(false)],
  rfftfreq: [frequency, frequencies(true)],
});

/** Frames of a signal, transformed: (batch, frequencies, frames), with a last axis of 2 where complex numbers are not asked for. */
const shortTime: ArrayOperation = onTensor((call, tensor) => {
  const dims = tensor.shape.dims;
  const size = dimFromValue(call.argument('n_fft'));
  const hopGiven = call.argument('hop_length'),
    centered = call.args.flag('center'),
    oneSided = call.argument('onesided');
  const isComplex = tensor.dtype?.startsWith('complex') === true;
  if (dims !== undefined && (dims.length === 0 || dims.length > 2))
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects a signal with 1 or 2 axes, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
    );
  const complexAsked = call.argument('return_complex');
  if (
    complexAsked.kind === 'none' &&
    tensor.dtype !== undefined &&
    !isComplex &&
    !(call.argument('window').kind === 'tensor' && (call.argument('window') as TensorValue).dtype?.startsWith('complex'))
  ) {
    return refuse(call, 'invalid-argument', message('{operation}: return_complex must be given for real signals', { operation: call.name }));
  }
  const hop = hopGiven.kind === 'none' ? (size === undefined ? undefined : floorDivideDims(size, 4)) : dimFromValue(hopGiven);
  const asksComplex = complexAsked.kind === 'bool' ? complexAsked.value : isComplex ? true : undefined;
  if (dims === undefined || size === undefined || hop === undefined || centered === undefined || asksComplex === undefined)
    return resultOf(call, tensor, unknownShape, { dtype: undefined });
  const length = dims.at(-1) ?? 0;
  const whole = centered ? addDims(length, multiplyDims(2, floorDivideDims(size, 2))) : length;
  if (isKnown(size) && isKnown(whole) && (size > whole || size <= 0))
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: n_fft of {size} does not fit a signal of {length}', { operation: call.name, size, length: whole }),
    );
  const frames = addDims(floorDivideDims(subtractDims(whole, size), hop), 1);
  const half = oneSided.kind === 'bool' ? oneSided.value : !isComplex;
  const shape = [...dims.slice(0, -1), half ? addDims(floorDivideDims(size, 2), 1) : size, frames, ...(asksComplex ? [] : [2])];
  return resultOf(call, tensor, { dims: shape }, { dtype: asksComplex ? complexType(tensor.dtype) : realType(tensor.dtype) });
});
const inverseShortTime: ArrayOperation = onTensor((call, tensor) => {
  const dims = tensor.shape.dims;
  const size = dimFromValue(call.argument('n_fft'));
  const hopGiven = call.argument('hop_length'),
    wanted = call.argument('length'),
    centered = call.args.flag('center');
  const hop = hopGiven.kind === 'none' ? (size === undefined ? undefined : floorDivideDims(size, 4)) : dimFromValue(hopGiven);
  if (tensor.dtype !== undefined && !tensor.dtype.startsWith('complex')) return refuseType(call, tensor, message('a complex tensor'), undefined);
  const frames = dims?.at(-1);
  const dtype = call.args.flag('return_complex') === true ? tensor.dtype : realType(tensor.dtype);
  if (dims === undefined || frames === undefined || size === undefined || hop === undefined || centered === undefined)
    return resultOf(call, tensor, unknownShape, { dtype });
  const whole = addDims(size, multiplyDims(hop, subtractDims(frames, 1)));
  const length =
    wanted.kind === 'none'
      ? centered
        ? subtractDims(whole, multiplyDims(2, floorDivideDims(size, 2)))
        : whole
      : (dimFromValue(wanted) ?? unknownDim());
  return resultOf(call, tensor, { dims: [...dims.slice(0, -2), length] }, { dtype });
});
declareOperations({
  stft: [
    'input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect", normalized=False, onesided=None, return_complex=None, align_to_window=None',
    shortTime,
  ],
  istft: [
    'input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None, return_complex=False',
    inverseShortTime,
  ],
});
