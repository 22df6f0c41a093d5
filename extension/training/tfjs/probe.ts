// A tiny training of a convolution, a pool and a dense layer whose every number is known: a backend that gives others computes wrongly.
// The numbers are those of Keras 3.15 (test/oracle/training.py writes them anew). It must not know backends.
import type { Json } from '../../../server/trace/configuration.ts';
import type { Engine, EngineModel, LayerWeights } from './engine.ts';

const layer = (className: string, config: Readonly<Record<string, Json>>): Json => ({ module: 'keras.layers', class_name: className, config, registered_name: null });

/** The model that is tried. */
export const probeModel: EngineModel = {
  config: {
    module: 'keras', class_name: 'Sequential', registered_name: null,
    config: {
      name: 'probe', trainable: true, layers: [
        layer('InputLayer', { batch_shape: [null, 6, 6, 1], dtype: 'float32', sparse: false, name: 'input' }),
        layer('Conv2D', { name: 'conv', filters: 3, kernel_size: [3, 3], padding: 'same', activation: 'tanh' }),
        layer('MaxPooling2D', { name: 'pool', pool_size: [2, 2] }),
        layer('Conv2D', { name: 'strided', filters: 2, kernel_size: [2, 2], strides: [2, 2], padding: 'same', activation: 'relu' }),
        layer('Flatten', { name: 'flat' }),
        layer('Dense', { name: 'dense', units: 3, activation: 'softmax' }),
      ],
    },
  },
  optimizer: { name: 'SGD', arguments: { learning_rate: 0.5, momentum: 0.9 } },
  loss: { name: 'sparse_categorical_crossentropy', arguments: {} },
  inputShape: [6, 6, 1],
};

/** Numbers that any machine draws alike. */
export function drawn(count: number, offset: number): Float32Array {
  return Float32Array.from({ length: count }, (_, at) => Math.sin((at + 1) * 12.9898 + offset * 78.233) * 0.5);
}

export const probeBatch = { size: 4, input: drawn(4 * 36, 1), target: Float32Array.from([0, 2, 1, 2]) };

/** Before each of five steps, and after the last. */
export const probeLosses: readonly number[] = [1.090217, 1.059376, 1.042111, 1.022056, 0.972011, 0.913925];

export function probeWeights(weights: readonly LayerWeights[]): LayerWeights[] {
  let at = 1;
  return weights.map((one) => ({ ...one, weights: one.weights.map(({ shape, values }) => ({ shape, values: drawn(values.length, (at += 1)) })) }));
}

/** Why the engine cannot be trusted; undefined when its numbers are right. It is disposed behind. */
export async function probeEngine(engine: Engine): Promise<string | undefined> {
  try {
    const losses = await probedLosses(engine);
    const wrong = losses.findIndex((loss, at) => !(Math.abs(loss - (probeLosses[at] ?? 0)) < 2e-3));
    return wrong < 0 ? undefined : `its training step gives a loss of ${losses[wrong]?.toFixed(5)} instead of ${probeLosses[wrong]?.toFixed(5)}`;
  } finally {
    engine.dispose();
  }
}

export async function probedLosses(engine: Engine): Promise<number[]> {
  await engine.build(probeModel);
  engine.setWeights(probeWeights(await engine.weights()));
  const losses: number[] = [];
  for (let step = 0; step < 5; step += 1) losses.push((await engine.step(probeBatch, 0.5)).loss);
  return [...losses, (await engine.evaluate(probeBatch)).loss];
}
