// The wasm backend's gradients, with the kernels of our own, against the cpu backend of TensorFlow.js on random shapes, strides and paddings.
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { conv1d, conv2d, conv2dTranspose, depthwiseConv2d, gather, getBackend, grads, image, matMul, maxPool, avgPool, setBackend, tensor, tidy } from '@tensorflow/tfjs-core';
import { startWasmBackend } from '../../../extension/training/tfjs/wasm-backend.ts';

const wasmFolder = path.resolve('node_modules/@tensorflow/tfjs-backend-wasm/dist');

before(async () => {
  assert.ok(await startWasmBackend(wasmFolder));
});

/** The same numbers every time. */
function makeRandom(seed: number): { real: () => number; whole: (low: number, high: number) => number; pick: <T>(items: readonly T[]) => T } {
  let state = seed;
  const real = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const whole = (low: number, high: number): number => low + Math.floor(real() * (high - low + 1));
  return { real, whole, pick: (items) => items[whole(0, items.length - 1)] ?? (items[0] as never) };
}

interface Drawn { readonly shapes: readonly (readonly number[])[]; readonly compute: (...tensors: Tensor[]) => Tensor; readonly says: string }

/** Output and gradients of `compute`, on the backend that is set. */
function gradientsOn(drawn: Drawn, data: readonly Float32Array[]): Float32Array[] {
  return tidy(() => {
    const inputs = drawn.shapes.map((shape, at) => tensor(data[at] ?? [], [...shape]));
    const output = drawn.compute(...inputs);
    const weights = Float32Array.from({ length: output.size }, (_, at) => Math.sin(at * 1.7) + 0.1);
    const found = grads((...given: Tensor[]) => drawn.compute(...given))(inputs, tensor(weights, output.shape));
    return [output, ...found].map((one) => one.dataSync() as Float32Array);
  });
}

async function compare(name: string, count: number, draw: (random: ReturnType<typeof makeRandom>) => Drawn): Promise<void> {
  const random = makeRandom(7);
  for (let at = 0; at < count; at += 1) {
    const drawn = draw(random);
    const data = drawn.shapes.map((shape) => Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random.real() * 2 - 1));
    await setBackend('cpu');
    const expected = gradientsOn(drawn, data);
    await setBackend('wasm');
    assert.equal(getBackend(), 'wasm');
    const actual = gradientsOn(drawn, data);
    for (const [which, values] of expected.entries()) {
      const found = actual[which] ?? new Float32Array();
      assert.equal(found.length, values.length, `${name} ${drawn.says}`);
      const scale = Math.max(1, ...values.map(Math.abs));
      const worst = values.reduce((most, value, index) => Math.max(most, Math.abs(value - (found[index] ?? Number.NaN))), 0);
      assert.ok(worst <= 1e-4 * scale, `${name} ${drawn.says}: ${which === 0 ? 'output' : `gradient ${which}`} differs by ${worst}`);
    }
  }
}

test('convolution: gradients of input and filter', () => compare('conv2d', 60, ({ whole, pick }) => {
  const [rows, columns] = [whole(1, 5), whole(1, 5)];
  const [height, width, channels, filters] = [whole(rows, 11), whole(columns, 11), whole(1, 4), whole(1, 5)];
  const strides: [number, number] = [whole(1, 3), whole(1, 3)], padding = pick(['same', 'valid'] as const);
  return {
    shapes: [[whole(1, 3), height, width, channels], [rows, columns, channels, filters]], says: `${height}x${width}x${channels} filter ${rows}x${columns} strides ${strides} ${padding}`,
    compute: (x, filter) => conv2d(x as Tensor4D, filter as Tensor4D, strides, padding),
  };
}));

test('convolution along one axis', () => compare('conv1d', 15, ({ whole, pick }) => {
  const size = whole(1, 4), length = whole(size, 12), channels = whole(1, 3), stride = whole(1, 2), padding = pick(['same', 'valid'] as const);
  return { shapes: [[2, length, channels], [size, channels, 3]], says: `${length} ${size} ${stride} ${padding}`, compute: (x, filter) => conv1d(x as Tensor3D, filter as Tensor3D, stride, padding) };
}));

test('transposed convolution', () => compare('conv2dTranspose', 20, ({ whole, pick }) => {
  const strides: [number, number] = [whole(1, 2), whole(1, 2)], padding = pick(['same', 'valid'] as const), size = whole(2, 4);
  const [height, width] = [whole(2, 5), whole(2, 5)];
  const grown = (length: number, stride: number): number => (padding === 'same' ? length * stride : (length - 1) * stride + Math.max(size, stride));
  const filter = padding === 'valid' ? Math.max(size, 2) : size;
  return {
    shapes: [[2, height, width, 3], [filter, filter, 2, 3]], says: `${height}x${width} ${filter} ${strides} ${padding}`,
    compute: (x, weights) => conv2dTranspose(x as Tensor4D, weights as Tensor4D, [2, grown(height, strides[0]), grown(width, strides[1]), 2], strides, padding),
  };
}));

test('depthwise convolution', () => compare('depthwise', 30, ({ whole, pick }) => {
  const [rows, columns] = [whole(1, 4), whole(1, 4)];
  // The cpu backend itself takes the same stride along both axes only.
  const stride = whole(1, 3), padding = pick(['same', 'valid'] as const), [height, width] = [whole(rows, 9), whole(columns, 9)], channels = whole(1, 4);
  return {
    shapes: [[2, height, width, channels], [rows, columns, channels, whole(1, 3)]], says: `${height}x${width}x${channels} ${rows}x${columns} ${stride} ${padding}`,
    compute: (x, filter) => depthwiseConv2d(x as Tensor4D, filter as Tensor4D, stride, padding),
  };
}));

test('rows taken by number: repeated ones add up', () => compare('gather', 20, ({ whole }) => {
  const rows = whole(1, 6), indices = Array.from({ length: whole(1, 9) }, () => whole(0, rows - 1));
  return { shapes: [[rows, whole(1, 4)]], says: `${indices}`, compute: (x) => gather(x, tensor(indices, [indices.length], 'int32') as never) };
}));

test('nearest resizing', async () => {
  // One sample: behind it the cpu backend's own gradient is wrong. The batch is held against a sum below.
  await compare('nearest', 20, ({ whole }) => {
    const [height, width] = [whole(1, 4), whole(1, 4)], size: [number, number] = [height * whole(1, 3), width * whole(1, 3)];
    return { shapes: [[1, height, width, 3]], says: `${height}x${width} ${size}`, compute: (x) => image.resizeNearestNeighbor(x as Tensor4D, size) };
  });
});

test('nearest resizing in a batch: each pixel gets the sum of its copies', async () => {
  await setBackend('wasm');
  const dy = Float32Array.from({ length: 2 * 4 * 6 * 3 }, (_, at) => at);
  const found = tidy(() => grads((x: Tensor) => image.resizeNearestNeighbor(x as Tensor4D, [4, 6]))([tensor(new Float32Array(2 * 2 * 3 * 3), [2, 2, 3, 3])], tensor(dy, [2, 4, 6, 3]))[0]?.dataSync());
  const expected = new Float32Array(2 * 2 * 3 * 3);
  for (let sample = 0; sample < 2; sample += 1) for (let row = 0; row < 4; row += 1) for (let column = 0; column < 6; column += 1) for (let channel = 0; channel < 3; channel += 1) {
    const at = ((sample * 2 + Math.floor(row / 2)) * 3 + Math.floor(column / 2)) * 3 + channel;
    expected[at] = (expected[at] ?? 0) + (dy[((sample * 4 + row) * 6 + column) * 3 + channel] ?? 0);
  }
  assert.deepEqual(found, expected);
});

test('products of transposed matrices', () => compare('matMul', 20, ({ whole, pick }) => {
  const [n, m, k] = [whole(1, 6), whole(1, 6), whole(1, 6)], [turnA, turnB] = [pick([true, false]), pick([true, false])], batch = pick([[], [3]]);
  return {
    shapes: [[...batch, ...(turnA ? [k, n] : [n, k])], [...batch, ...(turnB ? [m, k] : [k, m])]], says: `${n} ${k} ${m} ${turnA} ${turnB}`,
    compute: (a, b) => matMul(a, b, turnA, turnB),
  };
}));

test('pooling, values above and below zero', () => compare('pooling', 30, ({ whole, pick }) => {
  // The cpu backend's own gradient of padded averages is wrong; Keras' numbers hold ours (keras.test.ts), and the sums below.
  const [pool, padding] = pick([[maxPool, 'same'], [maxPool, 'valid'], [avgPool, 'valid']] as const);
  const size = whole(1, 3), stride = whole(1, 3), [height, width] = [whole(3, 8), whole(3, 8)];
  return { shapes: [[2, height, width, 3]], says: `${pool.name} ${height}x${width} ${size} ${stride} ${padding}`, compute: (x) => pool(x as Tensor4D, size, stride, padding) };
}));

test('a padded average is taken, and its gradient handed on, over the pixels within the picture', async () => {
  await setBackend('wasm');
  const { whole } = makeRandom(11);
  for (let at = 0; at < 20; at += 1) {
    const [size, stride, height, width] = [whole(1, 3), whole(1, 3), whole(3, 8), whole(3, 8)];
    const found = tidy(() => {
      const x = tensor(new Float32Array(height * width), [1, height, width, 1]);
      const output = avgPool(x as Tensor4D, size, stride, 'same');
      const dy = Float32Array.from({ length: output.size }, (_, index) => index + 1);
      return { rows: output.shape[1] ?? 0, columns: output.shape[2] ?? 0, dy, values: grads((given: Tensor) => avgPool(given as Tensor4D, size, stride, 'same'))([x], tensor(dy, output.shape))[0]?.dataSync() };
    });
    const before = (length: number, count: number): number => Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2);
    const seen = (index: number, length: number, count: number): number[] => Array.from({ length: size }, (_, offset) => index * stride - before(length, count) + offset).filter((one) => one >= 0 && one < length);
    const expected = new Float32Array(height * width);
    for (let row = 0; row < found.rows; row += 1) {
      for (let column = 0; column < found.columns; column += 1) {
        const [down, across] = [seen(row, height, found.rows), seen(column, width, found.columns)], share = (found.dy[row * found.columns + column] ?? 0) / (down.length * across.length);
        for (const y of down) for (const x of across) expected[y * width + x] = (expected[y * width + x] ?? 0) + share;
      }
    }
    for (const [index, value] of expected.entries()) assert.ok(Math.abs(value - (found.values?.[index] ?? Number.NaN)) < 1e-3, `${height}x${width} ${size} ${stride}: pixel ${index} gets ${found.values?.[index]} instead of ${value}`);
  }
});
