// Sliding windows over the spatial axes of a batch, for convolutions and pooling: sizes, and the refusal of windows that leave nothing.
// It must not know any single layer.
import { type Dim, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, type Shape } from '../../../tensors/shape.ts';
import { type KerasPadding, kerasWindowSize, type WindowResult } from '../../../tensors/window.ts';
import { message, type Template } from '../../../values/place.ts';
import type { Construction, LayerBuild, LayerInvocation } from '../layer-declaration.ts';
import { dataFormatOf, imageAxes, sizesOf } from './arguments.ts';

/** `padding` as Keras reads it; undefined when it is not known or wrong. */
export function paddingOf(construction: Construction): KerasPadding | undefined {
  const name = construction.args.str('padding')?.toLowerCase();
  return name === 'valid' || name === 'same' || name === 'causal' ? name : undefined;
}

/** The axis of the channels, counted as Keras does; undefined when the data format is not known. */
export function channelAxis(construction: Construction): number | undefined {
  const format = dataFormatOf(construction);
  return format === undefined ? undefined : format === 'channels_last' ? -1 : 1;
}

/** The input with its spatial axes and its channels mapped. `channels` undefined keeps them. */
export function mapSpatialAxes(
  invocation: LayerBuild,
  shape: Shape,
  spatialCount: number,
  channels: Dim | undefined,
  map: (size: Dim, index: number, axis: number) => Dim,
): Shape {
  const format = dataFormatOf(invocation);
  if (format === undefined) return { dims: [shape.dims?.[0] ?? unknownDim(), ...Array.from({ length: spatialCount + 1 }, () => unknownDim())] };
  const { channel, spatial } = imageAxes(format, spatialCount);
  const dims = shape.dims?.length === spatialCount + 2 ? shape.dims : undefined;
  const size = (axis: number): Dim => dims?.[axis] ?? unknownDim();
  return {
    dims: Array.from({ length: spatialCount + 2 }, (_, axis) => {
      if (axis === channel) return channels ?? size(axis);
      const index = spatial.indexOf(axis);
      return index < 0 ? size(axis) : map(size(axis), index, axis);
    }),
  };
}

const emptyWindow: Template = '{layer} leaves nothing of the input: its window covers {extent} along axis {axis}, which has {available} in {shape}';

/** The size that a result says; an empty one is refused and becomes unknown. */
export function sizeOrRefusal(invocation: LayerBuild, shape: Shape, axis: number, result: WindowResult, template: Template = emptyWindow): Dim {
  if (result.ok) return result.size;
  const values = {
    layer: invocation.layer.name,
    extent: formatDim(result.reason.extent),
    available: formatDim(result.reason.available),
    axis,
    shape: formatShape(shape),
  };
  invocation.refuse(message(template, values), { rule: 'empty-output' });
  return unknownDim();
}

export interface WindowArguments {
  /** `kernel_size` or `pool_size`. */
  readonly kernel: string;
  /** `undefined`: the strides are the kernel's size. */
  readonly strides: readonly Dim[];
}

/** What is left after windows have run over all spatial axes; `channels` undefined keeps them. */
export function windowedShape(
  invocation: LayerInvocation,
  shape: Shape,
  spatialCount: number,
  channels: Dim | undefined,
  window: WindowArguments,
): Shape {
  const padding = paddingOf(invocation);
  const kernel = sizesOf(invocation.args, window.kernel, spatialCount);
  const dilation = invocation.args.isNone('dilation_rate') ? undefined : sizesOf(invocation.args, 'dilation_rate', spatialCount);
  let refused = false;
  return mapSpatialAxes(invocation, shape, spatialCount, channels, (size, index, axis) => {
    if (padding === undefined) return unknownDim();
    const result = kerasWindowSize(size, {
      kernel: kernel[index] ?? unknownDim(),
      stride: window.strides[index],
      dilation: dilation?.[index],
      padding,
    });
    if (refused && !result.ok) return unknownDim();
    refused ||= !result.ok;
    return sizeOrRefusal(invocation, shape, axis, result);
  });
}
