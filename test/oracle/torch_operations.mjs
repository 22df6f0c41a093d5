// Fresh random calls of torch's operations, answered by PyTorch (torch_operations.py) and by our engine. A new seed each time (a pinned one where
// CI=true); --seed repeats one.
//   node torch_operations.mjs [--seed N] [--count N] [--only NAME,NAME] [--calls MODULE]
// Every wrong answer counts as a failure; silence does not. What turns up here belongs into the engine.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';

const pinnedSeed = '7';

async function draw(python, file, seed, count, only, calls) {
  let noise = '';
  const options = ['-B', path.join(root, 'test', 'oracle', 'torch_operations.py'), file, '--seed', seed, '--stored', String(count), ...(only === undefined ? [] : ['--only', only]), ...(calls === undefined ? [] : ['--calls', calls])];
  const child = spawn(python, options, { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (chunk) => { noise = (noise + chunk).slice(-4000); });
  const code = await new Promise((resolve) => { child.on('exit', resolve); });
  if (code !== 0) throw new Error(`torch_operations.py ended with ${code}: ${noise}`);
}

export async function runTorchOperations({ python, seed = process.env.CI === 'true' ? pinnedSeed : String(Date.now() % 1_000_000), count = 12, only, calls, log = console.log }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'torch-operations-'));
  try {
    const file = path.join(folder, 'facts.jsonl');
    await draw(python, file, seed, count, only, calls);
    const [{ judgeOperation }] = await loadTypeScript('test/support/operation-facts.ts');
    const sum = { right: 0, unknown: 0, missed: 0, wrong: 0 };
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const facts = JSON.parse(line);
      for (const { verdict, reason } of judgeOperation(facts)) {
        sum[verdict] += 1;
        if (verdict === 'wrong') log(`✖ ${facts.o}: ${reason}`);
      }
    }
    log(`${calls ?? 'torch operations'} (seed ${seed}): ${sum.right} right, ${sum.wrong} wrong, ${sum.unknown} unknown, ${sum.missed} refusals missed`);
    return { passed: sum.right, failed: sum.wrong, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? undefined : process.argv[at + 1]; };
  const result = await runTorchOperations({ python: oraclePython(), seed: option('seed'), count: option('count'), only: option('only'), calls: option('calls') });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}
