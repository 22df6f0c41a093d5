// Where Keras 3 (saving_lib of 3.15) puts each layer's weights in its HDF5 file, from the model's configuration. It must not know HDF5.
import type { Json } from '../../../server/trace/configuration.ts';
import { listOf, objectOf } from './dialect.ts';

/** Groups of weights in the order in which a layer lists them; `parts` are the layer's weights divided evenly (both ways of a Bidirectional). */
export interface WeightPath { readonly layer: string; readonly paths: readonly string[]; readonly inner: readonly WeightPath[] | undefined; readonly hasSeed: boolean }

const recurrent: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'SimpleRNN']);
const seeded: ReadonlySet<string> = new Set(['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout']);

/** The layers of a model in the order of its configuration, the input layers of a Sequential left out as Keras does. */
export function weightPaths(model: Json, prefix = ''): readonly WeightPath[] {
  const isSequential = objectOf(model)['class_name'] === 'Sequential';
  const used = new Map<string, number>();
  return listOf(objectOf(objectOf(model)['config'])['layers']).map(objectOf).flatMap((layer) => {
    const className = String(layer['class_name']), config = objectOf(layer['config']);
    if (isSequential && className === 'InputLayer') return [];
    const base = snakeCase(className), count = used.get(base) ?? 0;
    used.set(base, count + 1);
    const path = `${prefix}layers/${count === 0 ? base : `${base}_${count}`}`;
    return [pathOf(className, config, layer, path)];
  });
}

function pathOf(className: string, config: Readonly<Record<string, Json>>, layer: Json, path: string): WeightPath {
  const name = String(config['name'] ?? '');
  if (className === 'Sequential' || className === 'Functional') return { layer: name, paths: [], inner: weightPaths(layer, `${path}/`), hasSeed: false };
  const innerLayer = objectOf(config['layer']);
  const inside = recurrent.has(String(innerLayer['class_name'])) ? '/cell' : '';
  if (className === 'Bidirectional') return { layer: name, paths: [`${path}/forward_layer${inside}/vars`, `${path}/backward_layer${inside}/vars`], inner: undefined, hasSeed: false };
  if (className === 'TimeDistributed') {
    const held = pathOf(String(innerLayer['class_name']), objectOf(innerLayer['config']), innerLayer, `${path}/layer`);
    return { ...held, layer: name };
  }
  return { layer: name, paths: [recurrent.has(className) ? `${path}/cell/vars` : `${path}/vars`], inner: undefined, hasSeed: seeded.has(className) && config['rate'] !== 0 };
}

/** As Keras turns the name of a class into the name of its group: `Conv2D` → `conv2d`, `PReLU` → `p_re_lu`. */
export function snakeCase(name: string): string {
  return name.replace(/\W+/g, '').replace(/(.)([A-Z][a-z]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}
