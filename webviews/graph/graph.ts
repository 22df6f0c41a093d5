// The page of the graph panel: holds which boxes are open and which is selected, has what is seen laid out and drawn, and takes keys and
// clicks. What a model is, it does not know.
import { contractVersion } from '../shared/contract.ts';
import type { FromGraph, GraphViewState, ToGraph } from '../shared/contract-graph.ts';
import { readGraphViewState, readToGraph } from '../shared/contract-graph.ts';
import { announce, editor, element, root } from '../shared/page.ts';
import { describeBox, findBoxes } from './describe.ts';
import { makeDrawing } from './drawing.ts';
import { neighbour } from './keys.ts';
import { makeLayoutClient } from './layout-client.ts';
import type { Layout } from './layout.ts';
import { levelsOf } from './levels.ts';
import type { Words } from './look.ts';
import { fontsOf, sizeOf, widthOf } from './look.ts';
import { labelledShapes } from './labels.ts';
import { makeOutline } from './outline.ts';
import { makePicture, toPng } from './picture.ts';
import { shapesText } from './drawing.ts';
import { detailsCard, makeTools } from './tools.ts';
import type { View } from './viewport.ts';
import { makeViewport } from './viewport.ts';
import type { GraphTree, VisibleGraph } from './visible.ts';
import { idsAround, isOpen, makeTree, openAll, openAtFirst, shownInPlace, visibleGraph } from './visible.ts';

type State = Extract<ToGraph, { type: 'state' }>;
type Outgoing = FromGraph extends infer Message ? (Message extends FromGraph ? Omit<Message, 'version'> : never) : never;

function send(message: Outgoing): void {
  editor.postMessage({ version: contractVersion, ...message });
}

const restored = readGraphViewState(editor.getState());
let page: ReturnType<typeof makePage> | undefined;
let carets: readonly number[] = [];

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readToGraph(event.data);
  if (message === undefined) return;
  if (message.type === 'caret') { carets = message.layers; page?.markCarets(); return; }
  page ??= makePage(message.words);
  page.update(message);
});
send({ type: 'ready' });

/** So many boxes are opened at once at most. */
const mostOpened = 400;
/** Titles of 13 pixels are 10 then. */
const smallestToRead = 0.78;

function makePage(words: Words) {
  const layouts = makeLayoutClient();
  const fonts = fontsOf(document.body);
  /** Which boxes are open, by model. */
  const openByModel = new Map<string, Set<string>>(Object.entries(restored?.open ?? {}).map(([name, ids]) => [name, new Set(ids)]));
  let state: State | undefined;
  let tree: GraphTree | undefined;
  let visible: VisibleGraph | undefined;
  let layout: Layout | undefined;
  let selected: number | undefined;
  let found: readonly number[] = [], foundAt = -1;
  let showsOutline = restored?.showsOutline ?? false;
  /** What the view of the model that is shown is to be once it is laid out. */
  let wantedView: View | undefined = restored?.view;
  let wantedSelection: string | undefined = restored?.selectedNode;
  let modelKey = '';

  const tools = makeTools(words, {
    select: (model) => send({ type: 'select', model }),
    search: (text) => search(text),
    step: (by) => stepTo(by),
    zoom: (factor) => viewport.zoomBy(factor),
    fit: () => fit(true, 0),
    expandAll: () => { if (tree !== undefined) void setOpen(openAll(tree, mostOpened), undefined, true); },
    collapseAll: () => { void setOpen(new Set(), undefined, true); },
    outline: () => {
      const before = drawing.element.clientWidth;
      showsOutline = !showsOutline;
      placeOutline();
      // What is in the middle stays there.
      viewport.panBy((drawing.element.clientWidth - before) / 2, 0);
      keep();
    },
    save: (format) => { void save(format); },
    revealModel: () => send({ type: 'reveal', model: state?.selected ?? 0 }),
  });
  const drawing = makeDrawing(words.graph);
  const outline = makeOutline(words.outline, {
    select: (node) => select(node, 'show'),
    toggle: (node) => toggle(node),
    reveal: (node) => reveal(node),
  });
  const side = element('aside', { class: 'outline' }, outline.element);
  const details = element('div', { class: 'details-holder' });
  const notice = element('p', { class: 'empty muted', role: 'status' }), note = element('p', { class: 'note', role: 'note' });
  const canvas = element('div', { class: 'canvas' }, drawing.element, details, element('p', { id: 'graph-keys', class: 'visually-hidden' }, words.keys));
  const body = element('div', { class: 'body' }, side, canvas);
  root.replaceChildren(tools.element, note, notice, body);
  const viewport = makeViewport(drawing.element, drawing.content, (view) => { tools.showZoom(view.scale); keepSoon(); });

  // ---- what is kept over a reload

  let timer: ReturnType<typeof setTimeout> | undefined;
  const keepSoon = (): void => { clearTimeout(timer); timer = setTimeout(keep, 200); };
  const keep = (): void => {
    if (state === undefined) return;
    const kept: GraphViewState = {
      uri: state.uri, model: state.selected, showsOutline, open: Object.fromEntries([...openByModel].map(([name, ids]) => [name, [...ids]])),
      view: layout === undefined ? wantedView : viewport.view(), selectedNode: selected === undefined ? wantedSelection : tree?.graph.nodes[selected]?.id,
    };
    editor.setState(kept);
  };

  // ---- showing

  const openIds = (): Set<string> => openByModel.get(modelKey) ?? new Set();
  const update = (next: State): void => {
    const before = state;
    state = next;
    tools.update(next);
    const { graph } = next;
    notice.hidden = graph !== undefined;
    notice.textContent = next.loaded ? words.noModel : words.loading;
    body.hidden = graph === undefined;
    note.hidden = graph === undefined || (graph.complete && !graph.isCut);
    note.textContent = graph?.isCut === true ? words.cut : words.incomplete;
    if (graph === undefined) { tree = undefined; visible = undefined; layout = undefined; details.replaceChildren(); keep(); return; }
    const key = `${next.uri} ${graph.name} ${graph.class}`;
    const isSame = key === modelKey && before?.uri === next.uri;
    const selectedId = isSame && selected !== undefined ? tree?.graph.nodes[selected]?.id : wantedSelection;
    const held = isSame ? anchorIds() : [];
    const isFirst = modelKey === '';
    modelKey = key;
    tree = makeTree(graph);
    if (!openByModel.has(key)) openByModel.set(key, openAtFirst(tree));
    if (!isSame && !isFirst) { wantedView = undefined; selected = undefined; }
    selected = selectedId === undefined ? undefined : tree.byId.get(selectedId);
    wantedSelection = undefined;
    search(tools.searchText(), true);
    void redraw(isSame && layout !== undefined ? { anchors: held } : 'first');
  };

  interface Anchor { readonly id: string; readonly x: number; readonly y: number }
  /** Boxes that are to stay where they are seen: the selected one, and the others from the middle outwards. */
  const anchorIds = (first?: number): Anchor[] => {
    if (layout === undefined || tree === undefined) return [];
    const view = viewport.view();
    const [middleX, middleY] = [drawing.element.clientWidth / 2, drawing.element.clientHeight / 2];
    const placed = layout.boxes.map((box) => ({ node: box.node, id: tree?.graph.nodes[box.node]?.id ?? '', x: (box.x + box.width / 2) * view.scale + view.x, y: box.y * view.scale + view.y }));
    const distance = (one: { x: number; y: number }): number => Math.hypot(one.x - middleX, one.y - middleY);
    return placed.sort((left, right) => Number(right.node === first) - Number(left.node === first) || distance(left) - distance(right)).slice(0, 20);
  };

  const redraw = async (how: 'first' | 'fit' | { readonly anchors: readonly Anchor[] }): Promise<void> => {
    if (tree === undefined) return;
    const current = tree, open = openIds();
    const seen = visibleGraph(current, open);
    const levels = levelsOf(current, seen);
    const labels = labelledShapes(levels);
    const sizes: Record<number, readonly [number, number]> = {};
    for (const node of seen.nodes) {
      const data = current.graph.nodes[node];
      if (data !== undefined) sizes[node] = sizeOf(data, words, fonts);
    }
    const labelWidths = labels.map((level) => level.map((shapes) => (shapes.length === 0 ? 0 : widthOf(shapesText(shapes, fonts), fonts.code) + 8)));
    let made: Layout | undefined;
    try {
      made = await layouts.layOut({ levels, sizes, labelWidths });
    } catch (error) {
      notice.hidden = false;
      notice.textContent = `${words.noLayout} ${error instanceof Error ? error.message : String(error)}`;
      return;
    }
    if (made === undefined || tree !== current) return;
    layout = made;
    visible = seen;
    if (selected !== undefined && !seen.nodes.includes(selected)) selected = shownInPlace(current, open, selected);
    drawing.show({ tree: current, visible: seen, layout: made, words, fonts });
    outline.show(current, seen, open, words);
    placeOutline();
    markAll();
    showDetails();
    if (how === 'first') {
      if (wantedView !== undefined) viewport.setView(wantedView);
      else fit(false);
      wantedView = undefined;
    } else if (how === 'fit') fit(true);
    else holdAnchor(how.anchors);
    document.body.dataset['drawn'] = String(seen.nodes.length);
    keep();
  };

  const holdAnchor = (anchors: readonly Anchor[]): void => {
    const view = viewport.view();
    for (const { id, x, y } of anchors) {
      const node = tree?.byId.get(id);
      const box = layout?.boxes.find((one) => one.node === node);
      if (box === undefined) continue;
      viewport.setView({ ...view, x: x - (box.x + box.width / 2) * view.scale, y: y - box.y * view.scale });
      return;
    }
    fit(false);
  };

  /** All of it where a person asks for that; else no smaller than can be read. */
  const fit = (isSmooth: boolean, least = smallestToRead): void => {
    if (layout !== undefined) viewport.fit({ x: 0, y: 0, width: layout.width, height: layout.height }, least, isSmooth);
  };
  const placeOutline = (): void => { side.hidden = !showsOutline; tools.showOutline(showsOutline); };
  const shownCarets = (): ReadonlySet<number> => {
    if (tree === undefined) return new Set();
    const current = tree, open = openIds();
    return new Set(carets.filter((node) => node < current.graph.nodes.length).map((node) => shownInPlace(current, open, node)));
  };
  const markAll = (): void => {
    const marks = shownCarets();
    const current = tree, open = openIds();
    const shownFound = tools.searchText().trim() === '' || current === undefined ? undefined : new Set(found.map((node) => shownInPlace(current, open, node)));
    drawing.mark({ selected, carets: marks, found: shownFound });
    outline.mark(selected, marks);
  };
  let lastCaret = '';
  const markCarets = (): void => {
    markAll();
    const [first] = shownCarets();
    const key = carets.join();
    if (first !== undefined && key !== lastCaret && !document.hasFocus()) showBox(first);
    lastCaret = key;
  };
  const cardSize = (): { width: number; height: number } | undefined => (details.childElementCount === 0 ? undefined : { width: details.offsetWidth, height: details.offsetHeight });
  const showBox = (node: number): void => {
    const box = layout?.boxes.find((one) => one.node === node);
    if (box !== undefined) viewport.show({ x: box.x, y: box.y, width: box.width, height: box.isOpen ? Math.min(box.height, 200) : box.height }, cardSize());
  };
  const showDetails = (): void => {
    const node = selected === undefined ? undefined : tree?.graph.nodes[selected];
    if (node === undefined || selected === undefined || tree === undefined) { details.replaceChildren(); return; }
    const at = selected;
    const inputs = [...new Set((visible?.incoming.get(at) ?? []).flatMap((edge) => edge.shapes))];
    details.replaceChildren(detailsCard({ node, inputs, isOpen: isOpen(tree, openIds(), at), holds: tree.childrenOf(at).length > 0 }, words, {
      reveal: () => reveal(at), toggle: () => toggle(at), close: () => { select(undefined, 'stay'); drawing.element.querySelector<SVGGElement>('[tabindex="0"]')?.focus(); },
    }));
  };

  // ---- what a person does

  const select = (node: number | undefined, how: 'focus' | 'show' | 'stay'): void => {
    selected = node;
    markAll();
    showDetails();
    if (node !== undefined && how !== 'stay') showBox(node);
    if (node !== undefined && how === 'focus') drawing.elementOf(node)?.focus({ preventScroll: true });
    keep();
  };
  const reveal = (node: number): void => send({ type: 'reveal', model: state?.selected ?? 0, node });
  const setOpen = async (ids: Set<string>, anchor: number | undefined, fits = false): Promise<void> => {
    const anchors = anchorIds(anchor);
    openByModel.set(modelKey, ids);
    await redraw(fits ? 'fit' : { anchors });
  };
  /** What was opened is looked into: as much of it as there is room for. */
  const showInside = (node: number): void => {
    const box = layout?.boxes.find((one) => one.node === node);
    if (box?.isOpen === true) viewport.showBeginning(box, cardSize()?.height ?? 0);
  };
  const toggle = (node: number): void => {
    const id = tree?.graph.nodes[node]?.id;
    if (id === undefined || tree === undefined || tree.childrenOf(node).length === 0) return;
    const ids = new Set(openIds());
    const opens = !ids.delete(id);
    if (opens) ids.add(id);
    selected = node;
    void setOpen(ids, node).then(() => { if (opens && !isPressing) showInside(node); });
    announce(`${opens ? words.expand : words.collapse}: ${describeBox(tree, undefined, node, words)}`);
  };
  /** Opens what is around the box, then selects it. */
  const goTo = async (node: number): Promise<void> => {
    if (tree === undefined) return;
    const missing = idsAround(tree, node).filter((id) => !openIds().has(id));
    selected = node;
    if (missing.length > 0) {
      openByModel.set(modelKey, new Set([...openIds(), ...missing]));
      await redraw({ anchors: anchorIds() });
    }
    select(node, 'show');
  };
  const search = (text: string, isQuiet = false): void => {
    const before = found[foundAt];
    found = tree === undefined ? [] : findBoxes(tree, text);
    foundAt = before === undefined ? -1 : found.indexOf(before);
    if (foundAt < 0 && found.length > 0) foundAt = 0;
    tools.showMatches(foundAt, found.length);
    if (isQuiet) return;
    markAll();
    const first = found[foundAt];
    if (first !== undefined) void goTo(first);
  };
  const stepTo = (by: 1 | -1): void => {
    if (found.length === 0) return;
    foundAt = (foundAt + by + found.length) % found.length;
    tools.showMatches(foundAt, found.length);
    const node = found[foundAt];
    if (node !== undefined) void goTo(node);
  };
  const save = async (format: 'svg' | 'png'): Promise<void> => {
    if (layout === undefined || state === undefined) return;
    drawing.element.classList.add('saving');
    drawing.mark({ selected: undefined, carets: new Set(), found: undefined });
    try {
      const picture = makePicture(drawing.element, drawing.content, state.graph?.name ?? '', layout);
      send({ type: 'export', model: state.selected, format, data: format === 'svg' ? picture.svg : await toPng(picture) });
    } finally {
      drawing.element.classList.remove('saving');
      markAll();
    }
  };

  // Nothing may move between pressing and releasing: the click would go to what lies there then.
  let isPressing = false;
  drawing.element.addEventListener('pointerdown', () => { isPressing = true; });
  for (const name of ['pointerup', 'pointercancel']) document.addEventListener(name, () => { isPressing = false; });
  drawing.element.addEventListener('click', (event) => {
    const node = drawing.nodeOf(event.target);
    if (node === undefined) return;
    select(node, 'stay');
    // The card may lie over it. A second click, which opens the box, is waited for.
    const view = viewport.view();
    setTimeout(() => { if (selected === node && !isPressing && viewport.view() === view) showBox(node); }, 400);
    drawing.elementOf(node)?.focus({ preventScroll: true });
    if (drawing.isToggle(event.target)) toggle(node);
    else if (event.detail === 1) reveal(node);
  });
  drawing.element.addEventListener('dblclick', (event) => { const node = drawing.nodeOf(event.target); if (node !== undefined && !drawing.isToggle(event.target)) toggle(node); });
  drawing.element.addEventListener('focusin', (event) => { const node = drawing.nodeOf(event.target); if (node !== undefined && node !== selected && !isPressing) select(node, 'show'); });
  drawing.element.addEventListener('keydown', (event) => {
    if (tree === undefined || visible === undefined || layout === undefined || event.altKey) return;
    const current = selected ?? visible.nodes[0];
    if (current === undefined) return;
    switch (event.key) {
      case 'Enter': if (event.ctrlKey || event.metaKey) reveal(current); else if (tree.childrenOf(current).length > 0) toggle(current); else reveal(current); break;
      case ' ': if (tree.childrenOf(current).length > 0) toggle(current); break;
      case 'F12': reveal(current); break;
      case 'Home': select(visible.nodes[0], 'focus'); break;
      case 'End': select(visible.nodes.at(-1), 'focus'); break;
      case 'Escape': {
        const outer = tree.parentOf(current);
        select(outer >= 0 ? outer : current, 'focus');
        break;
      }
      case 'ArrowDown': case 'ArrowUp': case 'ArrowLeft': case 'ArrowRight': {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          const step = 60;
          viewport.panBy(event.key === 'ArrowLeft' ? step : event.key === 'ArrowRight' ? -step : 0, event.key === 'ArrowUp' ? step : event.key === 'ArrowDown' ? -step : 0);
        } else {
          const next = neighbour(tree, visible, layout, current, event.key);
          if (next !== undefined) select(next, 'focus');
        }
        break;
      }
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if ((event.key === 'f' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !isTyping)) tools.focusSearch();
    else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === '+' || event.key === '=') viewport.zoomBy(1.25);
    else if (event.key === '-') viewport.zoomBy(1 / 1.25);
    else if (event.key === '0') fit(true);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => { if (layout !== undefined && wantedView === undefined) keepSoon(); }).observe(drawing.element);
  placeOutline();
  return { update, markCarets };
}
