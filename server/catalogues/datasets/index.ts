// Data and labels as one catalogue: tf.data, TensorFlow Datasets, keras.datasets, folders of files and Keras' data generators.
import type { Value } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { dataModules } from './dataset-class.ts';
import { kerasArrayModules } from './keras-arrays.ts';
import { folderModules } from './keras-folders.ts';
import { generatorModules } from './keras-generators.ts';
import { pictureModules } from './keras-images.ts';
import { labelModules } from './keras-labels.ts';
import { tensorSpecClass } from './tensor-spec.ts';
import { tfdsModules } from './tfds.ts';

type Modules = Readonly<Record<string, () => Readonly<Record<string, Value>>>>;

/** Several parts may add members to one module. */
function merged(...parts: readonly Modules[]): Modules {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  return Object.fromEntries([...names].map((name) => [name, () => Object.assign({}, ...parts.map((part) => part[name]?.() ?? {})) as Readonly<Record<string, Value>>]));
}

export const datasetsCatalogue: Catalogue = {
  modules: merged(dataModules, { tensorflow: () => ({ TensorSpec: tensorSpecClass }) }, tfdsModules, kerasArrayModules, folderModules, generatorModules, labelModules, pictureModules),
};
