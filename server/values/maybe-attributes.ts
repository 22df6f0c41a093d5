// Attributes that an object has on some path of an undecided condition only. They keep their value, since the code behind would
// fail without it, but whether the object has them is not known. It must not know the evaluator.
import type { InstanceValue, Value } from './value.ts';

const key = { name: 'attributes of some path', join: (left: unknown, right: unknown): unknown => new Set([...namesOf(left), ...namesOf(right)]) };

function namesOf(content: unknown): ReadonlySet<string> { return content instanceof Set ? (content as ReadonlySet<string>) : new Set(); }

/** Whether the object may lack an attribute that it is listed with. */
export function mayLackAttribute(object: Value, name: string): boolean {
  if (object.kind !== 'instance') return false;
  const content = object.slots.get(key);
  return content !== undefined && namesOf(content).has(name);
}

/** Whether that is so of any of its attributes. */
export function mayLackAny(object: InstanceValue): boolean { return object.slots.has(key); }

/** The joined slots with the names that one side lacks. */
export function noteLacking(slots: Map<object, unknown>, names: readonly string[]): Map<object, unknown> {
  return names.length === 0 ? slots : slots.set(key, new Set([...namesOf(slots.get(key)), ...names]));
}

/** The attribute was set on the path that is run: the object has it. */
export function noteSet(object: InstanceValue, name: string): void {
  const content = object.slots.get(key);
  if (content === undefined) return;
  const names = namesOf(content);
  if (names.has(name)) object.slots.set(key, new Set([...names].filter((other) => other !== name)));
}
