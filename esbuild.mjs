// Builds what is shipped into dist/. Entries whose source does not exist are skipped.
//   node esbuild.mjs [--production] [--watch] [--to FOLDER] [--only command-line]
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { build, context } from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));

/**
 * Makes Pyright's parser small (2.1 MB shrink to 0.25 MB) and free of Node. Its messages are reduced to the English ones that
 * the parser itself uses, its file URIs to nothing (no file is ever named to it), and its copying of strings by way of
 * `Buffer`, which browsers lack, to the string itself.
 */
export function pyrightPlugin() {
  const inPyright = /[\\/]@zzzen[\\/]pyright-internal[\\/]dist[\\/]/;
  const only = (load) => (args) => (inPyright.test(args.path) ? load(args) : undefined);
  return {
    name: 'pyright',
    setup(build) {
      build.onLoad({ filter: /[\\/]localization[\\/]localize\.js$/ }, only(async (args) => ({ contents: await messagesModule(path.dirname(args.path)), loader: 'js' })));
      build.onLoad({ filter: /[\\/]common[\\/]uri[\\/]uri\.js$/ }, only(() => ({ contents: 'exports.Uri = {};', loader: 'js' })));
      build.onLoad({ filter: /[\\/]common[\\/]core\.js$/ }, only(async (args) => ({ contents: `${await readFile(args.path, 'utf8')}\nexports.cloneStr = (text) => text;\n`, loader: 'js' })));
    },
  };
}

/** Stands in for Pyright's localize.js: a function for each message that the parser names. A message with holes has `format`. */
async function messagesModule(folder) {
  const catalogue = JSON.parse(await readFile(path.join(folder, 'package.nls.en-us.json'), 'utf8'));
  const parser = await readFile(path.join(path.dirname(folder), 'parser', 'parser.js'), 'utf8');
  const original = await readFile(path.join(folder, 'localize.js'), 'utf8');
  const pick = (group, object) => {
    const names = [...new Set([...parser.matchAll(new RegExp(`\\b${object}\\.(\\w+)\\(`, 'g'))].map((match) => match[1]))].sort();
    return JSON.stringify(Object.fromEntries(names.map((name) => {
      const entry = catalogue[group]?.[name];
      const text = typeof entry === 'string' ? entry : entry?.message;
      if (text === undefined || !original.includes(`${group}.${name} = () => `)) throw new Error(`Pyright has no message ${group}.${name}`);
      return [name, [text, original.includes(`${group}.${name} = () => new ParameterizedString(`)]];
    })));
  };
  return `
const fill = (text) => ({
  getFormatString: () => text,
  format: (values) => Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll('{' + name + '}', String(value)), text),
});
const functions = (texts) => Object.fromEntries(Object.entries(texts).map(([name, [text, hasHoles]]) => [name, () => (hasHoles ? fill(text) : text)]));
exports.LocMessage = functions(${pick('Diagnostic', 'LocMessage')});
exports.LocAddendum = functions(${pick('DiagnosticAddendum', 'LocAddendum')});
exports.setLocaleOverride = () => {};
`;
}

/** How TensorFlow.js and the decoders of pictures are bundled for Node: from their ES modules, without what only browsers have. */
export const bundledTensorFlow = {
  mainFields: ['module', 'main'], external: ['sharp', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-backend-webgpu', 'webgpu'],
};

/** `inlayer:layout-worker`: the graph's layout, built by itself, as a text that its page starts a worker from. */
function layoutWorkerPlugin(production) {
  return {
    name: 'layout-worker',
    setup(builder) {
      builder.onResolve({ filter: /^inlayer:layout-worker$/ }, () => ({ path: 'layout-worker', namespace: 'layout-worker' }));
      builder.onLoad({ filter: /.*/, namespace: 'layout-worker' }, async () => {
        const { outputFiles, metafile } = await build({
          absWorkingDir: root, entryPoints: ['webviews/graph/layout-worker.ts'], bundle: true, minify: production, write: false, metafile: true, format: 'iife', platform: 'browser', target: 'es2022', legalComments: 'none', logLevel: 'silent',
        });
        return { contents: `export const source = ${JSON.stringify(outputFiles[0].text)};`, loader: 'js', watchFiles: Object.keys(metafile.inputs).map((name) => path.join(root, name)) };
      });
    },
  };
}

/** What the trainer reads beside itself: the wasm backend, the JPEG decoder and the packaged data. */
const trainerFiles = ['node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm', 'extension/training/data/digits.gz'];

/** Node fetches itself; what TensorFlow.js brings for that is left out (0.3 MB). */
const withoutFetchPlugin = {
  name: 'without-fetch',
  setup(build) {
    build.onResolve({ filter: /^node-fetch$/ }, () => ({ path: 'node-fetch', namespace: 'empty' }));
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = globalThis.fetch;', loader: 'js' }));
  },
};

function trainerFilesPlugin(folder) {
  return {
    name: 'trainer-files',
    setup: (build) => build.onEnd(() => {
      mkdirSync(folder, { recursive: true });
      for (const file of trainerFiles) copyFileSync(path.join(root, file), path.join(folder, path.basename(file)));
    }),
  };
}

/** The programs with which the command line is run for its compiled code: what V8 compiles for them is stored. */
const warmUp = ['test/bench/introductory.py', 'test/bench/network.py'];

/**
 * Stores V8's compiled code of cli.cjs for this Node, so that a start need not compile it (0.1 s): server/launcher.ts looks
 * for it. V8 refuses it in other versions, but of the text it compares the length only, so that each build removes it first.
 */
function compiledCodePlugin(folder) {
  return {
    name: 'compiled-code',
    setup(build) {
      build.onStart(() => {
        for (const name of existsSync(folder) ? readdirSync(folder) : []) if (name.endsWith('.cache')) rmSync(path.join(folder, name), { force: true });
      });
      build.onEnd((result) => {
        if (result.errors.length > 0) return;
        spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--store-compiled-code', folder], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
      });
    },
  };
}

function storeCompiledCode(folder) {
  const file = path.join(folder, 'cli.cjs'), target = path.join(folder, `cli-${process.version}-${process.platform}-${process.arch}.cache`);
  process.argv = [process.execPath, file, 'summary', ...warmUp];
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), { filename: file });
  const started = { exports: {} };
  script.runInThisContext()(started.exports, createRequire(file), started, file, folder);
  writeFileSync(`${target}.new`, script.createCachedData());
  renameSync(`${target}.new`, target);
}

/** The texts of each language: those of the extension's own code and those of the engine, which the extension and the command line read alike. */
function translationsPlugin(folder) {
  return {
    name: 'translations',
    setup: (build) => build.onEnd(() => {
      mkdirSync(path.join(folder, 'l10n'), { recursive: true });
      for (const language of readdirSync(path.join(root, 'server', 'languages'))) writeFileSync(path.join(folder, 'l10n', `bundle.l10n.${language}.json`), `${JSON.stringify(translations(language))}\n`);
    }),
  };
}

/** English sentence → sentence, of all files of a language. */
export function translations(language) {
  const areas = path.join(root, 'server', 'languages', language);
  const files = [path.join(root, 'extension', 'l10n', `bundle.l10n.${language}.json`), ...readdirSync(areas).sort().map((name) => path.join(areas, name))];
  return Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(file, 'utf8'))));
}

/** The repository's scripts are ES modules, what is built is CommonJS: it starts faster, and its compiled code can be stored. */
function commonJsPlugin(folder) {
  return {
    name: 'commonjs',
    setup: (build) => build.onEnd(() => writeFileSync(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n')),
  };
}

/** Training is a bundle of its own: what the editor loads first stays small. */
export const trainingApart = {
  name: 'training-apart',
  setup: (build) => build.onResolve({ filter: /^\.\/training\/training\.ts$/ }, () => ({ path: './training.cjs', external: true })),
};

/** The entries that exist, each with its options. */
export function buildOptions(production, target = 'dist') {
  const folder = path.resolve(root, target);
  const shared = {
    absWorkingDir: root, bundle: true, minify: production, sourcemap: production ? false : 'linked', legalComments: 'none', logLevel: 'info',
    loader: { '.md': 'text', '.py': 'text', '.csv': 'text' }, plugins: [pyrightPlugin()],
    define: { VERSION: JSON.stringify(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version) },
  };
  const node = { ...shared, platform: 'node', target: 'node20' };
  const page = { ...shared, platform: 'browser', target: 'es2022', format: 'iife', entryNames: '[name]' };
  const launcher = (program) => ({ ...node, entryPoints: ['server/launcher.ts'], format: 'cjs', define: { PROGRAM: JSON.stringify(program) } });
  const entries = [
    { ...launcher('cli'), outfile: `${folder}/cli.js`, plugins: [commonJsPlugin(folder)] },
    { ...node, entryPoints: ['server/cli.ts'], outfile: `${folder}/cli.cjs`, format: 'cjs', plugins: [pyrightPlugin(), translationsPlugin(folder), compiledCodePlugin(folder)] },
    { ...launcher('server-main'), outfile: `${folder}/server.cjs` },
    { ...node, entryPoints: ['server/lsp/node.ts'], outfile: `${folder}/server-main.cjs`, format: 'cjs' },
    { ...shared, entryPoints: ['server/lsp/worker.ts'], outfile: `${folder}/server.worker.js`, format: 'iife', platform: 'browser', target: 'es2022' },
    { ...node, entryPoints: ['extension/activate.ts'], outfile: `${folder}/extension.cjs`, format: 'cjs', external: ['vscode'], plugins: [trainingApart] },
    // The browser's extension host (1.139) loads no ES modules, takes what a manifest with "type": "module" names for one unless it ends with .cjs.
    { ...shared, entryPoints: ['extension/activate-web.ts'], outfile: `${folder}/extension.web.cjs`, format: 'cjs', platform: 'browser', target: 'es2022', external: ['vscode'] },
    { ...node, entryPoints: ['extension/training/training.ts'], outfile: `${folder}/training.cjs`, format: 'cjs', external: ['vscode'] },
    { ...node, ...bundledTensorFlow, entryPoints: ['extension/training/tfjs/main.ts'], outfile: `${folder}/trainer.cjs`, format: 'cjs', logOverride: { 'empty-import-meta': 'silent' }, plugins: [trainerFilesPlugin(path.join(folder, 'trainer')), withoutFetchPlugin] },
    { ...node, entryPoints: ['extension/training/supervisor/main.ts'], outfile: `${folder}/supervisor.cjs`, format: 'cjs' },
    { ...page, outbase: 'webviews/curves', entryPoints: ['webviews/curves/curves.ts', 'webviews/curves/curves.css'], outdir: `${folder}/webviews` },
    { ...page, entryPoints: ['webviews/summary/summary.ts', 'webviews/summary/summary.css', 'webviews/compare/compare.ts', 'webviews/compare/compare.css'], outdir: `${folder}/webviews` },
    { ...page, entryPoints: ['webviews/graph/graph.ts', 'webviews/graph/graph.css'], outbase: 'webviews/graph', outdir: `${folder}/webviews`, plugins: [layoutWorkerPlugin(production)] },
  ];
  return entries.filter((options) => existsSync(path.join(root, options.entryPoints[0])));
}

async function main(args) {
  const after = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const all = buildOptions(args.includes('--production'), after('--to'))
    .filter((options) => after('--only') !== 'command-line' || /[\\/]cli\.c?js$/.test(options.outfile ?? ''));
  if (args.includes('--watch')) {
    await Promise.all(all.map(async (options) => (await context(options)).watch()));
    return;
  }
  // One entry that fails, which esbuild reports itself, does not keep the others from being built.
  const results = await Promise.allSettled(all.map((options) => build(options)));
  if (results.some((result) => result.status === 'rejected')) process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv[2] === '--store-compiled-code') storeCompiledCode(process.argv[3]);
  else await main(process.argv.slice(2));
}
