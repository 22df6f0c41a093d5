// Loads TypeScript of the project into the oracle's scripts, through esbuild.
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export async function loadTypeScript(...names) {
  // Inside the project, so that what is not bundled is found.
  const folder = mkdtempSync(path.join(root, 'node_modules', '.oracle-'));
  try {
    await build({ entryPoints: names.map((name) => path.join(root, name)), outdir: folder, outbase: root, bundle: true, platform: 'node', format: 'esm', packages: 'external', outExtension: { '.js': '.mjs' }, logLevel: 'error' });
    return await Promise.all(names.map((name) => import(pathToFileURL(path.join(folder, name.replace(/\.ts$/, '.mjs'))))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
