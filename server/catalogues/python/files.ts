// Files that a program opens: the text of a file of the workspace where the host can read it, else unknown text.
// Nothing is written. It must not know file formats.
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { instance, list, none, str, unknown } from '../../values/value.ts';
import { indexOf, textValue, unknownInt, unknownOf } from './support.ts';

interface OpenFile {
  readonly text: string | undefined;
  readonly position: number;
  readonly binary: boolean;
}
const fileSlot = defineSlot<OpenFile>('open file');

/** Texts longer than this are not read: no configuration is. */
const longestText = 2_000_000;

/** The text of a file as the program names it; undefined when it cannot be read. */
export function readFileText(interpreter: Interpreter, path: string): string | undefined {
  const text = interpreter.host.readText(path);
  if (text === undefined) return undefined;
  interpreter.trace.filesRead.add(path);
  return text.length > longestText ? undefined : text;
}

/** The path behind a str or a pathlib object. */
export function pathText(interpreter: Interpreter, value: Value, call: Pick<NativeCall, 'place'>): string | undefined {
  const text = textValue(value);
  if (text !== undefined || value.kind !== 'instance') return text;
  const path = interpreter.lookUpAttribute(value, '__fspath__', call.place);
  return path === undefined ? undefined : textValue(interpreter.callMethod(value, '__fspath__', [], call.place));
}

/** A file object over a text; undefined text is unknown. */
export function openedFile(text: string | undefined, binary = false): InstanceValue {
  const made = instance(fileClass);
  fileSlot.set(made, { text: text?.replace(/\r\n?/g, '\n'), position: 0, binary });
  return made;
}

/** What is left to read of a file object; undefined when not known. */
export function remainingText(value: Value): string | undefined {
  const file = fileSlot.get(value);
  return file?.text?.slice(file.position);
}

function content(file: OpenFile | undefined, text: string | undefined): Value {
  if (text === undefined || file === undefined) return unknownOf(file?.binary === true ? 'bytes' : 'str');
  return file.binary ? unknownOf('bytes') : str(text);
}

function fileMethod(
  name: string,
  signature: string,
  body: (self: InstanceValue, file: OpenFile | undefined, call: NativeCall) => Value,
): NativeFunction {
  return nativeMethod(name, signature, (call) => {
    const self = call.args.get('self');
    return self.kind === 'instance' ? body(self, fileSlot.get(self), call) : unknown();
  });
}

/** Takes characters from the present position on. */
function take(self: InstanceValue, file: OpenFile | undefined, length: (rest: string) => number): string | undefined {
  if (file?.text === undefined) return undefined;
  const rest = file.text.slice(file.position);
  const count = length(rest);
  fileSlot.set(self, { ...file, position: file.position + count });
  return rest.slice(0, count);
}

const lineLength = (rest: string): number => {
  const end = rest.indexOf('\n');
  return end < 0 ? rest.length : end + 1;
};

function restLines(self: InstanceValue, file: OpenFile | undefined): string[] | undefined {
  return (
    take(self, file, (rest) => rest.length)
      ?.match(/[^\n]*\n|[^\n]+$/g)
      ?.map(String) ?? (file?.text === undefined ? undefined : [])
  );
}

export const fileClass: ClassValue = nativeClass({
  name: 'TextIOWrapper',
  qualifiedName: 'io.TextIOWrapper',
  hasUnknownBase: true,
  members: {
    read: fileMethod('read', 'self, size=-1, /', (self, file, { args }) => {
      const size = args.isNone('size') ? -1 : indexOf(args.get('size'));
      return content(file, size === undefined ? undefined : take(self, file, (rest) => (size < 0 ? rest.length : Math.min(size, rest.length))));
    }),
    readline: fileMethod('readline', 'self, size=-1, /', (self, file) => content(file, take(self, file, lineLength))),
    readlines: fileMethod('readlines', 'self, hint=-1, /', (self, file) => {
      const lines = file?.binary === true ? undefined : restLines(self, file);
      return lines === undefined ? list([], true) : list(lines.map((line) => str(line)));
    }),
    write: fileMethod('write', 'self, s, /', () => unknownInt(0)),
    writelines: fileMethod('writelines', 'self, lines, /', () => none),
    seek: fileMethod('seek', 'self, offset, whence=0, /', (self, file, { args }) => {
      if (file !== undefined)
        fileSlot.set(
          self,
          indexOf(args.get('offset')) === 0 && indexOf(args.get('whence')) === 0 ? { ...file, position: 0 } : { ...file, text: undefined },
        );
      return unknownInt(0);
    }),
    tell: fileMethod('tell', 'self', () => unknownInt(0)),
    flush: fileMethod('flush', 'self', () => none),
    close: fileMethod('close', 'self', () => none),
    __enter__: fileMethod('__enter__', 'self', (self) => self),
    __exit__: fileMethod('__exit__', 'self, *args', () => none),
    __iter__: fileMethod('__iter__', 'self', (self, file) => ({
      kind: 'iterator',
      typeName: 'file',
      taken: undefined,
      position: 0,
      source: () => {
        const lines = file?.binary === true ? undefined : restLines(self, fileSlot.get(self));
        return lines === undefined ? { items: [content(file, undefined)], exact: false } : { items: lines.map((line) => str(line)), exact: true };
      },
    })),
    __next__: fileMethod('__next__', 'self', (self, file) => content(file, take(self, file, lineLength))),
  },
});

export const openFunction = nativeFunction(
  'open',
  "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
  (call) => {
    const path = pathText(call.interpreter, call.args.get('file'), call),
      mode = textValue(call.args.get('mode'));
    const reads = mode !== undefined && !/[wax+]/.test(mode);
    return openedFile(path !== undefined && reads ? readFileText(call.interpreter, path) : undefined, mode?.includes('b') ?? false);
  },
);
