// keras.backend and keras.config: global settings, and the array functions that Keras 2 had there. keras.random too.
// It must not know layers.
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { tensor } from '../../values/tensor.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { bool, float, int, none, str, unknown } from '../../values/value.ts';
import { rangeBetween, type ValueRange } from '../../tensors/range.ts';
import type { DType } from '../../tensors/dtype.ts';
import { dtypeOfName } from '../../tensors/dtype.ts';
import { backendTensorClass, kerasTensorClass, shapeValue, variableClass } from './array-library.ts';
import { shapeFromValue } from './construction.ts';
import { imageDataFormat } from './layers/arguments.ts';
import { formerBackendMembers } from './ops.ts';
import { policyMembers } from './policy.ts';
import { clearSession, kerasRun, policyOfName } from './run-state.ts';

const nothing = (name: string): Value => nativeFunction(name, '*args, **kwargs', () => none);
const something = (name: string, typeName?: string): Value => nativeFunction(name, '*args, **kwargs', () => unknown(undefined, typeName));

const shared: Readonly<Record<string, Value>> = {
  backend: nativeFunction('backend', '', () => str('tensorflow')),
  epsilon: nativeFunction('epsilon', '', () => float(1e-7)),
  set_epsilon: nothing('set_epsilon'),
  floatx: nativeFunction('floatx', '', (call) => {
    const { variable } = kerasRun(call.interpreter).policy;
    return variable === undefined ? unknown(undefined, 'str') : str(variable);
  }),
  set_floatx: nativeFunction('set_floatx', 'value', (call) => {
    const name = call.args.str('value');
    kerasRun(call.interpreter).policy = (name === undefined ? undefined : policyOfName(name)) ?? {
      name: undefined,
      compute: undefined,
      variable: undefined,
    };
    return none;
  }),
  image_data_format: nativeFunction('image_data_format', '', (call) => {
    const { value } = imageDataFormat(call.interpreter);
    return value === undefined ? unknown(undefined, 'str') : str(value);
  }),
  set_image_data_format: nativeFunction('set_image_data_format', 'data_format', (call) => setDataFormat(call)),
};

function setDataFormat(call: NativeCall): Value {
  const name = call.args.str('data_format');
  imageDataFormat(call.interpreter).value = name === 'channels_last' || name === 'channels_first' ? name : undefined;
  return none;
}

const clear = nativeFunction('clear_session', 'free_memory=True', (call) => {
  clearSession(call.interpreter);
  return none;
});

export const backendMembers: Readonly<Record<string, Value>> = {
  ...formerBackendMembers,
  ...shared,
  clear_session: clear,
  Variable: variableClass,
  get_uid: nativeFunction('get_uid', "prefix=''", () => unknown(undefined, 'int')),
  int_shape: nativeFunction('int_shape', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' ? shapeValue(x.shape) : unknown(undefined, 'tuple');
  }),
  ndim: nativeFunction('ndim', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' && x.shape.dims !== undefined ? int(x.shape.dims.length) : unknown(undefined, 'int');
  }),
  is_keras_tensor: nativeFunction('is_keras_tensor', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' ? bool(x.cls === kerasTensorClass) : x.kind === 'unknown' ? unknown(undefined, 'bool') : bool(false);
  }),
  image_dim_ordering: nativeFunction('image_dim_ordering', '', (call) => {
    const { value } = imageDataFormat(call.interpreter);
    return value === undefined ? unknown(undefined, 'str') : str(value === 'channels_last' ? 'tf' : 'th');
  }),
  set_image_dim_ordering: nativeFunction('set_image_dim_ordering', 'dim_ordering', (call) => {
    const name = call.args.str('dim_ordering');
    imageDataFormat(call.interpreter).value = name === 'tf' ? 'channels_last' : name === 'th' ? 'channels_first' : undefined;
    return none;
  }),
  is_float_dtype: something('is_float_dtype', 'bool'),
  is_int_dtype: something('is_int_dtype', 'bool'),
  standardize_dtype: nativeFunction('standardize_dtype', 'dtype', (call) => {
    const dtype = dtypeFromValue(call.args.get('dtype'), 'float32');
    return dtype === undefined ? unknown(undefined, 'str') : str(dtype);
  }),
  result_type: something('result_type', 'str'),
  set_session: nothing('set_session'),
  get_session: something('get_session'),
  set_learning_phase: nothing('set_learning_phase'),
  learning_phase: something('learning_phase'),
  function: something('function'),
  gradients: something('gradients'),
  get_value: something('get_value'),
  set_value: nothing('set_value'),
  name_scope: nativeClass({
    name: 'name_scope',
    qualifiedName: 'keras.backend.name_scope',
    members: {
      __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none),
      __enter__: nativeMethod('__enter__', 'self', (call) => call.args.get('self')),
      __exit__: nativeMethod('__exit__', 'self, *args', () => bool(false)),
    },
  }),
};

export const configMembers: Readonly<Record<string, Value>> = {
  ...shared,
  dtype_policy: policyMembers['dtype_policy'] ?? unknown(),
  set_dtype_policy: policyMembers['set_dtype_policy'] ?? unknown(),
  set_backend: nothing('set_backend'),
  ...Object.fromEntries(
    [
      'disable_flash_attention',
      'disable_interactive_logging',
      'disable_traceback_filtering',
      'enable_flash_attention',
      'enable_interactive_logging',
      'enable_traceback_filtering',
      'enable_unsafe_deserialization',
      'set_max_epochs',
      'set_max_steps_per_epoch',
    ].map((name) => [name, nothing(name)]),
  ),
};

function draw(name: string, signature: string, range: ValueRange | undefined, fallback: DType = 'float32'): Value {
  return nativeFunction(name, signature, (call) => {
    const shape = shapeFromValue(call.interpreter, call.args.get('shape'));
    const dtype = call.args.get('dtype');
    return shape === undefined
      ? unknown()
      : tensor({ cls: backendTensorClass(), shape, dtype: dtype.kind === 'none' ? fallback : dtypeFromValue(dtype, 'float32'), range });
  });
}

/** keras.random. */
export const randomMembers: Readonly<Record<string, Value>> = {
  normal: draw('normal', 'shape, mean=0.0, stddev=1.0, dtype=None, seed=None', undefined),
  truncated_normal: draw('truncated_normal', 'shape, mean=0.0, stddev=1.0, dtype=None, seed=None', undefined),
  uniform: nativeFunction('uniform', 'shape, minval=0.0, maxval=1.0, dtype=None, seed=None', (call) => {
    const shape = shapeFromValue(call.interpreter, call.args.get('shape'));
    const [low, high] = [call.args.real('minval'), call.args.real('maxval')];
    return shape === undefined
      ? unknown()
      : tensor({
          cls: backendTensorClass(),
          shape,
          dtype: dtypeOfName(call.args.str('dtype') ?? 'float32'),
          range: low === undefined || high === undefined ? undefined : rangeBetween(low, high),
        });
  }),
  randint: nativeFunction('randint', "shape, minval, maxval, dtype='int32', seed=None", (call) => {
    const shape = shapeFromValue(call.interpreter, call.args.get('shape'));
    const [low, high] = [call.args.number('minval'), call.args.number('maxval')];
    return shape === undefined
      ? unknown()
      : tensor({
          cls: backendTensorClass(),
          shape,
          dtype: dtypeOfName(call.args.str('dtype') ?? 'int32'),
          range: low === undefined || high === undefined ? undefined : rangeBetween(low, high - 1, { integral: true }),
        });
  }),
  SeedGenerator: nativeClass({
    name: 'SeedGenerator',
    qualifiedName: 'keras.random.SeedGenerator',
    members: { __init__: nativeMethod('__init__', 'self, seed=None, name=None, **kwargs', () => none) },
  }),
  shuffle: nativeFunction('shuffle', 'x, axis=0, seed=None', (call) => call.args.get('x')),
  dropout: nativeFunction('dropout', 'inputs, rate, noise_shape=None, seed=None', (call) => {
    const x = call.args.get('inputs');
    return x.kind === 'tensor' ? { ...x, range: undefined, contents: undefined } : unknown();
  }),
};
