// What holds of all panels by their sources: colours come from the theme alone, nothing is kept while a panel is hidden, and the frame that
// each page stands in lets through our own script and style sheet only.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const filesIn = (folder: string, ending: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name));

test('style sheets name no colour of their own, and scripts set none', () => {
  const styles = filesIn('webviews', '.css');
  assert.ok(styles.length >= 5);
  for (const file of styles) {
    const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    const colours = text.match(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|color)\(|:\s*(?:white|black|red|green|blue|yellow|orange|gr[ae]y)\b/gi) ?? [];
    assert.deepEqual(colours, [], file);
    for (const variable of text.matchAll(/var\((--[\w-]+)/g)) assert.match(variable[1] ?? '', /^--(vscode-|level$|share$|family$|row-tint$)|^--[a-z]+$/, file);
  }
});

test('each page has the shared style sheet', () => {
  for (const page of ['summary', 'graph', 'compare', 'curves']) assert.match(readFileSync(`webviews/${page}/${page}.css`, 'utf8'), /@import ['"]\.\.\/shared\/page\.css['"]/);
});

test('no panel keeps its page while it is hidden; all frames are made in one place, with a policy that starts from nothing', () => {
  for (const file of filesIn('extension', '.ts')) {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /retainContextWhenHidden/, file);
    if (path.basename(file) !== 'panel.ts' || !file.includes('panels')) assert.doesNotMatch(text, /createWebviewPanel|unsafe-(inline|eval)/, file);
  }
  assert.match(readFileSync('extension/panels/panel.ts', 'utf8'), /default-src 'none'/);
});
