// The scikit-learn catalogue: what prepares data for a model. Its own models and measures are known by name only, and unknown as values.
import type { Catalogue } from '../catalogue.ts';
import { str } from '../../values/value.ts';
import { datasetMembers } from './datasets.ts';
import { classWeightMembers, selectionMembers, utilityMembers } from './selection.ts';
import { transformerMembers, transformerModules } from './transformers.ts';

const unfollowed = [
  'metrics',
  'pipeline',
  'linear_model',
  'ensemble',
  'svm',
  'tree',
  'neighbors',
  'cluster',
  'naive_bayes',
  'neural_network',
  'compose',
  'base',
  'mixture',
  'dummy',
  'feature_selection',
  'feature_extraction',
  'inspection',
  'calibration',
  'gaussian_process',
  'discriminant_analysis',
  'multiclass',
  'multioutput',
  'random_projection',
  'exceptions',
  'utils.validation',
  'metrics.pairwise',
  'experimental',
];

export const sklearnCatalogue: Catalogue = {
  modules: {
    ...Object.fromEntries(unfollowed.map((name) => [`sklearn.${name}`, () => ({})])),
    sklearn: () => ({ __version__: str('1.5.0') }),
    'sklearn.datasets': datasetMembers,
    'sklearn.model_selection': selectionMembers,
    'sklearn.cross_validation': selectionMembers,
    'sklearn.utils': utilityMembers,
    'sklearn.utils.class_weight': classWeightMembers,
    ...Object.fromEntries(transformerModules.map((module) => [module, transformerMembers(module)])),
  },
};
