// Runs every specification: test/specs/**/*.md and the documentation of the rules. What is reported and not expected fails too.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { allChecks } from '../server/checks/index.ts';
import type { LibraryPaths } from '../server/evaluator/module-finder.ts';
import { describeValue } from '../server/features/describe.ts';
import { hintsOf } from '../server/features/hints.ts';
import { hoverAt } from '../server/features/hovers.ts';
import { lineAt } from '../server/syntax/lines.ts';
import { parsePython } from '../server/syntax/python.ts';
import type { Edit } from '../server/trace/trace.ts';
import type { Place } from '../server/values/place.ts';
import { renderMessage } from '../server/values/place.ts';
import type { Analysis } from '../server/workspace/analysis.ts';
import { analyse } from '../server/workspace/analysis.ts';
import { makeImporters } from '../server/workspace/importers.ts';
import type { Expectation, Spec } from './support/markdown-spec.ts';
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

/** Files whose title begins so are libraries of the environment. */
const installed = 'site-packages/';
const libraries: LibraryPaths = { folders: ['/site-packages'], packages: new Map(), complete: true };

function runSpec(spec: Spec): void {
  const files = Object.fromEntries(Object.entries(spec.files).map(([name, text]) => [name.startsWith(installed) ? `/${name}` : `/project/${name}`, text]));
  const problems: string[] = [];
  for (const name of Object.keys(spec.files)) {
    if (!name.endsWith('.py') || name.startsWith(installed)) continue;
    const expected = spec.expectations.filter((one) => one.file === name);
    if (name !== 'main.py' && spec.files['main.py'] !== undefined && expected.length === 0) continue;
    const filePath = `/project/${name}`;
    const analysis = analyseFile(files, filePath);
    const { lineStarts } = analysis.source.parsed;
    const line = (offset: number): number => lineAt(lineStarts, offset) + 1;
    const of = (...kinds: Expectation['kind'][]): Expectation[] => expected.filter((one) => kinds.includes(one.kind));

    // Rules that are off speak where a specification asks for them.
    const asked = analysis.quietFindings().filter((finding) => expected.some((one) => one.rule === finding.rule));
    const findings = [...analysis.findings, ...asked].map((finding) => ({ finding, line: line(finding.place.start), severity: finding.severity, rule: finding.rule, text: renderMessage(finding.message), used: false }));
    const on = (at: number): typeof findings => findings.filter((one) => one.line === at);
    for (const want of of('error', 'warning', 'information')) {
      const hit = on(want.line).find((finding) => !finding.used && finding.severity === want.kind && finding.rule === want.rule && (want.text === undefined || finding.text.includes(want.text)));
      if (hit === undefined) problems.push(`${name}:${want.line} expected ${want.kind} [${want.rule}] ${want.text ?? ''}; there: ${on(want.line).map((one) => `${one.severity} [${one.rule}] ${one.text}`).join(' | ') || 'nothing'}`);
      else hit.used = true;
    }
    for (const finding of findings) if (!finding.used && finding.severity !== 'hint') problems.push(`${name}:${finding.line} not expected: ${finding.severity} [${finding.rule}] ${finding.text}`);

    for (const want of of('related')) {
      const related = on(want.line).flatMap(({ finding }) => finding.related.map((one) => ({ at: placeText(one.place, filePath), text: renderMessage(one.message) })));
      if (!related.some((one) => one.at === want.target && (want.text === undefined || one.text.includes(want.text)))) {
        problems.push(`${name}:${want.line} related place expected: ${want.target} ${want.text ?? ''}; there: ${related.map((one) => `${one.at} "${one.text}"`).join(' | ') || 'none'}`);
      }
    }
    for (const want of of('fix')) {
      const fixes = on(want.line).flatMap(({ finding }) => finding.fixes.map((fix) => ({ finding, fix, title: renderMessage(fix.title) })));
      const chosen = fixes.find((one) => one.title === want.text);
      if (chosen === undefined) { problems.push(`${name}:${want.line} fix expected: ${want.text}; there: ${fixes.map((one) => one.title).join(' | ') || 'none'}`); continue; }
      const after = analyseFile(withEdits(files, chosen.fix.edits), filePath).findings.map((one) => `${one.rule}: ${renderMessage(one.message)}`);
      const before = analysis.findings.map((one) => `${one.rule}: ${renderMessage(one.message)}`);
      const gone = `${chosen.finding.rule}: ${renderMessage(chosen.finding.message)}`;
      if (after.includes(gone)) problems.push(`${name}:${want.line} the finding stays after the fix "${want.text}"`);
      for (const one of after) if (!before.includes(one)) problems.push(`${name}:${want.line} the fix "${want.text}" brings: ${one}`);
    }
    for (const want of of('hover')) {
      const text = analysis.source.parsed.text, start = lineStarts[want.line - 1] ?? 0;
      const column = new RegExp(`\\b${want.target}\\b`).exec(text.slice(start))?.index ?? 0;
      const hover = hoverAt(analysis.trace, filePath, start + column)?.markdown ?? 'no hover';
      if (!hover.includes(want.text ?? '')) problems.push(`${name}:${want.line} hover of ${want.target} expected: ${want.text}; there: ${hover}`);
    }

    const hints = hintsOf(analysis.trace, filePath);
    for (const want of of('hint')) {
      const hint = hints.find((one) => one.line === want.line);
      if (hint?.text !== want.text) problems.push(`${name}:${want.line} hint expected: ${want.text}; there: ${hint?.text ?? 'none'}`);
    }
    for (const want of of('revealed')) {
      const revealed = analysis.trace.events.filter((event) => event.kind === 'reveal' && line(event.place.start) === want.line).map((event) => (event.kind === 'reveal' ? describeValue(event.value) : ''));
      const distinct = [...new Set(revealed)].join(' | ');
      if (distinct !== want.text) problems.push(`${name}:${want.line} revealed expected: ${want.text}; there: ${distinct || 'nothing'}`);
    }
  }
  assert.ok(problems.length === 0, `\n${problems.join('\n')}`);
}

function analyseFile(files: Readonly<Record<string, string>>, filePath: string): Analysis {
  const analysis = analyse({ path: filePath, parsed: parsePython(files[filePath] ?? '') }, {
    host: memoryHost(files), folders: ['/project'], libraries: () => libraries, maximumMilliseconds: 60_000, callingFiles: () => makeImporters(60_000).of(memoryHost(files), ['/project'], filePath),
  });
  if (analysis.fault !== undefined) throw analysis.fault;
  return analysis;
}

/** `12`, or `data.py:12` in another file. */
function placeText(place: Place, filePath: string): string {
  const line = String(lineAt(place.source.parsed.lineStarts, place.start) + 1);
  return place.source.path === filePath ? line : `${place.source.path.replace('/project/', '')}:${line}`;
}

function withEdits(files: Readonly<Record<string, string>>, edits: readonly Edit[]): Record<string, string> {
  const changed: Record<string, string> = { ...files };
  for (const edit of [...edits].sort((left, right) => right.place.start - left.place.start)) {
    const { source: { path: file }, start, end } = edit.place;
    const text = changed[file] ?? '';
    changed[file] = text.slice(0, start) + edit.newText + text.slice(end);
  }
  return changed;
}
