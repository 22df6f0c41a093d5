// The interpreter that is picked in the editor, as Microsoft's Python extensions tell it: the one for environments
// (ms-python.vscode-python-envs), else ms-python.python. Neither is needed, and neither is started for it. What they hand over is
// checked: their interfaces are no part of this extension.
import * as vscode from 'vscode';

/** Tells the interpreter's path now and whenever another is picked; undefined where nobody knows one. */
export function watchInterpreter(tell: (path: string | undefined) => void): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  const timers: NodeJS.Timeout[] = [];
  const watched = new Set<string>();
  let told: string | undefined;
  const look = async (): Promise<void> => {
    const path = await fromEnvironments() ?? fromPython();
    if (path === told) return;
    told = path;
    tell(path);
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
  subscriptions.push(vscode.extensions.onDidChange(watch));
  return new vscode.Disposable(() => {
    for (const timer of timers) clearTimeout(timer);
    for (const subscription of subscriptions) subscription.dispose();
  });
}

const environmentsId = 'ms-python.vscode-python-envs', pythonId = 'ms-python.python';

function exportsOf(id: string): unknown {
  const extension = vscode.extensions.getExtension(id);
  return extension?.isActive === true ? extension.exports : undefined;
}

async function fromEnvironments(): Promise<string | undefined> {
  const api = exportsOf(environmentsId);
  const get = member(api, 'getEnvironment');
  if (typeof get !== 'function') return undefined;
  const environment: unknown = await get.call(api, vscode.workspace.workspaceFolders?.[0]?.uri);
  const executable = member(member(member(environment, 'execInfo'), 'run'), 'executable');
  if (typeof executable === 'string' && /[\\/]/.test(executable)) return executable;
  const folder = member(environment, 'environmentPath');
  return folder instanceof vscode.Uri ? folder.fsPath : undefined;
}

function environmentsOfPython(api: unknown): unknown { return member(api, 'environments'); }

function fromPython(): string | undefined {
  const environments = environmentsOfPython(exportsOf(pythonId));
  const get = member(environments, 'getActiveEnvironmentPath');
  if (typeof get !== 'function') return undefined;
  const path = member(get.call(environments, vscode.workspace.workspaceFolders?.[0]?.uri), 'path');
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Readonly<Record<string, unknown>>)[name] : undefined;
}
