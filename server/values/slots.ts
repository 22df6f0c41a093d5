// Typed extra data that a catalogue keeps on an instance or a tensor: the layer behind a Keras object, the batch size of a
// data set. What stands in a slot is replaced, never changed in place, so that branches can be joined.
import { touchInstance } from './heap.ts';
import type { InstanceValue, TensorSlots, TensorValue, Value } from './value.ts';

export interface Slot<T> {
  readonly name: string;
  get(value: Value | undefined): T | undefined;
  set(instance: InstanceValue, content: T): void;
  /** A copy of the tensor that holds the content. */
  on(tensor: TensorValue, content: T): TensorValue;
}

interface SlotKey {
  readonly name: string;
  readonly join: ((left: unknown, right: unknown) => unknown) | undefined;
}

/**
 * Makes a slot; `T` is kept by the slot's type alone, which is why the casts of the mechanism stand here. `join` says what holds
 * behind an undecided condition whose branches left different contents (undefined: one of them none); without it nothing does.
 */
export function defineSlot<T>(name: string, join?: (left: T | undefined, right: T | undefined) => T | undefined): Slot<T> {
  const key: SlotKey = { name, join: join === undefined ? undefined : (left, right) => join(left as T | undefined, right as T | undefined) };
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
  private readonly key: object;
  private readonly content: unknown;
  private readonly others: TensorSlots;

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
