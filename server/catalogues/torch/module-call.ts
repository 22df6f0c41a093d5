// Calling a module: `module(x)` runs `forward`, the program's own or what its declaration says, and records the call in the trace.
// It must not know any single module.
import { type DType, isFloating } from '../../tensors/dtype.ts';
import { unknownShape } from '../../tensors/shape.ts';
import type { LayerCall } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments } from '../../values/arguments.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { lookUpInClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import type { InstanceValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { constructionOf } from './construction.ts';
import { noteInputs } from './expectations.ts';
import { asTorchTensor, torchContext, torchTensor } from './library.ts';
import type { ModuleDeclaration, ModuleInvocation } from './module-declaration.ts';
import type { ModuleState } from './module-state.ts';
import { isModule, markBuffer, moduleSlot, pathOf, registerMember, torchRun } from './module-state.ts';
import { isParameter, makeParameter, withoutParameter } from './parameters.ts';
import { mayAutocast, withoutFloatType } from './precision.ts';

interface OpenCall extends LayerCall {
  output: Value;
  multiplyAdds: number | undefined;
}

/** `module(…)`. 'nowhere': no line of the program stands for the call (a container calls what it holds). */
export function callModule(interpreter: Interpreter, self: InstanceValue, args: CallArguments, place: Place, shownAt: Place | 'nowhere' = place): Value {
  const state = moduleSlot.get(self);
  const forward = self.attributes.get('forward') ?? lookUpInClass(self.cls, 'forward')?.value;
  if (forward === undefined || forward.kind === 'unknown') return unknown();
  const callable: Value = self.attributes.has('forward') || forward.kind === 'staticmethod' ? forward : { kind: 'bound-method', self, callable: forward };
  // The constructor did not run to its end: what it would have made is not known.
  if (state === undefined) return interpreter.call(callable, args, place);
  const run = torchRun(interpreter);
  const call: OpenCall = {
    id: interpreter.trace.calls.length + 1, layer: state.layer, place: shownAt === 'nowhere' ? undefined : shownAt,
    input: args.positional[0]?.value ?? args.keywords[0]?.value ?? unknown(),
    output: unknown(), multiplyAdds: undefined, parent: run.calls.at(-1),
  };
  if (!interpreter.isQuiet) interpreter.trace.calls.push(call);
  run.calls.push(call);
  const depth = run.calls.length;
  const open = interpreter.trace.openCalls;
  const around = open.length;
  open.push(call);
  try {
    call.output = interpreter.call(callable, args, place);
    if (!interpreter.isQuiet) state.layer.calls.push(call);
    return call.output;
  } finally {
    run.calls.length = depth - 1;
    open.length = around;
  }
}

/** `forward` of a declared module, its arguments bound already. */
export function runDeclared(interpreter: Interpreter, self: InstanceValue, declaration: ModuleDeclaration, callArgs: BoundArguments, place: Place): Value {
  const state = moduleSlot.get(self);
  if (state === undefined || state.args === undefined || state.refused) return unknown();
  const firstName = firstParameter(declaration);
  const input = callArgs.get(firstName);
  const tensor = input.kind === 'tensor' ? input : input.kind === 'instance' ? asTorchTensor(interpreter, input) : undefined;
  const construction = constructionOf(interpreter, self, state, state.args, place, self.cls.name);
  noteInputs(interpreter, declaration, construction, callArgs, input);
  const name = pathOf(interpreter, state.layer);
  const invocation: ModuleInvocation = {
    ...construction,
    inputShape: tensor?.shape ?? unknownShape,
    callArgs, input, tensor,
    context: { ...torchContext(interpreter, place, name), layer: state.layer },
    refuse(text, options = {}) {
      const argument = options.argument;
      interpreter.refuse({
        rule: options.rule ?? 'shape-mismatch', message: text, layer: state.layer, exception: options.exception ?? 'RuntimeError',
        place: (argument === undefined ? undefined : callArgs.place(argument)) ?? place,
        related: options.related ?? relatedOf(state, place), fixes: options.fixes ?? [],
      });
    },
    parameter(parameterName) {
      const value = self.attributes.get(parameterName);
      return value?.kind === 'tensor' ? value : undefined;
    },
    callChild(childName, positional) {
      const child = self.attributes.get(childName);
      // No line of the program stands for what a module calls inside.
      return child === undefined ? unknown() : isModule(child) ? callModule(interpreter, child, argumentsOf(positional), place, 'nowhere') : interpreter.call(child, argumentsOf(positional), place);
    },
    result: (shape, facts = {}) => torchTensor({ shape, dtype: 'dtype' in facts ? facts.dtype : tensor?.dtype, range: facts.range, origin: tensor?.origin }),
  };
  if (state.waits) materialise(invocation, declaration, state);
  const given = declaration.output(invocation);
  const output = given !== input && mayAutocast(interpreter) ? withoutFloatType(given) : given;
  const open = torchRun(interpreter).calls.at(-1) as OpenCall | undefined;
  if (open?.layer === state.layer && declaration.multiplyAdds !== undefined) open.multiplyAdds = declaration.multiplyAdds(invocation, output);
  // What is handed on unchanged is a tensor of its own, so that it is known which module gave it.
  return output.kind === 'tensor' && output === input ? { ...output } : output;
}

/** Where the module is built, as a place that a message about its call leads to. */
function relatedOf(state: ModuleState, place: Place): { place: Place; message: ReturnType<typeof message> }[] {
  const built = state.layer.place;
  return built === undefined || (built.source === place.source && built.start === place.start) ? [] : [{ place: built, message: message('{layer} is built here', { layer: state.layer.name }) }];
}

function firstParameter(declaration: ModuleDeclaration): string {
  const text = declaration.callSignature ?? 'input';
  return text.replace('*', '').split(/[,=:]/)[0]?.trim() ?? 'input';
}

function materialise(invocation: ModuleInvocation, declaration: ModuleDeclaration, state: ModuleState): void {
  if (invocation.tensor?.shape.dims === undefined) return;
  state.waits = false;
  makeParameters(invocation.interpreter, invocation.self, declaration.parameters?.(invocation) ?? [], state.lateType);
}

/** Registers what a declaration says, as parameters, buffers or None; floats are of the type that the module is built with. */
export function makeParameters(interpreter: Interpreter, self: InstanceValue, parameters: ReturnType<NonNullable<ModuleDeclaration['parameters']>>, floats: DType | undefined): void {
  for (const declared of parameters) {
    const dtype = declared.dtype === undefined || isFloating(declared.dtype) ? floats : declared.dtype;
    if (declared.shape === undefined) { registerMember(interpreter, self, declared.name, { kind: 'none' }); continue; }
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
