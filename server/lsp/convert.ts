// Places to protocol ranges and findings to diagnostics. The only conversions between the engine's data and the protocol.
import type { CodeAction, Diagnostic, DocumentSymbol, Range } from 'vscode-languageserver';
import { CodeActionKind, DiagnosticSeverity, SymbolKind } from 'vscode-languageserver';
import type { OutlineSymbol } from '../features/symbols.ts';
import { lineAt, positionAt } from '../syntax/lines.ts';
import type { Edit, Finding, Severity } from '../trace/trace.ts';
import type { Place, Translate } from '../values/place.ts';
import { message, renderMessage } from '../values/place.ts';

/** Where an offset of the program stands for the editor: a file is one document, a notebook has one for each cell. */
export interface DocumentMap {
  /** The document and position of an offset of a source; undefined where it is in no open document and no file. */
  locate(place: Place): { readonly uri: string; readonly range: Range } | undefined;
}

export function rangeOfPlace(place: Place): Range {
  const start = positionAt(place.source.parsed.lineStarts, place.start), end = positionAt(place.source.parsed.lineStarts, place.end);
  return { start: { line: start.line, character: start.column }, end: { line: end.line, character: end.column } };
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, information: DiagnosticSeverity.Information, hint: DiagnosticSeverity.Hint,
};

export function toDiagnostic(finding: Finding, map: DocumentMap, documentation: string, translate: Translate | undefined): { uri: string; diagnostic: Diagnostic } | undefined {
  const at = map.locate(finding.place);
  if (at === undefined) return undefined;
  return {
    uri: at.uri,
    diagnostic: {
      range: at.range, severity: severities[finding.severity], source: 'inlayer', code: finding.rule, codeDescription: { href: `${documentation}/${finding.rule}.md` },
      message: renderMessage(finding.message, translate),
      relatedInformation: finding.related.flatMap((related) => {
        const location = map.locate(related.place);
        return location === undefined ? [] : [{ location, message: renderMessage(related.message, translate) }];
      }),
      ...(finding.rule === 'deprecated-argument' ? { tags: [2] } : {}),
    },
  };
}

/** The fixes of a finding, and the way to switch the rule off on its line. */
export function toCodeActions(finding: Finding, diagnostic: Diagnostic, map: DocumentMap, translate: Translate | undefined): CodeAction[] {
  const actions = finding.fixes.map((fix, at): CodeAction => ({
    title: renderMessage(fix.title, translate), kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: at === 0 && finding.fixes.length === 1,
    edit: { changes: changesOf(fix.edits, map) },
  }));
  const ignoring = ignoreEdit(finding.place, finding.rule);
  actions.push({ title: renderMessage(message('Ignore {rule} on this line', { rule: finding.rule }), translate), kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], edit: { changes: changesOf([ignoring], map) } });
  return actions;
}

function changesOf(edits: readonly Edit[], map: DocumentMap): Record<string, { range: Range; newText: string }[]> {
  const changes: Record<string, { range: Range; newText: string }[]> = {};
  for (const edit of edits) {
    const at = map.locate(edit.place);
    if (at !== undefined) (changes[at.uri] ??= []).push({ range: at.range, newText: edit.newText });
  }
  return changes;
}

/** A comment behind the line's last character; an `ignore[…]` that stands there already gets the rule added. */
function ignoreEdit(place: Place, rule: string): Edit {
  const { text, lineStarts, comments } = place.source.parsed;
  const line = lineAt(lineStarts, place.start);
  const comment = comments.find((one) => lineAt(lineStarts, one.start) === line && /^\s*inlayer:\s*ignore\[/.test(one.text));
  if (comment !== undefined) {
    const closing = comment.start + 1 + comment.text.lastIndexOf(']');
    return { place: { source: place.source, start: closing, end: closing }, newText: `, ${rule}` };
  }
  let end = lineStarts[line + 1] ?? text.length;
  while (end > (lineStarts[line] ?? 0) && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return { place: { source: place.source, start: end, end }, newText: `  # inlayer: ignore[${rule}]` };
}

export function toDocumentSymbol(symbol: OutlineSymbol): DocumentSymbol {
  return {
    name: symbol.name === '' ? symbol.detail || '?' : symbol.name, detail: symbol.detail, kind: symbol.kind === 'model' ? SymbolKind.Class : SymbolKind.Field,
    range: rangeOfPlace(symbol.place), selectionRange: rangeOfPlace({ ...symbol.place, end: symbol.place.start }), children: symbol.children.map(toDocumentSymbol),
  };
}
