import { test } from 'node:test';
import assert from 'node:assert/strict';
import { datasetFacts } from '../../../server/catalogues/datasets/dataset.ts';
import { describeTensor, describeValue } from '../../../server/features/describe.ts';
import type { Value } from '../../../server/values/value.ts';
import { runProgram } from '../../support/program.ts';

function show(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  const facts = datasetFacts(value);
  if (facts !== undefined) return `Dataset[${show(facts.element)}] x ${typeof facts.cardinality === 'object' ? 'symbolic' : String(facts.cardinality)}`;
  switch (value.kind) {
    case 'tensor': return describeTensor(value);
    case 'tuple': return `(${value.items.map(show).join(', ')})`;
    case 'dict': return `{${[...value.entries.values()].map((entry) => `${show(entry.key)}: ${show(entry.value)}`).join(', ')}}`;
    default: return describeValue(value);
  }
}

test('play', () => {
  const run = runProgram(`
import tensorflow as tf
ds = tf.data.Dataset.range(10)
a = ds.map(lambda x: x * 2)
b = a.batch(3)
c = a.batch(3, drop_remainder=True)
for x in c:
    y = x
d = tf.data.Dataset.from_tensor_slices(([[1., 2.], [3., 4.], [5., 6.]], {'u': [0, 1, 2]}))
e = d.map(lambda x, y: (x[:1], y['u'])).shuffle(10).repeat().batch(2)
w = ds.window(5, shift=1, drop_remainder=True)
f = w.flat_map(lambda w: w.batch(5))
g = f.map(lambda w: (w[:-1], w[-1])).batch(4)
n = len(ds)
n2 = ds.cardinality().numpy()
first = next(iter(b))
z = tf.data.Dataset.zip((a, b))
t = tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=(tf.TensorSpec(shape=(None, 3), dtype=tf.float32), tf.TensorSpec(shape=(), dtype=tf.int32)))
u = t.padded_batch(4)
spec = u.element_spec[0].shape
k = ds.take(3).enumerate()
p = list(ds.take(1).as_numpy_iterator())
h = ds.map(lambda x: tf.cast(x, tf.float32) / 2.0)
`);
  for (const name of ['ds', 'a', 'b', 'c', 'y', 'd', 'e', 'w', 'f', 'g', 'n', 'n2', 'first', 'z', 't', 'u', 'spec', 'k', 'p', 'h']) console.log(name, show(run.valueOf(name)));
  console.log(run.trace.refusals.map((r) => r.message));
  assert.ok(true);
});
