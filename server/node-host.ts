// The engine's way to files under Node: reads only inside the given folders, never follows a link out of them, never writes.
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Host } from './values/interpreter.ts';

/** Files larger than this are not read as text. */
const largestText = 8 * 1024 * 1024;

/** A host over folders of the disk. Relative paths are relative to `workingFolder`; `overlay` gives the text of files that are open in an editor. */
export function nodeHost(folders: readonly string[], workingFolder: string, overlay: (path: string) => string | undefined = () => undefined): Host {
  const roots = folders.map((folder) => realPath(path.resolve(folder)) ?? path.resolve(folder));
  const inside = (name: string): string | undefined => {
    const real = realPath(path.resolve(workingFolder, name));
    return real !== undefined && roots.some((root) => real === root || real.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) ? real : undefined;
  };
  const read = (name: string, limit: number): Buffer | undefined => {
    const real = inside(name);
    if (real === undefined) return undefined;
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
  };
  return {
    readText(name) {
      const open = overlay(path.resolve(workingFolder, name));
      if (open !== undefined) return open;
      const content = read(name, largestText + 1);
      return content === undefined || content.length > largestText || content.includes(0) ? undefined : content.toString('utf8');
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

function realPath(name: string): string | undefined {
  try { return realpathSync(name); } catch { return undefined; }
}
