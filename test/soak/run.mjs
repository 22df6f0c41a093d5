// A long day of typing:  npm run soak [-- --edits N] [--files N] [--seed N]
// A million random edits over fifty open files, through the protocol of the real server process. Printed: the memory of the server and its slope, the
// time from the last edit of a burst to the hints (p50, p95, p99) in the first and in the last tenth. At the end each file is put back and must show what
// it showed at the beginning. Exit 1 where it does not, where memory grows by more than a quarter from the second tenth to the last, or where the last
// tenth's p95 is more than half above the first's.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node';
import { modelPrograms } from '../support/spec-programs.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
process.chdir(root);
const option = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const edits = Number(option('--edits', 1_000_000)), fileCount = Number(option('--files', 50));

const server = path.join(root, 'out', 'soak', `${process.pid}.cjs`);
await build({ entryPoints: ['server/lsp/node.ts'], outfile: server, bundle: true, platform: 'node', format: 'cjs', target: 'node20', minify: true, logLevel: 'warning' });
// As the extension starts it (extension/client.ts).
const child = spawn(process.execPath, ['--min-semi-space-size=32', '--max-semi-space-size=64', server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
let hasEnded = false;
child.on('exit', () => { hasEnded = true; });

const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
const logged = [];
connection.onNotification('window/logMessage', (params) => { if (params.type === 1) logged.push(params.message); });
connection.onRequest('workspace/configuration', (params) => params.items.map(() => ({})));
connection.onRequest('client/registerCapability', () => null);
connection.onRequest('workspace/inlayHint/refresh', () => null);
connection.onRequest('workspace/codeLens/refresh', () => null);
connection.listen();

const folder = mkdtempSync(path.join(tmpdir(), 'inlayer-soak-'));
const documents = programs().map(({ name, text }) => {
  const file = path.join(folder, name.replace(/\W+/g, '_').concat('.py'));
  writeFileSync(file, text);
  return { uri: pathToFileURL(file).toString(), original: text, text, version: 1 };
});
await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: 'soak' }], capabilities: { workspace: { configuration: true, inlayHint: { refreshSupport: true } } } });
await connection.sendNotification('initialized', {});
for (const { uri, text } of documents) await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });

const everything = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };
const hints = (document) => connection.sendRequest('textDocument/inlayHint', { textDocument: { uri: document.uri }, range: everything });
const beginning = [];
for (const document of documents) beginning.push(JSON.stringify(await hints(document)));

let state = Number(option('--seed', 20_260)) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * below);
};
const typed = ['a', 'x', '(', ')', ',', ' ', '\n', '.', '1', '2', '"', '=', ':', 'self.', 'nn.Linear(3, 4)', 'layers.Dense(5)', '    ', '#', '[', ']'];
const latencies = [], memory = [];
let done = 0, cancelled = 0;
const started = Date.now();
while (done < edits && !hasEnded) {
  const document = documents[random(documents.length)];
  for (let burst = 1 + random(100); burst > 0; burst -= 1) { edit(document); done += 1; }
  const asked = performance.now();
  await hints(document);
  latencies.push(performance.now() - asked);
  switch (random(12)) {
    case 0: await connection.sendRequest('textDocument/hover', { textDocument: { uri: document.uri }, position: positionAt(document.text, random(document.text.length + 1)) }); break;
    case 1: await connection.sendRequest('textDocument/codeLens', { textDocument: { uri: document.uri } }); break;
    case 2: await connection.sendRequest('textDocument/documentSymbol', { textDocument: { uri: document.uri } }); break;
    case 3: await connection.sendRequest('inlayer/graph', { uri: document.uri }); break;
    case 4: await connection.sendRequest('inlayer/summary', { uri: document.uri }); break;
    // Edits come before what was asked for is there.
    case 5: { const soon = hints(document); edit(document); done += 1; await soon.catch(() => { cancelled += 1; }); break; }
    // A file is closed and opened again.
    case 6: await connection.sendNotification('textDocument/didClose', { textDocument: { uri: document.uri } }); document.version = 1; await connection.sendNotification('textDocument/didOpen', { textDocument: { uri: document.uri, languageId: 'python', version: 1, text: document.text } }); break;
    default:
  }
  // What is typed at random is no program for long.
  if (random(3) === 0) restore(document);
  if (done / edits > memory.length / 200) memory.push({ edits: done, megabytes: residentMegabytes() });
}
const problems = hasEnded ? ['the server has ended'] : [];
if (!hasEnded) {
  for (const [at, document] of documents.entries()) {
    restore(document);
    if (JSON.stringify(await hints(document)) !== beginning[at]) problems.push(`${document.uri} does not show what it showed at the beginning`);
  }
  await connection.sendRequest('shutdown');
  child.kill();
}
for (const message of new Set(logged)) problems.push(`logged: ${message.slice(0, 2_000)}`);

const tenth = (list, at) => list.slice(Math.floor((list.length * at) / 10), Math.floor((list.length * (at + 1)) / 10));
const percentiles = (list) => { const sorted = [...list].sort((left, right) => left - right); return [0.5, 0.95, 0.99].map((share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN); };
const first = percentiles(tenth(latencies, 0)), last = percentiles(tenth(latencies, 9));
const least = (list) => Math.min(...list.map(({ megabytes }) => megabytes));
const early = least(tenth(memory, 1)), late = least(tenth(memory, 9));
console.log(`${done} edits of ${documents.length} files in ${((Date.now() - started) / 1000).toFixed(0)} s, ${latencies.length} bursts, ${cancelled} questions given up`);
console.log(`from the last edit to the hints, first tenth: p50 ${first[0].toFixed(1)}, p95 ${first[1].toFixed(1)}, p99 ${first[2].toFixed(1)} ms; last tenth: ${last.map((value) => value.toFixed(1)).join(', ')} ms`);
if (memory.length > 0) console.log(`memory: ${early} MB in the second tenth, ${late} MB in the last, at most ${Math.max(...memory.map(({ megabytes }) => megabytes))} MB; ${(slope(memory.slice(Math.floor(memory.length / 5))) * 100_000).toFixed(2)} MB for 100,000 edits`);
if (memory.length > 20 && late > early * 1.25) problems.push(`memory grows from ${early} to ${late} MB`);
if (latencies.length > 200 && last[1] > first[1] * 1.5) problems.push(`p95 grows from ${first[1].toFixed(1)} to ${last[1].toFixed(1)} ms`);
for (const problem of problems) console.log(problem);
rmSync(folder, { recursive: true, force: true });
rmSync(server, { force: true });
console.log(`${problems.length === 0 ? 1 : 0} passed, ${problems.length} failed`);
process.exit(problems.length === 0 ? 0 : 1);

function edit(document) {
  const { text } = document, at = random(text.length + 1), kind = random(3);
  const removed = kind === 0 ? 0 : Math.min(text.length - at, 1 + random(kind === 1 ? 2 : 6)), added = kind === 1 ? '' : (typed[random(typed.length)] ?? '');
  change(document, at, at + removed, added);
}
function restore(document) { change(document, 0, document.text.length, document.original); }
function change(document, from, to, added) {
  const range = { start: positionAt(document.text, from), end: positionAt(document.text, to) };
  document.text = document.text.slice(0, from) + added + document.text.slice(to);
  document.version += 1;
  void connection.sendNotification('textDocument/didChange', { textDocument: { uri: document.uri, version: document.version }, contentChanges: [{ range, text: added }] });
}
function positionAt(text, offset) {
  const before = text.slice(0, offset), line = before.lastIndexOf('\n') + 1;
  return { line: before.length === 0 ? 0 : before.split('\n').length - 1, character: offset - line };
}
/** Programs of the cases and specifications, the longest that are not large. */
function programs() {
  const cases = readdirSync('test/cases').filter((name) => name.endsWith('.py')).sort().map((name) => ({ name, text: readFileSync(path.join('test/cases', name), 'utf8') }));
  // A carriage return would count as a line's end of its own.
  return [...modelPrograms(), ...cases].filter(({ text }) => text.length > 400 && text.length < 20_000 && !text.includes('\r')).slice(0, fileCount);
}
function residentMegabytes() {
  try { return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024); } catch { return 0; }
}
/** Least squares: megabytes for each edit. */
function slope(points) {
  const x = points.reduce((sum, point) => sum + point.edits, 0) / points.length, y = points.reduce((sum, point) => sum + point.megabytes, 0) / points.length;
  const over = points.reduce((sum, point) => sum + (point.edits - x) * (point.megabytes - y), 0), under = points.reduce((sum, point) => sum + (point.edits - x) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
