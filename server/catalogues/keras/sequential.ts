// The stack of a Sequential model: adding and removing layers, building as soon as the input is known, calling.
// It must not know the class itself.
import { batchDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { formatShape, type Shape } from '../../tensors/shape.ts';
import type { Layer, LayerCall } from '../../trace/trace.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeMethod } from '../../values/classes.ts';
import { joinValues } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import type { InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { tensorsIn } from '../arrays/library.ts';
import type { RunningCall } from './construction.ts';
import { mapGraph, runGraph } from './graph.ts';
import { makeInputLayer } from './keras-tensor.ts';
import { callLayer } from './layer-call.ts';
import { layerMethod } from './layer-members.ts';
import type { GraphNode } from './layer-state.ts';
import { historySlot, layerOf, layerSlot } from './layer-state.ts';
import type { Graph, StackEntry } from './model-state.ts';
import { isModelBuilt, modelInputs, modelSlot, updateModel, visibleStack } from './model-state.ts';
import { automaticName } from './run-state.ts';

/** `Sequential(layers)`. */
export function sequentialInitialise(interpreter: Interpreter, self: InstanceValue, layers: Value, isOpen: boolean, place: Place): void {
  updateModel(self, { kind: 'sequential', stack: [], unknownMembers: isOpen });
  const state = layerSlot.get(self);
  if (state !== undefined) {
    state.childValues = () => modelSlot.get(self)?.stack.map((entry) => entry.layer) ?? [];
    state.mayHold = (child) => modelSlot.get(self)?.stack.some((entry) => entry.layer === child && entry.undecided === true) === true;
  }
  if (layers.kind === 'none') return;
  if (layers.kind === 'instance' && layerSlot.get(layers) !== undefined) {
    // `for layer in layers` over a layer that is not iterable.
    interpreter.refuse({
      rule: 'invalid-argument',
      message: message('Sequential takes a list of layers, got the layer {layer}', { layer: layerOf(layers)?.name ?? '' }),
      place,
      exception: 'TypeError',
    });
    return;
  }
  const iteration = interpreter.iterate(layers, place);
  if (!iteration.exact) updateModel(self, { unknownMembers: true });
  for (const layer of iteration.items) addLayer(interpreter, self, layer, place);
  if (iteration.items.length > 0) countFunctional(interpreter, self);
}

/** Each time the stack is built anew Keras makes a functional model inside, which takes a name. */
function countFunctional(interpreter: Interpreter, self: InstanceValue): void {
  if (isModelBuilt(self)) automaticName(interpreter, 'Functional');
}

export const sequentialMembers: Readonly<Record<string, Value>> = {
  add: nativeMethod('add', 'self, layer, rebuild=True', (call) => {
    const self = call.args.get('self');
    if (self.kind !== 'instance' || modelSlot.get(self) === undefined) return none;
    addLayer(call.interpreter, self, call.args.get('layer'), call.args.place('layer') ?? call.place);
    if (call.args.flag('rebuild') === true) countFunctional(call.interpreter, self);
    return none;
  }),
  pop: layerMethod('pop', (self, _, __, call) => {
    const model = modelSlot.get(self);
    const last = model?.stack.at(-1);
    if (model === undefined || last === undefined) return unknown();
    updateModel(self, { stack: model.stack.slice(0, -1), unknownMembers: model.unknownMembers || last.undecided === true });
    countFunctional(call.interpreter, self);
    return model.unknownMembers || last.undecided ? unknown() : last.layer;
  }),
};

function addLayer(interpreter: Interpreter, self: InstanceValue, given: Value, place: Place): void {
  const model = modelSlot.get(self);
  if (model === undefined) return;
  const history = historySlot.get(given);
  const layer = history?.node.isInput ? history.node.layer.instance : given;
  if (layer.kind !== 'instance' || layerSlot.get(layer) === undefined) {
    if (
      layer.kind === 'none' ||
      layer.kind === 'str' ||
      layer.kind === 'int' ||
      layer.kind === 'list' ||
      layer.kind === 'tuple' ||
      layer.kind === 'class' ||
      layer.kind === 'function' ||
      layer.kind === 'tensor'
    ) {
      interpreter.refuse({
        rule: 'invalid-argument',
        place,
        layer: layerOf(self),
        message:
          layer.kind === 'class'
            ? message('Sequential takes layers; {name} is a class: call it', { name: layer.name })
            : message('Sequential takes layers, got {value}', { value: interpreter.representation(layer, place) ?? layer.kind }),
      });
      return;
    }
    updateModel(self, { unknownMembers: true });
    return;
  }
  const record = layerOf(layer);
  const same = model.stack.find(
    (entry) => entry.layer !== layer && layerOf(entry.layer)?.name === record?.name && layerSlot.get(entry.layer)?.initialised === true,
  );
  if (same !== undefined && record !== undefined) {
    interpreter.refuse({
      rule: 'invalid-argument',
      place: record.arguments.get('name')?.place ?? place,
      layer: record,
      message: message('the name "{name}" is used for more than one layer of the model', { name: record.name }),
    });
  }
  if (model.stack.length === 0) {
    const declared = layerSlot.get(layer)?.declaredInput ?? declaredByModel(layer);
    if (declared !== undefined) pushInput(interpreter, self, declared, computeType(layer), place);
  }
  push(interpreter, self, layer, place);
}

/** A model as the first layer brings its own input's shape. */
function declaredByModel(layer: InstanceValue): Shape | undefined {
  const inputs =
    modelSlot.get(layer) === undefined || !isModelBuilt(layer) || modelSlot.get(layer)?.kind === 'subclassed' ? undefined : modelInputs(layer);
  const tensors = inputs === undefined ? [] : tensorsIn([inputs]);
  return tensors.length === 1 ? tensors[0]?.shape : undefined;
}

function computeType(layer: InstanceValue): DType | undefined {
  const compute = layerSlot.get(layer)?.policy.compute;
  return compute !== undefined && isFloating(compute) ? 'float32' : compute;
}

function pushInput(interpreter: Interpreter, self: InstanceValue, shape: Shape, dtype: DType | undefined, place: Place): TensorValue {
  const made = makeInputLayer(interpreter, shape, dtype, place);
  const model = modelSlot.get(self);
  const entry: StackEntry = { layer: made.layer, value: made.output, output: made.output, node: historySlot.get(made.output)?.node, call: undefined };
  updateModel(self, { stack: [entry, ...(model?.stack ?? [])] });
  return made.output;
}

function push(interpreter: Interpreter, self: InstanceValue, layer: InstanceValue, place: Place, undecided = false): void {
  const model = modelSlot.get(self);
  if (model === undefined) return;
  const state = layerSlot.get(layer);
  const last = model.stack.at(-1);
  const isInput = layerOf(layer)?.className === 'InputLayer';
  if (isInput && state !== undefined) {
    const output = state.nodes[0]?.outputs ?? unknown();
    updateModel(self, { stack: [...model.stack, entryOf(layer, output, state.nodes[0], state.layer.calls[0])] });
    return;
  }
  const isFollowed = layerOf(model.stack[0]?.layer)?.className === 'InputLayer' && last !== undefined && !model.unknownMembers;
  if (!isFollowed || state === undefined) {
    updateModel(self, { stack: [...model.stack, entryOf(layer, unknown(), undefined, undefined)] });
    return;
  }
  const called = callOne(interpreter, layer, last.value, place);
  const value = undecided ? joinValues(last.value, called.value) : called.value;
  const entry: StackEntry = undecided ? { ...called, value, output: value.kind === 'tensor' ? value : undefined, undecided } : called;
  updateModel(self, { stack: [...(modelSlot.get(self)?.stack ?? []), entry] });
  const own = layerSlot.get(self);
  if (own !== undefined) own.layer.built = true;
}

function callOne(interpreter: Interpreter, layer: InstanceValue, input: Value, place: Place): StackEntry {
  const state = layerSlot.get(layer);
  const nodesBefore = state?.nodes.length ?? 0;
  const callsBefore = state?.layer.calls.length ?? 0;
  const at = state?.layer.place ?? place;
  const output = input.kind === 'unknown' ? unknown() : callLayer(interpreter, layer, argumentsOf([input]), at);
  return entryOf(layer, output, state?.nodes[nodesBefore], state?.layer.calls[callsBefore]);
}

function entryOf(layer: InstanceValue, value: Value, node: GraphNode | undefined, call: LayerCall | undefined): StackEntry {
  return { layer, value, output: value.kind === 'tensor' ? value : undefined, node, call };
}

/** Builds a stack that has no input yet: on the first call, on `fit`, or by `build(input_shape)`. */
export function buildStack(interpreter: Interpreter, self: InstanceValue, shape: Shape, dtype: DType | undefined, place: Place): void {
  const model = modelSlot.get(self);
  const first = model?.stack[0];
  if (model === undefined || first === undefined || model.unknownMembers) return;
  if (layerOf(first.layer)?.className === 'InputLayer') return;
  updateModel(self, { stack: [] });
  pushInput(
    interpreter,
    self,
    { dims: shape.dims?.map((dim, at) => (at === 0 && typeof dim !== 'number' ? batchDim : dim)) },
    dtype ?? computeType(first.layer),
    place,
  );
  for (const entry of model.stack) push(interpreter, self, entry.layer, place, entry.undecided);
  countFunctional(interpreter, self);
}

/** What the stack gives for a tensor. */
export function callStack(running: RunningCall): Value {
  const { interpreter, self, state, input, place } = running;
  const model = modelSlot.get(self);
  if (model === undefined || model.unknownMembers) return unknown();
  const inputs = modelInputs(self);
  // A layer of the stack was refused: that is told, and nothing of the model holds.
  if (inputs !== undefined && model.stack.some((entry) => entry.value.kind === 'unknown')) return unknown();
  if (inputs?.kind === 'tensor' && input.kind === 'tensor') {
    const nodes = model.stack.flatMap((entry) => entry.node ?? []);
    const outputs = model.stack.at(-1)?.value ?? unknown();
    const graph: Graph | undefined = nodes.length !== model.stack.length ? undefined
      : model.stack.some((entry) => entry.undecided) ? interpreter.quietly(() => mapGraph(interpreter, inputs, outputs, place)).result
      : { inputs, outputs, nodes, operations: [], complete: true };
    const fit = fitOf(inputs, input);
    // On arrays a stack asks for the number of axes only; other sizes are the layers' own business.
    if (fit === 'other rank' || (fit === 'other size' && (running.isSymbolic || graph === undefined)))
      return refuseInput(interpreter, state.layer, inputs, input, place);
    if (graph !== undefined && fit === 'other size') {
      const { result, refusals } = interpreter.quietly(() => runGraph(interpreter, graph, [fitted(inputs, input)], false));
      return refusals.length > 0 ? refuseInput(interpreter, state.layer, inputs, input, place) : result;
    }
    if (graph !== undefined) return runGraph(interpreter, graph, [fitted(inputs, input)], running.isSymbolic);
  }
  if (model.stack.some((entry) => entry.undecided)) return unknown();
  let value: Value = input;
  for (const entry of visibleStack(model)) value = callLayer(interpreter, entry.layer, argumentsOf([value]), layerOf(entry.layer)?.place ?? place);
  return value;
}

function fitted(declared: TensorValue, input: TensorValue): TensorValue {
  const [wanted, dims] = [declared.shape.dims, input.shape.dims];
  if (wanted === undefined || dims === undefined) return input;
  if (dims.length === wanted.length + 1 && dims.at(-1) === 1) return { ...input, shape: { dims: dims.slice(0, -1) }, contents: undefined };
  if (dims.length === wanted.length - 1 && wanted.at(-1) === 1) return { ...input, shape: { dims: [...dims, 1] }, contents: undefined };
  return input;
}

/** Keras 3 compares a Sequential's input with the declared one by rank only; other sizes are refused where a layer cannot take them. */
function fitOf(declared: TensorValue, input: TensorValue): 'fits' | 'other rank' | 'other size' {
  const [wanted, dims] = [declared.shape.dims, fitted(declared, input).shape.dims];
  if (wanted === undefined || dims === undefined) return 'fits';
  if (wanted.length !== dims.length) return 'other rank';
  const fits = wanted.every((dim, at) => {
    const actual = dims[at];
    return at === 0 || typeof dim !== 'number' || typeof actual !== 'number' || dim === actual;
  });
  return fits ? 'fits' : 'other size';
}

function refuseInput(interpreter: Interpreter, layer: Layer, declared: TensorValue, input: TensorValue, place: Place): Value {
  return interpreter.refuse({
    rule: 'input-shape',
    place,
    layer,
    message: message('{model} takes {expected}, got {actual}', {
      model: layer.name,
      expected: formatShape(declared.shape),
      actual: formatShape(input.shape),
    }),
  });
}
