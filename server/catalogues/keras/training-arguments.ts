// Optimizers, schedules, metrics and callbacks, and what `compile` makes of its arguments: strings become objects, what Keras cannot
// read is refused. It must not know models.
import type { Fix, LossFacts } from '../../trace/trace.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { backendTensorClass } from './array-library.ts';
import { keywordPlace } from './construction.ts';
import { describeLoss, isUnknownLoss } from './losses.ts';
import { objectClasses } from './objects.ts';
import { callbackSignatures, metricFunctionSignatures, metricSignatures, optimizerSignatures, scheduleSignatures } from './training-signatures.ts';

const unfollowed = (name: string): Value => nativeMethod(name, 'self, *args, **kwargs', () => unknown());

/** `lr=` is `learning_rate=` now; `decay=` is ignored by Keras 3. */
function optimizerArguments(interpreter: Interpreter, className: string, args: CallArguments, place: Place): CallArguments {
  return {
    ...args,
    keywords: args.keywords.map((keyword) => {
      if (keyword.name !== 'lr') return keyword;
      const at = keywordPlace(keyword);
      const fixes: Fix[] =
        at === undefined || at === keyword.place
          ? []
          : [
              {
                title: message('Rename to learning_rate'),
                edits: [{ place: { ...at, end: at.start + keyword.name.length }, newText: 'learning_rate' }],
              },
            ];
      interpreter.refuse({
        rule: 'deprecated-argument',
        message: message('{optimizer} takes "learning_rate", not "lr"', { optimizer: className }),
        place: at ?? place,
        fixes,
      });
      return { ...keyword, name: 'learning_rate' };
    }),
  };
}

const optimizerClasses = objectClasses({
  module: 'keras.optimizers',
  baseName: 'Optimizer',
  // The base takes what all of them take: a class of the program gives it in `super().__init__(learning_rate=…)`.
  signatures: {
    ...optimizerSignatures,
    Optimizer:
      "learning_rate, weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False, ema_momentum=0.99, ema_overwrite_frequency=None, loss_scale_factor=None, gradient_accumulation_steps=None, name='optimizer', **kwargs",
  },
  prepare: optimizerArguments,
  restKeywords(interpreter, className, keywords, place) {
    for (const keyword of keywords) {
      interpreter.refuse(
        keyword.name === 'decay'
          ? {
              rule: 'deprecated-argument',
              exception: 'none',
              message: message('{optimizer} ignores "decay" in Keras 3; give a schedule as learning_rate', { optimizer: className }),
              place: keywordPlace(keyword) ?? place,
            }
          : {
              rule: 'invalid-argument',
              message: message('{optimizer} has no argument "{name}"', { optimizer: className, name: keyword.name }),
              place: keywordPlace(keyword) ?? place,
            },
      );
    }
  },
  members: {
    apply_gradients: unfollowed('apply_gradients'),
    apply: unfollowed('apply'),
    minimize: unfollowed('minimize'),
    build: unfollowed('build'),
  },
});

const scheduleClasses = objectClasses({
  module: 'keras.optimizers.schedules',
  baseName: 'LearningRateSchedule',
  signatures: scheduleSignatures,
  members: { __call__: nativeMethod('__call__', 'self, step', () => tensor({ cls: backendTensorClass(), shape: { dims: [] }, dtype: 'float32' })) },
});

const metricClasses = objectClasses({
  module: 'keras.metrics',
  baseName: 'Metric',
  signatures: { ...metricSignatures, Metric: 'dtype=None, name=None, **kwargs' },
  members: {
    __call__: unfollowed('__call__'),
    update_state: unfollowed('update_state'),
    reset_state: unfollowed('reset_state'),
    reset_states: unfollowed('reset_states'),
    result: nativeMethod('result', 'self', () => tensor({ cls: backendTensorClass(), shape: { dims: [] }, dtype: 'float32' })),
    add_weight: unfollowed('add_weight'),
    add_variable: unfollowed('add_variable'),
  },
});

/** What Keras 2 took: `epsilon` and `cooldown` of schedulers, `period` of checkpoints. */
const callbackClasses = objectClasses({
  module: 'keras.callbacks',
  baseName: 'Callback',
  signatures: callbackSignatures,
  members: { set_model: unfollowed('set_model'), set_params: unfollowed('set_params') },
});

const optimizersByLowerName = new Map(Object.entries(optimizerClasses).map(([name, cls]) => [name.toLowerCase(), cls]));
/** Keras finds these by class only. */
const notAsString: ReadonlySet<string> = new Set(['lamb']);

function optimizerNamed(name: string): ClassValue | undefined {
  const key = name.toLowerCase();
  return notAsString.has(key) ? undefined : optimizersByLowerName.get(key);
}

export function checkOptimizer(interpreter: Interpreter, value: Value, place: Place): Value {
  if (value.kind === 'str') {
    const cls = optimizerNamed(value.value);
    if (cls !== undefined) return interpreter.call(cls, argumentsOf([]), place);
    return interpreter.refuse({ rule: 'invalid-argument', message: message('there is no optimizer "{name}"', { name: value.value }), place });
  }
  if (value.kind === 'class' && value.mro.includes(optimizerClasses['Optimizer'] ?? value)) {
    return interpreter.refuse({
      rule: 'invalid-argument',
      message: message('the optimizer is the class {name} itself: call it', { name: value.name }),
      place,
    });
  }
  return value;
}

/** Refuses losses that Keras does not know; gives the value as it is. */
export function checkLoss(interpreter: Interpreter, value: Value, place: Place): Value {
  // `compile` finds the fitting one for these by the shapes, as for the metric "accuracy".
  if (value.kind === 'str' && isUnknownLoss(value.value) && !['crossentropy', 'ce'].includes(value.value.toLowerCase())) {
    return interpreter.refuse({ rule: 'invalid-argument', message: message('there is no loss "{name}"', { name: value.value }), place });
  }
  if (value.kind === 'list' || value.kind === 'tuple') for (const item of value.items) checkLoss(interpreter, item, place);
  if (value.kind === 'dict') for (const entry of value.entries.values()) checkLoss(interpreter, entry.value, place);
  return value;
}

/** The losses by output; one entry stands for all. */
export function lossList(
  interpreter: Interpreter,
  value: Value,
  outputNames: readonly string[],
  place: Place | undefined,
): readonly (LossFacts | undefined)[] {
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.map((item) => describeLoss(interpreter, item, place));
  if (value.kind === 'dict')
    return outputNames.map((name) => {
      const entry = value.entries.get(`s:${name}`);
      return entry === undefined ? undefined : describeLoss(interpreter, entry.value, place);
    });
  return value.kind === 'none' ? [] : [describeLoss(interpreter, value, place)];
}

/** Strings that name a metric: classes, their names in snake case, and short names. */
const metricStrings: ReadonlySet<string> = new Set([
  ...Object.keys(metricSignatures),
  ...Object.keys(metricFunctionSignatures),
  'accuracy',
  'acc',
  'bce',
  'BCE',
  'mae',
  'MAE',
  'mape',
  'MAPE',
  'mse',
  'MSE',
  'msle',
  'MSLE',
  'auc',
  'binary_io_u',
  'f1_score',
  'f_beta_score',
  'false_negatives',
  'false_positives',
  'io_u',
  'log_cosh_error',
  'mean',
  'mean_io_u',
  'mean_metric_wrapper',
  'metric',
  'one_hot_io_u',
  'one_hot_mean_io_u',
  'precision',
  'precision_at_recall',
  'r2_score',
  'recall',
  'recall_at_precision',
  'root_mean_squared_error',
  'sensitivity_at_specificity',
  'specificity_at_sensitivity',
  'sum',
  'true_negatives',
  'true_positives',
]);
/** Functions of keras.metrics that are not found by their name. */
const notMetricStrings: ReadonlySet<string> = new Set(['binary_focal_crossentropy', 'categorical_focal_crossentropy', 'huber', 'log_cosh']);

export function checkMetrics(interpreter: Interpreter, value: Value, place: Place): Value {
  if (
    value.kind === 'str' &&
    (!metricStrings.has(value.value) || notMetricStrings.has(value.value)) &&
    !['accuracy', 'acc'].includes(value.value.toLowerCase())
  ) {
    return interpreter.refuse({ rule: 'invalid-argument', message: message('there is no metric "{name}"', { name: value.value }), place });
  }
  if (value.kind === 'list' || value.kind === 'tuple') for (const item of value.items) checkMetrics(interpreter, item, place);
  if (value.kind === 'dict') for (const entry of value.entries.values()) checkMetrics(interpreter, entry.value, place);
  return value;
}

const getter = (find: (interpreter: Interpreter, value: Value, place: Place) => Value): Value =>
  nativeFunction('get', 'identifier', (call) => find(call.interpreter, call.args.get('identifier'), call.args.place('identifier') ?? call.place));
const serialization: Readonly<Record<string, Value>> = {
  serialize: nativeFunction('serialize', '*args, **kwargs', () => unknown()),
  deserialize: nativeFunction('deserialize', '*args, **kwargs', () => unknown()),
};

/** Optimizers of `optimizers.legacy`: Keras 3 has none, TensorFlow 2 took what Keras 2 took. They are held and not looked at. */
const legacyClasses: Readonly<Record<string, Value>> = Object.fromEntries(
  ['Adam', 'SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adamax', 'Nadam', 'Ftrl', 'Optimizer'].map((name) => [
    name,
    nativeClass({
      name,
      qualifiedName: `keras.optimizers.legacy.${name}`,
      members: { __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none) },
    }),
  ]),
);

export const optimizerMembers: Readonly<Record<string, Value>> = { ...optimizerClasses, ...serialization, get: getter(checkOptimizer) };
export const legacyOptimizerMembers = legacyClasses;
export const scheduleMembers: Readonly<Record<string, Value>> = { ...scheduleClasses, ...serialization };
export const metricMembers: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(
    Object.entries(metricFunctionSignatures).map(([name, signature]) => [name, nativeFunction(name, signature, () => unknown())]),
  ),
  ...metricClasses,
  ...serialization,
  get: getter(checkMetrics),
};
export const callbackMembers: Readonly<Record<string, Value>> = callbackClasses;
