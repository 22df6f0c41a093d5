// Runs every specification: test/specs/**/*.md and the documentation of the rules. What is reported and not expected fails too.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { allChecks } from '../server/checks/index.ts';
import { hintsOf } from '../server/features/hints.ts';
import { describeValue } from '../server/features/describe.ts';
import { lineAt } from '../server/syntax/lines.ts';
import { parsePython } from '../server/syntax/python.ts';
import { renderMessage } from '../server/values/place.ts';
import { analyse } from '../server/workspace/analysis.ts';
import type { Spec } from './support/markdown-spec.ts';
import { readSpecs } from './support/markdown-spec.ts';
import { memoryHost } from './support/program.ts';

const folder = path.join('test', 'specs');
for (const file of readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.md')).sort()) {
  for (const spec of readSpecs(readFileSync(path.join(folder, file), 'utf8'))) test(`${file}:${spec.line} ${spec.name}`, () => runSpec(spec));
}
for (const check of allChecks) {
  // Each block of a rule's page stands for itself: a failing example and its repair.
  for (const [at, block] of [...check.documentation.matchAll(/```python[^\n]*\n([\s\S]*?)```/g)].entries()) {
    const [spec] = readSpecs(`# ${check.id} ${at + 1}\n\`\`\`python\n${block[1] ?? ''}\`\`\`\n`);
    if (spec !== undefined) test(`rule page ${spec.name}`, () => runSpec(spec));
  }
}

function runSpec(spec: Spec): void {
  const files = Object.fromEntries(Object.entries(spec.files).map(([name, text]) => [`/project/${name}`, text]));
  const problems: string[] = [];
  for (const [name, text] of Object.entries(spec.files)) {
    if (!name.endsWith('.py')) continue;
    const expected = spec.expectations.filter((one) => one.file === name);
    if (name !== 'main.py' && spec.files['main.py'] !== undefined && expected.length === 0) continue;
    const filePath = `/project/${name}`;
    const source = { path: filePath, parsed: parsePython(text) };
    const analysis = analyse(source, { host: memoryHost(files), folders: ['/project'], maximumMilliseconds: 60_000 });
    if (analysis.fault !== undefined) throw analysis.fault;
    const line = (offset: number): number => lineAt(source.parsed.lineStarts, offset) + 1;

    const findings = analysis.findings.map((finding) => ({ line: line(finding.place.start), severity: finding.severity, rule: finding.rule, text: renderMessage(finding.message), used: false }));
    for (const want of expected.filter((one) => one.kind !== 'hint' && one.kind !== 'revealed')) {
      const hit = findings.find((finding) => !finding.used && finding.line === want.line && finding.severity === want.kind && finding.rule === want.rule && (want.text === undefined || finding.text.includes(want.text)));
      if (hit === undefined) problems.push(`${name}:${want.line} expected ${want.kind} [${want.rule}] ${want.text ?? ''}; there: ${findings.filter((one) => one.line === want.line).map((one) => `${one.severity} [${one.rule}] ${one.text}`).join(' | ') || 'nothing'}`);
      else hit.used = true;
    }
    for (const finding of findings) if (!finding.used && finding.severity !== 'hint') problems.push(`${name}:${finding.line} not expected: ${finding.severity} [${finding.rule}] ${finding.text}`);

    const hints = hintsOf(analysis.trace, filePath);
    for (const want of expected.filter((one) => one.kind === 'hint')) {
      const hint = hints.find((one) => one.line === want.line);
      if (hint?.text !== want.text) problems.push(`${name}:${want.line} hint expected: ${want.text}; there: ${hint?.text ?? 'none'}`);
    }
    for (const want of expected.filter((one) => one.kind === 'revealed')) {
      const revealed = analysis.trace.events.filter((event) => event.kind === 'reveal' && line(event.place.start) === want.line).map((event) => (event.kind === 'reveal' ? describeValue(event.value) : ''));
      const distinct = [...new Set(revealed)].join(' | ');
      if (distinct !== want.text) problems.push(`${name}:${want.line} revealed expected: ${want.text}; there: ${distinct || 'nothing'}`);
    }
  }
  assert.ok(problems.length === 0, `\n${problems.join('\n')}`);
}
