// pandas' classes as values: DataFrame and Series hold what is known of their table or column in a slot. It must not know their methods.
import type { Dim } from '../../tensors/dim.ts';
import { shapeOf } from '../../tensors/shape.ts';
import { nativeClass } from '../../values/classes.ts';
import { defineSlot } from '../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, TensorValue, Value } from '../../values/value.ts';
import { instance, str, unknown } from '../../values/value.ts';
import { makeArray } from '../arrays/contents.ts';
import { registerArrayConversion } from '../arrays/conversion.ts';
import { ndarrayClass } from '../numpy/library.ts';
import { type Table, tableArray } from './table.ts';

export interface SeriesFacts {
  readonly data: TensorValue;
  readonly name: string | undefined;
}

export const frameSlot = defineSlot<Table>('pandas table');
export const seriesSlot = defineSlot<SeriesFacts>('pandas column');

/** What the constructors do; functions.ts fills it. */
export const makers: { frame?: (call: NativeCall) => Value; series?: (call: NativeCall) => Value } = {};

/** Members are filled in by frame.ts and series.ts; what they do not know is unknown. */
export const frameClass: ClassValue = nativeClass({
  name: 'DataFrame',
  qualifiedName: 'pandas.DataFrame',
  constructSignature: 'data=None, index=None, columns=None, dtype=None, copy=None',
  construct: (call) => makers.frame?.(call) ?? unknown(),
  missingAttribute: (_, self, name) => {
    const table = frameSlot.get(self);
    const column = table?.columns?.find((one) => one.name === name);
    return column === undefined ? undefined : series(column.data, name);
  },
});
export const seriesClass: ClassValue = nativeClass({
  name: 'Series',
  qualifiedName: 'pandas.Series',
  constructSignature: 'data=None, index=None, dtype=None, name=None, copy=None, fastpath=False',
  construct: (call) => makers.series?.(call) ?? unknown(),
});
/** Column names and row labels: a list with a class of its own. */
export const indexClass: ClassValue = nativeClass({ name: 'Index', qualifiedName: 'pandas.Index' });

export function frame(table: Table): InstanceValue {
  const made = instance(frameClass, table.origin);
  frameSlot.set(made, table);
  return made;
}

export function series(data: TensorValue, name?: string): InstanceValue {
  const made = instance(seriesClass, data.origin);
  seriesSlot.set(made, { data, name });
  return made;
}

export function indexOf(names: readonly string[] | undefined): Value {
  return { kind: 'list', items: (names ?? []).map((name) => str(name)), open: names === undefined, cls: indexClass };
}

/** A column with nothing known but its length. */
export function blankSeries(rows: Dim): InstanceValue {
  return series(makeArray({ cls: ndarrayClass, shape: shapeOf(rows), dtype: undefined }));
}

registerArrayConversion(frameClass, (_, object) => {
  const table = frameSlot.get(object);
  return table === undefined ? undefined : tableArray(table);
});
registerArrayConversion(seriesClass, (_, object) => seriesSlot.get(object)?.data);
