// Layers that hold another layer: TimeDistributed, Bidirectional, SpectralNormalization, Pipeline. The inner layer is called as the program
// would call it. It must not know what the inner layer computes.
import { addDims, type Dim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { addRanges, constantRange, divideRanges, multiplyRanges, uniteRanges, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import type { Layer } from '../../../trace/trace.ts';
import { argumentsOf, type CallArguments } from '../../../values/arguments.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { list, tuple, unknown } from '../../../values/value.ts';
import type { Construction, LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { layerOf } from '../layer-state.ts';
import { itemsOf, truthOf } from './arguments.ts';
import { withDim } from './outputs.ts';
import { type Check, checks, positiveInteger, refuseArgument, shown } from './refusals.ts';

/** Whether a value is a layer; undefined when not known. */
export function isLayer(value: Value): boolean | undefined {
  if (layerOf(value) !== undefined) return true;
  if (value.kind === 'unknown') return undefined;
  return value.kind === 'instance' && value.cls.mro.some((cls) => cls.hasUnknownBase) ? undefined : false;
}

/** An argument that must be a layer: an object, not its class or a function. */
export function layerArgument(argument: string): Check {
  return (construction) =>
    isLayer(construction.args.get(argument)) === false &&
    refuseArgument(
      construction,
      argument,
      message('{layer} wraps a layer, got {actual}', {
        layer: construction.className,
        actual: shown(construction, construction.args.get(argument)),
      }),
    );
}

/** Calls an inner layer. */
export function callInner(invocation: Construction, inner: Value, input: Value, keywords: Readonly<Record<string, Value>> = {}): Value {
  return invocation.interpreter.call(inner, argumentsOf([input], keywords), invocation.place);
}

/** Calls that are passed on take `training` and `mask` where the outer call has them. */
function passedOn(invocation: LayerInvocation, inner: Value): Readonly<Record<string, Value>> {
  const training = invocation.callArgs.get('training');
  return training.kind === 'none' || isLayer(inner) !== true || invocation.callArgs.given('training') !== true ? {} : { training };
}

const wrapper: LayerDeclaration = {
  name: 'Wrapper',
  signature: 'layer, **kwargs',
  callSignature: '*args, **kwargs',
  check: checks(layerArgument('layer')),
  children: ({ args }) => [args.get('layer')],
  output: (invocation) => {
    invocation.refuse(
      message('{layer} computes nothing itself: a class that inherits from Wrapper has to define call()', { layer: invocation.layer.name }),
    );
    return unknown();
  },
};

function withSteps(invocation: LayerInvocation, steps: Shape, output: Value): Value {
  if (output.kind === 'tuple') return tuple(output.items.map((item) => withSteps(invocation, steps, item)));
  if (output.kind !== 'tensor') return output;
  const dims = output.shape.dims;
  const shape = dims === undefined ? unknownShape : { dims: dims.toSpliced(1, 0, steps.dims?.[1] ?? unknownDim()) };
  return invocation.result(shape, { range: output.range });
}

const timeDistributed: LayerDeclaration = {
  name: 'TimeDistributed',
  base: 'Wrapper',
  signature: 'layer, **kwargs',
  callSignature: 'inputs, training=None, mask=None',
  check: checks(layerArgument('layer')),
  children: ({ args }) => [args.get('layer')],
  output: (invocation) => {
    const { tensor } = invocation;
    if (tensor === undefined) return unknown();
    const dims = tensor.shape.dims;
    if (dims !== undefined && dims.length < 3) {
      invocation.refuse(
        message('{layer} expects an input of rank 3 or more, got {shape} of rank {rank}', {
          layer: invocation.layer.name,
          shape: formatShape(tensor.shape),
          rank: dims.length,
        }),
        { rule: 'shape-mismatch' },
      );
      return unknown();
    }
    const inner = invocation.args.get('layer');
    const step = invocation.result(dims === undefined ? unknownShape : { dims: dims.toSpliced(1, 1) }, { dtype: tensor.dtype, range: tensor.range });
    return withSteps(invocation, tensor.shape, callInner(invocation, inner, step, passedOn(invocation, inner)));
  },
  multiplyAdds: (invocation) => {
    const [inner, steps] = [layerOf(invocation.args.get('layer')), invocation.tensor?.shape.dims?.[1]];
    const perStep = costOf(inner);
    return perStep === undefined || typeof steps !== 'number' ? undefined : multiplyDims(perStep, steps);
  },
};

/** What the wrapped layer cost when it was called last; undefined where that is not known. */
function costOf(inner: Layer | undefined): Dim | undefined {
  const call = inner?.calls.at(-1);
  // A layer of Keras' own that declares none costs none.
  return call === undefined ? undefined : call.multiplyAdds ?? (inner?.instance.cls.native === true && inner.model === undefined ? 0 : undefined);
}

/** A new layer made with the same arguments, as Keras copies layers through their configuration; undefined for classes of the program. */
export function copyLayer(construction: Construction, original: Value, changes: Readonly<Record<string, Value>>): Value | undefined {
  const layer = layerOf(original);
  if (layer === undefined || original.kind !== 'instance' || !original.cls.native) return undefined;
  const keywords: CallArguments['keywords'][number][] = [];
  for (const [name, argument] of new Map([
    ...layer.arguments,
    ...Object.entries(changes).map(([name, value]) => [name, { value, place: undefined }] as const),
  ])) {
    const value = copiedArgument(construction, argument.value);
    if (value === undefined) return undefined;
    keywords.push({ name, value, place: undefined });
  }
  return construction.interpreter.call(original.cls, { positional: [], keywords, openPositional: false, openKeywords: false }, construction.place);
}

/** Layers among the arguments are copied too. */
function copiedArgument(construction: Construction, value: Value): Value | undefined {
  if (layerOf(value) !== undefined) return copyLayer(construction, value, {});
  if ((value.kind !== 'list' && value.kind !== 'tuple') || !value.items.some((item) => layerOf(item) !== undefined)) return value;
  const items = value.items.map((item) => copiedArgument(construction, item));
  return items.every((item) => item !== undefined) ? list(items) : undefined;
}

const mergeModes = ['sum', 'mul', 'ave', 'concat'];

const mergeMode: Check = (construction) => {
  const value = construction.args.get('merge_mode');
  if (value.kind === 'none' || value.kind === 'unknown' || (value.kind === 'str' && mergeModes.includes(value.value))) return false;
  return refuseArgument(
    construction,
    'merge_mode',
    message("{layer}: the argument \"merge_mode\" must be one of 'sum', 'mul', 'ave', 'concat' or None, got {actual}", {
      layer: construction.className,
      actual: shown(construction, value),
    }),
  );
};

function truthOfArgument(layer: Layer, name: string): boolean | undefined {
  const argument = layer.arguments.get(name);
  return argument === undefined ? undefined : truthOf(argument.value);
}

/** A backward layer of the program must run the other way and return the same things. */
const matchingBackward: Check = (construction) => {
  const [forward, backward] = [layerOf(construction.args.get('layer')), layerOf(construction.args.get('backward_layer'))];
  if (forward === undefined || backward === undefined) return false;
  const values = { layer: construction.className };
  const [one, other] = [truthOfArgument(forward, 'go_backwards'), truthOfArgument(backward, 'go_backwards')];
  if (one !== undefined && one === other) {
    return refuseArgument(construction, 'backward_layer', message('{layer}: one layer must have go_backwards=True and the other not', values));
  }
  const different = ['stateful', 'return_sequences', 'return_state'].find((name) => {
    const [left, right] = [truthOfArgument(forward, name), truthOfArgument(backward, name)];
    return left !== undefined && right !== undefined && left !== right;
  });
  return (
    different !== undefined &&
    refuseArgument(construction, 'backward_layer', message('{layer}: both layers must have the same {argument}', { ...values, argument: different }))
  );
};

const recurrentLayer: Check = (construction) => {
  const layer = layerOf(construction.args.get('layer'));
  const value = construction.args.get('layer');
  const isRecurrent = layer === undefined || value.kind !== 'instance' || !value.cls.native || layer.arguments.has('go_backwards');
  return (
    !isRecurrent &&
    refuseArgument(
      construction,
      'layer',
      message('{layer} wraps a recurrent layer, got {actual}', { layer: construction.className, actual: layer?.className ?? '?' }),
    )
  );
};

/** Keras runs copies of the layer, named after it. */
function makeDirections(construction: Construction): boolean {
  const { args, instance } = construction;
  const [forward, given] = [args.get('layer'), args.get('backward_layer')];
  const layer = layerOf(forward);
  if (layer === undefined) return false;
  const name = layer.name.startsWith('forward_') ? layer.name.slice('forward_'.length) : layer.name;
  const backward =
    given.kind === 'none'
      ? copyLayer(construction, forward, { go_backwards: { kind: 'bool', value: true }, name: { kind: 'str', value: `backward_${name}` } })
      : given;
  if (given.kind === 'none' && truthOfArgument(layer, 'go_backwards') === true) {
    return refuseArgument(
      construction,
      'layer',
      message('{layer} makes the backward layer itself: the layer it wraps must not have go_backwards=True', { layer: construction.className }),
    );
  }
  layer.name = `forward_${name}`;
  setInstanceAttribute(instance, 'forward_layer', forward);
  setInstanceAttribute(instance, 'backward_layer', backward ?? unknown());
  return false;
}

type Combine = (left: ValueRange, right: ValueRange) => ValueRange;
const combinations: Readonly<Record<string, Combine>> = {
  sum: addRanges,
  mul: multiplyRanges,
  concat: uniteRanges,
  ave: (left, right) => divideRanges(addRanges(left, right), constantRange(2)),
};

function mergedDirections(invocation: LayerInvocation, forward: Value, backward: Value): Value {
  const mode = invocation.args.get('merge_mode');
  if (mode.kind === 'none') return tuple([forward, backward]);
  if (mode.kind !== 'str' || forward.kind !== 'tensor') return unknown();
  const dims = forward.shape.dims;
  const shape = mode.value === 'concat' && dims !== undefined ? withDim(dims, -1, multiplyDims(2, dims.at(-1) ?? unknownDim())) : forward.shape;
  const other = backward.kind === 'tensor' ? backward.range : undefined;
  const combine = combinations[mode.value];
  const range =
    forward.range === undefined || other === undefined || combine === undefined ? undefined : { ...combine(forward.range, other), attained: false };
  return invocation.result(shape, { range });
}

const bidirectional: LayerDeclaration = {
  name: 'Bidirectional',
  signature: "layer, merge_mode='concat', weights=None, backward_layer=None, **kwargs",
  callSignature: 'sequences, initial_state=None, mask=None, training=None',
  check: checks(
    layerArgument('layer'),
    (construction) => construction.args.get('backward_layer').kind !== 'none' && layerArgument('backward_layer')(construction),
    mergeMode,
    recurrentLayer,
    matchingBackward,
    makeDirections,
  ),
  children: ({ instance }) => [instance.attributes.get('forward_layer') ?? unknown(), instance.attributes.get('backward_layer') ?? unknown()],
  output: (invocation) => {
    const [forward, backward] = ['forward_layer', 'backward_layer'].map((name) => invocation.instance.attributes.get(name));
    if (forward === undefined || backward === undefined || invocation.tensor === undefined) return unknown();
    const states = itemsOf(invocation.callArgs.get('initial_state'));
    const half = (states?.length ?? 0) / 2;
    const halves = states === undefined ? [{}, {}] : [{ initial_state: list(states.slice(0, half)) }, { initial_state: list(states.slice(half)) }];
    const results = [forward, backward].map((inner, index) =>
      callInner(invocation, inner, invocation.input, { ...halves[index], ...passedOn(invocation, inner) }),
    );
    if (layerOf(backward) === undefined) invocation.layer.incomplete = true;
    const [first = unknown(), second = unknown()] = results;
    if (first.kind !== 'tuple') return mergedDirections(invocation, first, second);
    const others = second.kind === 'tuple' ? second.items : first.items;
    const merged = mergedDirections(invocation, first.items[0] ?? unknown(), others[0] ?? unknown());
    return tuple([...(merged.kind === 'tuple' ? merged.items : [merged]), ...first.items.slice(1), ...others.slice(1)]);
  },
  multiplyAdds: (invocation) => {
    const costs = ['forward_layer', 'backward_layer'].map((name) => costOf(layerOf(invocation.instance.attributes.get(name))));
    const [one, other = one] = costs;
    return one === undefined || other === undefined ? undefined : addDims(one, other);
  },
};

/** The weight that is normalised: `kernel` or `embeddings` of the layer itself. */
function normalisedWeight(inner: Layer): Shape | undefined {
  if (inner.classNames.includes('RNN')) return undefined;
  return inner.weights.find((weight) => weight.name === 'kernel' || weight.name === 'embeddings')?.shape;
}

const spectralNormalization: LayerDeclaration = {
  name: 'SpectralNormalization',
  base: 'Wrapper',
  signature: 'layer, power_iterations=1, **kwargs',
  callSignature: 'inputs, training=False',
  check: checks(layerArgument('layer'), positiveInteger('power_iterations')),
  children: ({ args }) => [args.get('layer')],
  weights: (build) => {
    const value = build.args.get('layer');
    // The layer is built first; what it refuses is told when it is called.
    build.interpreter.quietly(() => callInner(build, value, build.input));
    const inner = layerOf(value);
    if (inner === undefined) return [];
    const kernel = normalisedWeight(inner);
    if (kernel === undefined && inner.built && value.kind === 'instance' && value.cls.native) {
      build.refuse(
        message('{layer} normalises the kernel or the embeddings of a layer, and {inner} has neither', {
          layer: build.layer.name,
          inner: inner.className,
        }),
        { argument: 'layer' },
      );
      return [];
    }
    return [{ name: 'vector_u', shape: kernel === undefined ? unknownShape : shapeOf(1, kernel.dims?.at(-1) ?? unknownDim()), trainable: false }];
  },
  output: (invocation) => {
    const result = callInner(invocation, invocation.args.get('layer'), invocation.input);
    return result.kind === 'tensor' ? sameResult(invocation, result) : result;
  },
  multiplyAdds: (invocation) => costOf(layerOf(invocation.args.get('layer'))),
};

function sameResult(invocation: LayerInvocation, tensor: TensorValue): TensorValue {
  return invocation.result(tensor.shape, { range: tensor.range });
}

const pipeline: LayerDeclaration = {
  name: 'Pipeline',
  signature: 'layers, name=None',
  callSignature: 'inputs, training=True, mask=None',
  check: checks(
    (construction) =>
      layerOf(construction.args.get('layers')) !== undefined &&
      refuseArgument(
        construction,
        'layers',
        message('{layer} takes a list of layers, got {actual}', {
          layer: construction.className,
          actual: shown(construction, construction.args.get('layers')),
        }),
      ),
  ),
  children: ({ args }) => itemsOf(args.get('layers')) ?? [unknown()],
  output: (invocation) => {
    const layers = itemsOf(invocation.args.get('layers'));
    if (layers === undefined) return unknown();
    return layers.reduce((input, layer) => callInner(invocation, layer, input), invocation.input);
  },
};

export const wrapperLayers: readonly LayerDeclaration[] = [wrapper, bidirectional, timeDistributed, spectralNormalization, pipeline];
