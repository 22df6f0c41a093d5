// A workspace full of traps: nothing of it may be run, nothing outside what may be read is opened, nothing is written, nothing goes anywhere. The real
// command line and the real server process are watched from within (watch.cjs).
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node';

const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'inlayer-traps-')));
const workspace = path.join(root, 'workspace'), outside = path.join(root, 'outside'), built = path.join(root, 'built'), home = path.join(root, 'home');
const sprung = path.join(root, 'sprung');

/** Python that leaves a mark when it is run. */
const mark = `import os, subprocess, socket, urllib.request, pathlib
os.system("touch ${sprung}")
subprocess.run(["touch", "${sprung}"])
pathlib.Path("${sprung}").write_text("run")
open("${sprung}", "w").write("run")
os.remove("${path.join(outside, 'secret.py')}")
urllib.request.urlopen("http://127.0.0.1:9/leak")
socket.create_connection(("127.0.0.1", 9))
exec("open('${sprung}', 'w')")
eval("__import__('os').system('touch ${sprung}')")
`;

const files: Readonly<Record<string, string>> = {
  'main.py': `${mark}
import keras, pickle, importlib, runpy, ctypes, shutil, sys
import numpy as np
import pandas as pd
import torch
import sideeffect, dangling, loop.loop.loop.inner, pipe, escaping, secret
from linked import secret as other
from package import *
importlib.import_module("sideeffect")
runpy.run_path("sideeffect.py")
exec(open("sideeffect.py").read())
pickle.load(open("model.pkl", "rb"))
torch.load("model.pkl", weights_only=False)
np.load("../outside/secret.npy", allow_pickle=True)
np.load("escape.npy")
pd.read_csv("../outside/secret.csv")
pd.read_csv("https://127.0.0.1:9/leak.csv")
keras.models.load_model("../outside/secret.h5")
open("/etc/passwd").read()
open(os.path.expanduser("~/.ssh/id_rsa")).read()
os.listdir("/")
shutil.rmtree("${outside}")
with open("${path.join(workspace, 'written.txt')}", "w") as f:
    f.write("x")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.save("written.keras")
keras.utils.get_file("leak.zip", "http://127.0.0.1:9/leak.zip")
`,
  'sideeffect.py': mark,
  'sitecustomize.py': mark,
  'usercustomize.py': mark,
  'conftest.py': mark,
  'setup.py': mark,
  'package/__init__.py': `${mark}from . import *\nfrom .. import main\n`,
  '.env': `PYTHONSTARTUP=${path.join(workspace, 'sideeffect.py')}\nLD_PRELOAD=/nowhere.so\nNODE_OPTIONS=--require ${path.join(workspace, 'evil.cjs')}\n`,
  'evil.cjs': `require('node:fs').writeFileSync(${JSON.stringify(sprung)}, 'run');`,
  'node_modules/vscode-languageserver/index.js': `require('node:fs').writeFileSync(${JSON.stringify(sprung)}, 'run');`,
  'pyproject.toml': '[tool.inlayer]\nrules = { "label-range" = "$(touch x)", "__proto__" = "off", "constructor" = "error" }\npythonEnvironment = "../outside/venv"\n[tool.inlayer.__proto__]\npolluted = true\n',
  '.vscode/settings.json': `{ "python.defaultInterpreterPath": ${JSON.stringify(path.join(workspace, 'bin', 'python3'))} }`,
  'bin/python3': `#!/bin/sh\ntouch ${sprung}\n`,
  'model.pkl': 'cos\nsystem\n(S"touch"\ntR.',
  // An environment of the workspace whose files lead out of it.
  '.venv/pyvenv.cfg': `home = ${path.join(outside, 'bin')}\ninclude-system-site-packages = true\nversion = 3.11.4\n`,
  '.venv/lib/python3.11/site-packages/evil.pth': `import os; os.system("touch ${sprung}")\n${outside}\n../../../../../outside\n/etc\n`,
  '.venv/lib/python3.11/site-packages/__editable___evil_finder.py': `MAPPING = {'secret': '${path.join(outside, 'secret')}'}\n${mark}`,
  '.venv/lib/python3.11/site-packages/__editable__.evil.pth': 'import __editable___evil_finder\n',
  '.venv/lib/python3.11/site-packages/library/__init__.py': mark,
};

before(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  for (const folder of [outside, home, path.join(outside, 'folder'), path.join(home, '.ssh')]) mkdirSync(folder, { recursive: true });
  for (const name of ['secret.py', 'secret.csv', 'secret.npy', 'secret.h5', 'folder/secret.py']) writeFileSync(path.join(outside, name), 'secret = 5\n');
  writeFileSync(path.join(home, '.ssh', 'id_rsa'), 'secret');
  symlinkSync(path.join(outside, 'folder'), path.join(workspace, 'linked'));
  symlinkSync(path.join(outside, 'secret.py'), path.join(workspace, 'escaping.py'));
  symlinkSync(path.join(outside, 'secret.npy'), path.join(workspace, 'escape.npy'));
  symlinkSync(path.join(workspace, 'nowhere.py'), path.join(workspace, 'dangling.py'));
  symlinkSync(workspace, path.join(workspace, 'loop'));
  try { execFileSync('mkfifo', [path.join(workspace, 'pipe.py')]); } catch { /* Windows has none. */ }
  const shared = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'silent' } as const;
  await build({ ...shared, entryPoints: { cli: 'server/cli.ts', server: 'server/lsp/node.ts' }, outdir: built, outExtension: { '.js': '.cjs' } });
});
after(() => { rmSync(root, { recursive: true, force: true }); });

const environment = (watch: string): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: home, INLAYER_WATCH: watch, VIRTUAL_ENV: undefined });
const watched = path.resolve('test/traps/watch.cjs');

interface Noted { readonly kind: string; readonly name: string; readonly what: string }

function notes(watch: string): Noted[] {
  return readFileSync(watch, 'utf8').trim().split('\n').filter((line) => line !== '').map((line) => { const [kind = '', name = '', what = ''] = JSON.parse(line) as string[]; return { kind, name, what }; });
}

/** Python's own installation is found on the PATH: what stands there may be listed and its small files of settings read. */
function isOfSystemPython(file: string): boolean {
  return /^\/(usr|opt|root|home|Library)\b.*\/(lib|lib64|site-packages|dist-packages)(\/|$)/.test(file) || /(pyvenv\.cfg|\.pth)$/.test(file) || (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => file.startsWith(folder));
}

/** The Python that a `pyvenv.cfg` names, and the packages of the person: it is looked whether folders of these names are there, and no file is opened. */
function isBaseOfEnvironment({ name, what }: Noted): boolean {
  return name === 'readdirSync' && /^\/(bin\/python3|(local\/)?lib(64)?(\/python3\/dist-packages)?|Lib\/site-packages|\.local\/lib\/python3\.11\/site-packages)$/.test(what.replace(outside, '').replace(home, ''));
}

function assertHarmless(watch: string): void {
  const all = notes(watch).filter((one) => !isBaseOfEnvironment(one));
  assert.ok(all.some(({ kind, what }) => kind === 'read' && what.startsWith(workspace)), 'nothing was noted: the watch does not work');
  assert.deepEqual(all.filter(({ kind }) => kind !== 'read'), []);
  assert.deepEqual(all.filter(({ what }) => what.startsWith(outside) || what.startsWith(home)), []);
  assert.deepEqual(all.filter(({ what }) => !what.startsWith(root) && what !== watched && !isOfSystemPython(what)), []);
  assert.deepEqual([existsSync(sprung), existsSync(path.join(outside, 'secret.py')), existsSync(path.join(workspace, 'written.txt')), ({} as { polluted?: unknown }).polluted], [false, true, false, undefined]);
}

test('the command line runs nothing, writes nothing and reads nothing outside', () => {
  for (const [at, args] of [['check', '.'], ['check', '--format', 'sarif', 'main.py'], ['hints', 'main.py'], ['summary', '--json', 'main.py']].entries()) {
    const watch = path.join(root, `command-${at}.jsonl`);
    const result = spawnSync(process.execPath, ['--require', watched, path.join(built, 'cli.cjs'), ...args], { cwd: workspace, encoding: 'utf8', env: environment(watch), timeout: 120_000 });
    assert.notEqual(result.status, null, `${args.join(' ')} did not end`);
    assert.doesNotMatch(result.stdout + result.stderr, /secret = 5|at .*\.cjs:\d+/);
    assertHarmless(watch);
  }
});

test('the server runs nothing, writes nothing and reads nothing outside, while files change under it', { timeout: 120_000 }, async () => {
  const watch = path.join(root, 'server.jsonl');
  const child = spawn(process.execPath, ['--require', watched, path.join(built, 'server.cjs'), '--stdio'], { cwd: workspace, env: environment(watch), stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const logged: string[] = [];
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => { logged.push(message); });
  connection.listen();
  try {
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, workspaceFolders: [{ uri: pathToFileURL(workspace).toString(), name: 'traps' }], capabilities: {} });
    await connection.sendNotification('initialized', {});
    const uri = pathToFileURL(path.join(workspace, 'main.py')).toString();
    const whole = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
    await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text: files['main.py'] } });
    for (let round = 0; round < 6; round += 1) {
      const hints = await connection.sendRequest<unknown[]>('textDocument/inlayHint', { textDocument: { uri }, range: whole });
      assert.ok(Array.isArray(hints));
      for (const method of ['inlayer/summary', 'inlayer/graph', 'inlayer/trainingPlans']) await connection.sendRequest(method, { uri });
      await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line: 12 + round, character: 9 } });
      // A file becomes another, a folder, a link out, nothing.
      const changing = path.join(workspace, 'sideeffect.py');
      rmSync(changing, { recursive: true, force: true });
      if (round === 0) writeFileSync(changing, Buffer.from([0, 255, 1]));
      if (round === 1) mkdirSync(changing);
      if (round === 2) symlinkSync(path.join(outside, 'secret.py'), changing);
      if (round === 3) symlinkSync(changing, changing);
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: pathToFileURL(changing).toString(), type: 2 }] });
      await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 + round }, contentChanges: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '# edited\n' }] });
    }
    // What the editor is told to look at: an interpreter of the workspace, folders that do not exist.
    await connection.sendNotification('inlayer/environment', { interpreter: path.join(workspace, 'bin', 'python3') });
    await connection.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range: whole });
    await connection.sendRequest('shutdown');
  } finally {
    connection.dispose();
    child.kill();
  }
  assert.deepEqual(logged, []);
  assertHarmless(watch);
});
