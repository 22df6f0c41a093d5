// `==`, `<` and their kin, and `in`, on Python's own types. What a user's class defines is asked of the interpreter.
// It must not know identity (`is`), which the evaluator decides.
import type { CompareOperator } from '../../syntax/ast.ts';
import { compareDims, dimBounds, subtractDims } from '../../tensors/dim.ts';
import { dictKey, valuesEqual } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import type { SetValue, Value } from '../../values/value.ts';
import { bool, maybeBool } from '../../values/value.ts';
import { dimOf, overrides, raiseText, realOf, textValue, typeNameOf, underlying } from './support.ts';

/** The result of a comparison; undefined when the evaluator has to look for methods. */
export function compareBuiltins(
  interpreter: Interpreter,
  operator: CompareOperator,
  leftValue: Value,
  rightValue: Value,
  place: Place,
): Value | undefined {
  const left = underlying(leftValue),
    right = underlying(rightValue);
  switch (operator) {
    case '==':
      return maybeBool(equal(interpreter, left, right, place));
    case '!=': {
      const same = equal(interpreter, left, right, place);
      return maybeBool(same === undefined ? undefined : !same);
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(interpreter, operator, left, right, place);
    default:
      return undefined;
  }
}

/** Equality through containers, asking the interpreter for elements that may have an `__eq__` of their own. */
function equal(interpreter: Interpreter, left: Value, right: Value, place: Place): boolean | undefined {
  if (left.kind === 'range' && right.kind === 'range' && (left.start !== right.start || left.stop !== right.stop || left.step !== right.step)) {
    // Ranges are equal as sequences: all empty ones are.
    if (typeof left.start !== 'number' || typeof left.stop !== 'number' || typeof right.start !== 'number' || typeof right.stop !== 'number')
      return undefined;
    const [one, other] = [rangeItems(left.start, left.stop, left.step), rangeItems(right.start, right.stop, right.step)];
    return one.count === other.count && (one.count === 0 || (left.start === right.start && (one.count === 1 || left.step === right.step)));
  }
  const sequences = sequencePair(left, right);
  if (sequences === undefined || !sequences.flat().some((value) => mayCompareItself(value))) return valuesEqual(left, right);
  const [one, other] = sequences;
  if (one.length !== other.length) return false;
  let all: boolean | undefined = true;
  for (const [at, item] of one.entries()) {
    const second = other[at];
    if (second === undefined) return undefined;
    const same = item === second && item.kind !== 'unknown' ? true : interpreter.truth(interpreter.compare('==', item, second, place), place);
    if (same === false) return false;
    if (same === undefined) all = undefined;
  }
  return all;
}

function rangeItems(start: number, stop: number, step: number): { count: number } {
  return { count: Math.max(0, Math.ceil((stop - start) / step)) };
}

/** Whether an object stands in the value. Containers that hold themselves, or one another many times, are looked at once. */
function mayCompareItself(value: Value, seen: Set<Value> = new Set()): boolean {
  if (value.kind === 'instance') return true;
  if ((value.kind !== 'list' && value.kind !== 'tuple') || seen.has(value)) return false;
  seen.add(value);
  return value.items.some((item) => mayCompareItself(item, seen));
}

/** Two lists or two tuples whose items are all known. */
function sequencePair(left: Value, right: Value): [readonly Value[], readonly Value[]] | undefined {
  if (left.kind === 'tuple' && right.kind === 'tuple') return [left.items, right.items];
  if (left.kind === 'list' && right.kind === 'list' && !left.open && !right.open) return [left.items, right.items];
  return undefined;
}

type Order = '<' | '<=' | '>' | '>=';

function ordered(interpreter: Interpreter, operator: Order, left: Value, right: Value, place: Place): Value | undefined {
  if (left.kind === 'unknown' || right.kind === 'unknown') return maybeBool(undefined);
  const a = dimOf(left),
    b = dimOf(right);
  if (a !== undefined && b !== undefined) {
    if (typeof a === 'number' && typeof b === 'number') return bool(holds(operator, a - b));
    const order = compareDims(a, b);
    if (order !== undefined) return bool(holds(operator, order));
    const { low, high } = dimBounds(subtractDims(a, b));
    if (low >= 0 && (operator === '>=' || operator === '<')) return bool(operator === '>=');
    if (high <= 0 && (operator === '<=' || operator === '>')) return bool(operator === '<=');
    return maybeBool(undefined);
  }
  const x = realOf(left),
    y = realOf(right);
  if (x !== undefined && y !== undefined) return bool(operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y);
  if ((a !== undefined || x !== undefined) && (b !== undefined || y !== undefined)) return maybeBool(undefined);
  const one = textValue(left),
    other = textValue(right);
  if (one !== undefined && other !== undefined) return bool(holds(operator, compareText(one, other)));
  if (left.kind === 'bytes' && right.kind === 'bytes') return bool(holds(operator, left.value < right.value ? -1 : left.value > right.value ? 1 : 0));
  if ((left.kind === 'tuple' && right.kind === 'tuple') || (left.kind === 'list' && right.kind === 'list'))
    return orderedSequences(interpreter, operator, left, right, place);
  if (left.kind === 'set' && right.kind === 'set') return maybeBool(orderedSets(operator, left, right));
  if (isPlain(left) && isPlain(right)) {
    interpreter.raise(
      'TypeError',
      message("'{operator}' not supported between instances of '{left}' and '{right}'", {
        operator,
        left: typeNameOf(left),
        right: typeNameOf(right),
      }),
      place,
    );
  }
  return undefined;
}

function isPlain(value: Value): boolean {
  switch (value.kind) {
    case 'none':
    case 'bool':
    case 'str':
    case 'bytes':
    case 'set':
    case 'range':
      return true;
    case 'int':
    case 'float':
    case 'list':
    case 'tuple':
    case 'dict':
      return value.cls === undefined;
    default:
      return false;
  }
}

function holds(operator: Order, difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

/** Python compares code points, JavaScript UTF-16 units. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const [one, other] = [[...left], [...right]];
  for (const [at, character] of one.entries()) {
    const second = other[at];
    if (second === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (second.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function orderedSequences(
  interpreter: Interpreter,
  operator: Order,
  left: Extract<Value, { kind: 'tuple' | 'list' }>,
  right: Extract<Value, { kind: 'tuple' | 'list' }>,
  place: Place,
): Value {
  if ((left.kind === 'list' && left.open) || (right.kind === 'list' && right.open)) return maybeBool(undefined);
  for (const [at, item] of left.items.entries()) {
    const second = right.items[at];
    if (second === undefined) break;
    const same = interpreter.truth(interpreter.compare('==', item, second, place), place);
    if (same === undefined) return maybeBool(undefined);
    if (!same) return interpreter.compare(operator, item, second, place);
  }
  return bool(holds(operator, left.items.length - right.items.length));
}

function orderedSets(operator: Order, left: SetValue, right: SetValue): boolean | undefined {
  const [small, large] = operator === '<' || operator === '<=' ? [left, right] : [right, left];
  const inside = [...small.entries.keys()].every((key) => large.entries.has(key));
  if (!inside && !large.open) return false;
  if (small.open || large.open) return undefined;
  return inside && (operator === '<=' || operator === '>=' || small.entries.size < large.entries.size);
}

/** `item in container`; undefined when not known. */
export function containsBuiltin(interpreter: Interpreter, givenContainer: Value, item: Value, place: Place): boolean | undefined | 'not a container' {
  if (overrides(givenContainer, '__contains__')) return 'not a container';
  const container = underlying(givenContainer);
  switch (container.kind) {
    case 'str': {
      const text = textValue(item);
      if (text !== undefined) return container.value.includes(text);
      if (item.kind === 'unknown' || item.kind === 'instance') return undefined;
      return raiseText(interpreter, 'TypeError', `'in <string>' requires string as left operand, not ${typeNameOf(item)}`, place);
    }
    case 'bytes':
      return item.kind === 'bytes' ? container.value.includes(item.value) : undefined;
    case 'tuple':
    case 'list': {
      let answer: boolean | undefined = container.kind === 'list' && container.open ? undefined : false;
      for (const member of container.items) {
        const same = member === item && item.kind !== 'unknown' ? true : interpreter.truth(interpreter.compare('==', member, item, place), place);
        if (same === true) return true;
        if (same === undefined) answer = undefined;
      }
      return answer;
    }
    case 'dict':
    case 'set': {
      const key = dictKey(underlying(item));
      if (key === undefined) {
        if ((item.kind === 'list' || item.kind === 'dict') && item.cls === undefined)
          return raiseText(interpreter, 'TypeError', `unhashable type: '${typeNameOf(item)}'`, place);
        return container.entries.size === 0 && !container.open ? false : undefined;
      }
      if (container.entries.has(key)) return container.kind === 'dict' && container.optional?.has(key) === true ? undefined : true;
      if (container.open && (container.kind === 'set' || container.isBounded !== true)) return undefined;
      // Symbolic numbers, and objects with an `__eq__` of their own, may equal a key that is written otherwise.
      if (item.kind === 'int' && typeof item.value !== 'number')
        return [...container.entries.values()].some((entry) => typeNameOf('key' in entry ? entry.key : entry) === 'int') ? undefined : false;
      return item.kind === 'instance' || item.kind === 'tensor' ? undefined : false;
    }
    case 'range': {
      const value = dimOf(item);
      if (value === undefined) return item.kind === 'unknown' || item.kind === 'float' ? undefined : false;
      if (typeof value !== 'number' || typeof container.start !== 'number' || typeof container.stop !== 'number') return undefined;
      const inside = container.step > 0 ? value >= container.start && value < container.stop : value <= container.start && value > container.stop;
      return inside && (value - container.start) % container.step === 0;
    }
    default:
      return 'not a container';
  }
}
