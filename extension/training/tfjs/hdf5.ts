// Writes HDF5 files of groups and numeric arrays, as small as the format allows: superblock 0, object headers 1, links in the groups' own headers,
// contiguous data (HDF5 File Format Specification 3.0). Enough for what Keras reads. It must not know Keras.

export interface Hdf5Array { readonly shape: readonly number[]; readonly values: Float32Array | Uint32Array }

/** Arrays by path; `a/b/` alone is an empty group. */
export type Hdf5Content = ReadonlyMap<string, Hdf5Array | undefined>;

interface Group { readonly groups: Map<string, Group>; readonly arrays: Map<string, Hdf5Array> }

const undefinedAddress = 0xffff_ffff_ffff_ffffn;
const superblockSize = 96;

/** The whole file, in the pieces in which it is written. */
export function writeHdf5(content: Hdf5Content): Uint8Array[] {
  const root = treeOf(content);
  const pieces: Uint8Array[] = [];
  let end = superblockSize;
  const place = (piece: Uint8Array): number => {
    const at = end;
    const rest = (8 - (piece.byteLength % 8)) % 8;
    pieces.push(piece);
    if (rest > 0) pieces.push(new Uint8Array(rest));
    end += piece.byteLength + rest;
    return at;
  };
  const placeGroup = (group: Group): number => {
    const links: (readonly [string, number])[] = [];
    for (const [name, array] of group.arrays) links.push([name, place(arrayHeader(array, place(bytesOf(array.values))))]);
    for (const [name, inner] of group.groups) links.push([name, placeGroup(inner)]);
    return place(objectHeader([linkInformation(), ...links.map(([name, address]) => linkMessage(name, address))]));
  };
  const address = placeGroup(root);
  return [superblock(address, end), ...pieces];
}

function treeOf(content: Hdf5Content): Group {
  const root: Group = { groups: new Map(), arrays: new Map() };
  for (const [path, array] of content) {
    const names = path.split('/').filter((name) => name !== '');
    const last = array === undefined ? undefined : names.pop();
    let group = root;
    for (const name of names) {
      const next = group.groups.get(name) ?? { groups: new Map(), arrays: new Map() };
      group.groups.set(name, next);
      group = next;
    }
    if (last !== undefined && array !== undefined) group.arrays.set(last, array);
  }
  return root;
}

function bytesOf(values: Float32Array | Uint32Array): Uint8Array {
  // Files are little-endian, as are all machines that Node runs on.
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Bytes written one field after the other. */
function fields(size: number): { readonly bytes: Uint8Array; readonly put: (width: 1 | 2 | 4 | 8, value: number | bigint) => void; readonly raw: (bytes: Uint8Array) => void } {
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  let at = 0;
  return {
    bytes,
    put: (width, value) => {
      if (width === 1) view.setUint8(at, Number(value));
      else if (width === 2) view.setUint16(at, Number(value), true);
      else if (width === 4) view.setUint32(at, Number(value), true);
      else view.setBigUint64(at, BigInt(value), true);
      at += width;
    },
    raw: (part) => { bytes.set(part, at); at += part.byteLength; },
  };
}

function superblock(root: number, end: number): Uint8Array {
  const { bytes, put, raw } = fields(superblockSize);
  raw(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a));
  // Versions of superblock, free space, root entry and shared header; sizes of offsets and lengths; leaf and internal ranks of trees, of which there are none.
  for (const byte of [0, 0, 0, 0, 0, 8, 8, 0]) put(1, byte);
  put(2, 4); put(2, 16); put(4, 0);
  put(8, 0); put(8, undefinedAddress); put(8, end); put(8, undefinedAddress);
  put(8, 0); put(8, root); put(4, 0); put(4, 0);
  return bytes;
}

interface Message { readonly type: number; readonly data: Uint8Array }

function objectHeader(messages: readonly Message[]): Uint8Array {
  const padded = messages.map(({ type, data }) => ({ type, data, size: Math.ceil(data.byteLength / 8) * 8 }));
  const size = padded.reduce((sum, message) => sum + 8 + message.size, 0);
  const { bytes, put, raw } = fields(16 + size);
  put(1, 1); put(1, 0); put(2, messages.length); put(4, 1); put(4, size); put(4, 0);
  for (const message of padded) {
    put(2, message.type); put(2, message.size); put(4, 0);
    raw(message.data);
    raw(new Uint8Array(message.size - message.data.byteLength));
  }
  return bytes;
}

/** A group whose links stand in its own header. */
function linkInformation(): Message {
  const { bytes, put } = fields(18);
  put(1, 0); put(1, 0); put(8, undefinedAddress); put(8, undefinedAddress);
  return { type: 2, data: bytes };
}

function linkMessage(name: string, address: number): Message {
  const text = new TextEncoder().encode(name);
  const { bytes, put, raw } = fields(5 + text.byteLength + 8);
  // A hard link; the name is UTF-8, its length takes two bytes.
  put(1, 1); put(1, 0x11); put(1, 1); put(2, text.byteLength); raw(text); put(8, address);
  return { type: 6, data: bytes };
}

function arrayHeader({ shape, values }: Hdf5Array, address: number): Uint8Array {
  const space = fields(8 + 8 * shape.length);
  space.put(1, 1); space.put(1, shape.length); space.put(2, 0); space.put(4, 0);
  for (const size of shape) space.put(8, size);
  const layout = fields(18);
  layout.put(1, 3); layout.put(1, 1); layout.put(8, values.byteLength === 0 ? undefinedAddress : address); layout.put(8, values.byteLength);
  const fill = fields(4);
  fill.put(1, 2); fill.put(1, 2); fill.put(1, 2); fill.put(1, 0);
  return objectHeader([{ type: 1, data: space.bytes }, { type: 3, data: values instanceof Float32Array ? float32Type() : uint32Type() }, { type: 5, data: fill.bytes }, { type: 8, data: layout.bytes }]);
}

function float32Type(): Uint8Array {
  const { bytes, put } = fields(20);
  // Class 1, little-endian, the mantissa's first bit implied, the sign in bit 31; IEEE 754's fields.
  put(1, 0x11); put(1, 0x20); put(1, 31); put(1, 0); put(4, 4);
  put(2, 0); put(2, 32); put(1, 23); put(1, 8); put(1, 0); put(1, 23); put(4, 127);
  return bytes;
}

function uint32Type(): Uint8Array {
  const { bytes, put } = fields(12);
  put(1, 0x10); put(1, 0); put(1, 0); put(1, 0); put(4, 4); put(2, 0); put(2, 32);
  return bytes;
}
