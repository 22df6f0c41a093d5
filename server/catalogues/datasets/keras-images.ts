// Single pictures: load_img, img_to_array and back, of keras.utils and keras.preprocessing.image. It must not know data sets or models.
import { type Dim, unknownDim } from '../../tensors/dim.ts';
import { dtypeOfName } from '../../tensors/dtype.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { nativeClass, nativeFunction, nativeProperty } from '../../values/classes.ts';
import type { Origin } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { instance, int, none, tuple, unknown } from '../../values/value.ts';
import { castArray } from '../arrays/conversion.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { channelsOf, sizeFromValue } from './keras-folders.ts';

interface Picture { readonly height: Dim; readonly width: Dim; readonly channels: number | undefined; readonly origin: Origin | undefined }
const pictureSlot = defineSlot<Picture>('picture');

/** A picture of Pillow. What is not known of the class is unknown, so that its many methods say nothing. */
const pictureClass: ClassValue = nativeClass({
  name: 'Image', qualifiedName: 'PIL.Image.Image',
  members: {
    size: nativeProperty('size', ({ args }) => { const facts = pictureSlot.get(args.get('self')); return facts === undefined ? unknown(undefined, 'tuple') : tuple([int(facts.width), int(facts.height)]); }),
    width: nativeProperty('width', ({ args }) => { const facts = pictureSlot.get(args.get('self')); return facts === undefined ? unknown(undefined, 'int') : int(facts.width); }),
    height: nativeProperty('height', ({ args }) => { const facts = pictureSlot.get(args.get('self')); return facts === undefined ? unknown(undefined, 'int') : int(facts.height); }),
  },
});

function loadPicture({ args, place }: NativeCall): Value {
  const [height, width] = args.isNone('target_size') ? [unknownDim({ minimum: 1 }), unknownDim({ minimum: 1 })] : sizeFromValue(args.get('target_size'));
  const isGrey = args.flag('grayscale') === true;
  const made = instance(pictureClass, { place });
  pictureSlot.set(made, { height, width, channels: isGrey ? 1 : channelsOf(args.str('color_mode')), origin: { place } });
  return made;
}

function pictureArray({ args }: NativeCall): Value {
  const given = args.get('img');
  const named = args.str('dtype');
  const dtype = args.isNone('dtype') ? 'float32' : named === undefined ? undefined : dtypeOfName(named);
  if (given.kind === 'tensor') {
    const array: TensorValue = { ...given, cls: ndarrayClass };
    const converted = dtype === undefined ? array : castArray(array, dtype);
    return given.shape.dims?.length === 2 ? { ...converted, contents: undefined, shape: { dims: [...given.shape.dims, 1] } } : converted;
  }
  const facts = pictureSlot.get(given);
  if (facts === undefined) return unknown();
  const channels = facts.channels ?? unknownDim({ minimum: 1 });
  const isFirst = args.str('data_format') === 'channels_first';
  return tensor({
    cls: ndarrayClass, dtype, range: rangeBetween(0, 255, { integral: true }), origin: facts.origin,
    shape: { dims: isFirst ? [channels, facts.height, facts.width] : [facts.height, facts.width, channels] },
  });
}

function arrayPicture({ args, place }: NativeCall): Value {
  const given = args.get('x');
  const made = instance(pictureClass, { place });
  const [height, width, channels] = given.kind === 'tensor' ? given.shape.dims ?? [] : [];
  if (height !== undefined && width !== undefined) pictureSlot.set(made, { height, width, channels: typeof channels === 'number' ? channels : undefined, origin: { place } });
  return made;
}

const pictureFunctions: Readonly<Record<string, Value>> = {
  load_img: nativeFunction('load_img', 'path, color_mode="rgb", target_size=None, interpolation="nearest", keep_aspect_ratio=False, grayscale=False', loadPicture),
  img_to_array: nativeFunction('img_to_array', 'img, data_format=None, dtype=None', pictureArray),
  array_to_img: nativeFunction('array_to_img', 'x, data_format=None, scale=True, dtype=None', arrayPicture),
  save_img: nativeFunction('save_img', 'path, x, data_format=None, file_format=None, scale=True, **kwargs', () => none),
};

export const pictureModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  'keras.utils': () => pictureFunctions,
  'keras.preprocessing.image': () => pictureFunctions,
};
