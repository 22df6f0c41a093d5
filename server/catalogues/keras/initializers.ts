// keras.initializers, regularizers and constraints: objects that layers hold. It must not know layers.
import { nativeFunction, nativeMethod } from '../../values/classes.ts';
import { message, type Template } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { backendTensorClass } from './array-library.ts';
import { shapeFromValue } from './construction.ts';
import { constraintNames, initializerNames, regularizerNames } from './layers/identifiers.ts';
import { objectClasses } from './objects.ts';
import {
  constraintAliases,
  constraintSignatures,
  initializerAliases,
  initializerSignatures,
  regularizerAliases,
  regularizerSignatures,
} from './training-signatures.ts';

function members(classes: Readonly<Record<string, ClassValue>>, names: ReadonlySet<string>, refused: Template): Readonly<Record<string, Value>> {
  return {
    ...classes,
    get: nativeFunction('get', 'identifier', (call: NativeCall) => {
      const value = call.args.get('identifier');
      if (value.kind === 'none') return none;
      if (value.kind !== 'str') return value;
      if (names.has(value.value)) return unknown();
      return call.interpreter.refuse({
        rule: 'invalid-argument',
        message: message(refused, { name: value.value }),
        place: call.args.place('identifier') ?? call.place,
      });
    }),
    serialize: nativeFunction('serialize', '*args, **kwargs', () => unknown()),
    deserialize: nativeFunction('deserialize', '*args, **kwargs', () => unknown()),
  };
}

/** An initializer called by the program: `initializer(shape, dtype=…)`. */
const initialise = nativeMethod('__call__', 'self, shape, dtype=None, **kwargs', (call) => {
  const shape = shapeFromValue(call.interpreter, call.args.get('shape'));
  return shape === undefined
    ? unknown()
    : tensor({ cls: backendTensorClass(), shape, dtype: dtypeFromValue(call.args.get('dtype'), 'float32') ?? 'float32' });
});

export const initializerMembers = members(
  objectClasses({
    module: 'keras.initializers',
    baseName: 'Initializer',
    signatures: initializerSignatures,
    aliases: { ...initializerAliases, uniform: 'RandomUniform', normal: 'RandomNormal' },
    members: { __call__: initialise },
  }),
  initializerNames,
  'there is no initializer "{name}"',
);

export const regularizerMembers = members(
  objectClasses({
    module: 'keras.regularizers',
    baseName: 'Regularizer',
    signatures: regularizerSignatures,
    aliases: regularizerAliases,
    members: { __call__: nativeMethod('__call__', 'self, x', () => tensor({ cls: backendTensorClass(), shape: { dims: [] }, dtype: 'float32' })) },
  }),
  regularizerNames,
  'there is no regularizer "{name}"',
);

export const constraintMembers = members(
  objectClasses({
    module: 'keras.constraints',
    baseName: 'Constraint',
    signatures: constraintSignatures,
    aliases: constraintAliases,
    members: { __call__: nativeMethod('__call__', 'self, w', (call) => call.args.get('w')) },
  }),
  constraintNames,
  'there is no constraint "{name}"',
);
