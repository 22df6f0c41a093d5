// A folder of pictures, a folder a class: decoded once, by a worker, into one array of bytes that the training reads from.
// It must not know models.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { TrainingError } from '../engine.ts';
import type { PictureSize, Samples } from './samples.ts';

/** What the worker is started with; `decode-worker.ts` reads it. */
export interface DecodeWork { readonly decode: true; readonly files: readonly string[]; readonly size: PictureSize; readonly nearest: boolean; readonly shared: SharedArrayBuffer; readonly wasmFolder: string }
export type DecodeMessage = { readonly kind: 'progress'; readonly done: number } | { readonly kind: 'broken'; readonly file: number; readonly reason: string } | { readonly kind: 'end'; readonly decoder: string };

const extensions: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png']);
/** Other kinds that Keras reads or that lie in such folders: told, instead of left out silently. */
const others: ReadonlySet<string> = new Set(['.gif', '.bmp', '.webp', '.tif', '.tiff', '.heic', '.avif']);
/** All decoded pictures together. */
const mostBytes = 3_000_000_000;

export interface PictureFolder { readonly folder: string; readonly classes: readonly string[]; readonly files: readonly string[]; readonly labels: readonly number[]; readonly unread: readonly string[] }

/** The files of a folder by class, in the order in which Keras lists them. */
export function listPictures(folder: string, wantedClasses?: readonly string[]): PictureFolder {
  const entries = readdirSync(folder, { withFileTypes: true });
  const present = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name).sort();
  const missing = wantedClasses?.filter((name) => !present.includes(name)) ?? [];
  if (missing.length > 0) throw new TrainingError(`${folder} has no folder for the class ${missing[0] ?? ''}`);
  const classes = wantedClasses ?? present, files: string[] = [], labels: number[] = [], unread: string[] = [];
  if (classes.length === 0) throw new TrainingError(`${folder} holds no folders: each class needs one of its own with its pictures`);
  for (const [label, name] of classes.entries()) {
    const own = readdirSync(path.join(folder, name), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
    const names = own.map((entry) => path.join(entry.parentPath, entry.name)).sort();
    const pictures = names.filter((file) => extensions.has(path.extname(file).toLowerCase()));
    unread.push(...names.filter((file) => others.has(path.extname(file).toLowerCase())));
    if (pictures.length === 0) throw new TrainingError(`the folder ${path.join(folder, name)} holds no JPEG or PNG pictures`);
    files.push(...pictures);
    for (const _ of pictures) labels.push(label);
  }
  if (classes.length < 2) throw new TrainingError(`${folder} holds one class only (${classes[0] ?? ''}): there is nothing to tell apart`);
  return { folder, classes, files, labels, unread };
}

/** Decodes them all. `script`: the file that the worker runs, which is the trainer itself. */
export async function readPictures(list: PictureFolder, size: PictureSize, options: { readonly script: string; readonly wasmFolder: string; readonly nearest?: boolean; readonly onProgress?: (done: number) => void; readonly isStopped?: () => boolean }): Promise<Samples & { readonly decoder: string }> {
  const each = size.height * size.width * size.channels, bytes = each * list.files.length;
  if (bytes > mostBytes) throw new TrainingError(`the ${list.files.length} pictures take ${Math.ceil(bytes / 1e9)} GB decoded, more than ${mostBytes / 1e9} GB: take fewer or smaller ones`);
  const shared = new SharedArrayBuffer(bytes);
  const work: DecodeWork = { decode: true, files: list.files, size, nearest: options.nearest === true, shared, wasmFolder: options.wasmFolder };
  const worker = new Worker(options.script, { workerData: work });
  const broken: { readonly file: string; readonly reason: string }[] = [];
  const decoder = await new Promise<string>((resolve, reject) => {
    worker.on('message', (message: DecodeMessage) => {
      if (message.kind === 'progress') options.onProgress?.(message.done);
      else if (message.kind === 'broken') broken.push({ file: list.files[message.file] ?? '', reason: message.reason });
      else resolve(message.decoder);
      if (options.isStopped?.() === true) resolve('');
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the worker that decodes pictures ended early')));
  });
  await worker.terminate();
  const [first] = broken;
  if (first !== undefined) throw new TrainingError(`the picture ${first.file} cannot be decoded: ${first.reason}${broken.length > 1 ? ` (and ${broken.length - 1} more)` : ''}`);
  return {
    count: list.files.length, shape: [size.height, size.width, size.channels], values: new Uint8Array(shared), range: [0, 255], targets: Float32Array.from(list.labels), targetWidth: 1, classes: list.classes,
    describe: (sample) => path.relative(list.folder, list.files[sample] ?? ''), name: list.folder, decoder,
  };
}
