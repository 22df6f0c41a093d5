// `keras.Variable(…)` as the program makes it: a weight of the layer whose attribute it becomes. It must not know layers.
import { unknownShape } from '../../tensors/shape.ts';
import { asTensor } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { kerasLibrary, variableConstruction } from './array-library.ts';
import { shapeFromValue } from './construction.ts';
import type { LayerWeight } from './layer-state.ts';
import { variableOf } from './layer-state.ts';

/** From an initializer and a shape, or from a value. */
variableConstruction.make = (call) => {
  const { args, interpreter } = call;
  const value = args.get('initializer');
  const given =
    value.kind === 'str' || value.kind === 'instance' || value.kind === 'function' || value.kind === 'native'
      ? undefined
      : asTensor(interpreter, value, kerasLibrary);
  const dtype = dtypeFromValue(args.get('dtype'), 'float32') ?? given?.dtype ?? 'float32';
  const shape = args.isNone('shape') ? given?.shape : shapeFromValue(interpreter, args.get('shape'));
  const canTrain = args.get('trainable').kind !== 'bool' || args.flag('trainable') === true;
  const weight: LayerWeight = { name: args.str('name') ?? 'variable', shape: shape ?? unknownShape, dtype, trainable: canTrain, canTrain };
  return variableOf(weight);
};

export { variableClass } from './array-library.ts';
