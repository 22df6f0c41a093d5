// Starts a training without Python as a run: the request and the launch in the run's folder, the supervisor over it. The trainer is run by the
// editor's own Node, never through a shell. Knows no editor.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TrainingPlan } from '../../../server/features/keras-config.ts';
import { startRun } from '../runs/control.ts';
import type { LaunchRequest } from '../runs/format.ts';
import { createRun } from '../runs/write.ts';
import type { DataChoice, TrainingRequest, TrainingSettings } from './request.ts';
import { requestFile } from './request.ts';

export interface TfjsRun {
  readonly workspaceFolder: string;
  readonly name: string;
  readonly plan: TrainingPlan;
  readonly data: DataChoice;
  readonly settings: TrainingSettings;
}

/** The batch that runs is finished and the weights are saved before the process is ended by force. */
const stopMilliseconds = 5_000;

/** `trainer` and `supervisor`: the bundles' paths. Gives the run's folder. Throws what the file system throws. */
export function startTfjsRun(run: TfjsRun, bundles: { readonly trainer: string; readonly supervisor: string }): string {
  const folder = createTfjsRun(run);
  startRun(folder, tfjsLaunch(folder, bundles.trainer, run.workspaceFolder), bundles.supervisor);
  return folder;
}

/** The folder of a new run with its request, state `queued`. */
export function createTfjsRun({ workspaceFolder, name, plan, data, settings }: TfjsRun): string {
  const { folder } = createRun(workspaceFolder, { name, runner: 'tfjs', program: plan.file, arguments: [], workingDirectory: workspaceFolder });
  const request: TrainingRequest = { version: 1, plan, data, settings };
  writeFileSync(path.join(folder, requestFile), JSON.stringify(request));
  return folder;
}

export function tfjsLaunch(folder: string, trainer: string, workingDirectory: string): LaunchRequest {
  // The editor's own program is Node when it is told so.
  return { command: process.execPath, arguments: [trainer, folder], workingDirectory, environment: { ELECTRON_RUN_AS_NODE: '1' }, stopMilliseconds };
}
