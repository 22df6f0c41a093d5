// The tools for language models in the editor: they read a file of the workspace and hand back what the server says of it. They change
// nothing and run nothing. What they are called and say is server/mcp's; an editor without such tools (before 1.95) goes without.
import * as vscode from 'vscode';
import type { ModelClient } from './client.ts';

/** Names as in the manifest, which is generated from server/mcp/tools.ts. */
const names = ['summarize_model', 'get_tensor_shapes', 'check_model'] as const;

interface Invocation { readonly input: unknown }

/** What VS Code 1.95 added; the types are those of the oldest version that we run in. */
interface ToolApi {
  readonly lm?: { readonly registerTool?: (name: string, tool: {
    invoke: (options: Invocation, token: vscode.CancellationToken) => Promise<unknown>;
    prepareInvocation: (options: Invocation) => { invocationMessage: string };
  }) => vscode.Disposable };
  readonly LanguageModelToolResult?: new (parts: readonly unknown[]) => unknown;
  readonly LanguageModelTextPart?: new (text: string) => unknown;
}

export function registerTools(client: ModelClient): vscode.Disposable {
  const { lm, LanguageModelToolResult: Result, LanguageModelTextPart: TextPart } = vscode as unknown as ToolApi;
  if (typeof lm?.registerTool !== 'function' || Result === undefined || TextPart === undefined) return new vscode.Disposable(() => undefined);
  const register = lm.registerTool.bind(lm);
  return vscode.Disposable.from(...names.map((name) => register(name, {
    invoke: async ({ input }) => {
      const given = typeof input === 'object' && input !== null ? input as Readonly<Record<string, unknown>> : {};
      return new Result([new TextPart(await answer(client, name, given))]);
    },
    prepareInvocation: ({ input }) => {
      const file = (input as { file?: unknown } | null | undefined)?.file;
      return { invocationMessage: vscode.l10n.t('Reading the models of {0}', typeof file === 'string' ? vscode.workspace.asRelativePath(file) : '?') };
    },
  })));
}

async function answer(client: ModelClient, name: string, given: Readonly<Record<string, unknown>>): Promise<string> {
  const uri = typeof given['file'] === 'string' ? fileOf(given['file']) : undefined;
  if (uri === undefined) throw new Error(`${name} needs "file": the path of a Python file or notebook in an open folder of the workspace.`);
  try {
    // The server knows open documents; the editor closes those that nobody looks at.
    if (uri.path.endsWith('.ipynb')) await vscode.workspace.openNotebookDocument(uri);
    else await vscode.workspace.openTextDocument(uri);
  } catch {
    throw new Error(`${uri.fsPath} cannot be read. Give the path of a Python file (.py) or notebook (.ipynb) of the workspace.`);
  }
  return client.tool(uri, name, given);
}

/** A path or URI inside of the folders that are open, or a document that is open already; anything else is none of a tool's business. */
function fileOf(given: string): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = /^[a-z][a-z0-9+.-]+:\/\//i.test(given) ? [vscode.Uri.parse(given)]
    : /^([/\\]|[a-z]:[/\\])/i.test(given) ? [vscode.Uri.file(given)] : folders.map((folder) => vscode.Uri.joinPath(folder.uri, given));
  const isOpen = (uri: vscode.Uri): boolean => [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments].some((document) => document.uri.toString() === uri.toString());
  return candidates.find((uri) => /\.(py|ipynb)$/.test(uri.path) && (isOpen(uri) || vscode.workspace.getWorkspaceFolder(uri) !== undefined));
}
