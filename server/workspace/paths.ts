// Paths as text, with `/` between their parts on every system. It must not know what stands there.

/** One spelling: `/` for `\`. */
export function plain(path: string): string { return path.replaceAll('\\', '/'); }

/** What names another place than the disk, such as `vscode-vfs://github`, stays in front. */
export function joinPath(given: string, ...parts: readonly string[]): string {
  const address = /^[A-Za-z][\w+.-]+:\/\/[^/]*/.exec(given)?.[0] ?? '', folder = given.slice(address.length);
  const joined = [folder === '/' ? '' : folder.replace(/\/$/, ''), ...parts].join('/').split('/');
  const kept: string[] = [];
  for (const [at, part] of joined.entries()) {
    if (part === '..' && kept.length > 1) kept.pop();
    else if (part !== '.' && part !== '..' && (part !== '' || at === 0)) kept.push(part);
  }
  return address + (kept.join('/') || '/');
}

export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at);
}

export function nameOf(path: string): string { return path.slice(path.lastIndexOf('/') + 1); }
