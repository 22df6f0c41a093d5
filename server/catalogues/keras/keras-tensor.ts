// Nodes of a functional graph: `Input`, and operations on KerasTensors, which Keras keeps as rows of the model.
// It must not know models.
import { batchDim, unknownDim } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';
import { unknownShape } from '../../tensors/shape.ts';
import type { DType } from '../../tensors/dtype.ts';
import type { Layer, LayerCall } from '../../trace/trace.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { dictKey } from '../../values/equality.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Place } from '../../values/place.ts';
import { message, type Template } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, TensorValue, Value } from '../../values/value.ts';
import { instance, none, str, unknown } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { registerOperationHook, tensorsIn } from '../arrays/library.ts';
import { kerasTensorClass, shapeValue } from './array-library.ts';
import { mapTensors, shapeFromValue } from './construction.ts';
import { layerClass } from './layer-class.ts';
import type { GraphNode } from './layer-state.ts';
import { createLayerState, historySlot, layerSlot } from './layer-state.ts';
import { automaticName, kerasRun } from './run-state.ts';

kerasTensorClass.namespace.set(
  'name',
  nativeProperty('name', (call) => {
    const history = historySlot.get(call.args.get('self'));
    return history === undefined ? unknown(undefined, 'str') : str(history.node.layer.name);
  }),
);
kerasTensorClass.namespace.set(
  '__init__',
  nativeMethod('__init__', 'self, *args, **kwargs', () => none),
);

const inputSignature =
  'shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, name=None, tensor=None, optional=False, **kwargs';

/** `keras.layers.InputLayer`: a layer without a call; its node is made with it. */
export const inputLayerClass: ClassValue = nativeClass({
  name: 'InputLayer',
  qualifiedName: 'keras.layers.InputLayer',
  bases: [layerClass],
  members: {
    __init__: nativeMethod('__init__', `self, ${inputSignature.replace('tensor=None', 'input_tensor=None')}`, (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'instance' || layerSlot.get(self) === undefined) return none;
      const given = call.args.get('input_tensor');
      const shape = given.kind === 'tensor' ? given.shape : given.kind !== 'none' ? unknownShape : inputShape(call.interpreter, call.args, call.place);
      completeInputLayer(call.interpreter, self, shape, inputDType(call.args.get('dtype')), call.args.get('name'));
      return none;
    }),
    batch_shape: nativeProperty('batch_shape', (call) => {
      const output = layerSlot.get(call.args.get('self'))?.nodes[0]?.outputs;
      return output?.kind === 'tensor' ? shapeValue(output.shape) : unknown(undefined, 'tuple');
    }),
  },
});

function inputDType(value: Value): DType | undefined {
  return value.kind === 'none' ? 'float32' : dtypeFromValue(value, 'float32');
}

type InputArguments = Parameters<Parameters<typeof nativeFunction>[2]>[0]['args'];

function inputShape(interpreter: Interpreter, args: InputArguments, place: Place): Shape {
  const refuse = (text: Template, argument?: string): void => {
    interpreter.refuse({
      rule: 'invalid-argument',
      message: message(text),
      place: (argument === undefined ? undefined : args.place(argument)) ?? place,
    });
  };
  const shape = args.given('shape') === false ? args.get('input_shape') : args.get('shape');
  const batchShape = args.given('batch_shape') === false ? args.get('batch_input_shape') : args.get('batch_shape');
  if (shape.kind === 'none' && batchShape.kind === 'none') {
    if (!args.openKeywords && !args.openPositional && args.get('tensor').kind === 'none') refuse('Input needs a shape');
    return unknownShape;
  }
  if (batchShape.kind !== 'none') {
    if (shape.kind !== 'none' && shape.kind !== 'unknown' && batchShape.kind !== 'unknown')
      refuse('Input takes either shape or batch_shape, not both', 'batch_shape');
    return asBatch(shapeFromValue(interpreter, batchShape));
  }
  // A single number is no shape: `Input(shape=(784))` has forgotten the comma.
  if (shape.kind === 'int') refuse('the shape of an Input is a tuple: write (n,) for a single axis', 'shape');
  const size = args.get('batch_size');
  const dims = shapeFromValue(interpreter, shape)?.dims;
  return dims === undefined ? unknownShape : { dims: [size.kind === 'none' ? batchDim : (dimFromValue(size) ?? unknownDim()), ...dims] };
}

/** The first axis, where it is None, is the batch. */
function asBatch(shape: Shape | undefined): Shape {
  const [first, ...rest] = shape?.dims ?? [];
  return shape?.dims === undefined ? unknownShape : first === undefined ? shape : { dims: [typeof first === 'number' ? first : batchDim, ...rest] };
}

function completeInputLayer(interpreter: Interpreter, self: InstanceValue, shape: Shape, dtype: DType | undefined, name: Value): TensorValue {
  const state = layerSlot.get(self);
  if (state === undefined) throw new Error('an input layer without a record');
  state.layer.name = name.kind === 'str' ? name.value : automaticName(interpreter, 'InputLayer');
  state.layer.built = true;
  state.initialised = true;
  const output = tensor({ cls: kerasTensorClass, shape, dtype });
  const call: LayerCall = {
    id: interpreter.trace.calls.length + 1,
    layer: state.layer,
    place: state.layer.place,
    input: none,
    multiplyAdds: 0,
    parent: undefined,
    // The very tensor that the program goes on with: what reads it is found by it.
    get output() {
      return node.outputs;
    },
  };
  state.layer.calls.push(call);
  const run = kerasRun(interpreter);
  run.nodeCount += 1;
  const node: GraphNode = { id: run.nodeCount, layer: state.layer, call, inputs: [], input: none, outputs: none, isInput: true, replay: undefined };
  const made = historySlot.on(output, { node, index: 0 });
  node.outputs = made;
  state.nodes.push(node);
  return made;
}

/** An input layer made by Keras itself, in front of a Sequential model's first layer. */
export function makeInputLayer(
  interpreter: Interpreter,
  shape: Shape,
  dtype: DType | undefined,
  place: Place,
  name: Value = none,
): { layer: InstanceValue; output: TensorValue } {
  const self = instance(inputLayerClass);
  const state = createLayerState(interpreter, self, place);
  // It stands in no line of its own.
  const at = interpreter.trace.layers.lastIndexOf(state.layer);
  if (at >= 0) interpreter.trace.layers.splice(at, 1);
  return { layer: self, output: completeInputLayer(interpreter, self, shape, dtype, name) };
}

/** `keras.Input(shape)`. */
export const inputFunction: Value = nativeFunction('Input', inputSignature, (call) => {
  const given = call.args.get('tensor');
  const self = instance(inputLayerClass, { place: call.place });
  createLayerState(call.interpreter, self, call.place);
  const shape = given.kind === 'tensor' ? given.shape : given.kind !== 'none' ? unknownShape : inputShape(call.interpreter, call.args, call.place);
  return completeInputLayer(call.interpreter, self, shape, inputDType(call.args.get('dtype')), call.args.get('name'));
});

/** Names of Keras' operations behind Python's operators, where they are not the name in capitals. */
const operationNames: Readonly<Record<string, string>> = {
  getitem: 'GetItem',
  truediv: 'TrueDivide',
  rtruediv: 'TrueDivide',
  sub: 'Subtract',
  rsub: 'Subtract',
  mul: 'Multiply',
  rmul: 'Multiply',
  radd: 'Add',
  pow: 'Power',
  rpow: 'Power',
  floordiv: 'FloorDivide',
  rfloordiv: 'FloorDivide',
  rmatmul: 'Matmul',
  neg: 'Negative',
  abs: 'Absolute',
  eq: 'Equal',
  ne: 'NotEqual',
  lt: 'Less',
  le: 'LessEqual',
  gt: 'Greater',
  ge: 'GreaterEqual',
  rmod: 'Mod',
  and: 'LogicalAnd',
  or: 'LogicalOr',
  xor: 'LogicalXor',
  matmul: 'Matmul',
  where: 'Where',
  concat: 'Concatenate',
  divide: 'Divide',
  // tf.* on a KerasTensor is refused by Keras 3; what keras.ops calls otherwise stands here.
  reduce_mean: 'Mean',
  reduce_sum: 'Sum',
  reduce_max: 'Max',
  reduce_min: 'Min',
  batch_matmul: 'Matmul',
  top_k: 'TopK',
  relu6: 'Relu6',
  image_resize: 'Resize',
};

function operationClassName(name: string): string {
  const operation = name.replaceAll('__', '');
  return (
    operationNames[operation] ??
    operation
      .split('_')
      .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
      .join('')
  );
}

const operationClasses = new Map<string, ClassValue>();

registerOperationHook(kerasTensorClass, (interpreter, operation, inputs, result, place) => {
  const className = operationClassName(operation);
  let cls = operationClasses.get(className);
  if (cls === undefined) {
    cls = nativeClass({ name: className, qualifiedName: `keras.ops.${className}` });
    operationClasses.set(className, cls);
  }
  const self = instance(cls, { place });
  const run = kerasRun(interpreter);
  run.layerCount += 1;
  run.nodeCount += 1;
  const layer: Layer = {
    id: run.layerCount,
    framework: 'keras',
    className,
    classNames: [className, 'Operation'],
    name: automaticName(interpreter, className),
    place,
    callers: interpreter.callers(),
    arguments: new Map(),
    weights: [],
    built: true,
    trainable: true,
    children: () => [],
    instance: self,
    calls: [],
    model: undefined,
    incomplete: false,
  };
  const call: LayerCall = {
    id: interpreter.trace.calls.length + 1,
    layer,
    place,
    input: inputs,
    output: result,
    multiplyAdds: undefined,
    parent: undefined,
    within: interpreter.runningFunctions(),
  };
  layer.calls.push(call);
  const node: GraphNode = {
    id: run.nodeCount,
    layer,
    call,
    inputs: tensorsIn([inputs]).filter((one) => one.cls === kerasTensorClass),
    input: inputs,
    outputs: result,
    isInput: false,
    replay: undefined,
  };
  node.outputs = mapTensors(result, (one, index) => historySlot.on({ ...one, cls: kerasTensorClass }, { node, index }));
  return node.outputs;
});

/** A dict from Python names, for structures that the catalogue makes itself. */
export function dictOf(entries: Readonly<Record<string, Value>>): Value {
  return {
    kind: 'dict',
    open: false,
    entries: new Map(
      Object.entries(entries).map(([name, value]) => {
        const key = str(name);
        return [dictKey(key) ?? name, { key, value }];
      }),
    ),
  };
}
