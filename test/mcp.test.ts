// `inlayer mcp` as a process, spoken to over its streams: the protocol, the tools, what may be read and what not. And what the manifest and
// the extension say of the same tools.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { mostCharacters } from '../server/features/report.ts';
import { makeMcp, protocolVersions } from '../server/mcp/protocol.ts';
import { inputSchema, tools } from '../server/mcp/tools.ts';

const built = path.resolve('out', `mcp-${process.pid}`);
const outer = realpathSync(mkdtempSync(path.join(tmpdir(), 'inlayer-mcp-')));
const folder = path.join(outer, 'project');

const network = `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(784, 100)
        self.last = nn.Linear(101, 10)

    def forward(self, x):
        x = self.first(x)
        return self.last(x)

Net()(torch.zeros(32, 784))
`;

before(() => {
  const result = spawnSync(process.execPath, ['esbuild.mjs', '--production', '--only', 'command-line', '--to', built], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  mkdirSync(path.join(folder, 'nets'), { recursive: true });
  writeFileSync(path.join(folder, 'nets', 'network.py'), network);
  writeFileSync(path.join(folder, 'trap.py'), `open(${JSON.stringify(path.join(folder, 'executed'))}, 'w').write('x')\n__import__('os').system('touch ${path.join(folder, 'executed')}')\n`);
  writeFileSync(path.join(outer, 'secret.py'), 'import keras\nkeras.layers.Dense(0)\n');
  writeFileSync(path.join(folder, 'reads_secret.py'), 'import sys\nsys.path.insert(0, "..")\nimport secret\n');
  symlinkSync(path.join(outer, 'secret.py'), path.join(folder, 'link.py'));
  symlinkSync(outer, path.join(folder, 'up'));
});
after(() => { for (const one of [built, outer]) rmSync(one, { recursive: true, force: true }); });

type Answer = { readonly id?: unknown; readonly result?: Readonly<Record<string, unknown>>; readonly error?: { readonly code: number; readonly message: string } };

interface Client {
  readonly process: ChildProcess;
  readonly ask: (message: unknown) => Promise<Answer>;
  readonly call: (name: string, args: unknown) => Promise<{ text: string; isError: unknown }>;
  readonly send: (text: string) => void;
  readonly stop: () => Promise<number | null>;
  readonly errors: () => string;
}

function start(): Client {
  const child = spawn(process.execPath, [path.join(built, 'cli.js'), 'mcp'], { cwd: folder, stdio: 'pipe' });
  const waiting: ((answer: Answer) => void)[] = [], arrived: Answer[] = [];
  let pending = '', errors = '', id = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    // Nothing but messages may come, each on a line.
    for (const line of lines) { const answer = JSON.parse(line) as Answer; const next = waiting.shift(); if (next === undefined) arrived.push(answer); else next(answer); }
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { errors += chunk; });
  const next = (): Promise<Answer> => new Promise((resolve, reject) => {
    const there = arrived.shift();
    if (there !== undefined) { resolve(there); return; }
    const timer = setTimeout(() => reject(new Error(`no answer: ${errors}`)), 60_000);
    waiting.push((answer) => { clearTimeout(timer); resolve(answer); });
  });
  const send = (text: string): void => { child.stdin.write(`${text}\n`); };
  const ask = (message: unknown): Promise<Answer> => { send(typeof message === 'string' ? message : JSON.stringify(message)); return next(); };
  return {
    process: child, ask, send, errors: () => errors,
    call: async (name, args) => {
      id += 1;
      const { result } = await ask({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });
      const [part] = (result?.['content'] ?? []) as { type: string; text: string }[];
      assert.equal(part?.type, 'text');
      return { text: part?.text ?? '', isError: result?.['isError'] };
    },
    stop: () => new Promise((resolve) => { child.on('exit', resolve); child.stdin.end(); }),
  };
}

async function withClient(body: (client: Client) => Promise<void>): Promise<void> {
  const client = start();
  try { await body(client); } finally { client.process.kill(); }
}

test('a session: initialize, the tools, a call of each, the end', () => withClient(async (client) => {
  const hello = await client.ask({ jsonrpc: '2.0', id: 'a', method: 'initialize', params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '1' } } });
  assert.equal(hello.id, 'a');
  assert.equal(hello.result?.['protocolVersion'], '2025-03-26');
  assert.deepEqual(hello.result?.['capabilities'], { tools: { listChanged: false } });
  client.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
  const listed = (await client.ask({ jsonrpc: '2.0', id: 2, method: 'tools/list' })).result?.['tools'] as { name: string; inputSchema: object; annotations: { readOnlyHint: boolean } }[];
  assert.deepEqual(listed.map((tool) => tool.name), ['summarize_model', 'get_tensor_shapes', 'check_model']);
  for (const tool of listed) assert.equal(tool.annotations.readOnlyHint, true);

  const summary = await client.call('summarize_model', { file: 'nets/network.py' });
  assert.equal(summary.isError, false);
  assert.match(summary.text, /first \(Linear\) +\(32, 100\) +78,500\n/);
  const shown = spawnSync(process.execPath, [path.join(built, 'cli.js'), 'summary', 'nets/network.py', '--language', 'en'], { cwd: folder, encoding: 'utf8' }).stdout.trimEnd();
  assert.equal(summary.text, shown, 'the same text as on the command line');
  assert.match((await client.call('summarize_model', { file: 'nets/network.py', model: 'Other' })).text, /has no model "Other"\. It has: .*\(Net\)/);

  const shapes = await client.call('get_tensor_shapes', { file: path.join(folder, 'nets', 'network.py'), from_line: 11, to_line: 11 });
  assert.deepEqual(shapes, { text: '11: x = self.first(x)  # (32, 100)', isError: false });

  const check = await client.call('check_model', { file: 'nets/network.py' });
  assert.match(check.text, /^nets[/\\]network\.py:12:\d+: error \[shape-mismatch\] .*101.*100/);
  // The file is read anew at each call.
  writeFileSync(path.join(folder, 'nets', 'network.py'), network.replace('101', '100'));
  assert.equal((await client.call('check_model', { file: 'nets/network.py' })).text, 'No findings.');
  writeFileSync(path.join(folder, 'nets', 'network.py'), network);
  assert.equal(await client.stop(), 0);
  assert.equal(client.errors(), '');
}));

test('only files of the folder are read, and none is executed', () => withClient(async (client) => {
  for (const file of ['../secret.py', path.join(outer, 'secret.py'), 'link.py', 'up/secret.py', 'nets/../../secret.py', '/etc/passwd', 'file:///etc/passwd', 'up/project/../secret.py']) {
    const { text, isError } = await client.call('check_model', { file });
    assert.equal(isError, true, file);
    assert.match(text, /is not in the folder|does not exist/, file);
    assert.doesNotMatch(text, /Dense|units/, file);
  }
  for (const [file, says] of [['nets', /no Python file/], ['none.py', /does not exist/], ['', /needs "file"/]] as const) {
    const { text, isError } = await client.call('check_model', { file });
    assert.equal(isError, true);
    assert.match(text, says);
  }
  // What the file imports from outside is not read either: its fault would be told.
  assert.equal((await client.call('check_model', { file: 'reads_secret.py' })).text, 'No findings.');
  assert.equal((await client.call('check_model', { file: 'trap.py' })).isError, false);
  assert.equal(existsSync(path.join(folder, 'executed')), false);
}));

test('wrong arguments are told to the model, wrong messages to the client; it goes on', () => withClient(async (client) => {
  for (const [args, says] of [[{}, /needs "file"/], [{ file: 3 }, /needs "file"/], [{ file: 'a.py', other: 1 }, /no argument "other"\. It takes: file, from_line, to_line/], [{ file: 'a.py', from_line: 'x' }, /"from_line" must be an integer/], [[], /needs "file"/]] as const) {
    const { text, isError } = await client.call('get_tensor_shapes', args);
    assert.equal(isError, true);
    assert.match(text, says);
  }
  const codeOf = async (message: unknown): Promise<number | undefined> => (await client.ask(message)).error?.code;
  assert.equal(await codeOf('{'), -32700);
  assert.equal(await codeOf('[]'), -32600);
  assert.equal(await codeOf('3'), -32600);
  assert.equal(await codeOf({ id: 1, method: 'ping' }), -32600);
  assert.equal(await codeOf({ jsonrpc: '2.0', id: 1 }), -32600);
  assert.equal(await codeOf({ jsonrpc: '2.0', id: 1, method: 'resources/list' }), -32601);
  assert.equal(await codeOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'run_python' } }), -32602);
  assert.equal(await codeOf('x'.repeat(1_200_000)), -32700);
  client.send(JSON.stringify({ jsonrpc: '2.0', id: 9, result: {} }));
  client.send('');
  assert.deepEqual(await client.ask({ jsonrpc: '2.0', id: 5, method: 'ping' }), { jsonrpc: '2.0', id: 5, result: {} });
}));

test('versions: the asked one where it is known, else the newest', () => {
  const handle = makeMcp({ version: '1', tools, call: () => '' });
  const versionFor = (asked: unknown): unknown => (JSON.parse(handle(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: asked } })) ?? '') as Answer).result?.['protocolVersion'];
  for (const version of protocolVersions) assert.equal(versionFor(version), version);
  assert.equal(versionFor('1999-01-01'), protocolVersions[0]);
  assert.equal(versionFor(undefined), protocolVersions[0]);
});

test('a long answer is cut at a line and says so', async () => {
  writeFileSync(path.join(folder, 'long.py'), `import keras\nmodel = keras.Sequential([keras.Input((4,)),\n${'    keras.layers.Dense(4),\n'.repeat(900)}])\n`);
  await withClient(async (client) => {
    const { text } = await client.call('get_tensor_shapes', { file: 'long.py' });
    assert.ok(text.length < mostCharacters + 200, `${text.length} characters`);
    assert.match(text, /\n… \d+ more characters: ask for a range of lines\.$/);
    const part = await client.call('get_tensor_shapes', { file: 'long.py', from_line: 890, to_line: 892 });
    assert.equal(part.text.split('\n').length, 3);
  });
});

test('the manifest and the extension register the same tools', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: { languageModelTools: { name: string; inputSchema: object }[] } };
  assert.deepEqual(manifest.contributes.languageModelTools.map(({ name, inputSchema: schema }) => [name, schema]), tools.map((tool) => [tool.name, inputSchema(tool)]));
  const registered = /const names = \[([^\]]*)\]/.exec(readFileSync('extension/language-model-tools.ts', 'utf8'))?.[1] ?? '';
  assert.deepEqual([...registered.matchAll(/'(\w+)'/g)].map((match) => match[1]), tools.map((tool) => tool.name));
});
