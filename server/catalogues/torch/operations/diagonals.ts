// Diagonals: taken out of a tensor, and put into a new one. It must not know modules.
import {
  addDims,
  type Dim,
  isKnown,
  minimumDims,
  unknownDim,
} from '../../../tensors/dim.ts';
import { elementCount, formatShape, normalizeAxes, shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import { elementsOf, numberFromValue } from '../../arrays/contents.ts';
import { type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { diagonal as diagonalOf } from '../../arrays/products.ts';
import { declareOperations } from '../library.ts';
import {
  axisOf,
  onTensor,
  partRange,
  rankOf,
  refuseRank,
  resultOf,
} from './support.ts';

const diagonal: ArrayOperation = onTensor((call, tensor) => {
  const [first, second] = [axisOf(call, tensor, call.argument('dim1')), axisOf(call, tensor, call.argument('dim2'))];
  const dims = tensor.shape.dims;
  for (const axis of [first, second]) if (axis !== undefined && 'failed' in axis) return axis.failed;
  if (dims === undefined || first === undefined || second === undefined || !('at' in first) || !('at' in second))
    return resultOf(call, tensor, unknownShape, { range: partRange(tensor) });
  if (first.at === second.at) return refuseConflict(call, { kind: 'repeated-axis', axis: first.at }, [tensor.shape], dims.length - 1);
  const length = diagonalLength(dims[first.at] ?? 0, dims[second.at] ?? 0, numberFromValue(call.argument('offset')));
  return resultOf(call, tensor, { dims: [...dims.filter((_, at) => at !== first.at && at !== second.at), length] }, { range: partRange(tensor) });
});

export function diagonalLength(rows: Dim, columns: Dim, offset: number | undefined): Dim {
  if (offset === undefined) return unknownDim();
  if (isKnown(rows) && isKnown(columns)) return Math.max(0, offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns));
  return offset === 0 ? minimumDims(rows, columns) : unknownDim();
}

const diag: ArrayOperation = onTensor((call, tensor) => {
  const rank = rankOf(tensor);
  if (rank !== undefined && rank !== 1 && rank !== 2)
    return refuse(
      call,
      'shape-mismatch',
      message('{operation}: expects 1 or 2 axes, got {shape}', { operation: call.name, shape: formatShape(tensor.shape) }),
    );
  const offset = numberFromValue(call.argument('diagonal'));
  const [rows, columns] = tensor.shape.dims ?? [];
  if (rank === 2 && offset !== undefined && isKnown(rows ?? 0) && isKnown(columns ?? 0) && (offset > Number(columns) || -offset > Number(rows))) {
    return resultOf(call, tensor, shapeOf(0));
  }
  const result = diagonalOf(call, tensor, offset);
  return rank === 2 && result.kind === 'tensor'
    ? resultOf(call, tensor, shapeOf(diagonalLength(rows ?? 0, columns ?? 0, offset)), { range: result.range, elements: elementsOf(result) })
    : result;
});

const diagEmbed: ArrayOperation = onTensor((call, tensor) => {
  const dims = tensor.shape.dims;
  const offset = numberFromValue(call.argument('offset'));
  const axes = ['dim1', 'dim2'].map((name) => numberFromValue(call.argument(name)));
  const [first, second] = axes;
  if (dims === undefined || offset === undefined || first === undefined || second === undefined)
    return resultOf(call, tensor, dims === undefined ? unknownShape : shapeOfRank(dims.length + 1));
  const last = dims.at(-1);
  if (last === undefined) return refuseRank(call, tensor, 1);
  const normal = normalizeAxes([first, second], dims.length + 1);
  if (!normal.ok) return refuseConflict(call, normal.reason, [tensor.shape], dims.length + 1);
  const size = addDims(last, Math.abs(offset));
  const rest = [...dims.slice(0, -1)];
  return resultOf(call, tensor, {
    dims: Array.from({ length: dims.length + 1 }, (_, at) => (normal.axes.includes(at) ? size : (rest.shift() ?? size))),
  });
});

const diagflat: ArrayOperation = onTensor((call, tensor) => {
  const offset = numberFromValue(call.argument('offset'));
  const count = elementCount(tensor.shape) ?? unknownDim();
  const size = offset === undefined ? unknownDim() : addDims(count, Math.abs(offset));
  return resultOf(call, tensor, shapeOf(size, size));
});

declareOperations({
  diagonal: ['input, offset=0, dim1=0, dim2=1', diagonal],
  diag: ['input, diagonal=0, *, out=None', diag],
  diag_embed: ['input, offset=0, dim1=-2, dim2=-1', diagEmbed],
  diagflat: ['input, offset=0', diagflat],
});
