// ConvLSTM1D to ConvLSTM3D: recurrent layers whose steps are images. It must not know how layers become classes.
import { type Dim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { anyNumber, multiplyRanges } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { LayerBuild, LayerDeclaration } from '../layer-declaration.ts';
import { dataFormatOf, imageAxes, sizeOf, sizesOf } from './arguments.ts';
import { activationRange } from './identifiers.ts';
import { biasWeight, builtSize, fromTensor, isUndefinedAxis, knownProduct, sampleElements } from './outputs.ts';
import { refusesOpenBatch, sequenceResult } from './recurrent.ts';
import { activations, checks, dataFormat, identifiers, integerTuple, notBothStridedAndDilated, paddingName, positiveInteger } from './refusals.ts';
import { windowedShape } from './windows.ts';

/** One step of a sequence. */
function stepOf(shape: Shape): Shape {
  return shape.dims === undefined ? unknownShape : { dims: shape.dims.toSpliced(1, 1) };
}

/** The channels; Keras wants to know them and all spatial sizes. */
function stepChannels(build: LayerBuild, spatialCount: number): Dim {
  const [step, format] = [stepOf(build.inputShape).dims, dataFormatOf(build)];
  if (step === undefined || format === undefined || step.length !== spatialCount + 2) return unknownDim();
  const { channel, spatial } = imageAxes(format, spatialCount);
  if ([channel, ...spatial].some((axis) => isUndefinedAxis(step[axis] ?? 0))) {
    build.refuse(
      message('{layer} needs steps whose channels and spatial sizes are defined, got {shape}', {
        layer: build.layer.name,
        shape: formatShape(build.inputShape),
      }),
      { rule: 'shape-mismatch' },
    );
    return unknownDim();
  }
  return step[channel] ?? unknownDim();
}

function convLstm(spatialCount: number): LayerDeclaration {
  return {
    name: `ConvLSTM${spatialCount}D`,
    base: 'RNN',
    signature:
      "filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1, activation='tanh', recurrent_activation='sigmoid', use_bias=True, " +
      "kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros', unit_forget_bias=True, kernel_regularizer=None, " +
      'recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, ' +
      'dropout=0.0, recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False, go_backwards=False, stateful=False, **kwargs',
    callSignature: 'sequences, initial_state=None, mask=None, training=False',
    extraKeywords: ['unroll', 'zero_output_for_mask'],
    inputRank: spatialCount + 3,
    check: checks(
      positiveInteger('filters', { minimum: 0 }),
      integerTuple('kernel_size', spatialCount),
      integerTuple('strides', spatialCount, { allowZero: true }),
      integerTuple('dilation_rate', spatialCount),
      paddingName(),
      dataFormat,
      notBothStridedAndDilated(spatialCount),
      activations,
      identifiers,
    ),
    weights: (build) => {
      const [channels, filters, area] = [
        stepChannels(build, spatialCount),
        sizeOf(build.args, 'filters'),
        sizesOf(build.args, 'kernel_size', spatialCount),
      ];
      refusesOpenBatch(build);
      const width = multiplyDims(4, filters);
      return [
        { name: 'kernel', shape: shapeOf(...area, channels, width) },
        { name: 'recurrent_kernel', shape: shapeOf(...area, filters, width) },
        ...biasWeight(build, width),
      ];
    },
    output: fromTensor((tensor, _, invocation) => {
      const { args } = invocation;
      const shape = windowedShape(invocation, stepOf(tensor.shape), spatialCount, sizeOf(args, 'filters'), {
        kernel: 'kernel_size',
        strides: sizesOf(args, 'strides', spatialCount),
      });
      const [gate, content] = [activationRange(args.get('recurrent_activation'), anyNumber), activationRange(args.get('activation'), anyNumber)];
      const range = gate === undefined || content === undefined ? undefined : { ...multiplyRanges(gate, content), attained: false };
      const last = invocation.result(shape, { range });
      return sequenceResult(invocation, last, [last, invocation.result(shape)]);
    }),
    multiplyAdds: (invocation, output) => {
      const state = output.kind === 'tuple' ? output.items[1] : output;
      const steps = invocation.tensor?.shape.dims?.[1] ?? unknownDim();
      const elements = state === undefined ? undefined : sampleElements(state);
      if (elements === undefined) return undefined;
      const perStep = output.kind === 'tensor' && output.shape.dims?.length === spatialCount + 3 ? 1 : steps;
      const channels = builtSize(invocation, 'kernel', -2) ?? unknownDim();
      const area = sizesOf(invocation.args, 'kernel_size', spatialCount);
      const [fromInput, fromState] = [
        knownProduct(perStep, elements, 4, ...area, channels),
        knownProduct(perStep, elements, 4, ...area, sizeOf(invocation.args, 'filters')),
      ];
      return fromInput === undefined || fromState === undefined ? undefined : fromInput + fromState;
    },
  };
}

export const convolutionalRecurrentLayers: readonly LayerDeclaration[] = [convLstm(2), convLstm(1), convLstm(3)];
