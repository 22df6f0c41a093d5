// invalid-argument: the framework refuses this argument, or does not have it.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const invalidArgument: Check = {
  id: 'invalid-argument',
  severity: 'error',
  summary: 'The framework refuses this argument, or does not have it.',
  documentation: `
An argument has a value that the framework certainly refuses, or a name that it does not know.

\`\`\`python
from keras import layers

layer = layers.Conv2D(16, 3, padding="smae")  # error: [invalid-argument]
\`\`\`

\`\`\`python
from keras import layers

layer = layers.Conv2D(16, 3, padding="same")
\`\`\`
`,
  run: refusalsOf('invalid-argument'),
};
