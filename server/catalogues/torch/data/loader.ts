// torch.utils.data.DataLoader: iterating gives one batch that stands for all. A batch is as large as the first one is: `batch_size`, or
// all elements where there are fewer; that the last one may be smaller is kept beside it. It must not know any one data set.
import { type Dim, isKnown, minimumDims, moduloDims } from '../../../tensors/dim.ts';
import { groupDigits } from '../../../trace/counts.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { lookUpInClass, nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Message, Place } from '../../../values/place.ts';
import { message } from '../../../values/place.ts';
import { registerPresentation } from '../../../values/presentation.ts';
import { defineSlot } from '../../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../../values/value.ts';
import { bool, instance, int, iterator, none, unknown } from '../../../values/value.ts';
import { datasetClass, elementOf, isIterable, lengthOf } from './dataset.ts';
import { collated, converted, elementList, elementOfPart } from './elements.ts';
import { batchCount, batchSamplerClass, samplerClasses } from './samplers.ts';

interface LoaderFacts {
  readonly collate: Value;
  /** How many positions are drawn; undefined where it is not known. */
  readonly length: Dim | undefined;
  readonly dropLast: boolean | undefined;
  readonly place: Place;
}
const loaderSlot = defineSlot<LoaderFacts>('torch DataLoader');

/** Batches of a loader: the size of the first and of the last one, where they are known. */
export interface BatchSizes {
  readonly first: Dim;
  readonly last: Dim;
}

const signature =
  'dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0, collate_fn=None, pin_memory=False, drop_last=False, timeout=0, ' +
  'worker_init_fn=None, multiprocessing_context=None, generator=None, *, prefetch_factor=None, persistent_workers=False, pin_memory_device="", in_order=True';

function construct(call: NativeCall, self: InstanceValue): void {
  const { args, interpreter, place } = call;
  const hasBatchSampler = !args.isNone('batch_sampler');
  checkArguments(call, hasBatchSampler);
  const dropLast = hasBatchSampler ? false : interpreter.truth(args.get('drop_last'), place);
  const sampler = args.get('sampler');
  const dataset = args.get('dataset');
  const length = hasBatchSampler
    ? undefined
    : sampler.kind === 'none'
      ? lengthOf(interpreter, dataset, place)
      : lengthOf(interpreter, sampler, place);
  loaderSlot.set(self, { collate: args.get('collate_fn'), length, dropLast, place });
  const batchSampler = args.get('batch_sampler');
  const size = hasBatchSampler ? none : args.get('batch_size');
  const attributes: Readonly<Record<string, Value>> = {
    dataset,
    batch_size: size,
    num_workers: args.get('num_workers'),
    drop_last: hasBatchSampler ? bool(false) : args.get('drop_last'),
    pin_memory: args.get('pin_memory'),
    generator: args.get('generator'),
    timeout: args.get('timeout'),
    batch_sampler: hasBatchSampler ? batchSampler : unknown(),
    sampler: sampler.kind === 'none' ? defaultSampler(dataset, args.flag('shuffle') === true) : sampler,
    collate_fn: args.isNone('collate_fn') ? unknown() : args.get('collate_fn'),
  };
  for (const [name, value] of Object.entries(attributes)) setInstanceAttribute(self, name, value);
}

function defaultSampler(dataset: Value, shuffled: boolean): Value {
  const cls = samplerClasses[shuffled ? 'RandomSampler' : 'SequentialSampler'];
  if (cls === undefined || isIterable(dataset)) return unknown();
  const made = instance(cls);
  made.attributes.set('data_source', dataset);
  made.attributes.set('num_samples', none);
  return made;
}

/** What the constructor refuses, as PyTorch 2.13 does. */
function checkArguments(call: NativeCall, hasBatchSampler: boolean): void {
  const { args, interpreter } = call;
  const refuse = (text: Message, argument: string): void => {
    interpreter.refuse({ rule: 'invalid-argument', exception: 'ValueError', place: args.place(argument) ?? call.place, message: text });
  };
  const [workers, size] = [args.number('num_workers'), args.number('batch_size')];
  if (workers !== undefined && workers < 0) refuse(message('num_workers must not be negative, got {actual}', { actual: workers }), 'num_workers');
  if (size !== undefined && size <= 0 && args.given('batch_size') === true)
    refuse(message('batch_size must be positive, got {actual}', { actual: size }), 'batch_size');
  if (!args.isNone('sampler') && args.get('sampler').kind !== 'unknown' && args.flag('shuffle') === true)
    refuse(message('a sampler and shuffle=True exclude each other'), 'shuffle');
  if (workers === 0 && !args.isNone('prefetch_factor') && args.number('prefetch_factor') !== undefined)
    refuse(message('prefetch_factor needs num_workers > 0'), 'prefetch_factor');
  if (workers === 0 && args.flag('persistent_workers') === true)
    refuse(message('persistent_workers=True needs num_workers > 0'), 'persistent_workers');
  if (
    hasBatchSampler &&
    args.get('batch_sampler').kind !== 'unknown' &&
    ((size !== undefined && size !== 1) || args.flag('shuffle') === true || args.flag('drop_last') === true)
  ) {
    refuse(message('batch_sampler excludes batch_size, shuffle, sampler and drop_last'), 'batch_sampler');
  }
  if (isIterable(args.get('dataset')) && args.flag('shuffle') === true) refuse(message('a loader of an IterableDataset cannot shuffle'), 'shuffle');
}

export const dataLoaderClass: ClassValue = nativeClass({
  name: 'DataLoader',
  qualifiedName: 'torch.utils.data.DataLoader',
  members: {
    __init__: nativeMethod('DataLoader', `self, ${signature}`, (call) => {
      const self = call.args.get('self');
      if (self.kind === 'instance') construct(call, self);
      return none;
    }),
    __len__: nativeMethod('__len__', 'self', (call) => {
      const count = countOf(call.interpreter, call.args.get('self'), call.place);
      return count === undefined ? unknown(undefined, 'int') : int(count);
    }),
    __iter__: nativeMethod('__iter__', 'self', ({ args, interpreter, place }) => {
      const self = args.get('self');
      return iterator(() => {
        const count = self.kind === 'instance' ? countOf(interpreter, self, place) : undefined;
        if (count === 0) return { items: [], exact: true };
        const sizes = batchSizesOf(self);
        const isSmaller = count !== 1 && sizes !== undefined && isKnown(sizes.first) && isKnown(sizes.last) && sizes.last !== sizes.first;
        return {
          items: [batchOf(interpreter, self, place)],
          exact: count === 1,
          last: isSmaller ? () => batchOf(interpreter, self, place, sizes.last) : undefined,
        };
      }, '_BaseDataLoaderIter');
    }),
  },
});

function attribute(value: Value, name: string): Value {
  return value.kind === 'instance' ? (value.attributes.get(name) ?? unknown()) : unknown();
}

/** How many batches there are. */
function countOf(interpreter: Interpreter, loader: Value, place: Place): Dim | undefined {
  const facts = loaderSlot.get(loader);
  if (facts === undefined) return undefined;
  const size = attribute(loader, 'batch_size');
  if (size.kind === 'none') return hasBatchSampler(loader) ? lengthOf(interpreter, attribute(loader, 'batch_sampler'), place) : facts.length;
  return batchCount(facts.length, size.kind === 'int' ? size.value : undefined, facts.dropLast);
}

function hasBatchSampler(loader: Value): boolean {
  const sampler = attribute(loader, 'batch_sampler');
  return sampler.kind !== 'unknown' && sampler.kind !== 'none';
}

/** The sizes of the first and the last batch; undefined where elements are not batched or it is not known. */
export function batchSizesOf(loader: Value): BatchSizes | undefined {
  const facts = loaderSlot.get(loader);
  const size = attribute(loader, 'batch_size');
  if (facts === undefined || size.kind !== 'int') return undefined;
  const { length, dropLast } = facts;
  if (length === undefined || dropLast !== false) return { first: size.value, last: size.value };
  const rest = moduloDims(length, size.value);
  return { first: isKnown(length) ? minimumDims(length, size.value) : size.value, last: rest === 0 ? size.value : isKnown(rest) ? rest : size.value };
}

/** One batch that stands for all, or one of another size. */
export function batchOf(interpreter: Interpreter, loader: Value, place: Place, asked?: Dim): Value {
  const facts = loaderSlot.get(loader);
  if (facts === undefined) return unknown();
  const dataset = attribute(loader, 'dataset');
  const size = attribute(loader, 'batch_size');
  const element = drawn(interpreter, loader, elementOf(interpreter, dataset, place), facts);
  if (size.kind === 'none' && !hasBatchSampler(loader))
    return facts.collate.kind === 'none' ? converted(element) : interpreter.call(facts.collate, argumentsOf([element]), place);
  const first = asked ?? batchSizesOf(loader)?.first ?? sizeOfSampledBatch(interpreter, loader, place);
  if (facts.collate.kind !== 'none') return interpreter.call(facts.collate, argumentsOf([elementList(element, first)]), place);
  return first === undefined ? unknown() : collated(interpreter, element, first, place);
}

/** Of the elements that a sampler draws, not all need occur. */
function drawn(interpreter: Interpreter, loader: Value, element: Value, facts: LoaderFacts): Value {
  const sampler = attribute(loader, 'sampler');
  if (
    sampler.kind !== 'instance' ||
    sampler.cls === samplerClasses['RandomSampler'] ||
    sampler.cls === samplerClasses['SequentialSampler'] ||
    sampler.cls === samplerClasses['DistributedSampler']
  )
    return element;
  const whole = lengthOf(interpreter, attribute(loader, 'dataset'), facts.place);
  return whole !== undefined && whole === facts.length ? element : elementOfPart(element, facts.length);
}

/** The length of the lists that a `batch_sampler` gives. */
function sizeOfSampledBatch(interpreter: Interpreter, loader: Value, place: Place): Dim | undefined {
  if (!hasBatchSampler(loader)) return undefined;
  const sampler = attribute(loader, 'batch_sampler');
  if (sampler.kind === 'instance' && sampler.cls.mro.includes(batchSamplerClass)) {
    const size = attribute(sampler, 'batch_size');
    return size.kind === 'int' ? size.value : undefined;
  }
  const [first] = interpreter.iterate(sampler, place).items;
  return first?.kind === 'list' && !first.open ? first.items.length : undefined;
}

registerPresentation(dataLoaderClass, (value) => {
  const facts = loaderSlot.get(value);
  const size = attribute(value, 'batch_size');
  if (facts === undefined) return undefined;
  const parts = ['DataLoader'];
  if (facts.length !== undefined && isKnown(facts.length)) parts.push(`${groupDigits(facts.length)} elements`);
  if (size.kind === 'int' && isKnown(size.value)) parts.push(`batches of ${size.value}`);
  return { text: parts.join(', ') };
});
registerPresentation(datasetClass, (value) => ({ text: value.cls.name }));

/** Whether the object is a loader, or behaves as one. */
export function isLoader(value: Value): boolean {
  return value.kind === 'instance' && lookUpInClass(value.cls, '__iter__') !== undefined && value.cls.mro.includes(dataLoaderClass);
}
