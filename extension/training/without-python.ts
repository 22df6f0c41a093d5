// Training a Keras model without Python, from the editor: asks what is not evident (which model, which data), starts the run and its terminal.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TrainingPlan } from '../../server/features/keras-config.ts';
import { stopRun } from './runs/control.ts';
import { fileSentence } from './runs/file-errors.ts';
import type { TaskContext } from './tasks.ts';
import { taskType } from './tasks.ts';
import { makeRunTerminal } from './terminal.ts';
import { startTfjsRun } from './tfjs/launch.ts';
import type { DataChoice, TrainingSettings } from './tfjs/request.ts';
import { readRequest, requestFile } from './tfjs/request.ts';

/** False where the file builds no Keras model, so that something else may be tried. */
export async function trainWithoutPython(context: TaskContext, uri: vscode.Uri, folder: vscode.WorkspaceFolder): Promise<boolean> {
  await vscode.workspace.openTextDocument(uri);
  const plans = await context.plans(uri);
  if (plans.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} builds no Keras model, and only such can be trained without Python.', path.basename(uri.fsPath)));
    return false;
  }
  const plan = await pickPlan(plans);
  const data = plan === undefined ? undefined : await pickData(plan, uri, folder);
  if (plan !== undefined && data !== undefined) await start(context, plan, data, {}, folder);
  return true;
}

/** The same data and settings once more, with the model as the file has it now. */
export async function repeatWithoutPython(context: TaskContext, run: string, uri: vscode.Uri, folder: vscode.WorkspaceFolder): Promise<void> {
  const request = readRequest(readFileSync(path.join(run, requestFile), 'utf8'));
  await vscode.workspace.openTextDocument(uri);
  const plans = await context.plans(uri);
  const plan = plans.find(({ model }) => model.name === request?.plan.model.name) ?? plans[0];
  if (request === undefined || plan === undefined) { await trainWithoutPython(context, uri, folder); return; }
  await start(context, plan, request.data, request.settings, folder);
}

async function start(context: TaskContext, plan: TrainingPlan, data: DataChoice, settings: TrainingSettings, scope: vscode.WorkspaceFolder): Promise<void> {
  const name = path.basename(plan.file).replace(/\.(py|ipynb)$/, '');
  const execution = new vscode.CustomExecution(async () => {
    try {
      const folder = startTfjsRun({ workspaceFolder: scope.uri.fsPath, name, plan, data, settings }, { trainer: context.trainer, supervisor: context.supervisor });
      context.started(folder);
      return makeRunTerminal({ folder, stop: () => { void stopRun(folder); } });
    } catch (error) {
      return makeRunTerminal({ message: vscode.l10n.t('The run could not be started: {0}', fileSentence(error)) });
    }
  });
  const task = new vscode.Task({ type: taskType, program: path.relative(scope.uri.fsPath, plan.file) }, scope, vscode.l10n.t('train {0}', name), 'Inlayer', execution, []);
  task.group = vscode.TaskGroup.Build;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, focus: false, clear: true };
  await vscode.tasks.executeTask(task);
}

async function pickPlan(plans: readonly TrainingPlan[]): Promise<TrainingPlan | undefined> {
  const fitted = plans.filter(({ fit }) => fit !== undefined), choice = fitted.length > 0 ? fitted : plans;
  if (choice.length === 1) return choice[0];
  const items = choice.map((plan) => ({ label: plan.model.name, description: plan.model.line === undefined ? plan.model.class : `${plan.model.class} · ${vscode.l10n.t('line {0}', plan.model.line)}`, plan }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Train which model?') }))?.plan;
}

/** What the program names itself is taken where it can be had; else it is asked for. */
async function pickData(plan: TrainingPlan, uri: vscode.Uri, folder: vscode.WorkspaceFolder): Promise<DataChoice | undefined> {
  const { imageFolder, sources } = plan.data;
  const own = imageFolder === undefined ? undefined : [path.dirname(uri.fsPath), folder.uri.fsPath].map((base) => path.resolve(base, imageFolder.path)).find((one) => statSync(one, { throwIfNoEntry: false })?.isDirectory() === true);
  if (own !== undefined) return { kind: 'images', folder: own };
  if (sources.some((source) => source.includes('load_digits'))) return { kind: 'packaged', name: 'digits' };
  type Kind = 'folder' | 'file' | 'digits';
  const items: (vscode.QuickPickItem & { readonly kindOfData: Kind })[] = [
    { label: vscode.l10n.t('A folder of pictures…'), description: vscode.l10n.t('a folder for each class, JPEG or PNG'), kindOfData: 'folder' },
    { label: vscode.l10n.t('A table or archive…'), description: vscode.l10n.t('CSV with the label in the last column, or NumPy .npz with x and y'), kindOfData: 'file' },
    { label: vscode.l10n.t('Handwritten digits'), description: vscode.l10n.t('1,797 pictures of 8 × 8 pixels that come with Inlayer'), kindOfData: 'digits' },
  ];
  const title = sources[0] === undefined ? vscode.l10n.t('Train on which data?') : vscode.l10n.t('Train on which data? The program names {0}', sources[0]);
  switch ((await vscode.window.showQuickPick(items, { title }))?.kindOfData) {
    case 'digits': return { kind: 'packaged', name: 'digits' };
    case 'folder': {
      const [picked] = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, defaultUri: folder.uri, openLabel: vscode.l10n.t('Train') }) ?? [];
      return picked === undefined ? undefined : { kind: 'images', folder: picked.fsPath };
    }
    case 'file': {
      const [picked] = await vscode.window.showOpenDialog({ filters: { CSV: ['csv', 'tsv'], NumPy: ['npz'] }, defaultUri: folder.uri, openLabel: vscode.l10n.t('Train') }) ?? [];
      return picked === undefined ? undefined : picked.fsPath.endsWith('.npz') ? { kind: 'npz', file: picked.fsPath } : { kind: 'csv', file: picked.fsPath };
    }
    default: return undefined;
  }
}
