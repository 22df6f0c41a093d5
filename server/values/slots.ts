// Typed extra data that a catalogue keeps on an instance or a tensor: the layer behind a Keras object, the batch size of a
// data set. What stands in a slot is replaced, never changed in place, so that branches can be joined.
import type { Copier, Matcher } from './copier.ts';
import { isSamePlain } from './copier.ts';
import { touchInstance } from './heap.ts';
import type { InstanceValue, TensorSlots, TensorValue, Value } from './value.ts';

export interface Slot<T> {
  readonly name: string;
  get(value: Value | undefined): T | undefined;
  set(instance: InstanceValue, content: T): void;
  /** A copy of the tensor that holds the content. */
  on(tensor: TensorValue, content: T): TensorValue;
}

/** How the content takes part where a call is done over again without being run (copier.ts). `on`: the copy that it is for. */
export interface SlotReuse<T> {
  readonly matches: (recorded: T, actual: T, matcher: Matcher) => boolean;
  readonly copy: (content: T, copier: Copier, on: InstanceValue | TensorValue) => T;
  /** Nothing that a call does hangs on it: values with and without it are alike, and what a recorded call is given keeps nothing of it, or this. */
  readonly isIgnored?: boolean;
  readonly ofGiven?: (content: T, copier: Copier, on: InstanceValue | TensorValue) => T;
}
/** Content that is plain data: it is compared part by part and shared. */
export const plainContent = { matches: (recorded: unknown, actual: unknown): boolean => isSamePlain(recorded, actual), copy: <T>(content: T): T => content };

interface SlotKey {
  readonly name: string;
  readonly join: ((left: unknown, right: unknown) => unknown) | undefined;
  /** Undefined: calls on what holds such content are always run. */
  readonly reuse: SlotReuse<unknown> | undefined;
}

/**
 * Makes a slot; `T` is kept by the slot's type alone, which is why the casts of the mechanism stand here. `join` says what holds
 * behind an undecided condition whose branches left different contents (undefined: one of them none); without it nothing does.
 */
export function defineSlot<T>(name: string, join?: (left: T | undefined, right: T | undefined) => T | undefined, reuse?: SlotReuse<T>): Slot<T> {
  const key: SlotKey = {
    name, join: join === undefined ? undefined : (left, right) => join(left as T | undefined, right as T | undefined), reuse: reuse as SlotReuse<unknown> | undefined,
  };
  return {
    name,
    get: (value) => (value !== undefined && (value.kind === 'instance' || value.kind === 'tensor') ? (value.slots.get(key) as T | undefined) : undefined),
    set: (instance, content) => { touchInstance(instance); instance.slots.set(key, content); },
    // Field by field, so that all tensors have one layout.
    on: ({ kind, cls, shape, dtype, range, contents, origin, slots }, content) => ({ kind, cls, shape, dtype, range, contents, origin, slots: withSlot(slots, key, content) }),
  };
}

function withSlot(slots: TensorSlots, key: SlotKey, content: unknown): TensorSlots {
  if (!slots.has(key)) return new SlotChain(key, content, slots);
  const made = new Map<object, unknown>();
  for (const [other, held] of slots) made.set(other, held);
  return made.set(key, content);
}

/** One slot in front of others. Every operation makes a tensor with one or two: a table for each would take most of what a tensor takes. */
class SlotChain implements TensorSlots {
  readonly key: object;
  readonly content: unknown;
  readonly others: TensorSlots;

  constructor(key: object, content: unknown, others: TensorSlots) {
    this.key = key;
    this.content = content;
    this.others = others;
  }

  get(key: object): unknown { return key === this.key ? this.content : this.others.get(key); }
  has(key: object): boolean { return key === this.key || this.others.has(key); }
  *keys(): Generator<object> { yield this.key; yield* this.others.keys(); }
  *[Symbol.iterator](): Generator<readonly [object, unknown]> { yield [this.key, this.content]; yield* this.others; }
}

/** Slots that hold for either of two values, or for either of two states of one. */
export function joinSlots(left: TensorSlots, right: TensorSlots): Map<object, unknown> {
  const joined = new Map<object, unknown>();
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [one, other] = [left.get(key), right.get(key)];
    const content = one === other ? one : (key as SlotKey).join?.(one, other);
    if (content !== undefined) joined.set(key, content);
  }
  return joined;
}

function reuseOf(key: object): SlotReuse<unknown> | undefined { return (key as Partial<SlotKey>).reuse; }

export function slotsMatch(recorded: TensorSlots, actual: TensorSlots, matcher: Matcher): boolean {
  if (recorded === actual && recorded instanceof Map && recorded.size === 0) return true;
  for (const [key, content] of recorded) {
    const reuse = reuseOf(key);
    if (reuse === undefined) return false;
    const other = actual.get(key);
    if (reuse.isIgnored === true) { if (other !== undefined) reuse.matches(content, other, matcher); continue; }
    if (other === undefined || !reuse.matches(content, other, matcher)) return false;
  }
  for (const key of actual.keys()) if (reuseOf(key)?.isIgnored !== true && !recorded.has(key)) return false;
  return true;
}

export function copySlots(slots: TensorSlots, copier: Copier, on: InstanceValue | TensorValue): TensorSlots {
  if (slots instanceof SlotChain) {
    const reuse = reuseOf(slots.key) ?? copier.fail('a slot that is not copied');
    const others = copySlots(slots.others, copier, on), content = copyContent(reuse, slots.content, copier, on);
    return content === undefined ? others : content === slots.content && others === slots.others ? slots : new SlotChain(slots.key, content, others);
  }
  let made: Map<object, unknown> | undefined;
  for (const [key, content] of slots) {
    const reuse = reuseOf(key) ?? copier.fail(`the slot ${(key as SlotKey).name} is not copied`);
    made ??= new Map();
    const own = copyContent(reuse, content, copier, on);
    if (own !== undefined) made.set(key, own);
  }
  return made ?? slots;
}

function copyContent(reuse: SlotReuse<unknown>, content: unknown, copier: Copier, on: InstanceValue | TensorValue): unknown {
  return copier.isOfGiven && reuse.isIgnored === true ? reuse.ofGiven?.(content, copier, on) : reuse.copy(content, copier, on);
}
