// What drawing needs of points: no peak is lost, places ascend, a mean keeps its start. Held against the definitions, by hand.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Series } from '../../webviews/curves/data.ts';
import { align, axisOf, decimate, findExtrema, makeStore, nearestPoint, placesOf, smooth } from '../../webviews/curves/data.ts';
import { readCurvesViewState, readFromCurves, readToCurves } from '../../webviews/shared/curves-contract.ts';

const series = (points: { readonly step?: readonly number[]; readonly epoch?: readonly number[]; readonly time?: readonly number[]; readonly value: readonly number[] }, kind: Series['kind'] = 'step'): Series => {
  const store = makeStore(), column = (given: readonly number[] | undefined): Float64Array => Float64Array.from(given ?? points.value.map(() => Number.NaN));
  store.add('run', true, [{ key: 'loss', name: 'loss', kind, chart: 'loss', role: 'training', step: column(points.step), epoch: column(points.epoch), time: column(points.time), value: column(points.value) }]);
  return store.series()[0] ?? assert.fail('no series');
};

test('decimation keeps the first, lowest, highest and last point of all that is in sight', () => {
  fc.assert(fc.property(fc.array(fc.oneof({ weight: 20, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) }, fc.constant(Number.NaN)), { minLength: 1, maxLength: 3_000 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), (values, columns, withExtrema) => {
    const places = Float64Array.from(values, (_, at) => at), whole = Float64Array.from(values);
    const { x, y } = decimate(places, whole, 0, values.length - 1, columns, withExtrema ? findExtrema(whole) : undefined), finite = values.filter(Number.isFinite);
    assert.ok(x.every((place, at) => at === 0 || place > (x[at - 1] ?? 0)));
    assert.ok(x.every((place, at) => values[place] === y[at]));
    assert.equal(y.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY), finite.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY));
    assert.equal(y.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY), finite.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY));
    assert.ok(x.length <= Math.max(finite.length, 1) && x.length <= 4 * (columns + 2));
  }), { numRuns: 200 });
});

test('with the extremes of blocks a long curve gives what it gives without', () => {
  let seed = 1;
  const whole = Float64Array.from({ length: 100_000 }, (_, at) => { seed = (seed * 16807) % 2147483647; return at % 997 === 0 ? Number.NaN : seed; }), places = Float64Array.from(whole, (_, at) => at / 7);
  const extrema = findExtrema(whole);
  assert.ok(extrema !== undefined);
  for (const [from, to, columns] of [[0, 14_285, 300], [100.5, 13_000.25, 77], [5_000, 5_800, 900]] as const) assert.deepEqual(decimate(places, whole, from, to, columns, extrema), decimate(places, whole, from, to, columns));
});

test('points beyond the sight are kept one to each side', () => {
  const places = Float64Array.from([0, 1, 2, 3, 4, 5]), values = Float64Array.from([0, 10, 20, 30, 40, 50]);
  assert.deepEqual(decimate(places, values, 1.5, 3.5, 10), { x: [1, 2, 3, 4], y: [10, 20, 30, 40] });
});

test('a mean that forgets starts at the first value and passes over what is not finite', () => {
  assert.deepEqual([...smooth(Float64Array.from([4, 4, Number.NaN, 4]), 0.9)].map((value) => Number(value.toFixed(12))), [4, 4, 4, 4]);
  const [first, second] = smooth(Float64Array.from([1, 3]), 0.5);
  assert.equal(first, 1);
  assert.ok(Math.abs((second ?? 0) - (1 * 0.25 + 3 * 0.5) / 0.75) < 1e-12);
});

test('epochs of which only the whole is known are laid out by their steps', () => {
  const one = series({ step: [1, 2, 3, 4, 5, 6, 7], epoch: [0, 0, 0, 0, 1, 1, 1], value: [1, 1, 1, 1, 1, 1, 1] });
  assert.deepEqual([...placesOf(one, 'epoch', 0)], [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
  assert.deepEqual([...placesOf(series({ step: [1, 2], epoch: [0.5, 1], value: [1, 1] }), 'epoch', 0)], [0.5, 1]);
});

test('a chart takes the axis that all its curves have places on; a log that was begun again does not go back', () => {
  const steps = series({ step: [1, 2], value: [1, 2] }), epochs = series({ epoch: [1, 2], value: [1, 2] }, 'epoch');
  assert.deepEqual([axisOf([steps], 'epoch'), axisOf([epochs], 'step'), axisOf([steps, epochs], 'epoch'), axisOf([series({ time: [1, 2], value: [1, 1] }, 'device')], 'step')], ['step', 'epoch', 'order', 'time']);
  assert.deepEqual([...placesOf(series({ step: [1, 5, 2, 6], value: [1, 1, 1, 1] }), 'step', 0)], [1, 5, 5, 6]);
  assert.deepEqual([...placesOf(series({ time: [100, 102], value: [1, 1] }), 'time', 100)], [0, 2]);
});

test('curves over one row of places; the nearest point that has a value', () => {
  assert.deepEqual(align([{ x: [1, 3], y: [10, 30] }, { x: [2, 3], y: [5, 6] }]), [[1, 2, 3], [10, null, 30], [null, 5, 6]]);
  const places = Float64Array.from([0, 10, 20]), values = Float64Array.from([1, Number.NaN, 3]);
  assert.deepEqual([nearestPoint(places, values, 4), nearestPoint(places, values, 16), nearestPoint(places, values, 99)], [0, 2, 2]);
});

test('messages that are none of ours are refused', () => {
  const version = 1;
  for (const wrong of [undefined, null, 5, {}, { version: 2, type: 'ready' }, { version, type: 'save', name: '../a.png', bytes: new Uint8Array() }, { version, type: 'save', name: 'a.exe', bytes: new Uint8Array() }, { version, type: 'reveal', run: 'a', mark: -1 }, { version, type: 'stop' }]) assert.equal(readFromCurves(wrong), undefined);
  assert.deepEqual(readFromCurves({ version, type: 'ready', more: 1 }), { version, type: 'ready' });
  const points = { version, type: 'points', run: 'a', reset: true, series: [{ key: 'k', name: 'k', kind: 'step', chart: 'k', role: 'training', step: new Float64Array(2), epoch: new Float64Array(2), time: new Float64Array(2), value: new Float64Array(1) }, { key: 'k' }] };
  assert.deepEqual(readToCurves(points), { version, type: 'points', run: 'a', reset: true, series: [] });
  assert.deepEqual(readCurvesViewState({ sources: ['a', 1], axis: 'x', smoothing: 2, logarithmic: true }), { sources: ['a'], logarithmic: true });
  assert.equal(readCurvesViewState('a'), undefined);
});
