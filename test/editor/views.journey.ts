// A person finds Inlayer in the side bar: the models of the file in front as a tree that leads to the source and follows the edit, and the
// walkthrough, whose five steps are done when their buttons were pressed. Pictures of each, light and dark, lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const treeRow = (text: string | RegExp): Locator => window.page.locator('.pane', { has: window.page.locator('.pane-header', { hasText: 'Models' }) }).locator('.monaco-list-row', { hasText: text }).first();

/** The second kernel is larger than what the first leaves. */
const failing = 'import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n    keras.Input((8, 8, 3)),\n    layers.Conv2D(4, 3),\n    layers.Conv2D(4, 7),\n    layers.Flatten(),\n], name="failing")\n';

before(async () => {
  window = await openWindow('flowers.py');
  writeFileSync(path.join(window.folder, 'failing.py'), failing);
});
after(async () => { await window.close(); });

test('the side bar shows the models of the file, with shapes and parameters', async () => {
  await window.line('(None, 158, 158, 16)').waitFor();
  await window.command('Inlayer: Focus on Models View');
  await treeRow('sequential').waitFor();
  // 5,920,098 parameters: Keras 3.15.
  assert.match(await treeRow('sequential').innerText(), /sequential\s*Sequential · 5,920,098 params/);
  assert.match(await treeRow('conv2d').innerText(), /\(None, 158, 158, 16\) · 448 params/);
  assert.match(await treeRow('flatten').innerText(), /\(None, 46208\)/);
  await window.look('models-light');
  await window.setTheme('dark');
  await window.look('models-dark');
  await window.setTheme('light');
});

test('a click on a layer leads to its line, and the caret marks its layer', async () => {
  await treeRow(/^dense_1/).click();
  await window.page.locator('.statusbar-item', { hasText: /^Ln 24, / }).waitFor();
  await window.clickIn('Flatten');
  await window.page.locator('.monaco-list-row.selected', { hasText: 'flatten' }).waitFor();
});

test('the tree follows an edit', async () => {
  await window.clickIn('Dense(2');
  await window.page.keyboard.press('Control+Shift+k');
  await treeRow(/^dense_1/).waitFor({ state: 'detached' });
  await window.page.keyboard.press('Control+z');
  await treeRow(/^dense_1/).waitFor();
});

test('frozen, nested and failing layers have their own icons', async () => {
  await window.open('transfer_learning.py');
  await window.line('(None, 37)').waitFor();
  await treeRow(/^pets/).waitFor();
  await treeRow(/^mobilenetv2.*\(None, 7, 7, 1280\)/).locator('.codicon-lock').waitFor();
  await treeRow(/^breed.*47,397/).waitFor();
  await window.look('models-frozen');
  await window.open('pets_resnet.py');
  await treeRow(/^PetNet/).waitFor();
  await window.look('models-torch');
  await window.open('failing.py');
  await treeRow(/^failing/).locator('.codicon-error').waitFor();
  await treeRow(/^Fails here/).waitFor();
  await window.look('models-failing');
});

test('a file without a model says what to do', async () => {
  await window.page.keyboard.press('Control+k');
  await window.page.keyboard.press('Control+w');
  await window.page.locator('.welcome-view-content', { hasText: 'holds no Keras or PyTorch model' }).waitFor();
  await window.look('models-empty');
});

test('the walkthrough: five steps, each done by its button', async () => {
  await window.command('Inlayer: First Steps');
  const step = (title: string): Locator => window.page.locator('.getting-started-step', { hasText: title });
  const isDone = async (title: string): Promise<void> => { await step(title).locator('.codicon.complete').waitFor(); };
  await step('See shapes while you type').waitFor();
  assert.equal(await window.page.locator('.getting-started-step').count(), 5);
  const titles = ['See shapes while you type', 'Find what cannot work', 'Read the summary', 'Look at the graph', 'Train it and watch the curves'];
  for (const title of titles) {
    await step(title).locator('.step-title').click();
    await window.page.locator('.getting-started-media, .getting-started-media iframe').first().waitFor();
    await window.page.waitForTimeout(700);
    await window.look(`walkthrough-${titles.indexOf(title) + 1}`);
  }
  await window.setTheme('dark');
  for (const title of titles) {
    await step(title).locator('.step-title').click();
    await window.page.waitForTimeout(700);
    await window.look(`walkthrough-${titles.indexOf(title) + 1}-dark`);
  }
  await window.setTheme('light');

  const press = async (title: string, button: string): Promise<void> => {
    // A change of the theme leads back to the page's beginning.
    await window.command('Inlayer: First Steps');
    await step(title).waitFor();
    await window.page.waitForTimeout(500);
    // A step that is open already takes no click on its title.
    if (!await step(title).getByText(button, { exact: true }).isVisible()) await step(title).locator('.step-title').click();
    await step(title).getByText(button, { exact: true }).click();
    await isDone(title);
  };
  await press('See shapes while you type', 'Open Example');
  await window.line('(None, 158, 158, 16)').waitFor();
  await window.page.locator('.squiggly-error').first().waitFor();
  await press('Find what cannot work', 'Go to the Problem');
  await window.page.locator('.monaco-hover:visible', { hasText: 'label-range' }).waitFor();
  await window.look('walkthrough-problem');
  await window.page.keyboard.press('Escape');
  await press('Read the summary', 'Show Summary');
  await window.panel().getByRole('heading', { name: 'flowers' }).waitFor();
  await press('Look at the graph', 'Show Graph');
  await press('Train it and watch the curves', 'Train…');
  await window.look('walkthrough-done');
  assert.deepEqual(window.complaints, []);
});
