// The curves panel's page in a real browser, under the policy that the editor sets: what is drawn, what keys and the mouse do, a
// million points, the four themes, what a screen reader gets. Pictures lie in test/editor/screenshots/.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { curvesVersion, curvesWords } from '../../webviews/shared/curves-contract.ts';

const executable = [process.env['INLAYER_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file !== undefined && existsSync(file));
const skip = executable === undefined ? 'no Chromium here' : false;
const screenshots = 'test/editor/screenshots';

const themes = {
  light: { class: 'vscode-light', colours: { foreground: '#3b3b3b', 'editor-background': '#ffffff', descriptionForeground: '#616161', 'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'textLink-foreground': '#005fb8', focusBorder: '#005fb8', 'inputOption-activeBackground': '#bed6ed', 'inputOption-activeForeground': '#000000', 'inputOption-activeBorder': '#005fb8', 'dropdown-background': '#ffffff', 'dropdown-foreground': '#3b3b3b', 'dropdown-border': '#cecece', 'charts-green': '#388a34', 'charts-orange': '#d18616', 'charts-red': '#e51400', 'charts-blue': '#1a85ff', 'editorWidget-border': '#e5e5e5', 'errorForeground': '#b01011', 'icon-foreground': '#3b3b3b' } },
  dark: { class: 'vscode-dark', colours: { foreground: '#cccccc', 'editor-background': '#1f1f1f', descriptionForeground: '#9d9d9d', 'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'textLink-foreground': '#4daafc', focusBorder: '#0078d4', 'inputOption-activeBackground': '#2489db82', 'inputOption-activeForeground': '#ffffff', 'inputOption-activeBorder': '#2488db', 'dropdown-background': '#313131', 'dropdown-foreground': '#cccccc', 'dropdown-border': '#3c3c3c', 'charts-green': '#89d185', 'charts-orange': '#d18616', 'charts-red': '#f14c4c', 'charts-blue': '#3794ff', 'editorWidget-border': '#454545', 'errorForeground': '#f85149', 'icon-foreground': '#cccccc' } },
  contrast: { class: 'vscode-high-contrast', colours: { foreground: '#ffffff', 'editor-background': '#000000', descriptionForeground: '#ffffff', contrastBorder: '#6fc3df', 'textLink-foreground': '#21a6ff', focusBorder: '#f38518', 'dropdown-background': '#000000', 'dropdown-foreground': '#ffffff', 'icon-foreground': '#ffffff', 'errorForeground': '#f48771' } },
  'contrast-light': { class: 'vscode-high-contrast vscode-high-contrast-light', colours: { foreground: '#292929', 'editor-background': '#ffffff', descriptionForeground: '#292929', contrastBorder: '#0f4a85', 'textLink-foreground': '#0f4a85', focusBorder: '#006bbd', 'dropdown-background': '#ffffff', 'dropdown-foreground': '#292929', 'icon-foreground': '#292929', 'errorForeground': '#b5200d' } },
} as const;
type Theme = keyof typeof themes;

let browser: Browser | undefined, script = '', style = '';
before(async () => {
  if (executable === undefined) return;
  const built = await build({ entryPoints: ['webviews/curves/curves.ts', 'webviews/curves/curves.css'], bundle: true, minify: true, platform: 'browser', format: 'iife', target: 'es2022', outdir: 'out', write: false, logLevel: 'warning' });
  script = built.outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  style = built.outputFiles.find((file) => file.path.endsWith('.css'))?.text ?? '';
  browser = await chromium.launch({ executablePath: executable, headless: true, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  mkdirSync(screenshots, { recursive: true });
});
after(async () => { await browser?.close(); });

const words = Object.fromEntries(curvesWords.map((word) => [word, { goTo: 'Go to {0}', show: 'Show {0}', epoch: 'Epoch', step: 'Step', time: 'Time', waiting: 'Nothing has been reported yet.', savePng: 'Save as PNG', saveSvg: 'Save as SVG', saveCsv: 'Save as CSV', axis: 'Horizontal axis', logarithmic: 'Logarithmic', smoothing: 'Smoothing', table: 'Values as a table', 'over-fitting': 'over-fitting', stop: 'Stop' }[word as string] ?? word]));

/** The page as the editor frames it: its policy, its theme's variables, its messages kept in `sent`. */
async function open(theme: Theme, complaints: string[] = []): Promise<Page> {
  assert.ok(browser !== undefined);
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const { class: themeClass, colours } = themes[theme];
  const variables = Object.entries({ 'font-family': 'sans-serif', 'font-size': '13px', 'editor-font-family': 'monospace', ...colours }).map(([name, value]) => `--vscode-${name}: ${value};`).join(' ');
  const files: Record<string, readonly [string, string]> = {
    '/': ['text/html', `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Curves</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'self'; img-src blob: data:;"><link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/curves.css"></head><body class="${themeClass}"><main id="root"></main><script src="/editor.js"></script><script src="/curves.js"></script></body></html>`],
    '/theme.css': ['text/css', `:root { ${variables} }`], '/curves.css': ['text/css', style], '/curves.js': ['text/javascript', script],
    '/editor.js': ['text/javascript', 'window.sent = []; window.acquireVsCodeApi = () => ({ postMessage: (one) => window.sent.push(one), getState: () => window.kept, setState: (one) => { window.kept = one; } });'],
  };
  await page.route('**/*', async (route) => {
    const file = files[new URL(route.request().url()).pathname];
    await (file === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ contentType: file[0], body: file[1] }));
  });
  await page.goto('http://localhost/');
  return page;
}

interface Shape { readonly run: string; readonly key: string; readonly name: string; readonly kind: string; readonly chart: string; readonly role: string; readonly count: number; readonly perEpoch: number; readonly form: string }

/** Points are computed in the page: a million of them take long to hand over. */
async function give(page: Page, heads: readonly object[], shapes: readonly Shape[]): Promise<void> {
  await page.evaluate(({ heads, shapes, words, version }) => {
    window.postMessage({ version, type: 'state', runs: heads, sources: heads.map((one) => (one as { id: string }).id), words }, '*');
    const begun = new Set<string>();
    for (const { run, form, count, perEpoch, ...head } of shapes) {
      let seed = 7;
      const random = (): number => { seed = (seed * 16807) % 2147483647; return seed / 2147483647 - 0.5; };
      const value = Float64Array.from({ length: count }, (_, at) => {
        const x = at / count;
        return form === 'falls' ? 2.2 * Math.exp(-4 * x) + 0.1 + random() * 0.25 * Math.exp(-2 * x) : form === 'turns' ? 1.9 * Math.exp(-6 * x) + 0.35 + Math.max(0, x - 0.35) * 0.9 + random() * 0.05 : form === 'rises' ? 1 - 0.85 * Math.exp(-4 * x) + random() * 0.02 : 0.001 * 0.5 ** Math.floor(x * 4);
      });
      const step = Float64Array.from({ length: count }, (_, at) => (at + 1) * (head.kind === 'epoch' ? 50 : 1)), epoch = step.map((_, at) => (at + 1) / perEpoch), time = step.map((one) => 1.7e9 + one * 0.02);
      window.postMessage({ version, type: 'points', run, reset: !begun.has(run), series: [{ ...head, step, epoch, time, value }] }, '*');
      begun.add(run);
    }
  }, { heads, shapes, words, version: curvesVersion });
  await page.locator('.plot canvas').first().waitFor();
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
}

const head = (id: string, title: string, more: object = {}): object => ({ id, title, state: 'finished', stateText: 'finished', detail: 'keras 3.15.1 (torch)', progressText: '', marks: [], ...more });
const mark = (kind: string, epoch: number, text: string): object => ({ kind, chart: 'loss', at: { epoch, step: epoch * 50, time: 1.7e9 + epoch }, text, place: 'train.py:12' });
const usual = (run: string): Shape[] => [
  { run, key: 'loss', name: 'loss', kind: 'step', chart: 'loss', role: 'training', count: 1500, perEpoch: 50, form: 'falls' },
  { run, key: 'epoch:val_loss', name: 'val_loss', kind: 'epoch', chart: 'loss', role: 'validation', count: 30, perEpoch: 1, form: 'turns' },
  { run, key: 'epoch:accuracy', name: 'accuracy', kind: 'epoch', chart: 'accuracy', role: 'training', count: 30, perEpoch: 1, form: 'rises' },
  { run, key: 'epoch:val_accuracy', name: 'val_accuracy', kind: 'epoch', chart: 'accuracy', role: 'validation', count: 30, perEpoch: 1, form: 'rises' },
  { run, key: 'epoch:learning_rate', name: 'learning_rate', kind: 'epoch', chart: 'learning_rate', role: 'training', count: 30, perEpoch: 1, form: 'steps' },
];
const marks = [mark('best', 11, 'Validation is best at epoch 11, with a loss of 0.38: the weights of then are the ones to keep.'), mark('over-fitting', 11, 'Over-fitting since epoch 11: validation loss has risen by 47 % while training loss fell. Stop there, or regularise.')];

test('curves are drawn in every theme, accessibly and within the policy', { skip }, async () => {
  const axe = readFileSync(createRequire(path.resolve('package.json')).resolve('axe-core/axe.min.js'), 'utf8');
  for (const theme of Object.keys(themes) as Theme[]) {
    const complaints: string[] = [], page = await open(theme, complaints);
    await give(page, [head('a', 'train · 10:31', { state: 'running', stateText: 'running', progress: 0.6, progressText: 'epoch 18 of 30 · 2 min left', marks })], usual('a'));
    assert.equal(await page.locator('section').count(), 3);
    assert.deepEqual(await page.locator('h2').allInnerTexts(), ['loss', 'accuracy', 'learning rate']);
    await page.screenshot({ path: `${screenshots}/curves-${theme}.png` });
    assert.deepEqual(complaints, [], theme);
    // The scanner itself is not under the page's policy: it is evaluated from outside.
    const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))`);
    assert.deepEqual(found, [], theme);
    await page.close();
  }
});

test('several runs lie over each other, each in its colour', { skip }, async () => {
  const page = await open('dark');
  await give(page, [head('a', 'first · 10:31'), head('b', 'second · 10:40')], [...usual('a'), ...usual('b')]);
  assert.equal(await page.locator('section').first().locator('.legend li').count(), 4);
  const colours = await page.locator('section').first().locator('.legend .swatch').evaluateAll((all) => all.map((one) => getComputedStyle(one).borderTopColor));
  assert.equal(new Set(colours).size, 2);
  await page.screenshot({ path: `${screenshots}/curves-compared.png` });
  await page.getByRole('checkbox', { name: 'Show second · 10:40' }).uncheck();
  await page.waitForFunction(() => document.querySelector('section')?.querySelectorAll('.legend li').length === 2);
  await page.close();
});

test('keys move a cursor over the points and zoom; the values are said', { skip }, async () => {
  const page = await open('light');
  await give(page, [head('a', 'train')], usual('a'));
  const plot = page.locator('section', { hasText: 'accuracy' }).locator('.plot');
  await plot.focus();
  for (let count = 0; count < 3; count += 1) await page.keyboard.press('ArrowRight');
  assert.match(await plot.getAttribute('aria-label') ?? '', /Epoch \d+: .*accuracy0\.\d+/);
  const ticks = (): Promise<string> => page.evaluate(() => (document.querySelector('section canvas') as HTMLCanvasElement).toDataURL());
  const before = await ticks();
  await page.keyboard.press('+');
  await page.waitForTimeout(100);
  const zoomed = await ticks();
  assert.notEqual(before, zoomed, 'all charts share the range');
  await page.keyboard.press('0');
  await page.mouse.move(5, 5);
  await page.waitForTimeout(100);
  await page.close();
});

test('the mouse says the values of all curves, selects a range, and Shift moves it', { skip }, async () => {
  const page = await open('light');
  await give(page, [head('a', 'train')], usual('a'));
  const over = page.locator('section').first().locator('.u-over'), box = await over.boundingBox() ?? assert.fail('no chart');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const values = await page.locator('.legend .value').allInnerTexts();
  assert.equal(values.length, 5);
  assert.ok(values.every((value) => /^[\d.e-]+$/.test(value)), values.join(' '));
  const picture = (): Promise<string> => page.evaluate(() => (document.querySelector('section canvas') as HTMLCanvasElement).toDataURL());
  const whole = await picture();
  await page.mouse.move(box.x + box.width * 0.2, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(100);
  const part = await picture();
  assert.notEqual(part, whole);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.waitForTimeout(100);
  assert.notEqual(await picture(), part);
  await page.screenshot({ path: `${screenshots}/curves-zoomed.png` });
  await page.close();
});

test('what is seen can be had as a table and saved; marks lead to the code, running trainings can be stopped', { skip }, async () => {
  const page = await open('light');
  await give(page, [head('a', 'train', { state: 'running', stateText: 'running', marks })], usual('a'));
  await page.locator('section', { hasText: 'accuracy' }).locator('summary').click();
  assert.equal(await page.locator('section', { hasText: 'accuracy' }).locator('table').nth(1).locator('tbody tr').count(), 30);
  await page.screenshot({ path: `${screenshots}/curves-table.png` });
  for (const kind of ['PNG', 'SVG', 'CSV']) await page.locator('section').first().getByRole('button', { name: `Save as ${kind}` }).click();
  await page.getByRole('button', { name: 'Go to train.py:12' }).nth(1).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.waitForFunction(() => (window as unknown as { sent: readonly unknown[] }).sent.length >= 6);
  const sent = await page.evaluate(() => (window as unknown as { sent: readonly { type: string; name?: string; mark?: number; run?: string; bytes?: Uint8Array }[] }).sent.map(({ bytes, ...one }) => ({ ...one, start: bytes === undefined ? '' : new TextDecoder('latin1').decode(bytes.slice(0, 120)), size: bytes?.length })));
  assert.deepEqual(sent.filter(({ type }) => type === 'reveal').map(({ mark: at, run }) => [at, run]), [[1, 'a']]);
  assert.ok(sent.some(({ type }) => type === 'stop'));
  const saved = Object.fromEntries(sent.filter(({ type }) => type === 'save').map((one) => [one.name, one]));
  assert.match(saved['loss.png']?.start ?? '', /^.PNG\r\n/);
  assert.match(saved['loss.svg']?.start ?? '', /^<svg xmlns=/);
  assert.match(saved['loss.csv']?.start ?? '', /^run,curve,role,step,epoch,time,value\n.*loss,training,1,0\.02,/);
  await page.close();
});

test('a million points: drawn within a second, moved fluently, no peak lost', { skip }, async (context) => {
  const page = await open('dark');
  const started = Date.now();
  await give(page, [head('a', 'long')], [{ run: 'a', key: 'loss', name: 'loss', kind: 'step', chart: 'loss', role: 'training', count: 1_000_000, perEpoch: 10_000, form: 'falls' }]);
  const drawn = Date.now() - started;
  const frames = await page.evaluate(async () => {
    const plot = document.querySelector<HTMLElement>('.plot');
    plot?.focus();
    const press = (key: string, shiftKey = false): void => { plot?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true })); };
    press('+');
    const times: number[] = [];
    let before = performance.now();
    for (let count = 0; count < 60; count += 1) {
      press(count % 20 < 10 ? 'ArrowRight' : 'ArrowLeft', true);
      await new Promise((resolve) => { requestAnimationFrame(resolve); });
      const now = performance.now();
      times.push(now - before);
      before = now;
    }
    return times.sort((left, right) => left - right)[30] ?? 0;
  });
  context.diagnostic(`a million points: drawn in ${drawn} ms, ${Math.round(1000 / frames)} frames a second while moving (median)`);
  await page.screenshot({ path: `${screenshots}/curves-million.png` });
  // What the machine does beside is not the page's: where it has more to do than it can, everything is late.
  const room = Math.max(1, Math.min(5, (os.loadavg()[0] ?? 0) / os.cpus().length));
  assert.ok(drawn < 1_000 * room && frames <= 20 * room, `${drawn} ms, ${frames} ms a frame at a load of ${os.loadavg()[0]}`);
  await page.close();
});

test('a thousand points a second behind a million: the page stays as fluent as it is at rest', { skip }, async (context) => {
  const page = await open('dark');
  await give(page, [head('a', 'long', { state: 'running' })], [{ run: 'a', key: 'loss', name: 'loss', kind: 'step', chart: 'loss', role: 'training', count: 1_000_000, perEpoch: 10_000, form: 'falls' }]);
  const seen = await page.evaluate(async (version) => {
    const framesIn = async (milliseconds: number): Promise<number> => {
      let count = 0;
      for (const end = performance.now() + milliseconds; performance.now() < end; count += 1) await new Promise((resolve) => { requestAnimationFrame(resolve); });
      return count;
    };
    const before = await framesIn(3_000);
    let step = 1_000_000;
    const column = (make: (at: number) => number): Float64Array => Float64Array.from({ length: 150 }, (_, at) => make(step + at + 1));
    const timer = setInterval(() => {
      window.postMessage({ version, type: 'points', run: 'a', reset: false, series: [{ key: 'loss', name: 'loss', kind: 'step', chart: 'loss', role: 'training', step: column((at) => at), epoch: column((at) => at / 10_000), time: column((at) => 1.7e9 + at * 0.02), value: column(() => 0.1) }] }, '*');
      step += 150;
    }, 150);
    const during = await framesIn(3_000);
    clearInterval(timer);
    return { before, during, epochs: step / 10_000 };
  }, curvesVersion);
  context.diagnostic(`frames in three seconds: ${seen.before} at rest, ${seen.during} while it grows`);
  assert.ok(seen.during > seen.before * 0.75, JSON.stringify(seen));
  await page.close();
});
