// The curves panel's page: the runs it shows with their state, what there is to see in them, and a chart for each meaning. Holds the
// points; where they come from the extension knows.
import type { Axis, CurvesViewState, CurvesWord, FromCurves, RunHead } from '../shared/curves-contract.ts';
import { axes, curvesVersion, markKinds, readCurvesViewState, readToCurves } from '../shared/curves-contract.ts';
import { announce, editor, element, root, symbolButton } from '../shared/page.ts';
import type { Chart, Curve, View } from './chart.ts';
import { labels, makeChart, numberText } from './chart.ts';
import type { Palette } from './colours.ts';
import { readPalette } from './colours.ts';
import type { Series } from './data.ts';
import { axisOf, makeStore } from './data.ts';
import { toCsv, toPng, toSvg } from './save.ts';
import { makeTables } from './table.ts';

const store = makeStore(), charts = new Map<string, { readonly chart: Chart; readonly section: HTMLElement; readonly table: HTMLDetailsElement }>(), hidden = new Set<string>();
let runs: readonly RunHead[] = [], sources: readonly string[] = [], words: Readonly<Record<CurvesWord, string>> | undefined, palette: Palette = readPalette();
const kept: CurvesViewState = readCurvesViewState(editor.getState()) ?? { sources: [] };
let axis: Axis = kept.axis ?? 'epoch', logarithmic = kept.logarithmic ?? false, smoothing = kept.smoothing ?? 0.6;
const ranges = new Map<Axis | 'order', readonly [number, number]>();
let isDrawing = false, announced = '', drawnAt = 0, drawing = 0, later: ReturnType<typeof setTimeout> | undefined;

const tools = element('div', { class: 'tools' }), runList = element('ul', { class: 'runs' }), markList = element('ul', { class: 'marks' }), chartHost = element('div', { class: 'charts' }), empty = element('p', { class: 'empty' });
const heading = element('h1', {});
root.append(element('div', { class: 'head' }, element('div', { class: 'title' }, heading), tools), element('div', { class: 'body' }, runList, markList, empty, chartHost));

const post = (message: FromCurves): void => editor.postMessage(message);
const keep = (): void => editor.setState({ sources: [...sources], axis, logarithmic, smoothing } satisfies CurvesViewState);

addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = readToCurves(event.data);
  if (message === undefined) return;
  if (message.type === 'points') {
    if (store.add(message.run, message.reset, message.series)) drawSoon();
    else drawLater();
  } else {
    const isFirst = words === undefined, isOther = JSON.stringify(runs.map(({ id }) => id)) !== JSON.stringify(message.runs.map(({ id }) => id));
    ({ runs, sources, words } = message);
    if (isFirst) showTools(words);
    if (isOther) { ranges.clear(); store.keepOnly(runs.map(({ id }) => id)); }
    keep();
    showRuns();
    drawSoon();
  }
});
// Another theme: everything is drawn in its colours.
new MutationObserver(() => {
  palette = readPalette();
  drawSoon();
}).observe(document.body, { attributes: true, attributeFilter: ['class', 'style', 'data-vscode-theme-id'] });
post({ version: curvesVersion, type: 'ready' });

/** What a person did is seen in the next frame. */
function drawSoon(): void {
  if (isDrawing) return;
  isDrawing = true;
  clearTimeout(later);
  later = undefined;
  requestAnimationFrame(() => {
    isDrawing = false;
    const began = performance.now();
    draw();
    drawnAt = performance.now();
    drawing = drawnAt - began;
  });
}

/** What a run reported may wait: drawing takes a tenth of the time at most, however long the curves have become. */
function drawLater(): void {
  if (isDrawing || later !== undefined) return;
  const wait = drawnAt + drawing * 9 - performance.now();
  if (wait <= 0) drawSoon();
  else later = setTimeout(drawSoon, wait);
}

function showTools(text: Readonly<Record<CurvesWord, string>>): void {
  for (const kind of markKinds) labels.set(kind, text[kind]);
  const select = element('select', { 'aria-label': text.axis, title: text.axis }, ...axes.map((one) => element('option', { value: one }, text[one])));
  select.value = axis;
  select.addEventListener('change', () => { axis = axes.find((one) => one === select.value) ?? 'epoch'; keep(); drawSoon(); });
  const log = element('button', { class: 'action', type: 'button', 'aria-pressed': String(logarithmic) }, text.logarithmic);
  log.addEventListener('click', () => { logarithmic = !logarithmic; log.setAttribute('aria-pressed', String(logarithmic)); keep(); drawSoon(); });
  const slider = element('input', { type: 'range', min: '0', max: '0.99', step: '0.01', value: String(smoothing) }), amount = element('output', {}, smoothing.toFixed(2));
  slider.addEventListener('input', () => { smoothing = Math.min(0.99, Number(slider.value)); amount.textContent = smoothing.toFixed(2); keep(); drawSoon(); });
  tools.replaceChildren(select, log, element('label', { class: 'smoothing' }, text.smoothing, slider, amount), symbolButton('fit', text.reset, () => { ranges.clear(); drawSoon(); }));
}

function showRuns(): void {
  const text = words;
  if (text === undefined) return;
  heading.textContent = runs.length === 1 ? runs[0]?.title ?? '' : text.runs;
  runList.setAttribute('aria-label', text.runs);
  runList.replaceChildren(...runs.map((run, at) => {
    const swatch = element('span', { class: 'dot', 'aria-hidden': 'true' });
    if (runs.length > 1) swatch.style.backgroundColor = colourOf(at);
    const name = runs.length > 1 ? toggle(run, text) : undefined;
    const bar = run.progress === undefined ? undefined : element('progress', { max: '1', value: String(run.progress), 'aria-label': run.progressText });
    return element('li', { class: run.state ?? 'log' }, runs.length > 1 ? swatch : undefined, name, run.stateText === '' ? undefined : element('span', { class: 'state' }, run.stateText), run.detail === '' ? undefined : element('span', { class: 'detail' }, run.detail), bar,
      run.progressText === '' ? undefined : element('span', { class: 'detail' }, run.progressText), run.state === 'running' ? stopButton(run, text) : undefined, run.message === undefined ? undefined : element('span', { class: 'message' }, run.message));
  }));
  markList.setAttribute('aria-label', text.marks);
  markList.replaceChildren(...runs.flatMap((run) => run.marks.map((mark, at) => {
    const link = mark.place === undefined ? undefined : element('button', { class: 'link', type: 'button' }, text.goTo.replace('{0}', mark.place));
    link?.addEventListener('click', () => post({ version: curvesVersion, type: 'reveal', run: run.id, mark: at }));
    return element('li', { class: mark.kind }, element('span', { class: 'kind' }, text[mark.kind]), element('span', {}, runs.length > 1 ? `${run.title}: ${mark.text}` : mark.text), link);
  })));
  empty.textContent = runs.length === 0 ? text.noRuns : text.waiting;
  // Once an epoch at most: who listens is not to be flooded.
  const now = runs.map(({ progressText, state }) => `${state}${/\d+/.exec(progressText)?.[0] ?? ''}`).join();
  if (announced !== '' && now !== announced) announce(runs.map((run) => [run.title, run.stateText, run.progressText, ...lastValues(run)].filter((part) => part !== '').join(', ')).join('; '));
  announced = now;
}

function toggle(run: RunHead, text: Readonly<Record<CurvesWord, string>>): HTMLElement {
  const box = element('input', { type: 'checkbox', 'aria-label': text.show.replace('{0}', run.title) });
  box.checked = !hidden.has(run.id);
  box.addEventListener('change', () => {
    if (box.checked) hidden.delete(run.id);
    else hidden.add(run.id);
    drawSoon();
  });
  return element('label', { class: 'name' }, box, run.title);
}

function stopButton(run: RunHead, text: Readonly<Record<CurvesWord, string>>): HTMLElement {
  const button = element('button', { class: 'action', type: 'button' }, text.stop);
  button.addEventListener('click', () => { button.disabled = true; post({ version: curvesVersion, type: 'stop', run: run.id }); });
  return button;
}

function lastValues(run: RunHead): string[] {
  return store.series().filter((one) => one.run === run.id && one.kind === 'epoch').slice(0, 4).map((one) => `${one.name} ${numberText(one.column('value')[one.length - 1] ?? Number.NaN)}`);
}

function colourOf(at: number): string {
  return palette.curves[at % palette.curves.length] ?? palette.text;
}

/** A chart for each meaning, losses first, devices last. */
function draw(): void {
  const text = words;
  if (text === undefined) return;
  const shown = store.series().filter(({ run, length }) => length > 0 && runs.some(({ id }) => id === run) && !hidden.has(run)), groups = new Map<string, Series[]>();
  for (const one of shown) groups.set(one.chart, [...(groups.get(one.chart) ?? []), one]);
  const names = [...groups.keys()].sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
  for (const [name, { chart, section }] of charts) if (!groups.has(name)) { chart.destroy(); section.remove(); charts.delete(name); }
  empty.hidden = names.length > 0;
  const view: View = { axis, logarithmic, smoothing, ranges };
  names.forEach((name, at) => {
    const held = charts.get(name) ?? addChart(name, text);
    if (chartHost.children[at] !== held.section) chartHost.insertBefore(held.section, chartHost.children[at] ?? null);
    held.chart.draw(curvesOf(groups.get(name) ?? [], text), runs.flatMap((run) => (hidden.has(run.id) ? [] : run.marks.filter((mark) => mark.chart === name).map((mark) => ({ run: run.id, mark })))), view, palette);
    if (held.table.open) fillTable(name, text);
  });
  const colours = runs.map((_, at) => colourOf(at));
  [...runList.querySelectorAll<HTMLElement>('.dot')].forEach((dot, at) => { dot.style.backgroundColor = colours[at] ?? ''; });
}

function rank(chart: string): number {
  if (chart === 'device') return 9;
  if (chart === 'loss') return 0;
  if (chart.includes('loss')) return 1;
  return /learning_rate|^lr$|grad/.test(chart) ? 5 : 3;
}

/** One run: a colour for each curve. Several: a colour for each run, roles by their dashes. Batches give way to whole epochs below them. */
function curvesOf(series: readonly Series[], text: Readonly<Record<CurvesWord, string>>): Curve[] {
  const order = { training: 0, validation: 1, test: 2 } as const;
  return [...series].sort((left, right) => runAt(left.run) - runAt(right.run) || order[left.role] - order[right.role] || (left.kind < right.kind ? 1 : -1)).map((one, at) => {
    const run = runs[runAt(one.run)], isPlain = series.every((other) => other.role === one.role), parts = [...(runs.length > 1 && run !== undefined ? [run.title] : []), one.name, ...(isPlain || one.name.toLowerCase().includes(one.role.slice(0, 3)) ? [] : [text[one.role]]), ...(one.kind === 'epoch' && series.some((other) => other.kind === 'step' && other.name === one.name) ? [text.epoch] : [])];
    return { series: one, label: parts.join(' · '), colour: runs.length > 1 ? colourOf(runAt(one.run)) : colourOf(at) };
  });
}

function runAt(run: string): number { return Math.max(0, runs.findIndex(({ id }) => id === run)); }

function addChart(name: string, text: Readonly<Record<CurvesWord, string>>) {
  const title = name === 'device' ? text.devices : name.replaceAll('_', ' ');
  const axisLabel = (one: Axis | 'order'): string => (one === 'order' ? text.step : text[one]);
  const chart = makeChart(title, {
    zoom: (one, range) => {
      if (range === undefined) ranges.delete(one);
      else ranges.set(one, range);
      drawSoon();
    },
    axisLabel, start: store.start, startTime: store.start, help: text.chartHelp,
  });
  const table = element('details', {}, element('summary', {}, text.table));
  table.addEventListener('toggle', () => { if (table.open) fillTable(name, text); });
  const save = (kind: string, make: () => Promise<Uint8Array | undefined> | Uint8Array | undefined): void => {
    void Promise.resolve(make()).then((bytes) => { if (bytes !== undefined) post({ version: curvesVersion, type: 'save', name: `${name.replaceAll(/[^\p{Letter}\p{Number}_-]+/gu, '-').slice(0, 80) || 'chart'}.${kind}`, bytes }); });
  };
  const buttons = element('div', { class: 'tools' });
  for (const [kind, label, make] of [
    ['png', text.savePng, () => toPng(chart, title, palette)],
    ['svg', text.saveSvg, () => { const one = axisOf(chart.curves().map(({ series }) => series), axis); return toSvg(chart, title, palette, one, axisLabel(one), logarithmic); }],
    ['csv', text.saveCsv, () => toCsv(chart)],
  ] as const) {
    const button = element('button', { class: 'icon', type: 'button', title: label, 'aria-label': label }, kind.toUpperCase());
    button.addEventListener('click', () => save(kind, make));
    buttons.append(button);
  }
  const section = element('section', { 'aria-label': title }, element('header', {}, element('h2', {}, title), buttons), chart.element, table);
  const held = { chart, section, table };
  charts.set(name, held);
  chartHost.append(section);
  return held;
}

function fillTable(name: string, text: Readonly<Record<CurvesWord, string>>): void {
  const held = charts.get(name);
  if (held === undefined) return;
  const curves = held.chart.curves(), one = axisOf(curves.map(({ series }) => series), axis);
  held.table.querySelector('.tables')?.remove();
  const tables = makeTables(held.section.getAttribute('aria-label') ?? name, curves, one, one === 'order' ? text.step : text[one], text);
  tables.classList.add('tables');
  held.table.append(tables);
}
