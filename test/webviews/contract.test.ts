// What the panels' contract lets through: good messages whole, and of bad ones nothing that a page or the extension would trip over.
import assert from 'node:assert/strict';
import test from 'node:test';
import { contractVersion, readFromSummary, readModels, readToSummary, readViewState, summaryWords } from '../../webviews/shared/contract.ts';

const version = contractVersion;
const words = Object.fromEntries(summaryWords.map((word) => [word, word]));
const model = {
  name: 'sequential', class: 'Sequential', framework: 'keras', line: 3, complete: true, params: { total: 258, trainable: 258, nonTrainable: 0 },
  layers: [{ name: 'dense', class: 'Dense', line: 4, output: '(None, 2)', params: 258, trainable: 258, complete: true }],
};
const state = { version, type: 'state', uri: 'file:///a.py', document: 'a.py', models: [model], selected: 0, loaded: true, words };

test('a state is read whole', () => assert.deepEqual(readToSummary(JSON.parse(JSON.stringify(state))), state));

test('a state that lacks a word, a place or the version is none', () => {
  assert.equal(readToSummary({ ...state, words: { ...words, layer: undefined } }), undefined);
  assert.equal(readToSummary({ ...state, uri: 7 }), undefined);
  assert.equal(readToSummary({ ...state, selected: -1 }), undefined);
  assert.equal(readToSummary({ ...state, version: version + 1 }), undefined);
  for (const nothing of [undefined, null, 1, 'state', [], {}]) assert.equal(readToSummary(nothing), undefined);
});

test('of a model what is missing is empty, and what is no model is left out', () => {
  assert.deepEqual(readModels([{ name: 'net', params: {}, layers: [{ name: 'fc' }, 3, null, {}] }, { params: {} }, 'x']), [{
    name: 'net', class: '', framework: '', complete: true, params: { total: 0, trainable: 0, nonTrainable: 0 },
    layers: [{ name: 'fc', class: '', output: '?', params: 0, trainable: 0, complete: true }],
  }]);
  assert.deepEqual(readModels({ length: 1 }), []);
});

test('the caret names rows by their numbers', () => {
  assert.deepEqual(readToSummary({ version, type: 'caret', layers: [0, 'x', -1, 2] }), { version, type: 'caret', layers: [0, 2] });
  assert.deepEqual(readToSummary({ version, type: 'caret' }), { version, type: 'caret', layers: [] });
});

test('what a page asks for names a model', () => {
  assert.deepEqual(readFromSummary({ version, type: 'ready', more: 1 }), { version, type: 'ready' });
  assert.deepEqual(readFromSummary({ version, type: 'reveal', model: 0, layer: 2 }), { version, type: 'reveal', model: 0, layer: 2 });
  assert.deepEqual(readFromSummary({ version, type: 'reveal', model: 1 }), { version, type: 'reveal', model: 1 });
  assert.deepEqual(readFromSummary({ version, type: 'copy', model: 1 }), { version, type: 'copy', model: 1 });
  assert.equal(readFromSummary({ version, type: 'select' }), undefined);
  assert.equal(readFromSummary({ version, type: 'delete', model: 0 }), undefined);
  assert.equal(readFromSummary({ type: 'ready' }), undefined);
});

test('what survived a reload names a document', () => {
  assert.deepEqual(readViewState({ uri: 'file:///a.py', model: 2 }), { uri: 'file:///a.py', model: 2 });
  assert.deepEqual(readViewState({ uri: 'file:///a.py', model: 'x' }), { uri: 'file:///a.py', model: 0 });
  assert.equal(readViewState({ model: 1 }), undefined);
  assert.equal(readViewState(undefined), undefined);
});
