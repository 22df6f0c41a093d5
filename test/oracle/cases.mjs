// Runs the programs of test/cases under the real frameworks: correct ones must run through, faulty ones may fail only where their expectation says,
// and every shape and count of the expectation must be what the framework gives.
//   node cases.mjs [FOLDER] [name filter …]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';
import { makeWorkers } from './workers.mjs';


// A case writes None for the batch whatever the program feeds.
function withoutBatch(shape) {
  return Array.isArray(shape) && !Array.isArray(shape[0]) ? [null, ...shape.slice(1)] : shape;
}

function checkFact(fact, facts, { covers, layersOf, parseShape, sameShape }) {
  const layers = layersOf(facts).filter((layer) => covers(layer, fact.line));
  const shapes = [...layers.flatMap((layer) => layer.outputs), ...[...facts.calls, ...facts.values].filter((one) => covers(one, fact.line)).map((one) => one.shape)];
  const counts = layers.map((layer) => layer.params).filter((count) => count !== null);
  const problems = [];
  if (fact.output !== undefined) {
    if (shapes.length === 0) problems.push(`line ${fact.line}: ${fact.output} expected, the line did not run`);
    else if (!shapes.some((shape) => sameShape(withoutBatch(parseShape(fact.output)), parseShape(shape)))) problems.push(`line ${fact.line}: ${fact.output} expected, it gave ${[...new Set(shapes)].join(' | ')}`);
  }
  if (fact.params !== undefined && counts.length > 0 && !counts.includes(fact.params)) problems.push(`line ${fact.line}: ${fact.params} parameters expected, there are ${[...new Set(counts)].join(' | ')}`);
  return problems;
}

function checkCase(want, facts, compare) {
  const problems = [];
  const [first] = facts.errors;
  if (first !== undefined) {
    const places = want.expect.flatMap((one) => [one.line, ...(one.also ?? [])]);
    const at = [...(first.lines ?? []), ...(first.statement === undefined ? [] : Array.from({ length: first.statement[1] - first.statement[0] + 1 }, (_, offset) => first.statement[0] + offset))];
    if (want.expect.length === 0) problems.push(`nothing expected, but line ${first.line}: ${first.type}: ${first.message.slice(0, 300)}`);
    else if (!at.some((line) => places.includes(line))) problems.push(`failed at line ${first.line} instead of ${places.join(', ')}: ${first.type}: ${first.message.slice(0, 300)}`);
  }
  // A program that stops early leaves its later lines unseen; those are worked out by hand in the expectation.
  for (const fact of want.shapes ?? []) problems.push(...checkFact(fact, facts, compare).filter((problem) => first === undefined || !problem.endsWith('did not run')));
  return problems;
}

export async function runCases({ python, folder = path.join(root, 'test', 'cases'), filters = [], log = console.log }) {
  const result = { passed: 0, failed: 0, skipped: 0 };
  if (!existsSync(folder)) return result;
  const [compare] = await loadTypeScript('test/oracle/compare.ts');
  const workers = makeWorkers(python);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.replace(/\.json$/, '')).filter((name) => existsSync(path.join(folder, `${name}.py`)) && (filters.length === 0 || filters.some((filter) => name.includes(filter)))).sort();
  await Promise.all(names.map(async (name) => {
    const want = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
    const facts = await workers.run({ 'main.py': readFileSync(path.join(folder, `${name}.py`), 'utf8') }, 'main.py');
    const missing = facts.errors?.find((error) => error.missing !== undefined);
    if (missing !== undefined) { result.skipped += 1; log(`  skipped ${name}: ${missing.missing} is not installed`); return; }
    const problems = facts.broken !== undefined ? [facts.broken] : checkCase(want, facts, compare);
    if (problems.length === 0) { result.passed += 1; return; }
    result.failed += 1;
    log(`✖ ${name}\n${problems.map((problem) => `    ${problem}`).join('\n')}`);
  }));
  workers.close();
  log(`cases: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...filters] = process.argv.slice(2);
  const result = await runCases({ python: oraclePython(), folder, filters });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}
