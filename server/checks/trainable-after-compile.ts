// trainable-after-compile: a layer is frozen or unfrozen between two trainings without compiling again.
import { message } from '../values/place.ts';
import type { Layer, Trace } from '../trace/trace.ts';
import type { Check, RuleFinding } from './check.ts';

export const trainableAfterCompile: Check = {
  id: 'trainable-after-compile',
  severity: 'warning',
  summary: 'A layer is frozen or unfrozen after training began, without compiling again.',
  documentation: `
The first \`fit\` fixes which weights are trained. A later change of \`trainable\` has no effect until the model is compiled
again: fine-tuning that unfreezes the base and calls \`fit\` trains what was trained before.

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(8, 4), np.random.rand(8, 1)
body, head = layers.Dense(4), layers.Dense(1)
body.trainable = False
model = keras.Sequential([keras.Input(shape=(4,)), body, head])
model.compile(loss="mse", optimizer="adam")
model.fit(x, y)
body.trainable = True  # warning: [trainable-after-compile]
model.fit(x, y)
\`\`\`

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(8, 4), np.random.rand(8, 1)
body, head = layers.Dense(4), layers.Dense(1)
body.trainable = False
model = keras.Sequential([keras.Input(shape=(4,)), body, head])
model.compile(loss="mse", optimizer="adam")
model.fit(x, y)
body.trainable = True
model.compile(loss="mse", optimizer="adam")
model.fit(x, y)
\`\`\`
`,
  run: findings,
};

function findings(trace: Trace): RuleFinding[] {
  const found: RuleFinding[] = [];
  for (const [at, event] of trace.events.entries()) {
    if (event.kind !== 'trainable') continue;
    for (const [later, fit] of trace.events.entries()) {
      if (later < at || fit.kind !== 'data' || fit.method !== 'fit' || fit.compile === undefined || !holds(fit.model, event.layer)) continue;
      const compiled = trace.events.indexOf(fit.compile);
      const trained = trace.events.findIndex((one, position) => position > compiled && position < at && one.kind === 'data' && one.method === 'fit' && one.model === fit.model);
      if (compiled < 0 || compiled > at || trained < 0 || stateAt(trace, event.layer, trained) === stateAt(trace, event.layer, later)) continue;
      found.push({
        place: event.place,
        message: message('{layer} is {state} after {model} was compiled and trained: without compiling again it has no effect', { layer: event.layer.name, state: event.value ? message('unfrozen') : message('frozen'), model: fit.model.name }),
        related: [{ place: fit.compile.place, message: message('compiled here') }, { place: fit.place, message: message('trained again here') }],
      });
      break;
    }
  }
  return found;
}

/** What `trainable` of a layer is before an event: what it, or a model that holds it, was set to last. */
function stateAt(trace: Trace, layer: Layer, before: number): boolean {
  const last = trace.events.findLast((one, position) => position < before && one.kind === 'trainable' && holds(one.layer, layer));
  const given = layer.arguments.get('trainable')?.value;
  return last?.kind === 'trainable' ? last.value : !(given?.kind === 'bool' && !given.value);
}

function holds(model: Layer, layer: Layer, seen: Set<Layer> = new Set()): boolean {
  if (model === layer) return true;
  if (seen.has(model)) return false;
  seen.add(model);
  return model.children().some((child) => holds(child, layer, seen));
}
