// The way from a panel to the source and back: showing a place in its file or cell, and whether the caret stands at a place.
// Knows documents and editors, nothing of models.
import * as vscode from 'vscode';

/** The last part of its path. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** Shows a place where its file is open already, else in the first group; the caret goes behind the indentation. */
export async function revealLocation(location: vscode.Location): Promise<void> {
  const { uri } = location;
  const document = await vscode.workspace.openTextDocument(uri);
  const line = Math.min(location.range.start.line, document.lineCount - 1);
  const at = new vscode.Position(line, document.lineAt(line).firstNonWhitespaceCharacterIndex);
  if (uri.scheme === 'vscode-notebook-cell') { await revealCell(uri, at); return; }
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  await vscode.window.showTextDocument(document, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.One, selection: new vscode.Range(at, at) });
}

async function revealCell(uri: vscode.Uri, at: vscode.Position): Promise<void> {
  const notebook = vscode.workspace.notebookDocuments.find((one) => one.getCells().some((cell) => cell.document.uri.toString() === uri.toString()));
  const cell = notebook?.getCells().find((one) => one.document.uri.toString() === uri.toString());
  if (notebook === undefined || cell === undefined) return;
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  // Without a column it would open over the panel, whose group is the active one.
  const viewColumn = vscode.window.visibleNotebookEditors.find((one) => one.notebook === notebook)?.viewColumn ?? vscode.ViewColumn.One;
  const editor = await vscode.window.showNotebookDocument(notebook, { viewColumn, selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  const inCell = vscode.window.visibleTextEditors.find((one) => one.document.uri.toString() === uri.toString());
  if (inCell !== undefined) inCell.selection = new vscode.Selection(at, at);
}

/** Whether the caret of an editor that can be seen stands on the place's line. */
export function isCaretAt(location: vscode.Location | undefined): boolean {
  return location !== undefined && vscode.window.visibleTextEditors.some((editor) => isLineOf(editor, location));
}

/** As `isCaretAt`, in the editor that has the focus. */
export function isActiveCaretAt(location: vscode.Location | undefined): boolean {
  const editor = vscode.window.activeTextEditor;
  return location !== undefined && editor !== undefined && isLineOf(editor, location);
}

function isLineOf(editor: vscode.TextEditor, location: vscode.Location): boolean {
  return editor.document.uri.toString() === location.uri.toString() && editor.selection.active.line === location.range.start.line;
}

/** Whether a document is this one, or one of its cells. */
export function isOf(document: vscode.TextDocument, uri: vscode.Uri | undefined): boolean {
  return uri !== undefined && document.uri.path === uri.path;
}

/** The server knows open documents only. A file that is gone leaves the panel to say that there is no model. */
export async function openDocument(uri: vscode.Uri): Promise<void> {
  try {
    if (uri.path.endsWith('.ipynb')) await vscode.workspace.openNotebookDocument(uri);
    else await vscode.workspace.openTextDocument(uri);
  } catch {
    return;
  }
}

/** What is on disk of a document that was edited since it was saved; undefined where it was not, or was never saved. */
export async function savedText(uri: vscode.Uri): Promise<string | undefined> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString()) ?? vscode.workspace.notebookDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document?.isDirty !== true || document.isUntitled) return undefined;
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
