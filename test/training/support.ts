// For the tests of training: folders that go away, the supervisor as it is shipped, interpreters that are there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { build } from 'esbuild';
import type { RunRecord } from '../../extension/training/runs/format.ts';
import { trueRecord } from '../../extension/training/runs/read.ts';
import { readRecord } from '../../extension/training/runs/write.ts';

export const launcher = path.resolve('extension/training/python/run.py');

export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inlayer runs '));
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

let built: Promise<string> | undefined;
export function supervisor(): Promise<string> {
  built ??= (async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'inlayer-supervisor-')), 'supervisor.cjs');
    await build({ entryPoints: ['extension/training/supervisor/main.ts'], bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile: file, logLevel: 'warning' });
    process.on('exit', () => rmSync(path.dirname(file), { recursive: true, force: true }));
    return file;
  })();
  return built;
}

/** The first interpreter that has these modules; undefined where there is none. Importing is not tried: it takes long. */
export function findPython(...modules: readonly string[]): string | undefined {
  const named = process.env['INLAYER_TEST_PYTHON'], candidates = [...(named === undefined ? [] : [named]), '.venv-oracle/bin/python', 'python3', 'python'];
  const program = `import importlib.util, sys; sys.exit(0 if all(importlib.util.find_spec(one) for one in ${JSON.stringify(modules)}) else 1)`;
  return candidates.filter((one) => !one.includes('/') || existsSync(one)).find((one) => {
    try {
      execFileSync(one, ['-c', program], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export async function until<Value>(what: string, get: () => Value | undefined | false, milliseconds = 15_000): Promise<Value> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = get();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

export function stateOf(folder: string): RunRecord | undefined {
  const record = readRecord(folder);
  return record === undefined ? undefined : trueRecord(folder, record);
}

export async function ended(folder: string, milliseconds?: number): Promise<RunRecord> {
  return until(`the end of ${folder}`, () => {
    const record = stateOf(folder);
    return record !== undefined && record.state !== 'queued' && record.state !== 'running' && record;
  }, milliseconds);
}
