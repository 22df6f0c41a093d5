// missing-eval-mode: a model is evaluated in training mode, with dropout and batch statistics at work.
import type { Layer, LayerCall, LossEvent, Trace, TrainingEvent } from '../trace/trace.ts';
import { loopsAroundPlace, readsAttribute } from '../values/mentions.ts';
import { message } from '../values/place.ts';
import { operationOf } from '../values/provenance.ts';
import type { Value } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';

export const missingEvalMode: Check = {
  id: 'missing-eval-mode',
  severity: 'warning',
  summary: 'A trained model is evaluated in training mode.',
  documentation: `
Dropout and batch normalisation behave differently in training. A model that was trained stays in that mode until \`eval()\` is
called: under \`torch.no_grad()\` alone its answers are random, depend on the other samples of the batch, and change its statistics.

\`\`\`python
import torch
from torch import nn

x, y = torch.rand(32, 4), torch.randint(0, 3, (32,))
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(10):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    scores = net(x)  # warning: [missing-eval-mode]
    predicted = scores.argmax(dim=1)
\`\`\`

\`\`\`python
import torch
from torch import nn

x, y = torch.rand(32, 4), torch.randint(0, 3, (32,))
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(10):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
net.eval()
with torch.no_grad():
    scores = net(x)
    predicted = scores.argmax(dim=1)
\`\`\`
`,
  run: findings,
};

/** What happens without gradients: the calls and events between entering and leaving. */
interface Stretch { readonly firstCall: number; readonly lastCall: number; readonly firstEvent: number; readonly lastEvent: number }

function findings(trace: Trace): RuleFinding[] {
  const stretches = stretchesOf(trace);
  return stretches.flatMap((stretch) => {
    const trained = trace.events.slice(0, stretch.firstEvent).filter((event): event is TrainingEvent => event.kind === 'training');
    if (!trained.some((event) => event.method === 'step') || !trained.some((event) => event.method === 'backward')) return [];
    return trace.calls.slice(stretch.firstCall, stretch.lastCall).flatMap((call) => (call.parent === undefined ? finding(trace, stretch, call) ?? [] : []));
  });
}

function stretchesOf(trace: Trace): Stretch[] {
  const found: Stretch[] = [];
  const open: { readonly event: TrainingEvent; readonly at: number }[] = [];
  for (const [at, event] of trace.events.entries()) {
    if (event.kind !== 'training') continue;
    if (event.method === 'enter no_grad') open.push({ event, at });
    else if (event.method === 'exit no_grad') {
      const begun = open.pop();
      if (begun !== undefined && open.length === 0) found.push({ firstCall: begun.event.callCount, lastCall: event.callCount, firstEvent: begun.at, lastEvent: at });
    }
  }
  return found;
}

function finding(trace: Trace, stretch: Stretch, call: LayerCall): RuleFinding | undefined {
  const { layer } = call;
  if (layer.framework !== 'torch' || call.place === undefined) return undefined;
  const [random] = randomLayers(layer);
  if (random === undefined) return undefined;
  // It was called in training before, and nobody ever sets a mode: not here, and not in a text that was not run.
  const before = trace.calls.slice(0, stretch.firstCall).some((one) => one.layer === layer);
  const places = [call.place, ...(layer.place === undefined ? [] : [layer.place]), ...layer.instance.cls.mro.flatMap((cls) => cls.place ?? [])];
  if (!before || places.some(({ source }) => readsAttribute(source, 'eval') || readsAttribute(source, 'training'))) return undefined;
  if (trace.events.some((event) => event.kind === 'training' && event.method === 'eval')) return undefined;
  if (layer.instance.attributes.get('training')?.kind !== 'bool' || !answersAreJudged(trace, stretch, call)) return undefined;
  return {
    place: call.place,
    message: message('{model} is evaluated in training mode, so its {layer} is at work as in training: call eval() first, and train() before training goes on', { model: layer.name, layer: random.className }),
    related: random.place === undefined ? [] : [{ place: random.place, message: message('{layer} acts differently in training', { layer: random.className }) }],
  };
}

const normalizations = new Set(['BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'SyncBatchNorm', 'LazyBatchNorm1d', 'LazyBatchNorm2d', 'LazyBatchNorm3d']);
const dropouts = new Set(['Dropout', 'Dropout1d', 'Dropout2d', 'Dropout3d', 'AlphaDropout', 'FeatureAlphaDropout']);

/** Layers inside that were called and act differently in training. */
function randomLayers(layer: Layer, seen: Set<Layer> = new Set()): Layer[] {
  if (seen.has(layer)) return [];
  seen.add(layer);
  const rate = layer.arguments.get('p')?.value;
  const isRandom = normalizations.has(layer.className) || (dropouts.has(layer.className) && ((rate?.kind === 'float' && rate.value > 0) || (rate?.kind === 'int' && rate.value === 1)));
  return [...(isRandom && layer.calls.length > 0 ? [layer] : []), ...layer.children().flatMap((child) => randomLayers(child, seen))];
}

/** Its answers meet labels in a loss, or the largest is taken: an evaluation, not samples drawn from a generator. */
function answersAreJudged(trace: Trace, stretch: Stretch, call: LayerCall): boolean {
  const isLoss = trace.events.slice(stretch.firstEvent, stretch.lastEvent).some((event): event is LossEvent => event.kind === 'loss' && comesFrom(event.prediction, call.output));
  return isLoss || goesOverData(trace, stretch, call) || trace.values.some((record) => comesFrom(record.value, call.output, true));
}

/** The innermost loop around the call stands inside the stretch without gradients and hands the model's input out: `for x, y in test_loader`. */
function goesOverData(trace: Trace, stretch: Stretch, call: LayerCall): boolean {
  const [loop] = call.place === undefined ? [] : loopsAroundPlace(call.place);
  const entered = trace.events[stretch.firstEvent]?.place;
  if (loop === undefined || entered === undefined || entered.source.path !== loop.head.source.path || loop.head.start < entered.start) return false;
  return trace.values.some(({ place, role, value }) =>
    role === 'target' && place.source.path === loop.head.source.path && place.start >= loop.head.start && place.end <= loop.head.end && comesFrom(call.input, value));
}

const choosing = new Set(['argmax', 'max', 'topk']);

/** What a name was given is recorded as a copy of the tensor. */
function isSame(value: Value, other: Value): boolean {
  return value === other || (value.kind === 'tensor' && other.kind === 'tensor' && value.slots === other.slots && value.shape === other.shape);
}

/** So many values are looked at for one answer. */
const mostVisited = 400;

/** Whether operations lead from the output to the value; `chosen`: on the way one takes the largest. */
function comesFrom(value: Value | undefined, output: Value, chosen = false): boolean {
  const visited = [new Set<Value>(), new Set<Value>()];
  const visit = (at: Value | undefined, stillChosen: boolean): boolean => {
    const seen = visited[stillChosen ? 1 : 0];
    if (at === undefined || seen === undefined || seen.has(at) || seen.size > mostVisited) return false;
    seen.add(at);
    if (isSame(at, output)) return !stillChosen;
    if (at.kind === 'tuple' || at.kind === 'list') return at.items.length < 8 && at.items.some((item) => visit(item, stillChosen));
    if (at.kind !== 'tensor') return false;
    const operation = operationOf(at);
    if (operation === undefined) return output.kind === 'tuple' && !stillChosen && output.items.includes(at);
    return operation.inputs.some((input) => visit(input, stillChosen && !choosing.has(operation.name)));
  };
  return visit(value, chosen);
}
