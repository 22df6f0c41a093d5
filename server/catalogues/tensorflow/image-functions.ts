// tf.image besides resize, and the decoders of tf.io: sizes, types and value ranges of pictures. It must not know data sets.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import type { Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { dimFromValue, makeArray } from '../arrays/contents.ts';
import { castArray, sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { type ArrayCall, type ArrayDeclarations, type ArrayOperation, arrayFunctions } from '../arrays/library.ts';
import { tensorflowLibrary } from './tensor.ts';

/** Not None: outside a data set's functions a picture is there, and its size only not known here. */
const unknownSize = (): Dim => unknownDim();

/** A decoded picture: its size is not known, its channels are where they are asked for. */
const decodeOperation: ArrayOperation = (call) => {
  const channels = dimFromValue(call.argument('channels'));
  const asked = call.argument('dtype');
  const dtype = asked.kind === 'none' ? 'uint8' as const : dtypeFromValue(asked);
  return makeArray({
    cls: call.cls, dtype, shape: shapeOf(unknownSize(), unknownSize(), channels !== undefined && isKnown(channels) && channels > 0 ? channels : unknownSize()),
    range: dtype === 'uint8' ? rangeBetween(0, 255, { integral: true }) : undefined,
  });
};

/** The same picture, other pixels: the range may be left. */
function changed(keepsRange: boolean): ArrayOperation {
  return (call) => {
    const images = tensorOf(call, call.operand(0));
    return images === undefined ? unknown() : makeArray({ cls: call.cls, shape: images.shape, dtype: images.dtype, range: keepsRange ? images.range : undefined, origin: images.origin });
  };
}

/** Another height and width; the rest stays. */
function sized(call: ArrayCall, height: Dim | undefined, width: Dim | undefined): Value {
  const images = tensorOf(call, call.operand(0));
  const dims = images?.shape.dims;
  if (images === undefined || dims === undefined || (dims.length !== 3 && dims.length !== 4)) return unknown();
  return makeArray({
    cls: call.cls, dtype: images.dtype, range: images.range && { ...images.range, attained: false, low: Math.min(0, images.range.low) }, origin: images.origin,
    shape: { dims: [...dims.slice(0, -3), height ?? unknownSize(), width ?? unknownSize(), dims.at(-1) ?? unknownDim()] },
  });
}

function channels(count: number): ArrayOperation {
  return (call) => {
    const images = tensorOf(call, call.operand(0));
    const dims = images?.shape.dims;
    return images === undefined || dims === undefined ? unknown() : makeArray({ cls: call.cls, shape: { dims: [...dims.slice(0, -1), count] }, dtype: images.dtype, range: images.range && { ...images.range, attained: false }, origin: images.origin });
  };
}

/** Integers become fractions of their largest value. */
const convertTypeOperation: ArrayOperation = (call) => {
  const images = tensorOf(call, call.operand(0));
  const dtype = dtypeFromValue(call.operand(1));
  if (images === undefined || dtype === undefined) return unknown();
  if (images.dtype === dtype) return images;
  const isScaled = images.dtype === 'uint8' && dtype.startsWith('float');
  if (!isScaled) return { ...castArray(images, dtype), range: undefined, contents: undefined };
  const range = images.range === undefined ? undefined : { low: images.range.low / 255, high: images.range.high / 255, integral: false, attained: images.range.attained };
  return makeArray({ cls: call.cls, shape: images.shape, dtype, range, origin: images.origin });
};

const bySizes: ArrayOperation = (call) => {
  const sizes = sizesFromValue(call.interpreter, call.operand(1));
  const images = tensorOf(call, call.operand(0));
  const dims = images?.shape.dims;
  // `random_crop` takes the whole shape.
  return images === undefined || sizes === undefined || (dims !== undefined && sizes.length !== dims.length) ? unknown()
    : makeArray({ cls: call.cls, shape: { dims: sizes }, dtype: images.dtype, range: images.range && { ...images.range, attained: false }, origin: images.origin });
};

const centralCrop: ArrayOperation = (call) => sized(call, undefined, undefined);

const decoders: ArrayDeclarations = Object.fromEntries(['decode_jpeg', 'decode_png', 'decode_bmp', 'decode_image', 'decode_and_crop_jpeg'].map((name) => [name, [`contents, ${name === 'decode_and_crop_jpeg' ? 'crop_window, ' : ''}channels=0, *args, dtype=None, **kwargs`, decodeOperation] as const]));
const imageDeclarations: ArrayDeclarations = {
  ...decoders,
  ...Object.fromEntries(['flip_left_right', 'flip_up_down', 'random_flip_left_right', 'random_flip_up_down', 'transpose_channels'].map((name) => [name, ['image, *args, **kwargs', changed(true)] as const])),
  ...Object.fromEntries(['random_brightness', 'random_contrast', 'random_hue', 'random_saturation', 'adjust_brightness', 'adjust_contrast', 'adjust_gamma', 'adjust_hue', 'adjust_saturation', 'per_image_standardization', 'random_jpeg_quality', 'adjust_jpeg_quality', 'stateless_random_brightness', 'stateless_random_contrast', 'stateless_random_flip_left_right', 'stateless_random_saturation', 'draw_bounding_boxes', 'sobel_edges'].map((name) => [name, ['image, *args, **kwargs', changed(false)] as const])),
  convert_image_dtype: ['image, dtype, saturate=False, name=None', convertTypeOperation],
  resize_with_crop_or_pad: ['image, target_height, target_width', (call) => sized(call, dimFromValue(call.operand(1)), dimFromValue(call.operand(2)))],
  resize_with_pad: ['image, target_height, target_width, method="bilinear", antialias=False', (call) => { const made = sized(call, dimFromValue(call.operand(1)), dimFromValue(call.operand(2))); return made.kind === 'tensor' ? { ...made, dtype: 'float32' } : made; }],
  crop_to_bounding_box: ['image, offset_height, offset_width, target_height, target_width', (call) => sized(call, dimFromValue(call.operand(3)), dimFromValue(call.operand(4)))],
  pad_to_bounding_box: ['image, offset_height, offset_width, target_height, target_width', (call) => sized(call, dimFromValue(call.operand(3)), dimFromValue(call.operand(4)))],
  random_crop: ['value, size, seed=None, name=None', bySizes], stateless_random_crop: ['value, size, seed, name=None', bySizes], central_crop: ['image, central_fraction', centralCrop],
  rgb_to_grayscale: ['images, name=None', channels(1)], grayscale_to_rgb: ['images, name=None', channels(3)], rgb_to_hsv: ['images, name=None', changed(false)], hsv_to_rgb: ['images, name=None', changed(false)], rgb_to_yuv: ['images', changed(false)],
  rot90: ['image, k=1, name=None', centralCrop], ssim: ['*args, **kwargs', () => unknown()], psnr: ['*args, **kwargs', () => unknown()], extract_patches: ['*args, **kwargs', () => unknown()], non_max_suppression: ['*args, **kwargs', () => unknown()],
  combined_non_max_suppression: ['*args, **kwargs', () => unknown()], crop_and_resize: ['*args, **kwargs', () => unknown()], encode_jpeg: ['*args, **kwargs', () => unknown()], encode_png: ['*args, **kwargs', () => unknown()], total_variation: ['*args, **kwargs', () => unknown()], image_gradients: ['*args, **kwargs', () => unknown()],
};

export function furtherImageMembers(): Readonly<Record<string, Value>> { return arrayFunctions(tensorflowLibrary, imageDeclarations); }
export function decoderMembers(): Readonly<Record<string, Value>> { return arrayFunctions(tensorflowLibrary, decoders); }
