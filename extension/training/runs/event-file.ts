// TensorBoard's event files: records framed with a masked CRC-32C, each an Event message of protocol buffers, of which scalars alone
// matter here. Written and read by hand: the format is small and fixed. Knows no file system.

export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly tag: string;
  readonly value: number;
}

/** The first record of every event file. */
export function eventFileHeader(time: number): Uint8Array {
  return record(concat([field(1, 1), float64(time), field(3, 2), lengthPrefixed(utf8('brain.Event:2'))]));
}

/** A scalar, with the metadata by which TensorBoard's scalars plugin knows it. `first`: whether this tag was not written before. */
export function scalarRecord(event: ScalarEvent, first: boolean): Uint8Array {
  const metadata = first ? [field(9, 2), lengthPrefixed(concat([field(1, 2), lengthPrefixed(concat([field(1, 2), lengthPrefixed(utf8('scalars'))]))]))] : [];
  const value = concat([field(1, 2), lengthPrefixed(utf8(event.tag)), field(2, 5), float32(event.value), ...metadata]);
  const summary = concat([field(1, 2), lengthPrefixed(value)]);
  return record(concat([field(1, 1), float64(event.time), field(2, 0), varint(event.step), field(5, 2), lengthPrefixed(summary)]));
}

export function eventFileName(time: number, host: string, pid: number): string {
  return `events.out.tfevents.${Math.floor(time)}.${host.replaceAll(/[^\w.-]/g, '-') || 'localhost'}.${pid}.0`;
}

/** The scalars of an event file, and how many bytes of it are whole records. What is damaged ends it. */
export function readEventFile(bytes: Uint8Array, from = 0): { readonly scalars: readonly ScalarEvent[]; readonly read: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), scalars: ScalarEvent[] = [];
  let at = from;
  while (at + 12 <= bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    if (length > bytes.length || view.getUint32(at + 8, true) !== maskedCrc(bytes.subarray(at, at + 8)) || at + 16 + length > bytes.length) break;
    readEvent(bytes.subarray(at + 12, at + 12 + length), scalars);
    at += 16 + length;
  }
  return { scalars, read: at };
}

function readEvent(bytes: Uint8Array, into: ScalarEvent[]): void {
  let time = 0, step = 0;
  const values: { tag: string; value: number }[] = [];
  for (const [number, value] of fieldsOf(bytes)) {
    if (number === 1 && typeof value === 'object') time = viewOf(value).getFloat64(0, true);
    else if (number === 2 && typeof value === 'number') step = value;
    else if (number === 5 && typeof value === 'object') for (const [inner, one] of fieldsOf(value)) if (inner === 1 && typeof one === 'object') readSummaryValue(one, values);
  }
  for (const value of values) into.push({ time, step, ...value });
}

/** `simple_value`, or the tensor of one number that TensorFlow 2 writes instead. */
function readSummaryValue(bytes: Uint8Array, into: { tag: string; value: number }[]): void {
  let tag: string | undefined, value: number | undefined, plugin = '';
  for (const [number, given] of fieldsOf(bytes)) {
    if (typeof given !== 'object') continue;
    if (number === 1) tag = new TextDecoder().decode(given);
    else if (number === 2) value = viewOf(given).getFloat32(0, true);
    else if (number === 8) value = readTensor(given) ?? value;
    else if (number === 9) for (const [inner, one] of fieldsOf(given)) if (inner === 1 && typeof one === 'object') for (const [name, text] of fieldsOf(one)) if (name === 1 && typeof text === 'object') plugin = new TextDecoder().decode(text);
  }
  if (tag !== undefined && value !== undefined && (plugin === '' || plugin === 'scalars')) into.push({ tag, value });
}

const dtypeFloat = 1, dtypeDouble = 2;

function readTensor(bytes: Uint8Array): number | undefined {
  let dtype = dtypeFloat, content: Uint8Array | undefined, elements = 1, number: number | undefined;
  for (const [name, given] of fieldsOf(bytes)) {
    if (name === 1 && typeof given === 'number') dtype = given;
    else if (typeof given !== 'object') continue;
    else if (name === 2) { for (const [inner, dim] of fieldsOf(given)) if (inner === 2 && typeof dim === 'object') for (const [size, count] of fieldsOf(dim)) if (size === 1 && typeof count === 'number') elements *= count; }
    else if (name === 4) content = given;
    else if (name === 5 && given.length >= 4) number = viewOf(given).getFloat32(0, true);
    else if (name === 6 && given.length >= 8) number = viewOf(given).getFloat64(0, true);
  }
  if (elements !== 1) return undefined;
  if (number !== undefined) return number;
  if (content === undefined) return undefined;
  if (dtype === dtypeFloat && content.length === 4) return viewOf(content).getFloat32(0, true);
  return dtype === dtypeDouble && content.length === 8 ? viewOf(content).getFloat64(0, true) : undefined;
}

/** Fields of a message: varints as numbers, everything else as bytes. */
function* fieldsOf(bytes: Uint8Array): Generator<[number, number | Uint8Array]> {
  let at = 0;
  const varint = (): number => {
    let value = 0, scale = 1;
    for (let count = 0; at < bytes.length && count < 10; count += 1) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint(), kind = key & 7, number = Math.floor(key / 8);
    if (kind === 0) { yield [number, varint()]; continue; }
    const length = kind === 1 ? 8 : kind === 5 ? 4 : kind === 2 ? varint() : Number.NaN;
    if (Number.isNaN(length) || at + length > bytes.length) return;
    yield [number, bytes.subarray(at, at + length)];
    at += length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function record(data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(data.length + 16), view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return framed;
}

function field(number: number, wireType: number): Uint8Array { return varint(number * 8 + wireType); }

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = Math.max(0, Math.floor(value));
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

function float32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}

function utf8(text: string): Uint8Array { return new TextEncoder().encode(text); }
function lengthPrefixed(bytes: Uint8Array): Uint8Array { return concat([varint(bytes.length), bytes]); }

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** CRC-32 with Castagnoli's polynomial, one byte at a time. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
