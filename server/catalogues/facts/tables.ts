// What the generated tables of data sets and ready-made models hold, and how they are read. Written by hand; the tables beside it are not.
// It knows nothing of the functions that hand these facts to a program.
import { kerasApplications } from './keras-applications.ts';
import { kerasDatasets } from './keras-datasets.ts';
import { tfdsTable } from './tfds.ts';
import { torchvisionDatasets } from './torchvision-datasets.ts';

export interface TfdsLabel {
  readonly feature: string;
  readonly isSequence: boolean;
  readonly classes: number;
  /** Labels lie in [lowest, highest]. */
  readonly lowest: number;
  readonly highest: number;
}

export interface TfdsDataset {
  readonly name: string;
  /** Empty when the data set has one configuration only. */
  readonly config: string;
  readonly labels: readonly TfdsLabel[];
  /** Axes that differ from picture to picture are undefined. */
  readonly image: { readonly feature: string; readonly shape: readonly (number | undefined)[] } | undefined;
  /** Examples by split; undefined where the number is not known. */
  readonly splits: ReadonlyMap<string, number | undefined>;
  /** The two features that `as_supervised=True` gives. */
  readonly supervised: readonly [string, string] | undefined;
}

export interface KerasDataset {
  /** `cifar100` */
  readonly loader: string;
  /** The value of `label_mode` or `version` that this row is for. */
  readonly argument?: string;
  readonly classes?: number;
  readonly xTrain: readonly number[];
  readonly yTrain: readonly number[];
  readonly xTest: readonly number[];
  readonly yTest: readonly number[];
}

export interface TorchvisionDataset {
  readonly dataset: string;
  /** The row holds for these values of this argument, as their text: `split` of `byclass`. The first row of a data set is its default. */
  readonly argument?: string;
  readonly values?: readonly string[];
  /** What the label is: `class`, `attr`, `pixel`, … */
  readonly target: string;
  readonly classes?: number;
  readonly lowest?: number;
  readonly highest?: number;
  /** Height, width, channels. */
  readonly size?: readonly number[];
}

export interface KerasApplication {
  readonly model: string;
  /** The smallest side it takes without its head; undefined when it does not look. */
  readonly minimum?: number;
  /** The side of its default input. */
  readonly size: number;
  /** Whether it has that side when no `input_shape` is given, with and without its head; else its sides are None. */
  readonly fixedWithTop: boolean;
  readonly fixedWithoutTop: boolean;
  readonly name: string;
  /** With 3 channels and, with the head, 1000 classes. */
  readonly params: number;
  readonly paramsWithTop: number;
  readonly frozen: number;
  /** Where a model of unknown side has other layers (NASNet). */
  readonly paramsOfUnknownSize?: number;
  readonly frozenOfUnknownSize?: number;
  readonly layers: number;
  readonly layersWithTop: number;
  /** Channels of the output without the head. */
  readonly channels: number;
  /** Inputs of the last layer of the head: `n` classes cost `n * (classifierWidth + 1)`. */
  readonly classifierWidth: number;
  /** What one channel more or less in the input costs. */
  readonly perInputChannel: number;
  /** From input to output: `c2` divides a side by 2 and rounds up, `v3/2` is an unpadded window of 3 with stride 2. */
  readonly windows: string;
}

/** Looks up `mnist`, `emnist/letters` or `mnist:3.0.1`, without a configuration the default one. */
export function tfdsDataset(reference: string): TfdsDataset | undefined {
  const [name = '', config] = (reference.split(':')[0] ?? '').split('/', 2);
  for (const line of tfdsTable.split('\n')) {
    if (!line.startsWith(`${name}|`)) continue;
    const [, configs = '', labels = '', image = '', splits = '', supervised = ''] = line.split('|');
    const known = configs.split(',');
    const chosen = known.find((one) => (config === undefined ? one.startsWith('!') : one === '*' || one === '!*' || one.replace('!', '') === config));
    if (chosen === undefined) continue;
    const [first, second] = supervised.split(',');
    return {
      name, config: config ?? chosen.replace(/[!*]/g, ''), labels: labels.split(';').map(readLabel), image: readImage(image),
      splits: new Map(splits === '' ? [] : splits.split(';').map((part): [string, number | undefined] => { const [split = '', count = ''] = part.split('='); return [split, /^\d+$/.test(count) ? Number(count) : undefined]; })),
      supervised: first === undefined || second === undefined ? undefined : [first, second],
    };
  }
  return undefined;
}

function readLabel(text: string): TfdsLabel {
  const [, feature = '', star = '', classes = '0', lowest, highest] = /^(.*):(\*?)(\d+)(?:@(-?\d+)-(-?\d+))?$/.exec(text) ?? [];
  return { feature, isSequence: star === '*', classes: Number(classes), lowest: Number(lowest ?? 0), highest: Number(highest ?? Number(classes) - 1) };
}

function readImage(text: string): TfdsDataset['image'] {
  if (text === '') return undefined;
  const [feature = '', shape = ''] = text.split(':');
  return { feature, shape: shape.split(',').map((part) => (part === '' ? undefined : Number(part))) };
}

/** The rows of a loader, `cifar100` having one for each `label_mode`; the first is the default. */
export function kerasDataset(loader: string, argument?: string): KerasDataset | undefined {
  return kerasDatasets.find((row) => row.loader === loader && (argument === undefined || row.argument === undefined || row.argument === argument));
}

/** The rows of a data set of torchvision, its default first. */
export function torchvisionDataset(name: string): readonly TorchvisionDataset[] {
  return torchvisionDatasets.filter((row) => row.dataset === name);
}

export function kerasApplication(model: string): KerasApplication | undefined {
  return kerasApplications.find((row) => row.model === model);
}

/** The steps of a model that change a side, for the caller's own arithmetic of sizes. */
export function windowSteps(application: KerasApplication): readonly { readonly kind: 'ceil' | 'valid'; readonly size: number; readonly stride: number }[] {
  return application.windows.split(' ').filter((step) => step !== '').map((step) => {
    const [size = '1', stride = '1'] = step.slice(1).split('/');
    return step.startsWith('c') ? { kind: 'ceil', size: 1, stride: Number(size) } : { kind: 'valid', size: Number(size), stride: Number(stride) };
  });
}
