// torch.nn.init: fills tensors in place; shapes stay. It must not know modules.
import { markReplayable } from '../../values/recorder.ts';
import { constantRange, rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { float, unknown } from '../../values/value.ts';
import { overwriteArray } from '../arrays/memory.ts';

const layers = "nonlinearity='leaky_relu', generator=None";
const functions: Readonly<Record<string, readonly [signature: string, range: (call: NativeCall) => ValueRange | undefined]>> = {
  constant_: [
    'tensor, val',
    ({ args }) => {
      const value = args.real('val');
      return value === undefined ? undefined : constantRange(value);
    },
  ],
  zeros_: ['tensor', () => constantRange(0)],
  ones_: ['tensor', () => constantRange(1)],
  eye_: ['tensor', () => rangeBetween(0, 1, { integral: true })],
  dirac_: ['tensor, groups=1', () => rangeBetween(0, 1, { integral: true })],
  uniform_: [
    'tensor, a=0.0, b=1.0, generator=None',
    ({ args }) => {
      const [low, high] = [args.real('a'), args.real('b')];
      return low === undefined || high === undefined ? undefined : rangeBetween(low, high);
    },
  ],
  normal_: ['tensor, mean=0.0, std=1.0, generator=None', () => undefined],
  trunc_normal_: [
    'tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None',
    ({ args }) => {
      const [low, high] = [args.real('a'), args.real('b')];
      return low === undefined || high === undefined ? undefined : rangeBetween(low, high);
    },
  ],
  xavier_uniform_: ['tensor, gain=1.0, generator=None', () => undefined],
  xavier_normal_: ['tensor, gain=1.0, generator=None', () => undefined],
  kaiming_uniform_: [`tensor, a=0, mode='fan_in', ${layers}`, () => undefined],
  kaiming_normal_: [`tensor, a=0, mode='fan_in', ${layers}`, () => undefined],
  orthogonal_: ['tensor, gain=1, generator=None', () => undefined],
  sparse_: ['tensor, sparsity, std=0.01, generator=None', () => undefined],
};
/** The names without an underscore are deprecated and do the same. */
const formerNames: readonly string[] = [
  'constant_',
  'eye_',
  'dirac_',
  'uniform_',
  'normal_',
  'xavier_uniform_',
  'xavier_normal_',
  'kaiming_uniform_',
  'kaiming_normal_',
  'orthogonal_',
  'sparse_',
];

export function initializationMembers(): Record<string, Value> {
  const members: Record<string, Value> = {};
  for (const [name, [signature, range]] of Object.entries(functions)) {
    const member = nativeFunction(name, signature, (call) => {
      const tensor = call.args.get('tensor');
      if (tensor.kind === 'tensor') overwriteArray(tensor, { range: range(call), contents: undefined });
      return tensor;
    });
    markReplayable(member);
    members[name] = member;
    if (formerNames.includes(name)) members[name.slice(0, -1)] = member;
  }
  // `calculate_gain`: source of the numbers is the table in its documentation.
  members['calculate_gain'] = nativeFunction('calculate_gain', 'nonlinearity, param=None', ({ args }) => {
    const gain = gains[args.str('nonlinearity') ?? ''];
    return gain === undefined ? unknown(undefined, 'float') : float(gain);
  });
  for (const name of ['_calculate_fan_in_and_fan_out', '_calculate_correct_fan'])
    members[name] = nativeFunction(name, '*args, **kwargs', () => unknown());
  return members;
}
const gains: Readonly<Record<string, number>> = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  conv_transpose1d: 1,
  conv_transpose2d: 1,
  conv_transpose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.SQRT2,
  selu: 0.75,
};
