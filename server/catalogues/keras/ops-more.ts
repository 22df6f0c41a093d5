// keras.ops beyond elementwise and array functions: control flow, attention, pictures. It must not know layers.
import { type Dim, multiplyDims, subtractDims, unknownDim } from '../../tensors/dim.ts';
import { kerasWindowSize } from '../../tensors/window.ts';
import { argumentsOf } from '../../values/arguments.ts';
import { nativeFunction } from '../../values/classes.ts';
import { joinValues } from '../../values/equality.ts';
import type { Value } from '../../values/value.ts';
import { bool, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray, numberFromValue } from '../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { broadcasting } from '../arrays/elementwise.ts';
import type { ArrayCall, ArrayDeclarations, ArrayOperation } from '../arrays/library.ts';
import { arrayFunctions } from '../arrays/library.ts';
import { reduction } from '../arrays/reductions.ts';
import { kerasLibrary } from './array-library.ts';

/** Both branches run where the condition is not known. */
const cond = nativeFunction('cond', 'pred, true_fn, false_fn', (call) => {
  const { interpreter, args, place } = call;
  const truth = interpreter.truth(args.get('pred'), place);
  const run = (name: string): Value => interpreter.call(args.get(name), argumentsOf([]), place);
  if (truth !== undefined) return run(truth ? 'true_fn' : 'false_fn');
  return joinValues(run('true_fn'), run('false_fn'));
});

/** What a loop ends with is like what one pass gives, where that is like what it began with. */
const whileLoop = nativeFunction('while_loop', 'cond, body, loop_vars, maximum_iterations=None', (call) => {
  const start = call.args.get('loop_vars');
  const isTuple = start.kind === 'tuple' || start.kind === 'list';
  const next = call.interpreter.call(call.args.get('body'), argumentsOf(isTuple ? start.items : [start]), call.place);
  return joinValues(
    start.kind === 'list' ? { kind: 'tuple', items: start.items } : start,
    next.kind === 'list' ? { kind: 'tuple', items: next.items } : next,
  );
});

const foriLoop = nativeFunction('fori_loop', 'lower, upper, body_fun, init_val', (call) => {
  const start = call.args.get('init_val');
  const next = call.interpreter.call(call.args.get('body_fun'), argumentsOf([call.args.get('lower'), start]), call.place);
  return joinValues(start, next);
});

/** The function on one element; the results stacked again. */
const map: ArrayOperation = (call) => {
  const elements = tensorOf(call, call.operand(1));
  const dims = elements?.shape.dims;
  if (elements === undefined || dims === undefined || dims.length === 0) return unknown();
  const [count = unknownDim(), ...rest] = dims;
  const result = call.interpreter.call(call.operand(0), argumentsOf([{ ...elements, shape: { dims: rest }, contents: undefined }]), call.place);
  return result.kind === 'tensor' && result.shape.dims !== undefined
    ? { ...result, shape: { dims: [count, ...result.shape.dims] }, contents: undefined }
    : unknown();
};

/** (batch, queries, heads, width): as many queries as before, as wide as the values. */
const attention: ArrayOperation = (call) => {
  const [query, value] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(2))];
  const [dims, width] = [query?.shape.dims, value?.shape.dims?.at(-1)];
  return query === undefined || dims === undefined || width === undefined
    ? unknown()
    : makeArray({ cls: call.cls, shape: { dims: [...dims.slice(0, -1), width] }, dtype: query.dtype });
};

/** The last axis is taken together. */
const perSample: ArrayOperation = (call) =>
  reduction('sum')({ ...call, argument: (...names) => (names.includes('axis') ? { kind: 'int', value: -1 } : bool(false)) });

const crossed: ArrayOperation = (call) => broadcasting(call, [call.operand(0), call.operand(1)], 'float32');
const sparse: ArrayOperation = (call) => {
  const target = tensorOf(call, call.operand(0));
  return target === undefined ? unknown() : makeArray({ cls: call.cls, shape: target.shape, dtype: 'float32' });
};

const declarations: ArrayDeclarations = {
  map: ['f, xs', map],
  vectorized_map: ['function, elements', map],
  dot_product_attention: [
    'query, key, value, bias=None, mask=None, scale=None, is_causal=False, flash_attention=None, attn_logits_soft_cap=None',
    attention,
  ],
  binary_crossentropy: ['target, output, from_logits=False', crossed],
  categorical_crossentropy: ['target, output, from_logits=False, axis=-1', perSample],
  sparse_categorical_crossentropy: ['target, output, from_logits=False, axis=-1', sparse],
};

/** Pictures as they lie by default: height and width are the axes in front of the channels. */
function resized(call: ArrayCall, sizes: (height: Dim, width: Dim, channels: Dim) => readonly [Dim, Dim, Dim] | undefined): Value {
  const picture = tensorOf(call, call.operand(0));
  const dims = picture?.shape.dims;
  if (picture === undefined || dims === undefined || dims.length < 3 || call.argument('data_format').kind === 'str') return unknown();
  const [height = unknownDim(), width = unknownDim(), channels = unknownDim()] = dims.slice(-3);
  const changed = sizes(height, width, channels);
  return changed === undefined
    ? unknown()
    : makeArray({
        cls: call.cls,
        shape: { dims: [...dims.slice(0, -3), ...changed] },
        dtype: picture.dtype,
        range: picture.range,
        origin: picture.origin,
      });
}

const pair = (call: ArrayCall, name: string): readonly [Dim, Dim] | undefined => {
  const value = call.argument(name);
  const single = dimFromValue(value);
  if (single !== undefined) return [single, single];
  const sizes = sizesFromValue(call.interpreter, value);
  const [first, second] = sizes ?? [];
  return first === undefined || second === undefined ? undefined : [first, second];
};

const patches: ArrayOperation = (call) =>
  resized(call, (height, width, channels) => {
    const size = pair(call, 'size');
    const strides = call.argument('strides').kind === 'none' ? size : pair(call, 'strides');
    const padding = call.args.str('padding');
    if (size === undefined || strides === undefined || (padding !== 'valid' && padding !== 'same')) return undefined;
    const along = (length: Dim, kernel: Dim, stride: Dim): Dim => {
      const result = kerasWindowSize(length, { kernel, stride, padding, dilation: 1 });
      return result.ok ? result.size : unknownDim();
    };
    return [along(height, size[0], strides[0]), along(width, size[1], strides[1]), multiplyDims(size[0], size[1], channels)];
  });

/** keras.ops.image. */
export const imageMembers: Readonly<Record<string, Value>> = arrayFunctions(
  {
    ...kerasLibrary,
    name: 'ops.image',
    get cls() {
      return kerasLibrary.cls;
    },
  },
  {
    resize: [
      "images, size, interpolation='bilinear', antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, data_format=None",
      (call) =>
        resized(call, (_, __, channels) => {
          const size = pair(call, 'size');
          return size === undefined ? undefined : [size[0], size[1], channels];
        }),
    ],
    extract_patches: ["images, size, strides=None, dilation_rate=1, padding='valid', data_format=None", patches],
    rgb_to_grayscale: ['images, data_format=None', (call) => resized(call, (height, width) => [height, width, 1])],
    rgb_to_hsv: ['images, data_format=None', (call) => resized(call, (height, width, channels) => [height, width, channels])],
    hsv_to_rgb: ['images, data_format=None', (call) => resized(call, (height, width, channels) => [height, width, channels])],
    affine_transform: [
      "images, transform, interpolation='bilinear', fill_mode='constant', fill_value=0, data_format=None",
      (call) => resized(call, (height, width, channels) => [height, width, channels]),
    ],
    gaussian_blur: [
      'images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None',
      (call) => resized(call, (height, width, channels) => [height, width, channels]),
    ],
    crop_images: [
      'images, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None, target_height=None, target_width=None, data_format=None',
      (call) =>
        resized(call, (height, width, channels) => {
          const along = (length: Dim, target: string, before: string, after: string): Dim => {
            const wanted = dimFromValue(call.argument(target));
            const [first, second] = [numberFromValue(call.argument(before)), numberFromValue(call.argument(after))];
            return wanted ?? (first === undefined && second === undefined ? unknownDim() : subtractDims(length, (first ?? 0) + (second ?? 0)));
          };
          return [
            along(height, 'target_height', 'top_cropping', 'bottom_cropping'),
            along(width, 'target_width', 'left_cropping', 'right_cropping'),
            channels,
          ];
        }),
    ],
  },
);

export const moreOps: Readonly<Record<string, Value>> = {
  ...arrayFunctions(kerasLibrary, declarations),
  cond,
  while_loop: whileLoop,
  fori_loop: foriLoop,
};
