// Built-in functions over iterables: enumerate, zip, map, filter, sorted, reversed, min, max, sum, all, any, iter, next, and the
// helpers that itertools shares. Iterators are lazy; an iteration that is not exact keeps items that stand for all.
import { maximumDims, minimumDims, dimBounds } from '../../tensors/dim.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeFunction } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { derivedOrigin } from '../../values/place.ts';
import type { Iteration, IteratorValue, NativeCall, Value } from '../../values/value.ts';
import { bool, int, list, maybeBool, originOf, tuple, unknown } from '../../values/value.ts';
import { iteratorOver, nextItem } from './objects.ts';
import { extremeValue, joinAll, sortValues } from './sorting.ts';
import { dimOf, indexOf, raiseText, typeNameOf, underlying, unknownInt, unknownOf } from './support.ts';

/** What an endless iterator gives at each position. */
const endless = new WeakMap<IteratorValue, (position: number) => Value>();

export function makeIterator(typeName: string, source: () => Iteration): IteratorValue {
  return { kind: 'iterator', typeName, source, taken: undefined, position: 0 };
}

/** An iterator without an end (`itertools.count`). A loop over it sees one item that stands for all. */
export function endlessIterator(typeName: string, at: (position: number) => Value, representative: () => Value): IteratorValue {
  const made = makeIterator(typeName, () => ({ items: [representative()], exact: false }));
  endless.set(made, at);
  const positions = { next: 0 };
  endlessPositions.set(made, positions);
  return made;
}
const endlessPositions = new WeakMap<IteratorValue, { next: number }>();

/** The next items of an endless iterator; undefined when it is none. */
export function takeEndless(value: Value, count: number): Value[] | undefined {
  if (value.kind !== 'iterator') return undefined;
  const at = endless.get(value),
    positions = endlessPositions.get(value);
  if (at === undefined || positions === undefined) return undefined;
  const items = Array.from({ length: count }, (_, index) => at(positions.next + index));
  positions.next += count;
  return items;
}
export function isEndless(value: Value): boolean {
  return value.kind === 'iterator' && endless.has(value);
}

/** Items of several iterables side by side, as `zip` takes them. */
export function parallel(interpreter: Interpreter, values: readonly Value[], place: Place, strict = false): { rows: Value[][]; exact: boolean } {
  if (values.length === 0) return { rows: [], exact: true };
  const finite = values.filter((value) => !isEndless(value));
  if (finite.length === 0) return { rows: [values.map(() => unknown())], exact: false };
  const iterations = new Map<number, Iteration>();
  for (const [at, value] of values.entries()) if (!isEndless(value)) iterations.set(at, interpreter.iterate(value, place));
  const lengths = [...iterations.values()].filter((iteration) => iteration.exact).map((iteration) => iteration.items.length);
  const exact = lengths.length === iterations.size;
  if (strict && exact && new Set(lengths).size > 1) raiseText(interpreter, 'ValueError', 'zip() arguments have different lengths', place);
  // An iterable of unknown length gives what stands for all its items beside each known one.
  const count = lengths.length > 0 ? Math.min(...lengths) : 1;
  const columns = values.map((value, at) => {
    const iteration = iterations.get(at);
    if (iteration === undefined) return takeEndless(value, count) ?? [];
    return iteration.exact ? iteration.items : Array.from({ length: count }, () => joinAll(iteration.items));
  });
  const rows = Array.from({ length: count }, (_, row) => columns.map((column) => column[row] ?? unknown()));
  return { rows, exact };
}

const enumerate = nativeFunction('enumerate', 'iterable, start=0', ({ interpreter, args, place }) => {
  const iterable = args.get('iterable'),
    start = indexOf(args.get('start'));
  return makeIterator('enumerate', () => {
    const iteration = interpreter.iterate(iterable, place);
    const items = iteration.items.map((item, at) =>
      tuple([iteration.exact && start !== undefined ? int(start + at) : unknownInt(start ?? Number.NEGATIVE_INFINITY), item]),
    );
    const { last } = iteration;
    return { items, exact: iteration.exact, last: last === undefined ? undefined : () => tuple([unknownInt(start ?? Number.NEGATIVE_INFINITY), last()]) };
  });
});

const zip = nativeFunction('zip', '*iterables, strict=False', ({ interpreter, args, place }) => {
  if (args.openPositional) return unknownOf('zip');
  const values = args.rest.map((one) => one.value);
  const strict = args.flag('strict') === true;
  return makeIterator('zip', () => {
    const { rows, exact } = parallel(interpreter, values, place, strict);
    return { items: rows.map((row) => tuple(row)), exact };
  });
});

const map = nativeFunction('map', 'function, /, *iterables', ({ interpreter, args, place }) => {
  if (args.openPositional) return unknownOf('map');
  const callee = args.get('function'),
    values = args.rest.map((one) => one.value);
  return makeIterator('map', () => {
    const { rows, exact } = parallel(interpreter, values, place);
    return { items: rows.map((row) => interpreter.call(callee, argumentsOf(row), place)), exact };
  });
});

/** The items that a condition admits; undecided ones make the number unknown. */
export function admitted(iteration: Iteration, test: (item: Value) => boolean | undefined): Iteration {
  const items: Value[] = [];
  let exact = iteration.exact;
  for (const item of iteration.items) {
    const answer = test(item);
    if (answer === false) continue;
    if (answer === undefined) exact = false;
    items.push(item);
  }
  return { items: items.length === 0 && !exact ? [unknown()] : items, exact };
}

const filter = nativeFunction('filter', 'function, iterable, /', ({ interpreter, args, place }) => {
  const callee = args.get('function'),
    iterable = args.get('iterable');
  return makeIterator('filter', () =>
    admitted(interpreter.iterate(iterable, place), (item) =>
      interpreter.truth(callee.kind === 'none' ? item : interpreter.call(callee, argumentsOf([item]), place), place),
    ),
  );
});

const sorted = nativeFunction('sorted', 'iterable, /, *, key=None, reverse=False', ({ interpreter, args, place }) => {
  const iteration = interpreter.iterate(args.get('iterable'), place);
  if (!iteration.exact) return list([...iteration.items], true);
  return list(sortValues(interpreter, iteration.items, args.get('key'), args.get('reverse'), place));
});

const reversed = nativeFunction('reversed', 'sequence, /', ({ interpreter, args, place }) => {
  const sequence = args.get('sequence');
  if (sequence.kind === 'instance' && interpreter.lookUpAttribute(sequence, '__reversed__', place) !== undefined)
    return interpreter.callMethod(sequence, '__reversed__', [], place);
  if (sequence.kind === 'set' || (sequence.kind === 'iterator' && sequence.typeName === 'generator')) {
    if (sequence.kind === 'iterator' || !sequence.frozen)
      raiseText(interpreter, 'TypeError', `'${typeNameOf(sequence)}' object is not reversible`, place);
  }
  return makeIterator('reversed', () => {
    const iteration = interpreter.iterate(sequence, place);
    return { items: [...iteration.items].reverse(), exact: iteration.exact };
  });
});

function extreme(name: 'min' | 'max'): Value {
  return nativeFunction(name, '*args, key=None, default=None', (call) => {
    const { interpreter, args, place } = call;
    if (args.openPositional) return unknown();
    const [first] = args.rest;
    if (first === undefined) return raiseText(interpreter, 'TypeError', `${name} expected at least 1 argument, got 0`, place);
    let items: readonly Value[] = args.rest.map((one) => one.value);
    if (items.length === 1) {
      if (first.value.kind === 'tensor')
        return interpreter.lookUpAttribute(first.value, name, place) === undefined ? unknown() : interpreter.callMethod(first.value, name, [], place);
      const iteration = interpreter.iterate(first.value, place);
      if (!iteration.exact) return iteration.items.every((item) => typeNameOf(item) === 'int') ? unknownInt() : unknown();
      items = iteration.items;
      if (items.length === 0) {
        if (args.given('default') === false) raiseText(interpreter, 'ValueError', `${name}() arg is an empty sequence`, place);
        return args.get('default');
      }
    }
    return extremeOf(call, items, name);
  });
}

function extremeOf({ interpreter, args, place }: NativeCall, items: readonly Value[], name: 'min' | 'max'): Value {
  const key = args.get('key');
  if (key.kind === 'none') {
    const dims = items.map(dimOf);
    if (dims.some((dim) => typeof dim !== 'number') && !dims.includes(undefined)) {
      const known = dims.flatMap((dim) => (dim === undefined ? [] : [dim]));
      return int(name === 'min' ? minimumDims(...known) : maximumDims(...known), derivedOrigin(...items.map(originOf)));
    }
    // What is not known lies on the known side of a known bound: `max(1, x)` is at least 1.
    const numbers = items.map(underlying).filter((item) => item.kind === 'int');
    if (items.some((item) => item.kind === 'unknown') && items.every((item) => typeNameOf(item) === 'int')) {
      const bounds = numbers.map((item) => dimBounds(item.value));
      return name === 'max'
        ? unknownInt(Math.max(Number.NEGATIVE_INFINITY, ...bounds.map((bound) => bound.low)))
        : unknownInt(undefined, Math.min(Number.POSITIVE_INFINITY, ...bounds.map((bound) => bound.high)));
    }
  }
  if (items.length > 20_000) return unknown();
  const best = extremeValue(interpreter, items, key, name === 'max', place);
  if (best !== undefined) return best;
  const types = new Set(items.map(typeNameOf));
  const [type] = types;
  return types.size === 1 && type !== undefined && (type === 'float' || type === 'str') ? unknownOf(type) : unknown();
}

const sum = nativeFunction('sum', 'iterable, /, start=0', ({ interpreter, args, place }) => {
  const iterable = args.get('iterable');
  if (iterable.kind === 'range' && (typeof iterable.start !== 'number' || typeof iterable.stop !== 'number')) return unknownInt();
  const iteration = interpreter.iterate(iterable, place);
  if (!iteration.exact) {
    const types = new Set([args.get('start'), ...iteration.items].map(typeNameOf));
    return types.size === 1 && types.has('int')
      ? unknownInt()
      : types.has('float') && [...types].every((type) => type === 'int' || type === 'float')
        ? unknownOf('float')
        : unknown();
  }
  let total = args.get('start');
  for (const item of iteration.items) total = interpreter.binary('+', total, item, place);
  return total;
});

function quantifier(name: string, decisive: boolean): Value {
  return nativeFunction(name, 'iterable, /', ({ interpreter, args, place }) => {
    const iteration = interpreter.iterate(args.get('iterable'), place);
    let answer: boolean | undefined = iteration.exact ? !decisive : undefined;
    for (const item of iteration.items) {
      const truth = interpreter.truth(item, place);
      if (truth === decisive && iteration.exact) return bool(decisive);
      if (truth === undefined) answer = undefined;
    }
    return maybeBool(answer);
  });
}

const iter = nativeFunction('iter', 'object, sentinel=None, /', ({ interpreter, args, place }) => {
  const object = args.get('object');
  if (args.given('sentinel') !== false) return unknownOf('callable_iterator');
  if (object.kind === 'iterator' || object.kind === 'unknown') return object;
  if (object.kind === 'instance') {
    const method = interpreter.lookUpAttribute(object, '__iter__', place);
    if (method !== undefined && method.kind !== 'unknown') return interpreter.callMethod(object, '__iter__', [], place);
    return interpreter.lookUpAttribute(object, '__getitem__', place) === undefined ? unknown() : iteratorOver(interpreter, object, place);
  }
  if (['none', 'int', 'float', 'bool', 'function', 'native'].includes(object.kind) && !('cls' in object && object.cls !== undefined))
    raiseText(interpreter, 'TypeError', `'${typeNameOf(object)}' object is not iterable`, place);
  return iteratorOver(interpreter, object, place, `${object.kind}_iterator`);
});

const next = nativeFunction('next', 'iterator, default=None, /', ({ interpreter, args, place }) => {
  const iterator = args.get('iterator');
  if (iterator.kind === 'instance') {
    return interpreter.lookUpAttribute(iterator, '__next__', place) === undefined
      ? unknown()
      : interpreter.callMethod(iterator, '__next__', [], place);
  }
  if (iterator.kind === 'list' || iterator.kind === 'tuple' || iterator.kind === 'str' || iterator.kind === 'range') {
    raiseText(interpreter, 'TypeError', `'${typeNameOf(iterator)}' object is not an iterator`, place);
  }
  if (iterator.kind !== 'iterator') return unknown();
  const endlessItem = takeEndless(iterator, 1)?.[0];
  if (endlessItem !== undefined) return endlessItem;
  const item = nextItem(iterator);
  if (item !== undefined) return item;
  return args.given('default') === false ? raiseText(interpreter, 'StopIteration', '', place) : args.get('default');
});

export const iterationFunctions: Readonly<Record<string, Value>> = {
  enumerate,
  zip,
  map,
  filter,
  sorted,
  reversed,
  min: extreme('min'),
  max: extreme('max'),
  sum,
  all: quantifier('all', false),
  any: quantifier('any', true),
  iter,
  next,
};
