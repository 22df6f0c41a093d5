// Losses over classes: cross entropy, negative log likelihood, margins over classes, CTC. Source of shapes and refusals: PyTorch 2.13.
// Labels outside the classes are the rule label-range's, which reads the record of these calls. It must not know modules.
import { type Dim, dimEquals, formatDim, isKnown } from '../../../tensors/dim.ts';
import { liesWithin } from '../../../tensors/range.ts';
import { formatShape, shapeOf, type Shape, shapesEqual, unknownShape } from '../../../tensors/shape.ts';
import type { TensorValue } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { numbersFromValue } from '../../arrays/conversion.ts';
import type { LossCall, LossDeclaration, LossResult } from './losses-declaration.ts';
import { checkClassWeight, isWhole, promoted, refuseLoss, shapesText } from './losses-declaration.ts';

/** Class indices are int64; for outputs without further axes uint8 is taken as well. */
function takesIndices(call: LossCall, target: TensorValue, hasPositions = false): boolean {
  if (target.dtype === undefined || target.dtype === 'int64' || (target.dtype === 'uint8' && !hasPositions)) return true;
  refuseLoss(call, 'label-encoding', '{loss} needs class indices of type int64, got {dtype}: call .long() on them', { dtype: target.dtype });
  return false;
}

/** The class weight must have the output's type: numpy's weights are float64. */
function hasTypeOf(call: LossCall, input: TensorValue): boolean {
  const weight = call.tensor('weight');
  if (weight?.dtype === undefined || input.dtype === undefined || weight.dtype === input.dtype) return true;
  refuseLoss(call, 'invalid-argument', "{loss}: weight must have the output's type {expected}, got {dtype}", {
    expected: input.dtype,
    dtype: weight.dtype,
  });
  return false;
}

function differs(left: Dim | undefined, right: Dim | undefined): boolean {
  return left !== undefined && right !== undefined && dimEquals(left, right) === false;
}

function crossEntropy(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  const smoothing = call.argument('label_smoothing');
  const amount = numberFromValue(smoothing);
  if (amount !== undefined && (amount < 0 || amount > 1))
    return refuseLoss(call, 'invalid-argument', '{loss}: label_smoothing must lie between 0 and 1, got {value}', { value: amount });
  if (input !== undefined && isWhole(input.dtype))
    return refuseLoss(
      call,
      'invalid-argument',
      '{loss} takes floating-point scores, got {dtype}',
      { dtype: input.dtype ?? '' },
      'NotImplementedError',
    );
  if (input === undefined || target === undefined || input.shape.dims === undefined || target.shape.dims === undefined)
    return { shape: unknownShape, dtype: input?.dtype };
  const [scores, labels] = [input.shape.dims, target.shape.dims];
  const same = shapesEqual(input.shape, target.shape);
  if (scores.length === 0) {
    return refuseLoss(
      call,
      labels.length === 0 ? 'invalid-axis' : 'target-shape',
      '{loss} needs an output with an axis of classes, got {output}',
      shapesText(input, target),
      labels.length === 0 && !isWhole(target.dtype) ? 'IndexError' : 'ValueError',
    );
  }
  const isRow = scores.length === 1 && labels.length === 1 && same !== true;
  if (isRow && amount !== undefined && amount > 0)
    return refuseLoss(
      call,
      'target-shape',
      '{loss}: with label_smoothing the one label of the output {output} must have no axis, got {target}',
      shapesText(input, target),
    );
  // Targets of the output's shape are one probability for each class.
  if (labels.length === scores.length && same !== false && !isRow) {
    if (isWhole(target.dtype)) {
      return refuseLoss(
        call,
        'label-encoding',
        "{loss} reads targets of the output's shape {output} as class probabilities, which must be floating point, got {dtype}: give class indices without the axis of classes, or call .float()",
        { ...shapesText(input, target), dtype: target.dtype ?? '' },
      );
    }
    const ignored = numberFromValue(call.argument('ignore_index'));
    if (same === true && target.dtype !== undefined && ignored !== undefined && ignored >= 0)
      return refuseLoss(call, 'invalid-argument', '{loss}: ignore_index has no meaning for class probabilities', {});
    if (!checkClassWeight(call, scores, scores.length === 1 ? 0 : 1)) return 'refused';
    return { shape: { dims: scores.filter((_, axis) => axis !== (scores.length === 1 ? 0 : 1)) }, dtype: promoted(call, input, target) };
  }
  return negativeLogLikelihood(call);
}

/** One class index for each sample, or for each position of each sample; the classes are the second axis. */
function negativeLogLikelihood(call: LossCall): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  if (input !== undefined && isWhole(input.dtype))
    return refuseLoss(
      call,
      'invalid-argument',
      '{loss} takes floating-point log-probabilities, got {dtype}',
      { dtype: input.dtype ?? '' },
      'NotImplementedError',
    );
  if (input === undefined || target === undefined || input.shape.dims === undefined || target.shape.dims === undefined)
    return { shape: target?.shape ?? unknownShape, dtype: input?.dtype };
  const [scores, labels] = [input.shape.dims, target.shape.dims];
  const [batch, classes, ...positions] = scores;
  if (batch === undefined)
    return refuseLoss(call, 'target-shape', '{loss} needs an output with an axis of classes, got {output}', shapesText(input, target), 'ValueError');
  if (classes === undefined) {
    if (labels.length > 1 || differs(labels[0], 1)) {
      return refuseLoss(
        call,
        'target-shape',
        '{loss} reads the output {output} as the scores of one sample, which has one label, got {target}',
        shapesText(input, target),
        'ValueError',
      );
    }
    return takesIndices(call, target) && checkClassWeight(call, scores, 0) && hasTypeOf(call, input)
      ? { shape: shapeOf(), dtype: input.dtype }
      : 'refused';
  }
  if (labels[0] === undefined || differs(batch, labels[0])) {
    return refuseLoss(
      call,
      'target-shape',
      '{loss}: the output {output} holds {batch} samples, but there are {labels} labels: {target}',
      {
        ...shapesText(input, target),
        batch: formatDim(batch),
        labels: labels[0] === undefined ? 'no batch of' : formatDim(labels[0]),
      },
      'ValueError',
    );
  }
  const expected: Shape = { dims: [batch, ...positions] };
  if (labels.length !== expected.dims?.length || labels.some((dim, axis) => differs(dim, expected.dims?.[axis]))) {
    const isColumn = labels.length === scores.length && labels[1] === 1;
    const isExtra = labels.length < scores.length - 1 && positions.length > 0;
    const values = { ...shapesText(input, target), expected: formatShape(expected) };
    return refuseLoss(
      call,
      'target-shape',
      isColumn
        ? '{loss}: labels for the output {output} must have shape {expected}, got {target}: squeeze(1) drops the axis'
        : isExtra
          ? '{loss}: the output {output} gives one answer for every position, but the labels have shape {target}: pool or flatten before the last layer'
          : '{loss}: labels for the output {output} must have shape {expected}, got {target}',
      values,
    );
  }
  return takesIndices(call, target, positions.length > 0) && checkClassWeight(call, scores, 1) && hasTypeOf(call, input)
    ? { shape: target.shape, dtype: input.dtype }
    : 'refused';
}

/** Scores of one sample or of a batch; `perRow`: a target as wide as the scores (multi-label), else one index for each sample. */
function margins(call: LossCall, perRow: boolean): LossResult {
  const [input, target] = [call.tensor('input'), call.tensor('target')];
  const power = numberFromValue(call.argument('p'));
  if (!perRow && power !== undefined && power !== 1 && power !== 2)
    return refuseLoss(call, 'invalid-argument', '{loss}: p must be 1 or 2, got {value}', { value: power }, 'ValueError');
  if (input === undefined || target === undefined || input.shape.dims === undefined || target.shape.dims === undefined)
    return { shape: unknownShape, dtype: input?.dtype };
  const [scores, labels] = [input.shape.dims, target.shape.dims];
  if (scores.length > 2)
    return refuseLoss(call, 'shape-mismatch', '{loss} takes the scores of one sample or of a batch, got {output}', shapesText(input, target));
  const expected = perRow ? scores : scores.slice(0, -1);
  const isSingle = !perRow && labels.length < 2 && (scores.length < 2 ? !differs(labels[0], 1) : labels.length === 0 && !differs(scores[0], 1));
  if (!isSingle && (labels.length !== expected.length || labels.some((dim, axis) => differs(dim, expected[axis])))) {
    return refuseLoss(call, 'target-shape', '{loss}: targets for the output {output} must have shape {expected}, got {target}', {
      ...shapesText(input, target),
      expected: formatShape({ dims: expected }),
    });
  }
  if (target.dtype !== undefined && target.dtype !== 'int64')
    return refuseLoss(call, 'label-encoding', '{loss} needs class indices of type int64, got {dtype}: call .long() on them', { dtype: target.dtype });
  const classes = scores.at(-1);
  if (!perRow && classes !== undefined && isKnown(classes) && target.range !== undefined && liesWithin(target.range, 0, classes - 1) === false) {
    return refuseLoss(
      call,
      'label-range',
      '{loss}: the output has {units} classes, so labels must lie in [0, {units}), but they run from {low} to {high}',
      { units: classes, low: target.range.low, high: target.range.high },
    );
  }
  if (!perRow && !checkClassWeight(call, scores, scores.length - 1)) return 'refused';
  return { shape: perRow ? { dims: scores.slice(0, -1) } : isSingle ? target.shape : { dims: expected }, dtype: input.dtype };
}

/** `log_probs` (steps, samples, classes) or (steps, classes); lengths as tensors or tuples. */
function connectionistTemporal(call: LossCall): LossResult {
  const scores = call.tensor('log_probs');
  const targets = call.tensor('targets');
  const dims = scores?.shape.dims;
  if (scores === undefined || dims === undefined) return { shape: unknownShape, dtype: scores?.dtype };
  if (dims.length !== 2 && dims.length !== 3)
    return refuseLoss(call, 'shape-mismatch', '{loss} takes log_probs of (steps, samples, classes), got {shape}', {
      shape: formatShape(scores.shape),
    });
  if (isWhole(scores.dtype))
    return refuseLoss(
      call,
      'invalid-argument',
      '{loss} takes floating-point log-probabilities, got {dtype}',
      { dtype: scores.dtype ?? '' },
      'NotImplementedError',
    );
  const [steps, classes] = [dims[0], dims.at(-1)];
  const batch = dims.length === 3 ? (dims[1] ?? 1) : 1;
  const blank = numberFromValue(call.argument('blank'));
  if (blank !== undefined && classes !== undefined && isKnown(classes) && (blank < 0 || blank >= classes))
    return refuseLoss(call, 'label-range', '{loss}: blank {blank} lies outside the {classes} classes', { blank, classes });
  const [first, second] = ['input_lengths', 'target_lengths'].map((name) => call.argument(name).kind);
  if ((first === 'tensor') !== (second === 'tensor') && [first, second].every((kind) => kind === 'tensor' || kind === 'list' || kind === 'tuple')) {
    return refuseLoss(call, 'invalid-argument', '{loss} takes both lengths as tensors or both as tuples', {}, 'TypeError');
  }
  for (const name of ['input_lengths', 'target_lengths']) {
    const value = call.argument(name);
    const lengths = value.kind === 'tensor' ? value : call.tensor(name);
    if (lengths === undefined || lengths.shape.dims === undefined) continue;
    if (!isWhole(lengths.dtype) && lengths.dtype !== undefined)
      return refuseLoss(call, 'invalid-argument', '{loss}: {argument} must be whole numbers, got {dtype}', { argument: name, dtype: lengths.dtype });
    const count = lengths.shape.dims.length === 0 ? 1 : lengths.shape.dims[0];
    if (differs(count, batch)) {
      return refuseLoss(call, 'shape-mismatch', '{loss}: {argument} has {count} entries for {batch} samples of log_probs {shape}', {
        argument: name,
        count: formatDim(count ?? 0),
        batch: formatDim(batch),
        shape: formatShape(scores.shape),
      });
    }
    const numbers = value.kind === 'tensor' ? value.contents : numbersFromValue(call.interpreter, value);
    const longest = numbers === undefined ? undefined : Math.max(0, ...numbers);
    if (name === 'input_lengths' && longest !== undefined && steps !== undefined && isKnown(steps) && longest > steps) {
      return refuseLoss(call, 'shape-mismatch', '{loss}: an input is said to have {length} steps, log_probs {shape} has {steps}', {
        length: longest,
        steps,
        shape: formatShape(scores.shape),
      });
    }
    const width = targets?.shape.dims?.length === 2 || dims.length === 2 ? targets?.shape.dims?.at(-1) : undefined;
    // Targets of one sample are joined targets: as many as the lengths add up to.
    if (
      name === 'target_lengths' &&
      targets?.shape.dims?.length === 1 &&
      numbers !== undefined &&
      differs(
        targets.shape.dims[0],
        numbers.reduce((sum, one) => sum + one, 0),
      )
    ) {
      return refuseLoss(call, 'target-shape', '{loss}: the target lengths add up to {length}, but targets have shape {shape}', {
        length: numbers.reduce((sum, one) => sum + one, 0),
        shape: formatShape(targets.shape),
      });
    }
    if (name === 'target_lengths' && longest !== undefined && width !== undefined && isKnown(width) && longest > width) {
      return refuseLoss(call, 'target-shape', '{loss}: a target is said to have {length} labels, but targets have shape {shape}', {
        length: longest,
        shape: formatShape(targets?.shape ?? unknownShape),
      });
    }
  }
  if (dims.length === 3 && targets?.shape.dims?.length === 2 && differs(targets.shape.dims[0], batch)) {
    return refuseLoss(call, 'target-shape', '{loss}: log_probs {output} hold {batch} samples, the targets have shape {target}', {
      output: formatShape(scores.shape),
      batch: formatDim(batch),
      target: formatShape(targets.shape),
    });
  }
  return { shape: dims.length === 3 ? shapeOf(batch) : shapeOf(), dtype: scores.dtype };
}

const options = "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'";

export const classLosses: readonly LossDeclaration[] = [
  {
    name: 'cross_entropy',
    className: 'CrossEntropyLoss',
    signature: `input, target, ${options}, label_smoothing=0.0`,
    classSignature: `${options}, label_smoothing=0.0`,
    callSignature: 'input, target',
    buffers: ['weight'],
    fromLogits: true,
    compute: crossEntropy,
  },
  {
    name: 'nll_loss',
    className: 'NLLLoss',
    signature: `input, target, ${options}`,
    classSignature: options,
    callSignature: 'input, target',
    buffers: ['weight'],
    fromLogits: false,
    compute: negativeLogLikelihood,
  },
  {
    name: 'multi_margin_loss',
    className: 'MultiMarginLoss',
    signature: "input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean'",
    classSignature: "p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean'",
    callSignature: 'input, target',
    buffers: ['weight'],
    fromLogits: true,
    compute: (call) => margins(call, false),
  },
  {
    name: 'multilabel_margin_loss',
    className: 'MultiLabelMarginLoss',
    signature: "input, target, size_average=None, reduce=None, reduction='mean'",
    classSignature: "size_average=None, reduce=None, reduction='mean'",
    callSignature: 'input, target',
    fromLogits: true,
    compute: (call) => margins(call, true),
  },
  {
    name: 'ctc_loss',
    className: 'CTCLoss',
    signature: "log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False",
    classSignature: "blank=0, reduction='mean', zero_infinity=False",
    callSignature: 'log_probs, targets, input_lengths, target_lengths',
    prediction: 'log_probs',
    target: 'targets',
    compute: connectionistTemporal,
  },
];
