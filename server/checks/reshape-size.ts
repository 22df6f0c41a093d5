// reshape-size: a reshape changes the number of elements.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const reshapeSize: Check = {
  id: 'reshape-size',
  severity: 'error',
  summary: 'A reshape changes the number of elements.',
  documentation: `
A reshape only reorders sizes: their product stays what it was.

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(100,)),
    layers.Reshape((8, 8, 2)),  # error: [reshape-size]
])
\`\`\`

\`\`\`python
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(128,)),
    layers.Reshape((8, 8, 2)),
])
\`\`\`
`,
  run: refusalsOf('reshape-size'),
};
