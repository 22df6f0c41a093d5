// The tables of models over the protocol: for the summary, against another version or another model, as text in other forms.
// It holds no logic: rows come from server/features, places become locations.
import type { Connection } from 'vscode-languageserver';
import type { ComparedRow } from '../features/compare.ts';
import { compareTables, counterpartOf } from '../features/compare.ts';
import type { CountedModel } from '../features/lenses.ts';
import { countedModelsOf } from '../features/lenses.ts';
import type { ModelTable, TableRow } from '../features/summary-table.ts';
import { tablesOf } from '../features/summary-table.ts';
import type { TableColumn } from '../features/summary-formats.ts';
import { formatTable, tableColumns, tableFormats } from '../features/summary-formats.ts';
import { modelsOf, summarizeModel, summaryText } from '../features/summary.ts';
import { readNotebook } from '../syntax/notebook.ts';
import type { Place, Translate } from '../values/place.ts';
import type { Analysis } from '../workspace/analysis.ts';
import type { Session } from '../workspace/session.ts';
import { rangeOfPlace } from './convert.ts';
import type { Program, Programs } from './programs.ts';

interface Given { readonly uri: string; readonly model?: number | string }
/** What a model is compared with: its own file in another version, or a model of an open document. */
type Other = { readonly text: string } | { readonly uri: string; readonly model?: number | string };

export interface TableServices {
  readonly programs: Programs;
  readonly session: Session;
  readonly uriOf: (path: string) => string;
  readonly refreshLenses: () => void;
  readonly translate: () => Translate | undefined;
}

export interface Tables {
  /** The models of a program as they were committed, once the editor has said so. */
  readonly committed: (program: Program) => readonly CountedModel[];
  /** The program is no longer open. */
  readonly forget: (path: string) => void;
}

export function answerTables(connection: Connection, { programs, session, uriOf, refreshLenses, translate }: TableServices): Tables {
  /** Committed texts by program. */
  const baselines = new Map<string, string>();
  const found = (uri: string): { program: Program; analysis: Analysis } | undefined => {
    const program = programs.programOfUri(uri);
    const analysis = program === undefined ? undefined : session.analysis(program.path);
    return program === undefined || analysis === undefined ? undefined : { program, analysis };
  };
  const tables = ({ program, analysis }: { program: Program; analysis: Analysis }): ModelTable[] => tablesOf(analysis.trace, program.path, translate());
  const locator = (program: Program) => (place: Place | undefined): { uri: string; line: number } | undefined => {
    if (place === undefined) return undefined;
    if (place.source.path !== program.path) return { uri: uriOf(place.source.path), line: rangeOfPlace(place).start.line + 1 };
    const at = program.locate(place);
    return at === undefined ? undefined : { uri: at.uri, line: at.range.start.line + 1 };
  };
  const versionOf = (program: Program, text: string): Analysis | undefined => {
    const source = program.isNotebook ? readNotebook(text)?.text : text;
    return source === undefined ? undefined : session.version(program.path, source, program.isNotebook);
  };
  /** A version of a file that is not the open one: places in it lead nowhere. */
  const versionTables = (program: Program, text: string): ModelTable[] => {
    const version = versionOf(program, text);
    return version === undefined ? [] : tablesOf(version.trace, program.path, translate());
  };

  connection.onRequest('inlayer/tables', (params: Given & { saved?: string }) => {
    const at = found(params.uri);
    if (at === undefined) return { models: [] };
    const locate = locator(at.program);
    const saved = params.saved === undefined ? undefined : versionTables(at.program, params.saved);
    return {
      models: tables(at).map((table, index) => {
        const before = saved === undefined ? undefined : counterpartOf(table, index, saved);
        const comparison = before === undefined ? undefined : compareTables(before, table);
        const changes = new Map((comparison?.rows ?? []).flatMap((row) => (row.after === undefined || row.change === 'same' ? [] : [[row.after.key, row] as const])));
        return {
          ...table, place: undefined, location: locate(table.place),
          rows: table.rows.map((row) => ({ ...rowToSend(row, locate), ...changeToSend(changes.get(row.key)) })),
          ...(comparison === undefined ? {} : { since: { ...comparison.counts, params: comparison.difference.params, complete: comparison.difference.complete } }),
        };
      }),
    };
  });

  connection.onRequest('inlayer/copy', (params: Given & { format: string; columns?: readonly string[]; batch?: number }) => {
    const at = found(params.uri);
    if (at === undefined) return { text: '' };
    const models = modelsOf(at.analysis.trace, at.program.path);
    const index = models.findIndex((model, position) => position === params.model || model.layer.name === params.model);
    const model = models[index];
    if (model === undefined) return { text: '' };
    const format = tableFormats.find((one) => one === params.format);
    if (format === undefined) return { text: summaryText(summarizeModel(model, at.program.path), translate()) };
    const table = tables(at)[index];
    const columns: readonly TableColumn[] = tableColumns.filter((column) => params.columns === undefined || params.columns.includes(column));
    return { text: table === undefined ? '' : formatTable(table, format, { columns, batch: params.batch ?? 1 }) };
  });

  connection.onRequest('inlayer/compare', (params: Given & { with: Other }): object | null => {
    const at = found(params.uri);
    if (at === undefined) return null;
    const mine = tables(at);
    const index = Math.max(0, mine.findIndex((table, position) => position === params.model || table.name === params.model));
    const after = mine[index];
    if (after === undefined) return null;
    const locate = locator(at.program);
    let before: ModelTable | undefined, locateBefore: ReturnType<typeof locator> = () => undefined;
    if ('text' in params.with) {
      before = counterpartOf(after, index, versionTables(at.program, params.with.text));
    } else {
      const { uri, model } = params.with;
      const other = found(uri);
      if (other === undefined) return null;
      before = tables(other).find((table, position) => position === model || table.name === model) ?? tables(other)[0];
      locateBefore = locator(other.program);
    }
    if (before === undefined) return { missing: true, name: after.name };
    const comparison = compareTables(before, after);
    const send = (row: ComparedRow) => ({
      change: row.change, level: row.level, ...(row.before === undefined ? {} : { before: rowToSend(row.before, locateBefore) }), ...(row.after === undefined ? {} : { after: rowToSend(row.after, locate) }),
    });
    return { ...comparison, before: { ...before, rows: undefined, place: undefined }, after: { ...after, rows: undefined, place: undefined }, rows: comparison.rows.map(send) };
  });

  connection.onNotification('inlayer/baseline', (params: { uri: string; text?: string }) => {
    const program = programs.programOfUri(params.uri);
    if (program === undefined || baselines.get(program.path) === params.text) return;
    if (params.text === undefined) baselines.delete(program.path);
    else baselines.set(program.path, params.text);
    refreshLenses();
  });

  return {
    committed: (program) => {
      const text = baselines.get(program.path);
      const version = text === undefined ? undefined : versionOf(program, text);
      return version === undefined ? [] : countedModelsOf(version.trace, program.path);
    },
    forget: (path) => { baselines.delete(path); },
  };
}

function rowToSend(row: TableRow, locate: (place: Place | undefined) => { uri: string; line: number } | undefined): object {
  return { ...row, place: undefined, line: undefined, location: locate(row.place) };
}

function changeToSend(row: ComparedRow | undefined): object {
  if (row === undefined) return {};
  return { change: row.change, changedParams: (row.after?.params.total ?? 0) - (row.before?.params.total ?? 0) };
}

