// A person whose VS Code speaks Korean: hints, the finding with its fix, the hover, the summary, the graph, the runs and the palette do so too.
// VS Code's own words stay English here: no language pack is installed. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

let window: EditorWindow;

before(async () => { window = await openWindow('flowers.py', {}, { locale: 'ko' }); });
after(async () => { await window.close(); });

test('hints and the lens', async () => {
  await window.line('파라미터 448개').waitFor();
  await window.page.locator('.codelens-decoration a', { hasText: '파라미터 5,920,098개 · 요약' }).first().waitFor();
  await window.look('korean-hints');
});

test('the finding, the places behind it and the fix', async () => {
  await window.page.locator('.squiggly-error').first().waitFor();
  await window.clickIn('layers.Dense(2');
  await window.command('View: Toggle Problems');
  const problems = window.page.locator('.markers-panel');
  await problems.getByText('dense_1의 출력은 2개인데 클래스는 5개입니다', { exact: false }).first().waitFor();
  await window.look('korean-finding');
  assert.match(await problems.innerText(), /label-range/);
  await window.command('View: Toggle Problems');
});

test('the palette and the summary', async () => {
  await window.clickIn('layers.Dense(128');
  await window.command('Inlayer: 모델 요약 보기');
  const panel = window.panel();
  await panel.getByRole('heading', { name: 'sequential' }).waitFor();
  const text = await panel.locator('body').innerText();
  for (const word of ['출력 형상', '파라미터', '레이어']) assert.ok(text.includes(word), `${word} in ${text}`);
  assert.doesNotMatch(text, /Output shape|Parameters|Trainable|Layers/);
  assert.match(text, /5,920,098/);
  await window.look('korean-summary');
});

test('the graph', async () => {
  await window.command('Inlayer: 그래프 보기');
  const panel = window.page.frameLocator('iframe.webview.ready[src*="extensionId=inlayer.inlayer"]').last().frameLocator('iframe#active-frame');
  await panel.locator('svg').first().waitFor();
  await window.look('korean-graph');
  assert.deepEqual(window.complaints, []);
});

test('the side bar', async () => {
  await window.page.locator('.activitybar .action-label[aria-label^="Inlayer"]').first().click();
  await window.page.locator('.split-view-view', { hasText: '실행' }).first().waitFor();
  await window.look('korean-runs');
});
