// Class statements, `super()` and instances. It must not know any library; what a library's base class wants to do with its
// subclasses stands in that class's own `__init_subclass__`.
import type { ClassDef } from '../syntax/ast.ts';
import type { CallArguments } from '../values/arguments.ts';
import { argumentsOf } from '../values/arguments.ts';
import { builtinObject, lookUpInClass, nativeFunction, resolutionOrder } from '../values/classes.ts';
import { setClassAttribute } from '../values/heap.ts';
import type { Place } from '../values/place.ts';
import { message } from '../values/place.ts';
import type { ClassValue, FunctionValue, InstanceValue, SuperValue, Value } from '../values/value.ts';
import { instance, str, tuple, unknown } from '../values/value.ts';
import { evaluate, evaluateArguments, functionsOfBody } from './expressions.ts';
import { moduleOfFrame } from './imports.ts';
import { executeBlock } from './statements.ts';
import type { Frame, Run } from './run.ts';
import { currentFrame, newScope, placeOf } from './run.ts';

/** Runs a class body and makes the class. */
export function defineClass(run: Run, node: ClassDef): Value {
  const outer = currentFrame(run);
  const place = placeOf(run, node);
  const bases: ClassValue[] = [];
  let hasUnknownBase = false;
  for (const base of evaluateArguments(run, { args: node.bases, keywords: [] }).positional) {
    if (base.value.kind === 'class') bases.push(base.value);
    else hasUnknownBase = true;
  }
  const keywords = evaluateArguments(run, { args: [], keywords: node.keywords.filter((keyword) => keyword.name?.text !== 'metaclass') });
  let namedMetaclass: ClassValue | undefined;
  for (const keyword of node.keywords) {
    // A metaclass that is not known may do anything with the class; `ABCMeta` and `type` do nothing that matters here.
    if (keyword.name?.text !== 'metaclass') continue;
    const metaclass = evaluate(run, keyword.value);
    if (metaclass.kind !== 'class' || (!metaclass.native && metaclass.mro.some((base) => !base.native && base.hasUnknownBase))) hasUnknownBase = true;
    if (metaclass.kind === 'class') namedMetaclass = metaclass;
  }
  const scope = newScope('class', outer.scope);
  functionsOfBody.set(scope, []);
  const frame: Frame = { ...outer, scope, pendingReturns: [], undecidedBreak: false, yields: undefined };
  run.frames.push(frame);
  try {
    executeBlock(run, node.body);
  } finally {
    run.frames.pop();
  }
  const effectiveBases = bases.length === 0 ? [builtinObject] : bases;
  const order = resolutionOrder(effectiveBases);
  const mro: ClassValue[] = [];
  const moduleName = moduleOfFrame(run);
  const cls: ClassValue = {
    kind: 'class', name: node.name.text, qualifiedName: `${moduleName}.${node.name.text}`, bases: effectiveBases, mro,
    namespace: scope.variables,
    hasUnknownBase: hasUnknownBase || order === undefined || effectiveBases.some((base) => !base.native && base.hasUnknownBase),
    place: { ...place, end: node.name.end }, native: false,
  };
  mro.push(cls, ...(order ?? effectiveBases.flatMap((base) => base.mro)));
  cls.namespace.set('__module__', str(moduleName));
  if (namedMetaclass !== undefined) cls.namespace.set('__metaclass__', namedMetaclass);
  for (const own of functionsOfBody.get(scope) ?? []) own.definingClass ??= cls;
  functionsOfBody.delete(scope);
  for (const base of mro.slice(1)) {
    const hook = base.namespace.get('__init_subclass__');
    if (hook === undefined) continue;
    const callable = hook.kind === 'classmethod' ? hook.callable : hook;
    run.interpreter.call(callable, { ...keywords, positional: [{ value: cls, place: undefined }, ...keywords.positional] }, place);
    break;
  }
  const metaclass = namedMetaclass ?? mro.flatMap((base) => { const named = base.namespace.get('__metaclass__'); return named?.kind === 'class' ? [named] : []; })[0];
  if (metaclass !== undefined && !metaclass.native) {
    const made = throughMetaclass(run, metaclass, cls, bases, keywords, place);
    if (made !== cls) return made;
  }
  for (const [name, value] of cls.namespace) {
    if (value.kind !== 'instance') continue;
    const setName = lookUpInClass(value.cls, '__set_name__');
    if (setName !== undefined) run.interpreter.callMethod(value, '__set_name__', [cls, str(name)], place);
  }
  return cls;
}

/** Classes whose metaclass is making them: what `super().__new__` in it gives. */
const pendingClasses: { readonly metaclass: ClassValue; readonly cls: ClassValue }[] = [];

/** `super().__new__` of a metaclass: the class whose body has run, with what the metaclass put into its namespace. */
export function pendingClass(metaclass: ClassValue): Value | undefined {
  const pending = pendingClasses.findLast((one) => one.metaclass === metaclass);
  if (pending === undefined) return undefined;
  return nativeFunction('__new__', undefined, (call) => {
    const namespace = call.args.raw.positional[3]?.value;
    if (namespace?.kind === 'dict') for (const { key, value } of namespace.entries.values()) if (key.kind === 'str') setClassAttribute(pending.cls, key.value, value);
    return pending.cls;
  });
}

/** Runs `__new__` and `__init__` of a metaclass of the program over a class whose body has run. */
function throughMetaclass(run: Run, metaclass: ClassValue, cls: ClassValue, bases: readonly ClassValue[], keywords: CallArguments, place: Place): Value {
  const namespace: Value = { kind: 'dict', entries: new Map([...cls.namespace].map(([name, value]) => [`s:${name}`, { key: str(name), value }])), open: false };
  const given: CallArguments = { ...keywords, positional: argumentsOf([str(cls.name), tuple(bases), namespace]).positional };
  const own = (name: string): Value | undefined => { const found = lookUpInClass(metaclass, name); return found === undefined || found.owner.native ? undefined : found.value; };
  let made: Value = cls;
  const creation = own('__new__');
  if (creation !== undefined) {
    pendingClasses.push({ metaclass, cls });
    try {
      const result = run.interpreter.call(creation.kind === 'staticmethod' ? creation.callable : creation, { ...given, positional: [{ value: metaclass, place: undefined }, ...given.positional] }, place);
      if (result.kind !== 'unknown') made = result;
    } finally {
      pendingClasses.pop();
    }
  }
  const initialisation = own('__init__');
  if (initialisation !== undefined) run.interpreter.call({ kind: 'bound-method', self: made, callable: initialisation }, given, place);
  return made;
}

/** `super()` or `super(C, self)`. */
export function superOf(run: Run, args: readonly Value[]): Value {
  const [first, second] = args;
  if (first !== undefined) {
    return first.kind === 'class' && second !== undefined && carriesClass(second) ? { kind: 'super', after: first, self: second } : unknown();
  }
  const frame = run.frames.findLast((one) => one.definingClass !== undefined && one.self !== undefined);
  if (frame?.definingClass === undefined || frame.self === undefined || !carriesClass(frame.self)) return unknown();
  return { kind: 'super', after: frame.definingClass, self: frame.self };
}

/** Objects, classes, and containers of a subclass of dict, list or tuple. */
function carriesClass(value: Value): value is SuperValue['self'] {
  return value.kind === 'instance' || value.kind === 'class' || ((value.kind === 'dict' || value.kind === 'list' || value.kind === 'tuple') && value.cls !== undefined);
}

/** Calls a class: `construct` of a native base, or `__new__` and `__init__`. */
export function instantiate(run: Run, cls: ClassValue, args: CallArguments, place: Place, callNative: (cls: ClassValue, owner: ClassValue, args: CallArguments) => Value): Value {
  const constructor = cls.mro.find((base) => base.construct !== undefined || base.namespace.has('__init__') || base.namespace.has('__new__'));
  if (constructor?.construct !== undefined) return callNative(cls, constructor, args);
  const creation = lookUpInClass(cls, '__new__');
  let created: Value;
  if (creation !== undefined && creation.owner !== builtinObject) {
    const callable = creation.value.kind === 'staticmethod' ? creation.value.callable : creation.value;
    created = run.interpreter.call(callable, { ...args, positional: [{ value: cls, place: undefined }, ...args.positional] }, place);
    if (created.kind !== 'instance' || !created.cls.mro.includes(cls)) return created;
  } else {
    created = instance(cls, { place });
  }
  initialise(run, created, args, place);
  return created;
}

function initialise(run: Run, created: InstanceValue, args: CallArguments, place: Place): void {
  const init = lookUpInClass(created.cls, '__init__');
  if (init === undefined) {
    const unknownBase = created.cls.mro.some((base) => base.hasUnknownBase);
    if (!unknownBase && (args.positional.length > 0 || args.keywords.length > 0) && lookUpInClass(created.cls, '__new__') === undefined) {
      run.interpreter.raise('TypeError', message('{name}() takes no arguments', { name: created.cls.name }), place);
    }
    return;
  }
  run.interpreter.call({ kind: 'bound-method', self: created, callable: init.value }, args, place);
}

/** Whether a class of the program or of a library has a base that is not known. */
export function mayHaveMore(cls: ClassValue): boolean {
  return cls.mro.some((base) => base.hasUnknownBase);
}

export function definedFunctions(cls: ClassValue): FunctionValue[] {
  const found: FunctionValue[] = [];
  for (const value of cls.namespace.values()) if (value.kind === 'function') found.push(value);
  return found;
}

