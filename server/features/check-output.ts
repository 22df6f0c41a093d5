// Findings as text, JSON, SARIF 2.1.0 and GitHub's workflow commands. It knows no LSP.
import { allChecks } from '../checks/index.ts';
import { positionAt } from '../syntax/lines.ts';
import type { Finding } from '../trace/trace.ts';
import type { Place } from '../values/place.ts';
import { renderMessage } from '../values/place.ts';

/** Prints findings in a format; `show` gives the path as the reader should see it. */
export function checkOutput(findings: readonly Finding[], format: string, show: (path: string) => string): string {
  switch (format) {
    case 'json': return JSON.stringify({ findings: findings.map((finding) => findingJson(finding, show)) });
    case 'sarif': return JSON.stringify(sarif(findings, show), undefined, 2);
    case 'github': return findings.map((finding) => githubLine(finding, show)).join('\n');
    default: return text(findings, show);
  }
}

export interface RangeJson { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number }

/** Lines and columns from 1. */
export function rangeOf(place: Place): RangeJson {
  const start = positionAt(place.source.parsed.lineStarts, place.start);
  const end = positionAt(place.source.parsed.lineStarts, place.end);
  return { line: start.line + 1, column: start.column + 1, endLine: end.line + 1, endColumn: end.column + 1 };
}

function findingJson(finding: Finding, show: (path: string) => string): object {
  return {
    file: show(finding.place.source.path), ...rangeOf(finding.place), rule: finding.rule, severity: finding.severity, message: renderMessage(finding.message),
    related: finding.related.map((related) => ({ file: show(related.place.source.path), line: rangeOf(related.place).line, message: renderMessage(related.message) })),
    fixes: finding.fixes.map((fix) => ({ title: renderMessage(fix.title), edits: fix.edits.map((edit) => ({ ...rangeOf(edit.place), newText: edit.newText })) })),
  };
}

function text(findings: readonly Finding[], show: (path: string) => string): string {
  if (findings.length === 0) return 'No findings.';
  const lines: string[] = [];
  for (const finding of findings) {
    const { line, column } = rangeOf(finding.place);
    lines.push(`${show(finding.place.source.path)}:${line}:${column}: ${finding.severity} [${finding.rule}] ${renderMessage(finding.message)}`);
    for (const related of finding.related) lines.push(`    ${show(related.place.source.path)}:${rangeOf(related.place).line}: ${renderMessage(related.message)}`);
    for (const fix of finding.fixes) lines.push(`    fix: ${renderMessage(fix.title)}`);
  }
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  lines.push(`${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} other`);
  return lines.join('\n');
}

function githubLine(finding: Finding, show: (path: string) => string): string {
  const { line, column, endLine, endColumn } = rangeOf(finding.place);
  const level = finding.severity === 'error' ? 'error' : finding.severity === 'warning' ? 'warning' : 'notice';
  const escape = (value: string): string => value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (value: string): string => escape(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} file=${property(show(finding.place.source.path))},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn},title=${property(`inlayer ${finding.rule}`)}::${escape(renderMessage(finding.message))}`;
}

function sarif(findings: readonly Finding[], show: (path: string) => string): object {
  const level = (severity: string): string => (severity === 'error' || severity === 'warning' ? severity : 'note');
  const location = (place: Place): object => {
    const { line, column, endLine, endColumn } = rangeOf(place);
    return { physicalLocation: { artifactLocation: { uri: show(place.source.path).replaceAll('\\', '/') }, region: { startLine: line, startColumn: column, endLine, endColumn } } };
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'Inlayer', rules: allChecks.map((check) => ({ id: check.id, shortDescription: { text: check.summary }, defaultConfiguration: { level: level(check.severity) } })) } },
      columnKind: 'utf16CodeUnits',
      results: findings.map((finding) => ({
        ruleId: finding.rule, level: level(finding.severity), message: { text: renderMessage(finding.message) }, locations: [location(finding.place)],
        relatedLocations: finding.related.map((related, at) => ({ id: at, message: { text: renderMessage(related.message) }, ...location(related.place) })),
      })),
    }],
  };
}
