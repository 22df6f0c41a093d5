// The open programs and their analyses: what was read, what is stale, which files a change concerns.
// It must not know LSP or Node; the host and the clock are handed in.
import type { LibraryMemory } from '../evaluator/memory.ts';
import { makeLibraryMemory } from '../evaluator/memory.ts';
import type { LibraryPaths } from '../evaluator/module-finder.ts';
import type { Host } from '../values/interpreter.ts';
import type { Analysis } from './analysis.ts';
import { analyse, readSource } from './analysis.ts';
import { importedNames, makeImporters } from './importers.ts';
import { keepingParser } from './parsing.ts';
import { nameOf, plain } from './paths.ts';

export interface Session {
  /** Sets a program's text; its analysis becomes stale, and so do those of the programs that read it, which are given. */
  update(path: string, text: string, isNotebook?: boolean): string[];
  /** The program is no longer open: those that read it, which are given, read the file again. */
  close(path: string): string[];
  textOf(path: string): string | undefined;
  /** The analysis of the present text, made now when it is stale. */
  analysis(path: string): Analysis | undefined;
  /** The analysis of another text in the place of a program's own: what was saved, what was committed. The last few are kept. */
  version(path: string, text: string, isNotebook: boolean): Analysis;
  /** Open programs that read this file, directly or through imports, or looked for it in vain. */
  readersOf(path: string): string[];
  /** A file changed on disk, came or went: programs that read or looked for it are stale. */
  invalidate(path: string): string[];
  /** What a program asked for in vain has come. */
  stale(path: string): void;
  /** Every analysis is stale: the folders changed. */
  invalidateAll(): void;
  paths(): string[];
}

export interface SessionOptions {
  readonly hostFor: (path: string) => Host;
  readonly foldersFor: (path: string) => readonly string[];
  /** What the environment of a program holds. */
  readonly libraries?: ((path: string) => LibraryPaths | undefined) | undefined;
  readonly maximumMilliseconds: number;
}

interface Entry { text: string; isNotebook: boolean; analysis: Analysis | undefined; asked: Asked; readonly memory: LibraryMemory }

/** What the last analysis asked the host for, found or not. */
interface Asked { readonly files: Set<string>; readonly folders: Set<string> }

export function makeSession(options: SessionOptions): Session {
  const entries = new Map<string, Entry>();
  // Modules are parsed once for each text; a program that imports twenty files parses the one that changed.
  const parse = keepingParser();
  const importers = makeImporters(120);
  const versions = new Map<string, { readonly text: string; readonly analysis: Analysis }[]>();
  const readersOf = (path: string): string[] => {
    const file = plainPath('', path), folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
    return [...entries].filter(([name, { asked }]) => name !== path && (asked.files.has(file) || asked.folders.has(folder))).map(([name]) => name);
  };
  const invalidate = (path: string): string[] => {
    importers.forget(path);
    const readers = [...new Set([...readersOf(path), ...calledFrom(path)])];
    for (const reader of readers) { const entry = entries.get(reader); if (entry !== undefined) entry.analysis = undefined; }
    return readers;
  };
  /** Open programs that the file begins to call: those that it used to call have read it. */
  const calledFrom = (path: string): string[] => {
    const text = entries.get(path)?.text ?? (path.endsWith('.py') ? options.hostFor(path).readText(path) : undefined);
    if (text === undefined) return [];
    const stems = new Set(importedNames(text).flatMap((name) => name.split('.').slice(-2)));
    return [...entries.keys()].filter((name) => name !== path && stems.has(nameOf(plain(name)).replace(/\.py$/, '')));
  };
  const session: Session = {
    update(path, text, isNotebook = false) {
      const entry = entries.get(path);
      if (entry !== undefined && entry.text === text && entry.isNotebook === isNotebook) return [];
      entries.set(path, { text, isNotebook, analysis: undefined, asked: entry?.asked ?? { files: new Set(), folders: new Set() }, memory: entry?.memory ?? makeLibraryMemory() });
      // Versions of other programs may read this one.
      for (const other of versions.keys()) if (other !== path) versions.delete(other);
      return invalidate(path);
    },
    close(path) {
      entries.delete(path);
      versions.clear();
      return invalidate(path);
    },
    textOf: (path) => entries.get(path)?.text,
    analysis(path) {
      const entry = entries.get(path);
      if (entry === undefined) return undefined;
      if (entry.analysis !== undefined) return entry.analysis;
      const folders = options.foldersFor(path);
      entry.asked = { files: new Set(), folders: new Set() };
      const host = listening(options.hostFor(path), folders[0] ?? '', entry.asked);
      entry.analysis = analyse(readSource(path, entry.text, entry.isNotebook), {
        host, folders, libraries: () => options.libraries?.(path), maximumMilliseconds: options.maximumMilliseconds, parse, memory: entry.memory,
        // Looking for them is no reading: only the files that are run are noted.
        callingFiles: () => importers.of(options.hostFor(path), folders, path).filter((file) => host.readText(file.path) !== undefined),
      });
      return entry.analysis;
    },
    version(path, text, isNotebook) {
      const open = entries.get(path);
      const own = open?.text === text ? session.analysis(path) : undefined;
      if (own !== undefined) return own;
      const kept = versions.get(path) ?? [];
      const known = kept.find((version) => version.text === text);
      if (known !== undefined) return known.analysis;
      const folders = options.foldersFor(path);
      const host = options.hostFor(path);
      const analysis = analyse(readSource(path, text, isNotebook), {
        host, folders, libraries: () => options.libraries?.(path), maximumMilliseconds: options.maximumMilliseconds, parse, callingFiles: () => importers.of(host, folders, path),
      });
      versions.set(path, [{ text, analysis }, ...kept].slice(0, mostVersions));
      return analysis;
    },
    readersOf,
    invalidate: (path) => { versions.clear(); return invalidate(path); },
    stale: (path) => { const entry = entries.get(path); if (entry !== undefined) entry.analysis = undefined; },
    invalidateAll: () => { versions.clear(); importers.forgetAll(); for (const entry of entries.values()) entry.analysis = undefined; },
    paths: () => [...entries.keys()],
  };
  return session;
}

/** What was saved and what was committed, and the last of each. */
const mostVersions = 4;

/** A host that notes what it is asked for; relative paths belong to `folder`. */
function listening(host: Host, folder: string, asked: Asked): Host {
  return {
    readText(path) { asked.files.add(plainPath(folder, path)); return host.readText(path); },
    readBytes(path, limit) { asked.files.add(plainPath(folder, path)); return host.readBytes(path, limit); },
    listFolder(path) { asked.folders.add(plainPath(folder, path)); return host.listFolder(path); },
  };
}

/** One spelling for a path: absolute where the folder is, with `/`, without `.` and `..`. */
function plainPath(folder: string, path: string): string {
  // Most paths are plain already.
  if (path.startsWith('/') && !/[\\]|\/\.{0,2}(\/|$)/.test(path)) return path;
  const given = path.replaceAll('\\', '/');
  const isAbsolute = given.startsWith('/') || /^[A-Za-z][\w+.-]*:/.test(given);
  const parts: string[] = [];
  for (const [at, part] of (isAbsolute || folder === '' ? given : `${folder.replaceAll('\\', '/')}/${given}`).split('/').entries()) {
    if (part === '..') parts.pop();
    else if (part !== '.' && (part !== '' || at === 0)) parts.push(part);
  }
  return parts.join('/');
}
