// Moving elements between channels and space: pixel shuffle and its reverse, channel shuffle, patches as columns and back. Sources: PyTorch 2.13
// documentation of PixelShuffle, Unfold, Fold, ChannelShuffle; aten/src/ATen/native/im2col_shape_check.h. It must not know modules.
import { compareDims, type Dim, dimBounds, dimEquals, divides, floorDivideDims, formatDim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, unknownShape } from '../../../tensors/shape.ts';
import { torchConvSize } from '../../../tensors/window.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import type { ArrayContext, ArrayDeclarations, ArrayOperation } from '../../arrays/library.ts';
import { demandEqual } from '../equations.ts';
import { torchTensor } from '../library.ts';
import { refuseRank, refuseShape } from './sizes.ts';
import { axisSizes, refuseArgument, shown, sizeOrRefusal } from './windows.ts';

export type Rearrangement = (context: ArrayContext, input: TensorValue, args: BoundArguments) => Value;

function moved(input: TensorValue, dims: readonly Dim[] | undefined): TensorValue {
  return torchTensor({ shape: dims === undefined ? unknownShape : { dims }, dtype: input.dtype, range: input.range, origin: input.origin });
}

/** A positive whole number; undefined after a refusal. */
function factorOf(context: ArrayContext, args: BoundArguments, name: string): Dim | undefined {
  const value = args.get(name);
  const factor = dimFromValue(value);
  if (
    factor === undefined &&
    value.kind !== 'float' &&
    value.kind !== 'str' &&
    value.kind !== 'none' &&
    value.kind !== 'tuple' &&
    value.kind !== 'list'
  )
    return unknownDim();
  if (factor !== undefined && dimBounds(factor).high >= 1) return factor;
  refuseArgument(
    context,
    args,
    name,
    message('{layer}: {name} must be a positive whole number, got {value}', { layer: context.name, name, value: shown(context, value) }),
    factor === undefined ? 'TypeError' : 'RuntimeError',
  );
  return undefined;
}

/** (…, C·r², H, W) → (…, C, H·r, W·r) */
export const pixelShuffle: Rearrangement = (context, input, args) => {
  const { dims } = input.shape;
  const factor = factorOf(context, args, 'upscale_factor');
  if (dims === undefined || factor === undefined) return moved(input, undefined);
  if (dims.length < 3) {
    refuseRank(context, '(…, C·r², H, W)', input.shape);
    return moved(input, undefined);
  }
  const [channels, height, width] = dims.slice(-3) as [Dim, Dim, Dim];
  const area = multiplyDims(factor, factor);
  if (divides(area, channels) === false) {
    refuseShape(
      context,
      message('{layer} needs channels that are a multiple of {area}, got {channels}: the input is {shape}', {
        layer: context.name,
        area: formatDim(area),
        channels: formatDim(channels),
        shape: formatShape(input.shape),
      }),
    );
  }
  return moved(input, [...dims.slice(0, -3), floorDivideDims(channels, area), multiplyDims(height, factor), multiplyDims(width, factor)]);
};

/** (…, C, H·r, W·r) → (…, C·r², H, W) */
export const pixelUnshuffle: Rearrangement = (context, input, args) => {
  const { dims } = input.shape;
  const factor = factorOf(context, args, 'downscale_factor');
  if (dims === undefined || factor === undefined) return moved(input, undefined);
  if (dims.length < 3) {
    refuseRank(context, '(…, C, H·r, W·r)', input.shape);
    return moved(input, undefined);
  }
  const [channels, height, width] = dims.slice(-3) as [Dim, Dim, Dim];
  for (const size of [height, width]) {
    if (divides(factor, size) !== false) continue;
    refuseShape(
      context,
      message('{layer} needs a height and width that are multiples of {factor}: the input is {shape}', {
        layer: context.name,
        factor: formatDim(factor),
        shape: formatShape(input.shape),
      }),
    );
    break;
  }
  return moved(input, [
    ...dims.slice(0, -3),
    multiplyDims(channels, factor, factor),
    floorDivideDims(height, factor),
    floorDivideDims(width, factor),
  ]);
};

export const channelShuffle: Rearrangement = (context, input, args) => {
  const { dims } = input.shape;
  const groups = factorOf(context, args, 'groups');
  if (dims === undefined || groups === undefined) return moved(input, dims);
  if (dims.length < 3) refuseRank(context, '(N, C, …) of at least 3 axes', input.shape);
  else if (divides(groups, dims[1] ?? 1) === false) {
    refuseShape(
      context,
      message('{layer}: {groups} groups do not divide the {channels} channels of the input {shape}', {
        layer: context.name,
        groups: formatDim(groups),
        channels: formatDim(dims[1] ?? 1),
        shape: formatShape(input.shape),
      }),
    );
  }
  return moved(input, dims);
};

interface BlockArguments {
  readonly kernel: readonly Dim[];
  readonly dilation: readonly Dim[];
  readonly padding: readonly Dim[];
  readonly stride: readonly Dim[];
}

function blockArguments(context: ArrayContext, args: BoundArguments): BlockArguments | undefined {
  const kernel = axisSizes(context, args, 'kernel_size', 2, { minimum: 1 });
  const dilation = kernel === undefined ? undefined : axisSizes(context, args, 'dilation', 2, { minimum: 1 });
  const padding = dilation === undefined ? undefined : axisSizes(context, args, 'padding', 2, { minimum: 0 });
  const stride = padding === undefined ? undefined : axisSizes(context, args, 'stride', 2, { minimum: 1 });
  return kernel === undefined || dilation === undefined || padding === undefined || stride === undefined
    ? undefined
    : { kernel, dilation, padding, stride };
}

/** Patches as columns: (N, C, H, W) → (N, C·kh·kw, L), with or without the batch. */
export const unfold: Rearrangement = (context, input, args) => {
  const { dims } = input.shape;
  const blocks = blockArguments(context, args);
  if (dims === undefined || blocks === undefined) return moved(input, undefined);
  if (dims.length !== 3 && dims.length !== 4) {
    refuseRank(context, '(N, C, H, W) or (C, H, W)', input.shape);
    return moved(input, undefined);
  }
  const empty = dims.slice(-3).indexOf(0);
  if (empty >= 0) {
    refuseShape(
      context,
      message('{layer}: axis {axis} of the input {shape} is empty', {
        layer: context.name,
        axis: dims.length - 3 + empty,
        shape: formatShape(input.shape),
      }),
      undefined,
      { rule: 'empty-output' },
    );
    return moved(input, undefined);
  }
  const counts = [0, 1].map((at) =>
    sizeOrRefusal(context, input.shape, dims.length - 2 + at, torchConvSize(dims.at(at - 2) ?? unknownDim(), windowOf(blocks, at))),
  );
  return moved(input, [...dims.slice(0, -3), multiplyDims(dims.at(-3) ?? 1, ...blocks.kernel), multiplyDims(...counts)]);
};

function windowOf(blocks: BlockArguments, at: number): { kernel: Dim; dilation: Dim | undefined; padding: Dim | undefined; stride: Dim | undefined } {
  return { kernel: blocks.kernel[at] ?? 1, dilation: blocks.dilation[at], padding: blocks.padding[at], stride: blocks.stride[at] };
}

/** Columns summed into a picture: (N, C·kh·kw, L) → (N, C, H, W). */
export const fold: Rearrangement = (context, input, args) => {
  const { dims } = input.shape;
  const size = axisSizes(context, args, 'output_size', 2, { minimum: 1 });
  const blocks = size === undefined ? undefined : blockArguments(context, args);
  if (dims === undefined || size === undefined || blocks === undefined) return moved(input, undefined);
  if (dims.length !== 2 && dims.length !== 3) {
    refuseRank(context, '(N, C·kh·kw, L) or (C·kh·kw, L)', input.shape, args.isNone('input') ? undefined : 'RuntimeError');
    return moved(input, undefined);
  }
  const [rows, columns] = dims.slice(-2) as [Dim, Dim];
  const area = multiplyDims(...blocks.kernel);
  const result = torchTensor({ shape: { dims: [...dims.slice(0, -2), floorDivideDims(rows, area), ...size] }, dtype: input.dtype });
  if (divides(area, rows) === false) {
    refuseShape(
      context,
      message('{layer} needs a multiple of {area} rows, its kernel, got {rows}: the input is {shape}', {
        layer: context.name,
        area: formatDim(area),
        rows: formatDim(rows),
        shape: formatShape(input.shape),
      }),
    );
    return result;
  }
  const counts = [0, 1].map((at) => sizeOrRefusal(context, { dims: size }, at, torchConvSize(size[at] ?? unknownDim(), windowOf(blocks, at))));
  const expected = multiplyDims(...counts);
  if (dimEquals(expected, columns) === false && counts.every((count) => compareDims(count, 0) === 1)) {
    refuseShape(
      context,
      message('{layer}: an output of {size} has {expected} blocks, got {columns}: the input is {shape}', {
        layer: context.name,
        size: formatShape({ dims: size }),
        expected: formatDim(expected),
        columns: formatDim(columns),
        shape: formatShape(input.shape),
      }),
    );
  } else demandEqual(context.interpreter, columns, expected, context.layer);
  return result;
};

function declared(rule: Rearrangement): ArrayOperation {
  return (call) => {
    const input = tensorOf(call, call.operand(0));
    return input === undefined ? unknown() : rule(call, input, call.args);
  };
}

export const reshapingFunctions: ArrayDeclarations = {
  pixel_shuffle: ['input, upscale_factor', declared(pixelShuffle)],
  pixel_unshuffle: ['input, downscale_factor', declared(pixelUnshuffle)],
  channel_shuffle: ['input, groups', declared(channelShuffle)],
  native_channel_shuffle: ['input, groups', declared(channelShuffle)],
  unfold: ['input, kernel_size, dilation=1, padding=0, stride=1', declared(unfold)],
  fold: ['input, output_size, kernel_size, dilation=1, padding=0, stride=1', declared(fold)],
};
