// torchvision as a catalogue: transforms, data sets, operations, reading and drawing. Its models are read from the installed library's source.
import '../numpy/index.ts';
import '../torch/index.ts';
import { unknown } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { datasetModules } from './datasets/index.ts';
import { fileModules } from './files.ts';
import { modelModules } from './models/index.ts';
import { operatorModules, operatorStandIns } from './ops.ts';
import { transformModules } from './transforms/index.ts';

export const torchvisionCatalogue: Catalogue = {
  modules: { ...transformModules, ...datasetModules, ...fileModules, ...operatorModules },
  // What an installed torchvision says itself.
  standIns: { torchvision: () => ({ __version__: unknown(undefined, 'str') }), ...modelModules, ...operatorStandIns },
};
