// Where boxes and flows stand from left to right: trunks upright, detours straight beside them, branches evenly around, and whatever the
// ranks are, the order kept with room between.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Chain, Item } from '../../webviews/graph/straighten.ts';
import { straighten } from '../../webviews/graph/straighten.ts';

const box = (y: number, x: number, width = 100, anchor = 0): Item => ({ x, y, left: width / 2 + anchor, right: width / 2 - anchor, isPoint: false });
const point = (y: number, x: number): Item => ({ x, y, left: 0, right: 0, isPoint: true });

test('a trunk of boxes of any width is upright, and a detour runs straight beside the widest', () => {
  // dagre's places: the trunk goes in zigzags round the detour.
  const items = [box(0, 40), box(50, 10, 60), box(100, 70, 180), box(150, 30), point(50, 90), point(100, 200)];
  const places = straighten(items, [[0, 1], [1, 2], [2, 3], [0, 4, 5, 3]]);
  assert.deepEqual(places.slice(0, 4), [0, 0, 0, 0]);
  assert.ok(Math.abs((places[4] ?? 0) - (places[5] ?? 0)) < 1, `${places}`);
  assert.ok(Math.abs((places[5] ?? 0) - 106) < 1, 'half of the widest box, and room');
});

test('branches stand evenly around the axis', () => {
  const places = straighten([box(0, 0), box(50, 0), box(50, 300), box(100, 5)], [[0, 1, 3], [0, 2, 3]]);
  assert.deepEqual(places.map(Math.round), [0, -63, 63, 0]);
});

test('a box stands with its anchor on the axis', () => {
  assert.deepEqual(straighten([box(0, 0), box(50, 20, 200, -40)], [[0, 1]]), [0, 0]);
});

test('order and room are kept, whatever flows where', () => {
  const ranks = fc.array(fc.array(fc.record({ width: fc.integer({ min: 0, max: 300 }), isPoint: fc.boolean() }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(ranks, fc.array(fc.tuple(fc.nat(35), fc.nat(35)), { maxLength: 30 }), (given, pairs) => {
    const items: Item[] = given.flatMap((rank, y) => rank.map(({ width, isPoint }, at) => ({ x: 10 * at, y: 100 * y, left: width / 2, right: width / 2, isPoint })));
    const chains: Chain[] = pairs.map(([from, to]) => [from % items.length, to % items.length]).filter(([from, to]) => from !== to);
    const places = straighten(items, chains);
    for (const [at, item] of items.entries()) {
      const next = items[at + 1];
      if (next === undefined || next.y !== item.y) continue;
      assert.ok((places[at + 1] ?? 0) - (places[at] ?? 0) >= item.right + next.left + 16 - 1e-6);
    }
  }), { numRuns: 200 });
});
