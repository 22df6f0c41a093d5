// A folder that is not trusted: models are read, but a setting of the folder does not make libraries be read from anywhere. Once a person
// trusts it, they are.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const root = mkdtempSync(path.join(tmpdir(), 'inlayer-restricted-'));
const folder = path.join(root, 'work'), environment = path.join(root, 'environment');

before(async () => {
  const site = path.join(environment, 'lib', 'python3.11', 'site-packages');
  mkdirSync(site, { recursive: true });
  writeFileSync(path.join(environment, 'pyvenv.cfg'), 'home = /usr/bin\nversion = 3.11.2\n');
  writeFileSync(path.join(site, 'far_blocks.py'), 'from keras import layers\n\n\ndef block():\n    return layers.Dense(7)\n');
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'inlayer.pythonEnvironment': environment }));
  writeFileSync(path.join(folder, 'net.py'), 'import keras\nfrom far_blocks import block\n\ni = keras.Input((3,))\nx = keras.layers.Dense(4)(i)\ny = block()(i)\n');
  window = await openWindow('net.py', { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' }, { folder, restricted: true });
});
after(async () => {
  await window?.close();
  rmSync(root, { recursive: true, force: true });
});

test('shapes stand at the lines, but nothing is read for a setting of the folder', async () => {
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor();
  await window.line('(None, 4)').waitFor({ timeout: 120_000 });
  await window.page.waitForTimeout(2000);
  assert.equal(await window.line('(None, 7)').count(), 0);
  await window.look('restricted');
});

test('once the folder is trusted its setting holds', async () => {
  await window.command('Workspaces: Manage Workspace Trust');
  await window.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).first().click();
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor({ state: 'detached' });
  await window.open('net.py');
  await window.line('(None, 7)').waitFor().finally(() => window.look('restricted-trusted'));
});
