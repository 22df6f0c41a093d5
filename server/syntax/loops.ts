// The loops around a place of a text, seen off the tree alone. It must not know scopes or values.
import type { ParsedSource } from './ast.ts';

export interface LoopBody { readonly start: number; readonly end: number; /** The whole loop statement. */ readonly loopStart: number; readonly loopEnd: number }

interface Region { readonly kind: 'loop' | 'function'; readonly body: LoopBody }
const cache = new WeakMap<ParsedSource, readonly Region[]>();

/** The bodies of the `for` and `while` loops that a place lies in, innermost first; those outside of the function that holds it are not. */
export function loopsAround(parsed: ParsedSource, offset: number): readonly LoopBody[] {
  const inside = regionsOf(parsed).filter(({ body }) => body.start <= offset && offset < body.end);
  // Regions stand in the order of the tree: outer ones first.
  const border = inside.findLastIndex((region) => region.kind === 'function');
  return inside.slice(border + 1).map((region) => region.body).reverse();
}

function regionsOf(parsed: ParsedSource): readonly Region[] {
  let regions = cache.get(parsed);
  if (regions === undefined) {
    const found: Region[] = [];
    visit(parsed.module, found);
    regions = found;
    cache.set(parsed, regions);
  }
  return regions;
}

function visit(thing: unknown, found: Region[]): void {
  if (Array.isArray(thing)) { for (const item of thing) visit(item, found); return; }
  if (typeof thing !== 'object' || thing === null) return;
  const node = thing as Readonly<Record<string, unknown>>;
  const kind = node['kind'];
  if (kind === 'For' || kind === 'While') addRegion('loop', node, found);
  else if (kind === 'FunctionDef' || kind === 'Lambda') addRegion('function', node, found);
  for (const key in node) { const value = node[key]; if (typeof value === 'object') visit(value, found); }
}

function addRegion(kind: Region['kind'], node: Readonly<Record<string, unknown>>, found: Region[]): void {
  const body = node['body'];
  const parts = (Array.isArray(body) ? body : [body]) as readonly { readonly start: number; readonly end: number }[];
  const [first, last] = [parts[0], parts.at(-1)];
  if (first !== undefined && last !== undefined) found.push({ kind, body: { start: first.start, end: last.end, loopStart: node['start'] as number, loopEnd: node['end'] as number } });
}
