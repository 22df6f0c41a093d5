// Keras 3's metrics, counted over a whole epoch from targets and predictions as plain arrays. It must not know TensorFlow.js.
import type { ObjectConfiguration } from '../../../server/trace/configuration.ts';
import type { TargetKind } from './losses.ts';

/** Targets and predictions of a batch: rows of `width` predictions; targets as the loss takes them. */
export interface Answers {
  readonly target: ArrayLike<number>;
  readonly prediction: ArrayLike<number>;
  readonly width: number;
}

export interface Metric {
  readonly name: string;
  readonly update: (answers: Answers) => void;
  readonly result: () => number;
  readonly reset: () => void;
}

type Pair = (target: number, prediction: number) => number;

/** The mean of a number for each element, or each row. */
function meanMetric(name: string, each: (answers: Answers, add: (value: number) => void) => void, finish = (mean: number): number => mean): Metric {
  let sum = 0, count = 0;
  const add = (value: number): void => { sum += value; count += 1; };
  return { name, update: (answers) => each(answers, add), result: () => (count === 0 ? 0 : finish(sum / count)), reset: () => { sum = 0; count = 0; } };
}

const ofPairs = (pair: Pair) => ({ target, prediction }: Answers, add: (value: number) => void): void => {
  for (let at = 0; at < prediction.length; at += 1) add(pair(target[at] ?? 0, prediction[at] ?? 0));
};

/** A number for each row of predictions. Targets are class numbers, or rows of their own. */
const ofRows = (isSparse: boolean, row: (label: number, scores: ArrayLike<number>, from: number, width: number) => number) => ({ target, prediction, width }: Answers, add: (value: number) => void): void => {
  for (let from = 0, at = 0; from < prediction.length; from += width, at += 1) add(row(isSparse ? (target[at] ?? -1) : largest(target, from, width), prediction, from, width));
};

function largest(values: ArrayLike<number>, from: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at += 1) if ((values[from + at] ?? 0) > (values[from + best] ?? 0)) best = at;
  return best;
}

const isRight = (label: number, scores: ArrayLike<number>, from: number, width: number): number => (largest(scores, from, width) === label ? 1 : 0);
const isAmong = (count: number) => (label: number, scores: ArrayLike<number>, from: number, width: number): number => {
  const own = scores[from + label] ?? Number.NaN;
  let better = 0;
  for (let at = 0; at < width; at += 1) if ((scores[from + at] ?? 0) > own) better += 1;
  return better < count ? 1 : 0;
};

/** How many of the positive predictions are right, or how many positives were found. */
function counted(name: string, threshold: number, result: (right: number, wrong: number, missed: number) => number): Metric {
  let right = 0, wrong = 0, missed = 0;
  return {
    name,
    update: ({ target, prediction }) => {
      for (let at = 0; at < prediction.length; at += 1) {
        const said = (prediction[at] ?? 0) > threshold, is = (target[at] ?? 0) > 0.5;
        if (said && is) right += 1;
        else if (said) wrong += 1;
        else if (is) missed += 1;
      }
    },
    result: () => result(right, wrong, missed),
    reset: () => { right = 0; wrong = 0; missed = 0; },
  };
}

/** The area under the ROC curve between 200 thresholds, as Keras adds it up. */
function areaUnderCurve(name: string, count: number): Metric {
  const thresholds = [-1e-7, ...Array.from({ length: count - 2 }, (_, at) => (at + 1) / (count - 1)), 1 + 1e-7];
  let [right, wrong] = [new Float64Array(count), new Float64Array(count)], positives = 0, negatives = 0;
  return {
    name,
    update: ({ target, prediction }) => {
      for (let at = 0; at < prediction.length; at += 1) {
        const is = (target[at] ?? 0) > 0.5, value = prediction[at] ?? 0;
        if (is) positives += 1; else negatives += 1;
        const counts = is ? right : wrong;
        for (let index = 0; index < count && value > (thresholds[index] ?? 2); index += 1) counts[index] = (counts[index] ?? 0) + 1;
      }
    },
    result: () => {
      if (positives === 0 || negatives === 0) return 0;
      let area = 0;
      for (let at = 0; at + 1 < count; at += 1) area += (((wrong[at] ?? 0) - (wrong[at + 1] ?? 0)) / negatives) * ((((right[at] ?? 0) + (right[at + 1] ?? 0)) / 2) / positives);
      return area;
    },
    reset: () => { right = new Float64Array(count); wrong = new Float64Array(count); positives = 0; negatives = 0; },
  };
}

const shortNames: Readonly<Record<string, string>> = {
  acc: 'accuracy', mse: 'mean_squared_error', mae: 'mean_absolute_error', mape: 'mean_absolute_percentage_error', rmse: 'root_mean_squared_error', bce: 'binary_crossentropy',
  a_u_c: 'auc', top_k_categorical_accuracy: 'top_k_categorical_accuracy',
};

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2').toLowerCase();
}

/** The metric of a name, for a loss with such targets and an output of such width; undefined for those that are not written here. */
export function metricNamed(given: ObjectConfiguration, target: TargetKind, width: number): Metric | undefined {
  const lower = snakeCase(given.name);
  const key = shortNames[lower] ?? lower;
  const label = typeof given.arguments['name'] === 'string' ? given.arguments['name'] : given.name === lower ? given.name : key;
  const number = (name: string, otherwise: number): number => (typeof given.arguments[name] === 'number' ? given.arguments[name] : otherwise);
  const isSparse = target === 'classes';
  switch (key) {
    case 'accuracy':
      // `keras.metrics.Accuracy` itself asks for equal numbers; the string is resolved by the shapes.
      if (given.name === 'Accuracy') return meanMetric(label, ofPairs((one, other) => (one === other ? 1 : 0)));
      return width === 1 || target === 'binary' ? meanMetric(label, ofPairs((one, other) => ((other > 0.5 ? 1 : 0) === one ? 1 : 0))) : meanMetric(label, ofRows(isSparse, isRight));
    case 'binary_accuracy': { const threshold = number('threshold', 0.5); return meanMetric(label, ofPairs((one, other) => ((other > threshold ? 1 : 0) === one ? 1 : 0))); }
    case 'sparse_categorical_accuracy': case 'categorical_accuracy': return meanMetric(label, ofRows(isSparse, isRight));
    case 'top_k_categorical_accuracy': case 'sparse_top_k_categorical_accuracy': return meanMetric(label, ofRows(isSparse, isAmong(number('k', 5))));
    case 'mean_squared_error': return meanMetric(label, ofPairs((one, other) => (one - other) ** 2));
    case 'root_mean_squared_error': return meanMetric(label, ofPairs((one, other) => (one - other) ** 2), Math.sqrt);
    case 'mean_absolute_error': return meanMetric(label, ofPairs((one, other) => Math.abs(one - other)));
    case 'mean_absolute_percentage_error': return meanMetric(label, ofPairs((one, other) => 100 * Math.abs((one - other) / Math.max(Math.abs(one), 1e-7))));
    case 'precision': return counted(label, number('thresholds', 0.5), (right, wrong) => (right + wrong === 0 ? 0 : right / (right + wrong)));
    case 'recall': return counted(label, number('thresholds', 0.5), (right, _, missed) => (right + missed === 0 ? 0 : right / (right + missed)));
    case 'auc': return areaUnderCurve(label, number('num_thresholds', 200));
    default: return undefined;
  }
}
