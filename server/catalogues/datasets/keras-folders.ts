// Keras' data sets from folders and arrays: image_, text_, audio_dataset_from_directory, timeseries_dataset_from_array, split_dataset.
// Classes are read from the real folder where the host shows it; a folder that cannot be seen leaves them unknown.
import { type Dim, floorDivideDims, isKnown, maximumDims, minimumDims, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import type { ImageFolder } from '../../trace/configuration.ts';
import { nativeFunction } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { Message, Origin, Place } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { tensor } from '../../values/tensor.ts';
import type { InstanceValue, NativeCall, NativeFunction, TensorValue, Value } from '../../values/value.ts';
import { list, str, tuple, unknown } from '../../values/value.ts';
import { tensorClass } from '../tensorflow/tensor.ts';
import { batchCardinality, datasetFacts, derivedDataset, elementOfSome, makeDataset, sourceOrigin } from './dataset.ts';
import { asElement, mapTensors, openBatchDim, sliceElement, stackElement, withShape } from './elements.ts';
import { labelOrigin, labelsOf, oneHotTensor } from './label-facts.ts';

/** What a folder of classes holds. */
export interface ClassFolder {
  /** As the program names it. */
  readonly path: string | undefined;
  /** Sorted names of its folders; undefined when it cannot be seen. */
  readonly names: readonly string[] | undefined;
  /** Files in each, in the same order. */
  readonly counts: readonly number[] | undefined;
  /** Files in all of them; undefined when they cannot be counted. */
  readonly files: number | undefined;
  /** Each class has files. */
  readonly isFull: boolean;
}

const mostFiles = 200_000;

/** Looks at a folder. `extensions`: which files count, in lower case. */
export function readClassFolder(interpreter: Interpreter, directory: Value, extensions: ReadonlySet<string>, place: Place): ClassFolder {
  const path = directory.kind === 'str' ? directory.value : directory.kind === 'instance' ? interpreter.text(directory, place) : undefined;
  const entries = path === undefined ? undefined : interpreter.host.listFolder(path);
  const names = entries?.filter((entry) => entry.isFolder && !entry.name.startsWith('.')).map((entry) => entry.name).sort();
  if (path === undefined || names === undefined || names.length === 0) return { path, names: undefined, counts: undefined, files: undefined, isFull: false };
  const counts = names.map((name) => countFiles(interpreter, `${path}/${name}`, extensions, 0));
  return { path, names, counts, files: counts.reduce((sum, count) => sum + count, 0), isFull: counts.every((count) => count > 0) };
}

function countFiles(interpreter: Interpreter, path: string, extensions: ReadonlySet<string>, depth: number): number {
  let count = 0;
  for (const entry of interpreter.host.listFolder(path) ?? []) {
    if (entry.isFolder) { if (depth < 4) count += countFiles(interpreter, `${path}/${entry.name}`, extensions, depth + 1); }
    else if (extensions.has(entry.name.slice(entry.name.lastIndexOf('.')).toLowerCase())) count += 1;
    if (count > mostFiles) break;
  }
  return count;
}

export const imageExtensions: ReadonlySet<string> = new Set(['.bmp', '.gif', '.jpeg', '.jpg', '.png']);
const textExtensions: ReadonlySet<string> = new Set(['.txt']);
const audioExtensions: ReadonlySet<string> = new Set(['.wav']);

/** Known names in a list of the program; undefined where some are not known. */
export function namesOf(value: Value): readonly string[] | undefined {
  if (value.kind !== 'tuple' && !(value.kind === 'list' && !value.open)) return undefined;
  const names = value.items.map((item) => (item.kind === 'str' ? item.value : undefined));
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** How many names a list of the program holds, even where they are not known. */
export function countOfNames(value: Value): number | undefined {
  return value.kind === 'tuple' || (value.kind === 'list' && !value.open) ? value.items.length : undefined;
}

// ---- From folders.

interface Labelled {
  /** Undefined: no labels. */
  readonly labels: TensorValue | undefined | 'unknown';
  readonly classes: number | undefined;
  readonly names: readonly string[] | undefined;
  readonly files: number | undefined;
  readonly origin: Origin | undefined;
}

/** The labels that the folders' names give, of the part that is used. */
function labelsOfFolder(call: NativeCall, extensions: ReadonlySet<string>, subset: Subset): Labelled {
  const { args, interpreter } = call;
  const folder = readClassFolder(interpreter, args.get('directory'), extensions, call.place);
  const inferred = args.get('labels');
  const mode = args.get('label_mode');
  if (inferred.kind === 'none' || mode.kind === 'none') return { labels: undefined, classes: undefined, names: undefined, files: folder.files, origin: undefined };
  const given = args.isNone('class_names') ? undefined : args.get('class_names');
  const isInferred = inferred.kind === 'str' && inferred.value === 'inferred';
  const classes = given !== undefined ? countOfNames(given) : isInferred ? folder.names?.length : undefined;
  const names = given !== undefined ? namesOf(given) : isInferred ? folder.names : undefined;
  const origin = classes === undefined ? undefined : labelOrigin({ classes, source: folder.path === undefined ? 'class_names' : message('folders of {path}', { path: folder.path }), place: given === undefined ? call.place : args.place('class_names') ?? call.place });
  const known = classes === undefined ? undefined : labelsOf(classes, !folder.isFull ? undefined : subset === undefined ? Number.POSITIVE_INFINITY : filesOfSubset(call, subset)(folder.files));
  if (mode.kind !== 'str') return { labels: 'unknown', classes, names, files: folder.files, origin };
  const plain = tensor({ cls: tensorClass, shape: shapeOf(), dtype: 'int32', range: known, origin });
  switch (mode.value) {
    case 'int': return { labels: plain, classes, names, files: folder.files, origin };
    case 'binary': {
      if (classes !== undefined && classes !== 2) {
        refuse(call, message("label_mode='binary' needs 2 classes, {actual} are there", { actual: classes }), 'label_mode');
        return { labels: 'unknown', classes, names, files: folder.files, origin };
      }
      return { labels: tensor({ cls: tensorClass, shape: shapeOf(1), dtype: 'float32', range: known ?? rangeBetween(0, 1, { integral: true }), origin }), classes, names, files: folder.files, origin };
    }
    case 'categorical': return { labels: oneHotTensor({ cls: tensorClass, labels: plain, classes: classes ?? unknownDim(), dtype: 'float32' }), classes, names, files: folder.files, origin };
    default:
      refuse(call, message('label_mode must be one of "int", "categorical", "binary" or None, not "{actual}"', { actual: mode.value }), 'label_mode');
      return { labels: 'unknown', classes, names, files: folder.files, origin };
  }
}

function refuse(call: NativeCall, text: Message, argument: string): void {
  call.interpreter.refuse({ rule: 'invalid-argument', message: text, place: call.args.place(argument) ?? call.place });
}

type Subset = 'training' | 'validation' | undefined;

/** How many of the files a subset holds; `int(validation_split * n)` go to the validation part. */
function filesOfSubset(call: NativeCall, subset: Subset): (files: number | undefined) => number | undefined {
  return (files) => {
    if (subset === undefined || files === undefined) return files;
    const split = call.args.real('validation_split');
    if (split === undefined) return undefined;
    const validation = Math.trunc(split * files);
    return subset === 'validation' ? validation : files - validation;
  };
}

/** A data set from a folder for each subset asked for. */
function fromFolder(call: NativeCall, extensions: ReadonlySet<string>, input: (call: NativeCall, path: string | undefined) => TensorValue | undefined, both: 'list' | 'tuple'): Value {
  const { args } = call;
  if (args.get('format').kind === 'str' && args.str('format') !== 'tf') return unknown();
  const make = (subset: Subset): Value => {
    const count = filesOfSubset(call, subset);
    const labelled = labelsOfFolder(call, extensions, subset);
    const directory = args.get('directory');
    const path = directory.kind === 'str' ? directory.value : undefined;
    const examples = input(call, path);
    const element = labelled.labels === undefined ? examples ?? unknown() : tuple([examples ?? unknown(), labelled.labels === 'unknown' ? unknown() : labelled.labels]);
    const files = count(labelled.files);
    const isUnbatched = args.isNone('batch_size');
    const size = args.int('batch_size');
    const shuffled = args.given('shuffle') === false || args.flag('shuffle') === true;
    const made = makeDataset({
      element: isUnbatched ? element : stackElement(element, openBatchDim(element)), examples: files, mixed: shuffled,
      cardinality: isUnbatched ? files : batchCardinality(files, size, false), batchSize: isUnbatched ? 1 : size,
      origin: labelled.origin ?? (path === undefined ? undefined : sourceOrigin(path, call.place)), imageFolder: imageFolderOf(call, labelled),
    });
    setClassNames(made, labelled);
    return made;
  };
  const subset = args.get('subset');
  if (subset.kind === 'none') return make(undefined);
  if (subset.kind !== 'str') return unknown();
  switch (subset.value) {
    case 'both': return both === 'list' ? list([make('training'), make('validation')]) : tuple([make('training'), make('validation')]);
    case 'training': case 'validation': return make(subset.value);
    default:
      refuse(call, message('subset must be "training", "validation" or "both", not "{actual}"', { actual: subset.value }), 'subset');
      return unknown();
  }
}

/** How the pictures of a folder are read, where all of it is known. */
function imageFolderOf(call: NativeCall, labelled: Labelled): ImageFolder | undefined {
  const { args } = call;
  const [height, width] = sizeFromValue(args.get('image_size'));
  const channels = channelsOf(args.str('color_mode'));
  const [path, labels] = [args.str('directory'), args.str('label_mode')];
  if (path === undefined || typeof height !== 'number' || typeof width !== 'number' || channels === undefined) return undefined;
  if (labels !== 'int' && labels !== 'binary' && labels !== 'categorical') return undefined;
  return { path, height, width, channels, labels, interpolation: args.str('interpolation') ?? 'bilinear', validationSplit: args.real('validation_split'), classNames: labelled.names };
}

function setClassNames(dataset: InstanceValue, labelled: Labelled): void {
  const names = labelled.names?.map((name) => str(name)) ?? (labelled.classes === undefined ? undefined : Array.from({ length: labelled.classes }, () => unknown(undefined, 'str')));
  if (names === undefined) return;
  const held = list([...names]);
  held.origin = labelled.origin;
  setInstanceAttribute(dataset, 'class_names', held);
}

export function channelsOf(mode: string | undefined): number | undefined {
  return mode === 'rgb' ? 3 : mode === 'rgba' ? 4 : mode === 'grayscale' ? 1 : undefined;
}

/** Height and width of an argument such as `(160, 160)` or, for data sets, `160`. */
export function sizeFromValue(value: Value): readonly [Dim, Dim] {
  if (value.kind === 'int') return [value.value, value.value];
  const items = value.kind === 'tuple' || (value.kind === 'list' && !value.open) ? value.items : [];
  const [height, width] = items.map((item) => (item.kind === 'int' ? item.value : unknownDim()));
  return [height ?? unknownDim(), width ?? unknownDim()];
}

function imageInput(call: NativeCall, path: string | undefined): TensorValue {
  const { args } = call;
  const mode = args.str('color_mode');
  const channels = channelsOf(mode);
  if (mode !== undefined && channels === undefined) refuse(call, message('color_mode must be one of "rgb", "rgba", "grayscale", not "{actual}"', { actual: mode }), 'color_mode');
  const [height, width] = sizeFromValue(args.get('image_size'));
  const interpolation = args.str('interpolation');
  // Cubic and Lanczos kernels overshoot.
  const stays = interpolation === 'bilinear' || interpolation === 'nearest' || interpolation === 'area';
  const isFirst = args.str('data_format') === 'channels_first';
  return tensor({
    cls: tensorClass, dtype: 'float32', range: stays ? rangeBetween(0, 255) : undefined, origin: path === undefined ? undefined : sourceOrigin(path, call.place),
    shape: isFirst ? shapeOf(channels ?? unknownDim(), height, width) : shapeOf(height, width, channels ?? unknownDim()),
  });
}

function textInput(): TensorValue {
  return tensor({ cls: tensorClass, shape: shapeOf(), dtype: 'string' });
}

/** Samples of sound lie in [-1, 1]. */
function audioInput(call: NativeCall): TensorValue | undefined {
  if (call.args.flag('ragged') !== false) return undefined;
  const length = call.args.isNone('output_sequence_length') ? unknownDim({ prints: 'None' }) : call.args.int('output_sequence_length') ?? unknownDim();
  return tensor({ cls: tensorClass, shape: shapeOf(length, unknownDim({ minimum: 1, prints: 'None' })), dtype: 'float32', range: rangeBetween(-1, 1) });
}

// ---- From arrays.

/** Windows of consecutive rows, with the target of each. */
function timeseries(call: NativeCall): Value {
  const { args, interpreter } = call;
  if (args.str('format') !== 'tf') return unknown();
  const [data, targets] = [asElement(interpreter, args.get('data')), args.isNone('targets') ? undefined : asElement(interpreter, args.get('targets'))];
  const length = args.int('sequence_length') ?? unknownDim();
  const rows = sliceElement(data);
  const window = mapTensors(rows.element, (one) => withShape(one, { dims: one.shape.dims === undefined ? undefined : [length, ...one.shape.dims] }));
  const target = targets === undefined ? undefined : sliceElement(targets);
  const element = target === undefined ? window : tuple([window, mapTensors(target.element, (one) => ({ ...one, range: one.range === undefined ? undefined : { ...one.range, attained: false } }))]);
  const count = windowCount(call, rows.size, target?.size, length);
  if (args.isNone('batch_size')) return makeDataset({ element, cardinality: count });
  const size = args.int('batch_size');
  return makeDataset({ element: stackElement(element, openBatchDim(element)), cardinality: batchCardinality(count, size, false), batchSize: size, examples: typeof count === 'number' ? count : undefined });
}

function windowCount(call: NativeCall, rows: Dim | undefined, targets: Dim | undefined, length: Dim): Dim | undefined {
  const [stride, rate] = [call.args.number('sequence_stride'), call.args.number('sampling_rate')];
  const start = call.args.isNone('start_index') ? 0 : call.args.int('start_index');
  const end = call.args.isNone('end_index') ? rows : call.args.int('end_index');
  if (stride === undefined || rate === undefined || start === undefined || end === undefined || stride <= 0 || !isKnown(length)) return undefined;
  const whole = subtractDims(subtractDims(end, start), (length - 1) * rate);
  const count = maximumDims(0, targets === undefined ? whole : minimumDims(whole, targets));
  return floorDivideDims(typeof count === 'number' ? count + stride - 1 : count, stride);
}

/** Two parts of a data set or of arrays; sizes are numbers of elements or fractions. */
function split(call: NativeCall): Value {
  const { args, interpreter } = call;
  const given = args.get('dataset');
  const whole = datasetFacts(given) ?? datasetFacts(wholeOf(interpreter, given));
  if (whole === undefined) return unknown();
  const total = typeof whole.cardinality === 'number' ? whole.cardinality : undefined;
  const part = (name: string): number | undefined => {
    const value = args.get(name);
    if (value.kind === 'float') return total === undefined ? undefined : Math.round(value.value * total);
    return args.number(name);
  };
  const [left, right] = [part('left_size'), part('right_size')];
  const [first, second] = [left ?? (total === undefined || right === undefined ? undefined : total - right), right ?? (total === undefined || left === undefined ? undefined : total - left)];
  const examples = (count: number | undefined): number | undefined => (count === undefined || typeof whole.batchSize !== 'number' ? undefined : count * whole.batchSize);
  return tuple([first, second].map((count) => derivedDataset(whole, { element: elementOfSome(whole, count), cardinality: count, examples: examples(count) })));
}

function wholeOf(interpreter: Interpreter, value: Value): Value {
  const { element, size } = sliceElement(asElement(interpreter, value));
  return makeDataset({ element, cardinality: size });
}

const shared = 'batch_size=32';
const subsets = 'shuffle=True, seed=None, validation_split=None, subset=None';
const folderFunctions: Readonly<Record<string, NativeFunction>> = {
  image_dataset_from_directory: nativeFunction(
    'image_dataset_from_directory',
    `directory, labels="inferred", label_mode="int", class_names=None, color_mode="rgb", ${shared}, image_size=(256, 256), ${subsets}, interpolation="bilinear", follow_links=False, `
    + 'crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, data_format=None, format="tf", verbose=True, **kwargs',
    (call) => fromFolder(call, imageExtensions, imageInput, 'list'),
  ),
  text_dataset_from_directory: nativeFunction(
    'text_dataset_from_directory',
    `directory, labels="inferred", label_mode="int", class_names=None, ${shared}, max_length=None, ${subsets}, follow_links=False, format="tf", verbose=True`,
    (call) => fromFolder(call, textExtensions, textInput, 'list'),
  ),
  audio_dataset_from_directory: nativeFunction(
    'audio_dataset_from_directory',
    `directory, labels="inferred", label_mode="int", class_names=None, ${shared}, sampling_rate=None, output_sequence_length=None, ragged=False, ${subsets}, follow_links=False, verbose=True`,
    (call) => fromFolder(call, audioExtensions, audioInput, 'tuple'),
  ),
  timeseries_dataset_from_array: nativeFunction(
    'timeseries_dataset_from_array',
    'data, targets, sequence_length, sequence_stride=1, sampling_rate=1, batch_size=128, shuffle=False, seed=None, start_index=None, end_index=None, format="tf"', timeseries,
  ),
};

export const folderModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  'keras.utils': () => ({ ...folderFunctions, split_dataset: nativeFunction('split_dataset', 'dataset, left_size=None, right_size=None, shuffle=False, seed=None, preferred_backend=None', split) }),
  'keras.preprocessing': () => folderFunctions,
};

