// The extension's start: makes its parts and starts the server once a document that may hold a model is seen.
// Nothing here waits, reads the disk or looks for Python.
import * as vscode from 'vscode';
import type { ModelClient } from './client.ts';
import { makeClient, mayHoldModel } from './client.ts';
import { copyText, registerCommands } from './commands.ts';
import { tellCommitted } from './committed.ts';
import { committedFiles } from './git.ts';
import { makeComparePanel } from './panels/compare.ts';
import { makeModelsView } from './models-view.ts';
import { showStatus } from './status.ts';
import { makeGraphPanel } from './panels/graph.ts';
import { makeSummaryPanel } from './panels/summary.ts';

let client: ModelClient | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const made = makeClient(serverModule(context));
  client = made;
  const panel = makeSummaryPanel(context.extensionUri, made, { copyText, compare: async (uri, model, other) => { await vscode.commands.executeCommand(other === 'head' ? 'inlayer.compareWithHead' : 'inlayer.compareWithModel', uri, model); } });
  const git = committedFiles();
  const compare = makeComparePanel(context.extensionUri, made, git);
  const graph = makeGraphPanel(context.extensionUri, made);
  const models = makeModelsView(made);
  context.subscriptions.push(
    showStatus(made), panel, graph, compare, models, git, registerCommands(made, { summary: panel, graph, compare, models }, context), tellCommitted(made, git), loadTraining().registerTraining(context, made),
  );
  startWhenNeeded(made, context);
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

/** Plain Python files cost no server. */
function startWhenNeeded(made: ModelClient, context: vscode.ExtensionContext): void {
  const subscriptions: vscode.Disposable[] = [];
  const consider = (document: vscode.TextDocument): void => {
    if (made.serverState() !== 'not started' || !mayHoldModel(document)) return;
    for (const subscription of subscriptions) subscription.dispose();
    // The client itself reports a server that does not start.
    made.start().catch((error: unknown) => made.logs.error(String(error)));
  };
  subscriptions.push(vscode.workspace.onDidOpenTextDocument(consider), vscode.workspace.onDidChangeTextDocument(({ document }) => consider(document)));
  context.subscriptions.push(...subscriptions);
  vscode.workspace.textDocuments.forEach(consider);
}

function serverModule(context: vscode.ExtensionContext): string {
  return context.asAbsolutePath('dist/server.cjs');
}

/** A bundle of its own beside this one (esbuild.mjs). */
function loadTraining(): typeof import('./training/training.ts') {
  return require('./training/training.ts') as typeof import('./training/training.ts');
}
