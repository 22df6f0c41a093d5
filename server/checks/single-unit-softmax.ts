// single-unit-softmax: softmax over one unit is always 1.
import { message } from '../values/place.ts';
import type { Layer, Trace } from '../trace/trace.ts';
import type { TensorValue, Value } from '../values/value.ts';
import { operationAxisOf, operationOf } from '../values/provenance.ts';
import type { Check, RuleFinding } from './check.ts';
import { layerName, producersOf } from './heads.ts';
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
  run: (trace) => [...trace.layers.flatMap((layer) => finding(layer) ?? []), ...torchFindings(trace)],
};

const withUnits = new Set(['Dense', 'EinsumDense', 'Conv1D', 'Conv2D', 'Conv3D', 'Activation']);

function finding(layer: Layer): RuleFinding | undefined {
  if (layer.place === undefined || layer.framework !== 'keras') return undefined;
  const activation = layer.arguments.get('activation');
  const isSoftmax = withUnits.has(layer.className) && activation !== undefined && ((activation.value.kind === 'str' && activation.value.value === 'softmax') || (activation.value.kind === 'native' && activation.value.name === 'softmax'));
  if ((!isSoftmax && !isLastAxisSoftmax(layer)) || widthOf(layer) !== 1) return undefined;
  const literal = isSoftmax ? literalPlace(activation.value) : undefined;
  const quote = literal?.source.parsed.text[literal.start] === "'" ? "'" : '"';
  return {
    place: (isSoftmax ? activation.place : undefined) ?? layer.place,
    message: message('{layer} applies softmax to a single unit: its output is always 1', { layer: layer.name }),
    fixes: literal === undefined ? [] : [{ title: message('Use sigmoid'), edits: [{ place: literal, newText: `${quote}sigmoid${quote}` }] }],
  };
}

/** `Softmax()` along the last axis of what it gets; along another axis one unit may well stand for each step. */
function isLastAxisSoftmax(layer: Layer): boolean {
  const axis = layer.arguments.get('axis')?.value;
  return layer.className === 'Softmax' && (axis === undefined || (axis.kind === 'int' && axis.value === -1));
}

/** The size of the axis over which a layer's activation runs: the last one, of everything that it gave. */
function widthOf(layer: Layer): number | undefined {
  const units = layer.arguments.get('units')?.value;
  if (layer.className === 'Dense' && units?.kind === 'int' && typeof units.value === 'number') return units.value;
  const widths = new Set(layer.calls.map(({ output }) => (output.kind === 'tensor' ? output.shape.dims?.at(-1) : undefined)));
  const [width] = widths;
  return widths.size === 1 && typeof width === 'number' ? width : undefined;
}

/** Softmax of PyTorch along the axis that a layer gave one unit: an axis of 1 alone may well be a sequence of one step. */
function torchFindings(trace: Trace): RuleFinding[] {
  const producers = producersOf(trace);
  // Few of all tensors come out of something that knows its axis.
  const found: { readonly tensor: TensorValue; readonly axis: number }[] = [];
  const look = (value: Value): void => {
    const axis = value.kind === 'tensor' ? operationAxisOf(value) : undefined;
    if (axis !== undefined && value.kind === 'tensor' && value.shape.dims?.[axis] === 1) found.push({ tensor: value, axis });
  };
  for (const call of trace.calls) look(call.output);
  for (const record of trace.values) look(record.value);
  return found.flatMap(({ tensor, axis }) => {
    const dims = tensor.shape.dims ?? [];
    const operation = operationOf(tensor);
    const call = operation === undefined ? producers.get(tensor) : undefined;
    // Its logarithm is always 0.
    const name = operation?.name ?? call?.layer.className;
    if (name !== 'softmax' && name !== 'Softmax') return [];
    const input = operation?.inputs[0] ?? (call?.input.kind === 'tensor' ? call.input : undefined);
    const source = input === undefined || operationOf(input) !== undefined ? undefined : producers.get(input);
    const units = source === undefined ? undefined : unitsAxis(source.layer, dims.length);
    const place = operation?.place ?? call?.layer.place;
    if (source === undefined || units !== axis || place === undefined) return [];
    return [{
      place, message: message('softmax over a single unit: its output is always 1'),
      related: source.layer.place === undefined ? [] : [{ place: source.layer.place, message: message('{layer} gives one output', { layer: layerName(source.layer) }) }],
    }];
  });
}

/** The axis on which a layer that was told to give one output gives it. */
function unitsAxis(layer: Layer, rank: number): number | undefined {
  const isOne = (name: string): boolean => { const value = layer.arguments.get(name)?.value; return value?.kind === 'int' && value.value === 1; };
  return isOne('out_features') ? rank - 1 : isOne('out_channels') && rank > 1 ? 1 : undefined;
}
