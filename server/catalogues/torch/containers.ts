// nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict: modules and parameters kept in order, by position or name.
// It must not know any other module.
import { markReplayable } from '../../values/recorder.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeMethod } from '../../values/classes.ts';
import { deleteInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { message } from '../../values/place.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, int, iterator, list, none, str, tuple, unknown } from '../../values/value.ts';
import { asTorchTensor } from './library.ts';
import { registerModuleClass } from './construction.ts';
import { beginModule, makeModuleClass, moduleClass } from './module-class.ts';
import { callModule } from './module-call.ts';
import { isModule, markOpen, membersOf, moduleSlot, presentAsModel, registerMember } from './module-state.ts';
import { isParameter, parameterFrom } from './parameters.ts';

function method(name: string, signature: string, body: (self: InstanceValue, call: NativeCall) => Value): [string, Value] {
  return [
    name,
    nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
      const self = call.args.get('self');
      return self.kind === 'instance' && moduleSlot.get(self) !== undefined ? body(self, call) : unknown();
    }),
  ];
}

function begin(call: NativeCall): InstanceValue | undefined {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return undefined;
  beginModule(call, self);
  const state = moduleSlot.get(self);
  if (state !== undefined) presentAsModel(call.interpreter, state);
  return self;
}

function refuseMember(call: NativeCall, self: InstanceValue, value: Value): void {
  if (value.kind === 'unknown' || value.kind === 'none') return;
  // A class of the program whose constructor was not followed is no known module, and no known fault.
  if (value.kind === 'instance' && value.cls.mro.some((cls) => cls === moduleClass || (!cls.native && cls.hasUnknownBase))) return;
  call.interpreter.refuse({
    rule: 'invalid-argument',
    exception: 'TypeError',
    place: call.place,
    layer: moduleSlot.get(self)?.layer,
    message:
      value.kind === 'class'
        ? message('{container} holds modules: {cls} is the class, call it to make a module', { container: self.cls.name, cls: value.name })
        : message('{container} holds modules, got {kind}', { container: self.cls.name, kind: call.interpreter.typeOf(value)?.name ?? value.kind }),
  });
}

/** Appends; something unknown leaves the container open. */
function append(call: NativeCall, self: InstanceValue, value: Value): void {
  refuseMember(call, self, value);
  registerMember(call.interpreter, self, String(membersOf(self).length), value);
}

function appendAll(call: NativeCall, self: InstanceValue, values: Value): void {
  const iteration = call.interpreter.iterate(values, call.place);
  for (const value of iteration.items) append(call, self, value);
  if (!iteration.exact) markOpen(self);
}

function replaceAll(interpreter: Interpreter, self: InstanceValue, values: readonly Value[]): void {
  for (const [name] of membersOf(self)) deleteInstanceAttribute(self, name);
  for (const [at, value] of values.entries()) registerMember(interpreter, self, String(at), value);
}

function isOpen(self: InstanceValue): boolean {
  return moduleSlot.get(self)?.layer.incomplete === true;
}

function values(self: InstanceValue): Value[] {
  return membersOf(self).map(([, value]) => value);
}

/** The member at a position; undefined where it is not known. */
function position(call: NativeCall, self: InstanceValue, index: Value): number | undefined {
  if (index.kind !== 'int' || typeof index.value !== 'number') return undefined;
  const size = membersOf(self).length;
  const at = index.value < 0 ? size + index.value : index.value;
  if (at >= 0 && at < size) return at;
  if (!isOpen(self))
    call.interpreter.raise(
      'IndexError',
      message('index {index} is out of range: {container} holds {size} modules', { index: index.value, container: self.cls.name, size }),
      call.place,
    );
  return undefined;
}

function slice(call: NativeCall, self: InstanceValue, index: Value): Value {
  const items = call.interpreter.getItem(tuple(membersOf(self).map(([name, value]) => tuple([str(name), value]))), index, call.place);
  if (items.kind !== 'tuple' || isOpen(self)) return unknown();
  const chosen = items.items.flatMap((item) => (item.kind === 'tuple' ? [item.items] : []));
  const cls = self.cls.native ? self.cls : (self.cls.mro.find((one) => one.native) ?? self.cls);
  if (cls.name === 'Sequential' && membersOf(self).some(([name], at) => name !== String(at))) {
    return call.interpreter.call(
      cls,
      argumentsOf([
        {
          kind: 'dict',
          open: false,
          entries: new Map(chosen.map(([key, value]) => [`s:${key?.kind === 'str' ? key.value : ''}`, { key: key ?? none, value: value ?? none }])),
        },
      ]),
      call.place,
    );
  }
  const modules = chosen.map(([, value]) => value ?? none);
  return call.interpreter.call(cls, argumentsOf(cls.name === 'Sequential' ? modules : [list(modules)]), call.place);
}

const listMembers: Record<string, Value> = Object.fromEntries([
  method('__len__', '', (self) => (isOpen(self) ? unknown(undefined, 'int') : int(membersOf(self).length))),
  method('__iter__', '', (self) => iterator(() => ({ items: values(self), exact: !isOpen(self) }))),
  method('__contains__', 'value', (self, call) => (isOpen(self) ? unknown(undefined, 'bool') : bool(values(self).includes(call.args.get('value'))))),
  method('__getitem__', 'idx', (self, call) => {
    const index = call.args.get('idx');
    if (index.kind === 'slice') return slice(call, self, index);
    const at = position(call, self, index);
    if (at !== undefined) return membersOf(self)[at]?.[1] ?? unknown();
    // Which one is not known; they may all be alike.
    const [first, ...others] = values(self);
    return first !== undefined && others.length === 0 ? first : unknown();
  }),
  method('__setitem__', 'idx, module', (self, call) => {
    const at = position(call, self, call.args.get('idx'));
    const name = at === undefined ? undefined : membersOf(self)[at]?.[0];
    if (name === undefined) markOpen(self);
    else registerMember(call.interpreter, self, name, call.args.get('module'));
    return none;
  }),
  method('__delitem__', 'idx', (self, call) => {
    const index = call.args.get('idx');
    const at = index.kind === 'slice' ? undefined : position(call, self, index);
    if (at === undefined) {
      const kept = index.kind === 'slice' ? call.interpreter.getItem(tuple(values(self)), index, call.place) : unknown();
      if (kept.kind === 'tuple' && !isOpen(self))
        replaceAll(
          call.interpreter,
          self,
          values(self).filter((value) => !kept.items.includes(value)),
        );
      else markOpen(self);
    } else
      replaceAll(
        call.interpreter,
        self,
        values(self).filter((_, position) => position !== at),
      );
    return none;
  }),
  method('append', 'module', (self, call) => {
    append(call, self, call.args.get('module'));
    return self;
  }),
  method('extend', 'modules', (self, call) => {
    appendAll(call, self, call.args.get('modules'));
    return self;
  }),
  method('insert', 'index, module', (self, call) => {
    const index = call.args.number('index');
    if (index === undefined) {
      markOpen(self);
      return none;
    }
    const all = values(self);
    all.splice(index < 0 ? Math.max(0, all.length + index) : index, 0, call.args.get('module'));
    replaceAll(call.interpreter, self, all);
    return none;
  }),
  method('pop', 'key=-1', (self, call) => {
    const at = position(call, self, call.args.get('key'));
    if (at === undefined) {
      markOpen(self);
      return unknown();
    }
    const all = values(self);
    const [taken] = all.splice(at, 1);
    replaceAll(call.interpreter, self, all);
    return taken ?? unknown();
  }),
  method('__iadd__', 'modules', (self, call) => {
    appendAll(call, self, call.args.get('modules'));
    return self;
  }),
  method('__add__', 'other', (self, call) => {
    const other = call.args.get('other');
    const all = [...values(self), ...call.interpreter.iterate(other, call.place).items];
    return isOpen(self) || other.kind === 'unknown'
      ? unknown()
      : call.interpreter.call(self.cls, argumentsOf(self.cls.name === 'Sequential' ? all : [list(all)]), call.place);
  }),
]);

export const moduleListClass = makeModuleClass('ModuleList', {
  ...listMembers,
  __init__: nativeMethod('ModuleList', 'self, modules=None', (call) => {
    const self = begin(call);
    if (self !== undefined && !call.args.isNone('modules')) appendAll(call, self, call.args.get('modules'));
    return none;
  }),
});

export const sequentialClass = makeModuleClass('Sequential', {
  ...listMembers,
  __init__: nativeMethod('Sequential', 'self, *args', (call) => {
    const self = begin(call);
    if (self === undefined) return none;
    const [only, ...more] = call.args.rest;
    if (only?.value.kind === 'dict' && more.length === 0) {
      for (const entry of only.value.entries.values())
        if (entry.key.kind === 'str') registerMember(call.interpreter, self, entry.key.value, entry.value);
      if (only.value.open) markOpen(self);
      return none;
    }
    for (const argument of call.args.rest) append({ ...call, place: argument.place ?? call.place }, self, argument.value);
    if (call.args.openPositional) markOpen(self);
    return none;
  }),
  forward: nativeMethod('forward', 'self, input', (call) => {
    const self = call.args.get('self');
    let value = call.args.get('input');
    if (self.kind !== 'instance' || isOpen(self)) return unknown();
    for (const [, member] of membersOf(self)) {
      value = isModule(member)
        ? callModule(call.interpreter, member, argumentsOf([value]), call.place, 'nowhere')
        : call.interpreter.call(member, argumentsOf([value]), call.place);
    }
    return value;
  }),
});

function entriesOf(call: NativeCall, value: Value): { readonly pairs: readonly (readonly [string, Value])[]; readonly exact: boolean } {
  if (value.kind === 'dict')
    return {
      pairs: [...value.entries.values()].flatMap((entry) => (entry.key.kind === 'str' ? [[entry.key.value, entry.value] as const] : [])),
      exact: !value.open,
    };
  if (isModule(value)) return { pairs: membersOf(value), exact: !isOpen(value) };
  const iteration = call.interpreter.iterate(value, call.place);
  const pairs = iteration.items.flatMap((item) => {
    const [key, member] = item.kind === 'tuple' || item.kind === 'list' ? item.items : [];
    return key?.kind === 'str' && member !== undefined ? [[key.value, member] as const] : [];
  });
  return { pairs, exact: iteration.exact && pairs.length === iteration.items.length };
}

function update(call: NativeCall, self: InstanceValue, value: Value, convert: (value: Value) => Value): void {
  const { pairs, exact } = entriesOf(call, value);
  for (const [name, member] of pairs) registerMember(call.interpreter, self, name, convert(member));
  if (!exact) markOpen(self);
}

function dictMembers(convert: (interpreter: Interpreter, value: Value) => Value): Record<string, Value> {
  const key = (call: NativeCall): string | undefined => call.args.str('key');
  return Object.fromEntries([
    method('__len__', '', (self) => (isOpen(self) ? unknown(undefined, 'int') : int(membersOf(self).length))),
    method('__iter__', '', (self) => iterator(() => ({ items: membersOf(self).map(([name]) => str(name)), exact: !isOpen(self) }))),
    method('__contains__', 'key', (self, call) => {
      const name = key(call);
      return name === undefined || (isOpen(self) && !membersOf(self).some(([one]) => one === name))
        ? unknown(undefined, 'bool')
        : bool(membersOf(self).some(([one]) => one === name));
    }),
    method('__getitem__', 'key', (self, call) => {
      const name = key(call);
      const found = name === undefined ? undefined : membersOf(self).find(([one]) => one === name)?.[1];
      if (found !== undefined) return found;
      return name === undefined || isOpen(self) ? unknown() : call.interpreter.raise('KeyError', message("'{name}'", { name }), call.place);
    }),
    method('get', 'key, default=None', (self, call) => {
      const name = key(call);
      const found = name === undefined ? undefined : membersOf(self).find(([one]) => one === name)?.[1];
      return found ?? (name === undefined || isOpen(self) ? unknown() : call.args.get('default'));
    }),
    method('__setitem__', 'key, module', (self, call) => {
      const name = key(call);
      if (name === undefined) markOpen(self);
      else registerMember(call.interpreter, self, name, convert(call.interpreter, call.args.get('module')));
      return none;
    }),
    method('__delitem__', 'key', (self, call) => {
      const name = key(call);
      if (name === undefined) markOpen(self);
      else deleteInstanceAttribute(self, name);
      return none;
    }),
    method('pop', 'key', (self, call) => {
      const name = key(call);
      const found = name === undefined ? undefined : membersOf(self).find(([one]) => one === name)?.[1];
      if (name === undefined) markOpen(self);
      else deleteInstanceAttribute(self, name);
      return found ?? unknown();
    }),
    method('clear', '', (self) => {
      for (const [name] of membersOf(self)) deleteInstanceAttribute(self, name);
      return none;
    }),
    method('keys', '', (self) => iterator(() => ({ items: membersOf(self).map(([name]) => str(name)), exact: !isOpen(self) }))),
    method('values', '', (self) => iterator(() => ({ items: values(self), exact: !isOpen(self) }))),
    method('items', '', (self) =>
      iterator(() => ({ items: membersOf(self).map(([name, value]) => tuple([str(name), value])), exact: !isOpen(self) })),
    ),
    method('update', 'modules', (self, call) => {
      update(call, self, call.args.get('modules'), (value) => convert(call.interpreter, value));
      return none;
    }),
  ]);
}

export const moduleDictClass = makeModuleClass('ModuleDict', {
  ...dictMembers((_, value) => value),
  __init__: nativeMethod('ModuleDict', 'self, modules=None', (call) => {
    const self = begin(call);
    if (self !== undefined && !call.args.isNone('modules')) update(call, self, call.args.get('modules'), (value) => value);
    return none;
  }),
});

/** Tensors become parameters; anything else stays what it is. */
function asParameter(interpreter: Interpreter, value: Value): Value {
  if (value.kind !== 'tensor' || isParameter(value)) return value;
  const tensor = asTorchTensor(interpreter, value);
  return tensor === undefined ? value : parameterFrom(tensor, true);
}

export const parameterDictClass = makeModuleClass('ParameterDict', {
  ...dictMembers(asParameter),
  __init__: nativeMethod('ParameterDict', 'self, parameters=None', (call) => {
    const self = begin(call);
    if (self !== undefined && !call.args.isNone('parameters'))
      update(call, self, call.args.get('parameters'), (value) => asParameter(call.interpreter, value));
    return none;
  }),
});

function appendParameters(call: NativeCall, self: InstanceValue, given: Value): void {
  const iteration = call.interpreter.iterate(given, call.place);
  for (const value of iteration.items) registerMember(call.interpreter, self, String(membersOf(self).length), asParameter(call.interpreter, value));
  if (!iteration.exact) markOpen(self);
}

export const parameterListClass = makeModuleClass('ParameterList', {
  ...listMembers,
  __init__: nativeMethod('ParameterList', 'self, values=None', (call) => {
    const self = begin(call);
    if (self !== undefined && !call.args.isNone('values')) appendParameters(call, self, call.args.get('values'));
    return none;
  }),
  ...Object.fromEntries([
    method('append', 'value', (self, call) => {
      registerMember(call.interpreter, self, String(membersOf(self).length), asParameter(call.interpreter, call.args.get('value')));
      return self;
    }),
    method('extend', 'values', (self, call) => {
      appendParameters(call, self, call.args.get('values'));
      return self;
    }),
    method('__iadd__', 'values', (self, call) => {
      appendParameters(call, self, call.args.get('values'));
      return self;
    }),
  ]),
});

export const containerClasses: readonly ClassValue[] = [sequentialClass, moduleListClass, moduleDictClass, parameterListClass, parameterDictClass];
for (const cls of containerClasses) registerModuleClass(cls);

for (const cls of [moduleListClass, sequentialClass, moduleDictClass, parameterDictClass, parameterListClass]) markReplayable(...cls.namespace.values());
