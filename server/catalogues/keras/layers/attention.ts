// Attention layers. Their query is the input; value and key come with the call, or in the input's list. It must not know how layers become classes.
import { type Dim, dimEquals, divides, formatDim, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { averageRange, softmaxRange } from '../../../tensors/range.ts';
import { formatShape, type Shape, shapeOf, shapesEqual, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { tuple, unknown } from '../../../values/value.ts';
import type { LayerBuild, LayerDeclaration, LayerInvocation, WeightDeclaration } from '../layer-declaration.ts';
import { flag, integerOf, itemsOf, sizeOf } from './arguments.ts';
import { isUndefinedAxis, knownProduct, optionalWeight, withDim } from './outputs.ts';
import { type Check, checks, identifiers, isNoNumber, oneOf, positiveInteger, refuseArgument, shown } from './refusals.ts';

const projectionArguments =
  "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, " +
  'kernel_constraint=None, bias_constraint=None, use_gate=False, seed=None, **kwargs';
const projectedCall =
  'query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None, return_attention_scores=False, training=None, ' +
  'use_causal_mask=False';

const dropoutNumber: Check = (construction) =>
  isNoNumber(construction.args.get('dropout')) &&
  refuseArgument(
    construction,
    'dropout',
    message('{layer}: the argument "dropout" must be a number, got {actual}', {
      layer: construction.className,
      actual: shown(construction, construction.args.get('dropout')),
    }),
  );

/** Shapes of query, value and key; unknown where they are no tensors. */
function projectedShapes(build: LayerBuild): { readonly query: Shape; readonly value: Shape; readonly key: Shape } {
  const shapeOfArgument = (name: string): Shape | undefined => {
    const given = build.callArgs?.get(name);
    return given?.kind === 'tensor' ? given.shape : given === undefined || given.kind === 'none' ? undefined : unknownShape;
  };
  const value = shapeOfArgument('value') ?? unknownShape;
  return { query: build.input.kind === 'tensor' ? build.input.shape : build.inputShape, value, key: shapeOfArgument('key') ?? value };
}

function lastSize(build: LayerBuild, shape: Shape, what: string, axis = -1): Dim {
  const size = shape.dims?.at(axis);
  if (size === undefined) return unknownDim();
  if (!isUndefinedAxis(size)) return size;
  build.refuse(
    message('{layer} needs a {what} whose last axis is defined, got {shape}', { layer: build.layer.name, what, shape: formatShape(shape) }),
    { rule: 'shape-mismatch' },
  );
  return unknownDim();
}

interface Projection {
  readonly name: string;
  readonly from: Dim;
  readonly to: readonly Dim[];
}

function projectionWeights(
  build: LayerBuild,
  projections: readonly Projection[],
  output: { readonly from: readonly Dim[]; readonly to: readonly Dim[] },
): readonly WeightDeclaration[] {
  const useBias = flag(build.args, 'use_bias');
  return [
    ...projections.flatMap(({ name, from, to }) => [
      { name: `${name}/kernel`, shape: shapeOf(from, ...to) },
      ...optionalWeight(useBias, { name: `${name}/bias`, shape: shapeOf(...to) }),
    ]),
    { name: 'attention_output/kernel', shape: shapeOf(...output.from, ...output.to) },
    ...optionalWeight(useBias, { name: 'attention_output/bias', shape: shapeOf(...output.to) }),
  ];
}

/** `gate` has the query's input and the value's width. */
function gateProjection(build: LayerBuild, from: Dim, to: readonly Dim[]): readonly Projection[] {
  const used = flag(build.args, 'use_gate');
  return used === false ? [] : [{ name: 'gate', from, to: used === undefined ? to.map(() => unknownDim()) : to }];
}

/** value and key must agree in all axes but the last and the batch. */
function refusesDifferentKeys(build: LayerBuild, shapes: { readonly value: Shape; readonly key: Shape }): void {
  const [value, key] = [shapes.value.dims?.slice(1, -1), shapes.key.dims?.slice(1, -1)];
  if (value === undefined || key === undefined || value.some(isUndefinedAxis) || key.some(isUndefinedAxis)) return;
  if (shapesEqual({ dims: value }, { dims: key }) !== false) return;
  build.refuse(
    message('{layer} needs a key with the steps of the value, got {value} and {key}', {
      layer: build.layer.name,
      value: formatShape(shapes.value),
      key: formatShape(shapes.key),
    }),
    { rule: 'shape-mismatch' },
  );
}

/** `output_shape` of MultiHeadAttention; undefined: as wide as the query. */
function outputSizes(build: LayerBuild): readonly Dim[] | undefined {
  const given = build.args.get('output_shape');
  if (given.kind === 'none') return undefined;
  return (itemsOf(given) ?? [given]).map((item) => integerOf(item) ?? unknownDim());
}

function valueWidth(build: LayerBuild): Dim {
  return build.args.isNone('value_dim') ? sizeOf(build.args, 'key_dim') : sizeOf(build.args, 'value_dim');
}

/** Scores of every query step against every key step. */
function scoresShape(query: Shape, key: Shape, heads: Dim): Shape {
  return shapeOf(query.dims?.[0] ?? unknownDim(), heads, query.dims?.[1] ?? unknownDim(), key.dims?.[1] ?? unknownDim());
}

function withScores(invocation: LayerInvocation, output: TensorValue, scores: () => TensorValue): Value {
  const wanted = flag(invocation.callArgs, 'return_attention_scores');
  return wanted === undefined ? unknown() : wanted ? tuple([output, scores()]) : output;
}

/** Projections of all steps, the scores and the weighted sums. */
function projectedMultiplyAdds(
  invocation: LayerInvocation,
  queryHeads: Dim,
  keyHeads: Dim,
  keyWidth: Dim,
  width: Dim,
  output: Dim,
): number | undefined {
  const { query, value, key } = projectedShapes(invocation);
  const steps = (shape: Shape): Dim => (shape.dims === undefined ? unknownDim() : multiplyDims(...shape.dims.slice(1, -1)));
  const features = (shape: Shape): Dim => shape.dims?.at(-1) ?? unknownDim();
  const parts = [
    knownProduct(steps(query), features(query), queryHeads, keyWidth),
    knownProduct(steps(key), features(key), keyHeads, keyWidth),
    knownProduct(steps(value), features(value), keyHeads, width),
    knownProduct(steps(query), steps(value), queryHeads, keyWidth),
    knownProduct(steps(query), steps(value), queryHeads, width),
    knownProduct(steps(query), queryHeads, width, output),
  ];
  return parts.reduce<number | undefined>((total, part) => (total === undefined || part === undefined ? undefined : total + part), 0);
}

const attentionAxes: Check = (construction) => {
  const value = construction.args.get('attention_axes');
  const wrong = (value.kind === 'str' && value.value !== '') || (value.kind === 'float' && value.value !== 0) || value.kind === 'dict';
  return (
    wrong &&
    refuseArgument(
      construction,
      'attention_axes',
      message('{layer}: the argument "attention_axes" must be an integer or several, got {actual}', {
        layer: construction.className,
        actual: shown(construction, value),
      }),
    )
  );
};

const multiHeadAttention: LayerDeclaration = {
  name: 'MultiHeadAttention',
  signature: `num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, sliding_window=None, flash_attention=None, ${projectionArguments}`,
  callSignature: projectedCall,
  check: checks(
    positiveInteger('num_heads'),
    positiveInteger('key_dim'),
    positiveInteger('value_dim', { optional: true }),
    positiveInteger('sliding_window', { optional: true }),
    attentionAxes,
    dropoutNumber,
    identifiers,
  ),
  weights: (build) => {
    const shapes = projectedShapes(build);
    refusesDifferentKeys(build, shapes);
    const [heads, keys, width] = [sizeOf(build.args, 'num_heads'), sizeOf(build.args, 'key_dim'), valueWidth(build)];
    const query = lastSize(build, shapes.query, 'query');
    return projectionWeights(
      build,
      [
        { name: 'query', from: query, to: [heads, keys] },
        { name: 'key', from: lastSize(build, shapes.key, 'key'), to: [heads, keys] },
        ...gateProjection(build, query, [heads, width]),
        { name: 'value', from: lastSize(build, shapes.value, 'value'), to: [heads, width] },
      ],
      { from: [heads, width], to: outputSizes(build) ?? [query] },
    );
  },
  output: (invocation) => {
    const { query } = projectedShapes(invocation);
    const sizes = outputSizes(invocation);
    const shape = query.dims === undefined || sizes === undefined ? query : { dims: [...query.dims.slice(0, -1), ...sizes] };
    if (invocation.tensor === undefined) return unknown();
    // Keras promises a square, also where query and key differ in length.
    return withScores(invocation, invocation.result(shape), () =>
      invocation.result(scoresShape(query, query, sizeOf(invocation.args, 'num_heads')), { range: softmaxRange() }),
    );
  },
  multiplyAdds: (invocation) => {
    const heads = sizeOf(invocation.args, 'num_heads');
    const output = outputSizes(invocation) ?? [projectedShapes(invocation).query.dims?.at(-1) ?? unknownDim()];
    return projectedMultiplyAdds(invocation, heads, heads, sizeOf(invocation.args, 'key_dim'), valueWidth(invocation), multiplyDims(...output));
  },
};

const headsShareKeys: Check = (construction) => {
  const [queries, keys] = [construction.args.int('num_query_heads'), construction.args.int('num_key_value_heads')];
  if (queries === undefined || keys === undefined || divides(keys, queries) !== false) return false;
  return refuseArgument(
    construction,
    'num_key_value_heads',
    message('{layer}: num_key_value_heads must divide num_query_heads, got {keys} and {queries}', {
      layer: construction.className,
      keys: formatDim(keys),
      queries: formatDim(queries),
    }),
  );
};

const groupedQueryAttention: LayerDeclaration = {
  name: 'GroupQueryAttention',
  signature: `head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, sliding_window=None, flash_attention=None, ${projectionArguments}`,
  callSignature: projectedCall,
  check: checks(
    positiveInteger('num_query_heads'),
    positiveInteger('num_key_value_heads'),
    positiveInteger('head_dim'),
    headsShareKeys,
    positiveInteger('sliding_window', { optional: true }),
    dropoutNumber,
    identifiers,
  ),
  weights: (build) => {
    const shapes = projectedShapes(build);
    const [heads, shared, width] = [sizeOf(build.args, 'num_query_heads'), sizeOf(build.args, 'num_key_value_heads'), sizeOf(build.args, 'head_dim')];
    // The features are axis 2, whatever the rank.
    const [query, key, value] = [
      lastSize(build, shapes.query, 'query', 2),
      lastSize(build, shapes.key, 'key', 2),
      lastSize(build, shapes.value, 'value', 2),
    ];
    return projectionWeights(
      build,
      [
        { name: 'query', from: query, to: [heads, width] },
        { name: 'key', from: key, to: [shared, width] },
        ...gateProjection(build, query, [heads, width]),
        { name: 'value', from: value, to: [shared, width] },
      ],
      { from: [heads, width], to: [lastSize(build, shapes.query, 'query')] },
    );
  },
  output: (invocation) => {
    if (invocation.tensor === undefined) return unknown();
    const shapes = projectedShapes(invocation);
    const [query, value] = [shapes.query.dims?.at(-1), shapes.value.dims?.at(-1)];
    if (query !== undefined && value !== undefined && dimEquals(query, value) === false) {
      invocation.refuse(
        message('{layer} needs a query and a value of the same width, got {query} and {value}', {
          layer: invocation.layer.name,
          query: formatShape(shapes.query),
          value: formatShape(shapes.value),
        }),
        { rule: 'shape-mismatch' },
      );
    }
    refusesDifferentKeys(invocation, shapes);
    const scores = (): TensorValue =>
      invocation.result(scoresShape(shapes.query, shapes.key, sizeOf(invocation.args, 'num_query_heads')), { range: softmaxRange() });
    return withScores(invocation, invocation.result(shapes.query), scores);
  },
  multiplyAdds: (invocation) => {
    const width = sizeOf(invocation.args, 'head_dim');
    const output = projectedShapes(invocation).query.dims?.at(-1) ?? unknownDim();
    return projectedMultiplyAdds(
      invocation,
      sizeOf(invocation.args, 'num_query_heads'),
      sizeOf(invocation.args, 'num_key_value_heads'),
      width,
      width,
      output,
    );
  },
};

const scoreMode = oneOf('score_mode', ['dot', 'concat']);
const listedCall = 'inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False';

/** `[query, value]` or `[query, value, key]`, refused where it certainly is neither. */
function refusesNoList(build: LayerBuild): boolean {
  const { input } = build;
  const count = input.kind === 'list' && !input.open ? input.items.length : undefined;
  if (input.kind !== 'tensor' && input.kind !== 'tuple' && (count === undefined || count === 2 || count === 3)) return false;
  const actual = input.kind === 'tensor' ? formatShape(input.shape) : input.kind === 'tuple' ? 'a tuple' : `a list of ${count ?? 0}`;
  build.refuse(message('{layer} takes a list [query, value] or [query, value, key], got {actual}', { layer: build.layer.name, actual }), {
    rule: 'shape-mismatch',
  });
  return true;
}

function listedOutput(invocation: LayerInvocation): Value {
  const [query, value, key = value] = invocation.tensors ?? [];
  if (invocation.input.kind !== 'list' || query === undefined || value === undefined || key === undefined) return unknown();
  const dims = query.shape.dims;
  const shape = dims === undefined ? unknownShape : withDim(dims, -1, value.shape.dims?.at(-1) ?? unknownDim());
  const steps = key.shape.dims?.at(-2) ?? unknownDim();
  const range = value.range === undefined ? undefined : averageRange(value.range);
  return withScores(invocation, invocation.result(shape, { range }), () =>
    invocation.result(dims === undefined ? unknownShape : withDim(dims, -1, steps), { range: softmaxRange() }),
  );
}

function listedMultiplyAdds(invocation: LayerInvocation): number | undefined {
  const [query, value] = (invocation.tensors ?? []).map((tensor) => tensor.shape.dims);
  if (query?.length !== 3 || value?.length !== 3) return undefined;
  const [scores, sums] = [query, value].map((of) => knownProduct(query[1] ?? 0, value[1] ?? 0, of[2] ?? 0));
  return scores === undefined || sums === undefined ? undefined : scores + sums;
}

const attention: LayerDeclaration = {
  name: 'Attention',
  signature: "use_scale=False, score_mode='dot', dropout=0.0, seed=None, **kwargs",
  callSignature: listedCall,
  check: checks(dropoutNumber, scoreMode),
  weights: (build) => {
    if (refusesNoList(build)) return [];
    const mode = build.args.str('score_mode');
    return [
      ...optionalWeight(flag(build.args, 'use_scale'), { name: 'scale', shape: shapeOf() }),
      ...optionalWeight(mode === undefined ? undefined : mode === 'concat', { name: 'concat_score_weight', shape: shapeOf() }),
    ];
  },
  output: listedOutput,
  multiplyAdds: listedMultiplyAdds,
};

const additiveAttention: LayerDeclaration = {
  name: 'AdditiveAttention',
  base: 'Attention',
  signature: 'use_scale=True, dropout=0.0, **kwargs',
  callSignature: listedCall,
  extraKeywords: ['score_mode', 'seed'],
  check: checks(dropoutNumber, (construction) => construction.args.given('score_mode') === true && scoreMode(construction)),
  weights: (build) => {
    if (refusesNoList(build)) return [];
    const query = build.input.kind === 'list' ? build.input.items[0] : undefined;
    const shape = query?.kind === 'tensor' ? query.shape : unknownShape;
    const scaled = flag(build.args, 'use_scale');
    return optionalWeight(scaled, { name: 'scale', shape: shapeOf(scaled === false ? 0 : lastSize(build, shape, 'query')) });
  },
  output: listedOutput,
  multiplyAdds: listedMultiplyAdds,
};

export const attentionLayers: readonly LayerDeclaration[] = [multiHeadAttention, attention, additiveAttention, groupedQueryAttention];
