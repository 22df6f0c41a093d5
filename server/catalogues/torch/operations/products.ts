// Products of vectors and matrices, linear algebra, distances. Ranks and sizes as PyTorch 2.13 demands them. It must not know modules.
import { type Dim, dimEquals, floorDivideDims, isKnown, minimumDims, multiplyDims, subtractDims, unknownDim } from '../../../tensors/dim.ts';
import { type DType, dtypeCategory } from '../../../tensors/dtype.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { broadcast, broadcastAll, formatShape, type Shape, shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { makeArray, numberFromValue } from '../../arrays/contents.ts';
import { numbersFromValue, tensorOf } from '../../arrays/conversion.ts';
import { type ArrayCall, type ArrayContext, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { operandsOf } from '../../arrays/joining.ts';
import { einsum, matmul, outer, squareMatrix, tensordot, triangleOperation } from '../../arrays/products.ts';
import { keepsDims, reduce } from '../../arrays/reductions.ts';
import { declareOperations, declareSubmodule, resultType } from '../library.ts';
import { mayMix } from '../precision.ts';
import { reducedAxes } from './reductions.ts';
import { diagonalLength } from './diagonals.ts';
import {
  axisOf,
  complexType,
  isFractional,
  namedResult,
  onTensor,
  rankOf,
  realType,
  refuseRank,
  refuseType,
  resultOf,
  tensorAt,
  unlessFractional,
} from './support.ts';

// ---- Types that meet in a product.

/** Products do not promote. */
export function refuseTypes(context: ArrayContext, left: TensorValue, right: TensorValue, rank?: number): Value | undefined {
  const [one, other] = [left.dtype, right.dtype];
  if (one === undefined || other === undefined || one === other || [left, right].some((tensor) => tensor.shape.dims?.includes(0))) return undefined;
  const areFloats = [one, other].every((dtype) => dtypeCategory(dtype) === 'float');
  if (areFloats && mayMix(context.interpreter)) return undefined;
  return refuse(
    context,
    'invalid-argument',
    message('{operation}: both must have the same type, got {left} and {right}', { operation: context.name, left: one, right: other }),
    rank,
  );
}

/** Two tensors of these ranks; what fails otherwise. */
function ranked(call: ArrayCall, tensors: readonly (TensorValue | undefined)[], ranks: readonly number[], resultRank: number): Value | undefined {
  for (const [at, tensor] of tensors.entries()) {
    const rank = tensor === undefined ? undefined : rankOf(tensor);
    if (tensor !== undefined && rank !== undefined && rank !== ranks[at]) return refuseRank(call, tensor, ranks[at] ?? 0, at, resultRank);
  }
  return undefined;
}

function product(ranks: readonly [number, number], resultRank: number): ArrayOperation {
  return (call) => {
    const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
    const failed = ranked(call, [left, right], ranks, resultRank);
    if (failed !== undefined) return failed;
    if (left === undefined || right === undefined) return unknown();
    if (ranks[0] === 3 && differs(left.shape.dims?.[0], right.shape.dims?.[0])) {
      return refuseConflict(
        call,
        { kind: 'size', axis: 0, operand: 1, left: left.shape.dims?.[0] ?? 0, right: right.shape.dims?.[0] ?? 0 },
        [left.shape, right.shape],
        3,
      );
    }
    const result = matmul(call, left, right);
    return refuseTypes(call, left, right, resultRank) ?? result;
  };
}
function differs(left: Dim | undefined, right: Dim | undefined): boolean {
  return left !== undefined && right !== undefined && dimEquals(left, right) === false;
}

export const matmulOperation: ArrayOperation = (call) => matrixProduct(call, call.operand(0), call.operand(1));
/** `left @ right`. */
export function matrixProduct(context: ArrayContext, left: Value, right: Value): Value {
  const [one, other] = [tensorOf(context, left), tensorOf(context, right)];
  const result = matmul(context, left, right);
  if (one === undefined || other === undefined || result.kind !== 'tensor') return result;
  return refuseTypes(context, one, other, rankOf(result)) ?? result;
}

const inner: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  const [dims, others] = [left.shape.dims, right.shape.dims];
  const dtype = resultType([
    { tensor: left, type: left.dtype },
    { tensor: right, type: right.dtype },
  ]);
  if (dims === undefined || others === undefined) return resultOf(call, left, unknownShape, { dtype });
  if (dims.length === 0 || others.length === 0) return resultOf(call, left, dims.length === 0 ? right.shape : left.shape, { dtype });
  if (differs(dims.at(-1), others.at(-1)))
    return refuseConflict(
      call,
      { kind: 'inner', left: dims.at(-1) ?? 0, right: others.at(-1) ?? 0 },
      [left.shape, right.shape],
      dims.length + others.length - 2,
    );
  return refuseTypes(call, left, right) ?? resultOf(call, left, { dims: [...dims.slice(0, -1), ...others.slice(0, -1)] });
};

const outerOperation: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  return ranked(call, [left, right], [1, 1], 2) ?? outer(call, call.operand(0), call.operand(1));
};

/** `beta * input + alpha * (first @ second)`. `sums`: batches are added up (addbmm). */
function addedProduct(ranks: readonly [number, number], sums = false): ArrayOperation {
  return (call) => {
    const [input, left, right] = [tensorAt(call, 0), tensorAt(call, 1), tensorAt(call, 2)];
    const rank = sums ? 2 : ranks[0] === 1 ? 2 : ranks[1] === 1 ? 1 : ranks[0];
    const failed = ranked(call, [left, right], ranks, rank);
    if (failed !== undefined) return failed;
    if (left === undefined || right === undefined) return unknown();
    if (ranks[0] === 3 && differs(left.shape.dims?.[0], right.shape.dims?.[0])) {
      return refuseConflict(
        call,
        { kind: 'size', axis: 0, operand: 1, left: left.shape.dims?.[0] ?? 0, right: right.shape.dims?.[0] ?? 0 },
        [left.shape, right.shape],
        rank,
      );
    }
    const made = ranks[0] === 1 ? outer(call, left, right) : matmul(call, left, right);
    if (made.kind !== 'tensor') return made;
    const mixed =
      ranks[0] === 1 ? undefined : (refuseTypes(call, left, right, rank) ?? (input === undefined ? undefined : refuseTypes(call, input, left, rank)));
    if (mixed !== undefined) return mixed;
    const shape: Shape = sums ? { dims: made.shape.dims?.slice(1) } : made.shape;
    if (input !== undefined && input.shape.dims !== undefined && shape.dims !== undefined) {
      const together = broadcast(input.shape, shape);
      if (!together.ok || input.shape.dims.length > shape.dims.length || shape.dims.some((dim, at) => differs(dim, together.shape.dims?.[at]))) {
        return refuse(
          call,
          'shape-mismatch',
          message('{operation}: {input} does not broadcast to the product of shape {shape}', {
            operation: call.name,
            input: formatShape(input.shape),
            shape: formatShape(shape),
          }),
          rank,
        );
      }
    }
    return resultOf(
      call,
      made,
      shape,
      ranks[0] === 1 && input !== undefined ? { dtype: resultType([input, left, right].map((tensor) => ({ tensor, type: tensor.dtype }))) } : {},
    );
  };
}

const einsumOperation: ArrayOperation = (call) => {
  const given = call.args.rest.map((argument) => argument.value);
  const [first] = given;
  if (call.args.openPositional) return einsum(call, unknown(undefined, 'str'), given);
  const operands =
    given.length === 1 && first !== undefined && (first.kind === 'list' || first.kind === 'tuple')
      ? (operandsOf(call, first) ?? []).map((tensor) => tensor ?? unknown())
      : given;
  return einsum(call, call.operand(0), operands);
};
const tensordotOperation: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  return refuseTypes(call, left, right) ?? tensordot(call, left, right, call.argument('dims'));
};

const kron: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  const dtype = resultType([
    { tensor: left, type: left.dtype },
    { tensor: right, type: right.dtype },
  ]);
  const [dims, others] = [left.shape.dims, right.shape.dims];
  if (dims === undefined || others === undefined) return resultOf(call, left, unknownShape, { dtype });
  const size = Math.max(dims.length, others.length);
  return resultOf(
    call,
    left,
    { dims: Array.from({ length: size }, (_, at) => multiplyDims(dims[at - size + dims.length] ?? 1, others[at - size + others.length] ?? 1)) },
    { dtype },
  );
};

/** Cross products along an axis of size 3. */
const cross: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  const [dims, others] = [left.shape.dims, right.shape.dims];
  const dtype = resultType([
    { tensor: left, type: left.dtype },
    { tensor: right, type: right.dtype },
  ]);
  if (dims === undefined || others === undefined) return resultOf(call, left, unknownShape, { dtype });
  if (dims.length !== others.length) return refuseRank(call, right, dims.length, 1, dims.length);
  const dim = call.argument('dim');
  const axis = dim.kind === 'none' ? undefined : axisOf(call, left, dim);
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  const shape = broadcastAll([left.shape, right.shape]);
  if (!shape.ok) return refuseConflict(call, shape.reason, [left.shape, right.shape], dims.length);
  const sizes = axis === undefined ? dims : [dims[axis.at] ?? 0, others[axis.at] ?? 0];
  const wrong =
    axis === undefined
      ? dim.kind === 'none' && sizes.every((size) => isKnown(size) && size !== 3)
      : sizes.some((size) => isKnown(size) && size !== 3);
  if (wrong)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects an axis of size 3, got {left} and {right}', {
        operation: call.name,
        left: formatShape(left.shape),
        right: formatShape(right.shape),
      }),
      dims.length,
    );
  return resultOf(call, left, shape.shape, { dtype });
};

// ---- Square matrices and decompositions.

function squareOperation(result: 'same' | 'batch' | 'vector', type?: (dtype: DType | undefined) => DType | undefined): ArrayOperation {
  return onTensor((call, tensor) => {
    const made = squareMatrix(call, tensor, result);
    const failed =
      made.kind === 'tensor' && tensor.shape.dims !== undefined && !tensor.shape.dims.includes(0) ? unlessFractional(call, tensor) : undefined;
    if (failed !== undefined) return failed;
    return made.kind === 'tensor' && type !== undefined ? makeArray({ ...made, dtype: type(tensor.dtype), range: undefined }) : made;
  });
}
/** A square matrix gives several parts. */
function squareParts(
  name: string,
  fields: readonly string[],
  make: (call: ArrayCall, tensor: TensorValue, dims: readonly Dim[]) => readonly Value[],
): ArrayOperation {
  return onTensor((call, tensor) => {
    const failed = squareOperation('same')(call);
    const dims = tensor.shape.dims;
    if (dims === undefined)
      return namedResult(
        name,
        fields,
        fields.map(() => unknown()),
      );
    return failed.kind === 'tensor' && failed.shape.dims?.every((dim, at) => dimEquals(dim, dims[at] ?? 0) === true)
      ? namedResult(name, fields, make(call, tensor, dims))
      : namedResult(
          name,
          fields,
          fields.map(() => unknown()),
        );
  });
}
const batchOf = (dims: readonly Dim[]): readonly Dim[] => dims.slice(0, -2);
function smaller(dims: readonly Dim[]): Dim {
  return minimumDims(dims.at(-2) ?? 0, dims.at(-1) ?? 0);
}

/** A matrix with at least two axes and a floating type, or what refuses it. */
function matrix(call: ArrayCall, tensor: TensorValue): Value | undefined {
  const rank = rankOf(tensor);
  if (rank !== undefined && rank < 2)
    return refuseConflict(call, { kind: 'rank', operand: 0, expected: 2, actual: rank, atLeast: true }, [tensor.shape]);
  return unlessFractional(call, tensor);
}

/** `fullByDefault`: linalg.svd gives square factors unless told otherwise, torch.svd does not. */
function singularValues(names: readonly string[], option: string, meansFull: boolean): ArrayOperation {
  return onTensor((call, tensor) => {
    const failed = matrix(call, tensor);
    const dims = tensor.shape.dims;
    const flag = call.args.flag(option);
    if (failed !== undefined || dims === undefined || flag === undefined)
      return namedResult(
        'svd',
        names,
        names.map(() => unknown()),
      );
    const isFull = flag === meansFull;
    const [rows, columns, least] = [dims.at(-2) ?? 0, dims.at(-1) ?? 0, smaller(dims)];
    const left = isFull ? rows : least,
      right = isFull ? columns : least;
    const lastPart: readonly Dim[] = meansFull ? [right, columns] : [columns, right];
    return namedResult('svd', names, [
      resultOf(call, tensor, { dims: [...batchOf(dims), rows, left] }),
      resultOf(
        call,
        tensor,
        { dims: [...batchOf(dims), least] },
        { dtype: realType(tensor.dtype), range: rangeBetween(0, Number.POSITIVE_INFINITY) },
      ),
      resultOf(call, tensor, { dims: [...batchOf(dims), ...lastPart] }),
    ]);
  });
}
const singularOnly: ArrayOperation = onTensor((call, tensor) => {
  const failed = matrix(call, tensor);
  const dims = tensor.shape.dims;
  return (
    failed ??
    resultOf(call, tensor, dims === undefined ? unknownShape : { dims: [...batchOf(dims), smaller(dims)] }, {
      dtype: realType(tensor.dtype),
      range: rangeBetween(0, Number.POSITIVE_INFINITY),
    })
  );
});
const orthogonal: ArrayOperation = onTensor((call, tensor) => {
  const failed = matrix(call, tensor);
  const dims = tensor.shape.dims;
  const mode =
    call.argument('mode').kind === 'str'
      ? call.args.str('mode')
      : call.args.flag('some') === true
        ? 'reduced'
        : call.args.flag('some') === false
          ? 'complete'
          : undefined;
  if (failed !== undefined || dims === undefined || mode === undefined) return namedResult('qr', ['Q', 'R'], [unknown(), unknown()]);
  const [rows, columns] = [dims.at(-2) ?? 0, dims.at(-1) ?? 0];
  const order = mode === 'complete' ? rows : smaller(dims);
  return namedResult(
    'qr',
    ['Q', 'R'],
    [
      resultOf(call, tensor, mode === 'r' ? shapeOf(0) : { dims: [...batchOf(dims), rows, order] }),
      resultOf(call, tensor, { dims: [...batchOf(dims), order, columns] }),
    ],
  );
});
const pseudoInverse: ArrayOperation = onTensor((call, tensor) => {
  const failed = matrix(call, tensor);
  const dims = tensor.shape.dims;
  return failed ?? resultOf(call, tensor, dims === undefined ? unknownShape : { dims: [...batchOf(dims), dims.at(-1) ?? 0, dims.at(-2) ?? 0] });
});
const rankOperation: ArrayOperation = onTensor((call, tensor) => {
  const failed = matrix(call, tensor);
  const dims = tensor.shape.dims;
  return failed ?? resultOf(call, tensor, dims === undefined ? unknownShape : { dims: batchOf(dims) }, { dtype: 'int64' });
});

/** `solve(A, B)`: B is a vector or a matrix for each A. */
const solve: ArrayOperation = (call) => {
  const [matrixA, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (matrixA === undefined || right === undefined) return unknown();
  const square = squareMatrix(call, matrixA, 'same');
  const [dims, others] = [matrixA.shape.dims, right.shape.dims];
  if (square.kind !== 'tensor' || dims === undefined || others === undefined || square.shape.dims !== dims)
    return resultOf(call, right, unknownShape);
  const failed = unlessFractional(call, matrixA);
  if (failed !== undefined) return failed;
  const isVector = others.length === 1 || (dims.length - 1 === others.length && others.every((dim, at) => dimEquals(dim, dims[at] ?? 0) === true));
  const rows = isVector ? others.at(-1) : others.at(-2);
  if (differs(rows, dims.at(-1)))
    return refuseConflict(call, { kind: 'inner', left: dims.at(-1) ?? 0, right: rows ?? 0 }, [matrixA.shape, right.shape], others.length);
  const batch = broadcast({ dims: batchOf(dims) }, { dims: isVector ? others.slice(0, -1) : batchOf(others) });
  if (!batch.ok) return refuseConflict(call, batch.reason, [matrixA.shape, right.shape]);
  return resultOf(call, right, { dims: [...(batch.shape.dims ?? []), ...(isVector ? others.slice(-1) : others.slice(-2))] });
};

const trace: ArrayOperation = onTensor((call, tensor) => {
  const rank = rankOf(tensor);
  if (rank !== undefined && rank !== 2) return refuseRank(call, tensor, 2, 0, 0);
  return resultOf(call, tensor, shapeOf(), { dtype: tensor.dtype === undefined || isFractional(tensor.dtype) ? tensor.dtype : 'int64' });
});
function triangle(keep: 'upper' | 'lower'): ArrayOperation {
  return onTensor((call, tensor) => {
    const rank = rankOf(tensor);
    return rank !== undefined && rank < 2
      ? refuseConflict(call, { kind: 'rank', operand: 0, expected: 2, actual: rank, atLeast: true }, [tensor.shape], rank)
      : triangleOperation(keep)(call);
  });
}

// ---- Norms and distances.

/** Norms of vectors: over all elements unless axes are named. */
const vectorNorm: ArrayOperation = onTensor((call, tensor) => {
  const failed = unlessFractional(call, tensor);
  if (failed !== undefined) return failed;
  const result = reduce(call, 'norm', tensor, { axes: reducedAxes(call, tensor), keepdims: keepsDims(call) });
  return result.kind === 'tensor'
    ? makeArray({
        cls: call.cls,
        shape: result.shape,
        dtype: realType(tensor.dtype),
        origin: tensor.origin,
        range: rangeBetween(0, Number.POSITIVE_INFINITY),
      })
    : result;
});
const linalgNorm: ArrayOperation = onTensor((call, tensor) => {
  const [order, dim] = [call.argument('ord'), call.argument('dim')];
  const rank = rankOf(tensor);
  if (dim.kind === 'none' && order.kind !== 'none' && rank !== undefined && rank !== 1 && rank !== 2)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: with ord and without dim it expects 1 or 2 axes, got {shape}', {
        operation: call.name,
        shape: formatShape(tensor.shape),
      }),
    );
  return vectorNorm(call);
});
const matrixNorm: ArrayOperation = onTensor((call, tensor) => {
  const rank = rankOf(tensor);
  if (rank !== undefined && rank < 2)
    return refuseConflict(call, { kind: 'rank', operand: 0, expected: 2, actual: rank, atLeast: true }, [tensor.shape]);
  const axes = numbersFromValue(call.interpreter, call.argument('dim'));
  if (axes !== undefined && axes.length !== 2)
    return refuse(call, 'invalid-axis', message('{operation}: dim must name two axes, got {count}', { operation: call.name, count: axes.length }));
  return vectorNorm(call);
});

const pairDistances: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  const [dims, others] = [left.shape.dims, right.shape.dims];
  for (const [at, tensor] of [left, right].entries()) {
    const rank = rankOf(tensor);
    if (rank !== undefined && rank < 2)
      return refuseConflict(call, { kind: 'rank', operand: at, expected: 2, actual: rank, atLeast: true }, [tensor.shape]);
    if (tensor.dtype !== undefined && dtypeCategory(tensor.dtype) !== 'float') return refuseType(call, tensor, message('a floating-point tensor'), undefined);
  }
  if (dims === undefined || others === undefined) return resultOf(call, left, unknownShape);
  if (differs(dims.at(-1), others.at(-1)))
    return refuseConflict(
      call,
      { kind: 'inner', left: dims.at(-1) ?? 0, right: others.at(-1) ?? 0 },
      [left.shape, right.shape],
      Math.max(dims.length, others.length),
    );
  const batch = broadcast({ dims: batchOf(dims) }, { dims: batchOf(others) });
  if (!batch.ok) return refuseConflict(call, batch.reason, [left.shape, right.shape]);
  return resultOf(
    call,
    left,
    { dims: [...(batch.shape.dims ?? []), dims.at(-2) ?? 0, others.at(-2) ?? 0] },
    {
      range: rangeBetween(0, Number.POSITIVE_INFINITY),
      dtype: resultType([
        { tensor: left, type: left.dtype },
        { tensor: right, type: right.dtype },
      ]),
    },
  );
};
const distanceVector: ArrayOperation = onTensor((call, tensor) => {
  const [rows] = tensor.shape.dims ?? [];
  if (tensor.shape.dims !== undefined && rankOf(tensor) !== 2) return refuseRank(call, tensor, 2, 0, 1);
  if (tensor.dtype !== undefined && dtypeCategory(tensor.dtype) !== 'float') return refuseType(call, tensor, message('a floating-point tensor'), 1);
  return resultOf(call, tensor, shapeOf(rows === undefined ? unknownDim() : floorDivideDims(multiplyDims(rows, subtractDims(rows, 1)), 2)), {
    range: rangeBetween(0, Number.POSITIVE_INFINITY),
  });
});
const distance: ArrayOperation = (call) => {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  const shape = broadcast(left.shape, right.shape);
  if (!shape.ok) return refuseConflict(call, shape.reason, [left.shape, right.shape], 0);
  const type = resultType([
    { tensor: left, type: left.dtype },
    { tensor: right, type: right.dtype },
  ]);
  return type !== undefined && !isFractional(type)
    ? refuseType(call, left, message('a floating-point tensor'), 0)
    : resultOf(call, left, shapeOf(), { range: rangeBetween(0, Number.POSITIVE_INFINITY), dtype: realType(type) });
};
const covariance: ArrayOperation = onTensor((call, tensor) => {
  const rank = rankOf(tensor);
  if (rank !== undefined && rank > 2) return refuseRank(call, tensor, 2, 0, 2);
  const [rows] = tensor.shape.dims ?? [];
  return resultOf(
    call,
    tensor,
    rank === 2 && rows !== undefined && rows !== 1 ? shapeOf(rows, rows) : rank === undefined ? unknownShape : shapeOf(),
    { dtype: tensor.dtype === undefined || isFractional(tensor.dtype) ? tensor.dtype : 'float32' },
  );
});

/** `chain_matmul(a, b, c)`, `linalg.multi_dot([a, b, c])`. */
const chain: ArrayOperation = (call) => {
  const { rest } = call.args;
  const given =
    call.parameters[0] === 'matrices' && rest.length > 0 ? rest.map((argument) => tensorOf(call, argument.value)) : operandsOf(call, call.operand(0));
  if (given === undefined || given.length === 0 || given.includes(undefined)) return unknown();
  return given.slice(1).reduce<Value>((made, next) => (next === undefined ? unknown() : matmul(call, made, next)), given[0] ?? unknown());
};
// Whole numbers are multiplied, too; only an inverse needs fractions.
const matrixPower: ArrayOperation = onTensor((call, tensor) =>
  squareMatrix({ ...call, library: { ...call.library, floatOf: (dtype) => dtype } }, tensor, 'same'),
);

declareOperations({
  matmul: ['input, other, *, out=None', matmulOperation],
  mm: ['input, mat2, out_dtype=None, *, out=None', product([2, 2], 2)],
  bmm: ['input, mat2, out_dtype=None, *, out=None', product([3, 3], 3)],
  mv: ['input, vec, *, out=None', product([2, 1], 1)],
  dot: ['input, tensor, *, out=None', product([1, 1], 0)],
  vdot: ['input, other, *, out=None', product([1, 1], 0)],
  inner: ['input, other, *, out=None', inner],
  outer: ['input, vec2, *, out=None', outerOperation],
  ger: ['input, vec2, *, out=None', outerOperation],
  kron: ['input, other, *, out=None', kron],
  cross: ['input, other, dim=None, *, out=None', cross],
  inverse: ['input, *, out=None', squareOperation('same')],
  det: ['input', squareOperation('batch')],
  logdet: ['input', squareOperation('batch')],
  matrix_power: ['input, n, *, out=None', matrixPower],
  matrix_exp: ['input', squareOperation('same')],
  cholesky: ['input, upper=False, *, out=None', squareOperation('same')],
  cholesky_inverse: ['input, upper=False, *, out=None', squareOperation('same')],
  slogdet: [
    'input',
    squareParts('slogdet', ['sign', 'logabsdet'], (call, tensor, dims) => [
      resultOf(call, tensor, { dims: batchOf(dims) }),
      resultOf(call, tensor, { dims: batchOf(dims) }, { dtype: realType(tensor.dtype) }),
    ]),
  ],
  svd: ['input, some=True, compute_uv=True, *, out=None', singularValues(['U', 'S', 'V'], 'some', false)],
  qr: ['input, some=True, *, out=None', orthogonal],
  pinverse: ['input, rcond=1e-15', pseudoInverse],
  trace: ['input', trace],
  dist: ['input, other, p=2', distance],
  cov: ['input, *, correction=1, fweights=None, aweights=None', covariance],
  corrcoef: ['input', covariance],
});
declareOperations(
  {
    addmm: ['input, mat1, mat2, *, beta=1, alpha=1, out=None', addedProduct([2, 2])],
    addmv: ['input, mat, vec, *, beta=1, alpha=1, out=None', addedProduct([2, 1])],
    addr: ['input, vec1, vec2, *, beta=1, alpha=1, out=None', addedProduct([1, 1])],
    addbmm: ['input, batch1, batch2, *, beta=1, alpha=1, out=None', addedProduct([3, 3], true)],
    baddbmm: ['input, batch1, batch2, *, beta=1, alpha=1, out=None', addedProduct([3, 3])],
    tril: ['input, diagonal=0, *, out=None', triangle('lower')],
    triu: ['input, diagonal=0, *, out=None', triangle('upper')],
  },
  { inPlace: true },
);
declareOperations(
  {
    einsum: ['equation, *operands', einsumOperation],
    tensordot: ['a, b, dims=2, out=None', tensordotOperation],
    cdist: ['x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"', pairDistances],
    pdist: ['input, p=2', distanceVector],
    chain_matmul: ['*matrices, out=None', chain],
  },
  { method: false },
);
declareOperations({ spmm: ['input, mat2', product([2, 2], 2)] }, { method: false });

const complexParts = (call: ArrayCall, tensor: TensorValue, dims: readonly Dim[]): readonly Value[] => [
  resultOf(call, tensor, { dims: dims.slice(0, -1) }, { dtype: complexType(tensor.dtype) }),
  resultOf(call, tensor, { dims }, { dtype: complexType(tensor.dtype) }),
];
const realParts = (call: ArrayCall, tensor: TensorValue, dims: readonly Dim[]): readonly Value[] => [
  resultOf(call, tensor, { dims: dims.slice(0, -1) }, { dtype: realType(tensor.dtype) }),
  resultOf(call, tensor, { dims }),
];
const eigenvalues = ['eigenvalues', 'eigenvectors'] as const;
declareSubmodule('torch.linalg', {
  norm: ['A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None', linalgNorm],
  vector_norm: ['x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None', vectorNorm],
  matrix_norm: ['A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None', matrixNorm],
  inv: ['A, *, out=None', squareOperation('same')],
  det: ['A, *, out=None', squareOperation('batch')],
  slogdet: [
    'A, *, out=None',
    squareParts('slogdet', ['sign', 'logabsdet'], (call, tensor, dims) => [
      resultOf(call, tensor, { dims: batchOf(dims) }),
      resultOf(call, tensor, { dims: batchOf(dims) }, { dtype: realType(tensor.dtype) }),
    ]),
  ],
  cond: ['A, p=None, *, out=None', rankAs('real')],
  matrix_rank: ['A, *, atol=None, rtol=None, hermitian=False, out=None', rankOperation],
  cholesky: ['A, *, upper=False, out=None', squareOperation('same')],
  qr: ['A, mode="reduced", *, out=None', orthogonal],
  eig: ['A, *, out=None', squareParts('eig', eigenvalues, complexParts)],
  eigh: ['A, UPLO="L", *, out=None', squareParts('eigh', eigenvalues, realParts)],
  eigvals: ['A, *, out=None', squareOperation('vector', complexType)],
  eigvalsh: ['A, UPLO="L", *, out=None', squareOperation('vector', realType)],
  svd: ['A, full_matrices=True, *, driver=None, out=None', singularValues(['U', 'S', 'Vh'], 'full_matrices', true)],
  svdvals: ['A, *, driver=None, out=None', singularOnly],
  solve: ['A, B, *, left=True, out=None', solve],
  pinv: ['A, *, atol=None, rtol=None, hermitian=False, out=None', pseudoInverse],
  matrix_power: ['A, n, *, out=None', matrixPower],
  matrix_exp: ['A', squareOperation('same')],
  multi_dot: ['tensors, *, out=None', chain],
  matmul: ['input, other, *, out=None', matmulOperation],
  cross: ['input, other, *, dim=-1, out=None', cross],
  lstsq: ['A, B, rcond=None, *, driver=None', () => unknown()],
  diagonal: ['A, *, offset=0, dim1=-2, dim2=-1', linalgDiagonal],
  vecdot: ['x, y, *, dim=-1, out=None', vectorDot],
  lu: ['A, *, pivot=True, out=None', () => unknown(undefined, 'tuple')],
  lu_factor: ['A, *, pivot=True, out=None', () => unknown(undefined, 'tuple')],
  solve_triangular: ['A, B, *, upper, left=True, unitriangular=False, out=None', solve],
  tensorinv: ['A, ind=2, *, out=None', () => unknown()],
});

function rankAs(type: 'real'): ArrayOperation {
  return onTensor(
    (call, tensor) =>
      matrix(call, tensor) ??
      resultOf(call, tensor, tensor.shape.dims === undefined ? unknownShape : { dims: batchOf(tensor.shape.dims) }, {
        dtype: type === 'real' ? realType(tensor.dtype) : tensor.dtype,
      }),
  );
}
function linalgDiagonal(call: ArrayCall): Value {
  const tensor = tensorAt(call, 0);
  const dims = tensor?.shape.dims;
  if (tensor === undefined || dims === undefined) return unknown();
  if (dims.length < 2) return refuseRank(call, tensor, 2);
  const [first, second] = [axisOf(call, tensor, call.argument('dim1')), axisOf(call, tensor, call.argument('dim2'))];
  if (first === undefined || second === undefined || 'failed' in first || 'failed' in second)
    return resultOf(call, tensor, shapeOfRank(dims.length - 1));
  return resultOf(call, tensor, {
    dims: [
      ...dims.filter((_, at) => at !== first.at && at !== second.at),
      diagonalLength(dims[first.at] ?? 0, dims[second.at] ?? 0, numberFromValue(call.argument('offset'))),
    ],
  });
}
function vectorDot(call: ArrayCall): Value {
  const [left, right] = [tensorAt(call, 0), tensorAt(call, 1)];
  if (left === undefined || right === undefined) return unknown();
  const shape = broadcast(left.shape, right.shape);
  if (!shape.ok) return refuseConflict(call, shape.reason, [left.shape, right.shape]);
  const together = resultOf(call, left, shape.shape);
  const axis = axisOf(call, together, call.argument('dim'));
  if (axis !== undefined && 'failed' in axis) return axis.failed;
  return resultOf(call, left, axis === undefined || shape.shape.dims === undefined ? unknownShape : { dims: shape.shape.dims.toSpliced(axis.at, 1) });
}
