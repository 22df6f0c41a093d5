// Losses that compare an output with a target of its shape, number by number. Source of shapes and refusals: PyTorch 2.13.
// It must not know modules.
import { dimEquals } from '../../../tensors/dim.ts';
import { broadcastTo, formatShape, reduceShape, shapesEqual, type Shape, unknownShape } from '../../../tensors/shape.ts';
import type { TensorValue } from '../../../values/value.ts';
import { refuseConflict } from '../../arrays/library.ts';
import type { LossCall, LossDeclaration, LossResult } from './losses-declaration.ts';
import { broadcastOf, isWhole, promoted, reductionOf, refuseLoss, shapesText } from './losses-declaration.ts';

const legacy = "size_average=None, reduce=None, reduction='mean'";

/** Output and target broadcast; sizes that differ are a warning in PyTorch, which the rule target-shape reads from the record. */
function broadcastPair(call: LossCall, takesWhole = false): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  if (
    !(takesWhole && reductionOf(call) !== 'mean') &&
    input !== undefined &&
    isWhole(input.dtype) &&
    (target === undefined || isWhole(target.dtype)) &&
    target?.dtype !== undefined
  ) {
    return refuseLoss(
      call,
      'invalid-argument',
      '{loss} compares floating-point numbers, got {dtype}',
      { dtype: input.dtype ?? '' },
      'NotImplementedError',
    );
  }
  const shape = broadcastTarget(call, input, target);
  if (shape === 'refused') return 'refused';
  const weight = call.tensor('weight');
  if (weight === undefined) return { shape, dtype: promoted(call, input, target) };
  if (shapesEqual(weight.shape, shape) === false) {
    return refuseLoss(
      call,
      'shape-mismatch',
      '{loss}: weight has shape {weight}, not that of the target, {shape}',
      { weight: formatShape(weight.shape), shape: formatShape(shape) },
      'ValueError',
    );
  }
  return { shape, dtype: promoted(call, input, target, weight) };
}

/** Of two types the result has now one, now the other. */
function huber(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  if (input !== undefined && target !== undefined && isWhole(input.dtype) && !isWhole(target.dtype))
    return broadcastTarget(call, input, target) === 'refused' ? 'refused' : { shape: unknownShape, dtype: undefined };
  const result = broadcastPair(call);
  return result === 'refused' || input?.dtype === target?.dtype ? result : { ...result, dtype: undefined };
}

/** The common shape of output and target; one that does not exist is the target's fault. */
function broadcastTarget(call: LossCall, input: TensorValue | undefined, target: TensorValue | undefined): Shape | 'refused' {
  const [left, right] = [input?.shape.dims, target?.shape.dims];
  if (input !== undefined && target !== undefined && left !== undefined && right !== undefined) {
    const clash = left.some((dim, at) => {
      const other = right[at + right.length - left.length];
      return other !== undefined && dimEquals(dim, other) === false && dimEquals(dim, 1) === false && dimEquals(other, 1) === false;
    });
    if (clash) return refuseLoss(call, 'target-shape', 'the output has shape {output}, but the targets have {target}', shapesText(input, target));
  }
  return broadcastOf(call, input, target);
}

function klDivergence(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  for (const tensor of [input, target]) {
    if (tensor !== undefined && isWhole(tensor.dtype))
      return refuseLoss(call, 'invalid-argument', '{loss} compares floating-point numbers, got {dtype}', { dtype: tensor.dtype ?? '' });
  }
  const shape = broadcastTarget(call, input, target);
  return shape === 'refused' ? 'refused' : { shape, dtype: promoted(call, input, target) };
}

/** The result is kept in a tensor like the output, so a target may not widen it. */
function softMargin(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  if (input !== undefined && isWhole(input.dtype))
    return refuseLoss(call, 'invalid-argument', '{loss} takes floating-point scores, got {dtype}', { dtype: input.dtype ?? '' });
  const shape = broadcastTarget(call, input, target);
  if (shape === 'refused') return 'refused';
  if (input !== undefined && target !== undefined && shapesEqual(shape, input.shape) === false) {
    return refuseLoss(call, 'target-shape', 'the output has shape {output}, but the targets have {target}', shapesText(input, target));
  }
  return { shape: input?.shape ?? unknownShape, dtype: input?.dtype };
}

/** Binary cross entropy wants equal shapes. */
function binary(call: LossCall, hasLogits: boolean): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  if (input === undefined || target === undefined) return { shape: input?.shape ?? target?.shape ?? unknownShape, dtype: undefined };
  if (shapesEqual(input.shape, target.shape) === false) {
    return refuseLoss(
      call,
      'target-shape',
      "{loss} needs targets of the output's shape {output}, got {target}",
      shapesText(input, target),
      'ValueError',
    );
  }
  if (isWhole(input.dtype))
    return refuseLoss(
      call,
      'invalid-argument',
      '{loss} takes floating-point outputs, got {dtype}',
      { dtype: input.dtype ?? '' },
      'NotImplementedError',
    );
  if (isWhole(target.dtype))
    return refuseLoss(call, 'label-encoding', '{loss} needs floating-point targets like the output, got {dtype}: call .float() on them', {
      dtype: target.dtype ?? '',
    });
  if (!hasLogits && input.dtype === 'float32' && target.dtype === 'float64') {
    return refuseLoss(call, 'label-encoding', "{loss} needs targets of the output's type {expected}, got {dtype}: call .float() on them", {
      expected: input.dtype,
      dtype: target.dtype,
    });
  }
  for (const name of hasLogits ? ['weight', 'pos_weight'] : ['weight']) {
    const weight = call.tensor(name);
    if (weight === undefined || input.shape.dims === undefined) continue;
    const fitted = broadcastTo(weight.shape, input.shape.dims);
    if (!fitted.ok) {
      refuseConflict(call, fitted.reason, [weight.shape, input.shape]);
      return 'refused';
    }
  }
  return { shape: input.shape, dtype: hasLogits ? promoted(call, input, target) : input.dtype };
}

/** One number for each row: the mean over the classes, the last axis. */
function multilabelSoftMargin(call: LossCall): LossResult {
  const [input, target, weight] = [call.tensor('input'), call.tensor('target'), call.tensor('weight')];
  if (input !== undefined && isWhole(input.dtype))
    return refuseLoss(
      call,
      'invalid-argument',
      '{loss} takes floating-point scores, got {dtype}',
      { dtype: input.dtype ?? '' },
      'NotImplementedError',
    );
  const shape = broadcastTarget(call, input, target);
  const whole = shape === 'refused' || weight === undefined ? shape : broadcastOf(call, torchLike(shape), weight);
  if (whole === 'refused') return 'refused';
  if (whole.dims?.length === 0) return refuseLoss(call, 'invalid-axis', '{loss} needs an output with an axis of classes', {}, 'IndexError');
  const reduced = reduceShape(whole, [-1], false);
  return { shape: reduced.ok ? reduced.shape : unknownShape, dtype: promoted(call, input, target) };

  function torchLike(common: Shape): TensorValue | undefined {
    return input === undefined ? undefined : { ...input, shape: common };
  }
}

function gaussian(call: LossCall): LossResult {
  const [input, target, variance] = [call.tensor('input'), call.tensor('target'), call.tensor('var')];
  const own = input?.shape.dims,
    given = call.argument('var');
  if (given.kind === 'float' && given.value < 0)
    return refuseLoss(call, 'invalid-argument', '{loss}: var must not be negative, got {value}', { value: given.value }, 'ValueError');
  if (given.kind === 'tensor' && variance !== undefined && own !== undefined && variance.shape.dims !== undefined && input !== undefined) {
    const other = variance.shape.dims;
    // As the output, or without its last axis, or with one number in place of one axis.
    const differing = (dims: typeof own): number => dims.filter((dim, at) => dimEquals(dim, other[at] ?? dim) === false).length;
    const isOne = own.every((dim, at) => dimEquals(dim, other[at] ?? dim) !== false || other[at] === 1);
    const fits =
      (other.length === own.length && isOne && differing(own) <= 1) || (other.length === own.length - 1 && differing(own.slice(0, -1)) === 0);
    if (!fits)
      return refuseLoss(
        call,
        'shape-mismatch',
        '{loss}: var has shape {variance}, the output {output}',
        { variance: formatShape(variance.shape), output: formatShape(input.shape) },
        'ValueError',
      );
  }
  const shape = broadcastTarget(call, input, target);
  return shape === 'refused' ? 'refused' : { shape, dtype: promoted(call, input, target) };
}

function poisson(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  const shape = broadcastTarget(call, input, target);
  const dtype = promoted(call, input, target);
  return shape === 'refused' ? 'refused' : { shape, dtype: dtype === undefined ? undefined : call.library.floatOf(dtype) };
}

function hingeEmbedding(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  if (isWhole(input?.dtype) && reductionOf(call) === 'mean')
    return refuseLoss(call, 'invalid-argument', '{loss} has no mean of whole numbers: the output is {dtype}', { dtype: input?.dtype ?? '' });
  const shape = broadcastTarget(call, input, target);
  return shape === 'refused' ? 'refused' : { shape, dtype: isWhole(input?.dtype) ? undefined : input?.dtype };
}

const simple = { callSignature: 'input, target', classSignature: legacy };

export const elementwiseLosses: readonly LossDeclaration[] = [
  { name: 'mse_loss', className: 'MSELoss', signature: `input, target, ${legacy}, weight=None`, ...simple, compute: (call) => broadcastPair(call) },
  {
    name: 'l1_loss',
    className: 'L1Loss',
    signature: `input, target, ${legacy}, weight=None`,
    ...simple,
    compute: (call) => broadcastPair(call, true),
  },
  {
    name: 'smooth_l1_loss',
    className: 'SmoothL1Loss',
    signature: `input, target, ${legacy}, beta=1.0`,
    ...simple,
    classSignature: `${legacy}, beta=1.0`,
    compute: (call) => broadcastPair(call),
  },
  {
    name: 'huber_loss',
    className: 'HuberLoss',
    signature: "input, target, reduction='mean', delta=1.0, weight=None",
    ...simple,
    classSignature: "reduction='mean', delta=1.0",
    compute: huber,
  },
  {
    name: 'kl_div',
    className: 'KLDivLoss',
    signature: `input, target, ${legacy}, log_target=False`,
    ...simple,
    classSignature: `${legacy}, log_target=False`,
    reductions: ['none', 'batchmean', 'mean', 'sum'],
    compute: klDivergence,
  },
  {
    name: 'poisson_nll_loss',
    className: 'PoissonNLLLoss',
    signature: "input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction='mean'",
    classSignature: "log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction='mean'",
    callSignature: 'log_input, target',
    prediction: 'input',
    compute: poisson,
  },
  {
    name: 'gaussian_nll_loss',
    className: 'GaussianNLLLoss',
    signature: "input, target, var, full=False, eps=1e-6, reduction='mean'",
    classSignature: "*, full=False, eps=1e-6, reduction='mean'",
    callSignature: 'input, target, var',
    compute: gaussian,
  },
  { name: 'soft_margin_loss', className: 'SoftMarginLoss', signature: `input, target, ${legacy}`, ...simple, compute: softMargin },
  {
    name: 'hinge_embedding_loss',
    className: 'HingeEmbeddingLoss',
    signature: `input, target, margin=1.0, ${legacy}`,
    ...simple,
    classSignature: `margin=1.0, ${legacy}`,
    compute: hingeEmbedding,
  },
  {
    name: 'binary_cross_entropy',
    className: 'BCELoss',
    signature: `input, target, weight=None, ${legacy}`,
    ...simple,
    classSignature: `weight=None, ${legacy}`,
    buffers: ['weight'],
    fromLogits: false,
    compute: (call) => binary(call, false),
  },
  {
    name: 'binary_cross_entropy_with_logits',
    className: 'BCEWithLogitsLoss',
    signature: `input, target, weight=None, ${legacy}, pos_weight=None`,
    ...simple,
    classSignature: `weight=None, ${legacy}, pos_weight=None`,
    buffers: ['weight', 'pos_weight'],
    fromLogits: true,
    compute: (call) => binary(call, true),
  },
  {
    name: 'multilabel_soft_margin_loss',
    className: 'MultiLabelSoftMarginLoss',
    signature: `input, target, weight=None, ${legacy}`,
    ...simple,
    classSignature: `weight=None, ${legacy}`,
    buffers: ['weight'],
    fromLogits: true,
    compute: multilabelSoftMargin,
  },
];
