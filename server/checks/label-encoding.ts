// label-encoding: one-hot labels meet a loss for integers, or integer labels a loss for one-hot rows.
import { message } from '../values/place.ts';
import type { Fix } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';
import { formatShape } from '../tensors/shape.ts';
import { refusalsOf } from './check.ts';
import type { LossPair } from './pairs.ts';
import { lastAxis, literalPlace, lossPairs, relatedOf } from './pairs.ts';

export const labelEncoding: Check = {
  id: 'label-encoding',
  severity: 'error',
  summary: 'One-hot labels meet a loss for integers, or integer labels a loss for one-hot rows.',
  documentation: `
\`sparse_categorical_crossentropy\` takes one integer for each sample, \`categorical_crossentropy\` a row with one entry for
each class. Keras stops in training when one gets what the other wants.

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(80, 12), np.random.randint(0, 3, size=80)
model = keras.Sequential([keras.Input(shape=(12,)), layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer="adam")
model.fit(x, y)  # error: [label-encoding]
\`\`\`

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(80, 12), np.random.randint(0, 3, size=80)
model = keras.Sequential([keras.Input(shape=(12,)), layers.Dense(3, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y)
\`\`\`
`,
  run: (trace) => [...refusalsOf('label-encoding')(trace), ...lossPairs(trace).flatMap((pair) => (pair.framework === 'keras' ? finding(pair) ?? [] : []))],
};

function finding(pair: LossPair): RuleFinding | undefined {
  const width = lastAxis(pair.prediction), targetWidth = lastAxis(pair.target);
  const rank = pair.prediction.shape.dims?.length, targetRank = pair.target.shape.dims?.length;
  if (width === undefined || width < 2 || rank === undefined || targetRank === undefined) return undefined;
  const shapes = { output: formatShape(pair.prediction.shape), target: formatShape(pair.target.shape), loss: pair.loss.name, width };
  if (pair.loss.name === 'sparse_categorical_crossentropy' && targetRank === rank && targetWidth === width) {
    return report(pair, message('{loss} expects one integer label for each sample, but the labels are one-hot rows of {width}: {target}', shapes), 'categorical_crossentropy');
  }
  const isInteger = targetRank === rank - 1 || (targetRank === rank && targetWidth === 1);
  if ((pair.loss.name === 'categorical_crossentropy' || pair.loss.name === 'categorical_focal_crossentropy') && isInteger) {
    return report(pair, message('{loss} expects one-hot rows of {width} like the output {output}, but the labels have shape {target}: integers want sparse_categorical_crossentropy', shapes), 'sparse_categorical_crossentropy');
  }
  return undefined;
}

function report(pair: LossPair, text: RuleFinding['message'], replacement: string): RuleFinding {
  return {
    message: text, place: pair.place, fixes: lossFix(pair, replacement),
    related: [...(pair.loss.place === undefined ? [] : [{ place: pair.loss.place, message: message('the loss is chosen here') }]), ...relatedOf(pair.target.origin)],
  };
}

/** Another loss where it is named by one string. */
export function lossFix(pair: LossPair, replacement: string): Fix[] {
  const literal = literalPlace(pair.compile?.loss);
  if (literal === undefined) return [];
  const quote = literal.source.parsed.text[literal.start] === "'" ? "'" : '"';
  return [{ title: message('Use {loss}', { loss: replacement }), edits: [{ place: literal, newText: `${quote}${replacement}${quote}` }] }];
}
