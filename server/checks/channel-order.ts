// channel-order: an image and the layer that reads it disagree on where the channels are.
import { isKnown } from '../tensors/dim.ts';
import { formatShape } from '../tensors/shape.ts';
import { message } from '../values/place.ts';
import type { LayerCall, Trace } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { refusalsOf } from './check.ts';
import { producersOf } from './heads.ts';

export const channelOrder: Check = {
  id: 'channel-order',
  severity: 'warning',
  summary: 'Image and layer disagree on where the channels are.',
  documentation: `
Keras reads images as height, width, channels unless a layer is told \`data_format="channels_first"\`. Images with their
three channels in the other place are read as three pixels wide, or as having hundreds of channels.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(3, 120, 120)),
    layers.Conv2D(16, 3, padding="same"),  # warning: [channel-order]
])
\`\`\`

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(120, 120, 3)),
    layers.Conv2D(16, 3, padding="same"),
])
\`\`\`
`,
  run: (trace) => [...refusalsOf('channel-order')(trace), ...findings(trace)],
};

const imageLayers = new Set(['Conv2D', 'SeparableConv2D', 'DepthwiseConv2D', 'MaxPooling2D', 'AveragePooling2D']);

function findings(trace: Trace): RuleFinding[] {
  const producers = producersOf(trace);
  return trace.calls.flatMap((call) => {
    if (!imageLayers.has(call.layer.className) || call.layer.framework !== 'keras' || call.input.kind !== 'tensor') return [];
    // Only what the model is fed: inside a model any size may stand anywhere.
    const producer = producers.get(call.input);
    return producer === undefined || producer.layer.className === 'InputLayer' ? finding(call) ?? [] : [];
  });
}

function finding(call: LayerCall): RuleFinding | undefined {
  if (call.input.kind !== 'tensor' || call.layer.place === undefined) return undefined;
  const [, first, middle, last] = call.input.shape.dims ?? [];
  if (first === undefined || middle === undefined || last === undefined || call.input.shape.dims?.length !== 4) return undefined;
  if (!isKnown(first) || !isKnown(middle) || !isKnown(last)) return undefined;
  const format = call.layer.arguments.get('data_format')?.value;
  if (format !== undefined && format.kind !== 'none' && format.kind !== 'str') return undefined;
  const isFirst = format?.kind === 'str' && format.value === 'channels_first';
  // A few long rows with many features (sensors, spectra) look like channels first as well: pictures are square, or large both ways.
  const isImage = (channels: number, height: number, width: number): boolean => (channels === 3 || channels === 1) && Math.min(height, width) >= (height === width ? 16 : 64);
  const shape = formatShape(call.input.shape);
  if (isFirst && isImage(last, first, middle)) {
    return { place: call.layer.place, message: message('{layer} reads {shape} channels first: as {channels} channels of {height} × {width} pixels', { layer: call.layer.name, shape, channels: first, height: middle, width: last }) };
  }
  if (!isFirst && isImage(first, middle, last) && !isImage(last, first, middle)) {
    return { place: call.layer.place, message: message('{layer} reads {shape} channels last: as {channels} channels of {height} × {width} pixels', { layer: call.layer.name, shape, channels: last, height: first, width: middle }) };
  }
  return undefined;
}
