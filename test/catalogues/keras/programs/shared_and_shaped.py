import keras
from keras import layers

inputs = keras.Input((16, 16, 3))
x = layers.Dense(8)(layers.Dense(8)(inputs))
shared = layers.Conv2D(8, 1)
x = shared(shared(x))
x = layers.Lambda(lambda t: t * 2)(x)
x = layers.Reshape((-1, 8))(layers.Permute((2, 1, 3))(x))
g = layers.Dot(axes=-1)([x, x])
h = layers.RepeatVector(3)(layers.Flatten()(keras.ops.mean(g, axis=1, keepdims=True)))
model = keras.Model(inputs, [layers.UpSampling1D(2)(h), g])
augmentation = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.Rescaling(1.0 / 255)])
second = keras.Model(inputs, layers.Conv2D(2, 3)(augmentation(inputs)))
