// The files under torch.nn.modules that programs name: `torch.nn.modules.batchnorm._BatchNorm`, `torch.nn.modules.utils._pair`. Each shows all
// classes of torch.nn, which is more than it has and never misses one. It must not know any single module.
import { nativeFunction } from '../../../values/classes.ts';
import type { Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { spreadAttribute } from './arguments.ts';

const files = [
  'activation',
  'adaptive',
  'batchnorm',
  'channelshuffle',
  'container',
  'conv',
  'distance',
  'dropout',
  'flatten',
  'fold',
  'instancenorm',
  'lazy',
  'linear',
  'loss',
  'module',
  'normalization',
  'padding',
  'pixelshuffle',
  'pooling',
  'rnn',
  'sparse',
  'transformer',
  'upsampling',
];

export const moduleFileAliases: Readonly<Record<string, string>> = Object.fromEntries(
  files.map((file) => [`torch.nn.modules.${file}`, 'torch.nn.modules']),
);

/** A number as many times as said, a sequence as a tuple. */
function spreading(name: string, count: number): Value {
  return nativeFunction(name, 'x', ({ interpreter, args, place }) => {
    const value = args.get('x');
    if (value.kind === 'range' || value.kind === 'iterator' || value.kind === 'str') {
      const { items, exact } = interpreter.iterate(value, place);
      return exact ? { kind: 'tuple', items } : unknown();
    }
    return value.kind === 'instance' ? unknown() : spreadAttribute(value, count);
  });
}

/** torch.nn.modules.utils */
export function spreadingMembers(): Record<string, Value> {
  return {
    _single: spreading('_single', 1),
    _pair: spreading('_pair', 2),
    _triple: spreading('_triple', 3),
    _quadruple: spreading('_quadruple', 4),
    _ntuple: nativeFunction('_ntuple', "n, name='parse'", ({ args }) => {
      const count = args.number('n');
      return count === undefined || count < 0 || count > 64 ? unknown() : spreading('parse', count);
    }),
  };
}
