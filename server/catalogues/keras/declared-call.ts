// What a declared layer gives for its arguments: rank checks, weights on the first call, the output. Nothing is recorded here.
// It must not know the graph or the trace's calls.
import { formatShape, shapeOfRank, unknownShape } from '../../tensors/shape.ts';
import { batchDim, type Dim, isAnonymous, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { BoundArguments, CallArguments, Signature } from '../../values/arguments.ts';
import { bindArguments, withValues } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { tensor } from '../../values/tensor.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { backendTensorClass, kerasTensorClass } from './array-library.ts';
import { constructionOf, declarationOf } from './construction.ts';
import type { LayerBuild, LayerDeclaration, LayerInvocation } from './layer-declaration.ts';
import type { LayerState } from './layer-state.ts';
import { flattened, makeWeight } from './layer-state.ts';
import { kerasRun } from './run-state.ts';
import { userMethod, convertArguments, tensorsFromShapes, buildFromShapes } from './call-inputs.ts';

const callSignatures = new Map<LayerDeclaration, Signature>();

function callSignatureOf(declaration: LayerDeclaration): Signature {
  let signature = callSignatures.get(declaration);
  if (signature === undefined) {
    const text = declaration.callSignature ?? 'inputs';
    const names = parseSignature(text).parameters;
    const has = (name: string): boolean => names.some((parameter) => parameter.name === name);
    const more = names.some((parameter) => parameter.kind === 'double-star')
      ? ''
      : [...(has('training') ? [] : ['training=None']), ...(has('mask') ? [] : ['mask=None']), '**kwargs'].join(', ');
    const star = names.some((parameter) => parameter.kind === 'star' || parameter.kind === 'keyword-only');
    signature = parseSignature(more === '' ? text : `${text}, ${star ? '' : '*, '}${more}`);
    callSignatures.set(declaration, signature);
  }
  return signature;
}

/** What a declared layer gives for the arguments; builds it first. `call` itself (from a subclass's `super().call`) does not record anything. */
export function invokeDeclared(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  args: CallArguments,
  place: Place,
  buildsByUser: boolean,
): { output: Value; multiplyAdds: Dim | undefined } {
  const declaration = declarationOf(self.cls);
  if (declaration === undefined) return { output: unknown(), multiplyAdds: undefined };
  // Keras stopped at the constructor; what follows from its arguments is no news.
  if (state.refused && !interpreter.isQuiet)
    return interpreter.quietly(() => invokeDeclared(interpreter, self, state, args, place, buildsByUser)).result;
  const converted = convertArguments(interpreter, state, args, true);
  const binding = bindArguments(callSignatureOf(declaration), converted, state.layer.name);
  if (!binding.ok) {
    interpreter.refuse({
      rule: 'invalid-argument',
      message: binding.problem.message,
      place: binding.problem.place ?? place,
      layer: state.layer,
      exception: 'TypeError',
    });
    return { output: unknown(), multiplyAdds: undefined };
  }
  const callArgs = withTraining(interpreter, binding.args);
  const input = assumedInput(state, declaration, (converted.positional[0] ?? converted.keywords[0])?.value ?? unknown());
  // A layer that multiplies at all did so much more than is known.
  const refused = { output: unknown(), multiplyAdds: declaration.multiplyAdds === undefined ? undefined : unknownDim() };
  if (refusesRank(interpreter, state, declaration, input, place)) return refused;
  if (buildsByUser) buildFromShapes(interpreter, self, state, args, place);
  const build = buildOf(interpreter, self, state, input, place, callArgs);
  if (!buildDeclared(build, state, declaration)) return refused;
  const single = input.kind === 'tensor' ? input : undefined;
  const invocation: LayerInvocation = {
    interpreter,
    args: build.args,
    place,
    instance: build.instance,
    className: build.className,
    refuse: build.refuse,
    layer: build.layer,
    input: build.input,
    inputShape: build.inputShape,
    tensor: single,
    tensors: tensorList(input),
    callArgs,
    result: (shape, facts) => ({
      ...tensor({
        cls:
          single?.cls ??
          (flattened([input]).some((one) => one.kind === 'tensor' && one.cls === kerasTensorClass) ? kerasTensorClass : backendTensorClass()),
        shape,
        dtype: facts !== undefined && 'dtype' in facts ? facts.dtype : state.policy.compute,
        range: facts?.range,
      }),
    }),
  };
  const output = declaration.output(invocation);
  return { output, multiplyAdds: declaration.multiplyAdds === undefined ? undefined : declaration.multiplyAdds(invocation, output) ?? unknownDim() };
}

/** What is not known at all has at least the rank that the layer asks for: a picture gives a picture. */
function assumedInput(state: LayerState, declaration: LayerDeclaration, input: Value): Value {
  if (input.kind !== 'unknown' || input.typeName !== undefined || typeof declaration.inputRank !== 'number') return input;
  return tensor({
    cls: backendTensorClass(),
    shape: { dims: [batchDim, ...(shapeOfRank(declaration.inputRank - 1).dims ?? [])] },
    dtype: state.policy.compute,
  });
}

/** `training` comes from the layer call around this one where it is not given. */
function withTraining(interpreter: Interpreter, args: BoundArguments): BoundArguments {
  const outer = kerasRun(interpreter).calls.at(-1)?.training;
  if (outer === undefined || args.given('training') !== false) return args;
  return withValues(args, (name) => (name === 'training' ? outer : args.get(name)));
}

function buildOf(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  input: Value,
  place: Place,
  callArgs?: BoundArguments,
): LayerBuild {
  const { args, instance, className, refuse } = constructionOf(interpreter, self, state, place, callArgs);
  // Field by field: every call of a layer makes one, and a spread takes ten times as long.
  return {
    interpreter,
    args,
    place,
    instance,
    className,
    refuse,
    layer: state.layer,
    input,
    inputShape: input.kind === 'tensor' ? input.shape : unknownShape,
    callArgs,
  };
}

function tensorList(input: Value): readonly TensorValue[] | undefined {
  if (input.kind === 'tensor') return [input];
  if ((input.kind === 'list' && !input.open) || input.kind === 'tuple') {
    const tensors = input.items.flatMap((item) => (item.kind === 'tensor' ? [item] : []));
    return tensors.length === input.items.length ? tensors : undefined;
  }
  return undefined;
}

/** Makes a declared layer's weights, once. False: its input is refused, there is no output. */
function buildDeclared(build: LayerBuild, state: LayerState, declaration: LayerDeclaration): boolean {
  const layer = state.layer;
  if (layer.built && userMethod(build.instance, 'build') === undefined) return true;
  if (state.ownWeights.length > 0) return true;
  if (declaration.weights === undefined) {
    layer.built = true;
    return true;
  }
  if (build.input.kind === 'unknown' || (build.input.kind === 'tensor' && build.inputShape.dims === undefined)) {
    // Some weights do not depend on the input (an embedding's); the others are made when more is known.
    const { result } = build.interpreter.quietly(() => declaration.weights?.(build) ?? []);
    if (!result.every((weight) => weight.shape.dims?.every(isKnown))) return true;
  }
  let refused = false;
  const isAssumed = (dims: readonly Dim[] | undefined): boolean => dims?.some(isAnonymous) === true;
  const weights = declaration.weights({
    ...build,
    refuse: (text, options) => {
      refused = true;
      build.refuse(text, options);
    },
  });
  // Sizes that only this program does not know may become known with another call.
  if (isAssumed(build.inputShape.dims) && weights.some((weight) => isAssumed(weight.shape.dims))) return !refused;
  state.ownWeights = weights.map((weight) => makeWeight(state, weight));
  layer.built = true;
  return !refused;
}

/** Builds a declared layer for a shape: `layer.build((None, 10))`, `super().build(input_shape)`. */
export function buildForShape(interpreter: Interpreter, self: InstanceValue, state: LayerState, shape: Value, place: Place): void {
  const declaration = declarationOf(self.cls);
  if (declaration === undefined) return;
  const input = tensorsFromShapes(shape, (one) => tensor({ cls: kerasTensorClass, shape: one, dtype: state.policy.compute })) ?? unknown();
  if (refusesRank(interpreter, state, declaration, input, place)) return;
  buildDeclared(buildOf(interpreter, self, state, input, place), state, declaration);
}

function refusesRank(interpreter: Interpreter, state: LayerState, declaration: LayerDeclaration, input: Value, place: Place): boolean {
  const expected = declaration.inputRank;
  const count = input.kind === 'tensor' ? 1 : (tensorList(input)?.length ?? 1);
  if (expected !== undefined && count > 1) {
    interpreter.refuse({
      rule: 'shape-mismatch',
      place,
      layer: state.layer,
      message: message('{layer} expects one input tensor, got {actual}', { layer: state.layer.name, actual: count }),
    });
    return true;
  }
  if (expected === undefined || input.kind !== 'tensor' || input.shape.dims === undefined) return false;
  const actual = input.shape.dims.length;
  if (typeof expected === 'number' ? actual === expected : actual >= expected.minimum) return false;
  if (typeof expected === 'number' && refusesSamples(interpreter, state, input, expected)) return true;
  const words = {
    layer: state.layer.name,
    expected: typeof expected === 'number' ? expected : expected.minimum,
    actual,
    shape: formatShape(input.shape),
  };
  interpreter.refuse({
    rule: 'shape-mismatch',
    place,
    layer: state.layer,
    message:
      typeof expected === 'number'
        ? message('{layer} expects an input with {expected} axes, got {actual}: {shape}', words)
        : message('{layer} expects an input with at least {expected} axes, got {actual}: {shape}', words),
  });
  return true;
}

/** The number of samples was written into the layer's own `input_shape`. */
function refusesSamples(interpreter: Interpreter, state: LayerState, input: TensorValue, expected: number): boolean {
  const declared = state.declaredInput?.dims;
  const argument = state.layer.arguments.get('input_shape');
  if (declared === undefined || argument?.place === undefined || declared.length !== expected + 1 || input.shape.dims?.length !== declared.length)
    return false;
  const { place } = argument;
  const text = place.source.parsed.text.slice(place.start, place.end);
  interpreter.refuse({
    rule: 'input-shape',
    place,
    layer: state.layer,
    message: message('{layer} expects {expected} axes with the batch: input_shape {shape} includes the samples, {short} does not', {
      layer: state.layer.name,
      expected,
      shape: formatShape({ dims: declared.slice(1) }),
      short: formatShape({ dims: declared.slice(2) }),
    }),
    fixes: [
      {
        title: message('Leave the number of samples out'),
        edits: [{ place, newText: /^\w[\w.]*$/.test(text) ? `${text}[1:]` : formatShape({ dims: declared.slice(2) }) }],
      },
    ],
  });
  return true;
}
