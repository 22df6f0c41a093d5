// Dropout in its forms: the shape stays, the probability lies between 0 and 1. Source: PyTorch 2.13, torch/nn/functional.py. It must not know
// modules.
import { anyNumber, multiplyRanges, rangeBetween, type ValueRange } from '../../../tensors/range.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import type { ArrayContext, ArrayDeclarations } from '../../arrays/library.ts';
import { changeInPlace } from '../in-place.ts';
import { torchTensor } from '../library.ts';
import { expectFloats, refuseRank } from './sizes.ts';
import { refuseArgument } from './windows.ts';

export interface DropoutFacts {
  /** 1: the input has one spatial axis, with or without a batch; the other forms only warn. */
  readonly spatialCount?: number;
  /** It drops whole channels and then needs so many axes. */
  readonly leastRank?: number;
  readonly isAlpha?: boolean;
  /** Undefined: not known. */
  readonly training: boolean | undefined;
}

export function dropout(context: ArrayContext, input: TensorValue, args: BoundArguments, facts: DropoutFacts): Value {
  const probability = numberFromValue(args.get('p'));
  const rank = input.shape.dims?.length;
  if (probability !== undefined && (probability < 0 || probability > 1)) {
    refuseArgument(
      context,
      args,
      'p',
      message('{layer}: p must lie between 0 and 1, got {p}', { layer: context.name, p: probability }),
      'ValueError',
    );
  } else if (facts.spatialCount === 1 && rank !== undefined && rank !== 2 && rank !== 3) refuseRank(context, '(N, C, L) or (C, L)', input.shape);
  else if (facts.training === true && rank !== undefined && rank < (facts.leastRank ?? 0) && (probability ?? 0) > 0 && (probability ?? 0) < 1)
    refuseRank(context, `at least ${facts.leastRank ?? 0} axes`, input.shape);
  else if (facts.training === true && probability !== undefined && probability > 0 && probability < 1) expectFloats(context, input);
  // Without training it hands on what it gets, as a tensor of its own only where it is a module's call.
  if (facts.training === false) return input;
  return torchTensor({
    shape: input.shape,
    dtype: input.dtype,
    range: facts.isAlpha === true ? undefined : droppedRange(input.range, probability),
    origin: input.origin,
  });
}

/** Elements become 0 or grow by 1/(1 - p). */
function droppedRange(range: ValueRange | undefined, probability: number | undefined): ValueRange | undefined {
  if (range === undefined || probability === undefined || probability >= 1 || probability < 0) return undefined;
  const grown = multiplyRanges(range, rangeBetween(0, 1 / (1 - probability)));
  return Number.isNaN(grown.low) ? anyNumber : { ...grown, integral: false, attained: false };
}

function declared(training: boolean, facts: Omit<DropoutFacts, 'training'>): ArrayDeclarations[string] {
  return [
    `input, p=0.5, training=${training ? 'True' : 'False'}, inplace=False`,
    (call) => {
      const input = tensorOf(call, call.operand(0));
      if (input === undefined) return unknown();
      const result = dropout(call, input, call.args, { ...facts, training: call.interpreter.truth(call.args.get('training'), call.place) });
      return call.args.flag('inplace') === true ? changeInPlace(call, call.operand(0), result, 'dropout') : result;
    },
  ];
}

export const dropoutFunctions: ArrayDeclarations = {
  dropout: declared(true, {}),
  dropout1d: declared(true, { spatialCount: 1 }),
  dropout2d: declared(true, { leastRank: 2 }),
  dropout3d: declared(true, { leastRank: 1 }),
  alpha_dropout: declared(false, { isAlpha: true }),
  feature_alpha_dropout: declared(false, { isAlpha: true, leastRank: 2 }),
};
