// torch.nn.functional.embedding, embedding_bag and one_hot, shared by the modules. Source of shapes and refusals: PyTorch 2.13.
// It must not know modules.
import { addDims, isKnown, subtractDims, unknownDim, type Dim } from '../../../tensors/dim.ts';
import type { DType } from '../../../tensors/dtype.ts';
import { liesWithin, oneHotRange, type ValueRange } from '../../../tensors/range.ts';
import { formatShape, shapeOf, shapesEqual, unknownShape } from '../../../tensors/shape.ts';
import { practicallyReached } from '../../../values/draws.ts';
import { message, type MessageValues, type Place, type Template } from '../../../values/place.ts';
import type { TensorValue, Value } from '../../../values/value.ts';
import { unknown } from '../../../values/value.ts';
import { dimFromValue, numberFromValue } from '../../arrays/contents.ts';
import { tensorOf } from '../../arrays/conversion.ts';
import { type ArrayCall, type ArrayContext, type ArrayDeclarations, refuse } from '../../arrays/library.ts';
import { oneHot } from '../../arrays/lookup.ts';
import { torchTensor } from '../library.ts';

/** Where a program says how many rows there are: the argument that is underlined, and replaced by the fix. */
export interface RowsArgument {
  readonly name: string;
  readonly place: Place | undefined;
  readonly literal: Place | undefined;
}

/** The rows of `weight` at the positions: the positions' axes, then the row's. */
export function embedding(context: ArrayContext, input: TensorValue, weight: TensorValue, rows?: RowsArgument): Value {
  const [count, width] = weight.shape.dims ?? [];
  if (weight.shape.dims !== undefined && weight.shape.dims.length !== 2) {
    return refuse(
      context,
      'shape-mismatch',
      message('{layer}: the weight must have 2 axes, got {shape}', { layer: context.name, shape: formatShape(weight.shape) }),
    );
  }
  if (!takesPositions(context, input.dtype)) return stand(context, input, width);
  refuseOutside(context, input, count, rows);
  return stand(context, input, width, weight.dtype);
}

function stand(_context: ArrayContext, input: TensorValue, width: Dim | undefined, dtype?: DType): TensorValue {
  return torchTensor({ shape: input.shape.dims === undefined ? unknownShape : { dims: [...input.shape.dims, width ?? unknownDim()] }, dtype });
}

/** Positions are int64 or int32; PyTorch refuses all others. */
function takesPositions(context: ArrayContext, dtype: DType | undefined): boolean {
  if (dtype === undefined || dtype === 'int64' || dtype === 'int32') return true;
  refuse(context, 'invalid-argument', message('{layer} looks up positions of type int64 or int32, got {dtype}', { layer: context.name, dtype }));
  return false;
}

/** Positions of which some certainly lie outside the rows. */
function refuseOutside(context: ArrayContext, input: TensorValue, count: Dim | undefined, rows: RowsArgument | undefined): void {
  if (count === undefined || !isKnown(count) || input.shape.dims?.includes(0) === true) return;
  const range = outside(input, count);
  if (range === undefined) return;
  const needed = range.high + 1;
  const values = { layer: context.name, last: count - 1, low: range.low, high: range.high, needed, argument: rows?.name ?? 'num_embeddings' };
  const place = rows?.place;
  context.interpreter.refuse({
    rule: 'index-range',
    exception: 'IndexError',
    layer: context.layer,
    place: place ?? context.place,
    message:
      range.low < 0
        ? message('{layer} has rows for indices 0 to {last}, but they run from {low} to {high}', values)
        : message('{layer} has rows for indices 0 to {last}, but they run from {low} to {high}: {argument} must be at least {needed}', values),
    related: place === undefined ? [] : [{ place: context.place, message: message('the indices are looked up here') }],
    fixes:
      place === undefined || range.low < 0
        ? []
        : [
            {
              title: message('Change {old} to {new}', { old: count, new: needed }),
              edits: [{ place: rows?.literal ?? place, newText: String(needed) }],
            },
          ],
  });
}

function outside(input: TensorValue, count: number): Pick<ValueRange, 'low' | 'high'> | undefined {
  const { range } = input;
  if (range === undefined) return undefined;
  if (liesWithin(range, 0, count - 1) === false && Number.isFinite(range.low) && Number.isFinite(range.high)) return range;
  const drawn = range.attained ? undefined : practicallyReached(input);
  return drawn !== undefined && (drawn.low < 0 || drawn.high >= count) ? { low: range.low, high: range.high } : undefined;
}

export interface BagFacts {
  readonly offsets: Value;
  readonly weights: Value;
  readonly mode: string | undefined;
  readonly includesLast: boolean | undefined;
  readonly rows?: RowsArgument | undefined;
}

/** Sums or means of rows: one for each row of a 2-D input, or for each stretch of a 1-D one that `offsets` begins. */
export function embeddingBag(context: ArrayContext, input: TensorValue, weight: TensorValue, facts: BagFacts): Value {
  const [count, width] = weight.shape.dims ?? [];
  const { dims } = input.shape;
  const { offsets } = facts;
  const failed = (text: Template, values: MessageValues, rule = 'shape-mismatch', exception = 'ValueError'): Value =>
    refuse(context, rule, message(text, { layer: context.name, ...values }), 2, exception);
  if (facts.mode !== undefined && !['sum', 'mean', 'max'].includes(facts.mode))
    return failed('{layer}: mode must be sum, mean or max, got {mode}', { mode: facts.mode }, 'invalid-argument');
  if (facts.weights.kind === 'tensor' && shapesEqual(facts.weights.shape, input.shape) === false) {
    return failed('{layer}: per_sample_weights has shape {weights}, the input {shape}', {
      weights: formatShape(facts.weights.shape),
      shape: formatShape(input.shape),
    });
  }
  if (facts.weights.kind === 'tensor' && facts.mode !== undefined && facts.mode !== 'sum') {
    return failed("{layer}: per_sample_weights needs mode='sum', got {mode}", { mode: facts.mode }, 'invalid-argument', 'NotImplementedError');
  }
  if (dims === undefined) return torchTensor({ shape: shapeOf(unknownDim(), width ?? unknownDim()), dtype: weight.dtype });
  if (dims.length === 2) {
    if (offsets.kind === 'tensor') return failed('{layer}: a 2-D input is a batch of bags already, offsets must be None', {}, 'invalid-argument');
  } else if (dims.length === 1) {
    if (offsets.kind === 'none') return failed('{layer}: a 1-D input needs offsets, where each bag begins', {}, 'invalid-argument');
    if (offsets.kind === 'tensor' && offsets.shape.dims !== undefined && offsets.shape.dims.length !== 1)
      return failed('{layer}: offsets must have 1 axis, got {shape}', { shape: formatShape(offsets.shape) });
    if (offsets.kind === 'tensor' && offsets.contents !== undefined && (offsets.contents[0] ?? 0) !== 0) {
      return failed(
        '{layer}: the first bag must begin at 0, offsets begin with {first}',
        { first: offsets.contents[0] ?? 0 },
        'invalid-argument',
        'RuntimeError',
      );
    }
  } else return failed('{layer} takes an input of 1 or 2 axes, got {shape}', { shape: formatShape(input.shape) });
  if (!takesPositions(context, input.dtype) || (offsets.kind === 'tensor' && !takesPositions(context, offsets.dtype)))
    return torchTensor({ shape: shapeOf(unknownDim(), width ?? unknownDim()), dtype: weight.dtype });
  refuseOutside(context, input, count, facts.rows);
  const given = offsets.kind === 'tensor' ? offsets.shape.dims?.[0] : undefined;
  const bags =
    dims.length === 2
      ? dims[0]
      : given === undefined || facts.includesLast === undefined
        ? undefined
        : facts.includesLast
          ? subtractDims(given, 1)
          : given;
  return torchTensor({ shape: shapeOf(bags ?? unknownDim(), width ?? unknownDim()), dtype: weight.dtype });
}

/** `one_hot(tensor, num_classes=-1)`: -1 takes one more than the largest label. */
function oneHotLabels(call: ArrayCall): Value {
  const labels = tensorOf(call, call.operand(0));
  if (labels === undefined) return unknown();
  const rank = labels.shape.dims === undefined ? undefined : labels.shape.dims.length + 1;
  if (labels.dtype !== undefined && labels.dtype !== 'int64') {
    return refuse(
      call,
      'invalid-argument',
      message('{operation} takes labels of type int64, got {dtype}', { operation: call.name, dtype: labels.dtype }),
      rank,
    );
  }
  const { range } = labels;
  const asked = dimFromValue(call.argument('num_classes'));
  const depth = asked === -1 ? (range?.attained === true && range.integral ? addDims(range.high, 1) : undefined) : asked;
  if (range !== undefined && labels.shape.dims?.includes(0) !== true) {
    const low = liesWithin(range, 0, Number.POSITIVE_INFINITY) === false;
    if (low || (depth !== undefined && isKnown(depth) && liesWithin(range, 0, depth - 1) === false)) {
      const label = low ? range.low : range.high;
      return refuse(
        call,
        'label-range',
        message('{operation}: label {label} does not fit {depth} classes', {
          operation: call.name,
          label,
          depth: depth === undefined ? '?' : String(depth),
        }),
        rank,
      );
    }
  }
  const result = oneHot(call, labels, { depth, axis: -1, dtype: 'int64' });
  return result.kind === 'tensor' && depth !== undefined && isKnown(depth) && result.range === undefined
    ? { ...result, range: oneHotRange(depth) }
    : result;
}

export const embeddingFunctions: ArrayDeclarations = {
  embedding: [
    'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
    (call) => {
      const [input, weight] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
      if (input === undefined || weight === undefined) return unknown();
      const [count] = weight.shape.dims ?? [];
      const padding = numberFromValue(call.argument('padding_idx'));
      if (
        padding !== undefined &&
        count !== undefined &&
        isKnown(count) &&
        weight.shape.dims?.length === 2 &&
        (padding >= count || padding < -count)
      ) {
        return refuse(
          call,
          'invalid-argument',
          message('{operation}: padding_idx {padding} lies outside the {count} rows', { operation: call.name, padding, count }),
          undefined,
          'AssertionError',
        );
      }
      return embedding(call, input, weight);
    },
  ],
  embedding_bag: [
    "input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode='mean', sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None",
    (call) => {
      const [input, weight] = [tensorOf(call, call.operand(0)), tensorOf(call, call.operand(1))];
      if (input === undefined || weight === undefined) return unknown();
      return embeddingBag(call, input, weight, {
        offsets: call.argument('offsets'),
        weights: call.argument('per_sample_weights'),
        mode: call.args.str('mode'),
        includesLast: call.args.flag('include_last_offset'),
      });
    },
  ],
  one_hot: ['tensor, num_classes=-1', oneHotLabels],
};
