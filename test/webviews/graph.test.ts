// The graph's page without a page: what is seen while boxes are open and closed, how flows cross the borders of open boxes, where the
// layout puts things, what its contract lets through.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Layout } from '../../webviews/graph/layout.ts';
import { layOut } from '../../webviews/graph/layout.ts';
import { neighbour } from '../../webviews/graph/keys.ts';
import { labelledShapes } from '../../webviews/graph/labels.ts';
import { levelsOf } from '../../webviews/graph/levels.ts';
import { idsAround, makeTree, openAll, openAtFirst, shownInPlace, visibleGraph } from '../../webviews/graph/visible.ts';
import { contractVersion } from '../../webviews/shared/contract.ts';
import type { GraphData, GraphNodeData, GraphNodeKind } from '../../webviews/shared/contract-graph.ts';
import { graphWords, readFromGraph, readGraph, readGraphViewState, readToGraph } from '../../webviews/shared/contract-graph.ts';

function box(id: string, parent = -1, kind: GraphNodeKind = 'layer'): GraphNodeData {
  return { id, parent, kind, name: id, class: id, output: '', params: 0, trainable: 0, complete: true, source: '', error: '', uses: 1, count: 0 };
}

/** x feeds outer's inner, which holds a and b; b and x feed the sum behind. */
const graph: GraphData = {
  name: 'net', class: 'Net', framework: 'torch', params: { total: 0, trainable: 0 }, complete: true, isCut: false,
  nodes: [box('x', -1, 'input'), box('outer', -1, 'module'), box('inner', 1, 'module'), box('a', 2), box('b', 2), box('sum', -1, 'operation')],
  edges: [
    { from: 0, to: 3, shape: '(1, 4)', certain: true }, { from: 3, to: 4, shape: '(1, 8)', certain: true },
    { from: 4, to: 5, shape: '(1, 4)', certain: true }, { from: 0, to: 5, shape: '(1, 4)', certain: false },
  ],
};
const tree = makeTree(graph);

function layoutOf(open: ReadonlySet<string>, data = graph): Layout {
  const seen = visibleGraph(makeTree(data), open);
  const levels = levelsOf(makeTree(data), seen);
  return layOut({ id: 1, levels, sizes: Object.fromEntries(seen.nodes.map((node) => [node, [100, 40] as const])), labelWidths: labelledShapes(levels).map((level) => level.map((shapes) => (shapes.length > 0 ? 60 : 0))) });
}

test('closed boxes stand for what they hold', () => {
  const seen = visibleGraph(tree, new Set());
  assert.deepEqual(seen.nodes, [0, 1, 5]);
  assert.deepEqual(seen.edges, [
    { from: 0, to: 1, shapes: ['(1, 4)'], certain: true }, { from: 1, to: 5, shapes: ['(1, 4)'], certain: true }, { from: 0, to: 5, shapes: ['(1, 4)'], certain: false },
  ]);
  assert.deepEqual(visibleGraph(tree, new Set(['outer'])).nodes, [0, 1, 2, 5]);
  assert.deepEqual(visibleGraph(tree, new Set(['inner'])).nodes, [0, 1, 5], 'within a closed box nothing is open');
});

test('a box that is not seen is shown by the closed one around it', () => {
  assert.equal(shownInPlace(tree, new Set(), 4), 1);
  assert.equal(shownInPlace(tree, new Set(['outer']), 4), 2);
  assert.equal(shownInPlace(tree, new Set(['outer', 'inner']), 4), 4);
  assert.deepEqual(idsAround(tree, 4), ['inner', 'outer']);
});

test('at first as much is open as is taken in at one look; repeats stay closed', () => {
  assert.deepEqual([...openAtFirst(tree)], ['outer', 'inner']);
  const repeats = makeTree({ ...graph, nodes: graph.nodes.map((node) => (node.id === 'inner' ? { ...node, kind: 'repeat' as const, count: 2 } : node)) });
  assert.deepEqual([...openAtFirst(repeats)], ['outer']);
  assert.deepEqual([...openAll(repeats, 100)], ['outer', 'inner']);
  assert.deepEqual([...openAll(repeats, 4)], ['outer']);
});

test('a flow into open boxes enters each at its border, and leaves each', () => {
  const levels = levelsOf(tree, visibleGraph(tree, new Set(['outer', 'inner'])));
  assert.deepEqual(levels.map((level) => [level.box, level.nodes, level.entries, level.exits, level.edges.map((edge) => `${edge.from} > ${edge.to}`)]), [
    [2, [3, 4], [0], [4], ['in 0 > node 3', 'node 3 > node 4', 'node 4 > out 4']],
    [1, [2], [0], [4], ['in 0 > node 2', 'node 2 > out 4']],
    [-1, [0, 1, 5], [], [], ['node 0 > node 1', 'node 1 > node 5', 'node 0 > node 5']],
  ]);
  // The shapes are written once, where the flow crosses its outermost level.
  assert.deepEqual(levels.map((level) => level.edges.map((edge) => edge.shapes.length)), [[0, 1, 0], [0, 0], [1, 1, 1]]);
});

test('what goes from one box to several has its shape written once', () => {
  const levels = levelsOf(tree, visibleGraph(tree, new Set()));
  assert.deepEqual(labelledShapes(levels), [[['(1, 4)'], ['(1, 4)'], []]]);
});

test('the layout runs downwards, open boxes hold their insides, and lines meet at the borders', () => {
  const layout = layoutOf(new Set(['outer', 'inner']));
  const at = (node: number) => layout.boxes.find((one) => one.node === node) ?? assert.fail(`no box ${node}`);
  const within = (inner: number, outer: number): boolean => at(inner).x >= at(outer).x && at(inner).y >= at(outer).y && at(inner).x + at(inner).width <= at(outer).x + at(outer).width && at(inner).y + at(inner).height <= at(outer).y + at(outer).height;
  assert.ok(within(2, 1) && within(3, 2) && within(4, 2));
  assert.ok(at(0).y + at(0).height < at(1).y && at(3).y + at(3).height < at(4).y && at(1).y + at(1).height < at(5).y);
  assert.ok(layout.boxes.every((one) => one.x >= 0 && one.y >= 0 && one.x + one.width <= layout.width && one.y + one.height <= layout.height));
  // The signal of x: from x to the border of the outer box, from there to that of the inner, from there to a.
  const parts = layout.flows.filter((flow) => flow.signal === 0 && flow.readers.includes(3)).sort((left, right) => (left.points[0]?.y ?? 0) - (right.points[0]?.y ?? 0));
  assert.equal(parts.length, 3);
  for (const [index, part] of parts.slice(1).entries()) assert.deepEqual(part.points[0], parts[index]?.points.at(-1));
  assert.deepEqual(parts.map((part) => part.hasArrow), [false, false, true]);
});

/** A model of branches and detours at random: each box reads what one to three before it give. */
function randomGraph(random: () => number): GraphData {
  const nodes: GraphNodeData[] = [box('x', -1, 'input'), box('outer', -1, 'module')];
  const edges: { from: number; to: number; shape: string; certain: boolean }[] = [];
  const leaves = [0];
  for (let at = 0; at < 14; at += 1) {
    const node = nodes.push(box(`n${at}`, at > 3 && at < 10 ? 1 : -1)) - 1;
    const sources = new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => leaves[Math.max(0, leaves.length - 1 - Math.floor(random() ** 2 * leaves.length))] ?? 0));
    for (const from of sources) edges.push({ from, to: node, shape: '(1, 64)', certain: true });
    leaves.push(node);
  }
  return { ...graph, nodes, edges };
}

test('no line goes through a box, and no text lies over one', () => {
  let seed = 7;
  const random = (): number => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
  for (let round = 0; round < 20; round += 1) {
    const layout = layoutOf(new Set(['outer']), randomGraph(random));
    for (const flow of layout.flows) {
      for (const one of layout.boxes) {
        // A line may touch the box that it leaves or reaches, and open boxes hold lines.
        const [left, right, top, bottom] = [one.x + 1, one.x + one.width - 1, one.y + 1, one.y + one.height - 1];
        if (one.isOpen) continue;
        for (const [at, to] of flow.points.slice(1).entries()) {
          const from = flow.points[at] ?? to;
          for (let step = 0; step <= 20; step += 1) {
            const x = from.x + ((to.x - from.x) * step) / 20, y = from.y + ((to.y - from.y) * step) / 20;
            if (left < x && x < right && top < y && y < bottom) assert.fail(`round ${round}: a line of ${flow.signal} in box ${one.node}`);
          }
        }
        if (flow.label !== undefined) assert.ok(flow.label.x + 30 <= left || right <= flow.label.x - 30 || flow.label.y + 8 <= top || bottom <= flow.label.y - 8, `round ${round}: a text over box ${one.node}`);
      }
    }
  }
});

test('arrow keys go along the flows, into open boxes and beside them', () => {
  const open = new Set(['outer', 'inner']);
  const seen = visibleGraph(tree, open), layout = layoutOf(open);
  const go = (node: number, key: 'ArrowDown' | 'ArrowUp' | 'ArrowLeft' | 'ArrowRight') => neighbour(tree, seen, layout, node, key);
  assert.equal(go(3, 'ArrowDown'), 4);
  assert.equal(go(4, 'ArrowUp'), 3);
  assert.equal(go(4, 'ArrowDown'), 5);
  assert.equal(go(3, 'ArrowUp'), 0);
  assert.equal(go(1, 'ArrowDown'), 2);
  assert.equal(go(1, 'ArrowUp'), 0);
  assert.equal(go(5, 'ArrowDown'), undefined);
});

test('two thousand layers in a few boxes cost little more than twenty', () => {
  const many = (blocks: number): GraphData => {
    const nodes: GraphNodeData[] = [box('blocks', -1, 'repeat')];
    const edges: { from: number; to: number; shape: string; certain: boolean }[] = [];
    let before = -1;
    for (let block = 0; block < blocks; block += 1) {
      const holder = nodes.push(box(`block ${block}`, 0, 'module')) - 1;
      for (let layer = 0; layer < 9; layer += 1) {
        const at = nodes.push(box(`layer ${block} ${layer}`, holder)) - 1;
        if (before >= 0) edges.push({ from: before, to: at, shape: '(1, 64)', certain: true });
        before = at;
      }
    }
    return { ...graph, nodes, edges };
  };
  const timeOf = (data: GraphData): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 5; run += 1) {
      const started = performance.now();
      const read = readGraph(JSON.parse(JSON.stringify(data))) ?? assert.fail('not read');
      layoutOf(openAtFirst(makeTree(read)), read);
      best = Math.min(best, performance.now() - started);
    }
    return best;
  };
  timeOf(many(2));
  const [few, all] = [timeOf(many(2)), timeOf(many(200))];
  assert.ok(all < 400 * Math.max(few, 0.25), `${few.toFixed(1)} ms and ${all.toFixed(1)} ms`);
});

const words = Object.fromEntries(graphWords.map((word) => [word, word]));

test('a state is read whole, and what is wrong in it is left out', () => {
  const state = { version: contractVersion, type: 'state', uri: 'file:///a.py', document: 'a.py', models: [{ name: 'net', class: 'Net', line: 3 }], selected: 0, loaded: true, words, graph };
  assert.deepEqual(readToGraph(JSON.parse(JSON.stringify(state))), state);
  assert.equal(readToGraph({ ...state, version: 0 }), undefined);
  assert.equal(readToGraph({ ...state, words: { ...words, fit: 1 } }), undefined);
  const odd = readGraph({ name: 'net', nodes: [{ id: 'a', parent: 5, kind: 'bomb' }, { parent: 0, uses: -3 }, null], edges: [{ from: 0, to: 9 }, { from: 0, to: 1 }, 7] });
  assert.deepEqual(odd?.nodes.map((node) => [node.id, node.parent, node.kind, node.uses]), [['a', -1, 'layer', 1], ['1', 0, 'layer', 1], ['2', -1, 'layer', 1]]);
  assert.deepEqual(odd?.edges, [{ from: 0, to: 1, shape: '', certain: true }]);
  assert.equal(readGraph({ nodes: [] }), undefined);
});

test('what the page asks for, and what it keeps', () => {
  assert.deepEqual(readFromGraph({ version: contractVersion, type: 'export', model: 0, format: 'png', data: 'AA==' }), { version: contractVersion, type: 'export', model: 0, format: 'png', data: 'AA==' });
  assert.equal(readFromGraph({ version: contractVersion, type: 'export', model: 0, format: 'exe', data: '' }), undefined);
  assert.deepEqual(readFromGraph({ version: contractVersion, type: 'reveal', model: 0, node: 4 }), { version: contractVersion, type: 'reveal', model: 0, node: 4 });
  assert.equal(readFromGraph({ version: contractVersion, type: 'reveal', model: -1 }), undefined);
  const kept = { uri: 'file:///a.py', model: 1, open: { net: ['outer'] }, view: { x: -3, y: 2.5, scale: 0.5 }, selectedNode: 'a', showsOutline: true };
  assert.deepEqual(readGraphViewState(JSON.parse(JSON.stringify(kept))), kept);
  assert.deepEqual(readGraphViewState({ uri: 'a', view: { x: 1, y: 2, scale: 0 } }), { uri: 'a', model: 0, open: {}, showsOutline: false });
  assert.equal(readGraphViewState(null), undefined);
});
