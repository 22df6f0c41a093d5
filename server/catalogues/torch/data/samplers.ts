// torch.utils.data's samplers: in which order, and how many, positions of a data set are drawn. What matters here is their number and whether
// each position is drawn. It must not know loaders.
import { ceilDivideDims, type Dim, floorDivideDims, isKnown } from '../../../tensors/dim.ts';
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import type { ClassValue, NativeCall, Value } from '../../../values/value.ts';
import { int, list, none, unknown } from '../../../values/value.ts';
import { anyPosition, lengthOf } from './dataset.ts';

export const samplerClass: ClassValue = nativeClass({ name: 'Sampler', qualifiedName: 'torch.utils.data.Sampler' });

function attribute(value: Value, name: string): Value {
  return value.kind === 'instance' ? (value.attributes.get(name) ?? unknown()) : unknown();
}

function lengthValue(length: Dim | undefined): Value {
  return length === undefined ? unknown(undefined, 'int') : int(length);
}

type Length = (call: NativeCall, self: Value) => Dim | undefined;

/** A sampler that keeps its arguments as attributes and draws as many positions as `length` says. */
function sampler(name: string, signature: string, length: Length, check: (call: NativeCall) => void = () => {}): ClassValue {
  const names = signature
    .split(',')
    .map((part) => part.split('=')[0]?.trim() ?? '')
    .filter((part) => part !== '');
  return nativeClass({
    name,
    qualifiedName: `torch.utils.data.${name}`,
    bases: [samplerClass],
    members: {
      __init__: nativeMethod(name, `self, ${signature}`, (call) => {
        const self = call.args.get('self');
        if (self.kind === 'instance') for (const one of names) setInstanceAttribute(self, one, call.args.get(one));
        check(call);
        return none;
      }),
      __len__: nativeMethod('__len__', 'self', (call) => lengthValue(length(call, call.args.get('self')))),
      __iter__: nativeMethod('__iter__', 'self', (call) => list([anyPosition(length(call, call.args.get('self')))], true)),
      set_epoch: nativeMethod('set_epoch', 'self, epoch', () => none),
    },
  });
}

function sourceLength(name: string): Length {
  return ({ interpreter, place }, self) => lengthOf(interpreter, attribute(self, name), place);
}

/** `num_samples`, or all of the data set. */
const samplesOrAll: Length = (call, self) => {
  const samples = attribute(self, 'num_samples');
  return samples.kind === 'none' ? sourceLength('data_source')(call, self) : samples.kind === 'int' ? samples.value : undefined;
};

function positiveSamples(call: NativeCall): void {
  const samples = call.args.number('num_samples');
  if (samples === undefined || samples > 0) return;
  call.interpreter.refuse({
    rule: 'invalid-argument',
    exception: 'ValueError',
    place: call.args.place('num_samples') ?? call.place,
    message: message('num_samples must be positive, got {actual}', { actual: samples }),
  });
}

const sequentialSampler = sampler('SequentialSampler', 'data_source', sourceLength('data_source'));
const randomSampler = sampler('RandomSampler', 'data_source, replacement=False, num_samples=None, generator=None', samplesOrAll, positiveSamples);
const subsetRandomSampler = sampler('SubsetRandomSampler', 'indices, generator=None', sourceLength('indices'));
const weightedRandomSampler = sampler(
  'WeightedRandomSampler',
  'weights, num_samples, replacement=True, generator=None',
  (_, self) => {
    const samples = attribute(self, 'num_samples');
    return samples.kind === 'int' ? samples.value : undefined;
  },
  positiveSamples,
);
const distributedSampler = sampler(
  'DistributedSampler',
  'dataset, num_replicas=None, rank=None, shuffle=True, seed=0, drop_last=False',
  (call, self) => {
    const [whole, replicas] = [sourceLength('dataset')(call, self), attribute(self, 'num_replicas')];
    return whole === undefined || replicas.kind !== 'int' ? undefined : ceilDivideDims(whole, replicas.value);
  },
);

/** How many batches of a size so many elements make. */
export function batchCount(length: Dim | undefined, size: Dim | undefined, dropLast: boolean | undefined): Dim | undefined {
  if (length === undefined || size === undefined || dropLast === undefined || size === 0) return undefined;
  return dropLast ? floorDivideDims(length, size) : ceilDivideDims(length, size);
}

/** Lists of positions, each of a batch. */
export const batchSamplerClass = sampler('BatchSampler', 'sampler, batch_size, drop_last', (call, self) => {
  const size = attribute(self, 'batch_size'),
    dropLast = call.interpreter.truth(attribute(self, 'drop_last'), call.place);
  return batchCount(lengthOf(call.interpreter, attribute(self, 'sampler'), call.place), size.kind === 'int' ? size.value : undefined, dropLast);
});
batchSamplerClass.namespace.set(
  '__iter__',
  nativeMethod('__iter__', 'self', ({ args, interpreter, place }) => {
    const self = args.get('self');
    const size = attribute(self, 'batch_size');
    const position = anyPosition(lengthOf(interpreter, attribute(self, 'sampler'), place));
    const isSmall = size.kind === 'int' && isKnown(size.value) && size.value <= 512;
    return list([isSmall && size.kind === 'int' ? list(Array.from({ length: Number(size.value) }, () => position)) : list([position], true)], true);
  }),
);

export const samplerClasses: Readonly<Record<string, ClassValue>> = {
  Sampler: samplerClass,
  SequentialSampler: sequentialSampler,
  RandomSampler: randomSampler,
  SubsetRandomSampler: subsetRandomSampler,
  WeightedRandomSampler: weightedRandomSampler,
  BatchSampler: batchSamplerClass,
  DistributedSampler: distributedSampler,
};
