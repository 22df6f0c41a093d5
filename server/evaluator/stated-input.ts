// Models that the program leaves without an input are called on the one that its user states (`inlayer summary --input`).
// It must not know any library: each catalogue registers how its models are called.
import type { Shape } from '../tensors/shape.ts';
import type { Layer } from '../trace/trace.ts';
import { modelInputCaller } from '../values/model-input.ts';
import type { Message } from '../values/place.ts';
import type { ClassValue, Value } from '../values/value.ts';
import { definedFunctions } from './classes.ts';
import type { Frame, Run } from './run.ts';

export interface StatedInput {
  readonly shape: Shape;
  /** Whether it is meant for this model. */
  readonly isFor: (model: Layer) => boolean;
  /** Told when a model certainly does not take it. */
  readonly onRefusal: (model: Layer, reason: Message) => void;
}

/**
 * Classes of the file that nothing instantiates are instantiated, the last one first: it is the whole, and those above it are
 * its parts. Gives what was made of them.
 */
export function instantiateModels(run: Run, frame: Frame, entry: (body: () => void) => void, instantiate: (cls: ClassValue) => Value | undefined): ReadonlyMap<ClassValue, Value> {
  const made = new Map<ClassValue, Value>();
  for (const cls of [...frame.scope.variables.values()].reverse()) {
    if (cls.kind !== 'class' || cls.native || cls.place?.source !== frame.source || modelInputCaller(cls) === undefined) continue;
    if (definedFunctions(cls).some((one) => run.reached.has(one.node))) continue;
    entry(() => {
      const created = instantiate(cls);
      if (created !== undefined) made.set(cls, created);
    });
  }
  return made;
}

/** Calls each model that no other holds and that was not `tried` before. */
export function callModels(run: Run, frame: Frame, input: StatedInput, tried: Set<Layer>, entry: (body: () => void) => void): void {
  const { models, layers, refusals } = run.trace;
  const held = new Set(layers.flatMap((layer) => layer.children()));
  for (const { layer } of [...models]) {
    const call = modelInputCaller(layer.instance.cls);
    if (call === undefined || held.has(layer) || tried.has(layer) || !input.isFor(layer)) continue;
    tried.add(layer);
    const before = refusals.length;
    entry(() => { call(run.interpreter, layer.instance, input.shape, layer.place ?? { source: frame.source, start: 0, end: 0 }); });
    const refusal = refusals[before];
    if (refusal !== undefined) input.onRefusal(layer, refusal.message);
  }
}
