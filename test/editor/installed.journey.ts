// The packed .vsix as a person installs it: VS Code's own installer takes it, and hints, the finding and the summary are there. Nothing of
// the repository is under development here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { packExtension } from '../packages.mjs';
import { hostNode, repository, serverMain } from './setup.mjs';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const outer = mkdtempSync(path.join(tmpdir(), 'inlayer-installed-'));
const extensions = path.join(outer, 'extensions');
let window: EditorWindow;

before(async () => {
  const vsix = path.join(outer, 'inlayer.vsix');
  // run.mjs has built dist/.
  packExtension(path.join(repository, 'dist'), path.join(outer, 'staged'), vsix);
  const { status, stdout, stderr } = spawnSync(hostNode(), [serverMain, '--accept-server-license-terms', '--extensions-dir', extensions, '--server-data-dir', path.join(outer, 'server'), '--install-extension', vsix], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.ok(readdirSync(extensions).some((name) => name.startsWith('inlayer.inlayer-')), readdirSync(extensions).join(', '));
  window = await openWindow('flowers.py', {}, { extensions });
});
after(async () => {
  await window?.close();
  rmSync(outer, { recursive: true, force: true });
});

test('it runs from where it was installed', () => {
  const [name = ''] = readdirSync(extensions).filter((one) => one.startsWith('inlayer.inlayer-'));
  for (const file of ['dist/extension.cjs', 'dist/l10n/bundle.l10n.ko.json', 'extension/third-party-notices.txt']) assert.ok(existsSync(path.join(extensions, name, file)), file);
  assert.equal(existsSync(path.join(extensions, name, 'server')), false);
});

test('hints and the finding appear', async () => {
  await window.line('(None, 158, 158, 16) · 448 params').waitFor();
  await window.page.locator('.squiggly-error').first().waitFor();
  await window.look('installed');
});

test('the summary opens', async () => {
  await window.clickIn('layers.Dense(128');
  await window.command('Inlayer: Show Model Summary');
  await window.panel().getByRole('heading', { name: 'sequential' }).waitFor();
  assert.deepEqual(window.complaints, []);
});
