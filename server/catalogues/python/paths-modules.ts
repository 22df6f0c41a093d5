// The modules os, os.path, pathlib, glob, shutil and tempfile: paths as text (POSIX rules), folders and files through the host
// where it can see them. Nothing is written, removed or run. It must not know what files hold.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../values/value.ts';
import { bool, instance, list, maybeBool, none, str, tuple, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { openedFile, pathText, readFileText } from './files.ts';
import { makeIterator } from './iterating.ts';
import { basename, dirname, extension, fullMatch, joinPaths, normalize, parents, parts, stem } from './path-text.ts';
import { textValue, unknownInt, unknownOf } from './support.ts';

const unfollowed = (names: string, typeName?: string): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeFunction(name, undefined, () => unknown(undefined, typeName))]));
const silent = (names: string): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeFunction(name, undefined, () => none)]));

/** A file or folder that the host shows; undefined when it cannot see it, which does not say that there is none. */
function seen(interpreter: Interpreter, path: string): 'file' | 'folder' | undefined {
  if (interpreter.host.listFolder(path) !== undefined) return 'folder';
  const entry = interpreter.host.listFolder(dirname(path) || '.')?.find((one) => one.name === basename(path));
  return entry === undefined ? undefined : entry.isFolder ? 'folder' : 'file';
}

function onText(name: string, signature: string, typeName: string, body: (path: string, call: NativeCall) => Value | undefined): Value {
  const [parameter = ''] = signature.split(/[,=]/);
  return nativeFunction(name, signature, (call) => {
    const path = pathText(call.interpreter, call.args.get(parameter), call);
    return (path === undefined ? undefined : body(path, call)) ?? unknownOf(typeName);
  });
}

function listing(interpreter: Interpreter, path: string): Value | undefined {
  const entries = interpreter.host.listFolder(path);
  return entries === undefined ? undefined : list(entries.map((entry) => str(entry.name)));
}

const joinFunction = nativeFunction('join', 'a, *p', (call) => {
  const texts = [call.args.get('a'), ...call.args.rest.map((one) => one.value)].map((value) => pathText(call.interpreter, value, call));
  return texts.includes(undefined) || call.args.openPositional ? unknownOf('str') : str(joinPaths(texts.map((one) => one ?? '')));
});

const pathFunctions = (): Record<string, Value> => ({
  join: joinFunction,
  basename: onText('basename', 'p', 'str', (path) => str(basename(path))),
  dirname: onText('dirname', 'p', 'str', (path) => str(dirname(path))),
  split: onText('split', 'p', 'tuple', (path) => tuple([str(dirname(path)), str(basename(path))])),
  splitext: onText('splitext', 'p', 'tuple', (path) => {
    const suffix = extension(path);
    return tuple([str(path.slice(0, path.length - suffix.length)), str(suffix)]);
  }),
  normpath: onText('normpath', 'path', 'str', (path) => str(normalize(path))),
  isabs: onText('isabs', 's', 'bool', (path) => bool(path.startsWith('/'))),
  abspath: onText('abspath', 'path', 'str', (path) => (path.startsWith('/') ? str(normalize(path)) : undefined)),
  realpath: onText('realpath', 'filename, *, strict=False', 'str', (path) => (path.startsWith('/') ? str(normalize(path)) : undefined)),
  expanduser: onText('expanduser', 'path', 'str', (path) => (path.startsWith('~') ? undefined : str(path))),
  expandvars: onText('expandvars', 'path', 'str', (path) => (path.includes('$') ? undefined : str(path))),
  normcase: onText('normcase', 's', 'str', (path) => str(path)),
  relpath: onText('relpath', 'path, start=None', 'str', () => undefined),
  exists: onText('exists', 'path', 'bool', (path, { interpreter }) => (seen(interpreter, path) === undefined ? undefined : bool(true))),
  isfile: onText('isfile', 'path', 'bool', (path, { interpreter }) => {
    const kind = seen(interpreter, path);
    return kind === undefined ? undefined : bool(kind === 'file');
  }),
  isdir: onText('isdir', 's', 'bool', (path, { interpreter }) => {
    const kind = seen(interpreter, path);
    return kind === undefined ? undefined : bool(kind === 'folder');
  }),
  sep: str('/'),
  pardir: str('..'),
  curdir: str('.'),
  extsep: str('.'),
  pathsep: str(':'),
  ...unfollowed('islink lexists ismount samefile', 'bool'),
  ...unfollowed('getmtime getctime getatime', 'float'),
  getsize: nativeFunction('getsize', 'filename', () => unknownInt(0)),
  commonprefix: nativeFunction('commonprefix', 'm', () => unknownOf('str')),
  commonpath: nativeFunction('commonpath', 'paths', () => unknownOf('str')),
});

/** The program is taken to run without variables of its own: `get` gives its default. Without one, what is set is not known. */
function environmentDefault(call: NativeCall): Value {
  const fallback = call.args.get('default');
  return fallback.kind === 'none' ? unknown() : fallback;
}

const environmentClass: ClassValue = nativeClass({
  name: '_Environ',
  qualifiedName: 'os._Environ',
  members: {
    get: nativeMethod('get', 'self, key, default=None', environmentDefault),
    __getitem__: nativeMethod('__getitem__', 'self, key', () => unknownOf('str')),
    __setitem__: nativeMethod('__setitem__', 'self, key, value', () => none),
    __delitem__: nativeMethod('__delitem__', 'self, key', () => none),
    // A library reads its own switches, which are off; a program may look for the place where it runs.
    __contains__: nativeMethod('__contains__', 'self, key', ({ interpreter, place }) => (interpreter.isInLibrary(place) ? bool(false) : unknownOf('bool'))),
    setdefault: nativeMethod('setdefault', 'self, key, value', () => unknownOf('str')),
    pop: nativeMethod('pop', undefined, () => unknown()),
    update: nativeMethod('update', undefined, () => none),
    copy: nativeMethod('copy', 'self', () => unknownOf('dict')),
  },
});

function walk(interpreter: Interpreter, top: string, limit = 2000): Value[] | undefined {
  const entries = interpreter.host.listFolder(top);
  if (entries === undefined || limit <= 0) return undefined;
  const folders = entries.filter((entry) => entry.isFolder),
    files = entries.filter((entry) => !entry.isFolder);
  const rows: Value[] = [tuple([str(top), list(folders.map((one) => str(one.name))), list(files.map((one) => str(one.name)))])];
  for (const folder of folders) {
    const inner = walk(interpreter, joinPaths([top, folder.name]), limit - rows.length);
    if (inner === undefined) return undefined;
    rows.push(...inner);
  }
  return rows;
}

const osMembers = (): Record<string, Value> => ({
  environ: instance(environmentClass),
  sep: str('/'),
  linesep: str('\n'),
  pathsep: str(':'),
  curdir: str('.'),
  pardir: str('..'),
  extsep: str('.'),
  devnull: str('/dev/null'),
  name: unknownOf('str'),
  getenv: nativeFunction('getenv', 'key, default=None', environmentDefault),
  putenv: nativeFunction('putenv', undefined, () => none),
  getcwd: nativeFunction('getcwd', '', () => unknownOf('str')),
  cpu_count: nativeFunction('cpu_count', '', () => unknownInt(1)),
  getpid: nativeFunction('getpid', '', () => unknownInt(1)),
  listdir: nativeFunction('listdir', "path='.'", (call) => {
    const path = pathText(call.interpreter, call.args.get('path'), call);
    return (path === undefined ? undefined : listing(call.interpreter, path)) ?? list([], true);
  }),
  walk: nativeFunction('walk', 'top, topdown=True, onerror=None, followlinks=False', (call) => {
    const top = pathText(call.interpreter, call.args.get('top'), call),
      rows = top === undefined ? undefined : walk(call.interpreter, top);
    return makeIterator('walk', () =>
      rows === undefined ? { items: [tuple([unknownOf('str'), list([], true), list([], true)])], exact: false } : { items: rows, exact: true },
    );
  }),
  scandir: nativeFunction('scandir', undefined, () => unknown()),
  fspath: nativeFunction('fspath', 'path', (call) => {
    const path = pathText(call.interpreter, call.args.get('path'), call);
    return path === undefined ? unknownOf('str') : str(path);
  }),
  ...silent(
    'makedirs mkdir remove unlink rmdir removedirs rename renames replace chmod chdir symlink link utime close umask kill nice sync truncate',
  ),
  ...unfollowed('system open write', 'int'),
  ...unfollowed('popen stat uname getlogin urandom get_terminal_size'),
  PathLike: nativeClass({ name: 'PathLike', qualifiedName: 'os.PathLike' }),
  error: builtinClasses['OSError'] ?? unknown(),
});

// pathlib

const pathSlot = defineSlot<string>('path');

function makePath(cls: ClassValue, text: string | undefined): Value {
  if (text === undefined) return unknown(undefined, 'Path');
  const made = instance(cls);
  pathSlot.set(made, text);
  return made;
}

function onPath(
  name: string,
  signature: string,
  otherwise: string | undefined,
  body: (path: string, self: InstanceValue, call: NativeCall) => Value | undefined,
): Value {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.get('self'),
      path = pathSlot.get(self);
    return (self.kind === 'instance' && path !== undefined ? body(path, self, call) : undefined) ?? unknown(undefined, otherwise);
  });
}
function part(name: string, otherwise: string | undefined, read: (path: string, cls: ClassValue) => Value): Value {
  return nativeProperty(name, (call) => {
    const self = call.args.get('self'),
      path = pathSlot.get(self);
    return self.kind === 'instance' && path !== undefined ? read(path, self.cls) : unknown(undefined, otherwise);
  });
}

function globbing(interpreter: Interpreter, folder: string, pattern: string, recursive: boolean): string[] | undefined {
  const found: string[] = [];
  const pieces = (recursive ? `**/${pattern}` : pattern).split('/');
  const visit = (at: string, rest: readonly string[]): boolean => {
    const [piece, ...others] = rest;
    if (piece === undefined) {
      found.push(at);
      return true;
    }
    if (found.length > 5000) return false;
    if (piece === '**') {
      if (!visit(at, others)) return false;
      return (interpreter.host.listFolder(at || '.') ?? []).every(
        (entry) => !entry.isFolder || visit(at === '' ? entry.name : joinPaths([at, entry.name]), rest),
      );
    }
    if (!/[*?[]/.test(piece)) {
      const next = at === '' ? piece : joinPaths([at, piece]);
      return others.length > 0 || seen(interpreter, next) !== undefined ? visit(next, others) : true;
    }
    const entries = interpreter.host.listFolder(at || '.');
    if (entries === undefined) return at !== folder;
    return entries.every((entry) => {
      const matches = fullMatch(piece, entry.name);
      if (matches === undefined) return false;
      if (!matches || (entry.name.startsWith('.') && !piece.startsWith('.')) || (others.length > 0 && !entry.isFolder)) return true;
      return visit(at === '' ? entry.name : joinPaths([at, entry.name]), others);
    });
  };
  if (interpreter.host.listFolder(folder || '.') === undefined) return undefined;
  return visit(folder, pieces) ? found : undefined;
}

function globMethod(name: string, recursive: boolean): Value {
  return onPath(name, 'self, pattern', undefined, (path, self, { interpreter, args }) => {
    const pattern = textValue(args.get('pattern'));
    const found = pattern === undefined ? undefined : globbing(interpreter, path, pattern, recursive);
    return makeIterator('generator', () =>
      found === undefined
        ? { items: [unknown(undefined, 'Path')], exact: false }
        : { items: found.map((one) => makePath(self.cls, one)), exact: true },
    );
  });
}

const pathMembers: Readonly<Record<string, Value>> = {
  name: part('name', 'str', (path) => str(basename(path))),
  stem: part('stem', 'str', (path) => str(stem(path))),
  suffix: part('suffix', 'str', (path) => str(extension(path))),
  suffixes: part('suffixes', 'list', (path) =>
    list(
      (
        basename(path)
          .replace(/^\.+/, '')
          .match(/\.[^.]+/g) ?? []
      ).map((one) => str(one)),
    ),
  ),
  parent: part('parent', undefined, (path, cls) => makePath(cls, dirname(path) || (path.startsWith('/') ? '/' : '.'))),
  parents: part('parents', 'tuple', (path, cls) => tuple(parents(path).map((one) => makePath(cls, one)))),
  parts: part('parts', 'tuple', (path) => tuple(parts(path).map((one) => str(one)))),
  anchor: part('anchor', 'str', (path) => str(path.startsWith('/') ? '/' : '')),
  root: part('root', 'str', (path) => str(path.startsWith('/') ? '/' : '')),
  __truediv__: onPath('__truediv__', 'self, other', 'Path', (path, self, call) => {
    const other = pathText(call.interpreter, call.args.get('other'), call);
    return other === undefined ? undefined : makePath(self.cls, normalizePath(joinPaths([path, other])));
  }),
  __rtruediv__: onPath('__rtruediv__', 'self, other', 'Path', (path, self, { args }) => {
    const other = textValue(args.get('other'));
    return other === undefined ? undefined : makePath(self.cls, normalizePath(joinPaths([other, path])));
  }),
  __str__: onPath('__str__', 'self', 'str', (path) => str(path)),
  __fspath__: onPath('__fspath__', 'self', 'str', (path) => str(path)),
  as_posix: onPath('as_posix', 'self', 'str', (path) => str(path)),
  __repr__: onPath('__repr__', 'self', 'str', (path, self) => str(`${self.cls.name === 'Path' ? 'PosixPath' : self.cls.name}('${path}')`)),
  __eq__: onPath('__eq__', 'self, other', 'bool', (path, _, { args }) => {
    const other = pathSlot.get(args.get('other'));
    return other === undefined ? bool(false) : bool(path === other);
  }),
  __lt__: onPath('__lt__', 'self, other', 'bool', (path, _, { args }) => {
    const other = pathSlot.get(args.get('other'));
    return other === undefined ? undefined : bool(path < other);
  }),
  joinpath: onPath('joinpath', 'self, *other', 'Path', (path, self, call) => {
    const others = call.args.rest.map((one) => pathText(call.interpreter, one.value, call));
    return others.includes(undefined) || call.args.openPositional
      ? undefined
      : makePath(self.cls, normalizePath(joinPaths([path, ...others.map((one) => one ?? '')])));
  }),
  with_suffix: onPath('with_suffix', 'self, suffix', 'Path', (path, self, { args }) => {
    const suffix = textValue(args.get('suffix'));
    return suffix === undefined ? undefined : makePath(self.cls, path.slice(0, path.length - extension(path).length) + suffix);
  }),
  with_name: onPath('with_name', 'self, name', 'Path', (path, self, { args }) => {
    const name = textValue(args.get('name'));
    return name === undefined ? undefined : makePath(self.cls, dirname(path) === '' ? name : joinPaths([dirname(path), name]));
  }),
  with_stem: onPath('with_stem', 'self, stem', 'Path', (path, self, { args }) => {
    const name = textValue(args.get('stem'));
    return name === undefined
      ? undefined
      : makePath(self.cls, dirname(path) === '' ? name + extension(path) : joinPaths([dirname(path), name + extension(path)]));
  }),
  is_absolute: onPath('is_absolute', 'self', 'bool', (path) => bool(path.startsWith('/'))),
  resolve: onPath('resolve', 'self, strict=False', 'Path', (path, self) => (path.startsWith('/') ? makePath(self.cls, normalize(path)) : undefined)),
  absolute: onPath('absolute', 'self', 'Path', (path, self) => (path.startsWith('/') ? self : undefined)),
  expanduser: onPath('expanduser', 'self', 'Path', (path, self) => (path.startsWith('~') ? undefined : self)),
  relative_to: onPath('relative_to', 'self, *other', 'Path', () => undefined),
  exists: onPath('exists', 'self', 'bool', (path, _, { interpreter }) => maybeBool(seen(interpreter, path) === undefined ? undefined : true)),
  is_file: onPath('is_file', 'self', 'bool', (path, _, { interpreter }) => {
    const kind = seen(interpreter, path);
    return maybeBool(kind === undefined ? undefined : kind === 'file');
  }),
  is_dir: onPath('is_dir', 'self', 'bool', (path, _, { interpreter }) => {
    const kind = seen(interpreter, path);
    return maybeBool(kind === undefined ? undefined : kind === 'folder');
  }),
  mkdir: nativeMethod('mkdir', 'self, mode=511, parents=False, exist_ok=False', () => none),
  touch: nativeMethod('touch', 'self, mode=438, exist_ok=True', () => none),
  unlink: nativeMethod('unlink', 'self, missing_ok=False', () => none),
  rmdir: nativeMethod('rmdir', 'self', () => none),
  rename: nativeMethod('rename', 'self, target', () => unknown(undefined, 'Path')),
  read_text: onPath('read_text', 'self, encoding=None, errors=None', 'str', (path, _, { interpreter }) => {
    const text = readFileText(interpreter, path);
    return text === undefined ? undefined : str(text.replace(/\r\n?/g, '\n'));
  }),
  read_bytes: nativeMethod('read_bytes', 'self', () => unknownOf('bytes')),
  write_text: nativeMethod('write_text', 'self, data, encoding=None, errors=None, newline=None', () => unknownInt(0)),
  write_bytes: nativeMethod('write_bytes', 'self, data', () => unknownInt(0)),
  open: onPath('open', "self, mode='r', buffering=-1, encoding=None, errors=None, newline=None", undefined, (path, _, { interpreter, args }) => {
    const mode = textValue(args.get('mode'));
    return openedFile(mode !== undefined && !/[wax+]/.test(mode) ? readFileText(interpreter, path) : undefined, mode?.includes('b') ?? false);
  }),
  iterdir: onPath('iterdir', 'self', undefined, (path, self, { interpreter }) => {
    const entries = interpreter.host.listFolder(path);
    return makeIterator('generator', () =>
      entries === undefined
        ? { items: [unknown(undefined, 'Path')], exact: false }
        : { items: entries.map((entry) => makePath(self.cls, joinPaths([path, entry.name]))), exact: true },
    );
  }),
  glob: globMethod('glob', false),
  rglob: globMethod('rglob', true),
  match: nativeMethod('match', 'self, path_pattern', () => unknownOf('bool')),
  stat: nativeMethod('stat', 'self, *, follow_symlinks=True', () => unknown()),
  __hash__: nativeMethod('__hash__', 'self', () => unknownInt()),
  cwd: { kind: 'classmethod', callable: nativeMethod('cwd', 'cls', () => unknown(undefined, 'Path')) },
  home: { kind: 'classmethod', callable: nativeMethod('home', 'cls', () => unknown(undefined, 'Path')) },
};

/** pathlib drops `.` and doubled separators but keeps `..`. */
function normalizePath(text: string): string {
  const absolute = text.startsWith('/');
  const kept = text
    .split('/')
    .filter((one) => one !== '' && one !== '.')
    .join('/');
  return absolute ? `/${kept}` : kept === '' ? '.' : kept;
}

function pathClass(name: string): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `pathlib.${name}`,
    members: pathMembers,
    construct: (call, cls) => {
      const texts = call.args.raw.positional.map((one) => pathText(call.interpreter, one.value, call));
      return texts.includes(undefined) || call.args.raw.openPositional
        ? unknown(undefined, 'Path')
        : makePath(cls, normalizePath(joinPaths(texts.map((one) => one ?? ''))));
    },
  });
}
const path = pathClass('Path');

const globFunction = nativeFunction('glob', 'pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False', (call) => {
  const pattern = pathText(call.interpreter, call.args.get('pathname'), call);
  if (pattern === undefined || !call.args.isNone('root_dir')) return list([], true);
  const absolute = pattern.startsWith('/');
  const fixed = absolute ? '/' : '';
  const found = globbing(
    call.interpreter,
    fixed,
    call.args.flag('recursive') === true ? pattern.slice(fixed.length) : pattern.slice(fixed.length).replaceAll('**', '*'),
    false,
  );
  return found === undefined ? list([], true) : list(found.map((one) => str(one)));
});

export const pathsModules: Catalogue['modules'] = {
  os: osMembers,
  'os.path': pathFunctions,
  posixpath: pathFunctions,
  pathlib: () => ({ Path: path, PosixPath: path, PurePath: path, PurePosixPath: path, WindowsPath: unknown(), PureWindowsPath: unknown() }),
  glob: () => ({ glob: globFunction, iglob: globFunction, escape: nativeFunction('escape', 'pathname', () => unknownOf('str')) }),
  shutil: () => ({
    ...silent('rmtree copyfileobj copymode copystat unpack_archive'),
    ...unfollowed('copy copy2 copyfile copytree move make_archive', 'str'),
    which: nativeFunction('which', undefined, () => unknown()),
    disk_usage: nativeFunction('disk_usage', undefined, () => unknown()),
  }),
  tempfile: () => ({
    mkdtemp: nativeFunction('mkdtemp', undefined, () => unknownOf('str')),
    gettempdir: nativeFunction('gettempdir', '', () => unknownOf('str')),
    mkstemp: nativeFunction('mkstemp', undefined, () => tuple([unknownInt(0), unknownOf('str')])),
    ...unfollowed('NamedTemporaryFile TemporaryFile TemporaryDirectory SpooledTemporaryFile'),
  }),
};
