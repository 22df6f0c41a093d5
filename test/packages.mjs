// What is released: the extension as a .vsix and the command line as an npm package, each from a folder that holds its files only.
// It builds into a folder of its own and knows nothing of registries.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packagedFiles, repository } from './editor/setup.mjs';

/** What the npm package holds; texts of languages and notices besides. */
const commandLineFiles = ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/cli.js', 'dist/cli.cjs', 'dist/package.json'];

/** Builds everything into a folder. */
export function buildInto(folder, only) {
  execute([path.join(repository, 'esbuild.mjs'), '--production', '--to', folder, ...(only === undefined ? [] : ['--only', only])], repository);
}

/** The extension: what .vscodeignore lets in, packed by vsce. From the repository's own root it would first look at each of its files (two minutes). */
export function packExtension(built, staged, target) {
  rmSync(staged, { recursive: true, force: true });
  for (const name of packagedFiles(built)) copyInto(staged, name, built);
  const manifest = readManifest();
  // The command line is a package of its own: with it the engine would stand in this one three times.
  delete manifest.bin;
  delete manifest.scripts;
  delete manifest.devDependencies;
  writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  withoutPictures(path.join(staged, 'README.md'));
  execute([path.join(repository, 'node_modules', '@vscode', 'vsce', 'vsce'), 'package', '--no-dependencies', '--allow-missing-repository', '-o', target], staged);
}

/** The command line: `npx inlayer`. It depends on nothing. */
export function packCommandLine(built, staged, target) {
  rmSync(staged, { recursive: true, force: true });
  const texts = readdirSync(path.join(built, 'l10n')).map((name) => `dist/l10n/${name}`);
  for (const name of [...commandLineFiles, ...texts, 'extension/third-party-notices.txt']) copyInto(staged, name, built);
  renameSync(path.join(staged, 'extension', 'third-party-notices.txt'), path.join(staged, 'third-party-notices.txt'));
  rmSync(path.join(staged, 'extension'), { recursive: true });
  withoutPictures(path.join(staged, 'README.md'));
  const { name, version, license, engines, keywords } = readManifest();
  const { 'extension.description': description } = JSON.parse(readFileSync(path.join(repository, 'package.nls.json'), 'utf8'));
  writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify({
    name, version, description, license, keywords, bin: { inlayer: 'dist/cli.js' }, engines: { node: engines.node }, files: ['dist', 'CHANGELOG.md', 'third-party-notices.txt'],
  }, undefined, 2)}\n`);
  const packed = spawnSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', path.dirname(target)], { cwd: staged, encoding: 'utf8', shell: process.platform === 'win32' });
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  renameSync(path.join(path.dirname(target), packed.stdout.trim().split('\n').at(-1) ?? ''), target);
}

/** The README's pictures are not packed, and the extension's page in the editor shows none of a folder. */
function withoutPictures(readme) {
  writeFileSync(readme, readFileSync(readme, 'utf8').split('\n').filter((line) => !line.startsWith('![')).join('\n'));
}

function readManifest() {
  return JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
}

/** What is built is taken from the folder that it was built into. */
function copyInto(staged, name, built) {
  mkdirSync(path.dirname(path.join(staged, name)), { recursive: true });
  copyFileSync(name.startsWith('dist/') ? path.join(built, name.slice('dist/'.length)) : path.join(repository, name), path.join(staged, name));
}

function execute(args, cwd) {
  const result = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`);
}
