// What every distribution does once its batch and event shapes are known: sampling, probabilities, moments. It must not know a single family.
import type { DType } from '../../../tensors/dtype.ts';
import { dimEquals, unknownDim } from '../../../tensors/dim.ts';
import type { ValueRange } from '../../../tensors/range.ts';
import { broadcast, broadcastTo, formatShape, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../../values/classes.ts';
import { message } from '../../../values/place.ts';
import { defineSlot } from '../../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, TensorValue, Value } from '../../../values/value.ts';
import { bool, instance, none, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { sizesFromValue } from '../../arrays/conversion.ts';
import { torchLibrary, torchTensor } from '../library.ts';
import { torchSize } from '../tensor.ts';
import type { Ability } from './families.ts';

export interface DistributionFacts {
  readonly batch: Shape;
  readonly event: Shape;
  /** The type of parameters and probabilities. */
  readonly dtype: DType | undefined;
  /** The type of samples. */
  readonly sampleType: DType | undefined;
  readonly support: ValueRange | undefined;
  readonly abilities: ReadonlySet<Ability> | undefined;
  /** What it is made from: samples and probabilities come from these. */
  readonly tensors: readonly TensorValue[];
  /** Probabilities are those of this distribution, summed over so many last axes (Independent). */
  readonly summed?: { readonly of: DistributionFacts; readonly count: number | undefined } | undefined;
  /** How many values `enumerate_support` lists. */
  readonly valueCount?: ReturnType<typeof unknownDim> | number | undefined;
  /** The same distribution with another batch shape; undefined where that is not followed. */
  readonly expand?: ((call: NativeCall, batch: Shape) => Value) | undefined;
}

/** Behind an undecided condition two distributions are one only where they are the same object. */
export const distributionSlot = defineSlot<DistributionFacts>('distribution');

export function joinedShape(...parts: readonly Shape[]): Shape {
  return parts.every((part) => part.dims !== undefined) ? { dims: parts.flatMap((part) => part.dims ?? []) } : unknownShape;
}

/** The shape without its last axes; undefined where it certainly has fewer. */
export function withoutLast(shape: Shape, count: number): Shape | undefined {
  if (shape.dims === undefined) return unknownShape;
  return shape.dims.length < count ? undefined : { dims: shape.dims.slice(0, shape.dims.length - count) };
}

function method(name: string, signature: string, body: (facts: DistributionFacts, call: NativeCall, self: InstanceValue) => Value): Value {
  return nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
    const self = call.args.get('self');
    const facts = distributionSlot.get(self);
    return facts === undefined || self.kind !== 'instance' ? unknown() : body(facts, call, self);
  });
}

function property(name: string, read: (facts: DistributionFacts, call: NativeCall, self: InstanceValue) => Value): Value {
  return nativeProperty(name, (call) => {
    const self = call.args.get('self');
    const facts = distributionSlot.get(self);
    return facts === undefined || self.kind !== 'instance' ? unknown() : read(facts, call, self);
  });
}

function result(
  call: NativeCall,
  name: string,
  facts: DistributionFacts,
  inputs: readonly TensorValue[],
  shape: Shape,
  given: { readonly dtype?: DType | undefined; readonly range?: ValueRange | undefined } = {},
): Value {
  const made = torchTensor({ shape, dtype: 'dtype' in given ? given.dtype : facts.dtype, range: given.range });
  return torchLibrary.onResult?.(call.interpreter, name, [...facts.tensors, ...inputs], made, call.place) ?? made;
}

/** What the class does not compute: the base class's method raises. */
function lacks(facts: DistributionFacts, ability: Ability, call: NativeCall, self: InstanceValue): Value | undefined {
  if (facts.abilities === undefined || facts.abilities.has(ability)) return undefined;
  return call.interpreter.refuse({
    rule: 'invalid-argument',
    exception: 'NotImplementedError',
    place: call.place,
    message: message('{distribution} has no {ability} in PyTorch', { distribution: self.cls.name, ability }),
  });
}

function sampled(facts: DistributionFacts, call: NativeCall, name: string): Value {
  const given = call.args.get('sample_shape');
  if (given.kind === 'int' || given.kind === 'float') {
    return call.interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'TypeError',
      place: call.args.place('sample_shape') ?? call.place,
      message: message('{method}: the sample shape is a tuple of sizes, not a number', { method: call.name }),
    });
  }
  const sizes = sizesFromValue(call.interpreter, given);
  return result(call, name, facts, [], joinedShape(sizes === undefined ? unknownShape : { dims: sizes }, facts.batch, facts.event), {
    dtype: facts.sampleType,
    range: facts.support,
  });
}

/** `log_prob`, `cdf`: one number for each sample, whose last axes are those of one event. */
function judged(name: string, keepsEvent: boolean): (facts: DistributionFacts, call: NativeCall, self: InstanceValue) => Value {
  const judge = (facts: DistributionFacts, call: NativeCall, self: InstanceValue): Value => {
    const value = call.args.get('value');
    const place = call.args.place('value') ?? call.place;
    if (value.kind === 'int' || value.kind === 'float') {
      return call.interpreter.refuse({
        rule: 'invalid-argument',
        exception: 'ValueError',
        place,
        message: message('{distribution}.{method}: the value must be a tensor', { distribution: self.cls.name, method: name }),
      });
    }
    if (value.kind !== 'tensor') return result(call, name, facts, [], unknownShape);
    if (facts.summed !== undefined) {
      const inner = judge(facts.summed.of, call, self);
      const shape = inner.kind !== 'tensor' || facts.summed.count === undefined ? unknownShape : withoutLast(inner.shape, facts.summed.count);
      return result(call, name, facts, [value], shape ?? unknownShape, { dtype: inner.kind === 'tensor' ? inner.dtype : undefined });
    }
    const own = facts.event.dims;
    if (own === undefined || value.shape.dims === undefined) return result(call, name, facts, [value], unknownShape);
    const rest = withoutLast(value.shape, own.length);
    const last = value.shape.dims.slice(value.shape.dims.length - own.length);
    const differs = rest === undefined || own.some((size, at) => dimEquals(size, last[at] ?? size) === false);
    const together = rest === undefined ? undefined : broadcast(rest, facts.batch);
    if (differs || together?.ok !== true) {
      return call.interpreter.refuse(
        {
          rule: 'shape-mismatch',
          exception: 'ValueError',
          place,
          message: message('{distribution}.{method}: a value of shape {value} does not fit batch shape {batch} and event shape {event}', {
            distribution: self.cls.name,
            method: name,
            value: formatShape(value.shape),
            batch: formatShape(facts.batch),
            event: formatShape(facts.event),
          }),
        },
        torchTensor({ shape: unknownShape }),
      );
    }
    // Which of two types wins differs between the families.
    const dtype = value.dtype === facts.dtype || facts.sampleType !== facts.dtype ? facts.dtype : undefined;
    return result(call, name, facts, [value], keepsEvent ? joinedShape(together.shape, facts.event) : together.shape, { dtype });
  };
  return judge;
}

const moment = (name: Ability): Value =>
  property(
    name,
    (facts, call, self) =>
      lacks(facts, name, call, self) ??
      result(call, name, facts, [], joinedShape(facts.batch, facts.event), { dtype: name === 'mode' ? facts.sampleType : facts.dtype }),
  );
const guarded =
  (ability: Ability, body: (facts: DistributionFacts, call: NativeCall, self: InstanceValue) => Value) =>
  (facts: DistributionFacts, call: NativeCall, self: InstanceValue): Value =>
    lacks(facts, ability, call, self) ?? body(facts, call, self);

export const distributionClass: ClassValue = nativeClass({
  name: 'Distribution',
  qualifiedName: 'torch.distributions.Distribution',
  members: {
    __init__: nativeMethod('Distribution', 'self, batch_shape=(), event_shape=(), validate_args=None', (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'instance') return none;
      const [batch, event] = ['batch_shape', 'event_shape'].map((name) => {
        const sizes = sizesFromValue(call.interpreter, call.args.get(name));
        return sizes === undefined ? unknownShape : { dims: sizes };
      });
      distributionSlot.set(self, {
        batch: batch ?? unknownShape,
        event: event ?? unknownShape,
        dtype: undefined,
        sampleType: undefined,
        support: undefined,
        abilities: undefined,
        tensors: [],
      });
      return none;
    }),
    batch_shape: property('batch_shape', (facts) => torchSize(facts.batch)),
    event_shape: property('event_shape', (facts) => torchSize(facts.event)),
    has_rsample: property('has_rsample', (facts) =>
      facts.abilities === undefined ? unknown(undefined, 'bool') : bool(facts.abilities.has('rsample')),
    ),
    has_enumerate_support: property('has_enumerate_support', (facts) =>
      facts.abilities === undefined ? unknown(undefined, 'bool') : bool(facts.abilities.has('enumerate_support')),
    ),
    sample: method('sample', 'sample_shape=()', (facts, call) => sampled(facts, call, 'sample')),
    rsample: method(
      'rsample',
      'sample_shape=()',
      guarded('rsample', (facts, call) => sampled(facts, call, 'rsample')),
    ),
    sample_n: method('sample_n', 'n', (facts, call) => {
      const count = dimFromValue(call.args.get('n')) ?? unknownDim();
      return result(call, 'sample', facts, [], joinedShape({ dims: [count] }, facts.batch, facts.event), {
        dtype: facts.sampleType,
        range: facts.support,
      });
    }),
    log_prob: method('log_prob', 'value', judged('log_prob', false)),
    cdf: method('cdf', 'value', guarded('cdf', judged('cdf', true))),
    icdf: method('icdf', 'value', guarded('icdf', judged('icdf', true))),
    entropy: method(
      'entropy',
      '',
      guarded('entropy', (facts, call) => result(call, 'entropy', facts, [], facts.batch)),
    ),
    perplexity: method(
      'perplexity',
      '',
      guarded('entropy', (facts, call) => result(call, 'perplexity', facts, [], facts.batch)),
    ),
    enumerate_support: method(
      'enumerate_support',
      'expand=True',
      guarded('enumerate_support', (facts, call) => {
        const isWhole = call.args.flag('expand');
        const batch: Shape =
          isWhole === undefined || facts.batch.dims === undefined ? unknownShape : isWhole ? facts.batch : { dims: facts.batch.dims.map(() => 1) };
        return result(call, 'enumerate_support', facts, [], joinedShape({ dims: [facts.valueCount ?? unknownDim()] }, batch, facts.event), {
          dtype: facts.sampleType,
          range: facts.support,
        });
      }),
    ),
    expand: method('expand', 'batch_shape, _instance=None', (facts, call) => {
      const sizes = sizesFromValue(call.interpreter, call.args.get('batch_shape'));
      if (sizes === undefined || sizes.includes(-1)) return facts.expand?.(call, unknownShape) ?? unknown();
      const fits = broadcastTo(facts.batch, sizes);
      if (fits.ok) return facts.expand?.(call, { dims: sizes }) ?? unknown();
      return call.interpreter.refuse({
        rule: 'shape-mismatch',
        exception: 'RuntimeError',
        place: call.args.place('batch_shape') ?? call.place,
        message: message('{method}: batch shape {batch} cannot become {wanted}', {
          method: call.name,
          batch: formatShape(facts.batch),
          wanted: formatShape({ dims: sizes }),
        }),
      });
    }),
    mean: moment('mean'),
    mode: moment('mode'),
    variance: moment('variance'),
    stddev: property(
      'stddev',
      (facts, call, self) => lacks(facts, 'variance', call, self) ?? result(call, 'stddev', facts, [], joinedShape(facts.batch, facts.event)),
    ),
    set_default_validate_args: { kind: 'staticmethod', callable: nativeMethod('set_default_validate_args', 'value', () => none) },
  },
});

/** A distribution of the class that was not made by its constructor. */
export function makeDistribution(cls: ClassValue, facts: DistributionFacts, attributes: Iterable<readonly [string, Value]> = []): InstanceValue {
  const made = instance(cls);
  for (const [name, value] of attributes) made.attributes.set(name, value);
  distributionSlot.set(made, facts);
  return made;
}
