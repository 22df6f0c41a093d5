// The table of ready-made models against what Keras answers for many of their arguments: sides, counts, refused sizes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { kerasApplication, windowSteps } from '../server/catalogues/facts/tables.ts';

interface Fact {
  readonly source: string;
  readonly input?: readonly (number | null)[] | readonly (readonly (number | null)[])[];
  readonly output?: readonly (number | null)[];
  readonly params?: number;
  readonly trainable?: number;
  readonly layers?: number;
  readonly refused?: string;
}

const facts = readFileSync('test/facts/keras-applications.jsonl', 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Fact);
// These arguments change the model itself; the table is of the default one.
const plain = facts.filter((fact) => !/alpha|depth_multiplier|minimalistic|include_preprocessing|input_tensor|331/.test(fact.source));
const modelOf = (fact: Fact): string => /applications\.(\w+)/.exec(fact.source)?.[1] ?? '';
const inputOf = (fact: Fact): readonly (number | null)[] => (Array.isArray(fact.input?.[0]) ? [] : (fact.input ?? [])) as readonly (number | null)[];

test('the output side and width without the head', () => {
  let compared = 0;
  for (const fact of plain) {
    const [, height, width] = inputOf(fact);
    if (!fact.source.includes('include_top=False') || fact.output?.length !== 4 || typeof height !== 'number' || typeof width !== 'number') continue;
    const application = kerasApplication(modelOf(fact));
    assert.ok(application !== undefined, fact.source);
    const side = (start: number): number => windowSteps(application).reduce((size, step) => (step.kind === 'ceil' ? Math.ceil(size / step.stride) : Math.floor((size - step.size) / step.stride) + 1), start);
    assert.deepEqual(fact.output, [null, side(height), side(width), application.channels], fact.source);
    compared += 1;
  }
  assert.ok(compared > 100, `${compared} compared`);
});

test('counts, with other channels and other classes', () => {
  let compared = 0;
  for (const fact of plain) {
    const application = kerasApplication(modelOf(fact));
    if (fact.params === undefined || application === undefined || modelOf(fact).startsWith('VGG') && !fact.source.includes('include_top=False') && fact.source.includes('input_shape')) continue;
    const channels = inputOf(fact)[3] ?? 3;
    if (fact.source.includes('include_top=False')) {
      const sized = inputOf(fact)[1] !== null;
      const total = (sized ? application.params : application.paramsOfUnknownSize ?? application.params) + (channels - 3) * application.perInputChannel;
      assert.equal(fact.params, total, fact.source);
      if (channels === 3) assert.equal(fact.trainable, total - (sized ? application.frozen : application.frozenOfUnknownSize ?? application.frozen), fact.source);
    } else {
      const classes = Number(/classes=(\d+)/.exec(fact.source)?.[1] ?? 1000);
      assert.equal(fact.params, application.paramsWithTop - (1000 - classes) * (application.classifierWidth + 1), fact.source);
    }
    compared += 1;
  }
  assert.ok(compared > 200, `${compared} compared`);
});

test('the smallest side', () => {
  for (const fact of plain) {
    const sides = /input_shape=\((\d+), (\d+), [13]\)/.exec(fact.source);
    const application = kerasApplication(modelOf(fact));
    if (sides === null || application?.minimum === undefined || !fact.source.includes('include_top=False') || fact.refused?.includes('channels') === true) continue;
    const smallest = Math.min(Number(sides[1]), Number(sides[2]));
    assert.equal(fact.refused !== undefined, smallest < application.minimum, `${fact.source}: ${fact.refused ?? 'accepted'}`);
  }
});
