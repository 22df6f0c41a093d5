// A training outlives the editor: its server and extension host are killed, the run goes on, and the next window finds it and can stop
// it. And what a task of tasks.json hands over arrives as it is. The program reports as `wandb` does, so that no framework is needed.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { EditorWindow } from './window.ts';
import { openWindow } from './window.ts';

const program = `
import time
from wandb.sdk.wandb_run import Run
run = Run()
for step in range(4000):
    run.log({'loss': 1 / (step + 1)}, step=step + 1)
    time.sleep(0.1)
`;
const settings = { 'task.problemMatchers.neverPrompt': true } as const;
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
  mkdirSync(path.join(folder, 'wandb', 'sdk'), { recursive: true });
  for (const [name, text] of Object.entries({ 'train_long.py': program, 'wandb/__init__.py': '', 'wandb/sdk/__init__.py': '', 'wandb/sdk/wandb_run.py': 'class Run:\n    def log(self, data, step=None, commit=None): pass\n' })) writeFileSync(path.join(folder, name), text);
  window = await openWindow('train_long.py', settings);
});
after(async () => { await window.close(); });

test('the editor\'s server and its extensions killed: the run goes on, and is found by the next window', async () => {
  await window.command('Inlayer: Train…');
  await until('running', () => records().filter(({ state }) => state === 'running').length === 1);
  const lines = (): number => {
    const name = readdirSync(runsFolder()).filter((one) => one.endsWith('train_long')).sort().at(-1) ?? '', file = path.join(runsFolder(), name, 'metrics.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length : 0;
  };
  await until('lines', () => lines() > 3);
  await window.close();
  const before = lines();
  await until('more lines, with no editor there', () => lines() > before + 5);
  window = await openWindow('train_long.py', settings);
  await window.command('View: Show Inlayer');
  await window.page.locator('.pane-body .monaco-list-row', { hasText: 'running' }).filter({ hasText: 'train_long' }).first().click();
  await window.panel().locator('.plot canvas').first().waitFor();
  await window.look('training-found-again');
  await window.command('Inlayer: Stop Training');
  await until('stopped', () => records().every(({ state }) => state !== 'running'));
  assert.equal(records().at(-1)?.['state'], 'stopped');
});

test('a task of tasks.json hands arguments over as they are, through no shell', async () => {
  const given = ['two words', 'quote\'s "and" `more`', 'semi;colon && touch broken', '한글 이름', '$HOME', '*'];
  writeFileSync(path.join(window.folder, 'show arguments.py'), 'import json, sys\njson.dump(sys.argv[1:], open("arguments.json", "w"))\n');
  mkdirSync(path.join(window.folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(window.folder, '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [{ label: 'with arguments', type: 'inlayer', program: 'show arguments.py', args: given }] }));
  // The editor reads tasks.json when its watch on files tells of it; a list that is open does not change.
  const row = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'with arguments' }).first();
  for (let tries = 0; tries < 8; tries += 1) {
    await window.command('Tasks: Run Task');
    if (await row.waitFor({ timeout: 5_000 }).then(() => true, () => false)) break;
    await window.page.keyboard.press('Escape');
  }
  await row.click();
  await until('the arguments', () => existsSync(path.join(window.folder, 'arguments.json')) && readFileSync(path.join(window.folder, 'arguments.json'), 'utf8').endsWith(']'));
  assert.deepEqual(JSON.parse(readFileSync(path.join(window.folder, 'arguments.json'), 'utf8')), given);
  assert.equal(existsSync(path.join(window.folder, 'broken')), false);
});
