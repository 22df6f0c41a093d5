// What the extension costs those who need nothing of it: a folder of plain Python starts no server. The first file with a model starts it.
// (How long activate() takes is asked of the extension itself: extension.suite.ts.)
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const folder = mkdtempSync(path.join(tmpdir(), 'inlayer-plain-'));

before(async () => {
  writeFileSync(path.join(folder, 'plain.py'), 'import json\n\n\ndef main():\n    print(json.dumps({"a": 1}))\n');
  writeFileSync(path.join(folder, 'model.py'), 'import keras\n\nmodel = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n');
  window = await openWindow('plain.py', {}, { folder });
});
after(async () => {
  await window?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('plain Python starts the extension, and no server', async (context) => {
  if (window.serverProcesses() === undefined) { context.skip('processes can be looked at on Linux only'); return; }
  await window.page.locator('[id="status.languageStatus"]').click();
  await window.page.locator('.hover-language-status', { hasText: 'No model' }).waitFor();
  await window.look('status-plain');
  await window.page.keyboard.press('Escape');
  await window.clickIn('json');
  await window.page.keyboard.type('x');
  await window.page.waitForTimeout(3000);
  assert.deepEqual(window.serverProcesses(), []);
  assert.equal(await window.page.locator('.editor-actions .codicon-list-tree, .editor-actions .codicon-type-hierarchy').count(), 0, 'no button of ours');
});

test('the first file with a model starts it, and the buttons come', async (context) => {
  await window.open('model.py');
  await window.line('(None, 2) · 8 params').waitFor();
  await window.page.locator('.editor-actions .codicon-list-tree').first().waitFor();
  if (window.serverProcesses() === undefined) context.skip('processes can be looked at on Linux only');
  else assert.equal(window.serverProcesses()?.length, 1);
  await window.open('plain.py');
  await window.page.locator('.editor-actions .codicon-list-tree').first().waitFor({ state: 'detached' });
});

test('restarting the server and showing the logs', async () => {
  await window.open('model.py');
  const [earlier] = window.serverProcesses() ?? [];
  await window.command('Inlayer: Restart Server');
  await waitFor('another process', () => { const now = window.serverProcesses(); return now === undefined || (now.length === 1 && now[0] !== earlier); });
  await window.line('(None, 2) · 8 params').waitFor();
  await window.command('Inlayer: Show Logs');
  await window.page.locator('.part.panel select, .part.panel .monaco-select-box', { hasText: 'Inlayer' }).first().waitFor({ timeout: 30_000 }).finally(() => window.look('logs'));
});

async function waitFor(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
