// Attribute look-up and setting as Python does it: descriptors, the method resolution order, `__getattr__`.
// It must not know any library.
import { classOfKind } from '../catalogues/python/classes.ts';
import { storeEntry } from '../catalogues/python/operators.ts';
import { argumentsOf } from '../values/arguments.ts';
import { attributeDict, mayHaveAnyAttribute, openInstance } from '../values/attribute-dict.ts';
import { builtinObject, lookUpInClass } from '../values/classes.ts';
import { openIfFilledElsewhere } from '../values/handing-out.ts';
import { deleteInstanceAttribute, setClassAttribute, setDictAttribute, setFunctionAttribute, setInstanceAttribute, setModuleMember } from '../values/heap.ts';
import { certainlyLacks } from '../values/known-names.ts';
import type { Place } from '../values/place.ts';
import type { ClassValue, InstanceValue, ModuleValue, Value } from '../values/value.ts';
import { noteDefinitionChange, noteMember, noteRead, recorders } from '../values/recorder.ts';
import { instance, none, str, tuple, unknown } from '../values/value.ts';
import { overAlternatives } from './branches.ts';
import { instantiatePlainly } from './calls.ts';
import { mayHaveMore, pendingClass } from './classes.ts';
import { memberOf, moduleNameOf, unknownMember } from './imports.ts';
import type { Run } from './run.ts';

/** The class of a value; undefined for what is not known. */
export function typeOf(value: Value): ClassValue | undefined {
  switch (value.kind) {
    case 'instance': case 'tensor': return value.cls;
    case 'list': case 'dict': case 'tuple': return value.cls ?? classOfKind(value);
    case 'unknown': return undefined;
    case 'class': return namedMetaclass(value) ?? classOfKind(value);
    default: return classOfKind(value);
  }
}

/** The attribute; undefined where there certainly is none. */
export function lookUp(run: Run, object: Value, name: string, place: Place): Value | undefined {
  switch (object.kind) {
    case 'unknown': return overAlternatives(run, object, (one) => run.interpreter.getAttribute(one, name, place)) ?? unknown(object.reason);
    case 'module': return name === '__name__' ? str(object.name) : name === '__file__' && object.source !== undefined ? str(object.source.path) : noted(object, name, memberOf(run, object, name, place)) ?? unknown(unknownMember(object, name));
    case 'class': return classAttribute(run, object, name, place);
    case 'super': return superAttribute(run, object, name, place);
    case 'instance': return instanceAttribute(run, object, name, place);
    case 'function': {
      const own = object.attributes.get(name);
      if (own !== undefined) { if (recorders.length > 0) noteMember(name, own); return own; }
      if (name === '__name__' || name === '__qualname__') return str(object.name);
      if (name === '__module__') return str(moduleNameOf(object.scope));
      if (name === '__wrapped__') return undefined;
      break;
    }
    case 'native': if (name === '__name__' || name === '__qualname__') return str(object.name); break;
    case 'bound-method':
      if (name === '__self__') return object.self;
      if (name === '__func__') return object.callable;
      if (name === '__name__') return lookUp(run, object.callable, name, place);
      break;
    case 'dict': {
      const own = object.attributes?.get(name);
      if (own !== undefined) return own;
      // `self.__dict__ = self` in a subclass of dict makes its entries attributes.
      const linked = object.attributes?.get('__dict__');
      const entry = linked?.kind === 'dict' ? linked.entries.get(`s:${name}`)?.value : undefined;
      if (entry !== undefined) return entry;
      if (linked?.kind === 'dict' && linked.open && lookUpInClass(typeOf(object) ?? builtinObject, name) === undefined) return unknown();
      break;
    }
    case 'property':
      if (name === 'fget') return object.getter ?? none;
      if (name === 'setter') return propertyPart(object, 'setter');
      if (name === 'getter') return propertyPart(object, 'getter');
      if (name === 'deleter') return { kind: 'native', name, signature: undefined, isMethod: false, call: () => object };
      break;
    default:
  }
  const cls = typeOf(object);
  if (cls === undefined) return unknown();
  if (name === '__class__') return cls;
  const found = lookUpInClass(cls, name);
  if (found !== undefined) return bind(run, found.value, object, cls, place);
  const fallback = name.startsWith('__') ? undefined : lookUpInClass(cls, '__getattr__');
  if (fallback !== undefined && object.kind !== 'tensor') return run.interpreter.call(fallback.value, argumentsOf([object, str(name)]), place);
  if (object.kind === 'tensor' || object.kind === 'function' || object.kind === 'native' || object.kind === 'bound-method' || object.kind === 'iterator') return mayHaveMore(cls) || object.kind !== 'tensor' ? (name.startsWith('__') ? undefined : unknown()) : undefined;
  return mayHaveMore(cls) && !name.startsWith('__') ? unknown() : undefined;
}

function propertyPart(property: Extract<Value, { kind: 'property' }>, part: 'getter' | 'setter'): Value {
  return {
    kind: 'native', name: part, signature: undefined, isMethod: false,
    call: (call) => {
      const given = call.args.rest[0]?.value ?? none;
      return part === 'setter' ? { ...property, setter: given } : { ...property, getter: given };
    },
  };
}

/** What reading a class's attribute through an object gives. */
export function bind(run: Run, value: Value, self: Value, cls: ClassValue, place: Place): Value {
  switch (value.kind) {
    case 'function': return { kind: 'bound-method', self, callable: value };
    case 'native': return value.isMethod ? { kind: 'bound-method', self, callable: value } : value;
    case 'classmethod': return { kind: 'bound-method', self: cls, callable: value.callable };
    case 'staticmethod': return value.callable;
    case 'property': return value.getter === undefined ? unknown() : run.interpreter.call(value.getter, argumentsOf([self]), place);
    case 'instance': {
      if (recorders.length > 0) noteMember('of a class', value);
      // A descriptor of the program or of a library (functools.cached_property).
      if (lookUpInClass(value.cls, '__get__') === undefined) return value;
      return run.interpreter.callMethod(value, '__get__', [self, cls], place);
    }
    default:
      if (recorders.length > 0) noteMember('of a class', value);
      return value;
  }
}

function instanceAttribute(run: Run, object: InstanceValue, name: string, place: Place): Value | undefined {
  const found = lookUpInClass(object.cls, name);
  if (found?.value.kind === 'property') return bind(run, found.value, object, object.cls, place);
  const own = object.attributes.get(name);
  if (own !== undefined) {
    if (own.kind === 'list' || own.kind === 'dict' || own.kind === 'set') openIfFilledElsewhere(object, own);
    return own;
  }
  if (found !== undefined && found.owner !== builtinObject) return bind(run, found.value, object, object.cls, place);
  if (name === '__class__') return object.cls;
  if (name === '__dict__') return attributeDict(object, mayHaveMore(object.cls));
  if (name === '__doc__' || name === '__module__') return unknown(undefined, 'str');
  if (!name.startsWith('__')) {
    const fallback = lookUpInClass(object.cls, '__getattr__');
    // A library's own look-up holds what is looked up here, too.
    if (fallback !== undefined && !fallback.owner.native) return run.interpreter.call({ kind: 'bound-method', self: object, callable: fallback.value }, argumentsOf([str(name)]), place);
    for (const base of object.cls.mro) {
      const value = base.missingAttribute?.(run.interpreter, object, name, place);
      if (value !== undefined) return value;
    }
  }
  if (found !== undefined) return bind(run, found.value, object, object.cls, place);
  return (mayHaveMore(object.cls) || mayHaveAnyAttribute(object)) && !name.startsWith('__') && !certainlyLacks(object, name) ? unknown() : undefined;
}

function classAttribute(run: Run, cls: ClassValue, name: string, place: Place): Value | undefined {
  if (name === '__name__' || name === '__qualname__') return str(cls.name);
  if (name === '__mro__') return tuple(cls.mro);
  if (name === '__bases__') return tuple(cls.bases);
  if (name === '__class__') return metaclassOf(run, cls);
  const found = lookUpInClass(cls, name);
  if (found === undefined || (name === '__doc__' && found.owner === builtinObject)) {
    if (name === '__dict__') return { kind: 'dict', entries: new Map([...cls.namespace].map(([key, value]) => [`s:${key}`, { key: str(key), value }])), open: cls.native };
    if (name === '__module__') return str(cls.qualifiedName.slice(0, Math.max(0, cls.qualifiedName.lastIndexOf('.'))));
    if (name === '__doc__') return unknown();
    if (name === '__annotations__') return { kind: 'dict', entries: new Map(), open: cls.native };
    const metaclass = metaclassOf(run, cls);
    const ofType = lookUpInClass(metaclass, name);
    if (ofType !== undefined && ofType.owner !== builtinObject) return bind(run, ofType.value, cls, metaclass, place);
    return (mayHaveMore(cls) || mayHaveMore(metaclass)) && !name.startsWith('__') ? unknown() : undefined;
  }
  switch (found.value.kind) {
    case 'function':
      // Class methods without saying so.
      return name === '__init_subclass__' || name === '__class_getitem__' ? { kind: 'bound-method', self: cls, callable: found.value } : found.value;
    case 'classmethod': return { kind: 'bound-method', self: cls, callable: found.value.callable };
    case 'staticmethod': return found.value.callable;
    default:
      if (recorders.length > 0) noteMember(name, found.value);
      return found.value;
  }
}

/** A member of a module that is written in Python may be set anew, one of a catalogue's only if it holds something that changes. */
function noted(module: ModuleValue, name: string, value: Value | undefined): Value | undefined {
  if (recorders.length > 0 && value !== undefined) {
    if (module.source === undefined) noteMember(name, value);
    else noteRead(module.members, undefined, name, value);
  }
  return value;
}

/** A method that the metaclass of the program gives its classes. */
export function metaclassMethod(run: Run, cls: ClassValue, name: string): Value | undefined {
  const found = lookUpInClass(metaclassOf(run, cls), name);
  return found === undefined || found.owner.native ? undefined : { kind: 'bound-method', self: cls, callable: found.value };
}

/** `type`, or the metaclass that a class or one of its bases names. */
export function metaclassOf(run: Run, cls: ClassValue): ClassValue {
  return namedMetaclass(cls) ?? run.interpreter.builtinClass('type');
}

function namedMetaclass(cls: ClassValue): ClassValue | undefined {
  for (const base of cls.mro) {
    const named = base.namespace.get('__metaclass__');
    if (named?.kind === 'class') return named;
  }
  return undefined;
}

function superAttribute(run: Run, object: Extract<Value, { kind: 'super' }>, name: string, place: Place): Value | undefined {
  const cls = object.self.kind === 'class' ? object.self : object.self.cls;
  if (cls === undefined) return unknown();
  // In a method of a metaclass `self` is the class that it makes or that is called.
  const ofMetaclass = object.self.kind === 'class' && !cls.mro.includes(object.after);
  const order = ofMetaclass ? metaclassOf(run, cls).mro : cls.mro;
  const rest = order.slice(order.indexOf(object.after) + 1);
  const pending = name === '__new__' && object.self.kind === 'class' ? pendingClass(cls) : undefined;
  if (pending !== undefined) return pending;
  for (const owner of rest) {
    const value = owner.namespace.get(name);
    if (value === undefined) continue;
    if (ofMetaclass) {
      if (!owner.native) return bind(run, value, cls, owner, place);
      if (name === '__call__') break;
      if (name === '__init__') return { kind: 'native', name, signature: undefined, isMethod: false, call: () => none };
    }
    if (object.self.kind === 'class') {
      if (value.kind === 'function' && (name === '__init_subclass__' || name === '__class_getitem__')) return { kind: 'bound-method', self: cls, callable: value };
      return value.kind === 'classmethod' ? { kind: 'bound-method', self: cls, callable: value.callable } : value.kind === 'staticmethod' ? value.callable : value;
    }
    return bind(run, value, object.self, cls, place);
  }
  if (name === '__call__' && ofMetaclass) return { kind: 'native', name, signature: undefined, isMethod: false, call: (call) => instantiatePlainly(run, cls, call.args.raw, call.place) };
  if (name === '__init__' || name === '__init_subclass__' || name === '__setattr__' || name === '__delattr__' || name === '__post_init__') return { kind: 'native', name, signature: undefined, isMethod: false, call: (call) => {
    if (name === '__setattr__' && object.self.kind === 'instance') {
      const [key, value] = call.args.rest;
      if (key?.value.kind === 'str' && value !== undefined) setInstanceAttribute(object.self, key.value.value, value.value);
    }
    if (name === '__delattr__' && object.self.kind === 'instance') {
      const [key] = call.args.rest;
      if (key?.value.kind === 'str') deleteInstanceAttribute(object.self, key.value.value);
    }
    return none;
  } };
  if (name === '__new__') return { kind: 'native', name, signature: undefined, isMethod: false, call: (call) => {
    const first = call.args.rest[0]?.value;
    return first?.kind === 'class' ? instance(first, { place: call.place }) : unknown();
  } };
  // What the library's base class has and the catalogue does not know.
  return object.after.hasUnknownBase || rest.some((base) => base.hasUnknownBase) ? unknown() : undefined;
}

/** `object.name = value`. */
export function setAttribute(run: Run, object: Value, name: string, value: Value, place: Place): void {
  switch (object.kind) {
    case 'instance': {
      const found = lookUpInClass(object.cls, name);
      if (found?.value.kind === 'property') {
        const setter = found.value.setter;
        if (setter !== undefined) run.interpreter.call(setter, argumentsOf([object, value], {}, place), place);
        else if (found.owner.native) setInstanceAttribute(object, name, value);
        return;
      }
      const custom = lookUpInClass(object.cls, '__setattr__');
      if (custom !== undefined && custom.owner !== builtinObject) {
        run.interpreter.call({ kind: 'bound-method', self: object, callable: custom.value }, argumentsOf([str(name), value], {}, place), place);
        return;
      }
      if (name === '__dict__') {
        if (value.kind !== 'dict' || value.open) openInstance(object);
        if (value.kind === 'dict') for (const entry of value.entries.values()) if (entry.key.kind === 'str') setInstanceAttribute(object, entry.key.value, entry.value);
        return;
      }
      setInstanceAttribute(object, name, value);
      return;
    }
    case 'class': if (!object.native) setClassAttribute(object, name, value); return;
    case 'module': memberOf(run, object, name, place); noteDefinitionChange(); setModuleMember(object, name, value); return;
    case 'function': setFunctionAttribute(object, name, value); return;
    case 'dict': {
      const custom = object.cls === undefined ? undefined : lookUpInClass(object.cls, '__setattr__');
      const linked = object.attributes?.get('__dict__');
      if (custom !== undefined && custom.owner !== builtinObject) run.interpreter.call(custom.value, argumentsOf([object, str(name), value], {}, place), place);
      else if (linked?.kind === 'dict') storeEntry(run.interpreter, linked, str(name), value, place);
      else setDictAttribute(object, name, value);
      return;
    }
    case 'bound-method': setAttribute(run, object.callable, name, value, place); return;
    case 'tensor': {
      const found = lookUpInClass(object.cls, name);
      if (found?.value.kind === 'property' && found.value.setter !== undefined) run.interpreter.call(found.value.setter, { ...argumentsOf([object]), positional: [{ value: object, place: undefined }, { value, place }] }, place);
      return;
    }
    default: return;
  }
}
