// An editor without a window: speaks the protocol with the real server, both in this process, over two streams.
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { CodeAction, CodeLens, Diagnostic, DocumentSymbol, Hover, InlayHint, Position, Range, TextEdit } from 'vscode-languageserver/node';
import { createConnection, createProtocolConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { nodeEnvironment } from '../../server/lsp/environment.ts';
import type { ServerEnvironment } from '../../server/lsp/server.ts';
import { serve } from '../../server/lsp/server.ts';

export interface Status { readonly uri: string; readonly state: string; readonly models: number; readonly findings: number }

export type LanguageClient = Awaited<ReturnType<typeof startClient>>;

const patience = 60_000;

/** Starts a server and initializes it. `given` is what the editor answers when the server asks for the section. */
export async function startClient(folders: readonly string[], given: Readonly<Record<string, unknown>> = {}, initializationOptions: unknown = undefined, environment: ServerEnvironment = nodeEnvironment) {
  const toServer = new PassThrough(), toClient = new PassThrough();
  const connection = createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  serve(connection, environment);
  const client = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));

  let settings = given, byFolder: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};
  const diagnostics = new Map<string, Diagnostic[]>();
  const texts = new Map<string, { text: string; version: number }>();
  const waiting: { done: (method: string, params: { uri: string }) => boolean; resolve: () => void }[] = [];
  const log: string[] = [];
  const statuses: Status[] = [];
  let hintRefreshes = 0;
  const arrive = (method: string, params: { uri: string }): void => {
    for (const one of waiting.splice(0)) if (one.done(method, params)) one.resolve(); else waiting.push(one);
  };
  client.onNotification('textDocument/publishDiagnostics', (params: { uri: string; diagnostics: Diagnostic[] }) => { diagnostics.set(params.uri, params.diagnostics); arrive('diagnostics', params); });
  client.onNotification('inlayer/status', (params: Status) => { statuses.push(params); arrive('status', params); });
  client.onNotification('window/logMessage', (params: { message: string }) => { log.push(params.message); });
  client.onRequest('workspace/configuration', (params: { items: readonly { scopeUri?: string }[] }) => params.items.map(({ scopeUri }) => byFolder[scopeUri ?? ''] ?? settings));
  client.onRequest('client/registerCapability', () => null);
  client.onRequest('workspace/inlayHint/refresh', () => { hintRefreshes += 1; return null; });
  client.onRequest('workspace/codeLens/refresh', () => null);
  client.listen();

  const until = (what: string, done: (method: string, params: { uri: string }) => boolean): Promise<void> => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nothing came: ${what}`)), patience);
    waiting.push({ done, resolve: () => { clearTimeout(timer); resolve(); } });
  });
  const initialized = await client.sendRequest('initialize', {
    processId: null, rootUri: null, initializationOptions, workspaceFolders: folders.map((folder) => ({ uri: folder.includes('://') ? folder : pathToFileURL(folder).toString(), name: folder })),
    capabilities: { workspace: { configuration: true, workspaceFolders: true, inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true }, didChangeConfiguration: { dynamicRegistration: true } }, notebookDocument: { synchronization: {} } },
  }) as { capabilities: Record<string, unknown> };
  await client.sendNotification('initialized', {});

  const whole: Range = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };
  const document = (uri: string): { textDocument: { uri: string } } => ({ textDocument: { uri } });
  const open = (uri: string, text: string): Promise<void> => {
    const analysed = until(`the analysis of ${uri}`, (method, params) => method === 'status' && params.uri === uri);
    texts.set(uri, { text, version: 1 });
    void client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: 1, text } });
    return analysed;
  };
  const send = (uri: string, range: Range, newText: string): void => {
    const known = texts.get(uri) ?? { text: '', version: 0 };
    texts.set(uri, { text: applyEdits(known.text, [{ range, newText }]), version: known.version + 1 });
    void client.sendNotification('textDocument/didChange', { textDocument: { uri, version: known.version + 1 }, contentChanges: [{ range, text: newText }] });
  };
  return {
    client, capabilities: initialized.capabilities, log, statuses,
    hintRefreshes: () => hintRefreshes,
    diagnostics: (uri: string): Diagnostic[] => diagnostics.get(uri) ?? [],
    published: (uri: string): boolean => diagnostics.has(uri),
    text: (uri: string): string => texts.get(uri)?.text ?? '',
    analysed: (uri: string): Promise<void> => until(`the analysis of ${uri}`, (method, params) => method === 'status' && params.uri === uri),
    open,
    /** Sends an edit and does not wait for what comes of it. */
    send,
    change(uri: string, range: Range, newText: string): Promise<void> {
      const analysed = until(`the analysis of ${uri}`, (method, params) => method === 'status' && params.uri === uri);
      send(uri, range, newText);
      return analysed;
    },
    close(uri: string): Promise<void> {
      const cleared = until(`empty diagnostics of ${uri}`, (method, params) => method === 'diagnostics' && params.uri === uri);
      void client.sendNotification('textDocument/didClose', document(uri));
      return cleared;
    },
    /** `folders`: by a workspace folder's URI what holds there instead. */
    async setSettings(next: Readonly<Record<string, unknown>>, uri: string, folders: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}): Promise<void> {
      settings = next;
      byFolder = folders;
      const analysed = until(`the analysis of ${uri}`, (method, params) => method === 'status' && params.uri === uri);
      await client.sendNotification('workspace/didChangeConfiguration', { settings: null });
      return analysed;
    },
    hints: (uri: string): Promise<InlayHint[]> => client.sendRequest('textDocument/inlayHint', { ...document(uri), range: whole }),
    hover: (uri: string, position: Position): Promise<Hover | null> => client.sendRequest('textDocument/hover', { ...document(uri), position }),
    lenses: (uri: string): Promise<CodeLens[]> => client.sendRequest('textDocument/codeLens', document(uri)),
    symbols: (uri: string): Promise<DocumentSymbol[]> => client.sendRequest('textDocument/documentSymbol', document(uri)),
    actions: (uri: string, diagnostic: Diagnostic): Promise<CodeAction[]> =>
      client.sendRequest('textDocument/codeAction', { ...document(uri), range: diagnostic.range, context: { diagnostics: [diagnostic] } }),
    async stop(): Promise<void> {
      await client.sendRequest('shutdown');
      client.dispose();
      connection.dispose();
      toServer.destroy();
      toClient.destroy();
    },
  };
}

export function offsetAt(text: string, position: Position): number {
  let line = 0, at = 0;
  while (line < position.line && at < text.length) {
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    if (text[at] === '\n' || text[at] === '\r') line += 1;
    at += 1;
  }
  return Math.min(at + position.character, text.length);
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((left, right) => offsetAt(text, right.range.start) - offsetAt(text, left.range.start));
  return ordered.reduce((changed, { range, newText }) => changed.slice(0, offsetAt(text, range.start)) + newText + changed.slice(offsetAt(text, range.end)), text);
}

/** Line and character, both from 0, of the first place where `part` stands in the text. */
export function find(text: string, part: string, from = 0): Position {
  const offset = text.indexOf(part, from);
  if (offset < 0) throw new Error(`${part} is not in the text`);
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
