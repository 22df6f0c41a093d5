// Choosing rows of whatever scikit-learn takes: arrays, frames, columns, lists. Which values are certainly left is said only where so many
// rows are chosen at random that each value is practically among them. It must not know scikit-learn's functions.
import { type Dim, dimEquals, isKnown, unknownDim } from '../../tensors/dim.ts';
import { unknownShape } from '../../tensors/shape.ts';
import type { Interpreter } from '../../values/interpreter.ts';
import type { TensorValue, Value } from '../../values/value.ts';
import { list, unknown } from '../../values/value.ts';
import { distinctSlot, makeArray } from '../arrays/contents.ts';
import { asTensor } from '../arrays/conversion.ts';
import { distinctValues } from '../arrays/lookup.ts';
import { ndarrayClass, numpyLibrary } from '../numpy/library.ts';
import { drawsAll } from '../numpy/random.ts';
import { frame, frameSlot, series, seriesSlot } from '../pandas/objects.ts';
import { columnWithRows, withRows } from '../pandas/table.ts';

export function rowCount(interpreter: Interpreter, value: Value): Dim | undefined {
  const table = frameSlot.get(value);
  if (table !== undefined) return table.rows;
  if (value.kind === 'list') return value.open ? undefined : value.items.length;
  return arrayOf(interpreter, value)?.shape.dims?.[0];
}

/** The value as a numpy array. */
export function arrayOf(interpreter: Interpreter, value: Value): TensorValue | undefined {
  const tensor = asTensor(interpreter, value, numpyLibrary);
  return tensor === undefined || tensor.cls === ndarrayClass ? tensor : { ...tensor, cls: ndarrayClass };
}

/** So many random rows of the value, in its own kind of container. */
export function chooseRows(interpreter: Interpreter, value: Value, rows: Dim): Value {
  const table = frameSlot.get(value);
  if (table !== undefined) {
    const chosen = withRows(table, rows, false);
    return frame({ ...chosen, columns: table.columns?.map((column) => ({ name: column.name, data: chosenColumn(column.data, rows) })) });
  }
  const column = seriesSlot.get(value);
  if (column !== undefined) return series(chosenColumn(column.data, rows), column.name);
  if (value.kind === 'list') {
    const [first] = value.items;
    const kind = first?.kind;
    const item = unknown(undefined, kind === 'int' || kind === 'str' || kind === 'float' ? kind : undefined);
    return isKnown(rows) && rows <= 10_000 ? list(Array.from({ length: rows }, () => item)) : list([item], true);
  }
  const tensor = value.kind === 'tensor' ? value : arrayOf(interpreter, value);
  return tensor === undefined ? unknown() : chosenColumn(tensor, rows);
}

/** Rows of an array; its range stays attained where all distinct values are practically among them. */
export function chosenColumn(tensor: TensorValue, rows: Dim): TensorValue {
  const distinct = distinctSlot.get(tensor);
  const values = distinct?.texts?.length ?? distinctValues(tensor)?.length;
  const keepsAll = tensor.shape.dims?.[0] === rows || (values !== undefined && drawsAll(rows, values));
  if (tensor.shape.dims?.length === 1 && distinct !== undefined) return columnWithRows(tensor, rows, keepsAll);
  return makeArray({
    cls: tensor.cls,
    shape: tensor.shape.dims === undefined ? unknownShape : { dims: [rows, ...tensor.shape.dims.slice(1)] },
    dtype: tensor.dtype,
    range: tensor.range === undefined ? undefined : { ...tensor.range, attained: keepsAll && tensor.range.attained },
    origin: tensor.origin,
  });
}

export type Sample = { readonly count: Dim | undefined } | { readonly mismatch: readonly [number, number] };

/** The number of rows that all values have; a certain disagreement is told. */
export function commonRows(interpreter: Interpreter, values: readonly Value[]): Sample {
  let count: Dim | undefined;
  for (const value of values) {
    const rows = rowCount(interpreter, value);
    if (rows === undefined) continue;
    if (count !== undefined && isKnown(count) && isKnown(rows) && dimEquals(count, rows) === false) return { mismatch: [count, rows] };
    count = count === undefined || !isKnown(count) ? rows : count;
  }
  return { count };
}

/** Sizes of both parts, as `train_test_split` computes them. */
export function splitSizes(count: Dim | undefined, test: number | undefined, train: number | undefined): readonly [train: Dim, test: Dim] {
  if (count === undefined || !isKnown(count)) {
    return [train !== undefined && train > 1 ? train : unknownDim(), test !== undefined && test > 1 ? test : unknownDim()];
  }
  const part = (size: number, round: (value: number) => number): number => (size < 1 || !Number.isInteger(size) ? round(size * count) : size);
  const testSize = test !== undefined ? part(test, Math.ceil) : train !== undefined ? count - part(train, Math.floor) : Math.ceil(0.25 * count);
  const trainSize = train !== undefined ? part(train, Math.floor) : count - testSize;
  return [trainSize, testSize];
}
