// PyTorch as a catalogue: tensors and their functions, torch.nn, and what surrounds them.
import { allDTypes } from '../../tensors/dtype.ts';
import type { Value } from '../../values/value.ts';
import type { Catalogue } from '../catalogue.ts';
import { distributionAliases, distributionModules } from './distributions/index.ts';
import { functionalMembers } from './functional/index.ts';
import { declaredFunctions, declaredModules, dtypeClass, tensorClass, torchDType } from './library.ts';
import './model-input.ts';
import './inputs.ts';
import './module-members.ts';
import { moduleClasses } from './modules/index.ts';
import { moduleFileAliases, spreadingMembers } from './modules/paths.ts';
import './operations/index.ts';
import { initializationMembers } from './initialization.ts';
import { optimizerMembers, scheduleMembers } from './optimizers.ts';
import { packingMembers } from './packing.ts';
import { parameterClass } from './parameters.ts';
import { parallelClasses } from './distributed.ts';
import { programMembers, programModules } from './program.ts';
import { quantizationAliases, quantizationModules } from './quantization.ts';
import { sizeClass } from './tensor.ts';
import { parametrizationMembers, parametrizeMembers, pruningMembers, utilityMembers } from './utilities.ts';

const dtypeNames: Readonly<Record<string, (typeof allDTypes)[number]>> = {
  ...Object.fromEntries(allDTypes.filter((name) => name !== 'object' && name !== 'string').map((name) => [name, name])),
  float: 'float32',
  double: 'float64',
  half: 'float16',
  int: 'int32',
  long: 'int64',
  short: 'int16',
  cfloat: 'complex64',
  cdouble: 'complex128',
};

/** Functions that stand in the module torch, too, with the same arguments. */
const inBothModules: readonly string[] = [
  'conv1d',
  'conv2d',
  'conv3d',
  'conv_transpose1d',
  'conv_transpose2d',
  'conv_transpose3d',
  'pixel_shuffle',
  'pixel_unshuffle',
  'channel_shuffle',
  'pairwise_distance',
  'cosine_similarity',
  'bilinear',
  'layer_norm',
  'group_norm',
  'rms_norm',
  'adaptive_avg_pool1d',
  'adaptive_max_pool1d',
  'avg_pool1d',
  'max_pool1d',
  'max_pool2d',
  'max_pool3d',
];

const torchMembers = (): Record<string, Value> => ({
  ...Object.fromEntries(Object.entries(dtypeNames).map(([name, dtype]) => [name, torchDType(dtype)])),
  ...Object.fromEntries(Object.entries(functionalMembers()).filter(([name]) => inBothModules.includes(name))),
  ...Object.fromEntries(declaredFunctions()),
  // Behind the others: it records when gradients are off.
  ...programMembers(),
  Tensor: tensorClass,
  Size: sizeClass,
  dtype: dtypeClass,
});

const moduleMembers = (): Record<string, Value> => ({
  ...Object.fromEntries([...moduleClasses, ...parallelClasses].map((cls) => [cls.name, cls])),
  Parameter: parameterClass,
});

export const torchCatalogue: Catalogue = {
  modules: {
    torch: torchMembers,
    ...declaredModules(),
    'torch.nn': moduleMembers,
    'torch.nn.modules': moduleMembers,
    'torch.nn.modules.utils': spreadingMembers,
    'torch.nn.functional': functionalMembers,
    'torch.nn.init': initializationMembers,
    'torch.nn.utils': utilityMembers,
    'torch.nn.utils.rnn': packingMembers,
    'torch.nn.utils.prune': pruningMembers,
    'torch.nn.utils.parametrizations': parametrizationMembers,
    'torch.nn.utils.parametrize': parametrizeMembers,
    'torch.optim': optimizerMembers,
    'torch.optim.lr_scheduler': scheduleMembers,
    ...programModules,
    ...quantizationModules,
    ...distributionModules,
    'torch.nn.parameter': () => ({ Parameter: parameterClass }),
  },
  aliases: {
    ...moduleFileAliases,
    ...quantizationAliases,
    ...distributionAliases,
    'torch.nn.utils.fusion': 'torch.nn.utils',
    'torch.optim.optimizer': 'torch.optim',
    ...Object.fromEntries(Object.keys(optimizerMembers()).map((name) => [`torch.optim.${name.toLowerCase()}`, 'torch.optim'])),
  },
};
