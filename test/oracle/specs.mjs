// Runs the Python blocks of test/specs/**/*.md and of the rules' pages under the real frameworks and compares hints, reveals and errors.
// A block whose info string holds `no-oracle` is skipped, with the whole test it belongs to. A block in the language `oracle` runs behind
// the program, here alone: it calls the modules that the program does not call. In torch/models each line of `forward` must have its hint.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { oraclePython } from './setup.mjs';
import { loadTypeScript, root } from './typescript.mjs';
import { makeWorkers } from './workers.mjs';

async function allSpecs({ readSpecs }, { allChecks }, folder, filters) {
  const specs = [];
  for (const file of readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.md')).sort()) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const lines = text.split('\n');
    for (const spec of readSpecs(text)) {
      const next = lines.findIndex((line, at) => at >= spec.line && /^#+\s/.test(line) && !insideFence(lines, at));
      const own = lines.slice(spec.line, next < 0 ? undefined : next);
      specs.push({ ...spec, title: `${file}:${spec.line} ${spec.name}`, skip: own.some((line) => /^`{3,}\w+.*\bno-oracle\b/.test(line)), after: oracleBlock(own), isComplete: file.startsWith(path.join('torch', 'models')) });
    }
  }
  for (const check of allChecks) {
    for (const [at, block] of [...check.documentation.matchAll(/```python([^\n]*)\n([\s\S]*?)```/g)].entries()) {
      const [spec] = readSpecs(`# ${check.id} ${at + 1}\n\`\`\`python\n${block[2]}\`\`\`\n`);
      if (spec !== undefined) specs.push({ ...spec, title: `rule page ${spec.name}`, skip: block[1].includes('no-oracle') });
    }
  }
  return specs.filter((spec) => filters.length === 0 || filters.some((filter) => spec.title.includes(filter)));
}

function insideFence(lines, at) {
  let inside = false;
  for (const line of lines.slice(0, at)) if (/^`{3,}/.test(line)) inside = !inside;
  return inside;
}

function oracleBlock(lines) {
  const start = lines.indexOf('```oracle');
  return start < 0 ? undefined : lines.slice(start + 1, lines.indexOf('```', start)).join('\n');
}

export async function runSpecs({ python, folder = path.join(root, 'test', 'specs'), filters = [], log = console.log }) {
  const [reader, checks, { checkErrors, checkHint, checkRevealed, linesWithoutHint, symbolsOfHints }] = await loadTypeScript('test/support/markdown-spec.ts', 'server/checks/index.ts', 'test/oracle/compare.ts');
  const workers = makeWorkers(python);
  const result = { passed: 0, failed: 0, skipped: 0, facts: 0, unreached: 0 };
  const specs = await allSpecs(reader, checks, folder, filters);
  const run = async (spec) => {
    const mains = spec.files['main.py'] !== undefined ? ['main.py'] : Object.keys(spec.files).filter((name) => name.endsWith('.py'));
    const problems = [];
    for (const main of mains) {
      const facts = await workers.run(spec.files, main, main === 'main.py' ? spec.after : undefined);
      if (facts.broken !== undefined) { problems.push(facts.broken); continue; }
      const missing = facts.errors.find((error) => error.missing !== undefined && !Object.keys(spec.files).some((name) => name.startsWith(error.missing.split('.')[0])));
      if (missing !== undefined) { result.skipped += 1; log(`  skipped ${spec.title}: ${missing.missing} is not installed`); return; }
      const numbers = [...(spec.after ?? '').matchAll(/\b\d+\b/g)].map(([digits]) => Number(digits));
      const symbols = numbers.length === 0 ? undefined : symbolsOfHints(spec.expectations.filter((one) => one.kind === 'hint' && one.file === main), numbers, facts);
      for (const one of spec.expectations.filter((expectation) => mains.length === 1 || expectation.file === main)) {
        if (one.kind !== 'hint' && one.kind !== 'revealed') continue;
        const found = (one.kind === 'hint' ? checkHint : checkRevealed)(one.text, one.line, one.file, facts, symbols);
        if (found === undefined) { result.unreached += 1; continue; }
        result.facts += 1;
        problems.push(...found.map((problem) => `${one.file}:${one.line} ${problem}`));
      }
      if (spec.isComplete === true) problems.push(...linesWithoutHint(spec.expectations.filter((one) => one.file === main), main, spec.files[main] ?? '', facts));
      problems.push(...checkErrors(spec.expectations.filter((one) => mains.length === 1 || one.file === main), facts));
    }
    if (problems.length === 0) result.passed += 1;
    else {
      result.failed += 1;
      log(`✖ ${spec.title}\n${problems.map((problem) => `    ${problem}`).join('\n')}`);
    }
  };
  await Promise.all(specs.map((spec) => (spec.skip ? void (result.skipped += 1) : run(spec))));
  workers.close();
  log(`specs: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped; ${result.facts} shapes and counts compared, ${result.unreached} on lines that did not run`);
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await runSpecs({ python: oraclePython(), filters: process.argv.slice(2) });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}
