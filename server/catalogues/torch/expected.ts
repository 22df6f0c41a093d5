// What a module's declaration says of the arguments that a call must have, as plain data: rank and channels of a convolution, features of a
// Linear, tokens of an Embedding, the states of an LSTM. It must not know any single module, nor how inputs are found.
import { type Dim, formatDim, isKnown, symbol } from '../../tensors/dim.ts';
import type { Shape } from '../../tensors/shape.ts';

export interface ExpectedTensor {
  readonly kind: 'tensor';
  readonly shape: Shape;
  /** Other numbers of axes are as possible: a Linear takes any. */
  readonly isRankFree: boolean;
  /** It holds whole numbers below this: an Embedding's rows. */
  readonly below?: Dim | undefined;
}

export interface ExpectedTuple {
  readonly kind: 'tuple';
  readonly items: readonly ExpectedTensor[];
}

export type Expected = ExpectedTensor | ExpectedTuple;

/** The batch, whose size no layer says. */
export const batch: Dim = symbol('N');
const batchNames: ReadonlySet<string> = new Set([
  'N',
  'B',
  'b',
  'bs',
  'BS',
  'batch',
  'batch_size',
  'batchsize',
  'BATCH',
  'BATCH_SIZE',
  'nbatches',
  'bsz',
  'bz',
]);

export function isBatch(dim: Dim): boolean {
  return !isKnown(dim) && batchNames.has(formatDim(dim));
}

/** Steps in time. */
export const steps: Dim = symbol('L');
const spatial: Readonly<Record<number, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };

/** Batch, channels and so many spatial axes. */
export function expectPicture(axes: number, channels: Dim | undefined): ExpectedTensor {
  return {
    kind: 'tensor',
    shape: { dims: [batch, channels ?? symbol('C'), ...(spatial[axes] ?? []).map((name) => symbol(name))] },
    isRankFree: false,
  };
}

/** Steps in time, in the order that `batch_first` says. */
export function expectSequence(features: Dim, isBatchFirst: boolean | undefined): ExpectedTensor {
  return { kind: 'tensor', shape: { dims: isBatchFirst === true ? [batch, steps, features] : [steps, batch, features] }, isRankFree: false };
}

/** Any number of axes in front of the last ones. */
export function expectFeatures(...last: readonly Dim[]): ExpectedTensor {
  return { kind: 'tensor', shape: { dims: [batch, ...last] }, isRankFree: true };
}

export function expectTokens(rows: Dim): ExpectedTensor {
  return { kind: 'tensor', shape: { dims: [batch, steps] }, isRankFree: true, below: rows };
}

export function expectExactly(...dims: readonly Dim[]): ExpectedTensor {
  return { kind: 'tensor', shape: { dims }, isRankFree: false };
}
