// shape-mismatch: an operation cannot be applied to these shapes.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const shapeMismatch: Check = {
  id: 'shape-mismatch',
  severity: 'error',
  summary: 'An operation cannot be applied to these shapes.',
  documentation: `
A layer or an operation is given tensors that it certainly refuses: another rank than it accepts, another number of
channels than its weights were made for, sizes that do not broadcast.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(128,)),
    layers.Conv1D(16, 3),  # error: [shape-mismatch]
])
\`\`\`

Give the layer what it accepts:

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(128, 1)),
    layers.Conv1D(16, 3),
])
\`\`\`
`,
  run: refusalsOf('shape-mismatch'),
};
