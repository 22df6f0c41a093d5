"""Handwritten digits, 8 x 8 pixels, told apart by a small network. It also trains without Python: Inlayer brings the digits with it."""
import keras
from keras import layers
from sklearn.datasets import load_digits

digits = load_digits()
images = digits.images[..., None] / 16.0
labels = digits.target

model = keras.Sequential([
    keras.Input(shape=(8, 8, 1)),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 3, padding="same", activation="relu"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.003),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(images, labels, epochs=12, batch_size=32, validation_split=0.2)
