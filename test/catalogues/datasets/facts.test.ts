// Data sets against what real tf.data and Keras said of the same programs (test/oracle/dataset_facts.py).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetFacts } from '../../../server/catalogues/datasets/dataset.ts';
import { isKnown } from '../../../server/tensors/dim.ts';
import type { Value } from '../../../server/values/value.ts';
import { runProgram } from '../../support/program.ts';
import facts from './dataset-facts.json' with { type: 'json' };

type Given = string | readonly Given[] | { readonly [name: string]: Given | number };

/** Programs of which we know less than TensorFlow does, or more: windows of a series have a known length to us. */
const lessKnown = new Set(["ds = tf.data.Dataset.list_files('data/pets/cat/*')"]);

function compare(value: Value | undefined, given: Given, path: string): string[] {
  if (value === undefined) return [`${path}: nothing was bound`];
  if (typeof given === 'string') {
    if (value.kind === 'float') return [];
    if (value.kind === 'int') return given.startsWith('() int') ? [] : [`${path}: ${given}, here an int`];
    if (value.kind !== 'tensor') return [`${path}: ${given}, here ${value.kind}`];
    const [shape, dtype] = [given.slice(1, given.indexOf(')')), given.slice(given.indexOf(')') + 2)];
    const problems = value.dtype === dtype ? [] : [`${path}: ${dtype}, here ${String(value.dtype)}`];
    const sizes = shape === '' ? [] : shape.split(',');
    if (shape === 'unknown') return [...problems, ...(value.shape.dims === undefined ? [] : [`${path}: unknown rank`])];
    if (value.shape.dims?.length !== sizes.length) return [...problems, `${path}: rank ${sizes.length}, here ${String(value.shape.dims?.length)}`];
    for (const [axis, dim] of (value.shape.dims ?? []).entries()) {
      // What TensorFlow only knows when it runs may be known to us; what it knows may only be open to us where it ran eagerly.
      if (isKnown(dim) && sizes[axis] !== 'None' && String(dim) !== sizes[axis]) problems.push(`${path}: axis ${axis} is ${String(sizes[axis])}, here ${dim}`);
      if (!isKnown(dim) && sizes[axis] !== 'None' && path.startsWith('element')) problems.push(`${path}: axis ${axis} is ${String(sizes[axis])}, here not known`);
    }
    return problems;
  }
  if (Array.isArray(given)) {
    if (value.kind !== 'tuple' || value.items.length !== given.length) return [`${path}: ${given.length} parts, here ${value.kind}`];
    return value.items.flatMap((item, at) => compare(item, given[at] as Given, `${path}[${at}]`));
  }
  const entries = given as { readonly [name: string]: Given | number };
  if ('cardinality' in entries) {
    const dataset = datasetFacts(value);
    if (dataset === undefined) return [`${path}: a data set, here ${value.kind}`];
    const counted = dataset.cardinality === 'infinite' ? -1 : dataset.cardinality === undefined ? -2 : dataset.cardinality;
    const problems = compare(dataset.element, entries['element'] as Given, 'element');
    return counted === entries['cardinality'] || entries['cardinality'] === -2 ? problems : [...problems, `${path}: ${String(entries['cardinality'])} elements, here ${String(counted)}`];
  }
  if (value.kind !== 'dict') return [`${path}: a dict, here ${value.kind}`];
  return Object.entries(entries).flatMap(([name, inner]) => compare(value.entries.get(`s:${name}`)?.value, inner as Given, `${path}[${name}]`));
}

const files: Record<string, string> = {};
for (const [name, count] of [['bird', 4], ['cat', 5], ['dog', 3]] as const) for (let at = 0; at < count; at += 1) files[`/project/data/pets/${name}/${at}.png`] = '';
for (const name of ['bad', 'good']) for (let at = 0; at < 3; at += 1) files[`/project/data/mood/${name}/${at}.txt`] = '';

for (const { program, gives } of facts as { program: string; gives: Given }[]) {
  test(program, () => {
    const run = runProgram(`import numpy as np\nimport tensorflow as tf\nimport keras\n${program}\n`, { files });
    assert.deepEqual(run.trace.refusals.map((refusal) => refusal.message.template), []);
    const problems = compare(run.valueOf('ds'), gives, 'ds');
    assert.deepEqual(lessKnown.has(program) ? [] : problems, []);
  });
}
