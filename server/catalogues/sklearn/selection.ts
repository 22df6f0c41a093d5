// sklearn.model_selection and sklearn.utils: splitting and shuffling data.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../values/classes.ts';
import { message } from '../../values/place.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { instance, int, iterator, list, tuple, unknown } from '../../values/value.ts';
import { makeArray, numberFromValue } from '../arrays/contents.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { arrayOf, chooseRows, commonRows, rowCount, splitSizes } from './rows.ts';

function refuseLengths(call: NativeCall, lengths: readonly [number, number]): void {
  call.interpreter.refuse({
    rule: 'shape-mismatch',
    message: message('{operation}: the data have different numbers of samples: {first} and {second}', {
      operation: call.name,
      first: lengths[0],
      second: lengths[1],
    }),
  });
}

/** A list of the training and the test part of each argument. */
function trainTestSplit(call: NativeCall): Value {
  const arrays = call.args.rest.map((argument) => argument.value);
  if (call.args.openPositional || arrays.length === 0) return list([], true);
  const common = commonRows(call.interpreter, arrays);
  if ('mismatch' in common) refuseLengths(call, common.mismatch);
  const [test, train] = [call.args.get('test_size'), call.args.get('train_size')];
  const [testSize, trainSize] = [numberFromValue(test), numberFromValue(train)];
  const isDecided = (test.kind === 'none' || testSize !== undefined) && (train.kind === 'none' || trainSize !== undefined) && !('mismatch' in common);
  const [trainRows, testRows] = splitSizes(
    isDecided && 'count' in common ? common.count : undefined,
    isDecided ? testSize : undefined,
    isDecided ? trainSize : undefined,
  );
  return list(arrays.flatMap((array) => [chooseRows(call.interpreter, array, trainRows), chooseRows(call.interpreter, array, testRows)]));
}

function reordered(call: NativeCall): Value {
  const count = call.args.get('n_samples');
  const wanted = count.kind === 'none' ? undefined : (numberFromValue(count) ?? unknownDim());
  const results = call.args.rest.map((argument) => {
    const rows = wanted ?? rowCount(call.interpreter, argument.value) ?? unknownDim();
    return chooseRows(call.interpreter, argument.value, rows);
  });
  const [only] = results;
  return results.length === 1 && only !== undefined ? only : list(results);
}

/** Positions of so many rows out of all. */
function positions(count: Dim, total: Dim | undefined): Value {
  return makeArray({
    cls: ndarrayClass,
    shape: shapeOf(count),
    dtype: 'int64',
    range: rangeBetween(0, total !== undefined && isKnown(total) ? total - 1 : Number.POSITIVE_INFINITY, { integral: true }),
  });
}

type Folds = (count: number, splits: number, call: NativeCall, self: Value) => readonly (readonly [train: Dim, test: Dim])[];

function setting(self: Value, name: string): Value {
  return (self.kind === 'instance' ? self.attributes.get(name) : undefined) ?? unknown();
}

/** A class with `split`, which gives pairs of positions. */
function splitter(name: string, signature: string, folds: Folds, defaults: number): Value {
  return nativeClass({
    name,
    qualifiedName: `sklearn.model_selection.${name}`,
    constructSignature: signature,
    construct: (call, cls) => {
      const made = instance(cls);
      for (const parameter of ['n_splits', 'n_repeats', 'test_size', 'train_size']) made.attributes.set(parameter, call.args.get(parameter));
      return made;
    },
    members: {
      split: nativeMethod('split', 'self, X, y=None, groups=None', (call) => {
        const self = call.args.get('self');
        const splits = numberFromValue(setting(self, 'n_splits')) ?? (setting(self, 'n_splits').kind === 'none' ? defaults : undefined);
        const count = rowCount(call.interpreter, call.args.get('X'));
        if (splits === undefined || splits > 64 || splits < 1)
          return iterator(() => ({ items: [tuple([positions(unknownDim(), count), positions(unknownDim(), count)])], exact: false }));
        const sizes =
          count !== undefined && isKnown(count)
            ? folds(count, splits, call, self)
            : Array.from({ length: splits }, () => [unknownDim(), unknownDim()] as const);
        return iterator(() => ({ items: sizes.map(([train, test]) => tuple([positions(train, count), positions(test, count)])), exact: true }));
      }),
      get_n_splits: nativeMethod('get_n_splits', 'self, X=None, y=None, groups=None', (call) => {
        const splits = numberFromValue(setting(call.args.get('self'), 'n_splits'));
        return splits === undefined ? unknown(undefined, 'int') : int(splits);
      }),
    },
  });
}

/** The first `count % splits` folds are one larger. */
const evenFolds: Folds = (count, splits) =>
  Array.from({ length: splits }, (_, at) => {
    const test = Math.floor(count / splits) + (at < count % splits ? 1 : 0);
    return [count - test, test] as const;
  });
/** Classes are divided one by one: only if all goes evenly are the sizes known. */
const stratifiedFolds: Folds = (_, splits) => Array.from({ length: splits }, () => [unknownDim(), unknownDim()] as const);
const shuffledFolds: Folds = (count, splits, _, self) => {
  const [test, train] = [setting(self, 'test_size'), setting(self, 'train_size')];
  const isDecided = [test, train].every((size) => size.kind === 'none' || numberFromValue(size) !== undefined);
  // Their default is a tenth, not a quarter.
  const sizes = splitSizes(isDecided ? count : undefined, numberFromValue(test) ?? (train.kind === 'none' ? 0.1 : undefined), numberFromValue(train));
  return Array.from({ length: splits }, () => sizes);
};
const growingFolds: Folds = (count, splits) => {
  const test = Math.floor(count / (splits + 1));
  return Array.from({ length: splits }, (_, at) => [count - (splits - at) * test, test] as const);
};

/** One weight a class. */
function classWeight(call: NativeCall): Value {
  const classes = arrayOf(call.interpreter, call.args.get('classes'));
  return makeArray({
    cls: ndarrayClass,
    shape: shapeOf(classes?.shape.dims?.[0] ?? unknownDim()),
    dtype: 'float64',
    range: rangeBetween(0, Number.POSITIVE_INFINITY),
  });
}

export const selectionMembers = (): Readonly<Record<string, Value>> => ({
  train_test_split: nativeFunction(
    'train_test_split',
    '*arrays, test_size=None, train_size=None, random_state=None, shuffle=True, stratify=None',
    trainTestSplit,
  ),
  KFold: splitter('KFold', 'n_splits=5, *, shuffle=False, random_state=None', evenFolds, 5),
  StratifiedKFold: splitter('StratifiedKFold', 'n_splits=5, *, shuffle=False, random_state=None', stratifiedFolds, 5),
  GroupKFold: splitter('GroupKFold', 'n_splits=5, *, shuffle=False, random_state=None', stratifiedFolds, 5),
  ShuffleSplit: splitter('ShuffleSplit', 'n_splits=10, *, test_size=None, train_size=None, random_state=None', shuffledFolds, 10),
  StratifiedShuffleSplit: splitter('StratifiedShuffleSplit', 'n_splits=10, *, test_size=None, train_size=None, random_state=None', shuffledFolds, 10),
  TimeSeriesSplit: splitter(
    'TimeSeriesSplit',
    'n_splits=5, *, max_train_size=None, test_size=None, gap=0',
    (count, splits, call, self) =>
      setting(self, 'test_size').kind === 'none' ? growingFolds(count, splits, call, self) : stratifiedFolds(count, splits, call, self),
    5,
  ),
});

export const utilityMembers = (): Readonly<Record<string, Value>> => ({
  shuffle: nativeFunction('shuffle', '*arrays, random_state=None, n_samples=None', reordered),
  resample: nativeFunction('resample', '*arrays, replace=True, n_samples=None, random_state=None, stratify=None, sample_weight=None', reordered),
});
export const classWeightMembers = (): Readonly<Record<string, Value>> => ({
  compute_class_weight: nativeFunction('compute_class_weight', 'class_weight, *, classes, y, sample_weight=None', classWeight),
  compute_sample_weight: nativeFunction('compute_sample_weight', 'class_weight, y, *, indices=None', (call) =>
    makeArray({ cls: ndarrayClass, shape: shapeOf(rowCount(call.interpreter, call.args.get('y')) ?? unknownDim()), dtype: 'float64' }),
  ),
});
