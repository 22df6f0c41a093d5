// What the manifest promises holds together: walkthrough, views, menus and activation name commands, pictures and events that exist.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

interface Step { readonly id: string; readonly title: string; readonly description: string; readonly completionEvents: readonly string[]; readonly media: { readonly svg: string; readonly altText: string } }
interface Menu { readonly command: string; readonly when?: string }
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string; readonly markdownDescription?: string }>> };
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { contributes } = manifest;
const commands = new Set(contributes.commands.map(({ command }) => command));
const languages = ['package.nls.json', 'package.nls.ko.json'].map((file) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
const textsOf = (key: string): string[] => languages.map((texts) => texts[key.slice(1, -1)] ?? '');
const linked = (text: string): string[] => [...text.matchAll(/\]\(command:([\w.]+)\)/g)].map((match) => match[1] ?? '');
const source = readdirSync('extension', { recursive: true }).map(String).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(path.join('extension', name), 'utf8')).join('\n');

test('the walkthrough has five steps, each with a button of ours, a completion event and its own picture', () => {
  const [walkthrough] = contributes.walkthroughs;
  assert.equal(walkthrough?.steps.length, 5);
  for (const step of walkthrough?.steps ?? []) {
    const buttons = textsOf(step.description).map(linked);
    for (const button of buttons) assert.ok(button.length > 0 && button.every((one) => commands.has(one)), `${step.id}: ${button.join(' ')}`);
    assert.deepEqual(buttons[0], buttons[1], `${step.id}: the languages' buttons differ`);
    assert.ok(step.completionEvents.length > 0);
    for (const event of step.completionEvents) {
      const [kind, name = ''] = event.split(':');
      if (kind === 'onCommand') assert.ok(commands.has(name), event);
      else assert.ok(kind === 'onContext' && source.includes(`'setContext', '${name}'`), event);
    }
    // Its own button ends a step.
    assert.ok(buttons[0]?.every((one) => step.completionEvents.includes(`onCommand:${one}`)), step.id);
    const picture = readFileSync(step.media.svg, 'utf8');
    // The page's policy lets no inline style through, and colours follow the theme.
    assert.doesNotMatch(picture, /style=|<style|<script|https?:\/\/(?!www\.w3\.org)/, step.media.svg);
    assert.match(picture, /var\(--vscode-/);
    assert.ok(textsOf(step.media.altText).every((text) => text.length > 20), step.id);
  }
});

test('menus and welcome texts name commands of ours, and every command is in the palette or a menu', () => {
  for (const [menu, entries] of Object.entries(contributes.menus)) for (const { command } of entries) assert.ok(commands.has(command), `${menu}: ${command}`);
  for (const { view, contents } of contributes.viewsWelcome) {
    assert.ok(Object.values(contributes.views).flat().some(({ id }) => id === view), view);
    const [english, korean] = textsOf(contents).map(linked);
    assert.deepEqual(english, korean, contents);
    for (const command of english ?? []) assert.ok(commands.has(command) || /^(workbench|vscode)\./.test(command), command);
  }
  for (const command of commands) assert.ok(new RegExp(`'${command.replace('inlayer.', '(inlayer\\.)?')}'`).test(source), `${command} is registered nowhere`);
});

test('commands have a category, and an icon where a toolbar shows them', () => {
  assert.deepEqual(contributes.commands.filter(({ category }) => category !== 'Inlayer').map(({ command }) => command), []);
  const shown = ['editor/title', 'view/title', 'notebook/toolbar'].flatMap((menu) => (contributes.menus[menu] ?? []).map(({ command }) => command));
  assert.deepEqual(shown.filter((one) => contributes.commands.find(({ command }) => command === one)?.icon === undefined), []);
});

test('buttons beside an editor appear only where the file holds a model, or on panels of ours', () => {
  for (const menu of ['editor/title', 'editor/context', 'notebook/toolbar']) {
    for (const { command, when } of contributes.menus[menu] ?? []) assert.match(when ?? '', /inlayer\.hasModel|activeWebviewPanelId == inlayer\./, `${menu}: ${command}`);
  }
});

test('each setting says its scope and links what it belongs to', () => {
  const settings = Object.entries(contributes.configuration.properties);
  assert.deepEqual(settings.filter(([, { scope }]) => scope === undefined).map(([name]) => name), []);
  assert.deepEqual(settings.filter(([, { markdownDescription }]) => markdownDescription === undefined).map(([name]) => name), []);
  // What is said of a file may differ from folder to folder.
  for (const name of ['inlayer.rules', 'inlayer.diagnostics.enabled', 'inlayer.hints.enabled']) assert.equal(contributes.configuration.properties[name]?.scope, 'resource', name);
  assert.equal(contributes.configuration.properties['inlayer.pythonEnvironment']?.scope, 'machine-overridable');
});

test('what starts the extension is listed, and nothing that starts it unasked', () => {
  assert.deepEqual(manifest.activationEvents.filter((event) => /^(\*|onStartupFinished|workspaceContains)/.test(event)), []);
  const panels = [...source.matchAll(/viewType: '(inlayer\.\w+)'|ViewType = '(inlayer\.\w+)'/g)].map((match) => match[1] ?? match[2] ?? '');
  assert.ok(panels.length >= 4, String(panels));
  for (const panel of panels) assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${panel}`), panel);
});

test('what is packaged for the walkthrough exists', () => {
  for (const file of ['extension/media/example.py', ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg))]) assert.ok(existsSync(file), file);
});
