// What several families of operations share: axes as PyTorch counts them, sizes given one by one, types it refuses, named results.
// It must not know any single operation.
import { type Dim, dimEquals, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { type DType, dtypeCategory, isFloating } from '../../../tensors/dtype.ts';
import { formatShape, normalizeAxis, type Shape } from '../../../tensors/shape.ts';
import { nativeClass, nativeProperty } from '../../../values/classes.ts';
import { message, type Message, type Template } from '../../../values/place.ts';
import type { ClassValue, TensorValue, Value } from '../../../values/value.ts';
import { int, none, unknown } from '../../../values/value.ts';
import { elementsOf, makeArray } from '../../arrays/contents.ts';
import { numbersFromValue, sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import { getItem } from '../../arrays/indexing.ts';
import { type ArrayCall, type ArrayContext, type ArrayOperation, refuse, refuseConflict } from '../../arrays/library.ts';
import { tupleClass } from '../../python/sequences.ts';

/** The operand at a position of the signature as a tensor. */
export function tensorAt(call: ArrayCall, at: number): TensorValue | undefined {
  return tensorOf(call, call.operand(at));
}

export function rankOf(tensor: TensorValue): number | undefined {
  return tensor.shape.dims?.length;
}

/** An operation on the first operand as a tensor; unknown where that is not known. */
export function onTensor(run: (call: ArrayCall, tensor: TensorValue) => Value): ArrayOperation {
  return (call) => {
    const tensor = tensorAt(call, 0);
    return tensor === undefined ? unknown() : run(call, tensor);
  };
}

/** A result of the call with a shape of its own; the type is the tensor's. */
export function resultOf(
  context: ArrayContext,
  tensor: TensorValue,
  shape: Shape,
  facts: Partial<Pick<TensorValue, 'dtype' | 'range'>> & { readonly elements?: readonly Dim[] | undefined } = {},
): TensorValue {
  return makeArray({
    cls: context.cls,
    shape,
    dtype: 'dtype' in facts ? facts.dtype : tensor.dtype,
    range: facts.range,
    elements: facts.elements,
    origin: tensor.origin,
  });
}

/** The range of a part of the tensor. */
export function partRange(tensor: TensorValue): TensorValue['range'] {
  return tensor.range === undefined ? undefined : { ...tensor.range, attained: false };
}

export type AxisFound = { readonly at: number } | { readonly failed: Value } | undefined;

/**
 * One axis, counted from the front. Undefined: not known. A tensor without axes has axis 0 and -1, as PyTorch wraps them.
 * `extra`: positions beyond the rank (unsqueeze, stack).
 */
export function axisOf(context: ArrayContext, tensor: TensorValue, value: Value, extra = 0): AxisFound {
  const rank = rankOf(tensor);
  const [axis, ...others] = numbersFromValue(context.interpreter, value) ?? [];
  if (axis === undefined || others.length > 0 || rank === undefined) return undefined;
  const at = normalizeAxis(axis, Math.max(rank + extra, 1));
  return at === undefined ? { failed: refuseAxis(context, tensor, axis, rank + extra) } : { at };
}

export function refuseAxis(context: ArrayContext, tensor: TensorValue, axis: number, rank: number): Value {
  return refuseConflict(context, { kind: 'axis', axis, rank }, [tensor.shape]);
}

/** Sizes given one by one or as one tuple behind the tensor; undefined: not known. */
export function sizesArgument(call: ArrayCall): readonly Dim[] | undefined {
  const { rest, openPositional } = call.args;
  if (openPositional) return undefined;
  const [first] = rest;
  if (first === undefined) return [];
  if (rest.length === 1) return sizesFromValue(call.interpreter, first.value);
  return rest.map((argument) => {
    const sizes = sizesFromValue(call.interpreter, argument.value);
    return sizes?.length === 1 ? (sizes[0] ?? unknownDim()) : unknownDim();
  });
}

/** The same for axes, all of them known. */
export function axesArgument(call: ArrayCall): readonly number[] | undefined {
  const sizes = sizesArgument(call);
  return sizes?.every((size) => typeof size === 'number') ? sizes : undefined;
}

export function isFractional(dtype: DType): boolean {
  return isFloating(dtype) || dtypeCategory(dtype) === 'complex';
}

/** Refuses types that the operation has no result for (means of whole numbers). */
export function refuseType(context: ArrayContext, tensor: TensorValue, expected: Message, rank = rankOf(tensor)): Value {
  // Kernels that have nothing to do look at no type.
  if (tensor.shape.dims?.includes(0)) return unknown();
  return refuse(
    context,
    'invalid-argument',
    message('{operation}: expects {expected}, got {dtype}', { operation: context.name, expected, dtype: tensor.dtype ?? '?' }),
    rank,
  );
}

/** The failure when the tensor certainly has no floating-point type. */
export function unlessFractional(context: ArrayContext, tensor: TensorValue): Value | undefined {
  return tensor.dtype === undefined || isFractional(tensor.dtype) ? undefined : refuseType(context, tensor, message('a floating-point or complex tensor'));
}

export function refuseRank(context: ArrayContext, tensor: TensorValue, expected: number, operand = 0, resultRank?: number): Value {
  return refuseConflict(context, { kind: 'rank', operand, expected, actual: rankOf(tensor) ?? 0, atLeast: false }, [tensor.shape], resultRank);
}

/** The real type of a complex one. */
export function realType(dtype: DType | undefined): DType | undefined {
  return dtype === 'complex64' ? 'float32' : dtype === 'complex128' ? 'float64' : dtype;
}
export function complexType(dtype: DType | undefined): DType | undefined {
  return dtype === undefined
    ? undefined
    : dtype === 'float64' || dtype === 'complex128'
      ? 'complex128'
      : dtype === 'float16'
        ? undefined
        : 'complex64';
}

/** `tensor` from `start` on, `length` long, along an axis: a view. */
export function part(context: ArrayContext, tensor: TensorValue, axis: number, start: Dim, length: Dim): Value {
  const dims = tensor.shape.dims;
  if (dims === undefined) return resultOf(context, tensor, { dims: undefined }, { range: partRange(tensor) });
  if (typeof start === 'number' && typeof length === 'number') {
    const index: Value[] = dims.slice(0, axis).map(() => ({ kind: 'slice', start: none, stop: none, step: none }));
    index.push({ kind: 'slice', start: int(start), stop: int(start + length), step: none });
    const result = getItem(context, tensor, { kind: 'tuple', items: index });
    if (result.kind === 'tensor' && typeof result.shape.dims?.[axis] === 'number') return result;
  }
  return resultOf(context, tensor, { dims: dims.with(axis, length) }, { range: partRange(tensor) });
}

/** Sizes that certainly differ. */
export function differ(left: Dim | undefined, right: Dim | undefined): boolean {
  return left !== undefined && right !== undefined && dimEquals(left, right) === false;
}

export function refuseSizes(context: ArrayContext, text: Template, left: Dim, right: Dim, shapes: readonly Shape[], rank?: number): Value {
  return refuse(
    context,
    'shape-mismatch',
    message('{operation}: {what}: {left} and {right} in {shapes}', {
      operation: context.name,
      what: message(text),
      left: formatDim(left),
      right: formatDim(right),
      shapes: shapes.map(formatShape).join(', '),
    }),
    rank,
  );
}

/** The tensor as a new one with the same facts: what `clone` and the like give. */
export function copyOf(context: ArrayContext, tensor: TensorValue): TensorValue {
  return resultOf(context, tensor, tensor.shape, { range: tensor.range, elements: elementsOf(tensor) });
}

const namedClasses = new Map<string, ClassValue>();

/** `torch.return_types.max(values=…, indices=…)`: a tuple whose items have names. */
export function namedResult(name: string, fields: readonly string[], items: readonly Value[]): Value {
  const key = `${name} ${fields.join(' ')}`;
  let cls = namedClasses.get(key);
  if (cls === undefined) {
    cls = nativeClass({
      name,
      qualifiedName: `torch.return_types.${name}`,
      bases: [tupleClass],
      members: Object.fromEntries(
        fields.map((field, at) => [
          field,
          nativeProperty(field, ({ args }) => {
            const self = args.get('self');
            return self.kind === 'tuple' ? (self.items[at] ?? unknown()) : unknown();
          }),
        ]),
      ),
    });
    namedClasses.set(key, cls);
  }
  return { kind: 'tuple', items, cls };
}
