// missing-zero-grad: a training loop of PyTorch that never sets its gradients to zero.
import type { Fix, Trace, TrainingEvent } from '../trace/trace.ts';
import { loopsAroundPlace, namesAttribute } from '../values/mentions.ts';
import type { Place } from '../values/place.ts';
import { message, samePlace } from '../values/place.ts';
import type { Check, RuleFinding } from './check.ts';

export const missingZeroGrad: Check = {
  id: 'missing-zero-grad',
  severity: 'warning',
  summary: 'A training loop never sets the gradients to zero.',
  documentation: `
\`backward()\` adds to the gradients that are there. Without \`zero_grad()\` in the loop every step is taken along the sum of all
gradients since the start.

\`\`\`python
import torch
from torch import nn

x, y = torch.rand(32, 4), torch.rand(32, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(100):
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()  # warning: [missing-zero-grad]
\`\`\`

\`\`\`python
import torch
from torch import nn

x, y = torch.rand(32, 4), torch.rand(32, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(100):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
\`\`\`
`,
  run: findings,
};

function findings(trace: Trace): RuleFinding[] {
  const events = trace.events.filter((event) => event.kind === 'training');
  const steps = events.filter((event) => event.method === 'step');
  return steps.flatMap((step) => finding(events, step) ?? []);
}

function finding(events: readonly TrainingEvent[], step: TrainingEvent): RuleFinding | undefined {
  // An optimizer of the program's own may do anything; gradients can be set to zero by hand.
  if (step.subject.kind !== 'instance' || !step.subject.cls.native) return undefined;
  const chain = [step.place, ...step.callers];
  if (chain.some((place) => ['zero_', 'grad', 'fill_'].some((name) => namesAttribute(place.source, name)))) return undefined;
  const loops = chain.flatMap((place) => loopsAroundPlace(place).map((loop) => loop.body));
  const [innermost] = loops;
  if (innermost === undefined) return undefined;
  const isInside = (event: TrainingEvent, loop: Place): boolean => [event.place, ...event.callers].some((place) => lies(place, loop));
  const backward = events.find((event) => event.method === 'backward' && isInside(event, innermost));
  if (backward === undefined || events.some((event) => event.method === 'zero_grad' && loops.some((loop) => isInside(event, loop)))) return undefined;
  return {
    place: step.place,
    message: message('the gradients are never set to zero in this loop: each backward() adds to those of all steps before; call zero_grad()'),
    related: [{ place: backward.place, message: message('gradients are added here') }],
    fixes: fixesFor(step, backward),
  };
}

function lies(place: Place, loop: Place): boolean {
  return place.source.path === loop.source.path && place.start >= loop.start && place.end <= loop.end;
}

/** `optimizer.zero_grad()` on a line of its own in front of `backward()`, where that stands on one. */
function fixesFor(step: TrainingEvent, backward: TrainingEvent): Fix[] {
  const { source } = backward.place;
  const { text } = source.parsed;
  const receiver = step.place.source.path === source.path ? text.slice(step.place.start, step.place.end).split('.step(')[0] : undefined;
  const start = text.lastIndexOf('\n', backward.place.start) + 1;
  const indent = text.slice(start, backward.place.start);
  if (receiver === undefined || !receiver.split('.').every((part) => /^\w+$/.test(part)) || indent.trim() !== '' || samePlace(step.place, backward.place)) return [];
  return [{ title: message('Add {call}', { call: `${receiver}.zero_grad()` }), edits: [{ place: { source, start: backward.place.start, end: backward.place.start }, newText: `${receiver}.zero_grad()\n${indent}` }] }];
}
