// What pointing at a hint says: each result of a line that runs many times, with its parameters.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hintMarkdown, hintsOf } from '../../server/features/hints.ts';
import { runProgram } from '../support/program.ts';

const program = (count: number): string => `import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.linear = nn.Linear(size, size + 1)
    def forward(self, x):
        return torch.relu(self.linear(x))
net = nn.Sequential(*[Block(4 + at) for at in range(${count})])
y = net(torch.zeros(2, 4))
`;
const textOf = (count: number): string | undefined => {
  const hint = hintsOf(runProgram(program(count)).trace, '/project/main.py').find(({ line }) => line === 6) ?? assert.fail('no hint');
  return hintMarkdown(hint);
};

test('each result is listed once, with its parameters; one alone needs no list', () => {
  assert.equal(textOf(1), undefined);
  // 4 x 5 + 5, 5 x 6 + 6, 6 x 7 + 7.
  assert.equal(textOf(3), '- `(2, 5)` · 25 params\n- `(2, 6)` · 36 params\n- `(2, 7)` · 49 params');
  assert.equal(textOf(30)?.split('\n').length, 21);
  assert.match(textOf(30) ?? '', /\n- …$/);
});
