// One chart: curves of one meaning over each other, drawn by uPlot from decimated points, with a legend that says the values at the
// cursor and the keys that move it. What range is shown, and where the cursor is, all charts share.
import uPlot from 'uplot';
import type { Axis, MarkRow } from '../shared/curves-contract.ts';
import { element } from '../shared/page.ts';
import type { Palette } from './colours.ts';
import { dashes } from './colours.ts';
import type { Extrema, Series } from './data.ts';
import { align, axisOf, decimate, findExtrema, nearestPoint, placesOf, smooth } from './data.ts';

export interface Curve {
  readonly series: Series;
  readonly label: string;
  readonly colour: string;
}

/** What all charts share. */
export interface View {
  readonly axis: Axis;
  readonly logarithmic: boolean;
  readonly smoothing: number;
  /** The range that was zoomed to, for each axis. */
  readonly ranges: ReadonlyMap<Axis | 'order', readonly [number, number]>;
}

export interface ChartActions {
  readonly zoom: (axis: Axis | 'order', range: readonly [number, number] | undefined) => void;
  readonly axisLabel: (axis: Axis | 'order') => string;
  readonly start: (run: string) => number;
  readonly help: string;
  readonly startTime: (run: string) => number;
}

export interface Chart {
  readonly element: HTMLElement;
  /** The curves as they are now; they and their order may differ from before. */
  readonly draw: (curves: readonly Curve[], marks: readonly { readonly run: string; readonly mark: MarkRow }[], view: View, palette: Palette) => void;
  readonly canvas: () => HTMLCanvasElement | undefined;
  readonly curves: () => readonly PlacedCurve[];
  readonly shownRange: () => readonly [number, number];
  readonly destroy: () => void;
}

export interface PlacedCurve extends Curve {
  readonly places: Float64Array;
  /** The axis' own values, and as they are drawn. */
  readonly values: Float64Array;
  readonly smoothed?: Float64Array;
  /** Of the values, then of the smoothed ones. */
  readonly extrema: readonly (Extrema | undefined)[];
}

const height = 230, rawOpacity = '55';
/** A mean over so few would tell more of itself than of them. */
const fewPoints = 50;
/** What the slider says holds for a curve of so many points; of a longer one the mean forgets more slowly, so that it looks alike. */
const smoothedPoints = 1_000;

export function makeChart(title: string, actions: ChartActions): Chart {
  const plotHost = element('div', { class: 'plot', tabindex: '0', role: 'img', 'aria-label': `${title}. ${actions.help}` });
  const legend = element('ul', { class: 'legend' });
  const host = element('div', { class: 'chart' }, plotHost, legend);
  let plot: uPlot | undefined, placed: readonly PlacedCurve[] = [], marks: readonly { readonly x: number; readonly mark: MarkRow }[] = [], axis: Axis | 'order' = 'epoch';
  let shown: [number, number] = [0, 1], full: [number, number] = [0, 1], structure = '', present: Palette | undefined, cursorAt: number | undefined, view: View | undefined;

  const rows = (): (number | null)[][] => {
    const columns = Math.max(50, Math.floor(plotHost.clientWidth));
    const isShown = (value: number): boolean => view?.logarithmic !== true || value > 0;
    const drawn = placed.flatMap(({ places, values, smoothed, extrema }) => (smoothed === undefined ? [values] : [values, smoothed]).map((column, at) => decimate(places, column, shown[0], shown[1], columns, extrema[at])));
    return align(drawn).map((row, at) => (at === 0 ? row : row.map((value) => (value !== null && isShown(value) ? value : null))));
  };
  const refresh = (): void => {
    if (plot === undefined) return;
    plot.setData(rows() as uPlot.AlignedData, false);
    plot.setScale('x', { min: shown[0], max: shown[1] });
  };
  const showLegend = (): void => {
    legend.replaceChildren(...placed.map((curve) => {
      const at = cursorAt === undefined ? lastFinite(curve.values) : nearestPoint(curve.places, curve.values, cursorAt), value = at === undefined ? undefined : curve.values[at];
      const swatch = element('span', { class: `swatch ${curve.series.role}`, 'aria-hidden': 'true' });
      swatch.style.borderTopColor = curve.colour;
      return element('li', {}, swatch, element('span', { class: 'name' }, curve.label), element('span', { class: 'value' }, value === undefined ? '–' : numberText(value)));
    }));
  };
  const zoomTo = (low: number, high: number): void => {
    const least = (full[1] - full[0]) / 1e6 || 1e-9;
    if (high - low < least) return;
    const isAll = low <= full[0] && high >= full[1];
    actions.zoom(axis, isAll ? undefined : [low, high]);
  };
  /** Keeps the width, and stays where there is something to see. */
  const panBy = (distance: number): void => {
    const width = shown[1] - shown[0], low = Math.min(Math.max(shown[0] + distance, full[0]), full[1] - width);
    if (width < full[1] - full[0]) zoomTo(low, low + width);
  };
  const zoomAt = (x: number, factor: number): void => zoomTo(Math.max(full[0], x - (x - shown[0]) * factor), Math.min(full[1], x + (shown[1] - x) * factor));

  const build = (palette: Palette, logarithmic: boolean): void => {
    plot?.destroy();
    const axisStyle = { stroke: palette.faint, font: palette.font, grid: { stroke: palette.grid, width: 1 }, ticks: { stroke: palette.grid, width: 1, size: 4 } };
    const lines = placed.flatMap((curve) => (curve.smoothed === undefined ? ['whole'] : ['raw', 'whole']).map((kind): uPlot.Series => ({
      label: curve.label, stroke: kind === 'raw' ? `${curve.colour}${rawOpacity}` : curve.colour, width: kind === 'raw' ? 1 : 1.8, dash: kind === 'raw' ? [] : [...dashes[curve.series.role]], spanGaps: true,
      points: { show: curve.series.length <= 60 && kind === 'whole', size: 5, fill: curve.colour },
    })));
    plot = new uPlot({
      width: Math.max(200, plotHost.clientWidth), height, legend: { show: false }, series: [{}, ...lines],
      scales: { x: { time: false, auto: false, range: () => shown }, y: logarithmic ? { distr: 3 } : {} },
      axes: [{ ...axisStyle, label: actions.axisLabel(axis), labelFont: palette.font, labelSize: 18, size: 34, values: (_, splits) => splits.map((value) => tickText(value, axis)) }, { ...axisStyle, size: 58, values: (_, splits) => splits.map((value) => (value === null ? '' : numberText(value))) }],
      cursor: { sync: { key: 'inlayer' }, drag: { x: true, y: false, setScale: false, dist: 4 }, points: { size: 6 }, bind: { dblclick: () => () => { actions.zoom(axis, undefined); return null; } } },
      hooks: {
        setSelect: [(self) => {
          const { left, width } = self.select;
          if (width < 4) return;
          const low = self.posToVal(left, 'x'), high = self.posToVal(left + width, 'x');
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoomTo(low, high);
        }],
        setCursor: [(self) => {
          const left = self.cursor.left ?? -1;
          cursorAt = left < 0 ? undefined : self.posToVal(left, 'x');
          showLegend();
        }],
        draw: [(self) => drawMarks(self, palette)],
      },
    }, rows() as uPlot.AlignedData, plotHost);
    listen(plot);
  };
  const drawMarks = (self: uPlot, palette: Palette): void => {
    const { ctx, bbox } = self;
    ctx.save();
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.font = palette.font.replace('11px', `${11 * devicePixelRatio}px`);
    let row = 0;
    for (const { x, mark } of marks) {
      if (x < shown[0] || x > shown[1]) continue;
      const left = Math.round(self.valToPos(x, 'x', true)), text = labels.get(mark.kind) ?? mark.kind, width = ctx.measureText(text).width, isLeft = left + width + 8 > bbox.left + bbox.width;
      ctx.strokeStyle = palette.faint;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      ctx.fillStyle = palette.text;
      ctx.fillText(text, isLeft ? left - width - 4 * devicePixelRatio : left + 4 * devicePixelRatio, bbox.top + (12 + 14 * row) * devicePixelRatio);
      row += 1;
    }
    ctx.restore();
  };
  const listen = (made: uPlot): void => {
    made.over.addEventListener('wheel', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        event.preventDefault();
        zoomAt(made.posToVal(event.offsetX, 'x'), event.deltaY > 0 ? 1.25 : 0.8);
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
        event.preventDefault();
        panBy(((event.deltaX || event.deltaY) / made.over.clientWidth) * (shown[1] - shown[0]));
      }
    }, { passive: false });
    // Before uPlot, which would begin to select.
    made.over.addEventListener('pointerdown', (event) => {
      if (!event.shiftKey && event.button !== 1) return;
      event.preventDefault();
      let before = event.clientX;
      const move = (moved: PointerEvent): void => {
        panBy(((before - moved.clientX) / made.over.clientWidth) * (shown[1] - shown[0]));
        before = moved.clientX;
      };
      const stop = (): void => {
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', stop);
      };
      addEventListener('pointermove', move);
      addEventListener('pointerup', stop);
    });
    made.over.addEventListener('mousedown', (event) => { if (event.shiftKey || event.button === 1) event.stopImmediatePropagation(); }, { capture: true });
  };
  plotHost.addEventListener('keydown', (event) => {
    const width = shown[1] - shown[0], at = cursorAt ?? shown[0] + width / 2;
    if (event.key === '+' || event.key === '=') zoomAt(at, 0.7);
    else if (event.key === '-') zoomAt(at, 1.4);
    else if (event.key === '0' || event.key === 'Escape') actions.zoom(axis, undefined);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const direction = event.key === 'ArrowLeft' ? -1 : 1;
      if (event.shiftKey) panBy(direction * width * 0.2);
      else moveCursor(at, direction);
    } else return;
    event.preventDefault();
  });
  /** To the next point of the curve with the fewest points in sight. */
  const moveCursor = (from: number, direction: number): void => {
    const [curve] = [...placed].sort((left, right) => left.places.length - right.places.length);
    if (curve === undefined || plot === undefined) return;
    const at = nearestPoint(curve.places, curve.values, from), next = at === undefined ? undefined : curve.places[Math.min(curve.places.length - 1, Math.max(0, at + (cursorAt === undefined ? 0 : direction)))];
    if (next === undefined) return;
    if (next < shown[0] || next > shown[1]) panBy(next < shown[0] ? next - shown[0] : next - shown[1]);
    plot.setCursor({ left: plot.valToPos(next, 'x'), top: height / 3 });
    plotHost.setAttribute('aria-label', `${title}. ${actions.axisLabel(axis)} ${tickText(next, axis)}: ${[...legend.querySelectorAll('li')].map((item) => item.textContent).join(', ')}`);
  };
  const resize = new ResizeObserver(() => {
    if (plot === undefined || plotHost.clientWidth === 0 || Math.abs(plot.width - plotHost.clientWidth) < 2) return;
    plot.setSize({ width: plotHost.clientWidth, height });
    refresh();
  });
  resize.observe(plotHost);

  return {
    element: host,
    canvas: () => plot?.ctx.canvas, curves: () => placed, shownRange: () => shown,
    draw: (curves, runMarks, now, palette) => {
      const axisNow = axisOf(curves.map(({ series }) => series), now.axis);
      placed = curves.map((curve) => place(curve, axisNow, actions.start(curve.series.run), curve.series.kind === 'step' && curve.series.length > fewPoints ? now.smoothing : 0));
      axis = axisNow;
      full = rangeOf(placed);
      shown = [...(now.ranges.get(axis) ?? full)] as [number, number];
      view = now;
      marks = runMarks.flatMap(({ run, mark }) => {
        const x = axis === 'order' ? Number.NaN : axis === 'time' ? mark.at.time - actions.startTime(run) : mark.at[axis];
        return Number.isFinite(x) ? [{ x, mark }] : [];
      });
      const nowStructure = JSON.stringify([axis, now.logarithmic, placed.map(({ series, label, colour, smoothed }) => [series.run, series.key, label, colour, smoothed !== undefined, series.length <= 60]), palette]);
      if (plot === undefined || nowStructure !== structure || present !== palette) {
        structure = nowStructure;
        present = palette;
        build(palette, now.logarithmic);
      } else {
        refresh();
      }
      showLegend();
    },
    destroy: () => {
      resize.disconnect();
      plot?.destroy();
      host.remove();
    },
  };
}

interface Placed {
  readonly axis: Axis | 'order';
  readonly start: number;
  readonly smoothing: number;
  readonly length: number;
  readonly places: Float64Array;
  readonly smoothed?: Float64Array;
  readonly extrema: readonly (Extrema | undefined)[];
}
/** What was computed of a curve: while it is only moved, nothing of it changes. */
const placedBefore = new WeakMap<Series, Placed>();

function place(curve: Curve, axis: Axis | 'order', start: number, smoothing: number): PlacedCurve {
  const { series } = curve, values = series.column('value'), before = placedBefore.get(series);
  const isLong = before?.length === series.length, keepsPlaces = isLong && before.axis === axis && before.start === start;
  const smoothed = smoothing === 0 ? undefined : isLong && before.smoothing === smoothing ? before.smoothed : smooth(values, 1 - (1 - smoothing) * Math.min(1, smoothedPoints / values.length));
  const placed: Placed = {
    axis, start, smoothing, length: series.length, places: keepsPlaces ? before.places : placesOf(series, axis, start), smoothed,
    extrema: [isLong ? before.extrema[0] : findExtrema(values), smoothed === undefined ? undefined : smoothed === before?.smoothed ? before.extrema[1] : findExtrema(smoothed)],
  };
  placedBefore.set(series, placed);
  return { ...curve, values, places: placed.places, smoothed, extrema: placed.extrema };
}

/** The marks' short names beside their lines, as the page's words give them. */
export const labels = new Map<string, string>();

function rangeOf(curves: readonly PlacedCurve[]): [number, number] {
  let low = Number.POSITIVE_INFINITY, high = Number.NEGATIVE_INFINITY;
  for (const { places } of curves) {
    low = Math.min(low, places[0] ?? low);
    high = Math.max(high, places[places.length - 1] ?? high);
  }
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

export function lastFinite(values: Float64Array): number | undefined {
  for (let at = values.length - 1; at >= 0; at -= 1) if (Number.isFinite(values[at])) return at;
  return undefined;
}

/** Four digits that matter, as a person would write them. */
export function numberText(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4 ? value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e') : String(Number(value.toPrecision(4)));
}

export function tickText(value: number, axis: Axis | 'order'): string {
  if (axis !== 'time') return numberText(value);
  const seconds = Math.round(value);
  if (Math.abs(value) < 60) return `${numberText(Number(value.toFixed(2)))} s`;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}` : `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
