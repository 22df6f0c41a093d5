// Tables over the protocol: the summary's rows and where they lead, what changed since the save, copies, comparisons, the lens against HEAD.
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { LanguageClient } from '../support/language-client.ts';
import { startClient } from '../support/language-client.ts';
import { readComparison, readTable } from '../../webviews/shared/contract.ts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inlayer-tables-')));
after(() => rmSync(folder, { recursive: true, force: true }));
const uri = (name: string): string => pathToFileURL(path.join(folder, name)).toString();

async function withClient(body: (client: LanguageClient) => Promise<void>): Promise<void> {
  const client = await startClient([folder]);
  try {
    await body(client);
    assert.deepEqual(client.log, []);
  } finally {
    await client.stop();
  }
}

const saved = `import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(28, 28)),
    layers.Flatten(),
    layers.Dense(10),
], name="digits")
`;
const edited = saved.replace('    layers.Dense(10),', '    layers.Dense(32),\n    layers.Dense(10),');

test('rows lead to their lines; against what was saved', async () => {
  await withClient(async ({ client, open }) => {
    await open(uri('digits.py'), edited);
    const { models: [raw] } = await client.sendRequest<{ models: unknown[] }>('inlayer/tables', { uri: uri('digits.py'), saved });
    const table = readTable(raw) ?? assert.fail('no table');
    assert.deepEqual(table.rows.map((row) => [row.key, row.change, row.changedParams]), [['flatten', undefined, undefined], ['dense', 'added', 784 * 32 + 32], ['dense_1', 'changed', 330 - 7850]]);
    assert.deepEqual(table.since, { added: 1, removed: 0, changed: 1, params: 784 * 32 + 32 + 330 - 7850 });
    assert.deepEqual((raw as { rows: { location: unknown }[] }).rows.map((row) => row.location), [5, 6, 7].map((line) => ({ uri: uri('digits.py'), line: line + 1 })));
    const { models: [unchanged] } = await client.sendRequest<{ models: unknown[] }>('inlayer/tables', { uri: uri('digits.py') });
    assert.equal(readTable(unchanged)?.since, undefined);
    assert.deepEqual(await client.sendRequest('inlayer/tables', { uri: uri('never-opened.py') }), { models: [] });
  });
});

test('copies: as Keras prints it, and a table of chosen columns', async () => {
  await withClient(async ({ client, open }) => {
    await open(uri('digits.py'), saved);
    const copy = async (format: string, more: object = {}): Promise<string> => (await client.sendRequest<{ text: string }>('inlayer/copy', { uri: uri('digits.py'), model: 0, format, ...more })).text;
    assert.match(await copy('text'), /^Model: "digits"[\s\S]*dense \(Dense\) +\(None, 10\) +7,850[\s\S]*Total params: 7,850/);
    assert.equal(await copy('csv', { columns: ['params', 'activation'], batch: 3 }), 'layer,level,Parameters,Activations (bytes)\nflatten,1,0,9408\ndense,1,7850,120');
    assert.equal(await copy('text', { model: 5 }), '');
  });
});

test('comparisons: with another version, with another file, with what is not there', async () => {
  await withClient(async ({ client, open }) => {
    await open(uri('digits.py'), edited);
    await open(uri('other.py'), saved.replace('"digits"', '"other"'));
    const ask = (given: object): Promise<unknown> => client.sendRequest('inlayer/compare', { uri: uri('digits.py'), model: 'digits', ...given });
    const version = readComparison(await ask({ with: { text: saved } })) ?? assert.fail('no comparison');
    assert.deepEqual(version.rows.map((row) => row.change), ['same', 'added', 'changed']);
    assert.deepEqual([version.before.params.total, version.after.params.total], [7_850, 25_450]);
    const other = readComparison(await ask({ with: { uri: uri('other.py'), model: 'other' } })) ?? assert.fail('no comparison');
    assert.equal(other.before.name, 'other');
    assert.deepEqual(await ask({ with: { text: 'x = 1\n' } }), { missing: true, name: 'digits' });
    assert.equal(await ask({ with: { uri: uri('nowhere.py') } }), null);
  });
});

test('the lens says what came since HEAD, once the editor has told it', async () => {
  await withClient(async ({ client, open, lenses }) => {
    await open(uri('digits.py'), edited);
    const titles = async (): Promise<string[]> => (await lenses(uri('digits.py'))).map((lens) => lens.command?.title ?? '').filter((title) => title.includes('HEAD'));
    assert.deepEqual(await titles(), []);
    await client.sendNotification('inlayer/baseline', { uri: uri('digits.py'), text: saved });
    assert.deepEqual(await titles(), ['+17.6 k parameters since HEAD']);
    await client.sendNotification('inlayer/baseline', { uri: uri('digits.py') });
    assert.deepEqual(await titles(), []);
  });
});
