// torchvision.io and torchvision.utils: reading and writing pictures, grids of them, drawing; torchvision.tv_tensors' functions.
// Source: torchvision 0.29. It must not know transforms or data sets.
import { replayable } from '../../values/recorder.ts';
import { addDims, ceilDivideDims, type Dim, isKnown, minimumDims, multiplyDims, symbol, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf, unknownShape } from '../../tensors/shape.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction } from '../../values/classes.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { int, instance, none, str, tuple, unknown } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import type { Catalogue } from '../catalogue.ts';
import { torchTensor } from '../torch/library.ts';
import { tvClasses, tvTensorClass } from './pictures.ts';

const bytes = rangeBetween(0, 255, { integral: true });

// ---- torchvision.io.

const modes: Readonly<Record<string, number>> = { UNCHANGED: 0, GRAY: 1, GRAY_ALPHA: 2, RGB: 3, RGB_ALPHA: 4 };
const readMode = nativeClass({ name: 'ImageReadMode', qualifiedName: 'torchvision.io.ImageReadMode' });
for (const [name, value] of Object.entries(modes)) {
  const made = instance(readMode);
  made.attributes.set('name', str(name));
  made.attributes.set('value', int(value));
  readMode.namespace.set(name, made);
}

/** Bytes of (channels, height, width); the mode says how many channels. */
function readPicture({ args }: NativeCall): Value {
  const mode = args.get('mode');
  const text = mode.kind === 'str' ? mode.value.toUpperCase() : undefined;
  const held = mode.kind === 'instance' ? mode.attributes.get('value') : undefined;
  const channels = text === 'RGBA' ? 4 : text !== undefined ? modes[text] : held?.kind === 'int' ? Number(held.value) : mode.kind === 'none' ? 0 : undefined;
  return torchTensor({ shape: shapeOf(channels === undefined || channels === 0 ? symbol('C') : channels, symbol('H'), symbol('W')), dtype: 'uint8', range: bytes });
}

const readers = (name: string, first: string, rest = ''): [string, Value] => [name, nativeFunction(name, `${first}, mode=None${rest}`, readPicture)];
const fileBytes = (): Value => torchTensor({ shape: shapeOf(unknownDim()), dtype: 'uint8', range: bytes });
const ioMembers = (): Record<string, Value> => ({
  ImageReadMode: readMode,
  ...Object.fromEntries([
    readers('read_image', 'path', ', apply_exif_orientation=False'), readers('decode_image', 'input', ', apply_exif_orientation=False'), readers('decode_jpeg', 'input', ", device='cpu', apply_exif_orientation=False"),
    readers('decode_png', 'input', ', apply_exif_orientation=False'), readers('decode_webp', 'input'), readers('decode_avif', 'input'), readers('decode_heic', 'input'),
  ]),
  decode_gif: nativeFunction('decode_gif', 'input', () => torchTensor({ shape: unknownShape, dtype: 'uint8', range: bytes })),
  read_file: nativeFunction('read_file', 'path', fileBytes), encode_jpeg: nativeFunction('encode_jpeg', 'input, quality=75', fileBytes), encode_png: nativeFunction('encode_png', 'input, compression_level=6', fileBytes),
  ...Object.fromEntries(['write_file', 'write_jpeg', 'write_png', 'write_video'].map((name) => [name, nativeFunction(name, '*args, **kwargs', () => none)])),
  read_video: nativeFunction('read_video', "filename, start_pts=0, end_pts=None, pts_unit='pts', output_format='THWC'", ({ args }) => {
    const sizes: readonly Dim[] = args.str('output_format') === 'TCHW' ? [symbol('T'), 3, symbol('H'), symbol('W')] : [symbol('T'), symbol('H'), symbol('W'), 3];
    return tuple([torchTensor({ shape: { dims: sizes }, dtype: 'uint8', range: bytes }), torchTensor({ shape: { dims: [unknownDim(), unknownDim()] }, dtype: 'float32' }), unknown(undefined, 'dict')]);
  }),
});

// ---- torchvision.utils.

/** A batch of pictures side by side: three channels where they have one. */
function makeGrid(call: NativeCall): Value {
  const { args } = call;
  const given = args.get('tensor');
  const pictures = given.kind === 'tensor' ? given : stackOf(given);
  const dims = pictures?.shape.dims;
  if (pictures === undefined || dims === undefined || dims.length < 2 || dims.length > 4) return torchTensor({ shape: unknownShape, dtype: pictures?.dtype });
  const grown: readonly Dim[] = dims.length === 2 ? [1, 1, ...dims] : dims.length === 3 ? [1, ...dims] : dims;
  const [count = 1, channels = 1, height = 1, width = 1] = grown;
  const range = args.flag('normalize') === true ? rangeBetween(0, 1) : undefined;
  const give = (shape: readonly Dim[]): Value => torchTensor({ shape: { dims: shape }, dtype: pictures.dtype, range });
  const shown: Dim = channels === 1 ? 3 : channels;
  if (count === 1) return give([shown, height, width]);
  const [columns, padding] = [dimFromValue(args.get('nrow')), dimFromValue(args.get('padding'))];
  if (columns === undefined || padding === undefined || !isKnown(count)) return give([shown, unknownDim(), unknownDim()]);
  const across = minimumDims(columns, count);
  const side = (size: Dim, times: Dim): Dim => addDims(multiplyDims(addDims(size, padding), times), padding);
  return give([shown, side(height, ceilDivideDims(count, across)), side(width, across)]);
}

function stackOf(value: Value): TensorValue | undefined {
  if ((value.kind !== 'list' || value.open) && value.kind !== 'tuple') return undefined;
  const [first] = value.items;
  return first?.kind === 'tensor' && first.shape.dims !== undefined ? torchTensor({ shape: shapeOf(value.items.length, ...first.shape.dims), dtype: first.dtype }) : undefined;
}

const drawn = (parameter: string): (call: NativeCall) => Value => ({ args }) => {
  const picture = args.get(parameter);
  if (picture.kind !== 'tensor' || picture.shape.dims === undefined) return torchTensor({ shape: unknownShape });
  const dims = picture.shape.dims;
  return torchTensor({ shape: { dims: dims.length === 3 && dims[0] === 1 ? [3, ...dims.slice(1)] : dims }, dtype: picture.dtype });
};

const utilityMembers = (): Record<string, Value> => ({
  make_grid: nativeFunction('make_grid', 'tensor, nrow=8, padding=2, normalize=False, value_range=None, scale_each=False, pad_value=0.0', makeGrid),
  save_image: nativeFunction('save_image', 'tensor, fp, format=None, **kwargs', () => none),
  draw_bounding_boxes: nativeFunction('draw_bounding_boxes', 'image, boxes, labels=None, colors=None, fill=False, width=1, font=None, font_size=None, label_colors=None, label_background_colors=None, fill_labels=False', drawn('image')),
  draw_segmentation_masks: nativeFunction('draw_segmentation_masks', 'image, masks, alpha=0.8, colors=None', drawn('image')),
  draw_keypoints: nativeFunction('draw_keypoints', 'image, keypoints, connectivity=None, colors=None, radius=2, width=3, visibility=None', drawn('image')),
  flow_to_image: nativeFunction('flow_to_image', 'flow', ({ args }) => {
    const flow = args.get('flow');
    const dims = flow.kind === 'tensor' ? flow.shape.dims : undefined;
    return torchTensor({ shape: { dims: dims === undefined || dims.length < 3 ? undefined : dims.with(-3, 3) }, dtype: 'uint8', range: bytes });
  }),
  // What the library's own modules take from here.
  ...replayable({
    _log_api_usage_once: nativeFunction('_log_api_usage_once', 'obj', () => none),
    _make_ntuple: nativeFunction('_make_ntuple', 'x, n', (call) => {
      const [value, count] = [call.args.get('x'), call.args.number('n')];
      if (value.kind === 'tuple' || value.kind === 'list') return call.interpreter.call(call.interpreter.builtinClass('tuple'), argumentsOf([value]), call.place);
      return count === undefined ? unknown(undefined, 'tuple') : tuple(Array.from({ length: count }, () => value));
    }),
  }),
});

// ---- torchvision.tv_tensors.

const tvMembers = (): Record<string, Value> => ({
  TVTensor: tvTensorClass, ...tvClasses,
  BoundingBoxFormat: nativeClass({ name: 'BoundingBoxFormat', qualifiedName: 'torchvision.tv_tensors.BoundingBoxFormat', members: Object.fromEntries(['XYXY', 'XYWH', 'CXCYWH', 'XYWHR', 'CXCYWHR', 'XYXYXYXY'].map((name) => [name, str(name)])) }),
  wrap: nativeFunction('wrap', 'wrappee, *, like, **kwargs', ({ args }) => {
    const [value, like] = [args.get('wrappee'), args.get('like')];
    return value.kind === 'tensor' && like.kind === 'tensor' ? { ...value, cls: like.cls } : value;
  }),
  set_return_type: nativeFunction('set_return_type', 'return_type', () => unknown()),
  is_pure_tensor: nativeFunction('is_pure_tensor', 'inpt', () => unknown(undefined, 'bool')),
});

export const fileModules: Catalogue['modules'] = {
  'torchvision.io': ioMembers, 'torchvision.io.image': ioMembers, 'torchvision.utils': utilityMembers, 'torchvision.tv_tensors': tvMembers,
};
