// Programs after public bug reports, each with what must be found, what may be said besides, and facts of its layers
// (test/cases/NNN-slug.py and .json; the expectations were checked against the real frameworks).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { hintsOf } from '../server/features/hints.ts';
import { summarize } from '../server/features/summary.ts';
import { lineAt } from '../server/syntax/lines.ts';
import { renderMessage } from '../server/values/place.ts';
import { analyseText } from '../server/workspace/analysis.ts';
import { memoryHost } from './support/program.ts';

interface Case {
  readonly framework: 'keras' | 'torch';
  readonly kind: string;
  readonly expect: readonly { line: number; also?: number[]; rule: string; or?: string[]; says: string; optional?: boolean }[];
  readonly shapes?: readonly { line: number; output?: string; params?: number }[];
}

const folder = path.join('test', 'cases');
/** Frameworks that are held to their cases. */
const frameworks = new Set(['keras', 'torch']);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  const expected = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Case;
  if (frameworks.has(expected.framework)) test(`${file.replace('.json', '')} (${expected.kind})`, () => runCase(file, expected));
}

/** An axis that is None in the expectation is the batch or an unknown length: anything fits. */
function fits(expected: string, actual: string | undefined): boolean {
  const axes = (shape: string): string[] => shape.replace(/[()[\]\s]/g, '').split(',').filter((part) => part !== '');
  if (actual === undefined) return false;
  const want = axes(expected), have = axes(actual);
  return want.length === have.length && want.every((part, at) => part === 'None' || part === have[at]);
}

function runCase(file: string, expected: Case): void {
  const name = `/project/${file.replace('.json', '.py')}`;
  const analysis = analyseText(name, readFileSync(path.join(folder, file.replace('.json', '.py')), 'utf8'), { host: memoryHost({}), folders: ['/project'], maximumMilliseconds: 60_000 });
  if (analysis.fault !== undefined) throw analysis.fault;
  const problems: string[] = [];
  const findings = analysis.findings
    .filter((finding) => finding.severity === 'error' || finding.severity === 'warning')
    .map((finding) => ({ line: lineAt(finding.place.source.parsed.lineStarts, finding.place.start) + 1, rule: finding.rule, text: renderMessage(finding.message), used: false }));
  for (const want of expected.expect) {
    const hits = findings.filter((finding) => [want.rule, ...(want.or ?? [])].includes(finding.rule) && [want.line, ...(want.also ?? [])].includes(finding.line));
    for (const hit of hits) hit.used = true;
    if (hits.length === 0 && want.optional !== true) problems.push(`missed ${want.rule} at line ${want.line}: ${want.says}`);
  }
  for (const finding of findings) if (!finding.used) problems.push(`false ${finding.rule} at line ${finding.line}: ${finding.text}`);
  const said = new Map<number, { output: string | undefined; params: number | undefined }[]>();
  const say = (line: number | undefined, output: string | undefined, params: number | undefined): void => { if (line !== undefined) said.set(line, [...(said.get(line) ?? []), { output, params }]); };
  for (const hint of hintsOf(analysis.trace, name)) for (const call of hint.calls) say(hint.line, call.output, call.params);
  for (const model of summarize(analysis.trace, name)) for (const row of model.layers) say(row.line, row.output, row.params);
  for (const fact of expected.shapes ?? []) {
    const there = said.get(fact.line) ?? [];
    if (fact.output !== undefined && !there.some((one) => fits(fact.output ?? '', one.output))) problems.push(`line ${fact.line}: ${fact.output} expected, said: ${there.map((one) => one.output).join(' | ')}`);
    if (fact.params !== undefined && !there.some((one) => one.params === fact.params)) problems.push(`line ${fact.line}: ${fact.params} parameters expected, said: ${there.map((one) => one.params).join(' | ')}`);
  }
  assert.deepEqual(problems, []);
}
