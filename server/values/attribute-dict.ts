// An object's `__dict__`: a dict made when it is asked for, whose later changes go to the object as well, and objects that got
// attributes under names that are not known. A library may make such dicts for its own tables. It must not know the evaluator.
import { deleteInstanceAttribute, setInstanceAttribute } from './heap.ts';
import { failRecorders } from './recorder.ts';
import { defineSlot } from './slots.ts';
import type { DictEntry, DictValue, InstanceValue, Value } from './value.ts';
import { str, unknown } from './value.ts';

/** Where changes of such a dict go. */
export interface Mirror {
  readonly set: (name: string, value: Value) => void;
  readonly remove: (name: string) => void;
  /** Entries under names that are not known were written. */
  readonly open: () => void;
}
const mirrors = new WeakMap<DictValue, Mirror>();
const openSlot = defineSlot<true>('may have any attribute', () => true);

/** `object.__dict__`. `open`: the object's class may have set more. */
export function attributeDict(object: InstanceValue, open: boolean): DictValue {
  const entries = new Map([...object.attributes].map(([name, value]) => [`s:${name}`, { key: str(name), value }]));
  return mirroredDict(entries, open || mayHaveAnyAttribute(object), {
    set: (name, value) => setInstanceAttribute(object, name, value), remove: (name) => { deleteInstanceAttribute(object, name); }, open: () => openInstance(object),
  });
}

/** A dict whose later changes go elsewhere as well. */
export function mirroredDict(entries: Map<string, DictEntry>, open: boolean, mirror: Mirror): DictValue {
  failRecorders('takes attributes as a dict');
  const made: DictValue = { kind: 'dict', entries, open };
  mirrors.set(made, mirror);
  return made;
}

/** What was written into a dict goes to the object whose `__dict__` it is. */
export function mirrorEntry(dict: DictValue, key: Value, value: Value): void {
  const mirror = mirrors.get(dict);
  if (key.kind === 'str') mirror?.set(key.value, value);
  else mirror?.open();
}
export function mirrorDeletion(dict: DictValue, key: Value): void {
  if (key.kind === 'str') mirrors.get(dict)?.remove(key.value);
}
/** Entries under names that are not known were written. */
export function mirrorUnknown(dict: DictValue): void {
  mirrors.get(dict)?.open();
}

/** An attribute was set under a name that is not known. Whatever is asked for may be there now, and each may have changed. */
export function openInstance(object: InstanceValue): void {
  openSlot.set(object, true);
  for (const name of [...object.attributes.keys()]) setInstanceAttribute(object, name, unknown());
}
export function mayHaveAnyAttribute(object: InstanceValue): boolean {
  return openSlot.get(object) === true;
}
