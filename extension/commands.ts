// What the commands do. Each is also declared in the manifest, with its title and where it appears.
import * as vscode from 'vscode';
import type { ModelClient, ModelSummary } from './client.ts';
import { toggleHints } from './settings.ts';
import { activeDocument } from './status.ts';
import type { GraphPanel } from './panels/graph.ts';
import type { SummaryPanel } from './panels/summary.ts';

export function registerCommands(client: ModelClient, panel: SummaryPanel, graph: GraphPanel): vscode.Disposable {
  const command = (name: string, run: (...given: unknown[]) => Promise<void>): vscode.Disposable => vscode.commands.registerCommand(`inlayer.${name}`, run);
  return vscode.Disposable.from(
    command('showSummary', async (given, model) => {
      const uri = documentOf(given, panel, graph);
      if (uri === undefined) { sayOpenFile(); return; }
      await panel.show(uri, typeof model === 'number' || typeof model === 'string' ? model : undefined);
    }),
    command('showGraph', async (given, model) => {
      const uri = documentOf(given, graph, panel);
      if (uri === undefined) { sayOpenFile(); return; }
      await graph.show(uri, typeof model === 'number' || typeof model === 'string' ? model : undefined);
    }),
    command('copySummary', async (given, model) => {
      const uri = documentOf(given, panel, graph);
      if (uri === undefined) { sayOpenFile(); return; }
      const summary = await chooseModel(await client.summaries(uri), model);
      if (summary !== undefined) await copyText(summary.text);
    }),
    // The lens above a class says which of its calls comes next; null shows all of them.
    command('showCall', async (given, className, call) => {
      if (typeof given === 'string' && typeof className === 'string') await client.chooseCall(given, className, typeof call === 'number' ? call : null);
    }),
    command('restartServer', () => client.restart()),
    command('showLogs', async () => { client.logs.show(true); }),
    command('toggleHints', toggleHints),
  );
}

export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Model summary copied'), 3000);
}

/** The document that a command is about: given by a lens (as text) or a menu, else the panel's or the active editor's. */
function documentOf(given: unknown, ...panels: readonly { readonly shownDocument: () => vscode.Uri | undefined }[]): vscode.Uri | undefined {
  if (typeof given === 'string') return vscode.Uri.parse(given);
  if (given instanceof vscode.Uri) return given;
  return panels.map((panel) => panel.shownDocument()).find((uri) => uri !== undefined) ?? activeDocument();
}

async function chooseModel(summaries: readonly ModelSummary[], model: unknown): Promise<ModelSummary | undefined> {
  if (typeof model === 'number') return summaries[model];
  if (summaries.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No model was found in this file.'));
    return undefined;
  }
  if (summaries.length === 1) return summaries[0];
  const items = summaries.map((summary) => ({ label: summary.name, description: summary.line === undefined ? summary.class : vscode.l10n.t('line {0}', summary.line), summary }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Model') }))?.summary;
}

function sayOpenFile(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a Python file or a notebook first.'));
}
