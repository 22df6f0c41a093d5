// A person without Python trains the example's digits: from the palette to more than 90 % on what was held back, with the curve beside the code.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

interface Record { readonly state: string; readonly runner: string; readonly program: string; readonly backend?: string }
interface Line { readonly type: string; readonly values?: Readonly<globalThis.Record<string, number>> }

/** The run of this program: other journeys share the workspace. */
function runOfDigits(): { readonly folder: string; readonly record: Record } | undefined {
  const runs = path.join(window.folder, '.inlayer', 'runs');
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    const file = path.join(runs, name, 'run.json');
    const record = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record) : undefined;
    if (record?.runner === 'tfjs' && record.program.endsWith('digits.py')) return { folder: path.join(runs, name), record };
  }
  return undefined;
}

before(async () => { window = await openWindow('digits.py', { 'task.problemMatchers.neverPrompt': true }); });
after(async () => { await window.close(); });

test('Train Without Python… trains the digits to 90 % in less than three minutes and draws the curves', async () => {
  const started = Date.now();
  await window.command('Inlayer: Train Without Python…');
  const panel = window.panel();
  await panel.locator('.plot canvas').first().waitFor({ timeout: 60_000 });
  await panel.locator('.runs .state', { hasText: 'finished' }).waitFor({ timeout: 170_000 });
  assert.ok(Date.now() - started < 180_000);
  const run = runOfDigits() ?? assert.fail('no run');
  assert.equal(run.record.state, 'finished');
  assert.match(run.record.backend ?? '', /^tensorflow\.js .* wasm on /);
  const lines = readFileSync(path.join(run.folder, 'metrics.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Line);
  const best = Math.max(...lines.map(({ values }) => values?.['val_accuracy'] ?? 0));
  assert.ok(best >= 0.9, `${best}`);
  assert.deepEqual((await panel.locator('h2').allInnerTexts()).slice(0, 2), ['loss', 'accuracy']);
  assert.ok(existsSync(path.join(run.folder, 'model.keras')));
  await window.look('training-without-python');
});
