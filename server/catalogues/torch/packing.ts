// torch.nn.utils.rnn: sequences of different lengths, padded or packed. A packed one is the tuple (data, batch_sizes, sorted_indices,
// unsorted_indices) as in PyTorch; what it was padded to is kept behind its data. It must not know modules.
import { type Dim, dimEquals, isKnown, maximumDims, unknownDim } from '../../tensors/dim.ts';
import { formatShape, shapeOf, type Shape, unknownShape } from '../../tensors/shape.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { message, type MessageValues, type Template } from '../../values/place.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, NativeCall, TensorValue, TupleValue, Value } from '../../values/value.ts';
import { list, none, tuple, unknown } from '../../values/value.ts';
import { tupleClass } from '../python/sequences.ts';
import { dimFromValue, elementsOf } from '../arrays/contents.ts';
import { sizesFromValue } from '../arrays/conversion.ts';
import { asTorchTensor, torchTensor } from './library.ts';

/** How many sequences a packed one holds, and the longest one's length. */
export interface Packing {
  readonly batch: Dim;
  readonly length: Dim;
  readonly lengths: readonly Dim[] | undefined;
}
const packingSlot = defineSlot<Packing>('packed sequence');

const fields = ['data', 'batch_sizes', 'sorted_indices', 'unsorted_indices'] as const;

export const packedSequenceClass: ClassValue = nativeClass({
  name: 'PackedSequence',
  qualifiedName: 'torch.nn.utils.rnn.PackedSequence',
  bases: [tupleClass],
  constructSignature: 'data, batch_sizes=None, sorted_indices=None, unsorted_indices=None',
  construct: ({ args }) => ({ kind: 'tuple', cls: packedSequenceClass, items: fields.map((field) => args.get(field)) }),
  members: {
    ...Object.fromEntries(
      fields.map((field, at) => [
        field,
        nativeProperty(field, ({ args }) => {
          const self = args.get('self');
          return self.kind === 'tuple' ? (self.items[at] ?? unknown()) : unknown();
        }),
      ]),
    ),
    ...Object.fromEntries(
      ['to', 'cuda', 'cpu', 'float', 'double', 'half', 'long', 'int', 'pin_memory'].map((name) => [
        name,
        nativeMethod(name, 'self, *args, **kwargs', ({ args }) => args.get('self')),
      ]),
    ),
  },
});

export function isPacked(value: Value): value is TupleValue {
  return value.kind === 'tuple' && value.cls?.mro.includes(packedSequenceClass) === true;
}

/** The data of a packed sequence, one row for each step of each sequence, and what it was padded to. */
export function unpacked(value: TupleValue): { readonly data: TensorValue | undefined; readonly packing: Packing | undefined } {
  const [data] = value.items;
  return { data: data?.kind === 'tensor' ? data : undefined, packing: packingSlot.get(data) };
}

/** The same sequences with other features. */
export function repacked(value: TupleValue, data: TensorValue): TupleValue {
  const { packing } = unpacked(value);
  return { ...value, items: [packing === undefined ? data : packingSlot.on(data, packing), ...value.items.slice(1)] };
}

function refuse(
  call: NativeCall,
  text: Template,
  values: MessageValues,
  exception = 'RuntimeError',
  rule = 'shape-mismatch',
): Value {
  return call.interpreter.refuse({ rule, exception, place: call.place, message: message(text, values) });
}

/** The tensors of a list; undefined where their number is not known. */
function tensorsOf(call: NativeCall, value: Value): readonly (TensorValue | undefined)[] | undefined {
  if (value.kind === 'tensor') {
    const [count, ...rest] = value.shape.dims ?? [];
    if (count === undefined || !isKnown(count) || count > 64) return undefined;
    return Array.from({ length: count }, () => torchTensor({ shape: { dims: rest }, dtype: value.dtype, range: value.range }));
  }
  const iteration = call.interpreter.iterate(value, call.place);
  return iteration.exact ? iteration.items.map((item) => (item.kind === 'tensor' ? asTorchTensor(call.interpreter, item) : undefined)) : undefined;
}

function lengthsOf(call: NativeCall, value: Value): readonly Dim[] | undefined {
  if (value.kind === 'tensor') return elementsOf(value);
  return sizesFromValue(call.interpreter, value);
}

function pack(
  call: NativeCall,
  data: Shape,
  dtype: TensorValue['dtype'],
  batch: Dim,
  lengths: readonly Dim[] | undefined,
  sorted: boolean | undefined,
): Value {
  const known = lengths?.every(isKnown) === true ? (lengths as readonly number[]) : undefined;
  if (known?.some((length) => length <= 0) === true)
    return refuse(
      call,
      'pack_padded_sequence: a length must be greater than 0, got {length}',
      { length: Math.min(...known) },
      'RuntimeError',
      'invalid-argument',
    );
  if (sorted === true && known?.some((length, at) => at > 0 && length > (known[at - 1] ?? length)) === true) {
    return refuse(call, 'pack_padded_sequence: the lengths must fall, or enforce_sorted=False be given', {}, 'RuntimeError', 'invalid-argument');
  }
  const length = known === undefined ? unknownDim() : Math.max(...known);
  const total = known === undefined ? unknownDim() : known.reduce((sum, one) => sum + one, 0);
  const rows = torchTensor({ shape: data.dims === undefined ? unknownShape : { dims: [total, ...data.dims.slice(2)] }, dtype });
  const index = (): Value => (sorted === true ? none : sorted === false ? torchTensor({ shape: shapeOf(batch), dtype: 'int64' }) : unknown());
  return {
    kind: 'tuple',
    cls: packedSequenceClass,
    items: [packingSlot.on(rows, { batch, length, lengths }), torchTensor({ shape: shapeOf(length), dtype: 'int64' }), index(), index()],
  };
}

const packPaddedSequence = nativeFunction('pack_padded_sequence', 'input, lengths, batch_first=False, enforce_sorted=True', (call) => {
  const input = call.args.get('input');
  const first = call.args.flag('batch_first');
  if (input.kind !== 'tensor' || input.shape.dims === undefined || first === undefined) return unknown();
  const [one, two] = input.shape.dims;
  if (one === undefined || two === undefined)
    return refuse(call, 'pack_padded_sequence needs a batch of sequences, got {shape}', { shape: formatShape(input.shape) });
  const lengths = lengthsOf(call, call.args.get('lengths'));
  const batch = first ? one : two;
  const given =
    lengths?.length ?? (call.args.get('lengths').kind === 'tensor' ? (call.args.get('lengths') as TensorValue).shape.dims?.[0] : undefined);
  if (given !== undefined && dimEquals(given, batch) === false) {
    return refuse(call, 'pack_padded_sequence: {given} lengths for a batch of {batch} ({shape} read with batch_first={first})', {
      given: String(given),
      batch: String(batch),
      shape: formatShape(input.shape),
      first: first ? 'True' : 'False',
    });
  }
  return pack(call, input.shape, input.dtype, batch, lengths, call.args.flag('enforce_sorted'));
});

const padPackedSequence = nativeFunction('pad_packed_sequence', 'sequence, batch_first=False, padding_value=0.0, total_length=None', (call) => {
  const sequence = call.args.get('sequence');
  const first = call.args.flag('batch_first');
  if (!isPacked(sequence)) return unknown();
  const { data, packing } = unpacked(sequence);
  const total = dimFromValue(call.args.get('total_length'));
  const length = call.args.isNone('total_length') ? packing?.length : total;
  if (total !== undefined && isKnown(total) && packing !== undefined && isKnown(packing.length) && total < packing.length) {
    return refuse(
      call,
      'pad_packed_sequence: total_length {total} is shorter than the longest sequence, {length}',
      { total, length: packing.length },
      'ValueError',
      'invalid-argument',
    );
  }
  const batch = packing?.batch ?? unknownDim();
  const features = data?.shape.dims?.slice(1);
  const lengths = torchTensor({ shape: shapeOf(batch), dtype: 'int64' });
  if (features === undefined || first === undefined) return tuple([torchTensor({ shape: unknownShape, dtype: data?.dtype }), lengths]);
  const steps = length ?? unknownDim();
  return tuple([torchTensor({ shape: { dims: first ? [batch, steps, ...features] : [steps, batch, ...features] }, dtype: data?.dtype }), lengths]);
});

const padSequence = nativeFunction('pad_sequence', "sequences, batch_first=False, padding_value=0.0, padding_side='right'", (call) => {
  const sequences = call.args.get('sequences');
  const first = call.args.flag('batch_first');
  if (first === undefined) return unknown();
  const tensors = tensorsOf(call, sequences);
  const known = tensors?.filter((one) => one !== undefined);
  if (tensors === undefined || known === undefined || known.length !== tensors.length || known.length === 0)
    return ofUnknownCount(call, sequences, first);
  const features = known[0]?.shape.dims?.slice(1);
  if (features === undefined || known.some((one) => one.shape.dims === undefined)) return unknown();
  for (const one of known) {
    const own = one.shape.dims?.slice(1) ?? [];
    if (own.length !== features.length || own.some((dim, at) => dimEquals(dim, features[at] ?? dim) === false)) {
      return refuse(call, 'pad_sequence: the sequences differ behind their length: {first} and {other}', {
        first: formatShape(known[0]?.shape ?? one.shape),
        other: formatShape(one.shape),
      });
    }
  }
  const length = maximumDims(...known.map((one) => one.shape.dims?.[0] ?? unknownDim()));
  return torchTensor({
    shape: { dims: first ? [known.length, length, ...features] : [length, known.length, ...features] },
    dtype: known[0]?.dtype,
    range: rangeOf(call, known),
  });
});

/** Padding may add its own value. */
function rangeOf(call: NativeCall, tensors: readonly TensorValue[]): TensorValue['range'] {
  const padding = call.args.real('padding_value');
  const ranges = tensors.map((one) => one.range);
  if (padding === undefined || ranges.some((range) => range === undefined)) return undefined;
  return {
    low: Math.min(padding, ...ranges.map((range) => range?.low ?? padding)),
    high: Math.max(padding, ...ranges.map((range) => range?.high ?? padding)),
    integral: Number.isInteger(padding) && ranges.every((range) => range?.integral === true),
    attained: false,
  };
}

/** A list of nobody knows how many: one of its tensors says what the others are like. */
function ofUnknownCount(call: NativeCall, sequences: Value, first: boolean): Value {
  const { items } = call.interpreter.iterate(sequences, call.place);
  const [sample] = items;
  if (items.length !== 1 || sample?.kind !== 'tensor' || sample.shape.dims === undefined) return unknown();
  const features = sample.shape.dims.slice(1);
  const [batch, length] = [unknownDim(), unknownDim()];
  return torchTensor({
    shape: { dims: first ? [batch, length, ...features] : [length, batch, ...features] },
    dtype: sample.dtype,
    range: rangeOf(call, [sample]),
  });
}

const packSequence = nativeFunction('pack_sequence', 'sequences, enforce_sorted=True', (call) => {
  const tensors = tensorsOf(call, call.args.get('sequences'));
  const known = tensors?.filter((one) => one !== undefined);
  if (known === undefined || known.length === 0 || known.length !== tensors?.length) return unknown();
  const lengths = known.map((one) => one.shape.dims?.[0]);
  const features = known[0]?.shape.dims?.slice(1);
  if (features === undefined) return unknown();
  return pack(
    call,
    { dims: [unknownDim(), known.length, ...features] },
    known[0]?.dtype,
    known.length,
    lengths.every((one) => one !== undefined) ? lengths : undefined,
    call.args.flag('enforce_sorted'),
  );
});

const unpadSequence = nativeFunction('unpad_sequence', 'padded_sequences, lengths, batch_first=False', (call) => {
  const padded = call.args.get('padded_sequences');
  const lengths = lengthsOf(call, call.args.get('lengths'));
  if (padded.kind !== 'tensor' || padded.shape.dims === undefined || lengths === undefined) return unknown(undefined, 'list');
  const features = padded.shape.dims.slice(2);
  return list(lengths.map((length) => torchTensor({ shape: { dims: [length, ...features] }, dtype: padded.dtype, range: padded.range })));
});

const unpackSequence = nativeFunction('unpack_sequence', 'packed_sequences', (call) => {
  const sequence = call.args.get('packed_sequences');
  if (!isPacked(sequence)) return unknown(undefined, 'list');
  const { data, packing } = unpacked(sequence);
  const features = data?.shape.dims?.slice(1);
  if (features === undefined || packing?.lengths === undefined) return unknown(undefined, 'list');
  return list(packing.lengths.map((length) => torchTensor({ shape: { dims: [length, ...features] }, dtype: data?.dtype })));
});

/** The module `torch.nn.utils.rnn`. */
export function packingMembers(): Record<string, Value> {
  return {
    PackedSequence: packedSequenceClass,
    pack_padded_sequence: packPaddedSequence,
    pad_packed_sequence: padPackedSequence,
    pad_sequence: padSequence,
    pack_sequence: packSequence,
    unpad_sequence: unpadSequence,
    unpack_sequence: unpackSequence,
  };
}
