// torch.nn.functional.linear and bilinear, shared by the modules. Source of shapes: PyTorch 2.13 documentation of Linear and Bilinear.
// It must not know modules.
import { dimEquals, formatDim } from '../../../tensors/dim.ts';
import { isFloating } from '../../../tensors/dtype.ts';
import { broadcastAll, formatShape, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { countMultiplyAdds } from '../../arrays/costs.ts';
import { type ArrayContext, type ArrayDeclarations, refuse } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { expectFloats, expectSize, expectVector, refuseShape } from './sizes.ts';
import { meetingWeights } from './types.ts';

/** `input @ weight.T + bias`: the last axis, of in_features, becomes out_features. */
export function linear(context: ArrayContext, given: TensorValue, weight: TensorValue, bias?: TensorValue): Value {
  const input = meetingWeights(context, given, [weight, bias]);
  const [outFeatures, inFeatures] = weight.shape.dims ?? [];
  const dims = input.shape.dims;
  if (weight.shape.dims?.length === 1 || outFeatures === undefined || inFeatures === undefined)
    return torchTensor({ shape: unknownShape, dtype: input.dtype });
  if (weight.dtype !== undefined && isFloating(weight.dtype)) expectFloats(context, input);
  expectVector(context, 'bias', bias, outFeatures, true);
  if (dims === undefined) return torchTensor({ shape: unknownShape, dtype: input.dtype });
  const last = dims.at(-1);
  if (last === undefined) {
    return refuse(
      context,
      'shape-mismatch',
      message('{layer} expects an input of {expected} features, got a single number', { layer: context.name, expected: formatDim(inFeatures) }),
    );
  }
  const result = torchTensor({ shape: { dims: [...dims.slice(0, -1), outFeatures] }, dtype: input.dtype, origin: undefined });
  countMultiplyAdds(context, result.shape, inFeatures);
  expectSize(context, inFeatures, last, 'input features', input.shape, 'in_features');
  return result;
}

/** `x1ᵀ A x2 + b`: the last axes become out_features, those in front must agree. */
export function bilinear(context: ArrayContext, given: TensorValue, second: TensorValue, weight: TensorValue): Value {
  const first = meetingWeights(context, given, [weight, second]);
  const [outFeatures, firstFeatures, secondFeatures] = weight.shape.dims ?? [];
  if (outFeatures === undefined || firstFeatures === undefined || secondFeatures === undefined) return unknown();
  for (const [tensor, expected, argument] of [
    [first, firstFeatures, 'in1_features'],
    [second, secondFeatures, 'in2_features'],
  ] as const) {
    const last = tensor.shape.dims?.at(-1);
    if (last !== undefined && !expectSize(context, expected, last, 'input features', tensor.shape, argument))
      return torchTensor({ shape: unknownShape, dtype: first.dtype });
  }
  const fronts = [first, second].map((tensor) => tensor.shape.dims?.slice(0, -1));
  const [front, otherFront] = fronts;
  if (
    front !== undefined &&
    otherFront !== undefined &&
    (front.length !== otherFront.length || front.some((size, at) => dimEquals(size, otherFront[at] ?? size) === false))
  ) {
    refuseShape(
      context,
      message('{layer}: the inputs must agree but for their last axis, got {first} and {second}', {
        layer: context.name,
        first: formatShape(first.shape),
        second: formatShape(second.shape),
      }),
    );
    return torchTensor({ shape: unknownShape, dtype: first.dtype });
  }
  const leading = broadcastAll(
    [first, second].map((tensor) => (tensor.shape.dims === undefined ? unknownShape : { dims: tensor.shape.dims.slice(0, -1) })),
  );
  return torchTensor({
    shape: leading.ok && leading.shape.dims !== undefined ? { dims: [...leading.shape.dims, outFeatures] } : unknownShape,
    dtype: first.dtype,
  });
}

export const linearFunctions: ArrayDeclarations = {
  linear: [
    'input, weight, bias=None',
    (call) => {
      const [input, weight, bias] = [0, 1, 2].map((at) => (call.operand(at).kind === 'none' ? undefined : tensorOf(call, call.operand(at))));
      return input === undefined || weight === undefined ? unknown() : linear(call, input, weight, bias);
    },
  ],
  bilinear: [
    'input1, input2, weight, bias=None',
    (call) => {
      const [first, second, weight] = [0, 1, 2].map((at) => tensorOf(call, call.operand(at)));
      return first === undefined || second === undefined || weight === undefined ? unknown() : bilinear(call, first, second, weight);
    },
  ],
};
