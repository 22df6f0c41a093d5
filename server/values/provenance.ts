// Which operation gave a tensor: what views and rules follow backwards from a prediction through `view`, `softmax` and the like.
// Plain data. It must not know any library.
import type { LayerCall } from '../trace/trace.ts';
import type { Interpreter } from './interpreter.ts';
import type { Place } from './place.ts';
import { defineSlot, plainContent } from './slots.ts';
import type { TensorValue, Value } from './value.ts';

export interface Operation {
  /** As the library names it: `softmax`, `view`, `add`. */
  readonly name: string;
  /** Its tensors, in order. */
  readonly inputs: readonly TensorValue[];
  readonly place: Place;
  /** The layer call during which it happened. */
  readonly during: LayerCall | undefined;
  /** So many layer calls stood in the trace by then. */
  readonly callCount: number;
  /** Later ones have higher numbers. */
  readonly serial: number;
}

let operationCount = 0;
export function lastOperation(): number { return operationCount; }
/** Numbers for so many operations that are told again: those behind the number given. */
export function reserveOperations(count: number): number { operationCount += count; return operationCount - count; }

const operationSlot = defineSlot<Operation>('operation', undefined, {
  matches: () => true,
  isIgnored: true,
  copy: (content, copier) => {
    const known = copier.made.get(content) as Operation | undefined;
    if (known !== undefined) return known;
    const { name, place, during, callCount, serial } = content;
    const inputs = copier.values(content.inputs) as readonly TensorValue[];
    return copier.keep(content, {
      name, inputs, place: copier.place(place), during: during && copier.call(during), callCount: callCount + copier.shifts.calls, serial: serial + copier.shifts.operations,
    });
  },
});
const axisSlot = defineSlot<number>('axis of the operation', undefined, plainContent);

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
export function recordOperation(interpreter: Interpreter, name: string, inputs: readonly TensorValue[], result: Value, place: Place): Value {
  const { openCalls, calls } = interpreter.trace;
  operationCount += 1;
  const operation: Operation = { name, inputs, place, during: openCalls.at(-1), callCount: calls.length, serial: operationCount };
  if (result.kind === 'tensor') return inputs.includes(result) ? result : operationSlot.on(result, operation);
  const mark = (value: Value): Value => (value.kind === 'tensor' && !inputs.includes(value) ? operationSlot.on(value, operation) : value);
  if (result.kind === 'tuple' || (result.kind === 'list' && !result.open)) {
    return result.kind === 'tuple' ? { ...result, items: result.items.map(mark) } : { ...result, items: result.items.map(mark) };
  }
  return mark(result);
}

/** As `recordOperation`, for libraries whose tensors matter only inside of layers and models. */
export function recordWithinLayers(interpreter: Interpreter, name: string, inputs: readonly TensorValue[], result: Value, place: Place): Value {
  return interpreter.trace.openCalls.length === 0 ? result : recordOperation(interpreter, name, inputs, result, place);
}
