// TensorFlow as a catalogue: its element types, functions on tensors, pictures, and what surrounds them. Data sets stand in
// ../datasets, Keras in ../keras.
import { allDTypes } from '../../tensors/dtype.ts';
import type { Value } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { coreMembers, linalgMembers, mathMembers, nnMembers, randomMembers } from './functions.ts';
import { graphLayerMembers, graphLossMembers, graphMembers, graphNames, graphTrainMembers } from './graph-mode.ts';
import { decoderMembers, furtherImageMembers } from './image-functions.ts';
import { imageMembers } from './images.ts';
import { plainNamespaces, programMembers, silentFunctions, unknownFunctions } from './program.ts';
import { dtypeClass, tensorClass, tensorflowDType, tensorShapeClass } from './tensor.ts';

const dtypes = (): Record<string, Value> => Object.fromEntries(allDTypes.filter((name) => name !== 'object').map((name) => [name, tensorflowDType(name)]));

/** The old names stand behind the present ones, so that a program that mixes both is read with the present meaning. */
const tensorflowMembers = (): Record<string, Value> => ({
  ...graphMembers(), ...programMembers(), ...coreMembers(),
  Tensor: tensorClass, EagerTensor: tensorClass, TensorShape: tensorShapeClass, DType: dtypeClass, ...dtypes(), string: tensorflowDType('string'),
  double: tensorflowDType('float64'), half: tensorflowDType('float16'),
});

export const tensorflowCatalogue: Catalogue = {
  modules: {
    ...plainNamespaces,
    tensorflow: tensorflowMembers,
    'tensorflow.math': mathMembers,
    'tensorflow.nn': () => ({ ...unknownFunctions(['compute_accidental_hits', 'static_rnn', 'dynamic_rnn', 'bidirectional_dynamic_rnn', 'experimental']), ...nnMembers() }),
    'tensorflow.nn.rnn_cell': () => graphNames(['BasicLSTMCell', 'LSTMCell', 'GRUCell', 'BasicRNNCell', 'MultiRNNCell', 'DropoutWrapper', 'LSTMStateTuple']),
    'tensorflow.linalg': linalgMembers,
    'tensorflow.random': () => ({ ...silentFunctions(['set_seed', 'set_random_seed']), ...unknownFunctions(['Generator', 'get_global_generator', 'set_global_generator', 'create_rng_state', 'fold_in', 'split']), ...randomMembers() }),
    'tensorflow.random.Generator': () => unknownFunctions(['from_seed', 'from_state', 'from_non_deterministic_state', 'from_key_counter']),
    'tensorflow.random.experimental': () => unknownFunctions(['Generator', 'stateless_split', 'stateless_shuffle', 'index_shuffle', 'Algorithm', 'create_rng_state', 'get_global_generator', 'set_global_generator']),
    'tensorflow.image': () => ({ ...furtherImageMembers(), ...imageMembers() }),
    'tensorflow.io': () => ({ ...plainNamespaces['tensorflow.io']?.(), ...decoderMembers() }),
    'tensorflow.dtypes': () => ({ ...dtypes(), ...unknownFunctions(['as_dtype', 'complex', 'cast']), string: tensorflowDType('string') }),
    'tensorflow.layers': graphLayerMembers,
    'tensorflow.compat.v1': () => ({ ...programMembers(), ...coreMembers(), Tensor: tensorClass, TensorShape: tensorShapeClass, ...dtypes(), ...graphMembers(), Variable: graphNames(['Variable'])['Variable'] ?? tensorClass }),
    'tensorflow.compat.v1.train': () => ({ ...plainNamespaces['tensorflow.train']?.(), ...graphTrainMembers() }),
    'tensorflow.compat.v1.layers': graphLayerMembers, 'tensorflow.compat.v1.losses': graphLossMembers, 'tensorflow.compat.v1.nn': nnMembers,
    'tensorflow.compat.v1.logging': () => ({ ...silentFunctions(['set_verbosity', 'info', 'warn', 'debug', 'error', 'log']), ERROR: tensorflowDType('int32'), INFO: tensorflowDType('int32') }),
    'tensorflow.logging': () => ({ ...silentFunctions(['set_verbosity', 'info', 'warn', 'warning', 'debug', 'error']), ERROR: tensorflowDType('int32'), INFO: tensorflowDType('int32') }),
    'tensorflow.contrib.layers': () => graphNames(['xavier_initializer', 'l2_regularizer', 'fully_connected', 'conv2d', 'flatten', 'batch_norm', 'variance_scaling_initializer', 'dropout', 'max_pool2d', 'xavier_initializer_conv2d']),
    'tensorflow.contrib': () => graphNames(['rnn', 'seq2seq', 'framework', 'slim', 'learn', 'legacy_seq2seq', 'crf', 'training', 'lookup', 'distribute', 'cudnn_rnn', 'eager', 'estimator', 'summary', 'data', 'lite', 'tpu', 'quantize', 'metrics', 'opt']),
    'tensorflow.estimator': () => graphNames(['Estimator', 'EstimatorSpec', 'RunConfig', 'LinearClassifier', 'DNNClassifier', 'TrainSpec', 'EvalSpec', 'train_and_evaluate', 'LinearRegressor', 'DNNRegressor', 'BoostedTreesClassifier', 'DNNLinearCombinedClassifier', 'ModeKeys', 'inputs', 'export', 'BoostedTreesRegressor', 'BaselineClassifier', 'add_metrics', 'CheckpointSaverHook', 'experimental']),
    'tensorflow.app': () => ({ ...graphNames(['run']), ...unknownFunctions(['flags']) }),
    'tensorflow.app.flags': () => ({ ...silentFunctions(['DEFINE_string', 'DEFINE_integer', 'DEFINE_float', 'DEFINE_boolean', 'DEFINE_bool', 'DEFINE_enum']), ...unknownFunctions(['FLAGS']) }),
    'tensorflow.examples.tutorials.mnist.input_data': () => graphNames(['read_data_sets']),
    'tensorflow.train': () => ({ ...graphTrainMembers(), ...plainNamespaces['tensorflow.train']?.() }),
  },
  aliases: {
    'tensorflow.compat.v2': 'tensorflow', 'tensorflow.compat.v1.data': 'tensorflow.data', 'tensorflow.compat.v1.keras': 'keras', 'tensorflow.compat.v1.image': 'tensorflow.image', 'tensorflow.compat.v1.math': 'tensorflow.math',
    'tensorflow.compat.v1.random': 'tensorflow.random', 'tensorflow.compat.v1.summary': 'tensorflow.summary', 'tensorflow.compat.v1.io': 'tensorflow.io', 'tensorflow.compat.v1.gfile': 'tensorflow.gfile', 'tensorflow.compat.v1.saved_model': 'tensorflow.saved_model',
    'tensorflow.compat.v1.config': 'tensorflow.config', 'tensorflow.compat.v1.distribute': 'tensorflow.distribute', 'tensorflow.compat.v1.app': 'tensorflow.app', 'tensorflow.compat.v1.initializers': 'keras.initializers', 'tensorflow.compat.v1.estimator': 'tensorflow.estimator',
    'tensorflow.optimizers': 'keras.optimizers', 'tensorflow.losses': 'keras.losses', 'tensorflow.metrics': 'keras.metrics', 'tensorflow.initializers': 'keras.initializers', 'tensorflow.python.ops': 'tensorflow', 'tensorflow.python.framework': 'tensorflow',
  },
};
