// Objects that the program hands to something unknown, which may change them: a library says what it gives up of its own.
// It must not know any library.
import { openContainer } from './heap.ts';
import { failRecorders } from './recorder.ts';
import type { Interpreter } from './interpreter.ts';
import type { ClassValue, InstanceValue, Value } from './value.ts';

type GiveUp = (interpreter: Interpreter, object: InstanceValue) => void;
const givers = new Map<ClassValue, GiveUp>();

/** What is no longer known of an object of the class, or of one below it, once something unknown has had it. */
export function registerHandingOut(cls: ClassValue, giveUp: GiveUp): void {
  givers.set(cls, giveUp);
}

/** Objects that something unknown has had. */
const handedOut = new WeakSet<InstanceValue>();

/** Something that is not followed has the object from here on, and changes no facts that a library keeps of it. */
export function noteHandedOut(object: InstanceValue): void { failRecorders('hands an object out'); handedOut.add(object); }

/** A container that the program never fills, of an object that something unknown has had: it is filled from there. */
export function openIfFilledElsewhere(object: InstanceValue, container: Value): void {
  if (handedOut.has(object)) openEmpty(container, 2);
}

/** A dict of empty lists counts as empty, too. */
export function openEmpty(container: Value, levels: number): void {
  if (container.kind !== 'list' && container.kind !== 'dict' && container.kind !== 'set') return;
  const size = container.kind === 'list' ? container.items.length : container.entries.size;
  if (size === 0) openContainer(container);
  else if (levels > 1 && size <= 64) {
    if (container.kind === 'list') for (const item of container.items) openEmpty(item, levels - 1);
    else if (container.kind === 'dict') for (const { value } of container.entries.values()) openEmpty(value, levels - 1);
  }
}

export function handOut(interpreter: Interpreter, object: InstanceValue): void {
  handedOut.add(object);
  if (givers.size === 0) return;
  for (const cls of object.cls.mro) {
    const giveUp = givers.get(cls);
    if (giveUp === undefined) continue;
    giveUp(interpreter, object);
    return;
  }
}
