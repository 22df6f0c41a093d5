// index-range: an index can lie outside what it looks up.
import { message } from '../values/place.ts';
import type { DataEvent, Layer, Trace } from '../trace/trace.ts';
import type { TensorValue, Value } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';
import { refusalsOf } from './check.ts';
import { producersOf } from './heads.ts';
import { literalPlace, relatedOf } from './pairs.ts';

export const indexRange: Check = {
  id: 'index-range',
  severity: 'error',
  summary: 'An index can lie outside what it looks up.',
  documentation: `
An Embedding has one row for each index from 0 to \`input_dim - 1\`. A larger index stops training on a CPU and reads
garbage on a GPU. Counting from 1, and a vocabulary that grew by its unknown and padding entries, are the usual reasons.

\`\`\`python
import numpy as np
import keras
from keras import layers

ids, stars = np.arange(1, 1001), np.random.rand(1000)
model = keras.Sequential([
    keras.Input(shape=(1,)),
    layers.Embedding(1000, 8),  # error: [index-range] "1000"
    layers.Flatten(),
    layers.Dense(1),
])
model.compile(loss="mse", optimizer="adam")
model.fit(ids, stars)
\`\`\`

\`\`\`python
import numpy as np
import keras
from keras import layers

ids, stars = np.arange(1, 1001), np.random.rand(1000)
model = keras.Sequential([
    keras.Input(shape=(1,)),
    layers.Embedding(1001, 8),
    layers.Flatten(),
    layers.Dense(1),
])
model.compile(loss="mse", optimizer="adam")
model.fit(ids, stars)
\`\`\`
`,
  run: (trace) => [...refusalsOf('index-range')(trace), ...trace.events.flatMap((event) => (event.kind === 'data' ? findings(trace, event) : []))],
};

function findings(trace: Trace, event: DataEvent): RuleFinding[] {
  const inputs = event.model.model?.inputs ?? [];
  const data = tensorsOf(event.input, inputs.map((input) => producersOf(trace).get(input)?.layer.name));
  if (data === undefined || data.length !== inputs.length) return [];
  return data.flatMap((tensor, at) => {
    const input = inputs[at];
    if (input === undefined) return [];
    return trace.layers.filter((layer) => layer.className === 'Embedding' && layer.calls.some((call) => call.input === input)).flatMap((layer) => finding(event, layer, tensor) ?? []);
  });
}

function finding(event: DataEvent, layer: Layer, data: TensorValue): RuleFinding | undefined {
  const rows = layer.arguments.get('input_dim');
  const range = data.range;
  if (rows?.value.kind !== 'int' || typeof rows.value.value !== 'number' || range === undefined || !range.attained || !range.integral) return undefined;
  const size = rows.value.value;
  if (range.high < size && range.low >= 0) return undefined;
  const place = rows.place ?? layer.place;
  if (place === undefined) return undefined;
  const literal = literalPlace(rows.value);
  const needed = range.high + 1;
  return {
    place,
    message: message('{layer} has rows for indices 0 to {last}, but they run from {low} to {high}: input_dim must be at least {needed}', { layer: layer.name, last: size - 1, low: range.low, high: range.high, needed }),
    related: [...relatedOf(data.origin), { place: event.place, message: message('the indices are fed here') }],
    fixes: range.low < 0 ? [] : [{ title: message('Change {old} to {new}', { old: size, new: needed }), edits: [{ place: literal ?? place, newText: String(needed) }] }],
  };
}

/** The data for each input, in order; those in a dict go by the inputs' names. */
function tensorsOf(value: Value, names: readonly (string | undefined)[]): TensorValue[] | undefined {
  if (value.kind === 'tensor') return [value];
  if (value.kind === 'dict') {
    const found = names.flatMap((name) => { const entry = value.entries.get(`s:${name}`)?.value; return entry?.kind === 'tensor' ? [entry] : []; });
    return found.length === names.length ? found : undefined;
  }
  if (value.kind !== 'list' && value.kind !== 'tuple') return undefined;
  const tensors: TensorValue[] = [];
  for (const item of value.items) { if (item.kind !== 'tensor') return undefined; tensors.push(item); }
  return tensors;
}
