// Normalisation as modules: batch, instance, group, layer, root mean square, local responses, with their parameters and running statistics.
// Sources: PyTorch 2.13, torch/nn/modules/batchnorm.py, instancenorm.py, normalization.py. It must not know how modules become classes.
import { compareDims, type Dim, divides, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, shapeOf, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { int, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { expectFeatures, expectPicture, steps } from '../expected.ts';
import { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, type NormVectors } from '../functional/normalization.ts';
import { expectSize, refuseRank } from '../functional/sizes.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation, ParameterDeclaration } from '../module-declaration.ts';
import { learnedSize, sizeArgument, sizeOf } from './arguments.ts';

function truth(construction: ModuleConstruction, name: string): boolean | undefined {
  return construction.interpreter.truth(construction.args.get(name), construction.place);
}

/** A scale and an offset where `affine` asks for them; None otherwise. */
function affine(construction: ModuleConstruction, flagName: string, shape: Shape, hasBias: boolean | undefined): readonly ParameterDeclaration[] {
  const isAffine = truth(construction, flagName);
  const dtype = construction.dtype === undefined ? {} : { dtype: construction.dtype };
  // Whether there is one is not known: an unknown shape keeps the count open.
  const declared = (name: string, exists: boolean | undefined): ParameterDeclaration => ({
    name,
    shape: exists === false ? undefined : exists === true ? shape : unknownShape,
    ...dtype,
  });
  return [
    declared('weight', isAffine),
    declared('bias', isAffine === false || hasBias === false ? false : isAffine === undefined || hasBias === undefined ? undefined : true),
  ];
}

/** The running statistics of `_NormBase`, buffers. */
function statistics(construction: ModuleConstruction, features: Dim): readonly ParameterDeclaration[] {
  const tracks = truth(construction, 'track_running_stats');
  const shape = tracks === false ? undefined : tracks === true ? shapeOf(features) : unknownShape;
  const dtype = construction.dtype === undefined ? {} : { dtype: construction.dtype };
  return [
    { name: 'running_mean', shape, isBuffer: true, ...dtype },
    { name: 'running_var', shape, isBuffer: true, ...dtype },
    { name: 'num_batches_tracked', shape: tracks === false ? undefined : shapeOf(), isBuffer: true, dtype: 'int64' },
  ];
}

function normParameters(isLazy: boolean): (construction: ModuleConstruction) => readonly ParameterDeclaration[] {
  return (construction) => {
    // Without scales and statistics nobody reads it.
    const isUnused = truth(construction, 'affine') === false && truth(construction, 'track_running_stats') === false;
    const features = isLazy
      ? learnedSize(construction, 'num_features', isUnused ? 0 : construction.inputShape.dims?.[1])
      : isUnused
        ? unknownDim()
        : sizeArgument(construction, 'num_features');
    return [...affine(construction, 'affine', shapeOf(features), truth(construction, 'bias')), ...statistics(construction, features)];
  };
}

function vectors(invocation: ModuleInvocation): NormVectors {
  return Object.fromEntries(['running_mean', 'running_var', 'weight', 'bias'].map((name) => [name, invocation.parameter(name)]));
}

function isTraining(invocation: ModuleInvocation): boolean | undefined {
  const training = invocation.self.attributes.get('training');
  return training?.kind === 'bool' ? training.value : undefined;
}

/** The input's ranks that a class takes, and how a message says it. */
interface Ranks {
  readonly ranks: readonly number[] | 'from 2';
  readonly takes: string;
}

const batchRanks: readonly Ranks[] = [
  { ranks: 'from 2', takes: 'at least 2 axes, the channels second' },
  { ranks: [2, 3], takes: '(N, C) or (N, C, L)' },
  { ranks: [4], takes: '(N, C, H, W)' },
  { ranks: [5], takes: '(N, C, D, H, W)' },
];
const instanceRanks: readonly Ranks[] = [
  { ranks: [], takes: '' },
  { ranks: [2, 3], takes: '(N, C, L) or (C, L)' },
  { ranks: [3, 4], takes: '(N, C, H, W) or (C, H, W)' },
  { ranks: [4, 5], takes: '(N, C, D, H, W) or (C, D, H, W)' },
];

/** True after a refusal. */
function refusesRank(invocation: ModuleInvocation, { ranks, takes }: Ranks): boolean {
  const rank = invocation.tensor?.shape.dims?.length;
  if (rank === undefined || (ranks === 'from 2' ? rank >= 2 : ranks.includes(rank))) return false;
  refuseRank(invocation.context, takes, invocation.tensor?.shape ?? unknownShape, 'ValueError');
  return true;
}

/** Says that the input's channels are not those that the layer was built for. True after a refusal. */
function refusesFeatures(invocation: ModuleInvocation, axis: number): boolean {
  const [actual, expected] = [
    invocation.tensor?.shape.dims?.[axis],
    (invocation.parameter('weight') ?? invocation.parameter('running_mean'))?.shape.dims?.[0],
  ];
  if (actual === undefined || expected === undefined) return false;
  return !expectSize(
    invocation.context,
    expected,
    actual,
    'channels',
    invocation.tensor?.shape ?? unknownShape,
    'num_features',
    axis === 1 ? 'RuntimeError' : 'ValueError',
  );
}

function batchForward(spatialCount: number): (invocation: ModuleInvocation) => Value {
  return (invocation) => {
    const { tensor, context, self } = invocation;
    if (tensor === undefined) return unknown();
    if (refusesRank(invocation, batchRanks[spatialCount] ?? { ranks: 'from 2', takes: '' })) return invocation.result(tensor.shape);
    const training = isTraining(invocation);
    const hasStatistics = self.attributes.get('running_mean')?.kind !== 'none' || self.attributes.get('running_var')?.kind !== 'none';
    if (training === false && hasStatistics ? refusesFeatures(invocation, 1) : false) return invocation.result(tensor.shape);
    const usesBatch = hasStatistics ? training : true;
    // A single value for each channel fails first, then the channels.
    if (usesBatch !== true && refusesFeatures(invocation, 1)) return invocation.result(tensor.shape);
    if (usesBatch === true && !isSingle(tensor.shape) && refusesFeatures(invocation, 1)) return invocation.result(tensor.shape);
    return batchNorm(context, tensor, vectors(invocation), usesBatch);
  };
}

function isSingle(shape: Shape): boolean {
  return shape.dims !== undefined && [shape.dims[0] ?? 1, ...shape.dims.slice(2)].every((size) => size === 1);
}

function instanceForward(spatialCount: number): (invocation: ModuleInvocation) => Value {
  return (invocation) => {
    const { tensor, context } = invocation;
    if (tensor === undefined) return unknown();
    const dims = tensor.shape.dims;
    if (refusesRank(invocation, instanceRanks[spatialCount] ?? { ranks: [], takes: '' }) || dims === undefined)
      return invocation.result(tensor.shape);
    const isBatched = dims.length === spatialCount + 2;
    if (refusesFeatures(invocation, isBatched ? 1 : 0)) return invocation.result(tensor.shape);
    const training = isTraining(invocation);
    const usesInput = invocation.self.attributes.get('running_mean')?.kind === 'none' ? true : training;
    const whole = isBatched ? tensor : { ...tensor, shape: { dims: [1, ...dims] } };
    instanceNorm(context, whole, vectors(invocation), usesInput);
    return invocation.result(tensor.shape);
  };
}

const normSignature = 'eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None, *, bias=True';
const instanceSignature = normSignature.replace('affine=True, track_running_stats=True', 'affine=False, track_running_stats=False');

function lazyForm(form: ModuleDeclaration, signature: string): ModuleDeclaration {
  // Its bases in Python are mixins and the family's base, not the class it becomes.
  return {
    ...form,
    name: `Lazy${form.name}`,
    signature,
    isLazy: true,
    attributes: () => ({ num_features: int(0) }),
    parameters: normParameters(true),
  };
}

function forms(spatialCount: number): readonly ModuleDeclaration[] {
  const batch: ModuleDeclaration = {
    name: `BatchNorm${spatialCount}d`,
    base: '_BatchNorm',
    signature: `num_features, ${normSignature}`,
    parameters: normParameters(false),
    output: batchForward(spatialCount),
    expects: (construction) => ({
      input:
        spatialCount === 1 ? expectFeatures(sizeOf(construction, 'num_features')) : expectPicture(spatialCount, sizeOf(construction, 'num_features')),
    }),
  };
  const single: ModuleDeclaration = {
    name: `InstanceNorm${spatialCount}d`,
    base: '_InstanceNorm',
    signature: `num_features, ${instanceSignature}`,
    parameters: normParameters(false),
    output: instanceForward(spatialCount),
    expects: (construction) => ({ input: expectPicture(spatialCount, sizeOf(construction, 'num_features')) }),
  };
  return [batch, single, lazyForm(batch, normSignature), lazyForm(single, normSignature)];
}

/** `normalized_shape` as a tuple; undefined where it is not known. */
function normalizedShape(construction: ModuleConstruction): readonly Dim[] | undefined {
  const value = construction.args.get('normalized_shape');
  const single = dimFromValue(value);
  if (single !== undefined) return [single];
  if (value.kind === 'tuple' || (value.kind === 'list' && !value.open)) {
    if (value.items.every((item) => item.kind === 'int' || item.kind === 'unknown' || item.kind === 'bool'))
      return value.items.map((item) => dimFromValue(item) ?? unknownDim());
  } else if (value.kind !== 'float' && value.kind !== 'none' && value.kind !== 'str') return undefined;
  construction.refuse(
    message('{layer}: normalized_shape must be whole numbers, got {value}', {
      layer: construction.className,
      value: construction.interpreter.representation(value, construction.place) ?? value.kind,
    }),
    { argument: 'normalized_shape', exception: 'TypeError' },
  );
  return undefined;
}

function shapeNorm(name: 'LayerNorm' | 'RMSNorm', signature: string, callSignature: string): ModuleDeclaration {
  return {
    name,
    signature,
    callSignature,
    attributes: (construction): Readonly<Record<string, Value>> => {
      const sizes = normalizedShape(construction);
      if (sizes?.some((size) => compareDims(size, 0) === -1) === true) {
        construction.refuse(
          message('{layer}: sizes must not be negative, got {shape}', { layer: construction.className, shape: formatShape({ dims: sizes }) }),
          { argument: 'normalized_shape', exception: 'RuntimeError' },
        );
      }
      return sizes === undefined ? {} : { normalized_shape: tuple(sizes.map((size) => int(size))) };
    },
    parameters: (construction) => {
      const value = construction.args.get('normalized_shape');
      const shape: Shape = value.kind === 'tuple' ? { dims: value.items.map((item) => dimFromValue(item) ?? unknownDim()) } : unknownShape;
      const declared = affine(construction, 'elementwise_affine', shape, name === 'LayerNorm' ? truth(construction, 'bias') : false);
      return name === 'LayerNorm' ? declared : declared.slice(0, 1);
    },
    expects: ({ args }) => {
      const value = args.get('normalized_shape');
      const sizes = value.kind === 'tuple' ? value.items.map((item) => dimFromValue(item) ?? unknownDim()) : [unknownDim()];
      return { input: sizes.length === 1 ? expectFeatures(steps, ...sizes) : { ...expectFeatures(...sizes), isRankFree: false } };
    },
    output: (invocation) => {
      const { tensor, context, args } = invocation;
      if (tensor === undefined) return unknown();
      const value = args.get('normalized_shape');
      const sizes = value.kind === 'tuple' ? value.items.map((item) => dimFromValue(item) ?? unknownDim()) : undefined;
      return layerNorm(context, tensor, sizes, {
        weight: invocation.parameter('weight'),
        ...(name === 'LayerNorm' ? { bias: invocation.parameter('bias') } : {}),
      });
    },
  };
}

const groupNormModule: ModuleDeclaration = {
  name: 'GroupNorm',
  signature: 'num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None, *, bias=True',
  expects: (construction) => ({ input: { ...expectPicture(2, sizeOf(construction, 'num_channels')), isRankFree: true } }),
  check: (construction) => {
    const [groups, channels] = [dimFromValue(construction.args.get('num_groups')), dimFromValue(construction.args.get('num_channels'))];
    if (groups === undefined || channels === undefined) return;
    if (groups === 0)
      construction.refuse(message('{layer}: num_groups must not be 0', { layer: construction.className }), {
        argument: 'num_groups',
        exception: 'ZeroDivisionError',
      });
    else if (divides(groups, channels) === false) {
      construction.refuse(
        message('{layer}: num_channels must be divisible by num_groups, got {channels} and {groups}', {
          layer: construction.className,
          channels: formatDim(channels),
          groups: formatDim(groups),
        }),
        { argument: 'num_channels' },
      );
    }
  },
  parameters: (construction) => affine(construction, 'affine', shapeOf(sizeArgument(construction, 'num_channels')), truth(construction, 'bias')),
  output: (invocation) => {
    const { tensor, context, args } = invocation;
    return tensor === undefined
      ? unknown()
      : groupNorm(context, tensor, dimFromValue(args.get('num_groups')), {
          weight: invocation.parameter('weight'),
          bias: invocation.parameter('bias'),
        });
  },
};

const syncBatchNorm: ModuleDeclaration = {
  name: 'SyncBatchNorm',
  base: '_BatchNorm',
  signature: `num_features, ${normSignature.replace('track_running_stats=True', 'track_running_stats=True, process_group=None')}`,
  parameters: normParameters(false),
  output: batchForward(0),
};

const bases: readonly ModuleDeclaration[] = [
  { name: '_NormBase', signature: `num_features, ${normSignature}`, parameters: normParameters(false), output: () => unknown() },
  { name: '_BatchNorm', base: '_NormBase', signature: `num_features, ${normSignature}`, parameters: normParameters(false), output: batchForward(0) },
  {
    name: '_InstanceNorm',
    base: '_NormBase',
    signature: `num_features, ${instanceSignature}`,
    parameters: normParameters(false),
    output: () => unknown(),
  },
];

export const normalizationModules: readonly ModuleDeclaration[] = [
  ...bases,
  ...[1, 2, 3].flatMap(forms),
  syncBatchNorm,
  groupNormModule,
  shapeNorm('LayerNorm', 'normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None', 'input'),
  shapeNorm('RMSNorm', 'normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None', 'x'),
  {
    name: 'LocalResponseNorm',
    signature: 'size, alpha=0.0001, beta=0.75, k=1.0',
    output: ({ tensor, context, args }) => (tensor === undefined ? unknown() : localResponseNorm(context, tensor, args)),
  },
  {
    name: 'CrossMapLRN2d',
    signature: 'size, alpha=0.0001, beta=0.75, k=1',
    output: (invocation) => {
      const { tensor, context } = invocation;
      if (tensor === undefined) return unknown();
      const rank = tensor.shape.dims?.length;
      if (rank !== undefined && rank !== 4) refuseRank(context, '(N, C, H, W)', tensor.shape, 'ValueError');
      return invocation.result(tensor.shape);
    },
  },
];
