// Large places:  node test/bench/places.mjs [--environment FOLDER] [--files N]
// A workspace of ten thousand Python files beside twenty open model files, with an environment that holds torch and its kin. Printed: what the server reads
// before a file is opened, the time from opening a file to its first hints, and the memory that the server has in use once all are open and were edited.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node';
import { modelPrograms } from '../support/spec-programs.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const everything = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

/** Bounds of README: 200 MB in use, the first hint within a second, no file read at the start. */
export async function measurePlaces(environment, fileCount = 10_000) {
  const folder = mkdtempSync(path.join(tmpdir(), 'inlayer-places-')), workspace = path.join(folder, 'workspace');
  const server = path.join(folder, 'server.cjs'), watch = path.join(folder, 'watch.jsonl'), memory = path.join(folder, 'memory.jsonl');
  try {
    await build({ entryPoints: [path.join(root, 'server/lsp/node.ts')], outfile: server, bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning' });
    const opened = makeWorkspace(workspace, fileCount, librariesOf(environment));
    writeFileSync(watch, '');
    writeFileSync(memory, '');
    const child = spawn(process.execPath, ['--min-semi-space-size=32', '--max-semi-space-size=64', '--expose-gc', '--require', path.join(root, 'test/traps/watch.cjs'), '--require', path.join(root, 'test/bench/memory.cjs'), server, '--stdio'], {
      cwd: workspace, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, INLAYER_WATCH: watch, INLAYER_MEMORY: memory, ...(environment === undefined ? {} : { VIRTUAL_ENV: path.resolve(environment) }) },
    });
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(workspace).toString(), name: 'large' }], capabilities: {} });
    await connection.sendNotification('initialized', {});
    await new Promise((resolve) => { setTimeout(resolve, 1_000); });
    const readAtStart = readFileSync(watch, 'utf8').split('\n').filter((line) => line.includes(workspace)).length;
    const firsts = [], silent = [];
    for (const [at, file] of opened.entries()) {
      const text = readFileSync(file, 'utf8'), uri = pathToFileURL(file).toString(), started = performance.now();
      await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
      const hints = await connection.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range: everything });
      firsts.push(performance.now() - started);
      if (hints.length === 0) silent.push(path.basename(file));
      if (at === 0) continue;
      await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '# edited\n' }] });
      await connection.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range: everything });
    }
    child.kill('SIGUSR2');
    await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    const { used, resident } = JSON.parse(readFileSync(memory, 'utf8').trim().split('\n').at(-1));
    await connection.sendRequest('shutdown');
    connection.dispose();
    child.kill();
    return { readAtStart, first: firsts[0], slowest: Math.max(...firsts), open: opened.length, silent, usedMegabytes: used / 1e6, residentMegabytes: resident / 1e6 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packages of twenty files each that import one another, some with models; gives the files that are opened. */
function makeWorkspace(workspace, fileCount, libraries) {
  for (let at = 0; at < fileCount / 20; at += 1) {
    const folder = path.join(workspace, `group${at % 25}`, `package${at}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, '__init__.py'), `from .part1 import make\n`);
    for (let part = 1; part < 20; part += 1) {
      writeFileSync(path.join(folder, `part${part}.py`), `import os\nimport torch.nn as nn\nfrom . import part${part % 19 + 1}\n\n\ndef make(width=${part}):\n    return nn.Linear(width, ${at % 50 + 2})\n\n\nclass Part${part}:\n    def __init__(self):\n        self.width = ${part}\n`);
    }
  }
  // The programs of the cases that show hints stand for people's own files; with libraries, some read them.
  const own = modelPrograms().map(({ text }) => text).filter((text) => text.length > 1_500 && text.length < 10_000);
  const builders = [
    ...(libraries.includes('torchvision') ? ['resnet50', 'efficientnet_b0'].map((name) => `import torch\nimport torchvision\nmodel = torchvision.models.${name}()\nout = model(torch.zeros(1, 3, 224, 224))\n`) : []),
    ...(libraries.includes('transformers') ? ['import torch\nfrom transformers import BertConfig, BertModel\nmodel = BertModel(BertConfig())\nout = model(torch.zeros(2, 16, dtype=torch.long))\n'] : []),
    ...(libraries.includes('timm') ? ['import timm\nimport torch\nmodel = timm.create_model("resnet18", num_classes=5)\nout = model(torch.zeros(1, 3, 224, 224))\n'] : []),
  ];
  const programs = own.slice(0, 20 - builders.length);
  return [...programs, ...builders].map((text, at) => {
    const file = path.join(workspace, `group${at % 25}`, `model${at}.py`);
    writeFileSync(file, text);
    return file;
  });
}

function librariesOf(environment) {
  if (environment === undefined) return [];
  const library = path.join(environment, 'lib');
  return readdirSync(library).filter((name) => name.startsWith('python')).flatMap((name) => readdirSync(path.join(library, name, 'site-packages')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
  const result = await measurePlaces(option('--environment') ?? process.env.VIRTUAL_ENV, Number(option('--files') ?? 10_000));
  console.log(`${result.readAtStart} files of the workspace read before one is opened; the first hints after ${result.first.toFixed(0)} ms, of ${result.open} files at most ${result.slowest.toFixed(0)} ms; ${result.usedMegabytes.toFixed(0)} MB in use with all open (${result.residentMegabytes.toFixed(0)} MB resident)${result.silent.length === 0 ? '' : `; no hints in ${result.silent.join(', ')}`}`);
}
