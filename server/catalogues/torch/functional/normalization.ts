// Normalisation: batch, instance, group, layer, root mean square, vectors. The shape stays; statistics and scales must fit the channels.
// Sources: PyTorch 2.13, torch/nn/functional.py and aten/src/ATen/native/layer_norm.h, group_norm.cpp. It must not know modules.
import { compareDims, type Dim, dimBounds, dimEquals, divides, formatDim, isKnown, multiplyDims } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { formatShape, normalizeAxis, type Shape, shapesEqual } from '../../../tensors/shape.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { numbersFromValue, sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { type ArrayCall, type ArrayContext, type ArrayDeclarations, refuseConflict } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { demandEqual } from '../equations.ts';
import { expectFloats, expectSize, expectVector, refuseRank, refuseShape, sizeFixes } from './sizes.ts';
import { meetingWeights } from './types.ts';
import { refuseArgument, shown } from './windows.ts';

function like(input: TensorValue): TensorValue {
  return torchTensor({ shape: input.shape, dtype: input.dtype, origin: input.origin });
}

export type NormVectors = Readonly<Record<string, TensorValue | undefined>>;

function meetingVectors(context: ArrayContext, input: TensorValue, vectors: NormVectors): TensorValue {
  return meetingWeights(context, input, Object.values(vectors), 'half too');
}

/** Each of the vectors must have one element for each channel, which is the second axis. */
function expectChannels(context: ArrayContext, channels: Dim, vectors: NormVectors): boolean {
  return Object.entries(vectors).every(([name, vector]) => expectVector(context, name, vector, channels));
}

/** In training every channel needs more than one value to have a variance. Undefined sizes say nothing. */
export function refuseSingleValues(context: ArrayContext, input: Shape, countedAxes: readonly Dim[]): boolean {
  const count = multiplyDims(...countedAxes);
  if (count !== 1) return false;
  refuseShape(
    context,
    message('{layer} needs more than one value for each channel in training, the input is {shape}', {
      layer: context.name,
      shape: formatShape(input),
    }),
    undefined,
    { exception: 'ValueError' },
  );
  return true;
}

/** The input's axes, where they are known and the second one may hold channels. */
function axesWithChannels(context: ArrayContext, input: TensorValue): readonly Dim[] | undefined {
  const { dims } = input.shape;
  if (!expectFloats(context, input) || dims === undefined) return undefined;
  if (dims.length >= 2) return dims;
  refuseRank(context, 'at least 2 axes, the channels second', input.shape);
  return undefined;
}

export function batchNorm(context: ArrayContext, given: TensorValue, vectors: NormVectors, training: boolean | undefined): Value {
  const input = meetingVectors(context, given, vectors);
  const dims = axesWithChannels(context, input);
  if (dims === undefined) return like(input);
  if (training === true && refuseSingleValues(context, input.shape, [dims[0] ?? 1, ...dims.slice(2)])) return like(input);
  expectChannels(context, dims[1] ?? 1, vectors);
  return like(input);
}

export function instanceNorm(context: ArrayContext, given: TensorValue, vectors: NormVectors, usesInput: boolean | undefined): Value {
  const input = meetingVectors(context, given, vectors);
  const { dims } = input.shape;
  if (!expectFloats(context, input) || dims === undefined) return like(input);
  if (usesInput === true) {
    const count = multiplyDims(...dims.slice(2));
    if (isKnown(count) && count === 1) {
      refuseShape(
        context,
        message('{layer} needs more than one spatial element in training, the input is {shape}', {
          layer: context.name,
          shape: formatShape(input.shape),
        }),
        undefined,
        { exception: 'ValueError' },
      );
      return like(input);
    }
  }
  if (dims.length < 2) refuseRank(context, 'at least 2 axes, the channels second', input.shape);
  else expectChannels(context, dims[1] ?? 1, vectors);
  return like(input);
}

export function groupNorm(context: ArrayContext, given: TensorValue, groups: Dim | undefined, vectors: NormVectors): Value {
  const input = meetingVectors(context, given, vectors);
  const dims = axesWithChannels(context, input);
  if (dims === undefined) return like(input);
  const [batch, channels] = [dims[0] ?? 1, dims[1] ?? 1];
  if (groups !== undefined && compareDims(groups, 0) !== 1 && isKnown(groups)) {
    refuseShape(
      context,
      message('{layer}: num_groups must be positive, got {groups}', { layer: context.name, groups: formatDim(groups) }),
      undefined,
      { rule: 'invalid-argument' },
    );
    return like(input);
  }
  const declared = Object.values(vectors).find((vector) => vector?.shape.dims?.length === 1)?.shape.dims?.[0];
  if (declared !== undefined && !expectSize(context, declared, channels, 'channels', input.shape, 'num_channels')) return like(input);
  if (groups !== undefined && divides(groups, channels) === false) {
    refuseShape(
      context,
      message('{layer}: {groups} groups do not divide the {channels} channels of the input {shape}', {
        layer: context.name,
        groups: formatDim(groups),
        channels: formatDim(channels),
        shape: formatShape(input.shape),
      }),
    );
    return like(input);
  }
  // The function counts the values of a group over the batch, as it does for batch normalisation.
  if (groups !== undefined && isKnown(groups) && isKnown(channels)) {
    const count = multiplyDims(batch, channels / groups, ...dims.slice(2));
    if (isKnown(count) && count === 1) {
      refuseShape(
        context,
        message('{layer} needs more than one value for each group, the input is {shape}', { layer: context.name, shape: formatShape(input.shape) }),
        undefined,
        { exception: 'ValueError' },
      );
      return like(input);
    }
  }
  expectChannels(context, channels, vectors);
  return like(input);
}

/** LayerNorm and RMSNorm: the last axes must be the shape that is normalised. */
export function layerNorm(context: ArrayContext, given: TensorValue, normalized: readonly Dim[] | undefined, vectors: NormVectors): Value {
  // The root mean square is composed of operations that promote.
  const input = 'bias' in vectors ? meetingVectors(context, given, vectors) : given;
  const { dims } = input.shape;
  if (!expectFloats(context, input) || dims === undefined || normalized === undefined) return like(input);
  const shape: Shape = { dims: normalized };
  if (normalized.length === 0) {
    refuseShape(context, message('{layer}: normalized_shape must have at least one size', { layer: context.name }), undefined, {
      rule: 'invalid-argument',
    });
    return like(input);
  }
  for (const [name, vector] of Object.entries(vectors)) {
    if (vector === undefined || shapesEqual(vector.shape, shape) !== false) continue;
    refuseShape(
      context,
      message('{layer}: {name} must have the normalized shape {expected}, got {actual}', {
        layer: context.name,
        name,
        expected: formatShape(shape),
        actual: formatShape(vector.shape),
      }),
    );
    return like(input);
  }
  const last = dims.slice(-normalized.length);
  if (dims.length < normalized.length || last.some((size, at) => dimEquals(size, normalized[at] ?? size) === false)) {
    refuseShape(
      context,
      message('{layer} normalises the last axes {expected}, the input is {shape}', {
        layer: context.name,
        expected: formatShape(shape),
        shape: formatShape(input.shape),
      }),
      message('{layer} is built here for {expected}', { layer: context.name, expected: formatShape(shape) }),
      { fixes: last.length === 1 && normalized.length === 1 ? sizeFixes(context, 'normalized_shape', normalized[0] ?? 0, last[0] ?? 0) : [] },
    );
    return like(input);
  }
  for (const [at, size] of last.entries()) demandEqual(context.interpreter, size, normalized[at] ?? size, context.layer);
  return like(input);
}

/** Sums of neighbouring channels divide each one: the shape stays. */
export function localResponseNorm(context: ArrayContext, input: TensorValue, args: BoundArguments): Value {
  const rank = input.shape.dims?.length;
  const size = args.get('size');
  if (rank !== undefined && rank < 3) refuseRank(context, 'at least 3 axes, the channels second', input.shape, 'ValueError');
  else if (dimBounds(dimFromValue(size) ?? 1).high < 1)
    refuseArgument(
      context,
      args,
      'size',
      message('{layer}: size must be positive, got {value}', { layer: context.name, value: shown(context, size) }),
    );
  return torchTensor({ shape: input.shape, dtype: input.dtype });
}

/** Vectors along axes are divided by their norm: of norm 2, elements lie between -1 and 1. */
function normalize(call: ArrayCall): Value {
  const input = tensorOf(call, call.operand(0));
  if (input === undefined) return unknown();
  const norm = numberFromValue(call.args.get('p'));
  const result = torchTensor({
    shape: input.shape,
    dtype: input.dtype,
    range: norm !== undefined && norm >= 1 ? rangeBetween(-1, 1) : undefined,
    origin: input.origin,
  });
  if (!expectFloats(call, input) || input.shape.dims === undefined) return result;
  const rank = input.shape.dims.length;
  const outside = (numbersFromValue(call.interpreter, call.args.get('dim')) ?? []).find(
    (axis) => normalizeAxis(axis, Math.max(rank, 1)) === undefined,
  );
  return outside === undefined ? result : refuseConflict(call, { kind: 'axis', axis: outside, rank }, [input.shape], rank);
}

/** The tensors that arguments of these names are. */
function vectorsOf(call: ArrayCall, ...names: readonly string[]): NormVectors {
  return Object.fromEntries(names.map((name) => [name, call.args.isNone(name) ? undefined : tensorOf(call, call.args.get(name))]));
}

function flag(call: ArrayCall, name: string): boolean | undefined {
  return call.interpreter.truth(call.args.get(name), call.place);
}

function onShape(names: readonly string[]): ArrayDeclarations[string][1] {
  return (call) => {
    const input = tensorOf(call, call.operand(0));
    if (input === undefined) return unknown();
    const given = call.args.get('normalized_shape');
    if (given.kind === 'int' || given.kind === 'float' || given.kind === 'none' || given.kind === 'str') {
      refuseArgument(
        call,
        call.args,
        'normalized_shape',
        message('{layer}: normalized_shape must be a tuple of whole numbers, got {value}', { layer: call.name, value: shown(call, given) }),
        'TypeError',
      );
      return like(input);
    }
    return layerNorm(call, input, sizesFromValue(call.interpreter, given), vectorsOf(call, ...names));
  };
}

export const normalizationFunctions: ArrayDeclarations = {
  batch_norm: [
    'input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05',
    (call) => {
      const input = tensorOf(call, call.operand(0));
      if (input === undefined) return unknown();
      const training = flag(call, 'training');
      if (training === false && (call.args.isNone('running_mean') || call.args.isNone('running_var'))) {
        refuseArgument(
          call,
          call.args,
          'running_mean',
          message('{layer} needs running_mean and running_var unless it is training', { layer: call.name }),
        );
        return like(input);
      }
      return batchNorm(call, input, vectorsOf(call, 'running_mean', 'running_var', 'weight', 'bias'), training);
    },
  ],
  instance_norm: [
    'input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05',
    (call) => {
      const input = tensorOf(call, call.operand(0));
      return input === undefined
        ? unknown()
        : instanceNorm(call, input, vectorsOf(call, 'running_mean', 'running_var', 'weight', 'bias'), flag(call, 'use_input_stats'));
    },
  ],
  group_norm: [
    'input, num_groups, weight=None, bias=None, eps=1e-05',
    (call) => {
      const input = tensorOf(call, call.operand(0));
      return input === undefined ? unknown() : groupNorm(call, input, dimFromValue(call.args.get('num_groups')), vectorsOf(call, 'weight', 'bias'));
    },
  ],
  layer_norm: ['input, normalized_shape, weight=None, bias=None, eps=1e-05', onShape(['weight', 'bias'])],
  rms_norm: ['input, normalized_shape, weight=None, eps=None', onShape(['weight'])],
  local_response_norm: [
    'input, size, alpha=0.0001, beta=0.75, k=1.0',
    (call) => {
      const input = tensorOf(call, call.operand(0));
      return input === undefined ? unknown() : localResponseNorm(call, input, call.args);
    },
  ],
  normalize: ['input, p=2.0, dim=1, eps=1e-12, out=None', normalize],
};
