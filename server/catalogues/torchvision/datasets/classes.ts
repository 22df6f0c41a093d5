// The data sets of torchvision.datasets: signatures of torchvision 0.29, classes and picture sizes from the table of facts, and the attributes
// that programs read (`classes`, `data`, `targets`). It must not know loaders or transforms.
import { type Dim, symbol, unknownDim } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { shapeOf } from '../../../tensors/shape.ts';
import { nativeClass, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { Origin } from '../../../values/place.ts';
import { message } from '../../../values/place.ts';
import type { ClassValue, NativeCall, Value } from '../../../values/value.ts';
import { none, tuple, unknown } from '../../../values/value.ts';
import { makeArray } from '../../arrays/contents.ts';
import { labelOrigin, labelsOf } from '../../datasets/label-facts.ts';
import { torchvisionDataset, type TorchvisionDataset } from '../../facts/tables.ts';
import { ndarrayClass } from '../../numpy/library.ts';
import { makeImage } from '../../pil/image.ts';
import { tensorClass, torchTensor } from '../../torch/library.ts';
import { exampleCounts } from './counts.ts';
import { classIndices, classNames, exampleMembers, holdTransforms, labelList, labelValue, setVision, visionDatasetClass } from './vision.ts';

/** How all examples stand as attributes. */
type Storage =
  /** `data` and `targets` as tensors (MNIST). */
  | 'tensors'
  /** `data` an array of (N, H, W, C), `targets` a list (CIFAR). */
  | 'array and list'
  /** `data` an array of (N, C, H, W), `labels` an array (SVHN, STL10). */
  | 'arrays'
  | 'files';

interface VisionDeclaration {
  readonly name: string;
  readonly base?: string;
  readonly signature: string;
  /** The argument that chooses the examples; its values are those of the table of counts. */
  readonly split?: string;
  readonly storage?: Storage;
  /** Of its pictures, where they are not RGB (or L with one channel); `?`: they differ. */
  readonly mode?: string;
  /** What a picture's mask or target is, where it is no number of a class. */
  readonly target?: (call: NativeCall, row: TorchvisionDataset | undefined, origin: Origin) => Value | undefined;
  /** Names of the classes, where they are few and fixed. */
  readonly names?: readonly string[];
}

const common = 'transform=None, target_transform=None, download=False';
const digits = ['0 - zero', '1 - one', '2 - two', '3 - three', '4 - four', '5 - five', '6 - six', '7 - seven', '8 - eight', '9 - nine'];
const loader = `${common}, loader=None`;

/** Several targets that are asked for make a tuple. */
function targetTypes(call: NativeCall, argument: string, one: (type: string) => Value): Value {
  const given = call.args.get(argument);
  if (given.kind === 'str') return one(given.value);
  if (given.kind !== 'list' && given.kind !== 'tuple') return unknown();
  const targets = given.items.map((item) => (item.kind === 'str' ? one(item.value) : unknown()));
  const [only] = targets;
  return targets.length === 1 && only !== undefined ? only : tuple(targets);
}

function rowFor(name: string, value: string): TorchvisionDataset | undefined {
  return torchvisionDataset(name).find((row) => row.values?.includes(value));
}
function labelOf(row: TorchvisionDataset | undefined, source: string, call: NativeCall): Value {
  if (row?.lowest === undefined || row.highest === undefined || row.classes === undefined) return unknown(undefined, 'int');
  return labelValue(rangeBetween(row.lowest, row.highest, { integral: true, attained: true }), labelOrigin({ classes: row.classes, source, place: call.place }));
}
/** Sizes of pictures that differ from one to the next; a mask has its picture's. */
const height = symbol('H'), width = symbol('W');
function mask(row: TorchvisionDataset | undefined, origin: Origin, mode: string, range = row?.lowest === undefined || row.highest === undefined ? undefined : rangeBetween(row.lowest, row.highest, { integral: true, attained: true })): Value {
  return makeImage({ height: row?.size?.[0] ?? height, width: row?.size?.[1] ?? width, mode, range, origin });
}

const declarations: readonly VisionDeclaration[] = [
  { name: 'MNIST', signature: `root, train=True, ${common}`, split: 'train', storage: 'tensors', names: digits },
  { name: 'FashionMNIST', base: 'MNIST', signature: `root, train=True, ${common}`, split: 'train', storage: 'tensors', names: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'] },
  { name: 'KMNIST', base: 'MNIST', signature: `root, train=True, ${common}`, split: 'train', storage: 'tensors', names: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'] },
  { name: 'EMNIST', base: 'MNIST', signature: `root, split, train=True, ${common}`, split: 'train', storage: 'tensors' },
  { name: 'QMNIST', base: 'MNIST', signature: `root, what=None, compat=True, train=True, ${common}`, split: 'train', storage: 'tensors', names: digits, target: (call) => (call.interpreter.truth(call.args.get('compat'), call.place) === true ? undefined : torchTensor({ shape: shapeOf(8), dtype: 'int64' })) },
  { name: 'CIFAR10', signature: `root, train=True, ${common}`, split: 'train', storage: 'array and list', names: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'] },
  { name: 'CIFAR100', base: 'CIFAR10', signature: `root, train=True, ${common}`, split: 'train', storage: 'array and list' },
  { name: 'SVHN', signature: `root, split='train', ${common}`, split: 'split', storage: 'arrays' },
  { name: 'STL10', signature: `root, split='train', folds=None, ${common}`, split: 'split', storage: 'arrays', names: ['airplane', 'bird', 'car', 'cat', 'deer', 'dog', 'horse', 'monkey', 'ship', 'truck'] },
  { name: 'USPS', signature: `root, train=True, ${common}`, split: 'train', storage: 'array and list' },
  { name: 'SEMEION', signature: `root, ${common}`, storage: 'arrays' },
  { name: 'EuroSAT', signature: `root, ${loader}` }, { name: 'SUN397', signature: `root, ${loader}` },
  { name: 'PCAM', signature: `root, split='train', ${common}`, split: 'split' },
  { name: 'FER2013', signature: "root, split='train', transform=None, target_transform=None", split: 'split' },
  { name: 'GTSRB', signature: `root, split='train', ${common}`, split: 'split' },
  { name: 'Caltech101', signature: `root, target_type='category', ${common}`, mode: '?', target: (call, row, origin) => targetTypes(call, 'target_type', (type) => (type === 'category' ? labelOf(row, says(origin), call) : unknown())) },
  { name: 'Caltech256', signature: `root, ${common}`, mode: '?' },
  { name: 'CelebA', signature: `root, split='train', target_type='attr', ${common}`, split: 'split', target: (call, _, origin) => targetTypes(call, 'target_type', (type) => celebTarget(call, type, origin)) },
  { name: 'Country211', signature: `root, split='train', ${loader}`, split: 'split' },
  { name: 'DTD', signature: `root, split='train', partition=1, ${loader}`, split: 'split' },
  { name: 'FGVCAircraft', signature: `root, split='trainval', annotation_level='variant', ${loader}`, split: 'split' },
  { name: 'Flowers102', signature: `root, split='train', ${loader}`, split: 'split' }, { name: 'Food101', signature: `root, split='train', ${loader}`, split: 'split' },
  { name: 'StanfordCars', signature: `root, split='train', ${loader}`, split: 'split' }, { name: 'RenderedSST2', signature: `root, split='train', ${loader}`, split: 'split' },
  { name: 'CLEVRClassification', signature: `root, split='train', ${loader}`, mode: '?', target: () => unknown(undefined, 'int') },
  { name: 'ImageNet', signature: "root, split='train', transform=None, target_transform=None, loader=None, **kwargs", split: 'split' },
  { name: 'Imagenette', signature: "root, split='train', size='full', download=False, transform=None, target_transform=None, loader=None", split: 'split' },
  { name: 'INaturalist', signature: "root, version='2021_train', target_type='full', transform=None, target_transform=None, download=False, loader=None", target: (call) => (call.args.str('target_type') === 'full' ? undefined : unknown()) },
  { name: 'LFWPeople', signature: `root, split='10fold', image_set='funneled', ${loader}` },
  { name: 'LSUN', signature: "root, classes='train', transform=None, target_transform=None" },
  { name: 'Omniglot', signature: `root, background=True, ${common}, loader=None`, mode: 'L' },
  { name: 'Places365', signature: "root, split='train-standard', small=False, download=False, transform=None, target_transform=None, loader=None" },
  { name: 'OxfordIIITPet', signature: "root, split='trainval', target_types='category', transforms=None, transform=None, target_transform=None, download=False", split: 'split', target: (call, _, origin) => targetTypes(call, 'target_types', (type) => {
    const row = rowFor('OxfordIIITPet', type);
    return row === undefined ? unknown() : row.target === 'pixel' ? mask(row, origin, 'L') : labelOf(row, says(origin), call);
  }) },
  { name: 'VOCSegmentation', signature: "root, year='2012', image_set='train', download=False, transform=None, target_transform=None, transforms=None", target: (_, row, origin) => mask(row, origin, 'P', rangeBetween(0, 255, { integral: true })) },
  { name: 'VOCDetection', signature: "root, year='2012', image_set='train', download=False, transform=None, target_transform=None, transforms=None", target: () => unknown(undefined, 'dict') },
  { name: 'SBDataset', signature: "root, image_set='train', mode='boundaries', download=False, transforms=None", target: (call, row, origin) => (call.args.str('mode') === 'segmentation' ? mask(row, origin, 'P', rangeBetween(0, 255, { integral: true })) : unknown()) },
  { name: 'Cityscapes', signature: "root, split='train', mode='fine', target_type='instance', transform=None, target_transform=None, transforms=None", target: (call, row, origin) => targetTypes(call, 'target_type', (type) => (type === 'polygon' ? unknown() : mask(row, origin, type === 'instance' ? 'I' : type === 'color' ? 'RGBA' : 'L', undefined))) },
  { name: 'CocoDetection', signature: 'root, annFile, transform=None, target_transform=None, transforms=None', target: () => unknown(undefined, 'list') },
  { name: 'CocoCaptions', base: 'CocoDetection', signature: 'root, annFile, transform=None, target_transform=None, transforms=None', target: () => unknown(undefined, 'list') },
  { name: 'Kitti', signature: 'root, train=True, transform=None, target_transform=None, transforms=None, download=False', target: () => unknown(undefined, 'list') },
  { name: 'WIDERFace', signature: `root, split='train', ${common}`, target: () => unknown() },
  { name: 'SBU', signature: `root, ${loader}`, target: () => unknown(undefined, 'str') },
  { name: 'Flickr8k', signature: 'root, ann_file, transform=None, target_transform=None, loader=None', target: () => unknown(undefined, 'list') },
  { name: 'Flickr30k', signature: 'root, ann_file, transform=None, target_transform=None, loader=None', target: () => unknown(undefined, 'list') },
];

function says(origin: Origin): string { return String(origin.says?.values['source'] ?? ''); }

function celebTarget(call: NativeCall, type: string, origin: Origin): Value {
  switch (type) {
    case 'attr': return torchTensor({ shape: shapeOf(40), dtype: 'int64', range: rangeBetween(0, 1, { integral: true, attained: true }), origin });
    case 'identity': {
      const row = rowFor('CelebA', 'identity');
      return row?.lowest === undefined || row.highest === undefined || row.classes === undefined ? unknown()
        : torchTensor({ shape: shapeOf(), dtype: 'int64', range: rangeBetween(row.lowest, row.highest, { integral: true, attained: true }), origin: labelOrigin({ classes: row.classes, source: says(origin), place: call.place }) });
    }
    case 'bbox': return torchTensor({ shape: shapeOf(4), dtype: 'int64', origin });
    case 'landmarks': return torchTensor({ shape: shapeOf(10), dtype: 'int64', origin });
    default: return unknown();
  }
}

/** An argument as the table of facts writes it. */
function textOf(value: Value): string | undefined {
  return value.kind === 'str' ? value.value : value.kind === 'bool' ? (value.value ? 'True' : 'False') : undefined;
}

/** The row that the arguments choose; undefined where that is not known. */
function chosenRow(call: NativeCall, name: string): TorchvisionDataset | undefined {
  const rows = torchvisionDataset(name);
  const [first] = rows;
  if (first?.argument === undefined) return first;
  const given = call.args.get(first.argument);
  const text = textOf(given) ?? (given.kind === 'list' && given.items.length === 1 && given.items[0] !== undefined ? textOf(given.items[0]) : undefined);
  return text === undefined ? undefined : rows.find((row) => row.values?.includes(text));
}

function countOf(call: NativeCall, declaration: VisionDeclaration): number | undefined {
  const counts = exampleCounts[declaration.name === 'EMNIST' ? `EMNIST ${call.args.str('split') ?? ''}` : declaration.name];
  if (counts === undefined) return undefined;
  if (declaration.split === undefined) return counts[''];
  const text = textOf(call.args.get(declaration.split));
  return text === undefined ? undefined : counts[text];
}

function construct(call: NativeCall, declaration: VisionDeclaration): void {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return;
  const { name } = declaration;
  holdTransforms(call);
  const row = chosenRow(call, name);
  const variant = name === 'EMNIST' ? call.args.str('split') : undefined;
  const source = `torchvision ${name}${variant === undefined ? '' : ` ${variant}`}`;
  const origin: Origin = { place: call.place, says: message('{source}', { source }) };
  const length = countOf(call, declaration);
  const classOrigin = row?.classes === undefined ? origin : labelOrigin({ classes: row.classes, source, place: call.place });
  const label = row?.classes === undefined || row.lowest === undefined || row.highest === undefined ? unknown(undefined, 'int')
    : labelValue({ ...labelsOf(row.classes, length ?? Number.POSITIVE_INFINITY), low: row.lowest, high: row.highest }, classOrigin);
  const own = declaration.target?.(call, row, origin);
  const [rows = height, columns = width, channels = 3] = row?.size ?? [];
  const mode = declaration.mode === '?' ? undefined : declaration.mode ?? (channels === 1 ? 'L' : 'RGB');
  const picture = makeImage({ height: rows, width: columns, mode, origin });
  const storage = declaration.storage ?? 'files';
  const targetsAttribute = own !== undefined || storage === 'files' ? undefined : storage === 'arrays' ? 'labels' : 'targets';
  setVision(self, { picture, target: own ?? label, targetsAttribute, dataAttribute: storage === 'files' ? undefined : 'data', length, source });
  for (const argument of [declaration.split, 'split', 'train']) {
    if (argument !== undefined && call.args.given(argument) !== false) setInstanceAttribute(self, argument, call.args.get(argument));
  }
  if (row?.classes !== undefined && own === undefined) {
    // The letters of EMNIST are counted from 1: its list of names starts with one that stands for none.
    const count = row.lowest === 1 ? row.classes + 1 : row.classes;
    setInstanceAttribute(self, 'classes', classNames(count, declaration.names, classOrigin));
    setInstanceAttribute(self, 'class_to_idx', classIndices(declaration.names));
  } else if (row?.classes !== undefined && name === 'OxfordIIITPet') {
    setInstanceAttribute(self, 'classes', classNames(37, undefined, classOrigin));
  }
  hold(call, storage, { label, length: length ?? unknownDim({ minimum: 0 }), rows, columns, channels, origin, range: row });
}

interface Held { readonly label: Value; readonly length: Dim; readonly rows: Dim; readonly columns: Dim; readonly channels: Dim; readonly origin: Origin; readonly range: TorchvisionDataset | undefined }

/** All examples as attributes. */
function hold(call: NativeCall, storage: Storage, held: Held): void {
  const self = call.args.get('self');
  if (self.kind !== 'instance' || storage === 'files') return;
  const { length, rows, columns, channels, origin, label } = held;
  const set = (name: string, value: Value): void => setInstanceAttribute(self, name, value);
  const labels = (cls: ClassValue): Value => makeArray({
    cls, shape: shapeOf(length), dtype: 'int64', origin: label.kind === 'int' ? label.origin : origin,
    range: held.range?.lowest === undefined || held.range.highest === undefined ? undefined : rangeBetween(held.range.lowest, held.range.highest, { integral: true, attained: true }),
  });
  const bytes = (cls: ClassValue, sizes: readonly Dim[]): Value => makeArray({ cls, shape: shapeOf(length, ...sizes), dtype: 'uint8', origin, range: rangeBetween(0, 255, { integral: true, attained: true }) });
  if (storage === 'tensors') {
    set('data', bytes(tensorClass, [rows, columns]));
    set('targets', labels(tensorClass));
  } else if (storage === 'array and list') {
    set('data', bytes(ndarrayClass, channels === 1 ? [rows, columns] : [rows, columns, channels]));
    set('targets', labelList(label));
  } else {
    set('data', bytes(ndarrayClass, channels === 1 ? [rows, columns] : [channels, rows, columns]));
    set('labels', labels(ndarrayClass));
  }
}

const made = new Map<string, ClassValue>();
for (const declaration of declarations) {
  const base = declaration.base === undefined ? visionDatasetClass : made.get(declaration.base) ?? visionDatasetClass;
  made.set(declaration.name, nativeClass({
    name: declaration.name, qualifiedName: `torchvision.datasets.${declaration.name}`, bases: [base],
    members: { __init__: nativeMethod(declaration.name, `self, ${declaration.signature}`, (call) => { construct(call, declaration); return none; }), ...exampleMembers },
  }));
}

/** Data sets by the name of their class. */
export const visionClasses: ReadonlyMap<string, ClassValue> = made;

/** Data sets of which nothing is followed: videos, optical flow, stereo pictures. */
export const otherVisionNames = [
  'LSUNClass', 'PhotoTour', 'LFWPairs', 'KittiFlow', 'Sintel', 'FlyingChairs', 'FlyingThings3D', 'HD1K', 'Kitti2012Stereo', 'Kitti2015Stereo', 'CarlaStereo', 'Middlebury2014Stereo',
  'CREStereo', 'FallingThingsStereo', 'SceneFlowStereo', 'SintelStereo', 'InStereo2k', 'ETH3DStereo',
];
