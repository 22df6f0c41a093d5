// The names that every Python module sees: functions about objects and numbers here, those over iterables in iterating.ts, the
// classes in classes.ts. It must not know any library.
import { markReplayable } from '../../values/recorder.ts';
import { floorDivideDims, moduloDims, dimBounds, negateDim } from '../../tensors/dim.ts';
import { builtinObject, lookUpInClass, nativeFunction } from '../../values/classes.ts';
import { openInstance } from '../../values/attribute-dict.ts';
import { deleteInstanceAttribute } from '../../values/heap.ts';
import { certainlyLacks } from '../../values/known-names.ts';
import { agreed } from '../../values/equality.ts';
import { mayLackAttribute } from '../../values/maybe-attributes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { bool, ellipsis, float, int, list, maybeBool, none, notImplemented, str, tuple, unknown } from '../../values/value.ts';
import { abstractInstance, abstractSubclass } from './abstract.ts';
import { builtinClasses, unnamedClasses } from './classes.ts';
import { openFunction } from './files.ts';
import { formatValue } from './formatting.ts';
import { iterationFunctions } from './iterating.ts';
import { roundNumber } from './numbers.ts';
import { asciiOnly } from './representation.ts';
import { unionMembers } from './union-types.ts';
import { dimOf, indexOf, raiseText, textValue, typeNameOf, underlying, unknownInt, unknownOf } from './support.ts';

/** Small numbers are their own hashes, except -1. */
function hashOfNumber(value: Value): Value {
  const number = dimOf(value);
  return typeof number === 'number' && Math.abs(number) < 2 ** 53 ? int(number === -1 ? -2 : number) : unknownInt();
}

/** `isinstance(value, of)`; undefined when not known. */
export function isInstance(interpreter: Interpreter, value: Value, of: Value): boolean | undefined {
  if (of.kind === 'tuple') {
    const answers = of.items.map((one) => isInstance(interpreter, value, one));
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  }
  const union = unionMembers(of);
  if (union !== undefined) return isInstance(interpreter, value, tuple(union));
  if (of.kind !== 'class') return of.kind === 'none' ? value.kind === 'none' || (value.kind === 'unknown' ? undefined : false) : undefined;
  const answer = agreed(value, (one) => isInstance(interpreter, one, of));
  if (answer !== undefined) return answer;
  const abstract = abstractInstance(interpreter, value, of);
  if (abstract !== 'concrete') return abstract;
  if (value.kind === 'unknown') {
    const known = value.typeName === undefined ? undefined : builtinClasses[value.typeName];
    // A subclass's values may go under its base's name.
    return known === undefined
      ? undefined
      : known.mro.includes(of)
        ? true
        : of.native && of.qualifiedName.startsWith('builtins.') && !of.mro.includes(known)
          ? false
          : undefined;
  }
  return interpreter.isInstance(value, of);
}

function isSubclass(value: Value, of: Value): boolean | undefined {
  if (of.kind === 'tuple') {
    const answers = of.items.map((one) => isSubclass(value, one));
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  }
  if (value.kind !== 'class' || of.kind !== 'class') return undefined;
  if (value.mro.includes(of)) return true;
  const abstract = abstractSubclass(value, of);
  if (abstract !== 'concrete') return abstract;
  return value.mro.some((base) => !base.native && base.hasUnknownBase) ? undefined : false;
}

/** `hasattr`: a library's object that is not fully known may have anything. */
function hasAttribute(interpreter: Interpreter, object: Value, name: string, place: Place): boolean | undefined {
  if (object.kind === 'unknown') return agreed(object, (one) => hasAttribute(interpreter, one, name, place));
  const found = interpreter.lookUpAttribute(object, name, place);
  if (found === undefined || (found.kind === 'unknown' && certainlyLacks(object, name))) return false;
  if (object.kind === 'module' && found.kind === 'unknown') {
    const known = interpreter.namesOf(object);
    return known.names.includes(name) ? true : known.complete ? false : undefined;
  }
  if (mayLackAttribute(object, name)) return undefined;
  if (found.kind !== 'unknown') return true;
  switch (object.kind) {
    case 'instance':
      return object.attributes.has(name) || lookUpInClass(object.cls, name) !== undefined ? true : undefined;
    case 'class':
      return lookUpInClass(object, name) !== undefined ? true : undefined;
    case 'module':
      return object.members.has(name) ? true : undefined;
    default:
      return undefined;
  }
}

function requireInteger(call: NativeCall, name: string): number | undefined {
  const value = call.args.get(name),
    plain = underlying(value);
  if (plain.kind === 'float' || plain.kind === 'str' || plain.kind === 'none')
    raiseText(call.interpreter, 'TypeError', `'${typeNameOf(plain)}' object cannot be interpreted as an integer`, call.place);
  return indexOf(value);
}

function based(name: string, prefix: string, base: number): Value {
  return nativeFunction(name, 'number, /', (call) => {
    const value = requireInteger(call, 'number');
    return value === undefined ? unknownOf('str') : str(`${value < 0 ? '-' : ''}${prefix}${Math.abs(value).toString(base)}`);
  });
}

const quit = (name: string): Value => nativeFunction(name, 'code=None', ({ interpreter, place }) => raiseText(interpreter, 'SystemExit', '', place));

const objectFunctions: Readonly<Record<string, Value>> = {
  print: nativeFunction('print', "*args, sep=' ', end='\\n', file=None, flush=False", () => none),
  len: nativeFunction('len', 'obj, /', ({ interpreter, args, place }) => {
    const object = args.get('obj');
    if (['none', 'bool', 'int', 'float', 'function', 'native', 'iterator'].includes(object.kind) && !('cls' in object && object.cls !== undefined)) {
      raiseText(interpreter, 'TypeError', `object of type '${typeNameOf(object)}' has no len()`, place);
    }
    const length = interpreter.length(object, place);
    return length.kind === 'unknown' ? unknownInt(0) : length;
  }),
  isinstance: nativeFunction('isinstance', 'obj, class_or_tuple, /', ({ interpreter, args }) =>
    maybeBool(isInstance(interpreter, args.get('obj'), args.get('class_or_tuple'))),
  ),
  issubclass: nativeFunction('issubclass', 'cls, class_or_tuple, /', ({ args }) =>
    maybeBool(isSubclass(args.get('cls'), args.get('class_or_tuple'))),
  ),
  hasattr: nativeFunction('hasattr', 'obj, name, /', ({ interpreter, args, place }) => {
    const name = textValue(args.get('name'));
    return maybeBool(name === undefined ? undefined : hasAttribute(interpreter, args.get('obj'), name, place));
  }),
  getattr: nativeFunction('getattr', 'object, name, default=None, /', ({ interpreter, args, place }) => {
    const object = args.get('object'),
      name = textValue(args.get('name'));
    if (name === undefined || object.kind === 'unknown') return unknown();
    if (args.given('default') === false) return interpreter.getAttribute(object, name, place);
    const found = interpreter.lookUpAttribute(object, name, place);
    return found === undefined || (found.kind === 'unknown' && certainlyLacks(object, name)) ? args.get('default') : found;
  }),
  setattr: nativeFunction('setattr', 'obj, name, value, /', ({ interpreter, args, place }) => {
    const name = textValue(args.get('name'));
    const object = args.get('obj');
    if (name !== undefined) interpreter.setAttribute(object, name, args.get('value'), place);
    else if (object.kind === 'instance') openInstance(object);
    return none;
  }),
  delattr: nativeFunction('delattr', 'obj, name, /', ({ interpreter, args, place }) => {
    const object = args.get('obj'),
      name = textValue(args.get('name'));
    if (object.kind !== 'instance' || name === undefined) return none;
    const custom = lookUpInClass(object.cls, '__delattr__');
    if (custom !== undefined && custom.owner !== builtinObject) interpreter.callMethod(object, '__delattr__', [str(name)], place);
    else deleteInstanceAttribute(object, name);
    return none;
  }),
  callable: nativeFunction('callable', 'obj, /', ({ interpreter, args, place }) => {
    const object = args.get('obj');
    switch (object.kind) {
      case 'unknown':
        return unknownOf('bool');
      case 'function':
      case 'native':
      case 'bound-method':
      case 'class':
        return bool(true);
      case 'instance':
        return maybeBool(hasAttribute(interpreter, object, '__call__', place));
      default:
        return bool(false);
    }
  }),
  id: nativeFunction('id', 'obj, /', () => unknownInt(0)),
  hash: nativeFunction('hash', 'obj, /', (call) => {
    const value = call.args.get('obj');
    // Those of texts differ from process to process.
    if (value.kind === 'int' || value.kind === 'bool') return hashOfNumber(value);
    const own = value.kind === 'instance' ? lookUpInClass(value.cls, '__hash__') : undefined;
    const result = own?.owner.native === false && own.value.kind === 'function' ? call.interpreter.callMethod(value, '__hash__', [], call.place) : undefined;
    return result?.kind === 'int' ? result : unknownInt();
  }),
  vars: nativeFunction('vars', 'object=None, /', ({ interpreter, args, place }) => {
    const object = args.get('object');
    if (args.given('object') === false || object.kind !== 'instance') return unknownOf('dict');
    return interpreter.lookUpAttribute(object, '__dict__', place) ?? unknownOf('dict');
  }),
  dir: nativeFunction('dir', 'object=None, /', ({ interpreter, args }) => {
    const object = args.get('object');
    const known = object.kind === 'module' ? interpreter.namesOf(object) : undefined;
    return list((known?.names ?? []).toSorted().map((name) => str(name)), known?.complete !== true);
  }),
  globals: nativeFunction('globals', '', ({ interpreter }) => interpreter.runningNames('globals')),
  locals: nativeFunction('locals', '', ({ interpreter }) => interpreter.runningNames('locals')),
  eval: nativeFunction('eval', undefined, () => unknown()),
  exec: nativeFunction('exec', undefined, () => none),
  compile: nativeFunction('compile', undefined, () => unknown()),
  __import__: nativeFunction('__import__', undefined, () => unknown()),
  input: nativeFunction('input', 'prompt=None, /', () => unknownOf('str')),
  open: openFunction,
  aiter: nativeFunction('aiter', undefined, () => unknown()),
  anext: nativeFunction('anext', undefined, () => unknown()),
  help: nativeFunction('help', undefined, () => none),
  breakpoint: nativeFunction('breakpoint', undefined, () => none),
  exit: quit('exit'),
  quit: quit('quit'),
  repr: nativeFunction('repr', 'obj, /', ({ interpreter, args, place }) => textOr(interpreter.representation(args.get('obj'), place))),
  ascii: nativeFunction('ascii', 'obj, /', ({ interpreter, args, place }) => {
    const text = interpreter.representation(args.get('obj'), place);
    return textOr(text === undefined ? undefined : asciiOnly(text));
  }),
  format: nativeFunction('format', "value, format_spec='', /", ({ interpreter, args, place }) => {
    const value = args.get('value'),
      wanted = textValue(args.get('format_spec'));
    if (wanted === undefined) return unknownOf('str');
    if (value.kind === 'instance') {
      const own = lookUpInClass(value.cls, '__format__');
      if (own !== undefined && !own.owner.native) return interpreter.callMethod(value, '__format__', [str(wanted)], place);
    }
    return textOr(formatValue(interpreter, value, wanted));
  }),
};

function textOr(text: string | undefined): Value {
  return text === undefined ? unknownOf('str') : str(text);
}

const numberFunctions: Readonly<Record<string, Value>> = {
  abs: nativeFunction('abs', 'x, /', ({ interpreter, args, place }) => {
    const given = args.get('x'),
      value = underlying(given);
    if (value.kind === 'float') return float(Math.abs(value.value), value.origin);
    const dim = dimOf(value);
    if (dim !== undefined) {
      const { low, high } = dimBounds(dim);
      return low >= 0 ? int(dim) : high <= 0 ? int(negateDim(dim)) : unknownInt(0);
    }
    if (value.kind === 'unknown') return value.typeName === 'int' || value.typeName === 'float' ? unknownOf(value.typeName) : unknown();
    if (value.kind === 'str' || value.kind === 'none')
      raiseText(interpreter, 'TypeError', `bad operand type for abs(): '${typeNameOf(value)}'`, place);
    return interpreter.lookUpAttribute(value, '__abs__', place) === undefined ? unknown() : interpreter.callMethod(value, '__abs__', [], place);
  }),
  round: nativeFunction('round', 'number, ndigits=None', ({ interpreter, args, place }) => {
    const number = args.get('number'),
      value = underlying(number);
    if (value.kind === 'instance' || value.kind === 'tensor') {
      if (interpreter.lookUpAttribute(value, '__round__', place) === undefined) return unknown();
      return interpreter.callMethod(value, '__round__', args.isNone('ndigits') ? [] : [args.get('ndigits')], place);
    }
    if (value.kind === 'str' || value.kind === 'none')
      raiseText(interpreter, 'TypeError', `type ${typeNameOf(value)} doesn't define __round__ method`, place);
    return roundNumber(number, args.get('ndigits'));
  }),
  pow: nativeFunction('pow', 'base, exp, mod=None', ({ interpreter, args, place }) => {
    if (args.isNone('mod')) return interpreter.binary('**', args.get('base'), args.get('exp'), place);
    const [base, exponent, modulus] = ['base', 'exp', 'mod'].map((name) => indexOf(args.get(name)));
    if (base === undefined || exponent === undefined || modulus === undefined || exponent < 0 || modulus <= 0 || exponent > 1e6) return unknownInt();
    let result = 1n;
    for (let count = 0, factor = BigInt(base), rest = exponent; rest > 0 && count < 64; count += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = (result * factor) % BigInt(modulus);
      factor = (factor * factor) % BigInt(modulus);
    }
    return int(Number(((result % BigInt(modulus)) + BigInt(modulus)) % BigInt(modulus)));
  }),
  divmod: nativeFunction('divmod', 'x, y, /', ({ interpreter, args, place }) => {
    const [left, right] = [dimOf(args.get('x')), dimOf(args.get('y'))];
    if (left !== undefined && right !== undefined && right !== 0 && typeof right !== 'number')
      return tuple([int(floorDivideDims(left, right)), int(moduloDims(left, right))]);
    return tuple([interpreter.binary('//', args.get('x'), args.get('y'), place), interpreter.binary('%', args.get('x'), args.get('y'), place)]);
  }),
  chr: nativeFunction('chr', 'i, /', (call) => {
    const value = requireInteger(call, 'i');
    if (value === undefined) return unknownOf('str');
    if (value < 0 || value > 0x10ffff) return raiseText(call.interpreter, 'ValueError', 'chr() arg not in range(0x110000)', call.place);
    return str(String.fromCodePoint(value));
  }),
  ord: nativeFunction('ord', 'c, /', ({ interpreter, args, place }) => {
    const text = textValue(args.get('c'));
    if (text === undefined) return unknownInt(0, 0x10ffff);
    const characters = [...text];
    if (characters.length !== 1)
      raiseText(interpreter, 'TypeError', `ord() expected a character, but string of length ${characters.length} found`, place);
    return int(text.codePointAt(0) ?? 0);
  }),
  hex: based('hex', '0x', 16),
  oct: based('oct', '0o', 8),
  bin: based('bin', '0b', 2),
};

/** What reads and makes values, and changes them as the heap is told. Classes that are made, files and tables of names are none of it. */
const replayedFunctions = 'print len isinstance issubclass hasattr getattr setattr delattr callable repr ascii format abs round pow divmod chr ord hex oct bin'.split(' ');
markReplayable(...replayedFunctions.map((name) => objectFunctions[name] ?? numberFunctions[name]), ...Object.values(iterationFunctions));
for (const cls of 'bool int float str bytes list tuple dict set frozenset range slice object super enumerate zip map filter reversed property'.split(' ').map((name) => builtinClasses[name])) {
  if (cls !== undefined) markReplayable(cls, ...cls.namespace.values());
}

/** The members of Python's `builtins`. */
export function builtinMembers(): Record<string, Value> {
  return {
    ...Object.fromEntries(Object.entries(builtinClasses).filter(([name]) => !unnamedClasses.has(name))),
    ...objectFunctions,
    ...numberFunctions,
    ...iterationFunctions,
    NotImplemented: notImplemented,
    Ellipsis: ellipsis,
    __debug__: bool(true),
    copyright: unknown(),
    credits: unknown(),
    license: unknown(),
  };
}
