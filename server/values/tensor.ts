// Making tensors. It must not know any library.
import type { DType } from '../tensors/dtype.ts';
import type { ValueRange } from '../tensors/range.ts';
import type { Shape } from '../tensors/shape.ts';
import type { Origin } from './place.ts';
import type { ClassValue, TensorSlots, TensorValue } from './value.ts';

export interface TensorFacts {
  readonly cls: ClassValue;
  readonly shape: Shape;
  readonly dtype?: DType | undefined;
  readonly range?: ValueRange | undefined;
  readonly contents?: readonly number[] | undefined;
  readonly origin?: Origin | undefined;
}

/** Arrays with more elements than this keep no contents. */
export const largestKnownContents = 4096;

/** Slots are replaced, never changed in place. */
const noSlots: TensorSlots = new Map<object, unknown>();

export function tensor(facts: TensorFacts): TensorValue {
  return {
    kind: 'tensor', cls: facts.cls, shape: facts.shape, dtype: facts.dtype, range: facts.range,
    contents: facts.contents !== undefined && facts.contents.length <= largestKnownContents ? facts.contents : undefined,
    origin: facts.origin, slots: noSlots,
  };
}
