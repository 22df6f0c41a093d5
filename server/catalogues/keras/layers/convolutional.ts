// Conv1D to Conv3D, their transposes, depthwise and separable convolutions: one declaration made for each number of spatial axes.
// It must not know how layers become classes.
import { compareDims, type Dim, dimEquals, divides, floorDivideDims, formatDim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, shapeOf } from '../../../tensors/shape.ts';
import { kerasTransposedSize } from '../../../tensors/window.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import type { LayerBuild, LayerDeclaration, LayerInvocation, WeightDeclaration } from '../layer-declaration.ts';
import { integersOf, sizeOf, sizesOf } from './arguments.ts';
import { withAdapters } from './dense.ts';
import { activationRange } from './identifiers.ts';
import { biasWeight, builtSize, definedSize, fromTensor, knownProduct, refusesOtherSize, sampleElements, timesOutput } from './outputs.ts';
import {
  activations,
  type Check,
  checks,
  dataFormat,
  groupsDivideFilters,
  identifiers,
  integerTuple,
  notBothStridedAndDilated,
  paddingName,
  positiveInteger,
  refuseArgument,
  shown,
} from './refusals.ts';
import { channelAxis, mapSpatialAxes, paddingOf, windowedShape } from './windows.ts';

/** A default for each spatial axis, as the framework writes it. */
function ones(spatialCount: number): string {
  return spatialCount === 1 ? '1' : `(${Array.from({ length: spatialCount }, () => '1').join(', ')})`;
}

const weightArguments =
  "activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, " +
  'activity_regularizer=None, kernel_constraint=None, bias_constraint=None, **kwargs';
const depthwiseArguments =
  "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', bias_initializer='zeros', depthwise_regularizer=None, bias_regularizer=None, " +
  'activity_regularizer=None, depthwise_constraint=None, bias_constraint=None, **kwargs';
const separableArguments =
  "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', pointwise_initializer='glorot_uniform', bias_initializer='zeros', " +
  'depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, ' +
  'bias_constraint=None, **kwargs';

function channelsOf(build: LayerBuild): Dim {
  const axis = channelAxis(build);
  return axis === undefined ? unknownDim() : definedSize(build, axis);
}

/** The input's channels where the weights are already made: a second call must bring as many as the first. */
function refusesOtherChannels(invocation: LayerInvocation, built: Dim | undefined): void {
  const axis = channelAxis(invocation);
  if (axis !== undefined) refusesOtherSize(invocation, axis, built);
}

function convolved(invocation: LayerInvocation, tensor: TensorValue, spatialCount: number, channels: Dim): Value {
  const shape = windowedShape(invocation, tensor.shape, spatialCount, channels, {
    kernel: 'kernel_size',
    strides: sizesOf(invocation.args, 'strides', spatialCount),
  });
  return invocation.result(shape, { range: activationRange(invocation.args.get('activation'), undefined) });
}

function kernelArea(build: LayerBuild, spatialCount: number): readonly Dim[] {
  return sizesOf(build.args, 'kernel_size', spatialCount);
}

/** The groups must divide the channels; Keras floors what is left to divide. */
function groupedChannels(build: LayerBuild): Dim {
  const [channels, groups] = [channelsOf(build), sizeOf(build.args, 'groups')];
  if (divides(groups, channels) === false) {
    build.refuse(
      message('{layer}: {groups} groups do not divide the {channels} channels of the input {shape}', {
        layer: build.layer.name,
        groups: formatDim(groups),
        channels: formatDim(channels),
        shape: formatShape(build.inputShape),
      }),
      { rule: 'shape-mismatch', argument: 'groups' },
    );
  }
  return dimEquals(groups, 1) === true ? channels : floorDivideDims(channels, groups);
}

function convolution(spatialCount: number): LayerDeclaration {
  const name = `Conv${spatialCount}D`;
  return {
    name,
    aliases: [`Convolution${spatialCount}D`],
    signature: `filters, kernel_size, strides=${ones(spatialCount)}, padding='valid', data_format=None, dilation_rate=${ones(spatialCount)}, groups=1, ${weightArguments}`,
    extraKeywords: ['lora_rank', 'lora_alpha'],
    inputRank: spatialCount + 2,
    check: checks(
      positiveInteger('filters'),
      integerTuple('kernel_size', spatialCount),
      integerTuple('strides', spatialCount),
      integerTuple('dilation_rate', spatialCount),
      paddingName({ causal: spatialCount === 1 }),
      dataFormat,
      activations,
      identifiers,
      positiveInteger('groups'),
      groupsDivideFilters,
      notBothStridedAndDilated(spatialCount),
    ),
    weights: (build) => {
      const filters = sizeOf(build.args, 'filters');
      return withAdapters(
        build,
        'kernel',
        { name: 'kernel', shape: shapeOf(...kernelArea(build, spatialCount), groupedChannels(build), filters) },
        biasWeight(build, filters),
      );
    },
    output: fromTensor((tensor, _, invocation) => {
      const [perGroup, groups] = [builtSize(invocation, 'kernel', -2), invocation.args.int('groups')];
      if (perGroup !== undefined && groups !== undefined) refusesOtherChannels(invocation, multiplyDims(perGroup, groups));
      return convolved(invocation, tensor, spatialCount, sizeOf(invocation.args, 'filters'));
    }),
    multiplyAdds: (invocation, output) =>
      timesOutput(output, ...kernelArea(invocation, spatialCount), builtSize(invocation, 'kernel', -2) ?? unknownDim()),
  };
}

/** Each `output_padding` must be less than its stride. */
function paddingBelowStrides(spatialCount: number): Check {
  return (construction) => {
    const [padding, strides] = ['output_padding', 'strides'].map((argument) => integersOf(construction.args.get(argument), spatialCount));
    if (padding === undefined || padding === 'refused' || strides === undefined || strides === 'refused') return false;
    if (!padding.some((amount, index) => (compareDims(amount, strides[index] ?? unknownDim()) ?? -1) >= 0)) return false;
    return refuseArgument(
      construction,
      'output_padding',
      message('{layer}: output_padding must be less than strides, got output_padding={padding} and strides={strides}', {
        layer: construction.className,
        padding: shown(construction, construction.args.get('output_padding')),
        strides: shown(construction, construction.args.get('strides')),
      }),
    );
  };
}

function transposed(spatialCount: number): LayerDeclaration {
  const name = `Conv${spatialCount}DTranspose`;
  const layout = spatialCount === 3 ? 'data_format=None, output_padding=None' : 'output_padding=None, data_format=None';
  return {
    name,
    aliases: [`Convolution${spatialCount}DTranspose`],
    signature: `filters, kernel_size, strides=${ones(spatialCount)}, padding='valid', ${layout}, dilation_rate=${ones(spatialCount)}, ${weightArguments}`,
    inputRank: spatialCount + 2,
    check: checks(
      positiveInteger('filters'),
      integerTuple('kernel_size', spatialCount),
      integerTuple('strides', spatialCount),
      integerTuple('dilation_rate', spatialCount),
      paddingName(),
      integerTuple('output_padding', spatialCount, { allowZero: true, optional: true }),
      dataFormat,
      activations,
      identifiers,
      paddingBelowStrides(spatialCount),
      notBothStridedAndDilated(spatialCount),
    ),
    weights: (build) => {
      const filters = sizeOf(build.args, 'filters');
      return [{ name: 'kernel', shape: shapeOf(...kernelArea(build, spatialCount), filters, channelsOf(build)) }, ...biasWeight(build, filters)];
    },
    output: fromTensor((tensor, _, invocation) => {
      refusesOtherChannels(invocation, builtSize(invocation, 'kernel', -1));
      const [kernel, strides, dilation] = ['kernel_size', 'strides', 'dilation_rate'].map((argument) =>
        sizesOf(invocation.args, argument, spatialCount),
      );
      const extra = invocation.args.isNone('output_padding') ? undefined : sizesOf(invocation.args, 'output_padding', spatialCount);
      const padding = paddingOf(invocation);
      const shape = mapSpatialAxes(invocation, tensor.shape, spatialCount, sizeOf(invocation.args, 'filters'), (size, index) => {
        if (padding !== 'valid' && padding !== 'same') return unknownDim();
        const result = kerasTransposedSize(size, {
          kernel: kernel?.[index] ?? unknownDim(),
          stride: strides?.[index],
          dilation: dilation?.[index],
          padding,
          outputPadding: extra?.[index],
        });
        return result.ok ? result.size : unknownDim();
      });
      return invocation.result(shape, { range: activationRange(invocation.args.get('activation'), undefined) });
    }),
    multiplyAdds: (invocation) => {
      const elements = invocation.tensor === undefined ? undefined : sampleElements(invocation.tensor);
      return elements === undefined ? undefined : knownProduct(elements, ...kernelArea(invocation, spatialCount), sizeOf(invocation.args, 'filters'));
    },
  };
}

function depthwise(spatialCount: number): LayerDeclaration {
  return {
    name: `DepthwiseConv${spatialCount}D`,
    signature: `kernel_size, strides=${ones(spatialCount)}, padding='valid', depth_multiplier=1, data_format=None, dilation_rate=${ones(spatialCount)}, ${depthwiseArguments}`,
    inputRank: spatialCount + 2,
    check: checks(
      integerTuple('kernel_size', spatialCount),
      integerTuple('strides', spatialCount),
      integerTuple('dilation_rate', spatialCount),
      paddingName(),
      dataFormat,
      activations,
      identifiers,
      positiveInteger('depth_multiplier'),
    ),
    weights: (build) => {
      const [channels, multiplier] = [channelsOf(build), sizeOf(build.args, 'depth_multiplier')];
      return [
        { name: 'kernel', shape: shapeOf(...kernelArea(build, spatialCount), channels, multiplier) },
        ...biasWeight(build, multiplyDims(channels, multiplier)),
      ];
    },
    output: fromTensor((tensor, dims, invocation) => {
      refusesOtherChannels(invocation, builtSize(invocation, 'kernel', -2));
      const axis = channelAxis(invocation);
      const channels = axis === undefined ? undefined : dims?.at(axis);
      return convolved(
        invocation,
        tensor,
        spatialCount,
        channels === undefined ? unknownDim() : multiplyDims(channels, sizeOf(invocation.args, 'depth_multiplier')),
      );
    }),
    multiplyAdds: (invocation, output) => timesOutput(output, ...kernelArea(invocation, spatialCount)),
  };
}

function separable(spatialCount: number): LayerDeclaration {
  return {
    name: `SeparableConv${spatialCount}D`,
    aliases: [`SeparableConvolution${spatialCount}D`],
    signature: `filters, kernel_size, strides=${ones(spatialCount)}, padding='valid', data_format=None, dilation_rate=${ones(spatialCount)}, depth_multiplier=1, ${separableArguments}`,
    inputRank: spatialCount + 2,
    check: checks(
      positiveInteger('filters'),
      integerTuple('kernel_size', spatialCount),
      integerTuple('strides', spatialCount),
      integerTuple('dilation_rate', spatialCount),
      paddingName(),
      dataFormat,
      activations,
      identifiers,
      positiveInteger('depth_multiplier'),
    ),
    weights: (build): readonly WeightDeclaration[] => {
      const [channels, multiplier, filters] = [channelsOf(build), sizeOf(build.args, 'depth_multiplier'), sizeOf(build.args, 'filters')];
      return [
        { name: 'depthwise_kernel', shape: shapeOf(...kernelArea(build, spatialCount), channels, multiplier) },
        { name: 'pointwise_kernel', shape: shapeOf(...Array.from({ length: spatialCount }, () => 1), multiplyDims(channels, multiplier), filters) },
        ...biasWeight(build, filters),
      ];
    },
    output: fromTensor((tensor, _, invocation) => {
      refusesOtherChannels(invocation, builtSize(invocation, 'depthwise_kernel', -2));
      return convolved(invocation, tensor, spatialCount, sizeOf(invocation.args, 'filters'));
    }),
    multiplyAdds: (invocation, output) => {
      const filters = invocation.args.number('filters');
      const middle = builtSize(invocation, 'pointwise_kernel', -2);
      const elements = sampleElements(output);
      if (filters === undefined || middle === undefined || elements === undefined) return undefined;
      const [depthwisePart, pointwisePart] = [
        knownProduct(elements / filters, middle, ...kernelArea(invocation, spatialCount)),
        knownProduct(elements, middle),
      ];
      return depthwisePart === undefined || pointwisePart === undefined ? undefined : depthwisePart + pointwisePart;
    },
  };
}

export const convolutionalLayers: readonly LayerDeclaration[] = [
  convolution(2),
  convolution(1),
  convolution(3),
  transposed(2),
  transposed(1),
  transposed(3),
  depthwise(2),
  depthwise(1),
  separable(2),
  separable(1),
];
