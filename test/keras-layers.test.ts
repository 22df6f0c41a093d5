// Thousands of random layer configurations: what the engine says must be what Keras answered. Silence is allowed, error is not;
// how much is said is held by a floor for each family, which rises with the catalogue.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { judgeAll, readFacts } from './support/layer-facts.ts';

const folder = path.join('test', 'facts', 'keras-layers');
/** The share of configurations that must be answered rightly, refusals included. A Lambda's function may do what is not known. */
const floors: Readonly<Record<string, number>> = { core: 0.91 };

for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort()) {
  test(`keras layers: ${file.replace('.jsonl', '')}`, (context) => {
    const tallies = judgeAll(readFacts(readFileSync(path.join(folder, file), 'utf8')));
    const sum = { right: 0, unknown: 0, missed: 0, wrong: 0 };
    for (const [name, tally] of tallies) {
      for (const key of ['right', 'unknown', 'missed', 'wrong'] as const) sum[key] += tally[key];
      if (process.env['INLAYER_VERBOSE'] !== undefined) context.diagnostic(`${name}: ${tally.right} right, ${tally.unknown} unknown, ${tally.missed} refusals missed, ${tally.wrong} wrong`);
    }
    context.diagnostic(`${sum.right} right, ${sum.unknown} unknown, ${sum.missed} refusals missed, ${sum.wrong} wrong`);
    const examples = [...tallies.values()].flatMap((tally) => tally.examples);
    assert.equal(sum.wrong, 0, `\n${examples.slice(0, 40).join('\n')}\n`);
    const share = sum.right / (sum.right + sum.unknown + sum.missed);
    const floor = floors[file.replace('.jsonl', '')] ?? 0.985;
    assert.ok(share >= floor, `only ${(share * 100).toFixed(1)} % are answered, ${floor * 100} % were`);
  });
}
