// Value ranges: rows of what labels and pixels go through, and random data against which every claim of a range is checked.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  absoluteRange, addRanges, anyNumber, argmaxRange, averageRange, castRange, ceilRange, clipRange, constantRange, divideRanges, floorDivideRanges, floorRange,
  formatRange, joinRanges, labelRange, liesWithin, maximumRanges, minimumRanges, moduloRanges, multiplyRanges, negateRange, oneHotRange, powerRange,
  rangeBetween, rangeOfDType, rangeOfValues, reduceMaximumRange, reduceMinimumRange, reluRange, roundRange, squareRootRange, subtractRanges, sumRange,
  truncateRange, uniteRanges, type ValueRange,
} from '../../server/tensors/range.ts';

const labels = labelRange(5);
const pixels = rangeBetween(0, 255, { integral: true, attained: true });
const unlit = rangeBetween(0, 255, { integral: true });

const table: readonly (readonly [made: ValueRange | undefined, text: string, attained: boolean])[] = [
  [labels, '[0, 5)', true],
  [subtractRanges(labels, constantRange(1)), '[-1, 4)', true],
  [subtractRanges(labels, labels), '[-4, 5)', false],
  [multiplyRanges(labels, constantRange(-2)), '[-8, 1)', true],
  [divideRanges(pixels, constantRange(255)), '[0, 1]', true],
  [subtractRanges(divideRanges(pixels, constantRange(127.5)), constantRange(1)), '[-1, 1]', true],
  [divideRanges(constantRange(1), pixels), '(-inf, inf)', false],
  [floorDivideRanges(pixels, constantRange(64)), '[0, 4)', true],
  [moduloRanges(unlit, constantRange(10)), '[0, 10)', false],
  [moduloRanges(labels, constantRange(10)), '[0, 5)', true],
  [clipRange(pixels, 10, 100), '[10, 101)', true],
  [clipRange(labels, 7, 9), '7', true],
  [castRange(rangeBetween(-0.9, 3.7, { attained: true }), 'int32'), '[0, 4)', true],
  [castRange(rangeBetween(-1, 3, { attained: true }), 'uint8'), '[0, 256)', false],
  [castRange(pixels, 'float32'), '[0, 256)', true],
  [castRange(pixels, 'bool'), '[0, 2)', true],
  [castRange(pixels, 'string'), 'undefined', false],
  [reluRange(rangeBetween(-3, 2, { attained: true })), '[0, 2]', true],
  [reluRange(), '[0, inf)', false],
  [argmaxRange(10), '[0, 10)', false],
  [argmaxRange(undefined), '[0, inf)', false],
  [oneHotRange(5), '[0, 2)', true],
  [joinRanges(labels, labelRange(7)), '[0, inf)', false],
  [joinRanges(labels, subtractRanges(labels, constantRange(1))), '(-inf, inf)', false],
  [joinRanges(labels, labelRange(5)), '[0, 5)', true],
  [uniteRanges(labels, labelRange(7)), '[0, 7)', true],
  [reduceMaximumRange(labels, true), '4', true],
  [addRanges(reduceMaximumRange(labels, true), constantRange(1)), '5', true],
  [reduceMaximumRange(unlit, true), '[0, 256)', false],
  [averageRange(pixels), '[0, 255]', false],
  [sumRange(labels, 10), '[0, 41)', false],
  [sumRange(labels, undefined), '[0, inf)', false],
  [rangeOfDType('uint8'), '[0, 256)', false],
  [rangeOfDType('float32'), '(-inf, inf)', false],
  [rangeOfDType('string'), 'undefined', false],
  [rangeOfValues([3, 1, 2.5]), '[1, 3]', true],
  [rangeOfValues([]), 'undefined', false],
  [powerRange(rangeBetween(-3, 2, { integral: true, attained: true }), 2), '[0, 10)', false],
  [rangeBetween(-1 / 3, 1 / 3), '[-0.3333, 0.3333]', false],
];

test('ranges move as the data do', () => {
  for (const [made, text, attained] of table) {
    assert.deepEqual([made === undefined ? 'undefined' : formatRange(made), made?.attained ?? false], [text, attained], text);
  }
});

test('what is certain about lying within', () => {
  assert.equal(liesWithin(labels, 0, 4), true);
  assert.equal(liesWithin(labels, 0, 3), false, 'label 4 occurs');
  assert.equal(liesWithin(unlit, 0, 100), undefined, 'only a bound');
  assert.equal(liesWithin(rangeBetween(10, 20), 0, 5), false, 'wherever they are, they are outside');
  assert.equal(liesWithin(anyNumber, 0, 1), undefined);
});

// An operation on numbers beside the one on ranges. Whatever the range claims must hold for the data.
type Unary = readonly [name: string, onRange: (range: ValueRange) => ValueRange | undefined, onValue: (value: number) => number];
const unary: readonly Unary[] = [
  ['negate', negateRange, (value) => -value],
  ['abs', absoluteRange, Math.abs],
  ['floor', floorRange, Math.floor],
  ['ceil', ceilRange, Math.ceil],
  ['trunc', truncateRange, Math.trunc],
  ['round', roundRange, (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value))],
  ['clip', (range) => clipRange(range, -2, 3), (value) => Math.min(Math.max(value, -2), 3)],
  ['relu', reluRange, (value) => Math.max(value, 0)],
  ['square', (range) => powerRange(range, 2), (value) => value ** 2],
  ['cube', (range) => powerRange(range, 3), (value) => value ** 3],
  ['int32', (range) => castRange(range, 'int32'), Math.trunc],
  ['uint8', (range) => castRange(range, 'uint8'), (value) => ((Math.trunc(value) % 256) + 256) % 256],
  ['bool', (range) => castRange(range, 'bool'), (value) => (value === 0 ? 0 : 1)],
  ['sqrt', (range) => squareRootRange(absoluteRange(range)), (value) => Math.sqrt(Math.abs(value))],
];
type Binary = readonly [name: string, onRange: (left: ValueRange, right: ValueRange) => ValueRange, onValue: (left: number, right: number) => number];
const binary: readonly Binary[] = [
  ['add', addRanges, (left, right) => left + right],
  ['subtract', subtractRanges, (left, right) => left - right],
  ['multiply', multiplyRanges, (left, right) => left * right],
  ['divide', divideRanges, (left, right) => left / right],
  ['floor-divide', floorDivideRanges, (left, right) => Math.floor(left / right)],
  ['modulo', moduloRanges, (left, right) => left - right * Math.floor(left / right)],
  ['maximum', maximumRanges, Math.max],
  ['minimum', minimumRanges, Math.min],
];

const numbers = fc.integer({ min: -24, max: 24 }).chain((value) => fc.constantFrom(value, value / 4));
const arrays = fc.array(numbers, { minLength: 1, maxLength: 5 });
/** The data's own range, or a wider one that is not attained. */
const ranged = fc.tuple(arrays, fc.boolean(), fc.nat(3)).map(([values, exact, margin]) => {
  const own = rangeOfValues(values) ?? anyNumber;
  return { values, range: exact ? own : { ...own, low: own.low - margin, high: own.high + margin, attained: false } };
});

function assertHolds(name: string, range: ValueRange | undefined, values: readonly number[]): void {
  if (range === undefined || values.some((value) => !Number.isFinite(value))) return;
  const least = Math.min(...values), most = Math.max(...values);
  assert.ok(range.low <= least && most <= range.high, `${name}: ${values.join(' ')} leaves [${range.low}, ${range.high}]`);
  if (range.integral) assert.ok(values.every(Number.isInteger), `${name}: ${values.join(' ')} are not whole`);
  if (range.attained) assert.deepEqual([range.low, range.high], [least + 0, most + 0], `${name}: the ends do not occur`);
}

test('whatever a range claims holds for the data', () => {
  fc.assert(fc.property(ranged, ranged, fc.boolean(), (left, right, scalar) => {
    for (const [name, onRange, onValue] of unary) assertHolds(name, onRange(left.range), left.values.map(onValue));
    const operand = scalar ? { values: [right.values[0] ?? 0], range: constantRange(right.values[0] ?? 0) } : right;
    for (const [name, onRange, onValue] of binary) {
      const pairs = left.values.map((value, index) => onValue(value, operand.values[index % operand.values.length] ?? 0));
      // Where the second operand is longer, elements of it would go unused and its extremes with them: such data say nothing.
      if (operand.values.length > left.values.length) continue;
      assertHolds(name, onRange(left.range, operand.range), pairs);
    }
    assertHolds('unite', uniteRanges(left.range, right.range), [...left.values, ...right.values]);
    assertHolds('join', joinRanges(left.range, right.range), left.values);
    assertHolds('max', reduceMaximumRange(left.range, true), [Math.max(...left.values)]);
    assertHolds('min', reduceMinimumRange(left.range, true), [Math.min(...left.values)]);
    assertHolds('sum', sumRange(left.range, left.values.length), [left.values.reduce((sum, value) => sum + value, 0)]);
    assertHolds('mean', averageRange(left.range), [left.values.reduce((sum, value) => sum + value, 0) / left.values.length]);
  }), { numRuns: 1500 });
});
