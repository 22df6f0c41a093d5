// Sorting and extremes by Python's `<`, with keys. Where an order is not known the number of items still is.
// It must not know which container the items come from.
import { joinValues } from '../../values/equality.ts';
import { argumentsOf } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';

const mostItems = 20_000;

class UnknownOrder extends Error {}

/** `sorted(items, key=key, reverse=reverse)`; where the order is not known, each item may be any. */
export function sortValues(interpreter: Interpreter, items: readonly Value[], key: Value, reverse: Value, place: Place): Value[] {
  const descending = interpreter.truth(reverse, place);
  const keyed = items.map((item) => ({ item, key: key.kind === 'none' ? item : interpreter.call(key, argumentsOf([item]), place) }));
  try {
    if (descending === undefined || items.length > mostItems) throw new UnknownOrder();
    const order = (left: Value, right: Value): number =>
      isLess(interpreter, left, right, place) ? -1 : isLess(interpreter, right, left, place) ? 1 : 0;
    // As Python does: equal items keep their order in both directions.
    return keyed.sort((left, right) => (descending ? order(right.key, left.key) : order(left.key, right.key))).map((one) => one.item);
  } catch (error) {
    if (!(error instanceof UnknownOrder)) throw error;
    return mixed(items);
  }
}

function isLess(interpreter: Interpreter, left: Value, right: Value, place: Place): boolean {
  const answer = interpreter.truth(interpreter.compare('<', left, right, place), place);
  if (answer === undefined) throw new UnknownOrder();
  return answer;
}

/** As many items, each of which may be any. */
export function mixed(items: readonly Value[]): Value[] {
  const joined = items.length > 64 ? unknown() : joinAll(items);
  return items.map(() => joined);
}

export function joinAll(items: readonly Value[]): Value {
  const [first, ...others] = items;
  return others.reduce<Value>((one, other) => joinValues(one, other), first ?? unknown());
}

/** The least or greatest item; undefined when not known. The first of equal ones wins. */
export function extremeValue(interpreter: Interpreter, items: readonly Value[], key: Value, greatest: boolean, place: Place): Value | undefined {
  let best: { item: Value; key: Value } | undefined;
  for (const item of items) {
    const candidate = { item, key: key.kind === 'none' ? item : interpreter.call(key, argumentsOf([item]), place) };
    if (best === undefined) {
      best = candidate;
      continue;
    }
    const better = interpreter.truth(interpreter.compare(greatest ? '>' : '<', candidate.key, best.key, place), place);
    if (better === undefined) return undefined;
    if (better) best = candidate;
  }
  return best?.item;
}
