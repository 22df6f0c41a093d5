// The page of the compare panel: two models row against row, and what the second has more or less than the first.
// It only shows what it is sent. Which rows belong together it does not decide.
import type { ComparedRow, Comparison, FromCompare, TableRow, ToCompare } from '../shared/contract.ts';
import { contractVersion, readToCompare } from '../shared/contract.ts';
import { amountFor, numbersIn } from '../shared/numbers.ts';
import type { Child } from '../shared/page.ts';
import { announce, editor, element, root, symbol, symbolButton } from '../shared/page.ts';
import { readObject } from '../shared/reading.ts';
import type { GridColumn } from '../shared/tree-grid.ts';
import { makeTreeGrid } from '../shared/tree-grid.ts';

type Outgoing = FromCompare extends infer Message ? (Message extends FromCompare ? Omit<Message, 'version'> : never) : never;
interface Row extends ComparedRow { readonly index: number; readonly key: string }

let state: ToCompare | undefined;
let onlyChanges = readObject(editor.getState())?.['onlyChanges'] !== false;
let subject = '';
const numbers = numbersIn(document.documentElement.lang);

const grid = makeTreeGrid<Row>({
  label: () => `${state?.words.caption ?? ''} ${state?.beforeName ?? ''}, ${state?.afterName ?? ''}`,
  keyOf: (row) => row.key, levelOf: (row) => row.level,
  textOf: ({ before, after }) => [before, after].flatMap((row) => (row === undefined ? [] : [row.name, row.class, row.output])).join(' '),
  classOf: (row) => `is-${row.change}${(row.after ?? row.before)?.kind === 'failure' ? ' failure' : ''}`,
  isOneText: (row) => (row.after ?? row.before)?.kind === 'failure',
  // What holds a change is open; what came or went whole is one line.
  isOpenAtFirst: (row) => row.change === 'changed',
  activate: (at) => {
    const row = shownRows[at];
    if (row !== undefined) send({ type: 'reveal', row: row.index, side: row.after === undefined ? 'before' : 'after' });
  },
  words: { get expand() { return state?.words.expand ?? ''; }, get collapse() { return state?.words.collapse ?? ''; } },
  viewChanged: keep,
});
let shownRows: readonly Row[] = [];

const title = element('div', { class: 'title' }), summary = element('div'), bar = element('div', { class: 'bar' });
const scroll = element('div', { class: 'scroll' }, grid.table), message = element('p', { class: 'empty muted', role: 'status' });
const tallies = element('div', { class: 'tallies' });
const toggle = element('button', { class: 'action', type: 'button', 'aria-pressed': String(onlyChanges) });
toggle.addEventListener('click', () => {
  onlyChanges = !onlyChanges;
  draw();
  keep();
});

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const next = readToCompare(event.data);
  if (next === undefined) return;
  const isFirst = state === undefined, about = JSON.stringify(next.kept);
  if (about !== subject && !isFirst) grid.setView({ ...grid.view(), base: 'first', toggled: [], current: undefined });
  subject = about;
  state = next;
  if (isFirst) build(next);
  draw();
  keep();
});
send({ type: 'ready' });

function send(given: Outgoing): void {
  editor.postMessage({ version: contractVersion, ...given });
}

function keep(): void {
  if (state !== undefined) editor.setState({ ...state.kept, onlyChanges });
}

function build({ words }: ToCompare): void {
  const search = element('input', { type: 'search', class: 'search', spellcheck: 'false', placeholder: words.search, 'aria-label': words.search });
  search.addEventListener('input', () => {
    grid.setSearch(search.value);
    announce(search.value.trim() === '' ? '' : grid.found() === 0 ? words.noMatch : words.matches.replace('{0}', String(grid.found())));
  });
  bar.append(search, toggle, tallies, element('span', { class: 'space' }), symbolButton('expand', words.expandAll, () => grid.openAll(true)), symbolButton('collapse', words.collapseAll, () => grid.openAll(false)));
  root.replaceChildren(element('header', { class: 'head' }, title), summary, bar, scroll, message);
}

function draw(): void {
  if (state === undefined) return;
  const { words, comparison, kept } = state;
  title.replaceChildren(element('h1', {}, element('bdi', {}, kept.model)), element('span', { class: 'muted sides' }, element('bdi', {}, state.beforeName), ' → ', element('bdi', {}, state.afterName)));
  // A tick too: where contrast is high, buttons look the same pressed or not.
  toggle.replaceChildren(...(onlyChanges ? [symbol('tick')] : []), words.onlyChanges);
  toggle.setAttribute('aria-pressed', String(onlyChanges));
  const isThere = state.state === 'ready' && comparison !== undefined;
  for (const part of [summary, bar, scroll]) part.hidden = !isThere;
  message.hidden = isThere;
  if (!isThere) {
    message.textContent = state.state === 'loading' ? words.loading : state.state === 'missing' ? words.missing : state.state === 'no-repository' ? words.noRepository : words.noModel;
    return;
  }
  const isSame = comparison.rows.every((row) => row.change === 'same');
  summary.replaceChildren(totals(comparison, state), ...(isSame ? [element('p', { class: 'note' }, words.noChanges)] : []));
  toggle.hidden = isSame;
  shownRows = keyed(comparison).filter((row) => isSame || !onlyChanges || row.change !== 'same');
  grid.setRows(shownRows, columns(state));
}

/** Each row under a name of its own that does not depend on how many stand before it. */
function keyed({ rows }: Comparison): Row[] {
  return rows.map((row, index) => ({ ...row, index, key: row.after === undefined ? `-${row.before?.key ?? ''}` : row.after.key }));
}

function totals({ before, after, counts }: Comparison, { words }: ToCompare): Node {
  const memory = (of: typeof before): number => of.weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const figures: readonly (readonly [string, number, number, boolean, (count: number) => string])[] = [
    [words.params, before.params.total, after.params.total, before.params.complete && after.params.complete, numbers.grouped],
    [words.trainable, before.params.trainable, after.params.trainable, before.params.complete && after.params.complete, numbers.grouped],
    [words.multiplyAdds, amountFor(before.multiplyAdds, 1), amountFor(after.multiplyAdds, 1), before.multiplyAdds.complete && after.multiplyAdds.complete, numbers.short],
    [words.activation, amountFor(before.activation, 1), amountFor(after.activation, 1), before.activation.complete && after.activation.complete, numbers.bytes],
    [words.memory, memory(before), memory(after), before.params.complete && after.params.complete, numbers.bytes],
  ];
  const table = element('table', { class: 'totals' },
    element('caption', { class: 'visually-hidden' }, words.total),
    element('thead', {}, element('tr', {}, element('td', {}), ...[words.before, words.after, words.difference].map((text) => element('th', { scope: 'col', class: 'number' }, text)))),
    element('tbody', {}, ...figures.map(([label, left, right, complete, show]) => element('tr', {},
      element('th', { scope: 'row' }, label),
      ...[left, right].map((value) => element('td', { class: 'number', title: complete ? numbers.grouped(value) : words.atLeast }, `${complete ? '' : '≥ '}${show(value)}`)),
      element('td', { class: 'number' }, complete ? difference(right - left, show, words.unchanged) : element('span', { class: 'muted', title: words.unknown }, '?'))))));
  const tally = (['added', 'removed', 'changed'] as const).filter((change) => counts[change] > 0).map((change) => element('span', { class: `tally ${change}` }, `${counts[change]} ${words[change]}`));
  tallies.replaceChildren(...tally);
  return table;
}

function difference(by: number, show: (count: number) => string, none: string): Child {
  if (by === 0) return element('span', { class: 'muted', title: none }, '0');
  return element('span', { class: by > 0 ? 'more' : 'less', title: numbers.signed(by) }, `${by > 0 ? '+' : '\u2212'}${show(Math.abs(by))}`);
}

function columns({ words }: ToCompare): readonly GridColumn<Row>[] {
  const either = (row: Row): TableRow | undefined => row.after ?? row.before;
  const sign = { added: 'plus', removed: 'minus', changed: 'changed', same: undefined } as const;
  return [
    {
      id: 'layer', title: words.layer, sortBy: (row) => either(row)?.name ?? '',
      cell: (row) => {
        const one = either(row), drawn = sign[row.change];
        return [
          element('span', { class: 'sign', title: words[row.change] }, drawn === undefined ? undefined : symbol(drawn), element('span', { class: 'visually-hidden' }, words[row.change])),
          one?.kind === 'failure' ? element('span', { class: 'reason' }, one.reason) : element('bdi', { class: 'name', title: one?.line === undefined ? undefined : words.goTo.replace('{0}', String(one.line)) }, shortened(one?.name ?? '')),
        ];
      },
    },
    { id: 'class', title: words.class, yields: 1, cell: (row) => change(row.before?.class, row.after?.class, shortened), sortBy: (row) => either(row)?.class ?? '' },
    { id: 'params', title: words.params, isNumber: true, sortBy: (row) => either(row)?.params.total ?? 0, cell: (row) => change(count(row.before), count(row.after), (text) => text) },
    { id: 'difference', title: words.difference, isNumber: true, sortBy: by, cell: (row) => (by(row) === 0 ? '' : difference(by(row), numbers.grouped, words.unchanged)) },
    { id: 'output', title: words.output, yields: 2, cell: (row) => change(row.before?.output, row.after?.output, (text) => element('span', { class: 'code' }, shortened(text))), sortBy: (row) => either(row)?.output ?? '' },
  ];
}

const by = (row: Row): number => (row.after?.params.total ?? 0) - (row.before?.params.total ?? 0);
const count = (row: TableRow | undefined): string | undefined => (row === undefined || row.kind === 'failure' ? undefined : `${row.params.complete ? '' : '≥ '}${numbers.grouped(row.params.total)}`);

/** What was, struck through, and what is; once where they are the same. */
function change(before: string | undefined, after: string | undefined, show: (text: string) => Child): readonly Child[] {
  if (before === undefined || after === undefined || before === after) return [show(after ?? before ?? '')];
  return [element('del', {}, show(before)), ' ', symbol('arrow'), ' ', element('ins', {}, show(after))];
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= 60 ? text : `${characters.slice(0, 40).join('')}…${characters.slice(-16).join('')}`;
}
