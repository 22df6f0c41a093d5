// A person looks at models as graphs: opens one from the lens, goes from a box to its line and back, opens and closes boxes by mouse and by
// keys, searches. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

before(async () => { window = await openWindow('flowers.py'); });
after(async () => { await window.close(); });

/** The box of that name. */
function box(name: string): Locator {
  return window.panel().locator(`g.box[data-name="${name}"]`).first();
}
async function names(): Promise<string[]> {
  return await window.panel().locator('g.box').evaluateAll((boxes) => boxes.map((one) => one.getAttribute('data-name') ?? ''));
}
const line = (at: number): Locator => window.page.locator('.statusbar-item', { hasText: new RegExp(`^Ln ${at}, `) });

test('the lens opens the graph beside the source, shapes stand on the flows', async () => {
  const lens = window.page.locator('.codelens-decoration a', { hasText: 'Graph' }).first();
  await lens.waitFor();
  await lens.click();
  await box('Dense dense_1').waitFor();
  assert.deepEqual(await window.panel().locator('g.shape text').allTextContents().then((all) => all.slice(-2)), ['(None, 46208)', '(None, 128)']);
  assert.match(await box('Dense dense_1').getAttribute('aria-label') ?? '', /258 parameters, output \(None, 2\), reads Dense dense/);
});

test('a box leads to its line, and the caret marks its box', async () => {
  await box('Dense dense_1').click();
  await line(24).waitFor();
  await window.clickIn('Flatten');
  await window.panel().locator('g.box.caret[data-name^="Flatten"]').waitFor();
});

test('the panel turns to the file that a person turns to, and a click on the sign opens a box', async () => {
  await window.open('pets_resnet.py');
  await window.line('(32, 32, 64, 64)').waitFor();
  await window.panel().getByRole('heading', { name: 'PetNet' }).waitFor();
  await box('Block 1').waitFor();
  await window.look('graph-light');
  await box('Block 1').locator('.toggle').click();
  await box('Identity').or(box('Conv2d skip')).waitFor();
  assert.ok((await names()).includes('Conv2d skip'));
  assert.match(await box('add').getAttribute('aria-label') ?? '', /reads BatchNorm2d norm2, Conv2d skip, gives to relu/);
  await window.look('graph-block-light');
});

test('keys: along the flows, Enter closes and opens, Escape leads outwards, F12 to the source', async () => {
  const focused = async (): Promise<string> => await window.panel().locator('g.box:focus').getAttribute('aria-label') ?? '';
  await box('add').focus();
  await window.page.keyboard.press('ArrowDown');
  assert.match(await focused(), /^relu/);
  await window.page.keyboard.press('ArrowUp');
  assert.match(await focused(), /^add/);
  await window.page.keyboard.press('ArrowUp');
  const source = await focused();
  assert.match(source, /^(BatchNorm2d norm2|Conv2d skip)/);
  await window.page.keyboard.press(source.startsWith('BatchNorm2d') ? 'ArrowRight' : 'ArrowLeft');
  await window.page.keyboard.press('Escape');
  assert.match(await focused(), /^Block 1/);
  await window.page.keyboard.press('Enter');
  await window.panel().locator('g.box:focus[aria-expanded="false"]').waitFor();
  assert.ok(!(await names()).includes('Conv2d skip'));
  await window.page.keyboard.press('Enter');
  await box('Conv2d skip').waitFor();
  await box('Conv2d skip').focus();
  await window.page.keyboard.press('F12');
  await line(18).waitFor();
});

test('search goes to what is inside of closed boxes', async () => {
  const panel = window.panel();
  await panel.getByRole('button', { name: 'Collapse all' }).click();
  await box('Sequential stages').waitFor();
  await panel.getByRole('searchbox').fill('conv2');
  await panel.locator('.matches', { hasText: '1 of' }).waitFor();
  await panel.locator('g.box.selected').waitFor();
  await panel.getByRole('searchbox').press('Enter');
  await panel.locator('.matches', { hasText: '2 of' }).waitFor();
  await window.look('graph-search-light');
  await panel.getByRole('searchbox').press('Escape');
});
