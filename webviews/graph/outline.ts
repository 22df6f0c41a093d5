// The graph as a tree of text: the same boxes, open and closed as in the drawing, each with what it reads. It is the drawing's
// alternative for those who do not see it, and a way through large models for everyone.
import { element, symbol } from '../shared/page.ts';
import { callName, describeRest } from './describe.ts';
import type { Words } from './look.ts';
import { parametersOf } from './look.ts';
import type { GraphTree, VisibleGraph } from './visible.ts';
import { isOpen } from './visible.ts';

export interface Outline {
  readonly element: HTMLElement;
  readonly show: (tree: GraphTree, visible: VisibleGraph, open: ReadonlySet<string>, words: Words) => void;
  readonly mark: (selected: number | undefined, carets: ReadonlySet<number>) => void;
}

export interface OutlineEvents {
  readonly select: (node: number) => void;
  readonly toggle: (node: number, isOpen: boolean) => void;
  readonly reveal: (node: number) => void;
}

export function makeOutline(label: string, events: OutlineEvents): Outline {
  const list = element('ul', { class: 'outline-tree', role: 'tree', 'aria-label': label });
  let items = new Map<number, HTMLLIElement>();
  let nodes: readonly number[] = [];
  let shown: { tree: GraphTree; open: ReadonlySet<string> } | undefined;

  const focused = (): number | undefined => {
    const at = document.activeElement instanceof HTMLElement ? document.activeElement.closest('li')?.dataset['node'] : undefined;
    return at === undefined ? undefined : Number(at);
  };
  const go = (node: number | undefined): void => {
    if (node === undefined) return;
    events.select(node);
    items.get(node)?.focus();
  };
  list.addEventListener('keydown', (event) => {
    const node = focused();
    if (node === undefined || shown === undefined || event.altKey) return;
    const at = nodes.indexOf(node);
    const holds = shown.tree.childrenOf(node).length > 0, opened = isOpen(shown.tree, shown.open, node);
    switch (event.key) {
      case 'ArrowDown': go(nodes[at + 1]); break;
      case 'ArrowUp': go(nodes[at - 1]); break;
      case 'Home': go(nodes[0]); break;
      case 'End': go(nodes.at(-1)); break;
      case 'ArrowRight': if (holds && !opened) events.toggle(node, true); else if (holds) go(shown.tree.childrenOf(node)[0]); break;
      case 'ArrowLeft': if (opened) events.toggle(node, false); else if (shown.tree.parentOf(node) >= 0) go(shown.tree.parentOf(node)); break;
      case 'Enter': if (event.ctrlKey || event.metaKey || !holds) events.reveal(node); else events.toggle(node, !opened); break;
      case ' ': if (holds) events.toggle(node, !opened); break;
      case 'F12': events.reveal(node); break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('li') : null;
    const node = item === null ? undefined : Number(item.dataset['node']);
    if (node === undefined || shown === undefined) return;
    if (event.target instanceof Element && event.target.closest('.twist') !== null) events.toggle(node, !isOpen(shown.tree, shown.open, node));
    else go(node);
  });
  list.addEventListener('dblclick', () => { const node = focused(); if (node !== undefined) events.reveal(node); });

  return {
    element: list,
    show: (tree, visible, open, words) => {
      const before = focused();
      const beforeId = before === undefined ? undefined : shown?.tree.graph.nodes[before]?.id;
      shown = { tree, open };
      nodes = visible.nodes;
      items = new Map();
      for (const node of nodes) items.set(node, itemFor(tree, visible, open, node, words));
      list.replaceChildren(...items.values());
      const again = beforeId === undefined ? undefined : tree.byId.get(beforeId);
      if (again !== undefined) items.get(again)?.focus();
    },
    mark: (selected, carets) => {
      for (const [node, item] of items) {
        const isSelected = node === selected;
        item.setAttribute('aria-selected', String(isSelected));
        item.tabIndex = isSelected || (selected === undefined && node === nodes[0]) || (selected !== undefined && !items.has(selected) && node === nodes[0]) ? 0 : -1;
        item.classList.toggle('caret', carets.has(node));
        if (isSelected) item.scrollIntoView({ block: 'nearest' });
      }
    },
  };
}

function itemFor(tree: GraphTree, visible: VisibleGraph, open: ReadonlySet<string>, node: number, words: Words): HTMLLIElement {
  const data = tree.graph.nodes[node];
  const holds = tree.childrenOf(node).length > 0;
  const opened = isOpen(tree, open, node);
  let level = 1;
  for (let up = tree.parentOf(node); up >= 0; up = tree.parentOf(up)) level += 1;
  const siblings = tree.childrenOf(tree.parentOf(node));
  const twist = element('span', { class: holds ? `twist${opened ? ' open' : ''}` : 'twist none', 'aria-hidden': 'true' }, holds ? symbol('chevron') : undefined);
  const item = element('li', {
    role: 'treeitem', 'aria-level': String(level), 'aria-setsize': String(siblings.length), 'aria-posinset': String(siblings.indexOf(node) + 1), 'aria-selected': 'false',
    'data-node': String(node), tabindex: '-1', ...(holds ? { 'aria-expanded': String(opened) } : {}), class: tree.hasError(node) ? 'failing' : undefined,
  },
    twist,
    element('span', { class: 'name' }, callName(tree, node, words)), ' ',
    element('span', { class: 'output code' }, data?.output ?? ''), ' ',
    element('span', { class: 'count' }, data === undefined ? '' : parametersOf(data)),
    element('span', { class: 'visually-hidden' }, describeRest(tree, visible, node, words)));
  // Through the object model: the policy of the page forbids style attributes.
  item.style.setProperty('--level', String(level - 1));
  return item;
}
