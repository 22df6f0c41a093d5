// Calling a Keras layer: input checks, building on the first call, the output, the record in the trace and the node in the graph.
// What a layer computes comes from its declaration, from the program's own `call`, or from a model's behaviour.
import type { Dim } from '../../tensors/dim.ts';
import { formatShape } from '../../tensors/shape.ts';
import type { LayerCall } from '../../trace/trace.ts';
import type { CallArguments } from '../../values/arguments.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { backendTensorClass, kerasTensorClass } from './array-library.ts';
import { behaviourOf, declarationOf, mapTensors } from './construction.ts';
import type { GraphNode, LayerState } from './layer-state.ts';
import { flattened, historySlot, layerSlot } from './layer-state.ts';
import { checkInputSpec } from './input-spec.ts';
import { implicitMask, withMask } from './masks.ts';
import { kerasRun } from './run-state.ts';
import { userMethod, convertArguments, functionOf, shapesOf, tensorsFromShapes, buildFromShapes } from './call-inputs.ts';
import { invokeDeclared } from './declared-call.ts';

interface OpenCall extends LayerCall {
  output: Value;
  multiplyAdds: Dim | undefined;
}

/** `layer(…)`. `shownAt` undefined: no line of the program stands for the call (`fit` builds the model). */
export function callLayer(
  interpreter: Interpreter,
  self: InstanceValue,
  args: CallArguments,
  place: Place,
  shownAt: Place | undefined = place,
): Value {
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
    id: interpreter.trace.calls.length + 1,
    layer: state.layer,
    place: shownAt,
    input,
    output: unknown(),
    multiplyAdds: undefined,
    parent: run.calls.at(-1)?.call,
    others: args.positional.length + args.keywords.length < 2 ? undefined : [...args.positional, ...args.keywords].slice(1).map((argument) => argument.value),
    within: isSymbolic ? interpreter.runningFunctions() : undefined,
  };
  const outerTraining = run.calls.at(-1)?.training;
  const ownTraining = args.keywords.find((keyword) => keyword.name === 'training')?.value;
  const training = ownTraining !== undefined && ownTraining.kind !== 'none' ? ownTraining : outerTraining;
  if (!interpreter.isQuiet) interpreter.trace.calls.push(call);
  run.calls.push({ call, training });
  const depth = run.calls.length;
  const open = interpreter.trace.openCalls;
  const around = open.length;
  open.push(call);
  try {
    // Built on one path only: this call's input says for what.
    if (state.uncertain && !interpreter.isQuiet && input.kind === 'tensor' && input.shape.dims !== undefined) {
      state.ownWeights = [];
      state.layer.built = false;
      state.uncertain = false;
    }
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
    open.length = around;
  }
}

/** Layers that prepare data take numbers and flags by position. */
function takesNumbers(self: InstanceValue): boolean {
  return self.cls.mro.some((cls) => cls.native && (cls.name.startsWith('Random') || dataLayers.has(cls.name)));
}

const dataLayers: ReadonlySet<string> = new Set([
  'AugMix', 'AutoContrast', 'CategoryEncoding', 'CenterCrop', 'CutMix', 'Discretization', 'Equalization', 'HashedCrossing', 'Hashing', 'IntegerLookup', 'MaxNumBoundingBoxes', 'MelSpectrogram',
  'MixUp', 'Normalization', 'Pipeline', 'RandAugment', 'Rescaling', 'Resizing', 'Solarization', 'STFTSpectrogram', 'StringLookup', 'TextVectorization',
]);

/** Only tensors may be given by position, and no layers. */
function refusesArguments(
  interpreter: Interpreter,
  self: InstanceValue,
  state: LayerState,
  args: CallArguments,
  takesAnything: boolean,
  place: Place,
): boolean {
  for (const [at, argument] of args.positional.entries()) {
    const value = argument.value;
    if (layerSlot.get(value) !== undefined && value.kind === 'instance') {
      interpreter.refuse({
        rule: 'invalid-argument',
        place: argument.place ?? place,
        layer: state.layer,
        message: message('{layer} is called on the layer {given} itself; it has to be called on its output', {
          layer: state.layer.name,
          given: layerSlot.get(value)?.layer.name ?? '',
        }),
      });
      return true;
    }
    if (at === 0 || takesAnything || takesNumbers(self)) continue;
    if (value.kind === 'bool' || value.kind === 'str') {
      interpreter.refuse({
        rule: 'invalid-argument',
        place: argument.place ?? place,
        layer: state.layer,
        message: message('{layer}: only tensors may be given by position; give {value} by name', {
          layer: state.layer.name || self.cls.name,
          value: interpreter.representation(value, place) ?? '',
        }),
      });
      return true;
    }
  }
  return false;
}

/** Runs the program's own `call`. `training` is handed on when the method takes it, as Keras does. */
function callOwn(
  interpreter: Interpreter,
  self: InstanceValue,
  method: Value,
  args: CallArguments,
  training: Value | undefined,
  place: Place,
): Value {
  const state = layerSlot.get(self);
  if (state === undefined) return unknown();
  let given = convertArguments(interpreter, state, args, false);
  const open = kerasRun(interpreter).calls.at(-1)?.call;
  if (open?.layer === state.layer) open.received = [...given.positional, ...given.keywords].map((argument) => argument.value);
  const parameters = functionOf(method)?.node.parameters.all ?? [];
  const takesTraining = parameters.some((parameter) => parameter.name.text === 'training');
  // Keras keeps `training` to itself where `call` does not take it.
  if (!takesTraining && parameters.length > 0) {
    given = { ...given, keywords: given.keywords.filter((keyword) => keyword.name !== 'training') };
  }
  const position = parameters.findIndex((parameter) => parameter.name.text === 'training') - 1;
  if (
    takesTraining &&
    training !== undefined &&
    given.positional.length <= position &&
    !given.keywords.some((keyword) => keyword.name === 'training')
  ) {
    given = { ...given, keywords: [...given.keywords, { name: 'training', value: training, place: undefined }] };
  }
  return interpreter.call(method.kind === 'function' ? { kind: 'bound-method', self, callable: method } : method, given, place);
}

/** What the program's own `compute_output_shape` says, as tensors; undefined when it has none or it is not known. */
function ownOutputShape(interpreter: Interpreter, self: InstanceValue, input: Value, output: Value, place: Place): Value | undefined {
  if (userMethod(self, 'compute_output_shape') === undefined) return undefined;
  const shapes = interpreter.callMethod(self, 'compute_output_shape', [shapesOf(input)], place);
  const dtype = layerSlot.get(self)?.policy.compute;
  const found = tensorsFromShapes(shapes, (shape) => ({
    ...tensor({ cls: backendTensorClass(), shape, dtype: output.kind === 'tensor' ? output.dtype : dtype }),
  }));
  // The method itself was run too; where both know it, what it gave is as good and knows more.
  return found === undefined || (output.kind === 'tensor' && found.kind === 'tensor' && formatShape(output.shape) === formatShape(found.shape))
    ? undefined
    : found;
}

/** Makes the outputs nodes of the graph, with the call that they come from. */
function attachNode(
  interpreter: Interpreter,
  state: LayerState,
  call: LayerCall,
  input: Value,
  tensors: readonly TensorValue[],
  output: Value,
  self: InstanceValue,
  args: CallArguments,
): Value {
  const run = kerasRun(interpreter);
  run.nodeCount += 1;
  const declaration = declarationOf(self.cls);
  const mask = implicitMask(state, declaration, args);
  const symbolic = tensors.filter((one) => one.cls === kerasTensorClass);
  const node: GraphNode = {
    id: run.nodeCount,
    layer: state.layer,
    call,
    inputs: mask === undefined ? symbolic : [...symbolic, mask],
    input,
    outputs: output,
    isInput: false,
    given: args,
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
export function useMaskFunctions(compare: Value | undefined, any: Value | undefined): void {
  maskFunctions.compare = compare;
  maskFunctions.any = any;
}

/** The same arguments with other values for the graph's tensors, in order. */
function replaceTensors(args: CallArguments, inputs: readonly Value[]): CallArguments {
  let at = 0;
  const replace = (value: Value): Value =>
    mapTensors(value, (one) => {
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
