// `compile`, `fit`, `evaluate`, `predict` and their kin: what meets the model is written into the trace.
// It must not know optimizers, losses or data sets.
import { batchDim } from '../../tensors/dim.ts';
import type { CompileConfiguration, FitConfiguration } from '../../trace/configuration.ts';
import type { CompileEvent, DataEvent, Fix } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments, KeywordArgument } from '../../values/arguments.ts';
import { argumentsOf, bindArguments } from '../../values/arguments.ts';
import { nativeClass } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { bool, instance, list, none, unknown } from '../../values/value.ts';
import { asTensor } from '../arrays/conversion.ts';

import { sortedEntries, tensorsIn } from '../arrays/library.ts';
import { ndarrayClass, numpyLibrary } from '../numpy/library.ts';
import { kerasTensorClass } from './array-library.ts';
import { keywordPlace, mapTensors } from './construction.ts';
import { describeCompile, describeFit } from './configuration.ts';
import type { DataSourceElement } from './data-source.ts';
import { resolveDataSource, unpackElement } from './data-source.ts';
import { callLayer } from './layer-call.ts';
import { functionOf, userMethod } from './call-inputs.ts';
import { layerMethod } from './layer-members.ts';
import type { LayerState } from './layer-state.ts';
import { flattened, historySlot, notePerhapsBuilt } from './layer-state.ts';
import { isModelBuilt, modelOutputs, modelSlot, updateModel } from './model-state.ts';
import { checkLoss, checkMetrics, checkOptimizer, lossList } from './training-arguments.ts';

const compileSignature = parseSignature(
  "optimizer='rmsprop', loss=None, loss_weights=None, metrics=None, weighted_metrics=None, run_eagerly=False, steps_per_execution=1, jit_compile='auto', auto_scale_loss=True",
);
const fitSignature = parseSignature(
  "x=None, y=None, batch_size=None, epochs=1, verbose='auto', callbacks=None, validation_split=0.0, validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0, steps_per_epoch=None, validation_steps=None, validation_batch_size=None, validation_freq=1",
);
const evaluateSignature = parseSignature(
  "x=None, y=None, batch_size=None, verbose='auto', sample_weight=None, steps=None, callbacks=None, return_dict=False, **kwargs",
);
const predictSignature = parseSignature("x, batch_size=None, verbose='auto', steps=None, callbacks=None");
const trainBatchSignature = parseSignature('x, y=None, sample_weight=None, class_weight=None, return_dict=False');
const testBatchSignature = parseSignature('x, y=None, sample_weight=None, return_dict=False');
const predictBatchSignature = parseSignature('x');
const generatorSignature = parseSignature(
  'generator, steps_per_epoch=None, epochs=1, verbose=1, callbacks=None, validation_data=None, validation_steps=None, **kwargs',
);

/** Keras 2 took these; Keras 3 refuses them. */
const removedArguments: ReadonlySet<string> = new Set([
  'workers',
  'use_multiprocessing',
  'max_queue_size',
  'nb_epoch',
  'sample_weight_mode',
  'target_tensors',
  'show_accuracy',
  'nb_val_samples',
  'samples_per_epoch',
  'validation_steps_per_epoch',
  'experimental_run_tf_function',
  'class_mode',
]);
const renamedArguments: Readonly<Record<string, string>> = { nb_epoch: 'epochs', samples_per_epoch: 'steps_per_epoch' };

/** Binds a method's arguments; names that only Keras 2 knew are told and left out, others are refused. */
function bind(
  interpreter: Interpreter,
  signature: ReturnType<typeof parseSignature>,
  args: CallArguments,
  name: string,
  place: Place,
): BoundArguments | undefined {
  const removed = (keyword: KeywordArgument): boolean =>
    removedArguments.has(keyword.name) && !signature.parameters.some((parameter) => parameter.name === keyword.name);
  const keywords = args.keywords.flatMap((keyword) => {
    if (!removed(keyword)) return [keyword];
    const renamed = renamedArguments[keyword.name];
    const at = keywordPlace(keyword);
    const fixes: Fix[] =
      renamed === undefined || at === undefined || at === keyword.place
        ? []
        : [
            {
              title: message('Rename to {name}', { name: renamed }),
              edits: [{ place: { ...at, end: at.start + keyword.name.length }, newText: renamed }],
            },
          ];
    interpreter.refuse({
      rule: 'deprecated-argument',
      place: at ?? place,
      fixes,
      exception: 'TypeError',
      message:
        renamed === undefined
          ? message('{method}() of Keras 3 has no argument "{name}"', { method: name, name: keyword.name })
          : message('{method}() of Keras 3 has no argument "{name}"; it is "{renamed}" now', { method: name, name: keyword.name, renamed }),
    });
    return renamed === undefined ? [] : [{ ...keyword, name: renamed }];
  });
  const binding = bindArguments(signature, { ...args, keywords }, name);
  if (binding.ok) return binding.args;
  interpreter.refuse({ rule: 'invalid-argument', message: binding.problem.message, place: binding.problem.place ?? place, exception: 'TypeError' });
  return undefined;
}

export const historyClass: ClassValue = nativeClass({ name: 'History', qualifiedName: 'keras.callbacks.History' });

function compile(interpreter: Interpreter, self: InstanceValue, state: LayerState, args: CallArguments, place: Place): Value {
  const bound = bind(interpreter, compileSignature, args, 'compile', place);
  if (bound === undefined) return none;
  const at = (name: string): Place => bound.place(name) ?? place;
  const optimizer = checkOptimizer(interpreter, bound.get('optimizer'), at('optimizer'));
  const loss = checkLoss(interpreter, bound.get('loss'), at('loss'));
  const metrics = checkMetrics(interpreter, bound.get('metrics'), at('metrics'));
  const argumentPlaces = new Map(
    ['optimizer', 'loss', 'metrics', 'loss_weights', 'weighted_metrics'].flatMap((name) => {
      const found = bound.place(name);
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
  const outputs = modelOutputs(self) ?? none;
  // Outputs in a dict go by their keys, in a list by the layers that give them.
  const names =
    outputs.kind === 'dict'
      ? sortedEntries(outputs).map((entry) => (entry.key.kind === 'str' ? entry.key.value : ''))
      : tensorsIn([outputs]).map((one) => historySlot.get(one)?.node.layer.name ?? '');
  const losses = lossList(interpreter, loss, names, bound.place('loss'));
  const configuration = (): CompileConfiguration => describeCompile({ optimizer, losses, metrics, place, argumentPlaces });
  const event: CompileEvent = { kind: 'compile', model: state.layer, optimizer, loss, losses, metrics, place, argumentPlaces, configuration };
  updateModel(self, { compiled: event });
  setInstanceAttribute(self, 'optimizer', optimizer);
  setInstanceAttribute(self, 'loss', loss);
  if (!interpreter.isQuiet) interpreter.trace.events.push(event);
  return none;
}

/** Data as one batch: the axis that counts samples becomes the batch axis. */
function batched(interpreter: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'tensor': {
      const dims = value.shape.dims;
      if (dims === undefined) return { ...value, contents: undefined };
      // A single row of numbers is one number a sample.
      return { ...value, contents: undefined, shape: dims.length === 0 ? value.shape : { dims: [batchDim, ...dims.slice(1)] } };
    }
    case 'list':
    case 'tuple': {
      if (flattened([value]).some((item) => item.kind === 'tensor' || item.kind === 'unknown' || item.kind === 'instance')) {
        return list(
          value.items.map((item) => batched(interpreter, item)),
          value.kind === 'list' && value.open,
        );
      }
      const array = asTensor(interpreter, value, numpyLibrary);
      return array === undefined ? unknown() : batched(interpreter, array);
    }
    case 'dict':
      return {
        kind: 'dict',
        open: value.open,
        entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: batched(interpreter, entry.value) }])),
      };
    case 'instance': {
      const array = asTensor(interpreter, value, numpyLibrary);
      // Keras' data adapters make a column of a pandas Series.
      const isSeries = value.cls.mro.some((cls) => cls.qualifiedName === 'pandas.Series') && array?.shape.dims?.length === 1;
      return array === undefined
        ? unknown()
        : batched(interpreter, isSeries ? { ...array, contents: undefined, shape: { dims: [...(array.shape.dims ?? []), 1] } } : array);
    }
    case 'none':
      return none;
    default:
      return unknown();
  }
}

/** A source's elements are batches already; their first axis is the batch, however many samples it holds. */
function asBatch(value: Value): Value {
  return mapTensors(value, (one) => {
    const dims = one.shape.dims;
    return dims === undefined || dims.length === 0
      ? { ...one, contents: undefined }
      : { ...one, contents: undefined, shape: { dims: [batchDim, ...dims.slice(1)] } };
  });
}

interface Data {
  readonly input: Value;
  readonly target: Value;
  readonly source?: DataSourceElement | undefined;
}

function dataOf(interpreter: Interpreter, x: Value, y: Value, place: Place): Data {
  const source = resolveDataSource(interpreter, x, place);
  if (source === undefined) return { input: batched(interpreter, x), target: batched(interpreter, y) };
  const { input, target } = unpackElement(source.element);
  return { input: asBatch(input), target: target === undefined ? none : asBatch(target), source };
}

/** The model on the data. A model that has no input yet is built on them first, and that is recorded. */
function outputFor(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  input: Value,
  place: Place,
  inputPlace: Place | undefined,
  isFit: boolean,
): Value {
  notePerhapsBuilt(self);
  if (flattened([input]).some((item) => item.kind === 'unknown')) return unknown();
  if (userMethod(self, 'train_step') !== undefined && userMethod(self, 'call') === undefined && modelSlot.get(self)?.kind === 'subclassed')
    return unknown();
  if (!isModelBuilt(self)) {
    const symbols = mapTensors(input, (one) => tensor({ cls: kerasTensorClass, shape: one.shape, dtype: one.dtype }));
    callLayer(interpreter, self, argumentsOf([symbols]), place, undefined);
    if (modelSlot.get(self)?.kind === 'subclassed') {
      state.layer.built = true;
      // Training takes other branches of the program's own `call`.
      const takesTraining = functionOf(userMethod(self, 'call') ?? none)?.node.parameters.all.some((parameter) => parameter.name.text === 'training');
      if (isFit && takesTraining === true) callLayer(interpreter, self, argumentsOf([symbols], { training: bool(true) }), place, undefined);
    }
  }
  const { result, refusals } = interpreter.quietly(() => callLayer(interpreter, self, argumentsOf([input]), place));
  for (const refusal of refusals) if (refusal.rule === 'input-shape') interpreter.refuse({ ...refusal, place: inputPlace ?? place });
  return result;
}

function meetData(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  method: DataEvent['method'],
  data: Data,
  places: { readonly input: Place | undefined; readonly target: Place | undefined },
  place: Place,
  configuration?: () => FitConfiguration,
): Value {
  const output = outputFor(interpreter, self, state, data.input, place, places.input, method === 'fit');
  if (interpreter.isQuiet) return output;
  interpreter.trace.events.push({
    kind: 'data',
    method,
    model: state.layer,
    compile: modelSlot.get(self)?.compiled,
    input: data.input,
    target: data.target,
    output,
    inputPlace: places.input,
    targetPlace: places.target,
    place,
    callers: interpreter.callers(),
    configuration,
  });
  return output;
}

function fit(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  bound: BoundArguments,
  x: Value,
  inputPlace: Place | undefined,
  place: Place,
): Value {
  const y = bound.get('y');
  const data = dataOf(interpreter, x, y, place);
  runTrainStep(interpreter, self, data, place);
  meetData(
    interpreter,
    self,
    state,
    'fit',
    data,
    { input: inputPlace, target: bound.place('y') ?? (y.kind === 'none' ? inputPlace : undefined) },
    place,
    () => describeFit(bound, data.source),
  );
  const validation = bound.get('validation_data');
  const validationPlace = bound.place('validation_data');
  if ((validation.kind === 'tuple' || validation.kind === 'list') && validation.items.length >= 2) {
    const [input, target] = validation.items;
    meetData(
      interpreter,
      self,
      state,
      'evaluate',
      dataOf(interpreter, input ?? unknown(), target ?? unknown(), place),
      { input: validationPlace, target: validationPlace },
      place,
    );
  } else if (validation.kind === 'instance') {
    const held = dataOf(interpreter, validation, none, place);
    if (held.input.kind !== 'unknown')
      meetData(interpreter, self, state, 'evaluate', held, { input: validationPlace, target: validationPlace }, place);
  }
  return instance(historyClass, { place });
}

/** The program's own `train_step` runs once on a batch, so that what it builds and calls is seen. */
function runTrainStep(interpreter: Interpreter, self: InstanceValue, data: Data, place: Place): void {
  const step = userMethod(self, 'train_step');
  if (step === undefined || data.input.kind === 'unknown') return;
  const batch: Value = data.target.kind === 'none' ? data.input : { kind: 'tuple', items: [data.input, data.target] };
  interpreter.callMethod(self, 'train_step', [batch], place);
}

function fitMethod(name: string, signature = fitSignature, source: 'x' | 'generator' = 'x'): Value {
  return layerMethod(name, (self, state, args, call) => {
    const { interpreter, place } = call;
    if (source === 'generator') removedMethod(interpreter, name, 'fit', place);
    const bound = bind(interpreter, signature, args, name, place);
    if (bound === undefined) return instance(historyClass, { place });
    return fit(interpreter, self, state, bound, bound.get(source), bound.place(source), place);
  });
}

/** Names that Keras 3 no longer has, with the present one. */
function removedMethod(interpreter: Interpreter, name: string, present: string, place: Place): void {
  const text = place.source.parsed.text;
  const at = text.indexOf(name, place.start);
  const isHere = at >= 0 && at < place.end;
  interpreter.refuse({
    rule: 'deprecated-argument',
    exception: 'AttributeError',
    message: message('Keras 3 has no {name}(); use {present}()', { name, present }),
    place: isHere ? { ...place, start: at, end: at + name.length } : place,
    fixes: isHere
      ? [{ title: message('Use {name}', { name: present }), edits: [{ place: { ...place, start: at, end: at + name.length }, newText: present }] }]
      : [],
  });
}

function evaluateMethod(
  name: string,
  method: 'evaluate' | 'predict' | 'train_on_batch' | 'test_on_batch',
  signature: ReturnType<typeof parseSignature>,
  source: 'x' | 'generator' = 'x',
): Value {
  return layerMethod(name, (self, state, args, call) => {
    const { interpreter, place } = call;
    if (source === 'generator') removedMethod(interpreter, name, method, place);
    const bound = bind(interpreter, signature, args, name, place);
    if (bound === undefined) return unknown();
    const x = bound.get(source);
    const data = dataOf(interpreter, x, bound.get('y'), place);
    const target = method === 'predict' ? none : data.target;
    const output = meetData(
      interpreter,
      self,
      state,
      method,
      { input: data.input, target },
      { input: bound.place(source), target: bound.place('y') ?? (target.kind === 'none' ? undefined : bound.place(source)) },
      place,
    );
    if (method !== 'predict') return unknown();
    const samples = x.kind === 'tensor' ? x.shape.dims?.[0] : undefined;
    return mapTensors(output, (one) => ({
      ...one,
      cls: ndarrayClass,
      slots: new Map(),
      shape: one.shape.dims === undefined || samples === undefined ? one.shape : { dims: [samples, ...one.shape.dims.slice(1)] },
    }));
  });
}

export const trainingMembers: Readonly<Record<string, Value>> = {
  compile: layerMethod('compile', (self, state, args, call) => compile(call.interpreter, self, state, args, call.place)),
  fit: fitMethod('fit'),
  evaluate: evaluateMethod('evaluate', 'evaluate', evaluateSignature),
  predict: evaluateMethod('predict', 'predict', predictSignature),
  train_on_batch: evaluateMethod('train_on_batch', 'train_on_batch', trainBatchSignature),
  test_on_batch: evaluateMethod('test_on_batch', 'test_on_batch', testBatchSignature),
  predict_on_batch: evaluateMethod('predict_on_batch', 'predict', predictBatchSignature),
  fit_generator: fitMethod('fit_generator', generatorSignature, 'generator'),
  evaluate_generator: evaluateMethod('evaluate_generator', 'evaluate', generatorSignature, 'generator'),
  predict_generator: evaluateMethod('predict_generator', 'predict', generatorSignature, 'generator'),
  predict_classes: layerMethod('predict_classes', (_, __, ___, call) => {
    removedMethod(call.interpreter, 'predict_classes', 'predict', call.place);
    return unknown();
  }),
  predict_proba: evaluateMethod('predict_proba', 'predict', predictSignature),
  train_step: layerMethod('train_step', () => unknown(undefined, 'dict')),
  test_step: layerMethod('test_step', () => unknown(undefined, 'dict')),
  compute_loss: layerMethod('compute_loss', () => unknown()),
  compute_metrics: layerMethod('compute_metrics', () => unknown(undefined, 'dict')),
};
