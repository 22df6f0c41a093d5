// A chart as a file: the picture on a ground with its title and legend, the same as SVG, its values as CSV. Files are bytes here; where
// they go the extension asks.
import type { Axis } from '../shared/curves-contract.ts';
import type { Chart } from './chart.ts';
import { numberText, tickText } from './chart.ts';
import type { Palette } from './colours.ts';
import { dashes } from './colours.ts';
import { decimate } from './data.ts';

export async function toPng(chart: Chart, title: string, palette: Palette): Promise<Uint8Array | undefined> {
  const source = chart.canvas();
  if (source === undefined) return undefined;
  const scale = devicePixelRatio, line = 18 * scale, curves = chart.curves(), canvas = document.createElement('canvas');
  canvas.width = source.width + 16 * scale;
  canvas.height = source.height + line * (curves.length + 1) + 20 * scale;
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = palette.text;
  context.font = palette.font.replace('11px', `bold ${13 * scale}px`);
  context.fillText(title, 8 * scale, 16 * scale);
  context.drawImage(source, 8 * scale, line + 4 * scale);
  context.font = palette.font.replace('11px', `${11 * scale}px`);
  curves.forEach(({ label, colour, series }, at) => {
    const y = source.height + line * (at + 1) + 14 * scale;
    context.strokeStyle = colour;
    context.lineWidth = 2 * scale;
    context.setLineDash(dashes[series.role].map((dash) => dash * scale));
    context.beginPath();
    context.moveTo(12 * scale, y);
    context.lineTo(40 * scale, y);
    context.stroke();
    context.fillStyle = palette.text;
    context.fillText(label, 48 * scale, y + 4 * scale);
  });
  const blob = await new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/png'); });
  return blob === null ? undefined : new Uint8Array(await blob.arrayBuffer());
}

const width = 860, height = 320, left = 64, right = 16, top = 34, bottom = 40;

export function toSvg(chart: Chart, title: string, palette: Palette, axis: Axis | 'order', axisLabel: string, logarithmic: boolean): Uint8Array {
  const curves = chart.curves(), [low, high] = chart.shownRange();
  const drawn = curves.map(({ places, values, smoothed }) => {
    const { x, y } = decimate(places, smoothed ?? values, low, high, width);
    return x.map((place, at) => [place, y[at] ?? 0] as const).filter(([, value]) => !logarithmic || value > 0);
  });
  const values = drawn.flatMap((points) => points.map(([, value]) => value));
  const least = values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY), most = values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const scaled = (value: number): number => (logarithmic ? Math.log10(value) : value), spread = scaled(most) - scaled(least) || 1;
  const xOf = (place: number): number => left + ((place - low) / (high - low || 1)) * (width - left - right);
  const yOf = (value: number): number => height - bottom - ((scaled(value) - scaled(least)) / spread) * (height - top - bottom);
  const ticks = logarithmic ? logTicks(least, most) : evenTicks(least, most, 5), total = height + 20 * curves.length;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="${palette.ground}"/>`, `<text x="${left}" y="20" font-size="14" font-weight="bold" fill="${palette.text}">${escape(title)}</text>`,
    ...ticks.map((tick) => `<path d="M${left} ${yOf(tick).toFixed(1)}H${width - right}" stroke="${palette.faint}" stroke-opacity="0.25"/><text x="${left - 6}" y="${(yOf(tick) + 4).toFixed(1)}" text-anchor="end" fill="${palette.faint}">${numberText(tick)}</text>`),
    ...evenTicks(low, high, 8).map((tick) => `<text x="${xOf(tick).toFixed(1)}" y="${height - bottom + 16}" text-anchor="middle" fill="${palette.faint}">${tickText(tick, axis)}</text>`),
    `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle" fill="${palette.faint}">${escape(axisLabel)}</text>`,
    ...drawn.map((points, at) => {
      const curve = curves[at], dash = curve === undefined ? [] : dashes[curve.series.role];
      return `<polyline fill="none" stroke="${curve?.colour ?? ''}" stroke-width="1.8" stroke-linejoin="round"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''} points="${points.map(([place, value]) => `${xOf(place).toFixed(1)},${yOf(value).toFixed(1)}`).join(' ')}"/>`;
    }),
    ...curves.map(({ label, colour, series }, at) => `<path d="M${left} ${height + 20 * at + 4}h28" stroke="${colour}" stroke-width="2"${dashes[series.role].length > 0 ? ` stroke-dasharray="${dashes[series.role].join(' ')}"` : ''}/><text x="${left + 36}" y="${height + 20 * at + 8}" fill="${palette.text}">${escape(label)}</text>`),
    '</svg>',
  ];
  return new TextEncoder().encode(`${parts.join('\n')}\n`);
}

/** All points, not only those in sight: `run,curve,role,step,epoch,time,value`. */
export function toCsv(chart: Chart): Uint8Array {
  const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text), number = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '' : String(value));
  const rows = ['run,curve,role,step,epoch,time,value'];
  for (const { series, label } of chart.curves()) {
    const [step, epoch, time, value] = [series.column('step'), series.column('epoch'), series.column('time'), series.column('value')];
    for (let at = 0; at < series.length; at += 1) rows.push([cell(label), cell(series.name), series.role, number(step[at]), number(epoch[at]), number(time[at]), String(value[at])].join(','));
  }
  return new TextEncoder().encode(`${rows.join('\n')}\n`);
}

function evenTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}

function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) for (const digit of [1, 2, 5]) if (digit * 10 ** power >= low && digit * 10 ** power <= high) ticks.push(Number((digit * 10 ** power).toPrecision(12)));
  return ticks;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
