// The operations of TensorFlow.js that the trainer computes with, from one place: a backend's own package must bring the same core.
// It must not know anything else.
export {
  abs, add, cast, clipByValue, div, exp, greater, log, logSoftmax, max, maximum, mean, minimum, mul, neg, norm, oneHot, relu, reshape, scalar, sigmoid, sign, softplus, sqrt, square, squaredDifference, sub, sum, where, zerosLike, fill,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { div, maximum, scalar, sqrt, square, sum } from '@tensorflow/tfjs-core';

/** Rows of length 1, as Keras scales them. */
export function l2Normalize(values: Tensor): Tensor {
  return div(values, sqrt(maximum(sum(square(values), -1, true), scalar(1e-12))));
}
