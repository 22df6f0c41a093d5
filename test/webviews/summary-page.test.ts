// The summary's page in a real browser: the tree by keyboard, columns, order, search, batch, what survives a reload, hostile names, the
// four themes. What it is sent is the engine's own table. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import type { ModelTable } from '../../server/features/summary-table.ts';
import { tablesOf } from '../../server/features/summary-table.ts';
import { contractVersion, summaryWords } from '../../webviews/shared/contract.ts';
import { runProgram } from '../support/program.ts';
import type { OpenPage, Pages } from './open-page.ts';
import { executable, openPages, themes } from './open-page.ts';

const skip = executable === undefined ? 'no Chromium here' : false;
const screenshots = 'test/editor/screenshots';
let pages: Pages;
before(async () => {
  if (executable === undefined) return;
  mkdirSync(screenshots, { recursive: true });
  pages = await openPages('summary');
});
after(async () => { await pages?.close(); });

const english: Readonly<Partial<Record<(typeof summaryWords)[number], string>>> = {
  caption: 'Layers of', layer: 'Layer', class: 'Type', input: 'Input shape', output: 'Output shape', params: 'Parameters', share: 'Share', trainable: 'Trainable', frozen: 'Frozen', buffers: 'Buffers', multiplyAdds: 'Multiply-adds',
  activation: 'Activations', memory: 'Weights', weights: 'Weights', nonTrainable: 'Non-trainable', model: 'Model', goTo: 'Go to line {0}', batch: 'Batch', search: 'Search layers', matches: '{0} found', noMatch: 'No layer matches',
  columns: 'Columns', copyAs: 'Copy As', copyText: 'Text, as Keras prints it', compare: 'Compare', compareHead: 'With the Last Commit', compareModel: 'With Another Model…', expandAll: 'Expand All', collapseAll: 'Collapse All',
  frozenMark: 'frozen', partlyFrozenMark: 'partly frozen', calls: 'called {0} times', added: 'new', changed: 'changed', failed: 'The model cannot work as it is written. The reason stands where it fails.',
};
const words = Object.fromEntries(summaryWords.map((word) => [word, english[word] ?? word]));

function tables(text: string): ModelTable[] { return tablesOf(runProgram(text).trace, '/project/main.py'); }
/** As the extension sends it: without what leads to the source. */
function state(models: readonly ModelTable[], selected: number, more: object = {}): object {
  const model = models[selected];
  const table = model === undefined ? undefined : { ...model, place: undefined, rows: model.rows.map((row) => ({ ...row, place: undefined })), ...more };
  return { version: contractVersion, type: 'state', uri: 'file:///main.py', document: 'main.py', selected, loaded: true, words, models: models.map(({ name, class: className, line }) => ({ name, class: className, line })), table };
}
const languageModel = (): ModelTable[] => tables(readFileSync('test/editor/example/language_model.py', 'utf8'));
async function open(message: object, options: Parameters<Pages['open']>[0] = {}): Promise<OpenPage> {
  const opened = await pages.open(options);
  await opened.send(message);
  return opened;
}
const names = async ({ page }: OpenPage): Promise<string[]> => (await page.locator('tbody th .name').allInnerTexts());
const focused = async ({ page }: OpenPage): Promise<string | null> => page.locator('tbody tr:focus .name').textContent({ timeout: 2000 });

test('every theme: readable, accessible, within the policy', { skip }, async () => {
  const models = languageModel(), at = models.findIndex((model) => model.name === 'LanguageModel');
  for (const theme of themes) {
    const opened = await open(state(models, at), { theme, width: 760 });
    await opened.page.locator('tbody tr').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown']) await opened.page.keyboard.press(key);
    await opened.send({ version: contractVersion, type: 'caret', rows: [0] });
    assert.deepEqual(await opened.violations(), [], theme);
    assert.deepEqual(opened.complaints, [], theme);
    await opened.page.screenshot({ path: `${screenshots}/summary-page-${theme}.png` });
    await opened.page.close();
  }
});

test('the tree is walked, opened and closed by keyboard; Enter leads to the source', { skip }, async () => {
  const models = languageModel(), at = models.findIndex((model) => model.name === 'LanguageModel');
  const opened = await open(state(models, at));
  const press = async (...keys: readonly string[]): Promise<void> => { for (const key of keys) await opened.page.keyboard.press(key); };
  // Of a large model the first level is open, repeats are folded.
  assert.deepEqual(await names(opened), ['tokens', 'positions', 'blocks', '0 … 5', 'norm', 'head']);
  await opened.page.locator('tbody tr').first().focus();
  await press('End');
  assert.equal(await focused(opened), 'head');
  await press('Home', 'ArrowDown', 'ArrowDown', 'ArrowLeft');
  assert.deepEqual(await names(opened), ['tokens', 'positions', 'blocks', 'norm', 'head']);
  await press('ArrowRight');
  assert.deepEqual(await names(opened), ['tokens', 'positions', 'blocks', '0 … 5', 'norm', 'head']);
  await press('ArrowRight', 'ArrowRight', 'ArrowRight', '*');
  assert.equal(await opened.page.locator('tr[aria-level="3"][aria-expanded="true"]').count(), 6, 'an asterisk opens all siblings');
  assert.equal(await opened.page.locator('tr[aria-level="4"] .name', { hasText: 'attention' }).count(), 6);
  await press('ArrowDown', 'Enter');
  const sent = await opened.sent();
  const reveal = sent.at(-1);
  assert.equal(reveal?.['type'], 'reveal');
  assert.equal(models[at]?.rows[Number(reveal?.['row'])]?.key, 'blocks.0.norm1');
  await press('ArrowLeft');
  assert.equal(await focused(opened), '0');
  await press('ArrowLeft');
  assert.equal(await opened.page.locator('tr:focus').getAttribute('aria-expanded'), 'false');
  assert.equal(await opened.page.locator('tbody tr:focus').getAttribute('aria-selected'), 'true');
  await opened.page.close();
});

test('order, columns, search and batch; all of it survives a reload and an edit', { skip }, async () => {
  const models = languageModel(), at = models.findIndex((model) => model.name === 'LanguageModel');
  const opened = await open(state(models, at), { width: 1000 });
  const { page } = opened;
  await page.getByRole('columnheader', { name: 'Parameters' }).getByRole('button').click();
  assert.deepEqual(await names(opened), ['blocks', '0 … 5', 'tokens', 'head', 'positions', 'norm']);
  assert.equal(await page.getByRole('columnheader', { name: 'Parameters' }).getAttribute('aria-sort'), 'descending');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitemcheckbox', { name: 'Share' }).click();
  await page.keyboard.press('Escape');
  assert.deepEqual(await page.locator('thead th').allInnerTexts(), ['Layer', 'Type', 'Input shape', 'Output shape', 'Parameters', 'Multiply-adds', 'Activations']);
  assert.equal(await page.getByRole('spinbutton', { name: 'Batch' }).inputValue(), '2', 'the batch that the program states');
  await page.getByRole('spinbutton', { name: 'Batch' }).fill('64');
  // 64 samples of 64 positions with 1,000 scores of 4 bytes.
  assert.match(await page.locator('tbody tr', { hasText: 'head' }).innerText(), /15\.6 MiB/);
  await page.getByRole('button', { name: 'Copy As' }).click();
  await page.getByRole('menuitem', { name: 'LaTeX' }).click();
  assert.deepEqual((await opened.sent()).at(-1), { version: contractVersion, type: 'copy', model: at, format: 'latex', columns: ['class', 'input', 'output', 'params', 'multiplyAdds', 'activation'], batch: 64 });
  await page.keyboard.press('Control+f');
  await page.keyboard.type('gelu');
  assert.equal(await page.locator('.hits').innerText(), '6 found');
  assert.equal(await page.locator('tbody tr .name', { hasText: /^1$/ }).count(), 7, 'the second block and six activations');
  await page.screenshot({ path: `${screenshots}/summary-page-search.png` });
  await page.keyboard.press('Escape');
  const kept = await opened.kept();
  await page.close();

  const again = await open(state(models, at), { width: 1000, kept });
  assert.deepEqual(await names(again), ['blocks', '0 … 5', 'tokens', 'head', 'positions', 'norm']);
  assert.equal(await again.page.getByRole('spinbutton', { name: 'Batch' }).inputValue(), '64');
  assert.equal(await again.page.locator('thead th').count(), 7);
  await again.page.locator('tbody tr', { hasText: 'head' }).focus();
  await again.send(state(models, at, { since: { added: 0, removed: 0, changed: 1, params: -96 } }));
  assert.equal(await focused(again), 'head', 'the row stays in focus over an edit');
  assert.match(await again.page.locator('.counts .total').innerText(), /−96/);
  await again.page.close();
});

test('a failure stands in its place; what was frozen is marked', { skip }, async () => {
  const models = tables(`import keras
from keras import layers
backbone = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3), layers.Flatten()], name="backbone")
backbone.trainable = False
model = keras.Sequential([keras.Input((32, 32, 3)), backbone, layers.Conv2D(4, 3), layers.Dense(2)], name="broken")
`);
  const opened = await open(state(models, models.findIndex((model) => model.name === 'broken')), { theme: 'dark', width: 760 });
  assert.match(await opened.page.locator('tr.failure').innerText(), /conv2d_1 expects an input with 4 axes, got 2/);
  assert.equal(await opened.page.locator('.note.failure').innerText(), english.failed);
  assert.match(await opened.page.locator('tbody tr', { hasText: 'backbone' }).first().innerText(), /frozen/);
  assert.deepEqual(await opened.violations(), []);
  await opened.page.screenshot({ path: `${screenshots}/summary-page-failure.png` });
  await opened.page.close();
});

test('names are text, however long, whichever way they run', { skip }, async () => {
  const [model] = tables('import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(3, name="b"), keras.layers.Dense(3, name="c"), keras.layers.Dense(3, name="d")], name="hostile")\n');
  assert.ok(model !== undefined);
  const given = ['<img src=x onerror=alert(1)>', `${'long'.repeat(2_500)}`, '\u202Eשכבה ראשונה\u202C', '🧠👩🏽‍🔬\u0000\u200F'];
  const hostile: ModelTable = { ...model, name: '</h1><script>alert(1)</script>', rows: model.rows.map((row, at) => ({ ...row, name: given[at] ?? row.name, class: given[(at + 1) % 4] ?? row.class, key: `${given[at]}${at}` })) };
  const opened = await open(state([hostile], 0), { theme: 'light' });
  assert.equal(await opened.page.locator('img, script:not([nonce]), h1 script').count(), 0);
  assert.equal(await opened.page.locator('h1').innerText(), '</h1><script>alert(1)</script>');
  const shown = await names(opened);
  assert.equal(shown[0], given[0]);
  assert.ok((shown[1] ?? '').length < 80 && (shown[1] ?? '').includes('…'));
  assert.match(shown[2] ?? '', /שכבה ראשונה/);
  assert.match(shown[3] ?? '', /🧠/);
  // What runs from right to left does not turn its row round.
  const name = await opened.page.locator('tbody tr').nth(2).locator('.name').boundingBox(), count = await opened.page.locator('tbody tr').nth(2).locator('.column-params').boundingBox();
  assert.ok(name !== null && count !== null && name.x < count.x);
  assert.deepEqual(await opened.violations(), []);
  assert.deepEqual(opened.complaints, []);
  await opened.page.screenshot({ path: `${screenshots}/summary-page-hostile.png` });
  await opened.page.close();
});

test('where the panel is narrow columns yield, shapes and parameters last; what a person asks for stays and is scrolled to', { skip }, async () => {
  const models = languageModel(), at = models.findIndex((model) => model.name === 'LanguageModel');
  const opened = await open(state(models, at), { width: 1000 });
  const { page } = opened;
  const seen = async (): Promise<string[]> => (await page.locator('thead th:visible').allInnerTexts());
  const isCut = async (): Promise<boolean> => page.locator('.scroll').evaluate((scroll) => scroll.scrollWidth > scroll.clientWidth);
  assert.deepEqual(await seen(), ['Layer', 'Type', 'Output shape', 'Parameters', 'Share', 'Multiply-adds', 'Activations']);
  for (const [width, columns] of [[560, 6], [400, 4]] as const) {
    await page.setViewportSize({ width, height: 700 });
    await page.waitForFunction((most) => [...document.querySelectorAll<HTMLElement>('thead th')].filter((cell) => cell.offsetWidth > 0).length <= most, columns);
    assert.equal(await isCut(), false, `${width}`);
    assert.deepEqual((await seen()).filter((title) => ['Layer', 'Output shape', 'Parameters'].includes(title)), ['Layer', 'Output shape', 'Parameters']);
    assert.deepEqual(await opened.violations(), []);
  }
  await page.screenshot({ path: `${screenshots}/summary-page-narrow.png` });
  await page.getByRole('button', { name: 'Columns' }).click();
  assert.equal(await page.getByRole('menuitemcheckbox', { name: 'Activations' }).getAttribute('aria-checked'), 'false');
  await page.getByRole('menuitemcheckbox', { name: 'Activations' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Type' }).click();
  await page.keyboard.press('Escape');
  assert.deepEqual(await seen(), ['Layer', 'Type', 'Output shape', 'Parameters', 'Activations']);
  assert.equal(await isCut(), true);
  await page.locator('.scroll').evaluate((scroll) => { scroll.scrollLeft = 1_000; });
  const name = await page.locator('tbody th').first().boundingBox();
  assert.equal(name?.x, 0, 'the names stay where they are');
  await page.screenshot({ path: `${screenshots}/summary-page-narrow-scrolled.png` });
  const kept = await opened.kept();
  await page.close();
  const again = await open(state(models, at), { width: 400, kept });
  assert.deepEqual(await again.page.locator('thead th:visible').allInnerTexts(), ['Layer', 'Type', 'Output shape', 'Parameters', 'Activations']);
  await again.page.close();
});

test('the tools by keyboard alone, each with a name; nothing moves where that is not wanted', { skip }, async () => {
  const models = languageModel(), at = models.findIndex((model) => model.name === 'LanguageModel');
  const opened = await open(state([...models, ...models], at));
  const { page } = opened;
  const focusedName = async (): Promise<string> => page.evaluate(() => { const one = document.activeElement; return one?.getAttribute('aria-label') ?? one?.closest('label')?.textContent ?? one?.textContent ?? ''; });
  await page.locator('body').click({ position: { x: 2, y: 2 } });
  const way: string[] = [];
  for (let step = 0; step < 9; step += 1) { await page.keyboard.press('Tab'); way.push(await focusedName()); }
  assert.deepEqual(way.slice(0, 9), ['Model', 'Search layers', 'Batch', 'Expand All', 'Collapse All', 'Columns', 'Compare', 'Copy As', 'Layer']);
  // Lists open with the arrow key, go round, and close to where they were opened.
  await page.getByRole('button', { name: 'Copy As' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  assert.equal(await focusedName(), 'LaTeX');
  await page.keyboard.press('Escape');
  assert.equal(await focusedName(), 'Copy As');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  assert.match(await page.locator('.twistie svg').first().evaluate((one) => getComputedStyle(one).transitionProperty), /none|all/);
  assert.equal(await page.locator('.twistie svg').first().evaluate((one) => getComputedStyle(one).transitionDuration), '0s');
  await page.close();
});

test('2,000 layers are shown fast, folded or not', { skip }, async () => {
  const [model] = tables('import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])\n');
  const [row] = model?.rows ?? [];
  assert.ok(model !== undefined && row !== undefined);
  const rows = Array.from({ length: 2_000 }, (_, at) => ({ ...row, key: `dense_${at}`, name: `dense_${at}`, params: { ...row.params, total: at } }));
  const opened = await pages.open();
  const started = Date.now();
  await opened.send(state([{ ...model, rows }], 0));
  await opened.page.locator('tbody tr').nth(100).waitFor({ state: 'attached' });
  const milliseconds = Date.now() - started;
  console.log(`    2,000 rows after ${milliseconds} ms`);
  await opened.page.locator('tbody tr').first().focus();
  await opened.page.keyboard.press('End');
  assert.equal(await focused(opened), 'dense_1999');
  await opened.page.close();
});
