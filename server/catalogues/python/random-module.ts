// The module random: nothing is drawn. What is drawn from known bounds or items is unknown within them. It must not know numpy.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { replaceItems } from '../../values/heap.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { list, none } from '../../values/value.ts';
import { joinAll, mixed } from './sorting.ts';
import { indexOf, raiseText, unknownInt, unknownOf } from './support.ts';

type Body = (call: NativeCall) => Value;
const float: Body = () => unknownOf('float');

function drawn(call: NativeCall, count: number | undefined, what: string): Value {
  const iteration = call.interpreter.iterate(call.args.get(what), call.place);
  const one = joinAll(iteration.items);
  return count === undefined || count > 10_000 ? list([one], true) : list(Array.from({ length: count }, () => one));
}

/** Name, parameters and what a draw gives; the module's functions and the methods of `Random` are the same. */
const declarations: readonly (readonly [string, string, Body])[] = [
  ['random', '', float],
  ['uniform', 'a, b', float],
  ['triangular', 'low=0.0, high=1.0, mode=None', float],
  ['gauss', 'mu=0.0, sigma=1.0', float],
  ['normalvariate', 'mu=0.0, sigma=1.0', float],
  ['betavariate', 'alpha, beta', float],
  ['expovariate', 'lambd=1.0', float],
  ['gammavariate', 'alpha, beta', float],
  ['lognormvariate', 'mu, sigma', float],
  ['vonmisesvariate', 'mu, kappa', float],
  ['paretovariate', 'alpha', float],
  ['weibullvariate', 'alpha, beta', float],
  ['randint', 'a, b', ({ args }) => unknownInt(indexOf(args.get('a')), indexOf(args.get('b')))],
  [
    'randrange',
    'start, stop=None, step=1',
    ({ args }) => {
      const first = indexOf(args.get('start')),
        second = indexOf(args.get('stop')),
        step = indexOf(args.get('step'));
      if (step === undefined || step <= 0) return unknownInt();
      if (args.isNone('stop')) return unknownInt(0, first === undefined ? undefined : first - 1);
      return unknownInt(first, second === undefined ? undefined : second - 1);
    },
  ],
  ['getrandbits', 'k, /', () => unknownInt(0)],
  ['randbytes', 'n', () => unknownOf('bytes')],
  [
    'choice',
    'seq',
    (call) => {
      const iteration = call.interpreter.iterate(call.args.get('seq'), call.place);
      if (iteration.exact && iteration.items.length === 0)
        raiseText(call.interpreter, 'IndexError', 'Cannot choose from an empty sequence', call.place);
      return joinAll(iteration.items);
    },
  ],
  ['choices', 'population, weights=None, *, cum_weights=None, k=1', (call) => drawn(call, indexOf(call.args.get('k')), 'population')],
  ['sample', 'population, k, *, counts=None', (call) => drawn(call, indexOf(call.args.get('k')), 'population')],
  [
    'shuffle',
    'x',
    ({ args }) => {
      const items = args.get('x');
      if (items.kind === 'list') replaceItems(items, mixed(items.items));
      return none;
    },
  ],
  ['seed', 'a=None, version=2', () => none],
  ['getstate', '', () => unknownOf('tuple')],
  ['setstate', 'state', () => none],
];

const randomClass: ClassValue = nativeClass({
  name: 'Random',
  qualifiedName: 'random.Random',
  members: {
    __init__: nativeMethod('__init__', 'self, x=None', () => none),
    ...Object.fromEntries(
      declarations.map(([name, signature, body]) => [name, nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, body)]),
    ),
  },
});

export const randomModules: Catalogue['modules'] = {
  random: () => ({
    ...Object.fromEntries(declarations.map(([name, signature, body]) => [name, nativeFunction(name, signature, body)])),
    Random: randomClass,
  }),
};
