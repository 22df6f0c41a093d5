// Which of TensorFlow.js' backends computes: each is tried by a tiny training step whose numbers are known, the fastest that passes is taken. Those
// that the user has installed are tried in a process of their own, since they can take theirs down. It must not know data or runs.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { backend, env, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import util from 'node:util';
import type { Engine } from './engine.ts';
import { probeEngine } from './probe.ts';
import type { BackendName } from './request.ts';
import { makeTensorFlowEngine } from './tensorflow-engine.ts';
import { startWasmBackend } from './wasm-backend.ts';

export interface BackendFolders {
  /** Where the wasm files lie. */
  readonly wasm: string;
  /** Folders whose packages may be used: the workspace's, and what the user set up for the extension. */
  readonly packages: readonly string[];
  /** The trainer's own file, for trying a backend in another process. */
  readonly script: string;
}

export interface ChosenEngine {
  readonly engine: Engine;
  readonly name: Exclude<BackendName, 'auto'>;
  /** Why others were not taken, for the log. */
  readonly passed: readonly string[];
}

type Named = Exclude<BackendName, 'auto'>;
const order: readonly Named[] = ['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm', 'cpu'];
const probeMilliseconds = 60_000;

/** The first backend that passes, or the one that is asked for. */
export async function chooseEngine(wanted: BackendName, folders: BackendFolders): Promise<ChosenEngine> {
  // Otherwise each start prints an advertisement for another package.
  env().set('PROD', true);
  const passed: string[] = [];
  for (const name of wanted === 'auto' ? order : [wanted]) {
    const isForeign = name !== 'wasm' && name !== 'cpu';
    const problem = isForeign ? missingPackage(name, folders) ?? probeElsewhere(name, folders) : undefined;
    if (problem !== undefined) { passed.push(`${name}: ${problem}`); continue; }
    const started = await startEngine(name, folders);
    if (typeof started !== 'string') return { engine: started, name, passed };
    passed.push(`${name}: ${started}`);
  }
  throw new Error(`no backend of TensorFlow.js works here (${passed.join('; ')})`);
}

/** The engine on a backend, once its tiny training step gave the right numbers; else why not. */
export async function startEngine(name: Named, folders: BackendFolders): Promise<Engine | string> {
  env().set('PROD', true);
  const device = await startBackend(name, folders).catch((error: unknown) => error instanceof Error ? error : new Error(String(error)));
  if (device instanceof Error) return device.message.split('\n')[0] ?? 'it does not start';
  const problem = await probeEngine(makeTensorFlowEngine(device)).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  return problem === undefined ? makeTensorFlowEngine(device) : problem;
}

/** Gives the device's name. */
async function startBackend(name: Named, folders: BackendFolders): Promise<string> {
  const processor = `${os.cpus()[0]?.model.trim() ?? 'CPU'}`;
  switch (name) {
    case 'wasm':
      if (!(await startWasmBackend(folders.wasm))) throw new Error('its WebAssembly file cannot be run');
      return processor;
    case 'cpu':
      await useBackend('cpu');
      return processor;
    case 'tfjs-node': case 'tfjs-node-gpu': {
      restoreUtilities();
      requirePackage(`@tensorflow/${name}`, folders);
      await useBackend('tensorflow');
      const isOnGpu = (backend() as unknown as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
      // The package for GPUs computes on the processor where it finds none, and does not say so.
      if (name === 'tfjs-node-gpu' && !isOnGpu) throw new Error('it sees no GPU');
      return isOnGpu ? 'GPU' : processor;
    }
    case 'webgpu': return startWebGpu(folders);
  }
}

async function useBackend(name: string): Promise<void> {
  await setBackend(name);
  await ready();
  if (getBackend() !== name) throw new Error(`TensorFlow.js took the backend ${getBackend()} instead`);
}

/** On an adapter of hardware only: a software adapter is hundreds of times slower than this processor. */
async function startWebGpu(folders: BackendFolders): Promise<string> {
  interface Adapter { readonly isFallbackAdapter?: boolean; readonly info?: { readonly vendor?: string; readonly device?: string; readonly description?: string; readonly isFallbackAdapter?: boolean } }
  const dawn = requirePackage('webgpu', folders) as { create: (flags: readonly string[]) => { requestAdapter: (options?: object) => Promise<Adapter | null> }; globals: object };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]), adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('there is no adapter');
  const { vendor = '', device = '', description = '' } = adapter.info ?? {}, says = `${vendor} ${device} ${description}`.trim();
  if (adapter.isFallbackAdapter === true || adapter.info?.isFallbackAdapter === true || /llvmpipe|swiftshader|lavapipe|software|basic render/i.test(says)) throw new Error(`the adapter computes in software (${says})`);
  // The backend registers itself only where it finds this.
  Object.defineProperty(globalThis, 'navigator', { value: { ...(globalThis as { navigator?: object }).navigator, gpu }, configurable: true });
  requirePackage('@tensorflow/tfjs-backend-webgpu', folders);
  await useBackend('webgpu');
  return says === '' ? 'GPU' : says;
}

const packageNames: Readonly<Record<string, readonly string[]>> = { 'tfjs-node': ['@tensorflow/tfjs-node'], 'tfjs-node-gpu': ['@tensorflow/tfjs-node-gpu'], webgpu: ['webgpu', '@tensorflow/tfjs-backend-webgpu'] };

function missingPackage(name: Named, folders: BackendFolders): string | undefined {
  const missing = (packageNames[name] ?? []).find((one) => resolvePackage(one, folders) === undefined);
  return missing === undefined ? undefined : `${missing} is not installed`;
}

function resolvePackage(name: string, { packages }: BackendFolders): string | undefined {
  for (const folder of packages) {
    try { return createRequire(path.join(folder, 'package.json')).resolve(name); } catch { /* looked for in the next one */ }
  }
  return undefined;
}

function requirePackage(name: string, folders: BackendFolders): unknown {
  const file = resolvePackage(name, folders);
  if (file === undefined) throw new Error(`${name} is not installed`);
  return createRequire(file)(file);
}

/** What Node 23 took out of `util` and tfjs-node 4.22, the last one, still calls. */
function restoreUtilities(): void {
  const missing: Readonly<Record<string, (value: unknown) => boolean>> = {
    isNullOrUndefined: (value) => value === null || value === undefined, isArray: Array.isArray, isString: (value) => typeof value === 'string', isNumber: (value) => typeof value === 'number',
    isBoolean: (value) => typeof value === 'boolean', isFunction: (value) => typeof value === 'function', isObject: (value) => typeof value === 'object' && value !== null, isUndefined: (value) => value === undefined, isNull: (value) => value === null,
  };
  const own = util as unknown as Record<string, unknown>;
  for (const [name, test] of Object.entries(missing)) own[name] ??= test;
}

function probeElsewhere(name: Named, { script, packages }: BackendFolders): string | undefined {
  const { status, stdout, error } = spawnSync(process.execPath, [script, '--probe', name, ...packages], { timeout: probeMilliseconds, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (status === 0) return undefined;
  return error !== undefined ? `it did not answer (${error.message})` : status === null ? 'it did not answer in time' : /^problem: (.*)$/m.exec(stdout)?.[1] ?? `its process ended with ${status}`;
}
