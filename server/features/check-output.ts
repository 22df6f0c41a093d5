// Findings as text, JSON, SARIF 2.1.0 and GitHub's workflow commands. It knows no LSP.
import { allChecks } from '../checks/index.ts';
import { positionAt } from '../syntax/lines.ts';
import type { Finding } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import { type Message, message, renderMessage, type Translate } from '../values/place.ts';

interface Reader {
  /** The path as the reader should see it. */
  readonly show: (path: string) => string;
  readonly say: (text: Message) => string;
}

/** Prints findings in a format. */
export function checkOutput(findings: readonly Finding[], format: string, show: (path: string) => string, translate?: Translate): string {
  const reader: Reader = { show, say: (text) => renderMessage(text, translate) };
  switch (format) {
    case 'json': return JSON.stringify({ findings: findings.map((finding) => findingJson(finding, reader)) });
    case 'sarif': return JSON.stringify(sarif(findings, reader), undefined, 2);
    case 'github': return findings.map((finding) => githubLine(finding, reader)).join('\n');
    default: return text(findings, reader);
  }
}

export interface RangeJson { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number }

/** Lines and columns from 1. */
export function rangeOf(place: Place): RangeJson {
  const start = positionAt(place.source.parsed.lineStarts, place.start);
  const end = positionAt(place.source.parsed.lineStarts, place.end);
  return { line: start.line + 1, column: start.column + 1, endLine: end.line + 1, endColumn: end.column + 1 };
}

function findingJson(finding: Finding, { show, say }: Reader): object {
  return {
    file: show(finding.place.source.path), ...rangeOf(finding.place), rule: finding.rule, severity: finding.severity, message: say(finding.message),
    related: finding.related.map((related) => ({ file: show(related.place.source.path), line: rangeOf(related.place).line, message: say(related.message) })),
    fixes: finding.fixes.map((fix) => ({ title: say(fix.title), edits: fix.edits.map((edit) => ({ ...rangeOf(edit.place), newText: edit.newText })) })),
  };
}

function text(findings: readonly Finding[], { show, say }: Reader): string {
  if (findings.length === 0) return say(message('No findings.'));
  const lines: string[] = [];
  for (const finding of findings) {
    const { line, column } = rangeOf(finding.place);
    lines.push(`${show(finding.place.source.path)}:${line}:${column}: ${finding.severity} [${finding.rule}] ${say(finding.message)}`);
    for (const related of finding.related) lines.push(`    ${show(related.place.source.path)}:${rangeOf(related.place).line}: ${say(related.message)}`);
    for (const fix of finding.fixes) lines.push(`    ${say(message('fix: {title}', { title: fix.title }))}`);
  }
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  lines.push(say(message(errors === 1 ? '1 error, {others} other' : '{errors} errors, {others} other', { errors, others: findings.length - errors })));
  return lines.join('\n');
}

function githubLine(finding: Finding, { show, say }: Reader): string {
  const { line, column, endLine, endColumn } = rangeOf(finding.place);
  const level = finding.severity === 'error' ? 'error' : finding.severity === 'warning' ? 'warning' : 'notice';
  const escape = (value: string): string => value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (value: string): string => escape(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} file=${property(show(finding.place.source.path))},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn},title=${property(`inlayer ${finding.rule}`)}::${escape(say(finding.message))}`;
}

function sarif(findings: readonly Finding[], { show, say }: Reader): object {
  const level = (severity: string): string => (severity === 'error' || severity === 'warning' ? severity : 'note');
  const location = (place: Place): object => {
    const { line, column, endLine, endColumn } = rangeOf(place);
    return { physicalLocation: { artifactLocation: { uri: show(place.source.path).replaceAll('\\', '/') }, region: { startLine: line, startColumn: column, endLine, endColumn } } };
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'Inlayer', rules: allChecks.map((check) => ({ id: check.id, shortDescription: { text: say(message(check.summary)) }, defaultConfiguration: { level: level(check.severity) } })) } },
      columnKind: 'utf16CodeUnits',
      results: findings.map((finding) => ({
        ruleId: finding.rule, level: level(finding.severity), message: { text: say(finding.message) }, locations: [location(finding.place)],
        relatedLocations: finding.related.map((related, at) => ({ id: at, message: { text: say(related.message) }, ...location(related.place) })),
      })),
    }],
  };
}
