// The last committed text of a file, as VS Code's own Git extension (`vscode.git`) knows it. Nothing is run: no repository, no such
// extension or a file that was never committed give undefined. What that extension hands over is checked; its interface is not ours.
import * as vscode from 'vscode';

export interface CommittedFiles extends vscode.Disposable {
  /** The text at HEAD; undefined where there is none. */
  readonly textAtHead: (uri: vscode.Uri) => Promise<string | undefined>;
  /** A commit was made, a branch was changed, a repository opened. */
  readonly onChange: vscode.Event<void>;
}

/** The part of the interface in version 1 (extensions/git/src/api/git.d.ts) that is used here. */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly HEAD?: { readonly commit?: string } | undefined; readonly onDidChange: vscode.Event<void> };
  show(reference: string, path: string): Promise<string>;
}
interface GitInterface {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  getRepository(uri: vscode.Uri): Repository | null;
}

export function committedFiles(): CommittedFiles {
  const changed = new vscode.EventEmitter<void>();
  const subscriptions: vscode.Disposable[] = [changed];
  const commits = new Map<string, string | undefined>();
  let asked: Promise<GitInterface | undefined> | undefined;
  const watch = (repository: Repository): void => {
    const root = repository.rootUri.toString();
    commits.set(root, repository.state.HEAD?.commit);
    subscriptions.push(repository.state.onDidChange(() => {
      // It tells every change of the working tree too.
      const commit = repository.state.HEAD?.commit;
      if (commit === commits.get(root)) return;
      commits.set(root, commit);
      changed.fire();
    }));
  };
  const open = async (): Promise<GitInterface | undefined> => {
    const git = await gitInterface();
    if (git === undefined) return undefined;
    git.repositories.forEach(watch);
    subscriptions.push(git.onDidOpenRepository((repository) => { watch(repository); changed.fire(); }));
    return git;
  };
  return {
    onChange: changed.event,
    textAtHead: async (uri) => {
      const git = await (asked ??= open());
      const repository = git?.getRepository(uri);
      if (repository === null || repository === undefined) return undefined;
      try {
        return await repository.show('HEAD', uri.fsPath);
      } catch {
        // It was never committed.
        return undefined;
      }
    },
    dispose: () => { for (const subscription of subscriptions) subscription.dispose(); },
  };
}

async function gitInterface(): Promise<GitInterface | undefined> {
  const extension = vscode.extensions.getExtension<{ enabled?: boolean; getAPI?: (version: number) => unknown }>('vscode.git');
  if (extension === undefined) return undefined;
  try {
    const exported = await extension.activate();
    // Switched off by `git.enabled`, or Git itself is not installed: then it throws.
    const git = exported?.getAPI?.(1) as Partial<GitInterface> | undefined;
    return git !== undefined && typeof git.getRepository === 'function' && Array.isArray(git.repositories) && typeof git.onDidOpenRepository === 'function' ? git as GitInterface : undefined;
  } catch {
    return undefined;
  }
}
