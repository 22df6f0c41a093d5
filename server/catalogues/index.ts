// The one list of catalogues.
import type { Catalogue } from './catalogue.ts';
import { datasetsCatalogue } from './datasets/index.ts';
import { kerasCatalogue } from './keras/index.ts';
import { numpyCatalogue } from './numpy/index.ts';
import { pandasCatalogue } from './pandas/index.ts';
import { pythonCatalogue } from './python/index.ts';
import { sklearnCatalogue } from './sklearn/index.ts';
import { tensorflowCatalogue } from './tensorflow/index.ts';

export const allCatalogues: readonly Catalogue[] = [pythonCatalogue, numpyCatalogue, pandasCatalogue, sklearnCatalogue, tensorflowCatalogue, kerasCatalogue, datasetsCatalogue];
