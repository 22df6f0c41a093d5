// All that the engine says of a text, as one string to compare, and what is wrong with it whatever the text is: a fault, a place outside the text,
// a finding without words.
import { hintsOf } from '../../server/features/hints.ts';
import { hoverAt } from '../../server/features/hovers.ts';
import { lensesOf } from '../../server/features/lenses.ts';
import { summarize, summaryText } from '../../server/features/summary.ts';
import { symbolsOf } from '../../server/features/symbols.ts';
import type { Host } from '../../server/values/interpreter.ts';
import type { Place } from '../../server/values/place.ts';
import { renderMessage } from '../../server/values/place.ts';
import type { Analysis, AnalysisOptions } from '../../server/workspace/analysis.ts';
import { analyseText } from '../../server/workspace/analysis.ts';

export interface Outcome { readonly shown: string; readonly problems: string[] }

export const fuzzFile = '/project/main.py';

/** Analyses the text as a file of its own. What is thrown is a problem, too. */
export function outcomeOf(text: string, host: Host, more: Partial<AnalysisOptions> = {}): Outcome {
  try {
    return outcomeOfAnalysis(analyseText(fuzzFile, text, { host, folders: ['/project'], maximumMilliseconds: 120_000, maximumSteps: 200_000, strict: true, ...more }));
  } catch (error) {
    return { shown: '', problems: [`thrown: ${error instanceof Error ? error.stack ?? error.message : String(error)}`] };
  }
}

export function outcomeOfAnalysis(analysis: Analysis): Outcome {
  const problems: string[] = [];
  const { text } = analysis.source.parsed;
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
  const hints = hintsOf(analysis.trace, fuzzFile);
  for (const hint of hints) {
    const line = lines[hint.line - 1];
    if (line === undefined || hint.column < 1 || hint.column > line.length + 1) problems.push(`hint at ${hint.line}:${hint.column}`);
  }
  const summaries = summarize(analysis.trace, fuzzFile);
  for (const summary of summaries) summaryText(summary);
  const lenses = lensesOf(analysis.trace, fuzzFile).map((lens) => { check('lens', lens.place); return renderMessage(lens.title); });
  const symbols = symbolsOf(analysis.trace, fuzzFile).map((symbol) => symbol.name);
  for (let at = 0; at < text.length; at += 1 + Math.floor(text.length / 20)) { const hover = hoverAt(analysis.trace, fuzzFile, at); if (hover !== undefined) check('hover', hover.place); }
  const findings = analysis.findings.map((finding) => [finding.rule, finding.severity, finding.place.start, finding.place.end, renderMessage(finding.message)]);
  return { shown: JSON.stringify({ findings, hints, summaries, lenses, symbols, exceeded: analysis.exceeded }), problems };
}
