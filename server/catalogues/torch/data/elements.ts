// One element of a data set that stands for all of them, and batches made from it: `default_collate` and its kin. What is known of labels
// (their range and where it is stated) is kept. Source: PyTorch 2.13, torch/utils/data/_utils/collate.py, described.
// It must not know data sets or loaders.
import { type Dim, isKnown } from '../../../tensors/dim.ts';
import { occurringDim, rangeOfDim } from '../../../tensors/occurring.ts';
import type { Shape } from '../../../tensors/shape.ts';
import { shapeOf } from '../../../tensors/shape.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Place } from '../../../values/place.ts';
import { message, type Message } from '../../../values/place.ts';
import type { DictEntry, TensorValue, Value } from '../../../values/value.ts';
import { int, list, originOf, unknown } from '../../../values/value.ts';
import { rangeOfSome } from '../../datasets/label-facts.ts';
import { ndarrayClass } from '../../numpy/library.ts';
import { torchTensor } from '../library.ts';
import { tensorClass } from '../library.ts';

/** How values of a library's own classes stand beside others in a batch: a picture cannot, a record of tensors can. */
type Batching = (interpreter: Interpreter, value: Value, size: Dim, place: Place) => Value | undefined;
const batchings: Batching[] = [];
export function registerBatching(batching: Batching): void {
  batchings.push(batching);
}

/** A batch of `size` values that the element stands for, as `default_collate` makes it. */
export function collated(interpreter: Interpreter, element: Value, size: Dim, place: Place, depth = 0): Value {
  if (depth > 12) return unknown();
  switch (element.kind) {
    case 'tensor': {
      if (element.dtype === 'string' || element.dtype === 'object')
        return refuseElement(interpreter, element.cls.mro.includes(ndarrayClass) ? message('arrays of strings or objects') : element.cls.name, place);
      return stacked(element, size);
    }
    case 'int':
      return torchTensor({ shape: shapeOf(size), dtype: 'int64', range: rangeOfDim(element.value), origin: element.origin });
    case 'bool':
      return torchTensor({ shape: shapeOf(size), dtype: 'bool', origin: element.origin });
    case 'float':
      return torchTensor({ shape: shapeOf(size), dtype: 'float64', origin: element.origin });
    case 'str':
    case 'bytes':
      return copies(element, size);
    case 'tuple': {
      const items = element.items.map((item) => collated(interpreter, item, size, place, depth + 1));
      // Named tuples keep their class; of other tuples a list is made.
      return element.cls === undefined ? list(items) : { ...element, items };
    }
    case 'list':
      return element.open ? unknown() : list(element.items.map((item) => collated(interpreter, item, size, place, depth + 1)));
    case 'dict':
      return mapEntries(element, (value) => collated(interpreter, value, size, place, depth + 1));
    case 'none':
      return refuseElement(interpreter, 'None', place);
    case 'unknown': {
      if (element.typeName === 'int') return torchTensor({ shape: shapeOf(size), dtype: 'int64', origin: element.origin });
      if (element.typeName === 'float') return torchTensor({ shape: shapeOf(size), dtype: 'float64', origin: element.origin });
      if (element.typeName === 'bool') return torchTensor({ shape: shapeOf(size), dtype: 'bool', origin: element.origin });
      return element.typeName === 'str' ? copies(element, size) : unknown(element.reason);
    }
    default: {
      for (const batching of batchings) {
        const batch = batching(interpreter, element, size, place);
        if (batch !== undefined) return batch;
      }
      return unknown();
    }
  }
}

/** Says that `default_collate` takes no such values. */
export function refuseElement(interpreter: Interpreter, what: string | Message, place: Place): Value {
  return interpreter.refuse(
    {
      rule: 'invalid-argument',
      exception: 'TypeError',
      place,
      message: message('batches are made of tensors, arrays, numbers, dicts or lists; the elements of this data set hold {what}', { what }),
    },
    unknown(),
  );
}

function mapEntries(value: Extract<Value, { kind: 'dict' }>, change: (value: Value) => Value): Value {
  const entries = new Map<string, DictEntry>();
  for (const [key, entry] of value.entries) entries.set(key, { key: entry.key, value: change(entry.value) });
  return { kind: 'dict', entries, open: value.open, cls: value.cls };
}

/** Strings stay a list. */
function copies(element: Value, size: Dim): Value {
  return isKnown(size) && size <= mostCopies ? list(Array.from({ length: size }, () => element)) : list([element], true);
}
/** Larger batches are held as one element that stands for all. */
const mostCopies = 512;

function stacked(element: TensorValue, size: Dim): Value {
  const shape: Shape = element.shape.dims === undefined ? element.shape : shapeOf(size, ...element.shape.dims);
  return torchTensor({ shape, dtype: element.dtype, range: element.range, origin: element.origin });
}

/** What a loader without batches gives: arrays become tensors, all else stays (`default_convert`). */
export function converted(element: Value, depth = 0): Value {
  if (depth > 12) return unknown();
  switch (element.kind) {
    case 'tensor':
      return element.cls.mro.includes(tensorClass) || element.dtype === 'string' || element.dtype === 'object'
        ? element
        : torchTensor({ shape: element.shape, dtype: element.dtype, range: element.range, origin: element.origin });
    case 'tuple':
      return element.cls === undefined
        ? list(element.items.map((item) => converted(item, depth + 1)))
        : { ...element, items: element.items.map((item) => converted(item, depth + 1)) };
    case 'list':
      return list(
        element.items.map((item) => converted(item, depth + 1)),
        element.open,
      );
    case 'dict':
      return mapEntries(element, (value) => converted(value, depth + 1));
    default:
      return element;
  }
}

/** A list of as many elements as a batch has, for a `collate_fn` of the program. */
export function elementList(element: Value, size: Dim | undefined): Value {
  return size !== undefined && isKnown(size) && size <= mostCopies ? list(Array.from({ length: size }, () => element)) : list([element], true);
}

/** The element of a part of a data set, of `kept` elements where that is known: not each label need occur in it. */
export function elementOfPart(element: Value, kept: Dim | undefined, depth = 0): Value {
  const count = kept !== undefined && isKnown(kept) ? kept : undefined;
  if (depth > 12) return unknown();
  switch (element.kind) {
    case 'tensor':
      return element.range?.attained === true ? { ...element, range: rangeOfSome(element.range, count) } : element;
    case 'int': {
      const range = rangeOfDim(element.value);
      const some = rangeOfSome(range, count);
      return some === undefined || some.attained === range.attained ? element : int(occurringDim(some), originOf(element));
    }
    case 'tuple':
      return { ...element, items: element.items.map((item) => elementOfPart(item, kept, depth + 1)) };
    case 'list':
      return list(
        element.items.map((item) => elementOfPart(item, kept, depth + 1)),
        element.open,
      );
    case 'dict':
      return mapEntries(element, (value) => elementOfPart(value, kept, depth + 1));
    default:
      return element;
  }
}
