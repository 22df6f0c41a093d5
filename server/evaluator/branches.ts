// Undecided conditions: every branch is run on its own copy of the state, and the outcomes are joined.
// It must not know any library.
import type { Births, Mutable, State } from '../values/heap.ts';
import { attempt, currentState, putState } from '../values/heap.ts';
import { joinRanges } from '../tensors/range.ts';
import { joinShapes } from '../tensors/shape.ts';
import { alternativesOf, joinValues } from '../values/equality.ts';
import { noteLacking } from '../values/maybe-attributes.ts';
import { joinSlots } from '../values/slots.ts';
import type { DictEntry, Value } from '../values/value.ts';
import { unknown } from '../values/value.ts';
import { PythonError } from './errors.ts';
import type { Run } from './run.ts';

export interface Outcome<T> {
  readonly result: T;
  readonly before: ReadonlyMap<Mutable, State>;
  readonly after: ReadonlyMap<Mutable, State>;
  /** What came into being on this path. */
  readonly born: Births;
}

/** Runs each body from the same state. A body that raises drops out; when all do, the first one's exception goes on. */
export function runEach<T>(run: Run, bodies: readonly (() => T)[]): Outcome<T>[] {
  const outcomes: Outcome<T>[] = [];
  let raised: PythonError | undefined;
  run.uncertain += 1;
  const frames = run.frames.length, places = run.callPlaces.length, tries = run.tries.length;
  try {
    for (const body of bodies) {
      try {
        outcomes.push(attempt(body));
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
        raised ??= error;
        run.frames.length = frames;
        run.callPlaces.length = places;
        run.tries.length = tries;
      }
    }
  } finally {
    run.uncertain -= 1;
  }
  if (outcomes.length === 0 && raised !== undefined) throw raised;
  return outcomes;
}

/** The joined value of bodies of which one runs, nobody knows which. */
export function alternatives(run: Run, bodies: readonly (() => Value)[]): Value {
  const outcomes = runEach(run, bodies);
  joinStates(outcomes);
  let value: Value | undefined;
  for (const outcome of outcomes) value = value === undefined ? outcome.result : joinValues(value, outcome.result);
  return value ?? unknown();
}

/** Deeper nested, alternatives are not tried: their number multiplies. */
const mostNested = 6;

/**
 * What an unknown value that is known to be one of a few gives: `body` is run for each of them. One that the program could not go
 * on with (it raises, or is refused) drops out; when all do, what they say stands. Undefined: nothing is known of the value.
 */
export function overAlternatives(run: Run, value: Value, body: (one: Value) => Value): Value | undefined {
  const alternatives = alternativesOf(value);
  if (alternatives === undefined) return undefined;
  if (alternatives.length === 1) return body(alternatives[0] ?? unknown());
  if (run.uncertain >= mostNested) return undefined;
  const refusals: unknown[] = run.quiet ?? run.trace.refusals;
  const outcomes = runEach(run, alternatives.map((one) => () => {
    const before = refusals.length;
    try {
      const result = body(one);
      return { result, refused: refusals.slice(before) };
    } finally {
      refusals.length = Math.min(refusals.length, before);
    }
  }));
  const accepted = outcomes.filter((outcome) => outcome.result.refused.length === 0);
  if (accepted.length === 0) for (const outcome of outcomes) refusals.push(...outcome.result.refused);
  const kept = accepted.length === 0 ? outcomes : accepted;
  joinStates(kept);
  return kept.map((outcome) => outcome.result.result).reduce(joinValues);
}

/** Puts every touched object in a state that stands for all outcomes. What came into being on one path keeps the state of that path. */
export function joinStates(outcomes: readonly Pick<Outcome<unknown>, 'after' | 'born'>[]): void {
  const touched = new Set<Mutable>();
  for (const outcome of outcomes) for (const object of outcome.after.keys()) touched.add(object);
  // First of all these, since joined values are made of what they hold.
  for (const object of touched) {
    const own = outcomes.find((outcome) => outcome.born(object))?.after.get(object);
    if (own === undefined) continue;
    putState(object, own);
    touched.delete(object);
  }
  for (const object of touched) {
    let joined: State | undefined;
    for (const outcome of outcomes) {
      const state = outcome.after.get(object) ?? currentState(object);
      joined = joined === undefined ? state : joinTwo(object, joined, state);
    }
    if (joined !== undefined) putState(object, joined);
  }
}

/** A state that stands for both. */
function joinTwo(object: Mutable, left: State, right: State): State {
  if (object.kind === 'record' && left.of === 'record' && right.of === 'record') return { of: 'record', content: object.join(left.content, right.content) };
  if (left.of === 'list' && right.of === 'list') {
    if (left.items.length === right.items.length) {
      return { of: 'list', items: left.items.map((item, at) => joinValues(item, right.items[at] ?? item)), open: left.open || right.open };
    }
    const [shorter, longer] = left.items.length < right.items.length ? [left, right] : [right, left];
    return { of: 'list', items: longer.items.map((item, at) => joinValues(item, shorter.items[at] ?? item)), open: true };
  }
  if (left.of === 'dict' && right.of === 'dict') {
    const entries = new Map<string, DictEntry>();
    let isOpen = left.open || right.open;
    const isBounded = (!left.open || left.isBounded === true) && (!right.open || right.isBounded === true);
    const optional = new Set([...left.optional ?? [], ...right.optional ?? []]);
    for (const [key, entry] of left.entries) {
      const other = right.entries.get(key);
      if (other === undefined) { isOpen = true; optional.add(key); }
      entries.set(key, other === undefined ? entry : { key: entry.key, value: joinValues(entry.value, other.value) });
    }
    for (const [key, entry] of right.entries) {
      if (left.entries.has(key)) continue;
      isOpen = true;
      optional.add(key);
      entries.set(key, entry);
    }
    return { of: 'dict', entries, attributes: left.attributes ?? right.attributes, open: isOpen, optional: optional.size === 0 ? undefined : optional, isBounded };
  }
  if (left.of === 'set' && right.of === 'set') {
    const same = left.entries.size === right.entries.size && [...left.entries.keys()].every((key) => right.entries.has(key));
    return { of: 'set', entries: new Map([...left.entries, ...right.entries]), open: left.open || right.open || !same };
  }
  if (left.of === 'tensor' && right.of === 'tensor') {
    const isSame = left.contents !== undefined && left.contents.length === right.contents?.length && left.contents.every((element, at) => element === right.contents?.[at]);
    return { of: 'tensor', shape: left.shape && right.shape && joinShapes(left.shape, right.shape), dtype: left.dtype === right.dtype ? left.dtype : undefined, range: left.range && right.range ? joinRanges(left.range, right.range) : undefined, contents: isSame ? left.contents : undefined, slots: joinSlots(left.slots, right.slots) };
  }
  if (left.of === 'named' && right.of === 'named') {
    const values = new Map<string, Value>();
    const lacking = [...left.values.keys()].filter((name) => !right.values.has(name)).concat([...right.values.keys()].filter((name) => !left.values.has(name)));
    for (const [name, value] of left.values) {
      const other = right.values.get(name);
      // A name that only one branch binds keeps that value: the code behind would fail without it.
      values.set(name, other === undefined ? value : joinValues(value, other));
    }
    for (const [name, value] of right.values) if (!left.values.has(name)) values.set(name, value);
    return { of: 'named', values, slots: left.slots && right.slots ? noteLacking(joinSlots(left.slots, right.slots), lacking) : undefined };
  }
  return right;
}

/**
 * Gives up what one pass of a loop with an unknown number of passes changed: what had a value before becomes the join of
 * before and after. New names keep the value of that pass.
 */
export function widen(before: ReadonlyMap<Mutable, State>, born: Births): void {
  for (const [object, state] of before) if (!born(object)) putState(object, joinTwo(object, state, currentState(object)));
}
