// The module copy. Containers and objects are copied with what they hold; functions, classes, modules and plain values are shared.
//
// A catalogue that keeps state in an object's slots (the layer behind a module) registers a hook for its base class: the copy's
// attributes are done when it is called, and its slots hold what the original's hold. It must not know those catalogues.
import { replayable } from '../../values/recorder.ts';
import type { Catalogue } from '../catalogue.ts';
import { lookUpInClass, nativeClass, nativeFunction } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { instance, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';

export interface CopyRequest {
  readonly interpreter: Interpreter;
  readonly original: InstanceValue;
  readonly copy: InstanceValue;
  readonly deep: boolean;
  /** Copies something that the original's slots hold: the same object gives the same copy. Gives it back when not deep. */
  readonly copyValue: (value: Value) => Value;
  readonly place: Place;
}
const hooks = new WeakMap<ClassValue, (request: CopyRequest) => void>();

/** Called for each copied instance of the class or its subclasses; the nearest class's hook wins. */
export function registerDeepCopy(cls: ClassValue, hook: (request: CopyRequest) => void): void {
  hooks.set(cls, hook);
}

const deepest = 200;

/** `copy.deepcopy(value)`. `memo` says what was copied already. */
export function deepCopy(interpreter: Interpreter, value: Value, place: Place, memo: Map<Value, Value> = new Map(), depth = 0): Value {
  const known = memo.get(value);
  if (known !== undefined) return known;
  if (depth > deepest) return unknown();
  const inner = (one: Value): Value => deepCopy(interpreter, one, place, memo, depth + 1);
  switch (value.kind) {
    case 'tuple': {
      const items = value.items.map(inner);
      return items.every((item, at) => item === value.items[at]) ? value : { ...value, items };
    }
    case 'list': {
      const made: Value = { ...value, items: [] };
      memo.set(value, made);
      made.items = value.items.map(inner);
      return made;
    }
    case 'dict': {
      const made: Value = { ...value, entries: new Map(), attributes: undefined };
      memo.set(value, made);
      for (const entry of value.entries.values()) {
        const key = inner(entry.key);
        made.entries.set(dictKey(key) ?? '', { key, value: inner(entry.value) });
      }
      if (value.attributes !== undefined) made.attributes = new Map([...value.attributes].map(([name, one]) => [name, inner(one)]));
      return made;
    }
    case 'set':
      return { ...value, entries: new Map([...value.entries.values()].map(inner).map((item) => [dictKey(item) ?? '', item])) };
    case 'tensor': {
      const made = { ...value };
      memo.set(value, made);
      return made;
    }
    case 'instance': {
      // Members of an enumeration are single objects.
      if (value.cls.namespace.has('_member_map_')) return value;
      const own = lookUpInClass(value.cls, '__deepcopy__');
      if (own !== undefined) return interpreter.callMethod(value, '__deepcopy__', [{ kind: 'dict', entries: new Map(), open: true }], place);
      const made = instance(value.cls, value.origin);
      memo.set(value, made);
      for (const [name, one] of value.attributes) made.attributes.set(name, inner(one));
      finish({ interpreter, original: value, copy: made, deep: true, copyValue: inner, place });
      return made;
    }
    case 'bound-method': {
      const self = inner(value.self);
      return self === value.self ? value : { ...value, self };
    }
    default:
      return value;
  }
}

/** `copy.copy(value)`. */
export function shallowCopy(interpreter: Interpreter, value: Value, place: Place): Value {
  switch (value.kind) {
    case 'list':
      return { ...value, items: [...value.items] };
    case 'dict':
      return { ...value, entries: new Map(value.entries), attributes: value.attributes && new Map(value.attributes) };
    case 'set':
      return value.frozen ? value : { ...value, entries: new Map(value.entries) };
    case 'tensor':
      return { ...value };
    case 'instance': {
      if (value.cls.namespace.has('_member_map_')) return value;
      if (lookUpInClass(value.cls, '__copy__') !== undefined) return interpreter.callMethod(value, '__copy__', [], place);
      const made = instance(value.cls, value.origin);
      for (const [name, one] of value.attributes) made.attributes.set(name, one);
      finish({ interpreter, original: value, copy: made, deep: false, copyValue: (one) => one, place });
      return made;
    }
    default:
      return value;
  }
}

function finish(request: CopyRequest): void {
  for (const [key, content] of request.original.slots) request.copy.slots.set(key, content);
  for (const cls of request.original.cls.mro) {
    const hook = hooks.get(cls);
    if (hook !== undefined) {
      hook(request);
      return;
    }
  }
}

const exception = builtinClasses['Exception'];

export const copyModules: Catalogue['modules'] = {
  copy: () => ({
    deepcopy: nativeFunction('deepcopy', 'x, memo=None, _nil=None', ({ interpreter, args, place }) => deepCopy(interpreter, args.get('x'), place)),
    ...replayable({ copy: nativeFunction('copy', 'x', ({ interpreter, args, place }) => shallowCopy(interpreter, args.get('x'), place)) }),
    Error: nativeClass({ name: 'Error', qualifiedName: 'copy.Error', ...(exception === undefined ? {} : { bases: [exception] }) }),
  }),
};
