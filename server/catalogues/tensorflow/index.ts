// TensorFlow as a catalogue: its element types and functions on tensors. Data sets stand in ../datasets, Keras in ../keras.
import { allDTypes } from '../../tensors/dtype.ts';
import type { Catalogue } from '../catalogue.ts';
import { castOperation } from '../arrays/elementwise.ts';
import { arrayFunctions } from '../arrays/library.ts';
import { imageMembers } from './images.ts';
import { dtypeClass, tensorClass, tensorflowDType, tensorflowLibrary, tensorShapeClass } from './tensor.ts';

export const tensorflowCatalogue: Catalogue = {
  modules: {
    tensorflow: () => ({
      Tensor: tensorClass, TensorShape: tensorShapeClass, DType: dtypeClass,
      ...Object.fromEntries(allDTypes.filter((name) => name !== 'object').map((name) => [name, tensorflowDType(name)])),
      ...arrayFunctions(tensorflowLibrary, { cast: ['x, dtype, name=None', castOperation] }),
    }),
    'tensorflow.image': imageMembers,
  },
};
