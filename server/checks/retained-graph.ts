// retained-graph: backward() runs twice through the same graph.
import type { Trace, TrainingEvent } from '../trace/trace.ts';
import { message, samePlace } from '../values/place.ts';
import { operationOf } from '../values/provenance.ts';
import type { TensorValue } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';
import { type Producers, producersOf } from './heads.ts';

export const retainedGraph: Check = {
  id: 'retained-graph',
  severity: 'error',
  summary: 'backward() runs a second time through a graph that is gone.',
  documentation: `
\`backward()\` frees the graph that it runs through. A second one on the same loss stops with "Trying to backward through the
graph a second time": the loss must be computed anew in each pass of a loop.

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
`,
  run: findings,
};

function findings(trace: Trace): RuleFinding[] {
  const producers = producersOf(trace);
  const first = new Map<TensorValue, TrainingEvent>();
  return trace.events.flatMap((event) => {
    if (event.kind !== 'training' || event.method !== 'backward' || event.subject.kind !== 'tensor' || !event.certain) return [];
    const before = first.get(event.subject);
    if (before === undefined) { first.set(event.subject, event); return []; }
    if (before.keepsGraph !== false || !keepsValues(event.subject, producers)) return [];
    return [{
      place: event.place,
      message: message('backward() runs a second time through the graph of the same loss, which the first one freed: compute the loss anew'),
      related: samePlace(before.place, event.place) ? [] : [{ place: before.place, message: message('the graph is freed here') }],
    }];
  });
}

/** Whether a layer that keeps values for its derivative stands in the graph; sums alone can be run through again. */
function keepsValues(loss: TensorValue, producers: Producers): boolean {
  const seen = new Set<TensorValue>();
  const visit = (tensor: TensorValue, depth: number): boolean => {
    if (depth > 40 || seen.has(tensor)) return false;
    seen.add(tensor);
    const operation = operationOf(tensor);
    if (operation !== undefined) return operation.inputs.some((input) => visit(input, depth + 1));
    const call = producers.get(tensor);
    if (call === undefined) return false;
    return call.layer.weights.some((weight) => weight.trainable) || (call.input.kind === 'tensor' && visit(call.input, depth + 1));
  };
  return visit(loss, 0);
}
