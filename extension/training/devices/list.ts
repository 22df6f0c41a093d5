// The devices that a training can use, as the vendors' own tools tell them: nvidia-smi, rocm-smi, system_profiler on macOS. Where a
// tool is absent there is no such device, and nobody hears of it. Parsing is apart from asking, so that it can be tested.
import { execFile } from 'node:child_process';
import os from 'node:os';

export interface Device {
  /** `cpu`, `cuda:0`, `rocm:0`, `mps`. */
  readonly id: string;
  readonly name: string;
  readonly memoryTotal?: number;
  readonly memoryUsed?: number;
  readonly utilisation?: number;
  readonly temperature?: number;
}

const timeoutMilliseconds = 4_000;
export const nvidiaQuery = ['--query-gpu=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu', '--format=csv,noheader,nounits'];

export async function listDevices(): Promise<readonly Device[]> {
  const [nvidia, rocm, apple] = await Promise.all([
    ask('nvidia-smi', nvidiaQuery).then(readNvidia), ask('rocm-smi', ['--showproductname', '--showmeminfo', 'vram', '--showuse', '--json']).then(readRocm),
    process.platform === 'darwin' ? ask('system_profiler', ['SPDisplaysDataType', '-json']).then(readApple) : [],
  ]);
  return [...nvidia, ...rocm, ...apple, cpu()];
}

function cpu(): Device {
  const cores = os.cpus();
  return { id: 'cpu', name: `${cores[0]?.model.trim() || 'CPU'} · ${cores.length}`, memoryTotal: os.totalmem() };
}

/** By what a program is made to see one device alone. Both families of GPUs also obey the numbers of their own vendor's order. */
export function deviceEnvironment(id: string | undefined): Readonly<Record<string, string>> {
  const gpu = /^(cuda|rocm):(\d+)$/.exec(id ?? '');
  if (gpu !== null) return gpu[1] === 'cuda' ? { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpu[2] ?? '' } : { HIP_VISIBLE_DEVICES: gpu[2] ?? '', CUDA_VISIBLE_DEVICES: gpu[2] ?? '' };
  // An empty list would be taken for "no choice" by some; -1 is what both frameworks document.
  return id === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1', HIP_VISIBLE_DEVICES: '-1' } : {};
}

export function readNvidia(text: string): Device[] {
  return text.split('\n').flatMap((line) => {
    const [index, name, total, used, utilisation, temperature] = line.split(',').map((one) => one.trim());
    if (index === undefined || name === undefined || !/^\d+$/.test(index)) return [];
    const number = (given: string | undefined, factor: number, divisor = 1): number | undefined => (given !== undefined && /^\d+(\.\d+)?$/.test(given) ? (Number(given) * factor) / divisor : undefined);
    return [{ id: `cuda:${index}`, name, memoryTotal: number(total, 1024 ** 2), memoryUsed: number(used, 1024 ** 2), utilisation: number(utilisation, 1, 100), temperature: number(temperature, 1) }];
  });
}

export function readRocm(text: string): Device[] {
  return Object.entries(objectOf(text)).flatMap(([card, given]) => {
    const index = /^card(\d+)$/.exec(card)?.[1];
    if (index === undefined || typeof given !== 'object' || given === null) return [];
    const values = given as Readonly<Record<string, unknown>>;
    const find = (pattern: RegExp): string | undefined => {
      const value = Object.entries(values).find(([name]) => pattern.test(name))?.[1];
      return typeof value === 'string' ? value : undefined;
    };
    const number = (value: string | undefined): number | undefined => (value !== undefined && Number.isFinite(Number(value)) ? Number(value) : undefined);
    const use = number(find(/^GPU use/));
    return [{
      id: `rocm:${index}`, name: find(/card series/i) ?? find(/card model/i) ?? 'AMD GPU', memoryTotal: number(find(/^VRAM Total Memory/)), memoryUsed: number(find(/^VRAM Total Used/)),
      utilisation: use === undefined ? undefined : use / 100,
    }];
  });
}

export function readApple(text: string): Device[] {
  const displays = objectOf(text)['SPDisplaysDataType'];
  if (!Array.isArray(displays)) return [];
  const metal = displays.find((one: unknown) => typeof one === 'object' && one !== null && Object.keys(one).some((name) => /metal|mtlgpufamily/i.test(name))) as Readonly<Record<string, unknown>> | undefined;
  return metal === undefined ? [] : [{ id: 'mps', name: typeof metal['sppci_model'] === 'string' ? metal['sppci_model'] : 'Apple GPU' }];
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const given: unknown = JSON.parse(text);
    return typeof given === 'object' && given !== null ? given as Readonly<Record<string, unknown>> : {};
  } catch {
    return {};
  }
}

/** What a tool prints; nothing where it is absent or does not answer. */
export function ask(command: string, given: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, given, { timeout: timeoutMilliseconds, windowsHide: true, maxBuffer: 1_000_000 }, (error, output) => resolve(error === null ? output : ''));
  });
}
