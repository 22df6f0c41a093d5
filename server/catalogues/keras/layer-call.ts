// Calling a Keras layer: input checks, building on the first call, the output, the record in the trace and the node in the graph.
// What a layer computes comes from its declaration, from the program's own `call`, or from a model's behaviour.
import { formatShape, type Shape, shapeOfRank, unknownShape } from '../../tensors/shape.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { batchDim, type Dim, isAnonymous, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { LayerCall } from '../../trace/trace.ts';
import type { BoundArguments, CallArguments, Signature } from '../../values/arguments.ts';
import { bindArguments } from '../../values/arguments.ts';
import { lookUpInClass } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { parseSignature } from '../../values/signature.ts';
import { tensor } from '../../values/tensor.ts';
import type { FunctionValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { list, none, tuple, unknown } from '../../values/value.ts';
import { asTensor, castArray } from '../arrays/conversion.ts';
import { backendTensorClass, kerasLibrary, kerasTensorClass, shapeValue } from './array-library.ts';
import { behaviourOf, constructionOf, declarationOf, mapTensors } from './construction.ts';
import type { LayerBuild, LayerDeclaration, LayerInvocation } from './layer-declaration.ts';
import type { GraphNode, LayerState } from './layer-state.ts';
import { flattened, historySlot, layerSlot, makeWeight } from './layer-state.ts';
import { checkInputSpec } from './input-spec.ts';
import { implicitMask, withMask } from './masks.ts';
import { kerasRun } from './run-state.ts';

interface OpenCall extends LayerCall { output: Value; multiplyAdds: number | undefined }

/** `layer(…)`. `shownAt` undefined: no line of the program stands for the call (`fit` builds the model). */
export function callLayer(interpreter: Interpreter, self: InstanceValue, args: CallArguments, place: Place, shownAt: Place | undefined = place): Value {
  const state = layerSlot.get(self);
  if (state === undefined) return unknown();
  const given = [...args.positional, ...args.keywords];
  const tensors = flattened(given.map((one) => one.value)).filter((value) => value.kind === 'tensor');
  const isSymbolic = tensors.some((value) => value.cls === kerasTensorClass);
  const input = given[0]?.value ?? unknown();
  const run = kerasRun(interpreter);
  const userCall = userMethod(self, 'call');
  const behaviour = behaviourOf(self.cls);
  if (refusesArguments(interpreter, self, state, args, userCall === undefined && behaviour?.takesAnything === true, place)) return unknown();
  const call: OpenCall = {
    id: interpreter.trace.calls.length + 1, layer: state.layer, place: shownAt, input, output: unknown(), multiplyAdds: undefined, parent: run.calls.at(-1)?.call,
  };
  const outerTraining = run.calls.at(-1)?.training;
  const ownTraining = args.keywords.find((keyword) => keyword.name === 'training')?.value;
  const training = ownTraining !== undefined && ownTraining.kind !== 'none' ? ownTraining : outerTraining;
  if (!interpreter.isQuiet) interpreter.trace.calls.push(call);
  run.calls.push({ call, training });
  const depth = run.calls.length;
  try {
    checkInputSpec(interpreter, self, state, input, place);
    const running = { interpreter, self, state, args, input, isSymbolic, place };
    let output: Value;
    if (userCall !== undefined) {
      buildFromShapes(interpreter, self, state, args, place);
      output = callOwn(interpreter, self, userCall, args, training, place);
      const declaredOutput = isSymbolic ? ownOutputShape(interpreter, self, input, output, place) : undefined;
      if (declaredOutput !== undefined) output = declaredOutput;
    } else if (behaviour !== undefined) {
      output = behaviour.call(running);
    } else {
      const result = invokeDeclared(interpreter, self, state, args, place, true);
      output = result.output;
      call.multiplyAdds = result.multiplyAdds;
    }
    if (userCall !== undefined || behaviour !== undefined) state.layer.built = state.layer.built || userCall !== undefined;
    if (isSymbolic) output = attachNode(interpreter, state, call, input, tensors, output, self, args);
    call.output = output;
    if (!interpreter.isQuiet) state.layer.calls.push(call);
    return output;
  } finally {
    run.calls.length = depth - 1;
  }
}

/** A method that the program defines for the layer's class. */
export function userMethod(self: InstanceValue, name: string): Value | undefined {
  const own = self.attributes.get(name);
  if (own?.kind === 'function' || own?.kind === 'bound-method') return own;
  const found = lookUpInClass(self.cls, name);
  return found === undefined || found.owner.native ? undefined : found.value;
}

/** Only tensors may be given by position, and no layers. */
function refusesArguments(interpreter: Interpreter, self: InstanceValue, state: LayerState, args: CallArguments, takesAnything: boolean, place: Place): boolean {
  for (const [at, argument] of args.positional.entries()) {
    const value = argument.value;
    if (layerSlot.get(value) !== undefined && value.kind === 'instance') {
      interpreter.refuse({
        rule: 'invalid-argument', place: argument.place ?? place, layer: state.layer,
        message: message('{layer} is called on the layer {given} itself; it has to be called on its output', { layer: state.layer.name, given: layerSlot.get(value)?.layer.name ?? '' }),
      });
      return true;
    }
    if (at === 0 || takesAnything) continue;
    if (value.kind === 'bool' || value.kind === 'str') {
      interpreter.refuse({
        rule: 'invalid-argument', place: argument.place ?? place, layer: state.layer,
        message: message('{layer}: only tensors may be given by position; give {value} by name', { layer: state.layer.name || self.cls.name, value: interpreter.representation(value, place) ?? '' }),
      });
      return true;
    }
  }
  return false;
}

/** Arrays of other libraries become the backend's; floats get the layer's type. What stands for a graph's node loses that when the program's own code sees it. */
function convertInput(interpreter: Interpreter, state: LayerState, value: Value, keepSymbolic: boolean): Value {
  switch (value.kind) {
    case 'tensor': {
      const compute = state.policy.compute;
      if (value.cls === kerasTensorClass) return keepSymbolic ? value : { ...value, cls: backendTensorClass(), slots: new Map() };
      const isOwn = value.cls === backendTensorClass();
      const cast = compute !== undefined && value.dtype !== undefined && isFloating(value.dtype) && isFloating(compute) && value.dtype !== compute ? castArray(value, compute) : value;
      return isOwn ? cast : { ...cast, cls: backendTensorClass() };
    }
    case 'list': case 'tuple': {
      if (flattened([value]).some((item) => item.kind === 'tensor' || item.kind === 'unknown' || item.kind === 'instance')) {
        const items = value.items.map((item) => convertInput(interpreter, state, item, keepSymbolic));
        return value.kind === 'list' ? { kind: 'list', items, open: value.open } : tuple(items);
      }
      return value.items.length === 0 ? value : asTensor(interpreter, value, kerasLibrary) ?? value;
    }
    case 'dict': return { kind: 'dict', open: value.open, entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: convertInput(interpreter, state, entry.value, keepSymbolic) }])) };
    case 'instance': return layerSlot.get(value) !== undefined ? value : asTensor(interpreter, value, kerasLibrary) ?? value;
    default: return value;
  }
}

function convertArguments(interpreter: Interpreter, state: LayerState, args: CallArguments, keepSymbolic: boolean): CallArguments {
  return {
    ...args,
    positional: args.positional.map((argument) => ({ ...argument, value: convertInput(interpreter, state, argument.value, keepSymbolic) })),
    keywords: args.keywords.map((keyword) => ({ ...keyword, value: convertInput(interpreter, state, keyword.value, keepSymbolic) })),
  };
}

/** Runs the program's own `call`. `training` is handed on when the method takes it, as Keras does. */
function callOwn(interpreter: Interpreter, self: InstanceValue, method: Value, args: CallArguments, training: Value | undefined, place: Place): Value {
  const state = layerSlot.get(self);
  if (state === undefined) return unknown();
  let given = convertArguments(interpreter, state, args, false);
  const parameters = functionOf(method)?.node.parameters.all ?? [];
  const takesTraining = parameters.some((parameter) => parameter.name.text === 'training');
  // Keras keeps `training` to itself where `call` does not take it.
  if (!takesTraining && parameters.length > 0) {
    given = { ...given, keywords: given.keywords.filter((keyword) => keyword.name !== 'training') };
  }
  const position = parameters.findIndex((parameter) => parameter.name.text === 'training') - 1;
  if (takesTraining && training !== undefined && given.positional.length <= position && !given.keywords.some((keyword) => keyword.name === 'training')) {
    given = { ...given, keywords: [...given.keywords, { name: 'training', value: training, place: undefined }] };
  }
  return interpreter.call(method.kind === 'function' ? { kind: 'bound-method', self, callable: method } : method, given, place);
}

export function functionOf(method: Value): FunctionValue | undefined {
  return method.kind === 'function' ? method : method.kind === 'bound-method' ? functionOf(method.callable) : undefined;
}

/** What the program's own `compute_output_shape` says, as tensors; undefined when it has none or it is not known. */
function ownOutputShape(interpreter: Interpreter, self: InstanceValue, input: Value, output: Value, place: Place): Value | undefined {
  if (userMethod(self, 'compute_output_shape') === undefined) return undefined;
  const shapes = interpreter.callMethod(self, 'compute_output_shape', [shapesOf(input)], place);
  const dtype = layerSlot.get(self)?.policy.compute;
  const found = tensorsFromShapes(shapes, (shape) => ({ ...tensor({ cls: backendTensorClass(), shape, dtype: output.kind === 'tensor' ? output.dtype : dtype }) }));
  // The method itself was run too; where both know it, what it gave is as good and knows more.
  return found === undefined || (output.kind === 'tensor' && found.kind === 'tensor' && formatShape(output.shape) === formatShape(found.shape)) ? undefined : found;
}

/** Shapes in the structure of the tensors: what `build` is given. */
export function shapesOf(value: Value): Value {
  switch (value.kind) {
    case 'tensor': return shapeValue(value.shape);
    case 'list': return list(value.items.map(shapesOf), value.open);
    case 'tuple': return tuple(value.items.map(shapesOf));
    case 'dict': return { kind: 'dict', open: value.open, entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: shapesOf(entry.value) }])) };
    case 'none': return none;
    default: return unknown();
  }
}

/** Tensors in the structure of shapes. */
export function tensorsFromShapes(value: Value, make: (shape: Shape) => TensorValue): Value | undefined {
  if (value.kind === 'list' || value.kind === 'tuple') {
    if (value.items.every((item) => item.kind === 'int' || item.kind === 'none')) {
      return make({ dims: value.items.map((item, at) => (item.kind === 'int' ? item.value : at === 0 ? batchDim : unknownDim({ prints: 'None' }))) });
    }
    const items = value.items.map((item) => tensorsFromShapes(item, make));
    return items.every((item) => item !== undefined) ? (value.kind === 'list' ? list(items) : tuple(items)) : undefined;
  }
  if (value.kind === 'dict') {
    const entries = [...value.entries].map(([key, entry]) => [key, { key: entry.key, value: tensorsFromShapes(entry.value, make) ?? unknown() }] as const);
    return { kind: 'dict', open: value.open, entries: new Map(entries) };
  }
  return undefined;
}

/** Calls the program's own `build` once, with the shapes of the call's arguments. */
export function buildFromShapes(interpreter: Interpreter, self: InstanceValue, state: LayerState, args: CallArguments, place: Place): void {
  if (state.layer.built) return;
  const build = userMethod(self, 'build');
  if (build === undefined) {
    // Nothing to run: a native layer's weights are made where it is called.
    return;
  }
  state.layer.built = true;
  const call = functionOf(userMethod(self, 'call') ?? none);
  const parameters = functionOf(build)?.node.parameters.all.slice(1).filter((parameter) => parameter.kind === 'positional-or-keyword' || parameter.kind === 'positional-only') ?? [];
  const first = args.positional[0] ?? args.keywords[0];
  if (parameters.length <= 1) {
    const shapes = first === undefined ? [] : [shapesOf(convertInput(interpreter, state, first.value, true))];
    interpreter.callMethod(self, 'build', parameters.length === 0 ? [] : shapes, place);
    return;
  }
  const names = call?.node.parameters.all.slice(1).map((parameter) => parameter.name.text) ?? [];
  const byName = new Map<string, Value>();
  for (const [at, argument] of args.positional.entries()) byName.set(`${names[at] ?? ''}_shape`, shapesOf(argument.value));
  for (const keyword of args.keywords) byName.set(`${keyword.name}_shape`, shapesOf(keyword.value));
  interpreter.callMethod(self, 'build', parameters.map((parameter) => byName.get(parameter.name.text) ?? unknown()), place);
}

const callSignatures = new Map<LayerDeclaration, Signature>();
function callSignatureOf(declaration: LayerDeclaration): Signature {
  let signature = callSignatures.get(declaration);
  if (signature === undefined) {
    const text = declaration.callSignature ?? 'inputs';
    const names = parseSignature(text).parameters;
    const has = (name: string): boolean => names.some((parameter) => parameter.name === name);
    const more = names.some((parameter) => parameter.kind === 'double-star') ? '' : [...(has('training') ? [] : ['training=None']), ...(has('mask') ? [] : ['mask=None']), '**kwargs'].join(', ');
    const star = names.some((parameter) => parameter.kind === 'star' || parameter.kind === 'keyword-only');
    signature = parseSignature(more === '' ? text : `${text}, ${star ? '' : '*, '}${more}`);
    callSignatures.set(declaration, signature);
  }
  return signature;
}

/** What a declared layer gives for the arguments; builds it first. `call` itself (from a subclass's `super().call`) does not record anything. */
export function invokeDeclared(interpreter: Interpreter, self: InstanceValue, state: LayerState, args: CallArguments, place: Place, buildsByUser: boolean): { output: Value; multiplyAdds: number | undefined } {
  const declaration = declarationOf(self.cls);
  if (declaration === undefined) return { output: unknown(), multiplyAdds: undefined };
  // Keras stopped at the constructor; what follows from its arguments is no news.
  if (state.refused && !interpreter.isQuiet) return interpreter.quietly(() => invokeDeclared(interpreter, self, state, args, place, buildsByUser)).result;
  const converted = convertArguments(interpreter, state, args, true);
  const binding = bindArguments(callSignatureOf(declaration), converted, state.layer.name);
  if (!binding.ok) {
    interpreter.refuse({ rule: 'invalid-argument', message: binding.problem.message, place: binding.problem.place ?? place, layer: state.layer, exception: 'TypeError' });
    return { output: unknown(), multiplyAdds: undefined };
  }
  const callArgs = withTraining(interpreter, binding.args);
  const input = assumedInput(state, declaration, (converted.positional[0] ?? converted.keywords[0])?.value ?? unknown());
  if (refusesRank(interpreter, state, declaration, input, place)) return { output: unknown(), multiplyAdds: undefined };
  if (buildsByUser) buildFromShapes(interpreter, self, state, args, place);
  const build = buildOf(interpreter, self, state, input, place, callArgs);
  if (!buildDeclared(build, state, declaration)) return { output: unknown(), multiplyAdds: undefined };
  const single = input.kind === 'tensor' ? input : undefined;
  const invocation: LayerInvocation = {
    ...build, tensor: single, tensors: tensorList(input), callArgs,
    result: (shape, facts) => ({
      ...tensor({ cls: single?.cls ?? (flattened([input]).some((one) => one.kind === 'tensor' && one.cls === kerasTensorClass) ? kerasTensorClass : backendTensorClass()), shape,
        dtype: facts !== undefined && 'dtype' in facts ? facts.dtype : state.policy.compute, range: facts?.range }),
    }),
  };
  const output = declaration.output(invocation);
  return { output, multiplyAdds: declaration.multiplyAdds?.(invocation, output) };
}

/** What is not known at all has at least the rank that the layer asks for: a picture gives a picture. */
function assumedInput(state: LayerState, declaration: LayerDeclaration, input: Value): Value {
  if (input.kind !== 'unknown' || input.typeName !== undefined || typeof declaration.inputRank !== 'number') return input;
  return tensor({ cls: backendTensorClass(), shape: { dims: [batchDim, ...shapeOfRank(declaration.inputRank - 1).dims ?? []] }, dtype: state.policy.compute });
}

/** `training` comes from the layer call around this one where it is not given. */
function withTraining(interpreter: Interpreter, args: BoundArguments): BoundArguments {
  const outer = kerasRun(interpreter).calls.at(-1)?.training;
  if (outer === undefined || args.given('training') !== false) return args;
  return { ...args, get: (name) => (name === 'training' ? outer : args.get(name)), flag: (name) => (name === 'training' ? (outer.kind === 'bool' ? outer.value : undefined) : args.flag(name)) };
}

function buildOf(interpreter: Interpreter, self: InstanceValue, state: LayerState, input: Value, place: Place, callArgs?: BoundArguments): LayerBuild {
  return { ...constructionOf(interpreter, self, state, place, callArgs), layer: state.layer, input, inputShape: input.kind === 'tensor' ? input.shape : unknownShape, callArgs };
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
  if (declaration.weights === undefined) { layer.built = true; return true; }
  if (build.input.kind === 'unknown' || (build.input.kind === 'tensor' && build.inputShape.dims === undefined)) {
    // Some weights do not depend on the input (an embedding's); the others are made when more is known.
    const { result } = build.interpreter.quietly(() => declaration.weights?.(build) ?? []);
    if (!result.every((weight) => weight.shape.dims?.every(isKnown))) return true;
  }
  let refused = false;
  const isAssumed = (dims: readonly Dim[] | undefined): boolean => dims?.some(isAnonymous) === true;
  const weights = declaration.weights({ ...build, refuse: (text, options) => { refused = true; build.refuse(text, options); } });
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
  const count = input.kind === 'tensor' ? 1 : tensorList(input)?.length ?? 1;
  if (expected !== undefined && count > 1) {
    interpreter.refuse({ rule: 'shape-mismatch', place, layer: state.layer, message: message('{layer} expects one input tensor, got {actual}', { layer: state.layer.name, actual: count }) });
    return true;
  }
  if (expected === undefined || input.kind !== 'tensor' || input.shape.dims === undefined) return false;
  const actual = input.shape.dims.length;
  if (typeof expected === 'number' ? actual === expected : actual >= expected.minimum) return false;
  if (typeof expected === 'number' && refusesSamples(interpreter, state, input, expected)) return true;
  const words = { layer: state.layer.name, expected: typeof expected === 'number' ? expected : expected.minimum, actual, shape: formatShape(input.shape) };
  interpreter.refuse({
    rule: 'shape-mismatch', place, layer: state.layer,
    message: typeof expected === 'number'
      ? message('{layer} expects an input with {expected} axes, got {actual}: {shape}', words)
      : message('{layer} expects an input with at least {expected} axes, got {actual}: {shape}', words),
  });
  return true;
}

/** The number of samples was written into the layer's own `input_shape`. */
function refusesSamples(interpreter: Interpreter, state: LayerState, input: TensorValue, expected: number): boolean {
  const declared = state.declaredInput?.dims;
  const argument = state.layer.arguments.get('input_shape');
  if (declared === undefined || argument?.place === undefined || declared.length !== expected + 1 || input.shape.dims?.length !== declared.length) return false;
  const { place } = argument;
  const text = place.source.parsed.text.slice(place.start, place.end);
  interpreter.refuse({
    rule: 'input-shape', place, layer: state.layer,
    message: message('{layer} expects {expected} axes with the batch: input_shape {shape} includes the samples, {short} does not', {
      layer: state.layer.name, expected, shape: formatShape({ dims: declared.slice(1) }), short: formatShape({ dims: declared.slice(2) }),
    }),
    fixes: [{ title: message('Leave the number of samples out'), edits: [{ place, newText: /^\w[\w.]*$/.test(text) ? `${text}[1:]` : formatShape({ dims: declared.slice(2) }) }] }],
  });
  return true;
}

/** Makes the outputs nodes of the graph, with the call that they come from. */
function attachNode(interpreter: Interpreter, state: LayerState, call: LayerCall, input: Value, tensors: readonly TensorValue[], output: Value, self: InstanceValue, args: CallArguments): Value {
  const run = kerasRun(interpreter);
  run.nodeCount += 1;
  const declaration = declarationOf(self.cls);
  const mask = implicitMask(state, declaration, args);
  const symbolic = tensors.filter((one) => one.cls === kerasTensorClass);
  const node: GraphNode = {
    id: run.nodeCount, layer: state.layer, call, inputs: mask === undefined ? symbolic : [...symbolic, mask], input, outputs: output, isInput: false,
    replay: (inputs) => callLayer(interpreter, self, replaceTensors(args, inputs), call.place ?? interpreter.place),
  };
  node.outputs = mapTensors(output, (one, index) => historySlot.on({ ...one, cls: kerasTensorClass }, { node, index }));
  if (declaration !== undefined && userMethod(self, 'call') === undefined) {
    node.outputs = withMask(interpreter, state, input, node.outputs, maskFunctions.compare, maskFunctions.any, call.place ?? interpreter.place);
  }
  state.nodes.push(node);
  return node.outputs;
}

/** `ops.not_equal` and `ops.any`, handed in by index.ts. */
const maskFunctions: { compare: Value | undefined; any: Value | undefined } = { compare: undefined, any: undefined };
export function useMaskFunctions(compare: Value | undefined, any: Value | undefined): void { maskFunctions.compare = compare; maskFunctions.any = any; }

/** The same arguments with other values for the graph's tensors, in order. */
function replaceTensors(args: CallArguments, inputs: readonly Value[]): CallArguments {
  let at = 0;
  const replace = (value: Value): Value => mapTensors(value, (one) => {
    if (one.cls !== kerasTensorClass) return one;
    at += 1;
    return inputs[at - 1] ?? unknown();
  });
  return {
    ...args,
    positional: args.positional.map((argument) => ({ ...argument, value: replace(argument.value) })),
    keywords: args.keywords.map((keyword) => ({ ...keyword, value: replace(keyword.value) })),
  };
}

