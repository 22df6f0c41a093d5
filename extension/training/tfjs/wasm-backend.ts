// Starts TensorFlow.js' wasm backend in Node from a folder that holds its file, with the gradient kernels of our own.
// It must not know models.
import { ready, setBackend, getBackend } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import path from 'node:path';
import { installGradientKernels } from './gradient-kernels.ts';

/** False where the file cannot be run: another backend would take its place silently. */
export async function startWasmBackend(folder: string): Promise<boolean> {
  setWasmPaths(path.join(folder, path.sep));
  if (!(await setBackend('wasm'))) return false;
  await ready();
  installGradientKernels('wasm');
  return getBackend() === 'wasm';
}
