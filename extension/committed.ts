// The lens that says what a model has more or less than in the last commit: where the setting wants it, the server is told the committed
// text of each open file that holds a model. Without the setting Git is not asked for anything.
import * as vscode from 'vscode';
import type { ModelClient } from './client.ts';
import type { CommittedFiles } from './git.ts';
import { comparesWithHead } from './settings.ts';

export function tellCommitted(client: ModelClient, git: CommittedFiles): vscode.Disposable {
  const models = new Set<string>();
  const told = new Map<string, string | undefined>();
  const tell = async (key: string): Promise<void> => {
    const uri = vscode.Uri.parse(key);
    const text = comparesWithHead(uri) ? await git.textAtHead(uri) : undefined;
    if (told.get(key) === text) return;
    told.set(key, text);
    client.setBaseline(uri, text);
  };
  const tellAll = (): void => { for (const key of models) void tell(key); };
  return vscode.Disposable.from(
    client.onStatus((status) => {
      const key = vscode.Uri.parse(status.uri).toString();
      if (status.models === 0 || models.has(key)) return;
      models.add(key);
      void tell(key);
    }),
    client.onServerState((state) => { if (state !== 'running') { models.clear(); told.clear(); } }),
    git.onChange(tellAll),
    vscode.workspace.onDidChangeConfiguration((event) => { if (event.affectsConfiguration('inlayer.lenses')) tellAll(); }),
    vscode.workspace.onDidCloseTextDocument((document) => { models.delete(document.uri.toString()); told.delete(document.uri.toString()); }),
  );
}
