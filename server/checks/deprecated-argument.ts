// deprecated-argument: an argument has another name now.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const deprecatedArgument: Check = {
  id: 'deprecated-argument',
  severity: 'error',
  summary: 'An argument has another name now.',
  documentation: `
Keras 3 refuses names that older versions took with a warning.

\`\`\`python
import keras

optimizer = keras.optimizers.Adam(lr=0.001)  # error: [deprecated-argument]
\`\`\`

\`\`\`python
import keras

optimizer = keras.optimizers.Adam(learning_rate=0.001)
\`\`\`
`,
  run: refusalsOf('deprecated-argument'),
};
