// A person works with the summary: unfolds repeated blocks with the keyboard, copies it, edits the file and sees what changed since it was
// saved, reloads the window. Counts and multiply-adds are those of PyTorch's own FlopCounterMode.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

before(async () => { window = await openWindow('language_model.py', { 'editor.inlayHints.enabled': 'off' }); });
after(async () => { await window.close(); });

const names = async (): Promise<string[]> => (await window.panel().locator('tbody th .name').allInnerTexts());
const row = (name: string): Locator => window.panel().locator('tbody tr', { has: window.panel().locator(`th .name:text-is("${name}")`) }).first();
const total = (): Locator => window.panel().locator('.counts .total dd');

/** A first analysis that is cut short on a busy machine is followed by a quicker one after an edit. */
async function wholeModel(): Promise<void> {
  for (let attempt = 0; attempt < 8 && !(await names()).includes('head'); attempt += 1) {
    await window.clickIn('A small language model');
    await window.page.keyboard.press('End');
    await window.page.keyboard.type(' ');
    await window.page.keyboard.press('Backspace');
    await window.page.waitForTimeout(4_000);
  }
}

test('repeated blocks are one row, and the totals are PyTorch\'s', async () => {
  await window.page.locator('.editor-actions a[aria-label*="Show Model Summary"]').first().waitFor();
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'LanguageModel' }).waitFor();
  await wholeModel();
  assert.deepEqual(await names(), ['tokens', 'positions', 'blocks', '0 … 5', 'norm', 'head']);
  assert.equal(await total().innerText(), '869,376');
  assert.equal(await panel.locator('.counts .multiply-adds dd span').getAttribute('title'), '53,329,920');
  assert.match(await panel.locator('tbody tr', { hasText: '0 … 5' }).innerText(), /Block × 6[\s\S]*671,040/);
  await window.look('language-model');
});

test('the arrow keys open rows and go into them, Enter leads to the source', async () => {
  const panel = window.panel();
  await panel.locator('tbody tr').first().focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await window.page.keyboard.press(key);
  assert.equal(await panel.locator('tbody tr:focus .name').innerText(), 'norm1');
  await window.page.keyboard.press('Enter');
  await window.page.locator('.statusbar-item', { hasText: /^Ln 29, / }).waitFor();
  // The caret marks the row of each block that stands there.
  await panel.locator('tr[aria-current] .name', { hasText: 'norm1' }).first().waitFor();
  await window.setTheme('dark');
  await window.look('language-model-dark');
  await window.setTheme('light');
});

test('what is copied is what is shown', async () => {
  await window.panel().getByRole('button', { name: 'Copy As' }).click();
  await window.panel().getByRole('menuitem', { name: 'Markdown' }).click();
  await window.page.locator('.statusbar-item', { hasText: 'Model summary copied' }).waitFor();
});

test('an edit shows what changed since the file was saved, and saving ends that', async () => {
  // `for _ in range(depth)` becomes `range(1+depth)`.
  const source = readFileSync(path.join(window.folder, 'language_model.py'), 'utf8').split('\n');
  const line = source.findIndex((text) => text.includes('range(depth)'));
  await window.clickIn('norm1');
  await window.page.keyboard.press('Control+g');
  await window.page.locator('.quick-input-widget input.input').waitFor();
  await window.page.keyboard.type(`${line + 1}:${(source[line] ?? '').indexOf('depth') + 1}`);
  await window.page.keyboard.press('Enter');
  await window.page.locator('.statusbar-item', { hasText: `Ln ${line + 1}, Col ${(source[line] ?? '').indexOf('depth') + 1}` }).waitFor();
  await window.page.keyboard.type('1+');
  // One block more: 111,840 parameters.
  await window.panel().locator('.counts .total', { hasText: '981,216' }).waitFor();
  assert.match(await total().innerText(), /981,216\s+\+111,840/);
  await window.look('language-model-edited');
  await window.page.keyboard.press('Control+s');
  await window.panel().locator('.counts .total .difference').waitFor({ state: 'detached' });
  assert.equal(await total().innerText(), '981,216');
});

test('the panel survives a reload of the window as it was left', async () => {
  const open = await names();
  assert.ok(open.includes('attention'));
  // What a page keeps is stored a moment later.
  await window.page.waitForTimeout(1_000);
  await window.page.reload();
  await window.page.waitForFunction('window.driver !== undefined');
  await window.panel().getByRole('heading', { name: 'LanguageModel' }).waitFor({ timeout: 150_000 }).finally(() => window.look('language-model-reloaded'));
  await row('attention').waitFor();
  assert.deepEqual(await names(), open);
  assert.deepEqual(window.complaints, []);
});
