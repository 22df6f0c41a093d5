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
    const target = path.join(window.folder, `pets.${format}`);
    await input.fill(target);
    await input.press('Enter');
    await window.page.locator('.statusbar-item', { hasText: `Saved pets.${format}` }).waitFor();
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
  await window.open('pets_resnet.py');
  await window.clickIn('self.head = nn.Linear');
  await window.page.keyboard.press('End');
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.type('self.drop = nn.Dropout(0.5)');
  await window.clickIn('return self.head');
  await window.page.keyboard.press('Home');
  await window.page.keyboard.type('x = self.drop(x)');
  await window.page.keyboard.press('Enter');
  await box('Dropout drop').waitFor();
  assert.ok((await names()).includes('Conv2d skip'), 'an open block was closed');
});

test('a reload of the window brings the panel back as it was', async () => {
  const before = await names();
  await window.page.waitForTimeout(600);
  await window.page.reload();
  await window.page.waitForFunction('window.driver !== undefined');
  await box('Dropout drop').waitFor({ timeout: 90_000 });
  assert.deepEqual(await names(), before);
  await window.panel().getByRole('tree').waitFor();
});
