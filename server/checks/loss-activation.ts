// loss-activation: the output's activation and the loss disagree on what an output is.
import { message } from '../values/place.ts';
import type { Fix } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { lossFix } from './label-encoding.ts';
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
  const place = head.activationPlace ?? head.layer.place ?? pair.place;
  const values = { layer: head.activationLayer.name, activation: head.activation, loss: loss.name, width };
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

function torchFinding(pair: LossPair): RuleFinding | undefined {
  const { head, loss } = pair;
  if (head?.activation === undefined || (classCount(pair) ?? 0) < 2) return undefined;
  const place = head.activationPlace ?? head.layer.place ?? pair.place;
  if (loss.name === 'cross_entropy' && (head.activation === 'softmax' || head.activation === 'log_softmax')) {
    if (head.activation === 'log_softmax') return undefined;
    return { place, related: [{ place: pair.place, message: message('outputs and targets meet here') }], message: message('the model ends in softmax, but cross_entropy applies it again: give it the raw scores') };
  }
  return undefined;
}

/** `activation="softmax"` added to a layer whose activation was not given. */
function softmaxFix(pair: LossPair): Fix[] {
  const call = pair.head?.layer.place;
  if (pair.head?.layer !== pair.head?.activationLayer || call === undefined || pair.head?.activationPlace !== undefined || literalPlace(pair.head?.units) === undefined) return [];
  const text = call.source.parsed.text.slice(call.start, call.end);
  if (!text.endsWith(')')) return [];
  const separator = /,\s*\)$/.test(text) ? ' ' : ', ';
  const at = call.end - 1;
  return [{ title: message('Add activation="softmax"'), edits: [{ place: { ...call, start: at, end: at }, newText: `${separator}activation="softmax"` }] }];
}
