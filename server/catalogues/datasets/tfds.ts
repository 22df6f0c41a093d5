// TensorFlow Datasets: load, builder, as_numpy and what `info` tells. Which classes, images and splits a data set has stands in facts/.
// A data set or configuration that is not in the table is unknown.
import { unknownDim } from '../../tensors/dim.ts';
import { rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeClass, nativeFunction, nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { Place } from '../../values/place.ts';
import { registerPresentation } from '../../values/presentation.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { bool, instance, int, list, none, str, tuple, unknown } from '../../values/value.ts';
import { dictClass } from '../python/mappings.ts';
import { tfdsDataset, type TfdsDataset, type TfdsLabel } from '../facts/tables.ts';
import { tensorClass, tensorflowDType } from '../tensorflow/tensor.ts';
import { batchCardinality, datasetFacts, derivedDataset, makeDataset, sourceOrigin } from './dataset.ts';
import { numpyElement } from './dataset-class.ts';
import { openBatchDim, stackElement } from './elements.ts';
import { labelOrigin, rangeOfSome } from './label-facts.ts';
import { countOfParts, readSplit, type SplitPart } from './tfds-splits.ts';

/** A data set as the program names it, and where. */
interface Source { readonly table: TfdsDataset; readonly place: Place }

function sourceName(source: Source): string {
  return `tfds ${source.table.name}${source.table.config === '' ? '' : `/${source.table.config}`}`;
}

/** Features of text that stand first in a supervised pair. */
const textFeatures: ReadonlySet<string> = new Set(['text', 'description', 'sentence', 'document', 'review', 'string', 'content', 'question']);
/** Splits whose examples carry the label -1: none. */
const unlabelledSplits: ReadonlySet<string> = new Set(['unsupervised', 'unlabelled', 'unlabeled', 'unlabelled_train']);

// ---- Elements.

function openAxis(): ReturnType<typeof unknownDim> { return unknownDim({ minimum: 1, prints: 'None' }); }

function imageTensor(source: Source): TensorValue {
  return tensor({
    cls: tensorClass, dtype: 'uint8', range: rangeBetween(0, 255, { integral: true, attained: true }), origin: sourceOrigin(sourceName(source), source.place),
    shape: { dims: source.table.image?.shape.map((size) => size ?? openAxis()) },
  });
}

/** Test labels are kept back by those who publish some data sets, and are -1 then; only pairs meant for training are sure to have them. */
function isLabelled(source: Source, part: SplitPart): boolean {
  if (unlabelledSplits.has(part.name)) return false;
  return part.name === 'train' || part.name === 'validation' || (source.table.supervised !== undefined && !source.table.name.startsWith('imagenet'));
}

function labelTensor(source: Source, label: TfdsLabel, parts: readonly SplitPart[] | undefined): TensorValue {
  const whole: ValueRange = { ...rangeBetween(label.lowest, label.highest, { integral: true }), attained: source.table.supervised?.[1] === label.feature && !label.isSequence };
  const known = parts?.every((part) => isLabelled(source, part)) === true;
  return tensor({
    cls: tensorClass, dtype: 'int64', shape: label.isSequence ? shapeOf(openAxis()) : shapeOf(),
    range: known && parts !== undefined ? rangeOfSome(whole, countOfParts(parts)) : parts === undefined ? { ...whole, attained: false } : undefined,
    origin: labelOrigin({ classes: label.classes, source: sourceName(source), place: source.place }),
  });
}

function featureTensor(source: Source, name: string, parts: readonly SplitPart[] | undefined): Value {
  const { table } = source;
  if (name === table.image?.feature) return imageTensor(source);
  const label = table.labels.find((one) => one.feature === name);
  if (label !== undefined) return labelTensor(source, label, parts);
  return table.image === undefined && textFeatures.has(name) ? tensor({ cls: tensorClass, shape: shapeOf(), dtype: 'string' }) : unknown();
}

function elementOf(source: Source, parts: readonly SplitPart[] | undefined, supervised: boolean | undefined): Value {
  const { table } = source;
  if (supervised === undefined) return unknown();
  if (supervised) return table.supervised === undefined ? unknown() : tuple(table.supervised.map((name) => featureTensor(source, name, parts)));
  const names = new Set([...(table.image === undefined ? [] : [table.image.feature]), ...(table.supervised ?? []), ...table.labels.map((label) => label.feature)]);
  return { kind: 'dict', entries: new Map([...names].map((name) => [`s:${name}`, { key: str(name), value: featureTensor(source, name, parts) }])), open: true };
}

// ---- Loading.

function datasetOf(source: Source, split: Value, call: NativeCall): Value {
  const { args } = call;
  const supervised = args.given('as_supervised') === false ? false : args.flag('as_supervised');
  const text = split.kind === 'str' ? split.value : undefined;
  const parts = text === undefined ? undefined : readSplit(text, source.table.splits);
  const count = parts === undefined ? undefined : countOfParts(parts);
  const element = elementOf(source, parts, supervised);
  const batchSize = args.get('batch_size');
  // All of it as one tensor.
  if (batchSize.kind === 'int' && batchSize.value === -1) return stackElement(element, count ?? openAxis());
  const made = makeDataset({ element, cardinality: count, examples: count, mixed: true, origin: sourceOrigin(sourceName(source), source.place) });
  if (batchSize.kind === 'none') return made;
  const facts = datasetFacts(made);
  const size = args.int('batch_size');
  return facts === undefined ? made : derivedDataset(facts, { element: stackElement(element, openBatchDim(element)), cardinality: batchCardinality(count, size, false), batchSize: size });
}

function unknownDataset(): Value {
  return makeDataset({ element: unknown(), cardinality: undefined, batchSize: undefined });
}

/** The data sets for a structure of splits. */
function datasetsOf(source: Source | undefined, split: Value, call: NativeCall, depth = 0): Value {
  if (depth > 6) return unknown();
  switch (split.kind) {
    case 'list': return split.open ? unknown() : list(split.items.map((item) => datasetsOf(source, item, call, depth + 1)));
    case 'tuple': return { ...split, items: split.items.map((item) => datasetsOf(source, item, call, depth + 1)) };
    case 'dict': return { ...split, entries: new Map([...split.entries].map(([key, entry]) => [key, { key: entry.key, value: datasetsOf(source, entry.value, call, depth + 1) }])) };
    case 'none': {
      if (source === undefined) return unknown();
      return {
        kind: 'dict', open: source.table.splits.size === 0,
        entries: new Map([...source.table.splits.keys()].map((name) => [`s:${name}`, { key: str(name), value: datasetOf(source, str(name), call) }])),
      };
    }
    case 'str': return source === undefined ? unknownDataset() : datasetOf(source, split, call);
    // `tfds.core.ReadInstruction`, `even_splits`: some part, one data set.
    case 'instance': return source === undefined ? unknownDataset() : datasetOf(source, split, call);
    default: return unknown();
  }
}

function sourceOf(name: string | undefined, place: Place): Source | undefined {
  const table = name === undefined ? undefined : tfdsDataset(name);
  return table === undefined ? undefined : { table, place };
}

const load = nativeFunction(
  'load',
  'name, *, split=None, data_dir=None, batch_size=None, shuffle_files=False, download=True, as_supervised=False, decoders=None, read_config=None, with_info=False, '
  + 'builder_kwargs=None, download_and_prepare_kwargs=None, as_dataset_kwargs=None, try_gcs=False, file_format=None, **kwargs',
  (call) => {
    const source = sourceOf(call.args.str('name'), call.place);
    const datasets = datasetsOf(source, call.args.get('split'), call);
    const withInfo = call.args.given('with_info') === false ? false : call.interpreter.truth(call.args.get('with_info'), call.place);
    if (withInfo === undefined) return unknown();
    return withInfo ? tuple([datasets, source === undefined ? unknown() : infoOf(source)]) : datasets;
  },
);

// ---- What is told of a data set.

interface FeatureFacts { readonly source: Source; readonly label: TfdsLabel | undefined }
const featureSlot = defineSlot<FeatureFacts>('tfds feature');
const infoSlot = defineSlot<Source>('tfds info');

const labelClass: ClassValue = nativeClass({
  name: 'ClassLabel', qualifiedName: 'tensorflow_datasets.features.ClassLabel',
  members: {
    num_classes: nativeProperty('num_classes', ({ args }) => {
      const facts = featureSlot.get(args.get('self'));
      return facts?.label === undefined ? unknown(undefined, 'int') : int(facts.label.classes, labelOrigin({ classes: facts.label.classes, source: sourceName(facts.source), place: facts.source.place }));
    }),
    names: nativeProperty('names', ({ args }) => {
      const facts = featureSlot.get(args.get('self'));
      if (facts?.label === undefined) return unknown(undefined, 'list');
      const names = list(Array.from({ length: facts.label.classes }, () => unknown(undefined, 'str')));
      names.origin = labelOrigin({ classes: facts.label.classes, source: sourceName(facts.source), place: facts.source.place });
      return names;
    }),
    int2str: nativeMethod('int2str', 'self, int_value', () => unknown(undefined, 'str')),
    str2int: nativeMethod('str2int', 'self, str_value', () => unknown(undefined, 'int')),
    shape: nativeProperty('shape', () => tuple([])),
    dtype: nativeProperty('dtype', () => tensorflowDType('int64')),
  },
});

const imageClass: ClassValue = nativeClass({
  name: 'Image', qualifiedName: 'tensorflow_datasets.features.Image',
  members: {
    shape: nativeProperty('shape', ({ args }) => {
      const facts = featureSlot.get(args.get('self'));
      return facts === undefined ? unknown(undefined, 'tuple') : tuple((facts.source.table.image?.shape ?? []).map((size) => (size === undefined ? none : int(size))), sourceOrigin(sourceName(facts.source), facts.source.place));
    }),
    dtype: nativeProperty('dtype', () => tensorflowDType('uint8')),
  },
});

/** A dict of features; those that the table does not list are unknown. */
const featuresClass: ClassValue = nativeClass({ name: 'FeaturesDict', qualifiedName: 'tensorflow_datasets.features.FeaturesDict', bases: [dictClass] });

function featuresOf(source: Source): Value {
  const { table } = source;
  const features: [string, Value][] = [];
  const add = (name: string, cls: ClassValue, label: TfdsLabel | undefined): void => {
    const feature = instance(cls);
    featureSlot.set(feature, { source, label });
    features.push([name, feature]);
  };
  if (table.image !== undefined) add(table.image.feature, imageClass, undefined);
  for (const label of table.labels) {
    if (label.isSequence) features.push([label.feature, sequenceOf(source, label)]);
    else add(label.feature, labelClass, label);
  }
  return { kind: 'dict', cls: featuresClass, open: true, entries: new Map(features.map(([name, value]) => [`s:${name}`, { key: str(name), value }])) };
}

const sequenceClass: ClassValue = nativeClass({
  name: 'Sequence', qualifiedName: 'tensorflow_datasets.features.Sequence',
  members: { num_classes: labelClass.namespace.get('num_classes') ?? none, names: labelClass.namespace.get('names') ?? none },
});

function sequenceOf(source: Source, label: TfdsLabel): Value {
  const sequence = instance(sequenceClass);
  const feature = instance(labelClass);
  featureSlot.set(feature, { source, label });
  featureSlot.set(sequence, { source, label });
  sequence.attributes.set('feature', feature);
  return sequence;
}

const splitSlot = defineSlot<{ readonly name: string; readonly count: number | undefined; readonly source: Source }>('tfds split');
const splitInfoClass: ClassValue = nativeClass({
  name: 'SplitInfo', qualifiedName: 'tensorflow_datasets.core.SplitInfo',
  members: {
    num_examples: nativeProperty('num_examples', ({ args }) => {
      const facts = splitSlot.get(args.get('self'));
      return facts?.count === undefined ? unknown(undefined, 'int') : int(facts.count, sourceOrigin(sourceName(facts.source), facts.source.place));
    }),
    name: nativeProperty('name', ({ args }) => { const facts = splitSlot.get(args.get('self')); return facts === undefined ? unknown(undefined, 'str') : str(facts.name); }),
  },
});

function splitInfo(source: Source, text: string): Value {
  const made = instance(splitInfoClass);
  const parts = readSplit(text, source.table.splits);
  splitSlot.set(made, { name: text, count: parts === undefined ? undefined : countOfParts(parts), source });
  return made;
}

/** A mapping of split names that also takes parts: `info.splits['train[:10%]']`. */
const splitsClass: ClassValue = nativeClass({
  name: 'SplitDict', qualifiedName: 'tensorflow_datasets.core.SplitDict',
  members: {
    __getitem__: nativeMethod('__getitem__', 'self, key', ({ args }) => {
      const [source, key] = [infoSlot.get(args.get('self')), args.get('key')];
      return source === undefined || key.kind !== 'str' ? unknown() : splitInfo(source, key.value);
    }),
    ...Object.fromEntries(['keys', 'values', 'items', '__iter__', '__len__'].map((name) => [name, nativeMethod(name, 'self', ({ args, interpreter, place }) => {
      const source = infoSlot.get(args.get('self'));
      return source === undefined ? unknown() : interpreter.callMethod(splitsDict(source), name, [], place);
    })])),
    __contains__: nativeMethod('__contains__', 'self, key', ({ args }) => {
      const [source, key] = [infoSlot.get(args.get('self')), args.get('key')];
      return source === undefined || key.kind !== 'str' || source.table.splits.size === 0 ? unknown(undefined, 'bool') : bool(source.table.splits.has(key.value));
    }),
  },
});

function splitsDict(source: Source): Value {
  return { kind: 'dict', open: source.table.splits.size === 0, entries: new Map([...source.table.splits.keys()].map((name) => [`s:${name}`, { key: str(name), value: splitInfo(source, name) }])) };
}

export const datasetInfoClass: ClassValue = nativeClass({
  name: 'DatasetInfo', qualifiedName: 'tensorflow_datasets.core.DatasetInfo',
  members: {
    features: nativeProperty('features', ({ args }) => { const source = infoSlot.get(args.get('self')); return source === undefined ? unknown() : featuresOf(source); }),
    splits: nativeProperty('splits', ({ args }) => {
      const source = infoSlot.get(args.get('self'));
      if (source === undefined) return unknown();
      const splits = instance(splitsClass);
      infoSlot.set(splits, source);
      return splits;
    }),
    name: nativeProperty('name', ({ args }) => { const source = infoSlot.get(args.get('self')); return source === undefined ? unknown(undefined, 'str') : str(source.table.name); }),
    supervised_keys: nativeProperty('supervised_keys', ({ args }) => {
      const keys = infoSlot.get(args.get('self'))?.table.supervised;
      return keys === undefined ? unknown() : tuple(keys.map((key) => str(key)));
    }),
  },
});
registerPresentation(datasetInfoClass, (value) => {
  const source = infoSlot.get(value);
  if (source === undefined) return undefined;
  const splits = [...source.table.splits].map(([name, count]) => (count === undefined ? name : `${name} ${count}`)).join(', ');
  return { text: `${sourceName(source)}: ${source.table.labels.map((label) => `${label.feature} ${label.classes} classes`).join(', ')}; ${splits}` };
});

function infoOf(source: Source): Value {
  const made = instance(datasetInfoClass);
  infoSlot.set(made, source);
  return made;
}

const builderClass: ClassValue = nativeClass({
  name: 'DatasetBuilder', qualifiedName: 'tensorflow_datasets.core.DatasetBuilder',
  members: {
    info: nativeProperty('info', ({ args }) => { const source = infoSlot.get(args.get('self')); return source === undefined ? unknown() : infoOf(source); }),
    download_and_prepare: nativeMethod('download_and_prepare', 'self, **kwargs', () => none),
    as_dataset: nativeMethod('as_dataset', 'self, split=None, *, batch_size=None, shuffle_files=False, decoders=None, read_config=None, as_supervised=False, **kwargs', (call) => {
      const source = infoSlot.get(call.args.get('self'));
      return datasetsOf(source, call.args.get('split'), call);
    }),
  },
});

const builder = nativeFunction('builder', 'name, *, try_gcs=False, **builder_kwargs', (call) => {
  const config = call.args.restKeywords.find((one) => one.name === 'config')?.value;
  const name = call.args.str('name');
  const source = sourceOf(name !== undefined && config?.kind === 'str' ? `${name}/${config.value}` : config === undefined ? name : undefined, call.place);
  const made = instance(builderClass);
  if (source !== undefined) infoSlot.set(made, source);
  return made;
});

/** Data sets give numpy arrays, tensors become them, structures stay. */
function asNumpyStructure(value: Value, depth = 0): Value {
  const facts = datasetFacts(value);
  if (facts !== undefined) return derivedDataset(facts, { element: numpyElement(facts.element) });
  if (depth > 6) return unknown();
  if (value.kind === 'tuple') return { ...value, items: value.items.map((item) => asNumpyStructure(item, depth + 1)) };
  if (value.kind === 'list') return list(value.items.map((item) => asNumpyStructure(item, depth + 1)), value.open);
  if (value.kind === 'dict') return { ...value, entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: asNumpyStructure(entry.value, depth + 1) }])) };
  return value.kind === 'tensor' ? numpyElement(value) : unknown();
}

const splitNames = nativeClass({
  name: 'Split', qualifiedName: 'tensorflow_datasets.Split', members: { TRAIN: str('train'), TEST: str('test'), VALIDATION: str('validation'), ALL: str('all') },
});

export const tfdsModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  tensorflow_datasets: () => ({
    load, builder, Split: splitNames, as_numpy: nativeFunction('as_numpy', 'dataset', ({ args }) => asNumpyStructure(args.get('dataset'))),
    disable_progress_bar: nativeFunction('disable_progress_bar', '', () => none), enable_progress_bar: nativeFunction('enable_progress_bar', '', () => none),
    is_dataset: nativeFunction('is_dataset', 'dataset', ({ args }) => bool(datasetFacts(args.get('dataset')) !== undefined)),
  }),
};
