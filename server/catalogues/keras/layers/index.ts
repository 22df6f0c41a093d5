// All layers of keras.layers, declared in the files beside this one by family. It must not know how layers become classes.
import type { LayerDeclaration } from '../layer-declaration.ts';
import { activationLayers } from './activations.ts';
import { attentionLayers } from './attention.ts';
import { convolutionalRecurrentLayers } from './convolutional-recurrent.ts';
import { convolutionalLayers } from './convolutional.ts';
import { coreLayers } from './core.ts';
import { denseLayers } from './dense.ts';
import { encodingLayers } from './encoding.ts';
import { imageLayers } from './images.ts';
import { mergingLayers } from './merging.ts';
import { normalizationLayers } from './normalization.ts';
import { poolingLayers } from './pooling.ts';
import { recurrentLayers } from './recurrent.ts';
import { recurrentWrapperLayers } from './recurrent-wrappers.ts';
import { regularizationLayers } from './regularization.ts';
import { reshapingLayers } from './reshaping.ts';
import { resizingLayers } from './resizing.ts';
import { scalingLayers } from './scaling.ts';
import { wrapperLayers } from './wrappers.ts';

export const layerDeclarations: readonly LayerDeclaration[] = [
  ...denseLayers,
  ...convolutionalLayers,
  ...poolingLayers,
  ...coreLayers,
  ...activationLayers,
  ...regularizationLayers,
  ...normalizationLayers,
  ...reshapingLayers,
  ...mergingLayers,
  ...resizingLayers,
  ...recurrentLayers,
  ...convolutionalRecurrentLayers,
  ...attentionLayers,
  ...wrapperLayers,
  ...recurrentWrapperLayers,
  ...scalingLayers,
  ...imageLayers,
  ...encodingLayers,
];
