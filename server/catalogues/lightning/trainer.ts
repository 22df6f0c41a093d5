// Trainer: `fit` and its kin run a step of the program on one batch of its data, so that shapes appear and losses are seen.
// Source of the order of hooks: Lightning 2.6, described. It must not know modules' own members.
import { unknownDim } from '../../tensors/dim.ts';
import { argumentsOf, type BoundArguments } from '../../values/arguments.ts';
import { lookUpInClass, nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { int, list, none, str, unknown } from '../../values/value.ts';
import { openAutocast } from '../torch/precision.ts';

/** Calls a hook that the program has itself; what it raises ends it and no more. */
function hook(call: NativeCall, object: Value, name: string, positional: readonly Value[] = []): Value | undefined {
  if (object.kind !== 'instance') return undefined;
  const found = lookUpInClass(object.cls, name);
  if (found === undefined || found.owner.native) return undefined;
  const accepted = found.value.kind === 'function' ? takes(found.value, positional.length) : positional.length;
  return call.interpreter.survives(() => call.interpreter.callMethod(object, name, positional.slice(0, accepted), call.place))?.result;
}

/** How many arguments besides `self` the function takes, at most so many. */
function takes(callee: Extract<Value, { kind: 'function' }>, most: number): number {
  const parameters = callee.node.parameters.all;
  return parameters.some((one) => one.kind === 'star') ? most : Math.min(most, parameters.filter((one) => one.kind === 'positional-only' || one.kind === 'positional-or-keyword').length - 1);
}

/** One batch of a loader; of several loaders, one of each. */
function batchOf(call: NativeCall, loader: Value, depth = 0): Value {
  if (depth > 4) return unknown();
  switch (loader.kind) {
    case 'list': case 'tuple': {
      const items = loader.items.map((item) => batchOf(call, item, depth + 1));
      return loader.kind === 'tuple' ? { ...loader, items } : list(items, loader.open);
    }
    case 'dict': return { ...loader, entries: new Map([...loader.entries].map(([key, entry]) => [key, { key: entry.key, value: batchOf(call, entry.value, depth + 1) }])) };
    case 'instance': case 'iterator': return call.interpreter.iterate(loader, call.place).items[0] ?? unknown();
    default: return unknown();
  }
}

interface Stage {
  readonly name: 'train' | 'validation' | 'test' | 'predict';
  readonly step: string;
  readonly loader: string;
  readonly trains: boolean;
}
const stages: Readonly<Record<Stage['name'], Stage>> = {
  train: { name: 'train', step: 'training_step', loader: 'train_dataloader', trains: true },
  validation: { name: 'validation', step: 'validation_step', loader: 'val_dataloader', trains: false },
  test: { name: 'test', step: 'test_step', loader: 'test_dataloader', trains: false },
  predict: { name: 'predict', step: 'predict_step', loader: 'predict_dataloader', trains: false },
};

/** The loaders of a stage: those given, the data module's, or the module's own. */
function loadersOf(call: NativeCall, model: InstanceValue, data: Value, given: Value, stage: Stage): Value {
  if (given.kind !== 'none') return given;
  return hook(call, data, stage.loader) ?? hook(call, model, stage.loader) ?? none;
}

/** Runs one stage on one batch. Several loaders to evaluate on give a batch each, one after the other. */
function runStage(call: NativeCall, model: InstanceValue, loaders: Value, stage: Stage): void {
  if (lookUpInClass(model.cls, stage.step)?.owner.native !== false || loaders.kind === 'none') return;
  const several = !stage.trains && (loaders.kind === 'list' || loaders.kind === 'tuple') ? loaders.items : [loaders];
  call.interpreter.callMethod(model, stage.trains ? 'train' : 'eval', [], call.place);
  hook(call, model, `on_${stage.name}_epoch_start`);
  for (const [at, loader] of several.entries()) {
    const batch = call.interpreter.survives(() => batchOf(call, loader))?.result ?? unknown();
    const position = int(unknownDim({ minimum: 0 }));
    hook(call, model, `on_${stage.name}_batch_start`, [batch, position, int(at)]);
    const outputs = hook(call, model, stage.step, [batch, position, int(at)]) ?? none;
    hook(call, model, `on_${stage.name}_batch_end`, [outputs, batch, position, int(at)]);
  }
  hook(call, model, `on_${stage.name}_epoch_end`);
}

/** What comes before the first batch. */
function prepare(call: NativeCall, model: InstanceValue, data: Value, purpose: string): void {
  for (const object of [data, model]) {
    hook(call, object, 'prepare_data');
    hook(call, object, 'setup', [str(purpose)]);
  }
  hook(call, model, 'configure_model');
}

/** `fit(model, loaders)` may be given a data module in the loaders' place. */
function dataOf(call: NativeCall, name: string): { readonly data: Value; readonly loaders: Value } {
  const [given, module] = [call.args.get(name), call.args.get('datamodule')];
  const isModule = given.kind === 'instance' && lookUpInClass(given.cls, 'train_dataloader') !== undefined;
  return isModule ? { data: given, loaders: none } : { data: module, loaders: given };
}

function fit(call: NativeCall): Value {
  const model = call.args.get('model');
  if (model.kind !== 'instance') return none;
  const { data, loaders } = dataOf(call, 'train_dataloaders');
  prepare(call, model, data, 'fit');
  hook(call, model, 'configure_optimizers');
  hook(call, model, 'on_fit_start');
  const training = loadersOf(call, model, data, loaders, stages.train);
  const validation = loadersOf(call, model, data, call.args.get('val_dataloaders'), stages.validation);
  hook(call, model, 'on_train_start');
  runStage(call, model, training, stages.train);
  runStage(call, model, validation, stages.validation);
  call.interpreter.callMethod(model, 'train', [], call.place);
  hook(call, model, 'on_train_end');
  hook(call, model, 'on_fit_end');
  return none;
}

function evaluate(stage: Stage, purpose: string): (call: NativeCall) => Value {
  return (call) => {
    const model = call.args.get('model');
    if (model.kind !== 'instance') return unknown(undefined, 'list');
    const { data, loaders } = dataOf(call, 'dataloaders');
    prepare(call, model, data, purpose);
    runStage(call, model, loadersOf(call, model, data, loaders, stage), stage);
    return unknown(undefined, 'list');
  };
}

/** Any other precision than single casts models, inputs or what operations compute: element types are not followed then. */
function notePrecision(interpreter: Interpreter, args: BoundArguments): void {
  const isPlain = (value: Value): boolean => value.kind === 'none' || (value.kind === 'int' && value.value === 32) || (value.kind === 'str' && (value.value === '32' || value.value === '32-true'));
  if (args.openKeywords || args.restKeywords.some(({ name, value }) => (name === 'precision' && !isPlain(value)) || ((name === 'plugins' || name === 'strategy') && value.kind !== 'none'))) openAutocast(interpreter);
}

const evaluation = 'model=None, dataloaders=None, ckpt_path=None, verbose=True, datamodule=None, **kwargs';
export const trainerClass: ClassValue = nativeClass({
  name: 'Trainer', qualifiedName: 'lightning.pytorch.Trainer',
  members: {
    __init__: nativeMethod('Trainer', 'self, *, max_epochs=None, **kwargs', ({ interpreter, args }) => {
      const self = args.get('self');
      notePrecision(interpreter, args);
      if (self.kind === 'instance') setInstanceAttribute(self, 'max_epochs', args.get('max_epochs'));
      return none;
    }),
    fit: nativeMethod('fit', 'self, model, train_dataloaders=None, val_dataloaders=None, datamodule=None, ckpt_path=None, **kwargs', fit),
    validate: nativeMethod('validate', `self, ${evaluation}`, evaluate(stages.validation, 'validate')),
    test: nativeMethod('test', `self, ${evaluation}`, evaluate(stages.test, 'test')),
    predict: nativeMethod('predict', 'self, model=None, dataloaders=None, datamodule=None, return_predictions=None, ckpt_path=None, **kwargs', evaluate(stages.predict, 'predict')),
    save_checkpoint: nativeMethod('save_checkpoint', 'self, *args, **kwargs', () => none),
    callback_metrics: nativeProperty('callback_metrics', () => ({ kind: 'dict', entries: new Map(), open: true })),
    logged_metrics: nativeProperty('logged_metrics', () => ({ kind: 'dict', entries: new Map(), open: true })),
  },
});

/** Fabric hands on what it is given. */
export const fabricClass: ClassValue = nativeClass({
  name: 'Fabric', qualifiedName: 'lightning.fabric.Fabric',
  members: {
    __init__: nativeMethod('Fabric', 'self, **kwargs', ({ interpreter, args }) => { notePrecision(interpreter, args); return none; }),
    setup: nativeMethod('setup', 'self, module, *optimizers, **kwargs', ({ args }) => {
      const optimizers = args.rest.map((one) => one.value);
      return optimizers.length === 0 ? args.get('module') : { kind: 'tuple', items: [args.get('module'), ...optimizers] };
    }),
    setup_module: nativeMethod('setup_module', 'self, module, **kwargs', ({ args }) => args.get('module')),
    setup_optimizers: nativeMethod('setup_optimizers', 'self, *optimizers', ({ args }) => handedOn(args.rest.map((one) => one.value))),
    setup_dataloaders: nativeMethod('setup_dataloaders', 'self, *dataloaders, **kwargs', ({ args }) => handedOn(args.rest.map((one) => one.value))),
    to_device: nativeMethod('to_device', 'self, obj', ({ args }) => args.get('obj')),
    launch: nativeMethod('launch', 'self, function=None, *args, **kwargs', (call) => (call.args.isNone('function') ? none : call.interpreter.call(call.args.get('function'), argumentsOf([call.args.get('self'), ...call.args.rest.map((one) => one.value)]), call.place))),
    backward: nativeMethod('backward', 'self, tensor, *args, **kwargs', ({ args, interpreter, place }) => { interpreter.callMethod(args.get('tensor'), 'backward', [], place); return none; }),
    ...Object.fromEntries(['print', 'log', 'log_dict', 'barrier', 'save', 'seed_everything', 'clip_gradients', 'call'].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
  },
});

function handedOn(values: readonly Value[]): Value {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : { kind: 'tuple', items: values };
}
