// The Python that runs a training: what the task names, the setting, the interpreter picked in the editor, the workspace's own
// environment, one on the PATH, in this order. Knows no task and no run.
import { statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { section } from '../settings.ts';

const isWindows = process.platform === 'win32';

/** An interpreter's path; undefined where there is none anywhere. */
export function findInterpreter(workspaceFolder: string, named: string | undefined, picked: string | undefined): string | undefined {
  const setting = vscode.workspace.getConfiguration(section, vscode.Uri.file(workspaceFolder)).get('pythonEnvironment', '').trim();
  for (const given of [named, setting, picked]) {
    if (given === undefined || given === '') continue;
    const absolute = resolveIn(workspaceFolder, given);
    // What was named and does not exist is an error to be seen, not a reason to take another.
    if (given === picked && absolute !== undefined && !exists(absolute)) continue;
    return absolute === undefined ? given : environmentInterpreter(absolute) ?? absolute;
  }
  const own = ['.venv', 'venv', '.env', 'env'].map((name) => environmentInterpreter(path.join(workspaceFolder, name))).find((one) => one !== undefined);
  const active = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX'];
  return own ?? (active === undefined ? undefined : environmentInterpreter(active)) ?? onPath();
}

/** A path from the workspace folder; undefined for a bare name, which the PATH resolves. */
function resolveIn(workspaceFolder: string, given: string): string | undefined {
  return /[\\/]/.test(given) || given.startsWith('.') ? path.resolve(workspaceFolder, given) : undefined;
}

function environmentInterpreter(folder: string): string | undefined {
  return (isWindows ? ['Scripts/python.exe', 'python.exe'] : ['bin/python', 'bin/python3']).map((name) => path.join(folder, name)).find(isFile);
}

function onPath(): string | undefined {
  const names = isWindows ? ['python.exe', 'python3.exe'] : ['python3', 'python'];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    const found = names.map((name) => path.join(folder, name)).find(isFile);
    if (found !== undefined) return found;
  }
  return undefined;
}

function exists(file: string): boolean { return statSync(file, { throwIfNoEntry: false }) !== undefined; }
function isFile(file: string): boolean { return statSync(file, { throwIfNoEntry: false })?.isFile() === true; }
