// The language client: starts the server as a Node process when the first file that may hold a model is seen, and speaks its
// two messages of our own. Knows nothing of panels and commands.
import * as vscode from 'vscode';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import type { ModelTable } from '../webviews/shared/contract.ts';
import { readModels } from '../webviews/shared/contract.ts';
import type { GraphData } from '../webviews/shared/contract-graph.ts';
import { readGraph } from '../webviews/shared/contract-graph.ts';
import { watchInterpreter } from './interpreter.ts';
import { hintsEnabled, section } from './settings.ts';

/** An analysis makes many small values and forgets them all: with room for them V8 collects a third less often. */
const memoryFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64'];

/** What the server says after each analysis of a file or notebook. */
export interface AnalysisStatus {
  readonly uri: string;
  readonly state: 'running' | 'idle' | 'error';
  readonly models: number;
  readonly findings: number;
  readonly milliseconds: number;
}

export interface ModelSummary extends ModelTable {
  /** The table as text. */
  readonly text: string;
  /** Where the model and its layers are built, by document; in a notebook each cell is one. */
  readonly locations: { readonly model?: vscode.Location; readonly layers: readonly (vscode.Location | undefined)[] };
}

/** A model's graph, with where its boxes are built. */
export interface PlacedGraph {
  readonly name: string;
  readonly graph: GraphData;
  readonly locations: { readonly model?: vscode.Location; readonly layers: readonly (vscode.Location | undefined)[] };
}

export interface ModelClient {
  readonly logs: vscode.LogOutputChannel;
  readonly onStatus: vscode.Event<AnalysisStatus>;
  readonly onServerState: vscode.Event<ServerState>;
  readonly serverState: () => ServerState;
  /** The interpreter that is picked in the editor, where one is. */
  readonly interpreter: () => string | undefined;
  readonly start: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** The models of a document, in the order in which the file builds them. */
  readonly summaries: (uri: vscode.Uri) => Promise<readonly ModelSummary[]>;
  /** Their graphs, in the same order. */
  readonly graphs: (uri: vscode.Uri) => Promise<readonly PlacedGraph[]>;
  /** Which call of a class the hints inside it show, from 0; null: all of them. `uri` as the server gave it. */
  readonly chooseCall: (uri: string, className: string, call: number | null) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export type ServerState = 'not started' | 'starting' | 'running' | 'stopped';

/** Words one of which stands in every file with a model. Looked for as text: a start of the server for nothing does no harm. */
const frameworks = ['keras', 'torch', 'tensorflow', 'lightning', 'timm', 'transformers', 'jax', 'flax'];

export function mayHoldModel(document: vscode.TextDocument): boolean {
  if (document.languageId !== 'python') return false;
  const text = document.getText();
  return frameworks.some((word) => text.includes(word));
}

/** A client that has not started its server yet. */
export function makeClient(serverModule: string): ModelClient {
  const logs = vscode.window.createOutputChannel('Inlayer', { log: true });
  const status = new vscode.EventEmitter<AnalysisStatus>();
  const serverState = new vscode.EventEmitter<ServerState>();
  let state: ServerState = 'not started';
  const server: ServerOptions = {
    run: { module: serverModule, transport: TransportKind.ipc, options: { execArgv: memoryFlags } },
    debug: { module: serverModule, transport: TransportKind.ipc, options: { execArgv: [...memoryFlags, '--nolazy', '--inspect=6019', '--enable-source-maps'] } },
  };
  const watchers = ['**/*.py', '**/*.ipynb', '**/pyproject.toml'].map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  const options: LanguageClientOptions = {
    documentSelector: [{ language: 'python' }, { notebook: '*', language: 'python' }],
    outputChannel: logs,
    synchronize: { fileEvents: watchers },
    initializationOptions: () => ({ interpreter }),
    middleware: {
      // The server asks for hints to be fetched anew after each change of a setting of ours, so that this takes effect at once.
      provideInlayHints: (document, range, token, next) => (hintsEnabled(document) ? next(document, range, token) : []),
    },
  };
  const client = new LanguageClient(section, 'Inlayer', server, options);
  let interpreter: string | undefined;
  const interpreterWatch = watchInterpreter((path) => {
    interpreter = path;
    if (client.isRunning()) client.sendNotification('inlayer/environment', { interpreter }).catch(() => undefined);
  });
  client.onDidChangeState(({ newState }) => {
    state = newState === State.Running ? 'running' : newState === State.Stopped ? 'stopped' : 'starting';
    serverState.fire(state);
  });
  client.onNotification('inlayer/status', (message: AnalysisStatus) => status.fire(message));

  const start = async (): Promise<void> => {
    if (client.state !== State.Stopped) return;
    await client.start();
  };
  return {
    logs, onStatus: status.event, onServerState: serverState.event, serverState: () => state, interpreter: () => interpreter, start,
    restart: async () => { await (client.isRunning() ? client.restart() : start()); },
    summaries: async (uri) => {
      await start();
      return readSummaries(await client.sendRequest('inlayer/summary', { uri: client.code2ProtocolConverter.asUri(uri) }), uri);
    },
    graphs: async (uri) => {
      await start();
      return readGraphs(await client.sendRequest('inlayer/graph', { uri: client.code2ProtocolConverter.asUri(uri) }), uri);
    },
    chooseCall: async (uri, className, call) => {
      if (client.isRunning()) await client.sendRequest('inlayer/chooseCall', { uri, className, call });
    },
    dispose: async () => {
      for (const watcher of watchers) watcher.dispose();
      interpreterWatch.dispose();
      // A server that is still starting cannot be stopped in order; its process ends with the connection.
      if (client.isRunning()) await client.stop();
      await client.dispose().catch(() => undefined);
      status.dispose();
      serverState.dispose();
      logs.dispose();
    },
  };
}

function readSummaries(answer: unknown, uri: vscode.Uri): ModelSummary[] {
  const given = (answer as { models?: unknown } | null)?.models;
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown) => {
    const [table] = readModels([one]);
    if (table === undefined) return [];
    const raw = one as { text?: unknown; location?: unknown; layers?: readonly ({ location?: unknown } | null)[] };
    return [{
      ...table, text: typeof raw.text === 'string' ? raw.text : '',
      locations: { model: readLocation(raw.location, uri, table.line), layers: table.layers.map((layer, at) => readLocation(raw.layers?.[at]?.location, uri, layer.line)) },
    }];
  });
}

function readGraphs(answer: unknown, uri: vscode.Uri): PlacedGraph[] {
  const given = (answer as { models?: unknown } | null)?.models;
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown) => {
    const graph = readGraph(one);
    if (graph === undefined) return [];
    const raw = one as { location?: unknown; nodes?: readonly ({ location?: unknown } | null)[] };
    return [{ name: graph.name, graph, locations: { model: readLocation(raw.location, uri, undefined), layers: graph.nodes.map((_, at) => readLocation(raw.nodes?.[at]?.location, uri, undefined)) } }];
  });
}

/** The place that the server names, else the line of the document itself. */
function readLocation(given: unknown, uri: vscode.Uri, line: number | undefined): vscode.Location | undefined {
  const place = given as { uri?: unknown; line?: unknown } | null | undefined;
  if (typeof place?.uri === 'string' && typeof place.line === 'number') return new vscode.Location(vscode.Uri.parse(place.uri, true), new vscode.Position(Math.max(0, place.line - 1), 0));
  return line === undefined ? undefined : new vscode.Location(uri, new vscode.Position(line - 1, 0));
}
