// unused-layer: a layer is built in `__init__` and never called.
import { message } from '../values/place.ts';
import type { Layer } from '../trace/trace.ts';
import { readsAttribute } from '../values/mentions.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';

export const unusedLayer: Check = {
  id: 'unused-layer',
  severity: 'information',
  summary: 'A layer is built in __init__ and never called.',
  documentation: `
A layer that \`call\` does not use has no part in the output; often another one is used twice in its place.

\`\`\`python
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(8)
        self.second = layers.Dense(8)  # information: [unused-layer]

    def call(self, x):
        return self.first(self.first(x))

net = Net()
net(keras.Input(shape=(8,)))
\`\`\`

\`\`\`python
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(8)
        self.second = layers.Dense(8)

    def call(self, x):
        return self.second(self.first(x))

net = Net()
net(keras.Input(shape=(8,)))
\`\`\`
`,
  run: (trace) => {
    const byInstance = new Map<InstanceValue, Layer>();
    for (const layer of trace.layers) if (!byInstance.has(layer.instance)) byInstance.set(layer.instance, layer);
    return trace.layers.flatMap((layer) => findings(byInstance, layer));
  },
};

/** Only of layers that a class of the program holds by a name which its text never reads: a branch that did not run may call what it reads. */
function findings(byInstance: ReadonlyMap<InstanceValue, Layer>, owner: Layer): RuleFinding[] {
  if (owner.instance.cls.native || owner.calls.length === 0 || owner.incomplete || owner.model?.complete === false) return [];
  if (owner.calls.some((call) => call.output.kind === 'unknown')) return [];
  const sources = new Set(owner.instance.cls.mro.flatMap((cls) => cls.place?.source ?? []));
  return [...owner.instance.attributes].flatMap(([name, value]) => {
    const child = value.kind === 'instance' ? byInstance.get(value) : undefined;
    if (child?.place === undefined || child.calls.length > 0 || child.children().length > 0 || !child.instance.cls.native) return [];
    if ([...sources, child.place.source].some((source) => readsAttribute(source, name))) return [];
    // Held under a second name as well: it may be called by that one.
    if ([...owner.instance.attributes].some(([other, held]) => other !== name && holds(held, value))) return [];
    return [{ place: child.place, message: message('{layer} is built here but never called by {owner}', { layer: child.name, owner: owner.className }) }];
  });
}

function holds(container: Value, value: Value): boolean {
  if (container === value) return true;
  if (container.kind === 'list' || container.kind === 'tuple') return container.items.some((item) => holds(item, value));
  return container.kind === 'dict' && [...container.entries.values()].some((entry) => holds(entry.value, value));
}
