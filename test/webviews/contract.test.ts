// What the panels' contract lets through: good messages whole, and of bad ones nothing that a page or the extension would trip over.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compareWords, contractVersion, readCompareViewState, readFromCompare, readFromSummary, readTable, readToCompare, readToSummary, readViewState, summaryWords,
} from '../../webviews/shared/contract.ts';

const version = contractVersion;
const wordsOf = (words: readonly string[]): Record<string, string> => Object.fromEntries(words.map((word) => [word, word]));
const amount = { terms: [0, 256, 0], complete: true }, params = { total: 258, trainable: 258, buffers: 0, complete: true };
const row = {
  kind: 'layer', key: 'dense', name: 'dense', class: 'Dense', level: 1, repeat: 1, line: 4, input: '(None, 128)', output: '(None, 2)', calls: 1, params, weightBytes: 1032,
  multiplyAdds: amount, activation: amount, reason: '', change: 'changed', changedParams: -3,
};
const totals = { name: 'sequential', class: 'Sequential', framework: 'keras', line: 3, params, weights: [{ dtype: 'float32', count: 258, bytes: 1032 }], multiplyAdds: amount, activation: amount, batch: 32, complete: true };
const table = { ...totals, rows: [row], since: { added: 0, removed: 1, changed: 1, params: -3 } };
const state = { version, type: 'state', uri: 'file:///a.py', document: 'a.py', models: [{ name: 'sequential', class: 'Sequential', line: 3 }], selected: 0, loaded: true, table, words: wordsOf(summaryWords) };
const passed = (given: unknown): unknown => JSON.parse(JSON.stringify(given));

test('a state is read whole', () => {
  assert.deepEqual(readToSummary(passed(state)), state);
  const compared = {
    version, type: 'state', state: 'ready', kept: { uri: 'file:///a.py', model: 'sequential', other: { uri: 'file:///b.py', model: 'net' } }, beforeName: 'b', afterName: 'a', words: wordsOf(compareWords),
    comparison: { before: totals, after: totals, counts: { added: 1, removed: 0, changed: 0 }, rows: [{ change: 'added', level: 1, after: row }, { change: 'same', level: 2, before: row, after: row }] },
  };
  assert.deepEqual(readToCompare(passed(compared)), compared);
  assert.equal(readToCompare({ ...compared, state: 'other' }), undefined);
  assert.equal(readToCompare({ ...compared, kept: {} }), undefined);
});

test('a state that lacks a word, a place or the version is none', () => {
  assert.equal(readToSummary({ ...state, words: { ...state.words, layer: undefined } }), undefined);
  assert.equal(readToSummary({ ...state, uri: 7 }), undefined);
  assert.equal(readToSummary({ ...state, selected: -1 }), undefined);
  assert.equal(readToSummary({ ...state, version: version + 1 }), undefined);
  for (const nothing of [undefined, null, 1, 'state', [], {}]) { assert.equal(readToSummary(nothing), undefined); assert.equal(readToCompare(nothing), undefined); }
});

test('of a table what is missing is empty, and what is no row is left out', () => {
  const none = { terms: [0, 0, 0], complete: false }, unknown = { total: 0, trainable: 0, buffers: 0, complete: false };
  assert.deepEqual(readTable({ name: 'net', params: {}, rows: [{ name: 'fc', key: 'fc' }, 3, null, {}, { name: 'x' }] }), {
    name: 'net', class: '', framework: '', complete: true, params: { ...unknown, complete: true }, weights: [], multiplyAdds: none, activation: none,
    rows: [{ kind: 'layer', key: 'fc', name: 'fc', class: '', level: 1, repeat: 1, input: '', output: '', calls: 0, params: unknown, weightBytes: 0, multiplyAdds: none, activation: none, reason: '' }],
  });
  for (const nothing of [undefined, { params: {} }, 'x', []]) assert.equal(readTable(nothing), undefined);
});

test('the caret names rows by their numbers', () => {
  assert.deepEqual(readToSummary({ version, type: 'caret', rows: [0, 'x', -1, 2] }), { version, type: 'caret', rows: [0, 2] });
  assert.deepEqual(readToSummary({ version, type: 'caret' }), { version, type: 'caret', rows: [] });
});

test('what a page asks for is one of what it may ask for', () => {
  assert.deepEqual(readFromSummary({ version, type: 'ready', more: 1 }), { version, type: 'ready' });
  assert.deepEqual(readFromSummary({ version, type: 'reveal', model: 0, row: 2 }), { version, type: 'reveal', model: 0, row: 2 });
  assert.deepEqual(readFromSummary({ version, type: 'reveal', model: 1 }), { version, type: 'reveal', model: 1 });
  assert.deepEqual(readFromSummary({ version, type: 'copy', model: 1, format: 'csv', columns: ['params', 'x', 3], batch: 8 }), { version, type: 'copy', model: 1, format: 'csv', columns: ['params'], batch: 8 });
  assert.deepEqual(readFromSummary({ version, type: 'compare', model: 1, with: 'head' }), { version, type: 'compare', model: 1, with: 'head' });
  for (const wrong of [{ version, type: 'select' }, { version, type: 'delete', model: 0 }, { version, type: 'copy', model: 0, format: 'exe' }, { version, type: 'compare', model: 0, with: 'x' }, { type: 'ready' }]) assert.equal(readFromSummary(wrong), undefined);
  assert.deepEqual(readFromCompare({ version, type: 'reveal', row: 3, side: 'before' }), { version, type: 'reveal', row: 3, side: 'before' });
  assert.equal(readFromCompare({ version, type: 'reveal', row: 3, side: 'both' }), undefined);
});

test('what survived a reload names a document', () => {
  assert.deepEqual(readViewState({ uri: 'file:///a.py', model: 2 }), { uri: 'file:///a.py', model: 2 });
  assert.deepEqual(readViewState({ uri: 'file:///a.py', model: 'x' }), { uri: 'file:///a.py', model: 0 });
  assert.equal(readViewState({ model: 1 }), undefined);
  assert.deepEqual(readCompareViewState({ uri: 'file:///a.py', model: 'net', other: { uri: 3 } }), { uri: 'file:///a.py', model: 'net' });
  assert.equal(readCompareViewState({ uri: 'file:///a.py' }), undefined);
});
