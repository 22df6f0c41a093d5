// inference-lost: where a model's shapes begin to be unknown, and why. Off unless the settings switch it on.
import type { LayerCall, Loss, Model, Trace } from '../trace/trace.ts';
import { message, } from '../values/place.ts';
import type { Value } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';

export const inferenceLost: Check = {
  id: 'inference-lost',
  severity: 'off',
  summary: 'From here on the shapes of a model are not known, and why.',
  documentation: `
Behind something that Inlayer does not know there are no shapes, and so neither hints nor findings. This rule shows the first such place
of each model: a library that is not installed where it is looked for, a function that is not followed, an index that nobody knows. It is no
fault of the program. The settings switch it on: \`"inlayer.rules": { "inference-lost": "information" }\`.

\`\`\`python no-oracle
import torch
from torch import nn
from own_kernels import mix


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        x = self.fc(x)
        x = mix(x)  # information: [inference-lost] "the module own_kernels is not known"
        return self.out(x)


Net()(torch.rand(3, 8))
\`\`\`
`,
  run: (trace) => trace.models.flatMap((model) => firstLoss(trace, model) ?? []),
};

function firstLoss(trace: Trace, model: Model): RuleFinding | undefined {
  const within = (call: LayerCall | undefined): boolean => {
    for (let at = call; at !== undefined; at = at.parent) if (at.layer === model.layer) return true;
    return false;
  };
  const loss = trace.losses.find((one) => within(one.call));
  if (loss !== undefined) return hasRefusal(trace, loss) ? undefined : { place: loss.place, message: message('from here on shapes are not known: {reason}', { reason: loss.reason }) };
  const own = model.layer.calls.find((call) => !isLost(call.input)) ?? model.layer.calls[0];
  if (own === undefined || isLost(own.input)) {
    const place = own?.place ?? model.layer.place;
    return own === undefined || place === undefined ? undefined : { place, message: message('what {model} is called on is not known: "# inlayer: input (…)" in its class says it', { model: model.layer.name }) };
  }
  // Paths that give different shapes meet in front of a layer.
  const met = trace.calls.find((call) => call.place !== undefined && call.layer !== model.layer && within(call) && call.input.kind === 'tensor' && isLost(call.input));
  return met?.place === undefined ? undefined : { place: met.place, message: message('from here on shapes are not known: the number of axes of what {layer} gets depends on conditions that are not known', { layer: met.layer.name }) };
}

function isLost(value: Value): boolean {
  return value.kind === 'unknown' || (value.kind === 'tensor' && value.shape.dims === undefined);
}

/** What certainly fails there says why. */
function hasRefusal(trace: Trace, { place }: Loss): boolean {
  return trace.refusals.some((refusal) => refusal.place.source === place.source && refusal.place.start < place.end && refusal.place.end > place.start);
}
