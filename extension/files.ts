// Files for a server that cannot read them itself: in a browser, or where the workspace is not on a disk. Only what lies in the workspace's
// folders is read, and only files of a moderate size.
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { readList, readObject } from '../webviews/shared/reading.ts';

const largestFile = 2_000_000;

export function answerFiles(client: BaseLanguageClient): void {
  client.onRequest('inlayer/readFile', async (given: unknown) => {
    const uri = placeOf(given);
    if (uri === undefined) return null;
    try {
      if ((await vscode.workspace.fs.stat(uri)).size > largestFile) return null;
      return { text: new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)) };
    } catch {
      return null;
    }
  });
  client.onRequest('inlayer/listFolder', async (given: unknown) => {
    const uri = placeOf(given);
    if (uri === undefined) return null;
    try {
      return (await vscode.workspace.fs.readDirectory(uri)).map(([name, type]) => ({ name, isFolder: (type & vscode.FileType.Directory) !== 0 }));
    } catch {
      return null;
    }
  });
}

/** Undefined where it leads out of the workspace and is not beside an open document either. */
function placeOf(given: unknown): vscode.Uri | undefined {
  const folder = readObject(given)?.['folder'], names = readList(readObject(given)?.['names']);
  if (typeof folder !== 'string' || !names.every((name): name is string => typeof name === 'string' && name !== '' && name !== '..' && name !== '.' && !/[\\/]/.test(name))) return undefined;
  let root: vscode.Uri;
  try { root = vscode.Uri.parse(folder, true); } catch { return undefined; }
  const isOpen = vscode.workspace.getWorkspaceFolder(root) !== undefined || vscode.workspace.textDocuments.some(({ uri }) => vscode.Uri.joinPath(uri, '..').toString() === root.toString());
  return isOpen ? vscode.Uri.joinPath(root, ...names) : undefined;
}
