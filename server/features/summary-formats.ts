// A model's table as Markdown, CSV and LaTeX, to be pasted elsewhere. Plain text from plain data; names of the program are text in each
// of them, never markup. As Keras prints it is summary.ts' own affair.
import type { Amount } from './cost.ts';
import { amountFor } from './cost.ts';
import { groupDigits } from '../trace/counts.ts';
import type { ModelTable, TableRow } from './summary-table.ts';

export const tableFormats = ['markdown', 'csv', 'latex'] as const;
export type TableFormat = (typeof tableFormats)[number];

export const tableColumns = ['class', 'input', 'output', 'params', 'share', 'trainable', 'frozen', 'buffers', 'multiplyAdds', 'activation', 'memory'] as const;
export type TableColumn = (typeof tableColumns)[number];

export interface FormatOptions {
  readonly columns: readonly TableColumn[];
  /** For how many samples activations are given. */
  readonly batch: number;
}

const titles: Readonly<Record<TableColumn, string>> = {
  class: 'Type', input: 'Input shape', output: 'Output shape', params: 'Parameters', share: 'Share', trainable: 'Trainable', frozen: 'Frozen', buffers: 'Buffers',
  multiplyAdds: 'Multiply-adds', activation: 'Activations (bytes)', memory: 'Weights (bytes)',
};
const texts: ReadonlySet<TableColumn> = new Set(['class', 'input', 'output']);

export function formatTable(table: ModelTable, format: TableFormat, options: FormatOptions): string {
  return format === 'csv' ? csv(table, options) : format === 'markdown' ? markdown(table, options) : latex(table, options);
}

/** What a repeated block holds is shown once by its own row, except in CSV, which is for further computing. */
function folded(rows: readonly TableRow[]): TableRow[] {
  const shown: TableRow[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.level > hiddenBelow) continue;
    hiddenBelow = row.kind === 'group' ? row.level : Number.POSITIVE_INFINITY;
    shown.push(row);
  }
  return shown;
}

function valueOf(row: TableRow, column: TableColumn, table: ModelTable, batch: number): string | number {
  switch (column) {
    case 'class': return row.kind === 'failure' ? row.reason : row.repeat > 1 ? `${row.class} × ${row.repeat}` : row.class;
    case 'input': return row.input;
    case 'output': return row.output;
    case 'params': return row.params.total;
    case 'share': return table.params.total === 0 ? 0 : row.params.total / table.params.total;
    case 'trainable': return row.params.trainable;
    case 'frozen': return row.params.total - row.params.trainable;
    case 'buffers': return row.params.buffers;
    case 'multiplyAdds': return numberOf(row.multiplyAdds, 1);
    case 'activation': return numberOf(row.activation, batch);
    default: return row.weightBytes;
  }
}

function numberOf(amount: Amount, batch: number): number | string {
  const value = amountFor(amount, batch);
  return amount.complete ? value : value > 0 ? `≥ ${groupDigits(value)}` : '?';
}

function shown(row: TableRow, column: TableColumn, table: ModelTable, batch: number): string {
  if (row.kind === 'failure' && column !== 'class') return '';
  const value = valueOf(row, column, table, batch);
  if (typeof value === 'string') return value;
  return column === 'share' ? `${(100 * value).toFixed(1)} %` : groupDigits(value);
}

function totalsRow(table: ModelTable, batch: number): Readonly<Partial<Record<TableColumn, string>>> {
  const { params } = table;
  const atLeast = params.complete ? '' : '≥ ';
  const bytes = table.weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const amount = (value: string | number): string => (typeof value === 'number' ? groupDigits(value) : value);
  return {
    params: atLeast + groupDigits(params.total), trainable: atLeast + groupDigits(params.trainable), frozen: groupDigits(params.total - params.trainable), buffers: groupDigits(params.buffers),
    multiplyAdds: amount(numberOf(table.multiplyAdds, 1)), activation: amount(numberOf(table.activation, batch)), memory: atLeast + groupDigits(bytes),
  };
}

function markdown(table: ModelTable, { columns, batch }: FormatOptions): string {
  const cell = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const indent = (level: number): string => '&nbsp;&nbsp;'.repeat(level - 1);
  const totals = totalsRow(table, batch);
  return [
    line(['Layer', ...columns.map((column) => titles[column])]),
    line(['---', ...columns.map((column) => (texts.has(column) ? '---' : '--:'))]),
    ...folded(table.rows).map((row) => line([indent(row.level) + cell(row.kind === 'failure' ? '' : row.name), ...columns.map((column) => cell(shown(row, column, table, batch)))])),
    line(['**Total**', ...columns.map((column) => { const total = totals[column]; return total === undefined ? '' : `**${total}**`; })]),
  ].join('\n');
}

function csv(table: ModelTable, { columns, batch }: FormatOptions): string {
  // A cell that begins like a formula is text for spreadsheets only behind a quote mark.
  const cell = (value: string | number): string => {
    if (typeof value === 'number') return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = table.rows.filter((row) => row.kind === 'layer');
  return [
    ['layer', 'level', ...columns.map((column) => titles[column])].map(cell).join(','),
    ...rows.map((row) => [cell(row.key), cell(row.level), ...columns.map((column) => cell(valueOf(row, column, table, batch)))].join(',')),
  ].join('\n');
}

const latexMarks: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', '$': '\\$', '&': '\\&', '#': '\\#', '%': '\\%', '_': '\\_', '~': '\\textasciitilde{}', '^': '\\textasciicircum{}',
  '×': '$\\times$', '…': '\\dots{}', '≥': '$\\geq$',
};

/** For `booktabs`. */
function latex(table: ModelTable, { columns, batch }: FormatOptions): string {
  const cell = (text: string): string => text.replace(/[\\{}$&#%_~^×…≥]/g, (mark) => latexMarks[mark] ?? mark);
  const line = (cells: readonly string[]): string => `${cells.join(' & ')} \\\\`;
  const totals = totalsRow(table, batch);
  return [
    `% ${table.name.replace(/\s+/g, ' ')} (${table.class}); needs \\usepackage{booktabs}`,
    `\\begin{tabular}{l${columns.map((column) => (texts.has(column) ? 'l' : 'r')).join('')}}`,
    '\\toprule',
    line(['Layer', ...columns.map((column) => titles[column])].map(cell)),
    '\\midrule',
    ...folded(table.rows).map((row) => line([`${row.level > 1 ? `\\hspace{${row.level - 1}em}` : ''}${cell(row.kind === 'failure' ? '' : row.name)}`, ...columns.map((column) => cell(shown(row, column, table, batch)))])),
    '\\midrule',
    line(['Total', ...columns.map((column) => cell(totals[column] ?? ''))]),
    '\\bottomrule',
    '\\end{tabular}',
  ].join('\n');
}
