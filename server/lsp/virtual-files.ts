// Files that only the editor can read: of a browser's workspace, of a repository that is not on the disk. The engine asks for a file and must
// have it at once, so what is not known yet is taken for missing, asked of the editor, and the program is analysed anew when it has come.
import type { Connection } from 'vscode-languageserver';
import type { FolderEntry, Host } from '../values/interpreter.ts';
import { folderOf, nameOf, plain } from '../workspace/paths.ts';
import { largestProjectFile } from '../workspace/pyproject.ts';

export interface VirtualFiles {
  /** For one program: what it asks for and what is not known yet makes it stale when it comes. */
  readonly hostFor: (program: string, folders: readonly string[], workingFolder: string, overlay: (path: string) => string | undefined) => Host;
  /** A `pyproject.toml` inside the folders. */
  readonly projectFile: (path: string, folders: readonly string[]) => string | undefined;
  /** It changed, came or went. */
  readonly forget: (path: string) => void;
}

/** `programs`: those that asked for it in vain. */
export type Arrived = (path: string, programs: readonly string[]) => void;

/** A path that is an address of the editor's, and no file of the disk. Documents that were never saved have none: they see the disk. */
export function isVirtual(path: string): boolean {
  return /^[A-Za-z][\w+.-]+:\/\//.test(path);
}

/** So much is kept and asked for. Past it files are taken for missing. */
const mostFiles = 2_000, mostCharacters = 20_000_000, longestFile = 2_000_000;

interface Known<Value> { value: Value | undefined; isAsked: boolean; readonly waiting: Set<string> }

export function makeVirtualFiles(connection: Connection, arrived: Arrived): VirtualFiles {
  const texts = new Map<string, Known<string>>();
  const listings = new Map<string, Known<readonly FolderEntry[]>>();
  let characters = 0;

  /** The first time it is asked of the editor. `rest`: the names from the folder on. */
  const lookUp = <Value>(kept: Map<string, Known<Value>>, path: string, program: string, ask: () => Promise<Value | undefined>): Value | undefined => {
    const known: Known<Value> = kept.get(path) ?? { value: undefined, isAsked: false, waiting: new Set() };
    if (kept.has(path)) {
      if (!known.isAsked) known.waiting.add(program);
      return known.value;
    }
    if (texts.size + listings.size >= mostFiles || characters > mostCharacters) return undefined;
    known.waiting.add(program);
    kept.set(path, known);
    ask().catch(() => undefined).then((value) => {
      // It was forgotten meanwhile, and perhaps asked for again.
      if (kept.get(path) !== known) return;
      known.value = value;
      known.isAsked = true;
      if (typeof value === 'string') characters += value.length;
      if (value !== undefined) arrived(kept === (listings as unknown) ? `${path}/__init__.py` : path, [...known.waiting]);
      known.waiting.clear();
    });
    return undefined;
  };
  const request = (root: string, path: string): { folder: string; names: string[] } => ({ folder: root, names: path.slice(root.length).split('/').filter((name) => name !== '').map(decoded) });
  const listingOf = (path: string, root: string, program: string): readonly FolderEntry[] | undefined => {
    // What its folder does not list is not there: nothing is asked for it.
    if (path !== root && entryOf(path, root, program)?.isFolder !== true) return undefined;
    return lookUp(listings, path, program, async () => readEntries(await connection.sendRequest('inlayer/listFolder', request(root, path))));
  };
  const entryOf = (path: string, root: string, program: string): FolderEntry | undefined => {
    const name = decoded(nameOf(path));
    return listingOf(folderOf(path), root, program)?.find((entry) => entry.name === name);
  };
  const textOf = (path: string, root: string, program: string): string | undefined => {
    const entry = entryOf(path, root, program);
    if (entry === undefined || entry.isFolder) return undefined;
    return lookUp(texts, path, program, async () => {
      const answer = (await connection.sendRequest<{ text?: unknown } | null>('inlayer/readFile', { ...request(root, path), limit: longestFile }))?.text;
      return typeof answer === 'string' && answer.length <= longestFile && !answer.includes('\0') ? answer : undefined;
    });
  };
  return {
    hostFor: (program, folders, workingFolder, overlay) => {
      const absolute = (path: string): string => withoutDots(/^[A-Za-z][\w+.-]+:/.test(path) ? plain(path) : `${workingFolder}/${plain(path)}`);
      return {
        readText(given) {
          const path = absolute(given), open = overlay(path), root = rootOf(path, folders);
          return open ?? (root === undefined || path === root ? undefined : textOf(path, root, program));
        },
        readBytes: () => undefined,
        listFolder(given) {
          const path = absolute(given).replace(/\/$/, ''), root = rootOf(path, folders);
          return root === undefined ? undefined : listingOf(path, root, program);
        },
      };
    },
    projectFile: (path, folders) => {
      const root = rootOf(path, folders);
      return root === undefined ? undefined : textOf(path, root, '')?.slice(0, largestProjectFile + 1);
    },
    forget: (path) => {
      characters -= texts.get(path)?.value?.length ?? 0;
      texts.delete(path);
      listings.delete(folderOf(path));
    },
  };
}

/** The outermost folder that holds a path: its listing says most. */
function rootOf(path: string, folders: readonly string[]): string | undefined {
  return folders.filter((folder) => folder !== '' && (path === folder || path.startsWith(`${folder}/`))).sort((left, right) => left.length - right.length)[0];
}

/** Parts of a URI are encoded, names are not. */
function decoded(name: string): string {
  try { return decodeURIComponent(name); } catch { return name; }
}

function withoutDots(path: string): string {
  if (!/\/\.{1,2}(\/|$)/.test(path)) return path;
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '.') kept.push(part);
  }
  return kept.join('/');
}

function readEntries(given: unknown): readonly FolderEntry[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.slice(0, 5_000).flatMap((one: unknown): FolderEntry[] => {
    const entry = one as { name?: unknown; isFolder?: unknown } | null;
    return typeof entry?.name === 'string' && typeof entry.isFolder === 'boolean' && !/[\\/]/.test(entry.name) ? [{ name: entry.name, isFolder: entry.isFolder }] : [];
  }).sort((left, right) => (left.name < right.name ? -1 : 1));
}
