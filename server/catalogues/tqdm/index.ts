// tqdm as a catalogue: a bar around an iterable gives its items and nothing else. It must not know what is iterated over.
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { instance, none, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { iteratorOver } from '../python/objects.ts';

const methods = ['update', 'close', 'clear', 'refresh', 'reset', 'unpause', 'set_description', 'set_description_str', 'set_postfix', 'set_postfix_str', 'moveto', 'display'];

export const tqdmClass: ClassValue = nativeClass({
  name: 'tqdm', qualifiedName: 'tqdm.tqdm',
  members: {
    __init__: nativeMethod('tqdm', 'self, iterable=None, desc=None, total=None, leave=True, *args, **kwargs', ({ args }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return none;
      for (const name of ['iterable', 'desc', 'total']) setInstanceAttribute(self, name, args.get(name));
      return none;
    }),
    __iter__: nativeMethod('__iter__', 'self', ({ args, interpreter, place }) => {
      const self = args.get('self');
      const iterable = self.kind === 'instance' ? self.attributes.get('iterable') : undefined;
      return iterable === undefined ? unknown() : iteratorOver(interpreter, iterable, place);
    }),
    __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) => {
      const self = args.get('self');
      const [iterable, total] = self.kind === 'instance' ? [self.attributes.get('iterable') ?? none, self.attributes.get('total') ?? none] : [none, none];
      return iterable.kind === 'none' ? total : interpreter.length(iterable, place);
    }),
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    ...Object.fromEntries(methods.map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
    n: nativeProperty('n', () => unknown(undefined, 'int')),
    format_dict: nativeProperty('format_dict', () => unknown(undefined, 'dict')),
    write: { kind: 'staticmethod', callable: nativeFunction('write', 's, file=None, end="\\n", nolock=False', () => none) },
    pandas: { kind: 'staticmethod', callable: nativeFunction('pandas', '*args, **kwargs', () => none) },
    get_lock: { kind: 'staticmethod', callable: nativeFunction('get_lock', '', () => unknown()) },
    set_lock: { kind: 'staticmethod', callable: nativeFunction('set_lock', 'lock', () => none) },
  },
});

/** `trange(n)`: a bar around a range. */
const trange = nativeFunction('trange', '*args, **kwargs', (call) => {
  const numbers = call.args.rest.map((one) => one.value);
  const made = instance(tqdmClass);
  const range = call.interpreter.call(call.interpreter.builtinClass('range'), { positional: numbers.map((value) => ({ value, place: undefined })), keywords: [], openPositional: call.args.openPositional, openKeywords: false }, call.place);
  for (const [name, value] of Object.entries({ iterable: range, desc: none, total: none })) made.attributes.set(name, value);
  return made;
});

const members = (): Record<string, Value> => ({ tqdm: tqdmClass, trange, tqdm_notebook: tqdmClass, tnrange: trange, __version__: unknown(undefined, 'str') });

export const tqdmCatalogue: Catalogue = {
  modules: {
    tqdm: members, 'tqdm.auto': members, 'tqdm.notebook': members, 'tqdm.std': members, 'tqdm.autonotebook': members, 'tqdm.asyncio': members, 'tqdm.rich': members,
  },
};
