// einops as a catalogue.
import '../torch/index.ts';
import { nativeClass } from '../../values/classes.ts';
import type { Catalogue } from '../catalogue.ts';
import { einopsFunctions } from './functions.ts';
import { einopsLayers } from './layers.ts';
import { str } from '../../values/value.ts';

const errorClass = nativeClass({ name: 'EinopsError', qualifiedName: 'einops.EinopsError' });

export const einopsCatalogue: Catalogue = {
  modules: {
    einops: () => ({ ...einopsFunctions, EinopsError: errorClass, __version__: str('0.8.2') }),
    'einops.einops': () => ({ ...einopsFunctions }),
    'einops.layers.torch': () => ({ ...einopsLayers }),
  },
};
