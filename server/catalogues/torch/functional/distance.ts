// Distances and similarities of vectors: cosine_similarity, pairwise_distance, pdist. Source of shapes: PyTorch 2.13.
// It must not know modules.
import { floorDivideDims, multiplyDims, subtractDims } from '../../../tensors/dim.ts';
import { broadcast, formatShape, reduceShape, shapeOf, unknownShape, type Shape } from '../../../tensors/shape.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { type ArrayContext, type ArrayDeclarations, refuse, refuseConflict } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';

function dtypeOf(context: ArrayContext, first: TensorValue, second: TensorValue): TensorValue['dtype'] {
  const dtype = context.library.promote(first.dtype, second.dtype);
  return dtype === undefined ? undefined : context.library.floatOf(dtype);
}

function common(context: ArrayContext, first: TensorValue, second: TensorValue): Shape | undefined {
  const result = broadcast(first.shape, second.shape);
  if (result.ok) return result.shape;
  refuseConflict(context, result.reason, [first.shape, second.shape]);
  return undefined;
}

/** The axis is folded; one number for each pair of vectors along it. */
export function cosineSimilarity(context: ArrayContext, first: TensorValue, second: TensorValue, axis: number | undefined): Value {
  const shape = common(context, first, second);
  const dtype = dtypeOf(context, first, second);
  if (shape === undefined || axis === undefined) return torchTensor({ shape: unknownShape, dtype });
  if (shape.dims?.length === 0 && (axis === 0 || axis === -1)) return torchTensor({ shape, dtype });
  const reduced = reduceShape(shape, [axis], false);
  if (!reduced.ok)
    return refuse(
      context,
      'invalid-axis',
      message('{operation}: dim {axis} lies outside {shape}', { operation: context.name, axis, shape: formatShape(shape) }),
      undefined,
      'IndexError',
    );
  return torchTensor({ shape: reduced.shape, dtype, range: rangeBetween(-1, 1) });
}

export function pairwiseDistance(context: ArrayContext, first: TensorValue, second: TensorValue, keep: boolean | undefined): Value {
  const shape = common(context, first, second);
  const dtype = dtypeOf(context, first, second);
  if (shape === undefined || keep === undefined) return torchTensor({ shape: unknownShape, dtype });
  if (shape.dims?.length === 0) return torchTensor({ shape, dtype });
  const reduced = reduceShape(shape, [-1], keep);
  return torchTensor({ shape: reduced.ok ? reduced.shape : unknownShape, dtype });
}

export const distanceFunctions: ArrayDeclarations = {
  cosine_similarity: [
    'x1, x2, dim=1, eps=1e-8',
    (call) => {
      const [first, second] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
      return first === undefined || second === undefined ? unknown() : cosineSimilarity(call, first, second, numberFromValue(call.argument('dim')));
    },
  ],
  pairwise_distance: [
    'x1, x2, p=2.0, eps=1e-6, keepdim=False',
    (call) => {
      const [first, second] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
      return first === undefined || second === undefined ? unknown() : pairwiseDistance(call, first, second, call.args.flag('keepdim'));
    },
  ],
  pdist: [
    'input, p=2.0',
    (call) => {
      const input = tensorOf(call, call.operand(0));
      const dims = input?.shape.dims;
      if (input === undefined || dims === undefined) return unknown();
      const [count] = dims;
      if (count === undefined || dims.length !== 2)
        return refuse(
          call,
          'shape-mismatch',
          message('{operation} takes rows of 2 axes, got {shape}', { operation: call.name, shape: formatShape(input.shape) }),
          1,
        );
      return torchTensor({ shape: shapeOf(floorDivideDims(multiplyDims(count, subtractDims(count, 1)), 2)), dtype: input.dtype });
    },
  ],
};
