// Where the source of a module stands: in the program's folders first, then among the libraries of its environment. It reads
// through the host alone and must not know what is done with a source.
import type { Run } from './run.ts';

/** What an environment holds, as its layout on disk says; nothing of it was ever run. */
export interface LibraryPaths {
  /** Folders in which Python looks for modules, in its order. */
  readonly folders: readonly string[];
  /** Packages that are installed elsewhere (editable installs): dotted name → the package's folder, or its file with or without `.py`. */
  readonly packages: ReadonlyMap<string, string>;
  /** Whether everything that may add modules was understood: a module that is in none of these is certainly not installed. */
  readonly complete: boolean;
}

export const noLibraries: LibraryPaths = { folders: [], packages: new Map(), complete: false };

export type FoundModule =
  /** `folder`: where the submodules of a package stand. */
  | { readonly kind: 'source'; readonly path: string; readonly text: string; readonly folder: string | undefined; readonly isLibrary: boolean }
  /** A folder without `__init__.py`. */
  | { readonly kind: 'namespace'; readonly folders: readonly string[]; readonly isLibrary: boolean };


/** The source of a library's module; undefined where there is none. A package of the program hides a library of the same name, with all that is in it. */
export function findLibrary(run: Run, name: string): FoundModule | undefined {
  const [top = name] = name.split('.', 1);
  return findOwn(run, top)?.kind === 'source' ? undefined : installed(run, name);
}

/** The source of a module of the program; undefined where there is none. */
export function findOwn(run: Run, name: string): FoundModule | undefined {
  const frame = run.frames.at(-1);
  const isFromLibrary = frame !== undefined && isLibrarySource(run, frame.source.path);
  if (!isFromLibrary) return lookForOwn(run, name, folderOf(frame === undefined ? run.mainPath : frame.source.path));
  // Libraries import much: what has no first part among the program's own modules is not looked for there.
  const [top = name] = name.split('.', 1);
  const { ownTops } = run.libraries;
  if (!ownTops.has(top)) ownTops.set(top, lookForOwn(run, top, folderOf(run.mainPath)));
  return top === name || ownTops.get(top) === undefined ? ownTops.get(top) : lookForOwn(run, name, folderOf(run.mainPath));
}

function lookForOwn(run: Run, name: string, nearest: string): FoundModule | undefined {
  const folders = new Set([nearest, ...run.folders]);
  const relative = name.replaceAll('.', '/');
  const spaces: string[] = [];
  for (const folder of folders) {
    for (const [path, inside] of [[`${folder}/${relative}.py`, undefined], [`${folder}/${relative}/__init__.py`, `${folder}/${relative}`]] as const) {
      if (path === run.mainPath) continue;
      const text = run.host.readText(path);
      if (text !== undefined) return { kind: 'source', path, text, folder: inside, isLibrary: false };
    }
    const entries = run.host.listFolder(`${folder}/${relative}`);
    if (entries?.some((entry) => entry.isFolder || entry.name.endsWith('.py'))) spaces.push(`${folder}/${relative}`);
  }
  return spaces.length === 0 ? undefined : { kind: 'namespace', folders: spaces, isLibrary: false };
}

function installed(run: Run, name: string): FoundModule | undefined {
  const { found, paths } = run.libraries;
  if (found.has(name)) return found.get(name);
  const result = lookForLibrary(run, name, paths);
  found.set(name, result);
  return result;
}

function lookForLibrary(run: Run, name: string, paths: LibraryPaths): FoundModule | undefined {
  const elsewhere = paths.packages.get(name);
  if (elsewhere !== undefined) {
    const source = readModule(run, elsewhere.replace(/\.py$/, ''));
    if (source !== undefined) return source;
  }
  const at = name.lastIndexOf('.');
  const parent = at < 0 ? undefined : installed(run, name.slice(0, at));
  if (at >= 0 && parent === undefined) return undefined;
  const folders = parent === undefined ? paths.folders : parent.kind === 'namespace' ? parent.folders : parent.folder === undefined ? [] : [parent.folder];
  const last = name.slice(at + 1);
  const spaces: string[] = [];
  for (const folder of folders) {
    const base = `${folder}/${last}`;
    const source = readModule(run, base);
    if (source !== undefined) return source;
    // Only where no regular package is found further on.
    if (run.host.listFolder(base) !== undefined) spaces.push(base);
  }
  return spaces.length === 0 ? undefined : { kind: 'namespace', folders: spaces, isLibrary: true };
}

function readModule(run: Run, base: string): FoundModule | undefined {
  for (const [path, folder] of [[`${base}/__init__.py`, base], [`${base}.py`, undefined]] as const) {
    const text = run.host.readText(path);
    if (text !== undefined) return { kind: 'source', path, text, folder, isLibrary: true };
  }
  return undefined;
}

/** Whether the environment certainly has no such module: no source, nothing compiled, not of Python's standard library. */
export function isCertainlyMissing(run: Run, name: string, isStandard: (top: string) => boolean): boolean {
  const { paths } = run.libraries;
  const [top = name] = name.split('.', 1);
  if (!paths.complete || isStandard(top) || paths.packages.has(top)) return false;
  const at = name.lastIndexOf('.');
  const parent = at < 0 ? undefined : installed(run, name.slice(0, at));
  const folders = at < 0 ? paths.folders : parent === undefined ? undefined : parent.kind === 'namespace' ? parent.folders : parent.folder === undefined ? [] : [parent.folder];
  // A parent that is compiled itself, or none: only a missing top says that all below it is missing.
  if (folders === undefined) return at >= 0 && isCertainlyMissing(run, name.slice(0, at), isStandard);
  const last = name.slice(at + 1);
  return folders.every((folder) => run.host.listFolder(folder)?.every((entry) => entry.name !== last && !entry.name.startsWith(`${last}.`)) === true);
}

/** Whether a file belongs to a library of the environment. */
export function isLibrarySource(run: Pick<Run, 'libraries'>, path: string): boolean {
  return run.libraries.sources.has(path);
}

export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

/** The dotted name of a file's module, by the folder in which it stands; its parts. */
export function partsOfPath(run: Run, path: string): string[] | undefined {
  for (const folder of [...run.folders, ...run.libraries.paths.folders]) {
    if (path.startsWith(`${folder}/`)) return path.slice(folder.length + 1).replace(/(\/__init__)?\.py$/, '').split('/');
  }
  return undefined;
}
