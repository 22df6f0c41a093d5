// The page of the summary panel: one model's layers as a tree, its totals, and the way from a row to its source. It only shows what it
// is sent; what a model is, it does not know. What a person set up here (columns, order, what is open) survives edits and reloads.
import type { FromSummary, ModelTable, SummaryWord, TableColumn, TableRow, ToSummary } from '../shared/contract.ts';
import { contractVersion, readToSummary, tableColumns } from '../shared/contract.ts';
import { menuButton } from '../shared/menu.ts';
import { announce, editor, element, root, symbolButton } from '../shared/page.ts';
import { isCount, isOneOf, readObject, readTexts } from '../shared/reading.ts';
import type { GridView } from '../shared/tree-grid.ts';
import { makeTreeGrid } from '../shared/tree-grid.ts';
import { columnsOf, totalsList } from './columns.ts';

type State = Extract<ToSummary, { type: 'state' }>;
type Outgoing = FromSummary extends infer Message ? (Message extends FromSummary ? Omit<Message, 'version'> : never) : never;

let state: State | undefined;
/** Columns that are not shown. */
let hidden: ReadonlySet<TableColumn> = new Set(['input', 'trainable', 'frozen', 'buffers', 'memory']);
/** Columns that a person asked for: they stay however narrow the panel is. */
let pinned: ReadonlySet<TableColumn> = new Set();
let batch = 1, isBatchChosen = false;
/** The model that the view belongs to: another one starts afresh. */
let viewed = '';

const grid = makeTreeGrid<TableRow>({
  label: () => (state === undefined ? '' : `${word('caption')} ${state.table?.name ?? ''}, ${state.document}`),
  keyOf: (row) => row.key, levelOf: (row) => row.level, textOf: (row) => `${row.name} ${row.class} ${row.output} ${row.input} ${row.reason}`,
  classOf: (row) => [row.kind, row.change === undefined || row.change === 'same' ? '' : `is-${row.change}`].join(' ').trim(),
  isOneText: (row) => row.kind === 'failure',
  isOpenAtFirst: (row) => row.kind !== 'group' && (opensAll() || row.level < 2),
  activate: (row) => send({ type: 'reveal', model: state?.selected ?? 0, row }),
  words: { get expand() { return word('expand'); }, get collapse() { return word('collapse'); } },
  viewChanged: keep,
});
const page = makePage();
restore(editor.getState());

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readToSummary(event.data);
  if (message === undefined) return;
  if (message.type === 'state') show(message);
  else grid.mark(message.rows);
});
send({ type: 'ready' });

function send(message: Outgoing): void {
  editor.postMessage({ version: contractVersion, ...message });
}

function word(name: SummaryWord): string { return state?.words[name] ?? ''; }

/** Small models are shown whole. */
function opensAll(): boolean { return (state?.table?.rows.length ?? 0) <= 60; }

function show(next: State): void {
  const isFirst = state === undefined;
  state = next;
  const { table, models, loaded } = next;
  const subject = `${next.uri}#${models[next.selected]?.name ?? ''}`;
  if (!isFirst && subject !== viewed) {
    grid.setView({ ...grid.view(), base: 'first', toggled: [], current: undefined });
    isBatchChosen = false;
  }
  viewed = subject;
  if (!isBatchChosen) batch = table?.batch ?? 1;
  if (isFirst) page.build();
  page.head(next);
  page.showTable(table !== undefined);
  if (table === undefined) page.say(loaded ? word('noModel') : word('loading'));
  else drawTable();
  keep();
}

function isSeen(column: TableColumn): boolean { return !hidden.has(column) && !grid.yielded().includes(column); }

function drawTable(): void {
  const table = state?.table;
  if (table === undefined || state === undefined) return;
  page.totals(totalsList(table, state.words, batch));
  grid.setRows(table.rows, columnsOf(table, state.words, batch, document.documentElement.lang, pinned).filter((column) => column.id === 'layer' || !hidden.has(column.id as TableColumn)));
}

interface Page {
  /** Once, when the words are there. */
  readonly build: () => void;
  readonly head: (state: State) => void;
  readonly totals: (list: Node) => void;
  readonly showTable: (isThere: boolean) => void;
  readonly say: (text: string) => void;
}

/** The page's parts, which stay while their content changes: the focus and the place scrolled to stay with them. */
function makePage(): Page {
  const title = element('div', { class: 'title' }), tools = element('div', { class: 'tools' });
  const counts = element('div'), notes = element('div'), message = element('p', { class: 'empty muted', role: 'status' });
  const bar = element('div', { class: 'bar' });
  const scroll = element('div', { class: 'scroll' }, grid.table);
  const search = element('input', { type: 'search', class: 'search', spellcheck: 'false' });
  const batchInput = element('input', { type: 'number', min: '1', max: '1000000', step: '1', class: 'batch' });
  const hits = element('span', { class: 'muted hits' });
  search.addEventListener('input', () => {
    grid.setSearch(search.value);
    hits.textContent = search.value.trim() === '' ? '' : grid.found() === 0 ? word('noMatch') : word('matches').replace('{0}', String(grid.found()));
    announce(hits.textContent);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && search.value !== '') { search.value = ''; search.dispatchEvent(new Event('input')); }
    else if (event.key === 'ArrowDown') { event.preventDefault(); grid.focus(); }
  });
  batchInput.addEventListener('input', () => {
    const chosen = Math.floor(Number(batchInput.value));
    if (!(chosen >= 1 && chosen <= 1_000_000)) return;
    batch = chosen;
    isBatchChosen = true;
    drawTable();
    keep();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  const copy = (format: 'text' | 'markdown' | 'csv' | 'latex'): void =>
    send({ type: 'copy', model: state?.selected ?? 0, format, columns: tableColumns.filter((column) => !hidden.has(column)), batch });
  const toggleColumn = (column: TableColumn): void => {
    const shows = !isSeen(column);
    hidden = new Set([...hidden].filter((one) => one !== column).concat(shows ? [] : [column]));
    pinned = new Set([...pinned].filter((one) => one !== column).concat(shows ? [column] : []));
    drawTable();
    keep();
  };
  return {
    build: () => {
      search.placeholder = word('search');
      search.setAttribute('aria-label', word('search'));
      batchInput.title = word('batchHelp');
      bar.append(
        search, hits, element('span', { class: 'space' }),
        element('label', { class: 'batch-label' }, element('span', { class: 'muted' }, word('batch')), batchInput),
        symbolButton('expand', word('expandAll'), () => grid.openAll(true)), symbolButton('collapse', word('collapseAll'), () => grid.openAll(false)),
        menuButton('columns', word('columns'), () => tableColumns.map((column) => ({ label: word(column), checked: isSeen(column), choose: () => toggleColumn(column) }))),
        menuButton('compare', word('compare'), () => [
          { label: word('compareHead'), choose: () => send({ type: 'compare', model: state?.selected ?? 0, with: 'head' }) },
          { label: word('compareModel'), choose: () => send({ type: 'compare', model: state?.selected ?? 0, with: 'model' }) },
        ]),
        menuButton('copy', word('copyAs'), () => [
          { label: word('copyText'), choose: () => copy('text') }, { label: 'Markdown', choose: () => copy('markdown') },
          { label: 'CSV', choose: () => copy('csv') }, { label: 'LaTeX', choose: () => copy('latex') },
        ]),
      );
      root.replaceChildren(element('header', { class: 'head' }, title, tools), counts, notes, bar, scroll, message);
    },
    head: (next) => {
      const model = next.models[next.selected], { table } = next;
      const origin = [model === undefined || model.class === model.name ? undefined : model.class, model?.line === undefined ? next.document : `${next.document}:${model.line}`].filter((part) => part !== undefined).join(' · ');
      title.replaceChildren(element('h1', {}, model?.name ?? next.document), element('span', { class: 'origin muted' }, model === undefined ? '' : origin));
      const picker = modelPicker(next);
      const pickerHasFocus = tools.contains(document.activeElement);
      tools.replaceChildren(...(picker === undefined ? [] : [picker]));
      if (pickerHasFocus) picker?.focus();
      notes.replaceChildren(...(table === undefined ? [] : notesOf(table)));
      if (document.activeElement !== batchInput) batchInput.value = String(batch);
    },
    totals: (list) => counts.replaceChildren(list),
    showTable: (isThere) => {
      for (const part of [counts, notes, bar, scroll]) part.hidden = !isThere;
      message.hidden = isThere;
    },
    say: (text) => { message.textContent = text; },
  };
}

function notesOf(table: ModelTable): Node[] {
  const failures = table.rows.filter((row) => row.kind === 'failure').length;
  if (failures > 0) return [element('p', { class: 'note failure', role: 'note' }, word('failed'))];
  return table.complete ? [] : [element('p', { class: 'note', role: 'note' }, word('incomplete'))];
}

/** A choice of model, where there is more than one. */
function modelPicker({ models, selected, words }: State): HTMLSelectElement | undefined {
  if (models.length < 2) return undefined;
  const select = element('select', { 'aria-label': words.model },
    ...models.map((model, at) => element('option', { value: String(at), ...(at === selected ? { selected: '' } : {}) }, model.line === undefined ? model.name : `${model.name} (${model.line})`)));
  select.addEventListener('change', () => send({ type: 'select', model: Number(select.value) }));
  return select;
}

function keep(): void {
  if (state === undefined) return;
  editor.setState({ uri: state.uri, model: state.selected, viewed, hidden: [...hidden], pinned: [...pinned], batch: isBatchChosen ? batch : undefined, grid: grid.view() });
}

/** What was kept by this page's former life; whatever does not read is as if it had not been kept. */
function restore(given: unknown): void {
  const kept = readObject(given), view = readObject(kept?.['grid']), sort = readObject(view?.['sort']);
  if (kept === undefined) return;
  if (typeof kept['viewed'] === 'string') viewed = kept['viewed'];
  if (Array.isArray(kept['hidden'])) hidden = new Set(readTexts(kept['hidden']).filter((one) => isOneOf(one, tableColumns)));
  pinned = new Set(readTexts(kept['pinned']).filter((one) => isOneOf(one, tableColumns)));
  if (isCount(kept['batch']) && kept['batch'] >= 1) { batch = kept['batch']; isBatchChosen = true; }
  const base = view?.['base'], current = view?.['current'], column = sort?.['column'];
  const restored: GridView = {
    base: base === 'all' || base === 'none' ? base : 'first', toggled: readTexts(view?.['toggled']), current: typeof current === 'string' ? current : undefined,
    sort: typeof column === 'string' ? { column, descending: sort?.['descending'] === true } : undefined,
  };
  grid.setView(restored);
}
