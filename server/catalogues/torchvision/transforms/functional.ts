// torchvision.transforms.functional and transforms.v2.functional: the operations of the classes as functions, and what tells of a picture.
// Source: torchvision 0.29. It must not know the classes.
import { unknownDim } from '../../../tensors/dim.ts';
import { message } from '../../../values/place.ts';
import { nativeFunction } from '../../../values/classes.ts';
import type { Value } from '../../../values/value.ts';
import { int, list, unknown } from '../../../values/value.ts';
import { type Picture, pictureOf } from '../pictures.ts';
import { blurOperation, erase, grayscaleOperation, invertOperation, normalizeOperation, recolour, toRgb } from './colors.ts';
import { convertDtype, pilToTensor, toImage, toPilImage, toTensor } from './conversions.ts';
import { isDecided, kindText, refuseTransform, type TransformOperation } from './declaration.ts';
import {
  centerCropOperation, cropOperation, flipOperation, padOperation, resizedCropOperation, resizeOperation, rotateOperation, severalCrops, warpOperation,
} from './geometry.ts';

type Declarations = Readonly<Record<string, readonly [rest: string, operation: TransformOperation]>>;

const bilinear = "interpolation='bilinear'", nearest = "interpolation='nearest'";

/** The parameters behind the picture. */
const shared: Declarations = {
  resize: [`size, ${bilinear}, max_size=None, antialias=True`, resizeOperation],
  center_crop: ['output_size', centerCropOperation],
  crop: ['top, left, height, width', cropOperation],
  resized_crop: [`top, left, height, width, size, ${bilinear}, antialias=True`, resizedCropOperation],
  pad: ["padding, fill=0, padding_mode='constant'", padOperation],
  hflip: ['', flipOperation], vflip: ['', flipOperation],
  rotate: [`angle, ${nearest}, expand=False, center=None, fill=None`, rotateOperation],
  affine: [`angle, translate, scale, shear, ${nearest}, fill=None, center=None`, warpOperation],
  perspective: [`startpoints, endpoints, ${bilinear}, fill=None`, warpOperation],
  elastic_transform: [`displacement, ${bilinear}, fill=None`, warpOperation],
  five_crop: ['size', severalCrops(5)], ten_crop: ['size, vertical_flip=False', severalCrops(10)],
  adjust_brightness: ['brightness_factor', recolour], adjust_contrast: ['contrast_factor', recolour], adjust_saturation: ['saturation_factor', recolour],
  adjust_hue: ['hue_factor', recolour], adjust_gamma: ['gamma, gain=1', recolour], adjust_sharpness: ['sharpness_factor', recolour],
  autocontrast: ['', recolour], equalize: ['', recolour], posterize: ['bits', recolour], solarize: ['threshold', recolour], invert: ['', invertOperation],
  gaussian_blur: ['kernel_size, sigma=None', blurOperation],
  erase: ['i, j, h, w, v, inplace=False', erase],
  to_grayscale: ['num_output_channels=1', grayscaleOperation], rgb_to_grayscale: ['num_output_channels=1', grayscaleOperation],
  normalize: ['mean, std, inplace=False', normalizeOperation],
  to_tensor: ['', toTensor], pil_to_tensor: ['', pilToTensor], to_pil_image: ['mode=None', toPilImage],
  convert_image_dtype: ['dtype=None', convertDtype(() => true)],
};

const ofVersion2: Declarations = {
  horizontal_flip: ['', flipOperation], vertical_flip: ['', flipOperation], elastic: [`displacement, ${bilinear}, fill=None`, warpOperation],
  to_image: ['', toImage], to_dtype: ['dtype=None, scale=False', convertDtype((call) => call.interpreter.truth(call.args.get('scale'), call.place))],
  grayscale_to_rgb: ['', toRgb],
  gaussian_noise: ['mean=0.0, sigma=0.1, clip=True', recolour], jpeg: ['quality', recolour], permute_channels: ['permutation', flipOperation],
};

/** Names of the picture's parameter where it is not `img`. */
const firstNames: Readonly<Record<string, string>> = { normalize: 'tensor', to_tensor: 'pic', pil_to_tensor: 'pic', to_pil_image: 'pic', convert_image_dtype: 'image' };

function functionsOf(declarations: Declarations, isVersion2: boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(declarations).map(([name, [rest, operation]]) => {
    const first = isVersion2 ? (firstNames[name] === 'pic' ? 'pic' : firstNames[name] === 'image' ? 'image' : 'inpt') : firstNames[name] ?? 'img';
    return [name, nativeFunction(name, rest === '' ? first : `${first}, ${rest}`, (call) => {
      return operation({ interpreter: call.interpreter, args: call.args, place: call.place, name, isVersion2 }, call.args.get(first));
    })];
  }));
}

// ---- What is told of a picture.

function asked(name: string, parameter: string, read: (picture: Picture) => Value): Value {
  return nativeFunction(name, parameter, (call) => {
    const value = call.args.get(parameter);
    const picture = pictureOf(value);
    if (picture !== undefined) return read(picture);
    return isDecided(value) && value.kind !== 'tensor' && value.kind !== 'instance'
      ? refuseTransform({ interpreter: call.interpreter, args: call.args, place: call.place, name, isVersion2: false }, message('{transform} takes a PIL image or a tensor, got {kind}', { transform: name, kind: kindText(value) })) : unknown();
  });
}

const sizes = (parameter: string): Record<string, Value> => ({
  get_dimensions: asked('get_dimensions', parameter, (picture) => list([int(picture.channels ?? unknownDim()), int(picture.height), int(picture.width)])),
  get_image_size: asked('get_image_size', parameter, (picture) => list([int(picture.width), int(picture.height)])),
  get_size: asked('get_size', parameter, (picture) => list([int(picture.height), int(picture.width)])),
  get_image_num_channels: asked('get_image_num_channels', parameter, (picture) => int(picture.channels ?? unknownDim())),
  get_num_channels: asked('get_num_channels', parameter, (picture) => int(picture.channels ?? unknownDim())),
});

/** Kernels of one kind of input: `resize_image`, `crop_mask`. */
function kernels(declarations: Declarations): Record<string, Value> {
  const names = ['resize', 'crop', 'center_crop', 'resized_crop', 'pad', 'rotate', 'affine', 'perspective', 'elastic', 'horizontal_flip', 'vertical_flip', 'normalize', 'gaussian_blur',
    'adjust_brightness', 'adjust_contrast', 'adjust_saturation', 'adjust_hue', 'adjust_gamma', 'adjust_sharpness', 'autocontrast', 'equalize', 'posterize', 'solarize', 'invert', 'rgb_to_grayscale', 'to_dtype', 'five_crop', 'ten_crop'];
  const kinds = ['image', 'mask', 'video'] as const;
  return Object.fromEntries(names.flatMap((name) => kinds.flatMap((kind) => {
    const declared = declarations[name];
    if (declared === undefined) return [];
    const [rest, operation] = declared;
    const full = `${name}_${kind}`;
    return [[full, nativeFunction(full, rest === '' ? kind : `${kind}, ${rest}`, (call) => operation({ interpreter: call.interpreter, args: call.args, place: call.place, name: full, isVersion2: true }, call.args.get(kind)))]];
  })));
}

export function functionalMembers(isVersion2: boolean): Record<string, Value> {
  const declarations = isVersion2 ? { ...shared, ...ofVersion2 } : shared;
  return { ...functionsOf(declarations, isVersion2), ...sizes(isVersion2 ? 'inpt' : 'img'), ...(isVersion2 ? kernels(declarations) : {}) };
}
