// `keras.DTypePolicy` objects and the global policy of keras.mixed_precision and keras.config. It must not know layers.
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { instance, none, str, unknown } from '../../values/value.ts';
import type { DTypePolicy } from './run-state.ts';
import { kerasRun, policyOfName } from './run-state.ts';

export const policySlot = defineSlot<DTypePolicy>('dtype policy');

function part(name: 'name' | 'compute' | 'variable', attribute: string): Value {
  return nativeProperty(attribute, (call) => {
    const value = policySlot.get(call.args.get('self'))?.[name];
    return value === undefined ? unknown(undefined, 'str') : str(value);
  });
}

export const policyClass: ClassValue = nativeClass({
  name: 'DTypePolicy',
  qualifiedName: 'keras.DTypePolicy',
  members: {
    __init__: nativeMethod('__init__', 'self, name=None, *args, **kwargs', (call) => {
      const self = call.args.get('self');
      const name = call.args.str('name');
      if (self.kind !== 'instance') return none;
      const policy = name === undefined ? undefined : policyOfName(name);
      if (name !== undefined && policy === undefined) {
        call.interpreter.refuse({
          rule: 'invalid-argument',
          message: message('there is no dtype policy "{name}"', { name }),
          place: call.args.place('name') ?? call.place,
        });
      }
      policySlot.set(self, policy ?? { name: undefined, compute: undefined, variable: undefined });
      return none;
    }),
    name: part('name', 'name'),
    compute_dtype: part('compute', 'compute_dtype'),
    variable_dtype: part('variable', 'variable_dtype'),
  },
});

export function policyObject(policy: DTypePolicy): InstanceValue {
  const made = instance(policyClass);
  policySlot.set(made, policy);
  return made;
}

const setPolicy = (name: string): Value =>
  nativeFunction(name, 'policy=None, *args, **kwargs', (call) => {
    const value = call.args.get('policy');
    const run = kerasRun(call.interpreter);
    const policy = value.kind === 'str' ? policyOfName(value.value) : policySlot.get(value);
    if (value.kind === 'str' && policy === undefined) {
      call.interpreter.refuse({
        rule: 'invalid-argument',
        message: message('there is no dtype policy "{name}"', { name: value.value }),
        place: call.args.place('policy') ?? call.place,
      });
    }
    run.policy = policy ?? { name: undefined, compute: undefined, variable: undefined };
    return none;
  });

const getPolicy = (name: string): Value => nativeFunction(name, '', (call) => policyObject(kerasRun(call.interpreter).policy));

/** keras.mixed_precision. */
export const policyMembers: Readonly<Record<string, Value>> = {
  Policy: policyClass,
  DTypePolicy: policyClass,
  set_global_policy: setPolicy('set_global_policy'),
  set_dtype_policy: setPolicy('set_dtype_policy'),
  global_policy: getPolicy('global_policy'),
  dtype_policy: getPolicy('dtype_policy'),
  LossScaleOptimizer: unknown(),
};
