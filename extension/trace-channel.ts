// The output "Inlayer Trace": the messages between the editor and the server, where `inlayer.trace.server` asks for them. It is made with the
// first line, so that nobody else sees an empty output. The language client (11) looks at the channel's level and not at the setting.
import * as vscode from 'vscode';
import { section } from './settings.ts';

export function makeTraceChannel(): vscode.LogOutputChannel {
  let made: vscode.LogOutputChannel | undefined;
  const channel = (): vscode.LogOutputChannel => (made ??= vscode.window.createOutputChannel('Inlayer Trace', { log: true }));
  const level = (): vscode.LogLevel => (vscode.workspace.getConfiguration(section).get('trace.server', 'off') === 'off' ? vscode.LogLevel.Off : vscode.LogLevel.Trace);
  const changed = new vscode.EventEmitter<vscode.LogLevel>();
  let known = level();
  const watch = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(`${section}.trace`) || level() === known) return;
    known = level();
    changed.fire(known);
  });
  // Lines of the trace are shown at the level that every channel shows.
  const write = (text: string, ...more: unknown[]): void => channel().info(text, ...more);
  return {
    name: 'Inlayer Trace', onDidChangeLogLevel: changed.event,
    get logLevel() { return level(); },
    trace: write, debug: write, info: write, warn: write,
    error: (text, ...more) => channel().error(text, ...more),
    append: (text) => channel().append(text), appendLine: (text) => channel().appendLine(text), replace: (text) => channel().replace(text),
    clear: () => made?.clear(), hide: () => made?.hide(),
    show: () => channel().show(true),
    dispose: () => {
      watch.dispose();
      changed.dispose();
      made?.dispose();
    },
  };
}
