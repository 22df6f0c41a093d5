// torch.optim.swa_utils: weights averaged over training, and what belongs to it. PyTorch 2.13. It must not know any single module.
import { shapeOf } from '../../tensors/shape.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { deepCopy } from '../python/copying.ts';
import { torchTensor } from './library.ts';
import { callModule, registerBuffer } from './module-call.ts';
import { beginModule, makeModuleClass } from './module-class.ts';
import { isModule, registerMember } from './module-state.ts';
import { averagingSchedule } from './optimizers.ts';

/** A copy of the model, called as the model is. */
const averagedModel: ClassValue = makeModuleClass(
  'AveragedModel',
  {
    __init__: nativeMethod('AveragedModel', 'self, model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False', (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'instance') return none;
      beginModule(call, self);
      registerMember(call.interpreter, self, 'module', deepCopy(call.interpreter, call.args.get('model'), call.place));
      registerBuffer(call.interpreter, self, 'n_averaged', torchTensor({ shape: shapeOf(), dtype: 'int64' }), true);
      return none;
    }),
    forward: nativeMethod('forward', 'self, *args, **kwargs', (call) => {
      const [self, ...positional] = call.args.raw.positional;
      const module = self?.value.kind === 'instance' ? self.value.attributes.get('module') : undefined;
      return module === undefined ? unknown() : call.interpreter.call(module, { ...call.args.raw, positional }, call.place);
    }),
    update_parameters: nativeMethod('update_parameters', 'self, model', () => none),
  },
  undefined,
  'torch.optim.swa_utils',
);

/** Runs the model over a loader once, so that statistics of the data are those of the averaged weights. */
const updateStatistics = nativeFunction('update_bn', 'loader, model, device=None', ({ interpreter, args, place }) => {
  const model = args.get('model');
  const [batch] = interpreter.iterate(args.get('loader'), place).items;
  const input: Value | undefined = batch?.kind === 'list' || batch?.kind === 'tuple' ? batch.items[0] : batch;
  if (isModule(model) && input !== undefined && input.kind !== 'unknown') callModule(interpreter, model, argumentsOf([input]), place, 'nowhere');
  return none;
});

export const averagingMembers = (): Record<string, Value> => ({
  AveragedModel: averagedModel,
  update_bn: updateStatistics,
  SWALR: averagingSchedule,
  ...Object.fromEntries(
    ['get_ema_multi_avg_fn', 'get_swa_multi_avg_fn', 'get_ema_avg_fn', 'get_swa_avg_fn'].map((name) => [
      name,
      nativeFunction(name, 'decay=0.999', () => unknown()),
    ]),
  ),
});
