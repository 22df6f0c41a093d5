// About how long TensorFlow.js' cpu backend takes for a model, from its configuration: whether it is worth starting. It must not know backends.
import type { Json } from '../../../server/trace/configuration.ts';
import { listOf, objectOf } from './dialect.ts';

/** Seconds a step of 32 samples; 0 for a model without convolutions. Measured: 35 s for 0.45 GFLOP forward with 128 samples of 28 × 28. */
export function convolutionCost(model: Json): number {
  let seconds = 0;
  for (const layer of listOf(objectOf(objectOf(model)['config'])['layers']).map(objectOf)) {
    const config = objectOf(layer['config']);
    if (['Sequential', 'Functional'].includes(String(layer['class_name']))) seconds += convolutionCost(layer);
    if (/Conv/.test(String(layer['class_name']))) seconds += 2 * (Number(config['filters'] ?? 32) / 32);
  }
  return seconds;
}
