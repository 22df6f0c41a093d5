// Calls of torchvision's transforms, of its small operations and of einops: where the engine says a size, a mode, a range or a refusal, it must be
// what really happened. Silence is allowed; how much is said is held by floors.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { judgePictures, type PictureCall } from './support/picture-facts.ts';

const facts = readFileSync(process.env['INLAYER_PICTURE_FACTS'] ?? path.join('test', 'facts', 'picture-calls.jsonl'), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as PictureCall);
const floors = { known: 0.9, refusals: 0.9 };

for (const group of new Set(facts.map((call) => call.o))) {
  test(`pictures: ${group}`, (context) => {
    const own = facts.filter((call) => call.o === group);
    const sum = { right: 0, unknown: 0, missed: 0, wrong: 0, refusals: 0, found: 0 };
    const wrong: string[] = [];
    for (let at = 0; at < own.length; at += 50) {
      for (const { call, verdict, ours } of judgePictures(own.slice(at, at + 50))) {
        const isRefusal = call.a.startsWith('!');
        sum[verdict] += 1;
        if (isRefusal) sum.refusals += 1;
        if (isRefusal && verdict === 'right') sum.found += 1;
        if (verdict === 'wrong') wrong.push(`${call.e}: ${ours} is not ${call.a}`);
        else if (verdict !== 'right' && process.env['INLAYER_VERBOSE'] !== undefined) context.diagnostic(`${verdict} ${call.e}: ${ours}, really ${call.a}`);
      }
    }
    const known = sum.right - sum.found, runs = known + sum.unknown + sum.wrong;
    context.diagnostic(`${known} of ${runs} results right, ${sum.unknown} unknown, ${sum.wrong} wrong; ${sum.found} of ${sum.refusals} refusals found`);
    assert.deepEqual(wrong.slice(0, 60), []);
    assert.ok(known / Math.max(1, runs) >= floors.known, `only ${((100 * known) / runs).toFixed(1)} % of the results are known`);
    assert.ok(sum.refusals < 5 || sum.found / sum.refusals >= floors.refusals, `only ${((100 * sum.found) / sum.refusals).toFixed(1)} % of the refusals are found`);
  });
}
