// The language status item beside the language's name: how many models and problems the active file has, and whether the server
// runs. Also sets the context key by which the summary's button appears. Knows what the server says, not how.
import * as vscode from 'vscode';
import type { AnalysisStatus, ModelClient } from './client.ts';

export function showStatus(client: ModelClient): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('inlayer.status', [{ language: 'python' }]);
  item.name = 'Inlayer';
  const known = new Map<string, AnalysisStatus>();
  const refresh = (): void => {
    const uri = activeDocument();
    const status = uri === undefined ? undefined : known.get(uri.toString());
    void vscode.commands.executeCommand('setContext', 'inlayer.hasModel', (status?.models ?? 0) > 0);
    describe(item, client, status);
  };
  refresh();
  return vscode.Disposable.from(
    item,
    client.onStatus((status) => {
      known.set(vscode.Uri.parse(status.uri).toString(), status);
      refresh();
    }),
    client.onServerState((state) => {
      if (state !== 'running') known.clear();
      refresh();
    }),
    vscode.workspace.onDidCloseTextDocument((document) => { known.delete(document.uri.toString()); }),
    vscode.window.onDidChangeActiveTextEditor(refresh),
    vscode.window.onDidChangeActiveNotebookEditor(refresh),
  );
}

/** The document that commands mean: the notebook of the active editor, else its file. */
export function activeDocument(): vscode.Uri | undefined {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook !== undefined) return notebook.uri;
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'python' ? document.uri : undefined;
}

function describe(item: vscode.LanguageStatusItem, client: ModelClient, status: AnalysisStatus | undefined): void {
  const state = client.serverState();
  item.busy = state === 'starting' || status?.state === 'running';
  item.severity = vscode.LanguageStatusSeverity.Information;
  item.detail = undefined;
  item.command = { command: 'inlayer.showLogs', title: vscode.l10n.t('Show Logs') };
  if (state === 'not started') {
    item.text = vscode.l10n.t('No model');
  } else if (state === 'stopped') {
    item.severity = vscode.LanguageStatusSeverity.Error;
    item.text = vscode.l10n.t('The language server has stopped');
    item.command = { command: 'inlayer.restartServer', title: vscode.l10n.t('Restart') };
  } else if (status === undefined) {
    item.text = state === 'starting' ? vscode.l10n.t('Starting') : vscode.l10n.t('No model');
  } else if (status.state === 'error') {
    item.severity = vscode.LanguageStatusSeverity.Warning;
    item.text = vscode.l10n.t('Part of this file could not be analysed');
  } else {
    item.text = status.models === 0 ? vscode.l10n.t('No model') : status.models === 1 ? vscode.l10n.t('1 model') : vscode.l10n.t('{0} models', status.models);
    const findings = status.findings === 0 ? vscode.l10n.t('no problems') : status.findings === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', status.findings);
    item.detail = `${findings}, ${Math.round(status.milliseconds)} ms`;
    if (status.models > 0) item.command = { command: 'inlayer.showSummary', title: vscode.l10n.t('Show Summary') };
  }
}
