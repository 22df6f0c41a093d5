// What is known of a table: its columns' names, the number of rows, and of each column the type, the range and the distinct values.
// Reading comma-separated text into one. It must not know pandas' classes.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { promoteNumpy } from '../../tensors/dtype.ts';
import { rangeOfValues, uniteRanges, type ValueRange } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { derivedOrigin, type Origin } from '../../values/place.ts';
import type { TensorValue } from '../../values/value.ts';
import { distinctSlot, elementsOf, makeArray } from '../arrays/contents.ts';
import { ndarrayClass } from '../numpy/library.ts';

export interface Column {
  readonly name: string;
  readonly data: TensorValue;
}

export interface Table {
  readonly rows: Dim;
  /** Undefined: the columns are not known. */
  readonly columns: readonly Column[] | undefined;
  readonly origin: Origin | undefined;
}

export function unknownTable(rows: Dim = unknownDim(), origin?: Origin): Table {
  return { rows, columns: undefined, origin };
}

/** A column of which only its length is known. */
export function unknownColumn(rows: Dim, origin?: Origin): TensorValue {
  return makeArray({ cls: ndarrayClass, shape: shapeOf(rows), dtype: undefined, origin });
}

export function columnOf(table: Table, name: string): TensorValue | undefined {
  return table.columns === undefined ? unknownColumn(table.rows, table.origin) : table.columns.find((column) => column.name === name)?.data;
}

/** Fewer or other rows of the same data: the distinct values need not all be there any more. */
export function withRows(table: Table, rows: Dim, keepsAll: boolean): Table {
  return { ...table, rows, columns: table.columns?.map((column) => ({ name: column.name, data: columnWithRows(column.data, rows, keepsAll) })) };
}

export function columnWithRows(data: TensorValue, rows: Dim, keepsAll: boolean): TensorValue {
  const distinct = distinctSlot.get(data);
  const result = makeArray({
    cls: data.cls,
    shape: shapeOf(rows),
    dtype: data.dtype,
    range: data.range === undefined ? undefined : { ...data.range, attained: keepsAll && data.range.attained },
    origin: data.origin,
  });
  return keepsAll && distinct !== undefined ? distinctSlot.on(result, distinct) : result;
}

/** The table as one array: `df.values`. */
export function tableArray(table: Table): TensorValue {
  if (table.columns === undefined)
    return makeArray({ cls: ndarrayClass, shape: shapeOf(table.rows, unknownDim()), dtype: undefined, origin: table.origin });
  const { columns, rows } = table;
  let range: ValueRange | undefined = columns[0]?.data.range;
  for (const column of columns.slice(1))
    range = range === undefined || column.data.range === undefined ? undefined : uniteRanges(range, column.data.range);
  const elements = columns.map((column) => elementsOf(column.data));
  const isKnownTable = isKnown(rows) && rows * columns.length <= 4096 && elements.every((list) => list !== undefined);
  const types = columns.map((column) => column.data.dtype);
  return makeArray({
    cls: ndarrayClass,
    shape: shapeOf(rows, columns.length),
    dtype: types.includes('string') ? 'object' : promoteNumpy(...types),
    range,
    elements:
      isKnownTable && isKnown(rows)
        ? Array.from({ length: rows * columns.length }, (_, at) => elements[at % columns.length]?.[Math.floor(at / columns.length)] ?? 0)
        : undefined,
    origin: table.origin ?? derivedOrigin(...columns.slice(0, 3).map((column) => column.data.origin)),
  });
}

/** Columns of an array of two axes. */
export function tableOfArray(array: TensorValue, names: readonly string[] | undefined): Table {
  const [rows, width] = array.shape.dims ?? [];
  const count = array.shape.dims?.length === 1 ? 1 : width;
  if (rows === undefined || count === undefined || !isKnown(count) || count > 2000) return unknownTable(rows ?? unknownDim(), array.origin);
  const range = array.range === undefined ? undefined : { ...array.range, attained: count === 1 && array.range.attained };
  const elements = elementsOf(array);
  return {
    rows,
    origin: array.origin,
    columns: Array.from({ length: count }, (_, at) => ({
      name: names?.[at] ?? String(at),
      data: makeArray({
        cls: ndarrayClass,
        shape: shapeOf(rows),
        dtype: array.dtype,
        range,
        origin: array.origin,
        elements: elements?.filter((_, position) => position % count === at),
      }),
    })),
  };
}

// ---- Text.

export interface TextOptions {
  readonly separator: string;
  /** The row that holds the names, or none. */
  readonly header: number | undefined;
  readonly names: readonly string[] | undefined;
  readonly skippedRows: number;
  readonly mostRows: number | undefined;
}

/** Rows of fields, with quotes as spreadsheets write them. */
export function splitText(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [],
    start = 0;
  const isBlank = separator === ' ';
  while (start <= text.length) {
    if (text.charAt(start) === '"') {
      let field = '';
      let at = start + 1;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) {
          field += text.slice(at);
          at = text.length;
          break;
        }
        field += text.slice(at, end);
        if (text.charAt(end + 1) !== '"') {
          at = end + 1;
          break;
        }
        field += '"';
        at = end + 2;
      }
      row.push(field);
      start = at;
    } else {
      let end = start;
      while (end < text.length && text.charAt(end) !== separator && text.charAt(end) !== '\n') end += 1;
      const field = text.slice(start, end);
      const trimmed = field.endsWith('\r') ? field.slice(0, -1) : field;
      if (!isBlank || trimmed !== '') row.push(trimmed);
      start = end;
    }
    const next = text.charAt(start);
    if (next === '\r' && text.charAt(start + 1) === '\n') start += 1;
    if (start >= text.length || text.charAt(start) === '\n') {
      if (row.length > 1 || (row[0] !== undefined && row[0] !== '')) rows.push(row);
      row = [];
      if (start >= text.length) break;
    }
    start += 1;
  }
  return rows;
}

/** Names of missing values that pandas knows without being told. */
const missing: ReadonlySet<string> = new Set([
  '',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'nan',
  'null',
]);

/** More distinct values than this are not kept. */
const mostDistinct = 4096;

export function tableOfText(text: string, options: TextOptions, origin: Origin): Table {
  const rows = splitText(text, options.separator).slice(options.skippedRows);
  const header = options.header === undefined ? undefined : rows[options.header];
  const body = rows.slice(
    options.header === undefined ? 0 : options.header + 1,
    options.mostRows === undefined ? undefined : (options.header === undefined ? 0 : options.header + 1) + options.mostRows,
  );
  const width = header?.length ?? body[0]?.length ?? 0;
  // One field more than names: the first is the index. Such tables are left alone.
  if (body.some((row) => row.length > width)) return unknownTable(body.length, origin);
  const names = options.names ?? uniqueNames(header) ?? Array.from({ length: width }, (_, at) => String(at));
  if (names.length !== width) return unknownTable(body.length, origin);
  return {
    rows: body.length,
    origin,
    columns: names.map((name, at) => ({
      name,
      data: columnOfFields(
        body.map((row) => row[at] ?? ''),
        origin,
      ),
    })),
  };
}

function uniqueNames(header: readonly string[] | undefined): readonly string[] | undefined {
  const seen = new Map<string, number>();
  return header?.map((field, at) => {
    const name = field === '' ? `Unnamed: ${at}` : field;
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}.${count}`;
  });
}

function isNumber(field: string): boolean {
  const trimmed = field.trim();
  return trimmed !== '' && !Number.isNaN(Number(trimmed)) && !trimmed.startsWith('0x') && !trimmed.startsWith('0b') && !trimmed.startsWith('0o');
}

export function columnOfFields(fields: readonly string[], origin: Origin | undefined): TensorValue {
  const present = fields.filter((field) => !missing.has(field));
  const shape = shapeOf(fields.length);
  if (present.every(isNumber) && present.length > 0) {
    const numbers = present.map(Number);
    const isWhole =
      present.length === fields.length &&
      present.every((field) => Number.isInteger(Number(field)) && !field.includes('.') && !field.toLowerCase().includes('e'));
    const distinct = new Set(numbers);
    const column = makeArray({
      cls: ndarrayClass,
      shape,
      dtype: isWhole ? 'int64' : 'float64',
      range: rangeOfValues(numbers),
      elements: present.length === fields.length ? numbers : undefined,
      origin,
    });
    return distinct.size <= mostDistinct ? distinctSlot.on(column, { numbers: [...distinct].sort((left, right) => left - right) }) : column;
  }
  if (present.length === fields.length && present.every((field) => field === 'True' || field === 'False')) {
    return makeArray({
      cls: ndarrayClass,
      shape,
      dtype: 'bool',
      elements: present.map((field) => Number(field === 'True')),
      range: rangeOfValues(present.map((field) => Number(field === 'True'))),
      origin,
    });
  }
  if (present.length === 0) return makeArray({ cls: ndarrayClass, shape, dtype: 'float64', origin });
  const column = makeArray({ cls: ndarrayClass, shape, dtype: 'string', origin });
  const distinct = new Set(present);
  return distinct.size <= mostDistinct ? distinctSlot.on(column, { texts: [...distinct].sort() }) : column;
}
