// `int | str`, `Optional[int]`, `Union[int, str]` as values: what `isinstance` may be asked for. It must not know who makes them.
import { nativeClass } from '../../values/classes.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { instance, none, tuple } from '../../values/value.ts';

const membersSlot = defineSlot<readonly Value[]>('union type');

export const unionType: ClassValue = nativeClass({
  name: 'UnionType',
  qualifiedName: 'types.UnionType',
  missingAttribute: (_interpreter, self, name) => (name === '__args__' ? tuple(membersSlot.get(self) ?? []) : undefined),
});

/** The types of a union; undefined for what is none. */
export function unionMembers(value: Value): readonly Value[] | undefined {
  return membersSlot.get(value);
}

/** What `left | right` and `Union[...]` give; undefined where something in it is no type. */
export function unionOf(parts: readonly Value[]): Value | undefined {
  const members: Value[] = [];
  for (const part of parts) {
    if (part.kind !== 'class' && part.kind !== 'none' && unionMembers(part) === undefined) return undefined;
    for (const member of unionMembers(part) ?? [part]) if (!members.includes(member)) members.push(member);
  }
  const [first] = members;
  if (members.length === 1 && first !== undefined) return first;
  const made = instance(unionType);
  membersSlot.set(made, members);
  return made;
}

export function optionalOf(part: Value): Value | undefined {
  return unionOf([part, none]);
}
