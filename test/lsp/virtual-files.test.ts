// The server where files are the editor's own: a browser's workspace, a repository that is not on the disk. What it asks for arrives later.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InlayHint } from 'vscode-languageserver/node';
import { nodeEnvironment } from '../../server/lsp/environment.ts';
import type { ServerEnvironment } from '../../server/lsp/server.ts';
import type { LanguageClient } from '../support/language-client.ts';
import { startClient } from '../support/language-client.ts';

/** As in server/lsp/worker.ts. */
const worker: ServerEnvironment = { pathOf: (uri) => uri, uriOf: (path) => path, folderOf: (path) => { const at = path.lastIndexOf('/'); return at < 0 ? '' : path.slice(0, at); } };

const folder = 'vscode-vfs://github/someone/nets';
const main = `${folder}/app/train.py`;
const text = 'import keras\nfrom blocks.dense import block\nfrom app import widths\ni = keras.Input((3,))\nx = block(widths.WIDE)(i)\nkeras.layers.Dense(4, unit=3)\n';
const repository = (): Map<string, string> => new Map([
  ['blocks/__init__.py', ''], ['blocks/dense.py', 'from keras import layers\n\ndef block(units):\n    return layers.Dense(units)\n'], ['app/widths.py', 'WIDE = 7\n'], ['app/__init__.py', ''], ['app/train.py', text],
  ['pyproject.toml', '[tool.inlayer.rules]\ninvalid-argument = "hint"\n'], ['with space/net.py', ''],
]);

/** Answers as the extension does, from memory, and counts what is asked. */
function answerFrom(client: LanguageClient, files: ReadonlyMap<string, string>, asked: string[]): void {
  client.client.onRequest('inlayer/readFile', ({ folder: root, names }: { folder: string; names: string[] }) => {
    asked.push(`${root}/${names.join('/')}`);
    const found = root === folder ? files.get(names.join('/')) : undefined;
    return found === undefined ? null : { text: found };
  });
  client.client.onRequest('inlayer/listFolder', ({ folder: root, names }: { folder: string; names: string[] }) => {
    asked.push(`${root}/${names.join('/')}/`);
    if (root !== folder) return null;
    const inside = [...files.keys()].map((name) => name.split('/')).filter((parts) => names.every((name, at) => parts[at] === name) && parts.length > names.length);
    if (inside.length === 0) return null;
    return [...new Map(inside.map((parts) => [parts[names.length] ?? '', { name: parts[names.length] ?? '', isFolder: parts.length > names.length + 1 }])).values()];
  });
}

const shown = (hints: readonly InlayHint[]): string[] => hints.map((hint) => `${hint.position.line + 1} ${typeof hint.label === 'string' ? hint.label : ''}`);

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

for (const [name, environment] of [['in a worker', worker], ['under Node', nodeEnvironment]] as const) {
  test(`${name}: imports and the project file of a folder that only the editor reads`, async () => {
    const files = repository(), asked: string[] = [];
    const client = await startClient([folder], {}, undefined, environment);
    answerFrom(client, files, asked);
    try {
      await client.open(main, text);
      await until('the imported layer', async () => shown(await client.hints(main)).includes('5 (None, 7)'));
      await until('the level of the project', async () => client.diagnostics(main)[0]?.severity === 4);
      assert.equal(new Set(asked).size, asked.length, `asked twice: ${asked.sort().join('\n')}`);
      assert.deepEqual(asked.filter((one) => /keras|numpy/.test(one)), [], 'what the folder does not list is not asked for');
      // A file changes, one goes.
      files.set('app/widths.py', 'WIDE = 9\n');
      files.delete('pyproject.toml');
      void client.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: `${folder}/app/widths.py`, type: 2 }, { uri: `${folder}/pyproject.toml`, type: 3 }] });
      await until('the other width', async () => shown(await client.hints(main)).includes('5 (None, 9)'));
      await until('the level of the rule', async () => client.diagnostics(main)[0]?.severity === 1);
      assert.deepEqual(client.log, []);
    } finally {
      await client.stop();
    }
  });
}

test('an editor that answers nothing, or nonsense, leaves what the open file says', async () => {
  for (const answer of [null as unknown, 3, { text: 3 }, [{ name: '../x', isFolder: true }, null, { name: 'blocks', isFolder: true }], 'x']) {
    const client = await startClient([folder], {}, undefined, worker);
    client.client.onRequest('inlayer/readFile', () => answer as null);
    client.client.onRequest('inlayer/listFolder', () => answer as null);
    try {
      await client.open(main, text);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(client.diagnostics(main).map((one) => one.code), ['invalid-argument']);
    } finally {
      await client.stop();
    }
  }
});
