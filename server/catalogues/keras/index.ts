// Keras as a catalogue: its modules, and the other names under which programs import them.
// It must not know the evaluator.
import type { Value } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { activationMembers } from './activations.ts';
import { applicationModules } from './applications/index.ts';
import { kerasTensorClass } from './array-library.ts';
import { backendMembers, configMembers, randomMembers } from './backend.ts';
import { constraintMembers, initializerMembers, regularizerMembers } from './initializers.ts';
import { inputSpecClass } from './input-spec.ts';
import { inputFunction, inputLayerClass } from './keras-tensor.ts';
import { useMaskFunctions } from './layer-call.ts';
import { declareLayers, layerClass } from './layer-class.ts';
import { layerDeclarations } from './layers/index.ts';
import { lossMembers } from './losses.ts';
import { mergeFunctions } from './merge-functions.ts';
import { functionalClass, modelClass, sequentialClass } from './model.ts';
import { modelFunctions } from './model-functions.ts';
import './model-input.ts';
import { imageMembers, moreOps } from './ops-more.ts';
import { opsMembers } from './ops.ts';
import { policyClass, policyMembers } from './policy.ts';
import { callbackMembers, legacyOptimizerMembers, metricMembers, optimizerMembers, scheduleMembers } from './training-arguments.ts';
import { historyClass } from './training.ts';
import { savingMembers, utilityMembers } from './utilities.ts';
import { variableClass } from './variable.ts';

useMaskFunctions(opsMembers['not_equal'], opsMembers['any']);

const layerMembers: Readonly<Record<string, Value>> = {
  ...declareLayers(layerDeclarations),
  ...mergeFunctions,
  Layer: layerClass,
  InputLayer: inputLayerClass,
  Input: inputFunction,
  InputSpec: inputSpecClass,
};

const models: Readonly<Record<string, Value>> = { Model: modelClass, Sequential: sequentialClass, Functional: functionalClass, ...modelFunctions };

export const kerasCatalogue: Catalogue = {
  modules: {
    keras: () => ({
      Model: modelClass,
      Sequential: sequentialClass,
      Functional: functionalClass,
      Input: inputFunction,
      Layer: layerClass,
      InputSpec: inputSpecClass,
      KerasTensor: kerasTensorClass,
      Variable: variableClass,
      DTypePolicy: policyClass,
      __version__: { kind: 'str', value: '3.15.1' },
      ...Object.fromEntries(
        ['Initializer', 'Regularizer', 'Optimizer', 'Loss', 'Metric'].flatMap((name) => {
          const value = { ...initializerMembers, ...regularizerMembers, ...optimizerMembers, ...lossMembers, ...metricMembers }[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    }),
    'keras.layers': () => layerMembers,
    'keras.models': () => models,
    'keras.activations': () => activationMembers,
    'keras.optimizers': () => optimizerMembers,
    'keras.optimizers.schedules': () => scheduleMembers,
    'keras.optimizers.legacy': () => legacyOptimizerMembers,
    'keras.losses': () => lossMembers,
    'keras.metrics': () => metricMembers,
    'keras.callbacks': () => ({ ...callbackMembers, History: historyClass }),
    'keras.initializers': () => initializerMembers,
    'keras.regularizers': () => regularizerMembers,
    'keras.constraints': () => constraintMembers,
    'keras.mixed_precision': () => policyMembers,
    'keras.dtype_policies': () => policyMembers,
    'keras.backend': () => backendMembers,
    'keras.config': () => configMembers,
    'keras.random': () => randomMembers,
    'keras.ops': () => ({ ...opsMembers, ...moreOps }),
    'keras.ops.image': () => imageMembers,
    'keras.utils': () => utilityMembers,
    'keras.saving': () => savingMembers,
    ...applicationModules,
  },
  ownSources: ['keras.src.applications'],
  aliases: {
    'tensorflow.keras': 'keras',
    'tensorflow.python.keras': 'keras',
    'tensorflow.compat.v1.keras': 'keras',
    'tensorflow.compat.v2.keras': 'keras',
    'tensorflow.contrib.keras': 'keras',
    'tensorflow.python.keras.layers': 'keras.layers',
    tf_keras: 'keras',
    'keras.src': 'keras',
    'keras.api': 'keras',
    'keras._tf_keras.keras': 'keras',
    'keras.api._v2.keras': 'keras',
    'keras.engine.training': 'keras.models',
    'keras.engine.topology': 'keras.layers',
    'keras.engine.base_layer': 'keras.layers',
    'keras.engine.input_layer': 'keras.layers',
    'keras.engine.sequential': 'keras.models',
    'keras.engine.functional': 'keras.models',
    'keras.engine': 'keras.layers',
    ...Object.fromEntries(
      [
        'core',
        'convolutional',
        'pooling',
        'recurrent',
        'embeddings',
        'normalization',
        'merge',
        'merging',
        'wrappers',
        'advanced_activations',
        'noise',
        'local',
        'attention',
        'regularization',
        'reshaping',
        'rnn',
        'preprocessing',
        'normalization.batch_normalization',
        'normalization.layer_normalization',
        'activation',
        'activations',
        'convolutional_recurrent',
        'layer',
        'core.dense',
        'experimental.preprocessing',
        'experimental',
        'cudnn_recurrent',
      ].map((name) => [`keras.layers.${name}`, 'keras.layers']),
    ),
    'keras.ops.nn': 'keras.ops',
    'keras.ops.numpy': 'keras.ops',
    'keras.ops.linalg': 'keras.ops',
    'keras.ops.core': 'keras.ops',
    'keras.ops.math': 'keras.ops',
    'keras.optimizers.experimental': 'keras.optimizers',
    'keras.optimizer_v2': 'keras.optimizers',
    'keras.optimizers.optimizer_v2': 'keras.optimizers',
    ...Object.fromEntries(
      ['adam', 'sgd', 'rmsprop', 'adagrad', 'adadelta', 'adamax', 'nadam', 'ftrl', 'adamw', 'gradient_descent'].flatMap((name) => [
        [`keras.optimizers.${name}`, 'keras.optimizers'],
        [`keras.optimizer_v2.${name}`, 'keras.optimizers'],
      ]),
    ),
    'keras.optimizers.learning_rate_schedule': 'keras.optimizers.schedules',
    'keras.optimizer_v2.learning_rate_schedule': 'keras.optimizers.schedules',
    'keras.mixed_precision.experimental': 'keras.mixed_precision',
    'keras.utils.np_utils': 'keras.utils',
    'keras.utils.vis_utils': 'keras.utils',
    'keras.utils.data_utils': 'keras.utils',
    'keras.utils.generic_utils': 'keras.utils',
    'keras.utils.layer_utils': 'keras.utils',
    'keras.utils.all_utils': 'keras.utils',
    'keras.utils.image_utils': 'keras.utils',
    'keras.models.model': 'keras.models',
    'keras.models.sequential': 'keras.models',
    'keras.models.functional': 'keras.models',
  },
};
