// Layers that merge a list of tensors: Add and its kin, Concatenate, Dot. It must not know how layers become classes.
import { addDims, type Dim, dimEquals, formatDim, isAnonymous, unknownDim } from '../../../tensors/dim.ts';
import {
  addRanges,
  constantRange,
  divideRanges,
  maximumRanges,
  minimumRanges,
  multiplyRanges,
  subtractRanges,
  uniteRanges,
  type ValueRange,
} from '../../../tensors/range.ts';
import { broadcastDims, formatShape, normalizeAxis, type Shape, unknownShape } from '../../../tensors/shape.ts';
import { message, type Message, type MessageValues, type Template } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import type { LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { integerOf, isNoInteger, itemsOf } from './arguments.ts';
import { isUndefinedAxis, sampleElements, timesOutput, withDim } from './outputs.ts';
import { type Check, checks, refuseArgument, shown } from './refusals.ts';

type Problem = {
  readonly text: Template;
  readonly values?: MessageValues;
  readonly rule?: string;
  readonly argument?: string;
};

/** The tensors of the list that was given; undefined where they are not known, or refused because there is no list. */
function mergedTensors(invocation: LayerInvocation): readonly TensorValue[] | undefined {
  if (invocation.input.kind !== 'tensor') return invocation.tensors;
  refuseMerge(invocation, { text: '{layer} merges a list of tensors, got a single tensor of shape {shapes}' }, [invocation.input]);
  return undefined;
}

function refuseMerge(invocation: LayerInvocation, problem: Problem, tensors: readonly TensorValue[]): void {
  const shapes = tensors.map((tensor) => formatShape(tensor.shape)).join(' and ');
  const text: Message = message(problem.text, { layer: invocation.layer.name, shapes, ...problem.values });
  invocation.refuse(text, { rule: problem.rule ?? 'shape-mismatch', ...(problem.argument === undefined ? {} : { argument: problem.argument }) });
}

/** An axis that Keras leaves undefined. */
const undefinedAxis = (): Dim => unknownDim({ prints: 'None' });

/** Two sizes that meet elementwise; undefined where they do not fit. One that Keras does not know leaves the result undefined. */
function mergedDim(left: Dim, right: Dim): Dim | undefined {
  if (left === right) return left;
  if (isUndefinedAxis(left) || isUndefinedAxis(right)) return undefinedAxis();
  return broadcastDims(left, right);
}

/** Axes behind the batch are aligned at their ends, as Keras' merge layers do. */
function mergedShape(invocation: LayerInvocation, tensors: readonly TensorValue[]): Shape {
  let merged: readonly Dim[] | undefined;
  for (const tensor of tensors) {
    const dims = tensor.shape.dims;
    if (dims === undefined) return unknownShape;
    if (merged === undefined) {
      merged = dims;
      continue;
    }
    const batch = mergedBatch(merged[0], dims[0]);
    const [longer, shorter] = merged.length >= dims.length ? [merged.slice(1), dims.slice(1)] : [dims.slice(1), merged.slice(1)];
    const offset = longer.length - shorter.length;
    const rest = longer.map((dim, axis) => (axis < offset ? dim : mergedDim(dim, shorter[axis - offset] ?? dim)));
    const broken = rest.indexOf(undefined);
    if (broken >= 0 || batch === undefined) {
      const [left, right] = broken >= 0 ? [longer[broken], shorter[broken - offset]] : [merged[0], dims[0]];
      refuseMerge(
        invocation,
        {
          text: '{layer} cannot merge tensors of shapes {shapes}: {left} and {right} do not fit',
          values: { left: formatDim(left ?? 0), right: formatDim(right ?? 0) },
        },
        tensors,
      );
    }
    merged = [batch ?? unknownDim(), ...rest.map((dim) => dim ?? unknownDim())];
  }
  return { dims: merged };
}

function mergedBatch(left: Dim | undefined, right: Dim | undefined): Dim | undefined {
  if (left === undefined || right === undefined) return unknownDim();
  if (left === right || isUndefinedAxis(right)) return left;
  if (isUndefinedAxis(left)) return right;
  return dimEquals(left, right) === false ? undefined : isAnonymous(left) ? right : left;
}

type Ranges = (ranges: readonly ValueRange[]) => ValueRange | undefined;

function commonRange(tensors: readonly TensorValue[], combine: Ranges): ValueRange | undefined {
  const ranges = tensors.map((tensor) => tensor.range).filter((range) => range !== undefined);
  return ranges.length === tensors.length ? combine(ranges) : undefined;
}

function pairwise(combine: (left: ValueRange, right: ValueRange) => ValueRange): Ranges {
  return (ranges) => ranges.reduce((left, right) => combine(left, right));
}

function elementwiseMerge(name: string, combine: Ranges, exactlyTwo = false): LayerDeclaration {
  return {
    name,
    signature: '**kwargs',
    output: (invocation): Value => {
      const tensors = mergedTensors(invocation);
      if (tensors === undefined || tensors.length === 0) return unknown();
      if (exactlyTwo && tensors.length !== 2) {
        refuseMerge(invocation, { text: '{layer} merges exactly 2 tensors, got {count}: {shapes}', values: { count: tensors.length } }, tensors);
        return invocation.result(tensors[0]?.shape ?? unknownShape);
      }
      return invocation.result(mergedShape(invocation, tensors), { range: commonRange(tensors, combine) });
    },
  };
}

const axisOfConcatenate: Check = (construction) => {
  const value = construction.args.get('axis');
  return (
    isNoInteger(value) &&
    refuseArgument(
      construction,
      'axis',
      message('{layer}: the argument "axis" must be an integer, got {actual}', {
        layer: construction.className,
        actual: shown(construction, value),
      }),
    )
  );
};

/** The other axes keep the first tensor's sizes, as in Keras. */
function concatenatedShape(invocation: LayerInvocation, tensors: readonly TensorValue[]): Shape {
  const first = tensors[0]?.shape.dims;
  const given = invocation.args.number('axis');
  if (first === undefined || given === undefined) return first === undefined ? unknownShape : { dims: first.map(() => unknownDim()) };
  const axis = normalizeAxis(given, first.length);
  if (axis === undefined) {
    refuseMerge(
      invocation,
      {
        text: '{layer}: axis {axis} is outside tensors of rank {rank}, {shapes}',
        values: { axis: given, rank: first.length },
        rule: 'invalid-axis',
        argument: 'axis',
      },
      tensors,
    );
    return { dims: first.map(() => unknownDim()) };
  }
  let total = first[axis] ?? unknownDim();
  for (const tensor of tensors.slice(1)) {
    const dims = tensor.shape.dims;
    if (dims === undefined) {
      total = unknownDim();
      continue;
    }
    if (dims.length !== first.length) {
      refuseMerge(invocation, { text: '{layer} joins tensors of the same rank, got {shapes}' }, tensors);
      return withDim(first, axis, unknownDim());
    }
    const broken = dims.findIndex(
      (dim, at) => at !== axis && !isUndefinedAxis(dim) && !isUndefinedAxis(first[at] ?? dim) && dimEquals(dim, first[at] ?? dim) === false,
    );
    if (broken >= 0) {
      refuseMerge(
        invocation,
        {
          text: '{layer} joins tensors that differ only along axis {axis}, got {shapes}: {left} and {right} at axis {broken}',
          values: { axis: given, left: formatDim(first[broken] ?? 0), right: formatDim(dims[broken] ?? 0), broken },
        },
        tensors,
      );
    }
    total = addDims(total, dims[axis] ?? unknownDim());
  }
  return withDim(first, axis, total);
}

/** Beside something unknown a known tensor still says the rank and the other axes. */
function partlyKnown(invocation: LayerInvocation): Value {
  const { input } = invocation;
  const known =
    input.kind === 'list' || input.kind === 'tuple' ? input.items.find((item) => item.kind === 'tensor' && item.shape.dims !== undefined) : undefined;
  const axis = invocation.args.number('axis');
  if (known?.kind !== 'tensor' || known.shape.dims === undefined) return unknown();
  const dims = known.shape.dims;
  const joined = axis === undefined ? undefined : normalizeAxis(axis, dims.length);
  return invocation.result(joined === undefined ? { dims: dims.map(() => unknownDim()) } : withDim(dims, joined, unknownDim()));
}

const concatenate: LayerDeclaration = {
  name: 'Concatenate',
  signature: 'axis=-1, **kwargs',
  check: checks(axisOfConcatenate),
  output: (invocation) => {
    const tensors = mergedTensors(invocation);
    if (tensors === undefined) return partlyKnown(invocation);
    if (tensors.length === 0) return unknown();
    return invocation.result(concatenatedShape(invocation, tensors), { range: commonRange(tensors, pairwise(uniteRanges)) });
  },
};

const axesOfDot: Check = (construction) => {
  const value = construction.args.get('axes');
  const items = itemsOf(value);
  const wrong = items === undefined ? isNoInteger(value) && value.kind !== 'list' : items.length !== 2 || items.some(isNoInteger);
  return (
    wrong &&
    refuseArgument(
      construction,
      'axes',
      message('{layer}: the argument "axes" must be an integer or two integers, got {actual}', {
        layer: construction.className,
        actual: shown(construction, value),
      }),
    )
  );
};

/** The contracted axes of both tensors; undefined when not known. */
function axesOfProduct(invocation: LayerInvocation): readonly [number, number] | undefined {
  const value = invocation.args.get('axes');
  const [left, right] = (itemsOf(value) ?? [value, value]).map(integerOf);
  return typeof left === 'number' && typeof right === 'number' ? [left, right] : undefined;
}

function productShape(invocation: LayerInvocation, tensors: readonly TensorValue[]): Shape {
  const [left, right] = [tensors[0]?.shape.dims, tensors[1]?.shape.dims];
  const axes = axesOfProduct(invocation);
  if (left === undefined || right === undefined || axes === undefined) return unknownShape;
  const normal = [normalizeAxis(axes[0], left.length), normalizeAxis(axes[1], right.length)] as const;
  const broken = normal.indexOf(undefined);
  if (broken >= 0 || normal[0] === undefined || normal[1] === undefined) {
    refuseMerge(
      invocation,
      {
        text: '{layer}: axis {axis} is outside a tensor of rank {rank}, {shapes}',
        values: { axis: axes[broken] ?? 0, rank: (broken === 0 ? left : right).length },
        rule: 'invalid-axis',
        argument: 'axes',
      },
      tensors,
    );
    return unknownShape;
  }
  const [one, other] = [left[normal[0]] ?? 0, right[normal[1]] ?? 0];
  if (isUndefinedAxis(one) !== isUndefinedAxis(other) || (!isUndefinedAxis(one) && dimEquals(one, other) === false)) {
    refuseMerge(
      invocation,
      {
        text: '{layer} multiplies along axes of the same size, got {left} at axis {leftAxis} and {right} at axis {rightAxis} of {shapes}',
        values: { left: formatDim(one), leftAxis: axes[0], right: formatDim(other), rightAxis: axes[1] },
      },
      tensors,
    );
  }
  const dims = [...left.toSpliced(normal[0], 1), ...right.toSpliced(normal[1], 1).slice(1)];
  return { dims: dims.length === 1 ? [...dims, 1] : dims };
}

const dot: LayerDeclaration = {
  name: 'Dot',
  signature: 'axes, normalize=False, **kwargs',
  check: checks(axesOfDot),
  output: (invocation) => {
    const tensors = mergedTensors(invocation);
    if (tensors === undefined) return unknown();
    if (tensors.length !== 2) {
      refuseMerge(invocation, { text: '{layer} multiplies exactly 2 tensors, got {count}: {shapes}', values: { count: tensors.length } }, tensors);
      return unknown();
    }
    return invocation.result(productShape(invocation, tensors));
  },
  multiplyAdds: (invocation, output) => {
    const [axes, dims] = [axesOfProduct(invocation), invocation.tensors?.[0]?.shape.dims];
    const contracted = axes === undefined ? undefined : dims?.at(axes[0]);
    return contracted === undefined || sampleElements(output) === undefined ? undefined : timesOutput(output, contracted);
  },
};

const average: Ranges = (ranges) => {
  const total = pairwise(addRanges)(ranges);
  return total === undefined ? undefined : { ...divideRanges(total, constantRange(ranges.length)), attained: false };
};

export const mergingLayers: readonly LayerDeclaration[] = [
  concatenate,
  elementwiseMerge('Add', pairwise(addRanges)),
  elementwiseMerge('Multiply', pairwise(multiplyRanges)),
  elementwiseMerge('Average', average),
  elementwiseMerge('Subtract', pairwise(subtractRanges), true),
  elementwiseMerge('Maximum', pairwise(maximumRanges)),
  elementwiseMerge('Minimum', pairwise(minimumRanges)),
  dot,
];
