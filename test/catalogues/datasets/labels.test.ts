// Classes, label ranges, pixels and where they come from. Expected values: the catalogue pages of TensorFlow Datasets, the documentation of
// keras.datasets, and counting by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetFacts } from '../../../server/catalogues/datasets/dataset.ts';
import { oneHotFacts } from '../../../server/catalogues/datasets/label-facts.ts';
import { readSplit, countOfParts } from '../../../server/catalogues/datasets/tfds-splits.ts';
import { describeTensor, describeValue } from '../../../server/features/describe.ts';
import { hoverAt } from '../../../server/features/hovers.ts';
import { originPlaces, renderMessage } from '../../../server/values/place.ts';
import type { Value } from '../../../server/values/value.ts';
import { originOf } from '../../../server/values/value.ts';
import { runProgram } from '../../support/program.ts';

/** A value in one line: shapes, types and ranges; `!` behind a range whose ends are attained. */
function show(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  const facts = datasetFacts(value);
  if (facts !== undefined) return `${show(facts.element)} x ${String(facts.cardinality)}`;
  switch (value.kind) {
    case 'tensor': return `${describeTensor(value)}${value.range?.attained ? '!' : ''}`;
    case 'tuple': return `(${value.items.map(show).join(', ')})`;
    case 'list': return `[${value.items.map(show).join(', ')}]`;
    case 'dict': return `{${[...value.entries.values()].map((entry) => `${describeValue(entry.key)}: ${show(entry.value)}`).join(', ')}${value.open ? ', ...' : ''}}`;
    default: return describeValue(value);
  }
}

function tensorsOf(value: Value | undefined): Value[] {
  const facts = datasetFacts(value);
  if (facts !== undefined) return tensorsOf(facts.element);
  return value?.kind === 'tuple' ? value.items.flatMap(tensorsOf) : value === undefined ? [] : [value];
}

/** What an origin says, with the text of its place. */
function says(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  return originPlaces(originOf(value)).map((one) => `${one.says === undefined ? '' : renderMessage(one.says)} @ ${one.place.source.parsed.text.slice(one.place.start, one.place.end)}`).join('; ');
}

const catsAndDogs = `
import tensorflow as tf
import tensorflow_datasets as tfds

(raw_train, raw_validation, raw_test), metadata = tfds.load(
    'cats_vs_dogs',
    split=['train[:80%]', 'train[80%:90%]', 'train[90%:]'],
    with_info=True,
    as_supervised=True,
)
get_label_name = metadata.features['label'].int2str
for image, label in raw_train.take(2):
    title = get_label_name(label)

IMG_SIZE = 160

def format_example(image, label):
    image = tf.cast(image, tf.float32)
    image = (image / 127.5) - 1
    image = tf.image.resize(image, (IMG_SIZE, IMG_SIZE))
    return image, label

train = raw_train.map(format_example)
validation = raw_validation.map(format_example)
test = raw_test.map(format_example)

BATCH_SIZE = 32
SHUFFLE_BUFFER_SIZE = 1000
train_batches = train.shuffle(SHUFFLE_BUFFER_SIZE).batch(BATCH_SIZE)
validation_batches = validation.batch(BATCH_SIZE)

for image_batch, label_batch in train_batches.take(1):
    pass
size = image_batch.shape
num_classes = metadata.features['label'].num_classes
num_train = metadata.splits['train'].num_examples
`;

test('cats and dogs from the catalogue to batches', () => {
  const run = runProgram(catsAndDogs);
  assert.deepEqual(run.trace.refusals, []);
  assert.equal(show(run.valueOf('raw_train')), '((None, None, 3) uint8 in [0, 256)!, () int64 in [0, 2)!) x 18610');
  assert.equal(show(run.valueOf('raw_validation')), '((None, None, 3) uint8 in [0, 256)!, () int64 in [0, 2)!) x 2326');
  assert.equal(show(run.valueOf('raw_test')), '((None, None, 3) uint8 in [0, 256)!, () int64 in [0, 2)!) x 2326');
  assert.equal(show(run.valueOf('train')), '((160, 160, 3) float32 in [-1, 1], () int64 in [0, 2)!) x 18610');
  assert.equal(show(run.valueOf('train_batches')), '((None, 160, 160, 3) float32 in [-1, 1], (None,) int64 in [0, 2)!) x 582');
  assert.equal(show(run.valueOf('validation_batches')), '((None, 160, 160, 3) float32 in [-1, 1], (None,) int64 in [0, 2)!) x 73');
  assert.equal(show(run.valueOf('image_batch')), '(None, 160, 160, 3) float32 in [-1, 1]');
  assert.equal(show(run.valueOf('size')), '(None, 160, 160, 3)');
  assert.equal(show(run.valueOf('num_classes')), '2');
  assert.equal(show(run.valueOf('num_train')), '23262');
  const [, label] = tensorsOf(run.valueOf('train_batches'));
  assert.match(says(label), /^2 classes: tfds cats_vs_dogs @ tfds\.load\(/);
  assert.match(says(run.valueOf('num_classes')), /^2 classes: tfds cats_vs_dogs @ tfds\.load\(/);
});

test('a hover shows what a data set gives', () => {
  const run = runProgram(catsAndDogs);
  const at = catsAndDogs.indexOf('train_batches =');
  const hover = hoverAt(run.trace, '/project/main.py', at + 2);
  assert.match(hover?.markdown ?? '', /tf\.data\.Dataset, 582 elements/);
  assert.match(hover?.markdown ?? '', /\(None, 160, 160, 3\) float32 in \[-1, 1\]/);
});

test('forms of tfds.load', () => {
  const run = runProgram(`
import tensorflow_datasets as tfds
a = tfds.load('tf_flowers', split='train', as_supervised=True)
b = tfds.load('mnist')
c = tfds.load('mnist', split='test')
d, info = tfds.load(name='emnist/letters', split=('train', 'test'), with_info=True, as_supervised=True, batch_size=64)
e = tfds.load('mnist', split='train', batch_size=-1, as_supervised=True)
f = tfds.load('imdb_reviews', split={'a': 'train', 'b': 'unsupervised'}, as_supervised=True)
g = tfds.load('tf_flowers', split='train[:10]', as_supervised=True)
h = tfds.load('not_in_the_table', split='train', as_supervised=True).batch(4)
i = tfds.load('mnist:3.*.*', split='train+test', as_supervised=True)
builder = tfds.builder('tf_flowers')
builder.download_and_prepare()
j = builder.as_dataset(split='train', as_supervised=True)
k = builder.info.features['label'].num_classes
l = len(builder.info.features['label'].names)
m = info.features['image'].shape
n = info.splits['train[:10%]'].num_examples
x, y = next(iter(tfds.as_numpy(c)))['image'], 0
o = tfds.load('oxford_flowers102', split=tfds.Split.TRAIN, as_supervised=True)
p = tfds.load('mnist', split='train', as_supervised=some_flag)
q, r = tfds.load('unknown_set', with_info=True)
`);
  const images = '(28, 28, 1) uint8 in [0, 256)!';
  assert.equal(show(run.valueOf('a')), '((None, None, 3) uint8 in [0, 256)!, () int64 in [0, 5)!) x 3670');
  assert.equal(show(run.valueOf('b')), `{'test': {'image': ${images}, 'label': () int64 in [0, 10)!, ...} x 10000, 'train': {'image': ${images}, 'label': () int64 in [0, 10)!, ...} x 60000}`);
  assert.equal(show(run.valueOf('c')), `{'image': ${images}, 'label': () int64 in [0, 10)!, ...} x 10000`);
  // The catalogue declares 37 classes; the letters are numbered 1 to 26.
  assert.equal(show(run.valueOf('d')), '(((None, 28, 28, 1) uint8 in [0, 256)!, (None,) int64 in [1, 27)!) x 1388, ((None, 28, 28, 1) uint8 in [0, 256)!, (None,) int64 in [1, 27)!) x 232)');
  assert.equal(show(run.valueOf('e')), '((60000, 28, 28, 1) uint8 in [0, 256)!, (60000,) int64 in [0, 10)!)');
  assert.equal(show(run.valueOf('f')), "{'a': (() string, () int64 in [0, 2)!) x 25000, 'b': (() string, () int64) x 50000}");
  // Ten flowers need not show all five kinds.
  assert.equal(show(run.valueOf('g')), '((None, None, 3) uint8 in [0, 256)!, () int64 in [0, 5)) x 10');
  assert.equal(show(run.valueOf('h')), '? x undefined');
  assert.equal(show(run.valueOf('i')), `(${images}, () int64 in [0, 10)!) x 70000`);
  assert.equal(show(run.valueOf('j')), show(run.valueOf('a')));
  assert.equal(show(run.valueOf('k')), '5');
  assert.equal(show(run.valueOf('l')), '5');
  assert.equal(show(run.valueOf('m')), '(28, 28, 1)');
  assert.equal(show(run.valueOf('n')), '8880');
  assert.equal(show(run.valueOf('x')), images);
  assert.equal(run.valueOf('x')?.kind === 'tensor' ? (run.valueOf('x') as { cls: { name: string } }).cls.name : '', 'ndarray');
  assert.equal(show(run.valueOf('o')), '((None, None, 3) uint8 in [0, 256)!, () int64 in [0, 102)) x 1020');
});

test('split notation', () => {
  const sizes = new Map<string, number | undefined>([['train', 3670], ['test', 101]]);
  const count = (text: string): number | undefined => { const parts = readSplit(text, sizes); return parts === undefined ? undefined : countOfParts(parts); };
  // Counted with tfds.core.ReadInstruction's rule: percent boundaries are rounded to the closest example.
  for (const [text, expected] of [
    ['train', 3670], ['train[:80%]', 2936], ['train[80%:]', 734], ['train[:25%]', 918], ['train[25%:75%]', 1834], ['train[100:200]', 100], ['train[-10:]', 10], ['train[:-10%]', 3303],
    ['train+test', 3771], ['train[:10]+test[:50%]', 60], ['all', 3771], ['train[:99999]', 3670], ['other', undefined], ['train[2shard:]', undefined],
  ] as const) assert.equal(count(text), expected, text);
  assert.equal(readSplit('train[:a%]', sizes), undefined);
});

test('the arrays of keras.datasets', () => {
  const run = runProgram(`
from keras.datasets import mnist, fashion_mnist, cifar10, cifar100, imdb, reuters, boston_housing, california_housing
from keras import utils
(a, b), (c, d) = mnist.load_data()
e, f = fashion_mnist.load_data()
(g, h), _ = cifar10.load_data()
(i, j), _ = cifar100.load_data()
(k, l), _ = cifar100.load_data(label_mode='coarse')
(m, n), _ = imdb.load_data(num_words=10000)
(o, p), (q, r) = reuters.load_data(num_words=1000, test_split=0.5)
(s, t), _ = boston_housing.load_data()
(u, v), _ = california_housing.load_data(version='small')
w = utils.pad_sequences(m, maxlen=80)
x = utils.to_categorical(h, 10)
y = utils.to_categorical(b)
aa = a / 255.0
index = imdb.get_word_index()
`);
  assert.deepEqual(run.trace.refusals, []);
  const expected: Record<string, string> = {
    a: '(60000, 28, 28) uint8 in [0, 256)!', b: '(60000,) uint8 in [0, 10)!', c: '(10000, 28, 28) uint8 in [0, 256)!', d: '(10000,) uint8 in [0, 10)!',
    e: '((60000, 28, 28) uint8 in [0, 256)!, (60000,) uint8 in [0, 10)!)', g: '(50000, 32, 32, 3) uint8 in [0, 256)!', h: '(50000, 1) uint8 in [0, 10)!',
    i: '(50000, 32, 32, 3) uint8 in [0, 256)!', j: '(50000, 1) int64 in [0, 100)!', l: '(50000, 1) int64 in [0, 20)!', m: '(25000,) object in [1, 10000)!', n: '(25000,) int64 in [0, 2)!',
    o: '(5614,) object in [1, 1000)!', p: '(5614,) int64 in [0, 46)!', q: '(5614,) object in [1, 1000)!', s: '(404, 13) float64', t: '(404,) float64', u: '(480, 8) float32', v: '(480,) float32',
    w: '(25000, 80) int32 in [0, 10000)!', x: '(50000, 10) float64 in [0, 2)!', y: '(60000, 10) float64 in [0, 2)!', aa: '(60000, 28, 28) float64 in [0, 1]!',
  };
  for (const [name, text] of Object.entries(expected)) assert.equal(show(run.valueOf(name)), text, name);
  assert.equal(says(run.valueOf('j')), '100 classes: keras.datasets.cifar100 @ cifar100.load_data()');
  assert.deepEqual(oneHotFacts(run.valueOf('x'))?.labels, { low: 0, high: 9, integral: true, attained: true });
  assert.equal(oneHotFacts(run.valueOf('x'))?.classes, 10);
});

test('one-hot rows of labels that do not fit', () => {
  const run = runProgram(`
import numpy as np
from keras.utils import to_categorical
a = to_categorical(np.array([1, 2, 3]), num_classes=3)
b = to_categorical(np.array([1, 2, 3]))
c = to_categorical(np.array([-1, 0, 1]), num_classes=3)
try:
    d = to_categorical(np.array([7]), num_classes=3)
except IndexError:
    e = 1
`);
  assert.deepEqual(run.trace.refusals.map((refusal) => [refusal.rule, renderMessage(refusal.message)]), [
    ['label-range', 'labels run from 1 to 3, but to_categorical() is told of 3 classes: index 3 is out of bounds'],
  ]);
  assert.equal(show(run.valueOf('b')), '(3, 4) float64 in [0, 2)!');
  assert.equal(show(run.valueOf('e')), '1');
});

const pictures: Record<string, string> = {};
for (const name of ['daisy', 'rose', 'tulip']) for (let at = 0; at < 40; at += 1) pictures[`/project/flowers/${name}/${at}.jpg`] = '';
pictures['/project/flowers/notes.txt'] = '';
pictures['/project/flowers/.cache/x.jpg'] = '';

test('classes are read from folders', () => {
  const run = runProgram(`
import keras, pathlib
a = keras.utils.image_dataset_from_directory('flowers', image_size=(180, 180), batch_size=16)
b = a.class_names
c = len(a.class_names)
d, e = keras.utils.image_dataset_from_directory('flowers', validation_split=0.2, subset='both', seed=1, label_mode='categorical', batch_size=16)
f = keras.utils.image_dataset_from_directory('nowhere', image_size=(64, 64))
g = keras.utils.image_dataset_from_directory('nowhere', class_names=['a', 'b', 'c', 'd'])
h = keras.preprocessing.image_dataset_from_directory(directory='flowers', image_size=(64, 64), color_mode='grayscale', label_mode=None)
i = keras.utils.image_dataset_from_directory('flowers', label_mode='binary')
j = a.map(lambda x, y: (x / 255., y)).cache().prefetch(2)
k = keras.utils.image_dataset_from_directory('flowers', label_mode='integer')
`, { files: pictures });
  const image = '(None, 180, 180, 3) float32 in [0, 255]';
  assert.equal(show(run.valueOf('a')), `(${image}, (None,) int32 in [0, 3)!) x 8`);
  assert.equal(show(run.valueOf('b')), "['daisy', 'rose', 'tulip']");
  assert.equal(show(run.valueOf('c')), '3');
  assert.equal(show(run.valueOf('d')), '((None, 256, 256, 3) float32 in [0, 255], (None, 3) float32 in [0, 2)!) x 6');
  assert.deepEqual(oneHotFacts(tensorsOf(run.valueOf('d'))[1])?.labels, { low: 0, high: 2, integral: true, attained: true });
  assert.deepEqual(oneHotFacts(tensorsOf(run.valueOf('e'))[1])?.labels, { low: 0, high: 2, integral: true, attained: false });
  assert.equal(show(run.valueOf('f')), '((None, 64, 64, 3) float32 in [0, 255], (None,) int32) x undefined');
  assert.equal(show(run.valueOf('g')), '((None, 256, 256, 3) float32 in [0, 255], (None,) int32 in [0, 4)) x undefined');
  assert.equal(show(run.valueOf('h')), '(None, 64, 64, 1) float32 in [0, 255] x 4');
  assert.equal(show(run.valueOf('j')), '((None, 180, 180, 3) float32 in [0, 1], (None,) int32 in [0, 3)!) x 8');
  assert.match(says(tensorsOf(run.valueOf('a'))[1]), /^3 classes: folders of flowers @ keras\.utils\.image_dataset_from_directory/);
  assert.deepEqual(run.trace.refusals.map((refusal) => renderMessage(refusal.message)), [
    "label_mode='binary' needs 2 classes, 3 are there", 'label_mode must be one of "int", "categorical", "binary" or None, not "integer"',
  ]);
});

test('parts of a data set hold all classes only when they are large and mixed', () => {
  const run = runProgram(`
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
flowers = tfds.load('tf_flowers', split='train', as_supervised=True)
a = flowers.take(20)
b = flowers.take(1000)
c = flowers.filter(lambda image, label: label < 2)
d = flowers.skip(1000)
e = flowers.batch(32).take(1)
f = flowers.shard(4, 0)
sorted_labels = tf.data.Dataset.from_tensor_slices(np.array([0] * 400 + [1] * 400))
g = sorted_labels.take(400)
h = sorted_labels.shuffle(800).take(400)
`);
  const labels = (name: string): string => show(tensorsOf(run.valueOf(name)).at(-1));
  assert.equal(labels('a'), '() int64 in [0, 5)');
  assert.equal(labels('b'), '() int64 in [0, 5)!');
  assert.equal(labels('c'), '() int64 in [0, 5)');
  assert.equal(labels('d'), '() int64 in [0, 5)!');
  assert.equal(labels('e'), '(None,) int64 in [0, 5)');
  assert.equal(labels('f'), '() int64 in [0, 5)!');
  assert.equal(labels('g'), '() int64 in [0, 2)');
  assert.equal(labels('h'), '() int64 in [0, 2)!');
});
