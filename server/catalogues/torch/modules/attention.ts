// MultiheadAttention. Source of names, shapes and refusals: PyTorch 2.13. It must not know how modules become classes.
import { addDims, type Dim, dimBounds, dimEquals, floorDivideDims, isKnown, multiplyDims, unknownDim, formatDim } from '../../../tensors/dim.ts';
import { shapeOf } from '../../../tensors/shape.ts';
import { message } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { int, maybeBool, none, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { expectSequence } from '../expected.ts';
import { multiHeadAttention, splitsEvenly } from '../functional/attention.ts';
import { meetingWeights } from '../functional/types.ts';
import type { ModuleConstruction, ModuleDeclaration, ModuleInvocation, ParameterDeclaration } from '../module-declaration.ts';
import { sizeArgument } from './arguments.ts';

interface Widths {
  readonly embed: Dim;
  readonly key: Dim;
  readonly value: Dim /** One weight for all three; undefined where that is not known. */;
  readonly shared: boolean | undefined;
}

function widthsOf({ args }: ModuleConstruction): Widths {
  const embed = dimFromValue(args.get('embed_dim')) ?? unknownDim();
  const width = (name: string): Dim => (args.isNone(name) ? embed : (dimFromValue(args.get(name)) ?? unknownDim()));
  const [key, value] = [width('kdim'), width('vdim')];
  const same = [key, value].map((one) => dimEquals(one, embed));
  return { embed, key, value, shared: same.includes(false) ? false : same.includes(undefined) ? undefined : true };
}

function check(construction: ModuleConstruction): void {
  const { args, className } = construction;
  const embed = sizeArgument(construction, 'embed_dim'),
    heads = sizeArgument(construction, 'num_heads');
  for (const [name, size] of [
    ['embed_dim', embed],
    ['num_heads', heads],
  ] as const) {
    if (dimBounds(size).high <= 0) {
      construction.refuse(
        message('{layer}: {argument} must be greater than 0, got {value}', { layer: className, argument: name, value: formatDim(size) }),
        { argument: name },
      );
      return;
    }
  }
  if (isKnown(heads) && args.get('num_heads').kind === 'int' && !splitsEvenly(embed, heads)) {
    construction.refuse(
      message('{layer}: embed_dim {embed} must be a multiple of num_heads {heads}', { layer: className, embed: formatDim(embed), heads }),
      { argument: 'num_heads', exception: 'AssertionError' },
    );
  }
}

function parameters(construction: ModuleConstruction): readonly ParameterDeclaration[] {
  const { embed, key, value, shared } = widthsOf(construction);
  const dtype = construction.dtype ?? 'float32';
  const flag = (name: string): boolean | undefined => construction.interpreter.truth(construction.args.get(name), construction.place);
  const put = (name: string, ...dims: readonly Dim[]): ParameterDeclaration => ({ name, shape: shapeOf(...dims), dtype });
  const absent = (name: string): ParameterDeclaration => ({ name, shape: undefined });
  const hasBias = flag('bias'),
    hasKeyBias = flag('add_bias_kv');
  return [
    ...(shared === false
      ? [put('q_proj_weight', embed, embed), put('k_proj_weight', embed, key), put('v_proj_weight', embed, value), absent('in_proj_weight')]
      : [
          put('in_proj_weight', shared === undefined ? unknownDim() : multiplyDims(3, embed), embed),
          absent('q_proj_weight'),
          absent('k_proj_weight'),
          absent('v_proj_weight'),
        ]),
    hasBias === false ? absent('in_proj_bias') : put('in_proj_bias', hasBias === undefined ? unknownDim() : multiplyDims(3, embed)),
    ...['bias_k', 'bias_v'].map((name) => (hasKeyBias === false ? absent(name) : put(name, 1, 1, hasKeyBias === undefined ? unknownDim() : embed))),
  ];
}

function output(invocation: ModuleInvocation): Value {
  const { callArgs, args, context } = invocation;
  const [givenQuery, givenKey, givenValue] = ['query', 'key', 'value'].map((name) => callArgs.get(name));
  if (givenQuery?.kind !== 'tensor' || givenKey?.kind !== 'tensor' || givenValue?.kind !== 'tensor')
    return tuple([unknown(), callArgs.flag('need_weights') === false ? none : unknown()]);
  const weights = ['in_proj_weight', 'q_proj_weight'].map((name) => invocation.parameter(name));
  const query = meetingWeights(context, givenQuery, weights);
  // One finding says enough of one call.
  const [key, value] = [givenKey, givenValue].map((one) =>
    one.dtype === givenQuery.dtype ? { ...one, dtype: query.dtype } : meetingWeights(context, one, weights),
  ) as [TensorValue, TensorValue];
  const widths = widthsOf(invocation);
  const added = ['add_bias_kv', 'add_zero_attn'].filter((name) => args.flag(name) === true).length;
  return multiHeadAttention(context, query, key, value, {
    embed: widths.embed,
    keyFeatures: widths.key,
    valueFeatures: widths.value,
    heads: dimFromValue(args.get('num_heads')) ?? unknownDim(),
    batchFirst: args.flag('batch_first'),
    addedKeys: added,
    needsWeights: callArgs.flag('need_weights'),
    averages: callArgs.flag('average_attn_weights'),
    mask: callArgs.get('attn_mask'),
    keyPadding: callArgs.get('key_padding_mask'),
    isCausal: callArgs.flag('is_causal'),
  });
}

export const attentionModules: readonly ModuleDeclaration[] = [
  {
    name: 'MultiheadAttention',
    signature:
      'embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None',
    callSignature: 'query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False',
    check,
    parameters,
    output,
    expects: (construction) => {
      const { embed, key, value } = widthsOf(construction);
      const first = construction.args.flag('batch_first');
      return { query: expectSequence(embed, first), key: expectSequence(key, first), value: expectSequence(value, first) };
    },
    attributes: (construction) => {
      const { embed, key, value, shared } = widthsOf(construction);
      const heads = dimFromValue(construction.args.get('num_heads'));
      return {
        kdim: int(key),
        vdim: int(value),
        _qkv_same_embed_dim: maybeBool(shared),
        head_dim: heads === undefined || heads === 0 ? unknown(undefined, 'int') : int(floorDivideDims(embed, heads)),
      };
    },
    children: (construction) => {
      const embed = construction.args.get('embed_dim');
      return {
        out_proj: construction.make('Linear', [embed, embed], { bias: construction.args.get('bias'), dtype: construction.args.get('dtype') }),
      };
    },
    multiplyAdds: (invocation, result) => {
      const first = result.kind === 'tuple' ? result.items[0] : undefined;
      const [query, key] = [invocation.callArgs.get('query'), invocation.callArgs.get('key')];
      if (
        first?.kind !== 'tensor' ||
        query.kind !== 'tensor' ||
        key.kind !== 'tensor' ||
        first.shape.dims === undefined ||
        key.shape.dims === undefined
      )
        return undefined;
      const { embed, key: keyFeatures, value: valueFeatures } = widthsOf(invocation);
      const rows = multiplyDims(...first.shape.dims.slice(0, -1)),
        columns = multiplyDims(...key.shape.dims.slice(0, -1));
      // Four projections, then scores and their sums for each query and key of a sample.
      const time = first.shape.dims.length === 2 ? 0 : invocation.args.flag('batch_first') === true ? 1 : 0;
      const total = [
        multiplyDims(2, rows, embed, embed),
        multiplyDims(columns, embed, keyFeatures),
        multiplyDims(columns, embed, valueFeatures),
        multiplyDims(2, rows, key.shape.dims[time] ?? unknownDim(), embed),
      ];
      return addDims(...total);
    },
  },
];
