// The extension's entry in a browser: the server is a worker, and nothing can be trained.
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import type { ModelClient } from './client.ts';
import { section } from './settings.ts';
import { startExtension } from './start.ts';

declare const Worker: new (address: string) => WebWorker;
interface WebWorker { terminate(): void }

let client: ModelClient | undefined;
let worker: WebWorker | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const address = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.worker.js').toString(true);
  client = startExtension(context, (options) => new LanguageClient(section, 'Inlayer', async () => {
    // One that was stopped goes on waiting for messages.
    worker?.terminate();
    worker = new Worker(address);
    return worker as ConstructorParameters<typeof LanguageClient>[2] & WebWorker;
  }, options), registerNoTraining);
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
  worker?.terminate();
}

/** Their entries are hidden where the workspace is virtual; a browser may show a folder of the disk all the same. */
function registerNoTraining(): vscode.Disposable {
  const commands = ['train', 'trainWithoutPython', 'trainAgain', 'stopTraining', 'openCurves', 'compareRuns', 'openLogFolder', 'deleteRun'];
  return vscode.Disposable.from(...commands.map((name) => vscode.commands.registerCommand(`inlayer.${name}`, () => {
    void vscode.window.showInformationMessage(vscode.l10n.t('Training needs VS Code on a desktop or a server: a browser cannot run programs.'));
  })));
}
