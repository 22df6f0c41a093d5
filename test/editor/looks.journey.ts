// A person opens a file with a fault: sees shapes at the lines, the squiggle and its reason, takes the fix, opens the summary and
// goes from a layer to its line. Pictures of each, light and dark, lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { EditorWindow, Theme } from './window.ts';
import { openWindow } from './window.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let window: EditorWindow;

before(async () => { window = await openWindow('flowers.py'); });
after(async () => { await window.close(); });

test('shapes and counts stand at the ends of the lines', async () => {
  await window.page.getByText('(None, 158, 158, 16)').first().waitFor();
  assert.match(await text('Conv2D(16'), /Conv2D\(16, 3, activation="relu"\),.*\(None, 158, 158, 16\).*448/);
  assert.match(await text('Dense(128'), /\(None, 128\).*5,914,752/);
});

test('a lens above the model names its parameters', async () => {
  await window.page.locator('.codelens-decoration a', { hasText: '5,920,098' }).waitFor();
});

test('the fault is underlined where it is, and pointing at it says why', async () => {
  const squiggle = window.page.locator('.squiggly-error').first();
  await squiggle.waitFor();
  const underlined = await squiggle.boundingBox(), line = await window.line('Dense(2').boundingBox();
  assert.ok(underlined !== null && line !== null && Math.abs(underlined.y - line.y) < line.height, 'the squiggle stands on the line of Dense(2)');
  await bothThemes('flowers');
  await window.page.mouse.move(underlined.x + underlined.width / 2, underlined.y + underlined.height / 2);
  const hover = window.page.locator('.monaco-hover:visible', { hasText: 'label-range' });
  await hover.waitFor();
  assert.match(await hover.innerText(), /5 classes/);
  await window.look('flowers-problem');
  await window.page.keyboard.press('Escape');
});

test('the lens opens the summary beside the source', async () => {
  await window.page.locator('.codelens-decoration a', { hasText: '5,920,098' }).click();
  const panel = window.panel();
  await panel.locator('tbody tr').first().waitFor();
  // Columns that yield where the panel is narrow are there as well.
  const rows = await panel.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  assert.deepEqual(rows.slice(-3), [
    ['flatten', 'Flatten', '(None, 46208)', '0', '0.0%', '0', '181 KiB'],
    // 46,208 x 128 and 128 x 2 products; 128 and 2 floats.
    ['dense', 'Dense', '(None, 128)', '5,914,752', '99.9%', '5.91 M', '512 B'],
    ['dense_1', 'Dense', '(None, 2)', '258', '0.0%', '256', '8 B'],
  ]);
  assert.equal(await panel.locator('.counts .total dd').innerText(), '5,920,098');
});

test('a row leads to its line, and the caret marks its row', async () => {
  const panel = window.panel();
  await panel.getByRole('rowheader', { name: 'dense_1' }).click();
  await window.page.locator('.statusbar-item', { hasText: /^Ln 24, / }).waitFor();
  assert.equal(await panel.locator('tr[aria-current] th').innerText(), 'dense_1');
  await window.clickIn('Flatten');
  await panel.locator('tr[aria-current] th', { hasText: 'flatten' }).waitFor();
});

test('the panel is accessible and keeps to its policy in every theme', async () => {
  const frame = window.page.frames().find((one) => one.name() === 'active-frame' || /fake\.html/.test(one.url())) ?? assert.fail('no frame of the panel');
  for (const theme of ['light', 'dark', 'contrast', 'contrast-light'] as const) {
    await window.setTheme(theme);
    const found = await frame.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))`);
    assert.deepEqual(found, [], theme);
    await window.look(`summary-${theme}`);
  }
  assert.deepEqual(window.complaints, []);
});

test('the fix is taken from the light bulb and ends the squiggle', async () => {
  await window.setTheme('light');
  const underlined = await window.page.locator('.squiggly-error').first().boundingBox() ?? assert.fail('no squiggle');
  await window.page.mouse.click(underlined.x + underlined.width / 2, underlined.y + underlined.height / 2);
  await window.page.keyboard.press('Control+.');
  const item = window.page.locator('.action-widget .monaco-list-row', { hasText: '5' }).first();
  await item.waitFor();
  await window.look('flowers-fix');
  await item.click();
  await window.line('Dense(5').waitFor();
  await window.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  // The panel follows the edit: 128 x 5 weights and 5 biases.
  await window.panel().locator('tbody tr', { hasText: '(None, 5)' }).waitFor();
  assert.match(await window.panel().locator('tbody tr').last().innerText(), /645/);
});

test('the language status says how many models and problems there are', async () => {
  await window.page.locator('[id="status.languageStatus"]').click();
  const entry = window.page.locator('.hover-language-status', { hasText: '1 model' });
  await entry.waitFor();
  assert.match(await entry.innerText(), /no problems/);
});

async function text(part: string): Promise<string> {
  return (await window.line(part).innerText()).replaceAll('\u00a0', ' ').replaceAll('\u200b', '');
}

async function bothThemes(name: string): Promise<void> {
  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    await window.setTheme(theme);
    await window.look(`${name}-${theme}`);
  }
}
