// Image preprocessing: resizing and cropping to a size, and random augmentation, which keeps the shape. It must not know how layers become classes.
import type { Dim } from '../../../tensors/dim.ts';
import { averageRange, constantRange, rangeBetween, uniteRanges, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import type { Construction, LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { kerasRun } from '../run-state.ts';
import { dataFormatOf, itemsOf, sizeOf } from './arguments.ts';
import { fromTensor, isUndefinedAxis } from './outputs.ts';
import { typeKept } from './reshaping.ts';
import { type Check, checks, dataFormat, isNoNumber, numberBetween, oneOf, positiveInteger, refuseArgument, shown } from './refusals.ts';

const callSignature = 'data, training=True';

/** Height and width of an image or a batch of images become those of the arguments. */
function resizedShape(invocation: LayerInvocation, shape: Shape): Shape {
  const [dims, format] = [shape.dims, dataFormatOf(invocation)];
  if (dims === undefined) return unknownShape;
  if (format === undefined) return shapeOfRank(dims.length);
  // RandomCrop counts from the end; the others take anything but a rank of 4 for a single image.
  const single = invocation.className === 'RandomCrop' ? dims.length - 3 : dims.length === 4 ? 1 : 0;
  const first = single + (format === 'channels_last' ? 0 : 1);
  const sizes: readonly Dim[] = [sizeOf(invocation.args, 'height'), sizeOf(invocation.args, 'width')];
  return { dims: dims.map((dim, axis) => sizes[axis - first] ?? dim) };
}

function refusesOtherRank(invocation: LayerInvocation, tensor: TensorValue): void {
  const actual = tensor.shape.dims?.length;
  if (actual === undefined || actual === 3 || actual === 4) return;
  // In a graph Keras only promises a shape, which it does for any rank; a Pipeline runs its layers to find out.
  const promises =
    tensor.shape.dims?.slice(1).some(isUndefinedAxis) === true && kerasRun(invocation.interpreter).calls.at(-2)?.call.layer.className !== 'Pipeline';
  if (promises && invocation.className !== 'CenterCrop' && invocation.className !== 'RandomColorDegeneration') return;
  invocation.refuse(
    message('{layer} expects an image of rank 3 or images of rank 4, got {shape} of rank {actual}', {
      layer: invocation.layer.name,
      shape: formatShape(tensor.shape),
      actual,
    }),
    { rule: 'shape-mismatch' },
  );
}

const wholeSizes: Check = (construction) =>
  positiveInteger('height', { minimum: 0 })(construction) || positiveInteger('width', { minimum: 0 })(construction);

const resizing: LayerDeclaration = {
  name: 'Resizing',
  signature:
    "height, width, interpolation='bilinear', crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, antialias=False, " +
    'data_format=None, **kwargs',
  callSignature,
  check: checks(dataFormat, wholeSizes),
  output: fromTensor((tensor, _, invocation) => {
    const method = invocation.args.str('interpolation');
    const isBounded = method === 'bilinear' || method === 'nearest' || method === 'area';
    const padded = invocation.args.flag('pad_to_aspect_ratio') !== false;
    const range = tensor.range === undefined || !isBounded || padded ? undefined : averageRange(tensor.range);
    return invocation.result(resizedShape(invocation, tensor.shape), { range });
  }),
};

function cropping(name: string, signature: string, checksRank: boolean): LayerDeclaration {
  return {
    name,
    signature,
    callSignature,
    check: checks(dataFormat, wholeSizes),
    output: fromTensor((tensor, _, invocation) => {
      if (checksRank) refusesOtherRank(invocation, tensor);
      return invocation.result(resizedShape(invocation, tensor.shape), {
        range: tensor.range === undefined ? undefined : averageRange(tensor.range),
      });
    }),
  };
}

/** A number, or two, of which some value lies between the bounds. `eachInside`: both must. */
function factor(argument: string, low: number, high: number, options: { readonly optional?: boolean; readonly eachInside?: boolean } = {}): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    if (value.kind === 'none' && options.optional === true) return false;
    const items = itemsOf(value);
    const numbers = (items ?? [value]).map(numberOf);
    const [first, last = first] = numbers;
    const wrong =
      (items !== undefined && items.length !== 2) ||
      (items ?? [value]).some(isNoNumber) ||
      (options.eachInside === true || items === undefined
        ? numbers.some((number) => number !== undefined && (number < low || number > high))
        : (first !== undefined && first > high) || (last !== undefined && last < low));
    return (
      wrong &&
      refuseArgument(
        construction,
        argument,
        message('{layer}: the argument "{argument}" must be a number or two numbers between {low} and {high}, got {actual}', {
          layer: construction.className,
          argument,
          low,
          high,
          actual: shown(construction, value),
        }),
      )
    );
  };
}

function numberOf(value: Value): number | undefined {
  if (value.kind === 'float') return value.value;
  return value.kind === 'int' && typeof value.value === 'number' ? value.value : value.kind === 'bool' ? Number(value.value) : undefined;
}

/** `value_range`: two numbers. */
const twoNumbers: Check = (construction) => {
  const value = construction.args.get('value_range');
  const items = itemsOf(value);
  const wrong = items === undefined ? value.kind !== 'unknown' && value.kind !== 'tensor' && value.kind !== 'list' : items.length !== 2;
  return (
    wrong &&
    refuseArgument(
      construction,
      'value_range',
      message('{layer}: the argument "value_range" must hold two numbers, got {actual}', {
        layer: construction.className,
        actual: shown(construction, value),
      }),
    )
  );
};

const elasticFillModes = oneOf('fill_mode', ['reflect', 'wrap', 'constant', 'nearest', 'mirror']);
const fillModes = oneOf('fill_mode', ['reflect', 'wrap', 'constant', 'nearest']);
const interpolations = oneOf('interpolation', ['nearest', 'bilinear']);

type Values = (invocation: LayerInvocation, range: ValueRange) => ValueRange | undefined;

/** Pixels move; what comes in from outside is the fill value, or other pixels. */
const moved: Values = ({ args }, range) => {
  const mode = args.str('fill_mode');
  const fill = args.real('fill_value');
  if (mode !== undefined && mode !== 'constant') return averageRange(range);
  return fill === undefined ? undefined : { ...uniteRanges(range, constantRange(fill)), integral: false, attained: false };
};

/** Values change inside `value_range`, and stay as they are outside training. */
const recoloured: Values = (invocation, range) => {
  const bounds = valueBounds(invocation);
  return bounds === undefined ? undefined : { ...uniteRanges(range, bounds), integral: false, attained: false };
};

function valueBounds(construction: Construction): ValueRange | undefined {
  const numbers = itemsOf(construction.args.get('value_range'))?.map(numberOf);
  const [low, high] = numbers ?? [];
  return low === undefined || high === undefined ? undefined : rangeBetween(low, high);
}

const mixed: Values = (_, range) => averageRange(range);

function augmentation(name: string, signature: string, values: Values, ...list: readonly Check[]): LayerDeclaration {
  return {
    name,
    signature,
    callSignature,
    check: checks(...list, dataFormat),
    output: (invocation) => {
      const { tensor } = invocation;
      if (tensor === undefined) return unknown();
      refusesOtherRank(invocation, tensor);
      return invocation.result(tensor.shape, { range: tensor.range === undefined ? undefined : values(invocation, tensor.range) });
    },
  };
}

/** Grey values and histograms keep the images' own type. */
function typed(declaration: LayerDeclaration): LayerDeclaration {
  return {
    ...declaration,
    output: (invocation) => {
      const output = declaration.output(invocation);
      return output.kind === 'tensor' && invocation.tensor !== undefined
        ? invocation.result(output.shape, { range: output.range, ...typeKept(invocation.tensor) })
        : output;
    },
  };
}

/** Saturation is a matter of three channels. */
function coloured(declaration: LayerDeclaration): LayerDeclaration {
  return {
    ...declaration,
    output: (invocation) => {
      const { tensor } = invocation;
      if (tensor === undefined) return unknown();
      refusesOtherRank(invocation, tensor);
      const dims = tensor.shape.dims;
      const channels =
        dims === undefined || (dims.length !== 3 && dims.length !== 4)
          ? undefined
          : dataFormatOf(invocation) === 'channels_first'
            ? dims.at(-3)
            : dims.at(-1);
      if (typeof channels === 'number' && channels !== 3) {
        invocation.refuse(
          message('{layer} expects images of 3 channels, got {actual} in {shape}', {
            layer: invocation.layer.name,
            actual: channels,
            shape: formatShape(tensor.shape),
          }),
          { rule: 'shape-mismatch' },
        );
      }
      return declaration.output(invocation);
    },
  };
}

const maxNumBoundingBoxes: LayerDeclaration = {
  name: 'MaxNumBoundingBoxes',
  signature: 'max_number, fill_value=-1, **kwargs',
  callSignature,
  output: (invocation) => {
    const { input } = invocation;
    if (input.kind !== 'dict') return invocation.tensor ?? unknown();
    const entries = [...input.entries].map(
      ([key, entry]) => [key, { key: entry.key, value: entry.value.kind === 'tensor' ? invocation.result(entry.value.shape) : unknown() }] as const,
    );
    return { kind: 'dict', open: input.open, entries: new Map(entries) };
  },
};

const declared: readonly LayerDeclaration[] = [
  resizing,
  cropping('CenterCrop', 'height, width, data_format=None, **kwargs', true),
  cropping('RandomCrop', 'height, width, seed=None, data_format=None, name=None, **kwargs', false),
  augmentation('RandomFlip', "mode='horizontal_and_vertical', seed=None, data_format=None, **kwargs", (_, range) => range),
  augmentation(
    'RandomRotation',
    "factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None, **kwargs",
    moved,
    factor('factor', -1, 1, { optional: true }),
    fillModes,
    interpolations,
  ),
  augmentation(
    'RandomZoom',
    "height_factor, width_factor=None, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None, **kwargs",
    moved,
    factor('height_factor', -1, 1, { eachInside: true }),
    factor('width_factor', -1, 1, { eachInside: true, optional: true }),
    fillModes,
    interpolations,
  ),
  augmentation(
    'RandomTranslation',
    "height_factor, width_factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None, **kwargs",
    moved,
    factor('height_factor', -1, 1, { eachInside: true }),
    factor('width_factor', -1, 1, { eachInside: true }),
    fillModes,
    interpolations,
  ),
  augmentation(
    'RandomShear',
    "x_factor=0.0, y_factor=0.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, data_format=None, seed=None, **kwargs",
    moved,
    factor('x_factor', 0, 1, { eachInside: true }),
    factor('y_factor', 0, 1, { eachInside: true }),
    fillModes,
    interpolations,
  ),
  augmentation(
    'RandomPerspective',
    "factor=1.0, scale=1.0, interpolation='bilinear', fill_value=0.0, seed=None, data_format=None, **kwargs",
    moved,
    factor('factor', 0, 1),
    interpolations,
  ),
  augmentation(
    'RandomElasticTransform',
    "factor=1.0, scale=1.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, value_range=(0, 255), seed=None, " +
      'data_format=None, **kwargs',
    moved,
    factor('factor', 0, 1),
    factor('scale', 0, 1),
    interpolations,
    elasticFillModes,
  ),
  augmentation('RandomContrast', 'factor, value_range=(0, 255), seed=None, **kwargs', recoloured, factor('factor', 0, 1)),
  augmentation(
    'RandomBrightness',
    'factor, value_range=(0, 255), seed=None, **kwargs',
    recoloured,
    factor('factor', -1, 1, { optional: true }),
    twoNumbers,
  ),
  coloured(
    augmentation(
      'RandomColorDegeneration',
      'factor, value_range=(0, 255), data_format=None, seed=None, **kwargs',
      recoloured,
      factor('factor', -1, 1),
      twoNumbers,
    ),
  ),
  augmentation(
    'RandomColorJitter',
    'value_range=(0, 255), brightness_factor=None, contrast_factor=None, saturation_factor=None, hue_factor=None, seed=None, data_format=None, ' +
      '**kwargs',
    recoloured,
    factor('brightness_factor', -1, 1, { optional: true }),
    factor('contrast_factor', 0, 1, { optional: true }),
    factor('saturation_factor', -1, 1, { optional: true }),
    factor('hue_factor', 0, 1, { optional: true }),
  ),
  augmentation(
    'RandomErasing',
    'factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, data_format=None, **kwargs',
    recoloured,
    factor('factor', 0, 1),
    factor('scale', 0, 1),
  ),
  augmentation(
    'RandomGaussianBlur',
    'factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255), data_format=None, seed=None, **kwargs',
    recoloured,
    factor('factor', 0, 1),
    factor('sigma', 0, 1),
  ),
  typed(augmentation('RandomGrayscale', 'factor=0.5, data_format=None, seed=None, **kwargs', mixed, numberBetween('factor', 0, 1))),
  augmentation('RandomHue', 'factor, value_range=(0, 255), data_format=None, seed=None, **kwargs', recoloured, factor('factor', 0, 1)),
  augmentation('RandomInvert', 'factor=1.0, value_range=(0, 255), seed=None, data_format=None, **kwargs', recoloured, factor('factor', 0, 1)),
  augmentation(
    'RandomPosterization',
    'factor, value_range=(0, 255), data_format=None, seed=None, **kwargs',
    recoloured,
    factor('factor', 1, 8),
    twoNumbers,
  ),
  augmentation(
    'RandomSaturation',
    'factor, value_range=(0, 255), data_format=None, seed=None, **kwargs',
    recoloured,
    factor('factor', -1, 1),
    twoNumbers,
  ),
  augmentation(
    'RandomSharpness',
    'factor, value_range=(0, 255), data_format=None, seed=None, **kwargs',
    recoloured,
    factor('factor', 0, 1),
    twoNumbers,
  ),
  augmentation(
    'Solarization',
    'addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None, **kwargs',
    recoloured,
    factor('addition_factor', 0, 1, { eachInside: true }),
    factor('threshold_factor', 0, 1, { eachInside: true }),
    twoNumbers,
  ),
  augmentation('AutoContrast', 'value_range=(0, 255), **kwargs', recoloured, twoNumbers),
  typed(augmentation('Equalization', 'value_range=(0, 255), bins=256, data_format=None, **kwargs', recoloured, twoNumbers)),
  augmentation(
    'ContrastLimitedAdaptiveHistogramEqualization',
    'value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8), data_format=None, **kwargs',
    recoloured,
  ),
  augmentation(
    'RandAugment',
    "value_range=(0, 255), num_ops=2, factor=0.5, interpolation='bilinear', seed=None, data_format=None, **kwargs",
    recoloured,
    factor('factor', 0, 1),
    twoNumbers,
  ),
  augmentation(
    'AugMix',
    "value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True, interpolation='bilinear', seed=None, data_format=None, **kwargs",
    recoloured,
    factor('factor', 0, 1, { eachInside: true }),
    twoNumbers,
  ),
  augmentation('MixUp', 'alpha=0.2, data_format=None, seed=None, **kwargs', mixed),
  augmentation('CutMix', 'factor=1.0, seed=None, data_format=None, **kwargs', mixed, factor('factor', 0, 1)),
  maxNumBoundingBoxes,
];

/** All of them are BaseImagePreprocessingLayer, whose constructor takes the format of boxes, too. */
export const imageLayers: readonly LayerDeclaration[] = declared.map((one) => ({ ...one, extraKeywords: ['bounding_box_format'] }));
