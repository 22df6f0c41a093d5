// When catalogues are read: only those that a program's imports can name, and none of their files before.
import assert from 'node:assert/strict';
import test from 'node:test';
import { build } from 'esbuild';
import type { Catalogue } from '../../server/catalogues/catalogue.ts';
import { allCatalogues } from '../../server/catalogues/index.ts';
import { makeRegistry } from '../../server/catalogues/registry.ts';
import { evaluateProgram } from '../../server/evaluator/evaluate.ts';
import { parsePython } from '../../server/syntax/python.ts';
import { str } from '../../server/values/value.ts';
import { memoryHost } from '../support/program.ts';

/** The roots of the catalogues that a program makes the evaluator read. */
function readFor(text: string): string[] {
  const read: string[] = [];
  const registry = makeRegistry(allCatalogues.map((entry) => ('load' in entry ? { ...entry, load: () => { read.push(entry.roots[0] ?? ''); return entry.load(); } } : entry)));
  evaluateProgram({ source: { path: '/project/main.py', parsed: parsePython(text) }, host: memoryHost({}), registry, strict: true });
  return [...new Set(read)].sort();
}

test('a program reads only the catalogues that its imports can name', () => {
  assert.deepEqual(readFor('x = 1\n'), []);
  assert.deepEqual(readFor('import os, math, nowhere.to.be.found\n'), []);
  assert.deepEqual(readFor('import numpy as np\nx = np.zeros(3)\n'), ['numpy']);
  assert.deepEqual(readFor('import keras\n'), ['keras']);
  assert.deepEqual(readFor('from tf_keras import layers\n'), ['keras']);
  assert.deepEqual(readFor('import tensorflow as tf\n'), ['keras', 'tensorflow']);
  assert.deepEqual(readFor('from torch import nn\n'), ['torch']);
  assert.deepEqual(readFor('import pandas\nimport sklearn.preprocessing\n'), ['pandas', 'sklearn']);
});

test('a catalogue stands under the roots of all its names', () => {
  for (const entry of allCatalogues) {
    if (!('load' in entry)) continue;
    const catalogue = entry.load();
    const roots = new Set([...Object.keys(catalogue.modules), ...Object.keys(catalogue.standIns ?? {}), ...Object.keys(catalogue.aliases ?? {})].map((name) => name.split('.')[0] ?? ''));
    assert.deepEqual([...roots].sort(), [...entry.roots].sort());
  }
});

test('catalogues that meet in a module give the same, whichever is read first', () => {
  const one: Catalogue = { modules: { a: () => ({ first: str('one'), x: str('one') }) }, aliases: { 'b.c': 'a' } };
  const two: Catalogue = { modules: { a: () => ({ x: str('two') }), 'b.d': () => ({}) } };
  for (const names of [['a', 'b.c', 'b.d'], ['b.d', 'a', 'b.c'], ['b.c', 'b.d', 'a']]) {
    const registry = makeRegistry([{ roots: ['a', 'b'], load: () => one }, { roots: ['a', 'b'], load: () => two }]);
    const found = new Map(names.map((name) => [name, registry.findModule(name)]));
    assert.deepEqual(found.get('b.c')?.load?.('x'), str('two'));
    assert.deepEqual(found.get('a')?.load?.('first'), str('one'));
    assert.notEqual(found.get('b.d'), undefined);
    assert.equal(registry.findModule('b.e'), undefined);
  }
});

test('starting runs no file of a library\'s catalogue', async () => {
  const { metafile } = await build({
    entryPoints: ['server/cli.ts'], bundle: true, platform: 'node', format: 'cjs', write: false, metafile: true, logLevel: 'silent', define: { VERSION: '""' },
  });
  const reached = new Set<string>();
  const waiting = ['server/cli.ts'];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const isOurs = file.startsWith('server/');
    // In our own files a `require` waits for its call.
    for (const imported of metafile.inputs[file]?.imports ?? []) if (!imported.external && !(isOurs && imported.kind === 'require-call')) waiting.push(imported.path);
  }
  assert.ok(reached.has('server/catalogues/python/index.ts') && reached.size > 80);
  assert.deepEqual([...reached].filter((file) => /^server\/catalogues\/(?!python\/|[a-z]+\.ts$)/.test(file)), []);
  assert.ok(Object.keys(metafile.inputs).includes('server/catalogues/keras/index.ts'));
});
