// Writes a trained model into a folder: as Keras reads it (`.keras`, `.weights.h5`) and as TensorFlow.js does (`model.json`). Each file is
// written beside its place and moved there whole, so that a full disk leaves the last good one. It must not know how a model is trained.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Json } from '../../../server/trace/configuration.ts';
import type { LayerWeights, SavedModel } from './engine.ts';
import type { Hdf5Array } from './hdf5.ts';
import { writeHdf5 } from './hdf5.ts';
import { writeZip } from './zip.ts';

/** The version whose files these are like. */
const kerasVersion = '3.15.1';

/** Keras' weights file in the pieces in which it is written. */
export function kerasWeights(weights: readonly LayerWeights[]): Uint8Array[] {
  const content = new Map<string, Hdf5Array | undefined>([['vars/', undefined]]);
  for (const { path: group, weights: list } of weights) {
    content.set(`${group}/`, undefined);
    for (const [at, { shape, values }] of list.entries()) content.set(`${group}/${at}`, { shape, values: group.endsWith('seed_generator/vars') ? Uint32Array.from(values) : values });
  }
  return writeHdf5(content);
}

export function kerasArchive(config: Json, weights: readonly LayerWeights[], date = new Date()): Uint8Array[] {
  const saved = `${date.toISOString().slice(0, 10)}@${date.toISOString().slice(11, 19)}`;
  const text = (value: unknown): Uint8Array[] => [Buffer.from(JSON.stringify(value))];
  return writeZip([
    { name: 'metadata.json', pieces: text({ keras_version: kerasVersion, date_saved: saved }) },
    { name: 'config.json', pieces: text(config) },
    { name: 'model.weights.h5', pieces: kerasWeights(weights) },
  ], date);
}

/** Writes what is named; gives the files' names. Throws what the file system throws. */
export function saveModel(folder: string, model: { readonly config: Json; readonly weights: readonly LayerWeights[]; readonly saved: SavedModel | undefined }): string[] {
  const files: [string, readonly Uint8Array[]][] = [
    ['model.weights.h5', kerasWeights(model.weights)],
    ['model.keras', kerasArchive(model.config, model.weights)],
  ];
  if (model.saved !== undefined) files.push(['weights.bin', [model.saved.weights]], ['model.json', [Buffer.from(JSON.stringify(model.saved.json))]]);
  for (const [name, pieces] of files) replaceFile(path.join(folder, name), pieces);
  return files.map(([name]) => name);
}

function replaceFile(target: string, pieces: readonly Uint8Array[]): void {
  const temporary = `${target}.new`;
  const file = openSync(temporary, 'w');
  try {
    for (const piece of pieces) for (let written = 0; written < piece.byteLength;) written += writeSync(file, piece, written);
    fsyncSync(file);
  } catch (error) {
    closeSync(file);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(file);
  renameSync(temporary, target);
}
