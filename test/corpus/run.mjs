// What the engine knows of real libraries and programs:  npm run corpus [-- GROUP…] [-- --only=WORD] [-- programs FOLDER…]
//   torchvision      every builder of torchvision.models from its source, parameters and shapes
//   timm             every model that timm registers, from its source, parameters and shapes
//   keras            keras.applications from Keras' own source
//   findings         `check` over every file of big libraries: what it finds fault with, against test/facts/findings-at-scale.txt; also
//                    in out/corpus/findings.tsv, warnings too. It takes most of an hour: --only=timm/ picks files by their path
//   programs FOLDER  the programs of a folder: the share of layer calls whose shape is known, and findings of severity error
//   coverage         members and features by how many real files use them
// Without a group all are measured that need no folder, findings left out. The libraries stand in .venv-corpus, made when it is first needed, or in the
// environment that INLAYER_CORPUS_ENVIRONMENT names. Exit 1 when a group stays below its bound.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { corpusEnvironment } from './setup.mjs';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
// As the extension starts the server (extension/client.ts).
const memoryFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64'];
if (!memoryFlags.every((flag) => process.execArgv.includes(flag))) {
  const again = spawnSync(process.execPath, [...memoryFlags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(again.status ?? 1);
}
const only = [], names = [], folders = [];
for (const argument of process.argv.slice(2)) {
  if (argument.startsWith('--only=')) only.push(argument.slice('--only='.length));
  else if (names.includes('programs')) folders.push(path.resolve(argument));
  else names.push(argument);
}
process.chdir(root);
const outdir = path.join('out', 'corpus', String(process.pid));
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: ['test/corpus/index.ts'], outfile: path.join(outdir, 'index.mjs'), bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external',
  sourcemap: 'inline', logLevel: 'warning', define: { VERSION: '"corpus"' },
});
const corpus = await import(pathToFileURL(path.resolve(outdir, 'index.mjs')).href);

const known = [...Object.keys(corpus.groups), 'programs', 'coverage'];
const strange = names.filter((name) => !known.includes(name));
if (strange.length > 0 || (names.includes('programs') && folders.length === 0)) {
  console.error(strange.length > 0 ? `no group "${strange[0]}"; there are ${known.join(', ')}` : 'programs: name a folder');
  process.exit(2);
}
const isChosen = (name) => (names.length === 0 ? name !== 'findings' : names.includes(name));
const isTerminal = process.stdout.isTTY;
let told = 0;
const progress = (group, done, of) => {
  if (!isTerminal && done < of && Date.now() - told < 10_000) return;
  told = Date.now();
  process.stdout.write(isTerminal ? `\r\x1b[K${group} ${done}/${of}${done === of ? '\n' : ''}` : `${group} ${done}/${of}\n`);
};

for (const folder of folders) {
  const result = await corpus.measurePrograms(folder, corpusEnvironment(), { only, progress });
  for (const line of corpus.programsReport(result)) console.log(line);
  if (result.errors.length > 0) process.exitCode = 1;
}
const results = [];
for (const [name, measure] of Object.entries(corpus.groups)) {
  if (isChosen(name)) results.push(...await measure(corpusEnvironment(name), { only, progress }));
}
for (const result of results) for (const line of corpus.failuresOf(result)) console.log(line);
for (const result of results) console.log(corpus.slowestOf(result));
if (results.length > 0) console.log(['', ...corpus.tableOf(results), ''].join('\n'));
for (const note of results.flatMap((result) => result.notes ?? [])) console.log(note);
if (isChosen('coverage')) for (const line of corpus.coverageReport()) console.log(line);
const misses = results.flatMap(corpus.missesOf);
for (const miss of misses) console.log(`misses  ${miss}`);
process.exit(misses.length > 0 ? 1 : process.exitCode ?? 0);
