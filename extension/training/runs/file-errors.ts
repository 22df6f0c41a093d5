// What the file system refused, as a person would say it. Knows no run and no editor.
import { statfsSync } from 'node:fs';

const leastBytes = 64 * 1024;

/** One sentence without its full stop; what is no error of a file system says itself. */
export function fileSentence(error: unknown): string {
  const { code, path: file } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const about = file === undefined ? '' : ` (${file})`;
  switch (code) {
    case 'ENOSPC': case 'EDQUOT': return `the disk is full${about}`;
    case 'EROFS': case 'EACCES': case 'EPERM': return `it may not be written or read${about}`;
    case 'ENOENT': return `it does not exist${about}`;
    case 'EISDIR': return `it is a folder${about}`;
    default: return error instanceof Error ? error.message : String(error);
  }
}

/** Whether the disk that holds this folder takes hardly anything more. */
export function isDiskFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastBytes;
  } catch {
    return false;
  }
}
