// What convolutions, pooling and folding share: a size for each spatial axis as PyTorch's C++ functions read it, its least value, the axes of
// an input with or without a batch, and what a window leaves of them. It must not know any single operation.
import { type Dim, dimBounds, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, type Shape } from '../../../tensors/shape.ts';
import type { WindowResult } from '../../../tensors/window.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { type Message, message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import type { ArrayContext } from '../../arrays/library.ts';
import { refuseRank, refuseShape } from './sizes.ts';

/** Says that an argument cannot be: at the argument in a call of a function, at the call with its layer otherwise. */
export function refuseArgument(context: ArrayContext, args: BoundArguments, name: string, text: Message, exception = 'RuntimeError'): void {
  if (context.layer !== undefined) refuseShape(context, text, undefined, { rule: 'invalid-argument', exception });
  else context.interpreter.refuse({ rule: 'invalid-argument', exception, place: args.place(name) ?? context.place, message: text });
}

/** As Python prints the value. */
export function shown(context: ArrayContext, value: Value): string {
  return context.interpreter.representation(value, context.place) ?? value.kind;
}

export interface AxisSizeOptions {
  /** Smaller sizes are refused. */
  readonly minimum: number;
  /** A list with one item stands for all axes; so the C++ functions read it, `_pair` in Python does not. */
  readonly expands?: boolean;
  /** Items beyond the axes are not looked at: where Python's code reads one for each axis. */
  readonly truncates?: boolean;
  /** `None` stands for this. */
  readonly whenNone?: readonly Dim[];
}

/** One size for each axis: a whole number for all of them, or a tuple. Undefined after a refusal. */
export function axisSizes(
  context: ArrayContext,
  args: BoundArguments,
  name: string,
  count: number,
  options: AxisSizeOptions,
): readonly Dim[] | undefined {
  const value = args.get(name);
  if (value.kind === 'none' && options.whenNone !== undefined) return options.whenNone;
  const sizes = readSizes(value, count, options);
  if (sizes === undefined) {
    refuseArgument(
      context,
      args,
      name,
      message('{layer}: {argument} must be a whole number or {count} of them, got {value}', {
        layer: context.name,
        argument: name,
        count,
        value: shown(context, value),
      }),
      value.kind === 'tuple' || value.kind === 'list' ? 'RuntimeError' : 'TypeError',
    );
    return undefined;
  }
  if (sizes.some((size) => dimBounds(size).high < options.minimum)) {
    refuseArgument(
      context,
      args,
      name,
      message('{layer}: {argument} must be at least {minimum}, got {value}', {
        layer: context.name,
        argument: name,
        minimum: options.minimum,
        value: shown(context, value),
      }),
    );
    return undefined;
  }
  return sizes;
}

/** Undefined where the value certainly is no such thing. */
function readSizes(value: Value, count: number, options: AxisSizeOptions): readonly Dim[] | undefined {
  const open = (): Dim => unknownDim({ minimum: options.minimum });
  const single = dimFromValue(value);
  if (single !== undefined) return Array.from({ length: count }, () => single);
  if (value.kind === 'tuple' || (value.kind === 'list' && !value.open)) {
    if (
      value.items.some(
        (item) => item.kind === 'float' || item.kind === 'str' || item.kind === 'none' || item.kind === 'tuple' || item.kind === 'list',
      )
    )
      return undefined;
    const sizes = value.items.map((item) => dimFromValue(item) ?? open());
    if (sizes.length === count || (options.truncates === true && sizes.length > count)) return sizes.slice(0, count);
    return sizes.length === 1 && options.expands !== false
      ? Array.from({ length: count }, () => sizes[0] ?? open())
      : sizes.length === 0 && options.whenNone !== undefined
        ? options.whenNone
        : undefined;
  }
  return value.kind === 'float' || value.kind === 'str' || value.kind === 'none' || value.kind === 'dict'
    ? undefined
    : Array.from({ length: count }, open);
}

const axisNames: readonly (readonly string[])[] = [[], ['L'], ['H', 'W'], ['D', 'H', 'W']];

/** `(N, C, H, W) or (C, H, W)` */
export function axesInWords(spatialCount: number): string {
  const names = axisNames[spatialCount]?.join(', ') ?? '…';
  return `(N, C, ${names}) or (C, ${names})`;
}

export interface SpatialAxes {
  /** The batch, where there is one, as a list to be put in front. */
  readonly batch: readonly Dim[];
  readonly channels: Dim;
  readonly spatial: readonly Dim[];
  /** Of the first spatial axis. */
  readonly firstAxis: number;
}

/** The axes of (N, C, …) or (C, …); undefined where the rank is unknown or, after a refusal, wrong. */
export function spatialAxes(context: ArrayContext, input: Shape, spatialCount: number, exception?: string): SpatialAxes | undefined {
  const { dims } = input;
  if (dims === undefined) return undefined;
  if (dims.length !== spatialCount + 1 && dims.length !== spatialCount + 2) {
    refuseRank(context, axesInWords(spatialCount), input, exception);
    return undefined;
  }
  const firstAxis = dims.length - spatialCount;
  return { batch: dims.slice(0, firstAxis - 1), channels: dims[firstAxis - 1] ?? unknownDim(), spatial: dims.slice(firstAxis), firstAxis };
}

/** The size that a window leaves; an empty one is refused and becomes unknown. */
export function sizeOrRefusal(context: ArrayContext, input: Shape, axis: number, result: WindowResult): Dim {
  if (result.ok) return result.size;
  refuseShape(
    context,
    message('{layer} leaves nothing of the input: its window covers {extent} along axis {axis}, which has {available} in {shape}', {
      layer: context.name,
      extent: formatDim(result.reason.extent),
      available: formatDim(result.reason.available),
      axis,
      shape: formatShape(input),
    }),
    undefined,
    { rule: 'empty-output' },
  );
  return unknownDim();
}
