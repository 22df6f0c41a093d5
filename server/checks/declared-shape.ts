// declared-shape: an annotation or a shape comment contradicts the shape that the value has.
import { isKnown } from '../tensors/dim.ts';
import { formatShape } from '../tensors/shape.ts';
import type { Trace, ValueRecord } from '../trace/trace.ts';
import { type Claim, claimsAt } from '../values/claims.ts';
import { message } from '../values/place.ts';
import type { TensorValue } from '../values/value.ts';
import type { Check, RuleFinding } from './check.ts';

export const declaredShape: Check = {
  id: 'declared-shape',
  severity: 'information',
  summary: 'An annotation or a shape comment contradicts the shape.',
  documentation: `
A comment such as \`# (B, 64, 8, 8)\` is read as what it says. Where the value has another number of axes, or another number
where the comment states one, one of the two is wrong.

\`\`\`python
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3, stride=2, padding=1)

    def forward(self, x):
        y = self.conv(x)  # (B, 64, 32, 32)  # information: [declared-shape] "(2, 64, 16, 16)"
        return y.mean((2, 3))

Net()(torch.rand(2, 3, 32, 32))
\`\`\`

\`\`\`python
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3, stride=2, padding=1)

    def forward(self, x):
        y = self.conv(x)  # (B, 64, 16, 16)
        return y.mean((2, 3))

Net()(torch.rand(2, 3, 32, 32))
\`\`\`
`,
  run: findings,
};

function findings(trace: Trace): RuleFinding[] {
  // A program that is not followed, or not to its end, may change its shapes by what was not.
  if (trace.notes.length > 0) return [];
  const bySource = new Map<string, Map<number, ValueRecord[]>>();
  for (const record of trace.values) {
    if (record.role !== 'target' && record.role !== 'parameter') continue;
    const { source, start } = record.place;
    let byStart = bySource.get(source.path);
    if (byStart === undefined) bySource.set(source.path, (byStart = new Map()));
    const records = byStart.get(start);
    if (records === undefined) byStart.set(start, [record]);
    else records.push(record);
  }
  return [...bySource.values()].flatMap((byStart) => [...byStart.values()]).flatMap((records) => {
    // Texts are read only where a tensor stands: that is what costs time.
    const claim = records[0]?.value.kind === 'tensor' ? claimsAt(records[0].place)[0] : undefined;
    // A text that several shapes pass by speaks of one of them.
    if (claim === undefined || !records.every((record) => !isSupposed(record) && record.value.kind === 'tensor' && contradicts(claim, record.value))) return [];
    const [first] = records;
    if (first?.value.kind !== 'tensor') return [];
    return [{
      place: first.place, message: message('{name} has shape {shape}, but the text says {claim}', { name: first.name, shape: formatShape(first.value.shape), claim: claim.text }),
      related: [{ place: claim.place, message: message('{claim} is said here', { claim: claim.text }) }],
    }];
  });
}

/** It happened while a module ran on an input that nobody states. */
function isSupposed(record: ValueRecord): boolean {
  let outermost = record.call;
  for (let depth = 0; outermost?.parent !== undefined && depth < 200; depth += 1) outermost = outermost.parent;
  return outermost !== undefined && outermost.place === undefined;
}

function contradicts(claim: Claim, tensor: TensorValue): boolean {
  const { dims } = tensor.shape;
  if (dims === undefined) return false;
  // Many leave the batch out; only a claim that begins with a letter for it counts axes.
  if (dims.length !== claim.sizes.length) return claim.beginsWithName && claim.sizes.length > 1;
  return dims.some((dim, axis) => { const size = claim.sizes[axis]; return size !== undefined && isKnown(dim) && dim !== size; });
}
