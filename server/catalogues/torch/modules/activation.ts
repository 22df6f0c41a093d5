// Activations as modules: each one runs the rule of its function with its own arguments. It must not know how modules become classes.
import { shapeOf } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { float, unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { type ActivationName, activations, prelu, softmaxOverChannels } from '../functional/activation.ts';
import { changeInPlace } from '../in-place.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation } from '../module-declaration.ts';
import { sizeArgument } from './arguments.ts';

function run(name: ActivationName, invocation: ModuleInvocation): Value {
  const { tensor, args, context, input } = invocation;
  if (tensor === undefined) return unknown();
  const result = activations[name](context, tensor, args);
  return args.flag('inplace') === true ? changeInPlace(context, input, result, name) : result;
}

function activation(name: string, functionName: ActivationName, signature: string, more: Partial<ModuleDeclaration> = {}): ModuleDeclaration {
  return { name, signature, output: (invocation) => run(functionName, invocation), ...more };
}

function refusesLimits(construction: ModuleConstruction): void {
  const [low, high] = ['min_val', 'max_val'].map((name) => numberFromValue(limit(construction, name)));
  if (low === undefined || high === undefined || low < high) return;
  construction.refuse(message('{layer}: min_val must be below max_val, got {low} and {high}', { layer: construction.className, low, high }), {
    argument: 'max_val',
    exception: 'AssertionError',
  });
}

/** The older names stand for the newer ones where they are given. */
function limit(construction: ModuleConstruction, name: 'min_val' | 'max_val' | string): Value {
  const older = construction.args.get(name === 'min_val' ? 'min_value' : 'max_value');
  return older.kind === 'none' ? construction.args.get(name) : older;
}

export const activationModules: readonly ModuleDeclaration[] = [
  activation('Threshold', 'threshold', 'threshold, value, inplace=False'),
  activation('ReLU', 'relu', 'inplace=False'),
  activation('RReLU', 'rrelu', 'lower=0.125, upper=0.3333333333333333, inplace=False'),
  activation('Hardtanh', 'hardtanh', 'min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None', {
    check: refusesLimits,
    attributes: (construction) => ({ min_val: limit(construction, 'min_val'), max_val: limit(construction, 'max_val') }),
  }),
  activation('ReLU6', 'relu6', 'inplace=False', { base: 'Hardtanh', attributes: () => ({ min_val: float(0), max_val: float(6) }) }),
  activation('Sigmoid', 'sigmoid', ''),
  activation('Hardsigmoid', 'hardsigmoid', 'inplace=False'),
  activation('Tanh', 'tanh', ''),
  activation('SiLU', 'silu', 'inplace=False'),
  activation('Mish', 'mish', 'inplace=False'),
  activation('Hardswish', 'hardswish', 'inplace=False'),
  activation('ELU', 'elu', 'alpha=1.0, inplace=False'),
  activation('CELU', 'celu', 'alpha=1.0, inplace=False'),
  activation('SELU', 'selu', 'inplace=False'),
  activation('GLU', 'glu', 'dim=-1'),
  activation('GELU', 'gelu', "approximate='none'"),
  activation('Hardshrink', 'hardshrink', 'lambd=0.5'),
  activation('LeakyReLU', 'leaky_relu', 'negative_slope=0.01, inplace=False'),
  activation('LogSigmoid', 'logsigmoid', ''),
  activation('Softplus', 'softplus', 'beta=1.0, threshold=20.0'),
  activation('Softshrink', 'softshrink', 'lambd=0.5'),
  {
    name: 'PReLU',
    signature: 'num_parameters=1, init=0.25, device=None, dtype=None',
    parameters: (construction) => [
      {
        name: 'weight',
        shape: shapeOf(sizeArgument(construction, 'num_parameters')),
        ...(construction.dtype === undefined ? {} : { dtype: construction.dtype }),
      },
    ],
    output: (invocation) => {
      const weight = invocation.parameter('weight');
      return invocation.tensor === undefined || weight === undefined ? unknown() : prelu(invocation.context, invocation.tensor, weight);
    },
  },
  activation('Softsign', 'softsign', ''),
  activation('Tanhshrink', 'tanhshrink', ''),
  activation('Softmin', 'softmin', 'dim=None'),
  activation('Softmax', 'softmax', 'dim=None'),
  { name: 'Softmax2d', signature: '', output: ({ tensor, context }) => (tensor === undefined ? unknown() : softmaxOverChannels(context, tensor)) },
  activation('LogSoftmax', 'log_softmax', 'dim=None'),
];
