// The language servers among the processes that another one started, as Linux lists them. Knows neither windows nor VS Code.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** The numbers of the servers below a process; undefined where processes cannot be looked at. */
export function serverProcesses(below: number): readonly number[] | undefined {
  return existsSync('/proc/self/stat') ? descendantsOf(below).filter((id) => /[\\/]dist[\\/]server\.cjs/.test(commandLineOf(id))) : undefined;
}

/** Of Linux: the children of a process, theirs, and so on. */
function descendantsOf(id: number): number[] {
  const parents = readdirSync('/proc').map(Number).filter((one) => one > 0).map((one) => [one, parentOf(one)] as const);
  const found: number[] = [], pending = [id];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) for (const [one, parent] of parents) if (parent === next) { found.push(one); pending.push(one); }
  return found;
}

function parentOf(id: number): number {
  try { return Number(readFileSync(`/proc/${id}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1]); } catch { return 0; }
}

function commandLineOf(id: number): string {
  try { return readFileSync(`/proc/${id}/cmdline`, 'utf8'); } catch { return ''; }
}
