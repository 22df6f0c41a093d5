// A table whose rows form a tree: collapsed and expanded, sorted within each parent, searched, walked with the arrow keys as the WAI-ARIA
// practices describe a treegrid whose rows take the focus. Knows nothing of what its rows are about.
import type { Child } from './page.ts';
import { element, symbol } from './page.ts';

export interface GridColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** Shown when the pointer rests on the title. */
  readonly help?: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => Child | readonly Child[];
  /** What the rows are sorted by; without it they cannot be sorted by this column. */
  readonly sortBy?: (row: Row) => number | string;
  /** Said instead of the cell's text where that is a drawing. */
  readonly isDecoration?: boolean;
  /** Where there is not the room for all, columns go in this order, the lowest first; those without it stay, and what does not fit is scrolled to. */
  readonly yields?: number;
}

export interface GridOptions<Row> {
  readonly label: () => string;
  readonly keyOf: (row: Row) => string;
  readonly levelOf: (row: Row) => number;
  /** What a search looks in. */
  readonly textOf: (row: Row) => string;
  /** Class names of the row's element. */
  readonly classOf: (row: Row) => string;
  /** Whether its first cell takes the width of all columns. */
  readonly isOneText: (row: Row) => boolean;
  /** Whether it is open before anyone has opened or closed it. */
  readonly isOpenAtFirst: (row: Row) => boolean;
  readonly activate: (index: number) => void;
  readonly words: { readonly expand: string; readonly collapse: string };
  readonly viewChanged: () => void;
}

/** What a person did to the view; it survives updates of the rows and reloads of the window. */
export interface GridView {
  readonly base: 'first' | 'all' | 'none';
  /** Rows that are not as `base` says. */
  readonly toggled: readonly string[];
  readonly sort: { readonly column: string; readonly descending: boolean } | undefined;
  readonly current: string | undefined;
}

export interface TreeGrid<Row> {
  readonly table: HTMLTableElement;
  readonly setRows: (rows: readonly Row[], columns: readonly GridColumn<Row>[]) => void;
  readonly setSearch: (text: string) => void;
  /** How many rows a search found. */
  readonly found: () => number;
  readonly openAll: (open: boolean) => void;
  readonly mark: (indices: readonly number[]) => void;
  readonly view: () => GridView;
  readonly setView: (view: GridView) => void;
  readonly focus: () => void;
  /** Columns that are not seen for want of room. */
  readonly yielded: () => readonly string[];
}

/** More than a screen shows. */
const rowsAtOnce = 150;

/** The style sheet has these for twelve columns. */
function withoutColumn(at: number): string { return `without-${at + 1}`; }

interface Entry<Row> { readonly row: Row; readonly index: number; readonly key: string; readonly level: number; readonly members: Entry<Row>[]; readonly parent: Entry<Row> | undefined }

export function makeTreeGrid<Row>(options: GridOptions<Row>): TreeGrid<Row> {
  const caption = element('caption', { class: 'visually-hidden' });
  const head = element('thead', { role: 'rowgroup' }), body = element('tbody', { role: 'rowgroup' });
  const table = element('table', { role: 'treegrid', class: 'tree-grid' }, caption, head, body);
  let columns: readonly GridColumn<Row>[] = [], top: readonly Entry<Row>[] = [], entries: readonly Entry<Row>[] = [];
  let view: GridView = { base: 'first', toggled: [], sort: undefined, current: undefined };
  let toggled = new Set<string>(), search = '', marked: ReadonlySet<number> = new Set(), found = 0;
  let visible: Entry<Row>[] = [];
  let elements = new Map<string, HTMLTableRowElement>();
  let fill: (count: number) => void = () => undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  let yielded: string[] = [], isWatched = false;

  const isOpen = (entry: Entry<Row>): boolean => (view.base === 'all' || (view.base === 'first' && options.isOpenAtFirst(entry.row))) !== toggled.has(entry.key);
  const setView = (next: GridView): void => {
    view = next;
    toggled = new Set(next.toggled);
  };
  const change = (next: Partial<GridView>): void => {
    setView({ ...view, ...next });
    options.viewChanged();
  };

  const render = (): void => {
    watch();
    const hadFocus = body.contains(document.activeElement);
    caption.textContent = options.label();
    renderHead();
    const { kept, hits } = matching();
    found = hits;
    visible = [];
    elements = new Map();
    const waiting: (() => HTMLTableRowElement)[] = [];
    const visit = (siblings: readonly Entry<Row>[]): void => {
      const shown = siblings.filter((entry) => kept === undefined || kept.has(entry));
      for (const [position, entry] of sorted(shown).entries()) {
        // While something is looked for, what holds a hit is open.
        const open = entry.members.length > 0 && (kept === undefined ? isOpen(entry) : entry.members.some((member) => kept.has(member)));
        visible.push(entry);
        waiting.push(() => {
          const made = rowElement(entry, open, position + 1, shown.length);
          elements.set(entry.key, made);
          return made;
        });
        if (open) visit(entry.members);
      }
    };
    visit(top);
    // Long tables appear with what can be seen of them; the rest follows when there is time, or when it is gone to.
    body.replaceChildren();
    fill = (count) => { body.append(...waiting.splice(0, count).map((make) => make())); };
    fill(rowsAtOnce);
    fit();
    clearTimeout(later);
    // All of it at once: the columns' widths are found anew for each part.
    if (waiting.length > 0) later = setTimeout(() => {
      fill(Number.POSITIVE_INFINITY);
      // Wider ones may be among them.
      const frame = table.parentElement;
      if (frame !== null && frame.scrollWidth > frame.clientWidth) fit();
    }, 50);
    if (view.current === undefined || !visible.some((entry) => entry.key === view.current)) setView({ ...view, current: visible[0]?.key });
    if (view.current !== undefined && !elements.has(view.current)) fill(Number.POSITIVE_INFINITY);
    const current = view.current === undefined ? undefined : elements.get(view.current);
    current?.setAttribute('tabindex', '0');
    current?.setAttribute('aria-selected', 'true');
    if (hadFocus) current?.focus();
  };

  const renderHead = (): void => {
    const focused = head.contains(document.activeElement) ? document.activeElement?.closest('th')?.dataset['column'] : undefined;
    head.replaceChildren(element('tr', { role: 'row' }, ...columns.map((column) => {
      const { sort } = view;
      const isSorted = sort?.column === column.id;
      const title: Child = column.sortBy === undefined ? element('span', { title: column.help }, column.title) : sortButton(column, isSorted ? sort : undefined);
      const order = isSorted ? (sort.descending ? 'descending' : 'ascending') : column.sortBy === undefined ? undefined : 'none';
      const cell = element('th', { role: 'columnheader', scope: 'col', class: `column-${column.id}${column.isNumber === true ? ' number' : ''}`, 'aria-sort': order }, title);
      cell.dataset['column'] = column.id;
      return cell;
    })));
    if (focused !== undefined) head.querySelector<HTMLElement>(`th[data-column="${CSS.escape(focused)}"] button`)?.focus();
  };

  /** Takes columns out of sight until the rest has the room it wants. Nothing in the table wraps: where it is too wide, each column is as wide as it wants to be. */
  const fit = (): void => {
    const frame = table.parentElement;
    if (frame === null || frame.clientWidth === 0) return;
    for (const at of columns.keys()) table.classList.remove(withoutColumn(at));
    table.dataset['last'] = String(columns.length);
    yielded = [];
    let missing = frame.scrollWidth - frame.clientWidth;
    if (missing <= 0) return;
    const widths = [...head.querySelectorAll('th')].map((cell) => cell.offsetWidth);
    const order = columns.map(({ id, yields }, at) => ({ id, yields, at })).filter(({ id, yields, at }) => at > 0 && yields !== undefined && id !== view.sort?.column);
    const gone: typeof order = [];
    for (const one of order.sort((left, right) => (left.yields ?? 0) - (right.yields ?? 0))) {
      if (missing <= 0) break;
      missing -= widths[one.at] ?? 0;
      // The next one before the edge is wider by what keeps it from there.
      if (one.at === columns.length - 1) missing += 10;
      gone.push(one);
    }
    // A wide one may have made room for a narrow one that went before it.
    const back = gone.toReversed().filter(({ at }) => {
      const fits = missing + (widths[at] ?? 0) <= 0;
      if (fits) missing += widths[at] ?? 0;
      return fits;
    });
    for (const one of gone) {
      if (back.includes(one)) continue;
      table.classList.add(withoutColumn(one.at));
      yielded.push(one.id);
    }
    table.dataset['last'] = String(columns.findLastIndex((column) => !yielded.includes(column.id)) + 1);
  };
  /** Once the table stands in its page: its frame's width, and what stands under the first column. */
  const watch = (): void => {
    const frame = table.parentElement;
    if (frame === null || isWatched) return;
    isWatched = true;
    let width = frame.clientWidth;
    new ResizeObserver(() => {
      if (frame.clientWidth === width) return;
      width = frame.clientWidth;
      fit();
    }).observe(frame);
    frame.addEventListener('scroll', () => frame.classList.toggle('scrolled', frame.scrollLeft > 0), { passive: true });
  };

  const sortButton = (column: GridColumn<Row>, sort: GridView['sort']): HTMLElement => {
    const button = element('button', { type: 'button', class: 'sort', title: column.help }, column.title, sort === undefined ? undefined : symbol(sort.descending ? 'descending' : 'ascending'));
    // Numbers: the largest first, then the smallest, then the model's own order again.
    const first = column.isNumber === true;
    button.addEventListener('click', () => {
      change({ sort: sort === undefined ? { column: column.id, descending: first } : sort.descending === first ? { column: column.id, descending: !first } : undefined });
      render();
    });
    return button;
  };

  const rowElement = (entry: Entry<Row>, open: boolean, position: number, size: number): HTMLTableRowElement => {
    const isParent = entry.members.length > 0;
    const made = element('tr', {
      role: 'row', class: options.classOf(entry.row), tabindex: '-1', 'aria-level': String(entry.level), 'aria-posinset': String(position), 'aria-setsize': String(size),
      'aria-selected': 'false', ...(isParent ? { 'aria-expanded': String(open) } : {}), ...(marked.has(entry.index) ? { 'aria-current': 'true' } : {}),
    });
    made.dataset['key'] = entry.key;
    const isOneText = options.isOneText(entry.row);
    for (const [at, column] of columns.entries()) {
      if (at > 0 && isOneText) break;
      const given = column.cell(entry.row);
      const children = Array.isArray(given) ? given as readonly Child[] : [given as Child];
      const name = `column-${column.id}${column.isNumber === true ? ' number' : ''}`;
      if (at > 0) { made.append(element('td', { role: 'gridcell', class: name, ...(column.isDecoration === true ? { 'aria-hidden': 'true' } : {}) }, ...children)); continue; }
      const twistie = element('span', { class: isParent ? 'twistie' : 'twistie none', 'aria-hidden': 'true', title: isParent ? (open ? options.words.collapse : options.words.expand) : undefined }, isParent ? symbol('chevron') : undefined);
      const indent = element('span', { class: 'indent', 'aria-hidden': 'true' });
      // Through the object model: the policy of the page forbids style attributes.
      indent.style.setProperty('--level', String(entry.level - 1));
      made.append(element('th', { role: 'rowheader', scope: 'row', class: name, ...(isOneText && columns.length > 1 ? { colspan: String(columns.length), 'aria-colspan': String(columns.length) } : {}) }, element('span', { class: 'tree-cell' }, indent, twistie, element('span', { class: 'tree-text' }, ...children))));
    }
    return made;
  };

  const sorted = (siblings: readonly Entry<Row>[]): readonly Entry<Row>[] => {
    const { sort } = view;
    const read = sort === undefined ? undefined : columns.find((column) => column.id === sort.column)?.sortBy;
    if (sort === undefined || read === undefined) return siblings;
    const direction = sort.descending ? -1 : 1;
    return [...siblings].sort((left, right) => {
      const [one, other] = [read(left.row), read(right.row)];
      return direction * (typeof one === 'number' && typeof other === 'number' ? one - other : String(one).localeCompare(String(other)));
    });
  };

  /** The rows that a search leaves: what matches, what holds it and what it holds. */
  const matching = (): { kept: ReadonlySet<Entry<Row>> | undefined; hits: number } => {
    const wanted = search.trim().toLowerCase();
    if (wanted === '') return { kept: undefined, hits: entries.length };
    const kept = new Set<Entry<Row>>();
    let hits = 0;
    for (const entry of entries) {
      if (!options.textOf(entry.row).toLowerCase().includes(wanted)) continue;
      hits += 1;
      for (let one: Entry<Row> | undefined = entry; one !== undefined && !kept.has(one); one = one.parent) kept.add(one);
    }
    return { kept, hits };
  };

  const setCurrent = (entry: Entry<Row> | undefined, takesFocus: boolean): void => {
    if (entry === undefined) return;
    const before = view.current === undefined ? undefined : elements.get(view.current);
    before?.setAttribute('tabindex', '-1');
    before?.setAttribute('aria-selected', 'false');
    change({ current: entry.key });
    if (!elements.has(entry.key)) fill(Number.POSITIVE_INFINITY);
    const made = elements.get(entry.key);
    made?.setAttribute('tabindex', '0');
    made?.setAttribute('aria-selected', 'true');
    if (!takesFocus) return;
    made?.focus({ preventScroll: true });
    made?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const toggle = (entry: Entry<Row>): void => {
    const next = new Set(toggled);
    if (!next.delete(entry.key)) next.add(entry.key);
    change({ toggled: [...next], current: entry.key });
    render();
  };
  const entryOf = (target: EventTarget | null): Entry<Row> | undefined => {
    const key = target instanceof Element ? target.closest<HTMLElement>('tbody tr')?.dataset['key'] : undefined;
    return key === undefined ? undefined : visible.find((entry) => entry.key === key);
  };

  body.addEventListener('click', (event) => {
    const entry = entryOf(event.target);
    if (entry === undefined) return;
    const onTwistie = event.target instanceof Element && event.target.closest('.twistie:not(.none)') !== null;
    setCurrent(entry, true);
    if (onTwistie) toggle(entry);
    else options.activate(entry.index);
  });
  body.addEventListener('focusin', (event) => {
    const entry = entryOf(event.target);
    if (entry !== undefined && entry.key !== view.current) setCurrent(entry, false);
  });
  body.addEventListener('keydown', (event) => {
    const entry = entryOf(event.target);
    if (entry === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = visible.indexOf(entry), isParent = entry.members.length > 0, open = elements.get(entry.key)?.getAttribute('aria-expanded') === 'true';
    const page = Math.max(1, Math.floor((table.parentElement?.clientHeight ?? 400) / Math.max(1, elements.get(entry.key)?.offsetHeight ?? 24)) - 1);
    const go = (to: number): void => setCurrent(visible[Math.max(0, Math.min(to, visible.length - 1))], true);
    switch (event.key) {
      case 'ArrowDown': go(at + 1); break;
      case 'ArrowUp': go(at - 1); break;
      case 'Home': go(0); break;
      case 'End': go(visible.length - 1); break;
      case 'PageDown': go(at + page); break;
      case 'PageUp': go(at - page); break;
      case 'ArrowRight': if (isParent && !open) toggle(entry); else if (isParent) go(at + 1); break;
      case 'ArrowLeft': if (isParent && open) toggle(entry); else setCurrent(entry.parent, true); break;
      case '*': {
        const closed = (entry.parent?.members ?? top).filter((sibling) => sibling.members.length > 0 && !isOpen(sibling));
        change({ toggled: [...toggled, ...closed.filter((sibling) => !toggled.has(sibling.key)).map((sibling) => sibling.key)].filter((key) => !closed.some((sibling) => sibling.key === key && toggled.has(key))) });
        render();
        break;
      }
      case ' ': if (isParent) toggle(entry); break;
      case 'Enter': options.activate(entry.index); break;
      default: return;
    }
    event.preventDefault();
  });

  return {
    table,
    setRows: (rows, next) => {
      columns = next;
      ({ top, entries } = treeOf(rows, options));
      table.classList.toggle('flat', entries.every((entry) => entry.parent === undefined));
      render();
    },
    setSearch: (text) => { search = text; render(); },
    found: () => found,
    openAll: (open) => { change({ base: open ? 'all' : 'none', toggled: [] }); render(); },
    mark: (indices) => {
      marked = new Set(indices);
      for (const entry of visible) {
        const made = elements.get(entry.key);
        if (marked.has(entry.index)) made?.setAttribute('aria-current', 'true');
        else made?.removeAttribute('aria-current');
      }
      const [first] = visible.filter((entry) => marked.has(entry.index));
      // Where the person works in the table, it does not move under them.
      if (first !== undefined && !document.hasFocus()) elements.get(first.key)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    },
    view: () => view,
    setView: (next) => setView(next),
    focus: () => { if (view.current !== undefined) elements.get(view.current)?.focus(); },
    yielded: () => yielded,
  };
}

function treeOf<Row>(rows: readonly Row[], { keyOf, levelOf }: GridOptions<Row>): { top: Entry<Row>[]; entries: Entry<Row>[] } {
  const top: Entry<Row>[] = [], entries: Entry<Row>[] = [], open: Entry<Row>[] = [];
  for (const [index, row] of rows.entries()) {
    const level = Math.min(levelOf(row), open.length + 1);
    open.length = level - 1;
    const parent = open.at(-1);
    const entry: Entry<Row> = { row, index, key: keyOf(row), level, members: [], parent };
    (parent?.members ?? top).push(entry);
    open.push(entry);
    entries.push(entry);
  }
  return { top, entries };
}
