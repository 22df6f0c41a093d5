// nn.Parameter and buffers: the weight's record behind a tensor, and what may be changed of it in place.
// It must not know modules.
import { markReplayable } from '../../values/recorder.ts';
import type { DType } from '../../tensors/dtype.ts';
import { isFloating } from '../../tensors/dtype.ts';
import { shapeOf, unknownShape, type Shape } from '../../tensors/shape.ts';
import type { Weight } from '../../trace/trace.ts';
import { nativeClass } from '../../values/classes.ts';
import { defineSlot, type Slot } from '../../values/slots.ts';
import type { Origin } from '../../values/place.ts';
import type { ClassValue, TensorValue, Value } from '../../values/value.ts';
import { unknown } from '../../values/value.ts';
import { elementsOf, makeArray } from '../arrays/contents.ts';
import { asTorchTensor, tensorClass, torchTensor } from './library.ts';

/** A weight as the program may change it: `p.requires_grad = False`; its name is that under which a module first registers it. */
export interface ParameterWeight extends Weight {
  name: string;
  trainable: boolean;
  isSwitched?: boolean;
}

/** The weight behind a parameter. Copies of the value share it, so it tells whether two are the same parameter. */
export const parameterSlot: Slot<ParameterWeight> = defineSlot<ParameterWeight>('torch parameter', undefined, {
  matches: (recorded, actual, matcher) => {
    const known = matcher.pairs.get(recorded);
    if (known !== undefined) return known === actual;
    return (
      recorded.name === actual.name && recorded.trainable === actual.trainable && recorded.isSwitched === actual.isSwitched && matcher.pair(recorded, actual)
    );
  },
  copy: (content, copier) => {
    const known = copier.made.get(content) as ParameterWeight | undefined;
    if (known !== undefined) return known;
    if (!(content instanceof WeightRecord)) return copier.fail('a weight of another kind');
    const made = copier.keep(content, new WeightRecord(content.name, content.trainable, content.tensor));
    if (content.isSwitched !== undefined) made.isSwitched = content.isSwitched;
    made.tensor = copier.value(content.tensor);
    return made;
  },
});

export function isParameter(value: Value | undefined): value is TensorValue {
  return value?.kind === 'tensor' && parameterSlot.get(value) !== undefined;
}

export interface ParameterFacts {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype?: DType | undefined;
  readonly trainable?: boolean | undefined;
  readonly origin?: Origin | undefined;
}

/** A new parameter; float32 where no type is said. Its record says what the tensor is at present. */
export function makeParameter(facts: ParameterFacts): TensorValue {
  const dtype = 'dtype' in facts ? facts.dtype : 'float32';
  const made = makeArray({ cls: parameterClass, shape: facts.shape, dtype, origin: facts.origin });
  const record = new WeightRecord(facts.name, facts.trainable ?? true, made);
  const parameter = parameterSlot.on(made, record);
  record.tensor = parameter;
  return parameter;
}

/** A class, since models have thousands. */
class WeightRecord implements ParameterWeight {
  name: string;
  trainable: boolean;
  isSwitched?: boolean;
  tensor: TensorValue;

  constructor(name: string, trainable: boolean, tensor: TensorValue) {
    this.name = name;
    this.trainable = trainable;
    this.tensor = tensor;
  }

  get shape(): Shape {
    return this.tensor.shape;
  }
  get dtype(): DType | undefined {
    return this.tensor.dtype;
  }
}

/** `nn.Parameter(data)`. */
export function parameterFrom(data: TensorValue, trainable: boolean): TensorValue {
  return makeParameter({
    name: '',
    shape: data.shape,
    dtype: data.dtype,
    trainable: trainable && (data.dtype === undefined || isFloating(data.dtype) || data.dtype.startsWith('complex')),
    origin: data.origin,
  });
}

/** The tensor without what makes it a parameter: `p.data`, `p.detach()`, `p.clone()`. */
export function withoutParameter(tensor: TensorValue): TensorValue {
  return makeArray({
    cls: tensorClass,
    shape: tensor.shape,
    dtype: tensor.dtype,
    range: tensor.range,
    elements: elementsOf(tensor),
    origin: tensor.origin,
  });
}

/** `nn.Parameter(data=None, requires_grad=True)`: a tensor that a module registers. */
export const parameterClass: ClassValue = nativeClass({
  name: 'Parameter',
  qualifiedName: 'torch.nn.Parameter',
  bases: [tensorClass],
  constructSignature: 'data=None, requires_grad=True',
  construct: ({ interpreter, args }) => {
    const data = args.get('data');
    if (data.kind === 'none') return parameterFrom(torchTensor({ shape: shapeOf(0), dtype: 'float32' }), true);
    const tensor = data.kind === 'tensor' || data.kind === 'instance' ? asTorchTensor(interpreter, data) : undefined;
    if (tensor === undefined && data.kind !== 'unknown') return unknown();
    return parameterFrom(tensor ?? torchTensor({ shape: unknownShape }), args.flag('requires_grad') ?? true);
  },
});
markReplayable(parameterClass);
