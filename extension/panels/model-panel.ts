// A panel about the models of a document: follows the file while it is edited, the editor that a person turns to, and the caret.
// What it sends to its page, and what it asks the server for, is each panel's own. The truth stays here: hidden pages lose theirs.
import * as vscode from 'vscode';
import { readViewState } from '../../webviews/shared/contract.ts';
import type { ModelClient } from '../client.ts';
import { mayHoldModel } from '../client.ts';
import type { PanelKind } from './panel.ts';
import { makePanel } from './panel.ts';
import { isActiveCaretAt, isCaretAt, isOf, openDocument, revealLocation } from './source.ts';

/** What a panel needs to know of a model, whatever else it shows of it. */
export interface PlacedModel {
  readonly name: string;
  /** Where the model and its parts are built; in a notebook each cell is a document. */
  readonly locations: { readonly model?: vscode.Location; readonly rows: readonly (vscode.Location | undefined)[] };
}

export interface Shown<Model> {
  readonly uri: vscode.Uri;
  readonly models: readonly Model[];
  readonly selected: number;
  /** False until the server has answered once. */
  readonly loaded: boolean;
}

export interface ModelPanelOptions<Model extends PlacedModel, Sent, Received> {
  readonly kind: PanelKind<Received>;
  readonly load: (uri: vscode.Uri) => Promise<readonly Model[]>;
  /** The model to show where none was named and the caret stands at none. */
  readonly mainModel: (models: readonly Model[]) => number;
  readonly title: (model: Model | undefined) => string;
  /** Everything that the page shows. */
  readonly state: (shown: Shown<Model>) => Sent;
  /** The caret stands at these parts of the selected model. */
  readonly caret: (rows: readonly number[]) => Sent;
  readonly receive: (message: Received, shown: Shown<Model>, panel: ModelPanel<Model>) => void | Promise<void>;
  /** Another answer of the server, before the page is sent it. */
  readonly changed?: (shown: Shown<Model>, before: Shown<Model>) => void;
}

export interface ModelPanel<Model> extends vscode.Disposable {
  /** Shows a model of a document beside its source; the one panel is used again for whatever is asked for next. */
  readonly show: (uri: vscode.Uri, model?: number | string) => Promise<void>;
  readonly select: (model: number) => void;
  /** Sends the page all of it again: something that `state` reads has changed. */
  readonly send: () => void;
  /** Goes to where a part of a model is built; without one to where the model is. */
  readonly reveal: (model: number, row?: number) => Promise<void>;
  readonly shown: () => Shown<Model> | undefined;
  /** The document that the panel is about while it is in front. */
  readonly shownDocument: () => vscode.Uri | undefined;
}

export function makeModelPanel<Model extends PlacedModel, Sent, Received>(extensionUri: vscode.Uri, client: ModelClient, options: ModelPanelOptions<Model, Sent, Received>): ModelPanel<Model> {
  let shown: Shown<Model> | undefined;
  /** The file that was opened by way of the panel: going there is no reason to show its models instead. */
  let revealed = '';

  const panel = makePanel<Sent, Received>(extensionUri, options.kind, {
    receive: (message) => { if (shown !== undefined) return options.receive(message, shown, self); },
    shown: () => send(),
    restored: (state) => {
      const view = readViewState(state);
      if (view === undefined) return false;
      const uri = vscode.Uri.parse(view.uri);
      shown = { uri, models: [], selected: view.model, loaded: false };
      void openDocument(uri).then(refresh);
      return true;
    },
    closed: () => { shown = undefined; },
  });
  const send = (): void => {
    if (shown === undefined) return;
    panel.setTitle(options.title(shown.models[shown.selected]));
    panel.post(options.state(shown));
    sendCaret();
  };
  const sendCaret = (): void => {
    const locations = shown?.models[shown.selected]?.locations.rows ?? [];
    panel.post(options.caret(locations.flatMap((location, at) => (isCaretAt(location) ? [at] : []))));
  };
  const take = (models: readonly Model[], before: Shown<Model>, selected: number): void => {
    shown = { uri: before.uri, models, loaded: true, selected: Math.max(0, Math.min(selected, models.length - 1)) };
    options.changed?.(shown, before);
    send();
  };
  /** The server has read the file anew. The model that is shown stays, by its name, else by its position. */
  const refresh = async (): Promise<void> => {
    const asked = shown;
    if (asked === undefined) return;
    const models = await options.load(asked.uri);
    // Meanwhile another document may have been asked for, or a newer answer have come.
    if (shown === undefined || shown.uri.toString() !== asked.uri.toString()) return;
    const name = shown.models[shown.selected]?.name;
    const sameName = name === undefined || models[shown.selected]?.name === name ? -1 : models.findIndex((model) => model.name === name);
    take(models, shown, sameName < 0 ? shown.selected : sameName);
  };
  const show = async (uri: vscode.Uri, model?: number | string): Promise<void> => {
    const asked: Shown<Model> = { uri, models: shown?.uri.toString() === uri.toString() ? shown.models : [], selected: shown?.selected ?? 0, loaded: false };
    shown = asked;
    panel.open();
    const models = await options.load(uri);
    if (shown !== undefined && shown.uri.toString() === uri.toString()) take(models, asked, pick(models, model));
  };
  const pick = (models: readonly Model[], model: number | string | undefined): number => {
    if (typeof model === 'number') return model;
    if (model !== undefined) return models.findIndex((one) => one.name === model);
    const atCaret = models.findIndex(({ locations }) => isActiveCaretAt(locations.model) || locations.rows.some(isActiveCaretAt));
    return atCaret < 0 ? options.mainModel(models) : atCaret;
  };
  /** A person turned to another file: its models are shown, if it has any. */
  const follow = async (uri: vscode.Uri): Promise<void> => {
    if (shown === undefined || !panel.isVisible() || uri.toString() === shown.uri.toString() || uri.toString() === revealed) return;
    const models = await options.load(uri);
    const isStillThere = (vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri)?.toString() === uri.toString();
    if (models.length > 0 && isStillThere && panel.isVisible()) take(models, { uri, models: [], selected: 0, loaded: false }, pick(models, undefined));
  };
  const subscriptions = vscode.Disposable.from(
    panel,
    client.onStatus((status) => { if (vscode.Uri.parse(status.uri).toString() === shown?.uri.toString()) void refresh(); }),
    // Nothing is analysed anew then, but what changed since the last save is nothing any more.
    vscode.workspace.onDidSaveTextDocument((document) => { if (document.uri.toString() === shown?.uri.toString()) void refresh(); }),
    vscode.workspace.onDidSaveNotebookDocument((document) => { if (document.uri.toString() === shown?.uri.toString()) void refresh(); }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => { if (isOf(textEditor.document, shown?.uri)) sendCaret(); }),
    vscode.window.onDidChangeActiveTextEditor((editor) => { if (editor !== undefined && editor.document.uri.scheme !== 'vscode-notebook-cell' && mayHoldModel(editor.document)) void follow(editor.document.uri); }),
    vscode.window.onDidChangeActiveNotebookEditor((editor) => { if (editor !== undefined) void follow(editor.notebook.uri); }),
  );
  const self: ModelPanel<Model> = {
    show, send,
    select: (model) => {
      if (shown === undefined) return;
      shown = { ...shown, selected: Math.max(0, Math.min(model, shown.models.length - 1)) };
      send();
    },
    reveal: async (model, row) => {
      const locations = shown?.models[model]?.locations;
      const location = row === undefined ? locations?.model : locations?.rows[row];
      if (location === undefined) return;
      revealed = location.uri.toString();
      await revealLocation(location);
    },
    shown: () => shown,
    shownDocument: () => (panel.isActive() ? shown?.uri : undefined),
    dispose: () => subscriptions.dispose(),
  };
  return self;
}
