// Where the boxes and flows of a graph go: each level by dagre, the inner ones first, whose size is then that of a box in the next.
// Signals that cross a box's border enter at its top and leave at its bottom. It knows no page; it runs in a worker.
import { graphlib, layout as layOutByDagre } from '@dagrejs/dagre';
import type { Level, LevelEdge, LevelEnd } from './levels.ts';

export interface Point { readonly x: number; readonly y: number }

export interface LayoutRequest {
  readonly id: number;
  readonly levels: readonly Level[];
  /** Width and height of the boxes that are not open; of open ones the least width. */
  readonly sizes: Readonly<Record<number, readonly [width: number, height: number]>>;
  /** The width of the text beside each flow, by level and position; 0 for none. */
  readonly labelWidths: readonly (readonly number[])[];
}

export interface PlacedBox { readonly node: number; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly isOpen: boolean }

export interface PlacedFlow {
  readonly signal: number;
  readonly readers: readonly number[];
  readonly points: readonly Point[];
  readonly shapes: readonly string[];
  /** The middle of the text. */
  readonly label: Point | undefined;
  readonly certain: boolean;
  /** Whether it ends at a box that reads it, not at a border. */
  readonly hasArrow: boolean;
}

export interface Layout {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly flows: readonly PlacedFlow[];
}

/** Room inside an open box: its heading, and around what it holds. */
export const headingHeight = 40, boxPadding = 18, labelHeight = 16;
const betweenBoxes = 26, betweenRanks = 30, margin = 24;

/** One level by itself, its upper left corner at 0, 0. */
interface LevelLayout {
  readonly width: number;
  readonly height: number;
  /** Middles of the boxes. */
  readonly middles: ReadonlyMap<number, Point>;
  readonly entries: ReadonlyMap<number, number>;
  readonly exits: ReadonlyMap<number, number>;
  readonly flows: readonly { readonly points: readonly Point[]; readonly label: Point | undefined }[];
}

const mostKept = 400;
const kept = new Map<string, LevelLayout>();

export function layOut(request: LayoutRequest): Layout {
  const inner = new Map<number, LevelLayout>();
  const sizes = new Map<number, readonly [number, number]>(Object.entries(request.sizes).map(([node, size]) => [Number(node), size]));
  for (const [at, level] of request.levels.entries()) {
    const labelWidths = request.labelWidths[at] ?? [];
    const key = JSON.stringify([level, level.nodes.map((node) => sizes.get(node)), labelWidths]);
    const layout = kept.get(key) ?? layOutLevel(level, sizes, labelWidths);
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, layout);
    inner.set(level.box, layout);
    if (level.box >= 0) sizes.set(level.box, [Math.max(layout.width + 2 * boxPadding, sizes.get(level.box)?.[0] ?? 0), layout.height + headingHeight + boxPadding]);
  }
  const byBox = new Map(request.levels.map((level) => [level.box, level]));
  const boxes: PlacedBox[] = [];
  const flows: PlacedFlow[] = [];
  /** Where signals cross the borders of open boxes, from the upper left corner of the box. */
  const place = (box: number, left: number, top: number): void => {
    const layout = inner.get(box), level = byBox.get(box);
    if (layout === undefined || level === undefined) return;
    for (const node of level.nodes) {
      const middle = layout.middles.get(node) ?? { x: 0, y: 0 }, [width, height] = sizes.get(node) ?? [0, 0];
      const isOpen = inner.has(node);
      const [x, y] = [left + middle.x - width / 2, top + middle.y - height / 2];
      boxes.push({ node, x, y, width, height, isOpen });
      if (isOpen) place(node, x + innerLeft(width, inner.get(node)), y + headingHeight);
    }
    for (const [at, edge] of level.edges.entries()) {
      const flow = layout.flows[at];
      if (flow === undefined) continue;
      const points = endAtBorders(flow.points, edge, layout, sizes, inner).map((point) => ({ x: left + point.x, y: top + point.y }));
      flows.push({
        signal: edge.signal, readers: edge.readers, points, shapes: edge.shapes, certain: edge.certain, hasArrow: isNode(edge.to) && !inner.has(numberOf(edge.to)),
        label: flow.label === undefined ? undefined : { x: left + flow.label.x, y: top + flow.label.y },
      });
    }
  };
  place(-1, margin, margin);
  const whole = inner.get(-1);
  return { id: request.id, width: (whole?.width ?? 0) + 2 * margin, height: (whole?.height ?? 0) + 2 * margin, boxes, flows };
}

function innerLeft(width: number, layout: LevelLayout | undefined): number {
  return (width - (layout?.width ?? 0)) / 2;
}

function isNode(end: LevelEnd): boolean { return end.startsWith('node '); }
function numberOf(end: LevelEnd): number { return Number(end.slice(end.indexOf(' ') + 1)); }

/** A flow to an open box ends where the signal crosses its border; through the heading it goes straight on. */
function endAtBorders(points: readonly Point[], edge: LevelEdge, layout: LevelLayout, sizes: ReadonlyMap<number, readonly [number, number]>, inner: ReadonlyMap<number, LevelLayout>): readonly Point[] {
  const ends = [...points];
  const cornerOf = (end: LevelEnd): { left: number; top: number; bottom: number; inside: LevelLayout } | undefined => {
    const inside = isNode(end) ? inner.get(numberOf(end)) : undefined, middle = layout.middles.get(numberOf(end));
    if (inside === undefined || middle === undefined) return undefined;
    const [width, height] = sizes.get(numberOf(end)) ?? [0, 0];
    return { left: middle.x - width / 2 + innerLeft(width, inside), top: middle.y - height / 2, bottom: middle.y + height / 2, inside };
  };
  const target = cornerOf(edge.to), source = cornerOf(edge.from);
  const entry = target?.inside.entries.get(edge.signal), exit = source?.inside.exits.get(edge.signal);
  if (target !== undefined && entry !== undefined) ends.splice(-1, 1, { x: target.left + entry, y: target.top }, { x: target.left + entry, y: target.top + headingHeight });
  if (source !== undefined && exit !== undefined) ends.splice(0, 1, { x: source.left + exit, y: source.bottom - boxPadding }, { x: source.left + exit, y: source.bottom });
  return ends;
}

function layOutLevel(level: Level, sizes: ReadonlyMap<number, readonly [number, number]>, labelWidths: readonly number[]): LevelLayout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: betweenBoxes, edgesep: 14, ranksep: betweenRanks, marginx: 0, marginy: 0, ranker: level.nodes.length > 60 ? 'tight-tree' : 'network-simplex' });
  for (const node of level.nodes) {
    const [width, height] = sizes.get(node) ?? [0, 0];
    graph.setNode(`node ${node}`, { width, height });
  }
  for (const signal of level.entries) graph.setNode(`in ${signal}`, { width: 8, height: 0 });
  for (const signal of level.exits) graph.setNode(`out ${signal}`, { width: 8, height: 0 });
  for (const [at, edge] of level.edges.entries()) {
    const width = labelWidths[at] ?? 0;
    graph.setEdge(edge.from, edge.to, { minlen: 1, weight: 1, width, height: width > 0 ? labelHeight : 0, labelpos: 'c' }, `flow ${at}`);
  }
  holdEnds(graph, level);
  layOutByDagre(graph);
  return readLevel(graph, level);
}

/** Signals enter above everything else and leave below: invisible ends hold them there. */
function holdEnds(graph: graphlib.Graph, level: Level): void {
  const quiet = { minlen: 1, weight: 0, width: 0, height: 0 };
  if (level.entries.length > 0) {
    graph.setNode('top', { width: 0, height: 0 });
    for (const signal of level.entries) graph.setEdge('top', `in ${signal}`, { ...quiet, weight: 50 }, 'hold');
    for (const node of level.nodes) if ((graph.inEdges(`node ${node}`) ?? []).length === 0) graph.setEdge('top', `node ${node}`, { ...quiet, minlen: 2 }, 'hold');
  }
  if (level.exits.length > 0) {
    graph.setNode('bottom', { width: 0, height: 0 });
    for (const signal of level.exits) graph.setEdge(`out ${signal}`, 'bottom', { ...quiet, weight: 50 }, 'hold');
    for (const node of level.nodes) if ((graph.outEdges(`node ${node}`) ?? []).length === 0) graph.setEdge(`node ${node}`, 'bottom', { ...quiet, minlen: 2 }, 'hold');
  }
}

function readLevel(graph: graphlib.Graph, level: Level): LevelLayout {
  const at = (name: string): { x: number; y: number; width: number; height: number } => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name) as Partial<Record<'x' | 'y' | 'width' | 'height', number>>;
    return { x, y, width, height };
  };
  const placed = level.nodes.map((node) => at(`node ${node}`));
  const entries = level.entries.map((signal) => at(`in ${signal}`)), exits = level.exits.map((signal) => at(`out ${signal}`));
  const flows = level.edges.map((edge, position) => {
    const { points = [], x, y, width = 0 } = graph.edge(edge.from, edge.to, `flow ${position}`) as { points?: Point[]; x?: number; y?: number; width?: number };
    return { points: points.map((point) => ({ x: point.x, y: point.y })), label: width > 0 && x !== undefined && y !== undefined ? { x, y } : undefined, width };
  });
  // Long flows go round the boxes, and texts stand beside them.
  const xs = [...placed.flatMap((one) => [one.x - one.width / 2, one.x + one.width / 2]), ...flows.flatMap((flow) => [...flow.points.map((point) => point.x), ...(flow.label === undefined ? [] : [flow.label.x - flow.width / 2, flow.label.x + flow.width / 2])])];
  const left = Math.min(...xs), right = Math.max(...xs);
  const top = Math.min(...placed.map((one) => one.y - one.height / 2), ...entries.map((one) => one.y));
  const bottom = Math.max(...placed.map((one) => one.y + one.height / 2), ...exits.map((one) => one.y));
  const shift = (point: Point): Point => ({ x: point.x - left, y: Math.max(0, Math.min(point.y - top, bottom - top)) });
  return {
    width: right - left, height: bottom - top,
    middles: new Map(level.nodes.map((node, index) => [node, shift(placed[index] ?? { x: 0, y: 0 })])),
    entries: new Map(level.entries.map((signal, index) => [signal, shift(entries[index] ?? { x: 0, y: 0 }).x])),
    exits: new Map(level.exits.map((signal, index) => [signal, shift(exits[index] ?? { x: 0, y: 0 }).x])),
    flows: flows.map(({ points, label }, index) => ({ points: towardsEnds(points.map(shift), level.edges[index], entries, exits, level, left, bottom - top), label: label === undefined ? undefined : shift(label) })),
  };
}

/** dagre lets flows end at the rim of the small things that stand for signals; here they end at the border, where the next level goes on. */
function towardsEnds(points: readonly Point[], edge: LevelEdge | undefined, entries: readonly Point[], exits: readonly Point[], level: Level, left: number, height: number): readonly Point[] {
  if (edge === undefined) return points;
  const ends = [...points];
  if (edge.from.startsWith('in ')) {
    const entry = entries[level.entries.indexOf(edge.signal)];
    if (entry !== undefined) ends.splice(0, 1, { x: entry.x - left, y: 0 });
  }
  if (edge.to.startsWith('out ')) {
    const exit = exits[level.exits.indexOf(edge.signal)];
    if (exit !== undefined) ends.splice(-1, 1, { x: exit.x - left, y: height });
  }
  return ends;
}
