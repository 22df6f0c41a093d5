// keras.activations: functions, and the activation that a string, function or layer stands for. It must not know layers' internals.
import type { Value } from '../../values/value.ts';
import { nativeFunction } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import { unknown } from '../../values/value.ts';
import { asTensor } from '../arrays/conversion.ts';
import { isSymbolicArray, perform } from '../arrays/library.ts';
import { kerasLibrary, kerasTensorLibrary } from './array-library.ts';
import { activationName, activationNames, activationRange } from './layers/identifiers.ts';

const signatures: Readonly<Record<string, string>> = {
  relu: 'x, negative_slope=0.0, max_value=None, threshold=0.0',
  softmax: 'x, axis=-1',
  log_softmax: 'x, axis=-1',
  elu: 'x, alpha=1.0',
  gelu: 'x, approximate=False',
  leaky_relu: 'x, negative_slope=0.2',
  celu: 'x, alpha=1.0',
  glu: 'x, axis=-1',
  threshold: 'x, threshold, default_value',
  hard_shrink: 'x, threshold=0.5',
  soft_shrink: 'x, threshold=0.5',
  squareplus: 'x, b=4',
  sparsemax: 'x, axis=-1',
};

function activationFunction(name: string): Value {
  const made: Value = nativeFunction(name, signatures[name] ?? 'x', (call) => {
    const given = call.args.get('x');
    const library = isSymbolicArray(given) ? kerasTensorLibrary : kerasLibrary;
    const input = given.kind === 'tensor' ? given : asTensor(call.interpreter, given, library);
    if (input === undefined) return unknown();
    return perform({ interpreter: call.interpreter, library, cls: library.cls, place: call.place, name }, name, [input], (context) => ({
      ...input,
      cls: context.cls,
      range: activationRange(made, input.range),
      contents: undefined,
      slots: new Map(),
    }));
  });
  return made;
}

const functions: ReadonlyMap<string, Value> = new Map([...activationNames].map((name) => [name, activationFunction(name)]));

/** The function that an activation argument stands for; undefined when it is something of the program's own. */
export function activationValue(value: Value): Value | undefined {
  const name = activationName(value);
  return name === undefined ? undefined : functions.get(name);
}

/** The canonical name of an activation given as a string, a function, a layer (`ReLU()`) or None. */
export function describeActivation(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const name = activationName(value);
  if (name !== undefined) return name === 'swish' ? 'silu' : name;
  const className = value.kind === 'instance' ? value.cls.name : value.kind === 'class' ? value.name : undefined;
  return className === undefined ? undefined : layerActivations[className];
}

const layerActivations: Readonly<Record<string, string>> = {
  ReLU: 'relu',
  Softmax: 'softmax',
  LeakyReLU: 'leaky_relu',
  ELU: 'elu',
  PReLU: 'prelu',
};

/** Members of keras.activations. */
export const activationMembers: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(functions),
  get: nativeFunction('get', 'identifier', (call) => {
    const value = call.args.get('identifier');
    if (value.kind === 'str' && !activationNames.has(value.value)) {
      return call.interpreter.refuse({
        rule: 'invalid-argument',
        message: message('there is no activation function "{name}"', { name: value.value }),
        place: call.args.place('identifier') ?? call.place,
      });
    }
    return activationValue(value) ?? value;
  }),
  serialize: nativeFunction('serialize', 'activation', (call) => {
    const name = activationName(call.args.get('activation'));
    return name === undefined ? unknown(undefined, 'str') : { kind: 'str', value: name };
  }),
  deserialize: nativeFunction('deserialize', 'config, custom_objects=None', (call) => activationValue(call.args.get('config')) ?? unknown()),
};
