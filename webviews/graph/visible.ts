// What of a graph is seen while some of its boxes are open: the boxes, level by level, and what flows between those that can be seen.
// Pure data: it knows no page and no layout.
import type { GraphData } from '../shared/contract-graph.ts';

/** What flows out of one box that is seen to another one. */
export interface VisibleEdge {
  readonly from: number;
  readonly to: number;
  /** The shapes that flow there, each once. */
  readonly shapes: readonly string[];
  readonly certain: boolean;
}

export interface VisibleGraph {
  /** Boxes that are seen, in order, outer ones before what they hold. */
  readonly nodes: readonly number[];
  readonly edges: readonly VisibleEdge[];
  /** Edges by the boxes that are seen. */
  readonly outgoing: ReadonlyMap<number, readonly VisibleEdge[]>;
  readonly incoming: ReadonlyMap<number, readonly VisibleEdge[]>;
}

/** The tree of boxes, made once for a graph. */
export interface GraphTree {
  readonly graph: GraphData;
  /** Boxes directly within a box; -1: the outermost ones. */
  readonly childrenOf: (node: number) => readonly number[];
  readonly parentOf: (node: number) => number;
  readonly byId: ReadonlyMap<string, number>;
  readonly hasError: (node: number) => boolean;
}

export function makeTree(graph: GraphData): GraphTree {
  const children = new Map<number, number[]>();
  const failing = new Set<number>();
  const byId = new Map<string, number>();
  for (const [at, node] of graph.nodes.entries()) {
    const list = children.get(node.parent);
    if (list === undefined) children.set(node.parent, [at]);
    else list.push(at);
    byId.set(node.id, at);
    if (node.error !== '') for (let up = at; up >= 0; up = graph.nodes[up]?.parent ?? -1) failing.add(up);
  }
  return { graph, childrenOf: (node) => children.get(node) ?? [], parentOf: (node) => graph.nodes[node]?.parent ?? -1, byId, hasError: (node) => failing.has(node) };
}

export function isOpen(tree: GraphTree, open: ReadonlySet<string>, node: number): boolean {
  return tree.childrenOf(node).length > 0 && open.has(tree.graph.nodes[node]?.id ?? '');
}

export function visibleGraph(tree: GraphTree, open: ReadonlySet<string>): VisibleGraph {
  const nodes: number[] = [];
  /** For every box, seen or not, the box that is seen for it. */
  const shownFor = new Map<number, number>();
  const hide = (node: number, behind: number): void => {
    shownFor.set(node, behind);
    for (const child of tree.childrenOf(node)) hide(child, behind);
  };
  const show = (node: number): void => {
    nodes.push(node);
    shownFor.set(node, node);
    for (const child of tree.childrenOf(node)) {
      if (isOpen(tree, open, node)) show(child);
      else hide(child, node);
    }
  };
  for (const node of tree.childrenOf(-1)) show(node);
  const merged = new Map<string, { from: number; to: number; shapes: string[]; certain: boolean }>();
  for (const edge of tree.graph.edges) {
    const from = shownFor.get(edge.from), to = shownFor.get(edge.to);
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from} ${to}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { from, to, shapes: edge.shape === '' ? [] : [edge.shape], certain: edge.certain });
    else {
      if (edge.shape !== '' && !known.shapes.includes(edge.shape)) known.shapes.push(edge.shape);
      known.certain ||= edge.certain;
    }
  }
  const edges = [...merged.values()];
  const outgoing = new Map<number, VisibleEdge[]>(), incoming = new Map<number, VisibleEdge[]>();
  for (const edge of edges) {
    outgoing.set(edge.from, [...outgoing.get(edge.from) ?? [], edge]);
    incoming.set(edge.to, [...incoming.get(edge.to) ?? [], edge]);
  }
  return { nodes, edges, outgoing, incoming };
}

/** The box itself, or the closed box around it that is seen in its place. */
export function shownInPlace(tree: GraphTree, open: ReadonlySet<string>, node: number): number {
  let shown = node;
  for (let up = tree.parentOf(node); up >= 0; up = tree.parentOf(up)) if (!isOpen(tree, open, up)) shown = up;
  return shown;
}

/** The ids of the boxes that have to be open for this one to be seen. */
export function idsAround(tree: GraphTree, node: number): string[] {
  const ids: string[] = [];
  for (let up = tree.parentOf(node); up >= 0; up = tree.parentOf(up)) ids.push(tree.graph.nodes[up]?.id ?? '');
  return ids;
}

const mostAtFirst = 24;

/** What is open at first: as much as can be taken in at one look, outer boxes before inner ones, repeats closed. */
export function openAtFirst(tree: GraphTree): Set<string> {
  const open = new Set<string>();
  const isOpenable = (node: number): boolean => tree.childrenOf(node).length > 0 && !['repeat', 'range'].includes(tree.graph.nodes[node]?.kind ?? '') && (tree.graph.nodes[node]?.count ?? 0) === 0;
  let level: readonly number[] = tree.childrenOf(-1);
  let count = level.length;
  while (level.some(isOpenable)) {
    const inner = level.filter(isOpenable).flatMap((node) => tree.childrenOf(node));
    if (count + inner.length > mostAtFirst) break;
    for (const node of level.filter(isOpenable)) open.add(tree.graph.nodes[node]?.id ?? '');
    count += inner.length;
    level = inner;
  }
  return open;
}

/** Every box that holds others, outer ones first, while no more than this many boxes are seen. */
export function openAll(tree: GraphTree, most: number): Set<string> {
  const open = new Set<string>();
  let level: readonly number[] = tree.childrenOf(-1);
  let count = level.length;
  while (level.length > 0) {
    const next: number[] = [];
    for (const node of level) {
      const children = tree.childrenOf(node);
      if (children.length === 0 || count + children.length > most) continue;
      count += children.length;
      open.add(tree.graph.nodes[node]?.id ?? '');
      next.push(...children);
    }
    level = next;
  }
  return open;
}
