// Data sets from folders of classes (ImageFolder, DatasetFolder) and drawn ones (FakeData); videos by class. Folders are read through the host:
// one that cannot be seen leaves the classes unknown. It must not know loaders or transforms.
import { type Dim, isKnown, symbol, unknownDim } from '../../../tensors/dim.ts';
import { rangeBetween } from '../../../tensors/range.ts';
import { shapeOf } from '../../../tensors/shape.ts';
import { argumentsOf } from '../../../values/arguments.ts';
import { nativeClass, nativeFunction, nativeMethod } from '../../../values/classes.ts';
import { setInstanceAttribute } from '../../../values/heap.ts';
import type { Interpreter } from '../../../values/interpreter.ts';
import type { Origin } from '../../../values/place.ts';
import { message } from '../../../values/place.ts';
import type { ClassValue, NativeCall, Value } from '../../../values/value.ts';
import { list, none, str, tuple, unknown } from '../../../values/value.ts';
import { dimFromValue } from '../../arrays/contents.ts';
import { labelOrigin, labelsOf } from '../../datasets/label-facts.ts';
import { torchvisionDataset } from '../../facts/tables.ts';
import { makeImage } from '../../pil/image.ts';
import { torchTensor } from '../../torch/library.ts';
import { classIndices, classNames, exampleMembers, holdTransforms, labelList, labelValue, setVision, visionDatasetClass } from './vision.ts';

const imageExtensions: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.ppm', '.bmp', '.pgm', '.tif', '.tiff', '.webp']);
const mostFiles = 200_000;

interface ClassFolder { readonly path: string | undefined; readonly names: readonly string[] | undefined; readonly files: number | undefined; readonly isFull: boolean }

/** The folders in a folder, sorted, and how many files they hold. `extensions` undefined: it is not known which files count. */
function readFolder(interpreter: Interpreter, root: Value, extensions: ReadonlySet<string> | undefined, call: NativeCall): ClassFolder {
  const path = root.kind === 'str' ? root.value : root.kind === 'instance' ? interpreter.text(root, call.place) : undefined;
  const names = path === undefined ? undefined : interpreter.host.listFolder(path)?.filter((entry) => entry.isFolder).map((entry) => entry.name).sort();
  if (path === undefined || names === undefined || names.length === 0) return { path, names: undefined, files: undefined, isFull: false };
  if (extensions === undefined) return { path, names, files: undefined, isFull: false };
  const counts = names.map((name) => countFiles(interpreter, `${path}/${name}`, extensions, 0));
  return { path, names, files: counts.reduce((sum, count) => sum + count, 0), isFull: counts.every((count) => count > 0) };
}

function countFiles(interpreter: Interpreter, path: string, extensions: ReadonlySet<string>, depth: number): number {
  let count = 0;
  for (const entry of interpreter.host.listFolder(path) ?? []) {
    if (entry.isFolder) { if (depth < 4) count += countFiles(interpreter, `${path}/${entry.name}`, extensions, depth + 1); }
    else if (extensions.has(entry.name.slice(entry.name.lastIndexOf('.')).toLowerCase())) count += 1;
    if (count > mostFiles) break;
  }
  return count;
}

function extensionsOf(call: NativeCall): ReadonlySet<string> | undefined {
  const given = call.args.get('extensions');
  const items = given.kind === 'str' ? [given] : given.kind === 'tuple' || (given.kind === 'list' && !given.open) ? given.items : undefined;
  const names = items?.map((item) => (item.kind === 'str' ? item.value.toLowerCase() : undefined));
  return names === undefined || names.some((name) => name === undefined) ? undefined : new Set(names.flatMap((name) => (name === undefined ? [] : [name])));
}

/** Both folder classes; what is read of a file is given. */
function constructFolder(call: NativeCall, picture: (origin: Origin | undefined) => Value, extensions: ReadonlySet<string> | undefined): void {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return;
  holdTransforms(call);
  const folder = readFolder(call.interpreter, call.args.get('root'), call.args.isNone('is_valid_file') ? extensions : undefined, call);
  const count = folder.names?.length;
  const origin = folder.path === undefined ? undefined : count === undefined ? { place: call.place, says: message('{source}', { source: folder.path }) }
    : labelOrigin({ classes: count, source: message('folders of {path}', { path: folder.path }), place: call.place });
  const label = count === undefined ? unknown(undefined, 'int') : labelValue(labelsOf(count, folder.isFull ? Number.POSITIVE_INFINITY : undefined), origin);
  setVision(self, { picture: picture(origin), target: label, length: folder.files, source: folder.path === undefined ? self.cls.name : `${self.cls.name} ${folder.path}` });
  const samples = list([tuple([unknown(undefined, 'str'), label])], true);
  const attributes: Readonly<Record<string, Value>> = {
    classes: count === undefined ? unknown(undefined, 'list') : classNames(count, folder.names, origin), class_to_idx: classIndices(folder.names),
    samples, imgs: samples, targets: labelList(label), loader: call.args.get('loader'), extensions: call.args.get('extensions'),
  };
  for (const [name, value] of Object.entries(attributes)) setInstanceAttribute(self, name, value);
}

/** What the loader gives for a file: the default reads RGB. */
function readFile(call: NativeCall, origin: Origin | undefined): Value {
  const loader = call.args.get('loader');
  if (loader.kind === 'none' || loader === defaultLoader || loader === pilLoader) return makeImage({ width: symbol('W'), height: symbol('H'), mode: 'RGB', origin });
  return call.interpreter.call(loader, argumentsOf([unknown(undefined, 'str')]), call.place);
}

const loadRgb = (name: string): Value => nativeFunction(name, 'path', () => makeImage({ width: symbol('W'), height: symbol('H'), mode: 'RGB' }));
const defaultLoader = loadRgb('default_loader'), pilLoader = loadRgb('pil_loader');

export const datasetFolderClass: ClassValue = nativeClass({
  name: 'DatasetFolder', qualifiedName: 'torchvision.datasets.DatasetFolder', bases: [visionDatasetClass],
  members: {
    __init__: nativeMethod('DatasetFolder', 'self, root, loader, extensions=None, transform=None, target_transform=None, is_valid_file=None, allow_empty=False', (call) => {
      constructFolder(call, (origin) => readFile(call, origin), extensionsOf(call));
      return none;
    }),
    ...exampleMembers,
  },
});

export const imageFolderClass: ClassValue = nativeClass({
  name: 'ImageFolder', qualifiedName: 'torchvision.datasets.ImageFolder', bases: [datasetFolderClass],
  members: {
    __init__: nativeMethod('ImageFolder', 'self, root, transform=None, target_transform=None, loader=None, is_valid_file=None, allow_empty=False', (call) => {
      constructFolder(call, (origin) => readFile(call, origin), imageExtensions);
      return none;
    }),
  },
});

/** Random pictures of the size that is asked for. */
export const fakeDataClass: ClassValue = nativeClass({
  name: 'FakeData', qualifiedName: 'torchvision.datasets.FakeData', bases: [visionDatasetClass],
  members: {
    __init__: nativeMethod('FakeData', 'self, size=1000, image_size=(3, 224, 224), num_classes=10, transform=None, target_transform=None, random_offset=0', (call) => {
      const { args } = call;
      const self = args.get('self');
      if (self.kind !== 'instance') return none;
      holdTransforms(call);
      const image = args.get('image_size');
      const [channels, height, width] = image.kind === 'tuple' || image.kind === 'list' ? image.items.map((item) => dimFromValue(item)) : [];
      const classes = args.number('num_classes'), count = args.int('size');
      const origin = classes === undefined ? undefined : labelOrigin({ classes, source: 'torchvision FakeData', place: args.place('num_classes') ?? call.place });
      const mode = channels === 1 ? 'L' : channels === 3 ? 'RGB' : channels === 4 ? 'RGBA' : undefined;
      setVision(self, {
        picture: makeImage({ width: width ?? unknownDim(), height: height ?? unknownDim(), mode }), source: 'torchvision FakeData', length: count,
        target: classes === undefined ? unknown(undefined, 'int') : labelValue(labelsOf(classes, count !== undefined && isKnown(count) ? count : undefined), origin),
      });
      for (const name of ['size', 'image_size', 'num_classes', 'random_offset']) setInstanceAttribute(self, name, args.get(name));
      return none;
    }),
    ...exampleMembers,
  },
});

// ---- Videos.

/** (frames, audio, label), frames of shape (T, C, H, W) or (T, H, W, C). */
function videoClass(name: string, signature: string): ClassValue {
  return nativeClass({
    name, qualifiedName: `torchvision.datasets.${name}`, bases: [visionDatasetClass],
    members: {
      __init__: nativeMethod(name, `self, ${signature}`, (call) => {
        const self = call.args.get('self');
        if (self.kind !== 'instance') return none;
        holdTransforms(call);
        setInstanceAttribute(self, 'frames_per_clip', call.args.get('frames_per_clip'));
        const classes = classesOf(name, call);
        if (classes !== undefined) setInstanceAttribute(self, 'classes', classNames(classes, undefined, labelOrigin({ classes, source: `torchvision ${name}`, place: call.place })));
        return none;
      }),
      __len__: nativeMethod('__len__', 'self', () => unknown(undefined, 'int')),
      __getitem__: nativeMethod('__getitem__', 'self, idx', (call) => clip(call, name)),
    },
  });
}

function classesOf(name: string, call: NativeCall): number | undefined {
  const rows = torchvisionDataset(name);
  const asked = call.args.str('num_classes');
  return (rows.find((row) => row.values === undefined || (asked !== undefined && row.values.includes(asked))))?.classes;
}

function clip(call: NativeCall, name: string): Value {
  const self = call.args.get('self');
  if (self.kind !== 'instance') return unknown();
  const frames: Dim = dimFromValue(self.attributes.get('frames_per_clip')) ?? unknownDim({ minimum: 1 });
  const [height, width] = [symbol('H'), symbol('W')];
  const video = torchTensor({ dtype: 'uint8', range: rangeBetween(0, 255, { integral: true }), shape: name === 'Kinetics' ? shapeOf(frames, 3, height, width) : shapeOf(frames, height, width, 3) });
  const transform = self.attributes.get('transform') ?? none;
  const held = self.attributes.get('classes');
  const classes = held?.kind === 'list' ? held.items.length : undefined;
  const label = classes === undefined ? unknown(undefined, 'int') : labelValue(labelsOf(classes, Number.POSITIVE_INFINITY), held?.kind === 'list' ? held.origin : undefined);
  return tuple([transform.kind === 'none' ? video : call.interpreter.call(transform, argumentsOf([video]), call.place), torchTensor({ shape: shapeOf(symbol('audio_channels'), symbol('audio_samples')), dtype: 'float32' }), label]);
}

const clips = 'step_between_clips=1, frame_rate=None, fold=1, train=True, transform=None, _precomputed_metadata=None, num_workers=1, _video_width=0, _video_height=0, _video_min_dimension=0, _audio_samples=0, output_format="THWC"';
export const videoClasses: readonly ClassValue[] = [
  videoClass('Kinetics', 'root, frames_per_clip, num_classes="400", split="train", frame_rate=None, step_between_clips=1, transform=None, extensions=("avi", "mp4"), download=False, num_download_workers=1, num_workers=1, **kwargs'),
  videoClass('HMDB51', `root, annotation_path, frames_per_clip, ${clips}`), videoClass('UCF101', `root, annotation_path, frames_per_clip, ${clips}`),
];

/** Twenty frames of moving digits, without a label. */
export const movingMnistClass: ClassValue = nativeClass({
  name: 'MovingMNIST', qualifiedName: 'torchvision.datasets.MovingMNIST', bases: [visionDatasetClass],
  members: {
    __init__: nativeMethod('MovingMNIST', 'self, root, split=None, split_ratio=10, download=False, transform=None', (call) => {
      const self = call.args.get('self');
      if (self.kind !== 'instance') return none;
      holdTransforms(call);
      const split = call.args.get('split'), ratio = call.args.number('split_ratio');
      const frames = split.kind === 'none' ? 20 : split.kind === 'str' && ratio !== undefined ? (split.value === 'train' ? ratio : 20 - ratio) : unknownDim();
      setVision(self, { picture: torchTensor({ shape: shapeOf(frames, 1, 64, 64), dtype: 'uint8', range: rangeBetween(0, 255, { integral: true }) }), target: undefined, length: 10000, source: 'torchvision MovingMNIST' });
      return none;
    }),
    ...exampleMembers,
  },
});

export const folderFunctions: Readonly<Record<string, Value>> = {
  default_loader: defaultLoader, pil_loader: pilLoader, IMG_EXTENSIONS: tuple([...imageExtensions].map((one) => str(one))),
  has_file_allowed_extension: nativeFunction('has_file_allowed_extension', 'filename, extensions', () => unknown(undefined, 'bool')),
  is_image_file: nativeFunction('is_image_file', 'filename', () => unknown(undefined, 'bool')),
  find_classes: nativeFunction('find_classes', 'directory', (call) => {
    const folder = readFolder(call.interpreter, call.args.get('directory'), undefined, call);
    return folder.names === undefined ? unknown(undefined, 'tuple') : tuple([classNames(folder.names.length, folder.names, undefined), classIndices(folder.names)]);
  }),
};
