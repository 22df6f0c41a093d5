// Pictures as transforms see them: PIL images and tensors of shape (…, channels, height, width), with one way to read and to change both.
// It must not know any single transform or data set.
import { type Dim, isKnown, joinDims, unknownDim } from '../../tensors/dim.ts';
import { type DType, integerLimits, isFloating } from '../../tensors/dtype.ts';
import { averageRange, castRange, constantRange, rangeBetween, uniteRanges, type ValueRange } from '../../tensors/range.ts';
import { type Shape, unknownShape } from '../../tensors/shape.ts';
import { nativeClass } from '../../values/classes.ts';
import { joinValues } from '../../values/equality.ts';
import type { ClassValue, TensorValue, Value } from '../../values/value.ts';
import { makeArray } from '../arrays/contents.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { channelsOfMode, type ImageFacts, imageArray, imageFacts, makeImage, pixelRange } from '../pil/image.ts';
import { refuseElement, registerBatching } from '../torch/data/elements.ts';
import { asTorchTensor, dtypeArgument, tensorClass } from '../torch/library.ts';

// ---- torchvision.tv_tensors: tensors that say what they hold.

export const tvTensorClass: ClassValue = nativeClass({ name: 'TVTensor', qualifiedName: 'torchvision.tv_tensors.TVTensor', bases: [tensorClass] });
/** `tv_tensors.Image(data)`: the data as a tensor of the class; a PIL image becomes its pixels. */
function tvClass(name: string, rest = ''): ClassValue {
  return nativeClass({
    name, qualifiedName: `torchvision.tv_tensors.${name}`, bases: [tvTensorClass], constructSignature: `data, *, ${rest}dtype=None, device=None, requires_grad=None`,
    construct: ({ args, interpreter }, cls) => {
      const image = imageFacts(args.get('data'));
      const dtype = args.isNone('dtype') ? undefined : dtypeArgument(args.get('dtype'));
      const plain = image === undefined ? asTorchTensor(interpreter, args.get('data'), dtype) : imageTensor(image);
      return makeArray({ cls, shape: plain?.shape ?? unknownShape, dtype: dtype ?? plain?.dtype, range: plain?.range, origin: plain?.origin });
    },
  });
}
export const tvClasses = {
  Image: tvClass('Image'), Video: tvClass('Video'), Mask: tvClass('Mask'),
  BoundingBoxes: tvClass('BoundingBoxes', 'format, canvas_size, clamping_mode=None, '), KeyPoints: tvClass('KeyPoints', 'canvas_size, '),
};

export function isOfClass(value: Value, cls: ClassValue): boolean {
  return (value.kind === 'tensor' || value.kind === 'instance') && value.cls.mro.includes(cls);
}
export function isTensor(value: Value): value is TensorValue {
  return value.kind === 'tensor' && value.cls.mro.includes(tensorClass);
}
export function isArray(value: Value): value is TensorValue {
  return value.kind === 'tensor' && value.cls.mro.includes(ndarrayClass);
}

registerBatching((interpreter, value, _size, place) => (imageFacts(value) === undefined ? undefined : refuseElement(interpreter, 'PIL images', place)));

// ---- One way to read both.

export type Picture =
  | { readonly kind: 'image'; readonly image: ImageFacts; readonly channels: Dim | undefined; readonly height: Dim; readonly width: Dim }
  | { readonly kind: 'tensor'; readonly tensor: TensorValue; readonly channels: Dim | undefined; readonly height: Dim; readonly width: Dim };

/** Undefined for what is no picture, or not known to be one. */
export function pictureOf(value: Value): Picture | undefined {
  const image = imageFacts(value);
  if (image !== undefined) return { kind: 'image', image, channels: channelsOfMode(image.mode), height: image.height, width: image.width };
  if (!isTensor(value)) return undefined;
  const dims = value.shape.dims;
  return { kind: 'tensor', tensor: value, channels: dims === undefined ? undefined : dims.at(-3), height: dims?.at(-2) ?? unknownDim(), width: dims?.at(-1) ?? unknownDim() };
}

export interface PictureChanges {
  readonly height?: Dim;
  readonly width?: Dim;
  /** What the values become; undefined: nobody knows. */
  readonly range?: ValueRange | undefined;
}

/** The picture with another size or other values. */
export function changed(picture: Picture, changes: PictureChanges): Value {
  const { height = picture.height, width = picture.width } = changes;
  if (picture.kind === 'image') return makeImage({ ...picture.image, height, width, range: 'range' in changes ? changes.range : picture.image.range });
  const { tensor } = picture;
  const dims = tensor.shape.dims;
  return makeArray({
    cls: tensor.cls, dtype: tensor.dtype, origin: tensor.origin, range: 'range' in changes ? changes.range : tensor.range,
    shape: dims === undefined || dims.length < 2 ? { dims: undefined } : { dims: [...dims.slice(0, -2), height, width] },
  });
}

/** The picture with so many channels. */
export function withChannels(picture: Picture, channels: Dim | undefined): Value {
  if (picture.kind === 'image') return makeImage({ ...picture.image, mode: channels === 1 ? 'L' : channels === 3 ? 'RGB' : undefined });
  const { tensor } = picture;
  const dims = tensor.shape.dims;
  const shape: Shape = dims === undefined || dims.length < 3 ? { dims: undefined } : { dims: dims.with(-3, channels ?? unknownDim()) };
  return makeArray({ cls: tensor.cls, dtype: tensor.dtype, origin: tensor.origin, range: tensor.range, shape });
}

export function rangeOf(picture: Picture): ValueRange | undefined {
  return picture.kind === 'image' ? pixelRange(picture.image) : picture.tensor.range;
}

/** Values between the old ones: what interpolation gives. Of an image they stay whole numbers. */
export function blended(picture: Picture): ValueRange | undefined {
  const own = picture.kind === 'image' ? picture.image.range : picture.tensor.range;
  return own === undefined ? undefined : { ...averageRange(own), integral: picture.kind === 'image' || (picture.tensor.dtype !== undefined && !isFloating(picture.tensor.dtype)) };
}

/** The old values and a filling. */
export function filledWith(range: ValueRange | undefined, fill: number | undefined): ValueRange | undefined {
  return range === undefined || fill === undefined ? undefined : { ...uniteRanges(range, constantRange(fill)), attained: false };
}

/** All that colours can be changed to: 0 to 1 for floats that lie there, 0 to 255 for bytes. */
export function recoloured(picture: Picture): ValueRange | undefined {
  if (picture.kind === 'image') return undefined;
  const { dtype, range } = picture.tensor;
  if (dtype !== undefined && !isFloating(dtype)) { const limits = integerLimits(dtype); return limits === undefined ? undefined : { low: 0, high: limits.high, integral: true, attained: false }; }
  return range !== undefined && range.low >= 0 && range.high <= 1 ? rangeBetween(0, 1) : undefined;
}

// ---- To tensors and back.

/** The largest value that stands for white. */
function whiteOf(dtype: DType): number {
  return isFloating(dtype) ? 1 : dtype === 'bool' ? 1 : integerLimits(dtype)?.high ?? 1;
}

/** A range whose numbers are multiplied. */
export function scaled(range: ValueRange, factor: number, integral: boolean): ValueRange {
  const clean = (value: number): number => Number((value * factor).toPrecision(12));
  return { low: clean(range.low), high: clean(range.high), integral, attained: range.attained };
}

/** An array of (height, width) or (height, width, channels) as (channels, height, width); undefined where it has another rank. */
export function channelsFirst(array: TensorValue, cls: ClassValue): TensorValue | undefined {
  const dims = array.shape.dims;
  if (dims === undefined) return makeArray({ cls, shape: { dims: [unknownDim(), unknownDim(), unknownDim()] }, dtype: array.dtype, range: array.range, origin: array.origin });
  const [height, width, channels = 1] = dims;
  if (height === undefined || width === undefined || dims.length > 3) return undefined;
  return makeArray({ cls, shape: { dims: [channels, height, width] }, dtype: array.dtype, range: array.range, origin: array.origin });
}

/** A PIL image as a tensor of its own type: (channels, height, width). */
export function imageTensor(facts: ImageFacts, cls: ClassValue = tensorClass): TensorValue {
  const array = imageArray(facts);
  if (array.shape.dims === undefined) return makeArray({ cls, shape: { dims: [unknownDim({ minimum: 1 }), facts.height, facts.width] }, dtype: array.dtype, range: array.range, origin: array.origin });
  return channelsFirst(array, cls) ?? makeArray({ cls, shape: { dims: undefined }, dtype: array.dtype });
}

/** `to_tensor`: bytes become floats from 0 to 1, all other types stay. */
export function scaledToUnit(tensor: TensorValue, isBytes: boolean): TensorValue {
  if (!isBytes) return tensor;
  return makeArray({ cls: tensor.cls, shape: tensor.shape, dtype: 'float32', origin: tensor.origin, range: tensor.range === undefined ? rangeBetween(0, 1) : scaled(tensor.range, 1 / 255, false) });
}

/** `convert_image_dtype`: the values are scaled from one type's white to the other's; without `scale` they are cast. */
export function convertedType(tensor: TensorValue, dtype: DType, scale: boolean): TensorValue {
  const before = tensor.dtype;
  let range = tensor.range;
  if (range !== undefined && (!scale || before === undefined || before === dtype)) range = castRange(range, dtype);
  else if (range !== undefined && before !== undefined) {
    const [from, to] = [whiteOf(before), whiteOf(dtype)];
    if (isFloating(before) && isFloating(dtype)) range = { ...range };
    else if (isFloating(before)) range = range.low >= 0 && range.high <= 1 ? rangeBetween(0, to, { integral: true }) : undefined;
    else if (isFloating(dtype)) range = scaled(range, 1 / from, false);
    else range = from === to ? range : undefined;
  }
  return makeArray({ cls: tensor.cls, shape: tensor.shape, dtype, range, origin: tensor.origin });
}

/** One picture that stands for either of two. */
export function joinPictures(left: Value, right: Value): Value {
  const [one, other] = [pictureOf(left), pictureOf(right)];
  if (left === right || one === undefined || other === undefined || one.kind !== other.kind) return left === right ? left : joinValues(left, right);
  const join = (first: Dim, second: Dim): Dim => (isKnown(first) && first === second ? first : joinDims(first, second));
  const ranges = [rangeOf(one), rangeOf(other)];
  const range = ranges[0] === undefined || ranges[1] === undefined ? undefined : { ...uniteRanges(ranges[0], ranges[1]), attained: false };
  if (one.kind === 'image' && other.kind === 'image') {
    return makeImage({ width: join(one.width, other.width), height: join(one.height, other.height), mode: one.image.mode === other.image.mode ? one.image.mode : undefined, range, origin: one.image.origin });
  }
  if (one.kind !== 'tensor' || other.kind !== 'tensor') return joinValues(left, right);
  const [dims, others] = [one.tensor.shape.dims, other.tensor.shape.dims];
  return makeArray({
    cls: one.tensor.cls, dtype: one.tensor.dtype === other.tensor.dtype ? one.tensor.dtype : undefined, range, origin: one.tensor.origin,
    shape: dims === undefined || others === undefined || dims.length !== others.length ? { dims: undefined } : { dims: dims.map((dim, axis) => join(dim, others[axis] ?? dim)) },
  });
}
