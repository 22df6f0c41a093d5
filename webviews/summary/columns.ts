// The summary's columns and totals: what stands in each cell, and by what rows are sorted. Pure of the page's state.
import type { ModelTable, SummaryWord, TableColumn, TableRow } from '../shared/contract.ts';
import type { Numbers } from '../shared/numbers.ts';
import { amountFor, numbersIn } from '../shared/numbers.ts';
import type { Child } from '../shared/page.ts';
import { element, symbol } from '../shared/page.ts';
import type { GridColumn } from '../shared/tree-grid.ts';

type Words = Readonly<Record<SummaryWord, string>>;

/** A number with `≥` where it is a lower bound, `?` where nothing is known; the exact figure when the pointer rests on a shortened one. */
function amount(value: number, complete: boolean, show: (value: number) => string, numbers: Numbers, words: Words): Child {
  if (!complete && value === 0) return element('span', { class: 'muted', title: words.unknown }, '?');
  const text = `${complete ? '' : '≥ '}${show(value)}`, exact = numbers.grouped(value);
  const title = [complete ? '' : words.atLeast, text.endsWith(exact) ? '' : exact].filter((part) => part !== '').join(' ');
  return element('span', { class: value === 0 ? 'muted' : undefined, title: title === '' ? undefined : title }, text);
}

/** Which columns go first where the panel is narrow; the shapes and the parameters stay. */
const yielding: readonly string[] = ['memory', 'buffers', 'frozen', 'trainable', 'activation', 'multiplyAdds', 'input', 'share', 'class'];

/** `pinned`: columns that a person asked for; they do not yield. */
export function columnsOf(table: ModelTable, words: Words, batch: number, language: string, pinned: ReadonlySet<TableColumn>): readonly GridColumn<TableRow>[] {
  const numbers = numbersIn(language);
  const number = (id: TableColumn, read: (row: TableRow) => { value: number; complete: boolean }, show: (value: number) => string, help?: string): GridColumn<TableRow> => ({
    id, title: words[id], isNumber: true, ...(help === undefined ? {} : { help }),
    cell: (row) => { const { value, complete } = read(row); return row.kind === 'failure' ? '' : amount(value, complete, show, numbers, words); },
    sortBy: (row) => read(row).value,
  });
  const whole = (value: number): { value: number; complete: boolean } => ({ value, complete: true });
  const largest = Math.max(1, table.params.total, ...table.rows.map((row) => row.params.total));
  const all: readonly GridColumn<TableRow>[] = [
    { id: 'layer', title: words.layer, cell: (row) => nameCell(row, words), sortBy: (row) => row.name },
    { id: 'class', title: words.class, cell: (row) => classCell(row, words), sortBy: (row) => row.class },
    { id: 'input', title: words.input, cell: (row) => shape(row.input, words), sortBy: (row) => row.input },
    { id: 'output', title: words.output, cell: (row) => shape(row.output, words), sortBy: (row) => row.output },
    {
      id: 'params', title: words.params, isNumber: true, sortBy: (row) => row.params.total,
      cell: (row) => (row.kind === 'failure' ? '' : [difference(row, numbers, words), amount(row.params.total, row.params.complete, numbers.grouped, numbers, words)]),
    },
    // The number beside it says the same: the bar carries no meaning of its own.
    { id: 'share', title: words.share, isNumber: false, sortBy: (row) => row.params.total, cell: (row) => shareCell(row, largest, table.params.total, numbers) },
    number('trainable', (row) => whole(row.params.trainable), numbers.grouped),
    number('frozen', (row) => whole(row.params.total - row.params.trainable), numbers.grouped),
    number('buffers', (row) => whole(row.params.buffers), numbers.grouped, words.buffersHelp),
    number('multiplyAdds', (row) => ({ value: amountFor(row.multiplyAdds, 1), complete: row.multiplyAdds.complete }), numbers.short, words.multiplyAddsHelp),
    number('activation', (row) => ({ value: amountFor(row.activation, batch), complete: row.activation.complete }), numbers.bytes, words.activationHelp),
    number('memory', (row) => ({ value: row.weightBytes, complete: row.params.complete }), numbers.bytes, words.memoryHelp),
  ];
  return all.map((column) => (yielding.includes(column.id) && !pinned.has(column.id as TableColumn) ? { ...column, yields: yielding.indexOf(column.id) } : column));
}

/** Names may be as long as someone likes: the middle of long ones is left out, and all of it shown when the pointer rests on it. */
const longestName = 60;
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= longestName ? name : `${characters.slice(0, 40).join('')}…${characters.slice(-16).join('')}`;
}

function nameCell(row: TableRow, words: Words): readonly Child[] {
  if (row.kind === 'failure') return [element('span', { class: 'reason' }, symbol('failure'), element('span', {}, row.reason))];
  const { total, trainable } = row.params;
  const frozen = total > 0 && trainable === 0 ? words.frozenMark : trainable < total && row.params.complete && row.kind === 'layer' && trainable > 0 && total - trainable > total / 100 ? words.partlyFrozenMark : undefined;
  const hint = [row.name === shortened(row.name) && row.key === row.name ? undefined : row.key, row.line === undefined ? undefined : words.goTo.replace('{0}', String(row.line))].filter((part) => part !== undefined).join(' · ');
  return [
    // Isolated: a name written from right to left leaves the rest of the row as it is.
    element('bdi', { class: 'name', title: hint === '' ? undefined : hint }, shortened(row.name)),
    frozen === undefined ? undefined : element('span', { class: 'mark' }, frozen),
    row.calls > 1 && row.kind === 'layer' ? element('span', { class: 'mark' }, words.calls.replace('{0}', String(row.calls))) : undefined,
    row.change === 'added' ? element('span', { class: 'mark added' }, words.added) : undefined,
    row.change === 'changed' && row.changedParams === 0 ? element('span', { class: 'mark changed' }, words.changed) : undefined,
  ];
}

function classCell(row: TableRow, _words: Words): readonly Child[] {
  if (row.kind === 'failure') return [''];
  return [element('bdi', { title: row.class === shortened(row.class) ? undefined : row.class }, shortened(row.class)), row.repeat > 1 ? element('span', { class: 'repeat' }, ` × ${row.repeat}`) : undefined];
}

function shape(text: string, words: Words): Child {
  if (text === '?') return element('span', { class: 'muted', title: words.unknown }, '?');
  return element('span', { class: 'code', title: text.length > 48 ? text : undefined }, text.length > 48 ? `${text.slice(0, 46)}…` : text);
}

function difference(row: TableRow, numbers: Numbers, words: Words): Child {
  if (row.changedParams === undefined || row.changedParams === 0) return undefined;
  return element('span', { class: row.changedParams > 0 ? 'difference more' : 'difference less', title: words.sinceSaved }, numbers.signed(row.changedParams));
}

function shareCell(row: TableRow, largest: number, total: number, numbers: Numbers): Child {
  if (row.kind === 'failure') return '';
  const part = total === 0 ? 0 : row.params.total / total;
  const bar = element('span', { class: 'bar-fill' });
  // Through the object model: the policy of the page forbids style attributes.
  bar.style.setProperty('--share', `${(100 * row.params.total) / largest}%`);
  return element('span', { class: 'share' }, element('span', { class: 'bar-track', 'aria-hidden': 'true' }, bar), element('span', { class: row.params.total === 0 ? 'percent muted' : 'percent' }, numbers.percent(part)));
}

/** The model's totals, as a list of names and figures. */
export function totalsList(table: ModelTable, words: Words, batch: number): Node {
  const numbers = numbersIn(document.documentElement.lang);
  const { params, since } = table;
  const entry = (name: string, label: string, help: string | undefined, ...figures: readonly Child[]): Node =>
    element('div', { class: name, title: help }, element('dt', {}, label), element('dd', {}, ...figures));
  const bytes = table.weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const changed = since === undefined ? undefined : since.params !== 0 ? numbers.signed(since.params) : undefined;
  return element('dl', { class: 'counts' },
    entry('total', words.params, undefined, amount(params.total, params.complete, numbers.grouped, numbers, words),
      changed === undefined ? undefined : element('span', { class: `difference ${(since?.params ?? 0) > 0 ? 'more' : 'less'}`, title: words.sinceSaved }, ` ${changed}`)),
    entry('trainable', words.trainable, undefined, amount(params.trainable, params.complete, numbers.grouped, numbers, words)),
    entry('frozen-count', words.nonTrainable, undefined, numbers.grouped(params.total - params.trainable)),
    ...(params.buffers > 0 ? [entry('buffers', words.buffers, words.buffersHelp, numbers.grouped(params.buffers))] : []),
    entry('multiply-adds', words.multiplyAdds, words.multiplyAddsHelp, amount(amountFor(table.multiplyAdds, 1), table.multiplyAdds.complete, numbers.short, numbers, words)),
    entry('activation', words.activation, words.activationHelp, amount(amountFor(table.activation, batch), table.activation.complete, numbers.bytes, numbers, words)),
    entry('memory', words.weights, table.weights.map((weight) => `${weight.dtype}: ${numbers.bytes(weight.bytes)}`).join('\n'),
      amount(bytes, params.complete, numbers.bytes, numbers, words), element('span', { class: 'muted' }, ` ${table.weights.map((weight) => weight.dtype).slice(0, 3).join(', ')}`)));
}
