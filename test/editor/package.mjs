// `npm run package [FOLDER]`: builds, and packs what users get: inlayer.vsix, and inlayer.tgz for npm.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildInto, packCommandLine, packExtension } from '../packages.mjs';
import { repository } from './setup.mjs';

const target = path.resolve(process.argv[2] ?? repository);
const work = path.join(repository, 'out', `package-${process.pid}`), built = path.join(work, 'dist');
mkdirSync(target, { recursive: true });
try {
  buildInto(built);
  packExtension(built, path.join(work, 'extension'), path.join(target, 'inlayer.vsix'));
  packCommandLine(built, path.join(work, 'command-line'), path.join(target, 'inlayer.tgz'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
for (const name of ['inlayer.vsix', 'inlayer.tgz']) console.log(`${path.join(target, name)}: ${Math.round(statSync(path.join(target, name)).size / 1024)} KB`);
