// The panel's head: the model's name, search, zoom, opening and closing, the outline, export; and the card that tells of the selected box.
// It only reports what is pressed.
import { element, groupDigits, symbol, symbolButton } from '../shared/page.ts';
import type { ExportFormat, GraphData, GraphNodeData, ToGraph } from '../shared/contract-graph.ts';
import type { Words } from './look.ts';
import { isFrozen, parametersOf, textOf } from './look.ts';

export interface ToolEvents {
  readonly select: (model: number) => void;
  readonly search: (text: string) => void;
  readonly step: (by: 1 | -1) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly expandAll: () => void;
  readonly collapseAll: () => void;
  readonly outline: () => void;
  readonly save: (format: ExportFormat) => void;
  readonly revealModel: () => void;
}

export interface Tools {
  readonly element: HTMLElement;
  readonly showMatches: (at: number, count: number) => void;
  readonly showZoom: (scale: number) => void;
  readonly showOutline: (isShown: boolean) => void;
  readonly focusSearch: () => void;
  readonly update: (state: Extract<ToGraph, { type: 'state' }>) => void;
  readonly searchText: () => string;
}

export function makeTools(words: Words, events: ToolEvents): Tools {
  const title = element('h1'), origin = element('span', { class: 'origin muted' }), total = element('span', { class: 'total muted' });
  const picker = element('select', { 'aria-label': words.model });
  picker.addEventListener('change', () => events.select(Number(picker.value)));
  const search = element('input', { type: 'search', placeholder: words.searchPlaceholder, 'aria-label': words.search, spellcheck: 'false' });
  const matches = element('span', { class: 'matches muted', role: 'status' });
  search.addEventListener('input', () => events.search(search.value));
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') events.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && search.value !== '') { search.value = ''; events.search(''); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const next = symbolButton('descending', words.next, () => events.step(1)), previous = symbolButton('ascending', words.previous, () => events.step(-1));
  const level = element('span', { class: 'zoom-level muted', 'aria-hidden': 'true' });
  const outline = symbolButton('list', words.outline, events.outline, { 'aria-pressed': 'false' });
  const made = element('header', { class: 'head' },
    element('div', { class: 'title' }, title, origin, total),
    element('div', { class: 'tools' },
      picker,
      element('div', { class: 'search' }, symbol('search'), search, matches, previous, next),
      element('div', { class: 'group' }, symbolButton('minus', words.zoomOut, () => events.zoom(1 / 1.25)), level, symbolButton('plus', words.zoomIn, () => events.zoom(1.25)), symbolButton('fit', words.fit, events.fit)),
      element('div', { class: 'group' }, symbolButton('expand', words.expandAll, events.expandAll), symbolButton('collapse', words.collapseAll, events.collapseAll), outline, exportMenu(words, events.save))));
  const showMatches = (at: number, count: number): void => {
    const isEmpty = search.value.trim() === '';
    matches.textContent = isEmpty ? '' : count === 0 ? words.noMatch : words.matches.replace('{0}', String(at + 1)).replace('{1}', String(count));
    for (const button of [next, previous]) button.hidden = isEmpty || count === 0;
  };
  showMatches(0, 0);
  return {
    element: made, showMatches,
    showZoom: (scale) => { level.textContent = `${Math.round(scale * 100)}%`; },
    showOutline: (isShown) => outline.setAttribute('aria-pressed', String(isShown)),
    focusSearch: () => { search.focus(); search.select(); },
    searchText: () => search.value,
    update: ({ models, selected, document: name, graph }) => {
      const model = models[selected];
      title.textContent = model?.name ?? words.graph;
      origin.textContent = model === undefined ? name : [model.class === model.name ? undefined : model.class, model.line === undefined ? name : `${name}:${model.line}`].filter((part) => part !== undefined).join(' · ');
      total.textContent = graph === undefined ? '' : totals(graph, words);
      picker.hidden = models.length < 2;
      picker.replaceChildren(...models.map((one, at) => element('option', { value: String(at), ...(at === selected ? { selected: '' } : {}) }, one.line === undefined ? one.name : `${one.name} (${one.line})`)));
    },
  };
}

function totals(graph: GraphData, words: Words): string {
  const count = `${graph.complete ? '' : '≥ '}${groupDigits(graph.params.total)} ${words.parameters}`;
  return graph.params.trainable === graph.params.total ? count : `${count}, ${groupDigits(graph.params.trainable)} ${words.trainable}`;
}

function exportMenu(words: Words, save: (format: ExportFormat) => void): HTMLElement {
  const button = symbolButton('download', words.export, () => set(menu.hidden !== false), { 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
  const item = (format: ExportFormat, label: string): HTMLButtonElement => {
    const made = element('button', { type: 'button', role: 'menuitem', tabindex: '-1' }, label);
    made.addEventListener('click', () => { set(false); button.focus(); save(format); });
    return made;
  };
  const items = [item('svg', words.exportSvg), item('png', words.exportPng)];
  const menu = element('div', { class: 'menu', role: 'menu', 'aria-label': words.export }, ...items);
  menu.hidden = true;
  const set = (isShown: boolean): void => {
    menu.hidden = !isShown;
    button.setAttribute('aria-expanded', String(isShown));
    if (isShown) items[0]?.focus();
  };
  const holder = element('div', { class: 'menu-holder' }, button, menu);
  holder.addEventListener('keydown', (event) => {
    if (menu.hidden !== false) return;
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape') { set(false); button.focus(); }
    else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items[(at + items.length - 1) % items.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  holder.addEventListener('focusout', (event) => { if (!(event.relatedTarget instanceof Node) || !holder.contains(event.relatedTarget)) set(false); });
  return holder;
}

export interface CardFacts {
  readonly node: GraphNodeData;
  readonly inputs: readonly string[];
  readonly isOpen: boolean;
  readonly holds: boolean;
}

/** What is known of the selected box. */
export function detailsCard(facts: CardFacts, words: Words, events: { readonly reveal: () => void; readonly toggle: () => void; readonly close: () => void }): HTMLElement {
  const { node, inputs, holds, isOpen } = facts;
  const { title: plain, times, subtitle } = textOf(node, words), title = `${plain}${times}`;
  const row = (name: string, value: string, kind = ''): Node[] => (value === '' ? [] : [element('dt', {}, name), element('dd', { class: kind }, value)]);
  const parameters = parametersOf(node);
  const go = element('button', { class: 'action', type: 'button' }, node.file === undefined ? words.goTo.replace('{0}', String(node.line ?? '')) : words.goToFile.replace('{0}', node.file));
  go.addEventListener('click', events.reveal);
  const toggle = element('button', { class: 'action', type: 'button' }, isOpen ? words.collapse : words.expand);
  toggle.addEventListener('click', events.toggle);
  return element('section', { class: `details${node.error === '' ? '' : ' failing'}`, 'aria-label': title },
    element('div', { class: 'heading' }, element('h2', {}, node.kind === 'operation' ? node.class : title), element('span', { class: 'muted' }, subtitle), closeButton(words, events.close)),
    node.error === '' ? undefined : element('p', { class: 'error', role: 'note' }, symbol('failure'), element('span', {}, node.error)),
    element('dl', {},
      ...row(words.input, inputs.join('\n'), 'code'),
      ...row(words.output, node.output, 'code'),
      ...row(words.parameters, parameters === '' ? '' : `${parameters}${isFrozen(node) ? ` (${words.frozen})` : node.trainable === node.params ? '' : ` (${groupDigits(node.trainable)} ${words.trainable})`}`),
      ...row(words.uses, node.uses > 1 ? String(node.uses) : ''),
      ...row(words.builtBy, node.source, 'code source')),
    element('div', { class: 'buttons' }, node.line === undefined && node.file === undefined ? undefined : go, holds ? toggle : undefined));
}

function closeButton(words: Words, close: () => void): HTMLElement {
  const button = element('button', { class: 'icon close', type: 'button', title: words.close, 'aria-label': words.close }, '×');
  button.addEventListener('click', close);
  return button;
}
