// How much of what real programs use is known: members of keras, tensorflow and tfds by the number of times that tutorials,
// notebooks and questions use them (test/facts/usage-keras.tsv: member, uses, kind); members of torch and Python by the files that use
// them in model code (support/coverage.ts).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { lookUpInClass } from '../server/values/classes.ts';
import type { Value } from '../server/values/value.ts';
import { coverageOf, coverageReport } from './support/coverage.ts';
import { registry } from './support/program.ts';

/** Whether a dotted name leads to something that a catalogue holds. */
function isKnown(name: string): boolean {
  const parts = name.replace(/^tf\./, 'tensorflow.').split('.');
  for (let length = parts.length; length >= 1; length -= 1) {
    const module = registry.findModule(parts.slice(0, length).join('.'));
    if (module === undefined) continue;
    const [first, ...rest] = parts.slice(length);
    if (first === undefined) return true;
    let value: Value | undefined = module.load?.(first);
    for (const part of rest) {
      if (value?.kind !== 'class') break;
      value = lookUpInClass(value, part)?.value;
    }
    return value !== undefined;
  }
  return false;
}

test('what tutorials, notebooks and questions use of Keras and TensorFlow is known: at least 95 of 100 uses', () => {
  let uses = 0, known = 0;
  const missing: string[] = [];
  for (const line of readFileSync('test/facts/usage-keras.tsv', 'utf8').trim().split('\n')) {
    const [member = '', count = '0'] = line.split('\t');
    uses += Number(count);
    if (isKnown(member)) known += Number(count);
    else missing.push(`${member} (${count})`);
  }
  assert.ok(uses > 15_000, 'the table is read');
  assert.ok(known / uses >= 0.95, `${((100 * known) / uses).toFixed(1)} %; the most used that are missing: ${missing.slice(0, 30).join(', ')}`);
});

test('every public layer of Keras is known by each of its spellings', () => {
  const declared = JSON.parse(readFileSync('test/facts/keras-signatures.json', 'utf8')) as Record<string, unknown>;
  const names = Object.keys((declared['layers'] ?? declared) as Record<string, unknown>);
  assert.ok(names.length > 100, `only ${names.length} names`);
  assert.deepEqual(names.filter((name) => !['keras.layers', 'tensorflow.keras.layers', 'tf_keras.layers'].every((path) => isKnown(`${path}.${name}`))), []);
});

for (const table of ['files-torch', 'files-python']) {
  test(`${table}: at least 95 of 100 uses, and 95 of 100 files whose model code has nothing unknown`, (context) => {
    for (const line of coverageReport([table])) context.diagnostic(line);
    const { usesPercent, filesPercent, missing, members } = coverageOf(table);
    const names = missing.slice(0, 30).map(({ member, filesPercent: share }) => `${member} (${share} %)`).join(', ');
    assert.ok(members > 500, 'the table is read');
    assert.ok(usesPercent >= 95, `${usesPercent.toFixed(1)} % of uses; missing: ${names}`);
    assert.ok(filesPercent >= 95, `${filesPercent.toFixed(1)} % of files; missing: ${names}`);
  });
}
