// An object's `__dict__`: a dict made when it is asked for, whose later changes go to the object as well, and objects that got
// attributes under names that are not known. It must not know the evaluator.
import { deleteInstanceAttribute, setInstanceAttribute } from './heap.ts';
import { defineSlot } from './slots.ts';
import type { DictValue, InstanceValue, Value } from './value.ts';
import { str, unknown } from './value.ts';

const owners = new WeakMap<DictValue, InstanceValue>();
const openSlot = defineSlot<true>('may have any attribute', () => true);

/** `object.__dict__`. `open`: the object's class may have set more. */
export function attributeDict(object: InstanceValue, open: boolean): DictValue {
  const entries = new Map([...object.attributes].map(([name, value]) => [`s:${name}`, { key: str(name), value }]));
  const made: DictValue = { kind: 'dict', entries, open: open || mayHaveAnyAttribute(object) };
  owners.set(made, object);
  return made;
}

/** What was written into a dict goes to the object whose `__dict__` it is. */
export function mirrorEntry(dict: DictValue, key: Value, value: Value): void {
  const owner = owners.get(dict);
  if (owner === undefined) return;
  if (key.kind === 'str') setInstanceAttribute(owner, key.value, value);
  else openInstance(owner);
}
export function mirrorDeletion(dict: DictValue, key: Value): void {
  const owner = owners.get(dict);
  if (owner !== undefined && key.kind === 'str') deleteInstanceAttribute(owner, key.value);
}
/** Entries under names that are not known were written. */
export function mirrorUnknown(dict: DictValue): void {
  const owner = owners.get(dict);
  if (owner !== undefined) openInstance(owner);
}

/** An attribute was set under a name that is not known. Whatever is asked for may be there now, and each may have changed. */
export function openInstance(object: InstanceValue): void {
  openSlot.set(object, true);
  for (const name of [...object.attributes.keys()]) setInstanceAttribute(object, name, unknown());
}
export function mayHaveAnyAttribute(object: InstanceValue): boolean {
  return openSlot.get(object) === true;
}
