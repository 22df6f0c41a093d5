// `npm run package [FILE.vsix]`: builds, and packs what users get with vsce. It packs a folder that holds these files only:
// from the repository's own root vsce would first look at each of its hundred thousand files (two minutes).
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyPackage, repository } from './setup.mjs';

const target = path.resolve(process.argv[2] ?? path.join(repository, 'inlayer.vsix'));
const staged = path.join(repository, 'out', 'package');
execute(['esbuild.mjs', '--production'], repository);
rmSync(staged, { recursive: true, force: true });
copyPackage(staged);
const manifest = JSON.parse(readFileSync(path.join(staged, 'package.json'), 'utf8'));
delete manifest.scripts;
delete manifest.devDependencies;
writeFileSync(path.join(staged, 'package.json'), JSON.stringify(manifest, undefined, 2));
// The README's pictures are not packed, and the extension's page in the editor shows none of a folder.
const readme = path.join(staged, 'README.md');
writeFileSync(readme, readFileSync(readme, 'utf8').split('\n').filter((line) => !line.startsWith('![')).join('\n'));
execute([path.join(repository, 'node_modules', '@vscode', 'vsce', 'vsce'), 'package', '--no-dependencies', '--allow-missing-repository', '-o', target], staged);
console.log(`${target}: ${Math.round(statSync(target).size / 1024)} KB`);

function execute(args, cwd) {
  const result = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
