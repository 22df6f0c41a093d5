// Objects that the program hands to something unknown, which may change them: a library says what it gives up of its own.
// It must not know any library.
import type { Interpreter } from './interpreter.ts';
import type { ClassValue, InstanceValue } from './value.ts';

type GiveUp = (interpreter: Interpreter, object: InstanceValue) => void;
const givers = new Map<ClassValue, GiveUp>();

/** What is no longer known of an object of the class, or of one below it, once something unknown has had it. */
export function registerHandingOut(cls: ClassValue, giveUp: GiveUp): void {
  givers.set(cls, giveUp);
}

export function handOut(interpreter: Interpreter, object: InstanceValue): void {
  if (givers.size === 0) return;
  for (const cls of object.cls.mro) {
    const giveUp = givers.get(cls);
    if (giveUp === undefined) continue;
    giveUp(interpreter, object);
    return;
  }
}
