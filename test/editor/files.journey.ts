// A person goes through other kinds of files: types into a model, looks at a notebook, and reads the summary of each
// through the palette. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

before(async () => { window = await openWindow('cats_and_dogs.py', { 'inlayer.hints.data': true }); });
after(async () => { await window.close(); });

test('a layer that a loop makes three times has one hint', async () => {
  await window.line('(None, 160, 160, 16)').waitFor();
  await window.look('cats-and-dogs');
  assert.equal(await window.page.locator('.squiggly-error, .squiggly-warning').count(), 0);
});

test('hints follow the typing', async () => {
  await window.clickIn('layers.Dense(128');
  await window.page.keyboard.press('Home');
  for (let step = 0; step < 'model.add(layers.Dense('.length; step += 1) await window.page.keyboard.press('ArrowRight');
  const started = Date.now();
  await window.page.keyboard.type('2');
  // 25,600 x 2,128 weights and 2,128 biases.
  await window.line('54,478,928').waitFor();
  console.log(`    a typed character shows in the hint after ${Date.now() - started} ms`);
  await window.page.keyboard.press('Backspace');
  await window.line('3,276,928').waitFor();
});

test('the palette opens the summary', async () => {
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'cats_and_dogs' }).waitFor();
  assert.equal(await panel.locator('tbody tr').count(), 11);
  assert.equal(await panel.locator('.counts .total dd').innerText(), '3,300,641');
  await window.look('cats-and-dogs-summary');
});

test('a notebook is one program, and a row leads into its cell', async () => {
  await window.open('clothes.ipynb');
  await window.page.locator('.cell .view-line', { hasText: '(None, 784)' }).first().waitFor();
  await window.page.locator('.cell .view-line', { hasText: 'Flatten' }).first().click();
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.locator('tbody tr', { hasText: '(None, 784)' }).waitFor();
  assert.equal(await panel.locator('.counts .total dd').innerText(), '101,770');
  await window.look('notebook');
  await panel.getByRole('rowheader', { name: 'dense_1' }).click();
  await panel.locator('tr[aria-current] th', { hasText: 'dense_1' }).waitFor();
});

test('a frozen backbone is marked in the summary', async () => {
  await window.open('transfer_learning.py');
  await window.line('(None, 37)').waitFor();
  await window.clickIn('CLASSES = 37');
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'pets' }).waitFor();
  assert.match(await panel.locator('tbody tr', { hasText: 'mobilenetv2' }).innerText(), /frozen[\s\S]*\(None, 7, 7, 1280\)[\s\S]*2,257,984/);
  assert.deepEqual((await panel.locator('.counts dd').allInnerTexts()).slice(0, 3), ['2,305,381', '47,397', '2,257,984']);
  await window.look('transfer-learning');
});

test('a PyTorch file: shapes in forward, the fault at the head, and a lens through the calls of the shared block', async () => {
  await window.open('pets_resnet.py');
  await window.line('(32, 32, 64, 64)').waitFor();
  await window.line('(32, 32, 32, 32) … (32, 128, 8, 8)').waitFor();
  assert.equal(await window.page.locator('.squiggly-error').count(), 1);
  await window.look('pets-light');
  const lens = (text: string) => window.page.locator('.codelens-decoration a', { hasText: text }).first();
  await lens('3 calls, showing all').click();
  await lens('3 calls, showing call 1').waitFor();
  await lens('3 calls, showing call 1').click();
  await lens('3 calls, showing call 2').waitFor();
  await window.line('(32, 64, 16, 16) · 18,432').waitFor();
  await window.setTheme('dark');
  await window.look('pets-dark');
  await window.setTheme('light');
  await window.clickIn('class PetNet');
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'PetNet' }).waitFor();
  assert.equal(await panel.locator('.counts .total dd').innerText(), '314,654');
  await window.look('pets-summary');
});
