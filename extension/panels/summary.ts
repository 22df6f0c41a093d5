// The summary panel: what its page is sent of the models of a file, and what is done of what it asks.
// Following the file, the caret and the active editor is the work of model-panel.ts.
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FromSummary, ModelTable, SummaryWord, ToSummary } from '../../webviews/shared/contract.ts';
import { contractVersion, readFromSummary } from '../../webviews/shared/contract.ts';
import type { ModelClient, ModelSummary } from '../client.ts';
import type { ModelPanel } from './model-panel.ts';
import { makeModelPanel } from './model-panel.ts';

export const summaryViewType = 'inlayer.summary';

export type SummaryPanel = ModelPanel<ModelSummary>;

export function makeSummaryPanel(extensionUri: vscode.Uri, client: ModelClient, copyText: (text: string) => Promise<void>): SummaryPanel {
  return makeModelPanel<ModelSummary, ToSummary, FromSummary>(extensionUri, client, {
    kind: { viewType: summaryViewType, page: 'summary', title: vscode.l10n.t('Model'), read: readFromSummary },
    load: (uri) => client.summaries(uri),
    mainModel,
    title: (model) => vscode.l10n.t('{0} – Summary', model?.name ?? vscode.l10n.t('Model')),
    state: ({ uri, models, selected, loaded }) => ({
      version: contractVersion, type: 'state', uri: uri.toString(), document: path.posix.basename(uri.path), selected, loaded, words: words(),
      models: models.map((model) => toTable(model, uri)),
    }),
    caret: (layers) => ({ version: contractVersion, type: 'caret', layers }),
    receive: async (message, { models }, panel) => {
      if (message.type === 'ready') panel.send();
      else if (message.type === 'select') panel.select(message.model);
      else if (message.type === 'reveal') await panel.reveal(message.model, message.layer);
      else await copyText(models[message.model]?.text ?? '');
    },
  });
}

/** The first model that is no part of another. */
function mainModel(models: readonly ModelSummary[]): number {
  return Math.max(0, models.findIndex((model) => !models.some((other) => other !== model && other.layers.some((layer) => layer.name === model.name))));
}

/** What the page is sent of a model. In a notebook a line says little without its cell: the heading leaves it out. */
function toTable({ text: _text, locations, ...table }: ModelSummary, uri: vscode.Uri): ModelTable {
  const lineOf = (location: vscode.Location | undefined): { line?: number } => (location === undefined ? { line: undefined } : { line: location.range.start.line + 1 });
  return {
    ...table, ...lineOf(locations.model?.uri.toString() === uri.toString() ? locations.model : undefined),
    layers: table.layers.map((layer, at) => ({ ...layer, ...lineOf(locations.layers[at]) })),
  };
}

function words(): Record<SummaryWord, string> {
  return {
    caption: vscode.l10n.t('Layers of'), layer: vscode.l10n.t('Layer'), type: vscode.l10n.t('Type'), output: vscode.l10n.t('Output shape'),
    parameters: vscode.l10n.t('Parameters'), total: vscode.l10n.t('Total'), trainable: vscode.l10n.t('Trainable'), nonTrainable: vscode.l10n.t('Non-trainable'),
    frozen: vscode.l10n.t('frozen'), copy: vscode.l10n.t('Copy'), model: vscode.l10n.t('Model'), goTo: vscode.l10n.t('Go to line {0}'),
    noModel: vscode.l10n.t('No model was found in this file.'), loading: vscode.l10n.t('Reading the model'),
    incomplete: vscode.l10n.t('Some of it is not known: a size or a member that was not understood.'),
  };
}
