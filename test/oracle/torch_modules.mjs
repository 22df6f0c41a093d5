// Fresh random configurations of torch.nn and torch.nn.functional, answered by PyTorch (torch_modules.py) and by our engine. A new seed each time (a pinned
// one where CI=true); --seed repeats one, --in judges facts that are there already.
//   node torch_modules.mjs [--seed N] [--count N] [--family NAME] [--in FOLDER] [--verbose]
// Every wrong answer counts as a failure; silence does not. What turns up here belongs into the engine, then into test/facts by `torch_modules.py --out`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';

const pinnedSeed = '7';

async function drawFacts(python, folder, seed, count, family) {
  let noise = '';
  const options = ['-B', path.join(root, 'test', 'oracle', 'torch_modules.py'), '--out', folder, '--seed', seed, '--count', String(count), ...(family === undefined ? [] : ['--family', family])];
  const child = spawn(python, options, { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (chunk) => { noise = (noise + chunk).slice(-4000); });
  const code = await new Promise((resolve) => { child.on('exit', resolve); });
  if (code !== 0) throw new Error(`torch_modules.py ended with ${code}: ${noise}`);
}

export async function runTorchModules({ python, seed = process.env.CI === 'true' ? pinnedSeed : String(Date.now() % 1_000_000), count = 4, family, given, isVerbose = false, log = console.log }) {
  const folder = given ?? mkdtempSync(path.join(os.tmpdir(), 'torch-modules-'));
  try {
    if (given === undefined) await drawFacts(python, folder, seed, count, family);
    const [{ judgeModules, readModuleFacts }] = await loadTypeScript('test/support/module-facts.ts');
    const sum = { right: 0, unknown: 0, missed: 0, wrong: 0, refused: 0, caught: 0 };
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl') && (family === undefined || name === `${family}.jsonl`))) {
      for (const tally of judgeModules(readModuleFacts(readFileSync(path.join(folder, file), 'utf8'))).values()) {
        for (const key of Object.keys(sum)) sum[key] += tally[key];
        for (const example of tally.examples) log(`✖ ${example}`);
        if (isVerbose) for (const silence of tally.silences) log(silence);
      }
    }
    log(`torch modules (seed ${seed}): ${sum.right} right, ${sum.wrong} wrong, ${sum.unknown} unknown, ${sum.caught} of ${sum.refused} refusals`);
    return { passed: sum.right, failed: sum.wrong, skipped: 0 };
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? undefined : process.argv[at + 1]; };
  const given = option('in');
  const result = await runTorchModules({
    python: given === undefined ? oraclePython() : '', seed: option('seed'), count: option('count'), family: option('family'), given, isVerbose: process.argv.includes('--verbose'),
  });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}
