// A PyTorch module without an input, called on the one that its user states. It must not know any single module.
import { argumentsOf } from '../../values/arguments.ts';
import { registerModelInput } from '../../values/model-input.ts';
import { torchTensor } from './library.ts';
import { callModule } from './module-call.ts';
import { moduleClass } from './module-class.ts';
import { moduleSlot } from './module-state.ts';

registerModelInput(moduleClass, (interpreter, model, shape, place) => {
  const layer = moduleSlot.get(model)?.layer;
  // A call on data of which nothing is known has shown nothing.
  if (layer === undefined || layer.calls.some(({ input }) => input.kind === 'tensor' && input.shape.dims !== undefined)) return undefined;
  return callModule(interpreter, model, argumentsOf([torchTensor({ shape, dtype: 'float32' })]), place, 'nowhere');
});
