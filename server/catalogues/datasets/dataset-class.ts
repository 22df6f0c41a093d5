// The members of tf.data.Dataset and the modules tf.data and tf.data.experimental. It must not know any one collection of data.
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, NativeCall, Value } from '../../values/value.ts';
import { instance, int, iterator, none, unknown } from '../../values/value.ts';
import { registerDataSource } from '../keras/data-source.ts';
import { asNumpy } from '../tensorflow/tensor.ts';
import { datasetClass, type DatasetFacts, datasetFacts, makeDataset } from './dataset.ts';
import { cardinalityTensor, datasetMethods } from './dataset-methods.ts';
import { datasetSources, readerSources, sourceFunction } from './dataset-sources.ts';
import { mapTensors } from './elements.ts';
import { specOf } from './tensor-spec.ts';

const iteratorSlot = defineSlot<DatasetFacts>('iterator of a data set');

/** `iter(ds)`: gives the representative element again and again. */
export const datasetIteratorClass: ClassValue = nativeClass({
  name: 'OwnedIterator', qualifiedName: 'tensorflow.data.Iterator',
  members: {
    __iter__: nativeMethod('__iter__', 'self', ({ args }) => args.get('self')),
    __next__: nativeMethod('__next__', 'self', ({ args }) => iteratorSlot.get(args.get('self'))?.element ?? unknown()),
    next: nativeMethod('next', 'self', ({ args }) => iteratorSlot.get(args.get('self'))?.element ?? unknown()),
    get_next: nativeMethod('get_next', 'self, name=None', ({ args }) => iteratorSlot.get(args.get('self'))?.element ?? unknown()),
    get_next_as_optional: nativeMethod('get_next_as_optional', 'self', () => unknown()),
    element_spec: nativeProperty('element_spec', ({ args }) => { const facts = iteratorSlot.get(args.get('self')); return facts === undefined ? unknown() : specOf(facts.element); }),
  },
});

function iterate(facts: DatasetFacts, convert: (element: Value) => Value): Value {
  // A single element, or none, is all that there is; of others one stands for all.
  const { cardinality } = facts;
  if (cardinality === 0 || cardinality === 1) return iterator(() => ({ items: cardinality === 0 ? [] : [convert(facts.element)], exact: true }));
  const made = instance(datasetIteratorClass);
  iteratorSlot.set(made, { ...facts, element: convert(facts.element) });
  return made;
}

/** Tensors as numpy arrays, structures as they are. */
export function numpyElement(element: Value): Value {
  return mapTensors(element, asNumpy);
}

const members: Readonly<Record<string, Value>> = {
  ...datasetMethods,
  ...datasetSources,
  __iter__: nativeMethod('__iter__', 'self', ({ args }) => { const facts = datasetFacts(args.get('self')); return facts === undefined ? unknown() : iterate(facts, (element) => element); }),
  as_numpy_iterator: nativeMethod('as_numpy_iterator', 'self', ({ args }) => { const facts = datasetFacts(args.get('self')); return facts === undefined ? unknown() : iterate(facts, numpyElement); }),
  element_spec: nativeProperty('element_spec', ({ args }) => { const facts = datasetFacts(args.get('self')); return facts === undefined ? unknown() : specOf(facts.element); }),
  make_one_shot_iterator: nativeMethod('make_one_shot_iterator', 'self', ({ args }) => { const facts = datasetFacts(args.get('self')); return facts === undefined ? unknown() : iterate({ ...facts, cardinality: undefined }, (element) => element); }),
  make_initializable_iterator: nativeMethod('make_initializable_iterator', 'self, shared_name=None', ({ args }) => { const facts = datasetFacts(args.get('self')); return facts === undefined ? unknown() : iterate({ ...facts, cardinality: undefined }, (element) => element); }),
};
for (const [name, member] of Object.entries(members)) datasetClass.namespace.set(name, member);
registerDataSource(datasetIteratorClass, (_, value) => { const facts = iteratorSlot.get(value); return facts === undefined ? undefined : { element: facts.element }; });

const readers: Record<string, Value> = Object.fromEntries(Object.entries(readerSources).map(([name, [signature, make]]) => [
  name, nativeClass({ name, qualifiedName: `tensorflow.data.${name}`, bases: [datasetClass], constructSignature: signature, construct: make }),
]));

const optionsClass = nativeClass({ name: 'Options', qualifiedName: 'tensorflow.data.Options' });

/** A function that makes a function for `Dataset.apply`. */
function transformation(name: string, signature: string, method: string): Value {
  return nativeFunction(name, signature, (outer: NativeCall) => nativeFunction(name, 'dataset', (inner) => {
    const self = inner.args.get('dataset');
    const callee = inner.interpreter.getAttribute(self, method, inner.place);
    return inner.interpreter.call(callee, outer.args.raw, inner.place);
  }));
}

const unchanged = (name: string, signature: string): Value => nativeFunction(name, signature, () => nativeFunction(name, 'dataset', (inner) => inner.args.get('dataset')));

function csvFiles(call: NativeCall): Value {
  // The columns stand in the file's first line, which need not be there yet.
  return makeDataset({ element: unknown(), cardinality: undefined, batchSize: call.args.number('batch_size') });
}

const cardinality = nativeFunction('cardinality', 'dataset', ({ args }) => { const facts = datasetFacts(args.get('dataset')); return facts === undefined ? unknown() : cardinalityTensor(facts.cardinality); });

export const dataModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  'tensorflow.data': () => ({
    Dataset: datasetClass, Iterator: datasetIteratorClass, Options: optionsClass, AUTOTUNE: int(-1), INFINITE_CARDINALITY: int(-1), UNKNOWN_CARDINALITY: int(-2),
    TextLineDataset: readers['TextLineDataset'] ?? none, TFRecordDataset: readers['TFRecordDataset'] ?? none, FixedLengthRecordDataset: readers['FixedLengthRecordDataset'] ?? none,
  }),
  'tensorflow.data.experimental': () => ({
    AUTOTUNE: int(-1), INFINITE_CARDINALITY: int(-1), UNKNOWN_CARDINALITY: int(-2), CsvDataset: readers['CsvDataset'] ?? none,
    cardinality, Counter: sourceFunction('counter'), sample_from_datasets: sourceFunction('sample_from_datasets'), choose_from_datasets: sourceFunction('choose_from_datasets'),
    make_csv_dataset: nativeFunction('make_csv_dataset', 'file_pattern, batch_size, *args, **kwargs', csvFiles),
    ignore_errors: transformation('ignore_errors', 'log_warning=False', 'ignore_errors'), unbatch: transformation('unbatch', '', 'unbatch'),
    dense_to_ragged_batch: transformation('dense_to_ragged_batch', 'batch_size, drop_remainder=False, row_splits_dtype=None', 'ragged_batch'),
    enumerate_dataset: transformation('enumerate_dataset', 'start=0', 'enumerate'), take_while: transformation('take_while', 'predicate', 'take_while'), unique: transformation('unique', '', 'unique'),
    snapshot: transformation('snapshot', 'path, *args, **kwargs', 'snapshot'), bucket_by_sequence_length: transformation('bucket_by_sequence_length', '*args, **kwargs', 'bucket_by_sequence_length'),
    prefetch_to_device: unchanged('prefetch_to_device', 'device, buffer_size=None'), copy_to_device: unchanged('copy_to_device', 'target_device, source_device="/cpu:0"'),
    assert_cardinality: nativeFunction('assert_cardinality', 'expected_cardinality', (outer) => nativeFunction('assert_cardinality', 'dataset', (inner) => {
      const facts = datasetFacts(inner.args.get('dataset'));
      return facts === undefined ? unknown() : makeDataset({ ...facts, cardinality: outer.args.int('expected_cardinality') });
    })),
  }),
};
