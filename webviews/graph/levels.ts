// Cuts what is seen of a graph into levels, one for each open box: the boxes directly within it, the signals that come in from outside
// and those that go out, and what flows between them. Each is laid out by itself. Pure data: it knows no page and no layout.
import type { GraphTree, VisibleGraph } from './visible.ts';

/** One end of a flow in a level: a box by its position, a signal that enters, or one that leaves; signals go by the box that gives them. */
export type LevelEnd = `node ${number}` | `in ${number}` | `out ${number}`;

export interface LevelEdge {
  readonly from: LevelEnd;
  readonly to: LevelEnd;
  /** The box that gives the signal. */
  readonly signal: number;
  /** The shapes are written where the flow crosses its outermost level. */
  readonly shapes: readonly string[];
  readonly certain: boolean;
  /** The boxes that read the signal by way of this flow. */
  readonly readers: readonly number[];
}

export interface Level {
  /** The open box; -1: the whole model. */
  readonly box: number;
  readonly nodes: readonly number[];
  readonly entries: readonly number[];
  readonly exits: readonly number[];
  readonly edges: readonly LevelEdge[];
}

interface Draft { readonly nodes: number[]; readonly entries: Set<number>; readonly exits: Set<number>; readonly edges: Map<string, { from: LevelEnd; to: LevelEnd; signal: number; shapes: string[]; certain: boolean; readers: number[] }> }

/** The levels, inner ones before those that hold them. */
export function levelsOf(tree: GraphTree, visible: VisibleGraph): Level[] {
  const drafts = new Map<number, Draft>();
  const levelOf = (box: number): Draft => {
    let draft = drafts.get(box);
    if (draft === undefined) {
      draft = { nodes: [], entries: new Set(), exits: new Set(), edges: new Map() };
      drafts.set(box, draft);
    }
    return draft;
  };
  for (const node of visible.nodes) levelOf(tree.parentOf(node)).nodes.push(node);
  const pathOf = (node: number): number[] => {
    const path = [node];
    for (let up = tree.parentOf(node); up >= 0; up = tree.parentOf(up)) path.unshift(up);
    return path;
  };
  const put = (box: number, from: LevelEnd, to: LevelEnd, reader: number, signal: number, shapes: readonly string[], certain: boolean): void => {
    const { edges } = levelOf(box);
    const key = `${from} > ${to} > ${signal}`;
    const known = edges.get(key);
    if (known === undefined) edges.set(key, { from, to, signal, shapes: [...shapes], certain, readers: [reader] });
    else {
      for (const shape of shapes) if (!known.shapes.includes(shape)) known.shapes.push(shape);
      known.certain ||= certain;
      known.readers.push(reader);
    }
  };
  for (const { from, to, shapes, certain } of visible.edges) {
    const [start, end] = [pathOf(from), pathOf(to)];
    let shared = 0;
    while (start[shared] !== undefined && start[shared] === end[shared] && shared < start.length - 1 && shared < end.length - 1) shared += 1;
    // Out of the boxes around the source, innermost first.
    for (let at = start.length - 1; at > shared; at -= 1) {
      const box = start[at - 1] ?? -1, inner = start[at] ?? from;
      levelOf(box).exits.add(from);
      put(box, `node ${inner}`, `out ${from}`, to, from, [], certain);
    }
    put(shared === 0 ? -1 : start[shared - 1] ?? -1, `node ${start[shared] ?? from}`, `node ${end[shared] ?? to}`, to, from, shapes, certain);
    for (let at = shared + 1; at < end.length; at += 1) {
      const box = end[at - 1] ?? -1, inner = end[at] ?? to;
      levelOf(box).entries.add(from);
      put(box, `in ${from}`, `node ${inner}`, to, from, [], certain);
    }
  }
  const depth = (box: number): number => (box < 0 ? 0 : pathOf(box).length);
  return [...drafts].sort(([left], [right]) => depth(right) - depth(left)).map(([box, draft]) => ({
    box, nodes: draft.nodes, entries: [...draft.entries], exits: [...draft.exits], edges: [...draft.edges.values()],
  }));
}
