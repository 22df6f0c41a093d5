// F.interpolate and its older names, grid_sample and affine_grid. Sources: PyTorch 2.13, torch/nn/functional.py (interpolate, affine_grid),
// documentation of torch.nn.functional.grid_sample, aten/src/ATen/native/GridSamplerUtils.h. It must not know modules.
import { type Dim, dimBounds, dimEquals, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { averageRange, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, unknownShape } from '../../../tensors/shape.ts';
import { scaledSize } from '../../../tensors/window.ts';
import { type BoundArguments, withValues } from '../../../values/arguments.ts';
import { type Message, message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { bool, none, str, unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../../arrays/conversion.ts';
import type { ArrayContext, ArrayDeclarations } from '../../arrays/library.ts';
import { torchTensor } from '../library.ts';
import { expectFloats, refuseShape } from './sizes.ts';
import { refuseArgument, shown } from './windows.ts';

/** The ranks that each mode takes. */
const modes: Readonly<Record<string, readonly number[]>> = {
  nearest: [3, 4, 5],
  'nearest-exact': [3, 4, 5],
  area: [3, 4, 5],
  linear: [3],
  bilinear: [4],
  trilinear: [5],
  bicubic: [4],
  lanczos: [4],
};
const plainModes = new Set(['nearest', 'nearest-exact', 'area']);

/** `args` holds `size`, `scale_factor`, `mode`, `align_corners`, `recompute_scale_factor` and `antialias`; what it lacks is None. */
export function interpolate(context: ArrayContext, input: TensorValue, args: BoundArguments): Value {
  const { dims } = input.shape;
  const nothing = torchTensor({
    shape: dims === undefined ? unknownShape : { dims: dims.map((size, at) => (at < 2 ? size : unknownDim())) },
    dtype: input.dtype,
  });
  const refused = (name: string, text: Message, exception = 'ValueError'): Value => {
    refuseArgument(context, args, name, text, exception);
    return nothing;
  };
  const layer = context.name;
  const [size, factor, mode] = [args.get('size'), args.get('scale_factor'), args.str('mode')];
  const corners = args.get('align_corners');
  if (mode !== undefined && plainModes.has(mode) && corners.kind === 'bool') {
    return refused(
      'align_corners',
      message("{layer}: align_corners is for the modes 'linear', 'bilinear', 'bicubic' and 'trilinear', not for '{mode}'", { layer, mode }),
    );
  }
  if (size.kind === 'unknown' || factor.kind === 'unknown' || dims === undefined) return nothing;
  if (size.kind !== 'none' && factor.kind !== 'none')
    return refused('scale_factor', message('{layer} takes size or scale_factor, not both', { layer }));
  if (size.kind === 'none' && factor.kind === 'none') return refused('size', message('{layer} needs size or scale_factor', { layer }));
  const spatial = dims.slice(2);
  const given = size.kind === 'none' ? factor : size;
  const name = size.kind === 'none' ? 'scale_factor' : 'size';
  if (given.kind === 'list' && given.open) return nothing;
  if ((given.kind === 'tuple' || given.kind === 'list') && given.items.length !== spatial.length) {
    return refused(
      name,
      message('{layer}: {argument} needs {count} numbers for an input of shape {shape}, got {value}', {
        layer,
        argument: name,
        count: spatial.length,
        shape: formatShape(input.shape),
        value: shown(context, given),
      }),
    );
  }
  const items = given.kind === 'tuple' || given.kind === 'list' ? given.items : spatial.map(() => given);
  if (size.kind !== 'none' && args.flag('recompute_scale_factor') === true)
    return refused('recompute_scale_factor', message('{layer}: recompute_scale_factor needs scale_factor, not size', { layer }));
  if (items.some((item) => item.kind === 'str' || item.kind === 'none' || (size.kind !== 'none' && item.kind === 'float'))) {
    return refused(
      name,
      message('{layer}: {argument} must be numbers, got {value}', { layer, argument: name, value: shown(context, given) }),
      'TypeError',
    );
  }
  if (
    args.flag('antialias') === true &&
    mode !== undefined &&
    !((mode === 'bilinear' || mode === 'bicubic' || mode === 'lanczos') && dims.length === 4)
  ) {
    return refused('antialias', message("{layer}: antialias needs the mode 'bilinear', 'bicubic' or 'lanczos' and 4 axes", { layer }));
  }
  if (mode !== undefined && modes[mode]?.includes(dims.length) !== true) {
    const text =
      modes[mode] === undefined
        ? message("{layer}: there is no mode '{mode}'", { layer, mode })
        : message("{layer}: mode '{mode}' takes {ranks} axes, the input is {shape}", {
            layer,
            mode,
            ranks: modes[mode].join(', '),
            shape: formatShape(input.shape),
          });
    if (modes[mode] === undefined) return refused('mode', text, 'NotImplementedError');
    refuseShape(context, text, undefined, { exception: 'NotImplementedError' });
    return nothing;
  }
  if (mode === 'lanczos' && ((corners.kind === 'bool' && corners.value) || args.flag('antialias') !== true))
    return refused('mode', message("{layer}: mode 'lanczos' needs antialias=True and no align_corners", { layer }));
  if ((input.dtype !== 'uint8' || mode === 'area') && !expectFloats(context, input)) return nothing;
  const sizes = spatial.map((present, at): Dim => {
    const item = items[at] ?? none;
    if (size.kind !== 'none') return dimFromValue(item) ?? unknownDim();
    const scale = numberFromValue(item);
    return scale === undefined ? unknownDim() : scaledSize(present, scale);
  });
  const isEmpty =
    [...(mode === 'area' ? [] : sizes), ...spatial, dims[1] ?? 1].some((one) => dimBounds(one).high < 1) ||
    sizes.some((one) => dimBounds(one).high < 0);
  if (isEmpty) {
    refuseShape(
      context,
      message('{layer} leaves nothing of the input {shape}: the output would be {sizes}', {
        layer,
        shape: formatShape(input.shape),
        sizes: formatShape({ dims: sizes }),
      }),
      undefined,
      { rule: 'empty-output' },
    );
    return nothing;
  }
  return torchTensor({
    shape: { dims: [...dims.slice(0, 2), ...sizes] },
    dtype: input.dtype,
    range: resizedRange(input.range, mode),
    origin: input.origin,
  });
}

/** Bicubic and Lanczos weights overshoot; the others stay between the ends. */
function resizedRange(range: ValueRange | undefined, mode: string | undefined): ValueRange | undefined {
  if (range === undefined || mode === undefined || mode === 'bicubic' || mode === 'lanczos') return undefined;
  return mode.startsWith('nearest') ? { ...range, attained: false } : averageRange(range);
}

/** (N, C, H, W) read at the places of (N, Ho, Wo, 2): (N, C, Ho, Wo); with one axis more in three dimensions. */
function gridSample(context: ArrayContext, input: TensorValue, grid: TensorValue, args: BoundArguments): Value {
  const [dims, places] = [input.shape.dims, grid.shape.dims];
  const [mode, paddingMode] = [args.str('mode'), args.str('padding_mode')];
  const nothing = torchTensor({ shape: unknownShape, dtype: input.dtype });
  const choices = [
    ['mode', mode, ['bilinear', 'nearest', 'bicubic']],
    ['padding_mode', paddingMode, ['zeros', 'border', 'reflection']],
  ] as const;
  for (const [name, value, known] of choices) {
    if (value === undefined || known.some((one) => one === value)) continue;
    refuseArgument(
      context,
      args,
      name,
      message("{layer}: {name} must be {known}, got '{value}'", {
        layer: context.name,
        name,
        known: known.map((one) => `'${one}'`).join(', '),
        value,
      }),
      'ValueError',
    );
    return nothing;
  }
  if (dims === undefined || places === undefined) return nothing;
  const refused = (text: Message): Value => {
    refuseShape(context, text);
    return nothing;
  };
  const values = { layer: context.name, input: formatShape(input.shape), grid: formatShape(grid.shape) };
  if ((dims.length !== 4 && dims.length !== 5) || dims.length !== places.length)
    return refused(message('{layer} needs an input and a grid of 4 axes each, or 5: got {input} and {grid}', values));
  if (dimEquals(dims[0] ?? 1, places[0] ?? 1) === false)
    return refused(message('{layer}: input {input} and grid {grid} must have the same batch', values));
  if (dimEquals(places.at(-1) ?? 2, dims.length - 2) === false)
    return refused(
      message('{layer}: the last axis of the grid must have size {count}, got {grid} for the input {input}', { ...values, count: dims.length - 2 }),
    );
  if (mode === 'bicubic' && dims.length === 5) return refused(message("{layer}: mode 'bicubic' takes an input of 4 axes, got {input}", values));
  if (dims.slice(2).some((size) => size === 0)) return refused(message('{layer}: the input {input} is empty', values));
  if (input.dtype !== undefined && grid.dtype !== undefined && input.dtype !== grid.dtype)
    return refused(
      message('{layer}: input and grid must have the same type, got {input} and {grid}', { ...values, input: input.dtype, grid: grid.dtype }),
    );
  if (!expectFloats(context, input)) return nothing;
  return torchTensor({ shape: { dims: [places[0] ?? unknownDim(), dims[1] ?? unknownDim(), ...places.slice(1, -1)] }, dtype: input.dtype });
}

/** Matrices (N, 2, 3) to a grid (N, H, W, 2) for `size` (N, C, H, W); (N, 3, 4) in three dimensions. */
function affineGrid(context: ArrayContext, theta: TensorValue, args: BoundArguments): Value {
  const size = sizesFromValue(context.interpreter, args.get('size'));
  const nothing = torchTensor({ shape: unknownShape, dtype: theta.dtype });
  if (!expectFloats(context, theta) || size === undefined) return nothing;
  if (size.length !== 4 && size.length !== 5) {
    refuseArgument(
      context,
      args,
      'size',
      message('{layer}: size must be (N, C, H, W) or (N, C, D, H, W), got {count} sizes', { layer: context.name, count: size.length }),
      'NotImplementedError',
    );
    return nothing;
  }
  const count = size.length - 2;
  const dims = theta.shape.dims;
  const isWrong =
    dims !== undefined &&
    (dims.length !== 3 ||
      dimEquals(dims[1] ?? 0, count) === false ||
      dimEquals(dims[2] ?? 0, count + 1) === false ||
      dimEquals(dims[0] ?? 0, size[0] ?? 0) === false);
  if (isWrong) {
    refuseShape(
      context,
      message('{layer} needs matrices of (N, {rows}, {columns}) with the batch {batch} of the size, got {shape}', {
        layer: context.name,
        rows: count,
        columns: count + 1,
        batch: formatDim(size[0] ?? 0),
        shape: formatShape(theta.shape),
      }),
      undefined,
      { exception: 'ValueError' },
    );
    return nothing;
  }
  if (size.some((one) => dimBounds(one).high < 1)) {
    refuseArgument(
      context,
      args,
      'size',
      message('{layer}: sizes must be positive, got {size}', { layer: context.name, size: formatShape({ dims: size }) }),
      'ValueError',
    );
    return nothing;
  }
  return torchTensor({ shape: { dims: [size[0] ?? unknownDim(), ...size.slice(2), count] }, dtype: theta.dtype });
}

/** Arguments with some of them fixed: the older names of `interpolate`. */
export function withFixed(args: BoundArguments, fixed: Readonly<Record<string, Value>>): BoundArguments {
  return withValues(args, (name) => fixed[name] ?? args.get(name));
}

function resized(fixed: Readonly<Record<string, Value>> = {}): ArrayDeclarations[string][1] {
  return (call) => {
    const input = tensorOf(call, call.operand(0));
    return input === undefined ? unknown() : interpolate(call, input, withFixed(call.args, fixed));
  };
}

export const resizingFunctions: ArrayDeclarations = {
  interpolate: ["input, size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None, antialias=False", resized()],
  upsample: ["input, size=None, scale_factor=None, mode='nearest', align_corners=None", resized()],
  upsample_nearest: ['input, size=None, scale_factor=None', resized({ mode: str('nearest') })],
  upsample_bilinear: ['input, size=None, scale_factor=None', resized({ mode: str('bilinear'), align_corners: bool(true) })],
  grid_sample: [
    "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None",
    (call) => {
      const [input, grid] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
      return input === undefined || grid === undefined ? unknown() : gridSample(call, input, grid, call.args);
    },
  ],
  affine_grid: [
    'theta, size, align_corners=None',
    (call) => {
      const theta = tensorOf(call, call.operand(0));
      return theta === undefined ? unknown() : affineGrid(call, theta, call.args);
    },
  ],
};
