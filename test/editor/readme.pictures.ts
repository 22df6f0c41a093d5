// The README's pictures, taken in a real VS Code: `npm run pictures`. They are written to extension/media/pictures/ and looked at before they
// are committed. Each is what a person sees after the steps named here; nothing is drawn afterwards.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { repository } from './setup.mjs';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const folder = process.env['INLAYER_WORKSPACE'] ?? assert.fail('no workspace');
const pictures = path.join(repository, 'extension', 'media', 'pictures');
/** More than a README should make people wait for. */
const largest = 150 * 1024;
const width = 1240, height = 800;
let window: EditorWindow;

/** A training whose validation turns, reported as wandb's logger would. */
const training = `
import importlib.machinery, importlib.util, math, random, sys, time
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ('wandb', 'wandb.sdk', 'wandb.sdk.wandb_run'):
            return importlib.machinery.ModuleSpec(name, Loader(), is_package=not name.endswith('run'))
class Loader:
    def create_module(self, spec): return None
    def exec_module(self, module):
        if module.__name__.endswith('run'):
            class Run:
                def log(self, data, step=None, commit=None): pass
            module.Run = Run
sys.meta_path.append(Finder())
from wandb.sdk.wandb_run import Run
random.seed(4)
run = Run()
for epoch in range(40):
    noise = random.gauss(0, 0.02)
    loss = 1.6 * math.exp(-epoch / 9) + 0.08 + noise / 2
    validation = 1.5 * math.exp(-epoch / 8) + 0.42 + max(0, epoch - 16) * 0.012 + noise
    run.log({'loss': loss, 'val_loss': validation, 'accuracy': 1 - 0.75 * math.exp(-epoch / 10) - noise / 4, 'val_accuracy': 0.86 - 0.62 * math.exp(-epoch / 8) - noise}, step=epoch + 1)
    time.sleep(0.05)
`;

before(async () => {
  const git = (...args: readonly string[]): void => { execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], { cwd: folder, stdio: 'ignore' }); };
  git('init');
  git('add', '.');
  git('commit', '-m', 'The models');
  const file = path.join(folder, 'cats_and_dogs.py');
  writeFileSync(file, readFileSync(file, 'utf8').replace('(16, 32, 64)', '(16, 32, 64, 128)').replace('Dense(128,', 'Dense(64,'));
  writeFileSync(path.join(folder, 'train_flowers.py'), training);
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

/** Packed as well as PNG can be: the browser is in a hurry. */
function write(name: string, picture: Uint8Array): void {
  const packed = PNG.sync.write(PNG.sync.read(Buffer.from(picture)), { deflateLevel: 9, colorType: 2, inputHasAlpha: true });
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
  await window.command('View: Close Panel').catch(() => undefined);
  await take('curves', 640);
});
