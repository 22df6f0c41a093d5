// BatchNormalization, LayerNormalization and their kin; SpectralNormalization stands with the wrappers. It must not know how layers become classes.
import { compareDims, type Dim, divides, formatDim, unknownDim } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { LayerBuild, LayerDeclaration, LayerInvocation, WeightDeclaration } from '../layer-declaration.ts';
import { flag } from './arguments.ts';
import { inputAxes } from './axes.ts';
import { builtSize, definedSize, elementwise, fromTensor, optionalWeight, refusesOtherSize } from './outputs.ts';
import { axisArgument, type Check, checks, identifiers, positiveInteger } from './refusals.ts';

/** Values around 0 whose bounds are not known. */
const normalized = elementwise(() => undefined);

const scaleArguments = "center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones', ";
const regularizerArguments = 'beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, ';

/** The sizes along the axes that the argument names, in ascending order when there are several. */
function sizesAlong(build: LayerBuild): Shape {
  const axes = inputAxes(build);
  if (axes === undefined) return unknownShape;
  return { dims: axes.toSorted((left, right) => left - right).map((axis) => definedSize(build, axis)) };
}

function scaleAndCenter(build: LayerBuild, shape: Shape): readonly WeightDeclaration[] {
  const rms = flag(build.args, 'rms_scaling');
  const [scaled, centered] = rms === false ? [flag(build.args, 'scale'), flag(build.args, 'center')] : [rms, rms === undefined ? undefined : false];
  return [...optionalWeight(scaled, { name: 'gamma', shape }), ...optionalWeight(centered, { name: 'beta', shape })];
}

/** A second call must bring the size that the weights were made for. */
function sameAxisAsBuilt(invocation: LayerInvocation, weights: readonly string[]): void {
  const axis = invocation.args.number('axis');
  if (axis === undefined || weights.length === 0) return;
  refusesOtherSize(
    invocation,
    axis,
    weights.map((name) => builtSize(invocation, name, 0)).find((size) => size !== undefined),
  );
}

const batchNormalization: LayerDeclaration = {
  name: 'BatchNormalization',
  signature:
    `axis=-1, momentum=0.99, epsilon=0.001, ${scaleArguments}moving_mean_initializer='zeros', moving_variance_initializer='ones', ${regularizerArguments}` +
    'renorm=False, renorm_clipping=None, renorm_momentum=0.99, synchronized=False, **kwargs',
  callSignature: 'inputs, training=None, mask=None',
  check: checks(singleAxis('axis'), identifiers),
  weights: (build) => {
    const shape = sizesAlong(build);
    const renorm = flag(build.args, 'renorm');
    const frozen = (name: string): WeightDeclaration => ({ name, shape, trainable: false });
    return [
      ...scaleAndCenter(build, shape),
      frozen('moving_mean'),
      frozen('moving_variance'),
      ...['moving_stddev', 'renorm_mean', 'renorm_stddev'].flatMap((name) => optionalWeight(renorm, frozen(name))),
    ];
  },
  output: (invocation) => {
    sameAxisAsBuilt(invocation, ['moving_mean']);
    return normalized(invocation);
  },
};

/** `int(axis)` is what Keras asks of it: a list of one axis, as Keras 2 took it, is refused. */
function singleAxis(argument: string): Check {
  return (construction) => {
    const value = construction.args.get(argument);
    if (value.kind !== 'list' && value.kind !== 'tuple' && value.kind !== 'none') return false;
    construction.refuse(message('{layer}: the argument "{argument}" must be one integer', { layer: construction.className, argument }), { argument });
    return true;
  };
}

const layerNormalization: LayerDeclaration = {
  name: 'LayerNormalization',
  signature: `axis=-1, epsilon=0.001, ${scaleArguments}${regularizerArguments}**kwargs`,
  extraKeywords: ['rms_scaling'],
  check: checks(axisArgument('axis'), identifiers),
  weights: (build) => scaleAndCenter(build, sizesAlong(build)),
  output: (invocation) => {
    sameAxisAsBuilt(invocation, ['gamma', 'beta']);
    return normalized(invocation);
  },
};

const rmsNormalization: LayerDeclaration = {
  name: 'RMSNormalization',
  signature: 'axis=-1, epsilon=1e-06, **kwargs',
  callSignature: 'x',
  check: checks(axisArgument('axis')),
  weights: (build) => [{ name: 'scale', shape: sizesAlong(build) }],
  output: (invocation) => {
    sameAxisAsBuilt(invocation, ['scale']);
    return normalized(invocation);
  },
};

function groupedSize(build: LayerBuild): Dim {
  const axis = inputAxes(build)?.[0];
  if (axis === undefined) return unknownDim();
  const [size, groups] = [definedSize(build, axis), build.args.int('groups')];
  if (groups === undefined || groups === -1) return size;
  const values = { layer: build.layer.name, groups: formatDim(groups), channels: formatDim(size), shape: formatShape(build.inputShape) };
  if (compareDims(size, groups) === -1) {
    build.refuse(message('{layer}: at most {channels} groups fit the channels of {shape}, got {groups}', values), {
      rule: 'shape-mismatch',
      argument: 'groups',
    });
  } else if (divides(groups, size) === false) {
    build.refuse(message('{layer}: {groups} groups do not divide the {channels} channels of {shape}', values), {
      rule: 'shape-mismatch',
      argument: 'groups',
    });
  }
  return size;
}

const groupsOrInstance: Check = (construction) => construction.args.number('groups') !== -1 && positiveInteger('groups')(construction);

const groupNormalization: LayerDeclaration = {
  name: 'GroupNormalization',
  signature: `groups=32, axis=-1, epsilon=0.001, ${scaleArguments}${regularizerArguments}**kwargs`,
  check: checks(groupsOrInstance, identifiers, singleAxis('axis')),
  weights: (build) => scaleAndCenter(build, shapeOf(groupedSize(build))),
  output: (invocation) => {
    sameAxisAsBuilt(invocation, ['gamma', 'beta']);
    return normalized(invocation);
  },
};

const unitNormalization: LayerDeclaration = {
  name: 'UnitNormalization',
  signature: 'axis=-1, **kwargs',
  check: checks(axisArgument('axis')),
  output: fromTensor((tensor, _, invocation) => {
    inputAxes(invocation);
    const low = tensor.range !== undefined && tensor.range.low >= 0 ? 0 : -1;
    return invocation.result(tensor.shape, { range: rangeBetween(low, 1) });
  }),
};

export const normalizationLayers: readonly LayerDeclaration[] = [
  batchNormalization,
  layerNormalization,
  groupNormalization,
  rmsNormalization,
  unitNormalization,
];
