// Abstract base classes (`collections.abc`, `numbers`): classes that a value belongs to by what it can do. `isinstance` asks here
// first. It must not know which modules they stand in.
import { lookUpInClass, nativeClass, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { typeNameOf, underlying } from './support.ts';

interface Requirement {
  /** Names of built-in types that belong to it. */
  readonly types: ReadonlySet<string>;
  /** Methods that make any object belong to it; empty where Python wants the class to say so itself. */
  readonly methods: readonly string[];
}
const requirements = new WeakMap<ClassValue, Requirement>();

/** An abstract class. Users may inherit from it; `Sequence[int]` is the class itself. */
export function abstractClass(qualifiedName: string, types: string, methods: string, bases: readonly ClassValue[] = []): ClassValue {
  const name = qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1);
  const cls = nativeClass({
    name,
    qualifiedName,
    hasUnknownBase: false,
    ...(bases.length === 0 ? {} : { bases }),
    members: {
      __class_getitem__: { kind: 'classmethod', callable: nativeMethod('__class_getitem__', 'cls, item, /', (call) => call.args.get('cls')) },
      register: { kind: 'classmethod', callable: nativeMethod('register', 'cls, subclass, /', (call) => call.args.get('subclass')) },
    },
  });
  requirements.set(cls, { types: new Set(types.split(' ').filter((one) => one !== '')), methods: methods.split(' ').filter((one) => one !== '') });
  return cls;
}

export function isAbstract(cls: ClassValue): boolean {
  return requirements.has(cls);
}

/** Whether a value belongs to an abstract class; 'concrete' when the class is none. */
export function abstractInstance(interpreter: Interpreter, given: Value, cls: ClassValue): boolean | undefined | 'concrete' {
  const requirement = requirements.get(cls);
  if (requirement === undefined) return 'concrete';
  const value = underlying(given);
  if (value.kind === 'unknown') return value.typeName !== undefined && requirement.types.has(value.typeName) ? true : undefined;
  if (value.kind === 'tensor' || value.kind === 'iterator')
    return requirement.types.has(value.kind === 'iterator' ? 'iterator' : '') ? true : undefined;
  const type = interpreter.typeOf(value);
  if (type === undefined) return undefined;
  const kinds = value.kind === 'instance' ? type.mro.map((base) => base.name) : [typeNameOf(value), value.kind, ...type.mro.map((base) => base.name)];
  if (kinds.some((name) => requirement.types.has(name))) return true;
  return abstractSubclass(type, cls);
}

export function abstractSubclass(value: ClassValue, cls: ClassValue): boolean | undefined | 'concrete' {
  const requirement = requirements.get(cls);
  if (requirement === undefined) return 'concrete';
  if (
    value.mro.includes(cls) ||
    value.mro.some((base) => base.native && base.qualifiedName.startsWith('builtins.') && requirement.types.has(base.name))
  )
    return true;
  if (
    requirement.methods.length > 0 &&
    requirement.methods.every((method) => {
      const found = lookUpInClass(value, method);
      return found !== undefined && found.value.kind !== 'none';
    })
  )
    return true;
  // Classes of libraries and unknown bases may register themselves.
  return value.mro.some((base) => base.hasUnknownBase) ? undefined : false;
}
