// Transforms that change a picture's size or turn it: resizing, cropping, padding, flips and rotations.
// Source: torchvision 0.29, transforms and transforms.v2, described. It must not know how they become classes.
import { formatDim, symbol, unknownDim } from '../../../tensors/dim.ts';
import type { ValueRange } from '../../../tensors/range.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { tuple, unknown } from '../../../values/value.ts';
import { dimFromValue, makeArray } from '../../arrays/contents.ts';
import { blended, changed, filledWith, isArray, joinPictures, type Picture, pictureOf, rangeOf } from '../pictures.ts';
import { isDecided, kindText, refuseTransform, type TransformCall, type TransformDeclaration, type TransformOperation } from './declaration.ts';
import { cropSize, grownSize, isTooLarge, paddedSize, resizedSize, type Size, sizeArgument } from './sizes.ts';

/** An operation on pictures: what is certainly none is refused, what is not known stays so. */
export function onPictures(change: (call: TransformCall, picture: Picture, value: Value) => Value): TransformOperation {
  return (call, value) => {
    const picture = pictureOf(value);
    if (picture !== undefined) return change(call, picture, value);
    if (!isDecided(value)) return unknown();
    if (!isArray(value) && value.kind !== 'none') return call.isVersion2 ? value : unknown();
    return refuseTransform(call, message('{transform} takes a PIL image or a tensor, got {kind}', { transform: call.name, kind: kindText(value) }));
  };
}

const isNearest = (call: TransformCall): boolean => {
  const mode = call.args.get('interpolation');
  return (mode.kind === 'int' && mode.value === 0) || (mode.kind === 'str' && mode.value.startsWith('nearest')) || (mode.kind === 'instance' && mode.attributes.get('value')?.kind === 'str' && nameOfMode(mode).startsWith('nearest'));
};
function nameOfMode(mode: Value): string {
  const value = mode.kind === 'instance' ? mode.attributes.get('value') : undefined;
  return value?.kind === 'str' ? value.value : '';
}

function fillOf(call: TransformCall): number | undefined {
  const fill = call.args.get('fill');
  return fill.kind === 'none' ? 0 : fill.kind === 'int' && typeof fill.value === 'number' ? fill.value : fill.kind === 'float' ? fill.value : undefined;
}

function resize(picture: Picture, size: Size, isNearestMode: boolean): Value {
  return changed(picture, { height: size[0], width: size[1], range: isNearestMode ? ownRange(picture) : blended(picture) });
}
function ownRange(picture: Picture): ValueRange | undefined { return picture.kind === 'image' ? picture.image.range : picture.tensor.range; }

export const resizeOperation: TransformOperation = onPictures((call, picture) => {
  const maximum = call.args.isNone('max_size') ? undefined : call.args.int('max_size') ?? unknownDim();
  const given = call.args.get('size');
  const size: Size = given.kind === 'none' ? [symbol('H'), symbol('W')] : resizedSize([picture.height, picture.width], sizeArgument(given), maximum);
  return resize(picture, size, isNearest(call));
});

export const centerCropOperation: TransformOperation = onPictures((call, picture) => {
  const size = cropSize(call.args.get(call.args.isNone('size') ? 'output_size' : 'size'));
  const pads = isTooLarge([picture.height, picture.width], size);
  return changed(picture, { height: size[0], width: size[1], range: pads ? filledWith(rangeOf(picture), 0) : ownRange(picture) });
});

/** Says that a crop is larger than the picture. */
function refuseCrop(call: TransformCall, size: Size, crop: Size): void {
  refuseTransform(call, message('{transform}: a crop of {crop} is larger than the picture of {size} (height, width)', {
    transform: call.name, crop: `(${formatDim(crop[0])}, ${formatDim(crop[1])})`, size: `(${formatDim(size[0])}, ${formatDim(size[1])})`,
  }), { rule: 'shape-mismatch', exception: 'ValueError' });
}

const randomCrop: TransformOperation = onPictures((call, picture) => {
  const crop = cropSize(call.args.get('size'));
  const padding = call.args.get('padding');
  let size: Size = [picture.height, picture.width];
  let range = ownRange(picture);
  if (padding.kind !== 'none') { size = paddedSize(size, padding); range = paddedRange(call, picture); }
  const grows = call.interpreter.truth(call.args.get('pad_if_needed'), call.place);
  if (grows === true) { size = grownSize(size, crop); range = paddedRange(call, picture); }
  else if (grows === false && isTooLarge(size, crop)) refuseCrop(call, size, crop);
  return changed(picture, { height: crop[0], width: crop[1], range });
});

/** Padding with a constant brings its values in; reflecting does not. */
function paddedRange(call: TransformCall, picture: Picture): ValueRange | undefined {
  const mode = call.args.str('padding_mode') ?? 'constant';
  return mode === 'constant' ? filledWith(rangeOf(picture), fillOf(call)) : ownRange(picture);
}

export const padOperation: TransformOperation = onPictures((call, picture) => {
  checkNumberOfPaddings(call);
  const [height, width] = paddedSize([picture.height, picture.width], call.args.get('padding'));
  return changed(picture, { height, width, range: paddedRange(call, picture) });
});

/** Five crops, or ten with those of the flipped picture. */
export function severalCrops(count: number): TransformOperation {
  return onPictures((call, picture) => {
    const crop = cropSize(call.args.get('size'));
    const size: Size = [picture.height, picture.width];
    if (isTooLarge(size, crop)) refuseCrop(call, size, crop);
    return tuple(Array.from({ length: count }, () => changed(picture, { height: crop[0], width: crop[1] })));
  });
}

/** Turned by some angle: what comes in from outside is filled. */
const turned: TransformOperation = onPictures((call, picture) => {
  const expands = call.args.given('expand') === false && call.args.get('expand').kind === 'none' ? false : call.interpreter.truth(call.args.get('expand'), call.place);
  const range = isNearest(call) ? filledWith(rangeOf(picture), fillOf(call)) : filledWith(blended(picture), fillOf(call));
  if (expands === false) return changed(picture, { range });
  // Version 1 turns tensors through a grid, which makes them larger by a pixel even at right angles.
  const angle = picture.kind === 'image' || call.isVersion2 ? call.args.real('angle') : undefined;
  if (angle !== undefined && angle % 180 === 0) return changed(picture, { range });
  if (angle !== undefined && angle % 90 === 0) return changed(picture, { height: picture.width, width: picture.height, range });
  return changed(picture, { height: unknownDim({ minimum: 1 }), width: unknownDim({ minimum: 1 }), range });
});
export const rotateOperation = turned;

/** Moved, sheared or bent in place. */
export const warpOperation: TransformOperation = onPictures((call, picture) => changed(picture, { range: filledWith(isNearest(call) ? rangeOf(picture) : blended(picture), fillOf(call)) }));

/** The same values at other places. */
export const flipOperation: TransformOperation = onPictures((_, picture, value) => (picture.kind === 'tensor' ? makeArray({ cls: picture.tensor.cls, shape: picture.tensor.shape, dtype: picture.tensor.dtype, range: picture.tensor.range, origin: picture.tensor.origin }) : value));

/** Sizes that are drawn. */
const drawnSize: TransformOperation = onPictures((_, picture) => changed(picture, { height: symbol('H'), width: symbol('W'), range: blended(picture) }));

export const cropOperation: TransformOperation = onPictures((call, picture) => {
  const [height, width] = [dimFromValue(call.args.get('height')), dimFromValue(call.args.get('width'))];
  return changed(picture, { height: height ?? unknownDim(), width: width ?? unknownDim() });
});

export const resizedCropOperation: TransformOperation = onPictures((call, picture) => {
  const size = sizeArgument(call.args.get('size'));
  const target = size?.kind === 'short' ? resizedSize([dimFromValue(call.args.get('height')) ?? unknownDim(), dimFromValue(call.args.get('width')) ?? unknownDim()], size, undefined) : resizedSize([picture.height, picture.width], size, undefined);
  return resize(picture, target, isNearest(call));
});

const randomResizedCrop: TransformOperation = onPictures((call, picture) => resize(picture, cropSize(call.args.get('size')), isNearest(call)));

/** Pictures where a transform is applied or not. */
export function maybe(operation: TransformOperation): TransformOperation {
  return (call, value) => joinPictures(value, operation(call, value));
}

function checkNumberOfSizes(call: TransformCall): void {
  const size = call.args.get('size');
  if ((size.kind === 'tuple' || (size.kind === 'list' && !size.open)) && size.items.length !== 1 && size.items.length !== 2) {
    refuseTransform(call, message('{transform} takes one size or two, got {count}', { transform: call.name, count: size.items.length }), { exception: 'ValueError', argument: 'size' });
  }
}

function checkNumberOfPaddings(call: TransformCall): void {
  const padding = call.args.get('padding');
  if ((padding.kind === 'tuple' || (padding.kind === 'list' && !padding.open)) && ![1, 2, 4].includes(padding.items.length)) {
    refuseTransform(call, message('{transform} takes 1, 2 or 4 paddings, got {count}', { transform: call.name, count: padding.items.length }), { exception: 'ValueError', argument: 'padding' });
  }
}

const interpolation = "interpolation='bilinear'", nearest = "interpolation='nearest'";
export const geometryTransforms: readonly TransformDeclaration[] = [
  { name: 'Resize', signature: `size, ${interpolation}, max_size=None, antialias=True`, reach: 'geometry', check: checkNumberOfSizes, operation: resizeOperation },
  { name: 'CenterCrop', signature: 'size', reach: 'geometry', check: checkNumberOfSizes, operation: centerCropOperation },
  { name: 'RandomCrop', signature: "size, padding=None, pad_if_needed=False, fill=0, padding_mode='constant'", reach: 'geometry', check: (call) => { checkNumberOfSizes(call); checkNumberOfPaddings(call); }, operation: randomCrop },
  { name: 'RandomResizedCrop', signature: `size, scale=(0.08, 1.0), ratio=(0.75, 1.3333333333333333), ${interpolation}, antialias=True`, reach: 'geometry', check: checkNumberOfSizes, operation: randomResizedCrop },
  { name: 'Pad', signature: "padding, fill=0, padding_mode='constant'", reach: 'geometry', check: checkNumberOfPaddings, operation: padOperation },
  { name: 'FiveCrop', signature: 'size', reach: 'geometry', check: checkNumberOfSizes, operation: severalCrops(5) },
  { name: 'TenCrop', signature: 'size, vertical_flip=False', reach: 'geometry', check: checkNumberOfSizes, operation: severalCrops(10) },
  { name: 'RandomHorizontalFlip', signature: 'p=0.5', reach: 'geometry', operation: flipOperation },
  { name: 'RandomVerticalFlip', signature: 'p=0.5', reach: 'geometry', operation: flipOperation },
  { name: 'RandomRotation', signature: `degrees, ${nearest}, expand=False, center=None, fill=0`, reach: 'geometry', check: (call) => {
    const degrees = call.args.real('degrees');
    if (degrees !== undefined && degrees < 0) refuseTransform(call, message('{transform}: degrees must not be negative when it is one number', { transform: call.name }), { exception: 'ValueError', argument: 'degrees' });
  }, operation: turned },
  { name: 'RandomAffine', signature: `degrees, translate=None, scale=None, shear=None, ${nearest}, fill=0, center=None`, reach: 'geometry', operation: warpOperation },
  { name: 'RandomPerspective', signature: `distortion_scale=0.5, p=0.5, ${interpolation}, fill=0`, reach: 'geometry', operation: maybe(warpOperation) },
  { name: 'ElasticTransform', signature: `alpha=50.0, sigma=5.0, ${interpolation}, fill=0`, reach: 'geometry', operation: warpOperation },
  { name: 'RandomZoomOut', signature: 'fill=0, side_range=(1.0, 4.0), p=0.5', reach: 'geometry', versions: 2, operation: drawnSize },
  { name: 'RandomIoUCrop', signature: 'min_scale=0.3, max_scale=1.0, min_aspect_ratio=0.5, max_aspect_ratio=2.0, sampler_options=None, trials=40', reach: 'geometry', versions: 2, operation: drawnSize },
  { name: 'ScaleJitter', signature: `target_size, scale_range=(0.1, 2.0), ${interpolation}, antialias=True`, reach: 'geometry', versions: 2, operation: drawnSize },
  { name: 'RandomShortestSize', signature: `min_size, max_size=None, ${interpolation}, antialias=True`, reach: 'geometry', versions: 2, operation: drawnSize },
  { name: 'RandomResize', signature: `min_size, max_size, ${interpolation}, antialias=True`, reach: 'geometry', versions: 2, operation: drawnSize },
];
