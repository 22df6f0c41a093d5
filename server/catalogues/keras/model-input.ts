// A Keras model without an input, called on the one that its user states. It must not know any single layer.
import { batchDim, isKnown } from '../../tensors/dim.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { registerModelInput } from '../../values/model-input.ts';
import { tensor } from '../../values/tensor.ts';
import { tensorsIn } from '../arrays/library.ts';
import { backendTensorClass } from './array-library.ts';
import { callLayer } from './layer-call.ts';
import { layerSlot } from './layer-state.ts';
import { modelClass } from './model.ts';
import { isModelBuilt } from './model-state.ts';

registerModelInput(modelClass, (interpreter, model, shape, place) => {
  const layer = layerSlot.get(model)?.layer;
  if (layer === undefined) return undefined;
  // A call on data of which nothing is known has shown nothing.
  const isShown = layer.calls.length === 0 ? isModelBuilt(model) : layer.calls.some((call) => tensorsIn([call.input]).some((input) => input.shape.dims !== undefined));
  if (isShown) return undefined;
  // The first axis is the batch, as in `model.build((None, 4))`.
  const dims = shape.dims?.map((dim, at) => (at === 0 && !isKnown(dim) ? batchDim : dim));
  return callLayer(interpreter, model, argumentsOf([tensor({ cls: backendTensorClass(), shape: { dims }, dtype: 'float32' })]), place, undefined);
});
