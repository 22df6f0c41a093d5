// What every panel's page needs of the editor and of the document: its messages, its state, elements without markup in strings,
// small drawings, numbers as the reader's language writes them. Knows nothing of what a page shows.

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare const acquireVsCodeApi: () => EditorApi;

/** The editor's side of this page. It may be asked for once in a page's life. */
export const editor: EditorApi = acquireVsCodeApi();

/** Where the page's content goes. */
export const root: HTMLElement = document.getElementById('root') ?? document.body;

export type Child = Node | string | undefined;

/** An element with its attributes and children. Text stays text: nothing given here is read as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name, attributes: Readonly<Record<string, string | undefined>> = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(attribute, value);
  made.append(...children.filter((child): child is Node | string => child !== undefined));
  return made;
}

/** As `element`, of a drawing. */
export function svgElement<Name extends keyof SVGElementTagNameMap>(
  name: Name, attributes: Readonly<Record<string, string | undefined>> = {}, ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(attribute, value);
  made.append(...children.filter((child): child is Node | string => child !== undefined));
  return made;
}

/** Lines in a square of 16 by 16; drawn in the colour of the text around. */
const symbols = {
  chevron: 'M6 4l4 4-4 4',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.4 10.4L13.5 13.5',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  expand: 'M2.5 2.5h11v11h-11zM8 5.5v5M5.5 8h5',
  collapse: 'M2.5 2.5h11v11h-11zM5.5 8h5',
  compare: 'M2.5 3h4v10h-4zM9.5 3h4v10h-4zM4.5 6v4M11.5 6v4',
  ascending: 'M8 12.5v-9M4.5 7L8 3.5L11.5 7',
  descending: 'M8 3.5v9M4.5 9L8 12.5L11.5 9',
  tick: 'M3 8.5l3.2 3.2L13 4.8',
  failure: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 5v3.6M8 11v.1',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  changed: 'M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6',
  arrow: 'M2.5 8h11M10 4.5L13.5 8L10 11.5',
  fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3',
  download: 'M8 2.5v7.5M4.8 7L8 10.2L11.2 7M2.5 13.5h11',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1',
} as const;
export type SymbolName = keyof typeof symbols;

/** A small drawing that says nothing by itself: what it stands beside has the words. */
export function symbol(name: SymbolName): SVGSVGElement {
  return svgElement('svg', { class: 'symbol', viewBox: '0 0 16 16', width: '16', height: '16', 'aria-hidden': 'true' }, svgElement('path', { d: symbols[name] }));
}

/** A button that shows a drawing and is called `label`. */
export function symbolButton(name: SymbolName, label: string, press: () => void, attributes: Readonly<Record<string, string | undefined>> = {}): HTMLButtonElement {
  const button = element('button', { class: 'icon', type: 'button', title: label, 'aria-label': label, ...attributes }, symbol(name));
  button.addEventListener('click', press);
  return button;
}

/** The reader's language, as the editor set it on the page; English where it is no language that this browser knows. */
function makeNumberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  try { return new Intl.NumberFormat(document.documentElement.lang || 'en', options); } catch { return new Intl.NumberFormat('en', options); }
}
const grouped = makeNumberFormat({ maximumFractionDigits: 0 });

/** A number with its digits in groups. */
export function groupDigits(count: number): string {
  return grouped.format(count);
}

const region = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });

/** Says to those who listen to the page what others see happen. */
export function announce(text: string): void {
  if (region.parentElement === null) document.body.append(region);
  region.textContent = text;
}

/** Whether moving pictures are wanted. */
export function reducesMotion(): boolean {
  return document.body.classList.contains('vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches;
}
