// Methods whose name ends in an underscore, and `x += y`: the tensor takes what the plain operation gives, its type stays, its shape must not
// grow. It must not know any single operation.
import { castRange } from '../../tensors/range.ts';
import { type DType, dtypeCategory } from '../../tensors/dtype.ts';
import { formatShape, shapesEqual } from '../../tensors/shape.ts';
import { setTensorState } from '../../values/heap.ts';
import { message } from '../../values/place.ts';
import { operationOf, recordOperation } from '../../values/provenance.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { elementsOf, makeArray } from '../arrays/contents.ts';
import { castElements } from '../arrays/conversion.ts';
import { type ArrayCall, type ArrayContext, refuse, tensorsIn } from '../arrays/library.ts';
import { overwriteArray } from '../arrays/memory.ts';

const kinds = ['bool', 'integer', 'float', 'complex', 'other'];

/** `torch.can_cast`: not from a higher kind to a lower one. */
export function canCast(from: DType, to: DType): boolean {
  return kinds.indexOf(dtypeCategory(from)) <= kinds.indexOf(dtypeCategory(to));
}

/** The tensor afterwards, as the method gives it back. */
export function changeInPlace(context: ArrayContext, target: Value, result: Value, name: string): Value {
  if (target.kind !== 'tensor') return result;
  if (result.kind !== 'tensor') {
    overwriteArray(target, { range: undefined, contents: undefined });
    return target;
  }
  if (shapesEqual(target.shape, result.shape) === false) {
    return refuse(
      context,
      'shape-mismatch',
      message('{operation}: the tensor of shape {own} cannot hold the result of shape {shape}', {
        operation: context.name,
        own: formatShape(target.shape),
        shape: formatShape(result.shape),
      }),
      target.shape.dims?.length,
    );
  }
  if (target.dtype !== undefined && result.dtype !== undefined && !canCast(result.dtype, target.dtype)) {
    return refuse(
      context,
      'invalid-argument',
      message('{operation}: a result of type {from} cannot be kept in a tensor of type {to}', {
        operation: context.name,
        from: result.dtype,
        to: target.dtype,
      }),
      target.shape.dims?.length,
    );
  }
  return takeOver(context, target, result, name);
}

/** The tensor holds what the result holds from now on. It is given back itself: other names for it see the change, and a parameter stays one. */
export function takeOver(context: ArrayContext, target: TensorValue, result: TensorValue, name: string): Value {
  const before = asItWas(context, target);
  const dtype = target.dtype;
  const contents = dtype === undefined ? undefined : castElements(elementsOf(result), dtype);
  overwriteArray(target, {
    range: result.range === undefined || dtype === undefined ? undefined : castRange(result.range, dtype),
    contents: contents?.every((element) => typeof element === 'number') ? contents : undefined,
  });
  markOperation(context, target, before, name, result);
  return target;
}

/** What looks back from the tensor must see the operation, and behind it what was there before. */
function markOperation(context: ArrayContext, target: TensorValue, before: TensorValue, name: string, result?: TensorValue): void {
  const inputs = [before, ...othersOf(context, result).filter((input) => input !== target)];
  const marked = recordOperation(
    context.interpreter,
    name,
    inputs,
    makeArray({ cls: target.cls, shape: target.shape, dtype: target.dtype }),
    context.place,
  );
  if (marked.kind === 'tensor')
    setTensorState(target, { range: target.range, contents: target.contents, slots: new Map([...target.slots, ...marked.slots]) });
}

/** What the plain operation was done on. */
function othersOf(context: ArrayContext, result: TensorValue | undefined): readonly TensorValue[] {
  const known = operationOf(result)?.inputs;
  if (known !== undefined) return known;
  const raw = 'args' in context ? (context as ArrayCall).args.raw : undefined;
  return raw === undefined ? [] : tensorsIn([...raw.positional, ...raw.keywords].map((argument) => argument.value));
}

const mostCalls = 64;
/** The tensor before the change: it stands in its place as what a layer gave. */
function asItWas(context: ArrayContext, target: TensorValue): TensorValue {
  const before = { ...target };
  for (const call of context.interpreter.trace.calls.slice(-mostCalls)) if (call.output === target) (call as { output: Value }).output = before;
  return before;
}

/** The tensor has another shape and the elements of the result from now on (`unsqueeze_`, `resize_`). */
export function reshapeInPlace(context: ArrayContext, target: Value, result: Value, name: string): Value {
  if (target.kind !== 'tensor' || result.kind !== 'tensor') return result;
  const before = asItWas(context, target);
  setTensorState(target, { shape: result.shape, range: result.range, contents: result.contents, slots: target.slots });
  markOperation(context, target, before, name);
  return target;
}
