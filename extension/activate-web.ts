// The extension's entry in a browser: the server is a worker, and nothing can be trained.
import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import type { ModelClient } from './client.ts';
import { section } from './settings.ts';
import { startExtension } from './start.ts';

declare const Worker: new (address: string) => WebWorker;
interface WebWorker { terminate(): void }
declare const URL: { createObjectURL(content: Blob): string };

let client: ModelClient | undefined;
let worker: WebWorker | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const program = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.worker.js');
  client = startExtension(context, (options) => new LanguageClient(section, 'Inlayer', async () => {
    // One that was stopped goes on waiting for messages.
    worker?.terminate();
    // VS Code (1.139) makes no worker of an address on a server that the window is connected to; of a text it does everywhere.
    const address = URL.createObjectURL(new Blob([await vscode.workspace.fs.readFile(program)], { type: 'application/javascript' }));
    worker = new Worker(address);
    // The client (11) takes a worker only from the class `Worker`, which VS Code has put another in the place of.
    const port = worker as ConstructorParameters<typeof BrowserMessageReader>[0] & WebWorker;
    return { reader: new BrowserMessageReader(port), writer: new BrowserMessageWriter(port) };
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
