// unscaled-input: raw pixels from 0 to 255 reach a model's first weights.
import { message } from '../values/place.ts';
import type { DataEvent, Layer, Model, ModelRow, Trace } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { layerName } from './heads.ts';
import { relatedOf } from './pairs.ts';

export const unscaledInput: Check = {
  id: 'unscaled-input',
  severity: 'information',
  summary: "Raw pixels from 0 to 255 reach a model's first weights.",
  documentation: `
Initial weights and learning rates are made for inputs of about the size of 1; with pixels from 0 to 255 training is slow or
diverges, and a pretrained VGG or ResNet sees pictures that it was not trained on. EfficientNet, ConvNeXt and MobileNetV3 of
\`keras.applications\` hold their own rescaling and want raw pixels.

\`\`\`python
import keras
from keras import layers

(x, y), _ = keras.datasets.cifar10.load_data()
model = keras.Sequential([
    keras.Input(shape=(32, 32, 3)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y)  # information: [unscaled-input] "255"
\`\`\`

\`\`\`python
import keras
from keras import layers

(x, y), _ = keras.datasets.cifar10.load_data()
model = keras.Sequential([
    keras.Input(shape=(32, 32, 3)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y)
\`\`\`
`,
  run: (trace) => [...trace.events.flatMap((event) => (event.kind === 'data' ? finding(event) ?? [] : [])), ...torchFindings(trace)],
};

/** What hands pixels on as they are, or moves them about. */
const handsOn = new Set([
  'InputLayer', 'Resizing', 'CenterCrop', 'RandomCrop', 'RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'Dropout', 'SpatialDropout2D', 'Reshape', 'Flatten', 'Permute',
  'ZeroPadding2D', 'Cropping2D', 'MaxPooling2D', 'AveragePooling2D', 'UpSampling2D', 'Identity',
]);
const weighted = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'SeparableConv2D', 'DepthwiseConv2D', 'ConvLSTM2D', 'LSTM', 'GRU', 'SimpleRNN']);

function finding(event: DataEvent): RuleFinding | undefined {
  const { model } = event.model;
  if (model === undefined || event.input.kind !== 'tensor' || (event.method !== 'fit' && event.method !== 'train_on_batch')) return undefined;
  const range = event.input.range;
  if (range === undefined || range.low !== 0 || range.high !== 255) return undefined;
  // Resizing interpolates, so that the ends need not occur any more; where the pictures come from a known place they practically do.
  if (!range.attained && (range.integral || relatedOf(event.input.origin).length === 0)) return undefined;
  const reached = firstWeights(model);
  if (reached === 'handed on' || reached === undefined) return undefined;
  return {
    place: event.inputPlace ?? event.place,
    message: reached.ready === undefined
      ? message('{layer} gets raw pixels from 0 to 255: scale them first, as Rescaling(1 / 255) does', { layer: reached.layer.name })
      : message('{model} gets raw pixels from 0 to 255: it was trained on what its preprocess_input gives', { model: reached.ready.name }),
    related: [...relatedOf(event.input.origin), ...[reached.ready ?? reached.layer].flatMap((layer) => (layer.place === undefined ? [] : [{ place: layer.place, message: message('the first weights that they reach') }]))],
  };
}

interface Reached { readonly layer: Layer; /** The ready-made model that holds it. */ readonly ready: Layer | undefined }

/** The first layer with weights that a model's single input reaches unchanged; undefined when something else stands before it, or is not known. */
function firstWeights(model: Model): Reached | 'handed on' | undefined {
  const rows = model.layers;
  if (model.kind === 'subclassed' || model.inputs.length !== 1) return undefined;
  let found: Reached | undefined, stopped = false;
  const seen = new Set<number>();
  const visit = (at: number): void => {
    const row = rows[at];
    if (row === undefined || seen.has(at)) return;
    seen.add(at);
    const state = stateOf(row);
    if (state === 'handed on') for (const [next, other] of rows.entries()) { if (other.inbound.includes(at)) visit(next); }
    if (state === undefined) stopped = true;
    else if (state !== 'handed on') found ??= state;
  };
  for (const [at, row] of rows.entries()) if (row.inbound.length === 0) visit(at);
  // Where one branch is not known, the others may be meant to be raw.
  return stopped ? undefined : found ?? 'handed on';
}

function stateOf(row: ModelRow): Reached | 'handed on' | undefined {
  const { layer } = row;
  if (layer.model !== undefined) {
    const inner = firstWeights(layer.model);
    return typeof inner === 'object' && inner.layer.place === layer.place ? { ...inner, ready: layer } : inner;
  }
  if (!layer.instance.cls.native) return undefined;
  if (handsOn.has(layer.className)) return 'handed on';
  return weighted.has(layer.className) ? { layer, ready: undefined } : undefined;
}

const torchWeighted = new Set(['Linear', 'Conv1d', 'Conv2d', 'Conv3d', 'LazyLinear', 'LazyConv2d', 'ConvTranspose2d', 'LSTM', 'GRU', 'RNN']);

/** PyTorch: the first weights that raw pixels reach, in a program that trains. */
function torchFindings(trace: Trace): RuleFinding[] {
  if (!trace.events.some((event) => event.kind === 'training' && event.method === 'backward')) return [];
  const said = new Set<Layer>();
  return trace.calls.flatMap((call) => {
    const { layer, input } = call;
    if (layer.framework !== 'torch' || !torchWeighted.has(layer.className) || said.has(layer) || input.kind !== 'tensor') return [];
    const { range } = input;
    if (range === undefined || range.low !== 0 || range.high !== 255 || !range.attained) return [];
    const place = call.place ?? layer.place;
    if (place === undefined) return [];
    said.add(layer);
    return [{
      place, message: message('{layer} gets raw pixels from 0 to 255: scale them first, as ToTensor() or a division by 255 does', { layer: layerName(layer) }),
      related: [...relatedOf(input.origin), ...(call.place === undefined || layer.place === undefined ? [] : [{ place: layer.place, message: message('the first weights that they reach') }])],
    }];
  });
}
