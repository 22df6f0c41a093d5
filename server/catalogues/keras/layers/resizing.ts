// Layers that pad, crop and enlarge the spatial axes by given amounts. It must not know how layers become classes.
import { addDims, type Dim, dimBounds, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { averageRange, constantRange, uniteRanges } from '../../../tensors/range.ts';
import { croppedSize } from '../../../tensors/window.ts';
import { message } from '../../../values/place.ts';
import type { Value } from '../../../values/value.ts';
import type { LayerDeclaration } from '../layer-declaration.ts';
import { integerOf, integersOf, itemsOf, sizesOf } from './arguments.ts';
import { fromTensor } from './outputs.ts';
import { type Check, checks, dataFormat, integerTuple, oneOf, positiveInteger, refuseArgument, shown } from './refusals.ts';
import { mapSpatialAxes, sizeOrRefusal } from './windows.ts';

type Pair = readonly [Dim, Dim];
const unknownPair = (): Pair => [unknownDim({ minimum: 0 }), unknownDim({ minimum: 0 })];

function pairOf(value: Value): Pair | 'refused' | undefined {
  const sizes = integersOf(value, 2);
  return sizes === undefined || sizes === 'refused' ? sizes : [sizes[0] ?? 0, sizes[1] ?? 0];
}

/** Amounts before and after each spatial axis: one for all, one for each axis, or two for each axis. One axis takes one amount or two. */
function amountsOf(value: Value, spatialCount: number): readonly Pair[] | 'refused' | undefined {
  if (spatialCount === 1) {
    const pair = pairOf(value);
    return pair === undefined || pair === 'refused' ? pair : [pair];
  }
  const single = integerOf(value);
  if (single !== undefined) return Array.from({ length: spatialCount }, (): Pair => [single, single]);
  const items = itemsOf(value);
  if (items === undefined) return integersOf(value, spatialCount) === 'refused' ? 'refused' : undefined;
  if (items.length !== spatialCount) return 'refused';
  const pairs = items.map(pairOf);
  if (pairs.includes('refused')) return 'refused';
  return pairs.map((pair) => (pair === undefined || pair === 'refused' ? unknownPair() : pair));
}

/** Keras lets a single negative amount of padding through for images and volumes. */
function amounts(argument: 'padding' | 'cropping', spatialCount: number): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    const pairs = amountsOf(value, spatialCount);
    const mayBeNegative = argument === 'padding' && spatialCount > 1 && integerOf(value) !== undefined;
    const isNegative = pairs !== undefined && pairs !== 'refused' && pairs.flat().some((amount) => dimBounds(amount).high < 0);
    if (pairs !== 'refused' && (!isNegative || mayBeNegative)) return false;
    const what = isNegative
      ? message('hold no negative amounts')
      : spatialCount === 1
        ? message('be an integer or two integers')
        : message('be an integer or {count} amounts, each an integer or two integers', { count: spatialCount });
    return refuseArgument(
      construction,
      argument,
      message('{layer}: the argument "{argument}" must {what}, got {actual}', {
        what,
        layer: construction.className,
        argument,
        actual: shown(construction, value),
      }),
    );
  };
}

function sided(value: Value, spatialCount: number): readonly Pair[] {
  const pairs = amountsOf(value, spatialCount);
  return pairs === undefined || pairs === 'refused' ? Array.from({ length: spatialCount }, unknownPair) : pairs;
}

function nested(amount: string, spatialCount: number): string {
  return `(${Array.from({ length: spatialCount }, () => amount).join(', ')})`;
}

function zeroPadding(spatialCount: number): LayerDeclaration {
  const preset = spatialCount === 1 ? '1' : spatialCount === 2 ? '(1, 1)' : nested('(1, 1)', 3);
  return {
    name: `ZeroPadding${spatialCount}D`,
    signature: `padding=${preset}, data_format=None, **kwargs`,
    inputRank: spatialCount + 2,
    check: checks(dataFormat, amounts('padding', spatialCount)),
    output: fromTensor((tensor, _, invocation) => {
      const pairs = sided(invocation.args.get('padding'), spatialCount);
      const shape = mapSpatialAxes(invocation, tensor.shape, spatialCount, undefined, (size, index) =>
        addDims(size, ...(pairs[index] ?? unknownPair())),
      );
      const range = tensor.range === undefined ? undefined : { ...uniteRanges(tensor.range, constantRange(0)), attained: false };
      return invocation.result(shape, { range });
    }),
  };
}

function cropping(spatialCount: number): LayerDeclaration {
  const preset = spatialCount === 1 ? '(1, 1)' : nested(spatialCount === 2 ? '(0, 0)' : '(1, 1)', spatialCount);
  return {
    name: `Cropping${spatialCount}D`,
    signature: spatialCount === 1 ? `cropping=${preset}, **kwargs` : `cropping=${preset}, data_format=None, **kwargs`,
    inputRank: spatialCount + 2,
    check: checks(dataFormat, amounts('cropping', spatialCount)),
    output: fromTensor((tensor, dims, invocation) => {
      const pairs = sided(invocation.args.get('cropping'), spatialCount);
      const range = tensor.range === undefined ? undefined : { ...tensor.range, attained: false };
      const crop = (size: Dim, index: number, axis: number): Dim => {
        const [before, after] = pairs[index] ?? unknownPair();
        return sizeOrRefusal(
          invocation,
          tensor.shape,
          axis,
          croppedSize(size, before, after),
          '{layer} leaves nothing of the input: it crops {extent} along axis {axis}, which has {available} in {shape}',
        );
      };
      // Cropping1D has no data format: the steps are always axis 1.
      if (spatialCount === 1) {
        const [batch = unknownDim(), steps = unknownDim(), features = unknownDim()] = dims?.length === 3 ? dims : [];
        return invocation.result({ dims: [batch, crop(steps, 0, 1), features] }, { range });
      }
      return invocation.result(mapSpatialAxes(invocation, tensor.shape, spatialCount, undefined, crop), { range });
    }),
  };
}

const interpolations = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', 'area'];

function upSampling(spatialCount: number): LayerDeclaration {
  return {
    name: `UpSampling${spatialCount}D`,
    signature:
      spatialCount === 1
        ? 'size=2, **kwargs'
        : `size=${nested('2', spatialCount)}, data_format=None${spatialCount === 2 ? ", interpolation='nearest'" : ''}, **kwargs`,
    inputRank: spatialCount + 2,
    check:
      spatialCount === 1
        ? checks(positiveInteger('size'))
        : checks(
            dataFormat,
            integerTuple('size', spatialCount),
            ...(spatialCount === 2 ? [oneOf('interpolation', interpolations, { folded: true })] : []),
          ),
    output: fromTensor((tensor, dims, invocation) => {
      const factors = sizesOf(invocation.args, 'size', spatialCount);
      const isNearest = spatialCount !== 2 || invocation.args.str('interpolation')?.toLowerCase() === 'nearest';
      const overshoots =
        ['bicubic', 'lanczos3', 'lanczos5'].includes(invocation.args.str('interpolation')?.toLowerCase() ?? 'bicubic') && spatialCount === 2;
      const range = tensor.range === undefined ? undefined : isNearest ? tensor.range : overshoots ? undefined : averageRange(tensor.range);
      if (spatialCount === 1) {
        const [batch = unknownDim(), steps = unknownDim(), features = unknownDim()] = dims?.length === 3 ? dims : [];
        return invocation.result({ dims: [batch, multiplyDims(steps, factors[0] ?? unknownDim()), features] }, { range });
      }
      return invocation.result(
        mapSpatialAxes(invocation, tensor.shape, spatialCount, undefined, (size, index) => multiplyDims(size, factors[index] ?? unknownDim())),
        { range },
      );
    }),
  };
}

export const resizingLayers: readonly LayerDeclaration[] = [1, 2, 3].flatMap((count) => [upSampling(count), zeroPadding(count), cropping(count)]);
