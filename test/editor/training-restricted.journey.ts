// A folder that is not trusted: nothing of it is trained, by no way, and the side bar says why.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

before(async () => {
  const folder = process.env['INLAYER_WORKSPACE'] ?? assert.fail('no workspace');
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [{ label: 'train digits', type: 'inlayer', program: 'digits.py' }] }));
  window = await openWindow('digits.py', { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' }, { restricted: true });
});
after(async () => { await window.close(); });

test('a folder that is not trusted shows shapes and trains nothing', async () => {
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor();
  // The model is read all the same.
  await window.line('layers.Flatten').filter({ hasText: '(None, 512)' }).waitFor();
  await window.page.keyboard.press('F1');
  const input = window.page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill('>Inlayer:');
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Inlayer:' }).first().waitFor();
  const offered = await window.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
  assert.deepEqual(offered.filter((row) => /Train/.test(row)), [], offered.join(' | '));
  await window.page.keyboard.press('Escape');
  await window.command('View: Show Inlayer');
  await window.page.locator('.pane-body', { hasText: 'has to be trusted first' }).first().waitFor();
  await window.look('training-restricted');
  // A task of tasks.json asks for trust before anything starts.
  await window.command('Tasks: Run Task');
  const row = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'train digits' });
  const question = window.page.locator('.monaco-dialog-box', { hasText: /trust/i });
  await row.or(question).first().waitFor();
  if (await row.count() > 0) await row.first().click();
  await question.waitFor();
  await window.look('training-restricted-task');
  await window.page.keyboard.press('Escape');
  assert.equal(existsSync(path.join(window.folder, '.inlayer')), false);
});
