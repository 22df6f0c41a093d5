// Another reader of Python measured beside Inlayer: Pyrefly's language server and command line on the same files. It shows no shapes;
// what is compared is how soon each answers.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Milliseconds from a changed text to its inlay hints, over and over, as its language server gives them. */
export async function measurePyreflyKeystrokes(pyrefly, file, text, at, count) {
  const server = spawn(pyrefly, ['lsp'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map();
  let received = Buffer.alloc(0), lastId = 0;
  const send = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const request = (method, params) => new Promise((resolve) => { lastId += 1; waiting.set(lastId, resolve); send({ id: lastId, method, params }); });
  server.stdout.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const head = received.indexOf('\r\n\r\n');
      const length = head < 0 ? undefined : /content-length: *(\d+)/i.exec(received.toString('latin1', 0, head))?.[1];
      if (length === undefined || received.length < head + 4 + Number(length)) return;
      const message = JSON.parse(received.toString('utf8', head + 4, head + 4 + Number(length)));
      received = received.subarray(head + 4 + Number(length));
      if (message.method !== undefined && message.id !== undefined) send({ id: message.id, result: message.method === 'workspace/configuration' ? message.params.items.map(() => null) : null });
      else if (message.id !== undefined) { waiting.get(message.id)?.(message.result); waiting.delete(message.id); }
    }
  });
  const uri = pathToFileURL(file).href, range = { start: { line: 0, character: 0 }, end: { line: text.split('\n').length, character: 0 } };
  await request('initialize', { processId: process.pid, rootUri: null, capabilities: { textDocument: { inlayHint: {}, synchronization: {} } } });
  send({ method: 'initialized', params: {} });
  send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'python', version: 1, text } } });
  await request('textDocument/inlayHint', { textDocument: { uri }, range });
  const times = [];
  let hints = 0;
  for (let key = 0; key < count; key += 1) {
    const edited = `${text.slice(0, at)}${key % 10}${text.slice(at)}`;
    const started = performance.now();
    send({ method: 'textDocument/didChange', params: { textDocument: { uri, version: key + 2 }, contentChanges: [{ text: edited }] } });
    hints = (await request('textDocument/inlayHint', { textDocument: { uri }, range }))?.length ?? 0;
    if (key >= count / 4) times.push(performance.now() - started);
  }
  await request('shutdown', null);
  send({ method: 'exit', params: null });
  server.stdin.end();
  return { times, hints };
}
