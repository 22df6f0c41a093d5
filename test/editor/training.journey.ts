// A person trains a program: from the palette, sees its curves grow beside the code, stops another, finds runs again after the window
// was loaded anew, is led to the line that failed. The program's training is real where PyTorch is there; else a stand-in that reports
// through a logger of the same protocol (`wandb`), so that the way through the editor is walked anyway.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const logged = `
import sys, time, types, importlib.machinery, importlib.util
# A logger as wandb has one: a class with a method log, in the module where wandb keeps it.
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ('wandb', 'wandb.sdk', 'wandb.sdk.wandb_run'):
            return importlib.machinery.ModuleSpec(name, Loader(), is_package=not name.endswith('run'))
class Loader:
    def create_module(self, spec): return None
    def exec_module(self, module):
        if module.__name__.endswith('run'):
            class Run:
                def log(self, data, step=None, commit=None): pass
            module.Run = Run
sys.meta_path.append(Finder())
from wandb.sdk.wandb_run import Run
run = Run()
EPOCHS, FAILS, PAUSE = int(sys.argv[1]) if len(sys.argv) > 1 else 12, False, 0.15
for epoch in range(EPOCHS):
    loss = 2.0 * 0.75 ** epoch + 0.05
    validation = 1.9 * 0.7 ** epoch + 0.3 + max(0, epoch - 5) * 0.08
    run.log({'loss': loss, 'val_loss': validation, 'accuracy': 1 - 0.8 * 0.8 ** epoch}, step=epoch + 1)
    print('epoch', epoch + 1, round(loss, 4), round(validation, 4))
    time.sleep(PAUSE)
`;
const failing = 'def shapes():\n    raise ValueError("expected (None, 10), got (None, 3)")\n\n\nshapes()\n';
const long = logged.replace('else 12', 'else 4000');
let window: EditorWindow;

const runsFolder = (): string => path.join(window.folder, '.inlayer', 'runs');
const records = (): Readonly<Record<string, unknown>>[] => (existsSync(runsFolder()) ? readdirSync(runsFolder()) : []).sort().map((name) => path.join(runsFolder(), name, 'run.json')).filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>);
const until = async (what: string, is: () => boolean): Promise<void> => {
  for (const end = Date.now() + 60_000; !is();) {
    if (Date.now() > end) assert.fail(`not within a minute: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
};

before(async () => {
  const folder = process.env['INLAYER_WORKSPACE'] ?? assert.fail('no workspace');
  for (const [name, text] of Object.entries({ 'train logged.py': logged, 'train_failing.py': failing, 'train_long.py': long })) writeFileSync(path.join(folder, name), text);
  window = await openWindow('train logged.py', { 'task.problemMatchers.neverPrompt': true });
});
after(async () => {
  await window.close();
});

test('Train… from the palette runs the open program and draws its curves', async () => {
  await window.command('Inlayer: Train…');
  const panel = window.panel();
  await panel.locator('.plot canvas').first().waitFor();
  await panel.locator('.runs .state', { hasText: 'finished' }).waitFor();
  assert.deepEqual((await panel.locator('h2').allInnerTexts()).slice(0, 2), ['loss', 'accuracy']);
  await panel.locator('.marks li.over-fitting').waitFor();
  const [record] = records();
  assert.deepEqual([record?.['state'], record?.['name'], record?.['exitCode']], ['finished', 'train logged', 0]);
  const lines = readFileSync(path.join(runsFolder(), readdirSync(runsFolder())[0] ?? '', 'metrics.jsonl'), 'utf8').trim().split('\n');
  assert.equal(lines.filter((line) => line.includes('"type":"step"')).length, 12);
  await window.look('training-light');
  await window.setTheme('dark');
  await window.look('training-dark');
  await window.setTheme('light');
});

test('the tree shows runs with their state; Stop ends a long one', async () => {
  await window.open('train_long.py');
  await window.command('Inlayer: Train…');
  await until('running', () => records().some(({ state }) => state === 'running'));
  await window.command('View: Show Inlayer');
  const row = window.page.locator('.pane-body .monaco-list-row', { hasText: 'train_long' });
  await row.filter({ hasText: 'running' }).waitFor();
  await window.look('training-runs');
  const started = Date.now();
  await window.command('Inlayer: Stop Training');
  await until('stopped', () => records().some(({ state, name }) => state === 'stopped' && name === 'train_long'));
  assert.ok(Date.now() - started < 20_000);
  await row.filter({ hasText: 'stopped' }).waitFor();
});

test('a run goes on while the window is loaded anew, and is found again', async () => {
  await window.command('Inlayer: Train Again');
  await until('running again', () => records().filter(({ state }) => state === 'running').length === 1);
  await window.page.reload();
  await window.page.locator('.pane-body .monaco-list-row', { hasText: 'running' }).filter({ hasText: 'train_long' }).waitFor();
  assert.equal(records().filter(({ state }) => state === 'running').length, 1);
  await window.panel().locator('.plot canvas').first().waitFor().finally(() => window.look('training-reloaded'));
  await window.command('Inlayer: Stop Training');
  await until('stopped', () => records().every(({ state }) => state !== 'running'));
});

test('a program that fails is marked at its line, with the reason', async () => {
  await window.open('train_failing.py');
  await window.command('Inlayer: Train…');
  await until('failed', () => records().some(({ state }) => state === 'failed'));
  const squiggle = window.page.locator('.squiggly-error').first();
  await squiggle.waitFor();
  const underlined = await squiggle.boundingBox() ?? assert.fail('no squiggle');
  await window.page.mouse.move(underlined.x + underlined.width / 2, underlined.y + underlined.height / 2);
  await window.page.locator('.monaco-hover:visible', { hasText: 'expected (None, 10), got (None, 3)' }).waitFor();
  await window.look('training-failed');
  assert.deepEqual(window.complaints, []);
});
