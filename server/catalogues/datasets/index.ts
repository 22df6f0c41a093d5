// Data and labels as one catalogue: tf.data, TensorFlow Datasets, keras.datasets, folders of files and Keras' data generators.
import type { Catalogue } from '../catalogue.ts';
import { dataModules } from './dataset-class.ts';
import { tensorSpecClass } from './tensor-spec.ts';

export const datasetsCatalogue: Catalogue = {
  modules: {
    ...dataModules,
    tensorflow: () => ({ TensorSpec: tensorSpecClass }),
  },
};
