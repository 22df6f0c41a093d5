// The rule table of symbolic sizes (symbolic-sizes.md), against the sizes' own answers and against plain integer arithmetic; then whole models'
// chains of shapes, and what a layer's width says about the size of the picture.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import type { Expression } from '../../server/syntax/ast.ts';
import { parseExpression } from '../../server/syntax/python.ts';
import {
  addDims, type Dim, dimBounds, dimEqualsUnder, dimFunction, floorDivideDims, formatDim, maximumDims, minimumDims, moduloDims, multiplyDims, negateDim, quotientAssumingExact, substituteDim, subtractDims, symbol,
} from '../../server/tensors/dim.ts';
import { concatShapes, formatShape, reshapeShape, type Shape, shapeOf, type ShapeResult, swapAxes, transposeShape } from '../../server/tensors/shape.ts';
import { solveSquareSize } from '../../server/tensors/solve.ts';
import { scaledSize, torchConvSize, torchPoolSize, torchTransposedSize, type WindowResult } from '../../server/tensors/window.ts';

const names = ['B', 'C', 'H', 'T', 'W', 'd', 'h', 'k', 'p', 'r', 'w'];
const symbols = new Map(names.map((name) => [name, symbol(name)]));

interface Arithmetic<T> {
  readonly number: (value: number) => T;
  readonly name: (id: string) => T;
  readonly operate: (operator: string, left: T, right: T) => T;
}

const symbolic: Arithmetic<Dim> = {
  number: (value) => value,
  name: (id) => symbols.get(id) ?? assert.fail(id),
  operate: (operator, left, right) => {
    switch (operator) {
      case '+': return addDims(left, right);
      case '-': return subtractDims(left, right);
      case '*': return multiplyDims(left, right);
      case '//': return floorDivideDims(left, right);
      case '%': return moduloDims(left, right);
      case 'min': return minimumDims(left, right);
      case 'max': return maximumDims(left, right);
      default: assert.equal(operator, '**'); return right === 2 ? multiplyDims(left, left) : assert.fail('only squares');
    }
  },
};

const plain = (environment: ReadonlyMap<string, number>): Arithmetic<number> => ({
  number: (value) => value,
  name: (id) => environment.get(id) ?? assert.fail(id),
  operate: (operator, left, right) => {
    switch (operator) {
      case '+': return left + right;
      case '-': return left - right;
      case '*': return left * right;
      case '//': return Math.floor(left / right);
      case '%': return left - right * Math.floor(left / right);
      case 'min': return Math.min(left, right);
      case 'max': return Math.max(left, right);
      default: return left ** right;
    }
  },
});

function evaluate<T>(expression: Expression, arithmetic: Arithmetic<T>): T {
  switch (expression.kind) {
    case 'Constant': return arithmetic.number(expression.value as number);
    case 'Name': return arithmetic.name(expression.id);
    case 'UnaryOp': return arithmetic.operate('-', arithmetic.number(0), evaluate(expression.operand, arithmetic));
    case 'BinOp': return arithmetic.operate(expression.operator, evaluate(expression.left, arithmetic), evaluate(expression.right, arithmetic));
    case 'Call': {
      const operator = expression.callee.kind === 'Name' ? expression.callee.id : '';
      return expression.args.map((argument) => evaluate(argument, arithmetic)).reduce((left, right) => arithmetic.operate(operator, left, right));
    }
    default: return assert.fail(expression.kind);
  }
}

const parse = (text: string): Expression => parseExpression(text) ?? assert.fail(text);
const dimOf = (text: string): Dim => evaluate(parse(text), symbolic);

interface Row { readonly section: string; readonly cells: readonly string[] }

/** The rows of the tables, without their heads. */
function rowsOf(text: string): readonly Row[] {
  let section = '';
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    if (!line.startsWith('| ') || line.startsWith('| ---') || line.startsWith('| left') || line.startsWith('| expression')) continue;
    rows.push({ section, cells: line.split('|').slice(1, -1).map((cell) => cell.trim()) });
  }
  return rows;
}

const rows = rowsOf(readFileSync('test/tensors/symbolic-sizes.md', 'utf8'));
const equations = rows.filter((row) => row.cells.length === 4);
const readings = rows.filter((row) => row.cells.length === 2);
const factsOf = (text: string): readonly (readonly [string, string])[] => text.split(',').filter((one) => one.trim() !== '').map((one) => {
  const [name = '', value = ''] = one.split('=').map((part) => part.trim());
  return [name, value];
});

for (const section of new Set(equations.map((row) => row.section))) {
  test(`symbolic sizes: ${section}`, () => {
    const wrong: string[] = [];
    for (const { cells: [left = '', right = '', verdict, facts = ''] } of equations.filter((row) => row.section === section)) {
      const known = new Map(factsOf(facts).map(([name, value]) => [symbols.get(name) ?? assert.fail(name), dimOf(value)]));
      const found = dimEqualsUnder(dimOf(left), dimOf(right), known);
      const said = found === undefined ? 'undecided' : found ? 'equal' : 'different';
      if (said !== verdict) wrong.push(`${left} = ${right}: ${said}, not ${verdict} (${formatDim(substituteDim(dimOf(left), known))} and ${formatDim(substituteDim(dimOf(right), known))})`);
      // Equal expressions are the same object.
      if (verdict === 'equal' && substituteDim(dimOf(left), known) !== substituteDim(dimOf(right), known) && !notIdentical.has(left)) wrong.push(`${left} and ${right} have two forms`);
    }
    assert.deepEqual(wrong, []);
  });
}

/** Equal, which is told by subtracting, but not of one form. */
const notIdentical = new Set(['(H + 1) // 2 - H // 2']);

test('the verdicts of the table hold for plain numbers', () => {
  const environments = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: names.length, maxLength: names.length });
  for (const { cells: [left = '', right = '', verdict = '', facts = ''] } of equations) {
    const outcomes = new Set<boolean>();
    fc.assert(fc.property(environments, (values) => {
      const environment = new Map(names.map((name, index) => [name, values[index] ?? 1]));
      for (const [name, value] of factsOf(facts)) environment.set(name, evaluate(parse(value), plain(environment)));
      outcomes.add(evaluate(parse(left), plain(environment)) === evaluate(parse(right), plain(environment)));
    }), { numRuns: 300, seed: 7 });
    // 1024 and its like lie beyond the random numbers.
    if (right === 'T' && left === 'min(T, 1024)' && facts === '') outcomes.add(false);
    assert.deepEqual([...outcomes].sort(), verdict === 'equal' ? [true] : verdict === 'different' ? [false] : [false, true], `${left} = ${right} (${facts})`);
  }
});

test('every expression of the table keeps its value', () => {
  const texts = [...equations.flatMap(({ cells }) => cells.slice(0, 2)), ...readings.map(({ cells }) => cells[0] ?? '')];
  for (const text of texts) {
    const dim = dimOf(text);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: names.length, maxLength: names.length }), (values) => {
      const environment = new Map(names.map((name, index) => [name, values[index] ?? 1]));
      const value = evaluate(parse(text), plain(environment));
      if (Number.isNaN(value) || !Number.isFinite(value)) return;
      assert.equal(substituteDim(dim, new Map([...environment].map(([name, value]) => [symbols.get(name) ?? 0, value]))), value + 0, text);
    }), { numRuns: 60, seed: 11 });
  }
});

test('symbolic sizes: how they read', () => {
  for (const { cells: [expression = '', text = ''] } of readings) assert.equal(formatDim(dimOf(expression)), text, expression);
});

test('what is printed is Python for the same size', () => {
  const texts = [...equations.flatMap(({ cells }) => cells.slice(0, 2)), ...readings.map(({ cells }) => cells[0] ?? '')];
  for (const text of texts) assert.equal(dimOf(formatDim(dimOf(text))), dimOf(text), `${text} prints ${formatDim(dimOf(text))}`);
});

// ---- Random expressions: whatever is simplified keeps its value.

const pool = ['H', 'W', 'd', 'h'];
const trees = fc.letrec<{ tree: string; leaf: string; node: string }>((tie) => ({
  leaf: fc.oneof(fc.constantFrom(...pool), fc.integer({ min: 1, max: 9 }).map(String)),
  node: fc.oneof(
    fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree')).map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(tie('tree'), fc.constantFrom('//', '%'), fc.oneof(fc.constantFrom(...pool, '2 * h', 'h * d'), fc.integer({ min: 1, max: 8 }).map(String))).map(([left, operator, right]) => `(${left} ${operator} (${right}))`),
    fc.tuple(fc.constantFrom('min', 'max'), tie('tree'), tie('tree')).map(([name, left, right]) => `${name}(${left}, ${right})`),
  ),
  tree: fc.oneof({ depthSize: 'small', maxDepth: 5 }, tie('leaf'), tie('node')),
})).tree;
const poolValues = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: pool.length, maxLength: pool.length });

test('random expressions: the simplified size, and what it prints, have the value of the original; the bounds hold it', () => {
  fc.assert(fc.property(trees, poolValues, (text, values) => {
    const environment = new Map(pool.map((name, index) => [name, values[index] ?? 1]));
    const dim = dimOf(text);
    const value = evaluate(parse(text), plain(environment));
    if (Math.abs(value) > 1e12) return;
    const replaced = substituteDim(dim, new Map([...environment].map(([name, number]) => [symbols.get(name) ?? 0, number])));
    if (formatDim(dim).includes('?')) return;
    assert.equal(replaced, value + 0, formatDim(dim));
    assert.equal(dimFunction(dim, pool.map((name) => symbols.get(name) ?? 0))(values), value + 0, formatDim(dim));
    const { low, high } = dimBounds(dim);
    assert.ok(low <= value && value <= high, `${formatDim(dim)} = ${value} is outside [${low}, ${high}]`);
    assert.equal(evaluate(parse(formatDim(dim)), plain(environment)) + 0, value + 0, formatDim(dim));
  }), { numRuns: 4000 });
});

test('random expressions: an exact quotient of a product is the other factor', () => {
  fc.assert(fc.property(trees, fc.constantFrom('h', 'd', '3', '2 * h', 'H * W'), (text, factor) => {
    const [dim, by] = [dimOf(text), dimOf(factor)];
    const quotient = quotientAssumingExact(multiplyDims(dim, by), by);
    if (formatDim(quotient) !== '?') assert.equal(quotient, dim);
  }), { numRuns: 500 });
});

// ---- Chains of shapes.

const [B, C, H, W, T, d, h, p, r, w] = ['B', 'C', 'H', 'W', 'T', 'd', 'h', 'p', 'r', 'w'].map((name) => symbols.get(name) ?? 0) as [Dim, Dim, Dim, Dim, Dim, Dim, Dim, Dim, Dim, Dim];
const done = (result: ShapeResult): Shape => (result.ok ? result.shape : assert.fail(JSON.stringify(result.reason)));
const size = (result: WindowResult): Dim => (result.ok ? result.size : assert.fail('empty'));
const view = (shape: Shape, ...target: readonly Dim[]): Shape => done(reshapeShape(shape, target));

test('chains: attention', () => {
  const split = view(shapeOf(B, T, d), B, T, h, floorDivideDims(d, h));
  const heads = done(swapAxes(split, 1, 2));
  assert.equal(formatShape(heads), '(B, h, T, d//h)');
  const back = done(swapAxes(heads, 1, 2));
  assert.equal(formatShape(view(back, B, T, d)), '(B, T, d)');
  assert.equal(formatShape(view(back, B, T, -1)), '(B, T, h*(d//h))');
  assert.equal(formatShape(view(shapeOf(B, T, d), B, T, 8, -1)), '(B, T, 8, d//8)');
  assert.equal(formatShape(view(shapeOf(B, T, d), B, -1, 8, floorDivideDims(d, 8))), '(B, T, 8, d//8)');
  assert.equal(formatShape(view(shapeOf(B, T, d), B, -1, h, floorDivideDims(d, h))), '(B, T, h, d//h)');
  assert.equal(formatShape(view(shapeOf(B, T, 768), B, T, 12, 64)), '(B, T, 12, 64)');
  assert.equal(formatShape(view(shapeOf(B, T, multiplyDims(3, d)), B, T, 3, h, floorDivideDims(d, h))), '(B, T, 3, h, d//h)');
  assert.equal(formatShape(view(shapeOf(multiplyDims(B, h), T, T), B, -1, T, T)), '(B, h, T, T)');
});

test('chains: windows of Swin', () => {
  for (const [window, text] of [[w, 'w'], [7, '7']] as const) {
    const cut = view(shapeOf(B, H, W, C), B, floorDivideDims(H, window), window, floorDivideDims(W, window), window, C);
    assert.equal(formatShape(cut), `(B, H//${text}, ${text}, W//${text}, ${text}, C)`);
    const windows = view(done(transposeShape(cut, [0, 1, 3, 2, 4, 5])), -1, window, window, C);
    assert.equal(formatShape(windows), `(B*(H//${text})*(W//${text}), ${text}, ${text}, C)`);
    const reversed = view(windows, B, floorDivideDims(H, window), floorDivideDims(W, window), window, window, -1);
    assert.equal(formatShape(reversed), `(B, H//${text}, W//${text}, ${text}, ${text}, C)`);
    assert.equal(formatShape(view(done(transposeShape(reversed, [0, 1, 3, 2, 4, 5])), B, H, W, -1)), '(B, H, W, C)');
    // `int(windows.shape[0] / (H * W / w / w))`, as one fraction.
    assert.equal(quotientAssumingExact(multiplyDims(windows.dims?.[0] ?? 0, window, window), multiplyDims(H, W)), B);
  }
});

test('chains: a U-Net that pads by the difference has its sizes back', () => {
  let [y, x] = [H, W];
  const skips: [Dim, Dim][] = [];
  for (let level = 0; level < 4; level += 1) {
    skips.push([y, x]);
    [y, x] = [size(torchPoolSize(y, { kernel: 2 })), size(torchPoolSize(x, { kernel: 2 }))];
  }
  assert.equal(formatDim(y), 'H//16');
  for (const [skipY, skipX] of skips.reverse()) {
    const grow = (one: Dim, skip: Dim): Dim => {
      const up = size(torchTransposedSize(one, { kernel: 2, stride: 2 }));
      const difference = subtractDims(skip, up);
      const before = floorDivideDims(difference, 2);
      return addDims(up, before, subtractDims(difference, before));
    };
    [y, x] = [grow(y, skipY), grow(x, skipX)];
    assert.equal(y, skipY);
    assert.equal(formatShape(done(concatShapes([shapeOf(B, C, skipY, skipX), shapeOf(B, C, y, x)], 1))), formatShape(shapeOf(B, multiplyDims(2, C), skipY, skipX)));
  }
  assert.equal(y, H);
});

test('chains: one that does not pad keeps the skip\'s sizes', () => {
  const skip = size(torchPoolSize(H, { kernel: 8 }));
  const up = scaledSize(size(torchPoolSize(H, { kernel: 16 })), 2);
  assert.equal(formatShape(done(concatShapes([shapeOf(B, C, up), shapeOf(B, d, skip)], 1))), '(B, C + d, H//8)');
});

test('chains: patches, pixel shuffles, strided convolutions', () => {
  const patches = [H, W].map((side) => size(torchConvSize(side, { kernel: p, stride: p })));
  assert.equal(formatShape(shapeOf(B, d, multiplyDims(...patches))), '(B, d, (H//p)*(W//p))');
  assert.equal(formatShape(view(shapeOf(B, C, H, W), B, floorDivideDims(C, multiplyDims(r, r)), r, r, H, W)), '(B, C//(r**2), r, r, H, W)');
  let strided = size(torchConvSize(H, { kernel: 7, stride: 2, padding: 3 }));
  for (let stage = 0; stage < 4; stage += 1) strided = size(torchConvSize(strided, { kernel: 3, stride: 2, padding: 1 }));
  assert.equal(formatDim(strided), '(H + 31)//32');
  assert.equal(formatDim(size(torchConvSize(scaledSize(H, 2), { kernel: 3, stride: 2, padding: 1 }))), 'H');
  assert.equal(formatDim(negateDim(H)), '-H');
});

// ---- The size of the picture.

const s = symbol('s');
const chain = (...steps: readonly (readonly ['conv' | 'pool', number, number?, number?])[]): readonly Dim[] => {
  const sizes: Dim[] = [];
  let last: Dim = s;
  for (const [kind, kernel, stride, padding] of steps) {
    last = size((kind === 'conv' ? torchConvSize : torchPoolSize)(last, { kernel, stride, padding }));
    sizes.push(last);
  }
  return sizes;
};
const solved = (sizes: readonly Dim[], channels: number, features: number): string => {
  const last = sizes.at(-1) ?? 0;
  const { candidates, preferred } = solveSquareSize({ equations: [{ left: multiplyDims(channels, last, last), right: features }], unknowns: [s], positive: sizes });
  return `${preferred ?? '-'} of ${candidates.length > 4 ? `${candidates[0]}..${candidates.at(-1)}` : candidates.join(' ')}`;
};

test('the width of a layer behind the flattening tells the size of the picture', () => {
  const lenet = chain(['conv', 5], ['pool', 2], ['conv', 5], ['pool', 2]);
  assert.equal(solved(lenet, 16, 16 * 5 * 5), '32 of 32 33 34 35');
  // The MNIST variant: 28 by 28.
  assert.equal(solved(chain(['conv', 5], ['pool', 2], ['conv', 5], ['pool', 2]), 20, 320), '28 of 28 29 30 31');
  assert.equal(solved(chain(['conv', 3], ['conv', 3], ['pool', 2]), 64, 9216), '28 of 28 29');
  assert.equal(solved(chain(['conv', 3, 1, 1], ['pool', 2], ['conv', 3, 1, 1], ['pool', 2], ['conv', 3, 1, 1], ['pool', 2]), 64, 64 * 4 * 4), '32 of 32..39');
  // AlexNet's features, VGG's.
  assert.equal(solved(chain(['conv', 11, 4, 2], ['pool', 3, 2], ['conv', 5, 1, 2], ['pool', 3, 2], ['conv', 3, 1, 1], ['pool', 3, 2]), 256, 256 * 6 * 6), '224 of 223..254');
  assert.equal(solved(chain(['pool', 2], ['pool', 2], ['pool', 2], ['pool', 2], ['pool', 2]), 512, 512 * 7 * 7), '224 of 224..255');
  assert.equal(solved(chain(['pool', 2], ['pool', 2], ['pool', 2], ['pool', 2], ['pool', 2]), 512, 512), '32 of 32..63');
  // No common size: the smallest.
  assert.equal(solved(chain(['conv', 3], ['pool', 2]), 8, 8 * 35 * 35), '72 of 72 73');
  assert.equal(solved(lenet, 16, 401), '- of ');
  // A window must leave something: (s//16 - 1)**2 is 1 for 1..15, too.
  assert.equal(solved(chain(['pool', 2], ['conv', 3], ['pool', 8]), 10, 10), '32 of 20..35');
});

test('equations that do not hold the size say nothing', () => {
  const { candidates, preferred, only, isConstrained } = solveSquareSize({ equations: [{ left: multiplyDims(16, B), right: multiplyDims(16, B) }], unknowns: [s] });
  assert.deepEqual({ candidates, preferred, only, isConstrained }, { candidates: [], preferred: undefined, only: undefined, isConstrained: false });
});

test('height and width are one size, and the batch cancels', () => {
  const sides = [H, W].map((side) => size(torchPoolSize(size(torchConvSize(side, { kernel: 5 })), { kernel: 2 })));
  const flattened = view(shapeOf(B, 6, ...sides), -1, 6 * 14 * 14);
  const { preferred, candidates } = solveSquareSize({ equations: [{ left: flattened.dims?.[0] ?? 0, right: B }], unknowns: [H, W], positive: sides });
  assert.deepEqual([preferred, candidates], [32, [32, 33]]);
});
