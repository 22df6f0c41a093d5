// The values of a chart as a table, for those who read or listen to it: each curve's first, lowest, highest and last value, then the
// values themselves, at most some hundred evenly spread. Made when it is opened.
import type { Axis, CurvesWord } from '../shared/curves-contract.ts';
import { element } from '../shared/page.ts';
import type { PlacedCurve } from './chart.ts';
import { lastFinite, numberText, tickText } from './chart.ts';
import { nearestPoint } from './data.ts';

const mostRows = 200;

export function makeTables(title: string, curves: readonly PlacedCurve[], axis: Axis | 'order', axisLabel: string, words: Readonly<Record<CurvesWord, string>>): HTMLElement {
  const heading = (...texts: readonly string[]): HTMLElement => element('thead', {}, element('tr', {}, ...texts.map((text) => element('th', { scope: 'col' }, text))));
  const summary = element('table', {}, element('caption', {}, title), heading(words.series, words.start, words.minimum, words.maximum, words.last), element('tbody', {}, ...curves.map(summaryRow)));
  // By the curve with whole epochs where there is one: a row each.
  const leading = curves.find(({ series }) => series.kind === 'epoch') ?? [...curves].sort((left, right) => left.places.length - right.places.length)[0];
  if (leading === undefined) return summary;
  const every = Math.max(1, Math.ceil(leading.places.length / mostRows)), rows: HTMLElement[] = [];
  for (let at = 0; at < leading.places.length; at += every) {
    const place = leading.places[at] ?? 0;
    rows.push(element('tr', {}, element('th', { scope: 'row' }, tickText(place, axis)), ...curves.map((curve) => {
      const nearest = nearestPoint(curve.places, curve.values, place), isThere = nearest !== undefined && Math.abs((curve.places[nearest] ?? 0) - place) <= spacing(leading, at);
      return element('td', {}, isThere ? numberText(curve.values[nearest] ?? Number.NaN) : '');
    })));
  }
  return element('div', { class: 'tables' }, summary, element('table', {}, element('caption', {}, `${title}: ${words.value}`), heading(axisLabel, ...curves.map(({ label }) => label)), element('tbody', {}, ...rows)));
}

function summaryRow({ label, values }: PlacedCurve): HTMLElement {
  let low = Number.NaN, high = Number.NaN, first = Number.NaN;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (Number.isNaN(first)) first = value;
    if (!(value >= low)) low = value;
    if (!(value <= high)) high = value;
  }
  const at = lastFinite(values);
  return element('tr', {}, element('th', { scope: 'row' }, label), ...[first, low, high, at === undefined ? Number.NaN : values[at] ?? Number.NaN].map((value) => element('td', {}, numberText(value))));
}

function spacing(curve: PlacedCurve, at: number): number {
  return Math.abs((curve.places[at + 1] ?? curve.places[at] ?? 0) - (curve.places[at - 1] ?? curve.places[at] ?? 0)) / 2 + 1e-9;
}
