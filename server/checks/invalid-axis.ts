// invalid-axis: an axis lies outside the rank.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const invalidAxis: Check = {
  id: 'invalid-axis',
  severity: 'error',
  summary: 'An axis lies outside the rank.',
  documentation: `
A tensor of rank 3 has the axes 0, 1, 2, or -3, -2, -1 from behind.

\`\`\`python
import numpy as np

x = np.zeros((2, 3, 4))
y = np.sum(x, axis=3)  # error: [invalid-axis]
\`\`\`

\`\`\`python
import numpy as np

x = np.zeros((2, 3, 4))
y = np.sum(x, axis=2)
\`\`\`
`,
  run: refusalsOf('invalid-axis'),
};
