// Rescaling and Normalization, which move the values, and the spectrograms of signals. It must not know how layers become classes.
import { addDims, type Dim, dimEquals, floorDivideDims, formatDim, isKnown, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { addRanges, constantRange, divideRanges, uniteRanges, multiplyRanges, subtractRanges, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { kerasWindowSize } from '../../../tensors/window.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import type { LayerBuild, LayerDeclaration } from '../layer-declaration.ts';
import { axesOf, dataFormatOf, flag, integerOf, itemsOf, sizeOf } from './arguments.ts';
import { inputAxes } from './axes.ts';
import { elementwise, fromTensor, isUndefinedAxis, optionalWeight } from './outputs.ts';
import { axisArgument, type Check, checks, dataFormat, isNoNumber, oneOf, positiveInteger, refuseArgument, shown } from './refusals.ts';
import { paddingOf, sizeOrRefusal } from './windows.ts';

/** A number, or the numbers of a list, as known. */
function numbersOf(value: Value): readonly number[] | undefined {
  const numbers = (itemsOf(value) ?? [value]).map((item) =>
    item.kind === 'float' ? item.value : item.kind === 'bool' ? Number(item.value) : integerOf(item),
  );
  return numbers.every((number) => typeof number === 'number') && numbers.length > 0 ? numbers : undefined;
}

function rescaled(range: ValueRange, scales: readonly number[], offsets: readonly number[]): ValueRange {
  const results = Array.from({ length: Math.max(scales.length, offsets.length) }, (_, index) => {
    const [scale, offset] = [scales[index % scales.length] ?? 1, offsets[index % offsets.length] ?? 0];
    return addRanges(multiplyRanges(range, constantRange(scale)), constantRange(offset));
  });
  return results.reduce(uniteRanges);
}

const scaleNumbers: Check = (construction) =>
  ['scale', 'offset'].some((argument) => {
    const value = construction.args.get(argument);
    return (
      isNoNumber(value) &&
      value.kind !== 'str' &&
      itemsOf(value) === undefined &&
      value.kind !== 'list' &&
      refuseArgument(
        construction,
        argument,
        message('{layer}: the argument "{argument}" must be a number, got {actual}', {
          layer: construction.className,
          argument,
          actual: shown(construction, value),
        }),
      )
    );
  });

const rescaling: LayerDeclaration = {
  name: 'Rescaling',
  signature: 'scale, offset=0.0, **kwargs',
  check: checks(scaleNumbers),
  output: elementwise((range, { args }) => {
    const [scales, offsets] = [numbersOf(args.get('scale')), numbersOf(args.get('offset'))];
    return range === undefined || scales === undefined || offsets === undefined
      ? undefined
      : { ...rescaled(range, scales, offsets), integral: false };
  }),
};

/** The shape of a number, a nested list or an array; undefined when not known. */
function shapeOfNumbers(value: Value): readonly Dim[] | undefined {
  if (value.kind === 'tensor') return value.shape.dims;
  if (value.kind === 'int' || value.kind === 'float' || value.kind === 'bool') return [];
  const items = itemsOf(value);
  const inner = items?.[0] === undefined ? undefined : shapeOfNumbers(items[0]);
  return items === undefined || inner === undefined ? undefined : [items.length, ...inner];
}

const meanWithVariance: Check = (construction) => {
  const { args } = construction;
  const [mean, variance] = [args.get('mean'), args.get('variance')];
  const layer = construction.className;
  if ((mean.kind === 'none') !== (variance.kind === 'none') && mean.kind !== 'unknown' && variance.kind !== 'unknown') {
    return refuseArgument(
      construction,
      mean.kind === 'none' ? 'variance' : 'mean',
      message('{layer}: "mean" and "variance" must both be given', { layer }),
    );
  }
  const [one, other] = [shapeOfNumbers(mean), shapeOfNumbers(variance)];
  if (mean.kind === 'none' || one === undefined || other === undefined) return false;
  const words = { layer, mean: formatShape({ dims: one }), variance: formatShape({ dims: other }) };
  if (one.length !== other.length || one.some((size, axis) => dimEquals(size, other[axis] ?? size) === false)) {
    return refuseArgument(
      construction,
      'variance',
      message('{layer}: "mean" and "variance" must have the same shape, got {mean} and {variance}', words),
    );
  }
  const axes = args.isNone('axis') ? [] : axesOf(args.get('axis'));
  return (
    axes !== undefined &&
    one.length > axes.length &&
    refuseArgument(
      construction,
      'mean',
      message('{layer}: "mean" has shape {mean}, more axes than the {count} of "axis"', { ...words, count: axes.length }),
    )
  );
};

/** The sizes along the kept axes, in ascending order; undefined where they are not known or refused. */
function keptSizes(build: LayerBuild): readonly Dim[] | undefined {
  const axes = build.args.isNone('axis') ? [] : inputAxes(build);
  const dims = build.inputShape.dims;
  if (axes === undefined || dims === undefined) return undefined;
  const sizes = axes.toSorted((left, right) => left - right).map((axis) => dims[axis] ?? unknownDim());
  if (sizes.some(isUndefinedAxis)) {
    build.refuse(
      message('{layer} needs defined sizes along the axes it keeps, got {shape}', { layer: build.layer.name, shape: formatShape(build.inputShape) }),
      { rule: 'shape-mismatch' },
    );
    return undefined;
  }
  return sizes;
}

/** Given means must fit the kept axes. */
function refusesMeans(build: LayerBuild, sizes: readonly Dim[]): void {
  const given = shapeOfNumbers(build.args.get('mean'));
  const kept = given === undefined || given.length === 0 ? [] : sizes.slice(-given.length);
  const broken = kept.findIndex((size, axis) => dimEquals(given?.[axis] ?? size, size) === false && dimEquals(given?.[axis] ?? 1, 1) === false);
  if (broken < 0) return;
  build.refuse(
    message('{layer}: "mean" has {actual} values for an axis of {expected} in {shape}', {
      layer: build.layer.name,
      actual: formatDim(given?.[broken] ?? 0),
      expected: formatDim(kept[broken] ?? 0),
      shape: formatShape(build.inputShape),
    }),
    { rule: 'shape-mismatch', argument: 'mean' },
  );
}

const normalization: LayerDeclaration = {
  name: 'Normalization',
  signature: 'axis=-1, mean=None, variance=None, invert=False, **kwargs',
  check: checks((construction) => !construction.args.isNone('axis') && axisArgument('axis')(construction), meanWithVariance),
  weights: (build) => {
    const sizes = keptSizes(build);
    const given = build.args.get('mean');
    if (given.kind !== 'none' && sizes !== undefined) refusesMeans(build, sizes);
    const shape: Shape = sizes === undefined ? unknownShape : { dims: sizes };
    const adapted = given.kind === 'none' ? true : given.kind === 'unknown' ? undefined : false;
    return [
      ...optionalWeight(adapted, { name: 'mean', shape, trainable: false }),
      ...optionalWeight(adapted, { name: 'variance', shape, trainable: false }),
      ...optionalWeight(adapted, { name: 'count', shape: shapeOf(), trainable: false, dtype: 'int32' }),
    ];
  },
  output: elementwise((range, { args }) => {
    const [mean, variance] = [args.real('mean'), args.real('variance')];
    if (range === undefined || mean === undefined || variance === undefined || variance <= 0) return undefined;
    const deviation = constantRange(Math.sqrt(variance));
    const inverted = flag(args, 'invert');
    if (inverted === undefined) return undefined;
    return inverted
      ? addRanges(multiplyRanges(range, deviation), constantRange(mean))
      : divideRanges(subtractRanges(range, constantRange(mean)), deviation);
  }),
};

const melSpectrogram: LayerDeclaration = {
  name: 'MelSpectrogram',
  signature:
    "fft_length=2048, sequence_stride=512, sequence_length=None, window='hann', sampling_rate=16000, num_mel_bins=128, min_freq=20.0, max_freq=None, " +
    'power_to_db=True, top_db=80.0, mag_exp=2.0, min_power=1e-10, ref_power=1.0, **kwargs',
  check: checks((construction) => {
    const [fft, sequence] = [construction.args.number('fft_length'), construction.args.number('sequence_length')];
    return (
      fft !== undefined &&
      sequence !== undefined &&
      fft < sequence &&
      refuseArgument(
        construction,
        'sequence_length',
        message('{layer}: fft_length={fft} must not be less than sequence_length={sequence}', { layer: construction.className, fft, sequence }),
      )
    );
  }),
  output: fromTensor((_, dims, invocation) => {
    if (dims === undefined) return invocation.result(unknownShape);
    const [stride, bins] = [sizeOf(invocation.args, 'sequence_stride'), sizeOf(invocation.args, 'num_mel_bins')];
    const frames = (size: Dim | undefined): Dim => floorDivideDims(addDims(size ?? unknownDim(), stride, 1), stride);
    return invocation.result(dims.length === 1 ? shapeOf(bins, frames(dims[0])) : shapeOf(dims[0] ?? unknownDim(), bins, frames(dims[1])));
  }),
};

/** Half of the frame unless given. */
function frameStep(build: LayerBuild): Dim {
  return build.args.isNone('frame_step') ? floorDivideDims(sizeOf(build.args, 'frame_length'), 2) : sizeOf(build.args, 'frame_step');
}

/** The next power of two unless given, halved, and one. */
function frequencies(build: LayerBuild): Dim {
  const frame = sizeOf(build.args, 'frame_length');
  const length = build.args.isNone('fft_length')
    ? isKnown(frame) && frame > 0
      ? 2 ** Math.ceil(Math.log2(frame))
      : unknownDim()
    : sizeOf(build.args, 'fft_length');
  return addDims(floorDivideDims(length, 2), 1);
}

const frameArguments: Check = (construction) => {
  const { args } = construction;
  const [frame, step, fft] = [args.number('frame_length'), args.number('frame_step'), args.number('fft_length')];
  const words = { layer: construction.className, frame: frame ?? 0, step: step ?? 0, fft: fft ?? 0 };
  if (frame !== undefined && step !== undefined && (step > frame || step < 1)) {
    return refuseArgument(construction, 'frame_step', message('{layer}: frame_step must be between 1 and frame_length={frame}, got {step}', words));
  }
  return (
    frame !== undefined &&
    fft !== undefined &&
    fft < frame &&
    refuseArgument(construction, 'fft_length', message('{layer}: fft_length must not be less than frame_length={frame}, got {fft}', words))
  );
};

const stftSpectrogram: LayerDeclaration = {
  name: 'STFTSpectrogram',
  signature:
    "mode='log', frame_length=256, frame_step=None, fft_length=None, window='hann', periodic=False, scaling='density', padding='valid', expand_dims=False, " +
    'data_format=None, **kwargs',
  inputRank: 3,
  check: checks(
    positiveInteger('frame_length'),
    frameArguments,
    oneOf('mode', ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft']),
    oneOf('scaling', ['density', 'spectrum'], { optional: true }),
    oneOf('padding', ['valid', 'same']),
    dataFormat,
  ),
  weights: (build) => {
    const shape = shapeOf(sizeOf(build.args, 'frame_length'), 1, frequencies(build));
    const mode = build.args.str('mode');
    return [
      ...optionalWeight(mode === undefined ? undefined : mode !== 'imag', { name: 'real_kernel', shape }),
      ...optionalWeight(mode === undefined ? undefined : mode !== 'real', { name: 'imag_kernel', shape }),
    ];
  },
  output: fromTensor((tensor, dims, invocation) => {
    const [format, padding, expanded, mode] = [
      dataFormatOf(invocation),
      paddingOf(invocation),
      flag(invocation.args, 'expand_dims'),
      invocation.args.str('mode'),
    ];
    if (dims === undefined || format === undefined || padding === undefined || expanded === undefined || mode === undefined)
      return invocation.result(unknownShape);
    const [timeAxis, channelAxis] = format === 'channels_last' ? [1, 2] : [2, 1];
    const window = kerasWindowSize(dims[timeAxis] ?? unknownDim(), {
      kernel: sizeOf(invocation.args, 'frame_length'),
      stride: frameStep(invocation),
      padding,
    });
    const [batch, channels, time] = [
      dims[0] ?? unknownDim(),
      dims[channelAxis] ?? unknownDim(),
      sizeOrRefusal(invocation, tensor.shape, timeAxis, window),
    ];
    const bands = multiplyDims(frequencies(invocation), mode === 'stft' ? 2 : 1);
    if (expanded)
      return invocation.result(format === 'channels_last' ? shapeOf(batch, time, bands, channels) : shapeOf(batch, channels, time, bands));
    return invocation.result(
      format === 'channels_last' ? shapeOf(batch, time, multiplyDims(bands, channels)) : shapeOf(batch, multiplyDims(bands, channels), time),
    );
  }),
};

export const scalingLayers: readonly LayerDeclaration[] = [rescaling, normalization, melSpectrogram, stftSpectrogram];
