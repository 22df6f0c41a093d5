// Trainings as tasks of type `inlayer`: the definition as tasks.json writes it, the provider, and the terminal that shows a run. The
// run itself is no child of the terminal: closing it ends nothing. Arguments are a list from beginning to end, never a shell's line.
import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TrainingPlan } from '../../server/features/keras-config.ts';
import { deviceEnvironment } from './devices/list.ts';
import { startRun, stopRun } from './runs/control.ts';
import { fileSentence } from './runs/file-errors.ts';
import type { RunRecord } from './runs/format.ts';
import { runsFolder } from './runs/format.ts';
import { pythonLaunch } from './runs/python-launch.ts';
import { createRun } from './runs/write.ts';
import { makeRunTerminal } from './terminal.ts';

export const taskType = 'inlayer';

/** As the manifest declares it. */
export interface TrainingDefinition extends vscode.TaskDefinition {
  readonly type: typeof taskType;
  /** A script, from the workspace folder; variables such as `${file}` are the editor's. */
  readonly program?: string;
  /** Or a module, as `python -m` takes it. */
  readonly module?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly python?: string;
  readonly device?: string;
}

export interface TaskContext {
  readonly launcher: string;
  readonly supervisor: string;
  /** The program that trains without Python. */
  readonly trainer: string;
  readonly plans: (uri: vscode.Uri) => Promise<readonly TrainingPlan[]>;
  readonly interpreter: (workspaceFolder: string, named: string | undefined) => string | undefined;
  /** A run of this window has begun. */
  readonly started: (folder: string) => void;
}

export function makeTrainingTask(definition: TrainingDefinition, scope: vscode.WorkspaceFolder, context: TaskContext): vscode.Task {
  const name = path.basename(definition.program ?? definition.module ?? 'train');
  const execution = new vscode.CustomExecution(async (resolved) => startInTerminal(resolved as TrainingDefinition, scope, context));
  const task = new vscode.Task(definition, scope, vscode.l10n.t('train {0}', name), 'Inlayer', execution, []);
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, focus: false, clear: true };
  return task;
}

export function registerTaskProvider(context: TaskContext): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(taskType, {
    provideTasks: () => {
      const document = vscode.window.activeTextEditor?.document, folder = document === undefined ? undefined : vscode.workspace.getWorkspaceFolder(document.uri);
      if (document?.languageId !== 'python' || document.uri.scheme !== 'file' || folder === undefined || !vscode.workspace.isTrusted) return [];
      return [makeTrainingTask({ type: taskType, program: path.relative(folder.uri.fsPath, document.uri.fsPath) }, folder, context)];
    },
    resolveTask: (task) => {
      const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
      if (folder === undefined) return undefined;
      const made = makeTrainingTask(task.definition as TrainingDefinition, folder, context);
      made.name = task.name;
      return made;
    },
  });
}

/** The run with what its task says, and its terminal. What is wrong with it is said in the terminal, in one sentence. */
function startInTerminal(definition: TrainingDefinition, scope: vscode.WorkspaceFolder, context: TaskContext): vscode.Pseudoterminal {
  const refuse = (message: string): vscode.Pseudoterminal => makeRunTerminal({ message });
  if (!vscode.workspace.isTrusted) return refuse(vscode.l10n.t('Training runs programs of the workspace, so it needs a trusted workspace.'));
  const workspaceFolder = scope.uri.fsPath;
  if (scope.uri.scheme !== 'file') return refuse(vscode.l10n.t('Training needs a folder on a disk.'));
  const workingDirectory = path.resolve(workspaceFolder, definition.cwd ?? '.');
  const program = definition.program === undefined ? undefined : path.resolve(workspaceFolder, definition.program);
  if (program === undefined && definition.module === undefined) return refuse(vscode.l10n.t('The task names no program: "program" is a script, "module" a module.'));
  if (program !== undefined && statSync(program, { throwIfNoEntry: false })?.isFile() !== true) return refuse(vscode.l10n.t('{0} does not exist.', program));
  const interpreter = context.interpreter(workspaceFolder, definition.python);
  if (interpreter === undefined) return refuse(vscode.l10n.t('No Python was found. Pick an interpreter, or name one in the setting inlayer.pythonEnvironment.'));
  const given = (definition.args ?? []).map(String);
  const environment = { ...deviceEnvironment(definition.device), ...definition.env };
  try {
    const { folder } = createRun(workspaceFolder, {
      name: path.basename(program ?? definition.module ?? 'train').replace(/\.py$/, ''), runner: 'python', program: program ?? definition.module ?? '', arguments: given, workingDirectory, interpreter,
      environment, device: definition.device,
    });
    const launch = pythonLaunch({ interpreter, program: program ?? definition.module ?? '', isModule: program === undefined, arguments: given, workingDirectory, environment }, folder, context.launcher);
    startRun(folder, launch, context.supervisor);
    context.started(folder);
    return makeRunTerminal({ folder, stop: () => { void stopRun(folder); } });
  } catch (error) {
    return refuse(vscode.l10n.t('The run could not be started: {0}', fileSentence(error)));
  }
}

/** The task that would give this run once more. */
export function definitionOf(record: RunRecord, workspaceFolder: string): TrainingDefinition {
  const isScript = path.isAbsolute(record.program), device = deviceEnvironment(record.device);
  const environment = Object.entries(record.environment ?? {}).filter(([name, value]) => device[name] !== value);
  return {
    type: taskType, ...(isScript ? { program: path.relative(workspaceFolder, record.program) || record.program } : { module: record.program }), args: [...record.arguments],
    ...(record.workingDirectory === workspaceFolder ? {} : { cwd: record.workingDirectory }), ...(environment.length === 0 ? {} : { env: Object.fromEntries(environment) }),
    ...(record.interpreter === undefined ? {} : { python: record.interpreter }), ...(record.device === undefined ? {} : { device: record.device }),
  };
}

/** The workspace folder that a run's folder lies in. */
export function workspaceFolderOf(run: string): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => !path.relative(path.join(folder.uri.fsPath, runsFolder), run).startsWith('..'));
}
