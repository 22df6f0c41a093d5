// A picture of a screen as a small PNG: its 256 most frequent colours, everything else the nearest of them. Windows have few colours; text's
// soft edges have many that nobody tells apart. Knows the format's chunks (PNG, third edition), nothing of what is in the picture.
import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

export function paletted(picture: Uint8Array): Buffer {
  const { width, height, data } = PNG.sync.read(Buffer.from(picture));
  const colours = new Map<number, { count: number; red: number; green: number; blue: number }>();
  const keyOf = (at: number): number => (((data[at] ?? 0) >> 3) << 10) | (((data[at + 1] ?? 0) >> 3) << 5) | ((data[at + 2] ?? 0) >> 3);
  for (let at = 0; at < data.length; at += 4) {
    const key = keyOf(at), known = colours.get(key);
    if (known === undefined) colours.set(key, { count: 1, red: data[at] ?? 0, green: data[at + 1] ?? 0, blue: data[at + 2] ?? 0 });
    else known.count += 1;
  }
  const palette = [...colours.values()].sort((left, right) => right.count - left.count).slice(0, 256);
  const nearest = new Map<number, number>();
  for (const [key, { red, green, blue }] of colours) {
    let best = 0, least = Number.POSITIVE_INFINITY;
    for (const [index, one] of palette.entries()) {
      const away = (one.red - red) ** 2 + (one.green - green) ** 2 + (one.blue - blue) ** 2;
      if (away < least) { least = away; best = index; }
    }
    nearest.set(key, best);
  }
  // Each line begins with the number of its filter: none.
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) lines[y * (width + 1) + 1 + x] = nearest.get(keyOf(4 * (y * width + x))) ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits, a palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('PLTE', Buffer.from(palette.flatMap(({ red, green, blue }) => [red, green, blue]))),
    chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]), frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
