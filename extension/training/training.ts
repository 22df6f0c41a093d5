// Training in this window: puts together the index of runs, tasks, the tree, diagnostics of failed runs and the commands. Reads no
// disk until something of it is looked at or a moment has passed, so that the editor's start is not held up.
import * as vscode from 'vscode';
import type { ModelClient } from '../client.ts';
import { makeCommands } from './commands.ts';
import { makeCurvesPanel } from './curves/panel.ts';
import { makeFailures } from './failures.ts';
import { findInterpreter } from './interpreter.ts';
import { followProgress } from './progress.ts';
import { isActive } from './runs/control.ts';
import { isDiskFull } from './runs/file-errors.ts';
import type { Run, RunIndex } from './runs/run-index.ts';
import { openRunIndex } from './runs/run-index.ts';
import { makeRunsView } from './runs-view.ts';
import type { TaskContext } from './tasks.ts';
import { registerTaskProvider } from './tasks.ts';

const idleMilliseconds = 400, diskMilliseconds = 5_000;

export interface Training extends vscode.Disposable {
  readonly runs: () => readonly Run[];
  readonly refresh: () => void;
}

export function registerTraining(context: vscode.ExtensionContext, client: ModelClient): Training {
  const view = makeRunsView(), failures = makeFailures(), panel = makeCurvesPanel(context.extensionUri);
  const toldFull = new Set<string>();
  let index: RunIndex | undefined;
  const show = (runs: readonly Run[]): void => {
    view.show(runs);
    failures.show(runs);
    panel.runsChanged(runs);
    void vscode.commands.executeCommand('setContext', 'inlayer.hasRuns', runs.length > 0);
    void vscode.commands.executeCommand('setContext', 'inlayer.trainingRunning', runs.some(({ record }) => isActive(record)));
  };
  const open = (): RunIndex => (index ??= openRunIndex(workspaceFolders(), show));
  const reopen = (): void => {
    index?.dispose();
    index = undefined;
    open();
  };
  const tasks: TaskContext = {
    launcher: context.asAbsolutePath('extension/training/python/run.py'), supervisor: context.asAbsolutePath('dist/supervisor.cjs'), trainer: context.asAbsolutePath('dist/trainer.cjs'), plans: (uri) => client.trainingPlans(uri),
    interpreter: (folder, named) => findInterpreter(folder, named, client.interpreter(vscode.Uri.file(folder))),
    started: (folder) => {
      open().refresh();
      void panel.showRuns([folder], true);
      followProgress(folder, () => open().runs().find((run) => run.folder === folder));
    },
  };
  const timer = setTimeout(open, idleMilliseconds);
  const disk = setInterval(() => {
    const full = (index?.runs() ?? []).find(({ folder, record }) => isActive(record) && !toldFull.has(folder) && isDiskFull(folder));
    if (full === undefined) return;
    toldFull.add(full.folder);
    void vscode.window.showWarningMessage(vscode.l10n.t('The disk is full. The training {0} goes on; what it reports waits until there is room.', full.record.name));
  }, diskMilliseconds);
  const subscriptions = vscode.Disposable.from(
    view, failures, panel, registerTaskProvider(tasks), makeCommands({ tasks, view, panel, runs: () => open().runs(), refresh: () => open().refresh() }),
    vscode.workspace.onDidChangeWorkspaceFolders(reopen),
  );
  return {
    runs: () => open().runs(), refresh: () => open().refresh(),
    dispose: () => {
      clearTimeout(timer);
      clearInterval(disk);
      index?.dispose();
      subscriptions.dispose();
    },
  };
}

function workspaceFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file').map((folder) => folder.uri.fsPath);
}
