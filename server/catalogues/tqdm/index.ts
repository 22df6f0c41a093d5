// Progress bars of tqdm: a bar iterates as what it is put around. It must not know what that is.
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import { argumentsOf } from '../../values/arguments.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { bool, iterator, none, str, unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';

const signature = 'iterable=None, desc=None, total=None, leave=True, file=None, ncols=None, mininterval=0.1, maxinterval=10.0, miniters=None, ascii=None, disable=False, unit="it", unit_scale=False, '
  + 'dynamic_ncols=False, smoothing=0.3, bar_format=None, initial=0, position=None, postfix=None, unit_divisor=1000, write_bytes=False, lock_args=None, nrows=None, colour=None, delay=0.0, gui=False, **kwargs';

const silent = ['update', 'close', 'clear', 'refresh', 'reset', 'display', 'set_description', 'set_description_str', 'set_postfix', 'set_postfix_str', 'unpause'];

const barClass: ClassValue = nativeClass({
  name: 'tqdm', qualifiedName: 'tqdm.std.tqdm',
  members: {
    __init__: nativeMethod('tqdm', `self, ${signature}`, ({ args }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return none;
      for (const [name, value] of Object.entries({
        iterable: args.get('iterable'), desc: args.isNone('desc') ? str('') : args.get('desc'), total: args.isNone('total') ? unknown() : args.get('total'),
        n: unknown(undefined, 'int'), disable: args.get('disable'), leave: args.get('leave'), postfix: unknown(), format_dict: unknown(undefined, 'dict'),
      })) setInstanceAttribute(self, name, value);
      return none;
    }),
    __iter__: nativeMethod('__iter__', 'self', ({ interpreter, args, place }) => {
      const self = args.get('self');
      const iterable = self.kind === 'instance' ? self.attributes.get('iterable') : undefined;
      return iterator(() => (iterable === undefined ? { items: [unknown()], exact: false } : interpreter.iterate(iterable, place)));
    }),
    __len__: nativeMethod('__len__', 'self', ({ interpreter, args, place }) => {
      const self = args.get('self');
      const iterable = self.kind === 'instance' ? self.attributes.get('iterable') : undefined;
      return iterable === undefined || iterable.kind === 'none' ? unknown(undefined, 'int') : interpreter.length(iterable, place);
    }),
    __bool__: nativeMethod('__bool__', 'self', () => bool(true)),
    __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    ...Object.fromEntries(silent.map((name) => [name, nativeMethod(name, 'self, *args, **kwargs', () => none)])),
    write: { kind: 'classmethod', callable: nativeMethod('write', 'cls, s, file=None, end="\\n", nolock=False', () => none) },
    pandas: { kind: 'classmethod', callable: nativeMethod('pandas', 'cls, *args, **kwargs', () => none) },
  },
});

/** `trange(10)` is `tqdm(range(10))`. */
const trange = nativeFunction('trange', undefined, ({ interpreter, args, place }) => {
  const range = interpreter.call(interpreter.builtinClass('range'), { ...args.raw, keywords: [] }, place);
  return interpreter.call(barClass, { ...argumentsOf([range]), keywords: args.raw.keywords, openKeywords: args.raw.openKeywords }, place);
});

const members = (): Record<string, Value> => ({ tqdm: barClass, trange, tqdm_notebook: barClass, tnrange: trange });
const modules = ['tqdm', 'tqdm.std', 'tqdm.auto', 'tqdm.notebook', 'tqdm.autonotebook', 'tqdm.asyncio', 'tqdm.rich'];

export const tqdmCatalogue: Catalogue = { modules: Object.fromEntries(modules.map((name) => [name, members])) };
