// What surrounds the tensors of a TensorFlow program: tf.function, GradientTape, scopes, files, strings, devices, summaries.
// Most of it has no effect that matters here. It must not know data sets or Keras.
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Value } from '../../values/value.ts';
import { bool, list, none, str, tuple, unknown } from '../../values/value.ts';
import { tensorOf } from '../arrays/conversion.ts';
import { makeArray } from '../arrays/contents.ts';
import { contextFor } from './context.ts';

/** `@tf.function` and `@tf.function(jit_compile=True)`: the function itself. */
const functionDecorator = nativeFunction('function', 'func=None, *args, **kwargs', ({ args }) => {
  const func = args.get('func');
  return func.kind === 'none' ? nativeFunction('function', 'func', (call) => call.args.get('func')) : func;
});

/** A context manager without effect. */
export function scopeClass(name: string, entered: (self: Value) => Value = (self) => self): Value {
  return nativeClass({
    name, qualifiedName: `tensorflow.${name}`,
    members: {
      __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none),
      __enter__: nativeMethod('__enter__', 'self', ({ args }) => entered(args.get('self'))),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    },
  });
}

/** Gradients have the shapes of what they are taken for. */
function like(value: Value): Value {
  switch (value.kind) {
    case 'tensor': return { ...value, range: undefined, contents: undefined, slots: new Map() };
    case 'list': return list(value.items.map(like), value.open);
    case 'tuple': return tuple(value.items.map(like));
    default: return unknown();
  }
}

const gradientTape = nativeClass({
  name: 'GradientTape', qualifiedName: 'tensorflow.GradientTape',
  members: {
    __init__: nativeMethod('__init__', 'self, persistent=False, watch_accessed_variables=True', () => none),
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    watch: nativeMethod('watch', 'self, tensor', () => none),
    gradient: nativeMethod('gradient', 'self, target, sources, output_gradients=None, unconnected_gradients=None', ({ args }) => like(args.get('sources'))),
    jacobian: nativeMethod('jacobian', 'self, target, sources, *args, **kwargs', () => unknown()),
    stop_recording: nativeMethod('stop_recording', 'self', ({ args }) => args.get('self')),
    reset: nativeMethod('reset', 'self', () => none),
  },
});

const moduleClass = nativeClass({ name: 'Module', qualifiedName: 'tensorflow.Module', members: { __init__: nativeMethod('__init__', 'self, name=None', () => none) } });

/** Functions of which nothing is known but that they are there. */
export function unknownFunctions(names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, undefined, () => unknown())]));
}
/** Functions without a result. */
export function silentFunctions(names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, nativeFunction(name, undefined, () => none)]));
}

const condition = nativeFunction('cond', 'pred, true_fn=None, false_fn=None, name=None', ({ interpreter, args, place }) => {
  const truth = interpreter.truth(args.get('pred'), place);
  const [onTrue, onFalse] = [args.get('true_fn'), args.get('false_fn')];
  const call = (callee: Value): Value => (callee.kind === 'none' ? none : interpreter.call(callee, { positional: [], keywords: [], openPositional: false, openKeywords: false }, place));
  if (truth !== undefined) return call(truth ? onTrue : onFalse);
  const [left] = [call(onTrue), call(onFalse)];
  return left.kind === 'tensor' ? makeArray({ cls: left.cls, shape: { dims: undefined }, dtype: left.dtype }) : unknown();
});

/** `tf.map_fn`: the function on one row, its result once for each. */
const mapFunction = nativeFunction('map_fn', 'fn, elems, *args, **kwargs', (call) => {
  const context = contextFor(call, 'tf.map_fn');
  const elements = tensorOf(context, call.args.get('elems'));
  const [rows, ...rest] = elements?.shape.dims ?? [];
  if (elements === undefined || rows === undefined) return unknown();
  const row = { ...elements, contents: undefined, shape: { dims: rest } };
  const result = call.interpreter.call(call.args.get('fn'), { positional: [{ value: row, place: undefined }], keywords: [], openPositional: false, openKeywords: false }, call.place);
  return result.kind === 'tensor' && result.shape.dims !== undefined ? makeArray({ cls: result.cls, shape: { dims: [rows, ...result.shape.dims] }, dtype: result.dtype, range: result.range }) : unknown();
});

export function programMembers(): Record<string, Value> {
  return {
    function: functionDecorator, GradientTape: gradientTape, Module: moduleClass, cond: condition, map_fn: mapFunction, vectorized_map: mapFunction,
    name_scope: scopeClass('name_scope'), device: scopeClass('device'), control_dependencies: scopeClass('control_dependencies'), init_scope: scopeClass('init_scope'), Graph: nativeClass({
      name: 'Graph', qualifiedName: 'tensorflow.Graph', members: { as_default: nativeMethod('as_default', 'self', ({ args }) => args.get('self')), __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')), __exit__: nativeMethod('__exit__', 'self, *args', () => none) },
    }),
    executing_eagerly: nativeFunction('executing_eagerly', '', () => bool(true)), is_tensor: nativeFunction('is_tensor', 'x', ({ args }) => { const value = args.get('x'); return value.kind === 'unknown' ? unknown(undefined, 'bool') : bool(value.kind === 'tensor'); }),
    __version__: str('2.21.0'), VERSION: str('2.21.0'), newaxis: none,
    TensorArray: scopeClass('TensorArray'), RaggedTensor: nativeClass({ name: 'RaggedTensor', qualifiedName: 'tensorflow.RaggedTensor' }), SparseTensor: nativeClass({ name: 'SparseTensor', qualifiedName: 'tensorflow.SparseTensor', members: { __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none) } }),
    IndexedSlices: nativeClass({ name: 'IndexedSlices', qualifiedName: 'tensorflow.IndexedSlices' }), UnconnectedGradients: nativeClass({ name: 'UnconnectedGradients', qualifiedName: 'tensorflow.UnconnectedGradients' }),
    ...unknownFunctions(['while_loop', 'scan', 'foldl', 'py_function', 'numpy_function', 'gradients', 'custom_gradient', 'recompute_grad', 'switch_case', 'case', 'group', 'tuple', 'timestamp', 'load_op_library', 'guarantee_const', 'random_normal_initializer', 'random_uniform_initializer', 'zeros_initializer', 'ones_initializer', 'constant_initializer', 'truncated_normal_initializer', 'OptionalSpec', 'RaggedTensorSpec', 'SparseTensorSpec', 'VariableAggregation', 'VariableSynchronization', 'hessians', 'bitcast', 'as_dtype', 'as_string']),
    ...silentFunctions(['print', 'assert_equal', 'assert_greater', 'assert_less', 'assert_rank', 'Assert', 'no_op', 'Print']),
  };
}

const valueOf = (name: string): Value => nativeClass({ name, qualifiedName: `tensorflow.${name}`, members: { __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none), scope: nativeMethod('scope', 'self', () => unknown()), num_replicas_in_sync: nativeProperty('num_replicas_in_sync', () => unknown(undefined, 'int')) } });

/** A strategy whose `scope()` is a context without effect. */
function strategyClass(name: string): Value {
  const scope = scopeClass('scope');
  return nativeClass({
    name, qualifiedName: `tensorflow.distribute.${name}`,
    members: {
      __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none),
      scope: nativeMethod('scope', 'self', ({ interpreter, place }) => interpreter.call(scope, { positional: [], keywords: [], openPositional: false, openKeywords: false }, place)),
      num_replicas_in_sync: nativeProperty('num_replicas_in_sync', () => unknown(undefined, 'int')),
      run: nativeMethod('run', 'self, fn, args=(), kwargs=None, options=None', ({ interpreter, args, place }) => {
        const given = args.get('args');
        return given.kind === 'tuple' ? interpreter.call(args.get('fn'), { positional: given.items.map((value) => ({ value, place: undefined })), keywords: [], openPositional: false, openKeywords: false }, place) : unknown();
      }),
      experimental_distribute_dataset: nativeMethod('experimental_distribute_dataset', 'self, dataset, options=None', ({ args }) => args.get('dataset')),
    },
  });
}

/** Namespaces below `tensorflow` whose members are only named. */
export const plainNamespaces: Readonly<Record<string, () => Record<string, Value>>> = {
  'tensorflow.config': () => ({ ...unknownFunctions(['list_physical_devices', 'list_logical_devices', 'LogicalDeviceConfiguration', 'get_visible_devices', 'experimental_connect_to_cluster']), ...silentFunctions(['set_logical_device_configuration', 'set_visible_devices', 'set_soft_device_placement', 'run_functions_eagerly', 'experimental_run_functions_eagerly']) }),
  'tensorflow.config.experimental': () => ({ ...unknownFunctions(['list_physical_devices', 'list_logical_devices', 'VirtualDeviceConfiguration', 'get_memory_info']), ...silentFunctions(['set_memory_growth', 'set_virtual_device_configuration', 'enable_tensor_float_32_execution', 'set_visible_devices', 'enable_op_determinism']) }),
  'tensorflow.config.optimizer': () => silentFunctions(['set_jit', 'set_experimental_options']),
  'tensorflow.config.threading': () => silentFunctions(['set_inter_op_parallelism_threads', 'set_intra_op_parallelism_threads']),
  'tensorflow.io': () => unknownFunctions(['read_file', 'FixedLenFeature', 'VarLenFeature', 'TFRecordWriter', 'TFRecordOptions', 'decode_csv', 'parse_single_example', 'parse_example', 'parse_tensor', 'serialize_tensor', 'decode_raw', 'matching_files', 'write_file', 'RaggedFeature', 'FixedLenSequenceFeature', 'parse_single_sequence_example', 'decode_json_example', 'decode_base64', 'encode_base64']),
  'tensorflow.io.gfile': () => unknownFunctions(['GFile', 'exists', 'glob', 'isdir', 'listdir', 'makedirs', 'mkdir', 'remove', 'rmtree', 'copy', 'walk', 'join']),
  'tensorflow.gfile': () => unknownFunctions(['GFile', 'FastGFile', 'Exists', 'Glob', 'MakeDirs', 'ListDirectory', 'DeleteRecursively', 'IsDirectory', 'Open']),
  'tensorflow.strings': () => unknownFunctions(['regex_replace', 'split', 'lower', 'upper', 'join', 'length', 'unicode_decode', 'strip', 'substr', 'to_number', 'unicode_split', 'reduce_join', 'bytes_split', 'format', 'as_string', 'unicode_encode', 'to_hash_bucket', 'to_hash_bucket_fast', 'ngrams', 'unicode_script', 'unicode_transcode', 'unicode_split_with_offsets', 'unicode_decode_with_offsets', 'regex_full_match']),
  'tensorflow.summary': () => ({ ...unknownFunctions(['create_file_writer', 'FileWriter', 'merge_all', 'merge', 'create_noop_writer', 'record_if']), ...silentFunctions(['scalar', 'histogram', 'image', 'text', 'audio', 'trace_on', 'trace_export', 'write', 'flush', 'graph']) }),
  'tensorflow.train': () => unknownFunctions(['Checkpoint', 'CheckpointManager', 'CheckpointOptions', 'Feature', 'Features', 'Example', 'BytesList', 'Int64List', 'FloatList', 'SequenceExample', 'FeatureList', 'FeatureLists', 'latest_checkpoint', 'list_variables', 'load_checkpoint', 'load_variable', 'ClusterSpec', 'Server', 'ServerDef', 'ClusterDef', 'JobDef', 'ExponentialMovingAverage', 'checkpoint_exists', 'get_checkpoint_state', 'Coordinator']),
  'tensorflow.train.experimental': () => unknownFunctions(['PythonState', 'enable_mixed_precision_graph_rewrite']),
  'tensorflow.distribute': () => ({ ...Object.fromEntries(['MirroredStrategy', 'MultiWorkerMirroredStrategy', 'TPUStrategy', 'OneDeviceStrategy', 'Strategy', 'ParameterServerStrategy'].map((name) => [name, strategyClass(name)])), ...unknownFunctions(['get_strategy', 'has_strategy', 'in_cross_replica_context', 'get_replica_context', 'Server', 'InputContext', 'DistributedValues', 'InputOptions', 'NcclAllReduce', 'HierarchicalCopyAllReduce', 'ReduceOp', 'RunOptions']) }),
  'tensorflow.distribute.experimental': () => ({ ...Object.fromEntries(['TPUStrategy', 'MultiWorkerMirroredStrategy', 'ParameterServerStrategy', 'CentralStorageStrategy'].map((name) => [name, strategyClass(name)])), ...unknownFunctions(['CommunicationOptions', 'CommunicationImplementation', 'CollectiveCommunication', 'ValueContext', 'partitioners']) }),
  'tensorflow.distribute.ReduceOp': () => ({ SUM: str('SUM'), MEAN: str('MEAN') }),
  'tensorflow.distribute.cluster_resolver': () => unknownFunctions(['TPUClusterResolver', 'TFConfigClusterResolver', 'SimpleClusterResolver', 'ClusterResolver']),
  'tensorflow.distribute.coordinator': () => unknownFunctions(['ClusterCoordinator']),
  'tensorflow.tpu': () => unknownFunctions(['XLAOptions']), 'tensorflow.tpu.experimental': () => silentFunctions(['initialize_tpu_system', 'shutdown_tpu_system']),
  'tensorflow.saved_model': () => ({ ...unknownFunctions(['load', 'SaveOptions', 'LoadOptions', 'contains_saved_model']), ...silentFunctions(['save', 'simple_save']), DEFAULT_SERVING_SIGNATURE_DEF_KEY: str('serving_default') }),
  'tensorflow.sparse': () => unknownFunctions(['to_dense', 'SparseTensor', 'sparse_dense_matmul', 'slice', 'concat', 'from_dense', 'reorder', 'add', 'mask', 'reset_shape', 'map_values', 'bincount', 'retain', 'expand_dims', 'reshape']),
  'tensorflow.ragged': () => unknownFunctions(['constant', 'range', 'map_flat_values', 'stack', 'boolean_mask', 'cross']),
  'tensorflow.lookup': () => unknownFunctions(['KeyValueTensorInitializer', 'StaticVocabularyTable', 'StaticHashTable', 'TextFileInitializer', 'TextFileIndex']), 'tensorflow.lookup.experimental': () => unknownFunctions(['DenseHashTable', 'MutableHashTable']),
  'tensorflow.signal': () => unknownFunctions(['rfft', 'stft', 'irfft2d', 'rfft2d', 'frame', 'inverse_stft', 'linear_to_mel_weight_matrix', 'mfccs_from_log_mel_spectrograms', 'hann_window', 'fft', 'ifft', 'irfft', 'fft2d', 'ifft2d']),
  'tensorflow.audio': () => unknownFunctions(['decode_wav', 'encode_wav']), 'tensorflow.debugging': () => ({ ...silentFunctions(['set_log_device_placement', 'assert_equal', 'assert_shapes', 'assert_rank', 'assert_greater', 'assert_less', 'assert_near', 'enable_check_numerics', 'assert_greater_equal', 'assert_non_negative', 'assert_type', 'assert_all_finite']), check_numerics: nativeFunction('check_numerics', 'tensor, message="", name=None', ({ args }) => args.get('tensor')) }),
  'tensorflow.errors': () => Object.fromEntries(['OutOfRangeError', 'InvalidArgumentError', 'UnimplementedError', 'NotFoundError', 'ResourceExhaustedError', 'OpError', 'FailedPreconditionError', 'AlreadyExistsError'].map((name) => [name, valueOf(name)])),
  'tensorflow.feature_column': () => unknownFunctions(['numeric_column', 'categorical_column_with_vocabulary_list', 'indicator_column', 'crossed_column', 'categorical_column_with_hash_bucket', 'bucketized_column', 'embedding_column', 'categorical_column_with_identity', 'make_parse_example_spec', 'shared_embeddings', 'categorical_column_with_vocabulary_file', 'weighted_categorical_column']),
  'tensorflow.lite': () => unknownFunctions(['TFLiteConverter', 'Interpreter', 'Optimize', 'OpsSet', 'RepresentativeDataset']), 'tensorflow.lite.Optimize': () => ({ DEFAULT: str('DEFAULT') }), 'tensorflow.lite.TFLiteConverter': () => unknownFunctions(['from_saved_model', 'from_keras_model', 'from_concrete_functions']),
  'tensorflow.sets': () => unknownFunctions(['intersection', 'union', 'difference', 'size']), 'tensorflow.autograph': () => unknownFunctions(['to_code', 'to_graph']), 'tensorflow.autograph.experimental': () => unknownFunctions(['do_not_convert', 'set_loop_options']),
  'tensorflow.profiler.experimental': () => silentFunctions(['start', 'stop', 'Profile', 'Trace']), 'tensorflow.version': () => ({ VERSION: str('2.21.0'), GIT_VERSION: str('v2.21.0'), COMPILER_VERSION: str('') }), 'tensorflow.test': () => unknownFunctions(['is_gpu_available', 'gpu_device_name', 'is_built_with_cuda', 'TestCase', 'main', 'mock']),
  'tensorflow.sysconfig': () => unknownFunctions(['get_build_info', 'get_include', 'get_lib']), 'tensorflow.types.experimental': () => unknownFunctions(['TraceType', 'TensorLike', 'GenericFunction', 'Callable']), 'tensorflow.compat': () => unknownFunctions(['as_str', 'as_bytes', 'as_text', 'as_str_any']), 'tensorflow.bitwise': () => unknownFunctions(['bitwise_and', 'bitwise_or', 'bitwise_xor', 'invert', 'left_shift', 'right_shift']), 'tensorflow.graph_util': () => unknownFunctions(['convert_variables_to_constants', 'import_graph_def']),
  'tensorflow.experimental': () => unknownFunctions(['ExtensionType', 'Optional', 'register_filesystem_plugin', 'dispatch_for_api', 'dispatch_for_unary_elementwise_apis', 'dispatch_for_binary_elementwise_apis', 'BatchableExtensionType', 'ExtensionTypeBatchEncoder', 'StructuredTensor', 'RowPartition', 'DynamicRaggedShape', 'async_scope', 'function_executor_type']),
  'tensorflow.experimental.numpy': () => ({ ...unknownFunctions(['array', 'asarray', 'ones', 'zeros', 'arange', 'sum', 'mean', 'reshape', 'dot', 'matmul', 'expand_dims', 'logspace', 'linspace', 'random', 'ndarray', 'newaxis', 'sqrt', 'square']), ...silentFunctions(['experimental_enable_numpy_behavior']) }),
  'tensorflow.experimental.dtensor': () => ({ ...unknownFunctions(['Layout', 'create_mesh', 'call_with_layout', 'create_distributed_mesh', 'DVariable', 'initialize_accelerator_system', 'pack', 'unpack', 'relayout', 'run_on', 'Mesh', 'copy_to_mesh', 'fetch_layout', 'shutdown_accelerator_system', 'DTensorDataset', 'DTensorCheckpoint', 'num_clients', 'device_name', 'barrier', 'client_id', 'local_devices', 'num_local_devices', 'num_global_devices', 'full_job_name', 'heartbeat_enabled', 'preferred_device_type', 'enable_save_as_bf16', 'name_based_restore', 'name_based_save', 'default_mesh', 'is_dtensor', 'get_default_mesh', 'job_name', 'jobs', 'sharded_save', 'check_layout', 'relayout_like', 'shutdown', 'reset_dtensor_device', 'create_tpu_mesh']), UNSHARDED: str('unsharded'), MATCH: str('match') }),
};
