// LightningModule and LightningDataModule: an nn.Module with hooks that do nothing unless the program overrides them, and a place for loaders.
// It must not know the trainer.
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { deviceObject } from '../torch/tensor.ts';
import { moduleClass } from '../torch/module-class.ts';
import { saveHyperparameters } from './hyperparameters.ts';

const nothing = (name: string): [string, Value] => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)];
const something = (name: string): [string, Value] => [name, nativeMethod(name, 'self, *args, **kwargs', () => unknown())];

/** Hooks of both, which do nothing. */
const dataHooks = ['prepare_data', 'setup', 'teardown', 'on_before_batch_transfer', 'on_after_batch_transfer', 'transfer_batch_to_device', 'state_dict', 'load_state_dict'];
const stages = ['fit', 'train', 'validation', 'test', 'predict'];
const moduleHooks = [
  ...stages.flatMap((stage) => [`on_${stage}_start`, `on_${stage}_end`, ...(stage === 'fit' ? [] : [`on_${stage}_epoch_start`, `on_${stage}_epoch_end`, `on_${stage}_batch_start`, `on_${stage}_batch_end`, `on_${stage}_model_eval`, `on_${stage}_model_train`])]),
  'on_before_backward', 'on_after_backward', 'on_before_optimizer_step', 'on_before_zero_grad', 'on_save_checkpoint', 'on_load_checkpoint', 'configure_callbacks', 'configure_model', 'configure_sharded_model',
  'configure_gradient_clipping', 'optimizer_step', 'optimizer_zero_grad', 'lr_scheduler_step',
];

export const lightningModuleClass: ClassValue = nativeClass({
  name: 'LightningModule', qualifiedName: 'lightning.pytorch.LightningModule', bases: [moduleClass],
  members: {
    ...Object.fromEntries(['log', 'log_dict', 'print', 'manual_backward', 'backward', 'toggle_optimizer', 'untoggle_optimizer', 'clip_gradients', 'to_onnx', 'add_module_hook', ...moduleHooks].map(nothing)),
    ...Object.fromEntries(['optimizers', 'lr_schedulers', 'all_gather', 'configure_optimizers', 'train_dataloader', 'val_dataloader', 'test_dataloader', 'predict_dataloader', 'to_torchscript'].map(something)),
    ...Object.fromEntries(['prepare_data', 'setup', 'teardown'].map(nothing)),
    save_hyperparameters: saveHyperparameters,
    freeze: nativeMethod('freeze', 'self', ({ args, interpreter, place }) => { interpreter.callMethod(args.get('self'), 'requires_grad_', [{ kind: 'bool', value: false }], place); interpreter.callMethod(args.get('self'), 'eval', [], place); return none; }),
    unfreeze: nativeMethod('unfreeze', 'self', ({ args, interpreter, place }) => { interpreter.callMethod(args.get('self'), 'requires_grad_', [{ kind: 'bool', value: true }], place); interpreter.callMethod(args.get('self'), 'train', [], place); return none; }),
    predict_step: nativeMethod('predict_step', 'self, batch, *args, **kwargs', ({ args, interpreter, place }) => interpreter.call(args.get('self'), { positional: [{ value: args.get('batch'), place: undefined }], keywords: [], openPositional: false, openKeywords: false }, place)),
    load_from_checkpoint: { kind: 'classmethod', callable: nativeMethod('load_from_checkpoint', 'cls, *args, **kwargs', () => unknown()) },
    device: nativeProperty('device', () => deviceObject()),
    dtype: nativeProperty('dtype', () => unknown()),
    ...Object.fromEntries(['global_step', 'current_epoch', 'global_rank', 'local_rank'].map((name) => [name, nativeProperty(name, () => unknown(undefined, 'int'))])),
    ...Object.fromEntries(['trainer', 'logger', 'loggers', 'fabric'].map((name) => [name, nativeProperty(name, () => unknown(), () => {})])),
  },
});

export const dataModuleClass: ClassValue = nativeClass({
  name: 'LightningDataModule', qualifiedName: 'lightning.pytorch.LightningDataModule',
  members: {
    __init__: nativeMethod('LightningDataModule', 'self', () => none),
    ...Object.fromEntries(dataHooks.map(nothing)),
    ...Object.fromEntries(['train_dataloader', 'val_dataloader', 'test_dataloader', 'predict_dataloader'].map(something)),
    save_hyperparameters: saveHyperparameters,
    trainer: nativeProperty('trainer', () => unknown(), () => {}),
    from_datasets: { kind: 'classmethod', callable: nativeMethod('from_datasets', 'cls, *args, **kwargs', () => unknown()) },
    load_from_checkpoint: { kind: 'classmethod', callable: nativeMethod('load_from_checkpoint', 'cls, *args, **kwargs', () => unknown()) },
  },
});
