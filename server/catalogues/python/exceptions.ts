// The hierarchy of built-in exceptions. Exceptions are instances with an attribute `args`. It must not know how they are raised.
import { nativeClass, nativeMethod } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { none, str, tuple, unknown } from '../../values/value.ts';
import { unfollowedMethods, unknownOf } from './support.ts';

/** Each exception with its base; `BaseException` alone stands under `object`. From the documentation of Python 3.11. */
const hierarchy: Readonly<Record<string, string>> = {
  BaseException: '',
  Exception: 'BaseException',
  SystemExit: 'BaseException',
  KeyboardInterrupt: 'BaseException',
  GeneratorExit: 'BaseException',
  BaseExceptionGroup: 'BaseException',
  ExceptionGroup: 'BaseExceptionGroup',
  ArithmeticError: 'Exception',
  FloatingPointError: 'ArithmeticError',
  OverflowError: 'ArithmeticError',
  ZeroDivisionError: 'ArithmeticError',
  AssertionError: 'Exception',
  AttributeError: 'Exception',
  BufferError: 'Exception',
  EOFError: 'Exception',
  ImportError: 'Exception',
  ModuleNotFoundError: 'ImportError',
  LookupError: 'Exception',
  IndexError: 'LookupError',
  KeyError: 'LookupError',
  MemoryError: 'Exception',
  NameError: 'Exception',
  UnboundLocalError: 'NameError',
  OSError: 'Exception',
  BlockingIOError: 'OSError',
  ChildProcessError: 'OSError',
  ConnectionError: 'OSError',
  BrokenPipeError: 'ConnectionError',
  ConnectionAbortedError: 'ConnectionError',
  ConnectionRefusedError: 'ConnectionError',
  ConnectionResetError: 'ConnectionError',
  FileExistsError: 'OSError',
  FileNotFoundError: 'OSError',
  InterruptedError: 'OSError',
  IsADirectoryError: 'OSError',
  NotADirectoryError: 'OSError',
  PermissionError: 'OSError',
  ProcessLookupError: 'OSError',
  TimeoutError: 'OSError',
  ReferenceError: 'Exception',
  RuntimeError: 'Exception',
  NotImplementedError: 'RuntimeError',
  RecursionError: 'RuntimeError',
  StopIteration: 'Exception',
  StopAsyncIteration: 'Exception',
  SyntaxError: 'Exception',
  IndentationError: 'SyntaxError',
  TabError: 'IndentationError',
  SystemError: 'Exception',
  TypeError: 'Exception',
  ValueError: 'Exception',
  UnicodeError: 'ValueError',
  UnicodeDecodeError: 'UnicodeError',
  UnicodeEncodeError: 'UnicodeError',
  UnicodeTranslateError: 'UnicodeError',
  Warning: 'Exception',
  BytesWarning: 'Warning',
  DeprecationWarning: 'Warning',
  EncodingWarning: 'Warning',
  FutureWarning: 'Warning',
  ImportWarning: 'Warning',
  PendingDeprecationWarning: 'Warning',
  ResourceWarning: 'Warning',
  RuntimeWarning: 'Warning',
  SyntaxWarning: 'Warning',
  UnicodeWarning: 'Warning',
  UserWarning: 'Warning',
};

/** Attributes that some exceptions take from their arguments, by position; those not given are None. */
const fields: Readonly<Record<string, readonly string[]>> = {
  SystemExit: ['code'],
  StopIteration: ['value'],
  ImportError: ['msg', 'name', 'path'],
  AttributeError: ['name', 'obj'],
  NameError: ['name'],
  OSError: ['errno', 'strerror', 'filename', 'filename2'],
  SyntaxError: ['msg', 'filename', 'lineno', 'offset', 'text', 'end_lineno', 'end_offset'],
  UnicodeDecodeError: ['encoding', 'object', 'start', 'end', 'reason'],
  UnicodeEncodeError: ['encoding', 'object', 'start', 'end', 'reason'],
  UnicodeTranslateError: ['object', 'start', 'end', 'reason', 'encoding'],
  BaseExceptionGroup: ['message', 'exceptions'],
};

const unfollowed: Readonly<Record<string, string>> = {
  BaseExceptionGroup: 'derive split subgroup __class_getitem__',
  OSError: 'characters_written',
  SyntaxError: 'print_file_and_line',
};

function initialise(call: NativeCall): Value {
  const { raw } = call.args;
  const self = raw.positional[0]?.value;
  if (self?.kind !== 'instance') return none;
  setInstanceAttribute(self, 'args', raw.openPositional ? unknownOf('tuple') : tuple(raw.positional.slice(1).map((argument) => argument.value)));
  return none;
}

function argumentAt(call: NativeCall, at: number): Value | undefined {
  const self = call.args.raw.positional[0]?.value;
  const args = self?.kind === 'instance' ? self.attributes.get('args') : undefined;
  return args?.kind === 'tuple' ? args.items[at] : undefined;
}

function text(call: NativeCall): Value {
  const self = call.args.raw.positional[0]?.value;
  if (self?.kind !== 'instance') return unknownOf('str');
  const args = self.attributes.get('args');
  if (args?.kind !== 'tuple') return unknownOf('str');
  const [first, second] = args.items;
  if (first === undefined) return str('');
  const isKeyError = self.cls.mro.some((base) => base.qualifiedName === 'builtins.KeyError');
  if (second !== undefined && self.cls.mro.some((base) => base.qualifiedName === 'builtins.OSError')) {
    const [number, message] = [call.interpreter.text(first, call.place), call.interpreter.text(second, call.place)];
    return args.items.length === 2 && number !== undefined && message !== undefined ? str(`[Errno ${number}] ${message}`) : unknownOf('str');
  }
  const shown =
    second !== undefined || isKeyError
      ? call.interpreter.representation(second === undefined ? first : args, call.place)
      : call.interpreter.text(first, call.place);
  return shown === undefined ? unknownOf('str') : str(shown);
}

function shown(call: NativeCall): Value {
  const self = call.args.raw.positional[0]?.value;
  const args = self?.kind === 'instance' ? self.attributes.get('args') : undefined;
  if (self?.kind !== 'instance' || args?.kind !== 'tuple') return unknownOf('str');
  const texts = args.items.map((item) => call.interpreter.representation(item, call.place));
  return texts.includes(undefined) ? unknownOf('str') : str(`${self.cls.name}(${texts.join(', ')})`);
}

const sharedMembers: Readonly<Record<string, Value>> = {
  __init__: nativeMethod('__init__', undefined, initialise),
  __str__: nativeMethod('__str__', undefined, text),
  __repr__: nativeMethod('__repr__', undefined, shown),
  with_traceback: nativeMethod('with_traceback', 'self, tb, /', (call) => call.args.get('self')),
  add_note: nativeMethod('add_note', 'self, note, /', () => none),
  // An `__init__` of the program that does not call this class's: `args` are those of the call, which are not kept.
  args: unknownOf('tuple'),
  ...unfollowedMethods('__setstate__'),
  __cause__: none,
  __context__: none,
  __traceback__: unknown(),
  __suppress_context__: unknown(undefined, 'bool'),
  __notes__: unknown(undefined, 'list'),
};

function fieldMembers(names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(
    names.map((name, at) => [
      name,
      {
        kind: 'property' as const,
        getter: nativeMethod(name, 'self', (call) => {
          const self = call.args.get('self');
          const own = self.kind === 'instance' ? self.attributes.get(name) : undefined;
          if (own !== undefined) return own;
          return self.kind === 'instance' && self.attributes.get('args')?.kind === 'tuple' ? (argumentAt(call, at) ?? none) : unknown();
        }),
        setter: undefined,
      },
    ]),
  );
}

function build(): Record<string, ClassValue> {
  const made: Record<string, ClassValue> = {};
  for (const [name, base] of Object.entries(hierarchy)) {
    const parent = made[base];
    made[name] = nativeClass({
      name,
      qualifiedName: `builtins.${name}`,
      hasUnknownBase: false,
      ...(parent === undefined ? {} : { bases: [parent] }),
      members: { ...(base === '' ? sharedMembers : {}), ...fieldMembers(fields[name] ?? []), ...unfollowedMethods(unfollowed[name] ?? '') },
    });
  }
  const osError = made['OSError'];
  if (osError !== undefined) {
    made['EnvironmentError'] = osError;
    made['IOError'] = osError;
  }
  return made;
}

export const exceptionClasses: Readonly<Record<string, ClassValue>> = build();
