// The ready-made models against what Keras answers for their arguments: output, counts, number of layers, refusals.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { isKnown } from '../../../server/tensors/dim.ts';
import { formatDim } from '../../../server/tensors/dim.ts';
import { countParameters } from '../../../server/trace/counts.ts';
import { runProgram } from '../../support/program.ts';

interface Fact {
  readonly source: string;
  readonly output?: readonly (number | null)[];
  readonly params?: number;
  readonly trainable?: number;
  readonly layers?: number;
  readonly refused?: string;
}

const facts = readFileSync('test/facts/keras-applications.jsonl', 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Fact);
const families = new Map<string, Fact[]>();
for (const fact of facts) {
  const model = /applications\.(\w+)/.exec(fact.source)?.[1] ?? '';
  families.set(model, [...families.get(model) ?? [], fact]);
}

for (const [model, group] of families) test(`${model}: ${group.length} answers`, () => {
  const problems: string[] = [];
  // Some of each model; ALL_APPLICATIONS=1 compares everything.
  const some = [...group.filter((fact) => fact.refused === undefined).slice(0, 3), ...group.filter((fact) => fact.refused !== undefined).slice(0, 4)];
  for (const fact of process.env['ALL_APPLICATIONS'] === undefined ? some : group) {
    const { trace } = runProgram(`import keras\nfrom keras import applications, layers\nmodel = ${fact.source}\n`);
    const refused = trace.refusals.length > 0;
    if (fact.refused !== undefined) { if (!refused) problems.push(`not refused: ${fact.source}: ${fact.refused.slice(0, 120)}`); continue; }
    if (refused) { problems.push(`refused: ${fact.source}`); continue; }
    const found = trace.models.at(-1);
    const output = found?.outputs;
    const count = found === undefined ? undefined : countParameters(found.layer);
    const dims = output?.kind === 'tensor' ? output.shape.dims?.map((dim) => (isKnown(dim) ? dim : formatDim(dim) === 'None' ? null : formatDim(dim))) : undefined;
    const ours = { output: dims, params: count?.total, trainable: count?.trainable, layers: found?.layers.filter((row) => row.layer.classNames.includes('Layer')).length };
    const theirs = { output: fact.output, params: fact.params, trainable: fact.trainable, layers: fact.layers };
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) problems.push(`${fact.source}\n      ${JSON.stringify(ours)}\n      ${JSON.stringify(theirs)}`);
  }
  assert.equal(problems.length, 0, `\n    ${problems.slice(0, 8).join('\n    ')}\n    ${problems.length} of ${group.length}`);
});
