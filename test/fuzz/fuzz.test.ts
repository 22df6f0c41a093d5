// A small share of what `npm run fuzz` does, in every run of the units.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakPrograms } from './broken-programs.ts';
import { ownPrograms } from './programs.ts';
import { typePrograms } from './typing.ts';

test('three hundred broken programs', () => {
  const programs = ownPrograms();
  assert.ok(programs.length > 100);
  assert.equal(breakPrograms(programs, { rounds: 300, seed: 20_260 }).failures.join('\n\n'), '');
});

test('programs that are typed end as ones that are read', () => {
  const programs = ownPrograms(900).filter((_, at) => at % 60 === 0);
  assert.ok(programs.length > 3);
  assert.equal(typePrograms(programs, 3).join('\n\n'), '');
});
