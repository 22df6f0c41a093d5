// retained-graph: backward() runs twice through the same graph.
import type { LayerCall, Trace, TrainingEvent } from '../trace/trace.ts';
import { message, samePlace } from '../values/place.ts';
import { operationOf } from '../values/provenance.ts';
import type { TensorValue, Value } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';
import { type Producers, producersOf } from './heads.ts';

export const retainedGraph: Check = {
  id: 'retained-graph',
  severity: 'error',
  summary: 'backward() runs a second time through a graph that is gone.',
  documentation: `
\`backward()\` frees the graph that it runs through. A second one on the same loss stops with "Trying to backward through the
graph a second time": the loss must be computed anew in each pass of a loop. The same holds for two losses that share a part, such as
a discriminator's and a generator's on one \`fake\`: call \`backward()\` once on their sum, use \`fake.detach()\`, or \`retain_graph=True\`.

\`\`\`python
import torch
from torch import nn

x, y = torch.rand(32, 4), torch.rand(32, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loss = nn.functional.mse_loss(net(x), y)
for epoch in range(3):
    optimizer.zero_grad()
    loss.backward()  # error: [retained-graph]
    optimizer.step()
\`\`\`

\`\`\`python
import torch
from torch import nn

x, y = torch.rand(32, 4), torch.rand(32, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(3):
    loss = nn.functional.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
\`\`\`

\`\`\`python
import torch
from torch import nn

generator, discriminator = nn.Linear(8, 4), nn.Linear(4, 1)
criterion = nn.BCEWithLogitsLoss()
fake = generator(torch.randn(16, 8))
loss_d = criterion(discriminator(fake), torch.zeros(16, 1))
loss_d.backward()
loss_g = criterion(discriminator(fake), torch.ones(16, 1))
loss_g.backward()  # error: [retained-graph]
\`\`\`

\`\`\`python
import torch
from torch import nn

generator, discriminator = nn.Linear(8, 4), nn.Linear(4, 1)
criterion = nn.BCEWithLogitsLoss()
fake = generator(torch.randn(16, 8))
loss_d = criterion(discriminator(fake.detach()), torch.zeros(16, 1))
loss_d.backward()
loss_g = criterion(discriminator(fake), torch.ones(16, 1))
loss_g.backward()
\`\`\`
`,
  run: findings,
};

function findings(trace: Trace): RuleFinding[] {
  const producers = producersOf(trace);
  const stretches = stretchesWithoutGradients(trace);
  const freed = new Map<LayerCall, TrainingEvent>();
  return trace.events.flatMap((event) => {
    if (event.kind !== 'training' || event.method !== 'backward' || event.subject.kind !== 'tensor' || !event.certain) return [];
    const keeping = keepingCalls(event.subject, event.loss ?? event.subject, producers, stretches);
    const again = keeping.find((call) => freed.has(call));
    const before = again === undefined ? undefined : freed.get(again);
    if (event.keepsGraph === false) for (const call of keeping) if (!freed.has(call)) freed.set(call, event);
    if (again === undefined || before === undefined) return [];
    const isSame = before.subject === event.subject;
    return [{
      place: event.place,
      message: isSame
        ? message('backward() runs a second time through the graph of the same loss, which the first one freed: compute the loss anew')
        : message('backward() runs a second time through {layer}, whose part of the graph another one freed: add the losses and call backward() once, compute {layer} anew, or detach what it gave', { layer: again.layer.name }),
      related: [
        ...(samePlace(before.place, event.place) ? [] : [{ place: before.place, message: message('the graph is freed here') }]),
        ...(isSame || again.place === undefined ? [] : [{ place: again.place, message: message('both losses come from here') }]),
      ],
    }];
  });
}

/** Nothing flows back through these. */
const stopping: ReadonlySet<string> = new Set([
  'detach', 'detach_', 'tensor', 'new_tensor', 'from_numpy', 'numpy', 'item', 'tolist', 'sample', 'multinomial', 'bernoulli', 'zeros_like', 'ones_like', 'rand_like', 'randn_like', 'empty_like', 'full_like', 'new_zeros', 'new_ones',
  'new_full', 'new_empty', 'randint_like', 'round', 'floor', 'ceil', 'sign', 'trunc',
]);
/** So many tensors are looked at for one loss. */
const mostVisited = 6000;

/** Calls of layers that keep values for their derivative and through which the loss flows back; sums alone can be run through again. */
function keepingCalls(loss: TensorValue, asItWas: TensorValue, producers: Producers, stretches: readonly Stretch[]): LayerCall[] {
  const found: LayerCall[] = [];
  const seen = new Set<TensorValue>([loss]);
  const pending: TensorValue[] = [loss];
  const follow = (value: Value): void => {
    if (value.kind === 'tensor') {
      if (seen.has(value) || seen.size > mostVisited || (value.dtype !== undefined && !value.dtype.includes('float') && !value.dtype.startsWith('complex'))) return;
      seen.add(value);
      pending.push(value);
    } else if (value.kind === 'list' || value.kind === 'tuple') for (const item of value.items) follow(item);
    else if (value.kind === 'dict') for (const entry of value.entries.values()) follow(entry.value);
  };
  // An operation right before or behind a stretch has the same number of calls before it as one at its edges.
  const isWithoutGradients = (callCount: number): boolean => stretches.some(({ from, to }) => from <= callCount && callCount <= to);
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    const operation = operationOf(tensor === loss ? asItWas : tensor);
    if (operation !== undefined) {
      if (!isWithoutGradients(operation.callCount) && !stopping.has(operation.name)) for (const input of operation.inputs) follow(input);
      continue;
    }
    const call = producers.get(tensor);
    if (call === undefined || stretches.some(({ from, to }) => from < call.id && call.id <= to)) continue;
    if (call.layer.weights.some((weight) => weight.trainable && weight.isBuffer !== true && weight.isSwitched !== true)) found.push(call);
    follow(call.input);
    for (const other of call.others ?? []) follow(other);
  }
  return found;
}

/** Calls made without gradients, by their numbers. */
interface Stretch { readonly from: number; readonly to: number }

function stretchesWithoutGradients(trace: Trace): Stretch[] {
  const found: Stretch[] = [];
  const open: number[] = [];
  for (const event of trace.events) {
    if (event.kind !== 'training') continue;
    if (event.method === 'enter no_grad') open.push(event.callCount);
    else if (event.method === 'exit no_grad') {
      const from = open.pop();
      if (from !== undefined) found.push({ from, to: event.callCount });
    }
  }
  return found;
}
