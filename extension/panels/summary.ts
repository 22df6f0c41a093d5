// The summary panel: what its page is sent of the models of a file, and what is done of what it asks.
// Following the file, the caret and the active editor is the work of model-panel.ts.
import * as vscode from 'vscode';
import type { FromSummary, ModelTable, SummaryWord, ToSummary } from '../../webviews/shared/contract.ts';
import { contractVersion, readFromSummary } from '../../webviews/shared/contract.ts';
import type { ModelClient, PlacedTable } from '../client.ts';
import type { ModelPanel } from './model-panel.ts';
import { makeModelPanel } from './model-panel.ts';
import { fileName, savedText } from './source.ts';

export const summaryViewType = 'inlayer.summary';

export type SummaryPanel = ModelPanel<PlacedTable>;

/** What the panel leaves to others. */
export interface SummaryActions {
  readonly copyText: (text: string) => Promise<void>;
  readonly compare: (uri: vscode.Uri, model: string, other: 'head' | 'model') => Promise<void>;
}

export function makeSummaryPanel(extensionUri: vscode.Uri, client: ModelClient, actions: SummaryActions): SummaryPanel {
  return makeModelPanel<PlacedTable, ToSummary, FromSummary>(extensionUri, client, {
    kind: { viewType: summaryViewType, page: 'summary', title: vscode.l10n.t('Model'), read: readFromSummary },
    load: async (uri) => client.tables(uri, await savedText(uri)),
    mainModel,
    title: (model) => vscode.l10n.t('{0} – Summary', model?.name ?? vscode.l10n.t('Model')),
    state: ({ uri, models, selected, loaded }) => {
      const model = models[selected];
      return {
        version: contractVersion, type: 'state', uri: uri.toString(), document: fileName(uri), selected, loaded, words: words(),
        models: models.map((one) => ({ name: one.name, class: one.class, ...lineOf(one.locations.model, uri) })),
        ...(model === undefined ? {} : { table: toTable(model, uri) }),
      };
    },
    caret: (rows) => ({ version: contractVersion, type: 'caret', rows }),
    receive: async (message, { uri, models }, panel) => {
      switch (message.type) {
        case 'ready': panel.send(); break;
        case 'select': panel.select(message.model); break;
        case 'reveal': await panel.reveal(message.model, message.row); break;
        case 'copy': await actions.copyText(await client.copyOf(uri, message.model, message.format, message.columns, message.batch)); break;
        default: {
          const name = models[message.model]?.name;
          if (name !== undefined) await actions.compare(uri, name, message.with);
        }
      }
    },
  });
}

/** The first model that is no part of another. */
export function mainModel(models: readonly PlacedTable[]): number {
  return Math.max(0, models.findIndex((model) => !models.some((other) => other !== model && other.rows.some((row) => row.name === model.name))));
}

/** In a notebook a line says little without its cell: the heading leaves it out. */
function lineOf(location: vscode.Location | undefined, uri: vscode.Uri): { line?: number } {
  return location === undefined || location.uri.toString() !== uri.toString() ? {} : { line: location.range.start.line + 1 };
}

function toTable({ locations, ...table }: PlacedTable, uri: vscode.Uri): ModelTable {
  return {
    ...table, ...lineOf(locations.model, uri),
    rows: table.rows.map((row, at) => { const location = locations.rows[at]; return location === undefined ? row : { ...row, line: location.range.start.line + 1 }; }),
  };
}

function words(): Record<SummaryWord, string> {
  return {
    caption: vscode.l10n.t('Layers of'), layer: vscode.l10n.t('Layer'), class: vscode.l10n.t('Type'), input: vscode.l10n.t('Input shape'), output: vscode.l10n.t('Output shape'),
    params: vscode.l10n.t('Parameters'), share: vscode.l10n.t('Share'), trainable: vscode.l10n.t('Trainable'), frozen: vscode.l10n.t('Frozen'), buffers: vscode.l10n.t('Buffers'),
    multiplyAdds: vscode.l10n.t('Multiply-adds'), activation: vscode.l10n.t('Activations'), memory: vscode.l10n.t('Weights'), weights: vscode.l10n.t('Weights'), nonTrainable: vscode.l10n.t('Non-trainable'),
    model: vscode.l10n.t('Model'), goTo: vscode.l10n.t('Go to line {0}'), noModel: vscode.l10n.t('No model was found in this file.'), loading: vscode.l10n.t('Reading the model'),
    incomplete: vscode.l10n.t('Some of it is not known: a size or a member that was not understood.'), failed: vscode.l10n.t('The model cannot work as it is written. The reason stands where it fails.'),
    frozenMark: vscode.l10n.t('frozen'), partlyFrozenMark: vscode.l10n.t('partly frozen'), batch: vscode.l10n.t('Batch'), batchHelp: vscode.l10n.t('The number of samples for which activations are given.'),
    search: vscode.l10n.t('Search layers'), noMatch: vscode.l10n.t('No layer matches'), matches: vscode.l10n.t('{0} found'), columns: vscode.l10n.t('Columns'), copyAs: vscode.l10n.t('Copy As'), copyText: vscode.l10n.t('Text, as Keras prints it'),
    compare: vscode.l10n.t('Compare'), compareHead: vscode.l10n.t('With the Last Commit'), compareModel: vscode.l10n.t('With Another Model…'), expandAll: vscode.l10n.t('Expand All'), collapseAll: vscode.l10n.t('Collapse All'),
    expand: vscode.l10n.t('Expand'), collapse: vscode.l10n.t('Collapse'), calls: vscode.l10n.t('called {0} times'), sinceSaved: vscode.l10n.t('Parameters since the file was saved'), atLeast: vscode.l10n.t('At least'), unknown: vscode.l10n.t('Not known'),
    added: vscode.l10n.t('new'), changed: vscode.l10n.t('changed'),
    multiplyAddsHelp: vscode.l10n.t('Multiply-adds of matrix products and convolutions, for one sample.'), activationHelp: vscode.l10n.t('Bytes of what the layers give out, for the whole batch.'),
    memoryHelp: vscode.l10n.t('Bytes of parameters and buffers.'), buffersHelp: vscode.l10n.t('State that is no parameter, such as running statistics.'),
  };
}
