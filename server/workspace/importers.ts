// Which files of the workspace import a module: found by the lines of their imports alone, within bounds, and remembered until a file or a
// folder changes. It must not know what is done with such files.
import type { CallingFile } from '../evaluator/calling-files.ts';
import type { Host } from '../values/interpreter.ts';
import { folderOf, joinPath, nameOf, plain } from './paths.ts';

/** So many files are looked at, so deep below a folder of the workspace. The nearest to the module come first. */
const mostFiles = 400, mostDepth = 3, longestText = 200_000;
/** So many files are given, and so many packages may stand between them and the module. */
const mostGiven = 3, mostBetween = 2;
/** Folders that hold no programs of the workspace. */
const skipped: ReadonlySet<string> = new Set(['node_modules', 'site-packages', 'dist-packages', '__pycache__', 'venv', 'env', 'build', 'dist', 'wandb', 'runs', 'data', 'datasets', 'checkpoints', 'logs']);

export interface Importers {
  /** The files that lead to the module at `path`, the likeliest to call it first. */
  readonly of: (host: Host, folders: readonly string[], path: string) => readonly CallingFile[];
  /** The file came, went or has another text. */
  readonly forget: (path: string) => void;
  readonly forgetAll: () => void;
}

/** What a file imports: dotted names, with the dots of relative ones in front. */
interface Imported { readonly names: readonly string[]; readonly isProgram: boolean }

/** `mostMilliseconds`: so long files and folders are looked at for one question. */
export function makeImporters(mostMilliseconds: number, now: () => number = () => performance.now()): Importers {
  const files = new Map<string, Imported | undefined>();
  const listings = new Map<string, readonly string[]>();

  const importedBy = (host: Host, path: string): Imported | undefined => {
    if (files.has(path)) return files.get(path);
    const text = host.readText(path);
    const found = text === undefined || text.length > longestText ? undefined : { names: importedNames(text), isProgram: text.includes('__main__') };
    files.set(path, found);
    return found;
  };

  /** Python files of a folder and of those below it. */
  const list = (host: Host, folder: string): readonly string[] => {
    const known = listings.get(folder);
    if (known !== undefined) return known;
    const started = now();
    const found: string[] = [];
    const pending: [string, number][] = [[folder, 0]];
    for (let next = pending.shift(); next !== undefined && found.length < mostFiles && now() - started < mostMilliseconds; next = pending.shift()) {
      const [at, depth] = next;
      for (const entry of host.listFolder(at) ?? []) {
        const path = joinPath(at, entry.name);
        if (entry.isFolder) {
          if (depth < mostDepth && !entry.name.startsWith('.') && !skipped.has(entry.name)) pending.push([path, depth + 1]);
        } else if (entry.name.endsWith('.py')) found.push(path);
      }
    }
    listings.set(folder, found);
    return found;
  };

  return {
    of(host, givenFolders, givenPath) {
      const path = plain(givenPath), started = now();
      const folders = givenFolders.map(plain);
      const candidates = [...new Set([folderOf(path), ...folders].flatMap((folder) => list(host, folder)))].filter((one) => one !== path).slice(0, mostFiles);
      const paths = new Set([...candidates, path]);
      const leading = new Map<string, { readonly names: Set<string>; readonly distance: number }>();
      let targets: readonly string[] = [path];
      for (let distance = 0; distance <= mostBetween && targets.length > 0; distance += 1) {
        const next: string[] = [];
        for (const candidate of candidates) {
          if (leading.has(candidate) || now() - started > mostMilliseconds) continue;
          const names = (importedBy(host, candidate)?.names ?? []).filter((name) => targets.some((target) => resolve(candidate, name, folders, paths) === target));
          if (names.length === 0) continue;
          leading.set(candidate, { names: new Set(distance === 0 ? names.filter((name) => !name.startsWith('.')) : []), distance });
          next.push(candidate);
        }
        targets = next;
      }
      const chosen = [...leading].map(([one, facts]) => ({ path: one, ...facts, weight: weightOf(one, files.get(one)?.isProgram === true, facts.distance) })).sort((left, right) => left.weight - right.weight);
      // A package's own file runs with the programs that import it.
      return chosen.filter((one) => nameOf(one.path) !== '__init__.py').slice(0, mostGiven).flatMap((one): CallingFile[] => {
        const text = host.readText(one.path);
        return text === undefined ? [] : [{ path: one.path, text, names: [...new Set([...one.names, ...dottedNames(path, [folderOf(one.path), ...folders])])] }];
      });
    },
    forget(given) {
      const path = plain(given);
      const isNew = !files.has(path);
      files.delete(path);
      if (isNew) for (const folder of [...listings.keys()]) if (path.startsWith(`${folder}/`)) listings.delete(folder);
    },
    forgetAll() { files.clear(); listings.clear(); },
  };
}

/** Programs first, those that train before those that do something else; tests last. */
function weightOf(path: string, isProgram: boolean, distance: number): number {
  const name = nameOf(path).toLowerCase();
  const isTest = name.startsWith('test_') || path.includes('/tests/');
  return distance + (isProgram ? 0 : 2) + (name.includes('train') || name.startsWith('main') ? 0 : 1) + (isTest ? 6 : 0);
}

/** The file that a name means in an importing file: beside it first, then from the folders of the workspace. */
function resolve(importer: string, name: string, folders: readonly string[], paths: ReadonlySet<string>): string | undefined {
  let dots = 0;
  while (name[dots] === '.') dots += 1;
  const relative = name.slice(dots).replaceAll('.', '/');
  let base = folderOf(importer);
  for (let up = 1; up < dots; up += 1) base = folderOf(base);
  for (const folder of dots > 0 ? [base] : [base, ...folders]) {
    for (const path of relative === '' ? [joinPath(folder, '__init__.py')] : [joinPath(folder, `${relative}.py`), joinPath(folder, relative, '__init__.py')]) if (paths.has(path)) return path;
  }
  return undefined;
}

/** The module's dotted name seen from each folder. */
function dottedNames(path: string, folders: readonly string[]): string[] {
  const names = folders.flatMap((folder) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).replace(/(\/__init__)?\.py$/, '').replaceAll('/', '.')] : []));
  return names.filter((name) => name !== '');
}

/** `from .models import net` imports `.models` and maybe `.models.net`; `import a.b as c` imports `a.b`. Strings that look like it do no harm. */
export function importedNames(text: string): string[] {
  const names = new Set<string>();
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (line.startsWith('import ')) {
      for (const part of line.slice('import '.length).split('#', 1)[0]?.split(',') ?? []) {
        const [name] = part.trim().split(' ');
        if (name !== undefined && name !== '') names.add(name);
      }
    } else if (line.startsWith('from ')) {
      const [module, rest] = line.slice('from '.length).split(' import ');
      if (module === undefined || rest === undefined) continue;
      const name = module.trim();
      names.add(name);
      let members = rest;
      // A list in brackets goes on until they close.
      for (let more = 1; members.includes('(') && !members.includes(')') && more < 60; more += 1) members += `,${lines[at + more] ?? ''}`;
      for (const part of members.replace('(', '').replace(')', '').split(',')) {
        const [member] = part.split('#', 1)[0]?.trim().split(' ') ?? [];
        if (member !== undefined && member !== '' && member !== '*') names.add(name.endsWith('.') ? `${name}${member}` : `${name}.${member}`);
      }
    }
  }
  return [...names];
}
