// What the commands do. Each is also declared in the manifest, with its title and where it appears.
import * as vscode from 'vscode';
import type { ModelClient, PlacedTable } from './client.ts';
import { toggleHints } from './settings.ts';
import { activeDocument } from './status.ts';
import type { ComparePanel } from './panels/compare.ts';
import { pickOtherModel } from './panels/compare.ts';
import { goToProblem, openExample } from './first-steps.ts';
import type { ModelItem, ModelsView } from './models-view.ts';
import { revealLocation } from './panels/source.ts';
import { reportIssue } from './support.ts';
import type { GraphPanel } from './panels/graph.ts';
import type { SummaryPanel } from './panels/summary.ts';

export interface Panels { readonly summary: SummaryPanel; readonly graph: GraphPanel; readonly compare: ComparePanel; readonly models: ModelsView }

export function registerCommands(client: ModelClient, { summary: panel, graph, compare, models: tree }: Panels, context: vscode.ExtensionContext): vscode.Disposable {
  const command = (name: string, run: (...given: unknown[]) => Promise<void>): vscode.Disposable => vscode.commands.registerCommand(`inlayer.${name}`, run);
  /** As `documentFor`, else what the tree shows: a command may come from a page without an editor. */
  const documentOf = (given: unknown, ...panels: readonly { readonly shownDocument: () => vscode.Uri | undefined }[]): vscode.Uri | undefined => documentFor(given, ...panels) ?? tree.document();
  return vscode.Disposable.from(
    command('showSummary', async (given, model) => {
      const uri = documentOf(given, panel, graph);
      if (uri === undefined) { sayOpenFile(); return; }
      await panel.show(uri, givenModel(given, model));
    }),
    command('showGraph', async (given, model) => {
      const uri = documentOf(given, graph, panel);
      if (uri === undefined) { sayOpenFile(); return; }
      await graph.show(uri, givenModel(given, model));
    }),
    command('copySummary', async (given, model) => {
      const uri = documentOf(given, panel, graph);
      if (uri === undefined) { sayOpenFile(); return; }
      const at = await chooseModel(await client.tables(uri), givenModel(given, model));
      if (at !== undefined) await copyText(await client.copyOf(uri, at, 'text'));
    }),
    // The lens above a class says which of its calls comes next; null shows all of them.
    command('showCall', async (given, className, call) => {
      if (typeof given === 'string' && typeof className === 'string') await client.chooseCall(given, className, typeof call === 'number' ? call : null);
    }),
    command('compareWithHead', async (given, model) => {
      const uri = documentOf(given, panel);
      if (uri === undefined) { sayOpenFile(); return; }
      const name = await chooseName(client, uri, givenName(given) ?? model, panel);
      if (name !== undefined) await compare.show(uri, name);
    }),
    command('compareWithModel', async (given, model) => {
      const uri = documentOf(given, panel);
      if (uri === undefined) { sayOpenFile(); return; }
      const name = await chooseName(client, uri, model, panel);
      const other = name === undefined ? undefined : await pickOtherModel(client, uri, name);
      if (name !== undefined && other !== undefined) await compare.show(other.uri, other.model, { uri, model: name });
    }),
    command('restartServer', () => client.restart()),
    command('showLogs', async () => { client.logs.show(true); }),
    command('toggleHints', toggleHints),
    command('reportIssue', () => reportIssue(client, context)),
    command('openWalkthrough', async () => { await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`, false); }),
    command('openExample', () => openExample(context)),
    command('goToProblem', async () => {
      if (!await goToProblem(tree.document())) void vscode.window.showInformationMessage(vscode.l10n.t('Inlayer found no problem in the open files.'));
    }),
    // Of the tree's items alone; it is in no menu.
    command('goToPlace', async (location) => { if (location instanceof vscode.Location) await revealLocation(location); }),
  );
}

export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Model summary copied'), 3000);
}

/** A model that a lens names, or that an item of the tree is. */
function givenModel(given: unknown, model: unknown): number | string | undefined {
  return asItem(given)?.model ?? (typeof model === 'number' || typeof model === 'string' ? model : undefined);
}

function givenName(given: unknown): string | undefined {
  return asItem(given)?.table.name;
}

function asItem(given: unknown): ModelItem | undefined {
  const item = given as Partial<ModelItem> | null | undefined;
  return item?.document instanceof vscode.Uri && typeof item.model === 'number' && item.table !== undefined ? item as ModelItem : undefined;
}

/** The document that a command is about: given by a lens (as text), a menu or the tree, else the panel's or the active editor's. */
function documentFor(given: unknown, ...panels: readonly { readonly shownDocument: () => vscode.Uri | undefined }[]): vscode.Uri | undefined {
  if (typeof given === 'string') return vscode.Uri.parse(given);
  if (given instanceof vscode.Uri) return given;
  const item = asItem(given);
  if (item !== undefined) return item.document;
  return panels.map((panel) => panel.shownDocument()).find((uri) => uri !== undefined) ?? activeDocument();
}

/** A model's name: the given one, that of the panel in front, else the one that is chosen. */
async function chooseName(client: ModelClient, uri: vscode.Uri, model: unknown, panel: SummaryPanel): Promise<string | undefined> {
  if (typeof model === 'string') return model;
  const shown = panel.shown();
  if (panel.shownDocument()?.toString() === uri.toString()) return shown?.models[shown.selected]?.name;
  const models = await client.tables(uri);
  const at = await chooseModel(models, undefined);
  return at === undefined ? undefined : models[at]?.name;
}

/** A model's position among those of its file, asked for where it is not clear. */
async function chooseModel(models: readonly PlacedTable[], model: unknown): Promise<number | undefined> {
  if (typeof model === 'number') return model;
  if (models.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No model was found in this file.'));
    return undefined;
  }
  if (models.length === 1) return 0;
  const items = models.map(({ name, class: className, locations }, at) => ({ label: name, description: locations.model === undefined ? className : vscode.l10n.t('line {0}', locations.model.range.start.line + 1), at }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Model') }))?.at;
}

function sayOpenFile(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a Python file or a notebook first.'));
}
