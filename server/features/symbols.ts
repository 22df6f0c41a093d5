// Models and their layers as an outline. Plain data; it knows no LSP.
import { countParameters, formatOutput, groupDigits } from '../trace/counts.ts';
import type { Trace } from '../trace/trace.ts';
import { message, type Place, renderMessage, type Translate } from '../values/place.ts';
import { modelsOf, placeIn } from './summary.ts';

export interface OutlineSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'model' | 'layer';
  readonly place: Place;
  readonly children: readonly OutlineSymbol[];
}

export function symbolsOf(trace: Trace, path: string, translate?: Translate): OutlineSymbol[] {
  const params = (count: number): string => renderMessage(message('{count} params', { count: groupDigits(count) }), translate);
  return modelsOf(trace, path).flatMap((model) => {
    const place = placeIn(model.layer, path);
    if (place === undefined) return [];
    const children = model.layers.flatMap((row): OutlineSymbol[] => {
      const own = placeIn(row.layer, path);
      if (own === undefined) return [];
      const output = formatOutput(row.call?.output);
      const count = countParameters(row.layer);
      return [{ name: row.layer.name, detail: [row.layer.className, output, count.total > 0 ? params(count.total) : undefined].filter((part) => part !== undefined).join(' · '), kind: 'layer', place: own, children: [] }];
    });
    // An outline's node holds its children's ranges.
    const start = Math.min(place.start, ...children.map((child) => child.place.start));
    const end = Math.max(place.end, ...children.map((child) => child.place.end));
    return [{ name: model.layer.name, detail: `${model.layer.className} · ${params(countParameters(model.layer).total)}`, kind: 'model', place: { source: place.source, start, end }, children }];
  });
}
