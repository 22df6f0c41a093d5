// A person works with the graph panel: reads its outline, in every theme, saves pictures, edits the file, reloads the window.
// Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let window: EditorWindow;

before(async () => { window = await openWindow('pets_resnet.py', { 'files.simpleDialog.enable': true }); });
after(async () => { await window.close(); });

/** The box of that name. */
function box(name: string): Locator {
  return window.panel().locator(`g.box[data-name="${name}"]`).first();
}
async function names(): Promise<string[]> {
  return await window.panel().locator('g.box').evaluateAll((boxes) => boxes.map((one) => one.getAttribute('data-name') ?? ''));
}

test('the palette opens the graph', async () => {
  await window.line('(32, 32, 64, 64)').waitFor();
  await window.command('Inlayer: Show Graph');
  await box('Block 1').waitFor();
  await box('Block 1').locator('.toggle').click();
  await box('Conv2d skip').waitFor();
});

test('the outline is a tree that opens and closes the same boxes', async () => {
  const panel = window.panel();
  await panel.getByRole('button', { name: 'Outline' }).click();
  const tree = panel.getByRole('tree');
  await tree.waitFor();
  const item = tree.locator('li', { hasText: /^Block 2/ });
  await item.click();
  await panel.locator('g.box.selected[data-name="Block 2"]').waitFor();
  await item.press('ArrowRight');
  await tree.locator('li[aria-expanded="true"]', { hasText: /^Block 2/ }).waitFor();
  await tree.locator('li', { hasText: /^Block 2/ }).press('ArrowDown');
  assert.match(await tree.locator('li:focus').innerText(), /^Conv2d conv1/);
});

test('the panel is accessible and keeps to its policy in every theme', async () => {
  const frame = window.page.frames().find((one) => one.name() === 'active-frame' || /fake\.html/.test(one.url())) ?? assert.fail('no frame of the panel');
  await box('Conv2d stem').focus();
  for (const theme of ['dark', 'contrast', 'contrast-light', 'light'] as const) {
    await window.setTheme(theme);
    const found = await frame.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 4).map((node) => node.html.slice(0, 300)).join(' ')))`);
    assert.deepEqual(found, [], theme);
    await window.look(`graph-${theme === 'light' ? 'outline-light' : theme}`);
  }
  assert.deepEqual(window.complaints, []);
});

test('pictures are saved as SVG and PNG where a person says', async () => {
  for (const [format, label, start] of [['svg', 'Save as SVG', '<?xml'], ['png', 'Save as PNG', '\x89PNG']] as const) {
    await window.panel().getByRole('button', { name: 'Export' }).click();
    await window.panel().getByRole('menuitem', { name: label }).click();
    const input = window.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    // The place that is offered: beside the file, under the model's name.
    await window.page.waitForFunction((name) => document.querySelector<HTMLInputElement>('.quick-input-widget input.input')?.value.endsWith(name) === true, `PetNet.${format}`);
    const target = path.join(window.folder, `PetNet.${format}`);
    await input.press('Enter');
    await window.page.locator('.statusbar-item', { hasText: `Saved PetNet.${format}` }).waitFor();
    assert.ok(existsSync(target));
    const written = readFileSync(target, 'latin1');
    assert.ok(written.startsWith(start), written.slice(0, 40));
    if (format === 'svg') {
      assert.match(written, /Conv2d/);
      assert.doesNotMatch(written, /var\(--|class=|<script/);
    }
  }
});

test('the graph follows the file while it is edited, and what is open stays open', async () => {
  await window.clickIn('self.head = nn.Linear');
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.type('self.drop = nn.Dropout(0.5)');
  await window.page.keyboard.press('Escape');
  for (let line = 0; line < 4; line += 1) await window.page.keyboard.press('ArrowDown');
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.type('x = self.drop(x)');
  await box('Dropout drop').waitFor({ timeout: 20_000 }).finally(() => window.look('graph-edited'));
  assert.ok((await names()).includes('Conv2d skip'), 'an open block was closed');
});

test('a reload of the window brings the panel back as it was', async () => {
  await window.page.keyboard.press('Control+s');
  const before = await names();
  await window.page.waitForTimeout(1_500);
  await window.page.reload();
  await window.page.waitForFunction('window.driver !== undefined');
  await box('Dropout drop').waitFor({ timeout: 60_000 }).finally(() => window.look('graph-reloaded'));
  assert.deepEqual(await names(), before);
  await window.panel().getByRole('tree').waitFor();
});
