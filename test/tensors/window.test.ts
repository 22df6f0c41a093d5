// Window arithmetic against rows that real Keras and PyTorch produced (test/oracle/window_facts.py), and for symbolic sizes against itself:
// putting the number in afterwards must give the same.
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Dim, formatDim, substituteDim, symbol, unknownDim } from '../../server/tensors/dim.ts';
import {
  croppedSize, kerasTransposedSize, type KerasWindow, kerasWindowSize, paddedSize, scaledSize, torchConvSize, torchPoolSize, torchTransposedSize,
  type TorchWindow, type TransposedWindow, type WindowResult,
} from '../../server/tensors/window.ts';
import facts from './window-facts.json';

const sized = (size: Dim): WindowResult => ({ ok: true, size });
const functions: Readonly<Record<string, (size: Dim, facts: unknown) => WindowResult>> = {
  kerasWindowSize: (size, window) => kerasWindowSize(size, window as KerasWindow),
  kerasTransposedSize: (size, window) => kerasTransposedSize(size, window as TransposedWindow<'valid' | 'same'>),
  torchConvSize: (size, window) => torchConvSize(size, window as TorchWindow),
  torchPoolSize: (size, window) => torchPoolSize(size, window as TorchWindow),
  torchTransposedSize: (size, window) => torchTransposedSize(size, window as TransposedWindow<Dim>),
  croppedSize: (size, amounts) => { const [before = 0, after = 0] = amounts as number[]; return croppedSize(size, before, after); },
  scaledSize: (size, factor) => sized(scaledSize(size, factor as number)),
};
const rows = facts as unknown as readonly (readonly [name: string, size: number, window: unknown, expected: number | null])[];

test('known sizes are what the frameworks give', () => {
  assert.ok(rows.length > 700);
  for (const [name, size, window, expected] of rows) {
    const result = functions[name]?.(size, window);
    assert.equal(result?.ok === true ? result.size : null, expected, `${name}(${size}, ${JSON.stringify(window)})`);
  }
});

test('symbolic sizes give the same once the number is put in', () => {
  const H = symbol('H');
  for (const [name, size, window, expected] of rows) {
    const result = functions[name]?.(H, window);
    if (result?.ok !== true) { assert.equal(expected, null, `${name} refuses every size, not ${size}`); continue; }
    const value = substituteDim(result.size, new Map<Dim, Dim>([[H, size]]));
    if (expected !== null && typeof value === 'number') assert.equal(value, expected, `${name}(${size}, ${JSON.stringify(window)}) by ${formatDim(result.size)}`);
  }
});

test('symbolic sizes read well', () => {
  const H = symbol('H');
  const text = (result: WindowResult): string => (result.ok ? formatDim(result.size) : 'empty');
  const table: readonly (readonly [WindowResult, string])[] = [
    [kerasWindowSize(H, { kernel: 3, padding: 'same' }), 'H'],
    [kerasWindowSize(H, { kernel: 3, stride: 2, padding: 'same' }), '(H + 1)//2'],
    [kerasWindowSize(H, { kernel: 2, stride: 2, padding: 'valid' }), 'H//2'],
    [kerasWindowSize(H, { kernel: 3, padding: 'valid' }), 'H - 2'],
    [kerasTransposedSize(H, { kernel: 2, stride: 2, padding: 'same' }), '2*H'],
    [kerasTransposedSize(H, { kernel: 3, stride: 2 }), '2*H + 1'],
    [torchConvSize(H, { kernel: 3, padding: 1 }), 'H'],
    [torchConvSize(H, { kernel: 7, stride: 2, padding: 3 }), '(H + 1)//2'],
    [torchConvSize(H, { kernel: 16, stride: 16 }), 'H//16'],
    [torchPoolSize(H, { kernel: 2 }), 'H//2'],
    [torchPoolSize(H, { kernel: 3, stride: 2, padding: 1 }), '(H + 1)//2'],
    [torchPoolSize(H, { kernel: 3, stride: 2, ceilMode: true }), 'H//2'],
    [torchPoolSize(H, { kernel: 2, ceilMode: true }), '(H + 1)//2'],
    [torchTransposedSize(H, { kernel: 2, stride: 2 }), '2*H'],
    [torchTransposedSize(H, { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }), '2*H'],
    [torchConvSize(4, { kernel: 7 }), 'empty'],
    [torchConvSize(H, { kernel: unknownDim() }), '?'],
    [torchConvSize(unknownDim({ maximum: 4 }), { kernel: 7 }), 'empty'],
    [croppedSize(5, 2, 3), 'empty'],
    [paddedSize(H, 1, 1), 'H + 2'],
    [paddedSize(4, -2, -2), '0'],
  ];
  for (const [result, expected] of table) assert.equal(text(result), expected);
  assert.equal(formatDim(scaledSize(H, 2)), '2*H');
  assert.equal(formatDim(scaledSize(H, 0.5)), 'H//2');
  assert.equal(formatDim(scaledSize(H, 1.5)), 'H + H//2');
});
