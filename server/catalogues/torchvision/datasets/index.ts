// The modules torchvision.datasets, with the places where its classes also stand.
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import type { ClassValue, Value } from '../../../values/value.ts';
import { none, unknown } from '../../../values/value.ts';
import type { Catalogue } from '../../catalogue.ts';
import { otherVisionNames, visionClasses } from './classes.ts';
import { datasetFolderClass, fakeDataClass, folderFunctions, imageFolderClass, movingMnistClass, videoClasses } from './folders.ts';
import { visionDatasetClass } from './vision.ts';

/** A data set whose elements are not followed. */
const other = (name: string): ClassValue => nativeClass({
  name, qualifiedName: `torchvision.datasets.${name}`, bases: [visionDatasetClass],
  members: {
    __init__: nativeMethod(name, 'self, *args, **kwargs', () => none),
    __getitem__: nativeMethod('__getitem__', 'self, index', () => unknown()),
    __len__: nativeMethod('__len__', 'self', () => unknown(undefined, 'int')),
  },
});

let members: Record<string, Value> | undefined;
const all = (): Record<string, Value> => (members ??= {
  VisionDataset: visionDatasetClass, ...Object.fromEntries(visionClasses), ImageFolder: imageFolderClass, DatasetFolder: datasetFolderClass, FakeData: fakeDataClass,
  MovingMNIST: movingMnistClass, ...Object.fromEntries(videoClasses.map((cls) => [cls.name, cls])), ...Object.fromEntries(otherVisionNames.map((name) => [name, other(name)])),
});

const files = ['mnist', 'cifar', 'svhn', 'stl10', 'voc', 'coco', 'celeba', 'oxford_iiit_pet', 'imagenet', 'vision', 'fakedata', 'cityscapes', 'flowers102', 'food101', 'omniglot', 'usps', 'lsun'];

export const datasetModules: Catalogue['modules'] = {
  'torchvision.datasets': () => ({ ...all() }),
  'torchvision.datasets.folder': () => ({ ...all(), ...folderFunctions }),
  'torchvision.datasets.utils': () => Object.fromEntries(['download_url', 'download_and_extract_archive', 'extract_archive', 'check_integrity', 'download_file_from_google_drive'].map((name) => [name, unknown()])),
  ...Object.fromEntries(files.map((name) => [`torchvision.datasets.${name}`, () => ({ ...all() })])),
};
