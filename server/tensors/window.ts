// What sliding windows leave of an axis: convolutions, pooling, their transposes, padding, cropping and scaling, one axis at a time.
// Sizes are symbolic or known; a result that is certainly empty is refused. It must not know layers, channels or messages.
//
// Sources: Keras 3.15 keras/src/ops/operation_utils.py (compute_conv_output_shape, compute_pooling_output_shape) and
// keras/src/backend/common/backend_utils.py (_get_output_shape_given_tf_padding); PyTorch 2.13 documentation of Conv2d, ConvTranspose2d,
// MaxPool2d, MaxUnpool2d ("Shape"), and for ceil_mode aten/src/ATen/native/Pool.h (pooling_output_shape).
import { addDims, ceilDivideDims, type Dim, dimBounds, floorDivideDims, isKnown, maximumDims, minimumDims, moduloDims, multiplyDims, subtractDims, unknownDim } from './dim.ts';

export type WindowResult =
  | { readonly ok: true; readonly size: Dim }
  /** `size` is what the formula gives, 0 or less; `extent` what the window covers at once, `available` the axis with its padding. */
  | { readonly ok: false; readonly reason: { readonly kind: 'empty'; readonly available: Dim; readonly extent: Dim; readonly size: Dim } };

export type KerasPadding = 'valid' | 'same' | 'causal';

export interface KerasWindow {
  readonly kernel: Dim;
  readonly stride?: Dim | undefined;
  readonly dilation?: Dim | undefined;
  readonly padding: KerasPadding;
}

export interface TorchWindow {
  readonly kernel: Dim;
  readonly stride?: Dim | undefined;
  readonly dilation?: Dim | undefined;
  /** On each side. 'same' needs stride 1. */
  readonly padding?: Dim | 'same' | 'valid' | undefined;
  /** Pooling only. */
  readonly ceilMode?: boolean | undefined;
}

export interface TransposedWindow<Padding> {
  readonly kernel: Dim;
  readonly stride?: Dim | undefined;
  readonly dilation?: Dim | undefined;
  readonly padding?: Padding | undefined;
  readonly outputPadding?: Dim | undefined;
}

/** What a dilated kernel covers. */
export function windowExtent(kernel: Dim, dilation: Dim = 1): Dim {
  return addDims(multiplyDims(subtractDims(kernel, 1), dilation), 1);
}

/** Keras' and tf.nn's convolutions and pooling. */
export function kerasWindowSize(size: Dim, window: KerasWindow): WindowResult {
  const stride = window.stride ?? 1;
  if (window.padding !== 'valid') return { ok: true, size: ceilDivideDims(size, stride) };
  const extent = windowExtent(window.kernel, window.dilation);
  return unlessEmpty(addDims(floorDivideDims(subtractDims(size, extent), stride), 1), size, extent);
}

/** Keras' Conv1DTranspose to Conv3DTranspose. Keras refuses no size here, not even 0. */
export function kerasTransposedSize(size: Dim, window: TransposedWindow<'valid' | 'same'>): WindowResult {
  const stride = window.stride ?? 1;
  const extent = windowExtent(window.kernel, window.dilation);
  const spread = multiplyDims(subtractDims(size, 1), stride);
  if ((window.padding ?? 'valid') === 'valid') {
    const extra = window.outputPadding ?? subtractDims(maximumDims(extent, stride), extent);
    return { ok: true, size: addDims(spread, extent, extra) };
  }
  if (window.outputPadding === undefined) return { ok: true, size: multiplyDims(size, stride) };
  return { ok: true, size: addDims(spread, moduloDims(extent, 2), window.outputPadding) };
}

/** torch.nn.Conv1d to Conv3d, and Unfold for each axis. */
export function torchConvSize(size: Dim, window: TorchWindow): WindowResult {
  if (window.padding === 'same') return { ok: true, size };
  const { available, extent, stride } = torchWindow(size, window);
  return unlessEmpty(addDims(floorDivideDims(subtractDims(available, extent), stride), 1), available, extent);
}

/** torch.nn.MaxPool, AvgPool, LPPool. The stride is the kernel's size unless given. */
export function torchPoolSize(size: Dim, window: TorchWindow): WindowResult {
  if (window.ceilMode !== true) return torchConvSize(size, { ...window, stride: window.stride ?? window.kernel });
  const { available, extent, stride, padding } = torchWindow(size, { ...window, stride: window.stride ?? window.kernel });
  const rounded = addDims(ceilDivideDims(subtractDims(available, extent), stride), 1);
  // A last window that would start in the right-hand padding is left out.
  return unlessEmpty(minimumDims(rounded, ceilDivideDims(addDims(size, padding), stride)), available, extent);
}

/** torch.nn.ConvTranspose1d to ConvTranspose3d, and MaxUnpool with dilation 1. */
export function torchTransposedSize(size: Dim, window: TransposedWindow<Dim>): WindowResult {
  const extent = windowExtent(window.kernel, window.dilation);
  const grown = addDims(multiplyDims(subtractDims(size, 1), window.stride ?? 1), extent, window.outputPadding ?? 0);
  return unlessEmpty(subtractDims(grown, multiplyDims(2, window.padding ?? 0)), size, extent);
}

/** Zero padding; negative amounts crop, as in torch.nn.functional.pad. */
export function paddedSize(size: Dim, before: Dim, after: Dim): WindowResult {
  const padded = addDims(size, before, after);
  return dimBounds(padded).high < 0 ? empty(padded, size, 0) : { ok: true, size: padded };
}

/** Keras refuses a cropping that leaves nothing. */
export function croppedSize(size: Dim, before: Dim, after: Dim): WindowResult {
  const cropped = addDims(before, after);
  return unlessEmpty(subtractDims(size, cropped), size, cropped);
}

/** `floor(size * factor)`, as torch.nn.Upsample and F.interpolate compute it from a scale factor. */
export function scaledSize(size: Dim, factor: number): Dim {
  if (!Number.isFinite(factor) || factor < 0) return unknownDim();
  if (Number.isInteger(factor)) return multiplyDims(size, factor);
  if (isKnown(size)) return Math.floor(size * factor);
  const inverse = 1 / factor;
  return Number.isInteger(inverse) ? floorDivideDims(size, inverse) : Number.isInteger(2 * factor) ? floorDivideDims(multiplyDims(size, 2 * factor), 2) : unknownDim();
}

function torchWindow(size: Dim, window: TorchWindow): { available: Dim; extent: Dim; stride: Dim; padding: Dim } {
  const padding = window.padding === undefined || window.padding === 'valid' || window.padding === 'same' ? 0 : window.padding;
  return {
    padding,
    available: addDims(size, multiplyDims(2, padding)),
    extent: windowExtent(window.kernel, window.dilation),
    stride: window.stride ?? 1,
  };
}

function unlessEmpty(size: Dim, available: Dim, extent: Dim): WindowResult {
  return dimBounds(size).high <= 0 ? empty(size, available, extent) : { ok: true, size };
}

function empty(size: Dim, available: Dim, extent: Dim): WindowResult {
  return { ok: false, reason: { kind: 'empty', available, extent, size } };
}
