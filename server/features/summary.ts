// The models of a file as plain data, and as the table that `model.summary()` prints. It knows no LSP.
import { lineAt } from '../syntax/lines.ts';
import { countParameters, formatOutput, groupDigits, outputShapeJson } from '../trace/counts.ts';
import type { Layer, Model, ModelRow, Trace } from '../trace/trace.ts';
import { message, renderMessage, type Translate } from '../values/place.ts';

export interface SummaryRow {
  readonly name: string;
  readonly class: string;
  readonly line: number | undefined;
  /** `(None, 80, 80, 16)`; `?` while it is not known. */
  readonly output: string;
  readonly outputShape: readonly (number | null)[] | undefined;
  readonly params: number;
  readonly trainable: number;
  /** Whether `params` is all of it. */
  readonly complete: boolean;
}

export interface ModelSummary {
  readonly name: string;
  readonly class: string;
  readonly framework: string;
  readonly line: number | undefined;
  readonly layers: readonly SummaryRow[];
  readonly params: { readonly total: number; readonly trainable: number; readonly nonTrainable: number };
  readonly complete: boolean;
}

/** The models that the file at `path` builds, in the order in which it does. The same model built twice at one place is listed once. */
export function summarize(trace: Trace, path: string): ModelSummary[] {
  return distinctModels(trace, path).map(({ summary }) => summary());
}

/** As `summarize`, the models themselves. */
export function modelsOf(trace: Trace, path: string): Model[] {
  return distinctModels(trace, path).map(({ model }) => model);
}

interface Listed { readonly model: Model; readonly summary: () => ModelSummary; readonly key: () => string }

function distinctModels(trace: Trace, path: string): Listed[] {
  const listed: Listed[] = [];
  const byPlace = new Map<number | undefined, Listed[]>();
  for (const model of trace.models) {
    const rows = placeIn(model.layer, path) === undefined ? [] : model.layers;
    if (rows.length === 0) continue;
    const one = listing(model, rows, path);
    const start = model.layer.place?.start;
    const others = byPlace.get(start) ?? [];
    byPlace.set(start, others);
    // Most places build one model: it need not be compared with itself.
    if (others.length > 0 && others.some((other) => other.key() === one.key())) continue;
    others.push(one);
    listed.push(one);
  }
  return listed;
}

function listing(model: Model, rows: readonly ModelRow[], path: string): Listed {
  let summary: ModelSummary | undefined, key: string | undefined;
  const summarized = (): ModelSummary => (summary ??= summarizeModel(model, path, rows));
  return {
    model, summary: summarized,
    key: () => {
      // Names differ from call to call (`sequential_1`); what they hold does not.
      const { name: _name, ...facts } = summarized();
      return (key ??= JSON.stringify({ ...facts, layers: facts.layers.map((row) => [row.class, row.output, row.params, row.line]) }));
    },
  };
}

export function summarizeModel(model: Model, path: string, rows = model.layers): ModelSummary {
  const count = countParameters(model.layer);
  return {
    name: model.layer.name, class: model.layer.className, framework: model.layer.framework, line: placeLine(model.layer, path),
    layers: rows.map((row) => summarizeRow(row, path)),
    params: { total: count.total, trainable: count.trainable, nonTrainable: count.total - count.trainable },
    complete: count.complete && model.complete,
  };
}

function summarizeRow(row: ModelRow, path: string): SummaryRow {
  const count = countParameters(row.layer);
  // The first call, unless it was on data of which nothing is known and another was not.
  const outputs = [row.call, ...row.layer.calls].flatMap((call) => (call === undefined ? [] : [call.output]));
  const output = outputs.find((one) => one.kind !== 'unknown') ?? outputs[0];
  return {
    name: row.layer.name, class: row.layer.className, line: placeLine(row.layer, path),
    output: formatOutput(output) ?? '?', outputShape: outputShapeJson(output),
    params: count.total, trainable: count.trainable, complete: count.complete,
  };
}

/** The line in the file at which a layer is built: its own call, else the nearest call around it that stands in the file. */
export function placeLine(layer: Layer, path: string): number | undefined {
  const place = placeIn(layer, path);
  return place === undefined ? undefined : lineAt(place.source.parsed.lineStarts, place.start) + 1;
}

export function placeIn(layer: Layer, path: string): Layer['place'] {
  const built = [layer.place, ...layer.callers].find((place) => place !== undefined && place.source.path === path);
  // Another file of the workspace has built it: here its class stands for it.
  return built ?? (layer.instance.cls.place?.source.path === path && layer.model !== undefined ? layer.instance.cls.place : undefined);
}

/** The table as text, columns as wide as their content. Its words are Keras' own in every language. */
export function summaryText(summary: ModelSummary, translate?: Translate): string {
  const rows = summary.layers.map((row) => [`${row.name} (${row.class})`, row.output, row.complete ? groupDigits(row.params) : row.params > 0 ? `≥ ${groupDigits(row.params)}` : '?']);
  const header = ['Layer (type)', 'Output shape', 'Param #'];
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string => cells.map((cell, at) => (at === 2 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join('  ').trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, 4));
  const { total, trainable, nonTrainable } = summary.params;
  const atLeast = summary.complete ? '' : '≥ ';
  return [
    `Model: "${summary.name}"${summary.line === undefined ? '' : `  (${summary.class}, line ${summary.line})`}`,
    rule, line(header), rule, ...rows.map(line), rule,
    `Total params: ${atLeast}${groupDigits(total)}`,
    `Trainable params: ${atLeast}${groupDigits(trainable)}`,
    `Non-trainable params: ${groupDigits(nonTrainable)}`,
    ...(summary.complete ? [] : [renderMessage(message('Some of it is not known: a size or a member that was not understood.'), translate)]),
  ].join('\n');
}
