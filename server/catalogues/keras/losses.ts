// keras.losses: classes and functions, what a loss argument stands for, and what a loss called in a training loop meets.
// It must not know models.
import type { LossFacts } from '../../trace/trace.ts';
import { argumentsOf, bindArguments } from '../../values/arguments.ts';
import type { BoundArguments } from '../../values/arguments.ts';
import { nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { backendTensorClass } from './array-library.ts';
import { objectClasses, objectSlot } from './objects.ts';
import { lossFunctionSignatures, lossSignatures } from './training-signatures.ts';

/** Class → function, where the function is not the class's name in snake case. */
const functionOfClass: Readonly<Record<string, string>> = {
  BinaryCrossentropy: 'binary_crossentropy',
  BinaryFocalCrossentropy: 'binary_focal_crossentropy',
  CategoricalCrossentropy: 'categorical_crossentropy',
  CategoricalFocalCrossentropy: 'categorical_focal_crossentropy',
  CategoricalGeneralizedCrossEntropy: 'categorical_generalized_cross_entropy',
  CategoricalHinge: 'categorical_hinge',
  SparseCategoricalCrossentropy: 'sparse_categorical_crossentropy',
  MeanSquaredError: 'mean_squared_error',
  MeanAbsoluteError: 'mean_absolute_error',
  MeanAbsolutePercentageError: 'mean_absolute_percentage_error',
  MeanSquaredLogarithmicError: 'mean_squared_logarithmic_error',
  Hinge: 'hinge',
  SquaredHinge: 'squared_hinge',
  Huber: 'huber',
  KLDivergence: 'kl_divergence',
  LogCosh: 'log_cosh',
  Poisson: 'poisson',
  CosineSimilarity: 'cosine_similarity',
  CTC: 'ctc',
  Circle: 'circle',
  Dice: 'dice',
  Tversky: 'tversky',
};
/** The short names that Keras 3 knows as strings. */
const shortNames: Readonly<Record<string, string>> = {
  bce: 'binary_crossentropy',
  BCE: 'binary_crossentropy',
  kld: 'kl_divergence',
  KLD: 'kl_divergence',
  mae: 'mean_absolute_error',
  MAE: 'mean_absolute_error',
  mse: 'mean_squared_error',
  MSE: 'mean_squared_error',
  mape: 'mean_absolute_percentage_error',
  MAPE: 'mean_absolute_percentage_error',
  msle: 'mean_squared_logarithmic_error',
  MSLE: 'mean_squared_logarithmic_error',
};
/** Names of Keras 2 that tf.keras and keras.losses still offered; Keras 3 has them as attributes of the legacy API only. */
const formerNames: Readonly<Record<string, string>> = {
  kullback_leibler_divergence: 'kl_divergence',
  logcosh: 'log_cosh',
  cosine_proximity: 'cosine_similarity',
  huber_loss: 'huber',
};
/** Keras 3's table of strings leaves these two out. */
const notAsString: ReadonlySet<string> = new Set(['categorical_generalized_cross_entropy', 'CategoricalGeneralizedCrossEntropy']);

const takesLogits: ReadonlySet<string> = new Set([
  'binary_crossentropy',
  'binary_focal_crossentropy',
  'categorical_crossentropy',
  'categorical_focal_crossentropy',
  'sparse_categorical_crossentropy',
]);

const classes: Readonly<Record<string, ClassValue>> = objectClasses({
  module: 'keras.losses',
  baseName: 'Loss',
  signatures: lossSignatures,
  members: {
    __call__: nativeMethod('__call__', 'self, y_true, y_pred, sample_weight=None', (call) => {
      const self = call.args.get('self');
      const loss = describeLoss(call.interpreter, self, call.place);
      const own = self.kind === 'instance' && !self.cls.native ? self : undefined;
      const [target, prediction] = [call.args.get('y_true'), call.args.get('y_pred')];
      // A loss of the program computes in its own `call`.
      const values = own === undefined ? undefined : call.interpreter.callMethod(own, 'call', [target, prediction], call.place);
      if (loss !== undefined) recordLoss(call.interpreter, loss, prediction, target, call.place);
      const reduction = objectSlot.get(self)?.args.get('reduction');
      return reduction?.kind === 'none' || (reduction?.kind === 'str' && reduction.value === 'none') ? (values ?? perSample(prediction)) : scalar();
    }),
  },
});

function recordLoss(interpreter: Interpreter, loss: LossFacts, prediction: Value, target: Value, place: Place): void {
  if (!interpreter.isQuiet) interpreter.trace.events.push({ kind: 'loss', loss, prediction, target, place });
}

function scalar(): Value {
  return tensor({ cls: backendTensorClass(), shape: { dims: [] }, dtype: 'float32' });
}

function perSample(prediction: Value): Value {
  return prediction.kind === 'tensor' && prediction.shape.dims !== undefined
    ? tensor({ cls: backendTensorClass(), shape: { dims: prediction.shape.dims.slice(0, -1) }, dtype: prediction.dtype })
    : unknown();
}

const functions: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(lossFunctionSignatures).map(([name, signature]) => [
    name,
    nativeFunction(name, signature, (call) => {
      recordLoss(call.interpreter, factsOf(name, call.args, signature, call.place), call.args.get('y_pred'), call.args.get('y_true'), call.place);
      return perSample(call.args.get('y_pred'));
    }),
  ]),
);

function factsOf(name: string, args: BoundArguments, signature: string, place: Place | undefined): LossFacts {
  const parameters = parseSignature(signature)
    .parameters.map((parameter) => parameter.name)
    .filter((one) => one !== 'y_true' && one !== 'y_pred');
  return {
    name,
    fromLogits: takesLogits.has(name) ? args.flag('from_logits') : undefined,
    arguments: new Map(parameters.map((parameter) => [parameter, args.get(parameter)])),
    place,
  };
}

/** A loss by its function's name, with default arguments. */
function defaultFacts(name: string, place: Place | undefined): LossFacts | undefined {
  const signature = lossFunctionSignatures[name];
  if (signature === undefined) return undefined;
  const binding = bindArguments(parseSignature(signature), argumentsOf([unknown(), unknown()]), name);
  return binding.ok ? factsOf(name, binding.args, signature, place) : undefined;
}

/** The canonical function name of a string, class or function that names a loss. */
export function lossName(value: Value): string | undefined {
  if (value.kind === 'str') return canonical(value.value);
  if (value.kind === 'native') return canonical(value.name);
  if (value.kind === 'class') return value.native ? functionOfClass[value.name] : undefined;
  const held = objectSlot.get(value);
  return held === undefined ? undefined : functionOfClass[held.name];
}

function canonical(name: string): string | undefined {
  const known = shortNames[name] ?? functionOfClass[name] ?? name;
  return lossFunctionSignatures[known] === undefined ? undefined : known;
}

/** What a loss argument stands for; undefined for what is not known or the program's own. */
export function describeLoss(_: Interpreter, value: Value, place?: Place): LossFacts | undefined {
  const name = lossName(value);
  if (name === undefined) return undefined;
  const held = objectSlot.get(value);
  if (held !== undefined)
    return value.kind === 'instance' && !value.cls.native ? undefined : factsOf(name, held.args, lossSignatures[held.name] ?? '', place);
  return defaultFacts(name, place);
}

/** Whether a string is no loss of Keras 3. */
export function isUnknownLoss(name: string): boolean {
  return notAsString.has(name) || (name !== 'Loss' && name !== 'LossFunctionWrapper' && canonical(name) === undefined);
}

export const lossMembers: Readonly<Record<string, Value>> = {
  ...classes,
  ...functions,
  ...Object.fromEntries(
    Object.entries({ ...shortNames, ...formerNames }).flatMap(([alias, name]) => {
      const value = functions[name];
      return value === undefined ? [] : [[alias, value]];
    }),
  ),
  get: nativeFunction('get', 'identifier', (call) => {
    const value = call.args.get('identifier');
    if (value.kind !== 'str') return value;
    if (isUnknownLoss(value.value))
      return call.interpreter.refuse({
        rule: 'invalid-argument',
        message: message('there is no loss "{name}"', { name: value.value }),
        place: call.args.place('identifier') ?? call.place,
      });
    const cls = classes[value.value];
    return functions[canonical(value.value) ?? ''] ?? (cls === undefined ? unknown() : call.interpreter.call(cls, argumentsOf([]), call.place));
  }),
  serialize: nativeFunction('serialize', 'loss', () => unknown()),
  deserialize: nativeFunction('deserialize', 'name, custom_objects=None', () => unknown()),
  Reduction: unknown(),
};

export const lossClass: ClassValue | undefined = classes['Loss'];
