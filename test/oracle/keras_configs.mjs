// The configurations that are read from programs, in real Keras: every Sequential and functional model of the specs and cases must load from
// its JSON and have the parameters that the summary shows.
//   node keras_configs.mjs [filter …]
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';

function programs({ readSpecs }) {
  const found = [];
  for (const file of readdirSync(path.join(root, 'test', 'specs'), { recursive: true }).map(String).filter((name) => name.endsWith('.md')).sort()) {
    for (const spec of readSpecs(readFileSync(path.join(root, 'test', 'specs', file), 'utf8'))) {
      if (spec.files['main.py'] !== undefined) found.push({ title: `${file}:${spec.line} ${spec.name}`, files: spec.files });
    }
  }
  for (const file of readdirSync(path.join(root, 'test', 'cases')).filter((name) => name.endsWith('.py')).sort()) {
    found.push({ title: file, files: { 'main.py': readFileSync(path.join(root, 'test', 'cases', file), 'utf8') } });
  }
  return found.filter(({ files }) => /\b(keras|tensorflow)\b/.test(files['main.py']));
}

export async function runKerasConfigs({ python, filters = [], log = console.log }) {
  const [reader, { plansOf }] = await loadTypeScript('test/support/markdown-spec.ts', 'test/support/training-plans.ts');
  const child = spawn(python, ['-B', path.join(root, 'test', 'oracle', 'keras_configs.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const result = { passed: 0, failed: 0 };
  let untold = 0;
  for (const { title, files } of programs(reader)) {
    if (filters.length > 0 && !filters.some((filter) => title.includes(filter))) continue;
    const { plans, refused } = plansOf(files);
    // What Keras refuses to build has no configuration worth looking at.
    if (refused) continue;
    for (const plan of plans) {
      if (plan.config === undefined || !plan.complete) { untold += 1; if (filters.length > 0) log(`  not told: ${title}: ${plan.problems.join('; ')}`); continue; }
      child.stdin.write(`${JSON.stringify(plan.config)}\n`);
      const { value } = await answers.next();
      const answer = JSON.parse(value);
      const problem = answer.error ?? (answer.count === plan.count ? undefined : `${answer.count} parameters, we say ${plan.count}`);
      if (problem === undefined) result.passed += 1;
      else { result.failed += 1; log(`  FAILED ${title} ${plan.name}: ${problem}`); }
    }
  }
  child.stdin.end();
  log(`configurations: ${result.passed} load in Keras with the same parameters, ${result.failed} do not; ${untold} models cannot be told`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed, passed } = await runKerasConfigs({ python: oraclePython(), filters: process.argv.slice(2) });
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
