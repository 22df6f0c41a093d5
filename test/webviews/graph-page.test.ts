// The graph panel's page in a real browser, under the policy that the editor sets: what is drawn and read out in the four themes, keys,
// search, pictures, names that are meant to do harm, and how fast a large model opens. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { graphOfModel } from '../../server/features/graph.ts';
import { modelsOf } from '../../server/features/summary.ts';
import { renderMessage } from '../../server/values/place.ts';
import { contractVersion } from '../../webviews/shared/contract.ts';
import type { GraphData } from '../../webviews/shared/contract-graph.ts';
import { graphWords } from '../../webviews/shared/contract-graph.ts';
import type { EditorTheme } from '../support/editor-themes.ts';
import { editorThemes } from '../support/editor-themes.ts';
import { runProgram } from '../support/program.ts';

const executable = [process.env['INLAYER_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file !== undefined && existsSync(file));
const skip = executable === undefined ? 'no Chromium here' : false;
const screenshots = 'test/editor/screenshots';
const axe = readFileSync(createRequire(path.resolve('package.json')).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser | undefined, script = '', style = '';
before(async () => {
  if (executable === undefined) return;
  const shared = { bundle: true, minify: true, platform: 'browser', format: 'iife', target: 'es2022', outdir: 'out', write: false, logLevel: 'warning' } as const;
  const [worker] = (await build({ ...shared, entryPoints: ['webviews/graph/layout-worker.ts'] })).outputFiles;
  const built = await build({
    ...shared, entryPoints: ['webviews/graph/graph.ts', 'webviews/graph/graph.css'],
    plugins: [{ name: 'layout-worker', setup: (builder) => {
      builder.onResolve({ filter: /^inlayer:layout-worker$/ }, () => ({ path: 'layout-worker', namespace: 'layout-worker' }));
      builder.onLoad({ filter: /.*/, namespace: 'layout-worker' }, () => ({ contents: `export const source = ${JSON.stringify(worker?.text ?? '')};` }));
    } }],
  });
  script = built.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  style = built.outputFiles.find((file) => file.path.endsWith('.css'))?.text ?? '';
  browser = await chromium.launch({ executablePath: executable, headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  mkdirSync(screenshots, { recursive: true });
});
after(async () => { await browser?.close(); });

const english: Readonly<Record<string, string>> = {
  searchPlaceholder: 'Find name, type or shape', matches: '{0} of {1}', holds: '{0} parts', goTo: 'Go to line {0}', goToFile: 'Go to {0}', expandAll: 'Expand all', collapseAll: 'Collapse all', search: 'Find layers', export: 'Export',
  exportSvg: 'Save as SVG', exportPng: 'Save as PNG', outline: 'Outline', fit: 'Fit to the panel', zoomIn: 'Zoom in', graph: 'Graph of the model', givesTo: 'gives to', expand: 'Expand', collapse: 'Collapse', close: 'Close', builtBy: 'source',
};
const words = Object.fromEntries(graphWords.map((word) => [word, english[word] ?? word]));

interface Kept { sent: { type: string; node?: number; data?: string }[]; kept: unknown }

/** The page as the editor frames it: its policy, its theme's variables, its messages kept in `sent`. */
async function open(theme: EditorTheme, complaints: string[] = [], kept?: unknown): Promise<Page> {
  assert.ok(browser !== undefined);
  const page = await browser.newPage({ viewport: { width: 1000, height: 860 } });
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const { class: themeClass, variables } = editorThemes[theme];
  const policy = "default-src 'none'; style-src 'self'; script-src 'self'; worker-src blob:; img-src blob:;";
  const files: Record<string, readonly [string, string]> = {
    '/': ['text/html', `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Graph</title><meta http-equiv="Content-Security-Policy" content="${policy}"><link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/graph.css"></head><body class="${themeClass}"><main id="root"></main><script src="/editor.js"></script><script src="/graph.js"></script></body></html>`],
    '/theme.css': ['text/css', `:root { --vscode-font-size: 13px; ${Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`).join(' ')} }`], '/graph.css': ['text/css', style], '/graph.js': ['text/javascript', script],
    '/editor.js': ['text/javascript', `window.sent = []; window.kept = ${JSON.stringify(kept ?? null)}; window.acquireVsCodeApi = () => ({ postMessage: (one) => window.sent.push(one), getState: () => window.kept, setState: (one) => { window.kept = one; } });`],
  };
  await page.route('**/*', async (route) => {
    const file = files[new URL(route.request().url()).pathname];
    await (file === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ contentType: file[0], body: file[1] }));
  });
  await page.goto('http://localhost/');
  return page;
}

/** The milliseconds from the message to the drawing. */
async function give(page: Page, graph: GraphData): Promise<number> {
  const state = { version: contractVersion, type: 'state', uri: 'file:///model.py', document: 'model.py', models: [{ name: graph.name, class: graph.class, line: 3 }], selected: 0, loaded: true, words, graph };
  return page.evaluate((message) => new Promise<number>((resolve) => {
    delete document.body.dataset['drawn'];
    const started = performance.now();
    const look = (): void => { if (document.body.dataset['drawn'] === undefined) setTimeout(look, 4); else resolve(performance.now() - started); };
    window.postMessage(message, '*');
    look();
  }), state);
}

function graphOf(program: string): GraphData {
  const { trace } = runProgram(program);
  const model = modelsOf(trace, '/project/main.py').at(-1) ?? assert.fail('no model');
  const graph = graphOfModel(trace, model);
  return { ...graph, nodes: graph.nodes.map(({ places: _places, error, output, source, ...node }, at) => ({ ...node, output: output ?? '', source: source ?? '', error: error === undefined ? '' : renderMessage(error), line: at + 1 })), edges: graph.edges.map((edge) => ({ ...edge, shape: edge.shape ?? '' })) };
}

const unet = `
import torch
from torch import nn
class Double(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv1, self.norm1, self.relu = nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True)
        self.conv2, self.norm2 = nn.Conv2d(o, o, 3, padding=1), nn.BatchNorm2d(o)
    def forward(self, x):
        x = self.relu(self.norm1(self.conv1(x)))
        return self.relu(self.norm2(self.conv2(x)))
class Up(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.up, self.conv = nn.ConvTranspose2d(i, o, 2, stride=2), Double(2 * o, o)
    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], dim=1))
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc, self.pool, self.down1, self.down2 = Double(3, 16), nn.MaxPool2d(2), Double(16, 32), Double(32, 64)
        self.up1, self.up2, self.out = Up(64, 32), Up(32, 16), nn.Conv2d(16, 2, 1)
        for parameter in self.inc.parameters():
            parameter.requires_grad = False
    def forward(self, image):
        a = self.inc(image)
        b = self.down1(self.pool(a))
        return self.out(self.up2(self.up1(self.down2(self.pool(b)), b), a))
model = UNet()
y = model(torch.zeros(1, 3, 64, 64))
`;

const failing = `
import keras
from keras import layers
def branch(x, size):
    for _ in range(2):
        x = layers.Conv2D(16, size, activation='relu')(x)
    return x
image = keras.Input((32, 32, 3), name='image')
both = layers.Add(name='sum')([branch(image, 3), branch(image, 5)])
model = keras.Model(image, layers.Dense(3, name='head')(layers.Flatten()(both)))
`;

test('four themes: a U-Net with its skips and a model that fails, no violation of accessibility or policy', { skip }, async () => {
  const [whole, broken] = [graphOf(unet), graphOf(failing)];
  for (const theme of ['light', 'dark', 'contrast', 'contrast-light'] as const) {
    const complaints: string[] = [];
    const page = await open(theme, complaints);
    await give(page, whole);
    await page.getByRole('button', { name: 'Outline' }).click();
    await page.locator('g.box[data-name="Up up1"]').click();
    await page.waitForTimeout(250);
    await page.screenshot({ path: `${screenshots}/graph-page-unet-${theme}.png` });
    const check = async (): Promise<unknown> => page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(' ')))`);
    assert.deepEqual(await check(), [], theme);
    await give(page, broken);
    await page.locator('g.box.failing').first().click();
    await page.waitForTimeout(250);
    await page.screenshot({ path: `${screenshots}/graph-page-failure-${theme}.png` });
    assert.deepEqual(await check(), [], theme);
    assert.match(await page.locator('.details .error').innerText(), /28, 28.*24, 24/);
    assert.deepEqual(complaints, [], theme);
    await page.close();
  }
});

test('frozen layers say so, in the drawing and to those who listen', { skip }, async () => {
  const page = await open('light');
  await give(page, graphOf(unet));
  assert.match(await page.locator('g.box[data-name="Double inc"]').getAttribute('aria-label') ?? '', /frozen/);
  assert.equal(await page.locator('g.box[data-name="Double inc"] .mark.frozen').count(), 1);
  assert.equal(await page.locator('g.box[data-name="Double down1"] .mark.frozen').count(), 0);
  await page.close();
});

test('keys alone: to the boxes, along the flows, into a box and out, to the source', { skip }, async () => {
  const page = await open('light');
  await give(page, graphOf(unet));
  await page.getByRole('button', { name: 'Collapse all' }).click();
  await page.waitForFunction(() => document.querySelectorAll('g.box.holds:not(.open)').length > 2);
  const label = async (): Promise<string> => await page.locator('g.box:focus').getAttribute('data-name') ?? '';
  // One stop of the tabulator leads into the drawing.
  await page.getByRole('button', { name: 'Export' }).focus();
  await page.keyboard.press('Tab');
  assert.equal(await label(), 'input image');
  const way: string[] = [];
  for (let step = 0; step < 2; step += 1) { await page.keyboard.press('ArrowDown'); way.push(await label()); }
  assert.deepEqual(way, ['Double inc', 'MaxPool2d pool']);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.locator('g.box:focus[aria-expanded="true"]').waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await label(), 'Conv2d conv1');
  await page.keyboard.press('Escape');
  assert.equal(await label(), 'Double inc');
  await page.keyboard.press('F12');
  const revealed = await page.evaluate(() => (window as unknown as Kept).sent.filter((one) => one.type === 'reveal'));
  assert.equal(revealed.length, 1);
  await page.close();
});

test('the card of a box does not lie over it; nothing glides where motion is not wanted', { skip }, async () => {
  const page = await open('light');
  await page.setViewportSize({ width: 460, height: 620 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await give(page, graphOf(unet));
  await page.getByRole('button', { name: 'Collapse all' }).click();
  await page.waitForTimeout(300);
  const last = page.locator('g.box[data-name="Up up2"]');
  await last.click();
  await page.waitForTimeout(600);
  const [box, card] = [await last.boundingBox(), await page.locator('.details').boundingBox()];
  assert.ok(box !== null && card !== null && (box.y + box.height <= card.y || box.x + box.width <= card.x), JSON.stringify([box, card]));
  assert.equal(await page.locator('g.content.gliding').count(), 0);
  assert.equal(await last.evaluate((one) => getComputedStyle(one).transitionDuration), '0s');
  await page.screenshot({ path: `${screenshots}/graph-page-card.png` });
  await page.close();
});

test('a box that is opened near the bottom is looked into', { skip }, async () => {
  const page = await open('light');
  await page.setViewportSize({ width: 460, height: 620 });
  await give(page, graphOf(unet));
  await page.getByRole('button', { name: 'Collapse all' }).click();
  await page.waitForTimeout(300);
  const box = page.locator('g.box[data-name="Up up1"]');
  await box.focus();
  await page.waitForTimeout(300);
  const before = await box.boundingBox();
  await page.keyboard.press('Enter');
  await page.locator('g.box:focus[aria-expanded="true"]').waitFor();
  await page.waitForTimeout(500);
  const [after, inside, card] = [await box.boundingBox(), await page.locator('g.box[data-name="ConvTranspose2d up"]').boundingBox(), await page.locator('.details').boundingBox()];
  assert.ok(before !== null && after !== null && inside !== null && card !== null);
  assert.ok(after.y < before.y && inside.y + inside.height <= card.y, JSON.stringify([before, after, inside, card]));
  await page.screenshot({ path: `${screenshots}/graph-page-opened.png` });
  await page.close();
});

test('tools by keyboard, each with a name', { skip }, async () => {
  const page = await open('light');
  await give(page, graphOf(unet));
  const way: string[] = [];
  await page.getByRole('searchbox').focus();
  for (let step = 0; step < 8; step += 1) {
    way.push(await page.evaluate(() => { const one = document.activeElement; return one?.getAttribute('aria-label') ?? one?.textContent ?? ''; }));
    await page.keyboard.press('Tab');
  }
  assert.equal(new Set(way).size, 8, way.join());
  assert.ok(way.every((name) => name !== ''), way.join());
  assert.deepEqual(way.slice(-4), ['Expand all', 'Collapse all', 'Outline', 'Export']);
  assert.match(await page.locator('g.box:focus').getAttribute('aria-label') ?? '', /^input image/);
  await page.close();
});

test('what was open, selected and looked at survives a reload', { skip }, async () => {
  const first = await open('light');
  await give(first, graphOf(unet));
  await first.getByRole('button', { name: 'Collapse all' }).click();
  await first.locator('g.box[data-name="Up up2"] .toggle').click();
  await first.locator('g.box[data-name="cat"]').click();
  await first.getByRole('button', { name: 'Zoom in' }).click();
  await first.waitForTimeout(300);
  const kept = await first.evaluate(() => (window as unknown as Kept).kept);
  const transform = await first.locator('g.content').getAttribute('style');
  await first.close();
  const second = await open('light', [], kept);
  await give(second, graphOf(unet));
  assert.equal(await second.locator('g.box.selected').getAttribute('data-name'), 'cat');
  assert.equal(await second.locator('g.content').getAttribute('style'), transform);
  await second.close();
});

test('pictures need no style sheet, and the PNG is one', { skip }, async () => {
  const page = await open('dark');
  await give(page, graphOf(unet));
  for (const name of ['Save as SVG', 'Save as PNG']) {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name }).click();
  }
  await page.waitForFunction(() => (window as unknown as Kept).sent.filter((one) => one.type === 'export').length === 2);
  const [svg = '', png = ''] = await page.evaluate(() => (window as unknown as Kept).sent.flatMap((one) => (one.type === 'export' ? [one.data ?? ''] : [])));
  assert.doesNotMatch(svg, /var\(--|class=|style=|<script|tabindex/);
  assert.match(svg, /fill="rgb/);
  const bytes = Buffer.from(png, 'base64');
  assert.deepEqual([...bytes.subarray(1, 4)].map((code) => String.fromCharCode(code)).join(''), 'PNG');
  assert.ok(bytes.readUInt32BE(16) > 200 && bytes.readUInt32BE(20) > 200);
  await page.close();
  const other = await browser?.newPage({ viewport: { width: 700, height: 900 } });
  await other?.setContent(svg.slice(svg.indexOf('<svg')));
  await other?.screenshot({ path: `${screenshots}/graph-page-exported.png` });
  await other?.close();
});

test('names are text, whatever stands in them', { skip }, async () => {
  const complaints: string[] = [];
  const page = await open('light', complaints);
  const names = ['<img src=x onerror="document.title=\'harmed\'">', '"><script>document.title="harmed"</script>', 'x'.repeat(10_000), '\u202Eright to left', '😀 層 🧱', '</title><svg onload="document.title=\'harmed\'">'];
  const nodes = names.map((name, at) => ({ id: `/${at}`, parent: -1, kind: 'layer' as const, name, class: name, output: name, params: 1, trainable: 1, complete: true, source: name, error: at === 2 ? name : '', uses: 1, count: 0 }));
  await give(page, { name: names[0] ?? '', class: '', framework: 'keras', nodes, edges: nodes.slice(1).map((_, at) => ({ from: at, to: at + 1, shape: names[at] ?? '', certain: true })), params: { total: 1, trainable: 1 }, complete: true, isCut: false });
  await page.getByRole('button', { name: 'Outline' }).click();
  for (const index of [0, 2, 5]) { await page.locator('g.box').nth(index).focus(); await page.waitForTimeout(60); }
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Save as SVG' }).click();
  assert.equal(await page.title(), 'Graph');
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.deepEqual(complaints, []);
  const widest = await page.locator('g.box').evaluateAll((boxes) => Math.max(...boxes.map((one) => one.getBoundingClientRect().width)));
  assert.ok(widest < 300, `${widest}`);
  await page.screenshot({ path: `${screenshots}/graph-page-names.png` });
  await page.close();
});

test('a model of two thousand layers opens folded in less than a second, or little more than a small one where the machine is busy', { skip }, async () => {
  const program = (blocks: number): string => `
import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, d), nn.LayerNorm(d), nn.GELU(), nn.Linear(d, d), nn.Dropout(0.1), nn.Linear(d, d), nn.LayerNorm(d), nn.GELU())
    def forward(self, x):
        return x + self.net(x)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.ModuleList([Block(64) for _ in range(${blocks})])
        self.narrow = nn.ModuleList([Block(32) for _ in range(${blocks})])
        self.middle = nn.Linear(64, 32)
    def forward(self, x):
        for block in self.wide:
            x = block(x)
        x = self.middle(x)
        for block in self.narrow:
            x = block(x)
        return x
model = Net()
y = model(torch.zeros(1, 64))
`;
  const [small, large] = [graphOf(program(2)), graphOf(program(126))];
  assert.ok(large.nodes.filter((node) => node.kind === 'layer').length > 2_000, `${large.nodes.length}`);
  const times: Record<'small' | 'large', number[]> = { small: [], large: [] };
  for (let run = 0; run < 3; run += 1) {
    for (const [name, graph] of [['small', small], ['large', large]] as const) {
      const page = await open('light');
      times[name].push(await give(page, graph));
      if (run === 0 && name === 'large') await page.screenshot({ path: `${screenshots}/graph-page-large.png` });
      await page.close();
    }
  }
  const [few, many] = [Math.min(...times.small), Math.min(...times.large)];
  console.log(`    a model of ${small.nodes.length} boxes is drawn after ${few.toFixed(0)} ms, one of ${large.nodes.length} after ${many.toFixed(0)} ms`);
  assert.ok(many < Math.max(1_000, 8 * few), `${few.toFixed(0)} ms and ${many.toFixed(0)} ms`);
});
