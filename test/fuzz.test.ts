// Broken programs without number: real ones with lines and words deleted, doubled, swapped, cut off or filled with odd characters.
// The analysis must come to an end without a fault of the engine, give places inside the text, and give the same again.
//   INLAYER_FUZZ=3000 npm run fuzz      that many; INLAYER_SEED=… gives others
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { hintsOf } from '../server/features/hints.ts';
import { hoverAt } from '../server/features/hovers.ts';
import { summarize, summaryText } from '../server/features/summary.ts';
import { symbolsOf } from '../server/features/symbols.ts';
import type { Place } from '../server/values/place.ts';
import { renderMessage } from '../server/values/place.ts';
import { analyseText } from '../server/workspace/analysis.ts';
import { memoryHost } from './support/program.ts';

const rounds = Number(process.env['INLAYER_FUZZ'] ?? 300);
const seed = Number(process.env['INLAYER_SEED'] ?? 20_260);
const file = '/project/main.py';

/** Random numbers that are the same for the same seed (a linear congruence over 2^32, upper bits used). */
function makeRandom(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** Programs of the cases and of the specifications. */
function sources(): string[] {
  const cases = readdirSync(path.join('test', 'cases')).filter((name) => name.endsWith('.py')).sort().map((name) => readFileSync(path.join('test', 'cases', name), 'utf8'));
  const specs = readdirSync(path.join('test', 'specs'), { recursive: true }).map(String).filter((name) => name.endsWith('.md')).sort()
    .flatMap((name) => [...readFileSync(path.join('test', 'specs', name), 'utf8').matchAll(/^```python[^\n]*\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? ''));
  return [...cases, ...specs].filter((text) => text.length < 8_000);
}

const odd = ['\u0000', '\uFEFF', '\u2028', '😀', '가나다', '\ud800', '\u202e', '\r', '\t', '\\', '"""', "'", '(', ')', '[', ']', '{', '}', ':', ',', '=', '*', '**', '@', '\f', ' ', '   ', '#', ':=', '->', 'lambda', 'yield', 'await', 'async ', 'class ', 'def ', 'return ', 'None', '-1', '0', '1e400', '9' .repeat(30), 'f"{', '%', '!r', 'self', '...', 'del ', 'global x', 'match x:\n    case _:', '\n\n', '¼', 'ª', '𝔘'];

function mutate(text: string, random: (below: number) => number, other: string): string {
  const kind = random(12);
  const lines = text.split('\n');
  const line = random(lines.length), second = random(lines.length);
  const tokens = text.split(/(\s+|[()[\]{},.:=]|\b)/).filter((token) => token !== '');
  const token = random(tokens.length), another = random(tokens.length);
  switch (kind) {
    case 0: lines.splice(line, 1 + random(3)); return lines.join('\n');
    case 1: lines.splice(line, 0, ...lines.slice(second, second + 1 + random(5))); return lines.join('\n');
    case 2: [lines[line], lines[second]] = [lines[second] ?? '', lines[line] ?? '']; return lines.join('\n');
    case 3: tokens.splice(token, 1 + random(2)); return tokens.join('');
    case 4: tokens.splice(token, 0, tokens[another] ?? ''); return tokens.join('');
    case 5: [tokens[token], tokens[another]] = [tokens[another] ?? '', tokens[token] ?? '']; return tokens.join('');
    case 6: return text.slice(0, random(text.length + 1));
    case 7: return text.slice(random(text.length + 1));
    case 8: { const at = random(text.length + 1); return text.slice(0, at) + (odd[random(odd.length)] ?? '') + text.slice(at); }
    case 9: lines[line] = (random(2) === 0 ? ' '.repeat(random(9)) : '') + (lines[line] ?? '').trimStart(); return lines.join('\n');
    case 10: { const theirs = other.split('\n'); lines.splice(line, 0, ...theirs.slice(random(theirs.length)).slice(0, 8)); return lines.join('\n'); }
    // Another number, name or text in the place of one.
    default: { const values = tokens.flatMap((one, at) => (/^[\w"']/.test(one) ? [at] : [])); tokens[values[random(values.length)] ?? 0] = [...odd, tokens[another] ?? ''][random(odd.length + 1)] ?? ''; return tokens.join(''); }
  }
}

interface Outcome { readonly shown: string; readonly problems: string[] }

function analyse(text: string): Outcome {
  const problems: string[] = [];
  const analysis = analyseText(file, text, { host: memoryHost({}), folders: ['/project'], maximumMilliseconds: 120_000, maximumSteps: 200_000, strict: true });
  if (analysis.fault !== undefined) problems.push(`fault: ${analysis.fault instanceof Error ? analysis.fault.stack ?? '' : String(analysis.fault)}`);
  const check = (what: string, place: Place): void => {
    const length = place.source.parsed.text.length;
    if (!(place.start >= 0 && place.start <= place.end && place.end <= length)) problems.push(`${what} at ${place.start}..${place.end} of ${length}`);
  };
  for (const finding of analysis.findings) {
    check(finding.rule, finding.place);
    for (const related of finding.related) check(`related of ${finding.rule}`, related.place);
    for (const fix of finding.fixes) for (const edit of fix.edits) check(`fix of ${finding.rule}`, edit.place);
    if (renderMessage(finding.message).trim() === '') problems.push(`${finding.rule} without words`);
  }
  const lines = text.split(/\r\n|\n|\r/);
  const hints = hintsOf(analysis.trace, file);
  for (const hint of hints) {
    const line = lines[hint.line - 1];
    if (line === undefined || hint.column < 1 || hint.column > line.length + 1) problems.push(`hint at ${hint.line}:${hint.column}`);
  }
  const summaries = summarize(analysis.trace, file);
  for (const summary of summaries) summaryText(summary);
  const symbols = symbolsOf(analysis.trace, file).map((symbol) => symbol.name);
  for (let at = 0; at < text.length; at += 1 + Math.floor(text.length / 20)) { const hover = hoverAt(analysis.trace, file, at); if (hover !== undefined) check('hover', hover.place); }
  const findings = analysis.findings.map((finding) => [finding.rule, finding.severity, finding.place.start, finding.place.end, renderMessage(finding.message)]);
  return { shown: JSON.stringify({ findings, hints, summaries, symbols, exceeded: analysis.exceeded }), problems };
}

test(`${rounds} broken programs`, () => {
  const programs = sources();
  assert.ok(programs.length > 100);
  const failures: string[] = [];
  const random = makeRandom(seed);
  for (let round = 0; round < rounds && failures.length < 10; round += 1) {
    let text = programs[random(programs.length)] ?? '';
    for (let times = 1 + random(3); times > 0; times -= 1) text = mutate(text, random, programs[random(programs.length)] ?? '');
    let outcome: Outcome;
    try {
      outcome = analyse(text);
      // Every fourth is run twice: what one run leaves behind must not change the next.
      if (round % 4 === 0 && analyse(text).shown !== outcome.shown) outcome.problems.push('another result the second time');
    } catch (error) {
      outcome = { shown: '', problems: [`thrown: ${error instanceof Error ? error.stack ?? error.message : String(error)}`] };
    }
    if (outcome.problems.length > 0) failures.push(`round ${round}: ${outcome.problems.join('\n')}\n${JSON.stringify(text)}`);
  }
  assert.equal(failures.join('\n\n'), '');
});
