import keras
from keras import layers


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


inputs = keras.Input((64, 64, 3))
x = block(inputs, 16)
skips = []
for filters in [16, 32, 64]:
    x = layers.add([block(x, filters), layers.Conv2D(filters, 1)(x)])
    skips.append(x)
    x = layers.MaxPooling2D()(x)
for filters, skip in zip([64, 32, 16], reversed(skips)):
    x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
    x = block(layers.concatenate([x, skip]), filters)
x = x * 0.5 + 1.0
x = x / 2
x = -x
x = x[..., :1]
model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x), name="unet")
