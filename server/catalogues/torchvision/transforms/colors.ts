// Transforms that change a picture's values: normalizing, colours, blurring, erasing. Normalizing moves the range, which is how raw pixels are
// told from scaled ones. Source: torchvision 0.29, described. It must not know how they become classes.
import { type Dim, dimEquals, formatDim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { isFloating } from '../../../tensors/dtype.ts';
import { addRanges, constantRange, divideRanges, rangeBetween, uniteRanges, type ValueRange } from '../../../tensors/range.ts';
import { elementCount, formatShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { numberFromValue, makeArray } from '../../arrays/contents.ts';
import { asTensor } from '../../arrays/conversion.ts';
import { imageFacts, makeImage } from '../../pil/image.ts';
import { torchLibrary } from '../../torch/library.ts';
import { blended, changed, isTensor, joinPictures, type Picture, rangeOf, recoloured, withChannels } from '../pictures.ts';
import { isDecided, kindText, refuseTransform, type TransformCall, type TransformDeclaration, type TransformOperation } from './declaration.ts';
import { maybe, onPictures } from './geometry.ts';
import { unknown } from '../../../values/value.ts';

/** Numbers of a sequence or a single one; undefined where one of them is not known. */
function realsOf(value: Value): readonly number[] | undefined {
  const single = numberFromValue(value);
  if (single !== undefined) return [single];
  const items = value.kind === 'tuple' || (value.kind === 'list' && !value.open) ? value.items : undefined;
  if (items === undefined) return value.kind === 'tensor' && value.contents !== undefined ? value.contents : undefined;
  const numbers = items.map(numberFromValue);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/** How many numbers a sequence holds, even where they are not known. */
function lengthOf(value: Value): Dim | undefined {
  if (value.kind === 'tuple' || (value.kind === 'list' && !value.open)) return value.items.length;
  if (value.kind === 'int' || value.kind === 'float') return 1;
  return value.kind === 'tensor' ? (value.shape.dims?.length === 0 ? 1 : value.shape.dims?.[0]) : undefined;
}

/** `(x - mean) / std`, channel by channel. */
export const normalizeOperation: TransformOperation = (call, value) => {
  if (imageFacts(value) !== undefined || (isDecided(value) && !isTensor(value) && !call.isVersion2)) {
    return refuseTransform(call, message('{transform} takes tensors, got {kind}: ToTensor() comes first', { transform: call.name, kind: kindText(value) }));
  }
  if (!isTensor(value)) return isDecided(value) ? value : unknown();
  const dims = value.shape.dims;
  const [mean, std] = [call.args.get('mean'), call.args.get('std')];
  if (value.dtype !== undefined && !isFloating(value.dtype) && !value.dtype.startsWith('complex')) {
    return refuseTransform(call, message('{transform} takes floats, got {dtype}', { transform: call.name, dtype: value.dtype }), {}, makeArray({ cls: value.cls, shape: value.shape, dtype: 'float32', origin: value.origin }));
  }
  if (dims !== undefined && dims.length < 3) {
    return refuseTransform(call, message('{transform} takes pictures of shape (…, channels, height, width), got {shape}', { transform: call.name, shape: formatShape(value.shape) }), { rule: 'shape-mismatch', exception: 'ValueError' }, value);
  }
  let channels = dims?.at(-3);
  // Version 2 subtracts without writing in place, so that one channel becomes as many as there are means.
  const means = lengthOf(mean);
  const widens = call.isVersion2 && call.args.flag('inplace') === false && channels === 1 && means !== undefined;
  if (widens) channels = means;
  for (const [name, given] of [['mean', mean], ['std', std]] as const) {
    const count = lengthOf(given);
    if (count === undefined || channels === undefined || count === 1 || dimEquals(count, channels) !== false) continue;
    return refuseTransform(call, message('{transform}: {argument} has {count} numbers, the picture has {channels} channels: {shape}', {
      transform: call.name, argument: name, count: formatDim(count), channels: formatDim(channels), shape: formatShape(value.shape),
    }), { rule: 'shape-mismatch', exception: 'RuntimeError', argument: name }, value);
  }
  const shape = widens && dims !== undefined && means !== undefined ? { dims: dims.with(-3, means) } : value.shape;
  return makeArray({ cls: value.cls, shape, dtype: value.dtype, range: normalized(value.range, realsOf(mean), realsOf(std)), origin: value.origin });
};

function normalized(range: ValueRange | undefined, means: readonly number[] | undefined, deviations: readonly number[] | undefined): ValueRange | undefined {
  if (range === undefined || means === undefined || deviations === undefined || means.length === 0 || deviations.length === 0) return undefined;
  const count = Math.max(means.length, deviations.length);
  const channels = Array.from({ length: count }, (_, at) => {
    const [mean, deviation] = [means[means.length === 1 ? 0 : at] ?? 0, deviations[deviations.length === 1 ? 0 : at] ?? 1];
    return divideRanges(addRanges(range, constantRange(-mean)), constantRange(deviation));
  });
  const whole = channels.reduce(uniteRanges);
  return { ...whole, integral: false, attained: false };
}

function checkNormalize(call: TransformCall): void {
  if (realsOf(call.args.get('std'))?.includes(0) === true) refuseTransform(call, message('{transform}: std holds a 0', { transform: call.name }), { exception: 'ValueError', argument: 'std' });
}

/** New colours of the same picture. */
export const recolour: TransformOperation = onPictures((_, picture) => changed(picture, { range: recoloured(picture) }));

/** Applied or not: the old values belong to it. */
const sometimesRecoloured: TransformOperation = maybe(recolour);

export const blurOperation: TransformOperation = onPictures((_, picture) => changed(picture, { range: blended(picture) }));

export const grayscaleOperation: TransformOperation = onPictures((call, picture) => {
  const channels = call.args.isNone('num_output_channels') ? 1 : call.args.int('num_output_channels');
  if (channels !== undefined && isKnown(channels) && channels !== 1 && channels !== 3) {
    refuseTransform(call, message('{transform} makes 1 or 3 channels, not {count}', { transform: call.name, count: channels }), { exception: 'ValueError', argument: 'num_output_channels' });
    return withChannels(picture, undefined);
  }
  const own = picture.channels;
  if (picture.kind === 'tensor' && own !== undefined && dimEquals(own, 1) === false && dimEquals(own, 3) === false) {
    return refuseTransform(call, message('{transform} takes pictures of 1 or 3 channels, got {count}: {shape}', { transform: call.name, count: formatDim(own), shape: formatShape(picture.tensor.shape) }), { rule: 'shape-mismatch' }, withChannels(picture, channels));
  }
  // Version 1 spreads the grey over the channels that are there.
  if (picture.kind === 'tensor' && !call.isVersion2 && channels === 3) return withChannels(picture, own);
  return withChannels(picture, channels);
});

/** One channel becomes three; more stay as they are. */
export const toRgb: TransformOperation = onPictures((_, picture, value) => {
  if (picture.kind === 'image') return makeImage({ ...picture.image, mode: 'RGB', range: undefined });
  return picture.channels !== undefined && isKnown(picture.channels) ? (picture.channels >= 3 ? value : withChannels(picture, 3)) : withChannels(picture, undefined);
});

const randomGrayscale: TransformOperation = onPictures((_, picture, value) => (picture.kind === 'image' ? makeImage({ ...picture.image, range: undefined }) : value));

/** A rectangle becomes one value, or noise. */
export const erase: TransformOperation = (call, value) => {
  if (!isTensor(value)) {
    if (!isDecided(value) || call.isVersion2) return isDecided(value) && imageFacts(value) === undefined ? value : unknown();
    return refuseTransform(call, message('{transform} takes tensors, got {kind}: ToTensor() comes first', { transform: call.name, kind: kindText(value) }));
  }
  const filling = call.args.get(call.args.given('v') === false && call.args.isNone('v') ? 'value' : 'v');
  const number = numberFromValue(filling);
  const range = value.range === undefined || number === undefined ? undefined : { ...uniteRanges(value.range, constantRange(number)), attained: false };
  return makeArray({ cls: value.cls, shape: value.shape, dtype: value.dtype, range, origin: value.origin });
};

const linear: TransformOperation = (call, value) => {
  if (!isTensor(value)) return unknown();
  const matrix = asTensor(call.interpreter, call.args.get('transformation_matrix'), torchLibrary);
  const size = matrix?.shape.dims?.[0];
  const dims = value.shape.dims;
  const count = dims === undefined || dims.length < 3 ? undefined : elementCount({ dims: dims.slice(-3) });
  if (size !== undefined && count !== undefined && dimEquals(size, count) === false) {
    refuseTransform(call, message('{transform}: the matrix is for {size} values, the picture {shape} has {count}', {
      transform: call.name, size: formatDim(size), shape: formatShape(value.shape), count: formatDim(count),
    }), { rule: 'shape-mismatch', exception: 'ValueError' });
  }
  return makeArray({ cls: value.cls, shape: value.shape, dtype: value.dtype, origin: value.origin });
};

const noise: TransformOperation = (call, value) => {
  if (!isTensor(value)) return isDecided(value) ? value : unknown();
  return makeArray({ cls: value.cls, shape: value.shape, dtype: value.dtype, origin: value.origin, range: call.interpreter.truth(call.args.get('clip'), call.place) === true ? rangeBetween(0, 1) : undefined });
};

/** `UniformTemporalSubsample`: so many frames of a video. */
const subsample: TransformOperation = (call, value) => {
  const dims = isTensor(value) ? value.shape.dims : undefined;
  if (!isTensor(value) || dims === undefined || dims.length < 4) return isTensor(value) ? makeArray({ cls: value.cls, shape: { dims: undefined }, dtype: value.dtype }) : value;
  return makeArray({ cls: value.cls, shape: { dims: dims.with(-4, call.args.int('num_samples') ?? unknownDim()) }, dtype: value.dtype, range: value.range, origin: value.origin });
};

const policies = "interpolation='nearest', fill=None";
const inverted: TransformOperation = onPictures((_, picture) => changed(picture, { range: invertedRange(picture) }));
function invertedRange(picture: Picture): ValueRange | undefined {
  const range = rangeOf(picture), all = recoloured(picture);
  if (picture.kind === 'image' || range === undefined || all === undefined) return undefined;
  return { low: all.high - range.high, high: all.high - range.low, integral: range.integral, attained: range.attained };
}
export const invertOperation = inverted;

const both = (name: string, signature: string, operation: TransformOperation): TransformDeclaration => ({ name, signature, reach: 'color', operation });
export const colorTransforms: readonly TransformDeclaration[] = [
  { name: 'Normalize', signature: 'mean, std, inplace=False', reach: 'color', check: checkNormalize, operation: normalizeOperation },
  both('ColorJitter', 'brightness=0, contrast=0, saturation=0, hue=0', recolour),
  both('Grayscale', 'num_output_channels=1', grayscaleOperation),
  both('RandomGrayscale', 'p=0.1', randomGrayscale),
  both('GaussianBlur', 'kernel_size, sigma=(0.1, 2.0)', blurOperation),
  both('RandomInvert', 'p=0.5', (call, value) => joinPictures(value, inverted(call, value))),
  both('RandomPosterize', 'bits, p=0.5', sometimesRecoloured),
  both('RandomSolarize', 'threshold, p=0.5', sometimesRecoloured),
  both('RandomAdjustSharpness', 'sharpness_factor, p=0.5', sometimesRecoloured),
  both('RandomAutocontrast', 'p=0.5', sometimesRecoloured),
  both('RandomEqualize', 'p=0.5', sometimesRecoloured),
  both('RandomErasing', 'p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0, inplace=False', erase),
  both('LinearTransformation', 'transformation_matrix, mean_vector', linear),
  both('AutoAugment', `policy=None, ${policies}`, recolour),
  both('RandAugment', `num_ops=2, magnitude=9, num_magnitude_bins=31, ${policies}`, recolour),
  both('TrivialAugmentWide', `num_magnitude_bins=31, ${policies}`, recolour),
  both('AugMix', "severity=3, mixture_width=3, chain_depth=-1, alpha=1.0, all_ops=True, interpolation='bilinear', fill=None", recolour),
  { ...both('RGB', '', toRgb), versions: 2 },
  { ...both('RandomPhotometricDistort', 'brightness=(0.875, 1.125), contrast=(0.5, 1.5), saturation=(0.5, 1.5), hue=(-0.05, 0.05), p=0.5', recolour), versions: 2 },
  { ...both('RandomChannelPermutation', '', recolour), versions: 2 },
  { ...both('GaussianNoise', 'mean=0.0, sigma=0.1, clip=True', noise), versions: 2 },
  { ...both('JPEG', 'quality', recolour), versions: 2 },
  { ...both('UniformTemporalSubsample', 'num_samples', subsample), versions: 2 },
];
