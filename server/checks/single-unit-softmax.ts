// single-unit-softmax: softmax over one unit is always 1.
import { message } from '../values/place.ts';
import type { Layer } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { literalPlace } from './pairs.ts';

export const singleUnitSoftmax: Check = {
  id: 'single-unit-softmax',
  severity: 'error',
  summary: 'Softmax over one unit is always 1.',
  documentation: `
Softmax makes the outputs of one sample sum to 1. With a single output it is 1 whatever the input: the model cannot learn.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(12,)),
    layers.Dense(1, activation="softmax"),  # error: [single-unit-softmax]
])
\`\`\`

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(12,)),
    layers.Dense(1, activation="sigmoid"),
])
\`\`\`
`,
  run: (trace) => trace.layers.flatMap((layer) => finding(layer) ?? []),
};

function finding(layer: Layer): RuleFinding | undefined {
  const activation = layer.arguments.get('activation');
  const isSoftmax = activation !== undefined && ((activation.value.kind === 'str' && activation.value.value === 'softmax') || (activation.value.kind === 'native' && activation.value.name === 'softmax'));
  if (!isSoftmax || layer.place === undefined) return undefined;
  const width = widthOf(layer);
  if (width !== 1) return undefined;
  const literal = literalPlace(activation.value);
  const quote = literal?.source.parsed.text[literal.start] === "'" ? "'" : '"';
  return {
    place: activation.place ?? layer.place,
    message: message('{layer} applies softmax to a single unit: its output is always 1', { layer: layer.name }),
    fixes: literal === undefined ? [] : [{ title: message('Use sigmoid'), edits: [{ place: literal, newText: `${quote}sigmoid${quote}` }] }],
  };
}

/** The size of the axis over which a layer's activation runs. */
function widthOf(layer: Layer): number | undefined {
  const units = layer.arguments.get('units')?.value;
  if (layer.className === 'Dense' && units?.kind === 'int' && typeof units.value === 'number') return units.value;
  const output = layer.calls[0]?.output;
  const dim = output?.kind === 'tensor' && layer.className === 'Activation' ? output.shape.dims?.at(-1) : undefined;
  return typeof dim === 'number' ? dim : undefined;
}
