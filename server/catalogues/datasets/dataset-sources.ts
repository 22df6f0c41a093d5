// Where a tf.data.Dataset comes from: tensors, generators, ranges, files, other data sets. It must not know any one collection of data.
import { formatDim } from '../../tensors/dim.ts';
import { nativeFunction } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { NativeCall, NativeFunction, Value } from '../../values/value.ts';
import { none, originOf, tuple, unknown } from '../../values/value.ts';
import { dimFromValue } from '../arrays/contents.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { tensorClass } from '../tensorflow/tensor.ts';
import { type Cardinality, datasetFacts, type DatasetFacts, makeDataset, smallerCardinality } from './dataset.ts';
import { countScalar } from './dataset-methods.ts';
import { asElement, sliceElement, someOf, tensorsOfElement, uniteElements, withShape } from './elements.ts';
import { elementOfSpecs, elementOfTypes, stringScalar } from './tensor-spec.ts';

function fromTensorSlices(call: NativeCall): Value {
  const structure = asElement(call.interpreter, call.args.get('tensors'));
  const { element, size, conflict, scalar } = sliceElement(structure);
  const place = call.args.place('tensors');
  if (conflict !== undefined) {
    return call.interpreter.refuse({
      rule: 'shape-mismatch', place,
      message: message('from_tensor_slices() needs tensors of equal length, these have {left} and {right} rows', { left: formatDim(conflict[0]), right: formatDim(conflict[1]) }),
    }, makeDataset({ element, cardinality: undefined }));
  }
  if (scalar) {
    return call.interpreter.refuse({ rule: 'shape-mismatch', place, message: message('from_tensor_slices() cannot slice a value without axes') }, makeDataset({ element, cardinality: undefined }));
  }
  return makeDataset({ element, cardinality: size, origin: originOf(tensorsOfElement(structure)[0] ?? none) });
}

function fromGenerator(call: NativeCall): Value {
  const { args, interpreter } = call;
  const declared = args.isNone('output_signature')
    ? args.isNone('output_types') ? unknown() : elementOfTypes(interpreter, args.get('output_types'), args.get('output_shapes'))
    : elementOfSpecs(args.get('output_signature'));
  return makeDataset({ element: declared, cardinality: undefined });
}

function range(call: NativeCall): Value {
  const given = call.args.rest.map((argument) => dimFromValue(argument.value));
  const [first, second] = given;
  const [start, stop] = given.length === 1 ? [0, first] : [first, second];
  const step = given.length > 2 ? given[2] : 1;
  const dtype = call.args.restKeywords.find((one) => one.name === 'output_type')?.value;
  const scalar = (low: number | undefined, last: number | undefined): Value => {
    const made = low === undefined ? tensor({ cls: tensorClass, shape: { dims: [] }, dtype: 'int64' }) : countScalar(low, last);
    return dtype === undefined ? made : { ...made, dtype: dtypeFromValue(dtype) };
  };
  if (typeof start !== 'number' || typeof stop !== 'number' || typeof step !== 'number' || step === 0) {
    return makeDataset({ element: scalar(typeof start === 'number' && typeof step === 'number' && step > 0 ? start : undefined, undefined), cardinality: step === 1 && start === 0 ? stop : undefined });
  }
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const last = start + (count - 1) * step;
  return makeDataset({ element: scalar(Math.min(start, last), count === 0 ? undefined : Math.max(start, last)), cardinality: count });
}

/** Elements of several data sets side by side: the structure's data sets, each replaced by its element. */
function zip(call: NativeCall): Value {
  const given = call.args.rest.map((argument) => argument.value);
  const structure = given.length === 1 ? given[0] ?? none : given.length > 1 ? tuple(given) : call.args.restKeywords[0]?.value ?? none;
  const all: (DatasetFacts | undefined)[] = [];
  const combine = (value: Value, depth: number): Value => {
    if (depth > 8) return unknown();
    if (value.kind === 'tuple') return { ...value, items: value.items.map((item) => combine(item, depth + 1)) };
    if (value.kind === 'list') return tuple(value.items.map((item) => combine(item, depth + 1)));
    if (value.kind === 'dict') return { ...value, entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: combine(entry.value, depth + 1) }])) };
    const facts = datasetFacts(value);
    all.push(facts);
    return facts?.element ?? unknown();
  };
  const element = combine(structure, 0);
  const cardinality = all.reduce<Cardinality>((smallest, facts) => smallerCardinality(smallest, facts?.cardinality), 'infinite');
  const known = all.filter((facts) => facts !== undefined);
  const isWhole = known.every((facts) => facts.cardinality === cardinality || cardinality === undefined);
  const [first] = known;
  return makeDataset({
    element: isWhole ? element : someOf(element, undefined), cardinality: all.length === 0 ? undefined : cardinality, batchSize: first?.batchSize,
    examples: known.reduce<number | undefined>((smallest, facts) => (smallest === undefined || facts.examples === undefined ? smallest ?? facts.examples : Math.min(smallest, facts.examples)), undefined),
    mixed: known.every((facts) => facts.mixed), origin: first?.origin,
  });
}

/** Elements of one of several data sets, chosen by chance or by another data set. */
function choose(call: NativeCall): Value {
  const datasets = call.args.get('datasets');
  const all = datasets.kind === 'list' || datasets.kind === 'tuple' ? datasets.items.map(datasetFacts) : [];
  const known = all.filter((facts) => facts !== undefined);
  const [first, ...others] = known;
  if (first === undefined || known.length < all.length) return makeDataset({ element: unknown(), cardinality: undefined });
  const element = others.reduce((joined, facts) => uniteElements(joined, facts.element), first.element);
  return makeDataset({ element, cardinality: all.every((facts) => facts?.cardinality === 'infinite') ? 'infinite' : undefined, batchSize: first.batchSize, origin: first.origin });
}

function lines(): Value {
  return makeDataset({ element: stringScalar(), cardinality: undefined });
}

/** A column for each default. */
function csvColumns(call: NativeCall): Value {
  const defaults = call.args.get('record_defaults');
  const columns = (defaults.kind === 'list' && !defaults.open) || defaults.kind === 'tuple' ? defaults.items : undefined;
  if (columns === undefined) return makeDataset({ element: unknown(), cardinality: undefined });
  const element = tuple(columns.map((column) => {
    const named = dtypeFromValue(column, 'float32');
    if (named !== undefined) return tensor({ cls: tensorClass, shape: { dims: [] }, dtype: named });
    const [example] = tensorsOfElement(asElement(call.interpreter, column));
    return example === undefined ? unknown() : withShape(example, { dims: [] }, { range: undefined });
  }));
  return makeDataset({ element, cardinality: undefined });
}

const staticSources: Readonly<Record<string, readonly [signature: string, make: (call: NativeCall) => Value]>> = {
  from_tensor_slices: ['tensors, name=None', fromTensorSlices],
  from_tensors: ['tensors, name=None', (call) => makeDataset({ element: asElement(call.interpreter, call.args.get('tensors')), cardinality: 1, examples: undefined })],
  from_generator: ['generator, output_types=None, output_shapes=None, args=None, output_signature=None, name=None', fromGenerator],
  range: ['*args, **kwargs', range],
  zip: ['*args, datasets=None, name=None', zip],
  list_files: ['file_pattern, shuffle=None, seed=None, name=None', lines],
  sample_from_datasets: ['datasets, weights=None, seed=None, stop_on_empty_dataset=False, rerandomize_each_iteration=None', choose],
  choose_from_datasets: ['datasets, choice_dataset, stop_on_empty_dataset=True', choose],
  counter: ['start=0, step=1, dtype=None, name=None', (call) => makeDataset({ element: countScalar(call.args.number('start') ?? 0, undefined), cardinality: 'infinite' })],
  random: ['seed=None, rerandomize_each_iteration=None, name=None', () => makeDataset({ element: tensor({ cls: tensorClass, shape: { dims: [] }, dtype: 'int64' }), cardinality: 'infinite' })],
  load: ['path, element_spec=None, compression=None, reader_func=None, wait=False', (call) => makeDataset({ element: call.args.isNone('element_spec') ? unknown() : elementOfSpecs(call.args.get('element_spec')), cardinality: undefined })],
};

/** `tf.data.Dataset.from_…`, callable on the class and on instances. */
export const datasetSources: Readonly<Record<string, Value>> = Object.fromEntries(Object.entries(staticSources).map(([name, [signature, make]]) => [
  name, { kind: 'staticmethod', callable: nativeFunction(name, signature, make) },
]));

export function sourceFunction(name: keyof typeof staticSources): NativeFunction {
  const source = staticSources[name];
  return nativeFunction(name, source?.[0], source?.[1] ?? (() => unknown()));
}

/** Classes of readers: `tf.data.TextLineDataset(files)`. */
export const readerSources: Readonly<Record<string, readonly [signature: string, make: (call: NativeCall) => Value]>> = {
  TextLineDataset: ['filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None', lines],
  TFRecordDataset: ['filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None', lines],
  FixedLengthRecordDataset: ['filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None, compression_type=None, num_parallel_reads=None, name=None', lines],
  CsvDataset: ['filenames, record_defaults, compression_type=None, buffer_size=None, header=False, field_delim=",", use_quote_delim=True, na_value="", select_cols=None, exclude_cols=None', csvColumns],
};
