// The compare page in a real browser: what came, went and changed, by keyboard and for a screen reader, in the four themes. What it is
// sent is the engine's own comparison. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { compareTables } from '../../server/features/compare.ts';
import type { ModelTable } from '../../server/features/summary-table.ts';
import { tablesOf } from '../../server/features/summary-table.ts';
import { compareWords, contractVersion } from '../../webviews/shared/contract.ts';
import { runProgram } from '../support/program.ts';
import type { Pages } from './open-page.ts';
import { executable, openPages, themes } from './open-page.ts';

const skip = executable === undefined ? 'no Chromium here' : false;
const screenshots = 'test/editor/screenshots';
let pages: Pages;
before(async () => {
  if (executable === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  pages = await openPages('compare');
});
after(async () => { await pages?.close(); });

const english: Readonly<Partial<Record<(typeof compareWords)[number], string>>> = {
  caption: 'Comparison of', layer: 'Layer', class: 'Type', output: 'Output shape', params: 'Parameters', difference: 'Difference', trainable: 'Trainable', multiplyAdds: 'Multiply-adds', activation: 'Activations', memory: 'Weights',
  onlyChanges: 'Changes Only', noChanges: 'The two are the same, layer for layer.', before: 'Before', after: 'After', same: 'unchanged', search: 'Search layers', noRepository: 'There is nothing to compare with.',
};
const words = Object.fromEntries(compareWords.map((word) => [word, english[word] ?? word]));
const program = (layers: string): string => `import keras
from keras import layers
model = keras.Sequential([keras.Input((28, 28, 1)), ${layers}], name="digits")
`;
const tableOf = (text: string): ModelTable => tablesOf(runProgram(text).trace, '/project/main.py')[0] ?? assert.fail('no model');
const first = program('layers.Conv2D(8, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10)');
const second = program('layers.Conv2D(8, 3), layers.Conv2D(16, 3), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dropout(0.5), layers.Dense(10)');

function state(before: string, after: string): object {
  const tables = [tableOf(before), tableOf(after)] as const;
  return {
    version: contractVersion, type: 'state', state: 'ready', kept: { uri: 'file:///digits.py', model: 'digits' }, beforeName: 'digits.py at the last commit', afterName: 'digits.py as it is', words,
    comparison: JSON.parse(JSON.stringify({ ...compareTables(...tables), before: { ...tables[0], rows: undefined, place: undefined }, after: { ...tables[1], rows: undefined, place: undefined } }, (key, value: unknown) => (key === 'place' ? undefined : value))),
  };
}

test('every theme: readable, accessible, within the policy', { skip }, async () => {
  const message = state(first, second);
  for (const theme of themes) {
    const opened = await pages.open({ theme, width: 760, height: 560 });
    await opened.send(message);
    assert.deepEqual(await opened.violations(), [], theme);
    assert.deepEqual(opened.complaints, [], theme);
    await opened.page.screenshot({ path: `${screenshots}/compare-page-${theme}.png` });
    await opened.page.close();
  }
});

test('only what differs, or all of it; a row leads to the side that has it', { skip }, async () => {
  const opened = await pages.open({ width: 760 });
  await opened.send(state(first, second));
  const { page } = opened;
  const signs = async (): Promise<string[]> => (await page.locator('tbody tr[role=row]').allInnerTexts()).map((text) => text.split(/[\t\n]+/).filter((part) => part.trim() !== '').slice(0, 2).join(' '));
  assert.deepEqual(await signs(), ['added conv2d_1', 'changed max_pooling2d', 'changed flatten', 'changed dense', 'added dropout', 'changed dense_1']);
  assert.match(await page.locator('tr.is-changed', { hasText: 'dense_1' }).innerText(), /650[\s\S]*330[\s\S]*−320/);
  // 8 x 3 x 3 x 16 + 16; 16 x 12 x 12 x 32 + 32 for 8 x 13 x 13 x 64 + 64; 330 for 650.
  assert.match(await page.locator('table.totals tbody tr').first().innerText(), new RegExp(`−${(8 * 13 * 13 * 64 + 64 + 650 - (1168 + 16 * 12 * 12 * 32 + 32 + 330)).toLocaleString('en')}$`));
  await page.getByRole('button', { name: 'Changes Only' }).click();
  assert.equal((await signs()).length, 7);
  await page.locator('tbody tr[role=row]').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.deepEqual((await opened.sent()).at(-1), { version: contractVersion, type: 'reveal', row: 1, side: 'after' });
  assert.deepEqual(await opened.kept(), { uri: 'file:///digits.py', model: 'digits', onlyChanges: false });
  await page.close();
});

test('two that are the same say so, and nothing to compare with too', { skip }, async () => {
  const opened = await pages.open();
  await opened.send(state(first, first));
  assert.equal(await opened.page.locator('.note').innerText(), english.noChanges);
  await opened.send({ ...state(first, first), state: 'no-repository', comparison: undefined });
  assert.equal(await opened.page.getByRole('status').innerText(), english.noRepository);
  await opened.page.close();
});

test('names are text, however long, whichever way they run', { skip }, async () => {
  const given = ['<img src=x onerror=alert(1)>', 'long'.repeat(2_500), '\u202Eשכבה ראשונה\u202C', '🧠👩🏽\u200d🔬\u0000\u200F'];
  const message = JSON.parse(JSON.stringify(state(first, second))) as { kept: { model: string }; beforeName: string; comparison: { rows: { before?: Record<string, string>; after?: Record<string, string> }[] } };
  for (const [at, row] of message.comparison.rows.entries()) {
    for (const [side, shift] of [[row.before, 0], [row.after, 1]] as const) {
      if (side === undefined) continue;
      side['name'] = given[at % 4] ?? '';
      side['class'] = given[(at + shift) % 4] ?? '';
    }
  }
  message.kept.model = '</h1><script>alert(1)</script>';
  message.beforeName = given[0] ?? '';
  for (const theme of themes) {
    const opened = await pages.open({ theme, width: 760, height: 560 });
    await opened.send(message);
    assert.equal(await opened.page.locator('img, script:not([nonce]), h1 script').count(), 0);
    assert.equal(await opened.page.locator('h1').innerText(), '</h1><script>alert(1)</script>');
    const shown = await opened.page.locator('tbody th .name').allInnerTexts();
    assert.ok(shown.includes(given[0] ?? '') && shown.every((name) => name.length < 80), shown.join('\n').slice(0, 400));
    assert.deepEqual(await opened.violations(), []);
    assert.deepEqual(opened.complaints, []);
    await opened.page.screenshot({ path: `${screenshots}/compare-page-hostile-${theme}.png` });
    await opened.page.close();
  }
});

test('by keyboard alone: tools, the tree, what was removed; each row says what became of it', { skip }, async () => {
  const opened = await pages.open({ width: 760 });
  await opened.send(state(second, first));
  const { page } = opened;
  const focusedName = async (): Promise<string> => page.evaluate(() => { const one = document.activeElement; return (one?.getAttribute('aria-label') ?? one?.textContent ?? '').trim(); });
  const way: string[] = [];
  for (let step = 0; step < 4; step += 1) { await page.keyboard.press('Tab'); way.push(await focusedName()); }
  assert.deepEqual(way, ['Search layers', 'Changes Only', 'expandAll', 'collapseAll']);
  await page.locator('tbody tr[role=row]').first().focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  assert.equal(await page.locator('tbody tr:focus').count(), 1);
  const removed = page.locator('tr.is-removed').first();
  assert.match(await removed.getByRole('rowheader').innerText(), /^removed/);
  await removed.focus();
  await page.keyboard.press('Enter');
  assert.deepEqual((await opened.sent()).at(-1)?.['side'], 'before');
  await page.close();
});
