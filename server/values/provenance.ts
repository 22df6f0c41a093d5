// Which operation gave a tensor: what views and rules follow backwards from a prediction through `view`, `softmax` and the like.
// Plain data. It must not know any library.
import type { Interpreter } from './interpreter.ts';
import type { Place } from './place.ts';
import { defineSlot } from './slots.ts';
import type { TensorValue, Value } from './value.ts';

export interface Operation {
  /** As the library names it: `softmax`, `view`, `add`. */
  readonly name: string;
  /** Its tensors, in order. */
  readonly inputs: readonly TensorValue[];
  readonly place: Place;
}

const operationSlot = defineSlot<Operation>('operation');
const axisSlot = defineSlot<number>('axis of the operation');

/** The result, knowing the axis along which its elements were made to sum to 1, counted from the front. */
export function withOperationAxis(result: TensorValue, axis: number | undefined): TensorValue {
  return axis === undefined ? result : axisSlot.on(result, axis);
}

/** The axis of the softmax that gave the tensor, of a layer or an operation. */
export function operationAxisOf(value: Value | undefined): number | undefined {
  return axisSlot.get(value);
}

/** The operation that gave the tensor; undefined for what a layer, data or nothing known gave. */
export function operationOf(value: Value | undefined): Operation | undefined {
  return operationSlot.get(value);
}

/** The result, knowing what gave it. A tensor that is handed on unchanged keeps what it knows. */
export function recordOperation(_interpreter: Interpreter, name: string, inputs: readonly TensorValue[], result: Value, place: Place): Value {
  const mark = (value: Value): Value =>
    value.kind === 'tensor' && !inputs.includes(value) ? operationSlot.on(value, { name, inputs, place }) : value;
  if (result.kind === 'tuple' || (result.kind === 'list' && !result.open)) {
    return result.kind === 'tuple' ? { ...result, items: result.items.map(mark) } : { ...result, items: result.items.map(mark) };
  }
  return mark(result);
}
