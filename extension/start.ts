// What the extension is made of, and when its server starts: once a document that may hold a model is seen. Whether it runs in Node or in a
// browser is the entries' business (activate.ts, activate-web.ts). Nothing here waits, reads the disk or looks for Python.
import * as vscode from 'vscode';
import type { Connect, ModelClient } from './client.ts';
import { makeClient, mayHoldModel } from './client.ts';
import { copyText, registerCommands } from './commands.ts';
import { tellCommitted } from './committed.ts';
import { committedFiles } from './git.ts';
import { makeComparePanel } from './panels/compare.ts';
import { makeModelsView } from './models-view.ts';
import { registerTools } from './language-model-tools.ts';
import { showStatus } from './status.ts';
import { makeGraphPanel } from './panels/graph.ts';
import { makeSummaryPanel } from './panels/summary.ts';

/** What runs programs; where nothing can run, what says so. */
export type RegisterTraining = (context: vscode.ExtensionContext, client: ModelClient) => vscode.Disposable;

export function startExtension(context: vscode.ExtensionContext, connect: Connect, registerTraining: RegisterTraining, started = performance.now()): ModelClient {
  const made = makeClient(connect);
  const panel = makeSummaryPanel(context.extensionUri, made, { copyText, compare: async (uri, model, other) => { await vscode.commands.executeCommand(other === 'head' ? 'inlayer.compareWithHead' : 'inlayer.compareWithModel', uri, model); } });
  const git = committedFiles();
  const compare = makeComparePanel(context.extensionUri, made, git);
  const graph = makeGraphPanel(context.extensionUri, made);
  const models = makeModelsView(made);
  context.subscriptions.push(
    showStatus(made), panel, graph, compare, models, git, registerCommands(made, { summary: panel, graph, compare, models }, context), tellCommitted(made, git), registerTools(made), registerTraining(context, made),
  );
  startWhenNeeded(made, context);
  made.logs.info(`activated in ${(performance.now() - started).toFixed(1)} ms`);
  return made;
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
