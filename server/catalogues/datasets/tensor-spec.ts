// tf.TensorSpec and structures of them: what `element_spec` gives and `from_generator` takes. It must not know data sets.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { rangeOfDType } from '../../tensors/range.ts';
import { type Shape, unknownShape } from '../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { instance, list, none, unknown } from '../../values/value.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { tensorClass, tensorflowDType, tensorShape } from '../tensorflow/tensor.ts';
import { mapTensors } from './elements.ts';

interface SpecFacts { readonly shape: Shape; readonly dtype: DType | undefined }
const specSlot = defineSlot<SpecFacts>('tf.TensorSpec');

/** An axis that a specification leaves open. */
function openDim(): Dim { return unknownDim({ minimum: 0, prints: 'None' }); }

/** A shape as it is written: a tuple, list or TensorShape, where None is an open axis; None alone leaves the rank open. */
export function shapeFromValue(interpreter: Interpreter, value: Value): Shape {
  if (value.kind === 'int') return { dims: [value.value] };
  if (value.kind !== 'tuple' && !(value.kind === 'list' && !value.open)) return unknownShape;
  return { dims: interpreter.iterate(value, interpreter.place).items.map((item) => (item.kind === 'int' ? (isKnown(item.value) && item.value < 0 ? openDim() : item.value) : openDim())) };
}

export const tensorSpecClass = nativeClass({
  name: 'TensorSpec', qualifiedName: 'tensorflow.TensorSpec',
  members: {
    __init__: nativeMethod('__init__', 'self, shape, dtype=None, name=None', ({ interpreter, args }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return none;
      const named = dtypeFromValue(args.get('dtype'), 'float32');
      specSlot.set(self, { shape: shapeFromValue(interpreter, args.get('shape')), dtype: args.given('dtype') === false ? 'float32' : named });
      return none;
    }),
    shape: nativeProperty('shape', ({ args }) => { const facts = specSlot.get(args.get('self')); return facts === undefined ? unknown() : tensorShape(facts.shape); }),
    dtype: nativeProperty('dtype', ({ args }) => tensorflowDType(specSlot.get(args.get('self'))?.dtype)),
    name: nativeProperty('name', () => unknown(undefined, 'str')),
    from_tensor: { kind: 'staticmethod', callable: nativeMethod('from_tensor', 'tensor, name=None', ({ args }) => specOf(args.get('tensor'))) },
  },
});

/** Each tensor replaced by its specification. */
export function specOf(element: Value): Value {
  return mapTensors(element, (one) => {
    const spec = instance(tensorSpecClass);
    specSlot.set(spec, { shape: one.shape, dtype: one.dtype });
    return spec;
  });
}

export function tensorOfSpec(shape: Shape, dtype: DType | undefined): TensorValue {
  return tensor({ cls: tensorClass, shape, dtype, range: dtype === 'bool' || dtype === 'uint8' ? rangeOfDType(dtype) : undefined });
}

/** The element that a structure of specifications describes. */
export function elementOfSpecs(value: Value, depth = 0): Value {
  if (depth > 12) return unknown();
  switch (value.kind) {
    case 'tuple': return { ...value, items: value.items.map((item) => elementOfSpecs(item, depth + 1)) };
    case 'list': return list(value.items.map((item) => elementOfSpecs(item, depth + 1)), value.open);
    case 'dict': return {
      kind: 'dict', open: value.open, cls: value.cls,
      entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: elementOfSpecs(entry.value, depth + 1) }])),
    };
    default: {
      const facts = specSlot.get(value);
      return facts === undefined ? unknown() : tensorOfSpec(facts.shape, facts.dtype);
    }
  }
}

/** `output_types` with `output_shapes`, the spelling before TensorFlow 2.4. */
export function elementOfTypes(interpreter: Interpreter, types: Value, shapes: Value, depth = 0): Value {
  if (depth > 12) return unknown();
  if (types.kind === 'tuple') {
    const below = shapes.kind === 'tuple' || shapes.kind === 'list' ? shapes.items : [];
    return { ...types, items: types.items.map((item, at) => elementOfTypes(interpreter, item, below[at] ?? none, depth + 1)) };
  }
  if (types.kind === 'dict') {
    return {
      kind: 'dict', open: types.open, cls: types.cls,
      entries: new Map([...types.entries].map(([key, entry]) => [key, {
        key: entry.key, value: elementOfTypes(interpreter, entry.value, shapes.kind === 'dict' ? shapes.entries.get(key)?.value ?? none : none, depth + 1),
      }])),
    };
  }
  const dtype = dtypeFromValue(types, 'float32');
  return dtype === undefined ? unknown() : tensorOfSpec(shapeFromValue(interpreter, shapes), dtype);
}

/** A string without axes, as the readers of files give. */
export function stringScalar(): TensorValue {
  return tensor({ cls: tensorClass, shape: { dims: [] }, dtype: 'string' });
}

