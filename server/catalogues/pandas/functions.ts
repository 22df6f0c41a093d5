// The functions of the pandas module: reading tables of the workspace, making, joining and encoding them. The rest is unknown.
import { addDims, type Dim, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeFunction } from '../../values/classes.ts';
import { message, type Origin } from '../../values/place.ts';
import type { NativeCall, Value } from '../../values/value.ts';
import { bool, none, str, tuple, unknown } from '../../values/value.ts';
import { distinctSlot, makeArray, numberFromValue } from '../arrays/contents.ts';
import { castArray, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { concatenate } from '../arrays/joining.ts';
import { distinct, distinctValues } from '../arrays/lookup.ts';
import { pathOf } from '../numpy/files.ts';
import { numpyContext } from '../numpy/ndarray.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { namesOf } from './frame.ts';
import { blankSeries, frame, frameClass, frameSlot, indexClass, makers, series, seriesClass, seriesSlot } from './objects.ts';
import { distinctCount, rowsOf } from './series.ts';
import { type Column, columnWithRows, type Table, tableOfArray, tableOfText, unknownColumn, unknownTable } from './table.ts';

// Tables are read anew at every run of the evaluator; the last few are kept.
const parsedTables = new Map<string, Table>();
const mostParsed = 8;
const longestText = 30_000_000;

function readTable(call: NativeCall, separator: string): Value {
  const { args, interpreter } = call;
  const source = args.get('filepath_or_buffer');
  const path = pathOf(interpreter, source, call);
  const text = path === undefined || path.includes('://') ? undefined : interpreter.host.readText(path);
  if (path === undefined || text === undefined || text.length > longestText) return frame(unknownTable());
  interpreter.trace.filesRead.add(path);
  const origin: Origin = { place: args.place('filepath_or_buffer') ?? call.place, says: message('{path}', { path }) };
  const given = args.get('sep').kind === 'none' ? args.get('delimiter') : args.get('sep');
  const mark = given.kind === 'none' ? separator : given.kind === 'str' ? (given.value === '\\s+' ? ' ' : given.value) : undefined;
  const names = args.isNone('names') ? undefined : namesOf(args.get('names'));
  const header = args.get('header');
  const headerRow =
    header.kind === 'none'
      ? undefined
      : header.kind === 'int' && typeof header.value === 'number'
        ? header.value
        : header.kind === 'str' && header.value === 'infer'
          ? args.isNone('names')
            ? 0
            : undefined
          : 'not known';
  const skipped = args.isNone('skiprows') ? 0 : args.number('skiprows');
  const mostRows = args.isNone('nrows') ? undefined : (args.number('nrows') ?? 'not known');
  const isPlain =
    ['skipfooter', 'comment', 'thousands', 'chunksize', 'iterator', 'decimal', 'na_values', 'quotechar'].every(
      (name) => args.given(name) === false,
    ) && !args.openKeywords;
  if (
    mark?.length !== 1 ||
    headerRow === 'not known' ||
    skipped === undefined ||
    mostRows === 'not known' ||
    (!args.isNone('names') && names === undefined) ||
    !isPlain
  )
    return frame(unknownTable(unknownDim(), origin));
  const key = JSON.stringify([path, text.length, mark, headerRow, names, skipped, mostRows]) + text;
  let table = parsedTables.get(key);
  if (table === undefined) {
    table = tableOfText(text, { separator: mark, header: headerRow, names, skippedRows: skipped, mostRows }, { place: undefined });
    parsedTables.set(key, table);
    const [oldest] = parsedTables.keys();
    if (parsedTables.size > mostParsed && oldest !== undefined) parsedTables.delete(oldest);
  }
  return frame(selected(withOrigin(table, origin), call));
}

function withOrigin(table: Table, origin: Origin): Table {
  return { ...table, origin, columns: table.columns?.map((column) => ({ name: column.name, data: { ...column.data, origin } })) };
}

/** `usecols`, `index_col`, `dtype`. */
function selected(table: Table, call: NativeCall): Table {
  const { args } = call;
  let { columns } = table;
  const wanted = args.get('usecols');
  if (wanted.kind !== 'none') {
    const items = wanted.kind === 'list' && !wanted.open ? wanted.items : undefined;
    const positions = items?.map((item) =>
      item.kind === 'int' && typeof item.value === 'number'
        ? item.value
        : item.kind === 'str'
          ? columns?.findIndex((column) => column.name === item.value)
          : undefined,
    );
    columns = positions === undefined || positions.includes(undefined) ? undefined : columns?.filter((_, at) => positions.includes(at));
  }
  const index = args.get('index_col');
  if (index.kind !== 'none' && !(index.kind === 'bool' && !index.value)) {
    const at =
      index.kind === 'int' && typeof index.value === 'number'
        ? index.value
        : index.kind === 'str'
          ? columns?.findIndex((column) => column.name === index.value)
          : undefined;
    columns = at === undefined || at < 0 ? undefined : columns?.filter((_, position) => position !== at);
  }
  const asked = args.get('dtype');
  const dtype = dtypeFromValue(asked);
  if (asked.kind !== 'none') {
    columns = columns?.map((column) => {
      const own = asked.kind === 'dict' ? dtypeFromValue(asked.entries.get(`s:${column.name}`)?.value) : dtype;
      if (asked.kind === 'dict' && !asked.open && !asked.entries.has(`s:${column.name}`)) return column;
      return { name: column.name, data: own === undefined ? { ...column.data, dtype: undefined } : castArray(column.data, own) };
    });
  }
  return { ...table, columns };
}

function columnFromValue(call: NativeCall, value: Value): Column['data'] | undefined {
  const facts = seriesSlot.get(value);
  if (facts !== undefined) return facts.data;
  const tensor = tensorOf(numpyContext(call.interpreter, call.place, 'DataFrame'), value);
  return tensor?.shape.dims?.length === 1 ? { ...tensor, cls: ndarrayClass } : undefined;
}

function makeFrame(call: NativeCall): Value {
  const data = call.args.get('data');
  const names = call.args.isNone('columns') ? undefined : namesOf(call.args.get('columns'));
  if (!call.args.isNone('columns') && names === undefined) return frame(unknownTable());
  if (data.kind === 'none') return frame({ rows: 0, columns: (names ?? []).map((name) => ({ name, data: unknownColumn(0) })), origin: undefined });
  const own = frameSlot.get(data);
  if (own !== undefined) return frame(names === undefined ? own : { ...own, columns: undefined });
  if (data.kind === 'dict') {
    if (data.open) return frame(unknownTable());
    const columns: Column[] = [];
    let rows: Dim | undefined;
    for (const entry of data.entries.values()) {
      const column = columnFromValue(call, entry.value);
      if (entry.key.kind !== 'str') return frame(unknownTable(rows ?? unknownDim()));
      rows ??= column === undefined ? undefined : rowsOf(column);
      columns.push({ name: entry.key.value, data: column ?? unknownColumn(rows ?? unknownDim()) });
    }
    return frame({ rows: rows ?? unknownDim(), origin: undefined, columns: names === undefined ? columns : undefined });
  }
  if (data.kind === 'list' && data.items[0]?.kind === 'dict') return frame(unknownTable(data.open ? unknownDim() : data.items.length));
  const tensor = tensorOf(numpyContext(call.interpreter, call.place, 'DataFrame'), data);
  const table = tensor === undefined ? unknownTable() : tableOfArray(tensor, names);
  return frame(table.columns !== undefined && names !== undefined && names.length !== table.columns.length ? unknownTable(table.rows) : table);
}

function makeSeries(call: NativeCall): Value {
  const data = call.args.get('data');
  const name = call.args.str('name');
  const asked = dtypeFromValue(call.args.get('dtype'));
  const column = columnFromValue(call, data);
  return column === undefined || !call.args.isNone('index')
    ? blankSeries(unknownDim())
    : series(asked === undefined ? column : castArray(column, asked), name);
}

function concat(call: NativeCall): Value {
  const given = call.args.get('objs');
  const axis = call.args.get('axis');
  const items = (given.kind === 'list' && !given.open) || given.kind === 'tuple' ? given.items : undefined;
  const isColumns = axis.kind === 'int' ? axis.value === 1 : axis.kind === 'str' ? axis.value === 'columns' : undefined;
  if (items === undefined || isColumns === undefined) return unknown();
  const tables = items.map((item) => frameSlot.get(item) ?? (isColumns ? asTable(item) : undefined));
  if (!isColumns && items.every((item) => seriesSlot.get(item) !== undefined)) {
    const joined = concatenate(
      numpyContext(call.interpreter, call.place, 'pd.concat'),
      items.map((item) => seriesSlot.get(item)?.data),
      { kind: 'int', value: 0 },
    );
    return joined.kind === 'tensor' ? series(joined, seriesSlot.get(items[0])?.name) : unknown();
  }
  const known = tables.filter((table) => table !== undefined);
  const [first] = known;
  if (known.length < tables.length || first === undefined) return unknown();
  if (isColumns) {
    // Rows are joined by label: only tables of one length keep it.
    const rows = known.every((table) => table.rows === first.rows) ? first.rows : unknownDim();
    const columns = known.every((table) => table.columns !== undefined) ? known.flatMap((table) => table.columns ?? []) : undefined;
    return frame({
      rows,
      columns: columns?.map((column) => ({ name: column.name, data: rows === first.rows ? column.data : unknownColumn(rows) })),
      origin: first.origin,
    });
  }
  const rows = addDims(...known.map((table) => table.rows));
  const names = first.columns?.map((column) => column.name);
  const isSame = known.every(
    (table) =>
      table.columns !== undefined && table.columns.length === names?.length && table.columns.every((column, at) => column.name === names[at]),
  );
  if (!isSame || first.columns === undefined) return frame(unknownTable(rows, first.origin));
  const context = numpyContext(call.interpreter, call.place, 'pd.concat');
  return frame({
    rows,
    origin: first.origin,
    columns: first.columns.map((column, at) => {
      const joined = concatenate(
        context,
        known.map((table) => table.columns?.[at]?.data),
        { kind: 'int', value: 0 },
      );
      return { name: column.name, data: joined.kind === 'tensor' ? joined : unknownColumn(rows) };
    }),
  });
}

function asTable(value: Value): Table | undefined {
  const facts = seriesSlot.get(value);
  return facts === undefined
    ? undefined
    : {
        rows: rowsOf(facts.data),
        columns: facts.name === undefined ? undefined : [{ name: facts.name, data: facts.data }],
        origin: facts.data.origin,
      };
}

/** One column of zeros and ones for each distinct value. */
function dummies(call: NativeCall): Value {
  const data = call.args.get('data');
  const dropFirst = call.args.flag('drop_first');
  const asked = call.args.get('dtype');
  const dtype = asked.kind === 'none' ? 'bool' : dtypeFromValue(asked);
  const expand = (column: Column['data'], prefix: string | undefined): Column[] | undefined => {
    const known = distinctSlot.get(column);
    const labels = known?.texts ?? distinctValues(column)?.map(String);
    if (labels === undefined || dropFirst === undefined || call.args.flag('dummy_na') !== false || labels.length > 4096) return undefined;
    return labels.slice(dropFirst ? 1 : 0).map((label) => ({
      name: prefix === undefined ? label : `${prefix}_${label}`,
      data: makeArray({
        cls: ndarrayClass,
        shape: shapeOf(rowsOf(column)),
        dtype,
        range: rangeBetween(0, 1, { integral: true, attained: true }),
        origin: column.origin,
      }),
    }));
  };
  const table = frameSlot.get(data);
  const prefix = call.args.isNone('prefix') ? undefined : call.args.str('prefix');
  if (table === undefined) {
    const column = columnFromValue(call, data);
    if (column === undefined) return frame(unknownTable());
    return frame({
      rows: rowsOf(column),
      columns: call.args.isNone('prefix') || prefix !== undefined ? expand(column, prefix) : undefined,
      origin: column.origin,
    });
  }
  const named = call.args.isNone('columns') ? undefined : namesOf(call.args.get('columns'));
  if (table.columns === undefined || (!call.args.isNone('columns') && named === undefined) || !call.args.isNone('prefix'))
    return frame(unknownTable(table.rows, table.origin));
  const kept: Column[] = [],
    made: Column[] = [];
  for (const column of table.columns) {
    const isEncoded = named === undefined ? column.data.dtype === 'string' : named.includes(column.name);
    if (column.data.dtype === undefined && named === undefined) return frame(unknownTable(table.rows, table.origin));
    const expanded = isEncoded ? expand(column.data, column.name) : undefined;
    if (isEncoded && expanded === undefined) return frame(unknownTable(table.rows, table.origin));
    if (expanded === undefined) kept.push(column);
    else made.push(...expanded);
  }
  return frame({ ...table, columns: [...kept, ...made] });
}

/** (codes, distinct values). */
function factorize(call: NativeCall): Value {
  const column = columnFromValue(call, call.args.get('values'));
  if (column === undefined) return tuple([makeArray({ cls: ndarrayClass, shape: shapeOf(unknownDim()), dtype: 'int64' }), unknown()]);
  const count = distinctCount(column);
  const values = distinct(numpyContext(call.interpreter, call.place, 'factorize'), column);
  return tuple([
    makeArray({
      cls: ndarrayClass,
      shape: column.shape,
      dtype: 'int64',
      range: count === undefined ? undefined : rangeBetween(0, count - 1, { integral: true, attained: true }),
      origin: column.origin,
    }),
    // In order of appearance.
    values === undefined ? unknown() : { ...values, contents: undefined },
  ]);
}

const csvSignature =
  'filepath_or_buffer, *, sep=None, delimiter=None, header="infer", names=None, index_col=None, usecols=None, dtype=None, skiprows=None, nrows=None, **kwargs';
const unfollowedTables = [
  'read_excel',
  'read_json',
  'read_parquet',
  'read_pickle',
  'read_sql',
  'read_html',
  'read_feather',
  'read_hdf',
  'merge',
  'pivot_table',
  'crosstab',
  'melt',
  'json_normalize',
];

export const pandasMembers = (): Readonly<Record<string, Value>> => ({
  read_csv: nativeFunction('read_csv', csvSignature, (call) => readTable(call, ',')),
  read_table: nativeFunction('read_table', csvSignature, (call) => readTable(call, '\t')),
  DataFrame: frameClass,
  Series: seriesClass,
  Index: indexClass,
  concat: nativeFunction(
    'concat',
    'objs, *, axis=0, join="outer", ignore_index=False, keys=None, levels=None, names=None, verify_integrity=False, sort=False, copy=None',
    concat,
  ),
  get_dummies: nativeFunction(
    'get_dummies',
    'data, prefix=None, prefix_sep="_", dummy_na=False, columns=None, sparse=False, drop_first=False, dtype=None',
    dummies,
  ),
  factorize: nativeFunction('factorize', 'values, sort=False, use_na_sentinel=True, size_hint=None', factorize),
  unique: nativeFunction('unique', 'values', (call) => {
    const column = columnFromValue(call, call.args.get('values'));
    return column === undefined ? unknown() : (distinct(numpyContext(call.interpreter, call.place, 'unique'), column) ?? unknown());
  }),
  to_numeric: nativeFunction('to_numeric', 'arg, errors="raise", downcast=None, **kwargs', (call) => {
    const facts = seriesSlot.get(call.args.get('arg'));
    return facts === undefined ? unknown() : facts.data.dtype === 'string' ? blankSeries(rowsOf(facts.data)) : series(facts.data, facts.name);
  }),
  to_datetime: nativeFunction('to_datetime', 'arg, *args, **kwargs', (call) => {
    const facts = seriesSlot.get(call.args.get('arg'));
    return facts === undefined
      ? unknown()
      : series(columnWithRows({ ...facts.data, dtype: undefined, range: undefined }, rowsOf(facts.data), false), facts.name);
  }),
  set_option: nativeFunction('set_option', undefined, () => none),
  reset_option: nativeFunction('reset_option', undefined, () => none),
  isnull: nativeFunction('isnull', 'obj', (call) => nullness(call)),
  isna: nativeFunction('isna', 'obj', (call) => nullness(call)),
  notnull: nativeFunction('notnull', 'obj', (call) => nullness(call)),
  notna: nativeFunction('notna', 'obj', (call) => nullness(call)),
  __version__: str('2.3.0'),
  ...Object.fromEntries(unfollowedTables.map((name) => [name, nativeFunction(name, undefined, () => frame(unknownTable()))])),
});

function nullness(call: NativeCall): Value {
  const value = call.args.get('obj');
  const facts = seriesSlot.get(value);
  if (facts !== undefined) return series(makeArray({ cls: ndarrayClass, shape: facts.data.shape, dtype: 'bool' }), facts.name);
  if (numberFromValue(value) !== undefined && value.kind === 'int') return bool(call.name.startsWith('not'));
  return unknown();
}

makers.frame = makeFrame;
makers.series = makeSeries;
