// Layers without weights that pass their input on or call a function: Activation, Identity, Masking, Lambda, Flatten's kin excepted. Also the
// wrappers of other frameworks' models, of which nothing is known. It must not know how layers become classes.
import { constantRange, uniteRanges } from '../../../tensors/range.ts';
import { type Dim, unknownDim } from '../../../tensors/dim.ts';
import { unknownShape } from '../../../tensors/shape.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { list, tuple, unknown } from '../../../values/value.ts';
import { kerasTensorClass } from '../array-library.ts';
import { mapTensors } from '../construction.ts';
import { shapesOf, tensorsFromShapes } from '../call-inputs.ts';
import type { LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { integerOf, itemsOf } from './arguments.ts';
import { activationRange } from './identifiers.ts';
import { elementwise, fromTensor, unchanged } from './outputs.ts';
import { activations, checks, numberBetween } from './refusals.ts';
import { typeKept } from './reshaping.ts';

const activation: LayerDeclaration = {
  name: 'Activation',
  signature: 'activation, **kwargs',
  check: checks(activations),
  output: elementwise((range, invocation) => activationRange(invocation.args.get('activation'), range)),
};

const identity: LayerDeclaration = {
  name: 'Identity',
  signature: '**kwargs',
  output: (invocation) => mapTensors(invocation.input, (tensor) => invocation.result(tensor.shape, { range: tensor.range, ...typeKept(tensor) })),
};

const masking: LayerDeclaration = {
  name: 'Masking',
  signature: 'mask_value=0.0, **kwargs',
  output: elementwise((range) => (range === undefined ? undefined : { ...uniteRanges(range, constantRange(0)), attained: false })),
};

const activityRegularization: LayerDeclaration = {
  name: 'ActivityRegularization',
  signature: 'l1=0.0, l2=0.0, **kwargs',
  check: checks(
    numberBetween('l1', 0, Number.POSITIVE_INFINITY, { optional: true }),
    numberBetween('l2', 0, Number.POSITIVE_INFINITY, { optional: true }),
  ),
  output: unchanged,
};

/** What `output_shape` promises for a graph: sizes behind the batch axis, or what its function gives for the input's shape. */
function promisedOutput(invocation: LayerInvocation, tensor: TensorValue): Value | undefined {
  const promised = invocation.args.get('output_shape');
  if (promised.kind === 'none' || tensor.cls !== kerasTensorClass) return undefined;
  const items = itemsOf(promised);
  if (items === undefined) {
    const shapes = invocation.interpreter.call(promised, argumentsOf([shapesOf(tensor)]), invocation.place);
    return tensorsFromShapes(shapes, (shape) => invocation.result(shape)) ?? unknown();
  }
  if (items.some((item) => item.kind === 'tuple' || item.kind === 'list')) return unknown();
  const dims = items.map((item): Dim => (item.kind === 'none' ? unknownDim({ prints: 'None' }) : (integerOf(item) ?? unknownDim())));
  return invocation.result({ dims: [tensor.shape.dims?.[0] ?? unknownDim(), ...dims] });
}

/** Keras gives a Lambda's results the layer's own type. */
function retyped(invocation: LayerInvocation, value: Value): Value {
  switch (value.kind) {
    case 'tensor':
      return invocation.tensor?.cls === value.cls ? invocation.result(value.shape, { range: value.range }) : value;
    case 'tuple':
      return tuple(value.items.map((item) => retyped(invocation, item)));
    case 'list':
      return value.open ? value : list(value.items.map((item) => retyped(invocation, item)));
    default:
      return value;
  }
}

const lambda: LayerDeclaration = {
  name: 'Lambda',
  signature: 'function, output_shape=None, mask=None, arguments=None, **kwargs',
  callSignature: 'inputs, mask=None, training=None',
  output: (invocation) => {
    const promised = invocation.tensor === undefined ? undefined : promisedOutput(invocation, invocation.tensor);
    const { interpreter, place } = invocation;
    const given = invocation.args.get('arguments');
    if (given.kind !== 'none' && (given.kind !== 'dict' || given.open)) return promised ?? unknown();
    const keywords: Record<string, Value> = {};
    if (given.kind === 'dict') for (const entry of given.entries.values()) if (entry.key.kind === 'str') keywords[entry.key.value] = entry.value;
    const result = interpreter.call(invocation.args.get('function'), argumentsOf([invocation.input], keywords), place);
    return promised ?? retyped(invocation, result);
  },
};

/** What a model of another framework holds and gives is not known. */
function opaque(name: string, signature: string, callSignature: string, base?: string): LayerDeclaration {
  return {
    name,
    signature,
    callSignature,
    ...(base === undefined ? {} : { base }),
    weights: () => [{ name: 'variables', shape: unknownShape }],
    output: () => unknown(),
  };
}

const inputLayer: LayerDeclaration = {
  name: 'InputLayer',
  signature:
    'shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, input_tensor=None, optional=False, name=None, **kwargs',
  extraKeywords: 'any',
  output: fromTensor((tensor) => tensor),
};

export const coreLayers: readonly LayerDeclaration[] = [
  inputLayer,
  activation,
  identity,
  masking,
  activityRegularization,
  lambda,
  opaque(
    'JaxLayer',
    'call_fn, init_fn=None, params=None, state=None, seed=None, native_serialization_platforms=None, **kwargs',
    'inputs, training=False',
  ),
  opaque('FlaxLayer', 'module, method=None, variables=None, **kwargs', 'inputs, training=False', 'JaxLayer'),
  opaque('TorchModuleWrapper', 'module, name=None, output_shape=None, **kwargs', '*args, training=None, **kwargs'),
  opaque(
    'TFSMLayer',
    "filepath, call_endpoint='serve', call_training_endpoint=None, trainable=True, name=None, dtype=None",
    'inputs, training=False, **kwargs',
  ),
];
