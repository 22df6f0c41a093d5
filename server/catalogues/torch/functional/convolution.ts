// Convolutions and their transposes over one to three axes, for F.conv2d and the modules. Sources: PyTorch 2.13 documentation of Conv2d and
// ConvTranspose2d, aten/src/ATen/native/Convolution.cpp (check_shape_forward), torch/nn/modules/conv.py (_output_padding).
// It must not know modules.
import {
  addDims,
  compareDims,
  type Dim,
  dimEquals,
  divides,
  formatDim,
  maximumDims,
  multiplyDims,
  subtractDims,
  unknownDim,
} from '../../../tensors/dim.ts';
import { isFloating } from '../../../tensors/dtype.ts';
import { formatShape, unknownShape } from '../../../tensors/shape.ts';
import { torchConvSize, torchTransposedSize, windowExtent } from '../../../tensors/window.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { countMultiplyAdds } from '../../arrays/costs.ts';
import type { ArrayCall, ArrayContext, ArrayDeclarations } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { expectFloats, expectSize, expectVector, refuseShape } from './sizes.ts';
import { meetingWeights } from './types.ts';
import { axisSizes, refuseArgument, shown, sizeOrRefusal, spatialAxes } from './windows.ts';

export interface ConvolutionOperands {
  readonly input: TensorValue;
  readonly weight: TensorValue;
  readonly bias: TensorValue | undefined;
  /** Holds `stride`, `padding`, `dilation`, `groups`, for transposes `output_padding`. */
  readonly args: BoundArguments;
}

/** The kernel's sizes, where the weight has as many axes as it must; undefined otherwise, `wrong` after a refusal. */
function kernelOf(context: ArrayContext, weight: TensorValue, spatialCount: number): readonly Dim[] | 'wrong' | undefined {
  const { dims } = weight.shape;
  if (dims === undefined) return undefined;
  const empty = dims.length === spatialCount + 2 ? dims.findIndex((size, at) => size === 0 && at !== 1) : -1;
  if (empty >= 0) {
    refuseShape(
      context,
      message('{layer}: axis {axis} of the weight {shape} is empty', { layer: context.name, axis: empty, shape: formatShape(weight.shape) }),
      undefined,
      { rule: 'invalid-argument' },
    );
    return 'wrong';
  }
  if (dims.length === spatialCount + 2) return dims.slice(2);
  refuseShape(
    context,
    message('{layer} needs a weight of {expected} axes, got {shape}: a kernel has {count} sizes', {
      layer: context.name,
      expected: spatialCount + 2,
      shape: formatShape(weight.shape),
      count: spatialCount,
    }),
  );
  return 'wrong';
}

function groupsOf(context: ArrayContext, args: BoundArguments): Dim | undefined {
  const value = args.get('groups');
  const groups = dimFromValue(value);
  if (groups === undefined) return unknownDim();
  if (compareDims(groups, 1) !== -1) return groups;
  refuseArgument(
    context,
    args,
    'groups',
    message('{layer}: groups must be positive, got {value}', { layer: context.name, value: shown(context, value) }),
  );
  return undefined;
}

/** What both kinds need before their windows: the input among the weights, its axes, the groups. */
function begin(context: ArrayContext, spatialCount: number, { input: given, weight, bias, args }: ConvolutionOperands) {
  const input = meetingWeights(context, given, [weight, bias]);
  const nothing = torchTensor({ shape: unknownShape, dtype: input.dtype });
  const refused = { kind: 'refused', nothing } as const;
  if (weight.dtype !== undefined && isFloating(weight.dtype) && !expectFloats(context, input)) return refused;
  const kernel = kernelOf(context, weight, spatialCount);
  const axes = kernel === 'wrong' ? undefined : spatialAxes(context, input.shape, spatialCount);
  const groups = axes === undefined ? undefined : groupsOf(context, args);
  return axes === undefined || groups === undefined ? refused : ({ kind: 'begun', input, nothing, kernel, axes, groups } as const);
}

/** `F.conv2d(input, weight, bias, stride, padding, dilation, groups)`; `padding` may be 'same' or 'valid'. */
export function convolution(context: ArrayContext, spatialCount: number, operands: ConvolutionOperands): Value {
  const { weight, bias, args } = operands;
  const [outputs, perGroup] = weight.shape.dims ?? [];
  const begun = begin(context, spatialCount, operands);
  if (begun.kind === 'refused') return begun.nothing;
  const { input, nothing, kernel, axes, groups } = begun;
  const stride = axisSizes(context, args, 'stride', spatialCount, { minimum: 1 });
  const dilation = stride === undefined ? undefined : axisSizes(context, args, 'dilation', spatialCount, { minimum: 1 });
  const padding = stride === undefined || dilation === undefined ? undefined : paddingOf(context, args, spatialCount, stride);
  if (stride === undefined || dilation === undefined || padding === undefined) return nothing;
  const result = (spatial: readonly Dim[]): Value =>
    torchTensor({ shape: { dims: [...axes.batch, outputs ?? unknownDim(), ...spatial] }, dtype: input.dtype });
  if (kernel === undefined || kernel === 'wrong' || outputs === undefined || perGroup === undefined)
    return result(axes.spatial.map(() => unknownDim()));
  if (divides(groups, outputs) === false) {
    refuseShape(
      context,
      message('{layer}: {groups} groups do not divide the {outputs} outputs of its weight {shape}', {
        layer: context.name,
        groups: formatDim(groups),
        outputs: formatDim(outputs),
        shape: formatShape(weight.shape),
      }),
    );
  } else if (expectSize(context, multiplyDims(perGroup, groups), axes.channels, 'input channels', input.shape, 'in_channels'))
    expectVector(context, 'bias', bias, outputs);
  // Read as one picture it does not fit; a batch without channels was meant as likely.
  else if (axes.batch.length === 0) return nothing;
  const output = result(
    axes.spatial.map((size, at) => {
      const window = {
        kernel: kernel[at] ?? unknownDim(),
        stride: stride[at],
        dilation: dilation[at],
        padding: padding === 'same' ? padding : padding[at],
      };
      return sizeOrRefusal(context, input.shape, axes.firstAxis + at, torchConvSize(size, window));
    }),
  );
  countMultiplyAdds(context, output.kind === 'tensor' ? output.shape : undefined, ...(weight.shape.dims ?? [undefined]).slice(1));
  return output;
}

/** Undefined after a refusal. */
function paddingOf(context: ArrayContext, args: BoundArguments, spatialCount: number, stride: readonly Dim[]): readonly Dim[] | 'same' | undefined {
  const name = args.str('padding');
  if (name === undefined) return axisSizes(context, args, 'padding', spatialCount, { minimum: 0 });
  if (name === 'valid') return stride.map(() => 0);
  if (name !== 'same') {
    refuseArgument(
      context,
      args,
      'padding',
      message("{layer}: padding must be 'same', 'valid' or numbers, got {value}", {
        layer: context.name,
        value: shown(context, args.get('padding')),
      }),
    );
    return undefined;
  }
  if (!stride.some((step) => dimEquals(step, 1) === false)) return 'same';
  refuseArgument(
    context,
    args,
    'padding',
    message("{layer}: padding='same' needs a stride of 1, got {stride}", { layer: context.name, stride: stride.map(formatDim).join(', ') }),
  );
  return undefined;
}

/** `F.conv_transpose2d(…)`. `outputSize`: what a module's call asks for instead of `output_padding`. */
export function transposedConvolution(context: ArrayContext, spatialCount: number, operands: ConvolutionOperands, outputSize?: Value): Value {
  const { weight, bias, args } = operands;
  const [inputs, perGroup] = weight.shape.dims ?? [];
  const begun = begin(context, spatialCount, operands);
  if (begun.kind === 'refused') return begun.nothing;
  const { input, nothing, kernel, axes, groups } = begun;
  const stride = axisSizes(context, args, 'stride', spatialCount, { minimum: 1 });
  const padding = stride === undefined ? undefined : axisSizes(context, args, 'padding', spatialCount, { minimum: 0 });
  const dilation = padding === undefined ? undefined : axisSizes(context, args, 'dilation', spatialCount, { minimum: 0 });
  const extra = dilation === undefined ? undefined : axisSizes(context, args, 'output_padding', spatialCount, { minimum: 0 });
  if (stride === undefined || padding === undefined || dilation === undefined || extra === undefined) return nothing;
  const outputs = perGroup === undefined ? unknownDim() : multiplyDims(perGroup, groups);
  const result = (spatial: readonly Dim[]): Value => torchTensor({ shape: { dims: [...axes.batch, outputs, ...spatial] }, dtype: input.dtype });
  if (kernel === undefined || kernel === 'wrong' || inputs === undefined) return result(axes.spatial.map(() => unknownDim()));
  if (divides(groups, inputs) === false) {
    refuseShape(
      context,
      message('{layer}: {groups} groups do not divide the {inputs} inputs of its weight {shape}', {
        layer: context.name,
        groups: formatDim(groups),
        inputs: formatDim(inputs),
        shape: formatShape(weight.shape),
      }),
    );
  } else if (expectSize(context, inputs, axes.channels, 'input channels', input.shape, 'in_channels')) expectVector(context, 'bias', bias, outputs);
  else if (axes.batch.length === 0) return nothing;
  const asked =
    outputSize === undefined || outputSize.kind === 'none' ? undefined : askedSizes(context, outputSize, spatialCount, axes.batch.length + 1);
  if (asked === 'refused') return result(axes.spatial.map(() => unknownDim()));
  return result(
    axes.spatial.map((size, at) => {
      const window = { kernel: kernel[at] ?? unknownDim(), stride: stride[at], dilation: dilation[at], padding: padding[at] };
      const axis = axes.firstAxis + at;
      if (asked !== undefined) return reachable(context, size, asked[at] ?? unknownDim(), window, axis);
      const outputPadding = extra[at] ?? 0;
      const limit = maximumDims(stride[at] ?? 1, dilation[at] ?? 1);
      if ((compareDims(outputPadding, limit) ?? -1) >= 0) {
        refuseArgument(
          context,
          args,
          'output_padding',
          message('{layer}: output_padding must be smaller than stride or dilation, got {padding} for {limit}', {
            layer: context.name,
            padding: formatDim(outputPadding),
            limit: formatDim(limit),
          }),
        );
        return unknownDim();
      }
      const result = torchTransposedSize(size, { ...window, outputPadding });
      // An output without elements is given by some of PyTorch's kernels and refused by others.
      return !result.ok && result.reason.size === 0 ? 0 : sizeOrRefusal(context, input.shape, axis, result);
    }),
  );
}

/** The spatial sizes that `output_size=` asks for, with or without batch and channels; undefined where they are not known. */
function askedSizes(context: ArrayContext, value: Value, spatialCount: number, leading: number): readonly Dim[] | 'refused' | undefined {
  const sizes = sizesFromValue(context.interpreter, value);
  if (sizes === undefined) return Array.from({ length: spatialCount }, () => unknownDim());
  if (sizes.length === spatialCount + leading) return sizes.slice(leading);
  if (sizes.length === spatialCount) return sizes;
  refuseShape(
    context,
    message('{layer}: output_size needs {count} or {whole} sizes, got {value}', {
      layer: context.name,
      count: spatialCount,
      whole: spatialCount + leading,
      value: shown(context, value),
    }),
    undefined,
    { rule: 'invalid-argument', exception: 'ValueError' },
  );
  return 'refused';
}

/** The size asked for, if the transposed convolution can give it: it lies less than a stride above the least one. */
function reachable(
  context: ArrayContext,
  size: Dim,
  asked: Dim,
  window: { kernel: Dim; stride: Dim | undefined; dilation: Dim | undefined; padding: Dim | undefined },
  axis: number,
): Dim {
  const stride = window.stride ?? 1;
  const least = subtractDims(
    addDims(multiplyDims(subtractDims(size, 1), stride), windowExtent(window.kernel, window.dilation)),
    multiplyDims(2, window.padding ?? 0),
  );
  const most = addDims(least, subtractDims(stride, 1));
  if (compareDims(asked, least) !== -1 && compareDims(asked, most) !== 1) return asked;
  refuseShape(
    context,
    message('{layer}: output_size asks for {asked} along axis {axis}, but {least} to {most} can be had', {
      layer: context.name,
      asked: formatDim(asked),
      axis,
      least: formatDim(least),
      most: formatDim(most),
    }),
    undefined,
    { rule: 'invalid-argument', exception: 'ValueError' },
  );
  return unknownDim();
}

/** Multiply-adds of a convolution: each output element reads a kernel of the channels of its group; of a transpose: each input element writes one. */
export function convolutionCost(elements: Dim, weight: TensorValue | undefined): Dim | undefined {
  const dims = weight?.shape.dims;
  return dims === undefined ? undefined : multiplyDims(elements, ...dims.slice(1));
}

function operandsOf(call: ArrayCall): ConvolutionOperands | undefined {
  const [input, weight, bias] = ['input', 'weight', 'bias'].map((name) => (call.args.isNone(name) ? undefined : tensorOf(call, call.args.get(name))));
  return input === undefined || weight === undefined ? undefined : { input, weight, bias, args: call.args };
}

export const convolutionFunctions: ArrayDeclarations = Object.fromEntries(
  [1, 2, 3].flatMap((spatialCount): [string, ArrayDeclarations[string]][] => [
    [
      `conv${spatialCount}d`,
      [
        'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1',
        (call) => {
          const operands = operandsOf(call);
          return operands === undefined ? unknown() : convolution(call, spatialCount, operands);
        },
      ],
    ],
    [
      `conv_transpose${spatialCount}d`,
      [
        'input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1',
        (call) => {
          const operands = operandsOf(call);
          return operands === undefined ? unknown() : transposedConvolution(call, spatialCount, operands);
        },
      ],
    ],
  ]),
);
