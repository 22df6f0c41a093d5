// Pooling over one to three axes: maxima, averages, norms, to a given size, at random, and back. Sources: PyTorch 2.13 documentation of MaxPool2d,
// AdaptiveAvgPool2d, FractionalMaxPool2d, MaxUnpool2d; aten/src/ATen/native/Pool.h (pool2d_shape_check); torch/nn/functional.py. It must not know
// modules.
import {
  addDims,
  compareDims,
  type Dim,
  dimEquals,
  dimBounds,
  formatDim,
  isKnown,
  multiplyDims,
  subtractDims,
  unknownDim,
} from '../../../tensors/dim.ts';
import { averageRange, constantRange, rangeBetween, uniteRanges } from '../../../tensors/range.ts';
import { formatShape, shapesEqual, unknownShape } from '../../../tensors/shape.ts';
import { scaledSize, torchPoolSize, windowExtent } from '../../../tensors/window.ts';
import { type BoundArguments, withValues } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { tuple, unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import type { ArrayContext, ArrayDeclarations, ArrayOperation } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { expectFloats, refuseShape } from './sizes.ts';
import { axisSizes, refuseArgument, type SpatialAxes, shown, sizeOrRefusal, spatialAxes } from './windows.ts';

export type PoolKind = 'max' | 'average' | 'norm';
/** `args` are those of the function or, of the same names, those of the module. */
export type Pooling = (context: ArrayContext, input: TensorValue, args: BoundArguments) => Value;

/** Of unknown rank and size. */
function nothingOf(input: TensorValue): TensorValue {
  return torchTensor({ shape: unknownShape, dtype: input.dtype });
}

/** The values and, where they are asked for, where they came from: positions in the flattened axes. */
function withIndices(args: BoundArguments, values: TensorValue, spatial: readonly Dim[]): Value {
  const wanted = args.get('return_indices');
  if (wanted.kind === 'unknown') return unknown();
  if (wanted.kind !== 'bool' || !wanted.value) return values;
  const count = multiplyDims(...spatial);
  const indices = torchTensor({
    shape: values.shape,
    dtype: 'int64',
    range: rangeBetween(0, isKnown(count) ? Math.max(0, count - 1) : Number.POSITIVE_INFINITY, { integral: true }),
  });
  return tuple([values, indices]);
}

export function pooling(kind: PoolKind, spatialCount: number): Pooling {
  return (context, input, args) => {
    const axes = spatialAxes(context, input.shape, spatialCount);
    if (axes === undefined) return nothingOf(input);
    const kernel = axisSizes(context, args, 'kernel_size', spatialCount, { minimum: 1 });
    if (kernel === undefined) return nothingOf(input);
    const stride = axisSizes(context, args, 'stride', spatialCount, { minimum: 1, whenNone: kernel });
    const padding =
      stride === undefined ? undefined : kind === 'norm' ? kernel.map(() => 0) : axisSizes(context, args, 'padding', spatialCount, { minimum: 0 });
    const dilation =
      padding === undefined ? undefined : kind === 'max' ? axisSizes(context, args, 'dilation', spatialCount, { minimum: 1 }) : kernel.map(() => 1);
    if (stride === undefined || padding === undefined || dilation === undefined) return nothingOf(input);
    if (kind === 'norm' && spatialCount === 1 && args.get('kernel_size').kind !== 'int' && args.get('kernel_size').kind !== 'unknown') {
      refuseArgument(
        context,
        args,
        'kernel_size',
        message('{layer}: kernel_size must be a whole number, got {value}', { layer: context.name, value: shown(context, args.get('kernel_size')) }),
        'TypeError',
      );
      return nothingOf(input);
    }
    if (input.dtype === 'bool' && kind !== 'norm') {
      expectFloats(context, input);
      return nothingOf(input);
    }
    refuseEmptyInput(context, input, axes);
    // Averages over volumes alone need the input itself to hold the kernel.
    const short = kind !== 'max' && spatialCount === 3 ? axes.spatial.findIndex((size, at) => compareDims(size, kernel[at] ?? 1) === -1) : -1;
    if (short >= 0) {
      sizeOrRefusal(context, input.shape, axes.firstAxis + short, {
        ok: false,
        reason: { kind: 'empty', available: axes.spatial[short] ?? 0, extent: kernel[short] ?? 1, size: 0 },
      });
      return nothingOf(input);
    }
    const ceilMode = context.interpreter.truth(args.get('ceil_mode'), context.place);
    const spatial = axes.spatial.map((size, at): Dim => {
      const window = { kernel: kernel[at] ?? unknownDim(), stride: stride[at], dilation: dilation[at], padding: padding[at] };
      const extent = windowExtent(window.kernel, window.dilation);
      // Along one axis half of what a dilated window covers, else half of the kernel.
      if (compareDims(multiplyDims(2, window.padding ?? 0), spatialCount === 1 ? extent : window.kernel) === 1) {
        refuseArgument(
          context,
          args,
          'padding',
          message('{layer}: padding must be at most half of the window, got {padding} for {extent}', {
            layer: context.name,
            padding: formatDim(window.padding ?? 0),
            extent: formatDim(spatialCount === 1 ? extent : window.kernel),
          }),
        );
        return unknownDim();
      }
      if (ceilMode === undefined) return unknownDim();
      return sizeOrRefusal(context, input.shape, axes.firstAxis + at, torchPoolSize(size, { ...window, ceilMode }));
    });
    const shape = { dims: [...axes.batch, axes.channels, ...spatial] };
    if (kind === 'norm') return torchTensor({ shape, dtype: input.dtype });
    if (kind === 'max')
      return withIndices(
        args,
        torchTensor({ shape, dtype: input.dtype, range: input.range === undefined ? undefined : { ...input.range, attained: false } }),
        axes.spatial,
      );
    const isPadded = padding.some((amount) => amount !== 0);
    const range =
      input.range === undefined || args.get('divisor_override').kind !== 'none'
        ? undefined
        : averageRange(isPadded ? { ...uniteRanges(input.range, constantRange(0)), attained: false } : input.range);
    if (numberFromValue(args.get('divisor_override')) === 0)
      refuseArgument(context, args, 'divisor_override', message('{layer}: divisor_override must not be 0', { layer: context.name }));
    return torchTensor({ shape, dtype: input.dtype, range });
  };
}

/** Only the batch may be empty. */
function refuseEmptyInput(context: ArrayContext, input: TensorValue, axes: SpatialAxes): boolean {
  const at = [axes.channels, ...axes.spatial].findIndex((size) => dimEquals(size, 0) === true);
  if (at < 0) return false;
  refuseShape(
    context,
    message('{layer}: axis {axis} of the input {shape} is empty', {
      layer: context.name,
      axis: axes.firstAxis - 1 + at,
      shape: formatShape(input.shape),
    }),
    undefined,
    { rule: 'empty-output' },
  );
  return true;
}

/** The sizes that `output_size` names; None keeps the input's. Undefined after a refusal. */
function outputSizes(context: ArrayContext, args: BoundArguments, spatial: readonly Dim[], takesNone: boolean): readonly Dim[] | undefined {
  const value = args.get('output_size');
  const items = value.kind === 'tuple' || (value.kind === 'list' && !value.open) ? value.items : undefined;
  if (takesNone && items?.some((item) => item.kind === 'none') === true) {
    if (items.length === spatial.length)
      return items.map((item, at) => (item.kind === 'none' ? (spatial[at] ?? unknownDim()) : (dimFromValue(item) ?? unknownDim({ minimum: 0 }))));
  }
  return axisSizes(context, args, 'output_size', spatial.length, { minimum: 0, expands: false });
}

function isOne(value: Value, count: number): boolean {
  return value.kind === 'int'
    ? value.value === 1
    : (value.kind === 'tuple' || value.kind === 'list') &&
        value.items.length === count &&
        value.items.every((item) => item.kind === 'int' && item.value === 1);
}

export function adaptivePooling(kind: 'max' | 'average', spatialCount: number): Pooling {
  return (context, input, args) => {
    // A mean over the last axes is one, whatever stands in front of them.
    const { dims } = input.shape;
    if (
      kind === 'average' &&
      spatialCount > 1 &&
      dims !== undefined &&
      dims.length >= spatialCount &&
      isOne(args.get('output_size'), spatialCount) &&
      dims.length !== spatialCount + 1 &&
      dims.length !== spatialCount + 2
    ) {
      expectFloats(context, input);
      return torchTensor({
        shape: { dims: [...dims.slice(0, -spatialCount), ...Array.from({ length: spatialCount }, () => 1)] },
        dtype: input.dtype,
      });
    }
    const axes = spatialAxes(context, input.shape, spatialCount);
    if (axes === undefined) return nothingOf(input);
    const sizes = outputSizes(context, args, axes.spatial, spatialCount > 1);
    if (sizes === undefined || !expectFloats(context, input)) return nothingOf(input);
    refuseEmptyInput(context, input, axes);
    const shape = { dims: [...axes.batch, axes.channels, ...sizes] };
    if (kind === 'average')
      return torchTensor({ shape, dtype: input.dtype, range: input.range === undefined ? undefined : averageRange(input.range) });
    return withIndices(
      args,
      torchTensor({ shape, dtype: input.dtype, range: input.range === undefined ? undefined : { ...input.range, attained: false } }),
      axes.spatial,
    );
  };
}

/** Windows at random places: the output's size is given, or its ratio to the input. */
export function fractionalPooling(spatialCount: number): Pooling {
  return (context, input, args) => {
    const axes = spatialAxes(context, input.shape, spatialCount);
    if (axes === undefined) return nothingOf(input);
    const kernel = axisSizes(context, args, 'kernel_size', spatialCount, { minimum: 1, expands: false });
    if (kernel === undefined) return nothingOf(input);
    const size = args.get('output_size');
    const ratio = args.get('output_ratio');
    if (size.kind === 'none' && ratio.kind === 'none') {
      refuseArgument(context, args, 'output_size', message('{layer} needs output_size or output_ratio', { layer: context.name }), 'ValueError');
      return nothingOf(input);
    }
    let sizes: readonly Dim[] | undefined;
    if (size.kind !== 'none') sizes = axisSizes(context, args, 'output_size', spatialCount, { minimum: 0, expands: false });
    else {
      // In two dimensions alone the function does not spread one ratio over the axes.
      if (spatialCount === 2 && (ratio.kind === 'float' || ratio.kind === 'int')) {
        refuseArgument(
          context,
          args,
          'output_ratio',
          message('{layer}: output_ratio must be {count} numbers, got {value}', {
            layer: context.name,
            count: spatialCount,
            value: shown(context, ratio),
          }),
          'TypeError',
        );
        return nothingOf(input);
      }
      const factors = (ratio.kind === 'tuple' || ratio.kind === 'list' ? ratio.items : axes.spatial.map(() => ratio)).map((one) =>
        numberFromValue(one),
      );
      sizes = axes.spatial.map((one, at) => {
        const factor = factors[at];
        return factor === undefined ? unknownDim() : scaledSize(one, factor);
      });
    }
    if (sizes === undefined || !expectFloats(context, input)) return nothingOf(input);
    for (const [at, one] of sizes.entries()) {
      const needed = subtractDims(addDims(one, kernel[at] ?? 1), 1);
      const order = compareDims(needed, axes.spatial[at] ?? unknownDim());
      // Volumes must have one more than the windows need.
      if (order !== 1 && (order !== 0 || spatialCount < 3)) continue;
      refuseShape(
        context,
        message('{layer}: windows of {kernel} cannot give {size} along axis {axis}, which has {available} in {shape}', {
          layer: context.name,
          kernel: formatDim(kernel[at] ?? 1),
          size: formatDim(one),
          axis: axes.firstAxis + at,
          available: formatDim(axes.spatial[at] ?? 0),
          shape: formatShape(input.shape),
        }),
        undefined,
        { rule: 'empty-output' },
      );
      return nothingOf(input);
    }
    return withIndices(
      args,
      torchTensor({
        shape: { dims: [...axes.batch, axes.channels, ...sizes] },
        dtype: input.dtype,
        range: input.range === undefined ? undefined : { ...input.range, attained: false },
      }),
      axes.spatial,
    );
  };
}

/** The way back of a max pooling: zeros, and each maximum where it came from. */
export function unpooling(
  context: ArrayContext,
  spatialCount: number,
  input: TensorValue,
  indices: TensorValue | undefined,
  args: BoundArguments,
  outputSize: Value,
): Value {
  const axes = spatialAxes(context, input.shape, spatialCount);
  if (axes === undefined) return nothingOf(input);
  const kernel = axisSizes(context, args, 'kernel_size', spatialCount, { minimum: 0, expands: false });
  const stride =
    kernel === undefined
      ? undefined
      : axisSizes(context, args, 'stride', spatialCount, {
          minimum: spatialCount === 3 ? 1 : Number.NEGATIVE_INFINITY,
          expands: false,
          truncates: spatialCount < 3,
          whenNone: kernel,
        });
  const padding =
    stride === undefined ? undefined : axisSizes(context, args, 'padding', spatialCount, { minimum: 0, expands: false, truncates: spatialCount < 3 });
  if (kernel === undefined || stride === undefined || padding === undefined) return nothingOf(input);
  if (indices !== undefined && shapesEqual(indices.shape, input.shape) === false) {
    refuseShape(
      context,
      message('{layer}: the indices {indices} must have the shape of the input {shape}', {
        layer: context.name,
        indices: formatShape(indices.shape),
        shape: formatShape(input.shape),
      }),
    );
  } else if (indices?.dtype !== undefined && indices.dtype !== 'int64') {
    refuseShape(context, message('{layer}: the indices must be int64, got {type}', { layer: context.name, type: indices.dtype }), undefined, {
      rule: 'invalid-argument',
    });
  }
  const defaults = axes.spatial.map((size, at) =>
    subtractDims(addDims(multiplyDims(subtractDims(size, 1), stride[at] ?? 1), kernel[at] ?? 1), multiplyDims(2, padding[at] ?? 0)),
  );
  const sizes = outputSize.kind === 'none' ? defaults : askedSizes(context, args, outputSize, defaults, stride);
  if (sizes === undefined) return nothingOf(input);
  const range = input.range === undefined ? undefined : { ...uniteRanges(input.range, constantRange(0)), attained: false };
  const empty = sizes.findIndex((size) => dimBounds(size).high < 0);
  if (empty >= 0) {
    refuseShape(
      context,
      message('{layer} leaves nothing of axis {axis} of the input {shape}', {
        layer: context.name,
        axis: axes.firstAxis + empty,
        shape: formatShape(input.shape),
      }),
      undefined,
      { rule: 'empty-output' },
    );
  }
  return torchTensor({ shape: { dims: [...axes.batch, axes.channels, ...sizes] }, dtype: input.dtype, range });
}

/** `output_size=` of MaxUnpool: less than a stride away from what the windows give. */
function askedSizes(
  context: ArrayContext,
  args: BoundArguments,
  value: Value,
  defaults: readonly Dim[],
  stride: readonly Dim[],
): readonly Dim[] | undefined {
  const given = sizesFromValue(context.interpreter, value);
  if (given === undefined) return defaults.map(() => unknownDim());
  const sizes = given.length === defaults.length + 2 ? given.slice(2) : given;
  if (sizes.length !== defaults.length) {
    refuseArgument(
      context,
      args,
      'output_size',
      message('{layer}: output_size needs {count} or {whole} sizes, got {value}', {
        layer: context.name,
        count: defaults.length,
        whole: defaults.length + 2,
        value: shown(context, value),
      }),
      'ValueError',
    );
    return undefined;
  }
  for (const [at, size] of sizes.entries()) {
    const [usual, step] = [defaults[at] ?? unknownDim(), stride[at] ?? 1];
    const [low, high] = [subtractDims(usual, step), addDims(usual, step)];
    if ((compareDims(size, low) ?? 1) === 1 && (compareDims(size, high) ?? -1) === -1) continue;
    refuseArgument(
      context,
      args,
      'output_size',
      message('{layer}: output_size {size} must lie between {low} and {high}', {
        layer: context.name,
        size: formatDim(size),
        low: formatDim(addDims(low, 1)),
        high: formatDim(subtractDims(high, 1)),
      }),
      'ValueError',
    );
    return undefined;
  }
  return sizes;
}

function declared(rule: Pooling, overrides: Readonly<Record<string, Value>> = {}): ArrayOperation {
  return (call) => {
    const input = tensorOf(call, call.operand(0));
    const args = Object.keys(overrides).length === 0 ? call.args : withValues(call.args, (name) => overrides[name] ?? call.args.get(name));
    return input === undefined ? unknown() : rule(call, input, args);
  };
}

const withIndicesAlways: Readonly<Record<string, Value>> = { return_indices: { kind: 'bool', value: true } };

export const poolingFunctions: ArrayDeclarations = Object.fromEntries(
  [1, 2, 3].flatMap((count): [string, ArrayDeclarations[string]][] => {
    const max = 'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False';
    const fractional = 'input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None';
    return [
      [`max_pool${count}d`, [max, declared(pooling('max', count))]],
      [`max_pool${count}d_with_indices`, [max, declared(pooling('max', count), withIndicesAlways)]],
      [
        `avg_pool${count}d`,
        [
          `input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True${count === 1 ? '' : ', divisor_override=None'}`,
          declared(pooling('average', count)),
        ],
      ],
      [`lp_pool${count}d`, ['input, norm_type, kernel_size, stride=None, ceil_mode=False', declared(pooling('norm', count))]],
      [`adaptive_max_pool${count}d`, ['input, output_size, return_indices=False', declared(adaptivePooling('max', count))]],
      [
        `adaptive_max_pool${count}d_with_indices`,
        ['input, output_size, return_indices=False', declared(adaptivePooling('max', count), withIndicesAlways)],
      ],
      [`adaptive_avg_pool${count}d`, ['input, output_size', declared(adaptivePooling('average', count))]],
      [
        `max_unpool${count}d`,
        [
          'input, indices, kernel_size, stride=None, padding=0, output_size=None',
          (call) => {
            const [input, indices] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
            return input === undefined ? unknown() : unpooling(call, count, input, indices, call.args, call.args.get('output_size'));
          },
        ],
      ],
      ...(count === 1
        ? []
        : [
            [`fractional_max_pool${count}d`, [fractional, declared(fractionalPooling(count))]] as [string, ArrayDeclarations[string]],
            [`fractional_max_pool${count}d_with_indices`, [fractional, declared(fractionalPooling(count), withIndicesAlways)]] as [
              string,
              ArrayDeclarations[string],
            ],
          ]),
    ];
  }),
);
