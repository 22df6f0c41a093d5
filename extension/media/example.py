"""Inlayer's example: photographs of five kinds of flowers, and a network whose last layer has room for two."""
import keras
import tensorflow_datasets as tfds
from keras import layers

SIDE = 160


def prepare(image, label):
    return keras.ops.image.resize(image, (SIDE, SIDE)) / 255.0, label


flowers = tfds.load("tf_flowers", split="train", as_supervised=True)
flowers = flowers.map(prepare).shuffle(1000).batch(32)

model = keras.Sequential([
    keras.Input(shape=(SIDE, SIDE, 3)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(128, activation="relu"),
    layers.Dense(2, activation="softmax"),
], name="flowers")

model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(flowers, epochs=10)
