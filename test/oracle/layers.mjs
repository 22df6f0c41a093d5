// Fresh random layer configurations, answered by Keras (layers.py) and by our engine. A new seed each time (a pinned one where CI=true); --seed repeats one.
//   node layers.mjs [--seed N] [--count N]
// Every wrong answer counts as a failure; silence does not. What turns up here belongs into the engine, then into test/facts by `layers.py --out`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';

/** A continuous run must not depend on luck; every other run draws anew. */
const pinnedSeed = '7';

export async function runLayers({ python, seed = process.env.CI === 'true' ? pinnedSeed : String(Date.now() % 1_000_000), count = 5, log = console.log }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'layers-'));
  try {
    const file = path.join(folder, 'facts.jsonl');
    let noise = '';
    const child = spawn(python, ['-B', path.join(root, 'test', 'oracle', 'layers.py'), '--out', file, '--seed', seed, '--count', String(count), '--run'], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk) => { noise = (noise + chunk).slice(-4000); });
    const code = await new Promise((resolve) => { child.on('exit', resolve); });
    if (code !== 0) throw new Error(`layers.py ended with ${code}: ${noise}`);
    const [{ judgeAll, readFacts }] = await loadTypeScript('test/support/layer-facts.ts');
    const sum = { right: 0, unknown: 0, missed: 0, wrong: 0 };
    for (const tally of judgeAll(readFacts(readFileSync(file, 'utf8'))).values()) {
      for (const key of Object.keys(sum)) sum[key] += tally[key];
      for (const example of tally.examples) log(`✖ ${example}`);
    }
    log(`layers (seed ${seed}): ${sum.right} right, ${sum.wrong} wrong, ${sum.unknown} unknown, ${sum.missed} refusals missed`);
    return { passed: sum.right, failed: sum.wrong, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? undefined : process.argv[at + 1]; };
  const result = await runLayers({ python: oraclePython(), seed: option('seed'), count: option('count') });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}
