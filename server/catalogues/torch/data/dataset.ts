// torch.utils.data's data sets: Dataset and IterableDataset, which programs inherit from, and those that hold tensors or other data sets.
// One element that stands for all is found by asking `__getitem__` for a position that stands for every position.
// It must not know loaders or any one collection of data.
import { addDims, type Dim, dimEquals, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { occurringDim, standsForAll } from '../../../tensors/occurring.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { lookUpInClass, nativeClass, nativeFunction, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Place } from '../../../values/place.ts';
import { message } from '../../../values/place.ts';
import { representativeOf } from '../../../values/representative.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../../values/value.ts';
import { practicallyReached } from '../../../values/draws.ts';
import { instance, int, list, none, tuple, unknown } from '../../../values/value.ts';
import { elementOfPart } from './elements.ts';

export const datasetClass: ClassValue = nativeClass({
  name: 'Dataset',
  qualifiedName: 'torch.utils.data.Dataset',
  members: { __add__: nativeMethod('__add__', 'self, other', (call) => concatenated(call, [call.args.get('self'), call.args.get('other')])) },
});
export const iterableDatasetClass: ClassValue = nativeClass({
  name: 'IterableDataset',
  qualifiedName: 'torch.utils.data.IterableDataset',
  bases: [datasetClass],
  members: { __add__: nativeMethod('__add__', 'self, other', (call) => chained(call, [call.args.get('self'), call.args.get('other')])) },
});

/** `len(dataset)`; undefined where it is not known or there is none. */
export function lengthOf(interpreter: Interpreter, dataset: Value, place: Place): Dim | undefined {
  if (dataset.kind === 'instance' && lookUpInClass(dataset.cls, '__len__') === undefined) return undefined;
  if (dataset.kind === 'unknown') return undefined;
  const length = interpreter.length(dataset, place);
  return length.kind === 'int' ? length.value : undefined;
}

/** A position that stands for each of so many. */
export function anyPosition(length: Dim | undefined): Value {
  const high = length !== undefined && isKnown(length) ? Math.max(0, length - 1) : Number.POSITIVE_INFINITY;
  return int(occurringDim(rangeBetween(0, high, { integral: true, attained: true })));
}

export function isIterable(dataset: Value): boolean {
  return dataset.kind === 'instance' && dataset.cls.mro.includes(iterableDatasetClass);
}

/** What stands for every element of a data set. */
export function elementOf(interpreter: Interpreter, dataset: Value, place: Place): Value {
  switch (dataset.kind) {
    case 'instance': {
      if (isIterable(dataset) || lookUpInClass(dataset.cls, '__getitem__') === undefined) {
        if (lookUpInClass(dataset.cls, '__iter__') === undefined) return unknown();
        const iteration = interpreter.iterate(dataset, place);
        return representativeOf(iteration.items, iteration.exact);
      }
      const length = lengthOf(interpreter, dataset, place);
      const element = interpreter.callMethod(dataset, '__getitem__', [anyPosition(length)], place);
      // What a position that is not known leads nowhere for is asked of the first element: its shape, not its values.
      return isVague(element)
        ? filledFrom(element, interpreter.quietly(() => interpreter.callMethod(dataset, '__getitem__', [int(0)], place)).result)
        : element;
    }
    case 'list':
      return dataset.items.length === 0 ? unknown() : representativeOf(dataset.items, !dataset.open);
    case 'tuple':
      return representativeOf(dataset.items, true);
    case 'tensor':
      return interpreter.getItem(dataset, anyPosition(dataset.shape.dims?.[0]), place);
    case 'range':
      return int(
        typeof dataset.start === 'number' && typeof dataset.stop === 'number'
          ? occurringDim(rangeBetween(dataset.start, dataset.stop - 1, { integral: true, attained: true }))
          : unknownDim(),
      );
    case 'dict': {
      // A dict serves as a data set where its keys are the positions.
      return dataset.open
        ? unknown()
        : representativeOf(
            [...dataset.entries.values()].map((entry) => entry.value),
            true,
          );
    }
    default:
      return unknown();
  }
}

function isVague(element: Value): boolean {
  switch (element.kind) {
    case 'unknown':
      return element.typeName === undefined;
    case 'tuple':
    case 'list':
      return element.items.some(isVague);
    case 'dict':
      return [...element.entries.values()].some((entry) => isVague(entry.value));
    case 'tensor':
      return element.shape.dims === undefined;
    default:
      return false;
  }
}

/** The first, with parts that are not known taken from the second, without what is true of that one element alone. */
function filledFrom(vague: Value, first: Value): Value {
  if (!isVague(vague)) return vague;
  switch (vague.kind) {
    case 'tuple':
      return first.kind === 'tuple' && first.items.length === vague.items.length
        ? { ...vague, items: vague.items.map((item, at) => filledFrom(item, first.items[at] ?? unknown())) }
        : vague;
    case 'dict':
      return first.kind === 'dict'
        ? {
            ...vague,
            entries: new Map(
              [...vague.entries].map(([key, entry]) => [
                key,
                { key: entry.key, value: filledFrom(entry.value, first.entries.get(key)?.value ?? unknown()) },
              ]),
            ),
          }
        : vague;
    default:
      return kindOf(first);
  }
}

function kindOf(value: Value): Value {
  switch (value.kind) {
    case 'tensor':
      return {
        ...value,
        contents: undefined,
        range: value.contents === undefined && value.range?.attained !== true ? value.range : undefined,
        slots: new Map(),
      };
    case 'int':
      return typeof value.value === 'number' ? unknown(undefined, 'int', value.origin) : value;
    case 'float':
      return unknown(undefined, 'float', value.origin);
    case 'str':
      return unknown(undefined, 'str', value.origin);
    case 'tuple':
      return { ...value, items: value.items.map(kindOf) };
    case 'list':
      return list(value.items.map(kindOf), value.open);
    case 'dict':
      return { ...value, entries: new Map([...value.entries].map(([key, entry]) => [key, { key: entry.key, value: kindOf(entry.value) }])) };
    default:
      return value;
  }
}

// ---- Data sets of tensors and of other data sets.

function attribute(value: Value, name: string): Value {
  return value.kind === 'instance' ? (value.attributes.get(name) ?? unknown()) : unknown();
}

function itemsOf(value: Value): readonly Value[] | undefined {
  return value.kind === 'tuple' || (value.kind === 'list' && !value.open) ? value.items : undefined;
}

function lengthValue(length: Dim | undefined): Value {
  return length === undefined ? unknown(undefined, 'int') : int(length);
}

/** The sizes of tensors must agree: the first pair that certainly does not. */
export const tensorDatasetClass: ClassValue = nativeClass({
  name: 'TensorDataset',
  qualifiedName: 'torch.utils.data.TensorDataset',
  bases: [datasetClass],
  members: {
    __init__: nativeMethod('TensorDataset', 'self, *tensors', (call) => {
      const self = call.args.get('self');
      const tensors = call.args.rest.map((argument) => argument.value);
      if (self.kind !== 'instance') return none;
      setInstanceAttribute(self, 'tensors', call.args.openPositional ? unknown(undefined, 'tuple') : tuple(tensors));
      const sizes = tensors.map((tensor) => (tensor.kind === 'tensor' ? tensor.shape.dims?.[0] : undefined));
      const [first] = sizes;
      const other = sizes.findIndex((size) => first !== undefined && size !== undefined && dimEquals(first, size) === false);
      if (first !== undefined && other > 0) {
        call.interpreter.refuse({
          rule: 'shape-mismatch',
          exception: 'AssertionError',
          place: call.args.rest[other]?.place ?? call.place,
          message: message('TensorDataset takes tensors of the same length: the first has {first}, this one {other}', {
            first: sizeText(first),
            other: sizeText(sizes[other]),
          }),
        });
      }
      return none;
    }),
    __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) => {
      const [first] = itemsOf(attribute(args.get('self'), 'tensors')) ?? [];
      return first === undefined ? unknown(undefined, 'int') : interpreter.length(first, place);
    }),
    __getitem__: nativeMethod('__getitem__', 'self, index', ({ args, interpreter, place }) => {
      const tensors = itemsOf(attribute(args.get('self'), 'tensors'));
      return tensors === undefined
        ? unknown(undefined, 'tuple')
        : tuple(tensors.map((tensor) => interpreter.getItem(withReachedEnds(tensor), args.get('index'), place)));
    }),
  },
});

/** One row stands for all of them: ends that so many draws practically reach occur among the rows. */
function withReachedEnds(value: Value): Value {
  if (value.kind !== 'tensor' || value.range === undefined) return value;
  const reached = practicallyReached(value);
  return reached !== undefined && reached.low <= value.range.low && reached.high >= value.range.high
    ? { ...value, range: { ...value.range, attained: true } }
    : value;
}

function sizeText(size: Dim | undefined): string {
  return size === undefined || !isKnown(size) ? '?' : String(size);
}

export const subsetClass: ClassValue = nativeClass({
  name: 'Subset',
  qualifiedName: 'torch.utils.data.Subset',
  bases: [datasetClass],
  members: {
    __init__: nativeMethod('Subset', 'self, dataset, indices', ({ args }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return none;
      setInstanceAttribute(self, 'dataset', args.get('dataset'));
      setInstanceAttribute(self, 'indices', args.get('indices'));
      return none;
    }),
    __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) => interpreter.length(attribute(args.get('self'), 'indices'), place)),
    __getitem__: nativeMethod('__getitem__', 'self, idx', ({ args, interpreter, place }) => {
      const [self, index] = [args.get('self'), args.get('idx')];
      const [dataset, indices] = [attribute(self, 'dataset'), attribute(self, 'indices')];
      const kept = lengthOf(interpreter, indices, place);
      if (index.kind === 'int' && standsForAll(index.value, kept ?? unknownDim())) {
        const whole = lengthOf(interpreter, dataset, place);
        const element = elementOf(interpreter, dataset, place);
        return kept !== undefined && whole !== undefined && dimEquals(kept, whole) === true ? element : elementOfPart(element, kept);
      }
      return interpreter.getItem(dataset, interpreter.getItem(indices, index, place), place);
    }),
  },
});

/** A part of a data set of so many elements, nobody knows which. */
export function partOf(dataset: Value, length: Dim | undefined): InstanceValue {
  const made = instance(subsetClass);
  made.attributes.set('dataset', dataset);
  made.attributes.set('indices', length === undefined ? list([], true) : { kind: 'range', start: 0, stop: length, step: 1 });
  return made;
}

/** One element of several data sets, or what stands for all of theirs. */
function elementOfSeveral(interpreter: Interpreter, datasets: readonly Value[] | undefined, place: Place): Value {
  return datasets === undefined
    ? unknown()
    : representativeOf(
        datasets.map((dataset) => elementOf(interpreter, dataset, place)),
        true,
      );
}

function sumOfLengths(interpreter: Interpreter, datasets: readonly Value[] | undefined, place: Place): Dim | undefined {
  const lengths = datasets?.map((dataset) => lengthOf(interpreter, dataset, place));
  return lengths === undefined || lengths.some((length) => length === undefined) ? undefined : addDims(...lengths.map((length) => length ?? 0));
}

export const concatDatasetClass: ClassValue = nativeClass({
  name: 'ConcatDataset',
  qualifiedName: 'torch.utils.data.ConcatDataset',
  bases: [datasetClass],
  members: {
    __init__: nativeMethod('ConcatDataset', 'self, datasets', (call) => {
      holdDatasets(call);
      return none;
    }),
    __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) =>
      lengthValue(sumOfLengths(interpreter, itemsOf(attribute(args.get('self'), 'datasets')), place)),
    ),
    __getitem__: nativeMethod('__getitem__', 'self, idx', ({ args, interpreter, place }) => {
      const element = elementOfSeveral(interpreter, itemsOf(attribute(args.get('self'), 'datasets')), place);
      const index = args.get('idx');
      return index.kind === 'int' && typeof index.value === 'number' ? elementOfPart(element, undefined) : element;
    }),
  },
});

export const chainDatasetClass: ClassValue = nativeClass({
  name: 'ChainDataset',
  qualifiedName: 'torch.utils.data.ChainDataset',
  bases: [iterableDatasetClass],
  members: {
    __init__: nativeMethod('ChainDataset', 'self, datasets', (call) => {
      holdDatasets(call);
      return none;
    }),
    __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) =>
      lengthValue(sumOfLengths(interpreter, itemsOf(attribute(args.get('self'), 'datasets')), place)),
    ),
    __iter__: nativeMethod('__iter__', 'self', ({ args, interpreter, place }) =>
      list([elementOfSeveral(interpreter, itemsOf(attribute(args.get('self'), 'datasets')), place)], true),
    ),
  },
});

function holdDatasets(call: NativeCall): void {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return;
  const given = call.args.get('datasets');
  const iteration = given.kind === 'list' || given.kind === 'tuple' ? undefined : call.interpreter.iterate(given, call.place);
  setInstanceAttribute(self, 'datasets', iteration === undefined ? given : list([...iteration.items], !iteration.exact));
}

function concatenated(call: NativeCall, datasets: readonly Value[]): Value {
  return holding(concatDatasetClass, datasets, call);
}
function chained(call: NativeCall, datasets: readonly Value[]): Value {
  return holding(chainDatasetClass, datasets, call);
}
function holding(cls: ClassValue, datasets: readonly Value[], _call: NativeCall): Value {
  const made = instance(cls);
  made.attributes.set('datasets', list([...datasets]));
  return made;
}

/** Elements of several data sets side by side: a tuple of them, or a dict. */
export const stackDatasetClass: ClassValue = nativeClass({
  name: 'StackDataset',
  qualifiedName: 'torch.utils.data.StackDataset',
  bases: [datasetClass],
  members: {
    __init__: nativeMethod('StackDataset', 'self, *args, **kwargs', ({ args }) => {
      const self = args.get('self');
      if (self.kind !== 'instance') return none;
      const named = args.restKeywords;
      setInstanceAttribute(
        self,
        'datasets',
        named.length === 0
          ? tuple(args.rest.map((one) => one.value))
          : {
              kind: 'dict',
              entries: new Map(named.map((one) => [`s:${one.name}`, { key: { kind: 'str', value: one.name }, value: one.value }])),
              open: false,
            },
      );
      return none;
    }),
    __len__: nativeMethod('__len__', 'self', ({ args, interpreter, place }) => {
      const held = attribute(args.get('self'), 'datasets');
      const [first] = held.kind === 'dict' ? [...held.entries.values()].map((entry) => entry.value) : (itemsOf(held) ?? []);
      return first === undefined ? unknown(undefined, 'int') : lengthValue(lengthOf(interpreter, first, place));
    }),
    __getitem__: nativeMethod('__getitem__', 'self, index', ({ args, interpreter, place }) => {
      const held = attribute(args.get('self'), 'datasets');
      const item = (dataset: Value): Value => interpreter.getItem(dataset, args.get('index'), place);
      if (held.kind === 'dict')
        return { ...held, entries: new Map([...held.entries].map(([key, entry]) => [key, { key: entry.key, value: item(entry.value) }])) };
      return held.kind === 'tuple' ? tuple(held.items.map(item)) : unknown();
    }),
  },
});

// ---- random_split.

/** The lengths that `random_split` makes: whole numbers as given, fractions rounded down with the rest dealt out from the front. */
function lengthsOf(interpreter: Interpreter, lengths: readonly Value[], whole: Dim | undefined, call: NativeCall): readonly (Dim | undefined)[] {
  const fractions = lengths.map((length) =>
    length.kind === 'float' ? length.value : length.kind === 'int' && typeof length.value === 'number' ? length.value : undefined,
  );
  const isFractions =
    fractions.every((fraction) => fraction !== undefined) &&
    Math.abs(fractions.reduce((sum: number, fraction) => sum + (fraction ?? 0), 0) - 1) < 1e-9 &&
    fractions.every((fraction) => (fraction ?? 0) <= 1);
  if (!isFractions) {
    const sizes = lengths.map((length) => (length.kind === 'int' ? length.value : undefined));
    const total = sizes.some((size) => size === undefined) ? undefined : addDims(...sizes.map((size) => size ?? 0));
    if (total !== undefined && whole !== undefined && dimEquals(total, whole) === false && isKnown(total) && isKnown(whole)) {
      interpreter.refuse({
        rule: 'invalid-argument',
        exception: 'ValueError',
        place: call.args.place('lengths') ?? call.place,
        message: message('the lengths of random_split must add up to the {whole} elements of the data set, they add up to {total}', { whole, total }),
      });
    }
    return sizes;
  }
  if (whole === undefined || !isKnown(whole)) return lengths.map(() => undefined);
  const sizes = fractions.map((fraction) => Math.floor(whole * (fraction ?? 0)));
  const rest = whole - sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size, at) => size + Math.floor(rest / sizes.length) + (at < rest % sizes.length ? 1 : 0));
}

export const randomSplit = nativeFunction('random_split', 'dataset, lengths, generator=None', (call) => {
  const { args, interpreter, place } = call;
  const lengths = itemsOf(args.get('lengths'));
  if (lengths === undefined) return unknown(undefined, 'list');
  const dataset = args.get('dataset');
  return list(lengthsOf(interpreter, lengths, lengthOf(interpreter, dataset, place), call).map((length) => partOf(dataset, length)));
});
