// torch.utils.data: data sets, samplers, loaders, collating.
import { nativeClass, nativeFunction } from '../../../values/classes.ts';
import type { Value } from '../../../values/value.ts';
import { none, unknown } from '../../../values/value.ts';
import type { Catalogue } from '../../catalogue.ts';
import {
  chainDatasetClass,
  concatDatasetClass,
  datasetClass,
  iterableDatasetClass,
  randomSplit,
  stackDatasetClass,
  subsetClass,
  tensorDatasetClass,
} from './dataset.ts';
import { collated, converted } from './elements.ts';
import { dataLoaderClass } from './loader.ts';
import { samplerClasses } from './samplers.ts';
import { representativeOf } from '../../../values/representative.ts';

/** `default_collate(batch)`: a list of elements becomes one batch. */
const defaultCollate = nativeFunction('default_collate', 'batch', ({ args, interpreter, place }) => {
  const batch = args.get('batch');
  if (batch.kind !== 'list' && batch.kind !== 'tuple') return unknown();
  if (batch.kind === 'list' && batch.open) return unknown();
  return batch.items.length === 0 ? unknown() : collated(interpreter, representativeOf(batch.items, true), batch.items.length, place);
});
const defaultConvert = nativeFunction('default_convert', 'data', ({ args }) => converted(args.get('data')));

const collate = { default_collate: defaultCollate, default_convert: defaultConvert };

const workerInfoClass = nativeClass({ name: 'WorkerInfo', qualifiedName: 'torch.utils.data.WorkerInfo' });

const functions: Readonly<Record<string, Value>> = {
  random_split: randomSplit,
  get_worker_info: nativeFunction('get_worker_info', '', () => none),
  ...collate,
};

const datasets = {
  Dataset: datasetClass,
  IterableDataset: iterableDatasetClass,
  TensorDataset: tensorDatasetClass,
  Subset: subsetClass,
  ConcatDataset: concatDatasetClass,
  ChainDataset: chainDatasetClass,
  StackDataset: stackDatasetClass,
  random_split: randomSplit,
};

export const torchDataModules: Catalogue['modules'] = {
  'torch.utils.data': () => ({
    ...datasets,
    ...samplerClasses,
    DataLoader: dataLoaderClass,
    WorkerInfo: workerInfoClass,
    MapDataPipe: datasetClass,
    IterDataPipe: iterableDatasetClass,
    ...functions,
  }),
  'torch.utils.data.dataset': () => ({ ...datasets }),
  'torch.utils.data.dataloader': () => ({ DataLoader: dataLoaderClass, ...functions }),
  'torch.utils.data.sampler': () => ({ ...samplerClasses }),
  'torch.utils.data.distributed': () => ({ DistributedSampler: samplerClasses['DistributedSampler'] ?? none }),
  'torch.utils.data._utils.collate': () => ({ ...collate }),
};

/** `torch.utils.data` alone; torch's own tables are read beside it. */
export const torchDataCatalogue: Catalogue = { modules: torchDataModules };
