// Thousands of random calls of torch's operations: where the engine says a shape, a type, a range or a refusal, it must be PyTorch's.
// Silence is allowed; how much is said is held by floors that rise with the catalogue.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { judgeOperation, type OperationFacts } from './support/operation-facts.ts';

const facts = readFileSync(process.env['INLAYER_OPERATION_FACTS'] ?? path.join('test', 'facts', 'torch-operations.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as OperationFacts);
const groups = 8;
const sum = { right: 0, unknown: 0, missed: 0, wrong: 0, refusals: 0, found: 0 };

for (let group = 0; group < groups; group += 1) {
  test(`torch operations ${group + 1} of ${groups}`, (context) => {
    const wrong: string[] = [];
    for (const [at, operation] of facts.entries()) {
      if (at % groups !== group) continue;
      const tally = { right: 0, unknown: 0, missed: 0, wrong: 0 };
      for (const { verdict, reason, refused } of judgeOperation(operation)) {
        sum[verdict] += 1;
        tally[verdict] += 1;
        if (refused) sum.refusals += 1;
        if (refused && verdict === 'right') sum.found += 1;
        if (verdict === 'wrong') wrong.push(`${operation.o}: ${reason}`);
        else if (verdict !== 'right' && process.env['INLAYER_VERBOSE'] === 'all') context.diagnostic(`${verdict} ${operation.o}: ${reason}`);
      }
      if (process.env['INLAYER_VERBOSE'] !== undefined && tally.unknown + tally.missed > 0) context.diagnostic(`${operation.o}: ${tally.right} right, ${tally.unknown} unknown, ${tally.missed} refusals missed`);
    }
    assert.deepEqual(wrong.slice(0, 60), []);
  });
}

test('torch operations: how much is answered', (context) => {
  const known = sum.right - sum.found, runs = known + sum.unknown + sum.wrong;
  context.diagnostic(`${facts.length} operations; ${known} of ${runs} results right, ${sum.unknown} unknown, ${sum.wrong} wrong; ${sum.found} of ${sum.refusals} refusals found`);
  assert.ok(known / Math.max(1, runs) >= 0.95, `only ${((100 * known) / runs).toFixed(1)} % of the results are known`);
  assert.ok(sum.found / Math.max(1, sum.refusals) >= 0.95, `only ${((100 * sum.found) / sum.refusals).toFixed(1)} % of the refusals are found`);
});
