// What a pandas Series can do: one line a member. Everything not listed is unknown.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import { rangeBetween } from '../../tensors/range.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeMethod, nativeProperty } from '../../values/classes.ts';
import type { NativeCall, TensorValue, Value } from '../../values/value.ts';
import { int, iterator, none, str, unknown } from '../../values/value.ts';
import { dictKey } from '../../values/equality.ts';
import { dimFromValue, distinctSlot, elementsOf, makeArray, numberFromValue } from '../arrays/contents.ts';
import { castArray, nestedLists, shapeTuple, tensorOf } from '../arrays/conversion.ts';
import { dtypeFromValue } from '../arrays/dtypes.ts';
import { clip, operatorTable, unary } from '../arrays/elementwise.ts';
import { getItem } from '../arrays/indexing.ts';
import { distinct, distinctValues } from '../arrays/lookup.ts';
import { precedenceOf } from '../arrays/library.ts';
import { type ReductionName, reduce } from '../arrays/reductions.ts';
import { numpyContext } from '../numpy/ndarray.ts';
import { dtypeValue, ndarrayClass } from '../numpy/library.ts';
import { blankSeries, indexOf, series, seriesClass, seriesSlot } from './objects.ts';
import { columnWithRows } from './table.ts';

type SeriesMember = (data: TensorValue, call: NativeCall, name: string | undefined) => Value;

function define(name: string, signature: string, member: SeriesMember): void {
  seriesClass.namespace.set(
    name,
    nativeMethod(name, signature === '' ? 'self' : `self, ${signature}`, (call) => {
      const facts = seriesSlot.get(call.args.get('self'));
      return facts === undefined ? unknown() : member(facts.data, call, facts.name);
    }),
  );
}
function defineProperty(name: string, member: SeriesMember): void {
  seriesClass.namespace.set(
    name,
    nativeProperty(name, (call) => {
      const facts = seriesSlot.get(call.args.get('self'));
      return facts === undefined ? unknown() : member(facts.data, call, facts.name);
    }),
  );
}

export function rowsOf(data: TensorValue): Dim {
  return data.shape.dims?.[0] ?? unknownDim();
}

/** How many distinct values the column has. */
export function distinctCount(data: TensorValue): number | undefined {
  return distinctSlot.get(data)?.texts?.length ?? distinctValues(data)?.length;
}

const array: SeriesMember = (data) => data;
defineProperty('values', array);
defineProperty('array', array);
defineProperty('shape', (data) => shapeTuple(data.shape, data.origin));
defineProperty('size', (data) => int(rowsOf(data), data.origin));
defineProperty('ndim', () => int(1));
defineProperty('dtype', (data) => dtypeValue(data.dtype));
defineProperty('name', (_, __, name) => (name === undefined ? unknown() : str(name)));
defineProperty('index', () => indexOf(undefined));
defineProperty('T', (data, _, name) => series(data, name));
define('to_numpy', 'dtype=None, copy=False, na_value=None, **kwargs', (data, call) => {
  const dtype = dtypeFromValue(call.args.get('dtype'));
  return dtype === undefined ? data : castArray(data, dtype);
});
define('tolist', '', (data) => nestedLists(data));
define('to_list', '', (data) => nestedLists(data));
define('__len__', '', (data) => int(rowsOf(data), data.origin));
define('__iter__', '', (data, call) => iterator(() => call.interpreter.iterate(data, call.place)));
define('unique', '', (data, call) => distinct(numpyContext(call.interpreter, call.place, 'unique'), data) ?? unknown());
define('nunique', 'dropna=True', (data) => {
  const count = distinctCount(data);
  return count === undefined ? unknown(undefined, 'int') : int(count, data.origin);
});
define('value_counts', 'normalize=False, sort=True, ascending=False, bins=None, dropna=True', (data) =>
  series(
    makeArray({
      cls: ndarrayClass,
      shape: shapeOf(distinctCount(data) ?? unknownDim()),
      dtype: 'int64',
      range: rangeBetween(1, Number.POSITIVE_INFINITY, { integral: true }),
      origin: data.origin,
    }),
  ),
);
define('astype', 'dtype, copy=None, errors="raise"', (data, call, name) => {
  const dtype = dtypeFromValue(call.args.get('dtype'));
  const asked = call.args.get('dtype');
  if (asked.kind === 'str' && asked.value === 'category') return series(data, name);
  return series(dtype === undefined ? makeArray({ cls: ndarrayClass, shape: data.shape, dtype: undefined }) : castKeeping(data, dtype), name);
});
for (const method of ['copy', 'sort_index', 'infer_objects', 'squeeze']) define(method, '*args, **kwargs', (data, _, name) => series(data, name));
define(
  'sort_values',
  '*, axis=0, ascending=True, inplace=False, kind="quicksort", na_position="last", ignore_index=False, key=None',
  (data, call, name) => (call.args.flag('inplace') === true ? none : series(columnWithRows(data, rowsOf(data), true), name)),
);
define('reset_index', 'level=None, *, drop=False, name=None, inplace=False, allow_duplicates=False', (data, call, name) =>
  call.args.flag('inplace') === true ? none : call.args.flag('drop') === true ? series(data, name) : unknown(),
);
define('sample', 'n=None, frac=None, replace=False, weights=None, random_state=None, axis=None, ignore_index=False', (data, call, name) =>
  series(sampled(data, call), name),
);
define('head', 'n=5', (data, call, name) => series(part(data, call, { kind: 'slice', start: none, stop: call.args.get('n'), step: none }), name));
define('tail', 'n=5', (data, call, name) => {
  const count = call.args.number('n');
  return series(
    count === undefined ? columnWithRows(data, unknownDim(), false) : part(data, call, { kind: 'slice', start: int(-count), stop: none, step: none }),
    name,
  );
});
define('dropna', '**kwargs', (data, _, name) => series(columnWithRows(data, isDense(data) ? rowsOf(data) : unknownDim(), true), name));
define('fillna', 'value=None, **kwargs', (data, _, name) =>
  isDense(data) ? series(data, name) : series(makeArray({ cls: ndarrayClass, shape: data.shape, dtype: data.dtype }), name),
);
define('isnull', '', (data, _, name) => series(truths(data), name));
define('isna', '', (data, _, name) => series(truths(data), name));
define('notnull', '', (data, _, name) => series(truths(data), name));
define('notna', '', (data, _, name) => series(truths(data), name));
define('isin', 'values', (data, _, name) => series(truths(data), name));
define('between', 'left, right, inclusive="both"', (data, _, name) => series(truths(data), name));
define('abs', '', (data, call, name) => wrapped(unary(numpyContext(call.interpreter, call.place, 'abs'), 'absolute', data), name));
define('clip', 'lower=None, upper=None, **kwargs', (data, call, name) =>
  wrapped(clip(numpyContext(call.interpreter, call.place, 'clip'), data, call.args.get('lower'), call.args.get('upper')), name),
);
define('map', 'func=None, na_action=None, **kwargs', (data, call, name) => series(mapped(data, call.args.get('func')), name));
define('replace', 'to_replace=None, value=None, **kwargs', (data, call, name) =>
  series(call.args.get('to_replace').kind === 'dict' ? replaced(data, call.args.get('to_replace')) : blank(data), name),
);
define('apply', 'func, *args, **kwargs', (data, call, name) => series(applied(data, call), name));
for (const method of [
  'shift',
  'diff',
  'pct_change',
  'cumsum',
  'cumprod',
  'cummax',
  'cummin',
  'rank',
  'ffill',
  'bfill',
  'interpolate',
  'round',
  'str_',
  'transform',
])
  define(method, '*args, **kwargs', (data, _, name) => series(blank(data), name));

for (const [method, reduction] of [
  ['sum', 'sum'],
  ['mean', 'mean'],
  ['max', 'max'],
  ['min', 'min'],
  ['prod', 'prod'],
  ['median', 'median'],
  ['any', 'any'],
  ['all', 'all'],
] as const satisfies readonly (readonly [string, ReductionName])[]) {
  define(method, '*args, **kwargs', (data, call) => reducedTo(data, call, reduction));
}
for (const method of ['std', 'var', 'skew', 'kurt', 'quantile', 'sem']) define(method, '*args, **kwargs', () => unknown(undefined, undefined));
define('count', '', (data) => (isDense(data) ? int(rowsOf(data)) : unknown(undefined, 'int')));
define('argmax', '*args, **kwargs', () => unknown(undefined, 'int'));

/** Categories' codes: `df['x'].astype('category').cat.codes`. */
defineProperty('cat', (data, call) => {
  const count = distinctCount(data);
  const codes = makeArray({
    cls: ndarrayClass,
    shape: data.shape,
    dtype: 'int8',
    range: count === undefined ? undefined : rangeBetween(0, count - 1, { integral: true, attained: isDense(data) }),
    origin: data.origin,
  });
  const accessor = blankSeries(rowsOf(data));
  accessor.attributes.set('codes', series(count === undefined || count < 128 ? codes : { ...codes, dtype: 'int16' }));
  accessor.attributes.set('categories', distinct(numpyContext(call.interpreter, call.place, 'categories'), data) ?? unknown());
  return accessor;
});

/** No value is missing: only of columns whose values are known is that known. */
function isDense(data: TensorValue): boolean {
  return data.dtype === 'int64' || data.dtype === 'bool' || elementsOf(data) !== undefined;
}
function truths(data: TensorValue): TensorValue {
  return makeArray({ cls: ndarrayClass, shape: data.shape, dtype: 'bool', range: rangeBetween(0, 1, { integral: true }) });
}
function blank(data: TensorValue): TensorValue {
  return makeArray({ cls: ndarrayClass, shape: data.shape, dtype: undefined, origin: data.origin });
}
function castKeeping(data: TensorValue, dtype: Parameters<typeof castArray>[1]): TensorValue {
  const cast = castArray(data, dtype);
  const known = distinctSlot.get(data);
  return known?.numbers !== undefined && cast !== data && cast.range?.low === data.range?.low && cast.range?.high === data.range?.high
    ? distinctSlot.on(cast, known)
    : cast;
}
function wrapped(result: Value, name: string | undefined): Value {
  return result.kind === 'tensor' && result.cls === ndarrayClass ? series(result, name) : result;
}
export function part(data: TensorValue, call: NativeCall, index: Value): TensorValue {
  const result = getItem(numpyContext(call.interpreter, call.place, 'indexing'), { ...data, slots: new Map() }, index);
  return result.kind === 'tensor' ? result : blank(data);
}
export function sampled(data: TensorValue, call: NativeCall): TensorValue {
  const rows = sampledRows(rowsOf(data), call);
  return columnWithRows(data, rows.rows, rows.keepsAll);
}
export function sampledRows(rows: Dim, call: NativeCall): { readonly rows: Dim; readonly keepsAll: boolean } {
  const count = call.args.get('n');
  const share = call.args.real('frac');
  if (count.kind !== 'none') return { rows: dimFromValue(count) ?? unknownDim(), keepsAll: false };
  if (share === 1) return { rows, keepsAll: true };
  if (share !== undefined && isKnown(rows)) return { rows: Math.round(rows * share), keepsAll: false };
  return { rows: call.args.isNone('frac') ? 1 : unknownDim(), keepsAll: false };
}

/** A dict of numbers applied to every value: each key that occurs gives its value. */
function mapped(data: TensorValue, mapping: Value): TensorValue {
  if (mapping.kind !== 'dict' || mapping.open) return blank(data);
  const known = distinctSlot.get(data);
  const keys = known?.texts?.map((text) => dictKey(str(text))) ?? distinctValues(data)?.map((number) => dictKey(int(number)));
  const values = [...mapping.entries.values()].map((entry) => numberFromValue(entry.value));
  const hit = keys?.map((key) => (key === undefined ? undefined : numberFromValue(mapping.entries.get(key)?.value)));
  const results = hit ?? values;
  // A key that is missing gives NaN.
  if (results.length === 0 || results.some((value) => value === undefined)) return blank(data);
  const numbers = results.filter((value) => value !== undefined);
  const isWhole = [...mapping.entries.values()].every((entry) => entry.value.kind === 'int' || entry.value.kind === 'bool');
  const result = makeArray({
    cls: ndarrayClass,
    shape: data.shape,
    dtype: hit === undefined ? undefined : isWhole ? 'int64' : 'float64',
    origin: data.origin,
    range: rangeBetween(Math.min(...numbers), Math.max(...numbers), { integral: numbers.every(Number.isInteger), attained: hit !== undefined }),
  });
  return hit === undefined ? result : distinctSlot.on(result, { numbers: [...new Set(numbers)].sort((left, right) => left - right) });
}

/** As `map`, but values without an entry stay. */
function replaced(data: TensorValue, mapping: Value): TensorValue {
  return mapped(data, mapping);
}

/** A function of the program on each value: tried on one that stands for all. */
function applied(data: TensorValue, call: NativeCall): TensorValue {
  const values = distinctValues(data);
  const callee = call.args.get('func');
  if (values === undefined || values.length > 32 || callee.kind !== 'function') return blank(data);
  const results = values.map((value) => {
    const argument: Value = data.dtype === 'float64' ? { kind: 'float', value } : int(value);
    return numberFromValue(
      call.interpreter.call(
        callee,
        { positional: [{ value: argument, place: undefined }], keywords: [], openPositional: false, openKeywords: false },
        call.place,
      ),
    );
  });
  if (results.length === 0 || results.some((value) => value === undefined)) return blank(data);
  const numbers = results.filter((value) => value !== undefined);
  const integral = numbers.every(Number.isInteger);
  return makeArray({
    cls: ndarrayClass,
    shape: data.shape,
    dtype: undefined,
    range: rangeBetween(Math.min(...numbers), Math.max(...numbers), { integral, attained: true }),
    origin: data.origin,
  });
}

function reducedTo(data: TensorValue, call: NativeCall, reduction: ReductionName): Value {
  const context = numpyContext(call.interpreter, call.place, reduction);
  const result = reduce(context, reduction, data, { axes: 'all', keepdims: false });
  return result.kind === 'tensor' && context.library.scalar !== undefined ? context.library.scalar(result) : result;
}

// ---- Items and operators.

define('__getitem__', 'key, /', (data, call, name) => item(data, call, call.args.get('key'), name));
function item(data: TensorValue, call: NativeCall, key: Value, name: string | undefined): Value {
  if (key.kind === 'str' || key.kind === 'unknown') return unknown();
  const self = call.args.get('self');
  const accessor = self.kind === 'instance' ? self.attributes.get('accessor') : undefined;
  // Slices of labels hold their end, and labels are not followed.
  if (key.kind === 'slice' && accessor?.kind === 'str' && !accessor.value.startsWith('i'))
    return series(columnWithRows(data, unknownDim(), false), name);
  const context = numpyContext(call.interpreter, call.place, 'indexing');
  const index = key.kind === 'instance' ? tensorOf(context, key) : key;
  // Row labels are not followed: a number may be a label beyond the length.
  if (index === undefined || index.kind === 'int') return unknown();
  if (index.kind === 'tensor' && index.dtype !== 'bool') return series(columnWithRows(data, rowsOf(index), false), name);
  return series(part(data, call, index), name);
}

/** `.iloc[...]` counts rows; `.loc[...]` is followed for masks only. */
for (const accessor of ['iloc', 'loc', 'at', 'iat']) {
  defineProperty(accessor, (data, _, name) => {
    const made = series(data, name);
    made.attributes.set('accessor', str(accessor));
    return made;
  });
}
define('__setitem__', 'key, value, /', (data, call, name) => {
  const self = call.args.get('self');
  if (self.kind === 'instance') seriesSlot.set(self, { data: blank(data), name });
  return none;
});
for (const [dunder, [, operation]] of Object.entries(operatorTable)) {
  const isComparison = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'].includes(dunder);
  const declare = (name: string, swapped: boolean): void =>
    define(name, 'other', (data, call, seriesName) => {
      const other = call.args.get('other');
      if (precedenceOf(other) > 0) return { kind: 'not-implemented' };
      if (other.kind === 'str' || data.dtype === 'string') return isComparison ? series(truths(data), seriesName) : series(blank(data), seriesName);
      const context = numpyContext(call.interpreter, call.place, dunder);
      const operand = tensorOf(context, other);
      if (operand === undefined) return series(isComparison ? truths(data) : blank(data), seriesName);
      // Rows are aligned by label, not by position: two columns of different lengths are no error.
      if (operand.shape.dims?.length === 1 && operand.shape.dims[0] !== data.shape.dims?.[0]) return blankSeries(unknownDim());
      return wrapped(swapped ? operation(context, operand, data) : operation(context, data, operand), seriesName);
    });
  declare(`__${dunder}__`, false);
  if (!isComparison) declare(`__r${dunder}__`, true);
}
define('__neg__', '', (data, call, name) => wrapped(unary(numpyContext(call.interpreter, call.place, '-'), 'negative', data), name));
define('__invert__', '', (data, call, name) => wrapped(unary(numpyContext(call.interpreter, call.place, '~'), 'invert', data), name));
define('items', '', () => unknown());
define('describe', '**kwargs', () => unknown());
define('plot', '*args, **kwargs', () => unknown());
