// The engine's way to files under Node: reads only inside the given folders, never follows a link out of them, never writes.
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { Host } from './values/interpreter.ts';
import type { EnvironmentFiles } from './workspace/environment.ts';
import { largestProjectFile, projectFileName } from './workspace/pyproject.ts';

/** Files larger than this are not read as text. */
const largestText = 8 * 1024 * 1024;

/**
 * A host over folders of the disk. Relative paths are relative to `workingFolder`; `overlay` gives the text of files that are open in an editor, `more` the
 * folders of an environment, asked for when a path lies in none of the others.
 */
export function nodeHost(folders: readonly string[], workingFolder: string, overlay: (path: string) => string | undefined = () => undefined, more: () => readonly string[] = () => []): Host {
  const roots = folders.map((folder) => realPath(path.resolve(folder)) ?? path.resolve(folder));
  let others: readonly string[] | undefined;
  const inside = (name: string): string | undefined => {
    const real = realPath(path.resolve(workingFolder, name));
    if (real === undefined) return undefined;
    const isIn = (root: string): boolean => real === root || real.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
    return roots.some(isIn) || (others ??= more().map((folder) => realPath(folder) ?? folder)).some(isIn) ? real : undefined;
  };
  const read = (name: string, limit: number): Buffer | undefined => {
    const real = inside(name);
    return real === undefined ? undefined : readStart(real, limit);
  };
  return {
    readText(name) {
      const absolute = path.resolve(workingFolder, name);
      const open = overlay(absolute);
      if (open !== undefined) return open;
      // Half of what imports ask for is not there; an exception for each would take ten times as long.
      const facts = factsOf(absolute);
      if (facts?.isFile() !== true) return undefined;
      const real = inside(absolute);
      return real === undefined ? undefined : keptText(real, facts);
    },
    readBytes: (name, limit) => read(name, limit),
    listFolder(name) {
      const real = inside(name);
      if (real === undefined) return undefined;
      try {
        return readdirSync(real, { withFileTypes: true })
          .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
          .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
      } catch {
        return undefined;
      }
    },
  };
}

/** The files that say what an environment is. Nothing else of the disk is read for it; folders are only listed. */
const environmentFile = /^pyvenv\.cfg$|\.pth$|^__editable__.*_finder\.py$|^_editable_impl_.*\.py$/;
const largestEnvironmentFile = 256 * 1024;

export const environmentFiles: EnvironmentFiles = {
  readText(name) {
    const real = environmentFile.test(path.basename(name)) ? realPath(name) : undefined;
    // A link to a file of another name would give that file's text.
    return real === undefined || !environmentFile.test(path.basename(real)) ? undefined : readWholeText(real, largestEnvironmentFile);
  },
  listFolder(name) {
    try {
      return readdirSync(name, { withFileTypes: true }).map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() || (entry.isSymbolicLink() && isFolder(path.join(name, entry.name))) }));
    } catch {
      return undefined;
    }
  },
  realPath,
};

/** The text of a `pyproject.toml`, which may stand above the folders that are open, and of no other file; of a large one the beginning. */
export function projectFileText(name: string): string | undefined {
  const real = path.basename(name) === projectFileName ? realPath(name) : undefined;
  // A link to a file of another name would give that file's text.
  return real === undefined || path.basename(real) !== projectFileName ? undefined : readStart(real, largestProjectFile + 1)?.toString('utf8');
}

/** The first bytes of a regular file. */
function readStart(real: string, limit: number): Buffer | undefined {
  let handle: number | undefined;
  try {
    // Opening a named pipe waits for its other end, and opening a device may do anything. One that takes the file's place
    // in between is opened without waiting.
    if (!statSync(real).isFile()) return undefined;
    handle = openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const facts = fstatSync(handle);
    if (!facts.isFile()) return undefined;
    const buffer = Buffer.alloc(Math.min(limit, facts.size));
    const length = readSync(handle, buffer, 0, buffer.length, 0);
    return buffer.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function factsOf(name: string): Stats | undefined {
  try { return statSync(name, { throwIfNoEntry: false }); } catch { return undefined; }
}

interface KeptText { readonly facts: Stats; readonly readAt: number; readonly text: string | undefined }
/** What was read of files that have not changed since: each keystroke reads the libraries again. */
const kept = new Map<string, KeptText>();
let keptLength = 0;
const mostKept = 30_000_000;
/** A file that changed so shortly before it was read may have changed again without its times telling. */
const settled = 3_000;

/** `facts` are those of the file now. */
function keptText(real: string, facts: Stats): string | undefined {
  const known = kept.get(real);
  if (known !== undefined && isUnchanged(known, facts)) return known.text;
  const text = readWholeText(real, largestText);
  if (keptLength > mostKept) { kept.clear(); keptLength = 0; }
  keptLength += (text?.length ?? 0) - (kept.get(real)?.text?.length ?? 0);
  kept.set(real, { facts, readAt: Date.now(), text });
  return text;
}

function isUnchanged({ facts: before, readAt }: KeptText, facts: Stats): boolean {
  return before.ino === facts.ino && before.dev === facts.dev && before.size === facts.size && before.mtimeMs === facts.mtimeMs && before.ctimeMs === facts.ctimeMs
    && readAt - Math.max(before.mtimeMs, before.ctimeMs) > settled;
}

/** The text of a regular file that is not larger than the limit and holds no zero bytes. */
function readWholeText(real: string, limit: number): string | undefined {
  const content = readStart(real, limit + 1);
  return content === undefined || content.length > limit || content.includes(0) ? undefined : content.toString('utf8');
}

function isFolder(name: string): boolean {
  try { return statSync(name).isDirectory(); } catch { return false; }
}

function realPath(name: string): string | undefined {
  try { return realpathSync.native(name); } catch { return undefined; }
}
