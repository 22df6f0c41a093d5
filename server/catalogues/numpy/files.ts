// Arrays in files of the workspace: the headers of .npy and .npz, and the size of text tables. Only the host reads files.
import type { DType } from '../../tensors/dtype.ts';
import { unknownDim } from '../../tensors/dim.ts';
import { rangeOfValues } from '../../tensors/range.ts';
import { shapeOf, shapeOfRank, unknownShape } from '../../tensors/shape.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { defineSlot } from '../../values/slots.ts';
import { message } from '../../values/place.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { bool, instance, list, none, str, unknown } from '../../values/value.ts';
import { countOf, makeArray, numberFromValue } from '../arrays/contents.ts';
import { dtypeFromValue, dtypeOfCode } from '../arrays/dtypes.ts';
import { ndarrayClass } from './library.ts';

export interface ArrayHeader {
  readonly dtype: DType | undefined;
  readonly sizes: readonly number[];
  readonly columnOrder: boolean;
  readonly dataStart: number;
  readonly code: string;
}

/** The header of an .npy file: magic, version, length, and a Python dict as text. */
export function readArrayHeader(bytes: Uint8Array): ArrayHeader | undefined {
  if (bytes.length < 12 || bytes[0] !== 0x93 || latinText(bytes, 1, 6) !== 'NUMPY') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = (bytes[6] ?? 1) >= 2;
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = isLong ? 12 : 10;
  if (bytes.length < start + length) return undefined;
  const text = latinText(bytes, start, start + length);
  const code = between(text, "'descr': '", "'");
  const shape = between(text, "'shape': (", ')');
  if (shape === undefined) return undefined;
  const sizes = shape
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (sizes.some((size) => !Number.isInteger(size))) return undefined;
  return {
    dtype: code === undefined ? undefined : dtypeOfCode(code),
    sizes,
    columnOrder: text.includes("'fortran_order': True"),
    dataStart: start + length,
    code: code ?? '',
  };
}

function latinText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (const byte of bytes.subarray(start, end)) text += String.fromCharCode(byte);
  return text;
}

function between(text: string, before: string, after: string): string | undefined {
  const start = text.indexOf(before);
  if (start < 0) return undefined;
  const end = text.indexOf(after, start + before.length);
  return end < 0 ? undefined : text.slice(start + before.length, end);
}

/** At most so much of a file is read: enough for headers, and for the values of label arrays. */
const mostBytes = 1 << 20;

function arrayFromBytes(bytes: Uint8Array): TensorValue | undefined {
  const header = readArrayHeader(bytes);
  if (header === undefined) return undefined;
  const values = valuesAfter(bytes, header);
  return makeArray({
    cls: ndarrayClass,
    shape: { dims: header.sizes },
    dtype: header.dtype,
    range: values === undefined ? undefined : rangeOfValues(values),
    elements: header.columnOrder ? undefined : values,
  });
}

type Reader = (view: DataView, at: number) => number;
const readers: Readonly<Record<string, readonly [bytes: number, read: Reader]>> = {
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i8: [8, (view, at) => Number(view.getBigInt64(at, true))],
  u8: [8, (view, at) => Number(view.getBigUint64(at, true))],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
};

/** All values, where the whole array was read and is little-endian. */
function valuesAfter(bytes: Uint8Array, header: ArrayHeader): readonly number[] | undefined {
  const reader = header.code.startsWith('>') ? undefined : readers[header.code.slice(1)];
  const count = countOf(header.sizes);
  if (reader === undefined || count === 0 || bytes.length < header.dataStart + count * reader[0]) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, at) => reader[1](view, header.dataStart + at * reader[0]));
}

/** The arrays of an .npz file by name; those that are compressed have no known header and are unknown arrays. */
export function readArchive(bytes: Uint8Array): ReadonlyMap<string, TensorValue> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const arrays = new Map<string, TensorValue>();
  let at = 0;
  while (at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50) {
    const method = view.getUint16(at + 8, true);
    const nameLength = view.getUint16(at + 26, true),
      extraLength = view.getUint16(at + 28, true);
    let size = view.getUint32(at + 18, true);
    const name = latinText(bytes, at + 30, at + 30 + nameLength);
    const extra = at + 30 + nameLength,
      data = extra + extraLength;
    // numpy writes sizes in the 64-bit extra field: tag 1, uncompressed size, compressed size.
    if (size === 0xffffffff && extraLength >= 20 && view.getUint16(extra, true) === 1) size = Number(view.getBigUint64(extra + 12, true));
    const key = name.endsWith('.npy') ? name.slice(0, -4) : name;
    const array = method === 0 ? arrayFromBytes(bytes.subarray(data, Math.min(bytes.length, data + size))) : undefined;
    arrays.set(key, array ?? makeArray({ cls: ndarrayClass, shape: unknownShape, dtype: undefined }));
    at = data + size;
  }
  return arrays.size === 0 ? undefined : arrays;
}

interface Archive {
  readonly arrays: ReadonlyMap<string, TensorValue>;
  readonly complete: boolean;
}
const archiveSlot = defineSlot<Archive>('npz archive');

const archiveClass = nativeClass({
  name: 'NpzFile',
  qualifiedName: 'numpy.lib.npyio.NpzFile',
  members: {
    __getitem__: nativeMethod('__getitem__', 'self, key, /', (call) => {
      const key = call.args.get('key');
      const found = key.kind === 'str' ? archiveSlot.get(call.args.get('self'))?.arrays.get(key.value) : undefined;
      return found ?? makeArray({ cls: ndarrayClass, shape: unknownShape, dtype: undefined });
    }),
    files: nativeProperty('files', (call) => archiveNames(call.args.get('self'))),
    keys: nativeMethod('keys', 'self', (call) => archiveNames(call.args.get('self'))),
    __iter__: nativeMethod('__iter__', 'self', (call) => archiveNames(call.args.get('self'))),
    __enter__: nativeMethod('__enter__', 'self', (call) => call.args.get('self')),
    __exit__: nativeMethod('__exit__', 'self, *args', () => none),
    __contains__: nativeMethod('__contains__', 'self, key', (call) => {
      const archive = archiveSlot.get(call.args.get('self'));
      const key = call.args.get('key');
      return archive?.complete && key.kind === 'str' ? bool(archive.arrays.has(key.value)) : unknown(undefined, 'bool');
    }),
    close: nativeMethod('close', 'self', () => none),
  },
});

function archiveNames(self: Value): Value {
  const archive = archiveSlot.get(self);
  return archive?.complete ? list([...archive.arrays.keys()].map((name) => str(name))) : list([], true);
}

/** The path that an argument names; a Path object is asked for its text. */
export function pathOf(interpreter: Interpreter, value: Value, call: NativeCall): string | undefined {
  if (value.kind === 'str') return value.value;
  return value.kind === 'instance' ? interpreter.text(value, call.place) : undefined;
}

function load(call: NativeCall): Value {
  const path = pathOf(call.interpreter, call.args.get('file'), call);
  const bytes = path === undefined ? undefined : call.interpreter.host.readBytes(path, mostBytes);
  if (path !== undefined && bytes !== undefined) {
    call.interpreter.trace.filesRead.add(path);
    const array = arrayFromBytes(bytes);
    const origin = { place: call.args.place('file') ?? call.place, says: message('{path}', { path }) };
    if (array !== undefined) return { ...array, origin };
    const arrays = readArchive(bytes);
    if (arrays !== undefined)
      return archive({ arrays: new Map([...arrays].map(([name, value]) => [name, { ...value, origin }])), complete: bytes.length < mostBytes });
  }
  // `np.load` of an .npz gives an archive, of anything else an array.
  return path?.endsWith('.npz')
    ? archive({ arrays: new Map(), complete: false })
    : path?.endsWith('.npy')
      ? makeArray({ cls: ndarrayClass, shape: unknownShape, dtype: undefined })
      : unknown();
}

function archive(content: Archive): Value {
  const made = instance(archiveClass);
  archiveSlot.set(made, content);
  return made;
}

/** `loadtxt`, `genfromtxt`: rows and columns of a table of numbers in the workspace. */
function loadText(call: NativeCall): Value {
  const path = pathOf(call.interpreter, call.args.get('fname'), call);
  const text = path === undefined ? undefined : call.interpreter.host.readText(path);
  const asked = call.args.get('dtype');
  const dtype = asked.kind === 'none' ? undefined : dtypeFromValue(asked);
  if (
    path === undefined ||
    text === undefined ||
    (!call.args.isNone('unpack') && call.args.flag('unpack') !== false) ||
    !call.args.isNone('max_rows') ||
    !call.args.isNone('usecols')
  )
    return makeArray({ cls: ndarrayClass, shape: unknownShape, dtype });
  call.interpreter.trace.filesRead.add(path);
  const delimiter = call.args.str('delimiter');
  const skipped = numberFromValue(call.args.get('skiprows')) ?? numberFromValue(call.args.get('skip_header')) ?? 0;
  const rows = text
    .split('\n')
    .slice(skipped)
    .map((line) => line.split('#')[0]?.trim() ?? '')
    .filter((line) => line !== '')
    .map((line) => (delimiter === undefined ? line.split(' ').filter((part) => part !== '') : line.split(delimiter)));
  const [first] = rows;
  if (first === undefined || rows.some((row) => row.length !== first.length)) return makeArray({ cls: ndarrayClass, shape: shapeOfRank(2), dtype });
  const dims = [rows.length, first.length].filter((size) => size !== 1);
  const numbers = rows.flat().map(Number);
  const range = rangeOfValues(numbers);
  return makeArray({
    cls: ndarrayClass,
    shape: { dims },
    dtype,
    range,
    elements: range === undefined ? undefined : numbers,
    origin: { place: call.args.place('fname') ?? call.place, says: message('{path}', { path }) },
  });
}

export const fileMembers: Readonly<Record<string, Value>> = {
  load: nativeFunction('load', 'file, mmap_mode=None, allow_pickle=False, fix_imports=True, encoding="ASCII", **kwargs', load),
  loadtxt: nativeFunction(
    'loadtxt',
    'fname, dtype=float, comments="#", delimiter=None, converters=None, skiprows=0, usecols=None, unpack=False, ndmin=0, encoding=None, max_rows=None, **kwargs',
    loadTextAsFloat,
  ),
  genfromtxt: nativeFunction(
    'genfromtxt',
    'fname, dtype=float, comments="#", delimiter=None, skip_header=0, skip_footer=0, converters=None, missing_values=None, filling_values=None, usecols=None, names=None, excludelist=None, deletechars=None, replace_space="_", autostrip=False, case_sensitive=True, defaultfmt="f%i", unpack=None, usemask=False, loose=True, invalid_raise=True, max_rows=None, encoding=None, **kwargs',
    loadTextAsFloat,
  ),
  memmap: nativeFunction('memmap', 'filename, dtype="uint8", mode="r+", offset=0, shape=None, order="C"', (call) => {
    const sizes = call.args.get('shape');
    const dims =
      sizes.kind === 'tuple'
        ? sizes.items.map((item) => (item.kind === 'int' ? item.value : unknownDim()))
        : sizes.kind === 'int'
          ? [sizes.value]
          : undefined;
    return makeArray({
      cls: ndarrayClass,
      shape: dims === undefined ? (sizes.kind === 'none' ? shapeOf(unknownDim()) : unknownShape) : { dims },
      dtype: dtypeFromValue(call.args.get('dtype')),
    });
  }),
  fromfile: nativeFunction('fromfile', 'file, dtype=float, count=-1, sep="", offset=0, **kwargs', (call) =>
    makeArray({ cls: ndarrayClass, shape: shapeOf(unknownDim()), dtype: dtypeFromValue(call.args.get('dtype')) }),
  ),
};

/** Without `dtype=` a table is read as floats. The signature's `float` is no literal, so its default is unknown here. */
function loadTextAsFloat(call: NativeCall): Value {
  const result = loadText(call);
  return call.args.given('dtype') === false && result.kind === 'tensor' ? { ...result, dtype: 'float64' } : result;
}
