// How the built-in types are called and subclassed: one maker for each type serves `list(x)`, `class L(list)` and `list.__new__`.
// Instances of a user's subclass of int, float, str or bytes stand for a plain value; containers carry their class.
// It must not know which types there are.
import type { CallArguments } from '../../values/arguments.ts';
import { lookUpInClass, nativeClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, StaticMethodValue, Value } from '../../values/value.ts';
import { instance, unknown } from '../../values/value.ts';
import { underlyingSlot } from './support.ts';

export interface Making {
  readonly interpreter: Interpreter;
  readonly given: CallArguments;
  readonly place: Place;
  /** The class called, when it is a subclass; undefined for the type itself. */
  readonly subclass: ClassValue | undefined;
}

export interface BuiltinType {
  readonly name: string;
  readonly bases?: readonly ClassValue[];
  readonly members: Readonly<Record<string, Value>>;
  /** How the value is made from the arguments. */
  readonly make: (making: Making) => Value;
  /** Values carry their class (list, dict, tuple); the others of a subclass become instances around a plain value. */
  readonly keepsClass?: boolean;
  readonly module?: string;
}

/** The class of a built-in type. */
export function builtinType(type: BuiltinType): ClassValue {
  const construct = (interpreter: Interpreter, given: CallArguments, place: Place, called: ClassValue, withInit: boolean): Value => {
    const subclass = called === cls ? undefined : called;
    if (subclass === undefined) return type.make({ interpreter, given, place, subclass });
    if (type.keepsClass !== true) {
      const made = instance(subclass, { place });
      const plain = type.make({ interpreter, given, place, subclass: undefined });
      if (plain.kind !== 'unknown' && plain.kind !== 'instance') underlyingSlot.set(made, plain);
      return made;
    }
    const init = lookUpInClass(subclass, '__init__');
    if (!withInit || init === undefined || init.owner.native) return type.make({ interpreter, given, place, subclass });
    const empty = type.make({ interpreter, given: { positional: [], keywords: [], openPositional: true, openKeywords: true }, place, subclass });
    interpreter.call({ kind: 'bound-method', self: empty, callable: init.value }, given, place);
    return empty;
  };
  const create: StaticMethodValue = {
    kind: 'staticmethod',
    callable: {
      kind: 'native', name: '__new__', signature: undefined, isMethod: false,
      call: ({ interpreter, args: { raw }, place }) => {
        const [first, ...others] = raw.positional;
        return first?.value.kind === 'class' ? construct(interpreter, { ...raw, positional: others }, place, first.value, true) : unknown();
      },
    },
  };
  const cls: ClassValue = nativeClass({
    name: type.name, qualifiedName: `${type.module ?? 'builtins'}.${type.name}`, hasUnknownBase: false,
    ...(type.bases === undefined ? {} : { bases: type.bases }),
    members: { __new__: create, ...type.members },
    construct: (call, called) => construct(call.interpreter, call.args.raw, call.place, called, false),
  });
  return cls;
}
