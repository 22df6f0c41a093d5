// The module itertools. Iterators are lazy; endless ones give as many items as are taken. Products and permutations beyond a
// limit stand for an unknown number of items. It must not know the built-in functions beyond their helpers.
import type { Catalogue } from '../catalogue.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, Iteration, NativeCall, Value } from '../../values/value.ts';
import { int, none, tuple, unknown } from '../../values/value.ts';
import { admitted, endlessIterator, isEndless, makeIterator, takeEndless } from './iterating.ts';
import { nextItem } from './objects.ts';
import { joinAll } from './sorting.ts';
import { indexOf, unknownInt, unknownOf } from './support.ts';

const mostItems = 20_000;

function lazy(name: string, signature: string, source: (call: NativeCall) => Iteration): Value {
  return nativeFunction(name, signature, (call) => (call.args.openPositional ? unknownOf(name) : makeIterator(name, () => source(call))));
}

/** One item that stands for all rows, where their number is too large or not known. */
function representative(columns: readonly Iteration[]): Iteration {
  return { items: [tuple(columns.map((column) => joinAll(column.items)))], exact: false };
}

function product(columns: readonly Iteration[]): Iteration {
  const size = columns.reduce((total, column) => total * column.items.length, 1);
  if (columns.some((column) => !column.exact) || size > mostItems) return representative(columns);
  let rows: Value[][] = [[]];
  for (const column of columns) rows = rows.flatMap((row) => column.items.map((item) => [...row, item]));
  return { items: rows.map((row) => tuple(row)), exact: true };
}

/** Positions chosen from `count` places: all orders, or rising ones, with or without repetition. */
function selections(count: number, length: number, rising: boolean, repeated: boolean): number[][] | undefined {
  let rows: number[][] = [[]];
  for (let at = 0; at < length; at += 1) {
    rows = rows.flatMap((row) =>
      Array.from({ length: count }, (_, next) => next)
        .filter((next) => (rising ? next >= (row.at(-1) ?? 0) + (repeated || row.length === 0 ? 0 : 1) : repeated || !row.includes(next)))
        .map((next) => [...row, next]),
    );
    if (rows.length > mostItems) return undefined;
  }
  return rows;
}

function selecting(name: string, signature: string, rising: boolean, repeated: boolean): Value {
  return lazy(name, signature, ({ interpreter, args, place }) => {
    const column = interpreter.iterate(args.get('iterable'), place);
    const length = args.isNone('r') ? column.items.length : indexOf(args.get('r'));
    if (!column.exact || length === undefined || length > 64)
      return {
        items: [length === undefined || length > 64 ? unknownOf('tuple') : tuple(Array.from({ length }, () => joinAll(column.items)))],
        exact: false,
      };
    const rows = selections(column.items.length, length, rising, repeated);
    if (rows === undefined) return representative(Array.from({ length }, () => column));
    return { items: rows.map((row) => tuple(row.map((at) => column.items[at] ?? unknown()))), exact: true };
  });
}

const chainClass: ClassValue = nativeClass({
  name: 'chain',
  qualifiedName: 'itertools.chain',
  members: {
    from_iterable: {
      kind: 'classmethod',
      callable: nativeMethod('from_iterable', 'cls, iterable, /', ({ interpreter, args, place }) => {
        const iterable = args.get('iterable');
        return makeIterator('chain', () => chained(interpreter, interpreter.iterate(iterable, place), place));
      }),
    },
  },
  construct: ({ interpreter, args: { raw }, place }) =>
    makeIterator('chain', () => chained(interpreter, { items: raw.positional.map((one) => one.value), exact: !raw.openPositional }, place)),
});

function chained(interpreter: Interpreter, iterables: Iteration, place: Place): Iteration {
  const items: Value[] = [];
  let exact = iterables.exact;
  for (const one of iterables.items) {
    const iteration = interpreter.iterate(one, place);
    items.push(...iteration.items);
    exact &&= iteration.exact;
  }
  return { items: items.length === 0 && !exact ? [unknown()] : items, exact };
}

const count = nativeFunction('count', 'start=0, step=1', ({ interpreter, args, place }) => {
  const start = args.get('start'),
    step = args.get('step');
  const at = (position: number): Value => interpreter.binary('+', start, interpreter.binary('*', step, int(position), place), place);
  return endlessIterator('count', at, () => (start.kind === 'int' ? unknownInt(indexOf(step) === 1 ? indexOf(start) : undefined) : unknown()));
});

const cycle = nativeFunction('cycle', 'iterable, /', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('iterable'), place);
  if (!iteration.exact || iteration.items.length === 0) return makeIterator('cycle', () => iteration);
  return endlessIterator(
    'cycle',
    (position) => iteration.items[position % iteration.items.length] ?? unknown(),
    () => joinAll(iteration.items),
  );
});

const repeat = nativeFunction('repeat', 'object, times=None', ({ args }) => {
  const object = args.get('object');
  if (args.given('times') === false)
    return endlessIterator(
      'repeat',
      () => object,
      () => object,
    );
  const times = indexOf(args.get('times'));
  return makeIterator('repeat', () =>
    times === undefined || times > mostItems
      ? { items: [object], exact: false }
      : { items: Array.from({ length: Math.max(0, times) }, () => object), exact: true },
  );
});

const islice = nativeFunction('islice', 'iterable, start, stop=None, step=None, /', ({ interpreter, args, place }) => {
  const iterable = args.get('iterable');
  const single = args.given('stop') === false;
  const read = (name: string, fallback: number): number | undefined => (args.isNone(name) ? fallback : indexOf(args.get(name)));
  const start = single ? 0 : read('start', 0),
    stop = single ? read('start', Number.POSITIVE_INFINITY) : read('stop', Number.POSITIVE_INFINITY),
    step = read('step', 1);
  return makeIterator('islice', () => {
    if (start === undefined || stop === undefined || step === undefined)
      return { items: [joinAll(interpreter.iterate(iterable, place).items)], exact: false };
    const picked = (items: readonly Value[]): Value[] => items.filter((_, at) => at >= start && at < stop && (at - start) % step === 0);
    if (isEndless(iterable) && Number.isFinite(stop) && stop <= mostItems) return { items: picked(takeEndless(iterable, stop) ?? []), exact: true };
    // Of an iterator only what is needed is taken.
    if (iterable.kind === 'iterator' && !isEndless(iterable)) {
      const taken: Value[] = [];
      while (taken.length < stop) {
        const item = nextItem(iterable);
        if (item === undefined) break;
        if (iterable.taken?.exact === false) return { items: [joinAll(iterable.taken.items)], exact: false };
        taken.push(item);
      }
      return { items: picked(taken), exact: true };
    }
    const iteration = interpreter.iterate(iterable, place);
    return iteration.exact ? { items: picked(iteration.items), exact: true } : { items: [joinAll(iteration.items)], exact: false };
  });
});

const zipLongest = lazy('zip_longest', '*iterables, fillvalue=None', ({ interpreter, args, place }) => {
  const columns = args.rest.map((one) => interpreter.iterate(one.value, place));
  if (columns.some((column) => !column.exact)) return representative(columns);
  const length = Math.max(0, ...columns.map((column) => column.items.length));
  return { items: Array.from({ length }, (_, row) => tuple(columns.map((column) => column.items[row] ?? args.get('fillvalue')))), exact: true };
});

const accumulate = lazy('accumulate', 'iterable, func=None, *, initial=None', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('iterable'), place);
  if (!iteration.exact) return { items: [unknown()], exact: false };
  const results: Value[] = args.isNone('initial') ? [] : [args.get('initial')];
  for (const item of iteration.items) {
    const last = results.at(-1);
    results.push(
      last === undefined
        ? item
        : args.isNone('func')
          ? interpreter.binary('+', last, item, place)
          : interpreter.call(args.get('func'), argumentsOf([last, item]), place),
    );
  }
  return { items: results, exact: true };
});

const groupby = lazy('groupby', 'iterable, key=None', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('iterable'), place);
  const groups: { key: Value; items: Value[] }[] = [];
  let exact = iteration.exact;
  for (const item of iteration.items) {
    const key = args.isNone('key') ? item : interpreter.call(args.get('key'), argumentsOf([item]), place);
    const last = groups.at(-1);
    const same = last === undefined ? false : interpreter.truth(interpreter.compare('==', last.key, key, place), place);
    if (same === undefined) exact = false;
    if (same === true && last !== undefined) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return { items: groups.map((group) => tuple([group.key, makeIterator('_grouper', () => ({ items: group.items, exact }))])), exact };
});

const tee = nativeFunction('tee', 'iterable, n=2, /', ({ interpreter, args, place }) => {
  const times = indexOf(args.get('n'));
  if (times === undefined || times > 64) return unknownOf('tuple');
  let kept: Iteration | undefined;
  const iterable = args.get('iterable');
  const source = (): Iteration => {
    kept ??= interpreter.iterate(iterable, place);
    return kept;
  };
  return tuple(Array.from({ length: times }, () => makeIterator('_tee', source)));
});

/** The items before (or from) the first one that a condition does not admit. */
function upTo(name: string, keepFirst: boolean): Value {
  return lazy(name, 'predicate, iterable, /', ({ interpreter, args, place }) => {
    const iterable = args.get('iterable');
    const iteration: Iteration = isEndless(iterable) ? { items: [unknown()], exact: false } : interpreter.iterate(iterable, place);
    if (!iteration.exact) return iteration;
    for (const [at, item] of iteration.items.entries()) {
      const answer = interpreter.truth(interpreter.call(args.get('predicate'), argumentsOf([item]), place), place);
      if (answer === undefined) return { items: [joinAll(iteration.items)], exact: false };
      if (!answer) return { items: keepFirst ? iteration.items.slice(0, at) : iteration.items.slice(at), exact: true };
    }
    return { items: keepFirst ? iteration.items : [], exact: true };
  });
}

export const itertoolsModules: Catalogue['modules'] = {
  itertools: () => ({
    product: lazy('product', '*iterables, repeat=1', ({ interpreter, args, place }) => {
      const times = indexOf(args.get('repeat'));
      const columns = args.rest.map((one) => interpreter.iterate(one.value, place));
      return times === undefined || times > 16
        ? { items: [unknownOf('tuple')], exact: false }
        : product(Array.from({ length: times }, () => columns).flat());
    }),
    permutations: selecting('permutations', 'iterable, r=None', false, false),
    combinations: selecting('combinations', 'iterable, r', true, false),
    combinations_with_replacement: selecting('combinations_with_replacement', 'iterable, r', true, true),
    chain: chainClass,
    count,
    cycle,
    repeat,
    islice,
    zip_longest: zipLongest,
    accumulate,
    groupby,
    tee,
    starmap: lazy('starmap', 'function, iterable, /', ({ interpreter, args, place }) => {
      const iteration = interpreter.iterate(args.get('iterable'), place);
      return {
        items: iteration.items.map((item) => {
          const parts = item.kind === 'unknown' ? undefined : interpreter.iterate(item, place);
          return interpreter.call(
            args.get('function'),
            parts?.exact === true ? argumentsOf(parts.items) : { ...argumentsOf([]), openPositional: true },
            place,
          );
        }),
        exact: iteration.exact,
      };
    }),
    pairwise: lazy('pairwise', 'iterable, /', ({ interpreter, args, place }) => {
      const iteration = interpreter.iterate(args.get('iterable'), place);
      if (!iteration.exact) return { items: [tuple([joinAll(iteration.items), joinAll(iteration.items)])], exact: false };
      return { items: iteration.items.slice(1).map((item, at) => tuple([iteration.items[at] ?? none, item])), exact: true };
    }),
    takewhile: upTo('takewhile', true),
    dropwhile: upTo('dropwhile', false),
    filterfalse: lazy('filterfalse', 'predicate, iterable, /', ({ interpreter, args, place }) =>
      admitted(interpreter.iterate(args.get('iterable'), place), (item) => {
        const answer = interpreter.truth(
          args.isNone('predicate') ? item : interpreter.call(args.get('predicate'), argumentsOf([item]), place),
          place,
        );
        return answer === undefined ? undefined : !answer;
      }),
    ),
    compress: lazy('compress', 'data, selectors', ({ interpreter, args, place }) => {
      const data = interpreter.iterate(args.get('data'), place),
        selectors = interpreter.iterate(args.get('selectors'), place);
      if (!data.exact || !selectors.exact) return { items: [joinAll(data.items)], exact: false };
      const pairs = data.items
        .slice(0, selectors.items.length)
        .map((item, at) => ({ item, wanted: interpreter.truth(selectors.items[at] ?? none, place) }));
      if (pairs.some((pair) => pair.wanted === undefined)) return { items: [joinAll(data.items)], exact: false };
      return { items: pairs.filter((pair) => pair.wanted).map((pair) => pair.item), exact: true };
    }),
    batched: lazy('batched', 'iterable, n', ({ interpreter, args, place }) => {
      const iteration = interpreter.iterate(args.get('iterable'), place),
        size = indexOf(args.get('n'));
      if (!iteration.exact || size === undefined || size < 1) return { items: [unknownOf('tuple')], exact: false };
      return {
        items: Array.from({ length: Math.ceil(iteration.items.length / size) }, (_, at) => tuple(iteration.items.slice(at * size, (at + 1) * size))),
        exact: true,
      };
    }),
  }),
};
