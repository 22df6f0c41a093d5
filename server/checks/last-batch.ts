// last-batch: a batch size is written into the program, and the last batch of the data is smaller.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const lastBatch: Check = {
  id: 'last-batch',
  severity: 'error',
  summary: 'The last batch is smaller than a batch size that is written into the program.',
  documentation: `
A \`DataLoader\` gives a smaller last batch where the batch size does not divide the data, unless it is told
\`drop_last=True\`. A \`view(32, -1)\` or a state of \`zeros(1, 32, …)\` fits all batches but that one: training stops at the end of
the first epoch. \`x.size(0)\` says how many samples there are.

\`\`\`python
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(100, 4, 4)), batch_size=32)
net = nn.Linear(16, 2)
for (x,) in loader:
    y = net(x.view(32, 16))  # error: [last-batch] "(4, 4, 4)"
\`\`\`

\`\`\`python
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(100, 4, 4)), batch_size=32)
net = nn.Linear(16, 2)
for (x,) in loader:
    y = net(x.view(x.size(0), 16))
\`\`\`
`,
  run: refusalsOf('last-batch'),
};
