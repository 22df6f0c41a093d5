// The language server speaks the language whose texts the client gives it: findings with their places and fixes, hints, hovers, lenses, tables.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startClient } from '../support/language-client.ts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'inlayer-language-')));
after(() => rmSync(folder, { recursive: true, force: true }));
const texts = Object.assign({}, ...readdirSync('server/languages/ko').map((name) => JSON.parse(readFileSync(path.join('server/languages/ko', name), 'utf8')) as object)) as Readonly<Record<string, string>>;

const program = `import keras
model = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(4),
    keras.layers.Reshape((3, 3)),
])
`;

test('what the server says is Korean with Korean texts, and English with texts that are none', async () => {
  for (const [translations, expected] of [[texts, [/샘플마다 요소가 9개 필요/, /파라미터 36개/, /파라미터 36개 · 요약/, /이 줄에서 reshape-size 무시/]], [{ a: 1 }, [/needs 9 elements/, /36 params/, /36 parameters · Summary/, /Ignore reshape-size on this line/]]] as const) {
    const client = await startClient([folder], {}, { translations });
    try {
      const uri = pathToFileURL(path.join(folder, 'model.py')).toString();
      await client.open(uri, program);
      const [diagnostic] = client.diagnostics(uri);
      assert.match(String(diagnostic?.message), expected[0]);
      assert.equal(diagnostic?.code, 'reshape-size');
      assert.equal(diagnostic?.codeDescription?.href.endsWith('/docs/rules/reshape-size.md'), true);
      const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
      const said = JSON.stringify([
        await client.client.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range }),
        await client.client.sendRequest('textDocument/codeLens', { textDocument: { uri } }),
        await client.client.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context: { diagnostics: [diagnostic] } }),
      ]);
      for (const words of expected.slice(1)) assert.match(said, words);
      const tables = JSON.stringify(await client.client.sendRequest('inlayer/tables', { uri }));
      assert.match(tables, expected[0]);
    } finally {
      await client.stop();
    }
  }
});
