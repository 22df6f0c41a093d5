// Whole programs against what real Keras made of them: the rows of every model, their counts, and the line at which a program is refused.
// The facts come from test/oracle/keras_models.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { formatDim, isKnown } from '../../../server/tensors/dim.ts';
import { tensorsIn } from '../../../server/catalogues/arrays/library.ts';
import { lineAt } from '../../../server/syntax/lines.ts';
import { countParameters } from '../../../server/trace/counts.ts';
import type { Model } from '../../../server/trace/trace.ts';
import { renderMessage } from '../../../server/values/place.ts';
import { runProgram } from '../../support/program.ts';

type Row = readonly [name: string, cls: string, output: readonly (readonly (number | null)[])[] | null, params: number, trainable: number];
interface ModelFact { readonly name: string; readonly class: string; readonly rows: readonly Row[]; readonly total: number; readonly trainable: number }
interface Fact { readonly program: string; readonly models?: readonly ModelFact[]; readonly error?: { readonly type: string; readonly lines: readonly number[] } }

const facts = readFileSync('test/facts/keras-models.jsonl', 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Fact);

function describe(model: Model): ModelFact {
  const count = countParameters(model.layer);
  return {
    name: model.layer.name, class: model.layer.className, total: count.total, trainable: count.trainable,
    rows: model.layers.map((row) => {
      const own = countParameters(row.layer);
      const shapes = tensorsIn(row.call === undefined ? [] : [row.call.output]).map((tensor) => (tensor.shape.dims ?? []).map((dim) => (isKnown(dim) ? dim : formatDim(dim) === 'None' ? null : Number.NaN)));
      return [row.layer.name, row.layer.className, shapes, own.total, own.trainable];
    }),
  };
}

for (const fact of facts) test(fact.program, () => {
  const text = readFileSync(path.join('test/catalogues/keras/programs', fact.program), 'utf8');
  const { trace } = runProgram(text);
  const refusals = trace.refusals.map((refusal) => `${lineAt(refusal.place.source.parsed.lineStarts, refusal.place.start) + 1}: ${refusal.rule}: ${renderMessage(refusal.message)}`);
  if (fact.error !== undefined) {
    assert.ok(fact.error.lines.some((line) => refusals.some((refusal) => refusal.startsWith(`${line}: `))), `refused at ${fact.error.lines.join(', ')} by Keras; here: ${refusals.join(' | ') || 'nowhere'}`);
    return;
  }
  assert.deepEqual(refusals, []);
  for (const expected of fact.models ?? []) {
    const found = trace.models.map(describe).find((model) => model.name === expected.name && model.class === expected.class);
    assert.ok(found !== undefined, `no model ${expected.name}; there are ${trace.models.map((model) => model.layer.name).join(', ')}`);
    // Inside a subclassed model Keras itself knows no outputs.
    const rows = found.rows.map((row, at): Row => (expected.rows[at]?.[2] === null ? [row[0], row[1], null, row[3], row[4]] : row));
    assert.deepEqual(rows, expected.rows);
    assert.deepEqual([found.total, found.trainable], [expected.total, expected.trainable]);
  }
});
