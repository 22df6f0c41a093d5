// Max and average pooling over windows, over everything, and to a given size. It must not know how layers become classes.
import { type Dim, unknownDim } from '../../../tensors/dim.ts';
import { averageRange } from '../../../tensors/range.ts';
import { formatShape, shapeOf, shapeOfRank } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { kerasRun } from '../run-state.ts';
import { dataFormatOf, flag, sizesOf } from './arguments.ts';
import { fromTensor } from './outputs.ts';
import { checks, dataFormat, integerTuple, oneOf, paddingName } from './refusals.ts';
import { mapSpatialAxes, windowedShape } from './windows.ts';

type Mode = 'Max' | 'Average';

/** Padding is left out of maxima and means alike. */
function rangeAfter(mode: Mode, range: Parameters<typeof averageRange>[0] | undefined) {
  return range === undefined ? undefined : mode === 'Max' ? { ...range, attained: false } : averageRange(range);
}

function pooling(mode: Mode, spatialCount: number): LayerDeclaration {
  const twos = spatialCount === 1 ? '2' : `(${Array.from({ length: spatialCount }, () => '2').join(', ')})`;
  return {
    name: `${mode}Pooling${spatialCount}D`,
    aliases: [`${mode === 'Max' ? 'Max' : 'Avg'}Pool${spatialCount}D`],
    signature: `pool_size${mode === 'Max' ? `=${twos}` : ''}, strides=None, padding='valid', data_format=None, name=None, **kwargs`,
    inputRank: spatialCount + 2,
    check: checks(
      integerTuple('pool_size', spatialCount),
      integerTuple('strides', spatialCount, { optional: true }),
      paddingName({ folded: false }),
      dataFormat,
    ),
    output: fromTensor((tensor, _, invocation) => {
      const strides = sizesOf(invocation.args, invocation.args.isNone('strides') ? 'pool_size' : 'strides', spatialCount);
      const shape = windowedShape(invocation, tensor.shape, spatialCount, undefined, { kernel: 'pool_size', strides });
      return invocation.result(shape, { range: rangeAfter(mode, tensor.range) });
    }),
  };
}

/** TimeDistributed calls the layer past its check of the rank. */
function refusesRank(invocation: LayerInvocation, dims: readonly Dim[] | undefined, expected: number): void {
  if (dims === undefined || dims.length === expected || kerasRun(invocation.interpreter).calls.at(-2)?.call.layer.className === 'TimeDistributed')
    return;
  invocation.refuse(
    message('{layer} expects an input with {expected} axes, got {actual}: {shape}', {
      layer: invocation.layer.name,
      expected,
      actual: dims.length,
      shape: formatShape({ dims }),
    }),
    { rule: 'shape-mismatch' },
  );
}

function globalPooling(mode: Mode, spatialCount: number): LayerDeclaration {
  return {
    name: `Global${mode}Pooling${spatialCount}D`,
    aliases: [`Global${mode === 'Max' ? 'Max' : 'Avg'}Pool${spatialCount}D`],
    signature: 'data_format=None, keepdims=False, **kwargs',
    ...(mode === 'Average' && spatialCount === 1 ? { callSignature: 'inputs, mask=None' } : {}),
    check: checks(dataFormat),
    output: fromTensor((tensor, dims, invocation) => {
      refusesRank(invocation, dims, spatialCount + 2);
      const range = rangeAfter(mode, tensor.range);
      const keep = flag(invocation.args, 'keepdims');
      if (keep === undefined) return invocation.result({ dims: undefined }, { range });
      if (keep)
        return invocation.result(
          mapSpatialAxes(invocation, tensor.shape, spatialCount, undefined, () => 1),
          { range },
        );
      const format = dataFormatOf(invocation);
      if (format === undefined || dims === undefined) return invocation.result(shapeOfRank(2), { range });
      return invocation.result(shapeOf(dims[0] ?? unknownDim(), dims.at(format === 'channels_last' ? -1 : 1) ?? unknownDim()), { range });
    }),
  };
}

function adaptivePooling(mode: Mode, spatialCount: number): LayerDeclaration {
  return {
    name: `Adaptive${mode}Pooling${spatialCount}D`,
    signature: 'output_size, data_format=None, **kwargs',
    check: checks(integerTuple('output_size', spatialCount), oneOf('data_format', ['channels_last', 'channels_first'], { optional: true })),
    output: fromTensor((tensor, dims, invocation) => {
      const [sizes, format, batch] = [sizesOf(invocation.args, 'output_size', spatialCount), dataFormatOf(invocation), dims?.[0] ?? unknownDim()];
      const channels = (format === undefined ? undefined : dims?.at(format === 'channels_last' ? -1 : 1)) ?? unknownDim();
      // Keras promises this for inputs of any rank.
      const shape =
        format === undefined
          ? shapeOfRank(spatialCount + 2)
          : format === 'channels_last'
            ? shapeOf(batch, ...sizes, channels)
            : shapeOf(batch, channels, ...sizes);
      return invocation.result(shape, { range: rangeAfter(mode, tensor.range) });
    }),
  };
}

const modes: readonly Mode[] = ['Max', 'Average'];
const counts: readonly number[] = [1, 2, 3];
const everyKind = (make: (mode: Mode, spatialCount: number) => LayerDeclaration): LayerDeclaration[] =>
  modes.flatMap((mode) => counts.map((count) => make(mode, count)));

export const poolingLayers: readonly LayerDeclaration[] = [...everyKind(pooling), ...everyKind(globalPooling), ...everyKind(adaptivePooling)];
