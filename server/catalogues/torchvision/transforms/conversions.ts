// Transforms between PIL images, arrays and tensors, and between types: ToTensor, PILToTensor, ToImage, ToDtype, ToPILImage and their kin.
// Source: torchvision 0.29, transforms/functional.py and v2/functional/_type_conversion.py, described.
import { type Dim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { isFloating } from '../../../tensors/dtype.ts';
import { formatShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { makeArray } from '../../arrays/contents.ts';
import { ndarrayClass } from '../../numpy/library.ts';
import { imageFacts, makeImage } from '../../pil/image.ts';
import { dtypeArgument, tensorClass } from '../../torch/library.ts';
import { channelsFirst, convertedType, imageTensor, isArray, isTensor, scaled, scaledToUnit, tvClasses } from '../pictures.ts';
import { isDecided, kindText, refuseTransform, type TransformCall, type TransformDeclaration, type TransformOperation } from './declaration.ts';

/** `to_tensor`: (channels, height, width), floats from 0 to 1 where the pixels are bytes. */
export const toTensor: TransformOperation = (call, value) => {
  const image = imageFacts(value);
  if (image !== undefined) {
    const plain = imageTensor(image);
    if (image.mode === '1') return makeArray({ cls: tensorClass, shape: plain.shape, dtype: 'float32', range: plain.range, origin: plain.origin });
    return scaledToUnit(plain, plain.dtype === 'uint8');
  }
  if (isArray(value)) {
    const tensor = channelsFirst(value, tensorClass);
    if (tensor !== undefined) return tensor.dtype === undefined ? makeArray({ cls: tensorClass, shape: tensor.shape, dtype: undefined, origin: tensor.origin }) : scaledToUnit(tensor, tensor.dtype === 'uint8');
    return refuseTransform(call, message('{transform} takes arrays with 2 or 3 axes, got {kind}', { transform: call.name, kind: kindText(value) }), { exception: 'ValueError', rule: 'shape-mismatch' });
  }
  if (!isDecided(value)) return unknown();
  if (call.isVersion2) return value;
  return refuseTransform(call, message('{transform} takes a PIL image or an array, got {kind}', { transform: call.name, kind: kindText(value) }));
};

/** `pil_to_tensor`: the pixels as they are. */
export const pilToTensor: TransformOperation = (call, value) => {
  const image = imageFacts(value);
  if (image !== undefined) return imageTensor(image);
  if (!isDecided(value) || call.isVersion2) return isDecided(value) ? value : unknown();
  return refuseTransform(call, message('{transform} takes a PIL image, got {kind}', { transform: call.name, kind: kindText(value) }));
};

export const toImage: TransformOperation = (_, value) => {
  const image = imageFacts(value);
  if (image !== undefined) return imageTensor(image, tvClasses.Image);
  if (value.kind !== 'tensor') return isDecided(value) ? value : unknown();
  if (value.cls.mro.includes(ndarrayClass)) return channelsFirst(value, tvClasses.Image) ?? unknown();
  return makeArray({ cls: tvClasses.Image, shape: value.shape, dtype: value.dtype, range: value.range, origin: value.origin });
};

/** The mode that a tensor of so many channels becomes. */
const modes: Readonly<Record<number, string>> = { 1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA' };

/** `to_pil_image`: tensors of (channels, height, width) or (height, width); arrays of (height, width, channels). */
export const toPilImage: TransformOperation = (call, value) => {
  if (imageFacts(value) !== undefined || (value.kind !== 'tensor' || !(isTensor(value) || isArray(value)))) {
    if (!isDecided(value)) return unknown();
    if (call.isVersion2) return value;
    return refuseTransform(call, message('{transform} takes a tensor or an array, got {kind}', { transform: call.name, kind: kindText(value) }));
  }
  const dims = value.shape.dims;
  const named = call.args.str('mode');
  if (dims === undefined) return makeImage({ width: unknownDim(), height: unknownDim(), mode: named });
  if (dims.length !== 2 && dims.length !== 3) {
    return refuseTransform(call, message('{transform} takes pictures with 2 or 3 axes, got {shape}', { transform: call.name, shape: formatShape(value.shape) }), { rule: 'shape-mismatch', exception: 'ValueError' });
  }
  const [height, width, channels] = pictureAxes(value, dims);
  if (isKnown(channels) && channels > 4) {
    return refuseTransform(call, message('{transform} takes at most 4 channels, got {channels}: {shape}', { transform: call.name, channels, shape: formatShape(value.shape) }), { rule: 'shape-mismatch', exception: 'ValueError' });
  }
  if (isArray(value) && value.dtype === 'int64') return refuseTransform(call, message('{transform} takes no arrays of {dtype}', { transform: call.name, dtype: value.dtype }));
  const isFloat = value.dtype !== undefined && isFloating(value.dtype);
  const range = value.range === undefined ? undefined : isTensor(value) && isFloat ? (value.range.low >= 0 && value.range.high <= 1 ? { ...scaled(value.range, 255, true), attained: false } : undefined) : value.range;
  return makeImage({ height, width, mode: named ?? (isKnown(channels) ? modes[channels] : undefined), range, origin: value.origin });
};

function pictureAxes(value: TensorValue, dims: readonly Dim[]): readonly [height: Dim, width: Dim, channels: Dim] {
  const [first = 1, second = 1, third] = dims;
  if (third === undefined) return [first, second, 1];
  return isTensor(value) ? [second, third, first] : [first, second, third];
}

const asPureTensor: TransformOperation = (_, value) => (isTensor(value) ? makeArray({ cls: tensorClass, shape: value.shape, dtype: value.dtype, range: value.range, origin: value.origin }) : value);

/** `convert_image_dtype`, `to_dtype`. */
export function convertDtype(scale: (call: TransformCall) => boolean | undefined): TransformOperation {
  return (call, value) => {
    if (!isTensor(value)) {
      if (!isDecided(value)) return unknown();
      if (call.isVersion2) return value;
      return refuseTransform(call, message('{transform} takes a tensor, got {kind}', { transform: call.name, kind: kindText(value) }));
    }
    // A dict gives each kind of input its own type.
    const given = call.args.get('dtype');
    const dtype = given.kind === 'dict' ? undefined : given.kind === 'none' ? 'float32' : dtypeArgument(given);
    const scales = scale(call);
    if (dtype === undefined || scales === undefined) return makeArray({ cls: value.cls, shape: value.shape, dtype, origin: value.origin });
    if (scales && ((value.dtype === 'float32' && (dtype === 'int32' || dtype === 'int64')) || (value.dtype === 'float64' && dtype === 'int64'))) {
      return refuseTransform(call, message('{transform}: {from} cannot be scaled to {to} without losing values', { transform: call.name, from: value.dtype, to: dtype }), { exception: 'RuntimeError' }, makeArray({ cls: value.cls, shape: value.shape, dtype, origin: value.origin }));
    }
    return convertedType(value, dtype, scales && !isOfMask(value));
  };
}

function isOfMask(value: TensorValue): boolean { return value.cls === tvClasses.Mask; }

export const conversionTransforms: readonly TransformDeclaration[] = [
  { name: 'ToTensor', signature: '', reach: 'conversion', isPlain: true, operation: toTensor },
  { name: 'PILToTensor', signature: '', reach: 'conversion', isPlain: true, operation: pilToTensor },
  { name: 'ToPILImage', signature: 'mode=None', reach: 'conversion', isPlain: true, operation: toPilImage },
  { name: 'ConvertImageDtype', signature: 'dtype=None', reach: 'color', operation: convertDtype(() => true) },
  { name: 'ToImage', signature: '', reach: 'conversion', versions: 2, operation: toImage },
  { name: 'ToPureTensor', signature: '', reach: 'everything', versions: 2, operation: asPureTensor },
  { name: 'ToDtype', signature: 'dtype, scale=False', reach: 'color', versions: 2, operation: convertDtype((call) => call.interpreter.truth(call.args.get('scale'), call.place)) },
];
