// Modules about the running system and its side effects: sys, time, datetime, logging, warnings, gc and their kin. What they tell
// depends on the machine, so it is unknown; what they do leaves no trace here. It must not know files.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { bool, instance, int, list, none, str, unknown } from '../../values/value.ts';
import { builtinClasses } from './classes.ts';
import { tupleClass } from './sequences.ts';
import { raiseText, textValue, unknownInt, unknownOf } from './support.ts';

const functions = (names: string, result: () => Value): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeFunction(name, undefined, result)]));
const methods = (names: string, result: () => Value): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeMethod(name, undefined, result)]));

const versionFields = ['major', 'minor', 'micro', 'releaselevel', 'serial'] as const;
const versionClass: ClassValue = nativeClass({
  name: 'version_info',
  qualifiedName: 'sys.version_info',
  bases: [tupleClass],
  hasUnknownBase: false,
  members: Object.fromEntries(
    versionFields.map((name, at) => [
      name,
      nativeProperty(name, ({ args }) => {
        const self = args.get('self');
        return self.kind === 'tuple' ? (self.items[at] ?? unknown()) : unknown();
      }),
    ]),
  ),
});

/** Objects that only take what is said to them. */
const streamClass: ClassValue = nativeClass({
  name: 'TextIOWrapper',
  qualifiedName: 'io.TextIOWrapper',
  members: {
    ...methods('write', () => unknownInt(0)),
    ...methods('flush close writelines reconfigure', () => none),
    ...methods('isatty', () => unknownOf('bool')),
  },
});
const loggerClass: ClassValue = nativeClass({
  name: 'Logger',
  qualifiedName: 'logging.Logger',
  members: {
    ...methods('debug info warning warn error critical exception log setLevel addHandler removeHandler addFilter removeFilter', () => none),
    ...methods('isEnabledFor hasHandlers', () => unknownOf('bool')),
    name: unknownOf('str'),
    handlers: unknown(),
    level: unknownInt(0),
    propagate: bool(true),
  },
});
const handlerClass = (name: string): ClassValue =>
  nativeClass({ name, qualifiedName: `logging.${name}`, members: methods('setLevel setFormatter addFilter close flush emit', () => none) });
const managerClass = (name: string): ClassValue =>
  nativeClass({
    name,
    qualifiedName: name,
    members: {
      __init__: nativeMethod('__init__', undefined, () => none),
      __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')),
      __exit__: nativeMethod('__exit__', 'self, *args', () => none),
      ...methods('acquire release', () => unknownOf('bool')),
    },
  });

/** `sys.modules`: what is asked for under a name is that module; what else it holds depends on the run. */
const moduleTableClass: ClassValue = nativeClass({
  name: 'dict',
  qualifiedName: 'sys.modules',
  hasUnknownBase: true,
  members: {
    ...Object.fromEntries(
      ['__getitem__', 'get'].map((name) => [
        name,
        nativeMethod(name, 'self, key, default=None, /', ({ interpreter, args, place }) => {
          const key = textValue(args.get('key'));
          return key === undefined ? unknown() : interpreter.importModule(key, place);
        }),
      ]),
    ),
    __contains__: nativeMethod('__contains__', 'self, key, /', () => unknownOf('bool')),
    __len__: nativeMethod('__len__', 'self, /', () => unknownInt(1)),
    __iter__: nativeMethod('__iter__', 'self, /', () => list([], true)),
    ...methods('__setitem__ __delitem__ setdefault update', () => none),
    ...methods('pop keys values items copy', () => unknown()),
  },
});

const sys = (): Record<string, Value> => ({
  // The program may be started with arguments: nothing is said about them.
  argv: unknownOf('list'),
  path: unknownOf('list'),
  modules: instance(moduleTableClass),
  version_info: { kind: 'tuple', cls: versionClass, items: [int(3), int(11), int(7), str('final'), int(0)] },
  version: unknownOf('str'),
  platform: unknownOf('str'),
  executable: unknownOf('str'),
  byteorder: unknownOf('str'),
  maxsize: unknownInt(Number.MAX_SAFE_INTEGER),
  maxunicode: int(0x10ffff),
  stdout: instance(streamClass),
  stderr: instance(streamClass),
  stdin: unknown(),
  exit: nativeFunction('exit', 'status=None, /', ({ interpreter, place }) => raiseText(interpreter, 'SystemExit', '', place)),
  ...functions('setrecursionlimit settrace setprofile', () => none),
  ...functions('getsizeof getrecursionlimit getrefcount', () => unknownInt(0)),
  ...functions('getdefaultencoding getfilesystemencoding intern', () => unknownOf('str')),
});

const time = (): Record<string, Value> => ({
  ...functions('time perf_counter monotonic process_time thread_time mktime', () => unknownOf('float')),
  ...functions('time_ns perf_counter_ns monotonic_ns', () => unknownInt(0)),
  ...functions('strftime ctime asctime', () => unknownOf('str')),
  ...functions('sleep tzset', () => none),
  ...functions('localtime gmtime strptime', () => unknown()),
  timezone: unknownInt(),
  tzname: unknownOf('tuple'),
});

const levels = { NOTSET: 0, DEBUG: 10, INFO: 20, WARNING: 30, WARN: 30, ERROR: 40, CRITICAL: 50, FATAL: 50 };
const logging = (): Record<string, Value> => ({
  ...Object.fromEntries(Object.entries(levels).map(([name, value]) => [name, int(value)])),
  Logger: loggerClass,
  getLogger: nativeFunction('getLogger', 'name=None', () => instance(loggerClass)),
  root: instance(loggerClass),
  ...functions(
    'debug info warning warn error critical exception log basicConfig disable captureWarnings addLevelName shutdown setLoggerClass',
    () => none,
  ),
  getLevelName: nativeFunction('getLevelName', 'level', () => unknown()),
  ...Object.fromEntries(
    ['Handler', 'StreamHandler', 'FileHandler', 'NullHandler', 'Formatter', 'Filter', 'LoggerAdapter'].map((name) => [name, handlerClass(name)]),
  ),
});

const importlibMembers = (): Record<string, Value> => ({
  import_module: nativeFunction('import_module', 'name, package=None', ({ interpreter, args, place }) => {
    const name = textValue(args.get('name'));
    return name === undefined || name.startsWith('.') ? unknown(undefined, 'module') : interpreter.importModule(name, place);
  }),
  reload: nativeFunction('reload', 'module', ({ args }) => args.get('module')),
  invalidate_caches: nativeFunction('invalidate_caches', '', () => none),
});

export const systemModules: Catalogue['modules'] = {
  sys,
  time,
  logging,
  importlib: importlibMembers,
  'importlib.util': () => functions('find_spec module_from_spec spec_from_file_location', () => unknown()),
  'importlib.metadata': () => functions('version', () => unknownOf('str')),
  warnings: () => ({
    ...functions('warn warn_explicit filterwarnings simplefilter resetwarnings', () => none),
    catch_warnings: managerClass('catch_warnings'),
  }),
  gc: () => ({
    ...functions('enable disable freeze', () => none),
    collect: nativeFunction('collect', undefined, () => unknownInt(0)),
    isenabled: nativeFunction('isenabled', '', () => unknownOf('bool')),
  }),
  platform: () => functions('system machine node platform processor release version python_version python_implementation', () => unknownOf('str')),
  traceback: () => ({
    ...functions('print_exc print_stack print_exception print_tb', () => none),
    ...functions('format_exc', () => unknownOf('str')),
  }),
  threading: () => ({
    Lock: managerClass('Lock'),
    RLock: managerClass('RLock'),
    current_thread: nativeFunction('current_thread', '', () => unknown()),
  }),
  timeit: () => functions('default_timer timeit', () => unknownOf('float')),
  subprocess: () => ({ ...functions('call check_call', () => unknownInt()), ...functions('getoutput', () => unknownOf('str')) }),
  signal: () => functions('signal alarm', () => unknown()),
  atexit: () => functions('register unregister', () => none),
  faulthandler: () => functions('enable disable', () => none),
  errno: () => ({ EEXIST: int(17), ENOENT: int(2), EACCES: int(13), EPERM: int(1), EINVAL: int(22) }),
  __future__: () => ({}),
  multiprocessing: () => ({
    cpu_count: nativeFunction('cpu_count', '', () => unknownInt(1)),
    ...functions('set_start_method freeze_support', () => none),
  }),
  'urllib.error': () =>
    Object.fromEntries(
      ['URLError', 'HTTPError'].map((name) => [
        name,
        nativeClass({ name, qualifiedName: `urllib.error.${name}`, bases: [builtinClasses['OSError']].flatMap((one) => one ?? []) }),
      ]),
    ),
  pickle: () => ({
    ...functions('dump', () => none),
    ...functions('load loads', () => unknown()),
    dumps: nativeFunction('dumps', undefined, () => unknownOf('bytes')),
    HIGHEST_PROTOCOL: int(5),
    DEFAULT_PROTOCOL: int(4),
  }),
};
