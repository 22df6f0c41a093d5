// `npm test`: types, lint, units and specs, then the editor. Each part runs even where one before it failed; the last line is the
// sum of all, `N passed, N failed`. A part without counts of its own counts as one.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packages = path.join(root, 'node_modules');
const parts = [
  { name: 'types', command: [path.join(packages, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', '.'] },
  { name: 'types of pages and journeys', command: [path.join(packages, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', 'webviews'] },
  { name: 'lint', command: [path.join(packages, '@biomejs', 'biome', 'bin', 'biome'), 'lint', '--error-on-warnings'] },
  { name: 'units and specs', command: ['test/run.mjs'], counts: true },
  { name: 'editor', command: ['test/editor/run.mjs'], counts: true },
];

const total = { passed: 0, failed: 0 };
for (const { name, command, counts } of parts) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const { code, lastLine } = await execute(command);
  const counted = counts === true ? /^(\d+) passed, (\d+) failed$/.exec(lastLine) : null;
  const passed = counted === null ? (code === 0 ? 1 : 0) : Number(counted[1]);
  let failed = counted === null ? (code === 0 ? 0 : 1) : Number(counted[2]);
  if (code !== 0 && failed === 0) failed = 1;
  total.passed += passed;
  total.failed += failed;
  console.log(`== ${name}: ${failed === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function execute(command) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let tail = '';
    child.stdout.on('data', (data) => {
      process.stdout.write(data);
      tail = (tail + data).slice(-2000);
    });
    child.on('close', (code) => resolve({ code: code ?? 1, lastLine: tail.trimEnd().split('\n').at(-1) ?? '' }));
  });
}
