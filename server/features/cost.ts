// What a call of a layer costs: multiply-adds, and the bytes of what it gives out, for a batch of any size. It knows no LSP.
//
// Multiply-adds are those of matrix products and convolutions, as papers and fvcore count them; biases, activations, normalisations and
// pooling are not counted. The formulas stand with the layers that declare them, for one sample:
//   dense, linear          in x out, for each position           conv     kernel area x in/groups x out x output positions
//   transposed conv        kernel area x in x out/groups x input positions     depthwise    kernel area x output elements
//   RNN, GRU, LSTM         steps x gates x units x (features + units), gates 1, 3, 4; each direction and layer
//   attention              projections of query, key, value and output, and 2 x queries x keys x width for the scores and their sums
//   matmul, einsum, scaled_dot_product_attention taken by the program itself: elements of the result x terms of each sum
// (fvcore: docs/flop_count.md and fvcore/nn/jit_handles.py count the same products the same way.)
import type { Dim } from '../tensors/dim.ts';
import { isKnown, multiplyDims, substituteDim, symbolsOf } from '../tensors/dim.ts';
import { itemSize } from '../tensors/dtype.ts';
import { elementCount } from '../tensors/shape.ts';
import type { LayerCall, Model, Trace } from '../trace/trace.ts';
import type { TensorValue, Value } from '../values/value.ts';

/** An amount for a batch of b: `[0] + [1]·b + [2]·b²`. */
export type PerBatch = readonly [fixed: number, perSample: number, perPair: number];

export interface Amount {
  readonly terms: PerBatch;
  /** False: at least so much, some of it is not known. */
  readonly complete: boolean;
}

export const nothing: Amount = { terms: [0, 0, 0], complete: true };
export const notKnown: Amount = { terms: [0, 0, 0], complete: false };

export function addAmounts(amounts: readonly Amount[]): Amount {
  let fixed = 0, perSample = 0, perPair = 0, complete = true;
  for (const { terms, complete: isWhole } of amounts) {
    fixed += terms[0];
    perSample += terms[1];
    perPair += terms[2];
    complete &&= isWhole;
  }
  return { terms: [fixed, perSample, perPair], complete };
}

export function amountFor({ terms }: Amount, batch: number): number {
  return terms[0] + terms[1] * batch + terms[2] * batch * batch;
}

/** The size of the first axis of what a model is called on: a symbol, a number that the program states, or not known. */
export function batchOf(model: Model): Dim | undefined {
  const input = model.inputs[0] ?? firstTensor(model.layer.calls[0]?.input);
  const dims = input?.shape.dims;
  // One axis alone is a sample, not a batch of them.
  const batch = dims === undefined || dims.length < 2 ? undefined : dims[0];
  return batch === undefined || isKnown(batch) || (symbolsOf(batch).length === 1 && symbolsOf(batch)[0] === batch) ? batch : undefined;
}

function firstTensor(value: Value | undefined): TensorValue | undefined {
  return value === undefined ? undefined : tensorsOf(value)[0];
}

/** The tensors in a value, of nested lists, tuples and dicts too; a structure that holds itself has an end here. */
export function tensorsOf(value: Value): TensorValue[] {
  const found: TensorValue[] = [];
  let left = 1_000;
  const visit = (one: Value): void => {
    left -= 1;
    if (left < 0) return;
    if (one.kind === 'tensor') found.push(one);
    else if (one.kind === 'tuple' || one.kind === 'list') one.items.forEach(visit);
    else if (one.kind === 'dict') for (const entry of one.entries.values()) visit(entry.value);
  };
  visit(value);
  return found;
}

export interface Costs {
  /** With all that happens in the call. */
  readonly multiplyAdds: (call: LayerCall) => Amount;
  /** The bytes of what the call gives. */
  readonly outputBytes: (call: LayerCall) => Amount;
  /** The calls that were made in it, in order. */
  readonly callsIn: (call: LayerCall) => readonly LayerCall[];
}

/** The costs of a model's calls, in samples of the model's own batch. */
export function costsOf(trace: Trace, batch: Dim | undefined): Costs {
  const inside = new Map<LayerCall, LayerCall[]>();
  for (const call of trace.calls) {
    if (call.parent === undefined) continue;
    const calls = inside.get(call.parent);
    if (calls === undefined) inside.set(call.parent, [call]);
    else calls.push(call);
  }
  const known = new Map<Dim, Amount>();
  const amountOf = (dim: Dim): Amount => {
    let amount = known.get(dim);
    if (amount === undefined) known.set(dim, (amount = perBatch(dim, batch)));
    return amount;
  };
  const counted = new Map<LayerCall, Amount>();
  const callsIn = (call: LayerCall): readonly LayerCall[] => inside.get(call) ?? [];
  const multiplyAdds = (call: LayerCall): Amount => {
    let amount = counted.get(call);
    if (amount !== undefined) return amount;
    // A call cannot lie in itself; what it costs is known by the time that it is asked for again.
    counted.set(call, nothing);
    const declared = declaredCost(call);
    amount = declared === undefined ? addAmounts([...(call.operationMultiplyAdds === undefined ? [] : [amountOf(call.operationMultiplyAdds)]), ...callsIn(call).map(multiplyAdds)]) : amountOf(declared);
    counted.set(call, amount);
    return amount;
  };
  return {
    multiplyAdds, callsIn,
    outputBytes: (call) => {
      const tensors = tensorsOf(call.output);
      return tensors.length === 0 ? notKnown : addAmounts(tensors.map((tensor) => {
        const count = elementCount(tensor.shape);
        return count === undefined || tensor.dtype === undefined ? notKnown : scaled(amountOf(count), itemSize(tensor.dtype));
      }));
    },
  };
}

/** Keras' layers declare the cost of one sample, PyTorch's that of all that they are given. */
function declaredCost(call: LayerCall): Dim | undefined {
  if (call.multiplyAdds === undefined || call.layer.framework === 'torch') return call.multiplyAdds;
  const samples = firstTensor(call.input)?.shape.dims?.[0];
  return samples === undefined ? undefined : multiplyDims(call.multiplyAdds, samples);
}

function scaled({ terms, complete }: Amount, factor: number): Amount {
  return { terms: [terms[0] * factor, terms[1] * factor, terms[2] * factor], complete };
}

/** A size as a function of the batch. Other symbols in it leave it unknown. */
function perBatch(dim: Dim, batch: Dim | undefined): Amount {
  if (isKnown(dim)) {
    // Where the program states the batch, what is a multiple of it is taken to grow with it.
    if (batch !== undefined && isKnown(batch) && batch > 1 && dim % batch === 0) return { terms: [0, dim / batch, 0], complete: true };
    return batch === undefined || batch === 1 ? { terms: [0, dim, 0], complete: true } : { terms: [dim, 0, 0], complete: true };
  }
  if (batch === undefined || isKnown(batch)) return notKnown;
  const at = (value: number): number | undefined => { const result = substituteDim(dim, new Map([[batch, value]])); return isKnown(result) ? result : undefined; };
  const [one, two, three, four] = [at(1), at(2), at(3), at(4)];
  if (one === undefined || two === undefined || three === undefined || four === undefined) return notKnown;
  const perPair = (three - 2 * two + one) / 2, perSample = two - one - 3 * perPair, fixed = one - perSample - perPair;
  return amountFor({ terms: [fixed, perSample, perPair], complete: true }, 4) === four ? { terms: [fixed, perSample, perPair], complete: true } : notKnown;
}

