// The extension's entry in Node: the server is a process of its own, and training is a bundle of its own beside this one.
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { ModelClient } from './client.ts';
import { section } from './settings.ts';
import { startExtension } from './start.ts';

/** An analysis makes many small values and forgets them all: with room for them V8 collects a third less often. */
const memoryFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64'];

let client: ModelClient | undefined;

/** What other extensions see of this one. */
export interface ExtensionApi { readonly activationMilliseconds: number }

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const started = performance.now(), module = context.asAbsolutePath('dist/server.cjs'), transport = TransportKind.ipc;
  client = startExtension(context, (options) => new LanguageClient(section, 'Inlayer', {
    run: { module, transport, options: { execArgv: memoryFlags } },
    debug: { module, transport, options: { execArgv: [...memoryFlags, '--nolazy', '--inspect=6019', '--enable-source-maps'] } },
  }, options), loadTraining().registerTraining, started);
  return { activationMilliseconds: performance.now() - started };
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

/** esbuild.mjs builds it apart. */
function loadTraining(): typeof import('./training/training.ts') {
  return require('./training/training.ts') as typeof import('./training/training.ts');
}
