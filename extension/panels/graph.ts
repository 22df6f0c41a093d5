// The graph panel: what its page is sent of the models of a file, and what is done of what it asks, saving pictures among it.
// Following the file, the caret and the active editor is the work of model-panel.ts.
import * as vscode from 'vscode';
import { contractVersion } from '../../webviews/shared/contract.ts';
import type { FromGraph, GraphData, GraphWord, ToGraph } from '../../webviews/shared/contract-graph.ts';
import { readFromGraph } from '../../webviews/shared/contract-graph.ts';
import type { ModelClient, PlacedGraph } from '../client.ts';
import type { ModelPanel } from './model-panel.ts';
import { makeModelPanel } from './model-panel.ts';
import { fileName } from './source.ts';

export const graphViewType = 'inlayer.graph';

export type GraphPanel = ModelPanel<PlacedGraph>;

export function makeGraphPanel(extensionUri: vscode.Uri, client: ModelClient): GraphPanel {
  return makeModelPanel<PlacedGraph, ToGraph, FromGraph>(extensionUri, client, {
    kind: {
      viewType: graphViewType, page: 'graph', title: vscode.l10n.t('Graph'), read: readFromGraph,
      // The layout runs in a worker, which a page may load from a blob only; a PNG is drawn from an image of the SVG.
      policy: () => ['worker-src blob:', 'img-src blob:'],
    },
    load: (uri) => client.graphs(uri),
    mainModel: (models) => Math.max(0, models.findIndex((model) => !models.some((other) => other !== model && other.graph.nodes.some((node) => node.name === model.name && node.class === model.graph.class)))),
    title: (model) => vscode.l10n.t('{0} – Graph', model?.name ?? vscode.l10n.t('Model')),
    state: ({ uri, models, selected, loaded }) => {
      const model = models[selected];
      return {
        version: contractVersion, type: 'state', uri: uri.toString(), document: fileName(uri), selected, loaded, words: words(),
        models: models.map(({ name, graph, locations }) => ({ name, class: graph.class, ...lineWithin(locations.model, uri) })),
        ...(model === undefined ? {} : { graph: toGraph(model, uri) }),
      };
    },
    caret: (layers) => ({ version: contractVersion, type: 'caret', layers }),
    receive: async (message, { uri, models }, panel) => {
      if (message.type === 'ready') panel.send();
      else if (message.type === 'select') panel.select(message.model);
      else if (message.type === 'reveal') await panel.reveal(message.model, message.node);
      else await savePicture(message, uri, models[message.model]?.name ?? 'model');
    },
  });
}

/** What the page is sent of a graph: a line where the box is built in the document, else the name of the file. */
function toGraph({ graph, locations }: PlacedGraph, uri: vscode.Uri): GraphData {
  return {
    ...graph, ...lineWithin(locations.model, uri),
    nodes: graph.nodes.map(({ line: _line, ...node }, at) => {
      const location = locations.rows[at];
      if (location === undefined) return node;
      const line = location.range.start.line + 1;
      return location.uri.path === uri.path ? { ...node, line } : { ...node, file: `${fileName(location.uri)}:${line}` };
    }),
  };
}

/** In a notebook a line says little without its cell. */
function lineWithin(location: vscode.Location | undefined, uri: vscode.Uri): { line?: number } {
  return location?.uri.toString() === uri.toString() ? { line: location.range.start.line + 1 } : { line: undefined };
}

/** Asks where to, beside the document at first. */
async function savePicture(message: Extract<FromGraph, { type: 'export' }>, uri: vscode.Uri, name: string): Promise<void> {
  const { format, data } = message;
  const plain = name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80) || 'model';
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(uri.with({ scheme: uri.scheme === 'vscode-notebook-cell' ? 'file' : uri.scheme, fragment: '' }), '..', `${plain}.${format}`),
    filters: { [format.toUpperCase()]: [format] }, title: vscode.l10n.t('Export the Graph'),
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, format === 'svg' ? new TextEncoder().encode(data) : decodeBase64(data));
    vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', fileName(target)), 4000);
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The graph could not be saved: {0}', error instanceof Error ? error.message : String(error)));
  }
}

/** With what browsers have as well. */
function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function words(): Record<GraphWord, string> {
  return {
    model: vscode.l10n.t('Model'), graph: vscode.l10n.t('Graph of the model'), outline: vscode.l10n.t('Outline'), search: vscode.l10n.t('Find layers'), searchPlaceholder: vscode.l10n.t('Find name, type or shape'),
    next: vscode.l10n.t('Next match'), previous: vscode.l10n.t('Previous match'), noMatch: vscode.l10n.t('No match'), matches: vscode.l10n.t('{0} of {1}', '{0}', '{1}'),
    zoomIn: vscode.l10n.t('Zoom in'), zoomOut: vscode.l10n.t('Zoom out'), fit: vscode.l10n.t('Fit to the panel'), expandAll: vscode.l10n.t('Expand all'), collapseAll: vscode.l10n.t('Collapse all'),
    export: vscode.l10n.t('Export'), exportSvg: vscode.l10n.t('Save as SVG'), exportPng: vscode.l10n.t('Save as PNG'),
    loading: vscode.l10n.t('Reading the model'), noModel: vscode.l10n.t('No model was found in this file.'), incomplete: vscode.l10n.t('Some of it is not known: a size or a member that was not understood.'),
    cut: vscode.l10n.t('The model is too large: only a part of it is shown.'),
    parameters: vscode.l10n.t('parameters'), trainable: vscode.l10n.t('trainable'), frozen: vscode.l10n.t('frozen'), fails: vscode.l10n.t('fails'), output: vscode.l10n.t('output'), input: vscode.l10n.t('input'),
    reads: vscode.l10n.t('reads'), givesTo: vscode.l10n.t('gives to'), goTo: vscode.l10n.t('Go to line {0}', '{0}'), goToFile: vscode.l10n.t('Go to {0}', '{0}'), expand: vscode.l10n.t('Expand'), collapse: vscode.l10n.t('Collapse'),
    uses: vscode.l10n.t('uses'), close: vscode.l10n.t('Close'),
    keys: vscode.l10n.t('Arrow keys follow the connections, Enter expands or collapses, F12 goes to the source, Escape leads to the enclosing box, Shift with arrow keys moves the drawing, plus, minus and 0 zoom.'),
    holds: vscode.l10n.t('{0} parts', '{0}'), noLayout: vscode.l10n.t('The graph could not be laid out.'), builtBy: vscode.l10n.t('source'),
  };
}
