// What is generated from the rules is up to date; `npm run generate` rewrites it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { generatedFiles, strayPages, writeGenerated } from './support/generated.ts';

if (process.env['INLAYER_GENERATE'] !== undefined) writeGenerated();
for (const { file, present, wanted } of generatedFiles()) {
  test(`${file} holds what the rules say`, () => assert.equal(present, process.env['INLAYER_GENERATE'] === undefined ? wanted : present));
}

test('every page is that of a rule', () => assert.deepEqual(strayPages(), []));
