// The way to a report of a fault: the editor's own issue reporter, filled with what is known here and nothing of the user's files.
import * as vscode from 'vscode';
import type { ModelClient } from './client.ts';

export async function reportIssue(client: ModelClient, context: vscode.ExtensionContext): Promise<void> {
  const { id, packageJSON } = context.extension;
  const version = (packageJSON as { version?: unknown }).version;
  const body = [
    '<!-- What did you do, what did you expect, what happened instead? A short Python file that shows it helps most. -->', '', '',
    `- Inlayer ${typeof version === 'string' ? version : '?'}, server: ${client.serverState()}`,
    `- ${vscode.env.appName} ${vscode.version}, ${vscode.env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop'}${vscode.env.remoteName === undefined ? '' : `, remote: ${vscode.env.remoteName}`}`,
    `- trusted workspace: ${String(vscode.workspace.isTrusted)}`,
  ].join('\n');
  await vscode.commands.executeCommand('workbench.action.openIssueReporter', { extensionId: id, issueBody: body });
}
