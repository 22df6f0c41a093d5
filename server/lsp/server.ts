// The language server over any connection: documents in, hints, findings, hovers, lenses, symbols, fixes and summaries out.
// It holds no logic of its own; everything is asked of the session and converted.
import type { CodeAction, CodeLens, Connection, Diagnostic, DocumentSymbol, Hover, InlayHint, InitializeParams, InitializeResult, Range } from 'vscode-languageserver';
import { DidChangeConfigurationNotification, NotebookDocuments, TextDocuments, TextDocumentSyncKind } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { trainingPlans } from '../features/keras-config.ts';
import { graphOfModel } from '../features/graph.ts';
import { hintMarkdown, hintsOf } from '../features/hints.ts';
import { hoverAt } from '../features/hovers.ts';
import { callLensesOf, committedLensesOf, lensesOf } from '../features/lenses.ts';
import { modelsOf, placeIn, summarize, summaryText } from '../features/summary.ts';
import { symbolsOf } from '../features/symbols.ts';
import type { Finding, Trace } from '../trace/trace.ts';
import type { Host } from '../values/interpreter.ts';
import type { Place, Translate } from '../values/place.ts';
import { message, renderMessage } from '../values/place.ts';
import type { Environment, EnvironmentFiles } from '../workspace/environment.ts';
import { environmentOf } from '../workspace/environment.ts';
import type { Settings } from '../workspace/settings.ts';
import { adjustFindings } from '../workspace/adjusting.ts';
import { makeSession } from '../workspace/session.ts';
import { isProjectFile, makeConfiguration } from './configuration.ts';
import type { DocumentMap } from './convert.ts';
import { rangeOfPlace, toCodeActions, toDiagnostic, toDocumentSymbol } from './convert.ts';
import type { Program } from './programs.ts';
import { makePrograms } from './programs.ts';
import { answerTables } from './tables.ts';
import { answerTools } from './tool-answers.ts';
import { isVirtual, makeVirtualFiles } from './virtual-files.ts';

export interface ServerEnvironment {
  /** A path of the host's for a URI, and back. */
  readonly pathOf: (uri: string) => string;
  readonly uriOf: (path: string) => string;
  /** A host that reads inside these folders; open documents come from `overlay`. Absent where there is no disk: the editor reads files then. */
  readonly makeHost?: (folders: readonly string[], workingFolder: string, overlay: (path: string) => string | undefined, more: () => readonly string[]) => Host;
  /** What Python environments are found by; absent where there are none. */
  readonly python?: { readonly files: EnvironmentFiles; readonly variables: Readonly<Record<string, string | undefined>>; readonly isWindows: boolean };
  readonly folderOf: (path: string) => string;
  /** The text of a `pyproject.toml`. */
  readonly projectFile?: (path: string) => string | undefined;
}

const documentation = 'https://github.com/inlayer/inlayer/blob/main/docs/rules';

/** Edits that come within this time are analysed together. */
const quietMilliseconds = 15;
const maximumMilliseconds = 1500;

/** Serves a connection until it is closed. */
export function serve(connection: Connection, environment: ServerEnvironment): void {
  const documents = new TextDocuments(TextDocument);
  const notebooks = new NotebookDocuments(TextDocument);
  let folders: string[] = [];
  let translate: Translate | undefined;
  const configuration = makeConfiguration(connection, { uriOf: environment.uriOf, projectFile: (path) => (reachesDisk(path) ? environment.projectFile?.(path) : virtualFiles.projectFile(path, folders)), folders: () => folders, translate: () => translate });
  const reachesDisk = (path: string): boolean => environment.makeHost !== undefined && !isVirtual(path);
  const virtualFiles = makeVirtualFiles(connection, (path, readers) => {
    // A project file is asked for by no program.
    if (readers.includes('')) { configuration.forgetProjects(); refreshAll(); }
    for (const reader of new Set([...session.invalidate(path), ...readers.filter((one) => one !== '')])) { session.stale(reader); schedule(reader); }
  });
  const settingsOf = (path: string): Settings => configuration.settingsOf(path);
  let asksForSettings = false, refreshesHints = false, refreshesLenses = false, hasFolderEvents = false;
  const programs = makePrograms(environment.pathOf);
  const session = makeSession({
    hostFor: (path) => (!reachesDisk(path) || environment.makeHost === undefined ? virtualFiles.hostFor(path, foldersFor(path), environment.folderOf(path), (name) => session.textOf(name)) : environment.makeHost(foldersFor(path), environment.folderOf(path), (name) => session.textOf(name), () => librariesOf(path)?.readable ?? [])),
    libraries: (path) => librariesOf(path),
    foldersFor: (path) => foldersFor(path),
    maximumMilliseconds,
  });
  const tables = answerTables(connection, { programs, session, translate: () => translate, uriOf: environment.uriOf, refreshLenses: () => { if (refreshesLenses) connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined); } });
  let interpreters: Interpreters = { common: undefined, byFolder: new Map() };
  /** Each folder of the workspace imports its own modules; a file outside of all of them may import from each. */
  const foldersFor = (path: string): readonly string[] => {
    const owner = configuration.ownerOf(path);
    return [...new Set([environment.folderOf(path), ...(owner === undefined ? folders : [owner])])];
  };
  /** Environments by workspace folder; '' for files outside of all of them. */
  const libraries = new Map<string, () => Environment | undefined>();
  const librariesOf = (path: string): Environment | undefined => {
    const { python } = environment, owner = configuration.ownerOf(path), key = owner ?? '';
    if (python === undefined) return undefined;
    const known = libraries.get(key) ?? environmentOf(python.files, {
      setting: configuration.settingsOfFolder(owner).pythonEnvironment, interpreter: interpreters.byFolder.get(key) ?? interpreters.common, folders: owner === undefined ? folders : [owner], variables: python.variables, isWindows: python.isWindows,
    });
    libraries.set(key, known);
    return known();
  };
  /** The environments are looked for anew, and everything is read again. */
  const forgetEnvironment = (): void => {
    libraries.clear();
    session.invalidateAll();
  };
  /** Which call of a class the hints inside it show, by program. */
  const chosenCalls = new Map<string, Map<string, number>>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let isShutDown = false;
  /** Until they are there nothing is said: what a setting switches off must not flash up first. */
  let isWaitingForSettings = false;

  connection.onInitialize((params: InitializeParams): InitializeResult => {
    folders = (params.workspaceFolders ?? []).map((folder) => environment.pathOf(folder.uri));
    interpreters = readInterpreters(params.initializationOptions, environment.pathOf);
    translate = readTranslations(params.initializationOptions);
    forgetEnvironment();
    const workspace = params.capabilities.workspace;
    asksForSettings = workspace?.configuration === true;
    hasFolderEvents = workspace?.workspaceFolders === true;
    refreshesHints = workspace?.inlayHint?.refreshSupport === true;
    refreshesLenses = workspace?.codeLens?.refreshSupport === true;
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        notebookDocumentSync: { notebookSelector: [{ notebook: { notebookType: 'jupyter-notebook' }, cells: [{ language: 'python' }] }, { notebook: { notebookType: 'interactive' }, cells: [{ language: 'python' }] }] },
        inlayHintProvider: true, hoverProvider: true, codeLensProvider: {}, documentSymbolProvider: { label: 'Inlayer' },
        codeActionProvider: { codeActionKinds: ['quickfix'] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
      serverInfo: { name: 'Inlayer' },
    };
  });
  connection.onInitialized(async () => {
    isWaitingForSettings = asksForSettings;
    if (asksForSettings) {
      // An editor that never answers must not silence the server.
      timers.set('', setTimeout(() => { if (isWaitingForSettings) { isWaitingForSettings = false; refreshAll(); } }, 2000));
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'inlayer' }).catch(() => undefined);
      await loadSettings();
    }
    if (hasFolderEvents) connection.workspace.onDidChangeWorkspaceFolders((event) => {
      const removed = new Set(event.removed.map((folder) => environment.pathOf(folder.uri)));
      folders = [...folders.filter((folder) => !removed.has(folder)), ...event.added.map((folder) => environment.pathOf(folder.uri))];
      forgetEnvironment();
      if (asksForSettings) void loadSettings();
      else refreshAll();
    });
  });
  connection.onNotification('inlayer/environment', (given: unknown) => {
    interpreters = readInterpreters(given, environment.pathOf);
    forgetEnvironment();
    refreshAll();
  });
  connection.onShutdown(() => {
    isShutDown = true;
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  });
  connection.onDidChangeConfiguration(async (change) => {
    if (asksForSettings) { await loadSettings(); return; }
    configuration.take((change.settings as { inlayer?: unknown } | undefined)?.inlayer);
    forgetEnvironment();
    refreshAll();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const change of changes) virtualFiles.forget(environment.pathOf(change.uri));
    for (const change of changes) for (const reader of session.invalidate(environment.pathOf(change.uri))) schedule(reader);
    if (!changes.some((change) => isProjectFile(environment.pathOf(change.uri)))) return;
    configuration.forgetProjects();
    refreshAll();
  });
  async function loadSettings(): Promise<void> {
    try {
      const environments = (): string => JSON.stringify([undefined, ...folders].map((folder) => configuration.settingsOfFolder(folder).pythonEnvironment));
      const before = environments();
      await configuration.load();
      if (environments() !== before) forgetEnvironment();
    } catch {
      // An editor that does not answer leaves the settings as they are.
    }
    isWaitingForSettings = false;
    refreshAll();
  }

  documents.onDidChangeContent(({ document }) => {
    if (programs.isCell(document.uri)) return;
    programs.setFile(document.uri);
    const path = environment.pathOf(document.uri);
    for (const stale of [path, ...session.update(path, document.getText())]) schedule(stale);
  });
  documents.onDidClose(({ document }) => {
    if (programs.isCell(document.uri)) return;
    close(environment.pathOf(document.uri), [document.uri]);
  });
  const readNotebookDocument = (notebook: { uri: string; cells: readonly { document: string }[] }): void => {
    const cells = notebook.cells.map((cell) => ({ uri: cell.document, text: notebooks.cellTextDocuments.get(cell.document)?.getText() })).filter((cell) => cell.text !== undefined);
    const before = programs.program(environment.pathOf(notebook.uri))?.uris ?? [];
    const program = programs.setNotebook(notebook.uri, cells.map((cell) => ({ uri: cell.uri, text: cell.text ?? '' })));
    // A cell that is gone takes its diagnostics along.
    for (const uri of before) if (!program.uris.includes(uri)) void connection.sendDiagnostics({ uri, diagnostics: [] });
    for (const stale of [program.path, ...session.update(program.path, program.text, true)]) schedule(stale);
  };
  notebooks.onDidOpen(readNotebookDocument);
  notebooks.onDidChange((event) => readNotebookDocument(event.notebookDocument));
  notebooks.onDidClose((notebook) => {
    const program = programs.program(environment.pathOf(notebook.uri));
    close(environment.pathOf(notebook.uri), program?.uris ?? []);
  });

  function close(path: string, uris: readonly string[]): void {
    clearTimeout(timers.get(path));
    timers.delete(path);
    for (const stale of session.close(path)) schedule(stale);
    programs.remove(path);
    chosenCalls.delete(path);
    tables.forget(path);
    for (const uri of uris) void connection.sendDiagnostics({ uri, diagnostics: [] });
  }
  function schedule(path: string): void {
    clearTimeout(timers.get(path));
    if (isShutDown || isWaitingForSettings) return;
    timers.set(path, setTimeout(() => {
      timers.delete(path);
      try {
        publish(path);
      } catch (error) {
        // A fault while one program is shown must not end the server, nor leave what was said of an older text.
        connection.console.error(`${path}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
        for (const uri of programs.program(path)?.uris ?? []) void connection.sendDiagnostics({ uri, diagnostics: [] });
      }
    }, quietMilliseconds));
  }
  function refreshAll(): void {
    for (const path of session.paths()) schedule(path);
  }

  /** Analyses a program and tells the editor what was found. */
  function publish(path: string): void {
    const program = programs.program(path);
    if (program === undefined) return;
    const started = performance.now();
    const analysis = session.analysis(path);
    if (analysis === undefined) return;
    if (analysis.fault !== undefined) connection.console.error(`${path}: ${analysis.fault instanceof Error ? analysis.fault.stack ?? analysis.fault.message : String(analysis.fault)}`);
    const findings = findingsOf(path);
    const map = mapOf(program);
    const byUri = new Map<string, Diagnostic[]>(program.uris.map((uri) => [uri, []]));
    for (const finding of findings) {
      const placed = toDiagnostic(finding, map, documentation, translate);
      if (placed !== undefined) byUri.get(placed.uri)?.push(placed.diagnostic);
    }
    for (const [uri, diagnostics] of byUri) void connection.sendDiagnostics({ uri, diagnostics });
    void connection.sendNotification('inlayer/status', {
      uri: program.uri, state: analysis.fault === undefined ? 'idle' : 'error', models: summarize(analysis.trace, path).length, findings: findings.length,
      milliseconds: Math.round(performance.now() - started), note: analysis.exceeded,
    });
    // A connection that closes meanwhile has no answer to give.
    if (refreshesHints) connection.sendRequest('workspace/inlayHint/refresh').catch(() => undefined);
    if (refreshesLenses) connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
  }

  function findingsOf(path: string): Finding[] {
    const analysis = session.analysis(path);
    const settings = settingsOf(path);
    if (analysis === undefined || !settings.diagnostics.enabled) return [];
    return adjustFindings(analysis.findings, settings, analysis.quietFindings);
  }

  function mapOf(program: Program): DocumentMap {
    return {
      locate(place: Place) {
        if (place.source.path === program.path) return program.locate(place);
        return { uri: environment.uriOf(place.source.path), range: rangeOfPlace(place) };
      },
    };
  }

  connection.languages.inlayHint.on((params): InlayHint[] => {
    const program = programs.programOfUri(params.textDocument.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    if (program === undefined || analysis === undefined) return [];
    return hintsOf(analysis.trace, program.path, settingsOf(program.path).hints, chosenCalls.get(program.path), translate).flatMap((hint) => {
      const offset = (analysis.source.parsed.lineStarts[hint.line - 1] ?? 0) + hint.column - 1;
      const at = program.locate({ source: analysis.source, start: offset, end: offset });
      if (at === undefined || at.uri !== params.textDocument.uri || !within(at.range, params.range)) return [];
      const each = hintMarkdown(hint, translate);
      return [{ position: at.range.start, label: hint.text, paddingLeft: true, tooltip: each === undefined ? undefined : { kind: 'markdown' as const, value: each } }];
    });
  });
  connection.onHover((params): Hover | undefined => {
    const found = offsetOf(params.textDocument.uri, params.position);
    if (found === undefined) return undefined;
    const hover = hoverAt(found.analysis.trace, found.program.path, found.offset, translate);
    const at = hover === undefined ? undefined : found.program.locate(hover.place);
    return hover === undefined ? undefined : { contents: { kind: 'markdown', value: hover.markdown }, ...(at === undefined ? {} : { range: at.range }) };
  });
  connection.onCodeLens((params): CodeLens[] => {
    const program = programs.programOfUri(params.textDocument.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    if (program === undefined || analysis === undefined || !settingsOf(program.path).lens.enabled) return [];
    const placed = (place: Place, title: string, command: string, given: readonly unknown[]): CodeLens[] => {
      const at = program.locate({ ...place, end: place.start });
      return at === undefined || at.uri !== params.textDocument.uri ? [] : [{ range: at.range, command: { title, command, arguments: [program.uri, ...given] } }];
    };
    return [
      ...lensesOf(analysis.trace, program.path).flatMap((lens) => [
        ...placed(lens.place, renderMessage(lens.title, translate), 'inlayer.showSummary', [lens.modelIndex]),
        ...placed(lens.place, renderMessage(message('Graph'), translate), 'inlayer.showGraph', [lens.modelIndex]),
      ]),
      ...committedLensesOf(analysis.trace, program.path, tables.committed(program)).flatMap((lens) => placed(lens.place, renderMessage(lens.title, translate), 'inlayer.compareWithHead', [lens.model.layer.name])),
      ...callLensesOf(analysis.trace, program.path, chosenCalls.get(program.path) ?? new Map()).flatMap((lens) => placed(lens.place, renderMessage(lens.title, translate), 'inlayer.showCall', [lens.className, lens.next ?? null])),
    ];
  });
  connection.onRequest('inlayer/chooseCall', (params: { uri: string; className: string; call: number | null }) => {
    const program = programs.programOfUri(params.uri);
    if (program === undefined) return null;
    const chosen = new Map(chosenCalls.get(program.path) ?? []);
    if (params.call === null) chosen.delete(params.className);
    else chosen.set(params.className, params.call);
    chosenCalls.set(program.path, chosen);
    if (refreshesHints) connection.sendRequest('workspace/inlayHint/refresh').catch(() => undefined);
    if (refreshesLenses) connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
    return null;
  });
  connection.onDocumentSymbol((params): DocumentSymbol[] => {
    const program = programs.programOfUri(params.textDocument.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    return program === undefined || analysis === undefined || program.isNotebook ? [] : symbolsOf(analysis.trace, program.path, translate).map(toDocumentSymbol);
  });
  connection.onCodeAction((params): CodeAction[] => {
    const program = programs.programOfUri(params.textDocument.uri);
    if (program === undefined) return [];
    const map = mapOf(program);
    return findingsOf(program.path).flatMap((finding) => {
      const placed = toDiagnostic(finding, map, documentation, translate);
      if (placed === undefined || placed.uri !== params.textDocument.uri || !overlaps(placed.diagnostic.range, params.range)) return [];
      const known = params.context.diagnostics.find((one) => one.code === finding.rule && one.range.start.line === placed.diagnostic.range.start.line);
      return toCodeActions(finding, known ?? placed.diagnostic, map, translate);
    });
  });
  connection.onRequest('inlayer/summary', (params: { uri: string; model?: number | string }) => {
    const program = programs.programOfUri(params.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    if (program === undefined || analysis === undefined) return { models: [] };
    // In a notebook the program's lines are those of all cells; the editor wants the cell's.
    const locationOf = (line: number | undefined): { uri: string; line: number } | undefined => {
      const offset = line === undefined ? undefined : analysis.source.parsed.lineStarts[line - 1];
      const at = offset === undefined ? undefined : program.locate({ source: analysis.source, start: offset, end: offset });
      return at === undefined ? undefined : { uri: at.uri, line: at.range.start.line + 1 };
    };
    const models = summarize(analysis.trace, program.path).map((summary) => ({
      ...summary, text: summaryText(summary, translate), location: locationOf(summary.line), layers: summary.layers.map((layer) => ({ ...layer, location: locationOf(layer.line) })),
    }));
    if (params.model === undefined) return { models };
    return { models: models.filter((model, at) => at === params.model || model.name === params.model) };
  });

  connection.onRequest('inlayer/trainingPlans', (params: { uri: string }) => {
    const program = programs.programOfUri(params.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    return { plans: program === undefined || analysis === undefined ? [] : trainingPlans(analysis.trace, program.path, translate) };
  });

  connection.onRequest('inlayer/graph', (params: { uri: string }) => {
    const program = programs.programOfUri(params.uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    if (program === undefined || analysis === undefined) return { models: [] };
    return graphAnswer(analysis.trace, program.path, mapOf(program), translate);
  });

  function offsetOf(uri: string, position: { line: number; character: number }): { program: Program; analysis: NonNullable<ReturnType<typeof session.analysis>>; offset: number } | undefined {
    const program = programs.programOfUri(uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    const offset = program === undefined || analysis === undefined ? undefined : program.offsetAt(uri, position, analysis.source.parsed.lineStarts);
    return program === undefined || analysis === undefined || offset === undefined ? undefined : { program, analysis, offset };
  }

  answerTools(connection, { programs, session, findingsOf });
  documents.listen(connection);
  notebooks.listen(connection);
  connection.listen();
}

/** So many boxes are sent of all models together; the models behind are sent without. */
const mostBoxes = 30_000;

function graphAnswer(trace: Trace, path: string, map: DocumentMap, translate: Translate | undefined): { models: unknown[] } {
  let boxes = 0;
  const locationOf = (places: readonly Place[]): { uri: string; line: number } | undefined => {
    for (const place of places) {
      const at = map.locate({ ...place, end: place.start });
      if (at !== undefined) return { uri: at.uri, line: at.range.start.line + 1 };
    }
    return undefined;
  };
  const models = modelsOf(trace, path).map((model) => {
    const graph = graphOfModel(trace, model);
    boxes += graph.nodes.length;
    const isSent = boxes <= mostBoxes || boxes === graph.nodes.length;
    const place = placeIn(model.layer, path);
    return {
      ...graph, isCut: graph.isCut || !isSent, location: place === undefined ? undefined : locationOf([place]), edges: isSent ? graph.edges : [],
      nodes: (isSent ? graph.nodes : []).map(({ places, error, ...node }) => ({ ...node, ...(error === undefined ? {} : { error: renderMessage(error, translate) }), location: locationOf(places) })),
    };
  });
  return { models };
}

interface Interpreters { readonly common: string | undefined; readonly byFolder: ReadonlyMap<string, string> }

function readInterpreters(given: unknown, pathOf: (uri: string) => string): Interpreters {
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const message = given as { interpreter?: unknown; interpreters?: unknown } | null | undefined;
  const byFolder = new Map<string, string>();
  for (const [uri, path] of Object.entries(typeof message?.interpreters === 'object' ? message.interpreters ?? {} : {})) {
    const interpreter = text(path);
    if (interpreter !== undefined) byFolder.set(pathOf(uri), interpreter);
  }
  return { common: text(message?.interpreter), byFolder };
}

/** The client's texts in its user's language: the English sentence is the key. */
function readTranslations(given: unknown): Translate | undefined {
  const texts = (given as { translations?: unknown } | null | undefined)?.translations;
  if (texts === null || typeof texts !== 'object') return undefined;
  const known = new Map(Object.entries(texts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return (template) => known.get(template);
}

function within(range: Range, outer: Range): boolean {
  return range.start.line >= outer.start.line && range.start.line <= outer.end.line;
}
function overlaps(left: Range, right: Range): boolean {
  const before = (a: Range['start'], b: Range['start']): boolean => a.line < b.line || (a.line === b.line && a.character <= b.character);
  return before(left.start, right.end) && before(right.start, left.end);
}

