// POSIX paths as text: what posixpath does without looking at files. It must not know the host.

export function joinPaths(parts: readonly string[]): string {
  let path = parts[0] ?? '';
  for (const part of parts.slice(1)) path = part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`;
  return path;
}

export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** With its dot; a name that starts with dots has none there. */
export function extension(path: string): string {
  const name = basename(path),
    at = name.lastIndexOf('.');
  return at <= 0 || /^\.+$/.test(name.slice(0, at)) ? '' : name.slice(at);
}

export function stem(path: string): string {
  const name = basename(path),
    suffix = extension(path);
  return name.slice(0, name.length - suffix.length);
}

/** `posixpath.normpath`. */
export function normalize(path: string): string {
  if (path === '') return '.';
  const start = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (part !== '..' || start === '') kept.push(part);
  }
  return start + kept.join('/') || '.';
}

export function parts(path: string): string[] {
  const names = path.split('/').filter((one) => one !== '' && one !== '.');
  return path.startsWith('/') ? ['/', ...names] : names;
}

/** As `PurePath.parents`: nearest first. */
export function parents(path: string): string[] {
  const names = path.split('/').filter((one) => one !== '');
  const absolute = path.startsWith('/');
  return names.map((_, at) => names.slice(0, names.length - 1 - at).join('/')).map((one) => (absolute ? `/${one}` : one === '' ? '.' : one));
}

/** Whether a name fits a shell pattern (`*.py`, `img_[0-9]?`); undefined for patterns that are not read. */
export function fullMatch(pattern: string, name: string): boolean | undefined {
  if (pattern.length > 200 || (pattern.match(/\*/g)?.length ?? 0) > 5) return undefined;
  let expression = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') expression += '.*';
    else if (character === '?') expression += '.';
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) {
        expression += '\\[';
        continue;
      }
      const inner = pattern
        .slice(at + 1, end)
        .replaceAll('\\', '\\\\')
        .replaceAll('[', '\\[');
      expression += `[${inner.startsWith('!') ? `^${inner.slice(1)}` : inner.replace(/^\^/, '\\^')}]`;
      at = end;
    } else expression += character.replace(/[.*+?^${}()|\]\\/]/g, '\\$&');
  }
  return new RegExp(`^${expression}$`, 's').test(name);
}
