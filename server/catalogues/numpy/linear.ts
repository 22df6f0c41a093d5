// numpy.linalg and numpy.fft, as far as shapes follow. It must not know the evaluator.
import { type Dim, floorDivideDims, isKnown, unknownDim } from '../../tensors/dim.ts';
import { rank, shapeOf, unknownShape } from '../../tensors/shape.ts';
import type { Value } from '../../values/value.ts';
import { tuple, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray, numberFromValue } from '../arrays/contents.ts';
import { tensorOf } from '../arrays/conversion.ts';
import type { ArrayDeclarations, ArrayOperation } from '../arrays/library.ts';
import { arrayFunctions } from '../arrays/library.ts';
import { matmulOperation, outerOperation, singularValues, squareMatrix } from '../arrays/products.ts';
import { axesOf, reduce, keepsDims } from '../arrays/reductions.ts';
import { transpose } from '../arrays/reshaping.ts';
import { numpyLibrary } from './library.ts';

/** The norm of vectors; a matrix norm (`ord` of a pair of axes) has the same shape. */
const normOperation: ArrayOperation = (call) => {
  const order = call.argument('ord');
  const result = reduce(call, 'norm', call.operand(0), { axes: axesOf(call, call.argument('axis')), keepdims: keepsDims(call) });
  return result.kind !== 'tensor' ||
    order.kind === 'none' ||
    (numberFromValue(order) === 2 && rank(result.shape) === (rank(tensorOf(call, call.operand(0))?.shape ?? unknownShape) ?? 0) - 1)
    ? result
    : makeArray({ ...result, elements: undefined });
};
const squareOperation =
  (result: 'same' | 'batch' | 'vector'): ArrayOperation =>
  (call) =>
    squareMatrix(call, call.operand(0), result);
const solveOperation: ArrayOperation = (call) => {
  squareMatrix(call, call.operand(0), 'same');
  const right = tensorOf(call, call.operand(1));
  return right === undefined ? unknown() : makeArray({ cls: call.cls, shape: right.shape, dtype: 'float64' });
};
const pseudoInverse: ArrayOperation = (call) => {
  const tensor = tensorOf(call, call.operand(0));
  const axes = tensor?.shape.dims?.length;
  if (tensor === undefined || axes === undefined || axes < 2) return unknown();
  const turned = transpose(
    call,
    tensor,
    Array.from({ length: axes }, (_, axis) => (axis === axes - 1 ? axes - 2 : axis === axes - 2 ? axes - 1 : axis)),
  );
  return turned.kind === 'tensor' ? makeArray({ cls: call.cls, shape: turned.shape, dtype: 'float64' }) : turned;
};
const eigenOperation: ArrayOperation = (call) => tuple([squareMatrix(call, call.operand(0), 'vector'), squareMatrix(call, call.operand(0), 'same')]);

export const linearMembers: Readonly<Record<string, Value>> = arrayFunctions(
  { ...numpyLibrary, name: 'np.linalg' },
  {
    norm: ['x, ord=None, axis=None, keepdims=False', normOperation],
    vector_norm: ['x, /, *, axis=None, keepdims=False, ord=2', normOperation],
    inv: ['a', squareOperation('same')],
    det: ['a', squareOperation('batch')],
    slogdet: ['a', (call) => tuple([squareMatrix(call, call.operand(0), 'batch'), squareMatrix(call, call.operand(0), 'batch')])],
    eigvals: ['a', squareOperation('vector')],
    eigvalsh: ['a, UPLO="L"', squareOperation('vector')],
    eig: ['a', eigenOperation],
    eigh: ['a, UPLO="L"', eigenOperation],
    cholesky: ['a, /, *, upper=False', squareOperation('same')],
    matrix_power: ['a, n', squareOperation('same')],
    pinv: ['a, rcond=None, hermitian=False, *, rtol=None', pseudoInverse],
    solve: ['a, b', solveOperation],
    lstsq: ['a, b, rcond=None', () => unknown()],
    qr: ['a, mode="reduced"', () => unknown()],
    svd: [
      'a, full_matrices=True, compute_uv=True, hermitian=False',
      (call) => {
        const [full, vectors] = [call.argument('full_matrices'), call.argument('compute_uv')];
        return vectors.kind === 'bool' && vectors.value
          ? singularValues(call, call.operand(0), full.kind === 'bool' ? full.value : undefined)
          : unknown();
      },
    ],
    matrix_rank: ['A, tol=None, hermitian=False, *, rtol=None', () => unknown()],
    cond: ['x, p=None', () => unknown()],
    matmul: ['x1, x2, /', matmulOperation],
    outer: ['x1, x2, /', outerOperation],
  },
);

/** Transforms along one axis; `half`: of real numbers, which give half of the frequencies. */
function transform(result: 'same' | 'half' | 'whole'): ArrayOperation {
  return (call) => {
    const tensor = tensorOf(call, call.operand(0));
    const at = numberFromValue(call.argument('axis'));
    const asked = call.argument('n');
    const dims = tensor?.shape.dims;
    if (tensor === undefined || dims === undefined || at === undefined || dims.at(at) === undefined) return unknown();
    const size: Dim | undefined = asked.kind === 'none' ? dims.at(at) : dimFromValue(asked);
    const length =
      size === undefined
        ? unknownDim()
        : result === 'half'
          ? isKnown(size)
            ? Math.floor(size / 2) + 1
            : unknownDim()
          : result === 'whole'
            ? unknownDim()
            : size;
    return makeArray({ cls: call.cls, shape: { dims: dims.with(at, length) }, dtype: result === 'whole' ? 'float64' : 'complex128' });
  };
}
const oneAxis = 'a, n=None, axis=-1, norm=None, out=None';
const frequencies =
  (half: boolean): ArrayOperation =>
  (call) => {
    const count = dimFromValue(call.operand(0));
    return makeArray({
      cls: call.cls,
      shape: shapeOf(count === undefined ? unknownDim() : half ? (isKnown(count) ? Math.floor(count / 2) + 1 : floorDivideDims(count, 2)) : count),
      dtype: 'float64',
    });
  };
const declarations: ArrayDeclarations = {
  fft: [oneAxis, transform('same')],
  ifft: [oneAxis, transform('same')],
  rfft: [oneAxis, transform('half')],
  irfft: [oneAxis, transform('whole')],
  fftfreq: ['n, d=1.0, device=None', frequencies(false)],
  rfftfreq: ['n, d=1.0, device=None', frequencies(true)],
  fft2: ['a, s=None, axes=(-2, -1), norm=None, out=None', () => unknown()],
  ifft2: ['a, s=None, axes=(-2, -1), norm=None, out=None', () => unknown()],
  fftshift: ['x, axes=None', (call) => tensorOf(call, call.operand(0)) ?? unknown()],
  ifftshift: ['x, axes=None', (call) => tensorOf(call, call.operand(0)) ?? unknown()],
};
export const fourierMembers: Readonly<Record<string, Value>> = arrayFunctions({ ...numpyLibrary, name: 'np.fft' }, declarations);
