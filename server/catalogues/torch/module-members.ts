// What a program may read of a module and do with it besides calling it: parameters, modules, buffers, modes, hooks.
// It must not know what any module computes.
import { markReplayable } from '../../values/recorder.ts';
import { type DType, isFloating } from '../../tensors/dtype.ts';
import { nativeMethod, nativeProperty } from '../../values/classes.ts';
import { mirroredDict } from '../../values/attribute-dict.ts';
import { deleteInstanceAttribute, setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { mayLackAny, mayLackAttribute } from '../../values/maybe-attributes.ts';
import { registerHandingOut } from '../../values/handing-out.ts';
import { message } from '../../values/place.ts';
import type { DictEntry, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, iterator, none, str, tuple, unknown } from '../../values/value.ts';
import { castingFloats, castingRealFloats, castModule } from './casting.ts';
import { emptyHandle, registerHook } from './hooks.ts';
import { registerBuffer } from './module-call.ts';
import { moduleClass } from './module-class.ts';
import type { ModuleState } from './module-state.ts';
import {
  childrenOf,
  isModule,
  isPersistentBuffer,
  markOpen,
  mayHoldParameters,
  moduleSlot,
  namedModules,
  namedParameters,
  ownBuffers,
  ownParameters,
  registerMember,
} from './module-state.ts';
import { isParameter, parameterSlot } from './parameters.ts';
import { typeOfName, typeOfTo } from './operations/conversion.ts';
import { loadStateDict, noteStateHook, stateDict } from './state-dict.ts';
import { recordTraining } from './training-events.ts';

type Body = (self: InstanceValue, state: ModuleState, call: NativeCall) => Value;

function method(name: string, signature: string, body: Body): Value {
  return nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
    const self = call.args.get('self');
    const state = moduleSlot.get(self);
    return self.kind === 'instance' && state !== undefined ? body(self, state, call) : unknown();
  });
}

type Belongs = (value: Value) => boolean;

/** An iterator over items that are found when it is first asked; not exact where the module may hold more, or less, of what `belongs` says. */
function iterating(self: InstanceValue, items: () => readonly Value[], belongs: Belongs): Value {
  return iterator(() => ({ items: items(), exact: !isIncomplete(self, belongs) }), 'generator');
}

/** A module made in a loop over nobody knows what may stand there or not. */
function isIncomplete(self: InstanceValue, belongs: Belongs = isModule): boolean {
  return namedModules(self).some(
    ([, module]) =>
      moduleSlot.get(module)?.layer.incomplete === true ||
      (mayLackAny(module) && [...module.attributes].some(([name, value]) => belongs(value) && mayLackAttribute(module, name))),
  );
}

function prefixed(prefix: string, name: string): Value {
  return str(prefix === '' ? name : name === '' ? prefix : `${prefix}.${name}`);
}

/** `recurse=False`: its own alone. */
function parametersOf(self: InstanceValue, call: NativeCall): (readonly [string, Value])[] {
  return call.args.flag('recurse') === false ? [...ownParameters(self)] : namedParameters(self);
}

function buffersOf(self: InstanceValue, call: NativeCall): [string, Value][] {
  const modules = call.args.flag('recurse') === false ? [['', self] as const] : namedModules(self);
  return modules.flatMap(([prefix, module]) =>
    ownBuffers(module).map(([name, value]): [string, Value] => [prefix === '' ? name : `${prefix}.${name}`, value]),
  );
}

const floatCasts: Readonly<Record<string, DType>> = { float: 'float32', double: 'float64', half: 'float16', bfloat16: 'bfloat16' };

/** `module.to(…)` takes no types but those with fractions. */
const castTo: Body = (self, _state, call) => {
  const dtype = typeOfTo(call.args);
  if (dtype === 'none') return self;
  if (dtype !== undefined && !isFloating(dtype) && !dtype.startsWith('complex')) {
    call.interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'TypeError',
      place: call.args.rest[0]?.place ?? call.place,
      layer: moduleSlot.get(self)?.layer,
      message: message('{cls}.to takes floating-point or complex types only, got {dtype}', { cls: self.cls.name, dtype }),
    });
    return self;
  }
  castModule(self, castingFloats(dtype));
  return self;
};

/** A module of a mode or place: the same object. */
const same: Body = (self) => self;

function setMode(self: InstanceValue, training: Value): void {
  for (const [, module] of namedModules(self)) setInstanceAttribute(module, 'training', training);
}

function freeze(self: InstanceValue, trainable: boolean): void {
  for (const [, parameter] of namedParameters(self)) {
    const weight = parameterSlot.get(parameter);
    if (weight !== undefined) Object.assign(weight, { trainable, isSwitched: true });
  }
}

function submodule(self: InstanceValue, path: string): Value | undefined {
  let current: Value = self;
  for (const part of path === '' ? [] : path.split('.')) {
    const next: Value | undefined = isModule(current) ? current.attributes.get(part) : undefined;
    if (next === undefined) return undefined;
    current = next;
  }
  return current;
}

const handle: Body = () => emptyHandle();

const methods: readonly Value[] = [
  method('forward', '*input', () => unknown()),
  method('parameters', 'recurse=True', (self, _state, call) =>
    iterating(self, () => parametersOf(self, call).map(([, value]) => value), mayHoldParameters),
  ),
  method('named_parameters', "prefix='', recurse=True, remove_duplicate=True", (self, _state, call) =>
    iterating(
      self,
      () => parametersOf(self, call).map(([name, value]) => tuple([prefixed(call.args.str('prefix') ?? '', name), value])),
      mayHoldParameters,
    ),
  ),
  method('buffers', 'recurse=True', (self, _state, call) => iterating(self, () => buffersOf(self, call).map(([, value]) => value), isModule)),
  method('named_buffers', "prefix='', recurse=True, remove_duplicate=True", (self, _state, call) =>
    iterating(self, () => buffersOf(self, call).map(([name, value]) => tuple([prefixed(call.args.str('prefix') ?? '', name), value])), isModule),
  ),
  method('children', '', (self) => iterating(self, () => [...new Set(childrenOf(self).map(([, child]) => child))], isModule)),
  method('named_children', '', (self) => iterating(self, () => childrenOf(self).map(([name, child]) => tuple([str(name), child])), isModule)),
  method('modules', '', (self) => iterating(self, () => namedModules(self).map(([, module]) => module), isModule)),
  method('named_modules', "memo=None, prefix='', remove_duplicate=True", (self, _state, call) =>
    iterating(self, () => namedModules(self).map(([name, module]) => tuple([prefixed(call.args.str('prefix') ?? '', name), module])), isModule),
  ),
  method('state_dict', "*args, destination=None, prefix='', keep_vars=False", (self, _state, call) => stateDict(self, call.args.str('prefix') ?? '')),
  method('load_state_dict', 'state_dict, strict=True, assign=False', (self, _state, call) => loadStateDict(call, self)),
  method('register_buffer', 'name, tensor, persistent=True', (self, _state, call) => {
    const name = call.args.str('name');
    if (name !== undefined) registerBuffer(call.interpreter, self, name, call.args.get('tensor'), call.args.flag('persistent') ?? true);
    return none;
  }),
  method('register_parameter', 'name, param', (self, _state, call) => {
    const name = call.args.str('name');
    if (name !== undefined) registerMember(call.interpreter, self, name, call.args.get('param'));
    return none;
  }),
  method('add_module', 'name, module', addModule),
  method('register_module', 'name, module', addModule),
  method('set_submodule', 'target, module, strict=False', (self, _state, call) => {
    const path = call.args.str('target')?.split('.') ?? [];
    const parent = submodule(self, path.slice(0, -1).join('.'));
    const name = path.at(-1);
    if (isModule(parent) && name !== undefined) registerMember(call.interpreter, parent, name, call.args.get('module'));
    return none;
  }),
  method('get_submodule', 'target', (self, _state, call) => found(self, call)),
  method('get_parameter', 'target', (self, _state, call) => found(self, call)),
  method('get_buffer', 'target', (self, _state, call) => found(self, call)),
  method('apply', 'fn', (self, _state, call) => {
    // Modules inside come before the one that holds them, and the module itself last.
    const visit = (module: InstanceValue): void => {
      for (const [, child] of childrenOf(module)) visit(child);
      call.interpreter.call(call.args.get('fn'), argumentsOf([module]), call.place);
    };
    visit(self);
    return self;
  }),
  method('train', 'mode=True', (self, _state, call) => {
    const mode = call.args.get('mode');
    setMode(self, mode);
    if (mode.kind === 'bool') recordTraining(call.interpreter, mode.value ? 'train' : 'eval', self, call.place);
    return self;
  }),
  method('eval', '', (self, _state, call) => {
    setMode(self, bool(false));
    recordTraining(call.interpreter, 'eval', self, call.place);
    return self;
  }),
  method('requires_grad_', 'requires_grad=True', (self, _state, call) => {
    freeze(self, call.args.flag('requires_grad') ?? true);
    return self;
  }),
  method('zero_grad', 'set_to_none=True', (self, _state, call) => {
    recordTraining(call.interpreter, 'zero_grad', self, call.place);
    return none;
  }),
  method('extra_repr', '', () => str('')),
  method('_get_name', '', (self) => str(self.cls.name)),
  method('compile', '*args, **kwargs', () => none),
  method('get_extra_state', '', () => unknown()),
  method('set_extra_state', 'state', () => none),
  method('to', '*args, **kwargs', castTo),
  method('type', 'dst_type', (self, _state, call) => {
    const dtype = typeOfName(call.args.get('dst_type'));
    castModule(self, () => dtype);
    return self;
  }),
  ...Object.entries(floatCasts).map(([name, dtype]) =>
    method(name, '', (self) => {
      castModule(self, castingRealFloats(dtype));
      return self;
    }),
  ),
  ...['to_empty', 'share_memory', 'cuda', 'cpu', 'xpu', 'ipu', 'mtia'].map((name) => method(name, '*args, **kwargs', same)),
  method('register_forward_hook', 'hook, *, prepend=False, with_kwargs=False, always_call=False', (self, _state, call) =>
    registerHook(call, self, false),
  ),
  method('register_forward_pre_hook', 'hook, *, prepend=False, with_kwargs=False', (self, _state, call) => registerHook(call, self, true)),
  ...['register_full_backward_hook', 'register_full_backward_pre_hook', 'register_backward_hook'].map((name) =>
    method(name, '*args, **kwargs', handle),
  ),
  ...[
    'register_state_dict_post_hook',
    'register_state_dict_pre_hook',
    'register_load_state_dict_pre_hook',
    'register_load_state_dict_post_hook',
    '_register_load_state_dict_pre_hook',
    '_register_state_dict_hook',
  ].map((name) =>
    method(name, '*args, **kwargs', (self) => {
      noteStateHook(self);
      return unknown();
    }),
  ),
];
/** What only reads, or changes modules through their attributes. */
const replayed: ReadonlySet<string> = new Set(
  'parameters named_parameters buffers named_buffers children named_children modules named_modules register_buffer register_parameter add_module register_module get_submodule get_parameter get_buffer apply _get_name extra_repr'.split(' '),
);
for (const one of methods) {
  if (one.kind !== 'native') continue;
  moduleClass.namespace.set(one.name, one);
  if (replayed.has(one.name)) markReplayable(one);
}

// Wrappers for mixed precision cast what they are given.
registerHandingOut(moduleClass, (_interpreter, object) => castModule(object, () => undefined));

function addModule(self: InstanceValue, _state: ModuleState, call: NativeCall): Value {
  const name = call.args.str('name');
  if (name !== undefined) registerMember(call.interpreter, self, name, call.args.get('module'));
  return none;
}

function found(self: InstanceValue, call: NativeCall): Value {
  const path = call.args.str('target');
  if (path === undefined) return unknown();
  const value = submodule(self, path);
  if (value !== undefined || isIncomplete(self)) return value ?? unknown();
  return call.interpreter.raise('AttributeError', message('{cls} has no member "{path}"', { cls: self.cls.name, path }), call.place);
}

interface Table {
  readonly read: (self: InstanceValue) => readonly (readonly [string, Value])[];
  readonly put: (interpreter: Interpreter, self: InstanceValue, name: string, value: Value) => void;
}
const tables: Readonly<Record<string, Table>> = {
  _modules: { read: membersIn(isModule), put: registerMember },
  _parameters: { read: membersIn(isParameter), put: registerMember },
  _buffers: {
    read: (self) => ownBuffers(self).map(([name, value]) => [name, value]),
    put: (interpreter, self, name, value) => registerBuffer(interpreter, self, name, value, isPersistentBuffer(self, name)),
  },
};

function membersIn(belongs: (value: Value) => boolean): Table['read'] {
  return (self) => [...self.attributes].filter(([, value]) => belongs(value));
}

/** What is written into the tables of a module, as programs do that replace parts of it by name, is a member of the module from then on. */
for (const [name, table] of Object.entries(tables)) {
  moduleClass.namespace.set(
    name,
    nativeProperty(name, ({ interpreter, args }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return unknown();
      const entries = new Map(table.read(self).map(([key, value]): [string, DictEntry] => [`s:${key}`, { key: str(key), value }]));
      return mirroredDict(entries, isIncomplete(self), {
        set: (key, value) => table.put(interpreter, self, key, value),
        remove: (key) => {
          deleteInstanceAttribute(self, key);
        },
        open: () => markOpen(self),
      });
    }),
  );
}

moduleClass.namespace.set(
  '__delattr__',
  nativeMethod('__delattr__', 'self, name', ({ args }) => {
    const [self, name] = [args.get('self'), args.str('name')];
    if (self.kind === 'instance' && name !== undefined) deleteInstanceAttribute(self, name);
    return none;
  }),
);
