// Builds what is shipped into dist/. Entries whose source does not exist are skipped.
//   node esbuild.mjs [--production] [--watch]
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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

/** The entries that exist, each with its options. */
export function buildOptions(production) {
  const shared = {
    absWorkingDir: root, bundle: true, minify: production, sourcemap: production ? false : 'linked', legalComments: 'none', logLevel: 'info',
    loader: { '.md': 'text', '.py': 'text', '.csv': 'text' }, plugins: [pyrightPlugin()],
    define: { VERSION: JSON.stringify(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version) },
  };
  const node = { ...shared, platform: 'node', target: 'node20' };
  const page = { ...shared, platform: 'browser', target: 'es2022', format: 'iife', outbase: 'webviews/summary' };
  const entries = [
    { ...node, entryPoints: ['server/cli.ts'], outfile: 'dist/cli.js', format: 'esm' },
    { ...node, entryPoints: ['server/lsp/node.ts'], outfile: 'dist/server.cjs', format: 'cjs' },
    { ...shared, entryPoints: ['server/lsp/worker.ts'], outfile: 'dist/server.worker.js', format: 'iife', platform: 'browser', target: 'es2022' },
    { ...node, entryPoints: ['extension/activate.ts'], outfile: 'dist/extension.cjs', format: 'cjs', external: ['vscode'] },
    { ...page, entryPoints: ['webviews/summary/summary.ts', 'webviews/summary/summary.css'], outdir: 'dist/webviews' },
  ];
  return entries.filter((options) => existsSync(path.join(root, options.entryPoints[0])));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const production = process.argv.includes('--production');
  const all = buildOptions(production);
  if (process.argv.includes('--watch')) {
    await Promise.all(all.map(async (options) => (await context(options)).watch()));
  } else {
    // One entry that fails, which esbuild reports itself, does not keep the others from being built.
    const results = await Promise.allSettled(all.map((options) => build(options)));
    if (results.some((result) => result.status === 'rejected')) process.exitCode = 1;
  }
}
