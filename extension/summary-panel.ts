// The summary panel: keeps what it shows up to date with the server, follows the caret, and takes clicks back to the source.
// The truth stays here; the page is sent all of it whenever it becomes visible, because hidden pages lose their messages.
import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FromSummary, ModelTable, SummaryWord, ToSummary } from '../webviews/shared/contract.ts';
import { contractVersion, readFromSummary, readViewState } from '../webviews/shared/contract.ts';
import type { ModelClient, ModelSummary } from './client.ts';

export const summaryViewType = 'inlayer.summary';

export interface SummaryPanel extends vscode.Disposable {
  /** Shows a model of a document beside its source; the one panel is used again for whatever is asked for next. */
  readonly show: (uri: vscode.Uri, model?: number | string) => Promise<void>;
  /** The document that the panel is about while it is in front. */
  readonly shownDocument: () => vscode.Uri | undefined;
}

interface Shown {
  readonly panel: vscode.WebviewPanel;
  uri: vscode.Uri;
  selected: number;
  models: readonly ModelSummary[];
  loaded: boolean;
}

export function makeSummaryPanel(extensionUri: vscode.Uri, client: ModelClient, copyText: (text: string) => Promise<void>): SummaryPanel {
  const pages = vscode.Uri.joinPath(extensionUri, 'dist', 'webviews');
  let shown: Shown | undefined;

  const post = (message: ToSummary): void => { void shown?.panel.webview.postMessage(message); };
  const sendState = (): void => {
    if (shown === undefined) return;
    const { uri, selected, models, loaded } = shown;
    const title = models[selected]?.name ?? vscode.l10n.t('Model');
    shown.panel.title = vscode.l10n.t('{0} – Summary', title);
    post({
      version: contractVersion, type: 'state', uri: uri.toString(), document: path.posix.basename(uri.path), selected, loaded, words: words(),
      models: models.map((model) => toTable(model, uri)),
    });
    sendCaret();
  };
  const sendCaret = (): void => {
    const locations = shown?.models[shown.selected]?.locations.layers ?? [];
    const isCaretAt = (location: vscode.Location): boolean => vscode.window.visibleTextEditors.some((editor) =>
      editor.document.uri.toString() === location.uri.toString() && editor.selection.active.line === location.range.start.line);
    post({ version: contractVersion, type: 'caret', layers: locations.flatMap((location, at) => (location !== undefined && isCaretAt(location) ? [at] : [])) });
  };
  const refresh = async (): Promise<void> => {
    const asked = shown;
    if (asked === undefined) return;
    const { uri } = asked;
    const models = await client.summaries(uri);
    // Meanwhile another document may have been asked for.
    if (shown !== asked || asked.uri !== uri) return;
    asked.models = models;
    asked.loaded = true;
    asked.selected = Math.max(0, Math.min(asked.selected, models.length - 1));
    sendState();
  };
  const reveal = async (message: Extract<FromSummary, { type: 'reveal' }>): Promise<void> => {
    const locations = shown?.models[message.model]?.locations;
    const location = message.layer === undefined ? locations?.model : locations?.layers[message.layer];
    if (location === undefined) return;
    const open = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === location.uri.toString());
    const column = open?.viewColumn ?? vscode.ViewColumn.One;
    const document = await vscode.workspace.openTextDocument(location.uri);
    // The caret goes behind the indentation, where the layer stands.
    const at = new vscode.Position(location.range.start.line, document.lineAt(location.range.start.line).firstNonWhitespaceCharacterIndex);
    if (location.uri.scheme === 'vscode-notebook-cell') { await revealCell(location.uri, at); return; }
    await vscode.window.showTextDocument(document, { viewColumn: column, selection: new vscode.Range(at, at) });
  };
  const receive = async (given: unknown): Promise<void> => {
    const message = readFromSummary(given);
    if (message === undefined || shown === undefined) return;
    if (message.type === 'ready') {
      sendState();
    } else if (message.type === 'select') {
      shown.selected = message.model;
      sendState();
    } else if (message.type === 'copy') {
      const text = shown.models[message.model]?.text;
      if (text !== undefined) await copyText(text);
    } else {
      await reveal(message);
    }
  };
  const adopt = (panel: vscode.WebviewPanel, uri: vscode.Uri, selected: number): void => {
    shown = { panel, uri, selected, models: [], loaded: false };
    panel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
    panel.webview.onDidReceiveMessage((message: unknown) => { void receive(message); });
    panel.onDidChangeViewState(() => { if (panel.visible) sendState(); });
    panel.onDidDispose(() => { if (shown?.panel === panel) shown = undefined; });
    panel.webview.html = pageHtml(panel.webview, pages);
  };

  const subscriptions = vscode.Disposable.from(
    client.onStatus((status) => { if (vscode.Uri.parse(status.uri).toString() === shown?.uri.toString()) void refresh(); }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => { if (isOf(textEditor.document, shown?.uri)) sendCaret(); }),
    vscode.window.registerWebviewPanelSerializer(summaryViewType, {
      async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
        const view = readViewState(state);
        if (view === undefined || shown !== undefined) { panel.dispose(); return; }
        adopt(panel, vscode.Uri.parse(view.uri), view.model);
        await openDocument(vscode.Uri.parse(view.uri));
        await refresh();
      },
    }),
  );
  return {
    show: async (uri, model) => {
      if (shown === undefined) {
        const panel = vscode.window.createWebviewPanel(summaryViewType, vscode.l10n.t('Model'), { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
        adopt(panel, uri, 0);
      } else {
        shown.uri = uri;
        shown.loaded = false;
        shown.panel.reveal(undefined, true);
      }
      const asked = shown;
      const models = await client.summaries(uri);
      if (asked === undefined || shown !== asked || asked.uri !== uri) return;
      const at = typeof model === 'number' ? model : model === undefined ? mainModel(models) : models.findIndex((one) => one.name === model);
      asked.models = models;
      asked.loaded = true;
      asked.selected = Math.max(0, Math.min(at, models.length - 1));
      sendState();
    },
    shownDocument: () => (shown?.panel.active === true ? shown.uri : undefined),
    dispose: () => {
      subscriptions.dispose();
      shown?.panel.dispose();
    },
  };
}

/** The model to show where none was named: the one built at the caret, else the first that is no part of another. */
function mainModel(models: readonly ModelSummary[]): number {
  const isAtCaret = (location: vscode.Location | undefined): boolean => location !== undefined && vscode.window.activeTextEditor?.document.uri.toString() === location.uri.toString()
    && vscode.window.activeTextEditor.selection.active.line === location.range.start.line;
  const atCaret = models.findIndex(({ locations }) => isAtCaret(locations.model) || locations.layers.some(isAtCaret));
  if (atCaret >= 0) return atCaret;
  return Math.max(0, models.findIndex((model) => !models.some((other) => other !== model && other.layers.some((layer) => layer.name === model.name))));
}

/** What the page is sent of a model. In a notebook a line says little without its cell: the heading leaves it out. */
function toTable({ text: _text, locations, ...table }: ModelSummary, uri: vscode.Uri): ModelTable {
  const lineOf = (location: vscode.Location | undefined): { line?: number } => (location === undefined ? { line: undefined } : { line: location.range.start.line + 1 });
  return {
    ...table, ...lineOf(locations.model?.uri.toString() === uri.toString() ? locations.model : undefined),
    layers: table.layers.map((layer, at) => ({ ...layer, ...lineOf(locations.layers[at]) })),
  };
}

/** Whether a document is this one, or one of its cells. */
function isOf(document: vscode.TextDocument, uri: vscode.Uri | undefined): boolean {
  return uri !== undefined && document.uri.path === uri.path;
}

/** The server knows open documents only. */
async function openDocument(uri: vscode.Uri): Promise<void> {
  try {
    if (uri.path.endsWith('.ipynb')) await vscode.workspace.openNotebookDocument(uri);
    else await vscode.workspace.openTextDocument(uri);
  } catch {
    // The file has gone since; the panel then says that there is no model.
  }
}

async function revealCell(uri: vscode.Uri, at: vscode.Position): Promise<void> {
  const notebook = vscode.workspace.notebookDocuments.find((one) => one.getCells().some((cell) => cell.document.uri.toString() === uri.toString()));
  const cell = notebook?.getCells().find((one) => one.document.uri.toString() === uri.toString());
  if (notebook === undefined || cell === undefined) return;
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  // Without a column it would open over the panel, whose group is the active one.
  const viewColumn = vscode.window.visibleNotebookEditors.find((one) => one.notebook === notebook)?.viewColumn ?? vscode.ViewColumn.One;
  const editor = await vscode.window.showNotebookDocument(notebook, { viewColumn, selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  const inCell = vscode.window.visibleTextEditors.find((one) => one.document.uri.toString() === uri.toString());
  if (inCell !== undefined) inCell.selection = new vscode.Selection(at, at);
}

function words(): Record<SummaryWord, string> {
  return {
    caption: vscode.l10n.t('Layers of'), layer: vscode.l10n.t('Layer'), type: vscode.l10n.t('Type'), output: vscode.l10n.t('Output shape'),
    parameters: vscode.l10n.t('Parameters'), total: vscode.l10n.t('Total'), trainable: vscode.l10n.t('Trainable'), nonTrainable: vscode.l10n.t('Non-trainable'),
    frozen: vscode.l10n.t('frozen'), copy: vscode.l10n.t('Copy'), model: vscode.l10n.t('Model'), goTo: vscode.l10n.t('Go to line {0}'),
    noModel: vscode.l10n.t('No model was found in this file.'), loading: vscode.l10n.t('Reading the model'),
    incomplete: vscode.l10n.t('Some of it is not known: a size or a member that was not understood.'),
  };
}

/** The page's frame. Its policy allows our own script and style sheet and nothing else. */
function pageHtml(webview: vscode.Webview, pages: vscode.Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pages, name)).toString();
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${address('summary.css')}">
<title>${vscode.l10n.t('Model')}</title>
</head>
<body>
<main id="root"></main>
<script nonce="${nonce}" src="${address('summary.js')}"></script>
</body>
</html>`;
}
