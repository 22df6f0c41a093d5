// A box and its flows in words: what is read to those who do not see the drawing, and what the outline lists.
// It knows no page.
import type { GraphTree, VisibleGraph } from './visible.ts';
import type { Words } from './look.ts';
import { isFrozen, parametersOf, textOf } from './look.ts';

const mostNeighbours = 4;

/** `Conv2d conv1 9,472 parameters, output (1, 64, 32, 32), reads x, gives to ReLU relu`. */
export function describeBox(tree: GraphTree, visible: VisibleGraph | undefined, at: number, words: Words): string {
  const node = tree.graph.nodes[at];
  if (node === undefined) return '';
  const parameters = parametersOf(node);
  return [
    // What is seen comes first, as it is seen.
    parameters === '' ? callName(tree, at, words) : `${callName(tree, at, words)} ${parameters} ${words.parameters}`,
    node.output === '' ? undefined : `${words.output} ${node.output}`,
    isFrozen(node) ? words.frozen : undefined,
    node.error === '' ? undefined : `${words.fails}: ${node.error.slice(0, 400)}`,
    ...neighbours(tree, visible, at, words),
  ].filter((part) => part !== undefined).join(', ');
}

/** What an outline's line does not show: ` parameters, frozen, reads x, gives to ReLU relu`. */
export function describeRest(tree: GraphTree, visible: VisibleGraph, at: number, words: Words): string {
  const node = tree.graph.nodes[at];
  if (node === undefined) return '';
  const parts = [isFrozen(node) ? words.frozen : '', node.error === '' ? '' : `${words.fails}: ${node.error.slice(0, 400)}`, ...neighbours(tree, visible, at, words)].filter((part) => part !== '');
  return `${parametersOf(node) === '' ? '' : ` ${words.parameters}`}${parts.map((part) => `, ${part}`).join('')}`;
}

export function callName(tree: GraphTree, at: number, words: Words): string {
  const node = tree.graph.nodes[at];
  if (node === undefined) return '';
  const { title, times, subtitle } = textOf(node, words);
  const plain = node.kind === 'operation' ? node.class : node.kind === 'input' ? `${words.input} ${node.name}` : `${title}${times}`;
  return (subtitle === '' ? plain : `${plain} ${subtitle}`).slice(0, 200);
}

function neighbours(tree: GraphTree, visible: VisibleGraph | undefined, at: number, words: Words): string[] {
  if (visible === undefined) return [];
  const list = (word: string, nodes: readonly number[]): string[] => {
    if (nodes.length === 0) return [];
    const names = nodes.slice(0, mostNeighbours).map((node) => callName(tree, node, words));
    return [`${word} ${names.join(', ')}${nodes.length > mostNeighbours ? ', …' : ''}`];
  };
  return [
    ...list(words.reads, (visible.incoming.get(at) ?? []).map((edge) => edge.from)),
    ...list(words.givesTo, (visible.outgoing.get(at) ?? []).map((edge) => edge.to)),
  ];
}

/** The boxes whose name, class or shape holds the text, in order. */
export function findBoxes(tree: GraphTree, text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return tree.graph.nodes.flatMap((node, at) => (`${node.name}\n${node.class}\n${node.output}`.toLowerCase().includes(wanted) ? [at] : []));
}
