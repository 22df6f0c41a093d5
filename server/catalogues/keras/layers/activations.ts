// The layers that are activations: ReLU, LeakyReLU, PReLU, ELU, Softmax. It must not know how layers become classes.
import { anyNumber, clipRange, monotone, rangeBetween, softmaxRange, type ValueRange } from '../../../tensors/range.ts';
import type { Value } from '../../../values/value.ts';
import type { LayerDeclaration, LayerInvocation } from '../layer-declaration.ts';
import { axesOf, itemsOf } from './arguments.ts';
import { inputAxes } from './axes.ts';
import { definedSize, elementwise, fromTensor } from './outputs.ts';
import { checks, identifiers, numberBetween } from './refusals.ts';
import { formatShape, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';

const infinity = Number.POSITIVE_INFINITY;

function rectified(range: ValueRange | undefined, invocation: LayerInvocation): ValueRange | undefined {
  const { args } = invocation;
  const [slope, threshold] = [args.real('negative_slope'), args.real('threshold')];
  const most = args.isNone('max_value') ? infinity : args.real('max_value');
  if (slope === undefined || threshold === undefined || most === undefined) return undefined;
  const given = range ?? anyNumber;
  if (slope === 0 && threshold === 0) return clipRange(given, 0, most);
  const low = slope === 0 ? 0 : Math.min(0, slope * (given.low - threshold));
  return rangeBetween(low, Math.min(most, Math.max(0, given.high)));
}

const relu: LayerDeclaration = {
  name: 'ReLU',
  signature: 'max_value=None, negative_slope=0.0, threshold=0.0, **kwargs',
  check: checks(
    numberBetween('max_value', 0, infinity, { optional: true }),
    numberBetween('negative_slope', 0, infinity),
    numberBetween('threshold', 0, infinity),
  ),
  output: elementwise(rectified),
};

const leakyRelu: LayerDeclaration = {
  name: 'LeakyReLU',
  signature: 'negative_slope=0.3, **kwargs',
  extraKeywords: ['alpha'],
  check: checks((construction) => numberBetween(construction.args.given('alpha') === true ? 'alpha' : 'negative_slope', 0, infinity)(construction)),
  output: elementwise((range, invocation) => {
    const slope = invocation.args.real(invocation.args.given('alpha') === true ? 'alpha' : 'negative_slope');
    if (slope === undefined || range === undefined) return undefined;
    return monotone(range, (value) => (value < 0 ? slope * value : value), false);
  }),
};

const elu: LayerDeclaration = {
  name: 'ELU',
  signature: 'alpha=1.0, **kwargs',
  output: elementwise((range, invocation) => {
    const alpha = invocation.args.real('alpha');
    if (alpha === undefined || alpha < 0) return undefined;
    const given = range ?? anyNumber;
    return given.low >= 0 ? given : rangeBetween(-alpha, Math.max(0, given.high));
  }),
};

const prelu: LayerDeclaration = {
  name: 'PReLU',
  signature: "alpha_initializer='Zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs",
  check: checks(identifiers),
  weights: (build) => {
    const dims = build.inputShape.dims;
    const shared = build.args.isNone('shared_axes') ? [] : axesOf(build.args.get('shared_axes'));
    if (dims === undefined || dims.length === 0 || shared === undefined) return [{ name: 'alpha', shape: unknownShape }];
    // Keras counts the shared axes from the batch axis on, and takes `axis - 1` as Python's index into the sizes behind it.
    const positions = shared.map((axis) => (axis - 1 < 0 ? axis - 1 + dims.length - 1 : axis - 1));
    const outside = shared.find((_, index) => (positions[index] ?? 0) < 0 || (positions[index] ?? 0) >= dims.length - 1);
    if (outside !== undefined) {
      build.refuse(
        message('{layer}: axis {axis} of "shared_axes" is outside an input of shape {shape}', {
          layer: build.layer.name,
          axis: outside,
          shape: formatShape(build.inputShape),
        }),
        { rule: 'invalid-axis', argument: 'shared_axes' },
      );
    }
    return [
      { name: 'alpha', shape: { dims: dims.slice(1).map((_, position) => (positions.includes(position) ? 1 : definedSize(build, position + 1))) } },
    ];
  },
  output: elementwise(() => undefined),
};

const softmax: LayerDeclaration = {
  name: 'Softmax',
  signature: 'axis=-1, **kwargs',
  callSignature: 'inputs, mask=None',
  output: fromTensor((tensor, _, invocation): Value => {
    if (itemsOf(invocation.args.get('axis')) === undefined) inputAxes(invocation);
    return invocation.result(tensor.shape, { range: softmaxRange() });
  }),
};

export const activationLayers: readonly LayerDeclaration[] = [relu, leakyRelu, softmax, prelu, elu];
