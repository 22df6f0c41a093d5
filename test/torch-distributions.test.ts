// Random uses of torch.distributions: shapes of batches, samples, probabilities and moments, and what is refused, as PyTorch answered
// (test/oracle/torch_distribution_calls.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { judgeOperation, type OperationFacts } from './support/operation-facts.ts';

const facts = readFileSync(process.env['INLAYER_DISTRIBUTION_FACTS'] ?? path.join('test', 'facts', 'torch-distributions.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as OperationFacts);

test('torch.distributions as PyTorch answers', (context) => {
  const wrong: string[] = [];
  const sum = { right: 0, unknown: 0, missed: 0, wrong: 0, refusals: 0, found: 0 };
  for (const family of facts) {
    for (const { verdict, reason, refused } of judgeOperation(family)) {
      sum[verdict] += 1;
      if (refused) sum.refusals += 1;
      if (refused && verdict === 'right') sum.found += 1;
      if (verdict === 'wrong') wrong.push(`${family.o}: ${reason}`);
      else if (verdict !== 'right' && process.env['INLAYER_VERBOSE'] !== undefined) context.diagnostic(`${verdict} ${family.o}: ${reason}`);
    }
  }
  const known = sum.right - sum.found, runs = known + sum.unknown + sum.wrong;
  context.diagnostic(`${facts.length} classes; ${known} of ${runs} results right, ${sum.unknown} unknown, ${sum.wrong} wrong; ${sum.found} of ${sum.refusals} refusals found`);
  assert.deepEqual(wrong.slice(0, 40), []);
  assert.ok(known / runs >= 0.95, `only ${((100 * known) / runs).toFixed(1)} % of the results are known`);
  assert.ok(sum.found / sum.refusals >= 0.85, `only ${((100 * sum.found) / sum.refusals).toFixed(1)} % of the refusals are found`);
});
