// The elements of data sets: structures of tensors (tuples, dicts, nested) and what stacking, cutting and choosing does to all tensors in one.
// It must not know how data sets are declared.
import { batchDim, type Dim, dimEquals, joinDims, symbolsOf, unknownDim } from '../../tensors/dim.ts';
import { uniteRanges } from '../../tensors/range.ts';
import { shapeOf, type Shape } from '../../tensors/shape.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { derivedOrigin } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { asTensorflowTensor } from '../tensorflow/tensor.ts';
import { oneHotSlot, rangeOfSome } from './label-facts.ts';

/** The structure with each tensor replaced. Tuples keep their class, dicts become new ones; all else stays. */
export function mapTensors(value: Value, replace: (tensor: TensorValue) => Value, depth = 0): Value {
  if (depth > 12) return unknown();
  switch (value.kind) {
    case 'tensor': return replace(value);
    case 'tuple': return { ...value, items: value.items.map((item) => mapTensors(item, replace, depth + 1)) };
    case 'list': return { kind: 'list', items: value.items.map((item) => mapTensors(item, replace, depth + 1)), open: value.open };
    case 'dict': return {
      kind: 'dict', open: value.open, cls: value.cls,
      entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: mapTensors(entry.value, replace, depth + 1) }])),
    };
    default: return value;
  }
}

export function tensorsOfElement(value: Value): TensorValue[] {
  const found: TensorValue[] = [];
  mapTensors(value, (one) => { found.push(one); return one; });
  return found;
}

/** The tensor with another shape; what is known of its elements one by one is dropped, what is known of labels is kept. */
export function withShape(value: TensorValue, shape: Shape, facts: { readonly range?: TensorValue['range'] } = {}): TensorValue {
  const made = tensor({ cls: value.cls, shape, dtype: value.dtype, range: 'range' in facts ? facts.range : value.range, origin: value.origin });
  const labels = oneHotSlot.get(value);
  return labels === undefined ? made : oneHotSlot.on(made, labels);
}

/** What `tf.data` makes of a value: lists and numbers become tensors, tuples and dicts stay structures. */
export function asElement(interpreter: Interpreter, value: Value, depth = 0): Value {
  if (depth > 12) return unknown();
  switch (value.kind) {
    case 'tuple': return { ...value, items: value.items.map((item) => asElement(interpreter, item, depth + 1)) };
    case 'dict': return {
      kind: 'dict', open: value.open, cls: value.cls,
      entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: asElement(interpreter, entry.value, depth + 1) }])),
    };
    case 'none': return value;
    default: {
      const converted = asTensorflowTensor(interpreter, value);
      if (converted === undefined) return value.kind === 'instance' ? value : unknown();
      const labels = oneHotSlot.get(value);
      return labels === undefined ? converted : oneHotSlot.on(converted, labels);
    }
  }
}

/** One of the tensors' rows, which may be any of them. `size`: how many rows they have, where the tensors agree; `conflict` where they cannot. */
export function sliceElement(value: Value): { readonly element: Value; readonly size: Dim | undefined; readonly conflict: readonly [Dim, Dim] | undefined; readonly scalar: boolean } {
  let size: Dim | undefined;
  let conflict: readonly [Dim, Dim] | undefined;
  let scalar = false;
  const element = mapTensors(value, (one) => {
    const dims = one.shape.dims;
    if (dims === undefined) return withShape(one, one.shape);
    const [first, ...rest] = dims;
    if (first === undefined) { scalar = true; return unknown(); }
    if (size === undefined) size = first;
    else if (dimEquals(size, first) === false) conflict ??= [size, first];
    else if (typeof size !== 'number') size = first;
    return withShape(one, { dims: rest });
  });
  return { element, size, conflict, scalar };
}

/** A batch axis of unknown size: Keras' own, unless the element has that one already. */
export function openBatchDim(element: Value): Dim {
  const taken = tensorsOfElement(element).some((one) => one.shape.dims?.some((dim) => symbolsOf(dim).includes(batchDim)));
  return taken ? unknownDim({ minimum: 1, prints: 'None' }) : batchDim;
}

export function stackElement(element: Value, size: Dim): Value {
  return mapTensors(element, (one) => withShape(one, one.shape.dims === undefined ? one.shape : shapeOf(size, ...one.shape.dims)));
}

/** Only some examples are kept, `kept` of them where that is known. */
export function someOf(element: Value, kept: number | undefined): Value {
  return mapTensors(element, (one) => {
    const labels = oneHotSlot.get(one);
    const some: TensorValue = { ...one, range: rangeOfSome(one.range, kept) };
    return labels === undefined ? some : oneHotSlot.on(some, { ...labels, labels: rangeOfSome(labels.labels, kept) });
  });
}

/** Elements of one of two data sets, all of which are used. */
export function uniteElements(left: Value, right: Value): Value {
  if (left.kind === 'tuple' && right.kind === 'tuple' && left.items.length === right.items.length) {
    return { ...left, items: left.items.map((item, at) => uniteElements(item, right.items[at] ?? unknown())) };
  }
  if (left.kind === 'dict' && right.kind === 'dict') {
    const entries = new Map([...left.entries].map(([key, entry]) => [key, { key: entry.key, value: uniteElements(entry.value, right.entries.get(key)?.value ?? unknown()) }] as const));
    return { kind: 'dict', entries, open: left.open || right.open };
  }
  if (left.kind !== 'tensor' || right.kind !== 'tensor') return left === right ? left : unknown();
  const [one, other] = [left.shape.dims, right.shape.dims];
  const shape: Shape = one === undefined || other === undefined || one.length !== other.length ? { dims: undefined }
    : { dims: one.map((dim, axis) => joinDims(dim, other[axis] ?? dim)) };
  return tensor({
    cls: left.cls, shape, dtype: left.dtype === right.dtype ? left.dtype : undefined,
    range: left.range === undefined || right.range === undefined ? undefined : uniteRanges(left.range, right.range),
    origin: derivedOrigin(left.origin, right.origin),
  });
}
