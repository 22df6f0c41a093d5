// The language client: starts the server when the first file that may hold a model is seen, and speaks its messages of our own.
// How the server runs, as a process or as a worker, is handed in. Knows nothing of panels and commands.
import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import { State } from 'vscode-languageclient';
import type { Comparison, CopyFormat, ModelTable, TableColumn } from '../webviews/shared/contract.ts';
import { readComparison, readRow, readTable } from '../webviews/shared/contract.ts';
import { readList, readObject, readText } from '../webviews/shared/reading.ts';
import type { GraphData } from '../webviews/shared/contract-graph.ts';
import { readGraph } from '../webviews/shared/contract-graph.ts';
import type { TrainingPlan } from '../server/features/keras-config.ts';
import type { PickedInterpreters } from './interpreter.ts';
import { watchInterpreter } from './interpreter.ts';
import { answerFiles } from './files.ts';
import { makeTraceChannel } from './trace-channel.ts';
import { hintsEnabled } from './settings.ts';

/** What the server says after each analysis of a file or notebook. */
export interface AnalysisStatus {
  readonly uri: string;
  readonly state: 'running' | 'idle' | 'error';
  readonly models: number;
  readonly findings: number;
  readonly milliseconds: number;
}

/** A model's table, and where its rows lead; in a notebook each cell is a document. */
export interface PlacedTable extends ModelTable {
  readonly locations: { readonly model?: vscode.Location; readonly rows: readonly (vscode.Location | undefined)[] };
}

/** A model's graph, with where its boxes are built. */
export interface PlacedGraph {
  readonly name: string;
  readonly graph: GraphData;
  readonly locations: { readonly model?: vscode.Location; readonly rows: readonly (vscode.Location | undefined)[] };
}

/** Two versions or models, and where the rows of each lead. */
export interface PlacedComparison {
  readonly comparison: Comparison;
  readonly rows: readonly { readonly before?: vscode.Location; readonly after?: vscode.Location }[];
}

/** What a model is compared with: its own file in another version, or a model of an open document. */
export type ComparedWith = { readonly text: string } | { readonly uri: vscode.Uri; readonly model: string };

export interface ModelClient {
  readonly logs: vscode.LogOutputChannel;
  readonly onStatus: vscode.Event<AnalysisStatus>;
  readonly onServerState: vscode.Event<ServerState>;
  readonly serverState: () => ServerState;
  /** The interpreter that is picked in the editor, for a folder of the workspace where it is named, where one is. */
  readonly interpreter: (folder?: vscode.Uri) => string | undefined;
  readonly start: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** The models of a document, in the order in which the file builds them; `saved`: what was saved of it, to say what changed since. */
  readonly tables: (uri: vscode.Uri, saved?: string) => Promise<readonly PlacedTable[]>;
  /** A model as text: as Keras prints it, or a table for elsewhere. */
  readonly copyOf: (uri: vscode.Uri, model: number, format: CopyFormat, columns?: readonly TableColumn[], batch?: number) => Promise<string>;
  /** Undefined where there is no such model; 'missing' where the other version has none like it. */
  readonly compare: (uri: vscode.Uri, model: string | number, other: ComparedWith) => Promise<PlacedComparison | 'missing' | undefined>;
  /** The version of a document that lenses compare it with; undefined: none. */
  readonly setBaseline: (uri: vscode.Uri, text: string | undefined) => void;
  /** The graphs of a document's models, in the same order. */
  readonly graphs: (uri: vscode.Uri) => Promise<readonly PlacedGraph[]>;
  /** What the Keras models of a document are compiled and fitted with, for a training without Python. */
  readonly trainingPlans: (uri: vscode.Uri) => Promise<readonly TrainingPlan[]>;
  /** What a tool for language models says of an open document. */
  readonly tool: (uri: vscode.Uri, name: string, given: Readonly<Record<string, unknown>>) => Promise<string>;
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

/** Makes the client of a server that is started with it, anew after each stop. */
export type Connect = (options: LanguageClientOptions) => BaseLanguageClient;

/** A client that has not started its server yet. */
export function makeClient(connect: Connect): ModelClient {
  const logs = vscode.window.createOutputChannel('Inlayer', { log: true });
  const trace = makeTraceChannel();
  const status = new vscode.EventEmitter<AnalysisStatus>();
  const serverState = new vscode.EventEmitter<ServerState>();
  let state: ServerState = 'not started';
  const watchers = ['**/*.py', '**/*.ipynb', '**/pyproject.toml'].map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  const options: LanguageClientOptions = {
    documentSelector: [{ language: 'python' }, { notebook: '*', language: 'python' }],
    outputChannel: logs, traceOutputChannel: trace,
    synchronize: { fileEvents: watchers },
    // The editor has read the texts of its language; the server knows English only.
    initializationOptions: () => ({ ...environment(), ...(vscode.l10n.bundle === undefined ? {} : { translations: vscode.l10n.bundle }) }),
    middleware: {
      // The server asks for hints to be fetched anew after each change of a setting of ours, so that this takes effect at once.
      provideInlayHints: (document, range, token, next) => (hintsEnabled(document) ? next(document, range, token) : []),
    },
  };
  const client = connect(options);
  let picked: PickedInterpreters = { common: undefined, byFolder: {} };
  const environment = (): object => ({ interpreter: picked.common, interpreters: picked.byFolder });
  const interpreterWatch = watchInterpreter((interpreters) => {
    picked = interpreters;
    if (client.isRunning()) client.sendNotification('inlayer/environment', environment()).catch(() => undefined);
  });
  answerFiles(client);
  client.onDidChangeState(({ newState }) => {
    state = newState === State.Running ? 'running' : newState === State.Stopped ? 'stopped' : 'starting';
    serverState.fire(state);
  });
  client.onNotification('inlayer/status', (message: AnalysisStatus) => status.fire(message));

  const asUri = (uri: vscode.Uri): string => client.code2ProtocolConverter.asUri(uri);
  /** The server knows a notebook by its cells. */
  const notebookOrFile = (uri: vscode.Uri): string => {
    const notebook = vscode.workspace.notebookDocuments.find((one) => one.uri.toString() === uri.toString());
    return asUri(notebook?.getCells().find((cell) => cell.document.languageId === 'python')?.document.uri ?? uri);
  };
  const start = async (): Promise<void> => {
    if (client.state !== State.Stopped) return;
    await client.start();
  };
  return {
    logs, onStatus: status.event, onServerState: serverState.event, serverState: () => state, start,
    interpreter: (folder) => (folder === undefined ? undefined : picked.byFolder[folder.toString()]) ?? picked.common,
    restart: async () => {
      if (client.isRunning()) await client.stop();
      await start();
    },
    tables: async (uri, saved) => {
      await start();
      const answer: unknown = await client.sendRequest('inlayer/tables', { uri: asUri(uri), ...(saved === undefined ? {} : { saved }) });
      return readList(readObject(answer)?.['models']).flatMap((one) => readPlacedTable(one) ?? []);
    },
    copyOf: async (uri, model, format, columns, batch) => {
      await start();
      return readText(readObject(await client.sendRequest('inlayer/copy', { uri: asUri(uri), model, format, columns, batch }))?.['text']);
    },
    compare: async (uri, model, other) => {
      await start();
      const answer: unknown = await client.sendRequest('inlayer/compare', { uri: asUri(uri), model, with: 'text' in other ? other : { uri: asUri(other.uri), model: other.model } });
      if (readObject(answer)?.['missing'] === true) return 'missing';
      const comparison = readComparison(answer);
      if (comparison === undefined) return undefined;
      const rows = readList(readObject(answer)?.['rows']).map((row) => {
        const before = readLocation(readObject(readObject(row)?.['before'])?.['location']), after = readLocation(readObject(readObject(row)?.['after'])?.['location']);
        return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
      });
      return { comparison, rows };
    },
    setBaseline: (uri, text) => {
      if (client.isRunning()) client.sendNotification('inlayer/baseline', { uri: asUri(uri), ...(text === undefined ? {} : { text }) }).catch(() => undefined);
    },
    graphs: async (uri) => {
      await start();
      return readGraphs(await client.sendRequest('inlayer/graph', { uri: asUri(uri) }));
    },
    trainingPlans: async (uri) => {
      await start();
      const answer: unknown = await client.sendRequest('inlayer/trainingPlans', { uri: asUri(uri) });
      return readList(readObject(answer)?.['plans']).filter((one): one is TrainingPlan => readObject(readObject(one)?.['model']) !== undefined);
    },
    tool: async (uri, name, given) => {
      await start();
      // A document that was opened just now is told to the server a moment later.
      for (let attempt = 0; ; attempt += 1) {
        const answer = readObject(await client.sendRequest('inlayer/tool', { uri: notebookOrFile(uri), tool: name, arguments: given }));
        if (typeof answer?.['text'] === 'string') return answer['text'];
        if (typeof answer?.['problem'] === 'string') throw new Error(answer['problem']);
        if (attempt >= 50) throw new Error(`${uri.fsPath} could not be analysed.`);
        await new Promise((resolve) => { setTimeout(resolve, 100); });
      }
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
      trace.dispose();
    },
  };
}

function readPlacedTable(given: unknown): PlacedTable | undefined {
  const table = readTable(given), raw = readObject(given);
  if (table === undefined) return undefined;
  const model = readLocation(raw?.['location']);
  // A row that does not read as one has no place either.
  const rows = readList(raw?.['rows']).flatMap((row) => (readRow(row) === undefined ? [] : [readLocation(readObject(row)?.['location'])]));
  return { ...table, locations: { ...(model === undefined ? {} : { model }), rows } };
}

function readGraphs(answer: unknown): PlacedGraph[] {
  const given = (answer as { models?: unknown } | null)?.models;
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown) => {
    const graph = readGraph(one);
    if (graph === undefined) return [];
    const raw = one as { location?: unknown; nodes?: readonly ({ location?: unknown } | null)[] };
    return [{ name: graph.name, graph, locations: { model: readLocation(raw.location), rows: graph.nodes.map((_, at) => readLocation(raw.nodes?.[at]?.location)) } }];
  });
}

function readLocation(given: unknown): vscode.Location | undefined {
  const place = readObject(given), uri = place?.['uri'], line = place?.['line'];
  return typeof uri === 'string' && typeof line === 'number' ? new vscode.Location(vscode.Uri.parse(uri, true), new vscode.Position(Math.max(0, line - 1), 0)) : undefined;
}
