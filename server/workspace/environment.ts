// Finds the Python environment of a workspace, and what is installed there, by the layout on disk alone: `pyvenv.cfg`,
// `site-packages`, `.pth` files and editable installs are read as text. Python is never run. It must not know Node: files are
// reached through `EnvironmentFiles`, which gives the few small files that describe an environment and no others.
import type { LibraryPaths } from '../evaluator/module-finder.ts';
import type { FolderEntry } from '../values/interpreter.ts';
import { readEditableFinder } from './editable-finder.ts';
import { folderOf, joinPath, nameOf, plain } from './paths.ts';

export interface EnvironmentFiles {
  /** The text of a `pyvenv.cfg`, a `.pth` file or an editable install's finder; undefined for every other file. */
  readText(path: string): string | undefined;
  listFolder(path: string): readonly FolderEntry[] | undefined;
  /** The path behind all links; undefined where there is nothing. */
  realPath(path: string): string | undefined;
}

export interface EnvironmentHints {
  /** The setting `inlayer.pythonEnvironment`: the environment's folder or its interpreter. Nothing else is looked for then. */
  readonly setting?: string | undefined;
  /** The interpreter that is picked in the editor. */
  readonly interpreter?: string | undefined;
  /** The folders of the workspace. */
  readonly folders: readonly string[];
  /** Of the process: VIRTUAL_ENV, CONDA_PREFIX, PATH, HOME, APPDATA. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly isWindows?: boolean;
}

export interface Environment extends LibraryPaths {
  readonly prefix: string;
  readonly foundBy: 'setting' | 'editor' | 'workspace' | 'VIRTUAL_ENV' | 'CONDA_PREFIX' | 'PATH';
  /** `3.11`, where it is known. */
  readonly version: string | undefined;
  /** The folders that must be readable for it. */
  readonly readable: readonly string[];
}

/** Environments that stand in a workspace folder, under these names. */
const namesInWorkspace = ['.venv', 'venv', '.conda', 'env', '.pixi/envs/default'];

/** The first environment that is found: as it is set, picked in the editor, in the workspace, active, on the PATH. */
export function findEnvironment(files: EnvironmentFiles, hints: EnvironmentHints): Environment | undefined {
  const { variables } = hints;
  if (hints.setting !== undefined && hints.setting !== '') return describe(files, hints, prefixOf(files, absolute(hints.setting, hints)), 'setting');
  const candidates: (() => Environment | undefined)[] = [
    () => describe(files, hints, prefixOf(files, hints.interpreter), 'editor'),
    ...hints.folders.flatMap((folder) => namesInWorkspace.map((name) => () => describe(files, hints, prefixInWorkspace(files, joinPath(plain(folder), name)), 'workspace'))),
    () => describe(files, hints, prefixOf(files, variables['VIRTUAL_ENV']), 'VIRTUAL_ENV'),
    () => describe(files, hints, prefixOf(files, variables['CONDA_PREFIX']), 'CONDA_PREFIX'),
    () => describe(files, hints, prefixOnPath(files, hints), 'PATH'),
  ];
  for (const candidate of candidates) {
    const found = candidate();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same, looked for when it is first asked for: most programs need nothing of it. */
export function environmentOf(files: EnvironmentFiles, hints: EnvironmentHints): () => Environment | undefined {
  let found: { readonly environment: Environment | undefined } | undefined;
  return () => (found ??= { environment: findEnvironment(files, hints) }).environment;
}

interface Prefix { readonly folder: string; readonly interpreter: string | undefined }

/** `~` and paths relative to the first workspace folder. */
function absolute(path: string, hints: EnvironmentHints): string {
  const given = plain(path);
  if (given.startsWith('~/')) return joinPath(homeOf(hints) ?? '', given.slice(2));
  return given.startsWith('/') || /^[A-Za-z]:/.test(given) ? given : joinPath(plain(hints.folders[0] ?? ''), given.replace('${workspaceFolder}/', ''));
}

function homeOf(hints: EnvironmentHints): string | undefined {
  const home = hints.variables['HOME'] ?? hints.variables['USERPROFILE'];
  return home === undefined ? undefined : plain(home);
}

/** The environment of a folder, or of the interpreter that a path names. */
function prefixOf(files: EnvironmentFiles, path: string | undefined): Prefix | undefined {
  if (path === undefined || path === '') return undefined;
  const given = plain(path).replace(/\/$/, '');
  if (files.listFolder(given) !== undefined) return { folder: given, interpreter: undefined };
  for (const interpreter of [given, files.realPath(given)]) {
    if (interpreter === undefined) continue;
    const folder = folderOf(plain(interpreter));
    const prefix = /^(bin|Scripts)$/i.test(nameOf(folder)) ? folderOf(folder) : folder;
    // `python3` may be a link to where Python stands; an environment's own stands where it is.
    if (sitesOf(files, prefix, undefined).length > 0) return { folder: prefix, interpreter: plain(files.realPath(given) ?? given) };
  }
  return undefined;
}

/** A folder of the workspace is an environment if it says so itself, and no link leads out of the workspace. */
function prefixInWorkspace(files: EnvironmentFiles, folder: string): Prefix | undefined {
  const isMarked = files.readText(joinPath(folder, 'pyvenv.cfg')) !== undefined || files.listFolder(joinPath(folder, 'conda-meta')) !== undefined;
  return isMarked ? { folder, interpreter: undefined } : undefined;
}

function prefixOnPath(files: EnvironmentFiles, hints: EnvironmentHints): Prefix | undefined {
  const separator = hints.isWindows === true ? ';' : ':';
  for (const folder of (hints.variables['PATH'] ?? '').split(separator).slice(0, 200)) {
    if (folder === '' || folder === '.') continue;
    for (const name of hints.isWindows === true ? ['python.exe'] : ['python3', 'python']) {
      const path = joinPath(plain(folder), name);
      if (files.realPath(path) === undefined) continue;
      const prefix = prefixOf(files, path);
      if (prefix !== undefined) return prefix;
    }
  }
  return undefined;
}

/** The `site-packages` of a prefix: of this version, else of the newest. */
function sitesOf(files: EnvironmentFiles, prefix: string, version: string | undefined): { readonly folder: string; readonly version: string | undefined }[] {
  const found: { folder: string; version: string | undefined }[] = [];
  for (const library of ['local/lib', 'lib', 'lib64']) {
    const versions = (files.listFolder(joinPath(prefix, library)) ?? []).flatMap(({ name, isFolder }) => {
      const match = isFolder ? /^(?:python|pypy)(\d+)\.(\d+)t?$/.exec(name) : null;
      return match === null ? [] : [{ name, version: `${match[1]}.${match[2]}`, minor: Number(match[2]) }];
    });
    const wanted = version ?? found[0]?.version;
    const chosen = wanted === undefined ? versions.sort((left, right) => right.minor - left.minor)[0] : versions.find((one) => one.version === wanted);
    if (chosen === undefined) continue;
    for (const name of ['site-packages', 'dist-packages']) {
      const folder = joinPath(prefix, library, chosen.name, name);
      if (files.listFolder(folder) !== undefined) found.push({ folder, version: chosen.version });
    }
  }
  // Debian's own packages belong to every version.
  const debian = joinPath(prefix, 'lib', 'python3', 'dist-packages');
  if (files.listFolder(debian) !== undefined) found.push({ folder: debian, version: found[0]?.version ?? version });
  const windows = joinPath(prefix, 'Lib', 'site-packages');
  if (found.length === 0 && files.listFolder(windows) !== undefined) found.push({ folder: windows, version });
  const distinct = new Map(found.map((one) => [files.realPath(one.folder) ?? one.folder, one] as const).reverse());
  return [...distinct.values()].reverse();
}

function describe(files: EnvironmentFiles, hints: EnvironmentHints, prefix: Prefix | undefined, foundBy: Environment['foundBy']): Environment | undefined {
  if (prefix === undefined) return undefined;
  const configuration = readConfiguration(files.readText(joinPath(prefix.folder, 'pyvenv.cfg')));
  const named = /(?:python|pypy)(\d+\.\d+)/.exec(nameOf(prefix.interpreter ?? ''))?.[1];
  const version = /^\d+\.\d+/.exec(configuration?.get('version') ?? configuration?.get('version_info') ?? '')?.[0] ?? named;
  // What stands in the workspace may come from anyone: it does not lead anywhere else.
  const homes = hints.folders.map((folder) => files.realPath(folder)).filter((one) => one !== undefined).map(plain);
  const isIn = (path: string, folders: readonly string[]): boolean => {
    const real = files.realPath(path);
    return real !== undefined && folders.some((folder) => plain(real) === folder || plain(real).startsWith(`${folder}/`));
  };
  const isOfWorkspace = foundBy === 'workspace' || homes.some((home) => prefix.folder === home || prefix.folder.startsWith(`${home}/`)) || isIn(prefix.folder, homes);
  const mayRead = (path: string): boolean => !isOfWorkspace || isIn(path, homes);
  const sites = sitesOf(files, prefix.folder, version).filter((site) => mayRead(site.folder));
  if (sites.length === 0) return undefined;
  const known = version ?? sites[0]?.version;
  const folders = sites.map((site) => site.folder);
  if (configuration === undefined || configuration.get('include-system-site-packages')?.toLowerCase() === 'true') {
    const user = userSite(files, hints, known);
    if (user !== undefined) folders.unshift(user);
    const home = configuration?.get('home');
    const base = home === undefined ? undefined : prefixOf(files, joinPath(plain(home), hints.isWindows === true ? 'python.exe' : 'python3')) ?? basePrefix(plain(home));
    // A name that every Python's own folder has, and no other: it is no way to any other folder.
    if (base !== undefined) folders.push(...sitesOf(files, base.folder, known).map((site) => site.folder));
  }
  const packages = new Map<string, string>();
  let complete = true;
  const all: string[] = [];
  const add = (folder: string): void => { if (!all.includes(folder) && all.length < mostFolders) all.push(folder); };
  for (const folder of folders) {
    add(folder);
    const paths = readPathFiles(files, folder);
    complete &&= paths.complete;
    for (const one of paths.folders) if (mayRead(one) && files.listFolder(one) !== undefined) add(one);
    for (const [name, path] of paths.packages) if (!packages.has(name) && mayReadPackage(path, mayRead)) packages.set(name, path);
  }
  const readable = [...new Set([...all, ...[...packages.values()].map((path) => (files.listFolder(path) === undefined ? folderOf(path) : path))])];
  return { prefix: prefix.folder, foundBy, version: known, folders: all, packages, complete, readable };
}

const mostFolders = 200;

/** A module's file may be named without its `.py`. */
function mayReadPackage(path: string, mayRead: (path: string) => boolean): boolean {
  return mayRead(path) || mayRead(`${path}.py`);
}

function basePrefix(home: string): Prefix {
  return { folder: /^(bin|Scripts)$/i.test(nameOf(home)) ? folderOf(home) : home, interpreter: undefined };
}

function readConfiguration(text: string | undefined): ReadonlyMap<string, string> | undefined {
  if (text === undefined) return undefined;
  return new Map(text.split(/\r?\n/).slice(0, 200).flatMap((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const];
  }));
}

function userSite(files: EnvironmentFiles, hints: EnvironmentHints, version: string | undefined): string | undefined {
  if (version === undefined) return undefined;
  const home = homeOf(hints), roaming = hints.variables['APPDATA'];
  const folder = hints.isWindows === true
    ? roaming === undefined ? undefined : joinPath(plain(roaming), 'Python', `Python${version.replace('.', '')}`, 'site-packages')
    : home === undefined ? undefined : joinPath(home, '.local', 'lib', `python${version}`, 'site-packages');
  return folder !== undefined && files.listFolder(folder) !== undefined ? folder : undefined;
}

/** Files that only adjust the running Python: no modules come from them. */
const harmless = new Set(['distutils-precedence.pth', '_virtualenv.pth', 'matplotlib.pth']);

interface PathEntries { readonly folders: readonly string[]; readonly packages: ReadonlyMap<string, string>; readonly complete: boolean }

/** What the `.pth` files of a folder add. Their `import` lines are not executed; the finder that one names is read as text. */
function readPathFiles(files: EnvironmentFiles, site: string): PathEntries {
  const folders: string[] = [];
  const packages = new Map<string, string>();
  let complete = true;
  const entries = files.listFolder(site) ?? [];
  const finders = entries.filter((entry) => !entry.isFolder && /^__editable__.*_finder\.py$|^_editable_impl_.*\.py$/.test(entry.name)).slice(0, 500);
  for (const entry of entries.filter((one) => !one.isFolder && one.name.endsWith('.pth')).slice(0, 500)) {
    const text = files.readText(joinPath(site, entry.name));
    if (text === undefined) { complete = false; continue; }
    for (const line of text.split(/\r?\n/).slice(0, 1000)) {
      const content = line.trim();
      if (content === '' || content.startsWith('#')) continue;
      if (!/^import[ \t]/.test(content)) {
        folders.push(content.startsWith('/') || /^[A-Za-z]:/.test(content) ? plain(content).replace(/(.)\/$/, '$1') : joinPath(site, plain(content)));
        continue;
      }
      const named = finders.filter((finder) => content.includes(finder.name.slice(0, -3)));
      for (const finder of named) {
        const found = readEditableFinder(files.readText(joinPath(site, finder.name)) ?? '');
        if (found === undefined) complete = false;
        else for (const [name, path] of found) packages.set(name, plain(path).replace(/\/__init__\.py$/, ''));
      }
      if (named.length === 0 && !harmless.has(entry.name) && !entry.name.endsWith('-nspkg.pth')) complete = false;
    }
  }
  return { folders, packages, complete };
}
