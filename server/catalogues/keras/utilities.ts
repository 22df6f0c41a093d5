// keras.utils and keras.saving: what is not about labels, folders or data (those stand in ../datasets). It must not know layers.
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { bool, none, unknown } from '../../values/value.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { kerasTensorClass } from './array-library.ts';
import { modelFunctions } from './model-functions.ts';
import { clearSession } from './run-state.ts';

const nothing = (name: string): Value => nativeFunction(name, '*args, **kwargs', () => none);
const something = (name: string, typeName?: string): Value => nativeFunction(name, '*args, **kwargs', () => unknown(undefined, typeName));

/** `@keras.saving.register_keras_serializable(package=…)`: gives the class as it is. */
const register = nativeFunction('register_keras_serializable', "package='Custom', name=None", (call: NativeCall) => {
  const first = call.args.get('package');
  if (first.kind === 'class' || first.kind === 'function') return first;
  return nativeFunction('decorator', 'arg', (inner) => inner.args.get('arg'));
});

const scope = nativeClass({
  name: 'CustomObjectScope',
  qualifiedName: 'keras.utils.CustomObjectScope',
  members: {
    __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none),
    __enter__: nativeMethod('__enter__', 'self', (call) => call.args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => bool(false)),
  },
});

export const savingMembers: Readonly<Record<string, Value>> = {
  register_keras_serializable: register,
  CustomObjectScope: scope,
  custom_object_scope: scope,
  deserialize_keras_object: something('deserialize_keras_object'),
  serialize_keras_object: something('serialize_keras_object'),
  get_custom_objects: something('get_custom_objects', 'dict'),
  get_registered_name: something('get_registered_name', 'str'),
  get_registered_object: something('get_registered_object'),
  load_model: modelFunctions['load_model'] ?? unknown(),
  save_model: modelFunctions['save_model'] ?? unknown(),
};

export const utilityMembers: Readonly<Record<string, Value>> = {
  ...savingMembers,
  plot_model: nothing('plot_model'),
  model_to_dot: something('model_to_dot'),
  set_random_seed: nothing('set_random_seed'),
  enable_interactive_logging: nothing('enable_interactive_logging'),
  disable_interactive_logging: nothing('disable_interactive_logging'),
  get_file: something('get_file', 'str'),
  clear_session: nativeFunction('clear_session', 'free_memory=True', (call) => {
    clearSession(call.interpreter);
    return none;
  }),
  normalize: nativeFunction('normalize', 'x, axis=-1, order=2', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor'
      ? {
          ...x,
          dtype: x.dtype?.startsWith('float') === true ? x.dtype : 'float64',
          range: x.range !== undefined && x.range.low >= 0 ? rangeBetween(0, 1) : rangeBetween(-1, 1),
          contents: undefined,
        }
      : unknown();
  }),
  is_keras_tensor: nativeFunction('is_keras_tensor', 'x', (call) => {
    const x = call.args.get('x');
    return x.kind === 'tensor' ? bool(x.cls === kerasTensorClass) : x.kind === 'unknown' ? unknown(undefined, 'bool') : bool(false);
  }),
  Progbar: nativeClass({
    name: 'Progbar',
    qualifiedName: 'keras.utils.Progbar',
    members: {
      __init__: nativeMethod('__init__', 'self, *args, **kwargs', () => none),
      update: nativeMethod('update', 'self, *args, **kwargs', () => none),
      add: nativeMethod('add', 'self, *args, **kwargs', () => none),
    },
  }),
};
