// How the built-in types are called and subclassed: one maker for each type serves `list(x)`, `class L(list)` and `list.__new__`.
// Instances of a user's subclass of int, float, str or bytes stand for a plain value; containers carry their class.
// It must not know which types there are.
import type { BinaryOperator } from '../../syntax/ast.ts';
import type { CallArguments } from '../../values/arguments.ts';
import { lookUpInClass, nativeClass, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, StaticMethodValue, Value } from '../../values/value.ts';
import { instance, notImplemented, unknown } from '../../values/value.ts';
import { binaryOnBuiltins } from './arithmetic.ts';
import { compareBuiltins } from './comparison.ts';
import { operatorNames, underlying, underlyingSlot } from './support.ts';

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
  /** Its binary operators, apart by blanks: `__add__` and `__radd__` for `+`. */
  readonly operators?: string;
  /** How the value is made from the arguments. */
  readonly make: (making: Making) => Value;
  /** Values carry their class (list, dict, tuple); the others of a subclass become instances around a plain value. */
  readonly keepsClass?: boolean;
  readonly module?: string;
}

/** Comparisons as methods: subclasses inherit them. */
const comparisons: Readonly<Record<string, Value>> = Object.fromEntries(
  (
    [
      ['__eq__', '=='],
      ['__ne__', '!='],
      ['__lt__', '<'],
      ['__le__', '<='],
      ['__gt__', '>'],
      ['__ge__', '>='],
    ] as const
  ).map(([name, operator]) => [
    name,
    nativeMethod(name, 'self, value, /', ({ interpreter, args, place }) => {
      const [self, value] = [withoutClass(args.get('self')), withoutClass(args.get('value'))];
      // The other side may know better.
      if (self.kind === 'instance' || value.kind === 'instance' || value.kind === 'tensor') return notImplemented;
      return compareBuiltins(interpreter, operator, self, value, place) ?? notImplemented;
    }),
  ]),
);

/** Operators as methods; what they do not know they leave to the other side. */
function operatorMethods(operators: string): Record<string, Value> {
  const methods: Record<string, Value> = {};
  for (const operator of Object.keys(operatorNames) as BinaryOperator[]) {
    if (!operators.split(' ').includes(operator)) continue;
    for (const reflected of [false, true]) {
      const name = `__${reflected ? 'r' : ''}${operatorNames[operator]}__`;
      methods[name] = nativeMethod(name, 'self, value, /', ({ interpreter, args, place }) => {
        const [self, value] = [withoutClass(args.get('self')), withoutClass(args.get('value'))];
        if (self.kind === 'instance' || value.kind === 'instance' || value.kind === 'tensor') return notImplemented;
        // `int.__mul__` knows numbers only; what `2 * [1]` does is the list's.
        if (isNumber(self) && !isNumber(value)) return notImplemented;
        return (
          (reflected ? binaryOnBuiltins(interpreter, operator, value, self, place) : binaryOnBuiltins(interpreter, operator, self, value, place)) ??
          notImplemented
        );
      });
    }
  }
  return methods;
}

function isNumber(value: Value): boolean {
  return (
    value.kind === 'int' ||
    value.kind === 'float' ||
    value.kind === 'bool' ||
    (value.kind === 'unknown' && (value.typeName === 'int' || value.typeName === 'float'))
  );
}

/** As the type itself would see it. */
function withoutClass(value: Value): Value {
  const plain = underlying(value);
  return (plain.kind === 'list' || plain.kind === 'tuple' || plain.kind === 'dict') && plain.cls !== undefined ? { ...plain, cls: undefined } : plain;
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
      kind: 'native',
      name: '__new__',
      signature: undefined,
      isMethod: false,
      call: ({ interpreter, args: { raw }, place }) => {
        const [first, ...others] = raw.positional;
        return first?.value.kind === 'class' ? construct(interpreter, { ...raw, positional: others }, place, first.value, true) : unknown();
      },
    },
  };
  const cls: ClassValue = nativeClass({
    name: type.name,
    qualifiedName: `${type.module ?? 'builtins'}.${type.name}`,
    hasUnknownBase: false,
    ...(type.bases === undefined ? {} : { bases: type.bases }),
    members: { __new__: create, ...comparisons, ...operatorMethods(type.operators ?? ''), ...type.members },
    construct: (call, called) => construct(call.interpreter, call.args.raw, call.place, called, false),
  });
  return cls;
}
