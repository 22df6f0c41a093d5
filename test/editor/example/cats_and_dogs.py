"""Cats and dogs: a small convolutional network for pictures in two folders, one for each kind."""
import tensorflow as tf
from tensorflow.keras import layers, models

IMAGE_SIZE = (160, 160)
BATCH_SIZE = 32

train_images = tf.keras.utils.image_dataset_from_directory(
    "pictures/train", label_mode="binary", image_size=IMAGE_SIZE, batch_size=BATCH_SIZE
)
validation_images = tf.keras.utils.image_dataset_from_directory(
    "pictures/validation", label_mode="binary", image_size=IMAGE_SIZE, batch_size=BATCH_SIZE
)

model = models.Sequential(name="cats_and_dogs")
model.add(layers.Input(shape=IMAGE_SIZE + (3,)))
model.add(layers.Rescaling(1.0 / 255))
for filters in (16, 32, 64):
    model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    model.add(layers.MaxPooling2D())
model.add(layers.Flatten())
model.add(layers.Dropout(0.2))
model.add(layers.Dense(128, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))

model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_images, validation_data=validation_images, epochs=15)
