// PIL.Image.Image: a picture with a size, a mode and, where known, the values of its pixels. Source: Pillow 12's documentation.
// It must not know what libraries do with pictures.
import { addDims, type Dim, divides, floorDivideDims, formatDim, isKnown, subtractDims, symbol, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { averageRange, rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Origin } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { registerPresentation } from '../../values/presentation.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { instance, int, list, none, str, tuple, unknown } from '../../values/value.ts';

import { dimFromValue } from '../arrays/contents.ts';
import { registerArrayConversion } from '../arrays/conversion.ts';
import '../numpy/ndarray.ts';
import { ndarrayClass } from '../numpy/library.ts';

export interface ImageFacts {
  readonly width: Dim;
  readonly height: Dim;
  /** `RGB`, `L`, …; undefined where it is not known. */
  readonly mode: string | undefined;
  /** Of the pixels; undefined: what the mode allows. */
  readonly range?: ValueRange | undefined;
  readonly origin?: Origin | undefined;
}

const imageSlot = defineSlot<ImageFacts>('PIL image');
export const imageClass: ClassValue = nativeClass({ name: 'Image', qualifiedName: 'PIL.Image.Image' });

export function imageFacts(value: Value | undefined): ImageFacts | undefined {
  return imageSlot.get(value);
}

export function makeImage(facts: ImageFacts): InstanceValue {
  const made = instance(imageClass, facts.origin);
  imageSlot.set(made, facts);
  return made;
}

/** A picture of which nothing is known but that it is one. Sizes of pictures from files are named alike. */
export function unknownImage(facts: Partial<ImageFacts> = {}): InstanceValue {
  return makeImage({ width: symbol('W'), height: symbol('H'), mode: undefined, ...facts });
}

const bands: Readonly<Record<string, number>> = { '1': 1, L: 1, P: 1, I: 1, F: 1, 'I;16': 1, LA: 2, PA: 2, La: 2, RGB: 3, YCbCr: 3, LAB: 3, HSV: 3, RGBA: 4, RGBX: 4, RGBa: 4, CMYK: 4 };
export function isImageMode(mode: string): boolean { return mode in bands; }

/** How many channels a picture of the mode has; undefined where the mode is not known. */
export function channelsOfMode(mode: string | undefined): number | undefined {
  return mode === undefined ? undefined : bands[mode];
}

export function dtypeOfMode(mode: string | undefined): DType {
  return mode === '1' ? 'bool' : mode === 'I' ? 'int32' : mode === 'F' ? 'float32' : mode === 'I;16' ? 'uint16' : 'uint8';
}

/** The values of its pixels. */
export function pixelRange(facts: ImageFacts): ValueRange | undefined {
  return facts.range ?? (dtypeOfMode(facts.mode) === 'uint8' ? rangeBetween(0, 255, { integral: true }) : facts.mode === '1' ? rangeBetween(0, 1, { integral: true }) : undefined);
}

/** As an array: (height, width) with one channel, (height, width, channels) with more. */
export function imageArray(facts: ImageFacts, cls: ClassValue = ndarrayClass): TensorValue {
  const channels = channelsOfMode(facts.mode);
  return tensor({
    cls, dtype: dtypeOfMode(facts.mode), range: pixelRange(facts), origin: facts.origin,
    shape: channels === undefined ? { dims: undefined } : channels === 1 ? shapeOf(facts.height, facts.width) : shapeOf(facts.height, facts.width, channels),
  });
}
registerArrayConversion(imageClass, (_, image) => { const facts = imageSlot.get(image); return facts === undefined ? undefined : imageArray(facts); });

registerPresentation(imageClass, (value) => {
  const facts = imageSlot.get(value);
  return facts === undefined ? undefined : { text: `PIL image, ${facts.mode ?? '?'}, ${formatDim(facts.width)} × ${formatDim(facts.height)}` };
});

// ---- What may be done with a picture.

type Change = (facts: ImageFacts, call: NativeCall) => Value;

function method(signature: string, change: Change): (name: string) => Value {
  return (name) => nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
    const facts = imageSlot.get(call.args.get('self'));
    return facts === undefined ? unknown() : change(facts, call);
  });
}

const same: Change = (facts) => makeImage(facts);
/** New values between the old ones. */
const mixed: Change = (facts) => makeImage({ ...facts, range: facts.range === undefined ? undefined : { ...averageRange(facts.range), integral: true } });
const nothing: Change = () => none;

/** Two sizes, width first; undefined where the value is no pair. */
export function pairOf(value: Value): readonly [Dim, Dim] | undefined {
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.open)) return undefined;
  const [first, second] = value.items.map((item) => dimFromValue(item) ?? unknownDim());
  return value.items.length === 2 && first !== undefined && second !== undefined ? [first, second] : undefined;
}

export function resizedImage(facts: ImageFacts, width: Dim, height: Dim, isNearest: boolean): InstanceValue {
  return makeImage({ ...facts, width, height, range: isNearest || facts.range === undefined ? facts.range : { ...averageRange(facts.range), integral: true } });
}

/** `Image.NEAREST` is 0; the default is bicubic. */
function isNearest(value: Value): boolean {
  return value.kind === 'int' && value.value === 0;
}

function cropped(facts: ImageFacts, call: NativeCall): Value {
  const box = call.args.get('box');
  if (box.kind !== 'tuple' && (box.kind !== 'list' || box.open)) return box.kind === 'none' ? makeImage(facts) : makeImage({ ...facts, width: unknownDim(), height: unknownDim() });
  const [left, top, right, bottom] = box.items.map((item) => dimFromValue(item) ?? (item.kind === 'float' ? Math.round(item.value) : undefined));
  const span = (from: Dim | undefined, to: Dim | undefined): Dim => (from === undefined || to === undefined ? unknownDim() : subtractDims(to, from));
  return makeImage({ ...facts, width: span(left, right), height: span(top, bottom) });
}

const quarterTurns: ReadonlySet<number> = new Set([2, 4, 5, 6]);

/** The largest size inside another with the picture's proportions; the same picture where it is smaller. */
function thumbnail(facts: ImageFacts, call: NativeCall): Value {
  const self = call.args.get('self');
  const size = pairOf(call.args.get('size'));
  if (self.kind !== 'instance') return none;
  const known = size !== undefined && isKnown(size[0]) && isKnown(size[1]) && isKnown(facts.width) && isKnown(facts.height);
  if (!known || size === undefined) { imageSlot.set(self, { ...facts, width: unknownDim(), height: unknownDim() }); return none; }
  const [width, height] = [Number(facts.width), Number(facts.height)];
  const scale = Math.min(Number(size[0]) / width, Number(size[1]) / height, 1);
  imageSlot.set(self, scale === 1 ? facts : { ...facts, width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  return none;
}

const converted: Change = (facts, call) => {
  const mode = call.args.get('mode');
  if (mode.kind === 'none') return makeImage({ ...facts, mode: facts.mode === 'P' ? 'RGB' : facts.mode });
  if (mode.kind !== 'str') return makeImage({ ...facts, mode: undefined, range: undefined });
  if (!isImageMode(mode.value)) {
    return call.interpreter.refuse({
      rule: 'invalid-argument', exception: 'ValueError', place: call.args.place('mode') ?? call.place,
      message: message('PIL has no mode "{mode}"', { mode: mode.value }),
    }, makeImage({ ...facts, mode: undefined, range: undefined }));
  }
  const keeps = mode.value === facts.mode || (facts.mode === 'L' && ['P', 'RGB', 'I', 'F'].includes(mode.value));
  return makeImage({ ...facts, mode: mode.value, range: keeps ? facts.range : undefined });
};

const members: Readonly<Record<string, (name: string) => Value>> = {
  convert: method('mode=None, matrix=None, dither=None, palette=0, colors=256', converted),
  resize: method('size, resample=None, box=None, reducing_gap=None', (facts, call) => {
    const size = pairOf(call.args.get('size'));
    return resizedImage(facts, size?.[0] ?? unknownDim(), size?.[1] ?? unknownDim(), isNearest(call.args.get('resample')));
  }),
  reduce: method('factor, box=None', (facts, call) => {
    const factor = call.args.int('factor');
    return factor === undefined ? makeImage({ ...facts, width: unknownDim(), height: unknownDim() })
      : makeImage({ ...facts, width: floorDivideDims(addDims(facts.width, factor, -1), factor), height: floorDivideDims(addDims(facts.height, factor, -1), factor) });
  }),
  thumbnail: method('size, resample=3, reducing_gap=2.0', thumbnail),
  crop: method('box=None', cropped),
  rotate: method('angle, resample=0, expand=0, center=None, translate=None, fillcolor=None', (facts, call) => {
    const expand = call.interpreter.truth(call.args.get('expand'), call.place);
    if (expand === false) return makeImage(facts);
    const angle = call.args.real('angle');
    if (expand === true && angle !== undefined && divides(90, angle) === true) return makeImage(divides(180, angle) === true ? facts : { ...facts, width: facts.height, height: facts.width });
    return makeImage({ ...facts, width: unknownDim(), height: unknownDim() });
  }),
  transpose: method('method', (facts, call) => {
    const turn = call.args.number('method');
    if (turn === undefined) return makeImage({ ...facts, width: unknownDim(), height: unknownDim() });
    return makeImage(quarterTurns.has(turn) ? { ...facts, width: facts.height, height: facts.width } : facts);
  }),
  transform: method('size, method, data=None, resample=0, fill=1, fillcolor=None', (facts, call) => {
    const size = pairOf(call.args.get('size'));
    return makeImage({ ...facts, width: size?.[0] ?? unknownDim(), height: size?.[1] ?? unknownDim(), range: undefined });
  }),
  copy: method('', same), filter: method('filter', mixed), effect_spread: method('distance', same), point: method('lut, mode=None', (facts) => makeImage({ ...facts, range: undefined })),
  quantize: method('colors=256, *args, **kwargs', (facts) => makeImage({ ...facts, mode: 'P', range: undefined })),
  split: method('', (facts) => {
    const channels = channelsOfMode(facts.mode);
    return channels === undefined ? unknown(undefined, 'tuple') : tuple(Array.from({ length: channels }, () => makeImage({ ...facts, mode: 'L' })));
  }),
  getchannel: method('channel', (facts) => makeImage({ ...facts, mode: 'L' })),
  getbands: method('', (facts) => { const channels = channelsOfMode(facts.mode); return channels === undefined ? unknown(undefined, 'tuple') : tuple(Array.from({ length: channels }, () => unknown(undefined, 'str'))); }),
  getbbox: method('*args, **kwargs', () => unknown()), getcolors: method('maxcolors=256', () => unknown()), getdata: method('band=None', () => unknown()),
  getextrema: method('', () => unknown()), getpixel: method('xy', () => unknown()), histogram: method('mask=None, extrema=None', () => list([], true)), entropy: method('*args', () => unknown(undefined, 'float')),
  getexif: method('', () => unknown()), tobytes: method('*args', () => unknown(undefined, 'bytes')), load: method('', () => unknown()),
  paste: method('im, box=None, mask=None', nothing), putpixel: method('xy, value', nothing), putalpha: method('alpha', (facts, call) => {
    const self = call.args.get('self');
    if (self.kind === 'instance') imageSlot.set(self, { ...facts, mode: facts.mode === 'RGB' ? 'RGBA' : facts.mode === 'L' ? 'LA' : facts.mode });
    return none;
  }),
  putdata: method('data, scale=1.0, offset=0.0', nothing), putpalette: method('data, rawmode="RGB"', nothing), alpha_composite: method('im, *args', nothing),
  save: method('fp, format=None, **params', nothing), show: method('*args, **kwargs', nothing), verify: method('', nothing), close: method('', nothing), seek: method('frame', nothing),
  tell: method('', () => unknown(undefined, 'int')), draft: method('mode, size', () => unknown()),
  __enter__: (name) => nativeMethod(name, 'self', ({ args }) => args.get('self')),
  __exit__: (name) => nativeMethod(name, 'self, *args', () => none),
  __array__: method('*args, **kwargs', (facts) => imageArray(facts)),
};
for (const [name, make] of Object.entries(members)) imageClass.namespace.set(name, make(name));

const properties: Readonly<Record<string, (facts: ImageFacts) => Value>> = {
  size: (facts) => tuple([int(facts.width), int(facts.height)]),
  width: (facts) => int(facts.width),
  height: (facts) => int(facts.height),
  mode: (facts) => (facts.mode === undefined ? unknown(undefined, 'str') : str(facts.mode)),
  format: () => unknown(),
  info: () => ({ kind: 'dict', entries: new Map(), open: true }),
  palette: () => unknown(),
  n_frames: () => unknown(undefined, 'int'),
  is_animated: () => unknown(undefined, 'bool'),
};
for (const [name, read] of Object.entries(properties)) {
  imageClass.namespace.set(name, nativeProperty(name, ({ args }) => { const facts = imageSlot.get(args.get('self')); return facts === undefined ? unknown() : read(facts); }));
}

