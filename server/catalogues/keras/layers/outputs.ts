// What the outputs, weights and refused inputs of Keras layers have in common. It must not know any single layer.
import { isSymbolicArray } from '../../arrays/library.ts';
import { type Dim, dimEquals, formatDim, isKnown, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import type { ValueRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import type { LayerBuild, LayerInvocation, WeightDeclaration } from '../layer-declaration.ts';
import { flag } from './arguments.ts';

/** An axis that Keras itself does not know: it prints as None. Sizes that only this program does not know print as `?`. */
export function isUndefinedAxis(dim: Dim): boolean {
  return formatDim(dim) === 'None';
}

/** An output that is made from a single tensor. */
export function fromTensor(
  make: (tensor: TensorValue, dims: readonly Dim[] | undefined, invocation: LayerInvocation) => Value,
): (invocation: LayerInvocation) => Value {
  return (invocation) => (invocation.tensor === undefined ? unknown() : make(invocation.tensor, invocation.tensor.shape.dims, invocation));
}

/** The input's shape with other values. */
export function elementwise(
  range: (range: ValueRange | undefined, invocation: LayerInvocation) => ValueRange | undefined,
): (invocation: LayerInvocation) => Value {
  return fromTensor((tensor, _, invocation) => invocation.result(tensor.shape, { range: range(tensor.range, invocation) }));
}

/** Shape and values stay as they are; the type becomes the layer's. */
export const unchanged: (invocation: LayerInvocation) => Value = elementwise((range) => range);

/** A size of the weight with this name as it was built; undefined when there is none. */
export function builtSize(build: LayerBuild, weight: string, axis: number): Dim | undefined {
  return build.layer.weights.find((one) => one.name === weight)?.shape.dims?.at(axis);
}

/** Weights that may not exist: `present` undefined means that it is not known whether they do, which leaves their size open. */
export function optionalWeight(present: boolean | undefined, weight: WeightDeclaration): readonly WeightDeclaration[] {
  return present === false ? [] : [present === undefined ? { ...weight, shape: unknownShape } : weight];
}

export function biasWeight(build: LayerBuild, ...dims: readonly Dim[]): readonly WeightDeclaration[] {
  return optionalWeight(flag(build.args, 'use_bias'), { name: 'bias', shape: shapeOf(...dims) });
}

/** The size along an axis of the input that a weight is made for; refuses one that Keras does not know. */
export function definedSize(build: LayerBuild, axis: number): Dim {
  const dim = build.inputShape.dims?.at(axis);
  if (dim === undefined) return unknownDim();
  if (isUndefinedAxis(dim)) {
    // A picture that was just decoded shows None here, but has a size when the layer runs.
    if (build.input.kind === 'tensor' && !isSymbolicArray(build.input)) return unknownDim();
    build.refuse(
      message('{layer} needs an input whose axis {axis} is defined, got {shape}', {
        layer: build.layer.name,
        axis,
        shape: formatShape(build.inputShape),
      }),
      { rule: 'shape-mismatch' },
    );
    return unknownDim();
  }
  return dim;
}

/** Refuses an input whose axis certainly has another size than the weights were built for. Says whether it did. */
export function refusesOtherSize(invocation: LayerInvocation, axis: number, built: Dim | undefined): boolean {
  const dim = invocation.tensor?.shape.dims?.at(axis);
  if (dim === undefined || built === undefined || isUndefinedAxis(dim) || isUndefinedAxis(built) || dimEquals(dim, built) !== false) return false;
  invocation.refuse(
    message('{layer} was built for inputs with {expected} at axis {axis}, got {actual} in {shape}', {
      layer: invocation.layer.name,
      expected: formatDim(built),
      axis,
      actual: formatDim(dim),
      shape: formatShape(invocation.tensor?.shape ?? unknownShape),
    }),
    { rule: 'shape-mismatch' },
  );
  return true;
}

export function withDim(dims: readonly Dim[], axis: number, dim: Dim): Shape {
  const normal = axis < 0 ? axis + dims.length : axis;
  return { dims: dims.map((one, at) => (at === normal ? dim : one)) };
}

/** A product of sizes as a plain number, where all are known. */
export function knownProduct(...dims: readonly Dim[]): number | undefined {
  const product = multiplyDims(...dims);
  return isKnown(product) ? product : undefined;
}

/** The elements of one sample of a tensor; undefined when not known. */
export function sampleElements(value: Value): number | undefined {
  if (value.kind !== 'tensor' || value.shape.dims === undefined || value.shape.dims.length === 0) return undefined;
  return knownProduct(...value.shape.dims.slice(1));
}

/** Each output element costs this many multiply-adds. */
export function timesOutput(output: Value, ...perElement: readonly Dim[]): number | undefined {
  const elements = sampleElements(output);
  return elements === undefined ? undefined : knownProduct(elements, ...perElement);
}
