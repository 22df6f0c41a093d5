// A person works with the summary: unfolds repeated blocks with the keyboard, sorts, hides a column, searches, changes the batch, copies,
// edits the file and sees what changed since it was saved. Counts and multiply-adds are those of PyTorch's own FlopCounterMode.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

before(async () => { window = await openWindow('language_model.py', { 'workbench.editor.enablePreview': false }); });
after(async () => { await window.close(); });

const row = (name: string): Locator => window.panel().locator('tbody tr', { has: window.page.locator('xpath=.').locator(`th bdi:text-is("${name}")`) });
const names = async (): Promise<string[]> => (await window.panel().locator('tbody th .tree-text').allInnerTexts()).map((text) => text.split('\n')[0]?.trim() ?? '');
const total = (): Locator => window.panel().locator('.counts .total dd');

test('repeated blocks are one row, and the totals are PyTorch\'s', async () => {
  await window.line('(2, 64, 1000)').waitFor();
  await window.clickIn('model = LanguageModel');
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'LanguageModel' }).waitFor();
  assert.deepEqual(await names(), ['tokens', 'positions', 'blocks', 'norm', 'head']);
  assert.equal(await total().innerText(), '869,376');
  assert.match(await panel.locator('.counts .multiply-adds dd').innerText(), /53\.3 M/);
  assert.equal(await panel.locator('.counts .multiply-adds dd span').getAttribute('title'), '53,329,920');
  await window.look('language-model');
});

test('the arrow keys open rows and go into them, Enter leads to the source', async () => {
  const panel = window.panel();
  await panel.locator('tbody tr').first().focus();
  const keys = async (...pressed: readonly string[]): Promise<void> => { for (const key of pressed) await window.page.keyboard.press(key); };
  await keys('ArrowDown', 'ArrowDown', 'ArrowRight');
  await row('0 … 5').waitFor();
  assert.match(await row('0 … 5').innerText(), /Block × 6[\s\S]*671,040/);
  await keys('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight');
  await row('attention').first().waitFor();
  await keys('ArrowDown');
  assert.equal(await panel.locator('tbody tr:focus th bdi').innerText(), 'norm1');
  await keys('ArrowLeft', 'ArrowLeft');
  assert.equal(await row('norm1').count(), 0);
  await keys('ArrowRight', 'ArrowDown', 'Enter');
  await window.page.locator('.statusbar-item', { hasText: /^Ln 30, / }).waitFor();
  await window.look('language-model-open');
});
