// What the extension and its panels say to each other: unions of messages, each with the version of this contract, and the readers that
// both ends use on what comes in. Imports nothing of either end, so that both may use it.
import type { Fields } from './reading.ts';
import { isCount, isNumber, isOneOf, readCount, readCounts, readLine, readList, readObject, readText, readTexts, readWords } from './reading.ts';

export const contractVersion = 2;

/** An amount for a batch of b samples: `[0] + [1]·b + [2]·b²`; not `complete` where it is at least so much. */
export interface Amount { readonly terms: readonly [number, number, number]; readonly complete: boolean }

export interface Parameters {
  readonly total: number;
  readonly trainable: number;
  /** Elements of state that is no parameter; they are not in `total`. */
  readonly buffers: number;
  readonly complete: boolean;
}

export const rowKinds = ['layer', 'group', 'failure'] as const;
export type RowKind = (typeof rowKinds)[number];
export const changes = ['same', 'added', 'removed', 'changed'] as const;
export type Change = (typeof changes)[number];

/** One row of a model's table. Rows stand in reading order, each behind the one that holds it. */
export interface TableRow {
  /** 'group': equal neighbours folded into one. 'failure': no layer, but why the model is not known from here on. */
  readonly kind: RowKind;
  readonly key: string;
  readonly name: string;
  readonly class: string;
  /** From 1. */
  readonly level: number;
  /** How many neighbours a group stands for. */
  readonly repeat: number;
  /** The line of the file or cell at which it is built, from 1; undefined where nothing leads there. */
  readonly line?: number;
  readonly input: string;
  /** `(None, 80, 80, 16)`, or `?`. */
  readonly output: string;
  readonly calls: number;
  readonly params: Parameters;
  readonly weightBytes: number;
  readonly multiplyAdds: Amount;
  readonly activation: Amount;
  /** Of a failure: why. */
  readonly reason: string;
  /** Since the file was saved. */
  readonly change?: Change;
  readonly changedParams?: number;
}

/** What a table says of the whole model. */
export interface TableTotals {
  readonly name: string;
  readonly class: string;
  readonly framework: string;
  readonly line?: number;
  readonly params: Parameters;
  /** Parameters and buffers by their type. */
  readonly weights: readonly { readonly dtype: string; readonly count: number; readonly bytes: number }[];
  readonly multiplyAdds: Amount;
  readonly activation: Amount;
  /** The batch that the program itself states. */
  readonly batch?: number;
  readonly complete: boolean;
}

export interface ModelTable extends TableTotals {
  readonly rows: readonly TableRow[];
  /** What changed since the file was saved, where it was edited since. */
  readonly since?: { readonly added: number; readonly removed: number; readonly changed: number; readonly params: number };
}

/** What a list of models to choose from shows of one. */
export interface ModelTitle { readonly name: string; readonly class: string; readonly line?: number }

export const tableColumns = ['class', 'input', 'output', 'params', 'share', 'trainable', 'frozen', 'buffers', 'multiplyAdds', 'activation', 'memory'] as const;
export type TableColumn = (typeof tableColumns)[number];
export const copyFormats = ['text', 'markdown', 'csv', 'latex'] as const;
export type CopyFormat = (typeof copyFormats)[number];

// ---- The summary panel.

/** Its words, already translated; `{0}` stands for what is filled in. */
export const summaryWords = [
  'caption', 'layer', 'class', 'input', 'output', 'params', 'share', 'trainable', 'frozen', 'buffers', 'multiplyAdds', 'activation', 'memory', 'nonTrainable', 'weights',
  'model', 'goTo', 'noModel', 'incomplete', 'loading', 'frozenMark', 'partlyFrozenMark', 'batch', 'batchHelp', 'search', 'noMatch', 'matches', 'columns', 'copyAs', 'copyText', 'compare', 'compareHead',
  'compareModel', 'expandAll', 'collapseAll', 'calls', 'sinceSaved', 'atLeast', 'unknown', 'failed', 'multiplyAddsHelp', 'activationHelp', 'memoryHelp', 'buffersHelp', 'added', 'changed', 'expand', 'collapse',
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
    readonly models: readonly ModelTitle[];
    readonly selected: number;
    /** Of the selected model. */
    readonly table?: ModelTable;
    /** False until the server has answered once. */
    readonly loaded: boolean;
    readonly words: Readonly<Record<SummaryWord, string>>;
  }
  /** The rows of the shown model that are built on the line at which the editor's caret stands. */
  | { readonly version: typeof contractVersion; readonly type: 'caret'; readonly rows: readonly number[] };

/** From the summary panel to the extension. A `row` is its position in the table; without one the model itself is meant. */
export type FromSummary =
  | { readonly version: typeof contractVersion; readonly type: 'ready' }
  | { readonly version: typeof contractVersion; readonly type: 'reveal'; readonly model: number; readonly row?: number }
  | { readonly version: typeof contractVersion; readonly type: 'select'; readonly model: number }
  | { readonly version: typeof contractVersion; readonly type: 'copy'; readonly model: number; readonly format: CopyFormat; readonly columns: readonly TableColumn[]; readonly batch: number }
  | { readonly version: typeof contractVersion; readonly type: 'compare'; readonly model: number; readonly with: 'head' | 'model' };

// ---- The compare panel.

export const compareWords = [
  'caption', 'layer', 'class', 'output', 'params', 'difference', 'trainable', 'multiplyAdds', 'activation', 'memory', 'added', 'removed', 'changed', 'same', 'onlyChanges', 'noChanges', 'loading', 'noModel', 'goTo',
  'total', 'before', 'after', 'expandAll', 'collapseAll', 'expand', 'collapse', 'unknown', 'atLeast', 'missing', 'noRepository', 'search', 'noMatch', 'matches', 'unchanged',
] as const;
export type CompareWord = (typeof compareWords)[number];

export interface ComparedRow {
  readonly change: Change;
  readonly level: number;
  readonly before?: TableRow;
  readonly after?: TableRow;
}

export interface Comparison {
  readonly before: TableTotals;
  readonly after: TableTotals;
  readonly rows: readonly ComparedRow[];
  readonly counts: { readonly added: number; readonly removed: number; readonly changed: number };
}

/** 'missing': the other version has no such model. 'no-repository': the file is in none, or was never committed. */
export const comparisonStates = ['loading', 'ready', 'missing', 'no-repository', 'no-model'] as const;
export type ComparisonState = (typeof comparisonStates)[number];

export type ToCompare = {
  readonly version: typeof contractVersion;
  readonly type: 'state';
  readonly state: ComparisonState;
  /** What survives a reload: the model, and what it is compared with. */
  readonly kept: CompareViewState;
  /** What the two sides are called: `model.py at HEAD`, `model.py`. */
  readonly beforeName: string;
  readonly afterName: string;
  readonly comparison?: Comparison;
  readonly words: Readonly<Record<CompareWord, string>>;
};

export type FromCompare =
  | { readonly version: typeof contractVersion; readonly type: 'ready' }
  /** A row's position; `side` says in which of the two it is looked for. */
  | { readonly version: typeof contractVersion; readonly type: 'reveal'; readonly row: number; readonly side: 'before' | 'after' };

export interface CompareViewState {
  readonly uri: string;
  readonly model: string;
  /** Absent: the file itself at HEAD. */
  readonly other?: { readonly uri: string; readonly model: string };
}

/** What every panel about models keeps over a reload of the window: which one was looked at. A page may keep more beside it. */
export interface ModelViewState {
  readonly uri: string;
  readonly model: number;
}

// ---- Reading. A message that is none of these is undefined.

export function readToSummary(given: unknown): ToSummary | undefined {
  const message = readMessage(given);
  if (message === undefined) return undefined;
  if (message['type'] === 'caret') return { version: contractVersion, type: 'caret', rows: readCounts(message['rows']) };
  if (message['type'] !== 'state') return undefined;
  const { uri, document, selected, loaded } = message;
  const words = readWords(message['words'], summaryWords), table = readTable(message['table']);
  if (typeof uri !== 'string' || typeof document !== 'string' || !isCount(selected) || typeof loaded !== 'boolean' || words === undefined) return undefined;
  return { version: contractVersion, type: 'state', uri, document, selected, loaded, models: readList(message['models']).flatMap(readTitle), ...(table === undefined ? {} : { table }), words };
}

export function readFromSummary(given: unknown): FromSummary | undefined {
  const message = readMessage(given);
  if (message === undefined) return undefined;
  const { type, model, row, format } = message;
  if (type === 'ready') return { version: contractVersion, type };
  if (!isCount(model)) return undefined;
  if (type === 'select') return { version: contractVersion, type, model };
  if (type === 'copy') {
    if (!isOneOf(format, copyFormats)) return undefined;
    return { version: contractVersion, type, model, format, columns: readTexts(message['columns']).filter((one) => isOneOf(one, tableColumns)), batch: Math.max(1, readCount(message['batch'])) };
  }
  if (type === 'compare' && (message['with'] === 'head' || message['with'] === 'model')) return { version: contractVersion, type, model, with: message['with'] };
  if (type === 'reveal') return { version: contractVersion, type, model, ...(isCount(row) ? { row } : {}) };
  return undefined;
}

export function readToCompare(given: unknown): ToCompare | undefined {
  const message = readMessage(given);
  const kept = readCompareViewState(message?.['kept']), words = readWords(message?.['words'], compareWords), state = message?.['state'];
  if (message === undefined || message['type'] !== 'state' || kept === undefined || words === undefined || !isOneOf(state, comparisonStates)) return undefined;
  const comparison = readComparison(message['comparison']);
  return {
    version: contractVersion, type: 'state', state, kept, words, beforeName: readText(message['beforeName']), afterName: readText(message['afterName']), ...(comparison === undefined ? {} : { comparison }),
  };
}

export function readFromCompare(given: unknown): FromCompare | undefined {
  const message = readMessage(given);
  if (message?.['type'] === 'ready') return { version: contractVersion, type: 'ready' };
  const row = message?.['row'], side = message?.['side'];
  return message?.['type'] === 'reveal' && isCount(row) && (side === 'before' || side === 'after') ? { version: contractVersion, type: 'reveal', row, side } : undefined;
}

export function readViewState(given: unknown): ModelViewState | undefined {
  const state = readObject(given);
  const uri = state?.['uri'], model = state?.['model'];
  return typeof uri === 'string' ? { uri, model: isCount(model) ? model : 0 } : undefined;
}

export function readCompareViewState(given: unknown): CompareViewState | undefined {
  const state = readObject(given), other = readObject(state?.['other']);
  const uri = state?.['uri'], model = state?.['model'];
  if (typeof uri !== 'string' || typeof model !== 'string') return undefined;
  const otherUri = other?.['uri'], otherModel = other?.['model'];
  return { uri, model, ...(typeof otherUri === 'string' && typeof otherModel === 'string' ? { other: { uri: otherUri, model: otherModel } } : {}) };
}

function readMessage(given: unknown): Fields | undefined {
  const message = readObject(given);
  return message?.['version'] === contractVersion ? message : undefined;
}

/** A table of the server's answer, or one that a page is sent; undefined where it does not read as one. */
export function readTable(given: unknown): ModelTable | undefined {
  const totals = readTotals(given), model = readObject(given);
  if (totals === undefined) return undefined;
  const since = readObject(model?.['since']);
  return {
    ...totals, rows: readList(model?.['rows']).flatMap((row) => readRow(row) ?? []),
    ...(since === undefined ? {} : { since: { added: readCount(since['added']), removed: readCount(since['removed']), changed: readCount(since['changed']), params: readNumber(since['params']) } }),
  };
}

function readTotals(given: unknown): TableTotals | undefined {
  const model = readObject(given), params = readObject(model?.['params']), batch = model?.['batch'];
  if (model === undefined || params === undefined || typeof model['name'] !== 'string') return undefined;
  return {
    name: model['name'], class: readText(model['class']), framework: readText(model['framework']), ...readLine(model['line']), params: readParameters(params),
    weights: readList(model['weights']).flatMap((one) => { const weight = readObject(one); return weight === undefined ? [] : [{ dtype: readText(weight['dtype']), count: readCount(weight['count']), bytes: readCount(weight['bytes']) }]; }),
    multiplyAdds: readAmount(model['multiplyAdds']), activation: readAmount(model['activation']), ...(isCount(batch) && batch > 0 ? { batch } : {}), complete: model['complete'] !== false,
  };
}

export function readRow(given: unknown): TableRow | undefined {
  const row = readObject(given);
  if (row === undefined || typeof row['name'] !== 'string' || typeof row['key'] !== 'string') return undefined;
  const { kind, change, changedParams } = row;
  return {
    kind: isOneOf(kind, rowKinds) ? kind : 'layer', key: row['key'], name: row['name'], class: readText(row['class']), level: Math.max(1, readCount(row['level'])), repeat: Math.max(1, readCount(row['repeat'])),
    ...readLine(row['line']), input: readText(row['input']), output: readText(row['output']), calls: readCount(row['calls']), params: readParameters(readObject(row['params'])),
    weightBytes: readCount(row['weightBytes']), multiplyAdds: readAmount(row['multiplyAdds']), activation: readAmount(row['activation']), reason: readText(row['reason']),
    ...(isOneOf(change, changes) ? { change } : {}), ...(isNumber(changedParams) ? { changedParams } : {}),
  };
}

export function readComparison(given: unknown): Comparison | undefined {
  const comparison = readObject(given), counts = readObject(comparison?.['counts']);
  const before = readTotals(comparison?.['before']), after = readTotals(comparison?.['after']);
  if (before === undefined || after === undefined) return undefined;
  return {
    before, after, counts: { added: readCount(counts?.['added']), removed: readCount(counts?.['removed']), changed: readCount(counts?.['changed']) },
    rows: readList(comparison?.['rows']).flatMap((one) => {
      const row = readObject(one), left = readRow(row?.['before']), right = readRow(row?.['after']), change = row?.['change'];
      if (!isOneOf(change, changes) || (left === undefined && right === undefined)) return [];
      return [{ change, level: Math.max(1, readCount(row?.['level'])), ...(left === undefined ? {} : { before: left }), ...(right === undefined ? {} : { after: right }) }];
    }),
  };
}

function readTitle(given: unknown): ModelTitle[] {
  const title = readObject(given);
  return typeof title?.['name'] === 'string' ? [{ name: title['name'], class: readText(title['class']), ...readLine(title['line']) }] : [];
}

function readParameters(given: Fields | undefined): Parameters {
  return { total: readCount(given?.['total']), trainable: readCount(given?.['trainable']), buffers: readCount(given?.['buffers']), complete: given !== undefined && given['complete'] !== false };
}

function readAmount(given: unknown): Amount {
  const amount = readObject(given), [fixed, perSample, perPair] = readList(amount?.['terms']);
  return { terms: [readNumber(fixed), readNumber(perSample), readNumber(perPair)], complete: amount !== undefined && amount['complete'] !== false };
}

function readNumber(given: unknown): number { return isNumber(given) ? given : 0; }
