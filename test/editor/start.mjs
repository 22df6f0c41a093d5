// `npm start [PATH]`: builds the extension and opens VS Code with it on a folder or file (the example workspace unless one is
// given): the desktop's where there is one, else one in the browser, served on this machine only.
//   --browser    the browser, even where there is a desktop VS Code        --port N    its port (default 8321, else a free one)
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyPackage, editorFolder, findProgram, installHost, installPackages, repository } from './setup.mjs';

const options = readCommandLine(process.argv.slice(2));
installPackages();
build();
const desktop = options.browser ? undefined : findDesktop();
if (desktop === undefined) await openInBrowser();
else openOnDesktop(desktop);

function build() {
  const result = spawnSync(process.execPath, [path.join(repository, 'esbuild.mjs')], { cwd: repository, encoding: 'utf8' });
  for (const file of ['extension.cjs', 'server.cjs']) {
    if (!existsSync(path.join(repository, 'dist', file))) fail(`The build failed:\n${result.stderr}`);
  }
  if (result.status !== 0) console.error(result.stderr);
}

/** A desktop VS Code. The `code` of a remote or browser window's terminal is none: it cannot load an extension from a folder. */
function findDesktop() {
  if (process.env.VSCODE_IPC_HOOK_CLI !== undefined) return undefined;
  // Under root on Linux the desktop program refuses to start.
  if (process.platform === 'linux' && (process.getuid?.() === 0 || (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY) === undefined)) return undefined;
  return findProgram(process.platform === 'win32' ? ['code.cmd'] : ['code', 'codium', 'code-insiders']);
}

function openOnDesktop(program) {
  const { folder, file } = options;
  const result = spawnSync(program, [`--extensionDevelopmentPath=${repository}`, '--new-window', ...(folder === undefined ? [] : [folder]), ...(file === undefined ? [] : [file])],
    { stdio: 'inherit', shell: process.platform === 'win32' });
  if (result.status !== 0) fail(`${program} ended with ${result.status}.`);
  console.log('VS Code has opened with the extension.');
}

async function openInBrowser() {
  installHost();
  const { startServer } = await import('./server.mjs');
  const temporary = mkdtempSync(path.join(tmpdir(), 'inlayer-start-'));
  const extensions = path.join(temporary, 'extensions');
  const folder = options.folder ?? path.dirname(options.file);
  installExtension(extensions);
  const token = randomBytes(16).toString('hex');
  const server = await startServer({
    port: options.port ?? (await isFree(8321) ? 8321 : 0), token, extensions, folder,
    settings: { 'security.workspace.trust.enabled': false },
  });
  let stopping = false;
  const stop = (code) => {
    if (stopping) return;
    stopping = true;
    server.stop();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0));
  server.process.on('exit', (code) => stop(code ?? 1));
  // The server hands files to its window by this address; the token keeps other users and web pages of this machine out.
  const query = new URLSearchParams({ tkn: token, folder, ...(options.file === undefined ? {} : { payload: JSON.stringify([['openFile', `vscode-remote://${server.authority}${options.file}`]]) }) });
  console.log(`\nVS Code with Inlayer, on ${folder}:\n\n    http://${server.authority}/?${query}\n\nCtrl+C ends it.`);
}

/** The extension as a user has it: its packaged files in a folder of the extensions folder. */
function installExtension(extensions) {
  const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  copyPackage(path.join(extensions, `${manifest.publisher}.${manifest.name}-${manifest.version}`));
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function readCommandLine(args) {
  const read = { browser: false, port: undefined, folder: undefined, file: undefined };
  let given;
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--browser') read.browser = true;
    else if (argument === '--port') read.port = Number(rest.shift());
    else given = path.resolve(argument);
  }
  if (read.port !== undefined && !(Number.isInteger(read.port) && 0 < read.port && read.port < 65536)) fail('--port wants a number from 1 to 65535.');
  given ??= path.join(editorFolder, 'example', 'flowers.py');
  if (!existsSync(given)) fail(`${given} does not exist.`);
  if (statSync(given).isDirectory()) return { ...read, folder: given };
  return { ...read, folder: path.dirname(given), file: given };
}

function fail(text) {
  console.error(text);
  process.exit(1);
}
