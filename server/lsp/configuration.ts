// What is set for a program: the editor's settings for the workspace folder that holds it, and behind them the nearest pyproject.toml,
// whose faults are shown in that file. Asks the editor; what settings mean is server/workspace's.
import type { Connection } from 'vscode-languageserver';
import { plain } from '../workspace/paths.ts';
import type { ProjectFile } from '../workspace/pyproject.ts';
import { findProjectFile, projectFileName, readProjectFile } from '../workspace/pyproject.ts';
import type { Settings } from '../workspace/settings.ts';
import { defaultSettings, readSettings, withProjectRules } from '../workspace/settings.ts';
import { renderMessage, type Translate } from '../values/place.ts';

export interface ConfigurationOptions {
  readonly uriOf: (path: string) => string;
  readonly projectFile: (path: string) => string | undefined;
  readonly folders: () => readonly string[];
  readonly translate: () => Translate | undefined;
}

export interface Configuration {
  /** Asks the editor for the settings of every folder. */
  readonly load: () => Promise<void>;
  /** From an editor that sends settings unasked. */
  readonly take: (given: unknown) => void;
  /** The workspace folder that holds a path; the innermost of several. */
  readonly ownerOf: (path: string) => string | undefined;
  readonly settingsOf: (path: string) => Settings;
  /** Of a workspace folder, or of none, without what the project says. */
  readonly settingsOfFolder: (folder: string | undefined) => Settings;
  /** A project file changed, came or went: all of them are read again when they are asked for. */
  readonly forgetProjects: () => void;
}

export function makeConfiguration(connection: Connection, options: ConfigurationOptions): Configuration {
  let common: Settings = defaultSettings;
  let byFolder = new Map<string, Settings>();
  /** By the path of the file; undefined: there is none. */
  const projects = new Map<string, ProjectFile | undefined>();
  const complained = new Set<string>();

  const readProject = (path: string): ProjectFile | undefined => {
    if (projects.has(path)) return projects.get(path);
    const text = options.projectFile(path);
    const project = text === undefined ? undefined : readProjectFile(path, text);
    projects.set(path, project);
    complain(path, project);
    return project;
  };
  const complain = (path: string, project: ProjectFile | undefined): void => {
    const problems = project?.problems ?? [];
    if (problems.length === 0 && !complained.has(path)) return;
    if (problems.length === 0) complained.delete(path);
    else complained.add(path);
    void connection.sendDiagnostics({
      uri: options.uriOf(path),
      diagnostics: problems.map(({ line, message }) => ({ range: { start: { line: line - 1, character: 0 }, end: { line: line - 1, character: 1000 } }, severity: 2, source: 'inlayer', code: 'project-file', message: renderMessage(message, options.translate()) })),
    });
  };
  const ownerOf = (path: string): string | undefined => {
    const given = plain(path);
    return options.folders().filter((folder) => isInside(given, plain(folder))).sort((left, right) => right.length - left.length)[0];
  };
  const settingsOfFolder = (folder: string | undefined): Settings => (folder === undefined ? common : byFolder.get(folder) ?? common);
  return {
    ownerOf, settingsOfFolder,
    load: async () => {
      const folders = [...options.folders()];
      const [first, ...others]: unknown[] = await connection.workspace.getConfiguration([{ section: 'inlayer' }, ...folders.map((folder) => ({ section: 'inlayer', scopeUri: options.uriOf(folder) }))]);
      common = readSettings(first);
      byFolder = new Map(folders.map((folder, at) => [folder, readSettings(others[at])]));
    },
    take: (given) => {
      common = readSettings(given);
      byFolder = new Map();
    },
    settingsOf: (path) => withProjectRules(settingsOfFolder(ownerOf(path)), findProjectFile(path, readProject)?.settings),
    forgetProjects: () => {
      projects.clear();
      // One that was faulty may be gone, or read by nobody any more.
      for (const path of complained) readProject(path);
    },
  };
}

export function isProjectFile(path: string): boolean {
  return plain(path).endsWith(`/${projectFileName}`);
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
