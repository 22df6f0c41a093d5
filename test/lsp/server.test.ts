// The real language server, spoken to as an editor does: documents, notebooks, settings and files that change.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { InlayHint } from 'vscode-languageserver/node';
import type { LanguageClient } from '../support/language-client.ts';
import { applyEdits, find, offsetAt, startClient } from '../support/language-client.ts';

const workspace = realpathSync(mkdtempSync(path.join(tmpdir(), 'inlayer-lsp-')));
after(() => rmSync(workspace, { recursive: true, force: true }));

let count = 0;
/** A folder of its own with these files. */
function project(files: Readonly<Record<string, string>> = {}): { folder: string; uri: (name: string) => string } {
  count += 1;
  const folder = path.join(workspace, `project${count}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) { mkdirSync(path.dirname(path.join(folder, name)), { recursive: true }); writeFileSync(path.join(folder, name), text); }
  return { folder, uri: (name) => pathToFileURL(path.join(folder, name)).toString() };
}

async function withClient(folders: readonly string[], body: (client: LanguageClient) => Promise<void>, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const client = await startClient(folders, settings);
  try {
    await body(client);
    assert.deepEqual(client.log, []);
  } finally {
    await client.stop();
  }
}

const labelOf = (hint: InlayHint): string => (typeof hint.label === 'string' ? hint.label : hint.label.map((part) => part.value).join(''));
const shown = (hints: readonly InlayHint[]): string[] => hints.map((hint) => `${hint.position.line + 1}:${hint.position.character} ${labelOf(hint)}`);
const at = (line: number, character = 0) => ({ start: { line, character }, end: { line, character } });

const digits = `import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(28, 28)),
    layers.Rescaling(1 / 255),
    layers.Flatten(),
    layers.Dense(2, activation="softmax"),
], name="digits")
(x, y), _ = keras.datasets.mnist.load_data()
z = layers.Dense(4)(keras.Input((8,)))
w = z + 1
model.compile(optimizer=keras.optimizers.Adam(lr=0.001), loss="sparse_categorical_crossentropy")
model.fit(x, y)
`;
const digitHints = [
  '5:32 (None, 28, 28)', '6:30 (None, 28, 28)', '7:21 (None, 784)', '8:42 (None, 2) · 1,570 params', '11:38 (None, 4) · 36 params', '12:9 (None, 4)',
];

test('a file: hints, diagnostics, hovers, lenses, symbols, the summary', async () => {
  const { folder, uri } = project();
  const file = uri('digits.py');
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    assert.deepEqual(shown(await client.hints(file)), digitHints);

    const [labels, renamed, ...rest] = client.diagnostics(file);
    assert.deepEqual(rest, []);
    assert.equal(labels?.code, 'label-range');
    assert.equal(labels.severity, 1);
    assert.equal(labels.source, 'inlayer');
    assert.match(JSON.stringify(labels.message), /2 outputs for 10 classes/);
    assert.deepEqual(labels.range, { start: find(digits, '2, activation'), end: find(digits, ', activation') });
    assert.match(labels.codeDescription?.href ?? '', /rules\/label-range\.md$/);
    assert.deepEqual(labels.relatedInformation?.map(({ location }) => [location.uri, location.range.start.line]), [[file, 9], [file, 13]]);
    assert.equal(labels.tags, undefined);
    assert.equal(renamed?.code, 'deprecated-argument');
    assert.deepEqual(renamed.tags, [2]);

    const hover = await client.hover(file, find(digits, 'Dense(2'));
    assert.match(JSON.stringify(hover?.contents), /1,570/);
    assert.equal(await client.hover(file, { line: 2, character: 0 }), null);

    const lenses = await client.lenses(file);
    assert.deepEqual(lenses.map((lens) => [lens.range.start.line, lens.command?.command, lens.command?.arguments?.[0]]), [[3, 'inlayer.showSummary', file], [3, 'inlayer.showGraph', file]]);
    assert.match(lenses[0]?.command?.title ?? '', /^1,570 parameters/);

    const symbols = await client.symbols(file);
    assert.deepEqual(symbols.map((symbol) => symbol.name), ['digits']);
    assert.deepEqual(symbols[0]?.children?.length, 3);

    const summary: { models: { name: string; params: { total: number }; text: string; layers: { output: string; line: number; location: unknown }[] }[] } = await client.client.sendRequest('inlayer/summary', { uri: file });
    assert.equal(summary.models[0]?.name, 'digits');
    assert.equal(summary.models[0].params.total, 1570);
    assert.deepEqual(summary.models[0].layers.map((layer) => [layer.output, layer.line]), [['(None, 28, 28)', 6], ['(None, 784)', 7], ['(None, 2)', 8]]);
    assert.deepEqual(summary.models[0].layers[2]?.location, { uri: file, line: 8 });
    assert.deepEqual((await client.client.sendRequest<{ models: unknown[] }>('inlayer/summary', { uri: file, model: 'other' })).models, []);
    assert.deepEqual((await client.client.sendRequest<{ models: unknown[] }>('inlayer/summary', { uri: uri('never-opened.py') })).models, []);
  });
});

const shared = `import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, 3, stride=2, padding=1)

    def forward(self, x):
        x = self.conv(x)
        return torch.relu(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Block(3, 8)
        self.second = Block(8, 16)

    def forward(self, x):
        return self.second(self.first(x))

Net()(torch.randn(1, 3, 32, 32))
`;

test('a class that runs twice: a lens chooses the call that the hints inside it show', async () => {
  const { folder, uri } = project();
  const file = uri('blocks.py');
  await withClient([folder], async (client) => {
    await client.open(file, shared);
    const inside = async (): Promise<string[]> => (await client.hints(file)).filter((hint) => hint.position.line >= 6 && hint.position.line <= 10).map(labelOf);
    const lens = async () => (await client.lenses(file)).find((one) => one.command?.command === 'inlayer.showCall');
    assert.deepEqual(await inside(), [
      '(1, 8, 16, 16) … (1, 16, 8, 8) · 224 … 1,168 params · 2 calls', '(1, 8, 16, 16) … (1, 16, 8, 8) · 2 calls', '(1, 8, 16, 16) … (1, 16, 8, 8) · 2 calls',
    ]);
    const all = await lens();
    assert.equal(all?.command?.title, '2 calls, showing all');
    assert.deepEqual(all.command.arguments, [file, 'Block', 0]);
    await client.client.sendRequest('inlayer/chooseCall', { uri: file, className: 'Block', call: 1 });
    assert.deepEqual(await inside(), ['(1, 16, 8, 8) · 1,168 params', '(1, 16, 8, 8)', '(1, 16, 8, 8)']);
    const second = await lens();
    assert.equal(second?.command?.title, '2 calls, showing call 2: (1, 8, 16, 16) → (1, 16, 8, 8)');
    assert.deepEqual(second.command.arguments, [file, 'Block', null]);
    await client.client.sendRequest('inlayer/chooseCall', { uri: file, className: 'Block', call: null });
    assert.equal((await inside())[1], '(1, 8, 16, 16) … (1, 16, 8, 8) · 2 calls');
  });
});

test('fixes: what they change is what was wrong, and the diagnostic goes', async () => {
  const { folder, uri } = project();
  const file = uri('digits.py');
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    for (const rule of ['label-range', 'deprecated-argument']) {
      const diagnostic = client.diagnostics(file).find((one) => one.code === rule);
      assert.ok(diagnostic !== undefined);
      const actions = await client.actions(file, diagnostic);
      assert.deepEqual(actions.map((action) => action.kind), ['quickfix', 'quickfix']);
      assert.equal(actions[0]?.isPreferred, true);
      const [edit, ...more] = actions[0].edit?.changes?.[file] ?? [];
      assert.ok(edit !== undefined && more.length === 0);
      await client.change(file, edit.range, edit.newText);
      assert.equal(client.diagnostics(file).some((one) => one.code === rule), false, rule);
    }
    assert.match(client.text(file), /Dense\(10, activation/);
    assert.match(client.text(file), /Adam\(learning_rate=0\.001\)/);
    assert.deepEqual(client.diagnostics(file), []);
  });
});

test('a rule is ignored on its line, a second one beside it', async () => {
  const { folder, uri } = project();
  const file = uri('two.py');
  // Two rules on one line: the label range of the data, and an argument of another name.
  const text = digits.replace('layers.Dense(2, activation="softmax"),', 'layers.Dense(2, activation="softmax"), layers.Dropout(rates=0.5),');
  await withClient([folder], async (client) => {
    await client.open(file, text);
    for (let round = 0; client.diagnostics(file).length > 0; round += 1) {
      assert.ok(round < 5, JSON.stringify(client.diagnostics(file)));
      const [diagnostic] = client.diagnostics(file);
      if (diagnostic === undefined) break;
      const ignore = (await client.actions(file, diagnostic)).find((action) => action.title === `Ignore ${String(diagnostic.code)} on this line`);
      const edit = ignore?.edit?.changes?.[file]?.[0];
      assert.ok(edit !== undefined);
      await client.change(file, edit.range, edit.newText);
      assert.equal(client.diagnostics(file).some((one) => one.code === diagnostic.code && one.range.start.line === diagnostic.range.start.line), false);
    }
    assert.match(client.text(file), /# inlayer: ignore\[deprecated-argument\]$/m);
  });
});

test('settings: kinds of hints, lenses, rules and their severities', async () => {
  const { folder, uri } = project();
  const file = uri('digits.py');
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    const hintsWith = async (hints: Readonly<Record<string, boolean>>): Promise<string[]> => {
      await client.setSettings({ hints }, file);
      return shown(await client.hints(file));
    };
    assert.deepEqual(await hintsWith({ outputShape: false }), ['8:42 1,570 params', '11:38 36 params']);
    assert.deepEqual(await hintsWith({ parameterCount: false }), digitHints.map((hint) => hint.replace(/ · .*/, '')));
    assert.deepEqual(await hintsWith({ operations: false }), digitHints.slice(0, 5));
    assert.equal((await hintsWith({ data: true })).some((hint) => hint.startsWith('10:')), true);
    assert.deepEqual(await hintsWith({ outputShape: false, parameterCount: false, operations: false, data: false }), []);
    assert.ok(client.hintRefreshes() > 0);

    await client.setSettings({ lens: { enabled: false } }, file);
    assert.deepEqual(await client.lenses(file), []);
    await client.setSettings({ rules: { 'label-range': 'off', 'deprecated-argument': 'hint', 'no-such-rule': 'error', 'channel-order': 7 } }, file);
    assert.deepEqual(client.diagnostics(file).map((one) => [one.code, one.severity]), [['deprecated-argument', 4]]);
    await client.setSettings({ diagnostics: { enabled: false } }, file);
    assert.deepEqual(client.diagnostics(file), []);
    await client.setSettings({ hints: null, lens: 5, rules: [], diagnostics: 'no' }, file);
    assert.deepEqual(client.diagnostics(file).length, 2);
    assert.deepEqual(shown(await client.hints(file)), digitHints);
  });
});

test('several files: an edit of an imported one concerns its importer', async () => {
  const body = 'from keras import layers\n\ndef block():\n    return layers.Dense(5)\n';
  const { folder, uri } = project({ 'parts/__init__.py': '', 'parts/blocks.py': body });
  const main = uri('main.py'), blocks = uri('parts/blocks.py');
  await withClient([folder], async (client) => {
    await client.open(main, 'import keras\nfrom parts.blocks import block\ni = keras.Input((3,))\nx = block()(i)\n');
    assert.deepEqual(shown(await client.hints(main)), ['3:21 (None, 3)', '4:14 (None, 5)']);
    await client.open(blocks, body);
    // The editor's text counts, not the disk's, and the importer is told of without an edit of its own.
    const again = client.analysed(main);
    await client.change(blocks, { start: find(body, '5)'), end: find(body, ')\n', body.indexOf('5)')) }, '7');
    await again;
    assert.deepEqual(shown(await client.hints(main)), ['3:21 (None, 3)', '4:14 (None, 7)']);
    // What is not saved is gone when the document is closed.
    const reread = client.analysed(main);
    await client.close(blocks);
    await reread;
    assert.deepEqual(shown(await client.hints(main)), ['3:21 (None, 3)', '4:14 (None, 5)']);
    // Another program changes the file on disk.
    writeFileSync(path.join(folder, 'parts', 'blocks.py'), body.replace('5)', '9)'));
    const watched = client.analysed(main);
    void client.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: blocks, type: 2 }] });
    await watched;
    assert.deepEqual(shown(await client.hints(main)), ['3:21 (None, 3)', '4:14 (None, 9)']);
    // The file goes, and comes back.
    rmSync(path.join(folder, 'parts', 'blocks.py'));
    const gone = client.analysed(main);
    void client.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: blocks, type: 3 }] });
    await gone;
    assert.deepEqual(shown(await client.hints(main)), ['3:21 (None, 3)']);
    writeFileSync(path.join(folder, 'parts', 'blocks.py'), body);
    const back = client.analysed(main);
    void client.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: blocks, type: 1 }] });
    await back;
    assert.deepEqual(shown(await client.hints(main)), ['3:21 (None, 3)', '4:14 (None, 5)']);
  });
});

test('a finding that another file causes leads there', async () => {
  const { folder, uri } = project({ 'data.py': 'import keras\n\ndef load():\n    (x, y), _ = keras.datasets.mnist.load_data()\n    return x, y\n' });
  const main = uri('main.py');
  await withClient([folder], async (client) => {
    await client.open(main, digits.replace('(x, y), _ = keras.datasets.mnist.load_data()', 'from data import load\nx, y = load()'));
    const labels = client.diagnostics(main).find((one) => one.code === 'label-range');
    assert.ok(labels?.relatedInformation?.some(({ location }) => location.uri === uri('data.py') && location.range.start.line === 3), JSON.stringify(labels));
  });
});

test('closing a document clears its diagnostics', async () => {
  const { folder, uri } = project();
  const file = uri('digits.py');
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    assert.equal(client.diagnostics(file).length, 2);
    await client.close(file);
    assert.deepEqual(client.diagnostics(file), []);
    assert.deepEqual(await client.hints(file), []);
    assert.deepEqual(await client.symbols(file), []);
    await client.open(file, digits);
    assert.equal(client.diagnostics(file).length, 2);
    // Closed before its turn came: nothing is published afterwards.
    client.send(file, at(0), '# ');
    await client.close(file);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(client.diagnostics(file), []);
  });
});

test('a notebook: its cells are one program, findings and hints stand in their cells', async () => {
  const { folder, uri } = project();
  const notebook = uri('train.ipynb');
  const lines = digits.split('\n');
  const cells = [lines.slice(0, 2), ['%matplotlib inline', '!pip install keras', ...lines.slice(3, 9)], ['# 데이터 😀', ...lines.slice(9, 10)], lines.slice(12)].map((one) => one.join('\n'));
  const cellUri = (cell: number): string => `vscode-notebook-cell:${notebook.slice('file:'.length)}#cell${cell}`;
  await withClient([folder], async (client) => {
    const analysed = client.analysed(notebook);
    void client.client.sendNotification('notebookDocument/didOpen', {
      notebookDocument: { uri: notebook, notebookType: 'jupyter-notebook', version: 1, cells: cells.map((_, cell) => ({ kind: 2, document: cellUri(cell) })) },
      cellTextDocuments: cells.map((text, cell) => ({ uri: cellUri(cell), languageId: 'python', version: 1, text })),
    });
    await analysed;
    assert.deepEqual(shown(await client.hints(cellUri(1))), ['4:32 (None, 28, 28)', '5:30 (None, 28, 28)', '6:21 (None, 784)', '7:42 (None, 2) · 1,570 params']);
    assert.deepEqual(await client.hints(cellUri(0)), []);
    const [labels] = client.diagnostics(cellUri(1));
    assert.deepEqual([labels?.code, labels?.range.start.line], ['label-range', 6]);
    assert.deepEqual(labels?.relatedInformation?.map(({ location }) => [location.uri, location.range.start.line]), [[cellUri(2), 1], [cellUri(3), 1]]);
    assert.deepEqual(client.diagnostics(cellUri(3)).map((one) => one.code), ['deprecated-argument']);
    assert.deepEqual(client.diagnostics(cellUri(0)), []);
    assert.match(JSON.stringify((await client.hover(cellUri(1), find(cells[1] ?? '', 'Dense(2')))?.contents), /1,570/);
    assert.deepEqual((await client.lenses(cellUri(1))).map((lens) => lens.range.start.line), [2, 2]);
    assert.deepEqual(await client.lenses(cellUri(2)), []);

    const [fix] = await client.actions(cellUri(1), labels ?? assert.fail());
    const edit = fix?.edit?.changes?.[cellUri(1)]?.[0];
    assert.ok(edit !== undefined);
    const changed = client.analysed(notebook);
    void client.client.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: 2 },
      change: { cells: { textContent: [{ document: { uri: cellUri(1), version: 2 }, changes: [{ range: edit.range, text: edit.newText }] }] } },
    });
    await changed;
    assert.deepEqual(client.diagnostics(cellUri(1)), []);
    assert.equal(shown(await client.hints(cellUri(1))).at(-1), '7:43 (None, 10) · 7,850 params');

    // A cell is put in front; one is taken away.
    const moved = client.analysed(notebook);
    const first = `${cellUri(0)}-first`;
    void client.client.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: 3 },
      change: { cells: { structure: { array: { start: 0, deleteCount: 0, cells: [{ kind: 2, document: first }] }, didOpen: [{ uri: first, languageId: 'python', version: 1, text: '# first\nimport os\n' }] } } },
    });
    await moved;
    assert.equal(shown(await client.hints(cellUri(1))).at(-1), '7:43 (None, 10) · 7,850 params');
    const removed = client.analysed(notebook);
    void client.client.sendNotification('notebookDocument/didChange', {
      notebookDocument: { uri: notebook, version: 4 },
      change: { cells: { structure: { array: { start: 4, deleteCount: 1 }, didClose: [{ uri: cellUri(3) }] } } },
    });
    await removed;
    assert.deepEqual(client.diagnostics(cellUri(3)), []);

    void client.client.sendNotification('notebookDocument/didClose', { notebookDocument: { uri: notebook }, cellTextDocuments: [first, ...[0, 1, 2].map(cellUri)].map((one) => ({ uri: one })) });
    assert.deepEqual(await client.hints(cellUri(1)), []);
  });
});

test('columns count UTF-16 units; every kind of line end', async () => {
  const { folder, uri } = project();
  const body = 'x = layers.Dense(4, name="모델😀𝔸")(keras.Input((3,)))  # 한글 😀\nopt = "😀"; y = keras.optimizers.Adam(lr=0.1)\n';
  for (const [name, lineEnd] of [['lf', '\n'], ['crlf', '\r\n'], ['cr', '\r']] as const) {
    const text = `import keras\nfrom keras import layers\n${body}`.replaceAll('\n', lineEnd);
    const file = uri(`한글 폴더 ${name}.py`);
    await withClient([folder], async (client) => {
      await client.open(file, text);
      const line = body.split('\n')[0] ?? '';
      assert.deepEqual(shown(await client.hints(file)), [`3:${line.length} (None, 4) · 16 params`], name);
      const [diagnostic] = client.diagnostics(file);
      assert.deepEqual(diagnostic?.range.start, find(text, 'lr=0.1'), name);
      const [fix, ignore] = await client.actions(file, diagnostic ?? assert.fail());
      assert.equal(applyEdits(text, fix?.edit?.changes?.[file] ?? []), text.replace('lr=', 'learning_rate='), name);
      assert.equal(applyEdits(text, ignore?.edit?.changes?.[file] ?? []), text.replace('lr=0.1)', 'lr=0.1)  # inlayer: ignore[deprecated-argument]'), name);
      assert.ok((await client.hover(file, find(text, 'Dense'))) !== null);
    });
  }
});

test('an unfinished line leaves the hints of the others', async () => {
  const { folder, uri } = project();
  const file = uri('digits.py');
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    for (const unfinished of ['    layers.Dense(', '    layers.Conv2D(16, 3, activation="re', '    layers.', '    layers.Dense(3, [', '    (', '    lambda x:', '    layers.Dense(units=']) {
      await client.change(file, at(6), `${unfinished}\n`);
      const lines = shown(await client.hints(file)).map((hint) => hint.replace(/^\d+:\d+ /, ''));
      for (const hint of ['(None, 4) · 36 params', '(None, 4)']) assert.ok(lines.includes(hint), `${unfinished}: ${JSON.stringify(lines)}`);
      await client.change(file, { start: { line: 6, character: 0 }, end: { line: 7, character: 0 } }, '');
      assert.deepEqual(shown(await client.hints(file)), digitHints);
    }
    for (const unfinished of ['x = layers.Dense(', 'def f(', 'class A(keras.Model', 'for i in', 'if x', 'with', 'from keras import', '@', 'x = "abc', 'model.add(layers.Dense(4', 'x[']) {
      await client.change(file, at(10), `${unfinished}\n`);
      const lines = shown(await client.hints(file));
      for (const hint of digitHints.slice(0, 4)) assert.ok(lines.includes(hint), `${unfinished}: ${JSON.stringify(lines)}`);
      await client.change(file, { start: { line: 10, character: 0 }, end: { line: 11, character: 0 } }, '');
      assert.deepEqual(shown(await client.hints(file)), digitHints);
    }
  });
});

test('fast typing ends with the state of the last text', async () => {
  const { folder, uri } = project();
  const file = uri('digits.py');
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    const units = find(digits, '2, activation');
    const before = client.statuses.length;
    let length = 1;
    for (let edit = 1; edit <= 100; edit += 1) {
      const next = String(edit);
      client.send(file, { start: units, end: { line: units.line, character: units.character + length } }, next);
      length = next.length;
      // Questions in between are answered from the text that they were asked about.
      if (edit % 25 === 0) assert.ok(shown(await client.hints(file)).includes(`8:${41 + length} (None, ${edit}) · ${(785 * edit).toLocaleString('en')} params`));
    }
    await client.analysed(file);
    assert.ok(client.statuses.length - before < 60, `${client.statuses.length - before} analyses for 100 edits`);
    assert.equal(shown(await client.hints(file))[3], '8:44 (None, 100) · 78,500 params');
    assert.deepEqual(client.diagnostics(file).map((one) => one.code), ['deprecated-argument']);
  });
});

test('folders that come and go', async () => {
  const library = project({ 'shared_blocks.py': 'from keras import layers\ndef block():\n    return layers.Dense(6)\n' });
  // In none of the folders itself: it may import from each.
  const { uri } = project(), elsewhere = project();
  const file = uri('main.py');
  const folderEvent = (added: readonly string[], removed: readonly string[]) => {
    const event = (folders: readonly string[]) => folders.map((one) => ({ uri: pathToFileURL(one).toString(), name: one }));
    return { event: { added: event(added), removed: event(removed) } };
  };
  await withClient([elsewhere.folder], async (client) => {
    await client.open(file, 'import keras\nfrom shared_blocks import block\ni = keras.Input((3,))\nx = block()(i)\n');
    assert.deepEqual(shown(await client.hints(file)), ['3:21 (None, 3)']);
    const added = client.analysed(file);
    void client.client.sendNotification('workspace/didChangeWorkspaceFolders', folderEvent([library.folder], []));
    await added;
    assert.deepEqual(shown(await client.hints(file)), ['3:21 (None, 3)', '4:14 (None, 6)']);
    const removed = client.analysed(file);
    void client.client.sendNotification('workspace/didChangeWorkspaceFolders', folderEvent([], [library.folder]));
    await removed;
    assert.deepEqual(shown(await client.hints(file)), ['3:21 (None, 3)']);
  });
});

test('each folder of a workspace has its own modules, settings and project file', async () => {
  const block = (units: number): string => `from keras import layers\ndef block():\n    return layers.Dense(${units})\n`;
  const text = 'import keras\nfrom blocks import block\nfrom only_first import more\ni = keras.Input((3,))\nx = block()(i)\ny = more()(i)\nkeras.layers.Dense(4, unit=3)\n';
  const first = project({ 'blocks.py': block(5), 'only_first.py': 'from keras import layers\ndef more():\n    return layers.Dense(9)\n', 'pyproject.toml': '[tool.inlayer.rules]\ninvalid-argument = "hint"\n' });
  const second = project({ 'blocks.py': block(6) });
  await withClient([first.folder, second.folder], async (client) => {
    await client.open(first.uri('main.py'), text);
    await client.open(second.uri('main.py'), text);
    assert.deepEqual(shown(await client.hints(first.uri('main.py'))).slice(1), ['5:14 (None, 5)', '6:13 (None, 9)']);
    assert.deepEqual(shown(await client.hints(second.uri('main.py'))).slice(1), ['5:14 (None, 6)']);
    assert.deepEqual(client.diagnostics(first.uri('main.py')).map((one) => [one.code, one.severity]), [['invalid-argument', 4]]);
    assert.deepEqual(client.diagnostics(second.uri('main.py')).map((one) => [one.code, one.severity]), [['invalid-argument', 1]]);
    // The editor's settings of the second folder alone.
    await client.setSettings({}, second.uri('main.py'), { [pathToFileURL(second.folder).toString()]: { rules: { 'invalid-argument': 'off' }, hints: { outputShape: false } } });
    await client.analysed(first.uri('main.py')).catch(() => undefined);
    assert.deepEqual(client.diagnostics(second.uri('main.py')), []);
    assert.equal(client.diagnostics(first.uri('main.py')).length, 1);
    assert.deepEqual(shown(await client.hints(second.uri('main.py'))), []);
    assert.equal(shown(await client.hints(first.uri('main.py'))).length, 3);
  });
});

test('pyproject.toml: an edit takes effect, a fault is shown in the file itself, the setting comes first', async () => {
  const { folder, uri } = project({ 'pyproject.toml': '[tool.inlayer.rules]\nlabel-range = "warning"\n' });
  const file = uri('nets/digits.py'), projectFile = uri('pyproject.toml');
  const levels = (client: LanguageClient): unknown[] => client.diagnostics(file).map((one) => [one.code, one.severity]);
  const write = async (client: LanguageClient, text: string | undefined): Promise<void> => {
    if (text === undefined) rmSync(path.join(folder, 'pyproject.toml'));
    else writeFileSync(path.join(folder, 'pyproject.toml'), text);
    const analysed = client.analysed(file);
    void client.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: projectFile, type: text === undefined ? 3 : 2 }] });
    await analysed;
  };
  await withClient([folder], async (client) => {
    await client.open(file, digits);
    assert.deepEqual(levels(client), [['label-range', 2], ['deprecated-argument', 1]]);
    await write(client, '[tool.inlayer.rules]\nlabel-range = "off"\ndeprecated-argument = "hint"\n');
    assert.deepEqual(levels(client), [['deprecated-argument', 4]]);
    await client.setSettings({ rules: { 'label-range': 'error' } }, file);
    assert.deepEqual(levels(client), [['label-range', 1], ['deprecated-argument', 4]]);
    await write(client, '[tool.inlayer.rules]\ndeprecated-argument = "off"\nlabel-rnge = "off"\n');
    assert.deepEqual(levels(client), [['label-range', 1]]);
    assert.deepEqual(client.diagnostics(projectFile).map((one) => [one.range.start.line, one.severity, one.message]), [[2, 2, '[tool.inlayer.rules]: there is no rule `label-rnge`; is `label-range` meant?']]);
    await write(client, '[tool.inlayer.rules\n');
    assert.match(String(client.diagnostics(projectFile)[0]?.message), /no valid TOML/);
    assert.equal(levels(client).length, 2);
    await write(client, undefined);
    assert.deepEqual(client.diagnostics(projectFile), []);
  });
});

test('documents that are no files', async () => {
  await withClient([], async (client) => {
    for (const uri of ['untitled:Untitled-1', 'git:/somewhere/model.py?ref', 'vscode-vfs://github/someone/model.py']) {
      await client.open(uri, digits);
      assert.deepEqual(shown(await client.hints(uri)), digitHints);
      assert.deepEqual(client.diagnostics(uri).map((one) => one.code), ['label-range', 'deprecated-argument']);
      const [fix] = await client.actions(uri, client.diagnostics(uri)[0] ?? assert.fail());
      assert.match(applyEdits(digits, fix?.edit?.changes?.[uri] ?? []), /Dense\(10/);
      await client.close(uri);
    }
  });
});

test('texts that are no programs, and one that is too long', async () => {
  const { folder, uri } = project();
  const file = uri('junk.py');
  await withClient([folder], async (client) => {
    await client.open(file, '\0\0)))(((\ud800 def class');
    assert.deepEqual(await client.hints(file), []);
    const whole = () => ({ start: { line: 0, character: 0 }, end: { line: 10_000_000, character: 0 } });
    await client.change(file, whole(), 'x = 1\n'.repeat(2_000_000));
    assert.deepEqual(client.diagnostics(file).map((one) => [one.code, one.severity]), [['not-analysed', 3]]);
    assert.deepEqual(await client.hints(file), []);
    await client.change(file, whole(), digits);
    assert.deepEqual(shown(await client.hints(file)), digitHints);
    assert.equal(offsetAt(digits, { line: 0, character: 6 }), 6);
  });
});
