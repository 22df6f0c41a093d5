// Samples from CSV files and NumPy archives. It must not know models.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TrainingError } from '../engine.ts';
import { readZip } from '../zip.ts';
import type { Samples } from './samples.ts';
import { product } from './samples.ts';

// ---- CSV.

/** The rows of a text: fields between commas, semicolons or tabs, quoted where they hold such. */
export function parseCsv(text: string): string[][] {
  const first = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  const separator = [',', ';', '\t'].reduce((best, one) => (first.split(one).length > first.split(best).length ? one : best));
  const rows: string[][] = [];
  let row: string[] = [], field = '', isQuoted = false;
  const endField = (): void => { row.push(field); field = ''; };
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') { field += '"'; at += 1; } else isQuoted = false;
    } else if (character === '"' && field === '') isQuoted = true;
    else if (character === separator) endField();
    else if (character === '\n') { endField(); if (row.length > 1 || row[0]?.trim() !== '') rows.push(row); row = []; }
    else if (character !== '\r') field += character;
  }
  endField();
  if (row.length > 1 || row[0]?.trim() !== '') rows.push(row);
  return rows;
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** `label`: the column to be predicted, the last one otherwise. Words in it are classes, numbered in the order of the alphabet. */
export function readCsv(file: string, label?: string): Samples {
  const rows = parseCsv(readFileSync(file, 'utf8')), name = path.basename(file);
  const hasHeader = rows[0]?.some((field) => !isNumber(field)) === true && rows.length > 1;
  const header = hasHeader ? (rows[0] ?? []).map((field) => field.trim()) : (rows[0] ?? []).map((_, at) => `column ${at + 1}`);
  const content = hasHeader ? rows.slice(1) : rows;
  if (content.length === 0) throw new TrainingError(`${name} has no rows`);
  const labelAt = label === undefined ? header.length - 1 : header.indexOf(label);
  if (labelAt < 0) throw new TrainingError(`${name} has no column "${label ?? ''}"; it has ${header.join(', ')}`);
  const width = header.length - 1;
  if (width === 0) throw new TrainingError(`${name} has one column only: there is nothing to predict ${header[0] ?? 'it'} from`);
  const line = (at: number): number => at + (hasHeader ? 2 : 1);
  const values = new Float32Array(content.length * width), words: string[] = [];
  for (const [at, row] of content.entries()) {
    if (row.length !== header.length) throw new TrainingError(`${name}: row ${line(at)} has ${row.length} fields, the others have ${header.length}`);
    let column = 0;
    for (const [index, field] of row.entries()) {
      if (index === labelAt) { words.push(field.trim()); continue; }
      if (!isNumber(field)) throw new TrainingError(`${name}: row ${line(at)}, column ${header[index] ?? index + 1}: "${field.slice(0, 40)}" is no number`);
      values[at * width + column] = Number(field);
      column += 1;
    }
  }
  const missing = words.indexOf('');
  if (missing >= 0) throw new TrainingError(`${name}: row ${line(missing)} has no ${header[labelAt] ?? 'label'}`);
  const isNumeric = words.every(isNumber);
  const classes = isNumeric ? undefined : [...new Set(words)].sort();
  const numbers = new Map(classes?.map((word, at) => [word, at]));
  return {
    count: content.length, shape: [width], values, range: undefined, targets: Float32Array.from(words, (word) => (isNumeric ? Number(word) : (numbers.get(word) ?? Number.NaN))), targetWidth: 1, classes,
    describe: (sample) => `row ${line(sample)}`, name,
  };
}

// ---- NPZ.

interface NumpyArray { readonly shape: readonly number[]; readonly values: Uint8Array | Float32Array; readonly type: string }

const inputNames = ['x', 'X', 'x_train', 'X_train', 'images', 'inputs', 'features', 'data', 'arr_0'];
const targetNames = ['y', 'Y', 'y_train', 'Y_train', 'labels', 'targets', 'target', 'arr_1'];

export function readNpz(file: string, input?: string, target?: string): Samples {
  const name = path.basename(file), archive = readZip(readFileSync(file));
  if (archive === undefined) throw new TrainingError(`${name} is no NumPy archive (.npz)`);
  const members = [...archive.keys()].filter((member) => member.endsWith('.npy')).map((member) => member.slice(0, -4));
  const choose = (wanted: string | undefined, usual: readonly string[], what: string): string => {
    const found = wanted ?? usual.find((one) => members.includes(one));
    if (found === undefined || !members.includes(found)) throw new TrainingError(`${name} has no array for the ${what}${wanted === undefined ? '' : ` "${wanted}"`}; it has ${members.join(', ')}`);
    return found;
  };
  const [xName, yName] = [choose(input, inputNames, 'inputs'), choose(target, targetNames, 'targets')];
  const [x, y] = [xName, yName].map((member) => parseNpy(archive.get(`${member}.npy`) ?? Buffer.alloc(0), `${name}: ${member}`)) as [NumpyArray, NumpyArray];
  const [count = 0, ...shape] = x.shape;
  if (count === 0) throw new TrainingError(`${name}: ${xName} holds no samples`);
  if (y.shape[0] !== count) throw new TrainingError(`${name}: ${xName} has ${count} samples, ${yName} has ${y.shape[0] ?? 0}`);
  return {
    count, shape: shape.length === 0 ? [1] : shape, values: x.values, range: x.type === 'u1' ? [0, 255] : undefined, targets: Float32Array.from(y.values), targetWidth: product(y.shape.slice(1)), classes: undefined,
    describe: (sample) => `${yName}[${sample}]`, name,
  };
}

/** One array: numbers of any width, in C order. Other byte orders and objects are refused. */
export function parseNpy(bytes: Buffer, name: string): NumpyArray {
  if (bytes.length < 12 || bytes.toString('latin1', 1, 6) !== 'NUMPY') throw new TrainingError(`${name} is no NumPy array`);
  const isLong = (bytes[6] ?? 1) >= 2, start = isLong ? 12 : 10, headerSize = isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', start, start + headerSize);
  const description = between(header, "'descr':"), order = between(header, "'fortran_order':");
  const shape = header.slice(header.indexOf('(') + 1, header.indexOf(')')).split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  const kind = description.replaceAll(/['"]/g, '');
  if (order.startsWith('True') && shape.length > 1) throw new TrainingError(`${name} is stored in Fortran order; save np.ascontiguousarray of it`);
  if (kind.startsWith('>')) throw new TrainingError(`${name} is stored in big-endian order`);
  const type = kind.replace(/^[<|=]/, ''), count = product(shape), body = Buffer.from(bytes.subarray(start + headerSize));
  const read = readers[type];
  if (read === undefined) throw new TrainingError(`${name} holds ${type === 'O' ? 'Python objects' : `elements of type ${type}`}, which cannot be read without Python`);
  const values = read(body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength), count);
  if (values.length < count) throw new TrainingError(`${name} is cut off`);
  return { shape, values, type };
}

function between(header: string, key: string): string {
  const from = header.indexOf(key);
  return from < 0 ? '' : header.slice(from + key.length, header.indexOf(',', from)).trim();
}

const readers: Readonly<Record<string, (buffer: ArrayBuffer, count: number) => Uint8Array | Float32Array>> = {
  u1: (buffer, count) => new Uint8Array(buffer, 0, Math.min(count, buffer.byteLength)),
  b1: (buffer, count) => new Uint8Array(buffer, 0, Math.min(count, buffer.byteLength)),
  i1: (buffer) => Float32Array.from(new Int8Array(buffer)),
  u2: (buffer) => Float32Array.from(new Uint16Array(buffer)),
  i2: (buffer) => Float32Array.from(new Int16Array(buffer)),
  u4: (buffer) => Float32Array.from(new Uint32Array(buffer)),
  i4: (buffer) => Float32Array.from(new Int32Array(buffer)),
  u8: (buffer) => Float32Array.from(new BigUint64Array(buffer), Number),
  i8: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number),
  f4: (buffer, count) => new Float32Array(buffer, 0, Math.min(count, Math.floor(buffer.byteLength / 4))),
  f8: (buffer) => Float32Array.from(new Float64Array(buffer)),
  f2: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber),
};

function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
