// not-analysed: why a program, or a part of it, was not followed. No fault of the program.
import type { Check } from './check.ts';

export const notAnalysed: Check = {
  id: 'not-analysed',
  severity: 'information',
  summary: 'The program, or a part of it, is not followed, and why.',
  documentation: `
Code for TensorFlow 1's graphs and sessions builds its models in another way and is left alone; a program that runs for
longer than the analysis may is followed only so far.

\`\`\`python no-oracle
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 784])  # information: [not-analysed]
\`\`\`
`,
  run: (trace) => trace.notes.map((note) => ({ message: note.message, place: note.place })),
};
