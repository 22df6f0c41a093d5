// missing-input-shape: a model is counted, summarised or saved before it knows its input, so that it has no weights yet.
import { message } from '../values/place.ts';
import type { UseEvent } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { refusalsOf } from './check.ts';

/** What Keras 3 refuses on a model that is not built; `summary` prints question marks instead (Keras 2 refuses it too). */
const refused = new Set(['count_params', 'save_weights']);

export const missingInputShape: Check = {
  id: 'missing-input-shape',
  severity: 'error',
  summary: 'A model is counted, summarised or saved before it is built.',
  documentation: `
A model without an input shape has no weights until it meets data. Counting them fails, a summary shows nothing.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(2)])
print(model.count_params())  # error: [missing-input-shape]
\`\`\`

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([keras.Input(shape=(8,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
print(model.count_params())
\`\`\`
`,
  run: (trace) => [...refusalsOf('missing-input-shape')(trace), ...trace.events.flatMap((event) => (event.kind === 'use' ? finding(event) ?? [] : []))],
};

function finding(event: UseEvent): RuleFinding | undefined {
  if (event.wasBuilt || (!refused.has(event.method) && event.method !== 'summary')) return undefined;
  // A layer that is not known may bring the input (hub.KerasLayer with input_shape).
  if (event.model.model?.complete === false) return undefined;
  const first = event.model.model?.layers[0]?.layer.place ?? event.model.children()[0]?.place;
  return {
    place: event.place, ...(refused.has(event.method) ? {} : { severity: 'warning' as const }),
    message: message('{model} has no input shape, so it is not built and has no weights for {method}()', { model: event.model.name, method: event.method }),
    related: first === undefined ? [] : [{ place: first, message: message('give the first layer its input: keras.Input(shape=…) before it') }],
  };
}
