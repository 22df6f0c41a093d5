// Writes and reads ZIP archives of a few files: stored without compression when written, as Keras does; read with deflate (NPZ). Without ZIP64.
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry { readonly name: string; readonly pieces: readonly Uint8Array[] }

/** The archive in the pieces in which it is written. */
export function writeZip(entries: readonly ZipEntry[], modified: Date): Uint8Array[] {
  const pieces: Uint8Array[] = [], directory: Uint8Array[] = [];
  let at = 0;
  const [time, day] = [(modified.getHours() << 11) | (modified.getMinutes() << 5) | (modified.getSeconds() >> 1), ((modified.getFullYear() - 1980) << 9) | ((modified.getMonth() + 1) << 5) | modified.getDate()];
  for (const { name, pieces: content } of entries) {
    const text = Buffer.from(name), size = content.reduce((sum, piece) => sum + piece.byteLength, 0), sum = checksum(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0); shared.writeUInt16LE(0x0800, 2); shared.writeUInt16LE(0, 4); shared.writeUInt16LE(time, 6); shared.writeUInt16LE(day, 8);
    shared.writeUInt32LE(sum, 10); shared.writeUInt32LE(size, 14); shared.writeUInt32LE(size, 18); shared.writeUInt16LE(text.length, 22); shared.writeUInt16LE(0, 24);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, text]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), shared, central, text]));
    pieces.push(local, ...content);
    at += local.length + size;
  }
  const listed = Buffer.concat(directory), end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8); end.writeUInt16LE(entries.length, 10); end.writeUInt32LE(listed.length, 12); end.writeUInt32LE(at, 16);
  return [...pieces, listed, end];
}

/** The files of an archive; undefined where it is none. */
export function readZip(bytes: Buffer): Map<string, Buffer> | undefined {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > bytes.length) return undefined;
  const found = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (at + 46 > bytes.length || bytes.toString('latin1', at, at + 4) !== 'PK\x01\x02') return undefined;
    const [method, size, nameLength, extra, comment, local] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(start, start + size);
    if (method !== 0 && method !== 8) return undefined;
    found.set(name, method === 0 ? content : inflateRawSync(content));
    at += 46 + nameLength + extra + comment;
  }
  return found;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? 0xedb8_8320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** CRC-32, as ZIP counts it. */
export function checksum(pieces: readonly Uint8Array[]): number {
  let value = 0xffff_ffff;
  for (const piece of pieces) for (const byte of piece) value = (table[(value ^ byte) & 255] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffff_ffff) >>> 0;
}
