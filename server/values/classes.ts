// Classes: method resolution order, look-up in it, and how a native class, function or module is declared. It must not know the
// evaluator or any library.
import type { Signature } from './arguments.ts';
import type { Interpreter } from './interpreter.ts';
import type { Place } from './place.ts';
import { parseSignature } from './signature.ts';
import type { ClassValue, InstanceValue, ModuleValue, NativeCall, NativeFunction, PropertyValue, Value } from './value.ts';

/** The C3 linearisation; undefined where Python would refuse the bases. */
export function resolutionOrder(bases: readonly ClassValue[]): ClassValue[] | undefined {
  const sequences = [...bases.map((base) => [...base.mro]), [...bases]];
  const order: ClassValue[] = [];
  for (;;) {
    const remaining = sequences.filter((sequence) => sequence.length > 0);
    if (remaining.length === 0) return order;
    const next = remaining.map((sequence) => sequence[0]).find((head) => remaining.every((sequence) => head !== undefined && !sequence.slice(1).includes(head)));
    if (next === undefined) return undefined;
    order.push(next);
    for (const sequence of sequences) if (sequence[0] === next) sequence.shift();
  }
}

/** The attribute as it stands in the class or its bases, without binding. */
export function lookUpInClass(cls: ClassValue, name: string): { value: Value; owner: ClassValue } | undefined {
  for (const owner of cls.mro) {
    const value = owner.namespace.get(name);
    if (value !== undefined) return { value, owner };
  }
  return undefined;
}

export interface ClassDeclaration {
  readonly name: string;
  /** `keras.layers.Dense`. */
  readonly qualifiedName: string;
  readonly bases?: readonly ClassValue[];
  readonly members?: Readonly<Record<string, Value>>;
  readonly construct?: (call: NativeCall, cls: ClassValue) => Value;
  readonly constructSignature?: string;
  readonly missingAttribute?: (interpreter: Interpreter, self: InstanceValue, name: string, place: Place) => Value | undefined;
  /** What the class itself does not know is unknown instead of an AttributeError. True for catalogues unless said otherwise: their member lists are never complete. */
  readonly hasUnknownBase?: boolean;
}

/** A class of a library. Every class has `object` behind it (evaluator's `objectClass` is added where `bases` is empty, by `builtinObject`). */
export function nativeClass(declaration: ClassDeclaration): ClassValue {
  const bases = declaration.bases ?? (objectClass === undefined ? [] : [objectClass]);
  const mro: ClassValue[] = [];
  const cls: ClassValue = {
    kind: 'class', name: declaration.name, qualifiedName: declaration.qualifiedName, bases, mro,
    namespace: new Map(Object.entries(declaration.members ?? {})),
    hasUnknownBase: declaration.hasUnknownBase ?? true, place: undefined, native: true,
    construct: declaration.construct,
    constructSignature: declaration.constructSignature === undefined ? undefined : parseSignature(declaration.constructSignature),
    missingAttribute: declaration.missingAttribute,
  };
  mro.push(cls, ...(resolutionOrder(bases) ?? []));
  return cls;
}

let objectClass: ClassValue | undefined;
/** Python's `object`, made first of all. */
export const builtinObject: ClassValue = nativeClass({ name: 'object', qualifiedName: 'builtins.object', bases: [], hasUnknownBase: false });
objectClass = builtinObject;

/** Under this name, which Python cannot spell, a function of the program keeps a context manager that is entered around each of its calls. */
export const contextAround = '*context';

/** A function of a library; its signature is written as in Python: `x, axis=-1, *, name=None, **kwargs`. It is parsed when first needed. */
export function nativeFunction(name: string, signature: string | undefined, call: (call: NativeCall) => Value): NativeFunction {
  return declared(name, signature, call, false);
}

/** A method: the signature starts with `self`. */
export function nativeMethod(name: string, signature: string | undefined, call: (call: NativeCall) => Value): NativeFunction {
  return declared(name, signature, call, true);
}

function declared(name: string, text: string | undefined, call: (call: NativeCall) => Value, isMethod: boolean): NativeFunction {
  let signature: Signature | undefined;
  return {
    kind: 'native', name, isMethod, call,
    get signature() { return text === undefined ? undefined : (signature ??= parseSignature(text)); },
  };
}

/** A property of a native class. The getter and the setter are called with `self` (and `value`). */
export function nativeProperty(name: string, get: (call: NativeCall) => Value, set?: (call: NativeCall) => void): PropertyValue {
  return {
    kind: 'property',
    getter: nativeMethod(name, 'self', get),
    setter: set === undefined ? undefined : nativeMethod(name, 'self, value', (call) => { set(call); return { kind: 'none' }; }),
  };
}

/** A module of a library, made anew for each run; members come from `load` when they are first asked for. */
export function nativeModule(name: string, load: (member: string) => Value | undefined): ModuleValue {
  return { kind: 'module', name, members: new Map(), load, complete: false, source: undefined };
}

/** State that a catalogue keeps for the length of one run (name counters, the global dtype policy). */
export function defineRunState<T extends object>(initial: () => T): (interpreter: Interpreter) => T {
  // An interpreter may serve several runs (evaluator/memory.ts); each has a trace of its own.
  const states = new WeakMap<object, T>();
  const stateOf = (interpreter: Interpreter): T => {
    let state = states.get(interpreter.trace);
    if (state === undefined) { state = initial(); states.set(interpreter.trace, state); }
    return state;
  };
  runStates.push({ of: (interpreter) => states.get(interpreter.trace), initial });
  return stateOf;
}

const runStates: { readonly of: (interpreter: Interpreter) => object | undefined; readonly initial: () => object }[] = [];

/** How many entries the parts of each run state have, and what the plain ones say: enough to tell whether something changed one of them. */
export function runStateMarks(interpreter: Interpreter): readonly string[] {
  return runStates.map((state) => markOf(state.of(interpreter) ?? state.initial()));
}

export function runStatesDiffer(interpreter: Interpreter, before: readonly string[]): boolean {
  return runStates.some((state, at) => { const now = state.of(interpreter); return now !== undefined && markOf(now) !== (before[at] ?? markOf(state.initial())); });
}

function markOf(state: object): string {
  const partOf = (value: unknown): unknown => (value instanceof Map || value instanceof Set ? value.size : Array.isArray(value) ? value.length : typeof value === 'object' && value !== null ? Object.keys(value).length : String(value));
  return Object.values(state).map(partOf).join();
}

