// The extension's settings as the client itself reads and writes them. What the server reads of them it asks for itself.
import * as vscode from 'vscode';

export const section = 'inlayer';

/** Whether hints are shown at all; the kinds of hints have switches of their own, which the server reads. */
export function hintsEnabled(scope?: vscode.ConfigurationScope): boolean {
  return vscode.workspace.getConfiguration(section, scope).get('hints.enabled', true);
}

/** Turns the hints on or off where the setting was last made: in the workspace if it stands there, else for the user. */
export async function toggleHints(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  const inWorkspace = configuration.inspect('hints.enabled')?.workspaceValue !== undefined;
  await configuration.update('hints.enabled', !hintsEnabled(), inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
}

/** Whether a lens says what changed since the last commit. */
export function comparesWithHead(scope?: vscode.ConfigurationScope): boolean {
  return vscode.workspace.getConfiguration(section, scope).get('lenses.compareWithHead', true);
}
