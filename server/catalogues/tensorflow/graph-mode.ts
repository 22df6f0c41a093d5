// TensorFlow 1: graphs, placeholders, sessions, tf.layers, tf.contrib. Such code is recognised and left alone, with one note that
// says so. It must not know Keras.
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';

function note({ interpreter, place }: NativeCall): void {
  const { notes } = interpreter.trace;
  const text = message('this is TensorFlow 1 graph code: it is not analysed');
  if (!interpreter.isQuiet && !notes.some((one) => one.message.template === text.template)) notes.push({ message: text, place });
}

/** A member that only graph code calls. */
export function graphFunction(name: string): Value {
  return nativeFunction(name, undefined, (call) => { note(call); return unknown(); });
}

/** An object that only graph code makes: a session, a saver, an optimizer of tf.train. */
function graphClass(name: string): Value {
  return nativeClass({
    name, qualifiedName: `tensorflow.${name}`,
    members: {
      __init__: nativeMethod('__init__', 'self, *args, **kwargs', (call) => { note(call); return none; }),
      __enter__: nativeMethod('__enter__', 'self', (call) => call.args.get('self')),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    },
  });
}

const functions = [
  'placeholder', 'placeholder_with_default', 'get_variable', 'variable_scope', 'global_variables_initializer', 'initialize_all_variables', 'local_variables_initializer', 'tables_initializer', 'reset_default_graph',
  'get_default_graph', 'get_default_session', 'add_to_collection', 'get_collection', 'trainable_variables', 'global_variables', 'assign', 'assign_add', 'set_random_seed', 'disable_eager_execution', 'disable_v2_behavior',
  'variable_creator_scope', 'get_variable_scope', 'py_func', 'sparse_placeholder', 'report_uninitialized_variables', 'model_variables', 'moving_average_variables', 'variables_initializer', 'arg_max', 'mul', 'sub', 'neg', 'pack', 'unpack',
  'random_shuffle', 'scalar_summary', 'merge_all_summaries', 'image_summary', 'histogram_summary', 'disable_resource_variables', 'enable_eager_execution', 'enable_resource_variables', 'parse_single_example', 'decode_raw', 'read_file',
];
const classes = ['Session', 'InteractiveSession', 'ConfigProto', 'GPUOptions', 'AttrValue', 'GraphDef', 'FixedLenFeature', 'TFRecordReader', 'WholeFileReader'];
const trainClasses = [
  'AdamOptimizer', 'GradientDescentOptimizer', 'RMSPropOptimizer', 'MomentumOptimizer', 'AdagradOptimizer', 'AdadeltaOptimizer', 'FtrlOptimizer', 'Saver', 'Supervisor', 'MonitoredTrainingSession', 'SessionRunHook', 'QueueRunner', 'SummaryWriter',
  'SyncReplicasOptimizer', 'LoggingTensorHook', 'MonitoredSession',
];
const trainFunctions = ['exponential_decay', 'get_or_create_global_step', 'get_global_step', 'create_global_step', 'start_queue_runners', 'string_input_producer', 'batch', 'shuffle_batch', 'global_step', 'import_meta_graph', 'write_graph', 'slice_input_producer', 'piecewise_constant', 'polynomial_decay', 'match_filenames_once'];
const layerFunctions = ['conv2d', 'max_pooling2d', 'dense', 'dropout', 'flatten', 'batch_normalization', 'average_pooling2d', 'conv2d_transpose', 'conv1d', 'Dense', 'Conv2D'];
const lossFunctions = ['softmax_cross_entropy', 'sparse_softmax_cross_entropy', 'log_loss', 'mean_squared_error', 'get_total_loss', 'sigmoid_cross_entropy', 'absolute_difference', 'huber_loss', 'get_regularization_loss', 'add_loss'];

const record = (names: readonly string[], make: (name: string) => Value): Record<string, Value> => Object.fromEntries(names.map((name) => [name, make(name)]));

/** Members of `tensorflow` (TensorFlow 1) and of `tensorflow.compat.v1`. */
export function graphMembers(): Record<string, Value> {
  return { ...record(functions, graphFunction), ...record(classes, graphClass) };
}
export function graphTrainMembers(): Record<string, Value> {
  return { ...record(trainClasses, graphClass), ...record(trainFunctions, graphFunction) };
}
export function graphLayerMembers(): Record<string, Value> { return record(layerFunctions, graphFunction); }
export function graphLossMembers(): Record<string, Value> { return record(lossFunctions, graphFunction); }
export function graphNames(names: readonly string[]): Record<string, Value> { return record(names, graphFunction); }
