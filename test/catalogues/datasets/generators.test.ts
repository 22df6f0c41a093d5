// ImageDataGenerator's iterators, sequences of the program and generators, and what `fit` is told of them. Expected values: the classes'
// source in Keras 3.15.1 (keras/src/legacy/preprocessing/image.py) and the documentation of `fit`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneHotFacts } from '../../../server/catalogues/datasets/label-facts.ts';
import { describeTensor, describeValue } from '../../../server/features/describe.ts';
import type { DataEvent } from '../../../server/trace/trace.ts';
import type { Value } from '../../../server/values/value.ts';
import { runProgram } from '../../support/program.ts';

function show(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  switch (value.kind) {
    case 'tensor': return `${describeTensor(value)}${value.range?.attained ? '!' : ''}`;
    case 'tuple': return `(${value.items.map(show).join(', ')})`;
    case 'list': return `[${value.items.map(show).join(', ')}]`;
    default: return describeValue(value);
  }
}

const pictures: Record<string, string> = {};
for (const name of ['cat', 'dog', 'horse']) for (let at = 0; at < 30; at += 1) pictures[`/project/animals/${name}/${at}.jpg`] = '';

test('iterators of an ImageDataGenerator', () => {
  const run = runProgram(`
from keras.preprocessing.image import ImageDataGenerator
import numpy as np
def preprocess(image):
    return image / 127.5 - 1
plain = ImageDataGenerator()
scaled = ImageDataGenerator(rescale=1./255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True, validation_split=0.2)
own = ImageDataGenerator(preprocessing_function=preprocess)
centred = ImageDataGenerator(featurewise_center=True)
a = scaled.flow_from_directory('animals', target_size=(150, 100), batch_size=20, class_mode='categorical')
a0 = next(a)
a1, a2 = a.next()
a3 = a.class_indices
a4 = a.num_classes
a5 = a.samples
a6 = len(a)
a7 = a.image_shape
a8 = a.classes
a9 = a[0]
b = next(plain.flow_from_directory('animals', class_mode='sparse', color_mode='grayscale'))
names = ['earthquake', 'flood', 'storm', 'tornado', 'wildfire']
c = next(plain.flow_from_directory('nowhere', target_size=(64, 64), classes=names, class_mode='binary'))
d = next(plain.flow_from_directory('nowhere', target_size=(64, 64)))
e = next(plain.flow_from_directory('animals', class_mode=None))
f = next(own.flow_from_directory('animals', class_mode='input', target_size=(8, 8)))
g = next(centred.flow_from_directory('animals', class_mode='binary', target_size=(8, 8)))
h = next(scaled.flow(np.zeros((50, 28, 28, 1), 'uint8'), np.arange(50)))
i = scaled.flow_from_directory('animals', subset='training')
i0 = i.samples
j = plain.flow(np.zeros((50, 28, 28)), np.arange(50))
k = plain.flow_from_directory('animals', class_mode='category')
for l, m in a:
    break
n = next(plain.flow_from_dataframe(frame, x_col='file', y_col='kind', classes=['a', 'b'], class_mode='binary', target_size=(8, 8)))
`, { files: pictures });
  const expected: Record<string, string> = {
    a0: '((None, 150, 100, 3) float32 in [0, 1]!, (None, 3) float32 in [0, 2)!)', a1: '(None, 150, 100, 3) float32 in [0, 1]!', a2: '(None, 3) float32 in [0, 2)!',
    a3: "{'cat': 0, 'dog': 1, 'horse': 2}", a4: '3', a5: '90', a6: '5', a7: '(150, 100, 3)', a8: '(90,) int32 in [0, 3)!', a9: '((None, 150, 100, 3) float32 in [0, 1]!, (None, 3) float32 in [0, 2)!)',
    b: '((None, 256, 256, 1) float32 in [0, 255]!, (None,) float32 in [0, 3)!)', c: '((None, 64, 64, 3) float32 in [0, 255]!, (None,) float32 in [0, 5)!)',
    d: '((None, 64, 64, 3) float32 in [0, 255]!, (None, ?) float32 in [0, 2))', e: '(None, 256, 256, 3) float32 in [0, 255]!',
    f: '((None, 8, 8, 3) float32 in [-1, 1]!, (None, 8, 8, 3) float32 in [-1, 1]!)', g: '((None, 8, 8, 3) float32, (None,) float32 in [0, 3)!)',
    h: '((None, 28, 28, 1) float32 in 0!, (None,) int64 in [0, 50)!)', l: '(None, 150, 100, 3) float32 in [0, 1]!',
    n: '((None, 8, 8, 3) float32 in [0, 255]!, (None,) float32 in [0, 2)!)',
  };
  for (const [name, text] of Object.entries(expected)) assert.equal(show(run.valueOf(name)), text, name);
  assert.deepEqual(oneHotFacts(run.valueOf('a2'))?.labels, { low: 0, high: 2, integral: true, attained: true });
  // 30 pictures of each class, a fifth of them held back.
  assert.equal(show(run.valueOf('i0')), '72');
  assert.deepEqual(run.trace.refusals.map((refusal) => refusal.rule), ['shape-mismatch', 'invalid-argument']);
});

test('what fit is told of data sets, sequences and generators', () => {
  const run = runProgram(`
import numpy as np
import tensorflow as tf
import keras
from keras import layers

class Batches(keras.utils.Sequence):
    def __init__(self, x, y, size):
        super().__init__()
        self.x, self.y, self.size = x, y, size
    def __len__(self):
        return len(self.x) // self.size
    def __getitem__(self, at):
        return self.x[at * self.size:(at + 1) * self.size], self.y[at * self.size:(at + 1) * self.size]

def endless():
    while True:
        yield np.zeros((16, 8)), np.ones((16,))

model = keras.Sequential([layers.Input((8,)), layers.Dense(3)])
model.compile(loss='sparse_categorical_crossentropy', optimizer='sgd')
x, y = np.zeros((64, 8)), np.random.randint(0, 3, 64)
model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4))
model.fit(Batches(x, y, 16))
model.fit(endless(), steps_per_epoch=3)
model.fit(iter(tf.data.Dataset.from_tensor_slices((x, y)).batch(4)))
`);
  const events = run.trace.events.filter((event): event is DataEvent => event.kind === 'data');
  assert.deepEqual(events.map((event) => `${show(event.input)} | ${show(event.target)}`), [
    '(None, 8) float64 in 0! | (None,) int64 in [0, 3)!',
    // One batch of a sequence need not hold every label.
    '(None, 8) float64 in 0! | (None,) int64 in [0, 3)',
    '(None, 8) float64 in 0! | (None,) float64 in 1!',
    '(None, 8) float64 in 0! | (None,) int64 in [0, 3)!',
  ]);
});

test('single pictures', () => {
  const run = runProgram(`
import numpy as np
import keras
from keras.preprocessing import image
a = keras.utils.load_img('cat.jpg', target_size=(180, 160))
b = keras.utils.img_to_array(a)
c = np.expand_dims(b, axis=0)
d = image.img_to_array(image.load_img('cat.jpg', color_mode='grayscale'))
e = keras.utils.img_to_array(np.zeros((8, 9)))
f = a.size
g = keras.utils.array_to_img(b).size
h = keras.utils.img_to_array(a, data_format='channels_first')
`);
  const expected: Record<string, string> = {
    b: '(180, 160, 3) float32 in [0, 256)', c: '(1, 180, 160, 3) float32 in [0, 256)', d: '(?, ?, 1) float32 in [0, 256)', e: '(8, 9, 1) float32 in 0!', f: '(160, 180)', g: '(160, 180)',
    h: '(3, 180, 160) float32 in [0, 256)',
  };
  for (const [name, text] of Object.entries(expected)) assert.equal(show(run.valueOf(name)), text, name);
});
