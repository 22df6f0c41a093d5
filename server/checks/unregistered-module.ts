// unregistered-module: PyTorch modules kept in a plain list or dict, and optimizers that are given no parameters.
import { countParameters } from '../trace/counts.ts';
import type { Layer, Trace, TrainingEvent } from '../trace/trace.ts';
import { message, samePlace } from '../values/place.ts';
import type { InstanceValue, TensorValue, Value } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';

export const unregisteredModule: Check = {
  id: 'unregistered-module',
  severity: 'warning',
  summary: 'PyTorch modules stand in a plain list or dict, where their parameters are not found.',
  documentation: `
A module finds the modules inside it by its attributes. Those in a plain list, tuple or dict are not among its parameters: an
optimizer does not train them, \`.to(device)\` leaves them behind, \`state_dict()\` does not save them. \`nn.ModuleList\` and
\`nn.ModuleDict\` register what they hold.

\`\`\`python
import torch
from torch import nn

class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(8, 8) for _ in range(3)]  # warning: [unregistered-module] "3 Linear"
        self.out = nn.Linear(8, 2)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)

net = Stack()
net(torch.rand(4, 8))
\`\`\`

\`\`\`python
import torch
from torch import nn

class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.out = nn.Linear(8, 2)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)

net = Stack()
net(torch.rand(4, 8))
\`\`\`
`,
  run: (trace) => {
    const hidden = trace.layers.flatMap((owner) => hiddenIn(trace, owner));
    return [...hidden.map(finding), ...trace.events.flatMap((event) => (event.kind === 'training' && event.method === 'optimizer' ? emptyOptimizer(event, hidden) ?? [] : []))];
  },
};

interface Hidden { readonly owner: Layer; readonly attribute: string; readonly container: string; readonly layers: readonly Layer[] }

/** Modules with parameters in containers that are attributes of a module of the program, and that no module registers. */
function hiddenIn(trace: Trace, owner: Layer): Hidden[] {
  const { cls } = owner.instance;
  if (owner.framework !== 'torch' || cls.native || cls.hasUnknownBase) return [];
  // A class that says itself what its parameters are.
  if (cls.mro.some((one) => !one.native && ['parameters', 'named_parameters', 'children', 'modules', 'named_children', 'named_modules', '__setattr__', '__getattr__'].some((name) => one.namespace.has(name)))) return [];
  const found: Hidden[] = [];
  for (const [attribute, value] of owner.instance.attributes) {
    if (value.kind !== 'list' && value.kind !== 'tuple' && value.kind !== 'dict' && value.kind !== 'set') continue;
    const layers = [...new Set(instancesIn(value))].flatMap((instance) => trace.layers.find((layer) => layer.instance === instance) ?? [])
      .filter((layer) => layer.framework === 'torch' && layer.place !== undefined && (countParameters(layer).total > 0 || layer.incomplete));
    // Handed in from outside, it may be held elsewhere, or be kept out of the parameters on purpose.
    const own = layers.filter((layer) => isBuiltInside(layer, owner) && !isRegistered(trace, layer) && !isTrained(trace, layer));
    if (own.length > 0) found.push({ owner, attribute, container: value.kind, layers: own });
  }
  return found;
}

function instancesIn(value: Value, depth = 0): InstanceValue[] {
  if (depth > 4) return [];
  switch (value.kind) {
    case 'instance': return [value];
    case 'list': case 'tuple': return value.items.flatMap((item) => instancesIn(item, depth + 1));
    case 'dict': return [...value.entries.values()].flatMap((entry) => instancesIn(entry.value, depth + 1));
    case 'set': return [...value.entries.values()].flatMap((item) => instancesIn(item, depth + 1));
    default: return [];
  }
}

/** The constructor builds it, or a function that the constructor calls. */
function isBuiltInside(layer: Layer, owner: Layer): boolean {
  return layer.callers.some((caller) => samePlace(caller, owner.place));
}

function isRegistered(trace: Trace, layer: Layer): boolean {
  return trace.layers.some((other) => other !== layer && other.framework === 'torch' && other.children().includes(layer));
}

/** An optimizer is given its parameters all the same, or may be. */
function isTrained(trace: Trace, layer: Layer): boolean {
  const own = new Set<Value>(tensorsOf(layer));
  return trace.events.some((event) => event.kind === 'training' && event.method === 'optimizer' && parametersOf(event.subject).some((tensor) => tensor === 'unknown' || own.has(tensor)));
}

function tensorsOf(layer: Layer): Value[] {
  return [...[...layer.instance.attributes.values()].filter((value) => value.kind === 'tensor'), ...layer.children().flatMap(tensorsOf)];
}

/** The parameters that an optimizer holds. */
function parametersOf(optimizer: Value): (TensorValue | 'unknown')[] {
  const groups = optimizer.kind === 'instance' ? optimizer.attributes.get('param_groups') : undefined;
  if (groups?.kind !== 'list' || groups.open) return ['unknown'];
  return groups.items.flatMap((group): (TensorValue | 'unknown')[] => {
    const parameters = group.kind === 'dict' ? group.entries.get('s:params')?.value : undefined;
    if (parameters?.kind === 'tensor') return [parameters];
    if (parameters?.kind !== 'list' && parameters?.kind !== 'tuple') return ['unknown'];
    const items = parameters.items.map((item): TensorValue | 'unknown' => (item.kind === 'tensor' ? item : 'unknown'));
    return parameters.kind === 'list' && parameters.open ? [...items, 'unknown'] : items;
  });
}

function finding({ owner, attribute, container, layers }: Hidden): RuleFinding {
  const [first, ...others] = layers;
  const classes = [...new Set(layers.map((layer) => layer.className))];
  const place = first?.place ?? owner.place;
  if (place === undefined) throw new Error('a layer that is built has a place');
  return {
    place,
    message: message('{count} {classes} in the plain {container} self.{attribute} of {owner}: its parameters() do not find them, so they are not trained, moved or saved; use nn.{fix}', {
      count: layers.length, classes: classes.join(', '), container, attribute, owner: owner.className, fix: container === 'dict' ? 'ModuleDict' : 'ModuleList',
    }),
    related: others.flatMap((layer) => (layer.place === undefined || layer.place.start === place.start ? [] : [{ place: layer.place, message: message('{layer} as well', { layer: layer.className }) }])),
  };
}

/** PyTorch refuses an empty list of parameters. */
function emptyOptimizer(event: TrainingEvent, hidden: readonly Hidden[]): RuleFinding | undefined {
  const { subject } = event;
  if (subject.kind !== 'instance' || !subject.cls.native || !event.certain) return undefined;
  const groups = subject.attributes.get('param_groups');
  if (groups?.kind !== 'list' || groups.open) return undefined;
  const isEmpty = groups.items.length === 0 || (groups.items.length === 1 && groups.items.every((group) => {
    const parameters = group.kind === 'dict' ? group.entries.get('s:params')?.value : undefined;
    return parameters?.kind === 'list' && !parameters.open && parameters.items.length === 0;
  }));
  if (!isEmpty) return undefined;
  return {
    severity: 'error', place: event.place, message: message('{optimizer} gets an empty list of parameters: PyTorch refuses it', { optimizer: subject.cls.name }),
    related: hidden.flatMap(({ layers }) => layers.slice(0, 1).flatMap((layer) => (layer.place === undefined ? [] : [{ place: layer.place, message: message('{layer} stands where parameters() does not find it', { layer: layer.className }) }]))),
  };
}
