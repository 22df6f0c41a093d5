// Samples the devices while a run lasts, into devices.jsonl: often at first, then seldom, so that a run of days stays small.
// A GPU's tool that is absent is not asked again.
import os from 'node:os';
import path from 'node:path';
import type { DeviceLine } from '../runs/format.ts';
import { runFiles } from '../runs/format.ts';
import { openAppender } from '../runs/write.ts';
import type { Device } from './list.ts';
import { ask, nvidiaQuery, readNvidia, readRocm } from './list.ts';

const tools: readonly { readonly command: string; readonly given: readonly string[]; readonly read: (text: string) => Device[] }[] = [
  { command: 'nvidia-smi', given: nvidiaQuery, read: readNvidia },
  { command: 'rocm-smi', given: ['--showmeminfo', 'vram', '--showuse', '--json'], read: readRocm },
];

export function startDeviceSamples(folder: string): { readonly stop: () => void } {
  const started = Date.now();
  let present = [...tools], before = cpuTimes(), stopped = false, timer: NodeJS.Timeout | undefined;
  let file: ReturnType<typeof openAppender> | undefined;
  try {
    file = openAppender(path.join(folder, runFiles.devices));
  } catch {
    return { stop: () => undefined };
  }
  const sample = async (): Promise<void> => {
    const gpus: Device[] = [];
    for (const tool of present) {
      const devices = tool.read(await ask(tool.command, tool.given));
      if (devices.length === 0) present = present.filter((one) => one !== tool);
      gpus.push(...devices);
    }
    if (stopped) return;
    const now = cpuTimes(), busy = now.busy - before.busy, all = now.all - before.all;
    before = now;
    const line: DeviceLine = {
      time: Date.now() / 1000,
      devices: [
        ...gpus.map(({ id, utilisation, memoryUsed, memoryTotal, temperature }) => ({ id, utilisation, memoryUsed, memoryTotal, temperature })),
        { id: 'cpu', ...(all > 0 ? { utilisation: Math.round((busy / all) * 1000) / 1000 } : {}), memoryUsed: os.totalmem() - os.freemem(), memoryTotal: os.totalmem() },
      ],
    };
    file?.append(`${JSON.stringify(line)}\n`);
    timer = setTimeout(again, Date.now() - started < 600_000 ? 2_000 : 15_000);
  };
  const again = (): void => { sample().catch(() => undefined); };
  timer = setTimeout(again, 500);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      file?.close();
    },
  };
}

function cpuTimes(): { readonly busy: number; readonly all: number } {
  let busy = 0, all = 0;
  for (const { times } of os.cpus()) {
    const sum = times.user + times.nice + times.sys + times.irq + times.idle;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}
