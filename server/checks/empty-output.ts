// empty-output: a window leaves no pixels.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const emptyOutput: Check = {
  id: 'empty-output',
  severity: 'error',
  summary: 'A window leaves no pixels.',
  documentation: `
A convolution or pooling window that is larger than what is left of the image has no place to stand.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(8, 8, 1)),
    layers.MaxPooling2D(4),
    layers.Conv2D(16, 3),  # error: [empty-output]
])
\`\`\`

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(8, 8, 1)),
    layers.MaxPooling2D(2),
    layers.Conv2D(16, 3),
])
\`\`\`
`,
  run: refusalsOf('empty-output'),
};
