// target-shape: the output's shape cannot match the targets'.
import type { Dim } from '../tensors/dim.ts';
import { dimEquals, isKnown } from '../tensors/dim.ts';
import { broadcast, elementCount, formatShape, type Shape, shapesEqual } from '../tensors/shape.ts';
import { message } from '../values/place.ts';
import type { Check, RuleFinding } from './check.ts';
import { refusalsOf } from './check.ts';
import { layerName } from './heads.ts';
import type { LossPair } from './pairs.ts';
import { lastAxis, lossPairs, relatedOf } from './pairs.ts';

/** Losses that compare output and target element by element. */
const elementwise = new Set([
  'categorical_crossentropy', 'binary_crossentropy', 'categorical_focal_crossentropy', 'binary_focal_crossentropy', 'mean_squared_error', 'mean_absolute_error',
  'mean_absolute_percentage_error', 'mean_squared_logarithmic_error', 'huber', 'log_cosh', 'kl_divergence', 'poisson', 'cosine_similarity', 'hinge', 'squared_hinge', 'categorical_hinge', 'dice', 'tversky',
]);

/** Of these, losses that take what numpy broadcasts; the others refuse it (crossentropies) or flatten both (dice, tversky). */
const numberByNumber: ReadonlySet<string> = new Set([...elementwise].filter((name) => !/crossentropy|dice|tversky/.test(name)));

export const targetShape: Check = {
  id: 'target-shape',
  severity: 'error',
  summary: "The output's shape cannot match the targets'.",
  documentation: `
The loss compares the model's output with the targets. A forgotten Flatten or pooling leaves one answer for every
position, a head of another width cannot match one-hot rows.

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(8, 32, 32, 3), np.random.randint(0, 10, size=8)
model = keras.Sequential([
    keras.Input(shape=(32, 32, 3)),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y)  # error: [target-shape]
\`\`\`

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(8, 32, 32, 3), np.random.randint(0, 10, size=8)
model = keras.Sequential([
    keras.Input(shape=(32, 32, 3)),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.fit(x, y)
\`\`\`
`,
  run: (trace) => [...refusalsOf('target-shape')(trace), ...lossPairs(trace).flatMap((pair) => (pair.framework === 'keras' ? finding(pair) : broadcastFinding(pair)) ?? [])],
};

function finding(pair: LossPair): RuleFinding | undefined {
  const output = pair.prediction.shape.dims, target = pair.target.shape.dims;
  if (output === undefined || target === undefined) return undefined;
  const shapes = { output: formatShape(pair.prediction.shape), target: formatShape(pair.target.shape), loss: pair.loss.name };
  const width = lastAxis(pair.prediction), targetWidth = lastAxis(pair.target);
  if (pair.loss.name === 'sparse_categorical_crossentropy') {
    // Keras compares the target's shape, without a last axis of one, with the output's without its classes.
    const labels = target.length === output.length && targetWidth === 1 ? target.slice(0, -1) : target;
    if (labels.length === output.length && targetWidth !== undefined && targetWidth === width) return undefined;
    const positions = output.slice(0, -1);
    const extra = positions.length > labels.length && positions.slice(1).some((dim) => isKnown(dim) && dim > 1);
    if (extra) return report(pair, message('the output {output} gives one answer for every position, but the labels have shape {target}: pool or flatten before the last layer', shapes));
    if (labels.length === positions.length && differs(labels, positions)) return report(pair, message('the output {output} does not match labels of shape {target}', shapes));
    return undefined;
  }
  if (!elementwise.has(pair.loss.name)) return undefined;
  if (output.length === target.length) {
    if (!differs(output, target)) return undefined;
    // A target of width 1 against a wider output is integer labels: label-encoding says so for the categorical losses.
    if (targetWidth === 1 && pair.loss.name.startsWith('categorical')) return undefined;
    // Losses broadcast in training what differs by an axis of one; that is silent and seldom meant.
    const isBroadcast = numberByNumber.has(pair.loss.name) && output.every((dim, at) => dim === 1 || target[at] === 1 || dimEquals(dim, target[at] ?? dim) !== false);
    return { ...report(pair, message('the output has shape {output}, but the targets have {target}', shapes)), ...(isBroadcast ? { severity: 'warning' as const } : {}) };
  }
  // Keras drops or adds a last axis of one; a target that lacks the class axis of a categorical loss is label-encoding's.
  const [longer, shorter] = output.length > target.length ? [output, target] : [target, output];
  if (longer.length === shorter.length + 1 && longer.at(-1) === 1) {
    return longer.length > 1 && differs(longer.slice(0, -1), shorter) ? report(pair, message('the output has shape {output}, but the targets have {target}', shapes)) : undefined;
  }
  if (longer.length === shorter.length + 1 && output.length > target.length && pair.loss.name.startsWith('categorical')) return undefined;
  const lastKnown = longer.at(-1);
  if (lastKnown === undefined || !isKnown(lastKnown)) return undefined;
  if (output.length > target.length && output.length > 2) return report(pair, message('the output {output} gives one answer for every position, but the targets have shape {target}: pool or flatten before the last layer', shapes));
  if (pair.loss.name.startsWith('binary') && width !== undefined && width > 1 && target.length === 1) {
    return report(pair, message('{loss} compares an output of shape {output} with labels of shape {target}: use one sigmoid unit, or sparse_categorical_crossentropy for {width} classes', { ...shapes, width }));
  }
  return report(pair, message('the output has shape {output}, but the targets have {target}', shapes));
}

/** Losses of PyTorch that compare number by number; `warned`: PyTorch itself warns where the sizes differ. */
const broadcasting: Readonly<Record<string, { readonly warned: boolean }>> = {
  mse_loss: { warned: true }, l1_loss: { warned: true }, smooth_l1_loss: { warned: true }, huber_loss: { warned: true },
  kl_div: { warned: false }, poisson_nll_loss: { warned: false }, hinge_embedding_loss: { warned: false }, gaussian_nll_loss: { warned: false },
};

/** (N, 1) against (N,) becomes (N, N): each output is compared with every target. */
function broadcastFinding(pair: LossPair): RuleFinding | undefined {
  const known = broadcasting[pair.loss.name];
  const [output, target] = [pair.prediction.shape, pair.target.shape];
  if (known === undefined || output.dims === undefined || target.dims === undefined || shapesEqual(output, target) !== false) return undefined;
  const common = broadcast(output, target);
  if (!common.ok) return undefined;
  const isSingle = (shape: Shape): boolean => shape.dims?.every((dim) => dim === 1) === true;
  // One number against many is a constant target: a discriminator's "real" and "fake". And (5,) against (1, 5) compares as meant.
  if (isSingle(output) || isSingle(target)) return undefined;
  const grows = (shape: Shape): boolean => elementsDiffer(shape, common.shape);
  if (known.warned ? !grows(output) && !grows(target) : !grows(output) || !grows(target)) return undefined;
  return {
    ...report(pair, message('{loss} broadcasts the output {output} and the targets {target} to {common}: each output is compared with the targets of others', {
      output: formatShape(output), target: formatShape(target), common: formatShape(common.shape), loss: pair.loss.name,
    })),
    severity: 'warning',
  };
}

/** Whether a shape certainly has another number of elements. */
function elementsDiffer(left: Shape, right: Shape): boolean {
  const [one, other] = [elementCount(left), elementCount(right)];
  if (one === undefined || other === undefined) return false;
  if (dimEquals(one, other) === false) return true;
  // (N, 1) against (N, N): one more axis of a size that need not be 1.
  const sizes = (shape: Shape): readonly Dim[] => (shape.dims ?? []).filter((dim) => dim !== 1);
  return sizes(left).length < sizes(right).length;
}

/** Whether two lists of sizes differ for certain in some axis behind the batch. */
function differs(left: readonly Dim[], right: readonly Dim[]): boolean {
  return left.some((dim, at) => { const other = right[at]; return at > 0 && other !== undefined && isKnown(dim) && isKnown(other) && dim !== other; });
}

function report(pair: LossPair, text: RuleFinding['message']): RuleFinding {
  return {
    message: text, place: pair.place,
    related: [...(pair.head?.layer?.place === undefined ? [] : [{ place: pair.head.layer.place, message: message('{layer} gives the output', { layer: layerName(pair.head.layer) }) }]), ...relatedOf(pair.target.origin)],
  };
}
