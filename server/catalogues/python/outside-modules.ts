// Standard modules that reach outside the program (archives, the network, processes, clocks, windows, tests): what they give depends on the
// machine and is not known; what they do leaves no trace. It must not know files that the program reads.
import type { Catalogue } from '../catalogue.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { none, unknown } from '../../values/value.ts';
import { builtinMembers } from './builtins.ts';
import { unknownInt, unknownOf } from './support.ts';

const functions = (names: string, result: () => Value): Record<string, Value> =>
  Object.fromEntries(names.split(' ').map((name) => [name, nativeFunction(name, undefined, result)]));

/** A class whose objects take anything and say nothing: its methods do something elsewhere. */
function outside(name: string, module: string, actions = '', questions = ''): ClassValue {
  const named = (names: string, result: () => Value): [string, Value][] => names.split(' ').filter((one) => one !== '').map((one) => [one, nativeMethod(one, undefined, result)]);
  return nativeClass({
    name, qualifiedName: `${module}.${name}`,
    members: {
      __init__: nativeMethod('__init__', undefined, () => none),
      __enter__: nativeMethod('__enter__', 'self', ({ args }) => args.get('self')), __exit__: nativeMethod('__exit__', 'self, *args', () => none),
      ...Object.fromEntries([...named(actions, () => none), ...named(questions, () => unknown())]),
    },
  });
}
const classes = (module: string, declared: Readonly<Record<string, readonly [actions: string, questions?: string]>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(declared).map(([name, [actions, questions]]) => [name, outside(name, module, actions, questions)]));
const unknowns = (names: string, type?: string): Record<string, Value> => Object.fromEntries(names.split(' ').map((name) => [name, unknown(undefined, type)]));

const printing = (): Record<string, Value> => ({ ...functions('pprint pp', () => none), ...functions('pformat saferepr', () => unknownOf('str')), ...classes('pprint', { PrettyPrinter: ['pprint', 'pformat'] }) });
const widgets = ['Tk', 'Frame', 'Button', 'Label', 'Entry', 'Canvas', 'Text', 'Toplevel', 'Scale', 'Menu', 'StringVar', 'IntVar', 'DoubleVar', 'BooleanVar'];

export const outsideModules: Catalogue['modules'] = {
  datetime: () => unknowns('datetime date time timedelta timezone tzinfo UTC MINYEAR MAXYEAR'),
  pprint: printing,
  uuid: () => functions('uuid1 uuid3 uuid4 uuid5 getnode UUID', () => unknown()),
  builtins: builtinMembers,
  zipfile: () => ({ ...classes('zipfile', { ZipFile: ['extractall close write writestr printdir', 'namelist open read infolist extract testzip getinfo'], ZipInfo: [''] }), is_zipfile: nativeFunction('is_zipfile', 'filename', () => unknownOf('bool')), ...unknowns('BadZipFile ZIP_DEFLATED ZIP_STORED') }),
  tarfile: () => ({ open: nativeFunction('open', undefined, () => unknown()), is_tarfile: nativeFunction('is_tarfile', 'name', () => unknownOf('bool')), ...classes('tarfile', { TarFile: ['extractall close add', 'getnames getmembers extractfile'] }) }),
  gzip: () => functions('open GzipFile compress decompress', () => unknown()), bz2: () => functions('open BZ2File', () => unknown()), lzma: () => functions('open LZMAFile', () => unknown()),
  codecs: () => ({ ...functions('open lookup getreader getwriter', () => unknown()), ...functions('encode decode', () => unknown()), ...unknowns('BOM_UTF8', 'bytes') }),
  ast: () => ({ ...functions('literal_eval parse dump unparse walk', () => unknown()), ...unknowns('NodeVisitor NodeTransformer AST Name Call') }),
  fnmatch: () => ({ ...functions('fnmatch fnmatchcase', () => unknownOf('bool')), ...functions('filter', () => unknownOf('list')), ...functions('translate', () => unknownOf('str')) }),
  'urllib.request': () => functions('urlretrieve urlopen Request build_opener install_opener', () => unknown()), urllib: () => functions('urlretrieve urlopen', () => unknown()),
  'urllib.parse': () => ({ ...functions('urlparse urlsplit parse_qs parse_qsl', () => unknown()), ...functions('quote unquote urljoin urlencode quote_plus unquote_plus urlunparse', () => unknownOf('str')) }),
  'concurrent.futures': () => ({ ...classes('concurrent.futures', { ThreadPoolExecutor: ['shutdown', 'submit map'], ProcessPoolExecutor: ['shutdown', 'submit map'] }), ...functions('as_completed wait Future', () => unknown()) }),
  multiprocessing: () => ({ ...classes('multiprocessing', { Process: ['start join terminate kill close', 'is_alive'], Pool: ['close join terminate', 'map imap starmap apply apply_async map_async imap_unordered'] }), ...functions('Queue Lock Manager Value Array Pipe Event get_context', () => unknown()) }),
  threading: () => ({ ...classes('threading', { Thread: ['start join', 'is_alive'], Timer: ['start cancel'] }), ...functions('Event Condition Semaphore local get_ident active_count', () => unknown()) }),
  subprocess: () => ({ ...functions('check_output run Popen', () => unknown()), ...unknowns('PIPE STDOUT DEVNULL CalledProcessError TimeoutExpired') }),
  signal: () => unknowns('SIGINT SIGTERM SIGALRM SIGUSR1 SIGKILL Signals'),
  unittest: () => ({ ...classes('unittest', { TestCase: ['setUp tearDown subTest skipTest fail'], TestSuite: ['addTest'] }), main: nativeFunction('main', undefined, () => none), ...Object.fromEntries(['skip', 'skipIf', 'skipUnless', 'expectedFailure'].map((name) => [name, nativeFunction(name, undefined, () => unknown())])) }),
  tkinter: () => ({ ...classes('tkinter', Object.fromEntries(widgets.map((name) => [name, ['pack grid place mainloop title geometry destroy config configure bind', 'get']]))), ...unknowns('LEFT RIGHT TOP BOTTOM END BOTH X Y N S E W') }),
  email: () => functions('message_from_string message_from_file message_from_bytes', () => unknown()),
  'importlib.metadata': () => ({ ...functions('distribution metadata entry_points import_module', () => unknown()), ...unknowns('PackageNotFoundError') }),
  socket: () => ({ ...functions('gethostname gethostbyname getfqdn', () => unknownOf('str')), ...functions('socket create_connection', () => unknown()) }),
  locale: () => ({ setlocale: nativeFunction('setlocale', undefined, () => unknownOf('str')) }), resource: () => ({ getrlimit: nativeFunction('getrlimit', undefined, () => unknownOf('tuple')), setrlimit: nativeFunction('setrlimit', undefined, () => none), RLIMIT_NOFILE: unknownInt() }),
};
