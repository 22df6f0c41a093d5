// Attributes that objects of a library's class can have at all. A catalogue does not list all of a class's members, so what it does
// not know is unknown; a name that the library itself never uses is certainly missing, unless the program sets it. It must not
// know any library.
import { mayHaveAnyAttribute } from './attribute-dict.ts';
import { lookUpInClass } from './classes.ts';
import type { ClassValue, Value } from './value.ts';

interface KnownNames { readonly own: ReadonlySet<string>; readonly below: ReadonlySet<string> }
const knownNames = new WeakMap<ClassValue, KnownNames>();

/** `own`: all names that objects of the class itself may have; `below`: those that the library's classes below it use of themselves, too. */
export function registerKnownNames(cls: ClassValue, own: ReadonlySet<string>, below: ReadonlySet<string>): void { knownNames.set(cls, { own, below }); }

/** Whether an object certainly has no attribute of this name. */
export function certainlyLacks(object: Value, name: string): boolean {
  if (object.kind !== 'instance' || name.startsWith('__') || object.attributes.has(name) || mayHaveAnyAttribute(object)) return false;
  if (lookUpInClass(object.cls, name) !== undefined || lookUpInClass(object.cls, '__getattr__')?.owner.native === false) return false;
  // A class that answers for the attributes it lacks has them as far as anyone knows.
  if (object.cls.missingAttribute !== undefined) return false;
  return object.cls.mro.every((base) => !base.hasUnknownBase || base.mro.some((one) => {
    const names = knownNames.get(one);
    return names !== undefined && !(one === base ? names.own : names.below).has(name);
  }));
}
