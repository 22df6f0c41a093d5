// Distributions made of others: Independent, TransformedDistribution, MixtureSameFamily; the transforms; divergences; LKJCholesky.
// PyTorch 2.13. It must not know the table of families.
import { unknownDim } from '../../../tensors/dim.ts';
import { broadcast, broadcastAll, formatShape, type Shape, shapeOf, unknownShape } from '../../../tensors/shape.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import { message } from '../../../values/place.ts';
import { defineSlot } from '../../../values/slots.ts';
import type { ClassValue, InstanceValue, NativeCall, Value } from '../../../values/value.ts';
import { list, none, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { operandOf } from '../../arrays/conversion.ts';
import { torchContext, torchLibrary, torchTensor } from '../library.ts';
import { distributionClass, type DistributionFacts, distributionSlot, joinedShape, makeDistribution, withoutLast } from './distribution.ts';
import { type Ability, withoutDivergence } from './families.ts';

const nothingKnown: DistributionFacts = {
  batch: unknownShape,
  event: unknownShape,
  dtype: undefined,
  sampleType: undefined,
  support: undefined,
  abilities: undefined,
  tensors: [],
};

function declareComposed(
  name: string,
  signature: string,
  make: (call: NativeCall, self: InstanceValue) => DistributionFacts | undefined,
): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `torch.distributions.${name}`,
    bases: [distributionClass],
    members: {
      __init__: nativeMethod(name, `self, ${signature}, validate_args=None`, (call) => {
        const self = call.args.get('self');
        if (self.kind !== 'instance') return none;
        const facts = make(call, self);
        if (facts !== undefined) distributionSlot.set(self, facts);
        return none;
      }),
    },
  });
}

/** The last batch axes count as axes of one sample from now on. */
function independentFacts(base: DistributionFacts, count: number | undefined): DistributionFacts {
  const batch = count === undefined ? unknownShape : (withoutLast(base.batch, count) ?? unknownShape);
  const moved: Shape =
    count === undefined || base.batch.dims === undefined ? unknownShape : { dims: base.batch.dims.slice(base.batch.dims.length - count) };
  const abilities =
    base.abilities === undefined
      ? undefined
      : new Set([...base.abilities].filter((one) => one !== 'cdf' && one !== 'icdf' && (one !== 'enumerate_support' || count === 0)));
  return {
    ...base,
    batch,
    event: joinedShape(moved, base.event),
    abilities,
    summed: { of: base, count },
    expand: (_call, wanted) =>
      makeDistribution(independentClass, { ...independentFacts({ ...base, batch: joinedShape(wanted, moved) }, count), batch: wanted }),
  };
}

export const independentClass: ClassValue = declareComposed('Independent', 'base_distribution, reinterpreted_batch_ndims', (call, self) => {
  const given = call.args.get('base_distribution'),
    count = call.args.number('reinterpreted_batch_ndims');
  setInstanceAttribute(self, 'base_dist', given);
  setInstanceAttribute(self, 'reinterpreted_batch_ndims', call.args.get('reinterpreted_batch_ndims'));
  const base = distributionSlot.get(given);
  if (base === undefined) return nothingKnown;
  if (count !== undefined && base.batch.dims !== undefined && count > base.batch.dims.length) {
    call.interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'ValueError',
      place: call.args.place('reinterpreted_batch_ndims') ?? call.place,
      message: message('Independent: {count} axes are to belong to one sample, but the batch shape is {batch}', {
        count,
        batch: formatShape(base.batch),
      }),
    });
    return undefined;
  }
  return independentFacts(base, count);
});

// ---- Transforms.

/** How a transform changes shapes: element by element, where its own tensors may widen the batch; undefined: not followed. */
interface TransformFacts {
  readonly widens: readonly Shape[];
}
const transformSlot = defineSlot<TransformFacts>('transform');

const transformBase = nativeClass({
  name: 'Transform',
  qualifiedName: 'torch.distributions.transforms.Transform',
  members: {
    __call__: nativeMethod('__call__', 'self, x', transformed('transform')),
    inv: { kind: 'property', getter: nativeMethod('inv', 'self', ({ args }) => args.get('self')), setter: undefined },
    log_abs_det_jacobian: nativeMethod('log_abs_det_jacobian', 'self, x, y', transformed('log_abs_det_jacobian')),
  },
});

function transformed(name: string): (call: NativeCall) => Value {
  return (call) => {
    const facts = transformSlot.get(call.args.get('self')),
      value = call.args.get('x');
    if (value.kind !== 'tensor') return unknown();
    const shape = facts === undefined ? undefined : broadcastAll([value.shape, ...facts.widens]);
    const made = torchTensor({ shape: shape?.ok === true ? shape.shape : unknownShape, dtype: value.dtype });
    return torchLibrary.onResult?.(call.interpreter, name, [value], made, call.place) ?? made;
  };
}

function transform(name: string, signature: string, widening: readonly string[] = []): ClassValue {
  return nativeClass({
    name,
    qualifiedName: `torch.distributions.transforms.${name}`,
    bases: [transformBase],
    members: {
      __init__: nativeMethod(name, `self, ${signature === '' ? '' : `${signature}, `}cache_size=0`, (call) => {
        const self = call.args.get('self');
        if (self.kind !== 'instance') return none;
        const context = torchContext(call.interpreter, call.place, name);
        const eventRank = call.args.given('event_dim') === true ? call.args.number('event_dim') : 0;
        for (const one of widening) setInstanceAttribute(self, one, call.args.get(one));
        if (eventRank === 0)
          transformSlot.set(self, { widens: widening.map((one) => operandOf(context, call.args.get(one))?.tensor.shape ?? unknownShape) });
        return none;
      }),
    },
  });
}
/** Their shapes are not followed. */
const others: readonly string[] = [
  'CatTransform',
  'ComposeTransform',
  'CorrCholeskyTransform',
  'CumulativeDistributionTransform',
  'IndependentTransform',
  'LowerCholeskyTransform',
  'PositiveDefiniteTransform',
  'ReshapeTransform',
  'SoftmaxTransform',
  'StackTransform',
  'StickBreakingTransform',
];

export const transformMembers: Readonly<Record<string, Value>> = {
  Transform: transformBase,
  ...Object.fromEntries(
    [
      transform('AbsTransform', ''),
      transform('AffineTransform', 'loc, scale, event_dim=0', ['loc', 'scale']),
      transform('ExpTransform', ''),
      transform('PowerTransform', 'exponent', ['exponent']),
      transform('SigmoidTransform', ''),
      transform('SoftplusTransform', ''),
      transform('TanhTransform', ''),
      ...others.map((name) =>
        nativeClass({
          name,
          qualifiedName: `torch.distributions.transforms.${name}`,
          bases: [transformBase],
          members: { __init__: nativeMethod(name, 'self, *args, **kwargs', () => none) },
        }),
      ),
    ].map((cls) => [cls.name, cls]),
  ),
  identity_transform: unknown(),
};

export const transformedClass = declareComposed('TransformedDistribution', 'base_distribution, transforms', (call, self) => {
  const [given, transforms] = [call.args.get('base_distribution'), call.args.get('transforms')];
  const base = distributionSlot.get(given);
  const steps = transforms.kind === 'list' && !transforms.open ? transforms.items : [transforms];
  setInstanceAttribute(self, 'base_dist', given);
  setInstanceAttribute(self, 'transforms', transforms.kind === 'list' ? transforms : list([transforms], transforms.kind === 'unknown'));
  const facts = steps.map((step) => transformSlot.get(step));
  if (base === undefined || facts.includes(undefined)) return nothingKnown;
  const widened = broadcastAll([joinedShape(base.batch, base.event), ...facts.flatMap((one) => one?.widens ?? [])]);
  const own = base.event.dims?.length;
  if (!widened.ok || own === undefined || widened.shape.dims === undefined) return nothingKnown;
  const abilities =
    base.abilities === undefined
      ? undefined
      : new Set([...base.abilities].filter((one): one is Ability => one === 'rsample' || one === 'cdf' || one === 'icdf'));
  return {
    batch: withoutLast(widened.shape, own) ?? unknownShape,
    event: { dims: widened.shape.dims.slice(widened.shape.dims.length - own) },
    dtype: base.dtype,
    // Whole numbers may become fractions.
    sampleType: base.sampleType === base.dtype ? base.dtype : undefined,
    support: undefined,
    abilities,
    tensors: base.tensors,
  };
});

export const mixtureClass = declareComposed('MixtureSameFamily', 'mixture_distribution, component_distribution', (call, self) => {
  const [mixture, component] = [call.args.get('mixture_distribution'), call.args.get('component_distribution')];
  for (const [name, value] of [
    ['mixture_distribution', mixture],
    ['component_distribution', component],
  ] as const)
    setInstanceAttribute(self, name, value);
  const [weights, parts] = [distributionSlot.get(mixture), distributionSlot.get(component)];
  if (parts === undefined || weights === undefined) return nothingKnown;
  const batch = withoutLast(parts.batch, 1);
  if (batch === undefined) {
    call.interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'ValueError',
      place: call.args.place('component_distribution') ?? call.place,
      message: message('MixtureSameFamily: the components lie along the last batch axis, but the component distribution has none'),
    });
    return undefined;
  }
  const fits = broadcast(batch, weights.batch);
  if (!fits.ok) {
    call.interpreter.refuse({
      rule: 'shape-mismatch',
      exception: 'ValueError',
      place: call.place,
      message: message('MixtureSameFamily: weights of batch shape {weights} do not fit components of batch shape {parts}', {
        weights: formatShape(weights.batch),
        parts: formatShape(parts.batch),
      }),
    });
    return undefined;
  }
  const abilities =
    parts.abilities === undefined
      ? undefined
      : new Set([...parts.abilities].filter((one): one is Ability => ['mean', 'variance', 'cdf'].includes(one)));
  return { ...parts, batch, abilities, tensors: [...weights.tensors, ...parts.tensors], expand: undefined };
});

export const choleskyClass = declareComposed('LKJCholesky', 'dim, concentration=1.0', (call, self) => {
  const size = dimFromValue(call.args.get('dim')) ?? unknownDim();
  setInstanceAttribute(self, 'dim', call.args.get('dim'));
  const tensor = operandOf(torchContext(call.interpreter, call.place, 'LKJCholesky'), call.args.get('concentration'))?.tensor;
  if (typeof size === 'number' && size < 2) {
    call.interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'ValueError',
      place: call.args.place('dim') ?? call.place,
      message: message('LKJCholesky: dim must be at least 2, got {size}', { size }),
    });
    return undefined;
  }
  return {
    ...nothingKnown,
    batch: tensor?.shape ?? unknownShape,
    event: shapeOf(size, size),
    dtype: tensor?.dtype,
    sampleType: tensor?.dtype,
    abilities: new Set(),
  };
});

/** Divergences are registered for pairs of classes; those of one class with itself exist for nearly all. */
export const divergence = nativeFunction('kl_divergence', 'p, q', (call) => {
  const [left, right] = [call.args.get('p'), call.args.get('q')];
  const [one, other] = [distributionSlot.get(left), distributionSlot.get(right)];
  if (one === undefined || other === undefined || left.kind !== 'instance' || right.kind !== 'instance' || left.cls !== right.cls) return unknown();
  if (withoutDivergence.has(left.cls.name) && left.cls.native) {
    return call.interpreter.refuse({
      rule: 'invalid-argument',
      exception: 'NotImplementedError',
      place: call.place,
      message: message('no divergence of {distribution} from itself is registered in PyTorch', { distribution: left.cls.name }),
    });
  }
  const shape = broadcast(one.batch, other.batch);
  const made = torchTensor({ shape: shape.ok ? shape.shape : unknownShape, dtype: one.dtype });
  return torchLibrary.onResult?.(call.interpreter, 'kl_divergence', [...one.tensors, ...other.tensors], made, call.place) ?? made;
});
