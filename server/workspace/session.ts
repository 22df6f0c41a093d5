// The open programs and their analyses: what was read, what is stale, which files a change concerns.
// It must not know LSP or Node; the host and the clock are handed in.
import { parsePython } from '../syntax/python.ts';
import type { SourceFile } from '../values/place.ts';
import type { Host } from '../values/interpreter.ts';
import type { Analysis } from './analysis.ts';
import { analyse } from './analysis.ts';

export interface Session {
  /** Sets a program's text; the analysis becomes stale. */
  update(path: string, text: string, isNotebook?: boolean): void;
  close(path: string): void;
  textOf(path: string): string | undefined;
  /** The analysis of the present text, made now when it is stale. */
  analysis(path: string): Analysis | undefined;
  /** Open programs that read this file, directly or through imports. */
  readersOf(path: string): string[];
  /** A file changed on disk: programs that read it are stale. */
  invalidate(path: string): string[];
  paths(): string[];
}

export interface SessionOptions {
  readonly hostFor: (path: string) => Host;
  readonly foldersFor: (path: string) => readonly string[];
  readonly maximumMilliseconds: number;
}

interface Entry { text: string; isNotebook: boolean; analysis: Analysis | undefined }

export function makeSession(options: SessionOptions): Session {
  const entries = new Map<string, Entry>();
  // Modules are parsed once for each text; a program that imports twenty files parses the one that changed.
  const parsed = new Map<string, SourceFile>();
  const parse = (path: string, text: string): SourceFile => {
    const known = parsed.get(path);
    if (known !== undefined && known.parsed.text === text) return known;
    const source = { path, parsed: parsePython(text) };
    parsed.set(path, source);
    if (parsed.size > 200) { const oldest = parsed.keys().next().value; if (oldest !== undefined) parsed.delete(oldest); }
    return source;
  };
  const readersOf = (path: string): string[] => [...entries].filter(([, entry]) => entry.analysis?.trace.filesRead.has(path)).map(([name]) => name);
  const session: Session = {
    update(path, text, isNotebook = false) {
      const entry = entries.get(path);
      if (entry !== undefined && entry.text === text && entry.isNotebook === isNotebook) return;
      entries.set(path, { text, isNotebook, analysis: undefined });
      for (const reader of readersOf(path)) { const other = entries.get(reader); if (other !== undefined) other.analysis = undefined; }
    },
    close: (path) => { entries.delete(path); },
    textOf: (path) => entries.get(path)?.text,
    analysis(path) {
      const entry = entries.get(path);
      if (entry === undefined) return undefined;
      entry.analysis ??= analyse({ path, parsed: parsePython(entry.text, { notebook: entry.isNotebook }) }, {
        host: options.hostFor(path), folders: options.foldersFor(path), maximumMilliseconds: options.maximumMilliseconds, parse,
      });
      return entry.analysis;
    },
    readersOf,
    invalidate(path) {
      const readers = readersOf(path);
      for (const reader of readers) { const entry = entries.get(reader); if (entry !== undefined) entry.analysis = undefined; }
      return readers;
    },
    paths: () => [...entries.keys()],
  };
  return session;
}
