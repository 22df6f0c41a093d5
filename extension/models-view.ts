// The tree of models in the side bar: what the file in front builds, each model with its layers as they are nested, their shapes and
// parameters. A click leads to the source. It follows the active editor and each analysis; it asks for nothing while it is not seen.
import * as vscode from 'vscode';
import type { TableRow } from '../webviews/shared/contract.ts';
import type { ModelClient, PlacedTable } from './client.ts';
import { mayHoldModel } from './client.ts';
import { mainModel } from './panels/summary.ts';
import { isCaretAt } from './panels/source.ts';
import { activeDocument } from './status.ts';

export const modelsViewId = 'inlayer.models';

/** A model or one of its rows. Commands of the tree's menus are handed it. */
export interface ModelItem {
  readonly document: vscode.Uri;
  /** The model's position in its file. */
  readonly model: number;
  /** No part of another: shown open. */
  readonly isMain: boolean;
  readonly table: PlacedTable;
  /** Undefined: the model itself. */
  readonly row: TableRow | undefined;
  readonly location: vscode.Location | undefined;
  readonly parent: ModelItem | undefined;
  readonly children: readonly ModelItem[];
}

export interface ModelsView extends vscode.Disposable {
  /** The document whose models are shown. */
  readonly document: () => vscode.Uri | undefined;
}

/** Edits that come faster than this are shown together. */
const quietMilliseconds = 150;

export function makeModelsView(client: ModelClient): ModelsView {
  const changed = new vscode.EventEmitter<undefined>();
  let document: vscode.Uri | undefined, roots: readonly ModelItem[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const view = vscode.window.createTreeView<ModelItem>(modelsViewId, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event, getParent: (item) => item.parent, getTreeItem: toTreeItem,
      getChildren: (item) => [...(item === undefined ? roots : item.children)],
    },
  });
  const show = (uri: vscode.Uri | undefined, models: readonly PlacedTable[]): void => {
    document = uri;
    const main = mainModel(models);
    roots = models.map((table, at) => toItem(uri ?? vscode.Uri.parse(''), table, at, at === main));
    view.description = roots.length === 0 || uri === undefined ? undefined : uri.path.slice(uri.path.lastIndexOf('/') + 1);
    void vscode.commands.executeCommand('setContext', 'inlayer.modelsShown', roots.length > 0);
    changed.fire(undefined);
  };
  const load = async (): Promise<void> => {
    const uri = document;
    if (uri === undefined || !view.visible) return;
    // A file without a model starts no server, and one that starts tells when it is done.
    if (client.serverState() !== 'running') { show(uri, []); return; }
    const models = await client.tables(uri);
    if (document?.toString() === uri.toString()) { show(uri, models); revealCaret(); }
  };
  const loadSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => { load().catch((error: unknown) => client.logs.warn(String(error))); }, quietMilliseconds);
  };
  /** A panel, the output or another language in front leaves the models of the last file. */
  const follow = (): void => {
    const active = activeDocument();
    if (active === undefined || active.toString() === document?.toString()) return;
    document = active;
    const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === active.toString());
    if (open !== undefined && !mayHoldModel(open)) show(active, []);
    else loadSoon();
  };
  /** The innermost row at the caret; the focus stays where it is. */
  const revealCaret = (): void => {
    if (!view.visible) return;
    // Of several on one line the one that a person chose stays.
    const [chosen] = view.selection;
    if (chosen !== undefined && isCaretAt(chosen.location)) return;
    const atCaret = deepest(roots, (item) => isCaretAt(item.location));
    if (atCaret !== undefined) view.reveal(atCaret, { select: true, focus: false }).then(undefined, () => undefined);
  };
  follow();
  const subscriptions = vscode.Disposable.from(
    view, changed,
    view.onDidChangeVisibility(() => { if (view.visible) loadSoon(); }),
    vscode.window.onDidChangeActiveTextEditor(follow),
    vscode.window.onDidChangeActiveNotebookEditor(follow),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => { if (textEditor.document.uri.path === document?.path) revealCaret(); }),
    vscode.workspace.onDidCloseTextDocument((closed) => { if (closed.uri.toString() === document?.toString()) { show(undefined, []); follow(); } }),
    client.onStatus((status) => { if (vscode.Uri.parse(status.uri).toString() === document?.toString()) loadSoon(); }),
    client.onServerState((state) => { if (state === 'stopped') show(document, []); }),
  );
  return {
    document: () => document,
    dispose: () => {
      clearTimeout(timer);
      subscriptions.dispose();
    },
  };
}

function toItem(document: vscode.Uri, table: PlacedTable, model: number, isMain: boolean): ModelItem {
  interface Growing extends ModelItem { readonly children: Growing[] }
  const root: Growing = { document, model, isMain, table, row: undefined, location: table.locations.model, parent: undefined, children: [] };
  // Rows stand in reading order, each behind the one that holds it.
  const path: Growing[] = [root];
  for (const [at, row] of table.rows.entries()) {
    path.length = Math.max(1, Math.min(path.length, row.level));
    const parent = path.at(-1) ?? root;
    const item: Growing = { document, model, isMain, table, row, location: table.locations.rows[at], parent, children: [] };
    parent.children.push(item);
    path.push(item);
  }
  return root;
}

function deepest(items: readonly ModelItem[], isWanted: (item: ModelItem) => boolean): ModelItem | undefined {
  for (const item of items) {
    const found = deepest(item.children, isWanted) ?? (isWanted(item) ? item : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toTreeItem(item: ModelItem): vscode.TreeItem {
  const { row, table, location } = item;
  const name = row === undefined ? table.name : row.kind === 'failure' ? vscode.l10n.t('Fails here') : row.repeat > 1 ? `${row.name} × ${row.repeat}` : row.name;
  const shown = new vscode.TreeItem(name, item.children.length === 0 ? vscode.TreeItemCollapsibleState.None : row === undefined && item.isMain ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
  // Items keep their state while the file is edited.
  shown.id = [item.document.toString(), item.model, row?.key ?? ''].join('\n');
  shown.description = row === undefined ? [table.class === table.name ? '' : table.class, parametersText(table.params)].filter((part) => part !== '').join(' · ') : describeRow(row);
  shown.iconPath = iconOf(item);
  shown.contextValue = row === undefined ? 'model' : row.kind;
  shown.tooltip = new vscode.MarkdownString(tooltipLines(item).join('\n\n'));
  shown.accessibilityInformation = { label: [name, row?.class ?? table.class, shown.description].filter((part) => part !== '').join(', ') };
  if (location !== undefined) shown.command = { command: 'inlayer.goToPlace', title: vscode.l10n.t('Go to Source'), arguments: [location] };
  return shown;
}

function describeRow(row: TableRow): string {
  if (row.kind === 'failure') return row.reason;
  return [row.output === '?' ? row.class : row.output, ...(row.params.total === 0 ? [] : [parametersText(row.params)])].join(' · ');
}

function parametersText({ total, complete }: { readonly total: number; readonly complete: boolean }): string {
  const count = total.toLocaleString(vscode.env.language);
  return complete ? vscode.l10n.t('{0} params', count) : vscode.l10n.t('at least {0} params', count);
}

function iconOf({ row, table, children }: ModelItem): vscode.ThemeIcon {
  const failing = new vscode.ThemeColor('list.errorForeground');
  if (row === undefined) return table.rows.some((one) => one.kind === 'failure') ? new vscode.ThemeIcon('error', failing) : new vscode.ThemeIcon('symbol-class', new vscode.ThemeColor('symbolIcon.classForeground'));
  if (row.kind === 'failure') return new vscode.ThemeIcon('error', failing);
  if (row.kind === 'group') return new vscode.ThemeIcon('layers');
  const { total, trainable, complete } = row.params;
  if (total > 0 && trainable === 0) return new vscode.ThemeIcon('lock');
  if (children.length > 0) return new vscode.ThemeIcon('symbol-namespace');
  if (!complete) return new vscode.ThemeIcon('question');
  return total > 0 ? new vscode.ThemeIcon('symbol-field', new vscode.ThemeColor('symbolIcon.fieldForeground')) : new vscode.ThemeIcon('circle-outline');
}

function tooltipLines({ row, table }: ModelItem): string[] {
  const count = (amount: number): string => amount.toLocaleString(vscode.env.language);
  const parameters = row?.params ?? table.params;
  const frozen = parameters.total - parameters.trainable;
  return [
    `**${escape(row?.name ?? table.name)}** ${escape(row?.class ?? table.class)}`,
    ...(row === undefined || row.input === '' || row.output === '' ? [] : [`\`${row.input}\` → \`${row.output}\``.replaceAll('``', '')]),
    ...(row?.kind === 'failure' ? [escape(row.reason)] : []),
    ...(parameters.total === 0 ? [] : [vscode.l10n.t('{0} parameters, {1} of them trainable', count(parameters.total), count(parameters.trainable))]),
    ...(parameters.total > 0 && frozen === parameters.total ? [vscode.l10n.t('frozen')] : []),
  ];
}

function escape(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!|<>&]/g, '\\$&');
}
