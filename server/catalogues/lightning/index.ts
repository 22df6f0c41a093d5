// Lightning as a catalogue, under both of its names. Callbacks, loggers and strategies are objects that do nothing here.
import '../torch/index.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { dataModuleClass, lightningModuleClass } from './modules.ts';
import { fabricClass, trainerClass } from './trainer.ts';

const callbackHooks = ['fit', 'train', 'validation', 'test', 'predict'].flatMap((stage) => [`on_${stage}_start`, `on_${stage}_end`, `on_${stage}_epoch_start`, `on_${stage}_epoch_end`, `on_${stage}_batch_start`, `on_${stage}_batch_end`]);
const callbackClass: ClassValue = nativeClass({
  name: 'Callback', qualifiedName: 'lightning.pytorch.callbacks.Callback',
  members: Object.fromEntries(['setup', 'teardown', ...callbackHooks].map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
});

/** An object of which nothing is followed. */
function quiet(name: string, module: string, bases?: readonly ClassValue[]): [string, Value] {
  return [name, nativeClass({ name, qualifiedName: `${module}.${name}`, ...(bases === undefined ? {} : { bases }), members: { __init__: nativeMethod(name, 'self, *args, **kwargs', () => none) } })];
}

const callbackNames = [
  'ModelCheckpoint', 'EarlyStopping', 'LearningRateMonitor', 'LearningRateFinder', 'BatchSizeFinder', 'TQDMProgressBar', 'RichProgressBar', 'ProgressBar', 'RichModelSummary', 'ModelSummary', 'DeviceStatsMonitor', 'Timer',
  'GradientAccumulationScheduler', 'StochasticWeightAveraging', 'WeightAveraging', 'EMAWeightAveraging', 'ModelPruning', 'BackboneFinetuning', 'BaseFinetuning', 'BasePredictionWriter', 'LambdaCallback', 'ThroughputMonitor', 'OnExceptionCheckpoint',
];
const callbacks = (): Record<string, Value> => ({ Callback: callbackClass, ...Object.fromEntries(callbackNames.map((name) => quiet(name, 'lightning.pytorch.callbacks', [callbackClass]))) });
const loggers = (): Record<string, Value> => Object.fromEntries(['Logger', 'TensorBoardLogger', 'CSVLogger', 'WandbLogger', 'MLFlowLogger', 'CometLogger', 'NeptuneLogger'].map((name) => quiet(name, 'lightning.pytorch.loggers')));
const strategies = (): Record<string, Value> => Object.fromEntries(['Strategy', 'DDPStrategy', 'FSDPStrategy', 'DeepSpeedStrategy', 'SingleDeviceStrategy', 'ModelParallelStrategy'].map((name) => quiet(name, 'lightning.pytorch.strategies')));

const seedEverything = nativeFunction('seed_everything', 'seed=None, workers=False, verbose=True', ({ args }) => (args.isNone('seed') ? unknown(undefined, 'int') : args.get('seed')));
const decorator = (name: string): Value => nativeFunction(name, 'fn=None, *args, **kwargs', ({ args }) => args.get('fn'));

const main = (): Record<string, Value> => ({
  LightningModule: lightningModuleClass, LightningDataModule: dataModuleClass, Trainer: trainerClass, Callback: callbackClass, seed_everything: seedEverything, __version__: unknown(undefined, 'str'),
});

/** The modules of `lightning.pytorch` and of `pytorch_lightning`. */
function modulesUnder(root: string): Catalogue['modules'] {
  return {
    [root]: main,
    [`${root}.callbacks`]: callbacks, [`${root}.callbacks.early_stopping`]: callbacks, [`${root}.callbacks.progress`]: callbacks,
    [`${root}.loggers`]: loggers, [`${root}.strategies`]: strategies,
    [`${root}.core`]: main, [`${root}.core.lightning`]: main, [`${root}.trainer`]: main,
    [`${root}.utilities`]: () => ({ rank_zero_only: decorator('rank_zero_only'), rank_zero_info: decorator('rank_zero_info'), rank_zero_warn: decorator('rank_zero_warn'), grad_norm: unknown(), CombinedLoader: unknown() }),
    [`${root}.utilities.rank_zero`]: () => ({ rank_zero_only: decorator('rank_zero_only') }), [`${root}.utilities.types`]: () => ({ STEP_OUTPUT: unknown(), EVAL_DATALOADERS: unknown(), TRAIN_DATALOADERS: unknown(), OptimizerLRScheduler: unknown() }),
    [`${root}.utilities.model_summary`]: () => ({ ModelSummary: unknown(), summarize: unknown() }), [`${root}.utilities.seed`]: () => ({ seed_everything: seedEverything }),
    [`${root}.tuner`]: () => ({ Tuner: unknown() }), [`${root}.cli`]: () => ({ LightningCLI: unknown(), LightningArgumentParser: unknown() }), [`${root}.profilers`]: () => ({ SimpleProfiler: unknown(), PyTorchProfiler: unknown(), AdvancedProfiler: unknown() }),
  };
}

export const lightningCatalogue: Catalogue = {
  modules: {
    lightning: () => ({ ...main(), Fabric: fabricClass }),
    'lightning.fabric': () => ({ Fabric: fabricClass, seed_everything: seedEverything }),
    ...modulesUnder('lightning.pytorch'), ...modulesUnder('pytorch_lightning'),
  },
};
