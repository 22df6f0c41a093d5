// House rules as tests: which room may import which, what a file starts with, how long it is, what is generated and up to date.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { allChecks } from '../server/checks/index.ts';

const sources = ['server', 'extension', 'webviews', 'test']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => path.posix.join(folder, String(name).replaceAll('\\', '/'))))
  .filter((name) => name.endsWith('.ts') && !name.includes('node_modules') && !name.includes('/host/'));

const importsOf = (name: string): { from: string; typeOnly: boolean }[] =>
  [...readFileSync(name, 'utf8').matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm)]
    .map((match) => ({ from: match[2] ?? match[3] ?? '', typeOnly: match[1] !== undefined }));

/** What each room may import of the others, at run time. Types may be shared between values, trace and syntax. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'server/syntax': ['server/syntax'],
  'server/tensors': ['server/tensors'],
  'server/values': ['server/values', 'server/syntax', 'server/tensors'],
  'server/trace': ['server/trace', 'server/values', 'server/tensors'],
  'server/catalogues': ['server/catalogues', 'server/values', 'server/tensors', 'server/trace', 'server/syntax'],
  // Operators and classes of Python itself are the evaluator's own; the libraries are handed in.
  'server/evaluator': ['server/evaluator', 'server/values', 'server/tensors', 'server/trace', 'server/syntax', 'server/catalogues/python'],
  'server/checks': ['server/checks', 'server/trace', 'server/values', 'server/tensors'],
  'server/features': ['server/features', 'server/checks', 'server/trace', 'server/values', 'server/tensors', 'server/syntax'],
  'server/workspace': ['server/workspace', 'server/checks', 'server/evaluator', 'server/catalogues', 'server/trace', 'server/values', 'server/tensors', 'server/syntax', 'server/features'],
  'server/mcp': ['server/mcp', 'server/features', 'server/trace', 'server/values'],
  'server/lsp': ['server'],
};

test('arrows: each room imports only what stands before it', () => {
  const wrong: string[] = [];
  for (const name of sources) {
    const room = Object.keys(arrows).find((one) => name.startsWith(`${one}/`));
    if (room === undefined) continue;
    for (const { from, typeOnly } of importsOf(name)) {
      if (!from.startsWith('.')) continue;
      const target = path.posix.join(path.posix.dirname(name), from);
      if (typeOnly && target.startsWith('server/')) continue;
      if (!(arrows[room] ?? []).some((allowed) => target.startsWith(`${allowed}/`))) wrong.push(`${name} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('arrows: packages stand only where they may', () => {
  const wrong: string[] = [];
  for (const name of sources) {
    if (name.startsWith('test/')) continue;
    const isEdge = name.startsWith('server/lsp/') || name === 'server/cli.ts' || name === 'server/launcher.ts' || name === 'server/node-host.ts' || name === 'server/node-analysis.ts' || name === 'server/node-mcp.ts' || name.startsWith('extension/');
    for (const { from } of importsOf(name)) {
      if (from === 'vscode' && !name.startsWith('extension/')) wrong.push(`${name}: vscode`);
      if (from.startsWith('vscode-languageserver') && !name.startsWith('server/lsp/')) wrong.push(`${name}: ${from}`);
      if (from.startsWith('node:') && !isEdge) wrong.push(`${name}: ${from}`);
      if (from.startsWith('@zzzen/') && name !== 'server/syntax/python.ts' && !name.startsWith('server/syntax/pyright')) wrong.push(`${name}: ${from}`);
      if (name.startsWith('webviews/') && /\.\.\/(server|extension)\//.test(from)) wrong.push(`${name}: ${from}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('files start with what they are and are not too long', () => {
  const wrong: string[] = [];
  for (const name of sources) {
    if (name.startsWith('server/catalogues/facts/')) continue;
    const lines = readFileSync(name, 'utf8').split('\n');
    if (!/^(\/\/|#!|\/\*)/.test(lines[0] ?? '')) wrong.push(`${name} does not start with a comment`);
    if (lines.length > 800) wrong.push(`${name} has ${lines.length} lines`);
  }
  assert.deepEqual(wrong, []);
});

test('code keeps to the house rules', () => {
  const wrong: string[] = [];
  for (const name of sources) {
    const text = readFileSync(name, 'utf8');
    if (/\bas any\b|: any\b|<any>/.test(text) && name !== 'test/tidy.test.ts') wrong.push(`${name}: any`);
    if (/^export default /m.test(text)) wrong.push(`${name}: default export`);
  }
  assert.deepEqual(wrong, []);
});

test('every rule that is refused under has a file and a line in the index', () => {
  const ids = new Set(allChecks.map((check) => check.id));
  const used = new Set<string>();
  for (const name of sources) {
    if (!name.startsWith('server/catalogues/')) continue;
    for (const match of readFileSync(name, 'utf8').matchAll(/rule: '([a-z-]+)'/g)) if (match[1] !== undefined) used.add(match[1]);
  }
  assert.deepEqual([...used].filter((id) => !ids.has(id)), []);
  for (const check of allChecks) assert.ok(existsSync(`server/checks/${check.id}.ts`), `server/checks/${check.id}.ts is missing`);
});

test('every text key of the manifest has its text in both languages', () => {
  const manifest = readFileSync('package.json', 'utf8');
  const keys = [...new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1] ?? ''))];
  for (const file of ['package.nls.json', 'package.nls.ko.json']) {
    const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    assert.deepEqual(keys.filter((key) => texts[key] === undefined), [], file);
    assert.deepEqual(Object.keys(texts).filter((key) => !keys.includes(key)), [], `${file}: not used`);
  }
});
