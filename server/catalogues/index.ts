// The one list of catalogues. Each is read when a program first imports one of its roots: a Keras program does not pay for
// PyTorch's tables. `require` of a file is resolved by the bundler, which then runs that file at the first call.
import type { Catalogue } from './catalogue.ts';
import { pythonCatalogue } from './python/index.ts';
import type { LazyCatalogue } from './registry.ts';

export const allCatalogues: readonly (Catalogue | LazyCatalogue)[] = [
  pythonCatalogue,
  { roots: ['numpy'], load: () => (require('./numpy/index.ts') as typeof import('./numpy/index.ts')).numpyCatalogue },
  { roots: ['pandas'], load: () => (require('./pandas/index.ts') as typeof import('./pandas/index.ts')).pandasCatalogue },
  { roots: ['sklearn'], load: () => (require('./sklearn/index.ts') as typeof import('./sklearn/index.ts')).sklearnCatalogue },
  { roots: ['tensorflow'], load: () => (require('./tensorflow/index.ts') as typeof import('./tensorflow/index.ts')).tensorflowCatalogue },
  { roots: ['keras', 'tf_keras', 'tensorflow'], load: () => (require('./keras/index.ts') as typeof import('./keras/index.ts')).kerasCatalogue },
  { roots: ['keras', 'tensorflow', 'tensorflow_datasets'], load: () => (require('./datasets/index.ts') as typeof import('./datasets/index.ts')).datasetsCatalogue },
  { roots: ['torch', 'tensorboardX', 'functorch'], load: () => (require('./torch/index.ts') as typeof import('./torch/index.ts')).torchCatalogue },
  { roots: ['torch'], load: () => (require('./torch/data/index.ts') as typeof import('./torch/data/index.ts')).torchDataCatalogue },
  { roots: ['torchvision'], load: () => (require('./torchvision/index.ts') as typeof import('./torchvision/index.ts')).torchvisionCatalogue },
  { roots: ['tqdm'], load: () => (require('./tqdm/index.ts') as typeof import('./tqdm/index.ts')).tqdmCatalogue },
  { roots: ['einops'], load: () => (require('./einops/index.ts') as typeof import('./einops/index.ts')).einopsCatalogue },
  { roots: ['lightning', 'pytorch_lightning'], load: () => (require('./lightning/index.ts') as typeof import('./lightning/index.ts')).lightningCatalogue },
  { roots: ['torchinfo', 'torchsummary', 'torchsummaryX', 'thop', 'fvcore', 'ptflops', 'torchviz', 'transformers'], load: () => (require('./model-tools/index.ts') as typeof import('./model-tools/index.ts')).modelToolsCatalogue },
  { roots: ['torchmetrics'], load: () => (require('./torchmetrics/index.ts') as typeof import('./torchmetrics/index.ts')).torchmetricsCatalogue },
  { roots: ['huggingface_hub', 'safetensors'], load: () => (require('./huggingface/index.ts') as typeof import('./huggingface/index.ts')).huggingfaceCatalogue },
  { roots: ['timm'], load: () => (require('./timm/index.ts') as typeof import('./timm/index.ts')).timmCatalogue },
  { roots: ['PIL'], load: () => (require('./pil/index.ts') as typeof import('./pil/index.ts')).pilCatalogue },
];
