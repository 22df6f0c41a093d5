// unused-layer: a layer is built in `__init__` and never called.
import { message } from '../values/place.ts';
import type { Layer, Trace } from '../trace/trace.ts';
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
  run: (trace) => trace.layers.flatMap((layer) => findings(trace, layer)),
};

/** Only of layers that a class of the program holds and whose call was followed to its end. */
function findings(trace: Trace, owner: Layer): RuleFinding[] {
  if (owner.instance.cls.native || owner.calls.length === 0 || owner.incomplete || owner.model?.complete === false) return [];
  if (owner.calls.some((call) => call.output.kind === 'unknown')) return [];
  const called = new Set(trace.layers.filter((layer) => layer.calls.length > 0));
  return owner.children().flatMap((child) => {
    if (called.has(child) || child.place === undefined || child.children().length > 0 || !child.instance.cls.native) return [];
    // A layer whose weights are used without calling it (`self.out.kernel`) is built by hand.
    if (child.built) return [];
    return [{ place: child.place, message: message('{layer} is built here but never called by {owner}', { layer: child.name, owner: owner.className }) }];
  });
}
