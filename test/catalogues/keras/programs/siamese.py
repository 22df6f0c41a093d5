import keras
from keras import layers

left = keras.Input(shape=(28, 28, 1), name="left")
right = keras.Input(shape=(28, 28, 1), name="right")
encoder = keras.Sequential([layers.Conv2D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(16)], name="encoder")
a, b = encoder(left), encoder(right)
distance = keras.ops.abs(layers.Subtract()([a, b]))
same = layers.Dense(1, activation="sigmoid", name="same")(distance)
kind = layers.Dense(3, name="kind")(layers.Concatenate()([a, b]))
model = keras.Model([left, right], {"same": same, "kind": kind})
model.compile(loss={"same": "binary_crossentropy", "kind": "mse"}, optimizer="adam")
half = keras.Model(left, a)
joined = keras.Model(inputs=model.input, outputs=model.get_layer("concatenate").output)
