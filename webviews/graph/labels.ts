// Which flows have their shape written beside them. What goes from one box to several is written once. Pure data.
import type { Level } from './levels.ts';

/** The shapes beside each flow of each level; none for most of those that share a source. */
export function labelledShapes(levels: readonly Level[]): (readonly string[])[][] {
  return levels.map((level) => {
    const written = new Set<string>();
    // The flow to the nearest reader has it.
    const order = level.edges.map((edge, at) => ({ edge, at })).sort((left, right) => targetOf(left.edge.to) - targetOf(right.edge.to));
    const labels: (readonly string[])[] = level.edges.map(() => []);
    for (const { edge, at } of order) {
      const key = `${edge.signal} ${edge.shapes.join()}`;
      if (edge.shapes.length === 0 || written.has(key)) continue;
      written.add(key);
      labels[at] = edge.shapes;
    }
    return labels;
  });
}

function targetOf(end: string): number { return Number(end.slice(end.indexOf(' ') + 1)); }
