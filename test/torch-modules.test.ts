// Thousands of random configurations of torch.nn and torch.nn.functional: what the engine says must be what PyTorch answered. Where PyTorch runs,
// shapes and counts are never wrong; of what PyTorch refuses, nearly all must be refused. A family's file is read as soon as it is in the folder.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { judgeModules, readModuleFacts } from './support/module-facts.ts';

const folder = path.join('test', 'facts', 'torch-modules');
/** The share of what PyTorch runs that must be answered whole, and of what it refuses that must be refused. */
const floors: Readonly<Record<string, readonly [answered: number, refused: number]>> = {};

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()) {
  const family = file.replace('.jsonl', '');
  test(`torch modules: ${family}`, (context) => {
    const tallies = judgeModules(readModuleFacts(readFileSync(path.join(folder, file), 'utf8')));
    const sum = { right: 0, unknown: 0, missed: 0, wrong: 0, refused: 0, caught: 0 };
    for (const [name, tally] of tallies) {
      for (const key of ['right', 'unknown', 'missed', 'wrong', 'refused', 'caught'] as const) sum[key] += tally[key];
      if (process.env['INLAYER_VERBOSE'] === undefined) continue;
      context.diagnostic(
        `${name}: ${tally.right} right, ${tally.unknown} unknown, ${tally.wrong} wrong; ${tally.caught} of ${tally.refused} refusals`,
      );
      for (const silence of tally.silences) context.diagnostic(`  ${silence}`);
    }
    context.diagnostic(`${sum.right} right, ${sum.unknown} unknown, ${sum.wrong} wrong; ${sum.caught} of ${sum.refused} refusals`);
    const examples = [...tallies.values()].flatMap((tally) => tally.examples);
    assert.equal(sum.wrong, 0, `\n${examples.slice(0, 40).join('\n')}\n`);
    const [answered, refused] = floors[family] ?? [1, 0.95];
    const ran = sum.right - sum.caught + sum.unknown;
    assert.ok(sum.unknown <= (1 - answered) * ran, `${sum.unknown} of ${ran} are not answered`);
    assert.ok(sum.caught >= refused * sum.refused, `only ${sum.caught} of ${sum.refused} refusals are found`);
  });
}
