// F.pad in all its modes, for the function, the padding modules and convolutions with another `padding_mode`. Sources: PyTorch 2.13 documentation of
// torch.nn.functional.pad, aten/src/ATen/native/PadNd.cpp, ReflectionPad.cpp, ReplicationPadding.cpp. It must not know modules.
import { addDims, compareDims, type Dim, dimBounds, formatDim, isKnown, unknownDim } from '../../../tensors/dim.ts';
import { constantRange, uniteRanges } from '../../../tensors/range.ts';
import { formatShape, unknownShape } from '../../../tensors/shape.ts';
import { paddedSize } from '../../../tensors/window.ts';
import type { BoundArguments } from '../../../values/arguments.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { numberFromValue } from '../../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import type { ArrayContext, ArrayDeclarations } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { refuseShape } from './sizes.ts';
import { refuseArgument, shown } from './windows.ts';

export interface PadOptions {
  /** Undefined: not known. */
  readonly mode: string | undefined;
  /** What `constant` puts there; None is 0. */
  readonly value: Value;
  /** The argument that messages name. */
  readonly argument: string;
  readonly args: BoundArguments;
}

const modes = ['constant', 'reflect', 'replicate', 'circular'];

/** `amounts` in PyTorch's order: before and after the last axis first, then the one in front of it. */
export function pad(context: ArrayContext, input: TensorValue, amounts: readonly Dim[] | undefined, options: PadOptions): Value {
  const { mode, args, argument } = options;
  const { dims } = input.shape;
  if (amounts === undefined || dims === undefined || mode === undefined) {
    return torchTensor({ shape: dims === undefined ? unknownShape : { dims: dims.map(() => unknownDim()) }, dtype: input.dtype });
  }
  const nothing = torchTensor({ shape: { dims: dims.map(() => unknownDim()) }, dtype: input.dtype });
  if (!modes.includes(mode)) {
    refuseArgument(
      context,
      args,
      'mode',
      message("{layer}: there is no padding mode '{mode}', only 'constant', 'reflect', 'replicate' and 'circular'", { layer: context.name, mode }),
      'NotImplementedError',
    );
    return nothing;
  }
  if (amounts.length % 2 !== 0 || amounts.length > 2 * dims.length) {
    refuseArgument(
      context,
      args,
      argument,
      message('{layer}: the padding must have two numbers for each of at most {rank} axes, got {count}: the input is {shape}', {
        layer: context.name,
        rank: dims.length,
        count: amounts.length,
        shape: formatShape(input.shape),
      }),
    );
    return nothing;
  }
  const padded = amounts.length / 2;
  if (mode !== 'constant') {
    if (options.value.kind !== 'none' && options.value.kind !== 'unknown' && numberFromValue(options.value) !== 0) {
      refuseArgument(context, args, 'value', message("{layer}: padding mode '{mode}' takes no value", { layer: context.name, mode }));
      return nothing;
    }
    if (padded < 1 || padded > 3 || (dims.length !== padded + 1 && dims.length !== padded + 2)) {
      refuseShape(
        context,
        message("{layer}: padding mode '{mode}' pads the last {count} axes of {least} or {most}, got {rank} axes: the input is {shape}", {
          layer: context.name,
          mode,
          count: padded,
          least: padded + 1,
          most: padded + 2,
          rank: dims.length,
          shape: formatShape(input.shape),
        }),
        undefined,
        { exception: 'NotImplementedError' },
      );
      return nothing;
    }
  }
  const sizes = dims.map((size, axis) => {
    const at = dims.length - 1 - axis;
    return at >= padded ? size : padAxis(context, input, axis, size, amounts[2 * at] ?? 0, amounts[2 * at + 1] ?? 0, mode);
  });
  // Reflections and replicas need one axis that is not empty afterwards, and none before; circles do without.
  const isDrained =
    (mode === 'reflect' || mode === 'replicate') &&
    (sizes.slice(-padded).every((size) => dimBounds(size).high < 1) || dims.slice(-padded - 1).some((size) => size === 0));
  if (isDrained) {
    refuseShape(
      context,
      message("{layer}: padding mode '{mode}' leaves {sizes} of the input {shape}", {
        layer: context.name,
        mode,
        sizes: formatShape({ dims: sizes }),
        shape: formatShape(input.shape),
      }),
      undefined,
      { rule: 'empty-output' },
    );
  }
  const value = options.value.kind === 'none' ? 0 : numberFromValue(options.value);
  const range =
    input.range === undefined || mode !== 'constant'
      ? input.range
      : value === undefined
        ? undefined
        : { ...uniteRanges(input.range, constantRange(value)), attained: false };
  return torchTensor({ shape: { dims: sizes }, dtype: input.dtype, range, origin: input.origin });
}

function padAxis(context: ArrayContext, input: TensorValue, axis: number, size: Dim, before: Dim, after: Dim, mode: string): Dim {
  for (const amount of [before, after]) {
    const order = compareDims(amount, size) ?? -1;
    if ((mode === 'reflect' && order >= 0) || (mode === 'circular' && order > 0)) {
      refuseShape(
        context,
        message('{layer}: {mode} padding of {amount} needs an axis of more than {least}, axis {axis} of {shape} has {size}', {
          layer: context.name,
          mode,
          amount: formatDim(amount),
          least: mode === 'reflect' ? formatDim(amount) : isKnown(amount) ? amount - 1 : formatDim(amount),
          axis,
          shape: formatShape(input.shape),
          size: formatDim(size),
        }),
      );
      return unknownDim();
    }
  }
  const result = paddedSize(size, before, after);
  // A constant is put around what cropping leaves, so no crop may take more than there is.
  const isOvercropped = mode === 'constant' && [before, after].some((amount) => dimBounds(addDims(size, amount)).high < 0);
  if (result.ok && !isOvercropped) return result.size;
  refuseShape(
    context,
    message('{layer} crops {before} and {after} from axis {axis} of {shape}, which has {size}', {
      layer: context.name,
      before: formatDim(before),
      after: formatDim(after),
      axis,
      shape: formatShape(input.shape),
      size: formatDim(size),
    }),
    undefined,
    { rule: 'empty-output' },
  );
  return unknownDim();
}

export const paddingFunctions: ArrayDeclarations = {
  pad: [
    "input, pad, mode='constant', value=None",
    (call) => {
      const input = tensorOf(call, call.operand(0));
      if (input === undefined) return unknown();
      const given = call.args.get('pad');
      if (given.kind === 'int' || given.kind === 'float' || given.kind === 'str' || given.kind === 'none') {
        refuseArgument(
          call,
          call.args,
          'pad',
          message('{layer}: pad must be a tuple of whole numbers, got {value}', { layer: call.name, value: shown(call, given) }),
          'TypeError',
        );
        return torchTensor({ shape: unknownShape, dtype: input.dtype });
      }
      return pad(call, input, sizesFromValue(call.interpreter, given), {
        mode: call.args.str('mode'),
        value: call.args.get('value'),
        argument: 'pad',
        args: call.args,
      });
    },
  ],
};
