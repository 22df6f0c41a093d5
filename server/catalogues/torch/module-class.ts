// nn.Module as a class of the program, and the classes that declarations become. It must not know any single module.
import type { LayerArgument } from '../../trace/trace.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { mayHaveAnyAttribute } from '../../values/attribute-dict.ts';
import { lookUpInClass, nativeClass, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import { registerKnownNames } from '../../values/known-names.ts';
import { message } from '../../values/place.ts';
import { markReplayable, registerReusableBase } from '../../values/recorder.ts';
import { parseSignature } from '../../values/signature.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, none, unknown } from '../../values/value.ts';
import { registerDeepCopy } from '../python/copying.ts';
import { Construction, registerModuleClass } from './construction.ts';
import { callModule, makeParameters, runDeclared } from './module-call.ts';
import type { ModuleDeclaration } from './module-declaration.ts';
import { baseModuleNames, moduleNames } from './module-names.ts';
import { createModuleState, isModule, markBuffer, moduleSlot, ownBuffers, presentAsModel, registerMember, torchRun } from './module-state.ts';
import { isParameter, makeParameter, parameterSlot } from './parameters.ts';

export const moduleClass = nativeClass({ name: 'Module', qualifiedName: 'torch.nn.Module' });
registerModuleClass(moduleClass);
registerReusableBase(moduleClass);
registerKnownNames(moduleClass, baseModuleNames, moduleNames);

const baseMembers: Readonly<Record<string, Value>> = {
  // `nn.Module.__init__` takes nothing; classes between it and the program's may hand anything on.
  __init__: nativeMethod('Module', 'self, *args, **kwargs', (call) => {
    const self = call.args.get('self');
    if (self.kind !== 'instance') return none;
    const state = createModuleState(call.interpreter, self, call.place);
    if (!self.cls.native) presentAsModel(call.interpreter, state);
    if (!self.attributes.has('training')) setInstanceAttribute(self, 'training', bool(true));
    return none;
  }),
  __call__: nativeMethod('__call__', undefined, (call) => {
    const [first, ...positional] = call.args.raw.positional;
    return first?.value.kind === 'instance' ? callModule(call.interpreter, first.value, { ...call.args.raw, positional }, call.place) : unknown();
  }),
  __setattr__: nativeMethod('__setattr__', 'self, name, value', (call) => {
    const [self, name, value] = [call.args.get('self'), call.args.str('name'), call.args.get('value')];
    if (self.kind !== 'instance' || name === undefined) return none;
    assign(call, self, name, value);
    return none;
  }),
  // Programs call it by name, or through super() in their own: it finds parameters, buffers and modules, which here are attributes of the object.
  __getattr__: nativeMethod('__getattr__', 'self, name', (call) => {
    const [self, name] = [call.args.get('self'), call.args.str('name')];
    if (self.kind !== 'instance' || name === undefined) return unknown();
    const own = self.attributes.get(name);
    if (own !== undefined) return own;
    if (mayHaveAnyAttribute(self) || self.cls.mro.some((cls) => !cls.native && cls.hasUnknownBase)) return unknown();
    return call.interpreter.raise('AttributeError', message("'{cls}' object has no attribute '{name}'", { cls: self.cls.name, name }), call.place);
  }),
};
for (const [name, member] of Object.entries(baseMembers)) {
  moduleClass.namespace.set(name, member);
  markReplayable(member);
}

/** `module.name = value`. */
function assign(call: NativeCall, self: InstanceValue, name: string, value: Value): void {
  const { interpreter } = call;
  if (
    moduleSlot.get(self) === undefined &&
    (isModule(value) || isParameter(value)) &&
    !self.cls.mro.some((cls) => !cls.native && cls.hasUnknownBase)
  ) {
    interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'AttributeError',
      place: call.args.place('value') ?? call.place,
      message: message('{name} is assigned before super().__init__() of {cls} ran: PyTorch cannot register it', { name, cls: self.cls.name }),
    });
  }
  const before = self.attributes.get(name);
  if (isParameter(before) && value.kind === 'tensor' && !isParameter(value) && moduleSlot.get(self) !== undefined) {
    interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'TypeError',
      place: call.args.place('value') ?? call.place,
      layer: moduleSlot.get(self)?.layer,
      message: message('{name} is a parameter: a plain tensor cannot take its place, only nn.Parameter or None', { name }),
    });
    return;
  }
  registerMember(interpreter, self, name, value);
}

/** The class of a declared module. */
export function declareModule(declaration: ModuleDeclaration, base: ClassValue = moduleClass): ClassValue {
  const cls: ClassValue = nativeClass({ name: declaration.name, qualifiedName: `torch.nn.${declaration.name}`, bases: [base] });
  cls.namespace.set(
    '__init__',
    nativeMethod(declaration.name, `self, ${declaration.signature}`.replace(/, $/, ''), (call) => {
      const self = call.args.get('self');
      if (self.kind === 'instance') construct(call, self, declaration);
      return none;
    }),
  );
  cls.namespace.set(
    'forward',
    nativeMethod('forward', `self, ${declaration.callSignature ?? 'input'}`, (call) => {
      const self = call.args.get('self');
      return self.kind === 'instance' ? runDeclared(call.interpreter, self, declaration, call.args, call.place) : unknown();
    }),
  );
  markReplayable(cls.namespace.get('__init__'), cls.namespace.get('forward'));
  for (const [name, member] of Object.entries(declaration.members ?? {})) cls.namespace.set(name, member);
  registerModuleClass(cls);
  return cls;
}

function construct(call: NativeCall, self: InstanceValue, declaration: ModuleDeclaration): void {
  const { interpreter, args, place } = call;
  const state = createModuleState(interpreter, self, place);
  if (!self.cls.native) presentAsModel(interpreter, state);
  if (!self.attributes.has('training')) setInstanceAttribute(self, 'training', bool(true));
  state.args = args;
  const { names, kept } = namesOf(declaration);
  state.layer.keepArguments(names, args);
  const construction = new Construction(interpreter, self, state, args, place);
  declaration.check?.(construction);
  for (const name of kept) setInstanceAttribute(self, name, args.get(name));
  if (declaration.attributes !== undefined)
    for (const [name, value] of Object.entries(declaration.attributes(construction))) setInstanceAttribute(self, name, value);
  if (declaration.isLazy === true) Object.assign(state, { waits: true, lateType: construction.dtype });
  else makeParameters(interpreter, self, declaration.parameters?.(construction) ?? [], construction.dtype);
  if (declaration.children !== undefined)
    for (const [name, value] of Object.entries(declaration.children(construction))) registerMember(interpreter, self, name, value);
}

interface ParameterNames {
  readonly names: readonly string[];
  /** Those that become attributes. */
  readonly kept: readonly string[];
}
const parameterNames = new WeakMap<ModuleDeclaration, ParameterNames>();

function namesOf(declaration: ModuleDeclaration): ParameterNames {
  let found = parameterNames.get(declaration);
  if (found === undefined) {
    const names = parseSignature(declaration.signature).parameters.flatMap((parameter) =>
      parameter.kind === 'star' || parameter.kind === 'double-star' ? [] : [parameter.name],
    );
    found = {
      names,
      kept: names.filter((name) => name !== 'bias' && name !== 'device' && name !== 'dtype' && declaration.unkept?.includes(name) !== true),
    };
    parameterNames.set(declaration, found);
  }
  return found;
}

/** A class without its own declaration (ModuleList, losses): members are added by the caller. */
export function makeModuleClass(
  name: string,
  members: Readonly<Record<string, Value>>,
  base: ClassValue = moduleClass,
  module = 'torch.nn',
): ClassValue {
  const cls = nativeClass({ name, qualifiedName: `${module}.${name}`, bases: [base], members });
  registerModuleClass(cls);
  return cls;
}

/** Begins a module whose constructor is written by hand. */
export function beginModule(call: NativeCall, self: InstanceValue): void {
  const init = lookUpInClass(moduleClass, '__init__');
  if (init !== undefined) call.interpreter.call(init.value, argumentsOf([self]), call.place);
}

registerDeepCopy(moduleClass, ({ interpreter, original, copy, deep, copyValue, place }) => {
  const state = moduleSlot.get(original);
  if (state === undefined) return;
  copy.slots.clear();
  for (const [key, content] of original.slots) if (content !== state) copy.slots.set(key, content);
  torchRun(interpreter).copied.add(state.layer);
  const made = createModuleState(interpreter, copy, place);
  made.args = state.args;
  made.refused = state.refused;
  made.waits = state.waits;
  made.lateType = state.lateType;
  made.layer.name = state.layer.name;
  for (const [name, argument] of state.layer.arguments) (made.layer.arguments as Map<string, LayerArgument>).set(name, argument);
  if (!deep) return;
  if (state.layer.model !== undefined) presentAsModel(interpreter, made);
  for (const [name, value] of original.attributes) {
    const weight = parameterSlot.get(value);
    if (weight !== undefined && value.kind === 'tensor') copy.attributes.set(name, copyParameter(copyValue(value), weight));
    else if (isModule(value)) registerMember(interpreter, copy, name, copyValue(value));
  }
  for (const [name, , isPersistent] of ownBuffers(original)) markBuffer(copy, name, isPersistent);
});

/** A copied tensor shares its slots with the original; a copied parameter is another weight. Parameters that were one stay one. */
function copyParameter(copied: Value, weight: ReturnType<typeof parameterSlot.get>): Value {
  if (copied.kind !== 'tensor' || weight === undefined) return copied;
  const known = parameterCopies.get(copied);
  if (known !== undefined) return known;
  const made = makeParameter({ name: weight.name, shape: copied.shape, dtype: copied.dtype, trainable: weight.trainable, origin: copied.origin });
  parameterCopies.set(copied, made);
  return made;
}
const parameterCopies = new WeakMap<Value, Value>();
