// Calling a module: `module(x)` runs `forward`, the program's own or what its declaration says, and records the call in the trace.
// It must not know any single module.
import { type Dim, unknownDim } from '../../tensors/dim.ts';
import { type DType, isFloating } from '../../tensors/dtype.ts';
import { type Shape, unknownShape } from '../../tensors/shape.ts';
import type { LayerCall } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { lookUpInClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Message, Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import type { ArrayContext } from '../arrays/library.ts';
import { Construction, moduleClassNamed } from './construction.ts';
import { noteInputs } from './expectations.ts';
import { beforeCall, behindCall, hasHooks } from './hooks.ts';
import { asTorchTensor, tensorClass, torchLibrary, torchTensor } from './library.ts';
import type { ModuleDeclaration, ModuleInvocation, RefuseOptions } from './module-declaration.ts';
import type { ModuleState } from './module-state.ts';
import { isModule, markBuffer, moduleSlot, pathOf, registerMember, torchRun } from './module-state.ts';
import { isParameter, makeParameter, withoutParameter } from './parameters.ts';
import { mayAutocast, withoutFloatType } from './precision.ts';

interface OpenCall extends LayerCall {
  output: Value;
  multiplyAdds: Dim | undefined;
}

/** `module(…)`. 'nowhere': no line of the program stands for the call (a container calls what it holds). */
export function callModule(
  interpreter: Interpreter,
  self: InstanceValue,
  args: CallArguments,
  place: Place,
  shownAt: Place | 'nowhere' = place,
): Value {
  const state = moduleSlot.get(self);
  const forward = self.attributes.get('forward') ?? lookUpInClass(self.cls, 'forward')?.value;
  if (forward === undefined || forward.kind === 'unknown') return unknown();
  const callable: Value =
    self.attributes.has('forward') || forward.kind === 'staticmethod' ? forward : { kind: 'bound-method', self, callable: forward };
  // The constructor did not run to its end: what it would have made is not known.
  if (state === undefined) return interpreter.call(callable, args, place);
  if (self.cls.native || forward.kind !== 'function' || hasHooks(self) || (shownAt !== 'nowhere' && shownAt !== place)) return callNow(interpreter, self, callable, state, args, place, shownAt);
  const whole = { ...args, positional: [{ value: self, place: undefined }, ...args.positional] };
  return interpreter.reuse({ key: self.cls, kind: shownAt === 'nowhere' ? 'inner call' : 'call', args: whole, place }, () =>
    callNow(interpreter, self, callable, state, args, place, shownAt),
  );
}

function callNow(
  interpreter: Interpreter,
  self: InstanceValue,
  callable: Value,
  state: ModuleState,
  args: CallArguments,
  place: Place,
  shownAt: Place | 'nowhere',
): Value {
  const run = torchRun(interpreter);
  const call: OpenCall = {
    id: interpreter.trace.calls.length + 1,
    layer: state.layer,
    place: shownAt === 'nowhere' ? undefined : shownAt,
    input: args.positional[0]?.value ?? args.keywords[0]?.value ?? unknown(),
    output: unknown(),
    multiplyAdds: undefined,
    parent: run.calls.at(-1),
    others: othersOf(args),
  };
  if (interpreter.isRecording) interpreter.trace.calls.push(call);
  run.calls.push(call);
  const depth = run.calls.length;
  const open = interpreter.trace.openCalls;
  const around = open.length;
  open.push(call);
  try {
    if (hasHooks(self)) {
      const given = beforeCall(interpreter, self, args, place);
      call.output = behindCall(interpreter, self, given, interpreter.call(callable, given, place), place);
    } else call.output = interpreter.call(callable, args, place);
    if (interpreter.isRecording) state.layer.calls.push(call);
    return call.output;
  } finally {
    run.calls.length = depth - 1;
    open.length = around;
  }
}

/** The arguments besides the first that hold something; most calls have none. */
function othersOf({ positional, keywords }: CallArguments): readonly Value[] | undefined {
  if (positional.length + keywords.length < 2) return undefined;
  return [...positional, ...keywords].slice(1).map((argument) => argument.value);
}

/** `forward` of a declared module, its arguments bound already. */
export function runDeclared(
  interpreter: Interpreter,
  self: InstanceValue,
  declaration: ModuleDeclaration,
  callArgs: BoundArguments,
  place: Place,
): Value {
  const state = moduleSlot.get(self);
  if (state === undefined || state.args === undefined || state.refused) return unknown();
  const input = callArgs.get(firstParameter(declaration));
  const tensor = input.kind === 'tensor' ? input : input.kind === 'instance' ? asTorchTensor(interpreter, input) : undefined;
  const invocation = new Invocation(interpreter, self, state, state.args, place, callArgs, input, tensor);
  noteInputs(interpreter, declaration, invocation, callArgs, input);
  if (state.waits) materialise(invocation, declaration, state);
  const given = declaration.output(invocation);
  const output = given !== input && mayAutocast(interpreter) ? withoutFloatType(given) : given;
  if (declaration.multiplyAdds !== undefined) {
    const open = torchRun(interpreter).calls.at(-1) as OpenCall | undefined;
    if (open?.layer === state.layer) open.multiplyAdds = declaration.multiplyAdds(invocation, output) ?? unknownDim();
  }
  // What is handed on unchanged is a tensor of its own, so that it is known which module gave it.
  return output.kind === 'tensor' && output === input ? { ...output } : output;
}

/** What a declaration's `output` is given. A class for the reason that Construction is one. */
class Invocation extends Construction implements ModuleInvocation {
  readonly callArgs: BoundArguments;
  readonly input: Value;
  readonly tensor: TensorValue | undefined;
  readonly context: ArrayContext;

  constructor(
    interpreter: Interpreter,
    self: InstanceValue,
    state: ModuleState,
    args: BoundArguments,
    place: Place,
    callArgs: BoundArguments,
    input: Value,
    tensor: TensorValue | undefined,
  ) {
    super(interpreter, self, state, args, place);
    this.callArgs = callArgs;
    this.input = input;
    this.tensor = tensor;
    this.context = { interpreter, library: torchLibrary, cls: tensorClass, place, name: pathOf(interpreter, state.layer), layer: state.layer };
  }

  override get inputShape(): Shape {
    return this.tensor?.shape ?? unknownShape;
  }

  override refuse(text: Message, options: RefuseOptions = {}): void {
    this.report(
      text,
      options,
      'shape-mismatch',
      'RuntimeError',
      options.argument === undefined ? undefined : this.callArgs.place(options.argument),
      relatedOf(this.state, this.place),
    );
  }

  parameter(name: string): TensorValue | undefined {
    const value = this.self.attributes.get(name);
    return value?.kind === 'tensor' ? value : undefined;
  }

  callChild(name: string, positional: readonly Value[]): Value {
    const { interpreter, place } = this;
    const child = this.self.attributes.get(name);
    // No line of the program stands for what a module calls inside.
    return child === undefined
      ? unknown()
      : isModule(child)
        ? callModule(interpreter, child, argumentsOf(positional), place, 'nowhere')
        : interpreter.call(child, argumentsOf(positional), place);
  }

  result(shape: Shape, facts: Parameters<ModuleInvocation['result']>[1] = {}): TensorValue {
    return torchTensor({ shape, dtype: 'dtype' in facts ? facts.dtype : this.tensor?.dtype, range: facts.range, origin: this.tensor?.origin });
  }
}

/** Where the module is built, as a place that a message about its call leads to. */
function relatedOf(state: ModuleState, place: Place): { place: Place; message: ReturnType<typeof message> }[] {
  const built = state.layer.place;
  return built === undefined || (built.source === place.source && built.start === place.start)
    ? []
    : [{ place: built, message: message('{layer} is built here', { layer: state.layer.name }) }];
}

const firstParameters = new WeakMap<ModuleDeclaration, string>();

function firstParameter(declaration: ModuleDeclaration): string {
  let name = firstParameters.get(declaration);
  if (name === undefined) {
    name = (declaration.callSignature ?? 'input').replace('*', '').split(/[,=:]/)[0]?.trim() ?? 'input';
    firstParameters.set(declaration, name);
  }
  return name;
}

function materialise(invocation: ModuleInvocation, declaration: ModuleDeclaration, state: ModuleState): void {
  if (invocation.tensor?.shape.dims === undefined) return;
  state.waits = false;
  makeParameters(invocation.interpreter, invocation.self, declaration.parameters?.(invocation) ?? [], state.lateType);
  // `cls_to_become`: it is a Linear from now on, and a class of the program below LazyLinear is one as well.
  const cls = moduleClassNamed(declaration.name.slice('Lazy'.length));
  if (cls !== undefined) changeClass(invocation.self, cls);
}

/** The one place that gives an object another class. */
function changeClass(self: { -readonly [K in keyof InstanceValue]: InstanceValue[K] }, cls: ClassValue): void {
  self.cls = cls;
}

/** Registers what a declaration says, as parameters, buffers or None; floats are of the type that the module is built with. */
export function makeParameters(
  interpreter: Interpreter,
  self: InstanceValue,
  parameters: ReturnType<NonNullable<ModuleDeclaration['parameters']>>,
  floats: DType | undefined,
): void {
  for (const declared of parameters) {
    const dtype = declared.dtype === undefined || isFloating(declared.dtype) ? floats : declared.dtype;
    if (declared.shape === undefined) {
      registerMember(interpreter, self, declared.name, { kind: 'none' });
      continue;
    }
    const facts = { name: declared.name, shape: declared.shape, dtype, trainable: declared.trainable };
    const made = makeParameter(facts);
    if (declared.isBuffer !== true) registerMember(interpreter, self, declared.name, made);
    else registerBuffer(interpreter, self, declared.name, torchTensor({ shape: declared.shape, dtype }), declared.isPersistent ?? true);
  }
}

export function registerBuffer(interpreter: Interpreter, self: InstanceValue, name: string, value: Value, isPersistent: boolean): void {
  registerMember(interpreter, self, name, isParameter(value) ? withoutParameter(value) : value);
  markBuffer(self, name, isPersistent);
}
