// Where an arrow key leads from a box: along what flows out of it and into it, and beside it. Pure data.
import type { Layout, PlacedBox } from './layout.ts';
import type { GraphTree, VisibleGraph } from './visible.ts';

export type ArrowKey = 'ArrowDown' | 'ArrowUp' | 'ArrowLeft' | 'ArrowRight';

/** Down: the nearest of those that read the box; up: the nearest of those that it reads; left and right: another one at about this height. */
export function neighbour(tree: GraphTree, visible: VisibleGraph, layout: Layout, node: number, key: ArrowKey): number | undefined {
  const boxes = new Map(layout.boxes.map((box) => [box.node, box]));
  const from = boxes.get(node);
  if (from === undefined) return undefined;
  if (key === 'ArrowLeft' || key === 'ArrowRight') return beside(tree, boxes, from, key === 'ArrowLeft' ? -1 : 1);
  const isDown = key === 'ArrowDown';
  // An open box leads into what it holds, and out of it to what is around it.
  if (from.isOpen) {
    const children = tree.childrenOf(node);
    if (isDown) return children[0];
    const entering = visible.edges.filter((edge) => isWithin(tree, edge.to, node) && !isWithin(tree, edge.from, node)).map((edge) => edge.from);
    return nearest(boxes, from, entering) ?? (tree.parentOf(node) >= 0 ? tree.parentOf(node) : undefined);
  }
  const along = (isDown ? visible.outgoing : visible.incoming).get(node) ?? [];
  return nearest(boxes, from, along.map((edge) => (isDown ? edge.to : edge.from)));
}

function isWithin(tree: GraphTree, node: number, box: number): boolean {
  for (let up = node; up >= 0; up = tree.parentOf(up)) if (up === box) return true;
  return false;
}

function middle(box: PlacedBox): number { return box.x + box.width / 2; }

/** What stands next in the drawing; of those at one height the one that is straight ahead. */
function nearest(boxes: ReadonlyMap<number, PlacedBox>, from: PlacedBox, nodes: readonly number[]): number | undefined {
  const distance = (box: PlacedBox): number => Math.abs(box.y - from.y) + 0.5 * Math.abs(middle(box) - middle(from));
  const found = nodes.flatMap((node) => boxes.get(node) ?? []);
  return found.reduce<PlacedBox | undefined>((best, box) => (best === undefined || distance(box) < distance(best) ? box : best), undefined)?.node;
}

function beside(tree: GraphTree, boxes: ReadonlyMap<number, PlacedBox>, from: PlacedBox, side: 1 | -1): number | undefined {
  const height = from.isOpen ? 40 : from.height;
  let best: { readonly node: number; readonly distance: number } | undefined;
  for (const box of boxes.values()) {
    if (box.node === from.node || isWithin(tree, from.node, box.node) || (box.isOpen && isWithin(tree, box.node, from.node))) continue;
    const across = (middle(box) - middle(from)) * side, apart = Math.abs(box.y + Math.min(box.height, 40) / 2 - from.y - height / 2);
    if (across <= 8 || apart > 220) continue;
    const distance = across + 3 * apart;
    if (best === undefined || distance < best.distance) best = { node: box.node, distance };
  }
  return best?.node;
}
