// A model that nobody calls is run about once on what its input is supposed to be: what a trial recorded is kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProgram } from '../../support/program.ts';

const model = `import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8, 8)
        self.rows = nn.Embedding(10, 8)

    def forward(self, x):
        x = self.drop(F.relu(self.norm(self.first(x))))
        for _ in range(40):
            y = self.head(x.flatten(2).transpose(1, 2))
            x = x + (y @ self.head.weight).transpose(1, 2).reshape(x.shape)
        return x.mean((2, 3))

net = Net()
`;

test('a trial that says all is the run', () => {
  const called = runProgram(`${model}net(torch.rand(2, 3, 16, 16))\n`), supposed = runProgram(model);
  assert.ok(supposed.trace.calls.length > 0 && supposed.trace.calls.length === called.trace.calls.length, `${supposed.trace.calls.length} calls`);
  assert.ok(supposed.steps < called.steps * 1.5, `${supposed.steps} steps, and ${called.steps} where the program calls it`);
  assert.deepEqual(supposed.trace.calls.map((call) => call.id), called.trace.calls.map((call) => call.id));
  for (const layer of supposed.trace.layers) assert.equal(layer.calls.length, called.trace.layers.find((other) => other.id === layer.id)?.calls.length);
});
