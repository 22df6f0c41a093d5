// What the commands of training do. Each is also declared in the manifest, with its title and where it appears; what the manifest
// hides in untrusted workspaces is refused here as well.
import path from 'node:path';
import * as vscode from 'vscode';
import type { CurvesPanel } from './curves/panel.ts';
import type { Device } from './devices/list.ts';
import { listDevices } from './devices/list.ts';
import { deleteRun, isActive, stopRun } from './runs/control.ts';
import type { Run } from './runs/run-index.ts';
import type { RunsView } from './runs-view.ts';
import { stateText, timeText } from './runs-view.ts';
import type { TaskContext, TrainingDefinition } from './tasks.ts';
import { repeatWithoutPython, trainWithoutPython } from './without-python.ts';
import { definitionOf, makeTrainingTask, taskType, workspaceFolderOf } from './tasks.ts';

export interface CommandContext {
  readonly tasks: TaskContext;
  readonly view: RunsView;
  readonly panel: CurvesPanel;
  readonly runs: () => readonly Run[];
  readonly refresh: () => void;
}

export function makeCommands(context: CommandContext): vscode.Disposable {
  const command = (name: string, run: (...given: unknown[]) => Promise<void>): vscode.Disposable => vscode.commands.registerCommand(`inlayer.${name}`, run);
  return vscode.Disposable.from(
    command('train', async (given) => train(context, given)),
    command('trainAgain', async (given) => {
      const run = asRun(given) ?? context.runs()[0], folder = run === undefined ? undefined : workspaceFolderOf(run.folder);
      if (run === undefined || folder === undefined) { say(vscode.l10n.t('There is no run yet.')); return; }
      if (run.record.runner === 'tfjs') { await repeatWithoutPython(context.tasks, run.folder, vscode.Uri.file(run.record.program), folder); return; }
      await execute(context, definitionOf(run.record, folder.uri.fsPath), folder);
    }),
    command('trainWithoutPython', async (given) => {
      if (!vscode.workspace.isTrusted) { say(vscode.l10n.t('Training runs programs of the workspace, so it needs a trusted workspace.')); return; }
      const chosen = await chooseProgram(context, given);
      if (chosen !== undefined) await trainWithoutPython(context.tasks, chosen.uri, chosen.folder);
    }),
    command('stopTraining', async (given) => {
      const active = context.runs().filter(({ record }) => isActive(record)), run = asRun(given) ?? (active.length > 1 ? await pickRun(active, vscode.l10n.t('Stop which training?')) : active[0]);
      if (run === undefined) { if (active.length === 0) say(vscode.l10n.t('No training is running.')); return; }
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Stopping {0}', run.record.name) }, () => stopRun(run.folder));
      context.refresh();
    }),
    command('openCurves', async (given, selected) => {
      const runs = asRuns(given, selected), newest = context.runs()[0];
      if (runs.length > 0) await context.panel.showRuns(runs.map(({ folder }) => folder), false);
      else if (newest !== undefined) await context.panel.showRuns([newest.folder], false);
      else say(vscode.l10n.t('There is no run yet.'));
    }),
    command('compareRuns', async (given, selected) => {
      const marked = asRuns(given, selected).length > 1 ? asRuns(given, selected) : context.view.selection(), runs = marked.length > 1 ? marked : await pickRuns(context.runs());
      if (runs.length > 0) await context.panel.showRuns(runs.map(({ folder }) => folder), false);
    }),
    command('openLogFolder', async () => {
      const [picked] = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: true, canSelectMany: false, title: vscode.l10n.t('A folder or file with logs: TensorBoard, CSVLogger, Lightning, trainer_state.json'), openLabel: vscode.l10n.t('Open Curves') }) ?? [];
      if (picked !== undefined) await context.panel.showLogs(picked.fsPath);
    }),
    command('deleteRun', async (given, selected) => {
      const asked = asRuns(given, selected), ended = context.runs().filter(({ record }) => !isActive(record));
      const one = asked.length > 0 ? undefined : await pickRun(ended, vscode.l10n.t('Delete which run?')), runs = (one === undefined ? asked : [one]).filter(({ record }) => !isActive(record));
      if (runs.length > 0) await removeRuns(runs, context);
    }),
  );
}

async function train(context: CommandContext, given: unknown): Promise<void> {
  if (!vscode.workspace.isTrusted) { say(vscode.l10n.t('Training runs programs of the workspace, so it needs a trusted workspace.')); return; }
  const chosen = await chooseProgram(context, given);
  if (chosen === undefined) return;
  const { uri, folder } = chosen;
  // Without an interpreter a Keras model can still be trained.
  if (context.tasks.interpreter(folder.uri.fsPath, undefined) === undefined && await trainWithoutPython(context.tasks, uri, folder)) return;
  const device = await pickDevice();
  if (device === 'none') return;
  await execute(context, { type: taskType, program: path.relative(folder.uri.fsPath, uri.fsPath), ...(device === undefined ? {} : { device }) }, folder);
}

/** The program, saved, and the folder that it stands in. */
async function chooseProgram(context: CommandContext, given: unknown): Promise<{ readonly uri: vscode.Uri; readonly folder: vscode.WorkspaceFolder } | undefined> {
  const uri = await pickProgram(context, given);
  if (uri === undefined) return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined || uri.scheme !== 'file') { say(vscode.l10n.t('Training needs a program in a folder that is open here.')); return undefined; }
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  return open?.isDirty === true && !await open.save() ? undefined : { uri, folder };
}

async function execute(context: CommandContext, definition: TrainingDefinition, folder: vscode.WorkspaceFolder): Promise<void> {
  if (!vscode.workspace.isTrusted) { say(vscode.l10n.t('Training runs programs of the workspace, so it needs a trusted workspace.')); return; }
  await vscode.tasks.executeTask(makeTrainingTask(definition, folder, context.tasks));
}

/** What was asked for, else the file in front; else one that was trained before, or one from the disk. */
async function pickProgram(context: CommandContext, given: unknown): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri) return given;
  if (typeof given === 'string') return vscode.Uri.parse(given);
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'python' && document.uri.scheme === 'file') return document.uri;
  const earlier = [...new Set(context.runs().map(({ record }) => record.program).filter((program) => path.isAbsolute(program)))];
  const items = [...earlier.map((program) => ({ label: path.basename(program), description: vscode.workspace.asRelativePath(path.dirname(program)), uri: vscode.Uri.file(program) })), { label: vscode.l10n.t('Another file…'), description: '', uri: undefined }];
  const picked = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Train which program?') });
  if (picked === undefined || picked.uri !== undefined) return picked?.uri;
  return (await vscode.window.showOpenDialog({ canSelectMany: false, filters: { Python: ['py'] }, defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri, openLabel: vscode.l10n.t('Train') }))?.[0];
}

/** Asked only where there is a choice. Undefined: whatever the program takes; `none`: the question was left. */
async function pickDevice(): Promise<string | undefined> {
  const devices = await listDevices();
  if (!devices.some(({ id }) => id !== 'cpu')) return undefined;
  const items = [{ label: vscode.l10n.t('As the program chooses'), description: '', id: undefined as string | undefined }, ...devices.map((device) => ({ label: device.name, description: describe(device), id: device.id as string | undefined }))];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Train on which device?') });
  return picked === undefined ? 'none' : picked.id;
}

function describe({ id, memoryTotal, memoryUsed, utilisation }: Device): string {
  const gigabytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);
  return [id, ...(memoryTotal === undefined ? [] : [memoryUsed === undefined ? `${gigabytes(memoryTotal)} GB` : `${gigabytes(memoryUsed)} / ${gigabytes(memoryTotal)} GB`]), ...(utilisation === undefined ? [] : [`${Math.round(utilisation * 100)} %`])].join(' · ');
}

async function removeRuns(runs: readonly Run[], context: CommandContext): Promise<void> {
  const remove = vscode.l10n.t('Delete');
  const question = runs.length === 1 ? vscode.l10n.t('Delete the run {0} with its curves and output?', runs[0]?.record.name ?? '') : vscode.l10n.t('Delete {0} runs with their curves and output?', runs.length);
  if (await vscode.window.showWarningMessage(question, { modal: true, detail: vscode.l10n.t('This cannot be undone.') }, remove) !== remove) return;
  for (const { folder, record } of runs) {
    try {
      deleteRun(folder);
    } catch (error) {
      void vscode.window.showErrorMessage(vscode.l10n.t('{0} could not be deleted: {1}', record.name, error instanceof Error ? error.message : String(error)));
    }
  }
  context.refresh();
}

async function pickRun(runs: readonly Run[], title: string): Promise<Run | undefined> {
  return (await vscode.window.showQuickPick(runs.map(toItem), { title }))?.run;
}

async function pickRuns(runs: readonly Run[]): Promise<readonly Run[]> {
  return (await vscode.window.showQuickPick(runs.map(toItem), { title: vscode.l10n.t('Compare which runs?'), canPickMany: true }) ?? []).map(({ run }) => run);
}

function toItem(run: Run) {
  return { label: run.record.name, description: `${stateText(run.record.state)} · ${timeText(run.record.createdAt)}`, run };
}

function asRun(given: unknown): Run | undefined {
  const run = given as Partial<Run> | undefined | null;
  return typeof run?.folder === 'string' && run.record !== undefined ? run as Run : undefined;
}

/** The tree hands over the item and, where several are selected, all of them. */
function asRuns(given: unknown, selected: unknown): Run[] {
  const all = (Array.isArray(selected) ? selected : [given]).map(asRun).filter((run): run is Run => run !== undefined);
  return all.length > 0 ? all : [asRun(given)].filter((run): run is Run => run !== undefined);
}

function say(text: string): void {
  void vscode.window.showInformationMessage(text);
}
