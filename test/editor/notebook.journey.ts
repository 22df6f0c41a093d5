// A notebook from end to end: shapes and a fault in its cells, the fix, another cell, the tree of models that leads into a cell, the lens.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const cellLine = (text: string): Locator => window.page.locator('.cell .view-line', { hasText: text }).first();

before(async () => {
  const folder = process.env['INLAYER_WORKSPACE'] ?? assert.fail('no workspace');
  const file = path.join(folder, 'clothes.ipynb');
  // Ten kinds of clothes, and room for five.
  writeFileSync(path.join(folder, 'few_clothes.ipynb'), readFileSync(file, 'utf8').replace('layers.Dense(10,', 'layers.Dense(5,'));
  window = await openWindow('digits.py');
});
after(async () => { await window?.close(); });

test('cells show shapes, and the fault stands in its cell', async () => {
  await window.open('few_clothes.ipynb');
  await cellLine('(None, 784)').waitFor({ timeout: 120_000 });
  await window.page.locator('.cell .squiggly-error').first().waitFor();
  await window.page.locator('.notebook-toolbar-container .codicon-list-tree').first().waitFor().finally(() => window.look('notebook-light'));
  await window.setTheme('dark');
  await window.look('notebook-dark');
  await window.setTheme('light');
});

test('the tree shows the notebook\'s model and leads into the cell', async () => {
  await window.command('Inlayer: Focus on Models View');
  const row = window.page.locator('.pane .monaco-list-row', { hasText: /^dense_1/ }).first();
  await row.waitFor();
  await row.click();
  await window.page.locator('.cell-focus-indicator, .focused').first().waitFor();
  await window.page.locator('.pane-header', { hasText: 'few_clothes.ipynb' }).waitFor();
  await window.look('notebook-models');
});

test('the fix is taken in the cell, and what comes after it follows', async () => {
  const squiggle = await window.page.locator('.cell .squiggly-error').first().boundingBox() ?? assert.fail('no squiggle');
  await window.page.mouse.click(squiggle.x + squiggle.width / 2, squiggle.y + squiggle.height / 2);
  await window.page.keyboard.press('Control+.');
  await window.page.locator('.action-widget .monaco-list-row', { hasText: '10' }).first().click();
  await cellLine('(None, 10)').waitFor();
  await window.page.locator('.cell .squiggly-error').first().waitFor({ state: 'detached' });
});

test('another cell is part of the program', async () => {
  await window.command('Notebook: Insert Code Cell Below');
  await window.page.keyboard.type('wide = layers.Dense(99)(model.output)');
  await cellLine('(None, 99)').waitFor().finally(() => window.look('notebook-cell'));
});
