// Predictions and the targets they are compared with: from `fit` and its kin, and from losses called in a training loop.
// Shared by the rules on labels and losses; what makes a prediction stands in heads.ts.
import { isKnown } from '../tensors/dim.ts';
import type { CompileEvent, DataEvent, LossEvent, LossFacts, RelatedPlace, Trace } from '../trace/trace.ts';
import type { Origin, Place } from '../values/place.ts';
import { originPlaces } from '../values/place.ts';
import type { DictEntry, TensorValue, Value } from '../values/value.ts';
import { originOf } from '../values/value.ts';
import type { Head, Producers } from './heads.ts';
import { headOf, headOfTensor, lastCall, producersOf } from './heads.ts';

export interface LossPair {
  readonly prediction: TensorValue;
  readonly target: TensorValue;
  readonly loss: LossFacts;
  /** Where data and model meet: the `fit` call or the loss call. */
  readonly place: Place;
  readonly targetPlace: Place | undefined;
  readonly compile: CompileEvent | undefined;
  readonly head: Head | undefined;
  readonly framework: 'keras' | 'torch';
}

/** All pairs of a run whose tensors and loss are known. */
export function lossPairs(trace: Trace): LossPair[] {
  const cached = pairsOfTrace.get(trace);
  if (cached !== undefined) return cached;
  const producers = producersOf(trace);
  const pairs: LossPair[] = [];
  for (const event of trace.events) {
    if (event.kind === 'data') pairs.push(...pairsOfData(event, producers));
    else if (event.kind === 'loss') pairs.push(...pairsOfLoss(event, producers));
  }
  pairsOfTrace.set(trace, pairs);
  return pairs;
}

const pairsOfTrace = new WeakMap<Trace, LossPair[]>();

function pairsOfData(event: DataEvent, producers: Producers): LossPair[] {
  if (event.compile === undefined || event.method === 'predict') return [];
  const targets = tensorsByKey(event.target), outputs = tensorsByKey(event.output);
  if (targets === undefined || outputs === undefined || targets.length !== outputs.length) return [];
  const symbolic = tensorsByKey(event.model.model?.outputs ?? event.output);
  return outputs.flatMap(([key, prediction], at) => {
    const made = symbolic?.length === outputs.length ? symbolic[at]?.[1] : undefined;
    // Targets in a dict go by the names of the outputs' layers where the outputs stand in a list.
    const name = made === undefined ? undefined : producers.get(made)?.layer.name;
    const target = targets.find(([other]) => other === key || (name !== undefined && other === `s:${name}`))?.[1] ?? (isPositional(key) && targets.every(([other]) => isPositional(other)) ? targets[at]?.[1] : undefined);
    const loss = event.compile?.losses.length === 1 ? event.compile.losses[0] : event.compile?.losses[at];
    if (target === undefined || loss === undefined) return [];
    const head = headOf(producers.get(made ?? prediction) ?? producers.get(prediction) ?? lastCall(event.model), producers);
    return [{ prediction, target, loss, place: event.place, targetPlace: event.targetPlace, compile: event.compile, head, framework: 'keras' as const }];
  });
}

function pairsOfLoss(event: LossEvent, producers: Producers): LossPair[] {
  if (event.prediction.kind !== 'tensor' || event.target.kind !== 'tensor') return [];
  const call = producers.get(event.prediction);
  const framework = call?.layer.framework ?? (event.prediction.cls.qualifiedName.startsWith('torch') ? 'torch' : 'keras');
  const head = framework === 'torch' ? headOfTensor(event.prediction, producers) : headOf(call, producers);
  return [{ prediction: event.prediction, target: event.target, loss: event.loss, place: event.place, targetPlace: undefined, compile: undefined, head, framework }];
}

/** The tensors of a structure with their keys; undefined where something in it is no tensor. */
function tensorsByKey(value: Value): [string, TensorValue][] | undefined {
  switch (value.kind) {
    case 'tensor': return [['0', value]];
    case 'tuple': case 'list': {
      if (value.kind === 'list' && value.open) return undefined;
      const found: [string, TensorValue][] = [];
      for (const [at, item] of value.items.entries()) { if (item.kind !== 'tensor') return undefined; found.push([String(at), item]); }
      return found;
    }
    case 'dict': {
      if (value.open) return undefined;
      const found: [string, TensorValue][] = [];
      // Keras flattens dicts by key.
      const key = (entry: DictEntry): string => (entry.key.kind === 'str' ? entry.key.value : '');
      for (const entry of [...value.entries.values()].sort((left, right) => (key(left) < key(right) ? -1 : 1))) { if (entry.key.kind !== 'str' || entry.value.kind !== 'tensor') return undefined; found.push([`s:${entry.key.value}`, entry.value]); }
      return found;
    }
    default: return undefined;
  }
}

function isPositional(key: string): boolean { return !key.startsWith('s:'); }

/** The axis of a prediction that holds the classes: the last one in Keras, the second in PyTorch. */
export function classAxis(pair: LossPair): number | undefined {
  const rank = pair.prediction.shape.dims?.length;
  if (rank === undefined || rank === 0) return undefined;
  return pair.framework === 'torch' ? (rank === 1 ? 0 : 1) : rank - 1;
}

/** How many classes the prediction has room for. */
export function classCount(pair: LossPair): number | undefined {
  const axis = classAxis(pair);
  const dim = axis === undefined ? undefined : pair.prediction.shape.dims?.[axis];
  return dim !== undefined && isKnown(dim) ? dim : undefined;
}

/** Related places for a fact: each place behind it that says something. */
export function relatedOf(origin: Origin | undefined): RelatedPlace[] {
  return originPlaces(origin).flatMap(({ place, says }) => (says === undefined ? [] : [{ place, message: says }]));
}

/** The literal that a value is, where it is one literal only: replacing it changes the value. */
export function literalPlace(value: Value | undefined): Place | undefined {
  const origin = value === undefined ? undefined : originOf(value);
  return origin?.literal === true ? origin.place : undefined;
}

/** The last axis as a number; undefined where it is not known. */
export function lastAxis(tensor: TensorValue): number | undefined {
  const dim = tensor.shape.dims?.at(-1);
  return dim !== undefined && isKnown(dim) ? dim : undefined;
}

