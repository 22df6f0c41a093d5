// What the extension and its panels say to each other: two unions of messages, each with the version of this contract, and
// the readers that both ends use on what comes in. Imports nothing of either end, so that both may use it.
import { isCount, readCount, readLine, readList, readObject, readText } from './reading.ts';

export const contractVersion = 1;

/** One row of a model's table. */
export interface LayerRow {
  readonly name: string;
  readonly class: string;
  /** The line of the file or cell at which the layer is built, from 1; undefined where it is built in another file. */
  readonly line?: number;
  /** `(None, 80, 80, 16)`, or `?`. */
  readonly output: string;
  readonly params: number;
  readonly trainable: number;
  /** Whether `params` is all of it. */
  readonly complete: boolean;
}

export interface ModelTable {
  readonly name: string;
  readonly class: string;
  readonly framework: string;
  readonly line?: number;
  readonly layers: readonly LayerRow[];
  readonly params: { readonly total: number; readonly trainable: number; readonly nonTrainable: number };
  readonly complete: boolean;
}

/** The summary panel's words, already translated. */
export const summaryWords = [
  'caption', 'layer', 'type', 'output', 'parameters', 'total', 'trainable', 'nonTrainable', 'frozen', 'copy', 'model', 'goTo', 'noModel', 'incomplete', 'loading',
] as const;
export type SummaryWord = (typeof summaryWords)[number];

/** From the extension to the summary panel. */
export type ToSummary =
  | {
    readonly version: typeof contractVersion;
    readonly type: 'state';
    readonly uri: string;
    /** The document's name, for the caption. */
    readonly document: string;
    readonly models: readonly ModelTable[];
    readonly selected: number;
    /** False until the server has answered once. */
    readonly loaded: boolean;
    readonly words: Readonly<Record<SummaryWord, string>>;
  }
  /** The layers of the shown model that are built on the line at which the editor's caret stands. */
  | { readonly version: typeof contractVersion; readonly type: 'caret'; readonly layers: readonly number[] };

/** From the summary panel to the extension. A `layer` is a row's index; without one the model itself is meant. */
export type FromSummary =
  | { readonly version: typeof contractVersion; readonly type: 'ready' }
  | { readonly version: typeof contractVersion; readonly type: 'reveal'; readonly model: number; readonly layer?: number }
  | { readonly version: typeof contractVersion; readonly type: 'select'; readonly model: number }
  | { readonly version: typeof contractVersion; readonly type: 'copy'; readonly model: number };

/** What every panel about models keeps over a reload of the window: which one was looked at. A page may keep more beside it. */
export interface ModelViewState {
  readonly uri: string;
  readonly model: number;
}

/** The message, or undefined where it is none of these. */
export function readToSummary(given: unknown): ToSummary | undefined {
  const message = readObject(given);
  if (message === undefined || message['version'] !== contractVersion) return undefined;
  if (message['type'] === 'caret') return { version: contractVersion, type: 'caret', layers: readList(message['layers']).filter(isCount) };
  if (message['type'] !== 'state') return undefined;
  const { uri, document, selected, loaded } = message;
  const words = readObject(message['words']);
  if (typeof uri !== 'string' || typeof document !== 'string' || !isCount(selected) || typeof loaded !== 'boolean' || words === undefined) return undefined;
  if (!summaryWords.every((word) => typeof words[word] === 'string')) return undefined;
  return { version: contractVersion, type: 'state', uri, document, selected, loaded, models: readModels(message['models']), words: words as Record<SummaryWord, string> };
}

/** As `readToSummary`, for the other way. */
export function readFromSummary(given: unknown): FromSummary | undefined {
  const message = readObject(given);
  if (message === undefined || message['version'] !== contractVersion) return undefined;
  const { type, model, layer } = message;
  if (type === 'ready') return { version: contractVersion, type };
  if (!isCount(model)) return undefined;
  if (type === 'select' || type === 'copy') return { version: contractVersion, type, model };
  if (type === 'reveal') return { version: contractVersion, type, model, ...(isCount(layer) ? { layer } : {}) };
  return undefined;
}

export function readViewState(given: unknown): ModelViewState | undefined {
  const state = readObject(given);
  const uri = state?.['uri'], model = state?.['model'];
  return typeof uri === 'string' ? { uri, model: isCount(model) ? model : 0 } : undefined;
}

/** The models of a server's answer; what does not read as a model is left out. */
export function readModels(given: unknown): ModelTable[] {
  return readList(given).flatMap((one) => {
    const model = readObject(one), params = readObject(model?.['params']);
    if (model === undefined || params === undefined || typeof model['name'] !== 'string') return [];
    return [{
      name: model['name'], class: readText(model['class']), framework: readText(model['framework']), ...readLine(model['line']),
      layers: readList(model['layers']).flatMap(readLayer),
      params: { total: readCount(params['total']), trainable: readCount(params['trainable']), nonTrainable: readCount(params['nonTrainable']) },
      complete: model['complete'] !== false,
    }];
  });
}

function readLayer(given: unknown): LayerRow[] {
  const layer = readObject(given);
  if (layer === undefined || typeof layer['name'] !== 'string') return [];
  return [{
    name: layer['name'], class: readText(layer['class']), ...readLine(layer['line']), output: readText(layer['output']) || '?',
    params: readCount(layer['params']), trainable: readCount(layer['trainable']), complete: layer['complete'] !== false,
  }];
}
