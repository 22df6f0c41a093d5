// Names and targets: look-up through scopes, assignment, unpacking, deletion. It must not know any library.
import type { Expression, Name } from '../syntax/ast.ts';
import { deleteItemBuiltin } from '../catalogues/python/operators.ts';
import { mirroredDict } from '../values/attribute-dict.ts';
import { deleteInstanceAttribute, deleteVariable, setModuleMember, setVariable } from '../values/heap.ts';
import { lookUpInClass } from '../values/classes.ts';
import type { Place } from '../values/place.ts';
import { failRecorders, noteRead, recorders } from '../values/recorder.ts';
import { message } from '../values/place.ts';
import type { InstanceValue, ModuleValue, Scope, Value } from '../values/value.ts';
import { list, str, unknown } from '../values/value.ts';
import { mayHaveMore } from './classes.ts';
import { evaluate } from './expressions.ts';
import { lazyGlobal } from './imports.ts';
import { recordValue } from './recording.ts';
import type { Run } from './run.ts';
import { currentFrame, placeOf } from './run.ts';

/** The value of a name as Python's scopes find it; undefined where it has none. */
export function lookUpName(run: Run, name: string): Value | undefined {
  const frame = currentFrame(run);
  let scope: Scope | undefined = frame.scope;
  const declared = scope.declared?.get(name);
  if (declared === 'global') scope = moduleScope(scope);
  else if (declared === 'nonlocal') scope = scope.parent;
  let first = true;
  while (scope !== undefined) {
    // A class body's names are seen by the body alone, not by the functions in it.
    if (scope.kind !== 'class' || first) {
      const value = scope.variables.get(name) ?? (scope.kind === 'module' ? lazyGlobal(run, scope, name) : undefined);
      if (value !== undefined) {
        if (recorders.length > 0) noteRead(scope.variables, scope.birth, name, value);
        return value;
      }
    }
    first = false;
    scope = scope.parent;
  }
  if (name === '__class__') return run.frames.findLast((one) => one.definingClass !== undefined)?.definingClass;
  return run.builtins.variables.get(name);
}

function moduleScope(scope: Scope): Scope {
  let at = scope;
  while (at.kind !== 'module' && at.parent !== undefined) at = at.parent;
  return at;
}

/** The names of a scope as a dict. Writes into those of a module are bound there; a function's stay in the dict, as in Python. */
export function namesAsDict(inner: Scope, which: 'locals' | 'globals'): Value {
  failRecorders('takes the names as a dict');
  const scope = which === 'globals' ? moduleScope(inner) : inner;
  const entries = new Map([...scope.variables].map(([name, value]) => [`s:${name}`, { key: str(name), value }]));
  if (scope.kind !== 'module') return { kind: 'dict', entries, open: scope.open };
  // A module may hold more: what it imports is looked at when it is asked for.
  return mirroredDict(entries, true, {
    set: (name, value) => {
      setVariable(scope, name, value);
      const module = moduleOfScope.get(scope);
      if (module !== undefined) setModuleMember(module, name, value);
    },
    remove: (name) => { deleteVariable(scope, name); },
    open: () => { scope.open = true; },
  });
}

export function bindName(run: Run, name: string, value: Value, takes: (scope: Scope) => boolean = () => true): void {
  let scope: Scope = currentFrame(run).scope;
  while (!takes(scope) && scope.parent !== undefined) scope = scope.parent;
  const declared = scope.declared?.get(name);
  if (declared === 'global') scope = moduleScope(scope);
  else if (declared === 'nonlocal') {
    for (let at = scope.parent; at !== undefined; at = at.parent) {
      if (at.kind !== 'class' && at.variables.has(name)) { scope = at; break; }
    }
  }
  setVariable(scope, name, value);
  const module = scope.kind === 'module' ? moduleOfScope.get(scope) : undefined;
  if (module !== undefined) setModuleMember(module, name, value);
}

/** The module whose global names a scope holds, so that `import` elsewhere sees them. */
export const moduleOfScope = new WeakMap<Scope, ModuleValue>();

/** `name := value`: inside a comprehension it binds outside of it. */
export function bindWalrus(run: Run, target: Name, value: Value): void {
  bindName(run, target.id, value, (scope) => scope.kind !== 'comprehension');
  recordValue(run, target, target.id, value, 'target');
}

/** Assigns to a target as `target = value` does. */
export function assign(run: Run, target: Expression, value: Value): void {
  switch (target.kind) {
    case 'Name': {
      bindName(run, target.id, value);
      recordValue(run, target, target.id, value, 'target');
      return;
    }
    case 'Attribute': {
      const object = evaluate(run, target.object);
      run.interpreter.setAttribute(object, target.name.text, value, placeOf(run, target));
      recordValue(run, target.name, target.name.text, value, 'target');
      return;
    }
    case 'Subscript': {
      const object = evaluate(run, target.object);
      run.interpreter.setItem(object, evaluate(run, target.index), value, placeOf(run, target));
      return;
    }
    case 'Tuple': case 'List': unpack(run, target.elements, value, target); return;
    case 'Starred': assign(run, target.value, value); return;
    default: return;
  }
}

function unpack(run: Run, targets: readonly Expression[], value: Value, node: Expression): void {
  const iteration = run.interpreter.iterate(value, placeOf(run, node));
  if (!iteration.exact) {
    const representative = iteration.items.length === 1 ? iteration.items[0] : undefined;
    for (const target of targets) {
      if (target.kind === 'Starred') assign(run, target.value, list(representative === undefined ? [] : [representative], true));
      else assign(run, target, representative ?? unknown());
    }
    return;
  }
  const items = iteration.items;
  const starAt = targets.findIndex((target) => target.kind === 'Starred');
  if (starAt < 0 ? items.length !== targets.length : items.length < targets.length - 1) {
    if (items.length < targets.length) {
      run.interpreter.raise('ValueError', message('not enough values to unpack (expected {expected}, got {actual})', { expected: targets.length, actual: items.length }), placeOf(run, node));
    }
    run.interpreter.raise('ValueError', message('too many values to unpack (expected {expected})', { expected: targets.length }), placeOf(run, node));
  }
  const behind = starAt < 0 ? 0 : targets.length - starAt - 1;
  for (const [at, target] of targets.entries()) {
    if (at === starAt) assign(run, target, list(items.slice(at, items.length - behind)));
    else assign(run, target, items[starAt >= 0 && at > starAt ? items.length - targets.length + at : at] ?? unknown());
  }
}

/** `del object.name`. */
export function deleteAttribute(run: Run, object: InstanceValue, name: string, place: Place): void {
  const custom = lookUpInClass(object.cls, '__delattr__');
  if (custom !== undefined && !custom.owner.native) run.interpreter.callMethod(object, '__delattr__', [str(name)], place);
  else if (!deleteInstanceAttribute(object, name) && lookUpInClass(object.cls, name) === undefined && !mayHaveMore(object.cls)) {
    run.interpreter.raise('AttributeError', message("'{cls}' object has no attribute '{name}'", { cls: object.cls.name, name }), place);
  }
}

/** `del target`. */
export function remove(run: Run, target: Expression): void {
  switch (target.kind) {
    case 'Name': deleteVariable(currentFrame(run).scope, target.id); return;
    case 'Attribute': {
      const object = evaluate(run, target.object);
      if (object.kind === 'instance') deleteAttribute(run, object, target.name.text, placeOf(run, target));
      return;
    }
    case 'Subscript': {
      const object = evaluate(run, target.object);
      const index = evaluate(run, target.index);
      const place = placeOf(run, target);
      if (object.kind === 'list' || object.kind === 'dict') { deleteItemBuiltin(run.interpreter, object, index, place); return; }
      const method = run.interpreter.lookUpAttribute(object, '__delitem__', place);
      if (method !== undefined) run.interpreter.callMethod(object, '__delitem__', [index], place);
      return;
    }
    case 'Tuple': case 'List': for (const element of target.elements) remove(run, element); return;
    default: return;
  }
}
