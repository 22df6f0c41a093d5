// Equality, hashing and joining of values without running any code of the program. It must not know the evaluator.
import { dimEquals } from '../tensors/dim.ts';
import { dimBounds, unknownDim } from '../tensors/dim.ts';
import { joinShapes } from '../tensors/shape.ts';
import { joinRanges } from '../tensors/range.ts';
import type { TensorValue, TupleValue, Value } from './value.ts';
import { int, unknown } from './value.ts';
import { derivedOrigin } from './place.ts';
import { joinSlots } from './slots.ts';

/** The key under which a value stands in a dict or set; undefined when it is not hashable or not known. Equal values have equal keys (1, 1.0 and True too). */
export function dictKey(value: Value): string | undefined {
  switch (value.kind) {
    case 'none': return 'none';
    case 'ellipsis': return 'ellipsis';
    case 'bool': return `n:${value.value ? 1 : 0}`;
    case 'int': return typeof value.value === 'number' ? `n:${value.value}` : `d:${value.value.key}`;
    case 'float': return `n:${value.value}`;
    case 'str': return `s:${value.value}`;
    case 'bytes': return `b:${value.value}`;
    case 'tuple': return tupleKey(value);
    case 'set': return value.frozen && !value.open ? `f:(${[...value.entries.keys()].sort().join(',')})` : undefined;
    case 'list': case 'dict': case 'unknown': return undefined;
    default: return `o:${identityOf(value)}`;
  }
}

/** Keys longer than this are not told apart. */
const longestKey = 100_000;
// A tuple that holds another one twice, which holds a third one twice, is read once.
const tupleKeys = new WeakMap<TupleValue, { readonly key: string | undefined }>();

function tupleKey(value: TupleValue): string | undefined {
  const known = tupleKeys.get(value);
  if (known !== undefined) return known.key;
  const keys: string[] = [];
  let length = 0;
  for (const item of value.items) {
    const key = dictKey(item);
    length += key?.length ?? 0;
    // What an item is worth as a key may become known later; that a tuple is too long stays so.
    if (key === undefined) return undefined;
    if (length > longestKey) { tupleKeys.set(value, { key: undefined }); return undefined; }
    keys.push(`${key.length}:${key}`);
  }
  const key = `t:(${keys.join(',')})`;
  tupleKeys.set(value, { key });
  return key;
}

const identities = new WeakMap<object, number>();
let identityCount = 0;
/** A number that only this object has. */
export function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) { identityCount += 1; identity = identityCount; identities.set(value, identity); }
  return identity;
}

/** Containers nested deeper than this, or that need more comparisons, are neither compared nor joined: they may hold themselves. */
const deepest = 20;
const mostComparisons = 20_000;
let comparisons = 0;

/** `==` without user-defined `__eq__`; undefined when not known. */
export function valuesEqual(left: Value, right: Value, depth = 0): boolean | undefined {
  comparisons = depth === 0 ? 0 : comparisons + 1;
  if (comparisons > mostComparisons) return undefined;
  if (left.kind === 'unknown' || right.kind === 'unknown' || depth > deepest) return left === right && left.kind !== 'unknown' ? true : undefined;
  if (left.kind === 'tensor' || right.kind === 'tensor') return undefined;
  const a = asNumber(left), b = asNumber(right);
  if (a !== undefined && b !== undefined) return typeof a === 'number' && typeof b === 'number' ? a === b : left.kind === 'int' && right.kind === 'int' ? dimEquals(left.value, right.value) : undefined;
  if (left.kind === 'str' && right.kind === 'str') return left.value === right.value;
  if (left.kind === 'bytes' && right.kind === 'bytes') return left.value === right.value;
  if (left.kind === 'tuple' && right.kind === 'tuple') return sequencesEqual(left.items, right.items, depth);
  if (left.kind === 'list' && right.kind === 'list') return left === right ? true : left.open || right.open ? undefined : sequencesEqual(left.items, right.items, depth);
  if (left.kind === 'dict' && right.kind === 'dict') {
    if (left === right) return true;
    if (left.open || right.open) return undefined;
    if (left.entries.size !== right.entries.size) return false;
    let all: boolean | undefined = true;
    for (const [key, entry] of left.entries) {
      const other = right.entries.get(key);
      if (other === undefined) return false;
      const same = valuesEqual(entry.value, other.value, depth + 1);
      if (same === false) return false;
      if (same === undefined) all = undefined;
    }
    return all;
  }
  if (left.kind === 'set' && right.kind === 'set') {
    if (left.open || right.open) return undefined;
    return left.entries.size === right.entries.size && [...left.entries.keys()].every((key) => right.entries.has(key));
  }
  if (left.kind === 'range' && right.kind === 'range') return dimEquals(left.start, right.start) && dimEquals(left.stop, right.stop) && left.step === right.step;
  if (left.kind === 'bound-method' && right.kind === 'bound-method') return left.self === right.self && left.callable === right.callable;
  return left === right || (left.kind === right.kind && (left.kind === 'none' || left.kind === 'ellipsis'));
}

function asNumber(value: Value): unknown {
  return value.kind === 'int' || value.kind === 'float' ? value.value : value.kind === 'bool' ? Number(value.value) : undefined;
}

function sequencesEqual(left: readonly Value[], right: readonly Value[], depth: number): boolean | undefined {
  if (left.length !== right.length) return false;
  let all: boolean | undefined = true;
  for (const [at, item] of left.entries()) {
    const same = valuesEqual(item, right[at] ?? unknown(), depth + 1);
    if (same === false) return false;
    if (same === undefined) all = undefined;
    if (comparisons > mostComparisons) return undefined;
  }
  return all;
}

let joins = 0;

/** One value that stands for either. */
export function joinValues(left: Value, right: Value): Value { return join(left, right, 0); }

function join(left: Value, right: Value, depth: number): Value {
  if (left === right) return left;
  joins = depth === 0 ? 0 : joins + 1;
  if (depth > deepest || joins > mostComparisons) return unknown();
  if (left.kind === 'tensor' && right.kind === 'tensor') return joinTensors(left, right);
  if (left.kind === 'tuple' && right.kind === 'tuple' && left.items.length === right.items.length) {
    return { ...left, items: left.items.map((item, at) => join(item, right.items[at] ?? unknown(), depth + 1)) };
  }
  if (left.kind === 'list' && right.kind === 'list') {
    const items = left.items.length === right.items.length && !left.open && !right.open
      ? { items: left.items.map((item, at) => join(item, right.items[at] ?? unknown(), depth + 1)), open: false }
      : { items: [], open: true };
    return { kind: 'list', ...items };
  }
  if (left.kind === right.kind && valuesEqual(left, right) === true) return left;
  if (left.kind === 'int' && right.kind === 'int') {
    // Only "not negative" is kept: what one pass of a loop changed is joined once, so that a closer bound would not hold for later passes.
    const minimum = Math.min(0, dimBounds(left.value).low, dimBounds(right.value).low);
    return int(unknownDim({ minimum }), derivedOrigin(left.origin, right.origin));
  }
  return either(left, right);
}

/** More values than this are not told apart. */
const mostAlternatives = 4;
/** Kinds of values for which it pays to go on with each: layers, None, functions, names of modes. */
const distinct: ReadonlySet<Value['kind']> = new Set(['none', 'str', 'instance', 'class', 'function', 'native', 'bound-method', 'tuple', 'dict', 'tensor', 'int', 'bool', 'float']);

/** Something unknown of which it is known that it is the one or the other. */
function either(left: Value, right: Value): Value {
  const found: Value[] = [];
  const typeName = left.kind === right.kind && (left.kind === 'float' || left.kind === 'str' || left.kind === 'bool') ? left.kind
    : left.kind === 'unknown' && right.kind === 'unknown' && left.typeName === right.typeName ? left.typeName
    : left.kind === 'unknown' && left.typeName === right.kind ? left.typeName
    : right.kind === 'unknown' && right.typeName === left.kind ? right.typeName : undefined;
  for (const value of [left, right]) {
    const parts = value.kind === 'unknown' ? value.alternatives : distinct.has(value.kind) ? [value] : undefined;
    if (parts === undefined) return unknown(undefined, typeName);
    for (const part of parts) if (!found.some((one) => one === part || valuesEqual(one, part) === true)) found.push(part);
  }
  if (found.length > mostAlternatives) return unknown(undefined, typeName);
  return { kind: 'unknown', typeName, reason: undefined, alternatives: found };
}

/** What an unknown value may be, without the ones with which the program could not go on; undefined where that is not known. */
export function alternativesOf(value: Value): readonly Value[] | undefined {
  if (value.kind !== 'unknown' || value.alternatives === undefined) return undefined;
  const usable = value.alternatives.filter((one) => one.kind !== 'none');
  return usable.length === 0 ? value.alternatives : usable;
}

/** The answer that all alternatives give alike. */
export function agreed(value: Value, ask: (one: Value) => boolean | undefined): boolean | undefined {
  const alternatives = value.kind === 'unknown' ? value.alternatives : undefined;
  if (alternatives === undefined) return undefined;
  const answers = new Set(alternatives.map(ask));
  return answers.size === 1 ? [...answers][0] : undefined;
}

function joinTensors(left: TensorValue, right: TensorValue): Value {
  if (left.cls !== right.cls) return either(left, right);
  return {
    kind: 'tensor', cls: left.cls, shape: joinShapes(left.shape, right.shape), dtype: left.dtype === right.dtype ? left.dtype : undefined,
    range: left.range && right.range ? joinRanges(left.range, right.range) : undefined, contents: undefined,
    origin: derivedOrigin(left.origin, right.origin), slots: joinSlots(left.slots, right.slots),
  };
}

