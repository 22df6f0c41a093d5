// The README's pictures, taken in a real VS Code: `npm run pictures`. They are written to extension/media/pictures/ and looked at before they
// are committed. Each is what a person sees after the steps named here; nothing is drawn afterwards.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { paletted } from './palette-png.ts';
import { repository } from './setup.mjs';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const folder = process.env['INLAYER_WORKSPACE'] ?? assert.fail('no workspace');
const pictures = path.join(repository, 'extension', 'media', 'pictures');
/** More than a README should make people wait for. */
const largest = 150 * 1024;
const width = 1240, height = 800;
let window: EditorWindow;

/** A training whose validation turns, and what stands for wandb's logger where that is not installed. */
const training = `"""Trains the flowers and logs each epoch."""
import math
import random
import time

from wandb.sdk.wandb_run import Run

random.seed(4)
run = Run()
for epoch in range(40):
    noise = random.gauss(0, 0.02)
    loss = 1.6 * math.exp(-epoch / 9) + 0.08 + noise / 2
    validation = 1.5 * math.exp(-epoch / 8) + 0.42 + max(0, epoch - 16) * 0.012 + noise
    run.log({
        "loss": loss, "val_loss": validation,
        "accuracy": 1 - 0.75 * math.exp(-epoch / 10) - noise / 4,
        "val_accuracy": 0.86 - 0.62 * math.exp(-epoch / 8) - noise,
    }, step=epoch + 1)
    time.sleep(0.05)
`;
const logger = { 'wandb/__init__.py': '', 'wandb/sdk/__init__.py': '', 'wandb/sdk/wandb_run.py': 'class Run:\n    def log(self, data, step=None, commit=None):\n        pass\n' };

before(async () => {
  const git = (...args: readonly string[]): void => { execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], { cwd: folder, stdio: 'ignore' }); };
  git('init');
  git('add', '.');
  git('commit', '-m', 'The models');
  const file = path.join(folder, 'cats_and_dogs.py');
  writeFileSync(file, readFileSync(file, 'utf8').replace('(16, 32, 64)', '(16, 32, 64, 128)').replace('Dense(128,', 'Dense(64,'));
  mkdirSync(path.join(folder, 'wandb', 'sdk'), { recursive: true });
  for (const [name, text] of Object.entries({ 'train_flowers.py': training, ...logger })) writeFileSync(path.join(folder, name), text);
  mkdirSync(pictures, { recursive: true });
  window = await openWindow('flowers.py', {
    'git.enabled': true, 'git.openRepositoryInParentFolders': 'never', 'workbench.colorTheme': 'Dark 2026', 'workbench.activityBar.location': 'hidden', 'workbench.sideBar.location': 'right', 'editor.fontSize': 13, 'window.commandCenter': false,
    'breadcrumbs.enabled': false, 'workbench.layoutControl.enabled': false, 'scm.diffDecorations': 'none', 'task.problemMatchers.neverPrompt': true, 'editor.renderLineHighlight': 'none', 'editor.occurrencesHighlight': 'off',
    'git.decorations.enabled': false, 'git.blame.editorDecoration.enabled': false,
  });
  await window.page.setViewportSize({ width, height });
  await window.command('View: Close Primary Side Bar').catch(() => undefined);
});
after(async () => { await window.close(); });

/** Opens a file where the code is, whatever had the focus. */
async function open(file: string): Promise<void> {
  await window.command('View: Focus First Editor Group');
  await window.open(file);
}

/** The editors from the tabs on, so tall. */
async function take(name: string, tall: number): Promise<void> {
  await window.page.mouse.move(width - 10, height - 8);
  await window.page.waitForTimeout(700);
  const top = await window.page.locator('.editor-group-container').first().boundingBox();
  write(name, await window.page.screenshot({ clip: { x: 0, y: top?.y ?? 0, width, height: tall } }));
}

function write(name: string, picture: Uint8Array): void {
  const packed = paletted(picture);
  writeFileSync(path.join(pictures, `${name}.png`), packed);
  assert.ok(packed.length <= largest, `${name}.png is ${Math.round(packed.length / 1024)} KB large`);
}

test('shapes at the lines, and what cannot work', async () => {
  await window.page.locator('.squiggly-error').first().waitFor();
  await window.page.getByText('(None, 158, 158, 16)').first().waitFor();
  await take('hints', 560);
  const underlined = await window.page.locator('.squiggly-error').first().boundingBox() ?? assert.fail('no squiggle');
  await window.page.mouse.move(underlined.x + underlined.width / 2, underlined.y + underlined.height / 2);
  const hover = window.page.locator('.monaco-hover:visible', { hasText: 'label-range' });
  await hover.waitFor();
  await window.page.waitForTimeout(500);
  const [place, top] = [await hover.boundingBox() ?? assert.fail('no hover'), await window.page.locator('.editor-group-container').first().boundingBox()];
  const y = Math.max(top?.y ?? 0, place.y - 130);
  write('hover', await window.page.screenshot({ clip: { x: 0, y, width, height: Math.min(height - y - 24, place.height + 240) } }));
  await window.page.keyboard.press('Escape');
});

test('the summary', async () => {
  await open('language_model.py');
  await window.command('Inlayer: Show Model Summary');
  await window.panel().locator('tbody tr', { hasText: 'Block × 6' }).waitFor();
  await window.panel().locator('tbody tr', { hasText: 'Block × 6' }).focus();
  // Into the first of the six.
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'Enter']) await window.page.keyboard.press(key);
  await window.panel().locator('tr[aria-current]').first().waitFor();
  await take('summary', 600);
});

test('the graph', async () => {
  await open('pets_resnet.py');
  await window.command('Inlayer: Show Graph');
  await window.panel().locator('g.box[data-name="Block 1"]').waitFor();
  await window.panel().locator('g.box[data-name="Block 1"] .toggle').click();
  await window.panel().locator('g.box[data-name="Conv2d skip"]').focus();
  await take('graph', 730);
});

test('a comparison with the last commit', async () => {
  await open('cats_and_dogs.py');
  await window.page.locator('.codelens-decoration a', { hasText: 'Summary' }).first().waitFor();
  await window.command('Inlayer: Compare Model with Last Commit');
  await window.panel().locator('tbody tr[role=row]').first().waitFor();
  await take('compare', 560);
});

test('curves', async () => {
  await open('train_flowers.py');
  await window.command('Inlayer: Train…');
  await window.panel().locator('.runs .state', { hasText: 'finished' }).waitFor();
  await window.page.keyboard.press('Control+j');
  await window.page.locator('.terminal-outer-container').waitFor({ state: 'hidden' });
  await take('curves', 640);
});
