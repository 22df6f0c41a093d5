// torchvision.ops: boxes, their overlaps, and what reads features under boxes. An installed torchvision is read from its source; its compiled
// operators stand here all the same. Source: torchvision 0.29. It must not know models.
import { type Dim, dimEquals, formatDim, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { formatShape, shapeOf } from '../../tensors/shape.ts';
import { nativeFunction } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { convolution } from '../torch/functional/convolution.ts';
import { torchContext, torchTensor } from '../torch/library.ts';
import { declareModule } from '../torch/module-class.ts';
import { optionalBias, sizeArgument } from '../torch/modules/arguments.ts';
import { layerNorm2d, permuteClass } from './models/published.ts';
import { cropSize } from './transforms/sizes.ts';

const tensorOf = (value: Value): TensorValue | undefined => (value.kind === 'tensor' ? value : undefined);
const countOf = (value: Value): Dim => tensorOf(value)?.shape.dims?.[0] ?? unknownDim();

/** Positions of the boxes that are kept. */
function kept(boxes: Value): Value {
  const count = tensorOf(boxes)?.shape.dims?.[0];
  return torchTensor({ shape: shapeOf(unknownDim()), dtype: 'int64', range: rangeBetween(0, typeof count === 'number' ? Math.max(0, count - 1) : Number.POSITIVE_INFINITY, { integral: true }) });
}

/** Boxes have four numbers each. */
function checkBoxes(call: NativeCall, name: string, boxes: Value): void {
  const dims = tensorOf(boxes)?.shape.dims;
  const width = dims?.at(-1);
  if (dims === undefined || (dims.length === 2 && (width === undefined || dimEquals(width, 4) !== false))) return;
  call.interpreter.refuse({
    rule: 'shape-mismatch', exception: 'RuntimeError', place: call.place,
    message: message('{function} takes boxes of shape (count, 4), got {shape}', { function: name, shape: formatShape({ dims }) }),
  });
}

type Give = (call: NativeCall) => Value;
const operation = (name: string, signature: string, give: Give): [string, Value] => [name, nativeFunction(name, signature, give)];
const same = (parameter: string): Give => ({ args }) => { const tensor = tensorOf(args.get(parameter)); return tensor === undefined ? unknown() : torchTensor({ shape: tensor.shape, dtype: tensor.dtype }); };
const pairwise: Give = ({ args }) => torchTensor({ shape: shapeOf(countOf(args.get('boxes1')), countOf(args.get('boxes2'))), dtype: 'float32' });

/** A loss for each box, or one number. */
function reduced(args: BoundArguments, shape: readonly Dim[] | undefined): Value {
  const reduction = args.str('reduction');
  if (reduction === 'mean' || reduction === 'sum') return torchTensor({ shape: shapeOf(), dtype: 'float32' });
  return torchTensor({ shape: { dims: reduction === 'none' ? shape : undefined }, dtype: 'float32' });
}
const boxLoss: Give = ({ args }) => reduced(args, tensorOf(args.get('boxes1'))?.shape.dims?.slice(0, -1));

const boxFunctions: Record<string, Value> = Object.fromEntries([
  operation('nms', 'boxes, scores, iou_threshold', (call) => { checkBoxes(call, 'nms', call.args.get('boxes')); return kept(call.args.get('boxes')); }),
  operation('batched_nms', 'boxes, scores, idxs, iou_threshold', (call) => { checkBoxes(call, 'batched_nms', call.args.get('boxes')); return kept(call.args.get('boxes')); }),
  operation('remove_small_boxes', 'boxes, min_size', ({ args }) => kept(args.get('boxes'))),
  operation('clip_boxes_to_image', 'boxes, size', same('boxes')),
  operation('box_convert', 'boxes, in_fmt, out_fmt', ({ args }) => {
    const tensor = tensorOf(args.get('boxes'));
    const widths: Readonly<Record<string, number>> = { xyxy: 4, xywh: 4, cxcywh: 4, xywhr: 5, cxcywhr: 5, xyxyxyxy: 8 };
    const width = widths[args.str('out_fmt') ?? ''];
    const dims = tensor?.shape.dims;
    return torchTensor({ shape: { dims: dims === undefined ? undefined : [...dims.slice(0, -1), width ?? unknownDim()] }, dtype: tensor?.dtype });
  }),
  operation('box_area', "boxes, fmt='xyxy'", ({ args }) => { const tensor = tensorOf(args.get('boxes')); return torchTensor({ shape: { dims: tensor?.shape.dims?.slice(0, -1) }, dtype: tensor?.dtype }); }),
  operation('box_iou', "boxes1, boxes2, fmt='xyxy'", pairwise), operation('generalized_box_iou', 'boxes1, boxes2', pairwise),
  operation('complete_box_iou', 'boxes1, boxes2, eps=1e-07', pairwise), operation('distance_box_iou', 'boxes1, boxes2, eps=1e-07', pairwise),
  operation('masks_to_boxes', 'masks', ({ args }) => torchTensor({ shape: shapeOf(countOf(args.get('masks')), 4), dtype: 'float32' })),
]);

const lossFunctions: Record<string, Value> = Object.fromEntries([
  operation('generalized_box_iou_loss', "boxes1, boxes2, reduction='none', eps=1e-07", boxLoss),
  operation('complete_box_iou_loss', "boxes1, boxes2, reduction='none', eps=1e-07", boxLoss),
  operation('distance_box_iou_loss', "boxes1, boxes2, reduction='none', eps=1e-07", boxLoss),
  operation('sigmoid_focal_loss', "inputs, targets, alpha=0.25, gamma=2, reduction='none'", ({ args }) => reduced(args, tensorOf(args.get('inputs'))?.shape.dims)),
]);

// ---- Features under boxes.

/** How many boxes there are: rows of one tensor, or of one for each picture. */
function boxCount(boxes: Value): Dim {
  if (boxes.kind === 'tensor') return countOf(boxes);
  if ((boxes.kind === 'list' && !boxes.open) || boxes.kind === 'tuple') {
    const counts = boxes.items.map(countOf);
    return counts.every((count) => typeof count === 'number') ? counts.reduce((sum: number, count) => sum + Number(count), 0) : unknownDim();
  }
  return unknownDim();
}

/** (boxes, channels, height, width) of the output's size; position-sensitive ones share their channels out over the cells. */
function pooled(call: { readonly interpreter: Interpreter; readonly place: Place }, name: string, input: Value, boxes: Value, outputSize: Value, isSensitive: boolean): Value {
  const [height, width] = cropSize(outputSize);
  const tensor = tensorOf(input);
  const dims = tensor?.shape.dims;
  if (dims !== undefined && dims.length !== 4) {
    return call.interpreter.refuse({ rule: 'shape-mismatch', exception: 'RuntimeError', place: call.place, message: message('{function} takes features of shape (batch, channels, height, width), got {shape}', { function: name, shape: formatShape({ dims }) }) }, unknown());
  }
  const channels = dims?.[1];
  let out: Dim = channels ?? unknownDim();
  if (isSensitive) {
    const cells = typeof height === 'number' && typeof width === 'number' ? height * width : undefined;
    out = typeof channels === 'number' && cells !== undefined && cells > 0 ? Math.floor(channels / cells) : unknownDim();
    if (typeof channels === 'number' && cells !== undefined && channels % cells !== 0) {
      return call.interpreter.refuse({ rule: 'shape-mismatch', exception: 'RuntimeError', place: call.place, message: message('{function}: {channels} channels cannot be shared out over {cells} cells', { function: name, channels: formatDim(channels), cells }) }, unknown());
    }
  }
  return torchTensor({ shape: shapeOf(boxCount(boxes), out, height, width), dtype: tensor?.dtype });
}

const regions = [
  ['roi_align', 'RoIAlign', 'spatial_scale=1.0, sampling_ratio=-1, aligned=False', 'output_size, spatial_scale, sampling_ratio, aligned=False', false],
  ['roi_pool', 'RoIPool', 'spatial_scale=1.0', 'output_size, spatial_scale', false],
  ['ps_roi_align', 'PSRoIAlign', 'spatial_scale=1.0, sampling_ratio=-1', 'output_size, spatial_scale, sampling_ratio', true],
  ['ps_roi_pool', 'PSRoIPool', 'spatial_scale=1.0', 'output_size, spatial_scale', true],
] as const;

function regionMembers(): Record<string, Record<string, Value>> {
  return Object.fromEntries(regions.map(([name, className, rest, signature, isSensitive]) => [name, {
    [name]: nativeFunction(name, `input, boxes, output_size, ${rest}`, (call) => pooled(call, name, call.args.get('input'), call.args.get('boxes'), call.args.get('output_size'), isSensitive)),
    [className]: declareModule({
      name: className, signature, callSignature: 'input, rois',
      output: ({ interpreter, context, input, callArgs, args }) => pooled({ interpreter, place: context.place }, context.name, input, callArgs.get('rois'), args.get('output_size'), isSensitive),
    }),
  }]));
}

const deformable = {
  deform_conv2d: nativeFunction('deform_conv2d', 'input, offset, weight, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1), mask=None', ({ args, interpreter, place }) => {
    const [input, weight] = [tensorOf(args.get('input')), tensorOf(args.get('weight'))];
    return input === undefined || weight === undefined ? unknown()
      : convolution(torchContext(interpreter, place, 'deform_conv2d'), 2, { input, weight, bias: undefined, args });
  }),
  DeformConv2d: declareModule({
    name: 'DeformConv2d', signature: 'in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True', callSignature: 'input, offset, mask=None',
    parameters: (construction) => {
      const [inChannels, outChannels] = [sizeArgument(construction, 'in_channels'), sizeArgument(construction, 'out_channels')];
      const groups = construction.args.number('groups');
      const perGroup = typeof inChannels === 'number' && groups !== undefined && groups > 0 ? inChannels / groups : groups === 1 ? inChannels : unknownDim();
      const [height, width] = cropSize(construction.args.get('kernel_size'));
      return [{ name: 'weight', shape: shapeOf(outChannels, perGroup, height, width) }, optionalBias(construction, outChannels)];
    },
    output: ({ tensor, parameter, context, args }) => {
      const weight = parameter('weight');
      return tensor === undefined || weight === undefined ? unknown()
        : convolution(context, 2, { input: tensor, weight, bias: parameter('bias'), args });
    },
  }),
};

const identities: Record<string, Value> = {
  stochastic_depth: nativeFunction('stochastic_depth', 'input, p, mode, training=True', same('input')),
  drop_block2d: nativeFunction('drop_block2d', 'input, p, block_size, inplace=False, eps=1e-06, training=True', same('input')),
  drop_block3d: nativeFunction('drop_block3d', 'input, p, block_size, inplace=False, eps=1e-06, training=True', same('input')),
  StochasticDepth: declareModule({ name: 'StochasticDepth', signature: 'p, mode', output: ({ tensor, result }) => (tensor === undefined ? unknown() : result(tensor.shape)) }),
  DropBlock2d: declareModule({ name: 'DropBlock2d', signature: 'p, block_size, inplace=False, eps=1e-06', output: ({ tensor, result }) => (tensor === undefined ? unknown() : result(tensor.shape)) }),
  FrozenBatchNorm2d: declareModule({
    name: 'FrozenBatchNorm2d', signature: 'num_features, eps=1e-05', callSignature: 'x',
    parameters: (construction) => ['weight', 'bias', 'running_mean', 'running_var'].map((name) => ({ name, shape: shapeOf(sizeArgument(construction, 'num_features')), isBuffer: true })),
    output: ({ tensor, result }) => (tensor === undefined ? unknown() : result(tensor.shape)),
  }),
  Permute: permuteClass, LayerNorm2d: layerNorm2d,
};

const regionModules = regionMembers();
/** Compiled operators: the source says nothing of their shapes. */
export const operatorModules: Catalogue['modules'] = {
  'torchvision.ops.boxes': () => ({ ...boxFunctions }),
  'torchvision.ops.deform_conv': () => ({ ...deformable }),
  ...Object.fromEntries(Object.entries(regionModules).map(([name, members]) => [`torchvision.ops.${name}`, () => ({ ...members })])),
};
/** Where the library is not installed. */
export const operatorStandIns: Catalogue['modules'] = {
  'torchvision.ops': () => ({ ...boxFunctions, ...lossFunctions, ...deformable, ...Object.assign({}, ...Object.values(regionModules)) as Record<string, Value>, ...identities }),
};
