// Dense, EinsumDense and the embeddings. It must not know how layers become classes.
import { type Dim, unknownDim } from '../../../tensors/dim.ts';
import { formatShape, shapeOf, shapesEqual, unknownShape } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { LayerBuild, LayerDeclaration, LayerInvocation, WeightDeclaration } from '../layer-declaration.ts';
import { flag, itemsOf, sizeOf, truthOf } from './arguments.ts';
import { einsumDense } from './einsum-dense.ts';
import { activationRange } from './identifiers.ts';
import { biasWeight, builtSize, definedSize, fromTensor, optionalWeight, refusesOtherSize, timesOutput, withDim } from './outputs.ts';
import { activations, type Check, checks, identifiers, positiveInteger } from './refusals.ts';

/** Low-rank adapters: two small trainable matrices beside a frozen one. */
export function withAdapters(
  build: LayerBuild,
  name: string,
  frozen: WeightDeclaration,
  rest: readonly WeightDeclaration[],
  names: readonly [string, string] = ['lora_kernel_a', 'lora_kernel_b'],
): readonly WeightDeclaration[] {
  const present = truthOf(build.args.get('lora_rank'));
  if (present === false) return [frozen, ...rest];
  const adapterRank = sizeOf(build.args, 'lora_rank');
  const dims = frozen.shape.dims;
  return [
    { ...frozen, name, trainable: present !== true },
    ...rest,
    ...optionalWeight(present, { name: names[0], shape: dims === undefined ? unknownShape : { dims: [...dims.slice(0, -1), adapterRank] } }),
    ...optionalWeight(present, { name: names[1], shape: dims === undefined ? unknownShape : shapeOf(adapterRank, dims.at(-1) ?? unknownDim()) }),
  ];
}

const dense: LayerDeclaration = {
  name: 'Dense',
  signature:
    "units, activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, " +
    'activity_regularizer=None, kernel_constraint=None, bias_constraint=None, lora_rank=None, lora_alpha=None, quantization_config=None, **kwargs',
  callSignature: 'inputs, training=None',
  inputRank: { minimum: 2 },
  check: checks(positiveInteger('units', { plain: true }), activations, identifiers),
  weights: (build) => {
    const units = sizeOf(build.args, 'units');
    return withAdapters(build, 'kernel', { name: 'kernel', shape: shapeOf(definedSize(build, -1), units) }, biasWeight(build, units));
  },
  output: fromTensor((_, dims, invocation) => {
    refusesOtherSize(invocation, -1, builtSize(invocation, 'kernel', 0));
    const range = activationRange(invocation.args.get('activation'), undefined);
    return invocation.result(dims === undefined ? unknownShape : withDim(dims, -1, sizeOf(invocation.args, 'units')), { range });
  }),
  multiplyAdds: (invocation, output) => timesOutput(output, builtSize(invocation, 'kernel', 0) ?? unknownDim()),
};

const weightsOfEmbedding: Check = (construction) => {
  const { args } = construction;
  const given = args.get('weights');
  const items = itemsOf(given);
  const matrix = items?.length === 1 ? items[0] : given;
  if (matrix?.kind !== 'tensor') return false;
  const expected = shapeOf(sizeOf(args, 'input_dim'), sizeOf(args, 'output_dim'));
  if (shapesEqual(matrix.shape, expected) !== false) return false;
  construction.refuse(
    message('{layer} has weights of shape {expected}, got a matrix of shape {actual}', {
      layer: construction.className,
      expected: formatShape(expected),
      actual: formatShape(matrix.shape),
    }),
    { argument: 'weights', rule: 'shape-mismatch' },
  );
  return true;
};

function embeddingOutput(invocation: LayerInvocation, dims: readonly Dim[] | undefined) {
  return invocation.result(dims === undefined ? unknownShape : { dims: [...dims, sizeOf(invocation.args, 'output_dim')] });
}

const embedding: LayerDeclaration = {
  name: 'Embedding',
  signature:
    "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False, weights=None, " +
    'lora_rank=None, lora_alpha=None, quantization_config=None, **kwargs',
  extraKeywords: ['input_length'],
  check: checks(positiveInteger('input_dim', { plain: true }), positiveInteger('output_dim', { plain: true }), identifiers, weightsOfEmbedding),
  weights: (build) =>
    withAdapters(
      build,
      'embeddings',
      { name: 'embeddings', shape: shapeOf(sizeOf(build.args, 'input_dim'), sizeOf(build.args, 'output_dim')) },
      [],
      ['lora_embeddings_a', 'lora_embeddings_b'],
    ),
  output: fromTensor((_, dims, invocation) => embeddingOutput(invocation, dims)),
};

const reversibleEmbedding: LayerDeclaration = {
  name: 'ReversibleEmbedding',
  base: 'Embedding',
  signature:
    "input_dim, output_dim, tie_weights=True, embeddings_initializer='uniform', embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False, " +
    'reverse_dtype=None, logit_soft_cap=None, **kwargs',
  callSignature: 'inputs, reverse=False',
  extraKeywords: ['input_length', 'weights', 'lora_rank', 'lora_alpha', 'quantization_config'],
  check: checks(positiveInteger('input_dim'), positiveInteger('output_dim'), identifiers),
  weights: (build) => {
    const [rows, columns] = [sizeOf(build.args, 'input_dim'), sizeOf(build.args, 'output_dim')];
    const tied = flag(build.args, 'tie_weights');
    return [
      { name: 'embeddings', shape: shapeOf(rows, columns) },
      ...optionalWeight(tied === undefined ? undefined : !tied, { name: 'reverse_embeddings', shape: shapeOf(columns, rows) }),
    ];
  },
  output: fromTensor((_, dims, invocation) => {
    const reverse = flag(invocation.callArgs, 'reverse');
    if (reverse === false) return embeddingOutput(invocation, dims);
    if (reverse === undefined || dims === undefined) return invocation.result(unknownShape);
    refusesOtherSize(invocation, -1, builtSize(invocation, 'embeddings', 1));
    return invocation.result(withDim(dims, -1, sizeOf(invocation.args, 'input_dim')));
  }),
};

export const denseLayers: readonly LayerDeclaration[] = [dense, einsumDense, embedding, reversibleEmbedding];
