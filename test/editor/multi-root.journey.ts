// A workspace of two folders that have modules of the same name: each file imports those of its own folder and obeys its own settings and
// project file; an edit of a pyproject.toml takes effect, and its fault is shown in it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const folder = mkdtempSync(path.join(tmpdir(), 'inlayer-roots-'));
const program = (name: string): string => `import keras\nfrom widths import WIDE\n\n${name} = keras.Sequential([\n    keras.Input((3,)),\n    keras.layers.Dense(WIDE, unit=3),\n])\n`;
const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

before(async () => {
  write('first/first_net.py', program('first'));
  write('first/widths.py', 'WIDE = 11\n');
  write('first/pyproject.toml', '[tool.inlayer.rules]\ninvalid-argument = "warning"\n');
  write('second/second_net.py', program('second'));
  write('second/widths.py', 'WIDE = 22\n');
  write('second/.vscode/settings.json', '{ "inlayer.rules": { "invalid-argument": "off" }, "inlayer.hints.parameterCount": false }');
  write('both.code-workspace', JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
  window = await openWindow('first/first_net.py', {}, { folder, workspace: 'both.code-workspace' });
});
after(async () => {
  await window?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('each folder has its own modules, settings and project file', async () => {
  await window.line('(None, 11)').waitFor({ timeout: 120_000 }).finally(() => window.look('multi-root'));
  await window.page.locator('.squiggly-warning').first().waitFor();
  assert.equal(await window.page.locator('.squiggly-error').count(), 0);
  await window.open('second_net.py');
  await window.line('(None, 22)').waitFor();
  assert.equal(await window.page.locator('.editor-instance .squiggly-warning, .editor-instance .squiggly-error').count(), 0);
  assert.doesNotMatch(await window.line('(None, 22)').innerText(), /params/);
  await window.look('multi-root-second');
});

test('an edit of pyproject.toml takes effect, and its fault is shown in it', async () => {
  await window.open('first_net.py');
  write('first/pyproject.toml', '[tool.inlayer.rules]\ninvalid-arguments = "warning"\n');
  await window.page.locator('.squiggly-error').first().waitFor();
  await window.open('pyproject.toml');
  await window.page.locator('.squiggly-warning').first().waitFor();
  await window.page.keyboard.press('Control+Shift+m');
  await window.page.locator('.markers-panel .monaco-list-row', { hasText: 'is `invalid-argument` meant?' }).waitFor().finally(() => window.look('pyproject-fault'));
});
