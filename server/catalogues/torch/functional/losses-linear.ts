// Cross entropy over what a linear map makes of the input, in one piece (PyTorch 2.13). It must not know modules.
import { dimEquals, formatDim } from '../../../tensors/dim.ts';
import { formatShape, unknownShape } from '../../../tensors/shape.ts';
import type { Value } from '../../../values/value.ts';
import { int } from '../../../values/value.ts';
import type { ArrayDeclarations } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { classLosses } from './losses-classes.ts';
import { lossCall, type LossCall, refuseLoss, runLoss } from './losses-declaration.ts';

const crossEntropy = classLosses.find((one) => one.name === 'cross_entropy');

/** `linear_weight` has the classes, further axes of the loss, and the features. */
export function linearCrossEntropy(call: LossCall): Value {
  const [input, weight] = [call.tensor('input'), call.tensor('linear_weight')];
  const nothing = torchTensor({ shape: unknownShape, dtype: input?.dtype });
  const [rows, columns] = [input?.shape.dims, weight?.shape.dims];
  if (crossEntropy === undefined || input === undefined || rows === undefined || columns === undefined) return nothing;
  if (rows.length !== 1 && rows.length !== 2) {
    refuseLoss(call, 'shape-mismatch', '{loss} takes an input of 1 or 2 axes, got {shape}', { shape: formatShape(input.shape) });
    return nothing;
  }
  const [given, expected] = [rows.at(-1) ?? 0, columns.at(-1) ?? 0];
  if (dimEquals(given, expected) === false) {
    refuseLoss(call, 'shape-mismatch', '{loss} expects {expected} input features, got {actual}: the input is {shape}', {
      expected: formatDim(expected),
      actual: formatDim(given),
      shape: formatShape(input.shape),
    });
    return nothing;
  }
  if (rows.length === 1 && columns.length > 2) {
    refuseLoss(call, 'shape-mismatch', '{loss} with out_features takes a batch of inputs, got {shape}', { shape: formatShape(input.shape) });
    return nothing;
  }
  const scores = torchTensor({ shape: { dims: [...rows.slice(0, -1), ...columns.slice(0, -1)] }, dtype: input.dtype });
  const ignored = call.argument('ignore_index');
  return runLoss(
    crossEntropy,
    lossCall(call, (name) => {
      if (name === 'input') return scores;
      if (name === 'ignore_index') return ignored.kind === 'none' ? int(-100) : ignored;
      return name === 'size_average' || name === 'reduce' ? { kind: 'none' } : call.argument(name);
    }),
    call.place,
  );
}

export const linearLossFunctions: ArrayDeclarations = {
  linear_cross_entropy: [
    "input, linear_weight, target, *, linear_bias=None, weight=None, reduction='mean', ignore_index=None, label_smoothing=0.0, options=None",
    (call) => linearCrossEntropy(lossCall(call, (name) => call.args.get(name))),
  ],
};
