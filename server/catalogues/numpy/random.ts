// numpy.random: arrays of which the shape, the type and the range of the values are known. Whether both ends of a range occur is said only
// where enough numbers are drawn that they practically always do. It must not know the evaluator.
import { type Dim, isKnown, unknownDim } from '../../tensors/dim.ts';
import type { DType } from '../../tensors/dtype.ts';
import { rangeBetween, type ValueRange } from '../../tensors/range.ts';
import { elementCount, type Shape, shapeOf, unknownShape } from '../../tensors/shape.ts';
import { nativeClass } from '../../values/classes.ts';
import { openContainer, replaceItems } from '../../values/heap.ts';
import { derivedOrigin, type Origin } from '../../values/place.ts';
import { markDraws } from '../../values/draws.ts';
import type { Value } from '../../values/value.ts';
import { instance, none, originOf, unknown } from '../../values/value.ts';
import { dimFromValue, makeArray, numberFromValue } from '../arrays/contents.ts';
import { sizesFromValue, tensorOf } from '../arrays/conversion.ts';
import { broadcasting } from '../arrays/elementwise.ts';
import { permutationSlot } from '../arrays/indexing.ts';
import type { ArrayCall, ArrayDeclarations, ArrayOperation } from '../arrays/library.ts';
import { arrayFunctions, arrayMethods } from '../arrays/library.ts';
import { distinctValues } from '../arrays/lookup.ts';
import { forgetOrder } from '../arrays/memory.ts';
import { restOrOne } from '../arrays/reshaping.ts';
import { dtypeOr, numpyLibrary } from './library.ts';

/** So many draws that each of `choices` values is missed with a probability below one in a thousand. */
export function drawsAll(draws: Dim | undefined, choices: number): boolean {
  return draws !== undefined && isKnown(draws) && choices > 0 && choices * (1 - 1 / choices) ** draws < 0.001;
}

function shapeOfSize(call: ArrayCall, size: Value): Shape {
  if (size.kind === 'none') return shapeOf();
  const sizes = sizesFromValue(call.interpreter, size);
  return sizes === undefined ? unknownShape : { dims: sizes };
}

function drawn(call: ArrayCall, shape: Shape, dtype: DType | undefined, range: ValueRange | undefined, origin?: Origin): Value {
  return makeArray({ cls: call.cls, shape, dtype, range, origin });
}

/** `rand(3, 4)`: sizes one by one; none: a number. */
function byAxes(range: ValueRange | undefined): ArrayOperation {
  return (call) => {
    const sizes = call.args.rest.length === 0 ? none : restOrOne(call, 'size');
    const open = call.args.openPositional;
    return drawn(call, open ? unknownShape : call.args.rest.length === 0 ? shapeOf() : shapeOfSize(call, sizes), 'float64', range);
  };
}

/** `random(size)`. */
function bySize(range: ValueRange | undefined): ArrayOperation {
  return (call) => drawn(call, shapeOfSize(call, call.argument('size')), dtypeOr(call.argument('dtype'), 'float64'), range);
}

/** A distribution whose parameters broadcast; without a size they give the shape. */
function distribution(parameters: readonly string[], dtype: DType, range?: (call: ArrayCall) => ValueRange | undefined): ArrayOperation {
  return (call) => {
    const size = call.argument('size');
    if (size.kind !== 'none') return drawn(call, shapeOfSize(call, size), dtype, range?.(call));
    const result = broadcasting(
      call,
      parameters.map((name) => call.argument(name)),
      dtype,
      range?.(call),
    );
    return result;
  };
}

const unit = rangeBetween(0, 1);
const positive = rangeBetween(0, Number.POSITIVE_INFINITY);
const counts = rangeBetween(0, Number.POSITIVE_INFINITY, { integral: true });

/** `randint(low, high)`: high is left out; with one number it is the upper end. */
function integers(inclusive: boolean): ArrayOperation {
  return (call) => {
    const [first, second] = [call.argument('low'), call.argument('high')];
    const low = second.kind === 'none' ? 0 : numberFromValue(first);
    const high = second.kind === 'none' ? numberFromValue(first) : numberFromValue(second);
    const endpoint = call.argument('endpoint');
    const last = high === undefined ? undefined : inclusive || (endpoint.kind === 'bool' && endpoint.value) ? high : high - 1;
    const shape = shapeOfSize(call, call.argument('size'));
    const isKnownRange = low !== undefined && last !== undefined && last >= low && (endpoint.kind === 'bool' || endpoint.kind === 'none');
    const attained = isKnownRange && drawsAll(elementCount(shape), last - low + 1);
    const array = drawn(
      call,
      shape,
      dtypeOr(call.argument('dtype'), 'int64'),
      isKnownRange ? rangeBetween(low, last, { integral: true, attained }) : undefined,
      derivedOrigin(originOf(first), originOf(second)),
    );
    return isKnownRange && array.kind === 'tensor' ? markDraws(array, low, last) : array;
  };
}

/** `choice(a, size)`: of 0 … a - 1, or of the entries of a. */
const choiceOperation: ArrayOperation = (call) => {
  const source = call.argument('a');
  const count = dimFromValue(source);
  const shape = shapeOfSize(call, call.argument('size'));
  const size = elementCount(shape);
  const isUniform = call.argument('p').kind === 'none';
  if (count !== undefined) {
    const range =
      isKnown(count) && count > 0 ? rangeBetween(0, count - 1, { integral: true, attained: isUniform && drawsAll(size, count) }) : undefined;
    return drawn(call, shape, 'int64', range, originOf(source));
  }
  const tensor = tensorOf(call, source);
  if (tensor === undefined || tensor.dtype === 'string')
    return call.argument('size').kind === 'none' ? unknown() : drawn(call, shape, tensor?.dtype, undefined);
  const values = distinctValues(tensor);
  const range =
    tensor.range === undefined
      ? undefined
      : { ...tensor.range, attained: tensor.range.attained && isUniform && values !== undefined && drawsAll(size, values.length) };
  const rows = tensor.shape.dims?.slice(1);
  return drawn(
    call,
    rows === undefined || shape.dims === undefined ? unknownShape : { dims: [...shape.dims, ...rows] },
    tensor.dtype,
    range,
    tensor.origin,
  );
};

/** `permutation(n)` or of an array's rows. */
const permutationOperation: ArrayOperation = (call) => {
  const source = call.argument('x');
  const count = dimFromValue(source);
  if (count !== undefined) {
    const range = isKnown(count) && count > 0 ? rangeBetween(0, count - 1, { integral: true, attained: true }) : undefined;
    return permutationSlot.on(makeArray({ cls: call.cls, shape: shapeOf(count), dtype: 'int64', range, origin: originOf(source) }), true);
  }
  const tensor = tensorOf(call, source);
  return tensor === undefined ? unknown() : drawn(call, tensor.shape, tensor.dtype, tensor.range, tensor.origin);
};

/** In place: the elements stay, their order is not known any more. */
const shuffleOperation: ArrayOperation = (call) => {
  const target = call.argument('x');
  if (target.kind === 'tensor') forgetOrder(target);
  // Entries of a list that are not alike stand for one another from here on.
  if (target.kind === 'list' && target.items.some((item) => item.kind !== target.items[0]?.kind)) openContainer(target);
  else if (target.kind === 'list' && target.items.length > 1 && target.items[0]?.kind === 'int')
    replaceItems(
      target,
      target.items.map(() => unknown(undefined, 'int')),
      target.open,
    );
  return none;
};

const multivariateOperation: ArrayOperation = (call) => {
  const mean = tensorOf(call, call.argument('mean'));
  const shape = shapeOfSize(call, call.argument('size'));
  const [width] = mean?.shape.dims ?? [];
  return drawn(call, shape.dims === undefined ? unknownShape : { dims: [...shape.dims, width ?? unknownDim()] }, 'float64', undefined);
};

/** multinomial, dirichlet: one axis more, as long as the probabilities. */
function withLast(parameter: string, dtype: DType, range: ValueRange): ArrayOperation {
  return (call) => {
    const probabilities = tensorOf(call, call.argument(parameter));
    const shape = shapeOfSize(call, call.argument('size'));
    return drawn(
      call,
      shape.dims === undefined ? unknownShape : { dims: [...shape.dims, probabilities?.shape.dims?.at(-1) ?? unknownDim()] },
      dtype,
      range,
    );
  };
}

function uniformRange(call: ArrayCall): ValueRange | undefined {
  const [low, high] = [numberFromValue(call.argument('low')), numberFromValue(call.argument('high'))];
  return low === undefined || high === undefined ? undefined : rangeBetween(Math.min(low, high), Math.max(low, high));
}

const nothing: ArrayOperation = () => none;

const distributions: ArrayDeclarations = {
  uniform: ['low=0.0, high=1.0, size=None', distribution(['low', 'high'], 'float64', uniformRange)],
  normal: ['loc=0.0, scale=1.0, size=None', distribution(['loc', 'scale'], 'float64')],
  beta: ['a, b, size=None', distribution(['a', 'b'], 'float64', () => unit)],
  binomial: [
    'n, p, size=None',
    distribution(['n', 'p'], 'int64', (call) => rangeBetween(0, numberFromValue(call.argument('n')) ?? Number.POSITIVE_INFINITY, { integral: true })),
  ],
  chisquare: ['df, size=None', distribution(['df'], 'float64', () => positive)],
  dirichlet: ['alpha, size=None', withLast('alpha', 'float64', unit)],
  exponential: ['scale=1.0, size=None', distribution(['scale'], 'float64', () => positive)],
  gamma: ['shape, scale=1.0, size=None', distribution(['shape', 'scale'], 'float64', () => positive)],
  geometric: ['p, size=None', distribution(['p'], 'int64', () => counts)],
  gumbel: ['loc=0.0, scale=1.0, size=None', distribution(['loc', 'scale'], 'float64')],
  laplace: ['loc=0.0, scale=1.0, size=None', distribution(['loc', 'scale'], 'float64')],
  logistic: ['loc=0.0, scale=1.0, size=None', distribution(['loc', 'scale'], 'float64')],
  lognormal: ['mean=0.0, sigma=1.0, size=None', distribution(['mean', 'sigma'], 'float64', () => positive)],
  multinomial: ['n, pvals, size=None', withLast('pvals', 'int64', counts)],
  multivariate_normal: ['mean, cov, size=None, check_valid="warn", tol=1e-8, **kwargs', multivariateOperation],
  pareto: ['a, size=None', distribution(['a'], 'float64', () => positive)],
  poisson: ['lam=1.0, size=None', distribution(['lam'], 'int64', () => counts)],
  rayleigh: ['scale=1.0, size=None', distribution(['scale'], 'float64', () => positive)],
  standard_cauchy: ['size=None', bySize(undefined)],
  standard_exponential: ['size=None, dtype=None, method="zig", out=None', bySize(positive)],
  standard_t: ['df, size=None', distribution(['df'], 'float64')],
  triangular: ['left, mode, right, size=None', distribution(['left', 'mode', 'right'], 'float64')],
  vonmises: ['mu, kappa, size=None', distribution(['mu', 'kappa'], 'float64')],
  weibull: ['a, size=None', distribution(['a'], 'float64', () => positive)],
  zipf: ['a, size=None', distribution(['a'], 'int64', () => counts)],
  permutation: ['x, axis=0', permutationOperation],
  shuffle: ['x, axis=0', shuffleOperation],
};

/** The functions of the module, which RandomState has as methods. */
const legacy: ArrayDeclarations = {
  ...distributions,
  seed: ['seed=None', nothing],
  set_state: ['state', nothing],
  get_state: ['legacy=True', () => unknown()],
  rand: ['*size', byAxes(unit)],
  randn: ['*size', byAxes(undefined)],
  randint: ['low, high=None, size=None, dtype=None', integers(false)],
  random_integers: ['low, high=None, size=None', integers(true)],
  random: ['size=None', bySize(unit)],
  random_sample: ['size=None', bySize(unit)],
  ranf: ['size=None', bySize(unit)],
  sample: ['size=None', bySize(unit)],
  standard_normal: ['size=None', bySize(undefined)],
  choice: ['a, size=None, replace=True, p=None', choiceOperation],
  bytes: ['length', () => unknown(undefined, 'bytes')],
};

/** What `default_rng()` gives. */
const modern: ArrayDeclarations = {
  ...distributions,
  integers: ['low, high=None, size=None, dtype=None, endpoint=False', integers(false)],
  random: ['size=None, dtype=None, out=None', bySize(unit)],
  standard_normal: ['size=None, dtype=None, out=None', bySize(undefined)],
  choice: ['a, size=None, replace=True, p=None, axis=0, shuffle=True', choiceOperation],
  permuted: ['x, *, axis=None, out=None', permutationOperation],
  spawn: ['n_children', () => unknown()],
  bytes: ['length', () => unknown(undefined, 'bytes')],
};

const generatorClass = nativeClass({
  name: 'Generator',
  qualifiedName: 'numpy.random.Generator',
  members: arrayMethods(numpyLibrary, modern),
  constructSignature: 'bit_generator=None',
  construct: (_, cls) => instance(cls),
});
const randomStateClass = nativeClass({
  name: 'RandomState',
  qualifiedName: 'numpy.random.RandomState',
  members: arrayMethods(numpyLibrary, legacy),
  constructSignature: 'seed=None',
  construct: (_, cls) => instance(cls),
});

export const randomMembers: Readonly<Record<string, Value>> = {
  ...arrayFunctions({ ...numpyLibrary, name: 'np.random' }, { ...legacy, default_rng: ['seed=None', () => instance(generatorClass)] }),
  Generator: generatorClass,
  RandomState: randomStateClass,
};
