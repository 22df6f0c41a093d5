// Where the boxes and flows of a graph go: each level by dagre, the inner ones first, whose size is then that of a box in the next.
// Signals that cross a box's border enter at its top and leave at its bottom. It knows no page; it runs in a worker.
import { graphlib, layout as layOutByDagre } from '@dagrejs/dagre';
import type { Level, LevelEdge, LevelEnd } from './levels.ts';
import type { Chain, Item } from './straighten.ts';
import { straighten } from './straighten.ts';

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
const betweenBoxes = 26, betweenRanks = 24, roomAtEnds = 18, betweenDoors = 22, margin = 24;

/** One level by itself, its upper left corner at 0, 0. */
interface LevelLayout {
  readonly width: number;
  readonly height: number;
  /** Where the trunk stands. */
  readonly axis: number;
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
    // Signals go through an open box where its own trunk stands.
    const anchors = level.nodes.map((node) => { const inside = inner.get(node); return inside === undefined ? 0 : inside.axis - inside.width / 2; });
    const key = JSON.stringify([level, level.nodes.map((node) => sizes.get(node)), labelWidths, anchors]);
    const layout = kept.get(key) ?? layOutLevel(level, sizes, labelWidths, (node) => anchors[level.nodes.indexOf(node)] ?? 0);
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

function layOutLevel(level: Level, sizes: ReadonlyMap<number, readonly [number, number]>, labelWidths: readonly number[], anchorOf: (node: number) => number): LevelLayout {
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
  return readLevel(graph, level, anchorOf);
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

/** What dagre found, with the places from left to right found anew. `anchorOf`: where the signals of a box go through it, from its middle. */
function readLevel(graph: graphlib.Graph, level: Level, anchorOf: (node: number) => number): LevelLayout {
  const at = (name: string): { x: number; y: number; width: number; height: number } => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name) as Partial<Record<'x' | 'y' | 'width' | 'height', number>>;
    return { x, y, width, height };
  };
  const nodes = level.nodes.map((node) => ({ ...at(`node ${node}`), anchor: anchorOf(node) }));
  const ends = [...level.entries.map((signal) => `in ${signal}`), ...level.exits.map((signal) => `out ${signal}`)].map(at);
  const flows = level.edges.map((edge, position) => {
    const { points = [], x, y, width = 0 } = graph.edge(edge.from, edge.to, `flow ${position}`) as { points?: Point[]; x?: number; y?: number; width?: number };
    return { edge, points: points.slice(1, -1), width, isLabel: (point: Point) => width > 0 && point.x === x && point.y === y };
  });
  const mirror = isMirrored(nodes, flows.flatMap(({ points }) => points)) ? -1 : 1;
  const items: Item[] = [
    ...nodes.map(({ x, y, width, anchor }) => ({ x: mirror * x, y, left: width / 2 + anchor, right: width / 2 - anchor, isPoint: false })),
    ...ends.map(({ x, y }) => ({ x: mirror * x, y, left: 4, right: 4, isPoint: false })),
  ];
  const positions = new Map<LevelEnd, number>([...level.nodes.map((node, index) => [`node ${node}`, index] as const), ...level.entries.map((signal, index) => [`in ${signal}`, nodes.length + index] as const), ...level.exits.map((signal, index) => [`out ${signal}`, nodes.length + level.entries.length + index] as const)]);
  const positionOf = (end: LevelEnd): number => positions.get(end) ?? 0;
  const chains = flows.map(({ edge, points, width, isLabel }) => [
    positionOf(edge.from),
    ...points.map((point) => items.push({ x: mirror * point.x, y: point.y, left: isLabel(point) ? width / 2 : 0, right: isLabel(point) ? width / 2 : 0, isPoint: true }) - 1),
    positionOf(edge.to),
  ]);
  const places = straighten(items, chains);
  const placeOf = (position: number): number => places[position] ?? 0;
  const left = Math.min(...items.map((item, position) => placeOf(position) - item.left)), right = Math.max(...items.map((item, position) => placeOf(position) + item.right));
  // Signals come in and leave close to what they lead to.
  const isStraight = (position: number): boolean => chains.every((chain) => (chain[0] !== position && chain.at(-1) !== position) || chain.every((one) => Math.abs(placeOf(one) - placeOf(position)) < 2));
  const room = level.entries.every((_, index) => isStraight(nodes.length + index)) ? roomAtEnds : 2 * roomAtEnds;
  const top = Math.min(...nodes.map((one) => one.y - one.height / 2)) - (level.entries.length > 0 ? room : 0);
  const bottom = Math.max(...nodes.map((one) => one.y + one.height / 2)) + (level.exits.length > 0 ? roomAtEnds / 2 : 0);
  const heights = new Map<number, number>();
  for (const { y, height } of nodes) heights.set(Math.round(y), Math.max(height, heights.get(Math.round(y)) ?? 0));
  const point = (x: number, y: number): Point => ({ x: x - left, y: Math.max(0, Math.min(y - top, bottom - top)) });
  const doors = doorsOf(chains, items, nodes, placeOf);
  return {
    width: right - left, height: bottom - top, axis: -left,
    middles: new Map(level.nodes.map((node, index) => [node, point(placeOf(index) - (nodes[index]?.anchor ?? 0), nodes[index]?.y ?? 0)])),
    entries: new Map(level.entries.map((signal, index) => [signal, placeOf(nodes.length + index) - left])),
    exits: new Map(level.exits.map((signal, index) => [signal, placeOf(nodes.length + level.entries.length + index) - left])),
    flows: flows.map(({ edge, points, isLabel }, index) => {
      const chain = chains[index] ?? [], [source, target] = [nodes[positionOf(edge.from)], nodes[positionOf(edge.to)]];
      // What flows back to a box above leaves at the top.
      const isBack = source !== undefined && target !== undefined && isNode(edge.from) && isNode(edge.to) && source.y > target.y ? -1 : 1;
      const between = points.flatMap((one, step) => {
        const x = placeOf(chain[step + 1] ?? 0), half = (heights.get(Math.round(one.y)) ?? 0) / 2;
        // Past boxes it goes upright, so that it cuts none of their corners.
        return half === 0 ? [point(x, one.y)] : [point(x, one.y - isBack * half), point(x, one.y + isBack * half)];
      });
      const label = points.findIndex(isLabel);
      return {
        points: [
          isNode(edge.from) && source !== undefined ? point(doors.from[index] ?? 0, source.y + isBack * (source.height / 2)) : { x: placeOf(positionOf(edge.from)) - left, y: 0 }, ...between,
          isNode(edge.to) && target !== undefined ? point(doors.to[index] ?? 0, target.y - isBack * (target.height / 2)) : { x: placeOf(positionOf(edge.to)) - left, y: bottom - top },
        ],
        label: label < 0 ? undefined : point(placeOf(chain[label + 1] ?? 0), points[label]?.y ?? 0),
      };
    }),
  };
}

/** Whether most of what stands side by side stands in the other order than it is written in; where nothing does, detours are to run on the right. */
function isMirrored(nodes: readonly Point[], points: readonly Point[]): boolean {
  let inOrder = 0, inverted = 0;
  for (const [at, one] of nodes.entries()) {
    for (const other of nodes.slice(at + 1)) if (Math.round(one.y) === Math.round(other.y)) { if (one.x < other.x) inOrder += 1; else inverted += 1; }
  }
  if (inOrder !== inverted) return inverted > inOrder;
  const middle = nodes.reduce((sum, { x }) => sum + x, 0) / Math.max(1, nodes.length);
  return points.filter(({ x }) => x < middle - 1).length > points.filter(({ x }) => x > middle + 1).length;
}

/** Where each flow leaves its box and where it arrives: straight ones at the anchor, others beside them in the order in which they come. */
function doorsOf(chains: readonly Chain[], items: readonly Item[], nodes: readonly { readonly width: number }[], placeOf: (position: number) => number): { readonly from: readonly number[]; readonly to: readonly number[] } {
  const doors = { from: chains.map(() => 0), to: chains.map(() => 0) };
  for (const side of ['from', 'to'] as const) {
    const byBox = new Map<number, { readonly index: number; readonly away: number }[]>();
    for (const [index, chain] of chains.entries()) {
      const box = side === 'from' ? chain[0] : chain.at(-1), next = side === 'from' ? chain[1] : chain.at(-2);
      if (box === undefined || next === undefined) continue;
      doors[side][index] = placeOf(box);
      if (box < nodes.length) byBox.set(box, [...byBox.get(box) ?? [], { index, away: placeOf(next) - placeOf(box) }]);
    }
    for (const [box, all] of byBox) {
      for (const direction of [-1, 1]) {
        const aside = all.filter(({ away }) => (direction < 0 ? away < -2 : away > 2)).sort((one, other) => Math.abs(one.away) - Math.abs(other.away));
        const item = items[box], reach = Math.max(0, (direction < 0 ? item?.left ?? 0 : item?.right ?? 0) - 14);
        // Beside one that goes straight on, whose text stands there, the others keep to the outer half.
        const first = all.length > aside.length && all.some((one) => Math.abs(one.away) <= 2) ? reach / 2 : 0;
        const step = Math.min(first > 0 ? reach : betweenDoors, (reach - first) / Math.max(1, aside.length));
        for (const [order, { index, away }] of aside.entries()) doors[side][index] = placeOf(box) + direction * Math.min(first + step * (order + 1), Math.max(Math.abs(away), 2));
      }
    }
  }
  return doors;
}
