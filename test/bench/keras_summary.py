# The same model, built and summarised by Keras itself: what the bench compares with.
import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(160, 160, 3)),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(64, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(512, activation="relu"),
    layers.Dense(2, activation="softmax"),
])
model.summary()
