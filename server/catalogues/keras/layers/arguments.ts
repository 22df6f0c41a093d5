// Reading the arguments of a layer's constructor: flags, whole numbers for each spatial axis, the data format. It must not know any single layer.
import { type Dim, dimBounds, unknownDim } from '../../../tensors/dim.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { defineRunState } from '../../../values/classes.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Value } from '../../../values/value.ts';
import type { Construction } from '../layer-declaration.ts';

export type DataFormat = 'channels_last' | 'channels_first';

/** What `keras.config.set_image_data_format` sets; undefined when the program sets something unknown. */
export const imageDataFormat: (interpreter: Interpreter) => { value: DataFormat | undefined } = defineRunState(() => ({
  value: 'channels_last' as DataFormat | undefined,
}));

/** Python's truth of a plain value; undefined when not known. */
export function truthOf(value: Value): boolean | undefined {
  switch (value.kind) {
    case 'none':
      return false;
    case 'bool':
      return value.value;
    case 'float':
      return value.value !== 0;
    case 'int':
      return typeof value.value === 'number' ? value.value !== 0 : dimBounds(value.value).low > 0 ? true : undefined;
    case 'str':
    case 'bytes':
      return value.value.length > 0;
    case 'tuple':
      return value.items.length > 0;
    case 'list':
      return value.items.length > 0 ? true : value.open ? undefined : false;
    case 'function':
    case 'native':
    case 'bound-method':
    case 'class':
    case 'module':
      return true;
    default:
      return undefined;
  }
}

export function flag(args: BoundArguments, name: string): boolean | undefined {
  return truthOf(args.get(name));
}

/** The items of a tuple, list or range; undefined for anything else and for lists that are not wholly known. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'tuple') return value.items;
  if (value.kind === 'list') return value.open ? undefined : value.items;
  if (value.kind !== 'range' || typeof value.start !== 'number' || typeof value.stop !== 'number') return undefined;
  const items: Value[] = [];
  for (let item = value.start; value.step > 0 ? item < value.stop : item > value.stop; item += value.step) {
    if (items.length > 64 || value.step === 0) return undefined;
    items.push({ kind: 'int', value: item });
  }
  return items;
}

/** A whole number as Python's `isinstance(value, int)` sees it, with True as 1. */
export function integerOf(value: Value): Dim | undefined {
  return value.kind === 'int' ? value.value : value.kind === 'bool' ? Number(value.value) : undefined;
}

/** Known values that are certainly no whole number. */
export function isNoInteger(value: Value): boolean {
  switch (value.kind) {
    case 'none':
    case 'float':
    case 'str':
    case 'bytes':
    case 'tuple':
    case 'list':
    case 'dict':
    case 'set':
    case 'ellipsis':
    case 'function':
    case 'class':
    case 'module':
      return true;
    default:
      return false;
  }
}

/** A whole number for each of `count` axes, given as one or as many; 'refused' when it certainly is something else; undefined when not known. */
export function integersOf(value: Value, count: number): readonly Dim[] | 'refused' | undefined {
  const single = integerOf(value);
  if (single !== undefined) return Array.from({ length: count }, () => single);
  const items = itemsOf(value);
  if (items === undefined) return value.kind === 'list' || !isNoInteger(value) ? undefined : 'refused';
  if (items.length !== count || items.some(isNoInteger)) return 'refused';
  const numbers = items.map(integerOf);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/** The same for computing with: what is not known or refused is an unknown size. */
export function sizesOf(args: BoundArguments, name: string, count: number): readonly Dim[] {
  const sizes = integersOf(args.get(name), count);
  return sizes === undefined || sizes === 'refused' ? Array.from({ length: count }, () => unknownDim({ minimum: 0 })) : sizes;
}

/** The argument as a size; what is not known, or no whole number, is an unknown size. */
export function sizeOf(args: BoundArguments, name: string): Dim {
  return integerOf(args.get(name)) ?? unknownDim();
}

/** A number, or several, that name axes: `axis=-1`, `axis=(1, 2)`; undefined when not known. */
export function axesOf(value: Value): readonly number[] | undefined {
  const axes = (itemsOf(value) ?? [value]).map(integerOf);
  return axes.every((axis) => typeof axis === 'number') ? axes : undefined;
}

/** Where the channels are; undefined when not known. */
export function dataFormatOf(construction: Construction): DataFormat | undefined {
  const value = construction.args.get('data_format');
  if (value.kind === 'none') return imageDataFormat(construction.interpreter).value;
  if (value.kind !== 'str') return undefined;
  const name = value.value.toLowerCase();
  return name === 'channels_last' || name === 'channels_first' ? name : undefined;
}

/** The axes of a batch of images (sequences, volumes) with `spatialCount` spatial axes. */
export function imageAxes(format: DataFormat, spatialCount: number): { readonly channel: number; readonly spatial: readonly number[] } {
  const first = format === 'channels_last' ? 1 : 2;
  return { channel: format === 'channels_last' ? spatialCount + 1 : 1, spatial: Array.from({ length: spatialCount }, (_, axis) => axis + first) };
}
