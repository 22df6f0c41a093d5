// Builds what is shipped into dist/. Entries whose source does not exist are skipped.
//   node esbuild.mjs [--production] [--watch]
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));

/**
 * Makes Pyright's parser small and free of Node: of its message catalogues in fifteen languages only the English one stays
 * (2.1 MB shrink to 0.4 MB), the `path` module that its file URIs would use is empty (no file is ever named to the parser), and
 * its copying of strings by way of `Buffer`, which browsers lack, becomes the string itself.
 */
export function pyrightPlugin() {
  const inPyright = /[\\/]@zzzen[\\/]pyright-internal[\\/]dist[\\/]/;
  return {
    name: 'pyright',
    setup(build) {
      build.onLoad({ filter: /[\\/]localization[\\/]package\.nls\.[\w-]+\.json$/ }, (args) => {
        if (!inPyright.test(args.path) || args.path.endsWith('package.nls.en-us.json')) return undefined;
        return { contents: '{}', loader: 'json' };
      });
      build.onResolve({ filter: /^(node:)?path$/ }, (args) => (inPyright.test(args.importer) ? { path: 'path', namespace: 'empty' } : undefined));
      build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
      build.onLoad({ filter: /[\\/]common[\\/]core\.js$/ }, async (args) => {
        if (!inPyright.test(args.path)) return undefined;
        return { contents: `${await readFile(args.path, 'utf8')}\nexports.cloneStr = (text) => text;\n`, loader: 'js' };
      });
    },
  };
}

/** The entries that exist, each with its options. */
export function buildOptions(production) {
  const shared = {
    absWorkingDir: root, bundle: true, minify: production, sourcemap: production ? false : 'linked', legalComments: 'none', logLevel: 'info',
    loader: { '.md': 'text', '.py': 'text', '.csv': 'text' }, plugins: [pyrightPlugin()],
  };
  const node = { ...shared, platform: 'node', target: 'node20' };
  const entries = [
    { ...node, entryPoints: ['server/cli.ts'], outfile: 'dist/cli.js', format: 'esm' },
    { ...node, entryPoints: ['server/lsp/node.ts'], outfile: 'dist/server.cjs', format: 'cjs' },
    { ...shared, entryPoints: ['server/lsp/worker.ts'], outfile: 'dist/server.worker.js', format: 'iife', platform: 'browser', target: 'es2022' },
    { ...node, entryPoints: ['extension/activate.ts'], outfile: 'dist/extension.cjs', format: 'cjs', external: ['vscode'] },
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
