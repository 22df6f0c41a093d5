// A person changes a model that is committed: a lens says by how much, the compare panel says where. Then the model is held against one of
// another file. The repository is made for the journey; the editor's own Git extension reads it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { editorFolder } from './setup.mjs';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const folder = mkdtempSync(path.join(tmpdir(), 'inlayer-compare-'));

before(async () => {
  for (const file of ['flowers.py', 'cats_and_dogs.py']) cpSync(path.join(editorFolder, 'example', file), path.join(folder, file));
  const git = (...args: readonly string[]): void => { execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], { cwd: folder, stdio: 'ignore' }); };
  git('init');
  git('add', '.');
  git('commit', '-m', 'The models');
  const file = path.join(folder, 'flowers.py'), text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('tf.keras.layers.Dense(128, activation="relu"),', 'tf.keras.layers.Dense(64, activation="relu"),\n    tf.keras.layers.Dropout(0.5),'));
  process.env['INLAYER_WORKSPACE'] = folder;
  window = await openWindow('flowers.py', { 'git.enabled': true, 'git.openRepositoryInParentFolders': 'never' });
});
after(async () => {
  await window?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a lens says what the model has less than in the last commit, and opens the comparison', async () => {
  // 46,208 x 128 + 128 and 128 x 2 + 2 were; 46,208 x 64 + 64 and 64 x 2 + 2 are.
  const lens = window.page.locator('.codelens-decoration a', { hasText: '−3.0 M parameters since HEAD' });
  await lens.waitFor();
  await window.look('compare-lens');
  await lens.click();
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'sequential' }).waitFor();
  await panel.locator('tbody tr.is-added', { hasText: 'dropout' }).waitFor();
  assert.deepEqual(await panel.locator('tr.is-changed .name').allInnerTexts(), ['dense', 'dense_1']);
  assert.match(await panel.locator('table.totals tbody tr').first().innerText(), /5,920,098\s+2,962,594\s+−2,957,504/);
  await window.look('compare');
  await window.setTheme('dark');
  await window.look('compare-dark');
  await window.setTheme('light');
});

test('a row leads to its line, and the comparison follows the edit', async () => {
  await window.panel().locator('tr.is-added', { hasText: 'dropout' }).click();
  await window.page.locator('.statusbar-item', { hasText: /^Ln 24, / }).waitFor();
  await window.page.keyboard.press('Control+Shift+k');
  await window.panel().locator('tr.is-added').waitFor({ state: 'detached' });
});

test('another model is picked from the open files', async () => {
  await window.open('cats_and_dogs.py');
  await window.page.locator('.codelens-decoration a', { hasText: '3,300,641' }).waitFor();
  await window.open('flowers.py');
  await window.command('Inlayer: Compare Model with Another Model');
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'cats_and_dogs' }).first().click();
  const panel = window.panel();
  await panel.locator('.sides', { hasText: 'cats_and_dogs' }).waitFor();
  assert.match(await panel.locator('table.totals tbody tr').first().innerText(), /2,962,594\s+3,300,641/);
  await window.look('compare-models');
});

test('the panel survives a reload of the window', async () => {
  // In a browser the editor stores what pages keep every 5 seconds while it is idle (VS Code 1.139), not as it is left.
  await window.page.waitForTimeout(12_000);
  await Promise.all([window.page.waitForEvent('load'), window.command('Developer: Reload Window')]);
  await window.page.waitForFunction('window.driver !== undefined');
  await window.panel().locator('.sides', { hasText: 'cats_and_dogs' }).waitFor({ timeout: 60_000 }).finally(() => window.look('compare-reloaded'));
  await window.panel().locator('table.totals tbody tr', { hasText: '3,300,641' }).first().waitFor();
  assert.deepEqual(window.complaints, []);
});
