// Shapes: what numpy and PyTorch said (test/oracle/shape_facts.py), the same with sizes made symbolic, and how shapes read.
import assert from 'node:assert/strict';
import test from 'node:test';
import { batchDim, type Dim, isAnonymous, multiplyDims, substituteDim, symbol, unknownDim } from '../../server/tensors/dim.ts';
import { einsumShapes } from '../../server/tensors/einsum.ts';
import {
  broadcast, broadcastTo, concatShapes, elementCount, expandDims, flattenShape, formatShape, joinShapes, matmulShapes, normalizeAxis, rank, reduceShape,
  reshapeShape, type Shape, shapeOf, type ShapeResult, shapesEqual, sliceLength, squeezeShape, stackShapes, swapAxes, tileShape, transposeShape, unknownShape,
} from '../../server/tensors/shape.ts';
import { solveSize } from '../../server/tensors/solve.ts';
import facts from './shape-facts.json';

type Dims = readonly Dim[];
type Numbers = readonly number[];
type Row = readonly [name: string, args: readonly unknown[], expected: Numbers | null];
const rows = facts as unknown as readonly Row[];
const done = (shape: Shape): ShapeResult => ({ ok: true, shape });
const of = (dims: unknown): Shape => ({ dims: dims as Dims });
const all = (shapes: unknown): readonly Shape[] => (shapes as readonly Dims[]).map(of);

const operations: Readonly<Record<string, (args: readonly unknown[]) => ShapeResult>> = {
  broadcast: ([left, right]) => broadcast(of(left), of(right)),
  matmul: ([left, right]) => matmulShapes(of(left), of(right)),
  concat: ([shapes, axis]) => concatShapes(all(shapes), axis as number),
  stack: ([shapes, axis]) => stackShapes(all(shapes), axis as number),
  reshape: ([dims, target]) => reshapeShape(of(dims), target as Numbers),
  reduce: ([dims, axes, keepdims]) => reduceShape(of(dims), (axes as Numbers | null) ?? undefined, keepdims as boolean),
  transpose: ([dims, axes]) => transposeShape(of(dims), axes as Numbers),
  swap: ([dims, first, second]) => swapAxes(of(dims), first as number, second as number),
  expand: ([dims, axis]) => expandDims(of(dims), axis as number),
  squeeze: ([dims, axes, strict]) => squeezeShape(of(dims), (axes as Numbers | null) ?? undefined, strict as boolean),
  flatten: ([dims, start, end]) => flattenShape(of(dims), start as number, end as number),
  broadcastTo: ([dims, target]) => broadcastTo(of(dims), target as Numbers),
  tile: ([dims, repeats]) => done(tileShape(of(dims), repeats as Numbers)),
  slice: ([start, stop, step, size]) => done(shapeOf(sliceLength((start as number | null) ?? undefined, (stop as number | null) ?? undefined, (step as number | null) ?? undefined, size as Dim))),
  einsum: ([equation, shapes]) => einsumShapes(equation as string, all(shapes)),
};

test('known shapes are what numpy and PyTorch give', () => {
  assert.ok(rows.length > 1500);
  for (const [name, args, expected] of rows) {
    const result = operations[name]?.(args);
    assert.deepEqual(result?.ok === true ? result.shape.dims : null, expected, `${name} ${JSON.stringify(args)}`);
  }
});

/** Sizes above 1 become symbols, equal ones the same symbol; `some` leaves about half of them as they are. */
function symbolic(value: unknown, environment: Map<Dim, Dim>, some: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => symbolic(item, environment, some));
  if (typeof value !== 'number' || value < 2 || (some && value % 2 === 0)) return value;
  const size = symbol(`s${value}`);
  environment.set(size, value);
  return size;
}
/** Which arguments hold shapes. */
const shapeArguments: Readonly<Record<string, Numbers>> = { broadcast: [0, 1], matmul: [0, 1], einsum: [1], slice: [3] };

test('with symbolic sizes nothing else comes out, and only what is wrong is refused', () => {
  for (const some of [false, true]) {
    for (const [name, args, expected] of rows) {
      const environment = new Map<Dim, Dim>();
      const result = operations[name]?.(args.map((argument, index) => ((shapeArguments[name] ?? [0]).includes(index) ? symbolic(argument, environment, some) : argument)));
      const text = `${name} ${JSON.stringify(args)}`;
      if (result?.ok !== true) { assert.equal(expected, null, text); continue; }
      if (expected === null || result.shape.dims === undefined) continue;
      assert.equal(result.shape.dims.length, expected.length, text);
      for (const [axis, dim] of result.shape.dims.entries()) {
        if (!isAnonymous(dim)) assert.equal(substituteDim(dim, environment), expected[axis], `${text} axis ${axis}`);
      }
    }
  }
});

test('shapes read as Python prints them', () => {
  const H = symbol('H'), N = symbol('N');
  const table: readonly (readonly [Shape | ShapeResult, string])[] = [
    [shapeOf(), '()'],
    [shapeOf(3), '(3,)'],
    [shapeOf(batchDim, 80, 80, 16), '(None, 80, 80, 16)'],
    [unknownShape, '?'],
    [shapeOf(unknownDim(), 4), '(?, 4)'],
    [joinShapes(shapeOf(2, 3), shapeOf(2, 4)), '(2, ?)'],
    [joinShapes(shapeOf(2), shapeOf(2, 4)), '?'],
    [broadcast(shapeOf(batchDim, 1, 8), shapeOf(5, 8)), '(None, 5, 8)'],
    [broadcast(shapeOf(unknownDim(), 8), shapeOf(N, 1)), '(N, 8)'],
    [broadcast(shapeOf(H), shapeOf(3)), '(3,)'],
    [concatShapes([shapeOf(N, H, 3), shapeOf(N, H, 5)], -1), '(N, H, 8)'],
    [concatShapes([shapeOf(0), shapeOf(2, 3)], 1), '(2, 3)'],
    [concatShapes([unknownShape, shapeOf(2, 3)], 1), '(2, ?)'],
    [stackShapes([shapeOf(H), shapeOf(H)], 0), '(2, H)'],
    [matmulShapes(shapeOf(N, H, 64), shapeOf(64, 10)), '(N, H, 10)'],
    [reshapeShape(shapeOf(N, 16, 5, 5), [-1, 400]), '(N, 400)'],
    [reshapeShape(shapeOf(N, H, 64), [N, H, 8, -1]), '(N, H, 8, 8)'],
    [reshapeShape(shapeOf(N, 64, H), [N, -1]), '(N, 64*H)'],
    [reshapeShape(unknownShape, [-1, 4]), '(?, 4)'],
    [reduceShape(shapeOf(N, H, 3), [1], true), '(N, 1, 3)'],
    [squeezeShape(shapeOf(N, 1, unknownDim()), undefined, true), '?'],
    [transposeShape(unknownShape, [1, 0]), '(?, ?)'],
    [einsumShapes('bhqd,bhkd->bhqk', [shapeOf(N, 8, H, 64), shapeOf(N, 8, H, 64)]), '(N, 8, H, H)'],
    [einsumShapes('...ij,jk', [unknownShape, shapeOf(2, 3)]), '?'],
    [shapeOf(sliceLength(1, undefined, undefined, H)), '(H - 1,)'],
    [shapeOf(sliceLength(undefined, undefined, 2, H)), '((H + 1)//2,)'],
    [shapeOf(sliceLength(undefined, undefined, -1, H)), '(H,)'],
    [shapeOf(sliceLength(undefined, 5, undefined, H)), '(min(H, 5),)'],
    [shapeOf(sliceLength(unknownDim({ minimum: -9 }), undefined, undefined, H)), '(?,)'],
  ];
  for (const [made, text] of table) {
    const shape = 'ok' in made ? (made.ok ? made.shape : undefined) : made;
    assert.equal(shape === undefined ? 'refused' : formatShape(shape), text);
  }
});

test('refusals carry their numbers', () => {
  const N = symbol('N'), H = symbol('H');
  const reason = (result: ShapeResult): unknown => (result.ok ? undefined : result.reason);
  assert.deepEqual(reason(broadcast(shapeOf(2, 3), shapeOf(4))), { kind: 'broadcast', axis: 1, left: 3, right: 4 });
  assert.deepEqual(reason(matmulShapes(shapeOf(N, 3), shapeOf(4, 5))), { kind: 'inner', left: 3, right: 4 });
  assert.deepEqual(reason(concatShapes([shapeOf(2, 3), shapeOf(5, 3), shapeOf(2, 4)], 0)), { kind: 'size', axis: 1, operand: 2, left: 3, right: 4 });
  assert.deepEqual(reason(reshapeShape(shapeOf(N, 400), [N, 300])), { kind: 'elements', from: multiplyDims(400, N), to: multiplyDims(300, N), inferred: false });
  assert.deepEqual(reason(reshapeShape(shapeOf(7, 3), [-1, 4])), { kind: 'elements', from: 21, to: 4, inferred: true });
  assert.deepEqual(reason(reduceShape(shapeOf(2, 3), [2], false)), { kind: 'axis', axis: 2, rank: 2 });
  assert.deepEqual(reason(einsumShapes('ij,jk->ik', [shapeOf(2, 3), shapeOf(4, 5)])), { kind: 'label', label: 'j', operand: 1, left: 3, right: 4 });
  assert.equal(reason(reshapeShape(shapeOf(N, H), [-1, 400])), undefined, 'N*H may be a multiple of 400');
});

test('small questions', () => {
  const H = symbol('H'), W = symbol('W');
  assert.equal(rank(unknownShape), undefined);
  assert.equal(elementCount(shapeOf(2, 3)), 6);
  assert.equal(normalizeAxis(-1, 3), 2);
  assert.equal(normalizeAxis(3, 3), undefined);
  assert.deepEqual([shapesEqual(shapeOf(H), shapeOf(H)), shapesEqual(shapeOf(H), shapeOf(W)), shapesEqual(shapeOf(H, 2), shapeOf(W, 3))], [true, undefined, false]);
});

test('a size is found from an equation', () => {
  const S = symbol('S');
  const quarter = reshapeShape(shapeOf(1, 16, S, S), [1, -1]);
  assert.ok(quarter.ok);
  assert.deepEqual(solveSize([{ left: quarter.shape.dims?.[1] ?? 0, right: 400 }], S, { low: 1, high: 64 }), [5]);
  assert.deepEqual(solveSize([{ left: 3, right: S }, { left: unknownDim(), right: 4 }], S, { low: 1, high: 9 }), []);
});
