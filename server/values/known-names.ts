// Attributes that objects of a library's class can have at all. A catalogue does not list all of a class's members, so what it does
// not know is unknown; a name that the library itself never uses is certainly missing, unless the program sets it. It must not
// know any library.
import { mayHaveAnyAttribute } from './attribute-dict.ts';
import { lookUpInClass } from './classes.ts';
import type { ClassValue, Value } from './value.ts';

const knownNames = new WeakMap<ClassValue, ReadonlySet<string>>();

/** All names that the class and the library's classes below it use of themselves. */
export function registerKnownNames(cls: ClassValue, names: ReadonlySet<string>): void { knownNames.set(cls, names); }

/** Whether an object certainly has no attribute of this name. */
export function certainlyLacks(object: Value, name: string): boolean {
  if (object.kind !== 'instance' || name.startsWith('__') || object.attributes.has(name) || mayHaveAnyAttribute(object)) return false;
  if (lookUpInClass(object.cls, name) !== undefined || lookUpInClass(object.cls, '__getattr__')?.owner.native === false) return false;
  return object.cls.mro.every((base) => !base.hasUnknownBase || base.mro.some((one) => knownNames.get(one)?.has(name) === false));
}
