// ImageDataGenerator and its iterators over folders, tables and arrays. It must not know models: what an iterator gives is told through
// registerDataSource.
import { ceilDivideDims, type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { constantRange, multiplyRanges, rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { setInstanceAttribute } from '../../values/heap.ts';
import type { Message, Origin } from '../../values/place.ts';
import { message } from '../../values/place.ts';
import { registerPresentation } from '../../values/presentation.ts';
import { defineSlot } from '../../values/slots.ts';
import { tensor } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { instance, int, none, str, tuple, unknown } from '../../values/value.ts';
import { numberFromValue } from '../arrays/contents.ts';
import { asTensor } from '../arrays/conversion.ts';
import { registerDataSource } from '../keras/data-source.ts';
import { ndarrayClass, numpyLibrary } from '../numpy/library.ts';
import { sourceOrigin } from './dataset.ts';
import { mapTensors, openBatchDim, sliceElement, stackElement, withShape } from './elements.ts';
import { channelsOf, countOfNames, namesOf, readClassFolder, sizeFromValue } from './keras-folders.ts';
import { labelOrigin, labelsOf, oneHotTensor } from './label-facts.ts';

/** What a generator does to pictures, as far as it changes their values. */
interface GeneratorFacts {
  readonly preprocess: Value;
  readonly rescale: number | undefined | 'unknown';
  /** Centred, standardised or whitened: the values can be anything. */
  readonly normalises: boolean;
  readonly validationSplit: number | undefined;
  readonly channelsFirst: boolean;
}
const generatorSlot = defineSlot<GeneratorFacts>('ImageDataGenerator');

interface IteratorFacts {
  readonly batch: Value;
  readonly samples: Dim | undefined;
  readonly batchSize: Dim | undefined;
}
const iteratorSlot = defineSlot<IteratorFacts>('keras iterator');

function batchOf(value: Value): Value { return iteratorSlot.get(value)?.batch ?? unknown(); }

/** What all of Keras' iterators over batches have. */
const iteratorClass: ClassValue = nativeClass({
  name: 'Iterator', qualifiedName: 'keras.preprocessing.image.Iterator',
  members: {
    __iter__: nativeMethod('__iter__', 'self', ({ args }) => args.get('self')),
    __next__: nativeMethod('__next__', 'self', ({ args }) => batchOf(args.get('self'))),
    next: nativeMethod('next', 'self', ({ args }) => batchOf(args.get('self'))),
    __getitem__: nativeMethod('__getitem__', 'self, idx', ({ args }) => batchOf(args.get('self'))),
    __len__: nativeMethod('__len__', 'self', ({ args }) => {
      const facts = iteratorSlot.get(args.get('self'));
      return facts?.samples === undefined || facts.batchSize === undefined || facts.batchSize === 0 ? unknown(undefined, 'int') : int(ceilDivideDims(facts.samples, facts.batchSize));
    }),
    __bool__: nativeMethod('__bool__', 'self', () => ({ kind: 'bool', value: true })),
    reset: nativeMethod('reset', 'self', () => none),
    on_epoch_end: nativeMethod('on_epoch_end', 'self', () => none),
    samples: nativeProperty('samples', ({ args }) => countValue(iteratorSlot.get(args.get('self'))?.samples)),
    n: nativeProperty('n', ({ args }) => countValue(iteratorSlot.get(args.get('self'))?.samples)),
  },
});
registerDataSource(iteratorClass, (_, value) => ({ element: batchOf(value) }));
registerPresentation(iteratorClass, (value) => {
  const facts = iteratorSlot.get(value);
  return facts === undefined ? undefined : { text: `${value.cls.name}${facts.samples !== undefined && isKnown(facts.samples) ? `, ${facts.samples} examples` : ''}`, element: facts.batch };
});

function countValue(count: Dim | undefined): Value { return count === undefined ? unknown(undefined, 'int') : int(count); }

function subclass(name: string): ClassValue { return nativeClass({ name, qualifiedName: `keras.preprocessing.image.${name}`, bases: [iteratorClass] }); }
const directoryIterator = subclass('DirectoryIterator');
const dataFrameIterator = subclass('DataFrameIterator');
const arrayIterator = subclass('NumpyArrayIterator');

// ---- Pictures.

const pixelRange: ValueRange = rangeBetween(0, 255, { attained: true });

/** A picture as the generator hands it on: preprocessed, then rescaled, then normalised. */
function standardised(call: NativeCall, facts: GeneratorFacts, picture: TensorValue): TensorValue {
  let range = picture.range;
  if (facts.preprocess.kind !== 'none') {
    const result = call.interpreter.call(facts.preprocess, argumentsOf([picture]), call.place);
    range = result.kind === 'tensor' ? result.range : undefined;
  }
  if (facts.rescale === 'unknown') range = undefined;
  else if (facts.rescale !== undefined && facts.rescale !== 0 && range !== undefined) range = multiplyRanges(range, constantRange(facts.rescale));
  return withShape(picture, picture.shape, { range: facts.normalises ? undefined : range });
}

function pictureOfFile(call: NativeCall, facts: GeneratorFacts, origin: Origin | undefined): TensorValue {
  const { args } = call;
  const mode = args.str('color_mode');
  const channels = channelsOf(mode);
  if (mode !== undefined && channels === undefined) refuse(call, message('color_mode must be one of "rgb", "rgba", "grayscale", not "{actual}"', { actual: mode }), 'color_mode');
  const [height, width] = sizeFromValue(args.get('target_size'));
  const axis = channels ?? unknownDim();
  const interpolation = args.str('interpolation');
  return standardised(call, facts, tensor({
    cls: ndarrayClass, dtype: 'float32', range: interpolation === 'nearest' ? pixelRange : interpolation === 'bilinear' || interpolation === 'box' ? rangeBetween(0, 255) : undefined,
    shape: facts.channelsFirst ? shapeOf(axis, height, width) : shapeOf(height, width, axis), origin,
  }));
}

function refuse(call: NativeCall, text: Message, argument: string): void {
  call.interpreter.refuse({ rule: 'invalid-argument', message: text, place: call.args.place(argument) ?? call.place });
}

// ---- Labels.

interface ClassFacts { readonly names: readonly string[] | undefined; readonly count: number | undefined; readonly examples: number | undefined; readonly origin: Origin | undefined }

const classModes = {
  directory: ['categorical', 'binary', 'sparse', 'input'],
  frame: ['binary', 'categorical', 'input', 'multi_output', 'raw', 'sparse'],
} as const;

/** The targets beside one picture; `none`: the iterator gives pictures only. */
function targetOf(call: NativeCall, classes: ClassFacts, picture: TensorValue, allowed: readonly string[]): Value {
  const mode = call.args.get('class_mode');
  if (mode.kind === 'none') return none;
  if (mode.kind !== 'str') return unknown();
  if (!allowed.includes(mode.value)) {
    refuse(call, message('class_mode must be one of {allowed} or None, not "{actual}"', { allowed: allowed.map((one) => `"${one}"`).join(', '), actual: mode.value }), 'class_mode');
    return unknown();
  }
  const labels = tensor({
    cls: ndarrayClass, shape: shapeOf(), dtype: 'float32', origin: classes.origin, range: classes.count === undefined ? undefined : labelsOf(classes.count, classes.examples),
  });
  switch (mode.value) {
    case 'binary': case 'sparse': return labels;
    case 'categorical': return oneHotTensor({ cls: ndarrayClass, labels, classes: classes.count ?? unknownDim(), dtype: 'float32' });
    case 'input': return picture;
    default: return unknown();
  }
}

function classNames(call: NativeCall): { readonly names: readonly string[] | undefined; readonly count: number } | undefined {
  const given = call.args.get('classes');
  const count = countOfNames(given);
  return count === undefined || count === 0 ? undefined : { names: namesOf(given), count };
}

function makeIterator(call: NativeCall, cls: ClassValue, classes: ClassFacts, picture: TensorValue, target: Value, samples: number | undefined): Value {
  const made = instance(cls, classes.origin ?? picture.origin);
  const element = target.kind === 'none' ? picture : tuple([picture, target]);
  const batch = stackElement(element, openBatchDim(element));
  iteratorSlot.set(made, { batch, samples, batchSize: call.args.int('batch_size') });
  describe(call, made, classes, picture, samples);
  return made;
}

function describe(call: NativeCall, made: InstanceValue, classes: ClassFacts, picture: TensorValue, samples: number | undefined): void {
  const set = (name: string, value: Value): void => setInstanceAttribute(made, name, value);
  set('batch_size', call.args.get('batch_size'));
  set('class_mode', call.args.get('class_mode'));
  set('target_size', call.args.get('target_size'));
  set('image_shape', picture.shape.dims === undefined ? unknown(undefined, 'tuple') : tuple(picture.shape.dims.map((dim) => int(dim))));
  set('num_classes', classes.count === undefined ? unknown(undefined, 'int') : int(classes.count, classes.origin));
  set('class_indices', {
    kind: 'dict', open: classes.names === undefined, entries: new Map((classes.names ?? []).map((name, at) => [`s:${name}`, { key: str(name), value: int(at) }])),
  });
  const labels = tensor({
    cls: ndarrayClass, shape: shapeOf(samples ?? unknownDim({ minimum: 0 })), dtype: 'int32', origin: classes.origin,
    range: classes.count === undefined ? undefined : labelsOf(classes.count, classes.examples),
  });
  set('classes', labels);
  set('labels', labels);
}

// ---- The generator's methods.

/** A subset is cut from each class on its own. */
function samplesOf(call: NativeCall, facts: GeneratorFacts, counts: readonly number[] | undefined): number | undefined {
  const subset = call.args.get('subset');
  if (counts === undefined || facts.validationSplit === undefined || (subset.kind !== 'none' && subset.kind !== 'str')) return undefined;
  const split = facts.validationSplit;
  return counts.reduce((sum, count) => {
    const held = Math.trunc(split * count);
    return sum + (subset.kind === 'none' ? count : subset.value === 'validation' ? held : count - held);
  }, 0);
}

const whiteList: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.bmp', '.ppm', '.tif', '.tiff']);

function flowFromDirectory(call: NativeCall, facts: GeneratorFacts): Value {
  const { args, interpreter } = call;
  const folder = readClassFolder(interpreter, args.get('directory'), whiteList, call.place);
  const given = args.isNone('classes') ? undefined : args.get('classes');
  const named = given === undefined ? undefined : classNames(call);
  const isUnknown = given !== undefined && named === undefined && !(countOfNames(given) === 0);
  const count = isUnknown ? undefined : named?.count ?? folder.names?.length;
  const source = folder.path === undefined ? 'classes' : message('folders of {path}', { path: folder.path });
  const origin = count === undefined ? undefined : labelOrigin({ classes: count, source, place: named === undefined ? call.place : args.place('classes') ?? call.place });
  // Names that are listed are folders with pictures, or training would fail; without the folder that is taken for granted.
  const isWhole = args.isNone('subset');
  const examples = named !== undefined && folder.names === undefined ? Number.POSITIVE_INFINITY : !folder.isFull ? undefined : isWhole ? Number.POSITIVE_INFINITY : folder.files;
  const classes: ClassFacts = { names: isUnknown ? undefined : named === undefined ? folder.names : named.names, count, examples, origin };
  const picture = pictureOfFile(call, facts, folder.path === undefined ? undefined : sourceOrigin(folder.path, call.place));
  return makeIterator(call, directoryIterator, classes, picture, targetOf(call, classes, picture, classModes.directory), samplesOf(call, facts, named === undefined ? folder.counts : undefined));
}

function flowFromDataframe(call: NativeCall, facts: GeneratorFacts): Value {
  const named = classNames(call);
  const origin = named === undefined ? undefined : labelOrigin({ classes: named.count, source: 'classes', place: call.args.place('classes') ?? call.place });
  const classes: ClassFacts = { names: named?.names, count: named?.count, examples: named === undefined ? undefined : Number.POSITIVE_INFINITY, origin };
  const picture = pictureOfFile(call, facts, undefined);
  const mode = call.args.str('class_mode');
  if (mode === 'binary' && named !== undefined && named.count !== 2) {
    refuse(call, message("class_mode='binary' needs 2 classes, {actual} are given", { actual: named.count }), 'class_mode');
  }
  const target = targetOf(call, mode === 'binary' && named === undefined ? { ...classes, count: 2 } : classes, picture, classModes.frame);
  return makeIterator(call, dataFrameIterator, classes, picture, target, undefined);
}

/** The columns of `x`: an array, or a pair of an array and others. */
function flowFromArrays(call: NativeCall, facts: GeneratorFacts): Value {
  const { args, interpreter } = call;
  const array = (value: Value): Value => asTensor(interpreter, value, numpyLibrary) ?? unknown();
  const given = args.get('x');
  const pictures = array(given.kind === 'tuple' || given.kind === 'list' ? given.items[0] ?? given : given);
  if (pictures.kind === 'tensor' && pictures.shape.dims !== undefined && pictures.shape.dims.length !== 4) {
    interpreter.refuse({
      rule: 'shape-mismatch', place: args.place('x') ?? call.place,
      message: message('ImageDataGenerator.flow() needs pictures with 4 axes, got {actual}', { actual: pictures.shape.dims.length }),
    });
    return unknown();
  }
  const rows = sliceElement(pictures);
  const picture = rows.element.kind === 'tensor' ? standardised(call, facts, { ...rows.element, dtype: 'float32' }) : unknown();
  const target = args.isNone('y') ? none : mapTensors(sliceElement(array(args.get('y'))).element, (one) => one);
  const inputs = given.kind === 'tuple' || given.kind === 'list' ? unknown() : picture;
  const parts = args.isNone('sample_weight') ? [inputs, target] : [inputs, target, unknown()];
  const element = target.kind === 'none' ? inputs : tuple(parts);
  const made = instance(arrayIterator, pictures.kind === 'tensor' ? pictures.origin : undefined);
  iteratorSlot.set(made, { batch: stackElement(element, openBatchDim(element)), samples: args.isNone('subset') ? rows.size : undefined, batchSize: args.int('batch_size') });
  setInstanceAttribute(made, 'batch_size', args.get('batch_size'));
  return made;
}

const directoryArguments = 'batch_size=32, shuffle=True, seed=None, save_to_dir=None, save_prefix="", save_format="png"';
const flows: Readonly<Record<string, readonly [signature: string, flow: (call: NativeCall, facts: GeneratorFacts) => Value]>> = {
  flow: ['x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None, save_prefix="", save_format="png", ignore_class_split=False, subset=None', flowFromArrays],
  flow_from_directory: [
    `directory, target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical", ${directoryArguments}, follow_links=False, subset=None, interpolation="nearest", keep_aspect_ratio=False`,
    flowFromDirectory,
  ],
  flow_from_dataframe: [
    `dataframe, directory=None, x_col="filename", y_col="class", weight_col=None, target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical", ${directoryArguments}, `
    + 'subset=None, interpolation="nearest", validate_filenames=True, **kwargs',
    flowFromDataframe,
  ],
};

const generatorClass: ClassValue = nativeClass({
  name: 'ImageDataGenerator', qualifiedName: 'keras.preprocessing.image.ImageDataGenerator',
  members: {
    __init__: nativeMethod(
      '__init__',
      'self, featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False, samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-06, rotation_range=0, '
      + 'width_shift_range=0.0, height_shift_range=0.0, brightness_range=None, shear_range=0.0, zoom_range=0.0, channel_shift_range=0.0, fill_mode="nearest", cval=0.0, horizontal_flip=False, '
      + 'vertical_flip=False, rescale=None, preprocessing_function=None, data_format=None, validation_split=0.0, interpolation_order=1, dtype=None',
      ({ args }) => {
        const self = args.get('self');
        if (self.kind !== 'instance') return none;
        const rescale = args.get('rescale');
        const isOff = (name: string): boolean => args.given(name) === false || args.flag(name) === false;
        generatorSlot.set(self, {
          preprocess: args.get('preprocessing_function'), rescale: rescale.kind === 'none' ? undefined : numberFromValue(rescale) ?? 'unknown',
          normalises: !['featurewise_center', 'samplewise_center', 'featurewise_std_normalization', 'samplewise_std_normalization', 'zca_whitening'].every(isOff),
          validationSplit: args.real('validation_split'), channelsFirst: args.str('data_format') === 'channels_first',
        });
        return none;
      },
    ),
    fit: nativeMethod('fit', 'self, x, augment=False, rounds=1, seed=None', () => none),
    random_transform: nativeMethod('random_transform', 'self, x, seed=None', ({ args }) => sameShape(args.get('x'))),
    standardize: nativeMethod('standardize', 'self, x', (call) => {
      const [facts, picture] = [generatorSlot.get(call.args.get('self')), call.args.get('x')];
      return facts === undefined || picture.kind !== 'tensor' ? unknown() : standardised(call, facts, picture);
    }),
    ...Object.fromEntries(Object.entries(flows).map(([name, [signature, flow]]) => [name, nativeMethod(name, `self, ${signature}`, (call) => {
      const facts = generatorSlot.get(call.args.get('self'));
      return facts === undefined ? unknown() : flow(call, facts);
    })])),
  },
});

function sameShape(value: Value): Value {
  return value.kind === 'tensor' ? withShape(value, value.shape, { range: value.range === undefined ? undefined : { ...value.range, integral: false, attained: false } }) : unknown();
}

export const generatorModules: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  'keras.preprocessing.image': () => ({
    ImageDataGenerator: generatorClass, Iterator: iteratorClass, DirectoryIterator: directoryIterator, DataFrameIterator: dataFrameIterator, NumpyArrayIterator: arrayIterator,
  }),
};

