// The extension in a browser: VS Code's own extension host for the web loads its browser entry, the server is a worker, and files come
// through the editor's file systems alone. What it shows must be what Node shows.
import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;
const folder = mkdtempSync(path.join(tmpdir(), 'inlayer-web-'));
const program = `import keras
import tensorflow_datasets as tfds
from keras import layers
from blocks.head import head
from sizes import SIDE

flowers = tfds.load("tf_flowers", split="train", as_supervised=True).batch(32)
model = keras.Sequential([
    keras.Input((SIDE, SIDE, 3)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    *head(2),
], name="flowers")
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(flowers, lr=3)
`;

before(async () => {
  mkdirSync(path.join(folder, 'blocks'));
  writeFileSync(path.join(folder, 'flowers.py'), program);
  writeFileSync(path.join(folder, 'sizes.py'), 'SIDE = 32\n');
  writeFileSync(path.join(folder, 'blocks', 'head.py'), 'from keras import layers\n\n\ndef head(classes):\n    return [layers.Dense(classes, activation="softmax")]\n');
  writeFileSync(path.join(folder, 'plain.py'), 'print("nothing to see")\n');
  window = await openWindow('flowers.py', {}, { folder, isWeb: true });
});
after(async () => {
  await window?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('shapes stand at the lines, those of imported modules among them', async () => {
  // 3 x 3 x 3 x 16 weights and 16 biases; 30 x 30 x 16 numbers.
  await window.line('(None, 30, 30, 16) · 448 params').waitFor({ timeout: 90_000 }).finally(() => window.look('web'));
  await window.line('(None, 14400)').waitFor();
  await window.look('web');
});

test('the server is a worker of the page, not a process', () => {
  assert.deepEqual(window.serverProcesses() ?? [], []);
});

test('the summary opens, and a row leads to its line', async () => {
  await window.clickIn('Flatten');
  await window.command('Inlayer: Show Model Summary');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'flowers' }).waitFor();
  await panel.locator('tbody tr', { hasText: 'dense' }).waitFor();
  await window.look('web-summary');
  assert.deepEqual(window.complaints, []);
});

test('an edit of another file shows here', async () => {
  writeFileSync(path.join(folder, 'sizes.py'), 'SIDE = 34\n');
  await window.line('(None, 32, 32, 16) · 448 params').waitFor().finally(() => window.look('web-edit'));
});

test('training says that it needs another place', async () => {
  await window.command('Inlayer: Train Without Python…');
  // A toast is gone soon; the list of notifications keeps it.
  await window.command('Notifications: Show Notifications');
  await window.page.locator('.notifications-center', { hasText: 'a browser cannot run programs' }).waitFor({ timeout: 20_000 }).finally(() => window.look('web-training'));
});
