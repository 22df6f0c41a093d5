// loss-activation: the output's activation and the loss disagree on what an output is.
import type { Message } from '../values/place.ts';
import { message, samePlace } from '../values/place.ts';
import type { Fix } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { lossFix } from './label-encoding.ts';
import { layerName } from './heads.ts';
import type { LossPair } from './pairs.ts';
import { classCount, lastAxis, literalPlace, lossPairs } from './pairs.ts';

const categorical = new Set(['sparse_categorical_crossentropy', 'categorical_crossentropy', 'categorical_focal_crossentropy']);
const binary = new Set(['binary_crossentropy', 'binary_focal_crossentropy']);
/** Activations whose outputs may be negative: they are no probabilities. */
const unbounded = new Set(['linear', 'tanh', 'elu', 'selu', 'leaky_relu', 'gelu', 'swish', 'silu', 'softplus', 'mish']);

export const lossActivation: Check = {
  id: 'loss-activation',
  severity: 'warning',
  summary: "The output's activation and the loss disagree.",
  documentation: `
A loss takes either probabilities or raw scores (logits). Softmax followed by a loss for logits squashes twice, raw scores
given to a loss for probabilities are clipped; both train badly without a word. \`binary_crossentropy\` over a softmax
reads the classes as independent questions and reports a flattering accuracy.

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(80, 12), np.random.randint(0, 3, size=80)
model = keras.Sequential([
    keras.Input(shape=(12,)),
    layers.Dense(3),  # warning: [loss-activation]
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y)
\`\`\`

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(80, 12), np.random.randint(0, 3, size=80)
model = keras.Sequential([
    keras.Input(shape=(12,)),
    layers.Dense(3),
])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam")
model.fit(x, y)
\`\`\`
`,
  run: (trace) => lossPairs(trace).flatMap((pair) => finding(pair) ?? []),
};

function finding(pair: LossPair): RuleFinding | undefined {
  return pair.framework === 'keras' ? kerasFinding(pair) : torchFinding(pair);
}

function kerasFinding(pair: LossPair): RuleFinding | undefined {
  const { head, loss } = pair;
  const width = lastAxis(pair.prediction);
  if (head?.activation === undefined || width === undefined) return undefined;
  const place = head.activationPlace ?? head.layer?.place ?? pair.place;
  const values = { layer: head.activationLayer?.name ?? 'the model', activation: head.activation, loss: loss.name, width };
  const related = [...(loss.place === undefined ? [] : [{ place: loss.place, message: message('the loss is chosen here') }]), { place: pair.place, message: message('outputs and targets meet here') }];
  if (categorical.has(loss.name)) {
    if (width === 1) {
      // Integer labels that reach 1 are label-range's.
      if (loss.name === 'sparse_categorical_crossentropy' && pair.target.range?.attained === true) return undefined;
      return { place: loss.place ?? pair.place, related, message: message('{loss} over a single output has nothing to compare and stays at 0: one {activation} unit wants binary_crossentropy', values), fixes: lossFix(pair, 'binary_crossentropy') };
    }
    if (loss.fromLogits === false && unbounded.has(head.activation)) {
      return { place, related, message: message('{layer} ends without softmax over its {width} outputs, but {loss} expects probabilities (from_logits=False)', values), fixes: softmaxFix(pair) };
    }
    if (loss.fromLogits === true && (head.activation === 'softmax' || head.activation === 'sigmoid')) {
      return { place, related, message: message('{layer} ends in {activation}, but {loss} was told from_logits=True: it applies softmax again', values) };
    }
    return undefined;
  }
  if (!binary.has(loss.name)) return undefined;
  const targetWidth = lastAxis(pair.target);
  if (head.activation === 'softmax' && width > 1 && targetWidth === width && pair.target.shape.dims?.length === pair.prediction.shape.dims?.length) {
    return { place: loss.place ?? pair.place, related: [{ place, message: message('{layer} ends in softmax over {width} outputs', values) }], message: message('{loss} reads the {width} softmax outputs as {width} independent yes/no questions: exclusive classes want categorical_crossentropy', values), fixes: lossFix(pair, 'categorical_crossentropy') };
  }
  if (loss.fromLogits === false && unbounded.has(head.activation)) {
    return { place, related, message: message('{layer} ends without sigmoid, but {loss} expects probabilities (from_logits=False)', values) };
  }
  if (loss.fromLogits === true && (head.activation === 'sigmoid' || head.activation === 'softmax')) {
    return { place, related, message: message('{layer} ends in {activation}, but {loss} was told from_logits=True: it applies sigmoid again', values) };
  }
  return undefined;
}

/** Activations whose outputs are no log-probabilities. */
const notLogarithmic = new Set(['linear', 'softmax', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'elu', 'gelu', 'silu', 'relu6', 'hardsigmoid', 'softplus']);

function torchFinding(pair: LossPair): RuleFinding | undefined {
  const { head, loss } = pair;
  const { activation } = head ?? {};
  if (head === undefined || activation === undefined) return undefined;
  const isProbability = activation === 'softmax' || activation === 'sigmoid';
  const values = { activation, loss: loss.name, layer: head.layer === undefined ? message('the model') : layerName(head.layer) };
  const place = head.activationPlace ?? head.layer?.place ?? pair.place;
  const report = (text: Message): RuleFinding => ({
    message: text, place: samePlace(place, head.layer?.place) && activation === 'linear' ? pair.place : place,
    related: samePlace(place, pair.place) ? [] : [{ place: activation === 'linear' ? place : pair.place, message: activation === 'linear' ? message('{layer} gives the output', values) : message('outputs and targets meet here') }],
  });
  switch (loss.name) {
    case 'cross_entropy':
      if ((classCount(pair) ?? 0) < 2 || !isProbability) return undefined;
      return report(activation === 'softmax'
        ? message('the model ends in softmax, but {loss} applies log-softmax itself: give it the raw scores', values)
        : message('the model ends in sigmoid, but {loss} applies log-softmax to raw scores: scores between 0 and 1 cannot tell the classes apart', values));
    case 'nll_loss':
      if ((classCount(pair) ?? 0) < 2 || !notLogarithmic.has(activation)) return undefined;
      return report(activation === 'linear'
        ? message('{loss} expects log-probabilities, but gets the raw scores of {layer}: log_softmax is missing, or use cross_entropy', values)
        : message('{loss} expects log-probabilities, but the model ends in {activation}: use log_softmax', values));
    case 'binary_cross_entropy':
      if (activation === 'linear') return report(message('{loss} expects probabilities, but gets the raw scores of {layer}: sigmoid is missing, or use binary_cross_entropy_with_logits', values));
      if (unbounded.has(activation)) return report(message('{loss} expects probabilities, but the model ends in {activation}: use sigmoid', values));
      return undefined;
    case 'binary_cross_entropy_with_logits':
      return isProbability ? report(message('the model ends in {activation}, but {loss} applies sigmoid itself: give it the raw scores', values)) : undefined;
    case 'kl_div':
      return isProbability ? report(message('{loss} expects log-probabilities as its input, but gets the output of {activation}: use log_softmax', values)) : undefined;
    default:
      return undefined;
  }
}

/** `activation="softmax"` added to a layer whose activation was not given. */
function softmaxFix(pair: LossPair): Fix[] {
  const call = pair.head?.layer?.place;
  if (pair.head?.layer !== pair.head?.activationLayer || call === undefined || pair.head?.activationPlace !== undefined || literalPlace(pair.head?.units) === undefined) return [];
  const text = call.source.parsed.text.slice(call.start, call.end);
  if (!text.endsWith(')')) return [];
  const separator = /,\s*\)$/.test(text) ? ' ' : ', ';
  const at = call.end - 1;
  return [{ title: message('Add activation="softmax"'), edits: [{ place: { ...call, start: at, end: at }, newText: `${separator}activation="softmax"` }] }];
}
