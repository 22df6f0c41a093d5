// Unmodified programs under the launcher with the real frameworks: what it reports equals what they print. The tests are test/training/*.real.ts.
//   node training_programs.mjs
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { root } from './typescript.mjs';

export async function runTrainingPrograms({ python, log = console.log }) {
  const child = spawn(process.execPath, [path.join(root, 'test', 'training', 'run.mjs')], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, INLAYER_TEST_PYTHON: path.resolve(root, python) } });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  await new Promise((resolve) => { child.on('close', resolve); });
  const [, passed = '0', failed = '1'] = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split('\n').at(-1) ?? '') ?? [];
  if (failed !== '0') log(output);
  log(`training programs: ${passed} report what they print, ${failed} do not${/^\d+ skipped.*$/m.test(output) ? `; ${/^\d+ skipped.*$/m.exec(output)?.[0]}` : ''}`);
  return { passed: Number(passed), failed: Number(failed) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed, passed } = await runTrainingPrograms({ python: oraclePython() });
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
