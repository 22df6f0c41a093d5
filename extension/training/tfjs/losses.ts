// Keras 3's losses in TensorFlow.js' operations: one number for a batch, the mean over samples, of which gradients are taken.
// It must not know models or optimizers.
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { abs, add, clipByValue, cast, div, exp, greater, log, logSoftmax, maximum, mean, minimum, mul, neg, oneHot, relu, reshape, scalar, softplus, square, squaredDifference, sub, sum, where, max, sigmoid, l2Normalize } from './operations.ts';
import type { ObjectConfiguration } from '../../../server/trace/configuration.ts';

export type LossFunction = (target: Tensor, prediction: Tensor) => Scalar;

/** How targets are given to a loss: class numbers, one-hot rows, or the values themselves. */
export type TargetKind = 'classes' | 'one-hot' | 'binary' | 'values';

interface LossFacts { readonly target: TargetKind; readonly make: (given: ObjectConfiguration['arguments']) => LossFunction }

const epsilon = 1e-7;
const number = (given: ObjectConfiguration['arguments'], name: string, otherwise: number): number => (typeof given[name] === 'number' ? given[name] : otherwise);
const clipped = (values: Tensor): Tensor => clipByValue(values, epsilon, 1 - epsilon);
const overAll = (values: Tensor): Scalar => mean(values) as Scalar;
/** Of pairs of numbers; `values` gives what each pair costs. */
const elementwise = (values: (target: Tensor, prediction: Tensor) => Tensor): LossFacts => ({ target: 'values', make: () => (target, prediction) => overAll(values(fitted(target, prediction), prediction)) });

/** A column of targets against a column of predictions, whatever axes of one they come with. */
function fitted(target: Tensor, prediction: Tensor): Tensor {
  return target.size === prediction.size ? reshape(target, prediction.shape) : target;
}

function sparseCategorical(given: ObjectConfiguration['arguments']): LossFunction {
  return (target, prediction) => {
    const classes = prediction.shape.at(-1) ?? 1;
    const rows = oneHot(reshape(cast(target, 'int32'), [-1]), classes);
    const flat = reshape(prediction, [-1, classes]);
    return overAll(neg(sum(mul(cast(rows, 'float32'), logProbabilities(flat, given['from_logits'] === true)), -1)));
  };
}

function categorical(given: ObjectConfiguration['arguments']): LossFunction {
  const smoothing = number(given, 'label_smoothing', 0);
  return (target, prediction) => {
    const classes = prediction.shape.at(-1) ?? 1;
    const smooth = smoothing === 0 ? target : add(mul(target, scalar(1 - smoothing)), scalar(smoothing / classes));
    return overAll(neg(sum(mul(smooth, logProbabilities(prediction, given['from_logits'] === true)), -1)));
  };
}

function logProbabilities(prediction: Tensor, isLogits: boolean): Tensor {
  if (isLogits) return logSoftmax(prediction, -1);
  // Keras scales the rows to 1 before it clips them.
  return log(clipped(div(prediction, sum(prediction, -1, true))));
}

function binary(given: ObjectConfiguration['arguments']): LossFunction {
  const smoothing = number(given, 'label_smoothing', 0);
  return (target, prediction) => {
    const fit = fitted(target, prediction);
    const smooth = smoothing === 0 ? fit : add(mul(fit, scalar(1 - smoothing)), scalar(smoothing / 2));
    if (given['from_logits'] === true) return overAll(add(sub(relu(prediction), mul(prediction, smooth)), softplus(neg(abs(prediction)))));
    const sure = clipped(prediction);
    return overAll(neg(add(mul(smooth, log(sure)), mul(sub(scalar(1), smooth), log(sub(scalar(1), sure))))));
  };
}

function huber(given: ObjectConfiguration['arguments']): LossFunction {
  const delta = number(given, 'delta', 1);
  return (target, prediction) => {
    const distance = abs(sub(fitted(target, prediction), prediction));
    // The square part up to delta and the rest; TensorFlow.js has no gradient through a comparison.
    const near = minimum(distance, scalar(delta));
    return overAll(add(mul(scalar(0.5), square(near)), mul(scalar(delta), sub(distance, near))));
  };
}

/** 0 and 1 become -1 and 1 where no label is negative; TensorFlow.js cannot ask that of a tensor inside a gradient, so 0 counts as -1. */
const signed = (target: Tensor): Tensor => where(greater(target, scalar(0)), mul(target, scalar(1)), scalar(-1));

const losses: Readonly<Record<string, LossFacts>> = {
  sparse_categorical_crossentropy: { target: 'classes', make: sparseCategorical },
  categorical_crossentropy: { target: 'one-hot', make: categorical },
  binary_crossentropy: { target: 'binary', make: binary },
  mean_squared_error: elementwise((target, prediction) => squaredDifference(prediction, target)),
  mean_absolute_error: elementwise((target, prediction) => abs(sub(prediction, target))),
  mean_absolute_percentage_error: elementwise((target, prediction) => mul(scalar(100), abs(div(sub(target, prediction), maximum(abs(target), scalar(epsilon)))))),
  mean_squared_logarithmic_error: elementwise((target, prediction) => squaredDifference(log(add(maximum(prediction, scalar(epsilon)), scalar(1))), log(add(maximum(target, scalar(epsilon)), scalar(1))))),
  log_cosh: elementwise((target, prediction) => {
    const distance = sub(prediction, target);
    return sub(add(distance, softplus(mul(scalar(-2), distance))), scalar(Math.log(2)));
  }),
  huber: { target: 'values', make: huber },
  poisson: elementwise((target, prediction) => sub(prediction, mul(target, log(add(prediction, scalar(epsilon)))))),
  hinge: elementwise((target, prediction) => relu(sub(scalar(1), mul(signed(target), prediction)))),
  squared_hinge: elementwise((target, prediction) => square(relu(sub(scalar(1), mul(signed(target), prediction))))),
  kl_divergence: {
    target: 'one-hot', make: () => (target, prediction) => {
      const [sure, given] = [clipByValue(target, epsilon, 1), clipByValue(prediction, epsilon, 1)];
      return overAll(sum(mul(sure, log(div(sure, given))), -1));
    },
  },
  categorical_hinge: {
    target: 'one-hot', make: () => (target, prediction) => overAll(relu(add(sub(max(mul(sub(scalar(1), target), prediction), -1), sum(mul(target, prediction), -1)), scalar(1)))),
  },
  cosine_similarity: { target: 'values', make: () => (target, prediction) => overAll(neg(sum(mul(l2Normalize(target), l2Normalize(prediction)), -1))) },
  binary_focal_crossentropy: {
    target: 'binary', make: (given) => {
      const gamma = number(given, 'gamma', 2);
      return (target, prediction) => {
        const fit = fitted(target, prediction), sure = clipped(given['from_logits'] === true ? sigmoid(prediction) : prediction);
        const right = add(mul(fit, sure), mul(sub(scalar(1), fit), sub(scalar(1), sure)));
        return overAll(mul(exp(mul(scalar(gamma), log(maximum(sub(scalar(1), right), scalar(epsilon))))), neg(log(right))));
      };
    },
  },
};

const aliases: Readonly<Record<string, string>> = { mse: 'mean_squared_error', mae: 'mean_absolute_error', mape: 'mean_absolute_percentage_error', msle: 'mean_squared_logarithmic_error', bce: 'binary_crossentropy', logcosh: 'log_cosh', huber_loss: 'huber', kld: 'kl_divergence' };

export interface Loss { readonly name: string; readonly target: TargetKind; readonly compute: LossFunction }

/** The loss of a name; undefined for those that are not written here. */
export function lossNamed(given: ObjectConfiguration): Loss | undefined {
  const key = given.name.toLowerCase(), name = aliases[key] ?? given.name;
  const facts = losses[name];
  return facts === undefined ? undefined : { name, target: facts.target, compute: facts.make(given.arguments) };
}

