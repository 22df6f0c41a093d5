// What is read of a program for a training without Python: the model's configuration, compile, fit, the data; and what cannot be told, with its line.
import assert from 'node:assert/strict';
import test from 'node:test';
import { planned } from '../support/training-plans.ts';

const program = `
import keras
from keras import layers
train, held = keras.utils.image_dataset_from_directory("pets", image_size=(32, 48), batch_size=16, validation_split=0.25, subset="both", seed=3, label_mode="categorical")
train = train.map(lambda x, y: (x / 127.5 - 1, y)).prefetch(2)
model = keras.Sequential([
    keras.Input((32, 48, 3)),
    layers.Conv2D(4, 3, activation=keras.activations.relu, kernel_regularizer=keras.regularizers.l2(0.01)),
    layers.GlobalAveragePooling2D(),
    layers.Dense(2),
], name="pets")
model.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy", keras.metrics.AUC(name="area")])
model.fit(train, validation_data=held, epochs=7, callbacks=[keras.callbacks.EarlyStopping(patience=2)])
`;
const files = { 'pets/cat/1.jpg': '', 'pets/dog/1.jpg': '' };

test('the model as Keras writes it, with the arguments as the program gives them', () => {
  const [plan] = planned(program, files);
  assert.deepEqual(plan?.problems, []);
  assert.equal(plan.model.name, 'pets');
  const { config } = plan.model.config as { config: { layers: { class_name: string; config: Record<string, unknown> }[] } };
  assert.deepEqual(config.layers.map((layer) => layer.class_name), ['InputLayer', 'Conv2D', 'GlobalAveragePooling2D', 'Dense']);
  assert.deepEqual(config.layers[0]?.config['batch_shape'], [null, 32, 48, 3]);
  assert.equal(config.layers[1]?.config['activation'], 'relu');
  assert.deepEqual(config.layers[1]?.config['kernel_regularizer'], { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.01 }, registered_name: null });
  assert.deepEqual(plan.layerLines, { pets: 6, input_layer: 7, conv2d: 8, global_average_pooling2d: 9, dense: 10 });
});

test('optimizer, loss, metrics, epochs, callbacks, and the folder with the range in which its pictures arrive', () => {
  const [plan] = planned(program, files);
  assert.equal(plan?.compile?.line, 12);
  assert.equal(plan.compile.optimizer?.name, 'SGD');
  assert.equal(plan.compile.optimizer.arguments['learning_rate'], 0.1);
  assert.equal(plan.compile.optimizer.arguments['momentum'], 0.9);
  assert.deepEqual(plan.compile.losses.map((loss) => [loss?.name, loss?.arguments['from_logits']]), [['categorical_crossentropy', true]]);
  assert.deepEqual(plan.compile.metrics.map(({ name, arguments: given }) => [name, given['name']]), [['accuracy', undefined], ['AUC', 'area']]);
  assert.equal(plan.fit?.epochs, 7);
  assert.equal(plan.fit.batchSize, 16);
  assert.equal(plan.fit.validationSplit, 0.25);
  assert.deepEqual(plan.fit.callbacks.map(({ name, arguments: given }) => [name, given['patience']]), [['EarlyStopping', 2]]);
  assert.deepEqual(plan.data.imageFolder, { path: 'pets', height: 32, width: 48, channels: 3, labels: 'categorical', interpolation: 'bilinear', validationSplit: 0.25, classNames: ['cat', 'dog'] });
  assert.deepEqual(plan.data.input?.range, [-1, 1]);
});

test('what cannot be told is said with its line', () => {
  const messages = (text: string): (readonly [string, number | undefined])[] => planned(text).flatMap((plan) => plan.problems.map(({ message, line }) => [message, line] as const));
  assert.deepEqual(messages('import keras\nclass Own(keras.layers.Layer):\n    def call(self, x):\n        return x\nmodel = keras.Sequential([keras.Input((4,)), Own()])\n'), [['own is a layer of the program itself', 5]]);
  assert.deepEqual(messages('import keras, os\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation=os.environ["A"])])\n'), [['the value of dense: activation is not known', 2]]);
  assert.deepEqual(messages('import keras\nx = keras.Input((4,))\nmodel = keras.Model(x, keras.ops.sin(x))\n'), [['Sin is an operation and no layer', 3]]);
});
