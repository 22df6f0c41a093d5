// Processes by number and start time, so that a later process with the same number is not taken for ours, and the end of a whole
// process tree: first politely, then for certain. POSIX by process groups and marks, Windows by taskkill. Knows no run.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import type { ProcessIdentity } from './format.ts';

/** The identity of a process that lives; undefined where there is none of this number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export function isAlive(process: ProcessIdentity | undefined): boolean {
  return process !== undefined && startTimeOf(process.pid) === process.startTime;
}

function startTimeOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const fields = statFields(pid);
    // A zombie has ended; only its parent has not asked yet.
    return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${bootId()}${fields[19]}`;
  }
  try {
    if (process.platform === 'win32') {
      const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
      return execFileSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true }).trim() || undefined;
    }
    const [state, ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env['PATH'], LC_ALL: 'C' } }).trim().split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

/** The fields of /proc/PID/stat from the state on; the name before it may hold blanks and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

let boot: string | undefined;
/** Start times on Linux count from the boot. */
function bootId(): string {
  if (boot === undefined) {
    try {
      boot = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:`;
    } catch {
      boot = '';
    }
  }
  return boot;
}

/** All processes that came from this one, itself first: by parents, by its group, and by a mark in their environment. */
export function processTree(root: number, mark?: string): number[] {
  if (process.platform === 'win32') return [root];
  const parents = process.platform === 'linux' ? linuxParents() : psParents();
  const found = new Set([root]);
  for (let grew = true; grew;) {
    grew = false;
    for (const { pid, parent, group } of parents) {
      if (found.has(pid) || (!found.has(parent) && group !== root)) continue;
      found.add(pid);
      grew = true;
    }
  }
  if (mark !== undefined && process.platform === 'linux') {
    for (const { pid } of parents) if (!found.has(pid) && pid !== process.pid && hasMark(pid, mark)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

function linuxParents(): { pid: number; parent: number; group: number }[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const fields = statFields(Number(name));
    return fields === undefined || fields[0] === 'Z' ? [] : [{ pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]) }];
  });
}

function psParents(): { pid: number; parent: number; group: number }[] {
  try {
    return execFileSync('ps', ['-axo', 'pid=,ppid=,pgid='], { encoding: 'utf8' }).trim().split('\n').map((line) => {
      const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, group };
    });
  } catch {
    return [];
  }
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(Buffer.from(mark, 'utf8').toString('latin1'));
  } catch {
    return false;
  }
}

/** Asks as Ctrl+C does: the whole group, so that a program and its workers see what they see at a terminal. */
export function interrupt(group: number): void {
  try {
    if (process.platform === 'win32') return;
    process.kill(-group, 'SIGINT');
  } catch {
    // It has ended by itself.
  }
}

/** Ends what is left. Those seen earlier count as long as they are still the same processes. */
export function killTree(root: number, seen: readonly ProcessIdentity[] = [], mark?: string): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/T', '/F', '/PID', String(root)], { windowsHide: true }, () => undefined);
    return;
  }
  const all = new Set([...processTree(root, mark), ...seen.filter(isAlive).map(({ pid }) => pid)]);
  all.delete(process.pid);
  try {
    process.kill(-root, 'SIGKILL');
  } catch {
    // The group is empty.
  }
  for (const pid of all) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
}
