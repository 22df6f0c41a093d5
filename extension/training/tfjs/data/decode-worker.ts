// Decodes JPEG and PNG files in a worker of the trainer: by sharp where the user has it beside the extension, else by mozjpeg's decoder compiled
// to WebAssembly and pngjs. Writes bytes into the shared array. It must not know training.
import { init as startJpeg } from '@jsquash/jpeg/decode.js';
import decodeJpeg from '@jsquash/jpeg/decode.js';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PNG } from 'pngjs';
import type { DecodeMessage, DecodeWork } from './pictures.ts';
import { resize } from './samples.ts';

interface Decoded { readonly width: number; readonly height: number; readonly channels: number; readonly pixels: Uint8Array }
type Decoder = (file: string) => Promise<Decoded>;

export const jpegWasm = 'mozjpeg_dec.wasm';

/** Whether this process is such a worker. */
export function isDecodeWorker(): boolean {
  return parentPort !== null && (workerData as Partial<DecodeWork> | null)?.decode === true;
}

export async function runDecodeWorker(): Promise<void> {
  const { files, size, nearest, shared, wasmFolder } = workerData as DecodeWork;
  const post = (message: DecodeMessage): void => parentPort?.postMessage(message);
  const [name, decode] = sharpDecoder() ?? ['mozjpeg (wasm), pngjs', await plainDecoder(wasmFolder)];
  const each = size.height * size.width * size.channels, target = new Uint8Array(shared);
  for (const [at, file] of files.entries()) {
    try {
      const { pixels, width, height, channels } = await decode(file);
      const fitted = resize(pixels, { width, height, channels }, size, nearest);
      for (let index = 0; index < each; index += 1) target[at * each + index] = Math.round(fitted[index] ?? 0);
    } catch (error) {
      post({ kind: 'broken', file: at, reason: reasonOf(error) });
    }
    if (at % 50 === 49) post({ kind: 'progress', done: at + 1 });
  }
  post({ kind: 'end', decoder: name });
}

function reasonOf(error: unknown): string {
  const code = (error as Partial<NodeJS.ErrnoException> | undefined)?.code;
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  if (code === 'ENOENT') return 'it is gone';
  return error instanceof Error && error.message !== '' ? error.message.split('\n')[0] ?? 'it is damaged' : 'it is damaged';
}

/** What begins like a JPEG or PNG is decoded as such, whatever the file's name says. */
async function plainDecoder(wasmFolder: string): Promise<Decoder> {
  // The decoder makes its result with the browser's class.
  (globalThis as { ImageData?: unknown }).ImageData ??= function picture(this: object, data: Uint8ClampedArray, width: number, height: number) { Object.assign(this, { data, width, height }); };
  const { Module: CompiledModule } = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => Parameters<typeof startJpeg>[0] } }).WebAssembly;
  await startJpeg(new CompiledModule(readFileSync(path.join(wasmFolder, jpegWasm))));
  return async (file) => {
    const bytes = readFileSync(file);
    if (bytes.length === 0) throw new Error('the file is empty');
    if (bytes[0] === 0xff && bytes[1] === 0xd8) {
      const picture = await decodeJpeg(Uint8Array.from(bytes).buffer, { preserveOrientation: true });
      return { width: picture.width, height: picture.height, channels: 4, pixels: new Uint8Array(picture.data.buffer, picture.data.byteOffset, picture.data.byteLength) };
    }
    if (bytes.toString('latin1', 1, 4) === 'PNG') {
      const picture = PNG.sync.read(bytes);
      return { width: picture.width, height: picture.height, channels: 4, pixels: picture.data };
    }
    throw new Error('it is neither a JPEG nor a PNG picture');
  };
}

interface Sharp { (file: string): Sharp; rotate(): Sharp; toColourspace(name: string): Sharp; raw(): Sharp; toBuffer(options: { resolveWithObject: true }): Promise<{ data: Uint8Array; info: { width: number; height: number; channels: number } }> }

function sharpDecoder(): [string, Decoder] | undefined {
  try {
    const sharp = createRequire(path.join(process.cwd(), 'package.json'))('sharp') as Sharp;
    return ['sharp', async (file) => {
      const { data, info } = await sharp(file).rotate().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, channels: info.channels, pixels: data };
    }];
  } catch {
    return undefined;
  }
}
