// What a pandas DataFrame can do: one line a member. Everything not listed is unknown.
import { type Dim, isKnown, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeClass, nativeMethod, nativeProperty } from '../../values/classes.ts';
import { defineSlot } from '../../values/slots.ts';
import type { InstanceValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { instance, int, iterator, none, tuple, unknown } from '../../values/value.ts';
import { dimFromValue, elementsOf, makeArray } from '../arrays/contents.ts';
import { castArray, pythonNumber, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { operatorTable } from '../arrays/elementwise.ts';
import { numpyContext } from '../numpy/ndarray.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { blankSeries, frame, frameClass, frameSlot, indexClass, indexOf, series, seriesSlot } from './objects.ts';
import { part, rowsOf, sampledRows } from './series.ts';
import { type Column, columnOf, columnWithRows, type Table, tableArray, unknownColumn, unknownTable, withRows } from './table.ts';

type FrameMember = (table: Table, call: NativeCall, self: InstanceValue) => Value;

function define(name: string, signature: string, member: FrameMember): void {
  frameClass.namespace.set(
    name,
    nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => onTable(call, member)),
  );
}
function defineProperty(name: string, member: FrameMember, set?: (table: Table, call: NativeCall, self: InstanceValue) => void): void {
  frameClass.namespace.set(
    name,
    nativeProperty(
      name,
      (call) => onTable(call, member),
      set === undefined
        ? undefined
        : (call) => {
            onTable(call, (table, inner, self) => {
              set(table, inner, self);
              return none;
            });
          },
    ),
  );
}
function onTable(call: NativeCall, member: FrameMember): Value {
  const self = call.args.get('self');
  const table = frameSlot.get(self);
  return table === undefined || self.kind !== 'instance' ? unknown() : member(table, call, self);
}

/** The names that an argument gives: one, or a list of them. Undefined: not known. */
export function namesOf(value: Value): readonly string[] | undefined {
  if (value.kind === 'str') return [value.value];
  if (value.kind !== 'list' && value.kind !== 'tuple') return undefined;
  if (value.kind === 'list' && value.open) return undefined;
  const names: string[] = [];
  for (const item of value.items) {
    if (item.kind === 'str') names.push(item.value);
    else if (item.kind === 'int' && typeof item.value === 'number') names.push(String(item.value));
    else return undefined;
  }
  return names;
}

function chosen(table: Table, names: readonly string[] | undefined): Table {
  if (names === undefined) return unknownTable(table.rows, table.origin);
  const columns: Column[] = [];
  for (const name of names) {
    const data = columnOf(table, name);
    if (data === undefined) return unknownTable(table.rows, table.origin);
    columns.push({ name, data });
  }
  return { ...table, columns };
}

function without(table: Table, names: readonly string[] | undefined): Table {
  return names === undefined || table.columns === undefined
    ? unknownTable(table.rows, table.origin)
    : { ...table, columns: table.columns.filter((column) => !names.includes(column.name)) };
}

/** With `inplace=True` the frame itself changes and nothing is given. */
function changed(call: NativeCall, self: InstanceValue, table: Table): Value {
  const inPlace = call.args.get('inplace');
  if (inPlace.kind === 'bool' ? !inPlace.value : inPlace.kind === 'none') return frame(table);
  frameSlot.set(self, inPlace.kind === 'bool' ? table : unknownTable());
  return inPlace.kind === 'bool' ? none : unknown();
}

function width(table: Table): Dim {
  return table.columns?.length ?? unknownDim();
}

defineProperty('shape', (table) => tuple([int(table.rows, table.origin), int(width(table), table.origin)], table.origin));
defineProperty('size', (table) =>
  isKnown(table.rows) && table.columns !== undefined ? int(table.rows * table.columns.length) : unknown(undefined, 'int'),
);
defineProperty('ndim', () => int(2));
defineProperty('values', (table) => tableArray(table));
defineProperty(
  'columns',
  (table) => indexOf(table.columns?.map((column) => column.name)),
  (table, call, self) => {
    const names = namesOf(call.args.get('value'));
    frameSlot.set(
      self,
      names === undefined || table.columns === undefined || names.length !== table.columns.length
        ? unknownTable(table.rows, table.origin)
        : { ...table, columns: table.columns.map((column, at) => ({ name: names[at] ?? column.name, data: column.data })) },
    );
  },
);
defineProperty('T', (table) => (table.columns === undefined || !isKnown(table.rows) ? unknown() : frame(unknownTable(table.columns.length))));
define('to_numpy', 'dtype=None, copy=False, na_value=None', (table, call) => {
  const dtype = dtypeFromValue(call.args.get('dtype'));
  return dtype === undefined ? tableArray(table) : castArray(tableArray(table), dtype);
});
define('__len__', '', (table) => int(table.rows, table.origin));
define('__iter__', '', (table, call) => iterator(() => call.interpreter.iterate(indexOf(table.columns?.map((column) => column.name)), call.place)));
define('keys', '', (table) => indexOf(table.columns?.map((column) => column.name)));
define('__contains__', 'key', (table, call) => {
  const key = call.args.get('key');
  return table.columns !== undefined && key.kind === 'str'
    ? { kind: 'bool', value: table.columns.some((column) => column.name === key.value) }
    : unknown(undefined, 'bool');
});
define('copy', 'deep=True', (table) => frame(table));
define('head', 'n=5', (table, call) => frame(firstRows(table, call.args.get('n'))));
define('tail', 'n=5', (table, call) => frame(firstRows(table, call.args.get('n'))));
define('sample', 'n=None, frac=None, replace=False, weights=None, random_state=None, axis=None, ignore_index=False', (table, call) => {
  const { rows, keepsAll } = sampledRows(table.rows, call);
  return frame(withRows(table, rows, keepsAll));
});
define('drop', 'labels=None, *, axis=0, index=None, columns=None, level=None, inplace=False, errors="raise"', (table, call, self) =>
  changed(call, self, dropped(table, call)),
);
define('pop', 'item', (table, call, self) => {
  const name = call.args.str('item');
  const data = name === undefined ? undefined : columnOf(table, name);
  frameSlot.set(self, without(table, name === undefined ? undefined : [name]));
  return data === undefined ? blankSeries(table.rows) : series(data, name);
});
define('insert', 'loc, column, value, allow_duplicates=False', (table, call, self) => {
  const name = call.args.str('column'),
    at = call.args.number('loc');
  frameSlot.set(
    self,
    name === undefined || at === undefined || table.columns === undefined
      ? unknownTable(table.rows)
      : { ...table, columns: table.columns.toSpliced(at, 0, { name, data: columnFrom(table, call, call.args.get('value')) }) },
  );
  return none;
});
define('assign', '**kwargs', (table, call) =>
  call.args.openKeywords
    ? frame(unknownTable(table.rows))
    : frame(call.args.restKeywords.reduce((state, keyword) => withColumn(state, keyword.name, columnFrom(state, call, keyword.value)), table)),
);
define(
  'rename',
  'mapper=None, *, index=None, columns=None, axis=None, copy=None, inplace=False, level=None, errors="ignore"',
  (table, call, self) => {
    const mapping = call.args.get('columns');
    if (mapping.kind !== 'dict' || mapping.open || table.columns === undefined)
      return changed(call, self, mapping.kind === 'none' ? table : unknownTable(table.rows, table.origin));
    return changed(call, self, {
      ...table,
      columns: table.columns.map((column) => {
        const given = mapping.entries.get(`s:${column.name}`)?.value;
        return { name: given?.kind === 'str' ? given.value : column.name, data: column.data };
      }),
    });
  },
);
define('astype', 'dtype, copy=None, errors="raise"', (table, call) => {
  const dtype = dtypeFromValue(call.args.get('dtype'));
  return frame({
    ...table,
    columns: table.columns?.map((column) => ({
      name: column.name,
      data: dtype === undefined ? makeArray({ ...column.data, dtype: undefined }) : castArray(column.data, dtype),
    })),
  });
});
define('dropna', '*, axis=0, how=None, thresh=None, subset=None, inplace=False, ignore_index=False', (table, call, self) => {
  const isDense =
    table.columns?.every((column) => column.data.dtype === 'int64' || column.data.dtype === 'bool' || elementsOf(column.data) !== undefined) === true;
  const axis = call.args.get('axis');
  const isRows = axis.kind === 'int' && axis.value === 0;
  return changed(
    call,
    self,
    isDense
      ? table
      : isRows
        ? withRows(table, unknownDim({ maximum: isKnown(table.rows) ? table.rows : undefined }), true)
        : unknownTable(table.rows),
  );
});
for (const name of [
  'fillna',
  'replace',
  'ffill',
  'bfill',
  'interpolate',
  'clip',
  'round',
  'abs',
  'map',
  'applymap',
  'shift',
  'diff',
  'cumsum',
  'pct_change',
]) {
  define(name, '*args, inplace=False, **kwargs', (table, call, self) =>
    changed(call, self, {
      ...table,
      columns: table.columns?.map((column) => ({
        name: column.name,
        data:
          elementsOf(column.data) !== undefined && (name === 'fillna' || name === 'ffill' || name === 'bfill')
            ? column.data
            : unknownColumn(table.rows, column.data.origin),
      })),
    }),
  );
}
for (const name of ['sort_values', 'sort_index'])
  define(name, '*args, inplace=False, **kwargs', (table, call, self) => changed(call, self, withRows(table, table.rows, true)));
define('drop_duplicates', '*args, inplace=False, **kwargs', (table, call, self) =>
  changed(call, self, withRows(table, unknownDim({ maximum: isKnown(table.rows) ? table.rows : undefined }), false)),
);
define('reset_index', 'level=None, *, drop=False, inplace=False, **kwargs', (table, call, self) =>
  changed(call, self, call.args.flag('drop') === true ? table : unknownTable(table.rows, table.origin)),
);
define('set_index', 'keys, *, drop=True, append=False, inplace=False, verify_integrity=False', (table, call, self) =>
  changed(call, self, without(table, namesOf(call.args.get('keys')))),
);
define('select_dtypes', 'include=None, exclude=None', (table) => frame(unknownTable(table.rows, table.origin)));
define('filter', '*args, **kwargs', (table) => frame(unknownTable(table.rows, table.origin)));
define('query', 'expr, **kwargs', (table) => frame(withRows(table, unknownDim(), false)));
for (const name of ['isnull', 'isna', 'notnull', 'notna', 'isin'])
  define(name, '*args', (table) =>
    frame({
      ...table,
      columns: table.columns?.map((column) => ({
        name: column.name,
        data: makeArray({ cls: ndarrayClass, shape: shapeOf(table.rows), dtype: 'bool', range: rangeBetween(0, 1, { integral: true }) }),
      })),
    }),
  );
for (const name of [
  'merge',
  'join',
  'groupby',
  'pivot',
  'pivot_table',
  'melt',
  'describe',
  'apply',
  'agg',
  'aggregate',
  'corr',
  'transform',
  'explode',
  'stack',
  'unstack',
  'resample',
  'rolling',
  'iterrows',
  'itertuples',
  'items',
  'to_dict',
  'eval',
  'plot',
  'hist',
  'boxplot',
])
  define(name, '*args, **kwargs', () => unknown());
for (const name of ['info', 'to_csv', 'to_json', 'to_excel', 'to_pickle', 'to_parquet']) define(name, '*args, **kwargs', () => none);
/** One number a column. */
for (const name of [
  'mean',
  'sum',
  'max',
  'min',
  'std',
  'var',
  'median',
  'count',
  'idxmax',
  'idxmin',
  'nunique',
  'any',
  'all',
  'quantile',
  'skew',
  'kurt',
  'prod',
]) {
  define(name, '*args, **kwargs', (table, call) => {
    const hasAxis = call.args.rest.length > 0 || call.args.restKeywords.some((keyword) => keyword.name === 'axis');
    return hasAxis || name === 'quantile' ? unknown() : blankSeries(width(table));
  });
}
define('nunique', 'axis=0, dropna=True', (table) => blankSeries(width(table)));

function firstRows(table: Table, count: Value): Table {
  const wanted = dimFromValue(count);
  if (wanted === undefined || !isKnown(wanted) || wanted < 0 || !isKnown(table.rows)) return withRows(table, unknownDim(), false);
  return withRows(table, Math.min(wanted, table.rows), wanted >= table.rows);
}

function dropped(table: Table, call: NativeCall): Table {
  const [labels, columns, index] = [call.args.get('labels'), call.args.get('columns'), call.args.get('index')];
  if (index.kind !== 'none') return withRows(columns.kind === 'none' ? table : without(table, namesOf(columns)), unknownDim(), false);
  if (columns.kind !== 'none') return without(table, namesOf(columns));
  const axis = call.args.get('axis');
  const isColumns = axis.kind === 'int' ? axis.value === 1 : axis.kind === 'str' ? axis.value === 'columns' : undefined;
  if (isColumns === undefined) return unknownTable();
  if (isColumns) return without(table, namesOf(labels));
  const count = labels.kind === 'int' ? 1 : labels.kind === 'list' && !labels.open ? labels.items.length : undefined;
  return withRows(table, count === undefined ? unknownDim() : subtractDims(table.rows, count), false);
}

// ---- Items.

export function withColumn(table: Table, name: string, data: TensorValue): Table {
  if (table.columns === undefined) return table;
  const at = table.columns.findIndex((column) => column.name === name);
  return { ...table, columns: at < 0 ? [...table.columns, { name, data }] : table.columns.with(at, { name, data }) };
}

/** What an assigned value makes of a column. */
function columnFrom(table: Table, call: NativeCall, value: Value): TensorValue {
  const facts = seriesSlot.get(value);
  if (facts !== undefined)
    return rowsOf(facts.data) === table.rows ? facts.data : columnWithRows({ ...facts.data, range: undefined }, table.rows, false);
  const context = numpyContext(call.interpreter, call.place, 'assignment');
  const tensor = tensorOf(context, value);
  if (tensor === undefined || tensor.shape.dims === undefined) return unknownColumn(table.rows);
  if (tensor.shape.dims.length === 0) {
    const element = elementsOf(tensor)?.[0];
    return makeArray({
      cls: ndarrayClass,
      shape: shapeOf(table.rows),
      dtype: tensor.dtype,
      range: tensor.range,
      origin: tensor.origin,
      elements: element !== undefined && isKnown(table.rows) && table.rows <= 4096 ? new Array<Dim>(table.rows).fill(element) : undefined,
    });
  }
  return tensor.shape.dims.length === 1 ? { ...tensor, cls: ndarrayClass } : unknownColumn(table.rows);
}

define('__getitem__', 'key, /', (table, call) => {
  const key = call.args.get('key');
  if (key.kind === 'str' || (key.kind === 'int' && typeof key.value === 'number')) {
    const name = key.kind === 'str' ? key.value : String(key.value);
    const data = columnOf(table, name);
    return data === undefined ? unknown() : series(data, name);
  }
  if (key.kind === 'list') return frame(chosen(table, namesOf(key)));
  if (key.kind === 'slice') return frame(rowsBy(table, call, key));
  const mask = tensorOf(numpyContext(call.interpreter, call.place, 'indexing'), key);
  return mask?.dtype === 'bool' || (frameSlot.get(key) === undefined && seriesSlot.get(key) !== undefined)
    ? frame(rowsBy(table, call, mask ?? unknown()))
    : unknown();
});

/** The rows that a slice, a mask or a list of positions leaves. */
function rowsBy(table: Table, call: NativeCall, index: Value): Table {
  const counted = part(unknownColumn(table.rows), call, index);
  const rows = counted.shape.dims?.length === 1 ? rowsOf(counted) : unknownDim();
  const keepsAll = index.kind === 'slice' && index.start.kind === 'none' && index.stop.kind === 'none';
  return {
    ...table,
    rows,
    columns: table.columns?.map((column) => ({ name: column.name, data: columnWithRows(part(column.data, call, index), rows, keepsAll) })),
  };
}

define('__setitem__', 'key, value, /', (table, call, self) => {
  const key = call.args.get('key');
  const name = key.kind === 'str' ? key.value : key.kind === 'int' && typeof key.value === 'number' ? String(key.value) : undefined;
  if (name !== undefined) {
    frameSlot.set(self, withColumn(table, name, columnFrom(table, call, call.args.get('value'))));
    return none;
  }
  const names = key.kind === 'list' ? namesOf(key) : undefined;
  frameSlot.set(
    self,
    names === undefined || table.columns === undefined
      ? unknownTable(table.rows)
      : names.reduce((state, one) => withColumn(state, one, unknownColumn(state.rows)), table),
  );
  return none;
});
define('__delitem__', 'key, /', (table, call, self) => {
  frameSlot.set(self, without(table, namesOf(call.args.get('key'))));
  return none;
});
frameClass.namespace.set(
  '__setattr__',
  nativeMethod('__setattr__', 'self, name, value', (call) => {
    const self = call.args.get('self'),
      name = call.args.str('name');
    const table = frameSlot.get(self);
    // `df.label = …` sets a column that exists.
    if (self.kind === 'instance' && table?.columns?.some((column) => column.name === name) && name !== undefined)
      frameSlot.set(self, withColumn(table, name, columnFrom(table, call, call.args.get('value'))));
    return none;
  }),
);

interface Accessor {
  readonly table: Table;
  readonly byPosition: boolean;
  readonly owner: InstanceValue;
}
const accessorSlot = defineSlot<Accessor>('pandas indexer');
const accessorClass = nativeClass({
  name: 'Indexer',
  qualifiedName: 'pandas.core.indexing.Indexer',
  members: {
    __getitem__: nativeMethod('__getitem__', 'self, key, /', (call) => {
      const accessor = accessorSlot.get(call.args.get('self'));
      return accessor === undefined ? unknown() : located(accessor, call, call.args.get('key'));
    }),
    __setitem__: nativeMethod('__setitem__', 'self, key, value, /', (call) => {
      const accessor = accessorSlot.get(call.args.get('self'));
      if (accessor !== undefined)
        frameSlot.set(accessor.owner, {
          ...accessor.table,
          columns: accessor.table.columns?.map((column) => ({ name: column.name, data: unknownColumn(accessor.table.rows) })),
        });
      return none;
    }),
  },
});
for (const name of ['iloc', 'loc', 'iat', 'at']) {
  defineProperty(name, (table, _, self) => {
    const made = instance(accessorClass);
    accessorSlot.set(made, { table, byPosition: name.startsWith('i'), owner: self });
    return made;
  });
}

const everything: Value = { kind: 'slice', start: none, stop: none, step: none };

function located(accessor: Accessor, call: NativeCall, key: Value): Value {
  const [rowKey, columnKey] = key.kind === 'tuple' ? [key.items[0] ?? everything, key.items[1] ?? everything] : [key, everything];
  const { table, byPosition } = accessor;
  const columns = locatedColumns(table, byPosition, columnKey);
  const isSingle = columnKey.kind === 'int' || columnKey.kind === 'str';
  const wholeSlice = rowKey.kind === 'slice' && rowKey.start.kind === 'none' && rowKey.stop.kind === 'none';
  const context = numpyContext(call.interpreter, call.place, 'indexing');
  const mask = rowKey.kind === 'instance' ? tensorOf(context, rowKey) : rowKey;
  // Labels of rows are not followed; masks and whole slices are.
  const isFollowed = byPosition || wholeSlice || (mask?.kind === 'tensor' && mask.dtype === 'bool');
  if (rowKey.kind === 'int') {
    const [only] = columns?.columns ?? [];
    const element =
      only === undefined || !isSingle || !byPosition || typeof rowKey.value !== 'number' ? undefined : elementsOf(only.data)?.at(rowKey.value);
    if (isSingle) return element === undefined ? unknown() : pythonNumber(element, only?.data.dtype, only?.data.origin);
    return columns?.columns === undefined ? blankSeries(unknownDim()) : blankSeries(columns.columns.length);
  }
  if (columns === undefined) return isSingle ? blankSeries(unknownDim()) : frame(unknownTable());
  const rows = isFollowed && mask !== undefined ? rowsBy(columns, call, mask) : withRows(columns, unknownDim(), false);
  if (!isSingle) return frame(rows);
  const [only] = rows.columns ?? [];
  return only === undefined ? blankSeries(rows.rows) : series(only.data, only.name);
}

function locatedColumns(table: Table, byPosition: boolean, key: Value): Table | undefined {
  if (key.kind === 'slice' && key.start.kind === 'none' && key.stop.kind === 'none' && key.step.kind === 'none') return table;
  if (table.columns === undefined) return { ...table, columns: undefined };
  const { columns } = table;
  const position = (value: Value): number | undefined => {
    if (byPosition)
      return value.kind === 'int' && typeof value.value === 'number' ? (value.value < 0 ? value.value + columns.length : value.value) : undefined;
    const found = value.kind === 'str' ? columns.findIndex((column) => column.name === value.value) : -1;
    return found < 0 ? undefined : found;
  };
  if (key.kind === 'slice') {
    const start = key.start.kind === 'none' ? 0 : position(key.start);
    const stop = key.stop.kind === 'none' ? columns.length : position(key.stop);
    if (start === undefined || stop === undefined || key.step.kind !== 'none') return unknownTable(table.rows, table.origin);
    // Slices of labels hold their end.
    return { ...table, columns: columns.slice(start, byPosition || key.stop.kind === 'none' ? stop : stop + 1) };
  }
  const keys = key.kind === 'list' && !key.open ? key.items : key.kind === 'int' || key.kind === 'str' ? [key] : undefined;
  const positions = keys?.map(position);
  if (positions === undefined || positions.includes(undefined)) return unknownTable(table.rows, table.origin);
  return {
    ...table,
    columns: positions.flatMap((at) => {
      const column = at === undefined ? undefined : columns[at];
      return column === undefined ? [] : [column];
    }),
  };
}

// ---- Arithmetic: each column with a number; with anything else nothing is known but the shape.

for (const [dunder, [, operation]] of Object.entries(operatorTable)) {
  const isComparison = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'].includes(dunder);
  const declare = (name: string, swapped: boolean): void =>
    define(name, 'other', (table, call) => {
      const other = call.args.get('other');
      const isNumber = other.kind === 'int' || other.kind === 'float';
      const context = numpyContext(call.interpreter, call.place, dunder);
      return frame({
        ...table,
        columns: table.columns?.map((column) => {
          const result =
            isNumber && column.data.dtype !== 'string'
              ? swapped
                ? operation(context, other, column.data)
                : operation(context, column.data, other)
              : undefined;
          return { name: column.name, data: result?.kind === 'tensor' ? result : unknownColumn(table.rows) };
        }),
      });
    });
  declare(`__${dunder}__`, false);
  if (!isComparison) declare(`__r${dunder}__`, true);
}

// ---- Names of columns.

for (const name of ['tolist', 'to_list', 'to_numpy', 'copy']) {
  indexClass.namespace.set(
    name,
    nativeMethod(name, 'self', (call) => {
      const self = call.args.get('self');
      return self.kind === 'list' ? { kind: 'list', items: [...self.items], open: self.open } : unknown();
    }),
  );
}
indexClass.namespace.set(
  'values',
  nativeProperty('values', (call) => {
    const self = call.args.get('self');
    return self.kind === 'list' ? { kind: 'list', items: [...self.items], open: self.open } : unknown();
  }),
);
indexClass.namespace.set(
  'drop',
  nativeMethod('drop', 'self, labels, errors="raise"', (call) => {
    const self = call.args.get('self');
    const names = namesOf(call.args.get('labels')),
      own = namesOf(self);
    return indexOf(names === undefined ? undefined : own?.filter((name) => !names.includes(name)));
  }),
);
indexClass.namespace.set(
  'difference',
  nativeMethod('difference', 'self, other, sort=None', (call) => {
    const names = namesOf(call.args.get('other')),
      own = namesOf(call.args.get('self'));
    return indexOf(names === undefined ? undefined : own?.filter((name) => !names.includes(name)));
  }),
);
