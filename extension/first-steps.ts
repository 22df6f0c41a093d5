// The first steps of the walkthrough: an example of our own with a fault, and the way to the fault. Each step ends when its command ran.
import * as vscode from 'vscode';

/** Opens the example as a document of its own, so that it may be changed and thrown away; again where it is open already. */
export async function openExample(context: vscode.ExtensionContext): Promise<void> {
  const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(context.extensionUri, 'extension', 'media', 'example.py')));
  const start = content.slice(0, content.indexOf('\n'));
  const open = vscode.workspace.textDocuments.find((document) => document.isUntitled && document.lineAt(0).text === start);
  const document = open ?? await vscode.workspace.openTextDocument({ language: 'python', content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
}

/** Puts the caret at the first problem of a document, else of any open file, and shows it. False: there is none. */
export async function goToProblem(preferred: vscode.Uri | undefined): Promise<boolean> {
  const ofOurs = vscode.languages.getDiagnostics().map(([uri, all]) => [uri, all.filter((one) => one.source === 'inlayer')] as const).filter(([, all]) => all.length > 0);
  const [uri, [first] = []] = ofOurs.find(([one]) => one.toString() === preferred?.toString()) ?? ofOurs[0] ?? [];
  if (uri === undefined || first === undefined) return false;
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.Beside });
  editor.selection = new vscode.Selection(first.range.start, first.range.start);
  editor.revealRange(first.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await vscode.commands.executeCommand('editor.action.showHover');
  return true;
}
