// input-shape: the data fed do not fit the model's declared input.
import type { Check } from './check.ts';
import { refusalsOf } from './check.ts';

export const inputShape: Check = {
  id: 'input-shape',
  severity: 'error',
  summary: "The data fed do not fit the model's declared input.",
  documentation: `
A model takes what its Input declares, without the number of samples. Feeding another rank or size fails in training.

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(24, 50, 50, 1), np.random.rand(24, 1)
model = keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Flatten(), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(x, y)  # error: [input-shape]
\`\`\`

\`\`\`python
import numpy as np
import keras
from keras import layers

x, y = np.random.rand(24, 50, 50, 1), np.random.rand(24, 1)
model = keras.Sequential([keras.Input(shape=(50, 50, 1)), layers.Flatten(), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(x, y)
\`\`\`
`,
  run: refusalsOf('input-shape'),
};
