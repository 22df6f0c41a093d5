// Element types against the table that numpy, Keras and PyTorch gave (test/oracle/dtype_facts.py).
import assert from 'node:assert/strict';
import test from 'node:test';
import { allDTypes, type DType, dtypeOfName, integerLimits, itemSize, type Operand, promoteKeras, promoteNumpy, promoteTorch } from '../../server/tensors/dtype.ts';
import facts from './dtype-facts.json';

const rows = facts as unknown as readonly (readonly [left: Operand, right: Operand, numpy: DType | null, keras: DType | null, torch: DType | null])[];

test('promotion is what the frameworks do', () => {
  assert.ok(rows.length > 200);
  for (const [left, right, ...expected] of rows) {
    const results = [promoteNumpy(left, right), promoteKeras(left, right), promoteTorch(left, right)];
    for (const [index, result] of results.entries()) {
      const wanted = expected[index] ?? undefined;
      // We claim nothing about float8, about ml_dtypes' types in numpy and about torch's complex32.
      const exotic = [left, right].some((name) => name.startsWith('float8') || (name === 'bfloat16' && index === 0)) || String(wanted) === 'complex32';
      if (exotic && (result === undefined || left === right)) continue;
      assert.equal(result, wanted, `${['numpy', 'keras', 'torch'][index]} ${left} ${right}`);
    }
    assert.deepEqual([promoteNumpy(right, left), promoteKeras(right, left), promoteTorch(right, left)], results, 'the order does not matter');
  }
});

test('unknown operands give an unknown type, several are folded', () => {
  assert.equal(promoteTorch('float32', undefined), undefined);
  assert.equal(promoteTorch(), undefined);
  assert.equal(promoteNumpy('uint8', 'int8', 'float32'), 'float32');
  assert.equal(promoteNumpy('string', 'int8'), undefined);
});

test('names, sizes, limits', () => {
  const names: readonly (readonly [string, DType | undefined])[] = [
    ['torch.float32', 'float32'], ['half', 'float16'], ['tf.bool', 'bool'], ['long', 'int64'], ['double', 'float64'], ['toString', undefined], ['float', 'float32'],
  ];
  for (const [name, dtype] of names) assert.equal(dtypeOfName(name), dtype, name);
  assert.deepEqual(allDTypes.filter((dtype) => itemSize(dtype) === 0), ['string', 'object']);
  assert.deepEqual([itemSize('bfloat16'), itemSize('complex64')], [2, 8]);
  assert.deepEqual(integerLimits('int8'), { low: -128, high: 127 });
  assert.deepEqual(integerLimits('uint16'), { low: 0, high: 65535 });
  assert.equal(integerLimits('float32'), undefined);
});
