// `+`, `*`, `%`, `|` and their kin on texts, lists, tuples, sets and dicts. Undefined where the types do not take the operator.
// It must not know numbers' arithmetic.
import type { BinaryOperator } from '../../syntax/ast.ts';
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Origin, Place } from '../../values/place.ts';
import type { DictValue, ListValue, SetValue, Value } from '../../values/value.ts';
import { list, str, tuple } from '../../values/value.ts';
import { percentFormat } from './percent-formatting.ts';
import { dimOf, indexOf, unknownOf } from './support.ts';

/** Repeating a sequence into more items than this gives an open one. */
const mostItems = 100_000;
const longestText = 1_000_000;

export function onContainers(
  interpreter: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  place: Place,
  origin: Origin | undefined,
): Value | undefined {
  if (operator === '%' && left.kind === 'str') {
    const text = percentFormat(interpreter, left.value, right, place);
    return text === undefined ? unknownOf('str') : str(text, origin);
  }
  if (operator === '+') {
    if (left.kind === 'str' && right.kind === 'str')
      return left.value.length + right.value.length > longestText ? unknownOf('str') : str(left.value + right.value, origin);
    if (left.kind === 'bytes' && right.kind === 'bytes') return { kind: 'bytes', value: left.value + right.value };
    if (left.kind === 'tuple' && right.kind === 'tuple') return tuple([...left.items, ...right.items], origin);
    if (left.kind === 'list' && right.kind === 'list') return concatenated(left, right);
  }
  if (operator === '*') {
    if (dimOf(left) !== undefined && right.kind !== 'none') return repeated(right, left, origin);
    if (dimOf(right) !== undefined) return repeated(left, right, origin);
  }
  if (left.kind === 'set' && right.kind === 'set') return onSets(operator, left, right);
  if (left.kind === 'dict' && right.kind === 'dict') {
    // Counters and a user's subclasses have operators of their own.
    if (operator === '|' && [left.cls, right.cls].every((cls) => cls === undefined || cls.name === 'OrderedDict' || cls.name === 'defaultdict')) {
      const entries = new Map(left.entries);
      for (const [key, entry] of right.entries) entries.set(key, { key: entries.get(key)?.key ?? entry.key, value: entry.value });
      return { kind: 'dict', entries, open: left.open || right.open, cls: left.cls, factory: left.factory };
    }
  }
  return undefined;
}

function concatenated(left: ListValue, right: ListValue): Value {
  return list([...left.items, ...right.items], left.open || right.open);
}

function repeated(sequence: Value, count: Value, origin: Origin | undefined): Value | undefined {
  const times = indexOf(count);
  switch (sequence.kind) {
    case 'str':
      if (times === undefined || sequence.value.length * times > longestText) return unknownOf('str');
      return str(sequence.value.repeat(Math.max(times, 0)), origin);
    case 'bytes':
      if (times === undefined || sequence.value.length * times > longestText) return unknownOf('bytes');
      return { kind: 'bytes', value: sequence.value.repeat(Math.max(times, 0)) };
    case 'tuple':
      if (times === undefined || sequence.items.length * times > mostItems) return unknownOf('tuple');
      return tuple(repeatItems(sequence.items, times), origin);
    case 'list':
      if (times === undefined || sequence.items.length * times > mostItems) {
        return list(sequence.items.length === 1 && !sequence.open ? [...sequence.items] : [], true);
      }
      return sequence.open ? list(times > 0 ? [...sequence.items] : [], times > 0) : list(repeatItems(sequence.items, times));
    default:
      return undefined;
  }
}

function repeatItems(items: readonly Value[], times: number): Value[] {
  return Array.from({ length: Math.max(times, 0) }, () => items).flat();
}

/** `|`, `&`, `-`, `^` on sets; the result is of the left one's type. */
export function onSets(operator: BinaryOperator, left: SetValue, right: SetValue): Value | undefined {
  const make = (entries: Iterable<[string, Value]>, open: boolean): SetValue => ({
    kind: 'set',
    entries: new Map(entries),
    open,
    frozen: left.frozen,
  });
  const kept = (one: SetValue, other: SetValue, present: boolean): [string, Value][] =>
    [...one.entries].filter(([key]) => other.entries.has(key) === present);
  const either = left.open || right.open;
  switch (operator) {
    case '|':
      return make([...left.entries, ...kept(right, left, false)], either);
    case '&':
      return make(kept(left, right, true), either);
    // What an open right side takes away is not known: nothing is certain to be left.
    case '-':
      return right.open ? make([], true) : make(kept(left, right, false), left.open);
    case '^':
      return either ? make([], true) : make([...kept(left, right, false), ...kept(right, left, false)], false);
    default:
      return undefined;
  }
}

/** A dict from pairs, with Python's keys; open where a key is not known. */
export function dictOfPairs(pairs: Iterable<readonly [Value, Value]>): DictValue {
  const entries: DictValue['entries'] = new Map();
  let open = false;
  for (const [key, value] of pairs) {
    const text = dictKey(key);
    if (text === undefined) open = true;
    else entries.set(text, { key: entries.get(text)?.key ?? key, value });
  }
  return { kind: 'dict', entries, open };
}
