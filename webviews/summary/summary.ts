// The page of the summary panel: one model's layers as a table, its parameter counts, and the way from a row to its source.
// It only shows what it is sent; what a model is, it does not know.
import type { FromSummary, LayerRow, ModelTable, ModelViewState, ToSummary } from '../shared/contract.ts';
import { contractVersion, readToSummary } from '../shared/contract.ts';
import type { Child } from '../shared/page.ts';
import { editor, element, groupDigits, root } from '../shared/page.ts';

type State = Extract<ToSummary, { type: 'state' }>;
type Outgoing = FromSummary extends infer Message ? (Message extends FromSummary ? Omit<Message, 'version'> : never) : never;

let caretLayers: readonly number[] = [];

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readToSummary(event.data);
  if (message === undefined) return;
  if (message.type === 'state') show(message);
  else markCaret(message.layers);
});
send({ type: 'ready' });

function send(message: Outgoing): void {
  editor.postMessage({ version: contractVersion, ...message });
}

function show(state: State): void {
  const viewState: ModelViewState = { uri: state.uri, model: state.selected };
  editor.setState(viewState);
  const focused = focusedLayer();
  const model = state.models[state.selected];
  root.replaceChildren(...(model === undefined ? [emptyPage(state)] : modelPage(state, model)));
  markCaret(caretLayers);
  if (focused !== undefined) root.querySelectorAll<HTMLElement>('tbody tr')[focused]?.querySelector('button')?.focus();
}

function emptyPage({ words, loaded }: State): Node {
  return element('p', { class: 'empty muted', role: 'status' }, loaded ? words.noModel : words.loading);
}

function modelPage(state: State, model: ModelTable): Node[] {
  const { words } = state;
  const copy = element('button', { class: 'action', type: 'button' }, words.copy);
  copy.addEventListener('click', () => send({ type: 'copy', model: state.selected }));
  const origin = [model.class === model.name ? undefined : model.class, model.line === undefined ? state.document : `${state.document}:${model.line}`].filter((part) => part !== undefined).join(' · ');
  return [
    element('header', { class: 'head' },
      element('div', { class: 'title' }, element('h1', {}, model.name), element('span', { class: 'origin muted' }, origin)),
      element('div', { class: 'tools' }, modelPicker(state), copy)),
    counts(model, words),
    ...(model.complete ? [] : [element('p', { class: 'note', role: 'note' }, words.incomplete)]),
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.parameters }, layerTable(state, model)),
  ];
}

/** A choice of model, where there is more than one. */
function modelPicker({ models, selected, words }: State): Child {
  if (models.length < 2) return undefined;
  const select = element('select', { 'aria-label': words.model },
    ...models.map((model, at) => element('option', { value: String(at), ...(at === selected ? { selected: '' } : {}) }, model.line === undefined ? model.name : `${model.name} (${model.line})`)));
  select.addEventListener('change', () => send({ type: 'select', model: Number(select.value) }));
  return select;
}

function counts({ params, complete }: ModelTable, words: State['words']): Node {
  const atLeast = complete ? '' : '≥ ';
  const entry = (name: string, label: string, count: string): Node => element('div', { class: name }, element('dt', {}, label), element('dd', {}, count));
  return element('dl', { class: 'counts' },
    entry('total', words.total, atLeast + groupDigits(params.total)),
    entry('trainable', words.trainable, atLeast + groupDigits(params.trainable)),
    entry('frozen-count', words.nonTrainable, groupDigits(params.nonTrainable)));
}

function layerTable({ words, selected, document: name }: State, model: ModelTable): Node {
  const largest = Math.max(1, ...model.layers.map((layer) => layer.params));
  return element('table', {},
    element('caption', { class: 'visually-hidden' }, `${words.caption} ${model.name}, ${name}`),
    element('thead', {}, element('tr', {},
      element('th', { scope: 'col' }, words.layer), element('th', { scope: 'col' }, words.type), element('th', { scope: 'col' }, words.output),
      element('th', { scope: 'col', class: 'number', colspan: '2' }, words.parameters))),
    element('tbody', {}, ...model.layers.map((layer, at) => layerRow(layer, at, selected, largest, words))));
}

function layerRow(layer: LayerRow, at: number, model: number, largest: number, words: State['words']): Node {
  const placed = layer.line !== undefined;
  const frozen = layer.params > 0 && layer.trainable === 0 ? element('span', { class: 'frozen' }, words.frozen) : undefined;
  const name = placed ? element('button', { class: 'layer', type: 'button', title: words.goTo.replace('{0}', String(layer.line)) }, layer.name) : layer.name;
  const number = layer.complete ? groupDigits(layer.params) : layer.params > 0 ? `≥ ${groupDigits(layer.params)}` : '?';
  const bar = element('span');
  // Through the object model: the policy of the page forbids style attributes.
  bar.style.setProperty('--share', `${(100 * layer.params) / largest}%`);
  const row = element('tr', { class: placed ? 'placed' : undefined },
    element('th', { scope: 'row' }, name, frozen),
    element('td', { class: 'type' }, layer.class),
    element('td', { class: 'output' }, layer.output),
    element('td', { class: layer.params === 0 && layer.complete ? 'number none' : 'number' }, number),
    element('td', { class: 'share', 'aria-hidden': 'true' }, bar));
  if (placed) row.addEventListener('click', () => send({ type: 'reveal', model, layer: at }));
  return row;
}

/** Marks the rows of these layers. */
function markCaret(layers: readonly number[]): void {
  caretLayers = layers;
  for (const [at, row] of [...root.querySelectorAll('tbody tr')].entries()) {
    if (layers.includes(at)) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }
}

function focusedLayer(): number | undefined {
  const row = document.activeElement?.closest('tbody tr');
  return row === null || row === undefined ? undefined : [...root.querySelectorAll('tbody tr')].indexOf(row);
}
