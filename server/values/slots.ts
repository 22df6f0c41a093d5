// Typed extra data that a catalogue keeps on an instance or a tensor: the layer behind a Keras object, the batch size of a
// data set. What stands in a slot is replaced, never changed in place, so that branches can be joined.
import { touchInstance } from './heap.ts';
import type { InstanceValue, TensorValue, Value } from './value.ts';

export interface Slot<T> {
  readonly name: string;
  get(value: Value | undefined): T | undefined;
  set(instance: InstanceValue, content: T): void;
  /** A copy of the tensor that holds the content. */
  on(tensor: TensorValue, content: T): TensorValue;
}

/** Makes a slot; `T` is kept by the slot's type alone, which is why the one cast of the mechanism stands here. */
export function defineSlot<T>(name: string): Slot<T> {
  const key = { name };
  return {
    name,
    get: (value) => (value !== undefined && (value.kind === 'instance' || value.kind === 'tensor') ? (value.slots.get(key) as T | undefined) : undefined),
    set: (instance, content) => { touchInstance(instance); instance.slots.set(key, content); },
    on: (tensor, content) => ({ ...tensor, slots: new Map(tensor.slots).set(key, content) }),
  };
}
