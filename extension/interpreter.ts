// The interpreter that is picked in the editor, as Microsoft's Python extensions tell it: the one for environments
// (ms-python.vscode-python-envs), else ms-python.python. Neither is needed, and neither is started for it. What they hand over is
// checked: their interfaces are no part of this extension.
import * as vscode from 'vscode';

export interface PickedInterpreters {
  /** Of the first folder, or of none; undefined where nobody knows one. */
  readonly common: string | undefined;
  /** By the URI of a workspace folder. */
  readonly byFolder: Readonly<Record<string, string>>;
}

/** Tells the interpreters' paths now and whenever another is picked. */
export function watchInterpreter(tell: (picked: PickedInterpreters) => void): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  const watched = new Set<string>();
  let told = JSON.stringify([null]);
  const look = async (): Promise<void> => {
    const folders = (vscode.workspace.workspaceFolders ?? []).slice(0, mostFolders).map(({ uri }) => uri);
    const of = async (folder: vscode.Uri | undefined): Promise<string | undefined> => await fromEnvironments(folder) ?? fromPython(folder);
    const paths = folders.length === 0 ? [await of(undefined)] : await Promise.all(folders.map(of));
    // The extensions tell some changes twice.
    const now = JSON.stringify(paths);
    if (now === told) return;
    told = now;
    tell({ common: paths[0], byFolder: Object.fromEntries(folders.flatMap((folder, at) => { const path = paths[at]; return path === undefined ? [] : [[folder.toString(), path]]; })) });
  };
  const lookQuietly = (): void => { look().catch(() => undefined); };
  const watch = (): void => {
    for (const [id, read, event] of [[environmentsId, (api: unknown) => api, 'onDidChangeEnvironment'], [pythonId, environmentsOfPython, 'onDidChangeActiveEnvironmentPath']] as const) {
      const api = read(exportsOf(id));
      if (api === undefined || watched.has(id)) continue;
      watched.add(id);
      const subscribe = member(api, event);
      if (typeof subscribe !== 'function') continue;
      const subscription: unknown = subscribe.call(api, lookQuietly);
      if (typeof member(subscription, 'dispose') === 'function') subscriptions.push(subscription as vscode.Disposable);
    }
    lookQuietly();
  };
  watch();
  // No event says that another extension has started.
  for (const milliseconds of [2_000, 8_000, 30_000]) timers.push(setTimeout(watch, milliseconds));
  subscriptions.push(vscode.extensions.onDidChange(watch), vscode.workspace.onDidChangeWorkspaceFolders(lookQuietly));
  return new vscode.Disposable(() => {
    for (const timer of timers) clearTimeout(timer);
    for (const subscription of subscriptions) subscription.dispose();
  });
}

const mostFolders = 20;
const environmentsId = 'ms-python.vscode-python-envs', pythonId = 'ms-python.python';

function exportsOf(id: string): unknown {
  const extension = vscode.extensions.getExtension(id);
  return extension?.isActive === true ? extension.exports : undefined;
}

async function fromEnvironments(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const api = exportsOf(environmentsId);
  const get = member(api, 'getEnvironment');
  if (typeof get !== 'function') return undefined;
  const environment: unknown = await get.call(api, folder);
  const executable = member(member(member(environment, 'execInfo'), 'run'), 'executable');
  if (typeof executable === 'string' && /[\\/]/.test(executable)) return executable;
  const place = member(environment, 'environmentPath');
  return place instanceof vscode.Uri ? place.fsPath : undefined;
}

function environmentsOfPython(api: unknown): unknown { return member(api, 'environments'); }

function fromPython(folder: vscode.Uri | undefined): string | undefined {
  const environments = environmentsOfPython(exportsOf(pythonId));
  const get = member(environments, 'getActiveEnvironmentPath');
  if (typeof get !== 'function') return undefined;
  const path = member(get.call(environments, folder), 'path');
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Readonly<Record<string, unknown>>)[name] : undefined;
}
