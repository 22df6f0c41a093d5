// softmax-axis: softmax runs over the batch, time or space instead of the classes.
import { message } from '../values/place.ts';
import { operationAxisOf } from '../values/provenance.ts';
import type { Layer, Trace } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { refusalsOf } from './check.ts';
import type { LossPair } from './pairs.ts';
import { classAxis, lossPairs } from './pairs.ts';

export const softmaxAxis: Check = {
  id: 'softmax-axis',
  severity: 'warning',
  summary: 'Softmax runs over the batch, time or space instead of the classes.',
  documentation: `
Softmax makes the values along one axis sum to 1. Along the batch it mixes samples; along another axis than the classes the
outputs of a sample are no probabilities.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(12,)),
    layers.Dense(5),
    layers.Softmax(axis=0),  # warning: [softmax-axis]
])
\`\`\`

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(12,)),
    layers.Dense(5),
    layers.Softmax(),
])
\`\`\`
`,
  run: (trace) => [
    ...refusalsOf('softmax-axis')(trace), ...trace.layers.flatMap((layer) => finding(trace, layer) ?? []),
    ...lossPairs(trace).flatMap((pair) => (pair.framework === 'torch' ? torchFinding(pair) ?? [] : [])),
  ],
};

function finding(trace: Trace, layer: Layer): RuleFinding | undefined {
  if (layer.className !== 'Softmax' || layer.place === undefined || layer.framework !== 'keras') return undefined;
  const argument = layer.arguments.get('axis');
  const axis = argument?.value.kind === 'int' && typeof argument.value.value === 'number' ? argument.value.value : undefined;
  const input = layer.calls[0]?.input;
  const rank = input?.kind === 'tensor' ? input.shape.dims?.length : undefined;
  if (axis === undefined || rank === undefined || rank < 2) return undefined;
  const at = axis < 0 ? axis + rank : axis;
  const place = argument?.place ?? layer.place;
  if (at === 0) return { place, message: message('{layer} runs softmax over the batch: the samples share one sum of 1', { layer: layer.name }) };
  const pair = lossPairs(trace).find((one) => one.head?.activationLayer === layer);
  const classes = pair === undefined ? undefined : classAxis(pair);
  if (classes === undefined || classes === at || pair?.prediction.shape.dims?.length !== rank) return undefined;
  return { place, message: message('{layer} runs softmax over axis {axis}, but the classes are on axis {classes}', { layer: layer.name, axis: at, classes }) };
}

/** In PyTorch any axis may be meant (attention, nodes of a graph) unless the result meets labels in a loss. */
function torchFinding(pair: LossPair): RuleFinding | undefined {
  const { head } = pair;
  const axis = operationAxisOf(head?.activated);
  const rank = head?.activated?.shape.dims?.length, classes = classAxis(pair);
  if (head === undefined || axis === undefined || rank === undefined || classes === undefined || rank !== pair.prediction.shape.dims?.length || axis === classes) return undefined;
  if (head.activation !== 'softmax' && head.activation !== 'log_softmax') return undefined;
  if (pair.loss.name !== 'nll_loss' && pair.loss.name !== 'cross_entropy') return undefined;
  const place = head.activationPlace ?? pair.place;
  const values = { activation: head.activation, axis, classes };
  return {
    place, related: [{ place: pair.place, message: message('outputs and targets meet here') }],
    message: axis === 0
      ? message('{activation} runs over the batch (dim=0): the samples share one sum of 1, the classes are on dim {classes}', values)
      : message('{activation} runs over dim {axis}, but the classes are on dim {classes}', values),
  };
}
