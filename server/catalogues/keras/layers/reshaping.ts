// Flatten, Reshape, Permute, RepeatVector: the same elements in another order or shape. It must not know how layers become classes.
import { type Dim, divides, dimBounds, dimEquals, floorDivideDims, formatDim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { isFloating } from '../../../tensors/dtype.ts';
import { formatShape, shapeOf, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import { none, type TensorValue, type Value } from '../../../values/value.ts';
import type { LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { integerOf, isNoInteger, itemsOf, sizeOf } from './arguments.ts';
import { fromTensor, isUndefinedAxis } from './outputs.ts';
import { type Check, checks, dataFormat, positiveInteger, refuseArgument, shown } from './refusals.ts';

/** These layers keep the input's type; floats have become the layer's own on the way in. */
export function typeKept(tensor: TensorValue): { readonly dtype?: TensorValue['dtype'] } {
  return tensor.dtype !== undefined && isFloating(tensor.dtype) ? {} : { dtype: tensor.dtype };
}

const flatten: LayerDeclaration = {
  name: 'Flatten',
  signature: 'data_format=None, **kwargs',
  inputRank: { minimum: 1 },
  check: checks(dataFormat),
  output: fromTensor((tensor, dims, invocation) => {
    const shape = dims === undefined ? shapeOfRank(2) : shapeOf(dims[0] ?? unknownDim(), multiplyDims(...dims.slice(1)));
    return invocation.result(shape, { range: tensor.range, ...typeKept(tensor) });
  }),
};

const targetShape: Check = (construction) => {
  const value = construction.args.get('target_shape');
  const values = { layer: construction.className, actual: shown(construction, value) };
  const items = itemsOf(value);
  if (items === undefined) {
    return (isNoInteger(value) && value.kind !== 'list' && value.kind !== 'str' && value.kind !== 'dict') || value.kind === 'int'
      ? refuseArgument(
          construction,
          'target_shape',
          message('{layer}: the argument "target_shape" must be a tuple of integers, got {actual}', values),
        )
      : false;
  }
  const sizes = items.map(integerOf);
  if (sizes.some((size) => size !== undefined && dimBounds(size).high < -1)) {
    return refuseArgument(
      construction,
      'target_shape',
      message('{layer}: sizes in "target_shape" must not be negative, but for one -1, got {actual}', values),
    );
  }
  return (
    sizes.filter((size) => size === -1).length > 1 &&
    refuseArgument(construction, 'target_shape', message('{layer}: "target_shape" can hold only one -1, got {actual}', values))
  );
};

/** The target's sizes, the one that is left open worked out; undefined when the argument is not known. */
function reshapedDims(invocation: LayerInvocation, dims: readonly Dim[] | undefined): readonly Dim[] | undefined {
  const given = invocation.args.get('target_shape');
  // Keras takes a string for its letters, and a letter for an undefined size.
  const items = given.kind === 'str' ? [...given.value].map((): Value => none) : itemsOf(given);
  if (items === undefined) return undefined;
  const target = items.map((item) => (item.kind === 'none' ? unknownDim({ prints: 'None' }) : (integerOf(item) ?? unknownDim())));
  const open = target.indexOf(-1);
  const others = multiplyDims(...target.filter((_, index) => index !== open));
  const elements = dims === undefined ? undefined : multiplyDims(...dims.slice(1));
  const isVague = dims === undefined || dims.slice(1).some(isUndefinedAxis);
  if (open < 0) {
    if (elements !== undefined && !isVague && dimEquals(elements, others) === false) refuseReshape(invocation, elements, others, target, false);
    return target;
  }
  if (elements === undefined) return target.with(open, unknownDim());
  // Keras leaves the open size undefined where an axis of the input is.
  if (!isVague && (others === 0 || divides(others, elements) === false)) {
    refuseReshape(invocation, elements, others, target, true);
    return target.with(open, unknownDim());
  }
  return target.with(open, floorDivideDims(elements, others));
}

function refuseReshape(invocation: LayerInvocation, elements: Dim, others: Dim, target: readonly Dim[], open: boolean): void {
  const values = {
    layer: invocation.layer.name,
    target: formatShape({ dims: target }),
    expected: formatDim(others),
    actual: formatDim(elements),
    shape: formatShape(invocation.inputShape),
  };
  invocation.refuse(
    open
      ? message('{layer}: target_shape={target} needs a multiple of {expected} elements for each sample, got {actual} in {shape}', values)
      : message('{layer}: target_shape={target} needs {expected} elements for each sample, got {actual} in {shape}', values),
    { rule: 'reshape-size', argument: 'target_shape' },
  );
}

const reshape: LayerDeclaration = {
  name: 'Reshape',
  signature: 'target_shape, **kwargs',
  check: checks(targetShape),
  output: fromTensor((tensor, dims, invocation) => {
    const target = reshapedDims(invocation, dims);
    const shape = target === undefined ? unknownShape : shapeOf(dims?.[0] ?? unknownDim(), ...target);
    return invocation.result(shape, { range: tensor.range, ...typeKept(tensor) });
  }),
};

const permutation: Check = (construction) => {
  const value = construction.args.get('dims');
  const items = itemsOf(value);
  if (items === undefined && (value.kind === 'unknown' || value.kind === 'list' || value.kind === 'tensor')) return false;
  const axes = items?.map(integerOf);
  if (items !== undefined && axes?.some((axis, index) => typeof axis !== 'number' && !isNoInteger(items[index] ?? value)) === true) return false;
  const isPermutation = (axes !== undefined && axes.length > 0 && axes.every((_, index) => axes.includes(index + 1))) || axes?.length === 0;
  return (
    !isPermutation &&
    refuseArgument(
      construction,
      'dims',
      message('{layer}: "dims" must name the axes 1, 2, … once each, without the batch, got {actual}', {
        layer: construction.className,
        actual: shown(construction, value),
      }),
    )
  );
};

const permute: LayerDeclaration = {
  name: 'Permute',
  signature: 'dims, **kwargs',
  check: checks(permutation),
  output: fromTensor((tensor, dims, invocation) => {
    const order = itemsOf(invocation.args.get('dims'))?.map(integerOf);
    const facts = { range: tensor.range, ...typeKept(tensor) };
    if (order === undefined) return invocation.result(dims === undefined ? unknownShape : shapeOfRank(dims.length), facts);
    if (dims !== undefined && dims.length !== order.length + 1) {
      invocation.refuse(
        message('{layer} permutes {expected} axes behind the batch, got an input of shape {shape} with {actual}', {
          layer: invocation.layer.name,
          expected: order.length,
          actual: dims.length - 1,
          shape: formatShape(tensor.shape),
        }),
        { rule: 'shape-mismatch' },
      );
      return invocation.result(shapeOfRank(order.length + 1), facts);
    }
    const size = (axis: Dim | undefined): Dim => (typeof axis === 'number' ? dims?.[axis] : undefined) ?? unknownDim();
    return invocation.result(shapeOf(size(0), ...order.map(size)), facts);
  }),
};

const repeatVector: LayerDeclaration = {
  name: 'RepeatVector',
  signature: 'n, **kwargs',
  inputRank: 2,
  check: checks(positiveInteger('n')),
  output: fromTensor((tensor, dims, invocation) => {
    const [batch = unknownDim(), features = unknownDim()] = dims?.length === 2 ? dims : [];
    return invocation.result(shapeOf(batch, sizeOf(invocation.args, 'n'), features), { range: tensor.range });
  }),
};

export const reshapingLayers: readonly LayerDeclaration[] = [flatten, reshape, permute, repeatVector];
