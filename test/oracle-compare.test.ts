// The oracle's comparison, on made-up records: it must see a wrong shape, a wrong count, a silent fault and an unexpected one.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ProgramFacts } from './oracle/compare.ts';
import { checkErrors, checkHint, checkRevealed, parseHint, parseShape, sameShape } from './oracle/compare.ts';

const facts: ProgramFacts = {
  layers: [{ file: 'main.py', line: 3, class: 'Conv2D', outputs: ['(None, 80, 80, 16)', '(None, 40, 40, 16)'], params: 448 }],
  models: [{ file: 'main.py', line: 9, endLine: 10, class: 'Functional', output: '(None, 7, 7, 512)', params: { total: 14_714_688 } }],
  calls: [], values: [{ file: 'main.py', line: 5, shape: '(2, 64, 16, 16)' }],
  revealed: [{ file: 'main.py', line: 6, shape: '(2, 64, 16, 16)', dtype: 'float32', text: 'tensor(…)', type: 'Tensor' }, { file: 'main.py', line: 7, shape: null, dtype: null, text: '5', type: 'int' }],
  errors: [],
};

test('shapes: symbols are one number each, expressions are computed', () => {
  const fits = (ours: string, theirs: string): boolean => sameShape(parseShape(ours), parseShape(theirs));
  assert.ok(fits('(None, 3)', '(8, 3)'));
  assert.ok(fits('(B, T, T)', '(2, 5, 5)'));
  assert.ok(!fits('(B, T, T)', '(2, 5, 6)'));
  assert.ok(fits('(N, H, W, H//2, 2*(W + 1))', '(1, 9, 4, 4, 10)'));
  assert.ok(!fits('(N, H, W, H//2)', '(1, 9, 4, 5)'));
  assert.ok(fits('(H, W, (H + 3)//4)', '(9, 8, 3)'));
  assert.ok(!fits('(H, W, (H + 3)//4)', '(9, 8, 2)'));
  assert.ok(fits("{'a': (None, 4)}", "{'a': (2, 4)}"));
  assert.ok(fits('(None, 4)', '((2, 4),)'));
  assert.ok(!fits('(None, 4)', '(2, 4, 1)'));
  assert.equal(parseShape('Sequential'), undefined);
});

test('hints: shapes and counts', () => {
  assert.deepEqual(parseHint('(56, 56, 64) … (7, 7, 512) · 1,448 params · 4 calls'), { shapes: ['(56, 56, 64)', '(7, 7, 512)'], params: [1448] });
  assert.deepEqual(parseHint('(None, 7, 64) → (None, 128) · 640,000 + 98,816 params'), { shapes: ['(None, 7, 64)', '(None, 128)'], params: [640_000, 98_816] });
  assert.deepEqual(checkHint('(None, 80, 80, 16) … (None, 40, 40, 16) · 448 params · 2 calls', 3, 'main.py', facts), []);
  assert.equal(checkHint('(None, 81, 80, 16) · 448 params', 3, 'main.py', facts)?.length, 1);
  assert.equal(checkHint('(None, 80, 80, 16) · 449 params', 3, 'main.py', facts)?.length, 1);
  assert.deepEqual(checkHint('(N, 64, H, H)', 5, 'main.py', facts), []);
  assert.deepEqual(checkHint('(None, 7, 7, 512) · 14,714,688 params', 9, 'main.py', facts), []);
  assert.equal(checkHint('(None, 4)', 40, 'main.py', facts), undefined);
});

test('reveals: shapes and plain values', () => {
  assert.deepEqual(checkRevealed('(B, 64, H, H)', 6, 'main.py', facts), []);
  assert.equal(checkRevealed('(B, 32, H, H)', 6, 'main.py', facts)?.length, 1);
  assert.deepEqual(checkRevealed('5', 7, 'main.py', facts), []);
  assert.equal(checkRevealed('6', 7, 'main.py', facts)?.length, 1);
});

test('errors: expected ones must happen, others must not', () => {
  const failed: ProgramFacts = { ...facts, errors: [{ type: 'ValueError', message: 'too small', line: 4, lines: [4], statement: [3, 6] }] };
  assert.deepEqual(checkErrors([], facts), []);
  assert.equal(checkErrors([], failed).length, 1);
  assert.deepEqual(checkErrors([{ kind: 'error', rule: 'shape-mismatch', line: 5 }], failed), []);
  assert.equal(checkErrors([{ kind: 'error', rule: 'shape-mismatch', line: 5 }], facts).length, 1);
  assert.equal(checkErrors([{ kind: 'error', rule: 'shape-mismatch', line: 5 }, { kind: 'error', rule: 'empty-output', line: 9 }], failed).length, 1);
  assert.deepEqual(checkErrors([{ kind: 'error', rule: 'label-range', line: 9 }], facts), []);
});
