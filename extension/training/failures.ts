// Runs that failed on a line of the workspace: a diagnostic stands there, with the shapes that the editor knows of that line, until
// the file is edited or its program is run again.
import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Run } from './runs/run-index.ts';

export interface Failures extends vscode.Disposable {
  readonly show: (runs: readonly Run[]) => void;
}

export function makeFailures(): Failures {
  const diagnostics = vscode.languages.createDiagnosticCollection('inlayer-training');
  let shown = '';
  const cleared = new Set<string>();
  const show = async (runs: readonly Run[]): Promise<void> => {
    const failed = latestOfEachProgram(runs).filter((run) => run.record.state === 'failed' && run.record.failedAt !== undefined && !cleared.has(run.folder) && isUntouched(run));
    const key = failed.map(({ folder }) => folder).join('\n');
    if (key === shown) return;
    shown = key;
    diagnostics.clear();
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const run of failed) {
      const place = run.record.failedAt;
      if (place === undefined) continue;
      const uri = vscode.Uri.file(place.file);
      if (vscode.workspace.getWorkspaceFolder(uri) === undefined) continue;
      byFile.set(place.file, [...(byFile.get(place.file) ?? []), await diagnosticOf(run, uri)]);
    }
    for (const [file, list] of byFile) diagnostics.set(vscode.Uri.file(file), list);
  };
  const edited = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length === 0 || !diagnostics.has(document.uri)) return;
    diagnostics.delete(document.uri);
    for (const folder of shown.split('\n')) cleared.add(folder);
  });
  return {
    show: (runs) => { show(runs).catch(() => undefined); },
    dispose: () => {
      edited.dispose();
      diagnostics.dispose();
    },
  };
}

function latestOfEachProgram(runs: readonly Run[]): Run[] {
  const latest = new Map<string, Run>();
  for (const run of runs) if (!latest.has(run.record.program)) latest.set(run.record.program, run);
  return [...latest.values()];
}

/** A line is only what it was as long as its file is. */
function isUntouched({ record }: Run): boolean {
  const file = record.failedAt?.file, changed = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && changed <= (record.endedAt ?? record.createdAt);
}

async function diagnosticOf({ folder, record }: Run, uri: vscode.Uri): Promise<vscode.Diagnostic> {
  const document = await vscode.workspace.openTextDocument(uri);
  const line = Math.max(0, Math.min((record.failedAt?.line ?? 1) - 1, document.lineCount - 1)), text = document.lineAt(line);
  const range = new vscode.Range(line, text.firstNonWhitespaceCharacterIndex, line, text.range.end.character);
  const diagnostic = new vscode.Diagnostic(range, record.message ?? vscode.l10n.t('The training failed here.'), vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'inlayer';
  diagnostic.code = 'training';
  const known = await shapesAt(document, text.range);
  diagnostic.relatedInformation = [
    ...(known === '' ? [] : [new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, range), vscode.l10n.t('Shapes of this line: {0}', known))]),
    new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(path.join(folder, 'output.log')), new vscode.Position(0, 0)), vscode.l10n.t('The output of the run')),
  ];
  return diagnostic;
}

/** What the hints at this line say. */
async function shapesAt(document: vscode.TextDocument, range: vscode.Range): Promise<string> {
  const hints = await vscode.commands.executeCommand<readonly vscode.InlayHint[] | undefined>('vscode.executeInlayHintProvider', document.uri, range);
  return (hints ?? []).filter((hint) => hint.position.line === range.start.line)
    .map((hint) => (typeof hint.label === 'string' ? hint.label : hint.label.map((part) => part.value).join('')).trim()).join(' ');
}
