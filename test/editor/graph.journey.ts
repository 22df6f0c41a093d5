// A person looks at a model as a graph: opens it from the lens, goes from a box to its line and back, opens and closes boxes by mouse and
// by keys, searches, exports, reloads the window. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let window: EditorWindow;

before(async () => { window = await openWindow('pets_resnet.py'); });
after(async () => { await window.close(); });

test('the lens opens the graph beside the source', async () => {
  await window.page.locator('.codelens-decoration a', { hasText: 'Graph' }).first().click();
  const panel = window.panel();
  await panel.locator('g.box').first().waitFor();
  await window.look('graph-light');
});
