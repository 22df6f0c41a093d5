// What the extension and the graph panel say to each other, and the readers that both ends use on what comes in.
// Imports nothing of either end.
import { contractVersion } from './contract.ts';
import { isCount, isOneOf, readCount, readCounts, readLine, readList, readObject, readText, readTexts, readWords } from './reading.ts';

export const graphNodeKinds = ['input', 'output', 'layer', 'module', 'operation', 'function', 'repeat', 'range'] as const;
export type GraphNodeKind = (typeof graphNodeKinds)[number];

/** A box of the graph; boxes inside others come after them. */
export interface GraphNodeData {
  readonly id: string;
  /** The box around it, by its position; -1 for none. */
  readonly parent: number;
  readonly kind: GraphNodeKind;
  readonly name: string;
  readonly class: string;
  /** `(None, 80, 80, 16)`; empty where it is not known. */
  readonly output: string;
  readonly params: number;
  readonly trainable: number;
  /** Whether `params` is all of it. */
  readonly complete: boolean;
  /** The line at which it is built, from 1, and the file, where it is another one. */
  readonly line?: number;
  readonly file?: string;
  /** How its construction is written. */
  readonly source: string;
  /** Why it fails; empty where it does not. */
  readonly error: string;
  /** In how many places it is used. */
  readonly uses: number;
  /** How many a 'repeat', a 'range' or a module of equal parts holds; 0 for others. */
  readonly count: number;
}

export interface GraphEdgeData {
  readonly from: number;
  readonly to: number;
  /** Empty where it is not known. */
  readonly shape: string;
  /** False: only the order of the calls says so. */
  readonly certain: boolean;
}

export interface GraphData {
  readonly name: string;
  readonly class: string;
  readonly framework: string;
  readonly line?: number;
  readonly nodes: readonly GraphNodeData[];
  readonly edges: readonly GraphEdgeData[];
  readonly params: { readonly total: number; readonly trainable: number };
  readonly complete: boolean;
  /** There is more than is shown. */
  readonly isCut: boolean;
}

/** The graph panel's words, already translated. */
export const graphWords = [
  'model', 'graph', 'outline', 'search', 'searchPlaceholder', 'next', 'previous', 'noMatch', 'matches', 'zoomIn', 'zoomOut', 'fit', 'expandAll', 'collapseAll', 'export', 'exportSvg', 'exportPng',
  'loading', 'noModel', 'incomplete', 'cut', 'parameters', 'trainable', 'frozen', 'fails', 'output', 'input', 'reads', 'givesTo', 'goTo', 'goToFile', 'expand', 'collapse', 'uses',
  'close', 'keys', 'holds', 'noLayout', 'builtBy',
] as const;
export type GraphWord = (typeof graphWords)[number];

export type ToGraph =
  | {
    readonly version: typeof contractVersion;
    readonly type: 'state';
    readonly uri: string;
    readonly document: string;
    readonly models: readonly { readonly name: string; readonly class: string; readonly line?: number }[];
    readonly selected: number;
    readonly loaded: boolean;
    readonly graph?: GraphData;
    readonly words: Readonly<Record<GraphWord, string>>;
  }
  /** The boxes that are built on the line at which the editor's caret stands. */
  | { readonly version: typeof contractVersion; readonly type: 'caret'; readonly layers: readonly number[] };

export const exportFormats = ['svg', 'png'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A `node` is a box's position; without one the model itself is meant. Pictures of points come in base64. */
export type FromGraph =
  | { readonly version: typeof contractVersion; readonly type: 'ready' }
  | { readonly version: typeof contractVersion; readonly type: 'reveal'; readonly model: number; readonly node?: number }
  | { readonly version: typeof contractVersion; readonly type: 'select'; readonly model: number }
  | { readonly version: typeof contractVersion; readonly type: 'export'; readonly model: number; readonly format: ExportFormat; readonly data: string };

/** What the page keeps over a reload of the window, beside the document and the model. */
export interface GraphViewState {
  readonly uri: string;
  readonly model: number;
  /** Open boxes, by model. */
  readonly open: Readonly<Record<string, readonly string[]>>;
  readonly view?: { readonly x: number; readonly y: number; readonly scale: number } | undefined;
  readonly selectedNode?: string | undefined;
  readonly showsOutline: boolean;
}

export function readToGraph(given: unknown): ToGraph | undefined {
  const message = readObject(given);
  if (message === undefined || message['version'] !== contractVersion) return undefined;
  if (message['type'] === 'caret') return { version: contractVersion, type: 'caret', layers: readCounts(message['layers']) };
  if (message['type'] !== 'state') return undefined;
  const { uri, document, selected, loaded } = message;
  const words = readWords(message['words'], graphWords);
  if (typeof uri !== 'string' || typeof document !== 'string' || !isCount(selected) || typeof loaded !== 'boolean' || words === undefined) return undefined;
  const graph = readGraph(message['graph']);
  return {
    version: contractVersion, type: 'state', uri, document, selected, loaded, words, ...(graph === undefined ? {} : { graph }),
    models: readList(message['models']).flatMap((one) => {
      const model = readObject(one);
      return model === undefined ? [] : [{ name: readText(model['name']), class: readText(model['class']), ...readLine(model['line']) }];
    }),
  };
}

/** A graph of a server's answer. Edges between boxes that it does not have, and boxes within later ones, are left out. */
export function readGraph(given: unknown): GraphData | undefined {
  const graph = readObject(given), params = readObject(graph?.['params']);
  if (graph === undefined || typeof graph['name'] !== 'string') return undefined;
  const nodes = readList(graph['nodes']).map(readNode);
  const edges = readList(graph['edges']).flatMap((one): GraphEdgeData[] => {
    const edge = readObject(one);
    const from = edge?.['from'], to = edge?.['to'];
    if (!isCount(from) || !isCount(to) || from >= nodes.length || to >= nodes.length) return [];
    return [{ from, to, shape: readText(edge?.['shape']), certain: edge?.['certain'] !== false }];
  });
  return {
    name: graph['name'], class: readText(graph['class']), framework: readText(graph['framework']), ...readLine(graph['line']), nodes, edges,
    params: { total: readCount(params?.['total']), trainable: readCount(params?.['trainable']) }, complete: graph['complete'] !== false, isCut: graph['isCut'] === true,
  };
}

function readNode(given: unknown, at: number): GraphNodeData {
  const node = readObject(given) ?? {};
  const { kind, parent } = node;
  return {
    id: readText(node['id']) || String(at), parent: isCount(parent) && parent < at ? parent : -1, kind: isOneOf(kind, graphNodeKinds) ? kind : 'layer', name: readText(node['name']), class: readText(node['class']),
    output: readText(node['output']), params: readCount(node['params']), trainable: readCount(node['trainable']), complete: node['complete'] !== false, ...readLine(node['line']),
    ...(typeof node['file'] === 'string' ? { file: node['file'] } : {}), source: readText(node['source']), error: readText(node['error']), uses: Math.max(1, readCount(node['uses'])), count: readCount(node['count']),
  };
}

/** The largest picture that is taken, in characters. */
const longestPicture = 64 * 1024 * 1024;

export function readFromGraph(given: unknown): FromGraph | undefined {
  const message = readObject(given);
  if (message === undefined || message['version'] !== contractVersion) return undefined;
  const { type, model, node, format, data } = message;
  if (type === 'ready') return { version: contractVersion, type };
  if (!isCount(model)) return undefined;
  if (type === 'select') return { version: contractVersion, type, model };
  if (type === 'reveal') return { version: contractVersion, type, model, ...(isCount(node) ? { node } : {}) };
  if (type !== 'export' || !isOneOf(format, exportFormats) || typeof data !== 'string' || data.length > longestPicture) return undefined;
  return { version: contractVersion, type, model, format, data };
}

export function readGraphViewState(given: unknown): GraphViewState | undefined {
  const state = readObject(given);
  if (state === undefined || typeof state['uri'] !== 'string') return undefined;
  const view = readObject(state['view']), open = readObject(state['open']) ?? {};
  const isNumber = (one: unknown): one is number => typeof one === 'number' && Number.isFinite(one);
  const { x, y, scale } = view ?? {};
  return {
    uri: state['uri'], model: readCount(state['model']), showsOutline: state['showsOutline'] === true,
    open: Object.fromEntries(Object.entries(open).map(([name, ids]) => [name, readTexts(ids)])),
    ...(isNumber(x) && isNumber(y) && isNumber(scale) && scale > 0 ? { view: { x, y, scale } } : {}),
    ...(typeof state['selectedNode'] === 'string' ? { selectedNode: state['selectedNode'] } : {}),
  };
}
