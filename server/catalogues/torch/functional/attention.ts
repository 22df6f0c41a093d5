// Scaled dot-product attention and multi-head attention, shared by the modules. Source of shapes and refusals: PyTorch 2.13.
// It must not know modules.
import { addDims, type Dim, dimEquals, divides, formatDim, isKnown, multiplyDims, unknownDim } from '../../../tensors/dim.ts';
import { type DType, isFloating } from '../../../tensors/dtype.ts';
import { broadcastAll, broadcastTo, formatShape, type Shape, shapeOfRank, unknownShape } from '../../../tensors/shape.ts';
import { message, type MessageValues, type Template } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { none, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { countMultiplyAdds } from '../../arrays/costs.ts';
import { type ArrayCall, type ArrayContext, type ArrayDeclarations, refuse, refuseConflict } from '../../arrays/library.ts';
import { demandEqual } from '../equations.ts';
import { torchTensor } from '../library.ts';
import { mayMix } from '../precision.ts';

function differs(left: Dim | undefined, right: Dim | undefined): boolean {
  return left !== undefined && right !== undefined && dimEquals(left, right) === false;
}

/** `softmax(q kᵀ) v`: the axes in front broadcast; as many rows as the queries, as wide as the values. */
function scaledDotProduct(call: ArrayCall): Value {
  const query = tensorOf(call, call.operand(0)),
    key = tensorOf(call, call.operand(1)),
    value = tensorOf(call, call.operand(2));
  if (query === undefined || key === undefined || value === undefined) return unknown();
  const shapes = (): string => [query, key, value].map((one) => formatShape(one.shape)).join(', ');
  const dims = [query, key, value].map((one) => one.shape.dims);
  const failed = (template: Template, values: MessageValues = {}, rule = 'shape-mismatch'): Value =>
    refuse(call, rule, message(template, { layer: call.name, shapes: shapes(), ...values }), query.shape.dims?.length);
  if (dims.some((one) => one !== undefined && one.length < 2)) return failed('{layer}: query, key and value need at least 2 axes, got {shapes}');
  const mask = call.argument('attn_mask');
  if (mask.kind === 'tensor' && call.args.flag('is_causal') === true)
    return failed('{layer}: attn_mask and is_causal=True exclude each other', {}, 'invalid-argument');
  if (mask.kind === 'tensor' && mask.dtype !== undefined && mask.dtype !== 'bool' && !isFloating(mask.dtype))
    return failed('{layer}: attn_mask must be bool or floating point, got {dtype}', { dtype: mask.dtype }, 'invalid-argument');
  if (!mayMix(call.interpreter) && [key, value].some((one) => one.dtype !== undefined && query.dtype !== undefined && one.dtype !== query.dtype)) {
    return failed(
      '{layer}: query, key and value must have the same type, got {query}, {key} and {value}',
      { query: query.dtype ?? '', key: key.dtype ?? '?', value: value.dtype ?? '?' },
      'invalid-argument',
    );
  }
  const [queries, keys, values] = dims;
  if (queries === undefined || keys === undefined || values === undefined)
    return torchTensor({ shape: queries === undefined ? unknownShape : shapeOfRank(queries.length), dtype: query.dtype });
  if (differs(queries.at(-1), keys.at(-1)))
    return failed('{layer}: queries have {left} features, keys {right}: {shapes}', {
      left: formatDim(queries.at(-1) ?? 0),
      right: formatDim(keys.at(-1) ?? 0),
    });
  if (differs(keys.at(-2), values.at(-2)))
    return failed('{layer}: there are {left} keys and {right} values: {shapes}', {
      left: formatDim(keys.at(-2) ?? 0),
      right: formatDim(values.at(-2) ?? 0),
    });
  demandEqual(call.interpreter, queries.at(-1) ?? 1, keys.at(-1) ?? 1, call.layer);
  const grouped = call.args.flag('enable_gqa');
  const heads = [queries, keys, values].map((one) => one.at(-3));
  const [own, shared] = heads;
  if (grouped === true && own !== undefined && shared !== undefined && divides(shared, own) === false) {
    return failed('{layer}: {heads} query heads are no multiple of the {shared} key heads: {shapes}', {
      heads: formatDim(own),
      shared: formatDim(shared),
    });
  }
  const leading = broadcastAll([queries, keys, values].map((one) => ({ dims: grouped === false ? one.slice(0, -2) : one.slice(0, -3) })));
  if (!leading.ok) {
    refuseConflict(call, leading.reason, [query.shape, key.shape, value.shape]);
    return torchTensor({ shape: shapeOfRank(queries.length), dtype: query.dtype });
  }
  const front =
    leading.shape.dims === undefined
      ? undefined
      : grouped === false
        ? leading.shape.dims
        : [...leading.shape.dims, ...(own === undefined ? [] : [grouped === true ? own : unknownDim()])];
  if (front === undefined) return torchTensor({ shape: unknownShape, dtype: query.dtype });
  const [rows, columns] = [queries.at(-2) ?? unknownDim(), keys.at(-2) ?? unknownDim()];
  if (mask.kind === 'tensor' && mask.shape.dims !== undefined) {
    const scores: Shape = { dims: [...front, rows, columns] };
    const fitted = broadcastTo(mask.shape, scores.dims ?? []);
    if (!fitted.ok)
      return failed('{layer}: attn_mask {mask} does not broadcast to the scores {scores}', {
        mask: formatShape(mask.shape),
        scores: formatShape(scores),
      });
  }
  const scores: Shape = { dims: [...front, rows, columns] };
  // q kᵀ, then the weights times v.
  countMultiplyAdds(call, scores, queries.at(-1));
  countMultiplyAdds(call, scores, values.at(-1));
  return torchTensor({ shape: { dims: [...front, rows, values.at(-1) ?? unknownDim()] }, dtype: query.dtype });
}

export interface MultiHeadFacts {
  readonly embed: Dim;
  /** Features of keys and values that the weights take. */
  readonly keyFeatures: Dim;
  readonly valueFeatures: Dim;
  readonly heads: Dim;
  readonly batchFirst: boolean | undefined;
  /** Keys that `add_bias_kv` and `add_zero_attn` add. */
  readonly addedKeys: number;
  readonly needsWeights: boolean | undefined;
  readonly averages: boolean | undefined;
  readonly mask: Value;
  readonly keyPadding: Value;
  readonly isCausal: boolean | undefined;
}

/** The output, as the queries with `embed` features, and the weights (samples, queries, keys) or None. */
export function multiHeadAttention(context: ArrayContext, query: TensorValue, key: TensorValue, value: TensorValue, facts: MultiHeadFacts): Value {
  const failed = (
    template: Template,
    values: MessageValues = {},
    rule = 'shape-mismatch',
    exception = 'AssertionError',
  ): void => {
    context.interpreter.refuse({
      rule,
      exception,
      place: context.place,
      layer: context.layer,
      message: message(template, { layer: context.name, ...values }),
    });
  };
  const dims = query.shape.dims;
  const give = (shape: Shape, weights: Value): Value =>
    tuple([torchTensor({ shape, dtype: query.dtype }), facts.needsWeights === false ? none : facts.needsWeights === undefined ? unknown() : weights]);
  if (dims === undefined || key.shape.dims === undefined || value.shape.dims === undefined)
    return give(dims === undefined ? unknownShape : { dims: [...dims.slice(0, -1), facts.embed] }, unknown());
  const [keys, values] = [key.shape.dims, value.shape.dims];
  if (dims.length !== 2 && dims.length !== 3) {
    failed('{layer} expects a query of 2 or 3 axes, got {shape}', { shape: formatShape(query.shape) });
    return give(unknownShape, unknown());
  }
  const result: Shape = { dims: [...dims.slice(0, -1), facts.embed] };
  const isBatched = dims.length === 3;
  const [batchAxis, timeAxis] = !isBatched
    ? [undefined, 0]
    : facts.batchFirst === undefined
      ? [undefined, undefined]
      : facts.batchFirst
        ? [0, 1]
        : [1, 0];
  const rows = timeAxis === undefined ? unknownDim() : (dims[timeAxis] ?? unknownDim());
  const columns = timeAxis === undefined ? unknownDim() : (keys[timeAxis] ?? unknownDim());
  const batch = batchAxis === undefined ? undefined : dims[batchAxis];
  const weights = (): Value => {
    const front = !isBatched ? [] : [batch ?? unknownDim()];
    const middle = facts.averages === undefined ? undefined : facts.averages ? [] : [facts.heads];
    return torchTensor({
      shape: middle === undefined ? unknownShape : { dims: [...front, ...middle, rows, addDims(columns, facts.addedKeys)] },
      dtype: query.dtype,
    });
  };
  const checkMasks = (): void => {
    const { mask, keyPadding } = facts;
    for (const [one, name] of [
      [mask, 'attn_mask'],
      [keyPadding, 'key_padding_mask'],
    ] as const) {
      if (one.kind === 'tensor' && !isMaskType(one.dtype)) {
        failed('{layer}: {name} must be bool or floating point, got {dtype}', { name, dtype: one.dtype ?? '' }, 'invalid-argument');
        return;
      }
    }
    if (mask.kind === 'tensor' && mask.shape.dims !== undefined && timeAxis !== undefined) {
      const own = mask.shape.dims;
      const expected: Dim[] =
        own.length === 3 ? [isBatched ? multiplyDims(batch ?? unknownDim(), facts.heads) : facts.heads, rows, columns] : [rows, columns];
      if ((own.length !== 2 && own.length !== 3) || own.some((dim, axis) => differs(dim, expected[axis]))) {
        failed(
          '{layer}: attn_mask must have shape {expected}, got {actual}',
          { expected: formatShape({ dims: expected }), actual: formatShape(mask.shape) },
          'shape-mismatch',
          'RuntimeError',
        );
        return;
      }
    }
    if (keyPadding.kind === 'tensor' && keyPadding.shape.dims !== undefined && timeAxis !== undefined) {
      const expected: Dim[] = isBatched ? [batch ?? unknownDim(), columns] : [columns];
      const own = keyPadding.shape.dims;
      if (own.length !== expected.length || own.some((dim, axis) => differs(dim, expected[axis]))) {
        failed('{layer}: key_padding_mask must have shape {expected}, got {actual}', {
          expected: formatShape({ dims: expected }),
          actual: formatShape(keyPadding.shape),
        });
      }
    }
  };
  const checkInputs = (): void => {
    if (keys.length !== dims.length || values.length !== dims.length) {
      failed('{layer}: query, key and value need the same number of axes, got {query}, {key} and {value}', {
        query: formatShape(query.shape),
        key: formatShape(key.shape),
        value: formatShape(value.shape),
      });
      return;
    }
    for (const [tensor, expected, name] of [
      [query, facts.embed, 'query'],
      [key, facts.keyFeatures, 'key'],
      [value, facts.valueFeatures, 'value'],
    ] as const) {
      const last = tensor.shape.dims?.at(-1);
      if (last === undefined) continue;
      if (differs(last, expected)) {
        failed('{layer} expects a {what} of {expected} features, got {actual}: its shape is {shape}', {
          what: name,
          expected: formatDim(expected),
          actual: formatDim(last),
          shape: formatShape(tensor.shape),
        });
        return;
      }
      demandEqual(context.interpreter, last, expected, context.layer);
    }
    if (keys.slice(0, -1).some((dim, axis) => differs(dim, values[axis]))) {
      failed('{layer}: keys {key} and values {value} must be as many', { key: formatShape(key.shape), value: formatShape(value.shape) });
      return;
    }
    if (batchAxis !== undefined && differs(batch, keys[batchAxis])) {
      failed(
        '{layer} reads {query} as {batch} samples and the keys {key} as {other}: batch_first={first}',
        {
          query: formatShape(query.shape),
          key: formatShape(key.shape),
          batch: formatDim(batch ?? 0),
          other: formatDim(keys[batchAxis] ?? 0),
          first: facts.batchFirst === true ? 'True' : 'False',
        },
        'shape-mismatch',
        'RuntimeError',
      );
      return;
    }
    if (facts.isCausal === true && facts.mask.kind === 'none') {
      failed('{layer}: is_causal=True needs attn_mask', {}, 'invalid-argument', 'RuntimeError');
      return;
    }
    checkMasks();
  };
  checkInputs();
  return give(result, weights());
}

function isMaskType(dtype: DType | undefined): boolean {
  return dtype === undefined || dtype === 'bool' || isFloating(dtype);
}

/** Whether heads split the features evenly; false only where they certainly do not. */
export function splitsEvenly(embed: Dim, heads: Dim): boolean {
  return !(isKnown(heads) && heads > 0 && divides(heads, embed) === false);
}

function multiHeadForward(call: ArrayCall): Value {
  const [query, key, value] = [0, 1, 2].map((at) => tensorOf(call, call.operand(at)));
  if (query === undefined || key === undefined || value === undefined) return tuple([unknown(), unknown()]);
  const embed = dimFromValue(call.argument('embed_dim_to_check')) ?? unknownDim();
  const heads = dimFromValue(call.argument('num_heads')) ?? unknownDim();
  if (!splitsEvenly(embed, heads)) {
    refuse(
      call,
      'invalid-argument',
      message('{layer}: {embed} features do not split into {heads} heads', { layer: call.name, embed: formatDim(embed), heads: formatDim(heads) }),
      undefined,
      'AssertionError',
    );
    return tuple([unknown(), unknown()]);
  }
  const separate = call.args.flag('use_separate_proj_weight');
  const width = (name: string): Dim => {
    const weight = call.argument(name);
    return separate === false ? embed : ((weight.kind === 'tensor' ? weight.shape.dims?.[1] : undefined) ?? unknownDim());
  };
  const added = (name: string): number => (call.argument(name).kind === 'none' || call.args.flag(name) === false ? 0 : 1);
  return multiHeadAttention(call, query, key, value, {
    embed,
    heads,
    keyFeatures: width('k_proj_weight'),
    valueFeatures: width('v_proj_weight'),
    batchFirst: false,
    addedKeys: added('bias_k') + added('add_zero_attn'),
    needsWeights: call.args.flag('need_weights'),
    averages: call.args.flag('average_attn_weights'),
    mask: call.argument('attn_mask'),
    keyPadding: call.argument('key_padding_mask'),
    isCausal: call.args.flag('is_causal'),
  });
}

export const attentionFunctions: ArrayDeclarations = {
  scaled_dot_product_attention: ['query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False', scaledDotProduct],
  multi_head_attention_forward: [
    'query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, ' +
      'need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True, is_causal=False',
    multiHeadForward,
  ],
};
