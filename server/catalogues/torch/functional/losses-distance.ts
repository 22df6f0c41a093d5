// Losses that compare vectors with one another: triplets, pairs, rankings. Source of shapes and refusals: PyTorch 2.13.
// It must not know modules.
import { dimEquals } from '../../../tensors/dim.ts';
import { broadcastAll, formatShape, reduceShape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import type { TensorValue } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import type { LossCall, LossDeclaration, LossResult } from './losses-declaration.ts';
import { broadcastOf, promoted, refuseLoss } from './losses-declaration.ts';

function ranks(tensors: readonly (TensorValue | undefined)[]): number[] {
  return tensors.flatMap((one) => (one?.shape.dims === undefined ? [] : [one.shape.dims.length]));
}

function shapes(tensors: readonly (TensorValue | undefined)[]): string {
  return tensors.map((one) => (one === undefined ? '?' : formatShape(one.shape))).join(', ');
}

function marginRanking(call: LossCall): LossResult {
  const tensors = ['input1', 'input2', 'target'].map((name) => call.tensor(name));
  const known = ranks(tensors);
  if (known.some((one) => one !== known[0]))
    return refuseLoss(call, 'shape-mismatch', '{loss}: all three must have the same number of axes, got {shapes}', { shapes: shapes(tensors) });
  const shape = broadcastOf(call, ...tensors);
  return shape === 'refused' ? 'refused' : { shape, dtype: promoted(call, ...tensors) };
}

function cosineEmbedding(call: LossCall): LossResult {
  const [first, second, target] = ['input1', 'input2', 'target'].map((name) => call.tensor(name));
  const labels = target?.shape.dims;
  if (labels === undefined || target === undefined) return { shape: unknownShape, dtype: promoted(call, first, second) };
  if (labels.length > 1)
    return refuseLoss(call, 'target-shape', '{loss}: the targets must have one axis or none, got {target}', { target: formatShape(target.shape) });
  for (const one of [first, second]) {
    if (one?.shape.dims !== undefined && one.shape.dims.length !== labels.length + 1) {
      return refuseLoss(call, 'target-shape', '{loss}: targets {target} need inputs of {rank} axes, got {shapes}', {
        target: formatShape(target.shape),
        rank: labels.length + 1,
        shapes: shapes([first, second]),
      });
    }
  }
  const pairs = broadcastOf(call, first, second);
  if (pairs === 'refused') return 'refused';
  const rows = reduceShape(pairs, [-1], false);
  const common = broadcastOf(call, first === undefined ? undefined : { ...first, shape: rows.ok ? rows.shape : unknownShape }, target);
  return common === 'refused' ? 'refused' : { shape: common, dtype: promoted(call, first, second) };
}

function triplet(call: LossCall, distanceName: string | undefined): LossResult {
  const tensors = ['anchor', 'positive', 'negative'].map((name) => call.tensor(name));
  const margin = numberFromValue(call.argument('margin'));
  if (margin !== undefined && margin <= 0)
    return refuseLoss(call, 'invalid-argument', '{loss}: margin must be greater than 0, got {margin}', { margin }, 'ValueError');
  const known = ranks(tensors);
  if (known.some((one) => one !== known[0]))
    return refuseLoss(call, 'shape-mismatch', '{loss}: anchor, positive and negative must have the same number of axes, got {shapes}', {
      shapes: shapes(tensors),
    });
  const dtype = promoted(call, ...tensors);
  const own = distanceName === undefined ? undefined : call.argument(distanceName);
  if (own !== undefined && own.kind !== 'none') {
    const [anchor, positive, negative] = tensors;
    if (anchor === undefined || positive === undefined || negative === undefined) return { shape: unknownShape, dtype: undefined };
    const [near, far] = [positive, negative].map((other) => call.interpreter.call(own, argumentsOf([anchor, other]), call.place));
    const common = near?.kind === 'tensor' && far?.kind === 'tensor' ? broadcastAll([near.shape, far.shape]) : undefined;
    return { shape: common?.ok === true ? common.shape : unknownShape, dtype };
  }
  const [anchor, positive, negative] = tensors;
  const [near, far] = [broadcastOf(call, anchor, positive), broadcastOf(call, anchor, negative)];
  if (near === 'refused' || far === 'refused') return 'refused';
  const distances = [near, far].map((one) => (one.dims?.length === 0 ? shapeOf() : reduceOrUnknown(one)));
  const common = broadcastAll(distances);
  return { shape: common.ok ? common.shape : unknownShape, dtype };
}

function reduceOrUnknown(shape: Parameters<typeof reduceShape>[0]): Parameters<typeof reduceShape>[0] {
  const reduced = reduceShape(shape, [-1], false);
  return reduced.ok ? reduced.shape : unknownShape;
}

/** Whether two vectors' lengths certainly differ; for the distances. */
export function lengthsDiffer(left: TensorValue, right: TensorValue): boolean {
  const [one, other] = [left.shape.dims?.at(-1), right.shape.dims?.at(-1)];
  return one !== undefined && other !== undefined && dimEquals(one, other) === false && dimEquals(one, 1) === false && dimEquals(other, 1) === false;
}

const legacy = "size_average=None, reduce=None, reduction='mean'";

export const distanceLosses: readonly LossDeclaration[] = [
  {
    name: 'margin_ranking_loss',
    className: 'MarginRankingLoss',
    signature: `input1, input2, target, margin=0, ${legacy}`,
    classSignature: `margin=0.0, ${legacy}`,
    callSignature: 'input1, input2, target',
    prediction: null,
    compute: marginRanking,
  },
  {
    name: 'cosine_embedding_loss',
    className: 'CosineEmbeddingLoss',
    signature: `input1, input2, target, margin=0, ${legacy}`,
    classSignature: `margin=0.0, ${legacy}`,
    callSignature: 'input1, input2, target',
    prediction: null,
    compute: cosineEmbedding,
  },
  {
    name: 'triplet_margin_loss',
    className: 'TripletMarginLoss',
    signature: `anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, ${legacy}`,
    classSignature: `margin=1.0, p=2.0, eps=1e-6, swap=False, ${legacy}`,
    callSignature: 'anchor, positive, negative',
    prediction: null,
    compute: (call) => triplet(call, undefined),
  },
  {
    name: 'triplet_margin_with_distance_loss',
    className: 'TripletMarginWithDistanceLoss',
    signature: "anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean'",
    classSignature: "*, distance_function=None, margin=1.0, swap=False, reduction='mean'",
    callSignature: 'anchor, positive, negative',
    prediction: null,
    compute: (call) => triplet(call, 'distance_function'),
  },
];
