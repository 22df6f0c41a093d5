// The drawing: boxes, flows and the shapes beside them as SVG. Elements stay for boxes that stay, so that they move to where they go.
// It knows where everything stands and what it is called, nothing of why.
import { svgElement } from '../shared/page.ts';
import type { Layout, PlacedBox, PlacedFlow, Point } from './layout.ts';
import { headingHeight } from './layout.ts';
import type { BoxText, Fonts, Mark, Words } from './look.ts';
import { betweenTexts, familyOf, fitText, marksOf, textOf, widthOf } from './look.ts';
import { callName, describeBox } from './describe.ts';
import type { GraphTree, VisibleGraph } from './visible.ts';

export interface Drawing {
  readonly element: SVGSVGElement;
  /** The group that zooming and panning move. */
  readonly content: SVGGElement;
  readonly show: (scene: Scene) => void;
  readonly elementOf: (node: number) => SVGGElement | undefined;
  /** The box that an element of the drawing belongs to. */
  readonly nodeOf: (target: EventTarget | null) => number | undefined;
  readonly isToggle: (target: EventTarget | null) => boolean;
  readonly mark: (marks: DrawingMarks) => void;
}

export interface Scene {
  readonly tree: GraphTree;
  readonly visible: VisibleGraph;
  readonly layout: Layout;
  readonly words: Words;
  readonly fonts: Fonts;
}

export interface DrawingMarks {
  readonly selected: number | undefined;
  readonly carets: ReadonlySet<number>;
  readonly found: ReadonlySet<number> | undefined;
}

export function makeDrawing(label: string): Drawing {
  const flows = svgElement('g', { class: 'flows', 'aria-hidden': 'true' }), boxes = svgElement('g', { class: 'boxes', role: 'presentation' }), texts = svgElement('g', { class: 'shapes', 'aria-hidden': 'true' });
  const holders = svgElement('g', { class: 'holders', 'aria-hidden': 'true' });
  const content = svgElement('g', { class: 'content', role: 'presentation' }, holders, flows, boxes, texts);
  const element = svgElement('svg', { class: 'graph', role: 'application', 'aria-label': label, 'aria-describedby': 'graph-keys', tabindex: '-1' }, content);
  let byId = new Map<string, SVGGElement>(), backs = new Map<string, SVGGElement>();
  let byNode = new Map<number, SVGGElement>();
  let scene: Scene | undefined;
  let flowElements: { readonly flow: PlacedFlow; readonly elements: readonly SVGElement[] }[] = [];

  const show = (next: Scene): void => {
    scene = next;
    const { layout, tree } = next;
    const nextById = new Map<string, SVGGElement>(), nextBacks = new Map<string, SVGGElement>();
    byNode = new Map();
    for (const box of layout.boxes) {
      const id = tree.graph.nodes[box.node]?.id ?? '';
      const known = byId.get(id);
      const made = known ?? svgElement('g');
      fillBox(made, box, next);
      place(made, box, known === undefined);
      nextById.set(id, made);
      byNode.set(box.node, made);
      if (box.isOpen) {
        const knownBack = backs.get(id);
        const back = knownBack ?? svgElement('g');
        fillHolder(back, box, next);
        place(back, box, knownBack === undefined);
        nextBacks.set(id, back);
      }
    }
    replace(boxes, layout.boxes.map((box) => nextById.get(tree.graph.nodes[box.node]?.id ?? '')));
    replace(holders, layout.boxes.filter((box) => box.isOpen).map((box) => nextBacks.get(tree.graph.nodes[box.node]?.id ?? '')));
    byId = nextById;
    backs = nextBacks;
    flowElements = layout.flows.map((flow) => ({ flow, elements: drawFlow(flow, next) }));
    flows.replaceChildren(...flowElements.flatMap(({ elements }) => elements.filter((one) => !one.classList.contains('shape'))));
    texts.replaceChildren(...flowElements.flatMap(({ elements }) => elements.filter((one) => one.classList.contains('shape'))));
  };
  const mark = ({ selected, carets, found }: DrawingMarks): void => {
    for (const [node, made] of byNode) {
      made.classList.toggle('selected', node === selected);
      made.classList.toggle('caret', carets.has(node));
      made.classList.toggle('missed', found !== undefined && !found.has(node) && !made.classList.contains('open'));
      made.setAttribute('tabindex', node === selected || (selected === undefined && node === scene?.visible.nodes[0]) ? '0' : '-1');
      if (carets.has(node)) made.setAttribute('aria-current', 'true');
      else made.removeAttribute('aria-current');
    }
    for (const { flow, elements } of flowElements) {
      const isOut = selected !== undefined && flow.signal === selected, isIn = selected !== undefined && flow.readers.includes(selected);
      for (const one of elements) { one.classList.toggle('leaving', isOut); one.classList.toggle('arriving', isIn); }
    }
  };
  return {
    element, content, show, mark,
    elementOf: (node) => byNode.get(node),
    nodeOf: (target) => {
      const group = target instanceof Element ? target.closest('g.box') : null;
      const at = group?.getAttribute('data-node');
      return at === null || at === undefined ? undefined : Number(at);
    },
    isToggle: (target) => target instanceof Element && target.closest('.toggle') !== null,
  };
}

/** Elements that stay are not taken out and put in again: that would take the focus away. */
function replace(parent: SVGGElement, children: readonly (SVGGElement | undefined)[]): void {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child as SVGGElement)) child.remove();
  let before: Element | null = parent.firstElementChild;
  for (const child of children) {
    if (child === undefined) continue;
    if (child === before) before = before.nextElementSibling;
    else parent.insertBefore(child, before);
  }
}

function place(element: SVGGElement, { x, y }: PlacedBox, isNew: boolean): void {
  element.classList.toggle('new', isNew);
  element.style.transform = `translate(${round(x)}px, ${round(y)}px)`;
}

function round(value: number): number { return Math.round(value * 10) / 10; }

function fillHolder(group: SVGGElement, { node, width, height }: PlacedBox, { tree }: Scene): void {
  const data = tree.graph.nodes[node];
  group.setAttribute('class', `holder ${data?.kind ?? ''} depth-${depthOf(tree, node) % 2} ${tree.hasError(node) ? 'failing' : ''}`);
  group.replaceChildren(svgElement('rect', { width: String(round(width)), height: String(round(height)), rx: '8' }));
}

function depthOf(tree: GraphTree, node: number): number {
  let depth = 0;
  for (let up = tree.parentOf(node); up >= 0; up = tree.parentOf(up)) depth += 1;
  return depth;
}

function fillBox(group: SVGGElement, box: PlacedBox, { tree, visible, words, fonts }: Scene): void {
  const { node, width, isOpen } = box;
  const data = tree.graph.nodes[node];
  if (data === undefined) return;
  const height = isOpen ? headingHeight : box.height;
  const holds = tree.childrenOf(node).length > 0;
  const fails = data.error !== '' || (!isOpen && tree.hasError(node));
  group.setAttribute('class', ['box', data.kind, `family-${familyOf(data)}`, isOpen ? 'open' : '', holds ? 'holds' : '', fails ? 'failing' : '', group.classList.contains('selected') ? 'selected' : ''].filter((name) => name !== '').join(' '));
  group.setAttribute('data-node', String(node));
  group.setAttribute('data-name', callName(tree, node, words));
  group.setAttribute('role', 'button');
  group.setAttribute('aria-label', describeBox(tree, visible, node, words));
  if (holds) group.setAttribute('aria-expanded', String(isOpen));
  else group.removeAttribute('aria-expanded');
  const text = textOf(data, words);
  const parts: SVGElement[] = [];
  const isPill = data.kind === 'operation' || data.kind === 'input' || data.kind === 'output';
  if (!isOpen && (data.kind === 'repeat' || (holds && data.count > 1))) for (const step of [6, 3]) parts.push(svgElement('rect', { class: 'stacked', x: String(step), y: String(step), width: String(width), height: String(height), rx: '6' }));
  parts.push(svgElement('rect', { class: 'body', width: String(width), height: String(height), rx: isPill ? String(height / 2) : '6' }));
  if (!isPill) parts.push(svgElement('rect', { class: 'tint', width: String(width), height: String(height), rx: '6' }));
  if (!isPill && !isOpen) parts.push(svgElement('path', { class: 'stripe', d: `M6 0H4.5V${height}H6A6 6 0 0 1 0 ${height - 6}V6A6 6 0 0 1 6 0Z` }));
  if (isPill) parts.push(svgElement('text', { class: 'title', x: String(width / 2), y: String(height / 2), 'text-anchor': 'middle' }, fitText(text.title, data.kind === 'operation' ? fonts.small : fonts.title, width - 14)));
  else parts.push(...heading(box, text, holds, marksOf({ ...data, error: fails ? 'fails' : '' }), fonts, height));
  // Spaces keep the texts apart for those who read them in one.
  group.replaceChildren(svgElement('title', {}, tooltip(data.source, data.error, data.name)), ...parts.flatMap((part) => [part, ' ']));
}

function tooltip(source: string, error: string, name: string): string {
  return [error, source === '' ? name : source].filter((part) => part !== '').map((part) => part.slice(0, 500)).join('\n');
}

function heading(box: PlacedBox, text: BoxText, holds: boolean, marks: readonly Mark[], fonts: Fonts, height: number): SVGElement[] {
  const { width, isOpen } = box;
  const left = 14, right = 12 + (holds ? 20 : 0);
  const hasSecond = text.count !== '';
  const room = width - left - right - marks.length * 18 + 2;
  const first = hasSecond ? height / 2 - 9 : height / 2, second = height / 2 + 9;
  const title = `${fitText(text.title, fonts.title, room - (text.times === '' ? 0 : widthOf(text.times, fonts.title)))}${text.times}`;
  const parts: SVGElement[] = [svgElement('text', { class: 'title', x: String(left), y: String(first) }, title)];
  if (!hasSecond && text.subtitle !== '') {
    const used = widthOf(title, fonts.title) + betweenTexts;
    // A title that fills the box leaves none for the name.
    if (used + 16 < room) parts.push(svgElement('text', { class: 'subtitle', x: String(left + used), y: String(first + 0.5) }, fitText(text.subtitle, fonts.small, room - used)));
  }
  if (hasSecond) {
    const countWidth = widthOf(text.count, fonts.small) + 12;
    parts.push(svgElement('text', { class: 'subtitle', x: String(left), y: String(second) }, fitText(text.subtitle, fonts.small, width - left - 12 - countWidth)));
    parts.push(svgElement('text', { class: 'count', x: String(width - 12), y: String(second), 'text-anchor': 'end' }, text.count));
  }
  for (const [at, name] of marks.entries()) parts.push(markSign(name, width - right - (marks.length - at) * 18 + 2, first - 7));
  if (holds) parts.push(toggleSign(width - 24, first - 8, isOpen));
  return parts;
}

const marks: Readonly<Record<Mark, string>> = {
  // A padlock, two sheets, a warning sign.
  frozen: 'M3.5 6.5h7v6h-7zM5 6.5V4.6a2 2 0 0 1 4 0v1.9',
  shared: 'M2.5 4.5h6v6h-6zM5.5 4.5v-2h6v6h-3',
  failure: 'M7 1.8a5.2 5.2 0 1 0 0 10.4a5.2 5.2 0 1 0 0-10.4M7 4.4v3.2M7 9.6v.1',
};

function markSign(name: Mark, x: number, y: number): SVGElement {
  return svgElement('path', { class: `mark ${name}`, d: marks[name], transform: `translate(${round(x)} ${round(y)})` });
}

function toggleSign(x: number, y: number, isOpen: boolean): SVGElement {
  return svgElement('g', { class: 'toggle', transform: `translate(${round(x)} ${round(y)})` },
    svgElement('rect', { width: '16', height: '16', rx: '3' }),
    svgElement('path', { d: isOpen ? 'M4 8h8' : 'M4 8h8M8 4v8' }));
}

function drawFlow(flow: PlacedFlow, { words, fonts }: Scene): SVGElement[] {
  const names = ['flow', flow.certain ? '' : 'uncertain'].filter((name) => name !== '').join(' ');
  const made: SVGElement[] = [svgElement('path', { class: names, d: curve(flow.points) })];
  const end = flow.points.at(-1);
  if (flow.hasArrow && end !== undefined) made.push(svgElement('path', { class: `arrow ${names}`, d: `M${round(end.x - 4)} ${round(end.y - 7)}L${round(end.x)} ${round(end.y)}L${round(end.x + 4)} ${round(end.y - 7)}Z` }));
  if (flow.label !== undefined) {
    const text = shapesText(flow.shapes, fonts);
    const width = widthOf(text, fonts.code) + 8;
    made.push(svgElement('g', { class: 'shape', transform: `translate(${round(flow.label.x)} ${round(flow.label.y)})` },
      svgElement('title', {}, `${words.output} ${flow.shapes.join('\n').slice(0, 500)}`),
      svgElement('rect', { x: String(-width / 2), y: '-8', width: String(width), height: '16', rx: '3' }),
      svgElement('text', { 'text-anchor': 'middle' }, text)));
  }
  return made;
}

const widestShape = 260;

export function shapesText(shapes: readonly string[], fonts: Fonts): string {
  const [first = '', ...others] = shapes;
  return fitText(others.length === 0 ? first : `${first} +${others.length}`, fonts.code, widestShape);
}

/** A smooth line from the first point to the last that the points between attract (a uniform cubic B-spline); it leaves and arrives upright. */
function curve(points: readonly Point[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  if (points.every((point) => Math.abs(point.x - first.x) < 0.5)) return `M${round(first.x)} ${round(first.y)}L${round(first.x)} ${round(last.y)}`;
  const stem = Math.min(10, Math.abs(last.y - first.y) / 4);
  const [start, end] = [{ x: first.x, y: first.y + stem }, { x: last.x, y: last.y - stem }];
  // The ends count three times, so that the line reaches them.
  const guides = [first, first, first, start, ...points.slice(1, -1), end, last, last, last];
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (let at = 1; at + 2 < guides.length; at += 1) {
    const [b, c, d] = [guides[at] ?? first, guides[at + 1] ?? last, guides[at + 2] ?? last];
    path += `C${round((2 * b.x + c.x) / 3)} ${round((2 * b.y + c.y) / 3)} ${round((b.x + 2 * c.x) / 3)} ${round((b.y + 2 * c.y) / 3)} ${round((b.x + 4 * c.x + d.x) / 6)} ${round((b.y + 4 * c.y + d.y) / 6)}`;
  }
  return path;
}
