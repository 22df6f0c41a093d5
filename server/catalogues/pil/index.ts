// PIL as a catalogue: opening, making and changing pictures. Drawing and writing give nothing.
import '../numpy/index.ts';
import { unknownDim } from '../../tensors/dim.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { instance, int, none, str, unknown } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { asTensor } from '../arrays/conversion.ts';
import type { Catalogue } from '../catalogue.ts';
import { numpyLibrary } from '../numpy/library.ts';
import { imageClass, imageFacts, type ImageFacts, makeImage, pairOf, resizedImage, unknownImage } from './image.ts';

/** The mode that `fromarray` gives an array. */
function modeOfArray(rank: number, channels: unknown, dtype: string | undefined): string | undefined {
  if (rank === 2) return dtype === 'uint8' ? 'L' : dtype === 'bool' ? '1' : dtype === 'float32' ? 'F' : dtype === 'int32' ? 'I' : undefined;
  return rank === 3 && dtype === 'uint8' ? (channels === 3 ? 'RGB' : channels === 4 ? 'RGBA' : channels === 2 ? 'LA' : undefined) : undefined;
}

const fromArray = nativeFunction('fromarray', 'obj, mode=None', ({ args, interpreter }) => {
  const array = asTensor(interpreter, args.get('obj'), numpyLibrary);
  const dims = array?.shape.dims;
  const named = args.str('mode');
  if (array === undefined || dims === undefined) return unknownImage({ mode: named });
  const [height, width, channels] = dims;
  return makeImage({ height: height ?? unknownDim(), width: width ?? unknownDim(), mode: named ?? modeOfArray(dims.length, channels, array.dtype), range: array.range, origin: array.origin });
});

const functions: Readonly<Record<string, Value>> = {
  open: nativeFunction('open', "fp, mode='r', formats=None", () => unknownImage()),
  new: nativeFunction('new', 'mode, size, color=0', ({ args }) => {
    const size = pairOf(args.get('size'));
    return makeImage({ mode: args.str('mode'), width: size?.[0] ?? unknownDim(), height: size?.[1] ?? unknownDim() });
  }),
  fromarray: fromArray,
  frombytes: nativeFunction('frombytes', 'mode, size, data, *args', ({ args }) => {
    const size = pairOf(args.get('size'));
    return makeImage({ mode: args.str('mode'), width: size?.[0] ?? unknownDim(), height: size?.[1] ?? unknownDim() });
  }),
  blend: nativeFunction('blend', 'im1, im2, alpha', ({ args }) => likeFirst(args.get('im1'))),
  composite: nativeFunction('composite', 'image1, image2, mask', ({ args }) => likeFirst(args.get('image1'))),
  alpha_composite: nativeFunction('alpha_composite', 'im1, im2', ({ args }) => likeFirst(args.get('im1'))),
  merge: nativeFunction('merge', 'mode, bands', ({ args }) => {
    const bands = args.get('bands');
    const first = bands.kind === 'tuple' || bands.kind === 'list' ? imageFacts(bands.items[0]) : undefined;
    return first === undefined ? unknownImage({ mode: args.str('mode') }) : makeImage({ ...first, mode: args.str('mode') });
  }),
};

function likeFirst(value: Value): Value {
  const facts = imageFacts(value);
  return facts === undefined ? unknownImage() : makeImage({ ...facts, range: undefined });
}

const filters = { NEAREST: 0, LANCZOS: 1, ANTIALIAS: 1, BILINEAR: 2, BICUBIC: 3, BOX: 4, HAMMING: 5 };
const turns = { FLIP_LEFT_RIGHT: 0, FLIP_TOP_BOTTOM: 1, ROTATE_90: 2, ROTATE_180: 3, ROTATE_270: 4, TRANSPOSE: 5, TRANSVERSE: 6 };
const numbers = (table: Readonly<Record<string, number>>): Record<string, Value> => Object.fromEntries(Object.entries(table).map(([name, value]) => [name, int(value)]));
const namesOf = (name: string, table: Readonly<Record<string, number>>): Value => nativeClass({ name, qualifiedName: `PIL.Image.${name}`, members: numbers(table) });

// ---- ImageOps, ImageEnhance, ImageDraw, ImageFilter.

type Change = (facts: ImageFacts, call: NativeCall) => Value;
const operation = (name: string, rest: string, change: Change): [string, Value] => [name, nativeFunction(name, rest === '' ? 'image' : `image, ${rest}`, (call) => {
  const facts = imageFacts(call.args.get('image'));
  return facts === undefined ? unknown() : change(facts, call);
})];
const same: Change = (facts) => makeImage(facts);
const revalued: Change = (facts) => makeImage({ ...facts, range: undefined });
const toSize: Change = (facts, call) => {
  const size = pairOf(call.args.get('size'));
  return resizedImage(facts, size?.[0] ?? unknownDim(), size?.[1] ?? unknownDim(), false);
};

const imageOperations = (): Record<string, Value> => Object.fromEntries([
  operation('grayscale', '', (facts) => makeImage({ ...facts, mode: 'L', range: undefined })),
  operation('invert', '', revalued), operation('flip', '', same), operation('mirror', '', same), operation('autocontrast', '*args, **kwargs', revalued),
  operation('equalize', 'mask=None', revalued), operation('posterize', 'bits', revalued), operation('solarize', 'threshold=128', revalued), operation('colorize', '*args, **kwargs', (facts) => makeImage({ ...facts, mode: 'RGB', range: undefined })),
  operation('exif_transpose', 'in_place=False', (facts, call) => (call.args.flag('in_place') === true ? none : makeImage({ ...facts, width: unknownDim(), height: unknownDim() }))),
  operation('fit', 'size, method=3, bleed=0.0, centering=(0.5, 0.5)', toSize), operation('pad', 'size, method=3, color=None, centering=(0.5, 0.5)', toSize),
  operation('expand', 'border=0, fill=0', (facts, call) => {
    const border = dimFromValue(call.args.get('border'));
    return typeof border === 'number' && typeof facts.width === 'number' && typeof facts.height === 'number'
      ? makeImage({ ...facts, width: facts.width + 2 * border, height: facts.height + 2 * border }) : makeImage({ ...facts, width: unknownDim(), height: unknownDim() });
  }),
]);

const enhancer = (name: string): Value => nativeClass({
  name, qualifiedName: `PIL.ImageEnhance.${name}`,
  members: {
    __init__: nativeMethod(name, 'self, image', ({ args }) => { const self = args.get('self'); if (self.kind === 'instance') self.attributes.set('image', args.get('image')); return none; }),
    enhance: nativeMethod('enhance', 'self, factor', ({ args }) => {
      const self = args.get('self');
      const facts = self.kind === 'instance' ? imageFacts(self.attributes.get('image')) : undefined;
      return facts === undefined ? unknown() : makeImage({ ...facts, range: undefined });
    }),
  },
});

const drawClass = nativeClass({
  name: 'ImageDraw', qualifiedName: 'PIL.ImageDraw.ImageDraw',
  members: Object.fromEntries(['line', 'rectangle', 'rounded_rectangle', 'ellipse', 'circle', 'polygon', 'regular_polygon', 'text', 'multiline_text', 'point', 'arc', 'chord', 'pieslice', 'bitmap'].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
});

const filterNames = ['BLUR', 'CONTOUR', 'DETAIL', 'EDGE_ENHANCE', 'EDGE_ENHANCE_MORE', 'EMBOSS', 'FIND_EDGES', 'SMOOTH', 'SMOOTH_MORE', 'SHARPEN'];
const filterClass = (name: string): Value => nativeClass({ name, qualifiedName: `PIL.ImageFilter.${name}` });

export const pilCatalogue: Catalogue = {
  modules: {
    PIL: () => ({ __version__: str('12.0.0'), UnidentifiedImageError: unknown() }),
    'PIL.Image': () => ({
      Image: imageClass, ...functions, ...numbers(filters), ...numbers(turns), Resampling: namesOf('Resampling', filters), Transpose: namesOf('Transpose', turns),
      MAX_IMAGE_PIXELS: unknown(), registered_extensions: nativeFunction('registered_extensions', '', () => unknown(undefined, 'dict')),
    }),
    'PIL.ImageOps': imageOperations,
    'PIL.ImageEnhance': () => Object.fromEntries(['Color', 'Contrast', 'Brightness', 'Sharpness'].map((name) => [name, enhancer(name)])),
    'PIL.ImageFilter': () => ({
      ...Object.fromEntries(filterNames.map((name) => [name, filterClass(name)])),
      ...Object.fromEntries(['GaussianBlur', 'BoxBlur', 'UnsharpMask', 'Kernel', 'MedianFilter', 'MinFilter', 'MaxFilter', 'ModeFilter', 'RankFilter'].map((name) => [name, nativeClass({ name, qualifiedName: `PIL.ImageFilter.${name}`, constructSignature: '*args, **kwargs', construct: (_, cls) => instance(cls) })])),
    }),
    'PIL.ImageDraw': () => ({ Draw: nativeFunction('Draw', 'im, mode=None', () => instance(drawClass)), ImageDraw: drawClass }),
    'PIL.ImageFont': () => ({ truetype: nativeFunction('truetype', '*args, **kwargs', () => unknown()), load_default: nativeFunction('load_default', 'size=None', () => unknown()) }),
    'PIL.ImageFile': () => ({ LOAD_TRUNCATED_IMAGES: { kind: 'bool', value: false } }),
  },
};
